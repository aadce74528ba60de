//! Arms and which of them is the best, on the wire.

use super::pinned;
use marketloop::stats::{BestArm, BestArmVerdict, BetaArms, NormalArms};
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
