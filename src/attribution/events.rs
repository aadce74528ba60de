//! Touches and conversions of users, and how they are brought into order.

use super::{AttributionError, ChannelId};
use crate::quantity::wire::wire_fields;
use crate::time::Timestamp;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// One contact of a user with a channel: a click, a visit, an opened mail.
///
/// In bulk its time is a whole number of the [unit](crate::time::TimeUnit) of the rules; [`at`](Self::at) takes a
/// [`Timestamp`].
///
/// # Examples
/// ```
/// use marketloop::attribution::{Channels, TouchEvent};
///
/// let sem = Channels::new(["SEM"])?.at(0).unwrap();
/// let first = TouchEvent::at(7, "2026-07-15T09:30:00Z".parse()?, sem);
/// // The log says that the next one came later within the same second.
/// let second = first.with_sequence(1);
/// assert!(first.sequence < second.sequence);
/// let json = r#"{"user":7,"time":1784107800,"sequence":1,"channel":0}"#;
/// assert_eq!(serde_json::from_str::<TouchEvent>(json)?, second);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(alias = "touchpoint")]
#[doc(alias = "触点")]
pub struct TouchEvent {
    /// The number of the user.
    pub user: u64,
    /// When it was, in the [unit](crate::time::TimeUnit) of the rules since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// Where the touch stands among those of its user and time, where the source says so; else 0. Touches that
    /// tie in it, too, stand in the order of their channels' names.
    pub sequence: u32,
    /// The channel.
    pub channel: ChannelId,
}

wire_fields!(TouchEvent { user: own, time, sequence: default, channel });

impl TouchEvent {
    /// A touch at a [`Timestamp`], for rules in [seconds](crate::time::TimeUnit::Seconds).
    #[must_use]
    pub const fn at(user: u64, time: Timestamp, channel: ChannelId) -> Self {
        Self::new(user, time.unix(), channel)
    }

    /// A touch at `time` in the unit of the rules. Touches of equal time stand in the order of their channels' names.
    #[must_use]
    pub const fn new(user: u64, time: i64, channel: ChannelId) -> Self {
        Self { user, time, sequence: 0, channel }
    }

    /// Sets the place of the touch among those of its user and time.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, TouchEvent};
    ///
    /// let channels = Channels::new(["SEM", "Email"])?;
    /// let (sem, email) = (channels.at(0).unwrap(), channels.at(1).unwrap());
    /// // Within one second the order of the names would put Email first; the log knows better.
    /// let touches = [TouchEvent::new(7, 0, sem), TouchEvent::new(7, 0, email).with_sequence(1)];
    /// assert!(touches[0].sequence < touches[1].sequence);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_sequence(self, sequence: u32) -> Self {
        Self { sequence, ..self }
    }
}

/// One conversion of a user.
///
/// # Examples
/// ```
/// use marketloop::attribution::ConversionEvent;
///
/// let order = ConversionEvent::at(7, "2026-07-15T09:30:00Z".parse()?, 99_00);
/// let json = r#"{"user":7,"time":1784107800,"value":9900}"#;
/// assert_eq!(serde_json::from_str::<ConversionEvent>(json)?, order);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversionEvent {
    /// The number of the user.
    pub user: u64,
    /// When it was, as the touches' [time](field@TouchEvent::time).
    pub time: i64,
    /// What it was worth, in minor units.
    pub value: i64,
}

wire_fields!(ConversionEvent { user: own, time, value });

impl ConversionEvent {
    /// A conversion at a [`Timestamp`], worth `value` minor units, for rules in [seconds](crate::time::TimeUnit::Seconds).
    #[must_use]
    pub const fn at(user: u64, time: Timestamp, value: i64) -> Self {
        Self { user, time: time.unix(), value }
    }
}

/// What orders events: the user, the time, and what stands for neither the order of rows nor a number of a
/// dictionary.
pub(super) trait Event: Copy {
    fn user(&self) -> u64;
    fn time(&self) -> i64;
    /// The order among events of one user and time; `ranks` are the places of the channels by name.
    fn tie(&self, ranks: &[u16]) -> u64;
}

impl Event for TouchEvent {
    fn user(&self) -> u64 {
        self.user
    }

    fn time(&self) -> i64 {
        self.time
    }

    #[expect(clippy::indexing_slicing, reason = "every channel was found in the dictionary before")]
    fn tie(&self, ranks: &[u16]) -> u64 {
        // The name's place and not its number: the order of touches is the same under another dictionary.
        u64::from(self.sequence) << 16 | u64::from(ranks[self.channel.index()])
    }
}

impl Event for ConversionEvent {
    fn user(&self) -> u64 {
        self.user
    }

    fn time(&self) -> i64 {
        self.time
    }

    fn tie(&self, _: &[u16]) -> u64 {
        self.value.unsigned_abs()
    }
}

/// How the events stand.
#[derive(Debug)]
enum Order {
    /// In the order of users, times and ties.
    Given,
    /// In the order of users and times, but for ties: those of a user are sorted when they are taken.
    Ties,
    /// In no order: the indices of all events in theirs, four bytes for each, where a copy would need 24.
    Sorted(Vec<u32>),
}

/// Events in their order, taken a user at a time.
#[derive(Debug)]
pub(super) struct ByUser<'a, T> {
    all: &'a [T],
    ranks: &'a [u16],
    order: Order,
    taken: usize,
    own: Vec<T>,
}

impl<'a, T: Event> ByUser<'a, T> {
    pub(super) fn new(all: &'a [T], ranks: &'a [u16]) -> Result<Self, AttributionError> {
        let mut ties_in_order = true;
        let in_order = all.is_sorted_by(|one, next| match by_time(one, next) {
            Ordering::Less => true,
            Ordering::Equal => {
                ties_in_order &= one.tie(ranks) <= next.tie(ranks);
                true
            }
            Ordering::Greater => false,
        });
        let order = match (in_order, ties_in_order) {
            (true, true) => Order::Given,
            (true, false) => Order::Ties,
            (false, _) => {
                let (row, limit) = (u32::MAX as usize, u64::from(u32::MAX));
                let beyond = |_| AttributionError::TooMuch { row, what: "events", limit };
                let mut order: Vec<u32> = (0..u32::try_from(all.len()).map_err(beyond)?).collect();
                #[expect(clippy::indexing_slicing, reason = "the indexes of all events")]
                let at = |index: u32| &all[index as usize];
                // Ties are looked up where there are some: the names' places lie elsewhere in memory.
                order.sort_unstable_by(|one, other| by_tie(at(*one), at(*other), ranks));
                Order::Sorted(order)
            }
        };
        Ok(Self { all, ranks, order, taken: 0, own: Vec::new() })
    }

    /// The user of the next event.
    pub(super) fn user(&self) -> Option<u64> {
        self.first().map(|event| event.user())
    }

    fn first(&self) -> Option<T> {
        let place = match &self.order {
            Order::Given | Order::Ties => self.taken,
            Order::Sorted(order) => *order.get(self.taken)? as usize,
        };
        self.all.get(place).copied()
    }

    /// The next events of this user, in their order.
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "no more events are taken than there are")]
    #[expect(clippy::arithmetic_side_effects, reason = "no more events are taken than there are")]
    pub(super) fn take(&mut self, user: u64) -> &[T] {
        // Rows out of order are gathered one by one; in order they are a slice of what was given.
        if let Order::Sorted(_) = self.order {
            self.own.clear();
            while let Some(event) = self.first().filter(|event| event.user() == user) {
                self.own.push(event);
                self.taken += 1;
            }
            return &self.own;
        }
        let left = &self.all[self.taken..];
        let own = left.iter().take_while(|event| event.user() == user).count();
        self.taken += own;
        let own = &left[..own];
        let ranks = self.ranks;
        if matches!(self.order, Order::Given)
            || own.is_sorted_by(|one, next| by_tie(one, next, ranks).is_le())
        {
            return own;
        }
        self.own.clear();
        self.own.extend_from_slice(own);
        self.own.sort_unstable_by(|one, other| by_tie(one, other, ranks));
        &self.own
    }
}

fn by_time<T: Event>(one: &T, other: &T) -> Ordering {
    one.user().cmp(&other.user()).then(one.time().cmp(&other.time()))
}

fn by_tie<T: Event>(one: &T, other: &T, ranks: &[u16]) -> Ordering {
    by_time(one, other).then_with(|| one.tie(ranks).cmp(&other.tie(ranks)))
}
