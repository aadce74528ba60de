//! Funnels, events, cohorts and sequences.
use super::*;

pub fn register(out: &mut Vec<Probe>) {
    use marketloop::funnel::*;
    use marketloop::time::Timestamp;
    json!(out, Funnel, |v, c| use_funnel(&v, &mut c.random));
    json!(out, FunnelCounts, |v, c| {
        use_funnel(&v.funnel(), &mut c.random);
        if let Ok(m) = v.merge(&v) {
            round_trip(&m)
        }
        let _ = v.users();
    });
    json!(out, Breakdown, |v, _c| {
        let _ = (v.iter().len(), v.get("4").is_some());
        if let Ok(m) = v.merge(&v) {
            round_trip(&m)
        }
    });
    json!(out, FunnelRules, |v, c| {
        let _ = v.to_string();
        let (users, times, masks, props) = events(&mut c.random);
        // Rules may name any property: the columns have it under that name.
        let name = v.held_constant().unwrap_or("value");
        if let Ok(p) = Property::numbers(name)
            && let Ok(e) = Events::new(&users, &times, &masks).and_then(|e| e.with_property(&p, &props))
        {
            use_rules(&v, &e, name, &mut c.random)
        }
    });
    json!(out, FunnelRulesDraft);
    json!(out, Events<'static>);
    json!(out, Pattern, |v, c| {
        let s = v.to_string();
        ensure!(s.parse::<Pattern>().ok().as_ref() == Some(&v), "pattern text {s}");
        let (users, times, masks, _) = events(&mut c.random);
        if let Ok(e) = Events::new(&users, &times, &masks) {
            let _ = (v.matches(&e).is_ok(), v.count(&e).is_ok(), v.conditions());
        }
    });
    json!(out, Matching);
    json!(out, WindowFunnelModes);
    json!(out, SegmentTouch);
    json!(out, Property);
    json!(out, Voids);
    json!(out, Activity);
    json!(out, ActivityCounts, |v, _c| {
        let _ = v.merge(&v);
    });
    json!(out, InactivityRules, |v, c| {
        let at = |seconds: i64| {
            Timestamp::from_unix(seconds % 200_000_000_000).unwrap_or(Timestamp::from_unix(0).unwrap())
        };
        let (a, b) = (at(c.random.i64()), at(c.random.i64()));
        let _ = v.activity(a, b);
        let (users, times, masks, _) = events(&mut c.random);
        if let Ok(e) = Events::new(&users, &times, &masks) {
            let _ = (v.count(&e, a).is_ok(), repurchase(&e).is_ok(), retention(&e).is_ok());
        }
    });
    json!(out, Retained, |v, c| {
        if let Ok(x) = v.rate() {
            use_ratio(x, &mut c.random)
        }
        if let Ok(m) = v.merge(&v) {
            round_trip(&m)
        }
    });
    json!(out, CohortRules, |v, c| {
        let (users, times, masks, _) = events(&mut c.random);
        if let Ok(e) = Events::new(&users, &times, &masks)
            && let Ok(m) = v.cohorts(&e)
        {
            round_trip(&m);
            use_cohorts(&m, &mut c.random)
        }
    });
    json!(out, CohortMatrix, |v, c| use_cohorts(&v, &mut c.random));
    json!(out, ConversionTimes, |v, c| {
        for (_, d) in v.steps() {
            use_durations(d, &mut c.random)
        }
        use_durations(v.whole(), &mut c.random);
        if let Ok(m) = v.merge(&v) {
            round_trip(&m)
        }
    });
    json!(out, Durations, |v, c| {
        use_durations(&v, &mut c.random);
        round_trip(&v.merge(&v))
    });
}

pub fn use_durations(d: &marketloop::funnel::Durations, r: &mut Random) {
    if let Ok(x) = d.mean() {
        finite!(x)
    }
    if let Ok(x) = d.standard_deviation() {
        finite!(x)
    }
    for m in marketloop::stats::QuantileMethod::ALL {
        if let Ok(x) = d.quantile(r.f64(), m) {
            finite!(x)
        }
        if let Ok(x) = d.quantile(r.unit(), m) {
            finite!(x)
        }
    }
}

pub fn use_cohorts(v: &marketloop::funnel::CohortMatrix, r: &mut Random) {
    use marketloop::funnel::*;
    for k in [
        Retention::On(r.u64()),
        Retention::OnOrAfter(r.u64()),
        Retention::Bracket(r.below(3)),
        Retention::On(1),
    ] {
        for (id, _) in v.cohorts().take(5).collect::<Vec<_>>() {
            if let Ok(x) = v.cell(id, k) {
                round_trip(&x);
                if let Some(x) = x.known() {
                    let _ = (x.retained(), x.rate().map(|x| x.to_f64()), x.churn_rate().is_ok());
                }
            }
        }
        if let Ok(x) = v.overall(k) {
            let _ = (x.rate().is_ok(), x.churn_rate().is_ok());
        }
    }
    let _ = (v.cell(r.i64(), Retention::On(0)).is_ok(), v.to_string());
    if let Ok(m) = v.merge(v) {
        round_trip(&m)
    }
}

pub fn events(r: &mut Random) -> (Vec<u64>, Vec<i64>, Vec<u32>, Vec<u32>) {
    let n = if r.one_in(20) { r.below(400) } else { r.below(25) };
    let wild = r.one_in(3);
    let mut rows: Vec<(u64, i64, u32, u32)> = (0..n)
        .map(|_| {
            (
                if wild { r.u64() } else { r.below(4) as u64 },
                if wild { r.i64() } else { r.below(100) as i64 },
                if wild { r.u32() } else { r.below(16) as u32 },
                r.below(3) as u32,
            )
        })
        .collect();
    if !r.one_in(10) {
        rows.sort()
    }
    (
        rows.iter().map(|x| x.0).collect(),
        rows.iter().map(|x| x.1).collect(),
        rows.iter().map(|x| x.2).collect(),
        rows.iter().map(|x| x.3).collect(),
    )
}

pub fn use_rules(
    v: &marketloop::funnel::FunnelRules,
    e: &marketloop::funnel::Events<'_>,
    property: &str,
    r: &mut Random,
) {
    use marketloop::funnel::*;
    if let Ok(c) = v.count(e) {
        round_trip(&c);
        use_funnel(&c.funnel(), r);
        if let Ok(l) = v.levels(e) {
            ensure!(l.len() as u64 == c.users(), "levels and users");
            for k in 0..c.levels().len() {
                ensure!(
                    l.iter().filter(|x| x.1 as usize == k).count() as u64 == c.levels()[k],
                    "levels agree"
                );
            }
        }
    }
    for t in [SegmentTouch::First, SegmentTouch::Last] {
        if let Ok(b) = v.count_by(e, property, t) {
            round_trip(&b)
        }
    }
    if let (Ok(chains), Ok(levels)) = (v.chains(e), v.levels(e)) {
        for ((user, rows), (own, level)) in chains.iter().zip(&levels) {
            ensure!(
                user == own && rows.last().map_or(0, |(step, _)| step + 1) == *level,
                "chains and levels"
            );
        }
    }
    if let Ok(t) = v.conversion_times(e) {
        round_trip(&t)
    }
    for s in v.steps() {
        let _ = (v.mask(s), v.step_events(s).is_ok(), v.step_within(s).is_ok(), v.is_optional(s).is_ok());
    }
    let _ = v.exclusions().len();
    round_trip(e);
}

pub fn use_funnel(v: &marketloop::funnel::Funnel, r: &mut Random) {
    use marketloop::funnel::*;
    if let Ok(x) = v.end_to_end_rate() {
        use_ratio(x, r)
    }
    for (t, _) in v.steps().skip(1) {
        for x in [v.rate(t), v.cumulative_rate(t), v.drop_rate(t), v.share_of_loss(t)] {
            if let Ok(x) = x {
                use_ratio(x, r)
            }
        }
        for m in marketloop::stats::IntervalMethod::ALL {
            for l in [0.95, r.unit(), r.f64()] {
                for x in [v.interval(t, l, m), v.cumulative_interval(t, l, m)] {
                    if let Ok(x) = x {
                        finite!(x.low());
                        finite!(x.high());
                        ensure!(
                            x.low() >= 0.0 && x.high() <= 1.0 && x.low() <= x.high(),
                            "interval {m:?} {l} {x:?}"
                        );
                    }
                }
            }
        }
        if let Ok(s) = v.what_if(t, ratio(r)) {
            let _ = (s.gain().is_ok(), s.rounded(*r.pick(&ROUNDINGS)).is_ok());
        }
        if let Ok(f) = v.needed_for(t, Count::new(r.u64())) {
            round_trip(&f)
        }
    }
    let b: Vec<Ratio> = v.steps().skip(1).map(|_| ratio(r)).collect();
    for k in [
        BottleneckRule::LowestRate,
        BottleneckRule::LargestDrop,
        BottleneckRule::LargestGain(b.clone()),
        BottleneckRule::WorstAgainst(b),
    ] {
        if let Ok(x) = v.bottleneck(&k) {
            let _ = x.to_string();
        }
    }
    use marketloop::decompose::DecompositionMethod::*;
    for m in [LogMean, Shapley, Sequential] {
        let steps: Vec<(String, u64)> = v.steps().map(|(s, _)| (s.to_owned(), r.u64())).collect();
        let mut steps = steps;
        steps.sort_by_key(|x| std::cmp::Reverse(x.1));
        let names: Vec<String> = v.steps().map(|(s, _)| s.to_owned()).collect();
        for (s, n) in steps.iter_mut().zip(names) {
            s.0 = n
        }
        if let Ok(o) = Funnel::new(steps) {
            if let Ok(c) = v.compare(&o, m, (r.scale(), *r.pick(&ROUNDINGS))) {
                ensure!(
                    add_all(c.parts().iter().map(|x| x.value)) == Some(c.total()),
                    "funnel comparison adds up"
                );
                let _ = c.by_size().len();
            }
            if let Ok(x) = explain_segments(
                &[("a", v.clone(), o.clone()), ("b", o, v.clone())],
                (r.scale(), *r.pick(&ROUNDINGS)),
            ) {
                let _ = x.total();
            }
        }
    }
    let _ = (v.rates().is_ok(), v.entered(), v.completed());
}
