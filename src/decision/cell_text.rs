//! Reading of cell text: DMN's unary tests over numbers, texts, truths, dates, durations and lists.
//!
//! The grammar is flat (no recursion), so that no text, however long, exhausts the stack:
//!
//! ```text
//! cell     = "" | "-" | "given" | tests | "not(" ( "-" | tests ) ")"
//! tests    = choice { "," choice } | "missing" "," "not(" choice { "," choice } ")"
//! choice   = ("<" | "<=" | ">" | ">=") end | ("[" | "(" | "]") end ".." end ("]" | ")" | "[") | value
//!          | "contains" part { "and" part } | "missing"
//! part     = text | ("any" | "all" | "none") "(" [ text { "," text } ] ")"
//! value    = end | text | "true" | "false"
//! end      = number | date | duration
//! text     = '"' characters '"'
//! date     = year "-" month "-" day
//! duration = number ("second" | "minute" | "hour" | "day") [ "s" ]
//! ```
//!
//! Numbers and marks are those of the crate's one grammar: `10,000` is a number, `1, 2` with a blank is a list, and
//! what could be either or neither (`1,2`, `10,00`) is refused with a hint. `5%` is 0.05, `10万` is 100000. Quotes are
//! `"` or a pair of `“` and `”`.

use super::contents::{Contents, Wanted};
use super::unary_test::Choice;
use super::{CellTest, CellValue, DecisionError};
use crate::error::excerpt;
use crate::quantity::QuantityError;
use crate::quantity::grammar::{Fault, Number, folded, number, percent_sign, plain, strip_mark, trim_start};
use crate::time::{Duration, NaiveDate, date, parse_date};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Bound;
use core::str::FromStr;

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
    match &*plain(cursor.rest) {
        "" | "-" => return Ok(CellTest::any()),
        "given" => return Ok(CellTest::given()),
        _ => {}
    }
    let negated = cursor.opens_not();
    // `not(-)` holds nowhere: it is how a report writes an empty set, and it reads back.
    if negated && plain(cursor.rest).replace(' ', "") == "-)" {
        return Ok(CellTest::not(CellTest::any()));
    }
    let listed = cursor.tests()?;
    if negated && !cursor.takes(")") {
        return Err(cursor.expected("`,` or `)`"));
    }
    cursor.end("`,` or the end of the cell")?;
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

    /// Goes past `not(`, if it stands here.
    fn opens_not(&mut self) -> bool {
        let inner =
            trim_start(self.rest).strip_prefix("not").and_then(|rest| strip_mark(trim_start(rest), '('));
        self.rest = inner.unwrap_or(self.rest);
        inner.is_some()
    }

    /// Goes past a word, if it stands here.
    fn takes_word(&mut self, wanted: &str) -> bool {
        let Some(behind) = trim_start(self.rest).strip_prefix(wanted) else { return false };
        // All letters belong to a word: `missingly` does not begin with `missing`.
        let is_here = !behind.starts_with(char::is_alphabetic);
        self.rest = if is_here { behind } else { self.rest };
        is_here
    }

    /// A list of choices, of which `missing` may be one; or `missing` and none of the choices.
    fn tests(&mut self) -> Result<CellTest, DecisionError> {
        let mut choices = Vec::new();
        let (mut missing, mut negated) = (false, false);
        loop {
            if self.takes_word("missing") {
                missing = true;
            } else {
                // Only here it says what no list does: missing facts, and all but some values.
                if missing && choices.is_empty() && !negated {
                    negated = self.opens_not();
                }
                choices.push(self.choice()?);
            }
            if !self.takes(",") {
                break;
            }
        }
        if negated && !self.takes(")") {
            return Err(self.expected("`,` or `)`"));
        }
        let listed = CellTest::of(choices);
        let listed = if negated { CellTest::not(listed) } else { listed };
        Ok(if missing { listed.or_missing() } else { listed })
    }

    fn choice(&mut self) -> Result<Choice, DecisionError> {
        self.skip_space();
        if self.takes_word("contains") {
            return self.contents().map(Choice::Contains);
        }
        let at_most = |end| Choice::Within(Bound::Unbounded, Bound::Included(end));
        let at_least = |end| Choice::Within(Bound::Included(end), Bound::Unbounded);
        // The longer operators first: `<` is the beginning of `<=`.
        for (operator, interval) in [
            ("<=", at_most as fn(CellValue) -> Choice),
            (">=", at_least),
            ("≤", at_most),
            ("≥", at_least),
            ("<", |end| Choice::Within(Bound::Unbounded, Bound::Excluded(end))),
            (">", |end| Choice::Within(Bound::Excluded(end), Bound::Unbounded)),
        ] {
            if self.takes(operator) {
                return Ok(interval(self.ordered()?));
            }
        }
        for (bracket, lower) in [
            ("[", Bound::Included as fn(CellValue) -> Bound<CellValue>),
            ("(", Bound::Excluded),
            ("]", Bound::Excluded),
        ] {
            if self.takes(bracket) {
                return self.interval(lower);
            }
        }
        self.value().map(Choice::Is)
    }

    fn interval(&mut self, lower: fn(CellValue) -> Bound<CellValue>) -> Result<Choice, DecisionError> {
        let from = self.ordered()?;
        let kind = from.kind();
        let lower = lower(from);
        if !self.takes("..") {
            return Err(self.expected("`..`"));
        }
        self.skip_space();
        let before = self.rest;
        let upper = self.ordered()?;
        if upper.kind() != kind {
            self.rest = before;
            return Err(self.expected("an end of the kind of the first"));
        }
        let upper = if self.takes("]") {
            Bound::Included(upper)
        } else if self.takes(")") || self.takes("[") {
            Bound::Excluded(upper)
        } else {
            return Err(self.expected("`]` or `)`"));
        };
        Ok(Choice::Within(lower, upper))
    }

    /// What stands behind `contains`.
    fn contents(&mut self) -> Result<Contents, DecisionError> {
        let mut contents = Contents::new();
        loop {
            let words = [("any", Wanted::Any), ("all", Wanted::All), ("none", Wanted::None)];
            let wanted = words.into_iter().find(|(word, _)| self.takes_word(word)).map(|(_, wanted)| wanted);
            contents = if let Some(wanted) = wanted {
                contents.and(wanted, self.names()?)
            } else {
                let expected = "a text in quotes, `any (`, `all (` or `none (`";
                let name = self.text()?.ok_or_else(|| self.expected(expected))?;
                contents.and(Wanted::All, alloc::vec![name])
            };
            if !self.takes_word("and") {
                return Ok(contents);
            }
        }
    }

    fn names(&mut self) -> Result<Vec<String>, DecisionError> {
        if !self.takes("(") {
            return Err(self.expected("`(`"));
        }
        let mut names = Vec::new();
        while names.is_empty() || self.takes(",") {
            match self.text()? {
                Some(name) => names.push(name),
                None if names.is_empty() => break,
                None => return Err(self.expected("a text in quotes")),
            }
        }
        if self.takes(")") { Ok(names) } else { Err(self.expected("`,` or `)`")) }
    }

    /// The text in quotes, if one stands here.
    fn text(&mut self) -> Result<Option<String>, DecisionError> {
        self.skip_space();
        for (open, close) in [('“', '”'), ('＂', '＂'), ('"', '"')] {
            if let Some(rest) = self.rest.strip_prefix(open) {
                self.rest = rest;
                return self.quoted(close).map(Some);
            }
        }
        Ok(None)
    }

    fn value(&mut self) -> Result<CellValue, DecisionError> {
        if let Some(text) = self.text()? {
            return Ok(CellValue::Text(text));
        }
        // Words before numbers: no number begins with a letter, and a word that is none gets the better message.
        let (word, rest) = word(self.rest);
        match word {
            "true" | "false" => {
                self.rest = rest;
                Ok(CellValue::Truth(word == "true"))
            }
            "" => self.ordered(),
            _ => Err(self.expected("a number, a text in quotes, `true` or `false`")),
        }
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

    /// A value that has an order: a date, a duration or a number.
    fn ordered(&mut self) -> Result<CellValue, DecisionError> {
        self.skip_space();
        if let Some(date) = self.date()? {
            return Ok(CellValue::Date(date));
        }
        let (number, rest) = match number(self.rest) {
            Ok(read) => read,
            Err(Fault::NoNumber) => return Err(self.expected("a number of at most 28 digits")),
            Err(unclear @ Fault::Unclear { .. }) => return Err(unclear.of(self.text).into()),
        };
        if let Some(duration) = self.duration(&number, rest)? {
            return Ok(CellValue::Duration(duration));
        }
        let (places, rest) = percent_sign(rest).unwrap_or((0, rest));
        let value = number.value(places);
        let value = value.map_err(|_: QuantityError| self.expected("a number of at most 28 digits"))?;
        self.rest = rest;
        Ok(CellValue::Number(value))
    }

    /// The date that stands here, if one does: before a number is looked for, which `2026` of it would be.
    fn date(&mut self) -> Result<Option<NaiveDate>, DecisionError> {
        // Nearly every number is none, and is told from one by where a date has its first dash.
        if self.rest.chars().nth(YEAR_LENGTH).map(folded) != Some('-') {
            return Ok(None);
        }
        let end = self.rest.char_indices().nth(DATE_LENGTH).map_or(self.rest.len(), |(at, _)| at);
        let (form, rest) = self.rest.split_at(end);
        let goes_on = rest.starts_with(|next: char| next.is_alphanumeric() || folded(next) == '-');
        let form: String = form.chars().map(folded).collect();
        let Some((year, month, day)) = parse_date(&form).filter(|_| !goes_on) else { return Ok(None) };
        let date = date(year, month, day).map_err(|_| self.expected("a day of the calendar"))?;
        self.rest = rest;
        Ok(Some(date))
    }

    /// The duration of this number of units, where a unit follows it.
    fn duration(&mut self, count: &Number, rest: &'a str) -> Result<Option<Duration>, DecisionError> {
        let (unit, behind) = word(trim_start(rest));
        if unit.is_empty() || !Duration::has_unit(unit) {
            return Ok(None);
        }
        let whole = count.whole().and_then(Result::ok).filter(|(negative, _)| !negative);
        let count = whole.and_then(|(_, count)| u64::try_from(count).ok());
        let duration = count.and_then(|count| Duration::of_units(count, unit));
        let duration =
            duration.ok_or_else(|| self.expected("a whole number of units, at most 64 bits of seconds"))?;
        self.rest = behind;
        Ok(Some(duration))
    }
}

/// The characters of a year.
const YEAR_LENGTH: usize = 4;

/// The characters of a date.
const DATE_LENGTH: usize = 10;

/// The letters at the start of a text, and what comes behind them. All of them: `truest` does not begin with `true`.
fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|character: char| !character.is_alphabetic()).unwrap_or(text.len()))
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
            ("2026-07-01", "2026-07-01"),
            ("<2026-07-01", "< 2026-07-01"),
            ("［ ２０２６-０７－０１ .. 2026-09-30 ］", "[2026-07-01..2026-09-30]"),
            ("2026-07-01, > 2026-12-31", "2026-07-01, > 2026-12-31"),
            ("not(2024-02-29)", "not(2024-02-29)"),
            ("2026-07-01T00:00:00Z", "error"),
            ("3 days", "72 hours"),
            (">= 90 minutes", ">= 90 minutes"),
            ("[1 hour..1,000 hours)", "[1 hour..1000 hours)"),
            ("0 seconds, 1day", "0 seconds, 24 hours"),
            ("1.5 hours", "error"),
            ("-1 hours", "error"),
            ("5 weeks", "error"),
            ("[1 hour..2]", "error"),
            ("[1..2026-07-01]", "error"),
            ("contains \"kol\"", "contains \"kol\""),
            ("contains any(\"kol\")", "contains \"kol\""),
            ("contains   any （“kol”，\"koc\"）", "contains any (\"kol\", \"koc\")"),
            ("contains all ()", "contains all ()"),
            (
                "contains \"a\" and none(\"b\"), contains all (\"c\",\"d\")",
                "contains \"a\" and none (\"b\"), contains all (\"c\", \"d\")",
            ),
            ("not(contains none (\"a\"))", "not(contains none (\"a\"))"),
            ("contains kol", "error"),
            ("contains any \"a\"", "error"),
            ("contains any (\"a\",)", "error"),
            ("contains \"a\" and", "error"),
            ("contains 3", "error"),
            (" missing ", "missing"),
            ("given", "given"),
            ("not(missing)", "given"),
            ("not ( missing , 2 )", "not(missing, 2)"),
            ("< 2, missing", "missing, < 2"),
            ("missing, not(\"a\", \"b\")", "missing, not(\"a\", \"b\")"),
            ("not(missing, not(\"a\"))", "not(missing, not(\"a\"))"),
            ("missing, not(1), 2", "error"),
            ("missing, not(1", "error"),
            ("missing,", "error"),
            ("missing, -", "error"),
            ("given, 2", "error"),
            ("not(given)", "error"),
            ("Missing", "error"),
            ("\"missing\"", "\"missing\""),
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
            ("2026-02-29", 0),
            ("[2026-07-01..2026-06-31]", 13),
            ("2026-7-1", 4),
            ("[2026-07-01..3]", 13),
            ("< 1.5 hours", 2),
            ("contains any \"a\"", 12),
            ("contains (\"a\")", 9),
            ("missing, not(1, 2", 17),
        ] {
            match text.parse::<CellTest>() {
                Err(DecisionError::Syntax { at: found, .. }) => assert_eq!(found, at, "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
    }
}
