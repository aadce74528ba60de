//! What each leaf alone would have to be for the root to reach a target.

use super::{Inputs, KpiError, KpiTree};
use crate::figure::{Cause, Cell, Figure, Table};
use crate::quantity::Unit;
use crate::quantity::wire::serialize_fields;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The value that one leaf would need for the root to reach a target, all other leaves as they are.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LeafGoal {
    /// The leaf.
    pub leaf: String,
    /// Its unit.
    pub unit: Unit,
    /// Its value now.
    pub actual: f64,
    /// The value that is needed, 0 or more; undefined where none does it.
    pub needed: Figure<f64>,
    /// The needed value less the value now, as a part of that.
    pub change: Figure<f64>,
}

serialize_fields!(LeafGoal { leaf, unit, actual: own, needed, change });

impl KpiTree {
    /// For each leaf of the root the value from 0 on at which the root is `target`, all other leaves as they are: the smallest change
    /// first, at ties in the order of declaration; last the leaves by which the target is not reached.
    ///
    /// # Errors
    /// As of [`goal_seek`](Self::goal_seek), but for a target that a leaf does not reach.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, LeafGoal};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales [CNY] = search + social")?;
    /// let july = tree.inputs([("search", dec!(60)), ("social", dec!(40))])?;
    /// let goals = tree.goal_seek_each(&july, 90.0)?;
    /// assert_eq!(
    ///     LeafGoal::table(&goals).to_string(),
    ///     "leaf    actual CNY  needed CNY  change %\n\
    ///      search          60          50    -16.67\n\
    ///      social          40          30       -25\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn goal_seek_each(&self, inputs: &Inputs, target: f64) -> Result<Vec<LeafGoal>, KpiError> {
        let values = self.evaluate(inputs)?;
        let mut goals = Vec::new();
        for (_, leaf) in self.leaves().filter(|(leaf, _)| self.is_of_root(*leaf)) {
            let actual = values.known(leaf.id())?.to_f64();
            let needed = match self.goal_seek(inputs, leaf.id(), 0.0.., target) {
                Ok(at) => Figure::Known(at),
                Err(KpiError::TargetOutOfRange { .. } | KpiError::TargetUnreachable { .. }) => {
                    Figure::undefined("needed value", Cause::NotReached("the target".into()))
                }
                Err(other) => return Err(other),
            };
            let change = needed.clone().and_then(|at| {
                if actual.abs() > 0.0 {
                    Figure::Known((at - actual) / actual)
                } else {
                    Figure::undefined("change", Cause::Zero(leaf.id().to_string().into()))
                }
            });
            goals.push(LeafGoal {
                leaf: leaf.id().into(),
                unit: leaf.unit().clone(),
                actual,
                needed,
                change,
            });
        }
        // In millionths of a millionth: of equal changes the last digit must not decide.
        let size = |goal: &LeafGoal| {
            goal.change.clone().known().map_or(f64::INFINITY, |by| libm::rint(by.abs() * 1e12))
        };
        goals.sort_by(|left, right| size(left).total_cmp(&size(right)));
        Ok(goals)
    }
}

impl LeafGoal {
    /// A row for each goal: the value now, the value that is needed, and the change in per cent.
    #[must_use]
    pub fn table(goals: &[Self]) -> Table {
        let mut table = Table::new("leaf");
        for goal in goals {
            let cell = |value: f64| Cell::new(shown(value, 6), goal.unit.to_string());
            table.push(&goal.leaf, "actual", cell(goal.actual));
            table.push(&goal.leaf, "needed", goal.needed.clone().map(cell));
            let percent = |by: f64| Cell::new(shown(by * 100.0, 2), "%");
            table.push(&goal.leaf, "change", goal.change.clone().map(percent));
        }
        table
    }
}

/// At most so many decimals, and none that says nothing; what they would show as 0 keeps all it has.
fn shown(value: f64, decimals: usize) -> String {
    let text = alloc::format!("{value:.decimals$}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short.trim_start_matches('-') == "0" { value.to_string() } else { short.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn the_smallest_change_stands_first_and_what_reaches_nothing_last() {
        let tree = KpiTree::parse("y = a * b + c - c + d * e\n a, b, c, d, e").unwrap();
        let values = [("a", dec!(10)), ("b", dec!(5)), ("c", dec!(3)), ("d", dec!(2)), ("e", dec!(0))];
        let inputs = tree.inputs(values).unwrap();
        let goals = tree.goal_seek_each(&inputs, 60.0).unwrap();
        let names: Vec<&str> = goals.iter().map(|goal| goal.leaf.as_str()).collect();
        // 10 * 6 and 12 * 5; e from 0 to 5 is no change in per cent; c and d move nothing.
        assert_eq!(names, ["a", "b", "c", "d", "e"]);
        assert_eq!(goals[1].change, Figure::Known(0.2));
        for (place, goal) in goals.iter().enumerate() {
            assert_eq!(goal.needed.is_undefined(), [2, 3].contains(&place), "{goal:?}");
        }
        let five = goals[4].needed.clone().known().unwrap();
        assert!((five - 5.0).abs() < 1e-12 && goals[4].change.is_undefined(), "{five}");
        assert!(tree.goal_seek_each(&inputs, f64::NAN).is_err());
        for (value, decimals, text) in [
            (4500.0, 6, "4500"),
            (0.035_060_975, 6, "0.035061"),
            (-6.504, 2, "-6.5"),
            (1e-9, 6, "0.000000001"),
            (0.0, 2, "0"),
        ] {
            assert_eq!(shown(value, decimals), text);
        }
    }
}
