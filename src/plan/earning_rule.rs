//! What counts as earned before a task is finished.

use super::PlanError;
use crate::error::excerpt;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// How much of a finished task counts as done on a day before its finish (earning rules of earned value management;
/// PMI, *Practice Standard for Earned Value Management*, 2011).
///
/// # Examples
/// ```
/// use marketloop::plan::EarningRule;
///
/// assert_eq!("50/50".parse::<EarningRule>()?, EarningRule::FiftyFifty);
/// assert_eq!(EarningRule::FiftyFifty.to_string().parse::<EarningRule>()?, EarningRule::FiftyFifty);
/// assert_eq!("half".parse::<EarningRule>().unwrap_err().to_string(), "`half` is no earning rule");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::plan::EarningRule;
/// assert_eq!(serde_json::from_str::<EarningRule>(r#""fifty_fifty""#)?, EarningRule::FiftyFifty);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EarningRule {
    /// Nothing before the finish (0/100): no figure is above what was surely done.
    #[default]
    ZeroHundred,
    /// Half of it from the start on, the other half at the finish (50/50).
    FiftyFifty,
    /// Evenly over the workdays from the start to the finish, both counted. The day of the finish counts as a
    /// workday, also where it is none.
    Linear,
}

impl fmt::Display for EarningRule {
    /// The name on the wire: `fifty_fifty`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ZeroHundred => "zero_hundred",
            Self::FiftyFifty => "fifty_fifty",
            Self::Linear => "linear",
        })
    }
}

impl FromStr for EarningRule {
    type Err = PlanError;

    /// The name on the wire, or the field's short form: `50/50`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "zero_hundred" | "0/100" => Ok(Self::ZeroHundred),
            "fifty_fifty" | "50/50" => Ok(Self::FiftyFifty),
            "linear" => Ok(Self::Linear),
            other => Err(PlanError::UnknownWord { what: "earning rule", text: excerpt(other) }),
        }
    }
}
