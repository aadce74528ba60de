//! How long a test takes: from the visitors of each day to units, of whom each counts once.

use super::as_float::float;
use super::{Assignment, ExperimentError};
use crate::quantity::Ratio;
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;
use crate::stats::StatsError;
use crate::time::{NaiveDate, add_days};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use chrono::Datelike;
use serde::{Deserialize, Serialize};

/// The visitors that a test may expect, day by day, and how many of them are new to it.
///
/// A unit is a visitor, and counts once. People come back, so that each day of a test brings fewer new units than the day
/// before, and twice the days are less than twice the units.
///
/// # Formula
/// `units(d) = share * sum of visitors(k) * new(k)` over the days `k < d`: `visitors(k)` is how many different people
/// come on that day, `new(k)` the part of them that did not come on the days of the test before. Taken for granted: the
/// part of new ones depends on the test's day alone, and arms do not change who comes back.
///
/// Figures are expectations: they are not rounded.
///
/// | case | answer |
/// | --- | --- |
/// | a day behind the shares of new visitors | nobody new, unless [a later share](Self::with_later_share) is given |
/// | a day behind the visitors by day | nobody |
/// | units that are never reached | [`TestDuration::Never`] with what is reached, after how many days |
///
/// # Examples
/// ```
/// use marketloop::experiment::{Assignment, DurationStep, TestDuration, TestTraffic, new_shares};
/// use marketloop::quantity::Share;
/// use marketloop::time::date;
///
/// let half = Share::percent(50)?;
/// let arms = Assignment::new("landing page, July", [("old", half), ("new", half)])?;
/// // Monday to Sunday. In an earlier week 1,000 different people came within one day, 1,700 within two, and so on.
/// let visitors = [1000.0, 1000.0, 1000.0, 1000.0, 1000.0, 600.0, 600.0];
/// let new = new_shares(&[1000, 1700, 2200, 2560, 2820, 3010, 3150])?;
/// let traffic = TestTraffic::weekly(date(2026, 7, 6)?, visitors, &new, &arms)?.with_later_share(0.1)?;
/// assert_eq!(traffic.units_by_day("new", 7)?, [500.0, 850.0, 1100.0, 1280.0, 1410.0, 1467.0, 1509.0]);
///
/// let needed = [("old", 1600.0), ("new", 1600.0)];
/// let TestDuration::Reached { days, last } = traffic.until(needed, DurationStep::Week)? else { panic!() };
/// assert_eq!((days, last), (14, date(2026, 7, 19)?));
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::experiment::TestTraffic;
/// let json = r#"{
///   "start": "2026-07-06", "visitors": ["1000", "800"], "new_shares": ["1", "0.5"],
///   "arms": {"salt": "page", "parts": [{"share": "0.5", "of": "old"}, {"share": "0.5", "of": "new"}]}
/// }"#;
/// let read: TestTraffic = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<TestTraffic>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
#[doc(alias = "runtime")]
pub struct TestTraffic {
    start: NaiveDate,
    /// Of the first days. All figures are within 0..=1e15, at most `MOST_DAYS` of them.
    visitors: Vec<f64>,
    /// Of each later day by its weekday, Monday first; none: nobody comes later.
    weekly: Vec<f64>,
    /// By which the weekdays' figures grow from one week of the test to the next.
    weekly_growth: f64,
    /// In 0..=1, never rising.
    new_shares: Vec<f64>,
    /// Of each day behind `new_shares`, not above their last.
    later_share: f64,
    arms: Assignment,
}

/// The figures on the wire, not checked yet.
struct Wire {
    start: NaiveDate,
    visitors: Vec<f64>,
    weekly: Vec<f64>,
    weekly_growth: f64,
    new_shares: Vec<f64>,
    later_share: f64,
    arms: Assignment,
}

wire_fields!(
    "TestTraffic",
    Wire {
        start: own,
        visitors: optional(own),
        weekly: optional(own),
        weekly_growth: unless(is_one, one, own),
        new_shares: own,
        later_share: unless(is_zero, f64::default, own),
        arms,
    }
);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the wire hands over a field")]
const fn is_one(factor: &f64) -> bool {
    factor.to_bits() == one().to_bits()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the wire hands over a field")]
const fn is_zero(share: &f64) -> bool {
    *share == 0.0
}

const fn one() -> f64 {
    1.0
}

impl TryFrom<Wire> for TestTraffic {
    type Error = ExperimentError;

    fn try_from(wire: Wire) -> Result<Self, ExperimentError> {
        Self {
            start: wire.start,
            visitors: wire.visitors,
            weekly: wire.weekly,
            weekly_growth: wire.weekly_growth,
            new_shares: wire.new_shares,
            later_share: wire.later_share,
            arms: wire.arms,
        }
        .checked()
    }
}

impl From<TestTraffic> for Wire {
    fn from(traffic: TestTraffic) -> Self {
        Self {
            start: traffic.start,
            visitors: traffic.visitors,
            weekly: traffic.weekly,
            weekly_growth: traffic.weekly_growth,
            new_shares: traffic.new_shares,
            later_share: traffic.later_share,
            arms: traffic.arms,
        }
    }
}

/// When a test may end.
///
/// ```
/// # use marketloop::experiment::DurationStep;
/// assert_eq!(serde_json::from_str::<DurationStep>(r#""week""#)?, DurationStep::Week);
/// assert_eq!("day".parse(), Ok(DurationStep::Day));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DurationStep {
    /// After any day.
    Day,
    /// After whole weeks, so that each weekday is in the test as often as any other.
    Week,
}

words!(DurationStep, "step of a duration", StatsError: Day = "day", Week = "week");

/// How long a test takes, or that it never ends.
///
/// ```
/// # use marketloop::experiment::TestDuration;
/// let json = r#"{"reached":{"days":14,"last":"2026-07-19"}}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<TestDuration>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum TestDuration {
    /// The units are there after so many days.
    Reached {
        /// The days of the test.
        days: u32,
        /// The last of them: the test can be read on the day after.
        last: NaiveDate,
    },
    /// The units are not there when nobody new is expected any more, or after ten years.
    Never {
        /// The arm that lacks the largest part of its units.
        arm: String,
        /// Its units when the expectation ends.
        reached: f64,
        /// The units that it needs.
        needed: f64,
        /// After how many days the expectation ends.
        days: u32,
    },
}

crate::quantity::wire::wire_variants!(TestDuration {
    "reached" => Reached { days, last: own },
    "never" => Never { arm, reached: own, needed: own, days },
});

impl TestTraffic {
    /// No test is planned for more days than this: ten years.
    pub const MOST_DAYS: u32 = 3_650;

    /// The traffic of a test that begins on `start`, by weekdays: how many different people come on a Monday, a
    /// Tuesday, and so on; which part of each day's visitors is new to the test ([`new_shares`]); and the arms with their
    /// shares of all visitors.
    ///
    /// # Errors
    /// [`ExperimentError::Stats`] for visitors outside 0..=1e15, shares outside 0..=1, and more than
    /// [`MOST_DAYS`](Self::MOST_DAYS); [`ExperimentError::ShareRises`]; [`ExperimentError::Time`] where ten years from
    /// `start` are no dates.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, TestTraffic};
    /// use marketloop::quantity::Share;
    /// use marketloop::time::date;
    ///
    /// let arms = Assignment::new("cover", [("cat", Share::percent(20)?), ("dog", Share::percent(20)?)])?;
    /// // Of readers a third is new on the second day of a test, and nobody later: they are subscribers.
    /// let traffic = TestTraffic::weekly(date(2026, 7, 11)?, [0.0, 0.0, 0.0, 0.0, 0.0, 900.0, 600.0], &[1.0, 0.5], &arms)?;
    /// assert_eq!(traffic.units_by_day("dog", 3)?, [180.0, 240.0, 240.0]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn weekly(
        start: NaiveDate,
        visitors: [f64; 7],
        new_shares: &[f64],
        arms: &Assignment,
    ) -> Result<Self, ExperimentError> {
        Self::daily(start, &[], new_shares, arms)
            .and_then(|none| Self { weekly: visitors.to_vec(), ..none }.checked())
    }

    /// The traffic of a test that begins on `start`, by days: how many different people come on the first day, the
    /// second, and so on, as a plan or a forecast has it. Nobody comes later.
    ///
    /// # Errors
    /// As [`weekly`](Self::weekly).
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, DurationStep, TestDuration, TestTraffic};
    /// use marketloop::quantity::Share;
    /// use marketloop::time::date;
    ///
    /// let arms = Assignment::new("sale", [("old", Share::percent(50)?), ("new", Share::percent(50)?)])?;
    /// let sale = TestTraffic::daily(date(2026, 11, 9)?, &[900.0, 1500.0, 4000.0], &[1.0, 0.8, 0.7], &arms)?;
    /// let never = sale.until([("new", 3000.0)], DurationStep::Day)?;
    /// assert_eq!(never, TestDuration::Never { arm: "new".into(), reached: 2450.0, needed: 3000.0, days: 3 });
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn daily(
        start: NaiveDate,
        visitors: &[f64],
        new_shares: &[f64],
        arms: &Assignment,
    ) -> Result<Self, ExperimentError> {
        Self {
            start,
            visitors: visitors.to_vec(),
            weekly: Vec::new(),
            weekly_growth: 1.0,
            new_shares: new_shares.to_vec(),
            later_share: 0.0,
            arms: arms.clone(),
        }
        .checked()
    }

    /// Other visitors on the first days than on their weekdays: a campaign, a holiday.
    ///
    /// # Errors
    /// As [`weekly`](Self::weekly).
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, TestTraffic};
    /// use marketloop::quantity::Share;
    /// use marketloop::time::date;
    ///
    /// let arms = Assignment::new("sale", [("old", Share::percent(50)?), ("new", Share::percent(50)?)])?;
    /// let plain = TestTraffic::weekly(date(2026, 11, 9)?, [100.0; 7], &[1.0], &arms)?.with_later_share(1.0)?;
    /// assert_eq!(plain.with_first_days(&[100.0, 900.0])?.units_by_day("new", 3)?, [50.0, 500.0, 550.0]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_first_days(self, visitors: &[f64]) -> Result<Self, ExperimentError> {
        Self { visitors: visitors.to_vec(), ..self }.checked()
    }

    /// The weekdays' visitors grow by this factor from one week of the test to the next: 1.02 for 2 % a week.
    ///
    /// # Errors
    /// [`ExperimentError::Stats`] outside 0..=2.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, TestTraffic};
    /// use marketloop::quantity::Share;
    /// use marketloop::time::date;
    ///
    /// let arms = Assignment::new("page", [("new", Share::ONE)])?;
    /// let traffic = TestTraffic::weekly(date(2026, 11, 9)?, [100.0; 7], &[1.0], &arms)?.with_later_share(1.0)?;
    /// assert_eq!(traffic.with_weekly_growth(1.5)?.units_by_day("new", 8)?[6..], [700.0, 850.0]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_weekly_growth(self, factor: f64) -> Result<Self, ExperimentError> {
        Self { weekly_growth: factor, ..self }.checked()
    }

    /// The part of new visitors on each day behind those that were given.
    ///
    /// Without it nobody new is expected behind them: what was not measured is not counted on.
    ///
    /// # Errors
    /// [`ExperimentError::Stats`] outside 0..=1; [`ExperimentError::ShareRises`] above the last share.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, TestTraffic};
    /// use marketloop::quantity::Share;
    /// use marketloop::time::date;
    ///
    /// let arms = Assignment::new("page", [("new", Share::ONE)])?;
    /// let traffic = TestTraffic::weekly(date(2026, 11, 9)?, [100.0; 7], &[1.0, 0.5], &arms)?;
    /// assert_eq!(traffic.clone().with_later_share(0.25)?.units_by_day("new", 4)?, [100.0, 150.0, 175.0, 200.0]);
    /// assert!(traffic.with_later_share(0.6).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_later_share(self, share: f64) -> Result<Self, ExperimentError> {
        Self { later_share: share, ..self }.checked()
    }

    fn checked(self) -> Result<Self, ExperimentError> {
        let given = self.visitors.len().max(self.new_shares.len());
        if given > Self::MOST_DAYS as usize {
            let value = f64::from(u32::try_from(given).unwrap_or(u32::MAX));
            return Err(StatsError::OutOfRange { name: "days", value, range: "0..=3650" }.into());
        }
        if !matches!(self.weekly.len(), 0 | 7) {
            let value = f64::from(u32::try_from(self.weekly.len()).unwrap_or(u32::MAX));
            return Err(StatsError::OutOfRange { name: "weekdays", value, range: "0 or 7" }.into());
        }
        for value in self.visitors.iter().chain(&self.weekly) {
            within("visitors", *value, 0.0, 1e15, "0..=1e15")?;
        }
        within("weekly growth", self.weekly_growth, 0.0, 2.0, "0..=2")?;
        let mut before = 1.0;
        for (day, share) in self.new_shares.iter().chain([&self.later_share]).enumerate() {
            within("share of new visitors", *share, 0.0, 1.0, "0..=1")?;
            if *share > before {
                return Err(ExperimentError::ShareRises { day, share: *share, before });
            }
            before = *share;
        }
        add_days(self.start, i64::from(Self::MOST_DAYS).saturating_add(7))?;
        Ok(self)
    }

    /// The first day of the test.
    #[must_use]
    pub const fn start(&self) -> NaiveDate {
        self.start
    }

    /// The arms.
    #[must_use]
    pub const fn arms(&self) -> &Assignment {
        &self.arms
    }

    /// The people that come on the day `day` of the test, of which the first is 0, and those of them that are new;
    /// `None` where nobody new is expected on any later day either.
    fn day(&self, day: u32) -> Option<(f64, f64)> {
        let index = day as usize;
        if day >= Self::MOST_DAYS || (index >= self.new_shares.len() && self.later_share <= 0.0) {
            return None;
        }
        let visitors = if let Some(given) = self.visitors.get(index) {
            *given
        } else {
            let first = self.start.weekday().num_days_from_monday();
            let weekday = first.saturating_add(day) % 7;
            let own = *self.weekly.get(weekday as usize)?;
            // Ten years of weeks that double are more than anybody asks for, and must not become infinite.
            (own * libm::pow(self.weekly_growth, f64::from(day / 7))).min(1e18)
        };
        let share = self.new_shares.get(index).copied().unwrap_or(self.later_share);
        Some((visitors, visitors * share))
    }

    /// How many people come on each of the first `days` days, each as often as on days: what
    /// [`units_by_day`](Self::units_by_day) of an arm with all of them would be if nobody came back.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, TestTraffic};
    /// use marketloop::quantity::Share;
    /// use marketloop::time::date;
    ///
    /// let arms = Assignment::new("page", [("new", Share::ONE)])?;
    /// let traffic = TestTraffic::daily(date(2026, 11, 9)?, &[100.0, 80.0], &[1.0, 0.5], &arms)?;
    /// assert_eq!(traffic.visits_by_day(3), [100.0, 180.0, 180.0]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn visits_by_day(&self, days: u32) -> Vec<f64> {
        let mut sum = 0.0;
        let visitors = |day: u32| {
            sum += self.day(day).map_or(0.0, |(visitors, _)| visitors);
            sum
        };
        (0..days.min(Self::MOST_DAYS)).map(visitors).collect()
    }

    /// The units that an arm has after each of the first `days` days, at most [`MOST_DAYS`](Self::MOST_DAYS) of them.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, TestTraffic};
    /// use marketloop::quantity::Share;
    /// use marketloop::time::date;
    ///
    /// let arms = Assignment::new("page", [("new", Share::percent(10)?)])?;
    /// let traffic = TestTraffic::daily(date(2026, 11, 9)?, &[100.0, 80.0], &[1.0, 0.5], &arms)?;
    /// assert_eq!(traffic.units_by_day("new", 3)?, [10.0, 14.0, 14.0]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn units_by_day(&self, arm: &str, days: u32) -> Result<Vec<f64>, ExperimentError> {
        let share = self.share(arm)?;
        let mut sum = 0.0;
        let units = |day: u32| {
            sum += self.day(day).map_or(0.0, |(_, new)| new);
            sum * share
        };
        Ok((0..days.min(Self::MOST_DAYS)).map(units).collect())
    }

    fn share(&self, arm: &str) -> Result<f64, ExperimentError> {
        Ok(Ratio::from(self.arms.share(arm)?.value()).to_f64())
    }

    /// The days until every arm has the units that it needs, such as those of a [`SampleSize`](crate::stats::SampleSize);
    /// one day at least.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`] arm; [`ExperimentError::Stats`] for units outside 0..=1e300.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, DurationStep, TestDuration, TestTraffic};
    /// use marketloop::quantity::Share;
    /// use marketloop::stats::{RateFormula, TestDesign};
    /// use marketloop::time::date;
    ///
    /// let half = Share::percent(50)?;
    /// let arms = Assignment::new("page", [("old", half), ("new", half)])?;
    /// let traffic = TestTraffic::weekly(date(2026, 7, 6)?, [1200.0; 7], &[1.0, 0.8], &arms)?.with_later_share(0.6)?;
    /// let size = TestDesign::new(0.05, 0.8)?.size_for_rates(0.04, 0.05, RateFormula::Unpooled)?;
    /// let duration = traffic.until([("old", size.first()), ("new", size.second())], DurationStep::Day)?;
    /// assert_eq!(duration, TestDuration::Reached { days: 18, last: date(2026, 7, 23)? });
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn until<'a>(
        &self,
        needed: impl IntoIterator<Item = (&'a str, f64)>,
        step: DurationStep,
    ) -> Result<TestDuration, ExperimentError> {
        let mut arms = Vec::new();
        for (arm, units) in needed {
            within("units", units, 0.0, 1e300, "0..=1e300")?;
            arms.push((arm, self.share(arm)?, units));
        }
        let (mut sum, mut days) = (0.0, 0_u32);
        loop {
            if days > 0 && arms.iter().all(|(_, share, units)| sum * share >= *units) {
                let days = match step {
                    DurationStep::Day => days,
                    DurationStep::Week => days.div_ceil(7).saturating_mul(7),
                };
                let last = add_days(self.start, i64::from(days.saturating_sub(1)))?;
                return Ok(TestDuration::Reached { days, last });
            }
            let new = match self.day(days) {
                Some((_, new)) => new,
                // A test without any unit to wait for ends with its first day.
                None if days == 0 => 0.0,
                None => break,
            };
            sum += new;
            days = days.saturating_add(1);
        }
        let lacks = |share: f64, units: f64| 1.0 - sum * share / units;
        let worst = arms
            .iter()
            .filter(|(_, share, units)| sum * share < *units)
            .max_by(|left, right| lacks(left.1, left.2).total_cmp(&lacks(right.1, right.2)));
        let (arm, share, needed) = worst.copied().unwrap_or(("", 0.0, 0.0));
        Ok(TestDuration::Never { arm: arm.to_string(), reached: sum * share, needed, days })
    }
}

fn within(
    name: &'static str,
    value: f64,
    low: f64,
    high: f64,
    range: &'static str,
) -> Result<(), StatsError> {
    if !value.is_finite() {
        return Err(StatsError::NotFinite { name, value });
    }
    if (low..=high).contains(&value) { Ok(()) } else { Err(StatsError::OutOfRange { name, value, range }) }
}

/// Which part of each day's visitors is new, from how many different people came within one day, two days, and so on.
///
/// Count them in weeks without a test, over days with about as many visitors each; the mean over several first days takes
/// the weekdays out.
///
/// # Formula
/// `(distinct(k) - distinct(k - 1)) / distinct(1)`.
///
/// # Errors
/// [`ExperimentError::CountFalls`] where more days have fewer people; [`ExperimentError::ShareRises`] where a day brings
/// more new people than the day before; [`StatsError::ZeroSum`] where nobody comes on the first day.
///
/// # Examples
/// ```
/// use marketloop::experiment::new_shares;
///
/// assert_eq!(new_shares(&[1000, 1600, 2000])?, [1.0, 0.6, 0.4]);
/// assert_eq!(new_shares(&[1000, 1600, 2400]).unwrap_err().to_string(), "on day 2 a share of 0.8 is new, after 0.6 the day before");
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn new_shares(distinct: &[u64]) -> Result<Vec<f64>, ExperimentError> {
    let Some(first) = distinct.first() else { return Ok(Vec::new()) };
    if *first == 0 {
        return Err(StatsError::ZeroSum { name: "visitors of the first day" }.into());
    }
    let (mut before, mut last, mut shares) = (0, *first, Vec::with_capacity(distinct.len()));
    for (day, count) in distinct.iter().enumerate() {
        let fell = || ExperimentError::CountFalls { day, count: *count, before };
        let new = count.checked_sub(before).ok_or_else(fell)?;
        let share = float(new) / float(*first);
        if new > last {
            return Err(ExperimentError::ShareRises { day, share, before: float(last) / float(*first) });
        }
        shares.push(share);
        (before, last) = (*count, new);
    }
    Ok(shares)
}
