//! Attribution: which channels brought the conversions.

mod columns;
mod contexts;
mod counterfactual;
mod elimination;
mod higher_order;
mod markov;
mod removal;
mod shapley;
mod transition;

pub use columns::Columns;
pub use counterfactual::{leave_one_touch_out, path_removal};
pub use markov::{Markov, RemovalEffects};
pub use shapley::{
    MOST_PLAYERS, PositionCredits, SetCredits, shapley_conversion_rate, shapley_ordered, shapley_simplified,
    shapley_value,
};
pub use transition::MarkovChain;

use crate::error::ErrorKind;

/// Why paths could not be counted or credited.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AttributionError {
    /// A column that does not fit the others.
    #[error("column {column} has {length} elements instead of {expected}")]
    LengthMismatch {
        /// The column.
        column: &'static str,
        /// How many elements it has.
        length: usize,
        /// How many it should have.
        expected: usize,
    },
    /// The number of a channel beyond the last.
    #[error("row {row}: channel {id} of {count}")]
    UnknownId {
        /// The index of the row.
        row: usize,
        /// The number as given.
        id: usize,
        /// How many channels there are.
        count: usize,
    },
    /// A path without a touch.
    #[error("row {row}: the path has no touch")]
    EmptyPath {
        /// The index of the row.
        row: usize,
    },
    /// A value below zero.
    #[error("row {row}: value {value} is below 0")]
    NegativeValue {
        /// The index of the row.
        row: usize,
        /// The value in minor units.
        value: i64,
    },
    /// A value on a row that has no conversion.
    #[error("row {row}: value {value} without a conversion")]
    ValueWithoutConversion {
        /// The index of the row.
        row: usize,
        /// The value in minor units.
        value: i64,
    },
    /// No journey at all.
    #[error("there are no paths")]
    NoPaths,
    /// Journeys without any conversion: what a channel's removal would cost does not exist.
    #[error("none of {journeys} journeys converts")]
    NoConversions {
        /// How many journeys there are.
        journeys: u64,
    },
    /// An order of a chain outside what can be counted.
    #[error("order {order} is outside 1..={most}")]
    Order {
        /// The order as given.
        order: usize,
        /// The highest order.
        most: usize,
    },
    /// A game of more players than can be enumerated.
    #[error("{players} players are more than {most}, whose coalitions can be enumerated")]
    TooManyPlayers {
        /// How many players have a part in the game.
        players: usize,
        /// The limit.
        most: usize,
    },
    /// A coalition's value that is NaN or infinite.
    #[error("the value of coalition {coalition:#b} is {value}, not a finite number")]
    CoalitionValue {
        /// The coalition, a bit for each player.
        coalition: u32,
        /// Its value.
        value: f64,
    },
    /// A count or a sum that its number type does not hold.
    #[error("{what} is outside the range of its type")]
    Overflow {
        /// What was computed.
        what: &'static str,
    },
}

impl AttributionError {
    /// The sort of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::LengthMismatch { .. } | Self::UnknownId { .. } => ErrorKind::Mismatch,
            Self::EmptyPath { .. } | Self::NoPaths => ErrorKind::Empty,
            Self::ValueWithoutConversion { .. } => ErrorKind::Conflict,
            Self::NegativeValue { .. } | Self::Order { .. } | Self::TooManyPlayers { .. } => {
                ErrorKind::OutOfRange
            }
            Self::NoConversions { .. } | Self::CoalitionValue { .. } => ErrorKind::Undefined,
            Self::Overflow { .. } => ErrorKind::Overflow,
        }
    }
}
