//! Reading of cell text: DMN's unary tests over numbers, texts and truths.
//!
//! The grammar is flat (no recursion), so that no text, however long, exhausts the stack:
//!
//! ```text
//! cell   = "" | "-" | list | "not(" list ")"
//! list   = "-" | choice { "," choice }
//! choice = ("<" | "<=" | ">" | ">=") number | ("[" | "(" | "]") number ".." number ("]" | ")" | "[") | value
//! value  = number | '"' text '"' | "true" | "false"
//! ```
//!
//! Numbers and marks are those of the crate's one grammar: `10,000` is a number, `1, 2` with a blank is a list, and
//! what could be either or neither (`1,2`, `10,00`) is refused with a hint. `5%` is 0.05, `10万` is 100000. Quotes are
//! `"` or a pair of `“` and `”`.

use super::unary_test::Choice;
use super::{CellTest, CellValue, DecisionError};
use crate::error::excerpt;
use crate::quantity::QuantityError;
use crate::quantity::grammar::{Fault, number, percent_sign, plain, strip_mark, trim_start};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Bound;
use core::str::FromStr;
use rust_decimal::Decimal;

impl FromStr for CellTest {
    type Err = DecisionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_test(text)
    }
}

impl FromStr for CellValue {
    type Err = DecisionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_value(text)
    }
}

fn parse_test(text: &str) -> Result<CellTest, DecisionError> {
    let mut cursor = Cursor::new(text);
    cursor.skip_space();
    if matches!(&*plain(cursor.rest), "" | "-") {
        return Ok(CellTest::any());
    }
    let negated = match cursor.rest.strip_prefix("not").map(|rest| strip_mark(trim_start(rest), '(')) {
        Some(Some(inner)) => {
            cursor.rest = inner;
            true
        }
        _ => false,
    };
    // `not(-)` holds nowhere: it is how a report writes an empty set, and it reads back.
    if negated && plain(cursor.rest).replace(' ', "") == "-)" {
        return Ok(CellTest::not(CellTest::any()));
    }
    let mut choices = Vec::new();
    loop {
        choices.push(cursor.choice()?);
        if !cursor.takes(",") {
            break;
        }
    }
    if negated && !cursor.takes(")") {
        return Err(cursor.expected("`,` or `)`"));
    }
    cursor.end("`,` or the end of the cell")?;
    let listed = CellTest::of(choices);
    Ok(if negated { CellTest::not(listed) } else { listed })
}

fn parse_value(text: &str) -> Result<CellValue, DecisionError> {
    let mut cursor = Cursor::new(text);
    cursor.skip_space();
    let value = cursor.value()?;
    cursor.end("the end of the value")?;
    Ok(value)
}

struct Cursor<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, rest: text }
    }

    #[cold]
    #[expect(clippy::arithmetic_side_effects, reason = "what is left is the end of the text")]
    fn expected(&self, expected: &'static str) -> DecisionError {
        let at = self.text.len() - self.rest.len();
        DecisionError::Syntax { text: excerpt(self.text), at, expected }
    }

    fn skip_space(&mut self) {
        self.rest = trim_start(self.rest);
    }

    /// Goes past `token` and the space before it, if it stands here.
    fn takes(&mut self, token: &str) -> bool {
        let behind = token.chars().try_fold(trim_start(self.rest), strip_mark);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }

    fn end(&self, expected: &'static str) -> Result<(), DecisionError> {
        if trim_start(self.rest).is_empty() { Ok(()) } else { Err(self.expected(expected)) }
    }

    fn choice(&mut self) -> Result<Choice, DecisionError> {
        self.skip_space();
        let at_most = |end| Choice::Within(Bound::Unbounded, Bound::Included(end));
        let at_least = |end| Choice::Within(Bound::Included(end), Bound::Unbounded);
        // The longer operators first: `<` is the beginning of `<=`.
        for (operator, interval) in [
            ("<=", at_most as fn(Decimal) -> Choice),
            (">=", at_least),
            ("≤", at_most),
            ("≥", at_least),
            ("<", |end| Choice::Within(Bound::Unbounded, Bound::Excluded(end))),
            (">", |end| Choice::Within(Bound::Excluded(end), Bound::Unbounded)),
        ] {
            if self.takes(operator) {
                return Ok(interval(self.number()?));
            }
        }
        for (bracket, lower) in [
            ("[", Bound::Included as fn(Decimal) -> Bound<Decimal>),
            ("(", Bound::Excluded),
            ("]", Bound::Excluded),
        ] {
            if self.takes(bracket) {
                return self.interval(lower);
            }
        }
        self.value().map(Choice::Is)
    }

    fn interval(&mut self, lower: fn(Decimal) -> Bound<Decimal>) -> Result<Choice, DecisionError> {
        let lower = lower(self.number()?);
        if !self.takes("..") {
            return Err(self.expected("`..`"));
        }
        let upper = self.number()?;
        let upper = if self.takes("]") {
            Bound::Included(upper)
        } else if self.takes(")") || self.takes("[") {
            Bound::Excluded(upper)
        } else {
            return Err(self.expected("`]` or `)`"));
        };
        Ok(Choice::Within(lower, upper))
    }

    fn value(&mut self) -> Result<CellValue, DecisionError> {
        for (open, close) in [('“', '”'), ('＂', '＂'), ('"', '"')] {
            if let Some(rest) = self.rest.strip_prefix(open) {
                self.rest = rest;
                return self.quoted(close).map(CellValue::Text);
            }
        }
        // Words before numbers: no number begins with a letter, and a word that is none gets the better message.
        let (word, rest) = self.word();
        match word {
            "true" | "false" => {
                self.rest = rest;
                Ok(CellValue::Truth(word == "true"))
            }
            "" => self.number().map(CellValue::Number),
            _ => Err(self.expected("a number, a text in quotes, `true` or `false`")),
        }
    }

    /// The letters that stand here, and what comes behind them. All of them: `truest` does not begin with `true`.
    fn word(&self) -> (&'a str, &'a str) {
        let end = self.rest.find(|character: char| !character.is_alphabetic());
        self.rest.split_at(end.unwrap_or(self.rest.len()))
    }

    /// The rest of a text after its opening quote, up to `close`; `\"` and `\\` are the only escapes.
    fn quoted(&mut self, close: char) -> Result<String, DecisionError> {
        let mut text = String::new();
        let mut characters = self.rest.chars();
        loop {
            match characters.next() {
                Some(character) if character == close => break,
                Some('\\') => match characters.next() {
                    Some(escaped) if escaped == close || matches!(escaped, '"' | '\\') => text.push(escaped),
                    _ => return Err(self.expected(r#"`"` or `\` after `\`"#)),
                },
                Some(character) => text.push(character),
                None => return Err(self.expected("a closing quote")),
            }
        }
        self.rest = characters.as_str();
        Ok(text)
    }

    fn number(&mut self) -> Result<Decimal, DecisionError> {
        self.skip_space();
        let (number, rest) = match number(self.rest) {
            Ok(read) => read,
            Err(Fault::NoNumber) => return Err(self.expected("a number of at most 28 digits")),
            Err(unclear @ Fault::Unclear { .. }) => return Err(unclear.of(self.text).into()),
        };
        let (places, rest) = percent_sign(rest).unwrap_or((0, rest));
        let value = number.value(places);
        let value = value.map_err(|_: QuantityError| self.expected("a number of at most 28 digits"))?;
        self.rest = rest;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    #[test]
    fn cells_are_read_and_written_back() {
        for (text, written) in [
            ("", "-"),
            (" - ", "-"),
            ("<2", "< 2"),
            ("  <=  -2.50 ", "<= -2.5"),
            ("]0.5..1[", "(0.5..1)"),
            ("(0 .. 1]", "(0..1]"),
            ("[0.5..1)", "[0.5..1)"),
            (r#""a","b""#, r#""a", "b""#),
            (r#"not ( "a" , "b" )"#, r#"not("a", "b")"#),
            (r#""not(\"x\")""#, r#""not(\"x\")""#),
            ("< 2, [5..6], 9", "< 2, [5..6], 9"),
            ("true", "true"),
            ("not(-)", "not(-)"),
            ("not ( － )", "not(-)"),
            ("< 10,000", "< 10000"),
            ("1, 2", "1, 2"),
            ("1,000, 2,000", "1000, 2000"),
            ("[1,000..20,000)", "[1000..20000)"),
            ("＜ １０，０００", "< 10000"),
            ("≥ 10万", ">= 100000"),
            (">= 80％", ">= 0.8"),
            ("［０．５．．１）", "[0.5..1)"),
            ("“kol”， \u{FEFF}\"a，b\"", r#""kol", "a，b""#),
            ("not（1， 2）", "not(1, 2)"),
            ("- 1", "error"),
        ] {
            let shown = text.parse::<CellTest>().map_or_else(|_| "error".into(), |test| test.to_string());
            assert_eq!(shown, written, "{text:?}");
            if let Ok(test) = text.parse::<CellTest>() {
                assert_eq!(written.parse::<CellTest>().unwrap(), test);
            }
        }
        // T2: what may be a number or a list is neither.
        for (text, hint) in [
            ("1,2", "write `12` or `1.2`, in a list a blank behind each comma"),
            ("< 10,00", "write `1000` or `10.00`"),
            ("not(1,2)", "write `12` or `1.2`"),
        ] {
            let refused = text.parse::<CellTest>().unwrap_err().to_string();
            assert!(refused.contains(hint), "{refused}");
        }
        assert_eq!("not(1)".parse::<CellTest>().unwrap(), CellTest::not(CellTest::is(dec!(1))));
    }

    #[test]
    fn what_is_no_test_is_refused_with_its_place() {
        for (text, at) in [
            ("kol", 0),
            ("< two", 2),
            ("[1..2", 5),
            ("[1 2]", 2),
            ("1,", 2),
            ("not(-", 4),
            ("not(1", 5),
            ("1 2", 1),
            ("= 2", 0),
            ("truest", 0),
            ("\"a", 1),
        ] {
            match text.parse::<CellTest>() {
                Err(DecisionError::Syntax { at: found, .. }) => assert_eq!(found, at, "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
    }
}
