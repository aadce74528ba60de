//! The strategies of units and sums of experiments.

use super::{Sample, each_form_is_refused, runner};
use marketloop::experiment::{
    Assignment, DifferenceInDifferences, ExperimentSums, Layer, SegmentedSums, SyntheticControl, TestTraffic,
    TestValue, Units,
};
use marketloop::laws;
use marketloop::quantity::Share;
use marketloop::strategies;

fn smallest_arm(sums: &ExperimentSums) -> u64 {
    sums.arms().iter().map(|arm| sums.units(arm).unwrap()).min().unwrap()
}

fn size(sums: &ExperimentSums) -> usize {
    sums.arms().iter().map(|arm| usize::try_from(sums.units(arm).unwrap()).unwrap()).sum()
}

#[test]
fn experiment_units() {
    let strategy = strategies::experiment_units();
    let units = Sample { name: "experiment_units", strategy, of: "units" };
    let sums = |units: &Units<'_>| {
        let metric = [marketloop::experiment::ExperimentMetric::mean("revenue")];
        ExperimentSums::of(["control", "first", "second"], metric, units).unwrap()
    };
    units.is_valid_and_often_an_edge(
        Units::len,
        |units| {
            let sums = sums(units);
            let wide = |arm: &String| sums.moments("revenue", arm).unwrap().y().squares() > 1 << 60;
            smallest_arm(&sums) < 2 || sums.arms().iter().any(wide)
        },
        laws::reads_back_what_it_writes,
    );
    units.shrinks_to_text(|units| smallest_arm(&sums(units)) > 0, |units| units.len().to_string(), "3");
    each_form_is_refused::<Units<'_>>(strategies::almost_valid(strategies::experiment_units()));
}

#[test]
fn experiment_sums() {
    let strategy = strategies::experiment_sums();
    let sums = Sample { name: "experiment_sums", strategy: strategy.clone(), of: "units" };
    sums.is_valid_and_often_an_edge(size, |sums| smallest_arm(sums) < 2, laws::reads_back_what_it_writes);
    sums.shrinks_to_text(|sums| size(sums) > 4, |sums| size(sums).to_string(), "5");
    let merge = |a: ExperimentSums, b: ExperimentSums| a.merge(&b).unwrap();
    let held = runner(256).run(&(strategy.clone(), strategy.clone(), strategy.clone()), |(a, b, c)| {
        laws::merge_is_associative(merge, &a, &b, &c)?;
        laws::merge_is_commutative(merge, &a, &b)?;
        Ok(())
    });
    held.unwrap();
    each_form_is_refused::<ExperimentSums>(strategies::almost_valid(strategy));
}

#[test]
fn segmented_sums() {
    let strategy = strategies::segmented_sums();
    let sums = Sample { name: "segmented_sums", strategy: strategy.clone(), of: "units" };
    let all = |sums: &SegmentedSums| sums.iter().map(|(_, sums)| size(sums)).sum();
    sums.is_valid_and_often_an_edge(
        all,
        |sums| sums.iter().any(|(_, sums)| size(sums) == 0),
        laws::reads_back_what_it_writes,
    );
    sums.shrinks_to_text(|sums| all(sums) > 4, |sums| all(sums).to_string(), "5");
    let merge = |a: SegmentedSums, b: SegmentedSums| a.merge(&b).unwrap();
    let held = runner(256).run(&(strategy.clone(), strategy.clone(), strategy.clone()), |(a, b, c)| {
        laws::merge_is_associative(merge, &a, &b, &c)?;
        laws::merge_is_commutative(merge, &a, &b)?;
        Ok(())
    });
    held.unwrap();
    each_form_is_refused::<SegmentedSums>(strategies::almost_valid(strategy));
}

#[test]
fn assignments() {
    let strategy = strategies::assignments();
    let tests = Sample { name: "assignments", strategy: strategy.clone(), of: "arms" };
    tests.is_valid_and_often_an_edge(
        |test| test.arms().len(),
        |test| test.free() == Share::ZERO || test.arms().len() == 1,
        laws::reads_back_what_it_writes,
    );
    tests.shrinks_to_text(|test| test.arms().len() > 1, |test| test.arms().len().to_string(), "2");
    each_form_is_refused::<Assignment>(strategies::almost_valid(strategy));
}

#[test]
fn layers() {
    let strategy = strategies::layers();
    let layers = Sample { name: "layers", strategy: strategy.clone(), of: "tests" };
    layers.is_valid_and_often_an_edge(
        |layer| layer.tests().len(),
        |layer| {
            let json = serde_json::to_string(layer).unwrap();
            layer.tests().is_empty()
                || layer.free() == Share::ZERO
                || json.matches("share").count() > json.matches("of").count()
        },
        laws::reads_back_what_it_writes,
    );
    layers.shrinks_to_text(|layer| layer.tests().len() > 1, |layer| layer.tests().len().to_string(), "2");
    each_form_is_refused::<Layer>(strategies::almost_valid(strategy));
}

#[test]
fn test_traffics() {
    let strategy = strategies::test_traffics();
    let shares = |traffic: &TestTraffic| {
        serde_json::to_value(traffic).unwrap()["new_shares"].as_array().unwrap().len()
    };
    let traffics = Sample { name: "test_traffics", strategy: strategy.clone(), of: "shares of new visitors" };
    traffics.is_valid_and_often_an_edge(
        shares,
        |traffic| {
            let json = serde_json::to_value(traffic).unwrap();
            let empty = |name: &str| json[name].as_array().is_some_and(|days| days.contains(&"0".into()));
            empty("visitors")
                || empty("weekly")
                || json["later_share"].is_null()
                || json["weekly_growth"] == "2"
        },
        laws::reads_back_what_it_writes,
    );
    traffics.shrinks_to_text(|traffic| shares(traffic) > 1, |traffic| shares(traffic).to_string(), "2");
    each_form_is_refused::<TestTraffic>(strategies::almost_valid(strategy));
}

#[test]
fn test_values() {
    let strategy = strategies::test_values();
    let values = Sample { name: "test_values", strategy: strategy.clone(), of: "digits of the population" };
    values.is_valid_and_often_an_edge(
        |value| value.population().to_string().len(),
        |value| {
            let json = serde_json::to_value(value).unwrap();
            json["deviation"] == "0" || json["variance"] == "0" || value.best().unwrap().0 == 0
        },
        laws::reads_back_what_it_writes,
    );
    values.shrinks_to_text(|value| value.population() > 99.0, |value| value.population().to_string(), "100");
    each_form_is_refused::<TestValue>(strategies::almost_valid(strategy));
}

#[test]
fn unit_series() {
    let series = Sample { name: "unit_series", strategy: strategies::unit_series(), of: "units" };
    series.is_valid_and_often_an_edge(
        |(treated, control, _)| treated.len() + control.len(),
        |(treated, control, pre)| {
            let is_flat = |row: &Vec<f64>| row.iter().all(|value| value.to_bits() == row[0].to_bits());
            (treated.len() == 1 && control.len() == 1)
                || *pre == 1
                || treated.iter().chain(control).any(is_flat)
        },
        |(treated, control, pre)| {
            let refused = |error| laws::Broken::new("unit_series", error);
            DifferenceInDifferences::of(treated, control, *pre).map_err(refused)?;
            SyntheticControl::of(&treated[0], control, *pre).map_err(refused)?;
            Ok(())
        },
    );
    series.shrinks_to_text(
        |(treated, control, _)| treated.len() + control.len() > 2,
        |(treated, control, pre)| format!("{treated:?} {control:?} {pre}"),
        "[[0.0, 0.0]] [[0.0, 0.0], [0.0, 0.0]] 1",
    );
}
