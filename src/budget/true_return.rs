//! True return: indirect returns and indirect costs counted, with the basis in the type.

use super::BudgetError;
use super::names::indexed;
use crate::decompose::{ContributionMethod, Contributions, DecomposeError};
use crate::error::{Path, Problems, excerpt};
use crate::figure::{Cause, Cell, Figure, Table, Undefined, Why, beside};
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;
use crate::quantity::{
    Basis, Currency, Money, Profit, Quantity, Ratio, Return, Revenue, Rounding, Share, multiply,
};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The rows of a table that are no part: direct returns on media costs, all returns on all costs.
const SUMS: [&str; 2] = ["direct on media", "all on all"];

/// The kind of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReturnKind {
    /// Conversions of the campaign itself.
    Direct,
    /// An effect elsewhere: social ads that raise brand search.
    Indirect,
}

words!(ReturnKind, "kind of return": Direct = "direct", Indirect = "indirect");

/// The kind of a cost.
///
/// ```
/// # use marketloop::budget::CostKind;
/// assert_eq!(serde_json::from_str::<CostKind>(r#""media""#)?, CostKind::Media);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

words!(CostKind, "kind of cost", BudgetError:
    Media = "media",
    Labour = "labour",
    Production = "production",
    Other = "other",
);

/// A percentage of an amount, rounded once: an uplift of 20 % of brand search, a margin of 30 % of sales. It may have
/// either sign and be above 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PercentOf {
    percent: Decimal,
    of: Money,
    rounding: Rounding,
}

wire_fields!(PercentOf { percent: own, of, rounding });

impl PercentOf {
    fn amount(&self) -> Result<Money, BudgetError> {
        // Times 0.01, not by 100: the product of two decimals is exact wherever it fits.
        Ok(self.of.times(multiply(self.percent, Decimal::new(1, 2))?, self.rounding)?)
    }
}

/// A return of a draft: an amount, or a percentage of another amount. It may be below zero, like sales that a campaign
/// takes away elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ReturnPart {
    name: String,
    kind: ReturnKind,
    amount: Option<Money>,
    percent: Option<PercentOf>,
}

wire_fields!(ReturnPart { name, kind, amount: optional, percent: optional });

/// A cost of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
struct CostPart {
    name: String,
    kind: CostKind,
    amount: Money,
}

wire_fields!(CostPart { name, kind, amount });

/// Returns and costs on the basis `B`, not checked yet: [`TrueReturn::draft`].
///
/// # Examples
/// ```
/// use marketloop::budget::TrueReturnDraft;
/// use marketloop::quantity::Revenue;
///
/// let draft: TrueReturnDraft<Revenue> = serde_json::from_str(
///     r#"{"basis":"revenue",
///         "returns":[{"name":"orders","kind":"direct","amount":"90 CNY"}],
///         "costs":[{"name":"feed ads","kind":"media","amount":"30 CNY"}]}"#,
/// )?;
/// assert_eq!(draft.check()?.return_ratio().to_string(), "1:3");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
pub struct TrueReturnDraft<B> {
    /// The basis as text; the check compares it with `B`.
    basis: String,
    returns: Vec<ReturnPart>,
    costs: Vec<CostPart>,
    #[serde(skip)]
    of: PhantomData<B>,
}

impl<B: Basis> TrueReturnDraft<B> {
    /// Adds a direct return, one of the campaign itself. Its name is unique among the returns.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{CostKind, TrueReturn};
    /// use marketloop::quantity::Revenue;
    ///
    /// let campaign = TrueReturn::<Revenue>::draft()
    ///     .direct("orders", "90 CNY".parse()?)
    ///     .cost(CostKind::Media, "feed ads", "30 CNY".parse()?)
    ///     .check()?;
    /// assert_eq!(campaign.media_return().to_string(), "1:3");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn direct(self, name: impl Into<String>, amount: Money) -> Self {
        self.returning(name, ReturnKind::Direct, Some(amount), None)
    }

    /// Adds an indirect return, one elsewhere that no click shows. It is below zero where the campaign takes sales
    /// away.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{CostKind, TrueReturn};
    /// use marketloop::quantity::Revenue;
    ///
    /// let campaign = TrueReturn::<Revenue>::draft()
    ///     .direct("orders", "90 CNY".parse()?)
    ///     .indirect("shop sales taken away", "-30 CNY".parse()?)
    ///     .cost(CostKind::Media, "feed ads", "30 CNY".parse()?)
    ///     .check()?;
    /// assert_eq!(campaign.return_ratio().to_string(), "1:2");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn indirect(self, name: impl Into<String>, amount: Money) -> Self {
        self.returning(name, ReturnKind::Indirect, Some(amount), None)
    }

    /// Adds an indirect return of `percent` of an amount: of what there was without the campaign.
    ///
    /// # Examples
    /// See [`TrueReturn`].
    #[must_use]
    pub fn uplift(self, name: impl Into<String>, percent: Decimal, of: Money, rounding: Rounding) -> Self {
        self.returning(name, ReturnKind::Indirect, None, Some(PercentOf { percent, of, rounding }))
    }

    /// Adds a cost of 0 or more. Its name is unique among the costs.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{CostKind, TrueReturn};
    /// use marketloop::quantity::Revenue;
    ///
    /// let campaign = TrueReturn::<Revenue>::draft()
    ///     .direct("orders", "90 CNY".parse()?)
    ///     .cost(CostKind::Media, "feed ads", "30 CNY".parse()?)
    ///     .cost(CostKind::Labour, "one person", "15 CNY".parse()?)
    ///     .check()?;
    /// assert_eq!(campaign.return_ratio().to_string(), "1:2"); // and 1:3 on the media alone
    /// # Ok::<(), marketloop::Error>(())
    /// ```
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

    /// The checked returns and costs.
    ///
    /// # Errors
    /// All problems at once, each with its path: another basis, no return and no cost, a name that stands twice,
    /// a return with both an amount and a percentage or with neither, two currencies, a negative cost.
    pub fn check(self) -> Result<TrueReturn<B>, Problems<BudgetError>> {
        let root = Path::root();
        let (at_returns, at_costs) = (root.field("returns"), root.field("costs"));
        let mut problems = Problems::new();
        if self.basis != B::NAME {
            let error = BudgetError::OtherBasis { expected: B::NAME, found: excerpt(&self.basis) };
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
            // Returns may be below 0; a cost below 0 would be a return by a wrong name.
            if part.amount.is_negative() {
                let error = BudgetError::NegativeAmount { what: "cost", amount: part.amount };
                problems.push(path.clone(), error);
            }
            amounts.push((part.amount, path));
        }
        let Some(currency) = amounts.first().map(|(amount, _)| amount.currency()) else {
            // No part names a currency then. Where parts were refused, their problems say why.
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
        // Returns were noted before costs, and none was left out: there would have been a problem.
        let of_returns = amounts.into_iter().map(|(amount, _)| amount).take(self.returns.len());
        let checked = TrueReturn::new(self, of_returns.collect(), currency);
        let checked = problems.take(&root, checked);
        problems.finish(checked)
    }
}

/// All returns and all costs of a campaign, on the basis `B`: [`Revenue`] or [`Profit`].
///
/// # Examples
/// ```
/// use marketloop::budget::{CostKind, TrueReturn};
/// use marketloop::quantity::{Money, Profit, Revenue, Rounding, Share};
/// use rust_decimal::dec;
///
/// // Social ads convert little, but raise brand search by 20 %.
/// let social = TrueReturn::<Revenue>::draft()
///     .direct("orders", Money::parse("90000 CNY")?)
///     .uplift("brand search", dec!(20), Money::parse("350000 CNY")?, Rounding::HalfEven)
///     .cost(CostKind::Media, "feed ads", Money::parse("30000 CNY")?)
///     .cost(CostKind::Labour, "one person", Money::parse("12000 CNY")?)
///     .cost(CostKind::Production, "videos", Money::parse("8000 CNY")?)
///     .check()?;
/// assert_eq!(social.media_return().to_string(), "1:3");
/// assert_eq!(social.return_ratio().to_string(), "1:3.2");
/// assert_eq!(social.net_return().get()?.to_percent(), "220%");
///
/// let profit: TrueReturn<Profit> = social.to_profit(Share::percent(30)?, Rounding::HalfEven)?;
/// assert_eq!(profit.net_return().get()?.to_percent(), "-4%");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::budget::TrueReturn;
/// # use marketloop::quantity::Revenue;
/// let json = r#"{
///   "basis": "revenue",
///   "returns": [
///     {"name": "orders", "kind": "direct", "amount": {"amount": "90.00", "currency": "CNY"}},
///     {
///       "name": "brand search",
///       "kind": "indirect",
///       "percent": {"percent": "20", "of": {"amount": "350.00", "currency": "CNY"}, "rounding": "half_even"}
///     }
///   ],
///   "costs": [{"name": "feed ads", "kind": "media", "amount": {"amount": "30.00", "currency": "CNY"}}]
/// }"#;
/// let read: TrueReturn<Revenue> = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<TrueReturn<Revenue>>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "TrueReturnDraft<B>", into = "TrueReturnDraft<B>", bound = "B: Basis")]
pub struct TrueReturn<B> {
    draft: TrueReturnDraft<B>,
    /// The amounts of the returns, in their order.
    amounts: Vec<Money>,
    direct: Money,
    indirect: Money,
    media: Money,
    returns: Money,
    costs: Money,
}

impl<B: Basis> TrueReturn<B> {
    /// A draft on this basis without returns and costs.
    #[must_use]
    pub fn draft() -> TrueReturnDraft<B> {
        TrueReturnDraft { basis: B::NAME.into(), returns: Vec::new(), costs: Vec::new(), of: PhantomData }
    }

    fn new(draft: TrueReturnDraft<B>, amounts: Vec<Money>, currency: Currency) -> Result<Self, BudgetError> {
        let of_kind = |kind| {
            let parts = draft.returns.iter().zip(&amounts).filter(move |(part, _)| part.kind == kind);
            Money::sum(parts.map(|(_, amount)| *amount), currency)
        };
        let (direct, indirect) = (of_kind(ReturnKind::Direct)?, of_kind(ReturnKind::Indirect)?);
        let media = draft.costs.iter().filter(|cost| cost.kind == CostKind::Media);
        let media = Money::sum(media.map(|cost| cost.amount), currency)?;
        let costs = Money::sum(draft.costs.iter().map(|cost| cost.amount), currency)?;
        let returns = direct.plus(indirect)?;
        Ok(Self { draft, amounts, direct, indirect, media, returns, costs })
    }

    /// The sum of all returns.
    #[must_use]
    pub const fn returns(&self) -> Money {
        self.returns
    }

    /// The sum of the direct returns, those of the campaign itself.
    #[must_use]
    pub const fn direct_returns(&self) -> Money {
        self.direct
    }

    /// The sum of the indirect returns, those elsewhere.
    #[must_use]
    pub const fn indirect_returns(&self) -> Money {
        self.indirect
    }

    /// The sum of all costs.
    #[must_use]
    pub const fn costs(&self) -> Money {
        self.costs
    }

    /// The sum of the costs of one kind.
    ///
    /// # Errors
    /// None in practice: no sum exceeds that of all costs.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{CostKind, TrueReturn};
    /// use marketloop::quantity::Profit;
    ///
    /// let campaign = TrueReturn::<Profit>::draft()
    ///     .cost(CostKind::Labour, "editor", "12 CNY".parse()?)
    ///     .cost(CostKind::Labour, "designer", "8 CNY".parse()?)
    ///     .check()?;
    /// assert_eq!(campaign.costs_of(CostKind::Labour)?.to_string(), "20.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn costs_of(&self, kind: CostKind) -> Result<Money, BudgetError> {
        let parts = self.draft.costs.iter().filter(|cost| cost.kind == kind);
        Ok(Money::sum(parts.map(|cost| cost.amount), self.costs.currency())?)
    }

    /// The returns by their names; they add up to [`returns`](Self::returns).
    ///
    /// # Errors
    /// None in practice: the parts are those that were added up.
    pub fn return_parts(&self) -> Result<Contributions<String>, DecomposeError> {
        let names = self.draft.returns.iter().map(|part| part.name.clone());
        parts(self.returns, names.zip(self.amounts.iter().copied()))
    }

    /// The costs by their names; they add up to [`costs`](Self::costs).
    ///
    /// # Errors
    /// None in practice: the parts are those that were added up.
    pub fn cost_parts(&self) -> Result<Contributions<String>, DecomposeError> {
        parts(self.costs, self.draft.costs.iter().map(|part| (part.name.clone(), part.amount)))
    }

    fn priced(&self) -> impl Iterator<Item = (&ReturnPart, Money)> {
        self.draft.returns.iter().zip(self.amounts.iter().copied())
    }

    /// The return ratio: all returns over all costs; undefined where the costs are zero.
    #[must_use]
    pub fn return_ratio(&self) -> Figure<Return<B>> {
        named(Return::of(self.returns, self.costs), "return ratio", "cost")
    }

    /// Returns less costs over costs: the net return on investment; undefined where the costs are zero.
    ///
    /// # Formula
    /// `(returns - costs) / costs`.
    #[must_use]
    #[doc(alias = "ROI")]
    #[doc(alias = "投资回报率")]
    pub fn net_return(&self) -> Figure<Ratio> {
        let ratio = named(Return::of(self.returns, self.costs), "net return", "cost");
        ratio.and_then(|ratio: Return<B>| match ratio.net() {
            Ok(net) => Figure::Known(net),
            Err(_) => Figure::undefined("net return", Cause::OutOfRange),
        })
    }

    /// Direct returns over media costs: the return on ad spend (ROAS) that media report; undefined where the media
    /// costs are zero.
    #[must_use]
    #[doc(alias = "ROAS")]
    #[doc(alias = "投入产出比")]
    pub fn media_return(&self) -> Figure<Return<B>> {
        named(Return::of(self.direct, self.media), "return on media", "media cost")
    }

    /// A row for each return and each cost with its kind, then direct returns on media and all on all, with the ratio
    /// and the net return in per cent.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("part");
        for (part, amount) in self.priced() {
            let kind = if part.kind == ReturnKind::Direct { "direct" } else { "indirect" };
            let why = match &part.percent {
                Some(percent) => format!("{kind}, {}% of {}", percent.percent.normalize(), percent.of),
                None => kind.into(),
            };
            table.push(beside(&part.name, &SUMS), B::NAME, Cell::from(amount).because(why));
        }
        for cost in &self.draft.costs {
            table.push(beside(&cost.name, &SUMS), "cost", Cell::from(cost.amount).because(cost.kind));
        }
        let [media, all] = SUMS;
        let sums = [
            (media, self.direct, self.media, self.media_return()),
            (all, self.returns, self.costs, self.return_ratio()),
        ];
        for (name, returns, costs, ratio) in sums {
            table.push(name, B::NAME, returns);
            table.push(name, "cost", costs);
            let unit = format!("{0}/{0}", costs.currency());
            let ratio = ratio.map(|ratio| Cell { unit: unit.into(), ..ratio.ratio().into() });
            table.push(name, format!("return ({})", B::NAME), ratio);
        }
        let net = self.net_return().map(|net| net.percent_cell());
        table.push(all, format!("net return ({})", B::NAME), net);
        table
    }

    /// The steps from [`media_return`](Self::media_return) to [`return_ratio`](Self::return_ratio): each adds one more
    /// part, first the indirect returns in their order, then the costs that are not media. The effect of a part depends
    /// on this order.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{CostKind, TrueReturn};
    /// use marketloop::quantity::{Money, Revenue};
    ///
    /// let social = TrueReturn::<Revenue>::draft()
    ///     .direct("orders", Money::parse("90000 CNY")?)
    ///     .cost(CostKind::Media, "feed ads", Money::parse("30000 CNY")?)
    ///     .cost(CostKind::Labour, "one person", Money::parse("15000 CNY")?)
    ///     .check()?;
    /// assert_eq!(social.why().to_string(), "direct on media 1:3; one person 1:2");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn why(&self) -> Figure<Why<String, Return<B>>> {
        self.media_return().and_then(|start| {
            let indirect = self.priced().filter(|(part, _)| part.kind == ReturnKind::Indirect);
            let indirect = indirect.map(|(part, amount)| (&part.name, Some(amount), None));
            let further = self.draft.costs.iter().filter(|cost| cost.kind != CostKind::Media);
            let further = further.map(|cost| (&cost.name, None, Some(cost.amount)));
            let mut why = Why::new("direct on media".into(), start);
            let (mut returns, mut costs) = (self.direct, self.media);
            for (name, gain, cost) in indirect.chain(further) {
                // The sums of all parts are known; those on the way are larger where a later part is below zero.
                let more = |sum: Money, part: Option<Money>| part.map_or(Ok(sum), |part| sum.plus(part));
                let (Ok(gained), Ok(cost)) = (more(returns, gain), more(costs, cost)) else {
                    return Figure::undefined("return ratio", Cause::OutOfRange);
                };
                (returns, costs) = (gained, cost);
                match Return::of(returns, costs) {
                    Figure::Known(after) => why.push(name.clone(), after),
                    none => return none.and_then(|_| Figure::undefined("return ratio", Cause::OutOfRange)),
                }
            }
            Figure::Known(why)
        })
    }
}

impl TrueReturn<Revenue> {
    /// The true return on the basis of profit: `margin` of every return, by the named rounding, at the same costs.
    ///
    /// # Errors
    /// [`BudgetError::Quantity`] where a margin times an amount needs more than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{CostKind, TrueReturn};
    /// use marketloop::quantity::{Revenue, Rounding, Share};
    ///
    /// let sales = TrueReturn::<Revenue>::draft()
    ///     .direct("orders", "90 CNY".parse()?)
    ///     .cost(CostKind::Media, "feed ads", "30 CNY".parse()?)
    ///     .check()?;
    /// let profit = sales.to_profit(Share::percent(30)?, Rounding::HalfEven)?;
    /// assert_eq!(profit.net_return().get()?.to_percent(), "-10%"); // 27 earned, 30 spent
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn to_profit(&self, margin: Share, rounding: Rounding) -> Result<TrueReturn<Profit>, BudgetError> {
        let percent = multiply(margin.value(), Decimal::ONE_HUNDRED)?.normalize();
        let (mut returns, mut amounts) = (Vec::new(), Vec::new());
        for (part, amount) in self.priced() {
            // Part by part, so that the parts of the profit add up to it, whatever each was rounded by.
            let of_sales = PercentOf { percent, of: amount, rounding };
            amounts.push(of_sales.amount()?);
            let (name, kind) = (part.name.clone(), part.kind);
            // Kept as a percent of the sales: read again, the draft still says where the profit comes from.
            returns.push(ReturnPart { name, kind, amount: None, percent: Some(of_sales) });
        }
        let costs = self.draft.costs.clone();
        let draft = TrueReturnDraft { basis: Profit::NAME.into(), returns, costs, of: PhantomData };
        TrueReturn::new(draft, amounts, self.costs.currency())
    }
}

/// Money by name as parts of a total.
fn parts(
    total: Money,
    parts: impl Iterator<Item = (String, Money)>,
) -> Result<Contributions<String>, DecomposeError> {
    let total = Quantity::from(total);
    let parts = parts.map(|(name, amount)| (name, amount.amount()));
    Contributions::new(total.value(), total.unit(), parts, ContributionMethod::Given)
}

/// The figure under the name `figure`; a zero divisor is called `divisor`.
fn named<B: Basis>(
    ratio: Figure<Return<B>>,
    figure: &'static str,
    divisor: &'static str,
) -> Figure<Return<B>> {
    match ratio {
        Figure::Undefined(Undefined { cause: Cause::Zero(_), .. }) => {
            // The quotient speaks of a spend; what it was divided by has its own name here.
            Figure::undefined(figure, Cause::Zero(divisor.into()))
        }
        Figure::Undefined(Undefined { cause, .. }) => Figure::undefined(figure, cause),
        other => other,
    }
}

impl<B: Basis> fmt::Display for TrueReturn<B> {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl<B: Basis> TryFrom<TrueReturnDraft<B>> for TrueReturn<B> {
    type Error = Problems<BudgetError>;

    fn try_from(draft: TrueReturnDraft<B>) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl<B> From<TrueReturn<B>> for TrueReturnDraft<B> {
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
            "part             revenue CNY  cost CNY  return (revenue) CNY/CNY  net return (revenue) %  why\n\
             orders              90000.00                                                              direct\n\
             brand search        70000.00                                                              indirect, 20% of 350,000.00 CNY\n\
             feed ads                      30000.00                                                    media\n\
             one person                    12000.00                                                    labour\n\
             cooperation                    8000.00                                                    other\n\
             direct on media     90000.00  30000.00                         3\n\
             all on all         160000.00  50000.00                       3.2                     220\n"
        );
        assert_eq!(social().costs_of(CostKind::Labour).unwrap(), yuan("12000"));
        assert_eq!(social().return_parts().unwrap().get(&"brand search".into()), Some(dec!(70000)));
        assert_eq!(social().cost_parts().unwrap().total(), dec!(50000));
    }

    #[test]
    fn the_steps_lead_from_media_to_the_whole() {
        let why = social().why().get().unwrap();
        assert_eq!(
            why.to_string(),
            "direct on media 1:3; brand search 1:16/3; one person 1:80/21; cooperation 1:3.2"
        );
        assert_eq!(*why.value(), social().return_ratio().get().unwrap());
        let json = serde_json::to_string(&why).unwrap();
        assert!(json.starts_with(r#"[{"cause":"direct on media","value":"1:3"},"#), "{json}");
        assert_eq!(serde_json::from_str::<Why<String, Return<Revenue>>>(&json).unwrap(), why);
    }

    #[test]
    fn profit_is_the_margin_of_every_return() {
        let profit = social().to_profit(Share::percent(30).unwrap(), Rounding::HalfEven).unwrap();
        assert_eq!(profit.direct_returns(), yuan("27000"));
        assert_eq!(profit.indirect_returns(), yuan("21000"));
        assert_eq!(profit.net_return().to_string(), "-1/25");
        let written = serde_json::to_string(&profit).unwrap();
        assert_eq!(serde_json::from_str::<TrueReturn<Profit>>(&written).unwrap(), profit);
        let other = serde_json::from_str::<TrueReturn<Revenue>>(&written).unwrap_err().to_string();
        assert!(other.starts_with("basis: the returns are profit, revenue is needed"), "{other}");
    }

    #[test]
    fn without_costs_the_ratios_are_undefined() {
        let free = TrueReturn::<Profit>::draft()
            .direct("orders", yuan("5"))
            .cost(CostKind::Media, "post", yuan("0"))
            .check()
            .unwrap();
        let undefined = |figure, cost: &'static str| Undefined::new(figure, Cause::Zero(cost.into()));
        assert_eq!(free.return_ratio(), Figure::Undefined(undefined("return ratio", "cost")));
        assert_eq!(free.net_return(), Figure::Undefined(undefined("net return", "cost")));
        assert_eq!(free.media_return(), Figure::Undefined(undefined("return on media", "media cost")));
        assert!(free.why().is_undefined());
        let why = "undefined: media cost is zero";
        assert!(free.to_string().contains(why), "{free}");
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
        let json = serde_json::to_string(&draft).unwrap();
        let draft: TrueReturnDraft<Revenue> = serde_json::from_str(&json).unwrap();
        let wrong = draft.check().unwrap_err().to_string();
        assert_eq!(
            wrong,
            "5 problems\n  basis: the returns are profit, revenue is needed\n  \
             returns[1].name: `orders` is the name of line 0 already\n  \
             returns[2]: a line has either an amount or a percentage, this one has neither\n  \
             costs[0].amount: cost -1.00 CNY is below 0\n  returns[1]: JPY and CNY are different currencies"
        );
        let empty = TrueReturn::<Profit>::draft().check().unwrap_err().to_string();
        assert_eq!(empty, ".: a budget needs at least one line");
        assert!(TrueReturn::<Profit>::draft().direct("a", yuan("1")).check().is_ok());
    }
}
