//! Laws of the review: alerts, priorities, risk matrices.

use marketloop::quantity::{Quantity, Ratio, Share, Unit};
use marketloop::review::{
    AlertChange, AlertRule, AlertState, Cause, Finding, Rating, RiskLevel, RiskMatrix, Unexplained,
    by_priority,
};
use marketloop::target::{ActualValue, Target};
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

fn finding() -> impl Strategy<Value = Finding> {
    (0_u8..5, -50_i64..150, 0_i64..5, prop::option::of(-3_i64..3)).prop_map(
        |(name, actual, weight, share)| {
            let target = Target::at_least(dec!(100), Unit::ONE);
            let finding =
                Finding::new(format!("m{name}"), target, ActualValue::new(Decimal::from(actual), Unit::ONE))
                    .unwrap();
            let finding = finding.with_weight(weight.into()).unwrap();
            match share {
                Some(share) => finding.with_contribution(Ratio::new(share.into(), dec!(3)).unwrap()),
                None => finding,
            }
        },
    )
}

fn matrix(ratings: &[u8]) -> Result<RiskMatrix, ()> {
    let ends = [dec!(0.2), dec!(0.6), dec!(1)];
    let levels = || ends.iter().map(|end| RiskLevel::new(end.to_string(), *end));
    let rating =
        |rating: &u8| [Rating::Acceptable, Rating::Tolerable, Rating::Unacceptable][usize::from(*rating)];
    let rows = ratings.chunks(3).map(|row| row.iter().map(rating).collect::<Vec<_>>());
    RiskMatrix::new(levels(), levels(), rows).map_err(|_| ())
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
    fn priority_is_a_total_order(findings in prop::collection::vec(finding(), 0..8)) {
        let order = by_priority(&findings).unwrap();
        prop_assert_eq!(order.len(), findings.len());
        for pair in order.windows(2) {
            prop_assert!(pair[0] <= pair[1] && pair[0].product() >= pair[1].product());
        }
        let mut turned = findings.clone();
        turned.reverse();
        let key = |finding: &Finding| serde_json::to_string(finding).unwrap();
        let keys = |list: &[Finding]| {
            let order = by_priority(list).unwrap();
            order.iter().map(|p| (p.product(), p.finding().metric().to_string())).collect::<Vec<_>>()
        };
        prop_assert_eq!(keys(&turned), keys(&findings));
        prop_assert!(findings.iter().all(|finding| serde_json::from_str::<Finding>(&key(finding)).unwrap() == *finding));
    }

    #[test]
    fn explained_and_unexplained_are_the_whole_gap(
        actual in -100_i64..100, parts in prop::collection::vec(-50_i64..50, 0..5),
    ) {
        let target = Target::at_least(dec!(100), Unit::ONE);
        let mut finding = Finding::new("m", target, ActualValue::new(Decimal::from(actual), Unit::ONE)).unwrap();
        for part in &parts {
            let cause = Cause::new("c").unwrap().with_explains(Quantity::new((*part).into(), Unit::ONE));
            finding = finding.with_cause(cause).unwrap();
        }
        let gap = finding.gap().unwrap().value();
        let explained = Ratio::from(Decimal::from(parts.iter().sum::<i64>()));
        let Unexplained::Rest { amount, share } = finding.unexplained().unwrap() else {
            prop_assert!(parts.is_empty(), "only without an amount it is not quantified");
            return Ok(());
        };
        let left = share.times(gap).unwrap();
        prop_assert_eq!(left, amount.value());
        prop_assert_eq!(left.plus(explained).unwrap(), gap);
    }

    #[test]
    fn any_text_is_read_as_an_instant_or_refused(text in "[-0-9TZ:+ ]{0,24}") {
        if let Ok(instant) = text.parse::<Timestamp>() {
            prop_assert_eq!(instant.to_string(), text);
        }
    }
}

/// Cox's law for all 19,683 ratings of three by three levels: random ones are hardly ever accepted, so that a law on
/// them would mostly check nothing.
#[test]
fn an_accepted_matrix_never_rates_the_larger_risk_acceptable_and_the_smaller_unacceptable() {
    let ends = [1_u32, 10, 20, 21, 40, 60, 61, 80, 100];
    let draws: Vec<(u32, u32)> = ends.iter().flat_map(|p| ends.map(|i| (*p, i))).collect();
    let mut accepted = 0;
    for number in 0..3_u32.pow(9) {
        let ratings: Vec<u8> =
            (0..9).map(|cell| u8::try_from(number / 3_u32.pow(cell) % 3).unwrap()).collect();
        let Ok(matrix) = matrix(&ratings) else { continue };
        accepted += 1;
        let rate = |&(p, i): &(u32, u32)| {
            let share = Share::percent(p).unwrap();
            (p * i, matrix.rate(share, Decimal::new(i.into(), 2)).unwrap(), p, i)
        };
        let rated: Vec<_> = draws.iter().map(rate).collect();
        for left in &rated {
            for right in &rated {
                // Monotone.
                assert!(left.2 > right.2 || left.3 > right.3 || left.1 <= right.1, "{ratings:?}");
                // Weakly consistent.
                let reversed = left.1 == Rating::Acceptable && right.1 == Rating::Unacceptable;
                assert!(!reversed || left.0 <= right.0, "{ratings:?}");
            }
        }
    }
    assert!((2..500).contains(&accepted), "{accepted} of 19,683 are accepted");
}
