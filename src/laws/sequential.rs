//! Sample ratios that follow their plan, bounds that spend what they may, and p-values that hold whenever they are looked at.

use super::{Broken, hold};
use crate::stats::GroupSequential;
use alloc::format;

/// The expected observations of the arms add up to those seen, and are in proportion to the weights.
///
/// # Errors
/// [`Broken`], with the arm that is off.
///
/// # Examples
/// ```
/// use marketloop::laws::expected_counts_follow_the_plan;
/// use marketloop::strategies::sample_ratios;
/// use proptest::prelude::*;
///
/// proptest!(|(ratio in sample_ratios())| {
///     expected_counts_follow_the_plan(ratio.arms(), &ratio.expected())?;
/// });
/// ```
pub fn expected_counts_follow_the_plan(arms: &[(u64, f64)], expected: &[f64]) -> Result<(), Broken> {
    const LAW: &str = "expected_counts_follow_the_plan";
    hold(LAW, arms.len() == expected.len(), || {
        format!("{} arms have {} expected counts", arms.len(), expected.len())
    })?;
    let seen: f64 = arms.iter().map(|(seen, _)| float(*seen)).sum();
    let weights: f64 = arms.iter().map(|(_, weight)| *weight).sum();
    for (at, ((_, weight), expected)) in arms.iter().zip(expected).enumerate() {
        let right = seen * (weight / weights);
        hold(LAW, (expected - right).abs() <= 1e-9 * right.max(1.0), || {
            format!("arm {at} of {arms:?} was to have {right}, not {expected}")
        })?;
    }
    Ok(())
}

/// After each look the p-value is the least that any evidence so far allows: it never rises, and is `1 / evidence` where
/// that is a new least below 1.
///
/// # Errors
/// [`Broken`], with the look.
///
/// # Examples
/// ```
/// use marketloop::laws::always_valid_p_never_rises;
/// use marketloop::stats::AlwaysValid;
/// use proptest::prelude::*;
///
/// proptest!(|(ln_evidence in prop::collection::vec(-9.0..9.0_f64, 0..20))| {
///     let mut test = AlwaysValid::default();
///     let p_values: Vec<f64> = ln_evidence.iter().map(|one| test.look(*one).unwrap()).collect();
///     always_valid_p_never_rises(&ln_evidence, &p_values)?;
/// });
/// ```
pub fn always_valid_p_never_rises(ln_evidence: &[f64], p_values: &[f64]) -> Result<(), Broken> {
    const LAW: &str = "always_valid_p_never_rises";
    hold(LAW, ln_evidence.len() == p_values.len(), || {
        format!("{} looks have {} p-values", ln_evidence.len(), p_values.len())
    })?;
    let mut least = 1.0_f64;
    for (at, (evidence, p)) in ln_evidence.iter().zip(p_values).enumerate() {
        least = least.min(libm::exp(-evidence));
        hold(LAW, (p - least).abs() <= 1e-12 * least, || {
            format!("the p-value after look {at} of {ln_evidence:?} is {p}, not {least}")
        })?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "the laws allow for the rounding of a float")]
fn float(value: u64) -> f64 {
    value as f64
}

/// Until each look the bounds of a plan are crossed as often, without an effect, as its spending says.
///
/// Not for given bounds, nor with advice to stop for want of an effect.
///
/// # Errors
/// [`Broken`], with the look.
///
/// # Examples
/// ```
/// use marketloop::laws::looks_spend_what_they_may;
/// use marketloop::strategies::group_sequential_tests;
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(16), |(test in group_sequential_tests())| {
///     looks_spend_what_they_may(&test, &test.crossings(0.0).unwrap().bound)?;
/// });
/// ```
pub fn looks_spend_what_they_may(test: &GroupSequential, crossed: &[f64]) -> Result<(), Broken> {
    const LAW: &str = "looks_spend_what_they_may";
    hold(LAW, test.looks().len() == crossed.len(), || {
        format!("{} looks have {} probabilities", test.looks().len(), crossed.len())
    })?;
    let mut until = 0.0;
    for (look, part) in test.looks().iter().zip(crossed) {
        until += part;
        let spent = test.spending().spent(test.alpha(), test.sides(), look.information);
        hold(LAW, spent.as_ref().is_ok_and(|spent| (until - spent).abs() <= 1e-8), || {
            format!("until {} of the information {until} was crossed, not {spent:?}", look.information)
        })?;
    }
    Ok(())
}
