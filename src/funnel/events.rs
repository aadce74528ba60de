//! Events in columns: whose they are, when they were, which steps they match.

use super::{FunnelError, Property};
use crate::error::{Path, Problems};
use crate::figure::{Cell, Figure, Table};
use crate::quantity::wire::{Absent, wire_fields};
use crate::time::{TimeUnit, Timestamp};
use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;
use serde::{Deserialize, Serialize};

/// Rows of events in columns, borrowed or owned: users, times and masks of the steps that each row matches. Bit `i`
/// of a mask stands for step `i`; a row of mask 0 matches none.
///
/// Counting needs the rows in the order of users, and for each user in the order of times; [`sort`](Self::sort) rows
/// in any other order first. Rows of one user and time have no order among themselves, unless a
/// [sequence](Self::with_sequence) gives one. Times are whole numbers since 1970-01-01T00:00:00Z, in seconds unless a
/// [unit](Self::with_unit) says otherwise.
///
/// # Examples
/// ```
/// use marketloop::funnel::{Events, FunnelRules};
/// use marketloop::time::Duration;
///
/// let rules = FunnelRules::new(["visit", "order"], Duration::from_hours(1))?;
/// let events = Events::new(&[1, 1, 2], &[0, 3_600, 50], &[0b01, 0b10, 0b01])?;
/// assert_eq!(rules.levels(&events)?, [(1, 2), (2, 1)]);
///
/// // Rows with timestamps, as they come.
/// let rows = [(2, "2026-07-15T10:00:00Z", "visit"), (1, "2026-07-15T09:50:00Z", "order"), (1, "2026-07-15T09:30:00Z", "visit")];
/// let rows = rows.map(|(user, time, event)| Ok((user, time.parse()?, rules.mask(event))));
/// let mut events = rows.into_iter().collect::<Result<Events, marketloop::time::TimeError>>()?;
/// events.sort();
/// assert_eq!(rules.levels(&events)?, [(1, 2), (2, 1)]);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// As JSON:
/// ```
/// use marketloop::funnel::Events;
///
/// let json = r#"{"users":[1,1],"times":[0,3600],"masks":[1,2],
///     "properties":[{"property":{"name":"channel","values":["search","social"]},"values":[1,0]}]}"#;
/// let events: Events = serde_json::from_str(json)?;
/// assert_eq!(events.property("channel")?.1, [1, 0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Events<'a> {
    pub(super) users: Cow<'a, [u64]>,
    pub(super) times: Cow<'a, [i64]>,
    pub(super) masks: Cow<'a, [u32]>,
    unit: TimeUnit,
    pub(super) sequence: Option<Cow<'a, [u32]>>,
    pub(super) properties: Vec<(Cow<'a, Property>, Cow<'a, [u32]>)>,
}

/// The columns on the wire, not checked yet.
struct Wire {
    users: Vec<u64>,
    times: Vec<i64>,
    masks: Vec<u32>,
    unit: TimeUnit,
    sequence: Option<Vec<u32>>,
    properties: Vec<PropertyColumn>,
}

wire_fields!(
    "Events",
    Wire { users: own, times, masks, unit: optional, sequence: optional, properties: optional }
);

struct PropertyColumn {
    property: Property,
    values: Vec<u32>,
}

wire_fields!(PropertyColumn { property, values });

impl Absent for TimeUnit {
    fn is_absent(&self) -> bool {
        *self == Self::default()
    }
}

impl TryFrom<Wire> for Events<'_> {
    type Error = Problems<FunnelError>;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let (mut problems, root) = (Problems::new(), Path::root());
        let rows = wire.users.len();
        problems.take(&root.field("times"), same_length("times", rows, wire.times.len()));
        problems.take(&root.field("masks"), same_length("masks", rows, wire.masks.len()));
        let sequence = wire.sequence.as_ref().map_or(rows, Vec::len);
        problems.take(&root.field("sequence"), same_length("sequence", rows, sequence));
        let mut properties: Vec<(Cow<'_, Property>, _)> = Vec::new();
        for (index, column) in wire.properties.into_iter().enumerate() {
            let path = root.field("properties").index(index);
            let PropertyColumn { property, values } = column;
            let named = new_name(&property, properties.iter().map(|(own, _)| &**own));
            problems.take(&path.field("property").field("name"), named);
            let fits = same_length("property", rows, values.len()).and_then(|()| property.check(&values));
            problems.take(&path.field("values"), fits);
            properties.push((Cow::Owned(property), Cow::Owned(values)));
        }
        problems.into_result(Self {
            users: wire.users.into(),
            times: wire.times.into(),
            masks: wire.masks.into(),
            unit: wire.unit,
            sequence: wire.sequence.map(Cow::Owned),
            properties,
        })
    }
}

impl From<Events<'_>> for Wire {
    fn from(events: Events<'_>) -> Self {
        let column = |(property, values): (Cow<'_, Property>, Cow<'_, [u32]>)| PropertyColumn {
            property: property.into_owned(),
            values: values.into_owned(),
        };
        Self {
            users: events.users.into_owned(),
            times: events.times.into_owned(),
            masks: events.masks.into_owned(),
            unit: events.unit,
            sequence: events.sequence.map(Cow::into_owned),
            properties: events.properties.into_iter().map(column).collect(),
        }
    }
}

impl FromIterator<(u64, Timestamp, u32)> for Events<'_> {
    /// Rows of a user, a time and a mask.
    fn from_iter<I: IntoIterator<Item = (u64, Timestamp, u32)>>(rows: I) -> Self {
        let (mut users, mut times, mut masks) = (Vec::new(), Vec::new(), Vec::new());
        for (user, time, mask) in rows {
            users.push(user);
            times.push(time.unix());
            masks.push(mask);
        }
        Self { users: users.into(), times: times.into(), masks: masks.into(), ..Self::default() }
    }
}

impl<'a> Events<'a> {
    /// Events of these columns of users, times and masks. The order of the rows is checked when they are counted.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Events;
    ///
    /// let masks = vec![0b01, 0b10];
    /// // Borrowed, or owned and then sorted in place.
    /// let events = Events::new(&[1, 1], &[0, 60], &masks)?;
    /// let mut owned = Events::new(vec![2, 1], vec![0, 60], masks.clone())?;
    /// owned.sort();
    /// assert_eq!((events.users(), owned.users()), (&[1, 1][..], &[1, 2][..]));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(
        users: impl Into<Cow<'a, [u64]>>,
        times: impl Into<Cow<'a, [i64]>>,
        masks: impl Into<Cow<'a, [u32]>>,
    ) -> Result<Self, FunnelError> {
        let (users, times, masks) = (users.into(), times.into(), masks.into());
        same_length("times", users.len(), times.len())?;
        same_length("masks", users.len(), masks.len())?;
        Ok(Self { users, times, masks, ..Self::default() })
    }

    /// Reads the times in this unit instead of seconds. Windows and other times of rules are
    /// [`Duration`](crate::time::Duration)s, the same under every unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules};
    /// use marketloop::time::{Duration, TimeUnit};
    ///
    /// let rules = FunnelRules::new(["visit", "order"], Duration::from_seconds(1))?;
    /// let events = Events::new(&[1, 1], &[0, 1_001], &[0b01, 0b10])?.with_unit(TimeUnit::Milliseconds);
    /// assert_eq!(rules.levels(&events)?, [(1, 1)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_unit(self, unit: TimeUnit) -> Self {
        Self { unit, ..self }
    }

    /// Adds a property column: the property, and for each row the number of its value.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`]; [`FunnelError::DuplicateProperty`]; [`FunnelError::ValueNumber`] for a number
    /// that stands for no value.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules, Property, SegmentTouch};
    /// use marketloop::time::Duration;
    ///
    /// let channel = Property::new("channel", ["search", "social"])?;
    /// let events = Events::new(&[1, 2], &[0, 0], &[0b01, 0b01])?.with_property(&channel, &[0, 1])?;
    /// let rules = FunnelRules::new(["visit", "order"], Duration::from_days(7))?;
    /// assert_eq!(rules.count_by(&events, "channel", SegmentTouch::First)?.iter().len(), 2);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_property(
        mut self,
        property: impl Into<Cow<'a, Property>>,
        values: impl Into<Cow<'a, [u32]>>,
    ) -> Result<Self, FunnelError> {
        let (property, values) = (property.into(), values.into());
        same_length("property", self.users.len(), values.len())?;
        new_name(&property, self.properties.iter().map(|(own, _)| &**own))?;
        property.check(&values)?;
        self.properties.push((property, values));
        Ok(self)
    }

    /// Adds the order of rows of one user and time, where the source knows it: a place for each row, ascending.
    ///
    /// The segments of [`count_by`](super::FunnelRules::count_by) and the matches of a [`Pattern`](super::Pattern)
    /// depend on it. Chains of steps do not: there rows of one time are taken in the order by which the chain comes
    /// furthest.
    ///
    /// # Errors
    /// [`FunnelError::ColumnLength`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, Pattern};
    ///
    /// let order_before_visit: Pattern = "(?2)(?1)".parse()?;
    /// let events = Events::new(&[1, 1], &[60, 60], &[0b01, 0b10])?;
    /// assert_eq!(order_before_visit.matches(&events)?, [(1, false)]);
    /// // The log says that the order came first within the same second.
    /// assert_eq!(order_before_visit.matches(&events.with_sequence(&[1, 0])?)?, [(1, true)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_sequence(mut self, sequence: impl Into<Cow<'a, [u32]>>) -> Result<Self, FunnelError> {
        let sequence = sequence.into();
        same_length("sequence", self.users.len(), sequence.len())?;
        self.sequence = Some(sequence);
        Ok(self)
    }

    /// A row for each sample: how many users and events it has, and the days from the first event to the last.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Events;
    ///
    /// let events = Events::new(&[1, 1, 2], &[0, 60, 172_800], &[1, 2, 1])?;
    /// assert_eq!(
    ///     Events::table(&[("visits", &events)]).to_string(),
    ///     "sample  users  events    first on     last on\n\
    ///      visits      2       3  1970-01-01  1970-01-03\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(samples: &[(&str, &Self)]) -> Table {
        let mut table = Table::new("sample");
        for (name, events) in samples {
            let users: BTreeSet<u64> = events.users.iter().copied().collect();
            table.push(name, "users", Cell::new(users.len(), "user"));
            table.push(name, "events", Cell::new(events.len(), "event"));
            let times = || events.times.iter().copied();
            for (column, time) in [("first on", times().min()), ("last on", times().max())] {
                let day = time.and_then(|time| {
                    let second = i64::try_from(events.unit.per_second()).ok()?;
                    Timestamp::from_unix(time.div_euclid(second)).ok()
                });
                let none = || Figure::missing("events");
                table.push(name, column, day.map_or_else(none, |day| Figure::Known(day.date().to_string())));
            }
        }
        table
    }

    /// The rows at these places, in this order, with all their columns: for the laws, which count parts of the rows.
    #[cfg(feature = "proptest")]
    #[expect(clippy::indexing_slicing, reason = "the places of rows of these columns")]
    pub(crate) fn at(&self, rows: &[usize]) -> Events<'static> {
        fn column<T: Copy>(all: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|row| all[*row]).collect()
        }
        let property = |(property, values): &(Cow<'_, Property>, Cow<'_, [u32]>)| {
            (Cow::Owned(property.clone().into_owned()), column(values, rows).into())
        };
        Events {
            users: column(&self.users, rows).into(),
            times: column(&self.times, rows).into(),
            masks: column(&self.masks, rows).into(),
            unit: self.unit,
            sequence: self.sequence.as_ref().map(|places| column(places, rows).into()),
            properties: self.properties.iter().map(property).collect(),
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.users.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// The users of the rows.
    #[must_use]
    pub fn users(&self) -> &[u64] {
        &self.users
    }

    /// The times of the rows, in the [unit](Self::unit).
    #[must_use]
    pub fn times(&self) -> &[i64] {
        &self.times
    }

    /// The masks of the rows.
    #[must_use]
    pub fn masks(&self) -> &[u32] {
        &self.masks
    }

    /// The unit of the times.
    #[must_use]
    pub const fn unit(&self) -> TimeUnit {
        self.unit
    }

    /// The property of this name, with the number of its value for each row.
    ///
    /// # Errors
    /// [`FunnelError::UnknownProperty`] with the names that there are.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, Property};
    ///
    /// let channel = Property::new("channel", ["search", "social"])?;
    /// let events = Events::new(&[1], &[0], &[0b01])?.with_property(&channel, &[1])?;
    /// let (property, numbers) = events.property("channel")?;
    /// assert_eq!(property.value(numbers[0]).as_deref(), Some("social"));
    /// assert_eq!(events.property("city").unwrap_err().to_string(), "there is no property `city` (there is `channel`)");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn property(&self, name: &str) -> Result<(&Property, &[u32]), FunnelError> {
        let found = self.properties.iter().find(|(own, _)| own.name() == name);
        found.map(|(property, values)| (&**property, &**values)).ok_or_else(|| FunnelError::UnknownProperty {
            property: name.into(),
            known: self.properties.iter().map(|(own, _)| own.name().into()).collect(),
        })
    }

    /// Hands over the rows of each user in turn.
    ///
    /// # Errors
    /// [`FunnelError::NotSorted`] where the rows are out of order.
    #[expect(
        clippy::indexing_slicing,
        reason = "the columns are of one length; a user's rows begin where the last one's end, below that length"
    )]
    #[expect(clippy::arithmetic_side_effects, reason = "places of rows in memory")]
    pub(super) fn each_user<'s>(&'s self, mut act: impl FnMut(UserRows<'s>)) -> Result<(), FunnelError> {
        let (users, times, masks) = (&*self.users, &*self.times, &*self.masks);
        let sequence = self.sequence.as_deref();
        debug_assert!(times.len() == users.len() && masks.len() == users.len(), "checked with each column");
        let mut start = 0_usize;
        while start < users.len() {
            let user = users[start];
            // At least the first row is the user's own: each turn goes on.
            let same = users[start..].iter().take_while(|own| **own == user);
            let rows = start..start + same.count();
            let own = &times[rows.clone()];
            // The order is checked in the pass that reads: at the door it would take a pass of its own over every column.
            if let Some(place) = own.iter().zip(own.iter().skip(1)).position(|(a, b)| a > b) {
                return Err(FunnelError::NotSorted { row: start + place + 1 });
            }
            if users.get(rows.end).is_some_and(|next| *next < user) {
                return Err(FunnelError::NotSorted { row: rows.end });
            }
            start = rows.end;
            let (masks, sequence) = (&masks[rows.clone()], sequence.map(|all| &all[rows.clone()]));
            act(UserRows { user, rows, times: own, masks, sequence });
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
        // The sequence has a place for each row, or there is none at all.
        let given = self.sequence.into_iter().flatten().copied();
        let rest = if self.sequence.is_some() { 0 } else { self.times.len() };
        given.chain(core::iter::repeat_n(0, rest))
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
