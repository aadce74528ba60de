//! What a figure can be: known, missing or undefined; the steps that made it; the range in which it lies; the
//! one table in which results are shown; and the report that puts them before a reader.
//!
//! | type | answers |
//! | --- | --- |
//! | [`Figure`] | Is there such a figure? If not: was something not measured ([missing](Figure::Missing)), or does it not exist ([undefined](Figure::Undefined))? |
//! | [`Why`] | By which steps did this amount, date or choice come about? |
//! | [`Interval`] | Between which two values, both included, does it lie? |
//! | [`Table`] | How does a result look as text, Markdown, CSV or rows of JSON? |
//! | [`Report`] | Which questions do results answer, and where does every figure come from? |
//!
//! Every module uses these and has no form of its own.
//!
//! ```
//! use marketloop::figure::{Cause, Figure};
//!
//! let per_order = |spend: f64, orders: Figure<f64>| {
//!     orders.and_then(|orders| match orders {
//!         0.0 => Figure::undefined("cost per order", Cause::Zero("orders".into())),
//!         orders => Figure::Known(spend / orders),
//!     })
//! };
//! assert_eq!(per_order(90.0, Figure::Known(3.0)), Figure::Known(30.0));
//! assert_eq!(per_order(90.0, Figure::Known(0.0)).to_string(), "undefined: orders is zero");
//! assert_eq!(per_order(90.0, Figure::missing("orders")).to_string(), "missing: orders");
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | one of two figures is missing, the other undefined | missing: [`Figure::zip`] |
//! | an interval from high to low, or to NaN | [`FigureError::Reversed`] |
//! | an interval of one value | lawful: its width is 0 |
//! | a chain without a step, from the wire | [`FigureError::NoSteps`] |
//! | a table of nothing | its heading alone; no rows of JSON |
//! | a [sum](Table::push_sums) over a value that is missing | missing: that value |
//! | a figure worked out from a measured one and an [illustration](Source::illustration) | an illustration |
//! | a caller's name that reads as a row of the table's own (`total`), or as two names (`a > b`) | it stands in quotes |

mod cause;
mod interval;
mod label;
mod look;
mod on_wire;
mod report;
mod state;
mod table;
mod why;

pub use cause::{Cause, FigureError, Undefined};
pub use interval::Interval;
pub use report::{Evidence, Report, ReportRow, Section, Source};
pub use state::Figure;
pub use table::{Cell, Table};
pub use why::{Step, Why};

#[cfg(feature = "health")]
pub(crate) use label::blurs;
#[cfg(any(feature = "channel", feature = "goal", feature = "review"))]
pub(crate) use label::distinct;
#[cfg(any(feature = "attribution", feature = "channel"))]
pub(crate) use label::joint_label;
pub(crate) use label::{TOTAL, beside, label};
pub(crate) use on_wire::{FromWire, Read, ToWire, Written, from_wire, to_wire};
