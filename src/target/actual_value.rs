//! What was reached, unrounded, in its unit.

use super::{TargetError, shown};
use crate::figure::Cell;
use crate::quantity::wire::text_on_the_wire;
use crate::quantity::{Money, Quantity, QuantityError, Ratio, Rounding, Unit, parse_decimal, with_unit};
use alloc::boxed::Box;
use alloc::string::ToString;
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};

/// An actual value with its unit, or how far it lies from another: a fraction that no decimal need hold, as a KPI
/// tree implies it.
///
/// Of 1,400 visits 53 ordered: that is 53/14 %, and ~3.7857 % only where it is shown to people, by `{:#}`. As text,
/// `53/14 %` or `4 %`; on the wire `{"value":"53/14","unit":"%"}`, a decimal where it is one of at most 28 digits.
///
/// # Examples
/// ```
/// use marketloop::target::{ActualValue, Target};
///
/// let target: Target = "at least 4 %".parse()?;
/// let attainment = |text: &str| -> Result<String, marketloop::Error> {
///     let actual: ActualValue = text.parse()?;
///     Ok(target.attainment(actual.value_in(target.unit())?)?.to_string())
/// };
/// assert_eq!(attainment("53/14 %")?, "94.64%");
/// assert_eq!(attainment("53/1400")?, "94.64%");
/// assert_eq!(attainment("3.79 %")?, "94.75%");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::target::ActualValue;
/// let json = r#"{"value":"1.5","unit":"%"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<ActualValue>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ActualValue {
    /// Apart, so that a record of an event, most of which hold no value, is no longer for the few that do.
    #[serde(serialize_with = "write_exact")]
    value: Box<Ratio>,
    unit: Unit,
}

impl ActualValue {
    /// `value` in `unit`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Ratio, Unit};
    /// use marketloop::target::ActualValue;
    /// use rust_decimal::dec;
    ///
    /// let rate = ActualValue::new(Ratio::new(dec!(53), dec!(1400))?, Unit::ONE);
    /// assert_eq!(rate.to_string(), "53/1400"); // and not 0.0379
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn new(value: impl Into<Ratio>, unit: Unit) -> Self {
        Self { value: Box::new(value.into()), unit }
    }

    /// The number, in terms of [`unit`](Self::unit).
    #[must_use]
    pub fn value(&self) -> Ratio {
        *self.value
    }

    /// The unit.
    #[must_use]
    pub const fn unit(&self) -> &Unit {
        &self.unit
    }

    /// The number in terms of `unit`, which differs at most by a power of ten: 53/1400 are 53/14 %.
    ///
    /// # Errors
    /// [`TargetError::Quantity`] when the units differ, or the lowest terms need more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::ActualValue;
    ///
    /// let rate: ActualValue = "53/1400".parse()?;
    /// assert_eq!(rate.value_in(&"%".parse()?)?.to_string(), "53/14");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn value_in(&self, unit: &Unit) -> Result<Ratio, TargetError> {
        if !self.unit.same_dimensions(unit) {
            let (left, right) = (self.unit.clone(), unit.clone());
            return Err(QuantityError::UnitMismatch { left, right }.into());
        }
        // An exact fraction all the way: a rate in % may have no end as a decimal.
        #[expect(
            clippy::arithmetic_side_effects,
            reason = "two powers of 8 bits differ by less than 16 bits hold"
        )]
        let shift = i16::from(self.unit.power_of_ten()) - i16::from(unit.power_of_ten());
        let power = 10_u128.checked_pow(shift.unsigned_abs().into());
        let factor = power.and_then(|power| {
            let (above, below) = if shift < 0 { (1, power) } else { (power, 1) };
            Ratio::of_integers(false, above, below)
        });
        let inexact = || QuantityError::Inexact { operation: alloc::format!("{} * 10^{shift}", self.value) };
        Ok(self.value.times(factor.ok_or_else(inexact)?)?)
    }

    /// The value as a [`Quantity`]; `None` where the number is no decimal of at most 28 digits.
    #[must_use]
    pub fn to_quantity(&self) -> Option<Quantity> {
        Some(Quantity::new(self.value.to_decimal()?, self.unit.clone()))
    }

    /// A difference of two values in `unit`: of percentages, percentage points.
    pub(crate) fn difference(value: Ratio, unit: &Unit) -> Self {
        let difference = Self::new(value, unit.clone());
        if !unit.is_percentage() {
            return difference;
        }
        match difference.value_in(&Unit::PERCENTAGE_POINTS) {
            Ok(value) => Self::new(value, Unit::PERCENTAGE_POINTS),
            // A tenth of 128 bits below the line needs more: it stays in per mille.
            Err(_) => difference,
        }
    }
}

crate::figure::from_wire!(ActualValue);

impl From<&ActualValue> for Cell {
    /// The value as a [`Ratio`] is shown, with its unit.
    fn from(actual: &ActualValue) -> Self {
        // Whole cents are money, and look like it: one style of amounts in a table.
        match actual.to_quantity().map(|quantity| Money::try_from(&quantity)) {
            Some(Ok(money)) => money.into(),
            _ => Self { unit: actual.unit.to_string().into(), ..Self::from(*actual.value) },
        }
    }
}

impl From<Quantity> for ActualValue {
    fn from(quantity: Quantity) -> Self {
        Self::new(quantity.value(), quantity.unit().clone())
    }
}

impl fmt::Display for ActualValue {
    /// `53/14 %`, or as a [`Quantity`] where the number is a decimal. With `{:#}`, for people, in groups and with
    /// four decimals behind a `~` where they do not end, `~3.7857 %`; a precision is a number of decimals. Both round
    /// half to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = f.precision().and_then(|scale| u32::try_from(scale).ok());
        let rounded = decimals
            .and_then(|scale| self.value.round((scale, Rounding::HalfEven)).ok())
            .or_else(|| self.value.to_decimal());
        if let Some(value) = rounded {
            return fmt::Display::fmt(&Quantity::new(value, self.unit.clone()), f);
        }
        // Nothing but zeros would say what is not so.
        let near =
            self.value.round((4, Rounding::HalfEven)).ok().filter(|near| f.alternate() && !near.is_zero());
        let number = match near {
            Some(near) => alloc::format!("~{:#}", Quantity::new(near, Unit::ONE)),
            None => alloc::format!("{}", self.value),
        };
        if self.unit == Unit::ONE { f.pad(&number) } else { f.pad(&alloc::format!("{number} {}", self.unit)) }
    }
}

impl FromStr for ActualValue {
    type Err = QuantityError;

    /// Reads a fraction with a unit, `53/14 %`, and what a [`Quantity`] reads.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, unit) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        // `5 CNY/click` has a slash as well: only digits behind it make a fraction of the number.
        let is_fraction = number
            .split_once('/')
            .is_some_and(|(_, below)| !below.is_empty() && below.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_fraction && !is_long(number) {
            return text.parse::<Quantity>().map(Self::from);
        }
        let unit = if unit.trim().is_empty() { Unit::ONE } else { unit.parse()? };
        Ok(Self::new(number.parse::<Ratio>()?, unit))
    }
}

/// A number on the wire: a decimal, or a fraction.
struct Exact(Ratio);

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(self.0))
    }
}

impl FromStr for Exact {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A percentage is no number: its sign belongs to the unit.
        if text.contains('/') || is_long(text) {
            text.parse().map(Self)
        } else {
            parse_decimal(text).map(|v| Self(v.into()))
        }
    }
}

/// Whether this is a whole number that may be too long for a decimal, as a fraction over 1 may be.
fn is_long(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    digits.len() > 28 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

text_on_the_wire!(
    Exact,
    "a number or a fraction such as `53/14`, as a string or a number",
    |value: Decimal| { Ok::<_, core::convert::Infallible>(Exact(value.into())) }
);

fn write_exact<S: serde::Serializer>(value: &Ratio, serializer: S) -> Result<S::Ok, S::Error> {
    Exact(*value).serialize(serializer)
}

impl<'de> Deserialize<'de> for ActualValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        with_unit(deserializer, |Exact(value), unit| Self::new(value, unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    /// D10.
    #[test]
    fn an_actual_value_reads_back_unrounded() {
        for (text, wire) in [
            ("53/14 %", r#"{"value":"53/14","unit":"%"}"#),
            ("-1/3 CNY/order", r#"{"value":"-1/3","unit":"CNY/order"}"#),
            ("1/3", r#"{"value":"1/3","unit":"1"}"#),
            ("3.79 %", r#"{"value":"3.79","unit":"%"}"#),
        ] {
            let actual: ActualValue = text.parse().unwrap();
            let json = serde_json::to_string(&actual).unwrap();
            assert_eq!((actual.to_string().as_str(), json.as_str()), (text, wire));
            for json in [json, alloc::format!("{text:?}")] {
                assert_eq!(serde_json::from_str::<ActualValue>(&json).unwrap(), actual);
            }
            let bytes = postcard::to_allocvec(&actual).unwrap();
            assert_eq!(postcard::from_bytes::<ActualValue>(&bytes).unwrap(), actual);
        }
        let actual: ActualValue = "53/1400".parse().unwrap();
        let percent = ActualValue::new(actual.value_in(&Unit::PERCENT).unwrap(), Unit::PERCENT);
        assert_eq!(
            (percent.to_string(), alloc::format!("{percent:.2}")),
            ("53/14 %".into(), "3.79 %".into())
        );
        assert_eq!(percent.value_in(&Unit::ONE).unwrap(), actual.value());
        let people = |text: &str| alloc::format!("{:#}", text.parse::<ActualValue>().unwrap());
        assert_eq!(people("53/14 %"), "~3.7857 %");
        assert_eq!(people("-50000/3 CNY"), "~-16,666.6667 CNY");
        assert_eq!((people("1/30000"), people("4800 click")), ("1/30000".into(), "4,800 click".into()));
        assert_eq!(actual.to_quantity(), None);
        assert_eq!("4 %".parse::<ActualValue>().unwrap().to_quantity(), "4 %".parse().ok());
        let yuan: Unit = "CNY".parse().unwrap();
        assert!(percent.value_in(&yuan).is_err());
        assert_eq!(ActualValue::new(dec!(4), Unit::PERCENT), "4%".parse().unwrap());
        for bad in ["1/0 %", "1/-2", "/3", "x/3 %", "1/3 %%"] {
            assert!(bad.parse::<ActualValue>().is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<ActualValue>(r#"{"value":"5%","unit":"%"}"#).is_err());
    }

    /// Found by the fuzzer: a whole number of 39 digits is no decimal and has no `/`.
    #[test]
    fn a_whole_number_beyond_decimals_reads_back() {
        for text in ["340282366920938463463374607431768211455", "-340282366920938463463374607431768211455"] {
            let long = ActualValue::new(text.parse::<Ratio>().unwrap(), Unit::PERCENT);
            assert_eq!(long.to_string().parse::<ActualValue>().unwrap(), long);
            let json = serde_json::to_string(&long).unwrap();
            assert_eq!(serde_json::from_str::<ActualValue>(&json).unwrap(), long);
        }
    }
}
