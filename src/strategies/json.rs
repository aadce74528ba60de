//! Documents that are mostly wrong.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use serde_json::{Map, Number, Value};

/// Any JSON at all, nested up to three deep, whose objects have some of these fields, and whose texts are often one of
/// these: to show that a reader refuses it, or reads it back.
///
/// Mean size 23.7 characters; 22 % are edges: a single value.
///
/// # Examples
/// ```
/// use marketloop::quantity::Money;
/// use marketloop::strategies::any_json;
/// use proptest::prelude::*;
///
/// proptest!(|(json in any_json(&["amount", "currency"], &["12.50", "CNY"]))| {
///     if let Ok(money) = serde_json::from_str::<Money>(&json) {
///         prop_assert_eq!(serde_json::from_str::<Money>(&serde_json::to_string(&money).unwrap()).unwrap(), money);
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn any_json(
    fields: &[&'static str],
    texts: &[&'static str],
) -> impl Strategy<Value = String> + Clone + use<> {
    let text = prop_oneof!["\\PC{0,20}", select(texts.to_vec()).prop_map(String::from)];
    let single = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|float| Number::from_f64(float).map_or(Value::Null, Value::Number)),
        text.prop_map(Value::from),
    ];
    let field = select(fields.to_vec());
    let nested = single.clone().prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((field.clone(), inner), 0..5).prop_map(|entries| {
                let entries: Vec<(&str, Value)> = entries;
                let entries = entries.into_iter().map(|(field, value)| (field.to_string(), value));
                Value::Object(entries.collect::<Map<_, _>>())
            }),
        ]
    });
    // Most documents nest: a reader that expects an object learns little of a number.
    prop_oneof![1 => single, 6 => nested].prop_map(|json| json.to_string())
}
