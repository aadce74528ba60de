//! What counts as earned before a task is finished.

use super::PlanError;
use crate::quantity::words::words;

/// How much of a finished task counts as done on a day before its finish (earning rules of earned value management;
/// PMI, *Practice Standard for Earned Value Management*, 2011).
///
/// # Examples
/// ```
/// use marketloop::plan::EarningRule;
///
/// assert_eq!("50/50".parse::<EarningRule>()?, EarningRule::FiftyFifty);
/// assert_eq!(EarningRule::FiftyFifty.to_string().parse::<EarningRule>()?, EarningRule::FiftyFifty);
/// assert_eq!("half".parse::<EarningRule>().unwrap_err().to_string(), "`half` is no earning rule: zero_hundred, fifty_fifty, linear");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::plan::EarningRule;
/// assert_eq!(serde_json::from_str::<EarningRule>(r#""fifty_fifty""#)?, EarningRule::FiftyFifty);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
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

words!(EarningRule, "earning rule", PlanError:
    ZeroHundred = "zero_hundred" / "zero_hundred" / "0/100",
    FiftyFifty = "fifty_fifty" / "fifty_fifty" / "50/50",
    Linear = "linear",
);
