//! Cycles, records and agile tools.
use super::*;

pub fn register(out: &mut Vec<Probe>) {
    use marketloop::pdca::*;
    json!(out, Journal, |v, c| use_cycle(v.cycle(), &mut c.random, v.records()));
    json!(out, EventRecord, |v, c| {
        let e = evolve(Cycle::new(v.cycle.clone()), &v);
        if let Ok(e) = e {
            use_cycle(&e, &mut c.random, &[])
        }
    });
    json!(out, CyclePlan, |v, c| {
        let mut j = Journal::new(CycleId::new("x").unwrap());
        let mut on = v.period().start();
        let mut n = 0;
        let mut tell = |j: &mut Journal, cmd: Command| {
            n += 1;
            if let Some(d) = on.succ_opt() {
                on = d
            }
            let _ = j
                .handle(
                    &cmd,
                    &Context {
                        command: CommandId::new(format!("c{n}")).unwrap(),
                        expected: j.cycle().version(),
                        by: "L".into(),
                        on,
                    },
                )
                .map_err(|e| e.to_string());
        };
        tell(&mut j, Command::Plan(Box::new(v.clone())));
        for s in v.signatories() {
            tell(&mut j, Command::SignOff { role: s.clone() })
        }
        tell(&mut j, Command::Start);
        for (l, m) in v.lines().iter().take(3) {
            tell(&mut j, Command::RecordSpend { line: l.clone(), amount: *m, on: v.period().start() });
            tell(
                &mut j,
                Command::RecordSpend {
                    line: l.clone(),
                    amount: money(&mut c.random),
                    on: day(&mut c.random),
                },
            )
        }
        for (t, g) in v.targets().iter().take(3) {
            tell(
                &mut j,
                Command::RecordActual {
                    target: t.clone(),
                    actual: marketloop::figure::Figure::Known(
                        Quantity::new(c.random.decimal(), g.unit().clone()).into(),
                    ),
                },
            )
        }
        tell(&mut j, Command::Postpone { stage: Stage::Do, until: day(&mut c.random), reason: "x".into() });
        tell(&mut j, Command::Replan { plan: Box::new(v.clone()), reason: "y".into() });
        tell(&mut j, Command::BeginCheck);
        tell(&mut j, Command::BeginAct);
        tell(&mut j, Command::Close);
        tell(&mut j, Command::Cancel { reason: "z".into() });
        if !j.records().is_empty() {
            round_trip(&j)
        }
        use_cycle(j.cycle(), &mut c.random, j.records());
    });
    json!(out, CyclePlanDraft);
    json!(out, Seed, |v, c| {
        let _ = v.changes(&v).names().len();
        let mut j = Journal::new(CycleId::new("next").unwrap());
        let _ = j.handle(
            &Command::Inherit { seed: Box::new(v), provisional: true },
            &Context {
                command: CommandId::new("c").unwrap(),
                expected: 0,
                by: "L".into(),
                on: day(&mut c.random),
            },
        );
        if !j.records().is_empty() {
            round_trip(&j)
        }
        use_cycle(j.cycle(), &mut c.random, j.records());
    });
    json!(out, StageTable, |v, c| {
        let (p, k) = (period(&mut c.random), calendar(&mut c.random));
        if p.days() < 5000 {
            if let Ok(s) = v.due_dates(&p, &k) {
                for x in v.conflicts(&p, &k).unwrap() {
                    let _ = x.to_string();
                }
                for x in s.values() {
                    let _ = (x.last().map(|x| x.to_string()), x.len());
                }
            }
        }
    });
    json!(out, Stage);
    json!(out, Command);
    json!(out, Event);
    json!(out, Context);
    json!(out, FindingDecision);
    json!(out, DecidedFinding);
    json!(out, Countermeasure);
    json!(out, TargetOutcome);
    json!(out, FindingId);
}

pub fn use_cycle(v: &marketloop::pdca::Cycle, r: &mut Random, records: &[marketloop::pdca::EventRecord]) {
    use marketloop::pdca::*;
    if !records.is_empty() {
        ensure!(replay(records).ok().as_ref() == Some(v), "replay");
        for x in records {
            round_trip(x)
        }
    }
    let _ = (
        v.unsigned().count(),
        v.money().is_ok(),
        v.work().is_ok(),
        v.open_measures().len(),
        v.seed().map(|s| round_trip(&s)),
        v.version(),
        v.phase().to_string(),
    );
    for l in v.spent().keys() {
        let _ = v.left(l);
    }
    for a in allowed(v) {
        let _ = format!("{a:?}");
    }
    let (d, c) = (day(r), calendar(r));
    if v.plan().is_none_or(|p| p.period().days() < 5000) {
        let _ = status(v, d, &c).map(|s| format!("{s:?}{s}")).is_ok();
    }
    if let Ok(l) = Lineage::new([v]) {
        for i in 0..3 {
            let id = FindingId { cycle: v.id().clone(), number: i };
            let _ = l.finding(&id).map(|s| s.to_string());
        }
    }
}
