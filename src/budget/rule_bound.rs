//! A bound of a rule on lines, with their current amount.

use crate::quantity::wire::serialize_fields;
use crate::quantity::{Money, Ratio};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A bound of a rule on lines, with their current amount.
///
/// An amount that a rule sets (a line's, a reserve's, a quota's, a division's) is both floor and cap. Both are rounded
/// half to even to whole minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleBound {
    /// The id of the rule.
    pub rule: String,
    /// The lines whose sum it bounds.
    pub lines: Vec<String>,
    /// The current sum of the lines.
    pub amount: Money,
    /// The minimum of the sum.
    pub floor: Option<Money>,
    /// The maximum of the sum.
    pub cap: Option<Money>,
    /// The base of a percentage, rounded likewise; `None` for a stated amount and for a percentage of a rest.
    pub base: Option<Money>,
    /// Whether the lines keep the bound. A difference of less than a minor unit for each line is allowed, as a division
    /// rounds by that much.
    pub is_kept: bool,
}

serialize_fields!(RuleBound { rule, lines, amount, floor: optional, cap: optional, base: optional, is_kept });

impl fmt::Display for RuleBound {
    /// `pilots: 8.19% of 1,000,000.00 CNY, at most 8%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, amount, base, .. } = self;
        let (side, limit) = match (self.floor, self.cap) {
            (Some(floor), None) => ("at least", floor),
            (None, Some(cap)) => ("at most", cap),
            (Some(set), Some(_)) => ("set to", set),
            (None, None) => return write!(f, "{rule}: {amount}"),
        };
        let percent = |part: &Money, base: &Money| Ratio::new(part.amount(), base.amount()).ok();
        // A base of 0 has no percents: the amounts stand instead.
        let percents =
            base.as_ref().and_then(|base| Some((percent(amount, base)?, percent(&limit, base)?, base)));
        let Some((own, limit_share, base)) = percents else {
            return write!(f, "{rule}: {amount}, {side} {limit}");
        };
        let (own, limit_share) = (own.to_percent(), limit_share.to_percent());
        // Two decimals hide a bound that is missed by little: "8% of ..., at most 8%" would not say what is wrong.
        if own == limit_share && !self.is_kept {
            return write!(f, "{rule}: {amount}, {side} {limit} of {base}");
        }
        write!(f, "{rule}: {own} of {base}, {side} {limit_share}")
    }
}
