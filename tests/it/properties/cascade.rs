//! Laws of goals over time: cascades, growth, spreads of ratios, roll-up.

use marketloop::goal::{Cascade, RatioCascade, RatioSpread};
use marketloop::kpi::{NodeKind, roll_up};
use marketloop::laws::{
    cascade_adds_up, path_reaches_its_goal, ratios_reach_their_target, rolls_up_in_steps,
    running_sums_follow_the_parts,
};
use marketloop::quantity::{Quantity, Unit};
use marketloop::strategies::{cascades, growths, ratio_histories, small_decimals};
use marketloop::time::{Grain, Period};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

proptest! {
    #[test]
    fn cascades_add_up_at_every_level(total in 0_i64..1_000_000_000, weights in prop::array::uniform4(1_u32..100), months in prop::array::uniform3(1_u32..100)) {
        let total = Quantity::new(total.into(), Unit::base("user").unwrap());
        let year: Period = "2026".parse().unwrap();
        let year = Cascade::weighted("users", year, total.clone(), Grain::Quarter, weights, 0).unwrap();
        cascade_adds_up(&total, year.parts().iter().map(|(_, part)| part))?;
        prop_assert_eq!(year.cumulative().unwrap().pop(), Some(total));
        for (quarter, part) in year.parts() {
            let quarter = year.descend(quarter, Grain::Month, months, 0).unwrap();
            prop_assert_eq!(quarter.total(), part);
            cascade_adds_up(part, quarter.parts().iter().map(|(_, part)| part))?;
            prop_assert_eq!(quarter.cumulative().unwrap().pop(), Some(part.clone()));
        }
    }

    #[test]
    fn every_cascade_adds_up(cascade in cascades().with_key_results()) {
        let parts = || cascade.parts().iter().map(|(_, part)| part);
        cascade_adds_up(cascade.total(), parts())?;
        running_sums_follow_the_parts(parts(), &cascade.cumulative().unwrap())?;
    }

    #[test]
    fn growing_flows_add_up_to_their_goal_and_stocks_end_at_it(growth in growths(), flows in vec(small_decimals(1..=999_999_999), 1..13)) {
        for path in [growth.flow_same_rate(&flows), growth.flow_steady_from_last(&flows), growth.flow_seasonal_trend(&flows)] {
            let path = path.unwrap();
            path_reaches_its_goal(path.reading(), path.levels(), path.goal())?;
            let sum: Decimal = path.rounded(8).unwrap().into_iter().sum();
            prop_assert_eq!(sum, path.goal());
        }
        for path in [growth.stock_compounding(flows[0], 12), growth.stock_linear(flows[0], 12), growth.stock_seasonal(flows[0], &flows)] {
            let path = path.unwrap();
            path_reaches_its_goal(path.reading(), path.levels(), path.goal())?;
            prop_assert_eq!(path.rounded(8).unwrap().last().copied(), Some(path.goal()));
        }
    }

    #[test]
    fn every_spread_of_a_ratio_reaches_its_target(rows in ratio_histories(), target in 1_i64..999) {
        let target = Decimal::new(target, 3);
        for spread in [RatioSpread::Proportional, RatioSpread::Additive, RatioSpread::LogitShift] {
            // An additive spread may carry a small ratio below 0, which is told.
            let Ok(cascade) = RatioCascade::spread(rows.iter().copied(), target, spread) else { continue };
            let denominators: Vec<f64> = rows.iter().map(|(_, denominator)| f64::from(*denominator)).collect();
            ratios_reach_their_target(cascade.ratios(), &denominators, target.to_string().parse().unwrap())?;
        }
    }

    #[test]
    fn rolling_up_in_two_steps_is_rolling_up_in_one(values in prop::collection::vec(-1_000_000_i64..1_000_000, 2..20), cut in any::<prop::sample::Index>()) {
        let values: Vec<Decimal> = values.into_iter().map(|value| Decimal::new(value, 2)).collect();
        let cut = cut.index(values.len() - 1) + 1;
        for kind in [NodeKind::Flow, NodeKind::Stock, NodeKind::OpeningStock] {
            rolls_up_in_steps(|values| roll_up(kind, values), &values, cut)?;
        }
    }
}
