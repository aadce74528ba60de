//! Laws of the review: priorities and gaps.

use marketloop::figure::Figure;
use marketloop::quantity::{Quantity, Ratio, Unit};
use marketloop::review::{Finding, ProblemCause, by_priority};
use marketloop::target::{ActualValue, Target};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

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

proptest! {
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
            let cause = ProblemCause::new("c").unwrap().with_explains(Quantity::new((*part).into(), Unit::ONE));
            finding = finding.with_cause(cause).unwrap();
        }
        let gap = finding.gap().unwrap().value();
        let explained = Ratio::from(Decimal::from(parts.iter().sum::<i64>()));
        let Figure::Known(amount) = finding.unexplained().unwrap() else {
            prop_assert!(parts.is_empty(), "only without an amount it is not quantified");
            return Ok(());
        };
        let share = finding.unexplained_share().unwrap().get().unwrap();
        let left = share.times(gap).unwrap();
        prop_assert_eq!(left, amount.value());
        prop_assert_eq!(left.plus(explained).unwrap(), gap);
    }
}
