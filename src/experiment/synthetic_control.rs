//! Synthetic control: a mix of untreated units that moved as the treated one did before the start.

use super::nearest_point::{is_one_of_several, nearest};
use super::series::{Scale, before, dot, float, mean, periods_after, representable, too_few};
use crate::figure::{Cause, Cell, Figure, Table};
use crate::quantity::wire::serialize_fields;
use crate::stats::{EffectEstimate, StatsError};
use alloc::vec;
use alloc::vec::Vec;

/// The most donors.
const MOST_DONORS: usize = 500;
/// Gaps whose squares add up to no more than this part of the squared outcomes are a perfect fit.
const PERFECT: f64 = 1e-20;
const NAME: &str = "the synthetic control";

/// A mix of untreated units (donors) that comes as near as can be to a treated unit before the start; what the treated
/// unit differs from it after the start is the effect (A. Abadie and J. Gardeazabal, 2003; outcomes only, no covariates).
///
/// The weights are exact: none below 0, they add up to 1, and a donor that is of no use has exactly 0. They are
/// certified: see [`excess`](Self::excess). At most 500 donors, any number of periods.
///
/// # Formula
/// The weights make `sum (treated - sum w donor)^2` over the periods before the start least, `w >= 0`, `sum w = 1`.
///
/// | case | answer |
/// | --- | --- |
/// | several weights are as good, as with equal donors | no weights; the gap of one of these mixes |
/// | a perfect fit before the start | error of 0, and no ratio |
/// | fewer than three donors | no placebos, no p |
///
/// # Examples
/// ```
/// use marketloop::experiment::SyntheticControl;
///
/// // Halfway between the first two cities, until the campaign.
/// let donors = [[10.0, 20.0, 10.0, 14.0], [30.0, 20.0, 34.0, 30.0], [90.0, 70.0, 80.0, 75.0]];
/// let control = SyntheticControl::of(&[20.0, 19.0, 22.0, 30.0], &donors, 3)?;
/// assert_eq!(control.weights().as_ref().known().map(|weights| weights[2]), Some(0.0));
/// assert_eq!(format!("{:.2}", control.effect()), "8.00");
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::experiment::SyntheticControl;
/// let control = SyntheticControl::of(&[4.0, 7.0], &[[3.0, 5.0]], 1)?;
/// let json = serde_json::to_value(&control)?;
/// assert_eq!((&json["gap"][1], &json["ratio"]["known"]), (&"2".into(), &"2".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticControl {
    pre: usize,
    weights: Figure<Vec<f64>>,
    synthetic: Vec<f64>,
    gap: Vec<f64>,
    error_before: f64,
    error_after: f64,
    ratio: Figure<f64>,
    effect: f64,
    excess: f64,
}

serialize_fields!(SyntheticControl {
    pre: own => u64::try_from(*pre).unwrap_or(u64::MAX),
    weights,
    synthetic: own,
    gap: own,
    error_before: own,
    error_after: own,
    ratio,
    effect: own,
    excess: own,
});

impl SyntheticControl {
    /// The mix of `donors`, each a row of outcomes period by period, for the `treated` unit; the first `pre` periods are
    /// before the start.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] without a donor or a period on a side of the start;
    /// [`StatsError::OutOfRange`] for rows of different lengths and for more than 500 donors;
    /// [`StatsError::NotFinite`]; [`StatsError::Overflow`].
    pub fn of<D: AsRef<[f64]>>(treated: &[f64], donors: &[D], pre: usize) -> Result<Self, StatsError> {
        let donors: Vec<&[f64]> = donors.iter().map(AsRef::as_ref).collect();
        Self::of_rows(treated, &donors, pre)
    }

    fn of_rows(treated: &[f64], donors: &[&[f64]], pre: usize) -> Result<Self, StatsError> {
        if donors.is_empty() {
            return Err(too_few(0, 1));
        }
        if donors.len() > MOST_DONORS {
            let range = "1..=500";
            return Err(StatsError::OutOfRange {
                name: "number of donors",
                value: float(donors.len()),
                range,
            });
        }
        let rows = || core::iter::once(treated).chain(donors.iter().copied());
        periods_after(rows(), pre)?;
        let scale = Scale::of(rows().flatten());
        let treated = scale.down(treated);
        let donors: Vec<Vec<f64>> = donors.iter().map(|donor| scale.down(donor)).collect();
        let points: Vec<Vec<f64>> = donors.iter().map(|donor| less(donor, &treated, pre)).collect();
        let found = nearest(&points)?;
        let is_several = is_one_of_several(&points, &found)?;
        let weights = found.weights(donors.len());
        let mut synthetic = vec![0.0; treated.len()];
        for (donor, weight) in donors.iter().zip(&weights).filter(|(_, weight)| **weight > 0.0) {
            synthetic.iter_mut().zip(donor).for_each(|(sum, value)| *sum += weight * value);
        }
        let gap = less(&treated, &synthetic, treated.len());
        let (before, after) = gap.split_at(pre.min(gap.len()));
        let known = treated.get(..pre).unwrap_or_default();
        let squares = dot(before, before);
        let squares = if squares <= PERFECT * dot(known, known) { 0.0 } else { squares };
        let error = |squares: f64, periods: usize| libm::sqrt(squares / float(periods));
        let (error_before, error_after) =
            (error(squares, before.len()), error(dot(after, after), after.len()));
        let ratio = if error_before <= 0.0 {
            Figure::undefined("ratio of errors", Cause::Zero("the error before the start".into()))
        } else {
            Figure::Known(representable(error_after / error_before, NAME)?)
        };
        let longest = points.iter().fold(0.0_f64, |longest, point| longest.max(dot(point, point)));
        Ok(Self {
            pre,
            weights: if is_several {
                Figure::undefined("weights", Cause::Inconsistent("several weights that fit as well".into()))
            } else {
                Figure::Known(weights)
            },
            synthetic: scale.all_up(&synthetic, NAME)?,
            error_before: scale.up(error_before, NAME)?,
            error_after: scale.up(error_after, NAME)?,
            ratio,
            effect: scale.up(mean(after), NAME)?,
            gap: scale.all_up(&gap, NAME)?,
            excess: if longest > 0.0 { found.gap / longest } else { 0.0 },
        })
    }

    /// The controls of several treated cells from the same donors, each as of [`of`](Self::of).
    ///
    /// The effects are not independent: two cells whose mixes share a donor share what happened to that donor after the
    /// start, in proportion to the product of its weights. A shock to it moves both effects the same way.
    ///
    /// # Errors
    /// Those of [`of`](Self::of), of the first cell that has any.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::SyntheticControl;
    ///
    /// let donors = [[10.0, 20.0, 14.0], [30.0, 20.0, 30.0]];
    /// let cells = [[10.0, 20.0, 15.0], [30.0, 20.0, 33.0]];
    /// let controls = SyntheticControl::of_cells(&cells, &donors, 2)?;
    /// assert_eq!(controls.iter().map(|control| control.effect()).collect::<Vec<_>>(), [1.0, 3.0]);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn of_cells<T: AsRef<[f64]>, D: AsRef<[f64]>>(
        cells: &[T],
        donors: &[D],
        pre: usize,
    ) -> Result<Vec<Self>, StatsError> {
        cells.iter().map(|cell| Self::of(cell.as_ref(), donors, pre)).collect()
    }

    /// The weight of each donor, in their order.
    #[must_use]
    pub const fn weights(&self) -> &Figure<Vec<f64>> {
        &self.weights
    }

    /// The outcomes of the mix, in all periods.
    #[must_use]
    pub fn synthetic(&self) -> &[f64] {
        &self.synthetic
    }

    /// The treated outcomes less those of the mix, in all periods.
    #[must_use]
    pub fn gap(&self) -> &[f64] {
        &self.gap
    }

    /// The root of the mean squared gap before the start: how well the mix fits.
    #[must_use]
    pub const fn error_before(&self) -> f64 {
        self.error_before
    }

    /// The root of the mean squared gap after the start.
    #[must_use]
    pub const fn error_after(&self) -> f64 {
        self.error_after
    }

    /// The error after the start over that before it: large where the gap opens at the start.
    #[must_use]
    pub const fn ratio(&self) -> &Figure<f64> {
        &self.ratio
    }

    /// The mean gap after the start: the effect per period.
    #[must_use]
    pub const fn effect(&self) -> f64 {
        self.effect
    }

    /// The gaps after the start together: the increment.
    ///
    /// # Errors
    /// [`StatsError::Overflow`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::SyntheticControl;
    ///
    /// let control = SyntheticControl::of(&[3.0, 7.0, 9.0], &[[3.0, 5.0, 4.0]], 1)?;
    /// assert_eq!((control.effect(), control.increment()?), (3.5, 7.0));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn increment(&self) -> Result<f64, StatsError> {
        representable(self.effect * float(self.gap.len().saturating_sub(self.pre)), NAME)
    }

    /// The certificate of the weights: by how much at most the sum of squared gaps before the start is above the least
    /// possible, as a share of the squared distance of the farthest donor. About 1e-13 or less.
    ///
    /// # Formula
    /// `2 (|x|^2 - min over donors of x p)` with the gap `x` of the mix and `p` of each donor: 0 exactly where the
    /// conditions of optimality hold (H. Kuhn and A. Tucker, 1951).
    #[must_use]
    pub const fn excess(&self) -> f64 {
        self.excess
    }

    /// The placebos: each donor as if it were the treated unit, beside a mix of the others, in the order of the
    /// donors. None for fewer than three donors.
    ///
    /// # Errors
    /// Those of [`of`](Self::of).
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::SyntheticControl;
    ///
    /// let donors = [[10.0, 20.0, 14.0], [30.0, 21.0, 30.0], [12.0, 13.0, 15.0]];
    /// assert_eq!(SyntheticControl::placebos(&donors, 2)?.len(), 3);
    /// assert!(SyntheticControl::placebos(&donors[..2], 2)?.is_empty());
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn placebos<D: AsRef<[f64]>>(donors: &[D], pre: usize) -> Result<Vec<Self>, StatsError> {
        if donors.len() < 3 {
            return Ok(Vec::new());
        }
        let rows: Vec<&[f64]> = donors.iter().map(AsRef::as_ref).collect();
        let each = rows.iter().enumerate().map(|(at, donor)| {
            let mut others = rows.clone();
            others.remove(at);
            Self::of_rows(donor, &others, pre)
        });
        each.collect()
    }

    /// How many of the units, this one and its [`placebos`](Self::placebos), have a ratio at least as large: the p-value
    /// of no effect, no smaller than one over the number of units (A. Abadie, A. Diamond and J. Hainmueller, 2010).
    ///
    /// # Formula
    /// `#(ratio >= ratio of the treated unit) / (J + 1)` with `J` donors.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::SyntheticControl;
    ///
    /// let donors = [[10.0, 20.0, 14.0], [30.0, 21.0, 30.0], [12.0, 13.0, 15.0]];
    /// let control = SyntheticControl::of(&[40.0, 39.0, 90.0], &donors, 2)?;
    /// let p = control.p_placebo(&SyntheticControl::placebos(&donors, 2)?);
    /// assert_eq!(p.known(), Some(0.25)); // one of four
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn p_placebo(&self, placebos: &[Self]) -> Figure<f64> {
        if placebos.is_empty() {
            return Figure::undefined("p", Cause::None("placebo".into()));
        }
        let all = placebos.len().saturating_add(1);
        let ratios = placebos.iter().map(|placebo| placebo.ratio.clone());
        self.ratio.clone().and_then(|own| {
            // The treated unit counts itself.
            let as_large = ratios.into_iter().try_fold(1.0_f64, |count, ratio| match ratio.known() {
                Some(ratio) if ratio >= own => Some(count + 1.0),
                Some(_) => Some(count),
                None => None,
            });
            match as_large {
                Some(count) => Figure::Known(count / float(all)),
                None => Figure::undefined("p", Cause::Zero("the error of a placebo before the start".into())),
            }
        })
    }

    /// The [`increment`](Self::increment) with a standard error by its placebos, in which nothing happened.
    /// [Per](EffectEstimate::per) unit spent it is the incremental return.
    ///
    /// # Formula
    /// The sample standard deviation of the placebos' increments (after D. Arkhangelsky and others, 2021, who divide by
    /// their number), and Student's t on one degree less than there are placebos: what chance does to a unit that is
    /// like the donors. Of a treated unit unlike them it says little.
    ///
    /// # Errors
    /// [`StatsError::Overflow`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::SyntheticControl;
    ///
    /// let donors = [[10.0, 20.0, 14.0], [30.0, 21.0, 30.0], [12.0, 13.0, 15.0]];
    /// let control = SyntheticControl::of(&[20.0, 20.0, 60.0], &donors, 2)?;
    /// let increment = control.increment_estimate(&SyntheticControl::placebos(&donors, 2)?)?;
    /// assert_eq!(increment.value(), control.increment()?);
    /// assert!(increment.per(10.0)?.get()?.interval(0.9)?.get()?.low() > 1.0);
    /// assert!(control.increment_estimate(&[])?.standard_error().is_undefined());
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn increment_estimate(&self, placebos: &[Self]) -> Result<EffectEstimate, StatsError> {
        let increment = self.increment()?;
        let Some(degrees) = placebos.len().checked_sub(1).filter(|degrees| *degrees > 0) else {
            let none = Figure::undefined("standard error", Cause::None("second placebo".into()));
            return EffectEstimate::of(increment, none);
        };
        let increments = placebos.iter().map(Self::increment).collect::<Result<Vec<f64>, _>>()?;
        let scale = Scale::of(&increments);
        let increments = scale.down(&increments);
        let middle = mean(&increments);
        let squares: Vec<f64> = increments.iter().map(|one| (one - middle) * (one - middle)).collect();
        let variance = squares.iter().sum::<f64>() / float(degrees);
        EffectEstimate::new(increment, scale.up(libm::sqrt(variance), NAME)?)?.with_degrees(float(degrees))
    }

    /// The control of a start after the first `earlier` periods, by the periods before the real start alone: a placebo in
    /// time. There was no campaign; a gap that opens all the same speaks against the mix.
    ///
    /// # Errors
    /// Those of [`of`](Self::of), for the periods before the start in place of all, too.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::SyntheticControl;
    ///
    /// let donors = [[10.0, 20.0, 10.0, 14.0], [30.0, 20.0, 34.0, 30.0], [90.0, 70.0, 80.0, 75.0]];
    /// let placebo = SyntheticControl::placebo_in_time(&[20.0, 19.0, 22.0, 30.0], &donors, 3, 2)?;
    /// assert!(placebo.effect().abs() < 2.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn placebo_in_time<D: AsRef<[f64]>>(
        treated: &[f64],
        donors: &[D],
        pre: usize,
        earlier: usize,
    ) -> Result<Self, StatsError> {
        let rows = core::iter::once(treated).chain(donors.iter().map(AsRef::as_ref));
        match before(rows, pre)?.as_slice() {
            [treated, donors @ ..] => Self::of_rows(treated, donors, earlier),
            [] => Err(too_few(0, 1)),
        }
    }

    /// A row for each period, numbered from 1: the mix and the gap.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::SyntheticControl;
    ///
    /// let table = SyntheticControl::of(&[4.0, 7.0], &[[3.0, 5.0]], 1)?.table();
    /// assert_eq!(table.to_string(), "period  synthetic  gap  part\n1               3    1  before\n2               5    2  after\n");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("period");
        for (at, (synthetic, gap)) in self.synthetic.iter().zip(&self.gap).enumerate() {
            let name = alloc::format!("{}", at.saturating_add(1));
            table.push(&name, "synthetic", Cell::new(*synthetic, "1"));
            table.push(&name, "gap", Cell::new(*gap, "1"));
            table.push(&name, "part", if at < self.pre { "before" } else { "after" });
        }
        table
    }
}

/// The first `periods` of one row less those of another.
fn less(row: &[f64], other: &[f64], periods: usize) -> Vec<f64> {
    row.iter().zip(other).take(periods).map(|(row, other)| row - other).collect()
}
