//! Touches and conversions of users, and how they are brought into order.

use super::{AttributionError, ChannelId};
use alloc::vec::Vec;

/// One touch of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TouchEvent {
    /// The number of the user.
    pub user: u64,
    /// When it was, in seconds from any one moment.
    pub time: i64,
    /// The channel.
    pub channel: ChannelId,
}

/// One conversion of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversionEvent {
    /// The number of the user.
    pub user: u64,
    /// When it was, in seconds from the same moment as the touches.
    pub time: i64,
    /// What it was worth, in minor units.
    pub value: i64,
}

/// Events by user and time, taken a user at a time. Those that do not stand so are sorted by their indices: four
/// bytes for each, where a copy would need 24.
#[derive(Debug)]
pub(super) struct ByUser<'a, T> {
    all: &'a [T],
    /// The indices of all events by user and time, of events that do not stand so.
    order: Option<Vec<u32>>,
    taken: usize,
    own: Vec<T>,
}

impl<'a, T: Copy + Ord> ByUser<'a, T> {
    pub(super) fn new(all: &'a [T]) -> Result<Self, AttributionError> {
        let mut events = Self { all, order: None, taken: 0, own: Vec::new() };
        if !all.is_sorted() {
            let (row, limit) = (usize::try_from(u32::MAX).unwrap_or(usize::MAX), u64::from(u32::MAX));
            let beyond = |_| AttributionError::TooMuch { row, what: "events", limit };
            let mut order: Vec<u32> = (0..u32::try_from(all.len()).map_err(beyond)?).collect();
            order.sort_unstable_by_key(|index| events.at(*index));
            events.order = Some(order);
        }
        Ok(events)
    }

    fn at(&self, index: u32) -> Option<T> {
        self.all.get(usize::try_from(index).ok()?).copied()
    }

    /// The next event.
    pub(super) fn first(&self) -> Option<T> {
        match &self.order {
            None => self.all.get(self.taken).copied(),
            Some(order) => order.get(self.taken).and_then(|index| self.at(*index)),
        }
    }

    /// The next events of which `is_own` says so.
    pub(super) fn take_while(&mut self, is_own: impl Fn(&T) -> bool) -> &[T] {
        if self.order.is_none() {
            let left = self.all.get(self.taken..).unwrap_or_default();
            let own = left.iter().take_while(|event| is_own(event)).count();
            self.taken = self.taken.saturating_add(own);
            return left.get(..own).unwrap_or_default();
        }
        self.own.clear();
        while let Some(event) = self.first().filter(|event| is_own(event)) {
            self.own.push(event);
            self.taken = self.taken.saturating_add(1);
        }
        &self.own
    }
}
