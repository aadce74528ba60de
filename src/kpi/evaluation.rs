//! The exact values of all nodes.

use super::graph::{Graph, Operation, Step};
use super::node::NodeId;
use super::value::{Precision, Products, Value, Why};
use super::{Inputs, KpiError, KpiTree};
use crate::quantity::{Rounding, from_parts, quotient, round};
use alloc::vec::Vec;
use core::cmp::Ordering;
use num_bigint::{BigInt, BigUint, Sign};
use rust_decimal::Decimal;

/// The values of all nodes of a tree for one set of inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation<'t> {
    tree: &'t KpiTree,
    values: Vec<Value>,
    precision: Precision,
}

impl KpiTree {
    /// The values of all nodes, by the default [`Precision`].
    ///
    /// # Errors
    /// [`KpiError::OtherTree`]. A value that does not exist is no error but a [`Value`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Value, Why};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cost = spend / customers\n spend, customers")?;
    /// let none = tree.inputs([("spend", dec!(80)), ("customers", dec!(0))])?;
    /// let Value::Undefined { why, node } = tree.evaluate(&none)?.root() else { panic!() };
    /// assert_eq!((why, node), (Why::DivisionByZero, tree.root()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn evaluate(&self, inputs: &Inputs) -> Result<Evaluation<'_>, KpiError> {
        self.evaluate_with(inputs, Precision::default())
    }

    /// The values of all nodes, computed as finely as `precision` says.
    ///
    /// # Errors
    /// [`KpiError::OtherTree`].
    pub fn evaluate_with(&self, inputs: &Inputs, precision: Precision) -> Result<Evaluation<'_>, KpiError> {
        let mut values = Vec::with_capacity(self.graph().len());
        values.extend(self.checked(inputs)?.iter().enumerate().map(|(slot, value)| match value {
            Some(value) => Value::Known(*value),
            None => Value::Missing { leaf: self.node_of(slot) },
        }));
        let evaluator = Evaluator { graph: self.graph(), precision };
        for (index, step) in self.graph().steps.iter().enumerate() {
            let slot = self.graph().inputs.saturating_add(index);
            let value = evaluator.value(step, slot, &values);
            values.push(value.unwrap_or_else(|why| match why {
                NoFigure::Of(value) => value,
                NoFigure::Here(why) => Value::Undefined { why, node: self.node_of(slot) },
            }));
        }
        Ok(Evaluation { tree: self, values, precision })
    }
}

impl Evaluation<'_> {
    /// The value of the root, in its unit.
    #[must_use]
    pub fn root(&self) -> Value {
        self.value(self.tree.root())
    }

    /// The value of a node, in its unit.
    #[must_use]
    pub fn value(&self, node: NodeId) -> Value {
        let undefined = Value::Undefined { why: Why::OutOfRange, node };
        self.values.get(self.tree.slot(node) as usize).copied().unwrap_or(undefined)
    }

    /// The value of the node with this name.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`]; [`KpiError::NoValue`] where it has none.
    pub fn known(&self, id: &str) -> Result<Decimal, KpiError> {
        let node = self.tree.named(id)?;
        self.value(node).known().ok_or_else(|| no_value(self.tree, node, &self.value(node)))
    }

    /// How finely the values were computed.
    #[must_use]
    pub const fn precision(&self) -> Precision {
        self.precision
    }

    pub(super) fn slots(&self) -> &[Value] {
        &self.values
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

/// Why a step has no figure: an operand has none, or it itself.
enum NoFigure {
    Of(Value),
    Here(Why),
}

struct Evaluator<'g> {
    graph: &'g Graph,
    precision: Precision,
}

/// `10^0` to `10^38`.
const POWERS: [i128; 39] = {
    let mut powers = [1_i128; 39];
    let mut index = 1;
    while index < 39 {
        #[expect(
            clippy::indexing_slicing,
            reason = "evaluated when compiled: 1 <= index < 39, and 10^38 < 2^127"
        )]
        {
            powers[index] = powers[index - 1] * 10;
            index += 1;
        }
    }
    powers
};

impl Evaluator<'_> {
    fn value(&self, step: &Step, slot: usize, values: &[Value]) -> Result<Value, NoFigure> {
        let factor = self.graph.factor(slot);
        match step.operation {
            Operation::Product => {
                let (above, below) = self.graph.fraction(step);
                let mut numerator = Product::ONE;
                for operand in above {
                    numerator.times(known(values, *operand)?);
                }
                let mut denominator = Product::ONE;
                for operand in below {
                    denominator.times(known(values, *operand)?);
                }
                if factor.factor != Decimal::ONE {
                    numerator.times(factor.factor);
                }
                if factor.divisor != Decimal::ONE {
                    denominator.times(factor.divisor);
                }
                self.quotient(step, &numerator, &denominator)
            }
            Operation::Sum | Operation::WeightedSum => {
                let Some((mantissa, scale)) = self.narrow_sum(step, values)? else {
                    return self.long_sum(step, slot, values);
                };
                if factor.factor == Decimal::ONE && factor.divisor == Decimal::ONE {
                    if let Some(sum) = from_parts(mantissa < 0, mantissa.unsigned_abs(), scale) {
                        return Ok(Value::Known(sum));
                    }
                    return self.long_sum(step, slot, values);
                }
                let mut numerator = Product {
                    negative: mantissa < 0,
                    mantissa: Some(mantissa.unsigned_abs()),
                    long: None,
                    scale,
                };
                numerator.times(factor.factor);
                let mut denominator = Product::ONE;
                denominator.times(factor.divisor);
                self.quotient(step, &numerator, &denominator)
            }
        }
    }

    /// The sum without its factor as mantissa and scale; `None` where 128 bits do not hold it.
    fn narrow_sum(&self, step: &Step, values: &[Value]) -> Result<Option<(i128, u32)>, NoFigure> {
        let operands = self.graph.operands(step);
        let (constant, weights) = match step.operation {
            Operation::WeightedSum => self.graph.exact_weights(step),
            _ => (Decimal::ZERO, [].as_slice()),
        };
        let weight = |index: usize| weights.get(index).map_or((1, 0), |w| (w.mantissa(), w.scale()));
        let mut scale = constant.scale();
        for (index, operand) in operands.iter().enumerate() {
            scale = scale.max(known(values, *operand)?.scale().saturating_add(weight(index).1));
        }
        let at_scale = |mantissa: i128, own: u32| {
            POWERS.get(scale.checked_sub(own)? as usize).and_then(|power| mantissa.checked_mul(*power))
        };
        let mut sum = at_scale(constant.mantissa(), constant.scale());
        for (index, operand) in operands.iter().enumerate() {
            let value = known(values, *operand)?;
            let (factor, more) = weight(index);
            let term = value
                .mantissa()
                .checked_mul(factor)
                .and_then(|term| at_scale(term, value.scale().saturating_add(more)));
            sum = sum.zip(term).and_then(|(sum, term)| sum.checked_add(term));
        }
        Ok(sum.map(|sum| (sum, scale)))
    }

    /// The sum with its factor in long integers.
    #[cold]
    #[expect(clippy::arithmetic_side_effects, reason = "long integers grow, they do not overflow")]
    fn long_sum(&self, step: &Step, slot: usize, values: &[Value]) -> Result<Value, NoFigure> {
        let (constant, weights) = match step.operation {
            Operation::WeightedSum => self.graph.exact_weights(step),
            _ => (Decimal::ZERO, [].as_slice()),
        };
        // Twice 28 decimals hold every product of two decimals.
        let scale = Decimal::MAX_SCALE.saturating_mul(2);
        let at_scale =
            |mantissa: BigInt, own: u32| mantissa * BigInt::from(10_u8).pow(scale.saturating_sub(own));
        let mut sum = at_scale(constant.mantissa().into(), constant.scale());
        for (index, operand) in self.graph.operands(step).iter().enumerate() {
            let value = known(values, *operand)?;
            let weight = weights.get(index).copied().unwrap_or(Decimal::ONE);
            let term = BigInt::from(value.mantissa()) * BigInt::from(weight.mantissa());
            sum += at_scale(term, value.scale().saturating_add(weight.scale()));
        }
        let factor = self.graph.factor(slot);
        let negative = sum.sign() == Sign::Minus;
        let mut numerator = Product { negative, mantissa: None, long: Some(sum.into_parts().1), scale };
        numerator.times(factor.factor);
        let mut denominator = Product::ONE;
        denominator.times(factor.divisor);
        self.quotient(step, &numerator, &denominator)
    }

    /// The quotient, exact or rounded as the precision says.
    fn quotient(&self, step: &Step, numerator: &Product, denominator: &Product) -> Result<Value, NoFigure> {
        if denominator.is_zero() {
            return Err(NoFigure::Here(Why::DivisionByZero));
        }
        let divides = !denominator.is_one();
        let rounds = step.estimated || self.precision.products() == Products::Rounded;
        let figure = if divides {
            self.rounded(numerator, denominator)
        } else {
            match numerator.exact() {
                Some(value) if rounds && step.operation == Operation::Product => {
                    Some(round(value, self.precision.scale(), self.precision.rounding()))
                }
                None if rounds => self.rounded(numerator, denominator),
                exact => exact,
            }
        };
        figure.map(Value::Known).ok_or(NoFigure::Here(Why::OutOfRange))
    }

    fn rounded(&self, numerator: &Product, denominator: &Product) -> Option<Decimal> {
        let (scale, rounding) = (self.precision.scale(), self.precision.rounding());
        let negative = numerator.negative != denominator.negative;
        let up = scale.saturating_add(denominator.scale).saturating_sub(numerator.scale);
        let down = numerator.scale.saturating_sub(scale.saturating_add(denominator.scale));
        let mantissa = match (numerator.mantissa, denominator.mantissa) {
            (Some(above), Some(below)) => quotient(negative, ([above, 1], up), (below, down), rounding)?,
            _ => long_quotient(negative, (&numerator.whole(), up), (&denominator.whole(), down), rounding)?,
        };
        from_parts(negative, mantissa, scale)
    }
}

#[inline]
fn known(values: &[Value], slot: u32) -> Result<Decimal, NoFigure> {
    match values.get(slot as usize) {
        Some(Value::Known(value)) => Ok(*value),
        Some(value) => Err(NoFigure::Of(*value)),
        None => Err(NoFigure::Here(Why::OutOfRange)),
    }
}

/// A product of decimals, in 128 bits while they hold it.
struct Product {
    negative: bool,
    mantissa: Option<u128>,
    long: Option<BigUint>,
    scale: u32,
}

impl Product {
    const ONE: Self = Self { negative: false, mantissa: Some(1), long: None, scale: 0 };

    #[expect(clippy::arithmetic_side_effects, reason = "long integers grow, they do not overflow")]
    fn times(&mut self, factor: Decimal) {
        let magnitude = factor.mantissa().unsigned_abs();
        self.negative = self.negative != factor.is_sign_negative();
        self.scale = self.scale.saturating_add(factor.scale());
        let narrow = self.mantissa.and_then(|mantissa| mantissa.checked_mul(magnitude));
        if narrow.is_none() {
            self.long = Some(self.whole() * magnitude);
        }
        self.mantissa = narrow;
    }

    fn whole(&self) -> BigUint {
        self.mantissa.map(BigUint::from).or_else(|| self.long.clone()).unwrap_or_default()
    }

    fn is_zero(&self) -> bool {
        self.mantissa == Some(0) || self.long.as_ref().is_some_and(|long| long.bits() == 0)
    }

    fn is_one(&self) -> bool {
        self.mantissa == Some(1) && self.scale == 0 && !self.negative
    }

    /// The product itself, where it is a decimal.
    #[expect(clippy::arithmetic_side_effects, reason = "the divisor is ten")]
    fn exact(&self) -> Option<Decimal> {
        if let Some(mantissa) = self.mantissa {
            return from_parts(self.negative, mantissa, self.scale);
        }
        // Take out the tens until 128 bits hold it.
        let (mut long, mut scale) = (self.long.clone()?, self.scale);
        loop {
            if let Ok(mantissa) = u128::try_from(&long) {
                return from_parts(self.negative, mantissa, scale);
            }
            if (&long % 10_u8).bits() > 0 {
                return None;
            }
            long /= 10_u8;
            scale = scale.checked_sub(1)?;
        }
    }
}

/// `numerator * 10^up / (denominator * 10^down)`, rounded to a whole number.
#[expect(clippy::arithmetic_side_effects, reason = "long integers grow; the caller's divisor is not zero")]
fn long_quotient(
    negative: bool,
    (numerator, up): (&BigUint, u32),
    (denominator, down): (&BigUint, u32),
    rounding: Rounding,
) -> Option<u128> {
    let numerator = numerator * BigUint::from(10_u8).pow(up);
    let denominator = denominator * BigUint::from(10_u8).pow(down);
    let (whole, rest) = (&numerator / &denominator, &numerator % &denominator);
    let whole = u128::try_from(whole).ok()?;
    if rest.bits() == 0 {
        return Some(whole);
    }
    let to_half: Ordering = (rest * 2_u8).cmp(&denominator);
    if rounding.goes_up(negative, whole & 1 == 1, to_half) { whole.checked_add(1) } else { Some(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn root(text: &str, values: &[(&str, Decimal)], precision: Precision) -> Value {
        let tree = KpiTree::parse(text).unwrap();
        let inputs = tree.inputs(values.iter().copied()).unwrap();
        tree.evaluate_with(&inputs, precision).unwrap().root()
    }

    fn known(text: &str, values: &[(&str, Decimal)]) -> Decimal {
        root(text, values, Precision::default()).known().unwrap()
    }

    #[test]
    fn figures_are_exact_or_rounded_once() {
        let (a, b) = (("a", dec!(0.1)), ("b", dec!(3)));
        assert_eq!(known("y = a + 2 * b - 0.1\na, b", &[a, b]), dec!(6));
        assert_eq!(known("y = -(a * b) / 7\na, b", &[a, b]), dec!(-0.042857142857));
        assert_eq!(known("y = (a + b) / 3 * 3\na, b", &[a, b]), dec!(3.1));
        assert_eq!(known("y = 5 / b\nb", &[b]), dec!(1.666666666667));
        // A factor that was rounded to 12 decimals gives a product of 12 decimals.
        assert_eq!(known("y = q * a\nq = 1 / b\na, b", &[a, b]), dec!(0.033333333333));
        assert_eq!(known("y = 4", &[]), dec!(4));
    }

    #[test]
    fn long_figures_are_exact_out_of_range_or_rounded_where_asked() {
        let tiny = dec!(0.0000000000000001);
        let exact = root("y = a * a\na", &[("a", tiny)], Precision::default());
        assert!(matches!(exact, Value::Undefined { why: Why::OutOfRange, .. }));
        let rounded = Precision::default().with_products(Products::Rounded);
        assert_eq!(root("y = a * a\na", &[("a", tiny)], rounded), Value::Known(dec!(0)));
        // The product of the numerators is beyond 128 bits, the quotient is not.
        let big = [("a", Decimal::MAX), ("b", Decimal::MAX)];
        assert_eq!(known("y = a * a * a / (b * b * b)\na, b", &big), dec!(1));
        assert_eq!(known("y = a - b + 1\na, b", &big), dec!(1));
        assert_eq!(known("y = 0.5 * a + 0.5 * b\na, b", &big), Decimal::MAX);
        assert!(root("y = a + b\na, b", &big, Precision::default()).known().is_none());
    }

    #[test]
    fn what_is_missing_or_undefined_says_where() {
        let tree = KpiTree::parse("y = x * 0 + z\nx = a / b\nz = c * 0\na, b, c").unwrap();
        let node = |id: &str| tree.find(id).unwrap();
        let mut inputs = tree.inputs([("a", dec!(1)), ("b", dec!(0))]).unwrap();
        let undefined = Value::Undefined { why: Why::DivisionByZero, node: node("x") };
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
        assert_eq!(columns.root(1), Value::Undefined { why: Why::DivisionByZero, node: node("x") });
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
        assert_eq!(known(tree, &[("visits", dec!(5)), ("cvr", dec!(4))]), dec!(200));
        let kept = "kept [%] = 1 - bounce\nbounce [%]";
        assert_eq!(known(kept, &[("bounce", dec!(30))]), dec!(70));
    }
}
