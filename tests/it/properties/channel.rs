//! Laws of channels: what is implied agrees, totals lie between their parts, shards add up to the whole.

use marketloop::channel::{
    ChannelError, ChannelFigure, CoOccurrence, Concentration, Metric, Scorecard, ScorecardDraft,
};
use marketloop::laws;
use marketloop::quantity::{Money, Quantity, Ratio, Rounding, Unit};
use marketloop::strategies::{scorecard_drafts, scorecards};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn text(card: &Scorecard, figure: ChannelFigure) -> Option<String> {
    match figure {
        ChannelFigure::Spend => card.spend().known().map(|money| money.to_string()),
        ChannelFigure::Revenue => card.revenue().known().map(|money| money.to_string()),
        ChannelFigure::Impressions => card.impressions().known().map(|count| count.to_string()),
        ChannelFigure::Clicks => card.clicks().known().map(|count| count.to_string()),
        ChannelFigure::Visitors => card.visitors().known().map(|count| count.to_string()),
        ChannelFigure::Conversions => card.conversions().known().map(|count| count.to_string()),
        ChannelFigure::NewCustomers => card.new_customers().known().map(|count| count.to_string()),
        _ => None,
    }
}

proptest! {
    #[test]
    fn what_is_implied_is_what_was_left_out((card, draft) in scorecard_drafts()) {
        let part = draft.check().unwrap();
        laws::told_figures_are_true(&card, |figure| part.figure(figure).known())?;
        laws::metrics_fit_their_figures(&part, 4, |metric| part.show(metric, (4, Rounding::HalfEven)).ok())?;
        for figure in ChannelFigure::ALL {
            if let Some(implied) = text(&part, figure) {
                prop_assert_eq!(Some(implied), text(&card, figure));
            }
        }
        for metric in Metric::ALL {
            if let Ok(implied) = part.metric(metric) {
                prop_assert_eq!(implied, card.metric(metric).unwrap());
            }
        }
    }

    #[test]
    fn a_changed_figure_contradicts_the_metrics((_, changed) in scorecard_drafts().with_contradiction()) {
        let refused = changed.check().unwrap_err();
        let contradicts = |error: &ChannelError| matches!(error, ChannelError::Contradiction { .. });
        prop_assert!(refused.iter().all(|problem| contradicts(&problem.error)), "{refused}");
    }

    #[test]
    fn a_metric_of_a_total_lies_between_those_of_its_channels(
        cards in prop::collection::vec(scorecards(), 1..6),
    ) {
        let all = Scorecard::total(&cards).unwrap();
        for metric in Metric::ALL.into_iter().filter(|metric| *metric != Metric::EngagementRate) {
            let parts: Vec<Ratio> = cards.iter().map(|card| card.metric(metric).unwrap()).collect();
            let total = all.metric(metric).unwrap();
            laws::total_lies_between_its_parts(parts, total)?;
            laws::total_is_of_the_sums(&cards, metric, total)?;
        }
    }

    #[test]
    fn any_card_that_is_accepted_reads_back((_, draft) in scorecard_drafts()) {
        laws::reads_back_what_it_writes(&draft.check().unwrap())?;
    }

    #[test]
    fn any_figures_and_metrics_are_checked_without_a_panic(
        counts in prop::array::uniform6(prop::option::of(any::<u64>())),
        minor in prop::array::uniform2(prop::option::of(any::<i64>())),
        costs in prop::array::uniform5(prop::option::of((any::<i64>(), 0_u32..28))),
        rates in prop::array::uniform3(prop::option::of((0_i64..=1_000_000_000_000_000_000, 10_u32..28))),
        rounded in prop::option::of(any::<u32>()),
    ) {
        let cny = marketloop::quantity::Currency::CNY;
        let counts = counts.map(|count| count.map(|count| Quantity::new(count.into(), Unit::ONE)));
        let money = minor.map(|minor| minor.map(|minor| Money::from_minor(minor.into(), cny).unwrap().into()));
        let figures = ChannelFigure::ALL.into_iter().zip(counts.into_iter().chain(money));
        let draft = figures.fold(Scorecard::draft(), |draft, (figure, value)| match value {
            Some(value) => draft.with_figure(figure, &value).unwrap(),
            None => draft,
        });
        let in_unit = |given: (i64, u32), unit: &str| {
            Quantity::new(Decimal::new(given.0, given.1), unit.parse().unwrap())
        };
        let rates = rates.map(|rate| rate.map(|rate| in_unit(rate, "1")));
        let costs = costs.map(|cost| cost.map(|cost| in_unit(cost, "CNY")));
        let without_customers = Metric::ALL.into_iter().filter(|metric| *metric != Metric::CustomerAcquisitionCost);
        let metrics = without_customers.zip(rates.into_iter().chain(costs));
        let draft = metrics.fold(draft, |draft, (metric, value)| match value {
            Some(value) => draft.with_metric(metric, value).unwrap(),
            None => draft,
        });
        let draft = rounded.into_iter().fold(draft, ScorecardDraft::with_metrics_rounded_to);
        if let Ok(card) = draft.check() {
            for metric in Metric::ALL {
                let _ = card.show(metric, (4, Rounding::HalfEven));
            }
        }
    }

    #[test]
    fn merge_of_shards_by_user_is_the_whole(
        rows in prop::collection::vec((0_u64..30, 0_usize..4), 0..120),
        shards in 1_u64..5,
    ) {
        let names = ["search", "social", "feed", "referral"];
        let whole = CoOccurrence::from_rows(names, rows.iter().copied()).unwrap();
        let shard = |shard: u64| {
            let own = rows.iter().copied().filter(move |(user, _)| user % shards == shard);
            CoOccurrence::from_rows(names, own).unwrap()
        };
        let forward = (1..shards).fold(shard(0), |sum, next| sum.merge(shard(next)).unwrap());
        let backward = (0..shards - 1).rev().fold(shard(shards - 1), |sum, next| sum.merge(shard(next)).unwrap());
        prop_assert_eq!(&forward, &whole);
        prop_assert_eq!(&backward, &whole);
        let json = serde_json::to_string(&whole.clone()).unwrap();
        prop_assert_eq!(serde_json::from_str::<CoOccurrence<String>>(&json).unwrap().all(), whole.all());
    }

    #[test]
    fn merge_joins_other_channels_too(
        left in prop::collection::vec((0_u64..10, 0_usize..2), 0..20),
        right in prop::collection::vec((10_u64..20, 0_usize..2), 0..20),
    ) {
        let one = CoOccurrence::from_rows(["a", "b"], left.iter().copied()).unwrap();
        let two = CoOccurrence::from_rows(["c", "b"], right.iter().copied()).unwrap();
        let all = left.iter().copied().chain(right.iter().map(|(user, id)| (*user, [2, 1][*id])));
        let whole = CoOccurrence::from_rows(["a", "b", "c"], all).unwrap();
        prop_assert_eq!(one.clone().merge(two.clone()).unwrap(), whole.clone());
        prop_assert_eq!(two.merge(one).unwrap(), whole);
    }

    #[test]
    fn overlap_measures_keep_their_bounds(rows in prop::collection::vec((0_u64..20, 0_usize..2), 1..60)) {
        let counts = CoOccurrence::from_rows(["a", "b"], rows).unwrap();
        let (a, b) = (&"a", &"b");
        let measures = [counts.jaccard(a, b), counts.containment(a, b), counts.containment(b, a)];
        for measure in measures.into_iter().flatten() {
            prop_assert!(Ratio::ZERO <= measure && measure <= Ratio::ONE);
        }
        if let Ok(correlation) = counts.correlation(a, b) {
            prop_assert!((-1.0..=1.0).contains(&correlation));
            // Above chance exactly where the lift is.
            let lift = counts.lift(a, b).unwrap();
            prop_assert_eq!(correlation > 0.0, lift > Ratio::ONE);
        }
    }

    #[test]
    fn concentration_lies_between_even_and_single(parts in prop::collection::vec(0_u32..10_000, 1..12)) {
        let entries = parts.iter().enumerate().map(|(index, part)| (index, *part));
        match Concentration::new(entries) {
            Ok(concentration) => {
                laws::concentration_is_between_even_and_single(concentration.index(), parts.len())?;
                let normalised = concentration.normalised_index().unwrap();
                prop_assert!(Ratio::ZERO <= normalised && normalised <= Ratio::ONE);
            }
            Err(error) => prop_assert!(parts.iter().all(|part| *part == 0), "{error}"),
        }
    }
}
