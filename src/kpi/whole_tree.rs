//! Contributions of the leaves to the tree as a whole, not node by node: the Shapley value over all orders of
//! replacement, and the gradient along the straight line between the two points.

use super::absence::Absence;
use super::graph::float;
use super::node::NodeId;
use super::sensitivity::gradients;
use super::{Exact, Inputs, KpiError, KpiTree};
use crate::decompose::legendre_rule;
use crate::figure::Figure;
use crate::quantity::subtract;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The most leaves whose orders of replacement are enumerated.
const LEAVES: usize = 20;

/// The most points of the Gauss-Legendre rule.
const POINTS: usize = 1000;

impl KpiTree {
    /// The Shapley value of each leaf of the root for its change, in the unit of the root: the mean of its contribution
    /// over all orders in which the leaves could change.
    ///
    /// # Formula
    /// `sum over S of |S|! (n-1-|S|)! / n! (v(S + i) - v(S))`, with `v(S)` the root when the leaves in `S`
    /// have their new values (L. S. Shapley, 1953). Every `v(S)` is exact: `2^n` evaluations for `n` leaves that
    /// changed.
    ///
    /// # Errors
    /// [`KpiError::TooMany`] where more than 20 leaves changed; [`KpiError::NoValue`] where the root has no
    /// value for one of the sets; [`KpiError::OtherTree`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("rate = orders / visits\n orders, visits")?;
    /// let before = tree.inputs([("orders", dec!(10)), ("visits", dec!(100))])?;
    /// let after = tree.inputs([("orders", dec!(30)), ("visits", dec!(200))])?;
    /// let parts = tree.shapley_of_leaves(&before, &after)?;
    /// assert!((parts[0].1 - 0.15).abs() < 1e-12 && (parts[1].1 + 0.10).abs() < 1e-12);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::indexing_slicing, reason = "slots of leaves that moved, and sets of them")]
    pub fn shapley_of_leaves(&self, before: &Inputs, after: &Inputs) -> Result<Vec<(NodeId, f64)>, KpiError> {
        let changes = self.changes(before, after)?;
        let moved: Vec<usize> = changes
            .iter()
            .enumerate()
            .filter(|(_, change)| change.abs() > 0.0)
            .map(|(slot, _)| slot)
            .collect();
        // One leaf more doubles the evaluations: beyond 2^20 they are refused, not waited for.
        if moved.len() > LEAVES {
            return Err(KpiError::TooMany { what: "changed leaves", limit: LEAVES, actual: moved.len() });
        }
        let sets = 1_usize << moved.len();
        let (of_before, of_after) = (self.checked(before)?, self.checked(after)?);
        let mut mixed = before.clone();
        let mut roots: Vec<Exact> = Vec::with_capacity(sets);
        for set in 0..sets {
            for (bit, slot) in moved.iter().enumerate() {
                let source = if set & (1 << bit) == 0 { &of_before } else { &of_after };
                mixed.leaves_mut(self)?[*slot] = source[*slot];
            }
            roots.push(self.needed(self.root(), self.evaluate(&mixed)?.root())?);
        }
        let weights = weights(moved.len());
        let mut contributions = alloc::vec![0.0; changes.len()];
        for (bit, slot) in moved.iter().enumerate() {
            let mut sum = 0.0;
            for (set, without) in roots.iter().enumerate().filter(|(set, _)| set & (1 << bit) == 0) {
                // Beyond its type the difference of two figures has the difference of their floats.
                let with = &roots[set | (1 << bit)];
                let step = match with.minus(without) {
                    Figure::Known(step) => step.to_f64(),
                    _ => with.to_f64() - without.to_f64(),
                };
                sum += step * weights[set.count_ones() as usize];
            }
            contributions[*slot] = sum;
        }
        Ok(self.by_leaf(&contributions))
    }

    /// The contribution of each leaf of the root to its change along the straight line between the two points, in the unit
    /// of the root.
    ///
    /// # Formula
    /// `(x1 - x0) * integral over t in 0..1 of d root / d x at x0 + t (x1 - x0)`, by the Gauss-Legendre rule
    /// of `points` points (R. J. Aumann and L. S. Shapley, 1974). Where the root is linear in each leaf this
    /// is [`shapley_of_leaves`](Self::shapley_of_leaves).
    ///
    /// # Errors
    /// [`KpiError::NoValue`] where the root has no value on the line; [`KpiError::Unexplained`] where the
    /// points do not suffice (the line crosses a zero of a divisor); [`KpiError::TooMany`] for more than
    /// 1000 points; [`KpiError::OtherTree`]; [`KpiError::Range`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales = visitors * aov\n visitors, aov")?;
    /// let before = tree.inputs([("visitors", dec!(100)), ("aov", dec!(2))])?;
    /// let after = tree.inputs([("visitors", dec!(110)), ("aov", dec!(3))])?;
    /// let parts = tree.straight_line(&before, &after, 8)?;
    /// assert!((parts[0].1 - 25.0).abs() < 1e-12 && (parts[1].1 - 105.0).abs() < 1e-12);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn straight_line(
        &self,
        before: &Inputs,
        after: &Inputs,
        points: usize,
    ) -> Result<Vec<(NodeId, f64)>, KpiError> {
        if points > POINTS {
            return Err(KpiError::TooMany { what: "points", limit: POINTS, actual: points });
        }
        let changes = self.changes(before, after)?;
        let mut columns = self.columns(2)?;
        columns.set_inputs(0, before)?;
        columns.set_inputs(1, after)?;
        columns.evaluate();
        let start: Vec<f64> = (0..changes.len()).map(|slot| columns.at(slot, 0)).collect();
        let ends = [columns.root(0), columns.root(1)];
        // One column, moved from point to point: nodes that come out the same leave those above them alone.
        let mut line = self.columns(1)?;
        let mut contributions = alloc::vec![0.0; changes.len()];
        for (t, weight) in legendre_rule(points.max(1)) {
            for (slot, (from, change)) in start.iter().zip(&changes).enumerate() {
                line.set(self.node_of(slot), 0, from + t * change)?;
            }
            line.update();
            let slopes = gradients(&line)?;
            for ((entry, slope), change) in contributions.iter_mut().zip(slopes).zip(&changes) {
                *entry += weight * slope * change;
            }
        }
        // The rule is exact for polynomials of a degree below twice its points. What it misses elsewhere shows in the sum,
        // which has to be the change.
        let [a, b] = ends.map(|root| root.known().unwrap_or(f64::NAN));
        let sum: f64 = contributions.iter().sum();
        let size: f64 = contributions.iter().fold(a.abs() + b.abs(), |size, part| size + part.abs());
        if (sum - (b - a)).abs() <= 1e-6 * size {
            return Ok(self.by_leaf(&contributions));
        }
        Err(KpiError::Unexplained { node: self.id_of(self.root()), scale: 6 })
    }

    /// How each leaf of the root changed, in the order of the slots.
    fn changes(&self, before: &Inputs, after: &Inputs) -> Result<Vec<f64>, KpiError> {
        let (before, after) = (self.checked(before)?, self.checked(after)?);
        let pairs = before.iter().zip(after.iter()).zip(0..).take(self.graph().root_inputs);
        // Subtracted as decimals: two floats that lie close together would lose the digits of their difference.
        let change = |((a, b), slot): ((&Option<Decimal>, &Option<Decimal>), u32)| match (a, b) {
            (Some(a), Some(b)) => Ok(subtract(*b, *a).map_or_else(|_| float(*b) - float(*a), float)),
            _ => self.needed(self.root(), self.absent(Absence::Missing(slot), |_| false)),
        };
        pairs.map(change).collect()
    }

    #[expect(clippy::indexing_slicing, reason = "there is a contribution for each leaf of the root")]
    fn by_leaf(&self, contributions: &[f64]) -> Vec<(NodeId, f64)> {
        let of = |leaf| contributions[self.slot(leaf) as usize];
        let leaves = self.leaves().filter(|(leaf, _)| self.is_of_root(*leaf));
        leaves.map(|(leaf, _)| (leaf, of(leaf))).collect()
    }
}

/// `k! (n-1-k)! / n!` for `k` from 0 to `n - 1`.
fn weights(n: usize) -> Vec<f64> {
    let mut weights = Vec::with_capacity(n);
    #[expect(clippy::cast_precision_loss, reason = "n is at most 20")]
    let count = n as f64;
    // k! (n-1-k)! / n! = 1 / (n * binomial(n-1, k)), each from the one before.
    let mut weight = 1.0 / count;
    let mut k = 0.0;
    for _ in 0..n {
        weights.push(weight);
        k += 1.0;
        weight *= k / (count - k);
    }
    weights
}
