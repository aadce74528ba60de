//! What a test shall be able to see, and how many units that takes.

use super::{Alternative, StatsError, finite, inner_probability, normal_quantile, positive};
use crate::figure::from_wire;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use serde::Deserialize;

/// The errors that a test of two samples may make, and how the units are divided.
///
/// Two-sided, with two samples of one size and one comparison unless said otherwise. Ratio metrics and metrics that are
/// corrected by an earlier period (CUPED) are means with a variance of their own.
///
/// | case | answer |
/// | --- | --- |
/// | no effect, or a margin that is used up | [`StatsError::Undetectable`]: no size detects it; its power is `alpha` |
/// | no possible rate is far enough from the first | [`StatsError::Undetectable`] |
/// | both rates 0 or 1 | a power only by [`RateFormula::CohenH`](super::RateFormula::CohenH), else [`StatsError::NoVariance`] |
/// | too few units for a degree of freedom | [`StatsError::TooFewObservations`] for a power by t |
///
/// # Examples
/// ```
/// use marketloop::stats::{RateFormula, TestDesign};
///
/// // 4 % against 5 %, found four times in five, at 5 % false alarms.
/// let design = TestDesign::new(0.05, 0.8)?;
/// let size = design.size_for_rates(0.04, 0.05, RateFormula::Unpooled)?;
/// assert!((size.first() - 6742.19).abs() < 0.01);
/// assert_eq!(size.units()?, (6743, 6743));
/// // Three variants against one control: each comparison at a third of the level.
/// let three = design.with_comparisons(3)?.size_for_rates(0.04, 0.05, RateFormula::Unpooled)?;
/// assert_eq!(three.units()?, (8993, 8993));
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::TestDesign;
/// let json = r#"{"alpha":"0.05","power":"0.8","ratio":"1","alternative":"two_sided","comparisons":3}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<TestDesign>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "power_analysis")]
#[doc(alias = "样本量")]
pub struct TestDesign {
    // Between 0 and 1, below the power.
    alpha: f64,
    power: f64,
    // Within 1e-6..=1e6.
    ratio: f64,
    alternative: Alternative,
    // At least 1.
    comparisons: u32,
}

serialize_fields!(TestDesign { alpha: own, power: own, ratio: own, alternative, comparisons });
from_wire!(TestDesign);

/// The figures on the wire, not checked yet.
struct Wire {
    alpha: f64,
    power: f64,
    ratio: f64,
    alternative: Alternative,
    comparisons: u32,
}

deserialize_fields!("TestDesign", Wire { alpha: own, power: own, ratio: own, alternative, comparisons });

impl TryFrom<Wire> for TestDesign {
    type Error = StatsError;

    fn try_from(wire: Wire) -> Result<Self, StatsError> {
        let design = Self::new(wire.alpha, wire.power)?.with_ratio(wire.ratio)?;
        Ok(design.with_comparisons(wire.comparisons)?.with_alternative(wire.alternative))
    }
}

impl TestDesign {
    /// At most `alpha` false alarms where nothing differs, and the effect found with `power` where it is there.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] unless `0 < alpha < power < 1`.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::TestDesign;
    /// assert!(TestDesign::new(0.05, 0.8).is_ok());
    /// assert!(TestDesign::new(0.05, 0.04).is_err());
    /// ```
    pub fn new(alpha: f64, power: f64) -> Result<Self, StatsError> {
        inner_probability("alpha", alpha)?;
        if inner_probability("power", power)? <= alpha {
            return Err(StatsError::OutOfRange {
                name: "power",
                value: power,
                range: "the numbers above alpha",
            });
        }
        Ok(Self { alpha, power, ratio: 1.0, alternative: Alternative::TwoSided, comparisons: 1 })
    }

    /// The second sample has `ratio` times the units of the first.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] outside 1e-6..=1e6.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::TestDesign;
    /// assert_eq!(TestDesign::new(0.05, 0.8)?.with_ratio(0.25)?.ratio(), 0.25);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn with_ratio(self, ratio: f64) -> Result<Self, StatsError> {
        if (1e-6..=1e6).contains(&finite("ratio", ratio)?) {
            Ok(Self { ratio, ..self })
        } else {
            Err(StatsError::OutOfRange { name: "ratio", value: ratio, range: "1e-6..=1e6" })
        }
    }

    /// Looks for effects of this kind; one-sided, those in the direction of the effect that is asked for.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{Alternative, TestDesign};
    /// let design = TestDesign::new(0.05, 0.8)?.with_alternative(Alternative::Larger);
    /// assert_eq!(design.alternative(), Alternative::Larger);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub const fn with_alternative(self, alternative: Alternative) -> Self {
        Self { alternative, ..self }
    }

    /// Divides `alpha` by so many comparisons (Bonferroni): several variants against one control, or several metrics.
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] for none.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::TestDesign;
    /// assert!(TestDesign::new(0.05, 0.8)?.with_comparisons(0).is_err());
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn with_comparisons(self, comparisons: u32) -> Result<Self, StatsError> {
        if comparisons > 0 {
            Ok(Self { comparisons, ..self })
        } else {
            Err(StatsError::OutOfRange { name: "comparisons", value: 0.0, range: "1.." })
        }
    }

    /// The false alarms that are admitted, of all comparisons together.
    #[must_use]
    pub const fn alpha(&self) -> f64 {
        self.alpha
    }

    /// How often the effect is to be found.
    #[must_use]
    pub const fn power(&self) -> f64 {
        self.power
    }

    /// The units of the second sample for one of the first.
    #[must_use]
    pub const fn ratio(&self) -> f64 {
        self.ratio
    }

    /// Which effects are looked for.
    #[must_use]
    pub const fn alternative(&self) -> Alternative {
        self.alternative
    }

    /// How many comparisons share `alpha`.
    #[must_use]
    pub const fn comparisons(&self) -> u32 {
        self.comparisons
    }

    /// `first` units, and `ratio` times as many in the second sample.
    ///
    /// # Errors
    /// As [`SampleSize::new`].
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::TestDesign;
    /// assert_eq!(TestDesign::new(0.05, 0.8)?.with_ratio(0.25)?.size(100.0)?.second(), 25.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn size(&self, first: f64) -> Result<SampleSize, StatsError> {
        SampleSize::new(first, first * self.ratio)
    }

    pub(super) const fn is_two_sided(&self) -> bool {
        matches!(self.alternative, Alternative::TwoSided)
    }

    /// What lies beyond the critical value on one side.
    pub(super) fn tail(&self) -> f64 {
        let sides = if self.is_two_sided() { 2.0 } else { 1.0 };
        self.alpha / f64::from(self.comparisons) / sides
    }

    /// The normal distances of the critical value and of the power.
    pub(super) fn distances(&self) -> Result<(f64, f64), StatsError> {
        Ok((-normal_quantile(self.tail())?, normal_quantile(self.power)?))
    }
}

/// The units of two samples, as the formula gives them: not rounded.
///
/// # Examples
/// ```
/// use marketloop::stats::{SampleSize, design_effect};
///
/// let size = SampleSize::new(939.04, 939.04)?;
/// assert_eq!(size.units()?, (940, 940));
/// // Assigned by shops of 151 visitors that are alike to 0.0862.
/// let by_shop = size.times(design_effect(151.0, 0.0862)?)?;
/// assert_eq!(by_shop.units()?, (13081, 13081));
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::SampleSize;
/// let json = r#"{"first":"939.5","second":"469.75"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<SampleSize>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "SizeWire")]
pub struct SampleSize {
    // Both within 0..=1e300.
    first: f64,
    second: f64,
}

serialize_fields!(SampleSize { first: own, second: own });
from_wire!(SampleSize);

/// The sizes on the wire, not checked yet.
struct SizeWire {
    first: f64,
    second: f64,
}

deserialize_fields!("SampleSize", SizeWire { first: own, second: own });

impl TryFrom<SizeWire> for SampleSize {
    type Error = StatsError;

    fn try_from(SizeWire { first, second }: SizeWire) -> Result<Self, StatsError> {
        Self::new(first, second)
    }
}

impl SampleSize {
    /// So many units in each sample.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] outside 0..=1e300.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::SampleSize;
    /// assert!(SampleSize::new(-1.0, 10.0).is_err());
    /// ```
    pub fn new(first: f64, second: f64) -> Result<Self, StatsError> {
        for value in [first, second] {
            if !(0.0..=1e300).contains(&finite("units", value)?) {
                return Err(StatsError::OutOfRange { name: "units", value, range: "0..=1e300" });
            }
        }
        Ok(Self { first, second })
    }

    /// The units of the first sample.
    #[must_use]
    pub const fn first(&self) -> f64 {
        self.first
    }

    /// The units of the second sample.
    #[must_use]
    pub const fn second(&self) -> f64 {
        self.second
    }

    /// Whole units: both rounded up.
    ///
    /// # Errors
    /// [`StatsError::Overflow`] from 2^64 on.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::SampleSize;
    /// assert_eq!(SampleSize::new(9.0, 9.01)?.units()?, (9, 10));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn units(&self) -> Result<(u64, u64), StatsError> {
        Ok((whole(self.first)?, whole(self.second)?))
    }

    /// Both samples times `factor`, such as a [`design_effect`].
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] unless the factor is above 0, and beyond 1e300 units.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::SampleSize;
    /// assert_eq!(SampleSize::new(10.0, 5.0)?.times(1.5)?.units()?, (15, 8));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn times(&self, factor: f64) -> Result<Self, StatsError> {
        positive("factor", factor)?;
        let times = |units: f64| (units * factor).min(f64::MAX);
        Self::new(times(self.first), times(self.second))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number below 2^64, not below 0"
)]
fn whole(units: f64) -> Result<u64, StatsError> {
    let units = libm::ceil(units);
    if units < 18_446_744_073_709_551_616.0 {
        Ok(units as u64)
    } else {
        Err(StatsError::Overflow { function: "the whole units" })
    }
}

/// How many times the units a test takes that assigns whole clusters of `cluster_size` units with the intraclass
/// correlation `correlation`.
///
/// # Formula
/// `1 + (m - 1) ρ` (L. Kish, 1965).
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for a size outside 1..=1e15 or a correlation outside 0..=1.
///
/// # Examples
/// ```
/// assert!((marketloop::stats::design_effect(31.0, 0.1301)? - 4.903).abs() < 1e-12);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn design_effect(cluster_size: f64, correlation: f64) -> Result<f64, StatsError> {
    if !(1.0..=1e15).contains(&finite("cluster size", cluster_size)?) {
        return Err(StatsError::OutOfRange { name: "cluster size", value: cluster_size, range: "1..=1e15" });
    }
    Ok(1.0 + (cluster_size - 1.0) * super::probability("correlation", correlation)?)
}
