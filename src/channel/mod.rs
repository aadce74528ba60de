//! Channels: what was spent and what came back, in metrics that name their unit, and what to do next.
//!
//! ```
//! use marketloop::channel::{Figure, Metric, Scorecard};
//! use marketloop::quantity::Rounding;
//!
//! // The table gives cost per acquisition and return; spend and revenue follow.
//! let search = Scorecard::draft()
//!     .impressions(50_000)
//!     .clicks(5_000)
//!     .conversions(200)
//!     .cost_per_acquisition("50 CNY".parse()?)
//!     .return_on_ad_spend("1:3.2".parse()?)
//!     .check()?;
//! assert_eq!(search.explain(Figure::Spend).to_string(), "spend 10,000.00 CNY = cost per acquisition x conversions");
//! assert_eq!(search.show(Metric::AverageOrderValue, 2, Rounding::HalfEven)?.to_string(), "160 CNY/conversion");
//! assert_eq!(search.show(Metric::ConversionRate, 2, Rounding::HalfEven)?.to_string(), "4 %");
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
//! | an implied count or amount that is not whole | [`ChannelError::NotWhole`]; with [`ScorecardDraft::metrics_rounded_to`] the nearest whole one |
//! | more clicks than impressions, more conversions than clicks | [`ChannelError::NotNested`] |
//! | a figure that one channel of a total lacks | not known in the total |
//! | two currencies in one card or total | [`ChannelError::Quantity`] naming both |

mod figure;
mod implied;
mod metric;
mod returns;
mod scorecard;
mod scorecard_draft;

pub use figure::Figure;
pub use implied::Given;
pub use metric::Metric;
pub use returns::{NetReturn, ReturnOnAdSpend};
pub use scorecard::{FigureReason, Scorecard};
pub use scorecard_draft::ScorecardDraft;

use crate::error::ErrorKind;
use crate::quantity::{Count, Money, Quantity, QuantityError, Ratio};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Why a channel's figures were refused or a metric does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// A metric whose denominator is zero.
    #[error("{metric} is undefined: {missing} is 0")]
    Undefined {
        /// The metric.
        metric: Metric,
        /// The figure that is zero.
        missing: Figure,
    },
    /// A metric of a figure that is neither given nor implied.
    #[error("{metric} is not known: {figure} is missing")]
    Missing {
        /// The metric.
        metric: Metric,
        /// The figure.
        figure: Figure,
    },
    /// A metric that the other givens refute.
    #[error("{metric} is given as {given}, but {} make it {implied}: {difference} apart", Listed(by))]
    Contradiction {
        /// The metric.
        metric: Metric,
        /// Its given value.
        given: Quantity,
        /// Its value according to the other givens, to 6 decimals.
        implied: Quantity,
        /// The given value less the implied one, to 6 decimals.
        difference: Quantity,
        /// The figures and metrics that imply it.
        by: Vec<Given>,
    },
    /// A metric of 0 whose numerator is not 0.
    #[error("{metric} is given as 0, but {figure} is not 0")]
    ZeroMetric {
        /// The metric.
        metric: Metric,
        /// Its numerator.
        figure: Figure,
    },
    /// An implied figure that is no whole number of things or of minor units.
    #[error("the metrics imply {figure} of {implied}, which is not whole at {decimals} decimals")]
    NotWhole {
        /// The figure.
        figure: Figure,
        /// Its implied value.
        implied: Ratio,
        /// The decimals of a whole one: 0 of a count, the currency's of an amount.
        decimals: u32,
    },
    /// A rate above 1.
    #[error("{metric} {value} is above 100 %")]
    RateAboveOne {
        /// The metric.
        metric: Metric,
        /// Its given value.
        value: Quantity,
    },
    /// A rate, a cost or an order value below zero.
    #[error("{metric} {value} is below 0")]
    NegativeMetric {
        /// The metric.
        metric: Metric,
        /// Its given value.
        value: Quantity,
    },
    /// A step of the path to a conversion that has more than the step before it.
    #[error("{inner_count} {inner} exceed {outer_count} {outer}")]
    NotNested {
        /// The later step.
        inner: Figure,
        /// Its count.
        inner_count: Count,
        /// The earlier step.
        outer: Figure,
        /// Its count.
        outer_count: Count,
    },
    /// A spend or a revenue below zero.
    #[error("{figure} {amount} is below 0")]
    Negative {
        /// The figure.
        figure: Figure,
        /// Its amount.
        amount: Money,
    },
    /// A text that is not a return such as `1:3.2`.
    #[error("`{text}` is not a return such as 1:3.2")]
    NotAReturn {
        /// The text as given, shortened when long.
        text: String,
    },
    /// A text that is not a net return of -100 % or more.
    #[error("`{text}` is not a net return of -100% or more, such as 220%")]
    NotANetReturn {
        /// The text as given, shortened when long.
        text: String,
    },
    /// There are no channels to total.
    #[error("a total needs at least one channel")]
    NoChannels,
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

/// Givens as `spend and conversions`.
struct Listed<'a>(&'a [Given]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, given) in self.0.iter().enumerate() {
            match index {
                0 => {}
                _ if index.saturating_add(1) == self.0.len() => f.write_str(" and ")?,
                _ => f.write_str(", ")?,
            }
            given.fmt(f)?;
        }
        Ok(())
    }
}

impl ChannelError {
    /// The sort of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Undefined { .. } | Self::Missing { .. } => ErrorKind::Undefined,
            Self::NotNested { .. } | Self::Contradiction { .. } | Self::ZeroMetric { .. } => {
                ErrorKind::Conflict
            }
            Self::Negative { .. }
            | Self::NotAReturn { .. }
            | Self::NotANetReturn { .. }
            | Self::NotWhole { .. }
            | Self::RateAboveOne { .. }
            | Self::NegativeMetric { .. } => ErrorKind::OutOfRange,
            Self::NoChannels => ErrorKind::Empty,
            Self::Quantity(error) => error.kind(),
        }
    }
}
