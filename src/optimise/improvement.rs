//! What a given division of the money brings, and what moving to the optimum would gain.

use super::measure::Measure;
use super::minor_units::{main, units};
use super::sum::Sum;
use super::{Binding, Optimisation, OptimiseError, Optimum, OptimumLine};
use crate::error::{Path, Problems};
use crate::figure::{Cause, Cell, Figure, TOTAL, Table, beside};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Currency, Money};
use crate::response::ResponseCurve;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

impl<C: ResponseCurve> Optimisation<C> {
    /// What each line brings at any amounts by line name, such as last year's or a rule's: its response, its marginal
    /// return, and the bound at which it stands. A line that is not named gets 0, one that is named twice the sum.
    /// Bounds and budget are not checked.
    ///
    /// # Errors
    /// As of [`response_of`](Self::response_of); [`OptimiseError::Quantity`] for a sum that is too great.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let question = Optimisation::maximise_response(Money::parse("200 CNY")?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .line("video", Power::new(1.0, 0.5)?, ..);
    /// let even = question.lines_at(["SEM", "video"].map(|name| (name, Money::parse("100 CNY").unwrap())))?;
    /// // Of 2 sqrt(x) the next unit at 100 brings 1 / sqrt(100), of sqrt(x) half of it: too much is in video.
    /// assert_eq!(even[0].marginal_return().get()?, 0.1);
    /// assert_eq!(even[1].marginal_return().get()?, 0.05);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn lines_at<'n>(
        &self,
        amounts: impl IntoIterator<Item = (&'n str, Money)>,
    ) -> Result<Vec<OptimumLine>, Problems<OptimiseError>> {
        let mut problems = Problems::new();
        let mut sums: Vec<Money> = self.lines.iter().map(|_| Money::zero(self.currency)).collect();
        for (place, (name, amount)) in amounts.into_iter().enumerate() {
            let path = Path::root().index(place);
            match self.lines.iter().zip(&mut sums).find(|(line, _)| line.name == name) {
                None => problems.push(path, OptimiseError::UnknownMember { name: name.into() }),
                Some(_) if amount.currency() != self.currency => {
                    let (expected, found) = (self.currency, amount.currency());
                    problems.push(path, OptimiseError::Currency { expected, found });
                }
                Some(_) if amount.is_negative() => {
                    problems.push(path, OptimiseError::NegativeBound { bound: amount });
                }
                Some((_, sum)) => {
                    let both = sum.plus(amount).map_err(OptimiseError::from);
                    if let Some(both) = problems.take(&path, both) {
                        *sum = both;
                    }
                }
            }
        }
        let of = |(line, amount): (&super::problem::StatedLine<C>, Money)| {
            let spend = main(amount.minor(), units(self.currency));
            let binding = match (line.floor, line.cap) {
                (Some(floor), _) if !floor.is_zero() && amount <= floor => Binding::Floor,
                (_, Some(cap)) if amount >= cap => Binding::Cap,
                _ if amount.is_zero() => Binding::Zero,
                _ => Binding::Free,
            };
            OptimumLine::at(line.name.clone(), amount, spend, &line.curve, binding)
        };
        let lines = self.lines.iter().zip(sums).map(of).collect();
        problems.into_result(lines)
    }

    /// These amounts beside the optimum: what moving from one to the other would gain, line by line. Amounts as in
    /// [`lines_at`](Self::lines_at).
    ///
    /// # Errors
    /// As of [`lines_at`](Self::lines_at); [`OptimiseError::NotProven`] for an optimum with other lines or other curves.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let question = Optimisation::maximise_response(Money::parse("100 CNY")?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .line("video", Power::new(1.0, 0.5)?, ..);
    /// let half = Money::parse("50 CNY")?;
    /// let better = question.improve([("SEM", half), ("video", half)], &question.solve()?)?;
    /// // sqrt(50) thrice against 2 sqrt(80) + sqrt(20).
    /// assert_eq!(format!("{:.2}", better.gain()), "1.15");
    /// assert_eq!(better.moved()?, Money::parse("30 CNY")?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn improve<'n>(
        &self,
        amounts: impl IntoIterator<Item = (&'n str, Money)>,
        best: &Optimum,
    ) -> Result<Improvement, Problems<OptimiseError>> {
        let before = self.lines_at(amounts)?;
        let after = self.lines_at(best.lines().iter().map(|line| (line.name(), line.amount())));
        // The same lines in the same order, each with the response that this question's curve has there.
        let is_answer = after.is_ok_and(|after| {
            let same = |(own, found): (&OptimumLine, &OptimumLine)| {
                let differ = own.response() - found.response();
                own.name() == found.name() && differ.abs() <= 1e-12 * own.response().abs()
            };
            after.len() == best.lines().len() && after.iter().zip(best.lines()).all(same)
        });
        if !is_answer {
            let mut problems = Problems::new();
            problems.push(Path::root().field("lines"), OptimiseError::NotProven { what: "the lines" });
            return Err(problems);
        }
        let sum = |sum: Result<Money, OptimiseError>, line: &OptimumLine| Ok(sum?.plus(line.amount())?);
        let mut problems = Problems::new();
        let spent = before.iter().fold(Ok(Money::zero(self.currency)), sum);
        let Some(spent) = problems.take(&Path::root().field("lines"), spent) else {
            return problems.finish(None);
        };
        let outside = self.lines.iter().zip(&before).map(|(line, at)| match (line.floor, line.cap) {
            (Some(floor), _) if at.amount() < floor => alloc::format!("below its floor of {floor}"),
            (_, Some(cap)) if at.amount() > cap => alloc::format!("above its cap of {cap}"),
            _ => String::new(),
        });
        let outside = outside.collect();
        let told = best.proof_in_words();
        problems.into_result(Improvement {
            before,
            after: best.lines().to_vec(),
            spent,
            spend: best.spend(),
            bound: best.bound(),
            outside,
            told,
            measure: self.measure.clone(),
        })
    }
}

/// A division of the money beside the optimum, made by [`Optimisation::improve`]: what moving would gain.
///
/// # Examples
/// ```
/// use marketloop::optimise::Optimisation;
/// use marketloop::quantity::Money;
/// use marketloop::response::Power;
///
/// let yuan = |text: &str| Money::parse(&format!("{text} CNY"));
/// let question = Optimisation::maximise_response(yuan("100")?)
///     .line("SEM", Power::new(2.0, 0.5)?, ..=yuan("64")?)
///     .line("video", Power::new(1.0, 0.5)?, ..)
///     .with_response("gross margin", "CNY".parse()?);
/// let best = question.solve()?;
/// let better = question.improve([("SEM", yuan("49")?), ("video", yuan("51")?)], &best)?;
/// let table = better.table();
/// assert_eq!(table.get("SEM", "moves").unwrap().value.as_deref(), Some("15.00"));
/// assert_eq!(table.get("SEM", "binding bound").unwrap().value.as_deref(), Some("cap"));
/// let slope = table.get("SEM", "marginal return (gross margin) now").unwrap();
/// assert_eq!((slope.value.as_deref(), slope.unit.as_ref()), (Some("0.1429"), "CNY/CNY"));
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Improvement {
    before: Vec<OptimumLine>,
    after: Vec<OptimumLine>,
    spent: Money,
    spend: Money,
    bound: f64,
    /// Of each line how the amount before the move breaks its bound; empty where it does not.
    outside: Vec<String>,
    told: String,
    measure: Measure,
}

serialize_fields!(Improvement { before, after, spent, spend, bound: own, outside, told, measure });

fn response(lines: &[OptimumLine]) -> f64 {
    let mut sum = Sum::default();
    for line in lines {
        sum.add(line.response());
    }
    sum.total()
}

impl Improvement {
    /// Each line before the move and at the optimum, in the order of the question.
    #[must_use]
    pub fn lines(&self) -> impl ExactSizeIterator<Item = (&OptimumLine, &OptimumLine)> {
        self.before.iter().zip(&self.after)
    }

    /// The money in all before the move.
    #[must_use]
    pub const fn spend_before(&self) -> Money {
        self.spent
    }

    /// The money in all at the optimum: that of the question where it has a budget.
    #[must_use]
    pub const fn spend(&self) -> Money {
        self.spend
    }

    /// The response of all lines before the move.
    #[must_use]
    pub fn response_before(&self) -> f64 {
        response(&self.before)
    }

    /// The response of all lines at the optimum.
    #[must_use]
    pub fn response(&self) -> f64 {
        response(&self.after)
    }

    /// What moving gains in response; where [`spend`](Self::spend) differs from
    /// [`spend_before`](Self::spend_before), what both bring less each other. Below 0 where the amounts before break
    /// a bound of the question.
    #[must_use]
    pub fn gain(&self) -> f64 {
        self.response() - self.response_before()
    }

    /// What moving gains in per cent of the response before; undefined where that is not above 0.
    #[must_use]
    pub fn gain_percent(&self) -> Figure<f64> {
        let before = self.response_before();
        if before > 0.0 {
            Figure::Known(100.0 * self.gain() / before)
        } else {
            Figure::undefined("gain", Cause::Zero("response before".into()))
        }
    }

    /// The money that goes into lines which get more than before.
    ///
    /// # Errors
    /// [`OptimiseError::Quantity`] where it is more than money can be.
    pub fn moved(&self) -> Result<Money, OptimiseError> {
        self.lines().try_fold(Money::zero(self.spent.currency()), |moved, (before, after)| {
            let more = after.amount().minus(before.amount())?;
            Ok(if more.is_negative() { moved } else { moved.plus(more)? })
        })
    }

    /// A row for each line and their total: amounts, responses and marginal returns now and at the optimum, what
    /// moves, what it gains, and the bound that holds the line at the optimum.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("line");
        let measure = &self.measure;
        let currency: Currency = self.spent.currency();
        let (response, marginal) = (measure.column("response"), measure.column("marginal return"));
        let (gain, now, optimum) = (measure.column("gain"), "now", "at the optimum");
        let moves = |after: Money, before: Money| {
            // Each is at most 2^96 of minor units: what is beyond has no cell.
            after.minus(before).ok().map(Cell::from)
        };
        for ((before, after), outside) in self.lines().zip(&self.outside) {
            let name = beside(before.name(), &[TOTAL]);
            let amount = Cell::from(before.amount()).because(outside);
            table.push(&name, "amount now", amount);
            table.push(&name, "amount at the optimum", after.amount());
            table.push(&name, "moves", moves(after.amount(), before.amount()));
            table.push(&name, alloc::format!("{response} {now}"), measure.response(before.response()));
            table.push(&name, alloc::format!("{response} {optimum}"), measure.response(after.response()));
            table.push(&name, gain.clone(), measure.response(after.response() - before.response()));
            let slope = |line: &OptimumLine| measure.marginal(line.marginal_return(), currency);
            table.push(&name, alloc::format!("{marginal} {now}"), slope(before));
            table.push(&name, alloc::format!("{marginal} {optimum}"), slope(after));
            table.push(&name, "binding bound", after.binding().to_string());
        }
        table.push(TOTAL, "amount now", self.spent);
        table.push(TOTAL, "amount at the optimum", Cell::from(self.spend).because(&self.told));
        table.push(TOTAL, "moves", moves(self.spend, self.spent));
        table.push(TOTAL, alloc::format!("{response} {now}"), measure.response(self.response_before()));
        table.push(TOTAL, alloc::format!("{response} {optimum}"), measure.response(self.response()));
        table.push(TOTAL, gain, measure.response(self.gain()));
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Power;

    fn yuan(amount: u32) -> Money {
        Money::new(amount.into(), Currency::CNY).unwrap()
    }

    /// 2 sqrt(x) and sqrt(x), the first at most at 64.
    fn question(budget: u32) -> Optimisation {
        Optimisation::maximise_response(yuan(budget))
            .line("total", Power::new(2.0, 0.5).unwrap(), ..=yuan(64))
            .line("video", Power::new(1.0, 0.5).unwrap(), yuan(4)..)
    }

    #[test]
    fn a_move_is_worked_out_by_hand() {
        let question = question(100).with_response("orders", "order".parse().unwrap());
        let best = question.solve().unwrap();
        let better = question.improve([("total", yuan(100))], &best).unwrap();
        // Before 2 * 10 + 0; at the optimum 2 * 8 + 6.
        assert_eq!((better.response_before(), better.response(), better.gain()), (20.0, 22.0, 2.0));
        assert_eq!(better.gain_percent(), Figure::Known(10.0));
        assert_eq!((better.spend_before(), better.spend()), (yuan(100), yuan(100)));
        assert_eq!(better.moved().unwrap(), yuan(36));
        let table = better.table();
        let cell = |name: &str, column: &str| {
            let cell = table.get(name, column).unwrap();
            (cell.value.as_deref().unwrap_or("none").to_string(), cell.unit.to_string(), cell.why.clone())
        };
        let is = |value: &str, unit: &str, why: &str| (value.into(), unit.into(), why.into());
        // A line of the caller's is not taken for the total.
        assert_eq!(cell("\"total\"", "amount now"), is("100.00", "CNY", "above its cap of 64.00 CNY"));
        assert_eq!(cell("\"total\"", "moves"), is("-36.00", "CNY", ""));
        assert_eq!(cell("video", "amount now"), is("0.00", "CNY", "below its floor of 4.00 CNY"));
        assert_eq!(cell("video", "moves"), is("36.00", "CNY", ""));
        assert_eq!(cell("video", "gain (orders)"), is("6.0000", "order", ""));
        assert_eq!(cell("total", "moves"), is("0.00", "CNY", ""));
        assert_eq!(cell("total", "response (orders) now"), is("20.0000", "order", ""));
        assert_eq!(cell("total", "response (orders) at the optimum"), is("22.0000", "order", ""));
        assert_eq!(cell("total", "gain (orders)"), is("2.0000", "order", ""));
        assert_eq!(cell("total", "amount at the optimum").2, best.proof_in_words());
        // 1 / sqrt(100), and half of 1 / sqrt(36); of 0 the slope is infinite.
        let marginal = "marginal return (orders) now";
        assert_eq!(cell("\"total\"", marginal), is("0.1000", "order/CNY", ""));
        assert_eq!(cell("video", marginal).0, "none");
        let marginal = "marginal return (orders) at the optimum";
        assert_eq!(cell("video", marginal), is("0.0833", "order/CNY", ""));
        assert_eq!(cell("\"total\"", "binding bound").0, "cap");
        assert_eq!(cell("video", "binding bound").0, "none");
    }

    #[test]
    fn lines_stand_at_their_bounds() {
        let lines = |first: u32, second: u32| {
            let lines = question(100).lines_at([("video", yuan(second)), ("total", yuan(first))]).unwrap();
            [lines[0].binding(), lines[1].binding()]
        };
        assert_eq!(lines(0, 4), [Binding::Zero, Binding::Floor]);
        assert_eq!(lines(64, 5), [Binding::Cap, Binding::Free]);
        // What is said twice is added.
        let twice = question(100).lines_at([("video", yuan(4)), ("video", yuan(12))]).unwrap();
        assert_eq!((twice[1].amount(), twice[1].response()), (yuan(16), 4.0));
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let (ask, best) = (question(100), question(100).solve().unwrap());
        let faults = ask.improve([("radio", yuan(1)), ("video", yuan(1).negated())], &best).unwrap_err();
        assert_eq!(
            faults.to_string(),
            "2 problems\n  [0]: `radio` is neither a line nor a group\n  [1]: the amount -1.00 CNY is below 0"
        );
        let dollars = ask.lines_at([("video", Money::parse("5 USD").unwrap())]).unwrap_err();
        assert_eq!(dollars.to_string(), "[0]: USD and CNY are different currencies");
        let other = Optimisation::maximise_response(yuan(100))
            .line("total", Power::new(3.0, 0.5).unwrap(), ..)
            .line("video", Power::new(1.0, 0.5).unwrap(), ..);
        let refused = other.improve([("video", yuan(1))], &best).unwrap_err().to_string();
        assert_eq!(refused, "lines: the optimum does not answer this question: the lines differ");
        // Another budget is another row of totals, and no fault.
        let more = ask.improve([("total", yuan(64)), ("video", yuan(16))], &best).unwrap();
        assert_eq!((more.spend_before(), more.spend(), more.gain()), (yuan(80), yuan(100), 2.0));
    }
}
