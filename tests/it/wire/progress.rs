//! The wire form of pacing, earned value and baselines, byte for byte.

use super::pinned;
use marketloop::progress::{EarnedValue, Pacing, PerformanceBaseline, Profile};
use rust_decimal::dec;

#[test]
fn every_form_is_pinned() {
    pinned(&Profile::even(), r#""even""#);
    pinned(&Profile::front_loaded(dec!(3)).unwrap(), r#"{"front_loaded":"3"}"#);
    pinned(&Profile::seasonal([dec!(1), dec!(1.20)]).unwrap(), r#"{"seasonal":["1","1.2"]}"#);
    pinned(&Profile::custom([dec!(50), dec!(30)]).unwrap(), r#"{"custom":["50","30"]}"#);
    let pacing = Pacing::new([dec!(34), dec!(33)], [dec!(1), dec!(1)]).unwrap();
    pinned(&pacing, r#"{"plan":["34","33"],"weights":["1","1"]}"#);
    let value = EarnedValue::new(dec!(500), dec!(250), dec!(200), dec!(219.98)).unwrap();
    pinned(
        &value,
        r#"{"budget_at_completion":"500","planned_value":"250","earned_value":"200","actual_cost":"219.98","committed":"0"}"#,
    );
    let baseline = PerformanceBaseline::new([(dec!(0), dec!(0)), (dec!(1.5), dec!(100))]).unwrap();
    pinned(&baseline, r#"[["0","0"],["1.5","100"]]"#);
}

#[test]
fn bad_values_fail_with_the_constructors_error() {
    let error = |json: &str| serde_json::from_str::<PerformanceBaseline>(json).unwrap_err().to_string();
    assert!(error("[[0, 5], [1, 4]]").starts_with("[1][1]: cumulative value 4 of point 1 is below 5"));
    assert!(error("[]").contains("at least one of points is needed"));
    let error = serde_json::from_str::<Profile>(r#"{"custom": [0.5, -1]}"#).unwrap_err().to_string();
    assert!(error.starts_with("weight -1 is negative"), "{error}");
}
