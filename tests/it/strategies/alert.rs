//! The strategies of alert rules, series of looks and response plans.

use super::{Sample, drawn, each_fault_is_refused, each_form_is_refused};
use marketloop::alert::{Alert, AlertRule, AlertState, ResponsePlan};
use marketloop::laws::{self, Broken};
use marketloop::strategies;
use marketloop::time::{Duration, Timestamp};
use rust_decimal::{Decimal, dec};

#[test]
fn alert_rules() {
    let times = |rule: &AlertRule| [rule.hold(), rule.keep_firing()];
    let rules = Sample { name: "alert_rules", strategy: strategies::alert_rules(), of: "times" };
    rules.is_valid_and_often_an_edge(
        |rule| times(rule).iter().filter(|time| **time != Duration::ZERO).count(),
        |rule| times(rule) == [Duration::ZERO; 2] || rule.trigger() == rule.clear(),
        |rule| {
            laws::reads_its_own_text(rule)?;
            laws::reads_back_what_it_writes(rule)
        },
    );
    rules.shrinks_to_text(
        |rule| rule.trigger() < rule.clear() && rule.hold() > Duration::from_seconds(90),
        ToString::to_string,
        "below 0, clear at 1, hold 91 seconds",
    );
    each_form_is_refused::<AlertRule>(strategies::almost_valid(strategies::alert_rules()));
}

/// Whether the alert is up after each look.
fn firing(rule: &AlertRule, looks: &[(Timestamp, Option<Decimal>)]) -> Vec<bool> {
    let mut state = AlertState::Inactive;
    let up = looks.iter().map(|(at, value)| {
        state = rule.step(state, *at, *value).unwrap().state();
        matches!(state, AlertState::Firing { .. })
    });
    up.collect()
}

#[test]
fn alert_series() {
    let series = Sample { name: "alert_series", strategy: strategies::alert_series(), of: "looks" };
    series.is_valid_and_often_an_edge(
        |(_, looks)| looks.len(),
        |(rule, looks)| {
            let at_once = rule.hold() == Duration::ZERO && rule.keep_firing() == Duration::ZERO;
            looks.len() < 2 || at_once || rule.trigger() == rule.clear()
        },
        |(rule, looks)| {
            laws::reads_back_what_it_writes(rule)?;
            laws::alert_fires_after_its_hold(rule, looks, &firing(rule, looks))
        },
    );
    series.shrinks_to_text(
        |(rule, looks)| {
            let up = firing(rule, looks);
            rule.hold() > Duration::ZERO && up.windows(2).any(|pair| pair[0] && !pair[1])
        },
        |(rule, looks)| {
            let looks = looks.iter().map(|(at, value)| format!("{} s {value:?}", at.unix()));
            format!("{rule}; {}", looks.collect::<Vec<_>>().join(", "))
        },
        "below 80, hold 1 second; 0 s Some(60), 1 s Some(60), 2 s Some(60), 3 s Some(80)",
    );
    let rule = AlertRule::above(dec!(100), dec!(90)).unwrap();
    for (used, looks) in
        drawn(&strategies::alert_series().with_rule(rule).without_missing().with_looks(2..5), 512)
    {
        assert!(
            used == rule && (2..5).contains(&looks.len()) && looks.iter().all(|(_, value)| value.is_some())
        );
    }
}

#[test]
fn response_plans() {
    let plans = Sample { name: "response_plans", strategy: strategies::response_plans(), of: "steps" };
    plans.is_valid_and_often_an_edge(
        |plan| plan.steps().len(),
        |plan| {
            let due: Vec<Duration> = plan.iter().map(|step| step.within).collect();
            due.len() == 1 || due[0] == Duration::ZERO || due.windows(2).any(|pair| pair[0] == pair[1])
        },
        laws::reads_back_what_it_writes,
    );
    plans.shrinks_to_text(|plan| plan.steps().len() > 2, |plan| serde_json::to_string(plan).unwrap(), r#"{"responsible":"service","steps":[{"action":"step 1","within":"0 seconds"},{"action":"step 2","within":"0 seconds"},{"action":"step 3","within":"0 seconds"}]}"#);
}

/// A plan is read through its constructor, without a draft: what is wrong with it is told as a text. A rule is a text.
#[test]
fn a_value_of_another_form_is_refused_at_its_place() {
    let refuses = |case: &strategies::AlmostValid| -> Result<(), Broken> {
        let mut reader = serde_json::Deserializer::from_str(case.json());
        let read: Result<ResponsePlan, _> = serde_path_to_error::deserialize(&mut reader);
        laws::refuses_form(case, read.map_err(|error| error.path().to_string()))
    };
    each_fault_is_refused(strategies::almost_valid(strategies::response_plans()), 1, refuses);
}

#[test]
fn alert_states() {
    let strategy = strategies::alert_states();
    let times = |state: &AlertState| match state {
        AlertState::Inactive => 0,
        AlertState::Pending { .. } => 1,
        AlertState::Firing { .. } => 2,
    };
    let states = Sample { name: "alert_states", strategy: strategy.clone(), of: "times" };
    states.is_valid_and_often_an_edge(
        times,
        |state| match state {
            AlertState::Firing { since, last_bad } => since == last_bad,
            _ => *state == AlertState::Inactive,
        },
        laws::reads_back_what_it_writes,
    );
    states.shrinks_to_text(
        |state| matches!(state, AlertState::Firing { since, last_bad } if since < last_bad),
        ToString::to_string,
        "firing since 1970-01-01T00:00:00Z, last bad 1970-01-01T00:00:01Z",
    );
    each_form_is_refused::<AlertState>(strategies::almost_valid(strategy));
}

#[test]
fn alerts() {
    let strategy = strategies::alerts();
    let alerts = Sample { name: "alerts", strategy: strategy.clone(), of: "steps" };
    alerts.is_valid_and_often_an_edge(
        |alert| alert.response.steps().len(),
        |alert| alert.response.steps().len() == 1,
        laws::reads_back_what_it_writes,
    );
    alerts.shrinks_to_text(|alert| alert.response.steps().len() > 1, |alert| serde_json::to_string(alert).unwrap(), r#"{"id":"alert 0","metric":"spend to plan","rule":"above 0","response":{"responsible":"service","steps":[{"action":"step 1","within":"0 seconds"},{"action":"step 2","within":"0 seconds"}]}}"#);
    each_form_is_refused::<Alert>(strategies::almost_valid(strategy));
}
