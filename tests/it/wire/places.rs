//! T7: the path of each problem leads to a place in the JSON that was read.
//!
//! Every pinned example is broken in every way of a list, one value at a time, and read again. Where the answer
//! tells problems with paths, each path is followed in the broken JSON. A type that checks itself inside another
//! tells paths from its own place on.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The problems of all broken forms of `json`, each of which leads to its place.
pub(crate) fn lead_to_their_place<T: DeserializeOwned>(json: &str) -> usize {
    let Ok(sound) = serde_json::from_str::<Value>(json) else { return 0 };
    let mut followed = 0;
    for place in places(&sound) {
        for broken in broken_at(&sound, &place) {
            let Err(refusal) = serde_json::from_value::<T>(broken.clone()).map(drop) else { continue };
            for path in paths_in(&refusal.to_string()) {
                let from = places(&broken);
                let leads =
                    from.iter().filter_map(|base| broken.pointer(base)).any(|base| leads(base, &path));
                let name = std::any::type_name::<T>();
                assert!(leads, "{name}: {path:?} leads nowhere in {broken}\n{refusal}");
                followed += 1;
            }
        }
    }
    followed
}

/// A value of another form, `true` or a text for a truth, is refused at its place, as a reader with paths tells it.
pub(crate) fn another_form_is_told_at_its_place<T: DeserializeOwned>(json: &str) {
    let Ok(sound) = serde_json::from_str::<Value>(json) else { return };
    for place in places(&sound) {
        let mut broken = sound.clone();
        let value = broken.pointer_mut(&place).unwrap();
        if value.is_null() {
            continue;
        }
        *value = if value.is_boolean() { json!("neither") } else { json!(true) };
        let name = std::any::type_name::<T>();
        let text = broken.to_string();
        let mut reader = serde_json::Deserializer::from_str(&text);
        let told = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
            Ok(_) => "READ".to_string(),
            Err(error) => error
                .path()
                .iter()
                .fold(String::new(), |told, step| told + "/" + step.to_string().trim_matches(['[', ']'])),
        };
        assert_eq!(told, place, "{name}: told of {broken}");
    }
}

/// The law can fail: an untagged form tells its own place, not that of the value inside.
#[test]
#[should_panic(expected = "told of")]
fn an_untagged_form_hides_the_place() {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        Pair { _first: u8 },
    }
    another_form_is_told_at_its_place::<Vec<Untagged>>(r#"[{"_first":1}]"#);
}

/// The JSON pointers of all values in `tree`.
pub(super) fn places(tree: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let below = |key: &str, value: &Value| -> Vec<String> {
        let key = key.replace('~', "~0").replace('/', "~1");
        places(value).into_iter().map(|rest| format!("/{key}{rest}")).collect()
    };
    match tree {
        Value::Object(fields) => found.extend(fields.iter().flat_map(|(key, value)| below(key, value))),
        Value::Array(list) => {
            found.extend(list.iter().enumerate().flat_map(|(at, value)| below(&at.to_string(), value)));
        }
        _ => {}
    }
    found
}

/// The tree with the value at `place` broken, in each way that fits it.
pub(super) fn broken_at(tree: &Value, place: &str) -> Vec<Value> {
    let Some(value) = tree.pointer(place) else { return Vec::new() };
    let instead = match value {
        Value::String(text) => {
            let mut texts = vec![json!(""), json!("nowhere"), json!("-1"), json!("101"), json!("JPY")];
            texts.extend(text.starts_with(|c: char| c.is_ascii_digit()).then(|| json!(format!("-{text}"))));
            texts
        }
        Value::Number(_) => vec![json!(-1), json!(0), json!(1_000_000)],
        Value::Array(list) => {
            let mut doubled = list.clone();
            doubled.extend(list.first().cloned());
            vec![json!([]), Value::Array(doubled), Value::Array(list.iter().rev().cloned().collect())]
        }
        Value::Object(_) => vec![json!({})],
        Value::Bool(value) => vec![json!(!value)],
        Value::Null => Vec::new(),
    };
    let broken = instead.into_iter().filter_map(|value| {
        let mut tree = tree.clone();
        *tree.pointer_mut(place)? = value;
        Some(tree)
    });
    broken.collect()
}

/// The paths that a refusal tells: `a.b[1]: words`, or one a line below the number of problems.
fn paths_in(refusal: &str) -> Vec<Vec<String>> {
    let problems = refusal.split_once(" problems\n").map_or(refusal, |(_, problems)| problems);
    problems.lines().filter_map(path_of).collect()
}

/// The steps of the path before `: `, if the line begins with one.
pub(super) fn path_of(line: &str) -> Option<Vec<String>> {
    let mut rest = line.trim_start();
    let mut steps = Vec::new();
    while !rest.starts_with(": ") {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let (key, behind) = quoted.split_once("\"]")?;
            steps.push(key.to_owned());
            rest = behind;
        } else if let Some(index) = rest.strip_prefix('[') {
            let (index, behind) = index.split_once(']')?;
            steps.push(index.parse::<usize>().ok()?.to_string());
            rest = behind;
        } else {
            let name = rest.strip_prefix('.').filter(|_| !steps.is_empty()).unwrap_or(rest);
            let length = name.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))?;
            let first = name.starts_with(|c: char| c.is_ascii_lowercase());
            if length == 0 || (steps.is_empty() && !first) {
                return None;
            }
            steps.push(name[..length].to_owned());
            rest = &name[length..];
        }
    }
    Some(steps).filter(|steps| !steps.is_empty())
}

/// Whether the steps lead to a value below `base`, or to an optional field that is absent of an object that is there.
fn leads(base: &Value, steps: &[String]) -> bool {
    let mut at = base;
    for (number, step) in steps.iter().enumerate() {
        let next = match at {
            Value::Array(list) => step.parse::<usize>().ok().and_then(|place| list.get(place)),
            _ => at.get(step),
        };
        match next {
            Some(value) => at = value,
            None => return number > 0 && number + 1 == steps.len() && at.is_object(),
        }
    }
    true
}
