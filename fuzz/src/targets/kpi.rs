//! KPI trees, cascades and goals.
use super::*;

pub fn use_tree(v: &marketloop::kpi::KpiTree, r: &mut Random) {
    use marketloop::decompose::DecompositionMethod;
    use marketloop::figure::Figure;
    use marketloop::kpi::*;
    let s = v.to_string();
    ensure!(s.parse::<KpiTree>().ok().as_ref() == Some(v), "tree text");
    let leaves: Vec<(NodeId, String)> = v.leaves().map(|(i, n)| (i, n.id().to_string())).collect();
    let some = |r: &mut Random, full: bool| {
        let mut x = v.no_inputs();
        let tame = r.one_in(2);
        for (i, _) in &leaves {
            if full || !r.one_in(6) {
                let d = if tame {
                    Decimal::new(1 + r.below(1000) as i64, r.below(3) as u32)
                } else {
                    r.decimal()
                };
                let _ = x.set_node(v, *i, d);
            }
        }
        x
    };
    let full = r.one_in(2);
    let (a, b) = (some(r, full), some(r, full));
    let (scale, rounding) = (r.scale(), *r.pick(&ROUNDINGS));
    if let Ok(e) = v.evaluate(&a) {
        for (i, n) in v.nodes() {
            let x = e.value(i).rounded((scale, rounding));
            let _ = (x.to_string(), e.quantity(n.id(), (scale, rounding)).is_ok());
            if let Ok(x) = e.ratio(n.id()) {
                use_ratio(x, r)
            }
            if let Ok(x) = e.known(n.id()) {
                let _ = (x.to_f64(), x.to_decimal(), x.to_string());
            }
        }
        let _ = Picture::of(v).with_values(&e, (scale, rounding)).to_mermaid();
        let _ = Picture::of(v).with_values(&e, (scale, rounding)).to_dot();
    }
    for m in [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential] {
        let mut o = ExplainOptions::default().with_method(m).with_rounding(rounding);
        if r.one_in(2) {
            o = o.with_scale(r.scale())
        }
        if let Ok(w) = v.explain_with(&a, &b, &o) {
            if let Some(sum) = add_all(w.leaves().into_iter().map(|p| p.value)) {
                ensure!(sum == w.total(), "explained adds up {sum} {}", w.total());
            }
            let _ = (w.by_size().len(), Picture::of(v).with_contributions(&w).to_mermaid());
            let _ = (w.to_string(), serde_json::to_string(&w).unwrap());
        }
    }
    if let Ok(s) = v.sensitivities(&a) {
        for (i, _) in v.nodes() {
            ensure!(!s.gradient(i).is_nan() && s.gradient(i).is_finite(), "gradient {}", s.gradient(i));
            if let Some(e) = s.elasticity(i).known() {
                finite!(e)
            }
        }
        let _ = s.by_elasticity();
    }
    if leaves.len() <= 12 {
        if let Ok(x) = v.shapley_of_leaves(&a, &b) {
            for (_, y) in x {
                finite!(y)
            }
        }
        if let Ok(x) = v.straight_line(&a, &b, r.below(20)) {
            for (_, y) in x {
                finite!(y)
            }
        }
    }
    if let Some((leaf, name)) = leaves.first() {
        let range = if r.one_in(2) { (r.f64(), r.f64()) } else { (0.0, f64::INFINITY) };
        let range = range.0..=range.1;
        let target = r.f64();
        let found = if r.one_in(3) {
            v.goal_seek_in_proportion(&a, leaves.iter().map(|x| x.1.as_str()), range, target)
        } else {
            v.goal_seek(&a, name, range, target)
        };
        match found {
            Ok(at) => finite!(at),
            Err(KpiError::TargetUnreachable { at, .. }) => ensure!(!at.is_nan(), "at {at}"),
            Err(_) => {}
        }
        let sample: Vec<f64> = (0..r.below(6)).map(|_| r.f64()).collect();
        if let Ok(u) = v.uncertainty(&a, &[(*leaf, &sample)]) {
            finite!(u.mean());
            finite!(u.variance());
            for (_, s) in u.shares() {
                if let Figure::Known(s) = s {
                    finite!(*s)
                }
            }
            if let Ok(q) = u.quantile(r.f64(), marketloop::stats::QuantileMethod::Linear) {
                finite!(q)
            }
        }
        let over = Overlay::new("x").with(name.clone(), r.decimal());
        if let Ok(c) = v.compare(&a, &[over.clone(), Overlay::new("y")]) {
            for (i, _) in v.nodes() {
                let _ = format!("{:?}", c.changes(i).collect::<Vec<_>>());
            }
        }
        let _ = (v.overlaid(&a, &over).is_ok(), over.merge(&over).is_ok(), over.then(&over).name());
        if let Ok(mut c) = v.columns(3) {
            let _ = c.set(*leaf, 1, r.f64());
            let _ = (c.set_inputs(0, &a), c.set_inputs(2, &b), c.set(*leaf, 9, 1.0).is_err());
            c.evaluate();
            let _ = c.clear(*leaf, 0);
            c.update();
            for (i, _) in v.nodes() {
                if let Figure::Known(x) = c.value(i, 2) {
                    finite!(x)
                }
                let _ = c.row(i).is_some();
            }
            for m in
                [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential]
            {
                if let Ok(k) = c.contributions(0, 2, m) {
                    for (x, _) in k {
                        finite!(x);
                    }
                }
            }
        }
    }
    let _ = v.roll_up(&[a, b]).is_ok();
    for (i, n) in v.nodes() {
        let _ = (v.children(i).len(), n.kind(), n.owner().is_some(), v.find(n.id()), n.formula().is_some());
    }
}

pub fn register(out: &mut Vec<Probe>) {
    use marketloop::goal::*;
    use marketloop::kpi::*;
    json!(out, KpiTree, |v, c| use_tree(&v, &mut c.random));
    json!(out, Overlay, |v, _c| {
        let _ = (v.name(), v.values().len(), v.merge(&v).is_ok(), v.then(&v).name());
    });
    json!(out, Cascade, |v, c| use_cascade(&v, &mut c.random));
    json!(out, CascadeDraft);
    json!(out, GoalStatement, |v, c| {
        let m = MetricRecord {
            name: v.metric.clone(),
            unit: Unit::ONE,
            history: vec![quantity(&mut c.random); 2],
            benchmark: Some(quantity(&mut c.random)),
        };
        if let Err(problems) = v.check(&[m]) {
            let _ = problems.to_string();
        }
        ensure!(v.check(&[]).is_err(), "no metric is known");
    });
    json!(out, MetricRecord, |v, c| {
        let g = GoalStatement {
            metric: v.name.clone(),
            target: Some("at least 15 %".parse().unwrap()),
            period: Some(period(&mut c.random)),
            ..GoalStatement::default()
        };
        if let Err(problems) = g.check(&[v]) {
            let _ = problems.to_string();
        }
    });
    json!(out, Vec<(u32, u32)>, |v, c| {
        if let Ok(x) = roll_up_ratio(v.iter().copied()) {
            use_ratio(x, &mut c.random)
        }
        for s in [RatioSpread::Proportional, RatioSpread::Additive, RatioSpread::LogitShift] {
            let t = if c.random.one_in(2) {
                c.random.decimal()
            } else {
                Decimal::new(c.random.below(100) as i64, 2)
            };
            if let Ok(x) = RatioCascade::spread(v.iter().copied(), t, s) {
                all_finite(x.ratios(), "ratios");
                finite!(x.shift());
                use_ratio(x.last(), &mut c.random);
                if let Ok(d) = x.rounded(c.random.scale()) {
                    let _ = RatioCascade::whole(&d, &v.iter().map(|r| r.1.into()).collect::<Vec<Decimal>>());
                }
            }
        }
    });
    json!(out, Growth);
    json!(out, RatioSpread);
    json!(out, GrowthReading);
    json!(out, Inputs);
    json!(out, Formula);
    json!(out, NodeDraft);
    json!(out, ExplainOptions);
    json!(out, NodeKind);
}

pub fn use_cascade(v: &marketloop::goal::Cascade, r: &mut Random) {
    if let Ok(c) = v.cumulative()
        && let Some(last) = c.last()
    {
        ensure!(last == v.total(), "cumulative ends at the total");
    }
    if let Some((p, _)) = v.parts().first() {
        let g = *r.pick(&[Grain::Week, Grain::Month, Grain::Quarter, Grain::Day]);
        if p.days() < 3000
            && let Ok(parts) = p.divide(g)
        {
            let w: Vec<Decimal> = parts.iter().map(|_| r.decimal().abs()).collect();
            if let Ok(d) = v.descend(p, g, w, r.scale()) {
                ensure!(
                    add_all(d.parts().iter().map(|(_, q)| q.value())) == Some(d.total().value()),
                    "descended adds up"
                );
                round_trip(&d);
            }
        }
    }
}
