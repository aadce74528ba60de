//! The wire form of the shared math's types, byte for byte.

use super::{pinned, refused, written};
use marketloop::decompose::{
    Contribution, ContributionMethod, Contributions, DecompositionMethod, Effect, Element, ProductSales,
    RankOptions, Segment, SegmentEffect, adtributor, rank_dimensions,
};
use marketloop::figure::{Figure, Interval};
use marketloop::stats::{
    Alternative, Correction, DifferenceMethod, EffectEstimate, IntervalMethod, LiftMethod, MatchingBounds,
    MeanTest, Moments, PairedMoments, QuantileMethod, RateFormula, RateLiftMethod, RateTest, SampleMean,
    SampleSize, StatsError, TestDesign, TwoMeans, TwoProportions, interval,
};
use rust_decimal::dec;

#[test]
fn rows_of_a_decomposition_are_plain_records() {
    let segment = Segment {
        key: "mobile".to_string(),
        numerator_before: dec!(20),
        denominator_before: dec!(1000),
        numerator_after: dec!(99.50),
        denominator_after: dec!(4500),
    };
    let json = concat!(
        r#"{"key":"mobile","numerator_before":"20","denominator_before":"1000","#,
        r#""numerator_after":"99.5","denominator_after":"4500"}"#
    );
    pinned(&segment, json);
    refused::<Segment<String>>(&json.replace("99.5", "99,5"), "`99,5` is ambiguous: write `995` or `99.5`");
    let product = ProductSales::new("a".to_string()).sold_before(100, 10);
    pinned(&product, r#"{"key":"a","before":{"quantity":"100","price":"10"},"after":null}"#);
    let element = Element { key: "x".to_string(), forecast: dec!(50), actual: dec!(24) };
    pinned(&element, r#"{"key":"x","forecast":"50","actual":"24"}"#);
    let why = adtributor(&[element, Element { key: "y".to_string(), forecast: dec!(50), actual: dec!(24) }]);
    let why = why.unwrap();
    let x = r#"{"key":"x","effect":"-26","explanatory_power":"0.5","surprise":"0"}"#;
    written(&why.elements()[0], x);
    let all = format!(
        r#"{{"elements":[{x},{}],"explanatory_power":"1","surprise":"0"}}"#,
        x.replace("\"x\"", "\"y\"")
    );
    written(&why, &all);
    let dimensions = rank_dimensions([("region", why)], RankOptions::default());
    written(&dimensions, &format!(r#"[["region",{all}]]"#));
    pinned(&RankOptions::default(), r#"{"min_element_power":"0.1","min_set_power":"0.67","max_elements":3}"#);
    let key = SegmentEffect { segment: String::from("mobile"), effect: Effect::Rate };
    pinned(&key, r#"{"segment":"mobile","effect":"rate"}"#);
    pinned(&Effect::Lost, r#""lost""#);
    pinned(&ContributionMethod::Euler, r#""euler""#);
    let part =
        r#"{"key":{"segment":"mobile","effect":"rate"},"value":"-0.002","unit":"1","method":"weights"}"#;
    pinned(&serde_json::from_str::<Contribution<SegmentEffect<String>>>(part).unwrap(), part);
    let why = [(String::from("visitors"), dec!(35)), (String::from("price"), dec!(-5))];
    let why =
        Contributions::new(dec!(30), &"CNY".parse().unwrap(), why, ContributionMethod::LogMean).unwrap();
    pinned(
        &why,
        concat!(
            r#"{"total":"30","unit":"CNY","parts":[{"key":"visitors","value":"35","unit":"CNY","method":"log_mean"},"#,
            r#"{"key":"price","value":"-5","unit":"CNY","method":"log_mean"}]}"#,
        ),
    );
    assert_eq!(
        why.to_string(),
        "part      contribution CNY  method\nvisitors             35.00  log-mean\n\
         price                -5.00  log-mean\ntotal                30.00\n"
    );
    let part = |key: &str, value: &str| {
        format!(r#"{{"key":"{key}","value":"{value}","unit":"CNY","method":"log_mean"}}"#)
    };
    written(
        &why.drivers("80%".parse().unwrap()).unwrap(),
        &format!(
            r#"{{"total":"30","unit":"CNY","drivers":[{}],"sum":"35","share":"7/6","rest":"0","against":[{}],"against_sum":"-5"}}"#,
            part("visitors", "35"),
            part("price", "-5"),
        ),
    );
    refused::<Contributions<String>>(
        r#"{"total":"30","unit":"CNY","parts":[{"key":"a","value":"29","unit":"CNY","method":"given"}]}"#,
        "the parts do not add up to 30, but to 29",
    );
    refused::<Contributions<String>>(
        r#"{"total":"30","unit":"CNY","parts":[{"key":"a","value":"30","unit":"USD","method":"given"}]}"#,
        "part 0 is not in CNY",
    );
    pinned(&DecompositionMethod::LogMean, r#""log_mean""#);
}

#[test]
fn an_interval_goes_through_its_constructor() {
    let half = interval(1, 2, 0.5, IntervalMethod::Wald).unwrap();
    pinned(&half, r#"{"low":"0.261531861897765","high":"0.738468138102235"}"#);
    assert!(serde_json::from_str::<Interval<f64>>(r#"{"low":0.7,"high":0.2}"#).is_err());
    pinned(&IntervalMethod::ClopperPearson, r#""clopper_pearson""#);
    pinned(&QuantileMethod::MedianUnbiased, r#""median_unbiased""#);
}

#[test]
fn two_rates_are_counts_that_fit() {
    let rates = TwoProportions::new((200, 5_000), (300, u64::MAX)).unwrap();
    pinned(&rates, r#"{"first":[200,5000],"second":[300,"18446744073709551615"]}"#);
    pinned(&DifferenceMethod::MiettinenNurminen, r#""miettinen_nurminen""#);
    for (json, refused) in [
        (
            r#"{"first":[2,1],"second":[0,1]}"#,
            StatsError::MoreSuccessesThanTrials { successes: 2, trials: 1 },
        ),
        (r#"{"first":[0,1],"second":[0,0]}"#, StatsError::NoTrials),
    ] {
        let error = serde_json::from_str::<TwoProportions>(json).unwrap_err().to_string();
        assert!(error.starts_with(&refused.to_string()), "{json}: {error}");
    }
}

#[test]
fn moments_are_integers_that_belong_together() {
    let moments = Moments::of([200, 400]).unwrap();
    pinned(&moments, r#"{"count":2,"sum":"600","squares":"200000"}"#);
    assert!(serde_json::from_str::<Moments>(r#"{"count":2,"sum":"600","squares":"1"}"#).is_err());
    let pairs = PairedMoments::of([(2, 1), (4, 2)]).unwrap();
    pinned(&pairs, r#"{"count":2,"x":"6","y":"3","xx":"20","yy":"5","xy":"10"}"#);
    for impossible in [
        r#"{"count":2,"x":"6","y":"3","xx":"20","yy":"5","xy":"11"}"#,
        r#"{"count":2,"x":"6","y":"3","xx":"17","yy":"5","xy":"9"}"#,
        r#"{"count":0,"x":"0","y":"0","xx":"0","yy":"1","xy":"0"}"#,
    ] {
        assert!(serde_json::from_str::<PairedMoments>(impossible).is_err(), "{impossible}");
    }
}

#[test]
fn two_means_are_arms_that_can_be() {
    let means =
        TwoMeans::new(SampleMean::new(40, 24.5, 99.0).unwrap(), SampleMean::new(1, -3.0, 0.0).unwrap());
    let json = concat!(
        r#"{"first":{"count":40,"mean":"24.5","variance":"99"},"#,
        r#""second":{"count":1,"mean":"-3","variance":"0"}}"#,
    );
    pinned(&means, json);
    refused::<TwoMeans>(&json.replace("99", "-99"), "variance -99 is outside 0..=1e280");
    refused::<TwoMeans>(&json.replace("40", "0"), "0 observations of at least 2 needed");
    pinned(&Alternative::TwoSided, r#""two_sided""#);
    pinned(&MeanTest::Welch, r#""welch""#);
    pinned(&LiftMethod::Fieller, r#""fieller""#);
    pinned(&RateLiftMethod::AdjustedLog, r#""adjusted_log""#);
    pinned(&RateTest::Fisher, r#""fisher""#);
    for (error, json) in
        [(StatsError::NoBaseline, r#""no_baseline""#), (StatsError::Unbounded, r#""unbounded""#)]
    {
        written(&error, json);
    }
}

#[test]
fn an_effect_has_a_standard_error_and_perhaps_degrees() {
    let effect = EffectEstimate::new(0.12, 0.05).unwrap();
    pinned(&effect, r#"{"value":"0.12","standard_error":{"known":"0.05"}}"#);
    let json = r#"{"value":"0.12","standard_error":{"known":"0.05"},"degrees":"8"}"#;
    pinned(&effect.with_degrees(8.0).unwrap(), json);
    let none = EffectEstimate::of(0.12, Figure::missing("standard error")).unwrap();
    pinned(&none, r#"{"value":"0.12","standard_error":{"missing":"standard error"}}"#);
    refused::<EffectEstimate>(&json.replace("0.05", "-1"), "standard error -1 is outside the numbers from 0");
    refused::<EffectEstimate>(&json.replace('8', "0.5"), "degrees 0.5 is outside 1..=1e300");
    pinned(&Correction::BenjaminiHochberg, r#""benjamini_hochberg""#);
    pinned(&MatchingBounds::FalseCoverage, r#""false_coverage""#);
}

#[test]
fn a_design_of_a_test_says_its_errors() {
    let design =
        TestDesign::new(0.05, 0.8).unwrap().with_ratio(0.5).unwrap().with_alternative(Alternative::Larger);
    let json = r#"{"alpha":"0.05","power":"0.8","ratio":"0.5","alternative":"larger","comparisons":1}"#;
    pinned(&design, json);
    refused::<TestDesign>(&json.replace("0.8", "0.05"), "power 0.05 is outside the numbers above alpha");
    refused::<TestDesign>(&json.replace(":1}", ":0}"), "comparisons 0 is outside 1..");
    let size = SampleSize::new(939.5, 469.75).unwrap();
    pinned(&size, r#"{"first":"939.5","second":"469.75"}"#);
    refused::<SampleSize>(r#"{"first":"-1","second":"2"}"#, "units -1 is outside 0..=1e300");
    pinned(&RateFormula::CohenH, r#""cohen_h""#);
    written(&StatsError::Undetectable, r#""undetectable""#);
}

#[test]
fn effects_and_strata_are_their_parts() {
    use marketloop::stats::{EffectEstimate, MantelHaenszel, PooledEffects, TwoProportions};
    let effect = |value| EffectEstimate::new(value, 0.5).unwrap();
    pinned(
        &PooledEffects::of([effect(1.0), effect(2.0)]).unwrap(),
        r#"{"effects":[{"value":"1","standard_error":{"known":"0.5"}},{"value":"2","standard_error":{"known":"0.5"}}]}"#,
    );
    refused::<PooledEffects>(r#"{"effects":[]}"#, "0 observations of at least 1 needed");
    pinned(
        &MantelHaenszel::of([TwoProportions::new((1, 9), (2, 8)).unwrap()]).unwrap(),
        r#"{"strata":[{"first":[1,9],"second":[2,8]}]}"#,
    );
    refused::<MantelHaenszel>(r#"{"strata":[]}"#, "0 observations of at least 1 needed");
}
