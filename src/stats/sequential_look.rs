//! The looks of a test: when they come, where it stops, and how often it does.

use super::alpha_spending::AlphaSpending;
use super::{StatsError, finite};
use crate::quantity::wire::wire_fields;
use alloc::vec::Vec;

/// The most looks: more are a daily look for years, and a case for [`AlwaysValid`](super::AlwaysValid).
const MOST_LOOKS: usize = 1000;

/// One look of a test: when it comes, and where it stops.
///
/// ```
/// # use marketloop::stats::SequentialLook;
/// let json = r#"{"information":"0.5","bound":"2.9626"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<SequentialLook>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SequentialLook {
    /// The part of the planned information that is there, such as visitors so far by visitors planned.
    pub information: f64,
    /// The test stops for an effect from so many standard errors on; two-sided also at minus as many. None where nothing
    /// may be spent at this look.
    pub bound: Option<f64>,
    /// It stops for want of one at or below so many standard errors, of a two-sided test up to so many on either side.
    pub futility: Option<f64>,
}

wire_fields!(SequentialLook { information: own, bound: optional(own), futility: optional(own) });

/// How a test stops for want of an effect.
///
/// ```
/// # use marketloop::stats::Futility;
/// let json = r#"{"beta":"0.1","spending":"pocock","is_binding":true,"drift":"3.3"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Futility>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Futility {
    /// The probability to miss the effect, in all.
    pub beta: f64,
    /// How it is spent over the looks.
    pub spending: AlphaSpending,
    /// The bounds must be obeyed: those for an effect are lower, in the knowledge that they are. Else they are advice, and
    /// alpha holds whether or not it is taken.
    pub is_binding: bool,
    /// The effect of which `beta` is missed: the expected z at full information.
    pub drift: f64,
}

wire_fields!(Futility { beta: own, spending, is_binding, drift: own });

/// Where a test stops under a drift, look by look.
///
/// ```
/// # use marketloop::stats::Crossings;
/// let json = r#"{"drift":"2.8","bound":["0.3","0.5"],"futility":["0","0"],"expected_information":"0.85"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Crossings>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Crossings {
    /// The expected z at full information.
    pub drift: f64,
    /// The probability to stop for an effect at each look, either side together.
    pub bound: Vec<f64>,
    /// The probability to stop for want of one at each look.
    pub futility: Vec<f64>,
    /// The information there is when the test ends, on average.
    pub expected_information: f64,
}

wire_fields!(Crossings { drift: own, bound: own, futility: own, expected_information: own });

impl Crossings {
    /// The probability to stop for an effect at any look: the power, or without a drift the error.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.bound.iter().sum::<f64>().min(1.0)
    }
}

/// Information fractions that rise, and can be told apart.
pub(super) fn rising(mut before: f64, fractions: impl IntoIterator<Item = f64>) -> Result<(), StatsError> {
    let mut looks = 0_usize;
    for value in fractions {
        looks = looks.saturating_add(1);
        let name = "information fraction";
        if !(1e-9..=1e9).contains(&finite(name, value)?) {
            return Err(StatsError::OutOfRange { name, value, range: "1e-9..=1e9" });
        }
        if value < before * 1.0001 {
            return Err(StatsError::OutOfRange {
                name,
                value,
                range: "at least 1.0001 times the one before it",
            });
        }
        before = value;
    }
    if looks == 0 {
        return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
    }
    if looks > MOST_LOOKS {
        let value = u32::try_from(looks).map_or(f64::MAX, f64::from);
        return Err(StatsError::OutOfRange { name: "number of looks", value, range: "1..=1000" });
    }
    Ok(())
}
