//! The values that the figures of a rounded export can have.
//!
//! A rounded metric says that its numerator lies between two multiples of its denominator; the path says that no step
//! has more than the step before it. All of these are inequalities `a x >= b y` between two whole numbers with
//! `a, b >= 0`. The solutions of such a system are closed under the minimum and the maximum of each coordinate: there is
//! one least and one greatest solution. Raising every bound that an inequality refutes, until none does, ends in exactly
//! these. The ends are therefore the tightest, of all figures together (Hochbaum and Naor, 1994, on monotone systems).
//!
//! The cost is the number of rounds: the digits of the input set no bound on it (the problem is weakly NP-hard,
//! Lagarias, 1985). Real exports take a few rounds. Past [`MOST_ROUNDS`] the bounds stand as they are: each is still
//! implied by what was given, but need not be the tightest.

use super::figure_step::Given;
use super::{ChannelFigure, Metric};
use crate::quantity::Ratio;
use crate::quantity::natural::{Natural, greatest_common_divisor, on_narrowest};
use alloc::boxed::Box;
use alloc::vec::Vec;
use num_bigint::BigUint;

/// The maximum number of rounds of narrowing.
const MOST_ROUNDS: u32 = 10_000;

/// The number of rounds after which the metrics are checked for a contradiction without any figure, in which bounds
/// would grow without end.
const PATIENCE: u32 = 64;

/// The rounded metric as a tie: numerator / denominator, in units without a power of ten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RoundedTie {
    pub(super) metric: Metric,
    /// The rounded value as given.
    pub(super) value: Ratio,
    pub(super) lowest: Ratio,
    pub(super) highest: Ratio,
}

/// A set of figures and metrics that were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Givens(u32);

impl Givens {
    const NONE: Self = Self(0);

    fn figure(figure: ChannelFigure) -> Self {
        // The 8 figures have the lowest byte: the shift is below 8 and never wraps.
        Self(1_u32.wrapping_shl(figure as u32))
    }

    fn metric(metric: Metric) -> Self {
        // The metrics stand behind the figures: 19 bits of 32.
        Self(0x100_u32.wrapping_shl(metric as u32))
    }

    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The members, figures first.
    pub(super) fn list(self) -> Vec<Given> {
        let figures = ChannelFigure::ALL.into_iter().filter(|figure| self.meets(Self::figure(*figure)));
        figures.map(Given::Figure).chain(self.metrics().map(Given::Metric)).collect()
    }

    fn metrics(self) -> impl Iterator<Item = Metric> {
        Metric::ALL.into_iter().filter(move |metric| self.meets(Self::metric(*metric)))
    }
}

/// A bound in things or minor units, and the givens that imply it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) value: u128,
    pub(super) by: Givens,
}

/// The whole numbers that a figure can be; without a maximum it has no upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) lowest: Bound,
    pub(super) highest: Option<Bound>,
}

impl Span {
    /// The one number that it can be.
    pub(super) fn only(&self) -> Option<u128> {
        self.highest.map(|highest| highest.value).filter(|highest| *highest == self.lowest.value)
    }

    fn raise(&mut self, value: u128, by: Givens) -> bool {
        // Strictly, so that the first givens that imply an end keep it, and a round without a change is seen.
        let higher = value > self.lowest.value;
        if higher {
            self.lowest = Bound { value, by };
        }
        higher
    }

    fn lower(&mut self, value: u128, by: Givens) -> bool {
        let lower = self.highest.is_none_or(|highest| value < highest.value);
        if lower {
            self.highest = Some(Bound { value, by });
        }
        lower
    }

    fn is_empty(&self) -> bool {
        self.highest.is_some_and(|highest| self.lowest.value > highest.value)
    }
}

const FIGURES: usize = ChannelFigure::ALL.len();

/// A span for every figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spans([Span; FIGURES]);

impl Spans {
    #[expect(clippy::indexing_slicing, reason = "the number of a figure is below the number of figures")]
    const fn of(&self, figure: ChannelFigure) -> &Span {
        &self.0[figure as usize]
    }

    #[expect(clippy::indexing_slicing, reason = "the number of a figure is below the number of figures")]
    const fn of_mut(&mut self, figure: ChannelFigure) -> &mut Span {
        &mut self.0[figure as usize]
    }
}

/// The inequality `to * denominator >= from * numerator`.
#[derive(Debug, Clone, Copy)]
struct Edge {
    from: ChannelFigure,
    to: ChannelFigure,
    numerator: u128,
    denominator: u128,
    by: Givens,
}

/// Why no values agree with what was given.
#[derive(Debug)]
pub(super) enum Refuted {
    /// The lowest value of a figure is above its highest.
    Figure(ChannelFigure, Bound, Bound),
    /// A metric is given above or below what other metrics make of it: its lowest and its highest quotient, in
    /// ones, each with what implies it. The lowest is above the highest.
    Metric(Metric, (Ratio, Givens), (Ratio, Givens)),
    /// A figure would be larger than its type can hold.
    TooLarge,
}

/// The figures of a rounded export with the values that they can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ranges {
    spans: Spans,
    ties: Vec<RoundedTie>,
    /// The decimals of the currency: amounts are counted in minor units.
    digits: u32,
    given: Givens,
}

impl Ranges {
    /// The tightest bounds of all figures, from those given as whole numbers and from the metrics.
    pub(super) fn of(
        figures: &[(ChannelFigure, u128)],
        ties: Vec<RoundedTie>,
        digits: u32,
    ) -> Result<Self, Box<Refuted>> {
        let nothing = Span { lowest: Bound { value: 0, by: Givens::NONE }, highest: None };
        let mut spans = Spans([nothing; FIGURES]);
        // A metric above 0 was divided by something. Shown as 0, it may also stand for a quotient of nothing.
        for tie in ties.iter().filter(|tie| !tie.lowest.is_zero()) {
            spans.of_mut(tie.metric.denominator()).raise(1, Givens::metric(tie.metric));
        }
        let mut given = Givens::NONE;
        for &(figure, value) in figures {
            let by = Givens::figure(figure);
            given = given.with(by);
            let span = spans.of_mut(figure);
            span.raise(value, by);
            // A figure that was given explains itself, even where a metric had implied the same end before.
            if span.lowest.value == value {
                span.lowest.by = by;
            }
            span.lower(value, by);
        }
        let edges = edges(&ties, digits);
        narrow(&mut spans, &edges, &ties, digits)?;
        Ok(Self { spans, ties, digits, given })
    }

    /// The values of a figure, where it was given or a metric ties it; the order of the path alone gives no value.
    pub(super) fn span(&self, figure: ChannelFigure) -> Option<&Span> {
        let tied = |tie: &RoundedTie| tie.metric.numerator() == figure || tie.metric.denominator() == figure;
        let asked = self.given.meets(Givens::figure(figure)) || self.ties.iter().any(tied);
        asked.then(|| self.spans.of(figure))
    }

    pub(super) fn is_given(&self, figure: ChannelFigure) -> bool {
        self.given.meets(Givens::figure(figure))
    }

    /// The metric as given, as a ratio.
    pub(super) fn written(&self, metric: Metric) -> Option<Ratio> {
        self.ties.iter().find(|tie| tie.metric == metric).map(|tie| tie.value)
    }

    /// The lowest and the highest quotient of a metric, in ones, and of a net return before 1 is taken off.
    ///
    /// `None` where nothing sets the highest, or where its fraction needs more than 128 bits.
    pub(super) fn quotients(&self, metric: Metric) -> Option<(Ratio, Ratio)> {
        let (above, below) = (self.span(metric.numerator())?, self.span(metric.denominator())?);
        let gains = Gains::of(&edges(&self.ties, self.digits)).ok()?;
        // The metric exists only over a denominator above 0: a range that begins at 0 is taken from 1 on.
        let least = below.lowest.value.max(1);
        let by_figures = above.highest.and_then(|highest| Ratio::of_integers(false, highest.value, least));
        let by_metrics = gains.highest(metric);
        let highest = by_figures.into_iter().chain(by_metrics).min()?;
        let by_figures =
            below.highest.and_then(|highest| Ratio::of_integers(false, above.lowest.value, highest.value));
        let lowest = by_figures.into_iter().chain(gains.lowest(metric)).max().unwrap_or(Ratio::ZERO);
        let scale = scale(metric, self.digits)?;
        Some((lowest.divided_by(scale).ok()?, highest.divided_by(scale).ok()?))
    }
}

/// Minor units per unit of a metric: 100 for yuan per click, 1 for clicks per impression and yuan per yuan.
fn scale(metric: Metric, digits: u32) -> Option<Ratio> {
    // Money is searched in minor units, so that all unknowns are whole; in money by money they cancel.
    let of_money = metric.numerator().is_money() && !metric.denominator().is_money();
    Ratio::of_integers(false, 10_u128.checked_pow(if of_money { digits } else { 0 })?, 1)
}

/// The inequalities of the metrics and of the path.
fn edges(ties: &[RoundedTie], digits: u32) -> Vec<Edge> {
    let mut edges = Vec::new();
    for tie in ties {
        let (top, bottom, by) =
            (tie.metric.numerator(), tie.metric.denominator(), Givens::metric(tie.metric));
        let in_minor = |value: Ratio| value.times(scale(tie.metric, digits)?).ok();
        // A bound whose fraction needs more than 128 bits is left out: the ranges are wider for it, not wrong.
        if let Some(low) = in_minor(tie.lowest).filter(|low| !low.is_zero()) {
            let (numerator, denominator) = (low.numerator(), low.denominator());
            edges.push(Edge { from: bottom, to: top, numerator, denominator, by });
        }
        if let Some(high) = in_minor(tie.highest).filter(|high| !high.is_zero()) {
            let (numerator, denominator) = (high.denominator(), high.numerator());
            edges.push(Edge { from: top, to: bottom, numerator, denominator, by });
        }
    }
    // Engagements are not on it: one view can be liked, commented on and shared.
    let path = [
        ChannelFigure::Impressions,
        ChannelFigure::Clicks,
        ChannelFigure::Conversions,
        ChannelFigure::NewCustomers,
    ];
    edges.extend(path.iter().zip(path.iter().skip(1)).map(|(outer, inner)| Edge {
        from: *inner,
        to: *outer,
        numerator: 1,
        denominator: 1,
        by: Givens::NONE,
    }));
    edges
}

/// Raises the lowest and lowers the highest values until no inequality refutes one.
fn narrow(spans: &mut Spans, edges: &[Edge], ties: &[RoundedTie], digits: u32) -> Result<(), Box<Refuted>> {
    for round in 0..MOST_ROUNDS {
        // All of a round start from the bounds before it: the shortest proof of a bound is found first.
        let before = *spans;
        let mut changed = false;
        for edge in edges {
            let (from, to) = (before.of(edge.from), before.of(edge.to));
            let raised = on_narrowest!(times_over(from.lowest.value, edge.numerator, edge.denominator));
            let Some((whole, rest)) = raised else {
                return Err(Box::new(refuted(edges, ties, digits).unwrap_or(Refuted::TooLarge)));
            };
            // A lower end is rounded up, an upper end down: figures are whole, and nothing lies in between.
            // At the end of 128 bits it stays there, which is refused below: no figure holds as much.
            let value = whole.saturating_add(u128::from(rest));
            changed |= spans.of_mut(edge.to).raise(value, from.lowest.by.with(edge.by));
            if let Some(highest) = to.highest {
                let lowered = on_narrowest!(times_over(highest.value, edge.denominator, edge.numerator));
                // A bound of more than 128 bits bounds nothing.
                if let Some((value, _)) = lowered {
                    changed |= spans.of_mut(edge.from).lower(value, highest.by.with(edge.by));
                }
            }
        }
        for figure in ChannelFigure::ALL {
            let span = spans.of(figure);
            if let Some(highest) = span.highest.filter(|_| span.is_empty()) {
                return Err(Box::new(Refuted::Figure(figure, span.lowest, highest)));
            }
            if span.lowest.value > largest(figure) {
                return Err(Box::new(refuted(edges, ties, digits).unwrap_or(Refuted::TooLarge)));
            }
        }
        if !changed {
            return Ok(());
        }
        if round == PATIENCE {
            refuted(edges, ties, digits).map_or(Ok(()), |refuted| Err(Box::new(refuted)))?;
        }
    }
    Ok(())
}

/// The largest count, or the largest number of minor units of an amount.
const fn largest(figure: ChannelFigure) -> u128 {
    // 64 bits of a count, 96 of an amount.
    if figure.is_money() { 0xffff_ffff_ffff_ffff_ffff_ffff } else { 0xffff_ffff_ffff_ffff }
}

/// `value * numerator / denominator`: the whole part, and whether there is a rest.
fn times_over<N: Natural>(value: u128, numerator: u128, denominator: u128) -> Option<(u128, bool)> {
    let product = N::from_u128(value)?.times(&N::from_u128(numerator)?)?;
    let (whole, rest) = product.div_rem(&N::from_u128(denominator)?)?;
    Some((whole.to_u128()?, !rest.is_zero()))
}

/// The metric that other metrics refute without any figure: the last of an irreducible set of such metrics.
fn refuted(edges: &[Edge], ties: &[RoundedTie], digits: u32) -> Option<Refuted> {
    Gains::of(edges).err()?;
    let without = |edges: &[Edge], metric| -> Vec<Edge> {
        edges.iter().filter(|edge| !edge.by.meets(Givens::metric(metric))).copied().collect()
    };
    // A metric is dropped where the rest contradicts itself without it: every one that stays is needed.
    let mut least = edges.to_vec();
    for metric in Metric::ALL {
        let rest = without(&least, metric);
        if Gains::of(&rest).is_err() {
            least = rest;
        }
    }
    let all = least.iter().fold(Givens::NONE, |all, edge| all.with(edge.by));
    let tie = all.metrics().last().and_then(|last| ties.iter().find(|tie| tie.metric == last))?;
    let (metric, own) = (tie.metric, Givens::metric(tie.metric));
    let rest = without(&least, metric);
    let by = rest.iter().fold(Givens::NONE, |all, edge| all.with(edge.by));
    let gains = Gains::of(&rest).ok()?;
    let scale = scale(metric, digits)?;
    let in_ones = |bound: Ratio| bound.divided_by(scale).ok();
    let lowest = gains.lowest(metric).and_then(in_ones).filter(|lowest| *lowest > tie.highest);
    if let Some(lowest) = lowest {
        return Some(Refuted::Metric(metric, (lowest, by), (tie.highest, own)));
    }
    let highest = gains.highest(metric).and_then(in_ones)?;
    Some(Refuted::Metric(metric, (tie.lowest, own), (highest, by)))
}

/// The largest factor `g` of every ordered pair of figures for which `to >= g * from` follows.
struct Gains([[Option<Gain>; FIGURES]; FIGURES]);

/// A fraction above 0.
#[derive(Clone)]
struct Gain {
    numerator: BigUint,
    denominator: BigUint,
}

impl Gain {
    #[expect(clippy::arithmetic_side_effects, reason = "a BigUint grows, it does not overflow")]
    fn times(&self, other: &Self) -> Self {
        Self {
            numerator: &self.numerator * &other.numerator,
            denominator: &self.denominator * &other.denominator,
        }
    }

    #[expect(clippy::arithmetic_side_effects, reason = "a BigUint grows, it does not overflow")]
    fn exceeds(&self, other: &Self) -> bool {
        &self.numerator * &other.denominator > &other.numerator * &self.denominator
    }

    /// The fraction, or, where it needs more than 128 bits, the one of 18 decimals that is not above it.
    fn at_most(&self) -> Option<Ratio> {
        let divisor = greatest_common_divisor(self.numerator.clone(), self.denominator.clone());
        let reduced = |value: &BigUint| value.div_rem(&divisor)?.0.to_u128();
        if let (Some(numerator), Some(denominator)) = (reduced(&self.numerator), reduced(&self.denominator)) {
            return Ratio::of_integers(false, numerator, denominator);
        }
        let decimals = 10_u128.pow(18);
        let scaled = Natural::times(&self.numerator, &BigUint::from(decimals))?;
        Ratio::of_integers(false, scaled.div_rem(&self.denominator)?.0.to_u128()?, decimals)
    }
}

impl Gains {
    /// The closure of the inequalities; an error where a figure would be larger than itself.
    ///
    /// Floyd (1962) over products in place of sums.
    #[expect(clippy::indexing_slicing, reason = "all indexes run over the figures")]
    #[expect(clippy::needless_range_loop, reason = "three indexes into one square")]
    fn of(edges: &[Edge]) -> Result<Self, ()> {
        let one = Gain { numerator: BigUint::from(1_u32), denominator: BigUint::from(1_u32) };
        let mut gains: [[Option<Gain>; FIGURES]; FIGURES] = Default::default();
        for (figure, row) in gains.iter_mut().enumerate() {
            row[figure] = Some(one.clone());
        }
        for edge in edges {
            let (numerator, denominator) = (edge.numerator.into(), edge.denominator.into());
            let gain = Gain { numerator, denominator };
            let known = &mut gains[edge.from as usize][edge.to as usize];
            if known.as_ref().is_none_or(|known| gain.exceeds(known)) {
                *known = Some(gain);
            }
        }
        // Over all triples: with 8 figures these are 512 products, and no search in the graph is shorter.
        for over in 0..FIGURES {
            for from in 0..FIGURES {
                let Some(first) = gains[from][over].clone() else { continue };
                for to in 0..FIGURES {
                    let Some(second) = &gains[over][to] else { continue };
                    if from == over || over == to {
                        continue;
                    }
                    let gain = first.times(second);
                    if gains[from][to].as_ref().is_none_or(|known| gain.exceeds(known)) {
                        gains[from][to] = Some(gain);
                    }
                }
                // A circle that gains demands of a figure more than itself, which no figure above 0 can give.
                if gains[from][from].as_ref().is_some_and(|own| own.exceeds(&one)) {
                    return Err(());
                }
            }
        }
        Ok(Self(gains))
    }

    #[expect(clippy::indexing_slicing, reason = "the number of a figure is below the number of figures")]
    const fn between(&self, from: ChannelFigure, to: ChannelFigure) -> Option<&Gain> {
        self.0[from as usize][to as usize].as_ref()
    }

    /// The lowest quotient of a metric, in minor units of money.
    fn lowest(&self, metric: Metric) -> Option<Ratio> {
        self.between(metric.denominator(), metric.numerator())?.at_most()
    }

    /// The highest quotient of a metric, in minor units of money.
    fn highest(&self, metric: Metric) -> Option<Ratio> {
        Ratio::ONE.divided_by(self.between(metric.numerator(), metric.denominator())?.at_most()?).ok()
    }
}
