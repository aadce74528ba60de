//! The strategies of targets and bands.

use super::{Sample, each_form_is_refused};
use marketloop::laws::{self, Broken};
use marketloop::quantity::{Ratio, Unit};
use marketloop::strategies;
use marketloop::target::{ActualValue, Attainment, Bands, Target};
use rust_decimal::Decimal;

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

#[test]
fn actual_values() {
    let strategy = strategies::actual_values();
    let actuals = Sample { name: "actual_values", strategy: strategy.clone(), of: "characters" };
    actuals.is_valid_and_often_an_edge(
        |actual| actual.to_string().chars().count(),
        |actual| {
            let value = actual.value();
            value.is_zero() || *actual.unit() == Unit::ONE || value.to_decimal().is_none()
        },
        laws::reads_back_what_it_writes,
    );
    actuals.shrinks_to_text(
        |actual| actual.to_quantity().is_none(),
        |actual| serde_json::to_string(actual).unwrap(),
        r#"{"value":"1/321","unit":"1"}"#,
    );
    each_form_is_refused::<ActualValue>(strategies::almost_valid(strategy));
}

#[test]
fn attainments() {
    let strategy = strategies::attainments();
    let attainments = Sample { name: "attainments", strategy: strategy.clone(), of: "characters" };
    attainments.is_valid_and_often_an_edge(
        |attainment| attainment.ratio().to_string().len(),
        |attainment| {
            let below = Decimal::new(9_999_999, 7).into();
            [Ratio::ZERO, Ratio::ONE, below].contains(&attainment.ratio())
        },
        laws::reads_back_what_it_writes,
    );
    attainments.shrinks_to_text(
        Attainment::is_met,
        |attainment| serde_json::to_string(attainment).unwrap(),
        r#""1""#,
    );
    each_form_is_refused::<Attainment>(strategies::almost_valid(strategy));
}

#[test]
fn achievements() {
    let achievements =
        Sample { name: "achievements", strategy: strategies::achievements(), of: "characters" };
    achievements.is_valid_and_often_an_edge(
        |achievement| achievement.to_string().chars().count(),
        |achievement| achievement.attainment().is_none_or(|attainment| attainment.ratio() == Ratio::ONE),
        |achievement| {
            let same =
                achievement.attainment().is_none_or(|attainment| attainment.is_met() == achievement.is_met());
            if same { Ok(()) } else { Err(Broken::new("met_where_attained", format!("{achievement:?}"))) }
        },
    );
    achievements.shrinks_to_text(
        |achievement| achievement.attainment().is_none(),
        |achievement| serde_json::to_string(achievement).unwrap(),
        r#"{"undefined":{"met":true,"why":{"zero_target":{"actual":"0"}}}}"#,
    );
}
