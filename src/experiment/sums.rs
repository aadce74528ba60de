//! The sums of an experiment: what each arm counted of each metric, merged from any shards.

use super::metric::{ExperimentMetric, MetricKind, check_metrics};
use super::possible_sums::{check_counts, check_sums, is_quantile, uncounted};
use super::tally::{Pair, Refused, tally};
use super::value_buckets::ValueBuckets;
use super::value_counts::{ValueCounts, count_values};
use super::{ExperimentError, Units, check_names};
use crate::error::{Path, Problems};
use crate::figure::{Cell, Table, label};
use crate::quantity::wire::wire_fields;
use crate::stats::{PairedMoments, StatsError};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What each arm of an experiment counted of each metric: whole numbers, which shards count and one place merges, with
/// the same bits in any order.
///
/// The first arm is the control.
///
/// # Examples
/// ```
/// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
///
/// let metrics = [ExperimentMetric::proportion("bought"), ExperimentMetric::mean("revenue").with_decimals(2)];
/// let monday = Units::new(&[0, 0, 1, 1])
///     .with_column("bought", &[0, 1, 1, 1])?
///     .with_column("revenue", &[0, 50_00, 68_00, 32_00])?;
/// let sums = ExperimentSums::of(["old page", "new page"], metrics, &monday)?;
/// assert_eq!(sums.units("new page")?, 2);
/// assert_eq!(sums.moments("revenue", "new page")?.y().sum(), 100_00);
///
/// // Another day's units, another shard's: the same sums whichever comes first.
/// let twice = sums.merge(&sums)?;
/// assert_eq!(twice.units("old page")?, 4);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::experiment::ExperimentSums;
/// let json = r#"{
///   "arms": ["old", "new"],
///   "metrics": [{"name": "bought", "kind": {"proportion": {"of": "bought"}}}],
///   "sums": [[
///     {"count": 2, "x": "0", "y": "1", "xx": "0", "yy": "1", "xy": "0"},
///     {"count": 3, "x": "0", "y": "2", "xx": "0", "yy": "2", "xy": "0"}
///   ]]
/// }"#;
/// let read: ExperimentSums = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<ExperimentSums>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct ExperimentSums {
    arms: Vec<String>,
    metrics: Vec<ExperimentMetric>,
    /// Of each metric, of each arm.
    sums: Vec<Vec<PairedMoments>>,
    /// Of each metric, of each arm; of a metric that is no quantile none.
    values: Vec<Vec<ValueCounts>>,
}

/// The sums on the wire, not checked yet.
struct Wire {
    arms: Vec<String>,
    metrics: Vec<ExperimentMetric>,
    sums: Vec<Vec<PairedMoments>>,
    /// Of each metric, of each arm: values, or numbers of buckets, and how many units have each. Left out where no metric
    /// is a quantile.
    values: Vec<Vec<Counts>>,
}

type Counts = Vec<(i64, u64)>;

wire_fields!("ExperimentSums", Wire { arms, metrics, sums, values: optional(own) });

impl TryFrom<Wire> for ExperimentSums {
    type Error = Problems<ExperimentError>;

    fn try_from(Wire { arms, metrics, sums, values }: Wire) -> Result<Self, Self::Error> {
        let mut made = Self::none(arms, metrics)?;
        let (mut problems, root) = (Problems::new(), Path::root());
        let path = root.field("sums");
        check_shape(made.metrics.len(), sums.len(), &path, &mut problems);
        for (index, (metric, sums)) in made.metrics.iter().zip(&sums).enumerate() {
            let path = path.index(index);
            check_shape(made.arms.len(), sums.len(), &path, &mut problems);
            for (index, sums) in sums.iter().enumerate() {
                problems.take(&path.index(index), check_sums(metric, sums));
            }
        }
        made.sums = sums;
        // The units of an arm are the same ones for each metric.
        for (metric, sums) in made.sums.iter().enumerate().skip(1) {
            for (arm, (sums, first)) in sums.iter().zip(made.sums.first().into_iter().flatten()).enumerate() {
                if sums.count() != first.count() {
                    let path = path.index(metric).index(arm).field("count");
                    let (expected, actual) = (first.count(), sums.count());
                    problems.push(path, ExperimentError::OtherUnits { expected, actual });
                }
            }
        }
        made.check_values(values, &root.field("values"), &mut problems);
        problems.into_result(made)
    }
}

impl ExperimentSums {
    /// Takes over counts of values that the sums can have.
    fn check_values(
        &mut self,
        values: Vec<Vec<Counts>>,
        path: &Path,
        problems: &mut Problems<ExperimentError>,
    ) {
        if values.is_empty() && !self.metrics.iter().any(is_quantile) {
            return;
        }
        if self.metrics.len() != values.len() {
            return check_shape(self.metrics.len(), values.len(), path, problems);
        }
        let each = self.metrics.iter().zip(&self.sums).zip(&mut self.values).zip(values);
        for (index, (((metric, sums), own), values)) in each.enumerate() {
            let path = path.index(index);
            let expected = if is_quantile(metric) { self.arms.len() } else { 0 };
            if expected != values.len() {
                check_shape(expected, values.len(), &path, problems);
                continue;
            }
            let counted = sums.iter().zip(values).enumerate();
            *own = counted
                .filter_map(|(arm, (sums, counts))| {
                    problems.take(&path.index(arm), check_counts(metric, sums, counts))
                })
                .collect();
        }
    }
}

fn check_shape(expected: usize, actual: usize, path: &Path, problems: &mut Problems<ExperimentError>) {
    if expected != actual {
        problems.push(path.clone(), ExperimentError::SumsLength { expected, actual });
    }
}

impl From<ExperimentSums> for Wire {
    fn from(sums: ExperimentSums) -> Self {
        let is_counted = sums.values.iter().any(|arms| !arms.is_empty());
        let counts = |arms: Vec<ValueCounts>| arms.into_iter().map(ValueCounts::into_counts).collect();
        let values = if is_counted { sums.values.into_iter().map(counts).collect() } else { Vec::new() };
        Self { arms: sums.arms, metrics: sums.metrics, sums: sums.sums, values }
    }
}

impl ExperimentSums {
    /// The sums of these units, of arms in the order of their indices, the control first.
    ///
    /// # Errors
    /// All problems of arms and metrics at once: [`ExperimentError::TooFewArms`], [`ExperimentError::NoMetrics`],
    /// [`ExperimentError::EmptyName`], [`ExperimentError::Duplicate`], [`ExperimentError::Bounds`],
    /// [`ExperimentError::TooManyDecimals`], [`ExperimentError::Quantile`]; then of the units: [`ExperimentError::Unknown`] column,
    /// [`ExperimentError::ArmOutOfRange`], [`ExperimentError::NotZeroOrOne`], [`ExperimentError::Stats`] where a sum of
    /// squares exceeds 128 bits, [`ExperimentError::TooManyValues`] of an exact quantile.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    ///
    /// let units = Units::new(&[0, 1, 1]).with_column("bought", &[0, 1, 7])?;
    /// let refused = ExperimentSums::of(["old", "new"], [ExperimentMetric::proportion("bought")], &units).unwrap_err();
    /// assert_eq!(refused.to_string(), "metrics[0]: row 2 of `bought` is 7: a unit of a proportion has 0 or 1");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn of<N: Into<String>>(
        arms: impl IntoIterator<Item = N>,
        metrics: impl IntoIterator<Item = ExperimentMetric>,
        units: &Units<'_>,
    ) -> Result<Self, Problems<ExperimentError>> {
        let none = Self::none(arms.into_iter().map(Into::into).collect(), metrics.into_iter().collect())?;
        none.tallied(units)
    }

    /// The sums of these units for each value of a property, such as the day on which a unit came first.
    ///
    /// # Errors
    /// As [`of`](Self::of); [`ExperimentError::Unknown`] property.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    ///
    /// let units = Units::new(&[0, 1, 0, 1])
    ///     .with_column("bought", &[0, 1, 1, 1])?
    ///     .with_segments("city", ["Beijing", "Xi'an"], &[0, 0, 1, 1])?;
    /// let by_city = ExperimentSums::by(["old", "new"], [ExperimentMetric::proportion("bought")], &units, "city")?;
    /// assert_eq!(by_city.get("Xi'an").map(|sums| sums.units("new")), Some(Ok(1)));
    /// let all = ExperimentSums::of(["old", "new"], [ExperimentMetric::proportion("bought")], &units)?;
    /// assert_eq!(by_city.total()?, Some(all));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn by<N: Into<String>>(
        arms: impl IntoIterator<Item = N>,
        metrics: impl IntoIterator<Item = ExperimentMetric>,
        units: &Units<'_>,
        property: &str,
    ) -> Result<SegmentedSums, Problems<ExperimentError>> {
        let none = Self::none(arms.into_iter().map(Into::into).collect(), metrics.into_iter().collect())?;
        none.tallied_by(units, property)
    }

    /// The sums that a database counted: each metric with the moments of each arm, the measured column as `y`.
    ///
    /// # Errors
    /// Those of [`of`](Self::of) for arms and metrics; [`ExperimentError::SumsLength`] for another number of moments than of
    /// arms; [`ExperimentError::NoShare`], [`ExperimentError::NoSecondColumn`] and [`ExperimentError::OtherUnits`] for moments
    /// that such a metric of such units cannot have.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums};
    /// use marketloop::stats::PairedMoments;
    ///
    /// // 1,500 visitors of each page; 75 and 150 bought, 1 for each who did.
    /// let bought = |buyers: u32| {
    ///     PairedMoments::from_sums(1_500, (0, buyers.into()), (0, buyers.into()), 0)
    /// };
    /// let counted = [(ExperimentMetric::proportion("bought"), vec![bought(75)?, bought(150)?])];
    /// let sums = ExperimentSums::from_moments(["old", "new"], counted)?;
    /// assert_eq!(sums.sample("bought", "new")?.mean(), 0.1);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn from_moments<N: Into<String>>(
        arms: impl IntoIterator<Item = N>,
        metrics: impl IntoIterator<Item = (ExperimentMetric, Vec<PairedMoments>)>,
    ) -> Result<Self, Problems<ExperimentError>> {
        let (metrics, sums) = metrics.into_iter().unzip();
        Wire { arms: arms.into_iter().map(Into::into).collect(), metrics, sums, values: Vec::new() }
            .try_into()
    }

    /// Sums of no units.
    pub(super) fn none(
        arms: Vec<String>,
        metrics: Vec<ExperimentMetric>,
    ) -> Result<Self, Problems<ExperimentError>> {
        let (mut problems, root) = (Problems::new(), Path::root());
        if arms.len() < 2 {
            problems.push(root.field("arms"), ExperimentError::TooFewArms { arms: arms.len() });
        }
        problems.take(&root.field("arms"), check_names("arm", &arms));
        let metrics = check_metrics(metrics, &root.field("metrics"), &mut problems);
        let sums = metrics.iter().map(|_| alloc::vec![PairedMoments::EMPTY; arms.len()]).collect();
        let of_arms = |metric| {
            if is_quantile(metric) { alloc::vec![ValueCounts::default(); arms.len()] } else { Vec::new() }
        };
        let values = metrics.iter().map(of_arms).collect();
        problems.into_result(Self { arms, metrics, sums, values })
    }

    pub(super) fn tallied(mut self, units: &Units<'_>) -> Result<Self, Problems<ExperimentError>> {
        let pairs = self.pairs(units)?;
        self.sums = tally(units.arms(), self.arms.len(), &pairs).map_err(|refused| self.told(refused))?;
        self.values = self.count_values(units.arms(), self.arms.len(), &pairs)?;
        Ok(self)
    }

    /// The counts of values of each metric, of each of so many arms, which the units have been looked through for.
    fn count_values(
        &self,
        arm_of: &[u32],
        arms: usize,
        pairs: &[Pair<'_>],
    ) -> Result<Vec<Vec<ValueCounts>>, Problems<ExperimentError>> {
        let (mut problems, path) = (Problems::new(), Path::root().field("metrics"));
        let mut values = Vec::with_capacity(self.metrics.len());
        for (index, (metric, pair)) in self.metrics.iter().zip(pairs).enumerate() {
            let MetricKind::Quantile { within, .. } = metric.kind() else {
                values.push(Vec::new());
                continue;
            };
            let buckets = ValueBuckets::new(*within, u64::MAX);
            let counted = count_values(arm_of, arms, (pair.y, pair.bounds), &buckets.finder());
            let counted = counted.map_err(|why| uncounted(metric, why));
            values.push(problems.take(&path.index(index), counted).unwrap_or_default());
        }
        problems.into_result(values)
    }

    pub(super) fn tallied_by(
        self,
        units: &Units<'_>,
        property: &str,
    ) -> Result<SegmentedSums, Problems<ExperimentError>> {
        let pairs = self.pairs(units)?;
        let arms = self.arms.len();
        // An arm that is not there would count as one of the next segment.
        if let Some(row) = units.arms().iter().position(|arm| *arm as usize >= arms) {
            return Err(self.told(Refused::Arm { row }));
        }
        let segments = units.segments(property).map_err(alone)?;
        // A cell of segment and arm is an arm of its own to the tally.
        let values = segments.values.len();
        let too_many = || alone(ExperimentError::TooManySegments { segments: values });
        let width = u32::try_from(arms).map_err(|_| too_many())?;
        let cells = u32::try_from(values).ok().and_then(|values| values.checked_mul(width));
        let cells = cells.ok_or_else(too_many)?;
        let cell_of: Vec<u32> = segments
            .of
            .iter()
            .zip(units.arms())
            // Below the number of cells, which was counted.
            .map(|(segment, arm)| segment.wrapping_mul(width).wrapping_add(*arm))
            .collect();
        let sums = tally(&cell_of, cells as usize, &pairs).map_err(|refused| self.told(refused))?;
        let counted = self.count_values(&cell_of, cells as usize, &pairs)?;
        let of = |(index, value): (usize, &String)| {
            let first = index.saturating_mul(arms);
            let own = |sums: &Vec<PairedMoments>| sums.iter().skip(first).take(arms).copied().collect();
            let counts = |values: &Vec<ValueCounts>| values.iter().skip(first).take(arms).cloned().collect();
            let (sums, values) = (sums.iter().map(own).collect(), counted.iter().map(counts).collect());
            (value.clone(), Self { sums, values, ..self.clone() })
        };
        Ok(SegmentedSums {
            property: property.to_string(),
            segments: segments.values.iter().enumerate().map(of).collect(),
        })
    }

    /// Why units have no sums, with the names of the metric and its column.
    fn told(&self, refused: Refused) -> Problems<ExperimentError> {
        let mut problems = Problems::new();
        match refused {
            Refused::Arm { row } => {
                problems.push(Path::root(), ExperimentError::ArmOutOfRange { row, arms: self.arms.len() });
            }
            Refused::Share { pair, row, value } => {
                let column =
                    self.metrics.get(pair).map_or("", |metric| metric.kind().columns().0).to_string();
                let path = Path::root().field("metrics").index(pair);
                problems.push(path, ExperimentError::NotZeroOrOne { column, row, value });
            }
            Refused::Overflow => {
                problems.push(Path::root(), StatsError::Overflow { function: "the sum of squares" });
            }
        }
        problems
    }

    /// The columns of each metric, all problems of all metrics at once.
    fn pairs<'u>(&self, units: &'u Units<'_>) -> Result<Vec<Pair<'u>>, Problems<ExperimentError>> {
        let (mut problems, root) = (Problems::new(), Path::root());
        let mut pairs = Vec::with_capacity(self.metrics.len());
        for (index, metric) in self.metrics.iter().enumerate() {
            let path = root.field("metrics").index(index);
            let (of, beside) = metric.kind().columns();
            let y = problems.take(&path, units.column(of));
            let x = beside.map(|beside| problems.take(&path, units.column(beside)));
            let (Some(y), Some(x)) = (y, x.map_or(Some(None), |x| x.map(Some))) else { continue };
            let is_share = matches!(metric.kind(), MetricKind::Proportion { .. });
            pairs.push(Pair { y, x, bounds: metric.bounds(), is_share });
        }
        problems.into_result(pairs)
    }

    /// The names of the arms, the control first.
    #[must_use]
    pub fn arms(&self) -> &[String] {
        &self.arms
    }

    /// The metrics.
    #[must_use]
    pub fn metrics(&self) -> &[ExperimentMetric] {
        &self.metrics
    }

    /// How many units the arm has.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`].
    pub fn units(&self, arm: &str) -> Result<u64, ExperimentError> {
        let arm = self.arm(arm)?;
        let first = self.sums.first().and_then(|arms| arms.get(arm));
        Ok(first.map_or(0, PairedMoments::count))
    }

    /// The sums of a metric in an arm: the measured column is `y`, the one beside it `x`.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    ///
    /// let units = Units::new(&[0, 1]).with_column("orders", &[1, 3])?.with_column("visits", &[4, 6])?;
    /// let sums = ExperimentSums::of(["old", "new"], [ExperimentMetric::ratio("orders", "visits")], &units)?;
    /// assert_eq!(sums.moments("orders per visits", "new")?.ratio()?, 0.5);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn moments(&self, metric: &str, arm: &str) -> Result<PairedMoments, ExperimentError> {
        let (metric, arm) = (self.metric(metric)?, self.arm(arm)?);
        Ok(self.sums.get(metric).and_then(|arms| arms.get(arm)).copied().unwrap_or_default())
    }

    /// The counts of values of a quantile in an arm; none of another metric.
    pub(super) fn counts(&self, metric: &str, arm: &str) -> Result<Option<&ValueCounts>, ExperimentError> {
        let (metric, arm) = (self.metric(metric)?, self.arm(arm)?);
        Ok(self.values.get(metric).and_then(|arms| arms.get(arm)))
    }

    pub(super) fn arm(&self, name: &str) -> Result<usize, ExperimentError> {
        self.arms.iter().position(|own| own == name).ok_or_else(|| ExperimentError::Unknown {
            what: "arm",
            name: name.to_string(),
            known: self.arms.clone(),
        })
    }

    pub(super) fn metric(&self, name: &str) -> Result<usize, ExperimentError> {
        self.metrics.iter().position(|own| own.name() == name).ok_or_else(|| ExperimentError::Unknown {
            what: "metric",
            name: name.to_string(),
            known: self.metrics.iter().map(|metric| metric.name().to_string()).collect(),
        })
    }

    /// The sums of the units of both. No unit may be in both: whoever comes back on another day is still one row.
    ///
    /// # Errors
    /// [`ExperimentError::OtherExperiment`] where arms or metrics differ; [`ExperimentError::Stats`] where a sum exceeds
    /// 128 bits; [`ExperimentError::TooManyValues`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    ///
    /// let day = |bought: &[i64]| -> Result<ExperimentSums, marketloop::Error> {
    ///     let units = Units::new(&[0, 1]).with_column("bought", bought)?;
    ///     Ok(ExperimentSums::of(["old", "new"], [ExperimentMetric::proportion("bought")], &units)?)
    /// };
    /// let (monday, tuesday) = (day(&[0, 1])?, day(&[1, 1])?);
    /// assert_eq!(monday.merge(&tuesday)?, tuesday.merge(&monday)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn merge(&self, other: &Self) -> Result<Self, ExperimentError> {
        if self.arms != other.arms || self.metrics != other.metrics {
            return Err(ExperimentError::OtherExperiment);
        }
        let arms = |(left, right): (&Vec<PairedMoments>, &Vec<PairedMoments>)| {
            left.iter().zip(right).map(|(left, right)| left.merge(*right)).collect::<Result<Vec<_>, _>>()
        };
        let sums = self.sums.iter().zip(&other.sums).map(arms).collect::<Result<_, _>>()?;
        let counts =
            |((left, right), metric): ((&Vec<ValueCounts>, &Vec<ValueCounts>), &ExperimentMetric)| {
                let merged = left.iter().zip(right).map(|(left, right)| left.merge(right));
                merged.collect::<Result<Vec<_>, _>>().map_err(|why| uncounted(metric, why))
            };
        let values = self.values.iter().zip(&other.values).zip(&self.metrics);
        let values = values.map(counts).collect::<Result<_, _>>()?;
        Ok(Self { arms: self.arms.clone(), metrics: self.metrics.clone(), sums, values })
    }
}

fn alone(error: impl Into<ExperimentError>) -> Problems<ExperimentError> {
    let mut problems = Problems::new();
    problems.push(Path::root(), error);
    problems
}

/// The sums of an experiment for each value of a property: by city, by device, by the day on which units came first.
///
/// ```
/// # use marketloop::experiment::SegmentedSums;
/// let json = r#"{"property": "city", "segments": {"Xi'an": {
///   "arms": ["old", "new"],
///   "metrics": [{"name": "bought", "kind": {"proportion": {"of": "bought"}}}],
///   "sums": [[
///     {"count": 2, "x": "0", "y": "1", "xx": "0", "yy": "1", "xy": "0"},
///     {"count": 3, "x": "0", "y": "2", "xx": "0", "yy": "2", "xy": "0"}
///   ]]
/// }}}"#;
/// let read: SegmentedSums = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<SegmentedSums>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireSegments", into = "WireSegments")]
pub struct SegmentedSums {
    property: String,
    /// All of the same arms and metrics.
    segments: BTreeMap<String, ExperimentSums>,
}

/// The segments on the wire, not checked yet.
struct WireSegments {
    property: String,
    segments: BTreeMap<String, ExperimentSums>,
}

wire_fields!("SegmentedSums", WireSegments { property, segments: map });

impl TryFrom<WireSegments> for SegmentedSums {
    type Error = Problems<ExperimentError>;

    fn try_from(WireSegments { property, segments }: WireSegments) -> Result<Self, Self::Error> {
        let (mut problems, root) = (Problems::new(), Path::root());
        let first = segments.values().next();
        for (name, sums) in &segments {
            if first.is_some_and(|first| first.arms != sums.arms || first.metrics != sums.metrics) {
                problems.push(root.field("segments").key(name), ExperimentError::OtherExperiment);
            }
        }
        problems.into_result(Self { property, segments })
    }
}

impl From<SegmentedSums> for WireSegments {
    fn from(sums: SegmentedSums) -> Self {
        Self { property: sums.property, segments: sums.segments }
    }
}

impl SegmentedSums {
    /// The property.
    #[must_use]
    pub fn property(&self) -> &str {
        &self.property
    }

    /// The sums of a value.
    #[must_use]
    pub fn get(&self, value: &str) -> Option<&ExperimentSums> {
        self.segments.get(value)
    }

    /// Values with their sums, by name.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &ExperimentSums)> + '_ {
        self.segments.iter().map(|(name, sums)| (name.as_str(), sums))
    }

    /// The sums of all values together; `None` of none.
    ///
    /// # Errors
    /// [`ExperimentError::Stats`] where a sum exceeds 128 bits.
    pub fn total(&self) -> Result<Option<ExperimentSums>, ExperimentError> {
        let mut all: Option<ExperimentSums> = None;
        for sums in self.segments.values() {
            all = Some(match all {
                Some(all) => all.merge(sums)?,
                None => sums.clone(),
            });
        }
        Ok(all)
    }

    /// The sums of the units of both, value by value.
    ///
    /// # Errors
    /// [`ExperimentError::OtherExperiment`] where property, arms or metrics differ; [`ExperimentError::Stats`].
    pub fn merge(&self, other: &Self) -> Result<Self, ExperimentError> {
        let first =
            |sums: &Self| sums.segments.values().next().map(|sums| (sums.arms.clone(), sums.metrics.clone()));
        if self.property != other.property
            || first(self).zip(first(other)).is_some_and(|(own, others)| own != others)
        {
            return Err(ExperimentError::OtherExperiment);
        }
        let mut segments = self.segments.clone();
        for (name, sums) in &other.segments {
            let merged = match segments.get(name) {
                Some(own) => own.merge(sums)?,
                None => sums.clone(),
            };
            segments.insert(name.clone(), merged);
        }
        Ok(Self { property: self.property.clone(), segments })
    }

    /// A row for each segment: how many units each arm has.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("segment");
        for (name, sums) in &self.segments {
            for (arm, sums) in sums.arms.iter().zip(sums.sums.first().into_iter().flatten()) {
                table.push(label(name, false), arm.clone(), Cell::new(sums.count(), "unit"));
            }
        }
        table
    }
}
