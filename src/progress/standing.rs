//! Where a paced total stands: what was expected, what is left, and whether a cap holds.

use super::{ProgressError, cell_in, checked, exact_cell, no, ratio_or};
use crate::figure::{Cause, Cell, Figure, Table, to_wire};
use crate::quantity::{AnyAmount, Ratio, add, multiply};
use crate::split::{Apportionment, integers};
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// Whole steps of `total`, ties to the earlier one.
pub(super) fn divided<A: AnyAmount>(total: &A, weights: &[Decimal]) -> Result<Vec<A>, ProgressError> {
    // In whole steps of the amount, so that money, counts and quantities are one case.
    let parts = integers(total.steps(), weights.iter().copied(), Apportionment::LargestRemainder)?;
    Ok(parts.into_iter().map(|part| total.of_steps(part)).collect::<Result<_, _>>()?)
}

/// The amounts of a standing as exact numbers in the unit of the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Exact {
    pub(super) total: Ratio,
    pub(super) spent: Ratio,
    pub(super) expected: Ratio,
    pub(super) left: Ratio,
}

/// How a plan stands after some of its periods.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Standing<A> {
    pub(super) elapsed: usize,
    pub(super) total: A,
    pub(super) spent: A,
    pub(super) committed: A,
    pub(super) expected: A,
    pub(super) exact: Exact,
    pub(super) elapsed_weight: Decimal,
    pub(super) all_weight: Decimal,
    pub(super) weights_left: Vec<Decimal>,
}

impl<A: AnyAmount> Standing<A> {
    /// The number of periods that are over.
    #[must_use]
    pub const fn elapsed(&self) -> usize {
        self.elapsed
    }

    /// The amount that is spent so far.
    #[must_use]
    pub const fn spent(&self) -> &A {
        &self.spent
    }

    /// The amount that is ordered and not yet paid.
    #[must_use]
    pub const fn committed(&self) -> &A {
        &self.committed
    }

    /// The planned amount of the elapsed periods.
    #[must_use]
    pub const fn expected_to_date(&self) -> &A {
        &self.expected
    }

    /// Spent over expected to date: above 1 the money goes faster than planned. Undefined where nothing was expected.
    ///
    /// # Formula
    /// `spent / expected`, both from the start to the end of the last elapsed period.
    #[must_use]
    pub fn pacing_index(&self) -> Figure<Ratio> {
        let figure = "pacing index";
        if self.exact.expected.is_zero() {
            return no(figure, Cause::Zero("amount expected to date".into()));
        }
        ratio_or(figure, self.exact.spent.divided_by(self.exact.expected))
    }

    /// Whether more (`Greater`) or less was spent than expected to date: known also where the
    /// [`pacing_index`](Self::pacing_index) is undefined.
    #[must_use]
    pub fn pace(&self) -> Ordering {
        self.exact.spent.cmp(&self.exact.expected)
    }

    /// The total at the end if the money goes on as so far, in proportion to the weights, exactly, in the unit of the
    /// total; [`AnyAmount::rounded`] makes an amount of it. Undefined where the elapsed periods weigh nothing.
    ///
    /// # Formula
    /// `spent * W / W_elapsed`, where `W` is the sum of all weights and `W_elapsed` that of the elapsed
    /// periods (the weights themselves, so that the rounding of the plan plays no part).
    #[must_use]
    pub fn projected_total(&self) -> Figure<Ratio> {
        let figure = "projected total";
        if self.elapsed_weight.is_zero() {
            return no(figure, Cause::Zero("weight of the elapsed periods".into()));
        }
        // By the weights and not by the plan: its amounts are rounded, and a stated plan may follow no weights at all.
        // The quotient of the weights first: it is exact, and the only rounding is that of whoever shows the figure.
        let share = Ratio::new(self.all_weight, self.elapsed_weight);
        ratio_or(figure, share.and_then(|share| self.exact.spent.times(share)))
    }

    /// The total less what is spent and committed. Below zero when more than the total is gone; for a count, which cannot
    /// be below zero, it is then undefined.
    #[must_use]
    pub fn remaining(&self) -> Figure<A> {
        super::amount_or("remaining amount", &self.total, self.exact.left)
    }

    /// The [`remaining`](Self::remaining) amount, split anew over the periods that are left by their weights, to which
    /// the parts add up. Undefined where no period is left, the remaining ones weigh nothing, or more
    /// than the total is gone.
    ///
    /// # Formula
    /// `total - spent - committed`, by the weights of the periods that are not over.
    #[must_use]
    pub fn repaced(&self) -> Figure<Vec<A>> {
        let figure = "amount to re-pace";
        // The causes from the plainest on: without a period there is no question of money or weights.
        if self.weights_left.is_empty() {
            no(figure, Cause::None("period left".into()))
        } else if self.exact.left.is_negative() {
            no(figure, Cause::Negative("amount left".into()))
        } else if self.weights_left.iter().all(Decimal::is_zero) {
            no(figure, Cause::Zero("weight of the periods left".into()))
        } else {
            self.remaining().and_then(|left| match divided(&left, &self.weights_left) {
                Ok(parts) => Figure::Known(parts),
                Err(_) => no(figure, Cause::OutOfRange),
            })
        }
    }

    /// The standing against a cap of `percent` over the total: now, and at the pace so far.
    ///
    /// # Errors
    /// [`ProgressError::Negative`]; [`ProgressError::Quantity`] where the cap needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::{Pacing, Profile};
    /// use marketloop::quantity::Money;
    /// use rust_decimal::dec;
    ///
    /// let yuan = |text: &str| Money::parse(&format!("{text} CNY"));
    /// let half = Pacing::new(yuan("1000")?, &Profile::even(), 2)?.after(1, yuan("540")?, yuan("0")?)?;
    /// let check = half.against_cap(dec!(5))?;
    /// assert_eq!(check.cap().to_string(), "1050");
    /// assert!(!check.is_exceeded());
    /// assert!(check.will_be_exceeded().get()?); // 1,080 at this pace
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn against_cap(&self, percent: Decimal) -> Result<CapCheck, ProgressError> {
        let percent = checked("percent of overspending", percent)?;
        let factor =
            Ratio::from(add(Decimal::ONE_HUNDRED, percent)?).divided_by(Decimal::ONE_HUNDRED.into())?;
        // Not rounded to the currency: whether a cap is passed must not depend on half a cent.
        let cap = self.exact.total.times(factor)?;
        let (spent, projected) = (self.exact.spent, self.projected_total());
        Ok(CapCheck { cap, spent, projected, unit: self.total.cell().unit })
    }

    /// A row for each figure, with the reason of one that does not exist.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("figure");
        let amounts = [("expected", &self.expected), ("spent", &self.spent), ("committed", &self.committed)];
        for (name, amount) in amounts {
            table.push(name, "amount", amount.cell());
        }
        let remaining = match self.remaining() {
            Figure::Known(amount) => amount.cell(),
            none => Cell::from(none.map(|_| "")),
        };
        table.push("remaining", "amount", remaining);
        table.push("pacing index", "ratio", self.pacing_index());
        table.push("projected total", "amount", exact_cell(&self.total, self.projected_total()));
        table
    }
}

impl<A: AnyAmount> fmt::Display for Standing<A> {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[derive(Serialize)]
#[serde(rename = "Standing", bound(serialize = "A: AnyAmount + Serialize"))]
struct Out<'a, A> {
    elapsed: usize,
    expected_to_date: &'a A,
    spent: &'a A,
    committed: &'a A,
    remaining: Figure<A>,
    pacing_index: Figure<Ratio>,
    projected_total: Figure<Ratio>,
}

impl<A: AnyAmount + Serialize> Serialize for Standing<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Out {
            elapsed: self.elapsed,
            expected_to_date: &self.expected,
            spent: &self.spent,
            committed: &self.committed,
            remaining: self.remaining(),
            pacing_index: self.pacing_index(),
            projected_total: self.projected_total(),
        }
        .serialize(serializer)
    }
}

/// A maximum for the spending, with what is spent and what is projected against it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct CapCheck {
    cap: Ratio,
    spent: Ratio,
    projected: Figure<Ratio>,
    unit: Cow<'static, str>,
}

to_wire!(CapCheck);

impl CapCheck {
    /// The cap, exactly, in the [`unit`](Self::unit).
    #[must_use]
    pub const fn cap(&self) -> Ratio {
        self.cap
    }

    /// The currency or unit of the amounts, that of the plan; empty for counts.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Whether more than the cap is spent already.
    #[must_use]
    pub fn is_exceeded(&self) -> bool {
        self.spent > self.cap
    }

    /// Whether the projected total lies above the cap. Also true where more than the cap is spent already; else undefined
    /// where [`Standing::projected_total`] is.
    #[must_use]
    pub fn will_be_exceeded(&self) -> Figure<bool> {
        // Known even where nothing can be projected: money that is spent does not come back.
        if self.is_exceeded() {
            return Figure::Known(true);
        }
        self.projected.clone().map(|projected| projected > self.cap)
    }

    /// A row for each amount, in the plan's unit, with the reason of a projection that does not exist.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("figure");
        let known = |amount: Ratio| Figure::Known(amount);
        let rows =
            [("spent", known(self.spent)), ("cap", known(self.cap)), ("projected", self.projected.clone())];
        for (name, amount) in rows {
            table.push(name, "amount", cell_in(self.unit.clone(), amount));
        }
        table
    }
}

impl fmt::Display for CapCheck {
    /// `540 of at most 1050, 1080 projected`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown =
            |value: &Ratio| value.to_decimal().map_or_else(|| format!("{value:.4}"), |v| v.to_string());
        let projected = self.projected.as_ref().map(shown);
        write!(f, "{} of at most {}, {projected} projected", shown(&self.spent), shown(&self.cap))
    }
}

/// The maximum that may be spent, in the unit of `total`, with an overspending of `percent` allowed.
///
/// # Formula
/// `total * (1 + percent / 100)`.
///
/// # Errors
/// [`ProgressError::Negative`] for either; [`ProgressError::Quantity`] where the cap needs more than 28
/// digits.
///
/// # Examples
/// ```
/// use marketloop::progress::overspending_cap;
/// use rust_decimal::dec;
///
/// assert_eq!(overspending_cap(dec!(1000000), dec!(5))?, dec!(1050000));
/// # Ok::<(), marketloop::progress::ProgressError>(())
/// ```
pub fn overspending_cap(total: Decimal, percent: Decimal) -> Result<Decimal, ProgressError> {
    let percent = checked("percent of overspending", percent)?;
    let hundredth = Decimal::new(1, 2);
    let factor = multiply(add(Decimal::ONE_HUNDRED, percent)?, hundredth)?;
    Ok(multiply(checked("total", total)?, factor)?)
}
