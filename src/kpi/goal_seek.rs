//! Which value of a leaf, or of several in fixed proportion, brings the root to a target.

use super::columns::Columns;
use super::node::NodeId;
use super::sensitivity::gradients;
use super::{Inputs, KpiError, KpiTree};
use crate::quantity::wire::serialize_fields;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// What may be moved to reach a target, and how far.
///
/// # Examples
/// ```
/// use marketloop::kpi::Lever;
///
/// let read: Lever = serde_json::from_str(r#"{"leaves": ["search", "social"], "in_proportion": true, "range": {"low": 0.5, "high": 2}}"#)?;
/// assert_eq!(read, Lever::in_proportion(["search", "social"]).within(0.5, 2.0));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lever {
    leaves: Vec<String>,
    #[serde(default)]
    in_proportion: bool,
    #[serde(default)]
    range: Range,
}

serialize_fields!(Lever { leaves, in_proportion: optional, range });

/// From where to where a lever goes; on the wire an end that is left out is none.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    #[serde(default, deserialize_with = "crate::quantity::wire::float::deserialize")]
    low: Option<f64>,
    #[serde(default, deserialize_with = "crate::quantity::wire::float::deserialize")]
    high: Option<f64>,
}

serialize_fields!(Range {
    low: optional => crate::quantity::wire::float::written(low),
    high: optional => crate::quantity::wire::float::written(high),
});

impl Default for Range {
    /// From 0 upward: most leaves count or measure something.
    fn default() -> Self {
        Self { low: Some(0.0), high: None }
    }
}

impl Range {
    fn ends(self) -> (f64, f64) {
        (self.low.unwrap_or(f64::NEG_INFINITY), self.high.unwrap_or(f64::INFINITY))
    }
}

impl Lever {
    /// Moves one leaf; its value is sought from 0 upward.
    #[must_use]
    pub fn leaf(leaf: impl Into<String>) -> Self {
        Self { leaves: alloc::vec![leaf.into()], in_proportion: false, range: Range::default() }
    }

    /// Moves several leaves in the proportion of their values now; what is sought, from 0 upward, is the factor of
    /// all.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Lever, Seek};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("visits = search + social + direct\n search, social, direct")?;
    /// let now = tree.inputs([("search", dec!(60)), ("social", dec!(40)), ("direct", dec!(50))])?;
    /// let paid = Lever::in_proportion(["search", "social"]);
    /// assert_eq!(tree.goal_seek(&now, &paid, 200.0)?, Seek::Found { at: 1.5 }); // half as much again
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn in_proportion<L: Into<String>>(leaves: impl IntoIterator<Item = L>) -> Self {
        let leaves = leaves.into_iter().map(Into::into).collect();
        Self { leaves, in_proportion: true, range: Range::default() }
    }

    /// Seeks from `low` to `high`, both within; an infinite end is none.
    #[must_use]
    pub fn within(mut self, low: f64, high: f64) -> Self {
        let low = (low > f64::NEG_INFINITY || low.is_nan()).then_some(low);
        let high = (high < f64::INFINITY || high.is_nan()).then_some(high);
        self.range = Range { low, high };
        self
    }
}

/// The answer to a target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Seek {
    /// The target is reached, at the value nearest to the one now.
    Found {
        /// The value of the leaf, or the common factor.
        #[serde(serialize_with = "crate::quantity::wire::float::serialize")]
        at: f64,
    },
    /// The target is not reached.
    Unreachable {
        /// The value of the root nearest to the target.
        #[serde(serialize_with = "crate::quantity::wire::float::serialize")]
        limit: f64,
        /// Where it stands.
        #[serde(serialize_with = "crate::quantity::wire::float::serialize")]
        at: f64,
    },
    /// The target is reached only outside the range of the lever.
    OutOfDomain {
        /// Where it is reached, nearest to the value now.
        #[serde(serialize_with = "crate::quantity::wire::float::serialize")]
        at: f64,
        /// The value of the root nearest to the target within the range.
        #[serde(serialize_with = "crate::quantity::wire::float::serialize")]
        limit: f64,
    },
}

impl fmt::Display for Seek {
    /// `at 0.02`, `unreachable: 280 at 100 comes nearest`, or `out of range: at 210; within it 280 comes nearest`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found { at } => write!(f, "at {at}"),
            Self::Unreachable { limit, at } => write!(f, "unreachable: {limit} at {at} comes nearest"),
            Self::OutOfDomain { at, limit } => {
                write!(f, "out of range: at {at}; within it {limit} comes nearest")
            }
        }
    }
}

impl KpiTree {
    /// Where the lever has to stand for the root to be `target`, all other leaves as they are.
    ///
    /// # Formula
    /// Within the range the root is computed at points a factor of `2^(1/4)` apart, up to `2^60` times the
    /// value now and down to its `2^60`th part; the sign change nearest to the value now is halved until no float is left
    /// between its ends. Without one, the best point is refined by the golden section, and the same points over
    /// all reals are searched for a sign change, then Newton's steps from the value now, which also find where
    /// the root touches the target: what they find outside the range is [`Seek::OutOfDomain`]. Only when
    /// neither finds it the answer is [`Seek::Unreachable`].
    ///
    /// # Errors
    /// [`KpiError::NoValue`] where the root has none now; [`KpiError::NotInRange`] for a target or a range
    /// that is none; [`KpiError::NotALeaf`]; [`KpiError::GivenTwice`]; [`KpiError::OtherTree`]; [`KpiError::Length`] for a lever
    /// without leaves.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Lever, Seek};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales = (search + social) * value\n search, social, value")?;
    /// let now = tree.inputs([("search", dec!(60)), ("social", dec!(40)), ("value", dec!(2))])?;
    /// let Seek::Found { at } = tree.goal_seek(&now, &Lever::leaf("search"), 220.0)? else { panic!() };
    /// assert!((at - 70.0).abs() < 1e-12);
    /// // With 100 at most the answer tells both: what it would take, and how far it goes.
    /// assert_eq!(tree.goal_seek(&now, &Lever::leaf("search").within(0.0, 100.0), 500.0)?,
    ///     Seek::OutOfDomain { at: 210.0, limit: 280.0 });
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn goal_seek(&self, inputs: &Inputs, lever: &Lever, target: f64) -> Result<Seek, KpiError> {
        if !target.is_finite() {
            return Err(KpiError::NotInRange { what: "target", required: "a finite number" });
        }
        let (low, high) = lever.range.ends();
        if !(low <= high && low < f64::INFINITY && high > f64::NEG_INFINITY) {
            return Err(KpiError::NotInRange { what: "range", required: "from a number to a larger one" });
        }
        if lever.leaves.is_empty() {
            return Err(KpiError::Length { what: "leaves", expected: 1, actual: 0 });
        }
        let leaves =
            lever.leaves.iter().map(|id| self.named(id)).collect::<Result<Vec<NodeId>, KpiError>>()?;
        self.each_once(&leaves)?;
        let mut columns = self.columns(1)?;
        columns.set_inputs(0, inputs)?;
        columns.evaluate();
        self.needed(self.root(), columns.root(0))?;
        let values = leaves.iter().map(|leaf| Ok(columns.at(self.input(*leaf)?, 0)));
        let values = values.collect::<Result<Vec<f64>, KpiError>>()?;
        let start = match values.as_slice() {
            [value, ..] if !lever.in_proportion => *value,
            _ => 1.0,
        };
        let in_proportion = lever.in_proportion;
        let mut search = Search { columns, leaves, in_proportion, range: (low, high), values, target };
        search
            .run(start)
            .ok_or(KpiError::NotInRange { what: "range", required: "one in which the root has a value" })
    }
}

struct Search<'t> {
    columns: Columns<'t>,
    leaves: Vec<NodeId>,
    in_proportion: bool,
    range: (f64, f64),
    values: Vec<f64>,
    target: f64,
}

impl Search<'_> {
    /// `None` where the root has no value at any point of the range.
    fn run(&mut self, start: f64) -> Option<Seek> {
        let gaps = self.gaps(start, self.range);
        if let Some(at) = self.nearest_crossing(&gaps, start) {
            return Some(Seek::Found { at });
        }
        let (at, gap) = self.best(&gaps)?;
        let limit = self.target + gap;
        if gap.abs() <= 1e-13 * self.target.abs() {
            return Some(Seek::Found { at });
        }
        let everywhere = self.gaps(start, (f64::NEG_INFINITY, f64::INFINITY));
        let elsewhere = self.nearest_crossing(&everywhere, start).or_else(|| self.newton(start));
        Some(match elsewhere {
            Some(at) if at < self.range.0 || at > self.range.1 => Seek::OutOfDomain { at, limit },
            Some(at) => Seek::Found { at },
            None => Seek::Unreachable { limit, at },
        })
    }

    /// The root less the target, NaN where it has no value.
    fn gap(&mut self, x: f64) -> f64 {
        for (leaf, value) in self.leaves.iter().zip(&self.values) {
            let moved = if self.in_proportion { x * value } else { x };
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
        let steps = (-240..=240).map(|quarter| size * libm::exp2(f64::from(quarter) / 4.0));
        let mut points: Vec<f64> = steps.flat_map(|x| [x, -x]).chain([0.0, low, high, start]).collect();
        points.retain(|x| x.is_finite() && *x >= low && *x <= high);
        points.sort_unstable_by(f64::total_cmp);
        points.dedup_by(|later, kept| later.to_bits() == kept.to_bits());
        points.into_iter().map(|x| (x, self.gap(x))).collect()
    }

    /// The root of the sign change nearest to `start`.
    fn nearest_crossing(&mut self, gaps: &[(f64, f64)], start: f64) -> Option<f64> {
        let here = gaps.partition_point(|(x, _)| *x < start);
        let mut pairs: Vec<(usize, &[(f64, f64)])> = gaps.windows(2).enumerate().collect();
        pairs.sort_by_key(|(index, _)| {
            (index.saturating_mul(2).saturating_add(1)).abs_diff(here.saturating_mul(2))
        });
        for (_, pair) in pairs {
            let [(low, at_low), (high, at_high)] = pair else { continue };
            let crosses = (*at_low <= 0.0 && *at_high >= 0.0) || (*at_low >= 0.0 && *at_high <= 0.0);
            if crosses && let Some(at) = self.bisect((*low, *at_low), (*high, *at_high)) {
                return Some(at);
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
            if gap.is_nan() {
                return None;
            }
            if (gap < 0.0) == (a.1 < 0.0) && gap.abs() > 0.0 && a.1.abs() > 0.0 {
                a = (middle, gap);
            } else {
                b = (middle, gap);
            }
        }
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
        let lever = Lever::leaf("y");
        assert!(tree.goal_seek(&now, &lever, 0.5).is_err());
        let lever = Lever::leaf("x");
        let Seek::OutOfDomain { at, .. } = tree.goal_seek(&now, &lever, 14.0).unwrap() else { panic!() };
        let reached = at / (at + 4.0) + 100.0 / (at + 20.0);
        assert!(at < 0.0 && (reached - 14.0).abs() < 1e-9, "{at} {reached}");
        // Twice the same leaf is one.
        let twice = Lever::in_proportion(["x", "x"]);
        assert!(matches!(tree.goal_seek(&now, &twice, 5.0), Err(KpiError::GivenTwice { .. })));
    }

    #[test]
    fn several_leaves_move_in_proportion() {
        let tree = KpiTree::parse("y = a + b * c\na, b, c").unwrap();
        let now = tree.inputs([("a", dec!(10)), ("b", dec!(20)), ("c", dec!(3))]).unwrap();
        let lever = Lever::in_proportion(["a", "b"]);
        let Seek::Found { at } = tree.goal_seek(&now, &lever, 105.0).unwrap() else { panic!() };
        assert!((at - 1.5).abs() < 1e-14);
        let limited = lever.within(0.0, 1.25);
        let Seek::OutOfDomain { at, limit } = tree.goal_seek(&now, &limited, 105.0).unwrap() else {
            panic!()
        };
        assert!((at - 1.5).abs() < 1e-14 && (limit - 87.5).abs() < 1e-12);
    }

    #[test]
    fn limits_poles_and_touching_points() {
        let tree = KpiTree::parse("y = x / (x + 1)\nx").unwrap();
        let now = tree.inputs([("x", dec!(1))]).unwrap();
        let lever = Lever::leaf("y");
        assert!(tree.goal_seek(&now, &lever, 0.5).is_err());
        let lever = Lever::leaf("x");
        // N16: behind the pole at -1 there is one.
        let Seek::OutOfDomain { at, limit } = tree.goal_seek(&now, &lever, 2.0).unwrap() else { panic!() };
        assert!((at + 2.0).abs() < 1e-12 && (limit - 1.0).abs() < 1e-12);
        let Seek::Found { at } = tree.goal_seek(&now, &lever.within(-10.0, 10.0), 2.0).unwrap() else {
            panic!()
        };
        assert!((at + 2.0).abs() < 1e-12);
        let square = KpiTree::parse("y = (x - 3) * (x - 3)\nx").unwrap();
        let now = square.inputs([("x", dec!(1))]).unwrap();
        let lever = Lever::leaf("x");
        let Seek::Unreachable { limit, at } = square.goal_seek(&now, &lever, -1.0).unwrap() else { panic!() };
        assert!(limit.abs() < 1e-12 && (at - 3.0).abs() < 1e-6);
        assert!(square.goal_seek(&now, &Lever::in_proportion([""; 0]), 1.0).is_err());
        assert!(square.goal_seek(&now, &Lever::leaf("x"), f64::NAN).is_err());
    }
}
