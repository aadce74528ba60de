//! Wrong arms: of cumulated shares that move, of one place for all, of a layer's own places.

use super::caught;
use marketloop::experiment::{Assignment, DurationStep, TestDuration};
use marketloop::laws::{
    a_duration_is_the_first_that_suffices, arms_are_independent, assigned_units_stay, shares_are_met,
    tests_exclude_each_other, the_best_test_is_not_beaten, units_grow_below_visits,
};
use marketloop::quantity::Share;
use marketloop::strategies::{assignments, layers, test_traffics, test_values};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A test whose first arm has half of what is free, laid out anew.
fn laid_out_anew(test: &Assignment) -> Assignment {
    let more = (test.free().value() / Decimal::TWO).trunc_with_scale(9);
    let share = |(at, arm): (usize, &String)| {
        let own = test.share(arm).unwrap();
        (arm.clone(), if at == 0 { Share::new(own.value() + more).unwrap() } else { own })
    };
    Assignment::new(test.salt(), test.arms().iter().enumerate().map(share)).unwrap()
}

#[test]
fn shares_that_are_cumulated_anew() {
    let hashes: Vec<u64> = (0..100).collect();
    let grown = |test: &Assignment| {
        let to = laid_out_anew(test).share(&test.arms()[0]).unwrap();
        test.growing(&test.arms()[0], to).unwrap()
    };
    caught(
        "the boundaries of all arms moved",
        assignments(),
        |test| {
            let grown = grown(test);
            assigned_units_stay(|unit| test.arm_of_hash(unit), |unit| grown.arm_of_hash(unit), &hashes)
        },
        |test| {
            let grown = laid_out_anew(test);
            assigned_units_stay(|unit| test.arm_of_hash(unit), |unit| grown.arm_of_hash(unit), &hashes)
        },
    );
}

#[test]
fn tests_that_each_look_at_their_own_places() {
    let hashes: Vec<u64> = (0..100).collect();
    caught(
        "each test takes its share by its own salt",
        layers(),
        |layer| tests_exclude_each_other(layer, |test, unit| layer.test_of_hash(unit) == Some(test), &hashes),
        |layer| {
            let is_in = |test: &str, unit| {
                let own = Assignment::new(test, [(test, layer.share(test).unwrap())]).unwrap();
                own.arm_of_hash(unit).is_some()
            };
            tests_exclude_each_other(layer, is_in, &hashes)
        },
    );
}

#[test]
fn a_remainder_for_a_place() {
    let shares = |test: &Assignment| -> Vec<f64> {
        test.arms().iter().map(|arm| test.share(arm).unwrap().value().to_f64().unwrap()).collect()
    };
    caught(
        "arms in turns, whatever their shares",
        assignments(),
        |test| {
            let mut counts = vec![0; test.arms().len()];
            (0..2_000).filter_map(|unit| test.index_of_hash(unit)).for_each(|arm| counts[arm as usize] += 1);
            shares_are_met(&shares(test), &counts, 2_000)
        },
        |test| {
            let arms = u64::try_from(test.arms().len()).unwrap();
            let counts: Vec<u64> = (0..arms).map(|_| 2_000 / arms).collect();
            shares_are_met(&shares(test), &counts, 2_000)
        },
    );
}

#[test]
fn a_salt_that_is_used_twice() {
    let column = |test: &Assignment| -> Vec<u32> {
        (0..2_000).map(|unit| test.index_of_hash(unit).map_or(0, |arm| arm + 1)).collect()
    };
    let halves = [("a", Share::percent(50).unwrap()), ("b", Share::percent(50).unwrap())];
    caught(
        "two tests with one salt",
        assignments(),
        |test| arms_are_independent(&column(test), &column(&Assignment::new("another", halves).unwrap())),
        |test| arms_are_independent(&column(test), &column(&Assignment::new(test.salt(), halves).unwrap())),
    );
}

#[test]
fn every_visit_a_unit() {
    caught(
        "the visits of a day for the units so far",
        test_traffics(),
        |traffic| {
            units_grow_below_visits(&traffic.visits_by_day(30), &traffic.units_by_day("new", 30).unwrap())
        },
        |traffic| {
            let visits = traffic.visits_by_day(30);
            let days: Vec<f64> =
                visits.iter().zip(visits.iter().skip(1)).map(|(one, next)| next - one).collect();
            units_grow_below_visits(&visits[..29], &days)
        },
    );
}

#[test]
fn a_duration_by_the_rule_of_three() {
    let days = |duration: TestDuration| match duration {
        TestDuration::Reached { days, .. } => Some(days),
        TestDuration::Never { .. } => None,
    };
    caught(
        "units in proportion to the first day's",
        test_traffics(),
        |traffic| {
            let units = [traffic.units_by_day("new", 3_650).unwrap()];
            let found = traffic.until([("new", 3_000.0)], DurationStep::Day).unwrap();
            a_duration_is_the_first_that_suffices(&units, &[3_000.0], days(found))
        },
        |traffic| {
            let units = [traffic.units_by_day("new", 3_650).unwrap()];
            let days = (3_000.0 / units[0][0]).ceil();
            a_duration_is_the_first_that_suffices(
                &units,
                &[3_000.0],
                days.is_finite().then(|| days.to_u32().unwrap()),
            )
        },
    );
}

#[test]
fn as_many_units_as_a_test_of_power_has() {
    let parts: Vec<f64> = (0..=100).map(|part| f64::from(part) / 100.0).collect();
    caught(
        "a tenth of all units, as pilots have it",
        test_values(),
        |value| the_best_test_is_not_beaten(value, value.best().unwrap(), &parts),
        |value| {
            let tenth = (value.population() / 10.0).floor();
            the_best_test_is_not_beaten(
                value,
                (tenth.to_u64().unwrap(), value.net(tenth).unwrap().max(0.0)),
                &parts,
            )
        },
    );
}
