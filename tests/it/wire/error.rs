//! Kinds of errors on the wire.

use super::written;
use marketloop::error::ErrorKind;

#[test]
fn a_kind_is_its_code() {
    let codes = ErrorKind::ALL.map(ErrorKind::code);
    assert_eq!(serde_json::to_value(ErrorKind::ALL).unwrap(), serde_json::json!(codes));
    written(
        &ErrorKind::ALL,
        r#"["out_of_range","mismatch","overflow","empty","conflict","undefined","not_found","duplicate","syntax","limit"]"#,
    );
}
