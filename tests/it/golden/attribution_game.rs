//! Chains and games of given and of generated journeys.
#![allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]

use super::attribution::{case_paths, file_paths, is_a_game};
use super::{Golden, files};
use marketloop::attribution::{
    AttributionError, AttributionModel, Credits, MarkovChain, Outcome, PathTable, path_removal,
    shapley_conversion_rate, shapley_ordered,
};
use marketloop::error::ErrorKind;
use marketloop::quantity::Currency;
use serde_json::Value;

/// The files' numbers have 14 digits.
const TOLERANCE: f64 = 1e-9;
/// Of removal effects at order 1.
const FINE: f64 = 1e-12;

fn close(actual: f64, expected: &Value, tolerance: f64, what: &str) {
    let expected = expected.as_f64().unwrap();
    let error = (actual - expected).abs();
    assert!(error <= tolerance * expected.abs().max(1.0), "{what}: {actual} instead of {expected}");
}

fn check_figures(actual: &[f64], by_channel: &Value, paths: &PathTable, tolerance: f64, what: &str) {
    let by_channel = by_channel.as_object().unwrap();
    assert_eq!((actual.len(), by_channel.len()), (paths.channels().len(), actual.len()), "{what}");
    for (name, expected) in by_channel {
        let id = paths.channels().id(name).unwrap();
        close(actual[id.index()], expected, tolerance, &format!("{what} {name}"));
    }
}

fn check_credits(credits: &Credits, block: &Value, paths: &PathTable, what: &str) {
    for (figure, by_channel) in block.as_object().unwrap() {
        let actual = match figure.as_str() {
            "conversions" => credits.conversions(),
            "value" => credits.values(),
            _ => panic!("{what}: unknown figure {figure}"),
        };
        check_figures(actual, by_channel, paths, TOLERANCE, &format!("{what} {figure}"));
    }
}

fn check_markov(order: usize, block: &Value, paths: &PathTable, what: &str) {
    let tolerance = if order == 1 { FINE } else { TOLERANCE };
    let chain = MarkovChain::new(paths, order).unwrap();
    let effects = chain.removal_effects().unwrap();
    let outlook = chain.conversion_probabilities().unwrap();
    let starts = (0..chain.states()).map(|state| chain.starts(state) as f64);
    let reached: f64 = starts.zip(outlook).map(|(starts, converts)| starts * converts).sum();
    let totals = paths.totals();
    for (figure, expected) in block.as_object().unwrap() {
        let what = format!("{what} {figure}");
        match figure.as_str() {
            "states" => assert_eq!(chain.states() as u64, expected.as_u64().unwrap(), "{what}"),
            "p_conversion" => {
                close(chain.conversion_rate(), expected, FINE, &what);
                close(reached / totals.journeys as f64, expected, FINE, &what);
            }
            "expected_value_per_journey_cents" => {
                close(totals.value.minor() as f64 / totals.journeys as f64, expected, FINE, &what);
            }
            "removal_effect" => check_figures(effects.conversions(), expected, paths, tolerance, &what),
            "removal_effect_value" => {
                check_figures(effects.values().get().unwrap(), expected, paths, tolerance, &what);
            }
            "attribution" => {
                check_figures(effects.credited_conversions(), expected, paths, TOLERANCE, &what);
                // A large table is counted once; that both ways are one does not depend on its size.
                if paths.len() <= 100_000 {
                    let model = AttributionModel::Markov(order.try_into().unwrap());
                    let credits = model.credit(paths).unwrap();
                    assert_eq!(credits.conversions(), effects.credited_conversions());
                }
            }
            "attribution_value" => {
                check_figures(effects.credited_values(), expected, paths, TOLERANCE, &what);
            }
            _ => panic!("{what}: unknown figure"),
        }
    }
}

fn check_ordered(block: &Value, paths: &PathTable, what: &str) {
    let credits = shapley_ordered(paths).unwrap();
    for (name, positions) in block.as_object().unwrap() {
        let positions = positions.as_array().unwrap();
        let actual = credits.positions(paths.channels().id(name).unwrap());
        assert!(actual.len() <= positions.len(), "{what} {name}");
        for (position, expected) in positions.iter().enumerate() {
            let actual = actual.get(position).copied().unwrap_or_default();
            close(actual, expected, TOLERANCE, &format!("{what} {name} {position}"));
        }
    }
    let whole = AttributionModel::Shapley.credit(paths).unwrap();
    assert_eq!(credits.conversions().len(), whole.conversions().len(), "{what}");
    for (all, expected) in credits.conversions().into_iter().zip(whole.conversions()) {
        assert!((all - expected).abs() <= FINE * expected.max(1.0), "{what}: {all} {expected}");
    }
}

/// Row 0 has the starts, row `i + 1` channel `i`; columns are the channels, then conversions and nulls.
fn check_counts(rows: &Value, paths: &PathTable, what: &str) {
    let chain = MarkovChain::new(paths, 1).unwrap();
    let n = paths.channels().len();
    let mut counts = vec![vec![0; n + 2]; n + 1];
    let channel: Vec<usize> =
        (0..chain.states()).map(|state| chain.touches(state).next().unwrap().index()).collect();
    for (state, channel) in channel.iter().enumerate() {
        counts[0][*channel] = chain.starts(state);
        counts[channel + 1][n] = chain.conversions(state);
        counts[channel + 1][n + 1] = chain.nulls(state);
    }
    for (from, to, count) in chain.transitions() {
        counts[channel[from] + 1][channel[to]] = count;
    }
    assert_eq!(serde_json::to_value(counts).unwrap(), *rows, "{what}");
}

fn check_block(key: &str, block: &Value, paths: &PathTable, at: &str) {
    let what = format!("{at}: {key}");
    match key {
        "shapley_simplified" => {
            check_credits(&AttributionModel::Shapley.credit(paths).unwrap(), block, paths, &what);
        }
        "shapley_ordered" => check_ordered(block, paths, &what),
        "shapley_rate" => {
            check_figures(&shapley_conversion_rate(paths).unwrap(), block, paths, TOLERANCE, &what);
        }
        "path_removal" => check_figures(&path_removal(paths).unwrap(), block, paths, FINE, &what),
        "fractribution" => {
            let credits = AttributionModel::LeaveOneTouchOut.credit(paths).unwrap();
            check_figures(credits.conversions(), block, paths, TOLERANCE, &what);
        }
        _ => {
            let order = key.strip_prefix("markov_").unwrap_or_else(|| panic!("unknown game {key}"));
            check_markov(order.parse().unwrap(), block, paths, &what);
        }
    }
}

fn check_expected(expected: &Value, paths: &PathTable, at: &str) -> usize {
    let games = expected.as_object().unwrap().iter().filter(|(key, _)| is_a_game(key));
    games.map(|(key, block)| check_block(key, block, paths, at)).count()
}

fn check(file: &Golden) {
    let at = &file.file;
    let mut checked = 0;
    for case in file.list("cases") {
        let at = format!("{at} {}", case["name"]);
        checked += check_expected(&case["expected"], &case_paths(case), &at);
    }
    if let (Some(expected), Some(paths)) = (file.json.get("expected"), file_paths(file)) {
        checked += check_expected(expected, &paths, at);
        if let Some(counts) = file.json.get("transition_counts") {
            check_counts(counts, &paths, at);
            checked += 1;
        }
        // The closed form is the same in the package that has it.
        if let Some(simplified) = file.json.pointer("/peers/shapley_attribution/simplified") {
            let credits = AttributionModel::Shapley.credit(&paths).unwrap();
            check_figures(credits.conversions(), simplified, &paths, TOLERANCE, at);
        }
    }
    if file.json.pointer("/errors/all_null").is_some() {
        let mut paths = PathTable::builder(Currency::CNY);
        let none = paths.clone().build();
        paths.push_text("A > B", ">", Outcome::null()).unwrap();
        let paths = paths.build();
        let undefined = AttributionModel::Markov(1).credit(&paths).unwrap_err();
        assert_eq!(undefined, AttributionError::NoConversions { journeys: 1 });
        assert_eq!(undefined.kind(), ErrorKind::Undefined);
        assert_eq!(AttributionModel::Markov(2).credit(&none), Err(AttributionError::NoPaths));
        assert_eq!(AttributionModel::Shapley.credit(&paths).unwrap().conversions(), [0.0, 0.0]);
        checked += 1;
    }
    if file.json.get("checks").is_none() {
        file.checked(checked);
    }
}

#[test]
fn every_game_and_chain_of_the_files_is_reproduced() {
    for file in files("attribution_") {
        check(&file);
    }
}
