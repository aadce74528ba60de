//! Alerts: from a metric that breaches its threshold to a call for action, as a pure step.

use super::AlertError;
use crate::quantity::wire::decimal as wire_decimal;
use crate::time::{Duration, Timestamp};
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// On which side of the trigger a value is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// A value below the trigger.
    Below,
    /// A value above the trigger.
    Above,
}

/// A rule as it is written down, not checked yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRuleDraft {
    /// On which side a value is bad.
    pub breach: Breach,
    /// Beyond it (not at it) a value is a breach.
    #[serde(with = "wire_decimal")]
    pub trigger: Decimal,
    /// From it on a value has recovered; on the safe side of the trigger or equal to it.
    #[serde(with = "wire_decimal")]
    pub clear: Decimal,
    /// How long a breach has to last before the alert fires.
    #[serde(default)]
    pub hold: Duration,
    /// How long the alert keeps firing after the last value that had not recovered.
    #[serde(default)]
    pub keep_firing: Duration,
}

/// When an alert fires and when it clears.
///
/// A breach makes it pending; a breach that lasts for `hold` makes it fire; it clears once values have recovered
/// for `keep_firing`. Missing data never creates an alert, but keeps one that fires.
///
/// # Examples
/// ```
/// use marketloop::alert::{AlertRule, AlertState, AlertChange};
/// use marketloop::time::{Duration, Timestamp};
/// use rust_decimal::dec;
///
/// // Traffic under 80 for an hour; it has recovered at 90.
/// let rule = AlertRule::below(dec!(80), dec!(90))?.with_hold(Duration::from_hours(1));
/// let nine: Timestamp = "2026-07-15T09:00:00Z".parse()?;
/// let ten = nine.plus(Duration::from_hours(1))?;
/// let pending = rule.step(AlertState::Inactive, nine, Some(dec!(75)))?;
/// let firing = rule.step(pending.state(), ten, Some(dec!(70)))?;
/// assert_eq!(firing.changes().collect::<Vec<_>>(), [AlertChange::Fired]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AlertRuleDraft", into = "AlertRuleDraft")]
pub struct AlertRule {
    draft: AlertRuleDraft,
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AlertState {
    /// Nothing is wrong.
    #[default]
    Inactive,
    /// A breach that has not lasted long enough.
    Pending {
        /// When it began.
        since: Timestamp,
    },
    /// The alert is up.
    Firing {
        /// When it fired.
        since: Timestamp,
        /// The last time that the value had not recovered or was missing.
        last_bad: Timestamp,
    },
}

/// What a step changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertChange {
    /// A breach began.
    Pending,
    /// The alert went up.
    Fired,
    /// The alert went down.
    Cleared,
    /// A breach ended before the alert went up.
    Dropped,
}

impl fmt::Display for AlertChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pending => "pending",
            Self::Fired => "fired",
            Self::Cleared => "cleared",
            Self::Dropped => "dropped",
        })
    }
}

/// The state after a step, and what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AlertStep {
    state: AlertState,
    changes: [Option<AlertChange>; 2],
}

impl AlertStep {
    const fn new(state: AlertState, changes: [Option<AlertChange>; 2]) -> Self {
        Self { state, changes }
    }

    /// Where the alert stands now.
    #[must_use]
    pub const fn state(&self) -> AlertState {
        self.state
    }

    /// What changed, in order; at most a breach that fires at once.
    pub fn changes(&self) -> impl Iterator<Item = AlertChange> {
        self.changes.into_iter().flatten()
    }
}

impl AlertRule {
    /// An alert on values below `trigger`, which clears from `clear` on.
    ///
    /// # Errors
    /// [`AlertError::ClearBeyondTrigger`] when `clear` lies below `trigger`.
    pub fn below(trigger: Decimal, clear: Decimal) -> Result<Self, AlertError> {
        Self::new(Breach::Below, trigger, clear)
    }

    /// An alert on values above `trigger`, which clears from `clear` down.
    ///
    /// # Errors
    /// [`AlertError::ClearBeyondTrigger`] when `clear` lies above `trigger`.
    pub fn above(trigger: Decimal, clear: Decimal) -> Result<Self, AlertError> {
        Self::new(Breach::Above, trigger, clear)
    }

    fn new(breach: Breach, trigger: Decimal, clear: Decimal) -> Result<Self, AlertError> {
        let (hold, keep_firing) = (Duration::ZERO, Duration::ZERO);
        AlertRuleDraft { breach, trigger, clear, hold, keep_firing }.check()
    }

    /// The same rule, firing only when a breach has lasted this long.
    #[must_use]
    pub const fn with_hold(mut self, hold: Duration) -> Self {
        self.draft.hold = hold;
        self
    }

    /// The same rule, clearing only when values have recovered for this long.
    #[must_use]
    pub const fn with_keep_firing(mut self, keep_firing: Duration) -> Self {
        self.draft.keep_firing = keep_firing;
        self
    }

    /// What the rule says.
    #[must_use]
    pub const fn draft(&self) -> &AlertRuleDraft {
        &self.draft
    }

    /// The state after a look at `at`, with the value then or `None` where there is none.
    ///
    /// | state | look | next |
    /// | --- | --- | --- |
    /// | inactive | breach | pending; firing at once without a hold |
    /// | pending | breach for at least the hold | firing |
    /// | pending | no breach, or no value | inactive |
    /// | firing | not recovered, or no value | firing, and this is the last bad look |
    /// | firing | recovered, and the last bad look is at least `keep_firing` ago | inactive |
    ///
    /// Between trigger and clear an alert that fires keeps firing and one that does not stays down.
    ///
    /// # Errors
    /// [`AlertError::TimeRunsBack`] when `at` lies before the time in the state.
    pub fn step(
        &self,
        state: AlertState,
        at: Timestamp,
        value: Option<Decimal>,
    ) -> Result<AlertStep, AlertError> {
        let AlertRuleDraft { hold, keep_firing, .. } = self.draft;
        let since_then = |then: Timestamp| at.since(then).ok_or(AlertError::TimeRunsBack { at, then });
        let breach = value.is_some_and(|value| self.is_breach(value));
        let fired = AlertState::Firing { since: at, last_bad: at };
        Ok(match state {
            AlertState::Inactive if !breach => AlertStep::new(state, [None; 2]),
            AlertState::Inactive if hold == Duration::ZERO => {
                AlertStep::new(fired, [Some(AlertChange::Pending), Some(AlertChange::Fired)])
            }
            AlertState::Inactive => {
                AlertStep::new(AlertState::Pending { since: at }, [Some(AlertChange::Pending), None])
            }
            AlertState::Pending { since } => match (breach, since_then(since)? >= hold) {
                (true, true) => AlertStep::new(fired, [Some(AlertChange::Fired), None]),
                (true, false) => AlertStep::new(state, [None; 2]),
                (false, _) => AlertStep::new(AlertState::Inactive, [Some(AlertChange::Dropped), None]),
            },
            AlertState::Firing { since, last_bad } => {
                let quiet = since_then(last_bad)?;
                if value.is_none_or(|value| !self.has_recovered(value)) {
                    AlertStep::new(AlertState::Firing { since, last_bad: at }, [None; 2])
                } else if quiet >= keep_firing && quiet > Duration::ZERO {
                    AlertStep::new(AlertState::Inactive, [Some(AlertChange::Cleared), None])
                } else {
                    AlertStep::new(state, [None; 2])
                }
            }
        })
    }

    fn is_breach(&self, value: Decimal) -> bool {
        match self.draft.breach {
            Breach::Below => value < self.draft.trigger,
            Breach::Above => value > self.draft.trigger,
        }
    }

    fn has_recovered(&self, value: Decimal) -> bool {
        match self.draft.breach {
            Breach::Below => value >= self.draft.clear,
            Breach::Above => value <= self.draft.clear,
        }
    }
}

impl AlertRuleDraft {
    /// The checked rule.
    ///
    /// # Errors
    /// [`AlertError::ClearBeyondTrigger`] when `clear` lies on the bad side of `trigger`.
    pub fn check(self) -> Result<AlertRule, AlertError> {
        let beyond = match self.breach {
            Breach::Below => self.clear < self.trigger,
            Breach::Above => self.clear > self.trigger,
        };
        if beyond {
            return Err(AlertError::ClearBeyondTrigger { trigger: self.trigger, clear: self.clear });
        }
        Ok(AlertRule { draft: self })
    }
}

impl TryFrom<AlertRuleDraft> for AlertRule {
    type Error = AlertError;

    fn try_from(draft: AlertRuleDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<AlertRule> for AlertRuleDraft {
    fn from(rule: AlertRule) -> Self {
        rule.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use rust_decimal::dec;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_unix(second).unwrap()
    }

    #[test]
    fn no_data_keeps_an_alert_and_creates_none() {
        let rule = AlertRule::above(dec!(10), dec!(8)).unwrap();
        let quiet = rule.step(AlertState::Inactive, at(0), None).unwrap();
        assert_eq!(quiet.state(), AlertState::Inactive);
        let up = rule.step(quiet.state(), at(1), Some(dec!(11))).unwrap();
        assert_eq!(up.changes().collect::<Vec<_>>(), [AlertChange::Pending, AlertChange::Fired]);
        let kept = rule.step(up.state(), at(5), None).unwrap();
        assert_eq!(kept.state(), AlertState::Firing { since: at(1), last_bad: at(5) });
        // At the trigger is no breach, between trigger and clear is no recovery.
        let between = rule.step(kept.state(), at(6), Some(dec!(9))).unwrap();
        assert_eq!(between.changes().count(), 0);
        assert_eq!(rule.step(AlertState::Inactive, at(6), Some(dec!(10))).unwrap().changes().count(), 0);
        let down = rule.step(between.state(), at(7), Some(dec!(8))).unwrap();
        assert_eq!(down.changes().collect::<Vec<_>>(), [AlertChange::Cleared]);
    }

    #[test]
    fn time_does_not_run_back() {
        let rule = AlertRule::below(dec!(1), dec!(1)).unwrap().with_hold(Duration::from_seconds(1));
        let pending = rule.step(AlertState::Inactive, at(5), Some(dec!(0))).unwrap().state();
        let back = rule.step(pending, at(4), Some(dec!(0)));
        assert_eq!(back, Err(AlertError::TimeRunsBack { at: at(4), then: at(5) }));
        assert!(AlertRule::below(dec!(80), dec!(79)).is_err());
        assert!(AlertRule::above(dec!(80), dec!(81)).is_err());
    }
}
