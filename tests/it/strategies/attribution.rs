//! The strategies of attribution.

use super::{Sample, each_fault_is_refused, runner};
use marketloop::attribution::{
    AttributionModel, Channels, ConversionEvent, Costs, JourneyRules, Journeys, PathTable, TouchEvent,
};
use marketloop::laws::{self, Broken};
use marketloop::quantity::Currency;
use marketloop::strategies;
use marketloop::time::Duration;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn path_tables() {
    let tables = Sample { name: "path_tables", strategy: strategies::path_tables(), of: "rows" };
    tables.is_valid_and_often_an_edge(
        PathTable::len,
        |paths| {
            let untouched = |id| paths.rows().all(|row| !row.path.contains(&id));
            paths.len() < 2 || paths.totals().conversions == 0 || paths.channels().ids().any(untouched)
        },
        laws::reads_back_what_it_writes,
    );
    let row = r#"{"path":[0],"seconds_before_end":[0],"conversions":0,"nulls":1,"value":0}"#;
    tables.shrinks_to_text(
        |paths| paths.len() > 1,
        json,
        &format!(r#"{{"currency":"CNY","channels":["SEM"],"rows":[{row},{row}]}}"#),
    );
    // A path that comes back to a channel by way of another one.
    tables.shrinks_to_text(
        |paths| {
            paths
                .rows()
                .any(|row| row.path.len() > 2 && row.path[0] == row.path[2] && row.path[0] != row.path[1])
        },
        |paths| {
            let path = |row: marketloop::attribution::Row<'_>| paths.channels().path_text(row.path, " > ");
            paths.rows().map(path).collect::<Vec<_>>().join("; ")
        },
        "Direct > SEM > Direct",
    );
}

#[test]
fn options_of_path_tables() {
    let mut runner = runner(512);
    let tables = strategies::path_tables();
    let tables = tables.with_rows(0..9).with_touches(2..=3).with_channels(3).with_most_journeys(4);
    let tables = tables.with_conversions().with_null_channel().with_currency(Currency::JPY);
    let mut null_touches = 0;
    for _ in 0..512 {
        let paths = tables.new_tree(&mut runner).unwrap().current();
        assert!(paths.totals().conversions > 0 && paths.len() < 9);
        assert_eq!((paths.channels().len(), paths.currency()), (3, Currency::JPY));
        let null = paths.channels().at(2).unwrap();
        for row in paths.rows() {
            assert!(row.path.len() <= 3 && row.outcome.conversions <= 4 && row.outcome.nulls <= 4);
            assert!(row.outcome.conversions == 0 || !row.path.contains(&null));
            null_touches += usize::from(row.path.contains(&null));
        }
    }
    assert!(null_touches > 100, "{null_touches}");
}

#[test]
fn channel_names() {
    let names = Sample { name: "channel_names", strategy: strategies::channel_names(), of: "characters" };
    names.is_valid_and_often_an_edge(
        |name| name.chars().count(),
        |name| {
            name.chars().count() == 1
                || name.trim() != name
                || name.contains(|c: char| "\u{200F}\u{202E}\u{FEFF}".contains(c))
        },
        |name| Channels::new([name.clone()]).map(drop).map_err(|error| Broken::new("a name", error)),
    );
    names.shrinks_to(|name| name.chars().count() > 3, r#""sum(""#);
}

#[test]
fn attribution_models() {
    let models =
        Sample { name: "attribution_models", strategy: strategies::attribution_models(), of: "characters" };
    models.is_valid_and_often_an_edge(
        |model| model.to_string().chars().count(),
        |model| match model {
            AttributionModel::PositionBased { first, last } => {
                first.is_zero() || last.is_zero() || *first + *last == 1.into()
            }
            AttributionModel::TimeDecay(half_life) => *half_life == Duration::from_seconds(1),
            AttributionModel::PositionDecay(ratio) => *ratio == 1.into(),
            AttributionModel::Markov(order) => *order == 1,
            _ => false,
        },
        laws::reads_its_own_text,
    );
    models.shrinks_to(|model| matches!(model, AttributionModel::Markov(order) if *order > 1), "Markov(2)");
}

#[test]
fn channel_costs() {
    let costs = Sample { name: "channel_costs", strategy: strategies::channel_costs(), of: "channels" };
    costs.is_valid_and_often_an_edge(
        |costs| costs.iter().len(),
        |costs| costs.iter().len() < 2 || costs.iter().any(|(_, cost)| cost.is_zero()),
        laws::reads_back_what_it_writes,
    );
    costs.shrinks_to_text(
        |costs| costs.iter().len() > 1,
        json,
        r#"{"currency":"CNY","costs":[{"channel":"Direct","cost":{"amount":"0.00","currency":"CNY"}},{"channel":"SEM","cost":{"amount":"0.00","currency":"CNY"}}]}"#,
    );
}

#[test]
fn journey_rules() {
    let rules = Sample { name: "journey_rules", strategy: strategies::journey_rules(), of: "transforms" };
    rules.is_valid_and_often_an_edge(
        |rules| rules.transforms.len(),
        |rules| {
            let zero = Some(Duration::ZERO);
            let none = JourneyRules { unit: rules.unit, ..JourneyRules::new() };
            rules.session_gap == zero || rules.lookback == zero || *rules == none
        },
        laws::reads_back_what_it_writes,
    );
    rules.shrinks_to_text(
        |rules| rules.session_gap.is_some() && rules.transforms.len() > 1,
        ToString::to_string,
        "sessions of gaps up to 0 seconds keep the last touch; since the last conversion; \
         collapse repeats, then collapse repeats",
    );
}

type Events = (JourneyRules, Channels, Vec<TouchEvent>, Vec<ConversionEvent>);

fn together((_, _, touches, conversions): &Events) -> bool {
    let of = |touch: &TouchEvent, own: &ConversionEvent| (own.user, own.time) == (touch.user, touch.time);
    touches.iter().any(|touch| conversions.iter().any(|own| of(touch, own)))
}

#[test]
fn journey_events() {
    let events = Sample { name: "journey_events", strategy: strategies::journey_events(), of: "events" };
    events.is_valid_and_often_an_edge(
        |(_, _, touches, conversions)| touches.len() + conversions.len(),
        |case| case.2.is_empty() || case.3.is_empty() || together(case),
        |(rules, channels, touches, conversions)| {
            let journeys = rules.journeys(channels, Currency::CNY, touches, conversions);
            let journeys = journeys.map_err(|error| Broken::new("journeys", error))?;
            laws::no_event_is_lost(&journeys, touches, conversions)
        },
    );
    events.shrinks_to_text(
        |case| together(case) && case.0.lookback.is_some(),
        |(rules, channels, touches, conversions)| {
            format!("{rules} {} {} {}", json(channels), json(touches), json(conversions))
        },
        "since the last conversion; lookback 0 seconds [\"SEM\"] \
         [{\"user\":0,\"time\":0,\"sequence\":0,\"channel\":0}] [{\"user\":0,\"time\":0,\"value\":0}]",
    );
}

#[test]
fn options_of_journey_events() {
    let mut runner = runner(512);
    let rules = JourneyRules::without_direct("Direct");
    let events = strategies::journey_events().with_rules(rules.clone()).with_users(2..4);
    let events = events.with_touches(1..=4).with_conversions(2).with_channels(7);
    for _ in 0..512 {
        let (own, channels, touches, conversions) = events.new_tree(&mut runner).unwrap().current();
        assert_eq!((own, channels.len(), conversions.len()), (rules.clone(), 7, 2));
        assert!((1..=4).contains(&touches.len()) && touches.iter().all(|touch| touch.user < 3));
    }
}

/// JSON of another form is refused with its place.
pub(crate) fn form_is_refused<T: Serialize + DeserializeOwned + Debug>(values: impl Strategy<Value = T>) {
    each_fault_is_refused(strategies::almost_valid(values), 1, |case| {
        let mut reader = serde_json::Deserializer::from_str(case.json());
        let read: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
        laws::refuses_form(case, read.map_err(|error| error.path().to_string()))
    });
}

#[test]
fn journeys() {
    let strategy = strategies::journeys();
    let journeys = Sample { name: "journeys", strategy: strategy.clone(), of: "journeys" };
    journeys.is_valid_and_often_an_edge(
        |journeys| journeys.paths.len(),
        |journeys| journeys.paths.len() < 2 || journeys.report.unattributed > 0,
        |journeys| {
            laws::reads_back_what_it_writes(&journeys.report)?;
            laws::reads_back_what_it_writes(journeys)
        },
    );
    journeys.shrinks_to_text(
        |journeys| journeys.paths.len() > 1,
        |journeys| json(&journeys.paths),
        r#"{"currency":"CNY","channels":["SEM"],"rows":[{"path":[0],"seconds_before_end":[0],"conversions":0,"nulls":1,"value":0},{"path":[0],"seconds_before_end":[0],"conversions":0,"nulls":1,"value":0}]}"#,
    );
    let mut runner = runner(256);
    let merge = |a: Journeys, b: Journeys| a.merge(&b).unwrap();
    let held = runner.run(&(strategy.clone(), strategy.clone(), strategy), |(a, b, c)| {
        laws::merge_is_associative(merge, &a, &b, &c)?;
        laws::merge_is_commutative(merge, &a, &b)?;
        Ok(())
    });
    held.unwrap();
}

#[test]
fn another_form_is_refused_where_it_stands() {
    form_is_refused(strategies::journeys());
    form_is_refused(vec(strategies::channel_names(), 1).prop_map(|name| Channels::new(name).unwrap()));
    form_is_refused(strategies::path_tables());
    form_is_refused(strategies::attribution_models());
    form_is_refused::<Costs>(strategies::channel_costs());
    form_is_refused(strategies::journey_rules());
}
