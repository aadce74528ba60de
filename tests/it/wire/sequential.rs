//! Sample ratios and tests that are looked at again and again, on the wire.

use super::pinned;
use marketloop::stats::{AlwaysValid, ConfidenceSequence, SampleRatio};
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
