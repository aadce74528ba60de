//! What counts as earned before a task is finished.

use serde::{Deserialize, Serialize};

/// How much of a task counts as done on a day between its start and its finish, once the finish is all that is known
/// (earning rules of earned value management; PMI, *Practice Standard for Earned Value Management*, 2011).
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
