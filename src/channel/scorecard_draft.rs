//! The draft of a scorecard: any figures and metrics of a channel.

use super::figures::Figures;
use super::{ChannelError, ChannelFigure, Metric};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Count, Money, Quantity, Ratio, Return, Revenue, Unit};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// The given figures and metrics of a channel, not checked yet.
///
/// Costs and order values are in the currency, `50 CNY`, or in the metric's own unit, `50 CNY/conversion`; a cost per
/// mille of `200 CNY` is per 1,000 impressions. On the wire each is a field with the name of its figure or metric; a
/// field that is left out is unknown.
///
/// # Examples
/// ```
/// use marketloop::channel::{ChannelFigure, ScorecardDraft};
///
/// let json = r#"{"clicks":5000,"cost_per_click":"2 CNY","return_on_ad_spend":"1:3.2"}"#;
/// let card = serde_json::from_str::<ScorecardDraft>(json)?.check()?;
/// assert_eq!(card.figure(ChannelFigure::Revenue).to_string(), "32000 CNY");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScorecardDraft {
    pub(super) impressions: Option<Count>,
    pub(super) engagements: Option<Count>,
    pub(super) clicks: Option<Count>,
    pub(super) visitors: Option<Count>,
    pub(super) conversions: Option<Count>,
    pub(super) new_customers: Option<Count>,
    pub(super) spend: Option<Money>,
    pub(super) revenue: Option<Money>,
    pub(super) click_through_rate: Option<Quantity>,
    pub(super) engagement_rate: Option<Quantity>,
    pub(super) conversion_rate: Option<Quantity>,
    pub(super) cost_per_mille: Option<Quantity>,
    pub(super) cost_per_click: Option<Quantity>,
    pub(super) cost_per_visitor: Option<Quantity>,
    pub(super) cost_per_acquisition: Option<Quantity>,
    pub(super) customer_acquisition_cost: Option<Quantity>,
    pub(super) average_order_value: Option<Quantity>,
    pub(super) return_on_ad_spend: Option<Return<Revenue>>,
    pub(super) net_return: Option<Ratio>,
    pub(super) metrics_rounded_to: Option<u32>,
}

wire_fields!(ScorecardDraft {
    impressions: optional,
    engagements: optional,
    clicks: optional,
    visitors: optional,
    conversions: optional,
    new_customers: optional,
    spend: optional,
    revenue: optional,
    click_through_rate: optional,
    engagement_rate: optional,
    conversion_rate: optional,
    cost_per_mille: optional,
    cost_per_click: optional,
    cost_per_visitor: optional,
    cost_per_acquisition: optional,
    customer_acquisition_cost: optional,
    average_order_value: optional,
    return_on_ad_spend: optional,
    net_return: optional => net_return.as_ref().map(Percent),
    metrics_rounded_to: optional,
});

/// A ratio, written as a percentage where a decimal holds it.
struct Percent<'a>(&'a Ratio);

impl Serialize for Percent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let percent = self.0.times(Decimal::ONE_HUNDRED.into()).ok().and_then(|percent| percent.to_decimal());
        match percent {
            Some(percent) => serializer.collect_str(&format_args!("{percent}%")),
            None => self.0.serialize(serializer),
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $setter:ident, $field:ident: $type:ty = $value:ident => $some:expr;)*) => {
        /// One given value each; the last one set counts.
        impl ScorecardDraft {
            $($(#[$doc])*
            #[must_use]
            pub fn $setter(self, $value: $type) -> Self {
                Self { $field: Some($some), ..self }
            })*
        }
    };
}

setters! {
    /// Impressions: how often the channel was shown.
    #[doc(alias = "PV")]
    #[doc(alias = "曝光")]
    #[doc(alias = "浏览量")]
    with_impressions, impressions: u64 = count => Count::new(count);
    /// Engagements: likes, comments and shares.
    with_engagements, engagements: u64 = count => Count::new(count);
    /// Clicks.
    with_clicks, clicks: u64 = count => Count::new(count);
    /// Unique visitors of the site or shop.
    #[doc(alias = "UV")]
    #[doc(alias = "访客数")]
    with_visitors, visitors: u64 = count => Count::new(count);
    /// Conversions: orders.
    with_conversions, conversions: u64 = count => Count::new(count);
    /// New customers: orders that were a customer's first.
    with_new_customers, new_customers: u64 = count => Count::new(count);
    /// The amount paid for the channel.
    with_spend, spend: Money = amount => amount;
    /// The amount of the orders.
    #[doc(alias = "GMV")]
    #[doc(alias = "成交总额")]
    with_revenue, revenue: Money = amount => amount;
    /// Click-through rate (CTR): `4 %`.
    #[doc(alias = "CTR")]
    #[doc(alias = "点击率")]
    with_click_through_rate, click_through_rate: Quantity = rate => rate;
    /// Likes, comments and shares per impression: `5 %`.
    with_engagement_rate, engagement_rate: Quantity = rate => rate;
    /// Conversion rate (CVR): `3.75 %`.
    #[doc(alias = "CVR")]
    #[doc(alias = "转化率")]
    with_conversion_rate, conversion_rate: Quantity = rate => rate;
    /// Cost per mille (CPM): `131.25 CNY`, per 1,000 impressions.
    #[doc(alias = "CPM")]
    #[doc(alias = "千次曝光成本")]
    with_cost_per_mille, cost_per_mille: Quantity = cost => cost;
    /// Cost per click (CPC): `1.3125 CNY`.
    #[doc(alias = "CPC")]
    #[doc(alias = "单次点击成本")]
    with_cost_per_click, cost_per_click: Quantity = cost => cost;
    /// Spend per visitor: `1.5 CNY`.
    with_cost_per_visitor, cost_per_visitor: Quantity = cost => cost;
    /// Cost per acquisition (CPA): `35 CNY`.
    #[doc(alias = "CPA")]
    #[doc(alias = "单次行动成本")]
    with_cost_per_acquisition, cost_per_acquisition: Quantity = cost => cost;
    /// Customer acquisition cost (CAC): `80 CNY`.
    #[doc(alias = "CAC")]
    #[doc(alias = "获客成本")]
    with_customer_acquisition_cost, customer_acquisition_cost: Quantity = cost => cost;
    /// Average order value (AOV): `168 CNY`.
    #[doc(alias = "AOV")]
    #[doc(alias = "客单价")]
    with_average_order_value, average_order_value: Quantity = value => value;
    /// Return on ad spend (ROAS): `1:4.8`.
    #[doc(alias = "ROAS")]
    #[doc(alias = "投入产出比")]
    with_return_on_ad_spend, return_on_ad_spend: Return<Revenue> = value => value;
    /// Net return on investment (ROI): `380%`.
    #[doc(alias = "ROI")]
    #[doc(alias = "投资回报率")]
    with_net_return, net_return: Ratio = value => value;
    /// The decimals to which the metrics were rounded: `4.17 %` with two decimals is from 4.165 % to 4.175 %. A figure
    /// is then known only where its range has one value: see
    /// [`Scorecard::figure_range`](super::Scorecard::figure_range).
    with_metrics_rounded_to, metrics_rounded_to: u32 = decimals => decimals;
}

impl ScorecardDraft {
    /// Sets any figure by its name, for tables with a column for each figure. A count is a plain number, an amount is
    /// in its currency.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] for a quantity of another kind, or a count that is not whole.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Scorecard;
    ///
    /// let row = [("impressions", "50,000"), ("UV", "4,200"), ("spend", "1万 CNY")];
    /// let card = row.iter().try_fold(Scorecard::draft(), |card, (column, cell)| {
    ///     Ok::<_, marketloop::Error>(card.with_figure(column.parse()?, &cell.parse()?)?)
    /// })?;
    /// assert_eq!(card.check()?.spend().to_string(), "10,000.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_figure(self, figure: ChannelFigure, value: &Quantity) -> Result<Self, ChannelError> {
        let count =
            || -> Result<_, ChannelError> { Ok(Some(Count::try_from(value.to(&Unit::ONE)?.value())?)) };
        let money = || -> Result<_, ChannelError> { Ok(Some(Money::try_from(value)?)) };
        Ok(match figure {
            ChannelFigure::Impressions => Self { impressions: count()?, ..self },
            ChannelFigure::Engagements => Self { engagements: count()?, ..self },
            ChannelFigure::Clicks => Self { clicks: count()?, ..self },
            ChannelFigure::Visitors => Self { visitors: count()?, ..self },
            ChannelFigure::Conversions => Self { conversions: count()?, ..self },
            ChannelFigure::NewCustomers => Self { new_customers: count()?, ..self },
            ChannelFigure::Spend => Self { spend: money()?, ..self },
            ChannelFigure::Revenue => Self { revenue: money()?, ..self },
        })
    }

    /// Sets any metric by its name, for tables with a column for each metric. Returns are plain numbers or percentages.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] for a return in another unit; units of the others are checked with the rest.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{Metric, Scorecard};
    ///
    /// let card = Scorecard::draft().with_spend("100 CNY".parse()?);
    /// let card = card.with_metric("CPC".parse()?, "2 CNY".parse()?)?;
    /// let card = card.with_metric(Metric::ReturnOnAdSpend, "320 %".parse()?)?.check()?;
    /// assert_eq!((card.clicks().to_string(), card.revenue().to_string()), ("50".into(), "320.00 CNY".into()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_metric(self, metric: Metric, value: Quantity) -> Result<Self, ChannelError> {
        let ratio = || -> Result<Ratio, ChannelError> { Ok(value.to(&Unit::ONE)?.value().into()) };
        Ok(match metric {
            Metric::ClickThroughRate => self.with_click_through_rate(value),
            Metric::EngagementRate => self.with_engagement_rate(value),
            Metric::ConversionRate => self.with_conversion_rate(value),
            Metric::CostPerMille => self.with_cost_per_mille(value),
            Metric::CostPerClick => self.with_cost_per_click(value),
            Metric::CostPerVisitor => self.with_cost_per_visitor(value),
            Metric::CostPerAcquisition => self.with_cost_per_acquisition(value),
            Metric::CustomerAcquisitionCost => self.with_customer_acquisition_cost(value),
            Metric::AverageOrderValue => self.with_average_order_value(value),
            Metric::ReturnOnAdSpend => self.with_return_on_ad_spend(Return::new(ratio()?)),
            Metric::NetReturn => self.with_net_return(ratio()?),
        })
    }

    pub(super) fn of_figures(figures: Figures) -> Self {
        let Figures {
            impressions,
            engagements,
            clicks,
            visitors,
            conversions,
            new_customers,
            spend,
            revenue,
        } = figures;
        Self {
            impressions,
            engagements,
            clicks,
            visitors,
            conversions,
            new_customers,
            spend,
            revenue,
            ..Self::default()
        }
    }

    /// The given figures as ratios.
    pub(super) fn ratios(&self) -> Vec<(ChannelFigure, Ratio)> {
        let figures = self.figures();
        let given = |figure| Some((figure, Quantity::from(figures.value(figure)?).value().into()));
        ChannelFigure::ALL.into_iter().filter_map(given).collect()
    }

    /// The given figures.
    pub(super) const fn figures(&self) -> Figures {
        Figures {
            impressions: self.impressions,
            engagements: self.engagements,
            clicks: self.clicks,
            visitors: self.visitors,
            conversions: self.conversions,
            new_customers: self.new_customers,
            spend: self.spend,
            revenue: self.revenue,
        }
    }

    /// The given metrics as quantities, except the two returns.
    pub(super) fn quantities(&self) -> impl Iterator<Item = (Metric, &Quantity)> {
        [
            (Metric::ClickThroughRate, &self.click_through_rate),
            (Metric::EngagementRate, &self.engagement_rate),
            (Metric::ConversionRate, &self.conversion_rate),
            (Metric::CostPerMille, &self.cost_per_mille),
            (Metric::CostPerClick, &self.cost_per_click),
            (Metric::CostPerVisitor, &self.cost_per_visitor),
            (Metric::CostPerAcquisition, &self.cost_per_acquisition),
            (Metric::CustomerAcquisitionCost, &self.customer_acquisition_cost),
            (Metric::AverageOrderValue, &self.average_order_value),
        ]
        .into_iter()
        .filter_map(|(metric, given)| Some((metric, given.as_ref()?)))
    }
}
