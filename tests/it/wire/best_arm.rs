//! Arms and which of them is the best, on the wire.

use super::pinned;
use marketloop::stats::{
    BestArm, BestArmVerdict, BestShare, BetaArms, CutTies, NormalArms, ShrunkenItems, SpreadMethod,
};
use serde::de::DeserializeOwned;

fn refused<T: DeserializeOwned + std::fmt::Debug>(json: &str, reason: &str) {
    let error = serde_json::from_str::<T>(json).unwrap_err().to_string();
    assert!(error.contains(reason), "{json}: {error}");
}

#[test]
fn arms_are_their_counts_or_moments() {
    let arms = BetaArms::new((0.5, 0.5), [(3, 15), (0, 12)]).unwrap();
    pinned(&arms, r#"{"prior":["0.5","0.5"],"arms":[[3,15],[0,12]]}"#);
    refused::<BetaArms>(
        r#"{"prior":["0.5","0.5"],"arms":[[16,15]]}"#,
        "16 successes are more than 15 trials",
    );
    refused::<BetaArms>(r#"{"prior":["0.5","0"],"arms":[[1,15]]}"#, "shape 0 is outside");
    refused::<BetaArms>(r#"{"prior":["0.5","0.5"],"arms":[]}"#, "number of arms 0");
    let arms = NormalArms::new([(2.1, 0.01), (-2.4, 1.0)]).unwrap();
    pinned(&arms, r#"{"arms":[["2.1","0.01"],["-2.4","1"]]}"#);
    refused::<NormalArms>(r#"{"arms":[["2.1","0"]]}"#, "variance 0 is outside");
}

#[test]
fn the_best_arm_is_probabilities_and_losses() {
    let json =
        r#"{"probabilities":["0.25","0.75"],"expected_maximum":"0.5","expected_losses":["0.125","0"]}"#;
    pinned(&serde_json::from_str::<BestArm>(json).unwrap(), json);
    for (from, to, reason) in [
        ("0.75", "0.5", "sum 0.75"),
        ("0.25", "-0.25", "probability -0.25"),
        ("0.125", "-1", "expected_loss -1"),
        (r#""0.125","0""#, r#""0""#, "number of losses 1"),
    ] {
        refused::<BestArm>(&json.replace(from, to), reason);
    }
}

#[test]
fn a_verdict_is_a_word() {
    pinned(&BestArmVerdict::Stop, r#""stop""#);
    refused::<BestArmVerdict>(r#""stopp""#, "unknown variant `stopp`");
}

#[test]
fn shrunken_items_are_their_figures_and_the_fit() {
    let json = r#"{"items":{"rates":[[9,60],[70,1000]]},"method":"maximum_likelihood","centre":"0.0625","spread":"0.0001"}"#;
    pinned(&serde_json::from_str::<ShrunkenItems>(json).unwrap(), json);
    for (from, to, reason) in [
        ("[9,60]", "[61,60]", "61 successes are more than 60 trials"),
        ("[9,60]", "[0,0]", "a proportion of 0 trials"),
        ("[9,60],", "", "1 observation of at least 2"),
        ("maximum_likelihood", "paule_mandel", "`paule_mandel` is no estimator of the spread of rates"),
        ("0.0625", "1.5", "centre 1.5 is outside 0..=1"),
        ("0.0001", "-1", "spread -1 is outside"),
        ("0.0001", "0.0585", "shape"),
        ("0.0001", "0.5", "spread 0.5 is outside"),
    ] {
        refused::<ShrunkenItems>(&json.replace(from, to), reason);
    }
    let json = r#"{"items":{"means":[["2","0.5"],["-1","0.25"]]},"method":"dersimonian_laird","centre":"1.5","spread":"0"}"#;
    pinned(&serde_json::from_str::<ShrunkenItems>(json).unwrap(), json);
    for (from, to, reason) in [
        (r#""0.25""#, r#""0""#, "standard error 0 is outside"),
        ("dersimonian_laird", "moments", "`moments` is no estimator of the spread of means"),
        (r#""2""#, r#""1e101""#, "-1e100..=1e100"),
    ] {
        refused::<ShrunkenItems>(&json.replace(from, to), reason);
    }
    pinned(&SpreadMethod::Moments, r#""moments""#);
    refused::<SpreadMethod>(r#""moment""#, "unknown variant `moment`");
}

#[test]
fn the_best_share_is_its_items_with_what_is_promised() {
    let json = r#"{"chosen":[1],"expected":"0.25","raw":"0.375","probabilities":["0.25","0.75"]}"#;
    pinned(&serde_json::from_str::<BestShare>(json).unwrap(), json);
    for (from, to, reason) in [
        ("[1]", "[2]", "chosen item 2"),
        ("[1]", "[1,1]", "chosen item 1"),
        ("[1]", "[]", "0 observations of at least 1"),
        (r#""0.75""#, r#""1.75""#, "probability 1.75"),
    ] {
        refused::<BestShare>(&json.replace(from, to), reason);
    }
    pinned(&CutTies::Down, r#""down""#);
    refused::<CutTies>(r#""middle""#, "unknown variant `middle`");
}
