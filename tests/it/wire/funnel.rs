//! The wire form of funnels, their rules and partial states, byte for byte.

use super::{pinned, refused, written};
use marketloop::funnel::{
    Activity, ActivityCounts, BottleneckRule, Breakdown, CohortMatrix, CohortRules, ConversionTimes,
    Durations, Events, Funnel, FunnelCounts, FunnelRules, FunnelRulesDraft, InactivityRules, Matching,
    Pattern, Property, Retained, Retention, SegmentTouch, Voids, WindowFunnelModes,
};
use marketloop::time::{Duration, TimeUnit};

fn seconds(seconds: u64) -> Duration {
    Duration::from_seconds(seconds)
}

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
    let plain = FunnelRules::new(["visit", "order"], seconds(60)).unwrap();
    pinned(
        &plain,
        r#"{"steps":[{"name":"visit"},{"name":"order"}],"window":"1 minute","matching":"longest"}"#,
    );
    let endless = FunnelRules::new(["visit", "order"], seconds(u64::MAX)).unwrap();
    let json = r#"{"steps":[{"name":"visit"},{"name":"order"}],"window":"18446744073709551615 seconds","matching":"longest"}"#;
    pinned(&endless, json);
    let draft = FunnelRules::draft(["visit", "coupon", "order"])
        .with_step_events("visit", ["page view"])
        .with_optional_step("coupon")
        .with_step_within("coupon", seconds(5))
        .with_matching(Matching::UseOnce)
        .with_held_constant("session");
    let with = |voids| draft.clone().exclusion(["refund"], "visit", "order", voids);
    let json = concat!(
        r#"{"steps":[{"name":"visit","events":["page view"]},{"name":"coupon","optional":true,"within":"5 seconds"},"#,
        r#"{"name":"order"}],"exclusions":[{"events":["refund"],"after":"visit","before":"order"}],"#,
        r#""window":null,"matching":"use_once","held_constant":"session"}"#
    );
    pinned(&with(Voids::LaterSteps).check().unwrap(), json);
    pinned(&with(Voids::LaterSteps), json);
    // E6: the reading of an exclusion is said where it is not the plain one.
    let before = r#""before":"order""#;
    let said = json.replace(before, &format!(r#"{before},"voids":"conversions""#));
    pinned(&with(Voids::Conversions).check().unwrap(), &said);
    refused::<FunnelRules>(&said.replace(r#""conversions""#, r#""users""#), "unknown variant `users`");
    refused::<FunnelRulesDraft>(&json.replace("5 seconds", "5"), "`5` is not a duration such as 15 minutes");
    refused::<FunnelRules>(r#"{"steps":[{"name":"a"}]}"#, "steps: 1 step, a funnel has at least 2");
    refused::<FunnelRules>(r#"{"steps":[{"name":"a","more":1}]}"#, "unknown field `more`");
    // A draft that is stored keeps each of its faults.
    let unknown = FunnelRules::draft(["visit", "order"]).with_optional_step("coupon");
    let stored = concat!(
        r#"{"steps":[{"name":"visit"},{"name":"order"}],"window":null,"matching":"longest","#,
        r#""unknown_steps":["coupon"]}"#
    );
    pinned(&unknown, stored);
    refused::<FunnelRules>(stored, "steps: there is no step `coupon`");
    // E4: the number of a property means nothing elsewhere.
    refused::<FunnelRules>(
        &json.replace(r#""session""#, "0"),
        "invalid type: integer `0`, expected a string",
    );
    refused::<FunnelRules>(&json.replace("session", ""), "held_constant: a property has no name");
    refused::<FunnelRules>(&json.replace("use_once", "use_twice"), "`use_twice` is no matching: longest");
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
fn events_are_their_columns() {
    let channel = Property::new("channel", ["search", "social"]).unwrap();
    let plain = Events::new(&[1, u64::MAX], &[-1, i64::MAX], &[1, u32::MAX]).unwrap();
    let json =
        r#"{"users":[1,"18446744073709551615"],"times":[-1,9223372036854775807],"masks":[1,4294967295]}"#;
    pinned(&plain, json);
    let full = plain.with_unit(TimeUnit::Milliseconds).with_sequence(&[7, 0]).unwrap();
    let full = full.with_property(&channel, &[1, 0]).unwrap();
    let more = concat!(
        r#","unit":"milliseconds","sequence":[7,0],"#,
        r#""properties":[{"property":{"name":"channel","values":["search","social"]},"values":[1,0]}]}"#
    );
    let json = json.replace('}', more);
    pinned(&full, &json);
    let refuse = |from: &str, to: &str, fault: &str| {
        assert!(json.contains(from), "{from}");
        refused::<Events<'_>>(&json.replace(from, to), fault);
    };
    refuse("[-1,9223372036854775807]", "[-1]", "times: the column times has 1 row, the users 2");
    refuse("[1,4294967295]", "[1,2,3]", "masks: the column masks has 3 rows, the users 2");
    refuse("[7,0]", "[]", "sequence: the column sequence has 0 rows, the users 2");
    refuse(
        r#""values":[1,0]"#,
        r#""values":[1]"#,
        "properties[0].values: the column property has 1 row, the users 2",
    );
    refuse(
        r#""values":[1,0]"#,
        r#""values":[1,2]"#,
        "properties[0].values: row 1: number 2 of the property `channel`, which has 2 values",
    );
    let column = r#"{"property":{"name":"a"},"values":[1,2]}"#;
    let twice = format!(r#"{{"users":[1,1],"times":[0,0],"masks":[1,1],"properties":[{column},{column}]}}"#);
    refused::<Events<'_>>(&twice, "properties[1].property.name: the property `a` stands twice");
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
    refused::<Retention>(r#""on +7""#, "`on +7` is no retention: on N, on or after N, bracket N");
    pinned(&SegmentTouch::First, r#""first""#);
    pinned(&SegmentTouch::Last, r#""last""#);
    pinned(&Voids::LaterSteps, r#""later_steps""#);
    pinned(&Voids::Conversions, r#""conversions""#);
}

#[test]
fn partial_states_are_integers() {
    let counts = FunnelCounts::new(["visit", "order"], [3, 2, 1]).unwrap();
    pinned(&counts, r#"{"steps":["visit","order"],"levels":[3,2,1]}"#);
    refused::<FunnelCounts>(r#"{"steps":["a","b"],"levels":[1,2]}"#, "levels: 2 levels, 3 needed");
    refused::<FunnelCounts>(
        r#"{"steps":["a","b"],"levels":[1,0,18446744073709551615]}"#,
        "levels: there are more than 18446744073709551615 users",
    );
    let rules = FunnelRules::new(["visit", "order"], seconds(60)).unwrap();
    let events = Events::new(&[1, 1, 2], &[0, 60, 5], &[1, 2, 1]).unwrap();
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
    pinned(&Durations::new([9, 2].map(seconds)), "[2,9]");
    assert_eq!(serde_json::from_str::<Durations>("[9,2]").unwrap(), Durations::new([2, 9].map(seconds)));
}

#[test]
fn what_a_funnel_answers_is_written() {
    let funnel = Funnel::new([("click", 50), ("cart", 20), ("payment", 5)]).unwrap();
    let usual = BottleneckRule::WorstAgainst(vec!["1/2".parse().unwrap(), "1/2".parse().unwrap()]);
    pinned(&usual, r#"{"worst_against":["1/2","1/2"]}"#);
    written(
        &funnel.bottleneck(&BottleneckRule::LowestRate).unwrap(),
        concat!(
            r#"{"step":"payment","rule":"lowest_rate","figure":"1/4","beside":{"known":{"step":"payment","beside":"cart","#,
            r#""rates":{"known":{"first":[5,20],"second":[20,50]}}}}}"#
        ),
    );
    let nobody = Funnel::new([("click", 50), ("cart", 0), ("payment", 0)]).unwrap();
    written(
        &funnel.rate_differences(&nobody).unwrap()[1],
        concat!(
            r#"{"step":"payment","beside":"payment","rates":{"undefined":{"figure":"rate of `payment`","#,
            r#""cause":{"zero":"the count before `payment`"}}}}"#
        ),
    );
    written(
        &funnel.what_if("cart", "1/2".parse().unwrap()).unwrap(),
        r#"{"steps":[["click","50"],["cart","25"],["payment","25/4"]],"before":5}"#,
    );
    let events = Events::new(&[1, 1, 2], &[0, 60, 5], &[1, 2, 1]).unwrap();
    let cohorts = CohortRules::new(8).cohorts(&events);
    assert!(cohorts.is_err());
    let cohorts = CohortRules::new(60).cohorts(&events).unwrap();
    pinned(&cohorts.cell(0, Retention::On(60)).unwrap(), r#"{"known":{"of":1,"retained":1}}"#);
    pinned(&cohorts.cell(5, Retention::On(60)).unwrap(), r#"{"missing":"period 65"}"#);
}

#[test]
fn a_cohort_matrix_is_checked_cohort_by_cohort() {
    let rules = CohortRules::new(8).with_bracket(1, 7).unwrap();
    pinned(&rules, r#"{"last":8,"brackets":[[1,7]]}"#);
    refused::<CohortRules>(r#"{"last":8,"brackets":[[7,1]]}"#, "the bracket from 7 to 1 is empty");
    let daily = rules.clone().with_period(Duration::from_days(1)).unwrap();
    pinned(&daily, r#"{"last":8,"period":"24 hours","brackets":[[1,7]]}"#);
    refused::<CohortRules>(r#"{"last":8,"period":"0 days"}"#, "a period of cohorts has no time");
    let events = Events::new(&[1, 1, 1, 2], &[0, 1, 5, 0], &[1, 2, 2, 1]).unwrap();
    let matrix = rules.cohorts(&events).unwrap();
    let json = concat!(
        r#"{"rules":{"last":8,"brackets":[[1,7]]},"cohorts":["#,
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
    // The last two: whoever was active in a period was so for the last time in it or in a later one.
    for wrong in ["[[5,2]]", "[[4,1],[5,1]]", "[[5,0]]", "[[1,1],[5,1],[5,1]]", "[]", "[[1,1]]"] {
        refuse(last, &format!(r#""last_active":{wrong}"#), "last_active", "a last active period");
    }
    refuse(r#""brackets":[1]}"#, r#""brackets":[3]}"#, "brackets", "a bracket");
    refuse(r#""brackets":[1]}"#, r#""brackets":[]}"#, "brackets", "a bracket");
    refuse(r#""brackets":[1]}"#, r#""brackets":[0]}"#, "brackets", "a bracket");
    refuse(r#""brackets":[[1,7]]},"#, r#""brackets":[[2,4]]},"#, "brackets", "a bracket");
    refused::<CohortMatrix>(
        &json.replace(r#""size":2"#, r#""size":0"#),
        "4 problems\n  cohorts[0].size: the size of cohort 0 is impossible",
    );
    let cohort = r#"{"cohort":0,"size":1,"active":[],"last_active":[],"brackets":[0]}"#;
    let twice = format!(r#"{{"rules":{{"last":8,"brackets":[[1,7]]}},"cohorts":[{cohort},{cohort}]}}"#);
    refused::<CohortMatrix>(&twice, "cohorts[1]: the cohort 0 stands twice");
}

/// TOML has no whole number beyond 63 bits.
#[test]
fn numbers_of_64_bits_are_written_in_every_format() {
    let large = "\"18446744073709551615\"";
    let rules = CohortRules::new(8).with_bracket(1, u64::MAX).unwrap();
    pinned(&rules, &format!(r#"{{"last":8,"brackets":[[1,{large}]]}}"#));
    let counts = FunnelCounts::new(["visit", "order"], [0, u64::MAX, 0]).unwrap();
    pinned(&counts, &format!(r#"{{"steps":["visit","order"],"levels":[0,{large},0]}}"#));
    pinned(&Durations::new([5, u64::MAX].map(seconds)), &format!("[5,{large}]"));
}

#[test]
fn conversion_times_have_names_of_steps() {
    let json = r#"{"steps":[["cart",[60]],["order",[90]]],"whole":[150]}"#;
    let read: ConversionTimes = serde_json::from_str(json).unwrap();
    pinned(&read, json);
    refused::<ConversionTimes>(&json.replace("cart", "order"), "steps[1][0]: the step `order` stands twice");
    refused::<ConversionTimes>(&json.replace("cart", ""), "steps[0][0]: the name at 0 is empty");
}

#[test]
fn rules_of_inactivity_and_counts_are_plain() {
    let rules = InactivityRules::documents();
    pinned(&rules, r#"{"silent_after":"72 hours","dormant_after":"720 hours"}"#);
    refused::<InactivityRules>(
        r#"{"silent_after":"30 hours","dormant_after":"3 hours"}"#,
        "silent after 30 hours and dormant after 3 hours do not rise from 0",
    );
    pinned(&Activity::Dormant, r#""dormant""#);
    pinned(&ActivityCounts { active: 1, silent: 2, dormant: 3 }, r#"{"active":1,"silent":2,"dormant":3}"#);
    pinned(&Retained::new(5, 2).unwrap(), r#"{"of":5,"retained":2}"#);
    refused::<Retained>(r#"{"of":1,"retained":2}"#, "2 came back, of 1");
    let pattern: Pattern = "(?1)(?t<=60)(?2).*".parse().unwrap();
    pinned(&pattern, r#""(?1)(?t<=60)(?2).*""#);
    refused::<Pattern>(r#""(?1)x""#, "`(?1)x` is not a pattern: expected `(?`, `.` or `.*` at 4");
}
