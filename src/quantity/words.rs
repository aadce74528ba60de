//! Enums that are words: the text that a person writes is the text on the wire.

use super::{QuantityError, Rounding};

/// `Display` and `FromStr` of an enum without data, by the words that serde's `snake_case` gives its variants.
///
/// The error needs a variant `UnknownWord { text: String, known: &'static [&'static str] }`.
macro_rules! words {
    ($type:ident, $error:ident: $($variant:ident = $word:literal),+ $(,)?) => {
        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(match self {
                    $(Self::$variant => $word),+
                })
            }
        }

        impl core::str::FromStr for $type {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match $crate::quantity::grammar::plain(text).as_ref() {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($error::UnknownWord {
                        text: $crate::error::excerpt(text),
                        known: &[$($word),+],
                    }),
                }
            }
        }
    };
}
pub(crate) use words;

// Here and not beside the type: the grammar, which the macro reads by, stands above its file.
words!(Rounding, QuantityError:
    HalfEven = "half_even",
    HalfAwayFromZero = "half_away_from_zero",
    HalfTowardZero = "half_toward_zero",
    AwayFromZero = "away_from_zero",
    TowardZero = "toward_zero",
    Ceiling = "ceiling",
    Floor = "floor",
);
