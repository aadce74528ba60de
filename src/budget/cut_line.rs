//! Lines that may be cut, and by how much a budget shrinks.

use super::BudgetError;
use super::lines::Line;
use crate::quantity::wire::{wire_fields, wire_variants};
use crate::quantity::words::words;
use crate::quantity::{Money, Rounding, Share};
use alloc::string::String;
use rust_decimal::Decimal;

/// A line that may be cut, with its priority, floor and marginal return.
///
/// ```
/// # use marketloop::budget::CutLine;
/// let json = r#"{
///   "name": "tools",
///   "amount": {"amount": "15.00", "currency": "CNY"},
///   "priority": 1,
///   "floor": {"amount": "5.00", "currency": "CNY"},
///   "marginal_return": "0.8"
/// }"#;
/// let read: CutLine = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<CutLine>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutLine {
    /// The line's name, unique in its list.
    pub name: String,
    /// The amount of the line.
    pub amount: Money,
    /// The declared priority; the lines of the lowest number go first.
    pub priority: u32,
    /// The amount that cannot be cut, such as contracts and deposits; zero if not stated.
    pub floor: Option<Money>,
    /// The marginal return: what the last unit of money in the line brings, in one unit for all lines.
    pub marginal_return: Option<Decimal>,
    /// Whether the line is a reserve.
    pub reserve: bool,
}

wire_fields!(CutLine {
    name,
    amount,
    priority,
    floor: optional,
    marginal_return: optional(own),
    reserve: optional
});

impl CutLine {
    /// A line without floor and marginal return, not a reserve.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{CutLine, Cuts, Shrink};
    ///
    /// let lines = [CutLine::new("a", "30 CNY".parse()?, 2), CutLine::new("b", "20 CNY".parse()?, 1)];
    /// let cuts = Cuts::draft(lines, Shrink::To("25 CNY".parse()?)).check()?;
    /// assert_eq!(cuts.cuts()[0].to_string(), "b 20.00 CNY -> 0.00 CNY: priority 1, all that can go");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, amount: Money, priority: u32) -> Self {
        Self { name: name.into(), amount, priority, floor: None, marginal_return: None, reserve: false }
    }

    /// A line of a budget or an allocation with this priority; a reserve stays a reserve.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Budget, CutLine, Cuts, Shrink};
    /// use rust_decimal::dec;
    ///
    /// let event = Budget::draft("event", "100 CNY".parse()?)
    ///     .percent("tools", dec!(90))
    ///     .reserve("contingency", dec!(10), "technical failure")
    ///     .check()?;
    /// let lines = event.lines().iter().map(|line| CutLine::of(line, 1));
    /// let cuts = Cuts::draft(lines, Shrink::By("40 CNY".parse()?)).check()?;
    /// assert_eq!(cuts.cuts()[0].line(), "tools"); // the reserve is kept
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn of(line: &Line, priority: u32) -> Self {
        Self { reserve: line.is_reserve(), ..Self::new(line.name(), line.amount(), priority) }
    }

    /// States the amount that cannot be cut: contracts, deposits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{CutLine, Cuts, Shrink};
    ///
    /// let line = CutLine::new("tools", "15000 CNY".parse()?, 1).with_floor("10000 CNY".parse()?);
    /// let refused = Cuts::draft([line], Shrink::By("6000 CNY".parse()?)).check().unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     r#"shrink: 1,000.00 CNY cannot be cut: the floors of ["tools"] stop it"#
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_floor(self, floor: Money) -> Self {
        Self { floor: Some(floor), ..self }
    }

    /// States the marginal return, what the last unit of money brings: within one priority the line with the lowest is
    /// cut first.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{CutLine, Cuts, Shrink};
    /// use rust_decimal::dec;
    ///
    /// let line = |name, marginal| Ok::<_, marketloop::Error>(
    ///     CutLine::new(name, "10 CNY".parse()?, 1).with_marginal_return(marginal)
    /// );
    /// let lines = [line("search", dec!(1.2))?, line("social", dec!(0.4))?];
    /// let cuts = Cuts::draft(lines, Shrink::By("5 CNY".parse()?)).check()?;
    /// assert_eq!(cuts.cuts()[0].explain(), "priority 1, marginal return 0.4, closes the gap");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_marginal_return(self, marginal_return: Decimal) -> Self {
        Self { marginal_return: Some(marginal_return), ..self }
    }

    pub(super) fn kept(&self, reserves: ReservePolicy) -> Money {
        if self.reserve && reserves == ReservePolicy::Kept {
            return self.amount;
        }
        self.floor.unwrap_or(Money::zero(self.amount.currency()))
    }
}

/// By how much a budget shrinks.
///
/// ```
/// # use marketloop::budget::Shrink;
/// let json = r#"{"by":{"amount":"1.00","currency":"CNY"}}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Shrink>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shrink {
    /// By this amount.
    By(Money),
    /// To this total.
    To(Money),
    /// By a share of the total, the cut rounded to minor units.
    ByShare {
        /// The share to cut.
        share: Share,
        /// How the cut is rounded to minor units.
        rounding: Rounding,
    },
}

wire_variants!(Shrink {
    "by" => By(_),
    "to" => To(_),
    "by_share" => ByShare { share, rounding },
});

impl Shrink {
    pub(super) fn amount(self, total: Money) -> Result<Money, BudgetError> {
        let cut = match self {
            Self::By(cut) => cut,
            Self::To(left) => total.minus(left)?,
            Self::ByShare { share, rounding } => total.times(share.value(), rounding)?,
        };
        total.same_currency(cut)?;
        if cut.is_negative() {
            return Err(BudgetError::NegativeAmount { what: "cut", amount: cut });
        }
        // More than there is cannot be cut, whatever order the lines are in.
        if cut > total { Err(BudgetError::CutAboveTotal { cut, total }) } else { Ok(cut) }
    }
}

/// What happens to reserves.
///
/// ```
/// # use marketloop::budget::ReservePolicy;
/// assert_eq!(serde_json::from_str::<ReservePolicy>(r#""kept""#)?, ReservePolicy::Kept);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ReservePolicy {
    /// Reserves are not cut.
    #[default]
    Kept,
    /// Reserves are cut before all other lines.
    First,
    /// Reserves are cut after all other lines.
    Last,
    /// Reserves are cut by their priority, like other lines.
    ByPriority,
}

words!(ReservePolicy, "policy for reserves", BudgetError:
    Kept = "kept",
    First = "first",
    Last = "last",
    ByPriority = "by_priority",
);
