//! Health: scores and lights of many entities on columns.
//!
//! 100,000 entities x 8 indicators come as 6.4 MB of integers and leave 1.3 MB of scores and lights: a machine that
//! only adds up the integers takes 0.2 ms. The arithmetic mean takes 2.6 to 3.5 ms by how busy the machine is, where the
//! aim is 3 ms: some 23 instructions a value on vectors of two.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

use divan::{Bencher, black_box};
use marketloop::figure::Figure;
use marketloop::health::{Aggregation, Matrix, Scoring, ValueColumn};
use marketloop::target::Light;

const ENTITIES: usize = 100_000;

fn main() {
    let columns = columns();
    let found = matrix(Aggregation::Arithmetic).score_columns(&columns).unwrap();
    let sum: f64 = found.scores().iter().sum();
    let green: usize = (0..8)
        .map(|i| (0..ENTITIES).filter(|e| found.light(i, *e) == Figure::Known(Light::Green)).count())
        .sum();
    println!("checksum: scores {sum:.6}, {green} green lights");
    assert!((sum - SCORES).abs() < 1e-5 && green == GREEN, "another workload or other scores");
    divan::main();
}

/// The checksum of the seeded workload.
const SCORES: f64 = 59_972.137_352;
const GREEN: usize = 154_653;

/// A linear congruential generator (D. Knuth's MMIX constants).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).checked_rem(limit).unwrap_or_default()
    }
}

/// Values in hundredths of a per cent around the targets, one in 32 missing.
fn columns() -> Vec<ValueColumn> {
    let mut seeded = Seeded(7);
    let targets = [5_000, 1_500, 2_500, 6_000, 8_000, 5_000, 800, 2_000];
    let mut column = |target: u64| {
        let mut number = || match seeded.below(32) {
            0 => ValueColumn::MISSING,
            _ => i64::try_from(seeded.below(target.saturating_mul(5).div_ceil(4))).unwrap(),
        };
        ValueColumn::of(2, (0..ENTITIES).map(|_| number())).unwrap()
    };
    targets.map(&mut column).into()
}

fn matrix(aggregation: Aggregation) -> Matrix {
    Matrix::marketing().unwrap().with_scoring(Scoring::of(aggregation)).unwrap()
}

fn score(bencher: Bencher<'_, '_>, aggregation: Aggregation) {
    let (matrix, columns) = (matrix(aggregation), columns());
    bencher
        .counter(divan::counter::ItemsCount::new(ENTITIES * 8))
        .bench(|| black_box(&matrix).score_columns(black_box(&columns)).unwrap());
}

#[divan::bench]
fn score_100k_of_8_arithmetic(bencher: Bencher<'_, '_>) {
    score(bencher, Aggregation::Arithmetic);
}

#[divan::bench]
fn score_100k_of_8_geometric(bencher: Bencher<'_, '_>) {
    score(bencher, Aggregation::Geometric);
}

#[divan::bench]
fn score_100k_of_8_harmonic(bencher: Bencher<'_, '_>) {
    score(bencher, Aggregation::Harmonic);
}

#[divan::bench]
fn score_100k_of_8_weakest_link(bencher: Bencher<'_, '_>) {
    score(bencher, Aggregation::WeakestLink);
}
