//! Credits against costs: what each channel paid for a conversion and brought per unit of money.

use super::channels::{check_name, upper_part};
use super::{AttributionError, ChannelId, Channels, Credits};
use crate::error::{Path, Problems};
use crate::figure::{Cause, Cell, Figure, TOTAL, Table, beside};
use crate::quantity::wire::{serialize_fields, wire_fields};
use crate::quantity::{Basis, Currency, Money, Ratio, add};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What each channel cost, in one currency.
///
/// # Examples
/// ```
/// use marketloop::attribution::Costs;
/// use marketloop::quantity::{Currency, Money};
///
/// let costs = Costs::new(Currency::CNY, [("SEM", Money::parse("500 CNY")?)])?;
/// assert_eq!(costs.get("SEM"), Some(Money::parse("500 CNY")?));
/// let json = r#"{"currency":"CNY","costs":[{"channel":"SEM","cost":"500 CNY"}]}"#;
/// assert_eq!(serde_json::from_str::<Costs>(json)?, costs);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Costs {
    currency: Currency,
    by_channel: BTreeMap<String, Money>,
}

impl Costs {
    /// The costs of these channels, checked: one currency, no negative cost, no channel twice.
    ///
    /// # Errors
    /// [`AttributionError::EmptyName`], [`AttributionError::ControlCharacter`],
    /// [`AttributionError::DuplicateChannel`], [`AttributionError::CurrencyMismatch`],
    /// [`AttributionError::NegativeCost`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionError, Costs};
    /// use marketloop::quantity::{Currency, Money};
    ///
    /// let fee = Money::parse("120 USD")?;
    /// // One currency: money is never converted in silence.
    /// let mixed = Costs::new(Currency::CNY, [("SEM", fee)]);
    /// let (left, right) = (Currency::CNY, Currency::USD);
    /// assert_eq!(mixed, Err(AttributionError::CurrencyMismatch { left, right }));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new<N: Into<String>>(
        currency: Currency,
        costs: impl IntoIterator<Item = (N, Money)>,
    ) -> Result<Self, AttributionError> {
        let mut all = Self { currency, by_channel: BTreeMap::new() };
        for (name, cost) in costs {
            all.add(name.into(), cost)?;
        }
        Ok(all)
    }

    fn add(&mut self, name: String, cost: Money) -> Result<(), AttributionError> {
        if cost.currency() != self.currency {
            return Err(AttributionError::CurrencyMismatch { left: self.currency, right: cost.currency() });
        }
        check_name(&name, self.by_channel.len())?;
        if cost.is_negative() {
            return Err(AttributionError::NegativeCost { name, cost });
        }
        if self.by_channel.contains_key(&name) {
            return Err(AttributionError::DuplicateChannel { name });
        }
        self.by_channel.insert(name, cost);
        Ok(())
    }

    /// The cost of each channel as the sum of the prices of its touches, such as clicks.
    ///
    /// A channel whose touches have no price has no cost, which is not the same as a cost of 0.
    ///
    /// # Errors
    /// [`AttributionError::UnknownId`] with the index of the touch as its row,
    /// [`AttributionError::CurrencyMismatch`], [`AttributionError::NegativeCost`],
    /// [`AttributionError::Quantity`] where a sum is beyond money.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, Costs, TouchEvent};
    /// use marketloop::quantity::{Currency, Money};
    ///
    /// let mut channels = Channels::default();
    /// let (sem, email) = (channels.intern("SEM")?, channels.intern("Email")?);
    /// let click = Money::parse("1.35 CNY")?;
    /// let events = [
    ///     (TouchEvent::new(7, 0, sem), Some(click)),
    ///     (TouchEvent::new(7, 3_600, email), None),
    ///     (TouchEvent::new(8, 60, sem), Some(click)),
    /// ];
    /// let priced = events.iter().map(|(touch, cost)| (touch.channel, *cost));
    /// let costs = Costs::of_touches(&channels, Currency::CNY, priced)?;
    /// assert_eq!(costs.get("SEM"), Some(Money::parse("2.70 CNY")?));
    /// assert_eq!(costs.get("Email"), None);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn of_touches(
        channels: &Channels,
        currency: Currency,
        touches: impl IntoIterator<Item = (ChannelId, Option<Money>)>,
    ) -> Result<Self, AttributionError> {
        let mut sums: Vec<Option<Money>> = alloc::vec![None; channels.len()];
        for (row, (channel, cost)) in touches.into_iter().enumerate() {
            let (id, count) = (channel.index(), channels.len());
            let sum = sums.get_mut(id).ok_or(AttributionError::UnknownId { row, id, count })?;
            let Some(cost) = cost else { continue };
            if cost.currency() != currency {
                return Err(AttributionError::CurrencyMismatch { left: currency, right: cost.currency() });
            }
            if cost.is_negative() {
                let name = channels.name(channel).ok_or(AttributionError::UnknownId { row, id, count })?;
                return Err(AttributionError::NegativeCost { name: name.into(), cost });
            }
            *sum = Some(sum.unwrap_or(Money::zero(currency)).plus(cost)?);
        }
        // A channel without any price stays unknown: a cost of 0 would make its return infinite.
        let known = channels.names().zip(sums).filter_map(|(name, sum)| Some((name, sum?)));
        Self::new(currency, known)
    }

    /// The costs of both; those of a channel in both add up. The order of merging changes nothing.
    ///
    /// # Errors
    /// [`AttributionError::CurrencyMismatch`]; [`AttributionError::Quantity`] where a sum is beyond money.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::Costs;
    /// use marketloop::quantity::{Currency, Money};
    ///
    /// let july = Costs::new(Currency::CNY, [("SEM", Money::parse("500 CNY")?)])?;
    /// let august = Costs::new(Currency::CNY, [("SEM", Money::parse("700 CNY")?)])?;
    /// assert_eq!(july.merge(&august)?.get("SEM"), Some(Money::parse("1200 CNY")?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn merge(&self, other: &Self) -> Result<Self, AttributionError> {
        if self.currency != other.currency {
            let (left, right) = (self.currency, other.currency);
            return Err(AttributionError::CurrencyMismatch { left, right });
        }
        let mut merged = self.clone();
        for (name, cost) in &other.by_channel {
            let sum = merged.by_channel.get(name).map_or(Ok(*cost), |own| own.plus(*cost))?;
            merged.by_channel.insert(name.clone(), sum);
        }
        Ok(merged)
    }

    /// Merges channels whose names share the first `levels` segments, split at `separator`, as
    /// [`PathTable::rolled_up`](super::PathTable::rolled_up) does: the costs add up.
    ///
    /// # Errors
    /// [`AttributionError::EmptySeparator`]; [`AttributionError::EmptyName`] for a level 0 or an empty part, with
    /// the place of the channel among the names; [`AttributionError::Quantity`] where a sum is beyond money.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::Costs;
    /// use marketloop::quantity::{Currency, Money};
    ///
    /// let keywords = [("SEM / brand", "100 CNY"), ("SEM / generic", "50 CNY"), ("Email", "9 CNY")];
    /// let keywords = keywords.map(|(name, cost)| (name, Money::parse(cost).unwrap()));
    /// let costs = Costs::new(Currency::CNY, keywords)?.rolled_up(" / ", 1)?;
    /// assert_eq!(costs.get("SEM"), Some(Money::parse("150 CNY")?));
    /// assert_eq!(costs.get("Email"), Some(Money::parse("9 CNY")?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn rolled_up(&self, separator: &str, levels: usize) -> Result<Self, AttributionError> {
        if separator.is_empty() {
            return Err(AttributionError::EmptySeparator);
        }
        let mut upper = Self { currency: self.currency, by_channel: BTreeMap::new() };
        for (index, (name, cost)) in self.by_channel.iter().enumerate() {
            let part = upper_part(name, separator, levels);
            check_name(part, index)?;
            let sum = upper.by_channel.get(part).map_or(Ok(*cost), |own| own.plus(*cost))?;
            upper.by_channel.insert(part.into(), sum);
        }
        Ok(upper)
    }

    /// The channels whose cost is known, in the order of their names.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, Money)> + '_ {
        self.by_channel.iter().map(|(name, cost)| (name.as_str(), *cost))
    }

    /// The currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// The cost of this channel, or `None` if it is not known.
    #[must_use]
    pub fn get(&self, channel: &str) -> Option<Money> {
        self.by_channel.get(channel).copied()
    }
}

/// Costs as they are written down.
struct Wire {
    currency: Currency,
    costs: Vec<CostWire>,
}

wire_fields!("Costs", Wire { currency, costs });

struct CostWire {
    channel: String,
    cost: Money,
}

wire_fields!(CostWire { channel, cost });

impl TryFrom<Wire> for Costs {
    type Error = Problems<AttributionError>;

    fn try_from(draft: Wire) -> Result<Self, Self::Error> {
        let mut problems = Problems::new();
        let mut costs = Self { currency: draft.currency, by_channel: BTreeMap::new() };
        for (index, CostWire { channel, cost }) in draft.costs.into_iter().enumerate() {
            let at = Path::root().field("costs").index(index);
            problems.take(&at, costs.add(channel, cost));
        }
        problems.into_result(costs)
    }
}

impl From<Costs> for Wire {
    fn from(costs: Costs) -> Self {
        let drafts = costs.by_channel.into_iter().map(|(channel, cost)| CostWire { channel, cost });
        Self { currency: costs.currency, costs: drafts.collect() }
    }
}

/// One channel's credit beside its cost.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelReturn {
    /// The name of the channel.
    pub channel: String,
    /// Its conversions.
    pub conversions: Decimal,
    /// Their value.
    pub value: Money,
    /// What it cost; missing where the cost is not known.
    pub cost: Figure<Money>,
    /// Cost per conversion, in units of the currency; undefined without a conversion.
    #[doc(alias = "CPA")]
    #[doc(alias = "CAC")]
    #[doc(alias = "获客成本")]
    pub cost_per_conversion: Figure<Ratio>,
    /// Value per cost; undefined where the cost is zero.
    #[doc(alias = "ROAS")]
    #[doc(alias = "投入产出比")]
    pub return_on_ad_spend: Figure<Ratio>,
}

serialize_fields!(ChannelReturn {
    channel,
    conversions: own,
    value,
    cost,
    cost_per_conversion,
    return_on_ad_spend,
});

impl Credits {
    /// Cost per conversion and return on ad spend of each channel, in the order of the channels, then those that have
    /// only a cost. Conversions are rounded to `decimals`.
    ///
    /// With a conserving model, conversions and values add up to exactly the totals; otherwise each is rounded on its
    /// own.
    ///
    /// # Errors
    /// [`AttributionError::CurrencyMismatch`], and as of [`Credits::conversions_exact`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Costs, Outcome, PathTable};
    /// use marketloop::quantity::{Currency, Money};
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome { conversions: 4, nulls: 6, value: 800_00 })?;
    /// let costs = Costs::new(Currency::CNY, [("SEM", Money::parse("100 CNY")?)])?;
    /// let returns = AttributionModel::Linear.credit(&builder.build())?.returns(&costs, 2)?;
    /// let sem = &returns[0];
    /// assert_eq!(sem.cost_per_conversion.to_string(), "50");
    /// assert_eq!(sem.return_on_ad_spend.to_string(), "4");
    /// assert_eq!(returns[1].cost.to_string(), "missing: cost of `Email`");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn returns(&self, costs: &Costs, decimals: u32) -> Result<Vec<ChannelReturn>, AttributionError> {
        let currency = self.totals().value.currency();
        if currency != costs.currency {
            return Err(AttributionError::CurrencyMismatch { left: currency, right: costs.currency });
        }
        // Parts that add up are rounded so that they still do; shares that do not are rounded one by one.
        let (conversions, values) = if self.is_conserving() {
            (self.conversions_exact(decimals)?, self.values_exact()?)
        } else {
            self.rounded(decimals)?
        };
        let credited = self.channels().names().zip(conversions.into_iter().zip(values));
        let mut returns = Vec::new();
        for (channel, (conversions, value)) in credited {
            returns.push(ChannelReturn::new(channel, conversions, value, costs.get(channel))?);
        }
        // Channels without a touch come last: what was spent on them must not drop out of the list.
        for (channel, cost) in &costs.by_channel {
            if self.channels().id(channel).is_none() {
                let none = (Decimal::ZERO, Money::zero(currency));
                returns.push(ChannelReturn::new(channel, none.0, none.1, Some(*cost))?);
            }
        }
        Ok(returns)
    }

    /// Weights for dividing a budget: the conversions of each channel by name, rounded to `decimals`.
    ///
    /// # Errors
    /// As of [`Credits::conversions_exact`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    /// use rust_decimal::dec;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome { conversions: 3, nulls: 0, value: 90_00 })?;
    /// let weights = AttributionModel::Linear.credit(&builder.build())?.conversion_weights(1)?;
    /// assert_eq!(weights, [("SEM".to_string(), dec!(1.5)), ("Email".to_string(), dec!(1.5))]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn conversion_weights(&self, decimals: u32) -> Result<Vec<(String, Decimal)>, AttributionError> {
        Ok(self.channels().names().map(String::from).zip(self.conversions_exact(decimals)?).collect())
    }

    /// Weights for dividing a budget: the value of each channel by name, in units of the currency.
    ///
    /// # Errors
    /// As of [`Credits::values_exact`].
    pub fn value_weights(&self) -> Result<Vec<(String, Decimal)>, AttributionError> {
        let amounts = self.values_exact()?.into_iter().map(|value| value.amount());
        Ok(self.channels().names().map(String::from).zip(amounts).collect())
    }
}

/// The row of the channels whose cost is known.
const WITH_COST: &str = "channels with a cost";

impl ChannelReturn {
    fn new(
        channel: &str,
        conversions: Decimal,
        value: Money,
        cost: Option<Money>,
    ) -> Result<Self, AttributionError> {
        let missing = || Figure::missing(alloc::format!("cost of `{channel}`"));
        Self::of(channel, conversions, value, cost.map_or_else(missing, Figure::Known))
    }

    fn of(
        channel: &str,
        conversions: Decimal,
        value: Money,
        cost: Figure<Money>,
    ) -> Result<Self, AttributionError> {
        let per = |name: &'static str, divisor: &'static str, part: Decimal, whole: Decimal| {
            if whole.is_zero() {
                return Ok(Figure::undefined(name, Cause::Zero(divisor.into())));
            }
            Ok::<_, AttributionError>(Figure::Known(Ratio::new(part, whole)?))
        };
        let amount = |cost: &Money| cost.amount();
        let known = cost.as_ref().map(amount);
        let cost_per_conversion =
            known.clone().try_map(|cost| per("cost per conversion", "conversions", cost, conversions))?;
        let return_on_ad_spend =
            known.try_map(|cost| per("return on ad spend", "cost", value.amount(), cost))?;
        Ok(Self {
            channel: channel.into(),
            conversions,
            value,
            cost,
            cost_per_conversion: cost_per_conversion.and_then(|figure| figure),
            return_on_ad_spend: return_on_ad_spend.and_then(|figure| figure),
        })
    }

    /// A row for each of these channels; a total, and its blended cost and return: sums over sums.
    ///
    /// `B` is what the conversions' values are, and stands in the names of the columns. Where the cost of some channel is not
    /// known, the total has no cost, and one row more tells the sums of the channels whose cost is.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, ChannelReturn, Costs, Outcome, PathTable};
    /// use marketloop::quantity::{Currency, Money, Revenue};
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM", ">", Outcome { conversions: 4, nulls: 6, value: 800_00 })?;
    /// builder.push_text("Email", ">", Outcome { conversions: 2, nulls: 1, value: 400_00 })?;
    /// let costs = Costs::new(Currency::CNY, [("SEM", Money::parse("100 CNY")?)])?;
    /// let returns = AttributionModel::Linear.credit(&builder.build())?.returns(&costs, 0)?;
    /// let table = ChannelReturn::table::<Revenue>(&returns);
    /// let cell = |row, column| table.get(row, column).unwrap().clone();
    /// assert_eq!(cell("SEM", "return on ad spend (revenue)").value.as_deref(), Some("8.0000"));
    /// assert_eq!(cell("total", "conversions").value.as_deref(), Some("6"));
    /// assert_eq!(cell("total", "cost").why, "missing: cost of `Email`");
    /// assert_eq!(cell("channels with a cost", "cost per conversion").value.as_deref(), Some("25.0000"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table<B: Basis>(returns: &[Self]) -> Table {
        let mut table = Table::new("channel");
        let [value, on_ad_spend] =
            ["value", "return on ad spend"].map(|column| alloc::format!("{column} ({})", B::NAME));
        let mut push = |name: &str, row: &Self| {
            let currency = row.value.currency();
            let ratio = |figure: &Figure<Ratio>, per: &str| {
                let unit = alloc::format!("{currency}/{per}");
                Cell::from(figure.as_ref().map(|ratio| Cell::new(format_args!("{ratio:.4}"), unit)))
            };
            table.push(name, "conversions", Cell::new(row.conversions, "conversion"));
            table.push(name, value.clone(), row.value);
            table.push(name, "cost", row.cost.clone());
            table.push(name, "cost per conversion", ratio(&row.cost_per_conversion, "conversion"));
            table.push(name, on_ad_spend.clone(), ratio(&row.return_on_ad_spend, currency.code()));
        };
        for row in returns {
            push(&beside(&row.channel, &[TOTAL, WITH_COST]), row);
        }
        // Sums beyond 28 digits are no sums: then there is no row of them.
        if let Some(total) = Self::sum(returns.iter()) {
            push(TOTAL, &total);
        }
        let known = || returns.iter().filter(|row| row.cost.is_known());
        if (1..returns.len()).contains(&known().count())
            && let Some(sum) = Self::sum(known())
        {
            push(WITH_COST, &sum);
        }
        table
    }

    /// The blended cost and return of all channels whose cost is known, in a sentence that says whose cost is not. `B` is what
    /// the conversions' values are.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, ChannelReturn, Costs, Outcome, PathTable};
    /// use marketloop::quantity::{Currency, Money, Revenue};
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM", ">", Outcome { conversions: 4, nulls: 6, value: 800_00 })?;
    /// builder.push_text("Email", ">", Outcome { conversions: 2, nulls: 1, value: 400_00 })?;
    /// let costs = Costs::new(Currency::CNY, [("SEM", Money::parse("100 CNY")?)])?;
    /// let returns = AttributionModel::Linear.credit(&builder.build())?.returns(&costs, 0)?;
    /// assert_eq!(
    ///     ChannelReturn::summary::<Revenue>(&returns),
    ///     "100.00 CNY brought 4 conversions and a revenue of 800.00 CNY: 25.00 CNY/conversion and 8.00 CNY of revenue \
    ///      per CNY spent (not counted: Email, whose cost is not known)"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn summary<B: Basis>(returns: &[Self]) -> String {
        let without: Vec<&str> =
            returns.iter().filter(|row| !row.cost.is_known()).map(|row| row.channel.as_str()).collect();
        let sum = Self::sum(returns.iter().filter(|row| row.cost.is_known()));
        let Some((sum, cost)) = sum.and_then(|sum| Some((sum.clone(), sum.cost.known()?))) else {
            return "no channel has a known cost".into();
        };
        let (basis, currency) = (B::NAME, cost.currency());
        let per = |figure: &Figure<Ratio>, unit: &str| match figure {
            Figure::Known(ratio) => alloc::format!("{ratio:.2} {unit}"),
            other => other.as_ref().map(|_| "").to_string(),
        };
        let mut text = alloc::format!(
            "{cost:#} brought {} conversions and a {basis} of {:#}: {} and {}",
            sum.conversions,
            sum.value,
            per(&sum.cost_per_conversion, &alloc::format!("{currency}/conversion")),
            per(&sum.return_on_ad_spend, &alloc::format!("{currency} of {basis} per {currency} spent")),
        );
        if !without.is_empty() {
            let (names, verb) =
                (without.join(", "), if without.len() == 1 { "cost is" } else { "costs are" });
            let _ = write!(text, " (not counted: {names}, whose {verb} not known)");
        }
        text
    }

    /// All of these together, with the cost and the return of their sums; `None` of none, and beyond 28 digits.
    fn sum<'a>(mut all: impl Iterator<Item = &'a Self>) -> Option<Self> {
        let first = all.next()?.clone();
        let sum = all.try_fold(first, |sum, row| {
            let conversions = add(sum.conversions, row.conversions).ok()?;
            let value = sum.value.plus(row.value).ok()?;
            let cost = sum.cost.zip(row.cost.clone()).try_map(|(sum, cost)| sum.plus(cost)).ok()?;
            Some(Self { conversions, value, cost, ..sum })
        })?;
        Self::of("", sum.conversions, sum.value, sum.cost).ok()
    }
}
