//! Experiments: units, sums of any kind, and every figure that they give.
use super::*;
use marketloop::experiment::*;
use marketloop::stats::{
    Alternative, DifferenceMethod, LiftMethod, MeanTest, PairedMoments, StatsError, TwoMeans, TwoProportions,
};

pub fn register(out: &mut Vec<Probe>) {
    json!(out, MetricKind);
    json!(out, ExperimentMetric);
    json!(out, Units<'static>, |v, c| {
        let columns = ["bought", "orders", "visits", "revenue", "before", "ms"];
        let metric = any_metric(&mut c.random, &columns);
        if let Ok(sums) = ExperimentSums::of(["a", "b"], [metric], &v) {
            use_sums(&sums, &mut c.random)
        }
    });
    json!(out, ExperimentSums, |v, c| use_sums(&v, &mut c.random));
    json!(out, SegmentedSums, |v, c| {
        for (_, sums) in v.iter() {
            use_sums(sums, &mut c.random)
        }
        let _ = v.table().to_string();
        if let Ok(Some(all)) = v.total() {
            use_sums(&all, &mut c.random)
        }
        if let Ok(merged) = v.merge(&v) {
            round_trip(&merged)
        }
    });
    out.push(Probe { name: "api sums of any units".into(), source: Source::Seed, run: any_units });
    out.push(Probe { name: "api sums without units".into(), source: Source::Seed, run: any_sums });
}

/// A metric of any kind over these columns.
fn any_metric(r: &mut Random, columns: &[&str]) -> ExperimentMetric {
    let (of, beside) = (*r.pick(columns), *r.pick(columns));
    let metric = match r.below(6) {
        0 => ExperimentMetric::proportion(of),
        1 => ExperimentMetric::mean(of),
        2 => ExperimentMetric::ratio(of, beside),
        3 => ExperimentMetric::adjusted(of, beside),
        4 => ExperimentMetric::quantile(of, share(r)),
        _ => ExperimentMetric::quantile_within(
            of,
            share(r),
            *r.pick(&["0.1%", "1%", "7%", "50%"].map(|text| text.parse().unwrap())),
        ),
    };
    let metric = if r.one_in(3) { metric.with_decimals(r.below(30) as u32) } else { metric };
    if r.one_in(4) { metric.winsorised(r.i64(), r.i64()) } else { metric }
}

/// Sums of drawn units: narrow and wide numbers, empty arms, shards.
fn any_units(session: &mut Session, _: &str) {
    let r = &mut session.random;
    let rows = if r.one_in(10) { r.below(3_000) } else { r.below(40) };
    let arms = 2 + r.below(8) as u32;
    let arm_of: Vec<u32> = (0..rows).map(|_| r.below(arms as usize) as u32).collect();
    let kind = r.below(4);
    let column = |r: &mut Random| -> Vec<i64> {
        (0..rows)
            .map(|_| match kind {
                0 => r.below(2) as i64,
                1 => r.below(1_000) as i64,
                2 => r.i64() >> 8,
                _ => r.i64(),
            })
            .collect()
    };
    let (a, b) = (column(r), column(r));
    let segments: Vec<u32> = (0..rows).map(|_| r.below(3) as u32).collect();
    let units = Units::new(arm_of).with_column("a", a).unwrap().with_column("b", b).unwrap();
    let units = units.with_segments("part", ["x", "y", "z"], segments).unwrap();
    let metrics: Vec<ExperimentMetric> =
        (0..4).map(|index| any_metric(r, &["a", "b"]).named(format!("metric {index}"))).collect();
    let names: Vec<String> = (0..arms).map(|arm| format!("arm {arm}")).collect();
    let whole = ExperimentSums::of(names.clone(), metrics.clone(), &units);
    let parts = ExperimentSums::by(names, metrics, &units, "part");
    let Ok(whole) = whole else {
        ensure!(parts.is_err() || parts.is_ok_and(|parts| parts.total().is_err()), "parts of no whole");
        return;
    };
    session.accepted += 1;
    round_trip(&whole);
    ensure!(parts.is_ok_and(|parts| parts.total().is_ok_and(|all| all.as_ref() == Some(&whole))), "parts");
    use_sums(&whole, r);
}

/// Sums that no units were read for: of moments that are doubled until they nearly exceed their type.
fn any_sums(session: &mut Session, _: &str) {
    let r = &mut session.random;
    let mut moments = || {
        let pairs: Vec<(i64, i64)> = (0..r.below(4)).map(|_| (r.i64(), r.i64())).collect();
        let mut sums = PairedMoments::of(pairs).unwrap_or_default();
        for _ in 0..r.below(70) {
            sums = sums.merge(sums).unwrap_or(sums);
        }
        sums
    };
    let sums = [moments(), moments(), moments()];
    for metric in [ExperimentMetric::ratio("y", "x"), ExperimentMetric::adjusted("y", "x")] {
        let metric = metric.with_decimals(r.below(29) as u32);
        let json = serde_json::json!({ "arms": ["a", "b", "c"], "metrics": [metric], "sums": [sums] });
        match serde_json::from_value::<ExperimentSums>(json) {
            Ok(sums) => {
                session.accepted += 1;
                round_trip(&sums);
                use_sums(&sums, r);
            }
            Err(error) => found(format!("REFUSED sums that there are: {error}")),
        }
    }
}

/// A figure that is there is finite.
fn real(figure: Result<f64, StatsError>) {
    if let Ok(x) = figure {
        finite!(x)
    }
}

/// Every figure of every metric and arm.
pub fn use_sums(sums: &ExperimentSums, r: &mut Random) {
    let level = if r.one_in(4) { r.unit() } else { *r.pick(&[0.5, 0.9, 0.95, 0.999]) };
    for metric in sums.metrics() {
        for arm in sums.arms() {
            let (metric, own) = (metric.name(), sums.moments(metric.name(), arm).unwrap());
            ensure!(sums.units(arm) == Ok(own.count()), "units");
            for moments in [own.x(), own.y()] {
                real(moments.mean());
                real(moments.variance());
            }
            for figure in
                [own.covariance(), own.correlation(), own.slope(), own.ratio(), own.ratio_variance()]
            {
                real(figure)
            }
            if let Ok(sample) = sums.sample(metric, arm) {
                finite!(sample.mean());
                all_finite(sample.variance().as_slice(), "variance");
            }
            if let Ok(x) = sums.quantile(metric, arm) {
                finite!(x)
            }
            if let Ok(range) = sums.quantile_interval(metric, arm, level) {
                all_finite(&[range.low(), range.high()], "interval of a quantile");
                ensure!(range.low() <= range.high(), "a turned interval");
            }
            if let Ok(means) = sums.beside_control(metric, arm) {
                use_means(&means, level)
            }
            if let Ok(rates) = sums.rates_beside_control(metric, arm) {
                use_rates(&rates, level)
            }
        }
    }
    if let Ok(ratio) = sums.sample_ratio(sums.arms().iter().map(|_| 1.0)) {
        all_finite(&ratio.expected(), "expected units");
        let figures =
            [ratio.chi_squared(), ratio.g(), ratio.p_value(), ratio.g_p_value(), ratio.ln_evidence()];
        figures.into_iter().for_each(real);
        for residual in ratio.residuals() {
            all_finite(residual.as_slice(), "residual");
        }
    }
    if let Ok(merged) = sums.merge(sums) {
        round_trip(&merged)
    }
}

fn use_means(means: &TwoMeans, level: f64) {
    finite!(means.difference());
    real(means.lift());
    for test in MeanTest::ALL {
        real(means.standard_error(test));
        real(means.t(test));
        real(means.lift_standard_error(test));
        if let Ok(degrees) = means.degrees(test) {
            all_finite(degrees.as_slice(), "degrees");
        }
        for alternative in Alternative::ALL {
            real(means.p_value(test, alternative));
            real(means.lift_p_value(test, alternative));
        }
        real(means.lower_bound(level, test));
        real(means.upper_bound(level, test));
        let lifts = LiftMethod::ALL.map(|method| means.lift_interval(level, test, method));
        for range in lifts.into_iter().chain([means.interval(level, test)]).flatten() {
            all_finite(&[range.low(), range.high()], "interval of means");
        }
    }
}

fn use_rates(rates: &TwoProportions, level: f64) {
    all_finite(&[rates.difference(), rates.z(), rates.p_value()], "rates");
    for range in DifferenceMethod::ALL.into_iter().flat_map(|method| rates.interval(level, method)) {
        all_finite(&[range.low(), range.high()], "interval of rates");
    }
}
