//! The health of experiments, as it is written.

use super::written;
use marketloop::experiment::{
    DayEffects, ExperimentMetric, ExperimentSums, SegmentEffects, SegmentedSums, Units,
};

fn by(property: &str, parts: [&'static str; 2], of: ExperimentMetric) -> SegmentedSums {
    let units = Units::new(&[0, 0, 1, 1, 0])
        .with_column("y", &[0, 1, 1, 1, 1])
        .and_then(|units| units.with_segments(property, parts, &[0, 0, 0, 0, 1]))
        .unwrap();
    ExperimentSums::by(["old", "new"], [of], &units, property).unwrap()
}

#[test]
fn segments_are_written_with_what_each_adds() {
    let effects =
        SegmentEffects::of(&by("city", ["a", "b"], ExperimentMetric::proportion("y")), "y", "new").unwrap();
    written(
        &effects,
        concat!(
            r#"{"property":"city","metric":"y","arm":"new","plain":"0.33333333333333337","within":"0.5","segments":["#,
            r#"{"name":"a","units":[2,2],"shares":["0.6666666666666666","1"],"weight":"1","effect":{"known":"0.5"},"#,
            r#""standard_error":{"known":"0.5"},"mix":"-0.05555555555555555"},"#,
            r#"{"name":"b","units":[1,0],"shares":["0.3333333333333333","0"],"weight":"0","#,
            r#""effect":{"undefined":{"figure":"y","cause":{"none":"unit of new"}}},"#,
            r#""standard_error":{"undefined":{"figure":"y","cause":{"none":"unit of new"}}},"mix":"-0.11111111111111112"}],"#,
            r#""strata":{"strata":[{"first":[1,2],"second":[2,2]}]}}"#,
        ),
    );
}

#[test]
fn days_are_written_in_their_order() {
    let effects = DayEffects::of(&by("day", ["10", "9"], ExperimentMetric::mean("y")), "y", "new").unwrap();
    written(
        &effects,
        concat!(
            r#"{"metric":"y","arm":"new","days":[{"name":"9","number":9,"#,
            r#""effect":{"undefined":{"figure":"y","cause":{"none":"unit of new"}}},"#,
            r#""standard_error":{"undefined":{"figure":"y","cause":{"none":"unit of new"}}}},"#,
            r#"{"name":"10","number":10,"effect":{"known":"0.5"},"standard_error":{"known":"0.5"}}]}"#,
        ),
    );
}
