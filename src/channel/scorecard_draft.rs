//! A channel's figures as they are written down: any of them, and any metrics.

use super::figures::Figures;
use super::{ChannelFigure, Metric};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Count, Money, Quantity, Ratio, Return, Revenue};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};

/// The figures and metrics that are given of a channel, not checked yet.
///
/// Costs and order values are in the currency, `50 CNY`, or in the metric's own unit, `50 CNY/conversion`; a
/// cost per mille of `200 CNY` is per 1,000 impressions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScorecardDraft {
    /// How often it was shown.
    #[serde(default)]
    pub impressions: Option<Count>,
    /// How often it was liked, commented on or shared.
    #[serde(default)]
    pub engagements: Option<Count>,
    /// How often it was clicked.
    #[serde(default)]
    pub clicks: Option<Count>,
    /// How many people it brought to the site or shop.
    #[serde(default)]
    pub visitors: Option<Count>,
    /// How many orders came of it.
    #[serde(default)]
    pub conversions: Option<Count>,
    /// How many of the orders were a customer's first.
    #[serde(default)]
    pub new_customers: Option<Count>,
    /// What was paid for it.
    #[serde(default)]
    pub spend: Option<Money>,
    /// What it brought in.
    #[serde(default)]
    pub revenue: Option<Money>,
    /// CTR: clicks / impressions.
    #[serde(default)]
    pub click_through_rate: Option<Quantity>,
    /// Likes, comments and shares / impressions.
    #[serde(default)]
    pub engagement_rate: Option<Quantity>,
    /// CVR: conversions / clicks.
    #[serde(default)]
    pub conversion_rate: Option<Quantity>,
    /// CPM: spend per 1,000 impressions.
    #[serde(default)]
    pub cost_per_mille: Option<Quantity>,
    /// CPC: spend / clicks.
    #[serde(default)]
    pub cost_per_click: Option<Quantity>,
    /// Spend / visitors.
    #[serde(default)]
    pub cost_per_visitor: Option<Quantity>,
    /// CPA: spend / conversions.
    #[serde(default)]
    pub cost_per_acquisition: Option<Quantity>,
    /// CAC: spend / new customers.
    #[serde(default)]
    pub customer_acquisition_cost: Option<Quantity>,
    /// AOV: revenue / conversions.
    #[serde(default)]
    pub average_order_value: Option<Quantity>,
    /// ROAS: revenue / spend.
    #[serde(default)]
    pub return_on_ad_spend: Option<Return<Revenue>>,
    /// Net ROI: (revenue - spend) / spend.
    #[serde(default)]
    pub net_return: Option<Ratio>,
    /// The decimals, in the metric's unit, to which the metrics were rounded before they were written down.
    /// `None` takes them as exact.
    #[serde(default)]
    pub metrics_rounded_to: Option<u32>,
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
    with_impressions, impressions: u64 = count => Count::new(count);
    /// How often it was liked, commented on or shared.
    with_engagements, engagements: u64 = count => Count::new(count);
    /// How often it was clicked.
    with_clicks, clicks: u64 = count => Count::new(count);
    /// How many people it brought to the site or shop.
    with_visitors, visitors: u64 = count => Count::new(count);
    /// How many orders came of it.
    with_conversions, conversions: u64 = count => Count::new(count);
    /// How many of the orders were a customer's first.
    with_new_customers, new_customers: u64 = count => Count::new(count);
    /// What was paid for it.
    with_spend, spend: Money = amount => amount;
    /// What it brought in.
    with_revenue, revenue: Money = amount => amount;
    /// CTR: `4 %`.
    with_click_through_rate, click_through_rate: Quantity = rate => rate;
    /// Likes, comments and shares per impression: `5 %`.
    with_engagement_rate, engagement_rate: Quantity = rate => rate;
    /// CVR: `3.75 %`.
    with_conversion_rate, conversion_rate: Quantity = rate => rate;
    /// CPM: `131.25 CNY`, per 1,000 impressions.
    with_cost_per_mille, cost_per_mille: Quantity = cost => cost;
    /// CPC: `1.3125 CNY`.
    with_cost_per_click, cost_per_click: Quantity = cost => cost;
    /// Spend per visitor: `1.5 CNY`.
    with_cost_per_visitor, cost_per_visitor: Quantity = cost => cost;
    /// CPA: `35 CNY`.
    with_cost_per_acquisition, cost_per_acquisition: Quantity = cost => cost;
    /// CAC: `80 CNY`.
    with_customer_acquisition_cost, customer_acquisition_cost: Quantity = cost => cost;
    /// AOV: `168 CNY`.
    with_average_order_value, average_order_value: Quantity = value => value;
    /// ROAS: `1:4.8`.
    with_return_on_ad_spend, return_on_ad_spend: Return<Revenue> = value => value;
    /// Net ROI: `380%`.
    with_net_return, net_return: Ratio = value => value;
    /// The decimals to which the metrics were rounded: `4.17 %` of two decimals is from 4.165 % to 4.175 %. A
    /// figure is then known only where it is the only one in its range: see [`Scorecard::figure_range`](super::Scorecard::figure_range).
    with_metrics_rounded_to, metrics_rounded_to: u32 = decimals => decimals;
}

impl ScorecardDraft {
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
        let given = |figure| {
            let count = self.figures().count(figure).map(Count::to_decimal);
            count.or_else(|| self.figures().money(figure).map(|money| money.amount()))
        };
        ChannelFigure::ALL
            .into_iter()
            .filter_map(|figure| Some((figure, Ratio::from(given(figure)?))))
            .collect()
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
