//! The strategies of figures and intervals.

use super::{Sample, each_form_is_refused};
use marketloop::figure::{Figure, Interval};
use marketloop::laws;
use marketloop::quantity::Ratio;
use marketloop::strategies::{self, almost_valid};
use rust_decimal::Decimal;
use serde::Serialize;

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn figures() {
    let strategy = strategies::figures(strategies::ratios());
    let figures = Sample { name: "figures", strategy: strategy.clone(), of: "known figures" };
    figures.is_valid_and_often_an_edge(
        |figure| usize::from(figure.is_known()),
        |figure| !figure.is_known(),
        laws::reads_back_what_it_writes,
    );
    figures.shrinks_to_text(
        |figure| matches!(figure, Figure::Undefined(_)),
        json,
        r#"{"undefined":{"figure":"return","cause":{"zero":"spend"}}}"#,
    );
    each_form_is_refused::<Figure<Ratio>>(almost_valid(strategy));
}

#[test]
fn intervals() {
    let strategy = strategies::intervals();
    let intervals = Sample { name: "intervals", strategy: strategy.clone(), of: "characters" };
    intervals.is_valid_and_often_an_edge(
        |interval| interval.to_string().chars().count(),
        |interval| interval.low() == interval.high() || interval.low().is_zero() || interval.high().is_zero(),
        laws::reads_back_what_it_writes,
    );
    intervals.shrinks_to_text(|interval| interval.high() > Decimal::TEN, json, r#"{"low":"0","high":"11"}"#);
    each_form_is_refused::<Interval<Decimal>>(almost_valid(strategy));
}
