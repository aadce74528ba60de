//! The relative lift of one rate over another.

use super::lift::{self, LiftMethod, Uncertain, ends};
use super::{StatsError, TwoProportions, float, inner_probability, normal_quantile, positive};
use crate::figure::Interval;
use crate::quantity::words::words;

/// The method for the confidence interval of the relative lift of a rate.
///
/// ```
/// # use marketloop::stats::RateLiftMethod;
/// assert_eq!(serde_json::from_str::<RateLiftMethod>(r#""koopman""#)?, RateLiftMethod::Koopman);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RateLiftMethod {
    /// The ratios that a score test does not reject, with the variance times `N/(N-1)` (O. Miettinen and M. Nurminen,
    /// 1985). Good for any count with a success in the first: the one to take where nothing speaks for another.
    MiettinenNurminen,
    /// The same without the factor (P. A. R. Koopman, 1984): narrower by half a unit of `N`.
    Koopman,
    /// The logarithm's after half a success and half a trial more on each side (S. D. Walter, 1975). An interval also
    /// where the first has no success.
    AdjustedLog,
    /// Plus and minus standard errors of the logarithm (D. Katz and others, 1978). From some twenty successes on each
    /// side; wider than needed with fewer.
    Log,
    /// That of Fieller (1954), with the normal distribution. From some twenty successes on each side.
    Fieller,
    /// Plus and minus standard errors of the ratio itself. From some forty successes on each side; for comparison with
    /// reports of platforms.
    Delta,
}

words!(RateLiftMethod, "method of the interval of a relative lift of rates", StatsError:
    MiettinenNurminen = "miettinen_nurminen",
    Koopman = "koopman",
    AdjustedLog = "adjusted_log",
    Log = "log",
    Fieller = "fieller",
    Delta = "delta",
);

impl RateLiftMethod {
    /// Every method, the recommended one first.
    pub const ALL: [Self; 6] =
        [Self::MiettinenNurminen, Self::Koopman, Self::AdjustedLog, Self::Log, Self::Fieller, Self::Delta];
}

impl TwoProportions {
    /// The relative lift: the second rate over the first, less 1.
    ///
    /// # Errors
    /// [`StatsError::NoBaseline`] where the first has no success.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{StatsError, TwoProportions};
    /// assert_eq!(TwoProportions::new((200, 5_000), (300, 8_000))?.lift()?, -0.0625);
    /// assert_eq!(TwoProportions::new((0, 50), (3, 50))?.lift(), Err(StatsError::NoBaseline));
    /// # Ok::<(), StatsError>(())
    /// ```
    pub fn lift(&self) -> Result<f64, StatsError> {
        let ((x1, n1), _) = self.floats();
        // Of the exact difference: equal rates have a lift of 0 exactly.
        if x1 > 0.0 { Ok(self.difference() / (x1 / n1)) } else { Err(StatsError::NoBaseline) }
    }

    /// The interval in which the true relative lift lies with confidence `level`.
    ///
    /// # Formula
    /// With the ratio `r = p2/p1`, the quantile `z` of `1 - (1 - level)/2`, and the variances `a = p1 q1/n1`,
    /// `b = p2 q2/n2` of the rates, each less 1:
    ///
    /// | method | ends |
    /// | --- | --- |
    /// | Miettinen-Nurminen | the `ρ` with `(p2 - ρ p1)^2 = z^2 V`, `V = (p2' q2'/n2 + ρ^2 p1' q1'/n1) N/(N-1)`, `N = n1 + n2`, where `p1'`, `p2'` are most likely under `p2' = ρ p1'` |
    /// | Koopman | the same without `N/(N-1)` |
    /// | log | `r e^(± z sqrt(1/x1 - 1/n1 + 1/x2 - 1/n2))` |
    /// | adjusted log | that of `x + 1/2` of `n + 1/2` |
    /// | Fieller, delta | as for [`TwoMeans`](super::TwoMeans::lift_interval) with the variances `a` and `b` |
    ///
    /// Fieller's and the delta method's may go below a lift of -1.
    ///
    /// The share of samples whose interval holds the true lift is within a point of 95 % from so many expected successes
    /// and failures in each sample: Miettinen and Nurminen's and Koopman's 5, both logarithms' and Fieller's 20, the delta
    /// method's 40. With 5 to 20 the logarithms' hold more often, and Fieller's and the delta method's less.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`] and [`StatsError::OutOfRange`] unless `0 < level < 1`; [`StatsError::NoBaseline`] where
    /// the first has no success (but for the adjusted log); [`StatsError::OutOfRange`] by the logarithm where the second
    /// has none; [`StatsError::NoVariance`] by the logarithm, Fieller and delta where both rates are 1;
    /// [`StatsError::Unbounded`] by Fieller where the first rate is not told from 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{RateLiftMethod, TwoProportions};
    ///
    /// // 4 % against 5.2 %: between 8.6 % and 55.8 % more.
    /// let rates = TwoProportions::new((200, 5_000), (260, 5_000))?;
    /// let range = rates.lift_interval(0.95, RateLiftMethod::MiettinenNurminen)?;
    /// assert_eq!(format!("{:.3}..{:.3}", range.low(), range.high()), "0.086..0.556");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn lift_interval(&self, level: f64, method: RateLiftMethod) -> Result<Interval<f64>, StatsError> {
        let z = -normal_quantile((1.0 - inner_probability("level", level)?) / 2.0)?;
        let ((x1, n1), (x2, n2)) = self.floats();
        if method == RateLiftMethod::AdjustedLog {
            return log_interval((x1 + 0.5, n1 + 0.5), (x2 + 0.5, n2 + 0.5), z);
        }
        if x1 <= 0.0 {
            return Err(StatsError::NoBaseline);
        }
        match method {
            RateLiftMethod::MiettinenNurminen => self.ratio_limits(z, (n1 + n2) / (n1 + n2 - 1.0)),
            RateLiftMethod::Koopman => self.ratio_limits(z, 1.0),
            RateLiftMethod::Log | RateLiftMethod::AdjustedLog => log_interval((x1, n1), (x2, n2), z),
            RateLiftMethod::Fieller => self.as_means(z, LiftMethod::Fieller),
            RateLiftMethod::Delta => self.as_means(z, LiftMethod::Delta),
        }
    }

    fn floats(&self) -> ((f64, f64), (f64, f64)) {
        let floats = |(successes, trials): (u64, u64)| (float(successes), float(trials));
        (floats(self.first()), floats(self.second()))
    }

    fn as_means(&self, z: f64, method: LiftMethod) -> Result<Interval<f64>, StatsError> {
        let uncertain = |(successes, trials): (u64, u64)| {
            let (mean, failing) = (float(successes) / float(trials), trials.abs_diff(successes));
            Uncertain { mean, variance: mean * (float(failing) / float(trials)) / float(trials) }
        };
        lift::interval(uncertain(self.first()), uncertain(self.second()), z, method)
    }

    /// The ends of the score interval, less 1; the first has a success.
    fn ratio_limits(&self, z: f64, factor: f64) -> Result<Interval<f64>, StatsError> {
        // Beyond every ratio of 64-bit counts, and far enough from the largest float that squares are finite.
        const LARGEST: f64 = 1e60;
        let ((x1, n1), (x2, n2)) = self.floats();
        let ratio = x2 / n2 / (x1 / n1);
        if self.ratio_score(LARGEST, factor) >= -z {
            return Err(StatsError::Unbounded);
        }
        let low = last_within(0.0, ratio, |ratio| self.ratio_score(ratio, factor) > z);
        let high = last_within(LARGEST, ratio, |ratio| self.ratio_score(ratio, factor) < -z);
        ends(low - 1.0, high - 1.0)
    }

    /// The score statistic of the ratio `ratio`: it falls as the ratio rises.
    ///
    /// The most likely first rate is the smaller root of `N ρ p^2 - (n1 + x2 + ρ (n2 + x1)) p + x1 + x2 = 0`. Its
    /// discriminant is written as a sum of what is not negative, `(n1 + x2 - ρ (n2 + x1))^2 + 4 ρ y1 y2` with the failures
    /// `y`: as a difference it would lose half its digits where the rates are near 1.
    fn ratio_score(&self, ratio: f64, factor: f64) -> f64 {
        let ((x1, n1), (x2, n2)) = self.floats();
        let off = x2 / n2 - ratio * (x1 / n1);
        let (one, two) = (n1 + x2, ratio * (n2 + x1));
        let apart = one - two;
        let failures = (n1 - x1) * (n2 - x2);
        let root = libm::sqrt(apart * apart + 4.0 * ratio * failures);
        let p1 = (2.0 * (x1 + x2) / (one + two + root)).clamp(0.0, 1.0);
        let p2 = (ratio * p1).clamp(0.0, 1.0);
        // `ρ^2 p1` as `ρ p2`: for a large ratio the square is much larger than what it stands for.
        let variance = (p2 * (1.0 - p2) / n2 + ratio * p2 * (1.0 - p1) / n1) * factor;
        if off == 0.0 {
            0.0
        } else if variance > 0.0 {
            off / libm::sqrt(variance)
        } else {
            // Without variance every other ratio is impossible.
            off * f64::INFINITY
        }
    }
}

/// The last float from `within` towards `outside` that is not beyond, of floats at or above 0.
fn last_within(outside: f64, within: f64, is_beyond: impl Fn(f64) -> bool) -> f64 {
    if !is_beyond(outside) {
        return outside;
    }
    // Floats at or above 0 are in the order of their bits: halving these ends after 64 steps, at every size.
    let (mut outside, mut within) = (outside.to_bits(), within.to_bits());
    while outside.abs_diff(within) > 1 {
        let middle = outside.midpoint(within);
        if is_beyond(f64::from_bits(middle)) {
            outside = middle;
        } else {
            within = middle;
        }
    }
    f64::from_bits(within)
}

fn log_interval((x1, n1): (f64, f64), (x2, n2): (f64, f64), z: f64) -> Result<Interval<f64>, StatsError> {
    positive("second rate", x2)?;
    let variance = (n1 - x1) / (x1 * n1) + (n2 - x2) / (x2 * n2);
    if variance <= 0.0 {
        return Err(super::no_variance());
    }
    let (ratio, half) = (x2 / n2 / (x1 / n1), z * libm::sqrt(variance));
    ends(ratio * libm::exp(-half) - 1.0, ratio * libm::exp(half) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_and_level_has_an_interval_or_a_reason() {
        for first in [(0, 1), (1, 1), (0, 7), (3, 7), (7, 7), (1, u64::MAX), (u64::MAX, u64::MAX)] {
            for second in [(0, 1), (1, 1), (1, 2), (5, 5), (0, u64::MAX), (u64::MAX / 2, u64::MAX)] {
                let rates = TwoProportions::new(first, second).unwrap();
                assert_eq!(rates.lift().is_ok(), first.0 > 0);
                for level in [1e-9, 0.5, 0.95, 1.0 - 1e-12] {
                    for method in RateLiftMethod::ALL {
                        match rates.lift_interval(level, method) {
                            Ok(range) => assert!(range.low() <= range.high(), "{rates:?} {method}"),
                            Err(StatsError::NoBaseline) => assert_eq!(first.0, 0),
                            Err(StatsError::OutOfRange { .. }) => assert_eq!(second.0, 0),
                            Err(StatsError::Unbounded) => assert_eq!(method, RateLiftMethod::Fieller),
                            Err(error) => {
                                assert_eq!(error, super::super::no_variance(), "{rates:?} {method}");
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn swapping_the_rates_inverts_the_ratio() {
        let (one, two) = ((7, 50), (12, 41));
        let (there, back) = (TwoProportions::new(one, two).unwrap(), TwoProportions::new(two, one).unwrap());
        for method in RateLiftMethod::ALL.into_iter().filter(|method| *method != RateLiftMethod::Delta) {
            let (to, fro) =
                (there.lift_interval(0.9, method).unwrap(), back.lift_interval(0.9, method).unwrap());
            assert!(((1.0 + to.low()) * (1.0 + fro.high()) - 1.0).abs() < 1e-13, "{method}");
            assert!(((1.0 + to.high()) * (1.0 + fro.low()) - 1.0).abs() < 1e-13, "{method}");
        }
    }

    /// The score's ratios leave 1 out exactly where its differences leave 0 out: they are one test there.
    #[test]
    fn the_scores_of_ratio_and_difference_agree() {
        use crate::stats::DifferenceMethod;
        for first in 1..=9 {
            for second in 0..=11 {
                let rates = TwoProportions::new((first, 9), (second, 11)).unwrap();
                let lift = rates.lift_interval(0.8, RateLiftMethod::MiettinenNurminen).unwrap();
                let difference = rates.interval(0.8, DifferenceMethod::MiettinenNurminen).unwrap();
                assert_eq!(lift.contains(&0.0), difference.contains(&0.0), "{rates:?}");
            }
        }
    }
}
