//! Rankings, weights of criteria and pairwise comparisons (pymcdm, scikit-criteria, pyrepo-mcda, ahpy, numpy).
//!
//! Where a peer raises an error or gives no finite number, the crate gives a typed error or states its answer.

use super::{Golden, files, text};
use marketloop::error::ErrorKind;
use marketloop::ranking::{
    CriteriaWeights, DecisionMatrix, Normalisation, PairwiseComparisons, RandomIndex, RankingError, Topsis,
    critic_weights, deviation_weights, entropy_weights, gini_weights, removal_weights, vikor,
    weighted_product, weighted_sum, weighted_sum_product,
};
use marketloop::target::Better;
use serde_json::Value;

const TOLERANCE: f64 = 1e-9;

fn floats(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= TOLERANCE, "{what}: {found} instead of {expected}");
}

fn all_near(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        near(*found, *expected, what);
    }
}

/// Whether the peer gave numbers.
fn has_numbers(value: &Value) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(Value::is_number))
}

/// Compares with the peer's numbers; where it has none, the answer is a typed error, or finite figures.
fn check(found: Result<Vec<f64>, RankingError>, expected: &Value, what: &str) {
    if has_numbers(expected) {
        all_near(&found.unwrap_or_else(|error| panic!("{what}: {error}")), &floats(expected), what);
        return;
    }
    match found {
        Ok(figures) => assert!(figures.iter().all(|figure| figure.is_finite()), "{what}: {figures:?}"),
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Undefined | ErrorKind::OutOfRange), "{what}: {error}");
        }
    }
}

fn normalisation(name: &str) -> Normalisation {
    match name {
        "minmax_normalization" => Normalisation::MinMax,
        "max_normalization" => Normalisation::Max,
        "sum_normalization" => Normalisation::Sum,
        "vector_normalization" => Normalisation::Vector,
        "logarithmic_normalization" => Normalisation::Logarithmic,
        "linear_normalization" => Normalisation::Linear,
        "nonlinear_normalization" => Normalisation::Nonlinear,
        "enhanced_accuracy_normalization" => Normalisation::EnhancedAccuracy,
        "zavadskas_turskis_normalization" => Normalisation::ZavadskasTurskis,
        other => panic!("normalisation {other}"),
    }
}

/// Column by column: a file's rows may lack the figures of one column only.
fn normalisations(matrix: &DecisionMatrix, block: &Value, what: &str) -> usize {
    let Some(all) = block["pymcdm_normalizations"].as_object() else { return 0 };
    for (name, expected) in all {
        let columns: Vec<_> = (0..matrix.directions().len())
            .map(|criterion| normalisation(name).column(matrix, criterion))
            .collect();
        match expected.as_array() {
            Some(rows) => {
                for (criterion, column) in columns.into_iter().enumerate() {
                    let expected: Vec<Value> = rows.iter().map(|row| row[criterion].clone()).collect();
                    let what = format!("{name} of column {criterion} of {what}");
                    check(column, &Value::Array(expected), &what);
                }
            }
            None => assert!(columns.iter().any(Result::is_err), "{name} of {what}: {expected}"),
        }
    }
    all.len()
}

fn weights(matrix: &DecisionMatrix, block: &Value, what: &str) -> usize {
    let Some(all) = block["weights_out"].as_object() else { return 0 };
    for (name, expected) in all {
        let found = match name.as_str() {
            "entropy.pymcdm"
            | "entropy.skcriteria"
            | "entropy.pyrepo_mcda"
            | "entropy.skcriteria_on_raw_matrix" => entropy_weights(matrix),
            "critic.pymcdm" | "critic.pyrepo_mcda" => critic_weights(&matrix.with_direction(Better::Higher)),
            "critic.skcriteria_with_objectives" => critic_weights(matrix),
            "std.pymcdm" => deviation_weights(matrix),
            "gini.pymcdm" => gini_weights(matrix),
            "merec.pymcdm" => removal_weights(matrix),
            other => panic!("weights {other}"),
        };
        if let Ok(found) = &found {
            near(found.values().iter().sum(), 1.0, name);
        }
        check(found.map(|weights| weights.values().to_vec()), expected, &format!("{name} of {what}"));
    }
    all.len()
}

fn scores(matrix: &DecisionMatrix, weights: &CriteriaWeights, block: &Value, what: &str) -> usize {
    let Some(all) = block["scores"].as_object() else { return 0 };
    for (name, expected) in all {
        let ranking = match name.as_str() {
            "topsis.pymcdm_default_minmax" => Topsis::MinMax.scores(matrix, weights),
            "topsis.pymcdm_vector" => Topsis::VectorInverted.scores(matrix, weights),
            "topsis.skcriteria_vectorscaler_direct_min" => {
                Topsis::VectorSwappedIdeals.scores(matrix, weights)
            }
            "wsm.pymcdm_default_sum" => weighted_sum(matrix, weights, Normalisation::Sum),
            "wsm.pymcdm_minmax" => weighted_sum(matrix, weights, Normalisation::MinMax),
            "wpm.pymcdm_default_sum" => weighted_product(matrix, weights, Normalisation::Sum),
            "waspas.pymcdm_default" => weighted_sum_product(matrix, weights, 0.5),
            "vikor_Q.pymcdm_default" => {
                check(vikor(matrix, weights, 0.5), expected, &format!("{name} of {what}"));
                continue;
            }
            other => panic!("scores {other}"),
        };
        check(ranking.map(|ranking| ranking.scores().to_vec()), expected, &format!("{name} of {what}"));
    }
    all.len()
}

fn blocks(golden: &Golden) -> usize {
    let mut cases = 0;
    for block in golden.list("blocks") {
        let what = text(block, "name");
        let directions =
            block["types"].as_array().unwrap().iter().map(|direction| {
                if direction.as_i64().unwrap() > 0 { Better::Higher } else { Better::Lower }
            });
        let rows = block["matrix"].as_array().unwrap().iter().map(floats);
        let matrix = DecisionMatrix::new(directions, rows).unwrap();
        let given = CriteriaWeights::given(floats(&block["weights"])).unwrap();
        cases += normalisations(&matrix, block, what);
        cases += weights(&matrix, block, what);
        cases += scores(&matrix, &given, block, what);
    }
    cases
}

/// Moves each completed judgement to both sides, the others staying: the greatest eigenvalue grows, as it
/// grows nowhere else but around its one minimum. Answers the tolerance for the peer's weights.
fn is_least(labels: &[&str], rows: &[Vec<Option<f64>>], what: &str) -> f64 {
    let eigenvalue = |rows: &[Vec<Option<f64>>]| {
        let comparisons = PairwiseComparisons::from_matrix(labels.iter().copied(), rows).unwrap();
        assert!(comparisons.is_complete());
        comparisons.priorities().unwrap().principal_eigenvalue()
    };
    let comparisons = PairwiseComparisons::from_matrix(labels.iter().copied(), rows).unwrap();
    let priorities = comparisons.priorities().unwrap();
    let cell = |row, column| priorities.judgement(row, column);
    let count = labels.len();
    let full: Vec<Vec<Option<f64>>> =
        (0..count).map(|row| (0..count).map(|column| cell(row, column)).collect()).collect();
    let least = eigenvalue(&full);
    near(priorities.principal_eigenvalue(), least, what);
    for (row, column) in (0..count).flat_map(|row| (row + 1..count).map(move |column| (row, column))) {
        if rows[row][column].is_none() {
            for factor in [1.0 - 1e-6, 1.0 + 1e-6] {
                let mut moved = full.clone();
                moved[row][column] = Some(cell(row, column).unwrap() * factor);
                moved[column][row] = Some(1.0 / moved[row][column].unwrap());
                assert!(
                    eigenvalue(&moved) >= least - 4.0 * f64::EPSILON * least,
                    "{row}, {column} of {what}"
                );
            }
            for factor in [1.0 - 1e-4, 1.0 + 1e-4] {
                let mut moved = full.clone();
                moved[row][column] = Some(cell(row, column).unwrap() * factor);
                moved[column][row] = Some(1.0 / moved[row][column].unwrap());
                assert!(eigenvalue(&moved) > least, "{row}, {column} of {what}");
            }
        }
    }
    1e-6
}

fn hierarchies(golden: &Golden) -> usize {
    let cases = golden.list("ahp");
    for case in cases {
        let what = text(case, "name");
        let labels: Vec<&str> =
            case["labels"].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect();
        let rows: Vec<Vec<Option<f64>>> = case["matrix"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row.as_array().unwrap().iter().map(Value::as_f64).collect())
            .collect();
        let comparisons = PairwiseComparisons::from_matrix(labels.iter().copied(), &rows).unwrap();
        let found = comparisons.priorities().unwrap();
        // Where judgements are missing, the peer's minimiser stops within some 1e-5 of the missing judgement, so
        // that its weights have seven digits. `is_least` proves ours; the eigenvalue, flat at its minimum, and
        // with it the ratio agree to all digits.
        let tolerance = if comparisons.is_complete() { TOLERANCE } else { is_least(&labels, &rows, what) };
        for (key, table) in [("ahpy_saaty", RandomIndex::SAATY), ("ahpy_dd", RandomIndex::DONEGAN_DODD)] {
            let Some(expected) = case.get(key).filter(|expected| expected.get("error").is_none()) else {
                continue;
            };
            for (label, weight) in labels.iter().zip(found.weights().values()) {
                let expected = expected["weights"][label].as_f64().unwrap();
                let off = (weight - expected).abs();
                assert!(off <= tolerance, "{key} {label} of {what}: {weight} instead of {expected}");
            }
            let ratio = found.consistency_ratio(&table).unwrap();
            near(ratio, expected["consistency_ratio"].as_f64().unwrap(), &format!("{key} ratio of {what}"));
        }
        if let Some(expected) = case.get("numpy_eig") {
            near(found.principal_eigenvalue(), expected["lambda_max"].as_f64().unwrap(), what);
            all_near(found.weights().values(), &floats(&expected["weights"]), what);
            near(found.consistency_index(), expected["CI"].as_f64().unwrap(), what);
        }
        if let Some(expected) = case.get("geometric_mean_weights") {
            all_near(found.geometric_mean_weights().unwrap().values(), &floats(expected), what);
        }
        if let Some(expected) = case.get("GCI").and_then(Value::as_f64) {
            near(found.geometric_consistency_index().known().unwrap(), expected, what);
        }
    }
    cases.len()
}

#[test]
fn kpi_health_mcdm() {
    for golden in files("kpi_health_mcdm") {
        let (blocks, hierarchies) = (blocks(&golden), hierarchies(&golden));
        println!("{}: blocks, ahp {:?}", golden.file, [blocks, hierarchies]);
        golden.checked(blocks + hierarchies);
    }
}
