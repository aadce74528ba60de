//! What lines and groups spend at a price, and the price at which they spend what they shall.
//!
//! At a price `p` (response per unit of money) a line takes the spend of greatest `f(x) - p x` within its bounds.
//! The sum over the lines falls as the price rises; a group's sum stops at the group's bounds. The price at which the whole spends
//! the budget is the multiplier of the budget; where a group stops, it has a price of its own inside.

use super::model::{Model, Node, Target};
use crate::response::ResponseCurve;
use alloc::vec;
use alloc::vec::Vec;

/// Steps of the price search: far more than a bracket of doubles can be halved.
const MOST_STEPS: usize = 160;

/// Chords to the best average return: each is a tangent, so that a handful is enough.
const MOST_CHORDS: usize = 64;

/// Relative width of a bracket that is not worth narrowing.
const NARROW: f64 = 4.0 * f64::EPSILON;

/// The rounding of a sum that is allowed for, relative.
const SLACK: f64 = 1e-12;

/// How far from the price of a jump the two sides are told apart for certain.
pub(super) const ASIDE: f64 = 1e-13;

/// What lines take together, in main units and units of response.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) spend: f64,
    /// Only where it is asked for.
    pub(super) response: f64,
}

/// The price to either side of a target: at `low` at least the target is spent, at `high` at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bracket {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Bracket {
    const fn at(price: f64) -> Self {
        Self { low: price, high: price }
    }
}

/// A group that stops at a bound: the prices inside, and what it takes.
#[derive(Debug, Clone, Copy)]
struct Stop {
    inside: Bracket,
    totals: Totals,
}

/// The side of a bracket that was moved last.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Neither,
    Low,
    High,
}

/// How far a box is narrowed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tighten {
    Fully,
    WhereNothingIsLeft,
}

/// What the search aims at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    Spend(f64),
    Response(f64),
}

/// A working place: lines within a box, and what they take.
pub(super) struct Demand<'m, 'a, C> {
    pub(super) model: &'m Model<'a, C>,
    /// The box: each line's bounds in main units.
    pub(super) least: Vec<f64>,
    pub(super) most: Vec<f64>,
    /// What each line takes at the last price.
    pub(super) spend: Vec<f64>,
    /// The price inside each node, after [`assign`](Self::assign).
    pub(super) prices: Vec<f64>,
    upper: Vec<f64>,
    stops: Vec<[Option<Stop>; 2]>,
    has_responses: bool,
}

impl<'m, 'a, C: ResponseCurve> Demand<'m, 'a, C> {
    /// Lines within the question's own bounds.
    pub(super) fn new(model: &'m Model<'a, C>) -> Self {
        let least: Vec<f64> = model.floors.iter().map(|floor| model.main(*floor)).collect();
        let most: Vec<f64> = model.caps.iter().map(|cap| model.main(*cap)).collect();
        let spend = least.clone();
        let nodes = model.nodes.len();
        let upper = Vec::new();
        let has_responses = model.is_kinked || matches!(model.target, Target::Response(_));
        let (prices, stops) = (vec![0.0; nodes], vec![[None; 2]; nodes]);
        Self { model, least, most, spend, prices, upper, stops, has_responses }
    }

    /// The box in whole minor units.
    pub(super) fn whole_bounds(&self) -> Vec<(i128, i128)> {
        let units = self.model.units;
        #[expect(clippy::cast_possible_truncation, reason = "a cast saturates; it is clamped to the bounds")]
        let whole = |spend: f64| spend as i128;
        let stated = self.model.floors.iter().zip(&self.model.caps);
        self.least
            .iter()
            .zip(&self.most)
            .zip(stated)
            .map(|((least, most), (floor, cap))| {
                // The product may put a whole unit a bit off: without the leeway a bound would lose it.
                let least = whole(libm::ceil(least * units * (1.0 - f64::EPSILON))).clamp(*floor, *cap);
                let most = whole(libm::floor(most * units * (1.0 + f64::EPSILON))).clamp(*floor, *cap);
                (least, most.max(least))
            })
            .collect()
    }

    /// Forgets what was found in another box.
    pub(super) fn forget(&mut self) {
        self.stops.iter_mut().for_each(|stops| *stops = [None; 2]);
    }

    /// Narrows the box by the bounds of groups and budget; `false` where it holds no amounts at all.
    ///
    /// The box of the whole question is only narrowed where its floors leave nothing: narrowed further, a line
    /// that takes all there is would look capped, and the multiplier would say nothing about it.
    #[expect(
        clippy::indexing_slicing,
        reason = "members are nodes, and a node's lines are lines of the model"
    )]
    pub(super) fn tighten(&mut self, how: Tighten) -> bool {
        // From the members up: what a node takes at least and at most.
        let model = self.model;
        let mut sums: Vec<(f64, f64)> = Vec::with_capacity(model.nodes.len());
        for node in &model.nodes {
            let (mut least, mut most) = self.own_bounds(node);
            for &group in &node.groups {
                let (low, high) = sums[group];
                (least, most) = (least + low, most + high);
            }
            let slack = SLACK * node.most;
            if least > node.most + slack || most < node.least - slack {
                return false;
            }
            sums.push((least.max(node.least), most.min(node.most)));
        }
        // From the whole down: what the others leave to each member.
        for (place, node) in model.nodes.iter().enumerate().rev() {
            let (low, high) = sums[place];
            let (mut least, mut most) = self.own_bounds(node);
            for &group in &node.groups {
                let (low, high) = sums[group];
                (least, most) = (least + low, most + high);
            }
            let (room, slack) = ((high - least).max(0.0), (most - low).max(0.0));
            let (room, slack) = match how {
                Tighten::Fully => (room, slack),
                Tighten::WhereNothingIsLeft => {
                    let none = |left: f64| if left > 0.0 { f64::INFINITY } else { 0.0 };
                    (none(room), none(slack))
                }
            };
            let narrow = |(from, to): (f64, f64)| {
                let narrowed = (from.max(to - slack), to.min(from + room));
                // Rounding can make the ends cross by a hair: then nothing is narrowed.
                if narrowed.0 <= narrowed.1 { narrowed } else { (from, to) }
            };
            let lines = self.least[node.lines.clone()].iter_mut();
            for (from, to) in lines.zip(&mut self.most[node.lines.clone()]) {
                (*from, *to) = narrow((*from, *to));
            }
            for &group in &node.groups {
                sums[group] = narrow(sums[group]);
            }
        }
        true
    }

    /// The sums of the box's bounds over the lines of a node, without those of its groups.
    #[expect(
        clippy::indexing_slicing,
        reason = "members are nodes, and a node's lines are lines of the model"
    )]
    fn own_bounds(&self, node: &Node) -> (f64, f64) {
        let own = |bounds: &[f64]| bounds[node.lines.clone()].iter().sum();
        (own(&self.least), own(&self.most))
    }

    /// What `node` takes at a price; the lines' spends are left in [`spend`](Self::spend).
    #[expect(
        clippy::indexing_slicing,
        reason = "members are nodes, and a node's lines are lines of the model"
    )]
    pub(super) fn totals(&mut self, node: usize, price: f64) -> Totals {
        let members = &self.model.nodes[node];
        let lines = members.lines.clone();
        let (least, most) = (&self.least[lines.clone()], &self.most[lines.clone()]);
        let (curves, spends) = (&self.model.curves[lines.clone()], &mut self.spend[lines]);
        let mut totals = Totals::default();
        // Zipped, not indexed: the innermost loop of every search, without a check of bounds for each line.
        for (((curve, from), to), spend) in curves.iter().zip(least).zip(most).zip(spends) {
            // The spend at the last price is the guess: from one price to the next it moves little.
            *spend = curve.best_spend_near(price, *from, *to, *spend);
            totals.spend += *spend;
            // Twice the evaluations of curves, which only some questions need.
            if self.has_responses {
                totals.response += curve.value(*spend);
            }
        }
        for group in &members.groups {
            let inside = self.stopped(*group, price);
            totals.spend += inside.spend;
            totals.response += inside.response;
        }
        totals
    }

    /// What a group takes at a price of the node around it: its bounds stop it.
    #[expect(
        clippy::indexing_slicing,
        reason = "members are nodes, and a node's lines are lines of the model"
    )]
    fn stopped(&mut self, group: usize, price: f64) -> Totals {
        let node = &self.model.nodes[group];
        // Beyond the price at which a group was stopped before it stays there: sums fall as the price rises.
        let [floor, cap] = self.stops[group];
        if let Some(stop) = floor.filter(|stop| price >= stop.inside.high) {
            return stop.totals;
        }
        if let Some(stop) = cap.filter(|stop| price <= stop.inside.low) {
            return stop.totals;
        }
        let free = self.totals(group, price);
        // A sum that meets its bound by the rounding of its terms is not stopped: no price would move it.
        let (side, bound) = if free.spend > node.most * (1.0 + SLACK) {
            (1, node.most)
        } else if free.spend < node.least * (1.0 - SLACK) {
            (0, node.least)
        } else {
            return free;
        };
        let inside = self.search(group, Goal::Spend(bound), price);
        let response = if self.has_responses {
            // The envelope between the two sides of the bracket, read at the bound.
            let at = self.totals(group, inside.high);
            at.response + inside.high * (bound - at.spend)
        } else {
            0.0
        };
        let stop = Stop { inside, totals: Totals { spend: bound, response } };
        self.stops[group][side] = Some(stop);
        stop.totals
    }

    /// The bracket of the price at which `node` reaches the goal, searched from a first guess.
    pub(super) fn search(&mut self, node: usize, goal: Goal, guess: f64) -> Bracket {
        let base = self.base(node);
        // How far above the goal, in -1..=1; nearly linear in the logarithm of the price.
        let miss = |totals: Totals| {
            let (found, aim, base) = match goal {
                Goal::Spend(aim) => (totals.spend, aim, base.spend),
                Goal::Response(aim) => (totals.response, aim, base.response),
            };
            let span = (found - base) + (aim - base);
            // At its floors, and that is the goal: no price would move it, and rounding is no miss.
            if span > SLACK * aim.abs() { (found - aim) / span } else { 0.0 }
        };
        let guess = if guess > 0.0 && guess.is_finite() { guess } else { self.guess(node) };
        if !(guess > 0.0 && guess.is_finite()) {
            return Bracket::at(0.0);
        }
        let (mut totals, mut price, mut factor) = (self.totals(node, guess), guess, 2.0_f64);
        let mut gap = miss(totals);
        let (mut low, mut high) = ((price, gap, totals), (price, gap, totals));
        // From the guess outward, in growing steps, to the other side of the goal.
        loop {
            if gap == 0.0 {
                return Bracket::at(if low.1 > 0.0 {
                    self.least_price(node, &miss, low.0, price)
                } else {
                    price
                });
            }
            if gap > 0.0 {
                low = (price, gap, totals);
                if high.1 < 0.0 {
                    break;
                }
                price *= factor;
            } else {
                high = (price, gap, totals);
                if low.1 > 0.0 {
                    break;
                }
                price /= factor;
            }
            // At the end of the floats: a lower price changes nothing.
            if price < 1e-290 {
                return Bracket { low: 0.0, high: high.0 };
            }
            if price > 1e290 {
                return Bracket::at(low.0);
            }
            // Squared, not doubled: a bad guess is left in a few steps.
            factor = (factor * factor).min(1e30);
            totals = self.totals(node, price);
            gap = miss(totals);
        }
        self.narrow(node, &miss, low, high)
    }

    /// The least price at which the goal is met, where it is met from some price on: growing steps go far beyond
    /// it, and a price far from the slopes would cost the bound its digits.
    fn least_price(&mut self, node: usize, miss: &impl Fn(Totals) -> f64, low: f64, high: f64) -> f64 {
        // On logarithms: prices span hundreds of orders of magnitude, and a plain middle would stay near the upper end.
        let (mut low, mut high) = (libm::log(low), libm::log(high));
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            let totals = self.totals(node, libm::exp(middle));
            if miss(totals) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        libm::exp(high)
    }

    /// Narrows a bracket: regula falsi after Anderson and Björck (1973) in the logarithm of the price, and where
    /// that stalls, at a jump, the price at which the two sides' tangents of the dual meet.
    #[expect(clippy::arithmetic_side_effects, reason = "a counter of at most 4")]
    fn narrow(
        &mut self,
        node: usize,
        miss: &impl Fn(Totals) -> f64,
        low: (f64, f64, Totals),
        high: (f64, f64, Totals),
    ) -> Bracket {
        let ((mut low, mut above, mut at_low), (mut high, mut below, mut at_high)) = (low, high);
        // Regula falsi weighs the sides; the one that stays loses weight.
        let (mut weight_low, mut weight_high) = (above, below);
        let (mut newest, mut stalled, mut last_width) = (Side::Neither, 0_u8, f64::INFINITY);
        for _ in 0..MOST_STEPS {
            let (from, to) = (libm::log(low), libm::log(high));
            let width = to - from;
            if width <= NARROW * 1.0_f64.max(from.abs()) {
                break;
            }
            // At most 4: what has stalled so often begins anew below.
            stalled = if width > 0.5 * last_width { stalled + 1 } else { 0 };
            last_width = width;
            let next = match stalled {
                1 | 3 if self.has_responses => {
                    (at_low.response - at_high.response) / (at_low.spend - at_high.spend)
                }
                0..=2 => libm::exp((from * weight_high - to * weight_low) / (weight_high - weight_low)),
                _ => f64::NAN,
            };
            if stalled > 3 {
                (stalled, weight_low, weight_high) = (0, above, below);
            }
            let price = if is_inside(next, low, high) { next } else { libm::exp(f64::midpoint(from, to)) };
            // Two neighbouring floats have nothing between them.
            if !is_inside(price, low, high) {
                break;
            }
            let totals = self.totals(node, price);
            let gap = miss(totals);
            if gap.abs() <= f64::EPSILON {
                return Bracket::at(price);
            }
            let kept = |weight: f64, last: f64| {
                let shrink = 1.0 - gap / last;
                weight * if shrink > 0.0 { shrink } else { 0.5 }
            };
            if gap > 0.0 {
                if newest == Side::Low {
                    weight_high = kept(weight_high, above);
                }
                (low, above, at_low, weight_low, newest) = (price, gap, totals, gap, Side::Low);
            } else {
                if newest == Side::High {
                    weight_low = kept(weight_low, below);
                }
                (high, below, at_high, weight_high, newest) = (price, gap, totals, gap, Side::High);
            }
        }
        Bracket { low, high }
    }

    /// What the node takes where every line is at its floor.
    #[expect(
        clippy::indexing_slicing,
        reason = "members are nodes, and a node's lines are lines of the model"
    )]
    fn base(&self, node: usize) -> Totals {
        let members = &self.model.nodes[node];
        let least = &self.least[members.lines.clone()];
        let mut totals = Totals { spend: least.iter().sum(), response: 0.0 };
        if self.has_responses {
            let curves = &self.model.curves[members.lines.clone()];
            totals.response = curves.iter().zip(least).map(|(curve, spend)| curve.value(*spend)).sum();
        }
        for &group in &members.groups {
            let inside = self.base(group);
            totals.spend += inside.spend.max(self.model.nodes[group].least);
            totals.response += inside.response;
        }
        totals
    }

    /// A first price: of a concave line the slope from its floor to an even share of what there is to spend, of another
    /// its best average return, above which it takes nothing. A slope at an even share says nothing about a line that is
    /// still flat there.
    #[expect(
        clippy::indexing_slicing,
        reason = "members are nodes, and a node's lines are lines of the model"
    )]
    fn guess(&self, node: usize) -> f64 {
        let members = &self.model.nodes[node];
        let lines = members.lines.clone();
        let curves = &self.model.curves[lines.clone()];
        let (least, most) = (&self.least[lines.clone()], &self.most[lines]);
        #[expect(clippy::cast_precision_loss, reason = "a share of a first guess")]
        let share = members.most / members.lines.len().max(1) as f64;
        let own = curves.iter().zip(least.iter().zip(most)).map(|(curve, (from, to))| {
            if *to <= *from {
                0.0
            } else if curve.inflection() > *from {
                best_average(*curve, *from, *to)
            } else {
                // At the floor itself a slope may be infinite: the mean over an even share is not.
                let to = to.min(from + share);
                (curve.value(to) - curve.value(*from)) / (to - from)
            }
        });
        let best = own.fold(0.0, f64::max);
        members.groups.iter().map(|group| self.guess(*group)).fold(best, f64::max)
    }

    /// The bracket of a line that takes the whole budget, where any lower price would do as well: what the last unit
    /// brings, as if there were more to be had.
    pub(super) fn last_return(&mut self, node: usize, spend: f64, bracket: Bracket) -> Bracket {
        let takes_all = |(taken, is_open): (&f64, &bool)| *is_open && *taken >= spend && spend > 0.0;
        let line = self.spend.iter().zip(&self.model.is_open).position(takes_all);
        let curve = line.and_then(|line| self.model.curves.get(line));
        let (Some(curve), true) = (curve, bracket.low >= bracket.high) else { return bracket };
        let price = curve.marginal(spend);
        if price > bracket.high && price.is_finite() {
            let found = self.totals(node, price).spend;
            if (found - spend).abs() <= SLACK * spend {
                return Bracket::at(price);
            }
        }
        bracket
    }

    /// Fixes what each line of `node` takes so that together they spend `spend`, and the prices inside.
    ///
    /// Where lines jump at the price, they are filled one after the other, so that one at most is left between
    /// the two ends of its jump.
    #[expect(
        clippy::indexing_slicing,
        reason = "members are nodes, and a node's lines are lines of the model"
    )]
    pub(super) fn assign(&mut self, node: usize, spend: f64, bracket: Bracket) {
        self.prices[node] = bracket.high;
        let members = &self.model.nodes[node];
        // At the price of a jump itself rounding decides which side is taken: a hair aside nothing does.
        let aside = if self.model.is_kinked { ASIDE } else { 0.0 };
        let (low, high) = (bracket.low * (1.0 - aside), bracket.high * (1.0 + aside));
        let rest = spend - self.totals(node, high).spend;
        let mut taken: Vec<f64> =
            members.groups.iter().map(|group| self.stopped(*group, high).spend).collect();
        if rest > 1e-13 * spend && (low < high || high <= 0.0) {
            self.fill_jumps(members, node, low, rest, &mut taken);
        }
        // What the groups inside do with the lines' spends is theirs: those of the node's own lines are put back.
        let kept: Vec<f64> = self.spend[members.lines.clone()].to_vec();
        for (&group, spend) in members.groups.iter().zip(taken) {
            // A group that stops has a price of its own, on the side of the bound that stops it.
            let [floor, cap] = self.stops[group];
            let floor = floor.filter(|stop| bracket.high >= stop.inside.high && spend <= stop.totals.spend);
            let cap = cap.filter(|stop| bracket.low <= stop.inside.low && spend >= stop.totals.spend);
            let stop = floor.or(cap);
            self.assign(group, spend, stop.map_or(bracket, |stop| stop.inside));
        }
        self.spend[members.lines.clone()].copy_from_slice(&kept);
    }

    /// Gives what is left at the price of a jump: lines first, then groups, each up to what it takes at the price below.
    ///
    /// One after the other, not each a part: a line in the middle of its jump has the least response of all its spends
    /// around, so that one such line costs least.
    #[expect(
        clippy::indexing_slicing,
        reason = "members are nodes, and a node's lines are lines of the model"
    )]
    fn fill_jumps(&mut self, members: &Node, node: usize, low: f64, mut rest: f64, taken: &mut [f64]) {
        let lines = members.lines.clone();
        let at_high: Vec<f64> = self.spend[lines.clone()].to_vec();
        self.upper.clear();
        if low > 0.0 {
            let _ = self.totals(node, low);
            self.upper.extend_from_slice(&self.spend[lines.clone()]);
        } else {
            self.upper.extend_from_slice(&self.most[lines.clone()]);
        }
        let spends = self.spend[lines].iter_mut();
        for ((spend, from), to) in spends.zip(at_high).zip(&self.upper) {
            let more = (to - from).max(0.0).min(rest.max(0.0));
            // The end itself where all of it fits: a sum with the difference would round.
            *spend = if (to - from) <= rest { *to } else { from + more };
            rest -= *spend - from;
        }
        for (&group, taken) in members.groups.iter().zip(taken) {
            let upper = if low > 0.0 { self.stopped(group, low).spend } else { self.model.nodes[group].most };
            let more = (upper - *taken).max(0.0).min(rest.max(0.0));
            *taken += more;
            rest -= more;
        }
    }
}

/// The greatest average return of a line from its least spend on: the slope of the first piece of its envelope
/// (Dinkelbach 1967). From the chord to the other end, so that a flat beginning does not matter.
fn best_average<C: ResponseCurve>(curve: &C, from: f64, to: f64) -> f64 {
    let base = curve.value(from);
    let mut slope = (curve.value(to) - base) / (to - from);
    for _ in 0..MOST_CHORDS {
        if !(slope > 0.0 && slope.is_finite()) {
            return 0.0;
        }
        let touch = curve.best_spend(slope, from, to);
        let steeper = (curve.value(touch) - base) / (touch - from);
        // Not a number where the line takes nothing.
        if steeper > slope {
            slope = steeper;
        } else {
            break;
        }
    }
    slope
}

/// Whether a price lies between two others; one that is no number does not.
fn is_inside(price: f64, low: f64, high: f64) -> bool {
    price > low && price < high
}

#[cfg(test)]
mod tests {
    use super::is_inside;

    #[test]
    fn a_price_at_an_end_is_not_inside() {
        let inside = |price| is_inside(price, 1.0, 2.0);
        assert!(inside(1.5) && inside(1.0 + f64::EPSILON));
        assert!(!inside(1.0) && !inside(2.0) && !inside(0.5) && !inside(2.5) && !inside(f64::NAN));
    }
}
