//! Records and choices on the wire: what a type writes and reads, said once, field by field.
//!
//! [`wire_fields`] makes `Serialize` and `Deserialize` of a struct, [`serialize_fields`] and [`deserialize_fields`] one
//! of them; [`wire_variants`] makes both of an enum, each variant with its word. serde's derive lost on two counts. It
//! leaves a field out by the value alone (`skip_serializing_if`), also in formats that find a field by its place
//! (compact `MessagePack`, postcard): all behind it moves, and committed money is read as spent. And it writes two
//! visitors of some 150 lines for each struct, which every build checks; here a visitor exists once, for pairs of a
//! field and the fields behind it, and a struct names its fields and says how it is made of them.
//!
//! What is read: each field once, in any order; a field that the struct does not have is refused.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// What is not written where its value says nothing.
pub(crate) trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Absent + ?Sized> Absent for &T {
    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

impl<T> Absent for [T] {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for str {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> Absent for BTreeMap<K, V> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for String {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for bool {
    fn is_absent(&self) -> bool {
        !*self
    }
}

/// Both ways of a struct: `wire_fields!(Move { from, to, amount: own })`.
///
/// A field is `name` as its type writes itself, or
/// - `name: own`: in the crate's form of the type (`wire::Own`: decimals, floats, 64-bit numbers, dates and what is
///   made of them);
/// - `name: map`: a map of which no key may stand twice;
/// - `name: optional`: where it is [absent](Absent), formats for people leave it out; missing, it is the default;
/// - `name: unless(is_default, default)`: left out by formats for people where the function says so; missing, it is
///   the second function's value;
/// - `name: default` and `name: or(function)`: always written, and may be missing;
/// - `name: with(Form)`: in a form of the module's own ([`WriteForm`](super::wire_form::WriteForm)).
///
/// A form goes with each of the others: `optional(own)`, `unless(is_one, one, own)`, `default(with(Form))`. A struct
/// with another name on the wire says it first: `wire_fields!("Pacing", Wire { … })`. A struct may have parameters:
/// `Risk<A: AnyAmount> { … }`. A field that is forgotten does not compile.
macro_rules! wire_fields {
    ($($name:literal,)? $type:ident $(<$($param:ident $(: $bound:path)?),*>)? { $($fields:tt)+ }) => {
        $crate::quantity::wire::serialize_fields!($($name,)? $type $(<$($param),*>)? { $($fields)+ });
        $crate::quantity::wire::deserialize_fields!($($name,)? $type $(<$($param $(: $bound)?),*>)? { $($fields)+ });
    };
}
pub(crate) use wire_fields;

/// `Serialize` of a struct, field by field in the order in which they are declared: see [`wire_fields`].
///
/// `name: unless(is_default)` needs no default here; `name => value` writes a value made of the field. A struct may
/// borrow: `View<'a> { … }`.
macro_rules! serialize_fields {
    ($($name:literal,)? $type:ident $(<$($life:lifetime)? $($param:ident $(: $bound:path)?),*>)? {
        $($field:ident $(: $how:ident $(($($arg:tt)*))?)? $(=> $value:expr)?),+ $(,)?
    }) => {
        impl $(<$($life)? $($param: serde::Serialize $(+ $bound)?),*>)? serde::Serialize
            for $type $(<$($life)? $($param),*>)?
        {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let Self { $($field),+ } = self;
                let all = !serde::Serializer::is_human_readable(&serializer);
                $crate::quantity::wire::write_struct(
                    serializer,
                    $crate::quantity::wire::wire_name!($($name)? ; $type),
                    &[$(stringify!($field)),+],
                    &$crate::quantity::wire::serialize_fields!(
                        @parts all $(, $field [$($how $(($($arg)*))?)?] [$($value)?])+
                    ),
                )
            }
        }
    };
    (@parts $all:ident) => { () };
    (@parts $all:ident, $field:ident [$($how:tt)*] [$($value:expr)?] $($rest:tt)*) => {
        (
            $crate::quantity::wire::Part::<_, $crate::quantity::wire::form!($($how)*)>::new(
                $crate::quantity::wire::serialize_fields!(@value $field $(=> $value)?),
                $all || !$crate::quantity::wire::serialize_fields!(@absent $field $($how)*),
            ),
            $crate::quantity::wire::serialize_fields!(@parts $all $($rest)*),
        )
    };
    (@value $field:ident) => { $field };
    (@value $field:ident => $value:expr) => { &$value };
    (@absent $field:ident optional $(($($form:tt)+))?) => { $crate::quantity::wire::Absent::is_absent($field) };
    (@absent $field:ident unless($is_default:path $(, $($rest:tt)*)?)) => { $is_default($field) };
    (@absent $field:ident $($how:tt)*) => { false };
}
pub(crate) use serialize_fields;

/// `Deserialize` of a struct: see [`wire_fields`].
macro_rules! deserialize_fields {
    ($($name:literal,)? $type:ident $(<$($param:ident $(: $bound:path)?),*>)? {
        $($field:ident $(: $how:ident $(($($arg:tt)*))?)? $(=> $value:expr)?),+ $(,)?
    }) => {
        impl<'de $(, $($param: serde::Deserialize<'de> $(+ $bound)?),*)?> serde::Deserialize<'de>
            for $type $(<$($param),*>)?
        {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::quantity::wire::read_struct(
                    deserializer,
                    $crate::quantity::wire::wire_name!($($name)? ; $type),
                    &[$(stringify!($field)),+],
                    |$crate::quantity::wire::deserialize_fields!(@fields $([$field $($how $(($($arg)*))?)?])+)| Self {
                        $($field: $crate::quantity::wire::deserialize_fields!(@made $field $($how $(($($arg)*))?)?)),+
                    },
                )
            }
        }
    };
    (@fields) => { () };
    (@fields [$($field:tt)+] $($rest:tt)*) => {
        (
            $crate::quantity::wire::deserialize_fields!(@field $($field)+),
            $crate::quantity::wire::deserialize_fields!(@fields $($rest)*),
        )
    };
    (@field $field:ident) => { $crate::quantity::wire::Given::<_, $crate::quantity::wire::Plain>($field, _) };
    (@field $field:ident own) => { $crate::quantity::wire::Given::<_, $crate::quantity::wire::Own>($field, _) };
    (@field $field:ident map) => { $crate::quantity::wire::Given::<_, $crate::quantity::wire::Map>($field, _) };
    (@field $field:ident with($form:ident)) => { $crate::quantity::wire::Given::<_, $form>($field, _) };
    (@field $field:ident $($how:tt)+) => {
        $crate::quantity::wire::Maybe::<_, $crate::quantity::wire::form!($($how)+)>($field, _)
    };
    (@made $field:ident optional $($arg:tt)*) => { $field.unwrap_or_default() };
    (@made $field:ident default $($arg:tt)*) => { $field.unwrap_or_default() };
    (@made $field:ident unless($is_default:path, $default:path $(, $($form:tt)+)?)) => {
        $field.unwrap_or_else($default)
    };
    (@made $field:ident or($default:path $(, $($form:tt)+)?)) => { $field.unwrap_or_else($default) };
    (@made $field:ident $($how:tt)*) => { $field };
}
pub(crate) use deserialize_fields;

/// The name of a type on the wire: its own, or another.
macro_rules! wire_name {
    ($name:literal ; $type:ident) => {
        $name
    };
    (; $type:ident) => {
        stringify!($type)
    };
}
pub(crate) use wire_name;

/// The form of a field that is written and read like this.
macro_rules! form {
    (own) => { $crate::quantity::wire::Own };
    (map) => { $crate::quantity::wire::Map };
    (with($form:ident)) => { $form };
    (optional($($form:tt)+)) => { $crate::quantity::wire::form!($($form)+) };
    (default($($form:tt)+)) => { $crate::quantity::wire::form!($($form)+) };
    (unless($is_default:path, $default:path, $($form:tt)+)) => { $crate::quantity::wire::form!($($form)+) };
    (or($default:path, $($form:tt)+)) => { $crate::quantity::wire::form!($($form)+) };
    ($($how:tt)*) => { $crate::quantity::wire::Plain };
}
pub(crate) use form;

/// Both ways of an enum with data, each variant by its word:
/// `wire_variants!(Amount { "money" => Money(_), "share" => Share(own), "rest" => Rest, "of" => Of { line, percent: own } })`.
///
/// The fields of a variant are those of [`wire_fields`]; a single value is `(_)` or `(own)`.
macro_rules! wire_variants {
    ($($name:literal,)? $type:ident { $($word:literal => $variant:ident $({ $($fields:tt)* })? $(($($form:tt)+))?),+ $(,)? }) => {
        $crate::quantity::wire::serialize_variants!(
            $($name,)? $type { $($word => $variant $({ $($fields)* })? $(($($form)+))?),+ }
        );

        impl<'de> $crate::quantity::wire::Variants<'de> for $type {
            const NAME: &'static str = $crate::quantity::wire::wire_name!($($name)? ; $type);
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn read<A: serde::de::VariantAccess<'de>>(word: &str, access: A) -> Result<Self, A::Error> {
                match word {
                    $($word => $crate::quantity::wire::wire_variants!(
                        @read access $word $variant $({ $($fields)* })? $(($($form)+))?
                    ),)+
                    _ => Err(serde::de::Error::unknown_variant(word, Self::WORDS)),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::quantity::wire::read_enum(deserializer)
            }
        }
    };
    (@read $access:ident $word:literal $variant:ident) => {
        serde::de::VariantAccess::unit_variant($access).map(|()| Self::$variant)
    };
    (@read $access:ident $word:literal $variant:ident ($($form:tt)+)) => {
        $crate::quantity::wire::read_newtype($access, |
            $crate::quantity::wire::Given::<_, $crate::quantity::wire::form!($($form)+)>(value, _)
        | Self::$variant(value))
    };
    (@read $access:ident $word:literal $variant:ident {
        $($field:ident $(: $how:ident $(($($arg:tt)*))?)? $(=> $value:expr)?),+ $(,)?
    }) => {
        $crate::quantity::wire::read_variant(
            $access,
            $word,
            &[$(stringify!($field)),+],
            |$crate::quantity::wire::deserialize_fields!(@fields $([$field $($how $(($($arg)*))?)?])+)| Self::$variant {
                $($field: $crate::quantity::wire::deserialize_fields!(@made $field $($how $(($($arg)*))?)?)),+
            },
        )
    };
}
pub(crate) use wire_variants;

/// `Serialize` of an enum with data: see [`wire_variants`].
macro_rules! serialize_variants {
    ($($name:literal,)? $type:ident $(<$life:lifetime>)? {
        $($word:literal => $variant:ident $({ $($fields:tt)* })? $(($($form:tt)+))?),+ $(,)?
    }) => {
        impl $(<$life>)? serde::Serialize for $type $(<$life>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let name = $crate::quantity::wire::wire_name!($($name)? ; $type);
                let words: &[&'static str] = &[$($word),+];
                match self {
                    $($crate::quantity::wire::serialize_variants!(@pattern value $variant $({ $($fields)* })? $(($($form)+))?) =>
                        $crate::quantity::wire::serialize_variants!(
                            @write serializer ($crate::quantity::wire::Chosen { name, words, word: $word })
                            value $({ $($fields)* })? $(($($form)+))?
                        ),)+
                }
            }
        }
    };
    (@pattern $value:ident $variant:ident) => { Self::$variant };
    (@pattern $value:ident $variant:ident ($($form:tt)+)) => { Self::$variant($value) };
    (@pattern $value:ident $variant:ident {
        $($field:ident $(: $how:ident $(($($arg:tt)*))?)? $(=> $given:expr)?),+ $(,)?
    }) => { Self::$variant { $($field),+ } };
    (@write $serializer:ident ($chosen:expr) $value:ident) => {
        $crate::quantity::wire::write_unit($serializer, $chosen)
    };
    (@write $serializer:ident ($chosen:expr) $value:ident ($($form:tt)+)) => {
        $crate::quantity::wire::write_newtype(
            $serializer,
            $chosen,
            &$crate::quantity::wire::Part::<_, $crate::quantity::wire::form!($($form)+)>::new($value, true),
        )
    };
    (@write $serializer:ident ($chosen:expr) $value:ident {
        $($field:ident $(: $how:ident $(($($arg:tt)*))?)? $(=> $given:expr)?),+ $(,)?
    }) => {{
        let all = !serde::Serializer::is_human_readable(&$serializer);
        $crate::quantity::wire::write_variant(
            $serializer,
            $chosen,
            &[$(stringify!($field)),+],
            &$crate::quantity::wire::serialize_fields!(
                @parts all $(, $field [$($how $(($($arg)*))?)?] [$($given)?])+
            ),
        )
    }};
}
pub(crate) use serialize_variants;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;
    use alloc::vec;
    use rust_decimal::Decimal;
    use serde::Deserialize as _;
    use serde::de::value::{Error, MapDeserializer};

    #[derive(Debug, Clone, PartialEq, Default)]
    struct Spend {
        line: String,
        amount: Decimal,
        tags: Vec<String>,
        weight: Decimal,
        note: Option<String>,
        by_day: BTreeMap<String, u64>,
    }

    wire_fields!(Spend {
        line,
        amount: own,
        tags: optional,
        weight: unless(is_one, one, own),
        note: optional,
        by_day: default(own),
    });

    const fn one() -> Decimal {
        Decimal::ONE
    }

    fn is_one(weight: &Decimal) -> bool {
        *weight == one()
    }

    #[derive(Debug, Clone, PartialEq)]
    enum Step {
        Open,
        Spend(Spend),
        Rate(f64),
        Move { to: String, share: Decimal },
    }

    wire_variants!(Step {
        "open" => Open,
        "spend" => Spend(_),
        "rate" => Rate(own),
        "move_money" => Move { to, share: own },
    });

    fn spend() -> Spend {
        Spend { line: "SEM".into(), amount: Decimal::new(10, 1), weight: one(), ..Spend::default() }
    }

    #[test]
    fn what_says_nothing_is_left_out_for_people_and_has_its_place_for_programs() {
        let json = r#"{"line":"SEM","amount":"1","by_day":{}}"#;
        assert_eq!(serde_json::to_string(&spend()).unwrap(), json);
        assert_eq!(serde_json::from_str::<Spend>(json).unwrap(), spend());
        let bytes = postcard::to_allocvec(&spend()).unwrap();
        assert_eq!(postcard::from_bytes::<Spend>(&bytes).unwrap(), spend());
        let compact = rmp_serde::to_vec(&spend()).unwrap();
        // A list of all six fields.
        assert_eq!(compact[0], 0x96);
        assert_eq!(rmp_serde::from_slice::<Spend>(&compact).unwrap(), spend());
    }

    #[test]
    fn a_field_is_read_once_by_its_name_in_any_order() {
        let read = |json: &str| serde_json::from_str::<Spend>(json).map_err(|error| error.to_string());
        assert_eq!(read(r#"{"amount":1,"line":"SEM"}"#).unwrap(), spend());
        for (json, refused) in [
            (r#"{"line":"SEM","line":"SEM","amount":1}"#, "duplicate field `line`"),
            (
                r#"{"line":"SEM","amount":1,"cost":2}"#,
                "unknown field `cost`, expected one of `line`, `amount`",
            ),
            (r#"{"line":"SEM"}"#, "missing field `amount`"),
            (r#"{"line":"SEM","amount":null}"#, "a decimal number, as a string or a number"),
            (r#"{"line":"SEM","amount":1,"by_day":{"a":1,"a":2}}"#, "duplicate key `a`"),
            (r#"["SEM"]"#, "missing field `amount`"),
            (r#"["SEM",1,[],1,null,{},0]"#, "trailing characters"),
            ("3", "expected struct Spend"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(refused), "{json}: {error}");
        }
        // A hostile name comes back cut.
        let long = alloc::format!(r#"{{"{}":1}}"#, "x".repeat(1_000_000));
        assert!(read(&long).unwrap_err().len() < 2_000);
    }

    /// Formats may give names as bytes or as places.
    #[test]
    fn a_field_is_found_by_its_place_too() {
        let by_place = |fields: &[(u64, &str)]| {
            let fields: Vec<(u64, &str)> = fields.to_vec();
            Spend::deserialize(MapDeserializer::<_, Error>::new(fields.into_iter()))
                .map_err(|error| error.to_string())
        };
        assert_eq!(by_place(&[(1, "1"), (0, "SEM")]).unwrap(), spend());
        assert!(by_place(&[(6, "1")]).unwrap_err().contains("6 fields"));
    }

    #[test]
    fn a_variant_stands_under_its_word() {
        for (step, json) in [
            (Step::Open, r#""open""#),
            (Step::Spend(spend()), r#"{"spend":{"line":"SEM","amount":"1","by_day":{}}}"#),
            (Step::Rate(0.1), r#"{"rate":"0.1"}"#),
            (
                Step::Move { to: "SEO".into(), share: Decimal::new(5, 1) },
                r#"{"move_money":{"to":"SEO","share":"0.5"}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&step).unwrap(), json);
            assert_eq!(serde_json::from_str::<Step>(json).unwrap(), step);
            let bytes = postcard::to_allocvec(&step).unwrap();
            assert_eq!(postcard::from_bytes::<Step>(&bytes).unwrap(), step);
            let compact = rmp_serde::to_vec(&step).unwrap();
            assert_eq!(rmp_serde::from_slice::<Step>(&compact).unwrap(), step);
        }
        for (json, refused) in [
            (
                r#""closed""#,
                "unknown variant `closed`, expected one of `open`, `spend`, `rate`, `move_money`",
            ),
            (r#"{"move_money":{"to":"SEO"}}"#, "missing field `share`"),
            (r#"{"move_money":{"to":"SEO","share":1,"from":"SEM"}}"#, "unknown field `from`"),
            (r#""rate""#, "expected newtype variant"),
            (r#"{"open":1}"#, "expected unit"),
            ("{}", "expected value"),
        ] {
            let error = serde_json::from_str::<Step>(json).unwrap_err().to_string();
            assert!(error.contains(refused), "{json}: {error}");
        }
        assert_eq!(postcard::to_allocvec(&Step::Rate(1.0)).unwrap()[0], 2);
        assert!(postcard::from_bytes::<Step>(&[4]).is_err());
    }

    #[test]
    fn lists_and_options_have_the_form_of_what_they_hold() {
        let some: Vec<Option<u64>> = vec![Some(u64::MAX), None];
        let json = serde_json::to_string(&crate::figure::Written(&some)).unwrap();
        assert_eq!(json, r#"["18446744073709551615",null]"#);
        let read: crate::figure::Read<Vec<Option<u64>>> = serde_json::from_str(&json).unwrap();
        assert_eq!(read.0, some);
    }
}
