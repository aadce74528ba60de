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
//!     let draft: AllocationDraft = serde_json::from_str(request).expect("a later chapter");
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
//! // Rules that cannot hold together are no fault of form: the answer says which.
//! proptest!(|(draft in allocations().with_infeasible())| {
//!     let refusal = allocate(&serde_json::to_string(&draft).unwrap()).unwrap_err();
//!     prop_assert_eq!(refusal.code(), "conflict");
//! });
//! ```
//!
//! # Which law for what
//!
//! What a law takes is named by its signature; where it takes a function, hand in yours.
//!
//! | law | drawn from | module |
//! | --- | --- | --- |
//! | [`a_refusal_changes_nothing`](crate::laws::a_refusal_changes_nothing) | [`almost_valid`](crate::strategies::almost_valid), [`texts`](crate::strategies::texts) | any |
//! | [`a_repeat_changes_nothing`](crate::laws::a_repeat_changes_nothing) | [`almost_valid`](crate::strategies::almost_valid), [`texts`](crate::strategies::texts) | any |
//! | [`reads_back_what_it_writes`](crate::laws::reads_back_what_it_writes) | [`targets`](crate::strategies::targets) | any |
//! | [`reads_its_own_text`](crate::laws::reads_its_own_text) | [`deadlines`](crate::strategies::deadlines) | any |
//! | [`merge_is_associative`](crate::laws::merge_is_associative) | [`almost_valid`](crate::strategies::almost_valid), [`texts`](crate::strategies::texts) | any |
//! | [`merge_is_commutative`](crate::laws::merge_is_commutative) | [`almost_valid`](crate::strategies::almost_valid), [`texts`](crate::strategies::texts) | any |
//! | [`refuses`](crate::laws::refuses) | [`almost_valid`](crate::strategies::almost_valid), [`shares`](crate::strategies::shares) | any |
//! | [`refuses_form`](crate::laws::refuses_form) | [`almost_valid`](crate::strategies::almost_valid), [`money`](crate::strategies::money) | any |
//! | [`sprints_leave_no_day_out`](crate::laws::sprints_leave_no_day_out) | [`sprints`](crate::strategies::sprints) | [`agile`](crate::agile) |
//! | [`open_work_is_carried_over`](crate::laws::open_work_is_carried_over) | [`sprint_plans`](crate::strategies::sprint_plans) | [`agile`](crate::agile) |
//! | [`no_column_is_above_its_limit`](crate::laws::no_column_is_above_its_limit) | [`boards`](crate::strategies::boards), [`experiment_entries`](crate::strategies::experiment_entries), [`experiment_logs`](crate::strategies::experiment_logs), [`sprint_plans`](crate::strategies::sprint_plans), [`sprints`](crate::strategies::sprints) | [`agile`](crate::agile) |
//! | [`spend_stays_within_its_cap`](crate::laws::spend_stays_within_its_cap) | [`experiment_logs`](crate::strategies::experiment_logs) | [`agile`](crate::agile) |
//! | [`littles_law_holds`](crate::laws::littles_law_holds) | [`boards`](crate::strategies::boards), [`experiment_entries`](crate::strategies::experiment_entries), [`experiment_logs`](crate::strategies::experiment_logs), [`sprint_plans`](crate::strategies::sprint_plans), [`sprints`](crate::strategies::sprints) | [`agile`](crate::agile) |
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
//! | [`score_lies_within_its_parts`](crate::laws::score_lies_within_its_parts) | [`health_matrices`](crate::strategies::health_matrices) | [`health`](crate::health) |
//! | [`mean_is_monotone`](crate::laws::mean_is_monotone) | [`aggregations`](crate::strategies::aggregations), [`health_matrices`](crate::strategies::health_matrices), [`normalisers`](crate::strategies::normalisers) | [`health`](crate::health) |
//! | [`weight_counts_as_so_many_parts`](crate::laws::weight_counts_as_so_many_parts) | [`aggregations`](crate::strategies::aggregations), [`health_matrices`](crate::strategies::health_matrices), [`normalisers`](crate::strategies::normalisers) | [`health`](crate::health) |
//! | [`contributions_make_the_score`](crate::laws::contributions_make_the_score) | [`health_matrices`](crate::strategies::health_matrices) | [`health`](crate::health) |
//! | [`hysteresis_never_adds_switches`](crate::laws::hysteresis_never_adds_switches) | [`aggregations`](crate::strategies::aggregations), [`health_matrices`](crate::strategies::health_matrices), [`normalisers`](crate::strategies::normalisers) | [`health`](crate::health) |
//! | [`hysteresis_holds_near_an_edge`](crate::laws::hysteresis_holds_near_an_edge) | [`aggregations`](crate::strategies::aggregations), [`health_matrices`](crate::strategies::health_matrices), [`normalisers`](crate::strategies::normalisers) | [`health`](crate::health) |
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
//! | [`curve_keeps_its_contract`](crate::laws::curve_keeps_its_contract) | [`adstocks`](crate::strategies::adstocks), [`curves`](crate::strategies::curves), [`kernels`](crate::strategies::kernels), [`spend_series`](crate::strategies::spend_series) | [`response`](crate::response) |
//! | [`marginal_is_the_slope`](crate::laws::marginal_is_the_slope) | [`curves`](crate::strategies::curves) | [`response`](crate::response) |
//! | [`carry_over_is_time_invariant`](crate::laws::carry_over_is_time_invariant) | [`adstocks`](crate::strategies::adstocks), [`curves`](crate::strategies::curves), [`kernels`](crate::strategies::kernels), [`spend_series`](crate::strategies::spend_series) | [`response`](crate::response) |
//! | [`carry_over_is_linear`](crate::laws::carry_over_is_linear) | [`adstocks`](crate::strategies::adstocks), [`spend_series`](crate::strategies::spend_series) | [`response`](crate::response) |
//! | [`carry_over_conserves_spend`](crate::laws::carry_over_conserves_spend) | [`adstocks`](crate::strategies::adstocks), [`curves`](crate::strategies::curves), [`kernels`](crate::strategies::kernels), [`spend_series`](crate::strategies::spend_series) | [`response`](crate::response) |
//! | [`splits_add_up`](crate::laws::splits_add_up) | [`money`](crate::strategies::money), [`weights`](crate::strategies::weights) | [`split`](crate::split) |
//! | [`parts_add_up`](crate::laws::parts_add_up) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`parts_stay_within_quota`](crate::laws::parts_stay_within_quota) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`ties_go_to_the_first`](crate::laws::ties_go_to_the_first) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`parts_grow_with_the_total`](crate::laws::parts_grow_with_the_total) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`refunds_mirror_charges`](crate::laws::refunds_mirror_charges) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`parts_stay_within_bounds`](crate::laws::parts_stay_within_bounds) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`parts_are_in_proportion`](crate::laws::parts_are_in_proportion) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//! | [`nested_parts_add_up`](crate::laws::nested_parts_add_up) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) | [`split`](crate::split) |
//!
//! # All strategies
//!
//! | module | strategies |
//! | --- | --- |
//! | any | [`almost_valid`](crate::strategies::almost_valid), [`texts`](crate::strategies::texts) |
//! | [`agile`](crate::agile) | [`boards`](crate::strategies::boards), [`experiment_entries`](crate::strategies::experiment_entries), [`experiment_logs`](crate::strategies::experiment_logs), [`sprint_plans`](crate::strategies::sprint_plans), [`sprints`](crate::strategies::sprints) |
//! | [`budget`](crate::budget) | [`allocations`](crate::strategies::allocations), [`budget_cuts`](crate::strategies::budget_cuts), [`budgets`](crate::strategies::budgets), [`cut_lines`](crate::strategies::cut_lines), [`flexible_budgets`](crate::strategies::flexible_budgets), [`line_spends`](crate::strategies::line_spends), [`reallocations`](crate::strategies::reallocations), [`release_tables`](crate::strategies::release_tables), [`trackings`](crate::strategies::trackings), [`true_returns`](crate::strategies::true_returns), [`wild_allocations`](crate::strategies::wild_allocations) |
//! | [`channel`](crate::channel) | [`action_tables`](crate::strategies::action_tables), [`co_occurrences`](crate::strategies::co_occurrences), [`concentrations`](crate::strategies::concentrations), [`content_matrices`](crate::strategies::content_matrices), [`influencer_pyramids`](crate::strategies::influencer_pyramids), [`lifetime_values`](crate::strategies::lifetime_values), [`quadrants`](crate::strategies::quadrants), [`scorecard_drafts`](crate::strategies::scorecard_drafts), [`scorecards`](crate::strategies::scorecards) |
//! | [`decision`](crate::decision) | [`cell_tests`](crate::strategies::cell_tests), [`cell_values`](crate::strategies::cell_values), [`decision_tables`](crate::strategies::decision_tables) |
//! | [`health`](crate::health) | [`aggregations`](crate::strategies::aggregations), [`health_matrices`](crate::strategies::health_matrices), [`normalisers`](crate::strategies::normalisers) |
//! | [`optimise`](crate::optimise) | [`optimisations`](crate::strategies::optimisations) |
//! | [`pdca`](crate::pdca) | [`cycle_plans`](crate::strategies::cycle_plans), [`intents`](crate::strategies::intents), [`journals`](crate::strategies::journals), [`seeds`](crate::strategies::seeds), [`stage_tables`](crate::strategies::stage_tables) |
//! | [`plan`](crate::plan) | [`networks`](crate::strategies::networks), [`work_plans`](crate::strategies::work_plans) |
//! | [`progress`](crate::progress) | [`earned_values`](crate::strategies::earned_values), [`pacings`](crate::strategies::pacings), [`planned_value_curves`](crate::strategies::planned_value_curves), [`profiles`](crate::strategies::profiles) |
//! | [`quantity`](crate::quantity), [`time`](crate::time) | [`counts`](crate::strategies::counts), [`currencies`](crate::strategies::currencies), [`days`](crate::strategies::days), [`deadlines`](crate::strategies::deadlines), [`decimals`](crate::strategies::decimals), [`fiscal_calendars`](crate::strategies::fiscal_calendars), [`mixes`](crate::strategies::mixes), [`money`](crate::strategies::money), [`periods`](crate::strategies::periods), [`quantities`](crate::strategies::quantities), [`ratios`](crate::strategies::ratios), [`shares`](crate::strategies::shares), [`targets`](crate::strategies::targets), [`units`](crate::strategies::units), [`week_masks`](crate::strategies::week_masks), [`weight_numbers`](crate::strategies::weight_numbers), [`weights`](crate::strategies::weights), [`work_calendars`](crate::strategies::work_calendars) |
//! | [`ranking`](crate::ranking) | [`decision_matrices`](crate::strategies::decision_matrices), [`judgements`](crate::strategies::judgements) |
//! | [`response`](crate::response) | [`adstocks`](crate::strategies::adstocks), [`curves`](crate::strategies::curves), [`kernels`](crate::strategies::kernels), [`spend_series`](crate::strategies::spend_series) |
//! | [`split`](crate::split) | [`bounded_splits`](crate::strategies::bounded_splits), [`nested_splits`](crate::strategies::nested_splits), [`totals`](crate::strategies::totals) |
