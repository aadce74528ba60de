//! The values that the steps of an evaluation take, the leaves as the inputs hold them.

use super::node::NodeId;
use super::number::Number;
use super::value::{NumberFault, Value};
use alloc::borrow::Cow;
use core::cmp::Ordering;
use rust_decimal::Decimal;

/// Why a step has no figure: an operand has none, or it itself.
pub(super) enum NoFigure {
    /// The leaf of this slot is missing.
    Missing(usize),
    MissingBelow(NodeId),
    Undefined {
        why: NumberFault,
        node: NodeId,
    },
    Here(NumberFault),
}

/// The values of the slots so far.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) leaves: &'a [Option<Decimal>],
    pub(super) steps: &'a [Value<Number>],
}

/// The number of a slot: most are decimals, and those of the leaves are nothing else.
pub(super) enum Operand<'a> {
    Decimal(Decimal),
    Other(&'a Number),
}

impl<'a> Values<'a> {
    #[inline]
    pub(super) fn known(self, slot: u32) -> Result<Operand<'a>, NoFigure> {
        let slot = slot as usize;
        match self.leaves.get(slot) {
            Some(Some(value)) => Ok(Operand::Decimal(*value)),
            Some(None) => Err(NoFigure::Missing(slot)),
            None => match slot.checked_sub(self.leaves.len()).and_then(|place| self.steps.get(place)) {
                Some(Value::Known(Number::Decimal(value))) => Ok(Operand::Decimal(*value)),
                Some(Value::Known(number)) => Ok(Operand::Other(number)),
                Some(Value::Missing { leaf }) => Err(NoFigure::MissingBelow(*leaf)),
                Some(Value::Undefined { why, node }) => Err(NoFigure::Undefined { why: *why, node: *node }),
                None => Err(NoFigure::Here(NumberFault::OutOfRange)),
            },
        }
    }

    #[inline]
    pub(super) fn decimal(self, slot: u32) -> Option<Decimal> {
        match self.known(slot) {
            Ok(Operand::Decimal(value)) => Some(value),
            _ => None,
        }
    }

    pub(super) fn number(self, slot: u32) -> Result<Cow<'a, Number>, NoFigure> {
        Ok(match self.known(slot)? {
            Operand::Decimal(value) => Cow::Owned(Number::Decimal(value)),
            Operand::Other(number) => Cow::Borrowed(number),
        })
    }
}

impl From<NumberFault> for NoFigure {
    fn from(why: NumberFault) -> Self {
        Self::Here(why)
    }
}

impl Operand<'_> {
    /// Refuses a divisor that is zero, or may be.
    pub(super) fn divides(&self) -> Result<(), NumberFault> {
        let sign = match self {
            Self::Decimal(value) => Some(value.mantissa().cmp(&0)),
            Self::Other(number) => number.sign(),
        };
        match sign {
            Some(Ordering::Equal) => Err(NumberFault::DivisionByZero),
            Some(_) => Ok(()),
            None => Err(NumberFault::Imprecise),
        }
    }
}
