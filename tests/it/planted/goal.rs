//! Wrong goals over time.

use super::caught;
use marketloop::goal::{Cascade, Growth, GrowthReading, RatioCascade, RatioSpread};
use marketloop::laws::{
    Broken, cascade_adds_up, path_reaches_its_goal, ratios_reach_their_target, running_sums_follow_the_parts,
};
use marketloop::quantity::{Quantity, Rounding, round};
use marketloop::strategies::{cascades, growths, ratio_histories};
use rust_decimal::{Decimal, dec};

fn parts(cascade: &Cascade) -> impl Iterator<Item = &Quantity> {
    cascade.parts().iter().map(|(_, part)| part)
}

#[test]
fn each_part_rounded_for_itself() {
    caught(
        "each part of a goal rounded for itself",
        cascades(),
        |cascade| cascade_adds_up(cascade.total(), parts(cascade)),
        |cascade| {
            let total = cascade.total();
            let equal = total.value() / Decimal::from(cascade.parts().len());
            let equal = Quantity::new(round(equal, (2, Rounding::HalfEven)), total.unit().clone());
            cascade_adds_up(total, parts(cascade).map(|_| &equal))
        },
    );
}

#[test]
fn what_is_to_be_reached_before_each_part() {
    caught(
        "running sums without the part itself",
        cascades(),
        |cascade| running_sums_follow_the_parts(parts(cascade), &cascade.cumulative().unwrap()),
        |cascade| {
            let mut before = Quantity::new(Decimal::ZERO, cascade.total().unit().clone());
            let mut sums = Vec::new();
            for part in parts(cascade) {
                sums.push(before.clone());
                before = before.plus(part).unwrap();
            }
            running_sums_follow_the_parts(parts(cascade), &sums)
        },
    );
}

#[test]
fn a_twelfth_of_the_growth_in_each_month() {
    let share = |growth: &Growth| growth.share().to_string().parse::<f64>().unwrap();
    caught(
        "a twelfth of the growth, compounded",
        growths(),
        |growth| {
            let path = growth.stock_compounding(dec!(1000), 12).unwrap();
            path_reaches_its_goal(path.reading(), path.levels(), path.goal())
        },
        |growth| {
            let goal = growth.stock_compounding(dec!(1000), 12).unwrap().goal();
            let levels: Vec<f64> =
                (1..=12).map(|month| 1000.0 * (1.0 + share(growth) / 12.0).powi(month)).collect();
            path_reaches_its_goal(GrowthReading::StockCompounding, &levels, goal)
        },
    );
    caught(
        "a level that begins the year where it has to be after one month",
        growths(),
        |growth| {
            let path = growth.stock_linear(dec!(1000), 12).unwrap();
            path_reaches_its_goal(path.reading(), path.levels(), path.goal())
        },
        |growth| {
            let goal = growth.stock_linear(dec!(1000), 12).unwrap().goal();
            let levels: Vec<f64> =
                (0..12).map(|month| 1000.0 + 1000.0 * share(growth) * f64::from(month) / 12.0).collect();
            path_reaches_its_goal(GrowthReading::StockLinear, &levels, goal)
        },
    );
}

/// A ratio of the whole year, made of those of its periods.
fn reaches(year: &[(u32, u32)], ratios: &[f64]) -> Result<(), Broken> {
    let visitors: Vec<f64> = year.iter().map(|(_, visitors)| f64::from(*visitors)).collect();
    ratios_reach_their_target(ratios, &visitors, 0.03)
}

#[test]
fn the_mean_of_ratios_for_the_ratio_of_the_whole() {
    let spread = |year: &[(u32, u32)]| {
        RatioCascade::spread(year.iter().copied(), dec!(0.03), RatioSpread::Proportional).ok()
    };
    caught(
        "the mean of ratios for the ratio of the whole",
        ratio_histories(),
        |year| spread(year).map_or(Ok(()), |next| reaches(year, next.ratios())),
        |year| {
            let ratios: Vec<f64> =
                year.iter().map(|(orders, visitors)| f64::from(*orders) / f64::from(*visitors)).collect();
            let mean = ratios.iter().sum::<f64>() / f64::from(u32::try_from(ratios.len()).unwrap());
            let scaled: Vec<f64> = ratios.iter().map(|ratio| ratio * 0.03 / mean).collect();
            spread(year).map_or(Ok(()), |_| reaches(year, &scaled))
        },
    );
}
