//! The value of a whole period from those of its parts, by the kind of the metric.

use super::choice::Choice;
use super::graph::Operation;
use super::{Inputs, KpiError, KpiTree, NodeId, NodeKind};
use crate::error::{Path, Problems};
use crate::quantity::{Rounding, add, divide, multiply, subtract};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The value of the whole from the values of its periods, oldest first: a flow is the sum, a stock the last
/// value, the first or the mean, growth compounds.
///
/// # Formula
/// flow: `x_1 + … + x_n`; stock: `x_n`; opening stock: `x_1`; average stock: `(x_1 + … + x_n) / n`; growth:
/// `(1 + x_1) * … * (1 + x_n) - 1`. A mean without last decimal is rounded half to even, to as many decimals as a decimal holds.
///
/// # Errors
/// [`KpiError::NoParts`]; [`KpiError::NotAdditive`] for unique counts, of which one person may be in several,
/// and for ratios, which need numerators and denominators (`goal::roll_up_ratio`); [`KpiError::Quantity`] where the
/// result, or the sum of a mean, needs more than 28 digits.
///
/// # Examples
/// ```
/// use marketloop::kpi::{NodeKind, roll_up};
/// use rust_decimal::dec;
///
/// let months = [dec!(500000), dec!(700000), dec!(800000)];
/// assert_eq!(roll_up(NodeKind::Flow, &months)?, dec!(2000000));
/// assert_eq!(roll_up(NodeKind::Stock, &months)?, dec!(800000));
/// assert_eq!(roll_up(NodeKind::OpeningStock, &months)?, dec!(500000));
/// assert_eq!(roll_up(NodeKind::AverageStock, &[dec!(3), dec!(4)])?, dec!(3.5));
/// assert_eq!(roll_up(NodeKind::Growth, &[dec!(0.1), dec!(0.1)])?, dec!(0.21));
/// assert!(roll_up(NodeKind::Unique, &months).is_err());
/// # Ok::<(), marketloop::kpi::KpiError>(())
/// ```
pub fn roll_up(kind: NodeKind, periods: &[Decimal]) -> Result<Decimal, KpiError> {
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else { return Err(KpiError::NoParts) };
    let sum = || periods.iter().try_fold(Decimal::ZERO, |sum, value| add(sum, *value));
    match kind {
        NodeKind::Flow => Ok(sum()?),
        NodeKind::Stock => Ok(*last),
        NodeKind::OpeningStock => Ok(*first),
        NodeKind::AverageStock => {
            let (sum, count) = (sum()?, Decimal::from(periods.len()));
            let rounded = |scale: u32| divide(sum, count, (scale, Rounding::HalfEven));
            // The most decimals that fit: a mean that has a last one is exact.
            let finest = (1..=Decimal::MAX_SCALE).rev().find_map(|scale| rounded(scale).ok());
            Ok(finest.map_or_else(|| rounded(0), Ok)?.normalize())
        }
        NodeKind::Growth => {
            let grown = periods.iter().try_fold(Decimal::ONE, |whole, value| {
                // Trailing zeros of each product would use up the 28 digits of the next.
                multiply(whole, add(Decimal::ONE, *value)?).map(|whole| whole.normalize())
            });
            Ok(subtract(grown?, Decimal::ONE)?.normalize())
        }
        NodeKind::Ratio | NodeKind::Unique => Err(KpiError::NotAdditive { kind }),
    }
}

impl KpiTree {
    /// The inputs of the whole from the inputs of its periods, oldest first: each leaf by its kind, so that a
    /// ratio that follows by a formula (`cvr = orders / visits`) is computed again from the rolled-up leaves.
    ///
    /// A leaf that is missing in one period is missing in the whole.
    ///
    /// # Errors
    /// All problems at once, each at its leaf: [`KpiError::NotAdditive`] for a leaf that is a unique count or a ratio
    /// without formula; [`KpiError::UndeclaredKind`] for a leaf without kind and unit that is multiplied with
    /// something that adds up: 3 months at a rate of 2 % are not a rate of 6 %; [`KpiError::NoParts`];
    /// [`KpiError::OtherTree`]; [`KpiError::Quantity`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cvr [%] = orders / visits\n orders [order], visits [order]")?;
    /// let july = tree.inputs([("orders", dec!(200)), ("visits", dec!(5000))])?; // 4 %
    /// let august = tree.inputs([("orders", dec!(300)), ("visits", dec!(15000))])?; // 2 %
    /// let both = tree.roll_up(&[july, august])?;
    /// assert_eq!(tree.evaluate(&both)?.known("cvr")?, dec!(2.5)); // not 3 %
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::indexing_slicing, reason = "checked inputs have a place for every leaf")]
    pub fn roll_up(&self, periods: &[Inputs]) -> Result<Inputs, Problems<KpiError>> {
        let mut problems = Problems::new();
        if periods.is_empty() {
            problems.push(Path::root(), KpiError::NoParts);
        }
        let mut whole = self.no_inputs();
        let mut leaves = Vec::with_capacity(periods.len());
        for (index, inputs) in periods.iter().enumerate() {
            leaves.extend(problems.take(&Path::root().index(index), self.checked(inputs)));
        }
        let undeclared = self.multiplied_undeclared();
        for (leaf, node) in self.leaves() {
            if let Some(formula) = undeclared.get(&leaf) {
                let (id, formula) = (node.id().into(), self.id_of(*formula));
                problems.push(Path::root().field(node.id()), KpiError::UndeclaredKind { id, formula });
                continue;
            }
            let slot = self.slot(leaf) as usize;
            let values: Option<Vec<Decimal>> = leaves.iter().map(|period| period[slot]).collect();
            let path = Path::root().field(node.id());
            // A leaf without a value in one period has none in the whole: the rest would pass for the sum.
            let Some(values) = values.filter(|values| !values.is_empty()) else { continue };
            if let Some(value) = problems.take(&path, roll_up(node.kind(), &values)) {
                problems.take(&path, whole.set_node(self, leaf, value));
            }
        }
        problems.into_result(whole)
    }

    /// The leaves of undeclared kind that a product takes to a second power of what adds up over time, each
    /// with the first node that does.
    ///
    /// The sum over periods scales a flow by their number `n`, and a product by `n` to the number of flows above
    /// its line less those below: 1 for `visits * (orders / visits)`, which is right, 2 for `visits * rate`,
    /// which is not, and says that one of the two is no flow.
    #[expect(
        clippy::indexing_slicing,
        reason = "operands have lower slots: their degree is known, and so is a mark"
    )]
    pub(super) fn multiplied_undeclared(&self) -> BTreeMap<NodeId, NodeId> {
        let graph = self.graph();
        let mut degrees: Vec<i32> = Vec::with_capacity(graph.len());
        let flow =
            |slot: usize| self.node(self.node_of(slot)).is_some_and(|node| node.kind() == NodeKind::Flow);
        degrees.extend((0..graph.inputs).map(|slot| i32::from(flow(slot))));
        // The node that first takes a slot to a second power, from the root down to the leaves.
        let mut doubtful: Vec<Option<NodeId>> = alloc::vec![None; graph.len()];
        let slots = || (graph.inputs..graph.len()).zip(&graph.steps);
        for (slot, step) in slots() {
            let of =
                |slots: &[u32]| -> Vec<i32> { slots.iter().map(|slot| degrees[*slot as usize]).collect() };
            let degree = if step.operation == Operation::Product {
                let (above, below) = graph.fraction(step);
                // A power of a power doubles the degree at each level: past 2^31 it says no more than that it is above 1.
                let degree = of(above).into_iter().fold(0, i32::saturating_add);
                let degree = of(below).into_iter().fold(degree, i32::saturating_sub);
                if degree > 1 {
                    let node = self.node_of(slot);
                    for (slot, own) in above.iter().zip(of(above)) {
                        if own > 0 {
                            doubtful[*slot as usize].get_or_insert(node);
                        }
                    }
                }
                degree
            } else if let Some(choice) = graph.choice(step) {
                // Whether a comparison holds does not add up; of a condition the branches count, not what is asked.
                let values = match choice {
                    Choice::Compare(_) => &[],
                    // How many there are is no flow of what there is.
                    _ if choice.counts() => &[],
                    Choice::If => graph.operands(step).get(1..).unwrap_or(&[]),
                    _ => graph.operands(step),
                };
                of(values).into_iter().max().unwrap_or(0)
            } else {
                // Terms of several degrees: the steepest decides whether the sum can be trusted. A constant has no terms.
                of(graph.operands(step)).into_iter().max().unwrap_or(0)
            };
            degrees.push(degree);
        }
        // Steps before their operands: one sweep carries a doubt all the way down.
        for (slot, step) in slots().rev() {
            let Some(node) = doubtful[slot] else { continue };
            for operand in graph.operands(step) {
                if degrees[*operand as usize] > 0 {
                    doubtful[*operand as usize].get_or_insert(node);
                }
            }
        }
        let leaves = doubtful.iter().take(graph.inputs).enumerate();
        let named = leaves.filter_map(|(slot, formula)| Some((self.node_of(slot), (*formula)?)));
        named.filter(|(leaf, _)| self.node(*leaf).is_some_and(|leaf| !leaf.adds_up_as_declared())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    #[test]
    fn what_cannot_be_added_is_told_at_its_leaf() {
        let tree = KpiTree::parse(
            "sales [CNY] = visits * cvr * aov + reach * each\n visits [visit], cvr [order/visit], aov [CNY/order]\n \
             reach [user] {unique}, each [CNY/user]",
        )
        .unwrap();
        let names = ["visits", "cvr", "aov", "reach", "each"];
        let inputs = tree.inputs(names.map(|name| (name, dec!(1)))).unwrap();
        let refused = tree.roll_up(&[inputs.clone(), inputs.clone()]).unwrap_err();
        assert_eq!(refused.len(), 4);
        assert!(
            refused.to_string().contains("reach: values of kind unique cannot be added up over time"),
            "{refused}"
        );
        assert!(tree.roll_up(&[]).is_err());
        let other = KpiTree::parse("a = b + c\n b, c").unwrap();
        assert!(other.roll_up(&[inputs]).is_err());
    }

    /// N9.
    #[test]
    fn a_product_of_leaves_of_undeclared_kind_is_not_rolled_up() {
        let quarter = |text: &str| {
            let tree = KpiTree::parse(text).unwrap();
            let values = [("visits", dec!(1000)), ("rate", dec!(0.02)), ("value", dec!(100))];
            let values = values.into_iter().filter(|(id, _)| tree.find(id).is_some());
            let month = tree.inputs(values).unwrap();
            let whole = tree.roll_up(&[month.clone(), month.clone(), month]);
            whole.map(|whole| tree.evaluate(&whole).unwrap().root().known().unwrap())
        };
        let refused = quarter("sales = visits * rate * value\n visits, rate, value").unwrap_err().to_string();
        for id in ["visits", "rate", "value"] {
            assert!(refused.contains(&alloc::format!("{id}: `{id}` is multiplied in `sales`")), "{refused}");
        }
        let declared = "sales = visits * rate * value\n visits {flow}, rate {stock}, value {stock}";
        assert_eq!(quarter(declared).unwrap(), dec!(6000));
        // That it was declared survives the text.
        let tree = KpiTree::parse(declared).unwrap();
        assert_eq!(quarter(&tree.to_string()).unwrap(), dec!(6000));
        // A rate within a sum, and beside a unit, is one all the same.
        let mixed = "sales [visit] = visits * (1 - rate)\n visits [visit], rate";
        let refused = quarter(mixed).unwrap_err();
        assert_eq!(refused.len(), 1, "{refused}");
        // What a divisor takes away again is computed from the sums.
        let again = "orders = visits * (rate / visits) + value\n visits, rate, value";
        assert_eq!(quarter(again).unwrap(), dec!(300.06));
    }

    #[test]
    fn a_mean_is_exact_or_has_the_digits_that_fit() {
        let mean = |values: &[Decimal]| roll_up(NodeKind::AverageStock, values);
        assert_eq!(mean(&[dec!(0.1), dec!(0.2), dec!(0.6)]).unwrap(), dec!(0.3));
        assert_eq!(mean(&[dec!(1), dec!(0), dec!(1)]).unwrap(), dec!(0.6666666666666666666666666667));
        assert_eq!(
            mean(&[dec!(100000), dec!(100000), dec!(0)]).unwrap(),
            dec!(66666.666666666666666666666667)
        );
        assert_eq!(mean(&[Decimal::MAX]).unwrap(), Decimal::MAX);
        assert_eq!(mean(&[dec!(-5), dec!(5)]).unwrap(), dec!(0));
        assert_eq!(mean(&[]), Err(KpiError::NoParts));
        assert!(matches!(mean(&[Decimal::MAX, Decimal::MAX]), Err(KpiError::Quantity(_))));
        assert_eq!(roll_up(NodeKind::OpeningStock, &[]), Err(KpiError::NoParts));
    }

    #[test]
    fn what_is_missing_once_is_missing_in_the_whole() {
        let tree = KpiTree::parse("a = b + c\n b, c {stock}").unwrap();
        let first = tree.inputs([("b", dec!(1)), ("c", dec!(5))]).unwrap();
        let second = tree.inputs([("c", dec!(7))]).unwrap();
        let whole = tree.roll_up(&[first, second]).unwrap();
        let value = |id| whole.value(&tree, tree.find(id).unwrap());
        assert_eq!((value("b"), value("c")), (None, Some(dec!(7))));
    }
}
