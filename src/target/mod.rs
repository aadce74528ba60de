//! Targets, how far they are attained, and the bands that turn an attainment into a class or a light.
//!
//! ```
//! use marketloop::target::{Bands, Light, Target, Threshold};
//! use rust_decimal::dec;
//!
//! let impressions: Target = "at least 5000000 impression".parse()?;
//! let attainment = impressions.attainment(dec!(4800000))?;
//! assert_eq!(attainment.to_string(), "96%");
//!
//! // The yellow threshold is the caller's choice: from 80 % of the target on.
//! let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
//! assert_eq!(*bands.classify(attainment.ratio()), Light::Yellow);
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! # Formula
//! With actual value a and target t the attainment is
//!
//! | goal | attainment | undefined where |
//! | --- | --- | --- |
//! | at least t | a / t | t <= 0 |
//! | at most t, inverse | t / a | a <= 0 or t < 0 |
//! | at most t, linear | 2 - a / t | t <= 0 |
//! | between l and h | 1 within; a / l below; by the chosen rule of `at most h` above | as in those rows |
//!
//! An actual value is an exact [`Ratio`] too, so that a target measures what a KPI tree implies without rounding it:
//! `target.attainment(evaluation.ratio("cvr")?)`. An attainment is an exact [`Ratio`]; it is rounded only where a scale is asked for. Where it is undefined,
//! [`Target::is_met`] still answers, [`Target::achievement`] carries both, and [`Target::variance`] compares:
//! actual less target, which is defined for every sign.

mod achievement;
mod actual_value;
mod attainment;
mod bands;
mod baseline;
mod better;
mod goal;
mod sample;

pub use achievement::Achievement;
pub use actual_value::ActualValue;
pub use attainment::{Attainment, Favour, Variance};
pub use bands::{Bands, Light, Threshold};
pub use baseline::Baseline;
pub use better::Better;
pub use goal::{LowerRule, Target};
pub use sample::SampleVerdict;

pub(crate) use goal::Goal;

use crate::error::{ErrorKind, UnknownWord};
use crate::quantity::{QuantityError, Ratio};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt;
use rust_decimal::Decimal;

/// Why a target could not be made or an attainment does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TargetError {
    /// The target is zero: nothing can be a share of it.
    #[error("attainment of {} against a target of 0 is undefined", shown(**actual))]
    ZeroTarget {
        /// The actual value.
        actual: Box<Ratio>,
    },
    /// The target is negative: a quotient with it has no meaning as an attainment.
    #[error("attainment of {} against the negative target {target} is undefined", shown(**actual))]
    NegativeTarget {
        /// The actual value.
        actual: Box<Ratio>,
        /// The target.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        target: Decimal,
    },
    /// The actual value is zero or negative where the inverse rule divides by it.
    #[error(
        "the inverse attainment of {} against {target} is undefined: the actual value is not above 0",
        shown(**actual)
    )]
    ActualNotPositive {
        /// The actual value.
        actual: Box<Ratio>,
        /// The target.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        target: Decimal,
    },
    /// A range whose low end is above its high end.
    #[error("the low end {low} is above the high end {high}")]
    RangeReversed {
        /// The low end.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        low: Decimal,
        /// The high end.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        high: Decimal,
    },
    /// A text that is not a target.
    #[error("`{text}` is not a target: {reason}")]
    NotATarget {
        /// The text as given, shortened when long.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// Bands without an edge.
    #[error("bands need at least one edge")]
    NoEdges,
    /// Edges that do not rise.
    #[error("edge {index} at {at} is not above the edge before it at {before}")]
    EdgesNotRising {
        /// The index of the edge.
        index: usize,
        /// Its value.
        at: Box<Ratio>,
        /// The value of the edge before it.
        before: Box<Ratio>,
    },
    /// A class that stands twice.
    #[error("edge {second} repeats the {}", Place(*first))]
    DuplicateClass {
        /// The index of the first edge with the class; `None` is the lowest class.
        first: Option<usize>,
        /// The index of the edge that repeats it.
        second: usize,
    },
    /// Lights that do not rise from red over yellow to green.
    #[error("edge {index} takes {before} down to {light}: lights rise from red over yellow to green")]
    LightsNotRising {
        /// The index of the edge.
        index: usize,
        /// Its light.
        light: Light,
        /// The light below it.
        before: Light,
    },
    /// A hysteresis margin below zero.
    #[error("hysteresis margin {margin} is below 0")]
    NegativeMargin {
        /// The margin as given.
        margin: Box<Ratio>,
    },
    /// A hysteresis margin so wide that two edges overlap.
    #[error("hysteresis margin {margin} is outside 0 to {limit}, half the distance of the nearest edges")]
    Margin {
        /// The margin as given.
        margin: Box<Ratio>,
        /// The widest margin of these edges.
        limit: Box<Ratio>,
    },
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

/// The number as a decimal where it is one, else as a fraction.
fn shown(value: Ratio) -> String {
    value.to_decimal().map_or_else(|| value.to_string(), |value| value.to_string())
}

struct Place(Option<usize>);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("lowest class"),
            Some(index) => write!(f, "class of edge {index}"),
        }
    }
}

crate::error::fault!(TargetError);

impl TargetError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::NotATarget { .. } | Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::DuplicateClass { .. } => ErrorKind::Duplicate,
            Self::ZeroTarget { .. } | Self::NegativeTarget { .. } | Self::ActualNotPositive { .. } => {
                ErrorKind::Undefined
            }
            Self::RangeReversed { .. } | Self::EdgesNotRising { .. } | Self::LightsNotRising { .. } => {
                ErrorKind::Mismatch
            }
            Self::NegativeMargin { .. } | Self::Margin { .. } => ErrorKind::OutOfRange,
            Self::NoEdges => ErrorKind::Empty,
            Self::Quantity(error) => error.kind(),
        }
    }
}
