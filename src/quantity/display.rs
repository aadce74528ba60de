//! How numbers are shown: a precision is a number of decimals, rounded half to even; width, fill, alignment, `+`
//! and `0` work as for Rust's own numbers; nothing is ever cut.
//!
//! Half to even is the rounding of Rust's floats and of [`Ratio::to_percent`](super::Ratio::to_percent): a table of
//! many rounded figures is not pushed upward.

use super::exact::magnitude;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use rust_decimal::Decimal;

/// A number in its text, as it is shown.
pub(crate) struct Shown<'a> {
    /// What stands before the sign.
    before: &'a str,
    negative: bool,
    /// Digits with a point, or a fraction.
    digits: String,
    /// Whether a `+` stands before what is not negative.
    plus: bool,
    /// Whether the whole part stands in groups of three.
    grouped: bool,
    /// What stands behind the digits: a unit, with its blank.
    after: &'a str,
}

impl<'a> Shown<'a> {
    /// `value * 10^shift`, with as many decimals as the formatter asks for, else as it is.
    pub(crate) fn decimal(f: &fmt::Formatter<'_>, value: Decimal, shift: u32) -> Self {
        let digits = magnitude(value).to_string();
        #[expect(clippy::arithmetic_side_effects, reason = "two numbers of 32 bits")]
        let scale = i64::from(value.scale()) - i64::from(shift);
        Self::new(f, value.is_sign_negative(), rounded(digits, scale, f.precision()))
    }

    /// A number whose text is made.
    pub(crate) fn text(f: &fmt::Formatter<'_>, text: &str) -> Self {
        let digits = text.strip_prefix('-');
        Self::new(f, digits.is_some(), digits.unwrap_or(text).into())
    }

    fn new(f: &fmt::Formatter<'_>, negative: bool, digits: String) -> Self {
        // What rounds to nothing has no sign.
        let negative = negative && digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        Self { before: "", negative, digits, plus: f.sign_plus(), grouped: f.alternate(), after: "" }
    }

    /// The fraction of these magnitudes times `10^shift` with `precision` decimals.
    pub(crate) fn fraction(
        f: &fmt::Formatter<'_>,
        negative: bool,
        (numerator, denominator): (u128, u128),
        shift: usize,
        precision: usize,
    ) -> Self {
        // A formatter's precision has 16 bits, and a shift is at most 2: nothing saturates.
        let digits = quotient_digits(numerator, denominator, precision.saturating_add(shift));
        let scale = i64::try_from(precision).unwrap_or(i64::MAX);
        Self::new(f, negative, with_point(digits, scale))
    }

    pub(crate) const fn between(mut self, before: &'a str, after: &'a str) -> Self {
        self.before = before;
        self.after = after;
        self
    }

    pub(crate) const fn with_plus(mut self) -> Self {
        self.plus = true;
        self
    }

    pub(crate) const fn in_groups(mut self) -> Self {
        self.grouped = true;
        self
    }

    pub(crate) fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match (self.negative, self.plus) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        let Self { before, digits, after, .. } = self;
        if let (true, Some(width)) = (f.sign_aware_zero_pad(), f.width()) {
            // Groups behind zeros would not be read back. A text as wide as asked for, or wider, gets no zeros.
            let short = format!("{before}{sign}{digits}{after}").chars().count();
            let zeros = "0".repeat(width.saturating_sub(short));
            return write!(f, "{before}{sign}{zeros}{digits}{after}");
        }
        // Text, not numbers, from here on: a precision may ask for more decimals than a decimal holds.
        let digits = if self.grouped { &grouped(digits) } else { digits };
        let text = format!("{before}{sign}{digits}{after}");
        pad(f, &text, fmt::Alignment::Right)
    }
}

/// Writes a text that holds more than one number, or a date: padded, never cut.
pub(crate) fn write_whole(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    pad(f, text, fmt::Alignment::Left)
}

/// The text of a number within a longer text, with the precision and the groups that `f` asks for.
pub(crate) fn within(f: &fmt::Formatter<'_>, number: &impl fmt::Display) -> String {
    match (f.precision(), f.alternate()) {
        (Some(precision), true) => format!("{number:#.precision$}"),
        (Some(precision), false) => format!("{number:.precision$}"),
        (None, true) => format!("{number:#}"),
        (None, false) => format!("{number}"),
    }
}

fn pad(f: &mut fmt::Formatter<'_>, text: &str, usual: fmt::Alignment) -> fmt::Result {
    use fmt::{Alignment, Write};
    // A width is a minimum: a longer text is written whole, since a cut number is another number.
    let missing = f.width().unwrap_or(0).saturating_sub(text.chars().count());
    let before = match f.align().unwrap_or(usual) {
        Alignment::Left => 0,
        Alignment::Center => missing / 2,
        Alignment::Right => missing,
    };
    let fill = f.fill();
    (0..before).try_for_each(|_| f.write_char(fill))?;
    f.write_str(text)?;
    (before..missing).try_for_each(|_| f.write_char(fill))
}

/// The digits with a comma between groups of three of their whole part.
#[expect(clippy::arithmetic_side_effects, reason = "an index is below the length of what it counts")]
fn grouped(digits: &str) -> String {
    let (whole, rest) = digits.split_at(digits.find(['.', '/']).unwrap_or(digits.len()));
    let mut text = String::with_capacity(digits.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str(rest);
    text
}

/// The digits of a whole number over `10^scale` with so many decimals, half to even.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a scale has 32 bits, a precision 16, and `digits` is padded to `cut`"
)]
fn rounded(mut digits: String, scale: i64, precision: Option<usize>) -> String {
    let Some(precision) = precision else { return with_point(digits, scale) };
    let decimals = i64::try_from(precision).unwrap_or(i64::MAX);
    let Ok(cut) = usize::try_from(scale - decimals) else {
        // Fewer decimals than asked for: what is missing is above 0 here.
        let missing = usize::try_from(decimals - scale).unwrap_or(0);
        digits.extend(core::iter::repeat_n('0', missing));
        return with_point(digits, decimals);
    };
    // One digit at least is kept, for the rounding to go to: `0.004` has its zero before the point from here.
    let missing = (cut + 1).saturating_sub(digits.len());
    digits.insert_str(0, &"0".repeat(missing));
    let (kept, lost) = digits.split_at(digits.len() - cut);
    // Compared digit by digit: what is lost may be longer than any integer.
    let half = "5".chars().chain(core::iter::repeat('0')).take(lost.len());
    let odd = kept.bytes().last().is_some_and(|digit| digit % 2 == 1);
    let up = !lost.is_empty()
        && match lost.chars().cmp(half) {
            Ordering::Less => false,
            Ordering::Equal => odd,
            Ordering::Greater => true,
        };
    with_point(if up { next(kept) } else { kept.into() }, decimals)
}

/// The next whole number.
#[expect(clippy::arithmetic_side_effects, reason = "the last digit that is no nine is at most eight")]
fn next(digits: &str) -> String {
    // The nines at the end turn to zeros, and the digit before them goes up by one.
    let before = digits.trim_end_matches('9');
    let mut text = String::with_capacity(digits.len() + 1);
    match before.as_bytes().split_last() {
        Some((last, kept)) => {
            text.extend(kept.iter().copied().map(char::from));
            text.push(char::from(last + 1));
        }
        None => text.push('1'),
    }
    text.extend(core::iter::repeat_n('0', digits.len() - before.len()));
    text
}

/// The digits with the point before the last `scale` of them, without zeros that no number begins with.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "`digits` is padded to more than `scale`, which has 32 bits"
)]
fn with_point(mut digits: String, scale: i64) -> String {
    let Ok(scale) = usize::try_from(scale) else {
        let zeros = usize::try_from(scale.unsigned_abs()).unwrap_or(0);
        // Nothing times a power of ten is nothing.
        if digits.bytes().any(|digit| digit != b'0') {
            digits.extend(core::iter::repeat_n('0', zeros));
        }
        return with_point(digits, 0);
    };
    // No number begins with a point: a zero goes before it.
    let missing = (scale + 1).saturating_sub(digits.len());
    digits.insert_str(0, &"0".repeat(missing));
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() { whole.into() } else { format!("{whole}.{fraction}") }
}

/// All digits of `numerator / denominator * 10^scale`, rounded half to even: long division, a digit at a time, so that
/// no width of integers limits the decimals.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "no ratio has the denominator 0, a rest is below it, a digit below 10"
)]
fn quotient_digits(numerator: u128, denominator: u128, scale: usize) -> String {
    debug_assert!(denominator > 0, "a ratio over zero");
    let mut rest = numerator % denominator;
    let mut digits: Vec<u8> = (numerator / denominator).to_string().into_bytes();
    for _ in 0..scale {
        let (digit, left) = tenfold(rest, denominator);
        digits.push(b'0' + digit);
        rest = left;
    }
    let odd = digits.last().is_some_and(|digit| digit % 2 == 1);
    let digits: String = digits.into_iter().map(char::from).collect();
    // `2 * rest` may exceed 128 bits, `denominator - rest` cannot.
    let up = match rest.cmp(&(denominator - rest)) {
        Ordering::Less => false,
        Ordering::Equal => odd,
        Ordering::Greater => true,
    };
    if up { next(&digits) } else { digits }
}

/// Quotient and rest of `10 * rest / denominator`, by addition: `10 * rest` may need more than 128 bits.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "`rest` and each sum are below the denominator, the digit below 10"
)]
fn tenfold(rest: u128, denominator: u128) -> (u8, u128) {
    debug_assert!(rest < denominator, "a rest that holds another quotient");
    // Ten additions in place of a product: `10 * rest` may exceed 128 bits, and a sum below the denominator does not.
    let to_next = denominator - rest;
    (0..10).fold(
        (0, 0),
        |(digit, sum): (u8, u128), _| {
            if sum >= to_next { (digit + 1, sum - to_next) } else { (digit, sum + rest) }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Count, Money, Quantity, Ratio, Share};

    /// T1: a precision is a number of decimals, half to even, and no text is cut.
    #[test]
    fn a_precision_is_a_number_of_decimals() {
        let money = |text: &str| Money::parse(text).unwrap();
        let ratio = |text: &str| text.parse::<Ratio>().unwrap();
        let share = |text: &str| text.parse::<Share>().unwrap();
        let quantity = |text: &str| text.parse::<Quantity>().unwrap();
        for (shown, expected) in [
            (format!("{:.2}", money("12.34 CNY")), "12.34 CNY"),
            (format!("{:.0}", money("1250000 CNY")), "1,250,000 CNY"),
            (format!("{:.0}", money("2.5 CNY")), "2 CNY"),
            (format!("{:.0}", money("-3.5 CNY")), "-4 CNY"),
            (format!("{:.0}", money("-0.4 CNY")), "0 CNY"),
            (format!("{:.0}", money("999999.99 CNY")), "1,000,000 CNY"),
            (format!("{:.4}", money("5 JPY")), "5.0000 JPY"),
            (format!("{:>16.2}|", money("5000 CNY")), "    5,000.00 CNY|"),
            (format!("{:*<16.1}|", money("5000 CNY")), "5,000.0 CNY*****|"),
            (format!("{:^+15.0}|", money("5000 CNY")), "  +5,000 CNY   |"),
            (format!("{:015}|", money("-5000 CNY")), "-0005000.00 CNY|"),
            (format!("{:.2}", Count::new(50_000)), "50000.00"),
            (format!("{:#.1}", Count::new(50_000)), "50,000.0"),
            (format!("{:+}", Count::new(7)), "+7"),
            (format!("{:.2}", ratio("12345/2")), "6172.50"),
            (format!("{:.2}", ratio("1/3")), "0.33"),
            (format!("{:.0}", ratio("-5/2")), "-2"),
            (format!("{:.0}", ratio("7/2")), "4"),
            (format!("{:.40}", ratio("2/3")), "0.6666666666666666666666666666666666666667"),
            (format!("{:+}", ratio("1/3")), "+1/3"),
            (format!("{:>6}|{:<6}|", ratio("1/3"), ratio("1/3")), "   1/3|1/3   |"),
            (format!("{:.2}", share("0.375")), "37.50%"),
            (format!("{:.0}", share("0.375")), "38%"),
            (format!("{:.0}", share("0.365")), "36%"),
            (format!("{:7.1}|", share("0.4")), "  40.0%|"),
            (format!("{:.2}", quantity("1234.5 order")), "1234.50 order"),
            (format!("{:#.0}", quantity("1234.5 order")), "1,234 order"),
            (format!("{:+.1}", quantity("0.25 %")), "+0.2 %"),
            (format!("{:08.1}", quantity("-2.25")), "-00002.2"),
        ] {
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn long_division_needs_no_width() {
        assert_eq!(quotient_digits(u128::MAX - 1, u128::MAX, 3), "1000");
        assert_eq!(quotient_digits(1, u128::MAX, 3), "0000");
        assert_eq!(quotient_digits(u128::MAX, 2, 0), "170141183460469231731687303715884105728");
        assert_eq!(rounded("999".into(), 3, Some(2)), "1.00");
        assert_eq!(rounded("5".into(), 3, Some(2)), "0.00");
        assert_eq!(rounded("15".into(), 3, Some(2)), "0.02");
        assert_eq!(rounded("7".into(), -2, None), "700");
        assert_eq!(rounded("0".into(), -2, Some(1)), "0.0");
    }
}
