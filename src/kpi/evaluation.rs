//! The exact values of all nodes.

use super::absence::Absence;
use super::choice::Choice;
use super::exact::Exact;
use super::fault::NumberFault;
use super::graph::{Factor, Graph, Operation, Reduced, Step};
use super::inputs::Leaves;
use super::narrow::Narrow;
use super::node::NodeId;
use super::number::Number;
use super::operands::{NoFigure, Operand, Values};
use super::terms::Terms;
use super::{Inputs, KpiError, KpiTree};
use crate::figure::{Cell, Figure, FigureError, Table};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Precision, Quantity, Ratio, Unit};
use crate::target::ActualValue;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// The values of all nodes of a tree for one set of inputs, exact and not rounded: a quotient is a fraction.
///
/// A figure is rounded where it is shown, once and by a named [`Rounding`](crate::quantity::Rounding).
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
/// assert_eq!(values.rounded("value", (2, Rounding::HalfEven))?, dec!(1220.97));
/// assert_eq!(values.ratio("rate")?, "7654321/98765432101".parse()?);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation<'t> {
    pub(super) tree: &'t KpiTree,
    /// The leaves as the inputs hold them: nearly all slots of a tree, and never copied.
    pub(super) leaves: Leaves,
    pub(super) steps: Vec<Result<Number, Absence>>,
}

impl KpiTree {
    /// The exact values of all nodes.
    ///
    /// Fractions are exact up to 4,096 bits above and below the line, which trees of some hundred quotients do not
    /// reach: common factors of products are cancelled where formulas show them. A longer one is carried on with 77
    /// digits and a bound on its error; a figure is then shown only where the bound leaves no digit in doubt.
    ///
    /// # Errors
    /// [`KpiError::OtherTree`]. A value that does not exist is no error but a [`Figure`] that says why.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Cause, Figure};
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cost = spend / customers\n spend, customers")?;
    /// let none = tree.inputs([("spend", dec!(80)), ("customers", dec!(0))])?;
    /// let cost = tree.evaluate(&none)?.root();
    /// assert_eq!(cost, Figure::undefined("cost", Cause::Zero("customers".into())));
    /// assert_eq!(cost.to_string(), "undefined: customers is zero");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn evaluate(&self, inputs: &Inputs) -> Result<Evaluation<'_>, KpiError> {
        let graph = self.graph();
        let leaves = self.checked(inputs)?;
        let mut steps: Vec<Result<Number, Absence>> = Vec::with_capacity(graph.steps.len());
        let mut reduced = graph.reduced.iter().peekable();
        let mut groups = Vec::new();
        for ((index, step), slot) in graph.steps.iter().enumerate().zip(graph.first_step()..) {
            let reduced = reduced.next_if(|(place, _)| **place as usize == index).map(|(_, reduced)| reduced);
            let values = Values { leaves: &leaves, steps: &steps };
            let value = evaluated(graph, slot, step, reduced, values, &mut groups);
            // A step without a number is kept with its reason: what does not depend on it has a value all the same.
            steps.push(value.map_err(|none| missing_first(graph, step, values, none.at(slot))));
        }
        Ok(Evaluation { tree: self, leaves, steps })
    }
}

impl Evaluation<'_> {
    /// The tree.
    pub(super) const fn tree(&self) -> &KpiTree {
        self.tree
    }

    /// The exact value of the root, in its unit.
    #[must_use]
    pub fn root(&self) -> Figure<Exact> {
        self.value(self.tree.root())
    }

    /// The exact value of a node, in its unit; missing for the node of another, larger tree.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cpa = spend / orders\n spend, orders")?;
    /// let values = tree.evaluate(&tree.inputs([("spend", dec!(90))])?)?;
    /// // The quotient is missing because of a leaf, and says which.
    /// assert_eq!(values.value(tree.root()).to_string(), "missing: orders");
    /// assert_eq!(values.value(tree.find("spend").unwrap()).to_string(), "90");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn value(&self, node: NodeId) -> Figure<Exact> {
        match self.number(self.tree.slot(node)) {
            Some(Ok(number)) => Figure::Known(Exact::new(number, self.tree.name(node))),
            Some(Err(absence)) => {
                self.tree.absent(absence, |slot| is_zero(self.number(slot).and_then(Result::ok).as_ref()))
            }
            None => Figure::missing("node"),
        }
    }

    /// The exact value of the node with this name.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`]; [`KpiError::NoValue`] where it has none.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cpa = spend / orders\n spend, orders")?;
    /// let values = tree.evaluate(&tree.inputs([("spend", dec!(90))])?)?;
    /// assert_eq!(values.known("spend")?, dec!(90));
    /// assert_eq!(values.known("cpa").unwrap_err().to_string(), "`cpa` has no value: orders is missing");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn known(&self, id: &str) -> Result<Exact, KpiError> {
        let node = self.tree.named(id)?;
        self.tree.needed(node, self.value(node))
    }

    /// The value of the node with this name, or why there is none.
    pub(super) fn named_value(&self, id: &str) -> Result<Figure<Exact>, KpiError> {
        Ok(self.value(self.tree.named(id)?))
    }

    /// The value of the node with this name, rounded once to `precision`.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`]; [`KpiError::NoValue`] where it has none, or none of at most 28 digits.
    pub fn rounded(&self, id: &str, precision: impl Into<Precision>) -> Result<Decimal, KpiError> {
        let node = self.tree.named(id)?;
        self.tree.needed(node, self.value(node).rounded(precision))
    }

    /// The value of the node with this name, rounded once to `precision`, with the node's unit.
    ///
    /// # Errors
    /// As [`rounded`](Self::rounded).
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cpa [CNY/order] = spend / orders\n spend [CNY], orders [order]")?;
    /// let values = tree.evaluate(&tree.inputs([("spend", dec!(100)), ("orders", dec!(3))])?)?;
    /// assert_eq!(values.quantity("cpa", (2, Rounding::Ceiling))?.to_string(), "33.34 CNY/order");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn quantity(&self, id: &str, precision: impl Into<Precision>) -> Result<Quantity, KpiError> {
        Ok(Quantity::new(self.rounded(id, precision)?, self.unit(id)?))
    }

    /// The value of the node with this name as an exact fraction, in the node's unit: the unrounded actual value of a
    /// target, an indicator or a result of a cycle.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`]; [`KpiError::NoValue`] where it has none, or none whose lowest terms 128 bits
    /// hold.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cvr = orders / visits\n orders, visits")?;
    /// let values = tree.evaluate(&tree.inputs([("orders", dec!(2)), ("visits", dec!(300))])?)?;
    /// assert_eq!(values.ratio("cvr")?, "1/150".parse()?); // which no decimal is
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn ratio(&self, id: &str) -> Result<Ratio, KpiError> {
        let node = self.tree.named(id)?;
        self.tree.needed(node, self.value(node).ratio())
    }

    /// The value of the node with this name as an exact fraction with the node's unit.
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
    /// assert_eq!(cvr.attainment()?.to_string(), "94.64%");
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

    /// The states for which a value stands in the formula of a node, by `missing_as` or `undefined_as`, as far as they
    /// count: a branch that is not taken tells of none.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("spend = search + missing_as(social, 0)\n search, social")?;
    /// let values = tree.evaluate(&tree.inputs([("search", dec!(90))])?)?;
    /// assert_eq!(values.stand_ins(tree.root())[0].to_string(), "social is missing");
    /// // The table says it beside the value.
    /// assert!(values.to_string().contains("90  replaced: social is missing"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn stand_ins(&self, node: NodeId) -> Vec<FigureError> {
        let graph = self.tree.graph();
        let at = |slot: u32| match self.number(slot) {
            Some(Ok(number)) => (number.to_f64(), false),
            Some(Err(absence)) => (f64::NAN, absence.is_missing()),
            None => (f64::NAN, true),
        };
        let mut found = Vec::new();
        let mut open = alloc::vec![self.tree.slot(node)];
        // Most trees ask for no state, and no step of theirs is looked at.
        while let Some(slot) = open.pop().filter(|_| graph.asks_for_states) {
            let Some(step) = graph.step(slot as usize) else { continue };
            if let Some(Choice::MissingAs | Choice::UndefinedAs) = graph.choice(step)
                && let [first, _] = *graph.operands(step)
                && !graph.counting(step, &at).contains(&first)
                && let Some(Err(absence)) = self.number(first)
            {
                let figure = self
                    .tree
                    .absent::<()>(absence, |slot| is_zero(self.number(slot).and_then(Result::ok).as_ref()));
                found.extend(figure.get().err());
            }
            // The parts of the formula, from the first to the last; other nodes tell of their own.
            let parts = graph.counting(step, &at).iter().copied().rev();
            open.extend(parts.filter(|part| self.tree.node_of(*part as usize) == node));
        }
        found
    }

    /// A row for each node: its value, or why there is none; beside a value what it stands for.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cpa [CNY/order] = spend / orders\n spend [CNY], orders [order]")?;
    /// let values = tree.evaluate(&tree.inputs([("spend", dec!(90))])?)?;
    /// assert_eq!(
    ///     values.to_string(),
    ///     "node    value CNY  why\n\
    ///      cpa                missing: orders\n\
    ///      spend          90\n\
    ///      orders             missing: orders\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("node");
        self.push_values(&mut table, "value");
        table
    }

    /// Adds a column of the values, each in the unit of its node.
    pub(super) fn push_values(&self, table: &mut Table, column: &str) {
        for (id, node) in self.tree.nodes() {
            let mut cell = Cell::from(self.value(id));
            if cell.value.is_some() {
                cell.unit = node.unit().to_string().into();
                cell.why = replaced(&self.stand_ins(id)).unwrap_or_default();
            }
            table.push(node.id(), String::from(column), cell);
        }
    }

    /// The number of a slot; `None` where the tree has no such slot.
    fn number(&self, slot: u32) -> Option<Result<Number, Absence>> {
        let place = slot as usize;
        match self.leaves.get(place) {
            Some(Some(value)) => Some(Ok(Number::Decimal(*value))),
            Some(None) => Some(Err(Absence::Missing(slot))),
            None => self.steps.get(place.checked_sub(self.leaves.len())?).cloned(),
        }
    }
}

/// The note beside a value that stands for a state; `None` where it stands for none.
pub(super) fn replaced(stand_ins: &[FigureError]) -> Option<String> {
    let reasons: Vec<String> = stand_ins.iter().map(ToString::to_string).collect();
    (!reasons.is_empty()).then(|| alloc::format!("replaced: {}", reasons.join("; ")))
}

pub(super) fn is_zero(number: Option<&Number>) -> bool {
    number.and_then(Number::sign) == Some(Ordering::Equal)
}

impl fmt::Display for Evaluation<'_> {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// A node as it stands in the wire form of an evaluation.
struct Row<'a> {
    node: &'a str,
    unit: &'a Unit,
    value: Figure<Exact>,
    /// The states for which the value stands; most stand for none.
    stand_ins: Option<Vec<FigureError>>,
}

serialize_fields!(Row<'a> { node, unit, value, stand_ins: optional });

impl Serialize for Evaluation<'_> {
    /// A list of `{"node", "unit", "value"}` in the order of declaration, the value a [`Figure`]; with `"stand_ins"` where a
    /// value stands for a state.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.tree.nodes().map(|(id, node)| Row {
            node: node.id(),
            unit: node.unit(),
            value: self.value(id),
            stand_ins: Some(self.stand_ins(id)).filter(|states| !states.is_empty()),
        }))
    }
}

pub(super) fn evaluated(
    graph: &Graph,
    slot: u32,
    step: &Step,
    reduced: Option<&Reduced>,
    values: Values<'_>,
    groups: &mut Vec<(i128, u128)>,
) -> Result<Number, NoFigure> {
    let factor = graph.factor(slot as usize);
    match step.operation {
        Operation::Choice => match graph.choice(step) {
            Some(choice) => chosen(slot, graph.operands(step), choice, values),
            None => Err(NoFigure::Here(NumberFault::Imprecise)),
        },
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
            // Scaled once, after the sum: by a third every term would be a fraction.
            match terms.decimals().and_then(|sum| scaled_narrow(sum, factor)) {
                Some(number) => Ok(number),
                None => Ok(scaled(terms.sum(groups)?, factor)?),
            }
        }
    }
}

/// Why a step has no number, whichever of its operands came first: missing wins over undefined, and that a member is not there
/// over both, as an aggregate must not count it.
#[cold]
pub(super) fn missing_first(graph: &Graph, step: &Step, values: Values<'_>, absence: Absence) -> Absence {
    let takes_one = graph.choice(step).is_some_and(Choice::takes_one);
    if takes_one || absence == Absence::NoMember {
        return absence;
    }
    let mut first = absence;
    for operand in graph.operands(step) {
        match values.known(*operand) {
            Err(NoFigure::Absent(Absence::NoMember)) => return Absence::NoMember,
            Err(NoFigure::Absent(missing)) if missing.is_missing() && !first.is_missing() => first = missing,
            _ => {}
        }
    }
    first
}

/// The number that a step chooses from its operands, or why it cannot.
#[expect(clippy::indexing_slicing, reason = "lowering gives each choice as many operands as it takes")]
fn chosen(slot: u32, operands: &[u32], choice: Choice, values: Values<'_>) -> Result<Number, NoFigure> {
    let number = |place: usize| values.number(operands[place]);
    let order = |left: &Number, right: &Number| left.minus(right)?.sign().ok_or(NumberFault::Imprecise);
    let truth = |holds: bool| if holds { Number::ONE } else { Number::ZERO };
    match choice {
        Choice::Compare(comparison) => {
            let (left, right) = (number(0)?, number(1)?);
            Ok(truth(comparison.holds(order(&left, &right)?)))
        }
        Choice::If => {
            let condition = number(0)?.sign().ok_or(NumberFault::Imprecise)?;
            Ok(number(if condition.is_ne() { 1 } else { 2 })?.into_owned())
        }
        Choice::Minimum | Choice::Maximum => {
            let wanted = if choice == Choice::Minimum { Ordering::Less } else { Ordering::Greater };
            let mut kept = number(0)?;
            for operand in operands.iter().skip(1) {
                let next = values.number(*operand)?;
                // Of equal ones the first is kept: the same branch each time.
                if order(&next, &kept)? == wanted {
                    kept = next;
                }
            }
            Ok(kept.into_owned())
        }
        Choice::Absolute => {
            let value = number(0)?;
            let negative = value.sign().ok_or(NumberFault::Imprecise)?.is_lt();
            Ok(if negative { value.negated() } else { value.into_owned() })
        }
        // The step itself: no leaf is missing, but another period, or the name of the member.
        _ if choice.reads_elsewhere() => Err(NoFigure::Absent(Absence::Missing(slot))),
        _ if choice.counts() => Ok(Number::ONE),
        Choice::Members(_) | Choice::Over(_) => Ok(number(0)?.into_owned()),
        Choice::MissingAs | Choice::UndefinedAs => match number(0) {
            Err(NoFigure::Absent(absence)) if absence.is_missing() == (choice == Choice::MissingAs) => {
                Ok(number(1)?.into_owned())
            }
            value => Ok(value?.into_owned()),
        },
    }
}

/// A number times the constant factor of its step.
fn scaled(number: Number, factor: Factor) -> Result<Number, NumberFault> {
    let number =
        if is_one(factor.factor) { number } else { number.times(&Number::Decimal(factor.factor))? };
    if is_one(factor.divisor) { Ok(number) } else { number.over(&Number::Decimal(factor.divisor)) }
}

/// A number in 128 bits times the constant factor of its step; `None` where they do not hold the product, or the divisor is 0.
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
    // Every operand is asked, even where the product is too long already: what is missing is told before that.
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
    // Wider only where the narrower form does not hold it: 128 bits, then 1,024, then any length.
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
    use crate::figure::Cause;
    use crate::quantity::Rounding;
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
        assert_eq!(third.rounded((4, Rounding::Ceiling)), Figure::Known(dec!(0.3334)));
        assert_eq!(third.rounded((29, Rounding::Floor)), Figure::undefined("y", Cause::OutOfRange));
        assert_eq!((format!("{third:.2}"), format!("{third:>5}")), ("0.33".into(), "  1/3".into()));
    }

    #[test]
    fn long_figures_are_exact_too() {
        let tiny = dec!(0.0000000000000001);
        let square = root("y = a * a\na", &[("a", tiny)]);
        assert_eq!(
            (square.rounded((2, Rounding::HalfEven)), square.is_exact()),
            (Figure::Known(dec!(0)), true)
        );
        assert!(square.to_decimal().is_none());
        // The product of the numerators is beyond 128 bits, the quotient is not.
        let big = [("a", Decimal::MAX), ("b", Decimal::MAX)];
        assert_eq!(root("y = a * a * a / (b * b * b)\na, b", &big), dec!(1));
        assert_eq!(root("y = a - b + 1\na, b", &big), dec!(1));
        assert_eq!(root("y = 0.5 * a + 0.5 * b\na, b", &big), Decimal::MAX);
        let twice = root("y = a + b\na, b", &big);
        assert_eq!(twice.rounded((0, Rounding::Floor)), Figure::undefined("y", Cause::OutOfRange));
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
        assert_eq!(sum.rounded((20, Rounding::HalfEven)), Figure::Known(dec!(200)));
        assert_eq!(sum.rounded((0, Rounding::Floor)), Figure::undefined("y", Cause::Imprecise));
        assert_eq!(sum.ratio(), Figure::undefined("y", Cause::Imprecise));
        let error = tree.evaluate(&inputs).unwrap().rounded("y", (0, Rounding::Floor)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`y` has no value: y is undefined: a fraction too long for its digits to decide it"
        );
    }

    #[test]
    fn a_divisor_that_cancels_is_a_divisor_all_the_same() {
        let tree = KpiTree::parse("y = x * r * s\nr = z / x\ns = w / z\nx, z, w").unwrap();
        let of = |x, z| tree.inputs([("x", x), ("z", z), ("w", dec!(7))]).unwrap();
        let root = |x, z| tree.evaluate(&of(x, z)).unwrap().root();
        assert_eq!(root(dec!(3), dec!(11)).ratio(), Figure::Known(Ratio::from(dec!(7))));
        let by_zero = |figure, divisor: &'static str| Figure::undefined(figure, Cause::Zero(divisor.into()));
        assert_eq!(root(dec!(0), dec!(11)), by_zero("r", "x"));
        assert_eq!(root(dec!(3), dec!(0)), by_zero("s", "z"));
        let through = KpiTree::parse("y = z / r\nr = z / x\nx, z").unwrap();
        let zero = through.inputs([("x", dec!(3)), ("z", dec!(0))]).unwrap();
        assert_eq!(through.evaluate(&zero).unwrap().root(), by_zero("y", "r"));
    }

    #[test]
    fn what_is_missing_or_undefined_says_where() {
        let tree = KpiTree::parse("y = x * 0 + z\nx = a / b\nz = c * 0\na, b, c").unwrap();
        let node = |id: &str| tree.find(id).unwrap();
        let mut inputs = tree.inputs([("a", dec!(1)), ("b", dec!(0))]).unwrap();
        let evaluation = tree.evaluate(&inputs).unwrap();
        let by_zero = Figure::undefined("x", Cause::Zero("b".into()));
        // Missing wins over undefined, though `x` comes first.
        assert_eq!(evaluation.root(), Figure::missing("c"));
        assert_eq!(evaluation.value(node("z")), Figure::missing("c"));
        assert_eq!(evaluation.value(node("x")).map(drop), by_zero);
        let error = evaluation.known("x").unwrap_err();
        assert_eq!(alloc::format!("{error}"), "`x` has no value: x is undefined: b is zero");
        // Floats say the same.
        let mut columns = tree.columns(2).unwrap();
        columns.set_inputs(1, &inputs).unwrap();
        columns.evaluate();
        assert_eq!(columns.root(1), Figure::missing("c"));
        assert_eq!(columns.value(node("x"), 1).map(drop), by_zero);
        assert_eq!(columns.value(node("z"), 1), Figure::missing("c"));
        // A divisor that is a part of the formula has no name.
        let within = KpiTree::parse("y = a / (b - 2)\na, b").unwrap();
        let two = within.inputs([("a", dec!(1)), ("b", dec!(2))]).unwrap();
        let unnamed = Figure::undefined("y", Cause::Zero("a divisor".into()));
        assert_eq!(within.evaluate(&two).unwrap().root(), unnamed);
        inputs.set(&tree, "b", dec!(2)).unwrap();
        assert_eq!(tree.evaluate(&inputs).unwrap().root(), Figure::missing("c"));
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
