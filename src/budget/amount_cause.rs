//! The causes that set and change the amount of a line, and their chain as text.

use crate::figure::{Step, Why};
use crate::quantity::display::{within, write_whole};
use crate::quantity::wire::wire_variants;
use crate::quantity::{Currency, Money, Quantity, Ratio, Rounding, Share, Unit};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use rust_decimal::Decimal;

/// What sets or changes the amount of a line: the step of a [`Why`] whose values are exact amounts in the currency's
/// main unit. Rules are named by their ids.
///
/// # Examples
/// ```
/// use marketloop::budget::AmountCause;
///
/// let step: AmountCause = serde_json::from_str(r#"{"cap":"pilots"}"#)?;
/// assert_eq!(step.rule(), Some("pilots"));
/// assert_eq!(step.to_string(), "pilots capped to");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AmountCause {
    /// The line states its amount.
    Stated,
    /// The line takes a share of the total.
    ShareOf {
        /// The share.
        share: Share,
        /// The total.
        total: Money,
    },
    /// The rule gives the line its amount: stated, or its weight's part of what is divided.
    Set(String),
    /// The rule gives the line nothing, as its return on investment is not above 0.
    NoReturn(String),
    /// The bounds of other lines leave more or less for this rule to divide by weights.
    Shift(String),
    /// A floor of the line or of its group raises it.
    Floor(String),
    /// A cap of the line or of its group lowers it.
    Cap(String),
    /// A quota fixes the amount of the line or of its group.
    Quota(String),
    /// The exact amount is rounded to minor units.
    Rounding,
}

wire_variants!(AmountCause {
    "stated" => Stated,
    "share_of" => ShareOf { share, total },
    "set" => Set(_),
    "no_return" => NoReturn(_),
    "shift" => Shift(_),
    "floor" => Floor(_),
    "cap" => Cap(_),
    "quota" => Quota(_),
    "rounding" => Rounding,
});

impl AmountCause {
    /// The id of the rule behind the step, if there is one.
    #[must_use]
    pub fn rule(&self) -> Option<&str> {
        match self {
            Self::Stated | Self::ShareOf { .. } | Self::Rounding => None,
            Self::Set(rule)
            | Self::NoReturn(rule)
            | Self::Shift(rule)
            | Self::Floor(rule)
            | Self::Cap(rule)
            | Self::Quota(rule) => Some(rule),
        }
    }
}

impl fmt::Display for AmountCause {
    /// `10% of 50,000.00 CNY`, `pilots capped to`: what stands before the amount of the step.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stated => write_whole(f, "stated amount"),
            Self::ShareOf { share, total } => {
                write_whole(f, &format!("{} of {}", within(f, share), within(f, total)))
            }
            Self::Set(rule) => write!(f, "{rule} set"),
            Self::NoReturn(rule) => write!(f, "{rule}, without a return above 0, set"),
            Self::Shift(rule) => write!(f, "{rule} shifted to"),
            Self::Floor(rule) => write!(f, "{rule} raised to"),
            Self::Cap(rule) => write!(f, "{rule} capped to"),
            Self::Quota(rule) => write!(f, "{rule} fixed to"),
            Self::Rounding => f.write_str("rounded to"),
        }
    }
}

/// Adds a step to `after`; none where the amount does not change.
pub(super) fn push(why: &mut Why<AmountCause, Ratio>, reason: AmountCause, after: Ratio) {
    // A step that changes nothing explains nothing.
    if *why.value() != after {
        why.push(reason, after);
    }
}

/// The chain in words, with groups of digits: `main set 14,000; pilots capped to 9,000; rounding +0.01`, fractions
/// that do not end with two more decimals than the currency has and a `~`.
pub(super) fn explain(why: &Why<AmountCause, Ratio>, currency: Currency) -> String {
    let mut text = String::new();
    let mut before = Ratio::ZERO;
    for (index, Step { cause, value, .. }) in why.steps().enumerate() {
        if index > 0 {
            text.push_str("; ");
        }
        match cause {
            // Their amount is the line's own, or says itself by what it is a part of.
            AmountCause::Stated | AmountCause::ShareOf { .. } => text.push_str(&cause.to_string()),
            AmountCause::NoReturn(rule) => {
                let to = shown(*value, currency);
                text.push_str(rule);
                text.push_str(" set ");
                text.push_str(&to);
                text.push_str(", its return is not above 0");
            }
            AmountCause::Rounding => {
                text.push_str("rounding ");
                text.push_str(&rounded_by(before, *value, currency));
            }
            _ => {
                text.push_str(&cause.to_string());
                text.push(' ');
                text.push_str(&shown(*value, currency));
            }
        }
        before = *value;
    }
    text
}

/// The change by rounding, with its sign.
///
/// The rounded amount has whole minor units. The change, rounded half to even, is that amount less the rounded exact
/// one: the exact change of a long fraction may need more than 128 bits.
fn rounded_by(before: Ratio, after: Ratio, currency: Currency) -> String {
    let near = near(before, currency);
    let change = near.and_then(|near| after.to_decimal()?.checked_sub(near));
    let Some(change) = change else { return format!("from {before} to {after}") };
    let inexact = if near.map(Ratio::from) == Some(before) { "" } else { "~" };
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
    // Two more than the currency has tell a third of a minor unit from a half.
    #[expect(clippy::arithmetic_side_effects, reason = "no currency has more than four decimals")]
    let decimals = currency.digits() + 2;
    Some(amount.round((decimals, Rounding::HalfEven)).ok()?.normalize())
}

fn grouped(near: Decimal, currency: Currency) -> String {
    // A whole amount stands without decimals, a part with at least those of the currency.
    let decimals = if near.scale() == 0 { 0 } else { near.scale().max(currency.digits()) };
    let decimals = decimals as usize;
    format!("{:#.decimals$}", Quantity::new(near, Unit::ONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    #[test]
    fn the_chain_is_told() {
        let mut why = Why::new(AmountCause::Set("main".into()), ratio("14000"));
        push(&mut why, AmountCause::Shift("main".into()), ratio("14000"));
        push(&mut why, AmountCause::Cap("pilots".into()), ratio("54001/6"));
        push(&mut why, AmountCause::Rounding, ratio("9000.17"));
        assert_eq!(
            explain(&why, Currency::CNY),
            "main set 14,000; pilots capped to ~9,000.1667; rounding ~+0.0033"
        );
        assert_eq!(why.to_string(), "main set 14000; pilots capped to 54001/6; rounded to 900017/100");
        let json = r#"[{"cause":{"set":"main"},"value":"14000"},{"cause":{"cap":"pilots"},"value":"54001/6"},{"cause":"rounding","value":"900017/100"}]"#;
        assert_eq!(serde_json::to_string(&why).unwrap(), json);
        assert_eq!(serde_json::from_str::<Why<AmountCause, Ratio>>(json).unwrap(), why);
    }

    /// N1: a chain is told where the change of a step does not fit 128 bits.
    #[test]
    fn long_fractions_are_told() {
        let long = ratio("52345678901234567890123456789012345671/10000000000000000000000000000000000003");
        let end = ratio("5.23");
        assert!(end.minus(long).is_err(), "the change fits after all");
        let mut why = Why::new(AmountCause::Set("main".into()), long);
        push(&mut why, AmountCause::Rounding, end);
        assert_eq!(explain(&why, Currency::CNY), "main set ~5.2346; rounding ~-0.0046");
    }
}
