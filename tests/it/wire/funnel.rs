//! The wire form of funnels, their rules and partial states, byte for byte.

use super::{pinned, refused, written};
use marketloop::funnel::{
    Activity, ActivityCounts, BottleneckRule, Breakdown, CohortMatrix, CohortRules, ConversionTimes,
    Durations, EventColumns, EventStep, Exclusion, Funnel, FunnelCounts, FunnelRules, InactivityRules,
    Matching, Pattern, Property, Repurchase, Retention, SegmentTouch, Voids, WindowFunnelModes,
};

#[test]
fn a_funnel_is_the_list_of_its_steps() {
    let funnel = Funnel::new([("click", 5_000), ("payment", 200)]).unwrap();
    pinned(&funnel, r#"{"steps":[{"name":"click","count":5000},{"name":"payment","count":200}]}"#);
    refused::<Funnel>(
        r#"{"steps":[{"name":"a","count":1},{"name":"b","count":"2"}]}"#,
        "steps[1].count: `b` has 2, more than the 1 before it",
    );
    refused::<Funnel>(r#"{"steps":[{"name":"a","count":-1}]}"#, "count -1 is not a whole number");
    refused::<Funnel>(r#"{"steps":[],"more":1}"#, "unknown field `more`");
}

#[test]
fn rules_say_only_what_is_not_plain() {
    let plain = FunnelRules::new(["visit", "order"], 60).unwrap();
    pinned(&plain, r#"{"steps":[{"name":"visit"},{"name":"order"}],"window":60,"matching":"longest"}"#);
    // T6: TOML has no integer above `i64::MAX`.
    let endless = FunnelRules::new(["visit", "order"], u64::MAX).unwrap();
    let json = r#"{"steps":[{"name":"visit"},{"name":"order"}],"window":"18446744073709551615","matching":"longest"}"#;
    pinned(&endless, json);
    let full = FunnelRules::draft()
        .step(EventStep::new("visit").events(["page view"]))
        .step(EventStep::new("coupon").optional().within(5))
        .step(EventStep::new("order"))
        .exclusion(Exclusion::of(["refund"]).between("visit", "order"))
        .with_matching(Matching::UseOnce)
        .with_held_constant("session")
        .check()
        .unwrap();
    let json = concat!(
        r#"{"steps":[{"name":"visit","events":["page view"]},{"name":"coupon","optional":true,"within":5},"#,
        r#"{"name":"order"}],"exclusions":[{"events":["refund"],"after":"visit","before":"order"}],"#,
        r#""window":null,"matching":"use_once","held_constant":"session"}"#
    );
    pinned(&full, json);
    // E6: the reading of an exclusion is said where it is not the plain one.
    let mut conversions = marketloop::funnel::FunnelRulesDraft::from(full);
    conversions.exclusions[0].voids = Voids::Conversions;
    let before = r#""before":"order""#;
    let said = json.replace(before, &format!(r#"{before},"voids":"conversions""#));
    pinned(&conversions.check().unwrap(), &said);
    refused::<FunnelRules>(&said.replace(r#""conversions""#, r#""users""#), "unknown variant `users`");
    refused::<FunnelRules>(r#"{"steps":[{"name":"a"}]}"#, "steps: 1 steps, a funnel has at least 2");
    refused::<FunnelRules>(r#"{"steps":[{"name":"a","more":1}]}"#, "unknown field `more`");
    // E4: the number of a property means nothing elsewhere.
    refused::<FunnelRules>(
        &json.replace(r#""session""#, "0"),
        "invalid type: integer `0`, expected a string",
    );
    refused::<FunnelRules>(&json.replace("session", ""), "held_constant: a property has no name");
    refused::<FunnelRules>(&json.replace("use_once", "use_twice"), "`use_twice` is no matching of a funnel");
}

#[test]
fn a_property_is_its_name_and_its_values() {
    let channel = Property::new("channel", ["search", "social"]).unwrap();
    let json = r#"{"name":"channel","values":["search","social"]}"#;
    pinned(&channel, json);
    pinned(&Property::numbers("product").unwrap(), r#"{"name":"product"}"#);
    refused::<Property>(&json.replace("social", "search"), "`search` of the property `channel` stands twice");
    refused::<Property>(r#"{"name":""}"#, "a property has no name");
    refused::<Property>(r#"{"name":"a","more":1}"#, "unknown field `more`");
}

#[test]
fn matchings_and_touches_are_words() {
    pinned(&Matching::Longest, r#""longest""#);
    pinned(&Matching::StrictlyIncreasing, r#""strictly_increasing""#);
    let modes: WindowFunnelModes = "strict_order+allow_reentry".parse().unwrap();
    pinned(&modes, r#""strict_order+allow_reentry""#);
    pinned(&WindowFunnelModes::default(), r#""default""#);
    pinned(&Matching::WindowFunnel(modes), r#""window_funnel(strict_order+allow_reentry)""#);
    refused::<WindowFunnelModes>(r#""strict""#, "`strict` is no mode of windowFunnel");
    refused::<WindowFunnelModes>(r#""allow_reentry""#, "allow_reentry needs strict_order");
    for matching in [Matching::Longest, Matching::StrictlyIncreasing, Matching::WindowFunnel(modes)] {
        assert_eq!(matching.to_string().parse(), Ok(matching));
    }
    for touch in [SegmentTouch::First, SegmentTouch::Last] {
        assert_eq!(touch.to_string().parse(), Ok(touch));
    }
    for voids in [Voids::LaterSteps, Voids::Conversions] {
        assert_eq!(voids.to_string().parse(), Ok(voids));
    }
    for activity in [Activity::Active, Activity::Silent, Activity::Dormant] {
        assert_eq!(activity.to_string().parse(), Ok(activity));
    }
    pinned(&Retention::On(7), r#""on 7""#);
    pinned(&Retention::OnOrAfter(u64::MAX), r#""on or after 18446744073709551615""#);
    pinned(&Retention::Bracket(0), r#""bracket 0""#);
    refused::<Retention>(r#""on +7""#, "`on +7` is no retention of a funnel");
    pinned(&SegmentTouch::First, r#""first""#);
    pinned(&SegmentTouch::Last, r#""last""#);
    pinned(&Voids::LaterSteps, r#""later_steps""#);
    pinned(&Voids::Conversions, r#""conversions""#);
}

#[test]
fn partial_states_are_integers() {
    let counts = FunnelCounts::new(["visit", "order"], [3, 2, 1]).unwrap();
    pinned(&counts, r#"{"steps":["visit","order"],"levels":[3,2,1]}"#);
    refused::<FunnelCounts>(r#"{"steps":["a","b"],"levels":[1,2]}"#, "levels: 2 levels, 3 are needed");
    refused::<FunnelCounts>(
        r#"{"steps":["a","b"],"levels":[1,0,18446744073709551615]}"#,
        "levels: there are more than 18446744073709551615 users",
    );
    let rules = FunnelRules::new(["visit", "order"], 60).unwrap();
    let events = EventColumns::new(&[1, 1, 2], &[0, 60, 5], &[1, 2, 1]).unwrap();
    let channel = Property::new("channel", ["social", "search"]).unwrap();
    let events = events.with_property(&channel, &[1, 0, 0]).unwrap();
    let breakdown = rules.count_by(&events, "channel", SegmentTouch::First).unwrap();
    let json = concat!(
        r#"[["search",{"steps":["visit","order"],"levels":[0,0,1]}],"#,
        r#"["social",{"steps":["visit","order"],"levels":[0,1,0]}]]"#
    );
    pinned(&breakdown, json);
    refused::<Breakdown>(&json.replace("social", "search"), "the segment `search` stands twice");
    refused::<Breakdown>(&json.replacen("visit", "click", 1), "the steps differ");
    let times: ConversionTimes = rules.conversion_times(&events).unwrap();
    pinned(&times, r#"{"steps":[["order",[60]]],"whole":[60]}"#);
    pinned(&Durations::new([9, 2]), "[2,9]");
    assert_eq!(serde_json::from_str::<Durations>("[9,2]").unwrap(), Durations::new([2, 9]));
}

#[test]
fn what_a_funnel_answers_is_written() {
    let funnel = Funnel::new([("click", 50), ("cart", 20), ("payment", 5)]).unwrap();
    written(&funnel.transition("cart").unwrap(), r#"{"name":"cart","before":50,"count":20}"#);
    let usual = BottleneckRule::WorstAgainst(vec!["1/2".parse().unwrap(), "1/2".parse().unwrap()]);
    pinned(&usual, r#"{"worst_against":["1/2","1/2"]}"#);
    written(
        &funnel.bottleneck(&BottleneckRule::LowestRate).unwrap(),
        r#"{"step":"payment","rule":"lowest_rate","figure":"1/4"}"#,
    );
    written(
        &funnel.what_if("cart", "1/2".parse().unwrap()).unwrap(),
        r#"{"steps":[["click","50"],["cart","25"],["payment","25/4"]],"before":5}"#,
    );
    let rules = FunnelRules::new(["visit", "order"], 60).unwrap();
    let events = EventColumns::new(&[1, 1, 2], &[0, 60, 5], &[1, 2, 1]).unwrap();
    written(
        &rules.witnesses(&events).unwrap(),
        r#"[{"user":1,"level":2,"rows":[[0,0],[1,1]]},{"user":2,"level":1,"rows":[[0,2]]}]"#,
    );
    let cohorts = CohortRules::new(8).cohorts(&events);
    assert!(cohorts.is_err());
    let cohorts = CohortRules::new(60).cohorts(&events).unwrap();
    pinned(&cohorts.cell(0, Retention::On(60)).unwrap(), r#"{"known":{"retained":1,"of":1}}"#);
    pinned(&cohorts.cell(5, Retention::On(60)).unwrap(), r#"{"missing":"period 65"}"#);
}

#[test]
fn a_cohort_matrix_is_checked_cohort_by_cohort() {
    let rules = CohortRules::new(8).with_bracket(1, 7).unwrap();
    pinned(&rules, r#"{"last":8,"period":1,"brackets":[[1,7]]}"#);
    refused::<CohortRules>(r#"{"last":8,"brackets":[[7,1]]}"#, "the bracket from 7 to 1 is empty");
    refused::<CohortRules>(r#"{"last":8,"period":0}"#, "invalid value: integer `0`");
    let events = EventColumns::new(&[1, 1, 1, 2], &[0, 1, 5, 0], &[1, 2, 2, 1]).unwrap();
    let matrix = rules.cohorts(&events).unwrap();
    let json = concat!(
        r#"{"rules":{"last":8,"period":1,"brackets":[[1,7]]},"cohorts":["#,
        r#"{"cohort":0,"size":2,"active":[[1,1],[5,1]],"last_active":[[5,1]],"brackets":[1]}]}"#
    );
    pinned(&matrix, json);
    let refuse = |from: &str, to: &str, field: &str, what: &str| {
        assert!(json.contains(from), "{from}");
        refused::<CohortMatrix>(
            &json.replace(from, to),
            &format!("cohorts[0].{field}: {what} of cohort 0 is impossible"),
        );
    };
    let (active, last) = (r#""active":[[1,1],[5,1]]"#, r#""last_active":[[5,1]]"#);
    for wrong in
        ["[[1,1],[5,3]]", "[[5,1],[1,1]]", "[[1,0],[5,1]]", "[[1,1],[5,1],[9,1]]", "[[1,1],[5,1],[5,1]]"]
    {
        refuse(active, &format!(r#""active":{wrong}"#), "active", "an active period");
    }
    for wrong in ["[[5,2]]", "[[4,1],[5,1]]", "[[5,0]]", "[[1,1],[5,1],[5,1]]"] {
        refuse(last, &format!(r#""last_active":{wrong}"#), "last_active", "a last active period");
    }
    refuse(r#""brackets":[1]}"#, r#""brackets":[3]}"#, "brackets", "a bracket");
    refuse(r#""brackets":[1]}"#, r#""brackets":[]}"#, "brackets", "a bracket");
    refused::<CohortMatrix>(
        &json.replace(r#""size":2"#, r#""size":0"#),
        "4 problems\n  cohorts[0].size: the size of cohort 0 is impossible",
    );
    let cohort = r#"{"cohort":0,"size":1,"active":[],"last_active":[],"brackets":[0]}"#;
    let twice = format!(r#"{{"rules":{{"last":8,"brackets":[[1,7]]}},"cohorts":[{cohort},{cohort}]}}"#);
    refused::<CohortMatrix>(&twice, "cohorts[1]: the cohort 0 stands twice");
}

#[test]
fn rules_of_inactivity_and_counts_are_plain() {
    let rules = InactivityRules::documents(86_400).unwrap();
    pinned(&rules, r#"{"silent_after":259200,"dormant_after":2592000}"#);
    refused::<InactivityRules>(
        r#"{"silent_after":30,"dormant_after":3}"#,
        "silent after 30 and dormant after 3 do not rise from 0",
    );
    pinned(&Activity::Dormant, r#""dormant""#);
    pinned(&ActivityCounts { active: 1, silent: 2, dormant: 3 }, r#"{"active":1,"silent":2,"dormant":3}"#);
    pinned(&Repurchase::new(5, 2).unwrap(), r#"{"buyers":5,"repeat_buyers":2}"#);
    refused::<Repurchase>(r#"{"buyers":1,"repeat_buyers":2}"#, "2 bought again, of 1 buyers");
    let pattern: Pattern = "(?1)(?t<=60)(?2).*".parse().unwrap();
    pinned(&pattern, r#""(?1)(?t<=60)(?2).*""#);
    refused::<Pattern>(r#""(?1)x""#, "`(?1)x` is not a pattern: expected `(?`, `.` or `.*` at 4");
}
