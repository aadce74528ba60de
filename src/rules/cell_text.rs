//! Reading of cell text: DMN's unary tests over numbers, texts and truths.
//!
//! The grammar is flat (no recursion), so that no text, however long, exhausts the stack:
//!
//! ```text
//! cell   = "" | "-" | list | "not(" list ")"
//! list   = choice { "," choice }
//! choice = ("<" | "<=" | ">" | ">=") number | ("[" | "(" | "]") number ".." number ("]" | ")" | "[") | value
//! value  = number | '"' text '"' | "true" | "false"
//! ```

use super::{Choice, Interval, RulesError, Test, Value};
use crate::error::excerpt;
use crate::quantity::parse_decimal;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Bound;
use rust_decimal::Decimal;

pub(super) fn parse_test(text: &str) -> Result<Test, RulesError> {
    let mut cursor = Cursor::new(text);
    cursor.skip_space();
    if matches!(cursor.rest.trim_end(), "" | "-") {
        return Ok(Test::any());
    }
    let negated = match cursor.rest.strip_prefix("not").map(|rest| rest.trim_start().strip_prefix('(')) {
        Some(Some(inner)) => {
            cursor.rest = inner;
            true
        }
        _ => false,
    };
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
    let listed = Test::one_of(choices);
    Ok(if negated { Test::not(listed) } else { listed })
}

pub(super) fn parse_value(text: &str) -> Result<Value, RulesError> {
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
    fn expected(&self, expected: &'static str) -> RulesError {
        let at = self.text.len().saturating_sub(self.rest.len());
        RulesError::Syntax { text: excerpt(self.text), at, expected }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Goes past `token` and the space before it, if it stands here.
    fn takes(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn end(&self, expected: &'static str) -> Result<(), RulesError> {
        if self.rest.trim_start().is_empty() { Ok(()) } else { Err(self.expected(expected)) }
    }

    fn choice(&mut self) -> Result<Choice, RulesError> {
        self.skip_space();
        for (operator, interval) in [
            ("<=", Interval::at_most as fn(Decimal) -> Interval),
            (">=", Interval::at_least),
            ("<", Interval::below),
            (">", Interval::above),
        ] {
            if self.takes(operator) {
                return Ok(Choice::Within(interval(self.number()?)));
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

    fn interval(&mut self, lower: fn(Decimal) -> Bound<Decimal>) -> Result<Choice, RulesError> {
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
        Ok(Choice::Within(Interval::between(lower, upper)))
    }

    fn value(&mut self) -> Result<Value, RulesError> {
        if self.takes("\"") {
            return self.quoted().map(Value::Text);
        }
        let word = self.word();
        match word {
            "true" | "false" => {
                self.rest = self.rest.get(word.len()..).unwrap_or_default();
                Ok(Value::Truth(word == "true"))
            }
            "" => self.number().map(Value::Number),
            _ => Err(self.expected("a number, a text in quotes, `true` or `false`")),
        }
    }

    fn word(&self) -> &'a str {
        let end = self.rest.find(|character: char| !character.is_alphabetic()).unwrap_or(self.rest.len());
        self.rest.get(..end).unwrap_or_default()
    }

    /// The rest of a text after its opening quote; `\"` and `\\` are the only escapes.
    fn quoted(&mut self) -> Result<String, RulesError> {
        let mut text = String::new();
        let mut characters = self.rest.chars();
        loop {
            match characters.next() {
                Some('"') => break,
                Some('\\') => match characters.next() {
                    Some(escaped @ ('"' | '\\')) => text.push(escaped),
                    _ => return Err(self.expected(r#"`"` or `\` after `\`"#)),
                },
                Some(character) => text.push(character),
                None => return Err(self.expected("a closing quote")),
            }
        }
        self.rest = characters.as_str();
        Ok(text)
    }

    fn number(&mut self) -> Result<Decimal, RulesError> {
        self.skip_space();
        let bytes = self.rest.as_bytes();
        let digits = |from: usize| {
            bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
        };
        let sign = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
        let whole = sign.saturating_add(digits(sign));
        let fraction = digits(whole.saturating_add(1));
        // In `0.5..1` the second point belongs to the interval, not to the number.
        let end = if bytes.get(whole) == Some(&b'.') && fraction > 0 {
            whole.saturating_add(1).saturating_add(fraction)
        } else {
            whole
        };
        let text = self.rest.get(..end).unwrap_or_default();
        let number = parse_decimal(text).map_err(|_| self.expected("a number of at most 28 digits"))?;
        self.rest = self.rest.get(end..).unwrap_or_default();
        Ok(number)
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
            ("- 1", "error"),
        ] {
            let shown = text.parse::<Test>().map_or_else(|_| "error".into(), |test| test.to_string());
            assert_eq!(shown, written, "{text:?}");
            if let Ok(test) = text.parse::<Test>() {
                assert_eq!(written.parse::<Test>().unwrap(), test);
            }
        }
        assert_eq!("not(1)".parse::<Test>().unwrap(), Test::not(Test::is(dec!(1))));
    }

    #[test]
    fn what_is_no_test_is_refused_with_its_place() {
        for (text, at) in [
            ("kol", 0),
            ("< two", 2),
            ("[1..2", 5),
            ("[1 2]", 2),
            ("1,", 2),
            ("not(-)", 4),
            ("not(1", 5),
            ("1 2", 1),
            ("= 2", 0),
            ("truest", 0),
            ("\"a", 1),
        ] {
            match text.parse::<Test>() {
                Err(RulesError::Syntax { at: found, .. }) => assert_eq!(found, at, "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
    }
}
