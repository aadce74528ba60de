//! The metrics of a channel: numerator, denominator and unit of each.

use super::{ChannelError, ChannelFigure};
use crate::quantity::words::words;
use crate::quantity::{Currency, Quantity, QuantityError, Ratio, Rounding, Unit};
use rust_decimal::Decimal;

/// A metric of a channel: a quotient of two of its [`ChannelFigure`]s.
///
/// As text `cost per click`; on the wire `cost_per_click`. Both are read, and the abbreviation `CPC`.
///
/// # Examples
/// ```
/// use marketloop::channel::{ChannelFigure, Metric};
/// use marketloop::quantity::Currency;
///
/// let cpa = Metric::CostPerAcquisition;
/// assert_eq!((cpa.numerator(), cpa.denominator()), (ChannelFigure::Spend, ChannelFigure::Conversions));
/// assert_eq!(cpa.unit(Currency::CNY)?.to_string(), "CNY/conversion");
/// assert_eq!("cpa".parse(), Ok(cpa));
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
///
/// ```
/// # use marketloop::channel::Metric;
/// assert_eq!(serde_json::from_str::<Metric>(r#""return_on_ad_spend""#)?, Metric::ReturnOnAdSpend);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Metric {
    /// CTR: clicks / impressions.
    #[doc(alias = "CTR")]
    #[doc(alias = "点击率")]
    ClickThroughRate,
    /// Likes, comments and shares / impressions.
    EngagementRate,
    /// CVR: conversions / clicks.
    #[doc(alias = "CVR")]
    #[doc(alias = "转化率")]
    ConversionRate,
    /// CPM: spend per 1,000 impressions.
    #[doc(alias = "CPM")]
    #[doc(alias = "千次曝光成本")]
    CostPerMille,
    /// CPC: spend / clicks.
    #[doc(alias = "CPC")]
    #[doc(alias = "单次点击成本")]
    CostPerClick,
    /// Spend / visitors (UV).
    CostPerVisitor,
    /// CPA: spend / conversions.
    #[doc(alias = "CPA")]
    #[doc(alias = "单次行动成本")]
    CostPerAcquisition,
    /// CAC: spend / new customers.
    #[doc(alias = "CAC")]
    #[doc(alias = "获客成本")]
    CustomerAcquisitionCost,
    /// AOV: revenue / conversions.
    #[doc(alias = "AOV")]
    #[doc(alias = "客单价")]
    AverageOrderValue,
    /// ROAS: revenue / spend.
    #[doc(alias = "ROAS")]
    #[doc(alias = "投入产出比")]
    ReturnOnAdSpend,
    /// Net ROI: (revenue - spend) / spend, which is ROAS - 1.
    #[doc(alias = "ROI")]
    #[doc(alias = "投资回报率")]
    NetReturn,
}

words!(Metric, "metric", ChannelError:
    ClickThroughRate = "click_through_rate" / "click-through rate" / "CTR",
    EngagementRate = "engagement_rate" / "engagement rate" / "engagement",
    ConversionRate = "conversion_rate" / "conversion rate" / "CVR",
    CostPerMille = "cost_per_mille" / "cost per mille" / "CPM",
    CostPerClick = "cost_per_click" / "cost per click" / "CPC",
    CostPerVisitor = "cost_per_visitor" / "cost per visitor" / "cost per UV",
    CostPerAcquisition = "cost_per_acquisition" / "cost per acquisition" / "CPA",
    CustomerAcquisitionCost = "customer_acquisition_cost" / "customer acquisition cost" / "CAC",
    AverageOrderValue = "average_order_value" / "average order value" / "AOV",
    ReturnOnAdSpend = "return_on_ad_spend" / "return on ad spend" / "ROAS",
    NetReturn = "net_return" / "net return" / "net ROI",
);

impl Metric {
    /// All metrics, from the first step of the path to the last.
    pub const ALL: [Self; 11] = [
        Self::ClickThroughRate,
        Self::EngagementRate,
        Self::ConversionRate,
        Self::CostPerMille,
        Self::CostPerClick,
        Self::CostPerVisitor,
        Self::CostPerAcquisition,
        Self::CustomerAcquisitionCost,
        Self::AverageOrderValue,
        Self::ReturnOnAdSpend,
        Self::NetReturn,
    ];

    /// The numerator; for [`NetReturn`](Self::NetReturn) the revenue, where 1 is subtracted from the quotient.
    #[must_use]
    pub const fn numerator(self) -> ChannelFigure {
        match self {
            Self::ClickThroughRate => ChannelFigure::Clicks,
            Self::EngagementRate => ChannelFigure::Engagements,
            Self::ConversionRate => ChannelFigure::Conversions,
            Self::CostPerMille
            | Self::CostPerClick
            | Self::CostPerVisitor
            | Self::CostPerAcquisition
            | Self::CustomerAcquisitionCost => ChannelFigure::Spend,
            Self::AverageOrderValue | Self::ReturnOnAdSpend | Self::NetReturn => ChannelFigure::Revenue,
        }
    }

    /// The denominator.
    #[must_use]
    pub const fn denominator(self) -> ChannelFigure {
        match self {
            Self::ClickThroughRate | Self::EngagementRate | Self::CostPerMille => ChannelFigure::Impressions,
            Self::CostPerVisitor => ChannelFigure::Visitors,
            Self::ConversionRate | Self::CostPerClick => ChannelFigure::Clicks,
            Self::CostPerAcquisition | Self::AverageOrderValue => ChannelFigure::Conversions,
            Self::CustomerAcquisitionCost => ChannelFigure::NewCustomers,
            Self::ReturnOnAdSpend | Self::NetReturn => ChannelFigure::Spend,
        }
    }

    /// The usual abbreviation: `CPA`.
    #[must_use]
    pub const fn abbreviation(self) -> &'static str {
        match self {
            Self::ClickThroughRate => "CTR",
            Self::EngagementRate => "engagement",
            Self::ConversionRate => "CVR",
            Self::CostPerMille => "CPM",
            Self::CostPerClick => "CPC",
            Self::CostPerVisitor => "cost per UV",
            Self::CostPerAcquisition => "CPA",
            Self::CustomerAcquisitionCost => "CAC",
            Self::AverageOrderValue => "AOV",
            Self::ReturnOnAdSpend => "ROAS",
            Self::NetReturn => "net ROI",
        }
    }

    /// Its name in tables: the abbreviation, and of a return its basis.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::ReturnOnAdSpend => "return on ad spend (revenue)",
            Self::NetReturn => "net return (revenue)",
            other => other.abbreviation(),
        }
    }

    /// The unit of the metric: `%` for rates and net returns, `CNY/click` and the like for costs, `1` for ROAS.
    ///
    /// # Errors
    /// None for a listed currency; the type leaves room.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Metric;
    /// use marketloop::quantity::Currency;
    ///
    /// assert_eq!(Metric::CostPerMille.unit(Currency::CNY)?.to_string(), "CNY/1000 impression");
    /// assert_eq!(Metric::ClickThroughRate.unit(Currency::CNY)?.to_string(), "%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn unit(self, currency: Currency) -> Result<Unit, QuantityError> {
        match self.per() {
            Some(per) => alloc::format!("{currency}/{per}").parse(),
            None if self == Self::ReturnOnAdSpend => Ok(Unit::ONE),
            None => Ok(Unit::PERCENT),
        }
    }

    /// The thing that a metric in money is counted per: `click` of a cost per click.
    pub(super) const fn per(self) -> Option<&'static str> {
        match self {
            Self::ClickThroughRate
            | Self::EngagementRate
            | Self::ConversionRate
            | Self::ReturnOnAdSpend
            | Self::NetReturn => None,
            Self::CostPerVisitor => Some("visitor"),
            Self::CostPerMille => Some("1000 impression"),
            Self::CostPerClick => Some("click"),
            Self::CostPerAcquisition | Self::AverageOrderValue => Some("conversion"),
            Self::CustomerAcquisitionCost => Some("customer"),
        }
    }
}

/// The power of ten of a unit as a ratio: 1/100 for `%`.
pub(super) fn power_of_ten(unit: &Unit) -> Result<Ratio, QuantityError> {
    let power = unit.power_of_ten();
    let inexact = || QuantityError::Inexact { operation: alloc::format!("10^{power}") };
    let size = 10_i128.checked_pow(power.unsigned_abs().into()).ok_or_else(inexact)?;
    let size = Ratio::from(Decimal::try_from_i128_with_scale(size, 0).map_err(|_| inexact())?);
    if power < 0 { Ratio::ONE.divided_by(size) } else { Ok(size) }
}

/// The value of a metric, given the quotient of its figures.
pub(super) fn quotient(metric: Metric, quotient: Ratio) -> Result<Ratio, ChannelError> {
    Ok(if metric == Metric::NetReturn { quotient.minus(Ratio::ONE)? } else { quotient })
}

/// A ratio as a quantity in `unit`.
pub(super) fn shown(
    value: Ratio,
    unit: Unit,
    scale: u32,
    rounding: Rounding,
) -> Result<Quantity, ChannelError> {
    let in_unit = value.divided_by(power_of_ten(&unit)?)?;
    Ok(Quantity::new(in_unit.round((scale, rounding))?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::words::Word;
    use alloc::string::ToString;

    #[test]
    fn costs_name_their_unit() {
        let unit = |metric: Metric| metric.unit(Currency::CNY).unwrap().to_string();
        assert_eq!(unit(Metric::CostPerMille), "CNY/1000 impression");
        assert_eq!(unit(Metric::CustomerAcquisitionCost), "CNY/customer");
        assert_eq!(unit(Metric::ClickThroughRate), "%");
        assert_eq!(unit(Metric::NetReturn), "%");
        assert_eq!(unit(Metric::ReturnOnAdSpend), "1");
    }

    #[test]
    fn a_field_is_the_name_on_the_wire() {
        for metric in Metric::ALL {
            let name = serde_json::to_string(&metric).unwrap();
            assert_eq!(name, alloc::format!("\"{}\"", metric.word()));
            for text in [metric.word(), metric.shown(), metric.abbreviation()] {
                assert_eq!(text.parse(), Ok(metric));
            }
        }
    }
}
