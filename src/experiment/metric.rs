//! What is measured of every unit: a share of units, a mean, a ratio of sums, a mean adjusted by what was known before, a
//! quantile.

use super::ExperimentError;
use crate::error::Path;
use crate::error::Problems;
use crate::quantity::Share;
use crate::quantity::wire::{wire_fields, wire_variants};
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// How a metric is made of the columns of units.
///
/// ```
/// # use marketloop::experiment::MetricKind;
/// let json = r#"{"ratio":{"of":"orders","per":"visits"}}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<MetricKind>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MetricKind {
    /// The share of units whose value is 1; every value is 0 or 1.
    Proportion {
        /// The column.
        of: String,
    },
    /// The mean of a column per unit: revenue per user, orders per user.
    Mean {
        /// The column.
        of: String,
    },
    /// The sum of one column over the sum of another: orders per visit, where the user is the unit and visits of one user
    /// go together.
    Ratio {
        /// The column above.
        of: String,
        /// The column below.
        per: String,
    },
    /// The mean of a column per unit after what another one explains is taken out: CUPED (A. Deng, Y. Xu, R. Kohavi and
    /// T. Walker, 2013). The other one has to be known before the test starts.
    #[doc(alias = "cuped")]
    Adjusted {
        /// The column.
        of: String,
        /// The column from before the test.
        by: String,
    },
    /// The value of a column that this share of the units does not exceed: the median, the 95 % quantile of loading
    /// times.
    Quantile {
        /// The column.
        of: String,
        /// The share, above 0 and below 1.
        p: Share,
        /// The part of a value within which it is told; without, each different value is counted on its own.
        within: Option<Share>,
    },
}

wire_variants!(MetricKind {
    "proportion" => Proportion { of },
    "mean" => Mean { of },
    "ratio" => Ratio { of, per },
    "adjusted" => Adjusted { of, by },
    "quantile" => Quantile { of, p, within: optional },
});

impl MetricKind {
    /// The column that is measured, and the one beside it.
    pub(super) fn columns(&self) -> (&str, Option<&str>) {
        match self {
            Self::Proportion { of } | Self::Mean { of } | Self::Quantile { of, .. } => (of, None),
            Self::Ratio { of, per: beside } | Self::Adjusted { of, by: beside } => (of, Some(beside)),
        }
    }
}

/// A metric of an experiment: its name, how it is made of columns, and how its numbers are to be read.
///
/// # Examples
/// ```
/// use marketloop::experiment::ExperimentMetric;
///
/// let bought = ExperimentMetric::proportion("bought");
/// // In fen, and no user counts with more than 2,000 CNY.
/// let revenue = ExperimentMetric::mean("revenue").with_decimals(2).winsorised(0, 2_000_00);
/// let per_visit = ExperimentMetric::ratio("orders", "visits");
/// assert_eq!((bought.name(), per_visit.name()), ("bought", "orders per visits"));
/// assert_eq!(per_visit.named("orders per visit").name(), "orders per visit");
/// # let _ = revenue;
/// ```
///
/// ```
/// # use marketloop::experiment::ExperimentMetric;
/// let json = r#"{"name":"revenue","kind":{"mean":{"of":"revenue"}},"decimals":2,"winsorised":[0,200000]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<ExperimentMetric>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExperimentMetric {
    name: String,
    kind: MetricKind,
    decimals: u32,
    winsorised: Option<(i64, i64)>,
}

wire_fields!(ExperimentMetric {
    name,
    kind,
    decimals: unless(is_zero, u32::default),
    winsorised: optional(own)
});

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the wire hands over a field")]
const fn is_zero(decimals: &u32) -> bool {
    *decimals == 0
}

impl ExperimentMetric {
    fn new(name: String, kind: MetricKind) -> Self {
        Self { name, kind, decimals: 0, winsorised: None }
    }

    /// The share of units whose value in this column is 1; the metric is called as the column.
    pub fn proportion(of: impl Into<String>) -> Self {
        let of = of.into();
        Self::new(of.clone(), MetricKind::Proportion { of })
    }

    /// The mean of this column per unit; the metric is called as the column.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::ExperimentMetric;
    ///
    /// // Orders per user, from a column of counts.
    /// assert_eq!(ExperimentMetric::mean("orders").named("orders per user").name(), "orders per user");
    /// ```
    pub fn mean(of: impl Into<String>) -> Self {
        let of = of.into();
        Self::new(of.clone(), MetricKind::Mean { of })
    }

    /// The sum of a column over the sum of another, called `of per per` until it is [named](Self::named).
    pub fn ratio(of: impl Into<String>, per: impl Into<String>) -> Self {
        let (of, per) = (of.into(), per.into());
        Self::new(alloc::format!("{of} per {per}"), MetricKind::Ratio { of, per })
    }

    /// The mean of a column per unit, adjusted by a column from before the test; called `of adjusted by by` until it is
    /// [named](Self::named).
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::ExperimentMetric;
    ///
    /// let revenue = ExperimentMetric::adjusted("revenue", "revenue in June");
    /// assert_eq!(revenue.name(), "revenue adjusted by revenue in June");
    /// ```
    #[doc(alias = "cuped")]
    pub fn adjusted(of: impl Into<String>, by: impl Into<String>) -> Self {
        let (of, by) = (of.into(), by.into());
        Self::new(alloc::format!("{of} adjusted by {by}"), MetricKind::Adjusted { of, by })
    }

    /// The quantile of a column by exact counts of its different values, called `p quantile of of` until it is
    /// [named](Self::named).
    ///
    /// For columns of at most 65,536 different values in an arm, such as seconds, or orders. More are an error and not a
    /// rougher answer: [`quantile_within`](Self::quantile_within) counts any column.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::ExperimentMetric;
    ///
    /// let median = ExperimentMetric::quantile("seconds", "50%".parse()?);
    /// assert_eq!(median.name(), "50% quantile of seconds");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "median")]
    #[doc(alias = "percentile")]
    pub fn quantile(of: impl Into<String>, p: Share) -> Self {
        Self::quantile_of(of.into(), p, None)
    }

    /// The quantile of a column whose values are told within the part `error` of themselves, such as 1 %: counts of
    /// logarithmic buckets (C. Masson, J. E. Rim and H. K. Lee, 2019), whose bounds are whole numbers; negative values and
    /// 0 have their own. Some thousand counts hold any column. Called as [`quantile`](Self::quantile).
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    ///
    /// let units = Units::new(&[0, 1, 1, 1]).with_column("load_ms", &[812_344, 911_017, 3, 1_200_133])?;
    /// let median = ExperimentMetric::quantile_within("load_ms", "50%".parse()?, "1%".parse()?);
    /// let sums = ExperimentSums::of(["old", "new"], [median.named("median")], &units)?;
    /// let median = sums.quantile("median", "new")?;
    /// assert!((median / 911_017.0 - 1.0).abs() < 0.01);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "sketch")]
    pub fn quantile_within(of: impl Into<String>, p: Share, error: Share) -> Self {
        Self::quantile_of(of.into(), p, Some(error))
    }

    fn quantile_of(of: String, p: Share, within: Option<Share>) -> Self {
        Self::new(alloc::format!("{p} quantile of {of}"), MetricKind::Quantile { of, p, within })
    }

    /// The metric under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The column's whole numbers have this many decimals: 2 for fen and cents. Figures are told in whole units; sums
    /// stay whole numbers.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::ExperimentMetric;
    ///
    /// assert_eq!(ExperimentMetric::mean("revenue in fen").with_decimals(2).decimals(), 2);
    /// ```
    #[must_use]
    pub const fn with_decimals(mut self, decimals: u32) -> Self {
        self.decimals = decimals;
        self
    }

    /// Every value of the measured column counts as one between these two, both in the column's whole numbers
    /// (C. P. Winsor): a single large order does not decide the test.
    ///
    /// The bounds have to be set before the test is looked at, such as a quantile of the month before.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    ///
    /// let units = Units::new(&[0, 0, 1, 1]).with_column("revenue", &[10_00, 20_00, 15_00, 9_000_00])?;
    /// let capped = [ExperimentMetric::mean("revenue").winsorised(0, 1_000_00)];
    /// let sums = ExperimentSums::of(["old", "new"], capped, &units)?;
    /// assert_eq!(sums.moments("revenue", "new")?.y().sum(), 1_015_00);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn winsorised(mut self, low: i64, high: i64) -> Self {
        self.winsorised = Some((low, high));
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is made of columns.
    #[must_use]
    pub const fn kind(&self) -> &MetricKind {
        &self.kind
    }

    /// How many decimals the column's whole numbers have.
    #[must_use]
    pub const fn decimals(&self) -> u32 {
        self.decimals
    }

    /// The bounds between which a value counts.
    #[must_use]
    pub const fn bounds(&self) -> Option<(i64, i64)> {
        self.winsorised
    }

    pub(super) fn check(&self, path: &Path, problems: &mut Problems<ExperimentError>) {
        let (of, beside) = self.kind.columns();
        for name in [Some(self.name.as_str()), Some(of), beside].into_iter().flatten() {
            if name.trim().is_empty() {
                problems.push(path.clone(), ExperimentError::EmptyName { what: "metric or column" });
            }
        }
        if self.decimals > 28 {
            problems
                .push(path.field("decimals"), ExperimentError::TooManyDecimals { decimals: self.decimals });
        }
        if let MetricKind::Quantile { p, within, .. } = &self.kind {
            let kind = path.field("kind");
            if *p == Share::ZERO || *p == Share::ONE {
                let range = "0%..100%, both ends excluded";
                problems.push(kind.field("p"), ExperimentError::Quantile { what: "share", value: *p, range });
            }
            if let Some(error) = within
                && !fits(*error)
            {
                let range = "0.1%..50% of at most 16 decimals";
                problems.push(
                    kind.field("within"),
                    ExperimentError::Quantile { what: "error", value: *error, range },
                );
            }
        }
        if let Some((low, high)) = self.winsorised
            && (low > high || matches!(self.kind, MetricKind::Proportion { .. }))
        {
            problems.push(path.field("winsorised"), ExperimentError::Bounds { low, high });
        }
    }
}

/// An error that a quantile may have: smaller ones need more buckets than there may be, larger ones say nothing.
fn fits(error: Share) -> bool {
    let (smallest, largest) = (Decimal::new(1, 3), Decimal::new(5, 1));
    (smallest..=largest).contains(&error.value()) && error.value().scale() <= 16
}

/// Every metric checked, no name twice.
pub(super) fn check_metrics(
    metrics: Vec<ExperimentMetric>,
    path: &Path,
    problems: &mut Problems<ExperimentError>,
) -> Vec<ExperimentMetric> {
    if metrics.is_empty() {
        problems.push(path.clone(), ExperimentError::NoMetrics);
    }
    for (index, metric) in metrics.iter().enumerate() {
        let path = path.index(index);
        metric.check(&path, problems);
        if metrics.iter().take(index).any(|before| before.name == metric.name) {
            let name = metric.name.clone();
            problems.push(path.field("name"), ExperimentError::Duplicate { what: "metric", name });
        }
    }
    metrics
}
