//! The noncentral t distribution: what a t statistic does where there is an effect.

use super::normal::cdf;
use super::stirling::stirling_error;
use super::tail_integral::panel;
use super::{StatsError, Tails, finite};

/// Where the normal tail is 0 as a float, its logarithm's slope is the distance itself.
const FAR: f64 = -37.0;
/// What is smaller than this share of the largest value adds nothing to a sum of floats.
const NEGLIGIBLE: f64 = 1e-20;

/// The probability that a noncentral t variable is at most `t`: that of `(Z + shift) / sqrt(X / degrees)` with a standard
/// normal `Z` and a chi-squared `X` with `degrees` of freedom.
///
/// # Formula
/// The integral over `s` of `Φ(t s - shift)` by the density of `s = sqrt(X / degrees)`: in `ln s`, by panels that grow from
/// the largest value outward. Both tails are sums of positive
/// terms, each to 1e-10 of itself or better (tests against references of 40 digits).
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for degrees outside 0.1..=1e12.
///
/// # Examples
/// ```
/// use marketloop::stats::{noncentral_t_cdf, student_cdf};
///
/// // Without a shift it is Student's t.
/// let central = noncentral_t_cdf(1.2, 7.0, 0.0)?;
/// assert!((central - student_cdf(1.2, 7.0)?).abs() < 1e-13);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn noncentral_t_cdf(t: f64, degrees: f64, shift: f64) -> Result<f64, StatsError> {
    tails(t, degrees, shift).map(|tails| tails.lower)
}

/// The probability that a noncentral t variable exceeds `t`: one less [`noncentral_t_cdf`], without cancellation.
///
/// # Errors
/// As [`noncentral_t_cdf`].
///
/// # Examples
/// ```
/// // The power of a one-sided test of 12 and 12 units that are a standard deviation apart.
/// let (degrees, shift) = (22.0, 6.0_f64.sqrt());
/// let critical = marketloop::stats::student_quantile(0.95, degrees)?;
/// let power = marketloop::stats::noncentral_t_survival(critical, degrees, shift)?;
/// assert!((power - 0.7668).abs() < 1e-4);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn noncentral_t_survival(t: f64, degrees: f64, shift: f64) -> Result<f64, StatsError> {
    tails(t, degrees, shift).map(|tails| tails.upper)
}

pub(super) fn tails(t: f64, degrees: f64, shift: f64) -> Result<Tails, StatsError> {
    let (t, shift) = (finite("t", t)?.clamp(-1e100, 1e100), finite("shift", shift)?.clamp(-1e100, 1e100));
    if !(0.1..=1e12).contains(&finite("degrees", degrees)?) {
        return Err(StatsError::OutOfRange { name: "degrees", value: degrees, range: "0.1..=1e12" });
    }
    let lower = Mixture { slope: t, start: -shift, degrees }.integral();
    let upper = Mixture { slope: -t, start: shift, degrees }.integral();
    Ok(Tails { lower, upper })
}

/// `Φ(start + slope s)` by the density of `s`.
#[derive(Debug, Clone, Copy)]
struct Mixture {
    slope: f64,
    start: f64,
    degrees: f64,
}

impl Mixture {
    /// Panels of the Gauss-Legendre rule that grow from the largest value and from where the normal part turns.
    fn integral(&self) -> f64 {
        let middle = self.largest();
        let top = self.value(middle);
        if top <= 0.0 {
            return 0.0;
        }
        let (low, high) = (self.end(middle, top, -1.0), self.end(middle, top, 1.0));
        let mut cuts = alloc::vec![low, high];
        let mut grow = |from: f64, width: f64| {
            cuts.push(from);
            let mut width = width.max(1e-14);
            while from - width > low || from + width < high {
                cuts.extend([from - width, from + width]);
                width *= 2.0;
            }
        };
        let s = libm::exp(middle);
        let turn = self.slope * s;
        grow(
            middle,
            0.5 / libm::sqrt(2.0 * self.degrees * s.max(1.0) * s.max(1.0) + (turn * turn).min(1e28)),
        );
        let zero = -self.start / self.slope;
        if zero > 0.0 && zero.is_finite() {
            grow(libm::log(zero), 0.5 / (1.0 + self.start.abs()));
        }
        // The other end of the turn, where the slope itself makes the argument one.
        if self.slope != 0.0 {
            grow(-libm::log(self.slope.abs()), 0.25);
        }
        cuts.retain(|cut| (low..=high).contains(cut));
        cuts.sort_by(f64::total_cmp);
        let panels = cuts.iter().zip(cuts.iter().skip(1));
        let sum: f64 = panels.map(|(from, to)| panel(*from, *to, |u| self.value(u))).sum();
        (sum * self.scale()).clamp(0.0, 1.0)
    }

    /// Where the values to one side of the largest are negligible: from there on they fall for good, because the
    /// logarithm is concave in `s`.
    fn end(&self, middle: f64, top: f64, direction: f64) -> f64 {
        let least = top * NEGLIGIBLE;
        let (mut inside, mut width) = (0.0, 1e-9);
        while self.value(middle + direction * width) > least && width < 1e4 {
            inside = width;
            width *= 2.0;
        }
        for _ in 0..20 {
            let half = f64::midpoint(inside, width);
            if self.value(middle + direction * half) > least { inside = half } else { width = half }
        }
        middle + direction * width
    }

    fn argument(&self, s: f64) -> f64 {
        self.start + self.slope * s
    }

    /// The density of `ln s` at 0: `2 sqrt(n / 4π) e^(-error(n/2))` for `n` degrees, after Stirling.
    fn scale(&self) -> f64 {
        let half = self.degrees / 2.0;
        2.0 * libm::sqrt(half / (2.0 * core::f64::consts::PI)) * libm::exp(-stirling_error(half))
    }

    /// The integrand over the density at 0, at `s = e^u`.
    fn value(&self, u: f64) -> f64 {
        // e^(2u) - 1 - 2u, which cancels near 0.
        let x = 2.0 * u;
        let excess = if x.abs() < 0.5 { series(x) } else { libm::expm1(x) - x };
        let weight = libm::exp(-self.degrees / 2.0 * excess);
        if weight > 0.0 { weight * cdf(self.argument(libm::exp(u))) } else { 0.0 }
    }

    /// Where the integrand is largest, in `ln s`: where the falling slope of its logarithm crosses 0.
    fn largest(&self) -> f64 {
        let rises = |u: f64| {
            let s = libm::exp(u);
            let a = self.argument(s);
            // The density over the distribution of the normal: -a far below.
            let mills = if a < FAR { -a } else { super::normal::density(a) / cdf(a) };
            self.degrees * (1.0 - s * s) + self.slope * s * mills > 0.0
        };
        let (mut low, mut high) = (-250.0, 250.0);
        // To the last bits: for many degrees the whole bell is narrow.
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if rises(middle) { low = middle } else { high = middle }
        }
        low
    }
}

/// `e^x - 1 - x` for a small `x`.
fn series(x: f64) -> f64 {
    let (mut term, mut sum, mut k) = (x * x / 2.0, 0.0, 2.0);
    while k < 20.0 {
        sum += term;
        k += 1.0;
        term *= x / k;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tails_agree_with_forty_digits() {
        for (t, degrees, shift, lower, upper) in REFERENCE {
            let found = tails(t, degrees, shift).unwrap();
            assert!(
                (found.lower / lower - 1.0).abs() < 1e-12,
                "{t} {degrees} {shift}: {} {lower}",
                found.lower
            );
            assert!(
                (found.upper / upper - 1.0).abs() < 1e-12,
                "{t} {degrees} {shift}: {} {upper}",
                found.upper
            );
        }
    }

    #[test]
    fn without_a_shift_it_is_students() {
        for degrees in [0.1, 0.7, 3.0, 40.0, 1e4, 1e9] {
            for t in [-1e6, -30.0, -3.0, -0.1, 0.0, 0.5, 2.0, 11.0, 1e5] {
                let (found, expected) =
                    (tails(t, degrees, 0.0).unwrap(), crate::stats::student_cdf(t, degrees).unwrap());
                assert!(
                    (found.lower - expected).abs() <= 1e-10 * expected,
                    "{t} {degrees}: {} {expected}",
                    found.lower
                );
                assert!((found.lower + found.upper - 1.0).abs() < 1e-10, "{t} {degrees}");
            }
        }
    }

    #[test]
    fn the_ends_are_answers_or_errors() {
        for degrees in [0.1, 1.0, 30.0, 1e6, 1e12] {
            for (t, shift) in [0.0, 1e-300, -1.0, 5.0, -40.0, 1e3, 1e10, -1e200, f64::MAX]
                .iter()
                .flat_map(|t| [0.0, 1.0, -37.0, 1e3, -1e8, 1e300].map(|shift| (*t, shift)))
            {
                let found =
                    tails(t, degrees, shift).unwrap_or_else(|error| panic!("{t} {degrees} {shift}: {error}"));
                assert!((found.lower + found.upper - 1.0).abs() < 1e-8, "{t} {degrees} {shift}: {found:?}");
            }
        }
        assert!(
            noncentral_t_cdf(0.0, 0.0, 0.0).is_err() && noncentral_t_survival(f64::NAN, 1.0, 0.0).is_err()
        );
    }

    const REFERENCE: [(f64, f64, f64, f64, f64); 8] = [
        (2.0, 5.0, 1.0, 0.778_074_662_616_214_8, 0.221_925_337_383_785_14),
        (-3.0, 5.0, 1.0, 0.001_433_596_998_876_996_4, 0.998_566_403_001_123),
        (8.0, 22.0, 2.5, 0.999_849_354_634_317_9, 0.000_150_645_365_682_116_32),
        (0.5, 3.0, 6.0, 2.960_294_359_487_950_3e-08, 0.999_999_970_397_056_5),
        (2.0, 200.0, 5.0, 0.001_406_111_912_655_430_2, 0.998_593_888_087_344_6),
        (30.0, 4.0, 2.0, 0.999_895_646_581_587_6, 0.000_104_353_418_412_390_11),
        (-1.5, 0.5, 0.7, 0.105_623_350_758_807_04, 0.894_376_649_241_193),
        (1.97, 1000.0, -3.0, 0.999_999_655_966_354_1, 3.440_336_459_101_673e-07),
    ];
}
