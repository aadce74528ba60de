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
