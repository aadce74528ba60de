//! What either choice is expected to lose by an effect that is not known for certain, and what a prior says beside it.

use super::normal::{cdf, density};
use super::{EffectEstimate, StatsError, finite, ln_beta, positive, student_cdf};

impl EffectEstimate {
    /// What is known of the effect once a prior is weighed in: the mean and the standard error of the posterior.
    ///
    /// An effect without a prior has a flat one: its own value and standard error are those of the posterior.
    ///
    /// # Formula
    /// Value `(m / t^2 + e / s^2) / (1 / t^2 + 1 / s^2)` and standard error `1 / sqrt(1 / t^2 + 1 / s^2)` for an effect `e` with
    /// the standard error `s`, and a normal prior of mean `m` and standard deviation `t`.
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] of an effect with degrees of freedom, whose posterior is no t, and unless the deviation is
    /// above 0; [`StatsError::NotFinite`]; [`StatsError::Figure`] where there is no standard error.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::EffectEstimate;
    /// // A lift of 12 %, where lifts of this kind are around 0, give or take 5 points: half of it remains.
    /// let lift = EffectEstimate::new(0.12, 0.05)?.with_prior(0.0, 0.05)?;
    /// assert!((lift.value() - 0.06).abs() < 1e-15);
    /// assert!((lift.standard_error().clone().get()? - 0.0353553).abs() < 1e-7);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn with_prior(&self, mean: f64, deviation: f64) -> Result<Self, StatsError> {
        if let Some(degrees) = self.degrees() {
            return Err(StatsError::OutOfRange {
                name: "degrees",
                value: degrees,
                range: "none beside a prior",
            });
        }
        let own = (self.value(), self.standard_error().clone().get()?);
        let (mut near, mut far) = (own, (finite("mean", mean)?, positive("deviation", deviation)?));
        if far.1 < near.1 {
            (near, far) = (far, near);
        }
        // As a part of the larger error, whose square no float need hold.
        let ratio = near.1 / far.1;
        let weight = ratio * ratio / (1.0 + ratio * ratio);
        Self::new(near.0 * (1.0 - weight) + far.0 * weight, near.1 / libm::hypot(1.0, ratio))
    }

    /// What keeping the first and what taking the second is expected to lose, in the unit of the effect, where the effect
    /// is distributed around its value as its standard error says: the posterior with a flat prior, or
    /// [with one](Self::with_prior).
    ///
    /// # Formula
    /// `E max(effect, 0)` and `E max(-effect, 0)`: for the normal distribution `s (φ(z) + z Φ(z))` and `s (φ(z) - z Φ(-z))`
    /// with `z = e / s`; for Student's t with `ν` degrees `(ν + z^2) / (ν - 1)` times its density in place of `φ`.
    ///
    /// # Errors
    /// [`StatsError::Figure`] where there is no standard error; [`StatsError::Unbounded`] of one degree of freedom, which
    /// expects infinite losses; [`StatsError::Overflow`] so near to it that no float holds them.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::EffectEstimate;
    /// // 0.25 points less, give or take 0.35: dropping the second costs 0.05 points on average, taking it 0.30.
    /// let (first, second) = EffectEstimate::new(-0.25, 0.35)?.expected_losses()?;
    /// assert_eq!(format!("{first:.3} {second:.3}"), "0.049 0.299");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn expected_losses(&self) -> Result<(f64, f64), StatsError> {
        let (value, error) = (self.value(), self.standard_error().clone().get()?);
        if error <= 0.0 {
            return Ok((value.max(0.0), (0.0 - value).max(0.0)));
        }
        let z = (value.abs() / error).min(f64::MAX);
        let (bell, tail) = match self.degrees() {
            None => (density(z), cdf(-z)),
            Some(degrees) if degrees > 1.0 => (student_bell(z, degrees)?, student_cdf(-z, degrees)?),
            Some(_) => return Err(StatsError::Unbounded),
        };
        // Of the two losses the smaller is the tail's; they differ by the effect.
        let smaller = error * (bell - z * tail).max(0.0);
        let larger = smaller + value.abs();
        if !larger.is_finite() {
            return Err(StatsError::Overflow { function: "the expected loss" });
        }
        Ok(if value > 0.0 { (larger, smaller) } else { (smaller, larger) })
    }
}

/// Student's density at `z` with more than one degree of freedom, times `(ν + z^2) / (ν - 1)`.
fn student_bell(z: f64, degrees: f64) -> Result<f64, StatsError> {
    let step = z / libm::sqrt(degrees);
    // (ν + z^2) cancels one of the powers; far out the square would overflow.
    let ln_power = if step < 1e100 { libm::log1p(step * step) } else { 2.0 * libm::log(step) };
    let ln_bell = -ln_beta(degrees / 2.0, 0.5)? - 0.5 * libm::log(degrees) - (degrees - 1.0) / 2.0 * ln_power;
    Ok(libm::exp(ln_bell) * (degrees / (degrees - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Figure;

    /// The expected losses by the sum over a grid: `E max(X, 0)` is the integral of the upper tail.
    fn by_sum(effect: &EffectEstimate) -> (f64, f64) {
        let (steps, reach) = (40_000, 400.0);
        let step = reach / f64::from(steps);
        let tail = |from: f64| {
            let all = (0..steps).map(|at| (f64::from(at) + 0.5) * step);
            all.map(|x| student_cdf(-(from + x), effect.degrees().unwrap_or(1e9)).unwrap()).sum::<f64>()
                * step
        };
        let error = effect.standard_error().clone().get().unwrap();
        let z = effect.value() / error;
        (error * tail(-z), error * tail(z))
    }

    #[test]
    fn losses_are_the_integrals_of_the_tails() {
        for (value, error, degrees) in [(0.3, 0.5, 6.0), (-1.0, 2.0, 9.0), (0.0, 1.0, 5.5)] {
            let effect = EffectEstimate::new(value, error).unwrap().with_degrees(degrees).unwrap();
            let ((first, second), sums) = (effect.expected_losses().unwrap(), by_sum(&effect));
            assert!((first - sums.0).abs() < 1e-5 && (second - sums.1).abs() < 1e-5, "{effect:?} {sums:?}");
        }
        let many = EffectEstimate::new(0.3, 0.5).unwrap();
        let (normal, student) = (
            many.expected_losses().unwrap(),
            many.clone().with_degrees(1e12).unwrap().expected_losses().unwrap(),
        );
        assert!((normal.0 - student.0).abs() < 1e-11 && (normal.1 - student.1).abs() < 1e-11);
        let one = many.with_degrees(1.0).unwrap();
        assert_eq!(one.expected_losses(), Err(StatsError::Unbounded));
    }

    #[test]
    fn a_prior_pulls_by_its_weight() {
        let effect = EffectEstimate::new(1.0, 2.0).unwrap();
        let posterior = effect.with_prior(-1.0, 1.0).unwrap();
        assert!((posterior.value() + 0.6).abs() < 1e-15);
        assert!((posterior.standard_error().clone().get().unwrap() - 0.8_f64.sqrt()).abs() < 1e-15);
        // One that knows next to nothing changes nothing, one that knows all is the answer.
        assert_eq!(effect.with_prior(-1.0, 1e100).unwrap(), effect);
        assert!((effect.with_prior(-1.0, 1e-100).unwrap().value() + 1.0).abs() < 1e-15);
        assert!(effect.clone().with_degrees(9.0).unwrap().with_prior(0.0, 1.0).is_err());
        let certain = EffectEstimate::new(-2.0, 0.0).unwrap();
        assert_eq!(certain.expected_losses(), Ok((0.0, 2.0)));
        assert_eq!(certain.with_prior(0.0, 1.0).unwrap(), certain);
        let unknown = EffectEstimate::of(1.0, Figure::missing("standard error")).unwrap();
        assert!(unknown.expected_losses().is_err() && unknown.with_prior(0.0, 1.0).is_err());
        assert!(effect.with_prior(0.0, 0.0).is_err() && effect.with_prior(f64::NAN, 1.0).is_err());
    }
}
