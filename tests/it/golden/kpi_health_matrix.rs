//! Scores of the health matrix, means, percentile ranks and piecewise linear scores (mpmath and scipy), block
//! by block. Hysteresis is checked with the bands, in `target`.

use super::{Golden, files, text};
use marketloop::health::{
    Aggregation, Dimension, Indicator, Matrix, MissingPolicy, Normaliser, Score, Scoring, Ties,
};
use marketloop::quantity::{Rounding, Unit};
use marketloop::target::{ActualValue, Bands, Better, Target, Threshold};
use marketloop::time::Grain;
use rust_decimal::Decimal;
use serde_json::Value;

/// Where a peer gave the number, or the exact fraction left 128 bits.
const TOLERANCE: f64 = 1e-9;

const DIMENSIONS: [&str; 4] = ["traffic", "stickiness", "tool_adoption", "conversion"];

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn decimals(list: &Value) -> Vec<Decimal> {
    list.as_array().unwrap().iter().map(|value| decimal(value.as_str().unwrap())).collect()
}

/// Compares all digits that the file gives where the score is exact, else up to the tolerance.
fn check(found: Score, expected: &Value, what: &str) {
    let expected = expected.as_str().unwrap_or_else(|| panic!("{what}: no score expected, {found} found"));
    let digits = expected.split_once('.').map_or(0, |(_, digits)| u32::try_from(digits.len()).unwrap());
    match found.ratio() {
        Some(exact) => {
            assert_eq!(exact.round((digits, Rounding::HalfEven)).unwrap(), decimal(expected), "{what}");
        }
        None => near(found.to_f64(), expected.parse().unwrap(), what),
    }
}

fn near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= TOLERANCE, "{what}: {found} instead of {expected}");
}

/// The indicators' names and targets, which the file states in words.
fn plan(golden: &Golden) -> (Vec<String>, Vec<Decimal>) {
    let plan = text(&golden.json["how"], "plan");
    let part = |start: &str| {
        let rest = plan.split_once(start).unwrap().1;
        rest.split_once(';').map_or(rest, |(part, _)| part).split(',').map(|item| item.trim().to_owned())
    };
    (part("indicator order:").collect(), part("targets").map(|target| decimal(&target)).collect())
}

fn matrix(names: &[String], targets: &[Decimal], case: &Value) -> Matrix {
    let values = case["values"].as_array().unwrap();
    assert_eq!((names.len(), targets.len()), (values.len(), values.len()));
    let mut dimensions = DIMENSIONS.map(|name| Dimension::new(name, []));
    let pairs = values.len().div_ceil(dimensions.len());
    for (index, ((name, target), value)) in names.iter().zip(targets).zip(values).enumerate() {
        let target = Target::at_least(*target, Unit::ONE);
        let mut indicator = Indicator::new(name, target, Grain::Quarter);
        if let Some(value) = value.as_str() {
            indicator = indicator.with_actual(ActualValue::new(decimal(value), Unit::ONE)).unwrap();
        }
        dimensions[index / pairs].indicators.push(indicator);
    }
    let aggregation = match text(case, "aggregation") {
        "arithmetic" => Aggregation::Arithmetic,
        "geometric" => Aggregation::Geometric,
        "harmonic" => Aggregation::Harmonic,
        "min" => Aggregation::WeakestLink,
        other => panic!("aggregation {other}"),
    };
    let missing: MissingPolicy = serde_json::from_value(case["policy"].clone()).unwrap();
    let edge = |at| Threshold::at_or_above(decimal(at));
    let bands = Bands::lights(edge("0.8"), edge("1")).unwrap();
    Matrix::new(bands, dimensions)
        .and_then(|matrix| matrix.with_scoring(Scoring::of(aggregation).with_missing(missing)))
        .unwrap()
}

fn matrices(golden: &Golden) -> usize {
    let cases = golden.list("matrix");
    if cases.is_empty() {
        return 0;
    }
    let (names, targets) = plan(golden);
    for case in cases {
        let what = format!("{} {} of {}", case["policy"], case["aggregation"], case["values"]);
        let matrix = matrix(&names, &targets, case);
        let health = matrix.assess().unwrap();
        let rows = case["rows"].as_array().unwrap();
        assert_eq!(health.readings().count(), rows.len());
        for (reading, row) in health.readings().zip(rows) {
            assert_eq!(reading.indicator().name, text(row, "indicator"));
            let light = reading.light().known().map_or_else(|| "grey".into(), |light| light.to_string());
            assert_eq!(light, text(row, "light"), "{what}");
            match (reading.score().known(), &row["normalised"]) {
                (None, Value::Null) => assert!(row["attainment"].is_null()),
                (Some(score), normalised) => {
                    check(score, normalised, &what);
                    assert!(score.ratio().is_some());
                    let attainment = reading.indicator().attainment().unwrap().get().unwrap();
                    check(attainment.ratio().into(), &row["attainment"], &what);
                }
                // A missing value that the policy counts as 0 has no score of its own.
                (None, zero) => assert_eq!((zero.as_str(), text(case, "policy")), (Some("0.0"), "zero")),
            }
            match row["action"].as_bool() {
                Some(action) => assert_eq!(reading.needs_action(), action, "{what}"),
                None => assert!(reading.indicator().actual.is_none(), "{what}"),
            }
        }
        for dimension in health.dimensions() {
            match (dimension.score().known(), &case["dimensions"][dimension.name()]) {
                (None, expected) => assert!(expected.is_null(), "{} of {what}", dimension.name()),
                (Some(score), expected) => check(score, expected, &what),
            }
        }
        match (health.score().known(), &case["overall"]) {
            (None, expected) => assert!(expected.is_null(), "{what}"),
            (Some(score), expected) => check(score, expected, &what),
        }
        check(health.coverage().ratio().into(), &case["coverage"], &what);
        assert_eq!(health.coverage(), matrix.coverage());
    }
    cases.len()
}

fn aggregations(golden: &Golden) -> usize {
    let cases = golden.list("aggregation");
    for case in cases {
        let what = case.to_string();
        let scores = decimals(&case["x"]).into_iter().map(Score::from);
        let parts: Vec<(Decimal, Score)> = decimals(&case["w"]).into_iter().zip(scores).collect();
        let found = |aggregation: Aggregation| aggregation.aggregate(&parts).unwrap();
        check(found(Aggregation::Arithmetic), &case["arithmetic"], &what);
        check(found(Aggregation::Geometric), &case["geometric"], &what);
        check(found(Aggregation::Harmonic), &case["harmonic"], &what);
        check(found(Aggregation::WeakestLink), &case["min"], &what);
        let rising = Aggregation::RisingRanks;
        check(found(rising), &case["owa_rising_weights"], &what);
        for (key, aggregation) in [
            ("gmean", Aggregation::Geometric),
            ("hmean", Aggregation::Harmonic),
            ("pmean_p2", Aggregation::Power(Decimal::TWO)),
        ] {
            if let Some(expected) = case["scipy"][key].as_f64() {
                near(found(aggregation).to_f64(), expected, &what);
            }
        }
    }
    cases.len()
}

fn percentiles(golden: &Golden) -> usize {
    let cases = golden.list("percentile");
    for case in cases {
        let float = |value: &Value| value.as_f64().unwrap();
        let sample: Vec<Decimal> = case["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| float(value).to_string().parse().unwrap())
            .collect();
        for (key, ties) in
            [("rank", Ties::Rank), ("weak", Ties::Weak), ("strict", Ties::Strict), ("mean", Ties::Mean)]
        {
            let rank = Normaliser::percentile(Better::Higher, ties, sample.iter().copied()).unwrap();
            let expected = case[key].as_array().unwrap();
            assert_eq!(expected.len(), sample.len());
            for (value, expected) in sample.iter().zip(expected) {
                let found = rank.score((*value).into()).unwrap();
                assert!(found.ratio().is_some());
                near(found.to_f64() * 100.0, float(expected), &format!("{ties} {value} in {case}"));
            }
        }
    }
    cases.len()
}

fn piecewise(golden: &Golden) -> usize {
    let cases = golden.list("piecewise");
    for case in cases {
        let points: Vec<(Decimal, Decimal)> = case["points"]
            .as_array()
            .unwrap()
            .iter()
            .map(decimals)
            .map(|point| (point[0], point[1]))
            .collect();
        let score = Normaliser::piecewise_linear(points).unwrap();
        check(score.score(decimal(text(case, "x")).into()).unwrap(), &case["y"], &case.to_string());
    }
    cases.len()
}

#[test]
fn kpi_health_matrix() {
    for golden in files("kpi_health_matrix") {
        let counts = [matrices(&golden), aggregations(&golden), percentiles(&golden), piecewise(&golden)];
        println!("{}: matrix, aggregation, percentile, piecewise {counts:?}", golden.file);
        golden.checked(counts.iter().sum());
    }
}
