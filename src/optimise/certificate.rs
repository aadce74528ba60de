//! The proof of a bound: the divided boxes and the prices that bound each, to be checked again.

use super::OptimiseError;
use super::demand::{Demand, Tighten};
use super::minor_units::main;
use super::model::{Model, Target, response};
use super::sum::Sum;
use crate::error::{Path, Problems};
use crate::response::ResponseCurve;
use alloc::vec::Vec;

/// The greatest number up to which every whole number is a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The spends at which a curve is held against its own figures.
const SAMPLES: u32 = 64;

/// A difference that counts as 0: the search for prices ends above it.
pub(super) const LEAST: f64 = 1e-280;

/// The boxes of a search: each is divided, bounded by prices, or without amounts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Proof {
    pub(super) nodes: Vec<Node>,
    /// For a least budget: the boxes bound the response of this budget, in minor units, which is short of the target. So
    /// is every smaller one.
    short: Option<i128>,
    /// How many nodes all searches looked at.
    searched: usize,
}

/// One box.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// The box that this is a part of, and the side.
    parent: Option<(usize, Part)>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Below,
    Above,
}

#[derive(Debug, Clone, PartialEq)]
enum State {
    /// Holds no amounts, or was not looked at yet.
    Empty,
    /// Bounded by these prices, one per group and the whole's last; the bound, and the same so that more is better.
    Bounded { prices: Vec<f64>, bound: (f64, f64) },
    /// Divided between two spends of a line that are a minor unit apart.
    Divided { line: usize, at: (f64, f64), prices: Vec<f64> },
}

/// The dual of a box at its prices.
#[derive(Debug)]
pub(super) struct Dual {
    /// The bound in the aim's own unit: response, spend, or response less its price.
    pub(super) bound: f64,
    /// The same so that more is better.
    pub(super) worth: f64,
    /// Each line's price and the greatest `f(x) - price x`.
    pub(super) lines: Vec<(f64, f64)>,
}

/// The dual of the box of `demand` at its prices: `Σ max (f(x) - p x)`, what the groups' prices differ by times the bound
/// that they hold, and the budget at the whole's price.
#[expect(clippy::indexing_slicing, reason = "a price for each node; lines are of nodes, parents are nodes")]
pub(super) fn dual<C: ResponseCurve>(demand: &mut Demand<'_, '_, C>) -> Dual {
    let model = demand.model;
    debug_assert_eq!(demand.prices.len(), model.nodes.len());
    let mut sum = Sum::default();
    let mut lines = Vec::with_capacity(model.curves.len());
    let bounds = demand.least.iter().zip(&demand.most).zip(&demand.spend);
    for ((curve, node), ((least, most), spend)) in model.curves.iter().zip(&model.node_of).zip(bounds) {
        let price = demand.prices[*node];
        let conjugate = conjugate(*curve, price, *least, *most, *spend, model.units);
        sum.add(conjugate);
        lines.push((price, conjugate));
    }
    for (node, price) in model.nodes.iter().zip(&demand.prices) {
        let around = demand.prices[node.parent];
        if node.stated.is_some() {
            let differ = price - around;
            sum.add(differ * if differ > 0.0 { node.most } else { node.least });
        }
    }
    let price = demand.prices[model.whole()];
    let (bound, worth) = match model.target {
        Target::Spend(budget) => {
            sum.add(price * budget);
            // What rounding may have lost from the sum is added: a bound may be wide, never too low.
            let bound = sum.total() + sum.doubt();
            (bound, bound)
        }
        Target::Response(target) => {
            let least = (target - sum.total() - sum.doubt()) / price;
            // Only whole minor units can be spent: rounded up to one, a hair of rounding aside.
            let least = libm::ceil(least * model.units * (1.0 - 1e-13)) / model.units;
            let least = if price > 0.0 { least.max(0.0) } else { 0.0 };
            (least, -least)
        }
        Target::Price(_) => {
            let bound = sum.total() + sum.doubt();
            (bound, bound)
        }
    };
    Dual { bound, worth, lines }
}

/// The greatest `f(x) - price x` over the whole minor units of `least..=most`.
///
/// A curve that is convex and then concave has it at its least spend or next to the real maximum: past the
/// inflection the units around it, before it one of the ends. Of other curves the real maximum is taken.
fn conjugate<C: ResponseCurve>(curve: &C, price: f64, least: f64, most: f64, guess: f64, units: f64) -> f64 {
    let at = |spend: f64| curve.value(spend) - price * spend;
    let best = curve.best_spend_near(price, least, most, guess);
    if !(best > least && best < most) {
        return at(best);
    }
    let below = libm::floor(best * units);
    // From 2^53 on two neighbouring units may be one float: there are no two to choose from.
    if !curve.has_one_inflection() || below >= EXACT {
        return at(best);
    }
    let inner = at((below / units).max(least)).max(at(((below + 1.0) / units).min(most)));
    // A convex start makes the lower end another candidate.
    if curve.inflection() > least { inner.max(at(least)) } else { inner }
}

/// A spend of a few that is better at the price than the one the curve calls best.
fn better_spend<C: ResponseCurve>(curve: &C, price: f64, from: f64, to: f64) -> Option<(f64, f64)> {
    let worth = |spend: f64| curve.value(spend) - price * spend;
    let claimed = curve.best_spend(price, from, to);
    let (most, size) = (worth(claimed), curve.value(claimed).abs() + price * claimed);
    (0..=SAMPLES).find_map(|step| {
        let spend = from + (to - from) * (f64::from(step) / f64::from(SAMPLES));
        (worth(spend) > most + 1e-9 * size.max(curve.value(spend).abs())).then_some((claimed, spend))
    })
}

impl Proof {
    /// The box of the whole question.
    pub(super) fn start(&mut self) -> usize {
        self.nodes.push(Node { parent: None, state: State::Empty });
        0
    }

    /// Divides a box in two, which stand at the end.
    #[expect(clippy::indexing_slicing, reason = "boxes are asked by numbers that were given out")]
    pub(super) fn split(&mut self, node: usize, line: usize, at: (f64, f64)) {
        let state = &mut self.nodes[node].state;
        debug_assert!(matches!(state, State::Bounded { .. }), "only a bounded box is divided");
        let prices = match core::mem::replace(state, State::Empty) {
            State::Bounded { prices, .. } | State::Divided { prices, .. } => prices,
            State::Empty => Vec::new(),
        };
        *state = State::Divided { line, at, prices };
        for part in [Part::Below, Part::Above] {
            self.nodes.push(Node { parent: Some((node, part)), state: State::Empty });
        }
    }

    /// The whole's price in a box, 0 where there is none.
    #[expect(clippy::indexing_slicing, reason = "boxes are asked by numbers that were given out")]
    pub(super) fn price(&self, node: usize) -> f64 {
        match &self.nodes[node].state {
            State::Bounded { prices, .. } | State::Divided { prices, .. } => {
                // The whole's is the last, as the whole is the last node of a model.
                debug_assert!(!prices.is_empty(), "a box that holds anything prices the whole");
                prices.last().copied().unwrap_or(0.0)
            }
            State::Empty => 0.0,
        }
    }

    /// Notes the prices that bound a box.
    #[expect(clippy::indexing_slicing, reason = "boxes are asked by numbers that were given out")]
    pub(super) fn close(&mut self, node: usize, prices: &[f64], dual: &Dual) {
        let bound = (dual.bound, dual.worth);
        self.nodes[node].state = State::Bounded { prices: prices.to_vec(), bound };
    }

    /// From here on the boxes prove that this budget is too small for the target.
    pub(super) const fn set_short(&mut self, budget: i128) {
        self.short = Some(budget);
    }

    /// Notes how many nodes all searches looked at.
    pub(super) const fn count(&mut self, searched: usize) {
        self.searched = searched;
    }

    /// How many nodes all searches looked at.
    pub(super) fn searched(&self) -> usize {
        self.searched.max(self.nodes.len())
    }

    /// The bound that the boxes prove as they were noted.
    pub(super) fn bound<C>(&self, model: &Model<'_, C>) -> Option<f64> {
        self.short.map_or_else(|| self.noted().map(|(bound, _)| bound), |short| Some(next(model, short)))
    }

    /// The bound of the boxes as it was noted: the worst of those that were not divided; the same so that more is better.
    pub(super) fn noted(&self) -> Option<(f64, f64)> {
        let bounds = self.nodes.iter().filter_map(|node| match node.state {
            State::Bounded { bound, .. } => Some(bound),
            _ => None,
        });
        bounds.max_by(|left, right| left.1.total_cmp(&right.1))
    }

    /// Puts `demand` into a box; `false` where the box holds no amounts.
    #[expect(
        clippy::indexing_slicing,
        reason = "boxes are asked by numbers that were given out; so is a parent"
    )]
    pub(super) fn enter<C: ResponseCurve>(&self, node: usize, demand: &mut Demand<'_, '_, C>) -> bool {
        let model = demand.model;
        demand.forget();
        for (bounds, stated) in [(&mut demand.least, &model.floors), (&mut demand.most, &model.caps)] {
            bounds.iter_mut().zip(stated).for_each(|(bound, stated)| *bound = model.main(*stated));
        }
        let mut place = node;
        while let Some((parent, part)) = self.nodes[place].parent {
            debug_assert!(matches!(self.nodes[parent].state, State::Divided { .. }), "a parent is divided");
            if let State::Divided { line, at, .. } = &self.nodes[parent].state {
                narrow(demand, *line, *at, part);
            }
            place = parent;
        }
        let is_empty = demand.least.iter().zip(&demand.most).any(|(least, most)| least > most);
        let how = if node == 0 { Tighten::WhereNothingIsLeft } else { Tighten::Fully };
        !is_empty && demand.tighten(how)
    }

    /// Holds the curves that do not say "convex, then concave" against their own figures, at the prices of the whole
    /// question and a few spends: the bound is no better than what they call their best.
    ///
    /// A curve that is wrong about its best makes a bound that agrees with what was reached, and that nothing else would
    /// contradict.
    pub(super) fn root_holds<C: ResponseCurve>(
        &self,
        model: &Model<'_, C>,
    ) -> Result<(), Problems<OptimiseError>> {
        let mut problems = Problems::new();
        let prices = match self.nodes.first().map(|node| &node.state) {
            Some(State::Bounded { prices, .. } | State::Divided { prices, .. }) => prices.as_slice(),
            _ => &[],
        };
        let lines = model
            .curves
            .iter()
            .zip(&model.node_of)
            .zip(model.floors.iter().zip(&model.caps))
            .zip(&model.stated);
        for (((curve, node), (floor, cap)), stated) in lines {
            let Some(&price) = prices.get(*node).filter(|_| !curve.has_one_inflection()) else { continue };
            let (from, to) = (model.main(*floor), model.main(*cap));
            if let Some((claimed, better)) = better_spend(*curve, price, from, to) {
                let path = Path::root().field("lines").index(*stated).field("curve");
                problems.push(path, OptimiseError::NotBest { price, claimed, better });
            }
        }
        problems.into_result(())
    }

    /// Whether each box has one price for each of `nodes`; a question with other groups has another number.
    pub(super) fn has_prices_of(&self, nodes: usize) -> bool {
        let fits = |node: &Node| match &node.state {
            State::Bounded { prices, .. } => prices.len() == nodes,
            State::Divided { .. } | State::Empty => true,
        };
        self.nodes.iter().all(fits)
    }

    /// The bound that the proof shows, worked out again from the boxes and their prices.
    pub(super) fn shown<C: ResponseCurve>(&self, model: &Model<'_, C>) -> Option<f64> {
        let (Some(short), Target::Response(target)) = (self.short, model.target) else {
            return self.worth(model).map(|(bound, _)| bound);
        };
        let is_short = short < model.nodes.last().map_or(0, |whole| whole.floor)
            || self.worth(&model.with_budget(short)).is_some_and(|(bound, _)| bound < target);
        is_short.then(|| next(model, short))
    }

    /// The worst bound of the boxes; the same so that more is better.
    fn worth<C: ResponseCurve>(&self, model: &Model<'_, C>) -> Option<(f64, f64)> {
        let mut demand = Demand::new(model);
        let mut worst: Option<(f64, f64)> = None;
        for (place, node) in self.nodes.iter().enumerate() {
            match &node.state {
                State::Divided { .. } => {}
                State::Empty => {
                    // A box without amounts has to show it; one that was not looked at proves nothing.
                    if self.enter(place, &mut demand) && !self.is_short(&demand) {
                        return None;
                    }
                }
                State::Bounded { prices, .. } => {
                    if !self.enter(place, &mut demand) {
                        continue;
                    }
                    demand.prices.clone_from(prices);
                    demand.spend.clone_from(&demand.least);
                    let dual = dual(&mut demand);
                    if worst.is_none_or(|(_, worth)| dual.worth > worth) {
                        worst = Some((dual.bound, dual.worth));
                    }
                }
            }
        }
        worst
    }

    /// Whether a box cannot reach the response aimed at.
    #[expect(clippy::unused_self, reason = "a question to the proof")]
    fn is_short<C: ResponseCurve>(&self, demand: &Demand<'_, '_, C>) -> bool {
        match demand.model.target {
            Target::Response(target) => {
                let most = response(demand.model, &demand.most);
                most < target
            }
            _ => false,
        }
    }
}

/// The next budget above one that is too small for the target.
#[expect(clippy::arithmetic_side_effects, reason = "a budget is an amount of money, below 2^97")]
fn next<C>(model: &Model<'_, C>, short: i128) -> f64 {
    // A budget that is short lies below an amount of money.
    main(short + 1, model.units)
}

/// The part of the box on one side of a line's spend. Lines that are the same stand in falling order, so that
/// what is known of one is known of those after or before it.
#[expect(clippy::indexing_slicing, reason = "a line has a twin and bounds")]
fn narrow<C: ResponseCurve>(demand: &mut Demand<'_, '_, C>, line: usize, at: (f64, f64), part: Part) {
    let model = demand.model;
    let twin = model.twin[line];
    let lines = model.twin.iter().enumerate().filter(|(_, other)| **other == twin);
    for (other, _) in lines {
        match part {
            Part::Below if other >= line => demand.most[other] = demand.most[other].min(at.0),
            Part::Above if other <= line => demand.least[other] = demand.least[other].max(at.1),
            _ => {}
        }
    }
}
