//! From real amounts to whole minor units: the best ones, kept within all bounds.
//!
//! The response of one more minor unit falls along a concave curve, so amounts from which no single unit can be
//! moved with a gain are the optimum over all whole amounts (B. Fox, 1966; for nested groups K. Murota, 2003, M-convexity). Whole amounts near
//! the real optimum are a few moves away from it.

use super::model::Model;
use crate::response::ResponseCurve;
use alloc::vec;
use alloc::vec::Vec;

/// A gain below this part of what a move costs is rounding, not gain.
const NOISE: f64 = 1e-12;

/// Whole amounts that can be moved by single minor units.
pub(super) struct WholeUnits<'m, 'a, C> {
    pub(super) model: &'m Model<'a, C>,
    /// Each line's bounds in minor units: the question's or those of a box.
    bounds: &'m [(i128, i128)],
    /// Each line's amount in minor units.
    pub(super) amounts: Vec<i128>,
    /// What each node holds.
    sums: Vec<i128>,
    /// What one more unit brings to each line; nothing at its cap.
    up: Tournament,
    /// What one unit less costs each line, negated; not to be had at its floor.
    down: Tournament,
}

impl<'m, 'a, C: ResponseCurve> WholeUnits<'m, 'a, C> {
    /// The real amounts rounded down, within the lines' bounds.
    pub(super) fn below(model: &'m Model<'a, C>, bounds: &'m [(i128, i128)], spends: &[f64]) -> Self {
        // The product may leave a whole unit a hair below itself, and the floor would take the one before.
        Self::rounded(model, bounds, spends, |units| libm::floor(units * (1.0 + f64::EPSILON)))
    }

    /// The real amounts rounded up, within the lines' bounds.
    pub(super) fn above(model: &'m Model<'a, C>, bounds: &'m [(i128, i128)], spends: &[f64]) -> Self {
        Self::rounded(model, bounds, spends, |units| libm::ceil(units * (1.0 - f64::EPSILON)))
    }

    fn rounded(
        model: &'m Model<'a, C>,
        bounds: &'m [(i128, i128)],
        spends: &[f64],
        round: impl Fn(f64) -> f64,
    ) -> Self {
        let amounts: Vec<i128> = spends
            .iter()
            .zip(bounds)
            .map(|(spend, (floor, cap))| {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a cast saturates; it is clamped to the bounds"
                )]
                let units = round(spend * model.units) as i128;
                units.clamp(*floor, *cap)
            })
            .collect();
        Self::of(model, bounds, amounts)
    }

    /// These amounts, which are within the lines' bounds.
    pub(super) fn of(model: &'m Model<'a, C>, bounds: &'m [(i128, i128)], amounts: Vec<i128>) -> Self {
        debug_assert!(amounts.len() == model.curves.len() && bounds.len() == model.curves.len());
        let sums = model.sums(&amounts);
        let lines = amounts.len();
        let mut whole =
            Self { model, bounds, amounts, sums, up: Tournament::new(lines), down: Tournament::new(lines) };
        for line in 0..lines {
            let (up, down) = whole.moves(line);
            whole.up.place(line, up);
            whole.down.place(line, down);
        }
        whole.up.play();
        whole.down.play();
        whole
    }

    /// Moves each node's price to where neither the last unit taken nor the next one would be moved at it.
    #[expect(clippy::indexing_slicing, reason = "a price and a sum for each node; a parent is a node")]
    pub(super) fn move_prices(&self, prices: &mut [f64]) {
        debug_assert_eq!(prices.len(), self.model.nodes.len());
        // From the whole inward: a group that does not bind takes the price that the node around it was given.
        for (place, node) in self.model.nodes.iter().enumerate().rev() {
            let next =
                self.best(place, Move::Up).map_or(f64::NEG_INFINITY, |(_, gain)| gain * self.model.units);
            let last =
                self.best(place, Move::Down).map_or(f64::INFINITY, |(_, gain)| -gain * self.model.units);
            let is_free = self.sums[place] > node.floor && self.sums[place] < node.cap;
            prices[place] = if is_free && node.stated.is_some() {
                prices[node.parent]
            } else {
                prices[place].max(next).min(last)
            };
        }
    }

    /// What the whole holds.
    #[expect(clippy::indexing_slicing, reason = "the whole is a node, and each node has a sum")]
    pub(super) fn sum(&self) -> i128 {
        self.sums[self.model.whole()]
    }

    /// Keeps the bounds of groups: first those inside, each by the units that cost least.
    ///
    /// What is moved for a group later never leaves the bounds of those inside it: [`room`](Self::room) stops it.
    #[expect(clippy::indexing_slicing, reason = "a sum for each node")]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    pub(super) fn keep_groups(&mut self) {
        let model = self.model;
        for (place, node) in model.nodes.iter().enumerate().take(model.whole()) {
            let sum = self.sums[place];
            if sum < node.floor {
                self.raise(place, node.floor - sum);
            } else if sum > node.cap {
                self.lower(place, sum - node.cap);
            }
        }
    }

    /// Gives or takes units until the whole holds `sum`, each where it is worth most.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    pub(super) fn reach(&mut self, sum: i128) {
        let (whole, held) = (self.model.whole(), self.sum());
        if sum > held {
            self.raise(whole, sum - held);
        } else {
            self.lower(whole, held - sum);
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    fn raise(&mut self, node: usize, mut units: i128) {
        while units > 0 {
            // Nobody has room left: the callers look at the sum that was reached.
            let Some((line, _)) = self.best(node, Move::Up) else { return };
            units -= self.shift(line, self.stride(units).min(self.room(line, node, Move::Up)));
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    fn lower(&mut self, node: usize, mut units: i128) {
        while units > 0 {
            let Some((line, _)) = self.best(node, Move::Down) else { return };
            units += self.shift(line, -self.stride(units).min(self.room(line, node, Move::Down)));
        }
    }

    /// Single units, but where rounding of large amounts has left more than a few for each line.
    ///
    /// A quarter of what is missing for each line: the last units still go one at a time, each to where it is worth
    /// most, and a remainder of any size is gone after a number of moves that grows with its logarithm only.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    fn stride(&self, units: i128) -> i128 {
        // No 128-bit count of lines is too great; a `Vec` has fewer than 2^63 entries.
        let lines = i128::try_from(self.amounts.len()).unwrap_or(i128::MAX).max(1);
        (units / 4 / lines).max(1)
    }

    /// How many units the groups between a line and `node` let through; the bounds of `node` itself are those that the
    /// caller moves units for. At least 1 for a line that [`best`](Self::best) names.
    #[expect(
        clippy::indexing_slicing,
        reason = "a node for each line, a sum for each node; a parent is a node"
    )]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    fn room(&self, line: usize, node: usize, way: Move) -> i128 {
        let (mut place, mut room) = (self.model.node_of[line], i128::MAX);
        while place != node {
            let group = &self.model.nodes[place];
            let sum = self.sums[place];
            room = room.min(if way == Move::Up { group.cap - sum } else { sum - group.floor });
            place = group.parent;
        }
        room
    }

    /// Moves single units from where they cost least to where they bring most, while that is a gain and `moves`
    /// last.
    pub(super) fn exchange(&mut self, moves: usize) {
        for _ in 0..moves {
            let mut best: Option<(f64, usize, usize)> = None;
            // Within one node at a time, so that no sum around it changes.
            for node in 0..self.model.nodes.len() {
                let (Some((to, gain)), Some((from, cost))) =
                    (self.best(node, Move::Up), self.best(node, Move::Down))
                else {
                    continue;
                };
                let profit = gain + cost;
                if to != from && profit > NOISE * gain.abs() && best.is_none_or(|(most, ..)| profit > most) {
                    best = Some((profit, from, to));
                }
            }
            let Some((_, from, to)) = best else { return };
            let _ = self.shift(from, -1);
            let _ = self.shift(to, 1);
        }
    }

    /// Gives single units while `wants` says so of the line's next gain.
    pub(super) fn raise_while(&mut self, moves: usize, mut wants: impl FnMut(&Self, f64) -> bool) {
        for _ in 0..moves {
            match self.best(self.model.whole(), Move::Up) {
                Some((line, gain)) if wants(self, gain) => {
                    let _ = self.shift(line, 1);
                }
                _ => return,
            }
        }
    }

    /// Takes single units while `wants` says so of what that costs.
    pub(super) fn lower_while(&mut self, moves: usize, mut wants: impl FnMut(&Self, f64) -> bool) {
        for _ in 0..moves {
            match self.best(self.model.whole(), Move::Down) {
                Some((line, loss)) if wants(self, -loss) => {
                    let _ = self.shift(line, -1);
                }
                _ => return,
            }
        }
    }

    /// The line of `node` that is best moved, and what it brings, where the groups inside leave room. Of equals,
    /// the one stated first.
    #[expect(clippy::indexing_slicing, reason = "members are nodes, and each node has a sum")]
    fn best(&self, node: usize, way: Move) -> Option<(usize, f64)> {
        let members = &self.model.nodes[node];
        let tournament = if way == Move::Up { &self.up } else { &self.down };
        let mut best = tournament.best(members.lines.start, members.lines.end);
        for &group in &members.groups {
            let (inside, sum) = (&self.model.nodes[group], self.sums[group]);
            let has_room = if way == Move::Up { sum < inside.cap } else { sum > inside.floor };
            if let (true, Some(found)) = (has_room, self.best(group, way))
                && best.is_none_or(|(_, most)| found.1 > most)
            {
                best = Some(found);
            }
        }
        best
    }

    /// Moves a line by `units`, as far as its own bounds let it; what it was moved by. The groups' bounds are kept by
    /// whoever chose the line and the units.
    #[expect(
        clippy::indexing_slicing,
        reason = "amounts, bounds and a node for each line, a sum for each node; a parent is a node"
    )]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    fn shift(&mut self, line: usize, units: i128) -> i128 {
        let model = self.model;
        let (amount, (floor, cap)) = (self.amounts[line], self.bounds[line]);
        // Below 2^97, a stride of what a whole holds, and an amount of money: the sum is far from the end of 128 bits.
        let moved = (amount + units).clamp(floor, cap);
        let by = moved - amount;
        self.amounts[line] = moved;
        let mut place = model.node_of[line];
        loop {
            self.sums[place] += by;
            let parent = model.nodes[place].parent;
            if parent == place {
                break;
            }
            place = parent;
        }
        let (up, down) = self.moves(line);
        self.up.change(line, up);
        self.down.change(line, down);
        by
    }

    /// What a unit more brings to a line and a unit less costs it, negated.
    #[expect(clippy::indexing_slicing, reason = "a curve, an amount and bounds for each line")]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    fn moves(&self, line: usize) -> (f64, f64) {
        let model = self.model;
        let (curve, amount, (floor, cap)) = (model.curves[line], self.amounts[line], self.bounds[line]);
        let unit = 1.0 / model.units;
        let up = if amount < cap { curve.rise(model.main(amount), unit) } else { f64::NEG_INFINITY };
        // The rise from the unit below, not a negative width: a curve gives digits for widths forward only.
        let down = if amount > floor { -curve.rise(model.main(amount - 1), unit) } else { f64::NEG_INFINITY };
        (up, down)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Move {
    Up,
    Down,
}

/// The greatest of a row of numbers that change one at a time, by a tree of comparisons.
///
/// Place 1 is the root, the children of `n` are `2 n` and `2 n + 1`, and the entries are at `lines..2 lines`: for any
/// number of lines a node covers entries that stand together, or is never asked. A heap of stale entries lost: after
/// a few thousand moves most of it is stale, and a range of lines cannot be asked of it.
struct Tournament {
    lines: usize,
    /// The winners of the inner nodes, then the entries.
    tree: Vec<(f64, usize)>,
}

#[expect(clippy::indexing_slicing, reason = "the tree has 2 lines places, and a line is below `lines`")]
impl Tournament {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    fn new(lines: usize) -> Self {
        Self { lines, tree: vec![(f64::NEG_INFINITY, 0); 2 * lines] }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    fn place(&mut self, line: usize, value: f64) {
        debug_assert!(line < self.lines);
        self.tree[self.lines + line] = (value, line);
    }

    /// The winner of an inner node, which is below `lines`: its children are in the tree.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    fn winner(&self, place: usize) -> (f64, usize) {
        better(self.tree[2 * place], self.tree[2 * place + 1])
    }

    fn play(&mut self) {
        for place in (1..self.lines).rev() {
            self.tree[place] = self.winner(place);
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    fn change(&mut self, line: usize, value: f64) {
        self.place(line, value);
        let mut place = self.lines + line;
        // Up to the root, place 1; of a single line that is the entry itself.
        while place > 1 {
            place /= 2;
            self.tree[place] = self.winner(place);
        }
    }

    /// The greatest entry of `from..to`, unless none can be moved; of equals the first.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and lines and places of a tree are entries of vectors"
    )]
    fn best(&self, from: usize, to: usize) -> Option<(usize, f64)> {
        debug_assert!(from <= to && to <= self.lines);
        let (mut left, mut right) = (self.lines + from, self.lines + to);
        let mut best = (f64::NEG_INFINITY, usize::MAX);
        while left < right {
            if left % 2 == 1 {
                best = better(best, self.tree[left]);
                left += 1;
            }
            if right % 2 == 1 {
                right -= 1;
                best = better(best, self.tree[right]);
            }
            (left, right) = (left / 2, right / 2);
        }
        (best.0 > f64::NEG_INFINITY).then_some((best.1, best.0))
    }
}

fn better(left: (f64, usize), right: (f64, usize)) -> (f64, usize) {
    match left.0.total_cmp(&right.0) {
        core::cmp::Ordering::Less => right,
        core::cmp::Ordering::Greater => left,
        core::cmp::Ordering::Equal => {
            // Ties go to the earlier line, so that every run ends with the same amounts.
            if left.1 <= right.1 { left } else { right }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::Optimisation;
    use crate::quantity::Money;
    use crate::response::{Curve, Logarithmic};

    fn yuan(text: &str) -> Money {
        Money::parse(&alloc::format!("{text} CNY")).unwrap()
    }

    /// Units go in strides where many are missing: a stride does not leave the bounds of a group.
    #[test]
    fn strides_stay_within_the_bounds_of_groups() {
        let curve = |a: f64| Logarithmic::new(a, 1e3).unwrap();
        // The group's lines are the cheapest to lower, those of the other the best to raise.
        let question = Optimisation::maximise_response(yuan("3"))
            .line("a", curve(1.0), ..)
            .line("b", curve(1.0), ..)
            .line("c", curve(5.0), ..)
            .line("d", curve(9.0), ..)
            .group("low", ["a", "b"], yuan("1.90")..)
            .group("high", ["d"], ..=yuan("0.07"));
        let model = Model::<Curve>::of(&question).unwrap();
        let bounds = model.bounds();
        let within = |whole: &WholeUnits<'_, '_, Curve>| {
            let mut groups = model.nodes.iter().zip(&whole.sums).take(model.whole());
            groups.all(|(node, sum)| (node.floor..=node.cap).contains(sum))
        };
        let lines = |named: [i128; 4]| -> Vec<i128> {
            model.stated.iter().filter_map(|stated| named.get(*stated)).copied().collect()
        };
        let mut whole = WholeUnits::of(&model, &bounds, lines([100, 100, 100, 0]));
        whole.reach(195);
        assert!(within(&whole) && whole.sum() == 195, "{:?}", whole.amounts);
        whole.reach(300);
        assert!(within(&whole) && whole.sum() == 300, "{:?}", whole.amounts);
        // From outside of them, each group is brought back.
        let mut whole = WholeUnits::of(&model, &bounds, lines([0, 0, 100, 100]));
        whole.keep_groups();
        assert!(within(&whole), "{:?}", whole.amounts);
    }
}
