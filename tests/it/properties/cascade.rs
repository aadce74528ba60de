//! Laws of goals over time: cascades, growth, spreads of ratios, roll-up.

use marketloop::goal::{Cascade, Growth, RatioCascade, RatioSpread};
use marketloop::kpi::{NodeKind, roll_up};
use marketloop::quantity::{Quantity, Unit};
use marketloop::time::{Grain, Period};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn flows() -> impl Strategy<Value = Vec<Decimal>> {
    prop::collection::vec((1_i64..1_000_000_000, 0_u32..3).prop_map(|(m, s)| Decimal::new(m, s)), 1..13)
}

fn growth() -> impl Strategy<Value = Growth> {
    (-90_i64..400).prop_map(|percent| Growth::percent(percent.into()).unwrap())
}

proptest! {
    #[test]
    fn cascades_add_up_at_every_level(total in 0_i64..1_000_000_000, weights in prop::array::uniform4(1_u32..100), months in prop::array::uniform3(1_u32..100)) {
        let total = Quantity::new(total.into(), Unit::base("user").unwrap());
        let year: Period = "2026".parse().unwrap();
        let year = Cascade::weighted("users", year, total.clone(), Grain::Quarter, weights, 0).unwrap();
        prop_assert_eq!(year.cumulative().unwrap().pop(), Some(total));
        for (quarter, part) in year.parts() {
            let quarter = year.descend(quarter, Grain::Month, months, 0).unwrap();
            prop_assert_eq!(quarter.total(), part);
            prop_assert_eq!(quarter.cumulative().unwrap().pop(), Some(part.clone()));
        }
    }

    #[test]
    fn growing_flows_add_up_to_their_goal_and_stocks_end_at_it(growth in growth(), flows in flows()) {
        for path in [growth.flow_same_rate(&flows), growth.flow_steady_from_last(&flows), growth.flow_seasonal_trend(&flows)] {
            let path = path.unwrap();
            let sum: Decimal = path.rounded(6).unwrap().into_iter().sum();
            prop_assert_eq!(sum, path.goal());
        }
        for path in [growth.stock_compounding(flows[0], 12), growth.stock_linear(flows[0], 12), growth.stock_seasonal(flows[0], &flows)] {
            let path = path.unwrap();
            prop_assert_eq!(path.rounded(6).unwrap().last().copied(), Some(path.goal()));
        }
    }

    #[test]
    fn every_spread_of_a_ratio_reaches_its_target(rows in prop::collection::vec((1_i64..500, 1000_i64..100_000), 1..13), target in 1_i64..999) {
        let target = Decimal::new(target, 3);
        for spread in [RatioSpread::Proportional, RatioSpread::Additive, RatioSpread::LogitShift] {
            // An additive spread may carry a small ratio below 0, which is told.
            let Ok(cascade) = RatioCascade::spread(rows.iter().copied(), target, spread) else { continue };
            let (mut reached, mut whole) = (0.0, 0.0);
            prop_assert_eq!(cascade.ratios().len(), rows.len());
            for (ratio, (_, denominator)) in cascade.ratios().iter().zip(&rows) {
                let denominator = f64::from(i32::try_from(*denominator).unwrap());
                (reached, whole) = (reached + ratio * denominator, whole + denominator);
            }
            let goal: f64 = target.to_string().parse().unwrap();
            prop_assert!((reached / whole - goal).abs() <= 1e-12, "{spread}: {} for {goal}", reached / whole);
        }
    }

    #[test]
    fn rolling_up_in_two_steps_is_rolling_up_in_one(values in prop::collection::vec(-1_000_000_i64..1_000_000, 2..20), cut in any::<prop::sample::Index>()) {
        let values: Vec<Decimal> = values.into_iter().map(|value| Decimal::new(value, 2)).collect();
        let (first, rest) = values.split_at(cut.index(values.len() - 1) + 1);
        for kind in [NodeKind::Flow, NodeKind::Stock] {
            let halves = [roll_up(kind, first).unwrap(), roll_up(kind, rest).unwrap()];
            prop_assert_eq!(roll_up(kind, &halves).unwrap(), roll_up(kind, &values).unwrap());
        }
    }
}
