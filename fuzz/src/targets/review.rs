//! Findings, alerts and risks.
use super::*;

pub fn register(out: &mut Vec<Probe>) {
    use marketloop::alert::*;
    use marketloop::review::*;
    use marketloop::risk::*;
    json!(out, Finding, |v, c| {
        let _ = (
            v.attainment().is_known(),
            v.is_met().is_ok(),
            v.gap().map(|q| round_trip(&q)),
            v.causes().len(),
        );
        let _ = (v.unexplained().map(|x| x.to_string()), v.unexplained_share().map(|x| x.to_string()));
        if let Ok(p) = Priority::of(&v) {
            let _ = p.to_string();
            use_ratio(p.severity(), &mut c.random);
            use_ratio(p.product(), &mut c.random)
        }
        let _ = by_priority([&v, &v]).map(|x| x.len());
        let _ = (
            A3Report::of(&v, c.random.text()).to_string(),
            fishbone(v.causes()).len(),
            v.linked_causes().count(),
        );
        if let Ok(x) = v.clone().with_weight(c.random.decimal()) {
            round_trip(&x)
        }
    });
    json!(out, FindingDraft);
    json!(out, ProblemCause, |v, _c| {
        let _ = (v.root(), v.path().len());
    });
    json!(out, AlertRule, |v, c| {
        let mut s = AlertState::Inactive;
        let mut t = Timestamp::from_unix(0).unwrap();
        for _ in 0..12 {
            match v.step(s, t, if c.random.one_in(4) { None } else { Some(c.random.decimal()) }) {
                Ok(x) => {
                    s = x.state();
                    round_trip(&s);
                    for k in x.changes() {
                        let _ = k.to_string();
                    }
                }
                Err(e) => {
                    let _ = e.to_string();
                }
            }
            if let Ok(x) = t.plus(Duration::from_seconds(c.random.u64())) {
                t = x
            }
            if c.random.one_in(6)
                && let Ok(x) = Timestamp::from_unix(c.random.i64())
            {
                t = x
            }
        }
        round_trip_text(&v);
    });
    json!(out, AlertState, |v, c| {
        let rule = AlertRule::below(Decimal::ONE, Decimal::ONE)
            .unwrap()
            .with_hold(Duration::from_seconds(c.random.u64()))
            .with_keep_firing(Duration::from_seconds(c.random.u64()));
        let t = Timestamp::from_unix(c.random.i64()).unwrap_or(Timestamp::from_unix(0).unwrap());
        for x in [None, Some(c.random.decimal())] {
            let _ = rule.step(v, t, x).map(|x| round_trip(&x.state()));
        }
    });
    json!(out, AlertChange);
    json!(out, ResponsePlan, |v, c| {
        if let Ok(t) = Timestamp::from_unix(c.random.i64()) {
            let _ = v.due(t).is_ok();
        }
    });
    json!(out, ThreePoint, |v, c| {
        let _ = v.mean(*c.random.pick(&ROUNDINGS)).is_ok();
        if let Ok(x) = v.exact_mean() {
            use_ratio(x, &mut c.random)
        }
    });
    json!(out, RiskMatrix, |v, c| {
        let _ = (
            v.rate(share(&mut c.random), c.random.decimal()),
            v.level_of(share(&mut c.random)).len(),
            v.rating("a", "b"),
        );
        if let Ok(x) = RiskMatrix::five_by_five(c.random.decimal()) {
            round_trip(&x)
        }
    });
    json!(out, RiskRegister, |v, c| use_register(&v, &mut c.random));
    json!(out, Risk);
    json!(out, Alert);
    use marketloop::agile::*;
    json!(out, Sprints, |v, c| {
        let n = v.count();
        let _ = (
            v.sprint(0).is_none(),
            v.sprint(n).is_some(),
            v.sprint_of(day(&mut c.random)),
            v.iter().take(50).count(),
        );
        if let Some(s) = v.sprint(n) {
            let _ = (v.is_whole(n), v.workdays(n, &calendar(&mut c.random)).is_ok());
            ensure!(s.end() == v.period().end(), "the last sprint ends with the period");
        }
    });
    json!(out, SprintPlan, |v, c| {
        let cal = calendar(&mut c.random);
        for n in [0, 1, 2, v.sprints().count(), c.random.u32()] {
            if let Ok(l) = v.load(n, &cal) {
                let _ = (l.total(), l.over(), l.free(), l.carried_out());
            }
            let _ = v.carried_into(n).is_ok();
        }
        if let Ok(x) = v.velocity(day(&mut c.random)) {
            use_ratio(x, &mut c.random)
        }
    });
    json!(out, ExperimentLog, |v, c| {
        let _ = (v.spent().is_ok(), v.left().is_ok());
        for t in v.trials() {
            let _ = (t.spent(), t.left(), t.moved_as_expected(), t.experiment().to_string());
        }
        let mut w = v.clone();
        let _ = w.spend("video", day(&mut c.random), money(&mut c.random));
        round_trip(&w);
    });
    json!(out, ExperimentEntry);
    json!(out, Board, |v, c| {
        let mut v = v;
        let n = c.random.text();
        let _ = v.add(n.clone());
        let to: Vec<String> = v.columns().map(String::from).collect();
        let _ = v.allowed(&n).iter().map(|m| m.1.len()).sum::<usize>();
        let t = c.random.pick(&to).clone();
        let _ = v.pull(&n, &t);
        round_trip(&v);
        let _ = (v.cards(), v.column_of("a").is_some());
    });
    json!(out, Period, |v, c| {
        let f = Flow::over(&period(&mut c.random), &[v, v]);
        for x in [f.work_in_progress(), f.throughput(), f.cycle_time(), f.littles_gap()] {
            if let Ok(x) = x {
                use_ratio(x, &mut c.random)
            }
        }
    });
}

pub fn use_register(v: &marketloop::risk::RiskRegister, r: &mut Random) {
    let rounding = *r.pick(&ROUNDINGS);
    if let Ok(ranked) = v.ranked(r.decimal(), rounding) {
        for one in &ranked {
            let _ = (one.to_string(), one.needs_estimate(), one.is_as_low_as_reasonably_practicable());
        }
        let _ = marketloop::risk::RankedRisk::table(&ranked).to_string();
    }
    for x in v.risks() {
        let _ = x.expected_monetary_value(rounding).map(|y| y.to_string());
        for s in &x.responses {
            let _ = x.net_benefit(s, rounding).map(|y| y.to_string());
        }
    }
    let _ = (v.matrix().to_string(), v.expected_loss(rounding).map(|y| y.to_string()));
}
