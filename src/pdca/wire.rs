//! How parts of commands and records are stored. Logs keep these names, whatever the types are called.

use crate::figure::{Figure, Undefined};
use crate::quantity::wire::{ReadForm, WriteForm};
use crate::target::ActualValue;
use alloc::borrow::Cow;
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

/// The form of a target's actual value, and of one that may not be recorded yet.
pub(super) struct Actuals;

impl WriteForm<Figure<ActualValue>> for Actuals {
    fn write<S: Serializer>(actual: &Figure<ActualValue>, serializer: S) -> Result<S::Ok, S::Error> {
        Actual::from(actual).serialize(serializer)
    }
}

impl<'de> ReadForm<'de, Figure<ActualValue>> for Actuals {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Figure<ActualValue>, D::Error> {
        Actual::deserialize(deserializer).map(Into::into)
    }
}

impl WriteForm<Option<Figure<ActualValue>>> for Actuals {
    fn write<S: Serializer>(actual: &Option<Figure<ActualValue>>, serializer: S) -> Result<S::Ok, S::Error> {
        actual.as_ref().map(Actual::from).serialize(serializer)
    }
}

impl<'de> ReadForm<'de, Option<Figure<ActualValue>>> for Actuals {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Figure<ActualValue>>, D::Error> {
        Ok(Option::<Actual<'_>>::deserialize(deserializer)?.map(Into::into))
    }
}
