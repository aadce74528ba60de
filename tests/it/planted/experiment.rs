//! Wrong arms: of cumulated shares that move, of one place for all, of a layer's own places.

use super::caught;
use marketloop::experiment::Assignment;
use marketloop::laws::{arms_are_independent, assigned_units_stay, shares_are_met, tests_exclude_each_other};
use marketloop::quantity::Share;
use marketloop::strategies::{assignments, layers};
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
