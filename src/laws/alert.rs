//! Alerts fire and clear when their rule says.

use super::{Broken, hold};
use crate::alert::{AlertChange, AlertRule};
use crate::target::Better;
use crate::time::{Duration, Timestamp};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// A look at a metric: when, and the value then.
type Look = (Timestamp, Option<Decimal>);

/// An alert fires when, and only when, its metric has been beyond the trigger without a break for the rule's hold: none
/// of these looks without a value, the first of them at least that long ago.
///
/// `firing` says for each look whether the alert is up after it.
///
/// # Errors
/// [`Broken`], with the rule, the look and those before it; also where a look has no such answer.
///
/// # Examples
/// ```
/// use marketloop::alert::AlertState;
/// use marketloop::laws::alert_fires_after_its_hold;
/// use marketloop::strategies::alert_series;
/// use proptest::prelude::*;
///
/// proptest!(|((rule, looks) in alert_series())| {
///     let mut state = AlertState::Inactive;
///     let firing: Vec<bool> = looks.iter().map(|(at, value)| {
///         state = rule.step(state, *at, *value).unwrap().state();
///         matches!(state, AlertState::Firing { .. })
///     }).collect();
///     alert_fires_after_its_hold(&rule, &looks, &firing)?;
/// });
/// ```
pub fn alert_fires_after_its_hold(rule: &AlertRule, looks: &[Look], firing: &[bool]) -> Result<(), Broken> {
    const LAW: &str = "alert_fires_after_its_hold";
    each_look_is_answered(LAW, looks, firing)?;
    let (mut began, mut was_up) = (None, false);
    for (place, ((at, value), up)) in looks.iter().zip(firing).enumerate() {
        let breach = value.is_some_and(|value| match rule.better() {
            Better::Higher => value < rule.trigger(),
            Better::Lower => value > rule.trigger(),
        });
        // While an alert is up no breach begins: the next one does after it has cleared.
        began = if breach && !was_up { Some(began.unwrap_or(*at)) } else { None };
        let lasted = began.and_then(|began| at.since(began)).is_some_and(|lasted| lasted >= rule.hold());
        hold(LAW, was_up || *up == lasted, || {
            let state = if *up { "fires" } else { "does not fire" };
            format!("`{rule}` {state} at look {place} of {}", told(looks, place))
        })?;
        was_up = *up;
    }
    Ok(())
}

/// An alert clears only at a value that has recovered to the rule's clear, when the last look that had not is at least the
/// rule's time of firing on ago; and then it does, unless that look was at the same time.
///
/// An alert that never fires has nothing to clear: whether it has to fire is for [`alert_fires_after_its_hold`].
///
/// # Errors
/// [`Broken`], with the rule, the look and those before it; also where a look has no answer.
///
/// # Examples
/// ```
/// use marketloop::alert::AlertRule;
/// use marketloop::laws::alert_clears_after_recovery;
/// use marketloop::time::Timestamp;
/// use rust_decimal::dec;
///
/// let rule: AlertRule = "below 80, clear at 90".parse()?;
/// let looks: Vec<_> = [(0, dec!(70)), (1, dec!(85)), (2, dec!(90))]
///     .map(|(at, value)| (Timestamp::from_unix(at).unwrap(), Some(value))).into();
/// alert_clears_after_recovery(&rule, &looks, &[true, true, false])?;
/// // 85 lies between trigger and clear.
/// assert!(alert_clears_after_recovery(&rule, &looks, &[true, false, false]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn alert_clears_after_recovery(rule: &AlertRule, looks: &[Look], firing: &[bool]) -> Result<(), Broken> {
    const LAW: &str = "alert_clears_after_recovery";
    each_look_is_answered(LAW, looks, firing)?;
    let mut last_bad: Option<Timestamp> = None;
    for (place, ((at, value), up)) in looks.iter().zip(firing).enumerate() {
        let Some(bad) = last_bad else {
            last_bad = up.then_some(*at);
            continue;
        };
        let recovered = value.is_some_and(|value| match rule.better() {
            Better::Higher => value >= rule.clear(),
            Better::Lower => value <= rule.clear(),
        });
        let quiet = at.since(bad).unwrap_or(Duration::ZERO);
        let clears = recovered && quiet >= rule.keep_firing() && quiet > Duration::ZERO;
        hold(LAW, *up != clears, || {
            let state = if *up { "fires on" } else { "clears" };
            format!("`{rule}` {state} at look {place} of {}", told(looks, place))
        })?;
        last_bad = match (*up, recovered) {
            (false, _) => None,
            (true, false) => Some(*at),
            (true, true) => Some(bad),
        };
    }
    Ok(())
}

/// The changes of an alert follow one another: pending, then dropped or fired; after fired only cleared. An alert at
/// rest has none.
///
/// # Errors
/// [`Broken`], with the changes up to the one out of turn.
///
/// # Examples
/// ```
/// use marketloop::alert::AlertChange::{Cleared, Fired, Pending};
/// use marketloop::laws::alert_changes_follow_one_another;
///
/// alert_changes_follow_one_another(&[Pending, Fired, Cleared, Pending])?;
/// assert!(alert_changes_follow_one_another(&[Pending, Fired, Fired]).is_err());
/// # Ok::<(), marketloop::laws::Broken>(())
/// ```
pub fn alert_changes_follow_one_another(changes: &[AlertChange]) -> Result<(), Broken> {
    let mut before = AlertChange::Cleared;
    for (place, change) in changes.iter().enumerate() {
        let in_turn = match change {
            AlertChange::Pending => matches!(before, AlertChange::Cleared | AlertChange::Dropped),
            AlertChange::Fired | AlertChange::Dropped => before == AlertChange::Pending,
            AlertChange::Cleared => before == AlertChange::Fired,
        };
        hold("alert_changes_follow_one_another", in_turn, || {
            let changes = changes.iter().take(place.saturating_add(1)).map(ToString::to_string);
            format!("[{}]: the last is out of turn", changes.collect::<Vec<_>>().join(", "))
        })?;
        before = *change;
    }
    Ok(())
}

fn each_look_is_answered(law: &'static str, looks: &[Look], firing: &[bool]) -> Result<(), Broken> {
    hold(law, looks.len() == firing.len(), || {
        format!("{} looks, and {} answers whether the alert is up", looks.len(), firing.len())
    })
}

/// The looks up to one, at most ten of them: `3 s 79`.
fn told(looks: &[Look], place: usize) -> String {
    let shown = looks.iter().take(place.saturating_add(1)).skip(place.saturating_sub(9));
    let shown = shown.map(|(at, value)| {
        let value = value.map_or_else(|| "nothing".to_string(), |value| value.to_string());
        format!("{} s {value}", at.unix())
    });
    format!("[{}]", shown.collect::<Vec<_>>().join(", "))
}
