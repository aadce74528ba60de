//! The values of one indicator for many entities, as whole numbers.

use super::HealthError;
use crate::quantity::wire::wire_fields;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

// Below 2^51, so that bulk scoring may add a number to the last bits of a float in place of a conversion.
/// The greatest magnitude of a whole number in a column: 15 digits.
pub(super) const GREATEST: i64 = 999_999_999_999_999;

/// The values of one indicator, one for each entity, as whole numbers of the last place of `scale` decimals, in
/// the unit of the indicator's target.
///
/// # Examples
/// ```
/// use marketloop::health::ValueColumn;
/// use rust_decimal::dec;
///
/// let mut rates = ValueColumn::new(2)?;
/// rates.push(Some(dec!(27.5)))?;
/// rates.push(None)?;
/// assert_eq!(rates, ValueColumn::of(2, [2750, ValueColumn::MISSING])?);
/// assert!(rates.push(Some(dec!(0.001))).is_err());
/// # Ok::<(), marketloop::health::HealthError>(())
/// ```
///
/// On the wire:
/// ```
/// # use marketloop::health::ValueColumn;
/// let rates: ValueColumn = serde_json::from_str(r#"{"scale":2,"numbers":[2750,0],"missing":[1]}"#)?;
/// assert_eq!(rates.numbers(), [2750, ValueColumn::MISSING]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct ValueColumn {
    scale: u32,
    numbers: Vec<i64>,
}

/// A column on the wire, not checked yet: missing values are 0, and their places stand beside them, as not every
/// format has a word for nothing in a list.
struct Written {
    scale: u32,
    numbers: Vec<i64>,
    missing: Vec<usize>,
}

wire_fields!(Written { scale, numbers, missing: optional });

impl TryFrom<Written> for ValueColumn {
    type Error = HealthError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let mut numbers = written.numbers;
        for place in written.missing {
            // Any other number would be a value that is silently dropped.
            match numbers.get_mut(place) {
                Some(number) if matches!(*number, 0 | Self::MISSING) => *number = Self::MISSING,
                Some(number) => {
                    let value = (*number).into();
                    return Err(HealthError::OutOfRange { name: "missing value", value, range: "0" });
                }
                None => {
                    let value = place.into();
                    return Err(HealthError::OutOfRange { name: "place", value, range: "the numbers" });
                }
            }
        }
        Self::of(written.scale, numbers)
    }
}

impl From<ValueColumn> for Written {
    fn from(column: ValueColumn) -> Self {
        let is_missing = |number: &i64| *number == ValueColumn::MISSING;
        let places = column.numbers.iter().enumerate().filter(|(_, number)| is_missing(number));
        let missing = places.map(|(place, _)| place).collect();
        let number = |number: i64| if is_missing(&number) { 0 } else { number };
        Self { scale: column.scale, numbers: column.numbers.into_iter().map(number).collect(), missing }
    }
}

impl ValueColumn {
    // Below all values, also after bulk scoring has made a float of it by its bits: no test for it is needed there.
    /// Stands for a value that was not measured.
    pub const MISSING: i64 = i64::MIN;

    /// An empty column of values with up to `scale` decimals.
    ///
    /// # Errors
    /// [`HealthError::OutOfRange`] for more than 15 decimals.
    pub fn new(scale: u32) -> Result<Self, HealthError> {
        Self::of(scale, [])
    }

    /// The column of these whole numbers of the last place, or [`MISSING`](Self::MISSING).
    ///
    /// # Errors
    /// [`HealthError::OutOfRange`] for more than 15 decimals or a number of more than 15 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::ValueColumn;
    ///
    /// let rates = ValueColumn::of(1, [275, ValueColumn::MISSING])?; // 27.5, and one that was not measured
    /// assert_eq!(rates.len(), 2);
    /// assert!(ValueColumn::of(0, [10_i64.pow(15)]).is_err());
    /// # Ok::<(), marketloop::health::HealthError>(())
    /// ```
    pub fn of(scale: u32, numbers: impl IntoIterator<Item = i64>) -> Result<Self, HealthError> {
        if scale > 15 {
            return Err(HealthError::OutOfRange { name: "scale", value: scale.into(), range: "0..=15" });
        }
        let numbers: Vec<i64> = numbers.into_iter().collect();
        let beyond =
            |number: &&i64| **number != Self::MISSING && number.unsigned_abs() > GREATEST.unsigned_abs();
        match numbers.iter().find(beyond) {
            Some(number) => Err(out_of_range((*number).into())),
            None => Ok(Self { scale, numbers }),
        }
    }

    /// Adds the value of the next entity.
    ///
    /// # Errors
    /// [`HealthError::OutOfRange`] for a value with more decimals than the column or more than 15 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::ValueColumn;
    /// use rust_decimal::dec;
    ///
    /// let mut rates = ValueColumn::new(1)?;
    /// rates.push(Some(dec!(27.5)))?;
    /// assert!(rates.push(Some(dec!(27.55))).is_err()); // a decimal too many
    /// assert_eq!(rates.numbers(), [275]);
    /// # Ok::<(), marketloop::health::HealthError>(())
    /// ```
    pub fn push(&mut self, value: Option<Decimal>) -> Result<(), HealthError> {
        let number = match value {
            None => Self::MISSING,
            // Trailing zeros are no decimals: 27.50 fits a column of one.
            Some(value) => self.number(value.normalize()).ok_or_else(|| out_of_range(value))?,
        };
        self.numbers.push(number);
        Ok(())
    }

    fn number(&self, value: Decimal) -> Option<i64> {
        let up = 10_i128.checked_pow(self.scale.checked_sub(value.scale())?)?;
        let number = i64::try_from(value.mantissa().checked_mul(up)?).ok()?;
        (number.unsigned_abs() <= GREATEST.unsigned_abs()).then_some(number)
    }

    /// The decimals of the values.
    #[must_use]
    pub const fn scale(&self) -> u32 {
        self.scale
    }

    /// The whole numbers of the last place.
    #[must_use]
    pub fn numbers(&self) -> &[i64] {
        &self.numbers
    }

    /// The number of entities.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there are no entities.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }
}

fn out_of_range(value: Decimal) -> HealthError {
    HealthError::OutOfRange { name: "value", value, range: "15 digits of the column's scale" }
}
