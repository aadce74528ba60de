//! Laws of the crate's models as functions (feature `proptest`): each takes a result, or the function that makes it, so
//! that your own model, curve or table can be held against it, and a wrong one is caught.
//!
//! A law answers `Ok(())`, or [`Broken`] with the values that break it. In a test of `proptest` it stands with `?`:
//!
//! ```
//! use marketloop::laws;
//! use marketloop::quantity::Money;
//! use marketloop::strategies::{mixes, money};
//! use proptest::prelude::*;
//!
//! proptest!(|(year in money(), mix in mixes())| {
//!     laws::splits_add_up(&year, year.split(&mix).unwrap().iter().map(|(_, part)| part))?;
//! });
//!
//! // A split that drops a cent is caught, and the message says by how much.
//! let cents = |minor| Money::from_minor(minor, marketloop::quantity::Currency::CNY).unwrap();
//! let broken = laws::splits_add_up(&cents(100), &[cents(33), cents(33), cents(33)]).unwrap_err();
//! assert_eq!(broken.to_string(), "splits_add_up: the parts [0.33 CNY, 0.33 CNY, 0.33 CNY] add up to 0.99 CNY, not to 1.00 CNY");
//! ```

#[cfg(feature = "agile")]
mod agile;
#[cfg(feature = "alert")]
mod alert;
mod arms;
#[cfg(feature = "attribution")]
mod attribution;
#[cfg(feature = "budget")]
mod budget;
#[cfg(feature = "channel")]
mod channel;
mod corrections;
mod decision;
mod decompose;
#[cfg(feature = "experiment")]
mod experiment;
#[cfg(feature = "experiment")]
mod experiment_causal;
#[cfg(feature = "funnel")]
mod funnel;
#[cfg(feature = "goal")]
mod goal;
#[cfg(feature = "health")]
mod health;
#[cfg(feature = "kpi")]
mod kpi;
#[cfg(feature = "kpi")]
mod kpi_panel;
#[cfg(feature = "optimise")]
mod optimise;
#[cfg(feature = "pdca")]
mod pdca;
#[cfg(feature = "plan")]
mod plan;
mod progress;
mod ranking;
mod refusal;
mod response;
#[cfg(feature = "review")]
mod review;
#[cfg(feature = "risk")]
mod risk;
mod sequential;
mod split;
mod stats;
mod target;
mod wire;

#[cfg(feature = "agile")]
pub use agile::{
    littles_law_holds, no_column_is_above_its_limit, open_work_is_carried_over, spend_stays_within_its_cap,
    sprints_leave_no_day_out,
};
#[cfg(feature = "alert")]
pub use alert::{alert_changes_follow_one_another, alert_clears_after_recovery, alert_fires_after_its_hold};
pub use arms::{one_arm_is_the_best, shares_keep_their_floor, visits_follow_their_shares};
#[cfg(feature = "attribution")]
pub use attribution::{
    credits_conserve, credits_ignore_order, credits_of_parts_add_up, journeys_ignore_order,
    later_touches_get_no_less, no_event_is_lost, null_channels_get_nothing, parts_of_a_game_add_up,
    reversed_paths_swap_first_and_last, untouched_channels_get_nothing,
};
#[cfg(feature = "budget")]
pub use budget::{
    allocation_adds_up, allocation_keeps_its_bounds, amount_is_explained, cuts_add_up, cuts_keep_floors,
    release_follows_its_rule, reserve_is_its_uplift, review_conserves_money, tracking_closes,
    variances_add_up,
};
#[cfg(feature = "channel")]
pub use channel::{
    concentration_is_between_even_and_single, lifetime_value_is_its_sum, metrics_fit_their_figures,
    told_figures_are_true, total_is_of_the_sums, total_lies_between_its_parts,
};
pub use corrections::{
    corrected_p_values_keep_their_order, intervals_agree_with_p_values, power_grows_to_what_was_planned,
};
pub use decision::{
    gaps_and_overlaps_are_what_points_say, matches_are_those_of_the_cells,
    nearest_miss_has_the_fewest_failing_cells,
};
pub use decompose::{
    an_unchanged_factor_contributes_nothing, effects_explain_each_product, explanation_closes,
    explanatory_powers_add_up, factors_explain_their_product, one_segment_has_no_mix, order_does_not_matter,
    swapping_the_times_negates,
};
#[cfg(feature = "experiment")]
pub use experiment::{
    a_duration_is_the_first_that_suffices, arms_are_independent, assigned_units_stay, shares_are_met,
    tests_exclude_each_other, the_best_test_is_not_beaten, units_grow_below_visits,
};
#[cfg(feature = "experiment")]
pub use experiment_causal::{
    effect_ignores_levels_and_shared_movement, no_exchange_of_weight_fits_better,
    swapped_arms_negate_the_effect,
};
#[cfg(feature = "funnel")]
pub use funnel::{
    chains_keep_the_rules, counts_never_rise, every_user_counts_once, levels_are_the_deepest,
    needed_is_the_least, rates_multiply, retention_never_rises, shards_merge_to_the_whole,
    ties_change_no_level,
};
#[cfg(feature = "goal")]
pub use goal::{
    cascade_adds_up, path_reaches_its_goal, ratios_reach_their_target, running_sums_follow_the_parts,
};
#[cfg(feature = "health")]
pub use health::{
    contributions_make_the_score, hysteresis_holds_near_an_edge, mean_is_monotone,
    score_lies_within_its_parts, weight_counts_as_so_many_parts,
};
#[cfg(feature = "kpi")]
pub use kpi::{floats_agree_with_decimals, rolls_up_in_steps, update_is_evaluate};
#[cfg(feature = "kpi")]
pub use kpi_panel::{
    one_period_is_the_tree_alone, panel_floats_agree_with_decimals, panel_ignores_order,
    subtrees_keep_their_values,
};
#[cfg(feature = "optimise")]
pub use optimise::{amounts_keep_the_bounds, bound_is_not_beaten, optimum_keeps_its_bounds};
#[cfg(feature = "pdca")]
pub use pdca::{log_replays_to_its_cycle, money_is_conserved, records_never_run_back};
#[cfg(feature = "plan")]
pub use plan::{
    critical_path_is_as_long_as_the_project, dates_follow_the_workdays, free_float_is_within_total_float,
    free_float_moves_no_other_task, relations_hold, reminder_is_so_many_workdays_ahead,
    starts_are_the_earliest, total_float_is_the_longest_slip,
};
pub use progress::{
    cost_goes_on_as_so_far, earned_schedule_inverts_the_curve, estimate_closes,
    front_load_is_a_straight_line, periods_add_up, spent_and_left_are_the_total, variances_close,
};
pub use ranking::{
    better_in_every_criterion_scores_no_less, consistency_index_is_the_excess_per_other_item,
    consistent_judgements_give_their_proportions, weights_add_up_to_one,
    weights_are_the_principal_eigenvector,
};
pub use refusal::{a_refusal_changes_nothing, a_repeat_changes_nothing};
pub use response::{
    carry_over_conserves_spend, carry_over_is_linear, carry_over_is_time_invariant, curve_keeps_its_contract,
    marginal_is_the_slope,
};
#[cfg(feature = "review")]
pub use review::{explained_and_unexplained_make_the_gap, priorities_fall};
#[cfg(feature = "risk")]
pub use risk::{
    expected_loss_is_the_sum_of_its_risks, levels_take_in_their_ends, mean_of_three_points_moves_with_them,
    ratings_do_not_turn_round,
};
pub use sequential::{
    always_valid_p_never_rises, expected_counts_follow_the_plan, looks_spend_what_they_may,
};
pub use split::{
    nested_parts_add_up, parts_add_up, parts_are_in_proportion, parts_grow_with_the_total,
    parts_stay_within_bounds, parts_stay_within_quota, refunds_mirror_charges, splits_add_up,
    ties_go_to_the_first,
};
pub use stats::{
    interval_contains_its_rate, interval_grows_with_its_level, interval_of_the_failures_is_the_mirror_image,
    moments_are_those_of_the_sample, swapped_samples_negate_the_difference,
};
pub use target::{
    a_class_is_its_own_successor, better_attains_more, classes_rise, edge_belongs_to_its_side,
    hysteresis_never_adds_switches, met_exactly_at_one,
};
pub use wire::{
    merge_is_associative, merge_is_commutative, reads_back_what_it_writes, reads_its_own_text, refuses,
    refuses_form,
};

use alloc::string::{String, ToString};
use core::fmt::Display;
use serde::Serialize;

/// A law that does not hold, and the values that show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{law}: {values}")]
pub struct Broken {
    law: &'static str,
    values: String,
}

impl Broken {
    /// Says that `law` is broken by these values; for laws of your own.
    ///
    /// # Examples
    /// ```
    /// use marketloop::laws::Broken;
    ///
    /// assert_eq!(Broken::new("grows", "3 follows 4").to_string(), "grows: 3 follows 4");
    /// ```
    #[must_use]
    pub fn new(law: &'static str, values: impl Display) -> Self {
        Self { law, values: values.to_string() }
    }

    /// The name of the law: `splits_add_up`.
    #[must_use]
    pub fn law(&self) -> &'static str {
        self.law
    }

    /// What breaks it, in words.
    #[must_use]
    pub fn values(&self) -> &str {
        &self.values
    }
}

/// Answers `Ok` where `holds`, else [`Broken`] with a text that is written only then.
fn hold(law: &'static str, holds: bool, values: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken { law, values: values() }) }
}
