//! Wrong metrics, totals and values of channels.

use super::caught;
use marketloop::channel::{ChannelFigure, LifetimeValue, Metric, Scorecard};
use marketloop::laws::{self, Broken};
use marketloop::quantity::{Quantity, Ratio, Rounding};
use marketloop::strategies::{concentrations, lifetime_values, scorecard_drafts, scorecards};
use rust_decimal::Decimal;

const SHOWN: (u32, Rounding) = (6, Rounding::HalfEven);

fn figure(card: &Scorecard, figure: ChannelFigure) -> Ratio {
    card.figure(figure).get().unwrap().value().into()
}

/// The law holds of the metrics as they are shown, and is broken where one of them is another quotient.
fn caught_in_metric(fault: &str, wrong: Metric, quotient: fn(&Scorecard) -> Ratio) {
    let law = |card: &Scorecard, other: Option<Ratio>| -> Result<(), Broken> {
        laws::metrics_fit_their_figures(card, SHOWN.0, |metric| {
            let shown = card.show(metric, SHOWN).ok()?;
            match other {
                Some(other) if metric == wrong => {
                    let value = other.round((SHOWN.0, SHOWN.1)).unwrap();
                    Some(Quantity::new(value, shown.unit().clone()))
                }
                _ => Some(shown),
            }
        })
    };
    caught(fault, scorecards(), |card| law(card, None), |card| law(card, Some(quotient(card))));
}

#[test]
fn a_cost_per_mille_without_the_thousand() {
    caught_in_metric("a cost per impression told as one per thousand", Metric::CostPerMille, |card| {
        figure(card, ChannelFigure::Spend).divided_by(figure(card, ChannelFigure::Impressions)).unwrap()
    });
}

#[test]
fn a_rate_upside_down() {
    caught_in_metric(
        "impressions per click told as the click-through rate",
        Metric::ClickThroughRate,
        |card| {
            let rate = figure(card, ChannelFigure::Impressions)
                .divided_by(figure(card, ChannelFigure::Clicks))
                .unwrap();
            rate.times(Decimal::ONE_HUNDRED.into()).unwrap()
        },
    );
}

#[test]
fn a_rate_of_the_wrong_step() {
    caught_in_metric(
        "conversions per impression told as the conversion rate",
        Metric::ConversionRate,
        |card| {
            let rate =
                figure(card, ChannelFigure::Conversions).divided_by(figure(card, ChannelFigure::Impressions));
            rate.unwrap().times(Decimal::ONE_HUNDRED.into()).unwrap()
        },
    );
}

#[test]
fn a_net_return_that_keeps_its_cost() {
    caught_in_metric("revenue on spend told as the net return", Metric::NetReturn, |card| {
        let gross =
            figure(card, ChannelFigure::Revenue).divided_by(figure(card, ChannelFigure::Spend)).unwrap();
        gross.times(Decimal::ONE_HUNDRED.into()).unwrap()
    });
}

#[test]
fn a_total_as_the_mean_of_its_channels() {
    let metric = Metric::CostPerAcquisition;
    caught(
        "the cost per acquisition of a total as the mean of its channels",
        [scorecards(), scorecards(), scorecards()],
        |cards| {
            laws::total_is_of_the_sums(
                cards,
                metric,
                Scorecard::total(cards).unwrap().metric(metric).unwrap(),
            )
        },
        |cards| {
            let costs = cards.iter().map(|card| card.metric(metric).unwrap());
            let sum = costs.fold(Ratio::ZERO, |sum, cost| sum.plus(cost).unwrap());
            laws::total_is_of_the_sums(cards, metric, sum.divided_by(Decimal::from(3).into()).unwrap())
        },
    );
}

#[test]
fn a_total_as_the_sum_of_its_channels() {
    let metric = Metric::ReturnOnAdSpend;
    let each = |cards: &[Scorecard]| -> Vec<Ratio> {
        cards.iter().map(|card| card.metric(metric).unwrap()).collect()
    };
    caught(
        "the returns of channels added up",
        [scorecards(), scorecards()],
        |cards| {
            let total = Scorecard::total(cards).unwrap().metric(metric).unwrap();
            laws::total_lies_between_its_parts(each(cards), total)
        },
        |cards| {
            let sum = each(cards).into_iter().fold(Ratio::ZERO, |sum, each| sum.plus(each).unwrap());
            laws::total_lies_between_its_parts(each(cards), sum)
        },
    );
}

#[test]
fn a_figure_rounded_out_of_a_rounded_metric() {
    caught(
        "the nearest whole number of a rounded metric told as the figure",
        scorecard_drafts().with_rounded_metrics(0..=2),
        |(truth, draft)| {
            let card = draft.clone().check().unwrap();
            laws::told_figures_are_true(truth, |figure| card.figure(figure).known())
        },
        |(truth, draft)| {
            let json = serde_json::to_value(draft).unwrap();
            let rate: Option<Quantity> = serde_json::from_value(json["click_through_rate"].clone()).ok();
            laws::told_figures_are_true(truth, |figure| {
                let impressions = truth.impressions().known()?.to_decimal();
                let part =
                    rate.as_ref()?.value().checked_mul(impressions)?.checked_mul(Decimal::new(1, 2))?;
                (figure == ChannelFigure::Clicks)
                    .then(|| Quantity::new(part.round(), marketloop::quantity::Unit::ONE))
            })
        },
    );
}

#[test]
fn shares_that_are_not_squared() {
    caught(
        "a concentration as the sum of squares over the sum",
        concentrations(),
        |shares| laws::concentration_is_between_even_and_single(shares.index(), shares.entries().len()),
        |shares| {
            let parts = shares.entries().iter().map(|(_, part)| Ratio::from(*part));
            let (mut sum, mut squares) = (Ratio::ZERO, Ratio::ZERO);
            for part in parts {
                sum = sum.plus(part).unwrap();
                squares = squares.plus(part.times(part).unwrap()).unwrap();
            }
            laws::concentration_is_between_even_and_single(
                squares.divided_by(sum).unwrap(),
                shares.entries().len(),
            )
        },
    );
}

/// The margin of a period, and what of it is left one period later.
fn margin_and_factor(customer: &LifetimeValue) -> (Ratio, Ratio) {
    let json = serde_json::to_value(customer).unwrap();
    let share = |field: &str| json[field].as_str().map_or(Decimal::ZERO, |share| share.parse().unwrap());
    let factor = Ratio::new(share("retention"), Decimal::ONE + share("discount")).unwrap();
    (customer.margin_of_period().get().unwrap(), factor)
}

fn value_over(customer: &LifetimeValue, periods: u32) -> Ratio {
    customer.with_horizon(periods).value().get().unwrap()
}

#[test]
fn a_first_period_that_loses_customers() {
    caught(
        "retention counted from the first period",
        lifetime_values(),
        |customer| {
            let (margin, factor) = margin_and_factor(customer);
            laws::lifetime_value_is_its_sum(margin, factor, 5, value_over(customer, 5))
        },
        |customer| {
            let (margin, factor) = margin_and_factor(customer);
            laws::lifetime_value_is_its_sum(margin, factor, 5, value_over(customer, 5).times(factor).unwrap())
        },
    );
}

#[test]
fn a_horizon_of_one_period_more() {
    caught(
        "a horizon that counts one period more",
        lifetime_values(),
        |customer| {
            let (margin, factor) = margin_and_factor(customer);
            laws::lifetime_value_is_its_sum(margin, factor, 3, value_over(customer, 3))
        },
        |customer| {
            let (margin, factor) = margin_and_factor(customer);
            laws::lifetime_value_is_its_sum(margin, factor, 3, value_over(customer, 4))
        },
    );
}
