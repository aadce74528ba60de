//! Plan, spending and forecast of a line, and what follows from them.

use super::BudgetError;
use crate::figure::{Cause, Figure, TOTAL};
use crate::progress::overspending_cap;
use crate::quantity::words::words;
use crate::quantity::{Currency, Money, Ratio, Rounding};
use crate::target::Favour;
use alloc::string::String;
use rust_decimal::Decimal;
use serde::Serialize;

/// The basis of a line's forecast.
///
/// ```
/// # use marketloop::budget::ForecastBasis;
/// assert_eq!(serde_json::from_str::<ForecastBasis>(r#""stated""#)?, ForecastBasis::Stated);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ForecastBasis {
    /// The forecast is stated.
    Stated,
    /// The forecast is the plan.
    Plan,
    /// The forecast is what is spent and committed.
    SpentAndCommitted,
    /// The forecast is the sum of the lines' forecasts.
    Lines,
}

words!(ForecastBasis, "basis of a forecast", BudgetError:
    Stated = "stated",
    Plan = "plan",
    SpentAndCommitted = "spent_and_committed",
    Lines = "lines",
);

/// Plan, committed, actual and forecast of a line or of all lines, and what follows from them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct TrackedLine {
    name: String,
    plan: Money,
    committed: Money,
    actual: Money,
    forecast: Money,
    forecast_basis: ForecastBasis,
    available: Money,
    variance: Money,
    forecast_variance: Money,
}

impl TrackedLine {
    pub(super) fn of(
        name: String,
        [plan, committed, actual, forecast]: [Money; 4],
        forecast_basis: ForecastBasis,
    ) -> Result<Self, BudgetError> {
        Ok(Self {
            name,
            plan,
            committed,
            actual,
            forecast,
            forecast_basis,
            available: plan.minus(actual)?.minus(committed)?,
            variance: actual.minus(plan)?,
            forecast_variance: forecast.minus(plan)?,
        })
    }

    pub(super) fn total(lines: &[Self], currency: Currency) -> Result<Self, BudgetError> {
        let sum = |amount: fn(&Self) -> Money| Money::sum(lines.iter().map(amount), currency);
        let (plan, committed) = (sum(|line| line.plan)?, sum(|line| line.committed)?);
        let (actual, forecast) = (sum(|line| line.actual)?, sum(|line| line.forecast)?);
        // The lines may have been forecast by different bases: the total names none of them.
        Self::of(TOTAL.into(), [plan, committed, actual, forecast], ForecastBasis::Lines)
    }

    /// The line's name; `total` for the sums.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The planned amount.
    #[must_use]
    pub const fn plan(&self) -> Money {
        self.plan
    }

    /// The amount that is ordered and not paid yet.
    #[must_use]
    pub const fn committed(&self) -> Money {
        self.committed
    }

    /// The amount that is spent.
    #[must_use]
    pub const fn actual(&self) -> Money {
        self.actual
    }

    /// The expected final amount.
    #[must_use]
    pub const fn forecast(&self) -> Money {
        self.forecast
    }

    /// The basis of the forecast.
    #[must_use]
    pub const fn forecast_basis(&self) -> ForecastBasis {
        self.forecast_basis
    }

    /// The amount that can still be ordered: plan less actual less committed; below zero when more than the plan is
    /// spent or ordered.
    #[must_use]
    pub const fn available(&self) -> Money {
        self.available
    }

    /// Actual less plan: above zero it is adverse.
    #[must_use]
    pub const fn variance(&self) -> Money {
        self.variance
    }

    /// Forecast less plan: above zero it is adverse.
    #[must_use]
    pub const fn forecast_variance(&self) -> Money {
        self.forecast_variance
    }

    /// Whether the spending is below the plan (favourable), on it (neutral) or above it (adverse).
    #[must_use]
    pub const fn favour(&self) -> Favour {
        favour(self.variance)
    }

    /// Whether the forecast is below the plan (favourable), on it (neutral) or above it (adverse).
    #[must_use]
    pub const fn forecast_favour(&self) -> Favour {
        favour(self.forecast_variance)
    }

    /// Actual over plan; undefined where the plan is zero.
    #[must_use]
    pub fn share_spent(&self) -> Figure<Ratio> {
        if self.plan.is_zero() {
            return Figure::undefined("share spent", Cause::Zero("plan".into()));
        }
        Ratio::new(self.actual.amount(), self.plan.amount())
            .map_or_else(|_| Figure::undefined("share spent", Cause::OutOfRange), Figure::Known)
    }

    /// The maximum that may be spent where `percent` over the plan is allowed, rounded down to minor units.
    ///
    /// # Errors
    /// Those of [`overspending_cap`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Tracking;
    ///
    /// let tracking = Tracking::draft().line("SEM", "0.33 CNY".parse()?).check()?;
    /// assert_eq!(tracking.line("SEM")?.cap(5.into())?.to_string(), "0.34 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn cap(&self, percent: Decimal) -> Result<Money, BudgetError> {
        cap(self.plan, percent)
    }

    /// Whether more than the [`cap`](Self::cap) is spent.
    ///
    /// # Errors
    /// Those of [`overspending_cap`].
    ///
    /// # Examples
    /// See [`Tracking::over_now`](super::Tracking::over_now).
    pub fn is_over_now(&self, percent: Decimal) -> Result<bool, BudgetError> {
        Ok(self.actual > self.cap(percent)?)
    }

    /// Whether the forecast lies above the [`cap`](Self::cap); a line that is over now is over at the end, too.
    ///
    /// # Errors
    /// Those of [`overspending_cap`].
    ///
    /// # Examples
    /// See [`Tracking::over_at_the_end`](super::Tracking::over_at_the_end).
    pub fn is_over_at_the_end(&self, percent: Decimal) -> Result<bool, BudgetError> {
        Ok(self.forecast > self.cap(percent)?)
    }
}

const fn favour(variance: Money) -> Favour {
    match variance {
        amount if amount.is_zero() => Favour::Neutral,
        amount if amount.is_negative() => Favour::Favourable,
        _ => Favour::Adverse,
    }
}

/// The maximum that may be spent where `percent` over `plan` is allowed, rounded down to minor units.
pub(super) fn cap(plan: Money, percent: Decimal) -> Result<Money, BudgetError> {
    let cap = overspending_cap(plan.amount(), percent)?;
    Ok(Money::rounded(cap, plan.currency(), Rounding::Floor)?)
}
