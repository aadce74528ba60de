//! Laws of channels: what is implied agrees, totals lie between their parts, shards add up to the whole.

use marketloop::channel::{
    ChannelError, ChannelFigure, CoOccurrence, Concentration, Metric, Scorecard, ScorecardDraft,
};
use marketloop::quantity::{Money, Quantity, Ratio, Return, Revenue, Rounding, Unit};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Figures whose quotients are all finite decimals: each is the next one times 1, 2, 4, 5, 8 or 10.
fn full_card() -> impl Strategy<Value = Scorecard> {
    let factor = || prop::sample::select(vec![1_u64, 2, 4, 5, 8, 10]);
    let powers = (1_u64..1_000, factor(), factor(), factor(), factor(), factor(), factor(), factor());
    powers.prop_map(|(new, a, b, c, d, e, cents, revenue)| {
        let conversions = new * a;
        let visitors = conversions * b;
        let clicks = visitors * c;
        let impressions = clicks * d;
        // A multiple of every count in cents: costs are whole cents.
        let spend = i128::from(impressions * cents);
        let money = |minor| Money::from_minor(minor, marketloop::quantity::Currency::CNY).unwrap();
        Scorecard::draft()
            .with_impressions(impressions)
            .with_engagements(clicks / e.min(clicks) + clicks)
            .with_clicks(clicks)
            .with_visitors(visitors)
            .with_conversions(conversions)
            .with_new_customers(new)
            .with_spend(money(spend))
            .with_revenue(money(spend * i128::from(revenue)))
            .check()
            .unwrap()
    })
}

/// The figures and metrics of `card` that `mask` picks.
fn subset(card: &Scorecard, mask: u32) -> ScorecardDraft {
    let given = |bit: usize| mask >> bit & 1 == 1;
    let shown = |metric: Metric| -> Option<Quantity> {
        let exact = card.metric(metric).unwrap().to_decimal()?;
        let quantity = card.show(metric, (20, Rounding::HalfEven)).ok()?;
        // A metric that is no finite decimal is never given.
        (Ratio::from(exact) == card.metric(metric).unwrap()).then_some(quantity)
    };
    let figures = [
        ChannelFigure::Impressions,
        ChannelFigure::Clicks,
        ChannelFigure::Conversions,
        ChannelFigure::NewCustomers,
        ChannelFigure::Spend,
        ChannelFigure::Revenue,
        ChannelFigure::Visitors,
    ];
    let metrics = [
        Metric::ClickThroughRate,
        Metric::ConversionRate,
        Metric::CostPerMille,
        Metric::CostPerClick,
        Metric::CostPerVisitor,
        Metric::CostPerAcquisition,
        Metric::CustomerAcquisitionCost,
        Metric::AverageOrderValue,
    ];
    let picked = figures.into_iter().enumerate().filter(|(bit, _)| given(*bit));
    let draft = picked.fold(Scorecard::draft(), |draft, (_, figure)| {
        draft.with_figure(figure, &card.figure(figure).get().unwrap()).unwrap()
    });
    let picked = (7..).zip(metrics).filter(|(bit, _)| given(*bit));
    let shown = picked.filter_map(|(_, metric)| Some((metric, shown(metric)?)));
    let draft = shown.fold(draft, |draft, (metric, value)| draft.with_metric(metric, value).unwrap());
    if given(15) { draft.with_return_on_ad_spend(return_of(card)) } else { draft }
}

fn return_of(card: &Scorecard) -> Return<Revenue> {
    Return::new(card.metric(Metric::ReturnOnAdSpend).unwrap())
}

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
    fn what_is_implied_is_what_was_left_out(card in full_card(), mask in any::<u32>()) {
        let part = subset(&card, mask).check().unwrap();
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
    fn a_changed_figure_contradicts_the_metrics(card in full_card(), by in 1_i64..1_000) {
        let spend = card.spend().get().unwrap();
        let more = spend.plus(Money::from_minor(by.into(), spend.currency()).unwrap()).unwrap();
        let changed = subset(&card, 0b1000_0000_1111_1111).with_spend(more);
        let refused = changed.check().unwrap_err();
        let contradicts = |error: &ChannelError| matches!(error, ChannelError::Contradiction { .. });
        prop_assert!(refused.iter().all(|problem| contradicts(&problem.error)), "{refused}");
    }

    #[test]
    fn a_metric_of_a_total_lies_between_those_of_its_channels(
        cards in prop::collection::vec(full_card(), 1..6),
    ) {
        let all = Scorecard::total(&cards).unwrap();
        for metric in Metric::ALL.into_iter().filter(|metric| *metric != Metric::EngagementRate) {
            let parts: Vec<Ratio> = cards.iter().map(|card| card.metric(metric).unwrap()).collect();
            let total = all.metric(metric).unwrap();
            prop_assert!(parts.iter().any(|part| *part <= total) && parts.iter().any(|part| *part >= total));
        }
    }

    #[test]
    fn any_card_that_is_accepted_reads_back(card in full_card(), mask in any::<u32>()) {
        let part = subset(&card, mask).check().unwrap();
        let json = serde_json::to_string(&part).unwrap();
        prop_assert_eq!(serde_json::from_str::<Scorecard>(&json).unwrap(), part);
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
                let even = Ratio::new(Decimal::ONE, parts.len().into()).unwrap();
                prop_assert!(even <= concentration.index() && concentration.index() <= Ratio::ONE);
                let normalised = concentration.normalised_index().unwrap();
                prop_assert!(Ratio::ZERO <= normalised && normalised <= Ratio::ONE);
            }
            Err(error) => prop_assert!(parts.iter().all(|part| *part == 0), "{error}"),
        }
    }
}
