//! What the given figures and metrics of a channel imply, and whether they agree.
//!
//! A metric ties two figures together: numerator = value * denominator. Figures and metrics make a graph: every figure
//! that can be reached from a known one is known. Connected figures of which none is known keep their proportions: CPC
//! and CTR give CPM without a single count.

use super::figure_step::Given;
use super::{ChannelFigure, Metric};
use crate::quantity::{QuantityError, Ratio};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A metric as a tie: numerator = value * denominator, in units without a power of ten.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tie {
    pub(super) metric: Metric,
    pub(super) value: Ratio,
}

/// The step by which a figure became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It was given, or is taken as 1 where only proportions are known.
    Start,
    /// The metric times the figure.
    Product(Metric, ChannelFigure),
    /// The figure divided by the metric.
    Quotient(Metric, ChannelFigure),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    /// The connected part of the graph: 0 for known figures, other numbers where only proportions are known.
    part: usize,
    pub(super) value: Ratio,
    pub(super) step: Step,
}

/// The figures with their known values or proportions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Known {
    nodes: BTreeMap<ChannelFigure, Node>,
}

impl Known {
    /// The figures that `figures` and `ties` imply. Given figures are never changed; a tie that closes a circle is
    /// checked by [`implied`](Self::implied).
    pub(super) fn of(figures: &[(ChannelFigure, Ratio)], ties: &[Tie]) -> Result<Self, QuantityError> {
        let start =
            |&(figure, value): &(ChannelFigure, Ratio)| (figure, Node { part: 0, value, step: Step::Start });
        let mut known = Self { nodes: figures.iter().map(start).collect() };
        known.spread(ties)?;
        // What is not reached from a figure opens a part of its own with 1 as its unit: within a part only
        // quotients mean something.
        for (part, figure) in (1..).zip(ChannelFigure::ALL) {
            let node = Node { part, value: Ratio::ONE, step: Step::Start };
            known.nodes.entry(figure).or_insert(node);
            known.spread(ties)?;
        }
        Ok(known)
    }

    fn spread(&mut self, ties: &[Tie]) -> Result<(), QuantityError> {
        let mut before = 0;
        while before != self.nodes.len() {
            before = self.nodes.len();
            for Tie { metric, value } in ties {
                let (top, bottom) = (metric.numerator(), metric.denominator());
                match (self.nodes.get(&top).copied(), self.nodes.get(&bottom).copied()) {
                    (None, Some(node)) => {
                        let step = Step::Product(*metric, bottom);
                        let reached = Node { part: node.part, value: node.value.times(*value)?, step };
                        self.nodes.insert(top, reached);
                    }
                    // A metric of 0 does not tell what it was divided by.
                    (Some(node), None) if !value.is_zero() => {
                        let step = Step::Quotient(*metric, top);
                        let reached = Node { part: node.part, value: node.value.divided_by(*value)?, step };
                        self.nodes.insert(bottom, reached);
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// The figure, if its value is known and not only its proportion to others.
    pub(super) fn figure(&self, figure: ChannelFigure) -> Option<&Node> {
        // Figures of the other parts are known up to a common factor only.
        self.nodes.get(&figure).filter(|node| node.part == 0)
    }

    /// Numerator and denominator of a metric, if their proportion is known.
    pub(super) fn pair(&self, metric: Metric) -> Option<(Ratio, Ratio)> {
        let (top, bottom) = (self.nodes.get(&metric.numerator())?, self.nodes.get(&metric.denominator())?);
        (top.part == bottom.part).then_some((top.value, bottom.value))
    }

    /// The given figures and metrics that imply the quotient of a metric.
    pub(super) fn givens(&self, metric: Metric) -> Vec<Given> {
        let (top, bottom) = (self.way(metric.numerator()), self.way(metric.denominator()));
        // What both ways share lies before the fork and says nothing about their quotient.
        let only = |own: &[Given], other: &[Given]| {
            own.iter().filter(|given| !other.contains(given)).copied().collect::<Vec<_>>()
        };
        let mut givens = only(&top, &bottom);
        givens.extend(only(&bottom, &top));
        givens
    }

    /// The figures on the way to a figure, from the one that was given, each with how it was reached.
    pub(super) fn chain(&self, figure: ChannelFigure) -> Vec<(ChannelFigure, Step)> {
        let mut chain = Vec::new();
        let mut next = Some(figure);
        // A way never meets a figure twice, so that it ends at one that was given.
        while let Some((at, node)) = next.and_then(|at| Some((at, self.nodes.get(&at)?))) {
            chain.push((at, node.step));
            next = match node.step {
                Step::Product(_, from) | Step::Quotient(_, from) => Some(from),
                Step::Start => None,
            };
        }
        chain.reverse();
        chain
    }

    /// The givens on the way to a figure, from the last.
    fn way(&self, figure: ChannelFigure) -> Vec<Given> {
        let mut way = Vec::new();
        let mut at = figure;
        // A way never meets a figure twice.
        for _ in ChannelFigure::ALL {
            match self.nodes.get(&at).map(|node| node.step) {
                Some(Step::Product(metric, from) | Step::Quotient(metric, from)) => {
                    way.push(Given::Metric(metric));
                    at = from;
                }
                Some(Step::Start) | None => {
                    way.push(Given::Figure(at));
                    break;
                }
            }
        }
        way
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn tie(metric: Metric, value: rust_decimal::Decimal) -> Tie {
        Tie { metric, value: Ratio::from(value) }
    }

    #[test]
    fn proportions_are_known_without_a_figure() {
        let ties = [tie(Metric::ClickThroughRate, dec!(0.1)), tie(Metric::CostPerClick, dec!(2))];
        let known = Known::of(&[], &ties).unwrap();
        let (spend, impressions) = known.pair(Metric::CostPerMille).unwrap();
        assert_eq!(spend.divided_by(impressions).unwrap(), Ratio::from(dec!(0.2)));
        assert_eq!(known.pair(Metric::ConversionRate), None);
        assert!(known.figure(ChannelFigure::Clicks).is_none());
    }

    #[test]
    fn a_zero_metric_implies_nothing_backwards() {
        let figures = [(ChannelFigure::Clicks, Ratio::ZERO)];
        let known = Known::of(&figures, &[tie(Metric::ClickThroughRate, dec!(0))]).unwrap();
        assert!(known.figure(ChannelFigure::Impressions).is_none());
        let figures = [(ChannelFigure::Impressions, Ratio::ONE)];
        let known = Known::of(&figures, &[tie(Metric::ClickThroughRate, dec!(0))]).unwrap();
        assert_eq!(known.figure(ChannelFigure::Clicks).unwrap().value, Ratio::ZERO);
    }

    #[test]
    fn a_fork_names_only_what_the_quotient_follows_from() {
        let figures = [(ChannelFigure::Conversions, Ratio::from(dec!(200)))];
        let ties = [tie(Metric::CostPerAcquisition, dec!(50)), tie(Metric::AverageOrderValue, dec!(160))];
        let known = Known::of(&figures, &ties).unwrap();
        assert_eq!(
            known.givens(Metric::ReturnOnAdSpend),
            [Given::Metric(Metric::AverageOrderValue), Given::Metric(Metric::CostPerAcquisition)]
        );
    }
}
