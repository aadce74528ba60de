//! Plan, committed, actual and forecast of the lines of a budget.

use super::names::indexed;
use super::tracked_line::{ForecastBasis, TrackedLine};
use super::{Budget, BudgetError, checked};
use crate::error::{Path, Problems};
use crate::figure::{TOTAL, Table, beside};
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;
use crate::quantity::{Currency, Money};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A line and its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PlannedLine {
    name: String,
    plan: Money,
}

wire_fields!(PlannedLine { name, plan });

/// The spending on a line so far. What is not stated as spent or ordered is zero.
///
/// # Examples
/// ```
/// use marketloop::budget::{LineSpending, Tracking};
///
/// let spending: LineSpending = serde_json::from_str(r#"{"line":"SEM","actual":"60 CNY"}"#)?;
/// let tracking = Tracking::draft().line("SEM", "100 CNY".parse()?).spending(spending).check()?;
/// assert_eq!(tracking.total().available().to_string(), "40.00 CNY");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSpending {
    /// The name of the line.
    pub line: String,
    /// The amount that is spent.
    pub actual: Option<Money>,
    /// The amount that is ordered on top of it and not paid yet.
    pub committed: Option<Money>,
    /// The expected final amount of the line, including what is spent.
    pub forecast: Option<Money>,
}

wire_fields!(LineSpending { line, actual: optional, committed: optional, forecast: optional });

impl LineSpending {
    /// A line with nothing spent, ordered or forecast.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{LineSpending, Tracking};
    ///
    /// let spending = LineSpending::new("SEM");
    /// let tracking = Tracking::draft().line("SEM", "100 CNY".parse()?).spending(spending).check()?;
    /// assert_eq!(tracking.total().forecast().to_string(), "100.00 CNY"); // it will be used up
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn new(line: impl Into<String>) -> Self {
        Self { line: line.into(), actual: None, committed: None, forecast: None }
    }

    /// States the amount that is spent.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{LineSpending, Tracking};
    ///
    /// let spending = LineSpending::new("SEM").with_actual("107.5 CNY".parse()?);
    /// let tracking = Tracking::draft().line("SEM", "100 CNY".parse()?).spending(spending).check()?;
    /// assert_eq!(tracking.total().variance().to_string(), "7.50 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_actual(self, actual: Money) -> Self {
        Self { actual: Some(actual), ..self }
    }

    /// States the amount that is ordered on top of what is spent and not paid yet.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{LineSpending, Tracking};
    ///
    /// let spending = LineSpending::new("SEM").with_committed("30 CNY".parse()?);
    /// let tracking = Tracking::draft().line("SEM", "100 CNY".parse()?).spending(spending).check()?;
    /// assert_eq!(tracking.total().available().to_string(), "70.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_committed(self, committed: Money) -> Self {
        Self { committed: Some(committed), ..self }
    }

    /// States the expected final amount of the line, including what is spent.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{LineSpending, Tracking};
    ///
    /// let spending = LineSpending::new("SEM").with_actual("60 CNY".parse()?).with_forecast("120 CNY".parse()?);
    /// let tracking = Tracking::draft().line("SEM", "100 CNY".parse()?).spending(spending).check()?;
    /// assert_eq!(tracking.total().forecast_variance().to_string(), "20.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_forecast(self, forecast: Money) -> Self {
        Self { forecast: Some(forecast), ..self }
    }
}

/// The forecast of a line that states none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum UnstatedForecast {
    /// The plan, or what is spent and committed where that is more: the line will be used up.
    #[default]
    AtLeastPlan,
    /// What is spent and committed: nothing more will be ordered.
    SpentAndCommitted,
}

words!(UnstatedForecast, "forecast that is not stated":
    AtLeastPlan = "at_least_plan",
    SpentAndCommitted = "spent_and_committed",
);

/// Spending against a budget, not checked yet: [`Tracking::draft`], [`Tracking::of`].
///
/// ```
/// # use marketloop::budget::TrackingDraft;
/// let json = r#"{
///   "lines": [{"name": "SEM", "plan": {"amount": "1.00", "currency": "CNY"}}],
///   "unstated_forecast": "spent_and_committed"
/// }"#;
/// let read: TrackingDraft = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<TrackingDraft>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackingDraft {
    lines: Vec<PlannedLine>,
    spending: Vec<LineSpending>,
    unstated_forecast: UnstatedForecast,
}

wire_fields!(TrackingDraft { lines, spending: optional, unstated_forecast: default });

impl TrackingDraft {
    /// Adds a line, whose name is unique, and its plan.
    ///
    /// # Examples
    /// See [`Tracking::draft`].
    #[must_use]
    pub fn line(mut self, name: impl Into<String>, plan: Money) -> Self {
        self.lines.push(PlannedLine { name: name.into(), plan });
        self
    }

    /// Adds the spending on a line.
    ///
    /// # Examples
    /// See [`Tracking`].
    #[must_use]
    pub fn spending(mut self, spending: LineSpending) -> Self {
        self.spending.push(spending);
        self
    }

    /// Forecasts a line without a stated forecast at what is spent and committed: nothing more will be ordered. By
    /// default its forecast is the plan, or what is spent and committed where that is more: the line will be used up.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{LineSpending, Tracking};
    ///
    /// let spending = LineSpending::new("SEM").with_actual("60 CNY".parse()?);
    /// let draft = Tracking::draft().line("SEM", "100 CNY".parse()?).spending(spending);
    /// assert_eq!(draft.clone().check()?.total().forecast().to_string(), "100.00 CNY");
    /// assert_eq!(draft.nothing_more_is_ordered().check()?.total().forecast().to_string(), "60.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn nothing_more_is_ordered(self) -> Self {
        Self { unstated_forecast: UnstatedForecast::SpentAndCommitted, ..self }
    }

    /// The checked figures of every line.
    ///
    /// # Errors
    /// All problems at once, each with its path (`spending[2].actual`): no lines, a line or a spending that
    /// stands twice, an unknown line, another currency than the first line's, a negative amount, a final
    /// amount below what is spent.
    pub fn check(self) -> Result<Tracking, Problems<BudgetError>> {
        let root = Path::root();
        let (at_lines, at_spending) = (root.field("lines"), root.field("spending"));
        let mut problems = Problems::new();
        // The first line's currency is everyone's: a draft states none of its own that could contradict it.
        let Some(currency) = self.lines.first().map(|line| line.plan.currency()) else {
            problems.push(at_lines, BudgetError::NoLines);
            return problems.finish(None);
        };
        let lines =
            indexed(self.lines.iter().map(|line| line.name.as_str()), &at_lines, "name", &mut problems);
        for (index, line) in self.lines.iter().enumerate() {
            let plan = checked("plan", line.plan, currency);
            problems.take(&at_lines.index(index).field("plan"), plan);
        }
        let spent = self.spending.iter().map(|spending| spending.line.as_str());
        let spent = indexed(spent, &at_spending, "line", &mut problems);
        for (index, spending) in self.spending.iter().enumerate() {
            let path = at_spending.index(index);
            if !lines.contains_key(spending.line.as_str()) {
                let name = spending.line.clone();
                problems.push(path.field("line"), BudgetError::UnknownLine { name });
            }
            let mut take = |what: &'static str, amount: Option<Money>| {
                problems.take(&path.field(what), checked(what, amount?, currency))
            };
            // Not stated, or refused and told: against 0 the forecast makes no second problem.
            let actual = take("actual", spending.actual).unwrap_or(Money::zero(currency));
            take("committed", spending.committed);
            if let Some(forecast) = take("forecast", spending.forecast).filter(|final_| *final_ < actual) {
                problems.push(path.field("forecast"), BudgetError::ForecastBelowActual { forecast, actual });
            }
        }
        if !problems.is_empty() {
            return problems.finish(None);
        }
        let spending_of = |name: &str| spent.get(name).and_then(|index| self.spending.get(*index));
        let tracked = self
            .lines
            .iter()
            .map(|line| tracked(line, spending_of(&line.name), self.unstated_forecast, currency));
        let tracked = tracked.collect::<Result<Vec<_>, _>>().and_then(|lines| {
            let total = TrackedLine::total(&lines, currency)?;
            Ok((lines, total))
        });
        let tracked = problems.take(&at_lines, tracked);
        problems.finish(tracked.map(|(lines, total)| Tracking { draft: self, lines, total }))
    }
}

/// A line with its spending, and the forecast that is stated or follows.
fn tracked(
    line: &PlannedLine,
    spending: Option<&LineSpending>,
    unstated: UnstatedForecast,
    currency: Currency,
) -> Result<TrackedLine, BudgetError> {
    let amount = |of: fn(&LineSpending) -> Option<Money>| spending.and_then(of);
    let actual = amount(|spending| spending.actual).unwrap_or(Money::zero(currency));
    let committed = amount(|spending| spending.committed).unwrap_or(Money::zero(currency));
    let gone = actual.plus(committed)?;
    let (forecast, basis) = match amount(|spending| spending.forecast) {
        Some(stated) => (stated, ForecastBasis::Stated),
        // What is gone already cannot come back: a plan below it is no forecast any more.
        None if unstated == UnstatedForecast::AtLeastPlan && line.plan >= gone => {
            (line.plan, ForecastBasis::Plan)
        }
        None => (gone, ForecastBasis::SpentAndCommitted),
    };
    TrackedLine::of(line.name.clone(), [line.plan, committed, actual, forecast], basis)
}

/// The lines of a budget with plan, committed, actual and forecast.
///
/// # Examples
/// ```
/// use marketloop::budget::{Budget, LineSpending, Tracking};
/// use marketloop::quantity::Money;
/// use marketloop::target::Favour;
/// use rust_decimal::dec;
///
/// let event = Budget::draft("event", Money::parse("50000 CNY")?)
///     .percent("content production", dec!(40))
///     .percent("tool testing", dec!(30))
///     .percent("invited speakers", dec!(20))
///     .reserve("contingency", dec!(10), "only for unforeseeable costs")
///     .check()?;
/// let tracking = Tracking::of(&event)
///     .spending(LineSpending::new("content production").with_actual(Money::parse("21500 CNY")?))
///     .spending(LineSpending::new("tool testing").with_committed(Money::parse("15000 CNY")?))
///     .check()?;
/// let content = tracking.line("content production")?;
/// assert_eq!(content.variance().to_string(), "1,500.00 CNY");
/// assert_eq!(content.favour(), Favour::Adverse);
/// assert_eq!(content.share_spent().get()?.to_percent(), "107.5%");
/// assert_eq!(tracking.total().available(), Money::parse("13500 CNY")?);
/// assert_eq!(tracking.total().forecast_favour(), Favour::Adverse);
///
/// // With 5 % over the plan allowed, content production is over its cap now.
/// assert_eq!(tracking.over_now(dec!(5))?[0].name(), "content production");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::budget::Tracking;
/// let json = r#"{
///   "lines": [
///     {"name": "SEM", "plan": {"amount": "100.00", "currency": "CNY"}},
///     {"name": "social", "plan": {"amount": "50.00", "currency": "CNY"}}
///   ],
///   "spending": [
///     {
///       "line": "social",
///       "actual": {"amount": "20.00", "currency": "CNY"},
///       "forecast": {"amount": "60.00", "currency": "CNY"}
///     }
///   ],
///   "unstated_forecast": "at_least_plan"
/// }"#;
/// let read: Tracking = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Tracking>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "TrackingDraft", into = "TrackingDraft")]
pub struct Tracking {
    draft: TrackingDraft,
    lines: Vec<TrackedLine>,
    total: TrackedLine,
}

impl Tracking {
    /// A draft without lines.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Tracking;
    /// use marketloop::quantity::Money;
    ///
    /// let tracking = Tracking::draft().line("SEM", Money::parse("400 CNY")?).check()?;
    /// assert_eq!(tracking.total().available(), Money::parse("400 CNY")?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn draft() -> TrackingDraft {
        TrackingDraft {
            lines: Vec::new(),
            spending: Vec::new(),
            unstated_forecast: UnstatedForecast::default(),
        }
    }

    /// A draft with the lines of `budget` and no spending.
    ///
    /// # Examples
    /// See [`Tracking`].
    #[must_use]
    pub fn of(budget: &Budget) -> TrackingDraft {
        let lines = budget.lines().iter();
        lines.fold(Self::draft(), |draft, line| draft.line(line.name(), line.amount()))
    }

    /// The lines in order, at least one.
    #[must_use]
    pub fn lines(&self) -> &[TrackedLine] {
        &self.lines
    }

    /// The line of this name.
    ///
    /// # Errors
    /// [`BudgetError::UnknownLine`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Tracking;
    ///
    /// let tracking = Tracking::draft().line("SEM", "100 CNY".parse()?).check()?;
    /// assert_eq!(tracking.line("SEM")?.available().to_string(), "100.00 CNY");
    /// assert_eq!(tracking.line("TV").unwrap_err().to_string(), "there is no line `TV`");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn line(&self, name: &str) -> Result<&TrackedLine, BudgetError> {
        let line = self.lines.iter().find(|line| line.name() == name);
        line.ok_or_else(|| BudgetError::UnknownLine { name: name.into() })
    }

    /// The sums over all lines.
    #[must_use]
    pub const fn total(&self) -> &TrackedLine {
        &self.total
    }

    /// A row for each line and one for the total: plan, committed, actual, forecast and what follows from them.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("line");
        let lines = self.lines.iter().map(|line| (beside(line.name(), &[TOTAL]), line));
        for (name, line) in lines.chain([(TOTAL.into(), &self.total)]) {
            for (column, amount) in [
                ("plan", line.plan()),
                ("committed", line.committed()),
                ("actual", line.actual()),
                ("forecast", line.forecast()),
                ("available", line.available()),
                ("variance", line.variance()),
                ("variance at the end", line.forecast_variance()),
            ] {
                table.push(&name, column, amount);
            }
        }
        table
    }

    /// The lines whose spending is more than `percent` over their plan.
    ///
    /// # Errors
    /// Those of [`overspending_cap`](crate::progress::overspending_cap).
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{LineSpending, Tracking};
    ///
    /// let tracking = Tracking::draft()
    ///     .line("SEM", "100 CNY".parse()?)
    ///     .line("social", "100 CNY".parse()?)
    ///     .spending(LineSpending::new("SEM").with_actual("106 CNY".parse()?))
    ///     .check()?;
    /// assert_eq!(tracking.over_now(5.into())?[0].name(), "SEM");
    /// assert!(!tracking.total().is_over_now(5.into())?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn over_now(&self, percent: Decimal) -> Result<Vec<&TrackedLine>, BudgetError> {
        self.over(|line| line.is_over_now(percent))
    }

    /// The lines whose forecast lies above `percent` over their plan, including those that are over now.
    ///
    /// # Errors
    /// Those of [`overspending_cap`](crate::progress::overspending_cap).
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{LineSpending, Tracking};
    ///
    /// let spending = LineSpending::new("SEM").with_actual("60 CNY".parse()?).with_forecast("106 CNY".parse()?);
    /// let tracking = Tracking::draft().line("SEM", "100 CNY".parse()?).spending(spending).check()?;
    /// assert!(tracking.over_now(5.into())?.is_empty());
    /// assert_eq!(tracking.over_at_the_end(5.into())?.len(), 1);
    /// assert!(tracking.total().is_over_at_the_end(5.into())?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn over_at_the_end(&self, percent: Decimal) -> Result<Vec<&TrackedLine>, BudgetError> {
        self.over(|line| line.is_over_at_the_end(percent))
    }

    fn over(
        &self,
        is_over: impl Fn(&TrackedLine) -> Result<bool, BudgetError>,
    ) -> Result<Vec<&TrackedLine>, BudgetError> {
        let mut over = Vec::new();
        for line in &self.lines {
            if is_over(line)? {
                over.push(line);
            }
        }
        Ok(over)
    }
}

impl fmt::Display for Tracking {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl TryFrom<TrackingDraft> for Tracking {
    type Error = Problems<BudgetError>;

    fn try_from(draft: TrackingDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<Tracking> for TrackingDraft {
    fn from(tracking: Tracking) -> Self {
        tracking.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Favour;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn yuan(text: &str) -> Money {
        Money::parse(&alloc::format!("{text} CNY")).unwrap()
    }

    fn draft(plans: &[(&str, &str)]) -> TrackingDraft {
        plans.iter().fold(Tracking::draft(), |draft, (name, plan)| draft.line(*name, yuan(plan)))
    }

    #[test]
    fn a_line_without_forecast_is_used_up_or_stays() {
        let spent = draft(&[("a", "100"), ("b", "100"), ("c", "100")])
            .spending(LineSpending::new("a").with_actual(yuan("60")).with_committed(yuan("30")))
            .spending(LineSpending::new("b").with_actual(yuan("60")).with_committed(yuan("50")))
            .spending(LineSpending::new("c").with_forecast(yuan("20")));
        let figures = |tracking: &Tracking| {
            let lines = tracking.lines().iter();
            lines
                .map(|line| (line.forecast(), line.forecast_basis()))
                .collect::<Vec<(Money, ForecastBasis)>>()
        };
        let used_up = spent.clone().check().unwrap();
        assert_eq!(
            figures(&used_up),
            [
                (yuan("100"), ForecastBasis::Plan),
                (yuan("110"), ForecastBasis::SpentAndCommitted),
                (yuan("20"), ForecastBasis::Stated)
            ]
        );
        assert_eq!(used_up.line("b").unwrap().available(), yuan("-10"));
        assert_eq!(used_up.total().forecast_variance(), yuan("-70"));
        assert_eq!(used_up.total().forecast_favour(), Favour::Favourable);
        assert!(used_up.to_string().contains("forecast"), "{used_up}");
        let stays = spent.nothing_more_is_ordered().check().unwrap();
        assert_eq!(figures(&stays)[0], (yuan("90"), ForecastBasis::SpentAndCommitted));
        assert_eq!(
            stays.line("d").unwrap_err(),
            BudgetError::UnknownLine { name: "d".into() },
            "an unknown line is typed"
        );
    }

    #[test]
    fn caps_tell_now_from_the_end() {
        let tracking = draft(&[("a", "100"), ("b", "0.33"), ("c", "0")])
            .spending(LineSpending::new("a").with_actual(yuan("105")).with_forecast(yuan("105.01")))
            .spending(LineSpending::new("b").with_actual(yuan("0.35")))
            .check()
            .unwrap();
        // 5 % over 0.33 are 0.3465, of which 0.34 can be spent.
        let names =
            |lines: Vec<&TrackedLine>| lines.iter().map(|line| line.name().to_string()).collect::<Vec<_>>();
        assert_eq!(names(tracking.over_now(dec!(5)).unwrap()), ["b"]);
        assert_eq!(names(tracking.over_at_the_end(dec!(5)).unwrap()), ["a", "b"]);
        assert_eq!(tracking.lines()[1].cap(dec!(5)).unwrap(), yuan("0.34"));
        let total = tracking.total();
        assert_eq!(total.cap(dec!(5)).unwrap(), yuan("105.34"));
        assert!(total.is_over_now(dec!(5)).unwrap() && total.is_over_at_the_end(dec!(5)).unwrap());
        assert!(tracking.over_now(dec!(-1)).is_err());
        let nothing = tracking.line("c").unwrap();
        assert_eq!(nothing.share_spent().to_string(), "undefined: plan is zero");
        assert_eq!((nothing.variance(), nothing.favour()), (yuan("0"), Favour::Neutral));
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let mut wrong = draft(&[("a", "100"), ("a", "-1")])
            .spending(LineSpending::new("b").with_actual(yuan("-1")))
            .spending(LineSpending::new("a").with_actual(yuan("5")).with_forecast(yuan("4")))
            .spending(LineSpending::new("a").with_committed("5 JPY".parse().unwrap()));
        assert_eq!(
            wrong.clone().check().unwrap_err().to_string(),
            "7 problems\n  lines[1].name: `a` is the name of line 0 already\n  lines[1].plan: plan -1.00 CNY is below 0\n  \
             spending[2].line: `a` is the name of line 1 already\n  spending[0].line: there is no line `b`\n  \
             spending[0].actual: actual -1.00 CNY is below 0\n  \
             spending[1].forecast: the final amount 4.00 CNY is below the 5.00 CNY that is spent already\n  \
             spending[2].committed: JPY and CNY are different currencies"
        );
        wrong.lines.clear();
        assert_eq!(wrong.check().unwrap_err().to_string(), "lines: a budget needs at least one line");
    }
}
