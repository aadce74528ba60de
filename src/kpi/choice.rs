//! What a step of a tree chooses, reads elsewhere or takes together: the steps that are no sum and no product.

use super::function::{Aggregate, Comparison, OverTime};
use super::groups::Gathering;

/// What a step chooses from its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// 1 where the comparison holds of both operands, else 0.
    Compare(Comparison),
    /// The second where the first is not 0, else the third.
    If,
    /// The least operand.
    Minimum,
    /// The greatest operand.
    Maximum,
    /// The size of the operand.
    Absolute,
    /// The first, or the second where the first is missing.
    MissingAs,
    /// The first, or the second where the first is undefined.
    UndefinedAs,
    /// The operand in other periods. Of one period alone only that period is known.
    Over(OverTime),
    /// The operand over members. Of one period alone there is one member, without a name by which to filter.
    Members(Gathering),
}

impl Choice {
    /// Whether only the operand taken counts: one that is not taken may have no value.
    pub(super) const fn takes_one(self) -> bool {
        matches!(self, Self::If | Self::MissingAs | Self::UndefinedAs)
    }

    /// Whether it reads other periods or named members, which one period alone has not: there it is missing.
    pub(super) const fn reads_elsewhere(self) -> bool {
        match self {
            Self::Over(over) => !over.is_own(),
            Self::Members(gathering) => gathering.is_filtered,
            _ => false,
        }
    }

    /// Whether it counts members, whatever their values are.
    pub(super) const fn counts(self) -> bool {
        matches!(self, Self::Members(Gathering { aggregate: Aggregate::Count, .. }))
    }
}
