//! A target on a rate, judged by a sample: whether the sample is large enough to tell.

use super::{ActualValue, Goal, Target};
use crate::figure::{Cell, Interval, Table};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Ratio, Unit};
use crate::stats::{IntervalMethod, StatsError, interval};
use alloc::string::ToString;
use core::fmt;
use rust_decimal::Decimal;

/// What a sample says of a target on a rate: the rate that was counted, how far it may be from the true one, and whether
/// that is enough to say on which side of the target the true one lies.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SampleVerdict {
    /// How many of the sample did what is counted.
    pub successes: u64,
    /// How many there were.
    pub trials: u64,
    /// The rate that was counted, exactly, in the target's unit.
    pub actual: ActualValue,
    /// Whether that rate meets the target.
    pub is_met: bool,
    /// Where the true rate lies with the confidence asked for, in the target's unit.
    pub interval: Interval<f64>,
    /// Whether the interval lies on one side of the target: another sample would hardly judge otherwise.
    pub is_distinguishable: bool,
}

serialize_fields!(SampleVerdict {
    successes: own,
    trials: own,
    actual,
    is_met,
    interval,
    is_distinguishable,
});

impl Target {
    /// Judges a target on a rate by a sample, `successes` of `trials`, with the confidence `level`, such as 0.95.
    ///
    /// A rate of a sample meets or misses a target by chance, too. Where the interval of the rate holds the target (of a
    /// range, one of its ends), the sample does not tell on which side the true rate lies.
    ///
    /// # Formula
    /// The interval is Wilson's (E. B. Wilson, 1927): it holds the target where the score test of the rate does not reject
    /// it.
    ///
    /// # Errors
    /// [`StatsError::NoTrials`]; [`StatsError::MoreSuccessesThanTrials`]; [`StatsError::NotFinite`] and
    /// [`StatsError::OutOfRange`] unless `0 < level < 1`; [`StatsError::NotAShare`] where the target's unit is no part of
    /// a whole (`%`, `‰`, `1`).
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::Target;
    ///
    /// let target: Target = "at least 4 %".parse()?;
    /// // 152 of 4,016 clicks ordered.
    /// let week = target.judged_by_sample(152, 4_016, 0.95)?;
    /// assert!(!week.is_met && !week.is_distinguishable); // missed, and nobody knows whether by chance
    /// assert_eq!(
    ///     week.to_string(),
    ///     "152 of 4,016, ~3.7849 %, between 3.24 and 4.42 %: missed, not distinguishable from the target"
    /// );
    /// // The same rate of ten times as many is a miss.
    /// assert!(target.judged_by_sample(1_520, 40_160, 0.95)?.is_distinguishable);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias("significance", "显著性"))]
    pub fn judged_by_sample(
        &self,
        successes: u64,
        trials: u64,
        level: f64,
    ) -> Result<SampleVerdict, StatsError> {
        let found = interval(successes, trials, level, IntervalMethod::Wilson)?;
        // The unit is all that can be wrong here: 128 bits hold the quotient of two counts.
        let rate = Ratio::new(successes.into(), trials.into()).ok();
        let rate = rate.and_then(|rate| ActualValue::new(rate, Unit::ONE).value_in(self.unit()).ok());
        let rate = rate.ok_or_else(|| StatsError::NotAShare { unit: self.unit().clone() })?;
        let scale = libm::pow(10.0, -f64::from(self.unit().power_of_ten()));
        let interval = Interval::new(found.low() * scale, found.high() * scale)?;
        let holds = |end: Decimal| interval.contains(&Ratio::from(end).to_f64());
        let is_distinguishable = match self.goal() {
            Goal::AtLeast(end) | Goal::AtMost(end, _) => !holds(end),
            Goal::Between { low, high, .. } => !holds(low) && !holds(high),
        };
        let (actual, is_met) = (ActualValue::new(rate, self.unit().clone()), self.is_met(rate));
        Ok(SampleVerdict { successes, trials, actual, is_met, interval, is_distinguishable })
    }
}

impl SampleVerdict {
    /// The verdict in words: `missed, not distinguishable from the target`.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match (self.is_met, self.is_distinguishable) {
            (true, true) => "met",
            (true, false) => "met, not distinguishable from the target",
            (false, true) => "missed",
            (false, false) => "missed, not distinguishable from the target",
        }
    }

    /// The verdicts of several rates as rows: successes, trials, the rate, the ends of its interval, and the verdict.
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::{SampleVerdict, Target};
    ///
    /// let target: Target = "at least 4 %".parse()?;
    /// let search = target.judged_by_sample(200, 5_000, 0.95)?;
    /// let table = SampleVerdict::table([("search", &search)]);
    /// assert_eq!(table.get("search", "rate").unwrap().value.as_deref(), Some("4"));
    /// assert_eq!(table.get("search", "verdict").unwrap().value.as_deref(), Some("met, not distinguishable from the target"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table<'v, N: fmt::Display>(verdicts: impl IntoIterator<Item = (N, &'v Self)>) -> Table {
        let mut table = Table::new("rate");
        for (name, own) in verdicts {
            let end = |end: f64| Cell::new(format_args!("{end:.4}"), own.actual.unit().to_string());
            table.push(&name, "successes", Cell::new(own.successes, "1"));
            table.push(&name, "trials", Cell::new(own.trials, "1"));
            table.push(&name, "rate", &own.actual);
            table.push(&name, "from", end(own.interval.low()));
            table.push(&name, "to", end(own.interval.high()));
            table.push(&name, "verdict", own.words());
        }
        table
    }
}

impl fmt::Display for SampleVerdict {
    /// `152 of 4,016, ~3.7849 %, between 3.24 and 4.42 %: missed, not distinguishable from the target`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { successes, trials, actual, interval, .. } = self;
        let count = |count: u64| crate::quantity::Count::from(count);
        write!(f, "{:#} of {:#}, {actual:#}, between ", count(*successes), count(*trials))?;
        write!(f, "{:.2} and {:.2}", interval.low(), interval.high())?;
        if *actual.unit() != Unit::ONE {
            write!(f, " {}", actual.unit())?;
        }
        write!(f, ": {}", self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(target: &str, successes: u64, trials: u64) -> SampleVerdict {
        target.parse::<Target>().unwrap().judged_by_sample(successes, trials, 0.95).unwrap()
    }

    /// By hand: p = 152/4016, z^2 = 3.841459, centre (p + z^2/8032) / (1 + z^2/4016) = 3.82900 %, half width
    /// z sqrt(p q/4016 + z^2/(4 4016^2)) / (1 + z^2/4016) = 0.59157 percentage points.
    #[test]
    fn a_sample_tells_a_miss_from_chance_or_does_not() {
        let week = judged("at least 4 %", 152, 4_016);
        let ends = (week.interval.low(), week.interval.high());
        assert!((ends.0 - 3.237_43).abs() < 1e-4 && (ends.1 - 4.420_57).abs() < 1e-4, "{ends:?}");
        assert_eq!((week.is_met, week.is_distinguishable), (false, false));
        // As a plain number, and the other way round.
        let plain = judged("at most 0.04, linear", 152, 4_016);
        assert!((plain.interval.low() * 100.0 - ends.0).abs() < 1e-12);
        assert_eq!((plain.is_met, plain.is_distinguishable), (true, false));
        assert_eq!(judged("at least 3.2 %", 152, 4_016).words(), "met");
        assert_eq!(judged("at least 4.5 %", 152, 4_016).words(), "missed");
    }

    #[test]
    fn a_range_is_told_by_both_ends() {
        for (range, words) in [
            ("between 3 and 5 %, linear", "met"),
            ("between 3.5 and 5 %, linear", "met, not distinguishable from the target"),
            ("between 3 and 4 %, linear", "met, not distinguishable from the target"),
            ("between 4 and 5 %, linear", "missed, not distinguishable from the target"),
            ("between 5 and 6 %, linear", "missed"),
        ] {
            assert_eq!(judged(range, 152, 4_016).words(), words, "{range}");
        }
    }

    #[test]
    fn what_is_no_sample_or_no_rate_is_refused() {
        let target: Target = "at least 4 %".parse().unwrap();
        for (successes, trials, level) in
            [(0, 0, 0.95), (2, 1, 0.95), (1, 2, 0.0), (1, 2, 1.0), (1, 2, f64::NAN)]
        {
            let refused = target.judged_by_sample(successes, trials, level);
            assert!(refused.is_err(), "{successes} {trials} {level}");
        }
        let money: Target = "at least 4 CNY".parse().unwrap();
        let text = "a rate of a sample is a part of a whole, and not in CNY";
        assert_eq!(alloc::format!("{}", money.judged_by_sample(1, 2, 0.95).unwrap_err()), text);
    }
}
