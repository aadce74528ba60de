//! The bottleneck of a funnel by one of four rules, which can disagree.

use super::counts::Transition;
use super::scenario::checked_rate;
use super::{Funnel, FunnelError};
use crate::quantity::wire::wire_variants;
use crate::quantity::{Count, Ratio};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// The rule that decides which step is the bottleneck. At a tie the earlier step is.
///
/// Raising the rate of any one step by the same factor raises the last count by that factor, whichever step it is, so
/// that such a lift cannot tell steps apart. The two rules that ask what a step could gain therefore take a benchmark
/// rate for each transition.
///
/// As JSON `"lowest_rate"`, `{"largest_gain":["0.7","0.3"]}`.
///
/// ```
/// # use marketloop::funnel::BottleneckRule;
/// let json = r#"{"worst_against":["1/2","1/2"]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<BottleneckRule>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BottleneckRule {
    /// The step with the lowest rate. Steps without a rate, because nobody reached the step before, are skipped.
    LowestRate,
    /// The step that loses the most users.
    LargestDrop,
    /// The step that would add the most to the last count if only its rate rose to its benchmark.
    LargestGain(Vec<Ratio>),
    /// The step whose rate lies furthest below its benchmark, in percentage points.
    WorstAgainst(Vec<Ratio>),
}

wire_variants!(BottleneckRule {
    "lowest_rate" => LowestRate,
    "largest_drop" => LargestDrop,
    "largest_gain" => LargestGain(_),
    "worst_against" => WorstAgainst(_),
});

/// The figure with two decimals, or with more where two would show 0.
fn decimals(ratio: Ratio) -> String {
    use alloc::string::ToString;
    let rounded = ratio.round_beside(Ratio::ZERO, (2, crate::quantity::Rounding::HalfEven));
    rounded.map_or_else(|_| ratio.to_string(), |value| value.normalize().to_string())
}

/// The bottleneck of a funnel: a step, and the figure that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[doc(alias = "瓶颈")]
pub struct Bottleneck {
    step: String,
    rule: BottleneckRule,
    figure: Ratio,
}

impl Bottleneck {
    /// The name of the step.
    #[must_use]
    pub fn step(&self) -> &str {
        &self.step
    }

    /// The rule that found it.
    #[must_use]
    pub const fn rule(&self) -> &BottleneckRule {
        &self.rule
    }

    /// The figure that decided: the rate, the number lost, the number gained, or the benchmark less the rate.
    #[must_use]
    pub const fn figure(&self) -> Ratio {
        self.figure
    }
}

impl fmt::Display for Bottleneck {
    /// `payment: the lowest rate, 4%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figure = self.figure;
        write!(f, "{}: ", self.step)?;
        match self.rule {
            BottleneckRule::LowestRate => write!(f, "the lowest rate, {}", figure.to_percent()),
            BottleneckRule::LargestDrop => write!(f, "the largest drop, {figure}"),
            BottleneckRule::LargestGain(_) => write!(f, "the largest gain, {}", decimals(figure)),
            BottleneckRule::WorstAgainst(_) => write!(f, "{} below its benchmark", figure.to_points()),
        }
    }
}

impl Funnel {
    /// The bottleneck of the funnel by `rule`.
    ///
    /// # Formula
    /// With the counts `n_i`, the rates `r_i`, the benchmarks `b_i` and the last count `n`: the lowest rate is the
    /// minimum of `r_i`; the largest drop the maximum of `n_(i-1) - n_i`; the largest gain the maximum of
    /// `n (b_i / r_i - 1)`, the [gain](super::FunnelScenario::gain) of [`what_if`](Self::what_if); the worst against
    /// its benchmark the maximum of `b_i - r_i`.
    ///
    /// # Errors
    /// [`FunnelError::NoBottleneck`] where no step has a rate, or none lies below its benchmark;
    /// [`FunnelError::BenchmarkCount`]; [`FunnelError::RateOutOfRange`] for a benchmark outside 0..=1;
    /// [`FunnelError::Undefined`] by gain where a later step has no rate, because nobody reached the step before it;
    /// [`FunnelError::Quantity`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{BottleneckRule, Funnel};
    ///
    /// let funnel = Funnel::new([("view", 1_000), ("cart", 400), ("checkout", 100), ("payment", 80)])?;
    /// assert_eq!(
    ///     funnel.bottleneck(&BottleneckRule::LowestRate)?.to_string(),
    ///     "checkout: the lowest rate, 25%"
    /// );
    /// assert_eq!(
    ///     funnel.bottleneck(&BottleneckRule::LargestDrop)?.to_string(),
    ///     "cart: the largest drop, 600"
    /// );
    /// let usual = ["0.7".parse()?, "0.3".parse()?, "0.9".parse()?].to_vec();
    /// assert_eq!(
    ///     funnel.bottleneck(&BottleneckRule::WorstAgainst(usual))?.to_string(),
    ///     "cart: 30 percentage points below its benchmark"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn bottleneck(&self, rule: &BottleneckRule) -> Result<Bottleneck, FunnelError> {
        let transitions = self.transitions();
        let (step, figure) = match rule {
            BottleneckRule::LowestRate => {
                let rates = transitions.filter(|step| step.before().value() > 0);
                // The least rate is the most of those negated: one search, and one rule for ties, serves all four.
                let rates = rates.map(|step| Ok((step, step.rate()?.negated())));
                most(rates).map(|(step, rate)| (step, rate.negated()))
            }
            BottleneckRule::LargestDrop => {
                let drops = transitions.map(|step| (step, step.drop_off()));
                // A step that lost nobody is no bottleneck, though no step may be left then.
                let lost = drops.filter(|(_, lost)| *lost > Count::ZERO);
                most(lost.map(Ok)).map(|(step, lost)| (step, lost.to_decimal().into()))
            }
            BottleneckRule::LargestGain(benchmarks) => {
                let gains = self.below(benchmarks)?.into_iter();
                let gains = gains
                    .map(|(step, _, benchmark)| Ok((step, self.what_if(step.name(), benchmark)?.gain()?)));
                most(gains)
            }
            BottleneckRule::WorstAgainst(benchmarks) => {
                let short = self.below(benchmarks)?.into_iter();
                let short = short.map(|(step, rate, benchmark)| Ok((step, benchmark.minus(rate)?)));
                most(short)
            }
        }?;
        Ok(Bottleneck { step: step.name().into(), rule: rule.clone(), figure })
    }

    /// The transitions whose rate lies below its benchmark.
    fn below(&self, benchmarks: &[Ratio]) -> Result<Vec<(Transition<'_>, Ratio, Ratio)>, FunnelError> {
        let (expected, actual) = (self.transitions().len(), benchmarks.len());
        if expected != actual {
            return Err(FunnelError::BenchmarkCount { expected, actual });
        }
        let mut below = Vec::new();
        for (step, benchmark) in self.transitions().zip(benchmarks) {
            let benchmark = checked_rate(step.name(), *benchmark)?;
            // Before a step that nobody reached there is no rate to be below anything.
            if step.before().value() > 0 {
                let rate = step.rate()?;
                if rate < benchmark {
                    below.push((step, rate, benchmark));
                }
            }
        }
        Ok(below)
    }
}

/// The first transition with the maximum of a figure.
fn most<'a, T: Ord + Copy>(
    figures: impl Iterator<Item = Result<(Transition<'a>, T), FunnelError>>,
) -> Result<(Transition<'a>, T), FunnelError> {
    let mut best: Option<(Transition<'a>, T)> = None;
    for found in figures {
        let (step, value) = found?;
        // Strictly more: at a tie the earlier step stays.
        if best.as_ref().is_none_or(|(_, most)| value > *most) {
            best = Some((step, value));
        }
    }
    best.ok_or(FunnelError::NoBottleneck)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    #[test]
    fn the_rules_disagree() {
        let funnel = Funnel::new([("a", 1_000), ("b", 400), ("c", 100), ("d", 80), ("e", 60)]).unwrap();
        let benchmarks = alloc::vec![ratio("0.7"), ratio("0.3"), ratio("0.9"), ratio("1")];
        let chosen = |rule| funnel.bottleneck(&rule).unwrap().step;
        assert_eq!(chosen(BottleneckRule::LowestRate), "c");
        assert_eq!(chosen(BottleneckRule::LargestDrop), "b");
        let gain = funnel.bottleneck(&BottleneckRule::LargestGain(benchmarks.clone())).unwrap();
        assert_eq!((gain.step(), gain.figure()), ("b", ratio("45")));
        let steep = alloc::vec![ratio("0.5"), ratio("0.4"), ratio("0.8"), ratio("1")];
        let gain = funnel.bottleneck(&BottleneckRule::LargestGain(steep.clone())).unwrap();
        assert_eq!((gain.step(), gain.figure()), ("c", ratio("36")));
        assert_eq!(chosen(BottleneckRule::WorstAgainst(steep)), "e");
    }

    /// The step was chosen because its gain is above 0.
    #[test]
    fn the_gain_that_decided_never_reads_as_nothing() {
        let funnel = Funnel::new([("a", 2), ("b", 1)]).unwrap();
        let told = |rate: &str| {
            funnel.bottleneck(&BottleneckRule::LargestGain(alloc::vec![ratio(rate)])).unwrap().to_string()
        };
        assert_eq!(told("0.501"), "b: the largest gain, 0.002");
        assert_eq!(told("0.51"), "b: the largest gain, 0.02");
        assert_eq!(told("2/3"), "b: the largest gain, 0.33");
    }

    #[test]
    fn a_rule_without_an_answer_says_so() {
        let funnel = Funnel::new([("a", 0), ("b", 0)]).unwrap();
        assert_eq!(funnel.bottleneck(&BottleneckRule::LowestRate), Err(FunnelError::NoBottleneck));
        assert_eq!(funnel.bottleneck(&BottleneckRule::LargestDrop), Err(FunnelError::NoBottleneck));
        let funnel = Funnel::new([("a", 10), ("b", 5)]).unwrap();
        let against = |rates: &[&str]| {
            let rates: Vec<Ratio> = rates.iter().map(|rate| ratio(rate)).collect();
            funnel.bottleneck(&BottleneckRule::WorstAgainst(rates))
        };
        assert_eq!(against(&["1/2"]), Err(FunnelError::NoBottleneck));
        assert_eq!(against(&[]), Err(FunnelError::BenchmarkCount { expected: 1, actual: 0 }));
        assert!(matches!(against(&["1.1"]), Err(FunnelError::RateOutOfRange { .. })));
        assert!(matches!(against(&["-0.1"]), Err(FunnelError::RateOutOfRange { .. })));
    }
}
