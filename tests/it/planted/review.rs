//! Wrong gaps and priorities.

use super::caught;
use marketloop::laws::{Broken, explained_and_unexplained_make_the_gap, priorities_fall};
use marketloop::quantity::Ratio;
use marketloop::review::{Finding, by_priority};
use marketloop::strategies::findings;
use proptest::collection::vec;
use rust_decimal::Decimal;

/// The amounts that explain the gap; those of a leaf that is explained already count once, or twice.
fn amounts(finding: &Finding, twice: bool) -> Vec<Ratio> {
    let parts = finding.explained_by();
    let linked = |leaf: Option<&str>| leaf.is_some_and(|leaf| parts.iter().any(|part| part.key == leaf));
    let own = finding.causes().iter().filter(|cause| twice || !linked(cause.leaf()));
    let causes = own.filter_map(|cause| Some(cause.explains()?.value()));
    parts.iter().map(|part| part.value).chain(causes).map(Ratio::from).collect()
}

fn whole(finding: &Finding, rest: impl Fn(&Finding, Ratio) -> Ratio) -> Result<(), Broken> {
    let Some(unexplained) = finding.unexplained().unwrap().known() else { return Ok(()) };
    let gap = finding.gap().unwrap().value();
    explained_and_unexplained_make_the_gap(gap, amounts(finding, false), rest(finding, unexplained.value()))
}

#[test]
fn a_leaf_that_explains_twice() {
    caught(
        "a leaf that explains twice",
        findings(),
        |finding| whole(finding, |_, rest| rest),
        |finding| {
            whole(finding, |finding, _| {
                let gap = finding.gap().unwrap().value();
                amounts(finding, true).into_iter().fold(gap, |rest, amount| rest.minus(amount).unwrap())
            })
        },
    );
}

#[test]
fn a_gap_from_the_value_to_the_target() {
    caught(
        "a gap from the value to the target",
        findings(),
        |finding| whole(finding, |_, rest| rest),
        |finding| whole(finding, |_, rest| rest.negated()),
    );
}

#[test]
fn a_priority_by_the_contribution_with_its_sign() {
    let law = |findings: &Vec<Finding>, sign: fn(&Finding, Ratio) -> Ratio| {
        let order = by_priority(findings).unwrap();
        let told = order.iter().map(|one| {
            let contribution = sign(one.finding(), one.contribution());
            let product = one.severity().times(one.weight()).unwrap().times(contribution).unwrap();
            (one.finding().metric(), product, [one.severity(), one.weight(), contribution])
        });
        priorities_fall(told)
    };
    caught(
        "a priority by the contribution with its sign",
        vec(findings(), 0..6),
        |findings| law(findings, |_, contribution| contribution),
        |findings| law(findings, |finding, _| finding.contribution().unwrap_or(Ratio::ONE)),
    );
}

#[test]
fn a_priority_by_the_achieved_share() {
    let law = |findings: &Vec<Finding>, severity: fn(Ratio) -> Ratio| {
        let order = by_priority(findings).unwrap();
        priorities_fall(order.iter().map(|one| {
            let factors = [severity(one.severity()), one.weight(), one.contribution()];
            let product = factors.iter().fold(Ratio::ONE, |product, factor| product.times(*factor).unwrap());
            (one.finding().metric(), product, factors)
        }))
    };
    caught(
        "a priority by the achieved share in place of the missed one",
        vec(findings(), 0..6),
        |findings| law(findings, |severity| severity),
        |findings| law(findings, |severity| Ratio::from(Decimal::ONE).minus(severity).unwrap()),
    );
}
