//! A number with its noun, in the singular where the number is one.

use alloc::string::ToString;
use core::fmt;

/// `1 day`, `2 days`, `2 touches`, `2 entries`: a number and the noun of one such thing.
pub(crate) struct Counted<N, W>(pub(crate) N, pub(crate) W);

impl<N: fmt::Display, W: fmt::Display> fmt::Display for Counted<N, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By its text, so that numbers of all types, and those that are text already, are counted in one way.
        let (number, noun) = (self.0.to_string(), self.1.to_string());
        if matches!(number.as_str(), "1" | "-1") {
            return write!(f, "{number} {noun}");
        }
        match noun.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => write!(f, "{number} {stem}ies"),
            _ if ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end)) => {
                write!(f, "{number} {noun}es")
            }
            _ => write!(f, "{number} {noun}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular() {
        let told = |days: i32| Counted(days, "day").to_string();
        assert_eq!([told(0), told(1), told(2), told(11)], ["0 days", "1 day", "2 days", "11 days"]);
        assert_eq!([told(-1), told(-2)], ["-1 day", "-2 days"]);
        assert_eq!(Counted("1.5", "percentage point").to_string(), "1.5 percentage points");
    }

    #[test]
    fn the_plural_follows_the_end_of_the_noun() {
        let two = |noun: &str| Counted(2, noun).to_string();
        assert_eq!([two("touch"), two("success")], ["2 touches", "2 successes"]);
        assert_eq!([two("journey"), two("entry")], ["2 journeys", "2 entries"]);
    }
}
