//! Two ends, both included.

use super::cause::FigureError;
use super::on_wire::{FromWire, Read, ToWire, Written};
use alloc::string::ToString;
use core::any::Any;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The values from `low` to `high`, both included; `low` is at or below `high`.
///
/// # Examples
/// ```
/// use marketloop::figure::Interval;
/// use rust_decimal::dec;
///
/// let rate = Interval::new(dec!(0.034), dec!(0.041))?;
/// assert!(rate.contains(&dec!(0.04)));
/// assert_eq!(format!("{rate:.2}"), "0.03..0.04");
/// assert_eq!(
///     Interval::new(0.3, 0.2).unwrap_err().to_string(),
///     "the low end 0.3 is not at or below the high end 0.2"
/// );
/// # Ok::<(), marketloop::figure::FigureError>(())
/// ```
///
/// ```
/// # use marketloop::figure::Interval;
/// let json = r#"{"low":"0.261531861897765","high":"0.738468138102235"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Interval<f64>>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval<T> {
    low: T,
    high: T,
}

impl<T: PartialOrd> Interval<T> {
    /// The values from `low` to `high`.
    ///
    /// # Errors
    /// [`FigureError::Reversed`] unless `low <= high`, so also for NaN, and for floats so far apart
    /// that their distance is infinite.
    pub fn new(low: T, high: T) -> Result<Self, FigureError>
    where
        T: fmt::Display + 'static,
    {
        // Of all types that may stand here only floats have values that are no number, and no float that a caller
        // sees is infinite. A trait of ends would say the same and keep the callers' own types out.
        let float = |end: &T| (end as &dyn Any).downcast_ref::<f64>().copied();
        let endless = float(&low).zip(float(&high)).is_some_and(|(low, high)| !(high - low).is_finite());
        if low <= high && !endless {
            Ok(Self { low, high })
        } else {
            Err(FigureError::Reversed { low: low.to_string(), high: high.to_string() })
        }
    }

    /// Whether `value` lies within, both ends included.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Interval;
    ///
    /// let reach = Interval::new(40, 60)?;
    /// assert!(reach.contains(&60) && !reach.contains(&61));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn contains(&self, value: &T) -> bool {
        self.low <= *value && *value <= self.high
    }

    /// The values that lie in both, where there are any.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Interval;
    ///
    /// let (tv, sem) = (Interval::new(2, 5)?, Interval::new(4, 9)?);
    /// assert_eq!(tv.intersection(sem).map(|both| both.to_string()).as_deref(), Some("4..5"));
    /// assert_eq!(tv.intersection(Interval::new(6, 7)?), None);
    /// # Ok::<(), marketloop::figure::FigureError>(())
    /// ```
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        // Each end is one of the four, and the width no greater than before: nothing that `new` would refuse.
        let low = if self.low >= other.low { self.low } else { other.low };
        let high = if self.high <= other.high { self.high } else { other.high };
        (low <= high).then_some(Self { low, high })
    }
}

impl<T> Interval<T> {
    /// The low end.
    #[must_use]
    pub const fn low(&self) -> T
    where
        T: Copy,
    {
        self.low
    }

    /// The high end.
    #[must_use]
    pub const fn high(&self) -> T
    where
        T: Copy,
    {
        self.high
    }

    /// Both ends.
    #[must_use]
    pub fn into_ends(self) -> (T, T) {
        (self.low, self.high)
    }
}

impl Interval<f64> {
    /// `high - low`.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.high - self.low
    }
}

impl<T: fmt::Display> fmt::Display for Interval<T> {
    /// `low..high`; precision and flags are those of the ends.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.low.fmt(f)?;
        f.write_str("..")?;
        self.high.fmt(f)
    }
}

#[derive(Serialize)]
#[serde(rename = "Interval", bound(serialize = "T: ToWire"))]
struct Out<'a, T> {
    low: Written<'a, T>,
    high: Written<'a, T>,
}

impl<T: ToWire> Serialize for Interval<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Out { low: Written(&self.low), high: Written(&self.high) }.serialize(serializer)
    }
}

impl<T: ToWire> ToWire for Interval<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

#[derive(Deserialize)]
#[serde(rename = "Interval", deny_unknown_fields, bound(deserialize = "T: FromWire"))]
struct In<T> {
    low: Read<T>,
    high: Read<T>,
}

impl<'de, T: FromWire + PartialOrd + fmt::Display + 'static> Deserialize<'de> for Interval<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ends = In::<T>::deserialize(deserializer)?;
        Self::new(ends.low.0, ends.high.0).map_err(D::Error::custom)
    }
}

impl<T: FromWire + PartialOrd + fmt::Display + 'static> FromWire for Interval<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}
