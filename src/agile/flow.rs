//! The flow of work in a period (Anderson, 2010; Vacanti, 2015).

use super::AgileError;
use crate::quantity::wire::serialize_fields;
use crate::quantity::{QuantityError, Ratio};
use crate::time::Period;
use rust_decimal::Decimal;

/// How work flowed in a period: cards in progress, cards done a day, and days a card.
///
/// # Formula
/// `L = lambda * W` (Little, 1961): the average number of cards in progress is the number done a day times the average
/// cycle time. It holds to the last digit where every card was begun and done within the period; by how much it does
/// not is [`littles_gap`](Self::littles_gap).
///
/// # Examples
/// ```
/// use marketloop::agile::Flow;
///
/// // Each card from the day on which it was begun to the day on which it was done.
/// let cards = ["2026-07-01/2026-07-10".parse()?, "2026-07-06/2026-07-20".parse()?, "2026-07-13/2026-07-31".parse()?];
/// let flow = Flow::over(&"2026-07".parse()?, &cards);
/// assert_eq!(flow.work_in_progress()?.to_string(), "44/31");
/// assert_eq!(flow.throughput()?.to_string(), "3/31");
/// assert_eq!(flow.cycle_time()?.to_string(), "44/3");
/// assert!(flow.littles_gap()?.is_zero());
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    period: Period,
    finished: u64,
    cycle_days: u64,
    days_in_progress: u64,
}

serialize_fields!(Flow { period, finished: own, cycle_days: own, days_in_progress: own });

impl Flow {
    /// The flow in `period` of cards, each given as the days from its begin to its end, both counted (Vacanti, 2015):
    /// what is begun and done on one day took 1 day. If the days of a card begin with its request, the cycle time is its
    /// lead time.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Flow;
    ///
    /// let card = "2026-06-29/2026-07-03".parse()?;
    /// let flow = Flow::over(&"2026-07".parse()?, &[card]);
    /// assert_eq!(flow.cycle_time()?.to_string(), "5"); // its days before the period count too
    /// assert_eq!(flow.work_in_progress()?.to_string(), "3/31");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "sums of 32-bit numbers over a list in memory")]
    pub fn over(period: &Period, cards: &[Period]) -> Self {
        let mut flow = Self { period: *period, finished: 0, cycle_days: 0, days_in_progress: 0 };
        for card in cards {
            // Days within the period alone: what was in progress before or after is of other periods.
            flow.days_in_progress += u64::from(shared_days(card, period));
            if period.contains(card.end()) {
                flow.finished += 1;
                // All days of the card, also those before the period: a cut cycle time would be too short.
                flow.cycle_days += u64::from(card.days());
            }
        }
        flow
    }

    /// The period.
    #[must_use]
    pub const fn period(&self) -> &Period {
        &self.period
    }

    /// The number of cards that were done in the period.
    #[must_use]
    pub const fn finished(&self) -> u64 {
        self.finished
    }

    /// The average number of cards in progress on a day of the period.
    ///
    /// # Errors
    /// None but those of [`Ratio::new`].
    pub fn work_in_progress(&self) -> Result<Ratio, AgileError> {
        self.per_day(self.days_in_progress)
    }

    /// The number of cards done per day of the period.
    ///
    /// # Errors
    /// None but those of [`Ratio::new`].
    pub fn throughput(&self) -> Result<Ratio, AgileError> {
        self.per_day(self.finished)
    }

    /// The average cycle time in days of the cards that were done in the period.
    ///
    /// # Errors
    /// [`AgileError::NothingFinished`] where there is none.
    pub fn cycle_time(&self) -> Result<Ratio, AgileError> {
        Ratio::new(self.cycle_days.into(), self.finished.into()).map_err(|error| match error {
            QuantityError::DivisionByZero { .. } => AgileError::NothingFinished { figure: "cycle time" },
            error => error.into(),
        })
    }

    /// `L - lambda * W` in cards: above 0 where cards are in progress that were not done in the period, below 0
    /// where those done began before it.
    ///
    /// # Errors
    /// [`AgileError::NothingFinished`]; [`QuantityError::Inexact`] as [`AgileError::Quantity`].
    pub fn littles_gap(&self) -> Result<Ratio, AgileError> {
        let by_law = self.throughput()?.times(self.cycle_time()?)?;
        Ok(self.work_in_progress()?.minus(by_law)?)
    }

    fn per_day(&self, amount: u64) -> Result<Ratio, AgileError> {
        Ok(Ratio::new(amount.into(), Decimal::from(self.period.days()))?)
    }
}

/// The days that two periods share.
#[expect(clippy::arithmetic_side_effects, reason = "days of 10,000 years")]
fn shared_days(one: &Period, other: &Period) -> u32 {
    let (first, last) = (one.start().max(other.start()), one.end().min(other.end()));
    // Below 0 where they share none.
    u32::try_from(last.signed_duration_since(first).num_days() + 1).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;
    use alloc::string::ToString;

    #[test]
    fn a_cut_period_leaves_a_gap_in_littles_law() {
        let day = |day| date(2026, 7, day).unwrap();
        let card = Period::custom(day(1), day(10)).unwrap();
        let second_half = Period::custom(day(6), day(10)).unwrap();
        let flow = Flow::over(&second_half, &[card]);
        assert_eq!(flow.work_in_progress().unwrap(), Ratio::ONE);
        assert_eq!(flow.littles_gap().unwrap().to_string(), "-1");
        let first_half = Flow::over(&Period::custom(day(1), day(5)).unwrap(), &[card]);
        assert_eq!(first_half.cycle_time(), Err(AgileError::NothingFinished { figure: "cycle time" }));
        assert_eq!((first_half.finished(), first_half.period().days()), (0, 5));
        let outside = Flow::over(&Period::custom(day(11), day(20)).unwrap(), &[card]);
        assert!(outside.work_in_progress().unwrap().is_zero());
    }
}
