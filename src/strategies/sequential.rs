//! Sample ratios, and tests that are looked at again and again.

use crate::stats::{AlwaysValid, SampleRatio};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::prop_oneof;

/// Observations of one to five arms beside planned weights of small whole numbers.
///
/// Mean size 3.1 arms; 57 % are edges: no observation, one arm, an arm of weight 0, an arm without observations.
///
/// # Examples
/// ```
/// use marketloop::strategies::sample_ratios;
/// use proptest::prelude::*;
///
/// proptest!(|(ratio in sample_ratios())| {
///     // A probability, or an error that says why not.
///     prop_assert!(ratio.p_value().is_err() || (0.0..=1.0).contains(&ratio.p_value().unwrap()));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn sample_ratios() -> impl Strategy<Value = SampleRatio> + Clone {
    let seen = prop_oneof![1 => Just(0_u64), 6 => 1_u64..2_000, 3 => 1_u64..100_000_000];
    let weight = prop_oneof![1 => Just(0_u8), 9 => 1_u8..10];
    (vec((seen, weight), 1..=5), 0_u8..12).prop_filter_map("a weight above 0", |(arms, kind)| {
        let arms = arms.into_iter().map(|(seen, weight)| {
            let seen = if kind == 0 { 0 } else { seen };
            let weight = if kind < 5 { weight.max(1) } else { weight };
            (seen, f64::from(weight))
        });
        SampleRatio::new(arms).ok()
    })
}

/// Tests after up to twenty looks, of every evidence.
///
/// Mean size 9.1 looks; 18 % are edges: no look, a p-value of 1.
///
/// # Examples
/// ```
/// use marketloop::strategies::always_valid_tests;
/// use proptest::prelude::*;
///
/// proptest!(|(test in always_valid_tests(), more in -9.0..9.0)| {
///     let mut later = test;
///     prop_assert!(later.look(more).unwrap() <= test.p_value());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn always_valid_tests() -> impl Strategy<Value = AlwaysValid> + Clone {
    let evidence = prop_oneof![8 => -4.0..6.0_f64, 1 => -1e3..1e3_f64];
    (vec(evidence, 0..20), 0_u8..8).prop_map(|(looks, kind)| {
        let mut test = AlwaysValid::default();
        for ln_evidence in looks {
            // No evidence is refused that is a number.
            let _p = test.look(if kind == 0 { -ln_evidence.abs() } else { ln_evidence });
        }
        test
    })
}
