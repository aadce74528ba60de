//! The wire form of attribution's tables and rules, byte for byte.

use super::{pinned, refused};
use marketloop::attribution::{
    Channels, Closing, Costs, JourneyReport, JourneyRules, Linear, Markov, Model, Outcome, PathTable, RankBy,
    SessionTouch, TouchModel, Transform,
};
use marketloop::quantity::{Currency, Money};
use marketloop::time::Duration;
use rust_decimal::Decimal;
use std::num::NonZeroUsize;

#[test]
fn a_dictionary_is_the_list_of_its_names() {
    let channels = Channels::new(["SEM", "(start)"]).unwrap();
    pinned(&channels, r#"["SEM","(start)"]"#);
    refused::<Channels>(r#"["SEM","SEM"]"#, "the channel `SEM` stands twice");
    refused::<Channels>(r#"["SEM",""]"#, "the name at 1 is empty");
}

#[test]
fn a_path_table_names_its_channels_once() {
    let mut builder = PathTable::builder(Currency::CNY);
    builder.push_text("SEM > 微信 > SEM", ">", Outcome { conversions: 2, nulls: 3, value: 150 }).unwrap();
    let json = concat!(
        r#"{"currency":"CNY","channels":["SEM","微信"],"#,
        r#""rows":[{"path":[0,1,0],"conversions":2,"nulls":3,"value":150}]}"#
    );
    pinned(&builder.build(), json);
    let mut builder = PathTable::builder(Currency::JPY);
    let sem = builder.channel("SEM").unwrap();
    builder.push_timed(&[sem, sem], &[60, 0], Outcome::null()).unwrap();
    let json = concat!(
        r#"{"currency":"JPY","channels":["SEM"],"#,
        r#""rows":[{"path":[0,0],"seconds_before_end":[60,0],"conversions":0,"nulls":1,"value":0}]}"#
    );
    pinned(&builder.build(), json);
}

#[test]
fn a_bad_row_is_refused_by_its_number() {
    let refuse = |row: &str, error: &str| {
        let sound = r#"{"path":[0],"conversions":1}"#;
        let json = format!(r#"{{"currency":"CNY","channels":["A"],"rows":[{sound},{row}]}}"#);
        refused::<PathTable>(&json, &format!("rows[1]: row 1: {error}"));
    };
    refuse(r#"{"path":[],"conversions":1}"#, "the path has no touch");
    refuse(r#"{"path":[1],"conversions":1}"#, "channel 1 of 1");
    refuse(r#"{"path":[0]}"#, "neither conversions nor nulls");
    refuse(r#"{"path":[0],"conversions":-1}"#, "count -1 is not a whole number");
    refuse(r#"{"path":[0],"nulls":0.5}"#, "count 0.5 is not a whole number");
    refuse(r#"{"path":[0],"nulls":1,"value":7}"#, "value 7 without a conversion");
    refuse(r#"{"path":[0],"conversions":1,"value":-7}"#, "value -7 is below 0");
    refuse(r#"{"path":[0],"conversions":1,"value":0.5}"#, "value 0.5 is not a whole number");
    refuse(
        r#"{"path":[0],"nulls":9223372036854775807}"#,
        "the journeys add up to more than 9223372036854775807",
    );
    refuse(
        r#"{"path":[0],"conversions":1,"seconds_before_end":[1]}"#,
        "times of touches in a table without times",
    );
    let timed = |row: &str, error: &str| {
        let sound = r#"{"path":[0],"conversions":1,"seconds_before_end":[0]}"#;
        let json = format!(r#"{{"currency":"CNY","channels":["A"],"rows":[{sound},{row}]}}"#);
        refused::<PathTable>(&json, &format!("rows[1]: row 1: {error}"));
    };
    timed(r#"{"path":[0],"nulls":1}"#, "the times of the touches are missing");
    timed(r#"{"path":[0],"nulls":1,"seconds_before_end":[]}"#, "0 times for 1 touches");
    timed(
        r#"{"path":[0,0],"nulls":1,"seconds_before_end":[1,2]}"#,
        "touch 1 is earlier than the touch before it",
    );
    refused::<PathTable>(r#"{"currency":"CNY","channels":["A","A"],"rows":[]}"#, "channels: the channel `A`");
    refused::<PathTable>(r#"{"currency":"CNY","channels":[],"rows":[],"more":1}"#, "unknown field `more`");
}

#[test]
fn rules_and_reports_are_plain() {
    let rules = JourneyRules::without_direct("Direct")
        .with_sessions(Duration::from_minutes(30), SessionTouch::FirstNonDirect("Direct".into()))
        .with_lookback(Duration::from_days(30))
        .with_closing(Closing::Overlapping)
        .with_transform(Transform::LastTouches(NonZeroUsize::MIN));
    let json = concat!(
        r#"{"unit":"seconds","sessions":{"gap":"30 minutes","keep":{"first_non_direct":"Direct"}},"#,
        r#""closing":"overlapping","lookback":"720 hours","#,
        r#""transforms":[{"drop_unless_alone":"Direct"},"collapse_repeats",{"last_touches":1}],"#,
        r#""most_touches":null,"observed_until":null}"#
    );
    pinned(&rules, json);
    refused::<JourneyRules>(r#"{"most_touches":0}"#, "invalid value: integer `0`");
    // E4: a rule names a channel; a number names none.
    refused::<JourneyRules>(r#"{"transforms":[{"drop_unless_alone":0}]}"#, "invalid type: integer `0`");
    let report = JourneyReport {
        touches: 4,
        kept: 3,
        of_named_channels: [("Direct".to_owned(), 2)].into(),
        ..JourneyReport::default()
    };
    let json = concat!(
        r#"{"touches":4,"kept":3,"in_session":0,"before_lookback":0,"transformed":0,"beyond_most":0,"#,
        r#""after_end":0,"conversions_after_end":0,"repeated":0,"converted":0,"nulls":0,"unattributed":0,"#,
        r#""unattributed_value":"0","empty_nulls":0,"of_named_channels":{"Direct":2}}"#
    );
    pinned(&report, json);
    refused::<JourneyReport>(
        &json.replace(r#""Direct":2"#, r#""Direct":2,"Direct":1"#),
        "duplicate key `Direct`",
    );
    // T6: any 64 bits have a form in every format.
    pinned(
        &Outcome { conversions: 2, nulls: u64::MAX, value: -150 },
        r#"{"conversions":2,"nulls":"18446744073709551615","value":-150}"#,
    );
}

#[test]
fn costs_are_a_list_of_channels() {
    let yuan = |text: &str| Money::parse(text).unwrap();
    let costs = Costs::new(Currency::CNY, [("SEM", yuan("500 CNY")), ("KOL", yuan("0 CNY"))]).unwrap();
    let json = concat!(
        r#"{"currency":"CNY","costs":["#,
        r#"{"channel":"KOL","cost":{"amount":"0.00","currency":"CNY"}},"#,
        r#"{"channel":"SEM","cost":{"amount":"500.00","currency":"CNY"}}]}"#
    );
    pinned(&costs, json);
    let refuse = |cost: &str, error: &str| {
        let json = format!(r#"{{"currency":"CNY","costs":[{{"channel":"SEM","cost":"1 CNY"}},{cost}]}}"#);
        refused::<Costs>(&json, &format!("costs[1]: {error}"));
    };
    refuse(r#"{"channel":"SEM","cost":"1 CNY"}"#, "the channel `SEM` stands twice");
    refuse(r#"{"channel":"KOL","cost":"-1 CNY"}"#, "the cost of `KOL` is -1.00 CNY, below 0");
    refuse(r#"{"channel":"KOL","cost":"1 USD"}"#, "CNY and USD are different currencies");
    refuse(r#"{"channel":"","cost":"1 CNY"}"#, "the name at 1 is empty");
}

#[test]
fn hostile_tables_are_refused_or_read() {
    let table = |row: &str| format!(r#"{{"currency":"CNY","channels":["A"],"rows":[{row}]}}"#);
    for (row, error) in [
        (r#"{"path":[65536],"conversions":1}"#, "invalid value: integer `65536`, expected u16"),
        (r#"{"path":[-1],"conversions":1}"#, "invalid value: integer `-1`, expected u16"),
        (r#"{"path":[65535],"conversions":1}"#, "rows[0]: row 0: channel 65535 of 1"),
        (r#"{"path":[0],"conversions":18446744073709551615}"#, "rows[0]: row 0: the journeys add up to more"),
        (
            r#"{"path":[0],"conversions":"18446744073709551616"}"#,
            "rows[0]: row 0: count 18446744073709551616",
        ),
        (
            r#"{"path":[0],"conversions":1,"nulls":9223372036854775807}"#,
            "rows[0]: row 0: the journeys add up",
        ),
        (
            r#"{"path":[0],"conversions":1,"value":9223372036854775808}"#,
            "rows[0]: row 0: value 9223372036854775808",
        ),
        (r#"{"path":[0],"conversions":1,"value":-9223372036854775808}"#, "rows[0]: row 0: value"),
        (
            r#"{"path":[0],"conversions":1,"seconds_before_end":[4294967296]}"#,
            "invalid value: integer `4294967296`",
        ),
        (r#"{"path":[0],"conversions":"NaN"}"#, ""),
        (r#"{"path":[0],"conversions":null}"#, ""),
        (r#"{"path":[0],"conversions":1e400}"#, ""),
        (r#"{"path":[0],"conversions":1,"conversions":2}"#, "duplicate field `conversions`"),
    ] {
        refused::<PathTable>(&table(row), error);
    }
    // All that fits is read, and every model answers.
    let most = r#"{"path":[0],"conversions":9223372036854775807,"value":9223372036854775807}"#;
    let paths: PathTable = serde_json::from_str(&table(most)).unwrap();
    let credits = Linear.credit(&paths).unwrap();
    assert_eq!(credits.conversions_exact(0).unwrap(), [Decimal::from(i64::MAX)]);
    assert_eq!(credits.conversions_exact(19), credits.conversions_exact(u32::MAX));
    assert_eq!(credits.values_exact().unwrap()[0].minor(), i128::from(i64::MAX));
    let effects = Markov::order(1).unwrap().removal_effects(&paths).unwrap();
    assert!((effects.conversions()[0] - 1.0).abs() < 1e-15);
    assert!(
        paths.merge(&paths).is_err() && paths.weighted(&[2]).is_err() && paths.weighted(&[u64::MAX]).is_err()
    );
    assert_eq!(paths.weighted(&[0]).unwrap().len(), 0);
    assert_eq!(paths.row(usize::MAX), None);
    assert!(Linear.touch_credits(&paths, usize::MAX).is_err());
    let none: PathTable = serde_json::from_str(r#"{"currency":"CNY","channels":[],"rows":[]}"#).unwrap();
    assert_eq!(none.aggregated(), none);
    assert_eq!(none.merge(&none).unwrap(), none);
    assert_eq!(none.top_paths(RankBy::Value, 3).unwrap(), []);
    assert_eq!(none.rolled_up(" / ", 1).unwrap(), none);
    assert!(Linear.credit(&none).unwrap().conversions_exact(2).unwrap().is_empty());
}
