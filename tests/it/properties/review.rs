//! Laws of the review: priorities and gaps.

use marketloop::figure::Figure;
use marketloop::laws;
use marketloop::quantity::Ratio;
use marketloop::review::{Finding, by_priority};
use marketloop::strategies::findings;
use proptest::prelude::*;

/// The amounts that explain the gap; the cause of a leaf that is explained already has none of its own.
fn amounts(finding: &Finding) -> Vec<Ratio> {
    let parts = finding.explained_by();
    let linked = |leaf: Option<&str>| leaf.is_some_and(|leaf| parts.iter().any(|part| part.key == leaf));
    let own = finding.causes().iter().filter(|cause| !linked(cause.leaf()));
    let causes = own.filter_map(|cause| Some(cause.explains()?.value()));
    parts.iter().map(|part| part.value).chain(causes).map(Ratio::from).collect()
}

proptest! {
    #[test]
    fn priority_is_a_total_order(findings in prop::collection::vec(findings().with_missing().with_any_targets(), 0..8)) {
        let order = by_priority(&findings).unwrap();
        prop_assert_eq!(order.len(), findings.len());
        laws::priorities_fall(order.iter().map(|one| {
            (one.finding().metric(), one.product(), [one.severity(), one.weight(), one.contribution()])
        }))?;
        for pair in order.windows(2) {
            prop_assert!(pair[0] <= pair[1] && pair[0].product() >= pair[1].product());
        }
        let mut turned = findings.clone();
        turned.reverse();
        let keys = |list: &[Finding]| {
            let order = by_priority(list).unwrap();
            order.iter().map(|p| (p.product(), p.finding().metric().to_string())).collect::<Vec<_>>()
        };
        prop_assert_eq!(keys(&turned), keys(&findings));
        for finding in &findings {
            laws::reads_back_what_it_writes(finding)?;
        }
    }

    #[test]
    fn explained_and_unexplained_are_the_whole_gap(finding in findings().with_causes(0..5).with_any_targets()) {
        let gap = finding.gap().unwrap().value();
        let explained = amounts(&finding);
        let Figure::Known(amount) = finding.unexplained().unwrap() else {
            prop_assert!(explained.is_empty(), "only without an amount it is not quantified");
            return Ok(());
        };
        laws::explained_and_unexplained_make_the_gap(gap, explained, amount.value())?;
        match finding.unexplained_share().unwrap() {
            Figure::Known(share) => prop_assert_eq!(share.times(gap).unwrap(), amount.value()),
            _ => prop_assert!(gap.is_zero(), "only of no gap it has no share"),
        }
    }
}
