//! The wire form of targets and bands, byte for byte.

use super::{pinned, refused, written};
use marketloop::target::{
    Attainment, Bands, Better, Favour, Light, LowerRule, Target, TargetError, Threshold,
};
use rust_decimal::dec;

const LIGHTS: &str = r#"{"lowest":"red","edges":[{"threshold":{"at":"4/5","side":"above"},"class":"yellow"},{"threshold":{"at":"1","side":"below"},"class":"green"}],"hysteresis":"1/20"}"#;

fn lights() -> Bands<Light> {
    Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::above(dec!(1))).unwrap()
}

#[test]
fn every_form_is_pinned() {
    for text in
        ["at least 25 %", "at most 80 CNY/customer, inverse", "between 40 and 60 %, linear", "at least -3.5"]
    {
        pinned(&text.parse::<Target>().unwrap(), &format!("\"{text}\""));
    }
    let attainment: Attainment = "at least 500".parse::<Target>().unwrap().attainment(dec!(480)).unwrap();
    pinned(&attainment, r#""24/25""#);
    pinned(&lights().with_hysteresis(dec!(0.05)).unwrap(), LIGHTS);
    pinned(&Threshold::above(dec!(0.8)), r#"{"at":"4/5","side":"below"}"#);
    pinned(&Threshold::at_or_above(dec!(1)), r#"{"at":"1","side":"above"}"#);
    pinned(&[Light::Red, Light::Yellow, Light::Green], r#"["red","yellow","green"]"#);
    pinned(&[Better::Higher, Better::Lower], r#"["higher","lower"]"#);
    pinned(&[LowerRule::Inverse, LowerRule::Linear], r#"["inverse","linear"]"#);
    pinned(&[Favour::Favourable, Favour::Neutral, Favour::Adverse], r#"["favourable","neutral","adverse"]"#);
}

#[test]
fn what_a_value_says_of_its_target_is_written() {
    let rate: Target = "between 40 and 60 %, linear".parse().unwrap();
    pinned(&rate, r#""between 40 and 60 %, linear""#);
    let complaints: Target = "at most 0, linear".parse().unwrap();
    written(&"at least 500".parse::<Target>().unwrap().achievement(dec!(480)), r#"{"attained":"24/25"}"#);
    written(
        &complaints.achievement(dec!(9)),
        r#"{"undefined":{"met":false,"why":{"zero_target":{"actual":"9"}}}}"#,
    );
    let sales: Target = "at least 500".parse().unwrap();
    written(
        &sales.variance(dec!(480)).unwrap(),
        r#"{"absolute":"-20","reference":"500","favour":"adverse"}"#,
    );
}

#[test]
fn a_verdict_on_a_sample_is_written() {
    let rate: Target = "at least 50 %".parse().unwrap();
    let verdict = rate.judged_by_sample(2, 2, 0.95).unwrap();
    written(&verdict, &serde_json::to_string(&verdict).unwrap());
    let verdict = serde_json::to_value(verdict).unwrap();
    assert_eq!(verdict["actual"], serde_json::json!({"value": "100", "unit": "%"}));
    // Of two out of two, Wilson's interval begins at 2 / (2 + z^2) = 34.24 %.
    assert!(verdict["interval"]["low"].as_str().unwrap().starts_with("34.23"));
    assert_eq!(
        (verdict["is_met"].as_bool(), verdict["is_distinguishable"].as_bool()),
        (Some(true), Some(false))
    );
    assert_eq!((verdict["successes"].as_u64(), verdict["trials"].as_u64()), (Some(2), Some(2)));
}

#[test]
fn bad_values_fail_with_the_constructors_error() {
    refused::<Target>(r#""at most 5""#, &"at most 5".parse::<Target>().unwrap_err());
    refused::<Target>(
        r#""between 6 and 4, linear""#,
        &TargetError::RangeReversed { low: dec!(6), high: dec!(4) },
    );
    refused::<Attainment>(r#""1/0""#, &"1 divided by zero is undefined");
    refused::<Bands<Light>>(r#"{"lowest":"red","edges":[]}"#, &TargetError::NoEdges);
    let equal = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::above(dec!(0.8)));
    refused::<Bands<Light>>(&LIGHTS.replace(r#""at":"1""#, r#""at":"4/5""#), &equal.unwrap_err());
    let wide = lights().with_hysteresis(dec!(0.2)).unwrap_err();
    refused::<Bands<Light>>(&LIGHTS.replace("1/20", "1/5"), &wide);
    refused::<Threshold>(r#"{"at":"1","side":"above","of":1}"#, &"unknown field `of`");
}
