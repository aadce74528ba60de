//! The strategies of targets and bands.

use super::{Sample, each_form_is_refused};
use marketloop::laws;
use marketloop::quantity::Unit;
use marketloop::strategies;
use marketloop::target::{Bands, Target};

// What targets are made of is measured beside the other facts.
#[test]
fn targets_with_actuals() {
    let strategy = strategies::targets().with_unit(Unit::ONE).with_digits(1..=999).with_actuals();
    let measured = Sample { name: "targets", strategy, of: "ends" };
    measured.all_hold(|(target, actual)| {
        // Of nothing, or less, the inverse rule has no attainment; some are too long for a ratio.
        let attainment = target.attainment(*actual);
        attainment.map_or(Ok(()), |attainment| laws::met_exactly_at_one(target, *actual, attainment.ratio()))
    });
    measured.shrinks_to_text(
        |(target, actual)| target.min().is_some() && target.is_met(*actual),
        |(target, actual)| format!("{actual} of {target}"),
        "1 of at least 1",
    );
    each_form_is_refused::<Target>(strategies::almost_valid(strategies::targets()));
}

#[test]
fn bands() {
    let strategy = strategies::bands();
    let bands = Sample { name: "bands", strategy: strategy.clone(), of: "edges" };
    bands.is_valid_and_often_an_edge(
        |bands| bands.edges().len(),
        |bands| bands.edges().len() == 1 || bands.hysteresis().is_zero(),
        laws::reads_back_what_it_writes,
    );
    let json = |bands: &Bands<usize>| serde_json::to_string(bands).unwrap();
    bands.shrinks_to_text(|bands| bands.edges().len() > 1 && !bands.hysteresis().is_zero(), json, r#"{"lowest":0,"edges":[{"threshold":{"at":"0","side":"below"},"class":1},{"threshold":{"at":"1/100","side":"below"},"class":2}],"hysteresis":"1/800"}"#);
    each_form_is_refused::<Bands<usize>>(strategies::almost_valid(strategy));
}
