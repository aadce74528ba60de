//! Ranking: priorities from pairwise judgements; those of 15 items take 14 to 17 us.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

use divan::{Bencher, black_box};
use marketloop::ranking::{PairwiseComparisons, Priorities};

fn main() {
    divan::main();
}

/// A linear congruential generator (D. Knuth's MMIX constants).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).checked_rem(limit).unwrap_or_default()
    }
}

/// Judgements of 15 items from Saaty's scale, one in `open` left out.
fn judgements(open: u64) -> PairwiseComparisons {
    let mut seeded = Seeded(15);
    let names: Vec<String> = (0..15).map(|item| item.to_string()).collect();
    let mut judged = PairwiseComparisons::new(names.clone()).unwrap();
    for (index, item) in names.iter().enumerate() {
        for over in names.iter().skip(index + 1) {
            let value = (1 + seeded.below(9)) as f64;
            let (item, over) = if seeded.below(3) == 0 { (over, item) } else { (item, over) };
            if index == 0 || seeded.below(open) > 0 {
                judged = judged.judge(item, over, value).unwrap();
            }
        }
    }
    judged
}

fn first(priorities: &Priorities<'_>) -> f64 {
    priorities.weights().values().first().copied().unwrap_or_default()
}

#[divan::bench]
fn hierarchy_of_15(bencher: Bencher<'_, '_>) {
    let judged = judgements(u64::MAX);
    assert!(judged.is_complete());
    bencher.bench(|| first(&black_box(&judged).priorities().unwrap()));
}

#[divan::bench]
fn hierarchy_of_15_with_a_quarter_missing(bencher: Bencher<'_, '_>) {
    let judged = judgements(4);
    bencher.bench(|| first(&black_box(&judged).priorities().unwrap()));
}
