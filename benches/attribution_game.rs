//! Chains and games on the seeded workload of 1,000,000 journeys, 20 channels and 3.45 million touches.
//!
//! Counting is one look-up per touch in a table that stays in the cache (3.45 million, so some 10 ms is the
//! limit for any order that does not spill it). The eliminations of order 1 are a few thousand operations; the
//! sweeps of order 3 push 8 channels at once through some 160,000 steps, about a hundred times for each of three
//! groups of channels.
//!
//! Peak memory above the table's 34 MiB, counted by an allocator outside of the crate: the rules 0, order 1
//! 0.04 MiB, order 2 1.1 MiB, order 3 21.6 MiB (the limit is 64), order 4 92 MiB, simplified Shapley 0.02, the game
//! of 20 players 8, the rate game 16, leave-one-touch-out 27.3 (16 bytes to sort each row by its path, and 16 for
//! each of 326,699 distinct paths), top paths 39.3, choice among the orders 1 to 3 15.3, to 4 58.
//! Leave-one-touch-out and top paths are limited by sorting a million rows of which a third are distinct.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a benchmark"
)]

#[path = "../tests/it/golden/attribution_generator.rs"]
#[allow(dead_code, unreachable_pub, reason = "the tests use all of it")]
mod attribution_generator;

use attribution_generator::Generator;
use divan::Bencher;
use marketloop::attribution::{
    AttributionModel, ChannelId, Channels, MarkovChain, OrderSelection, PathTable, RankBy, path_removal,
    shapley_conversion_rate, shapley_ordered, shapley_value,
};
use marketloop::quantity::Currency;
use std::sync::LazyLock;

static WORKLOAD: LazyLock<PathTable> = LazyLock::new(|| {
    let path = format!("{}/tests/golden/attribution_generator.json", env!("CARGO_MANIFEST_DIR"));
    let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let generator = Generator::read(&json, 20_240_601, 20);
    let channels = Channels::new((0..20).map(|channel| format!("ch{channel:02}"))).unwrap();
    let ids: Vec<ChannelId> = channels.ids().collect();
    let mut builder = PathTable::builder(Currency::CNY).with_channels(&channels).unwrap();
    let mut checksum = 0;
    for journey in generator.journeys(1_000_000) {
        let path: Vec<ChannelId> = journey.touches.iter().map(|touch| ids[*touch as usize]).collect();
        builder.push(&path, journey.outcome()).unwrap();
        checksum += journey.checksum();
    }
    println!("workload checksum {checksum}, expected 792968536");
    builder.build()
});

fn main() {
    LazyLock::force(&WORKLOAD);
    divan::main();
}

#[divan::bench(args = [1, 2, 3, 4], sample_count = 10)]
fn markov_removal_effects(bencher: Bencher<'_, '_>, order: usize) {
    bencher.bench_local(|| MarkovChain::new(&WORKLOAD, order).unwrap().removal_effects().unwrap());
}

#[divan::bench(args = [1, 2, 3], sample_count = 10)]
fn markov_counts(bencher: Bencher<'_, '_>, order: usize) {
    bencher.bench_local(|| MarkovChain::new(&WORKLOAD, order).unwrap().states());
}

#[divan::bench(sample_count = 10)]
fn simplified_shapley(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| AttributionModel::Shapley.credit(&WORKLOAD).unwrap());
}

#[divan::bench(sample_count = 10)]
fn ordered_shapley(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| shapley_ordered(&WORKLOAD).unwrap());
}

#[divan::bench(sample_count = 3)]
fn conversion_rate_game(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| shapley_conversion_rate(&WORKLOAD).unwrap());
}

#[divan::bench(sample_count = 3)]
fn game_of_20_players(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| shapley_value(20, |coalition| f64::from(coalition.count_ones())).unwrap());
}

#[divan::bench(sample_count = 3)]
fn leave_one_touch_out(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| AttributionModel::LeaveOneTouchOut.credit(&WORKLOAD).unwrap());
}

#[divan::bench(sample_count = 3)]
fn top_paths(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| WORKLOAD.top_paths(RankBy::Conversions, 10).unwrap());
}

/// Fitted to four fifths of the journeys, scored on the others.
#[divan::bench(args = [1, 2, 3], sample_count = 3)]
fn order_selection(bencher: Bencher<'_, '_>, most: usize) {
    let (fitted, held_out) = WORKLOAD.split_every(5).unwrap();
    bencher.bench_local(|| OrderSelection::new(&fitted, &held_out, most).unwrap());
}

#[divan::bench(sample_count = 10)]
fn removal_from_the_data(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| path_removal(&WORKLOAD).unwrap());
}
