//! Wrong effects without randomisation.

use super::caught;
use marketloop::experiment::{DifferenceInDifferences, SyntheticControl};
use marketloop::laws::{
    Broken, effect_ignores_levels_and_shared_movement, no_exchange_of_weight_fits_better,
    swapped_arms_negate_the_effect,
};
use marketloop::stats::mean;
use marketloop::strategies::unit_series;
use rust_decimal::prelude::ToPrimitive;

type Rows = Vec<Vec<f64>>;

fn effect(treated: &[Vec<f64>], control: &[Vec<f64>], pre: usize) -> f64 {
    DifferenceInDifferences::of(treated, control, pre).unwrap().effect()
}

fn mean_of(rows: &[Vec<f64>], periods: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    mean(&rows.iter().flat_map(|row| periods(row)).collect::<Vec<_>>()).unwrap()
}

#[test]
fn the_difference_after_the_start_alone() {
    let after = |treated: &[Vec<f64>], control: &[Vec<f64>], pre: usize| {
        let of = |rows: &[Vec<f64>]| mean_of(rows, |row| row[pre..].to_vec());
        of(treated) - of(control)
    };
    caught(
        "the difference after the start alone",
        unit_series(),
        |(treated, control, pre)| effect_ignores_levels_and_shared_movement(effect, treated, control, *pre),
        |(treated, control, pre)| effect_ignores_levels_and_shared_movement(after, treated, control, *pre),
    );
}

#[test]
fn the_change_of_the_treated_alone() {
    let change = |treated: &[Vec<f64>], _: &[Vec<f64>], pre: usize| {
        mean_of(treated, |row| row[pre..].to_vec()) - mean_of(treated, |row| row[..pre].to_vec())
    };
    caught(
        "the change of the treated units without a control",
        unit_series(),
        |(treated, control, pre)| swapped_arms_negate_the_effect(effect, treated, control, *pre),
        |(treated, control, pre)| swapped_arms_negate_the_effect(change, treated, control, *pre),
    );
}

fn law(weights: &[f64], treated: &[f64], donors: &Rows, pre: usize) -> Result<(), Broken> {
    let donors: Vec<&[f64]> = donors.iter().map(|donor| &donor[..pre]).collect();
    no_exchange_of_weight_fits_better(weights, &treated[..pre], &donors)
}

fn weights(treated: &[f64], donors: &Rows, pre: usize) -> Option<Vec<f64>> {
    SyntheticControl::of(treated, donors, pre).unwrap().weights().clone().known()
}

#[test]
fn the_mean_of_all_donors() {
    caught(
        "the mean of all donors for a synthetic control",
        unit_series(),
        |(treated, donors, pre)| {
            weights(&treated[0], donors, *pre)
                .map_or(Ok(()), |weights| law(&weights, &treated[0], donors, *pre))
        },
        |(treated, donors, pre)| {
            let equal = vec![1.0 / donors.len().to_f64().unwrap(); donors.len()];
            law(&equal, &treated[0], donors, *pre)
        },
    );
}

#[test]
fn weights_of_two_digits() {
    let rounded = |weights: Vec<f64>| -> Vec<f64> {
        let mut weights: Vec<f64> = weights.iter().map(|weight| (weight * 100.0).round() / 100.0).collect();
        let rest = 1.0 - weights.iter().sum::<f64>();
        let last = weights.iter_mut().max_by(|a, b| a.total_cmp(b)).unwrap();
        *last += rest;
        weights
    };
    caught(
        "weights of a synthetic control of two digits",
        unit_series(),
        |(treated, donors, pre)| {
            weights(&treated[0], donors, *pre)
                .map_or(Ok(()), |weights| law(&weights, &treated[0], donors, *pre))
        },
        |(treated, donors, pre)| {
            weights(&treated[0], donors, *pre)
                .map_or(Ok(()), |weights| law(&rounded(weights), &treated[0], donors, *pre))
        },
    );
}
