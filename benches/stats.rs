//! Bounds of tests that are looked at again and again, and the exact check of a sample ratio.
//!
//! Twenty looks are nineteen smearings of some 80 nodes each into as many: about 10^5 exponentials, half of which the
//! symmetry of a two-sided test spares. An exact binomial test is two tails of an incomplete beta function and some
//! sixty logarithms, whatever the count.

use divan::{Bencher, black_box};
use marketloop::stats::{AlphaSpending, GroupSequential, SampleRatio, SpendingSides};

fn main() {
    divan::main();
}

fn looks(count: u32) -> Vec<f64> {
    (1..=count).map(|look| f64::from(look) / f64::from(count)).collect()
}

fn bounds(bencher: Bencher<'_, '_>, count: u32, sides: SpendingSides, spending: &AlphaSpending) {
    let times = looks(count);
    bencher.bench(|| GroupSequential::new(0.05, sides, spending.clone(), black_box(&times)).ok());
}

#[divan::bench(args = [5, 20, 100])]
fn bounds_obrien_fleming(bencher: Bencher<'_, '_>, count: u32) {
    bounds(bencher, count, SpendingSides::PerSide, &AlphaSpending::OBrienFleming);
}

#[divan::bench(args = [5, 20, 100])]
fn bounds_pocock(bencher: Bencher<'_, '_>, count: u32) {
    bounds(bencher, count, SpendingSides::InTotal, &AlphaSpending::Pocock);
}

#[divan::bench(args = [5, 20])]
fn bounds_one_sided(bencher: Bencher<'_, '_>, count: u32) {
    bounds(bencher, count, SpendingSides::Upper, &AlphaSpending::OBrienFleming);
}

#[divan::bench]
fn drift_for_power_20_looks(bencher: Bencher<'_, '_>) {
    let test = GroupSequential::new(0.05, SpendingSides::InTotal, AlphaSpending::Pocock, &looks(20)).ok();
    bencher.bench(|| black_box(&test).as_ref().and_then(|test| test.drift_for(0.8).ok()));
}

#[divan::bench(args = [10_000, 1_000_000_000])]
fn exact_sample_ratio(bencher: Bencher<'_, '_>, count: u64) {
    let ratio = SampleRatio::new([(count, 1.0), (count.saturating_add(count / 1_000), 1.0)]).ok();
    bencher.bench(|| black_box(&ratio).as_ref().and_then(|ratio| ratio.exact_p_value().ok()));
}
