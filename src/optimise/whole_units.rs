//! From real amounts to whole minor units: the best ones, kept within all bounds.
//!
//! The response of one more minor unit falls along a concave curve, so amounts from which no single unit can be
//! moved with a gain are the optimum over all whole amounts (Fox 1966; for nested groups Murota 2003, M-convexity). Amounts near the real
//! optimum are a few moves away from there.

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
        let mut sums = vec![0_i128; model.nodes.len()];
        for (place, node) in model.nodes.iter().enumerate() {
            let own: i128 = amounts.get(node.lines.clone()).unwrap_or_default().iter().sum();
            let groups: i128 = node.groups.iter().filter_map(|group| sums.get(*group)).sum();
            if let Some(sum) = sums.get_mut(place) {
                *sum = own.saturating_add(groups);
            }
        }
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
    pub(super) fn move_prices(&self, prices: &mut [f64]) {
        for (place, node) in self.model.nodes.iter().enumerate().rev() {
            let around = prices.get(node.parent).copied().unwrap_or_default();
            let was = prices.get(place).copied().unwrap_or_default();
            let next =
                self.best(place, Move::Up).map_or(f64::NEG_INFINITY, |(_, gain)| gain * self.model.units);
            let last =
                self.best(place, Move::Down).map_or(f64::INFINITY, |(_, gain)| -gain * self.model.units);
            let moved = was.max(next).min(last);
            if let Some(price) = prices.get_mut(place) {
                // A group whose bounds do not bind has the price around it.
                let is_free = self.sums.get(place).is_some_and(|sum| *sum > node.floor && *sum < node.cap);
                *price = if is_free && node.stated.is_some() { around } else { moved };
            }
        }
    }

    /// What the whole holds.
    pub(super) fn sum(&self) -> i128 {
        self.sums.last().copied().unwrap_or_default()
    }

    /// Keeps the bounds of groups: first those inside, each by the units that cost least.
    pub(super) fn keep_groups(&mut self) {
        for place in 0..self.model.whole() {
            let Some(node) = self.model.nodes.get(place) else { continue };
            let sum = self.sums.get(place).copied().unwrap_or_default();
            if sum < node.floor {
                self.raise(place, node.floor.saturating_sub(sum));
            } else if sum > node.cap {
                self.lower(place, sum.saturating_sub(node.cap));
            }
        }
    }

    /// Gives or takes units until the whole holds `sum`, each where it is worth most.
    pub(super) fn reach(&mut self, sum: i128) {
        let missing = sum.saturating_sub(self.sum());
        if missing > 0 {
            self.raise(self.model.whole(), missing);
        } else {
            self.lower(self.model.whole(), missing.saturating_neg());
        }
    }

    fn raise(&mut self, node: usize, mut units: i128) {
        while units > 0 {
            let Some((line, _)) = self.best(node, Move::Up) else { return };
            units = units.saturating_sub(self.shift(line, self.stride(units)));
        }
    }

    fn lower(&mut self, node: usize, mut units: i128) {
        while units > 0 {
            let Some((line, _)) = self.best(node, Move::Down) else { return };
            units =
                units.saturating_sub(self.shift(line, self.stride(units).saturating_neg()).saturating_neg());
        }
    }

    /// Single units, but where rounding of large amounts has left more than a few for each line.
    fn stride(&self, units: i128) -> i128 {
        let lines = i128::try_from(self.amounts.len()).unwrap_or(1).max(1);
        (units / 4).checked_div(lines).unwrap_or(0).max(1)
    }

    /// Moves single units from where they cost least to where they bring most, while that is a gain and `moves`
    /// last.
    pub(super) fn exchange(&mut self, moves: usize) {
        for _ in 0..moves {
            let mut best: Option<(f64, usize, usize)> = None;
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
    fn best(&self, node: usize, way: Move) -> Option<(usize, f64)> {
        let members = self.model.nodes.get(node)?;
        let tournament = if way == Move::Up { &self.up } else { &self.down };
        let mut best = tournament.best(members.lines.start, members.lines.end);
        for group in &members.groups {
            let (Some(inside), Some(sum)) = (self.model.nodes.get(*group), self.sums.get(*group)) else {
                continue;
            };
            let has_room = if way == Move::Up { *sum < inside.cap } else { *sum > inside.floor };
            if let (true, Some(found)) = (has_room, self.best(*group, way))
                && best.is_none_or(|(_, most)| found.1 > most)
            {
                best = Some(found);
            }
        }
        best
    }

    /// Moves a line by `units`, as far as its bounds and its groups' let it; what it was moved by.
    fn shift(&mut self, line: usize, units: i128) -> i128 {
        let model = self.model;
        let (Some(amount), Some((floor, cap))) = (self.amounts.get_mut(line), self.bounds.get(line)) else {
            return 0;
        };
        let moved = amount.saturating_add(units).clamp(*floor, *cap);
        let by = moved.saturating_sub(*amount);
        *amount = moved;
        let mut place = model.node_of.get(line).copied().unwrap_or_default();
        loop {
            if let Some(sum) = self.sums.get_mut(place) {
                *sum = sum.saturating_add(by);
            }
            match model.nodes.get(place) {
                Some(node) if node.parent != place => place = node.parent,
                _ => break,
            }
        }
        let (up, down) = self.moves(line);
        self.up.change(line, up);
        self.down.change(line, down);
        by
    }

    /// What a unit more brings to a line and a unit less costs it, negated.
    fn moves(&self, line: usize) -> (f64, f64) {
        let model = self.model;
        let (Some(curve), Some(amount), Some((floor, cap))) =
            (model.curves.get(line), self.amounts.get(line), self.bounds.get(line))
        else {
            return (f64::NEG_INFINITY, f64::NEG_INFINITY);
        };
        let (at, unit) = (model.main(*amount), 1.0 / model.units);
        let up = if amount < cap { curve.rise(at, unit) } else { f64::NEG_INFINITY };
        let down = if amount > floor {
            -curve.rise(model.main(amount.saturating_sub(1)), unit)
        } else {
            f64::NEG_INFINITY
        };
        (up, down)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Move {
    Up,
    Down,
}

/// The greatest of a row of numbers that change one at a time, by a tree of comparisons.
struct Tournament {
    lines: usize,
    /// The winners of the inner nodes, then the entries.
    tree: Vec<(f64, usize)>,
}

impl Tournament {
    fn new(lines: usize) -> Self {
        let tree = vec![(f64::NEG_INFINITY, 0); lines.saturating_mul(2)];
        Self { lines, tree }
    }

    fn place(&mut self, line: usize, value: f64) {
        if let Some(entry) = self.tree.get_mut(self.lines.saturating_add(line)) {
            *entry = (value, line);
        }
    }

    fn winner(&self, place: usize) -> (f64, usize) {
        let none = (f64::NEG_INFINITY, usize::MAX);
        let left = self.tree.get(place.saturating_mul(2)).copied().unwrap_or(none);
        let right = self.tree.get(place.saturating_mul(2).saturating_add(1)).copied().unwrap_or(none);
        better(left, right)
    }

    fn play(&mut self) {
        for place in (1..self.lines).rev() {
            let winner = self.winner(place);
            if let Some(entry) = self.tree.get_mut(place) {
                *entry = winner;
            }
        }
    }

    fn change(&mut self, line: usize, value: f64) {
        self.place(line, value);
        let mut place = self.lines.saturating_add(line) / 2;
        while place >= 1 {
            let winner = self.winner(place);
            if let Some(entry) = self.tree.get_mut(place) {
                *entry = winner;
            }
            place /= 2;
        }
    }

    /// The greatest entry of `from..to`, unless none can be moved; of equals the first.
    fn best(&self, from: usize, to: usize) -> Option<(usize, f64)> {
        let (mut left, mut right) = (self.lines.saturating_add(from), self.lines.saturating_add(to));
        let mut best = (f64::NEG_INFINITY, usize::MAX);
        while left < right {
            if left % 2 == 1 {
                best = better(best, self.tree.get(left).copied().unwrap_or(best));
                left = left.saturating_add(1);
            }
            if right % 2 == 1 {
                right = right.saturating_sub(1);
                best = better(best, self.tree.get(right).copied().unwrap_or(best));
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
            if left.1 <= right.1 {
                left
            } else {
                right
            }
        }
    }
}
