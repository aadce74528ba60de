//! Goals divided over time into parts that add up to them, and the gaps that keep a goal from being SMART.
//!
//! ```
//! use marketloop::goal::Cascade;
//!
//! let sales = Cascade::explicit(
//!     "sales of new product A",
//!     "2026-Q3".parse()?,
//!     "2000000 CNY".parse()?,
//!     [
//!         ("2026-07".parse()?, "500000 CNY".parse()?),
//!         ("2026-08".parse()?, "700000 CNY".parse()?),
//!         ("2026-09".parse()?, "800000 CNY".parse()?),
//!     ],
//! )?;
//! assert_eq!(sales.parts().len(), 3);
//! assert_eq!(sales.cumulative()?.last().map(ToString::to_string), Some("2000000 CNY".into()));
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! [`Cascade`] divides a sum over the parts of a period, [`RatioCascade`] spreads a ratio, [`Growth`] turns "+30 %" into
//! a path by one of seven readings. [`GoalStatement`] tells what a goal lacks to be SMART: specific, measurable, achievable,
//! relevant, time-bound. [`Cascade::against`] holds a goal against what came: attained, missing to go, the pace that
//! the rest needs.
//!
//! | case | answer |
//! | --- | --- |
//! | parts of a cascade that add up to more or less than the whole | [`GoalError::PartsSum`] with the difference |
//! | parts that leave days out, overlap or reach beyond the period | [`GoalError::NotInSequence`] |
//! | a part in another unit | [`GoalError::Quantity`] naming both units |
//! | a key result without a target or a period | [`GoalError::NoTarget`], [`GoalError::NoPeriod`] at its place |
//! | no parts | [`GoalError::NoParts`] |
//! | a month without an actual before one that has it | what is attained is missing, not the sum of the rest |
//! | an actual of a period that is no part | [`GoalError::OutsidePeriod`] |
//! | a growth of -100 % or less, or of more than 100,000 % | [`GoalError::GrowthOutOfRange`] |
//! | a growth from 0 | [`GoalError::LevelNotPositive`] |
//! | a ratio that was 0 in a period, to grow by a factor | it stays 0; [`GoalError::ZeroRatio`] where it was 0 in all |
//! | a metric that was measured as 0 | changes from it are compared by difference, not by share |

mod cascade;
mod cascade_progress;
mod error;
mod growth;
mod growth_reading;
mod ratio_cascade;
mod ratio_spread;
mod smart;

pub use cascade::{Cascade, CascadeDraft};
pub use cascade_progress::{CascadeProgress, PartProgress};
pub use error::GoalError;
pub use growth::{Growth, GrowthPath};
pub use growth_reading::GrowthReading;
pub use ratio_cascade::{RatioCascade, roll_up_ratio};
pub use ratio_spread::RatioSpread;
pub use smart::{GoalStatement, MetricRecord};
