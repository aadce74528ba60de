//! Hostile documents.

use super::Sample;
use marketloop::laws::Broken;
use marketloop::strategies;

#[test]
fn any_json() {
    let strategy = strategies::any_json(&["value", "unit"], &["12.50", "CNY"]);
    let documents = Sample { name: "any_json", strategy, of: "characters" };
    documents.is_valid_and_often_an_edge(
        |json| json.chars().count(),
        |json| !json.starts_with(['[', '{']),
        |json| match serde_json::from_str::<serde_json::Value>(json) {
            Ok(_) => Ok(()),
            Err(error) => Err(Broken::new("is JSON", format!("{error}: {json}"))),
        },
    );
    documents.shrinks_to(|json| json.starts_with('{') && json.len() > 2, r#""{\"value\":null}""#);
}
