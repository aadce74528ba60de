//! Credits by rule of given and of generated journeys.

use super::attribution_generator::{Generator, Journey, mixed, table};
use super::{Golden, files, own_copy, text};
use marketloop::attribution::{AttributionError, AttributionModel, Credits, Outcome, PathTable};
use marketloop::error::ErrorKind;
use marketloop::quantity::Currency;
use marketloop::time::Duration;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The blocks of the models that are games or chains: `attribution_game` checks them.
const GAMES: [&str; 5] =
    ["shapley_simplified", "shapley_ordered", "shapley_rate", "path_removal", "fractribution"];

/// Whether the expected block under `key` is checked by `attribution_game`.
pub(super) fn is_a_game(key: &str) -> bool {
    GAMES.contains(&key) || key.strip_prefix("markov_").is_some_and(|order| order.parse::<u8>().is_ok())
}

/// Other blocks that `attribution_game` checks.
const GAME_FIGURES: [&str; 1] = ["transition_counts"];

/// The model of a key of the files.
fn model_of(key: &str) -> AttributionModel {
    match key {
        "first" => AttributionModel::FirstTouch,
        "last" => AttributionModel::LastTouch,
        "last_non_direct" => AttributionModel::LastNonDirect("Direct".into()),
        "u" => AttributionModel::U_SHAPED,
        "j" => AttributionModel::J_SHAPED,
        "inverse_j" => AttributionModel::INVERSE_J_SHAPED,
        "position_decay" => "position_decay(0.5)".parse().unwrap(),
        "linear" | "participation" => key.parse().unwrap(),
        _ => {
            let days = key.strip_prefix("time_decay_hl").and_then(|rest| rest.strip_suffix('d'));
            let days: u32 = days.unwrap_or_else(|| panic!("unknown model {key}")).parse().unwrap();
            AttributionModel::TimeDecay(Duration::from_days(days))
        }
    }
}

fn close(actual: f64, expected: f64, what: &dyn Fn() -> String) {
    let bound = 1e-9 * expected.abs().max(1.0);
    assert!((actual - expected).abs() <= bound, "{}: {actual}, expected {expected}", what());
}

/// Checks each block of `expected` that is a rule; how many there were.
fn check_rules(expected: &Value, paths: &PathTable, at: &str) -> usize {
    let mut checked = 0;
    for (key, block) in expected.as_object().unwrap() {
        if is_a_game(key) {
            continue;
        }
        let credits = model_of(key).credit(paths).unwrap();
        for (figure, by_channel) in block.as_object().unwrap() {
            let actual = match figure.as_str() {
                "conversions" => credits.conversions(),
                "value" => credits.values(),
                _ => panic!("{at}: unknown figure {figure}"),
            };
            let by_channel = by_channel.as_object().unwrap();
            assert_eq!(by_channel.len(), actual.len(), "{at}: {key}");
            for (name, expected) in by_channel {
                let id = credits.channels().id(name).unwrap_or_else(|| panic!("{at}: no {name}"));
                let what = || format!("{at}: {key} {figure} {name}");
                close(actual[id.index()], expected.as_f64().unwrap(), &what);
            }
        }
        checked += 1;
    }
    checked
}

pub(super) fn names(file: &Value) -> Vec<String> {
    file["channels"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// The paths of a case of the edges.
pub(super) fn case_paths(case: &Value) -> PathTable {
    let mut builder = PathTable::builder(Currency::CNY);
    for path in case["paths"].as_array().unwrap() {
        let outcome = Outcome {
            conversions: path["conversions"].as_u64().unwrap(),
            nulls: path["nulls"].as_u64().unwrap(),
            value: path["value_cents"].as_i64().unwrap(),
        };
        let names = path["path"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        builder.push_names(names, outcome).unwrap();
    }
    builder.build()
}

fn journey(json: &Value) -> Journey {
    let numbers = |key: &str| json[key].as_array().unwrap().iter().map(|n| n.as_u64().unwrap());
    let cents = json["value_cents"].as_i64().unwrap();
    Journey {
        touches: numbers("touches").collect(),
        minutes: numbers("minutes_before_end").map(|minutes| u32::try_from(minutes).unwrap()).collect(),
        cents: json["converted"].as_bool().unwrap().then_some(cents),
    }
}

/// The table of a whole file: listed journeys, or generated ones. Both topics read the same table of a file.
pub(super) fn file_paths(file: &Golden) -> Option<Arc<PathTable>> {
    static TABLES: Mutex<BTreeMap<String, Arc<PathTable>>> = Mutex::new(BTreeMap::new());
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(paths) = tables.get(&file.file) {
        return Some(Arc::clone(paths));
    }
    let paths = Arc::new(read_paths(&file.json)?);
    tables.insert(file.file.clone(), Arc::clone(&paths));
    Some(paths)
}

fn read_paths(file: &Value) -> Option<PathTable> {
    if let Some(journeys) = file.get("journeys") {
        return Some(table(&names(file), journeys.as_array().unwrap().iter().map(journey)));
    }
    let (seed, n, k) = (file.get("seed")?, file.get("n")?.as_u64()?, file.get("K")?.as_u64()?);
    let generator = own_copy("attribution_generator.json");
    let generator = Generator::read(&generator.json, seed.as_u64()?, k);
    let names = match file.get("channels") {
        Some(_) => names(file),
        None => (0..k).map(|channel| format!("ch{channel:02}")).collect(),
    };
    Some(table(&names, generator.journeys(n)))
}

fn check_input(check: &Value, paths: &PathTable, at: &str) {
    let (mut touches, mut checksum) = (0, 0);
    let mut distinct = Vec::with_capacity(paths.len());
    for row in paths.rows() {
        let mut key = 0_u64;
        for (at, id) in row.path.iter().enumerate() {
            let number = id.index() as u64 + 1;
            touches += 1;
            checksum += (at as u64 + 1) * number;
            // Twelve touches of fewer than 31 channels fill 60 bits.
            key = key << 5 | number;
        }
        checksum += 31 * row.outcome.conversions + row.outcome.value.unsigned_abs();
        assert!(row.path.len() <= 12 && paths.channels().len() < 31);
        distinct.push(key);
    }
    for (key, expected) in check.as_object().unwrap() {
        let actual = match key.as_str() {
            "touches" => touches,
            "conversions" => paths.totals().conversions,
            "cents" => u64::try_from(paths.totals().value.minor()).unwrap(),
            "checksum" => checksum,
            "distinct_paths" => {
                distinct.sort_unstable();
                distinct.dedup();
                distinct.len() as u64
            }
            _ => panic!("{at}: unknown check {key}"),
        };
        assert_eq!(actual, expected.as_u64().unwrap(), "{at}: {key}");
    }
}

fn check_touches(list: &Value, paths: &PathTable, at: &str) -> usize {
    for case in list.as_array().unwrap() {
        let row = usize::try_from(case["journey"].as_u64().unwrap()).unwrap();
        for (key, shares) in case.as_object().unwrap().iter().filter(|(key, _)| *key != "journey") {
            let actual = model_of(key).touch_credits(paths, row).unwrap().shares;
            let shares = shares.as_array().unwrap();
            assert_eq!(actual.len(), shares.len());
            for (touch, (actual, expected)) in actual.into_iter().zip(shares).enumerate() {
                close(actual, expected.as_f64().unwrap(), &|| format!("{at}: {key} {row} {touch}"));
            }
        }
    }
    list.as_array().unwrap().len()
}

/// What other implementations answered where they follow the same rule. Chains that are simulated, and rules
/// of their own conventions, are no reference; the games are checked by `attribution_game`.
fn check_peers(peers: &Value, paths: &PathTable, at: &str) {
    for (peer, answers) in peers.as_object().unwrap() {
        for (key, by_channel) in answers.as_object().unwrap() {
            match (peer.as_str(), key.as_str()) {
                ("channelattribution", "heuristic_models") => {
                    for (key, by_channel) in by_channel.as_object().unwrap() {
                        let (model, figure) = key.split_once("_touch_").unwrap();
                        check_peer(
                            &model_of(model).credit(paths).unwrap(),
                            figure,
                            by_channel,
                            &format!("{at}: {key}"),
                        );
                    }
                }
                ("marketing_attribution_models", "first" | "last" | "linear") => {
                    check_peer(&model_of(key).credit(paths).unwrap(), "conversions", by_channel, at);
                }
                ("channelattribution", key) if is_a_game(key) => {}
                (_, "version" | "how")
                | ("shapley_attribution", "simplified")
                | (
                    "marketing_attribution_models",
                    "position_based_40_20_40"
                    | "time_decay_168h"
                    | "markov"
                    | "markov_removal_effect"
                    | "shapley_conv_rate_size4"
                    | "shapley_conv_rate_size12",
                ) => {}
                _ => panic!("{at}: unknown answer {key} of {peer}"),
            }
        }
    }
}

fn check_peer(credits: &Credits, figure: &str, by_channel: &Value, at: &str) {
    for (name, expected) in by_channel.as_object().unwrap() {
        let id = credits.channels().id(name).unwrap();
        let actual = match figure {
            "conversions" => credits.conversions_of(id).unwrap(),
            "value" => credits.value_of(id).unwrap() / 100.0,
            _ => panic!("{at}: unknown figure {figure}"),
        };
        close(actual, expected.as_f64().unwrap(), &|| format!("{at}: peer {name}"));
    }
}

/// What is refused, or answered, where others crash or lose something.
fn check_error(key: &str) {
    let row = |path: &str, outcome| PathTable::builder(Currency::CNY).push_text(path, ">", outcome);
    match key {
        "empty_path" => {
            assert_eq!(row("", Outcome::null()), Err(AttributionError::EmptyPath { row: 0 }));
        }
        "reserved_names" => {
            let mut builder = PathTable::builder(Currency::CNY);
            let outcome = Outcome::converted(300);
            builder.push_text("(start) > (conversion) > (null)", ">", outcome).unwrap();
            let credits = AttributionModel::Linear.credit(&builder.build()).unwrap();
            assert_eq!(credits.channels().len(), 3);
            assert_eq!(credits.values().len(), 3);
            assert!(credits.values().iter().all(|value| (value - 100.0).abs() < 1e-9));
        }
        "all_null" => {
            let mut builder = PathTable::builder(Currency::CNY);
            builder.push_text("A > B", ">", Outcome::null()).unwrap();
            let credits = AttributionModel::Linear.credit(&builder.build()).unwrap();
            assert_eq!((credits.totals().conversions, credits.conversions()), (0, &[0.0, 0.0][..]));
        }
        "value_without_conversion" => {
            let error = row("A", Outcome { conversions: 0, nulls: 1, value: 100 }).unwrap_err();
            assert_eq!(error, AttributionError::ValueWithoutConversion { row: 0, value: 100 });
            assert_eq!(error.kind(), ErrorKind::Conflict);
        }
        "fractional_conversions" => {
            for count in ["0.5", "2.7"] {
                let json = format!(
                    r#"{{"currency":"CNY","channels":["A"],"rows":[{{"path":[0],"conversions":{count}}}]}}"#
                );
                let error = serde_json::from_str::<PathTable>(&json).unwrap_err().to_string();
                assert!(
                    error.starts_with(&format!("rows[0]: row 0: count {count} is not a whole")),
                    "{error}"
                );
            }
        }
        _ => panic!("unknown error {key}"),
    }
}

fn check_generator(file: &Golden) -> usize {
    let json = &file.json;
    let splitmix: Vec<u64> = (0..5).map(|n| mixed(0, n)).collect();
    let expected = file.list("splitmix_seed0_first5").iter();
    let hex = |value: &Value| u64::from_str_radix(&value.as_str().unwrap()[2..], 16).unwrap();
    assert_eq!(splitmix, expected.map(hex).collect::<Vec<_>>());
    let seed = json["seed"].as_u64().unwrap();
    for (channels, journeys) in json["first20"].as_object().unwrap() {
        let generator = Generator::read(json, seed, channels.parse().unwrap());
        let journeys = journeys.as_array().unwrap();
        assert_eq!(journeys.len(), 20, "{channels}");
        for (actual, expected) in generator.journeys(20).zip(journeys) {
            assert_eq!(actual, journey(expected));
        }
    }
    for check in file.list("checks") {
        let number = |key: &str| check[key].as_u64().unwrap();
        let generator = Generator::read(json, seed, number("K"));
        let (mut touches, mut conversions, mut cents, mut checksum) = (0, 0, 0, 0);
        for journey in generator.journeys(number("n")) {
            touches += journey.touches.len() as u64;
            conversions += u64::from(journey.cents.is_some());
            cents += journey.cents.unwrap_or_default().unsigned_abs();
            checksum += journey.checksum();
        }
        let expected = ["touches", "conversions", "cents", "checksum"].map(number);
        assert_eq!([touches, conversions, cents, checksum], expected, "{check}");
    }
    file.list("checks").len()
}

fn check(file: &Golden) {
    let at = file.file.as_str();
    if file.json.get("checks").is_some() {
        // The generator's own test checks it.
        return;
    }
    let paths = file_paths(file);
    let whole = || paths.as_deref().unwrap_or_else(|| panic!("{at}: no journeys"));
    let mut checked = 0;
    for (key, block) in file.json.as_object().unwrap() {
        match key.as_str() {
            "title" | "how" | "channels" | "journeys" | "seed" | "n" | "K" => {}
            key if GAME_FIGURES.contains(&key) => {}
            "input_check" => check_input(block, whole(), at),
            "expected" => checked += check_rules(block, whole(), at),
            "per_journey_touch_credit" => checked += check_touches(block, whole(), at),
            "peers" => check_peers(block, whole(), at),
            "cases" => {
                for case in block.as_array().unwrap() {
                    let at = format!("{at}: {}", text(case, "name"));
                    checked += check_rules(&case["expected"], &case_paths(case), &at);
                }
            }
            "errors" => {
                block.as_object().unwrap().keys().for_each(|key| check_error(key));
                checked += block.as_object().unwrap().len();
            }
            _ => panic!("{at}: unknown block {key}"),
        }
    }
    file.checked(checked);
}

#[test]
fn every_rule_credits_as_the_reference() {
    files("attribution_").iter().for_each(check);
}

#[test]
fn the_generator_makes_the_journeys_of_the_file() {
    for file in files("attribution_").iter().filter(|file| file.json.get("checks").is_some()) {
        file.checked(check_generator(file));
    }
}
