//! Sums of 10,000,000 seeded units: five metrics over five columns, two arms.
//!
//! The columns are 440 MB. Reading them once at some 10 GB/s takes 0.044 s: that is the limit, and two arms are added up
//! in 0.045 s at best, 0.056 s in the median.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_wrap,
    clippy::cast_possible_truncation,
    reason = "a benchmark"
)]

use divan::{Bencher, black_box};
use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
use std::sync::OnceLock;

const ROWS: u64 = 10_000_000;

fn mixed(state: u64) -> u64 {
    let x = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

fn units(arms: u64) -> Units<'static> {
    let column = |salt: u64, most: u64| -> Vec<i64> {
        (0..ROWS).map(|row| (mixed(row * 8 + salt) % most) as i64).collect()
    };
    let of: Vec<u32> = (0..ROWS).map(|row| (mixed(row * 8 + 5) % arms) as u32).collect();
    Units::new(of)
        .with_column("bought", column(0, 2))
        .and_then(|units| units.with_column("orders", column(1, 5)))
        .and_then(|units| units.with_column("revenue", column(2, 500_000)))
        .and_then(|units| units.with_column("visits", column(3, 20)))
        .and_then(|units| units.with_column("minutes", column(4, 600)))
        .unwrap()
}

fn metrics() -> [ExperimentMetric; 5] {
    [
        ExperimentMetric::proportion("bought"),
        ExperimentMetric::mean("orders"),
        ExperimentMetric::mean("revenue").winsorised(0, 400_000),
        ExperimentMetric::mean("visits"),
        ExperimentMetric::mean("minutes"),
    ]
}

fn main() {
    divan::main();
}

/// Five columns, each a metric of its own.
#[divan::bench(sample_count = 20)]
fn five_metrics_of_two_arms(bencher: Bencher<'_, '_>) {
    static UNITS: OnceLock<Units<'static>> = OnceLock::new();
    let units = UNITS.get_or_init(|| units(2));
    bencher.bench(|| ExperimentSums::of(["a", "b"], metrics(), black_box(units)).unwrap());
}

/// As above, two of the metrics of two columns each.
#[divan::bench(sample_count = 20)]
fn ratio_and_adjusted_of_two_arms(bencher: Bencher<'_, '_>) {
    static UNITS: OnceLock<Units<'static>> = OnceLock::new();
    let units = UNITS.get_or_init(|| units(2));
    let metrics = || {
        [
            ExperimentMetric::proportion("bought"),
            ExperimentMetric::ratio("orders", "visits"),
            ExperimentMetric::adjusted("revenue", "minutes"),
        ]
    };
    bencher.bench(|| ExperimentSums::of(["a", "b"], metrics(), black_box(units)).unwrap());
}

#[divan::bench(sample_count = 20)]
fn five_metrics_of_ten_arms(bencher: Bencher<'_, '_>) {
    static UNITS: OnceLock<Units<'static>> = OnceLock::new();
    let units = UNITS.get_or_init(|| units(10));
    let arms = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    bencher.bench(|| ExperimentSums::of(arms, metrics(), black_box(units)).unwrap());
}
