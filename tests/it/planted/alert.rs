//! Wrong alerts.

use super::caught;
use marketloop::alert::{AlertRule, AlertState};
use marketloop::laws::{alert_clears_after_recovery, alert_fires_after_its_hold};
use marketloop::strategies::alert_series;
use marketloop::time::{Duration, Timestamp};
use rust_decimal::Decimal;

type Look = (Timestamp, Option<Decimal>);

/// How an alert by hand differs from a right one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// The hold counts from the last look that was no breach.
    FromTheLookBefore,
    /// A breach has to last longer than the hold.
    LongerThanTheHold,
    /// A value no longer beyond the trigger clears.
    ClearsAtTheTrigger,
    /// Firing on counts from the time of firing, not from the last bad look.
    KeepsSinceItFired,
    /// A value that is equal to the trigger is a breach.
    BreachAtTheTrigger,
}

/// Alerts once more, by hand.
fn firing(rule: &AlertRule, looks: &[Look], fault: Fault) -> Vec<bool> {
    let lower = rule.to_string().starts_with("above");
    let beyond = |value: Decimal, edge: Decimal| if lower { value > edge } else { value < edge };
    let seconds = |time: Duration| i64::try_from(time.seconds()).unwrap();
    // When the breach began, and the last bad look while the alert is up.
    let (mut began, mut up, mut before) = (None, None, None);
    let mut all = Vec::new();
    for (at, value) in looks {
        let at = at.unix();
        let breach = value.is_some_and(|value| {
            beyond(value, rule.trigger()) || (fault == Fault::BreachAtTheTrigger && value == rule.trigger())
        });
        let clear = if fault == Fault::ClearsAtTheTrigger { rule.trigger() } else { rule.clear() };
        if let Some(bad) = up {
            let recovered = value.is_some_and(|value| !beyond(value, clear));
            let quiet = at - bad;
            if recovered && quiet >= seconds(rule.keep_firing()) && quiet > 0 {
                up = None;
            } else if !recovered && fault != Fault::KeepsSinceItFired {
                up = Some(at);
            }
        } else if breach {
            let start = if fault == Fault::FromTheLookBefore { before.unwrap_or(at) } else { at };
            let lasted = at - *began.get_or_insert(start);
            let hold = seconds(rule.hold());
            let fires = if fault == Fault::LongerThanTheHold { lasted > hold } else { lasted >= hold };
            if fires {
                (up, began) = (Some(at), None);
            }
        } else {
            began = None;
        }
        before = Some(at);
        all.push(up.is_some());
    }
    all
}

fn fires(name: &str, fault: Fault) {
    caught(
        name,
        alert_series(),
        |case| alert_fires_after_its_hold(&case.0, &case.1, &right(case)),
        |(rule, looks)| alert_fires_after_its_hold(rule, looks, &firing(rule, looks, fault)),
    );
}

fn clears(name: &str, fault: Fault) {
    caught(
        name,
        alert_series(),
        |case| alert_clears_after_recovery(&case.0, &case.1, &right(case)),
        |(rule, looks)| alert_clears_after_recovery(rule, looks, &firing(rule, looks, fault)),
    );
}

/// The crate's own alert.
fn right((rule, looks): &(AlertRule, Vec<Look>)) -> Vec<bool> {
    let mut state = AlertState::Inactive;
    let up = looks.iter().map(|(at, value)| {
        state = rule.step(state, *at, *value).unwrap().state();
        matches!(state, AlertState::Firing { .. })
    });
    up.collect()
}

#[test]
fn the_alert_by_hand_is_that_of_the_crate() {
    for case in crate::strategies::drawn(&alert_series(), 512) {
        assert_eq!(firing(&case.0, &case.1, Fault::None), right(&case), "{}", case.0);
    }
}

#[test]
fn a_hold_from_the_look_before() {
    fires("a hold from the look before", Fault::FromTheLookBefore);
}

#[test]
fn a_breach_longer_than_its_hold() {
    fires("a breach longer than its hold", Fault::LongerThanTheHold);
}

#[test]
fn a_breach_at_the_trigger() {
    fires("a breach at the trigger", Fault::BreachAtTheTrigger);
}

#[test]
fn cleared_at_the_trigger() {
    clears("cleared at the trigger", Fault::ClearsAtTheTrigger);
}

#[test]
fn firing_on_counted_from_the_time_of_firing() {
    clears("firing on counted from the time of firing", Fault::KeepsSinceItFired);
}
