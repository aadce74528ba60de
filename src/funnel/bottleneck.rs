//! The bottleneck of a funnel by one of four rules, which can disagree.

use super::counts::{Transition, percent};
use super::rate_difference::{RateDifference, p_text, rate_of};
use super::scenario::checked_rate;
use super::{Funnel, FunnelError};
use crate::figure::{Cause, Cell, Figure, Table};
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

/// The bottleneck of a funnel: a step, the figure that decided, and the step beside it: the next one by the same rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[doc(alias = "瓶颈")]
pub struct Bottleneck {
    step: String,
    rule: BottleneckRule,
    figure: Ratio,
    beside: Figure<RateDifference>,
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

    /// The step that would be the bottleneck without this one, by the same rule, and whether the rates into the two differ
    /// by more than chance; undefined where the rule finds no other step.
    ///
    /// By [`LowestRate`](BottleneckRule::LowestRate) that is whether the bottleneck is one at all. The other rules decide by
    /// how many users are lost, or by benchmarks: there it says no more than whether the two rates differ.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Figure;
    /// use marketloop::funnel::{BottleneckRule, Funnel};
    ///
    /// let funnel = Funnel::new([("visit", 1_000), ("cart", 52), ("payment", 3)])?;
    /// let found = funnel.bottleneck(&BottleneckRule::LowestRate)?;
    /// let beside = found.beside().clone().get()?;
    /// // 5.2 % of 1,000, and 3 of 52.
    /// assert_eq!((found.step(), beside.beside.as_str()), ("cart", "payment"));
    /// assert_eq!(beside.is_distinguishable(), Figure::Known(false));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn beside(&self) -> &Figure<RateDifference> {
        &self.beside
    }

    /// A row for each of these: the rule, the step, the figure that decided, and the step beside it with the difference of
    /// the rates (its own less that of the bottleneck), its 95 % interval and whether it is more than chance. Users are
    /// told in `unit`: `user`, `visit`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Bottleneck, BottleneckRule, Funnel};
    ///
    /// let funnel = Funnel::new([("visit", 1_000), ("cart", 52), ("payment", 3)])?;
    /// let table = Bottleneck::table(&[funnel.bottleneck(&BottleneckRule::LargestDrop)?], "user");
    /// let cell = |column| table.get("the largest drop", column).and_then(|cell| cell.value.as_deref());
    /// assert_eq!((cell("step"), cell("decided by"), cell("step beside")), (Some("cart"), Some("948"), Some("payment")));
    /// assert_eq!((cell("difference"), cell("distinguishable")), (Some("0.57"), Some("no")));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(bottlenecks: &[Self], unit: &'static str) -> Table {
        let mut table = Table::new("rule");
        for own in bottlenecks {
            let name = own.rule.words();
            table.push(name, "step", own.step.as_str());
            let figure = match own.rule {
                BottleneckRule::LowestRate => percent(Ok(own.figure)),
                BottleneckRule::LargestDrop => Cell::new(own.figure, unit),
                BottleneckRule::LargestGain(_) => Cell::new(decimals(own.figure), unit),
                BottleneckRule::WorstAgainst(_) => {
                    Cell { unit: "percentage points".into(), ..percent(Ok(own.figure)) }
                }
            };
            table.push(name, "decided by", figure);
            let beside = own.beside.as_ref();
            table.push(name, "step beside", beside.clone().map(|own| own.beside.as_str()));
            let rate =
                |own: &RateDifference| Cell::from(own.rates.as_ref().map(|rates| rate_of(rates.first())));
            table.push(name, "rate", beside.clone().map(rate));
            if let Figure::Known(beside) = beside {
                for (column, cell) in beside.cells() {
                    table.push(name, column, cell);
                }
            }
        }
        table
    }
}

impl BottleneckRule {
    const fn words(&self) -> &'static str {
        match self {
            Self::LowestRate => "the lowest rate",
            Self::LargestDrop => "the largest drop",
            Self::LargestGain(_) => "the largest gain",
            Self::WorstAgainst(_) => "the furthest below its benchmark",
        }
    }

    /// What the rule found no second of.
    const fn kind(&self) -> &'static str {
        match self {
            Self::LowestRate => "other step with a rate",
            Self::LargestDrop => "other step that loses anybody",
            Self::LargestGain(_) | Self::WorstAgainst(_) => "other step below its benchmark",
        }
    }
}

impl fmt::Display for Bottleneck {
    /// `payment: the lowest rate, 4%`; where it is so, `; its rate is not distinguishable from that of click (p 0.4708)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figure = self.figure;
        write!(f, "{}: ", self.step)?;
        match self.rule {
            BottleneckRule::LowestRate => write!(f, "the lowest rate, {}", figure.to_percent()),
            BottleneckRule::LargestDrop => write!(f, "the largest drop, {figure}"),
            BottleneckRule::LargestGain(_) => write!(f, "the largest gain, {}", decimals(figure)),
            BottleneckRule::WorstAgainst(_) => write!(f, "{} below its benchmark", figure.to_points()),
        }?;
        // Silent where the rates are told apart: who reads a bottleneck takes that for granted.
        match &self.beside {
            Figure::Known(RateDifference { beside, rates: Figure::Known(rates), .. })
                if !rates.is_distinguishable(RateDifference::LEVEL).is_ok_and(|told| told) =>
            {
                let p = p_text(rates.p_value());
                write!(f, "; its rate is not distinguishable from that of {beside} (p {p})")
            }
            _ => Ok(()),
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
        let found = match rule {
            BottleneckRule::LowestRate => {
                let rates = transitions.filter(|step| step.before().value() > 0);
                // The least rate is the most of those negated: one search, and one rule for ties, serves all four.
                let rates = rates.map(|step| Ok((step, step.rate()?.negated())));
                most(rates).map(|(step, rate, beside)| (step, rate.negated(), beside))
            }
            BottleneckRule::LargestDrop => {
                let drops = transitions.map(|step| (step, step.drop_off()));
                // A step that lost nobody is no bottleneck, though no step may be left then.
                let lost = drops.filter(|(_, lost)| *lost > Count::ZERO);
                most(lost.map(Ok)).map(|(step, lost, beside)| (step, lost.to_decimal().into(), beside))
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
        };
        let (step, figure, beside) = found?;
        let none = || Figure::undefined("step beside it", Cause::None(rule.kind().into()));
        let beside = beside.map_or_else(none, |beside| Figure::Known(RateDifference::new(&step, &beside)));
        Ok(Bottleneck { step: step.name().into(), rule: rule.clone(), figure, beside })
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

/// The first transition with the maximum of a figure, and the first one with the maximum of the others.
fn most<'a, T: Ord + Copy>(
    figures: impl Iterator<Item = Result<(Transition<'a>, T), FunnelError>>,
) -> Result<(Transition<'a>, T, Option<Transition<'a>>), FunnelError> {
    let mut best: Option<(Transition<'a>, T)> = None;
    let mut second: Option<(Transition<'a>, T)> = None;
    for found in figures {
        let (step, value) = found?;
        // Strictly more: at a tie the earlier step stays.
        let beats =
            |other: &Option<(Transition<'a>, T)>| other.as_ref().is_none_or(|(_, most)| value > *most);
        if beats(&best) {
            second = best.replace((step, value));
        } else if beats(&second) {
            second = Some((step, value));
        }
    }
    let (step, value) = best.ok_or(FunnelError::NoBottleneck)?;
    Ok((step, value, second.map(|(step, _)| step)))
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
