//! Records and choices on the wire: what a type writes and reads, said once, field by field.
//!
//! [`wire_fields`] makes `Serialize` and `Deserialize` of a struct, [`serialize_fields`] and [`deserialize_fields`] one
//! of them; [`wire_variants`] makes both of an enum, each variant with its word. serde's derive lost on two counts. It
//! leaves a field out by the value alone (`skip_serializing_if`), also in formats that find a field by its place
//! (compact `MessagePack`, postcard): all behind it moves, and committed money is read as spent. And it writes two
//! visitors of some 150 lines for each struct, which every build checks; here a visitor exists once, for tuples, and
//! a struct names its fields and says how it is made of them.
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
/// - `name: default` and `name: or(function)`: always written, and may be missing.
///
/// - `name: with(Form)`: in a form of the module's own ([`WriteForm`](super::wire_form::WriteForm)).
///
/// A form goes with each of the others: `optional(own)`, `unless(is_one, one, own)`, `default(with(Form))`. A struct with another name on the wire
/// says it first: `wire_fields!("Pacing", Wire { … })`. A struct may have parameters: `Risk<A: AnyAmount> { … }`. A field that
/// is forgotten does not compile.
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
