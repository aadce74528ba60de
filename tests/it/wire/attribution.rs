//! The wire form of attribution's tables and rules, byte for byte.

use super::{pinned, refused};
use marketloop::attribution::{
    Channels, Closing, JourneyReport, JourneyRules, Outcome, PathTable, Transform,
};
use marketloop::quantity::Currency;
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
    let rules = JourneyRules::new()
        .with_lookback(60)
        .with_closing(Closing::Overlapping)
        .with_transform(Transform::CollapseRepeats)
        .with_transform(Transform::LastTouches(NonZeroUsize::MIN));
    let json = concat!(
        r#"{"session_gap":null,"closing":"overlapping","lookback":60,"#,
        r#""transforms":["collapse_repeats",{"last_touches":1}],"most_touches":null,"observed_until":null}"#
    );
    pinned(&rules, json);
    refused::<JourneyRules>(r#"{"most_touches":0}"#, "invalid value: integer `0`");
    let report: JourneyReport = serde_json::from_str(
        &serde_json::to_string(&JourneyReport { kept: 3, ..JourneyReport::default() }).unwrap(),
    )
    .unwrap();
    assert_eq!(report.kept, 3);
}
