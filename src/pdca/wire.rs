//! How parts of commands and records are stored. Logs keep these names, whatever the types are called.

use crate::figure::{Figure, Undefined};
use crate::quantity::Money;
use crate::quantity::wire::serialize_fields;
use crate::target::ActualValue;
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The actual value of a target.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Actual", rename_all = "snake_case")]
// Borrowed when written, owned when read: one list of names serves both.
pub(super) enum Actual<'a> {
    Measured(Cow<'a, ActualValue>),
    Unmeasured(Cow<'a, str>),
    Undefined(Cow<'a, Undefined>),
}

impl<'a> From<&'a Figure<ActualValue>> for Actual<'a> {
    fn from(actual: &'a Figure<ActualValue>) -> Self {
        match actual {
            Figure::Known(value) => Self::Measured(Cow::Borrowed(value)),
            Figure::Missing(reason) => Self::Unmeasured(Cow::Borrowed(reason)),
            Figure::Undefined(why) => Self::Undefined(Cow::Borrowed(why)),
        }
    }
}

impl From<Actual<'_>> for Figure<ActualValue> {
    fn from(actual: Actual<'_>) -> Self {
        match actual {
            Actual::Measured(value) => Self::Known(value.into_owned()),
            Actual::Unmeasured(reason) => Self::missing(reason.into_owned()),
            Actual::Undefined(why) => Self::Undefined(why.into_owned()),
        }
    }
}

/// `with` of an actual value.
pub(super) mod actual {
    use super::{Actual, ActualValue, Deserialize as _, Deserializer, Figure, Serialize as _, Serializer};

    pub(in crate::pdca) fn serialize<S: Serializer>(
        actual: &Figure<ActualValue>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Actual::from(actual).serialize(serializer)
    }

    pub(in crate::pdca) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Figure<ActualValue>, D::Error> {
        Actual::deserialize(deserializer).map(Into::into)
    }
}

/// The same where nothing may be recorded yet.
pub(super) fn optional_actual<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Figure<ActualValue>>, D::Error> {
    Ok(Option::<Actual<'_>>::deserialize(deserializer)?.map(Into::into))
}

/// Money that lines give up, and where it goes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    #[serde(deserialize_with = "crate::quantity::wire::map::deserialize")]
    pub(super) from: BTreeMap<String, Money>,
    #[serde(default, deserialize_with = "crate::quantity::wire::map::deserialize")]
    pub(super) reassigned: BTreeMap<String, Money>,
    pub(super) returned: Money,
}

serialize_fields!(Release { from, reassigned: optional, returned });

/// `with` of the fields of a release.
pub(super) mod release {
    use super::{
        BTreeMap, Deserialize as _, Deserializer, Money, Release, Serialize as _, Serializer, String,
    };

    type Fields = (BTreeMap<String, Money>, BTreeMap<String, Money>, Money);

    pub(in crate::pdca) fn serialize<S: Serializer>(
        from: &BTreeMap<String, Money>,
        reassigned: &BTreeMap<String, Money>,
        returned: &Money,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        // A clone of both maps: a borrowed twin of the fields would be one more list to keep.
        Release { from: from.clone(), reassigned: reassigned.clone(), returned: *returned }
            .serialize(serializer)
    }

    pub(in crate::pdca) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Fields, D::Error> {
        let Release { from, reassigned, returned } = Release::deserialize(deserializer)?;
        Ok((from, reassigned, returned))
    }
}
