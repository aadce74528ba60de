//! Laws of alerts.

use marketloop::alert::{AlertChange, AlertRule, AlertState};
use marketloop::laws;
use marketloop::strategies::{AlertSeries, alert_series};
use marketloop::time::{Duration, Timestamp};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

type Looks = [(Timestamp, Option<Decimal>)];

/// The changes of the alert, and whether it is up after each look.
fn followed(rule: &AlertRule, looks: &Looks) -> (Vec<AlertChange>, Vec<bool>) {
    let mut state = AlertState::default();
    let (mut changes, mut firing) = (Vec::new(), Vec::new());
    for (at, value) in looks {
        let step = rule.step(state, *at, *value).unwrap();
        // A state that was written down and read goes on the same way.
        let json = serde_json::to_string(&step.state()).unwrap();
        state = serde_json::from_str(&json).unwrap();
        changes.extend(step.changes());
        firing.push(matches!(state, AlertState::Firing { .. }));
    }
    (changes, firing)
}

fn changes(rule: &AlertRule, looks: &Looks) -> Vec<AlertChange> {
    followed(rule, looks).0
}

fn fired(rule: &AlertRule, looks: &Looks) -> usize {
    changes(rule, looks).iter().filter(|change| **change == AlertChange::Fired).count()
}

fn below(trigger: Decimal, clear: Decimal) -> AlertSeries {
    alert_series().with_rule(AlertRule::below(trigger, clear).unwrap())
}

proptest! {
    #[test]
    fn an_alert_fires_at_most_once_between_clears((rule, looks) in alert_series()) {
        let (changes, firing) = followed(&rule, &looks);
        laws::alert_changes_follow_one_another(&changes)?;
        laws::alert_fires_after_its_hold(&rule, &looks, &firing)?;
        laws::alert_clears_after_recovery(&rule, &looks, &firing)?;
    }

    #[test]
    fn missing_data_never_creates_an_alert(
        (rule, looks) in alert_series().with_rule(AlertRule::above(dec!(100), dec!(90)).unwrap()), hold in 0_u64..4,
    ) {
        let rule = rule.with_hold(Duration::from_seconds(hold));
        let calm: Vec<_> = looks.iter().map(|(at, value)| (*at, value.filter(|value| *value <= dec!(100)))).collect();
        prop_assert_eq!(changes(&rule, &calm), []);
        let with_gaps: Vec<_> = looks.iter().flat_map(|look| [*look, (look.0, None)]).collect();
        if hold > 0 {
            // A gap behind every value ends every breach before it lasts.
            prop_assert_eq!(fired(&rule, &with_gaps), 0);
        }
    }

    #[test]
    fn a_longer_hold_never_fires_more_often((rule, looks) in below(dec!(80), dec!(80)), hold in 0_u64..4) {
        let fired = |hold| fired(&rule.with_hold(Duration::from_seconds(hold)), &looks);
        prop_assert!(fired(hold + 1) <= fired(hold));
    }

    #[test]
    fn a_gap_between_trigger_and_clear_never_adds_switches(
        (none, looks) in below(dec!(80), dec!(80)), gap in 0_i64..30,
    ) {
        let rule = AlertRule::below(dec!(80), Decimal::from(80 + gap)).unwrap();
        prop_assert!(changes(&rule, &looks).len() <= changes(&none, &looks).len());
    }

    #[test]
    fn any_text_is_read_as_an_instant_or_refused(text in "[-0-9TZ:+ ]{0,24}") {
        if let Ok(instant) = text.parse::<Timestamp>() {
            prop_assert_eq!(instant.to_string(), text);
        }
    }
}
