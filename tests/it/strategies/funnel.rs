//! The strategies of funnels.

use super::attribution::form_is_refused;
use super::{Sample, each_fault_is_refused, runner};
use marketloop::funnel::{Events, FunnelRulesDraft, Matching, Pattern, Property, WindowFunnelModes};
use marketloop::laws::{self, Broken};
use marketloop::strategies;
use marketloop::time::Duration;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde::Serialize;
use std::collections::BTreeSet;

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn funnels() {
    let funnels = Sample { name: "funnels", strategy: strategies::funnels(), of: "steps" };
    funnels.is_valid_and_often_an_edge(
        |funnel| funnel.steps().len(),
        |funnel| {
            let counts: Vec<u64> = funnel.steps().map(|(_, count)| count.value()).collect();
            funnel.completed().value() == 0 || counts.windows(2).any(|pair| pair[0] == pair[1])
        },
        |funnel| {
            laws::reads_back_what_it_writes(funnel)?;
            laws::counts_never_rise(funnel.steps().map(|(_, count)| count.value()))
        },
    );
    funnels.shrinks_to_text(
        |funnel| funnel.steps().len() > 2 && funnel.completed().value() > 1,
        json,
        r#"{"steps":[{"name":"visit","count":2},{"name":"view","count":2},{"name":"cart","count":2}]}"#,
    );
}

#[test]
fn options_of_funnels() {
    let mut runner = runner(512);
    let funnels = strategies::funnels().with_steps(7..=8).with_rates();
    for _ in 0..512 {
        let funnel = funnels.new_tree(&mut runner).unwrap().current();
        assert!((7..=8).contains(&funnel.steps().len()) && funnel.rates().is_ok());
    }
}

#[test]
fn funnel_rules() {
    let rules = Sample { name: "funnel_rules", strategy: strategies::funnel_rules(), of: "conditions" };
    rules.is_valid_and_often_an_edge(
        |rules| rules.steps().len() + rules.exclusions().len(),
        |rules| {
            let zero = Some(Duration::ZERO);
            rules.steps().len() == 2
                || rules.window() == zero
                || rules.steps().any(|step| rules.step_within(step).unwrap() == zero)
        },
        |rules| {
            laws::reads_back_what_it_writes(rules)?;
            laws::reads_back_what_it_writes(&FunnelRulesDraft::from(rules.clone()))
        },
    );
    rules.shrinks_to_text(
        |rules| rules.exclusions().len() > 0 && rules.steps().any(|step| rules.is_optional(step).unwrap()),
        json,
        r#"{"steps":[{"name":"visit"},{"name":"view","optional":true},{"name":"cart"}],"exclusions":[{"events":["refund"],"after":"visit","before":"cart"}],"window":null,"matching":"longest"}"#,
    );
    let modes = strategies::funnel_rules().with_steps(2..=5).with_modes();
    let mut runner = runner(512);
    let mut drawn = BTreeSet::new();
    for _ in 0..512 {
        let rules = modes.new_tree(&mut runner).unwrap().current();
        let Matching::WindowFunnel(modes) = rules.matching() else { panic!("{}", rules.matching()) };
        assert!(rules.window().is_some());
        drawn.insert(modes);
    }
    assert_eq!(drawn.len(), 24);
}

#[test]
fn a_draft_with_one_fault_is_refused_with_just_that() {
    for (rules, faults) in [(strategies::funnel_rules(), 12), (strategies::funnel_rules().with_modes(), 7)] {
        each_fault_is_refused(rules.almost_valid(), faults, |case| {
            let draft: FunnelRulesDraft = serde_json::from_str(case.json()).unwrap();
            laws::refuses(case, draft.check())
        });
    }
}

#[test]
fn event_patterns() {
    let patterns =
        Sample { name: "event_patterns", strategy: strategies::event_patterns(), of: "characters" };
    let elements = |pattern: &Pattern| pattern.to_string().matches(['(', '.']).count();
    patterns.is_valid_and_often_an_edge(
        |pattern| pattern.to_string().len(),
        |pattern| {
            elements(pattern) == 1
                || pattern.to_string().contains("=0)")
                || pattern.to_string().contains(">0)")
        },
        laws::reads_its_own_text,
    );
    patterns.shrinks_to_text(|pattern| elements(pattern) > 2, ToString::to_string, "(?1)(?t<0)(?1)");
}

#[test]
fn matchings() {
    let matchings = Sample { name: "matchings", strategy: strategies::matchings(), of: "characters" };
    matchings.is_valid_and_often_an_edge(
        |matching| matching.to_string().len(),
        |matching| match matching {
            Matching::WindowFunnel(modes) => is_an_end(*modes),
            _ => false,
        },
        laws::reads_its_own_text,
    );
    matchings.shrinks_to_text(
        |matching| matches!(matching, Matching::WindowFunnel(modes) if modes.strict_once()),
        ToString::to_string,
        "window_funnel(strict_once)",
    );
}

/// No mode, or all of them.
fn is_an_end(modes: WindowFunnelModes) -> bool {
    ["default", "strict_order+allow_reentry+strict_deduplication+strict_once+strict_increase"]
        .contains(&modes.to_string().as_str())
}

#[test]
fn window_funnel_modes() {
    let modes =
        Sample { name: "window_funnel_modes", strategy: strategies::window_funnel_modes(), of: "modes" };
    modes.is_valid_and_often_an_edge(
        |modes| modes.to_string().split('+').filter(|name| *name != "default").count(),
        |modes| is_an_end(*modes),
        laws::reads_its_own_text,
    );
    modes.shrinks_to_text(|modes| modes.allow_reentry(), ToString::to_string, "strict_order+allow_reentry");
}

#[test]
fn funnel_counts() {
    let counts =
        Sample { name: "funnel_counts", strategy: strategies::funnel_counts(), of: "levels with users" };
    counts.is_valid_and_often_an_edge(
        |counts| counts.levels().iter().filter(|users| **users > 0).count(),
        |counts| counts.levels()[3] == 0,
        laws::reads_back_what_it_writes,
    );
    counts.shrinks_to_text(
        |counts| counts.levels()[1] > 1,
        json,
        r#"{"steps":["visit","view","cart"],"levels":[0,2,0,0]}"#,
    );
}

#[test]
fn cohort_rules() {
    let rules = Sample { name: "cohort_rules", strategy: strategies::cohort_rules(), of: "brackets" };
    rules.is_valid_and_often_an_edge(
        |rules| rules.brackets().len(),
        |rules| rules.brackets().is_empty() || rules.brackets().iter().any(|(from, to)| from == to),
        laws::reads_back_what_it_writes,
    );
    rules.shrinks_to_text(
        |rules| rules.period().is_some() && !rules.brackets().is_empty(),
        json,
        r#"{"last":13,"period":"1 second","brackets":[[0,0]]}"#,
    );
}

#[test]
fn inactivity_rules() {
    let rules =
        Sample { name: "inactivity_rules", strategy: strategies::inactivity_rules(), of: "characters" };
    rules.is_valid_and_often_an_edge(
        |rules| json(rules).len(),
        |rules| {
            let (silent, dormant) = (rules.silent_after().seconds(), rules.dormant_after().seconds());
            silent == 1 || dormant == silent + 1
        },
        laws::reads_back_what_it_writes,
    );
    rules.shrinks_to_text(
        |rules| rules.dormant_after() > Duration::from_seconds(3),
        json,
        r#"{"silent_after":"1 second","dormant_after":"4 seconds"}"#,
    );
}

fn words(property: &Property) -> usize {
    let numbers = *property == Property::numbers("product").unwrap();
    if numbers { 0 } else { (0..9).filter(|number| property.value(*number).is_some()).count() }
}

#[test]
fn event_properties() {
    let properties =
        Sample { name: "event_properties", strategy: strategies::event_properties(), of: "words" };
    properties.is_valid_and_often_an_edge(
        words,
        |property| words(property) == 0 || property.number("").is_some(),
        laws::reads_back_what_it_writes,
    );
    properties.shrinks_to_text(
        |property| words(property) > 1,
        json,
        r#"{"name":"channel","values":["social","7"]}"#,
    );
}

#[test]
fn funnel_events() {
    let events = Sample { name: "funnel_events", strategy: strategies::funnel_events(), of: "rows" };
    events.is_valid_and_often_an_edge(
        Events::len,
        |events| {
            let one_time = events.times().windows(2).all(|pair| pair[0] == pair[1]);
            events.len() < 2 || events.masks().contains(&0) || one_time
        },
        |events| {
            laws::reads_back_what_it_writes(events)?;
            let rules =
                marketloop::funnel::FunnelRules::new(["visit", "order"], Duration::from_seconds(9)).unwrap();
            rules.levels(events).map(drop).map_err(|error| Broken::new("the order of rows", error))
        },
    );
    events.shrinks_to_text(
        |events| events.times().windows(2).any(|pair| pair[0] == pair[1]),
        |events| format!("{:?} {:?} {:?}", events.users(), events.times(), events.masks()),
        "[1, 1] [0, 0] [0, 0]",
    );
}

#[test]
fn options_of_funnel_events() {
    let mut runner = runner(512);
    let events = strategies::funnel_events().with_users(5).with_conditions(3).with_sequence();
    let (mut unsorted, mut users) = (0, BTreeSet::new());
    for _ in 0..512 {
        let sorted = events.new_tree(&mut runner).unwrap().current();
        assert!(sorted.masks().iter().all(|mask| *mask < 8));
        users.extend(sorted.users().iter().copied());
        assert!(json(&sorted).contains("sequence"));
        let mut own = events.clone().with_rows_in_any_order().new_tree(&mut runner).unwrap().current();
        let given = own.clone();
        own.sort();
        unsorted += usize::from(own != given);
    }
    assert!(unsorted > 256 && users.len() == 5, "{unsorted} {users:?}");
}

#[test]
fn another_form_is_refused_where_it_stands() {
    form_is_refused(strategies::funnels());
    form_is_refused(strategies::funnel_rules());
    form_is_refused(strategies::funnel_counts());
    form_is_refused(strategies::cohort_rules());
    form_is_refused(strategies::inactivity_rules());
    form_is_refused(strategies::matchings());
    form_is_refused(strategies::window_funnel_modes());
    form_is_refused(strategies::event_properties());
    form_is_refused::<Events<'static>>(strategies::funnel_events());
}
