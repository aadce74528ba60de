//! What can be wrong with a number of a tree, in the small form that the kernels pass on.

use crate::figure::Cause;
use alloc::string::String;

/// Why a number does not exist. It stays inside the module: at the doors it becomes a [`Cause`], which names what is
/// zero and so needs memory of its own, too much for each of a million slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFault {
    /// A divisor is zero.
    DivisionByZero,
    /// More digits than the type holds: a decimal 28, a float its exponent.
    OutOfRange,
    /// Digits with a bound that does not decide what is asked.
    Imprecise,
    /// A growth from a base that is 0 or below.
    BaseNotPositive,
}

impl NumberFault {
    /// The cause as callers see it; `divisor` is the name of what is zero where there is one.
    pub(super) fn cause(self, divisor: Option<String>) -> Cause {
        match self {
            Self::DivisionByZero => Cause::Zero(divisor.map_or("a divisor".into(), Into::into)),
            Self::OutOfRange => Cause::OutOfRange,
            Self::Imprecise => Cause::Imprecise,
            Self::BaseNotPositive => Cause::NotPositive(divisor.map_or("the base".into(), Into::into)),
        }
    }
}
