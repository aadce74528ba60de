//! Wrong plans and p-values.

use super::caught;
use marketloop::laws::{
    always_valid_p_never_rises, expected_counts_follow_the_plan, looks_spend_what_they_may,
};
use marketloop::stats::{AlwaysValid, SequentialLook, SpendingSides, normal_cdf};
use marketloop::strategies::{group_sequential_tests, sample_ratios};
use proptest::prelude::*;
use rust_decimal::prelude::ToPrimitive;

#[test]
fn a_plan_of_equal_shares() {
    caught(
        "every arm expected to have as many",
        sample_ratios(),
        |ratio| expected_counts_follow_the_plan(ratio.arms(), &ratio.expected()),
        |ratio| {
            let all = ratio.observations().to_f64().unwrap();
            let each = all / ratio.arms().len().to_f64().unwrap();
            expected_counts_follow_the_plan(ratio.arms(), &vec![each; ratio.arms().len()])
        },
    );
}

#[test]
fn a_p_value_of_the_last_look() {
    caught(
        "a p-value of the last look alone",
        prop::collection::vec(-3.0..6.0_f64, 0..20),
        |evidence| {
            let mut test = AlwaysValid::default();
            let p_values: Vec<f64> = evidence.iter().map(|one| test.look(*one).unwrap()).collect();
            always_valid_p_never_rises(evidence, &p_values)
        },
        |evidence| {
            let p_values: Vec<f64> = evidence.iter().map(|one| (-one).exp().min(1.0)).collect();
            always_valid_p_never_rises(evidence, &p_values)
        },
    );
}

#[test]
fn looks_each_taken_for_the_only_one() {
    caught(
        "the chance of each look by itself",
        group_sequential_tests(),
        |test| looks_spend_what_they_may(test, &test.crossings(0.0).unwrap().bound),
        |test| {
            let sides = if test.sides() == SpendingSides::Upper { 1.0 } else { 2.0 };
            let alone = |look: &SequentialLook| sides * normal_cdf(-look.bound.unwrap_or(36.0)).unwrap();
            let crossed: Vec<f64> = test.looks().iter().map(alone).collect();
            looks_spend_what_they_may(test, &crossed)
        },
    );
}
