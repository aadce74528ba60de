//! The times of cards that crossed a board, and the flow of a period (Anderson, 2010; Vacanti, 2015).

use super::AgileError;
use crate::quantity::{QuantityError, Ratio};
use crate::time::{NaiveDate, Period, TimeError, in_range};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The days on which a card was asked for, begun and done.
///
/// A time counts both its first and its last day (Vacanti, 2015): what is begun and done on one day took 1 day.
///
/// # Examples
/// ```
/// use marketloop::agile::CardTimes;
/// use marketloop::time::date;
///
/// let card = CardTimes::new(date(2026, 7, 1)?, date(2026, 7, 6)?, date(2026, 7, 8)?)?;
/// assert_eq!((card.lead_time(), card.cycle_time()), (8, 3));
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CardTimesDraft", into = "CardTimesDraft")]
pub struct CardTimes {
    asked: NaiveDate,
    started: NaiveDate,
    finished: NaiveDate,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardTimesDraft {
    #[serde(deserialize_with = "crate::time::wire_date::deserialize")]
    asked: NaiveDate,
    #[serde(deserialize_with = "crate::time::wire_date::deserialize")]
    started: NaiveDate,
    #[serde(deserialize_with = "crate::time::wire_date::deserialize")]
    finished: NaiveDate,
}

impl CardTimes {
    /// The times of a card that was asked for, begun and done on these days.
    ///
    /// # Errors
    /// [`TimeError::Reversed`] as [`AgileError::Time`] where it was begun before it was asked for, or done before it
    /// was begun; [`TimeError::YearOutOfRange`].
    pub fn new(asked: NaiveDate, started: NaiveDate, finished: NaiveDate) -> Result<Self, AgileError> {
        for date in [asked, started, finished] {
            in_range(date)?;
        }
        for (start, end) in [(asked, started), (started, finished)] {
            if end < start {
                return Err(TimeError::Reversed { start, end }.into());
            }
        }
        Ok(Self { asked, started, finished })
    }

    /// The day on which it was asked for.
    #[must_use]
    pub const fn asked(&self) -> NaiveDate {
        self.asked
    }

    /// The day on which it was begun.
    #[must_use]
    pub const fn started(&self) -> NaiveDate {
        self.started
    }

    /// The day on which it was done.
    #[must_use]
    pub const fn finished(&self) -> NaiveDate {
        self.finished
    }

    /// The days from being asked for to being done, both counted.
    #[must_use]
    pub fn lead_time(&self) -> u32 {
        days(self.asked, self.finished)
    }

    /// The days from being begun to being done, both counted.
    #[must_use]
    pub fn cycle_time(&self) -> u32 {
        days(self.started, self.finished)
    }
}

/// The days from `first` to `last`, both counted; 0 where `last` is the earlier one.
fn days(first: NaiveDate, last: NaiveDate) -> u32 {
    u32::try_from(last.signed_duration_since(first).num_days().saturating_add(1)).unwrap_or(0)
}

impl TryFrom<CardTimesDraft> for CardTimes {
    type Error = AgileError;

    fn try_from(draft: CardTimesDraft) -> Result<Self, Self::Error> {
        Self::new(draft.asked, draft.started, draft.finished)
    }
}

impl From<CardTimes> for CardTimesDraft {
    fn from(CardTimes { asked, started, finished }: CardTimes) -> Self {
        Self { asked, started, finished }
    }
}

/// How work flowed in a period: cards in progress, cards done a day, and days a card.
///
/// # Formula
/// `L = lambda * W` (Little, 1961): the average number of cards in progress is the number done a day times the average
/// cycle time. It holds to the last digit where every card was begun and done within the period; by how much it does
/// not is [`littles_gap`](Self::littles_gap).
///
/// # Examples
/// ```
/// use marketloop::agile::{CardTimes, Flow};
/// use marketloop::time::date;
///
/// let card = |from, to| CardTimes::new(date(2026, 7, from)?, date(2026, 7, from)?, date(2026, 7, to)?);
/// let flow = Flow::over(&"2026-07".parse()?, &[card(1, 10)?, card(6, 20)?, card(13, 31)?]);
/// assert_eq!(flow.work_in_progress()?.to_string(), "44/31");
/// assert_eq!(flow.throughput()?.to_string(), "3/31");
/// assert_eq!(flow.cycle_time()?.to_string(), "44/3");
/// assert!(flow.littles_gap()?.is_zero());
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Flow {
    period: Period,
    finished: u64,
    cycle_days: u64,
    days_in_progress: u64,
}

impl Flow {
    /// The flow of these cards in a period.
    #[must_use]
    pub fn over(period: &Period, cards: &[CardTimes]) -> Self {
        let mut flow = Self { period: *period, finished: 0, cycle_days: 0, days_in_progress: 0 };
        for card in cards {
            let within = days(card.started.max(period.start()), card.finished.min(period.end()));
            flow.days_in_progress = flow.days_in_progress.saturating_add(within.into());
            if period.contains(card.finished) {
                flow.finished = flow.finished.saturating_add(1);
                flow.cycle_days = flow.cycle_days.saturating_add(card.cycle_time().into());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;
    use alloc::string::ToString;

    /// R3: times that read back.
    #[test]
    fn every_date_of_a_card_is_checked() {
        let (sound, far) = (date(2026, 7, 1).unwrap(), NaiveDate::MAX);
        assert!(
            CardTimes::new(sound, sound, far).is_err()
                && CardTimes::new(NaiveDate::MIN, sound, sound).is_err()
        );
        let refused = CardTimes::new(far, far, far);
        assert_eq!(refused, Err(AgileError::Time(TimeError::YearOutOfRange { date: far })));
    }

    #[test]
    fn a_cut_period_leaves_a_gap_in_littles_law() {
        let day = |day| date(2026, 7, day).unwrap();
        let card = CardTimes::new(day(1), day(1), day(10)).unwrap();
        assert_eq!((card.lead_time(), card.cycle_time()), (10, 10));
        let second_half = Period::custom(day(6), day(10)).unwrap();
        let flow = Flow::over(&second_half, &[card]);
        assert_eq!(flow.work_in_progress().unwrap(), Ratio::ONE);
        assert_eq!(flow.littles_gap().unwrap().to_string(), "-1");
        let first_half = Flow::over(&Period::custom(day(1), day(5)).unwrap(), &[card]);
        assert_eq!(first_half.cycle_time(), Err(AgileError::NothingFinished { figure: "cycle time" }));
        assert_eq!((first_half.finished(), first_half.period().days()), (0, 5));
        let outside = Flow::over(&Period::custom(day(11), day(20)).unwrap(), &[card]);
        assert!(outside.work_in_progress().unwrap().is_zero());
        for (asked, started, finished) in [(2, 1, 3), (1, 3, 2)] {
            let refused = CardTimes::new(day(asked), day(started), day(finished));
            assert!(matches!(refused, Err(AgileError::Time(TimeError::Reversed { .. }))));
        }
    }
}
