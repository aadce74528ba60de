//! A row of a panel: a period, the members it is of, and values of leaves.

use crate::quantity::Quantity;
use crate::quantity::wire::WireDecimal;
use crate::time::Period;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use core::fmt;
use rust_decimal::Decimal;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Values of leaves in one period, of the members of the row's dimensions: a row of a [`Panel`](super::Panel).
///
/// On the wire a flat map, as tables and exports have it: `period`, and beside it names of dimensions with members and names
/// of leaves with values; an empty text, blanks or null is no value. A value may be text with a unit, `"1.2 CNY"`. A reader of
/// CSV that guesses which texts are numbers, as that of the crate `csv` does, takes the member `007` for 7 and floats for
/// decimals of 20 digits, which are refused: [`with_text`](Self::with_text) takes the cells as they stand.
///
/// # Examples
/// ```
/// use marketloop::kpi::PanelRow;
/// use rust_decimal::dec;
///
/// let read: PanelRow = serde_json::from_str(r#"{"period": "2026-07", "channel": "SEM", "visits": 12000, "cvr": "0.02"}"#)?;
/// let made = PanelRow::new("2026-07".parse()?)
///     .with_member("channel", "SEM")
///     .with_value("visits", dec!(12000))
///     .with_value("cvr", dec!(0.02));
/// assert_eq!(read, made);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```
/// # use marketloop::kpi::PanelRow;
/// let json = r#"{"period":"2026-07","channel":"SEM","visits":"12000"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<PanelRow>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelRow {
    pub(super) period: Period,
    /// What stands beside the period. What is a member and what a value only the tree can tell.
    pub(super) fields: BTreeMap<String, String>,
}

impl PanelRow {
    /// A row without values, which says that the period was recorded.
    #[must_use]
    pub const fn new(period: Period) -> Self {
        Self { period, fields: BTreeMap::new() }
    }

    /// Says of which member of a dimension it is.
    #[must_use]
    pub fn with_member(mut self, dimension: impl Into<String>, member: impl Into<String>) -> Self {
        self.fields.insert(dimension.into(), member.into());
        self
    }

    /// Gives a leaf its value, in its unit.
    #[must_use]
    pub fn with_value(mut self, leaf: impl Into<String>, value: Decimal) -> Self {
        self.fields.insert(leaf.into(), value.normalize().to_string());
        self
    }

    /// Gives a leaf its value, converted from another unit of the same kind.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    ///
    /// let tree = KpiTree::parse("reach [1000 user]")?;
    /// let july = PanelRow::new("2026-07".parse()?).with_quantity("reach", &"2500 user".parse()?);
    /// let panel = Panel::new(&tree, [], [july])?;
    /// assert_eq!(tree.evaluate_panel(&panel)?.series("reach", [])?.next().unwrap().1.to_string(), "2.5");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_quantity(mut self, leaf: impl Into<String>, value: &Quantity) -> Self {
        self.fields.insert(leaf.into(), value.to_string());
        self
    }

    /// Takes a cell of a table as it stands: the member of a dimension, or the value of a leaf, with its unit or without. An
    /// empty one, or one of blanks, is no value.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use std::collections::BTreeMap;
    ///
    /// let table = "period,campaign,visits,spend\n2026-07,007,1200,\"1,500 CNY\"\n2026-07,008,,90\n";
    /// let mut rows = Vec::new();
    /// for record in csv::Reader::from_reader(table.as_bytes()).deserialize::<BTreeMap<String, String>>() {
    ///     let mut cells = record?;
    ///     let period = cells.remove("period").unwrap_or_default().parse()?;
    ///     rows.push(cells.iter().fold(PanelRow::new(period), |row, (name, text)| row.with_text(name, text)));
    /// }
    /// let tree = KpiTree::parse("cpv = spend / visits\n spend [CNY], visits [visit]")?;
    /// let panel = Panel::new(&tree, ["campaign"], rows)?;
    /// assert_eq!(panel.members("campaign").unwrap(), ["007", "008"]);
    /// assert_eq!(panel.gaps().next().unwrap().to_string(), "visits of 008 has no value in 2026-07");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_text(mut self, name: impl Into<String>, text: &str) -> Self {
        if let Some(text) = cell(text) {
            self.fields.insert(name.into(), text);
        }
        self
    }

    /// The period.
    #[must_use]
    pub const fn period(&self) -> Period {
        self.period
    }
}

impl Serialize for PanelRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let period = core::iter::once((PERIOD, self.period.to_string()));
        let fields = self.fields.iter().map(|(name, text)| (name.as_str(), text.clone()));
        // A list first: binary formats ask for the length of a map.
        serializer.collect_map(period.chain(fields).collect::<alloc::vec::Vec<_>>())
    }
}

/// The field of a row that no dimension or leaf can have.
pub(super) const PERIOD: &str = "period";

/// The text of a cell; blanks are none.
fn cell(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.into())
}

/// What stands in a field: a text, a number, or nothing.
pub(super) struct Field(pub(super) Option<String>);

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfField;
        impl<'de> Visitor<'de> for OfField {
            type Value = Field;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a number")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Field, E> {
                Ok(Field(cell(text)))
            }

            fn visit_i128<E: serde::de::Error>(self, number: i128) -> Result<Field, E> {
                Ok(Field(Some(number.to_string())))
            }

            fn visit_u128<E: serde::de::Error>(self, number: u128) -> Result<Field, E> {
                Ok(Field(Some(number.to_string())))
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Field, E> {
                Ok(Field(Some(number.to_string())))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Field, E> {
                Ok(Field(Some(number.to_string())))
            }

            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Field, E> {
                let decimal = WireDecimal::deserialize(serde::de::value::F64Deserializer::<E>::new(number))?;
                Ok(Field(Some(decimal.0.normalize().to_string())))
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Field, E> {
                Ok(Field(None))
            }

            fn visit_none<E: serde::de::Error>(self) -> Result<Field, E> {
                Ok(Field(None))
            }

            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Field, D::Error> {
                Field::deserialize(deserializer)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Field, A::Error> {
                // Numbers of any precision come as a map of one text.
                match map.next_entry::<String, String>()? {
                    Some((key, number)) if key.starts_with('$') => {
                        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                        Ok(Field(Some(number)))
                    }
                    _ => Err(A::Error::custom("a field holds a text or a number, not a map")),
                }
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(OfField)
        } else {
            // Formats that cannot be asked hold what was written here: texts.
            deserializer.deserialize_str(OfField)
        }
    }
}

impl<'de> Deserialize<'de> for PanelRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfRow;
        impl<'de> Visitor<'de> for OfRow {
            type Value = PanelRow;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of the period, members and values")
            }

            // By hand, so that a fault is told at its field.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PanelRow, A::Error> {
                let mut period = None;
                let mut fields = BTreeMap::new();
                let mut seen = BTreeSet::new();
                while let Some(key) = map.next_key::<String>()? {
                    if !seen.insert(key.clone()) {
                        return Err(A::Error::custom(format_args!("duplicate key `{key}`")));
                    }
                    if key == PERIOD {
                        period = Some(map.next_value::<Period>()?);
                    } else if let Field(Some(text)) = map.next_value()? {
                        fields.insert(key, text);
                    }
                }
                let period = period.ok_or_else(|| A::Error::missing_field(PERIOD))?;
                Ok(PanelRow { period, fields })
            }
        }
        deserializer.deserialize_map(OfRow)
    }
}
