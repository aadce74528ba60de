//! The difference of two means: whether it is more than chance, how large it may be, and what it is relative to the first.

use super::lift::{self, LiftMethod, Uncertain, ends};
use super::normal::{cdf, normal_quantile};
use super::{
    Alternative, SampleMean, StatsError, finite, float, inner_probability, positive, student_cdf,
    student_quantile,
};
use crate::figure::Interval;
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;

/// The test of two means: how their errors are put together, and by which distribution they are judged.
///
/// ```
/// # use marketloop::stats::MeanTest;
/// assert_eq!(serde_json::from_str::<MeanTest>(r#""welch""#)?, MeanTest::Welch);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MeanTest {
    /// Each arm has its own variance; Student's t with the degrees of freedom of F. E. Satterthwaite (1946) and B. L.
    /// Welch (1947). The one to take where nothing speaks for another.
    Welch,
    /// Both arms have one variance; Student's t (1908) with `n1 + n2 - 2` degrees of freedom. Wrong where the smaller
    /// arm varies more.
    Pooled,
    /// Each arm has its own variance, as if it were known: the normal distribution. For hundreds of units.
    Normal,
}

words!(MeanTest, "test of two means", StatsError:
    Welch = "welch",
    Pooled = "pooled",
    Normal = "normal",
);

impl MeanTest {
    /// Every test, the recommended one first.
    pub const ALL: [Self; 3] = [Self::Welch, Self::Pooled, Self::Normal];

    /// The probability at or below `statistic`; `degrees` of freedom, or none for the normal distribution.
    fn below(statistic: f64, degrees: Option<f64>) -> Result<f64, StatsError> {
        match degrees {
            Some(degrees) => student_cdf(statistic, degrees),
            None => Ok(cdf(statistic)),
        }
    }
}

/// How many standard errors leave `tail` beyond them.
pub(super) fn critical(tail: f64, degrees: Option<f64>) -> Result<f64, StatsError> {
    let quantile = match degrees {
        Some(degrees) => student_quantile(tail, degrees)?,
        None => normal_quantile(tail)?,
    };
    Ok(-quantile)
}

/// Two measured means beside each other: the control and the treatment of a test, or two periods.
///
/// | case | answer |
/// | --- | --- |
/// | one arm of one unit | a difference and a lift; [`StatsError::TooFewObservations`] for what needs an error, but for [`MeanTest::Pooled`], which takes the other's variance |
/// | one arm without variance | as any other |
/// | both arms without variance | [`StatsError::NoVariance`] for errors, tests and intervals |
/// | a first mean of 0 | [`StatsError::NoBaseline`] for the lift |
/// | a first mean not told from 0 at the level | [`StatsError::Unbounded`] by [`LiftMethod::Fieller`] |
/// | a mean at or below 0 | [`StatsError::OutOfRange`] by [`LiftMethod::Log`] |
///
/// # Examples
/// ```
/// use marketloop::stats::{Alternative, LiftMethod, MeanTest, SampleMean, TwoMeans};
///
/// // Revenue per visitor: 24.47 of 40, and 26.13 of 382.
/// let means = TwoMeans::new(SampleMean::new(40, 24.475, 99.7)?, SampleMean::new(382, 26.126, 151.3)?);
/// assert!((means.difference() - 1.651).abs() < 1e-12);
/// assert!(means.p_value(MeanTest::Welch, Alternative::TwoSided)? > 0.3);
/// let range = means.interval(0.95, MeanTest::Welch)?;
/// assert_eq!(format!("{:.2}..{:.2}", range.low(), range.high()), "-1.76..5.06");
/// let lift = means.lift_interval(0.95, MeanTest::Welch, LiftMethod::Fieller)?;
/// assert_eq!(format!("{:.3}..{:.3}", lift.low(), lift.high()), "-0.064..0.235");
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::TwoMeans;
/// let arm = r#"{"count":40,"mean":"24.5","variance":"99"}"#;
/// let json = format!(r#"{{"first":{arm},"second":{arm}}}"#);
/// let means: TwoMeans = serde_json::from_str(&json)?;
/// assert_eq!(serde_json::to_string(&means)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "t_test")]
#[doc(alias = "welch")]
pub struct TwoMeans {
    first: SampleMean,
    second: SampleMean,
}

wire_fields!(TwoMeans { first, second });

/// Both means with their errors, and the degrees of freedom by which they are judged.
#[derive(Debug, Clone, Copy)]
struct Judged {
    first: Uncertain,
    second: Uncertain,
    degrees: Option<f64>,
}

impl TwoMeans {
    /// Two means; the lift is relative to the first.
    #[must_use]
    pub const fn new(first: SampleMean, second: SampleMean) -> Self {
        Self { first, second }
    }

    /// The first arm.
    #[must_use]
    pub const fn first(&self) -> SampleMean {
        self.first
    }

    /// The second arm.
    #[must_use]
    pub const fn second(&self) -> SampleMean {
        self.second
    }

    /// The second mean less the first.
    #[must_use]
    pub fn difference(&self) -> f64 {
        self.second.mean() - self.first.mean()
    }

    /// The standard error of the difference.
    ///
    /// # Formula
    /// `sqrt(v1/n1 + v2/n2)`; pooled, both `v` are `((n1-1) v1 + (n2-1) v2) / (n1+n2-2)`.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] for an arm of one unit (pooled: for two such arms);
    /// [`StatsError::NoVariance`] where both arms have none.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// assert_eq!(means.standard_error(MeanTest::Welch)?, 0.5);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn standard_error(&self, test: MeanTest) -> Result<f64, StatsError> {
        Ok(self.judged(test)?.standard_error())
    }

    /// The degrees of freedom of the test; none for the normal distribution.
    ///
    /// # Formula
    /// Welch: `(a + b)^2 / (a^2/(n1-1) + b^2/(n2-1))` with `a = v1/n1`, `b = v2/n2`; pooled: `n1 + n2 - 2`.
    ///
    /// # Errors
    /// As [`standard_error`](Self::standard_error).
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(10, 5.0, 9.0)?, SampleMean::new(10, 6.0, 9.0)?);
    /// assert_eq!(means.degrees(MeanTest::Pooled)?, Some(18.0));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn degrees(&self, test: MeanTest) -> Result<Option<f64>, StatsError> {
        Ok(self.judged(test)?.degrees)
    }

    /// How far the difference is from 0, in standard errors: t, or z for [`MeanTest::Normal`].
    ///
    /// # Errors
    /// As [`standard_error`](Self::standard_error); [`StatsError::Overflow`] beyond the largest float.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// assert_eq!(means.t(MeanTest::Welch)?, 2.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn t(&self, test: MeanTest) -> Result<f64, StatsError> {
        let t = self.difference() / self.judged(test)?.standard_error();
        finite("t", t).map_err(|_| StatsError::Overflow { function: "t" })
    }

    /// The probability of a difference at least as large, of the asked kind, if the true means are equal.
    ///
    /// # Errors
    /// As [`standard_error`](Self::standard_error).
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{Alternative, MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// assert!((means.p_value(MeanTest::Normal, Alternative::Larger)? - 0.02275).abs() < 1e-5);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn p_value(&self, test: MeanTest, alternative: Alternative) -> Result<f64, StatsError> {
        self.p_value_of(0.0, test, alternative)
    }

    /// The p-value of the claim that the true difference is `difference`, or beyond it the other way.
    ///
    /// # Errors
    /// As [`standard_error`](Self::standard_error); [`StatsError::NotFinite`].
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{Alternative, MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// // Is it more than half a unit?
    /// assert!((means.p_value_of(0.5, MeanTest::Normal, Alternative::Larger)? - 0.15866).abs() < 1e-5);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn p_value_of(
        &self,
        difference: f64,
        test: MeanTest,
        alternative: Alternative,
    ) -> Result<f64, StatsError> {
        let judged = self.judged(test)?;
        let off = self.difference() - finite("difference", difference)?;
        // Beyond the largest float both tails are 0 and 1, as they are there.
        let t = (off / judged.standard_error()).clamp(f64::MIN, f64::MAX);
        alternative.p_value(t, |t| MeanTest::below(t, judged.degrees))
    }

    /// The p-value against the claim that the second is worse than the first by `margin` or more, where more is better.
    /// Small means: not worse by as much.
    ///
    /// Where less is better, ask [`p_value_of`](Self::p_value_of) the margin with [`Alternative::Smaller`].
    ///
    /// # Errors
    /// As [`standard_error`](Self::standard_error); [`StatsError::NotFinite`] and [`StatsError::OutOfRange`] unless the
    /// margin is above 0.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{MeanTest, SampleMean, TwoMeans};
    /// // The new page earns as much, up to half a unit.
    /// let means = TwoMeans::new(SampleMean::new(900, 5.0, 9.0)?, SampleMean::new(900, 5.0, 9.0)?);
    /// assert!(means.non_inferiority_p_value(0.5, MeanTest::Welch)? < 0.001);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn non_inferiority_p_value(&self, margin: f64, test: MeanTest) -> Result<f64, StatsError> {
        self.p_value_of(-positive("margin", margin)?, test, Alternative::Larger)
    }

    /// The interval in which the true difference lies with confidence `level`.
    ///
    /// Its coverage is nominal for normal units; for others up to a point below from some 30 units of an arm that is not
    /// skewed, and some hundreds of one that is.
    ///
    /// # Formula
    /// `d ± c se` with the quantile `c` of `1 - (1 - level)/2`.
    ///
    /// # Errors
    /// As [`standard_error`](Self::standard_error); [`StatsError::NotFinite`] and [`StatsError::OutOfRange`] unless
    /// `0 < level < 1`.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// let range = means.interval(0.95, MeanTest::Normal)?;
    /// assert_eq!(format!("{:.3}..{:.3}", range.low(), range.high()), "0.020..1.980");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn interval(&self, level: f64, test: MeanTest) -> Result<Interval<f64>, StatsError> {
        let half = self.half((1.0 - inner_probability("level", level)?) / 2.0, test)?;
        ends(self.difference() - half, self.difference() + half)
    }

    /// The bound above which the true difference lies with confidence `level`: of a one-sided test.
    ///
    /// # Errors
    /// As [`interval`](Self::interval).
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// assert!((means.lower_bound(0.95, MeanTest::Normal)? - 0.17757).abs() < 1e-5);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn lower_bound(&self, level: f64, test: MeanTest) -> Result<f64, StatsError> {
        Ok(self.difference() - self.half(1.0 - inner_probability("level", level)?, test)?)
    }

    /// The bound below which the true difference lies with confidence `level`: of a one-sided test.
    ///
    /// # Errors
    /// As [`interval`](Self::interval).
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// assert!((means.upper_bound(0.95, MeanTest::Normal)? - 1.82243).abs() < 1e-5);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn upper_bound(&self, level: f64, test: MeanTest) -> Result<f64, StatsError> {
        Ok(self.difference() + self.half(1.0 - inner_probability("level", level)?, test)?)
    }

    /// The relative lift: the second mean over the first, less 1.
    ///
    /// # Errors
    /// [`StatsError::NoBaseline`] for a first mean of 0; [`StatsError::Overflow`] for one so small that the lift exceeds
    /// the largest float.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// assert!((means.lift()? - 0.2).abs() < 1e-15);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn lift(&self) -> Result<f64, StatsError> {
        lift::lift(self.first.mean(), self.second.mean())
    }

    /// The standard error of the relative lift by the delta method.
    ///
    /// # Formula
    /// `sqrt(b/m1^2 + a m2^2/m1^4)` with the variances `a` and `b` of the two means.
    ///
    /// # Errors
    /// As [`standard_error`](Self::standard_error) and [`lift`](Self::lift); [`StatsError::NoVariance`] where the second
    /// mean is 0 without variance.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 5.0, 16.0)?);
    /// assert!((means.lift_standard_error(MeanTest::Welch)? - 0.1).abs() < 1e-15);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn lift_standard_error(&self, test: MeanTest) -> Result<f64, StatsError> {
        let Judged { first, second, .. } = self.judged(test)?;
        lift::standard_error(first, second)
    }

    /// The p-value of the relative lift by the delta method: the lift over its standard error. It is close to that of
    /// the difference, and not the same.
    ///
    /// # Errors
    /// As [`lift_standard_error`](Self::lift_standard_error).
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{Alternative, MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 5.0, 16.0)?);
    /// assert_eq!(means.lift_p_value(MeanTest::Welch, Alternative::TwoSided)?, 1.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn lift_p_value(&self, test: MeanTest, alternative: Alternative) -> Result<f64, StatsError> {
        let Judged { first, second, degrees } = self.judged(test)?;
        let error = lift::standard_error(first, second)?;
        let t = (self.lift()? / error).clamp(f64::MIN, f64::MAX);
        alternative.p_value(t, |t| MeanTest::below(t, degrees))
    }

    /// The interval in which the true relative lift lies with confidence `level`.
    ///
    /// # Formula
    /// With the ratio `r = m2/m1`, `A = a/m1^2`, `B = b/m1^2` of the variances `a` and `b` of the means, and the
    /// quantile `c` of `1 - (1 - level)/2`, each less 1:
    ///
    /// | method | ends |
    /// | --- | --- |
    /// | Fieller | `(r ± c sqrt(A r^2 + B (1 - c^2 A))) / (1 - c^2 A)` where `c^2 A < 1` |
    /// | log | `r e^(± c sqrt(A + B/r^2))` |
    /// | delta | `r ± c sqrt(A r^2 + B)` |
    ///
    /// # Errors
    /// As [`interval`](Self::interval) and [`lift`](Self::lift); [`StatsError::Unbounded`] by Fieller where the first
    /// mean is not told from 0; [`StatsError::OutOfRange`] by the logarithm for a mean at or below 0.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{LiftMethod, MeanTest, SampleMean, StatsError, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// let range = means.lift_interval(0.95, MeanTest::Normal, LiftMethod::Delta)?;
    /// assert_eq!(format!("{:.3}..{:.3}", range.low(), range.high()), "-0.011..0.411");
    /// // A first mean of 0.1 with a standard error of 0.3 may be 0: the lift has no end.
    /// let means = TwoMeans::new(SampleMean::new(100, 0.1, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// let range = means.lift_interval(0.95, MeanTest::Normal, LiftMethod::Fieller);
    /// assert_eq!(range, Err(StatsError::Unbounded));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn lift_interval(
        &self,
        level: f64,
        test: MeanTest,
        method: LiftMethod,
    ) -> Result<Interval<f64>, StatsError> {
        let tail = (1.0 - inner_probability("level", level)?) / 2.0;
        let Judged { first, second, degrees } = self.judged(test)?;
        lift::interval(first, second, critical(tail, degrees)?, method)
    }

    /// So many standard errors of the difference that `tail` lies beyond.
    fn half(&self, tail: f64, test: MeanTest) -> Result<f64, StatsError> {
        let judged = self.judged(test)?;
        Ok(critical(tail, judged.degrees)? * judged.standard_error())
    }

    /// The errors of both means under the assumptions of the test.
    fn judged(&self, test: MeanTest) -> Result<Judged, StatsError> {
        let (one, two) = (&self.first, &self.second);
        let (a, b, degrees) = match test {
            MeanTest::Welch => {
                let (a, b) = (one.squared_error()?, two.squared_error()?);
                // As shares of the whole: the squares of errors below 1e-160 would vanish.
                let (of_a, of_b) = (a / (a + b), b / (a + b));
                let both = of_a * of_a / one.degrees() + of_b * of_b / two.degrees();
                (a, b, Some(1.0 / both))
            }
            MeanTest::Pooled => {
                let degrees = one.degrees() + two.degrees();
                if degrees < 1.0 {
                    return Err(StatsError::TooFewObservations { found: 2, needed: 3 });
                }
                let variance = (one.squares() + two.squares()) / degrees;
                (variance / float(one.count()), variance / float(two.count()), Some(degrees))
            }
            MeanTest::Normal => (one.squared_error()?, two.squared_error()?, None),
        };
        if a + b <= 0.0 {
            return Err(super::no_variance());
        }
        let (first, second) =
            (Uncertain { mean: one.mean(), variance: a }, Uncertain { mean: two.mean(), variance: b });
        Ok(Judged { first, second, degrees })
    }
}

impl Judged {
    fn standard_error(&self) -> f64 {
        libm::sqrt(self.first.variance + self.second.variance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arm(count: u64, mean: f64, variance: f64) -> SampleMean {
        SampleMean::new(count, mean, variance).unwrap()
    }

    #[test]
    fn every_arm_gives_numbers_or_errors() {
        let arms = [
            arm(1, 0.0, 0.0),
            arm(1, -1e140, 0.0),
            arm(2, 0.0, 0.0),
            arm(2, 1e140, 1e280),
            arm(3, 1e-300, 5e-324),
            arm(50, -3.0, 2.0),
            arm(u64::MAX, 1e140, 1e-300),
            arm(u64::MAX, 0.0, 1e280),
        ];
        for (one, two) in arms.iter().flat_map(|one| arms.iter().map(move |two| (*one, *two))) {
            let means = TwoMeans::new(one, two);
            for test in MeanTest::ALL {
                let mut found = alloc::vec![
                    means.standard_error(test),
                    means.t(test),
                    means.lift(),
                    means.lift_standard_error(test),
                    means.lower_bound(0.95, test),
                    means.upper_bound(1.0 - 1e-15, test),
                ];
                for alternative in Alternative::ALL {
                    found.push(means.p_value(test, alternative));
                    found.push(means.p_value_of(1e300, test, alternative));
                    found.push(means.lift_p_value(test, alternative));
                }
                for level in [1e-9, 0.95, 1.0 - 1e-15] {
                    found.push(means.interval(level, test).map(|range| range.width()));
                    for method in LiftMethod::ALL {
                        found.push(means.lift_interval(level, test, method).map(|range| range.width()));
                    }
                }
                for (index, found) in found.into_iter().enumerate() {
                    assert!(
                        found.as_ref().map_or(true, |value| value.is_finite()),
                        "{means:?} {test} {index}: {found:?}"
                    );
                    assert!(
                        !matches!(found, Err(StatsError::NoConvergence { .. })),
                        "{means:?} {test} {index}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_pooled_test_takes_one_unit_beside_two() {
        let (single, pair) = (arm(1, 5.0, 0.0), arm(2, 3.0, 2.0));
        assert_eq!(TwoMeans::new(single, pair).degrees(MeanTest::Pooled), Ok(Some(1.0)));
        let error = StatsError::TooFewObservations { found: 2, needed: 3 };
        assert_eq!(TwoMeans::new(single, single).t(MeanTest::Pooled), Err(error));
        let error = StatsError::TooFewObservations { found: 1, needed: 2 };
        assert_eq!(TwoMeans::new(pair, single).t(MeanTest::Welch), Err(error));
    }

    #[test]
    fn swapping_the_arms_negates_the_difference_and_inverts_the_ratio() {
        let (one, two) = (arm(40, 5.0, 9.0), arm(70, 6.5, 12.0));
        let (there, back) = (TwoMeans::new(one, two), TwoMeans::new(two, one));
        for test in MeanTest::ALL {
            let (to, fro) = (there.interval(0.9, test).unwrap(), back.interval(0.9, test).unwrap());
            assert!((to.low() + fro.high()).abs() < 1e-14 && (to.high() + fro.low()).abs() < 1e-14);
            for method in [LiftMethod::Log, LiftMethod::Fieller] {
                let (to, fro) = (
                    there.lift_interval(0.9, test, method).unwrap(),
                    back.lift_interval(0.9, test, method).unwrap(),
                );
                assert!(((1.0 + to.low()) * (1.0 + fro.high()) - 1.0).abs() < 1e-13, "{test} {method}");
                assert!(((1.0 + to.high()) * (1.0 + fro.low()) - 1.0).abs() < 1e-13, "{test} {method}");
            }
            let p = |means: &TwoMeans, side| means.p_value(test, side).unwrap();
            assert_eq!(p(&there, Alternative::Larger).to_bits(), p(&back, Alternative::Smaller).to_bits());
            assert_eq!(p(&there, Alternative::TwoSided).to_bits(), p(&back, Alternative::TwoSided).to_bits());
        }
    }
}
