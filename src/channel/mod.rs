//! Channels: spend and revenue in metrics with units, and the action that follows.
//!
//! ```
//! use marketloop::channel::{ChannelFigure, Metric, Scorecard};
//! use marketloop::quantity::Rounding;
//!
//! // The table gives cost per acquisition and return; spend and revenue follow.
//! let search = Scorecard::draft()
//!     .with_impressions(50_000)
//!     .with_clicks(5_000)
//!     .with_conversions(200)
//!     .with_cost_per_acquisition("50 CNY".parse()?)
//!     .with_return_on_ad_spend("1:3.2".parse()?)
//!     .check()?;
//! assert_eq!(
//!     format!("{:#}", search.explain(ChannelFigure::Spend)),
//!     "given conversions 200; times cost per acquisition makes spend 10,000 CNY"
//! );
//! assert_eq!(search.show(Metric::AverageOrderValue, (2, Rounding::HalfEven))?.to_string(), "160 CNY/conversion");
//! assert_eq!(search.show(Metric::ConversionRate, (2, Rounding::HalfEven))?.to_string(), "4 %");
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! A total over channels is a sum of counts and amounts; its metrics are sums over sums, never means of
//! ratios ([`Scorecard::total`]).
//!
//! | case | answer |
//! | --- | --- |
//! | a metric over nothing (no clicks, no spend) | [`ChannelError::Undefined`] with the metric and what is zero |
//! | a metric of figures that are not known | [`ChannelError::Missing`] with the metric and the figure |
//! | a metric that the other givens refute | [`ChannelError::Contradiction`] with what they imply and by how much it differs |
//! | a metric of 0 | implies a numerator of 0, and nothing about its denominator |
//! | an implied count or amount that is not whole | [`ChannelError::NotWhole`] |
//! | metrics that were rounded ([`ScorecardDraft::with_metrics_rounded_to`]) | the tightest [`Interval`](crate::figure::Interval) of each figure ([`Scorecard::figure_range`]), known where only one value is left |
//! | rounded metrics that no values agree with | [`ChannelError::Refuted`] with the givens that refute each other |
//! | a metric of which rounded ones leave several values | [`ChannelError::OnlyARange`] with its ends |
//! | more clicks than impressions, more conversions than clicks | [`ChannelError::NotNested`] |
//! | a figure that one channel of a total lacks | not known in the total |
//! | two currencies in one card or total | [`ChannelError::Quantity`] naming both |

mod action;
mod co_occurrence;
mod concentration;
mod content_matrix;
mod figure;
mod figure_step;
mod figure_value;
mod figures;
mod gap;
mod implied;
mod influencer_pyramid;
mod lifetime_value;
mod metric;
mod pair;
mod quadrant;
mod ranges;
mod scorecard;
mod scorecard_check;
mod scorecard_draft;
mod side_by_side;

pub use action::{Action, ActionTable, change_from_baseline, channel_facts};
pub use co_occurrence::CoOccurrence;
pub use concentration::Concentration;
pub use content_matrix::{ContentMatrix, ContentMatrixDraft};
pub use figure::ChannelFigure;
pub use figure_step::{FigureStep, Given};
pub use gap::Gap;
pub use influencer_pyramid::InfluencerPyramid;
pub use lifetime_value::LifetimeValue;
pub use metric::Metric;
pub use quadrant::{Quadrant, Quadrants};
pub use scorecard::Scorecard;
pub use scorecard_draft::ScorecardDraft;

use crate::decision::HitPolicy;
use crate::error::{Counted, ErrorKind, TooLarge, UnknownWord};
use crate::figure::FigureError;
use crate::quantity::{Count, Money, Quantity, QuantityError, Ratio};
use crate::target::TargetError;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use figure_step::listed;
use rust_decimal::Decimal;

/// Why a channel's figures were refused or a metric does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChannelError {
    /// The denominator of a metric is zero.
    #[error("{metric} is undefined: {missing} is 0")]
    Undefined {
        /// The metric.
        metric: Metric,
        /// The figure that is zero.
        missing: ChannelFigure,
    },
    /// A metric needs a figure that is neither given nor implied.
    #[error("{metric} is not known: {figure} is missing")]
    Missing {
        /// The metric.
        metric: Metric,
        /// The figure.
        figure: ChannelFigure,
    },
    /// The other givens refute a metric.
    #[error("{metric} is given as {given}, but {} make it {implied}: {difference} apart", listed(by))]
    Contradiction {
        /// The metric.
        metric: Metric,
        /// Its given value, to 6 decimals or as many more as tell it from the implied one.
        given: Box<Quantity>,
        /// Its value according to the other givens, to as many decimals.
        implied: Box<Quantity>,
        /// The given value less the implied one; of percentages in percentage points.
        difference: Box<Quantity>,
        /// The figures and metrics that imply it.
        by: Vec<Given>,
    },
    /// No values agree with the rounded metrics and figures; told by the bounds of one figure or metric.
    #[error(
        "{of} is at least {lowest} by {}, but at most {highest} by {}",
        listed(lowest_by),
        listed(highest_by)
    )]
    Refuted {
        /// The figure or the metric.
        of: Given,
        /// Its lowest value, of a metric to 6 decimals or as many more as tell it from the highest; above the highest.
        lowest: Box<Quantity>,
        /// The givens that make it no lower.
        lowest_by: Vec<Given>,
        /// Its highest value, of a metric to as many decimals.
        highest: Box<Quantity>,
        /// The givens that make it no higher.
        highest_by: Vec<Given>,
    },
    /// Rounded metrics allow several values of a metric.
    #[error("{metric} is not known exactly: from {lowest} to {highest}")]
    OnlyARange {
        /// The metric.
        metric: Metric,
        /// Its lowest value, in the unit without its power of ten.
        lowest: Ratio,
        /// Its highest value.
        highest: Ratio,
    },
    /// A metric is 0 and its numerator is not.
    #[error("{metric} is given as 0, but {figure} is not 0")]
    ZeroMetric {
        /// The metric.
        metric: Metric,
        /// Its numerator.
        figure: ChannelFigure,
    },
    /// An implied figure is no whole number of things or of minor units.
    #[error("the metrics imply {figure} of {implied}, which is not whole at {}", Counted(.decimals, "decimal"))]
    NotWhole {
        /// The figure.
        figure: ChannelFigure,
        /// Its implied value.
        implied: Ratio,
        /// The decimals allowed: 0 for a count, those of the currency for an amount.
        decimals: u32,
    },
    /// A rate is above 1.
    #[error("{metric} {value} is above 100 %")]
    RateAboveOne {
        /// The metric.
        metric: Metric,
        /// Its given value.
        value: Quantity,
    },
    /// A rate, a cost or an order value is below zero.
    #[error("{metric} {value} is below 0")]
    NegativeMetric {
        /// The metric.
        metric: Metric,
        /// Its given value.
        value: Quantity,
    },
    /// A step of the path to a conversion has more than the step before it.
    #[error("{inner_count} {inner} exceed {outer_count} {outer}")]
    NotNested {
        /// The later step.
        inner: ChannelFigure,
        /// Its count.
        inner_count: Count,
        /// The earlier step.
        outer: ChannelFigure,
        /// Its count.
        outer_count: Count,
    },
    /// A spend or a revenue is below zero.
    #[error("{figure} {amount} is below 0")]
    Negative {
        /// The figure.
        figure: ChannelFigure,
        /// Its amount.
        amount: Money,
    },
    /// A return on ad spend is below 0, but revenue is 0 or more.
    #[error("a return of {ratio} is below 0")]
    NegativeReturn {
        /// Revenue per unit of spend.
        ratio: Ratio,
    },
    /// There are no channels, tiers or platforms.
    #[error("at least one channel is needed")]
    NoChannels,
    /// A list has a channel or tier twice.
    #[error("entries {first} and {second} have the same key")]
    DuplicateChannel {
        /// The index of the first.
        first: usize,
        /// The index of the second.
        second: usize,
    },
    /// A list has the name of a platform or kind of content twice.
    #[error("`{name}` stands twice")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A channel is not among those given.
    #[error("there is no such channel")]
    UnknownChannel,
    /// The index of a channel is beyond the list.
    #[error("row {row}: channel {index} of {channels}")]
    ChannelIndex {
        /// The index of the row.
        row: usize,
        /// The index of the channel as given.
        index: usize,
        /// How many channels there are.
        channels: usize,
    },
    /// A list has the wrong length.
    #[error("{}, {expected} needed", Counted(.actual, "figure"))]
    Length {
        /// How many are needed.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// A count needs more than 64 bits.
    #[error("the counts add up to more than 18446744073709551615")]
    TooMany,
    /// The result would be larger than its limit.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// An edge is below zero.
    #[error("{amount} is below 0")]
    NegativeAmount {
        /// The amount.
        amount: Money,
    },
    /// The orders of a customer in a period are below zero.
    #[error("{orders} orders in a period are below 0")]
    NegativeOrders {
        /// How many.
        orders: Ratio,
    },
    /// A contribution is below zero.
    #[error("contribution {index} is {contribution}, below 0")]
    NegativeContribution {
        /// Its index.
        index: usize,
        /// Its value.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        contribution: Decimal,
    },
    /// The contributions add up to 0, so that there are no shares.
    #[error("the contributions add up to 0")]
    NoContribution,
    /// A channel would depend on itself.
    #[error("channel {index} depends on itself")]
    OwnDependence {
        /// Its index.
        index: usize,
    },
    /// The channels reach nobody, or everybody where a correlation needs others to compare.
    #[error("the channels reach too little to be compared")]
    EmptyPair,
    /// The channels of counts are not in ascending order.
    #[error("the channels are not in ascending order")]
    NotAscending,
    /// The counts are not a triangle over the channels.
    #[error("the counts are not one row for each of {}, each one shorter", Counted(.channels, "channel"))]
    CountShape {
        /// How many channels there are.
        channels: usize,
    },
    /// The counts of a pair are impossible.
    #[error("the counts of channels {left} and {right} cannot be")]
    ImpossibleCounts {
        /// The index of the left channel.
        left: usize,
        /// The index of the right channel.
        right: usize,
    },
    /// A tier has no people.
    #[error("tier {index} has nobody")]
    EmptyTier {
        /// Its index.
        index: usize,
    },
    /// A tier is smaller than the one above it.
    #[error("tier {index} is smaller than the tier before it")]
    NotAPyramid {
        /// Its index.
        index: usize,
    },
    /// A kind of content has no share in the mix.
    #[error("`{name}` has no share in the mix")]
    NotInMix {
        /// The kind.
        name: String,
    },
    /// A share of the mix has no kind of content.
    #[error("the mix has a share for `{name}`, which is not in the matrix")]
    NotInMatrix {
        /// The kind.
        name: String,
    },
    /// A measured baseline is 0, so that no change is a share of it.
    #[error("the change from a baseline of 0 to {actual} is no share of it")]
    ZeroBaseline {
        /// What was reached.
        actual: Count,
    },
    /// A decision table has no text output named `action`.
    #[error("the table has no text output `action`")]
    NoActionOutput,
    /// A decision table may answer with several actions.
    #[error("a table of policy {policy:?} does not answer with one action")]
    SeveralAnswers {
        /// Its hit policy.
        policy: HitPolicy,
    },
    /// A word that is none of the known choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// A target was refused.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A figure is missing or undefined, or an interval is invalid.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

crate::error::fault!(ChannelError);

impl ChannelError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::UnknownChannel | Self::NotInMix { .. } | Self::NotInMatrix { .. } => ErrorKind::NotFound,
            Self::DuplicateChannel { .. } | Self::DuplicateName { .. } => ErrorKind::Duplicate,
            Self::Undefined { .. }
            | Self::Missing { .. }
            | Self::OnlyARange { .. }
            | Self::NoContribution
            | Self::EmptyPair
            | Self::ZeroBaseline { .. } => ErrorKind::Undefined,
            Self::NotNested { .. }
            | Self::Contradiction { .. }
            | Self::Refuted { .. }
            | Self::ZeroMetric { .. }
            | Self::OwnDependence { .. }
            | Self::ImpossibleCounts { .. }
            | Self::NotAscending
            | Self::SeveralAnswers { .. } => ErrorKind::Conflict,
            Self::Length { .. } | Self::CountShape { .. } | Self::NoActionOutput => ErrorKind::Mismatch,
            Self::Negative { .. }
            | Self::NegativeReturn { .. }
            | Self::NotWhole { .. }
            | Self::RateAboveOne { .. }
            | Self::NegativeMetric { .. }
            | Self::ChannelIndex { .. }
            | Self::NegativeAmount { .. }
            | Self::NegativeOrders { .. }
            | Self::NegativeContribution { .. }
            | Self::EmptyTier { .. }
            | Self::NotAPyramid { .. } => ErrorKind::OutOfRange,
            Self::NoChannels => ErrorKind::Empty,
            Self::TooMany => ErrorKind::Overflow,
            Self::TooLarge(_) => ErrorKind::Limit,
            Self::Target(error) => error.kind(),
            Self::Figure(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
        }
    }
}
