//! Strategies for property tests over the crate's facts and models (feature `proptest`): every value is valid, and
//! the edges come often: nothing, one, ties, both ends of a range.
//!
//! A strategy of a fact is a function: [`money`], [`shares`], [`periods`]. A strategy of a model is a small value of
//! options, named by what it makes, so that a test asks for the cases that matter to it:
//!
//! ```
//! use marketloop::laws;
//! use marketloop::split::Apportionment;
//! use marketloop::strategies::{mixes, money};
//! use proptest::prelude::*;
//!
//! proptest!(|(year in money(), mix in mixes().with_entries(2..=5))| {
//!     let parts = year.split(&mix).unwrap();
//!     laws::splits_add_up(&year, parts.iter().map(|(_, part)| part))?;
//! });
//! ```
//!
//! Three rules hold for all of them, and the tests measure them:
//!
//! - What is made is valid, also while it shrinks: a failing case ends small, and is still a case.
//! - At least a tenth of the cases are edges; each strategy says which, and how large its cases are on average.
//! - [`almost_valid`] makes the JSON of any value with one fault; the drafts of models have an `almost_valid` of their
//!   own, whose faults are those of the domain. Each [`AlmostValid`] says the path and the code that its refusal has
//!   to give.
//!
//! The laws to hold such cases against are in [`laws`](crate::laws).

#[cfg(feature = "agile")]
mod agile;
#[cfg(feature = "alert")]
mod alert;
mod almost_valid;
mod arms;
#[cfg(feature = "attribution")]
mod attribution;
#[cfg(feature = "attribution")]
mod attribution_journeys;
#[cfg(feature = "budget")]
mod budget;
#[cfg(feature = "budget")]
mod budget_allocation;
#[cfg(feature = "budget")]
mod budget_change;
#[cfg(feature = "channel")]
mod channel;
#[cfg(feature = "channel")]
mod channel_scorecard;
mod decision;
mod decompose;
#[cfg(feature = "experiment")]
mod experiment;
#[cfg(feature = "experiment")]
mod experiment_assignment;
#[cfg(feature = "experiment")]
mod experiment_plan;
mod facts;
mod figure;
#[cfg(feature = "funnel")]
mod funnel;
#[cfg(feature = "funnel")]
mod funnel_events;
#[cfg(feature = "funnel")]
mod funnel_states;
#[cfg(feature = "goal")]
mod goal;
#[cfg(feature = "health")]
mod health;
mod json;
#[cfg(feature = "kpi")]
mod kpi;
#[cfg(feature = "kpi")]
mod kpi_growing;
#[cfg(feature = "kpi")]
mod kpi_panel;
#[cfg(feature = "optimise")]
mod optimise;
#[cfg(feature = "pdca")]
mod pdca;
#[cfg(feature = "pdca")]
mod pdca_journals;
#[cfg(feature = "plan")]
mod plan;
mod progress;
mod ranking;
mod response;
#[cfg(feature = "review")]
mod review;
#[cfg(feature = "risk")]
mod risk;
mod sequential;
mod split;
mod stats;
mod target;
mod texts;
#[cfg(any(feature = "budget", feature = "channel"))]
mod wire_faults;

#[cfg(feature = "agile")]
pub use agile::{boards, experiment_entries, experiment_logs, sprint_plans, sprints};
#[cfg(feature = "alert")]
pub use alert::{AlertSeries, alert_rules, alert_series, alert_states, alerts, response_plans};
pub use almost_valid::{AlmostValid, almost_valid};
pub use arms::{beta_arms, effect_estimates, p_values, test_designs};
#[cfg(feature = "attribution")]
pub use attribution::{PathTables, attribution_models, channel_costs, channel_names, path_tables};
#[cfg(feature = "attribution")]
pub use attribution_journeys::{JourneyEvents, journey_events, journey_rules, journeys};
#[cfg(feature = "budget")]
pub use budget::{
    Budgets, Trackings, TrueReturns, budgets, flexible_budgets, line_spends, trackings, true_returns,
};
#[cfg(feature = "budget")]
pub use budget_allocation::{Allocations, allocations, wild_allocations};
#[cfg(feature = "budget")]
pub use budget_change::{BudgetCuts, Reallocations, budget_cuts, cut_lines, reallocations, release_tables};
#[cfg(feature = "channel")]
pub use channel::{
    ContentMatrices, action_tables, co_occurrences, concentrations, content_matrices, influencer_pyramids,
    lifetime_values, quadrants,
};
#[cfg(feature = "channel")]
pub use channel_scorecard::{ScorecardDrafts, scorecard_drafts, scorecards};
pub use decision::{DecisionTables, cell_tests, cell_values, decision_tables};
pub use decompose::{Changes, changes, contributions, elements, product_sales, segments};
#[cfg(feature = "experiment")]
pub use experiment::{experiment_sums, experiment_units, segmented_sums, unit_series};
#[cfg(feature = "experiment")]
pub use experiment_assignment::{assignments, layers};
#[cfg(feature = "experiment")]
pub use experiment_plan::{test_traffics, test_values};
pub use facts::{
    Mixes, counts, currencies, days, deadlines, decimals, durations, fiscal_calendars, mixes, money, periods,
    quantities, ratios, retail_calendars, shares, small_decimals, timestamps, units, week_masks,
    weight_numbers, weights, work_calendars,
};
pub use figure::{figures, intervals};
#[cfg(feature = "funnel")]
pub use funnel::{
    FunnelRuleSets, Funnels, cohort_rules, event_patterns, event_properties, funnel_counts, funnel_rules,
    funnels, inactivity_rules, matchings, window_funnel_modes,
};
#[cfg(feature = "funnel")]
pub use funnel_events::{FunnelEvents, funnel_events};
#[cfg(feature = "funnel")]
pub use funnel_states::{
    activity_counts, breakdowns, cohort_matrices, conversion_times, funnel_scenarios, retained,
    step_durations,
};
#[cfg(feature = "goal")]
pub use goal::{
    Cascades, GoalStatements, cascade_progress, cascades, goal_statements, growths, ratio_histories,
};
#[cfg(feature = "health")]
pub use health::{HealthMatrices, aggregations, health_matrices, normalisers};
pub use json::any_json;
#[cfg(feature = "kpi")]
pub use kpi::{Trees, formulas, overlays, trees};
#[cfg(feature = "optimise")]
pub use optimise::{Optimisations, optimisations};
#[cfg(feature = "pdca")]
pub use pdca::{CyclePlans, cycle_plans, seeds, stage_tables};
#[cfg(feature = "pdca")]
pub use pdca_journals::{Intent, Journals, intents, journals};
#[cfg(feature = "plan")]
pub use plan::{Networks, WorkPlans, baselines, networks, task_changes, work_plans};
pub use progress::{earned_values, pacings, planned_value_curves, profiles};
pub use ranking::{DecisionMatrices, Judgements, decision_matrices, judgements};
pub use response::{Curves, adstocks, carry_overs, curves, kernels, observations, spend_series};
#[cfg(feature = "review")]
pub use review::{Findings, a3_reports, findings};
#[cfg(feature = "risk")]
pub use risk::{RiskRegisters, risk_matrices, risk_registers, three_points};
pub use sequential::{always_valid_tests, group_sequential_tests, sample_ratios};
pub use split::{BoundedSplits, NestedSplits, bounded_splits, money_splits, nested_splits, totals};
pub use stats::{floats, moments, paired_moments, samples, success_counts, two_means, two_proportions};
pub use target::{Targets, achievements, actual_values, attainments, bands, targets};
pub use texts::{odd_units, texts};

/// Makes a value of options the strategy that its method `cases` describes.
macro_rules! strategy {
    ($options:ty => $value:ty) => {
        impl proptest::strategy::Strategy for $options {
            type Tree = alloc::boxed::Box<dyn proptest::strategy::ValueTree<Value = $value>>;
            type Value = $value;

            fn new_tree(
                &self,
                runner: &mut proptest::test_runner::TestRunner,
            ) -> proptest::strategy::NewTree<Self> {
                proptest::strategy::Strategy::boxed(self.cases()).new_tree(runner)
            }
        }
    };
}
use strategy;
