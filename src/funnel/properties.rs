//! Properties of events by their names: a column of numbers, and what the numbers stand for.

use super::FunnelError;
use crate::error::excerpt;
use crate::quantity::wire::wire_fields;
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A property of events: its name, and the dictionary of its values.
///
/// Columns hold numbers, because numbers are small and quick to compare. What is stored, merged or shown has names:
/// rules name a property, a [`Breakdown`](super::Breakdown) names the values. So both mean the same whichever
/// dictionary numbered the values, and in whichever order the columns were added.
///
/// # Examples
/// ```
/// use marketloop::funnel::Property;
///
/// let mut channel = Property::new("channel", ["search", "social"])?;
/// assert_eq!((channel.intern("e-mail")?, channel.intern("search")?), (2, 0));
/// assert_eq!(channel.value(2).as_deref(), Some("e-mail"));
///
/// // Where the source has numbers, such as those of products or sessions, they are the names.
/// let product = Property::numbers("product")?;
/// assert_eq!(product.value(4_711).as_deref(), Some("4711"));
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::funnel::Property;
/// let json = r#"{"name":"channel","values":["search","social"]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Property>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PropertyWire", into = "PropertyWire")]
pub struct Property {
    name: String,
    values: Values,
}

struct PropertyWire {
    name: String,
    /// The values in the order of their numbers; none, numbers.
    values: Option<Vec<String>>,
}

wire_fields!(PropertyWire { name, values: optional });

#[derive(Debug, Clone, PartialEq, Eq)]
enum Values {
    Numbers,
    // Both ways: columns are read by number, names come in by word. Each word is held twice, which costs less than a
    // search through all of them for each row that comes in.
    Words { words: Vec<String>, numbers: BTreeMap<String, u32> },
}

impl Property {
    /// The property of this name whose values are numbered in their order, from 0. A value is any text, also an
    /// empty one.
    ///
    /// # Errors
    /// [`FunnelError::EmptyProperty`]; [`FunnelError::DuplicateValue`]; [`FunnelError::TooManyValues`].
    pub fn new<V: Into<String>>(
        name: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, FunnelError> {
        let words = Values::Words { words: Vec::new(), numbers: BTreeMap::new() };
        let mut property = Self { name: named(name.into())?, values: words };
        for value in values {
            let value = value.into();
            if property.number(&value).is_some() {
                let property = property.name;
                return Err(FunnelError::DuplicateValue { property, value: excerpt(&value) });
            }
            property.intern(&value)?;
        }
        Ok(property)
    }

    /// The property of this name whose values are numbers themselves, such as those of products or sessions. The name
    /// of a value is its digits.
    ///
    /// # Errors
    /// [`FunnelError::EmptyProperty`].
    pub fn numbers(name: impl Into<String>) -> Result<Self, FunnelError> {
        Ok(Self { name: named(name.into())?, values: Values::Numbers })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of this value, which is added when it is new.
    ///
    /// # Errors
    /// [`FunnelError::TooManyValues`]; [`FunnelError::UnknownValue`] where values are numbers and this is none.
    pub fn intern(&mut self, value: &str) -> Result<u32, FunnelError> {
        if let Some(number) = self.number(value) {
            return Ok(number);
        }
        match &mut self.values {
            Values::Numbers => {
                Err(FunnelError::UnknownValue { property: self.name.clone(), value: excerpt(value) })
            }
            Values::Words { words, numbers } => {
                // The last number stays free, so that the count of values fits in 32 bits, too.
                let number = u32::try_from(words.len()).ok().filter(|number| *number < u32::MAX);
                let number =
                    number.ok_or_else(|| FunnelError::TooManyValues { property: self.name.clone() })?;
                words.push(value.into());
                numbers.insert(value.into(), number);
                Ok(number)
            }
        }
    }

    /// The number of this value, if there is such a value.
    #[must_use]
    pub fn number(&self, value: &str) -> Option<u32> {
        match &self.values {
            // The digits that stand for a number are those that are written for it: no `+7`, no `007`.
            Values::Numbers => value.parse().ok().filter(|number: &u32| number.to_string() == value),
            Values::Words { numbers, .. } => numbers.get(value).copied(),
        }
    }

    /// The value of this number, if there is one.
    #[must_use]
    pub fn value(&self, number: u32) -> Option<Cow<'_, str>> {
        match &self.values {
            Values::Numbers => Some(number.to_string().into()),
            Values::Words { words, .. } => words.get(number as usize).map(|word| word.as_str().into()),
        }
    }

    /// Checks that every number of this column has a value.
    pub(super) fn check(&self, column: &[u32]) -> Result<(), FunnelError> {
        let Values::Words { words, .. } = &self.values else { return Ok(()) };
        let mut rows = column.iter().copied().enumerate();
        match rows.find(|(_, number)| *number as usize >= words.len()) {
            None => Ok(()),
            Some((row, number)) => {
                let property = self.name.clone();
                Err(FunnelError::ValueNumber { property, row, number, count: words.len() })
            }
        }
    }

    /// The places of the values in an order that does not depend on their numbering.
    #[expect(clippy::indexing_slicing, reason = "the numbers of the words are those from 0 to their count")]
    pub(super) fn ranks(&self) -> Ranks {
        Ranks(match &self.values {
            Values::Numbers => None,
            Values::Words { words, numbers } => {
                let mut ranks = alloc::vec![0; words.len()];
                // The map iterates in the order of the words.
                for (number, rank) in numbers.values().zip(0_u32..) {
                    ranks[*number as usize] = rank;
                }
                Some(ranks)
            }
        })
    }
}

impl From<Property> for Cow<'_, Property> {
    fn from(property: Property) -> Self {
        Self::Owned(property)
    }
}

impl<'a> From<&'a Property> for Cow<'a, Property> {
    fn from(property: &'a Property) -> Self {
        Self::Borrowed(property)
    }
}

impl TryFrom<PropertyWire> for Property {
    type Error = FunnelError;

    fn try_from(wire: PropertyWire) -> Result<Self, Self::Error> {
        match wire.values {
            Some(values) => Self::new(wire.name, values),
            None => Self::numbers(wire.name),
        }
    }
}

impl From<Property> for PropertyWire {
    fn from(property: Property) -> Self {
        let values = match property.values {
            Values::Numbers => None,
            Values::Words { words, .. } => Some(words),
        };
        Self { name: property.name, values }
    }
}

/// The order of the values of a property: of numbers by size, of words by their bytes.
pub(super) struct Ranks(Option<Vec<u32>>);

impl Ranks {
    #[expect(
        clippy::indexing_slicing,
        reason = "every number of a column was found in the dictionary when it was added"
    )]
    pub(super) fn of(&self, number: u32) -> u32 {
        self.0.as_ref().map_or(number, |ranks| ranks[number as usize])
    }
}

/// A name that is not empty.
fn named(name: String) -> Result<String, FunnelError> {
    if name.is_empty() { Err(FunnelError::EmptyProperty) } else { Ok(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_one_number_and_one_name() {
        let mut city = Property::new("city", ["b", "", "a"]).unwrap();
        assert_eq!((city.number(""), city.number("c"), city.value(3)), (Some(1), None, None));
        assert_eq!(city.intern("c"), Ok(3));
        let ranks = city.ranks();
        assert_eq!([0, 1, 2, 3].map(|number| ranks.of(number)), [2, 0, 1, 3]);
        let twice = Property::new("city", ["a", "a"]);
        assert_eq!(twice, Err(FunnelError::DuplicateValue { property: "city".into(), value: "a".into() }));
        assert_eq!(Property::new("", ["a"]), Err(FunnelError::EmptyProperty));
        assert_eq!(Property::numbers(""), Err(FunnelError::EmptyProperty));
        let mut product = Property::numbers("product").unwrap();
        assert_eq!((product.intern("7"), product.number("07"), product.number("+7")), (Ok(7), None, None));
        let unknown = FunnelError::UnknownValue { property: "product".into(), value: "x".into() };
        assert_eq!(product.intern("x"), Err(unknown));
        assert_eq!(product.ranks().of(9), 9);
    }
}
