//! KPI trees that know their units, why they moved and how to move them.
//!
//! ```
//! use marketloop::kpi::KpiTree;
//! use rust_decimal::dec;
//!
//! let tree = KpiTree::parse("
//!     sales    [CNY]     = visitors * cvr * aov
//!     visitors [visitor] = search + social
//!     cvr [order/visitor], aov [CNY/order]")?;
//! let plan = tree.inputs([("search", dec!(6000)), ("social", dec!(4000)), ("cvr", dec!(0.02)), ("aov", dec!(150))])?;
//! let fact = tree.inputs([("search", dec!(6500)), ("social", dec!(3000)), ("cvr", dec!(0.021)), ("aov", dec!(150))])?;
//!
//! // What each leaf did to sales; the parts add up to the change, to the last digit.
//! let why = tree.explain(&plan, &fact)?;
//! assert_eq!(why.total(), dec!(-75));
//! assert!(why.by_size().next().unwrap().to_string().starts_with("social  -3,07"));
//!
//! // How many orders per visitor reach the plan all the same?
//! let at = tree.goal_seek(&fact, "cvr", 0.0.., 30_000.0)?;
//! assert!((at - 0.021_052_631_578_947_37).abs() < 1e-15);
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | a cycle, an unknown name, a duplicate, a leaf that no formula uses, two units | all of them at once, each at its node |
//! | several computed nodes that no other uses | each is a root; what explains or seeks speaks of the [first](KpiTree::root) |
//! | a name not declared, in a sum of names whose node has a unit | a leaf in that unit; anywhere else [`KpiError::UnknownName`] |
//! | units that differ by a power of ten (`%`, `1000 CNY`) | converted exactly |
//! | a missing input | [`Figure::Missing`](crate::figure::Figure::Missing) with its leaf, in all that depends on it; never 0, not even times 0 |
//! | a missing and an undefined operand | missing wins |
//! | `missing_as(x, v)`, `undefined_as(x, v)` | the only places where a state becomes a value: [`Evaluation::stand_ins`] and the table say so |
//! | a value before the first period of a panel | missing, never 0 |
//! | a growth from a base of 0 or below | undefined |
//! | a member without a row in a period | not there: `sum[…]` adds up without it; one that is there without a value is missing |
//! | a month without any row | missing; nobody there in a month that was recorded is 0 |
//! | a panel in longer periods, of which one is not whole or has a month without rows | missing, also in a count; never a smaller sum |
//! | a filter, `sum[channel in paid](x)`, none of whose members is there | missing, never 0; a count is 0 |
//! | a filter where values are of no member by name: one period alone, a budget by month | missing, also in a count |
//! | a unique count added over members, a stock or a rate over periods | refused when the tree is built |
//! | a branch of `if` that is not taken | does not count: it may have no value, and contributes nothing |
//! | another branch, another least or greatest value than before | both operands by half of what they moved, the rest is a contribution `switch of …` |
//! | a division by zero | [`Figure::Undefined`](crate::figure::Figure::Undefined) with the node and the divisor, in all that depends on it |
//! | a quotient without last decimal | an exact fraction, [`Exact`]; rounded once, where it is shown |
//! | a factor above the line of one formula and below that of another | it cancels; its leaf contributes exactly 0 by the log mean |
//! | a fraction of more than 4,096 bits on one side | 77 digits with a bound; [`Cause::Imprecise`](crate::figure::Cause::Imprecise) where the bound does not decide what is asked |
//! | more than 28 digits where a decimal is asked for | [`Cause::OutOfRange`](crate::figure::Cause::OutOfRange) |
//! | a factor that changes its sign, log-mean asked | Shapley at that node, which says so |
//! | factors that enter from 0 or leave to 0 | they share the node's change in equal parts |
//! | both values of a product 0 | its factors contribute 0, but for what moved inside one that is 0 at both |
//! | a target from a baseline that is the target itself | an attainment that is undefined |
//! | a child without a target | what the parent's target comes to is missing, with the child's name: never a guess |
//! | levels of a target that contradict the node's direction | [`KpiError::LevelsOutOfOrder`] at their row |
//! | floats that do not carry the change | [`KpiError::Unexplained`] with the decimals |
//! | a target beyond what a leaf reaches | [`KpiError::TargetUnreachable`] or [`KpiError::TargetOutOfRange`], with the limit |

mod absence;
mod attainment;
mod ball;
mod branches;
mod builder;
mod cancel;
mod choice;
mod columns;
mod compile;
mod conditions;
mod error;
mod evaluation;
mod exact;
mod exact_flow;
mod explain_options;
mod explanation;
mod fault;
mod flow;
mod formula;
mod formula_over_members;
mod formula_over_time;
mod fraction;
mod frame;
mod function;
mod goal_seek;
mod graph;
mod groups;
mod inputs;
mod kpi_target;
mod leaf_goals;
mod lexeme;
mod long;
mod lowering;
mod multiplier;
mod name;
mod narrow;
mod node;
mod node_draft;
mod number;
mod operands;
mod overlay;
mod panel;
mod panel_axis;
mod panel_chain;
mod panel_changes;
mod panel_columns;
mod panel_evaluation;
mod panel_expansion;
mod panel_explanation;
mod panel_filter;
mod panel_gap;
mod panel_lines;
mod panel_mix;
mod panel_places;
mod panel_roll_up;
mod panel_rolling;
mod panel_row;
mod panel_rows;
mod panel_slopes;
mod panel_sweep;
mod panel_top;
mod panel_wire;
mod panel_work;
mod picture;
mod roll_up;
mod root_numbers;
mod selection;
mod sensitivity;
mod subtree;
mod target_gaps;
mod target_report;
mod target_tree;
mod targets;
mod terms;
mod text;
mod tree;
mod uncertainty;
mod units;
mod whole_tree;

pub use branches::{Branch, Branches};
pub use columns::Columns;
pub use error::KpiError;
pub use evaluation::Evaluation;
pub use exact::Exact;
pub use explain_options::ExplainOptions;
pub use explanation::Explanation;
pub use formula::Formula;
pub use inputs::Inputs;
pub use kpi_target::KpiTarget;
pub use leaf_goals::LeafGoal;
pub use node::{Node, NodeId, NodeKind};
pub use node_draft::NodeDraft;
pub use overlay::{Overlay, OverlayComparison};
pub use panel::Panel;
pub use panel_chain::PanelChain;
pub use panel_changes::PanelChanges;
pub use panel_columns::PanelColumns;
pub use panel_evaluation::PanelEvaluation;
pub use panel_explanation::PanelExplanation;
pub use panel_gap::PanelGap;
pub use panel_row::PanelRow;
pub use panel_top::TopMembers;
pub use picture::Picture;
pub use roll_up::roll_up;
pub use sensitivity::Sensitivities;
pub use target_gaps::{TargetGap, TargetGaps};
pub use target_report::{TargetLevel, TargetReport, TargetStanding};
pub use targets::KpiTargets;
pub use tree::KpiTree;
pub use uncertainty::Uncertainty;
