//! Whether the best of several arms is known well enough to stop.

use super::{BestArm, StatsError, finite, probability};
use crate::quantity::words::words;

/// Whether a test of many arms may stop, by a rule on probability and loss that was written before.
///
/// ```
/// # use marketloop::stats::BestArmVerdict;
/// assert_eq!(serde_json::from_str::<BestArmVerdict>(r#""too_costly""#)?, BestArmVerdict::TooCostly);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum BestArmVerdict {
    /// The arm is the best with enough probability, and choosing it costs little enough.
    Stop,
    /// It is not yet the best with enough probability; choosing it would cost little enough.
    TooUncertain,
    /// It is the best with enough probability, but where it is not, much would be lost.
    TooCostly,
    /// Neither holds.
    TooUncertainAndCostly,
}

words!(BestArmVerdict, "verdict on the best arm", StatsError:
    Stop = "stop",
    TooUncertain = "too_uncertain",
    TooCostly = "too_costly",
    TooUncertainAndCostly = "too_uncertain_and_costly",
);

impl BestArmVerdict {
    /// The verdict on [`BestArm::arm`]: stops where it is the best with probability `least` at least and is expected to fall
    /// short by `most` at most.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for a probability outside 0..=1 and a loss below 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{BestArmVerdict, BetaArms};
    ///
    /// let best = BetaArms::new((1.0, 1.0), [(30, 100), (45, 400)])?.best()?;
    /// assert_eq!(BestArmVerdict::of(&best, 0.95, 0.001)?, BestArmVerdict::Stop);
    /// let early = BetaArms::new((1.0, 1.0), [(3, 10), (4, 40)])?.best()?;
    /// assert_eq!(BestArmVerdict::of(&early, 0.99, 0.001)?, BestArmVerdict::TooUncertainAndCostly);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn of(best: &BestArm, least: f64, most: f64) -> Result<Self, StatsError> {
        let least = probability("least probability", least)?;
        if finite("largest loss", most)? < 0.0 {
            return Err(StatsError::OutOfRange {
                name: "largest loss",
                value: most,
                range: "the numbers from 0",
            });
        }
        let arm = best.arm();
        let is_sure = best.probabilities().get(arm).is_some_and(|p| *p >= least);
        let is_cheap = best.expected_losses().get(arm).is_some_and(|loss| *loss <= most);
        Ok(match (is_sure, is_cheap) {
            (true, true) => Self::Stop,
            (false, true) => Self::TooUncertain,
            (true, false) => Self::TooCostly,
            (false, false) => Self::TooUncertainAndCostly,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::NormalArms;

    #[test]
    fn each_bound_speaks_for_itself() {
        let best = NormalArms::new([(0.0, 1.0), (1.0, 1.0)]).unwrap().best().unwrap();
        let (p, loss) = (best.probabilities()[1], best.expected_losses()[1]);
        let of = |least, most| BestArmVerdict::of(&best, least, most);
        assert_eq!(of(p, loss), Ok(BestArmVerdict::Stop));
        assert_eq!(of(0.99, loss), Ok(BestArmVerdict::TooUncertain));
        assert_eq!(of(p, loss / 2.0), Ok(BestArmVerdict::TooCostly));
        assert_eq!(of(0.99, 0.0), Ok(BestArmVerdict::TooUncertainAndCostly));
        assert!(of(1.1, 0.1).is_err() && of(0.9, -0.1).is_err() && of(f64::NAN, 0.1).is_err());
    }
}
