//! Who is still there: silent and dormant users, those who bought again, and which conditions a user met.

use super::counts::percent;
use super::names::chosen;
use super::{EventColumns, FunnelError};
use crate::figure::Table;
use crate::quantity::{Count, Ratio};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// After how long without interaction a user is silent, and after how long dormant.
///
/// # Examples
/// ```
/// use marketloop::funnel::{Activity, InactivityRules};
///
/// // 3 and 30 days, of times in days.
/// let rules = InactivityRules::documents(1)?;
/// assert_eq!(rules.activity(10, 8)?, Activity::Active);
/// assert_eq!(rules.activity(10, 7)?, Activity::Silent);
/// assert_eq!(rules.activity(40, 10)?, Activity::Dormant);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "InactivityDraft")]
pub struct InactivityRules {
    #[serde(with = "crate::quantity::wire::whole")]
    silent_after: u64,
    #[serde(with = "crate::quantity::wire::whole")]
    dormant_after: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InactivityDraft {
    #[serde(with = "crate::quantity::wire::whole")]
    silent_after: u64,
    #[serde(with = "crate::quantity::wire::whole")]
    dormant_after: u64,
}

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Not silent yet.
    Active,
    /// Silent, and not dormant yet.
    Silent,
    /// Dormant.
    Dormant,
}

impl Activity {
    const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Silent => "silent",
            Self::Dormant => "dormant",
        }
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Activity {
    type Err = FunnelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let choices = [Self::Active, Self::Silent, Self::Dormant].map(|activity| (activity, activity.word()));
        chosen(text, "activity", &choices)
    }
}

impl InactivityRules {
    /// The rules by which a user is silent and dormant from these ages of the last interaction on.
    ///
    /// # Errors
    /// [`FunnelError::InactivityOrder`] unless `0 < silent_after < dormant_after`.
    pub const fn new(silent_after: u64, dormant_after: u64) -> Result<Self, FunnelError> {
        if silent_after == 0 || silent_after >= dormant_after {
            return Err(FunnelError::InactivityOrder { silent_after, dormant_after });
        }
        Ok(Self { silent_after, dormant_after })
    }

    /// The rule of the plan documents: silent after 3 days, dormant after 30; a day has this length in the unit of
    /// the times.
    ///
    /// # Errors
    /// [`FunnelError::InactivityOrder`] for a day of length 0 or too long to count.
    pub const fn documents(day: u64) -> Result<Self, FunnelError> {
        Self::new(day.saturating_mul(3), day.saturating_mul(30))
    }

    /// From which age on a user is silent.
    #[must_use]
    pub const fn silent_after(&self) -> u64 {
        self.silent_after
    }

    /// From which age on a user is dormant.
    #[must_use]
    pub const fn dormant_after(&self) -> u64 {
        self.dormant_after
    }

    /// The activity at `now` of a user whose last interaction was at `last`.
    ///
    /// # Errors
    /// [`FunnelError::Future`] where `last` is after `now`.
    pub const fn activity(&self, now: i64, last: i64) -> Result<Activity, FunnelError> {
        if last > now {
            return Err(FunnelError::Future { time: last, now });
        }
        let age = now.abs_diff(last);
        Ok(if age >= self.dormant_after {
            Activity::Dormant
        } else if age >= self.silent_after {
            Activity::Silent
        } else {
            Activity::Active
        })
    }

    /// How many users of these rows are active, silent and dormant at `now`. A row of any mask but 0 is an interaction; rows after `now`
    /// are not looked at, and users without an interaction until then are not counted.
    ///
    /// # Errors
    /// [`FunnelError::NotSorted`].
    pub fn count(&self, events: &EventColumns<'_>, now: i64) -> Result<ActivityCounts, FunnelError> {
        let mut counts = ActivityCounts::default();
        events.each_user(|user| {
            let rows = user.times.iter().zip(user.masks).rev();
            let last = rows.filter(|(time, mask)| **time <= now && **mask != 0).map(|(time, _)| *time).next();
            let users = match last.and_then(|last| self.activity(now, last).ok()) {
                Some(Activity::Active) => &mut counts.active,
                Some(Activity::Silent) => &mut counts.silent,
                Some(Activity::Dormant) => &mut counts.dormant,
                None => return,
            };
            *users = users.saturating_add(1);
        })?;
        Ok(counts)
    }
}

/// How many users are active, silent and dormant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityCounts {
    /// Not silent yet.
    #[serde(with = "crate::quantity::wire::whole")]
    pub active: u64,
    /// Silent and not dormant.
    #[serde(with = "crate::quantity::wire::whole")]
    pub silent: u64,
    /// Dormant.
    #[serde(with = "crate::quantity::wire::whole")]
    pub dormant: u64,
}

impl ActivityCounts {
    /// The users of each activity.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("activity");
        for (activity, users) in [
            (Activity::Active, self.active),
            (Activity::Silent, self.silent),
            (Activity::Dormant, self.dormant),
        ] {
            table.push(activity, "users", users);
        }
        table
    }

    /// The counts of both, of different users.
    ///
    /// # Errors
    /// [`FunnelError::TooManyUsers`] where one exceeds 2^64 - 1.
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

/// How many users bought, and how many of them more than once.
///
/// # Examples
/// ```
/// use marketloop::funnel::{EventColumns, Repurchase};
///
/// let events = EventColumns::new(&[1, 1, 2, 3], &[0, 9, 4, 5], &[1, 1, 1, 0])?;
/// let repurchase = Repurchase::of(&events)?;
/// assert_eq!(repurchase.rate()?.to_percent(), "50%");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[doc(alias = "复购率")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "RepurchaseDraft")]
pub struct Repurchase {
    #[serde(with = "crate::quantity::wire::whole")]
    buyers: u64,
    #[serde(with = "crate::quantity::wire::whole")]
    repeat_buyers: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepurchaseDraft {
    #[serde(with = "crate::quantity::wire::whole")]
    buyers: u64,
    #[serde(with = "crate::quantity::wire::whole")]
    repeat_buyers: u64,
}

impl TryFrom<RepurchaseDraft> for Repurchase {
    type Error = FunnelError;

    fn try_from(draft: RepurchaseDraft) -> Result<Self, Self::Error> {
        Self::new(draft.buyers, draft.repeat_buyers)
    }
}

impl Repurchase {
    /// The repurchase of `buyers`, of whom `repeat_buyers` bought more than once.
    ///
    /// # Errors
    /// [`FunnelError::RepeatBuyers`] where more bought again than bought.
    pub const fn new(buyers: u64, repeat_buyers: u64) -> Result<Self, FunnelError> {
        if repeat_buyers > buyers {
            return Err(FunnelError::RepeatBuyers { buyers, repeat_buyers });
        }
        Ok(Self { buyers, repeat_buyers })
    }

    /// The counts of the users of these rows; a row with bit 0 is a purchase.
    ///
    /// # Errors
    /// [`FunnelError::NotSorted`].
    pub fn of(events: &EventColumns<'_>) -> Result<Self, FunnelError> {
        let mut counts = Self::default();
        events.each_user(|user| {
            let purchases = user.masks.iter().filter(|mask| **mask & 1 == 1).take(2).count();
            counts.buyers = counts.buyers.saturating_add(u64::from(purchases > 0));
            counts.repeat_buyers = counts.repeat_buyers.saturating_add(u64::from(purchases > 1));
        })?;
        Ok(counts)
    }

    /// The buyers, the repeat buyers and their share.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("figure");
        table.push("buyers", "value", self.buyers());
        table.push("repeat buyers", "value", self.repeat_buyers());
        table.push("repurchase rate", "value", percent(self.rate()));
        table
    }

    /// How many bought.
    #[must_use]
    pub const fn buyers(&self) -> Count {
        Count::new(self.buyers)
    }

    /// How many bought more than once.
    #[must_use]
    pub const fn repeat_buyers(&self) -> Count {
        Count::new(self.repeat_buyers)
    }

    /// The share of buyers who bought more than once.
    ///
    /// # Errors
    /// [`FunnelError::NoBuyers`].
    pub fn rate(&self) -> Result<Ratio, FunnelError> {
        if self.buyers == 0 {
            return Err(FunnelError::NoBuyers);
        }
        Ok(Ratio::new(self.repeat_buyers.into(), self.buyers.into())?)
    }

    /// The counts of both, of different users.
    ///
    /// # Errors
    /// [`FunnelError::TooManyUsers`] above 2^64 - 1.
    pub fn merge(&self, other: &Self) -> Result<Self, FunnelError> {
        let buyers = self.buyers.checked_add(other.buyers).ok_or(FunnelError::TooManyUsers)?;
        // Fewer than the buyers.
        Ok(Self { buyers, repeat_buyers: self.repeat_buyers.saturating_add(other.repeat_buyers) })
    }
}

impl fmt::Display for Repurchase {
    /// The [table](Repurchase::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// For each user of these rows the conditions that the user met together with the first: bit `i` where rows have
/// bit 0 and bit `i`, in whatever order; no bit without bit 0. This is `ClickHouse`'s `retention`.
///
/// # Errors
/// [`FunnelError::NotSorted`].
///
/// # Examples
/// ```
/// use marketloop::funnel::{EventColumns, retention};
///
/// let events = EventColumns::new(&[1, 1, 2], &[0, 7, 7], &[0b001, 0b100, 0b100])?;
/// assert_eq!(retention(&events)?, [(1, 0b101), (2, 0)]);
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn retention(events: &EventColumns<'_>) -> Result<Vec<(u64, u32)>, FunnelError> {
    let mut users = Vec::new();
    events.each_user(|user| {
        let met = user.masks.iter().fold(0, |met, mask| met | mask);
        users.push((user.user, if met & 1 == 1 { met } else { 0 }));
    })?;
    Ok(users)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_that_are_out_of_order_are_refused() {
        assert!(InactivityRules::new(0, 30).is_err() && InactivityRules::new(30, 30).is_err());
        assert!(InactivityRules::documents(0).is_err() && InactivityRules::documents(u64::MAX).is_err());
        let rules = InactivityRules::documents(86_400).unwrap();
        assert!(matches!(rules.activity(5, 6), Err(FunnelError::Future { .. })));
        assert_eq!(rules.activity(i64::MAX, i64::MIN), Ok(Activity::Dormant));
    }

    #[test]
    fn rows_after_now_and_of_no_interaction_do_not_count() {
        let events = EventColumns::new(&[1, 1, 2, 3], &[0, 50, 29, 28], &[1, 1, 0, 2]).unwrap();
        let rules = InactivityRules::documents(1).unwrap();
        let counts = rules.count(&events, 30).unwrap();
        assert_eq!(counts, ActivityCounts { active: 1, silent: 0, dormant: 1 });
    }
}
