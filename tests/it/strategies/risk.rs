//! The strategies of risk matrices, estimates and registers.

use super::{Sample, drawn, each_fault_is_refused};
use marketloop::laws::{self, Broken};
use marketloop::quantity::Rounding;
use marketloop::risk::{RiskMatrix, RiskRegister, ThreePoint};
use marketloop::strategies::{self, AlmostValid};
use serde::de::DeserializeOwned;
use std::fmt::Debug;

#[test]
fn risk_matrices() {
    let matrices = Sample { name: "risk_matrices", strategy: strategies::risk_matrices(), of: "cells" };
    let size = |matrix: &RiskMatrix| (matrix.probability_levels().len(), matrix.impact_levels().len());
    matrices.is_valid_and_often_an_edge(
        |matrix| size(matrix).0 * size(matrix).1,
        |matrix| {
            let rows: Vec<&str> = matrix.probability_levels().map(|(name, _)| name).collect();
            let columns = || matrix.impact_levels().map(|(name, _)| name);
            let ratings = rows.iter().flat_map(|row| columns().map(move |column| matrix.rating(row, column)));
            let ratings: Vec<_> = ratings.collect();
            size(matrix).0 == 1 || size(matrix).1 == 1 || ratings.iter().all(|rating| *rating == ratings[0])
        },
        laws::reads_back_what_it_writes,
    );
    matrices.shrinks_to_text(
        |matrix| size(matrix).0 > 1 && size(matrix).1 > 1,
        |matrix| serde_json::to_string(matrix).unwrap(),
        r#"{"probability":[{"name":"up to 1","up_to":"0.01"},{"name":"up to 100","up_to":"1"}],"impact":[{"name":"up to 1","up_to":"1"},{"name":"up to 100","up_to":"100"}],"ratings":[["unacceptable","unacceptable"],["unacceptable","unacceptable"]]}"#,
    );
}

#[test]
fn three_points() {
    let points = Sample { name: "three_points", strategy: strategies::three_points(), of: "points" };
    let apart = |estimate: &ThreePoint| {
        1 + usize::from(estimate.low() < estimate.likely()) + usize::from(estimate.likely() < estimate.high())
    };
    points.is_valid_and_often_an_edge(
        apart,
        |estimate| apart(estimate) < 3 || estimate.low().amount().is_zero(),
        |estimate| {
            laws::reads_back_what_it_writes(estimate)?;
            laws::mean_of_three_points_moves_with_them(estimate, |estimate| estimate.exact_mean().unwrap())
        },
    );
    points.shrinks_to_text(
        |estimate| apart(estimate) == 3,
        ToString::to_string,
        "0.00 CNY, 0.01 CNY, 0.02 CNY",
    );
}

#[test]
fn risk_registers() {
    let registers = Sample { name: "risk_registers", strategy: strategies::risk_registers(), of: "risks" };
    registers.is_valid_and_often_an_edge(
        |register| register.risks().len(),
        |register| {
            register.risks().len() < 2
                || register.iter().all(|risk| risk.probability.is_none())
                || register.iter().all(|risk| risk.responses.is_empty())
        },
        |register| {
            laws::reads_back_what_it_writes(register)?;
            let loss = register.expected_loss(Rounding::HalfEven).unwrap();
            laws::expected_loss_is_the_sum_of_its_risks(register, loss.known())
        },
    );
    registers.shrinks_to_text(
        |register| register.iter().any(|risk| !risk.triggers.is_empty()),
        |register| serde_json::to_string(register).unwrap(),
        r#"{"matrix":{"probability":[{"name":"up to 100","up_to":"1"}],"impact":[{"name":"up to 100","up_to":"100"}],"ratings":[["unacceptable"]]},"alerts":[{"id":"alert 1","metric":"orders","rule":"below 80, clear at 90","response":{"responsible":"service","steps":[{"action":"step 1","within":"0 seconds"}]}}],"risks":[{"id":"risk 1","event":"orders stay away","probability_level":"up to 100","impact_level":"up to 100","responsible":"owner","probability":"0","impact":{"low":{"amount":"0.00","currency":"CNY"},"likely":{"amount":"0.00","currency":"CNY"},"high":{"amount":"0.00","currency":"CNY"}},"triggers":["alert 1"]}]}"#,
    );
    for register in drawn(&strategies::risk_registers().with_risks(2..4).without_missing(), 512) {
        assert!((2..4).contains(&register.risks().len()));
        assert!(register.iter().all(|risk| risk.probability.is_some() && risk.impact.is_some()));
    }
}

fn of_another_form<T: DeserializeOwned + Debug>(case: &AlmostValid) -> Result<(), Broken> {
    let mut reader = serde_json::Deserializer::from_str(case.json());
    let read: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
    laws::refuses_form(case, read.map_err(|error| error.path().to_string()))
}

/// These are read through their constructors, without a draft: what is wrong with them is told as a text.
#[test]
fn a_value_of_another_form_is_refused_at_its_place() {
    each_fault_is_refused(
        strategies::almost_valid(strategies::risk_matrices()),
        1,
        of_another_form::<RiskMatrix>,
    );
    let registers = strategies::risk_registers();
    each_fault_is_refused(strategies::almost_valid(registers), 1, of_another_form::<RiskRegister>);
    let points = strategies::three_points();
    each_fault_is_refused(strategies::almost_valid(points), 1, of_another_form::<ThreePoint>);
}
