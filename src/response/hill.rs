//! The Hill curve: S-shaped above shape 1, concave up to it.

use super::curve::{ResponseCurve, without_search};
use super::logistic::logistic_rise;
use super::{GREATEST_SPEND, ResponseError, as_scale, exponent, seen};
use core::cmp::Ordering;

/// The most steps of the search for a slope.
const MOST_STEPS: u32 = 100;

/// The greatest last step of the search, in units of `s ln x`. The order of convergence is four, so that a
/// step of this size leaves an error below one float.
const SETTLED: f64 = 2e-4;

/// What the logarithm of the greatest slope may be off by rounding, relative to its size.
const TIE: f64 = 4.0 * f64::EPSILON;

/// How far a guess has to be from the peak, where the function is flat, to be a better start than none.
const ENOUGH: f64 = 0.5;

/// `2 ln 2`, what `2 ln(1 + e^v) - v` is at 0.
const DIP: f64 = 2.0 * core::f64::consts::LN_2;

/// A curve that saturates at a maximum response and reaches half of it at a spend of `k`; S-shaped where the shape is
/// above 1, else concave.
///
/// # Formula
/// `f(x) = a x^s / (k^s + x^s)` (Hill, 1910). For `s > 1` the inflection is `k ((s - 1) / (s + 1))^(1 / s)`.
///
/// # Examples
/// ```
/// use marketloop::response::{Hill, ResponseCurve};
///
/// let curve = Hill::new(1_000.0, 300.0, 2.0)?;
/// assert_eq!(curve.value(600.0), 800.0);
/// // The best average return of a line that starts from nothing is at 300 for this shape.
/// let (touch, _) = curve.tangent_from(0.0).expect("an S-shaped curve");
/// assert!((touch - 300.0).abs() < 1e-6);
/// # Ok::<(), marketloop::response::ResponseError>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[doc(alias = "saturation")]
#[doc(alias = "饱和曲线")]
pub struct Hill {
    a: f64,
    k: f64,
    s: f64,
    /// `a s / k`.
    slope: f64,
    /// `1 / s`.
    inverse: f64,
    /// Where the slope is greatest; for `s <= 1` nowhere.
    peak: Option<Peak>,
}

/// The greatest slope of an S-shaped curve, in `v = s ln(x / k)`.
#[derive(Debug, Clone, Copy)]
struct Peak {
    spend: f64,
    /// `v` of the inflection.
    at: f64,
    /// The logarithm of the slope over `a s / k`.
    height: f64,
    /// `q / (1 + q)` of the inflection.
    share: f64,
}

/// The derivatives of the logarithm of the slope by `v = s ln(x / k)`.
struct Derivatives {
    /// `e^-|v|`.
    decay: f64,
    /// `q / (1 + q)^2` with `q = e^v`.
    flat: f64,
    first: f64,
    second: f64,
    third: f64,
}

impl Derivatives {
    /// Householder's step of the third order, from Newton's step.
    fn step(&self, newton: f64) -> f64 {
        let scaled = newton / self.first;
        let (bend, twist) = (scaled * self.second, scaled * newton * self.third);
        newton * (1.0 + 0.5 * bend) / (1.0 + bend + twist / 6.0)
    }

    /// Whether no further step than this is needed; near the peak convergence is slower.
    ///
    /// Newton's own step is small there, too. Far from the root the higher one vanishes by chance, where
    /// `newton * second` is `-2 first^2`.
    fn settles(&self, step: f64, newton: f64) -> bool {
        libm::fabs(step) <= SETTLED && libm::fabs(newton) <= 2.0 * SETTLED && self.first < -0.1
    }
}

impl PartialEq for Hill {
    fn eq(&self, other: &Self) -> bool {
        // The other fields follow from these.
        [self.a, self.k, self.s] == [other.a, other.k, other.s]
    }
}

impl Hill {
    /// The curve that saturates at `max_response` (`a` in the formula), reaches half of it at a spend of
    /// `half_saturation` (`k`), and is S-shaped for a `shape` (`s`) above 1.
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`], by the formula's letter, for `a` or `k` outside 1e-100..=1e100 or `s` outside
    /// 0.001..=1000.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Hill, ResponseCurve};
    ///
    /// assert_eq!(Hill::new(1_000.0, 300.0, 2.0)?.value(300.0), 500.0);
    /// // Up to shape 1 every further unit brings less; above it the first ones bring more.
    /// assert_eq!(Hill::new(1_000.0, 300.0, 1.0)?.inflection(), 0.0);
    /// assert!(Hill::new(1_000.0, 300.0, 2.0)?.inflection() > 0.0);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn new(max_response: f64, half_saturation: f64, shape: f64) -> Result<Self, ResponseError> {
        let (a, k, s) =
            (as_scale("a", max_response)?, as_scale("k", half_saturation)?, exponent("s", shape)?);
        let peak = (s > 1.0).then(|| {
            let at = libm::log((s - 1.0) / (s + 1.0));
            let part = (s - 1.0) / (2.0 * s);
            let height = (1.0 - 1.0 / s) * at + 2.0 * libm::log1p(-part);
            Peak { spend: k * libm::exp(at / s), at, height, share: part }
        });
        Ok(Self { a, k, s, slope: a * s / k, inverse: 1.0 / s, peak })
    }

    /// The maximum response.
    #[must_use]
    pub const fn max_response(&self) -> f64 {
        self.a
    }

    /// The spend at which the response is half of its maximum.
    #[must_use]
    pub const fn half_saturation(&self) -> f64 {
        self.k
    }

    /// The shape: S-shaped above 1.
    #[must_use]
    pub const fn shape(&self) -> f64 {
        self.s
    }

    /// The root of `h(v) = (1 - 1/s) v - 2 ln(1 + e^v) - level` on the concave branch, from `start`.
    ///
    /// `h` is the logarithm of slope over wanted slope and is concave; right of the peak it falls.
    fn search(&self, level: f64, start: f64) -> f64 {
        let tilt = 1.0 - self.inverse;
        let (mut low, mut high) = (self.peak.map_or(f64::NEG_INFINITY, |peak| peak.at), f64::INFINITY);
        // Left of the peak the search would run away from the root.
        let mut v = if start > low { start } else { low + ENOUGH };
        for _ in 0..MOST_STEPS {
            let here = self.derivatives(v);
            let excess = tilt * v - 2.0 * (v.max(0.0) + libm::log1p(here.decay)) - level;
            if excess >= 0.0 {
                low = v;
            } else {
                high = v;
            }
            let newton = -excess / here.first;
            if libm::fabs(newton) <= f64::EPSILON * (1.0 + libm::fabs(v)) {
                return v;
            }
            let within = |step: f64| {
                let next = v + step;
                (low < next && next < high).then_some(step)
            };
            let halved = 0.5 * (low + high) - v;
            // Far from the root Newton's step is the safe one: the function is concave.
            let higher = if libm::fabs(newton) < 2.0 { here.step(newton) } else { newton };
            let step = within(higher).or_else(|| within(newton)).unwrap_or(halved);
            if !step.is_finite() {
                return v;
            }
            v += step;
            if here.settles(step, newton) {
                return v;
            }
        }
        v
    }

    /// The derivatives of `h` at `v`.
    fn derivatives(&self, v: f64) -> Derivatives {
        // From the exponential of a number up to 0, so that nothing overflows.
        let decay = libm::exp(-libm::fabs(v));
        let part = 1.0 / (1.0 + decay);
        let share = if v > 0.0 { part } else { decay * part };
        let flat = decay * part * part;
        let second = -2.0 * flat;
        Derivatives {
            decay,
            flat,
            first: 1.0 - self.inverse - 2.0 * share,
            second,
            third: second * (1.0 - 2.0 * share),
        }
    }

    /// The spend of the slope `marginal`, where one step from the spend `guess` finds it; else a start for the
    /// search.
    fn one_step(&self, marginal: f64, guess: f64) -> Result<f64, f64> {
        let v = self.s * libm::log(guess / self.k);
        let here = self.derivatives(v);
        let excess = libm::log(self.a * self.s / (guess * marginal) * here.flat);
        let newton = -excess / here.first;
        let step = here.step(newton);
        // A NaN settles nothing.
        if here.settles(step, newton) && self.peak.is_none_or(|peak| v > peak.at) {
            let x = step * self.inverse;
            // The first terms of e^x, in place of the exponential: a step that settled is small.
            Ok(guess * (1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x / 24.0)))))
        } else {
            Err(v)
        }
    }

    /// The spend on the concave branch whose slope is `marginal`, from a guess at `s ln(x / k)`.
    fn of_slope(&self, marginal: f64, guess: Option<f64>) -> f64 {
        // A slope that underflows to 0 or overflows has no finite logarithm for the search to start from.
        let level = libm::log((marginal / self.slope).clamp(f64::MIN_POSITIVE, f64::MAX));
        let start = match (guess, self.peak) {
            (_, Some(peak)) if libm::fabs(level - peak.height) <= TIE * (1.0 - level) => return peak.spend,
            (_, Some(peak)) if level > peak.height => return 0.0,
            (Some(guess), Some(peak)) if guess > peak.at + ENOUGH => guess,
            (Some(guess), None) => guess,
            (_, Some(peak)) if peak.height - level < 0.3 => {
                // Near the peak the slope is a parabola, with a little of a cubic.
                let curvature = 2.0 * peak.share * (1.0 - peak.share);
                let distance = libm::sqrt(2.0 * (peak.height - level) / curvature);
                // A shape just above 1 has a flat peak, far from which the cubic says nothing: the start stays behind it.
                peak.at + distance * (1.0 - (1.0 - 2.0 * peak.share) * distance / 6.0).max(0.5)
            }
            _ => self.estimate(level),
        };
        self.k * libm::exp(self.search(level, start) * self.inverse)
    }

    /// The root with `sqrt(v^2 + (2 ln 2)^2)` in the place of `2 ln(2 cosh(v / 2))`.
    fn estimate(&self, level: f64) -> f64 {
        let inverse = self.inverse;
        let square = 1.0 - inverse * inverse;
        let root = libm::sqrt((level * level - square * DIP * DIP).max(0.0));
        if level > 0.0 {
            (level * inverse + root) / square
        } else {
            (DIP * DIP - level * level) / (level * inverse - root)
        }
    }
}

impl ResponseCurve for Hill {
    fn value(&self, spend: f64) -> f64 {
        let spend = seen(spend);
        // The smaller of both over the other: the power is of a number up to 1 and cannot overflow.
        if spend <= self.k {
            let ratio = libm::pow(spend / self.k, self.s);
            self.a * (ratio / (1.0 + ratio))
        } else {
            self.a / (1.0 + libm::pow(self.k / spend, self.s))
        }
    }

    fn marginal(&self, spend: f64) -> f64 {
        let spend = seen(spend);
        if spend <= 0.0 {
            return match self.s.total_cmp(&1.0) {
                Ordering::Less => f64::INFINITY,
                Ordering::Equal => self.slope,
                Ordering::Greater => 0.0,
            };
        }
        let relative = if spend <= self.k { spend / self.k } else { self.k / spend };
        let ratio = libm::pow(relative, self.s);
        // First over the spend: the product with the slope could overflow before it.
        let slope = self.a * self.s * ((ratio / spend) / ((1.0 + ratio) * (1.0 + ratio)));
        slope.min(f64::MAX)
    }

    fn rise(&self, from: f64, width: f64) -> f64 {
        let (from, to) = (seen(from), seen(from + if width.is_nan() { 0.0 } else { width }));
        // Over more than the spend itself the difference has all its digits.
        if from <= 0.0 || to <= from || to - from > from {
            return self.value(to) - self.value(from);
        }
        // In v = s ln(x / k) the curve is logistic.
        let v = self.s * libm::log(from / self.k);
        self.a * logistic_rise(v, self.s * libm::log1p((to - from) / from))
    }

    fn inflection(&self) -> f64 {
        self.peak.map_or(0.0, |peak| peak.spend)
    }

    fn inverse_marginal(&self, marginal: f64) -> f64 {
        without_search(marginal).unwrap_or_else(|| match self.s.total_cmp(&1.0) {
            // The estimate divides by 1 - 1 / s^2, which is 0 here; the answer has a closed form instead.
            Ordering::Equal => super::michaelis_menten::of_slope(marginal, self.slope, self.k),
            _ => self.of_slope(marginal, None),
        })
    }

    fn inverse_marginal_near(&self, marginal: f64, guess: f64) -> f64 {
        without_search(marginal).unwrap_or_else(|| match self.s.total_cmp(&1.0) {
            Ordering::Equal => super::michaelis_menten::of_slope(marginal, self.slope, self.k),
            _ if guess > 0.0 && guess <= GREATEST_SPEND => {
                self.one_step(marginal, guess).unwrap_or_else(|start| self.of_slope(marginal, Some(start)))
            }
            _ => self.of_slope(marginal, None),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by a property: Householder's step vanished by chance far from the root, and a slope above the
    /// steepest one was given a spend.
    #[test]
    fn a_step_that_vanishes_by_chance_settles_nothing() {
        let hill = Hill::new(1.0, 6.663_819_952_978_778, 3.723_477_960_423_868_4).unwrap();
        let slope = hill.marginal(hill.inflection()) * 94.991_133_356_793_3;
        assert!(hill.inverse_marginal_near(slope, 10.0).to_bits() == 0);
    }
}
