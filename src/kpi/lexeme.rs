//! The words of a tree's text, each with its place.

use super::KpiError;
use super::name::{goes_on, starts};
use crate::error::excerpt;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::iter::Peekable;
use core::str::Chars;

/// A word of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lexeme {
    Name(String),
    Number(String),
    /// What stands between `[` and `]`.
    Unit(String),
    /// What stands between `{` and `}`.
    Attributes(String),
    Symbol(char),
    /// The end of a declaration: a line break or a semicolon.
    End,
}

/// Line and column from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Place {
    pub(super) fn refuse(self, expected: &'static str, found: &str) -> KpiError {
        KpiError::Syntax { line: self.line, column: self.column, expected, found: excerpt(found) }
    }
}

/// The words in order; what is no word is a fault, and reading goes on behind it.
///
/// A line break ends a declaration, but not within parentheses, behind an operator or a comma, or before a
/// line that begins with an operator.
pub(super) fn lexemes(text: &str) -> (Vec<(Lexeme, Place)>, Vec<KpiError>) {
    let mut reader = Reader { rest: text.chars().peekable(), place: Place { line: 1, column: 1 } };
    let (mut words, mut faults) = (Vec::new(), Vec::new());
    let mut depth: usize = 0;
    loop {
        let place = reader.place;
        let Some(c) = reader.next() else { break };
        let lexeme = match c {
            '\n' if depth > 0 => continue,
            '\n' | ';' => {
                depth = 0;
                Lexeme::End
            }
            '#' => {
                while reader.rest.peek().is_some_and(|c| *c != '\n') {
                    reader.next();
                }
                continue;
            }
            c if c.is_whitespace() => continue,
            '×' => Lexeme::Symbol('*'),
            '÷' => Lexeme::Symbol('/'),
            '−' => Lexeme::Symbol('-'),
            '(' => {
                depth = depth.saturating_add(1);
                Lexeme::Symbol(c)
            }
            ')' => {
                depth = depth.saturating_sub(1);
                Lexeme::Symbol(c)
            }
            '+' | '-' | '*' | '/' | '=' | ',' | '.' => Lexeme::Symbol(c),
            '[' | '{' | '`' => {
                let Some(lexeme) = reader.enclosed(c) else {
                    faults.push(place.refuse("a closing bracket on the same line", &format!("{c}")));
                    continue;
                };
                lexeme
            }
            c if c.is_ascii_digit() => Lexeme::Number(reader.run(c, |c| c.is_ascii_digit())),
            c if starts(c) => Lexeme::Name(reader.run(c, goes_on)),
            c => {
                faults.push(place.refuse("a name, a number or an operator", &format!("{c}")));
                continue;
            }
        };
        words.push((lexeme, place));
    }
    words.push((Lexeme::End, reader.place));
    (without_soft_breaks(words), faults)
}

/// Takes out the line breaks next to an operator.
fn without_soft_breaks(words: Vec<(Lexeme, Place)>) -> Vec<(Lexeme, Place)> {
    let opens = |lexeme: &Lexeme| matches!(lexeme, Lexeme::Symbol('+' | '-' | '*' | '/' | '=' | ',' | '('));
    let leads = |lexeme: &Lexeme| matches!(lexeme, Lexeme::Symbol('+' | '-' | '*' | '/' | '='));
    let end = words.last().map(|(_, place)| *place).unwrap_or_default();
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

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    place: Place,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\n' {
            self.place = Place { line: self.place.line.saturating_add(1), column: 1 };
        } else {
            self.place.column = self.place.column.saturating_add(1);
        }
        Some(c)
    }

    /// A name or a number: `goes_on` says what belongs to it, and a dot with such a character behind it.
    fn run(&mut self, first: char, goes_on: impl Fn(char) -> bool) -> String {
        let mut word = String::from(first);
        while let Some(c) = self.rest.peek().copied() {
            let dot = c == '.' && self.rest.clone().nth(1).is_some_and(&goes_on);
            if !goes_on(c) && !dot {
                break;
            }
            word.push(c);
            self.next();
        }
        word
    }

    fn enclosed(&mut self, open: char) -> Option<Lexeme> {
        let close = match open {
            '[' => ']',
            '{' => '}',
            open => open,
        };
        let mut inner = String::new();
        while let Some(c) = self.rest.peek().copied() {
            if c == '\n' {
                return None;
            }
            self.next();
            if c == close {
                return Some(match open {
                    '[' => Lexeme::Unit(inner),
                    '{' => Lexeme::Attributes(inner),
                    _ => Lexeme::Name(inner),
                });
            }
            inner.push(c);
        }
        None
    }
}
