//! True return: indirect returns and indirect costs counted, with the basis in the type.

use super::names::indexed;
use super::variance::near;
use super::{BudgetError, undefined};
use crate::error::{Path, Problems};
use crate::figure::Undefined;
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Currency, Money, Ratio, Rounding, Share, multiply};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

mod sealed {
    pub trait Sealed {}
}

/// What returns are counted in; [`Revenue`] and [`Profit`] are the only two.
pub trait Basis: sealed::Sealed + Copy + Ord + core::hash::Hash + fmt::Debug {
    /// The basis as a value.
    const KIND: BasisKind;
}

/// Returns are sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Revenue {}

/// Returns are what is left of sales after the cost of the goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profit {}

impl sealed::Sealed for Revenue {}
impl sealed::Sealed for Profit {}

impl Basis for Revenue {
    const KIND: BasisKind = BasisKind::Revenue;
}

impl Basis for Profit {
    const KIND: BasisKind = BasisKind::Profit;
}

/// A basis as a value, for what is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BasisKind {
    /// [`Revenue`].
    Revenue,
    /// [`Profit`].
    Profit,
}

impl fmt::Display for BasisKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Revenue => "revenue",
            Self::Profit => "profit",
        })
    }
}

/// How a return came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnKind {
    /// Conversions of the campaign itself.
    Direct,
    /// An effect elsewhere: social ads that raise brand search.
    Indirect,
}

/// The sort of a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// Paid to the media.
    Media,
    /// Working time.
    Labour,
    /// Production of material.
    Production,
    /// Anything else: cooperation fees, tools, shipping.
    Other,
}

/// A percentage of an amount, rounded once: an uplift of 20 % of brand search, a margin of 30 % of sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PercentOf {
    /// The percentage, of either sign; above 100 is allowed.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub percent: Decimal,
    /// What it is taken of.
    pub of: Money,
    /// How the result becomes whole minor units.
    pub rounding: Rounding,
}

impl PercentOf {
    fn amount(&self) -> Result<Money, BudgetError> {
        Ok(self.of.times(multiply(self.percent, Decimal::new(1, 2))?, self.rounding)?)
    }
}

/// A return as it is written down: an amount, or a percentage of another amount. It may be below zero, as sales
/// are that a campaign takes away elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnPart {
    /// What it is, unique among the returns.
    pub name: String,
    /// How it came about.
    pub kind: ReturnKind,
    /// The amount.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Or a percentage of another amount.
    #[serde(default)]
    pub percent: Option<PercentOf>,
}

serialize_fields!(ReturnPart { name, kind, amount: optional, percent: optional });

/// A cost as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostPart {
    /// What it is, unique among the costs.
    pub name: String,
    /// Its sort.
    pub kind: CostKind,
    /// The amount, 0 or more.
    pub amount: Money,
}

/// Returns and costs as they are written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrueReturnDraft {
    /// What the returns are counted in.
    pub basis: BasisKind,
    /// The returns.
    pub returns: Vec<ReturnPart>,
    /// The costs.
    pub costs: Vec<CostPart>,
}

impl TrueReturnDraft {
    /// The draft with a return of the campaign itself.
    #[must_use]
    pub fn direct(self, name: impl Into<String>, amount: Money) -> Self {
        self.returning(name, ReturnKind::Direct, Some(amount), None)
    }

    /// The draft with a return elsewhere.
    #[must_use]
    pub fn indirect(self, name: impl Into<String>, amount: Money) -> Self {
        self.returning(name, ReturnKind::Indirect, Some(amount), None)
    }

    /// The draft with an uplift elsewhere: `percent` of what was there without the campaign.
    #[must_use]
    pub fn uplift(self, name: impl Into<String>, percent: Decimal, of: Money, rounding: Rounding) -> Self {
        self.returning(name, ReturnKind::Indirect, None, Some(PercentOf { percent, of, rounding }))
    }

    /// The draft with a cost.
    #[must_use]
    pub fn cost(mut self, kind: CostKind, name: impl Into<String>, amount: Money) -> Self {
        self.costs.push(CostPart { name: name.into(), kind, amount });
        self
    }

    fn returning(
        mut self,
        name: impl Into<String>,
        kind: ReturnKind,
        amount: Option<Money>,
        percent: Option<PercentOf>,
    ) -> Self {
        self.returns.push(ReturnPart { name: name.into(), kind, amount, percent });
        self
    }

    /// The checked returns and costs on the basis `B`.
    ///
    /// # Errors
    /// All problems at once, each with its path: another basis, no return and no cost, a name that stands twice,
    /// a return with both an amount and a percentage or with neither, two currencies, a negative cost.
    pub fn check<B: Basis>(self) -> Result<TrueReturn<B>, Problems<BudgetError>> {
        let root = Path::root();
        let (at_returns, at_costs) = (root.field("returns"), root.field("costs"));
        let mut problems = Problems::new();
        if self.basis != B::KIND {
            let error = BudgetError::OtherBasis { expected: B::KIND, found: self.basis };
            problems.push(root.field("basis"), error);
        }
        indexed(self.returns.iter().map(|part| part.name.as_str()), &at_returns, "name", &mut problems);
        indexed(self.costs.iter().map(|part| part.name.as_str()), &at_costs, "name", &mut problems);
        let mut amounts = Vec::with_capacity(self.returns.len());
        for (index, part) in self.returns.iter().enumerate() {
            let path = at_returns.index(index);
            let amount = match (part.amount, &part.percent) {
                (Some(amount), None) => Ok(amount),
                (None, Some(percent)) => percent.amount(),
                (Some(_), Some(_)) => Err(BudgetError::AmountOrPercent { found: "both" }),
                (None, None) => Err(BudgetError::AmountOrPercent { found: "neither" }),
            };
            amounts.extend(problems.take(&path, amount).map(|amount| (amount, path)));
        }
        for (index, part) in self.costs.iter().enumerate() {
            let path = at_costs.index(index).field("amount");
            if part.amount.is_negative() {
                let error = BudgetError::NegativeAmount { what: "cost", amount: part.amount };
                problems.push(path.clone(), error);
            }
            amounts.push((part.amount, path));
        }
        let Some(currency) = amounts.first().map(|(amount, _)| amount.currency()) else {
            if problems.is_empty() {
                problems.push(root, BudgetError::NoLines);
            }
            return problems.finish(None);
        };
        for (amount, path) in &amounts {
            problems.take(path, amount.same_currency(Money::zero(currency)));
        }
        if !problems.is_empty() {
            return problems.finish(None);
        }
        let of_returns = amounts.into_iter().map(|(amount, _)| amount).take(self.returns.len());
        let checked = TrueReturn::new(self, of_returns.collect(), currency);
        let checked = problems.take(&root, checked);
        problems.finish(checked)
    }
}

/// Returns over costs on the basis `B`, printed as `1:3.2`. Two of different bases do not compare:
///
/// ```compile_fail,E0308
/// use marketloop::budget::{Profit, ReturnRatio, Revenue};
///
/// fn better(campaign: ReturnRatio<Revenue>, other: ReturnRatio<Profit>) -> bool {
///     campaign > other
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReturnRatio<B> {
    value: Ratio,
    basis: PhantomData<B>,
}

impl<B: Basis> ReturnRatio<B> {
    const fn new(value: Ratio) -> Self {
        Self { value, basis: PhantomData }
    }

    /// Returns over costs.
    #[must_use]
    pub const fn value(&self) -> Ratio {
        self.value
    }
}

impl<B> fmt::Display for ReturnRatio<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.write_decimal(f, "1:", &near(&self.value))
    }
}

/// Returns less costs over costs on the basis `B`, printed as a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrueNetReturn<B> {
    value: Ratio,
    basis: PhantomData<B>,
}

impl<B: Basis> TrueNetReturn<B> {
    /// Returns less costs over costs.
    #[must_use]
    pub const fn value(&self) -> Ratio {
        self.value
    }
}

impl<B> fmt::Display for TrueNetReturn<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.write_percent(f)
    }
}

/// What one part does to the return ratio on the way from media alone to the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnStep<B> {
    name: String,
    before: ReturnRatio<B>,
    after: ReturnRatio<B>,
    change: Ratio,
}

impl<B: Basis> ReturnStep<B> {
    /// The name of the return or cost that is counted with this step.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The ratio without it.
    #[must_use]
    pub const fn before(&self) -> ReturnRatio<B> {
        self.before
    }

    /// The ratio with it.
    #[must_use]
    pub const fn after(&self) -> ReturnRatio<B> {
        self.after
    }

    /// After less before.
    #[must_use]
    pub const fn change(&self) -> Ratio {
        self.change
    }
}

/// All returns and all costs of a campaign, on the basis `B`: [`Revenue`] or [`Profit`].
///
/// # Examples
/// ```
/// use marketloop::budget::{CostKind, Profit, Revenue, TrueReturn};
/// use marketloop::quantity::{Money, Rounding, Share};
/// use rust_decimal::dec;
///
/// // Social ads convert little, but raise brand search by 20 %.
/// let social: TrueReturn<Revenue> = TrueReturn::<Revenue>::draft()
///     .direct("orders", Money::parse("90000 CNY")?)
///     .uplift("brand search", dec!(20), Money::parse("350000 CNY")?, Rounding::HalfEven)
///     .cost(CostKind::Media, "feed ads", Money::parse("30000 CNY")?)
///     .cost(CostKind::Labour, "one person", Money::parse("12000 CNY")?)
///     .cost(CostKind::Production, "videos", Money::parse("8000 CNY")?)
///     .check()?;
/// assert_eq!(social.media_return()?.to_string(), "1:3");
/// assert_eq!(social.return_ratio()?.to_string(), "1:3.2");
/// assert_eq!(social.net_return()?.to_string(), "220%");
///
/// let profit: TrueReturn<Profit> = social.to_profit(Share::percent(30)?, Rounding::HalfEven)?;
/// assert_eq!(profit.net_return()?.to_string(), "-4%");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "TrueReturnDraft", into = "TrueReturnDraft", bound = "B: Basis")]
pub struct TrueReturn<B> {
    draft: TrueReturnDraft,
    /// The amounts of the returns, in their order.
    amounts: Vec<Money>,
    direct: Money,
    indirect: Money,
    media: Money,
    returns: Money,
    costs: Money,
    basis: PhantomData<B>,
}

impl<B: Basis> TrueReturn<B> {
    /// A draft on this basis without returns and costs.
    #[must_use]
    pub const fn draft() -> TrueReturnDraft {
        TrueReturnDraft { basis: B::KIND, returns: Vec::new(), costs: Vec::new() }
    }

    fn new(draft: TrueReturnDraft, amounts: Vec<Money>, currency: Currency) -> Result<Self, BudgetError> {
        let of_kind = |kind| {
            let parts = draft.returns.iter().zip(&amounts).filter(move |(part, _)| part.kind == kind);
            Money::sum(parts.map(|(_, amount)| *amount), currency)
        };
        let (direct, indirect) = (of_kind(ReturnKind::Direct)?, of_kind(ReturnKind::Indirect)?);
        let media = draft.costs.iter().filter(|cost| cost.kind == CostKind::Media);
        let media = Money::sum(media.map(|cost| cost.amount), currency)?;
        let costs = Money::sum(draft.costs.iter().map(|cost| cost.amount), currency)?;
        let returns = direct.plus(indirect)?;
        Ok(Self { draft, amounts, direct, indirect, media, returns, costs, basis: PhantomData })
    }

    /// All returns.
    #[must_use]
    pub const fn returns(&self) -> Money {
        self.returns
    }

    /// The returns of the campaign itself.
    #[must_use]
    pub const fn direct_returns(&self) -> Money {
        self.direct
    }

    /// The returns elsewhere.
    #[must_use]
    pub const fn indirect_returns(&self) -> Money {
        self.indirect
    }

    /// All costs.
    #[must_use]
    pub const fn costs(&self) -> Money {
        self.costs
    }

    /// The costs of one sort.
    ///
    /// # Errors
    /// None in practice: no sum exceeds that of all costs.
    pub fn costs_of(&self, kind: CostKind) -> Result<Money, BudgetError> {
        let parts = self.draft.costs.iter().filter(|cost| cost.kind == kind);
        Ok(Money::sum(parts.map(|cost| cost.amount), self.costs.currency())?)
    }

    /// The returns in their order with their amounts.
    pub fn return_parts(&self) -> impl Iterator<Item = (&ReturnPart, Money)> {
        self.draft.returns.iter().zip(self.amounts.iter().copied())
    }

    /// The costs in their order.
    #[must_use]
    pub fn cost_parts(&self) -> &[CostPart] {
        &self.draft.costs
    }

    /// All returns over all costs.
    ///
    /// # Errors
    /// [`BudgetError::Undefined`] where the costs are zero.
    pub fn return_ratio(&self) -> Result<ReturnRatio<B>, BudgetError> {
        ratio(self.returns, self.costs, undefined::RETURN_RATIO)
    }

    /// Returns less costs over costs: the net return on investment.
    ///
    /// # Formula
    /// `(returns - costs) / costs`.
    ///
    /// # Errors
    /// [`BudgetError::Undefined`] where the costs are zero.
    pub fn net_return(&self) -> Result<TrueNetReturn<B>, BudgetError> {
        let ratio: ReturnRatio<B> = ratio(self.returns, self.costs, undefined::NET_RETURN)?;
        Ok(TrueNetReturn { value: ratio.value.minus(Ratio::ONE)?, basis: PhantomData })
    }

    /// Direct returns over media costs: the return on ad spend (ROAS) that media report.
    ///
    /// # Errors
    /// [`BudgetError::Undefined`] where the media costs are zero.
    pub fn media_return(&self) -> Result<ReturnRatio<B>, BudgetError> {
        ratio(self.direct, self.media, undefined::MEDIA_RETURN)
    }

    /// What each further part does to the ratio, from [`media_return`](Self::media_return) to
    /// [`return_ratio`](Self::return_ratio): the indirect returns in their order, then the costs that are not
    /// media in theirs. The changes add up to the difference of the two; what a part does depends on this order.
    ///
    /// # Errors
    /// Those of [`media_return`](Self::media_return); [`BudgetError::Quantity`] where a fraction needs more than
    /// 128 bits.
    pub fn steps(&self) -> Result<Vec<ReturnStep<B>>, BudgetError> {
        let mut before: ReturnRatio<B> = self.media_return()?;
        let (mut returns, mut costs) = (self.direct, self.media);
        let indirect = self.return_parts().filter(|(part, _)| part.kind == ReturnKind::Indirect);
        let indirect = indirect.map(|(part, amount)| (&part.name, Some(amount), None));
        let further = self.draft.costs.iter().filter(|cost| cost.kind != CostKind::Media);
        let further = further.map(|cost| (&cost.name, None, Some(cost.amount)));
        let step = |(name, gain, cost): (&String, Option<Money>, Option<Money>)| {
            returns = gain.map_or(Ok(returns), |gain| returns.plus(gain))?;
            costs = cost.map_or(Ok(costs), |cost| costs.plus(cost))?;
            let after = ratio(returns, costs, undefined::RETURN_RATIO)?;
            let change = after.value.minus(before.value)?;
            let step = ReturnStep { name: name.clone(), before, after, change };
            before = after;
            Ok(step)
        };
        indirect.chain(further).map(step).collect()
    }
}

impl TrueReturn<Revenue> {
    /// The same on the basis of profit: `margin` of every return, by the named rounding, at the same costs.
    ///
    /// # Errors
    /// [`BudgetError::Quantity`] where a margin times an amount needs more than 28 digits.
    pub fn to_profit(&self, margin: Share, rounding: Rounding) -> Result<TrueReturn<Profit>, BudgetError> {
        let percent = multiply(margin.value(), Decimal::ONE_HUNDRED)?.normalize();
        let (mut returns, mut amounts) = (Vec::new(), Vec::new());
        for (part, amount) in self.return_parts() {
            let of_sales = PercentOf { percent, of: amount, rounding };
            amounts.push(of_sales.amount()?);
            let (name, kind) = (part.name.clone(), part.kind);
            returns.push(ReturnPart { name, kind, amount: None, percent: Some(of_sales) });
        }
        let draft = TrueReturnDraft { basis: BasisKind::Profit, returns, costs: self.draft.costs.clone() };
        TrueReturn::new(draft, amounts, self.costs.currency())
    }
}

fn ratio<B: Basis>(returns: Money, costs: Money, cause: Undefined) -> Result<ReturnRatio<B>, BudgetError> {
    if costs.is_zero() {
        return Err(cause.into());
    }
    Ok(ReturnRatio::new(Ratio::new(returns.amount(), costs.amount())?))
}

impl<B: Basis> fmt::Display for TrueReturn<B> {
    /// The returns and the costs, one a line, and the ratios that follow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "returns {} ({})", self.returns, B::KIND)?;
        for (part, amount) in self.return_parts() {
            let kind = if part.kind == ReturnKind::Direct { "direct" } else { "indirect" };
            write!(f, "\n  {} {amount} {kind}", part.name)?;
            if let Some(percent) = &part.percent {
                write!(f, ", {}% of {}", percent.percent.normalize(), percent.of)?;
            }
        }
        write!(f, "\ncosts {}", self.costs)?;
        for cost in &self.draft.costs {
            let kind = match cost.kind {
                CostKind::Media => "media",
                CostKind::Labour => "labour",
                CostKind::Production => "production",
                CostKind::Other => "other",
            };
            write!(f, "\n  {} {} {kind}", cost.name, cost.amount)?;
        }
        match self.media_return() {
            Ok(ratio) => write!(f, "\ndirect on media {} / {} = {ratio}", self.direct, self.media)?,
            Err(error) => write!(f, "\n{error}")?,
        }
        match (self.return_ratio(), self.net_return()) {
            (Ok(ratio), Ok(net)) => {
                write!(f, "\nall on all {} / {} = {ratio}, net {net}", self.returns, self.costs)
            }
            (Err(error), _) | (_, Err(error)) => write!(f, "\n{error}"),
        }
    }
}

impl<B: Basis> TryFrom<TrueReturnDraft> for TrueReturn<B> {
    type Error = Problems<BudgetError>;

    fn try_from(draft: TrueReturnDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl<B> From<TrueReturn<B>> for TrueReturnDraft {
    fn from(checked: TrueReturn<B>) -> Self {
        checked.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn yuan(text: &str) -> Money {
        Money::parse(&format!("{text} CNY")).unwrap()
    }

    fn social() -> TrueReturn<Revenue> {
        TrueReturn::<Revenue>::draft()
            .direct("orders", yuan("90000"))
            .uplift("brand search", dec!(20), yuan("350000"), Rounding::HalfEven)
            .cost(CostKind::Media, "feed ads", yuan("30000"))
            .cost(CostKind::Labour, "one person", yuan("12000"))
            .cost(CostKind::Other, "cooperation", yuan("8000"))
            .check()
            .unwrap()
    }

    #[test]
    fn the_work_is_shown() {
        assert_eq!(
            social().to_string(),
            "returns 160,000.00 CNY (revenue)\n  orders 90,000.00 CNY direct\n  \
             brand search 70,000.00 CNY indirect, 20% of 350,000.00 CNY\n\
             costs 50,000.00 CNY\n  feed ads 30,000.00 CNY media\n  one person 12,000.00 CNY labour\n  \
             cooperation 8,000.00 CNY other\n\
             direct on media 90,000.00 CNY / 30,000.00 CNY = 1:3\n\
             all on all 160,000.00 CNY / 50,000.00 CNY = 1:3.2, net 220%"
        );
        assert_eq!(social().costs_of(CostKind::Labour).unwrap(), yuan("12000"));
    }

    #[test]
    fn the_steps_lead_from_media_to_the_whole() {
        let steps = social().steps().unwrap();
        let shown: Vec<String> = steps
            .iter()
            .map(|step| format!("{} {} {} {}", step.name(), step.before(), step.after(), step.change()))
            .collect();
        assert_eq!(
            shown,
            [
                "brand search 1:3 1:~5.3333 7/3",
                "one person 1:~5.3333 1:~3.8095 -32/21",
                "cooperation 1:~3.8095 1:3.2 -64/105"
            ]
        );
    }

    #[test]
    fn profit_is_the_margin_of_every_return() {
        let profit = social().to_profit(Share::percent(30).unwrap(), Rounding::HalfEven).unwrap();
        assert_eq!(profit.direct_returns(), yuan("27000"));
        assert_eq!(profit.indirect_returns(), yuan("21000"));
        assert_eq!(profit.net_return().unwrap().value().to_string(), "-1/25");
        let written = serde_json::to_string(&profit).unwrap();
        assert_eq!(serde_json::from_str::<TrueReturn<Profit>>(&written).unwrap(), profit);
        let other = serde_json::from_str::<TrueReturn<Revenue>>(&written).unwrap_err().to_string();
        assert!(other.starts_with("basis: the returns are profit, revenue is needed"), "{other}");
    }

    #[test]
    fn without_costs_the_ratios_are_undefined() {
        let free: TrueReturn<Profit> = TrueReturn::<Profit>::draft()
            .direct("orders", yuan("5"))
            .cost(CostKind::Media, "post", yuan("0"))
            .check()
            .unwrap();
        assert_eq!(free.return_ratio().unwrap_err(), undefined::RETURN_RATIO.into());
        assert_eq!(free.net_return().unwrap_err(), undefined::NET_RETURN.into());
        assert_eq!(free.media_return().unwrap_err(), undefined::MEDIA_RETURN.into());
        assert!(free.steps().is_err());
        assert!(free.to_string().ends_with("the return ratio is undefined: the costs are zero"));
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let mut draft = TrueReturn::<Profit>::draft()
            .direct("orders", yuan("5"))
            .indirect("orders", "5 JPY".parse().unwrap())
            .cost(CostKind::Media, "post", yuan("-1"));
        draft.returns.push(ReturnPart {
            name: "x".into(),
            kind: ReturnKind::Direct,
            amount: None,
            percent: None,
        });
        let wrong = draft.check::<Revenue>().unwrap_err().to_string();
        assert_eq!(
            wrong,
            "5 problems\n  basis: the returns are profit, revenue is needed\n  \
             returns[1].name: `orders` is the name of line 0 already\n  \
             returns[2]: a line has either an amount or a percentage, this one has neither\n  \
             costs[0].amount: cost -1.00 CNY is below 0\n  returns[1]: JPY and CNY are different currencies"
        );
        let empty = TrueReturn::<Profit>::draft().check::<Profit>().unwrap_err().to_string();
        assert_eq!(empty, ".: a budget needs at least one line");
        assert!(TrueReturn::<Profit>::draft().direct("a", yuan("1")).check::<Profit>().is_ok());
    }
}
