//! No law holds where a figure is absent: each breaks where what is handed in answers nothing, less than it is asked for,
//! or no number. A law that has no such answer says why in the second table.
#![expect(clippy::result_large_err, reason = "the error is the crate's own")]

use crate::strategies::runner;
use core::iter::empty;
use marketloop::alert::{AlertChange, AlertRule};
use marketloop::attribution::{AttributionError, AttributionModel, Credits, Model, PathTable, shapley_value};
use marketloop::budget::{CutLine, Line, ReallocatedLine, ReservePolicy, TrackedLine};
use marketloop::channel::{Metric, Scorecard};
use marketloop::decision::Fact;
use marketloop::decompose::{
    DecompositionMethod, explain_product, log_mean_contributions, price_volume_mix, shapley_contributions,
};
use marketloop::experiment::{Assignment, Layer, TestValue};
use marketloop::figure::{Figure, Interval};
use marketloop::funnel::{Events, Funnel, FunnelCounts};
use marketloop::goal::GrowthReading;
use marketloop::health::{Aggregation, Score};
use marketloop::kpi::{NodeKind, Panel, PanelRow, roll_up};
use marketloop::laws::*;
use marketloop::optimise::Optimisation;
use marketloop::pdca::{CyclePlanDraft, replay};
use marketloop::plan::Relation;
use marketloop::quantity::{Count, Currency, Money, Quantity, QuantityError, Ratio, Rounding, Share, Unit};
use marketloop::ranking::{Normalisation, weighted_sum};
use marketloop::response::{Power, ResponseCurve};
use marketloop::risk::Rating;
use marketloop::split::{Apportionment, Bounded, Weights, bounded, nested};
use marketloop::stats::{AlphaSpending, GroupSequential, Moments, SpendingSides};
use marketloop::strategies::*;
use marketloop::target::{Bands, Light, Threshold};
use marketloop::time::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use rust_decimal::{Decimal, dec};
use std::collections::BTreeSet;
use std::path::Path;

/// What a law says of the right answer, and then of absent ones.
type Answers = Vec<Result<(), Broken>>;

/// A law, and what it says.
type Asked = (&'static str, fn() -> Answers);

/// The first value that is as it is wanted.
fn first<S: Strategy>(strategy: S, wanted: impl Fn(&S::Value) -> bool) -> S::Value {
    let mut runner = runner(512);
    let mut values = (0..512).map(|_| strategy.new_tree(&mut runner).unwrap().current());
    values.find(wanted).expect("one of 512 values is as it is wanted")
}

/// What a law says of the first value of which the absent answer breaks it. Of some values nothing is a lawful answer.
fn of_first<S: Strategy>(
    strategy: S,
    right: impl Fn(&S::Value) -> Result<(), Broken>,
    absent: impl Fn(&S::Value) -> Result<(), Broken>,
) -> Answers {
    let value = first(strategy, |value| absent(value).is_err());
    vec![right(&value), absent(&value)]
}

fn ratio(text: &str) -> Ratio {
    text.parse().unwrap()
}

fn yuan(amount: i128) -> Money {
    Money::from_minor(amount * 100, Currency::CNY).unwrap()
}

fn percent(amount: Decimal) -> Quantity {
    Quantity::new(amount, Unit::PERCENT)
}

/// A model that refuses every table, and one that knows no channel of any.
fn nobodys_models() -> [Box<dyn Model>; 2] {
    let nothing = |_: &PathTable| {
        let none = PathTable::builder(Currency::CNY).build();
        Credits::new(&none, vec![], vec![])
    };
    [Box::new(|_: &PathTable| Err(AttributionError::EmptySeparator)), Box::new(nothing)]
}

/// A law of models holds of `right`, and breaks where a model has no credits.
fn of_models(
    paths: PathTables,
    right: &AttributionModel,
    law: impl Fn(&dyn Model, &PathTable) -> Result<(), Broken>,
) -> Answers {
    let paths = first(paths.with_conversions(), |_| true);
    let absent = nobodys_models();
    [law(right, &paths)].into_iter().chain(absent.iter().map(|model| law(&**model, &paths))).collect()
}

/// A response without a number anywhere, or with an endless slope.
struct Endless(f64);

impl ResponseCurve for Endless {
    fn value(&self, spend: f64) -> f64 {
        spend + self.0
    }

    fn marginal(&self, _: f64) -> f64 {
        f64::INFINITY
    }

    fn inflection(&self) -> f64 {
        0.0
    }
}

fn no_carry_over(_: &[f64]) -> Vec<f64> {
    vec![]
}

fn no_numbers(spends: &[f64]) -> Vec<f64> {
    vec![f64::NAN; spends.len()]
}

fn no_money(like: Money) -> Money {
    Money::zero(like.currency())
}

/// A rule, and looks of which the first two are beyond it.
fn alert() -> (AlertRule, Vec<(Timestamp, Option<Decimal>)>) {
    let looks = [(0, dec!(70)), (1, dec!(85)), (2, dec!(90))];
    let looks = looks.map(|(at, value)| (Timestamp::from_unix(at).unwrap(), Some(value)));
    ("below 80, clear at 90".parse().unwrap(), looks.into())
}

fn question() -> Optimisation {
    Optimisation::maximise_response(yuan(100)).line("SEM", Power::new(2.0, 0.5).unwrap(), ..=yuan(60)).line(
        "video",
        Power::new(1.0, 0.5).unwrap(),
        ..,
    )
}

/// Of laws that are handed an answer, a list or a function: the right answer, and absent ones.
const ABSENT: &[Asked] = &[
    ("sprints_leave_no_day_out", || {
        let sprints = first(sprints(), |sprints| sprints.count() > 1);
        let days: Vec<_> = sprints.iter().map(|(_, days)| days).collect();
        [&days[..], &days[1..], &days[..days.len() - 1], &[]]
            .map(|days| sprints_leave_no_day_out(sprints.period(), days))
            .into()
    }),
    ("open_work_is_carried_over", || {
        let (plan, calendar) = first(sprint_plans(), |_| true);
        let loads: Vec<_> =
            plan.sprints().iter().map(|(number, _)| plan.load(number, &calendar).unwrap()).collect();
        vec![open_work_is_carried_over(&loads), open_work_is_carried_over(&[])]
    }),
    ("no_column_is_above_its_limit", || {
        vec![no_column_is_above_its_limit([("making", Some(2), 2)]), no_column_is_above_its_limit([])]
    }),
    ("alert_fires_after_its_hold", || {
        let (rule, looks) = alert();
        [&[true, true, false][..], &[true, true], &[]]
            .map(|firing| alert_fires_after_its_hold(&rule, &looks, firing))
            .into()
    }),
    ("alert_clears_after_recovery", || {
        let (rule, looks) = alert();
        [&[true, true, false][..], &[true, true], &[]]
            .map(|firing| alert_clears_after_recovery(&rule, &looks, firing))
            .into()
    }),
    ("alert_changes_follow_one_another", || {
        use AlertChange::{Cleared, Fired, Pending};
        [&[Pending, Fired, Cleared][..], &[Pending, Cleared], &[Fired, Cleared]]
            .map(alert_changes_follow_one_another)
            .into()
    }),
    ("credits_conserve", || {
        of_models(path_tables(), &AttributionModel::Linear, |model, paths| credits_conserve(model, paths))
    }),
    ("credits_ignore_order", || {
        of_models(path_tables(), &AttributionModel::Linear, |model, paths| credits_ignore_order(model, paths))
    }),
    ("untouched_channels_get_nothing", || {
        of_models(path_tables(), &AttributionModel::Linear, |model, paths| {
            untouched_channels_get_nothing(model, paths)
        })
    }),
    ("null_channels_get_nothing", || {
        of_models(path_tables().with_null_channel(), &AttributionModel::Shapley, |model, paths| {
            null_channels_get_nothing(model, paths)
        })
    }),
    ("credits_of_parts_add_up", || {
        of_models(path_tables(), &AttributionModel::Linear, |model, paths| {
            credits_of_parts_add_up(model, paths, paths)
        })
    }),
    ("reversed_paths_swap_first_and_last", || {
        let first = AttributionModel::FirstTouch;
        let [one, other] = [
            of_models(path_tables(), &AttributionModel::LastTouch, |last, paths| {
                reversed_paths_swap_first_and_last(&first, last, paths)
            }),
            of_models(path_tables(), &AttributionModel::LastTouch, |last, paths| {
                reversed_paths_swap_first_and_last(last, &first, paths)
            }),
        ];
        one.into_iter().chain(other.into_iter().skip(1)).collect()
    }),
    ("later_touches_get_no_less", || {
        let paths = first(path_tables(), |paths| paths.rows().any(|row| row.path.len() == 1));
        let length = |row| paths.row(row).unwrap().path.len();
        vec![
            later_touches_get_no_less(&paths, |_, row| Ok(vec![1.0; length(row)])),
            later_touches_get_no_less(&paths, |_, row| Ok(vec![1.0; length(row) - 1])),
            later_touches_get_no_less(&paths, |_, row| Ok(vec![f64::NAN; length(row)])),
            later_touches_get_no_less(&paths, |_, _| Err(AttributionError::EmptySeparator)),
        ]
    }),
    ("parts_of_a_game_add_up", || {
        let worth = |coalition: u32| f64::from(coalition.count_ones());
        let parts = shapley_value(3, worth).unwrap();
        vec![
            parts_of_a_game_add_up(&parts, worth),
            parts_of_a_game_add_up(&[], worth),
            parts_of_a_game_add_up(&[f64::INFINITY, 1.0, 1.0], worth),
            parts_of_a_game_add_up(&[f64::NAN, 1.0, 1.0], worth),
            parts_of_a_game_add_up(&parts, |_| f64::NAN),
        ]
    }),
    ("no_event_is_lost", || {
        let (rules, channels, touches, conversions) = first(journey_events(), |events| !events.2.is_empty());
        let none = rules.journeys(&channels, Currency::CNY, &[], &[]).unwrap();
        let all = rules.journeys(&channels, Currency::CNY, &touches, &conversions).unwrap();
        [all, none].map(|journeys| no_event_is_lost(&journeys, &touches, &conversions)).into()
    }),
    ("journeys_ignore_order", || {
        let (rules, channels, touches, conversions) = first(journey_events(), |events| !events.2.is_empty());
        let build = |channels: &_, touches: &[_], conversions: &[_]| {
            rules.journeys(channels, Currency::CNY, touches, conversions)
        };
        vec![
            journeys_ignore_order(build, &channels, &touches, &conversions),
            journeys_ignore_order(
                |channels, _, _| build(channels, &[], &[]),
                &channels,
                &touches,
                &conversions,
            ),
            journeys_ignore_order(
                |_, _, _| Err(AttributionError::EmptySeparator),
                &channels,
                &touches,
                &conversions,
            ),
        ]
    }),
    ("allocation_adds_up", || {
        of_first(
            allocations(),
            |draft| allocation_adds_up(&draft.clone().check().unwrap(), Line::amount),
            |draft| allocation_adds_up(&draft.clone().check().unwrap(), |line| no_money(line.amount())),
        )
    }),
    ("allocation_keeps_its_bounds", || {
        of_first(
            allocations(),
            |draft| allocation_keeps_its_bounds(&draft.clone().check().unwrap(), Line::amount),
            |draft| {
                allocation_keeps_its_bounds(&draft.clone().check().unwrap(), |line| no_money(line.amount()))
            },
        )
    }),
    ("tracking_closes", || {
        of_first(
            trackings(),
            |draft| {
                tracking_closes(
                    &draft.clone().check().unwrap(),
                    TrackedLine::available,
                    TrackedLine::variance,
                )
            },
            |draft| {
                let none = |line: &TrackedLine| no_money(line.plan());
                tracking_closes(&draft.clone().check().unwrap(), none, none)
            },
        )
    }),
    ("review_conserves_money", || {
        of_first(
            reallocations(),
            |draft| review_conserves_money(&draft.clone().check().unwrap(), ReallocatedLine::new_amount),
            |draft| review_conserves_money(&draft.clone().check().unwrap(), |line| no_money(line.old())),
        )
    }),
    ("cuts_add_up", || {
        let lines = [CutLine::new("a", yuan(100), 1), CutLine::new("b", yuan(50), 1)];
        [&[yuan(80), yuan(40)][..], &[yuan(120)], &[]].map(|left| cuts_add_up(&lines, yuan(30), left)).into()
    }),
    ("cuts_keep_floors", || {
        let lines = [CutLine::new("a", yuan(100), 1), CutLine::new("b", yuan(50), 1).with_floor(yuan(40))];
        [&[yuan(80), yuan(40)][..], &[yuan(80)], &[]]
            .map(|left| cuts_keep_floors(&lines, ReservePolicy::Kept, left))
            .into()
    }),
    ("variances_add_up", || {
        [vec![ratio("1"), ratio("2")], vec![ratio("1")], vec![]]
            .map(|parts| variances_add_up(ratio("3"), parts))
            .into()
    }),
    ("metrics_fit_their_figures", || {
        of_first(
            scorecards(),
            |card| {
                metrics_fit_their_figures(card, 4, |metric| card.show(metric, (4, Rounding::HalfEven)).ok())
            },
            |card| metrics_fit_their_figures(card, 4, |_| None),
        )
    }),
    ("total_lies_between_its_parts", || {
        vec![
            total_lies_between_its_parts([Ratio::ONE, ratio("3")], ratio("2")),
            total_lies_between_its_parts([], ratio("2")),
            total_lies_between_its_parts([Ratio::ONE], ratio("2")),
        ]
    }),
    ("total_is_of_the_sums", || {
        let card = first(scorecards(), |card| card.metric(Metric::CostPerClick).is_ok());
        let cost = card.metric(Metric::CostPerClick).unwrap();
        let of = |cards: &[Scorecard]| total_is_of_the_sums(cards, Metric::CostPerClick, cost);
        vec![of(&[card]), of(&[])]
    }),
    ("concentration_is_between_even_and_single", || {
        [2, 0].map(|channels| concentration_is_between_even_and_single(ratio("41/50"), channels)).into()
    }),
    ("matches_are_those_of_the_cells", || {
        let (table, facts) = first(decision_tables().with_facts(1..=8), |(table, facts)| {
            !table.inputs().is_empty()
                && table.matches(&facts[0]).is_ok_and(|mut matched| matched.next().is_some())
        });
        let matched: Vec<usize> = table.matches(&facts[0]).unwrap().collect();
        vec![
            matches_are_those_of_the_cells(&table, &facts[0], matched.iter().copied()),
            matches_are_those_of_the_cells(&table, &facts[0], empty()),
            // Without a fact every cell would hold.
            matches_are_those_of_the_cells(&table, &[], 0..table.rules().len()),
        ]
    }),
    ("gaps_and_overlaps_are_what_points_say", || {
        let (table, facts) = first(decision_tables().with_facts(1..=8).with_rules(1..4), |(table, _)| {
            !table.report(0).is_complete()
        });
        let of = |steps, facts: &[Fact<'_>]| {
            gaps_and_overlaps_are_what_points_say(&table, &table.report(steps), facts)
        };
        vec![of(10_000_000, &facts[0]), of(0, &facts[0]), of(10_000_000, &[])]
    }),
    ("nearest_miss_has_the_fewest_failing_cells", || {
        let collect =
            decision_tables().with_facts(1..=8).with_policy(marketloop::decision::HitPolicy::Collect);
        of_first(
            collect,
            |(table, facts)| {
                let nearest = table.decide(&facts[0]).unwrap().nearest_miss();
                nearest_miss_has_the_fewest_failing_cells(table, &facts[0], nearest)
            },
            |(table, facts)| nearest_miss_has_the_fewest_failing_cells(table, &facts[0], None),
        )
    }),
    ("explanation_closes", || {
        let (before, after) = first(changes(), |_| true);
        let explain =
            |precision| explain_product(&before, &after, DecompositionMethod::Shapley, precision).unwrap();
        let why = explain((2, Rounding::HalfEven));
        // A change of nothing is explained by nothing.
        let change = why.total() + Decimal::from(u8::from(why.total().is_zero()));
        vec![explanation_closes(why.total(), &why), explanation_closes(change, why.parts().iter().take(0))]
    }),
    ("factors_explain_their_product", || {
        let (before, after) = ([2.0, 3.0], [4.0, 5.0]);
        let parts = shapley_contributions(&before, &after).unwrap();
        vec![
            factors_explain_their_product(&before, &after, &parts),
            factors_explain_their_product(&before, &after, &[14.0]),
            factors_explain_their_product(&before, &after, &[]),
            factors_explain_their_product(&before, &after[..1], &parts),
            factors_explain_their_product(&before, &after, &[f64::NAN, 14.0]),
            factors_explain_their_product(&before, &after, &[f64::INFINITY, 14.0]),
        ]
    }),
    ("an_unchanged_factor_contributes_nothing", || {
        [&[6.0, 0.0][..], &[6.0], &[], &[f64::NAN, 0.0]]
            .map(|parts| an_unchanged_factor_contributes_nothing(&[2.0, 3.0], &[4.0, 3.0], parts))
            .into()
    }),
    ("order_does_not_matter", || {
        let (before, after) = ([2.0, 3.0], [4.0, 5.0]);
        let of = |parts: Result<Vec<f64>, &'static str>| {
            order_does_not_matter(|_, _| parts.clone(), &before, &after)
        };
        vec![
            order_does_not_matter(log_mean_contributions, &before, &after),
            of(Ok(vec![])),
            of(Ok(vec![14.0])),
            of(Ok(vec![f64::NAN; 2])),
            of(Ok(vec![f64::INFINITY; 2])),
            of(Err("nothing")),
        ]
    }),
    ("effects_explain_each_product", || {
        let rows = first(product_sales(), |rows| rows.len() > 1);
        let why = price_volume_mix(&rows, 2).unwrap();
        let less = price_volume_mix(&rows[1..], 2).unwrap();
        vec![effects_explain_each_product(&rows, &why), effects_explain_each_product(&rows, &less)]
    }),
    ("counts_never_rise", || vec![counts_never_rise([3, 2]), counts_never_rise([])]),
    ("rates_multiply", || {
        let of = |rates: &[&str]| {
            rates_multiply(&rates.iter().map(|rate| ratio(rate)).collect::<Vec<_>>(), ratio("1/6"))
        };
        vec![of(&["1/2", "1/3"]), of(&["1/2"]), of(&[])]
    }),
    ("needed_is_the_least", || {
        let funnel = Funnel::new([("visit", 100), ("cart", 20), ("order", 10)]).unwrap();
        let needed = funnel.needed_for("order", Count::new(5)).unwrap();
        let without = |name: &str| {
            let steps = needed.steps().filter(|own| own.0 != name);
            Funnel::new(steps.map(|(own, count)| (own, count.value()))).unwrap()
        };
        [needed.clone(), without("visit"), without("cart")]
            .map(|needed| needed_is_the_least(&funnel, &needed, Count::new(5)))
            .into()
    }),
    ("shards_merge_to_the_whole", || {
        let (rules, events) =
            first((funnel_rules(), funnel_events()), |(_, events)| events.users().len() > 1);
        let count = |events: &Events<'_>| rules.count(events).ok();
        let merge = |one: Option<FunnelCounts>, other: Option<FunnelCounts>| one?.merge(&other?).ok();
        vec![
            shards_merge_to_the_whole(count, merge, &events),
            shards_merge_to_the_whole(count, |_, _| None, &events),
        ]
    }),
    ("ties_change_no_level", || {
        let (rules, events) = first((funnel_rules(), funnel_events()), |(_, events)| !events.is_empty());
        vec![
            ties_change_no_level(|events| rules.levels(events).unwrap(), &events),
            ties_change_no_level(|_| vec![], &events),
        ]
    }),
    ("levels_are_the_deepest", || {
        let (rules, events) = first((funnel_rules(), funnel_events()), |(_, events)| !events.is_empty());
        let levels = rules.levels(&events).unwrap();
        [&levels[..], &levels[1..], &[]].map(|levels| levels_are_the_deepest(&rules, &events, levels)).into()
    }),
    ("chains_keep_the_rules", || {
        let (rules, events) = first((funnel_rules(), funnel_events()), |(rules, events)| {
            rules.chains(events).unwrap().iter().any(|(_, chain)| !chain.is_empty())
        });
        let chains = rules.chains(&events).unwrap();
        let all = chains.iter().map(|(user, chain)| (*user, chain.as_slice()));
        vec![
            chains_keep_the_rules(&rules, &events, all.clone()),
            chains_keep_the_rules(&rules, &events, empty()),
            chains_keep_the_rules(&rules, &events, all.map(|(user, _)| (user, &[][..]))),
            chains_keep_the_rules(&rules, &events, [(u64::MAX, &[][..])]),
        ]
    }),
    ("cascade_adds_up", || {
        let parts = [percent(dec!(1)), percent(dec!(2))];
        [&parts[..], &parts[1..], &[]].map(|parts| cascade_adds_up(&percent(dec!(3)), parts)).into()
    }),
    ("running_sums_follow_the_parts", || {
        let (parts, sums) = ([percent(dec!(1)), percent(dec!(2))], [percent(dec!(1)), percent(dec!(3))]);
        [&sums[..], &sums[..1], &[]].map(|sums| running_sums_follow_the_parts(&parts, sums)).into()
    }),
    ("path_reaches_its_goal", || {
        let (stock, flow) = (GrowthReading::StockCompounding, GrowthReading::FlowSameRate);
        vec![
            path_reaches_its_goal(stock, &[1.0, 2.0, 3.0], dec!(3)),
            path_reaches_its_goal(stock, &[], dec!(0)),
            path_reaches_its_goal(flow, &[], dec!(0)),
            path_reaches_its_goal(stock, &[1.0, f64::NAN, 3.0], dec!(3)),
            path_reaches_its_goal(stock, &[1.0, f64::INFINITY, 3.0], dec!(3)),
            path_reaches_its_goal(flow, &[1.0, f64::NAN], dec!(1)),
        ]
    }),
    ("ratios_reach_their_target", || {
        [&[0.1, 0.3][..], &[0.2], &[], &[f64::NAN, 0.2]]
            .map(|ratios| ratios_reach_their_target(ratios, &[1.0, 1.0], 0.2))
            .into_iter()
            .chain([ratios_reach_their_target(&[], &[], 0.2)])
            .collect()
    }),
    ("score_lies_within_its_parts", || {
        vec![
            score_lies_within_its_parts(Score::ONE, [Score::ONE]),
            score_lies_within_its_parts(Score::ONE, []),
        ]
    }),
    ("mean_is_monotone", || {
        let parts = [(dec!(2), Score::from(dec!(0.5))), (dec!(1), Score::from(dec!(0.9)))];
        let mean = |parts: &[_]| Aggregation::Harmonic.aggregate(parts).ok();
        vec![
            mean_is_monotone(mean, &parts, 0, dec!(0.1)),
            mean_is_monotone(|_| None, &parts, 0, dec!(0.1)),
            mean_is_monotone(mean, &parts, 2, dec!(0.1)),
        ]
    }),
    ("weight_counts_as_so_many_parts", || {
        let parts = [(3, Score::from(dec!(0.5))), (1, Score::from(dec!(0.9)))];
        vec![
            weight_counts_as_so_many_parts(|parts| Aggregation::Harmonic.aggregate(parts).ok(), &parts),
            weight_counts_as_so_many_parts(|_| None, &parts),
        ]
    }),
    ("contributions_make_the_score", || {
        [vec![dec!(0.25), dec!(0.75)], vec![dec!(0.25)], vec![]]
            .map(|parts| contributions_make_the_score(Score::ONE, 2, parts))
            .into()
    }),
    ("hysteresis_holds_near_an_edge", || {
        let plain =
            Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1))).unwrap();
        let of = |next| {
            let light = |value: Ratio| *plain.classify(value);
            hysteresis_holds_near_an_edge(light, ratio("1/20"), Light::Green, ratio("97/100"), next)
        };
        // Red stands for a light that says nothing.
        vec![of(Light::Green), of(Light::Red)]
    }),
    ("floats_agree_with_decimals", || {
        let (tree, inputs) = first(trees().with_inputs(), |_| true);
        let exact = tree.evaluate(&inputs).unwrap();
        let value = |node| exact.value(node).known().map(|value| value.to_f64());
        vec![
            floats_agree_with_decimals(&tree, &exact, value),
            floats_agree_with_decimals(&tree, &exact, |_| None),
            floats_agree_with_decimals(&tree, &exact, |_| Some(f64::NAN)),
        ]
    }),
    ("one_period_is_the_tree_alone", || {
        let (tree, inputs) = first(trees().with_inputs(), |_| true);
        let alone = tree.evaluate(&inputs).unwrap();
        let value = |node: &str| Some(alone.value(tree.find(node)?));
        vec![
            one_period_is_the_tree_alone(&tree, &alone, value),
            one_period_is_the_tree_alone(&tree, &alone, |_| None),
            one_period_is_the_tree_alone(&tree, &alone, |_| Some(Figure::missing("nothing"))),
        ]
    }),
    ("panel_ignores_order", || {
        let (tree, panel) = first(trees().with_panel(), |_| true);
        let rows: Vec<PanelRow> = panel.rows().collect();
        vec![
            panel_ignores_order(|rows| Panel::new(&tree, ["channel", "city"], rows.to_vec()), &rows),
            panel_ignores_order(|_| Err::<(), _>("nothing"), &rows),
        ]
    }),
    ("panel_floats_agree_with_decimals", || {
        let (tree, panel) = first(trees().with_panel(), |_| true);
        let exact = tree.evaluate_panel(&panel).unwrap();
        let floats = tree.panel_columns(&panel).unwrap();
        vec![
            panel_floats_agree_with_decimals(&tree, &panel, &exact, |node, period, members| {
                floats.value(node, period, members.iter().copied()).ok()
            }),
            panel_floats_agree_with_decimals(&tree, &panel, &exact, |_, _, _| None),
            panel_floats_agree_with_decimals(&tree, &panel, &exact, |_, _, _| Some(Figure::Known(f64::NAN))),
        ]
    }),
    ("subtrees_keep_their_values", || {
        let (tree, panel) = first(trees().with_panel(), |_| true);
        vec![
            subtrees_keep_their_values(&tree, &panel, |root| tree.subtree(root)),
            subtrees_keep_their_values(&tree, &panel, |_| Err("nothing")),
        ]
    }),
    ("rolls_up_in_steps", || {
        let months = [dec!(3), dec!(5), dec!(4)];
        vec![
            rolls_up_in_steps(|months| roll_up(NodeKind::Stock, months), &months, 1),
            rolls_up_in_steps(|_| Err("nothing"), &months, 1),
        ]
    }),
    ("amounts_keep_the_bounds", || {
        let question = question();
        let amounts = [("SEM", yuan(60)), ("video", yuan(40))];
        [&amounts[..], &amounts[..1], &amounts[1..], &[]]
            .map(|amounts| amounts_keep_the_bounds(&question, amounts.iter().copied()))
            .into()
    }),
    ("bound_is_not_beaten", || {
        let question = question();
        let best = question.solve().unwrap();
        [vec![yuan(50), yuan(50)], vec![yuan(50)], vec![]]
            .map(|other| bound_is_not_beaten(&question, &best, other))
            .into()
    }),
    ("log_replays_to_its_cycle", || {
        let (journal, _) = first(journals(), |(journal, _)| journal.records().len() > 1);
        vec![
            log_replays_to_its_cycle(&journal, |records| replay(records)),
            log_replays_to_its_cycle(&journal, |records| replay(&records[..records.len() - 1])),
            log_replays_to_its_cycle(&journal, |_| replay(&[])),
        ]
    }),
    ("money_is_conserved", || {
        let parts = [("spent", yuan(1)), ("left", yuan(2))];
        [&parts[..], &parts[1..], &[]].map(|parts| money_is_conserved(&yuan(3), parts)).into()
    }),
    ("relations_hold", || {
        let wait = [(0, 1, Relation::FinishToStart(1))];
        vec![
            relations_hold(&[3, 2], &wait, &[0, 4]),
            relations_hold(&[3, 2], &wait, &[0]),
            relations_hold(&[3, 2], &[], &[]),
        ]
    }),
    ("starts_are_the_earliest", || {
        vec![
            starts_are_the_earliest(&[3, 2], &[], &[0, 0]),
            starts_are_the_earliest(&[3, 2], &[], &[0]),
            starts_are_the_earliest(&[3, 2], &[], &[]),
        ]
    }),
    ("total_float_is_the_longest_slip", || {
        [0, 2].map(|task| total_float_is_the_longest_slip(&[3, 3], &[], task, 0)).into()
    }),
    ("free_float_moves_no_other_task", || {
        [0, 2].map(|task| free_float_moves_no_other_task(&[3, 3], &[], task, 0)).into()
    }),
    ("critical_path_is_as_long_as_the_project", || {
        let wait = [(0, 1, Relation::FinishToStart(1))];
        [&[0, 1][..], &[1], &[0], &[]]
            .map(|path| critical_path_is_as_long_as_the_project(&[3, 2], &wait, path, 6))
            .into()
    }),
    ("periods_add_up", || {
        let plan = [2, 3].map(Count::new);
        [&plan[..], &plan[1..], &[]].map(|plan| periods_add_up(&Count::new(5), plan)).into()
    }),
    ("earned_schedule_inverts_the_curve", || {
        of_first(
            planned_value_curves(),
            |curve| {
                let earned = |value: &_, at| curve.earned_schedule(value, at).unwrap().earned();
                earned_schedule_inverts_the_curve(curve, dec!(5), earned)
            },
            |curve| earned_schedule_inverts_the_curve(curve, dec!(5), |_, _| Ratio::ZERO),
        )
    }),
    ("front_load_is_a_straight_line", || {
        [&[dec!(3), dec!(2), dec!(1)][..], &[dec!(3), dec!(2)], &[]]
            .map(|weights| front_load_is_a_straight_line(weights, dec!(3)))
            .into()
    }),
    ("weights_add_up_to_one", || {
        [&[0.5, 0.5][..], &[0.5], &[], &[f64::NAN, 0.5]].map(weights_add_up_to_one).into()
    }),
    ("consistent_judgements_give_their_proportions", || {
        let of = |importances: &[f64], weights: &[f64], index| {
            consistent_judgements_give_their_proportions(importances, weights, index)
        };
        vec![
            of(&[1.0, 3.0], &[0.25, 0.75], 0.0),
            of(&[1.0, 3.0], &[0.25], 0.0),
            of(&[], &[], 0.0),
            of(&[1.0, 3.0], &[0.25, f64::NAN], 0.0),
            of(&[1.0, 3.0], &[0.25, 0.75], f64::NAN),
        ]
    }),
    ("weights_are_the_principal_eigenvector", || {
        let judgement = |row: usize, column: usize| [[1.0, 0.5], [2.0, 1.0]][row][column];
        let weights = [1.0 / 3.0, 2.0 / 3.0];
        vec![
            weights_are_the_principal_eigenvector(judgement, &weights, 2.0),
            weights_are_the_principal_eigenvector(judgement, &[], 2.0),
            weights_are_the_principal_eigenvector(judgement, &weights[..1], 2.0),
            weights_are_the_principal_eigenvector(judgement, &[0.0, 0.0], 2.0),
            weights_are_the_principal_eigenvector(|_, _| f64::NAN, &weights, 2.0),
            weights_are_the_principal_eigenvector(judgement, &weights, f64::INFINITY),
        ]
    }),
    ("consistency_index_is_the_excess_per_other_item", || {
        [0.05, f64::NAN].map(|index| consistency_index_is_the_excess_per_other_item(3, 3.1, index)).into()
    }),
    ("better_in_every_criterion_scores_no_less", || {
        let (matrix, weights) = first(decision_matrices(), |_| true);
        let ranking = weighted_sum(&matrix, &weights, Normalisation::Max).unwrap();
        let scores = ranking.scores();
        [scores, &scores[..1], &[], &vec![f64::NAN; scores.len()], &vec![f64::INFINITY; scores.len()]]
            .map(|scores| better_in_every_criterion_scores_no_less(&matrix, scores))
            .into()
    }),
    ("curve_keeps_its_contract", || {
        let root = Power::new(2.0, 0.5).unwrap();
        vec![
            curve_keeps_its_contract(&root, [100.0, 400.0]),
            curve_keeps_its_contract(&root, []),
            curve_keeps_its_contract(&root, [f64::NAN]),
            curve_keeps_its_contract(&Endless(f64::NAN), [100.0, 400.0]),
        ]
    }),
    ("marginal_is_the_slope", || {
        vec![
            marginal_is_the_slope(&Power::new(2.0, 0.5).unwrap(), 100.0),
            marginal_is_the_slope(&Endless(0.0), 100.0),
            marginal_is_the_slope(&Endless(f64::NAN), 100.0),
        ]
    }),
    ("carry_over_is_time_invariant", || {
        vec![
            carry_over_is_time_invariant(<[f64]>::to_vec, &[5.0, 3.0], 1),
            carry_over_is_time_invariant(no_carry_over, &[5.0, 3.0], 0),
            carry_over_is_time_invariant(no_numbers, &[5.0, 3.0], 1),
            carry_over_is_time_invariant(no_numbers, &[5.0, 3.0], 0),
        ]
    }),
    ("carry_over_is_linear", || {
        vec![
            carry_over_is_linear(<[f64]>::to_vec, &[5.0, 3.0], &[1.0], 2.5),
            carry_over_is_linear(no_carry_over, &[5.0, 3.0], &[1.0], 2.5),
            carry_over_is_linear(no_numbers, &[5.0, 3.0], &[1.0], 2.5),
            carry_over_is_linear(|spends| vec![f64::INFINITY; spends.len()], &[5.0, 3.0], &[1.0], 2.5),
        ]
    }),
    ("carry_over_conserves_spend", || {
        let of = |now: &[f64], later: &[f64]| carry_over_conserves_spend(&[4.0, 10.0], now, later, 1.0);
        vec![
            of(&[2.0, 7.0], &[5.0]),
            of(&[9.0], &[5.0]),
            of(&[2.0, 7.0], &[]),
            of(&[f64::NAN, 7.0], &[5.0]),
            of(&[2.0, 7.0], &[f64::INFINITY]),
        ]
    }),
    ("explained_and_unexplained_make_the_gap", || {
        [vec![ratio("2")], vec![]]
            .map(|amounts| explained_and_unexplained_make_the_gap(ratio("3"), amounts, ratio("1")))
            .into()
    }),
    ("mean_of_three_points_moves_with_them", || {
        of_first(
            three_points(),
            |points| mean_of_three_points_moves_with_them(points, |points| points.exact_mean().unwrap()),
            |points| mean_of_three_points_moves_with_them(points, |_| Ratio::ZERO),
        )
    }),
    ("expected_loss_is_the_sum_of_its_risks", || {
        of_first(
            risk_registers(),
            |register| {
                let loss = register.expected_loss(Rounding::HalfEven).unwrap();
                expected_loss_is_the_sum_of_its_risks(register, loss.known())
            },
            |register| expected_loss_is_the_sum_of_its_risks(register, None),
        )
    }),
    ("levels_take_in_their_ends", || {
        of_first(
            risk_matrices(),
            |matrix| levels_take_in_their_ends(matrix, |share, impact| matrix.rate(share, impact).unwrap()),
            |matrix| levels_take_in_their_ends(matrix, |_, _| Rating::Acceptable),
        )
    }),
    ("splits_add_up", || {
        let parts = [yuan(1), yuan(2)];
        [&parts[..], &parts[1..], &[]].map(|parts| splits_add_up(&yuan(3), parts)).into()
    }),
    ("parts_add_up", || [&[1, 2][..], &[2], &[]].map(|parts| parts_add_up(3, parts)).into()),
    ("parts_stay_within_quota", || {
        let weights = Weights::new([1, 2]).unwrap();
        [&[1, 2][..], &[1], &[]].map(|parts| parts_stay_within_quota(3, &weights, parts)).into()
    }),
    ("ties_go_to_the_first", || {
        [&[2, 1][..], &[2], &[]].map(|parts| ties_go_to_the_first(&[dec!(1), dec!(1)], parts)).into()
    }),
    ("parts_grow_with_the_total", || {
        let weights = Weights::new([6, 6, 2]).unwrap();
        let split = |total| weights.split(total, Apportionment::SainteLague);
        vec![
            parts_grow_with_the_total(split, 10),
            parts_grow_with_the_total(|_| vec![], 10),
            parts_grow_with_the_total(|total| split(total)[1..].to_vec(), 10),
        ]
    }),
    ("refunds_mirror_charges", || {
        let weights = Weights::new([6, 6, 2]).unwrap();
        let split = |total| weights.split(total, Apportionment::SainteLague);
        vec![
            refunds_mirror_charges(split, 10),
            refunds_mirror_charges(|_| vec![], 10),
            refunds_mirror_charges(|total| split(total)[1..].to_vec(), 10),
        ]
    }),
    ("parts_stay_within_bounds", || {
        let lines = [Bounded::new(1).with_cap(40), Bounded::new(1)];
        [&[40, 60][..], &[40], &[]].map(|parts| parts_stay_within_bounds(&lines, parts)).into()
    }),
    ("parts_are_in_proportion", || {
        let lines = [Bounded::new(40).with_cap(30), Bounded::new(30), Bounded::new(30)];
        let split = bounded(100, &lines).unwrap();
        let exact: Vec<Ratio> = split.parts().iter().filter_map(|part| part.exact).collect();
        [&exact[..], &exact[..2], &[]]
            .map(|exact| parts_are_in_proportion(&lines, split.scale().unwrap(), exact.iter().copied()))
            .into()
    }),
    ("nested_parts_add_up", || {
        let group = Bounded::group().with_reserve(ratio("1/10"));
        let asked = [group, Bounded::new(1).below(0), Bounded::new(2).below(0)];
        let plain = [Bounded::group(), Bounded::new(1).below(0), Bounded::new(2).below(0)];
        let split = nested(1_100, &asked).unwrap();
        let mut inexact = split.parts().to_vec();
        inexact[1].exact = None;
        vec![
            nested_parts_add_up(1_100, &asked, split.parts()),
            nested_parts_add_up(1_100, &asked, &split.parts()[..2]),
            nested_parts_add_up(1_100, &asked, &inexact),
            // The parts add up, and nothing is kept.
            nested_parts_add_up(1_100, &asked, nested(1_100, &plain).unwrap().parts()),
        ]
    }),
    ("effect_ignores_levels_and_shared_movement", || {
        let (treated, control) = ([vec![1.0, 4.0]], [vec![2.0, 3.0]]);
        let of = |t: &[Vec<f64>], c: &[Vec<f64>]| (t[0][1] - t[0][0]) - (c[0][1] - c[0][0]);
        vec![
            effect_ignores_levels_and_shared_movement(|t, c, _| of(t, c), &treated, &control, 1),
            effect_ignores_levels_and_shared_movement(|_, _, _| f64::NAN, &treated, &control, 1),
        ]
    }),
    ("swapped_arms_negate_the_effect", || {
        let (treated, control) = ([vec![1.0, 4.0]], [vec![2.0, 3.0]]);
        let of = |t: &[Vec<f64>], c: &[Vec<f64>]| (t[0][1] - t[0][0]) - (c[0][1] - c[0][0]);
        vec![
            swapped_arms_negate_the_effect(|t, c, _| of(t, c), &treated, &control, 1),
            swapped_arms_negate_the_effect(|_, _, _| f64::NAN, &treated, &control, 1),
        ]
    }),
    ("no_exchange_of_weight_fits_better", || {
        let donors = [[0.0, 2.0], [2.0, 0.0]];
        [&[0.5, 0.5][..], &[1.0], &[], &[f64::NAN, 0.5], &[0.0, 0.0]]
            .map(|weights| no_exchange_of_weight_fits_better(weights, &[1.0, 1.0], &donors))
            .into()
    }),
    ("moments_are_those_of_the_sample", || {
        let sample = [1, 2, 6];
        let moments = Moments::of(sample).unwrap();
        [(Some(3.0), Some(7.0)), (None, Some(7.0)), (Some(3.0), None), (Some(f64::NAN), Some(7.0))]
            .map(|(mean, variance)| moments_are_those_of_the_sample(&sample, &moments, mean, variance))
            .into()
    }),
    ("expected_counts_follow_the_plan", || {
        let arms = [(30, 1.0), (10, 3.0)];
        [&[10.0, 30.0][..], &[10.0], &[], &[f64::NAN, 30.0]]
            .map(|expected| expected_counts_follow_the_plan(&arms, expected))
            .into()
    }),
    ("assigned_units_stay", || {
        vec![
            assigned_units_stay(|_| Some("old"), |_| Some("old"), &[1]),
            assigned_units_stay(|_| Some("old"), |_| None, &[1]),
        ]
    }),
    ("tests_exclude_each_other", || {
        let all = Assignment::new("all", [("a", Share::ONE)]).unwrap();
        let layer = Layer::new("layer").unwrap().with_test("test", Share::ONE, &all).unwrap();
        vec![
            tests_exclude_each_other(&layer, |_, _| true, &[1]),
            tests_exclude_each_other(&layer, |_, _| false, &[1]),
        ]
    }),
    ("shares_are_met", || [&[500][..], &[0], &[]].map(|counts| shares_are_met(&[0.5], counts, 1_000)).into()),
    ("units_grow_below_visits", || {
        [&[1.0, 2.0][..], &[1.0], &[], &[1.0, f64::NAN]]
            .map(|units| units_grow_below_visits(&[2.0, 4.0], units))
            .into()
    }),
    ("a_duration_is_the_first_that_suffices", || {
        let units = [vec![1.0, 2.0]];
        vec![
            a_duration_is_the_first_that_suffices(&units, &[2.0], Some(2)),
            a_duration_is_the_first_that_suffices(&units, &[2.0], None),
            a_duration_is_the_first_that_suffices(&[], &[2.0], Some(2)),
        ]
    }),
    ("the_best_test_is_not_beaten", || {
        let value = TestValue::new((0.0, 1.0), 100.0, 1e4).unwrap();
        vec![
            the_best_test_is_not_beaten(&value, value.best().unwrap(), &[0.1]),
            the_best_test_is_not_beaten(&value, (0, 0.0), &[0.1]),
            the_best_test_is_not_beaten(&value, (1146, 0.0), &[0.1]),
        ]
    }),
    ("arms_are_independent", || {
        [&[0, 0, 1, 1][..], &[0], &[]].map(|second| arms_are_independent(&[0, 1, 0, 1], second)).into()
    }),
    ("looks_spend_what_they_may", || {
        let times = [0.5, 1.0];
        let test = GroupSequential::new(0.05, SpendingSides::Upper, AlphaSpending::Linear, &times).unwrap();
        [&[0.025, 0.025][..], &[0.025], &[], &[f64::NAN, 0.025]]
            .map(|crossed| looks_spend_what_they_may(&test, crossed))
            .into()
    }),
    ("one_arm_is_the_best", || {
        let of = |p: &[f64], losses: &[f64]| one_arm_is_the_best(&[0.5, 0.25], p, 0.5, losses);
        vec![
            of(&[0.75, 0.25], &[0.0, 0.25]),
            of(&[], &[]),
            of(&[0.75], &[0.0]),
            of(&[f64::NAN, 1.0], &[0.0, 0.25]),
            of(&[0.75, 0.25], &[f64::NAN, 0.25]),
        ]
    }),
    ("shares_keep_their_floor", || {
        [&[0.5, 0.5][..], &[0.5], &[], &[f64::NAN, 0.5]]
            .map(|shares| shares_keep_their_floor(dec!(0.1), 2, shares))
            .into()
    }),
    ("visits_follow_their_shares", || {
        [&[2, 2][..], &[4], &[]].map(|parts| visits_follow_their_shares(4, &[0.5, 0.5], parts)).into()
    }),
    ("corrected_p_values_keep_their_order", || {
        [&[0.2, 0.2][..], &[0.2], &[], &[f64::NAN, 0.2]]
            .map(|adjusted| corrected_p_values_keep_their_order(&[0.1, 0.2], adjusted))
            .into()
    }),
    ("intervals_agree_with_p_values", || {
        let of = |low, high| Some(Interval::new(low, high).unwrap());
        [&[of(1.0, 2.0), of(-1.0, 1.0)][..], &[None, of(-1.0, 1.0)], &[of(1.0, 2.0)], &[]]
            .map(|ranges| intervals_agree_with_p_values(0.95, &[0.01, 0.5], ranges))
            .into()
    }),
    ("power_grows_to_what_was_planned", || {
        [&[0.8, 0.9][..], &[], &[f64::NAN, 0.9], &[0.8, f64::NAN]]
            .map(|found| power_grows_to_what_was_planned(0.8, 0, found))
            .into()
    }),
    ("always_valid_p_never_rises", || {
        let evidence = [0.0, 0.0];
        [&[1.0, 1.0][..], &[1.0], &[], &[f64::NAN, 1.0]]
            .map(|p_values| always_valid_p_never_rises(&evidence, p_values))
            .into()
    }),
    ("swapped_samples_negate_the_difference", || {
        let of = |low, high| Interval::new(low, high).unwrap();
        let there = of(-1.0, 2.0);
        vec![
            swapped_samples_negate_the_difference(&there, &of(-2.0, 1.0)),
            swapped_samples_negate_the_difference(&there, &of(0.0, 0.0)),
        ]
    }),
    ("better_attains_more", || {
        let (target, actual) = first(targets().with_digits(1..=999).with_actuals(), |(target, actual)| {
            target.attainment(*actual).is_ok()
        });
        let attainment = |actual| target.attainment(actual).ok().map(|attainment| attainment.ratio());
        vec![
            better_attains_more(&target, attainment, actual, actual),
            better_attains_more(&target, |_| None, actual, actual),
        ]
    }),
    ("edge_belongs_to_its_side", || {
        let bands = first(bands(), |_| true);
        vec![
            edge_belongs_to_its_side(&bands, |value| *bands.classify(value)),
            edge_belongs_to_its_side(&bands, |_| usize::MAX),
        ]
    }),
    ("hysteresis_never_adds_switches", || {
        let bands = first(bands(), |_| true);
        let values = [ratio("1"), ratio("2"), ratio("3")];
        vec![
            hysteresis_never_adds_switches(
                &bands,
                |before, value| *bands.classify_after(before, value),
                &values,
            ),
            hysteresis_never_adds_switches(&bands, |_, _| usize::MAX, &values),
        ]
    }),
    ("refuses", || {
        let case = first(cycle_plans().almost_valid(), |_| true);
        let answer = serde_json::from_str::<CyclePlanDraft>(case.json()).unwrap().check();
        vec![refuses(&case, answer), refuses(&case, Ok::<_, QuantityError>(()))]
    }),
    ("refuses_form", || {
        let case = first(almost_valid(money()), |_| true);
        let told = crate::strategies::read::<Money>(case.json());
        vec![
            refuses_form(&case, told),
            refuses_form(&case, Ok(())),
            refuses_form::<()>(&case, Err(String::new())),
        ]
    }),
];

/// Laws that no absent answer is handed to, or that hold of nothing, as their docs say; each with why.
const WHOLE: &[(&str, &str)] = &[
    ("a_class_is_its_own_successor", "a class is always there, and one for all values is its own successor"),
    ("a_refusal_changes_nothing", "what is not refused is free to do nothing"),
    ("a_repeat_changes_nothing", "what does nothing does nothing more the second time"),
    ("amount_is_explained", "an explanation has at least one step"),
    ("classes_rise", "a class is always there, and one for all values never falls"),
    ("cost_goes_on_as_so_far", "takes one amount"),
    ("dates_follow_the_workdays", "takes two days"),
    ("estimate_closes", "takes three amounts"),
    ("every_user_counts_once", "takes counts as a whole"),
    ("explanatory_powers_add_up", "takes an attribution as a whole"),
    ("free_float_is_within_total_float", "takes two whole numbers"),
    ("interval_contains_its_rate", "an interval has two ends that are numbers"),
    ("interval_grows_with_its_level", "an interval has two ends that are numbers"),
    ("interval_of_the_failures_is_the_mirror_image", "an interval has two ends that are numbers"),
    ("lifetime_value_is_its_sum", "takes one ratio"),
    ("littles_law_holds", "takes three ratios"),
    ("merge_is_associative", "merges of all to one answer are associative"),
    ("merge_is_commutative", "merges of all to one answer are commutative"),
    ("met_exactly_at_one", "takes one ratio"),
    ("one_segment_has_no_mix", "takes an explanation as a whole"),
    ("optimum_keeps_its_bounds", "takes an optimum as a whole"),
    ("priorities_fall", "findings that are not there have no priority"),
    ("ratings_do_not_turn_round", "a rating is always there, and one for all risks does not turn round"),
    ("reads_back_what_it_writes", "takes a value as a whole"),
    ("reads_its_own_text", "takes a value as a whole"),
    ("records_never_run_back", "a log may be empty; that no record is lacking is for its replay"),
    ("release_follows_its_rule", "takes one amount"),
    ("reminder_is_so_many_workdays_ahead", "takes two days"),
    ("reserve_is_its_uplift", "takes one ratio"),
    ("retention_never_rises", "of a young group no period is over"),
    ("spend_stays_within_its_cap", "takes three amounts"),
    ("spent_and_left_are_the_total", "takes three amounts"),
    ("swapping_the_times_negates", "takes two explanations as wholes"),
    ("told_figures_are_true", "of a card that was told metrics only no figure may be known"),
    ("update_is_evaluate", "takes columns as a whole"),
    ("variances_close", "takes two amounts"),
];

#[test]
fn no_law_holds_of_what_is_absent() {
    for (law, answers) in ABSENT {
        let answers = answers();
        assert!(answers.len() > 1, "{law} is handed nothing absent");
        for (place, answer) in answers.into_iter().enumerate() {
            match answer {
                Ok(()) => assert_eq!(place, 0, "{law} holds of absent answer {place}"),
                Err(broken) => {
                    assert!(place > 0, "the right answer breaks it: {broken}");
                    assert_eq!(broken.law(), *law);
                }
            }
        }
    }
}

/// Each law of the sources stands in one of the tables, and once.
#[test]
fn every_law_is_asked_what_it_says_of_an_absent_answer() {
    let mut laws = BTreeSet::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/laws")).unwrap() {
        let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for (at, public) in source.match_indices("\npub fn ") {
            let name = source[at + public.len()..].split(|c: char| !c.is_alphanumeric() && c != '_').next();
            laws.insert(name.unwrap().to_owned());
        }
    }
    let listed: Vec<&str> =
        ABSENT.iter().map(|(law, _)| *law).chain(WHOLE.iter().map(|(law, _)| *law)).collect();
    let once: BTreeSet<String> = listed.iter().map(|law| (*law).to_owned()).collect();
    assert_eq!(once.len(), listed.len(), "a law stands twice");
    let lacking: Vec<_> = laws.difference(&once).collect();
    assert!(lacking.is_empty(), "what do these say of an absent answer? {lacking:#?}");
    let unknown: Vec<_> = once.difference(&laws).collect();
    assert!(unknown.is_empty(), "no laws: {unknown:#?}");
}
