//! The steps that made an amount, a date or a choice.

use super::cause::FigureError;
use super::on_wire::{FromWire, Read, ToWire, Written};
use alloc::vec::Vec;
use core::fmt;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One step: what was done, and the value after it.
///
/// ```
/// # use marketloop::figure::Step;
/// # use rust_decimal::Decimal;
/// let json = r#"{"cause":"set","value":"14000"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Step<String, Decimal>>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Step<C, T> {
    /// What was done.
    pub cause: C,
    /// The value after it.
    pub value: T,
}

/// The steps that made a value, in order; at least one. The first starts from nothing, each later one from the value
/// of the step before it, so that a chain cannot be broken.
///
/// # Examples
/// ```
/// use marketloop::figure::Why;
///
/// let why = Why::new("share of the total", 14_000).then("capped by the largest line", 9_000);
/// assert_eq!(*why.value(), 9_000);
/// assert_eq!(why.to_string(), "share of the total 14000; capped by the largest line 9000");
/// ```
///
/// ```
/// # use marketloop::budget::AmountCause;
/// # use marketloop::figure::Why;
/// # use marketloop::quantity::Ratio;
/// let json = r#"[
///   {"cause": {"set": "main"}, "value": "14000"},
///   {"cause": {"cap": "pilots"}, "value": "27001/3"},
///   {"cause": "rounding", "value": "900033/100"}
/// ]"#;
/// let read: Why<AmountCause, Ratio> = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Why<AmountCause, Ratio>>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Why<C, T> {
    steps: Vec<Step<C, T>>,
    // The last step stands apart: a chain without one cannot be said.
    last: Step<C, T>,
}

impl<C, T> Why<C, T> {
    /// The chain of one step.
    pub const fn new(cause: C, value: T) -> Self {
        Self { steps: Vec::new(), last: Step { cause, value } }
    }

    /// The chain with one more step.
    #[must_use]
    pub fn then(mut self, cause: C, value: T) -> Self {
        self.push(cause, value);
        self
    }

    /// Adds a step.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Why;
    ///
    /// let mut why = Why::new("plan", 100);
    /// for (cause, value) in [("cap", 80), ("whole units", 79)] {
    ///     why.push(cause, value);
    /// }
    /// assert_eq!(why.to_string(), "plan 100; cap 80; whole units 79");
    /// ```
    pub fn push(&mut self, cause: C, value: T) {
        self.steps.push(core::mem::replace(&mut self.last, Step { cause, value }));
    }

    /// The value after the last step.
    #[must_use]
    pub const fn value(&self) -> &T {
        &self.last.value
    }

    /// The last step.
    #[must_use]
    pub const fn last(&self) -> &Step<C, T> {
        &self.last
    }

    /// The steps from the first to the last.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &Step<C, T>> + Clone {
        self.steps.iter().chain(core::iter::once(&self.last))
    }

    /// Works every step out again: `step` is given the value before it, `None` for the first, and what is done.
    ///
    /// # Errors
    /// The first step whose value `step` does not confirm, with its index from 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Why;
    ///
    /// let added = |before: Option<&i32>, more: &i32| before.copied().unwrap_or_default() + more;
    /// assert_eq!(Why::new(4, 4).then(3, 7).replay(added), Ok(&7));
    /// assert_eq!(Why::new(4, 4).then(3, 8).replay(added), Err(1));
    /// ```
    pub fn replay(&self, mut step: impl FnMut(Option<&T>, &C) -> T) -> Result<&T, usize>
    where
        T: PartialEq,
    {
        // Every step is worked out from the one before as it was told, so that the first that does not follow is found.
        let mut before = None;
        for (index, Step { cause, value }) in self.steps().enumerate() {
            if step(before, cause) != *value {
                return Err(index);
            }
            before = Some(value);
        }
        Ok(self.value())
    }
}

impl<C: fmt::Display, T: fmt::Display> fmt::Display for Why<C, T> {
    /// `cause value; cause value`; precision and `#` are those of the values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Step { cause, value }) in self.steps().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{cause} ")?;
            match (f.precision(), f.alternate()) {
                (Some(decimals), true) => write!(f, "{value:#.decimals$}")?,
                (Some(decimals), false) => write!(f, "{value:.decimals$}")?,
                (None, true) => write!(f, "{value:#}")?,
                (None, false) => write!(f, "{value}")?,
            }
        }
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(rename = "Step", bound(serialize = "C: Serialize, T: ToWire"))]
struct Out<'a, C, T> {
    cause: &'a C,
    value: Written<'a, T>,
}

impl<C: Serialize, T: ToWire> Serialize for Step<C, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Out { cause: &self.cause, value: Written(&self.value) }.serialize(serializer)
    }
}

#[derive(Deserialize)]
#[serde(rename = "Step", deny_unknown_fields, bound(deserialize = "C: Deserialize<'de>, T: FromWire"))]
struct In<C, T> {
    cause: C,
    value: Read<T>,
}

impl<'de, C: Deserialize<'de>, T: FromWire> Deserialize<'de> for Step<C, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let step = In::deserialize(deserializer)?;
        Ok(Self { cause: step.cause, value: step.value.0 })
    }
}

impl<C: Serialize, T: ToWire> Serialize for Why<C, T> {
    /// The list of the steps.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.steps().collect::<Vec<_>>())
    }
}

impl<'de, C: Deserialize<'de>, T: FromWire> Deserialize<'de> for Why<C, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut steps = Vec::<Step<C, T>>::deserialize(deserializer)?;
        // The one door for chains from outside: none without a step comes in.
        let last = steps.pop().ok_or_else(|| D::Error::custom(FigureError::NoSteps))?;
        Ok(Self { steps, last })
    }
}

impl<C: DeserializeOwned, T: FromWire> FromWire for Why<C, T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

impl<C: Serialize, T: ToWire> ToWire for Why<C, T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}
