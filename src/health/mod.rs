//! The health of a team's marketing: indicators in dimensions, each with its target and its light.
//!
//! ```
//! use marketloop::health::{Dimension, Indicator, Matrix, ReviewCycle};
//! use marketloop::target::{Bands, Light, Threshold};
//! use rust_decimal::dec;
//!
//! let repurchase = Indicator::new("repurchase rate", "at least 25 %".parse()?, ReviewCycle::Month);
//! let retention = Indicator::new("active-user retention", "at least 60 %".parse()?, ReviewCycle::Month);
//! let matrix = Matrix::new(
//!     Bands::lights(Threshold::from(dec!(0.8)), Threshold::from(dec!(1)))?,
//!     [Dimension::new("stickiness", [
//!         repurchase.with_actual("27 %".parse()?)?,
//!         retention.with_actual("55 %".parse()?)?,
//!     ])],
//! )?;
//! let lights: Vec<Option<Light>> = matrix.readings().map(|reading| reading.light()).collect();
//! assert_eq!(lights, [Some(Light::Green), Some(Light::Yellow)]);
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | an indicator without a value | no light, and it counts as not covered; never red |
//! | an attainment that is undefined (a target of zero) | no light, with the reason |
//! | a value in another unit | [`HealthError::Target`] naming both units |
//! | two indicators of one name in a dimension | [`HealthError::DuplicateName`] |

mod matrix;

pub use matrix::{Coverage, Dimension, Indicator, Matrix, MatrixDraft, Reading, ReviewCycle};

use crate::error::ErrorKind;
use crate::target::TargetError;
use alloc::string::String;

/// Why a health matrix could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HealthError {
    /// There are no indicators.
    #[error("a matrix needs at least one dimension, and a dimension at least one indicator")]
    Empty,
    /// Two dimensions, or two indicators of a dimension, have the same name.
    #[error("`{name}` stands twice")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A target or a value was refused.
    #[error(transparent)]
    Target(#[from] TargetError),
}

impl HealthError {
    /// The sort of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty => ErrorKind::Empty,
            Self::DuplicateName { .. } => ErrorKind::Conflict,
            Self::Target(error) => error.kind(),
        }
    }
}
