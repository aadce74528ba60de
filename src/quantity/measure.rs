//! A number with its unit.

use super::display::Shown;
use super::grammar::{Fault, number, percent_sign, trim_start};
use super::wire::{NUMBER_TOKEN, WireDecimal, unwanted_number};
use super::{Currency, Money, Precision, QuantityError, Unit, add, amount_text, divide, multiply, subtract};
use crate::error::excerpt;
use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// An exact number in a [`Unit`]: `0.0375 order/click`, `131.25 CNY/1000 impression`.
///
/// Sums need equal units. Products and quotients combine the units and come out without a power of ten:
/// 4 % of 5,000 clicks are 200 clicks. On the wire `{"value":"5000","unit":"click"}`, also read from the text
/// form.
///
/// # Examples
/// ```
/// use marketloop::quantity::Quantity;
///
/// let clicks: Quantity = "5000 click".parse()?;
/// let rate: Quantity = "4 %".parse()?;
/// assert_eq!(clicks.times(&rate)?.to_string(), "200 click");
///
/// let cost: Quantity = "10000 CNY".parse()?;
/// let refused = cost.plus(&clicks).unwrap_err();
/// assert_eq!(refused.to_string(), "units differ: CNY and click");
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
///
/// ```
/// # use marketloop::quantity::Quantity;
/// let json = r#"{"value":"131.25","unit":"CNY/order"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Quantity>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Quantity {
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    value: Decimal,
    unit: Unit,
}

impl Quantity {
    /// `value` in `unit`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Quantity;
    /// use rust_decimal::dec;
    ///
    /// let cost = Quantity::new(dec!(50), "CNY/order".parse()?);
    /// assert_eq!(cost.to_string(), "50 CNY/order");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn new(value: Decimal, unit: Unit) -> Self {
        Self { value: value.normalize(), unit }
    }

    /// The number, in terms of [`unit`](Self::unit).
    #[must_use]
    pub const fn value(&self) -> Decimal {
        self.value
    }

    /// The unit.
    #[must_use]
    pub const fn unit(&self) -> &Unit {
        &self.unit
    }

    /// The sum of both, in their common unit.
    ///
    /// A percentage and percentage points add up to a percentage.
    ///
    /// # Errors
    /// [`QuantityError::UnitMismatch`] naming both units; [`QuantityError::Inexact`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Quantity;
    ///
    /// let (own, partner): (Quantity, Quantity) = ("1200 click".parse()?, "800 click".parse()?);
    /// assert_eq!(own.plus(&partner)?.to_string(), "2000 click");
    /// assert!(own.plus(&"5 order".parse()?).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn plus(&self, other: &Self) -> Result<Self, QuantityError> {
        let (left, right) = self.aligned(other)?;
        Ok(Self::new(add(left.value, right.value)?, left.unit.clone()))
    }

    /// The difference of both, in their common unit; of two percentages in percentage points.
    ///
    /// # Errors
    /// [`QuantityError::UnitMismatch`] naming both units; [`QuantityError::Inexact`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Quantity;
    ///
    /// let (before, now): (Quantity, Quantity) = ("40 %".parse()?, "42.5 %".parse()?);
    /// let gain = now.minus(&before)?;
    /// assert_eq!(gain.to_string(), "2.5 percentage points");
    /// assert_eq!(before.plus(&gain)?, now);
    /// # Ok::<(), marketloop::quantity::QuantityError>(())
    /// ```
    pub fn minus(&self, other: &Self) -> Result<Self, QuantityError> {
        if self.unit == Unit::PERCENTAGE_POINTS && other.unit.is_percentage() {
            // A difference less a level is neither.
            return Err(QuantityError::UnitMismatch { left: self.unit.clone(), right: other.unit.clone() });
        }
        let (left, right) = self.aligned(other)?;
        let difference = subtract(left.value, right.value)?;
        if right.unit.is_percentage() {
            return Ok(Self::difference(difference, &left.unit));
        }
        Ok(Self::new(difference, left.unit.clone()))
    }

    /// A difference of two quantities in `unit`: of percentages, percentage points.
    pub(crate) fn difference(value: Decimal, unit: &Unit) -> Self {
        let difference = Self::new(value, unit.clone());
        if unit.is_percentage() {
            // A tenth of 28 decimals is no decimal: it stays in per mille.
            difference.to(&Unit::PERCENTAGE_POINTS).unwrap_or(difference)
        } else {
            difference
        }
    }

    /// The product of both.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`], [`QuantityError::UnitExponent`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Quantity;
    ///
    /// // The units tell what comes out: orders cancel, and money is left.
    /// let cost: Quantity = "80 CNY/order".parse()?;
    /// assert_eq!(cost.times(&"250 order".parse()?)?.to_string(), "20000 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn times(&self, other: &Self) -> Result<Self, QuantityError> {
        // In ones: 10 % of 50 % is 0.05, and nobody reads a unit of hundredths of hundredths.
        let unit = self.unit.times(&other.unit)?.coherent();
        Ok(Self::new(multiply(self.in_ones()?, other.in_ones()?)?, unit))
    }

    /// The quotient of both, rounded once to `precision`.
    ///
    /// # Errors
    /// [`QuantityError::DivisionByZero`], [`QuantityError::Inexact`], [`QuantityError::UnitExponent`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Quantity, Rounding};
    ///
    /// let (spend, clicks): (Quantity, Quantity) = ("10000 CNY".parse()?, "3000 click".parse()?);
    /// assert_eq!(spend.per(&clicks, (4, Rounding::HalfEven))?.to_string(), "3.3333 CNY/click");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn per(&self, other: &Self, precision: impl Into<Precision>) -> Result<Self, QuantityError> {
        let unit = self.unit.per(&other.unit)?.coherent();
        Ok(Self::new(divide(self.in_ones()?, other.in_ones()?, precision)?, unit))
    }

    /// Converts to `unit`, which differs at most by a power of ten: 0.04 is 4 %.
    ///
    /// # Errors
    /// [`QuantityError::UnitMismatch`] when the dimensions differ; [`QuantityError::Inexact`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Quantity;
    ///
    /// let rate: Quantity = "0.0375".parse()?;
    /// assert_eq!(rate.to(&"%".parse()?)?.to_string(), "3.75 %");
    /// assert!(rate.to(&"CNY".parse()?).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn to(&self, unit: &Unit) -> Result<Self, QuantityError> {
        if !self.unit.same_dimensions(unit) {
            return Err(QuantityError::UnitMismatch { left: self.unit.clone(), right: unit.clone() });
        }
        #[expect(
            clippy::arithmetic_side_effects,
            reason = "two powers of 8 bits differ by less than 16 bits hold"
        )]
        let shift = i16::from(self.unit.power_of_ten()) - i16::from(unit.power_of_ten());
        Ok(Self::new(shifted(self.value, shift)?, unit.clone()))
    }

    fn in_ones(&self) -> Result<Decimal, QuantityError> {
        shifted(self.value, self.unit.power_of_ten().into())
    }

    /// Both in one scale: they have one unit, or one is a percentage and the other percentage points.
    fn aligned<'a>(&'a self, other: &'a Self) -> Result<(Cow<'a, Self>, Cow<'a, Self>), QuantityError> {
        let points = |unit: &Unit| *unit == Unit::PERCENTAGE_POINTS;
        if self.unit == other.unit {
            Ok((Cow::Borrowed(self), Cow::Borrowed(other)))
        } else if self.unit.is_percentage() && points(&other.unit) {
            Ok((Cow::Borrowed(self), Cow::Owned(Self::new(other.to(&self.unit)?.value, other.unit.clone()))))
        } else if points(&self.unit) && other.unit.is_percentage() {
            Ok((Cow::Owned(self.to(&other.unit)?), Cow::Borrowed(other)))
        } else {
            Err(QuantityError::UnitMismatch { left: self.unit.clone(), right: other.unit.clone() })
        }
    }
}

/// `value * 10^power`, exactly.
fn shifted(value: Decimal, power: i16) -> Result<Decimal, QuantityError> {
    let places = u32::from(power.unsigned_abs());
    let inexact = || QuantityError::Inexact { operation: alloc::format!("{value} * 10^{power}") };
    if value.is_zero() || places == 0 {
        return Ok(value);
    }
    // By an exact product and not by moving the scale: what has too many digits is told, never rounded.
    let mantissa = 10_i128.checked_pow(places).ok_or_else(inexact)?;
    if power > 0 {
        let factor = Decimal::try_from_i128_with_scale(mantissa, 0).map_err(|_| inexact())?;
        multiply(value, factor)
    } else {
        let factor = Decimal::try_from_i128_with_scale(1, places).map_err(|_| inexact())?;
        multiply(value, factor).map(|product| product.normalize())
    }
}

impl PartialOrd for Quantity {
    /// `None` between two units: to compare them is the caller's choice of one, by [`to`](Self::to).
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        (self.unit == other.unit).then(|| self.value.cmp(&other.value))
    }
}

impl From<Money> for Quantity {
    fn from(money: Money) -> Self {
        Self::new(money.amount(), Unit::of_currency(money.currency()))
    }
}

impl TryFrom<&Quantity> for Money {
    type Error = QuantityError;

    /// The quantity as money, when its unit is a currency (times a power of ten).
    fn try_from(quantity: &Quantity) -> Result<Self, Self::Error> {
        let coherent = quantity.unit.coherent();
        let currency = Currency::new(&coherent.to_string())?;
        Self::new(quantity.in_ones()?, currency)
    }
}

impl fmt::Display for Quantity {
    /// `5000000 impression`; with `{:#}` in groups, `5,000,000 impression`; a precision is a number of decimals, half
    /// to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match &self.unit {
            unit if *unit == Unit::ONE => String::new(),
            unit if *unit == Unit::PERCENTAGE_POINTS && self.value.abs() == Decimal::ONE => {
                " percentage point".into()
            }
            unit => alloc::format!(" {unit}"),
        };
        Shown::decimal(f, self.value, 0).between("", &unit).write(f)
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    /// Reads `131.25 CNY/1000 impression`, `4 %`, `4%`, `5,000 click`, `100万 CNY`, `CNY 100` or a plain number.
    ///
    /// A numeral belongs to the number: `100 万元` are 1000000 of `元`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, rest) = match number(text) {
            Ok(read) => read,
            // A currency may stand before its amount.
            Err(Fault::NoNumber) => {
                let refuse = |_| QuantityError::NotANumber { text: excerpt(text) };
                let (amount, currency) = match amount_text::amount(text) {
                    Err(error @ QuantityError::Ambiguous { .. }) => return Err(error),
                    amount => amount.map_err(refuse)?,
                };
                return Ok(Self::new(amount, Unit::of_currency(currency)));
            }
            Err(fault) => return Err(fault.of(text)),
        };
        let unit = trim_start(rest);
        // A letter close behind the digits may be an exponent or a slip: `1e3`, `5l`.
        let is_close = unit.len() == rest.len() && !unit.is_empty();
        if is_close
            && percent_sign(unit).is_none()
            && !unit.starts_with(|c: char| !c.is_ascii() && c.is_alphabetic())
        {
            return Err(QuantityError::NotANumber { text: excerpt(text) });
        }
        let unit = if unit.is_empty() { Unit::ONE } else { unit.parse()? };
        Ok(Self::new(number.value(0)?, unit))
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        with_unit(deserializer, |WireDecimal(value), unit| Self::new(value, unit))
    }
}

/// Reads a number with its unit, as `{"value", "unit"}` or as text.
pub(crate) fn with_unit<'de, D, Q, V>(deserializer: D, new: fn(V, Unit) -> Q) -> Result<Q, D::Error>
where
    D: Deserializer<'de>,
    Q: FromStr<Err = QuantityError>,
    V: Deserialize<'de>,
{
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(WithUnit(new))
    } else {
        deserializer.deserialize_struct("Quantity", &["value", "unit"], WithUnit(new))
    }
}

struct WithUnit<Q, V>(fn(V, Unit) -> Q);

impl<'de, Q: FromStr<Err = QuantityError>, V: Deserialize<'de>> Visitor<'de> for WithUnit<Q, V> {
    type Value = Q;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a quantity as {\"value\", \"unit\"} or as text like `5 CNY`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Q, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Q, A::Error> {
        let value = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let unit = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        Ok((self.0)(value, unit))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Q, A::Error> {
        let (mut value, mut unit) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "value" if value.is_none() => value = Some(map.next_value::<V>()?),
                "unit" if unit.is_none() => unit = Some(map.next_value::<Unit>()?),
                // Whichever of two values was meant, it is not for the reader to choose.
                "value" => return Err(A::Error::duplicate_field("value")),
                "unit" => return Err(A::Error::duplicate_field("unit")),
                NUMBER_TOKEN => return Err(unwanted_number(&mut map, &self)),
                other => return Err(A::Error::unknown_field(other, &["value", "unit"])),
            }
        }
        let value = value.ok_or_else(|| A::Error::missing_field("value"))?;
        let unit = unit.ok_or_else(|| A::Error::missing_field("unit"))?;
        Ok((self.0)(value, unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Rounding;
    use rust_decimal::dec;

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn a_rate_per_thousand_meets_a_count() {
        let cost = quantity("131.25 CNY/1000 impression").times(&quantity("120000 impression")).unwrap();
        assert_eq!(cost, quantity("15750 CNY"));
        assert_eq!(Money::try_from(&cost).unwrap(), Money::parse("15750 CNY").unwrap());
    }

    #[test]
    fn units_convert_by_powers_of_ten_only() {
        assert_eq!(quantity("0.04").to(&Unit::PERCENT).unwrap(), quantity("4 %"));
        assert_eq!(quantity("100 10000 CNY").to(&"CNY".parse().unwrap()).unwrap(), quantity("1000000 CNY"));
        assert!(quantity("1 CNY").to(&"order".parse().unwrap()).is_err());
        let tiny = Quantity::new(Decimal::from_parts(1, 0, 0, false, 28), Unit::PERCENT);
        assert!(tiny.to(&Unit::ONE).is_err());
    }

    #[test]
    fn money_is_a_quantity_and_back_only_in_whole_cents() {
        let money = Money::parse("12.34 CNY").unwrap();
        assert_eq!(Money::try_from(&Quantity::from(money)).unwrap(), money);
        assert!(Money::try_from(&quantity("1.005 CNY")).is_err());
        assert!(Money::try_from(&quantity("1 order")).is_err());
        assert_eq!(
            quantity("7").per(&quantity("2 order"), (1, Rounding::HalfEven)).unwrap(),
            Quantity::new(dec!(3.5), "1/order".parse().unwrap())
        );
    }
}
