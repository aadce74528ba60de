//! Units that are known at run time.

use super::display::write_whole;
use super::grammar::{folded, is_blank, numeral, percent_sign, plain, trim, trim_start};
use super::wire::text_on_the_wire;
use super::{Currency, QuantityError};
use crate::error::excerpt;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt::{self, Write};
use core::str::FromStr;

/// A product of named dimensions with whole exponents, times a power of ten: `CNY`, `order/visitor`, `%`,
/// `CNY/1000 impression`.
///
/// Names are taken as they are (`order` and `orders` are two dimensions), the marks between them also in their
/// full-width forms. `万` and `亿` before a name are powers of ten: `万元` is `10000 元`. Multiplying cancels: `visitor`
/// times `order/visitor` is `order`. A unit has at most 64 dimensions, a name at most 64 characters.
///
/// # Examples
/// ```
/// use marketloop::quantity::Unit;
///
/// let visitors: Unit = "visitor".parse()?;
/// let rate: Unit = "order/visitor".parse()?;
/// let value: Unit = "CNY/order".parse()?;
/// assert_eq!(visitors.times(&rate)?.times(&value)?.to_string(), "CNY");
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
///
/// ```
/// # use marketloop::quantity::Unit;
/// let json = r#""CNY/1000 impression""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Unit>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Unit {
    /// Sorted by name, no exponent zero.
    dimensions: Vec<(Box<str>, i8)>,
    power_of_ten: i8,
    /// Hundredths that are a difference of two percentages, and so no percentage themselves.
    of_difference: bool,
}

impl Unit {
    /// The unit of plain numbers, `1`.
    pub const ONE: Self = Self { dimensions: Vec::new(), power_of_ten: 0, of_difference: false };
    /// Hundredths, `%`.
    pub const PERCENT: Self = Self { dimensions: Vec::new(), power_of_ten: -2, of_difference: false };
    /// Hundredths that are the difference of two percentages: 42 % less 40 % are 2 percentage points, which is
    /// neither 2 % nor 5 % more.
    pub const PERCENTAGE_POINTS: Self =
        Self { dimensions: Vec::new(), power_of_ten: -2, of_difference: true };

    /// The unit of this one dimension.
    ///
    /// # Errors
    /// [`QuantityError::NotAUnit`] when `name` is not a name: empty, with a blank or an operator, with a
    /// digit or numeral (`1`, `万`) at its start, or of more than 64 characters.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Unit;
    ///
    /// assert_eq!(Unit::base("order")?, "order".parse()?);
    /// assert!(Unit::base("order/click").is_err()); // that is two
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn base(name: &str) -> Result<Self, QuantityError> {
        let dimensions = alloc::vec![(checked_name(name, name)?.into(), 1)];
        Ok(Self { dimensions, power_of_ten: 0, of_difference: false })
    }

    /// The unit that a currency is: `CNY`.
    pub(super) fn of_currency(currency: Currency) -> Self {
        // Made, not read: three letters are always a name, and an error here could only be answered by a unit that
        // makes a plain number of an amount.
        debug_assert!(Self::base(currency.code()).is_ok(), "a currency code that is no name");
        let dimensions = alloc::vec![(currency.code().into(), 1)];
        Self { dimensions, power_of_ten: 0, of_difference: false }
    }

    /// The product of both.
    ///
    /// # Errors
    /// [`QuantityError::UnitExponent`] when an exponent leaves -127..=127; [`QuantityError::NotAUnit`] beyond
    /// 64 dimensions.
    pub fn times(&self, other: &Self) -> Result<Self, QuantityError> {
        self.combined(other, Some)
    }

    /// The quotient of both: `CNY` per `order` is `CNY/order`.
    ///
    /// # Errors
    /// [`QuantityError::UnitExponent`] when an exponent leaves -127..=127; [`QuantityError::NotAUnit`] beyond
    /// 64 dimensions.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Unit;
    ///
    /// let conversion = Unit::base("order")?.per(&Unit::base("click")?)?;
    /// assert_eq!(conversion.to_string(), "order/click");
    /// assert_eq!(conversion.times(&Unit::base("click")?)?, Unit::base("order")?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn per(&self, other: &Self) -> Result<Self, QuantityError> {
        self.combined(other, i8::checked_neg)
    }

    /// Whether it has no dimension: `1`, `%`, `1000`.
    #[must_use]
    pub const fn is_dimensionless(&self) -> bool {
        self.dimensions.is_empty()
    }

    /// Whether the unit has a denominator: `order/visitor`, not `CNY`.
    #[must_use]
    pub fn has_denominator(&self) -> bool {
        self.dimensions.iter().any(|(_, exponent)| *exponent < 0)
    }

    /// The power of ten of the unit: -2 for `%`, -3 for `CNY/1000 impression`, else mostly 0.
    #[must_use]
    pub const fn power_of_ten(&self) -> i8 {
        self.power_of_ten
    }

    /// The unit without its power of ten: `%` becomes `1`, `CNY/1000 impression` becomes `CNY/impression`.
    #[must_use]
    pub fn coherent(&self) -> Self {
        Self { dimensions: self.dimensions.clone(), ..Self::ONE }
    }

    /// Whether it is a part of a whole, which adds and subtracts as percentages do: `%` or `‰`.
    pub(crate) fn is_percentage(&self) -> bool {
        self.is_dimensionless() && matches!(self.power_of_ten, -2 | -3) && !self.of_difference
    }

    /// Whether both measure the same: equal but for the power of ten.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Unit;
    ///
    /// let per_thousand: Unit = "CNY/1000 impression".parse()?;
    /// assert!(per_thousand.same_dimensions(&"CNY/impression".parse()?));
    /// assert!(!per_thousand.same_dimensions(&"CNY/click".parse()?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn same_dimensions(&self, other: &Self) -> bool {
        self.dimensions == other.dimensions
    }

    fn combined(&self, other: &Self, sign: impl Fn(i8) -> Option<i8>) -> Result<Self, QuantityError> {
        // By 1 a percentage stays one, and percentage points stay points.
        if *other == Self::ONE {
            return Ok(self.clone());
        }
        let power_of_ten = sum_of_exponents("10", self.power_of_ten, sign(other.power_of_ten))?;
        #[expect(clippy::arithmetic_side_effects, reason = "a unit has at most 64 dimensions")]
        let mut dimensions = Vec::with_capacity(self.dimensions.len() + other.dimensions.len());
        let (mut left, mut right) = (self.dimensions.iter().peekable(), other.dimensions.iter().peekable());
        loop {
            // Both are sorted by name: one pass merges them.
            let order = match (left.peek(), right.peek()) {
                (Some((a, _)), Some((b, _))) => a.cmp(b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            let first = if order.is_le() { left.next() } else { None };
            let second = if order.is_ge() { right.next() } else { None };
            let Some((name, _)) = first.or(second) else { continue };
            let (first, second) = (first.map_or(0, |entry| entry.1), second.map_or(0, |entry| entry.1));
            let exponent = sum_of_exponents(name, first, sign(second))?;
            if exponent != 0 {
                dimensions.push((name.clone(), exponent));
            }
        }
        if dimensions.len() > MOST_DIMENSIONS {
            let text = excerpt(&format!("{self} and {other}"));
            return Err(QuantityError::NotAUnit { text, reason: TOO_MANY_DIMENSIONS });
        }
        Ok(Self { dimensions, power_of_ten, of_difference: false })
    }
}

/// The maximum number of dimensions of a unit.
const MOST_DIMENSIONS: usize = 64;
const TOO_MANY_DIMENSIONS: &str = "it has more than 64 dimensions";
/// The maximum number of characters of a dimension's name.
const LONGEST_NAME: usize = 64;

fn sum_of_exponents(name: &str, left: i8, right: Option<i8>) -> Result<i8, QuantityError> {
    right
        .and_then(|right| left.checked_add(right))
        // -128 has no opposite, and a quotient needs one.
        .filter(|sum| *sum != i8::MIN)
        .ok_or_else(|| QuantityError::UnitExponent { name: excerpt(name) })
}

fn checked_name<'a>(name: &'a str, whole: &str) -> Result<&'a str, QuantityError> {
    let refuse = |reason| Err(QuantityError::NotAUnit { text: excerpt(whole), reason });
    match name.chars().next() {
        None => return refuse("a dimension has no name"),
        Some(first) if first.is_numeric() => return refuse("a name starts with a digit"),
        Some(_) => {}
    }
    // `万人` would read as 10,000 `人`: a name must not change what stands before it.
    if numeral(name).is_some() || POINTS.contains(&name) {
        return refuse("a name is or starts with a numeral such as `万`");
    }
    if name.chars().nth(LONGEST_NAME).is_some() {
        return refuse("a name has more than 64 characters");
    }
    // A mark in its full-width form is an operator, too: `％` is no name.
    let plain = |c: char| !is_blank(c) && !c.is_control() && !"*/^%‰[]()=+\"'".contains(folded(c));
    if name.chars().all(plain) { Ok(name) } else { refuse("a name holds a blank or an operator") }
}

/// The words of [`Unit::PERCENTAGE_POINTS`]; the first is written.
const POINTS: [&str; 4] = ["percentage points", "percentage point", "百分点", "个百分点"];

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unit({self})")
    }
}

impl fmt::Display for Unit {
    /// Numerators joined by `*`, then each denominator behind a `/`; the names in alphabetical order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        match (self.power_of_ten, self.dimensions.is_empty()) {
            (-2, true) => text.push_str(if self.of_difference { POINTS[0] } else { "%" }),
            (-3, true) => text.push('‰'),
            _ => self.write_product(&mut text)?,
        }
        write_whole(f, &text)
    }
}

impl Unit {
    fn write_product(&self, text: &mut String) -> fmt::Result {
        let mut separator = None;
        if self.power_of_ten > 0 {
            write_power(text, self.power_of_ten)?;
            separator = Some(' ');
        }
        for (name, exponent) in self.dimensions.iter().filter(|(_, exponent)| *exponent > 0) {
            text.extend(separator);
            separator = Some('*');
            write_dimension(text, name, *exponent)?;
        }
        if text.is_empty() {
            text.push('1');
        }
        let mut power_is_due = self.power_of_ten < 0;
        for (name, exponent) in self.dimensions.iter().filter(|(_, exponent)| *exponent < 0) {
            // Each divisor has a slash of its own, as it is read: `a/b/c`. A negative power stands with the first.
            text.push('/');
            if power_is_due {
                write_power(text, self.power_of_ten)?;
                text.push(' ');
                power_is_due = false;
            }
            #[expect(clippy::arithmetic_side_effects, reason = "no exponent is -128: see `sum_of_exponents`")]
            let below = -exponent;
            write_dimension(text, name, below)?;
        }
        if power_is_due {
            text.push('/');
            write_power(text, self.power_of_ten)?;
        }
        Ok(())
    }
}

fn write_power(text: &mut String, power: i8) -> fmt::Result {
    text.write_char('1')?;
    (0..power.unsigned_abs()).try_for_each(|_| text.write_char('0'))
}

fn write_dimension(text: &mut String, name: &str, exponent: i8) -> fmt::Result {
    text.push_str(name);
    if exponent == 1 { Ok(()) } else { write!(text, "^{exponent}") }
}

impl FromStr for Unit {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if POINTS.contains(&&*plain(text)) {
            return Ok(Self::PERCENTAGE_POINTS);
        }
        let mut factors = Vec::new();
        let mut power_of_ten = 0;
        let mut rest = text;
        let mut divide = false;
        loop {
            let end = rest.find(|c| matches!(folded(c), '*' | '/')).unwrap_or(rest.len());
            let (factor, tail) = rest.split_at(end);
            let (power, dimension) = parse_factor(trim(factor), text)?;
            let signed = |exponent: i8| if divide { exponent.checked_neg() } else { Some(exponent) };
            power_of_ten = sum_of_exponents("10", power_of_ten, signed(power))?;
            factors.extend(dimension.map(|(name, exponent)| (name, signed(exponent))));
            let mut tail = tail.chars();
            match tail.next() {
                None => break,
                operator => divide = operator.map(folded) == Some('/'),
            }
            rest = tail.as_str();
        }
        // The sort keeps the order of equal names: exponents add up from left to right.
        factors.sort_by_key(|(name, _)| *name);
        let mut dimensions: Vec<(Box<str>, i8)> = Vec::new();
        for same in factors.chunk_by(|(a, _), (b, _)| a == b) {
            let name = same.first().map_or("", |(name, _)| *name);
            let sum = |sum, (_, exponent): &(&str, Option<i8>)| sum_of_exponents(name, sum, *exponent);
            let exponent = same.iter().try_fold(0, sum)?;
            if exponent != 0 {
                dimensions.push((name.into(), exponent));
            }
            if dimensions.len() > MOST_DIMENSIONS {
                return Err(QuantityError::NotAUnit { text: excerpt(text), reason: TOO_MANY_DIMENSIONS });
            }
        }
        Ok(Self { dimensions, power_of_ten, of_difference: false })
    }
}

/// A power of ten, and a dimension with its exponent.
type Factor<'a> = (i8, Option<(&'a str, i8)>);

/// One factor, `1`, `1000`, `%`, `name`, `name^2`, `1000 name` or `万name`: its power of ten and its dimension.
fn parse_factor<'a>(factor: &'a str, whole: &str) -> Result<Factor<'a>, QuantityError> {
    if let Some((places, "")) = percent_sign(factor) {
        // A sign divides: its places are a negative power of ten.
        let power = i8::try_from(places).ok().and_then(i8::checked_neg);
        return Ok((sum_of_exponents("10", 0, power)?, None));
    }
    let refuse = |reason| QuantityError::NotAUnit { text: excerpt(whole), reason };
    let digits = factor.find(|c| !folded(c).is_ascii_digit()).unwrap_or(factor.len());
    let (number, name) = factor.split_at(digits);
    let mut zeros = number.chars().map(folded);
    let mut power = match zeros.next() {
        None => 0,
        Some('1') if zeros.clone().all(|zero| zero == '0') => {
            i8::try_from(zeros.count()).map_err(|_| QuantityError::UnitExponent { name: "10".into() })?
        }
        Some(_) => return Err(refuse("a number is not a power of ten")),
    };
    let mut name = name;
    if let Some((tens, rest)) = numeral(trim_start(name)) {
        power = sum_of_exponents("10", power, i8::try_from(tens).ok())?;
        name = rest;
    } else if !number.is_empty() && !name.is_empty() && !name.starts_with(is_blank) {
        return Err(refuse("a name starts with a digit"));
    }
    let name = trim_start(name);
    if name.is_empty() && !factor.is_empty() {
        return Ok((power, None));
    }
    let (name, exponent) = name.split_once(|c| folded(c) == '^').unwrap_or((name, "1"));
    let exponent = plain(exponent).parse::<i8>().ok();
    let exponent = exponent.filter(|exponent| *exponent != 0 && *exponent != i8::MIN);
    let exponent =
        exponent.ok_or(refuse("an exponent is not a whole number from -127 to 127 other than 0"))?;
    Ok((power, Some((checked_name(trim(name), whole)?, exponent))))
}

text_on_the_wire!(Unit, "a unit such as `CNY/order`");

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn unit(text: &str) -> Unit {
        text.parse().unwrap()
    }

    #[test]
    fn display_is_canonical_and_reads_back() {
        let cases = [
            ("1", "1"),
            ("%", "%"),
            ("‰", "‰"),
            ("1000", "1000"),
            ("1/100", "%"),
            ("order / visitor", "order/visitor"),
            ("visitor*CNY", "CNY*visitor"),
            ("CNY/order/visitor", "CNY/order/visitor"),
            ("CNY/1000 impression", "CNY/1000 impression"),
            ("10000 CNY", "10000 CNY"),
            ("10000 CNY*user", "10000 CNY*user"),
            ("1000 m^2*n", "1000 m^2*n"),
            ("1000 tier1*user", "1000 tier1*user"),
            ("% * click", "click/100"),
            ("1/order", "1/order"),
            ("m^2/m", "m"),
            ("m^-2", "1/m^2"),
            ("m^2*n^3", "m^2*n^3"),
            ("元/单", "元/单"),
            ("1000/order", "1000/order"),
        ];
        for (text, canonical) in cases {
            assert_eq!(unit(text).to_string(), canonical);
            assert_eq!(unit(canonical), unit(text));
        }
    }

    #[test]
    fn what_is_no_unit_is_refused() {
        for bad in [
            "",
            "*",
            "CNY/",
            "/order",
            "2",
            "200 CNY",
            "CNY order",
            "a^0",
            "a^x",
            "a^128",
            "1st",
            "a[b]",
            "a%",
        ] {
            assert!(bad.parse::<Unit>().is_err(), "{bad}");
        }
    }

    #[test]
    fn exponents_do_not_wrap() {
        let large = unit("m^127");
        assert!(large.times(&unit("m")).is_err());
        assert_eq!(large.per(&large).unwrap(), Unit::ONE);
        assert!(Unit::ONE.per(&large).unwrap().per(&unit("m")).is_err());
    }

    #[test]
    fn a_unit_has_at_most_64_dimensions_of_64_characters() {
        let reason = |text: &str| match text.parse::<Unit>() {
            Err(QuantityError::NotAUnit { reason, .. }) => reason,
            other => panic!("{other:?}"),
        };
        let product = |from: u32, to: u32| {
            (from..to).map(|number| format!("d{number:05}")).collect::<Vec<_>>().join("*")
        };
        assert_eq!(unit(&product(0, 64)).dimensions.len(), 64);
        assert_eq!(reason(&product(0, 65)), TOO_MANY_DIMENSIONS);
        let many = unit(&product(0, 40)).times(&unit(&product(40, 80))).unwrap_err();
        assert!(matches!(many, QuantityError::NotAUnit { reason: TOO_MANY_DIMENSIONS, .. }));
        assert_eq!(unit(&"单".repeat(64)).to_string(), "单".repeat(64));
        assert_eq!(reason(&"单".repeat(65)), "a name has more than 64 characters");
        assert!(Unit::base(&"n".repeat(65)).is_err());
        // A long text takes one sort; where its factors cancel it is a short unit.
        let long = product(0, 50_000);
        assert_eq!(reason(&long), TOO_MANY_DIMENSIONS);
        assert_eq!(unit(&format!("{long}/{}", long.replace('*', "/"))), Unit::ONE);
    }
}
