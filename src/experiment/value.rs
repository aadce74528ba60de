//! What a test is worth, and what it costs: against shipping at once, and against never.

use crate::figure::from_wire;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use crate::stats::{StatsError, normal_cdf, normal_density};
use serde::Deserialize;

/// What a test of a new arm against the old one is worth before it begins, by how many units it has.
///
/// All values are in one unit, such as CNY per unit. Taken for granted: how much the new arm is better per unit is normal
/// with the prior's mean and standard deviation (as past tests of that kind show); the mean difference in the test
/// is normal around it, with the variance per unit known; after the test, all other units of the population get the
/// arm whose posterior mean is higher. There is one look, at the end.
///
/// # Formula
/// `n` of `N` units are in the test, the share `w` of them in the new arm. With the prior `m`, `s`, the posterior mean is
/// itself normal around `m` before the test, with the standard deviation `s*`: `s*^2 = s^4 / (s^2 + e^2)`,
/// `e^2 = variance / n (1/w + 1/(1 - w))`. To decide by it is worth `s* L(|m| / s*)` per unit more than to decide now, with
/// `L(u) = density(u) - u P(Z > u)` (R. Schlaifer, 1959; H. Raiffa and R. Schlaifer, Applied Statistical Decision
/// Theory, 1961: the expected value of sample information).
///
/// | case | answer |
/// | --- | --- |
/// | a test that costs more than it is worth at any size | [`best`](Self::best) is 0 units |
/// | a prior without spread: nothing can be learnt | information of 0 |
/// | units that do not vary | one unit tells all |
///
/// # Examples
/// ```
/// use marketloop::experiment::TestValue;
///
/// // 100,000 visitors until the season ends, an order value per visitor with a standard deviation of 12 CNY. Past new pages
/// // changed it by -0.05 CNY in the mean, give or take 0.40.
/// let test = TestValue::new((-0.05, 0.40), 144.0, 100_000.0)?.with_fixed_cost(1_000.0)?;
/// let (units, net) = test.best()?;
/// assert_eq!((units, net.round()), (10_865, 8_955.0));
/// // What the visitors of the worse arm lose meanwhile, and what a perfect test would be worth.
/// assert_eq!(test.expected_loss(10_865.0)?.round(), 1_747.0);
/// assert_eq!(test.perfect_information()?.round(), 13_582.0);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::experiment::TestValue;
/// let json = r#"{"mean":"-0.05","deviation":"0.4","variance":"144","population":"100000","share":"0.5","unit_cost":"0","fixed_cost":"1000"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<TestValue>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "value_of_information")]
#[doc(alias = "evsi")]
pub struct TestValue {
    // Within 1e15 in size.
    mean: f64,
    // 0, or within 1e-15..=1e15.
    deviation: f64,
    // 0, or within 1e-30..=1e30.
    variance: f64,
    // Within 1..=1e15.
    population: f64,
    // Within 1e-6..=1 - 1e-6.
    share: f64,
    // Both within 0..=1e15.
    unit_cost: f64,
    fixed_cost: f64,
}

serialize_fields!(TestValue {
    mean: own,
    deviation: own,
    variance: own,
    population: own,
    share: own,
    unit_cost: own,
    fixed_cost: own,
});
from_wire!(TestValue);

/// The figures on the wire, not checked yet.
struct Wire {
    mean: f64,
    deviation: f64,
    variance: f64,
    population: f64,
    share: f64,
    unit_cost: f64,
    fixed_cost: f64,
}

deserialize_fields!(
    "TestValue",
    Wire {
        mean: own,
        deviation: own,
        variance: own,
        population: own,
        share: own,
        unit_cost: own,
        fixed_cost: own,
    }
);

impl TryFrom<Wire> for TestValue {
    type Error = StatsError;

    fn try_from(wire: Wire) -> Result<Self, StatsError> {
        Self::new((wire.mean, wire.deviation), wire.variance, wire.population)?
            .with_share(wire.share)?
            .with_unit_cost(wire.unit_cost)?
            .with_fixed_cost(wire.fixed_cost)
    }
}

/// Halvings after which an interval of floats is two neighbours, or so near 0 that no unit is in it.
const HALVINGS: u32 = 200;

impl TestValue {
    /// A test with half of its units in each arm, that costs nothing but what its worse arm loses.
    ///
    /// `prior` is the mean and the standard deviation of how much the new arm is better per unit, `variance` that of
    /// the value from unit to unit within an arm, `population` how many units there are, within the test and after it,
    /// until the decision is overtaken.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for a mean beyond 1e15, a standard deviation that is not 0 nor
    /// within 1e-15..=1e15, a variance that is not 0 nor within 1e-30..=1e30, a population outside 1..=1e15.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TestValue;
    ///
    /// assert!(TestValue::new((0.0, 0.4), 144.0, 100_000.0).is_ok());
    /// assert!(TestValue::new((0.0, -0.4), 144.0, 100_000.0).is_err());
    /// ```
    pub fn new(prior: (f64, f64), variance: f64, population: f64) -> Result<Self, StatsError> {
        let (mean, deviation) = prior;
        within("mean", mean, (-1e15, 1e15), "-1e15..=1e15")?;
        if deviation != 0.0 {
            within("standard deviation", deviation, (1e-15, 1e15), "0 and 1e-15..=1e15")?;
        }
        if variance != 0.0 {
            within("variance", variance, (1e-30, 1e30), "0 and 1e-30..=1e30")?;
        }
        within("population", population, (1.0, 1e15), "1..=1e15")?;
        let deviation = deviation.abs();
        Ok(Self { mean, deviation, variance, population, share: 0.5, unit_cost: 0.0, fixed_cost: 0.0 })
    }

    /// The share of the test's units that are in the new arm.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] outside 1e-6..=1 - 1e-6.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TestValue;
    ///
    /// // A new arm that is likely worse loses less on a tenth of the units, and tells less.
    /// let even = TestValue::new((-0.2, 0.3), 144.0, 100_000.0)?;
    /// let tenth = even.with_share(0.1)?;
    /// assert!(tenth.expected_loss(5_000.0)? < even.expected_loss(5_000.0)?);
    /// assert!(tenth.information(5_000.0)? < even.information(5_000.0)?);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn with_share(self, share: f64) -> Result<Self, StatsError> {
        within("share", share, (1e-6, 1.0 - 1e-6), "1e-6..=1 - 1e-6")?;
        Ok(Self { share, ..self })
    }

    /// What each unit in the test costs beside what its arm is worth.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] outside 0..=1e15.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TestValue;
    ///
    /// // Each unit of the test gets a coupon of 5 CNY: only some hundreds of units are worth it.
    /// let test = TestValue::new((0.0, 0.4), 144.0, 100_000.0)?.with_unit_cost(5.0)?;
    /// assert_eq!(test.best()?.0, 473);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn with_unit_cost(self, cost: f64) -> Result<Self, StatsError> {
        within("unit cost", cost, (0.0, 1e15), "0..=1e15")?;
        Ok(Self { unit_cost: cost, ..self })
    }

    /// What the test costs whatever its size: to make the new arm testable, to count and to decide.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] outside 0..=1e15.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TestValue;
    ///
    /// let test = TestValue::new((0.0, 0.4), 144.0, 100_000.0)?;
    /// assert_eq!(test.with_fixed_cost(1e6)?.best()?, (0, 0.0));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn with_fixed_cost(self, cost: f64) -> Result<Self, StatsError> {
        within("fixed cost", cost, (0.0, 1e15), "0..=1e15")?;
        Ok(Self { fixed_cost: cost, ..self })
    }

    /// How many units there are, within the test and after it.
    #[must_use]
    pub const fn population(&self) -> f64 {
        self.population
    }

    /// What the units of a test lose that are in the worse arm, whichever that is: the price of finding out.
    ///
    /// # Formula
    /// `n ((1 - w) E max(d, 0) + w E max(-d, 0))` over the prior.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for units outside 0..=population.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TestValue;
    ///
    /// // Certainly better by 2 CNY: half of 100 units go without.
    /// assert_eq!(TestValue::new((2.0, 0.0), 144.0, 1_000.0)?.expected_loss(100.0)?, 100.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn expected_loss(&self, units: f64) -> Result<f64, StatsError> {
        self.checked(units)?;
        let beside = unit_loss(self.mean, self.deviation)?;
        let (better, worse) = (self.mean.max(0.0) + beside, (-self.mean).max(0.0) + beside);
        Ok(units * ((1.0 - self.share) * better + self.share * worse))
    }

    /// What all units outside the test gain by a decision after it, beside a decision now: the expected value of sample
    /// information.
    ///
    /// # Formula
    /// `(N - n) s* L(|m| / s*)`.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for units outside 0..=population.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TestValue;
    ///
    /// let test = TestValue::new((0.0, 1.0), 1.0, 1_000.0)?;
    /// // Nothing is known without units, and nobody is left when all were in the test.
    /// assert_eq!((test.information(0.0)?, test.information(1_000.0)?), (0.0, 0.0));
    /// // 40 units: s* is sqrt(10/11), and L(0) the density at 0.
    /// assert!((test.information(40.0)? - 960.0 * (10.0_f64 / 11.0).sqrt() * 0.3989422804014327).abs() < 1e-9);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn information(&self, units: f64) -> Result<f64, StatsError> {
        self.checked(units)?;
        Ok((self.population - units) * self.per_unit(units)?)
    }

    /// What a test that tells everything at once, on nobody, would be worth: no test is worth more.
    ///
    /// # Formula
    /// `N s L(|m| / s)`.
    ///
    /// # Errors
    /// None of a checked value.
    pub fn perfect_information(&self) -> Result<f64, StatsError> {
        Ok(self.population * unit_loss(self.mean, self.deviation)?)
    }

    /// What a test of so many units is worth beside the better of shipping now and never, after all its costs. Below 0 a
    /// test loses. 0 units are no test, and cost nothing.
    ///
    /// # Formula
    /// `(N - n) s* L(|m| / s*) - n (max(m, 0) - w m + unit cost) - fixed cost`.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for units outside 0..=population.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TestValue;
    ///
    /// // Certainly better: a test only delays it.
    /// let certain = TestValue::new((2.0, 0.0), 144.0, 1_000.0)?;
    /// assert_eq!(certain.net(100.0)?, -100.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn net(&self, units: f64) -> Result<f64, StatsError> {
        let information = self.information(units)?;
        Ok(if units > 0.0 { information - units * self.running_cost() - self.fixed_cost } else { 0.0 })
    }

    /// What a test of so many units is worth beside shipping the new arm to all now.
    ///
    /// # Errors
    /// As [`net`](Self::net).
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TestValue;
    ///
    /// // Likely worse: to ship it blind would lose 300 CNY, which no test at all avoids too.
    /// let test = TestValue::new((-0.3, 0.1), 144.0, 1_000.0)?;
    /// assert_eq!((test.over_shipping(0.0)?, test.over_never(0.0)?), (300.0, 0.0));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn over_shipping(&self, units: f64) -> Result<f64, StatsError> {
        Ok(self.net(units)? + self.population * (-self.mean).max(0.0))
    }

    /// What a test of so many units is worth beside keeping the old arm for all.
    ///
    /// # Errors
    /// As [`net`](Self::net).
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TestValue;
    ///
    /// let test = TestValue::new((0.3, 0.1), 144.0, 1_000.0)?;
    /// assert_eq!(test.over_never(0.0)?, 300.0); // shipped blind
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn over_never(&self, units: f64) -> Result<f64, StatsError> {
        Ok(self.net(units)? + self.population * self.mean.max(0.0))
    }

    /// The whole number of units with the highest [`net`](Self::net) value, and that value; 0 units where no test pays.
    ///
    /// It is the highest of all: the net value has one peak at most (for `n > 0`, and the proof stands in the code), so that
    /// halving finds it.
    ///
    /// # Errors
    /// None of a checked value.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TestValue;
    ///
    /// let (units, net) = TestValue::new((0.0, 1.0), 100.0, 10_000.0)?.best()?;
    /// assert_eq!((units, net.round()), (1_146, 3_041.0));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number of units within the population, which is at most 1e15"
    )]
    pub fn best(&self) -> Result<(u64, f64), StatsError> {
        let peak = libm::floor(self.peak()?);
        let mut best = (0, 0.0);
        // Beside the peak of real numbers; and one unit, where the least test tells all.
        for units in [1.0, peak, peak + 1.0] {
            if (1.0..=self.population).contains(&units) {
                let net = self.net(units)?;
                if net > best.1 {
                    best = (units as u64, net);
                }
            }
        }
        Ok(best)
    }

    /// Where the net value of real units has its peak; 0 where it falls throughout.
    ///
    /// With `a = e^2 n / s^2` and `E(n) = s* L(|m|/s*)`, the slope of the net value is `g = (N - n) E' - E - k`, where
    /// `E' = density(m/s*) s a / (2 sqrt(n) (n + a)^(3/2))` and `k` is what a unit in the test costs.
    ///
    /// 1. `r = (ln E')' = q/n^2 - 1/(2n) - 3/(2(n + a))`, `q = m^2 a / (2 s^2)`. Where `r <= 0`, `g' = E' ((N - n) r - 2)` is
    ///    below 0.
    /// 2. Where `r > 0`, `r` falls: `q/n > 1/2 + 3n/(2(n + a))`, so that `2q/n^3` is above `1/(2 n^2) + 3/(2 (n + a)^2)`.
    ///    Then `(N - n) r` falls as well, as a product of two positive factors that fall.
    /// 3. So `g'` is above 0 up to one point and below 0 behind it: `g` rises, then falls. It is below 0 at `N`. If it is
    ///    above 0 at its top, its one zero behind the top is the one peak of the net value; else that falls throughout.
    fn peak(&self) -> Result<f64, StatsError> {
        if self.deviation <= 0.0 || self.variance <= 0.0 {
            return Ok(0.0);
        }
        let a = self.error_of_one() / (self.deviation * self.deviation);
        let q = self.mean * self.mean / (self.deviation * self.deviation) * a / 2.0;
        let rises = |n: f64| {
            let r = q / (n * n) - 0.5 / n - 1.5 / (n + a);
            Ok((self.population - n) * r > 2.0)
        };
        let top = if q > 0.0 { last_of(0.0, self.population, rises)? } else { 0.0 };
        let grows = |n: f64| {
            let spread = self.spread(n);
            let steep = normal_density((self.mean / spread).clamp(-1e9, 1e9))? * self.deviation * a
                / (2.0 * libm::sqrt(n) * (n + a) * libm::sqrt(n + a));
            Ok((self.population - n) * steep > self.per_unit(n)? + self.running_cost())
        };
        if top > 0.0 && !grows(top)? {
            return Ok(0.0);
        }
        last_of(top, self.population, grows)
    }

    /// What a unit in the test costs beside the better arm by the prior.
    fn running_cost(&self) -> f64 {
        self.mean.max(0.0) - self.share * self.mean + self.unit_cost
    }

    /// The variance of the difference in a test of one unit.
    fn error_of_one(&self) -> f64 {
        self.variance * (1.0 / self.share + 1.0 / (1.0 - self.share))
    }

    /// The standard deviation of the posterior mean before the test.
    fn spread(&self, units: f64) -> f64 {
        if units <= 0.0 || self.deviation <= 0.0 {
            return 0.0;
        }
        let a = self.error_of_one() / (self.deviation * self.deviation);
        self.deviation * libm::sqrt(units / (units + a))
    }

    fn per_unit(&self, units: f64) -> Result<f64, StatsError> {
        unit_loss(self.mean, self.spread(units))
    }

    fn checked(&self, units: f64) -> Result<(), StatsError> {
        within("units", units, (0.0, self.population), "0..=population")
    }
}

/// `s L(|m| / s)`: what perfect knowledge of a normal variable is worth where the choice is it or 0.
fn unit_loss(mean: f64, deviation: f64) -> Result<f64, StatsError> {
    if deviation <= 0.0 {
        return Ok(0.0);
    }
    // Beyond 50 the normal tails are 0 as floats.
    let u = (mean.abs() / deviation).min(50.0);
    Ok((deviation * (normal_density(u)? - u * normal_cdf(-u)?)).max(0.0))
}

/// The last number between `low` and `high` for which `holds`, where it holds up to one number and not behind it.
fn last_of(low: f64, high: f64, holds: impl Fn(f64) -> Result<bool, StatsError>) -> Result<f64, StatsError> {
    let (mut low, mut high) = (low, high);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle)? {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn within(name: &'static str, value: f64, range: (f64, f64), said: &'static str) -> Result<(), StatsError> {
    if !value.is_finite() {
        return Err(StatsError::NotFinite { name, value });
    }
    if (range.0..=range.1).contains(&value) {
        Ok(())
    } else {
        Err(StatsError::OutOfRange { name, value, range: said })
    }
}
