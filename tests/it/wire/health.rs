//! The wire form of the health matrix, byte for byte.

use super::{pinned, refused, written};
use marketloop::health::{
    Aggregation, Dimension, Indicator, IndicatorName, Matrix, MissingPolicy, Normaliser, Scoring, Ties,
    ValueColumn,
};
use marketloop::quantity::{Ratio, Share};
use marketloop::target::{Bands, Better, Light, Threshold};
use marketloop::time::{Grain, date};
use rust_decimal::dec;

#[test]
fn an_indicator_has_a_name_in_its_dimension() {
    let name = IndicatorName { dimension: "traffic".into(), indicator: "organic share".into() };
    pinned(&name, r#"{"dimension":"traffic","indicator":"organic share"}"#);
    assert_eq!(name.to_string(), "traffic / organic share");
}

/// D10: the value of a node of a tree is no decimal, and is written as it is.
#[test]
fn an_actual_value_is_a_decimal_or_a_fraction() {
    let rate = Indicator::new("cvr", "at least 4 %".parse().unwrap(), Grain::Month);
    let rate = rate.with_actual("53/14 %".parse().unwrap()).unwrap();
    let json =
        r#"{"name":"cvr","target":"at least 4 %","review":"month","actual":{"value":"53/14","unit":"%"}}"#;
    pinned(&rate, json);
    for other in [r#""53/14 %""#, r#"{"value":"53/1400","unit":"1"}"#] {
        let read: Indicator =
            serde_json::from_str(&json.replace(r#"{"value":"53/14","unit":"%"}"#, other)).unwrap();
        assert_eq!(read.attainment(), rate.attainment(), "{other}");
    }
    let percent = json.replace("53/14", "5%");
    assert!(serde_json::from_str::<Indicator>(&percent).is_err(), "a percentage is no number");
}

#[test]
fn a_matrix_is_its_indicators_and_their_scoring() {
    let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1))).unwrap();
    let on = date(2026, 9, 30).unwrap();
    let rate = Indicator::new("rate", "at least 25 %".parse().unwrap(), Grain::Month)
        .with_source("CRM")
        .with_weight(2)
        .with_normaliser(Normaliser::goalposts(dec!(10), dec!(30)).unwrap())
        .measured("27 %".parse().unwrap(), on)
        .unwrap()
        .with_baseline("20 %".parse().unwrap(), on)
        .unwrap();
    let matrix = Matrix::new(bands, [Dimension::new("stickiness", [rate]).with_weight(3)])
        .unwrap()
        .with_scoring(Scoring::of(Aggregation::Geometric).with_missing(MissingPolicy::Zero))
        .unwrap()
        .launched_on(on)
        .unwrap();
    let json = [
        r#"{"bands":{"lowest":"red","edges":[{"threshold":{"at":"4/5","side":"above"},"class":"yellow"},"#,
        r#"{"threshold":{"at":"1","side":"above"},"class":"green"}],"hysteresis":"0"},"#,
        r#""scoring":{"indicator_normaliser":"target_ratio","indicator_aggregation":"geometric","#,
        r#""dimension_normaliser":"unchanged","dimension_aggregation":"geometric","missing":"zero"},"#,
        r#""launched_on":"2026-09-30","dimensions":[{"name":"stickiness","weight":"3","#,
        r#""indicators":[{"name":"rate","target":"at least 25 %","review":"month","source":"CRM","weight":"2","#,
        r#""normaliser":{"goalposts":{"worst":"10","best":"30"}},"actual":{"value":"27","unit":"%"},"#,
        r#""measured_on":"2026-09-30","baseline":{"value":{"value":"20","unit":"%"},"captured_on":"2026-09-30"}}]}]}"#,
    ]
    .concat();
    pinned(&matrix, &json);
    refused::<Matrix>(
        &json.replace(r#""weight":"2""#, r#""weight":"-2""#),
        "2 problems\n  dimensions[0].indicators[0].weight: weight -2 is below 0",
    );
    refused::<Matrix>(
        &json.replace(r#""worst":"10""#, r#""worst":"30""#),
        "goalposts from 30 to 30 have no range",
    );
    refused::<Matrix>(
        &json.replace(r#""value":"20","unit":"%""#, r#""value":"20","unit":"day""#),
        "dimensions[0]",
    );
    refused::<Matrix>(
        &json.replace(r#""missing":"zero""#, r#""missing":"guess""#),
        "unknown variant `guess`",
    );
}

#[test]
fn a_normaliser_is_its_name_and_parameters() {
    for (normaliser, json) in [
        (
            Normaliser::min_max(Better::Lower, dec!(1), dec!(2)),
            r#"{"min_max":{"better":"lower","least":"1","greatest":"2"}}"#,
        ),
        (
            Normaliser::standard_score(Better::Higher, dec!(1), dec!(2)),
            r#"{"standard_score":{"better":"higher","mean":"1","deviation":"2"}}"#,
        ),
        (
            Normaliser::percentile(Better::Higher, Ties::Mean, [dec!(1), dec!(2)]),
            r#"{"percentile":{"better":"higher","ties":"mean","sample":["1","2"]}}"#,
        ),
        (Normaliser::logistic(dec!(1), dec!(2)), r#"{"logistic":{"midpoint":"1","steepness":"2"}}"#),
        (
            Normaliser::piecewise_linear([(dec!(0), dec!(0)), (dec!(1), dec!(1))]),
            r#"{"piecewise_linear":{"points":[["0","0"],["1","1"]]}}"#,
        ),
    ] {
        pinned(&normaliser.unwrap(), json);
    }
    refused::<Normaliser>(
        r#"{"logistic":{"midpoint":"1","steepness":"0"}}"#,
        "steepness 0 is outside all numbers but 0",
    );
    refused::<Normaliser>(
        r#"{"percentile":{"better":"higher","ties":"mean","sample":[]}}"#,
        "percentile needs more values than were given",
    );
    refused::<Normaliser>(
        r#"{"min_max":{"better":"lower","least":"2","greatest":"2"}}"#,
        "min-max from 2 to 2 have no range",
    );
}

#[test]
fn an_aggregation_is_its_name_and_parameters() {
    let ranks = Aggregation::Ranks(vec![dec!(2), dec!(0.5)]);
    pinned(&ranks, r#"{"ranks":["2","0.5"]}"#);
    pinned(&Aggregation::Quantifier(2), r#"{"quantifier":2}"#);
    pinned(&Aggregation::Power(dec!(-1)), r#"{"power":"-1"}"#);
    pinned(&Aggregation::Hurwicz(Share::percent(25).unwrap()), r#"{"hurwicz":"0.25"}"#);
    pinned(&Aggregation::RisingRanks, r#""rising_ranks""#);
    for (aggregation, text) in [
        (ranks, "ranks(2, 0.5)"),
        (Aggregation::Quantifier(2), "quantifier(2)"),
        (Aggregation::Power(dec!(-1)), "power(-1)"),
        (Aggregation::Hurwicz(Share::percent(25).unwrap()), "hurwicz(25%)"),
        (Aggregation::WeakestLink, "weakest link"),
    ] {
        assert_eq!((aggregation.to_string().as_str(), text.parse()), (text, Ok(aggregation)));
    }
    assert_eq!("weakest_link".parse(), Ok(Aggregation::WeakestLink));
    let forms = "arithmetic, geometric, harmonic, weakest_link, rising_ranks, falling_ranks, power(exponent), hurwicz(optimism), quantifier(power), ranks(weights ...)";
    for (text, refusal) in [
        ("ranks(0, 1)", "no weight is above 0"),
        ("ranks(1, -1)", "weight -1 is below 0"),
        ("power(0)", "power 0 is outside all numbers but 0"),
        ("median", format!("`median` is no aggregation: {forms}").as_str()),
        ("geometric(2)", format!("`geometric(2)` is no aggregation: {forms}").as_str()),
    ] {
        let refused = text.parse::<Aggregation>().unwrap_err();
        assert!(refused.to_string().starts_with(refusal), "{refused}");
    }
    assert_eq!("median".parse::<Aggregation>().unwrap_err().code(), "syntax");
}

#[test]
fn choices_are_their_names() {
    for missing in [MissingPolicy::Skip, MissingPolicy::Zero, MissingPolicy::Propagate] {
        assert_eq!(missing.to_string().parse(), Ok(missing));
    }
    for ties in [Ties::Rank, Ties::Weak, Ties::Strict, Ties::Mean] {
        pinned(&ties, &format!("\"{ties}\""));
        assert_eq!(ties.to_string().parse(), Ok(ties));
    }
    for text in [
        "target ratio",
        "unchanged",
        "goalposts(70, 30)",
        "min-max(lower, 1, 2)",
        "standard score(higher, 1, 2)",
        "percentile(higher, mean, 1, 2)",
        "logistic(1, -2)",
        "piecewise linear(0: 0, 10: 1)",
    ] {
        assert_eq!(text.parse::<Normaliser>().unwrap().to_string(), text);
    }
    assert_eq!("min_max(lower,1,2)".parse(), Normaliser::min_max(Better::Lower, dec!(1), dec!(2)));
    let forms = "target_ratio, unchanged, goalposts(worst, best), min_max(better, least, greatest), standard_score(better, mean, deviation), percentile(better, ties, values ...), logistic(midpoint, steepness), piecewise_linear(value: score, ...)";
    for (text, refusal) in [
        ("goalposts(1)", format!("`goalposts(1)` is no normaliser: {forms}").as_str()),
        ("goalposts(1, 1)", "goalposts from 1 to 1 have no range"),
        ("percentile(higher, most, 1)", "`most` is no rule of ties: rank, weak, strict, mean"),
        ("min-max(more, 1, 2)", format!("`min-max(more, 1, 2)` is no normaliser: {forms}").as_str()),
    ] {
        let refused = text.parse::<Normaliser>().unwrap_err();
        assert!(refused.to_string().starts_with(refusal), "{refused}");
    }
    assert_eq!(
        "guess".parse::<MissingPolicy>().unwrap_err().to_string(),
        "`guess` is no policy for missing scores: skip, zero, propagate"
    );
}

#[test]
fn a_column_is_its_whole_numbers() {
    let column = ValueColumn::of(2, [2750, ValueColumn::MISSING]).unwrap();
    pinned(&column, r#"{"scale":2,"numbers":[2750,0],"missing":[1]}"#);
    pinned(&ValueColumn::of(0, [7]).unwrap(), r#"{"scale":0,"numbers":[7]}"#);
    refused::<ValueColumn>(r#"{"scale":0,"numbers":[7],"missing":[0]}"#, "missing value 7 is outside 0");
    refused::<ValueColumn>(r#"{"scale":0,"numbers":[7],"missing":[1]}"#, "place 1 is outside the numbers");
    refused::<ValueColumn>(r#"{"scale":16,"numbers":[]}"#, "scale 16 is outside 0..=15");
}

/// One dimension with an indicator that has a value of 20 % and one that has none.
fn half_measured() -> Matrix {
    let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1))).unwrap();
    let indicator = |name| Indicator::new(name, "at least 25 %".parse().unwrap(), Grain::Month);
    let on = date(2026, 9, 30).unwrap();
    let kept = indicator("kept").measured("20 %".parse().unwrap(), on).unwrap();
    Matrix::new(bands, [Dimension::new("d", [kept, indicator("lost")])]).unwrap()
}

const KEPT: &str = r#"{"dimension":"d","indicator":{"name":"kept","target":"at least 25 %","review":"month","actual":{"value":"20","unit":"%"},"measured_on":"2026-09-30"},"score":{"known":{"exact":"4/5"}},"light":{"known":"yellow"}}"#;
const LOST: &str = r#"{"dimension":"d","indicator":{"name":"lost","target":"at least 25 %","review":"month"},"score":{"missing":"d / lost"},"light":{"missing":"d / lost"}}"#;

#[test]
fn results_are_figures_with_their_names() {
    let matrix = half_measured();
    let health = matrix.assess().unwrap();
    let found = r#"{"known":{"exact":"4/5"}}"#;
    written(&health.readings().next().unwrap(), KEPT);
    written(
        &health,
        &format!(
            r#"{{"score":{found},"light":{{"known":"yellow"}},"coverage":{{"lit":1,"all":2}},"dimensions":[{{"name":"d","weight":"1","raw":{found},"score":{found},"light":{{"known":"yellow"}},"readings":[{KEPT},{LOST}]}}]}}"#
        ),
    );
    written(
        &health.summary(date(2026, 10, 1).unwrap()).unwrap(),
        r#"[{"name":"score","column":"value","value":"80","unit":"%","why":""},{"name":"light","column":"value","value":"yellow","unit":"","why":""},{"name":"measured","column":"value","value":"1 of 2","unit":"","why":""},{"name":"measured weight","column":"value","value":"50","unit":"%","why":""},{"name":"worst","column":"value","value":"d / kept","unit":"","why":""},{"name":"oldest value","column":"value","value":"2026-09-30","unit":"","why":""},{"name":"d / kept","column":"value","value":"2026-09-30","unit":"","why":"carried over"},{"name":"d / lost","column":"value","value":null,"unit":"","why":"missing: value"}]"#,
    );
    let reading = matrix.readings().next().unwrap();
    written(&reading.needed_for(Light::Green).unwrap(), r#"{"known":"25"}"#);
    written(
        &reading.needed_for(Light::Red).unwrap(),
        r#"{"undefined":{"figure":"needed value","cause":{"none":"value at which d / kept turns red"}}}"#,
    );
    written(
        &health.least_effort(Light::Green, |_, _| Ratio::ONE).unwrap(),
        r#"{"steps":[{"dimension":"d","indicator":"kept","from":"4/5","to":"1","effort":"1/5"}],"total":"1/5","included":true}"#,
    );
    let today = date(2026, 11, 2).unwrap();
    let (_, stale) = matrix.stale(today).unwrap()[0];
    written(&stale, r#"{"overdue":{"due":"2026-10-31","days":2}}"#);
    let due = reading.indicator().baseline_state(today, today);
    written(&due, r#"{"open":{"due":"2026-11-02"}}"#);
}

#[test]
fn a_comparison_is_two_matrices_and_what_only_one_has() {
    let matrix = half_measured();
    let health = matrix.assess().unwrap();
    let both = health.like_for_like(&health).unwrap();
    let common = serde_json::to_string(both.now()).unwrap();
    written(
        &both,
        &format!(
            r#"{{"before":{common},"now":{common},"started":[],"stopped":[],"not_measured":[{{"dimension":"d","indicator":"lost"}}],"retargeted":[]}}"#
        ),
    );
    assert_eq!(
        both.to_string(),
        "indicator  before %  now %  why\n\
         d / kept         80     80  carried over, measured on 2026-09-30\n\
         d / lost                    never measured\n"
    );
}

#[test]
fn columns_of_scores_are_columns() {
    let column = |numbers: [i64; 2]| ValueColumn::of(0, numbers).unwrap();
    let columns = [column([20, ValueColumn::MISSING]), column([25, ValueColumn::MISSING])];
    written(
        &half_measured().score_columns(&columns).unwrap(),
        r#"{"scores":["0.9","0"],"score_lights":["yellow","missing"],"lights":[["yellow","missing"],["green","missing"]],"covered":[2,0]}"#,
    );
}
