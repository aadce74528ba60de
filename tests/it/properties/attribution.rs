//! Laws of attribution.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the figures of these tests are small"
)]

use marketloop::attribution::{
    AttributionModel, Channels, Costs, Credits, Model, ModelComparison, Outcome, PathTable, Row,
};
use marketloop::budget::{Allocation, Divide, Line};
use marketloop::figure::Figure;
use marketloop::laws;
use marketloop::quantity::{Currency, Money};
use marketloop::strategies::{self, PathTables};
use marketloop::time::Duration;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Long paths of a few channels: of one path many rows can be.
fn tables() -> PathTables {
    strategies::path_tables().with_rows(1..30).with_touches(1..20).with_channels(1..=5)
}

/// These rows under a dictionary that they fill as they come, so that shards differ in theirs.
fn filled<'a>(paths: &PathTable, rows: impl IntoIterator<Item = Row<'a>>) -> PathTable {
    let mut builder = PathTable::builder(paths.currency());
    for row in rows {
        let names = row.path.iter().map(|id| paths.channels().name(*id).unwrap());
        let ids: Vec<_> = names.map(|name| builder.channel(name).unwrap()).collect();
        builder.push_timed(&ids, row.seconds_before_end.unwrap(), row.outcome).unwrap();
    }
    builder.build()
}

fn models() -> Vec<(&'static str, Box<dyn Model>)> {
    vec![
        ("first", Box::new(AttributionModel::FirstTouch)),
        ("last", Box::new(AttributionModel::LastTouch)),
        ("last non-direct", Box::new(AttributionModel::LastNonDirect("Direct".into()))),
        ("linear", Box::new(AttributionModel::Linear)),
        ("u", Box::new(AttributionModel::U_SHAPED)),
        ("j", Box::new(AttributionModel::J_SHAPED)),
        ("middle", Box::new("position_based(0,0)".parse::<AttributionModel>().unwrap())),
        ("w", Box::new(|paths: &PathTable| Credits::w_shaped(paths, |_, row| Some(row.path.len() / 2)))),
        ("half-life", Box::new(AttributionModel::TimeDecay(Duration::from_days(1)))),
        ("position", Box::new("position_decay(0.7)".parse::<AttributionModel>().unwrap())),
        (
            "custom",
            Box::new(|paths: &PathTable| {
                Credits::by_weights(paths, |_, row, weights| {
                    let names = row.path.iter().map(|touch| paths.channels().name(*touch).unwrap());
                    weights.extend(names.map(|name| f64::from(1 + name.len() as u32) / 3.0));
                    Ok(())
                })
            }),
        ),
        ("participation", Box::new(AttributionModel::Participation)),
    ]
}

fn by_name(credits: &Credits) -> Vec<(String, u64, u64)> {
    assert_eq!([credits.conversions().len(), credits.values().len()], [credits.channels().len(); 2]);
    let figures = credits.conversions().iter().zip(credits.values());
    let named = credits.channels().names().zip(figures);
    let mut all: Vec<_> = named.map(|(name, (c, v))| (name.to_owned(), c.to_bits(), v.to_bits())).collect();
    all.sort();
    all
}

proptest! {
    #[test]
    fn credits_sum_to_the_total(paths in tables(), decimals in 0_u32..6) {
        let totals = paths.totals();
        for (name, model) in models() {
            let credits = model.credit(&paths).unwrap();
            if !credits.is_conserving() {
                prop_assert!(credits.conversions_exact(decimals).is_err() && credits.values_exact().is_err());
                continue;
            }
            let near = |sum: f64, total: f64| (sum - total).abs() <= 1e-12 * total;
            prop_assert!(near(credits.conversions().iter().sum(), totals.conversions as f64), "{name}");
            prop_assert!(near(credits.values().iter().sum(), totals.value.minor() as f64), "{name}");
            let exact = credits.conversions_exact(decimals).unwrap();
            prop_assert_eq!(exact.iter().sum::<Decimal>(), Decimal::from(totals.conversions), "{}", name);
            prop_assert_eq!(exact.len(), credits.conversions().len());
            for (exact, estimate) in exact.iter().zip(credits.conversions()) {
                let exact: f64 = exact.to_string().parse().unwrap();
                let unit = 10_f64.powi(-(decimals as i32));
                prop_assert!((exact - estimate).abs() <= unit + 1e-12 * estimate, "{name}: {exact} {estimate}");
            }
            let values = Money::sum(credits.values_exact().unwrap(), Currency::CNY).unwrap();
            prop_assert_eq!(values, totals.value, "{}", name);
        }
    }

    /// One of the models in each case: each law asks it several times.
    #[test]
    fn every_model_keeps_the_laws_of_credits(paths in tables(), number in any::<prop::sample::Index>()) {
        let (name, model) = models().swap_remove(number.index(models().len()));
        prop_assert_eq!(laws::credits_conserve(&*model, &paths).is_ok(), name != "participation");
        laws::credits_ignore_order(&*model, &paths)?;
        laws::untouched_channels_get_nothing(&*model, &paths)?;
        laws::null_channels_get_nothing(&*model, &paths)?;
    }

    #[test]
    fn merge_of_any_sharding_is_the_whole(paths in tables(), shards in vec(0_usize..4, 30)) {
        let whole = filled(&paths, paths.rows()).aggregated();
        let shard = |number| {
            filled(&paths, paths.rows().zip(&shards).filter(|(_, s)| **s == number).map(|(row, _)| row))
        };
        let parts: Vec<PathTable> = (0..4).map(shard).collect();
        let merged = PathTable::merge_all(&parts).unwrap();
        prop_assert_eq!(&merged, &whole);
        prop_assert_eq!(&PathTable::merge_all(parts.iter().rev()).unwrap(), &whole);
        let pairs = parts[0].merge(&parts[1]).unwrap().merge(&parts[2].merge(&parts[3]).unwrap()).unwrap();
        prop_assert_eq!(&pairs, &whole);
        let merge = |a: PathTable, b: PathTable| a.merge(&b).unwrap();
        laws::merge_is_associative(merge, &parts[0], &parts[1], &parts[2])?;
        laws::merge_is_commutative(merge, &parts[0], &parts[1])?;
        for (name, model) in models() {
            prop_assert_eq!(model.credit(&merged), model.credit(&whole), "{}", name);
        }
    }

    #[test]
    fn permutation_of_journeys_changes_nothing(
        (one, order) in tables().prop_flat_map(|paths| {
            let order: Vec<usize> = (0..paths.len()).collect();
            (Just(paths), Just(order).prop_shuffle())
        }),
    ) {
        let other = filled(&one, order.into_iter().map(|row| one.row(row).unwrap()));
        let one = filled(&one, one.rows());
        prop_assert_eq!(one.aggregated(), other.aggregated());
        for (name, model) in models() {
            let (credits, permuted) = (model.credit(&one).unwrap(), model.credit(&other).unwrap());
            prop_assert_eq!(by_name(&credits), by_name(&permuted), "{}", name);
            let aggregated = model.credit(&one.aggregated()).unwrap();
            prop_assert_eq!(by_name(&credits), by_name(&aggregated), "{}", name);
        }
    }

    #[test]
    fn touch_credits_are_the_channels_credits(paths in tables()) {
        let credits = AttributionModel::Linear.credit(&paths).unwrap();
        let mut sums = vec![0.0; paths.channels().len()];
        for (index, row) in paths.rows().enumerate() {
            let touches = AttributionModel::Linear.touch_credits(&paths, index).unwrap();
            prop_assert!((touches.shares.iter().sum::<f64>() - 1.0).abs() < 1e-14);
            prop_assert_eq!(row.path.len(), touches.conversions.len());
            for (id, conversions) in row.path.iter().zip(touches.conversions) {
                sums[id.index()] += conversions;
            }
        }
        prop_assert_eq!(sums.len(), credits.conversions().len());
        for (sum, credit) in sums.iter().zip(credits.conversions()) {
            prop_assert!((sum - credit).abs() <= 1e-9 * credit.max(1.0));
        }
    }

    #[test]
    fn a_table_comes_back_from_the_wire(paths in tables()) {
        for paths in [paths.clone().without_times(), filled(&paths, []), paths] {
            laws::reads_back_what_it_writes(&paths)?;
        }
    }

    #[test]
    fn weights_of_a_resample_are_repeated_rows(paths in tables(), weights in vec(0_u64..4, 30)) {
        let weights = &weights[..paths.len()];
        let repeated = paths.rows().zip(weights).flat_map(|(row, weight)| vec![row; *weight as usize]);
        let repeated = filled(&paths, repeated).aggregated();
        let weighted = paths.weighted(weights).unwrap();
        prop_assert_eq!(weighted.totals(), repeated.totals());
        prop_assert_eq!(weighted.aggregated().len(), repeated.len());
        for (one, other) in weighted.aggregated().rows().zip(repeated.rows()) {
            prop_assert_eq!((one.path.len(), one.outcome), (other.path.len(), other.outcome));
        }
    }

    #[test]
    fn distance_of_models_is_a_metric(paths in tables()) {
        prop_assume!(paths.totals().conversions > 0);
        let names = ["first", "last", "linear"];
        let credits = [AttributionModel::FirstTouch.credit(&paths), AttributionModel::LastTouch.credit(&paths), AttributionModel::Linear.credit(&paths)];
        let comparison = ModelComparison::new(names.into_iter().zip(credits.map(Result::unwrap))).unwrap();
        let apart = |a, b| comparison.total_variation(a, b).unwrap();
        for a in names {
            prop_assert!(apart(a, a) <= 0.0);
            let moved: isize = comparison.rank_differences(a, "linear").unwrap().into_iter().sum();
            prop_assert_eq!(moved, 0);
            for b in names {
                prop_assert_eq!(apart(a, b).to_bits(), apart(b, a).to_bits());
                prop_assert!((0.0..=1.0).contains(&apart(a, b)));
                for c in names {
                    prop_assert!(apart(a, c) <= apart(a, b) + apart(b, c) + 1e-12);
                }
            }
        }
    }

    #[test]
    fn calibrated_credits_sum_to_the_total(paths in tables(), percent in 0_u64..=100) {
        let credits = AttributionModel::Linear.credit(&paths).unwrap();
        let lift = Decimal::from(paths.totals().conversions) * Decimal::new(percent as i64, 2);
        let name = paths.channels().names().next().unwrap();
        if let Ok(calibrated) = credits.calibrated([(name, lift)], 2) {
            prop_assert_eq!(calibrated[0].1, lift);
            let sum: Decimal = calibrated.iter().map(|(_, conversions)| conversions).sum();
            prop_assert_eq!(sum, Decimal::from(paths.totals().conversions));
        } else {
            // Where nobody else has credit, only the whole lift fits.
            prop_assert!(percent < 100 && paths.totals().conversions > 0);
            prop_assert!(credits.conversions()[1..].iter().all(|credit| *credit <= 0.0));
        }
    }

    #[test]
    fn returns_hold_the_totals(paths in tables(), cost in 1_i64..1_000_000) {
        let cost = Money::from_minor(cost.into(), Currency::CNY).unwrap();
        let costs = Costs::new(Currency::CNY, [("SEM", cost), ("print", cost)]).unwrap();
        let returns = AttributionModel::LastTouch.credit(&paths).unwrap().returns(&costs, 0).unwrap();
        let conversions: Decimal = returns.iter().map(|channel| channel.conversions).sum();
        prop_assert_eq!(conversions, Decimal::from(paths.totals().conversions));
        prop_assert_eq!(Money::sum(returns.iter().map(|c| c.value), Currency::CNY), Ok(paths.totals().value));
        prop_assert!(returns.iter().any(|channel| channel.channel == "print" && channel.cost == Figure::Known(cost)));
    }

    #[test]
    fn costs_of_touches_are_the_sum_of_their_prices(
        touches in vec((0_usize..3, prop::option::of(0_i64..1_000_000)), 0..40),
        cut in 0_usize..40,
    ) {
        let channels = Channels::new(["SEM", "Direct", "KOL"]).unwrap();
        let ids: Vec<_> = channels.ids().collect();
        let yuan = |minor: i64| Money::from_minor(minor.into(), Currency::CNY).unwrap();
        let priced: Vec<_> = touches.iter().map(|(channel, cost)| (ids[*channel], cost.map(yuan))).collect();
        let of = |touches: &[_]| Costs::of_touches(&channels, Currency::CNY, touches.iter().copied()).unwrap();
        let costs = of(&priced);
        for (index, name) in channels.names().enumerate() {
            let own: Vec<i64> = touches.iter().filter(|touch| touch.0 == index).filter_map(|t| t.1).collect();
            let expected = if own.is_empty() { None } else { Some(yuan(own.iter().sum())) };
            prop_assert_eq!(costs.get(name), expected);
        }
        let (one, other) = priced.split_at(cut.min(priced.len()));
        prop_assert_eq!(&of(one).merge(&of(other)).unwrap(), &costs);
        prop_assert_eq!(&of(other).merge(&of(one)).unwrap(), &costs);
        // They flow into the returns: cost over conversions, value over cost.
        let mut builder = PathTable::builder(Currency::CNY).with_channels(&channels).unwrap();
        builder.push(&ids, Outcome { conversions: 6, nulls: 1, value: 900 }).unwrap();
        let returns = AttributionModel::Linear.credit(&builder.build()).unwrap().returns(&costs, 2).unwrap();
        prop_assert_eq!(returns.len(), 3);
        for channel in returns {
            prop_assert_eq!(channel.cost.clone().known(), costs.get(&channel.channel));
            let cost = channel.cost.known().map(|cost| cost.minor());
            let per_conversion = channel.cost_per_conversion.known().map(|ratio| ratio.to_f64());
            prop_assert_eq!(per_conversion, cost.map(|cost| cost as f64 / 100.0 / 2.0));
            prop_assert_eq!(channel.return_on_ad_spend.is_known(), cost.is_some_and(|cost| cost > 0));
        }
    }

    #[test]
    fn credits_divide_a_budget_as_plain_values(paths in tables(), total in 1_i64..1_000_000_000) {
        // Neither domain knows the other: names and decimals are all that passes.
        let credits = AttributionModel::Linear.credit(&paths).unwrap();
        prop_assume!(credits.totals().conversions > 0);
        let weights = credits.conversion_weights(6).unwrap();
        let total = Money::from_minor(total.into(), Currency::CNY).unwrap();
        let plan = Allocation::draft(total).rule("credit", Divide::by_scores(weights.clone())).check().unwrap();
        let sum = Money::sum(plan.leaves().map(Line::amount), Currency::CNY).unwrap();
        prop_assert_eq!(sum, total);
        let all: Decimal = weights.iter().map(|(_, weight)| weight).sum();
        prop_assert_eq!(weights.len(), credits.channels().len());
        for (name, weight) in &weights {
            let share = total.minor() as f64 * (*weight / all).to_string().parse::<f64>().unwrap();
            let amount = plan.get(name).unwrap().amount().minor() as f64;
            prop_assert!((amount - share).abs() <= 1.0, "{name}: {amount} {share}");
        }
    }

    #[test]
    fn rolled_up_credits_are_the_sums_of_their_channels(paths in tables()) {
        // `SEM | 0` is a campaign of SEM; other names have blanks and strokes of their own.
        let name = |id| paths.channels().name(id).unwrap();
        let mut builder = PathTable::builder(Currency::CNY);
        for row in paths.rows() {
            let touches = row.path.iter().zip(row.seconds_before_end.unwrap());
            let names: Vec<String> = touches.map(|(id, at)| format!("{} | {}", name(*id), at % 3)).collect();
            builder.push_names(names.iter().map(String::as_str), row.outcome).unwrap();
        }
        let parents: std::collections::BTreeSet<&str> =
            paths.rows().flat_map(|row| row.path).map(|id| name(*id)).collect();
        let paths = builder.build();
        let upper = paths.rolled_up(" | ", 1).unwrap();
        prop_assert_eq!(upper.totals(), paths.totals());
        prop_assert_eq!(&paths.rolled_up(" | ", 2).unwrap(), &paths);
        let (fine, coarse) = (AttributionModel::Linear.credit(&paths).unwrap(), AttributionModel::Linear.credit(&upper).unwrap());
        prop_assert_eq!(coarse.channels().names().collect::<std::collections::BTreeSet<_>>(), parents);
        prop_assert_eq!(coarse.conversions().len(), coarse.channels().len());
        for (name, credit) in coarse.channels().names().zip(coarse.conversions()) {
            let own = fine.channels().names().zip(fine.conversions());
            let sum: f64 = own.filter(|(fine, _)| fine.starts_with(name)).map(|(_, credit)| credit).sum();
            prop_assert!((sum - credit).abs() <= 1e-12 * credit.max(1.0), "{name}");
        }
    }
}

/// The names of channels that an allocation takes as those of its lines, too.
fn name() -> impl Strategy<Value = String> {
    strategies::channel_names()
        .prop_map(|name| name.trim().to_owned())
        .prop_filter("a name is not empty", |name| !name.is_empty())
}

proptest! {
    /// E5: the loop closes for any name: paths, credit, weights, division, allocation, and JSON and back.
    #[test]
    fn any_name_goes_round_the_loop(
        names in prop::collection::btree_set(name(), 1..6), conversions in vec(1_u64..100, 6), part in name(),
    ) {
        let mut builder = PathTable::builder(Currency::CNY);
        for (name, conversions) in names.iter().zip(&conversions) {
            let outcome = Outcome { conversions: *conversions, nulls: 1, value: 100 };
            builder.push_names([name.as_str()], outcome).unwrap();
        }
        let paths = builder.build();
        let json = serde_json::to_string(&paths).unwrap();
        prop_assert_eq!(&serde_json::from_str::<PathTable>(&json).unwrap(), &paths);
        let weights = AttributionModel::Linear.credit(&paths).unwrap().conversion_weights(2).unwrap();
        // One of the lines is divided further: what is around its part is no matter of its text.
        let first = names.first().unwrap();
        let draft = Allocation::draft(Money::parse("1000 CNY").unwrap())
            .rule("by credit", Divide::by_scores(weights.clone()))
            .rule("inside", Divide::by_scores([(part.clone(), Decimal::ONE)]).within(first.clone()));
        let whole = format!("{first}/{part}");
        if names.contains(&whole) {
            // Two lines of one whole name are refused, not mixed up.
            prop_assert!(draft.check().unwrap_err().to_string().contains("already"));
            return Ok(());
        }
        let allocation = draft.check().unwrap();
        prop_assert_eq!(allocation.lines().len(), names.len() + 1);
        prop_assert_eq!(weights.len(), names.len());
        for (name, _) in &weights {
            prop_assert_eq!(allocation[name].parent(), None);
        }
        prop_assert_eq!(allocation[whole.as_str()].parent(), Some(first.as_str()));
        prop_assert_eq!(allocation[whole.as_str()].amount(), allocation[first.as_str()].amount());
        prop_assert_eq!(allocation.parts_of(first).count(), 1);
        let leaves = Money::sum(allocation.leaves().map(Line::amount), Currency::CNY).unwrap();
        prop_assert_eq!(leaves, allocation.total());
        let json = serde_json::to_string(&allocation).unwrap();
        prop_assert_eq!(&serde_json::from_str::<marketloop::budget::Allocation>(&json).unwrap(), &allocation);
        // The budget of its leaves has their names, too.
        prop_assert_eq!(allocation.to_budget("plan").unwrap().lines().len(), names.len());
    }

    /// E5: costs roll up with the table.
    #[test]
    fn rolled_up_costs_stand_beside_rolled_up_paths(
        names in prop::collection::btree_set("[ab]{1,2}( / [ab]){0,2}", 1..8), levels in 1_usize..4, cost in 0_i64..1_000,
    ) {
        let mut builder = PathTable::builder(Currency::CNY);
        builder.push_names(names.iter().map(String::as_str), Outcome::converted(100)).unwrap();
        let money = |minor: i64| Money::from_minor(minor.into(), Currency::CNY).unwrap();
        let costs = Costs::new(Currency::CNY, names.iter().zip(cost..).map(|(name, own)| (name.clone(), money(own)))).unwrap();
        let (paths, upper) = (builder.build().rolled_up(" / ", levels).unwrap(), costs.rolled_up(" / ", levels).unwrap());
        let mut channels: Vec<&str> = paths.channels().names().collect();
        channels.sort_unstable();
        prop_assert_eq!(upper.iter().map(|(name, _)| name).collect::<Vec<_>>(), channels);
        let sum = |costs: &Costs| Money::sum(costs.iter().map(|(_, cost)| cost), Currency::CNY).unwrap();
        prop_assert_eq!(sum(&upper), sum(&costs));
    }
}
