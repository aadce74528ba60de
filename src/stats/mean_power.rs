//! Power and sample size of a test of two means.

use super::two_means::critical;
use super::{MeanTest, SampleSize, StatsError, TestDesign, finite, no_variance, noncentral, positive};

/// From so many degrees of freedom on t and the normal distribution agree to more digits than either is asked for.
const NORMAL: f64 = 1e10;
const HALVINGS: u32 = 200;

/// The standard error of a difference of means, and the degrees of freedom it is known by.
#[derive(Debug, Clone, Copy)]
struct Precision {
    error: f64,
    degrees: Option<f64>,
}

impl TestDesign {
    /// The units that find a `difference` of two means with the power of the design, where the units of the two samples
    /// have these variances.
    ///
    /// For a relative change give that times the mean; for Cohen's d variances of 1. For non-inferiority add the margin
    /// to the difference, in a one-sided design.
    ///
    /// # Formula
    /// [`MeanTest::Normal`]: `(z + zb)^2 (v1 + v2/k) / d^2` in the first; by t the size whose
    /// [`power_for_means`](Self::power_for_means) is that of the design.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for variances outside 0..=1e280, and beyond 1e300 units;
    /// [`StatsError::Undetectable`] for a difference of 0; [`StatsError::NoVariance`] by t where nothing varies.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{MeanTest, TestDesign};
    ///
    /// // Half a standard deviation.
    /// let design = TestDesign::new(0.05, 0.8)?;
    /// let size = design.size_for_means(0.5, (1.0, 1.0), MeanTest::Pooled)?;
    /// assert_eq!(size.units()?, (64, 64));
    /// let size = design.size_for_means(0.5, (1.0, 1.0), MeanTest::Normal)?;
    /// assert_eq!(size.units()?, (63, 63));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn size_for_means(
        &self,
        difference: f64,
        variances: (f64, f64),
        test: MeanTest,
    ) -> Result<SampleSize, StatsError> {
        let (v1, v2) = checked(variances)?;
        let ((z, zb), k) = (self.distances()?, self.ratio());
        let effect = finite("difference", difference)?.abs();
        let by_normal = self.size_of((z + zb) * libm::sqrt(v1 + v2 / k), effect)?;
        if test == MeanTest::Normal {
            return Ok(by_normal);
        }
        if v1 + v2 <= 0.0 {
            return Err(no_variance());
        }
        let reaches = |first: f64| {
            let power = self.size(first).and_then(|size| self.power_for_means(effect, variances, size, test));
            // Where there is no degree of freedom yet, there is no power.
            power.is_ok_and(|power| power >= self.power())
        };
        let mut enough = by_normal.first().max(2.0 / k.min(1.0));
        let mut doublings = 0_u32;
        while !reaches(enough) {
            enough *= 2.0;
            doublings = doublings
                .checked_add(1)
                .filter(|n| *n < HALVINGS && enough < 1e300)
                .ok_or(StatsError::NoConvergence { function: "the sample size", iterations: HALVINGS })?;
        }
        let mut too_few = 0.0;
        while enough - too_few > 1e-13 * enough {
            let middle = f64::midpoint(too_few, enough);
            if reaches(middle) {
                enough = middle;
            } else {
                too_few = middle;
            }
        }
        self.size(enough)
    }

    /// The power of a test of two means that differ by `difference`, with samples of this size.
    ///
    /// # Formula
    /// `P(T > c) + P(T < -c)` (one-sided without the second) for a noncentral t with the shift `|d| / se` and the critical
    /// value `c`: `se = sqrt(v1/n1 + v2/n2)`, with the degrees of the test; pooled, both variances are the mean of
    /// them by units. [`MeanTest::Normal`]: with the normal distribution.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for variances outside 0..=1e280 and without units;
    /// [`StatsError::NoVariance`] where nothing varies; [`StatsError::TooFewObservations`] by t below a tenth of a degree
    /// of freedom.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{MeanTest, SampleSize, TestDesign};
    ///
    /// let design = TestDesign::new(0.05, 0.8)?;
    /// let power = design.power_for_means(0.5, (1.0, 1.0), SampleSize::new(64.0, 64.0)?, MeanTest::Pooled)?;
    /// assert!((power - 0.8015).abs() < 1e-4);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn power_for_means(
        &self,
        difference: f64,
        variances: (f64, f64),
        size: SampleSize,
        test: MeanTest,
    ) -> Result<f64, StatsError> {
        let precision = precision(variances, size, test)?;
        let shift = finite("difference", difference)?.abs() / precision.error;
        self.power_of(shift.min(1e100), precision.degrees)
    }

    /// The difference of two means that is found with the power of the design and samples of this size.
    ///
    /// # Errors
    /// As [`power_for_means`](Self::power_for_means).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{MeanTest, SampleSize, TestDesign};
    ///
    /// let design = TestDesign::new(0.05, 0.8)?;
    /// let size = SampleSize::new(64.0, 64.0)?;
    /// let difference = design.detectable_difference((1.0, 1.0), size, MeanTest::Pooled)?;
    /// assert!((difference - 0.499).abs() < 1e-3);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn detectable_difference(
        &self,
        variances: (f64, f64),
        size: SampleSize,
        test: MeanTest,
    ) -> Result<f64, StatsError> {
        let Precision { error, degrees } = precision(variances, size, test)?;
        let (z, zb) = self.distances()?;
        if degrees.is_none() {
            return Ok((z + zb) * error);
        }
        let mut enough = z + zb;
        while self.power_of(enough, degrees)? < self.power() {
            enough *= 2.0;
            if enough > 1e100 {
                return Err(StatsError::Undetectable);
            }
        }
        let mut too_few = 0.0;
        while enough - too_few > 1e-13 * enough {
            let middle = f64::midpoint(too_few, enough);
            if self.power_of(middle, degrees)? < self.power() {
                too_few = middle;
            } else {
                enough = middle;
            }
        }
        Ok(enough * error)
    }

    fn power_of(&self, shift: f64, degrees: Option<f64>) -> Result<f64, StatsError> {
        let c = critical(self.tail(), degrees)?;
        let Some(degrees) = degrees else { return Ok(self.normal_power(shift, c)) };
        let found = noncentral::tails(c, degrees, shift)?.upper;
        let wrong = if self.is_two_sided() { noncentral::tails(-c, degrees, shift)?.lower } else { 0.0 };
        Ok((found + wrong).min(1.0))
    }
}

fn checked((v1, v2): (f64, f64)) -> Result<(f64, f64), StatsError> {
    for value in [v1, v2] {
        if !(0.0..=1e280).contains(&finite("variance", value)?) {
            return Err(StatsError::OutOfRange { name: "variance", value, range: "0..=1e280" });
        }
    }
    Ok((v1, v2))
}

fn precision(variances: (f64, f64), size: SampleSize, test: MeanTest) -> Result<Precision, StatsError> {
    let (v1, v2) = checked(variances)?;
    let (n1, n2) = (positive("units", size.first())?, positive("units", size.second())?);
    let (a, b, degrees) = match test {
        MeanTest::Normal => (v1 / n1, v2 / n2, None),
        MeanTest::Welch => {
            let (a, b) = (v1 / n1, v2 / n2);
            let (of_a, of_b) = (a / (a + b), b / (a + b));
            let both = of_a * of_a / (n1 - 1.0).max(0.0) + of_b * of_b / (n2 - 1.0).max(0.0);
            (a, b, Some(1.0 / both))
        }
        MeanTest::Pooled => {
            let variance = v1 * (n1 / (n1 + n2)) + v2 * (n2 / (n1 + n2));
            (variance / n1, variance / n2, Some(n1 + n2 - 2.0))
        }
    };
    let error = libm::sqrt(a + b);
    if error <= 0.0 {
        return Err(no_variance());
    }
    match degrees {
        // A sample of one unit without variance has no degrees either: 0 over 0.
        Some(degrees) if degrees.is_nan() || degrees < 0.1 => {
            Err(StatsError::TooFewObservations { found: 2, needed: 3 })
        }
        Some(degrees) if degrees > NORMAL => Ok(Precision { error, degrees: None }),
        degrees => Ok(Precision { error, degrees }),
    }
}
