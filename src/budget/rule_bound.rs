//! A bound that a rule sets lines, with what they hold.

use crate::quantity::{Money, Ratio};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// On which side of its limit a rule holds lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundSide {
    /// A floor.
    AtLeast,
    /// A cap, or what a concentration limit leaves one line.
    AtMost,
    /// An amount that a rule sets: a line's, a reserve's, a quota's, a division's.
    Exactly,
}

/// What a rule asks of lines, and what these hold now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleBound {
    /// The id of the rule.
    pub rule: String,
    /// The lines that it holds together.
    pub lines: Vec<String>,
    /// On which side of the limit it holds them.
    pub side: BoundSide,
    /// What they hold now, together.
    pub amount: Money,
    /// The limit, rounded half to even to a whole minor unit.
    pub limit: Money,
    /// What the limit is a part of, rounded likewise; `None` of a stated amount.
    pub base: Option<Money>,
    /// Whether the lines keep it: to less than a minor unit for each line, which is what a division rounds by.
    pub is_kept: bool,
}

impl fmt::Display for RuleBound {
    /// `pilots: 8.19% of 1,000,000.00 CNY, at most 8%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, side, amount, limit, base, .. } = self;
        let side = match side {
            BoundSide::AtLeast => "at least",
            BoundSide::AtMost => "at most",
            BoundSide::Exactly => "set to",
        };
        let percent = |part: &Money, base: &Money| Ratio::new(part.amount(), base.amount()).ok();
        let percents =
            base.as_ref().and_then(|base| Some((percent(amount, base)?, percent(limit, base)?, base)));
        match percents {
            Some((own, limit, base)) => {
                write!(f, "{rule}: {} of {base}, {side} {}", own.to_percent(), limit.to_percent())
            }
            None => write!(f, "{rule}: {amount}, {side} {limit}"),
        }
    }
}
