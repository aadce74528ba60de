//! Networks of 10,000 tasks with 30,000 relations and of 100,000 with 300,000, built and scheduled.
//!
//! Each relation is written into the graph once and read three times (order, forward, backward), each time at a
//! random place of a column: what limits it are those cache misses. The small network fits the second cache, the
//! large one the third.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use divan::{Bencher, black_box};
use marketloop::plan::{Network, Relation};

const KINDS: [Relation; 4] = [
    Relation::FinishToStart(0),
    Relation::StartToStart(0),
    Relation::FinishToFinish(0),
    Relation::StartToFinish(0),
];

/// The output of `SplitMix64`.
fn mixed(n: u64) -> u64 {
    let mut x = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Tasks of 0 to 9 days; each relation goes from a task to one up to 1,000 places behind it, in an order of the
/// tasks that is itself shuffled.
fn network(tasks: u64) -> (Vec<u32>, Vec<(u32, u32, Relation)>) {
    let durations = (0..tasks).map(|task| (mixed(task) % 10) as u32).collect();
    let mut place: Vec<u32> = (0..tasks as u32).collect();
    for at in (1..tasks).rev() {
        place.swap(at as usize, (mixed(at ^ 0x5EED) % (at + 1)) as usize);
    }
    let relations = (0..3 * tasks).map(|index| {
        let from = mixed(3 * index + 1_000_000_007) % (tasks - 1);
        let to = from + 1 + mixed(3 * index + 1_000_000_008) % 1_000.min(tasks - 1 - from);
        let draw = mixed(3 * index + 1_000_000_009);
        let relation = KINDS[(draw % 4) as usize].with_lag((draw >> 8) as i32 % 4);
        (place[from as usize], place[to as usize], relation)
    });
    (durations, relations.collect())
}

fn main() {
    for (tasks, expected) in [(10_000, 241), (100_000, 1_873)] {
        let (durations, relations) = network(tasks);
        let finish = Network::new(&durations, &relations).unwrap().schedule().finish();
        println!("{tasks} tasks finish at {finish}, expected {expected}");
        assert_eq!(finish, expected);
    }
    divan::main();
}

/// At most 2 ms and 40 ms.
#[divan::bench(args = [10_000, 100_000])]
fn build_and_schedule(bencher: Bencher<'_, '_>, tasks: u64) {
    let (durations, relations) = network(tasks);
    bencher.bench(|| {
        let network = Network::new(black_box(&durations), black_box(&relations)).unwrap();
        network.schedule().finish()
    });
}

/// Of a network that is built: forward and backward.
#[divan::bench(args = [10_000, 100_000])]
fn schedule(bencher: Bencher<'_, '_>, tasks: u64) {
    let (durations, relations) = network(tasks);
    let network = Network::new(&durations, &relations).unwrap();
    bencher.bench(|| black_box(&network).schedule().finish());
}
