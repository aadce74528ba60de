//! Wrong plans and p-values.

use super::caught;
use marketloop::laws::{always_valid_p_never_rises, expected_counts_follow_the_plan};
use marketloop::stats::AlwaysValid;
use marketloop::strategies::sample_ratios;
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
