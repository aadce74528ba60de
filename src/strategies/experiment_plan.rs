//! Tests that are planned: the visitors they may expect, and what they are worth.

use crate::experiment::{Assignment, TestTraffic, TestValue};
use crate::quantity::Share;
use crate::time::date;
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::prop_oneof;

/// Traffic of tests with the arms `old` and `new`: by weekdays, by days, or both; people who come back in any manner.
///
/// Mean size 5.5 shares of new visitors; 81 % are edges: a day without visitors, nobody new later, visitors that double.
///
/// # Examples
/// ```
/// use marketloop::experiment::{DurationStep, TestDuration};
/// use marketloop::strategies::test_traffics;
/// use proptest::prelude::*;
///
/// proptest!(|(traffic in test_traffics(), needed in 0.0..1e6)| {
///     if let TestDuration::Reached { days, .. } = traffic.until([("new", needed)], DurationStep::Week).unwrap() {
///         prop_assert_eq!(days % 7, 0);
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn test_traffics() -> impl Strategy<Value = TestTraffic> + Clone {
    let visitors = || prop_oneof![1 => Just(0_u32), 8 => 1_u32..5_000];
    let falls = vec(0_u32..100, 0..12);
    let shares = (1_u32..=50, 1_u32..=50);
    let start = (2024_i32..2030, 1_u32..=12, 1_u32..=28);
    (vec(visitors(), 0..12), vec(visitors(), 7), falls, shares, start, 0_u8..8).prop_filter_map(
        "traffic",
        |(days, weekly, falls, (old, new), (year, month, day), kind)| {
            let percent = |share: u32| Share::percent(share).ok();
            let arms = Assignment::new("test", [("old", percent(old)?), ("new", percent(new)?)]).ok()?;
            let start = date(year, month, day).ok()?;
            let floats =
                |counts: &[u32]| -> Vec<f64> { counts.iter().map(|count| f64::from(*count)).collect() };
            let mut share = 1.0;
            let mut new_shares: Vec<f64> = Vec::new();
            for fall in &falls {
                new_shares.push(share);
                share *= 1.0 - f64::from(*fall) / 200.0;
            }
            if kind == 0 {
                return TestTraffic::daily(start, &floats(&days), &new_shares, &arms).ok();
            }
            let weekly: [f64; 7] = floats(&weekly).try_into().ok()?;
            let traffic = TestTraffic::weekly(start, weekly, &new_shares, &arms).ok()?;
            let later = new_shares.last().map_or(1.0, |last| last / 2.0);
            let traffic = if kind < 6 { traffic.with_later_share(later).ok()? } else { traffic };
            match kind {
                1 => traffic.with_weekly_growth(2.0).ok(),
                2 => traffic.with_weekly_growth(0.98).ok(),
                3 => traffic.with_first_days(&floats(&days)).ok(),
                _ => Some(traffic),
            }
        },
    )
}

/// What tests are worth: priors on both sides of 0, units that vary little and much, with costs and without.
///
/// Mean size 5.1 digits of the population; 36 % are edges: nothing to learn, units that do not vary, no test that pays.
///
/// # Examples
/// ```
/// use marketloop::strategies::test_values;
/// use proptest::prelude::*;
///
/// proptest!(|(value in test_values(), part in 0.0..=1.0)| {
///     let units = part * value.population();
///     prop_assert!(value.information(units).unwrap() <= value.perfect_information().unwrap() * (1.0 + 1e-12));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn test_values() -> impl Strategy<Value = TestValue> + Clone {
    let prior = (-300_i32..=300, prop_oneof![1 => Just(0_u32), 9 => 1_u32..300]);
    let variance = prop_oneof![1 => Just(0_u32), 9 => 1_u32..100_000];
    let population = prop_oneof![1 => 1_u32..50, 4 => 50_u32..1_000_000];
    (prior, variance, population, 1_u32..100, 0_u32..100, 0_u8..6).prop_filter_map(
        "a test",
        |((mean, deviation), variance, population, share, cost, kind)| {
            let prior = (f64::from(mean) / 1000.0, f64::from(deviation) / 100.0);
            let value = TestValue::new(prior, f64::from(variance) / 100.0, f64::from(population)).ok()?;
            let value = value.with_share(f64::from(share) / 100.0).ok()?;
            let value = if kind == 0 { value.with_unit_cost(f64::from(cost) / 100.0).ok()? } else { value };
            if kind == 1 { value.with_fixed_cost(f64::from(cost) * 10.0).ok() } else { Some(value) }
        },
    )
}
