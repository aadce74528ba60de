//! Units of experiments, the sums that shards make of them, and series of units with a start.

use crate::experiment::{ExperimentMetric, ExperimentSums, SegmentedSums, Units};
use crate::quantity::Share;
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::prop_oneof;

const ARMS: [&str; 3] = ["control", "first", "second"];
const CITIES: [&str; 3] = ["北京", "西安", "Xi'an, new"];

/// A metric of each kind, over the columns of [`experiment_units`].
fn metrics() -> [ExperimentMetric; 6] {
    let [median, error] = [50, 2].map(|percent| Share::percent(percent).unwrap_or_default());
    [
        ExperimentMetric::proportion("bought"),
        ExperimentMetric::mean("revenue").with_decimals(2).winsorised(0, 200_000),
        ExperimentMetric::ratio("orders", "visits"),
        ExperimentMetric::adjusted("revenue", "before"),
        ExperimentMetric::quantile("visits", median),
        ExperimentMetric::quantile_within("before", median, error),
    ]
}

/// Up to 60 units in three arms, with columns `bought`, `orders`, `visits`, `revenue` and `before` (in fen), and a
/// `city`: small numbers, and now and then a number of 40 bits; arms that are empty or have one unit.
///
/// Mean size 29.1 units; 43 % are edges: an arm of at most one unit, a wide number.
///
/// # Examples
/// ```
/// use marketloop::experiment::{ExperimentMetric, ExperimentSums};
/// use marketloop::strategies::experiment_units;
/// use proptest::prelude::*;
///
/// proptest!(|(units in experiment_units())| {
///     let visits = [ExperimentMetric::mean("visits")];
///     let sums = ExperimentSums::of(["control", "first", "second"], visits, &units).unwrap();
///     let counted: u64 = sums.arms().iter().map(|arm| sums.units(arm).unwrap()).sum();
///     prop_assert_eq!(counted, units.len() as u64);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn experiment_units() -> impl Strategy<Value = Units<'static>> + Clone {
    let number = prop_oneof![4 => 0_i64..100_000, 1 => -50_i64..50];
    let unit = (0_u32..3, 0_u32..3, 0_i64..4, 0_i64..9, number.clone(), number);
    // Fewer arms and cities now and then: the others are empty.
    let few = || prop_oneof![4 => Just(2_u32), 1 => 0_u32..2];
    (vec(unit, 0..60), few(), few(), 0_u8..8).prop_filter_map("units", |(units, arm, city, kind)| {
        type Unit = (u32, u32, i64, i64, i64, i64);
        let column = |of: fn(&Unit) -> i64| -> Vec<i64> { units.iter().map(of).collect() };
        let before = if kind == 0 { |_: &Unit| 7 } else { |unit: &Unit| unit.5 };
        let mut revenue = column(|unit| unit.4);
        if kind == 1
            && let Some(last) = revenue.last_mut()
        {
            *last <<= 30;
        }
        let arm_of: Vec<u32> = units.iter().map(|unit| unit.0.min(arm)).collect();
        let cities: Vec<u32> = units.iter().map(|unit| unit.1.min(city)).collect();
        Units::new(arm_of)
            .with_column("bought", column(|unit| unit.2.min(1)))
            .and_then(|units| units.with_column("orders", column(|unit| unit.2)))
            .and_then(|units| units.with_column("visits", column(|unit| unit.3)))
            .and_then(|units| units.with_column("revenue", revenue))
            .and_then(|units| units.with_column("before", column(before)))
            .and_then(|units| units.with_segments("city", CITIES, cities))
            .ok()
    })
}

/// Sums of up to 60 units in three arms, a metric of each kind, the quantile exact and by a sketch, so that any of them
/// merge.
///
/// Mean size 29.1 units; 36 % are edges: an arm of at most one unit.
///
/// # Examples
/// ```
/// use marketloop::experiment::ExperimentSums;
/// use marketloop::laws;
/// use marketloop::strategies::experiment_sums;
/// use proptest::prelude::*;
///
/// proptest!(|(a in experiment_sums(), b in experiment_sums(), c in experiment_sums())| {
///     laws::merge_is_associative(|a: ExperimentSums, b: ExperimentSums| a.merge(&b).unwrap(), &a, &b, &c)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn experiment_sums() -> impl Strategy<Value = ExperimentSums> + Clone {
    experiment_units().prop_filter_map("sums", |units| ExperimentSums::of(ARMS, metrics(), &units).ok())
}

/// Sums of up to 60 units in three arms by city, so that any of them merge.
///
/// Mean size 29.1 units; 28 % are edges: a city without a unit.
///
/// # Examples
/// ```
/// use marketloop::experiment::SegmentedSums;
/// use marketloop::laws;
/// use marketloop::strategies::segmented_sums;
/// use proptest::prelude::*;
///
/// proptest!(|(a in segmented_sums(), b in segmented_sums())| {
///     laws::merge_is_commutative(|a: SegmentedSums, b: SegmentedSums| a.merge(&b).unwrap(), &a, &b)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn segmented_sums() -> impl Strategy<Value = SegmentedSums> + Clone {
    experiment_units()
        .prop_filter_map("sums by city", |units| ExperimentSums::by(ARMS, metrics(), &units, "city").ok())
}

/// Treated rows and control rows of outcomes, period by period, and how many periods are before the start: one unit to
/// four in each arm, two periods to twelve, and at least one on each side of the start. Some units are all equal, and
/// some are 0 throughout.
///
/// Mean size 5.0 units; 61 % are edges: one unit in each arm, one period before the start, a unit that does not vary.
///
/// # Examples
/// ```
/// use marketloop::experiment::DifferenceInDifferences;
/// use marketloop::strategies::unit_series;
/// use proptest::prelude::*;
///
/// proptest!(|((treated, control, pre) in unit_series())| {
///     let lift = DifferenceInDifferences::of(&treated, &control, pre).unwrap();
///     prop_assert_eq!(lift.slope_difference().is_known(), pre > 1);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn unit_series() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<Vec<f64>>, usize)> + Clone {
    (2_usize..=12).prop_flat_map(|periods| {
        let row = prop_oneof![
            8 => vec(-100.0..1_000.0_f64, periods),
            1 => (0_u32..40).prop_map(move |level| alloc::vec![f64::from(level); periods]),
        ];
        let unit = vec(row, 1..=4);
        (unit.clone(), unit, 1..periods)
    })
}
