//! The exact values of all nodes.

use super::ball::Ball;
use super::exact::Exact;
use super::graph::{Factor, Graph, Operation, Reduced, Step};
use super::long::Long;
use super::narrow::{Narrow, POWERS};
use super::node::NodeId;
use super::number::{Fraction, LIMIT, Number, narrow_sum};
use super::value::{Value, Why};
use super::{Inputs, KpiError, KpiTree};
use crate::quantity::{Quantity, Ratio, Rounding, Unit, from_parts};
use crate::target::ActualValue;
use alloc::vec::Vec;
use core::cmp::Ordering;
use num_bigint::BigInt;
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
    values: Vec<Value<Number>>,
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
        let graph = self.graph();
        let mut values = Vec::with_capacity(graph.len());
        values.extend(self.checked(inputs)?.iter().enumerate().map(|(slot, value)| match value {
            Some(value) => Value::Known(Number::Decimal(*value)),
            None => Value::Missing { leaf: self.node_of(slot) },
        }));
        let mut reduced = graph.reduced.iter().peekable();
        let mut groups = Vec::new();
        for (index, step) in graph.steps.iter().enumerate() {
            let reduced = reduced.next_if(|(place, _)| **place as usize == index).map(|(_, reduced)| reduced);
            let value = evaluated(graph, index, step, reduced, &values, &mut groups);
            values.push(value.unwrap_or_else(|why| match why {
                NoFigure::Of(Value::Missing { leaf }) => Value::Missing { leaf },
                NoFigure::Of(Value::Undefined { why, node }) => Value::Undefined { why, node },
                NoFigure::Of(Value::Known(())) => Value::Undefined {
                    why: Why::OutOfRange,
                    node: self.node_of(graph.inputs.saturating_add(index)),
                },
                NoFigure::Here(why) => {
                    Value::Undefined { why, node: self.node_of(graph.inputs.saturating_add(index)) }
                }
            }));
        }
        Ok(Evaluation { tree: self, values })
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
        match self.values.get(self.tree.slot(node) as usize) {
            Some(value) => value.clone().map(|number| Exact::new(number, node)),
            None => Value::Undefined { why: Why::OutOfRange, node },
        }
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
    /// use marketloop::health::{Indicator, ReviewCycle};
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cvr [%] = orders / visits\n orders, visits")?;
    /// let week = tree.evaluate(&tree.inputs([("orders", dec!(53)), ("visits", dec!(1400))])?)?.actual("cvr")?;
    /// assert_eq!(week.to_string(), "53/14 %");
    /// let cvr = Indicator::new("conversion", "at least 4 %".parse()?, ReviewCycle::Month).with_actual(week)?;
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

    pub(super) fn into_slots(self) -> Vec<Value<Number>> {
        self.values
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
    Of(Value<()>),
    Here(Why),
}

impl From<Why> for NoFigure {
    fn from(why: Why) -> Self {
        Self::Here(why)
    }
}

fn evaluated(
    graph: &Graph,
    index: usize,
    step: &Step,
    reduced: Option<&Reduced>,
    values: &[Value<Number>],
    groups: &mut Vec<(i128, u128)>,
) -> Result<Value<Number>, NoFigure> {
    let factor = graph.factor(graph.inputs.saturating_add(index));
    let number = match step.operation {
        Operation::Product => {
            let (above, below) = graph.fraction(step);
            match reduced {
                None => product(values, above, below, factor)?,
                Some(reduced) => {
                    // A divisor that cancels is one all the same: what is not known or zero is told first.
                    for operand in above {
                        known(values, *operand)?;
                    }
                    for operand in below {
                        nonzero(known(values, *operand)?)?;
                    }
                    let factor = Factor { factor: reduced.factor, divisor: reduced.divisor };
                    product(values, &reduced.above, &reduced.below, factor)?
                }
            }
        }
        Operation::Sum | Operation::WeightedSum => {
            let (constant, weights) = match step.operation {
                Operation::WeightedSum => graph.exact_weights(step),
                _ => (Decimal::ZERO, [].as_slice()),
            };
            let terms = Terms { values, operands: graph.operands(step), constant, weights };
            let sum = terms.sum(groups)?;
            scaled(sum, factor)?
        }
    };
    Ok(Value::Known(number))
}

fn nonzero(divisor: &Number) -> Result<(), Why> {
    match divisor.sign() {
        Some(Ordering::Equal) => Err(Why::DivisionByZero),
        Some(_) => Ok(()),
        None => Err(Why::Imprecise),
    }
}

/// A number times the constant factor of its step.
fn scaled(number: Number, factor: Factor) -> Result<Number, Why> {
    let number =
        if factor.factor == Decimal::ONE { number } else { number.times(&Number::Decimal(factor.factor))? };
    if factor.divisor == Decimal::ONE { Ok(number) } else { number.over(&Number::Decimal(factor.divisor)) }
}

#[inline]
fn known(values: &[Value<Number>], slot: u32) -> Result<&Number, NoFigure> {
    match values.get(slot as usize) {
        Some(Value::Known(value)) => Ok(value),
        Some(Value::Missing { leaf }) => Err(NoFigure::Of(Value::Missing { leaf: *leaf })),
        Some(Value::Undefined { why, node }) => {
            Err(NoFigure::Of(Value::Undefined { why: *why, node: *node }))
        }
        None => Err(NoFigure::Here(Why::OutOfRange)),
    }
}

/// The product of the numerators over that of the denominators.
fn product(
    values: &[Value<Number>],
    above: &[u32],
    below: &[u32],
    factor: Factor,
) -> Result<Number, NoFigure> {
    let mut narrow = Some(Narrow::ONE);
    for operand in above {
        let value = known(values, *operand)?;
        narrow = narrow.and_then(|product| product.times(value));
    }
    for operand in below {
        let value = known(values, *operand)?;
        nonzero(value)?;
        narrow = narrow.and_then(|product| product.over(value));
    }
    if factor.divisor.is_zero() {
        return Err(NoFigure::Here(Why::DivisionByZero));
    }
    let narrow = narrow
        .and_then(|product| {
            if factor.factor == Decimal::ONE { Some(product) } else { product.times_decimal(factor.factor) }
        })
        .and_then(|product| {
            if factor.divisor == Decimal::ONE { Some(product) } else { product.over_decimal(factor.divisor) }
        });
    if let Some(number) = narrow.and_then(Narrow::number) {
        return Ok(number);
    }
    let long = |slot: &u32| known(values, *slot).ok().and_then(Number::long);
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
        product = product.times(known(values, *operand)?)?;
    }
    let mut divisor = Number::Decimal(factor.divisor);
    for operand in below {
        divisor = divisor.times(known(values, *operand)?)?;
    }
    Ok(product.over(&divisor)?)
}

/// The constant and the weighted operands of a sum.
struct Terms<'a> {
    values: &'a [Value<Number>],
    operands: &'a [u32],
    constant: Decimal,
    weights: &'a [Decimal],
}

impl Terms<'_> {
    fn weight(&self, index: usize) -> Decimal {
        self.weights.get(index).copied().unwrap_or(Decimal::ONE)
    }

    /// The decimals first, as one number of the finest scale; then the fractions, those over one denominator
    /// together in `groups`, which keeps its memory from sum to sum.
    fn sum(&self, groups: &mut Vec<(i128, u128)>) -> Result<Number, NoFigure> {
        let weight = |index: usize| self.weights.get(index).map_or((1, 0), |w| (w.mantissa(), w.scale()));
        let mut scale = self.constant.scale();
        let mut fractions = 0_usize;
        for (index, operand) in self.operands.iter().enumerate() {
            match known(self.values, *operand)? {
                Number::Decimal(value) => scale = scale.max(value.scale().saturating_add(weight(index).1)),
                _ => fractions = fractions.saturating_add(1),
            }
        }
        let at_scale = |mantissa: i128, own: u32| {
            let places = scale.checked_sub(own)?;
            if places == 0 { Some(mantissa) } else { multiplied(mantissa, *POWERS.get(places as usize)?) }
        };
        let mut decimals = at_scale(self.constant.mantissa(), self.constant.scale());
        groups.clear();
        let mut longs: Vec<Long> = Vec::new();
        let mut held = true;
        for (index, operand) in self.operands.iter().enumerate() {
            let (factor, more) = weight(index);
            match known(self.values, *operand)? {
                Number::Decimal(value) => {
                    let term = multiplied(value.mantissa(), factor);
                    let term = term.and_then(|term| at_scale(term, value.scale().saturating_add(more)));
                    decimals = decimals.zip(term).and_then(|(sum, term)| sum.checked_add(term));
                }
                number => {
                    if held && gathered(groups, number, (factor, more)).is_none() {
                        let term = weighted(number, (factor, more));
                        held = term.is_some();
                        longs.extend(term);
                    }
                }
            }
        }
        let Some(decimals) = decimals.filter(|_| held) else { return self.wide() };
        if fractions == 0
            && let Some(sum) = from_parts(decimals < 0, decimals.unsigned_abs(), scale)
        {
            return Ok(Number::Decimal(sum));
        }
        let Some(power) = POWERS.get(scale as usize).map(|power| power.unsigned_abs()) else {
            return self.wide();
        };
        if decimals != 0 || groups.is_empty() {
            groups.push((decimals, power));
        }
        // As many together as 128 bits hold, then as 1,024 bits do: long integers cost some ten times as much.
        let mut sums: Vec<(i128, u128)> = Vec::new();
        let mut sum: Option<(i128, u128)> = None;
        for group in groups.iter().copied() {
            sum = Some(match sum {
                None => group,
                Some(sum) => narrow_sum(sum, group).unwrap_or_else(|| {
                    sums.push(sum);
                    group
                }),
            });
        }
        let last = sum.unwrap_or((0, 1));
        if sums.is_empty() && longs.is_empty() {
            return Ok(Number::of_parts(last.0, last.1));
        }
        longs.extend(sums.into_iter().map(Long::of));
        let sum = longs.iter().try_fold(Long::of(last), |sum, term| sum.plus(term));
        if let Some(sum) = sum {
            return Ok(Number::of_long(sum));
        }
        longs.push(Long::of(last));
        Ok(added(longs.iter().map(Long::fraction).collect())?)
    }

    /// The sum in long integers, or in balls where a term is one.
    #[expect(clippy::arithmetic_side_effects, reason = "long integers grow, they do not overflow")]
    fn wide(&self) -> Result<Number, NoFigure> {
        let mut fractions: Vec<Fraction> = Vec::with_capacity(self.operands.len());
        let mut balls: Option<Number> = None;
        fractions.extend(Number::Decimal(self.constant).fraction().filter(|_| !self.constant.is_zero()));
        for (index, operand) in self.operands.iter().enumerate() {
            let number = known(self.values, *operand)?;
            let weight = self.weight(index);
            if let Some(mut fraction) = number.fraction() {
                if weight != Decimal::ONE {
                    fraction.numerator *= BigInt::from(weight.mantissa());
                    fraction.denominator *= BigInt::from(10_u8).pow(weight.scale());
                }
                match fractions.iter_mut().rev().take(4).find(|f| f.denominator == fraction.denominator) {
                    Some(same) => same.numerator += fraction.numerator,
                    None => fractions.push(fraction),
                }
                continue;
            }
            let term = number.times(&Number::Decimal(weight))?;
            balls = Some(match balls {
                Some(sum) => sum.plus(&term)?,
                None => term,
            });
        }
        let exact = added(fractions)?;
        Ok(match balls {
            Some(balls) => exact.plus(&balls)?,
            None => exact,
        })
    }
}

/// The product in 128 bits; of two single words it is one multiplication, and always fits.
#[inline]
fn multiplied(left: i128, right: i128) -> Option<i128> {
    match (i64::try_from(left), i64::try_from(right)) {
        (Ok(left), Ok(right)) => Some(i128::from(left).wrapping_mul(right.into())),
        _ => left.checked_mul(right),
    }
}

/// Adds a fraction to the one of its denominator; `None` where 128 bits do not hold it.
fn gathered(groups: &mut Vec<(i128, u128)>, number: &Number, (factor, scale): (i128, u32)) -> Option<()> {
    let (numerator, denominator) = number.narrow()?;
    let numerator = numerator.checked_mul(factor)?;
    let denominator = denominator.checked_mul(POWERS.get(scale as usize)?.unsigned_abs())?;
    // Of very many denominators the last ones are looked at: the search stays linear in the terms.
    match groups.iter_mut().rev().take(16).find(|(_, known)| *known == denominator) {
        Some((sum, _)) => *sum = sum.checked_add(numerator)?,
        None => groups.push((numerator, denominator)),
    }
    Some(())
}

/// A term in 1,024 bits.
fn weighted(number: &Number, (factor, scale): (i128, u32)) -> Option<Long> {
    let weight = Long::of((factor, POWERS.get(scale as usize)?.unsigned_abs()));
    number.long()?.times(&weight)
}

/// Halves are added, and halves of these: the fractions grow evenly, which costs less than adding them to one
/// that grows.
fn added(mut fractions: Vec<Fraction>) -> Result<Number, Why> {
    // What is longer than the limit anyway is added as digits with a bound.
    let bits =
        fractions.iter().fold(0_u64, |bits, fraction| bits.saturating_add(fraction.denominator.bits()));
    if bits > LIMIT {
        let mut balls = fractions.iter().map(|Fraction { numerator, denominator }| {
            Number::Ball(Ball::of_fraction(numerator, denominator.magnitude()).boxed())
        });
        let first = balls.next().unwrap_or(Number::ZERO);
        return balls.try_fold(first, |sum, ball| sum.plus(&ball));
    }
    while fractions.len() > 1 {
        let mut halves = Vec::with_capacity(fractions.len().div_ceil(2));
        let mut rest = fractions.into_iter();
        while let Some(left) = rest.next() {
            halves.push(match rest.next() {
                Some(right) => left.plus(&right),
                None => left,
            });
        }
        fractions = halves;
    }
    Ok(match fractions.pop() {
        Some(Fraction { numerator, denominator }) => Number::of_fraction(numerator, denominator),
        None => Number::ZERO,
    })
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
        assert!(matches!(third.rounded(29, Rounding::Floor), Value::Undefined { why: Why::OutOfRange, .. }));
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
        assert!(matches!(twice.rounded(0, Rounding::Floor), Value::Undefined { why: Why::OutOfRange, .. }));
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
        let refused = Value::Undefined { why: Why::Imprecise, node: tree.root() };
        assert_eq!(sum.rounded(0, Rounding::Floor), refused);
        assert_eq!(sum.ratio(), Value::Undefined { why: Why::Imprecise, node: tree.root() });
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
        let why = Why::DivisionByZero;
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
        assert_eq!(root(tree, &[("visits", dec!(5)), ("cvr", dec!(4))]), dec!(200));
        let kept = "kept [%] = 1 - bounce\nbounce [%]";
        assert_eq!(root(kept, &[("bounce", dec!(30))]), dec!(70));
    }
}
