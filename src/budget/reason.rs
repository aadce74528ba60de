//! Why a line has its amount: a chain of steps that replays to it.

use super::BudgetError;
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Currency, Money, Quantity, QuantityError, Ratio, Rounding, Unit};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a step does to an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReasonEffect {
    /// The rule gives the line its amount: stated, or its weight's part of what is divided.
    Set,
    /// The rule gives the line nothing, as its return on investment is not above 0.
    NoReturn,
    /// The bounds of other lines leave more or less to divide by the same weights.
    Shift,
    /// A floor of the line or of its group raises it.
    Floor,
    /// A cap of the line or of its group lowers it.
    Cap,
    /// A quota fixes what the line has, alone or in its group.
    Quota,
    /// The exact amount is made whole minor units.
    Rounding,
}

/// A step of a chain of reasons, in the currency's main unit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonStep {
    /// The id of the rule; the rounding has none.
    #[serde(default)]
    pub rule: Option<String>,
    /// What it does.
    pub effect: ReasonEffect,
    /// The exact amount before.
    pub before: Ratio,
    /// The exact amount after.
    pub after: Ratio,
}

serialize_fields!(ReasonStep { rule: optional, effect, before, after });

/// The chain of reasons of one line: the first step starts from nothing, the last ends at the line's amount.
///
/// Printed as `main set 14,000; pilots capped to 9,000; rounding +0.01`, fractions that do not end with two more
/// decimals than the currency has and a `~`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasons {
    currency: Currency,
    steps: Vec<ReasonStep>,
}

impl Reasons {
    pub(super) const fn new(currency: Currency) -> Self {
        Self { currency, steps: Vec::new() }
    }

    /// Notes that the amount becomes `after`; nothing where it does not change, but for the step that sets it.
    pub(super) fn push(&mut self, rule: Option<&str>, effect: ReasonEffect, after: Ratio) {
        let before = self.now();
        if before != after || (self.steps.is_empty() && effect != ReasonEffect::Rounding) {
            self.steps.push(ReasonStep { rule: rule.map(Into::into), effect, before, after });
        }
    }

    /// The amount after the steps so far.
    pub(super) fn now(&self) -> Ratio {
        self.steps.last().map_or(Ratio::ZERO, |step| step.after)
    }

    /// The steps in order.
    #[must_use]
    pub fn steps(&self) -> &[ReasonStep] {
        &self.steps
    }

    /// The amount that the steps make of nothing: each takes up where the one before it ended.
    ///
    /// # Errors
    /// [`BudgetError::BrokenChain`] with the index of a step that does not; a [`BudgetError::Quantity`] where the end is
    /// not in whole minor units.
    pub fn replay(&self) -> Result<Money, BudgetError> {
        replay(&self.steps, self.currency)
    }
}

/// The amount that `steps` make of nothing: each takes up where the one before it ended, and the last ends there.
///
/// The changes telescope, so none is worked out: the difference of two long fractions may need more than 128 bits
/// where both ends fit.
///
/// # Errors
/// [`BudgetError::BrokenChain`] with the index of a step whose `before` is not where the steps before it ended; a
/// [`BudgetError::Quantity`] where the end is not in whole minor units of `currency`.
pub fn replay(steps: &[ReasonStep], currency: Currency) -> Result<Money, BudgetError> {
    let mut amount = Ratio::ZERO;
    for (index, step) in steps.iter().enumerate() {
        if step.before != amount {
            return Err(BudgetError::BrokenChain { index });
        }
        amount = step.after;
    }
    // What has more decimals than the currency, or none that end, is refused.
    match amount.to_decimal() {
        Some(amount) => Ok(Money::new(amount, currency)?),
        None => Err(QuantityError::Inexact { operation: amount.to_string() }.into()),
    }
}

impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            let rule = step.rule.as_deref().unwrap_or_default();
            let to = shown(step.after, self.currency);
            write!(f, "{separator}")?;
            match step.effect {
                ReasonEffect::Set => write!(f, "{rule} set {to}")?,
                ReasonEffect::NoReturn => write!(f, "{rule} set {to}, its return is not above 0")?,
                ReasonEffect::Shift => write!(f, "{rule} shifted to {to}")?,
                ReasonEffect::Floor => write!(f, "{rule} raised to {to}")?,
                ReasonEffect::Cap => write!(f, "{rule} capped to {to}")?,
                ReasonEffect::Quota => write!(f, "{rule} fixed to {to}")?,
                ReasonEffect::Rounding => write!(f, "rounding {}", rounded_by(step, self.currency))?,
            }
        }
        Ok(())
    }
}

/// What the rounding adds, with its sign.
///
/// It ends at whole minor units, so the change rounded half to even is that end less the rounded beginning: the exact
/// change of a long fraction may need more than 128 bits.
fn rounded_by(step: &ReasonStep, currency: Currency) -> String {
    let near = near(step.before, currency);
    let change = near.and_then(|near| step.after.to_decimal()?.checked_sub(near));
    let Some(change) = change else { return format!("from {} to {}", step.before, step.after) };
    let inexact = if near.map(Ratio::from) == Some(step.before) { "" } else { "~" };
    let signed = if change.is_sign_negative() { "" } else { "+" };
    // The sign stands before the digits, behind what says that they are not all.
    format!("{inexact}{signed}{}", grouped(change.normalize(), currency))
}

/// An exact amount with groups, with at most two decimals more than the currency has.
fn shown(amount: Ratio, currency: Currency) -> String {
    let Some(near) = near(amount, currency) else { return amount.to_string() };
    let inexact = if Ratio::from(near) == amount { "" } else { "~" };
    format!("{inexact}{}", grouped(near, currency))
}

/// An amount rounded half to even to two decimals more than the currency has, where a decimal holds it.
fn near(amount: Ratio, currency: Currency) -> Option<Decimal> {
    let decimals = currency.digits().saturating_add(2);
    Some(amount.round(decimals, Rounding::HalfEven).ok()?.normalize())
}

fn grouped(near: Decimal, currency: Currency) -> String {
    // A whole amount stands without decimals, a part with at least those of the currency.
    let decimals = if near.scale() == 0 { 0 } else { near.scale().max(currency.digits()) };
    let decimals = usize::try_from(decimals).unwrap_or(0);
    format!("{:#.decimals$}", Quantity::new(near, Unit::ONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    #[test]
    fn the_chain_is_told_and_replayed() {
        let mut reasons = Reasons::new(Currency::CNY);
        reasons.push(Some("main"), ReasonEffect::Set, ratio("14000"));
        reasons.push(Some("main"), ReasonEffect::Shift, ratio("14000"));
        reasons.push(Some("pilots"), ReasonEffect::Cap, ratio("54001/6"));
        assert!(reasons.replay().is_err());
        reasons.push(None, ReasonEffect::Rounding, ratio("9000.17"));
        assert_eq!(reasons.to_string(), "main set 14,000; pilots capped to ~9,000.1667; rounding ~+0.0033");
        assert_eq!(reasons.replay().unwrap(), Money::parse("9000.17 CNY").unwrap());
        let mut steps = reasons.steps().to_vec();
        steps.remove(1);
        assert_eq!(replay(&steps, Currency::CNY), Err(BudgetError::BrokenChain { index: 1 }));
        assert_eq!(replay(&[], Currency::JPY).unwrap(), Money::zero(Currency::JPY));
    }

    /// N1: a chain is told and replayed where the change of a step does not fit 128 bits.
    #[test]
    fn long_fractions_are_told_and_replayed() {
        let long = ratio("52345678901234567890123456789012345671/10000000000000000000000000000000000003");
        let end = ratio("5.23");
        assert!(end.minus(long).is_err(), "the change fits after all");
        let mut reasons = Reasons::new(Currency::CNY);
        reasons.push(Some("main"), ReasonEffect::Set, long);
        reasons.push(None, ReasonEffect::Rounding, end);
        assert_eq!(reasons.replay().unwrap(), Money::parse("5.23 CNY").unwrap());
        assert_eq!(reasons.to_string(), "main set ~5.2346; rounding ~-0.0046");
    }
}
