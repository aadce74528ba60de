//! Two rates of steps beside each other: by how much they differ, and whether by more than chance.

use super::counts::{Transition, percent};
use super::{Funnel, FunnelError};
use crate::figure::{Cause, Cell, Figure, Table, to_wire};
use crate::quantity::Ratio;
use crate::stats::{DifferenceMethod, TwoProportions};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// The rate into a step and the rate beside it: that of another step, or of the same step of another funnel.
///
/// Both are taken as independent samples. Of one funnel's steps that holds for many users: whoever reached a step counts in
/// the next rate only, and the estimates of such rates do not depend on each other. Of two funnels it holds where they
/// are of different users. It does not hold where one user counts several times, or users follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
#[doc(alias = "significance")]
#[doc(alias = "显著性")]
pub struct RateDifference {
    /// The step.
    pub step: String,
    /// The step beside it; the same one where two funnels are compared.
    pub beside: String,
    /// Both rates as they were counted, that of the step first; undefined where nobody reached the step before one of them.
    pub rates: Figure<TwoProportions>,
}

to_wire!(RateDifference);

impl RateDifference {
    /// The confidence of the intervals and of `distinguishable` in tables and texts: 95 %.
    pub const LEVEL: f64 = 0.95;

    pub(super) fn new(step: &Transition<'_>, beside: &Transition<'_>) -> Self {
        let counted = |own: &Transition<'_>| (own.count().value(), own.before().value());
        let empty = [step, beside].into_iter().find(|own| own.before().value() == 0);
        let rates = match (empty, TwoProportions::new(counted(step), counted(beside))) {
            (None, Ok(rates)) => Figure::Known(rates),
            (empty, _) => {
                let name = empty.unwrap_or(step).name();
                let cause = Cause::Zero(format!("the count before `{name}`").into());
                Figure::undefined(format!("rate of `{name}`"), cause)
            }
        };
        Self { step: step.name().into(), beside: beside.name().into(), rates }
    }

    /// Whether the rates differ by more than chance explains, at [`LEVEL`](Self::LEVEL).
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Figure;
    /// use marketloop::funnel::Funnel;
    ///
    /// let june = Funnel::new([("visit", 1_000), ("cart", 52), ("payment", 3)])?;
    /// let july = Funnel::new([("visit", 1_000), ("cart", 83), ("payment", 4)])?;
    /// let steps = june.rate_differences(&july)?;
    /// // 5.2 % and 8.3 % of a thousand are told apart, 3 of 52 and 4 of 83 are not.
    /// assert_eq!(steps[0].is_distinguishable(), Figure::Known(true));
    /// assert_eq!(steps[1].is_distinguishable(), Figure::Known(false));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn is_distinguishable(&self) -> Figure<bool> {
        // The level is one: that it is between 0 and 1 is the only thing that could be refused.
        self.rates.clone().map(|rates| rates.is_distinguishable(Self::LEVEL).is_ok_and(|told| told))
    }

    /// The figures of a row: both rates, the difference with its interval, and whether it is more than chance.
    pub(super) fn cells(&self) -> [(&'static str, Cell); 6] {
        let points = |value: f64| Cell::new(format!("{:.2}", 100.0 * value), "percentage points");
        let of = |f: &dyn Fn(&TwoProportions) -> Cell| Cell::from(self.rates.as_ref().map(f));
        let end = |high: bool| {
            of(&|rates| match rates.interval(Self::LEVEL, DifferenceMethod::MiettinenNurminen) {
                Ok(range) => points(if high { range.high() } else { range.low() }),
                Err(error) => Cell::default().because(error),
            })
        };
        [
            ("rate beside", of(&|rates| rate_of(rates.second()))),
            ("difference", of(&|rates| points(rates.difference()))),
            ("95 % from", end(false)),
            ("to", end(true)),
            ("p value", of(&|rates| Cell::new(p_text(rates.p_value()), "1"))),
            ("distinguishable", self.is_distinguishable().into()),
        ]
    }

    /// A row for each of these: its two rates under these names, the difference with its 95 % interval (Miettinen-Nurminen), the p
    /// value, and whether the difference is more than chance explains.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Funnel, RateDifference};
    ///
    /// let june = Funnel::new([("visit", 1_000), ("cart", 52), ("payment", 3)])?;
    /// let july = Funnel::new([("visit", 1_000), ("cart", 83), ("payment", 4)])?;
    /// let table = RateDifference::table(&june.rate_differences(&july)?, ["June", "July"]);
    /// let cell = |column| table.get("cart", column).and_then(|cell| cell.value.as_deref());
    /// assert_eq!((cell("June"), cell("July")), (Some("5.2"), Some("8.3")));
    /// assert_eq!((cell("difference"), cell("distinguishable")), (Some("3.10"), Some("yes")));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(differences: &[Self], names: [&'static str; 2]) -> Table {
        let mut table = Table::new("step");
        for (place, own) in differences.iter().enumerate() {
            let name = if own.step == own.beside {
                // A step may be called as the whole is: the later of two of one name stands in quotes.
                let is_known = differences.iter().take(place).any(|other| other.step == own.step);
                if is_known { format!("{:?}", own.step) } else { own.step.clone() }
            } else {
                format!("{:?} beside {:?}", own.step, own.beside)
            };
            table.push(&name, names[0], own.rates.as_ref().map(|rates| rate_of(rates.first())));
            for (place, (column, cell)) in own.cells().into_iter().enumerate() {
                table.push(&name, if place == 0 { names[1] } else { column }, cell);
            }
        }
        table
    }
}

/// A rate in per cent.
pub(super) fn rate_of((successes, trials): (u64, u64)) -> Cell {
    percent(Ratio::new(successes.into(), trials.into()).map_err(FunnelError::from))
}

/// A p value with four decimals, never as 0.
pub(super) fn p_text(p: f64) -> String {
    if p < 0.000_05 { String::from("below 0.0001") } else { format!("{p:.4}") }
}

impl fmt::Display for RateDifference {
    /// `payment: 55% and 40%, -15.00 percentage points (95%: -29.82 to 0.52; p 0.0575), not distinguishable`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.step)?;
        if self.step != self.beside {
            write!(f, " and {}", self.beside)?;
        }
        if let Figure::Missing(_) | Figure::Undefined(_) = &self.rates {
            return write!(f, ": {}", self.rates.as_ref().map(|_| ""));
        }
        let first = Cell::from(self.rates.as_ref().map(|rates| rate_of(rates.first())));
        let [rate, difference, low, high, p, told] =
            self.cells().map(|(_, cell)| cell.value.unwrap_or_default());
        let not = if told == "yes" { "" } else { "not " };
        let first = first.value.unwrap_or_default();
        write!(
            f,
            ": {first}% and {rate}%, {difference} percentage points (95%: {low} to {high}; p {p}), {not}distinguishable"
        )
    }
}

/// The name of the rate from the first step to the last.
const WHOLE: &str = "from end to end";

impl Funnel {
    /// The rate from end to end beside that of `other`, as [`rate_differences`](Self::rate_differences) puts the steps'.
    ///
    /// # Errors
    /// [`FunnelError::OtherSteps`] unless both have the same steps.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let a = Funnel::new([("visit", 5_000), ("cart", 500), ("payment", 200)])?;
    /// let b = Funnel::new([("visit", 8_000), ("cart", 900), ("payment", 300)])?;
    /// assert_eq!(
    ///     a.end_to_end_difference(&b)?.to_string(),
    ///     "from end to end: 4% and 3.75%, -0.25 percentage points (95%: -0.95 to 0.42; p 0.4708), not distinguishable"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn end_to_end_difference(&self, other: &Self) -> Result<RateDifference, FunnelError> {
        self.same_steps(other)?;
        let counted = |own: &Self| (own.completed().value(), own.entered().value());
        let none =
            |_| Figure::undefined("rate from end to end", Cause::Zero("the count of the first step".into()));
        let rates = TwoProportions::new(counted(self), counted(other)).map_or_else(none, Figure::Known);
        Ok(RateDifference { step: WHOLE.into(), beside: WHOLE.into(), rates })
    }

    /// The rate into each step beside the rate into the same step of `other`: two months, two audiences, A and B.
    ///
    /// # Errors
    /// [`FunnelError::OtherSteps`] unless both have the same steps.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let a = Funnel::new([("click", 5_000), ("payment", 200)])?;
    /// let b = Funnel::new([("click", 8_000), ("payment", 300)])?;
    /// // 4 % and 3.75 %: half of all such samples of one true rate differ by as much.
    /// let rates = a.rate_differences(&b)?[0].rates.clone().get()?;
    /// assert!((rates.difference() + 0.0025).abs() < 1e-15 && rates.p_value() > 0.4);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn rate_differences(&self, other: &Self) -> Result<Vec<RateDifference>, FunnelError> {
        self.same_steps(other)?;
        let pairs = self.transitions().zip(other.transitions());
        Ok(pairs.map(|(step, beside)| RateDifference::new(&step, &beside)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Bottleneck, BottleneckRule};
    use super::*;
    use alloc::string::ToString;

    fn funnel(counts: [u64; 4]) -> Funnel {
        Funnel::new(["impression", "click", "registration", "payment"].into_iter().zip(counts)).unwrap()
    }

    /// Worked out by hand: 32 of 80 beside 125 of 275 are 40 % and 45.45 %, 5.45 points apart; of both together 157 of 355
    /// went on, and `0.054545 / sqrt(157/355 198/355 (1/80 + 1/275))` is 0.8646 standard errors, two-sided 0.3873.
    #[test]
    fn a_bottleneck_says_whether_it_is_told_from_the_step_beside_it() {
        let august = funnel([275, 125, 80, 32]);
        let found = august.bottleneck(&BottleneckRule::LowestRate).unwrap();
        assert_eq!(
            found.to_string(),
            "payment: the lowest rate, 40%; its rate is not distinguishable from that of click (p 0.3873)"
        );
        let table = Bottleneck::table(&[found], "user");
        let cell = |column: &str| {
            let cell = table.get("the lowest rate", column).unwrap();
            (cell.value.clone().unwrap(), cell.unit.to_string())
        };
        let told = |value: &str, unit: &str| (value.to_string(), unit.to_string());
        assert_eq!(cell("decided by"), told("40", "%"));
        assert_eq!(cell("step beside"), told("click", ""));
        assert_eq!(cell("rate beside"), told("45.45", "%"));
        assert_eq!(cell("difference"), told("5.45", "percentage points"));
        assert_eq!(cell("p value"), told("0.3873", "1"));
        assert_eq!(cell("distinguishable"), told("no", ""));
        // Ten times as many users at the same rates, and it is one: z grows by the root of ten, to 2.73.
        let more = funnel([2_750, 1_250, 800, 320]);
        let found = more.bottleneck(&BottleneckRule::LowestRate).unwrap();
        assert_eq!(found.to_string(), "payment: the lowest rate, 40%");
        assert_eq!(found.beside().clone().get().unwrap().is_distinguishable(), Figure::Known(true));
    }

    #[test]
    fn the_step_beside_is_the_next_by_the_same_rule() {
        let funnel = funnel([1_000, 400, 100, 80]);
        let beside =
            |rule: &BottleneckRule| funnel.bottleneck(rule).unwrap().beside().clone().map(|own| own.beside);
        // Rates 40, 25, 80 %; losses 600, 300, 20.
        assert_eq!(beside(&BottleneckRule::LowestRate), Figure::Known("click".into()));
        assert_eq!(beside(&BottleneckRule::LargestDrop), Figure::Known("registration".into()));
        let rates = |rates: [&str; 3]| rates.map(|rate| rate.parse().unwrap()).to_vec();
        // Short of these by 30, 5 and 10 points; gains 60, 16 and 10.
        assert_eq!(
            beside(&BottleneckRule::WorstAgainst(rates(["0.7", "0.3", "0.9"]))),
            Figure::Known("payment".into())
        );
        assert_eq!(
            beside(&BottleneckRule::LargestGain(rates(["0.7", "0.3", "0.9"]))),
            Figure::Known("registration".into())
        );
        // One step alone lies below: there is none beside it.
        let none = beside(&BottleneckRule::WorstAgainst(rates(["0.7", "0", "0"])));
        assert_eq!(none.to_string(), "undefined: there is no other step below its benchmark");
    }

    /// 44 of 80 and 32 of 80: 15 points, `0.15 / sqrt(76/160 84/160 2/80)` is 1.8997 standard errors, two-sided 0.0575.
    #[test]
    fn two_funnels_are_told_apart_step_by_step() {
        let (july, august) = (funnel([325, 156, 80, 44]), funnel([275, 125, 80, 32]));
        let table = RateDifference::table(&july.rate_differences(&august).unwrap(), ["July", "August"]);
        let cell = |column: &str| table.get("payment", column).unwrap().value.clone().unwrap();
        assert_eq!((cell("July"), cell("August")), ("55".into(), "40".into()));
        assert_eq!((cell("difference"), cell("p value")), ("-15.00".into(), "0.0575".into()));
        assert_eq!(cell("distinguishable"), "no");
        let ends = [cell("95 % from"), cell("to")].map(|end| end.parse::<f64>().unwrap());
        assert!(ends[0] < -15.0 && ends[1] > 0.0, "{ends:?}");
    }

    #[test]
    fn a_rate_that_does_not_exist_is_beside_nothing() {
        let (some, none) = (funnel([9, 5, 3, 1]), funnel([9, 0, 0, 0]));
        let steps = some.rate_differences(&none).unwrap();
        assert!(steps[0].rates.is_known());
        assert_eq!(
            steps[1].is_distinguishable().to_string(),
            "undefined: the count before `registration` is zero"
        );
        let table = RateDifference::table(&steps, ["some", "none"]);
        let cell = table.get("registration", "difference").unwrap();
        assert_eq!(
            (&cell.value, cell.why.as_str()),
            (&None, "undefined: the count before `registration` is zero")
        );
        assert!(funnel([9, 5, 3, 1]).rate_differences(&Funnel::new([("a", 1), ("b", 1)]).unwrap()).is_err());
        // However small, a p value is not 0.
        assert_eq!(p_text(0.0), "below 0.0001");
    }
}
