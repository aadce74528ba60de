//! Structs whose optional fields are left out in formats for people only.
//!
//! Formats without names (compact `MessagePack`, postcard) find a field by its place: one that is left out moves
//! all behind it, and committed money is read as spent. `skip_serializing_if` cannot ask the format, so that
//! `Serialize` of such a struct is written by [`serialize_fields`]; `Deserialize` stays derived, with
//! `#[serde(default)]` at each field that may be absent.

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

/// `Serialize` for a struct, field by field in the order in which they are declared.
///
/// `name` is always written; `name: optional` is left out by formats for people where it is
/// [absent](Absent), `name: unless(is_default)` where the function says so. `name => value` writes a value made of
/// the field. A struct may have one parameter, `Risk<A> { … }` or `View<'a> { … }`. A field that is forgotten here does not compile.
macro_rules! serialize_fields {
    ($type:ident $(<$($life:lifetime)? $($param:ident),*>)? { $($field:ident $(: $how:ident $(($default:path))?)? $(=> $value:expr)?),+ $(,)? }) => {
        impl $(<$($life)? $($param: serde::Serialize),*>)? serde::Serialize for $type $(<$($life)? $($param),*>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct as _;
                let Self { $($field),+ } = self;
                let all = !serializer.is_human_readable();
                let written = [$(
                    all || !$crate::quantity::wire::serialize_fields!(@absent $field $(: $how $(($default))?)?)
                ),+];
                let length = written.iter().filter(|written| **written).count();
                let mut fields = serializer.serialize_struct(stringify!($type), length)?;
                $(
                    let name = stringify!($field);
                    if all || !$crate::quantity::wire::serialize_fields!(@absent $field $(: $how $(($default))?)?) {
                        let value = $crate::quantity::wire::serialize_fields!(@value $field $(=> $value)?);
                        fields.serialize_field(name, value)?;
                    } else {
                        fields.skip_field(name)?;
                    }
                )+
                fields.end()
            }
        }
    };
    (@absent $field:ident) => { false };
    (@absent $field:ident: optional) => { $crate::quantity::wire::Absent::is_absent($field) };
    (@absent $field:ident: unless($default:path)) => { $default($field) };
    (@value $field:ident) => { $field };
    (@value $field:ident => $value:expr) => { &$value };
}
pub(crate) use serialize_fields;
