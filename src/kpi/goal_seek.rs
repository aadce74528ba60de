//! Which value of a leaf, or of several in fixed proportion, brings the root to a target.

use super::columns::Columns;
use super::node::NodeId;
use super::sensitivity::gradients;
use super::{Inputs, KpiError, KpiTree};
use crate::figure::{Cause, Figure};
use alloc::vec::Vec;
use core::ops::{Bound, RangeBounds};

impl KpiTree {
    /// The value of a leaf within `range` at which the root is `target`, all other leaves as they are: `0.0..` for
    /// what counts or measures something. An end that the range excludes is no answer, the float beside it can be.
    ///
    /// # Formula
    /// Within the range the root is computed at points a factor of `2^(1/4)` apart, up to `2^60` times the
    /// value now and down to its `2^60`th part; the sign change nearest to the value now is halved until no float is left
    /// between its ends. Without one, the best point is refined by the golden section, and the same points over
    /// all reals are searched for a sign change, then Newton's steps from the value now, which also find where
    /// the root touches the target.
    ///
    /// # Errors
    /// [`KpiError::TargetOutOfRange`] where the target is reached only outside the range;
    /// [`KpiError::TargetUnreachable`] where it is not reached at all; both say how near the range comes.
    /// [`KpiError::NoValue`] where the root has none now; [`KpiError::NotInRange`] for a target that is not finite or
    /// a range that is empty; [`KpiError::UnknownName`]; [`KpiError::NotALeaf`]; [`KpiError::OtherTree`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiError, KpiTree};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales = (search + social) * value\n search, social, value")?;
    /// let now = tree.inputs([("search", dec!(60)), ("social", dec!(40)), ("value", dec!(2))])?;
    /// assert!((tree.goal_seek(&now, "search", 0.0.., 220.0)? - 70.0).abs() < 1e-12);
    /// // With 100 at most the answer tells both: what it would take, and how far it goes.
    /// assert_eq!(
    ///     tree.goal_seek(&now, "search", 0.0..=100.0, 500.0),
    ///     Err(KpiError::TargetOutOfRange { at: 210.0, limit: 280.0 }),
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "what-if")]
    pub fn goal_seek(
        &self,
        inputs: &Inputs,
        leaf: &str,
        range: impl RangeBounds<f64>,
        target: f64,
    ) -> Result<f64, KpiError> {
        self.search(inputs, alloc::vec![self.named(leaf)?], false, ends(&range), target)
    }

    /// The factor within `range` of several leaves together at which the root is `target`, all other leaves as they
    /// are: the leaves keep the proportion of their values now.
    ///
    /// # Errors
    /// As [`goal_seek`](Self::goal_seek); [`KpiError::GivenTwice`]; [`KpiError::Length`] for no leaves.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("visits = search + social + direct\n search, social, direct")?;
    /// let now = tree.inputs([("search", dec!(60)), ("social", dec!(40)), ("direct", dec!(50))])?;
    /// // Paid visits have to grow by half.
    /// assert_eq!(tree.goal_seek_in_proportion(&now, ["search", "social"], 0.0.., 200.0)?, 1.5);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn goal_seek_in_proportion<L: AsRef<str>>(
        &self,
        inputs: &Inputs,
        leaves: impl IntoIterator<Item = L>,
        range: impl RangeBounds<f64>,
        target: f64,
    ) -> Result<f64, KpiError> {
        let leaves = leaves.into_iter().map(|id| self.named(id.as_ref()));
        let leaves = leaves.collect::<Result<Vec<NodeId>, KpiError>>()?;
        if leaves.is_empty() {
            return Err(KpiError::Length { what: "leaves", expected: 1, actual: 0 });
        }
        self.each_once(&leaves)?;
        self.search(inputs, leaves, true, ends(&range), target)
    }

    fn search(
        &self,
        inputs: &Inputs,
        leaves: Vec<NodeId>,
        in_proportion: bool,
        range: (f64, f64),
        target: f64,
    ) -> Result<f64, KpiError> {
        if !target.is_finite() {
            return Err(KpiError::NotInRange { what: "target", required: "a finite number" });
        }
        let (low, high) = range;
        // Negated, so that an end which is no number is refused too.
        if !(low <= high && low < f64::INFINITY && high > f64::NEG_INFINITY) {
            return Err(KpiError::NotInRange { what: "range", required: "from a number to a larger one" });
        }
        let mut columns = self.columns(1)?;
        columns.set_inputs(0, inputs)?;
        columns.evaluate();
        self.needed(self.root(), columns.root(0))?;
        // Of a divisor that is exactly 0, floats that round to nearly that make a root of no meaning.
        let root = self.evaluate(inputs)?.root();
        if !matches!(&root, Figure::Undefined(none) if beyond_digits(&none.cause)) {
            self.needed(self.root(), root)?;
        }
        let values = leaves.iter().map(|leaf| Ok(columns.at(self.input(*leaf)?, 0)));
        let values = values.collect::<Result<Vec<f64>, KpiError>>()?;
        let start = match values.as_slice() {
            [value, ..] if !in_proportion => *value,
            // In proportion the unknown is a factor: 1 leaves all leaves as they are.
            _ => 1.0,
        };
        let exact = (self, inputs);
        let mut search =
            Search { columns, leaves, in_proportion, range, values, target, exact, tolerance: 0.0 };
        search.tolerance = search.tolerance(start);
        search.run(start)
    }
}

/// Whether a value may be there, of more digits than exact fractions are given.
const fn beyond_digits(cause: &Cause) -> bool {
    matches!(cause, Cause::OutOfRange | Cause::Imprecise)
}

/// The first and the last float of a range: in place of an excluded end the one beside it.
fn ends(range: &impl RangeBounds<f64>) -> (f64, f64) {
    let end = |bound: Bound<&f64>, open: f64, beside: fn(f64) -> f64| match bound {
        // No value is infinite, so that nothing is excluded there; the greatest float would be one more point to try.
        Bound::Excluded(end) if end.is_finite() => beside(*end),
        Bound::Included(end) | Bound::Excluded(end) => *end,
        Bound::Unbounded => open,
    };
    let low = end(range.start_bound(), f64::NEG_INFINITY, f64::next_up);
    (low, end(range.end_bound(), f64::INFINITY, f64::next_down))
}

struct Search<'t> {
    columns: Columns<'t>,
    leaves: Vec<NodeId>,
    in_proportion: bool,
    range: (f64, f64),
    values: Vec<f64>,
    target: f64,
    /// What an answer is tried on once more, in exact fractions.
    exact: (&'t KpiTree, &'t Inputs),
    /// By how much the root may miss the target at an answer.
    tolerance: f64,
}

impl Search<'_> {
    fn run(mut self, start: f64) -> Result<f64, KpiError> {
        // Within the range first: a root beyond it must not hide one inside, however near it lies.
        let gaps = self.gaps(start, self.range);
        if let Some(at) = self.nearest_crossing(&gaps, start) {
            return Ok(at);
        }
        let none = KpiError::NotInRange { what: "range", required: "one in which the root has a value" };
        let (at, gap) = self.best(&gaps).ok_or(none)?;
        let limit = self.target + gap;
        // Where the root only touches the target no sign changes: that near, it is reached but for rounding.
        if gap.abs() <= 1e-13 * self.target.abs() {
            return Ok(at);
        }
        // Only where the range does not show it: twice the points, for which the usual question does not pay.
        let everywhere = self.gaps(start, (f64::NEG_INFINITY, f64::INFINITY));
        let elsewhere = self.nearest_crossing(&everywhere, start);
        let elsewhere = elsewhere.or_else(|| self.newton(start).and_then(|at| self.held(at)));
        match elsewhere {
            Some(at) if at < self.range.0 || at > self.range.1 => {
                Err(KpiError::TargetOutOfRange { at, limit })
            }
            Some(at) => Ok(at),
            None => Err(KpiError::TargetUnreachable { limit, at }),
        }
    }

    /// A part of the target, or, where that is 0 or nearly so (a break-even), of the root now and of what the whole of the
    /// value now moves it by: no float of the leaf need make the root the target exactly.
    fn tolerance(&mut self, start: f64) -> f64 {
        let root = self.gap(start) + self.target;
        let moved = self.slope().map_or(0.0, |slope| slope * start);
        let parts = [1e-6 * self.target, 1e-9 * root, 1e-13 * moved].map(f64::abs);
        parts.into_iter().filter(|part| part.is_finite()).fold(f64::MIN_POSITIVE, f64::max)
    }

    /// The answer where the root is the target in exact fractions, too: where a leaf cancels (`b + c - c`), floats that are
    /// large enough round their way across any target, and where a divisor is exactly 0, they round past the pole. One that
    /// floats round by more than an answer's last digits is brought nearer by exact values.
    fn held(&mut self, at: f64) -> Option<f64> {
        let by_floats = self.gap(at);
        // What cannot be tried exactly: the floats' word stands, where they come near. Newton's steps along a slope that
        // is rounding only (`n * o / n`) do not.
        let Some(mut gap) = self.exact_gap(at) else {
            return (by_floats.abs() <= self.tolerance).then_some(at);
        };
        let (low, high) = self.range;
        let is_inside = |x: f64| x >= low && x <= high;
        let mut nearest = at;
        for _ in 0..4 {
            if gap.abs() <= 1e-6 * self.tolerance {
                break;
            }
            // The slope over a millionth (secant method).
            let step = 1e-6 * nearest.abs().max(1e-6);
            let Some(beside) = self.exact_gap(nearest + step) else { break };
            let next = nearest - gap * step / (beside - gap);
            let stays = is_inside(next) == is_inside(at);
            match self.exact_gap(next).filter(|next| stays && next.abs() < gap.abs()) {
                Some(nearer) => (nearest, gap) = (next, nearer),
                None => break,
            }
        }
        (gap.abs() <= self.tolerance).then_some(nearest)
    }

    /// The exact root less the target, as the nearest float, NaN where it has no value; `None` where it cannot be tried.
    fn exact_gap(&self, at: f64) -> Option<f64> {
        let (tree, inputs) = self.exact;
        let mut moved = inputs.clone();
        for (leaf, value) in self.leaves.iter().zip(&self.values) {
            let to = if self.in_proportion { at * value } else { at };
            let decimal = rust_decimal::Decimal::from_str_exact(&alloc::format!("{to}")).ok()?;
            moved.set_node(tree, *leaf, decimal).ok()?;
        }
        match tree.evaluate(&moved).ok()?.root() {
            Figure::Known(root) => Some(root.to_f64() - self.target),
            Figure::Undefined(none) if beyond_digits(&none.cause) => None,
            _ => Some(f64::NAN),
        }
    }

    /// The root less the target, NaN where it has no value.
    fn gap(&mut self, x: f64) -> f64 {
        for (leaf, value) in self.leaves.iter().zip(&self.values) {
            let moved = if self.in_proportion { x * value } else { x };
            // What a leaf cannot take is a hole in the curve, not the end of the search.
            if self.columns.set(*leaf, 0, moved).is_err() {
                return f64::NAN;
            }
        }
        self.columns.update();
        let root = self.columns.root_at(0);
        if root.is_finite() { root - self.target } else { f64::NAN }
    }

    /// The points from `low` to `high` in ascending order, each with its gap.
    fn gaps(&mut self, start: f64, (low, high): (f64, f64)) -> Vec<(f64, f64)> {
        let size = if start.abs() > 0.0 { start.abs() } else { 1.0 };
        // Four points an octave, on both sides of zero: values of leaves spread over orders of magnitude, not evenly.
        let steps = (-240..=240).map(|quarter| size * libm::exp2(f64::from(quarter) / 4.0));
        let mut points: Vec<f64> = steps.flat_map(|x| [x, -x]).chain([0.0, low, high, start]).collect();
        points.retain(|x| x.is_finite() && *x >= low && *x <= high);
        points.sort_unstable_by(f64::total_cmp);
        // By bits, as floats are not compared here; a 0 beside a -0 costs one evaluation more.
        points.dedup_by(|later, kept| later.to_bits() == kept.to_bits());
        points.into_iter().map(|x| (x, self.gap(x))).collect()
    }

    /// The root of the sign change nearest to `start` that is one in exact fractions, too. After eight that are none the
    /// search ends: floats of a leaf that cancels change their sign again and again.
    #[expect(clippy::arithmetic_side_effects, reason = "some 960 points, of which twice the place is taken")]
    fn nearest_crossing(&mut self, gaps: &[(f64, f64)], start: f64) -> Option<f64> {
        let here = gaps.partition_point(|(x, _)| *x < start);
        let mut pairs: Vec<(usize, &[(f64, f64)])> = gaps.windows(2).enumerate().collect();
        // The middle of a pair in half steps: how far it lies from the value now, without fractions.
        pairs.sort_by_key(|(index, _)| (2 * index + 1).abs_diff(2 * here));
        let mut refused = 0;
        for (_, pair) in pairs {
            let [(low, at_low), (high, at_high)] = pair else { continue };
            let crosses = (*at_low <= 0.0 && *at_high >= 0.0) || (*at_low >= 0.0 && *at_high <= 0.0);
            if crosses && let Some(at) = self.bisect((*low, *at_low), (*high, *at_high)) {
                if let Some(at) = self.held(at) {
                    return Some(at);
                }
                refused += 1;
                if refused == 8 {
                    return None;
                }
            }
        }
        None
    }

    /// Halves until no float is between; `None` at a pole.
    fn bisect(&mut self, (low, at_low): (f64, f64), (high, at_high): (f64, f64)) -> Option<f64> {
        let (mut a, mut b) = ((low, at_low), (high, at_high));
        // A float has 2^64 patterns; halving the distance takes a little longer near zero.
        for _ in 0..2200 {
            let middle = f64::midpoint(a.0, b.0);
            if middle <= a.0 || middle >= b.0 {
                break;
            }
            let gap = self.gap(middle);
            // A hole inside the bracket: which side of it has the crossing cannot be told.
            if gap.is_nan() {
                return None;
            }
            if (gap < 0.0) == (a.1 < 0.0) && gap.abs() > 0.0 && a.1.abs() > 0.0 {
                a = (middle, gap);
            } else {
                b = (middle, gap);
            }
        }
        // At a pole the gap grows as the bracket shrinks: what is nearer to it than the ends were is a root.
        let best = if a.1.abs() <= b.1.abs() { a } else { b };
        (best.1.abs() <= at_low.abs().max(at_high.abs())).then_some(best.0)
    }

    /// The point with the smallest gap, refined between its neighbours.
    fn best(&mut self, gaps: &[(f64, f64)]) -> Option<(f64, f64)> {
        let known = gaps.iter().enumerate().filter(|(_, (_, gap))| gap.is_finite());
        let least = known.min_by(|left, right| left.1.1.abs().total_cmp(&right.1.1.abs()));
        let (index, mut best) = least.map(|(index, best)| (index, *best))?;
        let end = |index: Option<usize>| index.and_then(|index| gaps.get(index)).map_or(best.0, |(x, _)| *x);
        let (mut low, mut high) = (end(index.checked_sub(1)), end(index.checked_add(1)));
        // Each step leaves 0.618 of the bracket: 120 of them less than the distance of two floats.
        let section = 0.618_033_988_749_894_9;
        for _ in 0..120 {
            let (left, right) = (high - section * (high - low), low + section * (high - low));
            let (at_left, at_right) = (self.gap(left), self.gap(right));
            for (x, gap) in [(left, at_left), (right, at_right)] {
                if gap.abs() < best.1.abs() {
                    best = (x, gap);
                }
            }
            if at_left.abs() <= at_right.abs() {
                high = right;
            } else {
                low = left;
            }
        }
        Some(best)
    }

    fn newton(&mut self, start: f64) -> Option<f64> {
        let mut x = start;
        for _ in 0..60 {
            let gap = self.gap(x);
            let slope = self.slope()?;
            let next = x - gap / slope;
            if !next.is_finite() {
                return None;
            }
            // The steps square the error: after one below 1e-9 what is left is the rounding of the root.
            let settled = (next - x).abs() <= 1e-9 * next.abs();
            x = next;
            if settled {
                return Some(x);
            }
        }
        None
    }

    /// The derivative of the root by the lever where it stands.
    #[expect(clippy::indexing_slicing, reason = "the leaves are the tree's, and every slot has a gradient")]
    fn slope(&self) -> Option<f64> {
        let gradients = gradients(&self.columns).ok()?;
        let tree = self.columns.tree();
        let slopes = self.leaves.iter().zip(&self.values).map(|(leaf, value)| {
            let gradient = gradients[tree.slot(*leaf) as usize];
            if self.in_proportion { gradient * value } else { gradient }
        });
        Some(slopes.sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    /// N16: where Newton's steps do not settle, a bracketed search over the reals finds the root all the same.
    #[test]
    fn a_root_outside_the_domain_is_found_wherever_the_steps_lead() {
        // d root / d x has the wrong sign at the value now: the steps run away from the root at -12.
        let tree = KpiTree::parse("y = x / (x + 4) + 100 / (x + 20)\nx").unwrap();
        let now = tree.inputs([("x", dec!(1))]).unwrap();
        assert!(tree.goal_seek(&now, "y", 0.0.., 0.5).is_err());
        let Err(KpiError::TargetOutOfRange { at, .. }) = tree.goal_seek(&now, "x", 0.0.., 14.0) else {
            panic!()
        };
        let reached = at / (at + 4.0) + 100.0 / (at + 20.0);
        assert!(at < 0.0 && (reached - 14.0).abs() < 1e-9, "{at} {reached}");
        // Twice the same leaf is one.
        let twice = tree.goal_seek_in_proportion(&now, ["x", "x"], 0.0.., 5.0);
        assert!(matches!(twice, Err(KpiError::GivenTwice { .. })));
    }

    #[test]
    fn a_leaf_that_cancels_reaches_nothing_by_rounding() {
        let tree = KpiTree::parse("y = b + c - c\n b, c").unwrap();
        let now = tree.inputs([("b", dec!(50)), ("c", dec!(3))]).unwrap();
        // 50 + c - c is 64 in floats for a c of 10^17: that is no answer to 60.
        let refused = tree.goal_seek(&now, "c", 0.0.., 60.0).unwrap_err();
        assert!(matches!(refused, KpiError::TargetUnreachable { .. }), "{refused}");
        assert!((tree.goal_seek(&now, "b", 0.0.., 60.0).unwrap() - 60.0).abs() < 1e-12);
    }

    /// At an `o` of -0.05 the divisor `f + f + g` is exactly 0, in floats nearly: no root, and none lies elsewhere.
    #[test]
    fn a_pole_that_floats_round_past_is_no_answer() {
        let text = "a [visitor] = -(b + c + b + d - b)\nb [visitor] = e * f / (f + f + g)\nc [visitor] = e * h / (h + f + i)\n\
            d [visitor] = e * j / (j + g + k)\ne [visitor] = l * m / l\nf [order] = n * o / n\n\
            g [order]\nh [order]\ni [order]\nj [order]\nk [order]\no [order]\n\
            l [visitor]\nm [visitor]\nn [visitor]";
        let tree = KpiTree::parse(text).unwrap();
        let leaves: Vec<&str> = tree.leaves().map(|(_, leaf)| leaf.id()).collect();
        let now = tree.inputs(leaves.iter().map(|leaf| (*leaf, dec!(0.1)))).unwrap();
        let target = -0.1 * 1.475_027_160_943_993_3;
        for leaf in leaves {
            let found = tree.goal_seek(&now, leaf, 0.0.., target);
            match found {
                Ok(at) | Err(KpiError::TargetOutOfRange { at, .. }) => {
                    let at = rust_decimal::Decimal::from_str_exact(&alloc::format!("{at}")).unwrap();
                    let mut moved = now.clone();
                    moved.set(&tree, leaf, at).unwrap();
                    let reached = tree.evaluate(&moved).unwrap().root().known().unwrap().to_f64();
                    assert!((reached - target).abs() < 1e-12, "{leaf} {at} {reached}");
                }
                refused => {
                    assert!(["l", "n", "o"].contains(&leaf), "{leaf} {refused:?}");
                    assert!(matches!(refused, Err(KpiError::TargetUnreachable { .. })));
                }
            }
        }
    }

    /// Break-even: what is left over is 0, and no float of the leaf makes it exactly that.
    #[test]
    fn a_target_of_0_is_reached_as_near_as_floats_come() {
        let tree = KpiTree::parse("y = x * x - z\nx, z").unwrap();
        let now = tree.inputs([("x", dec!(1)), ("z", dec!(2))]).unwrap();
        assert!((tree.goal_seek(&now, "x", 0.0.., 0.0).unwrap() - libm::sqrt(2.0)).abs() < 1e-15);
        let tree =
            KpiTree::parse("profit = units * (price - cost) - fixed\nunits, price, cost, fixed").unwrap();
        let now =
            [("units", dec!(100)), ("price", dec!(19.99)), ("cost", dec!(12.35)), ("fixed", dec!(1000))];
        let now = tree.inputs(now).unwrap();
        assert!((tree.goal_seek(&now, "units", 0.0.., 0.0).unwrap() - 1000.0 / 7.64).abs() < 1e-12);
        assert!((tree.goal_seek(&now, "price", 0.0.., 0.0).unwrap() - 22.35).abs() < 1e-13);
    }

    #[test]
    fn several_leaves_move_in_proportion() {
        let tree = KpiTree::parse("y = a + b * c\na, b, c").unwrap();
        let now = tree.inputs([("a", dec!(10)), ("b", dec!(20)), ("c", dec!(3))]).unwrap();
        let at = tree.goal_seek_in_proportion(&now, ["a", "b"], 0.0.., 105.0).unwrap();
        assert!((at - 1.5).abs() < 1e-14);
        let limited = tree.goal_seek_in_proportion(&now, ["a", "b"], 0.0..=1.25, 105.0);
        let Err(KpiError::TargetOutOfRange { at, limit }) = limited else { panic!() };
        assert!((at - 1.5).abs() < 1e-14 && (limit - 87.5).abs() < 1e-12);
    }

    #[test]
    fn an_excluded_end_is_no_answer() {
        let tree = KpiTree::parse("y = x - z\nx, z").unwrap();
        let now = tree.inputs([("x", dec!(60)), ("z", dec!(0))]).unwrap();
        let seek = |range: (Bound<f64>, Bound<f64>), target| tree.goal_seek(&now, "x", range, target);
        let (to, from) =
            ((Bound::Unbounded, Bound::Excluded(100.0)), (Bound::Excluded(100.0), Bound::Unbounded));
        // The float beside it is within the range, and reaches the target but for rounding.
        assert_eq!(seek(to, 100.0), Ok(100_f64.next_down()));
        assert_eq!(seek(from, 100.0), Ok(100_f64.next_up()));
        assert_eq!(tree.goal_seek(&now, "x", ..=100.0, 100.0), Ok(100.0));
        // Where rounding does not reach it, the end lies out of range.
        let zero = (Bound::Excluded(0.0), Bound::Unbounded);
        let limit = f64::from_bits(1);
        assert_eq!(seek(zero, 0.0), Err(KpiError::TargetOutOfRange { at: 0.0, limit }));
        // A range of nothing, ends that are none, and infinite ones.
        assert!(tree.goal_seek(&now, "x", 100.0..100.0, 100.0).is_err());
        assert!(seek((Bound::Excluded(f64::NAN), Bound::Unbounded), 100.0).is_err());
        assert!(seek((Bound::Excluded(f64::MAX), Bound::Unbounded), 100.0).is_err());
        let all = (Bound::Excluded(f64::NEG_INFINITY), Bound::Excluded(f64::INFINITY));
        assert_eq!(seek(all, 100.0), Ok(100.0));
    }

    #[test]
    fn limits_poles_and_touching_points() {
        let tree = KpiTree::parse("y = x / (x + 1)\nx").unwrap();
        let now = tree.inputs([("x", dec!(1))]).unwrap();
        assert!(tree.goal_seek(&now, "y", 0.0.., 0.5).is_err());
        // N16: behind the pole at -1 there is one.
        let found = tree.goal_seek(&now, "x", 0.0.., 2.0);
        let Err(KpiError::TargetOutOfRange { at, limit }) = found else { panic!() };
        assert!((at + 2.0).abs() < 1e-12 && (limit - 1.0).abs() < 1e-12);
        let at = tree.goal_seek(&now, "x", -10.0..=10.0, 2.0).unwrap();
        assert!((at + 2.0).abs() < 1e-12);
        let square = KpiTree::parse("y = (x - 3) * (x - 3)\nx").unwrap();
        let now = square.inputs([("x", dec!(1))]).unwrap();
        let found = square.goal_seek(&now, "x", 0.0.., -1.0);
        let Err(KpiError::TargetUnreachable { limit, at }) = found else { panic!() };
        assert!(limit.abs() < 1e-12 && (at - 3.0).abs() < 1e-6);
        assert!(square.goal_seek_in_proportion(&now, [""; 0], 0.0.., 1.0).is_err());
        assert!(square.goal_seek(&now, "x", 0.0.., f64::NAN).is_err());
        assert!(square.goal_seek(&now, "x", f64::NAN.., 1.0).is_err());
    }
}
