//! The wire form of attribution's tables and rules, byte for byte.

use super::{pinned, refused, written};
use marketloop::attribution::{
    AttributionError, AttributionModel, ChannelReturn, Channels, Closing, ConversionEvent, Costs,
    JourneyReport, JourneyRules, Journeys, MarkovChain, ModelComparison, OrderSelection, Outcome, PathTable,
    RankBy, SessionTouch, TouchEvent, Transform, shapley_ordered,
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
    timed(r#"{"path":[0],"nulls":1,"seconds_before_end":[]}"#, "0 times for 1 touch");
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
        .with_transform(Transform::LastTouches(NonZeroUsize::MIN))
        .with_observed_until("2026-07-15T09:30:00Z".parse().unwrap());
    let json = concat!(
        r#"{"unit":"seconds","session_gap":"30 minutes","session_touch":{"first_non_direct":"Direct"},"#,
        r#""closing":"overlapping","lookback":"720 hours","#,
        r#""transforms":[{"drop_unless_alone":"Direct"},"collapse_repeats",{"last_touches":1}],"#,
        r#""observed_until":"2026-07-15T09:30:00Z"}"#
    );
    pinned(&rules, json);
    refused::<JourneyRules>(r#"{"max_touches":0}"#, "invalid value: integer `0`");
    // E4: a rule names a channel; a number names none.
    refused::<JourneyRules>(r#"{"transforms":[{"drop_unless_alone":0}]}"#, "invalid type: integer `0`");
    let report = JourneyReport {
        touches: 4,
        kept: 3,
        of_named_channels: [("Direct".to_owned(), 2)].into(),
        ..JourneyReport::default()
    };
    let json = concat!(
        r#"{"users":0,"touches":4,"kept":3,"in_session":0,"before_lookback":0,"transformed":0,"beyond_max":0,"#,
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
    let credits = AttributionModel::Linear.credit(&paths).unwrap();
    assert_eq!(credits.conversions_exact(0).unwrap(), [Decimal::from(i64::MAX)]);
    assert_eq!(credits.conversions_exact(19), credits.conversions_exact(u32::MAX));
    assert_eq!(credits.values_exact().unwrap()[0].minor(), i128::from(i64::MAX));
    let effects = MarkovChain::new(&paths, 1).unwrap().removal_effects().unwrap();
    assert!((effects.conversions()[0] - 1.0).abs() < 1e-15);
    assert!(
        paths.merge(&paths).is_err() && paths.weighted(&[2]).is_err() && paths.weighted(&[u64::MAX]).is_err()
    );
    assert_eq!(paths.weighted(&[0]).unwrap().len(), 0);
    assert_eq!(paths.row(usize::MAX), None);
    assert!(AttributionModel::Linear.touch_credits(&paths, usize::MAX).is_err());
    let none: PathTable = serde_json::from_str(r#"{"currency":"CNY","channels":[],"rows":[]}"#).unwrap();
    assert_eq!(none.aggregated(), none);
    assert_eq!(none.merge(&none).unwrap(), none);
    assert_eq!(none.top_paths(RankBy::Value, 3).unwrap(), []);
    assert_eq!(none.rolled_up(" / ", 1).unwrap(), none);
    assert!(AttributionModel::Linear.credit(&none).unwrap().conversions_exact(2).unwrap().is_empty());
}

#[test]
fn models_are_their_texts() {
    for (text, model) in [
        ("first_touch", AttributionModel::FirstTouch),
        ("last_touch", AttributionModel::LastTouch),
        ("last_non_direct(Direct (none))", AttributionModel::LastNonDirect("Direct (none)".into())),
        ("linear", AttributionModel::Linear),
        ("position_based(0.4,0.4)", AttributionModel::U_SHAPED),
        ("position_based(0.2,0.6)", AttributionModel::J_SHAPED),
        ("position_based(0.6,0.2)", AttributionModel::INVERSE_J_SHAPED),
        ("time_decay(168 hours)", AttributionModel::TimeDecay(Duration::from_days(7))),
        ("position_decay(0.7)", AttributionModel::PositionDecay(Decimal::new(7, 1))),
        ("participation", AttributionModel::Participation),
        ("leave_one_touch_out", AttributionModel::LeaveOneTouchOut),
        ("shapley", AttributionModel::Shapley),
        ("markov(255)", AttributionModel::Markov(255)),
    ] {
        pinned(&model, &format!("\"{text}\""));
        assert_eq!(model.to_string(), text);
        assert_eq!(text.parse(), Ok(model));
    }
    assert_eq!("time_decay(7 days)".parse(), Ok(AttributionModel::TimeDecay(Duration::from_days(7))));
    assert_eq!(
        " position_based ( 0.40, 0.4 )".parse::<AttributionModel>().unwrap_or(AttributionModel::Linear),
        AttributionModel::U_SHAPED
    );
    for wrong in [
        "",
        "last touch",
        "Linear",
        "linear()",
        "markov",
        "markov()",
        "markov(0)",
        "markov(-1)",
        "markov(256)",
        "markov(99999999999999999999)",
        "markov(1",
        "markov 1)",
        "time_decay(0 days)",
        "time_decay(7)",
        "position_decay(0)",
        "position_decay(1.1)",
        "position_based(0.6,0.6)",
        "position_based(-0.1,0.6)",
        "position_based(0.6)",
        "position_based(79228162514264337593543950335,79228162514264337593543950335)",
        "last_non_direct()",
        "last_non_direct",
    ] {
        assert!(wrong.parse::<AttributionModel>().is_err(), "{wrong}");
    }
    refused::<AttributionModel>(r#""foo""#, "`foo` is no model of attribution");
    refused::<AttributionModel>(r#""markov(0)""#, "order 0 is outside 1..=255");
    refused::<AttributionModel>("1", "invalid type: integer `1`");
}

#[test]
fn choices_are_their_texts() {
    pinned(&[Closing::SinceLast, Closing::Overlapping], r#"["since_last","overlapping"]"#);
    pinned(&[RankBy::Conversions, RankBy::Value], r#"["conversions","value"]"#);
    refused::<Closing>(r#""never""#, "unknown variant `never`, expected `since_last` or `overlapping`");
    refused::<RankBy>(r#""Value""#, "unknown variant `Value`, expected `conversions` or `value`");
}

#[test]
fn events_and_journeys_read_back() {
    let channels = Channels::new(["SEM"]).unwrap();
    let at = |text: &str| text.parse().unwrap();
    let touch = TouchEvent::at(u64::MAX, at("2026-07-15T09:30:00Z"), channels.at(0).unwrap());
    pinned(&touch, r#"{"user":"18446744073709551615","time":1784107800,"sequence":0,"channel":0}"#);
    let order = ConversionEvent::at(u64::MAX, at("2026-07-15T09:31:00Z"), 99);
    pinned(&order, r#"{"user":"18446744073709551615","time":1784107860,"value":99}"#);
    let rules = JourneyRules::new();
    let journeys = rules.journeys(&channels, Currency::CNY, &[touch], &[order]).unwrap();
    pinned(
        &journeys,
        concat!(
            r#"{"paths":{"currency":"CNY","channels":["SEM"],"rows":[{"path":[0],"seconds_before_end":[60],"#,
            r#""conversions":1,"nulls":0,"value":99}]},"report":{"first_event":"2026-07-15T09:30:00Z","#,
            r#""last_event":"2026-07-15T09:31:00Z","users":1,"touches":1,"kept":1,"in_session":0,"#,
            r#""before_lookback":0,"transformed":0,"beyond_max":0,"after_end":0,"conversions_after_end":0,"#,
            r#""repeated":0,"converted":1,"nulls":0,"unattributed":0,"unattributed_value":"0","empty_nulls":0,"#,
            r#""of_named_channels":{}}}"#
        ),
    );
    // A number that the dictionary does not have is refused where both meet.
    let other: TouchEvent = serde_json::from_str(r#"{"user":1,"time":0,"channel":7}"#).unwrap();
    let refused = rules.journeys(&channels, Currency::CNY, &[other], &[]).unwrap_err();
    assert_eq!(refused, AttributionError::UnknownId { row: 0, id: 7, count: 1 });
    assert!(serde_json::from_str::<Journeys>("{}").is_err());
}

#[test]
fn results_are_written() {
    let mut builder = PathTable::builder(Currency::CNY);
    builder.push_text("SEM > KOL", ">", Outcome { conversions: 1, nulls: 1, value: 100 }).unwrap();
    builder.push_text("KOL", ">", Outcome { conversions: 1, nulls: 1, value: 0 }).unwrap();
    let paths = builder.build();
    written(&paths.row(0).unwrap(), r#"{"path":[0,1],"conversions":1,"nulls":1,"value":100}"#);
    let totals = concat!(
        r#"{"conversions":2,"nulls":2,"journeys":4,"#,
        r#""value":{"amount":"1.00","currency":"CNY"}}"#
    );
    written(&paths.totals(), totals);
    let credits = AttributionModel::Linear.credit(&paths).unwrap();
    written(
        &credits,
        &format!(
            "{}{totals}{}",
            r#"{"totals":"#,
            concat!(
                r#","conserving":true,"channels":[{"channel":"SEM","conversions":"0.5","value_in_minor_units":"50"},"#,
                r#"{"channel":"KOL","conversions":"1.5","value_in_minor_units":"50"}]}"#
            )
        ),
    );
    written(
        &AttributionModel::Linear.touch_credits(&paths, 0).unwrap(),
        r#"{"shares":["0.5","0.5"],"conversions":["0.5","0.5"],"values":["50","50"],"currency":"CNY"}"#,
    );
    let models = [AttributionModel::FirstTouch, AttributionModel::Markov(1)];
    written(
        &ModelComparison::of_models(&paths, models).unwrap(),
        concat!(
            r#"{"channels":["SEM","KOL"],"models":[{"model":"first touch","shares":["0.5","0.5"]},"#,
            r#"{"model":"Markov chain of order 1","shares":["0.3333333333333333","0.6666666666666666"]}]}"#
        ),
    );
    let chain = MarkovChain::new(&paths, 1).unwrap();
    written(
        &chain,
        concat!(
            r#"{"order":1,"states":[{"touches":["KOL"],"starts":2,"conversions":2,"nulls":2,"#,
            r#""value_in_minor_units":100},{"touches":["SEM"],"starts":2,"conversions":0,"nulls":0,"#,
            r#""value_in_minor_units":0}],"steps":[{"from":1,"to":0,"count":2}]}"#
        ),
    );
    written(
        &chain.removal_effects().unwrap(),
        concat!(
            r#"[{"channel":"SEM","visit_probability":"0.5","effect":"0.5","value_effect":"0.5","#,
            r#""credited_conversions":"0.6666666666666666","credited_value_in_minor_units":"33.33333333333333"},"#,
            r#"{"channel":"KOL","visit_probability":"1","effect":"1","value_effect":"1","#,
            r#""credited_conversions":"1.3333333333333333","credited_value_in_minor_units":"66.66666666666666"}]"#
        ),
    );
    written(
        &shapley_ordered(&paths).unwrap(),
        r#"[{"channel":"SEM","conversions":["0.5"]},{"channel":"KOL","conversions":["1","0.5"]}]"#,
    );
    written(
        &paths.top_paths(RankBy::Value, 1).unwrap(),
        r#"[{"path":[0,1],"outcome":{"conversions":1,"nulls":1,"value":100},"conversion_rate":"1/2"}]"#,
    );
    let costs = Costs::new(Currency::CNY, [("KOL", Money::parse("0 CNY").unwrap())]).unwrap();
    let returns: Vec<ChannelReturn> = credits.returns(&costs, 1).unwrap();
    written(
        &returns,
        concat!(
            r#"[{"channel":"SEM","conversions":"0.5","value":{"amount":"0.50","currency":"CNY"},"#,
            r#""cost":{"missing":"cost of `SEM`"},"cost_per_conversion":{"missing":"cost of `SEM`"},"#,
            r#""return_on_ad_spend":{"missing":"cost of `SEM`"}},"#,
            r#"{"channel":"KOL","conversions":"1.5","value":{"amount":"0.50","currency":"CNY"},"#,
            r#""cost":{"known":{"amount":"0.00","currency":"CNY"}},"cost_per_conversion":{"known":"0"},"#,
            r#""return_on_ad_spend":{"undefined":{"figure":"return on ad spend","cause":{"zero":"cost"}}}}]"#
        ),
    );
    let selection = OrderSelection::new(&paths, &paths, 1).unwrap();
    written(
        &selection,
        concat!(
            r#"{"scores":[{"order":1,"log_likelihood":"-0.7495523037230669","auc":{"known":"0.5"}}],"#,
            r#""by_likelihood":{"order":1,"best":1,"behind":"0","tolerance":"0"},"#,
            r#""by_auc":{"known":{"order":1,"best":1,"behind":"0","tolerance":"0.3227486121839514"}},"#,
            r#""held_out":{"conversions":2,"nulls":2,"journeys":4,"value":{"amount":"1.00","currency":"CNY"}}}"#
        ),
    );
}
