//! The one grammar of numbers and marks in text, for every parser of the crate.
//!
//! ```text
//! number    = [ "-" | "+" ] magnitude [ numeral ]
//! magnitude = digit { digit } { "," digit digit digit } [ "." digit { digit } ]
//! numeral   = [ "十" | "百" | "千" ] ( "万" | "亿" | "万亿" )
//! percent   = number ( "%" | "‰" )
//! ```
//!
//! A comma between digits separates groups of three and nothing else; in a list a blank stands behind the comma.
//! What would be read by another country's habit as another number (`1,00`, `0,125`, `1.000,5`) is refused with
//! the forms that are clear. Full-width forms of digits and marks are read as their ASCII forms, every sort of
//! blank and invisible character as a blank. Names are never folded: they keep their own characters.

use super::QuantityError;
use super::exact::{MAX_MANTISSA, from_parts};
use crate::error::{excerpt, is_invisible};
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// Whether `c` parts words: white space of any sort, or a character that nobody sees.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// The ASCII character that `c` stands for as a mark or a digit; `c` itself where there is none. Letters stay,
/// because they may belong to a name.
pub(crate) fn folded(c: char) -> char {
    match c {
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' => c,
        '\u{FF01}'..='\u{FF5E}' => ascii_form(c),
        '‐' | '‑' | '‒' | '–' | '−' | '﹣' => '-',
        '﹢' => '+',
        '﹪' => '%',
        '﹐' => ',',
        '⁄' | '∕' => '/',
        '【' => '[',
        '】' => ']',
        '￥' => '¥',
        c if is_blank(c) => ' ',
        c => c,
    }
}

fn ascii_form(c: char) -> char {
    u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c)
}

/// A text without names as it is compared: every full-width form as ASCII, letters too, blanks as single spaces,
/// none at the ends.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    // ASCII without doubled blanks is its own plain form: nearly every text, and none is made for it.
    let is_plain = bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
        && !text.contains("  ")
        && !text.starts_with(' ')
        && !text.ends_with(' ');
    if is_plain {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in trim(text).chars() {
        match folded(c) {
            ' ' if plain.ends_with(' ') => {}
            c @ ('Ａ'..='Ｚ' | 'ａ'..='ｚ') => plain.push(ascii_form(c)),
            c => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

/// The text without the blanks at its ends.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// The text without the blanks at its start.
pub(crate) fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_blank)
}

/// The text without the blanks at its start, up to a line break: what stands on the next line is another word.
fn same_line(text: &str) -> &str {
    text.trim_start_matches(|c| is_blank(c) && c != '\n')
}

/// What follows the mark `mark` (in ASCII) that stands first, if it does.
pub(crate) fn strip_mark(text: &str, mark: char) -> Option<&str> {
    text.strip_prefix(|c| folded(c) == mark)
}

/// What follows these words, parted by single spaces in `words` and by blanks in the text, and a blank.
pub(crate) fn strip_words<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let mut rest = text;
    for word in words.split(' ') {
        rest = trim_start(rest).strip_prefix(word)?;
        if !rest.starts_with(is_blank) {
            return None;
        }
    }
    Some(trim_start(rest))
}

/// The items of a list, parted by each comma that does not stand between two digits.
pub(crate) fn list_items(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        #[expect(clippy::arithmetic_side_effects, reason = "the end of a character of the text is within it")]
        let behind = at + c.len_utf8();
        let after = text.split_at(behind).1.chars().next();
        // `1,000` is one item and `1, 000` are two: only a comma right between digits belongs to a number.
        let is_in_number = is_digit(before) && after.is_some_and(is_digit);
        if folded(c) == ',' && !is_in_number {
            // Both stand beside a character that was read, so that no cut goes through one.
            items.push(trim(text.split_at(at).0.split_at(start).1));
            start = behind;
        }
        before = c;
    }
    items.push(trim(text.split_at(start).1));
    items
}

fn is_digit(c: char) -> bool {
    folded(c).is_ascii_digit()
}

/// A number as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    negative: bool,
    /// ASCII digits, those of the fraction at the end.
    digits: String,
    fraction: usize,
    /// The power of ten of a numeral behind the digits.
    power: u8,
}

/// Why no number stands at the start of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No digit is there.
    NoNumber,
    /// The digits are parted in a way that has more than one reading.
    Unclear {
        /// The text of the number.
        text: String,
        /// How to write what may be meant.
        hint: String,
    },
}

impl Fault {
    /// The fault of a text that should have been a number.
    pub(crate) fn of(self, text: &str) -> QuantityError {
        match self {
            Self::NoNumber => QuantityError::NotANumber { text: excerpt(text) },
            Self::Unclear { text, hint } => QuantityError::Ambiguous { text, hint },
        }
    }
}

/// The number at the start of `text`, which may have blanks before it, and what follows it.
pub(crate) fn number(text: &str) -> Result<(Number, &str), Fault> {
    let start = trim_start(text);
    let (negative, unsigned) = match start.chars().next().map(folded) {
        Some('-') => (true, strip_mark(start, '-')),
        Some('+') => (false, strip_mark(start, '+')),
        _ => (false, None),
    };
    let unsigned = unsigned.unwrap_or(start);
    let (mut digits, mut rest) = digits(unsigned);
    if digits.is_empty() {
        return Err(Fault::NoNumber);
    }
    // All groups are read before any is judged, so that the hint can show the whole number.
    let first = digits.len();
    let mut in_threes = true;
    while let Some((group, after)) = more_digits(rest, ',') {
        in_threes &= group.len() == 3;
        digits.push_str(&group);
        rest = after;
    }
    let is_grouped = digits.len() > first;
    // `0,500` is no group of thousands: elsewhere it is a half.
    in_threes &= first <= 3 && !digits.starts_with('0');
    let mut fraction = 0;
    if let Some((decimals, after)) = more_digits(rest, '.') {
        fraction = decimals.len();
        digits.push_str(&decimals);
        rest = after;
    }
    let goes_on = more_digits(rest, ',').or_else(|| more_digits(rest, '.'));
    if (is_grouped && !in_threes) || goes_on.is_some() {
        return Err(unclear(start));
    }
    // A numeral belongs to the number only on its line: the next line of a column starts with another.
    let (power, rest) = numeral(same_line(rest)).unwrap_or((0, rest));
    Ok((Number { negative, digits, fraction, power }, rest))
}

/// The digits at the start of `text` as ASCII, and what follows them.
fn digits(text: &str) -> (String, &str) {
    let (run, rest) = text.split_at(text.find(|c| !is_digit(c)).unwrap_or(text.len()));
    (run.chars().map(folded).collect(), rest)
}

/// The digits behind `mark` at the start of `text`, where there are any.
fn more_digits(text: &str, mark: char) -> Option<(String, &str)> {
    let (digits, rest) = digits(strip_mark(text, mark)?);
    (!digits.is_empty()).then_some((digits, rest))
}

#[cold]
fn unclear(start: &str) -> Fault {
    let is_part = |c: char| is_digit(c) || matches!(folded(c), ',' | '.' | '-' | '+');
    let (text, _) = start.split_at(start.find(|c| !is_part(c)).unwrap_or(start.len()));
    let text: String = text.trim_end_matches(|c| !is_digit(c)).chars().map(folded).collect();
    let whole: String = text.chars().filter(|c| !matches!(c, ',' | '.')).collect();
    let decimals = text.rfind([',', '.']).and_then(|at| {
        let before: String = text.get(..at)?.chars().filter(|c| !matches!(c, ',' | '.')).collect();
        Some(format!("{before}.{}", text.get(at..)?.get(1..)?))
    });
    // The caller knows what was meant, and we do not: the hint shows both readings.
    let hint = match decimals {
        _ if text.len() > 40 => "write it without separators".into(),
        Some(decimals) => {
            format!("write `{whole}` or `{decimals}`, in a list a blank behind each comma")
        }
        None => format!("write `{whole}`"),
    };
    Fault::Unclear { text: excerpt(&text), hint }
}

/// The power of ten of the Chinese numeral at the start of `text`, and what follows it: 4 for `万`, 8 for `亿`.
pub(crate) fn numeral(text: &str) -> Option<(u8, &str)> {
    let mut characters = text.chars();
    let mut next = characters.next()?;
    let mut power: u8 = match next {
        '十' => 1,
        '百' => 2,
        '千' => 3,
        _ => 0,
    };
    if power > 0 {
        next = characters.next()?;
    }
    let rest = characters.as_str();
    let (myriads, rest) = match next {
        '万' | '萬' => rest.strip_prefix(['亿', '億']).map_or((4, rest), |rest| (12, rest)),
        '亿' | '億' => (8, rest),
        _ => return None,
    };
    power = power.checked_add(myriads)?;
    Some((power, rest))
}

/// The power of ten of the percent or per-mille sign at the start of `text`, which may have blanks before it, and
/// what follows it.
pub(crate) fn percent_sign(text: &str) -> Option<(u8, &str)> {
    let text = same_line(text);
    strip_mark(text, '%').map(|rest| (2, rest)).or_else(|| text.strip_prefix('‰').map(|rest| (3, rest)))
}

impl Number {
    /// The value, divided by `10^places`.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the digits are ASCII, and what is cut off is a part of them"
    )]
    pub(crate) fn value(&self, places: u8) -> Result<Decimal, QuantityError> {
        let inexact = || QuantityError::Inexact { operation: excerpt(&self.text()) };
        // Zeros at either end carry no value; without them a long text may still be exact.
        let significant = self.digits.trim_end_matches('0');
        let zeros = self.digits.len() - significant.len();
        let mantissa = significant
            .bytes()
            .try_fold(0_u128, |value, byte| value.checked_mul(10)?.checked_add(u128::from(byte - b'0')))
            .filter(|mantissa| *mantissa <= MAX_MANTISSA)
            .ok_or_else(inexact)?;
        if mantissa == 0 {
            return Ok(Decimal::ZERO);
        }
        // The decimals and the percent sign move the point one way, cut zeros and numerals the other: what is left counts.
        let down = self.fraction.checked_add(places.into()).ok_or_else(inexact)?;
        let up = zeros.checked_add(self.power.into()).ok_or_else(inexact)?;
        let value = match (down.checked_sub(up), up.checked_sub(down)) {
            (Some(scale), _) => {
                u32::try_from(scale).ok().and_then(|scale| from_parts(self.negative, mantissa, scale))
            }
            (None, Some(up)) => u32::try_from(up)
                .ok()
                .and_then(|up| 10_u128.checked_pow(up))
                .and_then(|factor| mantissa.checked_mul(factor))
                .and_then(|mantissa| from_parts(self.negative, mantissa, 0)),
            (None, None) => None,
        };
        value.map(|value| value.normalize()).ok_or_else(inexact)
    }

    /// The value where it is whole and stands without decimals, of up to 128 bits, and whether it is negative.
    pub(crate) fn whole(&self) -> Option<Result<(bool, u128), QuantityError>> {
        if self.fraction > 0 {
            return None;
        }
        let whole = self.digits.parse::<u128>().ok();
        let whole = whole.and_then(|whole| whole.checked_mul(10_u128.checked_pow(self.power.into())?));
        let inexact = || QuantityError::Inexact { operation: excerpt(&self.text()) };
        Some(whole.map(|whole| (self.negative, whole)).ok_or_else(inexact))
    }

    pub(crate) const fn negated(mut self) -> Self {
        self.negative = !self.negative;
        self
    }

    #[expect(clippy::arithmetic_side_effects, reason = "the digits of the fraction are some of the digits")]
    fn text(&self) -> String {
        let (whole, fraction) = self.digits.split_at(self.digits.len() - self.fraction);
        let point = if fraction.is_empty() { "" } else { "." };
        let sign = if self.negative { "-" } else { "" };
        let power = if self.power == 0 { String::new() } else { format!(" * 10^{}", self.power) };
        format!("{sign}{whole}{point}{fraction}{power}")
    }
}

/// Reads a plain number, with nothing but blanks beside it.
pub(crate) fn parse_decimal(text: &str) -> Result<Decimal, QuantityError> {
    // Nearly every number of a document is this short and plain: no text is made for it.
    if let Some(value) = short_decimal(text) {
        return Ok(value);
    }
    let (number, rest) = number(text).map_err(|fault| fault.of(text))?;
    if trim_start(rest).is_empty() {
        number.value(0)
    } else {
        Err(QuantityError::NotANumber { text: excerpt(text) })
    }
}

/// Reads a whole number of things, with nothing but blanks beside it.
pub(crate) fn count(text: &str) -> Option<u64> {
    let (number, rest) = number(text).ok()?;
    let (negative, count) = number.whole().filter(|_| trim_start(rest).is_empty())?.ok()?;
    u64::try_from(count).ok().filter(|_| !negative)
}

/// A number of at most 18 ASCII digits with at most one point among them.
fn short_decimal(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix('-');
    let (whole, fraction) =
        unsigned.unwrap_or(text).split_once('.').unwrap_or((unsigned.unwrap_or(text), "0"));
    // 18 digits fit 64 bits without a look at each product.
    if whole.is_empty() || fraction.is_empty() || whole.len().checked_add(fraction.len())? > 18 {
        return None;
    }
    let mantissa = whole.bytes().chain(fraction.bytes()).try_fold(0_u64, |value, byte| {
        // Below `0` it wraps to far above 9, so that one comparison refuses every other byte.
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 { value.checked_mul(10)?.checked_add(digit.into()) } else { None }
    })?;
    let scale = u32::try_from(fraction.len()).ok()?;
    from_parts(unsigned.is_some() && mantissa != 0, mantissa.into(), scale).map(|value| value.normalize())
}

/// Reads a number or a percentage: `0.4`, `40%`, `400 ‰`.
pub(crate) fn parse_share(text: &str) -> Result<Decimal, QuantityError> {
    let (number, rest) = number(text).map_err(|fault| fault.of(text))?;
    let (places, rest) = percent_sign(rest).unwrap_or((0, rest));
    if trim_start(rest).is_empty() {
        number.value(places)
    } else {
        Err(QuantityError::NotANumber { text: excerpt(text) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Count, Money, Quantity, Ratio, Share, Unit};
    use alloc::string::ToString;
    use rust_decimal::dec;

    /// T2: one grammar reads every number, and what has two readings in none.
    #[test]
    fn a_number_is_read_in_one_way_or_refused_with_a_hint() {
        for (text, value) in [
            ("0", dec!(0)),
            ("-0", dec!(0)),
            ("+7", dec!(7)),
            ("007", dec!(7)),
            (" 1 ", dec!(1)),
            ("1,000", dec!(1000)),
            ("-12,345,678.90", dec!(-12345678.9)),
            ("１，０００．５", dec!(1000.5)),
            ("－２．５", dec!(-2.5)),
            ("\u{FEFF}5\u{A0}", dec!(5)),
            ("\u{3000}5", dec!(5)),
            ("100万", dec!(1000000)),
            ("3.5亿", dec!(350000000)),
            ("1.2万亿", dec!(1200000000000)),
            ("3千万", dec!(30000000)),
            ("-5 万", dec!(-50000)),
            ("-000.1000000000000000000000000000000000", dec!(-0.1)),
            ("123456789012345678.5", dec!(123456789012345678.5)),
        ] {
            assert_eq!(parse_decimal(text).unwrap(), value, "{text:?}");
        }
        for (text, hint) in [
            ("1,00", "write `100` or `1.00`"),
            ("12,34", "write `1234` or `12.34`"),
            ("1,0000", "write `10000` or `1.0000`"),
            ("0,125", "write `0125` or `0.125`"),
            ("1.000,5", "write `10005` or `1000.5`"),
            ("1.234.567", "write `1234567` or `1234.567`"),
            ("1000,000", "write `1000000` or `1000.000`"),
        ] {
            let refused = parse_decimal(text).unwrap_err().to_string();
            assert!(refused.starts_with(&format!("`{text}` is ambiguous: {hint}")), "{refused}");
        }
        for bad in [
            "", "-", ".", ".5", "5.", "1e3", "1_000", "1'000", "1 000", "NaN", "0x1", "--1", "- 1", "5%",
            "1,", "五",
        ] {
            assert!(matches!(parse_decimal(bad), Err(QuantityError::NotANumber { .. })), "{bad:?}");
        }
        for long in
            ["0.00000000000000000000000000001", "79228162514264337593543950336", "9999999999999999999999万亿"]
        {
            assert!(matches!(parse_decimal(long), Err(QuantityError::Inexact { .. })), "{long:?}");
        }
    }

    /// T2: every type reads the same forms.
    #[test]
    fn all_types_read_one_grammar() {
        let money = |text: &str| Money::parse(text).map(|money| money.to_string());
        for text in [
            "1000000 CNY",
            "1,000,000.00 CNY",
            "100万 CNY",
            "100 万 CNY",
            "CNY 100万",
            "CNY1000000",
            "1000000CNY",
            "¥1,000,000 CNY",
            "￥１００万 ＣＮＹ",
            "CNY ¥1000000",
            "100万元 CNY",
            "CN¥1000000",
        ] {
            assert_eq!(money(text).as_deref(), Ok("1,000,000.00 CNY"), "{text}");
        }
        for text in ["-5 EUR", "-€5", "€-5", "€ −5", "-EUR 5", "EUR -5", "-€5 EUR"] {
            assert_eq!(money(text).as_deref(), Ok("-5.00 EUR"), "{text}");
        }
        for (text, hint) in [
            ("¥100", "`¥` may be CNY or JPY: write `¥100 CNY`"),
            ("100元", "`元` may be CNY, HKD, TWD or MOP: write `100元 CNY`"),
            ("¥100 USD", "`¥` is CNY or JPY, not USD"),
            ("1,00 CNY", "write `100` or `1.00`, in a list a blank behind each comma"),
        ] {
            let refused = Money::parse(text).unwrap_err();
            assert!(
                matches!(refused, QuantityError::Ambiguous { .. }) && refused.to_string().ends_with(hint),
                "{refused}"
            );
        }
        for bad in
            ["", "CNY", "12", "1 2 CNY", "--1 CNY", "-¥-1 CNY", "5 CNY CNY", "5% CNY", "CNY 5 USD", "RMB 5"]
        {
            assert!(Money::parse(bad).is_err(), "{bad}");
        }
        let quantity = |text: &str| text.parse::<Quantity>().unwrap();
        assert_eq!(quantity("CNY 1,000"), quantity("1000 CNY"));
        assert_eq!(quantity("5％"), quantity("5 %"));
        assert_eq!(quantity("100万元"), quantity("1000000 元"));
        assert_eq!(quantity("100 万元"), quantity("1000000 元"));
        assert_eq!(quantity("100 10000 CNY").value(), dec!(100));
        assert!("1e3".parse::<Quantity>().is_err() && "1 000 CNY".parse::<Quantity>().is_err());
        assert_eq!("5万".parse::<Count>().unwrap(), Count::new(50_000));
        assert_eq!("４０％".parse::<Share>().unwrap(), "400‰".parse().unwrap());
        for text in ["96%", "0.96", "24/25", "２４／２５", "+24/25", "2,400 / 2,500", "2.4/2.5", "960‰"]
        {
            assert_eq!(text.parse::<Ratio>().unwrap().to_string(), "24/25", "{text}");
        }
    }

    /// T3: full-width marks are marks, in units too; names keep their characters.
    #[test]
    fn full_width_marks_are_read_as_ascii() {
        let unit = |text: &str| text.parse::<Unit>();
        assert_eq!(unit("％"), Ok(Unit::PERCENT));
        assert_eq!(unit("元／单").unwrap(), unit("元/单").unwrap());
        assert_eq!(unit("CNY／１０００\u{3000}曝光"), unit("CNY/1000 曝光"));
        assert_eq!(unit("m＾２"), unit("m^2"));
        assert_eq!(unit("万元"), unit("10000 元"));
        assert_eq!(unit("元/万次"), unit("元/10000 次"));
        assert_eq!(unit("渠道１").unwrap().to_string(), "渠道１");
        for name in ["a％", "（a）", "\u{FEFF}a", "a\u{200B}", "万元", "百分点", "a／b"] {
            assert!(Unit::base(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_list_is_parted_outside_of_numbers() {
        assert_eq!(list_items("a, b ,c"), ["a", "b", "c"]);
        assert_eq!(list_items("1,000 a，１，０００"), ["1,000 a", "１，０００"]);
        assert_eq!(list_items(""), [""]);
    }
}
