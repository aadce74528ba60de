//! The strategies of response curves and adstocks.

use super::{Sample, each_form_is_refused};
use marketloop::laws;
use marketloop::response::{Adstock, CarryOver, Curve, Observations, ResponseCurve};
use marketloop::strategies::{self, almost_valid};
use proptest::prelude::*;

fn is_same(left: f64, right: f64) -> bool {
    left.to_bits() == right.to_bits()
}

#[test]
fn curves() {
    let curves = Sample { name: "curves", strategy: strategies::curves(), of: "figures" };
    curves.is_valid_and_often_an_edge(
        |curve| match curve {
            Curve::PiecewiseLinear(pieces) => 2 * pieces.points().len(),
            Curve::Hill(_) | Curve::Logistic(_) => 3,
            Curve::Adbudg(_) => 4,
            _ => 2,
        },
        |curve| match curve {
            Curve::Hill(hill) => is_same(hill.shape(), 1.0),
            Curve::PiecewiseLinear(pieces) => {
                pieces.points().windows(2).any(|pair| is_same(pair[0].1, pair[1].1))
            }
            _ => false,
        },
        |curve| {
            laws::reads_back_what_it_writes(curve)?;
            let bend = if curve.inflection() > 0.0 { curve.inflection() } else { 1.0 };
            laws::curve_keeps_its_contract(curve, (0..12).map(|step| bend * f64::from(step) / 4.0))
        },
    );
    curves.shrinks_to_text(
        |curve| curve.inflection() > 0.0,
        |curve| serde_json::to_string(curve).unwrap(),
        r#"{"kind":"hill","a":"1","k":"1","s":"1.09"}"#,
    );
    let pieces = |curve: &Curve| matches!(curve, Curve::PiecewiseLinear(pieces) if pieces.points().len() > 2);
    curves.shrinks_to_text(
        pieces,
        |curve| serde_json::to_string(curve).unwrap(),
        r#"{"kind":"piecewise_linear","points":[["0","0"],["1","0"],["2","0"]]}"#,
    );
}

#[test]
fn curves_bend_as_they_are_asked_to() {
    let mut runner = super::runner(200);
    runner
        .run(&strategies::curves().s_shaped(), |curve| {
            prop_assert!(curve.inflection() > 0.0);
            Ok(())
        })
        .unwrap();
    runner
        .run(&strategies::curves().concave().around(70.0), |curve| {
            prop_assert!(is_same(curve.inflection(), 0.0));
            Ok(())
        })
        .unwrap();
}

#[test]
fn kernels() {
    let kernels = Sample { name: "kernels", strategy: strategies::kernels(), of: "figures" };
    let numbers = |json: &str| {
        let numbers = json.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|part| !part.is_empty());
        numbers.map(|number| number.parse::<f64>().unwrap()).collect::<Vec<f64>>()
    };
    let written = |kernel: &_| serde_json::to_string(kernel).unwrap();
    kernels.is_valid_and_often_an_edge(
        |kernel| numbers(&written(kernel)).len(),
        |kernel| {
            numbers(&written(kernel)).iter().any(|number| is_same(*number, 0.0) || is_same(*number, 1.0))
        },
        laws::reads_back_what_it_writes,
    );
    kernels.shrinks_to_text(
        |kernel| written(kernel).contains("custom"),
        written,
        r#"{"kind":"custom","weights":["0.01"]}"#,
    );
}

#[test]
fn adstocks() {
    let adstocks = Sample { name: "adstocks", strategy: strategies::adstocks(), of: "periods" };
    adstocks.is_valid_and_often_an_edge(
        Adstock::lags,
        |adstock| adstock.lags() == 2 || adstock.weights()[1..].iter().all(|weight| is_same(*weight, 0.0)),
        |adstock| {
            laws::carry_over_is_linear(|spends| adstock.apply(spends).unwrap(), &[3.0, 0.0], &[1.0], 2.0)
        },
    );
    adstocks.shrinks_to_text(
        |adstock| adstock.mean_lag() > 1.0,
        |adstock| format!("{:?}", adstock.weights()),
        "[1.0, 1.0, 1.0, 1.0]",
    );
}

#[test]
fn observations() {
    let observed = Sample { name: "observations", strategy: strategies::observations(), of: "points" };
    let spends = |observed: &Observations| {
        let mut spends: Vec<u64> = observed.points().iter().map(|point| point.0.to_bits()).collect();
        spends.sort_unstable();
        spends
    };
    observed.is_valid_and_often_an_edge(
        |observed| observed.points().len(),
        |observed| {
            let spends = spends(observed);
            spends.len() == 2 || spends[0] == 0 || spends.windows(2).any(|pair| pair[0] == pair[1])
        },
        laws::reads_back_what_it_writes,
    );
    observed.shrinks_to_text(
        |observed| observed.points().len() > 2,
        |observed| serde_json::to_string(observed).unwrap(),
        r#"{"points":[["0","1"],["0","1"],["5","1.125"]]}"#,
    );
}

#[test]
fn spend_series() {
    let series = Sample { name: "spend_series", strategy: strategies::spend_series(), of: "periods" };
    series.is_valid_and_often_an_edge(
        Vec::len,
        |spends| spends.len() < 2 || spends.iter().all(|spend| is_same(*spend, 0.0)),
        |_| Ok(()),
    );
    series.shrinks_to(|spends| spends.iter().sum::<f64>() > 100.0, "[100.01]");
}

#[test]
fn a_curve_of_another_form_is_refused_at_its_place() {
    let mut runner = super::runner(512);
    runner
        .run(&almost_valid(strategies::curves()), |case| {
            let mut reader = serde_json::Deserializer::from_str(case.json());
            let read: Result<Curve, _> = serde_path_to_error::deserialize(&mut reader);
            laws::refuses_form(&case, read.map_err(|error| error.path().to_string()))?;
            Ok(())
        })
        .unwrap();
}

#[test]
fn carry_overs() {
    let strategy = strategies::carry_overs();
    let states = Sample { name: "carry_overs", strategy: strategy.clone(), of: "periods ahead" };
    states.is_valid_and_often_an_edge(
        |state| state.outstanding().len(),
        |state| state.outstanding().len() == 1 || state.outstanding().iter().sum::<f64>() <= 0.0,
        laws::reads_back_what_it_writes,
    );
    states.shrinks_to_text(
        |state| state.outstanding().iter().sum::<f64>() > 1.0,
        |state| serde_json::to_string(state).unwrap(),
        r#"{"adstock":{"kind":"geometric","alpha":"1","lags":2,"normalisation":"raw"},"latest":["1.01"]}"#,
    );
    each_form_is_refused::<CarryOver>(almost_valid(strategy));
}
