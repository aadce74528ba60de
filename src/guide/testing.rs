//! Testing what you build on this crate: an attribution model, a response curve and a budget service of your own, held
//! against [`laws`](crate::laws) on cases of [`strategies`](crate::strategies).
//!
//! Switch the feature on for your tests alone:
//!
//! ```toml
//! [dependencies]
//! marketloop = "0.1"
//!
//! [dev-dependencies]
//! marketloop = { version = "0.1", features = ["proptest"] }
//! proptest = { version = "1.9", default-features = false, features = ["std"] }
//! ```
//!
//! # A model of attribution
//!
//! The house's rule: a conversion goes to the channel with the most touches; several with as many share it.
//! [`credits_conserve`](crate::laws::credits_conserve) asks that nothing of a conversion is lost or made, over path tables
//! with repeated touches, channels that no path has, and tables without a row:
//!
//! ```
//! use marketloop::attribution::{AttributionError, Credits, Model, PathTable};
//! use marketloop::laws;
//! use marketloop::strategies::path_tables;
//! use proptest::prelude::*;
//!
//! /// Who wins a conversion, given the touches of each channel.
//! struct MostTouches(fn(&[u32]) -> Vec<usize>);
//!
//! impl Model for MostTouches {
//!     fn credit(&self, paths: &PathTable) -> Result<Credits, AttributionError> {
//!         let mut conversions = vec![0.0; paths.channels().len()];
//!         let mut values = conversions.clone();
//!         for row in paths.rows() {
//!             let mut touches = vec![0_u32; conversions.len()];
//!             row.path.iter().for_each(|channel| touches[channel.index()] += 1);
//!             let winners = (self.0)(&touches);
//!             for winner in &winners {
//!                 conversions[*winner] += row.outcome.conversions as f64 / winners.len() as f64;
//!                 values[*winner] += row.outcome.value as f64 / winners.len() as f64;
//!             }
//!         }
//!         Credits::new(paths, conversions, values)
//!     }
//! }
//!
//! fn most(touches: &[u32]) -> Vec<usize> {
//!     let most = touches.iter().max().copied().unwrap_or(0);
//!     (0..touches.len()).filter(|channel| touches[*channel] == most).collect()
//! }
//! proptest!(|(paths in path_tables())| {
//!     laws::credits_conserve(&MostTouches(most), &paths)?;
//! });
//!
//! // A first try: whoever has more than half of the touches. Where nobody has, the conversion is lost.
//! fn more_than_half(touches: &[u32]) -> Vec<usize> {
//!     let all: u32 = touches.iter().sum();
//!     (0..touches.len()).filter(|channel| 2 * touches[*channel] > all).collect()
//! }
//! let mut runner = proptest::test_runner::TestRunner::deterministic();
//! let broken = runner.run(&path_tables(), |paths| {
//!     Ok(laws::credits_conserve(&MostTouches(more_than_half), &paths)?)
//! });
//! assert!(broken.unwrap_err().to_string().contains("credits_conserve"));
//! ```
//!
//! # A response curve
//!
//! The optimiser proves its results from the curves' own answers, so a curve of your own has to keep the contract of
//! [`ResponseCurve`](crate::response::ResponseCurve). Two laws look at a curve alone, one at what the optimiser makes of it
//! beside the crate's own curves:
//!
//! ```
//! use marketloop::laws;
//! use marketloop::optimise::{Aim, Optimisation};
//! use marketloop::quantity::{Currency, Money};
//! use marketloop::response::ResponseCurve;
//! use marketloop::strategies::curves;
//! use proptest::prelude::*;
//!
//! /// Of so many people, those whom a spend reaches at least once, where a contact costs one.
//! struct Reach {
//!     people: f64,
//! }
//!
//! impl ResponseCurve for Reach {
//!     fn value(&self, spend: f64) -> f64 {
//!         self.people * -(-spend / self.people).exp_m1()
//!     }
//!     fn marginal(&self, spend: f64) -> f64 {
//!         (-spend / self.people).exp()
//!     }
//!     fn inflection(&self) -> f64 {
//!         0.0
//!     }
//! }
//!
//! proptest!(ProptestConfig::with_cases(64), |(people in 1e3..1e6_f64, share in 0.01..3.0_f64)| {
//!     let reach = Reach { people };
//!     laws::curve_keeps_its_contract(&reach, (0..=20).map(|step| f64::from(step) * people / 5.0))?;
//!     laws::marginal_is_the_slope(&reach, people * share)?;
//! });
//!
//! // Beside curves that bend where it does, so that they compete for the money.
//! proptest!(ProptestConfig::with_cases(64), |(other in curves().around(5_000.0), yuan in 1..50_000_i64)| {
//!     let budget = Money::new(yuan.into(), Currency::CNY).unwrap();
//!     let question = Optimisation::<Box<dyn ResponseCurve>>::draft(Aim::Response { budget })
//!         .line("radio", Box::new(Reach { people: 8_000.0 }) as Box<dyn ResponseCurve>, ..)
//!         .line("search", Box::new(other) as Box<dyn ResponseCurve>, ..);
//!     let best = question.solve().unwrap();
//!     laws::optimum_keeps_its_bounds(&question, &best)?;
//!     // What everything on the radio would bring is no better.
//!     laws::bound_is_not_beaten(&question, &best, [budget, Money::zero(Currency::CNY)])?;
//! });
//! ```
//!
//! # A budget service
//!
//! JSON goes in, lines or a list of problems come out. That the lines add up is a law of the answer;
//! that a faulty request is refused, where the fault is and with the code of its kind, is a law of the refusal:
//!
//! ```
//! use marketloop::Error;
//! use marketloop::budget::{Allocation, AllocationDraft};
//! use marketloop::laws;
//! use marketloop::strategies::allocations;
//! use proptest::prelude::*;
//!
//! fn allocate(request: &str) -> Result<Allocation, Error> {
//!     let draft: AllocationDraft = serde_json::from_str(request).expect("the form of a draft");
//!     Ok(draft.check()?)
//! }
//!
//! proptest!(|(draft in allocations())| {
//!     let answer = allocate(&serde_json::to_string(&draft).unwrap()).unwrap();
//!     laws::allocation_adds_up(&answer, |line| line.amount())?;
//!     laws::reads_back_what_it_writes(&draft)?;
//! });
//! proptest!(|(request in allocations().almost_valid())| {
//!     laws::refuses(&request, allocate(request.json()))?;
//! });
//! // Rules that cannot hold together are no fault of form: some of these drafts are refused as a conflict, no other way.
//! proptest!(|(draft in allocations().with_infeasible())| {
//!     match allocate(&serde_json::to_string(&draft).unwrap()) {
//!         Ok(answer) => laws::allocation_keeps_its_bounds(&answer, |line| line.amount())?,
//!         Err(refusal) => prop_assert_eq!(refusal.code(), "conflict"),
//!     }
//! });
//! ```
//!
//! # Which law for what
//!
//! What a law takes is named by its signature; where it takes a function, hand in yours.
//!
//! | law | drawn from | module |
//! | --- | --- | --- |
//! | [`a_refusal_changes_nothing`](crate::laws::a_refusal_changes_nothing) | [`almost_valid`](crate::strategies::almost_valid), [`any_json`](crate::strategies::any_json), [`odd_units`](crate::strategies::odd_units), [`texts`](crate::strategies::texts) | any |
//! | [`a_repeat_changes_nothing`](crate::laws::a_repeat_changes_nothing) | [`almost_valid`](crate::strategies::almost_valid), [`any_json`](crate::strategies::any_json), [`odd_units`](crate::strategies::odd_units), [`texts`](crate::strategies::texts) | any |
//! | [`reads_back_what_it_writes`](crate::laws::reads_back_what_it_writes) | [`targets`](crate::strategies::targets) | any |
//! | [`reads_its_own_text`](crate::laws::reads_its_own_text) | [`deadlines`](crate::strategies::deadlines) | any |
//! | [`merge_is_associative`](crate::laws::merge_is_associative) | [`activity_counts`](crate::strategies::activity_counts), [`breakdowns`](crate::strategies::breakdowns), [`channel_costs`](crate::strategies::channel_costs), [`co_occurrences`](crate::strategies::co_occurrences), [`cohort_matrices`](crate::strategies::cohort_matrices), [`conversion_times`](crate::strategies::conversion_times), [`experiment_sums`](crate::strategies::experiment_sums), [`funnel_counts`](crate::strategies::funnel_counts), [`journeys`](crate::strategies::journeys), [`moments`](crate::strategies::moments), [`overlays`](crate::strategies::overlays), [`paired_moments`](crate::strategies::paired_moments), [`path_tables`](crate::strategies::path_tables), [`retained`](crate::strategies::retained), [`segmented_sums`](crate::strategies::segmented_sums), [`step_durations`](crate::strategies::step_durations) | any |
//! | [`merge_is_commutative`](crate::laws::merge_is_commutative) | [`activity_counts`](crate::strategies::activity_counts), [`breakdowns`](crate::strategies::breakdowns), [`channel_costs`](crate::strategies::channel_costs), [`co_occurrences`](crate::strategies::co_occurrences), [`cohort_matrices`](crate::strategies::cohort_matrices), [`conversion_times`](crate::strategies::conversion_times), [`experiment_sums`](crate::strategies::experiment_sums), [`funnel_counts`](crate::strategies::funnel_counts), [`journeys`](crate::strategies::journeys), [`moments`](crate::strategies::moments), [`overlays`](crate::strategies::overlays), [`paired_moments`](crate::strategies::paired_moments), [`path_tables`](crate::strategies::path_tables), [`retained`](crate::strategies::retained), [`segmented_sums`](crate::strategies::segmented_sums), [`step_durations`](crate::strategies::step_durations) | any |
//! | [`refuses`](crate::laws::refuses) | [`almost_valid`](crate::strategies::almost_valid), [`shares`](crate::strategies::shares) | any |
//! | [`refuses_form`](crate::laws::refuses_form) | [`almost_valid`](crate::strategies::almost_valid), [`money`](crate::strategies::money) | any |
//! | [`sprints_leave_no_day_out`](crate::laws::sprints_leave_no_day_out) | [`sprints`](crate::strategies::sprints) | [`agile`](crate::agile) |
//! | [`open_work_is_carried_over`](crate::laws::open_work_is_carried_over) | [`sprint_plans`](crate::strategies::sprint_plans) | [`agile`](crate::agile) |
//! | [`no_column_is_above_its_limit`](crate::laws::no_column_is_above_its_limit) | [`boards`](crate::strategies::boards), [`experiment_entries`](crate::strategies::experiment_entries), [`experiment_logs`](crate::strategies::experiment_logs), [`sprint_plans`](crate::strategies::sprint_plans), [`sprints`](crate::strategies::sprints) | [`agile`](crate::agile) |
//! | [`spend_stays_within_its_cap`](crate::laws::spend_stays_within_its_cap) | [`experiment_logs`](crate::strategies::experiment_logs) | [`agile`](crate::agile) |
//! | [`littles_law_holds`](crate::laws::littles_law_holds) | [`boards`](crate::strategies::boards), [`experiment_entries`](crate::strategies::experiment_entries), [`experiment_logs`](crate::strategies::experiment_logs), [`sprint_plans`](crate::strategies::sprint_plans), [`sprints`](crate::strategies::sprints) | [`agile`](crate::agile) |
//! | [`alert_fires_after_its_hold`](crate::laws::alert_fires_after_its_hold) | [`alert_series`](crate::strategies::alert_series) | [`alert`](crate::alert) |
//! | [`alert_clears_after_recovery`](crate::laws::alert_clears_after_recovery) | [`alert_rules`](crate::strategies::alert_rules), [`alert_series`](crate::strategies::alert_series), [`response_plans`](crate::strategies::response_plans) | [`alert`](crate::alert) |
//! | [`alert_changes_follow_one_another`](crate::laws::alert_changes_follow_one_another) | [`alert_rules`](crate::strategies::alert_rules), [`alert_series`](crate::strategies::alert_series), [`response_plans`](crate::strategies::response_plans) | [`alert`](crate::alert) |
//! | [`credits_conserve`](crate::laws::credits_conserve) | [`attribution_models`](crate::strategies::attribution_models), [`path_tables`](crate::strategies::path_tables) | [`attribution`](crate::attribution) |
//! | [`credits_ignore_order`](crate::laws::credits_ignore_order) | [`attribution_models`](crate::strategies::attribution_models), [`path_tables`](crate::strategies::path_tables) | [`attribution`](crate::attribution) |
//! | [`untouched_channels_get_nothing`](crate::laws::untouched_channels_get_nothing) | [`path_tables`](crate::strategies::path_tables) | [`attribution`](crate::attribution) |
//! | [`null_channels_get_nothing`](crate::laws::null_channels_get_nothing) | [`path_tables`](crate::strategies::path_tables) | [`attribution`](crate::attribution) |
//! | [`credits_of_parts_add_up`](crate::laws::credits_of_parts_add_up) | [`path_tables`](crate::strategies::path_tables) | [`attribution`](crate::attribution) |
//! | [`reversed_paths_swap_first_and_last`](crate::laws::reversed_paths_swap_first_and_last) | [`path_tables`](crate::strategies::path_tables) | [`attribution`](crate::attribution) |
//! | [`later_touches_get_no_less`](crate::laws::later_touches_get_no_less) | [`path_tables`](crate::strategies::path_tables) | [`attribution`](crate::attribution) |
//! | [`parts_of_a_game_add_up`](crate::laws::parts_of_a_game_add_up) | [`attribution_models`](crate::strategies::attribution_models), [`channel_costs`](crate::strategies::channel_costs), [`channel_names`](crate::strategies::channel_names), [`journey_events`](crate::strategies::journey_events), [`journey_rules`](crate::strategies::journey_rules), [`path_tables`](crate::strategies::path_tables) | [`attribution`](crate::attribution) |
//! | [`no_event_is_lost`](crate::laws::no_event_is_lost) | [`journey_events`](crate::strategies::journey_events) | [`attribution`](crate::attribution) |
//! | [`journeys_ignore_order`](crate::laws::journeys_ignore_order) | [`journey_events`](crate::strategies::journey_events) | [`attribution`](crate::attribution) |
//! | [`allocation_adds_up`](crate::laws::allocation_adds_up) | [`allocations`](crate::strategies::allocations) | [`budget`](crate::budget) |
//! | [`allocation_keeps_its_bounds`](crate::laws::allocation_keeps_its_bounds) | [`allocations`](crate::strategies::allocations) | [`budget`](crate::budget) |
//! | [`amount_is_explained`](crate::laws::amount_is_explained) | [`allocations`](crate::strategies::allocations) | [`budget`](crate::budget) |
//! | [`reserve_is_its_uplift`](crate::laws::reserve_is_its_uplift) | [`allocations`](crate::strategies::allocations), [`budget_cuts`](crate::strategies::budget_cuts), [`budgets`](crate::strategies::budgets), [`cut_lines`](crate::strategies::cut_lines), [`flexible_budgets`](crate::strategies::flexible_budgets), [`line_spends`](crate::strategies::line_spends), [`reallocations`](crate::strategies::reallocations), [`release_tables`](crate::strategies::release_tables), [`trackings`](crate::strategies::trackings), [`true_returns`](crate::strategies::true_returns), [`wild_allocations`](crate::strategies::wild_allocations) | [`budget`](crate::budget) |
//! | [`tracking_closes`](crate::laws::tracking_closes) | [`trackings`](crate::strategies::trackings) | [`budget`](crate::budget) |
//! | [`release_follows_its_rule`](crate::laws::release_follows_its_rule) | [`allocations`](crate::strategies::allocations), [`budget_cuts`](crate::strategies::budget_cuts), [`budgets`](crate::strategies::budgets), [`cut_lines`](crate::strategies::cut_lines), [`flexible_budgets`](crate::strategies::flexible_budgets), [`line_spends`](crate::strategies::line_spends), [`reallocations`](crate::strategies::reallocations), [`release_tables`](crate::strategies::release_tables), [`trackings`](crate::strategies::trackings), [`true_returns`](crate::strategies::true_returns), [`wild_allocations`](crate::strategies::wild_allocations) | [`budget`](crate::budget) |
//! | [`review_conserves_money`](crate::laws::review_conserves_money) | [`reallocations`](crate::strategies::reallocations) | [`budget`](crate::budget) |
//! | [`cuts_add_up`](crate::laws::cuts_add_up) | [`allocations`](crate::strategies::allocations), [`budget_cuts`](crate::strategies::budget_cuts), [`budgets`](crate::strategies::budgets), [`cut_lines`](crate::strategies::cut_lines), [`flexible_budgets`](crate::strategies::flexible_budgets), [`line_spends`](crate::strategies::line_spends), [`reallocations`](crate::strategies::reallocations), [`release_tables`](crate::strategies::release_tables), [`trackings`](crate::strategies::trackings), [`true_returns`](crate::strategies::true_returns), [`wild_allocations`](crate::strategies::wild_allocations) | [`budget`](crate::budget) |
//! | [`cuts_keep_floors`](crate::laws::cuts_keep_floors) | [`allocations`](crate::strategies::allocations), [`budget_cuts`](crate::strategies::budget_cuts), [`budgets`](crate::strategies::budgets), [`cut_lines`](crate::strategies::cut_lines), [`flexible_budgets`](crate::strategies::flexible_budgets), [`line_spends`](crate::strategies::line_spends), [`reallocations`](crate::strategies::reallocations), [`release_tables`](crate::strategies::release_tables), [`trackings`](crate::strategies::trackings), [`true_returns`](crate::strategies::true_returns), [`wild_allocations`](crate::strategies::wild_allocations) | [`budget`](crate::budget) |
//! | [`variances_add_up`](crate::laws::variances_add_up) | [`line_spends`](crate::strategies::line_spends) | [`budget`](crate::budget) |
//! | [`metrics_fit_their_figures`](crate::laws::metrics_fit_their_figures) | [`scorecards`](crate::strategies::scorecards) | [`channel`](crate::channel) |
//! | [`told_figures_are_true`](crate::laws::told_figures_are_true) | [`scorecard_drafts`](crate::strategies::scorecard_drafts) | [`channel`](crate::channel) |
//! | [`total_lies_between_its_parts`](crate::laws::total_lies_between_its_parts) | [`scorecards`](crate::strategies::scorecards) | [`channel`](crate::channel) |
//! | [`total_is_of_the_sums`](crate::laws::total_is_of_the_sums) | [`scorecards`](crate::strategies::scorecards) | [`channel`](crate::channel) |
//! | [`concentration_is_between_even_and_single`](crate::laws::concentration_is_between_even_and_single) | [`action_tables`](crate::strategies::action_tables), [`co_occurrences`](crate::strategies::co_occurrences), [`concentrations`](crate::strategies::concentrations), [`content_matrices`](crate::strategies::content_matrices), [`influencer_pyramids`](crate::strategies::influencer_pyramids), [`lifetime_values`](crate::strategies::lifetime_values), [`quadrants`](crate::strategies::quadrants), [`scorecard_drafts`](crate::strategies::scorecard_drafts), [`scorecards`](crate::strategies::scorecards) | [`channel`](crate::channel) |
//! | [`lifetime_value_is_its_sum`](crate::laws::lifetime_value_is_its_sum) | [`action_tables`](crate::strategies::action_tables), [`co_occurrences`](crate::strategies::co_occurrences), [`concentrations`](crate::strategies::concentrations), [`content_matrices`](crate::strategies::content_matrices), [`influencer_pyramids`](crate::strategies::influencer_pyramids), [`lifetime_values`](crate::strategies::lifetime_values), [`quadrants`](crate::strategies::quadrants), [`scorecard_drafts`](crate::strategies::scorecard_drafts), [`scorecards`](crate::strategies::scorecards) | [`channel`](crate::channel) |
//! | [`matches_are_those_of_the_cells`](crate::laws::matches_are_those_of_the_cells) | [`decision_tables`](crate::strategies::decision_tables) | [`decision`](crate::decision) |
//! | [`gaps_and_overlaps_are_what_points_say`](crate::laws::gaps_and_overlaps_are_what_points_say) | [`decision_tables`](crate::strategies::decision_tables) | [`decision`](crate::decision) |
//! | [`nearest_miss_has_the_fewest_failing_cells`](crate::laws::nearest_miss_has_the_fewest_failing_cells) | [`decision_tables`](crate::strategies::decision_tables) | [`decision`](crate::decision) |
//! | [`explanation_closes`](crate::laws::explanation_closes) | [`changes`](crate::strategies::changes) | [`decompose`](crate::decompose) |
//! | [`swapping_the_times_negates`](crate::laws::swapping_the_times_negates) | [`changes`](crate::strategies::changes) | [`decompose`](crate::decompose) |
//! | [`factors_explain_their_product`](crate::laws::factors_explain_their_product) | [`changes`](crate::strategies::changes), [`contributions`](crate::strategies::contributions), [`elements`](crate::strategies::elements), [`product_sales`](crate::strategies::product_sales), [`segments`](crate::strategies::segments) | [`decompose`](crate::decompose) |
//! | [`an_unchanged_factor_contributes_nothing`](crate::laws::an_unchanged_factor_contributes_nothing) | [`changes`](crate::strategies::changes), [`contributions`](crate::strategies::contributions), [`elements`](crate::strategies::elements), [`product_sales`](crate::strategies::product_sales), [`segments`](crate::strategies::segments) | [`decompose`](crate::decompose) |
//! | [`order_does_not_matter`](crate::laws::order_does_not_matter) | [`changes`](crate::strategies::changes), [`contributions`](crate::strategies::contributions), [`elements`](crate::strategies::elements), [`product_sales`](crate::strategies::product_sales), [`segments`](crate::strategies::segments) | [`decompose`](crate::decompose) |
//! | [`effects_explain_each_product`](crate::laws::effects_explain_each_product) | [`product_sales`](crate::strategies::product_sales) | [`decompose`](crate::decompose) |
//! | [`one_segment_has_no_mix`](crate::laws::one_segment_has_no_mix) | [`segments`](crate::strategies::segments) | [`decompose`](crate::decompose) |
//! | [`explanatory_powers_add_up`](crate::laws::explanatory_powers_add_up) | [`elements`](crate::strategies::elements) | [`decompose`](crate::decompose) |
//! | [`assigned_units_stay`](crate::laws::assigned_units_stay) | [`assignments`](crate::strategies::assignments), [`layers`](crate::strategies::layers) | [`experiment`](crate::experiment) |
//! | [`tests_exclude_each_other`](crate::laws::tests_exclude_each_other) | [`layers`](crate::strategies::layers) | [`experiment`](crate::experiment) |
//! | [`shares_are_met`](crate::laws::shares_are_met) | [`assignments`](crate::strategies::assignments) | [`experiment`](crate::experiment) |
//! | [`arms_are_independent`](crate::laws::arms_are_independent) | [`assignments`](crate::strategies::assignments) | [`experiment`](crate::experiment) |
//! | [`units_grow_below_visits`](crate::laws::units_grow_below_visits) | [`test_traffics`](crate::strategies::test_traffics) | [`experiment`](crate::experiment) |
//! | [`a_duration_is_the_first_that_suffices`](crate::laws::a_duration_is_the_first_that_suffices) | [`test_traffics`](crate::strategies::test_traffics) | [`experiment`](crate::experiment) |
//! | [`the_best_test_is_not_beaten`](crate::laws::the_best_test_is_not_beaten) | [`test_values`](crate::strategies::test_values) | [`experiment`](crate::experiment) |
//! | [`effect_ignores_levels_and_shared_movement`](crate::laws::effect_ignores_levels_and_shared_movement) | [`unit_series`](crate::strategies::unit_series) | [`experiment`](crate::experiment) |
//! | [`swapped_arms_negate_the_effect`](crate::laws::swapped_arms_negate_the_effect) | [`unit_series`](crate::strategies::unit_series) | [`experiment`](crate::experiment) |
//! | [`no_exchange_of_weight_fits_better`](crate::laws::no_exchange_of_weight_fits_better) | [`unit_series`](crate::strategies::unit_series) | [`experiment`](crate::experiment) |
//! | [`counts_never_rise`](crate::laws::counts_never_rise) | [`cohort_rules`](crate::strategies::cohort_rules), [`event_patterns`](crate::strategies::event_patterns), [`event_properties`](crate::strategies::event_properties), [`funnel_counts`](crate::strategies::funnel_counts), [`funnel_events`](crate::strategies::funnel_events), [`funnel_rules`](crate::strategies::funnel_rules), [`funnels`](crate::strategies::funnels), [`inactivity_rules`](crate::strategies::inactivity_rules), [`matchings`](crate::strategies::matchings), [`window_funnel_modes`](crate::strategies::window_funnel_modes) | [`funnel`](crate::funnel) |
//! | [`rates_multiply`](crate::laws::rates_multiply) | [`funnels`](crate::strategies::funnels) | [`funnel`](crate::funnel) |
//! | [`needed_is_the_least`](crate::laws::needed_is_the_least) | [`funnels`](crate::strategies::funnels) | [`funnel`](crate::funnel) |
//! | [`every_user_counts_once`](crate::laws::every_user_counts_once) | [`funnel_events`](crate::strategies::funnel_events), [`funnel_rules`](crate::strategies::funnel_rules) | [`funnel`](crate::funnel) |
//! | [`shards_merge_to_the_whole`](crate::laws::shards_merge_to_the_whole) | [`funnel_events`](crate::strategies::funnel_events), [`funnel_rules`](crate::strategies::funnel_rules) | [`funnel`](crate::funnel) |
//! | [`ties_change_no_level`](crate::laws::ties_change_no_level) | [`funnel_events`](crate::strategies::funnel_events), [`funnel_rules`](crate::strategies::funnel_rules) | [`funnel`](crate::funnel) |
//! | [`retention_never_rises`](crate::laws::retention_never_rises) | [`cohort_rules`](crate::strategies::cohort_rules), [`funnel_events`](crate::strategies::funnel_events) | [`funnel`](crate::funnel) |
//! | [`levels_are_the_deepest`](crate::laws::levels_are_the_deepest) | [`funnel_events`](crate::strategies::funnel_events), [`funnel_rules`](crate::strategies::funnel_rules) | [`funnel`](crate::funnel) |
//! | [`chains_keep_the_rules`](crate::laws::chains_keep_the_rules) | [`funnel_events`](crate::strategies::funnel_events), [`funnel_rules`](crate::strategies::funnel_rules) | [`funnel`](crate::funnel) |
//! | [`cascade_adds_up`](crate::laws::cascade_adds_up) | [`cascades`](crate::strategies::cascades) | [`goal`](crate::goal) |
//! | [`running_sums_follow_the_parts`](crate::laws::running_sums_follow_the_parts) | [`cascades`](crate::strategies::cascades) | [`goal`](crate::goal) |
//! | [`path_reaches_its_goal`](crate::laws::path_reaches_its_goal) | [`growths`](crate::strategies::growths) | [`goal`](crate::goal) |
//! | [`ratios_reach_their_target`](crate::laws::ratios_reach_their_target) | [`ratio_histories`](crate::strategies::ratio_histories) | [`goal`](crate::goal) |
//! | [`score_lies_within_its_parts`](crate::laws::score_lies_within_its_parts) | [`health_matrices`](crate::strategies::health_matrices) | [`health`](crate::health) |
//! | [`mean_is_monotone`](crate::laws::mean_is_monotone) | [`aggregations`](crate::strategies::aggregations), [`health_matrices`](crate::strategies::health_matrices), [`normalisers`](crate::strategies::normalisers) | [`health`](crate::health) |
//! | [`weight_counts_as_so_many_parts`](crate::laws::weight_counts_as_so_many_parts) | [`aggregations`](crate::strategies::aggregations), [`health_matrices`](crate::strategies::health_matrices), [`normalisers`](crate::strategies::normalisers) | [`health`](crate::health) |
//! | [`contributions_make_the_score`](crate::laws::contributions_make_the_score) | [`health_matrices`](crate::strategies::health_matrices) | [`health`](crate::health) |
//! | [`hysteresis_holds_near_an_edge`](crate::laws::hysteresis_holds_near_an_edge) | [`aggregations`](crate::strategies::aggregations), [`health_matrices`](crate::strategies::health_matrices), [`normalisers`](crate::strategies::normalisers) | [`health`](crate::health) |
//! | [`floats_agree_with_decimals`](crate::laws::floats_agree_with_decimals) | [`trees`](crate::strategies::trees) | [`kpi`](crate::kpi) |
//! | [`update_is_evaluate`](crate::laws::update_is_evaluate) | [`trees`](crate::strategies::trees) | [`kpi`](crate::kpi) |
//! | [`one_period_is_the_tree_alone`](crate::laws::one_period_is_the_tree_alone) | [`trees`](crate::strategies::trees) | [`kpi`](crate::kpi) |
//! | [`panel_ignores_order`](crate::laws::panel_ignores_order) | [`trees`](crate::strategies::trees) | [`kpi`](crate::kpi) |
//! | [`panel_floats_agree_with_decimals`](crate::laws::panel_floats_agree_with_decimals) | [`trees`](crate::strategies::trees) | [`kpi`](crate::kpi) |
//! | [`subtrees_keep_their_values`](crate::laws::subtrees_keep_their_values) | [`trees`](crate::strategies::trees) | [`kpi`](crate::kpi) |
//! | [`rolls_up_in_steps`](crate::laws::rolls_up_in_steps) | [`formulas`](crate::strategies::formulas), [`overlays`](crate::strategies::overlays), [`trees`](crate::strategies::trees) | [`kpi`](crate::kpi) |
//! | [`optimum_keeps_its_bounds`](crate::laws::optimum_keeps_its_bounds) | [`optimisations`](crate::strategies::optimisations) | [`optimise`](crate::optimise) |
//! | [`amounts_keep_the_bounds`](crate::laws::amounts_keep_the_bounds) | [`optimisations`](crate::strategies::optimisations) | [`optimise`](crate::optimise) |
//! | [`bound_is_not_beaten`](crate::laws::bound_is_not_beaten) | [`optimisations`](crate::strategies::optimisations) | [`optimise`](crate::optimise) |
//! | [`log_replays_to_its_cycle`](crate::laws::log_replays_to_its_cycle) | [`journals`](crate::strategies::journals) | [`pdca`](crate::pdca) |
//! | [`money_is_conserved`](crate::laws::money_is_conserved) | [`journals`](crate::strategies::journals) | [`pdca`](crate::pdca) |
//! | [`records_never_run_back`](crate::laws::records_never_run_back) | [`journals`](crate::strategies::journals) | [`pdca`](crate::pdca) |
//! | [`relations_hold`](crate::laws::relations_hold) | [`networks`](crate::strategies::networks) | [`plan`](crate::plan) |
//! | [`starts_are_the_earliest`](crate::laws::starts_are_the_earliest) | [`networks`](crate::strategies::networks), [`work_plans`](crate::strategies::work_plans) | [`plan`](crate::plan) |
//! | [`total_float_is_the_longest_slip`](crate::laws::total_float_is_the_longest_slip) | [`networks`](crate::strategies::networks) | [`plan`](crate::plan) |
//! | [`free_float_moves_no_other_task`](crate::laws::free_float_moves_no_other_task) | [`networks`](crate::strategies::networks) | [`plan`](crate::plan) |
//! | [`free_float_is_within_total_float`](crate::laws::free_float_is_within_total_float) | [`work_plans`](crate::strategies::work_plans) | [`plan`](crate::plan) |
//! | [`critical_path_is_as_long_as_the_project`](crate::laws::critical_path_is_as_long_as_the_project) | [`networks`](crate::strategies::networks) | [`plan`](crate::plan) |
//! | [`dates_follow_the_workdays`](crate::laws::dates_follow_the_workdays) | [`networks`](crate::strategies::networks), [`work_plans`](crate::strategies::work_plans) | [`plan`](crate::plan) |
//! | [`reminder_is_so_many_workdays_ahead`](crate::laws::reminder_is_so_many_workdays_ahead) | [`networks`](crate::strategies::networks), [`work_plans`](crate::strategies::work_plans) | [`plan`](crate::plan) |
//! | [`periods_add_up`](crate::laws::periods_add_up) | [`pacings`](crate::strategies::pacings) | [`progress`](crate::progress) |
//! | [`spent_and_left_are_the_total`](crate::laws::spent_and_left_are_the_total) | [`pacings`](crate::strategies::pacings) | [`progress`](crate::progress) |
//! | [`variances_close`](crate::laws::variances_close) | [`earned_values`](crate::strategies::earned_values) | [`progress`](crate::progress) |
//! | [`estimate_closes`](crate::laws::estimate_closes) | [`earned_values`](crate::strategies::earned_values) | [`progress`](crate::progress) |
//! | [`cost_goes_on_as_so_far`](crate::laws::cost_goes_on_as_so_far) | [`earned_values`](crate::strategies::earned_values) | [`progress`](crate::progress) |
//! | [`earned_schedule_inverts_the_curve`](crate::laws::earned_schedule_inverts_the_curve) | [`planned_value_curves`](crate::strategies::planned_value_curves) | [`progress`](crate::progress) |
//! | [`front_load_is_a_straight_line`](crate::laws::front_load_is_a_straight_line) | [`earned_values`](crate::strategies::earned_values), [`pacings`](crate::strategies::pacings), [`planned_value_curves`](crate::strategies::planned_value_curves), [`profiles`](crate::strategies::profiles) | [`progress`](crate::progress) |
//! | [`weights_add_up_to_one`](crate::laws::weights_add_up_to_one) | [`judgements`](crate::strategies::judgements) | [`ranking`](crate::ranking) |
//! | [`consistent_judgements_give_their_proportions`](crate::laws::consistent_judgements_give_their_proportions) | [`judgements`](crate::strategies::judgements) | [`ranking`](crate::ranking) |
//! | [`weights_are_the_principal_eigenvector`](crate::laws::weights_are_the_principal_eigenvector) | [`judgements`](crate::strategies::judgements) | [`ranking`](crate::ranking) |
//! | [`consistency_index_is_the_excess_per_other_item`](crate::laws::consistency_index_is_the_excess_per_other_item) | [`decision_matrices`](crate::strategies::decision_matrices), [`judgements`](crate::strategies::judgements) | [`ranking`](crate::ranking) |
//! | [`better_in_every_criterion_scores_no_less`](crate::laws::better_in_every_criterion_scores_no_less) | [`decision_matrices`](crate::strategies::decision_matrices) | [`ranking`](crate::ranking) |
//! | [`curve_keeps_its_contract`](crate::laws::curve_keeps_its_contract) | [`adstocks`](crate::strategies::adstocks), [`curves`](crate::strategies::curves), [`kernels`](crate::strategies::kernels), [`observations`](crate::strategies::observations), [`spend_series`](crate::strategies::spend_series) | [`response`](crate::response) |
//! | [`marginal_is_the_slope`](crate::laws::marginal_is_the_slope) | [`curves`](crate::strategies::curves) | [`response`](crate::response) |
//! | [`carry_over_is_time_invariant`](crate::laws::carry_over_is_time_invariant) | [`adstocks`](crate::strategies::adstocks), [`curves`](crate::strategies::curves), [`kernels`](crate::strategies::kernels), [`observations`](crate::strategies::observations), [`spend_series`](crate::strategies::spend_series) | [`response`](crate::response) |
//! | [`carry_over_is_linear`](crate::laws::carry_over_is_linear) | [`adstocks`](crate::strategies::adstocks), [`spend_series`](crate::strategies::spend_series) | [`response`](crate::response) |
//! | [`carry_over_conserves_spend`](crate::laws::carry_over_conserves_spend) | [`adstocks`](crate::strategies::adstocks), [`curves`](crate::strategies::curves), [`kernels`](crate::strategies::kernels), [`observations`](crate::strategies::observations), [`spend_series`](crate::strategies::spend_series) | [`response`](crate::response) |
//! | [`explained_and_unexplained_make_the_gap`](crate::laws::explained_and_unexplained_make_the_gap) | [`findings`](crate::strategies::findings) | [`review`](crate::review) |
//! | [`priorities_fall`](crate::laws::priorities_fall) | [`findings`](crate::strategies::findings) | [`review`](crate::review) |
//! | [`mean_of_three_points_moves_with_them`](crate::laws::mean_of_three_points_moves_with_them) | [`three_points`](crate::strategies::three_points) | [`risk`](crate::risk) |
//! | [`expected_loss_is_the_sum_of_its_risks`](crate::laws::expected_loss_is_the_sum_of_its_risks) | [`risk_registers`](crate::strategies::risk_registers) | [`risk`](crate::risk) |
//! | [`ratings_do_not_turn_round`](crate::laws::ratings_do_not_turn_round) | [`risk_matrices`](crate::strategies::risk_matrices), [`shares`](crate::strategies::shares) | [`risk`](crate::risk) |
//! | [`levels_take_in_their_ends`](crate::laws::levels_take_in_their_ends) | [`risk_matrices`](crate::strategies::risk_matrices) | [`risk`](crate::risk) |
//! | [`splits_add_up`](crate::laws::splits_add_up) | [`money`](crate::strategies::money), [`weights`](crate::strategies::weights) | [`split`](crate::split) |
//! | [`parts_add_up`](crate::laws::parts_add_up) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`parts_stay_within_quota`](crate::laws::parts_stay_within_quota) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`ties_go_to_the_first`](crate::laws::ties_go_to_the_first) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`parts_grow_with_the_total`](crate::laws::parts_grow_with_the_total) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`refunds_mirror_charges`](crate::laws::refunds_mirror_charges) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`parts_stay_within_bounds`](crate::laws::parts_stay_within_bounds) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`parts_are_in_proportion`](crate::laws::parts_are_in_proportion) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`nested_parts_add_up`](crate::laws::nested_parts_add_up) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`interval_contains_its_rate`](crate::laws::interval_contains_its_rate) | [`success_counts`](crate::strategies::success_counts) | [`stats`](crate::stats) |
//! | [`interval_of_the_failures_is_the_mirror_image`](crate::laws::interval_of_the_failures_is_the_mirror_image) | [`success_counts`](crate::strategies::success_counts) | [`stats`](crate::stats) |
//! | [`interval_grows_with_its_level`](crate::laws::interval_grows_with_its_level) | [`two_proportions`](crate::strategies::two_proportions) | [`stats`](crate::stats) |
//! | [`swapped_samples_negate_the_difference`](crate::laws::swapped_samples_negate_the_difference) | [`two_means`](crate::strategies::two_means) | [`stats`](crate::stats) |
//! | [`moments_are_those_of_the_sample`](crate::laws::moments_are_those_of_the_sample) | [`samples`](crate::strategies::samples) | [`stats`](crate::stats) |
//! | [`expected_counts_follow_the_plan`](crate::laws::expected_counts_follow_the_plan) | [`sample_ratios`](crate::strategies::sample_ratios) | [`stats`](crate::stats) |
//! | [`looks_spend_what_they_may`](crate::laws::looks_spend_what_they_may) | [`group_sequential_tests`](crate::strategies::group_sequential_tests) | [`stats`](crate::stats) |
//! | [`one_arm_is_the_best`](crate::laws::one_arm_is_the_best) | [`beta_arms`](crate::strategies::beta_arms) | [`stats`](crate::stats) |
//! | [`shares_keep_their_floor`](crate::laws::shares_keep_their_floor) | [`beta_arms`](crate::strategies::beta_arms) | [`stats`](crate::stats) |
//! | [`visits_follow_their_shares`](crate::laws::visits_follow_their_shares) | [`beta_arms`](crate::strategies::beta_arms) | [`stats`](crate::stats) |
//! | [`corrected_p_values_keep_their_order`](crate::laws::corrected_p_values_keep_their_order) | [`p_values`](crate::strategies::p_values) | [`stats`](crate::stats) |
//! | [`intervals_agree_with_p_values`](crate::laws::intervals_agree_with_p_values) | [`effect_estimates`](crate::strategies::effect_estimates) | [`stats`](crate::stats) |
//! | [`power_grows_to_what_was_planned`](crate::laws::power_grows_to_what_was_planned) | [`test_designs`](crate::strategies::test_designs) | [`stats`](crate::stats) |
//! | [`always_valid_p_never_rises`](crate::laws::always_valid_p_never_rises) | [`always_valid_tests`](crate::strategies::always_valid_tests) | [`stats`](crate::stats) |
//! | [`met_exactly_at_one`](crate::laws::met_exactly_at_one) | [`targets`](crate::strategies::targets) | [`target`](crate::target) |
//! | [`better_attains_more`](crate::laws::better_attains_more) | [`small_decimals`](crate::strategies::small_decimals), [`targets`](crate::strategies::targets) | [`target`](crate::target) |
//! | [`classes_rise`](crate::laws::classes_rise) | [`bands`](crate::strategies::bands), [`ratios`](crate::strategies::ratios) | [`target`](crate::target) |
//! | [`edge_belongs_to_its_side`](crate::laws::edge_belongs_to_its_side) | [`bands`](crate::strategies::bands) | [`target`](crate::target) |
//! | [`a_class_is_its_own_successor`](crate::laws::a_class_is_its_own_successor) | [`bands`](crate::strategies::bands), [`ratios`](crate::strategies::ratios) | [`target`](crate::target) |
//! | [`hysteresis_never_adds_switches`](crate::laws::hysteresis_never_adds_switches) | [`bands`](crate::strategies::bands), [`ratios`](crate::strategies::ratios) | [`target`](crate::target) |
//!
//! # All strategies
//!
//! There is a strategy for what is written down, merged or kept between two calls. Any other result comes from a question: draw
//! the question and ask the crate, as in `funnels().prop_map(|funnel| funnel.bottleneck(&rule))`.
//!
//! | module | strategies |
//! | --- | --- |
//! | any | [`almost_valid`](crate::strategies::almost_valid), [`any_json`](crate::strategies::any_json), [`odd_units`](crate::strategies::odd_units), [`texts`](crate::strategies::texts) |
//! | [`agile`](crate::agile) | [`boards`](crate::strategies::boards), [`experiment_entries`](crate::strategies::experiment_entries), [`experiment_logs`](crate::strategies::experiment_logs), [`sprint_plans`](crate::strategies::sprint_plans), [`sprints`](crate::strategies::sprints) |
//! | [`alert`](crate::alert) | [`alert_rules`](crate::strategies::alert_rules), [`alert_series`](crate::strategies::alert_series), [`alert_states`](crate::strategies::alert_states), [`alerts`](crate::strategies::alerts), [`response_plans`](crate::strategies::response_plans) |
//! | [`attribution`](crate::attribution) | [`attribution_models`](crate::strategies::attribution_models), [`channel_costs`](crate::strategies::channel_costs), [`channel_names`](crate::strategies::channel_names), [`journey_events`](crate::strategies::journey_events), [`journey_rules`](crate::strategies::journey_rules), [`journeys`](crate::strategies::journeys), [`path_tables`](crate::strategies::path_tables) |
//! | [`budget`](crate::budget) | [`allocations`](crate::strategies::allocations), [`budget_cuts`](crate::strategies::budget_cuts), [`budgets`](crate::strategies::budgets), [`cut_lines`](crate::strategies::cut_lines), [`flexible_budgets`](crate::strategies::flexible_budgets), [`line_spends`](crate::strategies::line_spends), [`reallocations`](crate::strategies::reallocations), [`release_tables`](crate::strategies::release_tables), [`trackings`](crate::strategies::trackings), [`true_returns`](crate::strategies::true_returns), [`wild_allocations`](crate::strategies::wild_allocations) |
//! | [`channel`](crate::channel) | [`action_tables`](crate::strategies::action_tables), [`co_occurrences`](crate::strategies::co_occurrences), [`concentrations`](crate::strategies::concentrations), [`content_matrices`](crate::strategies::content_matrices), [`influencer_pyramids`](crate::strategies::influencer_pyramids), [`lifetime_values`](crate::strategies::lifetime_values), [`quadrants`](crate::strategies::quadrants), [`scorecard_drafts`](crate::strategies::scorecard_drafts), [`scorecards`](crate::strategies::scorecards) |
//! | [`decision`](crate::decision) | [`cell_tests`](crate::strategies::cell_tests), [`cell_values`](crate::strategies::cell_values), [`decision_tables`](crate::strategies::decision_tables) |
//! | [`decompose`](crate::decompose) | [`changes`](crate::strategies::changes), [`contributions`](crate::strategies::contributions), [`elements`](crate::strategies::elements), [`product_sales`](crate::strategies::product_sales), [`segments`](crate::strategies::segments) |
//! | [`experiment`](crate::experiment) | [`assignments`](crate::strategies::assignments), [`experiment_sums`](crate::strategies::experiment_sums), [`experiment_units`](crate::strategies::experiment_units), [`layers`](crate::strategies::layers), [`segmented_sums`](crate::strategies::segmented_sums), [`test_traffics`](crate::strategies::test_traffics), [`test_values`](crate::strategies::test_values), [`unit_series`](crate::strategies::unit_series) |
//! | [`figure`](crate::figure) | [`figures`](crate::strategies::figures), [`intervals`](crate::strategies::intervals) |
//! | [`funnel`](crate::funnel) | [`activity_counts`](crate::strategies::activity_counts), [`breakdowns`](crate::strategies::breakdowns), [`cohort_matrices`](crate::strategies::cohort_matrices), [`cohort_rules`](crate::strategies::cohort_rules), [`conversion_times`](crate::strategies::conversion_times), [`event_patterns`](crate::strategies::event_patterns), [`event_properties`](crate::strategies::event_properties), [`funnel_counts`](crate::strategies::funnel_counts), [`funnel_events`](crate::strategies::funnel_events), [`funnel_rules`](crate::strategies::funnel_rules), [`funnel_scenarios`](crate::strategies::funnel_scenarios), [`funnels`](crate::strategies::funnels), [`inactivity_rules`](crate::strategies::inactivity_rules), [`matchings`](crate::strategies::matchings), [`retained`](crate::strategies::retained), [`step_durations`](crate::strategies::step_durations), [`window_funnel_modes`](crate::strategies::window_funnel_modes) |
//! | [`goal`](crate::goal) | [`cascade_progress`](crate::strategies::cascade_progress), [`cascades`](crate::strategies::cascades), [`goal_statements`](crate::strategies::goal_statements), [`growths`](crate::strategies::growths), [`ratio_histories`](crate::strategies::ratio_histories) |
//! | [`health`](crate::health) | [`aggregations`](crate::strategies::aggregations), [`health_matrices`](crate::strategies::health_matrices), [`normalisers`](crate::strategies::normalisers) |
//! | [`kpi`](crate::kpi) | [`formulas`](crate::strategies::formulas), [`overlays`](crate::strategies::overlays), [`trees`](crate::strategies::trees) |
//! | [`optimise`](crate::optimise) | [`optimisations`](crate::strategies::optimisations) |
//! | [`pdca`](crate::pdca) | [`cycle_plans`](crate::strategies::cycle_plans), [`intents`](crate::strategies::intents), [`journals`](crate::strategies::journals), [`seeds`](crate::strategies::seeds), [`stage_tables`](crate::strategies::stage_tables) |
//! | [`plan`](crate::plan) | [`baselines`](crate::strategies::baselines), [`networks`](crate::strategies::networks), [`task_changes`](crate::strategies::task_changes), [`work_plans`](crate::strategies::work_plans) |
//! | [`progress`](crate::progress) | [`earned_values`](crate::strategies::earned_values), [`pacings`](crate::strategies::pacings), [`planned_value_curves`](crate::strategies::planned_value_curves), [`profiles`](crate::strategies::profiles) |
//! | [`quantity`](crate::quantity), [`time`](crate::time) | [`counts`](crate::strategies::counts), [`currencies`](crate::strategies::currencies), [`days`](crate::strategies::days), [`deadlines`](crate::strategies::deadlines), [`decimals`](crate::strategies::decimals), [`durations`](crate::strategies::durations), [`fiscal_calendars`](crate::strategies::fiscal_calendars), [`mixes`](crate::strategies::mixes), [`money`](crate::strategies::money), [`periods`](crate::strategies::periods), [`quantities`](crate::strategies::quantities), [`ratios`](crate::strategies::ratios), [`retail_calendars`](crate::strategies::retail_calendars), [`shares`](crate::strategies::shares), [`small_decimals`](crate::strategies::small_decimals), [`timestamps`](crate::strategies::timestamps), [`units`](crate::strategies::units), [`week_masks`](crate::strategies::week_masks), [`weight_numbers`](crate::strategies::weight_numbers), [`weights`](crate::strategies::weights), [`work_calendars`](crate::strategies::work_calendars) |
//! | [`ranking`](crate::ranking) | [`decision_matrices`](crate::strategies::decision_matrices), [`judgements`](crate::strategies::judgements) |
//! | [`response`](crate::response) | [`adstocks`](crate::strategies::adstocks), [`carry_overs`](crate::strategies::carry_overs), [`curves`](crate::strategies::curves), [`kernels`](crate::strategies::kernels), [`observations`](crate::strategies::observations), [`spend_series`](crate::strategies::spend_series) |
//! | [`review`](crate::review) | [`a3_reports`](crate::strategies::a3_reports), [`findings`](crate::strategies::findings) |
//! | [`risk`](crate::risk) | [`risk_matrices`](crate::strategies::risk_matrices), [`risk_registers`](crate::strategies::risk_registers), [`three_points`](crate::strategies::three_points) |
//! | [`split`](crate::split) | [`bounded_splits`](crate::strategies::bounded_splits), [`money_splits`](crate::strategies::money_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) |
//! | [`stats`](crate::stats) | [`always_valid_tests`](crate::strategies::always_valid_tests), [`beta_arms`](crate::strategies::beta_arms), [`effect_estimates`](crate::strategies::effect_estimates), [`floats`](crate::strategies::floats), [`group_sequential_tests`](crate::strategies::group_sequential_tests), [`moments`](crate::strategies::moments), [`p_values`](crate::strategies::p_values), [`paired_moments`](crate::strategies::paired_moments), [`sample_ratios`](crate::strategies::sample_ratios), [`samples`](crate::strategies::samples), [`success_counts`](crate::strategies::success_counts), [`test_designs`](crate::strategies::test_designs), [`two_means`](crate::strategies::two_means), [`two_proportions`](crate::strategies::two_proportions) |
//! | [`target`](crate::target) | [`achievements`](crate::strategies::achievements), [`actual_values`](crate::strategies::actual_values), [`attainments`](crate::strategies::attainments), [`bands`](crate::strategies::bands), [`targets`](crate::strategies::targets) |
