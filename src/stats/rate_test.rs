//! Tests of two rates: the p-value by name.

use super::normal::cdf;
use super::{Alternative, StatsError, TwoProportions, fisher, float};
use crate::quantity::words::words;

/// The test of two rates.
///
/// ```
/// # use marketloop::stats::RateTest;
/// assert_eq!(serde_json::from_str::<RateTest>(r#""fisher""#)?, RateTest::Fisher);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RateTest {
    /// By the standard error of equal rates: [`z`](TwoProportions::z). Two-sided it is the chi-squared test (K. Pearson,
    /// 1900).
    Pooled,
    /// By the standard error of each rate on its own: [`z_unpooled`](TwoProportions::z_unpooled). Agrees with Wald's
    /// interval.
    Unpooled,
    /// The pooled test with half a success less between expected and observed (F. Yates, 1934). Rejects too seldom.
    Yates,
    /// The exact test given how many succeeded in all (R. A. Fisher, 1935). Never rejects too often; up to 10^10 trials.
    Fisher,
}

words!(RateTest, "test of two rates", StatsError:
    Pooled = "pooled",
    Unpooled = "unpooled",
    Yates = "yates",
    Fisher = "fisher",
);

impl RateTest {
    /// Every test, the recommended one first.
    pub const ALL: [Self; 4] = [Self::Pooled, Self::Unpooled, Self::Yates, Self::Fisher];
}

impl TwoProportions {
    /// How far the difference is from 0, in standard errors of the rates as observed.
    ///
    /// # Formula
    /// `(p2 - p1) / sqrt(p1 q1/n1 + p2 q2/n2)`; 0 where the rates are equal.
    ///
    /// # Errors
    /// [`StatsError::NoVariance`] where one rate is 0 and the other 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::TwoProportions;
    ///
    /// let rates = TwoProportions::new((200, 5_000), (300, 8_000))?;
    /// assert!((rates.z_unpooled()? + 0.715990963).abs() < 1e-9);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn z_unpooled(&self) -> Result<f64, StatsError> {
        let difference = self.difference();
        if difference == 0.0 {
            return Ok(0.0);
        }
        let spread = |(successes, trials): (u64, u64)| {
            let n = float(trials);
            float(successes) / n * (float(trials.abs_diff(successes)) / n) / n
        };
        let variance = spread(self.first()) + spread(self.second());
        if variance > 0.0 { Ok(difference / libm::sqrt(variance)) } else { Err(super::no_variance()) }
    }

    /// The probability of a difference at least as large, of the asked kind, if the true rates are equal, by the test.
    ///
    /// # Formula
    /// `Φ` of the statistic's tail. Yates: `z (1 - 1/(2 e))`, at least 0, where `e = |p2 - p1| n1 n2 / (n1 + n2)` is how far
    /// the counts are from those of equal rates. Fisher: the hypergeometric probabilities of all tables with the same
    /// sums; two-sided, of those that are no more likely than the observed one.
    ///
    /// # Errors
    /// [`StatsError::NoVariance`] by the unpooled test where one rate is 0 and the other 1; [`StatsError::OutOfRange`] by
    /// Fisher's with more than 10^10 trials.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{Alternative, RateTest, TwoProportions};
    ///
    /// let rates = TwoProportions::new((5, 100), (12, 100))?;
    /// let p = |test| rates.p_value_by(test, Alternative::TwoSided);
    /// assert!((p(RateTest::Pooled)? - 0.0759).abs() < 1e-4);
    /// assert!((p(RateTest::Yates)? - 0.1282).abs() < 1e-4);
    /// assert!((p(RateTest::Fisher)? - 0.1261).abs() < 1e-4);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn p_value_by(&self, test: RateTest, alternative: Alternative) -> Result<f64, StatsError> {
        let z = match test {
            RateTest::Pooled => self.z(),
            RateTest::Unpooled => self.z_unpooled()?,
            RateTest::Yates => self.z_yates(),
            RateTest::Fisher => {
                let exact = fisher::exact(self.first(), self.second())?;
                return Ok(match alternative {
                    Alternative::TwoSided => exact.as_unlikely,
                    Alternative::Larger => exact.upper,
                    Alternative::Smaller => exact.lower,
                });
            }
        };
        alternative.p_value(z, |z| Ok(cdf(z)))
    }

    fn z_yates(&self) -> f64 {
        let (n1, n2) = (float(self.first().1), float(self.second().1));
        let off = self.difference().abs() * n1 * (n2 / (n1 + n2));
        if off > 0.5 { self.z() * (1.0 - 0.5 / off) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_has_a_probability_or_a_reason() {
        for first in [(0, 1), (1, 1), (0, 7), (3, 7), (7, 7), (1, u64::MAX), (u64::MAX, u64::MAX)] {
            for second in [(0, 1), (1, 1), (1, 2), (5, 5), (0, u64::MAX), (u64::MAX / 2, u64::MAX)] {
                let rates = TwoProportions::new(first, second).unwrap();
                for (test, side) in
                    RateTest::ALL.iter().flat_map(|test| Alternative::ALL.map(|side| (*test, side)))
                {
                    match rates.p_value_by(test, side) {
                        Ok(p) => assert!((0.0..=1.0).contains(&p), "{rates:?} {test} {side}: {p}"),
                        Err(StatsError::NoVariance { .. }) => assert_eq!(test, RateTest::Unpooled),
                        Err(_) => assert!(test == RateTest::Fisher && first.1.max(second.1) > 10_000_000_000),
                    }
                }
            }
        }
    }

    #[test]
    fn one_side_is_the_mirror_of_the_other() {
        let there = TwoProportions::new((7, 50), (12, 41)).unwrap();
        let back = TwoProportions::new((12, 41), (7, 50)).unwrap();
        for test in RateTest::ALL {
            let (to, fro) = (
                there.p_value_by(test, Alternative::Larger).unwrap(),
                back.p_value_by(test, Alternative::Smaller).unwrap(),
            );
            assert!((to - fro).abs() < 1e-15 && to < 0.1, "{test}: {to} {fro}");
        }
    }
}
