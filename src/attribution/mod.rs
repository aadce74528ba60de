//! Attribution: which channels brought the conversions, exactly and mergeably.
//!
//! Touches and conversions become journeys by stated rules ([`JourneyRules`]); a [`PathTable`] holds the journeys,
//! or their paths, with conversions, nulls and value; an [`AttributionModel`] gives each channel its [`Credits`]; credits and
//! [`Costs`] give returns, and weights for a budget.
//!
//! ```
//! use marketloop::attribution::{AttributionModel, Costs, ModelComparison, Outcome, PathTable};
//! use marketloop::quantity::{Currency, Money};
//! use rust_decimal::dec;
//!
//! let mut paths = PathTable::builder(Currency::CNY);
//! paths.push_text("Douyin ad > private message > WeCom", ">", Outcome { conversions: 6, nulls: 14, value: 900_00 })?;
//! paths.push_text("SEM > WeCom", ">", Outcome { conversions: 3, nulls: 17, value: 450_00 })?;
//! paths.push_text("Douyin ad", ">", Outcome { conversions: 1, nulls: 59, value: 150_00 })?;
//! let paths = paths.build();
//!
//! // The last touch sees WeCom only; a chain sees what would be lost without the ad.
//! let last = AttributionModel::LastTouch.credit(&paths)?;
//! let markov = "markov(1)".parse::<AttributionModel>()?.credit(&paths)?;
//! assert_eq!(last.conversions_exact(2)?, [dec!(1), dec!(0), dec!(9), dec!(0)]);
//! assert_eq!(markov.conversions_exact(2)?, [dec!(2.34), dec!(1.91), dec!(3.83), dec!(1.92)]);
//!
//! // Half of the credit moves, and with it the cost of a conversion.
//! let comparison = ModelComparison::new([("last", last), ("Markov", markov.clone())])?;
//! assert!(comparison.total_variation("last", "Markov").is_some_and(|apart| apart > 0.5));
//! let costs = Costs::new(Currency::CNY, [("Douyin ad", Money::parse("240 CNY")?)])?;
//! let ad = &markov.returns(&costs, 2)?[0];
//! assert!(ad.return_on_ad_spend.clone().get()?.to_f64() > 1.4);
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | a path without a touch, a touch without a name | [`AttributionError::EmptyPath`], [`AttributionError::EmptyTouch`] |
//! | a row of neither conversions nor nulls, a count below 0 or with a fraction | [`AttributionError::NoJourneys`], [`AttributionError::Count`] |
//! | a value without a conversion, or below 0 | [`AttributionError::ValueWithoutConversion`], [`AttributionError::NegativeValue`] |
//! | a channel called `(start)`, `(conversion)` or `(null)` | a channel like others: no name is reserved |
//! | a channel that stands twice in a path | twice the credit of a touch; once that of a player or a participant |
//! | no conversion at all | credits of 0 by rules and games; [`AttributionError::NoConversions`] of removal effects, a share of nothing |
//! | a model whose credits do not add up ([`AttributionModel::Participation`]) | [not conserving](Credits::is_conserving); exact parts are [`AttributionError::NotConserving`] |
//! | a touch and a conversion at one time | the touch is before it |
//! | touches of one user and time | by [`TouchEvent::sequence`], then by the channels' names |
//! | two orders of one user and time | both came of the same touches |
//! | a rule that names a channel which no touch has | changes nothing; [`JourneyReport::unseen_channels`] |
//! | a conversion without a touch in its lookback | in no path; counted with its value in [`JourneyReport::unattributed`] |
//! | a user who does not convert | a null journey up to the last touch, or to [`JourneyRules::observed_until`] |
//! | times on some rows only; a model that needs them | [`AttributionError::MissingTimes`] |
//! | journeys in another order, in shards, in rows of equal paths | the same bits |
//! | a step that a chain has not seen | backs off to shorter contexts when an order is chosen ([`OrderSelection`]) |
//! | sums beyond 63 bits | [`AttributionError::TooMuch`] with the row |
//! | a channel without a price | no cost per conversion; not a cost of 0 ([`Costs::of_touches`]) |

mod calibration;
mod canonical;
mod channels;
mod columns;
mod comparison;
mod contexts;
mod counterfactual;
mod credit;
mod dense;
mod elimination;
mod events;
mod higher_order;
mod journey_report;
mod journey_rules;
mod journeys;
mod markov;
mod models;
mod order_selection;
mod outcome;
mod path_wire;
mod paths;
mod recent_names;
mod removal;
mod resampling;
mod returns;
mod shapley;
mod smoothing;
mod top_paths;
mod touch;
mod transition;
mod weights;
mod work;

pub use channels::{ChannelId, Channels};
pub use comparison::ModelComparison;
pub use counterfactual::path_removal;
pub use credit::{Credits, Model};
pub use events::{ConversionEvent, TouchEvent};
pub use journey_report::{JourneyReport, Journeys};
pub use journey_rules::{Closing, JourneyRules, SessionTouch, Transform};
pub use markov::RemovalEffects;
pub use models::AttributionModel;
pub use order_selection::{OrderChoice, OrderSelection};
pub use outcome::{Outcome, Totals};
pub use paths::{PathTable, PathTableBuilder, Row};
pub use resampling::{bootstrap_weights, intervals, resampled};
pub use returns::{ChannelReturn, Costs};
pub use shapley::{MAX_PLAYERS, PositionCredits, shapley_conversion_rate, shapley_ordered, shapley_value};
pub use top_paths::{RankBy, TopPath};
pub use touch::TouchCredits;
pub use transition::MarkovChain;

use crate::error::{Counted, ErrorKind, TooLarge, UnknownWord};
use crate::figure::FigureError;
use crate::quantity::{Currency, Money, QuantityError};
use crate::split::SplitError;
use crate::stats::StatsError;
use alloc::boxed::Box;
use alloc::string::String;
use rust_decimal::Decimal;

/// Why paths could not be stored or credited.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AttributionError {
    /// A channel without a name.
    #[error("the name at {index} is empty")]
    EmptyName {
        /// The index of the name in its list.
        index: usize,
    },
    /// A name with a control character, such as a tab or a line break.
    #[error("the name `{}` has a control character", name.escape_debug())]
    ControlCharacter {
        /// The name.
        name: String,
    },
    /// A name that stands in a dictionary twice.
    #[error("the channel `{name}` stands twice")]
    DuplicateChannel {
        /// The name.
        name: String,
    },
    /// A channel that the dictionary does not have.
    #[error("there is no channel `{name}`")]
    UnknownChannel {
        /// The name as given.
        name: String,
    },
    /// The number of a channel beyond the dictionary's end.
    #[error("row {row}: channel {id} of {count}")]
    UnknownId {
        /// The index of the row.
        row: usize,
        /// The number as given.
        id: usize,
        /// How many channels there are.
        count: usize,
    },
    /// More channels than a dictionary holds.
    #[error("more than {limit} channels")]
    TooManyChannels {
        /// The limit.
        limit: usize,
    },
    /// A separator of names that is empty.
    #[error("the separator is empty")]
    EmptySeparator,
    /// A path without a touch.
    #[error("row {row}: the path has no touch")]
    EmptyPath {
        /// The index of the row.
        row: usize,
    },
    /// A touch without a name in a path.
    #[error("row {row}: touch {touch} has no name")]
    EmptyTouch {
        /// The index of the row.
        row: usize,
        /// The index of the touch.
        touch: usize,
    },
    /// A row of neither conversions nor nulls.
    #[error("row {row}: neither conversions nor nulls")]
    NoJourneys {
        /// The index of the row.
        row: usize,
    },
    /// A count that is negative or has a fraction.
    #[error("row {row}: {error}")]
    Count {
        /// The index of the row.
        row: usize,
        /// What is wrong with it.
        error: Box<QuantityError>,
    },
    /// A value that is not a whole number of minor units within 63 bits.
    #[error("row {row}: value {value} is not a whole number of minor units within 63 bits")]
    MinorUnits {
        /// The index of the row.
        row: usize,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
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
    /// A row with another number of times than touches.
    #[error("row {row}: {} for {}", Counted(.actual, "time"), Counted(.expected, "touch"))]
    TimeCount {
        /// The index of the row.
        row: usize,
        /// How many touches there are.
        expected: usize,
        /// How many times there are.
        actual: usize,
    },
    /// Times on some rows only, or none where a model needs them.
    #[error("row {row}: the times of the touches are missing")]
    MissingTimes {
        /// The index of the first row without them.
        row: usize,
    },
    /// Times on a row of a table that has none.
    #[error("row {row}: times of touches in a table without times")]
    UnexpectedTimes {
        /// The index of the row.
        row: usize,
    },
    /// Times that do not fall towards the end of the path.
    #[error("row {row}: touch {touch} is earlier than the touch before it")]
    TimesNotDescending {
        /// The index of the row.
        row: usize,
        /// The index of the touch.
        touch: usize,
    },
    /// A touch too long before the end of its journey.
    #[error("user {user}: a touch {span} seconds before the end, at most 4294967295 are held")]
    Span {
        /// The number of the user.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        user: u64,
        /// How many seconds it is.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        span: u64,
    },
    /// Sums beyond what the table holds.
    #[error("row {row}: the {what} add up to more than {limit}")]
    TooMuch {
        /// The index of the row that exceeds it.
        row: usize,
        /// What is summed.
        what: &'static str,
        /// The limit.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        limit: u64,
    },
    /// Two currencies in one table.
    #[error("{left} and {right} are different currencies")]
    CurrencyMismatch {
        /// The currency on the left.
        left: Currency,
        /// The currency on the right.
        right: Currency,
    },
    /// A credit that is not a finite number.
    #[error("the {what} of channel {index} are not a finite number")]
    NotFinite {
        /// What is credited: `conversions` or `value`.
        what: &'static str,
        /// The number of the channel.
        index: usize,
    },
    /// A credit below zero where parts of a total are wanted.
    #[error("the {what} of channel {index} are {credit}, below 0")]
    NegativeCredit {
        /// What is credited: `conversions` or `value`.
        what: &'static str,
        /// The number of the channel.
        index: usize,
        /// The credit.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        credit: f64,
    },
    /// Credits of another number of channels.
    #[error("{} for {}", Counted(.actual, "figure"), Counted(.expected, "channel"))]
    Length {
        /// How many channels there are.
        expected: usize,
        /// How many figures were given.
        actual: usize,
    },
    /// Exact parts of credits that do not add up to the total.
    #[error("the credits of the model do not add up to the total")]
    NotConserving,
    /// A row beyond the end of the table.
    #[error("row {row} of {count}")]
    UnknownRow {
        /// The index as given.
        row: usize,
        /// How many rows there are.
        count: usize,
    },
    /// A model that weighed another number of touches than the path has.
    #[error("row {row}: {} for {}", Counted(.actual, "weight"), Counted(.expected, "touch"))]
    WeightCount {
        /// The index of the row.
        row: usize,
        /// How many touches there are.
        expected: usize,
        /// How many weights there are.
        actual: usize,
    },
    /// A weight that is not a number of 0 or more; of a model that does not conserve, of 0..=1.
    #[error("row {row}: weight {weight} of touch {touch} is out of range")]
    Weight {
        /// The index of the row.
        row: usize,
        /// The index of the touch.
        touch: usize,
        /// The weight.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        weight: f64,
    },
    /// A path of which no touch has weight.
    #[error("row {row}: all weights are zero")]
    NoWeight {
        /// The index of the row.
        row: usize,
    },
    /// A milestone beyond the end of its path.
    #[error("row {row}: milestone {touch} of {}", Counted(.length, "touch"))]
    Milestone {
        /// The index of the row.
        row: usize,
        /// The index of the touch as given.
        touch: usize,
        /// How many touches there are.
        length: usize,
    },
    /// A parameter of a model that is out of its range.
    #[error("{name} is {value}, out of range")]
    Parameter {
        /// What it is.
        name: &'static str,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// A text that names no model.
    #[error("`{text}` is no model of attribution; one is `last_touch`, another `markov(2)`")]
    UnknownModel {
        /// The text as given.
        text: String,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// Credits of single touches by a model that asks all journeys.
    #[error("{model} does not divide single journeys")]
    NotByTouch {
        /// The model.
        model: AttributionModel,
    },
    /// A cost below zero.
    #[error("the cost of `{name}` is {cost}, below 0")]
    NegativeCost {
        /// The channel.
        name: String,
        /// The cost.
        cost: Money,
    },
    /// A name of two models that are compared.
    #[error("the model `{name}` stands twice")]
    DuplicateModel {
        /// The name.
        name: String,
    },
    /// Credits of other channels than those they are to be compared with.
    #[error("`{name}` credits other channels than the first")]
    OtherChannels {
        /// The name of the model.
        name: String,
    },
    /// A model without credits, which has no shares.
    #[error("`{name}` credits no conversion")]
    NothingCredited {
        /// The name of the model.
        name: String,
    },
    /// A measured lift below zero or finer than the decimals.
    #[error("the lift {lift} of `{name}` is below 0 or has more than {}", Counted(.decimals, "decimal"))]
    Lift {
        /// The channel.
        name: String,
        /// The lift.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        lift: Decimal,
        /// The decimals.
        decimals: u32,
    },
    /// Measured lifts that exceed all conversions.
    #[error("lifts of {lift} exceed the total of {}", Counted(.total, "conversion"))]
    LiftExceedsTotal {
        /// What the lifts add up to.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        lift: Decimal,
        /// The conversions.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        total: u64,
    },
    /// Conversions that the measured lifts leave to channels without credit.
    #[error("no other channel has credit for the {} left", Counted(.left, "conversion"))]
    NobodyElse {
        /// How many.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        left: Decimal,
    },
    /// No journey at all.
    #[error("there are no paths")]
    NoPaths,
    /// Journeys without any conversion: what a channel's removal would cost does not exist.
    #[error("there is no conversion in {}", Counted(.journeys, "journey"))]
    NoConversions {
        /// How many journeys there are.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        journeys: u64,
    },
    /// An order of a chain outside what can be counted.
    #[error("order {order} is outside 1..={max}")]
    Order {
        /// The order as given.
        order: usize,
        /// The highest order.
        max: usize,
    },
    /// A part of the journeys that would be all or none.
    #[error("every {nth}th journey cannot be held out, only every 2nd or a later one")]
    Nth {
        /// The number as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        nth: u64,
    },
    /// A game of more players than can be enumerated.
    #[error("{players} players are more than {max}, whose coalitions can be enumerated")]
    TooManyPlayers {
        /// How many players have a part in the game.
        players: usize,
        /// The limit.
        max: usize,
    },
    /// A coalition's value that is NaN or infinite.
    #[error("the value of coalition {coalition:#b} is {value}, not a finite number")]
    CoalitionValue {
        /// The coalition, a bit for each player.
        coalition: u32,
        /// Its value.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        value: f64,
    },
    /// A count or a sum that its number type does not hold.
    #[error("{what} is outside the range of its type")]
    Overflow {
        /// What was computed.
        what: &'static str,
    },
    /// A merge of no tables.
    #[error("no tables to merge")]
    NoTables,
    /// The exact result does not fit the number type.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// More work than a stated limit allows.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// An interval that does not exist.
    #[error(transparent)]
    Stats(#[from] StatsError),
    /// A figure that does not exist.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// The total could not be divided.
    #[error(transparent)]
    Split(#[from] SplitError),
}

crate::error::fault!(AttributionError);

impl AttributionError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownChannel { .. } | Self::UnknownId { .. } | Self::UnknownRow { .. } => {
                ErrorKind::NotFound
            }
            Self::DuplicateChannel { .. } | Self::DuplicateModel { .. } => ErrorKind::Duplicate,
            Self::EmptyName { .. }
            | Self::EmptySeparator
            | Self::NoTables
            | Self::NoPaths
            | Self::NoWeight { .. }
            | Self::EmptyPath { .. }
            | Self::EmptyTouch { .. }
            | Self::NoJourneys { .. } => ErrorKind::Empty,
            Self::LiftExceedsTotal { .. } | Self::NobodyElse { .. } | Self::ValueWithoutConversion { .. } => {
                ErrorKind::Conflict
            }
            Self::WeightCount { .. }
            | Self::Milestone { .. }
            | Self::TimeCount { .. }
            | Self::MissingTimes { .. }
            | Self::UnexpectedTimes { .. }
            | Self::CurrencyMismatch { .. }
            | Self::NotConserving
            | Self::NotByTouch { .. }
            | Self::OtherChannels { .. }
            | Self::Length { .. } => ErrorKind::Mismatch,
            Self::TooMuch { .. } | Self::Overflow { .. } | Self::Span { .. } => ErrorKind::Overflow,
            Self::MinorUnits { .. }
            | Self::ControlCharacter { .. }
            | Self::NegativeCost { .. }
            | Self::Lift { .. }
            | Self::Weight { .. }
            | Self::Parameter { .. }
            | Self::NegativeValue { .. }
            | Self::TimesNotDescending { .. }
            | Self::NegativeCredit { .. }
            | Self::Order { .. }
            | Self::Nth { .. } => ErrorKind::OutOfRange,
            Self::NotFinite { .. }
            | Self::NothingCredited { .. }
            | Self::NoConversions { .. }
            | Self::CoalitionValue { .. } => ErrorKind::Undefined,
            Self::TooLarge(_) | Self::TooManyChannels { .. } | Self::TooManyPlayers { .. } => {
                ErrorKind::Limit
            }
            Self::UnknownModel { .. } | Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::Count { error, .. } => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Split(error) => error.kind(),
            Self::Stats(error) => error.kind(),
            Self::Figure(error) => error.kind(),
        }
    }
}

impl AttributionError {
    /// The same fault of the row at this index.
    fn at_row(mut self, index: usize) -> Self {
        if let Self::EmptyPath { row }
        | Self::UnknownId { row, .. }
        | Self::NoJourneys { row }
        | Self::NegativeValue { row, .. }
        | Self::ValueWithoutConversion { row, .. }
        | Self::MissingTimes { row }
        | Self::UnexpectedTimes { row }
        | Self::TimeCount { row, .. }
        | Self::TimesNotDescending { row, .. }
        | Self::TooMuch { row, .. } = &mut self
        {
            *row = index;
        }
        self
    }
}
