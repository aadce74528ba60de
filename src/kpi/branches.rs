//! What the branches of a tree bring: revenue, orders and spend side by side, and what follows from the three.

use super::{Evaluation, KpiError};
use crate::figure::{Cause, Cell, Figure, TOTAL, Table, beside};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Currency, QuantityError, Ratio, Return, Revenue, Rounding, Unit};
use crate::target::ActualValue;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// A branch of a tree, such as a channel: the nodes that are its revenue, its orders and its spend.
///
/// What was not given, or has no value, is a [`Figure`] that says so, and so is all that follows from it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Branch {
    /// The name.
    pub name: String,
    /// What it brought, in units of a currency.
    pub revenue: Figure<ActualValue>,
    /// How many orders, customers or users, in a unit of its own.
    pub orders: Figure<ActualValue>,
    /// What it cost, in units of a currency.
    pub spend: Figure<ActualValue>,
}

serialize_fields!(Branch { name, revenue, orders, spend });

impl Branch {
    /// A branch of which nothing is known yet.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        let missing = |what| Figure::missing(alloc::format!("{what} of `{name}`"));
        Self { revenue: missing("revenue"), orders: missing("orders"), spend: missing("spend"), name }
    }

    /// Takes its revenue from a node whose unit is a currency.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`]; [`KpiError::OtherUnit`] where the node's unit is none of money.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{Branch, KpiTree};
    /// use rust_decimal::{Decimal, dec};
    ///
    /// let tree = KpiTree::parse("sales [CNY] = orders * value\n orders [order], value [CNY/order]")?;
    /// let july = tree.evaluate(&tree.inputs([("orders", dec!(200)), ("value", dec!(160))])?)?;
    /// let search = Branch::new("search").with_revenue(&july, "sales")?;
    /// assert_eq!(search.revenue.to_string(), "32000 CNY");
    /// assert!(Branch::new("search").with_revenue(&july, "orders").is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_revenue(self, values: &Evaluation<'_>, node: &str) -> Result<Self, KpiError> {
        Ok(Self { revenue: money(values, node)?, ..self })
    }

    /// Takes its orders from a node that counts: its unit is neither money, nor a rate, nor a plain number.
    ///
    /// # Errors
    /// As [`with_revenue`](Self::with_revenue).
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{Branch, KpiTree};
    /// use rust_decimal::{Decimal, dec};
    ///
    /// let tree = KpiTree::parse("cost [CNY/order] = spend / orders\n spend [CNY], orders [order]")?;
    /// let july = tree.evaluate(&tree.inputs([("spend", dec!(10000)), ("orders", dec!(200))])?)?;
    /// let search = Branch::new("search").with_orders(&july, "orders")?.with_spend(&july, "spend")?;
    /// assert_eq!(search.cost_per_order().to_string(), "50 CNY/order");
    /// assert_eq!(search.return_on_ad_spend().to_string(), "missing: revenue of `search`");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_orders(self, values: &Evaluation<'_>, node: &str) -> Result<Self, KpiError> {
        Ok(Self { orders: value(values, node, "a count", is_count)?, ..self })
    }

    /// Takes its spend from a node whose unit is a currency.
    ///
    /// # Errors
    /// As [`with_revenue`](Self::with_revenue).
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{Branch, KpiTree};
    /// use rust_decimal::{Decimal, dec};
    ///
    /// // Sales stand in one tree, spend in another.
    /// let (sales, budget) = (KpiTree::parse("sales [CNY]")?, KpiTree::parse("spend [1000 CNY]")?);
    /// let sales = sales.evaluate(&sales.inputs([("sales", dec!(32000))])?)?;
    /// let budget = budget.evaluate(&budget.inputs([("spend", dec!(10))])?)?;
    /// let search = Branch::new("search").with_revenue(&sales, "sales")?.with_spend(&budget, "spend")?;
    /// assert_eq!(search.return_on_ad_spend().to_string(), "1:3.2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_spend(self, values: &Evaluation<'_>, node: &str) -> Result<Self, KpiError> {
        Ok(Self { spend: money(values, node)?, ..self })
    }

    /// Revenue per unit of spend; undefined where the spend is not above zero or in another currency.
    #[must_use]
    #[doc(alias("ROAS", "投入产出比"))]
    pub fn return_on_ad_spend(&self) -> Figure<Return<Revenue>> {
        let figure = "return on ad spend";
        let both = self.revenue.as_ref().zip(self.spend.as_ref());
        both.and_then(|(revenue, spend)| {
            // The currencies first: whether a spend of another currency is zero says nothing.
            if revenue.unit() != spend.unit() {
                let currencies = "the currencies of revenue and spend";
                return Figure::undefined(figure, Cause::Inconsistent(currencies.into()));
            }
            let quotient = per(figure, Figure::Known(revenue), Figure::Known(spend), "spend");
            quotient.map(|quotient| Return::new(quotient.value()))
        })
    }

    /// Spend per order; undefined without an order.
    #[must_use]
    #[doc(alias("CPA", "CAC", "获客成本"))]
    pub fn cost_per_order(&self) -> Figure<ActualValue> {
        per("cost per order", self.spend.as_ref(), self.orders.as_ref(), "orders")
    }

    /// Revenue per order; undefined without an order.
    #[must_use]
    #[doc(alias("AOV", "客单价"))]
    pub fn average_order_value(&self) -> Figure<ActualValue> {
        per("average order value", self.revenue.as_ref(), self.orders.as_ref(), "orders")
    }
}

/// The branches of a tree beside each other, and their blended total: sums over sums.
///
/// # Formula
/// Share of revenue `R_i / ΣR`; return on ad spend `R_i / S_i`, of the total `ΣR / ΣS`; cost per order `S_i / n_i`;
/// average order value `R_i / n_i`. All are exact fractions.
///
/// # Examples
/// ```
/// use marketloop::kpi::{Branch, Branches, KpiTree};
/// use rust_decimal::{Decimal, dec};
///
/// let tree = KpiTree::parse("
///     sales [CNY] = search_sales + social_sales
///     search_sales [CNY] = search_orders * search_value
///     social_sales [CNY] = social_orders * social_value
///     search_orders [order], social_orders [order], search_value [CNY/order], social_value [CNY/order]")?;
/// let spends = KpiTree::parse("spend [CNY] = search_spend + social_spend")?;
/// let july = tree.inputs([
///     ("search_orders", dec!(200)), ("social_orders", dec!(300)),
///     ("search_value", dec!(160)), ("social_value", dec!(164)),
/// ])?;
/// let spent = spends.inputs([("search_spend", dec!(10000)), ("social_spend", dec!(12000))])?;
/// let (july, spent) = (tree.evaluate(&july)?, spends.evaluate(&spent)?);
/// let branch = |name: &str| {
///     Branch::new(name)
///         .with_revenue(&july, &format!("{name}_sales"))?
///         .with_orders(&july, &format!("{name}_orders"))?
///         .with_spend(&spent, &format!("{name}_spend"))
/// };
/// let branches = Branches::new([branch("search")?, branch("social")?])?;
/// assert_eq!(branches.get("search").unwrap().return_on_ad_spend().to_string(), "1:3.2");
/// // 81,200 / 22,000, and not the mean of 3.2 and 4.1.
/// assert_eq!(format!("{:.2}", branches.total().return_on_ad_spend()), "1:3.69");
/// assert_eq!(
///     branches.to_string(),
///     "\
/// branch  revenue CNY  share of revenue %  orders  spend CNY  return on ad spend (revenue) CNY/CNY  cost per order CNY/order  average order value CNY/order
/// search     32000.00           39.408867     200   10000.00                                   3.2                     50.00                         160.00
/// social     49200.00           60.591133     300   12000.00                                   4.1                     40.00                         164.00
/// total      81200.00                 100     500   22000.00                              3.690909                     44.00                         162.40
/// "
/// );
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Branches {
    branches: Vec<Branch>,
    total: Branch,
}

serialize_fields!(Branches { branches, total });

impl Branches {
    /// These branches and their sums.
    ///
    /// # Errors
    /// [`KpiError::NoBranches`]; [`KpiError::GivenTwice`] for two of one name; [`KpiError::UnitClash`] where not all
    /// amounts have one currency and all orders one unit: they could not be added.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{Branch, Branches, KpiTree};
    /// use rust_decimal::{Decimal, dec};
    ///
    /// let tree = KpiTree::parse("sales [CNY] = search + social")?;
    /// let july = tree.evaluate(&tree.inputs([("search", dec!(32000))])?)?;
    /// let branch = |name: &str| Branch::new(name).with_revenue(&july, name);
    /// let branches = Branches::new([branch("search")?, branch("social")?])?;
    /// // A sum of what is known would pass for that of all.
    /// assert_eq!(branches.total().revenue.to_string(), "missing: social");
    /// assert_eq!(Branches::new([branch("search")?, branch("search")?]).unwrap_err().to_string(), "`search` is given twice");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(branches: impl IntoIterator<Item = Branch>) -> Result<Self, KpiError> {
        let branches: Vec<Branch> = branches.into_iter().collect();
        if branches.is_empty() {
            return Err(KpiError::NoBranches);
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = branches.iter().find(|branch| !names.insert(branch.name.as_str())) {
            return Err(KpiError::GivenTwice { id: twice.name.clone() });
        }
        one_unit(branches.iter().flat_map(|branch| [&branch.revenue, &branch.spend]))?;
        one_unit(branches.iter().map(|branch| &branch.orders))?;
        let total = Branch {
            name: TOTAL.into(),
            revenue: sum("revenue", branches.iter().map(|branch| &branch.revenue)),
            orders: sum("orders", branches.iter().map(|branch| &branch.orders)),
            spend: sum("spend", branches.iter().map(|branch| &branch.spend)),
        };
        Ok(Self { branches, total })
    }

    /// The branch of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Branch> {
        self.branches.iter().find(|branch| branch.name == name)
    }

    /// The branches in the order in which they were given.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Branch> {
        self.branches.iter()
    }

    /// The branches with a return on ad spend, the highest first, at ties in the order in which they were given.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{Branch, Branches, KpiTree};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales [CNY] = search + social")?;
    /// let costs = KpiTree::parse("spend [CNY] = search + social")?;
    /// let july = tree.evaluate(&tree.inputs([("search", dec!(30)), ("social", dec!(60))])?)?;
    /// let spent = costs.evaluate(&costs.inputs([("search", dec!(20)), ("social", dec!(20))])?)?;
    /// let branch = |name: &str| Branch::new(name).with_revenue(&july, name)?.with_spend(&spent, name);
    /// let branches = Branches::new([branch("search")?, branch("social")?])?;
    /// let names: Vec<&str> = branches.by_return().map(|branch| branch.name.as_str()).collect();
    /// assert_eq!(names, ["social", "search"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn by_return(&self) -> impl DoubleEndedIterator<Item = &Branch> {
        let known = |branch| Some((Branch::return_on_ad_spend(branch).known()?, branch));
        let mut all: Vec<_> = self.branches.iter().filter_map(known).collect();
        all.sort_by_key(|own| core::cmp::Reverse(own.0));
        all.into_iter().map(|own| own.1)
    }

    /// All together: the sums, and by its methods the blended figures.
    #[must_use]
    pub const fn total(&self) -> &Branch {
        &self.total
    }

    /// The share of a branch in the revenue of all; undefined where that is not above zero.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{Branch, Branches, KpiTree};
    /// use rust_decimal::{Decimal, dec};
    ///
    /// let tree = KpiTree::parse("sales [CNY] = search + social")?;
    /// let july = tree.evaluate(&tree.inputs([("search", dec!(30)), ("social", dec!(60))])?)?;
    /// let branch = |name: &str| Branch::new(name).with_revenue(&july, name);
    /// let branches = Branches::new([branch("search")?, branch("social")?])?;
    /// let search = branches.get("search").unwrap();
    /// assert_eq!(branches.share(search).to_string(), "1/3");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn share(&self, branch: &Branch) -> Figure<Ratio> {
        let share = per("share", branch.revenue.as_ref(), self.total.revenue.as_ref(), "revenue of all");
        share.map(|share| share.value())
    }

    /// A row for each branch and one for all.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("branch");
        for branch in self.branches.iter().chain([&self.total]) {
            let is_total = core::ptr::eq(branch, &raw const self.total);
            let own: &[&str] = if is_total { &[] } else { &[TOTAL] };
            let name = beside(&branch.name, own);
            let per_spend = branch.return_on_ad_spend().map(|own| own.ratio());
            table.push(&name, "revenue", branch.revenue.as_ref().map(amount));
            table.push(&name, "share of revenue", self.share(branch).map(|share| share.percent_cell()));
            table.push(&name, "orders", branch.orders.as_ref().map(Cell::from));
            table.push(&name, "spend", branch.spend.as_ref().map(amount));
            let unit = branch.spend.as_ref().map(|spend| alloc::format!("{0}/{0}", spend.unit()));
            let cell = per_spend.zip(unit).map(|(own, unit)| in_unit(own, unit));
            table.push(&name, "return on ad spend (revenue)", cell);
            table.push(&name, "cost per order", branch.cost_per_order().as_ref().map(amount));
            table.push(&name, "average order value", branch.average_order_value().as_ref().map(amount));
        }
        table
    }
}

impl fmt::Display for Branches {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// A ratio as a cell in its unit.
fn in_unit(ratio: Ratio, unit: String) -> Cell {
    Cell { unit: unit.into(), ..Cell::from(ratio) }
}

/// Money, or money per order: with the decimals of cents where they hold it, else as any other fraction.
fn amount(value: &ActualValue) -> Cell {
    let exact =
        value.value().round((2, Rounding::HalfEven)).ok().filter(|own| Ratio::from(*own) == value.value());
    match exact {
        Some(exact) => Cell::new(alloc::format!("{exact:.2}"), value.unit().to_string()),
        None => value.into(),
    }
}

/// Whether a unit is a currency, up to a power of ten.
fn is_money(unit: &Unit) -> bool {
    unit.coherent().to_string().parse::<Currency>().is_ok()
}

/// Whether a unit counts things.
fn is_count(unit: &Unit) -> bool {
    !unit.is_dimensionless() && !unit.has_denominator() && !is_money(unit)
}

fn money(values: &Evaluation<'_>, node: &str) -> Result<Figure<ActualValue>, KpiError> {
    value(values, node, "money", is_money)
}

/// The exact value of a node in its unit without a power of ten, which has to be of a kind.
fn value(
    values: &Evaluation<'_>,
    node: &str,
    required: &'static str,
    fits: fn(&Unit) -> bool,
) -> Result<Figure<ActualValue>, KpiError> {
    let unit = values.unit(node)?;
    if !fits(&unit) {
        return Err(KpiError::OtherUnit { node: node.into(), unit, required });
    }
    let coherent = unit.coherent();
    Ok(values.named_value(node)?.and_then(|exact| exact.ratio()).and_then(|own| {
        // In whole units: amounts of trees that count in thousands and in ones add up.
        match ActualValue::new(own, unit).value_in(&coherent) {
            Ok(own) => Figure::Known(ActualValue::new(own, coherent)),
            Err(_) => Figure::undefined(String::from(node), Cause::OutOfRange),
        }
    }))
}

/// The quotient in its unit.
fn per(
    figure: &'static str,
    above: Figure<&ActualValue>,
    below: Figure<&ActualValue>,
    divisor: &'static str,
) -> Figure<ActualValue> {
    above.zip(below).and_then(|(above, below)| {
        if below.value().is_zero() {
            return Figure::undefined(figure, Cause::Zero(divisor.into()));
        }
        if below.value().is_negative() {
            return Figure::undefined(figure, Cause::Negative(divisor.into()));
        }
        let value = above.value().divided_by(below.value());
        let quotient = value.and_then(|own| Ok(ActualValue::new(own, above.unit().per(below.unit())?)));
        or_out_of_range(figure, quotient)
    })
}

fn or_out_of_range<T>(figure: &'static str, result: Result<T, QuantityError>) -> Figure<T> {
    result.map_or_else(|_| Figure::undefined(figure, Cause::OutOfRange), Figure::Known)
}

/// The sum of values in one unit, or the first that is not known.
fn sum<'b>(
    figure: &'static str,
    values: impl Iterator<Item = &'b Figure<ActualValue>>,
) -> Figure<ActualValue> {
    let mut values = values.map(Figure::as_ref);
    // There is a first one: what has no branch is refused.
    let first = values.next().map_or_else(|| Figure::missing(figure), |first| first.map(Clone::clone));
    values.fold(first, |sum, next| {
        sum.zip(next).and_then(|(sum, next)| {
            let both = sum.value().plus(next.value());
            or_out_of_range(figure, both.map(|both| ActualValue::new(both, next.unit().clone())))
        })
    })
}

/// Refuses values of two units.
fn one_unit<'b>(values: impl Iterator<Item = &'b Figure<ActualValue>>) -> Result<(), KpiError> {
    let mut units = values.filter_map(|value| value.as_ref().known()).map(ActualValue::unit);
    let Some(first) = units.next() else { return Ok(()) };
    match units.find(|unit| *unit != first) {
        Some(other) => {
            Err(KpiError::UnitClash { left: first.clone(), right: other.clone(), operation: "added" })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::KpiTree;
    use rust_decimal::{Decimal, dec};

    const TREE: &str = "sales [CNY] = a + b\n a [CNY] = a_n * a_v\n b [CNY] = b_n * b_v\n \
        a_n [order], b_n [order], a_v [CNY/order], b_v [CNY/order]";

    fn both(values: [(&str, Decimal); 4], spends: [(&str, Decimal); 2]) -> Branches {
        let tree = KpiTree::parse(TREE).unwrap();
        let cost = KpiTree::parse("spend [1000 CNY] = a_s + b_s").unwrap();
        let sales = tree.evaluate(&tree.inputs(values).unwrap()).unwrap();
        let spend = cost.evaluate(&cost.inputs(spends).unwrap()).unwrap();
        Branches::new(["a", "b"].map(|name| {
            let branch = Branch::new(name).with_revenue(&sales, name).unwrap();
            let branch = branch.with_orders(&sales, &alloc::format!("{name}_n")).unwrap();
            branch.with_spend(&spend, &alloc::format!("{name}_s")).unwrap()
        }))
        .unwrap()
    }

    #[test]
    fn the_total_is_sums_over_sums() {
        let values = [("a_n", dec!(3)), ("a_v", dec!(100)), ("b_n", dec!(7)), ("b_v", dec!(10))];
        let found = both(values, [("a_s", dec!(0.2)), ("b_s", dec!(0.01))]);
        let total = found.total();
        // 370 / 210 = 37/21, 210 / 10 = 21, 370 / 10 = 37; the means would be 4.25, 34.05 and 55.
        assert_eq!(total.return_on_ad_spend().to_string(), "1:37/21");
        assert_eq!(total.cost_per_order().to_string(), "21 CNY/order");
        assert_eq!(total.average_order_value().to_string(), "37 CNY/order");
        assert_eq!(found.share(found.get("b").unwrap()).to_string(), "7/37");
        let shares = found.iter().map(|branch| found.share(branch).known().unwrap());
        assert_eq!(shares.reduce(|a, b| a.plus(b).unwrap()), Some(Ratio::ONE));
        assert_eq!(found.get("c"), None);
    }

    #[test]
    fn what_does_not_exist_says_why() {
        let values = [("a_n", dec!(0)), ("a_v", dec!(100)), ("b_n", dec!(7)), ("b_v", dec!(10))];
        let found = both(values, [("a_s", dec!(0)), ("b_s", dec!(-1))]);
        let (a, b) = (found.get("a").unwrap(), found.get("b").unwrap());
        assert_eq!(a.return_on_ad_spend().to_string(), "undefined: spend is zero");
        assert_eq!(a.cost_per_order().to_string(), "undefined: orders is zero");
        assert_eq!(b.return_on_ad_spend().to_string(), "undefined: spend is below zero");
        assert_eq!(found.table().get("a", "cost per order").unwrap().why, "undefined: orders is zero");
        let large = [("a_n", Decimal::MAX), ("a_v", Decimal::MAX), ("b_n", dec!(7)), ("b_v", dec!(10))];
        let large = both(large, [("a_s", dec!(1)), ("b_s", dec!(1))]);
        let why = "undefined: a figure of more digits than its type holds";
        assert_eq!(large.total().revenue.to_string(), why);
    }

    #[test]
    fn units_are_money_a_count_and_money() {
        let tree = KpiTree::parse("y [USD] = x * v * r\n x [click], v [USD/click], r [%]").unwrap();
        let values = tree.inputs([("x", dec!(1)), ("v", dec!(1)), ("r", dec!(1))]).unwrap();
        let values = tree.evaluate(&values).unwrap();
        let refused = |result: Result<Branch, KpiError>| result.unwrap_err().to_string();
        let branch = || Branch::new("a");
        assert_eq!(refused(branch().with_revenue(&values, "x")), "`x` is in click, which is not money");
        assert_eq!(refused(branch().with_spend(&values, "v")), "`v` is in USD/click, which is not money");
        for (node, unit) in [("y", "USD"), ("r", "%"), ("v", "USD/click")] {
            let text = alloc::format!("`{node}` is in {unit}, which is not a count");
            assert_eq!(refused(branch().with_orders(&values, node)), text);
        }
        assert_eq!(refused(branch().with_orders(&values, "z")), "`z` is not declared");
        let yuan = KpiTree::parse("y [CNY]").unwrap();
        let yuan = yuan.evaluate(&yuan.inputs([("y", dec!(1))]).unwrap()).unwrap().clone();
        let mixed = branch().with_revenue(&values, "y").unwrap().with_spend(&yuan, "y").unwrap();
        let why = "undefined: the currencies of revenue and spend do not agree";
        assert_eq!(mixed.return_on_ad_spend().to_string(), why);
        assert_eq!(Branches::new([mixed]).unwrap_err().to_string(), "units differ where added: USD and CNY");
        assert_eq!(Branches::new([]).unwrap_err(), KpiError::NoBranches);
    }
}
