//! Branch and bound on boxes: the dual of each box bounds it, the box whose bound is greatest is divided.
//!
//! For concave curves the dual of the whole question is the answer and the first node the last. Where a curve is
//! convex below its inflection, the dual fills the concave envelope instead; the line whose envelope lies furthest
//! above its curve divides the box at its spend (Falk and Soland 1969).

use super::certificate::{self, Dual, LEAST, Proof, dual};
use super::demand::{ASIDE, Bracket, Demand, Goal, Tighten};
use super::model::{Model, Target, response};
use super::sum::Sum;
use super::whole_units::WholeUnits;
use super::{Limits, Stop};
use crate::response::ResponseCurve;
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The result of a search.
pub(super) struct Searched {
    /// The best amounts.
    pub(super) best: Option<Found>,
    pub(super) tree: Proof,
    /// The prices of the whole question, at which real amounts meet.
    pub(super) multipliers: Vec<f64>,
    pub(super) stop: Stop,
}

/// Searches until the proof is there or the limits are reached.
pub(super) fn search<C: ResponseCurve>(model: &Model<'_, C>, limits: Limits) -> Searched {
    let mut search = Search::new(model);
    let stop = search.run(limits);
    let Search { best, tree, multipliers, .. } = search;
    Searched { best, tree, multipliers, stop }
}

/// Searches only until it is decided whether the budget of `model` brings `wanted`.
pub(super) fn decide<C: ResponseCurve>(
    model: &Model<'_, C>,
    limits: Limits,
    wanted: f64,
) -> (Option<Found>, Proof, Stop) {
    let mut search = Search::new(model);
    search.wanted = Some(wanted);
    let stop = search.run(limits);
    (search.best, search.tree, stop)
}

/// The greatest response that the budget of `model` was found to bring.
pub(super) fn greatest<C: ResponseCurve>(model: &Model<'_, C>, limits: Limits) -> Option<f64> {
    search(model, limits).best.map(|best| best.worth)
}

/// What amounts are worth for the aim: response, spend with a minus, or response less its price.
fn worth<C: ResponseCurve>(model: &Model<'_, C>, spends: &[f64]) -> f64 {
    let spent = || {
        let mut sum = Sum::default();
        for spend in spends {
            sum.add(*spend);
        }
        sum.total()
    };
    match model.target {
        Target::Spend(_) => response(model, spends),
        Target::Response(_) => -spent(),
        Target::Price(price) => response(model, spends) - price * spent(),
    }
}

/// Amounts, in whole minor units and as they were found, and what the whole ones are worth.
pub(super) struct Found {
    pub(super) worth: f64,
    pub(super) spends: Vec<f64>,
    pub(super) amounts: Vec<i128>,
}

/// Two spends that are a minor unit apart, between which a box is divided.
type Cut = (f64, f64);

/// The share of the gap from which on a single line explains it.
const TELLING: f64 = 0.5;

/// An open box in the order of its bound.
struct Open {
    bound: f64,
    node: usize,
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Open {}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> Ordering {
        // Of equal bounds the earlier box comes first, so that every run divides in the same order.
        self.bound.total_cmp(&other.bound).then_with(|| other.node.cmp(&self.node))
    }
}

struct Search<'m, 'a, C> {
    model: &'m Model<'a, C>,
    demand: Demand<'m, 'a, C>,
    tree: Proof,
    /// Where the open boxes are divided, if they can be.
    cuts: Vec<Option<(usize, f64, f64)>>,
    open: BinaryHeap<Open>,
    best: Option<Found>,
    /// The worth at which it is enough to know whether it is reached.
    wanted: Option<f64>,
    /// The prices of the whole question, at which real amounts meet.
    multipliers: Vec<f64>,
}

impl<'m, 'a, C: ResponseCurve> Search<'m, 'a, C> {
    fn new(model: &'m Model<'a, C>) -> Self {
        let demand = Demand::new(model);
        // Prices of 0 where the whole question cannot be filled: nothing is known of what a unit brings.
        let (cuts, multipliers) = (Vec::new(), alloc::vec![0.0; model.nodes.len()]);
        let (tree, open) = (Proof::default(), BinaryHeap::new());
        Self { model, demand, tree, cuts, open, best: None, wanted: None, multipliers }
    }

    /// Divides boxes until the proof is there, or no more work is to be done; why it stopped.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "nodes and lines are entries of vectors; strides are below twice what all caps hold"
    )]
    fn run(&mut self, limits: Limits) -> Stop {
        let (mut next, mut was, mut left) = (PATIENCE, f64::INFINITY, f64::NEG_INFINITY);
        self.visit(None, 0.0);
        loop {
            let best = self.best.as_ref().map_or(f64::NEG_INFINITY, |best| best.worth);
            let close = (limits.gap() * best.abs()).max(LEAST);
            // A budget cannot be told closer than a minor unit: that is as far as the dual may be off.
            let close = match self.model.target {
                Target::Response(_) => close.max(1.5 / self.model.units),
                _ => close,
            };
            let most = self.open.peek().map_or(f64::NEG_INFINITY, |top| top.bound);
            if self.wanted.is_some_and(|wanted| best >= wanted || most.max(left) < wanted) {
                return Stop::Proven;
            }
            let gap = most - best;
            if gap <= close {
                return if left - best > close { Stop::Indivisible } else { Stop::Proven };
            }
            let nodes = self.tree.nodes.len();
            // Never below the root, without which there is no bound at all.
            if nodes >= limits.nodes().max(1) {
                return Stop::Nodes;
            }
            // Before the division that would pass it.
            if nodes + 2 > next {
                if gap > PROGRESS * was {
                    return Stop::NoProgress;
                }
                (next, was) = (nodes + PATIENCE, gap);
            }
            let Some(Open { node, bound }) = self.open.pop() else { return Stop::Indivisible };
            let Some(&Some((line, below, above))) = self.cuts.get(node) else {
                // Nothing to divide: its bound stays with the proof, but other boxes may hold better amounts.
                left = left.max(bound);
                continue;
            };
            let price = self.tree.price(node);
            let part = self.tree.nodes.len();
            self.tree.split(node, line, (below, above));
            self.visit(Some(part), price);
            self.visit(Some(part + 1), price);
        }
    }

    /// Works on one box: its bound, amounts within it, and where to divide it.
    #[expect(clippy::indexing_slicing, reason = "a cut for each node: the list grows first")]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "nodes and lines are entries of vectors; strides are below twice what all caps hold"
    )]
    fn visit(&mut self, node: Option<usize>, guess: f64) {
        let id = node.unwrap_or_else(|| self.tree.start());
        self.cuts.resize(self.cuts.len().max(id + 1), None);
        if !self.tree.enter(id, &mut self.demand) {
            return;
        }
        let model = self.model;
        let Some(()) = fill(&mut self.demand, guess) else { return };
        let spends = self.demand.spend.clone();
        let dual = dual(&mut self.demand);
        self.tree.close(id, &self.demand.prices, &dual);
        self.offer(&spends);
        if id == 0 {
            self.multipliers.clone_from(&self.demand.prices);
        }
        // The least budget is bisected: its own dual is only the first bound.
        if !model.is_kinked || matches!(model.target, Target::Response(_)) {
            let dual = self.refined(dual);
            self.tree.close(id, &self.demand.prices, &dual);
            self.open.push(Open { bound: dual.worth, node: id });
            return;
        }
        let best = self.best.as_ref().map_or(f64::NEG_INFINITY, |best| best.worth);
        if dual.worth <= best || self.wanted.is_some_and(|wanted| dual.worth < wanted) {
            // Not divided, but kept: its bound belongs to the proof of what is left.
            self.open.push(Open { bound: dual.worth, node: id });
            return;
        }
        let mut furthest = self.furthest(&spends, &dual, None);
        self.polish(&spends, furthest.map(|(line, ..)| line), guess);
        let mut bound = dual.worth;
        let best = self.best.as_ref().map_or(f64::NEG_INFINITY, |best| best.worth);
        let is_told = |furthest: Option<(usize, f64, _)>, bound: f64| {
            furthest.is_some_and(|(_, above, _)| above >= TELLING * (bound - best))
        };
        if !is_told(furthest, bound) {
            // No line explains the gap: it comes from whole units, of which the prices of real amounts know nothing.
            let (whole, dual) = self.refined_in_box(&spends, dual);
            self.tree.close(id, &self.demand.prices, &dual);
            bound = dual.worth;
            if !is_told(furthest, bound) {
                furthest = self.furthest(&spends, &dual, Some(&whole));
            }
        }
        self.cuts[id] = furthest.map(|(line, _, cut)| (line, cut.0, cut.1));
        self.open.push(Open { bound, node: id });
    }

    /// The line whose envelope lies furthest above its curve at the spends, or at whole amounts; by how much, and the
    /// minor units between which it is divided there.
    #[expect(clippy::indexing_slicing, reason = "a curve, a conjugate and an amount for each line")]
    fn furthest(&self, spends: &[f64], dual: &Dual, whole: Option<&[i128]>) -> Option<(usize, f64, Cut)> {
        let model = self.model;
        let mut furthest: Option<(usize, f64, Cut)> = None;
        for (line, (spend, (least, most))) in
            spends.iter().zip(self.demand.least.iter().zip(&self.demand.most)).enumerate()
        {
            let (curve, (price, conjugate)) = (model.curves[line], dual.lines[line]);
            let at = |spend: f64| conjugate + price * spend - curve.value(spend);
            let unit = spend * model.units;
            let amount = whole.map(|whole| whole[line]);
            let above = if let Some(amount) = amount {
                at(model.main(amount))
            } else {
                // Of the whole units around the spend the better one: at a corner between two of them neither is as good
                // as the spend itself, and a gap that comes from there would send the search to other lines.
                let near = |unit: f64| at((unit / model.units).clamp(*least, *most));
                near(libm::floor(unit)).min(near(libm::ceil(unit)))
            };
            // Between two whole minor units of the box, which then belong to a part each; where the spend is a whole one,
            // on the side of the whole amount.
            let is_less = amount.is_some_and(|amount| model.main(amount) < *spend);
            let below = if is_less { libm::ceil(unit) - 1.0 } else { libm::floor(unit) };
            let below = below.min(libm::floor(most * model.units) - 1.0);
            let cut = (below / model.units, (below + 1.0) / model.units);
            let inside = cut.0 >= *least && cut.1 <= *most && cut.0 < cut.1;
            if inside && furthest.is_none_or(|(_, most, _)| above > most) {
                furthest = Some((line, above, cut));
            }
        }
        furthest
    }

    /// The dual of a box at prices between what the last unit of whole amounts within it brought and what the next one
    /// would.
    fn refined_in_box(&mut self, spends: &[f64], dual: Dual) -> (Vec<i128>, Dual) {
        let is_spend = matches!(self.model.target, Target::Spend(_));
        let bounds = self.demand.whole_bounds();
        let mut whole = WholeUnits::below(self.model, &bounds, spends);
        whole.keep_groups();
        if is_spend {
            whole.reach(self.model.nodes.last().map_or(0, |node| node.floor));
        }
        whole.exchange(moves(spends.len()));
        let dual = if is_spend { self.at_prices_of(&whole, dual) } else { dual };
        (whole.amounts, dual)
    }

    /// The dual at the prices of whole amounts, where that is the less.
    fn at_prices_of(&mut self, whole: &WholeUnits<'_, '_, C>, dual: Dual) -> Dual {
        let kept = self.demand.prices.clone();
        whole.move_prices(&mut self.demand.prices);
        let finer = certificate::dual(&mut self.demand);
        if finer.worth < dual.worth {
            return finer;
        }
        self.demand.prices = kept;
        dual
    }

    /// The dual at prices between what the last unit of the whole amounts brought and what the next one would:
    /// there it is as tight as whole amounts allow. Only where the real amounts' prices leave a gap.
    fn refined(&mut self, dual: Dual) -> Dual {
        let Some(best) = &self.best else { return dual };
        if dual.worth - best.worth <= 1e-14 * best.worth.abs()
            || !matches!(self.model.target, Target::Spend(_))
        {
            return dual;
        }
        let bounds = self.model.bounds();
        let whole = WholeUnits::of(self.model, &bounds, best.amounts.clone());
        self.at_prices_of(&whole, dual)
    }

    /// Keeps amounts whose whole minor units are better than the best so far; a target's have to reach it, rounding
    /// aside, for the whole minor units are raised until they do.
    fn offer(&mut self, spends: &[f64]) {
        let model = self.model;
        if let Target::Response(target) = model.target
            && response(model, spends) < target - ROUNDING * target.abs()
        {
            return;
        }
        let best = self.best.as_ref().map_or(f64::NEG_INFINITY, |best| best.worth);
        // Whole minor units near these are worth no more than a little above them.
        if worth(model, spends) <= best {
            return;
        }
        let bounds = model.bounds();
        self.keep(spends, WholeUnits::below(model, &bounds, spends));
        if model.is_kinked && matches!(model.target, Target::Response(_)) {
            // What ends a dead zone is rounded up to it: below it, units would be raised wherever a curve still rises.
            self.keep(spends, WholeUnits::above(model, &bounds, spends));
        }
    }

    /// Keeps the best whole amounts near these, if they are better than the best so far.
    fn keep(&mut self, spends: &[f64], near: WholeUnits<'_, '_, C>) {
        let (model, best) = (self.model, self.best.as_ref());
        let amounts = whole_amounts(near, best.map(|best| best.amounts.iter().sum()));
        let whole: Vec<f64> = amounts.iter().map(|amount| model.main(*amount)).collect();
        let worth = worth(model, &whole);
        let is_enough = match model.target {
            Target::Response(target) => response(model, &whole) >= target,
            _ => true,
        };
        if is_enough && self.best.as_ref().is_none_or(|best| worth > best.worth) {
            self.best = Some(Found { worth, spends: spends.to_vec(), amounts });
        }
    }

    /// Amounts near the given ones: every line that is past its inflection stays there, the others stay where
    /// they are, and what is concave is filled to the optimum. The line in the middle of its jump is tried past
    /// it, before it and where it stands.
    #[expect(clippy::indexing_slicing, reason = "a curve and bounds for each line")]
    fn polish(&mut self, spends: &[f64], jumping: Option<usize>, guess: f64) {
        let model = self.model;
        let mut ends = Vec::from([None]);
        if let Some(line) = jumping {
            ends.extend([
                Some((line, self.demand.least[line])),
                Some((line, model.curves[line].inflection())),
            ]);
        }
        for end in ends {
            let mut near = Demand::new(model);
            if !near.tighten(Tighten::Fully) {
                return;
            }
            let bounds = near.least.iter_mut().zip(near.most.iter_mut());
            for (line, ((least, most), spend)) in bounds.zip(spends).enumerate() {
                let stands = match end {
                    Some((moved, at)) if moved == line => at,
                    _ => *spend,
                };
                let inflection = model.curves[line].inflection();
                // Past the inflection the curve is concave and the search exact; before it a line is held.
                if stands >= inflection {
                    *least = least.max(inflection).min(*most);
                } else {
                    let stands = stands.clamp(*least, *most);
                    (*least, *most) = (stands, stands);
                }
            }
            if near.tighten(Tighten::Fully) && fill(&mut near, guess).is_some() {
                self.offer(&near.spend);
            }
        }
    }
}

/// Nodes after which the search looks whether it came any further.
const PATIENCE: usize = 1_000;

/// The most of the gap that may be left after as many nodes for the search to go on.
const PROGRESS: f64 = 0.9;

/// What the search may leave of a target: the whole minor units are raised until they reach it.
const ROUNDING: f64 = 1e-12;

/// A price at which nothing is worth a unit, where floors alone reach a target: above every slope over a minor unit, and so
/// far below the end of floats that its product with any amount of money (less than 2^97 minor units) is finite.
pub(super) const DEAR: f64 = 1e200;

/// Fills the box of `demand` up to the aim; `None` where the box cannot reach it.
fn fill<C: ResponseCurve>(demand: &mut Demand<'_, '_, C>, guess: f64) -> Option<()> {
    let whole = demand.model.whole();
    match demand.model.target {
        Target::Spend(spend) => {
            let bracket = demand.search(whole, Goal::Spend(spend), guess);
            let bracket = demand.last_return(whole, spend, bracket);
            demand.assign(whole, spend, bracket);
        }
        Target::Response(target) => {
            if response(demand.model, &demand.most) < target {
                return None;
            }
            let mut bracket = if response(demand.model, &demand.least) >= target {
                // The floors of the lines alone are enough: at a price that no return pays nothing is added to them.
                Bracket { low: DEAR, high: DEAR }
            } else {
                demand.search(whole, Goal::Response(target), guess)
            };
            if bracket.low > DEAR {
                // No price keeps the lines below the target: with the floors of groups they are enough. At the end of the
                // floats, where the search stopped, price times amount is infinite and the bound is lost.
                bracket = Bracket { low: DEAR, high: DEAR };
            }
            // A little above the price of a jump, so that what jumps has not.
            let at = demand.totals(whole, bracket.high * (1.0 + ASIDE));
            let reach = if bracket.high > 0.0 { (target - at.response) / bracket.high } else { 0.0 };
            demand.assign(whole, at.spend + reach.max(0.0), bracket);
        }
        Target::Price(price) => {
            let spend = demand.totals(whole, price).spend;
            demand.assign(whole, spend, Bracket { low: price, high: price });
        }
    }
    Some(())
}

/// The response of whole amounts.
fn reached<C: ResponseCurve>(whole: &WholeUnits<'_, '_, C>) -> f64 {
    let spends: Vec<f64> = whole.amounts.iter().map(|amount| whole.model.main(*amount)).collect();
    response(whole.model, &spends)
}

/// Gives units where they bring most until the target is reached, and no more: in growing strides, for on a flat
/// curve a unit may bring no digit, and back in halves. Beyond `enough` units the amounts are of no use.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "nodes and lines are entries of vectors; strides are below twice what all caps hold"
)]
fn raise_to<C: ResponseCurve>(whole: &mut WholeUnits<'_, '_, C>, target: f64, enough: Option<i128>) {
    let mut stride = 1_i128;
    while reached(whole) < target {
        let before = whole.sum();
        if enough.is_some_and(|enough| before > enough) {
            return;
        }
        whole.reach(before + stride);
        if whole.sum() == before {
            return;
        }
        // Doubled only while units are moved: it stays below twice what all caps hold.
        stride *= 2;
    }
    while stride > 3 {
        stride /= 2;
        let before = whole.sum();
        whole.reach(before - stride / 2);
        if reached(whole) < target {
            whole.reach(before);
        }
    }
}

/// How many single units are moved to come from rounded amounts to the best ones nearby.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "nodes and lines are entries of vectors; strides are below twice what all caps hold"
)]
const fn moves(lines: usize) -> usize {
    // Rounding leaves each line less than a unit from its best; four moves a line leave room for ties.
    4 * lines + 64
}

/// The amounts in whole minor units, in the order of the model's lines; those of a target that take more than `enough`
/// may not reach it.
fn whole_amounts<C: ResponseCurve>(mut whole: WholeUnits<'_, '_, C>, enough: Option<i128>) -> Vec<i128> {
    let model = whole.model;
    let moves = moves(whole.amounts.len());
    whole.keep_groups();
    match model.target {
        Target::Spend(_) => {
            let budget = model.nodes.last().map_or(0, |node| node.floor);
            whole.reach(budget);
            whole.exchange(moves);
        }
        Target::Response(target) => {
            whole.exchange(moves);
            // Too little is raised, too much lowered; a loss in the last digit is raised again.
            raise_to(&mut whole, target, enough);
            whole.lower_while(moves, |whole, loss| reached(whole) - loss >= target);
            raise_to(&mut whole, target, enough);
        }
        Target::Price(price) => {
            whole.raise_while(moves, |_, gain| gain * model.units >= price);
            whole.lower_while(moves, |_, loss| loss * model.units < price);
            whole.exchange(moves);
        }
    }
    whole.amounts
}
