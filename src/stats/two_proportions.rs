//! The difference of two rates: whether it is more than chance, and how large it may be.

use super::normal::{cdf, normal_quantile};
use super::{IntervalMethod, StatsError, float, inner_probability, interval, wide_float};
use crate::figure::{Interval, from_wire};
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use crate::quantity::words::words;
use serde::Deserialize;

/// The method for the confidence interval of the difference of two rates.
///
/// ```
/// # use marketloop::stats::DifferenceMethod;
/// assert_eq!(serde_json::from_str::<DifferenceMethod>(r#""newcombe""#)?, DifferenceMethod::Newcombe);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DifferenceMethod {
    /// The differences that a score test does not reject (O. Miettinen and M. Nurminen, 1985). Good for any count: the
    /// one to take where nothing speaks for another.
    MiettinenNurminen,
    /// From the Wilson intervals of both rates (R. G. Newcombe, 1998, method 10). Close to the score's, without a search.
    Newcombe,
    /// Wald's interval after a success and a failure more on each side (A. Agresti and B. Caffo, 2000).
    AgrestiCaffo,
    /// The difference plus and minus its standard errors (A. Wald, 1939). Of no width where both rates are 0 or 1: for
    /// comparison with older reports only.
    Wald,
}

words!(DifferenceMethod, "method of the interval of a difference", StatsError:
    MiettinenNurminen = "miettinen_nurminen",
    Newcombe = "newcombe",
    AgrestiCaffo = "agresti_caffo",
    Wald = "wald",
);

impl DifferenceMethod {
    /// Every method, the recommended one first.
    pub const ALL: [Self; 4] = [Self::MiettinenNurminen, Self::Newcombe, Self::AgrestiCaffo, Self::Wald];
}

/// Two counted rates beside each other, as of two periods, two audiences or the arms of a test.
///
/// # Examples
/// ```
/// use marketloop::stats::{DifferenceMethod, TwoProportions};
///
/// // 200 of 5,000 visitors bought in June, 300 of 8,000 in July: 4 % and 3.75 %.
/// let rates = TwoProportions::new((200, 5_000), (300, 8_000))?;
/// assert!((rates.difference() + 0.0025).abs() < 1e-15);
/// // Half of all such samples of one true rate differ by as much: nothing is known to have changed.
/// assert!((rates.p_value() - 0.4708).abs() < 1e-4);
/// let range = rates.interval(0.95, DifferenceMethod::MiettinenNurminen)?;
/// assert_eq!(format!("{:.4}..{:.4}", range.low(), range.high()), "-0.0095..0.0042");
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::TwoProportions;
/// let json = r#"{"first":[200,5000],"second":[300,8000]}"#;
/// let rates: TwoProportions = serde_json::from_str(json)?;
/// assert_eq!(serde_json::to_string(&rates)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "ab_test")]
#[doc(alias = "significance")]
#[doc(alias = "显著性")]
pub struct TwoProportions {
    // Successes and trials; trials are above 0 and successes no more than they.
    first: (u64, u64),
    second: (u64, u64),
}

serialize_fields!(TwoProportions { first: own, second: own });
from_wire!(TwoProportions);

/// The counts on the wire, not checked yet.
struct Wire {
    first: (u64, u64),
    second: (u64, u64),
}

deserialize_fields!("TwoProportions", Wire { first: own, second: own });

impl TryFrom<Wire> for TwoProportions {
    type Error = StatsError;

    fn try_from(Wire { first, second }: Wire) -> Result<Self, StatsError> {
        Self::new(first, second)
    }
}

impl TwoProportions {
    /// Two rates, each as successes and trials.
    ///
    /// # Errors
    /// [`StatsError::NoTrials`]; [`StatsError::MoreSuccessesThanTrials`].
    pub fn new(first: (u64, u64), second: (u64, u64)) -> Result<Self, StatsError> {
        for (successes, trials) in [first, second] {
            if trials == 0 {
                return Err(StatsError::NoTrials);
            }
            if successes > trials {
                return Err(StatsError::MoreSuccessesThanTrials { successes, trials });
            }
        }
        Ok(Self { first, second })
    }

    /// The first rate: its successes and trials.
    #[must_use]
    pub const fn first(&self) -> (u64, u64) {
        self.first
    }

    /// The second rate: its successes and trials.
    #[must_use]
    pub const fn second(&self) -> (u64, u64) {
        self.second
    }

    /// The second rate less the first.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "128 bits hold the product of two 64-bit counts")]
    pub fn difference(&self) -> f64 {
        // Over the common denominator, which holds the product of two 64-bit counts: equal rates differ by 0 exactly.
        let ((x1, n1), (x2, n2)) = self.wide();
        let (up, down) = (x2 * n1, x1 * n2);
        let size = wide_float(up.abs_diff(down)) / (wide_float(n1) * wide_float(n2));
        if up < down { -size } else { size }
    }

    /// How far the difference is from 0, in standard errors of a difference of equal rates.
    ///
    /// # Formula
    /// `(p2 - p1) / sqrt(p (1 - p) (1/n1 + 1/n2))` with the rate `p` of both together (K. Pearson, 1900: its square is
    /// the chi-squared statistic of the table, without correction); 0 where both rates are 0, or both 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::TwoProportions;
    ///
    /// let rates = TwoProportions::new((200, 5_000), (300, 8_000))?;
    /// assert!((rates.z() + 0.721110255).abs() < 1e-9);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "sums of 64-bit counts, no success more than its trials"
    )]
    pub fn z(&self) -> f64 {
        let ((x1, n1), (x2, n2)) = self.wide();
        let (successes, failures) = (x1 + x2, (n1 - x1) + (n2 - x2));
        if successes == 0 || failures == 0 {
            return 0.0;
        }
        let all = wide_float(n1 + n2);
        let spread = (wide_float(successes) / all) * (wide_float(failures) / all);
        self.difference() / libm::sqrt(spread * (1.0 / wide_float(n1) + 1.0 / wide_float(n2)))
    }

    /// The probability of a difference at least as large, either way, if the true rates are equal.
    ///
    /// Small does not mean large: a difference of no interest has a small one, too, when it was counted often enough.
    /// Below some ten successes or failures on a side the normal distribution is a rough guide.
    ///
    /// # Formula
    /// `2 Φ(-|z|)` of [`z`](Self::z).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::TwoProportions;
    ///
    /// // 5 % against 4 % of 10,000 each.
    /// let rates = TwoProportions::new((400, 10_000), (500, 10_000))?;
    /// assert!(rates.p_value() < 0.001);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn p_value(&self) -> f64 {
        2.0 * cdf(-self.z().abs())
    }

    /// Whether the difference is more than chance explains at this level of confidence, such as 0.95: its
    /// [`p_value`](Self::p_value) is at most one less the level.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`] and [`StatsError::OutOfRange`] unless `0 < level < 1`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::TwoProportions;
    ///
    /// // 4 of 100 paid in one step, 6 of 100 in the other: no bottleneck can be told from that.
    /// assert!(!TwoProportions::new((4, 100), (6, 100))?.is_distinguishable(0.95)?);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn is_distinguishable(&self, level: f64) -> Result<bool, StatsError> {
        Ok(self.p_value() <= 1.0 - inner_probability("level", level)?)
    }

    /// The interval in which the true difference lies with confidence `level`, within -1..=1.
    ///
    /// # Formula
    /// With `d = p2 - p1`, `q = 1 - p` and `z` the normal quantile of `1 - (1 - level)/2`:
    ///
    /// | method | ends |
    /// | --- | --- |
    /// | Miettinen-Nurminen | the `δ` with `(d - δ)^2 = z^2 V`, `V = (p1' q1'/n1 + p2' q2'/n2) N/(N-1)`, `N = n1 + n2`, where `p1'`, `p2'` are most likely under `p2' - p1' = δ` |
    /// | Newcombe | `d - sqrt((p2-l2)^2 + (u1-p1)^2)`, `d + sqrt((u2-p2)^2 + (p1-l1)^2)` with the Wilson intervals `l..u` |
    /// | Agresti-Caffo | Wald's of `x + 1` of `n + 2` |
    /// | Wald | `d ± z sqrt(p1 q1/n1 + p2 q2/n2)` |
    ///
    /// The share of samples whose interval holds the true difference is within a point of 95 % from so many expected
    /// successes and failures in each sample: Miettinen and Nurminen's 5, Newcombe's 15, Agresti and Caffo's and Wald's 20.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`] and [`StatsError::OutOfRange`] unless `0 < level < 1`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{DifferenceMethod, TwoProportions};
    ///
    /// // Nobody bought on either side, and yet the rates may differ by some points.
    /// let none = TwoProportions::new((0, 50), (0, 50))?;
    /// let range = none.interval(0.95, DifferenceMethod::MiettinenNurminen)?;
    /// assert!((range.low() + 0.0718).abs() < 1e-3 && (range.high() - 0.0718).abs() < 1e-3);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn interval(&self, level: f64, method: DifferenceMethod) -> Result<Interval<f64>, StatsError> {
        let tail = (1.0 - inner_probability("level", level)?) / 2.0;
        let z = || normal_quantile(tail).map(|quantile| -quantile);
        let d = self.difference();
        let (low, high) = match method {
            DifferenceMethod::MiettinenNurminen => self.score_limits(z()?),
            DifferenceMethod::Newcombe => {
                let wilson = |(x, n): (u64, u64)| interval(x, n, level, IntervalMethod::Wilson);
                let (first, second) = (wilson(self.first)?, wilson(self.second)?);
                let (p1, p2) = (rate(self.first), rate(self.second));
                let half = |a: f64, b: f64| libm::hypot(a, b);
                (
                    d - half(p2 - second.low(), first.high() - p1),
                    d + half(second.high() - p2, p1 - first.low()),
                )
            }
            DifferenceMethod::AgrestiCaffo => {
                let more = |(x, n): (u64, u64)| (float(x) + 1.0, float(n) + 2.0);
                wald(more(self.first), more(self.second), z()?)
            }
            DifferenceMethod::Wald => {
                let same = |(x, n): (u64, u64)| (float(x), float(n));
                wald(same(self.first), same(self.second), z()?)
            }
        };
        let (low, high) = (low.clamp(-1.0, 1.0), high.clamp(-1.0, 1.0));
        Ok(Interval::new(low.min(high), high.max(low))?)
    }

    fn wide(&self) -> ((u128, u128), (u128, u128)) {
        let wide = |(x, n): (u64, u64)| (u128::from(x), u128::from(n));
        (wide(self.first), wide(self.second))
    }

    /// The ends of the score interval, each by bisection: the statistic falls from one end of -1..=1 to the other.
    fn score_limits(&self, z: f64) -> (f64, f64) {
        let d = self.difference();
        let end = |outside: f64, within: f64, is_beyond: &dyn Fn(f64) -> bool| {
            let (mut outside, mut within) = (outside, within);
            // Halved until the floats between the two ends are used up; -1 and 1 themselves may be the end.
            loop {
                let middle = f64::midpoint(outside, within);
                if middle <= outside.min(within) || middle >= outside.max(within) {
                    return within;
                }
                if is_beyond(self.score(middle)) { outside = middle } else { within = middle }
            }
        };
        (end(-1.0, d, &|score| score > z), end(1.0, d, &|score| score < -z))
    }

    /// The score statistic of the difference `delta`.
    fn score(&self, delta: f64) -> f64 {
        let off = self.difference() - delta;
        let (n1, n2) = (float(self.first.1), float(self.second.1));
        let p1 = self.restricted(delta);
        let p2 = (p1 + delta).clamp(0.0, 1.0);
        let all = n1 + n2;
        let variance = (p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2) * (all / (all - 1.0));
        // Without variance every other difference is impossible.
        if variance > 0.0 { off / libm::sqrt(variance) } else { off * f64::INFINITY }
    }

    /// The first rate that makes the counts most likely where the second is `delta` above it: the root of the falling
    /// derivative of the likelihood, by bisection. The closed form by a cosine (1985) lost: it has half the digits
    /// where its cubic has two roots close together.
    #[expect(clippy::arithmetic_side_effects, reason = "no more successes than trials")]
    fn restricted(&self, delta: f64) -> f64 {
        let (x1, y1) = (float(self.first.0), float(self.first.1 - self.first.0));
        let (x2, y2) = (float(self.second.0), float(self.second.1 - self.second.0));
        // A count of 0 has no part in the likelihood, also where its rate is 0.
        let part = |count: f64, rate: f64| if count > 0.0 { count / rate } else { 0.0 };
        let rises = |p: f64| {
            let other = p + delta;
            part(x1, p) + part(x2, other) > part(y1, 1.0 - p) + part(y2, 1.0 - other)
        };
        let (mut low, mut high) = ((-delta).max(0.0), (1.0 - delta).min(1.0));
        // At an end of the range first: from inside, halving would end there after a thousand steps only.
        if !rises(low) {
            return low;
        }
        if rises(high) {
            return high;
        }
        loop {
            let p = f64::midpoint(low, high);
            if p <= low || p >= high {
                return p;
            }
            if rises(p) { low = p } else { high = p }
        }
    }
}

fn wald((x1, n1): (f64, f64), (x2, n2): (f64, f64), z: f64) -> (f64, f64) {
    let (p1, p2) = (x1 / n1, x2 / n2);
    let half = z * libm::sqrt(p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2);
    (p2 - p1 - half, p2 - p1 + half)
}

fn rate((successes, trials): (u64, u64)) -> f64 {
    float(successes) / float(trials)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_and_level_has_an_interval() {
        for counts in [(0, 1), (1, 1), (0, 7), (3, 7), (7, 7), (1, u64::MAX), (u64::MAX, u64::MAX)] {
            for others in [(0, 1), (1, 2), (5, 5), (u64::MAX / 2, u64::MAX)] {
                let rates = TwoProportions::new(counts, others).unwrap();
                assert!(rates.z().is_finite() && (0.0..=1.0).contains(&rates.p_value()), "{rates:?}");
                for level in [1e-9, 0.5, 0.95, 1.0 - 1e-12] {
                    for method in DifferenceMethod::ALL {
                        let range = rates.interval(level, method).unwrap();
                        assert!(range.low() >= -1.0 && range.high() <= 1.0, "{rates:?} {method}: {range:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn swapping_the_rates_turns_the_difference_round() {
        let (one, two) = ((7, 50), (12, 41));
        let (there, back) = (TwoProportions::new(one, two).unwrap(), TwoProportions::new(two, one).unwrap());
        assert_eq!(there.difference().to_bits(), (-back.difference()).to_bits());
        assert_eq!(there.p_value().to_bits(), back.p_value().to_bits());
        for method in DifferenceMethod::ALL {
            let (there, back) = (there.interval(0.9, method).unwrap(), back.interval(0.9, method).unwrap());
            assert!((there.low() + back.high()).abs() < 1e-14 && (there.high() + back.low()).abs() < 1e-14);
        }
    }

    #[test]
    fn what_is_no_rate_and_no_level_is_refused() {
        assert_eq!(TwoProportions::new((0, 0), (1, 2)), Err(StatsError::NoTrials));
        let error = TwoProportions::new((1, 2), (3, 2)).unwrap_err();
        assert_eq!(error, StatsError::MoreSuccessesThanTrials { successes: 3, trials: 2 });
        let rates = TwoProportions::new((1, 2), (1, 2)).unwrap();
        for level in [0.0, 1.0, 95.0, f64::NAN] {
            assert!(rates.interval(level, DifferenceMethod::Wald).is_err());
            assert!(rates.is_distinguishable(level).is_err());
        }
    }
}
