//! Plans of tests: durations by brute force, the value of a test by integration, the best size by trying all.

use marketloop::experiment::{
    Assignment, DurationStep, ExperimentError, ExperimentMetric, ExperimentSums, TestDuration, TestTraffic,
    TestValue, Units, new_shares,
};
use marketloop::laws;
use marketloop::quantity::Share;
use marketloop::stats::{MeanTest, SampleSize, StatsError, TestDesign, normal_density};
use marketloop::strategies::{test_traffics, test_values};
use marketloop::time::date;
use proptest::prelude::*;

const DAYS: u32 = TestTraffic::MOST_DAYS;

proptest! {
    #[test]
    fn a_duration_is_found_by_brute_force(traffic in test_traffics(), old in 0.0..40_000.0, new in 0.0..40_000.0) {
        let units = ["old", "new"].map(|arm| traffic.units_by_day(arm, DAYS).unwrap());
        laws::units_grow_below_visits(&traffic.visits_by_day(DAYS), &units[0])?;
        laws::units_grow_below_visits(&traffic.visits_by_day(DAYS), &units[1])?;
        let needed = [("old", old), ("new", new)];
        let duration = traffic.until(needed, DurationStep::Day).unwrap();
        let days = match &duration {
            TestDuration::Reached { days, last } => {
                prop_assert_eq!((*last - traffic.start()).num_days() + 1, i64::from(*days));
                Some(*days)
            }
            TestDuration::Never { arm, reached, needed, days } => {
                let own = usize::from(arm == "new");
                prop_assert!(reached < needed && *days <= DAYS);
                prop_assert_eq!(needed.to_bits(), [old, new][own].to_bits());
                prop_assert_eq!(reached.to_bits(), units[own][units[own].len() - 1].to_bits());
                None
            }
        };
        laws::a_duration_is_the_first_that_suffices(&units, &[old, new], days)?;
        match (traffic.until(needed, DurationStep::Week).unwrap(), days) {
            (TestDuration::Reached { days: weeks, .. }, Some(days)) => {
                prop_assert!(weeks % 7 == 0 && (days..days + 7).contains(&weeks));
            }
            (weeks, _) => prop_assert_eq!(weeks, duration),
        }
    }

    /// People who come each day with a probability of their own: counted one by one, the expectation is met.
    #[test]
    fn distinct_counts_give_their_own_units(steps in prop::collection::vec(0_u64..1000, 1..20)) {
        let mut falling = steps;
        falling.sort_by(|left, right| right.cmp(left));
        falling[0] += 1;
        let distinct: Vec<u64> = falling.iter().scan(0, |sum, new| { *sum += new; Some(*sum) }).collect();
        let all = Assignment::new("all", [("all", Share::ONE)]).unwrap();
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let float = |count: u64| count as f64;
        let new = new_shares(&distinct).unwrap();
        let traffic = TestTraffic::weekly(date(2026, 7, 6).unwrap(), [float(distinct[0]); 7], &new, &all).unwrap();
        let units = traffic.units_by_day("all", 20).unwrap();
        for (day, count) in distinct.iter().enumerate() {
            prop_assert!((units[day] - float(*count)).abs() < 1e-9 * float(*count));
        }
    }

    #[test]
    fn the_value_of_a_test_is_that_of_its_integral(value in test_values(), part in 0.001..1.0) {
        let json = serde_json::to_value(value).unwrap();
        let field = |name: &str| json[name].as_str().unwrap().parse::<f64>().unwrap();
        let (m, s, w): (f64, f64, f64) = (field("mean"), field("deviation"), field("share"));
        let n = part * value.population();
        let error: f64 = field("variance") / n * (1.0 / w + 1.0 / (1.0 - w));
        let spread = if s > 0.0 { s * s / (s * s + error).sqrt() } else { 0.0 };
        // The mean of the better of 0 and the posterior mean, by the trapezium rule.
        let steps = 20_000_i32;
        let mut mean = 0.0;
        for step in -steps..=steps {
            let z = f64::from(step) / f64::from(steps) * 9.0;
            mean += (m + spread * z).max(0.0) * normal_density(z).unwrap() * 9.0 / f64::from(steps);
        }
        let per_unit = if s > 0.0 { mean - m.max(0.0) } else { 0.0 };
        let found = value.information(n).unwrap() / (value.population() - n);
        prop_assert!((found - per_unit).abs() <= 1e-6 * (m.abs() + spread), "{found} {per_unit}");
        let difference = value.over_never(n).unwrap() - value.over_shipping(n).unwrap();
        prop_assert!((difference - value.population() * m).abs() <= 1e-9 * value.population() * (1.0 + m.abs()));
        prop_assert!(value.expected_loss(n).unwrap() >= 0.0);
    }

    #[test]
    fn the_best_test_is_found_by_trying_all(
        mean in -0.5..0.5_f64, deviation in 0.01..1.0_f64, variance in 0.001..50.0_f64, population in 1_u32..400,
        share in 0.05..0.95_f64, cost in 0.0..0.2_f64, fixed in 0.0..2.0_f64
    ) {
        let value = TestValue::new((mean, deviation), variance, population.into())
            .and_then(|value| value.with_share(share))
            .and_then(|value| value.with_unit_cost(cost))
            .and_then(|value| value.with_fixed_cost(fixed))
            .unwrap();
        let all: Vec<f64> = (0..=population).map(|units| f64::from(units) / f64::from(population)).collect();
        laws::the_best_test_is_not_beaten(&value, value.best().unwrap(), &all)?;
    }

    #[test]
    fn the_best_test_of_any_is_not_beaten(value in test_values(), others in prop::collection::vec(0.0..1.0_f64, 100)) {
        laws::the_best_test_is_not_beaten(&value, value.best().unwrap(), &others)?;
    }
}

/// Extreme figures have finite answers.
#[test]
fn the_ends_of_all_ranges_have_answers() {
    for mean in [-1e15, -1.0, 0.0, 1e-300, 1e15] {
        for deviation in [0.0, 1e-15, 1.0, 1e15] {
            for variance in [0.0, 1e-30, 1.0, 1e30] {
                for population in [1.0, 1e15] {
                    for share in [1e-6, 0.5, 1.0 - 1e-6] {
                        let value = TestValue::new((mean, deviation), variance, population)
                            .and_then(|value| value.with_share(share))
                            .unwrap();
                        let (units, net) = value.best().unwrap();
                        assert!(net.is_finite() && net >= 0.0, "{value:?}: {units} {net}");
                        for units in [0.0, 1.0, population / 2.0, population] {
                            let units = units.min(population);
                            assert!(
                                value.net(units).unwrap().is_finite()
                                    && value.information(units).unwrap() >= 0.0
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn sizes_are_those_of_the_design() {
    let rows: Vec<(i64, i64, i64)> =
        (0..400).map(|row| (row % 7, row % 5 + row % 3, row * row % 11)).collect();
    let arms: Vec<u32> = (0..400).map(|row| row % 2).collect();
    let column = |of: fn(&(i64, i64, i64)) -> i64| -> Vec<i64> { rows.iter().map(of).collect() };
    let units = Units::new(&arms)
        .with_column("orders", column(|row| row.0))
        .and_then(|units| units.with_column("visits", column(|row| row.1 + 1)))
        .and_then(|units| units.with_column("before", column(|row| row.0 * 2 + row.2)))
        .and_then(|units| units.with_column("bought", column(|row| (row.0 > 4).into())))
        .unwrap();
    let metrics = [
        ExperimentMetric::mean("orders").with_decimals(1),
        ExperimentMetric::ratio("orders", "visits"),
        ExperimentMetric::adjusted("orders", "before"),
        ExperimentMetric::proportion("bought"),
    ];
    let pilot = ExperimentSums::of(["old", "new"], metrics, &units).unwrap();
    let design = TestDesign::new(0.05, 0.8).and_then(|design| design.with_ratio(0.5)).unwrap();
    for metric in ["orders", "orders per visits", "orders adjusted by before"] {
        let sample = pilot.sample(metric, "old").unwrap();
        let size = pilot.size_for_lift(metric, "old", 0.1, &design).unwrap();
        let v = sample.variance().unwrap();
        assert_eq!(size, design.size_for_means(0.1 * sample.mean(), (v, v), MeanTest::Normal).unwrap());
        let lift = pilot.detectable_lift(metric, "old", &design, size).unwrap();
        assert!((lift - 0.1).abs() < 1e-12, "{metric}: {lift}");
    }
    let size = pilot.size_for_difference("bought", "old", 0.05, &design).unwrap();
    let back = pilot.detectable_difference("bought", "old", &design, size).unwrap();
    assert!((back - 0.05).abs() < 1e-9, "{back}");
    let plain = pilot.size_for_difference("orders", "old", 0.02, &design).unwrap();
    let adjusted = pilot.size_for_difference("orders adjusted by before", "old", 0.2, &design).unwrap();
    assert!(adjusted.first() < plain.first());

    let none = SampleSize::new(0.0, 0.0).unwrap();
    let stats = |refused: ExperimentError| match refused {
        ExperimentError::Stats(refused) => refused,
        other => panic!("{other}"),
    };
    assert_eq!(
        stats(pilot.detectable_difference("bought", "old", &design, none).unwrap_err()),
        StatsError::NoTrials
    );
    assert_eq!(
        stats(pilot.size_for_difference("orders", "old", 0.0, &design).unwrap_err()),
        StatsError::Undetectable
    );
    assert!(pilot.size_for_difference("bought", "old", 0.9, &design).is_err());
    assert!(pilot.size_for_lift("orders", "old", f64::NAN, &design).is_err());
    assert!(pilot.size_for_lift("sales", "old", 0.1, &design).is_err());
    assert!(pilot.size_for_lift("orders", "third", 0.1, &design).is_err());
    let one = Units::new(&[0, 1]).with_column("orders", &[1, 2]).unwrap();
    let one = ExperimentSums::of(["old", "new"], [ExperimentMetric::mean("orders")], &one).unwrap();
    assert_eq!(
        stats(one.size_for_lift("orders", "old", 0.1, &design).unwrap_err()),
        StatsError::TooFewObservations { found: 1, needed: 2 }
    );
}

#[test]
fn what_is_no_traffic_is_refused() {
    let arms = Assignment::new("all", [("all", Share::ONE)]).unwrap();
    let start = date(2026, 7, 6).unwrap();
    for visitors in [-1.0, f64::NAN, f64::INFINITY, 2e15] {
        assert!(TestTraffic::daily(start, &[1.0, visitors], &[1.0], &arms).is_err());
        assert!(TestTraffic::weekly(start, [visitors; 7], &[1.0], &arms).is_err());
    }
    for shares in [&[1.1][..], &[f64::NAN], &[-0.1], &[0.5, 0.6]] {
        assert!(TestTraffic::daily(start, &[1.0], shares, &arms).is_err());
    }
    let rises = TestTraffic::daily(start, &[1.0], &[1.0, 0.5, 0.75], &arms).unwrap_err();
    assert_eq!(rises, ExperimentError::ShareRises { day: 2, share: 0.75, before: 0.5 });
    assert!(TestTraffic::daily(start, &vec![1.0; 3_651], &[1.0], &arms).is_err());
    assert!(TestTraffic::daily(date(9998, 1, 1).unwrap(), &[1.0], &[1.0], &arms).is_err());
    let traffic = TestTraffic::weekly(start, [1e15; 7], &[], &arms).unwrap();
    assert!(
        traffic.clone().with_weekly_growth(2.1).is_err() && traffic.clone().with_later_share(2.0).is_err()
    );
    // Ten years of doubling weeks are a number.
    let doubling =
        traffic.clone().with_weekly_growth(2.0).and_then(|traffic| traffic.with_later_share(1.0)).unwrap();
    assert!(doubling.units_by_day("all", u32::MAX).unwrap().iter().all(|units| units.is_finite()));
    assert!(
        traffic.units_by_day("old", 1).is_err() && traffic.until([("old", 1.0)], DurationStep::Day).is_err()
    );
    assert!(traffic.until([("all", f64::NAN)], DurationStep::Day).is_err());
    // No share of new visitors at all: nobody, and a test without anything to wait for ends with its first day.
    let never = TestDuration::Never { arm: "all".into(), reached: 0.0, needed: 1.0, days: 1 };
    assert_eq!(traffic.until([("all", 1.0)], DurationStep::Day).unwrap(), never);
    let one = TestDuration::Reached { days: 1, last: start };
    assert_eq!(traffic.until([], DurationStep::Day).unwrap(), one);

    assert_eq!(new_shares(&[]).unwrap(), [0.0; 0]);
    assert!(new_shares(&[0, 1]).is_err());
    assert_eq!(new_shares(&[5, 4]).unwrap_err(), ExperimentError::CountFalls { day: 1, count: 4, before: 5 });
}
