//! Statistics for estimates: special functions, distributions, intervals of a proportion, the difference and the
//! relative lift of two proportions or means, sample quantiles and moments; tests that are looked at again and again,
//! the check of their arms, corrections for many tests at once, power and sample
//! sizes.
//!
//! Estimates are `f64`; what is counted comes in as an integer. Every float function comes from `libm`, so
//! that the same input gives the same bits on every machine. No answer is ever NaN or infinite: what does
//! not exist is a [`StatsError`].
//!
//! | case | answer |
//! | --- | --- |
//! | NaN or infinity as an argument | [`StatsError::NotFinite`], with the argument's name |
//! | a probability of 0 or 1 where the quantile is infinite | [`StatsError::OutOfRange`] |
//! | an interval of 0 trials | [`StatsError::NoTrials`] |
//! | more successes than trials | [`StatsError::MoreSuccessesThanTrials`] |
//! | 0 of n or n of n | an interval inside 0..=1 that contains the estimate, but for Jeffreys, which does not |
//! | a probability below the least positive float | 0 |
//! | two rates that are both 0, or both 1 | a difference of 0, z of 0, p of 1; the score's interval has a width |
//! | the variance of one observation | [`StatsError::TooFewObservations`] |
//! | a slope or a correlation of equal numbers | [`StatsError::NoVariance`] |
//! | a single arm, or one that is certainly the best | its probability is 1; top-two shares are [`StatsError::OutOfRange`] |
//! | the expected loss of an effect with one degree of freedom | [`StatsError::Unbounded`] |
//! | the best of items that differ by no more than by chance | [`StatsError::NoVariance`]; all values are their centre |
//! | floors of arms that add up to more than 1 | [`StatsError::OutOfRange`] of the floor |
//! | a ratio to a sum of 0 | [`StatsError::ZeroSum`] |
//! | evidence of observations that are all equal | [`StatsError::NoVariance`] |
//! | a look at which nothing may be spent | no bound |
//! | the repeated interval of a look without a bound | [`StatsError::Overflow`] |
//! | sample ratio of 0 observations | [`StatsError::NoTrials`]; the evidence against the plan is 0 |
//! | observations of an arm of weight 0 | p of 0; the statistics, which are infinite, [`StatsError::Overflow`] |
//! | a sample ratio where one arm has all the weight | [`StatsError::OutOfRange`] of the degrees of freedom |
//! | an error, a test or an interval of two means of which neither varies | [`StatsError::NoVariance`] |
//! | a size for no effect, or an effect beyond a rate of 0 or 1 | [`StatsError::Undetectable`] |
//! | a power by t below a tenth of a degree of freedom | [`StatsError::TooFewObservations`] |
//! | corrections of no p-values | no p-values |
//! | an effect whose standard error is 0 or does not exist | its p-value and interval are undefined; bounds of several, one of them such: [`StatsError::Figure`] |
//! | effects of one part only | a mean; their heterogeneity is [`StatsError::TooFewObservations`], their trend [`StatsError::NoVariance`] |
//! | strata that are all successes or all failures | [`StatsError::NoVariance`] for difference and test |
//! | bounds of an effect that Benjamini and Hochberg do not select | none |
//! | a relative lift over 0: no conversion in the control | [`StatsError::NoBaseline`]; the adjusted log gives an interval |
//! | a relative lift over what is not told from 0, by Fieller | [`StatsError::Unbounded`] |
//!
//! # Accuracy
//! The tests hold these relative errors against references of 40 digits: normal functions 3e-15, tails
//! included; gamma probabilities and beta quantiles 2e-13 and 1e-13; beta probabilities 2e-12, at shapes of
//! 10^5, where the last digit of the argument is worth as much. For shapes below about 0.1 the smaller tail
//! may be one minus a number near 1, and has fewer digits.
//!
//! ```
//! use marketloop::stats::{IntervalMethod, interval};
//!
//! // 450 of 12,000 visitors bought: the rate is 3.75 %, and with 95 % confidence between these two.
//! let range = interval(450, 12_000, 0.95, IntervalMethod::Wilson)?;
//! assert_eq!(format!("{:.4}..{:.4}", range.low(), range.high()), "0.0342..0.0410");
//! # Ok::<(), marketloop::stats::StatsError>(())
//! ```

mod alpha_spending;
mod alternative;
mod always_valid;
mod arm_integral;
mod best_arm;
mod best_arm_verdict;
mod best_share;
mod beta;
mod beta_arms;
mod beta_binomial;
mod beta_quantile;
mod between_means;
mod chi_squared;
mod confidence_sequence;
mod correction;
mod effect_estimate;
mod effect_losses;
mod fisher;
mod gamma;
mod group_constants;
mod group_crossings;
mod group_futility;
mod group_sequential;
mod group_stop;
mod harmonic;
mod hommel;
mod lift;
mod mantel_haenszel;
mod matching_bounds;
mod mean_power;
mod moments;
mod noncentral;
mod normal;
mod normal_arms;
mod paired_moments;
mod pooled_effects;
mod proportion;
mod rate_lift;
mod rate_power;
mod rate_test;
mod root;
mod sample_mean;
mod sample_quantile;
mod sample_ratio;
mod sequential_look;
mod shrunken_items;
mod sidak;
mod spread_method;
mod stirling;
mod stopped_walk;
mod student;
mod tail_integral;
mod test_design;
mod top_integral;
mod two_means;
mod two_proportions;
mod whole_visits;

pub use alpha_spending::{AlphaSpending, SpendingSides};
pub use alternative::Alternative;
pub use always_valid::{AlwaysValid, ln_mixture_ratio};
pub use best_arm::BestArm;
pub use best_arm_verdict::BestArmVerdict;
pub use best_share::{BestShare, CutTies};
pub use beta::{beta_cdf, beta_survival};
pub use beta_arms::BetaArms;
pub use beta_quantile::beta_quantile;
pub use chi_squared::{chi_squared_cdf, chi_squared_survival};
pub use confidence_sequence::ConfidenceSequence;
pub use correction::Correction;
pub use effect_estimate::EffectEstimate;
pub use gamma::{gamma_cdf, gamma_survival};
pub use group_sequential::GroupSequential;
pub use lift::LiftMethod;
pub use mantel_haenszel::MantelHaenszel;
pub use matching_bounds::MatchingBounds;
pub use moments::{Moments, mean, variance};
pub use noncentral::{noncentral_t_cdf, noncentral_t_survival};
pub use normal::{normal_cdf, normal_density, normal_quantile};
pub use normal_arms::NormalArms;
pub use paired_moments::PairedMoments;
pub use pooled_effects::PooledEffects;
pub use proportion::{IntervalMethod, interval};
pub use rate_lift::RateLiftMethod;
pub use rate_power::RateFormula;
pub use rate_test::RateTest;
pub use sample_mean::SampleMean;
pub use sample_quantile::{QuantileMethod, sample_quantile, sorted_quantile};
pub use sample_ratio::SampleRatio;
pub use sequential_look::{Crossings, Futility, SequentialLook};
pub use shrunken_items::ShrunkenItems;
pub use spread_method::SpreadMethod;
pub use stirling::{ln_beta, ln_gamma};
pub use student::{student_cdf, student_quantile};
pub use test_design::{SampleSize, TestDesign, design_effect};
pub use two_means::{MeanTest, TwoMeans};
pub use two_proportions::{DifferenceMethod, TwoProportions};
pub use whole_visits::whole_visits;

use crate::error::{Counted, ErrorKind, UnknownWord};
use crate::figure::FigureError;
use crate::quantity::Unit;

/// Why a statistic does not exist or could not be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatsError {
    /// An argument or an observation that is NaN or infinite.
    #[error("{name} {value} is not a finite number")]
    NotFinite {
        /// What the argument is called.
        name: &'static str,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        value: f64,
    },
    /// An argument outside its range.
    #[error("{name} {value} is outside {range}")]
    OutOfRange {
        /// What the argument is called.
        name: &'static str,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        value: f64,
        /// What is admitted.
        range: &'static str,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// The result is larger than the type that holds it.
    #[error("{function} exceeds the largest number of its type")]
    Overflow {
        /// What was computed.
        function: &'static str,
    },
    /// An iteration that did not settle within its bound.
    #[error("{function} did not settle within {iterations} iterations")]
    NoConvergence {
        /// What was computed.
        function: &'static str,
        /// The bound.
        iterations: u32,
    },
    /// A figure over the spread of numbers that are all equal.
    #[error("all {name} are equal: there is no variance")]
    NoVariance {
        /// What is equal.
        name: &'static str,
    },
    /// A figure over a sum that is 0.
    #[error("the sum of {name} is 0: nothing is a part of it")]
    ZeroSum {
        /// What adds up to 0.
        name: &'static str,
    },
    /// A figure that does not exist, or an interval that is none.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// A proportion of no trials.
    #[error("a proportion of 0 trials is undefined")]
    NoTrials,
    /// More successes than trials.
    #[error("{} are more than {}", Counted(.successes, "success"), Counted(.trials, "trial"))]
    MoreSuccessesThanTrials {
        /// The successes as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        successes: u64,
        /// The trials as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        trials: u64,
    },
    /// A rate of a sample is asked for in a unit of which nothing is a part.
    #[error("a rate of a sample is a part of a whole, and not in {unit}")]
    NotAShare {
        /// The unit.
        unit: Unit,
    },
    /// A sample that had to be in ascending order and is not.
    #[error("observation {index} is smaller than the one before it")]
    NotSorted {
        /// The index of the first observation out of order.
        index: usize,
    },
    /// A sample that is too small for the statistic.
    #[error("{} of at least {needed} needed", Counted(.found, "observation"))]
    TooFewObservations {
        /// How many there are.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        found: u64,
        /// How many the statistic needs.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        needed: u64,
    },
    /// A relative change over 0.
    #[error("a lift relative to 0 is undefined")]
    NoBaseline,
    /// An interval that has no end: all values beyond some, or all but some, agree with what was observed.
    #[error("the interval has no end at this level of confidence")]
    Unbounded,
    /// No size of a sample detects the effect, or no possible effect is large enough for the size.
    #[error("no size detects an effect of nothing, and no possible effect is large enough for this size")]
    Undetectable,
}

crate::error::fault!(StatsError);

impl StatsError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Figure(error) => error.kind(),
            Self::NotFinite { .. } | Self::OutOfRange { .. } => ErrorKind::OutOfRange,
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::Overflow { .. } => ErrorKind::Overflow,
            Self::NoConvergence { .. }
            | Self::NoTrials
            | Self::NoVariance { .. }
            | Self::ZeroSum { .. }
            | Self::NoBaseline
            | Self::Unbounded
            | Self::Undetectable => ErrorKind::Undefined,
            Self::MoreSuccessesThanTrials { .. } | Self::NotSorted { .. } | Self::NotAShare { .. } => {
                ErrorKind::Mismatch
            }
            Self::TooFewObservations { .. } => ErrorKind::Empty,
        }
    }
}

/// `value`, if it is finite.
fn finite(name: &'static str, value: f64) -> Result<f64, StatsError> {
    if value.is_finite() { Ok(value) } else { Err(StatsError::NotFinite { name, value }) }
}

/// `value`, if it is finite and above zero.
fn positive(name: &'static str, value: f64) -> Result<f64, StatsError> {
    if finite(name, value)? > 0.0 {
        Ok(value)
    } else {
        Err(StatsError::OutOfRange { name, value, range: "the positive numbers" })
    }
}

/// `value`, if it can be a shape parameter or degrees of freedom: within 1e-300..=1e300, so that sums and
/// products of a few of them stay finite.
fn shape(name: &'static str, value: f64) -> Result<f64, StatsError> {
    if (1e-300..=1e300).contains(&finite(name, value)?) {
        Ok(value)
    } else {
        Err(StatsError::OutOfRange { name, value, range: "1e-300..=1e300" })
    }
}

/// `value`, if it is a probability, 0 and 1 included.
fn probability(name: &'static str, value: f64) -> Result<f64, StatsError> {
    if (0.0..=1.0).contains(&finite(name, value)?) {
        Ok(value)
    } else {
        Err(StatsError::OutOfRange { name, value, range: "0..=1" })
    }
}

/// `value`, if it is a probability strictly between 0 and 1.
fn inner_probability(name: &'static str, value: f64) -> Result<f64, StatsError> {
    if finite(name, value)? > 0.0 && value < 1.0 {
        Ok(value)
    } else {
        Err(StatsError::OutOfRange { name, value, range: "0..1, both ends excluded" })
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate: 53 bits of a count are enough")]
fn float(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "an estimate: 53 bits are enough")]
fn wide_float(count: u128) -> f64 {
    count as f64
}

/// What has no standard error, because nothing varies in it.
const fn no_variance() -> StatsError {
    StatsError::NoVariance { name: "observations" }
}

/// The two tails of a distribution at one point; they add up to 1, and the smaller keeps its digits.
#[derive(Debug, Clone, Copy)]
struct Tails {
    lower: f64,
    upper: f64,
}

impl Tails {
    fn from_lower(lower: f64) -> Self {
        let lower = lower.clamp(0.0, 1.0);
        Self { lower, upper: 1.0 - lower }
    }

    fn from_upper(upper: f64) -> Self {
        Self::from_lower(upper).swapped()
    }

    fn swapped(self) -> Self {
        Self { lower: self.upper, upper: self.lower }
    }
}
