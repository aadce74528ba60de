//! Plan, committed, actual and forecast of the lines of a budget.

use super::names::indexed;
use super::{Budget, BudgetError, checked, undefined};
use crate::error::{Path, Problems};
use crate::progress::overspending_cap;
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Currency, Money, Ratio, Rounding};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A line and its plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedLine {
    /// The line's name, unique in its budget.
    pub name: String,
    /// The planned amount.
    pub plan: Money,
}

/// What happened to a line so far; what is not stated is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineSpending {
    /// The name of the line.
    pub line: String,
    /// What is spent.
    #[serde(default)]
    pub actual: Option<Money>,
    /// What is ordered besides and not paid yet.
    #[serde(default)]
    pub committed: Option<Money>,
    /// The expected final amount of the line (not only of its rest).
    #[serde(default)]
    pub forecast: Option<Money>,
}

serialize_fields!(LineSpending { line, actual: optional, committed: optional, forecast: optional });

impl LineSpending {
    /// A line of which nothing is spent, ordered or forecast.
    #[must_use]
    pub fn new(line: impl Into<String>) -> Self {
        Self { line: line.into(), actual: None, committed: None, forecast: None }
    }

    /// The same with this amount spent.
    #[must_use]
    pub fn with_actual(self, actual: Money) -> Self {
        Self { actual: Some(actual), ..self }
    }

    /// The same with this amount ordered besides and not paid yet.
    #[must_use]
    pub fn with_committed(self, committed: Money) -> Self {
        Self { committed: Some(committed), ..self }
    }

    /// The same with this final amount expected.
    #[must_use]
    pub fn with_forecast(self, forecast: Money) -> Self {
        Self { forecast: Some(forecast), ..self }
    }
}

/// The expected final amount of a line that states none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UnstatedForecast {
    /// The plan, or what is spent and committed where that is more: the line will be used up.
    #[default]
    AtLeastPlan,
    /// What is spent and committed: nothing more will be ordered.
    SpentAndCommitted,
}

/// Spending against a budget as it is written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrackingDraft {
    /// The lines and their plans.
    pub lines: Vec<PlannedLine>,
    /// What happened, each line at most once.
    #[serde(default)]
    pub spending: Vec<LineSpending>,
    /// The expected final amount of the lines that state none.
    #[serde(default)]
    pub unstated_forecast: UnstatedForecast,
}

serialize_fields!(TrackingDraft { lines, spending: optional, unstated_forecast });

impl TrackingDraft {
    /// The draft with what happened to a line.
    #[must_use]
    pub fn spending(mut self, spending: LineSpending) -> Self {
        self.spending.push(spending);
        self
    }

    /// The draft with this rule for lines without a forecast.
    #[must_use]
    pub fn with_unstated_forecast(self, unstated_forecast: UnstatedForecast) -> Self {
        Self { unstated_forecast, ..self }
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
            .map(|line| TrackedLine::new(line, spending_of(&line.name), self.unstated_forecast, currency));
        let tracked = tracked.collect::<Result<Vec<_>, _>>().and_then(|lines| {
            let total =
                lines.iter().try_fold(LineFigures::none(currency), |sum, line| sum.plus(line.figures))?;
            Ok((lines, total))
        });
        let tracked = problems.take(&at_lines, tracked);
        problems.finish(tracked.map(|(lines, total)| Tracking { draft: self, lines, total }))
    }
}

/// On which side of the plan a cost is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VarianceSide {
    /// Below the plan.
    Favourable,
    /// As planned.
    OnPlan,
    /// Above the plan.
    Adverse,
}

impl fmt::Display for VarianceSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Favourable => "favourable",
            Self::OnPlan => "on plan",
            Self::Adverse => "adverse",
        })
    }
}

/// A cost less its plan; above zero it is adverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostVariance(Money);

impl CostVariance {
    /// The cost less its plan.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.0
    }

    /// On which side of the plan the cost is.
    #[must_use]
    pub const fn side(&self) -> VarianceSide {
        match self.0 {
            amount if amount.is_zero() => VarianceSide::OnPlan,
            amount if amount.is_negative() => VarianceSide::Favourable,
            _ => VarianceSide::Adverse,
        }
    }
}

impl fmt::Display for CostVariance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, self.side())
    }
}

/// Plan, committed, actual and forecast, and what follows from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFigures {
    plan: Money,
    committed: Money,
    actual: Money,
    forecast: Money,
    available: Money,
    variance: CostVariance,
    forecast_variance: CostVariance,
}

impl LineFigures {
    fn none(currency: Currency) -> Self {
        let none = Money::zero(currency);
        let (variance, forecast_variance) = (CostVariance(none), CostVariance(none));
        let (plan, committed, actual, forecast) = (none, none, none, none);
        Self { plan, committed, actual, forecast, available: none, variance, forecast_variance }
    }

    fn new(plan: Money, committed: Money, actual: Money, forecast: Money) -> Result<Self, BudgetError> {
        Ok(Self {
            plan,
            committed,
            actual,
            forecast,
            available: plan.minus(actual)?.minus(committed)?,
            variance: CostVariance(actual.minus(plan)?),
            forecast_variance: CostVariance(forecast.minus(plan)?),
        })
    }

    fn plus(self, other: Self) -> Result<Self, BudgetError> {
        Self::new(
            self.plan.plus(other.plan)?,
            self.committed.plus(other.committed)?,
            self.actual.plus(other.actual)?,
            self.forecast.plus(other.forecast)?,
        )
    }

    /// The planned amount.
    #[must_use]
    pub const fn plan(&self) -> Money {
        self.plan
    }

    /// What is ordered and not paid yet.
    #[must_use]
    pub const fn committed(&self) -> Money {
        self.committed
    }

    /// What is spent.
    #[must_use]
    pub const fn actual(&self) -> Money {
        self.actual
    }

    /// The expected final amount.
    #[must_use]
    pub const fn forecast(&self) -> Money {
        self.forecast
    }

    /// What can still be ordered: plan less actual less committed; below zero when more than the plan is gone.
    #[must_use]
    pub const fn available(&self) -> Money {
        self.available
    }

    /// Actual less plan.
    #[must_use]
    pub const fn variance(&self) -> CostVariance {
        self.variance
    }

    /// Forecast less plan.
    #[must_use]
    pub const fn forecast_variance(&self) -> CostVariance {
        self.forecast_variance
    }

    /// Actual over plan.
    ///
    /// # Errors
    /// [`BudgetError::Undefined`] where the plan is zero.
    pub fn share_spent(&self) -> Result<Ratio, BudgetError> {
        if self.plan.is_zero() {
            return Err(undefined::SHARE_SPENT.into());
        }
        Ok(Ratio::new(self.actual.amount(), self.plan.amount())?)
    }

    /// The most that may be spent with `percent` over the plan allowed, rounded down to minor units.
    ///
    /// # Errors
    /// Those of [`overspending_cap`].
    pub fn cap(&self, percent: Decimal) -> Result<Money, BudgetError> {
        cap(self.plan, percent)
    }
}

/// The most that may be spent with `percent` over `plan` allowed, rounded down to minor units.
pub(super) fn cap(plan: Money, percent: Decimal) -> Result<Money, BudgetError> {
    let cap = overspending_cap(plan.amount(), percent)?;
    Ok(Money::rounded(cap, plan.currency(), Rounding::Floor)?)
}

/// Where the forecast of a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForecastBasis {
    /// It is stated.
    Stated,
    /// It is the plan.
    Plan,
    /// It is what is spent and committed.
    SpentAndCommitted,
}

/// A line of a tracked budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedLine {
    name: String,
    figures: LineFigures,
    forecast_basis: ForecastBasis,
}

impl TrackedLine {
    fn new(
        line: &PlannedLine,
        spending: Option<&LineSpending>,
        unstated: UnstatedForecast,
        currency: Currency,
    ) -> Result<Self, BudgetError> {
        let amount = |of: fn(&LineSpending) -> Option<Money>| spending.and_then(of);
        let actual = amount(|spending| spending.actual).unwrap_or(Money::zero(currency));
        let committed = amount(|spending| spending.committed).unwrap_or(Money::zero(currency));
        let gone = actual.plus(committed)?;
        let (forecast, forecast_basis) = match amount(|spending| spending.forecast) {
            Some(stated) => (stated, ForecastBasis::Stated),
            None if unstated == UnstatedForecast::AtLeastPlan && line.plan >= gone => {
                (line.plan, ForecastBasis::Plan)
            }
            None => (gone, ForecastBasis::SpentAndCommitted),
        };
        let figures = LineFigures::new(line.plan, committed, actual, forecast)?;
        Ok(Self { name: line.name.clone(), figures, forecast_basis })
    }

    /// The line's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The line's figures.
    #[must_use]
    pub const fn figures(&self) -> &LineFigures {
        &self.figures
    }

    /// Where the forecast comes from.
    #[must_use]
    pub const fn forecast_basis(&self) -> ForecastBasis {
        self.forecast_basis
    }
}

/// The lines of a budget with plan, committed, actual and forecast.
///
/// # Examples
/// ```
/// use marketloop::budget::{Budget, LineSpending, VarianceSide, Tracking};
/// use marketloop::quantity::Money;
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
/// let content = tracking.line("content production")?.figures();
/// assert_eq!(content.variance().to_string(), "1,500.00 CNY (adverse)");
/// assert_eq!(content.share_spent()?.to_percent(), "107.5%");
/// assert_eq!(tracking.total().available(), Money::parse("13500 CNY")?);
/// assert_eq!(tracking.total().forecast_variance().side(), VarianceSide::Adverse);
///
/// // With 5 % over the plan allowed, content production is over its cap now.
/// let report = tracking.against_cap(dec!(5))?;
/// assert_eq!(report.over_now().map(|line| line.name()).collect::<Vec<_>>(), ["content production"]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "TrackingDraft", into = "TrackingDraft")]
pub struct Tracking {
    draft: TrackingDraft,
    lines: Vec<TrackedLine>,
    total: LineFigures,
}

impl Tracking {
    /// A draft with the lines of `budget`, nothing of them spent.
    #[must_use]
    pub fn of(budget: &Budget) -> TrackingDraft {
        let lines =
            budget.lines().iter().map(|line| PlannedLine { name: line.name().into(), plan: line.amount() });
        TrackingDraft {
            lines: lines.collect(),
            spending: Vec::new(),
            unstated_forecast: UnstatedForecast::default(),
        }
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
    pub fn line(&self, name: &str) -> Result<&TrackedLine, BudgetError> {
        let line = self.lines.iter().find(|line| line.name == name);
        line.ok_or_else(|| BudgetError::UnknownLine { name: name.into() })
    }

    /// The sums over all lines.
    #[must_use]
    pub const fn total(&self) -> &LineFigures {
        &self.total
    }

    /// The lines and the total against a cap of `percent` over their plans.
    ///
    /// # Errors
    /// Those of [`overspending_cap`].
    pub fn against_cap(&self, percent: Decimal) -> Result<CapReport<'_>, BudgetError> {
        let caps = self.lines.iter().map(|line| line.figures.cap(percent));
        Ok(CapReport {
            lines: &self.lines,
            caps: caps.collect::<Result<_, _>>()?,
            total: &self.total,
            total_cap: self.total.cap(percent)?,
        })
    }
}

/// What is over a cap on overspending, now and at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapReport<'a> {
    lines: &'a [TrackedLine],
    caps: Vec<Money>,
    total: &'a LineFigures,
    total_cap: Money,
}

impl<'a> CapReport<'a> {
    /// The lines with their caps.
    pub fn caps(&self) -> impl Iterator<Item = (&'a TrackedLine, Money)> + '_ {
        self.lines.iter().zip(self.caps.iter().copied())
    }

    /// The lines of which more than the cap is spent.
    pub fn over_now(&self) -> impl Iterator<Item = &'a TrackedLine> + '_ {
        self.caps().filter(|(line, cap)| line.figures.actual > *cap).map(|(line, _)| line)
    }

    /// The lines whose forecast lies above the cap, those that are over now among them.
    pub fn over_at_the_end(&self) -> impl Iterator<Item = &'a TrackedLine> + '_ {
        self.caps().filter(|(line, cap)| line.figures.forecast > *cap).map(|(line, _)| line)
    }

    /// The cap of the total.
    #[must_use]
    pub const fn total_cap(&self) -> Money {
        self.total_cap
    }

    /// Whether more than the total's cap is spent.
    #[must_use]
    pub fn total_is_over_now(&self) -> bool {
        self.total.actual > self.total_cap
    }

    /// Whether the forecast of the total lies above its cap.
    #[must_use]
    pub fn total_is_over_at_the_end(&self) -> bool {
        self.total.forecast > self.total_cap
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
    use alloc::string::ToString;
    use alloc::vec;
    use rust_decimal::dec;

    fn yuan(text: &str) -> Money {
        Money::parse(&alloc::format!("{text} CNY")).unwrap()
    }

    fn draft(plans: &[(&str, &str)]) -> TrackingDraft {
        let lines = plans.iter().map(|(name, plan)| PlannedLine { name: (*name).into(), plan: yuan(plan) });
        TrackingDraft {
            lines: lines.collect(),
            spending: vec![],
            unstated_forecast: UnstatedForecast::default(),
        }
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
                .map(|line| (line.figures().forecast(), line.forecast_basis()))
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
        assert_eq!(used_up.line("b").unwrap().figures().available(), yuan("-10"));
        assert_eq!(used_up.total().forecast_variance().to_string(), "-70.00 CNY (favourable)");
        let stays = spent.with_unstated_forecast(UnstatedForecast::SpentAndCommitted).check().unwrap();
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
        let report = tracking.against_cap(dec!(5)).unwrap();
        // 5 % over 0.33 are 0.3465, of which 0.34 can be spent.
        let names = |lines: Vec<&TrackedLine>| lines.iter().map(|line| line.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(report.over_now().collect()), ["b"]);
        assert_eq!(names(report.over_at_the_end().collect()), ["a", "b"]);
        assert_eq!(report.caps().nth(1).unwrap().1, yuan("0.34"));
        assert_eq!(report.total_cap(), yuan("105.34"));
        assert!(report.total_is_over_now() && report.total_is_over_at_the_end());
        assert!(tracking.against_cap(dec!(-1)).is_err());
        let nothing = tracking.line("c").unwrap().figures();
        assert_eq!(nothing.share_spent().unwrap_err(), undefined::SHARE_SPENT.into());
        assert_eq!(nothing.variance().to_string(), "0.00 CNY (on plan)");
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
