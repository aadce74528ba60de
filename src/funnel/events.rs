//! Events in columns: whose they are, when they were, which steps they match.

use super::{FunnelError, Property};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

/// Rows of events, borrowed: users, times and masks of the steps that each row matches. Bit `i` of a mask stands
/// for step `i`; a row of mask 0 matches none.
///
/// The rows stand in the order of users, and for each user in the order of times. Rows of one user and time have
/// no order among themselves, unless a [sequence](Self::with_sequence) says so.
///
/// # Examples
/// ```
/// use marketloop::funnel::{EventColumns, FunnelRules};
///
/// let rules = FunnelRules::new(["visit", "order"], 3_600)?;
/// let events = EventColumns::new(&[1, 1, 2], &[0, 3_600, 50], &[0b01, 0b10, 0b01])?;
/// assert_eq!(rules.levels(&events)?, [(1, 2), (2, 1)]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct EventColumns<'a> {
    users: &'a [u64],
    times: &'a [i64],
    masks: &'a [u32],
    sequence: Option<&'a [u32]>,
    properties: Vec<(&'a Property, &'a [u32])>,
}

impl<'a> EventColumns<'a> {
    /// Borrows columns of users, times and masks. Their order is checked when they are read.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`].
    pub fn new(users: &'a [u64], times: &'a [i64], masks: &'a [u32]) -> Result<Self, FunnelError> {
        same_length("times", users.len(), times.len())?;
        same_length("masks", users.len(), masks.len())?;
        Ok(Self { users, times, masks, sequence: None, properties: Vec::new() })
    }

    /// Adds a property of the rows: its name and values, and the number of each row's value.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`]; [`FunnelError::DuplicateProperty`]; [`FunnelError::ValueNumber`] for a number
    /// that has no value.
    pub fn with_property(mut self, property: &'a Property, values: &'a [u32]) -> Result<Self, FunnelError> {
        same_length("property", self.users.len(), values.len())?;
        new_name(property, self.properties.iter().map(|(own, _)| *own))?;
        property.check(values)?;
        self.properties.push((property, values));
        Ok(self)
    }

    /// Says where each row stands among those of its user and time, where the source knows that.
    ///
    /// The segments of [`count_by`](super::FunnelRules::count_by) and the rows of a [`Pattern`](super::Pattern) go by
    /// it. Chains of steps do not: there rows of one time stand in the order that serves the chain.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{EventColumns, Pattern};
    ///
    /// let order_before_visit: Pattern = "(?2)(?1)".parse()?;
    /// let events = EventColumns::new(&[1, 1], &[60, 60], &[0b01, 0b10])?;
    /// assert_eq!(order_before_visit.matches(&events)?, [(1, false)]);
    /// // The log says that the order came first within the same second.
    /// assert_eq!(order_before_visit.matches(&events.with_sequence(&[1, 0])?)?, [(1, true)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_sequence(mut self, sequence: &'a [u32]) -> Result<Self, FunnelError> {
        same_length("sequence", self.users.len(), sequence.len())?;
        self.sequence = Some(sequence);
        Ok(self)
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.users.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// The users of the rows.
    #[must_use]
    pub const fn users(&self) -> &'a [u64] {
        self.users
    }

    /// The times of the rows.
    #[must_use]
    pub const fn times(&self) -> &'a [i64] {
        self.times
    }

    /// The masks of the rows.
    #[must_use]
    pub const fn masks(&self) -> &'a [u32] {
        self.masks
    }

    /// The property of this name, and the number of each row's value.
    ///
    /// # Errors
    /// [`FunnelError::UnknownProperty`] with the names that there are.
    pub fn property(&self, name: &str) -> Result<(&'a Property, &'a [u32]), FunnelError> {
        let found = self.properties.iter().find(|(own, _)| own.name() == name).copied();
        found.ok_or_else(|| FunnelError::UnknownProperty {
            property: name.into(),
            known: self.properties.iter().map(|(own, _)| own.name().into()).collect(),
        })
    }

    /// Hands over the rows of each user in turn.
    ///
    /// # Errors
    /// [`FunnelError::NotSorted`] where the rows are out of order.
    pub(super) fn each_user(&self, mut act: impl FnMut(UserRows<'a>)) -> Result<(), FunnelError> {
        let mut start = 0_usize;
        while let Some(user) = self.users.get(start).copied() {
            let same = self.users.get(start..).unwrap_or_default().iter().take_while(|own| **own == user);
            let rows = start..start.saturating_add(same.count());
            let times = self.times.get(rows.clone()).unwrap_or_default();
            if let Some(place) = times.iter().zip(times.iter().skip(1)).position(|(a, b)| a > b) {
                return Err(FunnelError::NotSorted { row: start.saturating_add(place).saturating_add(1) });
            }
            if self.users.get(rows.end).is_some_and(|next| *next < user) {
                return Err(FunnelError::NotSorted { row: rows.end });
            }
            start = rows.end;
            let masks = self.masks.get(rows.clone()).unwrap_or_default();
            let sequence = self.sequence.map(|all| all.get(rows.clone()).unwrap_or_default());
            act(UserRows { user, rows, times, masks, sequence });
        }
        Ok(())
    }
}

/// The rows of one user.
pub(super) struct UserRows<'a> {
    pub(super) user: u64,
    /// Where they stand in the columns.
    pub(super) rows: Range<usize>,
    pub(super) times: &'a [i64],
    pub(super) masks: &'a [u32],
    pub(super) sequence: Option<&'a [u32]>,
}

impl UserRows<'_> {
    /// The place of each row among those of its time: 0 where the source gives none.
    pub(super) fn places(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.times.len()).map(|row| self.sequence.and_then(|own| own.get(row)).copied().unwrap_or(0))
    }
}

/// Checks that no property has the name of this one.
fn new_name<'p>(
    property: &Property,
    mut others: impl Iterator<Item = &'p Property>,
) -> Result<(), FunnelError> {
    if others.any(|own| own.name() == property.name()) {
        return Err(FunnelError::DuplicateProperty { property: String::from(property.name()) });
    }
    Ok(())
}

fn same_length(column: &'static str, expected: usize, actual: usize) -> Result<(), FunnelError> {
    if expected == actual { Ok(()) } else { Err(FunnelError::ColumnLength { column, expected, actual }) }
}

/// Rows of events, owned, in any order: they can be sorted in place.
///
/// # Examples
/// ```
/// use marketloop::funnel::{Events, FunnelRules};
///
/// let rules = FunnelRules::new(["visit", "order"], 3_600)?;
/// let mut events = Events::new(vec![2, 1, 1], vec![50, 90, 60], vec![0b01, 0b10, 0b01])?;
/// assert!(rules.count(&events.columns()).is_err());
/// events.sort();
/// assert_eq!(events.columns().users(), [1, 1, 2]);
/// assert_eq!(rules.count(&events.columns())?.levels(), [0, 1, 1]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Events {
    pub(super) users: Vec<u64>,
    pub(super) times: Vec<i64>,
    pub(super) masks: Vec<u32>,
    /// The sequence, where there is one, then the properties.
    pub(super) more: Vec<Vec<u32>>,
    has_sequence: bool,
    properties: Vec<Property>,
}

impl Events {
    /// Takes columns of users, times and masks, in any order.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`].
    pub fn new(users: Vec<u64>, times: Vec<i64>, masks: Vec<u32>) -> Result<Self, FunnelError> {
        same_length("times", users.len(), times.len())?;
        same_length("masks", users.len(), masks.len())?;
        Ok(Self { users, times, masks, ..Self::default() })
    }

    /// Adds a property of the rows, as [`EventColumns::with_property`] does.
    ///
    /// # Errors
    /// As of [`EventColumns::with_property`].
    pub fn with_property(mut self, property: Property, values: Vec<u32>) -> Result<Self, FunnelError> {
        same_length("property", self.users.len(), values.len())?;
        new_name(&property, self.properties.iter())?;
        property.check(&values)?;
        self.properties.push(property);
        self.more.push(values);
        Ok(self)
    }

    /// Says where each row stands among those of its user and time, as [`EventColumns::with_sequence`] does.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`].
    pub fn with_sequence(mut self, sequence: Vec<u32>) -> Result<Self, FunnelError> {
        same_length("sequence", self.users.len(), sequence.len())?;
        if self.has_sequence {
            self.more.remove(0);
        }
        self.more.insert(0, sequence);
        self.has_sequence = true;
        Ok(self)
    }

    /// The columns, to be read.
    #[must_use]
    pub fn columns(&self) -> EventColumns<'_> {
        let mut more = self.more.iter().map(Vec::as_slice);
        let sequence = if self.has_sequence { more.next() } else { None };
        EventColumns {
            users: &self.users,
            times: &self.times,
            masks: &self.masks,
            sequence,
            properties: self.properties.iter().zip(more).collect(),
        }
    }
}
