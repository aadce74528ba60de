//! How far rules that cannot hold together are off.

use crate::quantity::Money;
use core::fmt;

/// How far rules that cannot hold together are off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Imbalance {
    /// They ask for this much more than can be had.
    Over(Money),
    /// They leave this much without a place.
    Short(Money),
}

impl fmt::Display for Imbalance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Over(amount) => write!(f, "{amount} over"),
            Self::Short(amount) => write!(f, "{amount} short"),
        }
    }
}
