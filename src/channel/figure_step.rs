//! The steps by which a figure of a channel follows from what was given.

use super::{ChannelFigure, Metric};
use crate::quantity::wire::wire_variants;
use crate::quantity::words::Word;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A figure or a metric that was given.
///
/// ```
/// # use marketloop::channel::Given;
/// let json = r#"{"metric":"click_through_rate"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Given>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Given {
    /// A figure.
    Figure(ChannelFigure),
    /// A metric.
    Metric(Metric),
}

wire_variants!(Given {
    "figure" => Figure(_),
    "metric" => Metric(_),
});

impl Given {
    /// The name of its field in a draft.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Figure(figure) => figure.word(),
            Self::Metric(metric) => metric.word(),
        }
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Figure(figure) => figure.fmt(f),
            Self::Metric(metric) => metric.fmt(f),
        }
    }
}

/// One step on the way to a figure of a [`Scorecard`](super::Scorecard).
///
/// # Examples
/// ```
/// use marketloop::channel::{ChannelFigure, FigureStep, Metric};
///
/// let step = FigureStep::Times { metric: Metric::CostPerAcquisition, figure: ChannelFigure::Spend };
/// assert_eq!(step.to_string(), "times cost per acquisition makes spend");
/// assert_eq!(
///     serde_json::to_string(&step)?,
///     r#"{"times":{"metric":"cost_per_acquisition","figure":"spend"}}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FigureStep {
    /// The figure was given.
    Given(ChannelFigure),
    /// The figure before it times a metric.
    Times {
        /// The metric.
        metric: Metric,
        /// The figure that it makes.
        figure: ChannelFigure,
    },
    /// The figure before it divided by a metric.
    DividedBy {
        /// The metric.
        metric: Metric,
        /// The figure that it makes.
        figure: ChannelFigure,
    },
    /// The lowest value that a figure can have.
    AtLeast {
        /// The figure.
        figure: ChannelFigure,
        /// The givens that make it no lower; empty where only 0 bounds it.
        by: Vec<Given>,
    },
    /// The highest value that the figure can have.
    AtMost {
        /// The figure.
        figure: ChannelFigure,
        /// The givens that make it no higher.
        by: Vec<Given>,
    },
}

wire_variants!(FigureStep {
    "given" => Given(_),
    "times" => Times { metric, figure },
    "divided_by" => DividedBy { metric, figure },
    "at_least" => AtLeast { figure, by },
    "at_most" => AtMost { figure, by },
});

impl fmt::Display for FigureStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(figure) => write!(f, "given {figure}"),
            Self::Times { metric, figure } => write!(f, "times {metric} makes {figure}"),
            Self::DividedBy { metric, figure } => write!(f, "divided by {metric} makes {figure}"),
            // The end 0 follows from nothing that was given.
            Self::AtLeast { figure, by } if by.is_empty() => write!(f, "{figure}, at least"),
            Self::AtLeast { figure, by } => write!(f, "{figure} by {}, at least", listed(by)),
            Self::AtMost { by, .. } => write!(f, "by {}, at most", listed(by)),
        }
    }
}

/// `impressions, clicks and cost per click`.
pub(super) fn listed(givens: &[Given]) -> String {
    let mut text = String::new();
    for (index, given) in (1..).zip(givens) {
        text.push_str(match index {
            1 => "",
            _ if index == givens.len() => " and ",
            _ => ", ",
        });
        text.push_str(match given {
            Given::Figure(figure) => figure.shown(),
            Given::Metric(metric) => metric.shown(),
        });
    }
    text
}
