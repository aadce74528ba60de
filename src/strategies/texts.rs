//! Texts that are hard to write and to read back.

use crate::quantity::Unit;
use alloc::string::String;
use proptest::collection::vec;
use proptest::prelude::Strategy;
use proptest::prop_oneof;
use proptest::sample::select;

/// Pieces of which texts are made: quotes, marks of the grammars, keywords, full-width forms, blanks, marks of direction,
/// digits.
const PIECES: [&str; 60] = [
    "a", "é", "\"", "'", "\\", "\\n", "(", ")", "[", "]", "{", "}", ",", ";", "#", "=", "+", "-", "*", "/",
    "%", ".", ".*", ":", "^", "sum", "sum(", "owner", "lower", "ratio", "higher", "not", "true", "null",
    "and", "at least", "linear", "（", "）", "［", "｛", "，", "；", "＃", "＝", "｀", "１", "Ａ", "渠道",
    " ", "\u{3000}", "\u{A0}", "\u{2028}", "\u{200F}", "\u{202E}", "\u{2066}", "\u{FEFF}", "\u{301}", "9",
    "1e5",
];

/// Texts that are hard to write and to read back: marks of the grammars, keywords, quotes, blanks of every width.
///
/// Mean size 4.2 characters; 20 % are edges: one character.
///
/// # Examples
/// ```
/// use marketloop::decision::CellValue;
/// use marketloop::strategies::texts;
/// use proptest::prelude::*;
///
/// proptest!(|(text in texts())| {
///     let value = CellValue::Text(text);
///     prop_assert_eq!(value.to_string().parse::<CellValue>(), Ok(value));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn texts() -> impl Strategy<Value = String> + Clone {
    let piece = prop_oneof![9 => select(&PIECES[..]).prop_map(String::from), 1 => "\\PC"];
    vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

/// Names of units that look like something else.
const UNITS: [&str; 17] = [
    "a",
    "and",
    "a,",
    ",",
    "-",
    "&a",
    ".5",
    "..",
    "inverse",
    "linear",
    "渠道１",
    "a，b",
    "千人",
    "e3",
    "x万",
    "#",
    "{",
];

/// Units whose names look like something else: words and marks of the grammars, numbers, full-width forms; up to three of them,
/// above the line and below, with powers of ten.
///
/// Mean size 7.4 characters; 30 % are edges: no unit at all, a power of ten alone.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::odd_units;
/// use proptest::prelude::*;
///
/// proptest!(|(unit in odd_units())| laws::reads_its_own_text(&unit)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn odd_units() -> impl Strategy<Value = Unit> + Clone {
    let drawn = texts().prop_map(|text| Unit::base(&text).or_else(|_| Unit::base("`")));
    let listed = select(&UNITS[..]).prop_map(Unit::base);
    let base = prop_oneof![1 => listed, 1 => drawn];
    vec((base, -2_i8..=2, 0_u32..4), 0..4).prop_map(|factors| {
        factors.into_iter().fold(Unit::ONE, |unit, (base, exponent, zeros)| {
            let tens: Unit = "10".parse().unwrap_or_default();
            // Whatever leaves the range of exponents is left out.
            let times = |unit: Unit, factor: &Unit, above: bool, count: u32| {
                (0..count).fold(unit, |unit, _| {
                    if above { unit.times(factor) } else { unit.per(factor) }.unwrap_or(unit)
                })
            };
            let unit = times(unit, &tens, zeros % 2 == 0, zeros);
            let base = base.unwrap_or_default();
            times(unit, &base, exponent > 0, exponent.unsigned_abs().into())
        })
    })
}
