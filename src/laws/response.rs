//! What a response curve and a carry-over of spend owe.

use super::{Broken, hold};
use crate::response::{ResponseCurve, check_curve};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::iter::repeat_n;

/// A curve keeps the contract of [`ResponseCurve`] at these spends: finite, not falling, bent as it says, and its searches find
/// what they look for; the first fault of [`check_curve`] is told.
///
/// # Errors
/// [`Broken`], with the fault; also where there is no spend, or one is below 0 or no finite number.
///
/// # Examples
/// ```
/// use marketloop::laws::curve_keeps_its_contract;
/// use marketloop::response::ResponseCurve;
///
/// /// `sqrt(x)`, with a wrong slope.
/// struct Root;
/// impl ResponseCurve for Root {
///     fn value(&self, spend: f64) -> f64 { spend.sqrt() }
///     fn marginal(&self, spend: f64) -> f64 { -0.5 / spend.sqrt() }
///     fn inflection(&self) -> f64 { 0.0 }
/// }
/// let broken = curve_keeps_its_contract(&Root, [100.0, 400.0]).unwrap_err();
/// assert!(broken.to_string().contains("the marginal response at a spend of 100 is below 0"));
/// ```
pub fn curve_keeps_its_contract(
    curve: &(impl ResponseCurve + ?Sized),
    spends: impl IntoIterator<Item = f64>,
) -> Result<(), Broken> {
    const LAW: &str = "curve_keeps_its_contract";
    let spends: Vec<f64> = spends.into_iter().collect();
    let asked = |spend: &f64| spend.is_finite() && *spend >= 0.0;
    hold(LAW, !spends.is_empty() && spends.iter().all(asked), || {
        format!("a curve is not asked at the spends {spends:?}")
    })?;
    match check_curve(curve, spends).first() {
        None => Ok(()),
        Some(fault) => Err(Broken::new(LAW, fault)),
    }
}

/// The marginal response is the slope of the response at a spend above 0: the difference quotient of the fourth order,
/// `(4 d(h/2) - d(h)) / 3` with `h` a ten-thousandth of the spend (Richardson, 1911), to a millionth.
///
/// # Errors
/// [`Broken`], with the spend and both slopes.
///
/// # Examples
/// ```
/// use marketloop::laws::marginal_is_the_slope;
/// use marketloop::strategies::curves;
/// use proptest::prelude::*;
///
/// proptest!(|(curve in curves().smooth().around(100.0), spend in 1.0..500.0_f64)| {
///     marginal_is_the_slope(&curve, spend)?;
/// });
/// ```
pub fn marginal_is_the_slope(curve: &(impl ResponseCurve + ?Sized), spend: f64) -> Result<(), Broken> {
    let step = spend * 1e-4;
    let rise = |step: f64| (curve.value(spend + step) - curve.value(spend - step)) / (2.0 * step);
    let slope = (4.0 * rise(step * 0.5) - rise(step)) / 3.0;
    let marginal = curve.marginal(spend);
    // The response's own size sets the rounding error of its differences.
    let slack = 1e-6 * marginal.abs() + 1e-14 * curve.value(spend).abs() / step;
    hold("marginal_is_the_slope", marginal.is_finite() && (slope - marginal).abs() <= slack, || {
        format!("at a spend of {spend} the slope is {slope}, the marginal response {marginal}")
    })
}

/// What is spent `delay` periods later works `delay` periods later, and as much. Each period of the spends has what works
/// in it.
///
/// # Errors
/// [`Broken`], with the first period that differs, or has no finite number.
///
/// # Examples
/// ```
/// use marketloop::laws::carry_over_is_time_invariant;
///
/// // The first period counted twice.
/// let twice = |spends: &[f64]| -> Vec<f64> {
///     spends.iter().enumerate().map(|(at, spend)| if at == 0 { 2.0 * spend } else { *spend }).collect()
/// };
/// assert!(carry_over_is_time_invariant(twice, &[5.0, 3.0], 1).is_err());
/// ```
pub fn carry_over_is_time_invariant(
    apply: impl Fn(&[f64]) -> Vec<f64>,
    spends: &[f64],
    delay: usize,
) -> Result<(), Broken> {
    const LAW: &str = "carry_over_is_time_invariant";
    let late: Vec<f64> = repeat_n(0.0, delay).chain(spends.iter().copied()).collect();
    let (found, expected) = (apply(&late), apply(spends));
    each_period_works(LAW, spends, &expected)?;
    let expected: Vec<f64> = repeat_n(0.0, delay).chain(expected).collect();
    same_series(LAW, &found, &expected, 0.0)
}

/// A carry-over is linear: `factor` times one series plus another works as `factor` times the first plus the other.
///
/// The shorter series counts as 0 from its end on. Each period of the spends has what works in it.
///
/// # Errors
/// [`Broken`], with the first period that differs by more than rounding, or has no finite number.
///
/// # Examples
/// ```
/// use marketloop::laws::carry_over_is_linear;
/// use marketloop::strategies::{adstocks, spend_series};
/// use proptest::prelude::*;
///
/// proptest!(|(adstock in adstocks(), one in spend_series(), other in spend_series())| {
///     carry_over_is_linear(|spends| adstock.apply(spends).unwrap(), &one, &other, 2.5)?;
/// });
/// ```
pub fn carry_over_is_linear(
    apply: impl Fn(&[f64]) -> Vec<f64>,
    one: &[f64],
    other: &[f64],
    factor: f64,
) -> Result<(), Broken> {
    const LAW: &str = "carry_over_is_linear";
    let length = one.len().max(other.len());
    let padded = |series: &[f64]| -> Vec<f64> {
        series.iter().copied().chain(core::iter::repeat(0.0)).take(length).collect()
    };
    let (one, other) = (padded(one), padded(other));
    let both = |(one, other): (&f64, &f64)| factor * one + other;
    let sum: Vec<f64> = one.iter().zip(&other).map(both).collect();
    let (of_one, of_other) = (apply(&one), apply(&other));
    each_period_works(LAW, &one, &of_one)?;
    each_period_works(LAW, &other, &of_other)?;
    let expected: Vec<f64> = of_one.iter().zip(&of_other).map(both).collect();
    same_series(LAW, &apply(&sum), &expected, 1e-12)
}

/// Whatever is spent works, now or after the last period, as often as the multiplier of the long run says:
/// `sum of now + sum of later = multiplier * sum of spends`.
///
/// # Errors
/// [`Broken`], with what works and what should; also where a period has nothing that works in it, or no finite number.
///
/// # Examples
/// ```
/// use marketloop::laws::carry_over_conserves_spend;
///
/// // Half works at once, half a period later; of 10 spent last, 5 are outstanding.
/// assert!(carry_over_conserves_spend(&[4.0, 10.0], &[2.0, 7.0], &[5.0], 1.0).is_ok());
/// assert!(carry_over_conserves_spend(&[4.0, 10.0], &[2.0, 7.0], &[], 1.0).is_err());
/// ```
pub fn carry_over_conserves_spend(
    spends: &[f64],
    now: &[f64],
    later: &[f64],
    multiplier: f64,
) -> Result<(), Broken> {
    let sum = |series: &[f64]| series.iter().sum::<f64>();
    let (works, due) = (sum(now) + sum(later), sum(spends) * multiplier);
    each_period_works("carry_over_conserves_spend", spends, now)?;
    hold("carry_over_conserves_spend", works.is_finite() && (works - due).abs() <= 1e-12 * works, || {
        format!("{} now and {} later work, {due} are due", sum(now), sum(later))
    })
}

fn each_period_works(law: &'static str, spends: &[f64], works: &[f64]) -> Result<(), Broken> {
    hold(law, spends.len() == works.len() && works.iter().all(|figure| figure.is_finite()), || {
        format!("{spends:?} are spent, and {works:?} work: not one finite number in each period")
    })
}

/// The series are alike, period by period, up to a relative difference.
fn same_series(law: &'static str, found: &[f64], expected: &[f64], relative: f64) -> Result<(), Broken> {
    let differs = |(found, expected): (&f64, &f64)| {
        !found.is_finite() || (found - expected).abs() > relative * found.abs()
    };
    let first = found.iter().zip(expected).position(differs);
    hold(law, first.is_none() && found.len() == expected.len(), || {
        let at = |series: &[f64]| {
            first.and_then(|period| series.get(period)).map_or_else(|| "nothing".to_string(), f64::to_string)
        };
        let period = first.unwrap_or(found.len().min(expected.len()));
        format!("in period {period} (from 0) {} works, {} should", at(found), at(expected))
    })
}
