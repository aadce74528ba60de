//! Wrong curves and wrong adstocks.

use super::caught;
use marketloop::laws::{
    carry_over_conserves_spend, carry_over_is_linear, carry_over_is_time_invariant, curve_keeps_its_contract,
    marginal_is_the_slope,
};
use marketloop::response::{Curve, ResponseCurve};
use marketloop::strategies::{adstocks, curves, spend_series};

/// A curve with one wrong answer.
struct Wrong<'a> {
    curve: &'a Curve,
    marginal: fn(&Curve, f64) -> f64,
    value: fn(&Curve, f64) -> f64,
    inflection: fn(&Curve) -> f64,
}

impl<'a> Wrong<'a> {
    fn of(curve: &'a Curve) -> Self {
        Self { curve, marginal: Curve::marginal, value: Curve::value, inflection: Curve::inflection }
    }
}

impl ResponseCurve for Wrong<'_> {
    fn value(&self, spend: f64) -> f64 {
        (self.value)(self.curve, spend)
    }

    fn marginal(&self, spend: f64) -> f64 {
        (self.marginal)(self.curve, spend)
    }

    fn inflection(&self) -> f64 {
        (self.inflection)(self.curve)
    }
}

fn spends() -> impl Iterator<Item = f64> {
    (0..20).map(|step| f64::from(step * step) * 40.0)
}

#[test]
fn a_marginal_that_is_the_average() {
    caught(
        "the average response for the marginal one",
        (curves().smooth().around(1_000.0), 100.0..5_000.0_f64),
        |(curve, spend)| marginal_is_the_slope(curve, *spend),
        |(curve, spend)| {
            let wrong = Wrong { marginal: |curve, spend| curve.value(spend) / spend, ..Wrong::of(curve) };
            marginal_is_the_slope(&wrong, *spend)
        },
    );
}

#[test]
fn a_response_that_falls_beyond_its_saturation() {
    caught(
        "a parabola's far branch",
        curves().smooth().around(1_000.0),
        |curve| curve_keeps_its_contract(curve, spends()),
        |curve| {
            let value = |curve: &Curve, spend: f64| {
                curve.value(spend) - 1e-3 * curve.marginal(1_000.0) * spend.powi(2)
            };
            curve_keeps_its_contract(&Wrong { value, ..Wrong::of(curve) }, spends())
        },
    );
}

#[test]
fn an_s_curve_that_calls_itself_concave() {
    caught(
        "an inflection of 0 for an S-shaped curve",
        curves().smooth().around(1_000.0),
        |curve| curve_keeps_its_contract(curve, spends()),
        |curve| curve_keeps_its_contract(&Wrong { inflection: |_| 0.0, ..Wrong::of(curve) }, spends()),
    );
}

/// Spend that works from the next period on: each weight a period late.
#[test]
fn an_adstock_that_forgets_the_last_period() {
    caught(
        "the outstanding spend a period short",
        (adstocks(), spend_series()),
        |(adstock, spends)| {
            let mut state = adstock.carry_over();
            let now: Vec<f64> = spends.iter().map(|spend| state.advance(*spend).unwrap()).collect();
            carry_over_conserves_spend(spends, &now, &state.outstanding(), adstock.long_run_multiplier())
        },
        |(adstock, spends)| {
            let mut state = adstock.carry_over();
            let now: Vec<f64> = spends.iter().map(|spend| state.advance(*spend).unwrap()).collect();
            let later = state.outstanding();
            let short = &later[..later.len() - 1];
            carry_over_conserves_spend(spends, &now, short, adstock.long_run_multiplier())
        },
    );
}

#[test]
fn an_adstock_that_saturates_before_it_carries_over() {
    caught(
        "a saturation inside a linear filter",
        (adstocks(), spend_series(), spend_series()),
        |(adstock, one, other)| {
            carry_over_is_linear(|spends| adstock.apply(spends).unwrap(), one, other, 2.0)
        },
        |(adstock, one, other)| {
            let saturated = |spends: &[f64]| {
                let capped: Vec<f64> = spends.iter().map(|spend| spend.min(8_000.0)).collect();
                adstock.apply(&capped).unwrap()
            };
            carry_over_is_linear(saturated, one, other, 2.0)
        },
    );
}

#[test]
fn an_adstock_whose_first_period_has_no_past() {
    caught(
        "weights normalised over the periods that there are",
        (adstocks(), spend_series(), 1..5_usize),
        |(adstock, spends, delay)| {
            carry_over_is_time_invariant(|spends| adstock.apply(spends).unwrap(), spends, *delay)
        },
        |(adstock, spends, delay)| {
            let normalised = |spends: &[f64]| -> Vec<f64> {
                let worked = adstock.apply(spends).unwrap().into_iter().enumerate();
                let seen = |period: usize| adstock.weights().iter().take(period + 1).sum::<f64>();
                worked
                    .map(|(period, works)| if seen(period) > 0.0 { works / seen(period) } else { works })
                    .collect()
            };
            carry_over_is_time_invariant(normalised, spends, *delay)
        },
    );
}
