//! The strategies of pacing and earned value.

use super::{Sample, refuse_other_forms};
use marketloop::laws;
use marketloop::progress::{EarnedValue, Pacing, PlannedValueCurve, Profile, Standing};
use marketloop::quantity::{Quantity, Ratio};
use marketloop::strategies;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn profiles() {
    let profiles = Sample { name: "profiles", strategy: strategies::profiles(), of: "weights" };
    profiles.is_valid_and_often_an_edge(
        |profile| profile.table().names().len(),
        |profile| {
            let weights = profile.weights(12).unwrap();
            let season = profile.table().names().len();
            profile.table().get("1", "weight").is_some() && season == 1
                || weights.iter().any(Decimal::is_zero)
                || weights.windows(2).all(|pair| pair[0] == pair[1])
        },
        laws::reads_back_what_it_writes,
    );
    profiles.shrinks_to_text(|profile| *profile != Profile::even(), json, r#"{"front_loaded":"0"}"#);
    profiles.shrinks_to_text(
        |profile| profile.table().names().len() > 2,
        json,
        r#"{"seasonal":["1","0","0"]}"#,
    );
}

#[test]
fn pacings() {
    let pacings = Sample { name: "pacings", strategy: strategies::pacings(), of: "periods" };
    pacings.is_valid_and_often_an_edge(
        |(pacing, _)| pacing.plan().len(),
        |(pacing, standing)| {
            let (periods, elapsed) = (pacing.plan().len(), standing.elapsed());
            let spent = standing.spent().value();
            periods == 1
                || elapsed == 0
                || elapsed == periods
                || spent.is_zero()
                || spent >= pacing.total().value()
        },
        |(pacing, _)| laws::reads_back_what_it_writes(pacing),
    );
    let text = |(pacing, standing): &(Pacing<Quantity>, Standing<Quantity>)| {
        format!(
            "{}; {} of {} spent after {}",
            json(pacing),
            standing.spent(),
            pacing.total(),
            standing.elapsed()
        )
    };
    pacings.shrinks_to_text(
        |(_, standing)| standing.pacing_index().known().is_some_and(|index| index > Ratio::ONE),
        text,
        r#"{"total":{"value":"22","unit":"1"},"profile":"even","periods":5}; 22 of 22 spent after 1"#,
    );
}

#[test]
fn earned_values() {
    let values =
        Sample { name: "earned_values", strategy: strategies::earned_values(), of: "amounts above 0" };
    let amounts = |value: &EarnedValue<Quantity>| {
        [
            value.budget_at_completion(),
            value.planned_value(),
            value.earned_value(),
            value.actual_cost(),
            value.committed(),
        ]
        .map(Quantity::value)
    };
    values.is_valid_and_often_an_edge(
        |value| amounts(value).iter().filter(|amount| !amount.is_zero()).count(),
        |value| {
            let amounts = amounts(value);
            amounts.iter().any(Decimal::is_zero) || amounts.windows(2).any(|pair| pair[0] == pair[1])
        },
        laws::reads_back_what_it_writes,
    );
    values.shrinks_to_text(
        |value| value.schedule_variance().known().unwrap().value().is_sign_negative(),
        |value| amounts(value).map(|amount| amount.to_string()).join(" "),
        "0 1 0 0 0",
    );
}

#[test]
fn planned_value_curves() {
    let curves =
        Sample { name: "planned_value_curves", strategy: strategies::planned_value_curves(), of: "points" };
    curves.is_valid_and_often_an_edge(
        |curve| curve.points().len(),
        |curve| {
            let values: Vec<Decimal> = curve.points().iter().map(|point| point.1.value()).collect();
            values.len() == 1 || !values[0].is_zero() || values.windows(2).any(|pair| pair[0] == pair[1])
        },
        laws::reads_back_what_it_writes,
    );
    curves.shrinks_to_text(
        |curve| curve.points().len() > 2,
        |curve| {
            curve
                .points()
                .iter()
                .map(|(time, value)| format!("{time}: {value}"))
                .collect::<Vec<_>>()
                .join(", ")
        },
        "0: 0, 1.00: 0, 2.00: 0",
    );
}

refuse_other_forms! {
    a_profile_of_another_form: Profile = strategies::profiles();
    a_pacing_of_another_form: Pacing<Quantity> = strategies::pacings().prop_map(|(pacing, _)| pacing);
    earned_value_of_another_form: EarnedValue<Quantity> = strategies::earned_values();
    a_curve_of_another_form: PlannedValueCurve<Quantity> = strategies::planned_value_curves();
}
