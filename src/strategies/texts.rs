//! Texts that are hard to write and to read back.

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
