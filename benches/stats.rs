//! Bounds of tests that are looked at again and again, and the exact check of a sample ratio.
//!
//! Twenty looks are nineteen smearings of some 80 nodes each into as many: about 10^5 exponentials, half of which the
//! symmetry of a two-sided test spares. An exact binomial test is two tails of an incomplete beta function and some
//! sixty logarithms, whatever the count. Which of ten arms is the best is one density per arm and node: some 20 panels of 16
//! nodes where all arms lie side by side, more where they are of all sizes.

use divan::{Bencher, black_box};
use marketloop::stats::{AlphaSpending, BetaArms, GroupSequential, NormalArms, SampleRatio, SpendingSides};

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

/// Ten arms of a kind that a test may bring.
#[expect(clippy::arithmetic_side_effects, reason = "ten small numbers")]
fn ten_arms(kind: &str) -> impl Iterator<Item = (u64, u64)> {
    let kind = kind.to_string();
    (0..10_u64).map(move |at| match (kind.as_str(), at) {
        ("a weekly test", _) => (50 + 3 * at, 1_000 + 10 * at),
        ("a million each", _) => (50_000 + 100 * at, 1_000_000),
        ("all equal", _) => (500, 10_000),
        ("one hopeless", 0) => (1, 10_000),
        ("one hopeless", _) => (480 + 5 * at, 10_000),
        ("of all sizes", _) => {
            (5 * 4_u64.pow(u32::try_from(at).unwrap_or(0)), 100 * 4_u64.pow(u32::try_from(at).unwrap_or(0)))
        }
        _ => (0, 0),
    })
}

#[divan::bench(args = ["a weekly test", "a million each", "all equal", "one hopeless", "of all sizes", "without trials"])]
fn best_of_ten_rates(bencher: Bencher<'_, '_>, kind: &str) {
    let arms = BetaArms::new((1.0, 1.0), ten_arms(kind)).ok();
    bencher.bench(|| black_box(&arms).as_ref().and_then(|arms| arms.best().ok()));
}

#[divan::bench]
fn best_of_ten_means(bencher: Bencher<'_, '_>) {
    let arms = NormalArms::new((0..10_u32).map(|at| (f64::from(at), 1.0 + f64::from(at)))).ok();
    bencher.bench(|| black_box(&arms).as_ref().and_then(|arms| arms.best().ok()));
}
