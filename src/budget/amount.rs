//! The amount that a rule takes or allows: stated, or a percentage.

use crate::quantity::Money;
use crate::quantity::wire::wire_variants;
use rust_decimal::Decimal;

/// An amount that a rule takes.
///
/// # Examples
/// ```
/// use marketloop::budget::{Allocation, Amount, Rule};
/// use marketloop::quantity::Money;
///
/// let plan = Allocation::draft(Money::parse("1000 CNY")?)
///     .rule("agency", Rule::take("agency", Money::parse("200 CNY")?))
///     .rule("search", Rule::take("search", Amount::percent(50)))
///     .rule("social", Rule::take("social", Amount::percent_of_rest(100)))
///     .check()?;
/// assert_eq!(plan["search"].amount().to_string(), "500.00 CNY");
/// assert_eq!(plan["social"].amount().to_string(), "300.00 CNY");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::budget::Amount;
/// let json = r#"{"percent_of_total":"10"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Amount>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// This amount.
    Stated(Money),
    /// A percentage (0 to 100) of the total.
    PercentOfTotal(Decimal),
    /// A percentage (0 to 100) of what earlier rules have left.
    PercentOfRest(Decimal),
}

wire_variants!(Amount {
    "stated" => Stated(_),
    "percent_of_total" => PercentOfTotal(own),
    "percent_of_rest" => PercentOfRest(own),
});

impl Amount {
    /// `percent` (0 to 100) of the total.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Amount, Rule};
    /// use marketloop::quantity::Money;
    ///
    /// let total = Money::parse("400 CNY")?;
    /// let plan = Allocation::draft(total).rule("all", Rule::take("search", Amount::percent(100))).check()?;
    /// assert_eq!(plan["search"].amount(), total);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn percent(percent: impl Into<Decimal>) -> Self {
        Self::PercentOfTotal(percent.into())
    }

    /// `percent` (0 to 100) of what earlier rules have left.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Amount, Divide, Rule};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("400 CNY")?)
    ///     .rule("first", Rule::take("agency", Amount::percent(50)))
    ///     .rule("second", Rule::take("tools", Amount::percent_of_rest(50)))
    ///     .rule("main", Divide::by_scores([("search", 1)]))
    ///     .check()?;
    /// assert_eq!(plan["tools"].amount().to_string(), "100.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn percent_of_rest(percent: impl Into<Decimal>) -> Self {
        Self::PercentOfRest(percent.into())
    }
}

impl From<Money> for Amount {
    fn from(amount: Money) -> Self {
        Self::Stated(amount)
    }
}

/// A bound that does not depend on the order of the rules: no percentage of a rest.
///
/// ```
/// # use marketloop::budget::Limit;
/// let json = r#"{"percent_of_total":"8"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Limit>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// This amount.
    Stated(Money),
    /// A percentage (0 to 100) of the total.
    PercentOfTotal(Decimal),
}

wire_variants!(Limit {
    "stated" => Stated(_),
    "percent_of_total" => PercentOfTotal(own),
});

impl Limit {
    /// `percent` (0 to 100) of the total.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Cap, Divide, Limit};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("400 CNY")?)
    ///     .rule("main", Divide::by_scores([("search", 1), ("live", 1)]))
    ///     .rule("pilot", Cap::line("live", Limit::percent(10)))
    ///     .check()?;
    /// assert_eq!(plan["live"].amount().to_string(), "40.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn percent(percent: impl Into<Decimal>) -> Self {
        Self::PercentOfTotal(percent.into())
    }
}

impl From<Money> for Limit {
    fn from(amount: Money) -> Self {
        Self::Stated(amount)
    }
}
