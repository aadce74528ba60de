//! The exact values of all nodes.

use super::exact::Exact;
use super::graph::{Factor, Graph, Operation, Reduced, Step};
use super::inputs::Leaves;
use super::narrow::Narrow;
use super::node::NodeId;
use super::number::Number;
use super::operands::{NoFigure, Operand, Values};
use super::terms::Terms;
use super::value::{NumberFault, Value};
use super::{Inputs, KpiError, KpiTree};
use crate::quantity::{Quantity, Ratio, Rounding, Unit};
use crate::target::ActualValue;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The values of all nodes of a tree for one set of inputs, exact and not rounded: a quotient is a fraction.
///
/// A figure is rounded where it is shown, once and by a named [`Rounding`].
///
/// # Examples
/// ```
/// use marketloop::kpi::KpiTree;
/// use marketloop::quantity::Rounding;
/// use rust_decimal::dec;
///
/// let tree = KpiTree::parse("
///     sales = impressions * rate * value
///     rate  = orders / impressions
///     value = revenue / orders
///     impressions, orders, revenue")?;
/// let month = tree.inputs([
///     ("impressions", dec!(98765432101)), ("orders", dec!(7654321)), ("revenue", dec!(9345678901.23)),
/// ])?;
/// let values = tree.evaluate(&month)?;
/// // Neither of the two rates has a last decimal; their product is the revenue all the same.
/// assert_eq!(values.root().to_string(), "9345678901.23");
/// assert_eq!(values.rounded("value", 2, Rounding::HalfEven)?, dec!(1220.97));
/// assert_eq!(values.ratio("rate")?, "7654321/98765432101".parse()?);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation<'t> {
    tree: &'t KpiTree,
    /// The leaves as the inputs hold them: nearly all slots of a tree, and never copied.
    leaves: Leaves,
    steps: Vec<Value<Number>>,
}

impl KpiTree {
    /// The exact values of all nodes.
    ///
    /// Fractions are exact up to 4,096 bits above and below the line, which trees of some hundred quotients
    /// do not reach: common factors of products are cancelled where formulas show them. A longer one is
    /// carried on with 77 digits and a bound on its error; a figure is then shown only where the bound lets
    /// no digit of it in doubt.
    ///
    /// # Errors
    /// [`KpiError::OtherTree`]. A value that does not exist is no error but a [`Value`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Value, NumberFault};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cost = spend / customers\n spend, customers")?;
    /// let none = tree.inputs([("spend", dec!(80)), ("customers", dec!(0))])?;
    /// let Value::Undefined { why, node } = tree.evaluate(&none)?.root() else { panic!() };
    /// assert_eq!((why, node), (NumberFault::DivisionByZero, tree.root()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn evaluate(&self, inputs: &Inputs) -> Result<Evaluation<'_>, KpiError> {
        let graph = self.graph();
        let leaves = self.checked(inputs)?;
        let mut steps: Vec<Value<Number>> = Vec::with_capacity(graph.steps.len());
        let mut reduced = graph.reduced.iter().peekable();
        let mut groups = Vec::new();
        for (index, step) in graph.steps.iter().enumerate() {
            let reduced = reduced.next_if(|(place, _)| **place as usize == index).map(|(_, reduced)| reduced);
            let values = Values { leaves, steps: &steps };
            let value = match evaluated(graph, index, step, reduced, values, &mut groups) {
                Ok(number) => Value::Known(number),
                Err(NoFigure::Missing(slot)) => Value::Missing { leaf: self.node_of(slot) },
                Err(NoFigure::Undefined { why, node }) => Value::Undefined { why, node },
                Err(NoFigure::Here(why)) => {
                    Value::Undefined { why, node: self.node_of(graph.inputs.saturating_add(index)) }
                }
                Err(NoFigure::MissingBelow(leaf)) => Value::Missing { leaf },
            };
            steps.push(value);
        }
        Ok(Evaluation { tree: self, leaves: inputs.leaves(), steps })
    }
}

impl Evaluation<'_> {
    /// The exact value of the root, in its unit.
    #[must_use]
    pub fn root(&self) -> Value<Exact> {
        self.value(self.tree.root())
    }

    /// The exact value of a node, in its unit.
    #[must_use]
    pub fn value(&self, node: NodeId) -> Value<Exact> {
        self.slot(self.tree.slot(node) as usize, node).map(|number| Exact::new(number, node))
    }

    /// The exact value of the node with this name.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`]; [`KpiError::NoValue`] where it has none.
    pub fn known(&self, id: &str) -> Result<Exact, KpiError> {
        let node = self.tree.named(id)?;
        self.or_error(node, self.value(node))
    }

    /// The value of the node with this name, rounded once to `scale` decimals.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`]; [`KpiError::NoValue`] where it has none, or none of at most 28 digits.
    pub fn rounded(&self, id: &str, scale: u32, rounding: Rounding) -> Result<Decimal, KpiError> {
        let node = self.tree.named(id)?;
        self.or_error(node, self.value(node).rounded(scale, rounding))
    }

    /// The value of the node with this name, rounded once to `scale` decimals, with the node's unit.
    ///
    /// # Errors
    /// As [`rounded`](Self::rounded).
    pub fn quantity(&self, id: &str, scale: u32, rounding: Rounding) -> Result<Quantity, KpiError> {
        Ok(Quantity::new(self.rounded(id, scale, rounding)?, self.unit(id)?))
    }

    /// The value of the node with this name as an exact fraction, in the node's unit: what a target, an
    /// indicator or a result of a cycle takes as its actual value, unrounded.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`]; [`KpiError::NoValue`] where it has none, or none whose lowest terms 128 bits
    /// hold.
    pub fn ratio(&self, id: &str) -> Result<Ratio, KpiError> {
        let node = self.tree.named(id)?;
        self.or_error(node, self.value(node).ratio())
    }

    /// The same fraction with the node's unit.
    ///
    /// # Errors
    /// As [`ratio`](Self::ratio).
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Indicator;
    /// use marketloop::time::Grain;
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cvr [%] = orders / visits\n orders, visits")?;
    /// let week = tree.evaluate(&tree.inputs([("orders", dec!(53)), ("visits", dec!(1400))])?)?.actual("cvr")?;
    /// assert_eq!(week.to_string(), "53/14 %");
    /// let cvr = Indicator::new("conversion", "at least 4 %".parse()?, Grain::Month).with_actual(week)?;
    /// assert_eq!(cvr.attainment().ok_or("it was measured")??.to_string(), "94.64%");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn actual(&self, id: &str) -> Result<ActualValue, KpiError> {
        Ok(ActualValue::new(self.ratio(id)?, self.unit(id)?))
    }

    /// The unit of the node with this name.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`].
    pub fn unit(&self, id: &str) -> Result<Unit, KpiError> {
        let node = self.tree.named(id)?;
        Ok(self.tree.node(node).map_or(Unit::ONE, |node| node.unit().clone()))
    }

    fn or_error<T>(&self, node: NodeId, value: Value<T>) -> Result<T, KpiError> {
        match value {
            Value::Known(value) => Ok(value),
            other => Err(no_value(self.tree, node, &other)),
        }
    }

    /// The value of a slot, for this node: several nodes may have one.
    fn slot(&self, slot: usize, node: NodeId) -> Value<Number> {
        match (self.leaves.get(slot), slot.checked_sub(self.leaves.len())) {
            (Some(Some(value)), _) => Value::Known(Number::Decimal(*value)),
            (Some(None), _) => Value::Missing { leaf: self.tree.node_of(slot) },
            (None, place) => place
                .and_then(|place| self.steps.get(place))
                .map_or(Value::Undefined { why: NumberFault::OutOfRange, node }, Clone::clone),
        }
    }

    /// The values of all slots, the leaves first.
    pub(super) fn into_slots(self) -> impl Iterator<Item = Value<Number>> {
        let tree = self.tree;
        let leaf = move |(slot, value): (usize, Option<Decimal>)| match value {
            Some(value) => Value::Known(Number::Decimal(value)),
            None => Value::Missing { leaf: tree.node_of(slot) },
        };
        let leaves = self.leaves;
        let slots = (0..leaves.len()).filter_map(move |slot| leaves.get(slot).map(|value| (slot, *value)));
        slots.map(leaf).chain(self.steps)
    }
}

/// The error that says why a node has no value.
pub(super) fn no_value<T>(tree: &KpiTree, node: NodeId, value: &Value<T>) -> KpiError {
    let (why, cause) = match value {
        Value::Known(_) => (None, node),
        Value::Missing { leaf } => (None, *leaf),
        Value::Undefined { why, node } => (Some(*why), *node),
    };
    KpiError::NoValue { node: tree.id_of(node), why, cause: tree.id_of(cause) }
}

fn evaluated(
    graph: &Graph,
    index: usize,
    step: &Step,
    reduced: Option<&Reduced>,
    values: Values<'_>,
    groups: &mut Vec<(i128, u128)>,
) -> Result<Number, NoFigure> {
    let factor = graph.factor(graph.inputs.saturating_add(index));
    match step.operation {
        Operation::Product => {
            let (above, below) = graph.fraction(step);
            match reduced {
                None => product(values, above, below, factor),
                Some(reduced) => {
                    // A divisor that cancels is one all the same: what is not known or zero is told first.
                    for operand in above {
                        values.known(*operand)?;
                    }
                    for operand in below {
                        values.known(*operand)?.divides()?;
                    }
                    let factor = Factor { factor: reduced.factor, divisor: reduced.divisor };
                    product(values, &reduced.above, &reduced.below, factor)
                }
            }
        }
        Operation::Sum | Operation::WeightedSum => {
            let (constant, weights) = match step.operation {
                Operation::WeightedSum => graph.exact_weights(step),
                _ => (Decimal::ZERO, [].as_slice()),
            };
            let terms = Terms { values, operands: graph.operands(step), constant, weights };
            match terms.decimals().and_then(|sum| scaled_narrow(sum, factor)) {
                Some(number) => Ok(number),
                None => Ok(scaled(terms.sum(groups)?, factor)?),
            }
        }
    }
}

/// A number times the constant factor of its step.
fn scaled(number: Number, factor: Factor) -> Result<Number, NumberFault> {
    let number =
        if is_one(factor.factor) { number } else { number.times(&Number::Decimal(factor.factor))? };
    if is_one(factor.divisor) { Ok(number) } else { number.over(&Number::Decimal(factor.divisor)) }
}

/// The same of a number in 128 bits; `None` where they do not hold the product, or the divisor is 0.
#[inline]
fn scaled_narrow(number: Narrow, factor: Factor) -> Option<Number> {
    if factor.divisor.is_zero() {
        return None;
    }
    let number = if is_one(factor.factor) { number } else { number.times_decimal(factor.factor)? };
    let number = if is_one(factor.divisor) { number } else { number.over_decimal(factor.divisor)? };
    number.number()
}

/// Whether it is written as 1: a comparison of decimals of any scales costs more than a multiplication.
#[inline]
const fn is_one(value: Decimal) -> bool {
    value.scale() == 0 && value.mantissa() == 1
}

/// The product of the numerators over that of the denominators.
fn product(values: Values<'_>, above: &[u32], below: &[u32], factor: Factor) -> Result<Number, NoFigure> {
    let mut narrow = Some(Narrow::ONE);
    for operand in above {
        let value = values.known(*operand)?;
        narrow = narrow.and_then(|product| match value {
            Operand::Decimal(value) => product.times_decimal(value),
            Operand::Other(number) => product.times(number),
        });
    }
    for operand in below {
        let value = values.known(*operand)?;
        value.divides()?;
        narrow = narrow.and_then(|product| match value {
            Operand::Decimal(value) => product.over_decimal(value),
            Operand::Other(number) => product.over(number),
        });
    }
    if factor.divisor.is_zero() {
        return Err(NoFigure::Here(NumberFault::DivisionByZero));
    }
    let narrow =
        narrow
            .and_then(|product| {
                if is_one(factor.factor) { Some(product) } else { product.times_decimal(factor.factor) }
            })
            .and_then(|product| {
                if is_one(factor.divisor) { Some(product) } else { product.over_decimal(factor.divisor) }
            });
    if let Some(number) = narrow.and_then(Narrow::number) {
        return Ok(number);
    }
    let long = |slot: &u32| values.number(*slot).ok().and_then(|number| number.long());
    let product = Number::Decimal(factor.factor).long().and_then(|first| {
        let mut product = first.over(&Number::Decimal(factor.divisor).long()?)?;
        for operand in above {
            product = product.times(&long(operand)?)?;
        }
        for operand in below {
            product = product.over(&long(operand)?)?;
        }
        Some(product)
    });
    if let Some(product) = product {
        return Ok(Number::of_long(product));
    }
    let mut product = Number::Decimal(factor.factor);
    for operand in above {
        product = product.times(&*values.number(*operand)?)?;
    }
    let mut divisor = Number::Decimal(factor.divisor);
    for operand in below {
        divisor = divisor.times(&*values.number(*operand)?)?;
    }
    Ok(product.over(&divisor)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;
    use alloc::format;
    use alloc::string::ToString;
    use core::fmt::Write;
    use rust_decimal::dec;

    fn root(text: &str, values: &[(&str, Decimal)]) -> Exact {
        let tree = KpiTree::parse(text).unwrap();
        let inputs = tree.inputs(values.iter().copied()).unwrap();
        tree.evaluate(&inputs).unwrap().root().known().unwrap()
    }

    /// N1.
    #[test]
    fn a_quotient_is_a_fraction_until_it_is_shown() {
        let (a, b) = (("a", dec!(0.1)), ("b", dec!(3)));
        let figures = [
            ("y = a + 2 * b - 0.1\na, b", "6"),
            ("y = -(a * b) / 7\na, b", "-3/70"),
            ("y = (a + b) / 3 * 3\na, b", "3.1"),
            ("y = 5 / (b + 0 * a)\na, b", "5/3"),
            ("y = q * a\nq = 1 / b\na, b", "1/30"),
            ("y = q * b * a\nq = a / b\na, b", "0.01"),
            ("y = 1 / q + a\nq = a / b\na, b", "30.1"),
        ];
        for (text, expected) in figures {
            let found = root(text, &[a, b]);
            assert_eq!(found.to_string(), expected, "{text}");
            assert!(found.is_exact());
        }
        let third = root("y = 1 / b\nb", &[b]);
        assert_eq!(third.rounded(4, Rounding::Ceiling), Value::Known(dec!(0.3334)));
        assert!(matches!(
            third.rounded(29, Rounding::Floor),
            Value::Undefined { why: NumberFault::OutOfRange, .. }
        ));
        assert_eq!((format!("{third:.2}"), format!("{third:>5}")), ("0.33".into(), "  1/3".into()));
    }

    #[test]
    fn long_figures_are_exact_too() {
        let tiny = dec!(0.0000000000000001);
        let square = root("y = a * a\na", &[("a", tiny)]);
        assert_eq!((square.rounded(2, Rounding::HalfEven), square.is_exact()), (Value::Known(dec!(0)), true));
        assert!(square.to_decimal().is_none());
        // The product of the numerators is beyond 128 bits, the quotient is not.
        let big = [("a", Decimal::MAX), ("b", Decimal::MAX)];
        assert_eq!(root("y = a * a * a / (b * b * b)\na, b", &big), dec!(1));
        assert_eq!(root("y = a - b + 1\na, b", &big), dec!(1));
        assert_eq!(root("y = 0.5 * a + 0.5 * b\na, b", &big), Decimal::MAX);
        let twice = root("y = a + b\na, b", &big);
        assert!(matches!(
            twice.rounded(0, Rounding::Floor),
            Value::Undefined { why: NumberFault::OutOfRange, .. }
        ));
        assert_eq!(twice.ratio().known().unwrap().numerator(), (1 << 97) - 2);
    }

    /// N1: beyond the limit of a fraction's length a figure is right or refused, never wrong.
    #[test]
    fn beyond_the_limit_digits_are_right_or_refused() {
        let mut text = "y = ".to_owned();
        let mut values = Vec::new();
        for index in 0..400_u32 {
            let plus = if index == 0 { "" } else { " + " };
            write!(text, "{plus}a{index} / b{index}").unwrap();
            values.push((format!("a{index}"), Decimal::from(1_000_003 + 2 * index)));
            values.push((format!("b{index}"), Decimal::from(2 * (1_000_003 + 2 * index))));
        }
        let leaves: Vec<&str> = values.iter().map(|(id, _)| id.as_str()).collect();
        let tree = KpiTree::parse(&format!("{text}\n{}", leaves.join(", "))).unwrap();
        let inputs = tree.inputs(values.iter().map(|(id, value)| (id.as_str(), *value))).unwrap();
        let sum = tree.evaluate(&inputs).unwrap().root().known().unwrap();
        // 400 halves, which 77 digits do not prove to be 200 and no less.
        assert!(!sum.is_exact());
        assert_eq!(sum.rounded(20, Rounding::HalfEven), Value::Known(dec!(200)));
        let refused = Value::Undefined { why: NumberFault::Imprecise, node: tree.root() };
        assert_eq!(sum.rounded(0, Rounding::Floor), refused);
        assert_eq!(sum.ratio(), Value::Undefined { why: NumberFault::Imprecise, node: tree.root() });
        let error = tree.evaluate(&inputs).unwrap().rounded("y", 0, Rounding::Floor).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`y` has no value: a fraction too long for its digits to decide it in `y`"
        );
    }

    #[test]
    fn a_divisor_that_cancels_is_a_divisor_all_the_same() {
        let tree = KpiTree::parse("y = x * r * s\nr = z / x\ns = w / z\nx, z, w").unwrap();
        let of = |x, z| tree.inputs([("x", x), ("z", z), ("w", dec!(7))]).unwrap();
        let root = |x, z| tree.evaluate(&of(x, z)).unwrap().root();
        assert_eq!(root(dec!(3), dec!(11)).ratio(), Value::Known(Ratio::from(dec!(7))));
        let [r, s] = ["r", "s"].map(|id| tree.find(id).unwrap());
        let why = NumberFault::DivisionByZero;
        assert_eq!(root(dec!(0), dec!(11)), Value::Undefined { why, node: r });
        assert_eq!(root(dec!(3), dec!(0)), Value::Undefined { why, node: s });
        let through = KpiTree::parse("y = z / r\nr = z / x\nx, z").unwrap();
        let zero = through.inputs([("x", dec!(3)), ("z", dec!(0))]).unwrap();
        let undefined = Value::Undefined { why, node: through.root() };
        assert_eq!(through.evaluate(&zero).unwrap().root(), undefined);
    }

    #[test]
    fn what_is_missing_or_undefined_says_where() {
        let tree = KpiTree::parse("y = x * 0 + z\nx = a / b\nz = c * 0\na, b, c").unwrap();
        let node = |id: &str| tree.find(id).unwrap();
        let mut inputs = tree.inputs([("a", dec!(1)), ("b", dec!(0))]).unwrap();
        let undefined = Value::Undefined { why: NumberFault::DivisionByZero, node: node("x") };
        let evaluation = tree.evaluate(&inputs).unwrap();
        assert_eq!(
            (evaluation.root(), evaluation.value(node("z"))),
            (undefined, Value::Missing { leaf: node("c") })
        );
        let error = evaluation.known("y").unwrap_err();
        assert_eq!(alloc::format!("{error}"), "`y` has no value: division by zero in `x`");
        // Floats say the same.
        let mut columns = tree.columns(2).unwrap();
        columns.set_inputs(1, &inputs).unwrap();
        columns.evaluate();
        assert_eq!(columns.root(1), Value::Undefined { why: NumberFault::DivisionByZero, node: node("x") });
        assert_eq!(columns.value(node("z"), 1), Value::Missing { leaf: node("c") });
        inputs.set(&tree, "b", dec!(2)).unwrap();
        assert_eq!(tree.evaluate(&inputs).unwrap().root(), Value::Missing { leaf: node("c") });
        let other = KpiTree::parse("p").unwrap();
        assert_eq!(other.evaluate(&inputs).unwrap_err(), KpiError::OtherTree);
        assert!(KpiTree::parse("y = a / 0\na").is_ok());
    }

    #[test]
    fn powers_of_ten_are_converted() {
        let tree = "orders [order] = visits * cvr\nvisits [1000 visit], cvr [% * order/visit]";
        assert_eq!(root(tree, &[("visits", dec!(5)), ("cvr", dec!(4))]), dec!(200));
        let kept = "kept [%] = 1 - bounce\nbounce [%]";
        assert_eq!(root(kept, &[("bounce", dec!(30))]), dec!(70));
    }
}
