//! Channels: what was spent and what came back, in metrics that name their unit.
//!
//! ```
//! use marketloop::channel::{Metric, ReturnOnAdSpend, Scorecard};
//! use marketloop::quantity::{Count, Money, Rounding};
//! use rust_decimal::dec;
//!
//! // The table gives cost per acquisition and return; spend and revenue follow.
//! let roas: ReturnOnAdSpend = "1:3.2".parse()?;
//! let search = Scorecard::from_cost_and_return(
//!     Count::new(50_000), Count::new(5_000), Count::new(200), Money::parse("50 CNY")?, roas,
//! )?;
//! assert_eq!(search.spend(), Money::parse("10,000.00 CNY")?);
//! assert_eq!(search.revenue(), Money::parse("32,000.00 CNY")?);
//! assert_eq!(search.metric(Metric::AverageOrderValue)?.round(2, Rounding::HalfEven)?, dec!(160));
//! assert_eq!(search.show(Metric::ConversionRate, 2, Rounding::HalfEven)?.to_string(), "4 %");
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! A total over channels is a sum of counts and amounts; its metrics are sums over sums, never means of
//! ratios ([`Scorecard::total`]).
//!
//! | case | answer |
//! | --- | --- |
//! | a metric over nothing (no clicks, no spend) | [`ChannelError::Undefined`] with the metric and what is missing |
//! | more clicks than impressions, more conversions than clicks | [`ChannelError::NotNested`] |
//! | a cost per acquisition and a return whose product has a fraction of a cent | [`ChannelError::Quantity`] at `cost_per_acquisition` |
//! | two currencies in one total | [`ChannelError::Quantity`] naming both |

mod metric;
mod scorecard;

pub use metric::{Metric, ReturnOnAdSpend};
pub use scorecard::{Scorecard, ScorecardDraft};

use crate::error::ErrorKind;
use crate::quantity::{Count, Money, QuantityError};
use alloc::string::String;

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
        missing: &'static str,
    },
    /// A step of the path to a conversion that has more than the step before it.
    #[error("{inner_count} {inner} exceed {outer_count} {outer}")]
    NotNested {
        /// The later step.
        inner: &'static str,
        /// Its count.
        inner_count: Count,
        /// The earlier step.
        outer: &'static str,
        /// Its count.
        outer_count: Count,
    },
    /// A spend or a revenue below zero.
    #[error("{figure} {amount} is below 0")]
    Negative {
        /// The figure.
        figure: &'static str,
        /// Its amount.
        amount: Money,
    },
    /// A text that is not a return such as `1:3.2`.
    #[error("`{text}` is not a return such as 1:3.2")]
    NotAReturn {
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

impl ChannelError {
    /// The sort of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Undefined { .. } => ErrorKind::Undefined,
            Self::NotNested { .. } => ErrorKind::Conflict,
            Self::Negative { .. } | Self::NotAReturn { .. } => ErrorKind::OutOfRange,
            Self::NoChannels => ErrorKind::Empty,
            Self::Quantity(error) => error.kind(),
        }
    }
}
