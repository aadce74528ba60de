//! Units of an experiment in columns: in which arm each is, and what was counted of it.

use super::ExperimentError;
use crate::error::{Path, Problems};
use crate::quantity::wire::wire_fields;
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Units, mostly users, in columns, borrowed or owned: the arm of each by its index, and columns of whole numbers by
/// name.
///
/// A unit is what was assigned to an arm, and it is one row: whoever comes back on another day belongs to the same row.
/// Rows have no order.
///
/// # Examples
/// ```
/// use marketloop::experiment::Units;
///
/// // Four users: two saw the old page (arm 0), two the new one.
/// let units = Units::new(&[0, 0, 1, 1]).with_column("orders", &[0, 1, 1, 1])?.with_column("visits", &[1, 3, 2, 1])?;
/// assert_eq!(units.len(), 4);
/// assert!(units.clone().with_column("revenue", &[0, 100]).is_err()); // of two of them only
/// # Ok::<(), marketloop::experiment::ExperimentError>(())
/// ```
///
/// ```
/// # use marketloop::experiment::Units;
/// let json = r#"{"arms":[0,1],"columns":[["orders",[0,1]]]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Units>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Units<'a> {
    arms: Cow<'a, [u32]>,
    columns: Vec<(Cow<'a, str>, Cow<'a, [i64]>)>,
    segments: Vec<Segmented<'a>>,
}

/// A property of units by which they are told apart: the names of its values, and the value of each unit by its index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segmented<'a> {
    name: Cow<'a, str>,
    pub(super) values: Vec<String>,
    pub(super) of: Cow<'a, [u32]>,
}

/// The columns on the wire, not checked yet.
struct Wire {
    arms: Vec<u32>,
    columns: Vec<(String, Vec<i64>)>,
    segments: Vec<WireSegments>,
}

wire_fields!("Units", Wire { arms, columns: own, segments: optional });

struct WireSegments {
    name: String,
    values: Vec<String>,
    of: Vec<u32>,
}

wire_fields!("Segments", WireSegments { name, values, of });

impl TryFrom<Wire> for Units<'_> {
    type Error = Problems<ExperimentError>;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let (mut problems, root) = (Problems::new(), Path::root());
        let mut units = Self { arms: wire.arms.into(), ..Self::default() };
        for (index, (name, values)) in wire.columns.into_iter().enumerate() {
            let fits = units.add(name.into(), values.into());
            problems.take(&root.field("columns").index(index), fits);
        }
        for (index, segments) in wire.segments.into_iter().enumerate() {
            let fits = units.divide(segments.name.into(), segments.values, segments.of.into());
            problems.take(&root.field("segments").index(index), fits);
        }
        problems.into_result(units)
    }
}

impl From<Units<'_>> for Wire {
    fn from(units: Units<'_>) -> Self {
        let segments = |of: Segmented<'_>| WireSegments {
            name: of.name.into_owned(),
            values: of.values,
            of: of.of.into_owned(),
        };
        Self {
            arms: units.arms.into_owned(),
            columns: units
                .columns
                .into_iter()
                .map(|(name, values)| (name.into_owned(), values.into_owned()))
                .collect(),
            segments: units.segments.into_iter().map(segments).collect(),
        }
    }
}

impl<'a> Units<'a> {
    /// Units by the index of the arm of each.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::Units;
    ///
    /// assert_eq!(Units::new(vec![0, 1, 1]).len(), 3);
    /// ```
    #[must_use]
    pub fn new(arms: impl Into<Cow<'a, [u32]>>) -> Self {
        Self { arms: arms.into(), ..Self::default() }
    }

    /// The units with a column of whole numbers: minor units of money, counts, milliseconds, 0 and 1.
    ///
    /// # Errors
    /// [`ExperimentError::EmptyName`], [`ExperimentError::Duplicate`], [`ExperimentError::ColumnLength`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::Units;
    ///
    /// let units = Units::new(&[0, 1, 1]).with_column("revenue", &[0, 120_00, 80_00])?;
    /// assert!(units.with_column("revenue", &[0, 0, 0]).is_err()); // there is one of this name
    /// # Ok::<(), marketloop::experiment::ExperimentError>(())
    /// ```
    pub fn with_column(
        mut self,
        name: impl Into<Cow<'a, str>>,
        values: impl Into<Cow<'a, [i64]>>,
    ) -> Result<Self, ExperimentError> {
        self.add(name.into(), values.into())?;
        Ok(self)
    }

    /// The units with a property that tells them apart, such as their city or the day on which they came first: the
    /// names of its values, and for each unit the index of its value.
    ///
    /// # Errors
    /// Those of [`with_column`](Self::with_column); [`ExperimentError::SegmentOutOfRange`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::Units;
    ///
    /// let units = Units::new(&[0, 1, 1]).with_segments("device", ["phone", "tablet"], &[0, 0, 1])?;
    /// # assert_eq!(units.len(), 3);
    /// # Ok::<(), marketloop::experiment::ExperimentError>(())
    /// ```
    pub fn with_segments<N: Into<String>>(
        mut self,
        name: impl Into<Cow<'a, str>>,
        values: impl IntoIterator<Item = N>,
        of: impl Into<Cow<'a, [u32]>>,
    ) -> Result<Self, ExperimentError> {
        self.divide(name.into(), values.into_iter().map(Into::into).collect(), of.into())?;
        Ok(self)
    }

    /// Units from rows as they come: the name of the arm, and the values of the columns in their order.
    ///
    /// # Errors
    /// All problems at once, each with its row: [`ExperimentError::Unknown`] arm; those of
    /// [`with_column`](Self::with_column).
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::Units;
    ///
    /// let rows = [("old", [0, 0]), ("new", [1, 68_00]), ("new", [0, 0])];
    /// let units = Units::from_rows(["old", "new"], ["orders", "revenue"], rows)?;
    /// assert_eq!(units, Units::new(&[0, 1, 1]).with_column("orders", &[0, 1, 0])?.with_column("revenue", &[0, 68_00, 0])?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn from_rows<const N: usize, T: AsRef<str>>(
        arms: impl IntoIterator<Item = impl Into<String>>,
        columns: [&'a str; N],
        rows: impl IntoIterator<Item = (T, [i64; N])>,
    ) -> Result<Self, Problems<ExperimentError>> {
        let (mut problems, root) = (Problems::new(), Path::root());
        let arms: Vec<String> = arms.into_iter().map(Into::into).collect();
        let index: BTreeMap<&str, u32> = arms.iter().map(String::as_str).zip(0..).collect();
        let mut arm_of = Vec::new();
        let mut values: [Vec<i64>; N] = core::array::from_fn(|_| Vec::new());
        for (number, (arm, row)) in rows.into_iter().enumerate() {
            let found = index.get(arm.as_ref()).copied().ok_or_else(|| ExperimentError::Unknown {
                what: "arm",
                name: arm.as_ref().to_string(),
                known: arms.clone(),
            });
            arm_of.extend(problems.take(&root.index(number), found));
            for (column, value) in values.iter_mut().zip(row) {
                column.push(value);
            }
        }
        // Columns are as long as the rows; with a refused row nothing is built of them.
        let mut units = Units::new(arm_of);
        if problems.is_empty() {
            for (name, values) in columns.into_iter().zip(values) {
                problems.take(&root, units.add(name.into(), values.into()));
            }
        }
        problems.into_result(units)
    }

    fn add(&mut self, name: Cow<'a, str>, values: Cow<'a, [i64]>) -> Result<(), ExperimentError> {
        self.check("column", &name, values.len(), self.columns.iter().map(|(name, _)| &**name))?;
        self.columns.push((name, values));
        Ok(())
    }

    fn divide(
        &mut self,
        name: Cow<'a, str>,
        values: Vec<String>,
        of: Cow<'a, [u32]>,
    ) -> Result<(), ExperimentError> {
        self.check("property", &name, of.len(), self.segments.iter().map(|of| &*of.name))?;
        super::check_names("segment", &values)?;
        if let Some(row) = of.iter().position(|of| *of as usize >= values.len()) {
            return Err(ExperimentError::SegmentOutOfRange { row, segments: values.len() });
        }
        self.segments.push(Segmented { name, values, of });
        Ok(())
    }

    fn check<'n>(
        &self,
        what: &'static str,
        name: &str,
        length: usize,
        mut others: impl Iterator<Item = &'n str>,
    ) -> Result<(), ExperimentError> {
        if name.trim().is_empty() {
            return Err(ExperimentError::EmptyName { what });
        }
        if others.any(|other| other == name) {
            return Err(ExperimentError::Duplicate { what, name: name.to_string() });
        }
        if length != self.len() {
            let (column, expected, actual) = (name.to_string(), self.len(), length);
            return Err(ExperimentError::ColumnLength { column, expected, actual });
        }
        Ok(())
    }

    /// How many units there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.arms.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.arms.is_empty()
    }

    pub(super) fn arms(&self) -> &[u32] {
        &self.arms
    }

    pub(super) fn column(&self, name: &str) -> Result<&[i64], ExperimentError> {
        let found = self.columns.iter().find(|(own, _)| own == name);
        found.map(|(_, values)| &**values).ok_or_else(|| ExperimentError::Unknown {
            what: "column",
            name: name.to_string(),
            known: self.columns.iter().map(|(name, _)| name.to_string()).collect(),
        })
    }

    pub(super) fn segments(&self, name: &str) -> Result<&Segmented<'a>, ExperimentError> {
        let found = self.segments.iter().find(|own| own.name == name);
        found.ok_or_else(|| ExperimentError::Unknown {
            what: "property",
            name: name.to_string(),
            known: self.segments.iter().map(|of| of.name.to_string()).collect(),
        })
    }
}
