//! Points in time to the second, and the time between them.

use super::{NaiveDate, TimeError, date};
use crate::error::excerpt;
use crate::quantity::display::write_whole;
use crate::quantity::grammar::{self, plain};
use crate::quantity::wire::text_on_the_wire;
use crate::quantity::words::words;
use alloc::format;
use chrono::Datelike;
use core::fmt;
use core::str::FromStr;

const SECONDS_PER_DAY: i64 = 86_400;

/// A second of UTC in the years 1 to 9999. As text, and on the wire, `2026-07-15T09:30:00Z`.
///
/// # Examples
/// ```
/// use marketloop::time::{Duration, Timestamp};
///
/// let complaint: Timestamp = "2026-07-15T23:50:00Z".parse()?;
/// assert_eq!(complaint.plus(Duration::from_minutes(15))?.to_string(), "2026-07-16T00:05:00Z");
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::Timestamp;
/// let json = r#""1970-01-01T00:01:30Z""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Timestamp>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp {
    // One number, not a date and a time of day: orders and differences are one step, and need no calendar.
    /// Since 1970-01-01T00:00:00Z.
    seconds: i64,
}

impl Timestamp {
    /// The instant `seconds` seconds after 1970-01-01T00:00:00Z (Unix time).
    ///
    /// # Errors
    /// [`TimeError::TimestampOutOfRange`] outside the years 1 to 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::Timestamp;
    ///
    /// assert_eq!(Timestamp::from_unix(1_784_107_800)?.to_string(), "2026-07-15T09:30:00Z");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn from_unix(seconds: i64) -> Result<Self, TimeError> {
        let instant = Self { seconds };
        if instant.day().is_some() { Ok(instant) } else { Err(TimeError::TimestampOutOfRange { seconds }) }
    }

    /// The instant at this second of a day, from 0 at midnight to 86,399.
    ///
    /// # Errors
    /// [`TimeError::SecondOfDay`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Timestamp, date};
    ///
    /// assert_eq!(Timestamp::at(date(2026, 7, 15)?, 34_200)?.to_string(), "2026-07-15T09:30:00Z");
    /// assert!(Timestamp::at(date(2026, 7, 15)?, 86_400).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn at(date: NaiveDate, second: u32) -> Result<Self, TimeError> {
        let second_of_day = i64::from(second);
        if second_of_day >= SECONDS_PER_DAY {
            return Err(TimeError::SecondOfDay { second });
        }
        #[expect(clippy::arithmetic_side_effects, reason = "days of 32 bits, in seconds of 49")]
        let seconds = (i64::from(date.num_days_from_ce()) - epoch_days()) * SECONDS_PER_DAY + second_of_day;
        Self::from_unix(seconds)
    }

    /// The seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.seconds
    }

    /// The day it is in, in UTC.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        let day = self.day();
        debug_assert!(day.is_some(), "every instant was checked to have a day");
        day.unwrap_or_default()
    }

    /// The instant that is `duration` later.
    ///
    /// # Errors
    /// [`TimeError::TimestampOutOfRange`] beyond the year 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Duration, Timestamp};
    ///
    /// let topic: Timestamp = "2026-07-15T09:30:00Z".parse()?;
    /// assert_eq!(topic.plus(Duration::from_hours(72))?.to_string(), "2026-07-18T09:30:00Z");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn plus(self, duration: Duration) -> Result<Self, TimeError> {
        // Saturated it lies beyond the year 9999 all the same, and is refused.
        Self::from_unix(self.seconds.saturating_add_unsigned(duration.seconds))
    }

    /// The time since `earlier`, or `None` where `earlier` is the later one.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Duration, Timestamp};
    ///
    /// let complaint: Timestamp = "2026-07-15T23:50:00Z".parse()?;
    /// let answer: Timestamp = "2026-07-16T00:05:00Z".parse()?;
    /// assert_eq!(answer.since(complaint), Some(Duration::from_minutes(15)));
    /// assert_eq!(complaint.since(answer), None); // no duration is below zero
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<Duration> {
        #[expect(clippy::arithmetic_side_effects, reason = "seconds of 10,000 years")]
        let seconds = u64::try_from(self.seconds - earlier.seconds).ok()?;
        Some(Duration { seconds })
    }

    /// The day in UTC; `None` of seconds outside the years 1 to 9999, which no instant has once it is checked.
    fn day(self) -> Option<NaiveDate> {
        let days = self.seconds.div_euclid(SECONDS_PER_DAY).checked_add(epoch_days())?;
        let date = NaiveDate::from_num_days_from_ce_opt(i32::try_from(days).ok()?)?;
        (1..=9999).contains(&date.year()).then_some(date)
    }
}

/// The days from the first day of year 1, counted as 1, to 1970-01-01.
fn epoch_days() -> i64 {
    i64::from(NaiveDate::default().num_days_from_ce())
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, second) = (self.date(), self.seconds.rem_euclid(SECONDS_PER_DAY));
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        write_whole(f, &format!("{date}T{hour:02}:{minute:02}:{:02}Z", second % 60))
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(&plain(text)).ok_or_else(|| TimeError::NotATimestamp { text: excerpt(text) })
    }
}

/// Exactly `2026-07-15T09:30:00Z`.
fn read(text: &str) -> Option<Timestamp> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (year, month, day) = super::text::parse_date(day)?;
    let mut parts = time.split(':').map(|part| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| digits)
    });
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let second = hour.checked_mul(3_600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
    Timestamp::at(date(year, month, day).ok()?, second).ok()
}

text_on_the_wire!(Timestamp, "a timestamp such as `2026-07-15T09:30:00Z`");

/// A whole number of seconds. As text, and on the wire, `15 minutes`, `72 hours`, `90 seconds`; days are read
/// too.
///
/// # Examples
/// ```
/// use marketloop::time::Duration;
///
/// assert_eq!("3 days".parse::<Duration>()?, Duration::from_hours(72));
/// assert_eq!(Duration::from_minutes(15).to_string(), "15 minutes");
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::Duration;
/// let json = r#""18446744073709551615 seconds""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Duration>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Duration {
    // Unsigned: from a later instant to an earlier one there is no duration, and `Timestamp::since` says so.
    seconds: u64,
}

impl Duration {
    /// No time.
    pub const ZERO: Self = Self { seconds: 0 };

    /// A duration of `seconds` seconds.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self { seconds }
    }

    /// A duration of `minutes` minutes.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::Duration;
    ///
    /// assert_eq!(Duration::from_minutes(15).to_string(), "15 minutes");
    /// assert_eq!(Duration::from_minutes(120), "2 hours".parse()?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "32 bits times 6")]
    pub const fn from_minutes(minutes: u32) -> Self {
        Self { seconds: minutes as u64 * 60 }
    }

    /// A duration of `hours` hours.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "32 bits times 12")]
    pub const fn from_hours(hours: u32) -> Self {
        Self { seconds: hours as u64 * 3_600 }
    }

    /// A duration of `days` days of 24 hours.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "32 bits times 17")]
    pub const fn from_days(days: u32) -> Self {
        Self { seconds: days as u64 * 86_400 }
    }

    /// The seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.seconds
    }

    /// So many of the unit of this name; `None` of another name, and beyond 64 bits of seconds.
    pub(crate) fn of_units(count: u64, unit: &str) -> Option<Self> {
        count.checked_mul(size_of_unit(unit)?).map(Self::from_seconds)
    }

    /// Whether this is the name of a unit of durations.
    pub(crate) fn has_unit(unit: &str) -> bool {
        size_of_unit(unit).is_some()
    }
}

/// The seconds of the unit of this name.
fn size_of_unit(name: &str) -> Option<u64> {
    let name = name.strip_suffix('s').unwrap_or(name);
    UNITS.into_iter().find(|(unit, _)| *unit == name).map(|(_, size)| size)
}

/// The units, the largest that is written first, with seconds each; days are only read.
const UNITS: [(&str, u64); 4] = [("hour", 3_600), ("minute", 60), ("second", 1), ("day", 86_400)];

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |(_, size): &(&str, u64)| self.seconds.is_multiple_of(*size) && self.seconds != 0;
        let (unit, size) = UNITS.into_iter().find(whole).unwrap_or(("second", 1));
        #[expect(clippy::arithmetic_side_effects, reason = "no unit has 0 seconds")]
        let count = self.seconds / size;
        write_whole(f, &format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
    }
}

impl FromStr for Duration {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let duration = || {
            let plain = plain(text);
            let (count, unit) = plain.rsplit_once(' ')?;
            Self::of_units(grammar::count(count)?, unit)
        };
        duration().ok_or_else(|| TimeError::NotADuration { text: excerpt(text) })
    }
}

text_on_the_wire!(Duration, "a duration such as `15 minutes`");

/// The unit of times that are bare integers, as columns of events have them; as text, and on the wire, `seconds`,
/// `milliseconds` and so on.
///
/// A whole number of any unit orders events as finely as their source does. What rules say (windows, gaps,
/// lookbacks, half-lives) is a [`Duration`] under every unit.
///
/// # Examples
/// ```
/// use marketloop::time::TimeUnit;
///
/// let unit: TimeUnit = "milliseconds".parse()?;
/// assert_eq!(unit.per_second(), 1_000);
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::TimeUnit;
/// assert_eq!(serde_json::from_str::<TimeUnit>(r#""seconds""#)?, TimeUnit::Seconds);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum TimeUnit {
    /// Seconds.
    #[default]
    Seconds,
    /// Thousandths of a second: the timestamps of browsers and of most logs.
    Milliseconds,
    /// Millionths of a second: the timestamps of databases and of analytics exports.
    Microseconds,
    /// Billionths of a second. 64 bits of them are 292 years to either side.
    Nanoseconds,
}

impl TimeUnit {
    /// The number of these units in a second.
    #[must_use]
    pub const fn per_second(self) -> u64 {
        match self {
            Self::Seconds => 1,
            Self::Milliseconds => 1_000,
            Self::Microseconds => 1_000_000,
            Self::Nanoseconds => 1_000_000_000,
        }
    }

    /// A duration in this unit, as a limit for spans between two times of 64 bits.
    #[cfg(any(feature = "attribution", feature = "funnel"))]
    pub(crate) const fn limit(self, duration: Duration) -> u64 {
        // The saturation is exact: two times of 64 bits are never further apart than `u64::MAX`, so that a limit of
        // that or more holds for every span.
        duration.seconds.saturating_mul(self.per_second())
    }

    /// An instant in this unit, as a bound for times of 64 bits.
    #[cfg(any(feature = "attribution", feature = "funnel"))]
    #[expect(clippy::arithmetic_side_effects, reason = "64 bits times 30")]
    pub(crate) fn bound(self, instant: Timestamp) -> i64 {
        let ticks = i128::from(instant.seconds) * i128::from(self.per_second());
        // Nanoseconds of the year 9999 are beyond 64 bits, and so beyond every event there can be.
        i64::try_from(ticks).unwrap_or(if ticks < 0 { i64::MIN } else { i64::MAX })
    }
}

words!(TimeUnit, "unit of time", TimeError:
    Seconds = "seconds", Milliseconds = "milliseconds", Microseconds = "microseconds", Nanoseconds = "nanoseconds");

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn instants_read_back_to_the_ends_of_time() {
        for text in [
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00Z",
            "2024-02-29T12:34:56Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
        assert_eq!("1970-01-02T00:00:01Z".parse::<Timestamp>().unwrap().unix(), 86_401);
        let last: Timestamp = "9999-12-31T23:59:59Z".parse().unwrap();
        assert!(last.plus(Duration::from_seconds(1)).is_err());
        assert!(last.plus(Duration::from_seconds(u64::MAX)).is_err());
        assert!(Timestamp::from_unix(i64::MIN).is_err());
        assert!(Timestamp::at(NaiveDate::MAX, 0).is_err());
        assert!(Timestamp::at(NaiveDate::default(), 86_400).is_err());
        for bad in [
            "",
            "2026-07-15",
            "2026-07-15T09:30Z",
            "2026-07-15T09:30:00",
            "2026-07-15T24:00:00Z",
            "2026-07-15T9:30:00Z",
            "2026-07-15T09:60:00Z",
            "2026-02-29T09:30:00Z",
            "2026-07-15T09:30:00:00Z",
            "2026-07-15T+9:30:00Z",
        ] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_are_written_in_the_largest_whole_unit() {
        for (seconds, text) in [(0, "0 seconds"), (1, "1 second"), (90, "90 seconds"), (3_600, "1 hour")] {
            assert_eq!(Duration::from_seconds(seconds).to_string(), text);
            assert_eq!(text.parse::<Duration>().unwrap(), Duration::from_seconds(seconds));
        }
        let all = Duration::from_seconds(u64::MAX);
        assert_eq!(all.to_string().parse::<Duration>().unwrap(), all);
        for bad in ["", "5", "5 weeks", "-5 hours", "1,0 hours", "18446744073709551615 hours", "5 s"] {
            assert!(bad.parse::<Duration>().is_err(), "{bad}");
        }
        let early = Timestamp::from_unix(0).unwrap();
        let late = early.plus(Duration::from_minutes(2)).unwrap();
        assert_eq!((late.since(early), early.since(late)), (Some(Duration::from_seconds(120)), None));
    }
}
