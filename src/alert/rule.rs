//! When an alert fires and clears, as a pure step from one look at a metric to the next.

use super::AlertError;
use crate::error::excerpt;
use crate::quantity::grammar::{list_items, parse_decimal, strip_words};
use crate::quantity::wire::{serialize_fields, text_on_the_wire, wire_variants};
use crate::quantity::words::words;
use crate::target::Better;
use crate::time::{Duration, Timestamp};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;

/// When an alert fires and when it clears (预警).
///
/// A breach makes it pending; a breach that lasts for `hold` makes it fire; it clears once values have recovered
/// for `keep_firing`. Missing data never creates an alert, but keeps one that fires. The gap between trigger and
/// clear (hysteresis) keeps a value that trembles around one threshold from switching the alert at every look.
///
/// Its text form is its wire form: `below 80, clear at 90, hold 15 minutes, keep firing 1 hour`. What is left out is
/// its default: the alert clears at the trigger, fires at once, and clears at once.
///
/// # Examples
/// ```
/// use marketloop::alert::{AlertChange, AlertRule, AlertState};
/// use marketloop::time::{Duration, Timestamp};
/// use rust_decimal::dec;
///
/// // Traffic under 80 for an hour; it has recovered at 90.
/// let rule: AlertRule = "below 80, clear at 90, hold 1 hour".parse()?;
/// assert_eq!(rule, AlertRule::below(dec!(80), dec!(90))?.with_hold(Duration::from_hours(1)));
///
/// let nine: Timestamp = "2026-07-15T09:00:00Z".parse()?;
/// let ten = nine.plus(Duration::from_hours(1))?;
/// let pending = rule.step(AlertState::Inactive, nine, Some(dec!(75)))?;
/// let firing = rule.step(pending.state(), ten, Some(dec!(70)))?;
/// assert_eq!(firing.changes().collect::<Vec<_>>(), [AlertChange::Fired]);
///
/// let read: AlertRule = serde_json::from_str(r#""below 80, clear at 90, hold 1 hour""#)?;
/// assert_eq!(read, rule);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AlertRule {
    /// Values on the other side of the trigger are a breach.
    better: Better,
    trigger: Decimal,
    clear: Decimal,
    hold: Duration,
    keep_firing: Duration,
}

/// The state of an alert.
///
/// ```
/// # use marketloop::alert::AlertState;
/// let json = r#"{"firing":{"since":"1970-01-01T00:00:00Z","last_bad":"1970-01-01T00:00:00Z"}}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<AlertState>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
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

wire_variants!(AlertState {
    "inactive" => Inactive,
    "pending" => Pending { since },
    "firing" => Firing { since, last_bad },
});

impl fmt::Display for AlertState {
    /// `inactive`, `pending since 2026-07-15T09:00:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inactive => f.write_str("inactive"),
            Self::Pending { since } => write!(f, "pending since {since}"),
            Self::Firing { since, last_bad } => write!(f, "firing since {since}, last bad {last_bad}"),
        }
    }
}

/// What a step changed.
///
/// ```
/// # use marketloop::alert::AlertChange;
/// assert_eq!(serde_json::from_str::<AlertChange>(r#""fired""#)?, AlertChange::Fired);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

words!(AlertChange, "change of an alert", AlertError:
    Pending = "pending",
    Fired = "fired",
    Cleared = "cleared",
    Dropped = "dropped",
);

/// The state after a look at a metric, and what the look changed.
///
/// On the wire `{"state":{"pending":{"since":"2026-07-15T09:00:00Z"}},"changes":["pending"]}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AlertStep {
    state: AlertState,
    /// At most two: a breach that fires at once is pending first.
    // No list: every look at every metric makes a step, and none allocates.
    changes: [Option<AlertChange>; 2],
}

serialize_fields!(AlertStep {
    state,
    changes => changes.iter().flatten().collect::<Vec<_>>(),
});

impl fmt::Display for AlertStep {
    /// `pending, fired: firing since …`, or the state alone where nothing changed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.changes {
            [Some(first), Some(second)] => write!(f, "{first}, {second}: {}", self.state),
            [Some(only), None] | [None, Some(only)] => write!(f, "{only}: {}", self.state),
            [None, None] => self.state.fmt(f),
        }
    }
}

impl AlertStep {
    const fn new(state: AlertState, changes: [Option<AlertChange>; 2]) -> Self {
        Self { state, changes }
    }

    /// The state of the alert after the step.
    #[must_use]
    pub const fn state(&self) -> AlertState {
        self.state
    }

    /// The changes of this step in order: none, one, or two where a breach fires at once.
    pub fn changes(&self) -> impl Iterator<Item = AlertChange> {
        self.changes.into_iter().flatten()
    }
}

impl AlertRule {
    /// An alert on values below `trigger`, which clears from `clear` on.
    ///
    /// # Errors
    /// [`AlertError::ClearBeyondTrigger`] when `clear` lies below `trigger`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::alert::AlertRule;
    /// use rust_decimal::dec;
    ///
    /// assert_eq!(AlertRule::below(dec!(80), dec!(90))?.to_string(), "below 80, clear at 90");
    /// assert!(AlertRule::below(dec!(80), dec!(70)).is_err()); // it would clear while it is a breach
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn below(trigger: Decimal, clear: Decimal) -> Result<Self, AlertError> {
        Self::new(Better::Higher, trigger, clear)
    }

    /// An alert on values above `trigger`, which clears from `clear` down.
    ///
    /// # Errors
    /// [`AlertError::ClearBeyondTrigger`] when `clear` lies above `trigger`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::alert::AlertRule;
    /// use rust_decimal::dec;
    ///
    /// let overspend = AlertRule::above(dec!(1.1), dec!(1))?;
    /// assert_eq!(overspend.to_string(), "above 1.1, clear at 1");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn above(trigger: Decimal, clear: Decimal) -> Result<Self, AlertError> {
        Self::new(Better::Lower, trigger, clear)
    }

    fn new(better: Better, trigger: Decimal, clear: Decimal) -> Result<Self, AlertError> {
        let (hold, keep_firing) = (Duration::ZERO, Duration::ZERO);
        // One number has one text: 80.0 is written as 80.
        let (trigger, clear) = (trigger.normalize(), clear.normalize());
        let rule = Self { better, trigger, clear, hold, keep_firing };
        // Else one and the same value would be a breach and a recovery.
        if rule.is_breach(clear) {
            return Err(AlertError::ClearBeyondTrigger { trigger, clear });
        }
        Ok(rule)
    }

    /// Fires only when a breach has lasted this long.
    ///
    /// # Examples
    /// ```
    /// use marketloop::alert::AlertRule;
    /// use marketloop::time::Duration;
    /// use rust_decimal::dec;
    ///
    /// let rule = AlertRule::below(dec!(80), dec!(80))?.with_hold(Duration::from_minutes(15));
    /// assert_eq!(rule.to_string(), "below 80, hold 15 minutes"); // one bad look is no alert yet
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_hold(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }

    /// Clears only when values have recovered for this long.
    ///
    /// # Examples
    /// ```
    /// use marketloop::alert::AlertRule;
    /// use marketloop::time::Duration;
    /// use rust_decimal::dec;
    ///
    /// let rule = AlertRule::below(dec!(80), dec!(80))?.with_keep_firing(Duration::from_hours(1));
    /// assert_eq!(rule.to_string(), "below 80, keep firing 1 hour");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_keep_firing(mut self, keep_firing: Duration) -> Self {
        self.keep_firing = keep_firing;
        self
    }

    /// Which values are better: the higher ones for an alert on values below its trigger.
    #[must_use]
    pub const fn better(&self) -> Better {
        self.better
    }

    /// The trigger: a value beyond it, not equal to it, is a breach.
    #[must_use]
    pub const fn trigger(&self) -> Decimal {
        self.trigger
    }

    /// The threshold of recovery: a value that is equal to it or better has recovered.
    #[must_use]
    pub const fn clear(&self) -> Decimal {
        self.clear
    }

    /// How long a breach has to last before the alert fires.
    #[must_use]
    pub const fn hold(&self) -> Duration {
        self.hold
    }

    /// How long the alert keeps firing after the last value that had not recovered.
    #[must_use]
    pub const fn keep_firing(&self) -> Duration {
        self.keep_firing
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
    ///
    /// # Examples
    /// ```
    /// use marketloop::alert::{AlertRule, AlertState};
    /// use marketloop::time::Timestamp;
    /// use rust_decimal::dec;
    ///
    /// let rule: AlertRule = "above 10, clear at 8".parse()?;
    /// let noon: Timestamp = "2026-07-15T12:00:00Z".parse()?;
    /// let step = rule.step(AlertState::Inactive, noon, Some(dec!(11)))?;
    /// assert!(step.to_string().starts_with("pending, fired: firing since 2026-07-15T12:00:00Z"));
    /// // A gap in the data is no recovery.
    /// assert_eq!(rule.step(step.state(), noon, None)?.changes().count(), 0);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn step(
        &self,
        state: AlertState,
        at: Timestamp,
        value: Option<Decimal>,
    ) -> Result<AlertStep, AlertError> {
        let Self { hold, keep_firing, .. } = *self;
        // Asked only where the state has a time: an inactive alert has none to run behind.
        let since_then = |then: Timestamp| at.since(then).ok_or(AlertError::TimeRunsBack { at, then });
        // No value is no breach: a gap in the data must not raise an alert.
        let breach = value.is_some_and(|value| self.is_breach(value));
        let fired = AlertState::Firing { since: at, last_bad: at };
        Ok(match state {
            AlertState::Inactive if !breach => AlertStep::new(state, [None; 2]),
            // Pending first, also without a hold: whoever follows changes sees the same steps of every rule.
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
                // No value is no recovery: a metric that falls silent must not clear its alert.
                if value.is_none_or(|value| !self.has_recovered(value)) {
                    AlertStep::new(AlertState::Firing { since, last_bad: at }, [None; 2])
                } else if quiet >= keep_firing && quiet > Duration::ZERO {
                    // Not at the time of the last bad look: a second value of that time would clear it.
                    AlertStep::new(AlertState::Inactive, [Some(AlertChange::Cleared), None])
                } else {
                    AlertStep::new(state, [None; 2])
                }
            }
        })
    }

    fn is_breach(&self, value: Decimal) -> bool {
        match self.better {
            Better::Higher => value < self.trigger,
            Better::Lower => value > self.trigger,
        }
    }

    fn has_recovered(&self, value: Decimal) -> bool {
        match self.better {
            Better::Higher => value >= self.clear,
            Better::Lower => value <= self.clear,
        }
    }
}

impl fmt::Display for AlertRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.better {
            Better::Higher => "below",
            Better::Lower => "above",
        };
        write!(f, "{side} {}", self.trigger)?;
        // Left out at its default, so that a rule has one text.
        if self.clear != self.trigger {
            write!(f, ", clear at {}", self.clear)?;
        }
        for (name, time) in [("hold", self.hold), ("keep firing", self.keep_firing)] {
            if time != Duration::ZERO {
                write!(f, ", {name} {time}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for AlertRule {
    type Err = AlertError;

    /// Reads `below 80`, `above 1.1, clear at 1`, `below 80, hold 15 minutes, keep firing 1 hour`: the threshold
    /// first, the clauses behind it in any order, each once.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| AlertError::NotARule { text: excerpt(text), reason };
        let mut clauses = list_items(text).into_iter();
        // Without a clause the text is empty, and starts with neither word.
        let first = clauses.next().unwrap_or("");
        let sides = [("below", Better::Higher), ("above", Better::Lower)];
        let found = sides.iter().find_map(|(word, better)| Some((*better, strip_words(first, word)?)));
        let (better, trigger) = found.ok_or_else(|| refuse("it starts with neither below nor above"))?;
        let number = |text| parse_decimal(text).map_err(|_| refuse("a threshold is no number"));
        let time = |text: &str| text.parse().map_err(|_| refuse("a time has the form `15 minutes`"));
        let trigger = number(trigger)?;
        let (mut clear, mut hold, mut keep_firing) = (None, None, None);
        for clause in clauses {
            // What `replace` hands back tells that a clause came before: the last one does not silently win.
            let again = if let Some(value) = strip_words(clause, "clear at") {
                clear.replace(number(value)?).is_some()
            } else if let Some(value) = strip_words(clause, "hold") {
                hold.replace(time(value)?).is_some()
            } else if let Some(value) = strip_words(clause, "keep firing") {
                keep_firing.replace(time(value)?).is_some()
            } else {
                return Err(refuse("a clause is none of clear at, hold, keep firing"));
            };
            if again {
                return Err(refuse("a clause stands twice"));
            }
        }
        let rule = Self::new(better, trigger, clear.unwrap_or(trigger))?;
        let zero = Duration::ZERO;
        Ok(rule.with_hold(hold.unwrap_or(zero)).with_keep_firing(keep_firing.unwrap_or(zero)))
    }
}

text_on_the_wire!(AlertRule, "an alert rule such as `below 80, clear at 90, hold 15 minutes`");

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
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

    #[test]
    fn rules_read_back_as_their_text() {
        for text in [
            "below 80",
            "above -1.5, clear at -2",
            "below 80, clear at 90, hold 15 minutes, keep firing 1 hour",
            "below 80, keep firing 90 seconds",
        ] {
            assert_eq!(text.parse::<AlertRule>().unwrap().to_string(), text);
        }
        let other: AlertRule = "below １,000，keep firing 1 hour , hold 15 minutes".parse().unwrap();
        assert_eq!(other.to_string(), "below 1000, hold 15 minutes, keep firing 1 hour");
        for (text, reason) in [
            ("", "it starts with neither"),
            ("under 80", "it starts with neither"),
            ("below", "it starts with neither"),
            ("below many", "a threshold is no number"),
            ("below 80, clear at", "a clause is none of"),
            ("below 80, hold 15 moons", "a time has the form"),
            ("below 80, hold 1 hour, hold 1 hour", "a clause stands twice"),
            ("below 80, clear at 70", "the clear threshold 70 lies on the bad side"),
        ] {
            let refused = text.parse::<AlertRule>().unwrap_err().to_string();
            assert!(refused.contains(reason), "{text}: {refused}");
        }
        assert_eq!("fired".parse(), Ok(AlertChange::Fired));
        let refused = "gone".parse::<AlertChange>().unwrap_err();
        assert_eq!(refused.to_string(), "`gone` is no change of an alert: pending, fired, cleared, dropped");
    }
}
