//! Closed sets of choices: the word of each is said once, and is what is shown, read and written.

use super::{QuantityError, Rounding, grammar};
use crate::error::{UnknownWord, excerpt};
use core::fmt;
use core::marker::PhantomData;
use serde::Deserializer;
use serde::de::{Error, Visitor};

/// A type of choices without data, each of which has a word.
///
/// serde's derive would ask for the words a second time and compile some 180 lines for each type; here a type says
/// its words, and the code that reads and writes them exists once.
pub(crate) trait Word: Copy + 'static {
    /// What the type is, for messages: `grain`.
    const WHAT: &'static str;
    /// The choices in the order of their declaration.
    const CHOICES: &'static [Self];
    /// Their words on the wire, in the same order.
    const WORDS: &'static [&'static str];

    /// Its word on the wire: in snake case, or as it stands in a text of which it is a part.
    fn word(self) -> &'static str;

    /// Its other names: first the one that is shown, when that is not the word, then those that are read as well.
    fn other_names(self) -> &'static [&'static str];

    /// The form that is shown to a person.
    fn shown(self) -> &'static str {
        self.other_names().first().copied().unwrap_or_else(|| self.word())
    }
}

/// The choice of this name: its word, the form that is shown or another name, in small letters or capitals, with
/// blanks, hyphens or underscores.
///
/// What a program wrote, what a person saw and what one says (`UV`) are all read; the wire reads the word alone.
///
/// # Errors
/// [`UnknownWord`] with the words that are known.
pub(crate) fn named<W: Word>(text: &str) -> Result<W, UnknownWord> {
    fn folded(name: &str) -> impl Iterator<Item = char> {
        name.chars().map(|c| if matches!(c, ' ' | '-') { '_' } else { c.to_ascii_lowercase() })
    }
    let asked = grammar::plain(text);
    let same = |name: &str| folded(name).eq(folded(&asked));
    let is_meant = |choice: &&W| same(choice.word()) || choice.other_names().iter().any(|name| same(name));
    W::CHOICES.iter().find(is_meant).copied().ok_or_else(|| unknown::<W>(text))
}

/// The error of a text that is none of the words.
pub(crate) fn unknown<W: Word>(text: &str) -> UnknownWord {
    UnknownWord::new(W::WHAT, text, W::WORDS)
}

/// The choice of this word, which is written exactly so.
pub(crate) fn of_word<W: Word>(word: &str) -> Option<W> {
    W::CHOICES.iter().find(|choice| choice.word() == word).copied()
}

/// Reads the word of the wire.
pub(crate) fn read<'de, W: Word, D: Deserializer<'de>>(deserializer: D) -> Result<W, D::Error> {
    struct WordVisitor<W>(PhantomData<W>);

    impl<W: Word> Visitor<'_> for WordVisitor<W> {
        type Value = W;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "the word of a choice ({})", W::WHAT)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<W, E> {
            of_word(text).ok_or_else(|| E::unknown_variant(&excerpt(text), W::WORDS))
        }
    }

    deserializer.deserialize_str(WordVisitor(PhantomData))
}

/// The words of an enum without data: `Serialize` and `Deserialize`; with an error also `Display` and `FromStr`.
///
/// `words!(Grain, "grain", TimeError: Day = "day", HalfYear = "half_year" / "half-year")`: the first name of a choice
/// stands on the wire, the second is shown in its place, and all are read from text. The error is made of
/// an [`UnknownWord`].
macro_rules! words {
    ($type:ident, $what:literal: $($variant:ident = $word:literal $(/ $other:literal)*),+ $(,)?) => {
        impl $crate::quantity::words::Word for $type {
            const WHAT: &'static str = $what;
            const CHOICES: &'static [Self] = &[$(Self::$variant),+];
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            fn other_names(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($other),*]),+
                }
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::quantity::words::Word::word(*self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::quantity::words::read(deserializer)
            }
        }
    };
    ($type:ident, $what:literal, $error:ident: $($choices:tt)+) => {
        $crate::quantity::words::words!($type, $what: $($choices)+);

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad($crate::quantity::words::Word::shown(*self))
            }
        }

        impl core::str::FromStr for $type {
            type Err = $error;

            /// Reads the word on the wire, the form that is shown, and the names that people use for it.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok($crate::quantity::words::named(text)?)
            }
        }
    };
}
pub(crate) use words;

// Here and not beside the type: the grammar, which the macro reads by, stands above its file.
words!(Rounding, "rounding", QuantityError:
    HalfEven = "half_even",
    HalfAwayFromZero = "half_away_from_zero",
    HalfTowardZero = "half_toward_zero",
    AwayFromZero = "away_from_zero",
    TowardZero = "toward_zero",
    Ceiling = "ceiling",
    Floor = "floor",
);
