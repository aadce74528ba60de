//! The values that the steps of an evaluation take, the leaves as the inputs hold them.

use super::absence::Absence;
use super::fault::NumberFault;
use super::number::Number;
use alloc::borrow::Cow;
use core::cmp::Ordering;
use rust_decimal::Decimal;

/// Why a step has no number: an operand has none, or the step itself.
pub(super) enum NoFigure {
    Absent(Absence),
    Here(NumberFault),
}

impl NoFigure {
    /// The absence of the step in `slot`, for this reason.
    pub(super) const fn at(self, slot: u32) -> Absence {
        match self {
            Self::Absent(absence) => absence,
            Self::Here(why) => Absence::Undefined { why, slot },
        }
    }
}

/// The values of the slots so far.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) leaves: &'a [Option<Decimal>],
    pub(super) steps: &'a [Result<Number, Absence>],
}

/// The number of a slot: most are decimals, and those of the leaves are nothing else.
pub(super) enum Operand<'a> {
    Decimal(Decimal),
    Other(&'a Number),
}

impl<'a> Values<'a> {
    #[inline]
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "an operand's slot is below its step's: it is a leaf, or a step that was computed"
    )]
    pub(super) fn known(self, slot: u32) -> Result<Operand<'a>, NoFigure> {
        let place = slot as usize;
        match self.leaves.get(place) {
            Some(Some(value)) => Ok(Operand::Decimal(*value)),
            Some(None) => Err(NoFigure::Absent(Absence::Missing(slot))),
            None => match &self.steps[place - self.leaves.len()] {
                Ok(Number::Decimal(value)) => Ok(Operand::Decimal(*value)),
                Ok(number) => Ok(Operand::Other(number)),
                Err(absence) => Err(NoFigure::Absent(*absence)),
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
