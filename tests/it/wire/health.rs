//! The wire form of the health matrix, byte for byte.

use super::{pinned, refused};
use marketloop::health::{
    Aggregation, Dimension, Indicator, IndicatorName, Matrix, MissingPolicy, Normaliser, RankWeights, Ranks,
    ReviewCycle, Scoring, Ties,
};
use marketloop::target::{Bands, Better, Threshold};
use marketloop::time::date;
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
    let rate = Indicator::new("cvr", "at least 4 %".parse().unwrap(), ReviewCycle::Month);
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
    let rate = Indicator::new("rate", "at least 25 %".parse().unwrap(), ReviewCycle::Month)
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
        r#""scoring":{"indicators":{"normaliser":"target_ratio","aggregation":"geometric"},"#,
        r#""dimensions":{"normaliser":"unchanged","aggregation":"geometric"},"missing":"zero"},"#,
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
fn ranks_and_cycles_are_their_names() {
    let ranks = Ranks::new([dec!(2), dec!(0.50)]).unwrap();
    pinned(&ranks, r#"["2","0.5"]"#);
    pinned(&RankWeights::Given(ranks), r#"{"given":["2","0.5"]}"#);
    pinned(&RankWeights::Quantifier(2), r#"{"quantifier":2}"#);
    refused::<Ranks>(r#"["0","1"]"#, &Ranks::new([dec!(0), dec!(1)]).unwrap_err());
    pinned(&ReviewCycle::Quarter, r#""quarter""#);
    refused::<ReviewCycle>(r#""year""#, "unknown variant `year`");
}
