//! Levels of 1,000,000 users from 10,000,000 seeded events: 5 steps within 7 days of 30.
//!
//! Users, times and masks are 200 MB. Reading them once, at some 10 GB/s, takes 0.02 s; counting takes five times that
//! (median 0.104 s), because the step of a row is random: nearly every row mispredicts a branch. Sorting is
//! limited by comparing 10,000,000 numbers of 64 bits, 0.27 s alone; packing, unpacking and counting make it 0.41 s.
//! The sort needs no memory beyond the columns. Medians of one run on two shared cores of an EPYC at 2.4 GHz.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_wrap,
    reason = "a benchmark"
)]

use divan::{Bencher, black_box};
use marketloop::funnel::{Events, FunnelCounts, FunnelRules, Matching, WindowFunnelModes};
use marketloop::time::Duration;
use std::sync::OnceLock;

const ROWS: u64 = 10_000_000;
const USERS: u64 = 1_000_000;
const SECONDS: u64 = 2_592_000;
const WINDOW: Duration = Duration::from_days(7);
/// The sum of all times, and how many of the users that have a row are at each level.
const SUM_OF_TIMES: i64 = 12_959_918_920_877;
const LEVELS: [u64; 6] = [49_454, 396_025, 433_936, 110_378, 9_863, 299];

fn mixed(state: u64) -> u64 {
    let x = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

fn mask(draw: u64) -> u32 {
    match draw % 100 {
        0..30 => 1,
        30..50 => 2,
        50..65 => 4,
        65..75 => 8,
        75..80 => 16,
        _ => 0,
    }
}

/// The events as they come; the checksum is printed when they are first made.
fn events() -> &'static Events<'static> {
    static EVENTS: OnceLock<Events<'static>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let base = |i: u64| (42 << 32) + 3 * i;
        let users: Vec<u64> = (0..ROWS).map(|i| mixed(base(i)) % USERS).collect();
        let times: Vec<i64> = (0..ROWS).map(|i| (mixed(base(i) + 1) % SECONDS) as i64).collect();
        let masks: Vec<u32> = (0..ROWS).map(|i| mask(mixed(base(i) + 2))).collect();
        let sum: i64 = times.iter().sum();
        println!("sum of times {sum}, expected {SUM_OF_TIMES}");
        assert_eq!(sum, SUM_OF_TIMES);
        Events::new(users, times, masks).unwrap()
    })
}

fn sorted() -> &'static Events<'static> {
    static EVENTS: OnceLock<Events<'static>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let mut events = events().clone();
        events.sort();
        let counts = rules(Matching::Longest).count(&events).unwrap();
        println!("levels {:?}, expected {LEVELS:?}", counts.levels());
        assert_eq!(counts.levels(), LEVELS);
        events
    })
}

fn rules(matching: Matching) -> FunnelRules {
    FunnelRules::draft(["a", "b", "c", "d", "e"]).with_window(WINDOW).with_matching(matching).check().unwrap()
}

fn main() {
    let _ = sorted();
    divan::main();
}

fn count(bencher: Bencher<'_, '_>, matching: Matching) {
    let (rules, events) = (rules(matching), sorted());
    bencher.bench(|| -> FunnelCounts { rules.count(black_box(events)).unwrap() });
}

/// At most 0.2 s.
#[divan::bench(sample_count = 20)]
fn sorted_columns(bencher: Bencher<'_, '_>) {
    count(bencher, Matching::Longest);
}

#[divan::bench(sample_count = 5)]
fn sorted_strictly_increasing(bencher: Bencher<'_, '_>) {
    count(bencher, Matching::StrictlyIncreasing);
}

#[divan::bench(sample_count = 5)]
fn sorted_use_once(bencher: Bencher<'_, '_>) {
    count(bencher, Matching::UseOnce);
}

#[divan::bench(sample_count = 3)]
fn sorted_strict_order(bencher: Bencher<'_, '_>) {
    let modes: WindowFunnelModes = "strict_order".parse().unwrap();
    count(bencher, Matching::WindowFunnel(modes));
}

/// At most 0.8 s: sorted in place, then counted.
#[divan::bench(sample_count = 10)]
fn unsorted_columns(bencher: Bencher<'_, '_>) {
    let rules = rules(Matching::Longest);
    bencher.with_inputs(|| events().clone()).bench_refs(|events| {
        events.sort();
        rules.count(events).unwrap()
    });
}

/// The same users under numbers of 64 bits: rows that do not fit together in 64 bits are divided by bytes.
#[divan::bench(sample_count = 3)]
fn unsorted_wide_numbers(bencher: Bencher<'_, '_>) {
    let rules = rules(Matching::Longest);
    let columns = events();
    let users: Vec<u64> = columns.users().iter().map(|user| mixed(*user)).collect();
    let wide = Events::new(users, columns.times().to_vec(), columns.masks().to_vec()).unwrap();
    bencher.with_inputs(|| wide.clone()).bench_refs(|events| {
        events.sort();
        rules.count(events).unwrap()
    });
}

#[divan::bench(sample_count = 3)]
fn conversion_times(bencher: Bencher<'_, '_>) {
    let (rules, events) = (rules(Matching::Longest), sorted());
    bencher.bench(|| rules.conversion_times(black_box(events)).unwrap());
}
