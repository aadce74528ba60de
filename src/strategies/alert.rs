//! Alert rules, the series of samples that they look at, and response plans.

use super::{decimals, strategy};
use crate::alert::{Alert, AlertRule, AlertState, ResponsePlan};
use crate::time::{Duration, Timestamp};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use proptest::bool;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;

/// Alert rules on any two thresholds, with any times of holding and of firing on.
///
/// Mean size 1.4 times; 17 % are edges: no hold and no time of firing on, thresholds that are equal.
///
/// # Examples
/// ```
/// use marketloop::laws::reads_its_own_text;
/// use marketloop::strategies::alert_rules;
/// use proptest::prelude::*;
///
/// proptest!(|(rule in alert_rules())| reads_its_own_text(&rule)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn alert_rules() -> impl Strategy<Value = AlertRule> + Clone {
    let seconds = prop_oneof![3 => Just(0), 3 => 1_u64..100_000, 4 => any::<u64>()];
    (decimals(), decimals(), bool::weighted(0.1), seconds.clone(), seconds).prop_filter_map(
        "an alert rule",
        |(trigger, clear, equal, hold, keep)| {
            let clear = if equal { trigger } else { clear };
            let rule = if trigger < clear {
                AlertRule::below(trigger, clear)
            } else {
                AlertRule::above(trigger, clear)
            };
            Some(
                rule.ok()?
                    .with_hold(Duration::from_seconds(hold))
                    .with_keep_firing(Duration::from_seconds(keep)),
            )
        },
    )
}

/// Alert rules with up to 80 looks at their metric, a second apart or now and then at once or later: values around the
/// trigger of 80, some of them missing.
///
/// The rule is on values below or above its trigger, with up to 20 between trigger and clear and up to 3 seconds of
/// holding and of firing on.
///
/// Mean size 39.6 looks; 31 % are edges: no look, one, neither a hold nor a time of firing on, no gap between trigger and
/// clear.
///
/// # Examples
/// ```
/// use marketloop::alert::{AlertChange, AlertState};
/// use marketloop::strategies::alert_series;
/// use proptest::prelude::*;
///
/// proptest!(|((rule, looks) in alert_series())| {
///     let mut state = AlertState::Inactive;
///     for (at, value) in looks {
///         let step = rule.step(state, at, value).unwrap();
///         // What is missing raises no alert.
///         prop_assert!(value.is_some() || step.changes().all(|change| change != AlertChange::Fired));
///         state = step.state();
///     }
/// });
/// ```
pub fn alert_series() -> AlertSeries {
    AlertSeries { looks: (0..=80).into(), rule: None, missing: true }
}

/// How series for alerts are made; see [`alert_series`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct AlertSeries {
    looks: SizeRange,
    rule: Option<AlertRule>,
    missing: bool,
}

impl AlertSeries {
    /// Series of so many looks.
    pub fn with_looks(mut self, looks: impl Into<SizeRange>) -> Self {
        self.looks = looks.into();
        self
    }

    /// Looks by this rule alone, at values from 60 to 120.
    pub fn with_rule(mut self, rule: AlertRule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Series in which every look has a value.
    pub fn without_missing(mut self) -> Self {
        self.missing = false;
        self
    }

    fn cases(&self) -> impl Strategy<Value = (AlertRule, Vec<(Timestamp, Option<Decimal>)>)> + use<> {
        // A second later, at once, or after a pause.
        let pause = prop_oneof![8 => Just(1_i64), 1 => Just(0), 1 => 2_i64..8];
        let absent = bool::weighted(if self.missing { 0.1 } else { 0.0 });
        let value = prop_oneof![4 => 60_i64..120, 1 => select(&[79_i64, 80, 81, 90][..])];
        let times = (0_u64..4, 0_u64..4);
        let gap = prop_oneof![1 => Just(0_i64), 4 => 0_i64..20];
        let given = self.rule;
        (gap, any::<bool>(), times, vec((pause, value, absent), self.looks.clone())).prop_filter_map(
            "a series of looks",
            move |(gap, above, (hold, keep), looks)| {
                let trigger = Decimal::new(80, 0);
                let rule = if above {
                    AlertRule::above(trigger, Decimal::from(80_i64.saturating_sub(gap)))
                } else {
                    AlertRule::below(trigger, Decimal::from(80_i64.saturating_add(gap)))
                };
                let rule = rule.ok()?.with_hold(Duration::from_seconds(hold));
                let rule = given.unwrap_or_else(|| rule.with_keep_firing(Duration::from_seconds(keep)));
                let mut at = 0_i64;
                let looks = looks.into_iter().map(|(pause, value, absent)| {
                    let look = Timestamp::from_unix(at).ok()?;
                    at = at.saturating_add(pause);
                    Some((look, (!absent).then(|| value.into())))
                });
                Some((rule, looks.collect::<Option<_>>()?))
            },
        )
    }
}

strategy!(AlertSeries => (AlertRule, Vec<(Timestamp, Option<Decimal>)>));

/// The states of alerts after all looks of a [series](alert_series): what a service keeps until the next look.
///
/// Mean size 0.9 times; 54 % are edges: inactive, firing since the last look.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::alert_states;
/// use proptest::prelude::*;
///
/// proptest!(|(state in alert_states())| laws::reads_back_what_it_writes(&state)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn alert_states() -> impl Strategy<Value = AlertState> + Clone {
    alert_series().with_looks(0..=20).prop_filter_map("a state", |(rule, looks)| {
        let step = |state, (at, value)| Some(rule.step(state, at, value).ok()?.state());
        looks.into_iter().try_fold(AlertState::Inactive, step)
    })
}

/// Alerts on one of three metrics, by any [rule](alert_rules) and with any [plan](response_plans).
///
/// Mean size 3.0 steps; 21 % are edges: one step.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::alerts;
/// use proptest::prelude::*;
///
/// proptest!(|(alert in alerts())| laws::reads_back_what_it_writes(&alert)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn alerts() -> impl Strategy<Value = Alert> + Clone {
    let metric = select(&["spend to plan", "复购率", "complaints per 1000 orders"][..]);
    (0_u32..100, metric, alert_rules(), response_plans()).prop_map(|(number, metric, rule, response)| Alert {
        id: format!("alert {number}"),
        metric: String::from(metric),
        rule,
        response,
    })
}

/// Response plans of 1 to 5 steps, each due no earlier than the one before it.
///
/// Mean size 3.0 steps; 63 % are edges: one step, two due at once, one due without delay.
///
/// # Examples
/// ```
/// use marketloop::laws::reads_back_what_it_writes;
/// use marketloop::strategies::response_plans;
/// use proptest::prelude::*;
///
/// proptest!(|(plan in response_plans())| reads_back_what_it_writes(&plan)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn response_plans() -> impl Strategy<Value = ResponsePlan> + Clone {
    let minutes = prop_oneof![1 => Just(0_u32), 4 => 1_u32..1_440];
    (select(vec!["service", "communications", "owner"]), vec(minutes, 1..=5)).prop_filter_map(
        "a response plan",
        |(responsible, pauses)| {
            let mut due = 0_u32;
            let steps = (1_u32..).zip(pauses).map(|(number, pause)| {
                due = due.saturating_add(pause);
                (format!("step {number}"), Duration::from_minutes(due))
            });
            ResponsePlan::new(responsible, steps.collect::<Vec<_>>()).ok()
        },
    )
}
