//! The beta distribution of rates behind counts: of which mean and precision, by the likelihood of the counts.

use super::root::falling_root;
use super::{SpreadMethod, StatsError, float, ln_beta};
use alloc::vec::Vec;

/// The least precision that is looked for, as a logarithm, and the steps in which it is.
const LEAST: f64 = -3.0;
const STEP: f64 = 0.5;
/// Precisions so many times the largest number of trials shrink rates to one point.
const MOST: f64 = 1e4;

/// Mean and variance of the distribution of the rates, and how they were found.
pub(super) struct Fit {
    pub(super) centre: f64,
    pub(super) spread: f64,
    pub(super) method: SpreadMethod,
}

/// Successes, failures and trials as floats.
struct Counts(f64, f64, f64);

fn all_counts(items: &[(u64, u64)]) -> Vec<Counts> {
    // No more successes than trials: nothing saturates.
    let counts = |(successes, trials): &(u64, u64)| {
        Counts(float(*successes), float(trials.saturating_sub(*successes)), float(*trials))
    };
    items.iter().map(counts).collect()
}

/// The distribution of the rates behind counts of at least two items, each with trials.
pub(super) fn fit(items: &[(u64, u64)]) -> Result<Fit, StatsError> {
    let most = items.iter().map(|(_, trials)| *trials).max().unwrap_or_default();
    if most < 2 {
        // Of items that were tried once, nothing tells the spread of their rates from that of their outcomes.
        return Err(StatsError::TooFewObservations { found: most, needed: 2 });
    }
    let counts = all_counts(items);
    let sum = |of: fn(&Counts) -> f64| counts.iter().map(of).sum::<f64>();
    let (successes, failures, trials) = (sum(|one| one.0), sum(|one| one.1), sum(|one| one.2));
    let pooled = successes / trials;
    let none = Fit { centre: pooled, spread: 0.0, method: SpreadMethod::MaximumLikelihood };
    if successes <= 0.0 || failures <= 0.0 {
        return Ok(none);
    }
    let start = libm::log(successes / failures);
    let one_rate = successes * libm::log(pooled) + failures * libm::log(failures / trials);
    let mut best = (one_rate + 1e-6 + 1e-14 * trials, None);
    let (least, slope) = profile(&counts, start, LEAST)?;
    let (mut ln_precision, mut rises) = (LEAST, slope > 0.0);
    let end = libm::log(MOST * float(most));
    while ln_precision < end {
        let next = ln_precision + STEP;
        let rises_on = profile(&counts, start, next)?.1 > 0.0;
        if rises && !rises_on {
            let at = falling_root("the spread of the rates", ln_precision, next, |t| {
                Ok(profile(&counts, start, t)?.1)
            })?;
            let (mean, _) = profile(&counts, start, at)?;
            let likelihood = ln_likelihood(&counts, mean, libm::exp(at))?;
            if likelihood > best.0 {
                best = (likelihood, Some((mean, libm::exp(at))));
            }
        }
        (ln_precision, rises) = (next, rises_on);
    }
    // The likelihood grows down to no precision at all.
    if ln_likelihood(&counts, least, libm::exp(LEAST))? > best.0 {
        return Ok(fit_by_moments(items));
    }
    Ok(match best.1 {
        Some((centre, precision)) => {
            Fit { centre, spread: centre * (1.0 - centre) / (precision + 1.0), ..none }
        }
        None => none,
    })
}

/// The most likely mean of this precision, whose logit is looked for from `start`, and the slope of the likelihood along the
/// precision there.
fn profile(counts: &[Counts], start: f64, ln_precision: f64) -> Result<(f64, f64), StatsError> {
    let precision = libm::exp(ln_precision);
    let rate = |t: f64| (1.0 / (1.0 + libm::exp(-t)), 1.0 / (1.0 + libm::exp(t)));
    let pull = |t: f64| {
        let (x, y) = rate(t);
        counts.iter().map(|one| rise(x * precision, one.0) - rise(y * precision, one.1)).sum::<f64>()
    };
    let (mut low, mut step) = (start, 0.5);
    while pull(low) <= 0.0 && step < 1e3 {
        low -= step;
        step *= 2.0;
    }
    let logit = falling_root("the mean of the rates", low, low + step, |t| Ok(pull(t)))?;
    let (x, y) = rate(logit);
    let slope = counts
        .iter()
        .map(|one| x * rise(x * precision, one.0) + y * rise(y * precision, one.1) - rise(precision, one.2));
    Ok((x, slope.sum()))
}

fn ln_likelihood(counts: &[Counts], mean: f64, precision: f64) -> Result<f64, StatsError> {
    let (a, b) = (mean * precision, (1.0 - mean) * precision);
    let prior = ln_beta(a, b)?;
    counts.iter().map(|one| Ok(ln_beta(a + one.0, b + one.1)? - prior)).sum()
}

/// `ψ(x + s) - ψ(x)` for the digamma function `ψ` of a positive `x` and an `s` from 0: by steps of one up to 16, then by
/// the differences of Stirling's series, none of which cancels.
fn rise(x: f64, s: f64) -> f64 {
    let (mut x, mut sum) = (x, 0.0);
    while x < 16.0 {
        sum += s / x / (x + s);
        x += 1.0;
    }
    let (u, v) = (1.0 / x, 1.0 / (x + s));
    let series = |inverse: f64| {
        let square = inverse * inverse;
        let (third, fourth) = (1.0 / 252.0, 1.0 / 240.0 - square / 132.0);
        square * (1.0 / 12.0 - square * (1.0 / 120.0 - square * (third - square * fourth)))
    };
    sum + libm::log1p(s * u) + 0.5 * s * u * v + (series(u) - series(v))
}

/// By the intraclass correlation of an analysis of variance.
pub(super) fn fit_by_moments(items: &[(u64, u64)]) -> Fit {
    let counts = all_counts(items);
    let sum = |of: fn(&Counts) -> f64| counts.iter().map(of).sum::<f64>();
    let (successes, failures, trials) = (sum(|one| one.0), sum(|one| one.1), sum(|one| one.2));
    let centre = successes / trials;
    let k = counts.iter().map(|_| 1.0).sum::<f64>();
    let between = counts.iter().map(|one| {
        let off = one.0 / one.2 - centre;
        one.2 * off * off
    });
    let between = between.sum::<f64>() / (k - 1.0);
    // Above 0: some item has two trials.
    let within = counts.iter().map(|one| one.0 * (one.1 / one.2)).sum::<f64>() / (trials - k);
    let size = (trials - counts.iter().map(|one| one.2 * (one.2 / trials)).sum::<f64>()) / (k - 1.0);
    let correlation = (between - within) / (between + (size - 1.0) * within);
    let spread = correlation.clamp(0.0, 1.0) * centre * (failures / trials);
    Fit { centre, spread, method: SpreadMethod::Moments }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fit_is_a_maximum() {
        let items = [(5, 100), (12, 150), (3, 80), (30, 200), (9, 90), (2, 60)];
        let found = fit(&items).unwrap();
        assert_eq!(found.method, SpreadMethod::MaximumLikelihood);
        let counts: Vec<Counts> =
            items.iter().map(|(s, n)| Counts(float(*s), float(n - s), float(*n))).collect();
        let precision = found.centre * (1.0 - found.centre) / found.spread - 1.0;
        let at = |mean: f64, precision: f64| ln_likelihood(&counts, mean, precision).unwrap();
        let top = at(found.centre, precision);
        for (mean, factor) in [(1.01, 1.0), (0.99, 1.0), (1.0, 1.02), (1.0, 0.98)] {
            let near = at(found.centre * mean, precision * factor);
            assert!(near < top && near > top - 0.01, "{mean} {factor}: {near} {top}");
        }
        // The slopes are 0 there: with steps of a millionth no difference is left.
        let slope = (at(found.centre, precision * 1.000_1) - at(found.centre, precision / 1.000_1)) / 2e-4;
        assert!(slope.abs() < 1e-6, "{slope}");
    }

    #[test]
    fn digammas_rise_as_the_harmonic_numbers() {
        for x in [1e-3, 0.7, 3.0, 40.0, 1e6] {
            let steps: f64 = (0..25).map(|i| 1.0 / (x + f64::from(i))).sum();
            assert!((rise(x, 25.0) / steps - 1.0).abs() < 1e-13, "{x}: {} {steps}", rise(x, 25.0));
        }
        assert!((rise(1e9, 1.0) * 1e9 - 1.0).abs() < 1e-8 && rise(3.0, 0.0).abs() < 1e-300);
    }

    #[test]
    fn equal_rates_have_no_spread_and_certain_ones_the_most() {
        for items in
            [alloc::vec![(5, 100), (10, 200)], alloc::vec![(0, 9), (0, 20)], alloc::vec![(9, 9), (3, 3)]]
        {
            let found = fit(&items).unwrap();
            assert!(found.spread == 0.0, "{items:?}: {}", found.spread);
        }
        assert!(fit(&[(0, 1), (1, 1)]).is_err());
        let found = fit(&[(0, 50), (50, 50), (0, 50), (50, 50)]).unwrap();
        assert_eq!(found.method, SpreadMethod::Moments);
        assert!((found.spread - 0.25).abs() < 1e-12, "{}", found.spread);
    }

    #[test]
    fn counts_of_every_size_are_answered() {
        for scale in [1, 1_000, 1_000_000_000, 100_000_000_000_000] {
            let found = fit(&[(5 * scale, 100 * scale), (6 * scale, 100 * scale), (8 * scale, 100 * scale)]);
            let found = found.unwrap();
            assert!((0.04..0.09).contains(&found.centre) && found.spread < 0.01, "{scale}: {}", found.spread);
            assert!(scale == 1 || found.spread > 1e-5, "{scale}: {}", found.spread);
        }
    }
}
