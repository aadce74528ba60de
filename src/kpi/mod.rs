//! Goals cascaded over time: what each part of a period owes to the whole.
//!
//! ```
//! use marketloop::kpi::Cascade;
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
//! | case | answer |
//! | --- | --- |
//! | parts that add up to more or less than the whole | [`KpiError::PartsSum`] with the difference |
//! | parts that leave days out, overlap or reach beyond the period | [`KpiError::NotInSequence`] |
//! | a part in another unit | [`KpiError::Quantity`] naming both units |
//! | no parts | [`KpiError::NoParts`] |

mod builder;
mod cascade;
mod columns;
mod compile;
mod contributions;
mod error;
mod evaluation;
mod explanation;
mod formula;
mod goal_seek;
mod graph;
mod growth;
mod inputs;
mod lexeme;
mod lowering;
mod multiplier;
mod name;
mod node;
mod overlay;
mod picture;
mod ratio_cascade;
mod roll_up;
mod sensitivity;
mod smart;
mod text;
mod tree;
mod uncertainty;
mod value;
mod whole_tree;

pub use builder::{NodeDraft, TreeBuilder};
pub use cascade::{Cascade, CascadeDraft, KeyResult};
pub use columns::Columns;
pub use contributions::Contributions;
pub use error::KpiError;
pub use evaluation::Evaluation;
pub use explanation::{ExplainOptions, Explanation, Part};
pub use formula::Formula;
pub use goal_seek::{Lever, Seek};
pub use growth::{Growth, GrowthPath, GrowthReading};
pub use inputs::Inputs;
pub use multiplier::NodeMethod;
pub use node::{Direction, Kind, Node, NodeId};
pub use overlay::{Comparison, Overlay, Scenario};
pub use picture::Picture;
pub use ratio_cascade::{RatioCascade, RatioHistory, RatioSpread};
pub use roll_up::{roll_up, roll_up_ratio};
pub use sensitivity::Sensitivities;
pub use smart::{Gap, GoalStatement, MetricRecord};
pub use tree::KpiTree;
pub use uncertainty::Uncertainty;
pub use value::{Precision, Products, Value, Why};
