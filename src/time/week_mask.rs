//! Which days of a week are worked.

use super::{TimeError, Weekday};
use crate::error::excerpt;
use crate::quantity::grammar::plain;
use crate::quantity::wire::text_on_the_wire;
use core::fmt;
use core::str::FromStr;

/// The days of a week that are workdays. As text seven 0 or 1, Monday first: `1111100`.
///
/// # Examples
/// ```
/// use marketloop::time::{WeekMask, Weekday};
///
/// let sunday_to_thursday: WeekMask = "1111001".parse()?;
/// assert!(sunday_to_thursday.contains(Weekday::Sun));
/// assert!(!WeekMask::MONDAY_TO_FRIDAY.contains(Weekday::Sat));
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::WeekMask;
/// let json = r#""1111100""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<WeekMask>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WeekMask(u8);

impl WeekMask {
    /// Monday to Friday.
    pub const MONDAY_TO_FRIDAY: Self = Self(0b001_1111);
    /// All seven days.
    pub const EVERY_DAY: Self = Self(0b111_1111);

    /// The mask of these weekdays.
    #[must_use]
    pub fn new(days: impl IntoIterator<Item = Weekday>) -> Self {
        Self(days.into_iter().fold(0, |mask, day| mask | Self::bit(day)))
    }

    /// Whether `day` is one of them.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & Self::bit(day) != 0
    }

    const fn bit(day: Weekday) -> u8 {
        1 << (day as u8)
    }
}

impl fmt::Display for WeekMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..7).try_for_each(|day| f.write_str(if self.0 >> day & 1 == 1 { "1" } else { "0" }))
    }
}

impl FromStr for WeekMask {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = plain(text);
        if plain.len() != 7 || !plain.bytes().all(|byte| matches!(byte, b'0' | b'1')) {
            return Err(TimeError::NotAWeekMask { text: excerpt(text) });
        }
        Ok(Self(plain.bytes().rev().fold(0, |mask, byte| mask << 1 | (byte & 1))))
    }
}

text_on_the_wire!(WeekMask, "a week mask such as `1111100`");

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_mask_is_seven_digits() {
        assert!("1111".parse::<WeekMask>().is_err() && "1111120".parse::<WeekMask>().is_err());
        assert_eq!(WeekMask::new([Weekday::Mon, Weekday::Sun]).to_string(), "1000001");
    }
}
