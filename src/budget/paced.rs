//! Pacing of money: a total split over periods in whole minor units, and what the rest looks like.

use super::BudgetError;
use crate::error::{Path, Problems};
use crate::progress::{CapCheck, Pacing, Profile, Standing};
use crate::quantity::{Currency, Money, Ratio};
use crate::split::{Apportionment, Weights};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A total that is paced over periods.
///
/// The plan is the largest-remainder split of the total by the profile's weights, ties to the earlier period.
///
/// # Examples
/// ```
/// use marketloop::budget::Paced;
/// use marketloop::progress::Profile;
/// use marketloop::quantity::Money;
/// use rust_decimal::dec;
///
/// let profile = Profile::custom([dec!(50), dec!(70), dec!(80)])?;
/// let quarter = Paced::new(Money::parse("400000 CNY")?, &profile, 3)?;
/// assert_eq!(quarter.plan()[2], Money::parse("160000 CNY")?);
///
/// let april = quarter.after(1, Money::parse("110000 CNY")?, Money::parse("0 CNY")?)?;
/// assert_eq!(april.pacing_index()?.to_string(), "11/10");
/// assert_eq!(april.projected_total()?.to_string(), "440000");
/// let rest = april.repaced()?;
/// assert_eq!(rest, [Money::parse("135333.33 CNY")?, Money::parse("154666.67 CNY")?]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Paced {
    total: Money,
    profile: Profile,
    plan: Vec<Money>,
    pacing: Pacing,
}

impl Paced {
    /// The pacing of `total` over this number of periods in the shape of `profile`.
    ///
    /// # Errors
    /// [`BudgetError::NegativeTotal`]; [`BudgetError::Progress`] as [`Profile::weights`] says.
    pub fn new(total: Money, profile: &Profile, periods: usize) -> Result<Self, Problems<BudgetError>> {
        let root = Path::root();
        let mut problems = Problems::new();
        if total.is_negative() {
            problems.push(root.field("total"), BudgetError::NegativeTotal { total });
        }
        let weights = problems.take(&root.field("periods"), profile.weights(periods));
        let plan = weights.and_then(|weights| {
            let plan = problems.take(&root, split(total, &weights))?;
            Some((plan, weights))
        });
        let (Some((plan, weights)), true) = (plan, problems.is_empty()) else {
            return problems.finish(None);
        };
        let amounts: Vec<Decimal> = plan.iter().map(Money::amount).collect();
        let pacing = problems.take_all(&root, Pacing::new(amounts, weights));
        problems.finish(pacing.map(|pacing| Self { total, profile: profile.clone(), plan, pacing }))
    }

    /// The amount of each period; they add up to the total.
    #[must_use]
    pub fn plan(&self) -> &[Money] {
        &self.plan
    }

    /// What is paced.
    #[must_use]
    pub const fn total(&self) -> Money {
        self.total
    }

    /// The shape of the plan.
    #[must_use]
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The same as decimals of the currency's main unit.
    #[must_use]
    pub const fn pacing(&self) -> &Pacing {
        &self.pacing
    }

    /// The planned amount from the start to the end of each period.
    ///
    /// # Errors
    /// None in practice: no sum exceeds the total.
    pub fn cumulative(&self) -> Result<Vec<Money>, BudgetError> {
        let mut sum = Money::zero(self.total.currency());
        let add_up = |amount: &Money| {
            sum = sum.plus(*amount)?;
            Ok(sum)
        };
        self.plan.iter().map(add_up).collect()
    }

    /// How the plan stands after `elapsed` whole periods, with `spent` paid and `committed` ordered besides.
    ///
    /// # Errors
    /// [`BudgetError::Quantity`] for another currency; [`BudgetError::Progress`] as [`Pacing::after`] says.
    pub fn after(
        &self,
        elapsed: usize,
        spent: Money,
        committed: Money,
    ) -> Result<PacedStanding<'_>, BudgetError> {
        let currency = self.total.same_currency(spent)?;
        self.total.same_currency(committed)?;
        let expected = self.plan.iter().take(elapsed).copied();
        let expected = Money::sum(expected, currency)?;
        let left = self.total.minus(spent)?.minus(committed)?;
        let standing = self.pacing.after(elapsed, spent.amount(), committed.amount())?;
        Ok(PacedStanding { standing, currency, expected, left })
    }
}

/// Whole parts of `total`, ties to the earlier one.
fn split(total: Money, weights: &[Decimal]) -> Result<Vec<Money>, BudgetError> {
    let weights = Weights::new(weights.iter().copied())?;
    Ok(total.split_weighted(&weights, Apportionment::LargestRemainder))
}

/// How a paced total stands after some of its periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacedStanding<'a> {
    standing: Standing<'a>,
    currency: Currency,
    expected: Money,
    left: Money,
}

impl PacedStanding<'_> {
    /// The planned amount of the elapsed periods.
    #[must_use]
    pub const fn expected_to_date(&self) -> Money {
        self.expected
    }

    /// Spent over expected to date: above 1 the money goes faster than planned.
    ///
    /// # Errors
    /// [`BudgetError::Progress`] where nothing was expected.
    pub fn pacing_index(&self) -> Result<Ratio, BudgetError> {
        Ok(self.standing.pacing_index()?)
    }

    /// The total at the end if the money goes on as so far, in the currency's main unit.
    ///
    /// # Errors
    /// [`BudgetError::Progress`] where the elapsed periods weigh nothing.
    pub fn projected_total(&self) -> Result<Ratio, BudgetError> {
        Ok(self.standing.projected_total()?)
    }

    /// What is neither spent nor committed; below zero when more than the total is gone.
    #[must_use]
    pub const fn remaining(&self) -> Money {
        self.left
    }

    /// What is left, split anew over the remaining periods by their weights; it adds up to
    /// [`remaining`](Self::remaining).
    ///
    /// # Errors
    /// [`BudgetError::Progress`] where no period is left, the remaining ones weigh nothing, or more than the
    /// total is gone.
    pub fn repaced(&self) -> Result<Vec<Money>, BudgetError> {
        let rest = self.standing.remainder()?;
        split(Money::new(rest.amount, self.currency)?, rest.weights)
    }

    /// The standing against a cap of `percent` over the total, in the currency's main unit.
    ///
    /// # Errors
    /// Those of [`Standing::against_cap`].
    pub fn against_cap(&self, percent: Decimal) -> Result<CapCheck, BudgetError> {
        Ok(self.standing.against_cap(percent)?)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    total: Money,
    profile: Profile,
    periods: usize,
}

impl TryFrom<Wire> for Paced {
    type Error = Problems<BudgetError>;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        Self::new(wire.total, &wire.profile, wire.periods)
    }
}

impl From<Paced> for Wire {
    fn from(paced: Paced) -> Self {
        Self { total: paced.total, periods: paced.plan.len(), profile: paced.profile }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{ProgressError, ProgressFigure, UndefinedCause};
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn yuan(text: &str) -> Money {
        Money::parse(&alloc::format!("{text} CNY")).unwrap()
    }

    #[test]
    fn odd_cents_go_to_the_earlier_period() {
        let week = Paced::new(yuan("1"), &Profile::even(), 7).unwrap();
        let minor: Vec<i128> = week.plan().iter().map(Money::minor).collect();
        assert_eq!(minor, [15, 15, 14, 14, 14, 14, 14]);
        assert_eq!(week.cumulative().unwrap().last(), Some(&week.total()));
        let standing = week.after(2, yuan("0.31"), yuan("0")).unwrap();
        assert_eq!(standing.expected_to_date(), yuan("0.30"));
        let rest = standing.repaced().unwrap();
        assert_eq!(rest.iter().map(Money::minor).collect::<Vec<_>>(), [14, 14, 14, 14, 13]);
        let check = standing.against_cap(dec!(5)).unwrap();
        assert!(!check.is_exceeded() && check.will_be_exceeded().unwrap());
    }

    #[test]
    fn what_cannot_be_paced_says_why() {
        let over = Paced::new(yuan("-1"), &Profile::even(), 0).unwrap_err().to_string();
        assert_eq!(
            over,
            "2 problems\n  total: the total -1.00 CNY is below 0\n  periods: at least one of weights is needed"
        );
        let half = Paced::new(yuan("1"), &Profile::even(), 2).unwrap();
        assert!(half.after(3, yuan("0"), yuan("0")).is_err());
        assert!(half.after(1, "1 JPY".parse().unwrap(), yuan("0")).is_err());
        assert!(half.after(1, yuan("0"), "1 JPY".parse().unwrap()).is_err());
        let gone = half.after(1, yuan("0.90"), yuan("0.20")).unwrap();
        assert_eq!(gone.remaining(), yuan("-0.10"));
        let nothing = ProgressError::Undefined {
            figure: ProgressFigure::Remainder,
            cause: UndefinedCause::NothingLeft,
        };
        assert_eq!(gone.repaced().unwrap_err(), nothing.into());
    }
}
