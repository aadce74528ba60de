//! Tests with their arms, and layers of tests.

use crate::experiment::{Assignment, Layer};
use crate::quantity::Share;
use alloc::format;
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::prop_oneof;
use rust_decimal::Decimal;

const ARMS: [&str; 4] = ["control", "新", "second", "third, if any"];

/// Weights in shares of 1, of which `rest` parts are free.
fn shares(weights: &[i64], rest: i64) -> Vec<Share> {
    let all = weights.iter().sum::<i64>().saturating_add(rest);
    let share = |weight: &i64| {
        let part = Decimal::from(*weight).checked_div(Decimal::from(all))?;
        // Rounded down: together they are not above 1.
        Share::new(part.trunc_with_scale(8)).ok()
    };
    weights.iter().filter_map(share).collect()
}

/// Up to four arms on all units, on most, or on one in a hundred; one in three was grown.
///
/// Mean size 2.5 arms; 42 % are edges: nothing free, one arm alone.
///
/// # Examples
/// ```
/// use marketloop::strategies::assignments;
/// use proptest::prelude::*;
///
/// proptest!(|(test in assignments(), user in "[a-z]{0,9}")| {
///     // Whoever is in no arm has a place only where something is free.
///     prop_assert!(test.arm_of(&user).is_some() || test.free() > marketloop::quantity::Share::ZERO);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn assignments() -> impl Strategy<Value = Assignment> + Clone {
    let weight = prop_oneof![5 => 1_i64..100, 1 => Just(50_i64)];
    (0_u32..1_000_000, vec(weight, 1..=4), 0_u8..9).prop_filter_map("arms", |(salt, weights, kind)| {
        let full = kind < 2;
        let rest = match kind {
            0 | 1 => 0,
            2..=6 => weights.iter().sum::<i64>().saturating_div(2).max(1),
            _ => weights.iter().sum::<i64>().saturating_mul(99),
        };
        // The last arm has what rounding left.
        let mut shares = shares(&weights, rest);
        if full && let Some(last) = shares.pop() {
            let others =
                shares.iter().try_fold(Decimal::ZERO, |sum, share| sum.checked_add(share.value()))?;
            shares.push(Share::new(Decimal::ONE.checked_sub(others)?).unwrap_or(last));
        }
        let test = Assignment::new(format!("test {salt}"), ARMS.into_iter().zip(shares)).ok()?;
        if kind % 3 == 0 {
            let more = test.free().value().checked_div(Decimal::TWO)?.trunc_with_scale(8);
            let to = test.share(ARMS[0]).ok()?.value().checked_add(more)?;
            return test.growing(ARMS[0], Share::new(to).ok()?).ok();
        }
        Some(test)
    })
}

/// Layers of up to five tests, full now and then, some with a test that was taken out or has grown.
///
/// Mean size 2.4 tests; 57 % are edges: no test, nothing free, a free part between tests.
///
/// # Examples
/// ```
/// use marketloop::strategies::layers;
/// use proptest::prelude::*;
///
/// proptest!(|(layer in layers(), user in "[a-z]{0,9}")| {
///     if let Some((test, arm)) = layer.arm_of(&user) {
///         prop_assert_eq!(layer.test(test).unwrap().arm_of(&user), Some(arm));
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn layers() -> impl Strategy<Value = Layer> + Clone {
    let test = (1_i64..100, assignments());
    (0_u32..1_000_000, vec(test, 0..=5), 0_u8..9).prop_filter_map("tests", |(salt, tests, kind)| {
        let weights: Vec<i64> = tests.iter().map(|(weight, _)| *weight).collect();
        let shares = shares(&weights, if kind < 3 { 0 } else { 40 });
        let mut layer = Layer::new(format!("layer {salt}")).ok()?;
        for (index, ((_, arms), share)) in tests.iter().zip(&shares).enumerate() {
            let name = format!("test {index}");
            // A salt that is drawn twice is left out.
            layer = layer.with_test(name, *share, arms).unwrap_or(layer);
        }
        let first = layer.tests().first().cloned();
        match (kind, first) {
            (0 | 4, Some(first)) => {
                let to = layer.share(&first).ok()?.value().checked_add(layer.free().value())?;
                layer.growing(&first, Share::new(to).ok()?).ok()
            }
            (1 | 5, Some(first)) => layer.without_test(&first).ok(),
            _ => Some(layer),
        }
    })
}
