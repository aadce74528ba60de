//! What was sold, by month and channel, and what the trees make of it.

use super::Refusal;
use marketloop::figure::Figure;
use marketloop::kpi::{Evaluation, Inputs, KpiTree};
use marketloop::quantity::{Currency, Money, Quantity, Ratio, Rounding, Unit};
use marketloop::target::ActualValue;
use marketloop::time::Period;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A channel of the facts, and the line of the budget that pays it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Channel {
    pub(super) name: String,
    pub(super) line: String,
}

/// Formulas under a name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedTree {
    pub(super) name: String,
    formulas: Vec<String>,
}

impl NamedTree {
    pub(super) fn parse(&self) -> Result<KpiTree, Refusal> {
        let tree = KpiTree::parse(&self.formulas.join("\n"));
        tree.map_err(|error| format!("trees, {}: {error}", self.name).into())
    }
}

/// A month of a channel.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    month: Period,
    channel: String,
    clicks: u64,
    orders: u64,
    revenue: String,
    new_customers: Option<u64>,
}

/// What a channel brought, or all of them; customers are not known everywhere.
#[derive(Clone, Copy)]
pub(super) struct Sold {
    pub(super) clicks: u64,
    pub(super) orders: u64,
    pub(super) revenue: Money,
    pub(super) new_customers: Option<u64>,
}

impl Sold {
    fn plus(self, other: Self) -> Result<Self, Refusal> {
        let add = |left: u64, right: u64| left.checked_add(right).ok_or("more than 64 bits are counted");
        Ok(Self {
            clicks: add(self.clicks, other.clicks)?,
            orders: add(self.orders, other.orders)?,
            revenue: self.revenue.plus(other.revenue)?,
            new_customers: match (self.new_customers, other.new_customers) {
                (Some(own), Some(others)) => Some(add(own, others)?),
                // A sum of what is known is no sum.
                _ => None,
            },
        })
    }
}

/// All months of all channels.
pub(super) struct Sales {
    currency: Currency,
    rows: BTreeMap<(Period, String), Sold>,
}

impl Sales {
    /// The rows of `month,channel,clicks,orders,revenue,new_customers`: each channel of a month once, no more orders
    /// than clicks, no more new customers than orders.
    pub(super) fn read(text: &str, channels: &[Channel], currency: Currency) -> Result<Self, Refusal> {
        let mut rows = BTreeMap::new();
        for (row, line) in csv::Reader::from_reader(text.as_bytes()).into_deserialize().zip(2_u64..) {
            let Row { month, channel, clicks, orders, revenue, new_customers } = row?;
            let refuse = |what: String| Refusal::from(format!("line {line}: {what}"));
            let revenue = Money::parse(&format!("{revenue} {currency}"));
            let revenue = revenue.map_err(|error| refuse(error.to_string()))?;
            if channels.iter().all(|known| known.name != channel) {
                return Err(refuse(format!("there is no channel `{channel}`")));
            }
            if orders > clicks || new_customers.is_some_and(|new| new > orders) || revenue.is_negative() {
                return Err(refuse(
                    "more orders than clicks, more new customers than orders, or revenue below 0".into(),
                ));
            }
            let sold = Sold { clicks, orders, revenue, new_customers };
            if rows.insert((month, channel.clone()), sold).is_some() {
                return Err(refuse(format!("{channel} stands in {month} twice")));
            }
        }
        Ok(Self { currency, rows })
    }

    /// The months of a period that have figures.
    pub(super) fn months(&self, period: &Period) -> Vec<Period> {
        let months: BTreeSet<Period> =
            self.rows.keys().map(|(month, _)| *month).filter(|month| period.covers(month)).collect();
        let mut months: Vec<Period> = months.into_iter().collect();
        months.sort_by_key(Period::start);
        months
    }

    /// What one channel sold in a period, or all of them.
    pub(super) fn of(&self, period: &Period, channel: Option<&str>) -> Result<Sold, Refusal> {
        let zero = Sold { clicks: 0, orders: 0, revenue: Money::zero(self.currency), new_customers: Some(0) };
        let fits = |key: &(Period, String)| period.covers(&key.0) && channel.is_none_or(|own| own == key.1);
        let mut own = self.rows.iter().filter(|(key, _)| fits(key)).map(|(_, sold)| *sold).peekable();
        if own.peek().is_none() {
            let of = channel.unwrap_or("any channel");
            return Err(format!("there are no sales of {of} in {period}").into());
        }
        own.try_fold(zero, Sold::plus)
    }
}

/// The leaves of the trees in one quarter, and what the trees make of them.
pub(super) struct Leaves {
    values: BTreeMap<String, Quantity>,
    /// Why a leaf has no value, in the file's words.
    missing: BTreeMap<String, String>,
}

impl Leaves {
    /// Those of a quarter's sales and spend.
    pub(super) fn new(
        sales: &Sales,
        period: &Period,
        channels: &[Channel],
        spent: impl IntoIterator<Item = (String, Money)>,
        missing: &BTreeMap<String, String>,
    ) -> Result<Self, Refusal> {
        let mut values = BTreeMap::new();
        let unit = |text: &str| text.parse::<Unit>();
        let mut count = |name: String, count: u64, in_unit: &str| -> Result<(), Refusal> {
            values.insert(name, Quantity::new(count.into(), unit(in_unit)?));
            Ok(())
        };
        for Channel { name, .. } in channels {
            let sold = sales.of(period, Some(name))?;
            count(format!("{name}_clicks"), sold.clicks, "click")?;
            count(format!("{name}_orders"), sold.orders, "order")?;
        }
        if let Some(new) = sales.of(period, None)?.new_customers {
            count("new_customers".into(), new, "customer")?;
        }
        for Channel { name, .. } in channels {
            let sold = sales.of(period, Some(name))?;
            values.insert(format!("{name}_revenue"), sold.revenue.into());
            // A leaf is a decimal: what is beyond 15 decimals moves no cent of these sales.
            let mut rate = |leaf: &str, over: Ratio, in_unit: &str| -> Result<(), Refusal> {
                let decimal = over.to_decimal().map_or_else(|| over.round((15, Rounding::HalfEven)), Ok)?;
                values.insert(format!("{name}_{leaf}"), Quantity::new(decimal, unit(in_unit)?));
                Ok(())
            };
            if sold.clicks > 0 && sold.orders > 0 {
                rate("cvr", Ratio::new(sold.orders.into(), sold.clicks.into())?, "order/click")?;
                rate("aov", Ratio::new(sold.revenue.amount(), sold.orders.into())?, "CNY/order")?;
            }
        }
        values.extend(spent.into_iter().map(|(leaf, amount)| (leaf, Quantity::from(amount))));
        let missing = missing.iter().filter(|(leaf, _)| !values.contains_key(*leaf));
        let missing = missing.map(|(leaf, why)| (leaf.clone(), why.clone())).collect();
        Ok(Self { values, missing })
    }

    /// The inputs of a tree: those of its leaves that are known.
    pub(super) fn inputs(&self, tree: &KpiTree) -> Result<Inputs, Refusal> {
        let known =
            tree.leaves().filter_map(|(_, leaf)| Some((leaf.id(), self.values.get(leaf.id())?.clone())));
        let known: Vec<(&str, Quantity)> = known.collect();
        Ok(tree.inputs_in_units(known)?)
    }

    /// A node's value unrounded; missing with the file's reason where a leaf below it is.
    pub(super) fn node(&self, values: &Evaluation<'_>, tree: &KpiTree, id: &str) -> Figure<ActualValue> {
        values.actual(id).map_or_else(
            |error| {
                let why = tree.leaves().find_map(|(_, leaf)| self.missing.get(leaf.id()));
                Figure::missing(why.cloned().unwrap_or_else(|| error.to_string()))
            },
            Figure::Known,
        )
    }

    /// Takes the nodes of one tree as leaves of the next: those with a last decimal.
    pub(super) fn learn(&mut self, values: &Evaluation<'_>, tree: &KpiTree) {
        for (_, node) in tree.nodes() {
            if let Some(quantity) = values.actual(node.id()).ok().and_then(|actual| actual.to_quantity()) {
                self.values.entry(node.id().into()).or_insert(quantity);
            }
        }
    }
}
