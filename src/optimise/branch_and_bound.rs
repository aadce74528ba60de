//! Branch and bound on boxes: the dual of each box bounds it, the box whose bound is greatest is divided.
//!
//! For concave curves the dual of the whole question is the answer and the first node the last. Where a curve is
//! convex below its inflection, the dual fills the concave envelope instead; the line whose envelope lies furthest
//! above its curve divides the box at its spend (Falk and Soland 1969).

use super::certificate::{self, Dual, Proof, dual};
use super::demand::{ASIDE, Bracket, Demand, Goal, Tighten};
use super::model::{Model, Target};
use super::whole_units::WholeUnits;
use super::{Optimise, OptimiseError, Optimum};
use crate::error::{Path, Problems};
use crate::response::ResponseCurve;
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The optimum of a checked question.
pub(super) fn solve<C: ResponseCurve>(
    model: &Model<'_, C>,
    question: &Optimise<C>,
) -> Result<Optimum, Problems<OptimiseError>> {
    let mut search = Search::new(model);
    search.run(question);
    let Search { best, tree, multipliers, .. } = search;
    let Some(best) = best else {
        let mut problems = Problems::new();
        let (target, most) = match model.target {
            Target::Response(target) => (target, most_response(model)),
            Target::Spend(spend) | Target::Price(spend) => (spend, 0.0),
        };
        problems.push(Path::root().field("aim"), OptimiseError::Unreachable { target, most });
        return Err(problems);
    };
    Optimum::of(model, question, &best.spends, &best.amounts, &multipliers, tree)
}

/// The bound that one multiplier proves.
pub(super) fn bound_at<C: ResponseCurve>(
    model: &Model<'_, C>,
    multiplier: f64,
) -> Result<f64, Problems<OptimiseError>> {
    let is_price = multiplier.is_finite()
        && (multiplier > 0.0 || multiplier >= 0.0 && !matches!(model.target, Target::Response(_)));
    if !is_price {
        let mut problems = Problems::new();
        problems.push(Path::root(), OptimiseError::Multiplier { multiplier });
        return Err(problems);
    }
    let mut demand = Demand::new(model);
    let whole = model.whole();
    let spend = demand.totals(whole, multiplier).spend;
    demand.assign(whole, spend, Bracket { low: multiplier, high: multiplier });
    Ok(dual(&mut demand).bound)
}

/// What all caps together bring at most.
fn most_response<C: ResponseCurve>(model: &Model<'_, C>) -> f64 {
    let mut demand = Demand::new(model);
    let _ = demand.tighten(Tighten::Fully);
    let whole = model.whole();
    let most = model.nodes.last().map_or(0.0, |node| node.most);
    let bracket = demand.search(whole, Goal::Spend(most), 0.0);
    demand.assign(whole, most, bracket);
    response(model, &demand.spend)
}

/// The response of these spends.
pub(super) fn response<C: ResponseCurve>(model: &Model<'_, C>, spends: &[f64]) -> f64 {
    let mut sum = super::sum::Sum::default();
    for (curve, spend) in model.curves.iter().zip(spends) {
        sum.add(curve.value(*spend));
    }
    sum.total()
}

/// What amounts are worth for the aim: response, spend with a minus, or response less its price.
fn worth<C: ResponseCurve>(model: &Model<'_, C>, spends: &[f64]) -> f64 {
    let spent = || {
        let mut sum = super::sum::Sum::default();
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
struct Found {
    worth: f64,
    spends: Vec<f64>,
    amounts: Vec<i128>,
}

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
    /// The prices of the whole question, at which real amounts meet.
    multipliers: Vec<f64>,
}

impl<'m, 'a, C: ResponseCurve> Search<'m, 'a, C> {
    fn new(model: &'m Model<'a, C>) -> Self {
        let demand = Demand::new(model);
        let (cuts, multipliers) = (Vec::new(), Vec::new());
        Self { model, demand, tree: Proof::default(), cuts, open: BinaryHeap::new(), best: None, multipliers }
    }

    fn run(&mut self, question: &Optimise<C>) {
        let limits = question.limits;
        self.visit(None, 0.0);
        while let Some(top) = self.open.peek() {
            let is_close = self.best.as_ref().is_some_and(|best| {
                let close = limits.gap() * best.worth.abs().max(f64::MIN_POSITIVE);
                // A budget cannot be told closer than a minor unit: that is as far as the dual may be off.
                let unit = match self.model.target {
                    Target::Response(_) => 1.5 / self.model.units,
                    _ => 0.0,
                };
                top.bound - best.worth <= close.max(unit)
            });
            if is_close || self.tree.nodes.len() >= limits.nodes().max(1) {
                break;
            }
            let Some(Open { node, .. }) = self.open.pop() else { break };
            let Some(&Some((line, below, above))) = self.cuts.get(node) else {
                // Nothing to divide: its bound stays with the proof.
                continue;
            };
            let price = self.tree.price(node);
            let part = self.tree.nodes.len();
            self.tree.split(node, line, (below, above));
            self.visit(Some(part), price);
            self.visit(Some(part.saturating_add(1)), price);
        }
    }

    /// Works on one box: its bound, amounts within it, and where to divide it.
    fn visit(&mut self, node: Option<usize>, guess: f64) {
        let id = node.unwrap_or_else(|| self.tree.start());
        self.cuts.resize(self.cuts.len().max(id.saturating_add(1)), None);
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
        if !model.is_kinked {
            let dual = self.refined(dual);
            self.tree.close(id, &self.demand.prices, &dual);
            self.open.push(Open { bound: dual.worth, node: id });
            return;
        }
        // The line whose envelope lies furthest above its curve; by a hair below it, where whole minor units count.
        let mut worst: Option<(usize, f64, (f64, f64))> = None;
        for (line, (spend, (least, most))) in
            spends.iter().zip(self.demand.least.iter().zip(&self.demand.most)).enumerate()
        {
            let (Some(curve), Some((price, conjugate))) = (model.curves.get(line), dual.lines.get(line))
            else {
                continue;
            };
            let above = conjugate + price * spend - curve.value(*spend);
            // Between two whole minor units of the box, which then belong to a part each.
            let below = libm::floor(spend * model.units).min(libm::floor(most * model.units) - 1.0);
            let cut = (below / model.units, (below + 1.0) / model.units);
            let inside = cut.0 >= *least && cut.1 <= *most && cut.0 < cut.1;
            if inside && worst.is_none_or(|(_, most, _)| above > most) {
                worst = Some((line, above, cut));
            }
        }
        let best = self.best.as_ref().map_or(f64::NEG_INFINITY, |best| best.worth);
        if dual.worth > best || self.best.is_none() {
            self.polish(&spends, worst.map(|(line, ..)| line), guess);
        }
        if let (Some((line, _, (below, above))), Some(cut)) = (worst, self.cuts.get_mut(id)) {
            *cut = Some((line, below, above));
        }
        self.open.push(Open { bound: dual.worth, node: id });
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
        let whole = WholeUnits::of(self.model, best.amounts.clone());
        let kept = self.demand.prices.clone();
        whole.move_prices(&mut self.demand.prices);
        let finer = certificate::dual(&mut self.demand);
        if finer.worth < dual.worth {
            return finer;
        }
        self.demand.prices = kept;
        dual
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
        let amounts = whole_amounts(model, spends);
        let whole: Vec<f64> = amounts.iter().map(|amount| model.main(*amount)).collect();
        let worth = worth(model, &whole);
        if worth > best {
            self.best = Some(Found { worth, spends: spends.to_vec(), amounts });
        }
    }

    /// Amounts near the given ones: every line that is past its inflection stays there, the others stay where
    /// they are, and what is concave is filled to the optimum. The line in the middle of its jump is tried past
    /// it, before it and where it stands.
    fn polish(&mut self, spends: &[f64], jumping: Option<usize>, guess: f64) {
        let model = self.model;
        let mut ends = Vec::from([None]);
        if let Some(line) = jumping {
            let least = self.demand.least.get(line).copied().unwrap_or_default();
            let inflection = model.curves.get(line).map_or(0.0, ResponseCurve::inflection);
            ends.extend([Some((line, least)), Some((line, inflection))]);
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
                let inflection = model.curves.get(line).map_or(0.0, ResponseCurve::inflection);
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
        if let (Target::Response(target), Some(line)) = (model.target, jumping) {
            self.lift(spends, line, target);
        }
    }

    /// The given amounts with one line raised just so far that the target is reached: a line may have to stand on
    /// the convex part of its curve.
    fn lift(&mut self, spends: &[f64], line: usize, target: f64) {
        let model = self.model;
        let (Some(curve), Some(most)) = (model.curves.get(line), model.caps.get(line)) else { return };
        let mut lifted = spends.to_vec();
        let Some(spend) = lifted.get_mut(line) else { return };
        let others = response(model, spends) - curve.value(*spend);
        let (mut low, mut high) = (*spend, model.main(*most));
        while low < high {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                break;
            }
            if others + curve.value(middle) < target {
                low = middle;
            } else {
                high = middle;
            }
        }
        *spend = high;
        self.offer(&lifted);
    }
}

/// What the search may leave of a target: the whole minor units are raised until they reach it.
const ROUNDING: f64 = 1e-12;

/// A price at which nothing is worth a unit.
const DEAR: f64 = 1e200;

/// Fills the box of `demand` up to the aim; `None` where the box cannot reach it.
fn fill<C: ResponseCurve>(demand: &mut Demand<'_, '_, C>, guess: f64) -> Option<()> {
    let whole = demand.model.whole();
    match demand.model.target {
        Target::Spend(spend) => {
            let bracket = demand.search(whole, Goal::Spend(spend), guess);
            demand.assign(whole, spend, bracket);
        }
        Target::Response(target) => {
            if response(demand.model, &demand.most) < target {
                return None;
            }
            if response(demand.model, &demand.least) >= target {
                demand.spend.clone_from(&demand.least);
                demand.prices.iter_mut().for_each(|price| *price = DEAR);
                return Some(());
            }
            let bracket = demand.search(whole, Goal::Response(target), guess);
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
/// curve a unit may bring no digit, and back in halves.
fn raise_to<C: ResponseCurve>(whole: &mut WholeUnits<'_, '_, C>, target: f64) {
    let mut stride = 1_i128;
    while reached(whole) < target {
        let before = whole.sum();
        whole.reach(before.saturating_add(stride));
        if whole.sum() == before {
            return;
        }
        stride = stride.saturating_mul(2);
    }
    while stride > 3 {
        stride /= 2;
        let before = whole.sum();
        whole.reach(before.saturating_sub(stride / 2));
        if reached(whole) < target {
            whole.reach(before);
        }
    }
}

/// The amounts in whole minor units, in the order of the model's lines.
fn whole_amounts<C: ResponseCurve>(model: &Model<'_, C>, spends: &[f64]) -> Vec<i128> {
    let mut whole = WholeUnits::below(model, spends);
    let moves = spends.len().saturating_mul(4).saturating_add(64);
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
            raise_to(&mut whole, target);
            whole.lower_while(moves, |whole, loss| reached(whole) - loss >= target);
            raise_to(&mut whole, target);
        }
        Target::Price(price) => {
            whole.raise_while(moves, |_, gain| gain * model.units >= price);
            whole.lower_while(moves, |_, loss| loss * model.units < price);
            whole.exchange(moves);
        }
    }
    whole.amounts
}
