//! Attribution on 1,000,000 seeded journeys of 20 channels: 3,450,921 touches, 27,815 conversions.
//!
//! The rules look at converting rows only: what limits them is reading the column of conversions, the cache misses
//! of the 27,815 rows that convert (their paths are copied in batches, so that the misses overlap) and, of the
//! rows that convert, dividing 2^62 by the sum of the weights. Time decay adds one power of two for each touch.
//! Text paths are limited by finding each name in the dictionary, aggregation by sorting the rows.
//!
//! Peak memory above the input, counted by an allocator outside of the crate: the rules 0; text paths 40 MiB, of
//! which 36 are the table; aggregation without times 35.3, of which the result is 11 and the order of the rows 15;
//! journeys from events in their order 51.8, of which 47.8 are the table, from events in any order 64.9. A
//! reallocation is counted with both its blocks.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a benchmark"
)]

use divan::{Bencher, black_box};
use marketloop::attribution::{
    AttributionModel, ChannelId, Channels, ConversionEvent, JourneyRules, Outcome, PathTable, TouchEvent,
};
use marketloop::quantity::Currency;
use marketloop::time::Duration;
use std::sync::OnceLock;

const SEED: u64 = 20_240_601;
const JOURNEYS: u64 = 1_000_000;
const CHANNELS: u64 = 20;
const LENGTHS: [u64; 12] = [220, 210, 170, 130, 95, 65, 42, 28, 18, 11, 7, 4];
const POPULARITY: [u64; 20] =
    [120, 105, 95, 85, 75, 70, 60, 55, 50, 45, 40, 36, 32, 28, 24, 22, 20, 16, 12, 10];
const EFFECT: [u64; 20] =
    [900, 300, 700, 200, 500, 100, 1200, 150, 400, 600, 250, 50, 350, 800, 450, 120, 1000, 0, 220, 640];
const BASE: u64 = 1_500;

struct Journey {
    touches: Vec<u64>,
    minutes: Vec<u32>,
    cents: Option<i64>,
}

fn mixed(seed: u64, n: u64) -> u64 {
    let mut x = seed.wrapping_add((n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

fn place(weights: &[u64], draw: u64) -> u64 {
    let mut sum = 0;
    let place = weights.iter().position(|weight| {
        sum += weight;
        draw < sum
    });
    place.unwrap() as u64
}

fn journey(number: u64) -> Journey {
    let draw = |k: u64| mixed(SEED, 64 * number + k) >> 32;
    let length = place(&LENGTHS, draw(0) % 1000) as usize + 1;
    let mut touches: Vec<u64> = Vec::new();
    for k in (1..).take(length) {
        let random = draw(k);
        let (a, popular) = (random % 1000, place(&POPULARITY, random / 1000 % 1000));
        touches.push(match touches.last() {
            Some(before) if a < 150 => *before,
            Some(before) if a < 450 => (popular + 7 * before) % CHANNELS,
            _ => popular,
        });
    }
    let distinct = touches.iter().enumerate().filter(|(i, c)| !touches[..*i].contains(c));
    let effect: u64 = distinct.map(|(_, c)| EFFECT[*c as usize]).sum();
    let converted = draw(13) % 100_000 < BASE + effect;
    let mut minutes = vec![0; length];
    let mut before = 0;
    for i in (0..length).rev() {
        before += (draw(20 + i as u64) % if i + 1 < length { 10_080 } else { 1_440 }) as u32;
        minutes[i] = before;
    }
    Journey { touches, minutes, cents: converted.then(|| (1000 + draw(14) % 49_001) as i64) }
}

/// The names as a report would have them; their order is that of the numbers.
fn channels() -> Channels {
    Channels::new((0..CHANNELS).map(|channel| format!("channel {channel:02}"))).unwrap()
}

fn outcome(journey: &Journey) -> Outcome {
    journey.cents.map_or(Outcome::null(), Outcome::converted)
}

/// The journeys with times; the checksum is printed when they are first made.
fn paths() -> &'static PathTable {
    static PATHS: OnceLock<PathTable> = OnceLock::new();
    PATHS.get_or_init(|| {
        let channels = channels();
        let ids: Vec<ChannelId> = channels.ids().collect();
        let mut builder = PathTable::builder(Currency::CNY).with_channels(&channels).unwrap();
        let mut checksum = 0;
        for journey in (0..JOURNEYS).map(journey) {
            let touches = (1..).zip(&journey.touches).map(|(i, channel): (u64, _)| i * (channel + 1));
            checksum += touches.sum::<u64>() + journey.cents.map_or(0, |cents| 31 + cents as u64);
            let path: Vec<ChannelId> = journey.touches.iter().map(|touch| ids[*touch as usize]).collect();
            let seconds: Vec<u32> = journey.minutes.iter().map(|minutes| minutes * 60).collect();
            builder.push_timed(&path, &seconds, outcome(&journey)).unwrap();
        }
        println!("checksum {checksum}, expected 792968536");
        assert_eq!(checksum, 792_968_536);
        builder.build()
    })
}

/// The same journeys as texts.
fn texts() -> Vec<(String, Outcome)> {
    let paths = paths();
    let names: Vec<&str> = paths.channels().names().collect();
    let text = |path: &[ChannelId]| path.iter().map(|id| names[id.index()]).collect::<Vec<_>>().join(" > ");
    paths.rows().map(|row| (text(row.path), row.outcome)).collect()
}

fn main() {
    let _ = paths();
    divan::main();
}

/// At most 0.05 s.
#[divan::bench]
fn first_last_linear_and_position(bencher: Bencher<'_, '_>) {
    let paths = paths();
    bencher.bench(|| {
        let paths = black_box(paths);
        let models = [
            AttributionModel::FirstTouch,
            AttributionModel::LastTouch,
            AttributionModel::Linear,
            AttributionModel::U_SHAPED,
        ];
        models.map(|model| model.credit(paths))
    });
}

/// At most 0.15 s.
#[divan::bench]
fn time_decay(bencher: Bencher<'_, '_>) {
    let (paths, model) = (paths(), AttributionModel::TimeDecay(Duration::from_days(7)));
    bencher.bench(|| model.credit(black_box(paths)));
}

/// The same where every journey converts: 3.45 million touches are credited.
#[divan::bench(sample_count = 10)]
fn time_decay_of_conversions_only(bencher: Bencher<'_, '_>) {
    let mut builder = PathTable::builder(Currency::CNY).with_channels(paths().channels()).unwrap();
    for row in paths().rows() {
        let seconds = row.seconds_before_end.unwrap();
        builder.push_timed(row.path, seconds, Outcome::converted(100)).unwrap();
    }
    let (paths, model) = (builder.build(), AttributionModel::TimeDecay(Duration::from_days(7)));
    bencher.bench(|| model.credit(black_box(&paths)));
}

/// Of 1,000,000 texts `A > B > C`: well below 0.4 s.
#[divan::bench(sample_count = 10)]
fn text_paths(bencher: Bencher<'_, '_>) {
    let texts = texts();
    bencher.bench(|| {
        let mut builder = PathTable::builder(Currency::CNY);
        for (text, outcome) in black_box(&texts) {
            builder.push_text(text, " > ", *outcome).unwrap();
        }
        builder.build()
    });
}

#[divan::bench(sample_count = 5)]
fn aggregation(bencher: Bencher<'_, '_>) {
    let paths = paths().clone().without_times();
    bencher.bench(|| black_box(&paths).aggregated());
}

/// From 3.45 million touches and 27,815 conversions in their order.
#[divan::bench(sample_count = 5)]
fn journeys_from_events(bencher: Bencher<'_, '_>) {
    let (mut touches, mut conversions) = (Vec::new(), Vec::new());
    for (user, row) in (0..).zip(paths().rows()) {
        for (channel, before) in row.path.iter().zip(row.seconds_before_end.unwrap()) {
            touches.push(TouchEvent::new(user, -i64::from(*before), *channel));
        }
        if row.outcome.conversions > 0 {
            conversions.push(ConversionEvent { user, time: 0, value: row.outcome.value });
        }
    }
    touches.sort_unstable();
    let (rules, channels) = (JourneyRules::new().with_lookback(Duration::from_days(30)), channels());
    bencher.bench(|| rules.journeys(&channels, Currency::CNY, black_box(&touches), &conversions));
}
