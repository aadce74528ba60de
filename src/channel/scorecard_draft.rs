//! A channel's figures as they are written down: any of them, and any metrics.

use super::figures::Figures;
use super::{ChannelError, ChannelFigure, Metric};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Count, Money, Quantity, Ratio, Return, Revenue, Unit};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};

/// The figures and metrics that are given of a channel, not checked yet.
///
/// Costs and order values are in the currency, `50 CNY`, or in the metric's own unit, `50 CNY/conversion`; a
/// cost per mille of `200 CNY` is per 1,000 impressions. On the wire each is a field with the name of its figure or
/// metric; what is left out is unknown.
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScorecardDraft {
    #[serde(default)]
    pub(super) impressions: Option<Count>,
    #[serde(default)]
    pub(super) engagements: Option<Count>,
    #[serde(default)]
    pub(super) clicks: Option<Count>,
    #[serde(default)]
    pub(super) visitors: Option<Count>,
    #[serde(default)]
    pub(super) conversions: Option<Count>,
    #[serde(default)]
    pub(super) new_customers: Option<Count>,
    #[serde(default)]
    pub(super) spend: Option<Money>,
    #[serde(default)]
    pub(super) revenue: Option<Money>,
    #[serde(default)]
    pub(super) click_through_rate: Option<Quantity>,
    #[serde(default)]
    pub(super) engagement_rate: Option<Quantity>,
    #[serde(default)]
    pub(super) conversion_rate: Option<Quantity>,
    #[serde(default)]
    pub(super) cost_per_mille: Option<Quantity>,
    #[serde(default)]
    pub(super) cost_per_click: Option<Quantity>,
    #[serde(default)]
    pub(super) cost_per_visitor: Option<Quantity>,
    #[serde(default)]
    pub(super) cost_per_acquisition: Option<Quantity>,
    #[serde(default)]
    pub(super) customer_acquisition_cost: Option<Quantity>,
    #[serde(default)]
    pub(super) average_order_value: Option<Quantity>,
    #[serde(default)]
    pub(super) return_on_ad_spend: Option<Return<Revenue>>,
    #[serde(default)]
    pub(super) net_return: Option<Ratio>,
    #[serde(default)]
    pub(super) metrics_rounded_to: Option<u32>,
}

serialize_fields!(ScorecardDraft {
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

/// A ratio that is written as a percentage where a decimal holds it.
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
    /// How often it was shown.
    #[doc(alias = "PV")]
    with_impressions, impressions: u64 = count => Count::new(count);
    /// How often it was liked, commented on or shared.
    with_engagements, engagements: u64 = count => Count::new(count);
    /// How often it was clicked.
    with_clicks, clicks: u64 = count => Count::new(count);
    /// How many people it brought to the site or shop.
    #[doc(alias = "UV")]
    with_visitors, visitors: u64 = count => Count::new(count);
    /// How many orders came of it.
    with_conversions, conversions: u64 = count => Count::new(count);
    /// How many of the orders were a customer's first.
    with_new_customers, new_customers: u64 = count => Count::new(count);
    /// What was paid for it.
    with_spend, spend: Money = amount => amount;
    /// What it brought in.
    #[doc(alias = "GMV")]
    with_revenue, revenue: Money = amount => amount;
    /// CTR: `4 %`.
    #[doc(alias = "CTR")]
    #[doc(alias = "点击率")]
    with_click_through_rate, click_through_rate: Quantity = rate => rate;
    /// Likes, comments and shares per impression: `5 %`.
    with_engagement_rate, engagement_rate: Quantity = rate => rate;
    /// CVR: `3.75 %`.
    #[doc(alias = "CVR")]
    #[doc(alias = "转化率")]
    with_conversion_rate, conversion_rate: Quantity = rate => rate;
    /// CPM: `131.25 CNY`, per 1,000 impressions.
    #[doc(alias = "CPM")]
    with_cost_per_mille, cost_per_mille: Quantity = cost => cost;
    /// CPC: `1.3125 CNY`.
    #[doc(alias = "CPC")]
    with_cost_per_click, cost_per_click: Quantity = cost => cost;
    /// Spend per visitor: `1.5 CNY`.
    with_cost_per_visitor, cost_per_visitor: Quantity = cost => cost;
    /// CPA: `35 CNY`.
    #[doc(alias = "CPA")]
    with_cost_per_acquisition, cost_per_acquisition: Quantity = cost => cost;
    /// CAC: `80 CNY`.
    #[doc(alias = "CAC")]
    #[doc(alias = "获客成本")]
    with_customer_acquisition_cost, customer_acquisition_cost: Quantity = cost => cost;
    /// AOV: `168 CNY`.
    #[doc(alias = "AOV")]
    #[doc(alias = "客单价")]
    with_average_order_value, average_order_value: Quantity = value => value;
    /// ROAS: `1:4.8`.
    #[doc(alias = "ROAS")]
    #[doc(alias = "投入产出比")]
    with_return_on_ad_spend, return_on_ad_spend: Return<Revenue> = value => value;
    /// Net ROI: `380%`.
    #[doc(alias = "ROI")]
    with_net_return, net_return: Ratio = value => value;
    /// The decimals to which the metrics were rounded: `4.17 %` of two decimals is from 4.165 % to 4.175 %. A
    /// figure is then known only where it is the only one in its range: see [`Scorecard::figure_range`](super::Scorecard::figure_range).
    with_metrics_rounded_to, metrics_rounded_to: u32 = decimals => decimals;
}

impl ScorecardDraft {
    /// Sets any figure: for tables whose columns name what they hold. A count is a plain number, an amount is in its
    /// currency.
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

    /// Sets any metric: for tables whose columns name what they hold. Returns are plain numbers or percentages.
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

    /// The given figures in ones.
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

    /// The given metrics in their quantities, but for the two returns.
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
