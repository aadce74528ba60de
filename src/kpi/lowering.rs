//! From a formula to steps: sums and products are flattened, constants gathered in one factor, units checked.

use super::KpiError;
use super::choice::Choice;
use super::formula::Token;
use super::function::{Aggregate, Function, MOST_PERIODS, OverTime};
use super::graph::{Factor, Graph, Operation, Step, float};
use super::groups::{Chosen, ChosenMembers, Gathering, Selected};
use super::name::checked_dimension;
use super::node::{Node, NodeKind};
use crate::quantity::{Quantity, QuantityError, Unit, multiply};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// A token whose names are looked up.
#[derive(Debug)]
pub(super) enum Resolved {
    Node(u32),
    Constant(Box<Quantity>),
    /// What an aggregate takes together, with its groups looked up.
    Members(Aggregate, Box<ChosenMembers>),
    Operation(Token),
}

/// An operand until the leaves have their slots: a leaf by its node, or a step by its index.
pub(super) const LEAF: u32 = 1 << 31;

/// What formulas can use: where each node's value comes from and in which unit it is.
pub(super) struct Known<'a> {
    /// The operand of each node that has one.
    pub(super) operands: &'a [Option<u32>],
    /// The unit of each node that has one.
    pub(super) units: &'a [Option<Unit>],
    /// The nodes so far.
    pub(super) nodes: &'a [Option<Node>],
}

impl Known<'_> {
    /// Refuses to add values of a node whose kind does not add up over `what`. Only a node named alone has a kind.
    fn adds_up(&self, argument: Option<u32>, what: &'static str) -> Result<(), KpiError> {
        let node = argument.and_then(|node| self.nodes.get(node as usize)?.as_ref());
        let Some(node) = node else { return Ok(()) };
        let adds = match node.kind() {
            NodeKind::Flow => true,
            // What is there at the end of a month is there in all channels together, but not in two months.
            NodeKind::Stock | NodeKind::OpeningStock | NodeKind::AverageStock => what == MEMBERS,
            NodeKind::Ratio | NodeKind::Growth | NodeKind::Unique => false,
        };
        let (id, kind) = (node.id().into(), node.kind());
        if adds { Ok(()) } else { Err(KpiError::DoesNotAddUp { id, kind, over: what }) }
    }
}

const MEMBERS: &str = "members";
const PERIODS: &str = "periods";

/// A node's own step, and what its formula says of it.
pub(super) struct Lowered {
    pub(super) operand: u32,
    pub(super) unit: Unit,
    pub(super) divides: bool,
}

/// Adds the steps of one formula to the graph; `None` where an operand was refused before.
pub(super) fn lower(
    tokens: Vec<Resolved>,
    declared: Option<&Unit>,
    known: &Known<'_>,
    graph: &mut Graph,
) -> Result<Option<Lowered>, KpiError> {
    let mut stack: Vec<Piece> = Vec::new();
    // The node that stands alone before a token: the argument of a function of one.
    let mut alone: Option<u32> = None;
    for token in tokens {
        let argument = alone.take();
        match token {
            Resolved::Node(node) => match node_piece(node, known)? {
                Some(piece) => {
                    alone = Some(node);
                    stack.push(piece);
                }
                None => return Ok(None),
            },
            Resolved::Constant(quantity) => {
                // In coherent units from here on: 3 % is 0.03, and only a declared unit takes the power of ten back.
                let factor = times_power(quantity.value(), quantity.unit().power_of_ten())?;
                stack.push(Piece::of(Body::One, factor, quantity.unit().coherent()));
            }
            Resolved::Operation(Token::Sum(count)) => fold(&mut stack, count, graph, Piece::plus)?,
            Resolved::Operation(Token::Product(count)) => fold(&mut stack, count, graph, Piece::times)?,
            Resolved::Operation(Token::Negate) => {
                stack.last_mut().ok_or(KpiError::NoOperands)?.negate();
            }
            Resolved::Members(aggregate, of) => {
                if aggregate.adds() {
                    known.adds_up(argument, MEMBERS)?;
                }
                let value = stack.pop().ok_or(KpiError::NoOperands)?;
                stack.push(gathered(value, aggregate, *of, graph)?);
            }
            Resolved::Operation(Token::Call(Function::Over(over))) => {
                if over.adds() && !over.is_own() {
                    known.adds_up(argument, PERIODS)?;
                }
                if !over.periods().is_none_or(|count| (1..=MOST_PERIODS).contains(&count)) {
                    return Err(KpiError::NotInRange {
                        what: "number of periods",
                        required: "from 1 to 1000000",
                    });
                }
                let value = stack.pop().ok_or(KpiError::NoOperands)?;
                stack.push(passed(value, Choice::Over(over), graph)?);
            }
            Resolved::Operation(Token::Call(function)) => {
                let first = stack.len().checked_sub(function.arity()).ok_or(KpiError::NoOperands)?;
                let arguments = stack.split_off(first);
                stack.push(called(function, arguments, graph)?);
            }
            Resolved::Operation(token) => {
                let (Some(mut right), Some(left)) = (stack.pop(), stack.pop()) else {
                    return Err(KpiError::NoOperands);
                };
                stack.push(match token {
                    Token::Multiply => left.times(right, graph)?,
                    Token::Divide => left.over(right, graph)?,
                    Token::Subtract => {
                        right.negate();
                        left.plus(right, graph)?
                    }
                    _ => left.plus(right, graph)?,
                });
            }
        }
    }
    let mut piece = stack.pop().ok_or(KpiError::NoOperands)?;
    if let Some(declared) = declared {
        if !piece.unit.same_dimensions(declared) {
            return Err(KpiError::UnitClash {
                left: declared.clone(),
                right: piece.unit,
                operation: "declared",
            });
        }
        // Back into the declared power of ten; that of -128 has no opposite, and no decimal 128 zeros.
        piece.factor = times_power(piece.factor, declared.power_of_ten().saturating_neg())?;
    }
    let divides = piece.divisor != Decimal::ONE
        || matches!(&piece.body, Body::Product { below, .. } if !below.is_empty());
    let unit = declared.cloned().unwrap_or_else(|| piece.unit.clone());
    let operand = emit(piece.body, piece.factor, piece.divisor, graph)?;
    Ok(Some(Lowered { operand, unit, divides }))
}

/// A part of a formula: `factor / divisor * body`, in a unit without power of ten.
struct Piece {
    // The divisor stands apart, because a third has no last decimal: the constant stays exact until the step divides.
    factor: Decimal,
    divisor: Decimal,
    body: Body,
    unit: Unit,
}

enum Body {
    One,
    Operand(u32),
    Sum { constant: Decimal, terms: Vec<(Decimal, u32)> },
    Product { above: Vec<u32>, below: Vec<u32> },
}

impl Piece {
    fn of(body: Body, factor: Decimal, unit: Unit) -> Self {
        Self { factor, divisor: Decimal::ONE, body, unit }
    }

    fn negate(&mut self) {
        self.factor.set_sign_negative(self.factor.is_sign_positive() && !self.factor.is_zero());
    }

    fn plus(self, other: Self, graph: &mut Graph) -> Result<Self, KpiError> {
        if self.unit != other.unit {
            return Err(KpiError::UnitClash { left: self.unit, right: other.unit, operation: "added" });
        }
        let unit = self.unit.clone();
        let (mut constant, mut terms) = self.into_terms(graph)?;
        let (other_constant, other_terms) = other.into_terms(graph)?;
        constant = crate::quantity::add(constant, other_constant)?;
        terms.extend(other_terms);
        Ok(Self::of(Body::Sum { constant, terms }, Decimal::ONE, unit))
    }

    /// The constant and the terms of the piece as a sum.
    fn into_terms(self, graph: &mut Graph) -> Result<(Decimal, Vec<(Decimal, u32)>), KpiError> {
        let factor = self.factor;
        if self.divisor == Decimal::ONE {
            match self.body {
                Body::One => return Ok((factor, Vec::new())),
                Body::Operand(operand) => return Ok((Decimal::ZERO, alloc::vec![(factor, operand)])),
                Body::Sum { constant, terms } if factor == Decimal::ONE => return Ok((constant, terms)),
                Body::Sum { constant, terms } => {
                    let scaled =
                        terms.into_iter().map(|(weight, term)| Ok((multiply(weight, factor)?, term)));
                    return Ok((multiply(constant, factor)?, scaled.collect::<Result<_, QuantityError>>()?));
                }
                Body::Product { .. } => {}
            }
        }
        let operand = emit(self.body, factor, self.divisor, graph)?;
        Ok((Decimal::ZERO, alloc::vec![(Decimal::ONE, operand)]))
    }

    fn times(self, other: Self, graph: &mut Graph) -> Result<Self, KpiError> {
        let factor = multiply(self.factor, other.factor)?;
        let divisor = multiply(self.divisor, other.divisor)?;
        let unit = self.unit.times(&other.unit)?;
        let body = match (self.body, other.body) {
            (Body::One, body) | (body, Body::One) => body,
            (left, right) => {
                let (mut above, mut below) = into_factors(left, graph)?;
                let (more_above, more_below) = into_factors(right, graph)?;
                above.extend(more_above);
                below.extend(more_below);
                Body::Product { above, below }
            }
        };
        Ok(Self { factor, divisor, body, unit })
    }

    fn over(self, other: Self, graph: &mut Graph) -> Result<Self, KpiError> {
        let factor = multiply(self.factor, other.divisor)?;
        let divisor = multiply(self.divisor, other.factor)?;
        let unit = self.unit.per(&other.unit)?;
        let body = match (self.body, other.body) {
            (body, Body::One) => body,
            (left, right) => {
                let (above, mut below) = match left {
                    Body::One => (Vec::new(), Vec::new()),
                    left => into_factors(left, graph)?,
                };
                match right {
                    // A quotient below the line stays one: its own divisor of zero must not vanish.
                    Body::Product { above: factors, below: none } if none.is_empty() => below.extend(factors),
                    Body::Operand(operand) => below.push(operand),
                    right => below.push(emit(right, Decimal::ONE, Decimal::ONE, graph)?),
                }
                Body::Product { above, below }
            }
        };
        Ok(Self { factor, divisor, body, unit })
    }
}

fn into_factors(body: Body, graph: &mut Graph) -> Result<(Vec<u32>, Vec<u32>), KpiError> {
    Ok(match body {
        Body::Product { above, below } => (above, below),
        Body::Operand(operand) => (alloc::vec![operand], Vec::new()),
        body => (alloc::vec![emit(body, Decimal::ONE, Decimal::ONE, graph)?], Vec::new()),
    })
}

fn fold(
    stack: &mut Vec<Piece>,
    count: usize,
    graph: &mut Graph,
    join: impl Fn(Piece, Piece, &mut Graph) -> Result<Piece, KpiError>,
) -> Result<(), KpiError> {
    let first = stack.len().checked_sub(count).ok_or(KpiError::NoOperands)?;
    let mut operands = stack.split_off(first).into_iter();
    let first = operands.next().ok_or(KpiError::NoOperands)?;
    stack.push(operands.try_fold(first, |whole, operand| join(whole, operand, graph))?);
    Ok(())
}

/// The value of a function: a step of its own, in the unit of its values.
fn called(function: Function, arguments: Vec<Piece>, graph: &mut Graph) -> Result<Piece, KpiError> {
    let mut arguments = arguments;
    let (choice, values) = match function {
        Function::Clamp => {
            let (Some(high), Some(low)) = (arguments.pop(), arguments.pop()) else {
                return Err(KpiError::NoOperands);
            };
            arguments.push(high);
            let below = called(Function::Minimum(2), arguments, graph)?;
            return called(Function::Maximum(2), alloc::vec![below, low], graph);
        }
        Function::If => {
            let condition = arguments.first().ok_or(KpiError::NoOperands)?;
            if condition.unit != Unit::ONE {
                let left = condition.unit.clone();
                return Err(KpiError::UnitClash {
                    left,
                    right: Unit::ONE,
                    operation: "taken as a condition",
                });
            }
            (Choice::If, 1)
        }
        Function::Compare(comparison) => (Choice::Compare(comparison), 0),
        Function::Minimum(_) => (Choice::Minimum, 0),
        Function::Maximum(_) => (Choice::Maximum, 0),
        Function::Absolute => (Choice::Absolute, 0),
        Function::MissingAs => (Choice::MissingAs, 0),
        Function::UndefinedAs => (Choice::UndefinedAs, 0),
        Function::Over(over) => {
            let value = arguments.pop().ok_or(KpiError::NoOperands)?;
            return passed(value, Choice::Over(over), graph);
        }
    };
    let unit = common_unit(arguments.get(values..).unwrap_or(&[]), choice)?;
    let mut operands = Vec::with_capacity(arguments.len());
    for Piece { factor, divisor, body, .. } in arguments {
        operands.push(match body {
            Body::Operand(operand) if factor == Decimal::ONE && divisor == Decimal::ONE => operand,
            body => emit(body, factor, divisor, graph)?,
        });
    }
    let operand = push(choice, &operands, graph)?;
    let unit = if matches!(choice, Choice::Compare(_)) { Unit::ONE } else { unit };
    Ok(Piece::of(Body::Operand(operand), Decimal::ONE, unit))
}

/// The step of a function of one value, over periods or members: in the unit of the value, but for a growth.
fn passed(value: Piece, choice: Choice, graph: &mut Graph) -> Result<Piece, KpiError> {
    let Piece { factor, divisor, body, unit } = value;
    let operand = match body {
        Body::Operand(operand) if factor == Decimal::ONE && divisor == Decimal::ONE => operand,
        body => emit(body, factor, divisor, graph)?,
    };
    let unit = if matches!(choice, Choice::Over(OverTime::Growth(_))) { Unit::ONE } else { unit };
    let step = push(choice, &[operand], graph)?;
    Ok(Piece::of(Body::Operand(step), Decimal::ONE, unit))
}

/// What an aggregate makes of a value: a step of its own, in the unit of the value, but for a count. A share is the value over
/// the step of its sum.
fn gathered(
    value: Piece,
    aggregate: Aggregate,
    of: ChosenMembers,
    graph: &mut Graph,
) -> Result<Piece, KpiError> {
    if aggregate == Aggregate::Share && of.is_filtered() {
        return Err(KpiError::Filtered { function: aggregate.name() });
    }
    let mask = dimension_mask(&of.chosen, graph)?;
    let selection =
        u32::try_from(graph.selections.len()).map_err(|_| KpiError::TooManyNodes { limit: LEAF })?;
    let gathering = Gathering { aggregate, selection, is_filtered: of.is_filtered() };
    graph.selections.push(Selected { mask, of });
    if aggregate != Aggregate::Share {
        let mut piece = passed(value, Choice::Members(gathering), graph)?;
        if aggregate == Aggregate::Count {
            piece.unit = Unit::ONE;
        }
        return Ok(piece);
    }
    let Piece { factor, divisor, body, .. } = value;
    let operand = match body {
        Body::Operand(operand) if factor == Decimal::ONE && divisor == Decimal::ONE => operand,
        body => emit(body, factor, divisor, graph)?,
    };
    let sum = Gathering { aggregate: Aggregate::Sum, ..gathering };
    let whole = push(Choice::Members(sum), &[operand], graph)?;
    let body = Body::Product { above: alloc::vec![operand], below: alloc::vec![whole] };
    Ok(Piece::of(body, Decimal::ONE, Unit::ONE))
}

/// The dimensions as bits; each has one by the order in which formulas name it.
fn dimension_mask(chosen: &[Chosen], graph: &mut Graph) -> Result<u32, KpiError> {
    let mut mask = 0_u32;
    for Chosen { dimension, .. } in chosen {
        checked_dimension(dimension)?;
        let known = graph.dimensions.iter().position(|known| known == dimension);
        let place = known.unwrap_or(graph.dimensions.len());
        let bit = u32::try_from(place).ok().and_then(|place| 1_u32.checked_shl(place));
        let limit = u32::BITS as usize;
        mask |=
            bit.ok_or(KpiError::TooMany { what: "dimensions", limit, actual: place.saturating_add(1) })?;
        if known.is_none() {
            graph.dimensions.push(dimension.clone());
        }
    }
    Ok(mask)
}

/// The unit of all these values. A bare 0 has any: nothing is the same in yuan and in orders.
fn common_unit(values: &[Piece], choice: Choice) -> Result<Unit, KpiError> {
    let is_nothing = |piece: &Piece| matches!(piece.body, Body::One) && piece.factor.is_zero();
    let mut stated = values.iter().filter(|piece| !is_nothing(piece) || piece.unit != Unit::ONE);
    let Some(first) = stated.next() else { return Ok(Unit::ONE) };
    match stated.find(|piece| piece.unit != first.unit) {
        None => Ok(first.unit.clone()),
        Some(other) => Err(KpiError::UnitClash {
            left: first.unit.clone(),
            right: other.unit.clone(),
            operation: if choice.takes_one() { "one stands for the other" } else { "compared" },
        }),
    }
}

/// Adds a step of these operands without weights or a scale.
fn push(choice: Choice, operands: &[u32], graph: &mut Graph) -> Result<u32, KpiError> {
    let too_many = || KpiError::TooManyNodes { limit: LEAF };
    let position =
        |length: usize| u32::try_from(length).ok().filter(|index| *index < LEAF).ok_or_else(too_many);
    let index = position(graph.steps.len())?;
    let (first, weight) = (position(graph.operands.len())?, position(graph.choices.len())?);
    graph.operands.extend_from_slice(operands);
    position(graph.operands.len())?;
    let count = position(operands.len())?;
    graph.choices.push(choice);
    graph.steps.push(Step {
        operation: Operation::Choice,
        first,
        count,
        denominators: 0,
        weight,
        scale: 1.0,
    });
    graph.factors.push(Factor { factor: Decimal::ONE, divisor: Decimal::ONE });
    Ok(index)
}

fn node_piece(node: u32, known: &Known<'_>) -> Result<Option<Piece>, KpiError> {
    let index = node as usize;
    let (Some(Some(operand)), Some(Some(unit))) = (known.operands.get(index), known.units.get(index)) else {
        return Ok(None);
    };
    let factor = times_power(Decimal::ONE, unit.power_of_ten())?;
    Ok(Some(Piece::of(Body::Operand(*operand), factor, unit.coherent())))
}

/// `value * 10^power`, exactly.
fn times_power(value: Decimal, power: i8) -> Result<Decimal, KpiError> {
    let places = u32::from(power.unsigned_abs());
    let ten = match power {
        0 => return Ok(value),
        1.. => 10_i128.checked_pow(places).and_then(|p| Decimal::try_from_i128_with_scale(p, 0).ok()),
        _ => Decimal::try_from_i128_with_scale(1, places).ok(),
    };
    let ten = ten.ok_or_else(|| QuantityError::Inexact { operation: format!("{value} * 10^{power}") })?;
    Ok(multiply(value, ten)?.normalize())
}

/// Adds one step and answers its operand.
fn emit(body: Body, factor: Decimal, divisor: Decimal, graph: &mut Graph) -> Result<u32, KpiError> {
    let too_many = KpiError::TooManyNodes { limit: LEAF };
    let position = |length: usize| u32::try_from(length).ok().filter(|index| *index < LEAF);
    let index = position(graph.steps.len()).ok_or(too_many.clone())?;
    let first = position(graph.operands.len()).ok_or(too_many.clone())?;
    let weight = position(graph.weights.len()).ok_or(too_many.clone())?;
    let mut factor = factor;
    let (operation, denominators) = match body {
        Body::One => {
            return emit(Body::Sum { constant: factor, terms: Vec::new() }, Decimal::ONE, divisor, graph);
        }
        Body::Operand(operand) => {
            graph.operands.push(operand);
            (Operation::Sum, 0)
        }
        Body::Sum { constant, terms } => {
            // Equal weights are one factor in front of a plain sum: no multiplication for each term.
            let common = terms.first().map(|(weight, _)| *weight);
            let plain = constant.is_zero() && terms.iter().all(|(weight, _)| Some(*weight) == common);
            match common {
                Some(common) if plain => factor = multiply(factor, common)?,
                _ => {
                    for weight in core::iter::once(&constant).chain(terms.iter().map(|(weight, _)| weight)) {
                        graph.exact_weights.push(*weight);
                        graph.weights.push(float(*weight));
                    }
                }
            }
            graph.operands.extend(terms.iter().map(|(_, operand)| *operand));
            (if plain && common.is_some() { Operation::Sum } else { Operation::WeightedSum }, 0)
        }
        Body::Product { above, below } => {
            graph.operands.extend(above.iter().chain(&below));
            (Operation::Product, position(below.len()).ok_or(too_many.clone())?)
        }
    };
    let count = graph.operands.len().checked_sub(first as usize).and_then(position).ok_or(too_many)?;
    // A constant divisor of zero: the floats have no value, and the exact step says why.
    let scale = if divisor.is_zero() { f64::NAN } else { float(factor) / float(divisor) };
    graph.steps.push(Step { operation, first, count, denominators, weight, scale });
    graph.factors.push(Factor { factor, divisor });
    Ok(index)
}
