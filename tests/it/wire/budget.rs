//! The wire form of rules, byte for byte, and what it refuses.

use super::{pinned, refused, written};
use marketloop::budget::{
    Allocation, AllocationDraft, Amount, AmountCause, Cap, Divide, Floor, Limit, Quota, ReleaseCondition,
    Reserve, Rule,
};
use marketloop::figure::Why;
use marketloop::quantity::{Money, Ratio, Share};
use rust_decimal::dec;

const SEASON: &str = concat!(
    r#"{"total":{"amount":"1000000.00","currency":"CNY"},"rules":["#,
    r#"{"id":"contingency","rule":{"reserve":{"size":{"amount":{"percent_of_total":"10"}},"#,
    r#""purpose":"only for unforeseeable costs","#,
    r#""release":{"unforeseeable":{"causes":["technical failure"]}}}}},"#,
    r#"{"id":"agency","rule":{"take":{"line":"agency","#,
    r#""amount":{"stated":{"amount":"50000.00","currency":"CNY"}}}}},"#,
    r#"{"id":"events","rule":{"divide":{"amount":{"percent_of_rest":"12.5"},"by":"score","#,
    r#""parts":[{"line":"fair","weight":"2"},{"line":"salon","weight":"1"}]}}},"#,
    r#"{"id":"main","rule":{"divide":{"by":"percent","parts":[{"line":"SEM","weight":"40"},"#,
    r#"{"line":"social","weight":"40"},{"line":"live","weight":"20"}]}}},"#,
    r#"{"id":"words","rule":{"divide":{"within":"SEM","by":"return_on_investment","#,
    r#""parts":[{"line":"brand","weight":"3.2"},{"line":"generic","weight":"-0.5"}]}}},"#,
    r#"{"id":"peak","rule":{"reserve":{"line":"CPM peak","size":{"uplift":{"percent":"30","protects":["social"]}},"#,
    r#""release":{"uplift":{"metric":"CPM","percent":"30","season":"November"}}}}},"#,
    r#"{"id":"pilots","rule":{"cap":{"lines":{"group":["live","SEM"]},"amount":{"percent_of_total":"45"}}}},"#,
    r#"{"id":"least","rule":{"floor":{"lines":{"each":["live"]},"#,
    r#""amount":{"stated":{"amount":"10000.00","currency":"CNY"}}}}},"#,
    r#"{"id":"one fails","rule":{"concentration":{"of":"main","remains":"50"}}},"#,
    r#"{"id":"quota","rule":{"quota":{"of":"events","groups":[{"percent":"60","lines":["fair"]},"#,
    r#"{"percent":"40","lines":["salon"]}]}}},"#,
    r#"{"id":"keep","rule":{"keep":{"line":"unallocated"}}}]}"#
);

fn season() -> AllocationDraft {
    let yuan = |amount: &str| Money::parse(&format!("{amount} CNY")).unwrap();
    let release = ReleaseCondition::Unforeseeable { causes: vec!["technical failure".into()] };
    let peak =
        ReleaseCondition::Uplift { metric: "CPM".into(), percent: 30.into(), season: "November".into() };
    let roi = [("brand", "3.2"), ("generic", "-0.5")];
    let roi = roi.map(|(line, roi)| (line, roi.parse::<rust_decimal::Decimal>().unwrap()));
    Allocation::draft(yuan("1000000"))
        .rule(
            "contingency",
            Reserve::percent(10).with_purpose("only for unforeseeable costs").with_release(release),
        )
        .rule("agency", Rule::take("agency", yuan("50000")))
        .rule(
            "events",
            Divide::by_scores([("fair", 2), ("salon", 1)]).of(Amount::percent_of_rest(dec!(12.5))),
        )
        .rule("main", Divide::by_percents([("SEM", 40), ("social", 40), ("live", 20)]))
        .rule("words", Divide::by_roi(roi).within("SEM"))
        .rule("peak", Reserve::uplift(30, ["social"]).with_line("CPM peak").with_release(peak))
        .rule("pilots", Cap::group(["live", "SEM"], Limit::percent(45)))
        .rule("least", Floor::line("live", yuan("10000")))
        .rule("one fails", Rule::remains("main", 50))
        .rule("quota", Quota::of("events").group(60, ["fair"]).group(40, ["salon"]))
        .rule("keep", Rule::keep("unallocated"))
}

#[test]
fn rules_are_readable() {
    pinned(&season(), SEASON);
    pinned(&season().check().unwrap(), SEASON);
    let budget: Allocation = serde_json::from_str(SEASON).unwrap();
    // 743,750 in 40 : 40 * 1.3 : 20 parts, SEM and live at most 450,000 together.
    assert_eq!(budget["social"].amount().to_string(), "265,625.00 CNY");
    assert_eq!(budget["SEM/generic"].explain(), "words set 0, its return is not above 0");
    assert_eq!(budget["unallocated"].amount().to_string(), "0.00 CNY");
}

#[test]
fn numbers_are_read_from_numbers_too() {
    let loose = SEASON.replace(r#""12.5""#, "12.5").replace(r#""weight":"40""#, r#""weight":40"#);
    let loose = loose.replace(r#"{"amount":"50000.00","currency":"CNY"}"#, r#""50,000 CNY""#);
    assert_ne!(loose, SEASON);
    assert_eq!(serde_json::from_str::<AllocationDraft>(&loose).unwrap(), season());
}

#[test]
fn steps_are_plain_data() {
    let why: Why<AmountCause, Ratio> = Why::new(AmountCause::Set("main".into()), "14000".parse().unwrap())
        .then(AmountCause::Cap("pilots".into()), "27001/3".parse().unwrap())
        .then(AmountCause::Rounding, "9000.33".parse().unwrap());
    pinned(
        &why,
        concat!(
            r#"[{"cause":{"set":"main"},"value":"14000"},{"cause":{"cap":"pilots"},"value":"27001/3"},"#,
            r#"{"cause":"rounding","value":"900033/100"}]"#
        ),
    );
    let share = AmountCause::ShareOf { share: Share::percent(10).unwrap(), total: "5 JPY".parse().unwrap() };
    pinned(&share, r#"{"share_of":{"share":"0.1","total":{"amount":"5","currency":"JPY"}}}"#);
    refused::<Why<AmountCause, Ratio>>(
        r#"[{"cause":"rounding","value":"1/0"}]"#,
        "1 divided by zero is undefined",
    );
    let budget = Allocation::draft("5 CNY".parse().unwrap())
        .rule("main", Rule::take("a", Amount::percent(100)))
        .check()
        .unwrap();
    let line = concat!(
        r#"{"name":"a","amount":{"amount":"5.00","currency":"CNY"},"#,
        r#""why":[{"cause":{"set":"main"},"value":"5"}]}"#
    );
    written(&budget.lines()["a"], line);
    written(budget.lines(), &format!("[{line}]"));
    assert_eq!(
        budget.to_string(),
        "line   amount CNY  share %  why\na            5.00      100  main set 5\ntotal        5.00      100\n"
    );
}

#[test]
fn bad_rules_are_refused_with_their_paths() {
    let refuse = |from: &str, to: &str, error: &str| {
        let bad = SEASON.replace(from, to);
        assert_ne!(bad, SEASON);
        refused::<Allocation>(&bad, error);
    };
    refuse(
        r#""id":"agency""#,
        r#""id":"contingency""#,
        "rules[1].id: `contingency` is the id of rule 0 already",
    );
    refuse(
        r#""group":["live","SEM"]"#,
        r#""group":["live","tv"]"#,
        "rules[6].rule.cap.lines.group[1]: no rule sets the line `tv`",
    );
    refuse(
        r#""amount":"50000.00","currency":"CNY""#,
        r#""amount":"50000.00","currency":"EUR""#,
        "rules[1].rule.take.amount: EUR and CNY are different currencies",
    );
    refuse(
        r#""weight":"20""#,
        r#""weight":"30""#,
        "rules[3].rule.divide.parts: shares add up to 110%, 10 percentage points over",
    );
    refuse(
        r#""remains":"50""#,
        r#""remains":"101""#,
        "rules[8].rule.concentration.remains: share 1.01 is outside 0..=1",
    );
    refuse(
        r#""percent":"40","lines""#,
        r#""percent":"30","lines""#,
        "rules[9].rule.quota.groups: shares add up to 90%, 10 percentage points under",
    );
    refuse(
        r#"["fair"]"#,
        r#"["salon"]"#,
        "rules[9].rule.quota.groups[1]: line `salon` of the rule is not in exactly one group of the quota",
    );
    refuse(
        r#""uplift":{"percent":"30""#,
        r#""uplift":{"percent":"-30""#,
        "rules[5].rule.reserve.size.uplift.percent: -30 is below 0",
    );
    refuse(
        r#""metric":"CPM","percent":"30""#,
        r#""metric":"CPM","percent":"-1""#,
        "rules[5].rule.reserve.release.uplift.percent: -1 is below 0",
    );
    refuse(
        r#""percent_of_total":"45""#,
        r#""percent_of_total":"0.5""#,
        "rules: rules `pilots`, `least` cannot hold together: 5,000.00 CNY over",
    );
    refuse(
        r#""keep":{"line":"unallocated"}"#,
        r#""keep":{"line":"live"}"#,
        "rules[10].rule.keep.line: line `live` is set by rule `main` already",
    );
    for (from, to, error) in [
        (r#""take""#, r#""give""#, "unknown variant `give`"),
        (r#""keep":{"line""#, r#""keep":{"note":"","line""#, "unknown field `note`"),
        (r#""percent_of_rest":"12.5""#, r#""percent_of_rest":"a""#, "`a` is not a decimal number"),
        (
            r#""weight":"3.2""#,
            r#""weight":0.30000000000000004"#,
            "number 0.30000000000000004 has more digits",
        ),
    ] {
        refuse(from, to, error);
    }
}
