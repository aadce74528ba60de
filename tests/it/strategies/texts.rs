//! The strategy of texts.

use super::Sample;
use marketloop::laws::{self, Broken};
use marketloop::quantity::Unit;
use marketloop::strategies;

#[test]
fn texts() {
    let texts = Sample { name: "texts", strategy: strategies::texts(), of: "characters" };
    texts.is_valid_and_often_an_edge(
        |text| text.chars().count(),
        |text| text.chars().count() == 1,
        |text| if text.is_empty() { Err(Broken::new("is_a_text", "nothing")) } else { Ok(()) },
    );
    texts.shrinks_to(|text| text.chars().count() > 2, r#""aaa""#);
}

#[test]
fn odd_units() {
    let units = Sample { name: "odd_units", strategy: strategies::odd_units(), of: "characters" };
    units.is_valid_and_often_an_edge(
        |unit| unit.to_string().chars().count(),
        |unit| *unit == Unit::ONE || unit.to_string().chars().all(|c| "10^-/".contains(c)),
        laws::reads_its_own_text,
    );
    units.shrinks_to_text(|unit| unit.to_string().contains('/'), Unit::to_string, "1/a");
}
