//! The wire form of experiments: metrics, units, sums.

use super::{pinned, refused};
use marketloop::experiment::{ExperimentMetric, ExperimentSums, MetricKind, SegmentedSums, Units};

#[test]
fn a_metric_is_its_name_and_kind() {
    pinned(
        &ExperimentMetric::proportion("bought"),
        r#"{"name":"bought","kind":{"proportion":{"of":"bought"}}}"#,
    );
    pinned(
        &ExperimentMetric::mean("revenue").with_decimals(2).winsorised(0, 200_000),
        r#"{"name":"revenue","kind":{"mean":{"of":"revenue"}},"decimals":2,"winsorised":[0,200000]}"#,
    );
    pinned(
        &ExperimentMetric::adjusted("revenue", "before").named("revenue"),
        r#"{"name":"revenue","kind":{"adjusted":{"of":"revenue","by":"before"}}}"#,
    );
    pinned(
        &MetricKind::Ratio { of: "orders".into(), per: "visits".into() },
        r#"{"ratio":{"of":"orders","per":"visits"}}"#,
    );
    let p95 = "95%".parse().unwrap();
    pinned(
        &ExperimentMetric::quantile("load_ms", p95),
        r#"{"name":"95% quantile of load_ms","kind":{"quantile":{"of":"load_ms","p":"0.95"}}}"#,
    );
    pinned(
        &ExperimentMetric::quantile_within("load_ms", p95, "1%".parse().unwrap()).named("slow"),
        r#"{"name":"slow","kind":{"quantile":{"of":"load_ms","p":"0.95","within":"0.01"}}}"#,
    );
    refused::<MetricKind>(r#"{"median":{"of":"orders"}}"#, "unknown variant `median`");
}

#[test]
fn units_are_columns_of_one_length() {
    let units = Units::new(&[0, 1])
        .with_column("bought", &[0, 1])
        .and_then(|units| units.with_segments("city", ["a", "b"], &[1, 0]))
        .unwrap();
    let json = r#"{"arms":[0,1],"columns":[["bought",[0,1]]],"segments":[{"name":"city","values":["a","b"],"of":[1,0]}]}"#;
    pinned(&units, json);
    refused::<Units<'_>>(
        &json.replace("[0,1]]]", "[0]]]"),
        "columns[0]: the column `bought` has 1 unit, there are 2",
    );
    refused::<Units<'_>>(&json.replace("[1,0]", "[1,2]"), "segments[0]: row 1 is in none of the 2 segments");
}

#[test]
fn sums_are_those_that_units_can_have() {
    let units = Units::new(&[0, 1, 1]).with_column("bought", &[0, 1, 1]).unwrap();
    let sums = ExperimentSums::of(["old", "new"], [ExperimentMetric::proportion("bought")], &units).unwrap();
    let json = concat!(
        r#"{"arms":["old","new"],"metrics":[{"name":"bought","kind":{"proportion":{"of":"bought"}}}],"sums":[["#,
        r#"{"count":1,"x":"0","y":"0","xx":"0","yy":"0","xy":"0"},"#,
        r#"{"count":2,"x":"0","y":"2","xx":"0","yy":"2","xy":"0"}]]}"#,
    );
    pinned(&sums, json);
    refused::<ExperimentSums>(
        &json.replace(r#""yy":"2""#, r#""yy":"4""#),
        "sums[0][1]: the sums of `bought` are not",
    );
    // One unit has no spread, and a proportion no second column: not even squares of one.
    let first = r#"{"count":1,"x":"0","y":"0","xx":"0","yy":"0","xy":"0"}"#;
    refused::<ExperimentSums>(
        &json.replace(first, &first.replace(r#""xx":"0""#, r#""xx":"1""#)),
        "xx 1 is outside",
    );
    let second = r#"{"count":2,"x":"0","y":"2","xx":"0","yy":"2","xy":"0"}"#;
    refused::<ExperimentSums>(
        &json.replace(second, &second.replace(r#""xx":"0""#, r#""xx":"2""#)),
        "sums[0][1]: `bought` has no second column",
    );
    refused::<ExperimentSums>(
        &json
            .replace(r#""x":"0","y":"2","xx":"0""#, r#""x":"2","y":"2","xx":"2""#)
            .replace(r#""yy":"2","xy":"0""#, r#""yy":"2","xy":"2""#),
        "sums[0][1]: `bought` has no second column",
    );
    refused::<ExperimentSums>(
        &json.replace(r#"["old","new"]"#, r#"["old"]"#),
        "arms: 1 arm, an experiment has at least 2",
    );
    refused::<ExperimentSums>(&json.replace(r#""old","new""#, r#""old","new","b""#), "sums[0]: 2 sums for 3");
    let by = ExperimentSums::by(
        ["old", "new"],
        [ExperimentMetric::proportion("bought")],
        &units.with_segments("city", ["a"], &[0, 0, 0]).unwrap(),
        "city",
    )
    .unwrap();
    let segmented = format!(r#"{{"property":"city","segments":{{"a":{json}}}}}"#);
    pinned(&by, &segmented);
    let other = json.replace(r#"["old","new"]"#, r#"["old","b"]"#);
    refused::<SegmentedSums>(
        &format!(r#"{{"property":"city","segments":{{"a":{json},"b":{other}}}}}"#),
        "segments.b: the sums are of different",
    );
}

#[test]
fn counts_of_values_are_those_that_units_can_have() {
    let units = Units::new(&[0, 1, 1, 1]).with_column("ms", &[5, 1_000, -7, 1_000]).unwrap();
    let half = "50%".parse().unwrap();
    let metrics = [
        ExperimentMetric::mean("ms"),
        ExperimentMetric::quantile("ms", half).named("exact"),
        ExperimentMetric::quantile_within("ms", half, "10%".parse().unwrap()).named("near"),
    ];
    let sums = ExperimentSums::of(["old", "new"], metrics, &units).unwrap();
    let moments = concat!(
        r#"[{"count":1,"x":"0","y":"5","xx":"0","yy":"25","xy":"0"},"#,
        r#"{"count":3,"x":"0","y":"1993","xx":"0","yy":"2000049","xy":"0"}]"#,
    );
    let kind = r#"{"quantile":{"of":"ms","p":"0.5"}}"#;
    let near = r#"{"quantile":{"of":"ms","p":"0.5","within":"0.1"}}"#;
    let values = "[[],[[[5,1]],[[-7,1],[1000,2]]],[[[5,1]],[[-6,1],[29,2]]]]";
    let json = format!(
        concat!(
            r#"{{"arms":["old","new"],"metrics":[{{"name":"ms","kind":{{"mean":{{"of":"ms"}}}}}},"#,
            r#"{{"name":"exact","kind":{}}},{{"name":"near","kind":{}}}],"sums":[{},{},{}],"values":{}}}"#
        ),
        kind, near, moments, moments, moments, values
    );
    pinned(&sums, &json);
    let with = |from: &str, to: &str| json.replace(values, &values.replace(from, to));
    let not = |path: &str, metric: &str| {
        format!("{path}: the counts of values of `{metric}` are not those of its units")
    };
    // Another number of units, another sum, another sum of squares, no order, nobody.
    for counts in ["[[-7,1],[1000,1]]", "[[-7,1],[1001,2]]", "[[-8,1],[999,1],[1002,1]]", "[[1000,2],[-7,1]]"]
    {
        let told = not("values[1][1]", "exact");
        refused::<ExperimentSums>(&with("[[-7,1],[1000,2]]", counts), &told);
    }
    refused::<ExperimentSums>(
        &with("[[-7,1],[1000,2]]", "[[-7,1],[4,0],[1000,2]]"),
        &not("values[1][1]", "exact"),
    );
    // Buckets that hold other values, and one that no value has.
    refused::<ExperimentSums>(&with("[29,2]", "[30,2]"), &not("values[2][1]", "near"));
    refused::<ExperimentSums>(&with("[29,2]", "[9223372036854775807,2]"), &not("values[2][1]", "near"));
    refused::<ExperimentSums>(&with("[[],", "["), "values: 2 sums for 3");
    refused::<ExperimentSums>(&with("[[],", "[[[]],"), "values[0]: 1 sum for 0");
    refused::<ExperimentSums>(&with("[[[5,1]],[[-7", "[[[-7"), "values[1]: 1 sum for 2");
    refused::<ExperimentSums>(&json.replace(&format!(r#","values":{values}"#), ""), "values: 0 sums for 3");
    let many: Vec<String> = (0..65_537).map(|value| format!("[{value},1]")).collect();
    refused::<ExperimentSums>(
        &with("[[-7,1],[1000,2]]", &format!("[{}]", many.join(","))),
        "values[1][1]: one arm has more than 65536 values of `exact`: state an error within which to count them",
    );
    for (from, to, told) in [
        (
            kind,
            kind.replace("0.5", "1"),
            "metrics[1].kind.p: the share of a quantile is 100%, outside 0%..100%",
        ),
        (
            kind,
            kind.replace("0.5", "0"),
            "metrics[1].kind.p: the share of a quantile is 0%, outside 0%..100%",
        ),
        (
            near,
            near.replace(r#""0.1""#, r#""0.6""#),
            "metrics[2].kind.within: the error of a quantile is 60%, outside",
        ),
        (
            near,
            near.replace(r#""0.1""#, r#""0.0009""#),
            "metrics[2].kind.within: the error of a quantile is 0.09%, outside",
        ),
    ] {
        refused::<ExperimentSums>(&json.replace(from, &to), told);
    }
}
