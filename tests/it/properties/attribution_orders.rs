//! Laws of the choice of an order, of splits, of the paths' ranking and of hierarchies.
#![allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]

use marketloop::attribution::{AttributionError, OrderSelection, Outcome, PathTable, RankBy, Totals};
use marketloop::error::ErrorKind;
use marketloop::figure::Figure;
use marketloop::quantity::Currency;
use marketloop::strategies::{self, PathTables};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Rows by the places of their channels among all names in order: the same in any dictionary.
type Rows = Vec<(Vec<usize>, Outcome)>;

fn tables(least: usize) -> PathTables {
    let tables = strategies::path_tables().with_rows(least..14).with_touches(1..7).with_channels(4);
    tables.with_most_journeys(30)
}

fn rows(paths: &PathTable) -> Rows {
    let names: BTreeSet<&str> = paths.channels().names().collect();
    let place = |id| names.iter().position(|name| paths.channels().name(id) == Some(name)).unwrap();
    paths.rows().map(|row| (row.path.iter().map(|id| place(*id)).collect(), row.outcome)).collect()
}

/// The formula as it is written, without a trie. Steps 4 and 5 are conversion and null.
struct Formula {
    /// A context is the last touches; `None` is the start.
    counts: BTreeMap<Vec<Option<usize>>, BTreeMap<usize, u64>>,
    even: f64,
}

fn from_start(path: &[usize]) -> Vec<Option<usize>> {
    [None].into_iter().chain(path.iter().copied().map(Some)).collect()
}

impl Formula {
    /// Both tables have the same four channels, whether or not a path has them.
    fn of(rows: &Rows) -> Self {
        let names = [(); 4];
        let mut formula = Self { counts: BTreeMap::new(), even: 1.0 / (names.len() as f64 + 2.0) };
        for (path, outcome) in rows {
            let all = from_start(path);
            let journeys = outcome.conversions + outcome.nulls;
            let steps = path.iter().copied().zip(1..).map(|(touch, at)| (touch, at, journeys));
            let ends = [(4, all.len(), outcome.conversions), (5, all.len(), outcome.nulls)];
            for (step, at, weight) in steps.chain(ends).filter(|(.., weight)| *weight > 0) {
                for from in 0..=at {
                    let context = formula.counts.entry(all[from..at].to_vec()).or_default();
                    *context.entry(step).or_default() += weight;
                }
            }
        }
        formula
    }

    fn probability(&self, order: usize, history: &[Option<usize>], step: usize) -> f64 {
        let often =
            |context: &[Option<usize>]| self.counts.get(context).map_or(0, |steps| steps.values().sum());
        let mut probability = self.even;
        for length in 0..=order.min(history.len()) {
            let context = &history[history.len() - length..];
            let all: u64 = often(context);
            if length == 0 || (all > 0 && all < often(&context[1..])) {
                let steps = &self.counts[context];
                let (count, different) = (steps.get(&step).copied().unwrap_or_default(), steps.len() as f64);
                probability = (count as f64 + different * probability) / (all as f64 + different);
            }
        }
        probability
    }
}

fn added(one: Totals, other: Totals) -> (u64, u64, i128) {
    let value = one.value.minor() + other.value.minor();
    (one.conversions + other.conversions, one.nulls + other.nulls, value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn held_out_likelihood_is_the_formula(known in tables(1), other in tables(1)) {
        let (fitted, held_out) = (rows(&known), rows(&other));
        let selection = OrderSelection::new(&known, &other, 3).unwrap();
        prop_assert_eq!(selection.scores().len(), 3);
        let formula = Formula::of(&fitted);
        for (order, log_likelihood, _) in selection.scores() {
            let (mut sum, mut steps) = (0.0, 0.0);
            for (path, outcome) in &held_out {
                let all = from_start(path);
                let log = |at: usize, step| formula.probability(order, &all[..at], step).ln();
                let touches: f64 = path.iter().zip(1..).map(|(touch, at)| log(at, *touch)).sum();
                let (conversions, nulls) = (outcome.conversions as f64, outcome.nulls as f64);
                sum += (conversions + nulls) * touches;
                sum += conversions * log(all.len(), 4) + nulls * log(all.len(), 5);
                steps += (conversions + nulls) * all.len() as f64;
            }
            prop_assert!((sum / steps - log_likelihood).abs() < 1e-9, "{} {}", sum / steps, log_likelihood);
            prop_assert!(log_likelihood.is_finite() && log_likelihood < 0.0);
        }
    }

    #[test]
    fn the_auc_is_the_part_of_pairs_in_the_right_order(known in tables(1), other in tables(1)) {
        let (fitted, held_out) = (rows(&known), rows(&other));
        let selection = OrderSelection::new(&known, &other, 2).unwrap();
        prop_assert_eq!(selection.scores().len(), 2);
        let formula = Formula::of(&fitted);
        for (order, _, auc) in selection.scores() {
            let chance = |path: &[usize]| {
                let all = from_start(path);
                let [yes, no] = [4, 5].map(|end| formula.probability(order, &all, end));
                yes / (yes + no)
            };
            let (mut right, mut pairs) = (0.0, 0.0);
            for (one, converted) in &held_out {
                for (two, not) in &held_out {
                    let weight = converted.conversions as f64 * not.nulls as f64;
                    let apart = chance(one) - chance(two);
                    let half = if apart.abs() < 1e-12 { 0.5 } else { f64::from(u8::from(apart > 0.0)) };
                    (right, pairs) = (right + weight * half, pairs + weight);
                }
            }
            match auc.clone().known() {
                Some(auc) => prop_assert!((right / pairs - auc).abs() < 1e-9, "{} {}", right / pairs, auc),
                None => prop_assert!(pairs < 0.5),
            }
        }
    }

    #[test]
    fn the_chosen_order_is_the_lowest_within_the_tolerance(known in tables(1), other in tables(1)) {
        let selection = OrderSelection::new(&known, &other, 4).unwrap();
        let scores: Vec<_> = selection.scores().collect();
        let choice = selection.by_likelihood();
        let score = |order: usize| scores[order - 1].1;
        prop_assert!(scores.iter().all(|(_, other, _)| *other <= score(choice.best) + 1e-12));
        prop_assert!(choice.order <= choice.best && choice.behind <= choice.tolerance);
        prop_assert!((score(choice.best) - score(choice.order) - choice.behind).abs() < 1e-9);
        prop_assert_eq!(selection.by_auc().is_known(), scores[0].2.is_known());
        if let Some(choice) = selection.by_auc().known() {
            let area = |order: usize| scores[order - 1].2.clone().get().unwrap();
            prop_assert!((area(choice.best) - area(choice.order) - choice.behind).abs() < 1e-12);
            prop_assert!((1..choice.order).all(|order| area(choice.best) - area(order) > choice.tolerance));
        }
    }

    #[test]
    fn the_order_of_journeys_does_not_change_a_choice(
        (one, order) in tables(2).prop_flat_map(|paths| {
            let order: Vec<usize> = (0..paths.len()).collect();
            (Just(paths), Just(order).prop_shuffle())
        }),
        held_out in tables(1),
    ) {
        let mut builder = PathTable::builder(Currency::CNY);
        for row in order {
            let row = one.row(row).unwrap();
            let names = row.path.iter().map(|id| one.channels().name(*id).unwrap());
            builder.push_names(names, row.outcome).unwrap();
        }
        let other = builder.build();
        let selection = OrderSelection::new(&one, &held_out, 3).unwrap();
        prop_assert_eq!(&OrderSelection::new(&other, &held_out, 3).unwrap(), &selection);
        prop_assert_eq!(&OrderSelection::new(&one, &held_out.aggregated(), 3).unwrap(), &selection);
        let switched = OrderSelection::new(&held_out, &one, 3).unwrap();
        prop_assert_eq!(OrderSelection::new(&held_out, &other, 3).unwrap(), switched);
    }

    #[test]
    fn a_split_loses_no_journey(paths in tables(0), nth in 2..9_u64) {
        let (rest, held) = paths.split_every(nth).unwrap();
        let all = paths.totals();
        prop_assert_eq!(added(rest.totals(), held.totals()), (all.conversions, all.nulls, all.value.minor()));
        prop_assert_eq!((held.totals().conversions, held.totals().nulls), (all.conversions / nth, all.nulls / nth));
        if !paths.is_empty() {
            prop_assert_eq!(rest.merge(&held).unwrap(), paths.aggregated());
        }
    }

    #[test]
    fn top_paths_are_all_paths_in_order(paths in tables(0), most in 0..20_usize) {
        for by in [RankBy::Conversions, RankBy::Value] {
            let all = paths.top_paths(by, usize::MAX).unwrap();
            prop_assert_eq!(all.len(), paths.clone().without_times().aggregated().len());
            prop_assert_eq!(&paths.top_paths(by, most).unwrap()[..], &all[..most.min(all.len())]);
            let sum: u64 = all.iter().map(|top| top.outcome.conversions).sum();
            prop_assert_eq!(sum, paths.totals().conversions);
            let key = |top: &marketloop::attribution::TopPath| {
                let (conversions, value) = (top.outcome.conversions, top.outcome.value.unsigned_abs());
                let (first, then) = if by == RankBy::Value { (value, conversions) } else { (conversions, value) };
                let names: Vec<String> =
                    top.path.iter().map(|id| paths.channels().name(*id).unwrap().into()).collect();
                (u64::MAX - first, u64::MAX - then, names)
            };
            prop_assert!(all.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])));
            for top in all {
                let journeys = top.outcome.conversions + top.outcome.nulls;
                let rate = top.outcome.conversions as f64 / journeys as f64;
                prop_assert!((top.conversion_rate.to_f64() - rate).abs() < 1e-15);
            }
        }
    }
}

#[test]
fn what_cannot_be_chosen_is_refused() {
    let none = PathTable::builder(Currency::CNY).build();
    let mut builder = PathTable::builder(Currency::CNY);
    builder.push_names(["SEM"], Outcome::converted(1)).unwrap();
    let one = builder.build();
    assert_eq!(OrderSelection::new(&none, &one, 1), Err(AttributionError::NoPaths));
    assert_eq!(OrderSelection::new(&one, &none, 1), Err(AttributionError::NoPaths));
    let order = |order| Err(AttributionError::Order { order, max: 255 });
    assert_eq!(OrderSelection::new(&one, &one, 0), order(0));
    assert_eq!(OrderSelection::new(&one, &one, 256), order(256));
    assert_eq!(one.split_every(0), Err(AttributionError::Nth { nth: 0 }));
    assert_eq!(one.split_every(1).unwrap_err().kind(), ErrorKind::OutOfRange);
    assert_eq!(one.split_every(u64::MAX).unwrap().1.len(), 0);
    // One journey tells of one step; nothing ends without a conversion, and there is no AUC.
    let selection = OrderSelection::new(&one, &one, 255).unwrap();
    assert_eq!(selection.by_likelihood().order, 1);
    assert_eq!(selection.by_auc().to_string(), "undefined: there is no journey that does not convert");
}

#[test]
fn counts_at_the_end_of_the_range_are_scored_or_refused() {
    let mut builder = PathTable::builder(Currency::CNY);
    let half = u64::MAX / 8;
    builder.push_names(["SEM"], Outcome { conversions: half, nulls: half, value: i64::MAX }).unwrap();
    let paths = builder.build();
    let selection = OrderSelection::new(&paths, &paths, 2).unwrap();
    assert_eq!(selection.scores().next().unwrap().2, &Figure::Known(0.5));
    let (rest, held) = paths.split_every(2).unwrap();
    assert_eq!(rest.totals().value.minor() + held.totals().value.minor(), i128::from(i64::MAX));
    let mut builder = PathTable::builder(Currency::CNY);
    builder.push_names(["SEM"; 40], Outcome { conversions: half, nulls: 0, value: 0 }).unwrap();
    let many = builder.build();
    assert!(matches!(OrderSelection::new(&many, &paths, 2), Err(AttributionError::Overflow { .. })));
    assert!(matches!(OrderSelection::new(&paths, &many, 2), Err(AttributionError::Overflow { .. })));
}
