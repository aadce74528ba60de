//! Texts from outside as errors show them: short, and with nothing in them that nobody sees.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The maximum number of items of a list that an error shows.
const MOST_LISTED: usize = 20;

/// The maximum number of characters of a text from outside that an error shows.
const LONGEST_EXCERPT: usize = 60;

/// A text from outside as errors show it: whole when short, else its first 60 characters and `…`. Invisible characters
/// and blanks other than the space are shown by their code points: `<U+FEFF>`.
pub(crate) fn excerpt(text: &str) -> String {
    // An error may quote a whole file: only its start is copied.
    let mut short = String::with_capacity(text.len().min(LONGEST_EXCERPT));
    for (index, c) in text.chars().enumerate() {
        if index == LONGEST_EXCERPT {
            short.push('…');
            break;
        }
        // Two texts that look alike and differ in a character that nobody sees must not be quoted alike.
        if c != ' ' && (c.is_whitespace() || c.is_control() || is_invisible(c)) {
            short.extend(["<U+", &format!("{:04X}", u32::from(c)), ">"]);
        } else {
            short.push(c);
        }
    }
    short
}

/// Whether `c` is a character without width that no name needs: a byte order mark, a zero-width space, a mark of
/// direction. Joiners are not among them, because scripts and emoji need them.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{180E}'
            | '\u{200B}'
            | '\u{200E}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FEFF}'
    )
}

/// The first items of a list in an error, and how many more there are: `["a", "b", and 3 more]`.
pub(crate) fn listed<T: fmt::Debug>(items: &[T]) -> String {
    format!("[{}]", joined(items.iter().map(|item| excerpt(&format!("{item:?}")))))
}

/// The first of these texts in an error, and how many more there are: `a, b, and 3 more`.
pub(crate) fn joined(items: impl ExactSizeIterator<Item = String>) -> String {
    let count = items.len();
    let mut shown: Vec<String> = items.take(MOST_LISTED).collect();
    shown.extend(more(count));
    shown.join(", ")
}

/// The first names of a chain in an error, and how many more there are: `a -> b -> and 3 more`.
pub(crate) fn chain(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(MOST_LISTED).map(|name| excerpt(name)).collect();
    shown.extend(more(names.len()));
    shown.join(" -> ")
}

fn more(count: usize) -> Option<String> {
    count.checked_sub(MOST_LISTED).filter(|more| *more > 0).map(|more| format!("and {more} more"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// L6: what nobody sees is shown by its code point, and a list has an end.
    #[test]
    fn an_excerpt_shows_what_nobody_sees() {
        assert_eq!(excerpt("\u{FEFF}a\u{3000}b c\n"), "<U+FEFF>a<U+3000>b c<U+000A>");
        assert_eq!(excerpt(&"?".repeat(61)), format!("{}…", "?".repeat(60)));
        assert_eq!(excerpt(&"?".repeat(60)), "?".repeat(60));
        assert_eq!(listed(&[1, 2]), "[1, 2]");
        assert!(listed(&alloc::vec![7; 50_000]).ends_with("7, 7, and 49980 more]"));
        assert_eq!(chain(&["a".into(), "b".into(), "a".into()]), "a -> b -> a");
        assert!(chain(&alloc::vec!["a".repeat(900); 30]).len() < 2_000);
    }
}
