//! Inactivity: active, silent and dormant users; and which conditions each user met.

use super::{Events, FunnelError};
use crate::figure::{Cell, TOTAL, Table};
use crate::quantity::wire::{deserialize_fields, wire_fields};
use crate::quantity::words::words;
use crate::time::{Duration, Timestamp};
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The times without interaction after which a user is silent, and dormant.
///
/// # Examples
/// ```
/// use marketloop::funnel::{Activity, InactivityRules};
///
/// // Silent after 3 days, dormant after 30.
/// let rules = InactivityRules::documents();
/// let now = "2026-07-31T00:00:00Z".parse()?;
/// assert_eq!(rules.activity(now, "2026-07-28T00:00:01Z".parse()?)?, Activity::Active);
/// assert_eq!(rules.activity(now, "2026-07-28T00:00:00Z".parse()?)?, Activity::Silent);
/// assert_eq!(rules.activity(now, "2026-07-01T00:00:00Z".parse()?)?, Activity::Dormant);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// As JSON:
/// ```
/// use marketloop::funnel::InactivityRules;
///
/// let json = r#"{"silent_after":"3 days","dormant_after":"30 days"}"#;
/// assert_eq!(serde_json::from_str::<InactivityRules>(json)?, InactivityRules::documents());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "InactivityDraft")]
#[doc(alias = "沉默用户")]
pub struct InactivityRules {
    silent_after: Duration,
    dormant_after: Duration,
}

struct InactivityDraft {
    silent_after: Duration,
    dormant_after: Duration,
}

deserialize_fields!("InactivityRules", InactivityDraft { silent_after, dormant_after });

impl TryFrom<InactivityDraft> for InactivityRules {
    type Error = FunnelError;

    fn try_from(draft: InactivityDraft) -> Result<Self, Self::Error> {
        Self::new(draft.silent_after, draft.dormant_after)
    }
}

/// Whether a user is active, silent or dormant, by the time since the last interaction.
///
/// # Examples
/// ```
/// use marketloop::funnel::Activity;
///
/// assert_eq!("dormant".parse(), Ok(Activity::Dormant));
/// assert_eq!(Activity::Silent.to_string(), "silent");
/// ```
///
/// ```
/// # use marketloop::funnel::Activity;
/// assert_eq!(serde_json::from_str::<Activity>(r#""dormant""#)?, Activity::Dormant);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Activity {
    /// Not silent yet.
    Active,
    /// Silent, and not dormant yet.
    Silent,
    /// Dormant.
    Dormant,
}

words!(Activity, "activity", FunnelError: Active = "active", Silent = "silent", Dormant = "dormant");

impl InactivityRules {
    /// Rules by which a user is silent once the last interaction is `silent_after` old, and dormant at `dormant_after`.
    ///
    /// # Errors
    /// [`FunnelError::InactivityOrder`] unless `0 < silent_after < dormant_after`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::InactivityRules;
    /// use marketloop::time::Duration;
    ///
    /// let (week, quarter) = (Duration::from_days(7), Duration::from_days(90));
    /// assert!(InactivityRules::new(week, quarter).is_ok());
    /// assert!(InactivityRules::new(quarter, week).is_err());
    /// ```
    pub const fn new(silent_after: Duration, dormant_after: Duration) -> Result<Self, FunnelError> {
        if silent_after.seconds() == 0 || silent_after.seconds() >= dormant_after.seconds() {
            return Err(FunnelError::InactivityOrder { silent_after, dormant_after });
        }
        Ok(Self { silent_after, dormant_after })
    }

    /// The rule of the plan documents: silent after 3 days, dormant after 30.
    #[must_use]
    pub const fn documents() -> Self {
        Self { silent_after: Duration::from_days(3), dormant_after: Duration::from_days(30) }
    }

    /// The age of the last interaction from which a user is silent.
    #[must_use]
    pub const fn silent_after(&self) -> Duration {
        self.silent_after
    }

    /// The age of the last interaction from which a user is dormant.
    #[must_use]
    pub const fn dormant_after(&self) -> Duration {
        self.dormant_after
    }

    /// The activity at `now` of a user whose last interaction was at `last`.
    ///
    /// # Errors
    /// [`FunnelError::Future`] where `last` is after `now`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Activity, InactivityRules};
    /// use marketloop::time::Timestamp;
    ///
    /// let (last, now): (Timestamp, Timestamp) = ("2026-07-01T12:00:00Z".parse()?, "2026-07-09T08:00:00Z".parse()?);
    /// assert_eq!(InactivityRules::documents().activity(now, last)?, Activity::Silent);
    /// assert!(InactivityRules::documents().activity(last, now).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn activity(&self, now: Timestamp, last: Timestamp) -> Result<Activity, FunnelError> {
        let age = now.since(last).ok_or(FunnelError::Future { time: last, now })?;
        Ok(by_age(age, self.silent_after, self.dormant_after))
    }

    /// How many users of these rows are active, silent and dormant at `now`. A row of any mask but 0 is an
    /// interaction; rows after `now` are ignored, and users without an interaction until then are not counted.
    ///
    /// # Errors
    /// [`FunnelError::NotSorted`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, InactivityRules};
    ///
    /// let visits = [(1, "2026-07-30T08:00:00Z"), (2, "2026-07-21T20:15:00Z"), (3, "2026-06-02T11:30:00Z")];
    /// let rows = visits.map(|(user, time)| Ok((user, time.parse()?, 1)));
    /// let events = rows.into_iter().collect::<Result<Events, marketloop::time::TimeError>>()?;
    /// let counts = InactivityRules::documents().count(&events, "2026-07-31T00:00:00Z".parse()?)?;
    /// assert_eq!(counts.to_string(), "activity  users\nactive        1\nsilent        1\ndormant       1\ntotal         3\n");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "no more users than rows in memory")]
    pub fn count(&self, events: &Events<'_>, now: Timestamp) -> Result<ActivityCounts, FunnelError> {
        let unit = events.unit();
        // Ages at the full precision of the times: from times rounded down to seconds a user would be silent up to a
        // second too early.
        let (now, silent_after, dormant_after) =
            (unit.bound(now), unit.limit(self.silent_after), unit.limit(self.dormant_after));
        let mut counts = ActivityCounts::default();
        events.each_user(|user| {
            let mut rows = user.times.iter().zip(user.masks).rev();
            // Rows after the moment asked for are not known yet.
            let Some((last, _)) = rows.find(|(time, mask)| **time <= now && **mask != 0) else { return };
            // No more users than rows in memory: the counts fit.
            *match by_age(now.abs_diff(*last), silent_after, dormant_after) {
                Activity::Active => &mut counts.active,
                Activity::Silent => &mut counts.silent,
                Activity::Dormant => &mut counts.dormant,
            } += 1;
        })?;
        Ok(counts)
    }
}

/// The activity at an age of the last interaction. Each limit belongs to what begins there.
fn by_age<T: PartialOrd + Copy>(age: T, silent_after: T, dormant_after: T) -> Activity {
    if age >= dormant_after {
        Activity::Dormant
    } else if age >= silent_after {
        Activity::Silent
    } else {
        Activity::Active
    }
}

/// How many users are active, silent and dormant.
///
/// ```
/// # use marketloop::funnel::ActivityCounts;
/// let json = r#"{"active":1,"silent":2,"dormant":3}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<ActivityCounts>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ActivityCounts {
    /// Not silent yet.
    pub active: u64,
    /// Silent and not dormant.
    pub silent: u64,
    /// Dormant.
    pub dormant: u64,
}

wire_fields!(ActivityCounts { active: own, silent: own, dormant: own });

impl ActivityCounts {
    /// A row for each activity: its number of users, and their sum.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("activity");
        for (activity, users) in [
            (Activity::Active, self.active),
            (Activity::Silent, self.silent),
            (Activity::Dormant, self.dormant),
        ] {
            table.push(activity, "users", Cell::new(users, "user"));
        }
        table.push_sums(TOTAL, &["users"]);
        table
    }

    /// The counts of the users of both. No user may be in both.
    ///
    /// # Errors
    /// [`FunnelError::TooManyUsers`] where one exceeds 2^64 - 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::ActivityCounts;
    ///
    /// let shard = ActivityCounts { active: 5, silent: 2, dormant: 1 };
    /// assert_eq!(shard.merge(&shard)?, ActivityCounts { active: 10, silent: 4, dormant: 2 });
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn merge(&self, other: &Self) -> Result<Self, FunnelError> {
        let sum = |left: u64, right: u64| left.checked_add(right).ok_or(FunnelError::TooManyUsers);
        Ok(Self {
            active: sum(self.active, other.active)?,
            silent: sum(self.silent, other.silent)?,
            dormant: sum(self.dormant, other.dormant)?,
        })
    }
}

impl fmt::Display for ActivityCounts {
    /// The [table](ActivityCounts::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// The conditions that each user met, as a mask: bit `i` where rows of the user have bit 0 and bit `i`, in any order;
/// 0 for a user without bit 0. This is `ClickHouse`'s `retention`.
///
/// # Errors
/// [`FunnelError::NotSorted`].
///
/// # Examples
/// ```
/// use marketloop::funnel::{Events, retention};
///
/// let events = Events::new(&[1, 1, 2], &[0, 7, 7], &[0b001, 0b100, 0b100])?;
/// assert_eq!(retention(&events)?, [(1, 0b101), (2, 0)]);
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn retention(events: &Events<'_>) -> Result<Vec<(u64, u32)>, FunnelError> {
    let mut users = Vec::new();
    events.each_user(|user| {
        let met = user.masks.iter().fold(0, |met, mask| met | mask);
        // Condition 0 makes the cohort: who did not meet it is not counted as retained by any other.
        users.push((user.user, if met & 1 == 1 { met } else { 0 }));
    })?;
    Ok(users)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::TimeUnit;

    #[test]
    fn ages_that_are_out_of_order_are_refused() {
        let days = Duration::from_days;
        assert!(InactivityRules::new(Duration::ZERO, days(30)).is_err());
        assert!(InactivityRules::new(days(30), days(30)).is_err());
        let rules = InactivityRules::documents();
        assert_eq!(InactivityRules::new(days(3), days(30)), Ok(rules));
        let at = |seconds| Timestamp::from_unix(seconds).unwrap();
        assert!(matches!(rules.activity(at(5), at(6)), Err(FunnelError::Future { .. })));
        let (first, last) =
            ("0001-01-01T00:00:00Z".parse().unwrap(), "9999-12-31T23:59:59Z".parse().unwrap());
        assert_eq!(rules.activity(last, first), Ok(Activity::Dormant));
        assert_eq!(rules.activity(first, first), Ok(Activity::Active));
    }

    #[test]
    fn rows_after_now_and_of_no_interaction_do_not_count() {
        let now = Timestamp::from_unix(30 * 86_400).unwrap();
        let times = [0, 50, 29, 28].map(|day| day * 86_400);
        let events = Events::new(&[1, 1, 2, 3], &times, &[1, 1, 0, 2]).unwrap();
        let rules = InactivityRules::documents();
        let counts = rules.count(&events, now).unwrap();
        assert_eq!(counts, ActivityCounts { active: 1, silent: 0, dormant: 1 });
    }

    #[test]
    fn ages_are_taken_at_the_precision_of_the_times() {
        let now = Timestamp::from_unix(3 * 86_400).unwrap();
        let events = Events::new(&[1, 2], &[0, 1], &[1, 1]).unwrap().with_unit(TimeUnit::Milliseconds);
        let counts = InactivityRules::documents().count(&events, now).unwrap();
        assert_eq!(counts, ActivityCounts { active: 1, silent: 1, dormant: 0 });
        // 292 years of nanoseconds are before the year 9999: every row counts.
        let last = "9999-12-31T23:59:59Z".parse().unwrap();
        let events = events.with_unit(TimeUnit::Nanoseconds);
        assert_eq!(InactivityRules::documents().count(&events, last).unwrap().dormant, 2);
    }
}
