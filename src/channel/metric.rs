//! The metrics of a channel, and the `1:3.2` notation of its return.

use super::ChannelError;
use crate::error::excerpt;
use crate::quantity::wire::text_on_the_wire;
use crate::quantity::{Currency, QuantityError, Unit, parse_decimal};
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;

/// A metric of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Metric {
    /// CTR: clicks / impressions.
    ClickThroughRate,
    /// CVR: conversions / clicks.
    ConversionRate,
    /// CPM: spend per 1,000 impressions.
    CostPerMille,
    /// CPC: spend / clicks.
    CostPerClick,
    /// CPA, for new customers CAC: spend / conversions.
    CostPerAcquisition,
    /// AOV: revenue / conversions.
    AverageOrderValue,
    /// ROAS: revenue / spend.
    ReturnOnAdSpend,
}

impl Metric {
    /// All metrics, from the first step of the path to the last.
    pub const ALL: [Self; 7] = [
        Self::ClickThroughRate,
        Self::ConversionRate,
        Self::CostPerMille,
        Self::CostPerClick,
        Self::CostPerAcquisition,
        Self::AverageOrderValue,
        Self::ReturnOnAdSpend,
    ];

    /// The field's abbreviation.
    #[must_use]
    pub const fn abbreviation(self) -> &'static str {
        match self {
            Self::ClickThroughRate => "CTR",
            Self::ConversionRate => "CVR",
            Self::CostPerMille => "CPM",
            Self::CostPerClick => "CPC",
            Self::CostPerAcquisition => "CPA",
            Self::AverageOrderValue => "AOV",
            Self::ReturnOnAdSpend => "ROAS",
        }
    }

    /// The unit in which it is shown: `%` for the rates, `CNY/click` and the like for costs, `1` for ROAS.
    ///
    /// # Errors
    /// None for a listed currency; the type leaves room.
    pub fn unit(self, currency: Currency) -> Result<Unit, QuantityError> {
        let per = match self {
            Self::ClickThroughRate | Self::ConversionRate => return Ok(Unit::PERCENT),
            Self::ReturnOnAdSpend => return Ok(Unit::ONE),
            Self::CostPerMille => "1000 impression",
            Self::CostPerClick => "click",
            Self::CostPerAcquisition | Self::AverageOrderValue => "conversion",
        };
        alloc::format!("{currency}/{per}").parse()
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ClickThroughRate => "click-through rate",
            Self::ConversionRate => "conversion rate",
            Self::CostPerMille => "cost per mille",
            Self::CostPerClick => "cost per click",
            Self::CostPerAcquisition => "cost per acquisition",
            Self::AverageOrderValue => "average order value",
            Self::ReturnOnAdSpend => "return on ad spend",
        })
    }
}

/// Revenue per unit of spend, 0 or more. As text, and on the wire, `1:3.2`; a plain `3.2` is read too, on the
/// wire also as a number.
///
/// The basis is gross revenue against media spend; a net return subtracts the spend first.
///
/// # Examples
/// ```
/// use marketloop::channel::ReturnOnAdSpend;
/// use rust_decimal::dec;
///
/// let search: ReturnOnAdSpend = "1:3.2".parse()?;
/// assert_eq!(search.value(), dec!(3.2));
/// assert_eq!(search.to_string(), "1:3.2");
/// # Ok::<(), marketloop::channel::ChannelError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReturnOnAdSpend(Decimal);

impl ReturnOnAdSpend {
    /// The return of `value` units of revenue per unit of spend.
    ///
    /// # Errors
    /// [`ChannelError::NotAReturn`] below zero.
    pub fn new(value: Decimal) -> Result<Self, ChannelError> {
        if value < Decimal::ZERO {
            return Err(ChannelError::NotAReturn { text: alloc::format!("{value}") });
        }
        Ok(Self(value.normalize()))
    }

    /// Revenue per unit of spend.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for ReturnOnAdSpend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&alloc::format!("1:{}", self.0))
    }
}

impl FromStr for ReturnOnAdSpend {
    type Err = ChannelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |_| ChannelError::NotAReturn { text: excerpt(text) };
        let value = text.strip_prefix("1:").unwrap_or(text).trim_start();
        Self::new(parse_decimal(value).map_err(refuse)?)
    }
}

text_on_the_wire!(ReturnOnAdSpend, "a return such as `1:3.2`, as a string or a number", Self::new);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn the_notation_reads_both_ways() {
        for (text, canonical) in [("1:3.2", "1:3.2"), ("1: 4.10", "1:4.1"), ("2", "1:2"), ("1:0", "1:0")] {
            assert_eq!(text.parse::<ReturnOnAdSpend>().unwrap().to_string(), canonical);
        }
        for bad in ["", "1:", "2:1", "1:-3", "1:x", "3.2:1"] {
            assert!(bad.parse::<ReturnOnAdSpend>().is_err(), "{bad}");
        }
    }

    #[test]
    fn costs_name_their_unit() {
        let unit = |metric: Metric| metric.unit(Currency::CNY).unwrap().to_string();
        assert_eq!(unit(Metric::CostPerMille), "CNY/1000 impression");
        assert_eq!(unit(Metric::CostPerAcquisition), "CNY/conversion");
        assert_eq!(unit(Metric::ClickThroughRate), "%");
    }
}
