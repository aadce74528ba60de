//! Sample ratios and tests that are looked at again and again, on the wire.

use super::pinned;
use marketloop::stats::{
    AlphaSpending, AlwaysValid, ConfidenceSequence, Crossings, GroupSequential, SampleRatio, SpendingSides,
};
use serde::de::DeserializeOwned;

fn refused<T: DeserializeOwned + std::fmt::Debug>(json: &str, reason: &str) {
    let error = serde_json::from_str::<T>(json).unwrap_err().to_string();
    assert!(error.contains(reason), "{json}: {error}");
}

#[test]
fn a_sample_ratio_is_counts_beside_weights() {
    let ratio = SampleRatio::new([(5_000, 0.5), (u64::MAX, 1.5)]).unwrap();
    pinned(&ratio, r#"{"arms":[[5000,"0.5"],["18446744073709551615","1.5"]]}"#);
    refused::<SampleRatio>(r#"{"arms":[[1,"-1"],[1,"2"]]}"#, "weight -1 is outside the numbers from 0");
    refused::<SampleRatio>(r#"{"arms":[[1,"0"]]}"#, "largest weight 0");
    refused::<SampleRatio>(r#"{"arms":[]}"#, "largest weight 0");
}

#[test]
fn a_test_that_goes_on_is_its_looks_and_evidence() {
    let mut test = AlwaysValid::default();
    pinned(&test, r#"{"looks":0,"ln_evidence":"0"}"#);
    test.look(0.75).unwrap();
    test.look(0.5).unwrap();
    pinned(&test, r#"{"looks":2,"ln_evidence":"0.75"}"#);
    refused::<AlwaysValid>(r#"{"looks":2,"ln_evidence":"-0.75"}"#, "outside the numbers from 0");
    refused::<AlwaysValid>(r#"{"looks":0,"ln_evidence":"0.75"}"#, "before the first look");
}

#[test]
fn a_confidence_sequence_is_its_settings() {
    pinned(&ConfidenceSequence::new(0.05, 0.125).unwrap(), r#"{"alpha":"0.05","rho":"0.125"}"#);
    refused::<ConfidenceSequence>(r#"{"alpha":"1","rho":"0.125"}"#, "alpha 1 is outside");
    refused::<ConfidenceSequence>(r#"{"alpha":"0.05","rho":"0"}"#, "rho 0 is outside");
}

#[test]
fn a_plan_of_looks_is_its_settings_and_bounds() {
    pinned(&SpendingSides::PerSide, r#""per_side""#);
    pinned(&AlphaSpending::OBrienFleming, r#""obrien_fleming""#);
    pinned(&AlphaSpending::Power(2.5), r#"{"power":"2.5"}"#);
    pinned(&AlphaSpending::HwangShihDeCani(-4.0), r#"{"hwang_shih_de_cani":"-4"}"#);
    pinned(&AlphaSpending::Given(vec![(0.5, 0.25)]), r#"{"given":[["0.5","0.25"]]}"#);
    let json = r#"{"alpha":"0.05","sides":"upper","spending":"pocock","looks":[{"information":"0.5","bound":"1.875","futility":"0.25"},{"information":"1","bound":"2","futility":"2"}],"futility":{"beta":"0.1","spending":"linear","is_binding":true,"drift":"3"}}"#;
    let plan: GroupSequential = serde_json::from_str(json).unwrap();
    pinned(&plan, json);
    pinned(&plan.looks()[0], r#"{"information":"0.5","bound":"1.875","futility":"0.25"}"#);
    pinned(plan.futility().unwrap(), r#"{"beta":"0.1","spending":"linear","is_binding":true,"drift":"3"}"#);
    let crossings: Crossings = serde_json::from_str(
        r#"{"drift":"0","bound":["0.25","0.25"],"futility":["0.5","0"],"expected_information":"0.75"}"#,
    )
    .unwrap();
    pinned(
        &crossings,
        r#"{"drift":"0","bound":["0.25","0.25"],"futility":["0.5","0"],"expected_information":"0.75"}"#,
    );
    for (from, to, reason) in [
        (r#""information":"1""#, r#""information":"0.5""#, "at least 1.0001 times"),
        (r#""bound":"2""#, r#""bound":"40""#, "bound 40 is outside"),
        (r#""futility":"2""#, r#""futility":"2.5""#, "futility bound 2.5 is outside"),
        (r#""alpha":"0.05""#, r#""alpha":"1""#, "alpha 1 is outside"),
        (r#""beta":"0.1""#, r#""beta":"0""#, "alpha 0 is outside"),
        (r#""upper""#, r#""lower""#, "unknown variant `lower`"),
    ] {
        refused::<GroupSequential>(&json.replace(from, to), reason);
    }
    refused::<GroupSequential>(
        r#"{"alpha":"0.05","sides":"per_side","spending":"pocock","looks":[{"information":"1","bound":"-1"}]}"#,
        "from 0 where two-sided",
    );
}
