//! The strategy of findings.

use super::{Sample, drawn, each_fault_is_refused};
use marketloop::laws::{self, Broken};
use marketloop::review::{A3Report, Finding, FindingDraft};
use marketloop::strategies;
use rust_decimal::Decimal;

#[test]
fn findings() {
    let findings = Sample { name: "findings", strategy: strategies::findings(), of: "causes" };
    findings.is_valid_and_often_an_edge(
        |finding| finding.causes().len(),
        |finding| {
            finding.causes().is_empty()
                || finding.weight().is_zero()
                || finding.gap().is_ok_and(|gap| gap.value().is_zero())
        },
        |finding| {
            laws::reads_back_what_it_writes(finding)?;
            // Each cause is told on the page, and what is left of the gap.
            let page = A3Report::of(finding, "");
            let all = page.root_causes.len() >= finding.causes().len();
            if all { Ok(()) } else { Err(Broken::new("page_tells_each_cause", format!("{page:?}"))) }
        },
    );
    findings.shrinks_to_text(
        |finding| finding.unexplained().unwrap().is_known() && finding.weight() > Decimal::ONE,
        |finding| serde_json::to_string(finding).unwrap(),
        r#"{"metric":"metric 0","target":"at least 100","actual":{"value":"100","unit":"1"},"causes":[{"whys":["why 1.1"],"explains":{"value":"0","unit":"1"}}],"weight":"2"}"#,
    );
    let odd = strategies::findings().with_missing().with_any_targets().with_causes(1..3);
    let drawn: Vec<Finding> = drawn(&odd, 512);
    assert!(drawn.iter().filter(|finding| !finding.actual().is_known()).count() > 50);
    assert!(drawn.iter().all(|finding| (1..3).contains(&finding.causes().len())));
}

#[test]
fn a3_reports() {
    let pages = Sample { name: "a3_reports", strategy: strategies::a3_reports(), of: "lines of causes" };
    pages.is_valid_and_often_an_edge(
        |page| page.root_causes.len(),
        // What was not measured has no value before its attainment.
        |page| page.root_causes.len() < 2 || !page.current_condition.contains(", "),
        |page| {
            let parts = [&page.title, &page.owner, &page.current_condition, &page.goal];
            let told = parts.iter().all(|part| !part.is_empty());
            if told { Ok(()) } else { Err(Broken::new("what_is_not_known_says_so", format!("{page:?}"))) }
        },
    );
    pages.shrinks_to_text(|page| page.root_causes.len() > 2, |page| serde_json::to_string(page).unwrap(), r#"{"title":"metric 0","owner":"nobody yet","background":"a","current_condition":"100, attainment 100%","goal":"at least 100","root_causes":["why 1.1","why 2.1","leaf 1: 0"],"countermeasures":"none yet","follow_up":"not set"}"#);
}

#[test]
fn a_fault_in_a_finding_is_told_alone_at_its_place() {
    each_fault_is_refused(strategies::findings().almost_valid(), 7, |case| {
        laws::refuses(case, serde_json::from_str::<FindingDraft>(case.json()).unwrap().check())
    });
}
