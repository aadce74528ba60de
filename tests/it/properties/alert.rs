//! Laws of alerts.

use marketloop::alert::{AlertChange, AlertRule, AlertState};
use marketloop::time::{Duration, Timestamp};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

fn changes(rule: &AlertRule, samples: &[Option<i64>]) -> Vec<AlertChange> {
    let mut state = AlertState::default();
    let mut all = Vec::new();
    for (second, sample) in (0_i64..).zip(samples) {
        let at = Timestamp::from_unix(second).unwrap();
        let step = rule.step(state, at, sample.map(Decimal::from)).unwrap();
        // A state that was written down and read goes on the same way.
        let json = serde_json::to_string(&step.state()).unwrap();
        state = serde_json::from_str(&json).unwrap();
        all.extend(step.changes());
    }
    all
}

fn samples() -> impl Strategy<Value = Vec<Option<i64>>> {
    prop::collection::vec(prop::option::weighted(0.9, 60_i64..120), 0..80)
}

proptest! {
    #[test]
    fn an_alert_fires_at_most_once_between_clears(
        samples in samples(), hold in 0_u64..4, keep in 0_u64..4, gap in 0_i64..20,
    ) {
        let rule = AlertRule::below(dec!(80), Decimal::from(80 + gap)).unwrap();
        let rule = rule.with_hold(Duration::from_seconds(hold)).with_keep_firing(Duration::from_seconds(keep));
        let mut up = false;
        let mut pending = false;
        for change in changes(&rule, &samples) {
            match change {
                AlertChange::Pending => { prop_assert!(!up && !pending); pending = true; }
                AlertChange::Dropped => { prop_assert!(pending); pending = false; }
                AlertChange::Fired => { prop_assert!(pending && !up); up = true; pending = false; }
                AlertChange::Cleared => { prop_assert!(up); up = false; }
            }
        }
    }

    #[test]
    fn missing_data_never_creates_an_alert(samples in samples(), hold in 0_u64..4) {
        let rule = AlertRule::above(dec!(100), dec!(90)).unwrap().with_hold(Duration::from_seconds(hold));
        let fired = |changes: Vec<AlertChange>| changes.iter().filter(|change| **change == AlertChange::Fired).count();
        let calm: Vec<_> = samples.iter().map(|sample| sample.filter(|value| *value <= 100)).collect();
        prop_assert_eq!(changes(&rule, &calm), []);
        let with_gaps: Vec<_> = samples.iter().flat_map(|sample| [*sample, None]).collect();
        if hold > 0 {
            // A gap behind every value ends every breach before it lasts.
            prop_assert_eq!(fired(changes(&rule, &with_gaps)), 0);
        }
    }

    #[test]
    fn a_longer_hold_never_fires_more_often(samples in samples(), hold in 0_u64..4) {
        let fired = |hold| {
            let rule = AlertRule::below(dec!(80), dec!(80)).unwrap().with_hold(Duration::from_seconds(hold));
            changes(&rule, &samples).iter().filter(|change| **change == AlertChange::Fired).count()
        };
        prop_assert!(fired(hold + 1) <= fired(hold));
    }

    #[test]
    fn a_gap_between_trigger_and_clear_never_adds_switches(samples in samples(), gap in 0_i64..30) {
        let switches = |gap: i64| changes(&AlertRule::below(dec!(80), Decimal::from(80 + gap)).unwrap(), &samples).len();
        prop_assert!(switches(gap) <= switches(0));
    }

    #[test]
    fn any_text_is_read_as_an_instant_or_refused(text in "[-0-9TZ:+ ]{0,24}") {
        if let Ok(instant) = text.parse::<Timestamp>() {
            prop_assert_eq!(instant.to_string(), text);
        }
    }
}
