//! Sums of experiments: the same whoever counts them, and wrong units told with their row.

use marketloop::error::ErrorKind;
use marketloop::experiment::{ExperimentError, ExperimentMetric, ExperimentSums, Units};
use marketloop::quantity::Share;
use marketloop::stats::{MeanTest, PairedMoments, QuantileMethod, StatsError, sample_quantile};
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

    /// Exact counts and buckets: of any sharding, in any order, by any segments.
    #[test]
    fn quantiles_are_those_of_the_values_and_of_any_sharding(
        rows in prop::collection::vec((0_u32..2, prop_oneof![any::<i32>(), -3_i32..4, 900..1_100]), 2..300),
        cut in any::<usize>(),
        p in 1_u32..1_000,
    ) {
        let cut = cut % (rows.len() + 1);
        let p: Share = format!("{}.{}%", p / 10, p % 10).parse().unwrap();
        let error = 0.02;
        let metrics = [
            ExperimentMetric::quantile("y", p).named("exact"),
            ExperimentMetric::quantile_within("y", p, "2%".parse().unwrap()).named("near"),
        ];
        let sums = |rows: &[(u32, i32)]| {
            let arms: Vec<u32> = rows.iter().map(|row| row.0).collect();
            let y: Vec<i64> = rows.iter().map(|row| row.1.into()).collect();
            let parts: Vec<u32> = (0..3).cycle().take(rows.len()).collect();
            let units = Units::new(arms).with_column("y", y).unwrap().with_segments("part", ["a", "b", "c"], parts);
            let units = units.unwrap();
            let whole = ExperimentSums::of(ARMS, metrics.clone(), &units).unwrap();
            let parts = ExperimentSums::by(ARMS, metrics.clone(), &units, "part").unwrap();
            assert_eq!(parts.total().unwrap().as_ref(), Some(&whole));
            whole
        };
        let whole = sums(&rows);
        prop_assert_eq!(&sums(&rows[cut..]).merge(&sums(&rows[..cut])).unwrap(), &whole);
        let mut turned = rows.clone();
        turned.reverse();
        prop_assert_eq!(&sums(&turned), &whole);
        for (index, arm) in (0_u32..).zip(ARMS) {
            let values: Vec<f64> =
                rows.iter().filter(|row| row.0 == index).map(|row| f64::from(row.1)).collect();
            let method = QuantileMethod::InvertedEmpiricalAveraged;
            let plain = sample_quantile(&values, p.value().to_string().parse().unwrap(), method);
            let Ok(exact) = plain else {
                prop_assert!(whole.quantile("exact", arm).is_err() && whole.quantile("near", arm).is_err());
                continue;
            };
            prop_assert_eq!(whole.quantile("exact", arm).unwrap().to_bits(), exact.to_bits());
            // Each of the two values that are averaged is within the error of itself.
            let around = [QuantileMethod::InvertedEmpirical, QuantileMethod::InvertedEmpiricalAveraged]
                .map(|method| sample_quantile(&values, p.value().to_string().parse().unwrap(), method).unwrap());
            let (low, high) = (around[0], 2.0 * around[1] - around[0]);
            let slack = error * f64::midpoint(low.abs(), high.abs()) * (1.0 + 1e-9);
            prop_assert!((whole.quantile("near", arm).unwrap() - exact).abs() <= slack);
            // What both say of an interval: the buckets' holds the exact one, and has no smaller error.
            match (whole.quantile_interval("exact", arm, 0.9), whole.quantile_interval("near", arm, 0.9)) {
                (Ok(exact), Ok(near)) => {
                    prop_assert!(near.low() <= exact.low() && exact.high() <= near.high());
                    let wider = |end: f64| 2.0 * error / (1.0 - error) * end.abs() * (1.0 + 1e-9);
                    prop_assert!(exact.low() - near.low() <= wider(exact.low()));
                    prop_assert!(near.high() - exact.high() <= wider(exact.high()));
                    prop_assert!(values.contains(&exact.low()) && values.contains(&exact.high()));
                }
                (exact, near) => prop_assert_eq!(exact.map(|_| ()), near.map(|_| ())),
            }
            if let Ok(sample) = whole.sample("exact", arm) {
                prop_assert!(whole.sample("near", arm).unwrap().variance() >= sample.variance());
            }
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

#[test]
fn a_quantile_that_does_not_exist_says_what_it_needs() {
    let units = Units::new(&[0, 0, 1, 1, 1]).with_column("ms", &[3, 4, 5, 6, 7]).unwrap();
    let [p50, p99] = ["50%", "99%"].map(|p| p.parse::<Share>().unwrap());
    let metrics = [
        ExperimentMetric::quantile("ms", p50).named("median"),
        ExperimentMetric::quantile("ms", p99).named("slow").with_decimals(3),
        ExperimentMetric::mean("ms"),
    ];
    let sums = ExperimentSums::of(ARMS, metrics.clone(), &units).unwrap();
    let few = |found, needed| Err(ExperimentError::from(StatsError::TooFewObservations { found, needed }));
    assert_eq!((sums.quantile("median", "old"), sums.quantile("slow", "new")), (Ok(3.5), Ok(0.007)));
    assert_eq!(sums.quantile_interval("median", "new", 0.95).map(|_| ()), few(3, 6));
    assert_eq!(sums.quantile_interval("slow", "new", 0.9).map(|_| ()), few(3, 299));
    assert_eq!(sums.quantile_interval("median", "new", 0.75).unwrap().to_string(), "5..7");
    assert_eq!(sums.sample("median", "new").map(|_| ()), few(3, 6));
    assert_eq!(sums.beside_control("slow", "new").map(|_| ()), few(2, 368));
    for level in [0.0, 1.0, f64::NAN, -1.0] {
        let refused = sums.quantile_interval("median", "new", level).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::OutOfRange);
    }
    let other = ExperimentError::NoQuantile { metric: "ms".into() };
    assert_eq!(sums.quantile("ms", "new"), Err(other));
    let nobody = ExperimentSums::of(ARMS, metrics, &Units::new(&[]).with_column("ms", &[]).unwrap()).unwrap();
    assert_eq!(nobody.quantile("median", "old").map(|_| ()), few(0, 1));
    // Where all tie there is nothing that varies, and a comparison says so.
    let ties =
        Units::new((0..20).map(|row| row % 2).collect::<Vec<_>>()).with_column("ms", vec![7; 20]).unwrap();
    let ties =
        ExperimentSums::of(ARMS, [ExperimentMetric::quantile("ms", p50).named("median")], &ties).unwrap();
    let means = ties.beside_control("median", "new").unwrap();
    assert!(matches!(means.interval(0.95, MeanTest::Welch), Err(StatsError::NoVariance { .. })));
}

#[test]
fn more_values_than_are_counted_exactly_are_told_and_fit_a_sketch() {
    let rows = 200_000_i64;
    let arms: Vec<u32> = (0..rows).map(|row| u32::from(row % 3 == 0)).collect();
    let units =
        Units::new(arms).with_column("ms", (0..rows).map(|row| row * 11).collect::<Vec<_>>()).unwrap();
    let p = "90%".parse().unwrap();
    let refused =
        ExperimentSums::of(ARMS, [ExperimentMetric::quantile("ms", p).named("slow")], &units).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "metrics[0]: one arm has more than 65536 values of `slow`: state an error within which to count them"
    );
    let near = ExperimentMetric::quantile_within("ms", p, "0.1%".parse().unwrap()).named("slow");
    let sums = ExperimentSums::of(ARMS, [near], &units).unwrap();
    assert!((sums.quantile("slow", "old").unwrap() / 1_980_000.0 - 1.0).abs() < 0.001);
    // A winsorised column has fewer values.
    let capped = ExperimentMetric::quantile("ms", p).winsorised(0, 500_000);
    assert!(ExperimentSums::of(ARMS, [capped], &units).is_ok());
}
