//! Events in columns: whose they are, when they were, which steps they match.

use super::{FunnelError, order};
use alloc::vec::Vec;
use core::ops::Range;

/// Rows of events, borrowed: users, times and masks of the steps that each row matches. Bit `i` of a mask stands
/// for step `i`; a row of mask 0 matches none.
///
/// The rows stand in the order of users, and for each user in the order of times. Rows of one user and time have
/// no order among themselves.
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
    properties: Vec<&'a [u32]>,
}

impl<'a> EventColumns<'a> {
    /// These columns. Their order is checked when they are read.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`].
    pub fn new(users: &'a [u64], times: &'a [i64], masks: &'a [u32]) -> Result<Self, FunnelError> {
        same_length("times", users.len(), times.len())?;
        same_length("masks", users.len(), masks.len())?;
        Ok(Self { users, times, masks, properties: Vec::new() })
    }

    /// The same with one more property of the rows, whose number is the count of those before it.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`].
    pub fn with_property(mut self, values: &'a [u32]) -> Result<Self, FunnelError> {
        same_length("property", self.users.len(), values.len())?;
        self.properties.push(values);
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

    /// The values of the property of this number.
    ///
    /// # Errors
    /// [`FunnelError::UnknownProperty`].
    pub fn property(&self, number: usize) -> Result<&'a [u32], FunnelError> {
        let count = self.properties.len();
        self.properties.get(number).copied().ok_or(FunnelError::UnknownProperty { number, count })
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
            act(UserRows { user, rows, times, masks });
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
    pub(super) properties: Vec<Vec<u32>>,
}

impl Events {
    /// These columns.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`].
    pub fn new(users: Vec<u64>, times: Vec<i64>, masks: Vec<u32>) -> Result<Self, FunnelError> {
        same_length("times", users.len(), times.len())?;
        same_length("masks", users.len(), masks.len())?;
        Ok(Self { users, times, masks, properties: Vec::new() })
    }

    /// The same with one more property of the rows, whose number is the count of those before it.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`].
    pub fn with_property(mut self, values: Vec<u32>) -> Result<Self, FunnelError> {
        same_length("property", self.users.len(), values.len())?;
        self.properties.push(values);
        Ok(self)
    }

    /// Sorts the rows in place by user, time and mask, and, where there are properties, by those in turn.
    ///
    /// Where the user, the time and the mask of every row fit together in 64 bits, counted from the least of
    /// each, no memory is needed beyond the columns; otherwise less than 2 MiB is.
    pub fn sort(&mut self) {
        order::sort(self);
    }

    /// The columns, to be read.
    #[must_use]
    pub fn columns(&self) -> EventColumns<'_> {
        EventColumns {
            users: &self.users,
            times: &self.times,
            masks: &self.masks,
            properties: self.properties.iter().map(Vec::as_slice).collect(),
        }
    }
}
