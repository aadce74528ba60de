//! How cells look: marks, digits in groups, widths, and rows of CSV.

use alloc::string::String;
use rust_decimal::{Decimal, RoundingStrategy};

/// How a table is shown.
#[derive(Default)]
pub(super) struct Look<'a> {
    /// How many decimals a column of numbers shows that has more.
    pub(super) decimals: Option<usize>,
    /// Digits stand in groups of three: `1,250,000`.
    pub(super) is_grouped: bool,
    /// Which cells, by row and column, bear a mark.
    pub(super) marked: Option<&'a Marked<'a>>,
}

/// Whether the cell of a row and a column is marked.
pub(super) type Marked<'a> = dyn Fn(&str, &str) -> bool + 'a;

/// What stands behind a figure that is marked.
pub(super) const MARK: &str = "*";

/// Whether a column's name says its unit: `clicks` are in `click`, and `clicks click` says nothing more. A pure number's
/// unit 1 is said by every name.
pub(super) fn names_unit(column: &str, unit: &str) -> bool {
    if unit == "1" {
        return true;
    }
    let says = |word: &str| word.strip_prefix(unit).is_some_and(|rest| matches!(rest, "" | "s" | "es"));
    unit.chars().all(char::is_alphabetic) && column.split(' ').any(says)
}

/// The digits of a plain number before its point in groups of three; any other text as it is.
pub(super) fn grouped(text: &str) -> String {
    let digits = text.trim_start_matches(['-', '+', '~']);
    let (whole, fraction) = digits.find('.').map_or((digits, ""), |point| digits.split_at(point));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    // A number with 0 in front is a code, not an amount.
    if whole.len() < 4 || whole.starts_with('0') || !plain(whole) || !plain(fraction.trim_start_matches('.'))
    {
        return text.into();
    }
    let sign = text.strip_suffix(digits).unwrap_or_default();
    let mut shown = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        // The group ends where the digits that are left are a multiple of three.
        if place > 0 && whole.len().abs_diff(place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown.push_str(fraction);
    shown
}

/// Adds a row of CSV (RFC 4180).
pub(super) fn csv_row<'a>(text: &mut String, fields: impl IntoIterator<Item = &'a str>) {
    for (index, field) in fields.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        if field.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push('\n');
}

/// A number with so many decimals, half to even; any other text as it is.
pub(super) fn rounded(text: &str, decimals: usize) -> String {
    // A cell is text by then: what is no number keeps its words.
    // Not through a float: a table must not show another digit than the figure has.
    let number = Decimal::from_str_exact(text).ok();
    let places = u32::try_from(decimals).ok().filter(|places| *places <= Decimal::MAX_SCALE);
    match number.zip(places) {
        Some((number, places)) => {
            let near = number.round_dp_with_strategy(places, RoundingStrategy::MidpointNearestEven);
            alloc::format!("{near:.decimals$}")
        }
        None => text.into(),
    }
}

pub(super) fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '~'))
}

/// How many columns of a terminal a text takes: two for East Asian wide and full-width characters.
pub(super) fn width(text: &str) -> usize {
    // The blocks that terminals show wide, without a table of Unicode: names of channels are Chinese or Latin.
    let of = |c: char| match u32::from(c) {
        0x1100..=0x115F
        | 0x2E80..=0x303E
        | 0x3041..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1F64F
        | 0x1F900..=0x1F9FF
        | 0x20000..=0x3FFFD => 2,
        0x0300..=0x036F | 0x200B..=0x200F => 0,
        _ => 1,
    };
    text.chars().map(of).sum()
}
