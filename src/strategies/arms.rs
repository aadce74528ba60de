//! Arms of which the best is looked for, p-values and effects of many tests, and designs of a test.

use crate::stats::{Alternative, BetaArms, EffectEstimate, TestDesign};
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::prop_oneof;
use proptest::sample::select;

/// One to eight arms over a prior: without trials, without successes, equal, of very different sizes.
///
/// Mean size 4.6 arms; 65 % are edges: one arm, two equal ones, an arm without trials, successes or failures.
///
/// # Examples
/// ```
/// use marketloop::strategies::beta_arms;
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(32), |(arms in beta_arms())| {
///     prop_assert!(arms.best().unwrap().arm() < arms.arms().len());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn beta_arms() -> impl Strategy<Value = BetaArms> + Clone {
    let trials = prop_oneof![1 => Just(0_u64), 6 => 1_u64..300, 3 => 1_u64..1_000_000];
    let prior = select(&[(1.0, 1.0), (0.5, 0.5), (2.0, 38.0)][..]);
    (prior, vec((trials, 0.0..1.0_f64), 1..=8), 0_u8..10).prop_filter_map("arms", |(prior, arms, kind)| {
        let counted = |(trials, rate): (u64, f64)| {
            let rate = match kind {
                0 => 0.0,
                1 => 1.0,
                _ => rate,
            };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                clippy::cast_sign_loss,
                reason = "a part of a million trials"
            )]
            let successes = (trials as f64 * rate) as u64;
            (successes.min(trials), trials)
        };
        let first = arms.first().copied();
        let equal = arms.iter().copied().map(|arm| if kind == 2 { first.unwrap_or(arm) } else { arm });
        BetaArms::new(prior, equal.map(counted).collect::<Vec<_>>()).ok()
    })
}

/// Up to twenty p-values: small ones, ties, 0 and 1 among them.
///
/// Mean size 9.7 p-values; 36 % are edges: none, a 0 or 1, two equal ones.
///
/// # Examples
/// ```
/// use marketloop::stats::Correction;
/// use marketloop::strategies::p_values;
/// use proptest::prelude::*;
///
/// proptest!(|(p in p_values())| {
///     prop_assert_eq!(Correction::Holm.adjusted(&p).unwrap().len(), p.len());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn p_values() -> impl Strategy<Value = Vec<f64>> + Clone {
    let round = select(&[0.0, 0.01, 0.05, 1.0][..]);
    vec(prop_oneof![6 => 0.0..0.1_f64, 6 => 0.0..1.0_f64, 1 => round], 0..20)
}

/// Up to eleven estimated effects around 0, normal and with few degrees of freedom, the same twice now and then.
///
/// Mean size 5.6 effects; 54 % are edges: none, one of one degree, two equal ones.
///
/// # Examples
/// ```
/// use marketloop::stats::MatchingBounds;
/// use marketloop::strategies::effect_estimates;
/// use proptest::prelude::*;
///
/// proptest!(|(effects in effect_estimates())| {
///     let bounds = MatchingBounds::Holm.lower_bounds(&effects, 0.95).unwrap();
///     prop_assert_eq!(bounds.len(), effects.len());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn effect_estimates() -> impl Strategy<Value = Vec<EffectEstimate>> + Clone {
    let degrees = prop_oneof![6 => Just(None), 1 => Just(Some(1.0)), 3 => (1.0..50.0_f64).prop_map(Some)];
    let effect =
        (-5.0..5.0_f64, 0.5..2.0_f64, degrees).prop_filter_map("an effect", |(value, error, degrees)| {
            let effect = EffectEstimate::new(value, error).ok()?;
            match degrees {
                Some(degrees) => effect.with_degrees(degrees).ok(),
                None => Some(effect),
            }
        });
    (vec(effect, 0..12), 0_u8..10).prop_map(|(mut effects, kind)| {
        if kind == 0 {
            effects.extend(effects.first().cloned());
        }
        effects
    })
}

/// Designs of a test of two samples: every alternative, equal and unequal samples, one or several comparisons.
///
/// Mean size 2.4 comparisons; 40 % are edges: samples of one size.
///
/// # Examples
/// ```
/// use marketloop::stats::RateFormula;
/// use marketloop::strategies::test_designs;
/// use proptest::prelude::*;
///
/// proptest!(|(design in test_designs())| {
///     let size = design.size_for_rates(0.04, 0.05, RateFormula::Unpooled).unwrap();
///     prop_assert!(size.first() > 0.0);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn test_designs() -> impl Strategy<Value = TestDesign> + Clone {
    let alpha = select(&[0.01, 0.05, 0.1][..]);
    let ratio = prop_oneof![2 => Just(1.0), 3 => 0.1..10.0_f64];
    let comparisons = prop_oneof![3 => Just(1_u32), 2 => 2_u32..8];
    (alpha, 0.5..0.99_f64, ratio, select(Alternative::ALL.to_vec()), comparisons).prop_filter_map(
        "a design",
        |(alpha, power, ratio, alternative, comparisons)| {
            let design = TestDesign::new(alpha, power).ok()?.with_ratio(ratio).ok()?;
            Some(design.with_comparisons(comparisons).ok()?.with_alternative(alternative))
        },
    )
}
