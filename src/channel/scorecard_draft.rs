//! A channel's figures as they are written down: any of them, and any metrics.

use super::implied::{Known, Tie};
use super::metric::power_of_ten;
use super::scorecard::{Figures, quotient, shown};
use super::{ChannelError, Contradiction, Figure, Metric, NetReturn, ReturnOnAdSpend, Scorecard};
use crate::error::{Path, Problems};
use crate::quantity::{Count, Currency, Money, Quantity, QuantityError, Ratio, Rounding, Unit};
use alloc::boxed::Box;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The figures and metrics of a channel that are given, not checked yet.
///
/// Costs and order values are in the currency, `50 CNY`, or in the metric's own unit, `50 CNY/conversion`; a
/// cost per mille of `200 CNY` is per 1,000 impressions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScorecardDraft {
    /// How often it was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impressions: Option<Count>,
    /// How often it was liked, commented on or shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engagements: Option<Count>,
    /// How often it was clicked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clicks: Option<Count>,
    /// How many people it brought to the site or shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitors: Option<Count>,
    /// How many orders came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversions: Option<Count>,
    /// How many of the orders were a customer's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_customers: Option<Count>,
    /// What was paid for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spend: Option<Money>,
    /// What it brought in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Money>,
    /// CTR: clicks / impressions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click_through_rate: Option<Quantity>,
    /// Likes, comments and shares / impressions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engagement_rate: Option<Quantity>,
    /// CVR: conversions / clicks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion_rate: Option<Quantity>,
    /// CPM: spend per 1,000 impressions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_mille: Option<Quantity>,
    /// CPC: spend / clicks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_click: Option<Quantity>,
    /// Spend / visitors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_visitor: Option<Quantity>,
    /// CPA: spend / conversions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_acquisition: Option<Quantity>,
    /// CAC: spend / new customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_acquisition_cost: Option<Quantity>,
    /// AOV: revenue / conversions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_order_value: Option<Quantity>,
    /// ROAS: revenue / spend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_on_ad_spend: Option<ReturnOnAdSpend>,
    /// Net ROI: (revenue - spend) / spend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_return: Option<NetReturn>,
    /// The decimals, in the metric's unit, to which the metrics were rounded before they were written down.
    /// `None` takes them as exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics_rounded_to: Option<u32>,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $value:ident => $some:expr;)*) => {
        /// One given value each; the last one set counts.
        impl ScorecardDraft {
            $($(#[$doc])*
            #[must_use]
            pub fn $field(self, $value: $type) -> Self {
                Self { $field: Some($some), ..self }
            })*
        }
    };
}

setters! {
    /// How often it was shown.
    impressions: u64 = count => Count::new(count);
    /// How often it was liked, commented on or shared.
    engagements: u64 = count => Count::new(count);
    /// How often it was clicked.
    clicks: u64 = count => Count::new(count);
    /// How many people it brought to the site or shop.
    visitors: u64 = count => Count::new(count);
    /// How many orders came of it.
    conversions: u64 = count => Count::new(count);
    /// How many of the orders were a customer's first.
    new_customers: u64 = count => Count::new(count);
    /// What was paid for it.
    spend: Money = amount => amount;
    /// What it brought in.
    revenue: Money = amount => amount;
    /// CTR: `4 %`.
    click_through_rate: Quantity = rate => rate;
    /// Likes, comments and shares per impression: `5 %`.
    engagement_rate: Quantity = rate => rate;
    /// CVR: `3.75 %`.
    conversion_rate: Quantity = rate => rate;
    /// CPM: `131.25 CNY`, per 1,000 impressions.
    cost_per_mille: Quantity = cost => cost;
    /// CPC: `1.3125 CNY`.
    cost_per_click: Quantity = cost => cost;
    /// Spend per visitor: `1.5 CNY`.
    cost_per_visitor: Quantity = cost => cost;
    /// CPA: `35 CNY`.
    cost_per_acquisition: Quantity = cost => cost;
    /// CAC: `80 CNY`.
    customer_acquisition_cost: Quantity = cost => cost;
    /// AOV: `168 CNY`.
    average_order_value: Quantity = value => value;
    /// ROAS: `1:4.8`.
    return_on_ad_spend: ReturnOnAdSpend = value => value;
    /// Net ROI: `380%`.
    net_return: NetReturn = value => value;
    /// The decimals to which the metrics were rounded. An implied figure is then the nearest whole one, and a
    /// metric agrees with the figures where it is at most half a unit of its last decimal away.
    metrics_rounded_to: u32 = decimals => decimals;
}

/// A metric of the draft that could be read: its tie, and the unit in which it is shown.
struct Stated {
    tie: Tie,
    unit: Unit,
}

impl ScorecardDraft {
    /// The checked figures, with those that the given ones imply.
    ///
    /// # Errors
    /// All problems at once, each at its field: [`ChannelError::NotNested`], [`ChannelError::Negative`],
    /// [`ChannelError::RateAboveOne`]; [`ChannelError::NotWhole`] for an implied figure;
    /// [`ChannelError::Contradiction`] for a metric that the other givens refute, with what they imply and by
    /// how much it differs; [`ChannelError::Quantity`] for two currencies or a unit that is not the metric's.
    pub fn check(self) -> Result<Scorecard, Problems<ChannelError>> {
        let mut problems = Problems::new();
        let currency = self.currency(&mut problems);
        // Amounts of two currencies imply nothing: only what stands on its own is looked at then.
        let comparable = problems.is_empty();
        let stated = self.stated(currency, &mut problems);
        for figure in [Figure::Spend, Figure::Revenue] {
            if let Some(amount) = self.figures().money(figure).filter(Money::is_negative) {
                problems.push(at(figure), ChannelError::Negative { figure, amount });
            }
        }
        let stated = if comparable { stated } else { Vec::new() };
        let ties: Vec<Tie> = stated.iter().map(|stated| stated.tie).collect();
        let known = Known::of(&self.ratios(), &ties).map_err(ChannelError::from);
        let Some(mut known) = problems.take(&Path::root(), known) else { return problems.finish(None) };
        let figures = self.whole(&mut known, currency, &mut problems);
        nested(&figures, &mut problems);
        for Stated { tie, unit } in &stated {
            let agreed = self.agreement(&known, *tie, unit);
            problems.take(&Path::root().field(tie.metric.field()), agreed);
        }
        problems.into_result(Scorecard::checked(self, figures, known, currency))
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
    pub(super) fn ratios(&self) -> Vec<(Figure, Ratio)> {
        let given = |figure| {
            let count = self.figures().count(figure).map(Count::to_decimal);
            count.or_else(|| self.figures().money(figure).map(|money| money.amount()))
        };
        Figure::ALL.into_iter().filter_map(|figure| Some((figure, Ratio::from(given(figure)?)))).collect()
    }

    /// The given figures.
    const fn figures(&self) -> Figures {
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
    fn quantities(&self) -> impl Iterator<Item = (Metric, &Quantity)> {
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

    /// The one currency of all amounts, costs and values.
    fn currency(&self, problems: &mut Problems<ChannelError>) -> Option<Currency> {
        let mut found: Option<Currency> = None;
        let mut join = |path: Path, currency: Currency| match found {
            Some(left) if left != currency => {
                problems.push(path, QuantityError::CurrencyMismatch { left, right: currency });
            }
            _ => found = Some(currency),
        };
        for figure in [Figure::Spend, Figure::Revenue] {
            if let Some(money) = self.figures().money(figure) {
                join(at(figure), money.currency());
            }
        }
        for (metric, quantity) in self.quantities() {
            // What has no currency in its unit is refused where the unit is checked.
            if let Some(currency) = metric.per().and_then(|per| currency_of(quantity.unit(), per)) {
                join(Path::root().field(metric.field()), currency);
            }
        }
        found
    }

    fn stated(&self, currency: Option<Currency>, problems: &mut Problems<ChannelError>) -> Vec<Stated> {
        let mut stated = Vec::new();
        for (metric, quantity) in self.quantities() {
            let path = Path::root().field(metric.field());
            stated.extend(problems.take(&path, read(metric, quantity, currency)));
        }
        let gross = self.return_on_ad_spend.map(|value| (Metric::ReturnOnAdSpend, value.ratio()));
        let net = self.net_return.map(|value| {
            let gross = value.gross().and_then(|gross| gross.ratio().map_err(ChannelError::from));
            (Metric::NetReturn, gross)
        });
        let gross = gross.map(|(metric, value)| (metric, value.map_err(ChannelError::from)));
        for (metric, value) in gross.into_iter().chain(net) {
            let path = Path::root().field(metric.field());
            let unit = if metric == Metric::NetReturn { Unit::PERCENT } else { Unit::ONE };
            let value = problems.take(&path, value);
            stated.extend(value.map(|value| Stated { tie: Tie { metric, value }, unit }));
        }
        stated
    }

    /// The known figures as whole counts and amounts in minor units.
    fn whole(
        &self,
        known: &mut Known,
        currency: Option<Currency>,
        problems: &mut Problems<ChannelError>,
    ) -> Figures {
        let mut figures = Figures::default();
        for figure in Figure::ALL {
            let Some(implied) = known.figure(figure).map(|node| node.value) else { continue };
            let scale = if figure.is_money() { currency.map_or(0, |currency| currency.digits()) } else { 0 };
            let exact = implied.round(scale, Rounding::HalfEven).map_err(ChannelError::from);
            let path = at(figure);
            let Some(value) = problems.take(&path, exact) else { continue };
            if Ratio::from(value) != implied {
                if self.metrics_rounded_to.is_none() {
                    problems.push(path, ChannelError::NotWhole { figure, implied, decimals: scale });
                    continue;
                }
                known.set(figure, Ratio::from(value));
            }
            let count = |problems: &mut Problems<ChannelError>| {
                problems.take(&path, Count::try_from(value).map_err(ChannelError::from))
            };
            let money = |problems: &mut Problems<ChannelError>| {
                let money = Money::new(value, currency?).map_err(ChannelError::from);
                problems.take(&path, money)
            };
            match figure {
                Figure::Impressions => figures.impressions = count(problems),
                Figure::Engagements => figures.engagements = count(problems),
                Figure::Clicks => figures.clicks = count(problems),
                Figure::Visitors => figures.visitors = count(problems),
                Figure::Conversions => figures.conversions = count(problems),
                Figure::NewCustomers => figures.new_customers = count(problems),
                Figure::Spend => figures.spend = money(problems),
                Figure::Revenue => figures.revenue = money(problems),
            }
        }
        figures
    }

    /// Whether a given metric is what the known figures, or the other metrics, make of it.
    fn agreement(&self, known: &Known, tie: Tie, unit: &Unit) -> Result<(), ChannelError> {
        let Tie { metric, value } = tie;
        let Some((above, below)) = known.pair(metric) else {
            // Only a metric of 0 with a numerator that is not 0 leaves its ends apart.
            let numerator = known.figure(metric.numerator()).map(|node| node.value);
            return match numerator.filter(|numerator| !numerator.is_zero()) {
                Some(_) => Err(ChannelError::ZeroMetric { metric, figure: metric.numerator() }),
                None => Ok(()),
            };
        };
        if below.is_zero() {
            // More than nothing out of nothing is found where the counts are compared, or here.
            let undefined = ChannelError::Undefined { metric, missing: metric.denominator() };
            return if above.is_zero() { Ok(()) } else { Err(undefined) };
        }
        let (given, implied) = (quotient(metric, value, Ratio::ONE)?, quotient(metric, above, below)?);
        let difference = given.minus(implied)?;
        let allowed = match self.metrics_rounded_to {
            None => Ratio::ZERO,
            Some(decimals) => half_a_unit(decimals, unit)?,
        };
        let size = if difference.is_negative() { difference.negated() } else { difference };
        if size <= allowed {
            return Ok(());
        }
        let show = |ratio| shown(ratio, unit.clone(), SHOWN_DECIMALS, Rounding::HalfEven);
        Err(ChannelError::Contradiction(Box::new(Contradiction {
            metric,
            given: show(given)?,
            implied: show(implied)?,
            difference: show(difference)?,
            by: known.givens(metric),
        })))
    }
}

/// The decimals to which the two sides of a contradiction are told.
const SHOWN_DECIMALS: u32 = 6;

/// Half a unit of the last of so many decimals of a number in `unit`, in ones.
fn half_a_unit(decimals: u32, unit: &Unit) -> Result<Ratio, ChannelError> {
    // Beyond 28 decimals a metric could not have been written down.
    let half = Decimal::try_from_i128_with_scale(5, decimals.saturating_add(1).min(Decimal::MAX_SCALE));
    Ok(Ratio::from(half.unwrap_or_default()).times(power_of_ten(unit)?)?)
}

/// The tie of a metric given as a quantity.
fn read(metric: Metric, quantity: &Quantity, currency: Option<Currency>) -> Result<Stated, ChannelError> {
    if quantity.value().is_sign_negative() && !quantity.value().is_zero() {
        return Err(ChannelError::NegativeMetric { metric, value: quantity.clone() });
    }
    let unit = match (metric.per(), currency) {
        (None, _) => Unit::PERCENT,
        (Some(_), Some(currency)) => metric.unit(currency)?,
        // No currency was found in any unit: the refusal names what was expected in its place.
        (Some(_), None) => metric.unit(Currency::CNY)?,
    };
    // An amount of the currency alone is per what the metric counts.
    let per = metric.per().map(str::parse::<Unit>).transpose()?.unwrap_or_default();
    let quantity = match quantity.unit().per(&per) {
        Ok(of_money) if of_money == unit => Quantity::new(quantity.value(), of_money),
        _ => quantity.to(&unit)?,
    };
    let value = Ratio::from(quantity.value()).times(power_of_ten(&unit)?)?;
    // One view can be liked, commented on and shared: its engagement may exceed 1.
    if metric.per().is_none() && metric != Metric::EngagementRate && value > Ratio::ONE {
        return Err(ChannelError::RateAboveOne { metric, value: quantity });
    }
    Ok(Stated { tie: Tie { metric, value }, unit })
}

/// The currency of a unit: `CNY`, or `CNY/click` of what is counted per click.
fn currency_of(unit: &Unit, per: &str) -> Option<Currency> {
    let plain = |unit: &Unit| Currency::new(&alloc::format!("{}", unit.coherent())).ok();
    plain(unit).or_else(|| plain(&unit.times(&per.parse().ok()?).ok()?))
}

fn at(figure: Figure) -> Path {
    Path::root().field(figure.field())
}

/// Each step of the path within the nearest step before it that is known.
fn nested(figures: &Figures, problems: &mut Problems<ChannelError>) {
    let steps = [Figure::Impressions, Figure::Clicks, Figure::Conversions, Figure::NewCustomers];
    let mut before: Option<(Figure, Count)> = None;
    for inner in steps {
        let Some(inner_count) = figures.count(inner) else { continue };
        if let Some((outer, outer_count)) = before.filter(|(_, outer)| inner_count > *outer) {
            let error = ChannelError::NotNested { inner, inner_count, outer, outer_count };
            problems.push(at(inner), error);
        }
        before = Some((inner, inner_count));
    }
}

impl TryFrom<ScorecardDraft> for Scorecard {
    type Error = Problems<ChannelError>;

    fn try_from(draft: ScorecardDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    fn search() -> ScorecardDraft {
        Scorecard::draft()
            .impressions(50_000)
            .clicks(5_000)
            .conversions(200)
            .cost_per_acquisition(quantity("50 CNY"))
            .return_on_ad_spend("1:3.2".parse().unwrap())
    }

    fn refused(draft: ScorecardDraft) -> String {
        draft.check().unwrap_err().to_string()
    }

    #[test]
    fn every_metric_can_be_given_and_fills_in_what_is_missing() {
        let full = search().check().unwrap();
        let shown = |metric| full.show(metric, 10, Rounding::HalfEven).unwrap();
        let bare = || Scorecard::draft().conversions(200);
        let card = bare()
            .click_through_rate(shown(Metric::ClickThroughRate))
            .conversion_rate(shown(Metric::ConversionRate))
            .cost_per_mille(shown(Metric::CostPerMille))
            .average_order_value(shown(Metric::AverageOrderValue))
            .check()
            .unwrap();
        for figure in Figure::ALL {
            let value = |card: &Scorecard| {
                let reason = card.explain(figure).to_string().replace(" as given", "");
                reason.split(" =").next().unwrap().to_string()
            };
            assert_eq!(value(&card), value(&full));
        }
        assert_eq!(
            card.explain(Figure::Impressions).to_string(),
            "impressions 50,000 = clicks / click-through rate"
        );
        assert_eq!(card.explain(Figure::NewCustomers).to_string(), "new customers not known");
        assert_eq!(card.explain(Figure::Spend).source(), Some((Metric::CostPerMille, Figure::Impressions)));
        let by_click = bare().conversion_rate(quantity("4 %")).cost_per_click(quantity("2 CNY/click"));
        assert_eq!(by_click.check().unwrap().spend(), Some("10000 CNY".parse().unwrap()));
        let net = search().net_return("220%".parse().unwrap());
        assert_eq!(net.check().unwrap().revenue(), full.revenue());
        let new = search().customer_acquisition_cost(quantity("80 CNY/customer")).check().unwrap();
        assert_eq!(new.new_customers(), Some(Count::new(125)));
    }

    #[test]
    fn an_influencers_plan_implies_its_reach() {
        // The documents: 120,000 for 100 KOCs, 5,000,000 impressions and 5 % engagement.
        let plan = Scorecard::draft().impressions(5_000_000).spend("120000 CNY".parse().unwrap());
        let plan =
            plan.engagement_rate(quantity("5 %")).cost_per_visitor(quantity("1.5 CNY")).check().unwrap();
        assert_eq!(plan.engagements(), Some(Count::new(250_000)));
        assert_eq!(plan.visitors(), Some(Count::new(80_000)));
        assert_eq!(
            plan.show(Metric::CostPerMille, 2, Rounding::HalfEven).unwrap().to_string(),
            "24 CNY/1000 impression"
        );
        // One view can be liked, commented on and shared.
        let lively = Scorecard::draft().impressions(10).engagements(12).check().unwrap();
        assert_eq!(lively.metric(Metric::EngagementRate).unwrap(), Ratio::new(6.into(), 5.into()).unwrap());
    }

    #[test]
    fn metrics_follow_from_metrics_without_a_count() {
        let card = Scorecard::draft()
            .cost_per_acquisition(quantity("50 CNY"))
            .return_on_ad_spend("1:3.2".parse().unwrap())
            .check()
            .unwrap();
        let shown = |metric| card.show(metric, 2, Rounding::HalfEven);
        assert_eq!(shown(Metric::AverageOrderValue).unwrap(), quantity("160 CNY/conversion"));
        assert_eq!(shown(Metric::NetReturn).unwrap(), quantity("220 %"));
        assert_eq!(
            shown(Metric::CostPerClick),
            Err(ChannelError::Missing { metric: Metric::CostPerClick, figure: Figure::Clicks })
        );
        let rates = Scorecard::draft().clicks(3).impressions(9).check().unwrap();
        assert_eq!(rates.show(Metric::ClickThroughRate, 2, Rounding::HalfEven).unwrap(), quantity("33.33 %"));
        assert!(matches!(
            rates.show(Metric::CostPerClick, 2, Rounding::Floor),
            Err(ChannelError::Missing { .. })
        ));
    }

    #[test]
    fn a_contradiction_says_which_and_by_how_much() {
        assert_eq!(
            refused(search().spend("9000 CNY".parse().unwrap())),
            "cost_per_acquisition: cost per acquisition is given as 50 CNY/conversion, but spend and conversions \
             make it 45 CNY/conversion: 5 CNY/conversion apart"
        );
        assert_eq!(
            refused(search().conversion_rate(quantity("3.75 %"))),
            "conversion_rate: conversion rate is given as 3.75 %, but conversions and clicks make it 4 %: -0.25 % apart"
        );
        assert_eq!(
            refused(search().average_order_value(quantity("150 CNY"))),
            "return_on_ad_spend: return on ad spend is given as 3.2, but average order value and cost per \
             acquisition make it 3: 0.2 apart"
        );
        let several = search().net_return("100%".parse().unwrap()).click_through_rate(quantity("9 %"));
        assert_eq!(several.check().unwrap_err().len(), 2);
        assert!(refused(search().click_through_rate(quantity("0 %"))).contains("given as 0 %"));
        let none = Scorecard::draft().clicks(5).click_through_rate(quantity("0 %"));
        assert_eq!(
            refused(none),
            "click_through_rate: click-through rate is given as 0, but clicks is not 0"
        );
        let nothing =
            Scorecard::draft().clicks(0).spend("5 CNY".parse().unwrap()).cost_per_click(quantity("1 CNY"));
        assert_eq!(refused(nothing), "cost_per_click: cost per click is undefined: clicks is 0");
    }

    #[test]
    fn rounded_metrics_agree_within_half_a_unit() {
        let third =
            Scorecard::draft().spend("100 CNY".parse().unwrap()).cost_per_click(quantity("33.33 CNY"));
        assert!(refused(third.clone()).starts_with("clicks: the metrics imply clicks of 10000/3333"));
        let card = third.clone().metrics_rounded_to(2).check().unwrap();
        assert_eq!(card.clicks(), Some(Count::new(3)));
        assert_eq!(card.metric(Metric::CostPerClick).unwrap().to_string(), "100/3");
        assert!(refused(third.clicks(3)).starts_with("cost_per_click: cost per click is given as 33.33"));
        // 3 of 8 is 37.5 %: exactly half a unit away from 37 % and from 38 %.
        let rate = |text| Scorecard::draft().impressions(8).clicks(3).click_through_rate(quantity(text));
        assert!(rate("37 %").metrics_rounded_to(0).check().is_ok());
        assert!(rate("38 %").metrics_rounded_to(0).check().is_ok());
        assert!(rate("36.9 %").metrics_rounded_to(0).check().is_err());
        assert!(rate("37.5 %").metrics_rounded_to(u32::MAX).check().is_ok());
    }

    #[test]
    fn figures_that_cannot_be_are_refused_all_at_once() {
        let draft = Scorecard::draft()
            .impressions(1)
            .clicks(2)
            .new_customers(3)
            .spend("-1 CNY".parse().unwrap())
            .revenue("1 JPY".parse().unwrap())
            .cost_per_mille(quantity("5 click"))
            .average_order_value(quantity("-5 CNY"))
            .conversion_rate(quantity("101 %"));
        let paths: Vec<_> = draft.check().unwrap_err().iter().map(|p| p.path.as_str().to_string()).collect();
        assert_eq!(
            paths,
            [
                "revenue",
                "conversion_rate",
                "cost_per_mille",
                "average_order_value",
                "spend",
                "clicks",
                "new_customers"
            ]
        );
        let huge = Scorecard::draft()
            .conversions(u64::MAX)
            .cost_per_acquisition(quantity("79228162514264337593543950335 CNY"));
        assert!(huge.check().is_err());
        let tiny = Scorecard::draft()
            .conversions(u64::MAX)
            .conversion_rate(Quantity::new(Decimal::new(1, 28), Unit::PERCENT));
        assert!(tiny.check().is_err());
    }
}
