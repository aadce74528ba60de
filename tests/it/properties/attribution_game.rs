//! Laws of removal effects and of games.

#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "counts far below 2^32")]

use marketloop::attribution::{
    AttributionError, AttributionModel, Channels, MarkovChain, Outcome, PathTable, Row, path_removal,
    shapley_conversion_rate, shapley_ordered, shapley_value,
};
use marketloop::laws;
use marketloop::quantity::Currency;
use marketloop::strategies::{self, PathTables};
use proptest::prelude::*;

/// Journeys of six channels, at least one of which converts; the last channel only ever in rows that do not.
fn tables() -> PathTables {
    let tables = strategies::path_tables().with_rows(1..24).with_touches(1..9).with_channels(6);
    tables.with_most_journeys(20).with_conversions().with_null_channel()
}

/// The number of the channel that stands in no path that converts.
const NULL: usize = 5;

/// The same paths with other channels, under a dictionary of these names.
fn rebuilt<'a>(names: &[&str], rows: impl IntoIterator<Item = (Vec<&'a str>, Outcome)>) -> PathTable {
    let channels = Channels::new(names.iter().copied()).unwrap();
    let mut builder = PathTable::builder(Currency::CNY).with_channels(&channels).unwrap();
    for (path, outcome) in rows {
        builder.push_names(path, outcome).unwrap();
    }
    builder.build()
}

fn named<'a>(paths: &'a PathTable, row: &Row<'_>) -> (Vec<&'a str>, Outcome) {
    (row.path.iter().map(|id| paths.channels().name(*id).unwrap()).collect(), row.outcome)
}

/// What is expected from the start of the chain when the states that `removed` names lead to nothing, by
/// Gaussian elimination with pivoting.
fn brute_force(chain: &MarkovChain, reward: impl Fn(usize) -> f64, removed: Option<usize>) -> f64 {
    let gone = |state: usize| chain.touches(state).any(|touch| Some(touch.index()) == removed);
    let n = chain.states();
    let mut matrix = vec![vec![0.0; n + 1]; n];
    for (state, row) in matrix.iter_mut().enumerate() {
        row[state] = 1.0;
        row[n] = if gone(state) { 0.0 } else { reward(state) / chain.visits(state) as f64 };
    }
    for (from, to, share) in chain.transition_probabilities().filter(|(from, ..)| !gone(*from)) {
        matrix[from][to] -= share;
    }
    for column in 0..n {
        let pivot = (column..n).max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs()));
        matrix.swap(column, pivot.unwrap());
        let pivot = matrix[column].clone();
        for (at, row) in matrix.iter_mut().enumerate().filter(|(at, _)| *at != column) {
            let factor = row[column] / pivot[column];
            assert!(factor.is_finite(), "{at}");
            row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
        }
    }
    let journeys: u64 = (0..n).map(|state| chain.starts(state)).sum();
    let from = |state: usize| chain.starts(state) as f64 * matrix[state][n] / matrix[state][state];
    (0..n).map(from).sum::<f64>() / journeys as f64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn closed_form_equals_brute_force_removal(paths in tables(), order in 1..4_usize) {
        let chain = MarkovChain::new(&paths, order).unwrap();
        let effects = chain.removal_effects().unwrap();
        let conversions = |state: usize| chain.conversions(state) as f64;
        let all = brute_force(&chain, conversions, None);
        prop_assert!((all - chain.conversion_rate()).abs() < 1e-12);
        prop_assert_eq!(effects.conversions().len(), paths.channels().len());
        for (channel, effect) in effects.conversions().iter().enumerate() {
            let without = brute_force(&chain, conversions, Some(channel));
            prop_assert!((1.0 - without / all - effect).abs() < 1e-11, "{} {}", channel, effect);
        }
        let value = |state: usize| chain.value(state) as f64;
        let all = brute_force(&chain, value, None);
        prop_assert!(effects.values().known().is_none_or(|values| values.len() == paths.channels().len()));
        for (channel, effect) in effects.values().known().into_iter().flatten().enumerate() {
            let without = brute_force(&chain, value, Some(channel));
            prop_assert!((1.0 - without / all - effect).abs() < 1e-11, "{} {}", channel, effect);
        }
        prop_assert_eq!(effects.values().is_known(), paths.totals().value.minor() > 0);
    }

    #[test]
    fn removal_effects_lie_between_0_and_1_and_credits_add_up(paths in tables(), order in 1..5_usize) {
        let effects = MarkovChain::new(&paths, order).unwrap().removal_effects().unwrap();
        prop_assert_eq!([effects.conversions().len(), effects.visit_probabilities().len()], [paths.channels().len(); 2]);
        let visits = effects.visit_probabilities().iter();
        for effect in effects.conversions().iter().chain(effects.values().known().into_iter().flatten()).chain(visits) {
            prop_assert!((0.0..=1.0).contains(effect), "{}", effect);
        }
        let totals = paths.totals();
        let total = totals.conversions as f64;
        let credits = AttributionModel::Markov(order as u8).credit(&paths).unwrap();
        laws::credits_conserve(&AttributionModel::Markov(order as u8), &paths)?;
        laws::untouched_channels_get_nothing(&AttributionModel::Markov(order as u8), &paths)?;
        prop_assert!((credits.conversions().iter().sum::<f64>() - total).abs() <= 1e-12 * total);
        let value = totals.value.minor() as f64;
        prop_assert!((credits.values().iter().sum::<f64>() - value).abs() <= 1e-12 * value);
        let exact: rust_decimal::Decimal = credits.conversions_exact(6).unwrap().into_iter().sum();
        prop_assert_eq!(exact, totals.conversions.into());
    }

    #[test]
    fn null_players_get_nothing(paths in tables(), order in 1..4_usize) {
        // The last channel is never before a conversion.
        let nothing = 0.0_f64.to_bits();
        let effects = MarkovChain::new(&paths, order).unwrap().removal_effects().unwrap();
        // At order 1 a chain can lead from it to a conversion by way of another channel.
        let chain = MarkovChain::new(&paths, order).unwrap();
        let onward = chain.conversion_probabilities().unwrap();
        let brings = (0..chain.states())
            .any(|state| onward[state] > 0.0 && chain.touches(state).any(|touch| touch.index() == NULL));
        prop_assert_eq!(effects.conversions()[NULL].to_bits() == nothing, !brings);
        laws::null_channels_get_nothing(&AttributionModel::Shapley, &paths)?;
        laws::null_channels_get_nothing(&AttributionModel::LeaveOneTouchOut, &paths)?;
        prop_assert_eq!(AttributionModel::Shapley.credit(&paths).unwrap().conversions()[NULL].to_bits(), nothing);
        prop_assert_eq!(path_removal(&paths).unwrap()[NULL].to_bits(), nothing);
        prop_assert_eq!(AttributionModel::LeaveOneTouchOut.credit(&paths).unwrap().conversions()[NULL].to_bits(), nothing);
    }

    #[test]
    fn shapley_is_efficient(paths in tables(), values in prop::collection::vec(-100.0..100.0_f64, 32)) {
        let totals = paths.totals();
        let total = totals.conversions as f64;
        let simplified = AttributionModel::Shapley.credit(&paths).unwrap();
        prop_assert!((simplified.conversions().iter().sum::<f64>() - total).abs() < 1e-12 * total);
        let ordered = shapley_ordered(&paths).unwrap().conversions();
        prop_assert_eq!([ordered.len(), simplified.conversions().len()], [paths.channels().len(); 2]);
        for (all, expected) in ordered.iter().zip(simplified.conversions()) {
            prop_assert!((all - expected).abs() < 1e-12 * total);
        }
        let rate: f64 = shapley_conversion_rate(&paths).unwrap().iter().sum();
        prop_assert!((rate - total / totals.journeys as f64).abs() < 1e-13);
        let left_out: f64 = AttributionModel::LeaveOneTouchOut.credit(&paths).unwrap().conversions().iter().sum();
        prop_assert!((left_out - total).abs() < 1e-12 * total);
        let parts = shapley_value(5, |coalition| values[coalition as usize]).unwrap();
        prop_assert!((parts.iter().sum::<f64>() - (values[31] - values[0])).abs() < 1e-11);
    }

    #[test]
    fn simplified_shapley_is_the_value_of_its_game(paths in tables()) {
        let mask = |row: &Row<'_>| row.path.iter().fold(0_u32, |set, channel| set | (1 << channel.index()));
        let inside = |coalition: u32| paths.rows().filter(move |row| mask(row) & !coalition == 0);
        let worth = |coalition: u32| inside(coalition).map(|row| row.outcome.conversions as f64).sum();
        let parts = shapley_value(6, worth).unwrap();
        laws::parts_of_a_game_add_up(&parts, worth)?;
        let credits = AttributionModel::Shapley.credit(&paths).unwrap();
        prop_assert_eq!([parts.len(), credits.conversions().len()], [paths.channels().len(); 2]);
        for (part, credit) in parts.iter().zip(credits.conversions()) {
            prop_assert!((part - credit).abs() < 1e-11);
        }
        let rate = |coalition: u32| {
            let (converted, all) = inside(coalition).map(|row| row.outcome).fold((0, 0), |sum, own| {
                (sum.0 + own.conversions, sum.1 + own.conversions + own.nulls)
            });
            if all == 0 { 0.0 } else { converted as f64 / all as f64 }
        };
        let (parts, found) = (shapley_value(6, rate).unwrap(), shapley_conversion_rate(&paths).unwrap());
        prop_assert_eq!([parts.len(), found.len()], [paths.channels().len(); 2]);
        for (part, found) in parts.iter().zip(found) {
            prop_assert!((part - found).abs() < 1e-13);
        }
    }

    #[test]
    fn symmetric_channels_get_the_same(paths in tables(), order in 1..4_usize) {
        // Each row once more with the first two channels exchanged.
        let names: Vec<&str> = paths.channels().names().collect();
        let other = |name: &'_ _| names.iter().position(|own| own == name).map(|at| names[[1, 0, 2, 3, 4, 5][at]]);
        let exchanged = paths.rows().map(|row| {
            let (path, outcome) = named(&paths, &row);
            (path.iter().map(|name| other(name).unwrap()).collect(), outcome)
        });
        let paths = rebuilt(&names, paths.rows().map(|row| named(&paths, &row)).chain(exchanged));
        let effects = MarkovChain::new(&paths, order).unwrap().removal_effects().unwrap();
        let simplified = AttributionModel::Shapley.credit(&paths).unwrap();
        let rate = shapley_conversion_rate(&paths).unwrap();
        for figures in [effects.conversions(), simplified.conversions(), simplified.values(), &rate] {
            prop_assert!((figures[0] - figures[1]).abs() <= 1e-12 * figures[0].abs().max(1.0));
        }
    }

    #[test]
    fn permutation_changes_nothing_bit_for_bit(
        (one, rows) in tables().prop_flat_map(|paths| {
            let rows: Vec<usize> = (0..paths.len()).collect();
            (Just(paths), Just(rows).prop_shuffle())
        }),
        numbers in Just(vec![0, 1, 2, 3, 4, 5]).prop_shuffle(),
        order in 1..4_usize,
    ) {
        let names: Vec<&str> = one.channels().names().collect();
        let turned: Vec<&str> = numbers.into_iter().map(|number: usize| names[number]).collect();
        let other = rebuilt(&turned, rows.into_iter().map(|row| named(&one, &one.row(row).unwrap())));
        // The same channels under the numbers of another dictionary.
        let by_name = |paths: &PathTable, figures: &[f64]| {
            let figure = |name: &&str| figures[paths.channels().id(name).unwrap().index()].to_bits();
            names.iter().map(figure).collect::<Vec<_>>()
        };
        let same = |figures: &dyn Fn(&PathTable) -> Vec<f64>| {
            by_name(&one, &figures(&one)) == by_name(&other, &figures(&other))
                && by_name(&one, &figures(&one)) == by_name(&one.aggregated(), &figures(&one.aggregated()))
        };
        let effects = |paths: &PathTable| MarkovChain::new(paths, order).unwrap().removal_effects().unwrap();
        let model = AttributionModel::Markov(order as u8);
        prop_assert!(same(&|paths| effects(paths).conversions().to_vec()));
        prop_assert!(same(&|paths| effects(paths).visit_probabilities().to_vec()));
        prop_assert!(same(&|paths| model.credit(paths).unwrap().conversions().to_vec()));
        prop_assert!(same(&|paths| model.credit(paths).unwrap().values().to_vec()));
        prop_assert!(same(&|paths| AttributionModel::Shapley.credit(paths).unwrap().values().to_vec()));
        prop_assert!(same(&|paths| shapley_ordered(paths).unwrap().conversions()));
        prop_assert!(same(&|paths| shapley_conversion_rate(paths).unwrap()));
        prop_assert!(same(&|paths| AttributionModel::LeaveOneTouchOut.credit(paths).unwrap().conversions().to_vec()));
        prop_assert!(same(&|paths| path_removal(paths).unwrap()));
    }

    #[test]
    fn an_order_beyond_every_path_removes_what_the_paths_have(paths in tables()) {
        // A state is then a whole path, and the chain the data.
        let effects = MarkovChain::new(&paths, 8).unwrap().removal_effects().unwrap();
        let shares = path_removal(&paths).unwrap();
        prop_assert_eq!([effects.conversions().len(), shares.len()], [paths.channels().len(); 2]);
        for (effect, share) in effects.conversions().iter().zip(shares) {
            prop_assert!((effect - share).abs() < 1e-13);
        }
    }

    #[test]
    fn expected_steps_are_the_mean_length_of_the_journeys(paths in tables(), order in 1..4_usize) {
        let chain = MarkovChain::new(&paths, order).unwrap();
        // A journey that starts in a state of k touches has k - 1 touches before the first that counts.
        let from = |(state, steps): (usize, &f64)| {
            chain.starts(state) as f64 * (steps + chain.touches(state).count() as f64 - 1.0)
        };
        let steps: f64 = chain.expected_steps().unwrap().iter().enumerate().map(from).sum();
        let journeys = |row: &Row<'_>| (row.outcome.conversions + row.outcome.nulls) as usize;
        let touches: usize = paths.rows().map(|row| row.path.len() * journeys(&row)).sum();
        prop_assert!((steps / touches as f64 - 1.0).abs() < 1e-12);
    }
}

#[test]
fn games_refuse_what_they_cannot_enumerate() {
    let order = |order| AttributionError::Order { order, max: 255 };
    let none = PathTable::builder(Currency::CNY).build();
    assert_eq!(AttributionModel::Markov(0).credit(&none), Err(order(0)));
    assert_eq!("markov(256)".parse::<AttributionModel>(), Err(order(256)));
    assert_eq!(MarkovChain::new(&none, 0), Err(order(0)));
    assert_eq!(order(0).to_string(), "order 0 is outside 1..=255");
    let many = Err(AttributionError::TooManyPlayers { players: 21, max: 20 });
    assert_eq!(shapley_value(21, |_| 0.0), many);
    assert_eq!(shapley_value(0, |_| 1.0), Ok(vec![]));
    let refused = shapley_value(2, |coalition| if coalition == 2 { f64::INFINITY } else { 0.0 });
    assert_eq!(refused, Err(AttributionError::CoalitionValue { coalition: 2, value: f64::INFINITY }));
    let opposite = |coalition: u32| if coalition == 1 { f64::MAX } else { -f64::MAX };
    assert_eq!(shapley_value(1, opposite), Err(AttributionError::Overflow { what: "a Shapley value" }));
    let mut builder = PathTable::builder(Currency::CNY);
    let names: Vec<String> = (0..21).map(|channel| format!("channel {channel}")).collect();
    builder.push_names(names.iter().map(String::as_str), Outcome::converted(1)).unwrap();
    let paths = builder.build();
    assert_eq!(shapley_conversion_rate(&paths), many);
    assert!(MarkovChain::new(&paths, 255).unwrap().removal_effects().is_ok());
    let none = PathTable::builder(Currency::CNY).build();
    assert_eq!(path_removal(&none), Err(AttributionError::NoPaths));
    assert_eq!(MarkovChain::new(&none, 1), Err(AttributionError::NoPaths));
    assert_eq!(shapley_conversion_rate(&none), Ok(vec![]));
}

#[test]
fn effects_of_a_chain_that_hardly_ends_keep_their_digits() {
    // One journey that changes between a and b 100,000 times, and c once in 10^12 journeys.
    let mut builder = PathTable::builder(Currency::CNY);
    let long = ["a", "b"].into_iter().cycle().take(100_000);
    builder.push_names(long, Outcome { conversions: 1, nulls: 0, value: 7 }).unwrap();
    builder.push_names(["c"], Outcome { conversions: 1, nulls: 0, value: 7 }).unwrap();
    builder.push_names(["d"], Outcome { conversions: 999_999_999_999, nulls: 5, value: 7 }).unwrap();
    let paths = builder.build();
    for order in 1..4 {
        let effects = MarkovChain::new(&paths, order).unwrap().removal_effects().unwrap();
        let once = 1.0 / 1_000_000_000_001.0;
        for channel in 0..3 {
            let effect = effects.conversions()[channel];
            assert!((effect / once - 1.0).abs() < 1e-12, "{order} {channel} {effect}");
        }
    }
}
