//! Sums of experiments: the same whoever counts them, and wrong units told with their row.

use marketloop::error::ErrorKind;
use marketloop::experiment::{ExperimentError, ExperimentMetric, ExperimentSums, Units};
use marketloop::stats::PairedMoments;
use marketloop::strategies::{experiment_units, segmented_sums};
use proptest::prelude::*;

const ARMS: [&str; 2] = ["old", "new"];

proptest! {
    /// Whatever the widths, arms and shards: the kernel's sums are those of single rows.
    #[test]
    fn sums_are_those_of_the_rows_and_of_any_sharding(
        rows in prop::collection::vec((0_u32..2, any::<i32>(), any::<i32>()), 0..1_200), cut in any::<usize>()
    ) {
        let cut = cut % (rows.len() + 1);
        let metric = [ExperimentMetric::ratio("y", "x")];
        let sums = |rows: &[(u32, i32, i32)]| {
            let arms: Vec<u32> = rows.iter().map(|row| row.0).collect();
            let x: Vec<i64> = rows.iter().map(|row| row.1.into()).collect();
            let y: Vec<i64> = rows.iter().map(|row| row.2.into()).collect();
            let units = Units::new(arms).with_column("x", x).unwrap().with_column("y", y).unwrap();
            ExperimentSums::of(ARMS, metric.clone(), &units).unwrap()
        };
        let whole = sums(&rows);
        prop_assert_eq!(&sums(&rows[..cut]).merge(&sums(&rows[cut..])).unwrap(), &whole);
        let mut turned = rows.clone();
        turned.reverse();
        prop_assert_eq!(&sums(&turned), &whole);
        for (index, arm) in (0_u32..).zip(ARMS) {
            let pairs = rows.iter().filter(|row| row.0 == index).map(|row| (row.1.into(), row.2.into()));
            prop_assert_eq!(whole.moments("y per x", arm).unwrap(), PairedMoments::of(pairs).unwrap());
        }
    }

    #[test]
    fn segments_add_up_to_the_whole(units in experiment_units()) {
        let arms = ["a", "b", "c"];
        let metrics = || [ExperimentMetric::mean("revenue"), ExperimentMetric::ratio("orders", "visits")];
        let by_city = ExperimentSums::by(arms, metrics(), &units, "city").unwrap();
        prop_assert_eq!(by_city.total().unwrap(), Some(ExperimentSums::of(arms, metrics(), &units).unwrap()));
        prop_assert_eq!(by_city.iter().len(), 3);
    }

    #[test]
    fn a_table_of_segments_names_each_and_its_units(sums in segmented_sums()) {
        let table = sums.table();
        for (name, own) in sums.iter() {
            for arm in own.arms() {
                let cell = table.get(name, arm).unwrap();
                prop_assert_eq!(cell.value.clone(), Some(own.units(arm).unwrap().to_string()));
            }
        }
    }
}

#[test]
fn what_is_wrong_with_units_is_told_with_its_row() {
    let units = Units::new(&[0, 1, 0]).with_column("bought", &[0, 1, 2]).unwrap();
    let refused = |metrics: Vec<ExperimentMetric>, units: &Units<'_>| {
        ExperimentSums::of(ARMS, metrics, units).unwrap_err()
    };
    let bought =
        vec![ExperimentMetric::mean("bought"), ExperimentMetric::proportion("bought").named("share")];
    let problems = refused(bought, &units);
    let first = problems.iter().next().unwrap();
    assert_eq!(
        (first.path.as_str(), first.error.clone()),
        ("metrics[1]", ExperimentError::NotZeroOrOne { column: "bought".into(), row: 2, value: 2 })
    );
    let strangers = Units::new(&[0, 2, 7]).with_column("bought", &[0, 1, 1]).unwrap();
    let problems = refused(vec![ExperimentMetric::mean("bought")], &strangers);
    assert_eq!(problems.iter().next().unwrap().error, ExperimentError::ArmOutOfRange { row: 1, arms: 2 });
    // All at once, each at its place.
    let odd = vec![
        ExperimentMetric::mean("bought").winsorised(5, 1),
        ExperimentMetric::mean("bought").with_decimals(40),
        ExperimentMetric::mean(" "),
    ];
    let problems = ExperimentSums::of(["a"], odd, &units).unwrap_err();
    let told: Vec<(&str, ErrorKind)> =
        problems.iter().map(|problem| (problem.path.as_str(), problem.error.kind())).collect();
    assert_eq!(
        told,
        [
            ("arms", ErrorKind::Empty),
            ("metrics[0].winsorised", ErrorKind::OutOfRange),
            ("metrics[1].decimals", ErrorKind::OutOfRange),
            ("metrics[1].name", ErrorKind::Duplicate),
            ("metrics[2]", ErrorKind::Empty),
            ("metrics[2]", ErrorKind::Empty),
        ]
    );
    let lost = refused(vec![ExperimentMetric::ratio("orders", "visits")], &units);
    assert_eq!(lost.len(), 2);
}

#[test]
fn rows_by_name_are_columns_and_a_stranger_is_told_with_its_row() {
    let rows = [("old", [1]), ("nwe", [0]), ("new", [1]), ("", [0])];
    let problems = Units::from_rows(ARMS, ["bought"], rows).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["[1]: there is no arm `nwe` (there is old, new)", "[3]: there is no arm `` (there is old, new)"]
    );
    assert!(Units::from_rows(ARMS, ["a", "a"], [("old", [1, 2])]).is_err());
}
