//! Amounts that are divided over lines by weights.

use super::BudgetError;
use super::amount::Amount;
use crate::quantity::Mix;
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The kind of weights of a dividing rule.
///
/// ```
/// # use marketloop::budget::WeightBasis;
/// assert_eq!(serde_json::from_str::<WeightBasis>(r#""return_on_investment""#)?, WeightBasis::ReturnOnInvestment);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WeightBasis {
    /// Percentages that add up to 100.
    Percent,
    /// Scores of 0 or more.
    Score,
    /// Returns on investment; a line whose return is not above 0 gets only its floor.
    #[doc(alias = "ROI")]
    #[doc(alias = "投资回报率")]
    ReturnOnInvestment,
}

words!(WeightBasis, "basis of weights", BudgetError:
    Percent = "percent",
    Score = "score",
    ReturnOnInvestment = "return_on_investment",
);

/// A line and its weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WeightedLine {
    /// The line.
    pub(super) line: String,
    /// The weight.
    pub(super) weight: Decimal,
}

wire_fields!(WeightedLine { line, weight: own });

/// An amount divided over lines by weights, as far as floors and caps allow it.
///
/// # Examples
/// ```
/// use marketloop::budget::{Allocation, Divide};
/// use marketloop::quantity::Money;
/// use rust_decimal::dec;
///
/// let budget = Allocation::draft(Money::parse("900 CNY")?)
///     .rule("roi", Divide::by_roi([("search", dec!(3)), ("social", dec!(1.5)), ("print", dec!(-0.2))]))
///     .rule("words", Divide::by_percents([("brand", 25), ("generic", 75)]).within("search"))
///     .check()?;
/// assert_eq!(budget["search/generic"].amount().to_string(), "450.00 CNY");
/// assert_eq!(budget["print"].explain(), "roi set 0, its return is not above 0");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::budget::Divide;
/// let json = r#"{
///   "amount": {"percent_of_rest": "12.5"},
///   "by": "score",
///   "parts": [{"line": "fair", "weight": "2"}, {"line": "salon", "weight": "1"}]
/// }"#;
/// let read: Divide = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Divide>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divide {
    /// The amount to divide; `None` for all that earlier rules have left, and always for the parts of a line.
    pub amount: Option<Amount>,
    /// The line whose amount is divided, into lines named `line/part`; `None` to divide a part of the total.
    pub within: Option<String>,
    /// The kind of weights.
    pub by: WeightBasis,
    /// The lines and their weights.
    pub(super) parts: Vec<WeightedLine>,
}

wire_fields!(Divide { amount: optional, within: optional, by, parts });

impl Divide {
    /// Divides all that is left by the shares of a mix.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide};
    /// use marketloop::quantity::{Mix, Money};
    ///
    /// let mix = Mix::from_percents([("search", 70), ("social", 30)])?;
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?).rule("mix", Divide::by_mix(&mix)).check()?;
    /// assert_eq!(plan["social"].amount().to_string(), "300.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn by_mix<N: Into<String> + Clone>(mix: &Mix<N>) -> Self {
        let shares = mix.iter().map(|(line, share)| {
            // A share times 100 has two decimals less: it is always exact.
            let percent = crate::quantity::multiply(share.value(), Decimal::ONE_HUNDRED);
            debug_assert!(percent.is_ok(), "{share} has no percentage");
            (line.clone(), percent.unwrap_or_default().normalize())
        });
        Self::by_percents(shares)
    }

    /// Divides all that is left by percentages that add up to 100.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide};
    /// use marketloop::quantity::Money;
    ///
    /// let rule = Divide::by_percents([("LinkedIn and trade media", 50), ("fairs", 30), ("search", 20)]);
    /// let plan = Allocation::draft(Money::parse("500000 CNY")?).rule("5-3-2", rule).check()?;
    /// assert_eq!(plan["fairs"].amount().to_string(), "150,000.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn by_percents<N: Into<String>, P: Into<Decimal>>(parts: impl IntoIterator<Item = (N, P)>) -> Self {
        Self::by(WeightBasis::Percent, parts)
    }

    /// Divides all that is left in proportion to scores of 0 or more.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide};
    /// use marketloop::quantity::Money;
    ///
    /// let pyramid = Divide::by_scores([("star", 1), ("vertical KOC", 20), ("ordinary people", 100)]);
    /// let plan = Allocation::draft(Money::parse("121000 CNY")?).rule("KOL", pyramid).check()?;
    /// assert_eq!(plan["vertical KOC"].amount().to_string(), "20,000.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn by_scores<N: Into<String>, P: Into<Decimal>>(parts: impl IntoIterator<Item = (N, P)>) -> Self {
        Self::by(WeightBasis::Score, parts)
    }

    /// Divides all that is left in proportion to the return on investment. A line whose return is not above 0 gets only
    /// its floor.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide};
    /// use marketloop::quantity::Money;
    ///
    /// let by_roi = Divide::by_roi([("search", 3), ("social", 1), ("print", -1)]);
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?).rule("roi", by_roi).check()?;
    /// assert_eq!(plan["search"].amount().to_string(), "750.00 CNY");
    /// assert_eq!(plan["print"].explain(), "roi set 0, its return is not above 0");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "ROI")]
    #[must_use]
    #[doc(alias = "投资回报率")]
    pub fn by_roi<N: Into<String>, P: Into<Decimal>>(parts: impl IntoIterator<Item = (N, P)>) -> Self {
        Self::by(WeightBasis::ReturnOnInvestment, parts)
    }

    fn by<N: Into<String>, P: Into<Decimal>>(
        by: WeightBasis,
        parts: impl IntoIterator<Item = (N, P)>,
    ) -> Self {
        // Weights are kept as stated: that a return is not above 0 is told by the cause of the line's amount.
        let part = |(line, weight): (N, P)| WeightedLine { line: line.into(), weight: weight.into() };
        Self { amount: None, within: None, by, parts: parts.into_iter().map(part).collect() }
    }

    /// Divides this amount instead of all that is left.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Amount, Divide};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?)
    ///     .rule("events", Divide::by_scores([("fair", 2), ("salon", 1)]).of(Amount::percent(30)))
    ///     .rule("main", Divide::by_percents([("search", 60), ("social", 40)]))
    ///     .check()?;
    /// assert_eq!(plan["fair"].amount().to_string(), "200.00 CNY");
    /// assert_eq!(plan["search"].amount().to_string(), "420.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn of(self, amount: impl Into<Amount>) -> Self {
        Self { amount: Some(amount.into()), ..self }
    }

    /// Divides the amount of `line` into lines named `line/part`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?)
    ///     .rule("main", Divide::by_percents([("search", 60), ("social", 40)]))
    ///     .rule("keywords", Divide::by_scores([("brand", 1), ("generic", 3)]).within("search"))
    ///     .check()?;
    /// assert_eq!(plan["search/generic"].amount().to_string(), "450.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn within(self, line: impl Into<String>) -> Self {
        Self { within: Some(line.into()), ..self }
    }

    /// The lines and their weights.
    pub fn parts(&self) -> impl Iterator<Item = (&str, Decimal)> {
        self.parts.iter().map(|part| (part.line.as_str(), part.weight))
    }
}
