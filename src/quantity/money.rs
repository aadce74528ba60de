//! Amounts of a currency in whole minor units.

use super::display::Shown;
use super::exact::{MAX_MANTISSA, magnitude, quotient};
use super::wire::{NUMBER_TOKEN, WireDecimal, unwanted_number};
use super::{Currency, QuantityError, Rounding, amount_text};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of money: a whole number of minor units of a currency, at most 2^96 - 1 of them, either sign.
///
/// Printed with groups (`1,000,000.00 CNY`), read with or without them; on the wire
/// `{"amount":"1000000.00","currency":"CNY"}`, also read from the text form.
///
/// # Examples
/// ```
/// use marketloop::quantity::Money;
///
/// let year = Money::parse("1000000 CNY")?;
/// let event = Money::parse("50,000.00 CNY")?;
/// assert_eq!(year.minus(event)?.to_string(), "950,000.00 CNY");
/// assert!(Money::parse("0.005 CNY").is_err());
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
///
/// ```
/// # use marketloop::quantity::Money;
/// let json = r#"{"amount":"1000000.00","currency":"CNY"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Money>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// At most 2^96 - 1 in magnitude, so that the amount is always a [`Decimal`].
    minor: i128,
    currency: Currency,
}

impl Money {
    /// The money of exactly `amount` in `currency`.
    ///
    /// # Errors
    /// [`QuantityError::FinerThanMinorUnit`] when the amount has a fraction of a minor unit;
    /// [`QuantityError::TooMuchMoney`] beyond 2^96 - 1 minor units.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Currency, Money};
    /// use rust_decimal::dec;
    ///
    /// assert_eq!(Money::new(dec!(19.9), Currency::CNY)?.to_string(), "19.90 CNY");
    /// // Nothing is rounded in silence.
    /// assert!(Money::new(dec!(19.999), Currency::CNY).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, QuantityError> {
        let amount = amount.normalize();
        if amount.scale() > currency.digits() {
            return Err(QuantityError::FinerThanMinorUnit { amount, currency, digits: currency.digits() });
        }
        // There is nothing left to round.
        Self::rounded(amount, currency, Rounding::HalfEven)
    }

    /// The amount next to `amount` in whole minor units of `currency`, by the named `rounding`.
    ///
    /// # Errors
    /// [`QuantityError::TooMuchMoney`] beyond 2^96 - 1 minor units.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Currency, Money, Rounding};
    /// use rust_decimal::dec;
    ///
    /// let third = Money::rounded(dec!(33.3333), Currency::CNY, Rounding::HalfEven)?;
    /// assert_eq!(third.to_string(), "33.33 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "the opposite of a number that is not below 0")]
    pub fn rounded(amount: Decimal, currency: Currency, rounding: Rounding) -> Result<Self, QuantityError> {
        let negative = amount.is_sign_negative();
        // The currency's decimals less those of the amount, as a power of ten above the line or below it.
        let up = currency.digits().saturating_sub(amount.scale());
        let down = amount.scale().saturating_sub(currency.digits());
        let units = quotient(negative, ([magnitude(amount), 1], up), (1, down), rounding)
            .and_then(|units| i128::try_from(units).ok())
            .ok_or_else(|| QuantityError::MoneyOverflow { operation: amount.to_string(), currency })?;
        Self::from_minor(if negative { -units } else { units }, currency)
    }

    /// The amount of `minor` minor units: 1,999 of CNY are 19.99 CNY.
    ///
    /// # Errors
    /// [`QuantityError::TooMuchMoney`] beyond 2^96 - 1 minor units.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Currency, Money};
    ///
    /// assert_eq!(Money::from_minor(1_999, Currency::CNY)?.to_string(), "19.99 CNY");
    /// assert_eq!(Money::from_minor(1_999, Currency::JPY)?.to_string(), "1,999 JPY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub const fn from_minor(minor: i128, currency: Currency) -> Result<Self, QuantityError> {
        // The bound of a decimal and not of 128 bits: every amount can be shown, and two can be added without a check.
        if minor.unsigned_abs() > MAX_MANTISSA {
            return Err(QuantityError::TooMuchMoney { minor, currency });
        }
        Ok(Self { minor, currency })
    }

    /// The amount 0 in this currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The amount that `text` states: `1000000 CNY`, `-1,234.50 USD`, `100万 CNY`, `CNY 100`, `¥100 CNY`.
    ///
    /// Groups of three, full-width forms and blanks of every sort are read. A symbol of one currency names it
    /// (`€5`); one of several needs the code.
    ///
    /// # Errors
    /// [`QuantityError::NotMoney`], [`QuantityError::NotANumber`], [`QuantityError::UnknownCurrency`];
    /// [`QuantityError::Ambiguous`] for `1,00 CNY` or `¥100`, with a hint; or those of [`Money::new`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    ///
    /// assert_eq!(Money::parse("3.5亿 CNY")?.to_string(), "350,000,000.00 CNY");
    /// assert_eq!(Money::parse("￥１，０００ CNY")?, Money::parse("CNY 1000")?);
    /// let refused = Money::parse("¥100").unwrap_err();
    /// assert_eq!(refused.to_string(), "`¥100` is ambiguous: `¥` may be CNY or JPY: write `¥100 CNY`");
    /// # Ok::<(), marketloop::quantity::QuantityError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let (amount, currency) = amount_text::amount(text)?;
        Self::new(amount, currency)
    }

    /// The amount in the currency's main unit, with exactly the currency's decimals.
    #[must_use]
    pub fn amount(&self) -> Decimal {
        // Both are in range by construction: at most 96 bits, at most 4 decimals.
        Decimal::from_i128_with_scale(self.minor, self.currency.digits())
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor(&self) -> i128 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Whether the amount is zero.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.minor == 0
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        self.minor < 0
    }

    /// The amount with the opposite sign: the refund of a charge.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "an amount has at most 96 bits and a sign")]
    pub const fn negated(&self) -> Self {
        Self { minor: -self.minor, currency: self.currency }
    }

    /// The sum of both.
    ///
    /// # Errors
    /// [`QuantityError::CurrencyMismatch`], [`QuantityError::TooMuchMoney`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    ///
    /// let (media, production) = (Money::parse("30000 CNY")?, Money::parse("8000 CNY")?);
    /// assert_eq!(media.plus(production)?.to_string(), "38,000.00 CNY");
    /// assert!(media.plus(Money::parse("1 USD")?).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "two amounts of at most 96 bits need 97")]
    pub fn plus(&self, other: Self) -> Result<Self, QuantityError> {
        self.same_currency(other)?;
        // The sum is exact, and the door below checks its range.
        Self::from_minor(self.minor + other.minor, self.currency)
    }

    /// The difference of both.
    ///
    /// # Errors
    /// [`QuantityError::CurrencyMismatch`], [`QuantityError::TooMuchMoney`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    ///
    /// let left = Money::parse("1000 CNY")?.minus(Money::parse("1200 CNY")?)?;
    /// assert!(left.is_negative()); // overspent
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn minus(&self, other: Self) -> Result<Self, QuantityError> {
        self.plus(other.negated())
    }

    /// `self * factor`, rounded once to minor units by the named `rounding`.
    ///
    /// To take parts that add up again, use a split instead.
    ///
    /// # Errors
    /// [`QuantityError::TooMuchMoney`]; [`QuantityError::MoneyOverflow`] where the number of minor units needs more
    /// than 127 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Money, Rounding};
    /// use rust_decimal::dec;
    ///
    /// let uplift = Money::parse("99.99 CNY")?.times(dec!(1.3), Rounding::HalfEven)?;
    /// assert_eq!(uplift, Money::parse("129.99 CNY")?); // 129.987
    /// # Ok::<(), marketloop::quantity::QuantityError>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "the opposite of a number that is not below 0")]
    pub fn times(&self, factor: Decimal, rounding: Rounding) -> Result<Self, QuantityError> {
        // The magnitudes are multiplied whole and divided once: the one rounding is the named one.
        let negative = self.is_negative() != factor.is_sign_negative();
        let factors = [self.minor.unsigned_abs(), magnitude(factor)];
        let units = quotient(negative, (factors, 0), (1, factor.scale()), rounding)
            .and_then(|units| i128::try_from(units).ok())
            .ok_or_else(|| QuantityError::MoneyOverflow {
                operation: format!("{self} * {factor}"),
                currency: self.currency,
            })?;
        Self::from_minor(if negative { -units } else { units }, self.currency)
    }

    /// The currency of both.
    ///
    /// # Errors
    /// [`QuantityError::CurrencyMismatch`] when they differ.
    pub fn same_currency(&self, other: Self) -> Result<Currency, QuantityError> {
        if self.currency == other.currency {
            Ok(self.currency)
        } else {
            Err(QuantityError::CurrencyMismatch { left: self.currency, right: other.currency })
        }
    }

    /// `minor` minor units of the same currency, as a part that does not exceed this amount.
    pub(crate) const fn part(&self, minor: i128) -> Self {
        Self { minor, currency: self.currency }
    }
}

impl PartialOrd for Money {
    /// Amounts of one currency compare; amounts of two do not.
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        (self.currency == other.currency).then(|| self.minor.cmp(&other.minor))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({self})")
    }
}

impl fmt::Display for Money {
    /// `1,000,000.00 CNY`; a precision is a number of decimals, half to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = format!(" {}", self.currency);
        Shown::decimal(f, self.amount(), 0).in_groups().between("", &unit).write(f)
    }
}

impl FromStr for Money {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The amount with the currency's decimals, `5.00`: a reader of the file sees what the unit is.
        let mut state = serializer.serialize_struct("Money", 2)?;
        state.serialize_field("amount", &self.amount().to_string())?;
        state.serialize_field("currency", &self.currency)?;
        state.end()
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(MoneyVisitor)
        } else {
            deserializer.deserialize_struct("Money", &["amount", "currency"], MoneyVisitor)
        }
    }
}

struct MoneyVisitor;

impl<'de> Visitor<'de> for MoneyVisitor {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("money as {\"amount\", \"currency\"} or as text like `12.50 CNY`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Money, E> {
        Money::parse(text).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Money, A::Error> {
        let WireDecimal(amount) = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let currency = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        Money::new(amount, currency).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Money, A::Error> {
        let (mut amount, mut currency) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "amount" if amount.is_none() => amount = Some(map.next_value::<WireDecimal>()?.0),
                "currency" if currency.is_none() => currency = Some(map.next_value::<Currency>()?),
                "amount" => return Err(A::Error::duplicate_field("amount")),
                "currency" => return Err(A::Error::duplicate_field("currency")),
                NUMBER_TOKEN => return Err(unwanted_number(&mut map, &self)),
                other => return Err(A::Error::unknown_field(other, &["amount", "currency"])),
            }
        }
        let amount = amount.ok_or_else(|| A::Error::missing_field("amount"))?;
        let currency = currency.ok_or_else(|| A::Error::missing_field("currency"))?;
        Money::new(amount, currency).map_err(A::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn groups_are_read_only_in_threes() {
        for good in ["1000 CNY", "1,000 CNY", "1,000.00 CNY", "-1,000 CNY", "+12 CNY", "0.01 CNY"] {
            assert!(Money::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "1,00 CNY",
            ",100 CNY",
            "1,000,00 CNY",
            "1000,000 CNY",
            "1.000,00 CNY",
            "CNY",
            "12",
            "1 2 CNY",
            "",
        ] {
            assert!(Money::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn display_groups_and_pads() {
        let show = |text| Money::parse(text).unwrap().to_string();
        assert_eq!(show("1234567.5 CNY"), "1,234,567.50 CNY");
        assert_eq!(show("-123 JPY"), "-123 JPY");
        assert_eq!(show("-1234 JPY"), "-1,234 JPY");
        assert_eq!(alloc::format!("{:14}|", Money::parse("5 CNY").unwrap()), "      5.00 CNY|");
    }

    #[test]
    fn the_largest_amounts_stay_exact() {
        let most = Money::from_minor(i128::try_from(MAX_MANTISSA).unwrap(), Currency::CNY).unwrap();
        assert_eq!(most.to_string().parse::<Money>().unwrap(), most);
        assert!(most.plus(Money::from_minor(1, Currency::CNY).unwrap()).is_err());
        assert!(Money::from_minor(i128::MIN, Currency::CNY).is_err());
        assert!(Money::new(Decimal::MAX, Currency::CNY).is_err());
        assert_eq!(Money::new(Decimal::MAX, Currency::JPY).unwrap().amount(), Decimal::MAX);
    }

    #[test]
    fn a_product_beyond_128_bits_rounds_right() {
        let most = Money::from_minor(i128::try_from(MAX_MANTISSA).unwrap(), Currency::JPY).unwrap();
        // An odd amount times one half, with 28 decimals in the factor: a tie seen only in 192 bits.
        let half = Decimal::from_i128_with_scale(5_000_000_000_000_000_000_000_000_001, 28);
        assert!(most.times(half, Rounding::Floor).unwrap() < most);
        assert_eq!(most.times(dec!(0.5), Rounding::HalfEven).unwrap().minor(), 1 << 95);
        assert_eq!(most.times(dec!(0.5), Rounding::Floor).unwrap().minor(), (1 << 95) - 1);
        assert!(matches!(
            most.times(dec!(2), Rounding::Floor),
            Err(QuantityError::TooMuchMoney { minor, .. }) if minor == (1 << 97) - 2
        ));
        let beyond = most.times(dec!(-10000000000), Rounding::Floor).unwrap_err();
        assert_eq!(
            beyond.to_string(),
            "79,228,162,514,264,337,593,543,950,335 JPY * -10000000000 exceeds \
             79228162514264337593543950335 minor units of JPY"
        );
        assert_eq!(beyond.kind(), crate::error::ErrorKind::Overflow);
    }

    #[test]
    fn currencies_do_not_mix() {
        let (yuan, yen) = (Money::zero(Currency::CNY), Money::zero(Currency::JPY));
        assert!(matches!(yuan.plus(yen), Err(QuantityError::CurrencyMismatch { .. })));
        assert_eq!(yuan.partial_cmp(&yen), None);
        assert!(Money::sum([yuan, yen], Currency::CNY).is_err());
    }
}
