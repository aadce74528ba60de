//! When a test may be read, and what keeps its error there.

use super::ExperimentError;
use super::as_float::float;
use crate::figure::Interval;
use crate::quantity::wire::wire_variants;
use crate::stats::{
    AlphaSpending, ConfidenceSequence, GroupSequential, MeanTest, SpendingSides, StatsError, TwoMeans,
};
use alloc::vec::Vec;
use core::fmt;

/// When a test may be read, and what that does to its error: chosen before the first unit is in.
///
/// | monitoring | may be read | the error that is kept |
/// | --- | --- | --- |
/// | one look | once, when the planned units are there | alpha, of that look |
/// | group sequential | as often as one likes, best at the planned parts | alpha over all looks, spent by a function |
/// | always valid | after every unit, for ever | alpha over all looks |
/// | Bayesian | at any time | none is promised: under daily looks false positives are more than the posterior says |
///
/// # Examples
/// ```
/// use marketloop::experiment::Monitoring;
///
/// assert_eq!(Monitoring::equal_looks(5).to_string(), "looks at 5 parts of the units, O'Brien-Fleming spending in total");
/// assert_eq!(Monitoring::AlwaysValid.to_string(), "always valid");
/// ```
///
/// ```
/// # use marketloop::experiment::Monitoring;
/// let json = r#"{"group_sequential":{"spending":"pocock","sides":"per_side","fractions":["0.5","1"],"futility":"0.2"}}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Monitoring>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Monitoring {
    /// One look, when the planned units are there. Looks before it count units, and say nothing of the effect.
    FixedHorizon,
    /// Looks that spend alpha, by the part of the planned units that is there. A look that comes at another part than planned
    /// spends what its own part allows, as long as nobody chose the time by what was seen.
    GroupSequential {
        /// How alpha is spent.
        spending: AlphaSpending,
        /// On which sides the test stops, and what alpha means there.
        sides: SpendingSides,
        /// The planned looks as parts of the planned units; the last is 1.
        fractions: Vec<f64>,
        /// The probability to stop for want of an effect although the planned one is there; without it the test never stops
        /// for want of one. The bounds are advice: alpha holds whether or not they are obeyed.
        futility: Option<f64>,
    },
    /// A confidence sequence, at its narrowest at the planned units.
    AlwaysValid,
    /// Stops once an arm is the best with enough probability and choosing it is expected to lose little enough, from
    /// flat priors.
    Bayesian {
        /// The least probability to be the best.
        least_probability: f64,
        /// The largest expected loss, in the unit of the goal.
        most_loss: f64,
    },
}

wire_variants!(Monitoring {
    "fixed_horizon" => FixedHorizon,
    "group_sequential" => GroupSequential { spending, sides, fractions: own, futility: optional(own) },
    "always_valid" => AlwaysValid,
    "bayesian" => Bayesian { least_probability: own, most_loss: own },
});

impl fmt::Display for Monitoring {
    /// `always valid`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FixedHorizon => f.write_str("one look at all units"),
            Self::GroupSequential { spending, sides, fractions, futility } => {
                write!(f, "looks at {} parts of the units, ", fractions.len())?;
                match spending {
                    AlphaSpending::OBrienFleming => f.write_str("O'Brien-Fleming"),
                    AlphaSpending::Pocock => f.write_str("Pocock"),
                    AlphaSpending::Power(power) => write!(f, "power {power}"),
                    AlphaSpending::HwangShihDeCani(gamma) => write!(f, "Hwang-Shih-De Cani {gamma}"),
                    AlphaSpending::Linear => f.write_str("linear"),
                    AlphaSpending::Given(_) => f.write_str("given"),
                }?;
                f.write_str(" spending ")?;
                f.write_str(match sides {
                    SpendingSides::Upper => "above alone",
                    SpendingSides::InTotal => "in total",
                    SpendingSides::PerSide => "per side",
                })?;
                futility.map_or(Ok(()), |beta| write!(f, ", futility {beta}"))
            }
            Self::AlwaysValid => f.write_str("always valid"),
            Self::Bayesian { least_probability, most_loss } => {
                write!(f, "best with probability {least_probability}, expected loss at most {most_loss}")
            }
        }
    }
}

impl Monitoring {
    /// So many looks at equal parts of the planned units, with O'Brien and Fleming's spending of a two-sided alpha in
    /// total.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::Monitoring;
    ///
    /// let Monitoring::GroupSequential { fractions, .. } = Monitoring::equal_looks(4) else { unreachable!() };
    /// assert_eq!(fractions, [0.25, 0.5, 0.75, 1.0]);
    /// ```
    #[must_use]
    pub fn equal_looks(looks: u16) -> Self {
        let fractions = (1..=looks).map(|look| f64::from(look) / f64::from(looks)).collect();
        let (spending, sides) = (AlphaSpending::OBrienFleming, SpendingSides::InTotal);
        Self::GroupSequential { spending, sides, fractions, futility: None }
    }

    /// The monitoring of one comparison at this alpha, before the first look.
    pub(super) fn begin(&self, alpha: f64, planned: u64) -> Result<Watch, ExperimentError> {
        if alpha < LEAST_ALPHA {
            let range = "at least 1e-12 for each new arm";
            return Err(StatsError::OutOfRange { name: "alpha", value: alpha, range }.into());
        }
        Ok(match self {
            Self::FixedHorizon => Watch::Fixed { alpha },
            Self::GroupSequential { spending, sides, fractions, futility } => {
                let mut plan = GroupSequential::new(alpha, *sides, spending.clone(), fractions)?;
                if let Some(beta) = futility {
                    plan = plan.with_advisory_futility(*beta, spending.clone())?;
                }
                if fractions.last().is_some_and(|last| last.to_bits() != 1.0_f64.to_bits()) {
                    return Err(ExperimentError::LastLook {
                        fraction: fractions.last().copied().unwrap_or(0.0),
                    });
                }
                Watch::Sequential { plan, taken: 0 }
            }
            Self::AlwaysValid => Watch::Always(ConfidenceSequence::tuned(alpha, planned)?),
            Self::Bayesian { least_probability, most_loss } => {
                for (name, value, most) in
                    [("least probability", *least_probability, 1.0), ("largest loss", *most_loss, f64::MAX)]
                {
                    if !(0.0..=most).contains(&value) {
                        let range = if most > 1.0 { "the numbers from 0" } else { "0..=1" };
                        return Err(StatsError::OutOfRange { name, value, range }.into());
                    }
                }
                Watch::Posterior { alpha }
            }
        })
    }
}

/// The monitoring of one comparison while looks come in.
#[derive(Debug, Clone)]
pub(super) enum Watch {
    Fixed {
        alpha: f64,
    },
    /// The plan with the looks so far where they came.
    Sequential {
        plan: GroupSequential,
        taken: usize,
    },
    Always(ConfidenceSequence),
    Posterior {
        alpha: f64,
    },
}

impl Watch {
    /// Takes a look at so many of the planned units. Whether there is something to read.
    pub(super) fn look(&mut self, units: u64, planned: u64) -> Result<bool, StatsError> {
        let fraction = float(units) / float(planned);
        match self {
            Self::Fixed { .. } | Self::Always(_) | Self::Posterior { .. } => Ok(units > 0),
            Self::Sequential { plan, taken } => {
                let before = taken.checked_sub(1).and_then(|last| plan.looks().get(last));
                let least = before.map_or(1e-9, |look| look.information * APART);
                if fraction < least {
                    return Ok(false);
                }
                let later = plan.looks().iter().skip(*taken).map(|look| look.information);
                let later = later.filter(|planned| *planned >= fraction * APART && fraction < 1.0);
                let looks: Vec<f64> = core::iter::once(fraction).chain(later).collect();
                *plan = plan.replan(*taken, &looks)?;
                *taken = taken.saturating_add(1);
                Ok(true)
            }
        }
    }

    /// The bound of the last look in standard errors, and that for want of an effect.
    pub(super) fn bounds(&self) -> (Option<f64>, Option<f64>) {
        let Self::Sequential { plan, taken } = self else { return (None, None) };
        let look = taken.checked_sub(1).and_then(|last| plan.looks().get(last));
        look.map_or((None, None), |look| (look.bound, look.futility))
    }

    /// The part of the planned units at which the next planned look comes.
    pub(super) fn next_fraction(&self) -> Option<f64> {
        match self {
            Self::Sequential { plan, taken } => plan.looks().get(*taken).map(|look| look.information),
            Self::Fixed { .. } => Some(1.0),
            Self::Always(_) | Self::Posterior { .. } => None,
        }
    }

    /// The interval of the difference that this look gives; none where nothing may be spent at it.
    pub(super) fn interval(&self, means: &TwoMeans) -> Result<Option<Interval<f64>>, StatsError> {
        let interval = match self {
            Self::Fixed { alpha } => means.interval(1.0 - alpha, MeanTest::Welch)?,
            Self::Posterior { alpha } => means.interval(1.0 - alpha, MeanTest::Normal)?,
            Self::Always(sequence) => {
                let units = means.first().count().saturating_add(means.second().count());
                sequence.interval(units, means.difference(), means.standard_error(MeanTest::Normal)?)?
            }
            Self::Sequential { .. } => {
                let (Some(bound), _) = self.bounds() else { return Ok(None) };
                let half = bound * means.standard_error(MeanTest::Normal)?;
                let difference = means.difference();
                Interval::new(difference - half, difference + half)?
            }
        };
        Ok(Some(interval))
    }
}

/// An interval at the level `1 - alpha` has no fewer digits than its level.
const LEAST_ALPHA: f64 = 1e-12;
/// Information fractions are told apart from this factor on ([`GroupSequential::new`]).
const APART: f64 = 1.0001;
