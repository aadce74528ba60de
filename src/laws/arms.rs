//! Many arms of which one is the best, shares above their floor, and visits that follow them.

use super::{Broken, hold};
use alloc::format;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// One of the arms is the best: the probabilities add up to 1, up to 1e-12. The best is expected to be worth at least as
/// much as any arm, and each arm to fall short of it by what its mean is below.
///
/// # Errors
/// [`Broken`], with the figure that is off.
///
/// # Examples
/// ```
/// use marketloop::laws::one_arm_is_the_best;
/// use marketloop::strategies::beta_arms;
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(32), |(arms in beta_arms())| {
///     let best = arms.best().unwrap();
///     let (probabilities, losses) = (best.probabilities(), best.expected_losses());
///     one_arm_is_the_best(&arms.means(), probabilities, best.expected_maximum(), losses)?;
/// });
/// ```
pub fn one_arm_is_the_best(
    means: &[f64],
    probabilities: &[f64],
    expected_maximum: f64,
    expected_losses: &[f64],
) -> Result<(), Broken> {
    const LAW: &str = "one_arm_is_the_best";
    let complete = probabilities.len() == means.len() && expected_losses.len() == means.len();
    hold(LAW, complete, || format!("{means:?} have {probabilities:?} and the losses {expected_losses:?}"))?;
    let within = probabilities.iter().all(|p| (0.0..=1.0).contains(p));
    let sum: f64 = probabilities.iter().sum();
    hold(LAW, within && (sum - 1.0).abs() <= 1e-12, || format!("{probabilities:?} add up to {sum}"))?;
    for (mean, loss) in means.iter().zip(expected_losses) {
        let slack = 1e-12 * (1.0 + expected_maximum.abs() + mean.abs());
        let below = *loss >= 0.0 && (mean + loss - expected_maximum).abs() <= slack;
        hold(LAW, below, || format!("an arm of {mean} falls {loss} short of {expected_maximum}"))?;
    }
    Ok(())
}

/// Shares of arms add up to 1, and none is below the floor.
///
/// # Errors
/// [`Broken`], with the shares.
///
/// # Examples
/// ```
/// use marketloop::laws::shares_keep_their_floor;
/// use marketloop::strategies::beta_arms;
/// use proptest::prelude::*;
/// use rust_decimal::dec;
///
/// proptest!(ProptestConfig::with_cases(32), |(arms in beta_arms())| {
///     // Of at most eight arms each keeps a tenth.
///     let shares = arms.best().unwrap().thompson_shares(dec!(0.1)).unwrap();
///     shares_keep_their_floor(dec!(0.1), arms.arms().len(), &shares)?;
/// });
/// ```
pub fn shares_keep_their_floor(floor: Decimal, arms: usize, shares: &[f64]) -> Result<(), Broken> {
    let (least, sum) = (floor.to_f64().unwrap_or(f64::NAN), shares.iter().sum::<f64>());
    let kept = shares.len() == arms && shares.iter().all(|share| *share >= least - 1e-15);
    hold("shares_keep_their_floor", kept && (sum - 1.0).abs() <= 1e-12, || {
        format!("{arms} arms with a floor of {floor} get {shares:?}, {sum} together")
    })
}

/// Whole visits add up to those that were divided, and no arm's are a visit off its share of them or more.
///
/// # Errors
/// [`Broken`], with the arm.
///
/// # Examples
/// ```
/// use marketloop::laws::visits_follow_their_shares;
/// use marketloop::stats::whole_visits;
/// use proptest::prelude::*;
///
/// proptest!(|(shares in prop::collection::vec(0.01..1.0_f64, 1..9), visits in 0..1_000_000_u64)| {
///     visits_follow_their_shares(visits, &shares, &whole_visits(visits, &shares).unwrap())?;
/// });
/// ```
pub fn visits_follow_their_shares(visits: u64, shares: &[f64], parts: &[u64]) -> Result<(), Broken> {
    const LAW: &str = "visits_follow_their_shares";
    let sum: u128 = parts.iter().map(|part| u128::from(*part)).sum();
    hold(LAW, parts.len() == shares.len() && sum == u128::from(visits), || {
        format!("{visits} visits by {shares:?} are {parts:?}, {sum} together")
    })?;
    let all: f64 = shares.iter().sum();
    for (share, part) in shares.iter().zip(parts) {
        let quota = float(visits) * (share / all);
        hold(LAW, (float(*part) - quota).abs() < 1.0 + 1e-12 * quota, || {
            format!("a share of {share} in {visits} visits is {quota}, not {part}")
        })?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "the laws allow for the rounding of a float")]
fn float(value: u64) -> f64 {
    value as f64
}
