//! Whether the figures and metrics of a channel agree, and what they imply.

use super::figure_step::Given;
use super::figure_value::FigureValue;
use super::figures::Figures;
use super::implied::{Known, Tie};
use super::metric::{power_of_ten, quotient};
use super::ranges::{Bound, Givens, Ranges, Refuted, RoundedTie};
use super::scorecard::Implied;
use super::{ChannelError, ChannelFigure, Metric, Scorecard, ScorecardDraft};
use crate::error::{Path, Problems};
use crate::quantity::words::Word;
use crate::quantity::{
    Count, Currency, Money, Quantity, QuantityError, Ratio, Return, Revenue, Rounding, Unit, subtract,
};
use alloc::boxed::Box;
use alloc::vec::Vec;
use rust_decimal::Decimal;

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
    /// [`ChannelError::Contradiction`] for a metric that the other givens refute, with the implied value and the
    /// difference; [`ChannelError::Refuted`] for rounded metrics that no values agree with; [`ChannelError::Quantity`]
    /// for two currencies or a unit that is not the metric's.
    pub fn check(self) -> Result<Scorecard, Problems<ChannelError>> {
        let mut problems = Problems::new();
        let currency = self.currency(&mut problems);
        // Amounts of two currencies imply nothing: only what stands on its own is looked at then.
        let comparable = problems.is_empty();
        let stated = self.stated(currency, &mut problems);
        // Asked of amounts of two currencies, too: a sign needs no comparison.
        for figure in [ChannelFigure::Spend, ChannelFigure::Revenue] {
            if let Some(amount) = self.figures().money(figure).filter(Money::is_negative) {
                problems.push(at(figure), ChannelError::Negative { figure, amount });
            }
        }
        let stated = if comparable { stated } else { Vec::new() };
        if let Some(decimals) = self.metrics_rounded_to {
            return self.check_rounded(decimals, currency, &stated, problems);
        }
        let ties: Vec<Tie> = stated.iter().map(|stated| stated.tie).collect();
        let known = Known::of(&self.ratios(), &ties).map_err(ChannelError::from);
        let Some(known) = problems.take(&Path::root(), known) else { return problems.finish(None) };
        let figures = whole(&known, currency, &mut problems);
        nested(&figures, &mut problems);
        for Stated { tie, unit } in &stated {
            let agreed = agreement(&known, *tie, unit);
            problems.take(&Path::root().field(tie.metric.word()), agreed);
        }
        problems.into_result(Scorecard::checked(self, figures, Implied::Exact(known), currency))
    }

    /// The figures and ranges that agree with rounded metrics.
    fn check_rounded(
        self,
        decimals: u32,
        currency: Option<Currency>,
        stated: &[Stated],
        mut problems: Problems<ChannelError>,
    ) -> Result<Scorecard, Problems<ChannelError>> {
        // Before the ranges, so that two given figures are named themselves and not by a proof.
        nested(&self.figures(), &mut problems);
        let mut ties = Vec::new();
        for stated in stated {
            let path = Path::root().field(stated.tie.metric.word());
            ties.extend(problems.take(&path, rounded(stated, decimals)));
        }
        // Ranges of what was refused would refute each other: one mistake is told once.
        if !problems.is_empty() {
            return problems.finish(None);
        }
        let found = Ranges::of(&self.whole_numbers(), ties, currency.map_or(0, |currency| currency.digits()));
        let found = found.map_err(|refuted| {
            let unit =
                |metric| stated.iter().find(|one| one.tie.metric == metric).map(|one| one.unit.clone());
            refutation(&refuted, currency, unit)
        });
        let ranges = match found {
            Ok(ranges) => ranges,
            Err((path, error)) => {
                problems.push(path, error);
                return problems.finish(None);
            }
        };
        // A range of one number is a figure like one that was given.
        let only = |figure| {
            let value = ranges.span(figure)?.only()?;
            problems.take(&at(figure), FigureValue::of(figure, value, currency))
        };
        let figures = Figures::from_values(only);
        problems.into_result(Scorecard::checked(self, figures, Implied::Rounded(Box::new(ranges)), currency))
    }

    /// The given figures as numbers of things and of minor units.
    fn whole_numbers(&self) -> Vec<(ChannelFigure, u128)> {
        let figures = self.figures();
        let whole = |figure| {
            let count = figures.count(figure).map(|count| u128::from(count.value()));
            // An amount below 0 was refused before.
            count.or_else(|| figures.money(figure).map(|money| money.minor().unsigned_abs()))
        };
        ChannelFigure::ALL.into_iter().filter_map(|figure| Some((figure, whole(figure)?))).collect()
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
        for figure in [ChannelFigure::Spend, ChannelFigure::Revenue] {
            if let Some(money) = self.figures().money(figure) {
                join(at(figure), money.currency());
            }
        }
        for (metric, quantity) in self.quantities() {
            // What has no currency in its unit is refused where the unit is checked.
            if let Some(currency) = metric.per().and_then(|per| currency_of(quantity.unit(), per)) {
                join(Path::root().field(metric.word()), currency);
            }
        }
        found
    }

    fn stated(&self, currency: Option<Currency>, problems: &mut Problems<ChannelError>) -> Vec<Stated> {
        let mut stated = Vec::new();
        for (metric, quantity) in self.quantities() {
            let path = Path::root().field(metric.word());
            stated.extend(problems.take(&path, read(metric, quantity, currency)));
        }
        let gross = self.return_on_ad_spend.map(|value| (Metric::ReturnOnAdSpend, Ok(value)));
        let net = self.net_return.map(|net| (Metric::NetReturn, Return::from_net(net)));
        for (metric, value) in gross.into_iter().chain(net) {
            let path = Path::root().field(metric.word());
            let unit = if metric == Metric::NetReturn { Unit::PERCENT } else { Unit::ONE };
            let value =
                value.map_err(ChannelError::from).and_then(|value: Return<Revenue>| match value.ratio() {
                    ratio if ratio.is_negative() => Err(ChannelError::NegativeReturn { ratio }),
                    ratio => Ok(ratio),
                });
            let value = problems.take(&path, value);
            stated.extend(value.map(|value| Stated { tie: Tie { metric, value }, unit }));
        }
        stated
    }
}

/// The known figures as whole counts and amounts in minor units.
fn whole(known: &Known, currency: Option<Currency>, problems: &mut Problems<ChannelError>) -> Figures {
    Figures::from_values(|figure| {
        let implied = known.figure(figure)?.value;
        let scale = if figure.is_money() { currency.map_or(0, |currency| currency.digits()) } else { 0 };
        let path = at(figure);
        let value = problems.take(&path, implied.round((scale, Rounding::HalfEven)))?;
        // Rounded only to be compared: a figure that is not whole is refused, never cut to fit.
        if Ratio::from(value) != implied {
            problems.push(path, ChannelError::NotWhole { figure, implied, decimals: scale });
            return None;
        }
        if figure.is_money() {
            problems.take(&path, Money::new(value, currency?)).map(FigureValue::Money)
        } else {
            problems.take(&path, Count::try_from(value)).map(FigureValue::Count)
        }
    })
}

/// Checks that a given metric agrees with the known figures and the other metrics.
fn agreement(known: &Known, tie: Tie, unit: &Unit) -> Result<(), ChannelError> {
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
    let (given, implied) = (quotient(metric, value)?, quotient(metric, above.divided_by(below)?)?);
    let difference = given.minus(implied)?;
    // Without a tolerance: what was rounded before it was written down has its own way in.
    if difference.is_zero() {
        return Ok(());
    }
    let (given, implied) = apart(given, implied, unit)?;
    // Of the two as they are shown: rounded on its own, a difference could be told as 0.
    let difference = subtract(given.value(), implied.value())?;
    Err(ChannelError::Contradiction {
        metric,
        given: Box::new(given),
        implied: Box::new(implied),
        difference: Box::new(Quantity::difference(difference, unit)),
        by: known.givens(metric),
    })
}

/// Two values of a metric in its unit, with enough decimals to tell them apart, at least [`SHOWN_DECIMALS`].
fn apart(one: Ratio, other: Ratio, unit: &Unit) -> Result<(Quantity, Quantity), ChannelError> {
    let power = power_of_ten(unit)?;
    let (one, other) = (one.divided_by(power)?, other.divided_by(power)?);
    let precision = (SHOWN_DECIMALS, Rounding::HalfEven);
    let quantity = |value| Quantity::new(value, unit.clone());
    Ok((quantity(one.round_beside(other, precision)?), quantity(other.round_beside(one, precision)?)))
}

/// A metric that was rounded to `decimals` decimals of its unit: half a unit of the last to either side, both ends
/// included, as a half may have been rounded up, down or to even. No quotient of a channel is below 0.
fn rounded(Stated { tie, unit }: &Stated, decimals: u32) -> Result<RoundedTie, ChannelError> {
    // Beyond 28 decimals a metric could not have been written down.
    let scale = decimals.saturating_add(1).min(Decimal::MAX_SCALE);
    let half = Decimal::try_from_i128_with_scale(5, scale)
        .map_err(|_| QuantityError::Inexact { operation: alloc::format!("5 / 10^{scale}") })?;
    let half = Ratio::from(half).times(power_of_ten(unit)?)?;
    let lowest = tie.value.minus(half)?;
    // Both ends belong to the range, as nothing says which way the export rounded its halves.
    Ok(RoundedTie {
        metric: tie.metric,
        value: tie.value,
        lowest: if lowest.is_negative() { Ratio::ZERO } else { lowest },
        highest: tie.value.plus(half)?,
    })
}

/// Why rounded metrics were refused, and where.
fn refutation(
    refuted: &Refuted,
    currency: Option<Currency>,
    unit: impl Fn(Metric) -> Option<Unit>,
) -> (Path, ChannelError) {
    let told = |of, (lowest, lowest_by): (Quantity, Givens), (highest, highest_by): (Quantity, Givens)| {
        let (lowest_by, highest_by) = (lowest_by.list(), highest_by.list());
        // Every list names what was given: there is a place in what was read.
        let last = lowest_by.iter().chain(&highest_by).max();
        let path = last.map_or(Path::root(), |given| Path::root().field(given.field()));
        let (lowest, highest) = (Box::new(lowest), Box::new(highest));
        (path, ChannelError::Refuted { of, lowest, lowest_by, highest, highest_by })
    };
    let untold = |error: ChannelError| (Path::root(), error);
    match *refuted {
        Refuted::TooLarge => untold(ChannelError::TooMany),
        Refuted::Figure(figure, lowest, highest) => {
            let quantity = |bound: Bound| -> Result<_, ChannelError> {
                Ok((FigureValue::of(figure, bound.value, currency)?.into(), bound.by))
            };
            match (quantity(lowest), quantity(highest)) {
                (Ok(lowest), Ok(highest)) => told(Given::Figure(figure), lowest, highest),
                (Err(error), _) | (_, Err(error)) => untold(error),
            }
        }
        Refuted::Metric(metric, lowest, highest) => {
            // Only metrics that were given refute one another: each has the unit in which it was read.
            debug_assert!(unit(metric).is_some(), "{metric} was not given");
            let unit = unit(metric).unwrap_or(Unit::ONE);
            let ((lowest, lowest_by), (highest, highest_by)) = (lowest, highest);
            let ends =
                quotient(metric, lowest).and_then(|lowest| apart(lowest, quotient(metric, highest)?, &unit));
            match ends {
                Ok((lowest, highest)) => {
                    told(Given::Metric(metric), (lowest, lowest_by), (highest, highest_by))
                }
                Err(error) => untold(error),
            }
        }
    }
}

/// The decimals with which the two sides of a contradiction are shown.
const SHOWN_DECIMALS: u32 = 6;

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

/// The currency of a unit: of `CNY`, or of `CNY/click` for a metric per click.
fn currency_of(unit: &Unit, per: &str) -> Option<Currency> {
    let plain = |unit: &Unit| Currency::new(&alloc::format!("{}", unit.coherent())).ok();
    plain(unit).or_else(|| plain(&unit.times(&per.parse().ok()?).ok()?))
}

fn at(figure: ChannelFigure) -> Path {
    Path::root().field(figure.word())
}

/// Checks that no step of the path has more than the nearest known step before it.
fn nested(figures: &Figures, problems: &mut Problems<ChannelError>) {
    let steps = [
        ChannelFigure::Impressions,
        ChannelFigure::Clicks,
        ChannelFigure::Conversions,
        ChannelFigure::NewCustomers,
    ];
    let mut before: Option<(ChannelFigure, Count)> = None;
    for inner in steps {
        // The steps around an unknown one still have to nest.
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
    use super::super::FigureStep;
    use super::*;
    use crate::figure::Figure;
    use alloc::string::{String, ToString};

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    fn search() -> ScorecardDraft {
        Scorecard::draft()
            .with_impressions(50_000)
            .with_clicks(5_000)
            .with_conversions(200)
            .with_cost_per_acquisition(quantity("50 CNY"))
            .with_return_on_ad_spend("1:3.2".parse().unwrap())
    }

    fn refused(draft: ScorecardDraft) -> String {
        draft.check().unwrap_err().to_string()
    }

    #[test]
    fn every_metric_can_be_given_and_fills_in_what_is_missing() {
        let full = search().check().unwrap();
        let shown = |metric| full.show(metric, (10, Rounding::HalfEven)).unwrap();
        let bare = || Scorecard::draft().with_conversions(200);
        let card = bare()
            .with_click_through_rate(shown(Metric::ClickThroughRate))
            .with_conversion_rate(shown(Metric::ConversionRate))
            .with_cost_per_mille(shown(Metric::CostPerMille))
            .with_average_order_value(shown(Metric::AverageOrderValue))
            .check()
            .unwrap();
        for figure in ChannelFigure::ALL {
            assert_eq!(card.figure(figure), full.figure(figure));
        }
        assert_eq!(
            alloc::format!("{:#}", card.explain(ChannelFigure::Impressions)),
            "given conversions 200; divided by conversion rate makes clicks 5,000; divided by click-through rate makes impressions 50,000"
        );
        assert_eq!(card.explain(ChannelFigure::NewCustomers).to_string(), "missing: new customers");
        let spend = card.explain(ChannelFigure::Spend).get().unwrap();
        let step = FigureStep::Times { metric: Metric::CostPerMille, figure: ChannelFigure::Spend };
        assert_eq!(spend.last().cause, step);
        let by_click =
            bare().with_conversion_rate(quantity("4 %")).with_cost_per_click(quantity("2 CNY/click"));
        assert_eq!(by_click.check().unwrap().spend(), Figure::Known("10000 CNY".parse().unwrap()));
        let net = search().with_net_return("220%".parse().unwrap());
        assert_eq!(net.check().unwrap().revenue(), full.revenue());
        let new = search().with_customer_acquisition_cost(quantity("80 CNY/customer")).check().unwrap();
        assert_eq!(new.new_customers(), Figure::Known(Count::new(125)));
    }

    #[test]
    fn an_influencers_plan_implies_its_reach() {
        // The documents: 120,000 for 100 KOCs, 5,000,000 impressions and 5 % engagement.
        let plan = Scorecard::draft().with_impressions(5_000_000).with_spend("120000 CNY".parse().unwrap());
        let plan = plan
            .with_engagement_rate(quantity("5 %"))
            .with_cost_per_visitor(quantity("1.5 CNY"))
            .check()
            .unwrap();
        assert_eq!(plan.engagements(), Figure::Known(Count::new(250_000)));
        assert_eq!(plan.visitors(), Figure::Known(Count::new(80_000)));
        assert_eq!(
            plan.show(Metric::CostPerMille, (2, Rounding::HalfEven)).unwrap().to_string(),
            "24 CNY/1000 impression"
        );
        // One view can be liked, commented on and shared.
        let lively = Scorecard::draft().with_impressions(10).with_engagements(12).check().unwrap();
        assert_eq!(lively.metric(Metric::EngagementRate).unwrap(), Ratio::new(6.into(), 5.into()).unwrap());
    }

    #[test]
    fn metrics_follow_from_metrics_without_a_count() {
        let card = Scorecard::draft()
            .with_cost_per_acquisition(quantity("50 CNY"))
            .with_return_on_ad_spend("1:3.2".parse().unwrap())
            .check()
            .unwrap();
        let shown = |metric| card.show(metric, (2, Rounding::HalfEven));
        assert_eq!(shown(Metric::AverageOrderValue).unwrap(), quantity("160 CNY/conversion"));
        assert_eq!(shown(Metric::NetReturn).unwrap(), quantity("220 %"));
        assert_eq!(
            shown(Metric::CostPerClick),
            Err(ChannelError::Missing { metric: Metric::CostPerClick, figure: ChannelFigure::Clicks })
        );
        let rates = Scorecard::draft().with_clicks(3).with_impressions(9).check().unwrap();
        assert_eq!(
            rates.show(Metric::ClickThroughRate, (2, Rounding::HalfEven)).unwrap(),
            quantity("33.33 %")
        );
        assert!(matches!(
            rates.show(Metric::CostPerClick, (2, Rounding::Floor)),
            Err(ChannelError::Missing { .. })
        ));
    }

    #[test]
    fn a_contradiction_says_which_and_by_how_much() {
        assert_eq!(
            refused(search().with_spend("9000 CNY".parse().unwrap())),
            "cost_per_acquisition: cost per acquisition is given as 50 CNY/conversion, but spend and conversions \
             make it 45 CNY/conversion: 5 CNY/conversion apart"
        );
        assert_eq!(
            refused(search().with_conversion_rate(quantity("3.75 %"))),
            "conversion_rate: conversion rate is given as 3.75 %, but conversions and clicks make it 4 %: -0.25 percentage points apart"
        );
        assert_eq!(
            refused(search().with_average_order_value(quantity("150 CNY"))),
            "return_on_ad_spend: return on ad spend is given as 3.2, but average order value and cost per \
             acquisition make it 3: 0.2 apart"
        );
        let several =
            search().with_net_return("100%".parse().unwrap()).with_click_through_rate(quantity("9 %"));
        assert_eq!(several.check().unwrap_err().len(), 2);
        assert!(refused(search().with_click_through_rate(quantity("0 %"))).contains("given as 0 %"));
        let none = Scorecard::draft().with_clicks(5).with_click_through_rate(quantity("0 %"));
        assert_eq!(
            refused(none),
            "click_through_rate: click-through rate is given as 0, but clicks is not 0"
        );
        let nothing = Scorecard::draft()
            .with_clicks(0)
            .with_spend("5 CNY".parse().unwrap())
            .with_cost_per_click(quantity("1 CNY"));
        assert_eq!(refused(nothing), "cost_per_click: cost per click is undefined: clicks is 0");
        // The two sides of a contradiction never read the same, however near they are.
        let third = Scorecard::draft().with_spend("1 CNY".parse().unwrap()).with_clicks(3);
        assert_eq!(
            refused(third.with_cost_per_click(quantity("0.3333333333 CNY"))),
            "cost_per_click: cost per click is given as 0.3333333333 CNY/click, but spend and clicks make it \
             0.33333333333 CNY/click: -0.00000000003 CNY/click apart"
        );
    }

    #[test]
    fn rounded_metrics_agree_within_half_a_unit() {
        let third = Scorecard::draft()
            .with_spend("100 CNY".parse().unwrap())
            .with_cost_per_click(quantity("33.33 CNY"));
        assert!(refused(third.clone()).starts_with("clicks: the metrics imply clicks of 10000/3333"));
        let card = third.clone().with_metrics_rounded_to(2).check().unwrap();
        assert_eq!(card.clicks(), Figure::Known(Count::new(3)));
        assert_eq!(
            alloc::format!("{:#}", card.explain(ChannelFigure::Clicks)),
            "clicks by spend and cost per click, at least 3; by spend and cost per click, at most 3"
        );
        assert_eq!(card.metric(Metric::CostPerClick).unwrap().to_string(), "100/3");
        assert!(
            refused(third.with_clicks(3)).starts_with("cost_per_click: cost per click is given as 33.33")
        );
        // 3 of 8 is 37.5 %: exactly half a unit away from 37 % and from 38 %.
        let rate = |text| {
            Scorecard::draft().with_impressions(8).with_clicks(3).with_click_through_rate(quantity(text))
        };
        assert!(rate("37 %").with_metrics_rounded_to(0).check().is_ok());
        assert!(rate("38 %").with_metrics_rounded_to(0).check().is_ok());
        assert!(rate("36.9 %").with_metrics_rounded_to(0).check().is_err());
        assert!(rate("37.5 %").with_metrics_rounded_to(u32::MAX).check().is_ok());
    }

    /// N3: intervals of half a unit, not the nearest whole number.
    #[test]
    fn a_rounded_metric_fixes_no_figure_that_has_neighbours() {
        let million = || Scorecard::draft().with_impressions(1_000_000).with_metrics_rounded_to(2);
        let both = million().with_conversions(1_000).with_click_through_rate(quantity("1.23 %"));
        let card = both.with_conversion_rate(quantity("8.10 %")).check().unwrap();
        assert_eq!(
            alloc::format!("{:#}", card.explain(ChannelFigure::Clicks)),
            "clicks by conversions and conversion rate, at least 12,339; by impressions and click-through rate, at \
             most 12,350"
        );
        assert_eq!(card.clicks(), Figure::missing("clicks"));
        let ctr = million().with_click_through_rate(quantity("1.23 %")).check().unwrap();
        let reason = ctr.explain(ChannelFigure::Clicks);
        assert_eq!(
            alloc::format!("{reason:#}"),
            "clicks by impressions and click-through rate, at least 12,250; by impressions and click-through \
             rate, at most 12,350"
        );
        assert_eq!(ctr.explain(ChannelFigure::Impressions).to_string(), "given impressions 1000000");
        assert_eq!(ctr.explain(ChannelFigure::Conversions).to_string(), "missing: conversions");
        // Shown as it was written, to the same decimals; further decimals are not known.
        let show = |scale| ctr.show(Metric::ClickThroughRate, (scale, Rounding::HalfEven));
        assert_eq!((show(2).unwrap(), show(1).unwrap()), (quantity("1.23 %"), quantity("1.2 %")));
        assert!(matches!(show(3), Err(ChannelError::OnlyARange { .. })));
        assert!(matches!(ctr.metric(Metric::ClickThroughRate), Err(ChannelError::OnlyARange { .. })));
        let zero = |cpa| {
            let draft = Scorecard::draft().with_clicks(40_675).with_cost_per_click(quantity("0.00 USD"));
            draft.with_cost_per_acquisition(quantity(cpa)).with_metrics_rounded_to(2).check().unwrap()
        };
        // 20,337 cents of 0.065 each at the least; a cost above 0 was divided by something.
        assert_eq!(zero("0.07 USD").figure_range(ChannelFigure::Conversions).to_string(), "1..3128");
        assert_eq!(zero("0.00 USD").figure_range(ChannelFigure::Conversions).to_string(), "0..40675");
        assert_eq!(zero("0.07 USD").figure_range(ChannelFigure::Spend).to_string(), "0.07 USD..203.37 USD");
    }

    /// N3: refused only where the intervals do not meet, with the givens that refute each other.
    #[test]
    fn what_rounded_metrics_refute_is_told_with_what_refutes_it() {
        let million = || Scorecard::draft().with_impressions(1_000_000).with_metrics_rounded_to(2);
        let rates =
            million().with_click_through_rate(quantity("1.23 %")).with_conversion_rate(quantity("8.10 %"));
        assert_eq!(
            refused(rates.with_conversions(1_010)),
            "conversion_rate: clicks is at least 12462 by conversions and conversion rate, but at most 12350 by \
             impressions and click-through rate"
        );
        // Three metrics without any figure: 10 % of 2 CNY are 200 CNY per mille.
        let circle = |cpm: &str| {
            let draft = Scorecard::draft().with_click_through_rate(quantity("10.00 %"));
            draft
                .with_cost_per_click(quantity("2.00 CNY"))
                .with_cost_per_mille(quantity(cpm))
                .with_metrics_rounded_to(2)
        };
        assert!(circle("200.60 CNY").check().is_ok());
        assert_eq!(
            refused(circle("500 CNY")),
            "cost_per_click: cost per click is at least 4.997451 CNY/click by click-through rate and cost per mille, \
             but at most 2.005 CNY/click by cost per click"
        );
        assert_eq!(
            refused(million().with_click_through_rate(quantity("0.00 %")).with_clicks(51)),
            "click_through_rate: impressions is at least 1020000 by clicks and click-through rate, but at most \
             1000000 by impressions"
        );
        let nothing = Scorecard::draft()
            .with_clicks(0)
            .with_cost_per_click(quantity("1 CNY"))
            .with_metrics_rounded_to(2);
        assert!(nothing.check().is_err());
        let idle = Scorecard::draft()
            .with_clicks(0)
            .with_cost_per_click(quantity("0 CNY"))
            .with_metrics_rounded_to(2);
        let idle = idle.check().unwrap();
        assert_eq!(idle.spend(), Figure::Known("0 CNY".parse().unwrap()));
        assert!(matches!(idle.metric(Metric::CostPerClick), Err(ChannelError::Undefined { .. })));
        let huge = Scorecard::draft()
            .with_clicks(u64::MAX)
            .with_click_through_rate(quantity("1 %"))
            .with_metrics_rounded_to(0);
        assert!(refused(huge).contains("more than 18446744073709551615"));
    }

    #[test]
    fn figures_that_cannot_be_are_refused_all_at_once() {
        let draft = Scorecard::draft()
            .with_impressions(1)
            .with_clicks(2)
            .with_new_customers(3)
            .with_spend("-1 CNY".parse().unwrap())
            .with_revenue("1 JPY".parse().unwrap())
            .with_cost_per_mille(quantity("5 click"))
            .with_average_order_value(quantity("-5 CNY"))
            .with_conversion_rate(quantity("101 %"));
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
            .with_conversions(u64::MAX)
            .with_cost_per_acquisition(quantity("79228162514264337593543950335 CNY"));
        assert!(huge.check().is_err());
        let tiny = Scorecard::draft()
            .with_conversions(u64::MAX)
            .with_conversion_rate(Quantity::new(Decimal::new(1, 28), Unit::PERCENT));
        assert!(tiny.check().is_err());
    }
}
