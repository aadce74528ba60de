//! An exact quotient that is rounded only when it is shown.

use super::display::Shown;
use super::exact::{decimal_quotient, magnitude};
use super::grammar::{Number, number, parse_share, strip_mark, trim_start};
use super::natural::{Natural, greatest_common_divisor, on_narrowest};
use super::wire::text_on_the_wire;
use super::{Precision, QuantityError, Rounding};
use crate::error::{Counted, excerpt};
use alloc::format;
use alloc::string::{String, ToString};
use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;

/// A fraction of whole numbers in lowest terms: an attainment, a conversion rate, a cost per click.
///
/// Ratios compare exactly and are rounded once, where [`round`](Self::round) is asked for a scale. On the
/// wire the fraction itself: `"24/25"`; a decimal or a number is read too.
///
/// # Examples
/// ```
/// use marketloop::quantity::{Ratio, Rounding};
/// use rust_decimal::dec;
///
/// let attainment = Ratio::new(dec!(480), dec!(500))?;
/// assert_eq!(attainment.to_string(), "24/25");
/// assert_eq!(attainment.round((2, Rounding::HalfEven))?, dec!(0.96));
///
/// // Two thirds are not 0.6667, and the ratio knows it.
/// let two_thirds = Ratio::new(dec!(2), dec!(3))?;
/// assert!(two_thirds < Ratio::new(dec!(0.6667), dec!(1))?);
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
///
/// ```
/// # use marketloop::quantity::Ratio;
/// let json = r#""-24/25""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Ratio>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias("CTR", "CVR", "CPC", "CPA", "CPM", "转化率", "点击率"))]
pub struct Ratio {
    // 128 bits and no big integers: a ratio is copied like a number, and what does not fit is told as an error.
    negative: bool,
    numerator: u128,
    denominator: u128,
}

impl Ratio {
    /// Zero.
    pub const ZERO: Self = Self { negative: false, numerator: 0, denominator: 1 };
    /// One whole.
    pub const ONE: Self = Self { negative: false, numerator: 1, denominator: 1 };

    /// `numerator / denominator`.
    ///
    /// # Errors
    /// [`QuantityError::DivisionByZero`]; [`QuantityError::Inexact`] when the lowest terms need more than 128
    /// bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Ratio;
    /// use rust_decimal::dec;
    ///
    /// let conversion = Ratio::new(dec!(200), dec!(5000))?;
    /// assert_eq!((conversion.to_string(), conversion.to_percent()), ("1/25".into(), "4%".into()));
    /// assert!(Ratio::new(dec!(1), dec!(0)).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(numerator: Decimal, denominator: Decimal) -> Result<Self, QuantityError> {
        if denominator.is_zero() {
            return Err(QuantityError::DivisionByZero { dividend: numerator.to_string() });
        }
        let negative = numerator.is_sign_negative() != denominator.is_sign_negative();
        let (n, d) = (numerator.normalize(), denominator.normalize());
        // The scales differ by one power of ten: it stands above the line or below it, and the other one is 0.
        let up = d.scale().saturating_sub(n.scale());
        let down = n.scale().saturating_sub(d.scale());
        Self::reduced(negative, ([magnitude(n), 1], up), ([magnitude(d), 1], down))
            .ok_or_else(|| QuantityError::Inexact { operation: format!("{numerator} / {denominator}") })
    }

    /// The fraction of two whole numbers.
    pub(crate) fn of_integers(negative: bool, numerator: u128, denominator: u128) -> Option<Self> {
        Self::reduced(negative, ([numerator, 1], 0), ([denominator, 1], 0))
    }

    /// A whole number.
    pub(crate) const fn whole(value: i128) -> Self {
        Self { negative: value.is_negative(), numerator: value.unsigned_abs(), denominator: 1 }
    }

    fn reduced(negative: bool, numerator: ([u128; 2], u32), denominator: ([u128; 2], u32)) -> Option<Self> {
        let (numerator, denominator) = on_narrowest!(lowest_terms(numerator, denominator))?;
        Some(Self { negative: negative && numerator != 0, numerator, denominator })
    }

    /// Whether the ratio is below zero.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether the ratio is zero.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.numerator == 0
    }

    /// The magnitude's numerator in lowest terms.
    #[must_use]
    pub const fn numerator(&self) -> u128 {
        self.numerator
    }

    /// The denominator in lowest terms, at least 1.
    #[must_use]
    pub const fn denominator(&self) -> u128 {
        self.denominator
    }

    /// The ratio, rounded once to `precision`.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`] when the rounded value needs more than 28 digits or `scale` exceeds 28.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Ratio, Rounding};
    /// use rust_decimal::dec;
    ///
    /// let rate: Ratio = "53/1400".parse()?; // 0.037857…
    /// assert_eq!(rate.round((4, Rounding::HalfEven))?, dec!(0.0379));
    /// assert_eq!(rate.round((4, Rounding::Floor))?, dec!(0.0378));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn round(&self, precision: impl Into<Precision>) -> Result<Decimal, QuantityError> {
        let Precision { scale, rounding } = precision.into();
        let inexact = || QuantityError::Inexact { operation: self.to_string() };
        // Beyond it no decimal exists, and 10^scale would grow without bound.
        if scale > Decimal::MAX_SCALE {
            return Err(inexact());
        }
        decimal_quotient(self.negative, ([self.numerator, 1], scale), (self.denominator, 0), scale, rounding)
            .ok_or_else(inexact)
    }

    /// The ratio, rounded to as many more decimals than `precision` has as it takes to differ from `other`, rounded the
    /// same way: what a comparison was decided by must not print as equal. Equal ratios are rounded to `precision`.
    ///
    /// # Errors
    /// Those of [`round`](Self::round). Two ratios that 28 decimals do not tell apart are rounded to `precision`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Ratio, Rounding};
    /// use rust_decimal::dec;
    ///
    /// let (cost, edge): (Ratio, Ratio) = ("40.0001".parse()?, "40".parse()?);
    /// assert_eq!(cost.round((2, Rounding::HalfEven))?, dec!(40.00)); // "40.00 is above 40"?
    /// assert_eq!(cost.round_beside(edge, (2, Rounding::HalfEven))?, dec!(40.0001));
    /// assert_eq!(edge.round_beside(edge, (2, Rounding::HalfEven))?, dec!(40.00));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn round_beside(
        &self,
        other: Self,
        precision: impl Into<Precision>,
    ) -> Result<Decimal, QuantityError> {
        let Precision { scale, rounding } = precision.into();
        let own = self.round((scale, rounding))?;
        let apart = |scale| {
            let own = self.round((scale, rounding)).ok()?;
            (other.round((scale, rounding)).ok()? != own).then_some(own)
        };
        let mut scales = (scale..=Decimal::MAX_SCALE).filter(|_| *self != other);
        Ok(scales.find_map(apart).unwrap_or(own))
    }

    /// The ratio as a decimal when it has one of at most 28 digits: `24/25` is 0.96, `2/3` has none.
    #[must_use]
    pub fn to_decimal(&self) -> Option<Decimal> {
        // A fraction is a decimal where both roundings agree: no factoring of the denominator is needed.
        let exact = |rounding| self.round((Decimal::MAX_SCALE, rounding)).ok();
        let fits = exact(Rounding::Floor)
            .and_then(|floor| exact(Rounding::Ceiling).filter(|ceiling| *ceiling == floor))
            .map(|value| value.normalize());
        // A whole part of many digits leaves fewer decimals: look at the scales that still fit.
        fits.or_else(|| {
            (0..Decimal::MAX_SCALE).rev().find_map(|scale| {
                let floor = self.round((scale, Rounding::Floor)).ok()?;
                (self.round((scale, Rounding::Ceiling)).ok()? == floor).then(|| floor.normalize())
            })
        })
    }

    /// The ratio as a percentage with two decimals, half to even, and with more where two would show a whole
    /// or nothing that it is not: `96%`, `66.67%`, `99.99998%`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Ratio;
    ///
    /// assert_eq!("2/3".parse::<Ratio>()?.to_percent(), "66.67%");
    /// assert_eq!("4999999/5000000".parse::<Ratio>()?.to_percent(), "99.99998%");
    /// assert_eq!("1/1000000".parse::<Ratio>()?.to_percent(), "0.0001%");
    /// # Ok::<(), marketloop::quantity::QuantityError>(())
    /// ```
    #[must_use]
    pub fn to_percent(&self) -> String {
        let Ok(percent) = self.times(Self::from(Decimal::ONE_HUNDRED)) else { return self.to_string() };
        // `100%` for a miss and `0%` for something are the two roundings that lie.
        let misleads = |shown: &Decimal| {
            let shown = Self::from(*shown);
            shown != percent && (shown.is_zero() || shown == Self::from(Decimal::ONE_HUNDRED))
        };
        let shown =
            (2..=Decimal::MAX_SCALE).map_while(|scale| percent.round((scale, Rounding::HalfEven)).ok());
        let clear = shown.clone().find(|shown| !misleads(shown)).or_else(|| shown.last());
        clear.map_or_else(|| self.to_string(), |shown| format!("{}%", shown.normalize()))
    }

    /// The ratio as the difference of two percentages, with two decimals as in [`to_percent`](Self::to_percent).
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Ratio;
    ///
    /// let (rate, benchmark): (Ratio, Ratio) = ("40%".parse()?, "55%".parse()?);
    /// assert_eq!(benchmark.minus(rate)?.to_points(), "15 percentage points");
    /// # Ok::<(), marketloop::quantity::QuantityError>(())
    /// ```
    #[must_use]
    pub fn to_points(&self) -> String {
        let text = self.to_percent();
        match text.strip_suffix('%') {
            Some(number) => Counted(number, "percentage point").to_string(),
            None => text,
        }
    }

    fn text(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        if self.denominator == 1 {
            format!("{sign}{}", self.numerator)
        } else {
            format!("{sign}{}/{}", self.numerator, self.denominator)
        }
    }

    /// Writes the ratio as a decimal where a precision is asked for, else as `usual`; behind `before`.
    pub(crate) fn write_decimal(&self, f: &mut fmt::Formatter<'_>, before: &str, usual: &str) -> fmt::Result {
        if let Some(precision) = f.precision() {
            let fraction = (self.numerator, self.denominator);
            return Shown::fraction(f, self.negative, fraction, 0, precision).between(before, "").write(f);
        }
        match usual.strip_prefix('~') {
            Some(near) => Shown::text(f, near).between(&format!("{before}~"), "").write(f),
            None => Shown::text(f, usual).between(before, "").write(f),
        }
    }

    /// Writes the ratio as a percentage: as [`to_percent`](Self::to_percent), with a precision to that many decimals,
    /// half to even.
    pub(crate) fn write_percent(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(precision) = f.precision() {
            let fraction = (self.numerator, self.denominator);
            return Shown::fraction(f, self.negative, fraction, 2, precision).between("", "%").write(f);
        }
        let text = self.to_percent();
        match text.strip_suffix('%') {
            Some(number) => Shown::text(f, number).between("", "%").write(f),
            None => Shown::text(f, &text).write(f),
        }
    }

    /// The nearest float, for estimates and plots.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
    pub fn to_f64(&self) -> f64 {
        let magnitude = self.numerator as f64 / self.denominator as f64;
        if self.negative { -magnitude } else { magnitude }
    }

    /// The ratio with the opposite sign.
    #[must_use]
    pub const fn negated(&self) -> Self {
        // Zero has no sign: equality and hashes compare the fields.
        Self { negative: !self.negative && self.numerator != 0, ..*self }
    }

    /// `self * other`.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`] when the lowest terms need more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Ratio;
    ///
    /// // 5 % of the impressions are clicked, 4 % of the clicks order.
    /// let (click_rate, conversion): (Ratio, Ratio) = ("5%".parse()?, "4%".parse()?);
    /// assert_eq!(click_rate.times(conversion)?.to_string(), "1/500");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn times(&self, other: Self) -> Result<Self, QuantityError> {
        let negative = self.negative != other.negative;
        let numerator = ([self.numerator, other.numerator], 0);
        Self::reduced(negative, numerator, ([self.denominator, other.denominator], 0))
            .ok_or_else(|| self.inexact("*", other))
    }

    /// `self / other`.
    ///
    /// # Errors
    /// [`QuantityError::DivisionByZero`]; [`QuantityError::Inexact`] when the lowest terms need more than 128
    /// bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Ratio;
    ///
    /// let (spend, orders): (Ratio, Ratio) = ("1000".parse()?, "3".parse()?);
    /// let cost = spend.divided_by(orders)?;
    /// assert_eq!(cost.times(orders)?, spend); // 1000/3 loses nothing on the way
    /// assert!(spend.divided_by(Ratio::ZERO).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn divided_by(&self, other: Self) -> Result<Self, QuantityError> {
        if other.is_zero() {
            return Err(QuantityError::DivisionByZero { dividend: self.to_string() });
        }
        // The fields of a fraction in lowest terms stay in lowest terms when they change places.
        let inverse =
            Self { negative: other.negative, numerator: other.denominator, denominator: other.numerator };
        self.times(inverse).map_err(|_| self.inexact("/", other))
    }

    /// `self + other`.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`] when the lowest terms need more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Ratio;
    ///
    /// let third: Ratio = "1/3".parse()?;
    /// assert_eq!(third.plus(third)?.plus(third)?, Ratio::ONE);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn plus(&self, other: Self) -> Result<Self, QuantityError> {
        on_narrowest!(sum(self, &other))
            .map(|(negative, numerator, denominator)| Self { negative, numerator, denominator })
            .ok_or_else(|| self.inexact("+", other))
    }

    /// `self - other`.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`] when the lowest terms need more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Ratio;
    ///
    /// let (actual, target): (Ratio, Ratio) = ("1.5%".parse()?, "2%".parse()?);
    /// assert_eq!(actual.minus(target)?.to_points(), "-0.5 percentage points");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn minus(&self, other: Self) -> Result<Self, QuantityError> {
        self.plus(other.negated()).map_err(|_| self.inexact("-", other))
    }

    #[cold]
    fn inexact(&self, operator: &str, other: Self) -> QuantityError {
        QuantityError::Inexact { operation: format!("{self} {operator} {other}") }
    }
}

fn lowest_terms<N: Natural>(
    ([a, b], up): ([u128; 2], u32),
    ([c, d], down): ([u128; 2], u32),
) -> Option<(u128, u128)> {
    let numerator = N::from_u128(a)?.times(&N::from_u128(b)?)?.times(&N::power_of_ten(up)?)?;
    let denominator = N::from_u128(c)?.times(&N::from_u128(d)?)?.times(&N::power_of_ten(down)?)?;
    reduce(&numerator, &denominator)
}

fn reduce<N: Natural>(numerator: &N, denominator: &N) -> Option<(u128, u128)> {
    let divisor = greatest_common_divisor(numerator.clone(), denominator.clone());
    Some((numerator.div_rem(&divisor)?.0.to_u128()?, denominator.div_rem(&divisor)?.0.to_u128()?))
}

fn cross<N: Natural>(left: &Ratio, right: &Ratio) -> Option<(N, N)> {
    Some((
        N::from_u128(left.numerator)?.times(&N::from_u128(right.denominator)?)?,
        N::from_u128(right.numerator)?.times(&N::from_u128(left.denominator)?)?,
    ))
}

fn sum<N: Natural>(left: &Ratio, right: &Ratio) -> Option<(bool, u128, u128)> {
    let (a, b) = cross::<N>(left, right)?;
    let denominator = N::from_u128(left.denominator)?.times(&N::from_u128(right.denominator)?)?;
    let (negative, numerator) = if left.negative == right.negative {
        (left.negative, a.plus(&b)?)
    } else if a >= b {
        (left.negative, a.minus(&b)?)
    } else {
        (right.negative, b.minus(&a)?)
    };
    let (numerator, denominator) = reduce(&numerator, &denominator)?;
    Some((negative && numerator != 0, numerator, denominator))
}

fn compare<N: Natural>(left: &Ratio, right: &Ratio) -> Option<Ordering> {
    cross::<N>(left, right).map(|(a, b)| a.cmp(&b))
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        // The widest number type always answers.
        let by_magnitude = || on_narrowest!(compare(self, other)).unwrap_or(Ordering::Equal);
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => by_magnitude(),
            (true, true) => by_magnitude().reverse(),
        }
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<Decimal> for Ratio {
    fn from(value: Decimal) -> Self {
        // A decimal has at most 96 bits over 10^28 (94 bits): its lowest terms always fit.
        let exact = Self::new(value, Decimal::ONE);
        debug_assert!(exact.is_ok(), "a decimal that is no fraction of 128 bits");
        exact.unwrap_or(Self::ZERO)
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ratio({self})")
    }
}

impl fmt::Display for Ratio {
    /// The fraction, `1/3`; with a precision the decimal, half to even: `{:.2}` shows `0.33`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_decimal(f, "", &self.text())
    }
}

impl FromStr for Ratio {
    type Err = QuantityError;

    /// Reads `24/25`, `-3`, `96%` or a decimal such as `0.96`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        fn read(text: &str) -> Result<(Number, &str), QuantityError> {
            number(text).map_err(|fault| fault.of(text))
        }
        let not_a_number = || QuantityError::NotANumber { text: excerpt(text) };
        let (numerator, rest) = read(text)?;
        // A whole number may be longer than a decimal, as the numerator of a fraction may.
        let (denominator, rest) = match strip_mark(trim_start(rest), '/') {
            Some(denominator) => read(denominator).map(|(number, rest)| (Some(number), rest))?,
            None => (None, rest),
        };
        if !trim_start(rest).is_empty() {
            return if denominator.is_none() {
                parse_share(text).map(Self::from)
            } else {
                Err(not_a_number())
            };
        }
        let fraction = match &denominator {
            None => numerator.whole().transpose()?.map(|whole| (whole, (false, 1))),
            Some(denominator) => numerator.whole().transpose()?.zip(denominator.whole().transpose()?),
        };
        match (fraction, denominator) {
            (Some((_, (true, _))), _) => Err(not_a_number()),
            (Some(((_, numerator), (_, 0))), _) => {
                Err(QuantityError::DivisionByZero { dividend: numerator.to_string() })
            }
            (Some(((negative, numerator), (_, denominator))), _) => {
                Self::of_integers(negative, numerator, denominator).ok_or_else(not_a_number)
            }
            (None, None) => numerator.value(0).map(Self::from),
            (None, Some(denominator)) => {
                let denominator = denominator.value(0)?;
                if denominator.is_sign_negative() {
                    return Err(not_a_number());
                }
                Self::new(numerator.value(0)?, denominator)
            }
        }
    }
}

text_on_the_wire!(Ratio, "a fraction such as `24/25`, as a string or a number", |value| {
    Ok::<_, core::convert::Infallible>(Self::from(value))
});

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_kept_in_lowest_terms() {
        assert_eq!(Ratio::new(dec!(1.5), dec!(2)).unwrap(), ratio("3/4"));
        assert_eq!(Ratio::new(dec!(-0.005), dec!(0.02)).unwrap(), ratio("-1/4"));
        assert_eq!(Ratio::new(dec!(0), dec!(-7)).unwrap(), Ratio::ZERO);
        assert_eq!(ratio("-0/5").to_string(), "0");
        assert!(Ratio::new(dec!(5), dec!(0)).is_err());
        let longest = Ratio::of_integers(true, u128::MAX, 1).unwrap();
        assert_eq!(ratio(&longest.to_string()), longest);
        assert!(
            "".parse::<Ratio>().is_err() && "-".parse::<Ratio>().is_err() && "--1".parse::<Ratio>().is_err()
        );
        for long in ["340282366920938463463374607431768211456", "-1/340282366920938463463374607431768211456"]
        {
            assert!(matches!(long.parse::<Ratio>(), Err(QuantityError::Inexact { .. })), "{long}");
        }
        assert!(matches!("1/".parse::<Ratio>(), Err(QuantityError::NotANumber { .. })));
        assert!("1/0".parse::<Ratio>().is_err() && "1/-2".parse::<Ratio>().is_err());
    }

    #[test]
    fn arithmetic_is_that_of_fractions() {
        assert_eq!(ratio("1/3").plus(ratio("1/6")).unwrap(), ratio("1/2"));
        assert_eq!(ratio("1/3").minus(ratio("1/3")).unwrap(), Ratio::ZERO);
        assert_eq!(ratio("1/3").minus(ratio("1/2")).unwrap(), ratio("-1/6"));
        assert_eq!(ratio("2/3").times(ratio("-3/4")).unwrap(), ratio("-1/2"));
        assert_eq!(ratio("2/3").divided_by(ratio("-2")).unwrap(), ratio("-1/3"));
        assert!(ratio("2/3").divided_by(Ratio::ZERO).is_err());
    }

    #[test]
    fn it_compares_beyond_128_bits() {
        let near = Ratio::of_integers(false, u128::MAX - 1, u128::MAX).unwrap();
        let nearer = Ratio::of_integers(false, u128::MAX - 2, u128::MAX - 1).unwrap();
        assert!(nearer < near && near < Ratio::ONE);
        assert!(near.negated() < nearer.negated());
        assert!(near.times(near).is_err());
    }

    #[test]
    fn a_decimal_comes_out_where_there_is_one() {
        assert_eq!(ratio("24/25").to_decimal(), Some(dec!(0.96)));
        assert_eq!(ratio("2/3").to_decimal(), None);
        assert_eq!(Ratio::from(Decimal::MAX).to_decimal(), Some(Decimal::MAX));
        let long = Decimal::from_i128_with_scale(10_i128.pow(27) + 1, 1);
        assert_eq!(Ratio::from(long).to_decimal(), Some(long));
        assert_eq!(Ratio::from(Decimal::from_i128_with_scale(1, 28)).denominator(), 10_u128.pow(28));
    }
}
