//! The words of a tree's text, each with its place.

use super::KpiError;
use super::function::Aggregate;
use super::name::{goes_on, starts};
use crate::error::excerpt;
use crate::quantity::grammar::{Fault, Number, folded, number, percent_sign};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A word of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lexeme {
    Name(String),
    /// A number as it stands there, and the power of ten below one of its percent sign.
    Number(String, Number, u8),
    /// What stands between `[` and `]`.
    Unit(String),
    /// What stands between `{` and `}`.
    Attributes(String),
    Symbol(char),
    /// The end of a declaration: a line break or a semicolon.
    End,
}

/// Line and column from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Place {
    pub(super) const START: Self = Self { line: 1, column: 1 };

    pub(super) fn refuse(self, expected: &'static str, found: &str) -> KpiError {
        KpiError::Syntax { line: self.line, column: self.column, expected, found: excerpt(found) }
    }
}

/// The words in order; what is no word is a fault, and reading goes on behind it.
///
/// A line break ends a declaration, but not within parentheses, behind an operator or a comma, or before a
/// line that begins with an operator.
pub(super) fn lexemes(text: &str) -> (Vec<(Lexeme, Place)>, Vec<KpiError>) {
    let mut reader = Reader { rest: text, place: Place { line: 1, column: 1 } };
    let (mut words, mut faults) = (Vec::new(), Vec::new());
    let mut depth: usize = 0;
    loop {
        let (place, start) = (reader.place, reader.rest);
        let Some(c) = reader.next() else { break };
        let lexeme = match mark(c) {
            '\n' if depth > 0 => continue,
            // A semicolon ends a declaration within parentheses, too: one that was left open swallows lines, not the rest.
            '\n' | ';' => {
                depth = 0;
                Lexeme::End
            }
            '#' => {
                while reader.peek().is_some_and(|c| c != '\n') {
                    reader.next();
                }
                continue;
            }
            ' ' => continue,
            '(' => {
                depth = depth.saturating_add(1);
                Lexeme::Symbol('(')
            }
            ')' => {
                // One too many closes nothing here; the parser tells of it with its place.
                depth = depth.saturating_sub(1);
                Lexeme::Symbol(')')
            }
            '<' if reader.takes('=') => Lexeme::Symbol('≤'),
            '>' if reader.takes('=') => Lexeme::Symbol('≥'),
            '!' if reader.takes('=') => Lexeme::Symbol('≠'),
            symbol @ ('+' | '-' | '*' | '/' | '=' | ',' | '.' | '<' | '>' | '≤' | '≥' | '≠') => {
                Lexeme::Symbol(symbol)
            }
            open @ ('[' | '{' | '`') => {
                let inner = (reader.rest, reader.place);
                let mut lexeme = reader.enclosed(open, holds_names(&words, open));
                if lexeme.is_none() {
                    // The unit of a node that is called as an aggregate is, `mean [`]`, may be a backquote.
                    (reader.rest, reader.place) = inner;
                    lexeme = reader.enclosed(open, false);
                }
                let Some(lexeme) = lexeme else {
                    faults.push(place.refuse("a closing bracket on the same line", &format!("{c}")));
                    continue;
                };
                lexeme
            }
            digit if digit.is_ascii_digit() => match reader.number(start) {
                Ok(lexeme) => lexeme,
                Err(fault) => {
                    faults.push(KpiError::Quantity(fault.of(start)));
                    continue;
                }
            },
            _ if starts(c) => Lexeme::Name(reader.run(c, goes_on)),
            _ => {
                // One fault for the whole run: a binary file makes few of them.
                while reader.peek().is_some_and(|c| !begins_word(c)) {
                    reader.next();
                }
                let run = read_of(start, reader.rest);
                faults.push(place.refuse("a name, a number or an operator", run));
                continue;
            }
        };
        words.push((lexeme, place));
    }
    words.push((Lexeme::End, reader.place));
    (without_soft_breaks(words), faults)
}

/// Whether names may stand within this bracket, and so backquotes with brackets in them: of an aggregate, or of a group. In
/// units and owners a backquote is one.
fn holds_names(words: &[(Lexeme, Place)], open: char) -> bool {
    match words.last() {
        Some((Lexeme::Name(name), _)) => open == '[' && Aggregate::named(name).is_some(),
        Some((Lexeme::Symbol('='), _)) => open == '{',
        _ => false,
    }
}

/// The ASCII mark that `c` stands for, a line break or a blank; a backquote only as such, because names hold others.
fn mark(c: char) -> char {
    match c {
        '\n' | '｀' => c,
        '×' => '*',
        '÷' => '/',
        c => folded(c),
    }
}

fn begins_word(c: char) -> bool {
    let mark = mark(c);
    "\n;# ()+-*/=<>!≤≥≠,.[{`".contains(mark) || mark.is_ascii_digit() || starts(c)
}

/// Takes out the line breaks next to an operator.
fn without_soft_breaks(words: Vec<(Lexeme, Place)>) -> Vec<(Lexeme, Place)> {
    let opens = |lexeme: &Lexeme| matches!(lexeme, Lexeme::Symbol('+' | '-' | '*' | '/' | '=' | ',' | '('));
    let leads = |lexeme: &Lexeme| matches!(lexeme, Lexeme::Symbol('+' | '-' | '*' | '/' | '='));
    let end = words.last().map_or(Place::START, |(_, place)| *place);
    let mut kept: Vec<(Lexeme, Place)> = Vec::with_capacity(words.len());
    for word in words {
        if leads(&word.0) {
            while kept.last().is_some_and(|(last, _)| *last == Lexeme::End) && kept.len() > 1 {
                kept.pop();
            }
        }
        let ends_softly =
            word.0 == Lexeme::End && kept.last().is_none_or(|(last, _)| opens(last) || *last == Lexeme::End);
        if !ends_softly {
            kept.push(word);
        }
    }
    if kept.last().is_some_and(|(last, _)| *last != Lexeme::End) {
        kept.push((Lexeme::End, end));
    }
    kept
}

/// What was read from `start` on, of which `rest` is left.
#[expect(clippy::arithmetic_side_effects, reason = "the rest is the end of the text that it was read from")]
fn read_of<'t>(start: &'t str, rest: &str) -> &'t str {
    // Both begin at a character: the reader takes whole ones.
    debug_assert!(rest.len() <= start.len(), "a rest of another text");
    start.split_at(start.len() - rest.len()).0
}

struct Reader<'a> {
    rest: &'a str,
    place: Place,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut rest = self.rest.chars();
        let c = rest.next()?;
        self.rest = rest.as_str();
        // A place beyond 32 bits is told as the last one: it is for the reader of an error, nothing is found by it.
        if c == '\n' {
            self.place = Place { line: self.place.line.saturating_add(1), column: 1 };
        } else {
            self.place.column = self.place.column.saturating_add(1);
        }
        Some(c)
    }

    /// Steps over the mark if it is next.
    fn takes(&mut self, symbol: char) -> bool {
        let is_next = self.peek().is_some_and(|c| mark(c) == symbol);
        if is_next {
            self.next();
        }
        is_next
    }

    /// A name: `goes_on` says what belongs to it, and a dot with such a character behind it.
    fn run(&mut self, first: char, goes_on: impl Fn(char) -> bool) -> String {
        let mut word = String::from(first);
        while let Some(c) = self.peek() {
            let dot = c == '.' && self.rest.chars().nth(1).is_some_and(&goes_on);
            if !goes_on(c) && !dot {
                break;
            }
            word.push(c);
            self.next();
        }
        word
    }

    /// The number at `start`, whose first character is read; behind a fault reading goes on at its end.
    fn number(&mut self, start: &str) -> Result<Lexeme, Fault> {
        let read = number(start);
        let end = match &read {
            Ok((_, rest)) => percent_sign(rest).map_or(*rest, |(_, rest)| rest),
            Err(_) => {
                start.trim_start_matches(|c| folded(c).is_ascii_digit() || matches!(folded(c), ',' | '.'))
            }
        };
        while self.rest.len() > end.len() {
            self.next();
        }
        let text = read_of(start, end);
        let (number, rest) = read?;
        let places = percent_sign(rest).map_or(0, |(places, _)| places);
        Ok(Lexeme::Number(text.into(), number, places))
    }

    fn enclosed(&mut self, open: char, holds_names: bool) -> Option<Lexeme> {
        let mut inner = String::new();
        let mut is_quoted = false;
        while let Some(c) = self.peek() {
            if c == '\n' {
                return None;
            }
            self.next();
            is_quoted ^= holds_names && c == '`';
            match (open, mark(c)) {
                _ if is_quoted => inner.push(c),
                ('[', ']') => return Some(Lexeme::Unit(inner)),
                ('{', '}') => return Some(Lexeme::Attributes(inner)),
                ('`', '`') => return Some(Lexeme::Name(inner)),
                _ => inner.push(c),
            }
        }
        None
    }
}
