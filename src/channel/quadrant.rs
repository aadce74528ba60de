//! Quadrants of channels by cost per acquisition and customer lifetime value.

use super::ChannelError;
use crate::figure::{Cell, Table};
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;
use crate::quantity::{Currency, Money, Ratio, Rounding};
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};

/// The quadrant of a channel by cost and value, the best first.
///
/// As text `high value, low cost`; on the wire `high_value_low_cost`. Both are read.
///
/// # Examples
/// ```
/// use marketloop::channel::Quadrant;
///
/// assert_eq!("high_value_low_cost".parse(), Ok(Quadrant::HighValueLowCost));
/// assert_eq!("low value, high cost".parse::<Quadrant>()?.to_string(), "low value, high cost");
/// # Ok::<(), marketloop::channel::ChannelError>(())
/// ```
///
/// ```
/// # use marketloop::channel::Quadrant;
/// assert_eq!(serde_json::from_str::<Quadrant>(r#""high_value_low_cost""#)?, Quadrant::HighValueLowCost);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quadrant {
    /// Valuable customers at a low cost: raise the budget.
    HighValueLowCost,
    /// Valuable customers at a high cost: lower the cost.
    HighValueHighCost,
    /// Customers of little value at a low cost: raise their value.
    LowValueLowCost,
    /// Customers of little value at a high cost: leave the channel.
    LowValueHighCost,
}

words!(Quadrant, "quadrant", ChannelError:
    HighValueLowCost = "high_value_low_cost" / "high value, low cost",
    HighValueHighCost = "high_value_high_cost" / "high value, high cost",
    LowValueLowCost = "low_value_low_cost" / "low value, low cost",
    LowValueHighCost = "low_value_high_cost" / "low value, high cost",
);

impl Quadrant {
    /// All quadrants, the best first.
    pub const ALL: [Self; 4] =
        [Self::HighValueLowCost, Self::HighValueHighCost, Self::LowValueLowCost, Self::LowValueHighCost];
}

/// The edges between low and high cost and value: a cost at its edge is still low, a value at its edge is already high.
///
/// # Examples
/// ```
/// use marketloop::channel::{Quadrant, Quadrants};
/// use marketloop::quantity::Ratio;
/// use rust_decimal::dec;
///
/// let quadrants = Quadrants::new("40 CNY".parse()?, "150 CNY".parse()?)?;
/// let video = (Ratio::from(dec!(35)), "168 CNY".parse()?);
/// assert_eq!(quadrants.place(video.0, video.1)?, Quadrant::HighValueLowCost);
/// assert_eq!(quadrants.reason(video.0, video.1)?, "cost 35 at most 40, value 168 at least 150");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::channel::Quadrants;
/// let json = r#"{
///   "cost": {"amount": "40.00", "currency": "CNY"},
///   "value": {"amount": "150.00", "currency": "CNY"}
/// }"#;
/// let read: Quadrants = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Quadrants>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Edges", into = "Edges")]
#[doc(alias = "LTV")]
#[doc(alias = "CLV")]
#[doc(alias = "CPA")]
#[doc(alias = "客户终身价值")]
pub struct Quadrants {
    cost: Money,
    value: Money,
}

/// The edges on the wire, not checked yet.
struct Edges {
    cost: Money,
    value: Money,
}

wire_fields!("Quadrants", Edges { cost, value });

impl Quadrants {
    /// Quadrants with these edges of cost per acquisition and lifetime value.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] for two currencies; [`ChannelError::NegativeAmount`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Quadrants;
    ///
    /// let quadrants = Quadrants::new("40 CNY".parse()?, "150 CNY".parse()?)?;
    /// assert_eq!(quadrants.currency().code(), "CNY");
    /// assert!(Quadrants::new("40 CNY".parse()?, "20 USD".parse()?).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(cost: Money, value: Money) -> Result<Self, ChannelError> {
        cost.same_currency(value)?;
        if let Some(amount) = [cost, value].into_iter().find(Money::is_negative) {
            return Err(ChannelError::NegativeAmount { amount });
        }
        Ok(Self { cost, value })
    }

    /// The currency of both edges.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.cost.currency()
    }

    /// The highest cost per acquisition that is low.
    #[must_use]
    pub const fn cost(&self) -> Money {
        self.cost
    }

    /// The lowest lifetime value that is high.
    #[must_use]
    pub const fn value(&self) -> Money {
        self.value
    }

    /// The quadrant of a channel whose customers cost `cost_per_acquisition` (in the currency of the edges, as a
    /// [`Scorecard`](super::Scorecard) gives it) and bring `lifetime_value` (LTV) each.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] for another currency.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{Metric, Quadrant, Quadrants, Scorecard};
    ///
    /// let quadrants = Quadrants::new("40 CNY".parse()?, "150 CNY".parse()?)?;
    /// let search = Scorecard::draft().with_conversions(200).with_spend("10000 CNY".parse()?).check()?;
    /// let cost = search.metric(Metric::CostPerAcquisition)?; // 50 CNY
    /// assert_eq!(quadrants.place(cost, "160 CNY".parse()?)?, Quadrant::HighValueHighCost);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "LTV")]
    #[doc(alias = "CPA")]
    #[doc(alias = "客户终身价值")]
    pub fn place(
        &self,
        cost_per_acquisition: Ratio,
        lifetime_value: Money,
    ) -> Result<Quadrant, ChannelError> {
        self.value.same_currency(lifetime_value)?;
        // The exact quotient: rounded to minor units first, a cost just above the edge would pass as low.
        let low_cost = cost_per_acquisition <= Ratio::from(self.cost.amount());
        Ok(match (lifetime_value.minor() >= self.value.minor(), low_cost) {
            (true, true) => Quadrant::HighValueLowCost,
            (true, false) => Quadrant::HighValueHighCost,
            (false, true) => Quadrant::LowValueLowCost,
            (false, false) => Quadrant::LowValueHighCost,
        })
    }

    /// The reason for the answer of [`place`](Self::place): both figures beside their edges. The cost is rounded
    /// half-even to minor units, with more decimals where it could not be told from its edge.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] for another currency.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Quadrants;
    ///
    /// let quadrants = Quadrants::new("40 CNY".parse()?, "150 CNY".parse()?)?;
    /// let reason = quadrants.reason("40.001".parse()?, "168 CNY".parse()?)?;
    /// assert_eq!(reason, "cost 40.001 above 40, value 168 at least 150");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn reason(&self, cost_per_acquisition: Ratio, lifetime_value: Money) -> Result<String, ChannelError> {
        let quadrant = self.place(cost_per_acquisition, lifetime_value)?;
        let low_cost = matches!(quadrant, Quadrant::HighValueLowCost | Quadrant::LowValueLowCost);
        let high_value = matches!(quadrant, Quadrant::HighValueLowCost | Quadrant::HighValueHighCost);
        let precision = (self.currency().digits(), Rounding::HalfEven);
        // Rounded on its own, a cost just above the edge would be told as one that is "above" itself.
        let cost = match cost_per_acquisition.round_beside(self.cost.amount().into(), precision) {
            Ok(cost) => cost.normalize().to_string(),
            // A fraction that no decimal comes near: it stands as it is.
            Err(_) => cost_per_acquisition.to_string(),
        };
        Ok(alloc::format!(
            "cost {cost} {} {}, value {} {} {}",
            if low_cost { "at most" } else { "above" },
            self.cost.amount().normalize(),
            lifetime_value.amount().normalize(),
            if high_value { "at least" } else { "below" },
            self.value.amount().normalize()
        ))
    }

    /// A row for each channel, given by name, cost per acquisition and lifetime value: its quadrant with the
    /// [`reason`](Self::reason), and LTV : CPA, the value per unit of cost.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] for another currency.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Quadrants;
    /// use marketloop::quantity::Ratio;
    /// use rust_decimal::dec;
    ///
    /// let quadrants = Quadrants::new("40 CNY".parse()?, "150 CNY".parse()?)?;
    /// let video = ("video", Ratio::from(dec!(35)), "168 CNY".parse()?);
    /// let search = ("search", Ratio::from(dec!(50)), "160 CNY".parse()?);
    /// assert_eq!(
    ///     quadrants.table([video, search])?.to_string(),
    ///     "channel  quadrant               LTV : CPA CNY/CNY  why\n\
    ///      video    high value, low cost                 4.8  cost 35 at most 40, value 168 at least 150\n\
    ///      search   high value, high cost                3.2  cost 50 above 40, value 160 at least 150\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn table<K: fmt::Display>(
        &self,
        channels: impl IntoIterator<Item = (K, Ratio, Money)>,
    ) -> Result<Table, ChannelError> {
        let mut table = Table::new("channel");
        for (name, cost, value) in channels {
            let quadrant = Cell::new(self.place(cost, value)?, "").because(self.reason(cost, value)?);
            table.push(&name, "quadrant", quadrant);
            let per_cost = Ratio::from(value.amount()).divided_by(cost);
            let unit = alloc::format!("{0}/{0}", self.currency());
            // Customers that cost nothing have no value per cost: the cell says so.
            let cell = per_cost.map_or_else(
                |error| Cell::default().because(error),
                |ratio| Cell { unit: unit.into(), ..ratio.into() },
            );
            table.push(&name, "LTV : CPA", cell);
        }
        Ok(table)
    }
}

impl TryFrom<Edges> for Quadrants {
    type Error = ChannelError;

    fn try_from(edges: Edges) -> Result<Self, Self::Error> {
        Self::new(edges.cost, edges.value)
    }
}

impl From<Quadrants> for Edges {
    fn from(Quadrants { cost, value }: Quadrants) -> Self {
        Self { cost, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn each_edge_has_its_side() {
        let quadrants = Quadrants::new("40 CNY".parse().unwrap(), "150 CNY".parse().unwrap()).unwrap();
        let at = |cost, value: &str| quadrants.place(Ratio::from(cost), value.parse().unwrap()).unwrap();
        assert_eq!(at(dec!(40), "150 CNY"), Quadrant::HighValueLowCost);
        assert_eq!(at(dec!(40.0000001), "150 CNY"), Quadrant::HighValueHighCost);
        assert_eq!(at(dec!(40), "149.99 CNY"), Quadrant::LowValueLowCost);
        assert_eq!(at(dec!(41), "149.99 CNY"), Quadrant::LowValueHighCost);
        let third = Ratio::new(dec!(125), dec!(3)).unwrap();
        let value = "149 CNY".parse().unwrap();
        assert_eq!(quadrants.place(third, value), Ok(Quadrant::LowValueHighCost));
        assert_eq!(quadrants.reason(third, value).unwrap(), "cost 41.67 above 40, value 149 below 150");
    }

    /// What is printed, read again, stands on the side of the edge that it is said to stand on.
    #[test]
    fn the_reason_never_contradicts_the_place() {
        for currency in ["CNY", "JPY", "KWD"] {
            let money = |amount: &str| alloc::format!("{amount} {currency}").parse().unwrap();
            let quadrants = Quadrants::new(money("40"), money("150")).unwrap();
            for cost in ["40", "40.0000001", "39.9999999", "120000001/3000000", "119999999/3000000", "40.4"] {
                let cost: Ratio = cost.parse().unwrap();
                let low = quadrants.place(cost, money("150")).unwrap() == Quadrant::HighValueLowCost;
                let reason = quadrants.reason(cost, money("150")).unwrap();
                let words: alloc::vec::Vec<&str> = reason.split(' ').collect();
                let shown: Ratio = words[1].parse().unwrap();
                assert_eq!(shown <= "40".parse().unwrap(), low, "{currency} {reason}");
                assert_eq!(words[2] == "at", low, "{currency} {reason}");
            }
        }
    }

    #[test]
    fn edges_share_a_currency_and_are_not_negative() {
        assert!(Quadrants::new("40 CNY".parse().unwrap(), "150 JPY".parse().unwrap()).is_err());
        assert!(Quadrants::new("-1 CNY".parse().unwrap(), "150 CNY".parse().unwrap()).is_err());
        let quadrants = Quadrants::new("40 CNY".parse().unwrap(), "150 CNY".parse().unwrap()).unwrap();
        assert!(quadrants.place(Ratio::ONE, "1 JPY".parse().unwrap()).is_err());
        let free = quadrants.table([("free", Ratio::ZERO, "1 CNY".parse().unwrap())]).unwrap();
        assert!(free.get("free", "LTV : CPA").is_some_and(|cell| cell.value.is_none()), "{free}");
    }
}
