//! Sample ratios, and tests that are looked at again and again.

use crate::stats::{AlphaSpending, AlwaysValid, GroupSequential, SampleRatio, SpendingSides};
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::prop_oneof;
use proptest::sample::select;

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

/// Plans of up to eight looks at any times, of every spending and side.
///
/// Mean size 4.5 looks; 11 % are edges: one look.
///
/// # Examples
/// ```
/// use marketloop::strategies::group_sequential_tests;
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(16), |(test in group_sequential_tests())| {
///     prop_assert!(test.crossings(0.0).unwrap().total() <= test.alpha() + 1e-9);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn group_sequential_tests() -> impl Strategy<Value = GroupSequential> + Clone {
    let spending = prop_oneof![
        Just(AlphaSpending::Pocock),
        Just(AlphaSpending::OBrienFleming),
        Just(AlphaSpending::Linear),
        (0.5..4.0_f64).prop_map(AlphaSpending::Power),
        (-5.0..3.0_f64).prop_map(AlphaSpending::HwangShihDeCani),
        (0.05..0.5_f64, 0.5..1.0_f64)
            .prop_map(|(first, share)| AlphaSpending::Given([(first, share), (1.0, 1.0)].into())),
    ];
    let sides = select(&[SpendingSides::Upper, SpendingSides::InTotal, SpendingSides::PerSide][..]);
    let alpha = select(&[0.01, 0.025, 0.05, 0.1, 0.2][..]);
    (alpha, sides, spending, vec(1_u8..40, 1..=8)).prop_filter_map(
        "a plan",
        |(alpha, sides, spending, steps)| {
            let all: f64 = steps.iter().map(|step| f64::from(*step)).sum();
            let mut until = 0.0;
            let times: Vec<f64> = (steps.iter())
                .map(|step| {
                    until += f64::from(*step);
                    until / all
                })
                .collect();
            GroupSequential::new(alpha, sides, spending, &times).ok()
        },
    )
}
