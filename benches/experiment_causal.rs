//! A synthetic control of 50 donors over 100 periods, alone and with its placebos: at most 0.020 s alone.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

use divan::{Bencher, black_box};
use marketloop::experiment::SyntheticControl;

const PERIODS: u64 = 100;

fn noise(state: u64) -> f64 {
    let x = state.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Markets of one season, each with its own size and noise.
fn market(of: u64) -> Vec<f64> {
    let size = 80.0 + 40.0 * noise(of * 1_000_003);
    (0..PERIODS).map(|at| size + 0.3 * at as f64 + 20.0 * noise(of * 1_000 + at) + 10.0 * noise(at)).collect()
}

fn donors() -> Vec<Vec<f64>> {
    (1..=50).map(market).collect()
}

/// The mean of all donors: each has a weight, the worst case of an active set.
fn mean_of(donors: &[Vec<f64>]) -> Vec<f64> {
    let count = donors.len() as f64;
    (0..100).map(|at| donors.iter().filter_map(|donor| donor.get(at)).sum::<f64>() / count).collect()
}

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 20)]
fn fifty_donors_of_a_hundred_periods(bencher: Bencher<'_, '_>) {
    let (treated, donors) = (market(0), donors());
    bencher.bench(|| SyntheticControl::of(black_box(&treated), &donors, 80).unwrap());
}

#[divan::bench(sample_count = 20)]
fn fifty_donors_all_with_a_weight(bencher: Bencher<'_, '_>) {
    let donors = donors();
    let treated = mean_of(&donors);
    bencher.bench(|| SyntheticControl::of(black_box(&treated), &donors, 99).unwrap());
}

#[divan::bench(sample_count = 5)]
fn fifty_placebos(bencher: Bencher<'_, '_>) {
    let donors = donors();
    bencher.bench(|| SyntheticControl::placebos(black_box(&donors), 80).unwrap());
}
