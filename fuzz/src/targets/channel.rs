//! Scorecards, quadrants and co-occurrence.
use super::*;

pub fn register(out: &mut Vec<Probe>) {
    use marketloop::channel::*;
    json!(out, ScorecardDraft, |v, c| if let Ok(x) = v.check() {
        use_card(&x, &mut c.random)
    });
    json!(out, Scorecard, |v, c| use_card(&v, &mut c.random));
    json!(out, CoOccurrence<String>, |v, c| {
        let names: Vec<String> = v.channels().to_vec();
        for a in names.iter().take(4) {
            for b in names.iter().take(4) {
                for x in [v.jaccard(a, b), v.containment(a, b), v.containment(b, a), v.lift(a, b)] {
                    if let Ok(x) = x {
                        use_ratio(x, &mut c.random)
                    }
                }
                if let Ok(x) = v.correlation(a, b) {
                    finite!(x);
                    ensure!((-1.0..=1.0).contains(&x), "correlation {x}");
                }
                let _ = (v.either(a, b), v.complementarity(&v, a, b, share(&mut c.random)));
            }
        }
        if let Ok(m) = v.clone().merge(v) {
            round_trip(&m)
        }
    });
    json!(out, Concentration<String>);
    json!(out, FigureStep);
    json!(out, InfluencerPyramid<String>, |v, c| {
        let n = c.random.u64();
        if let Ok(p) = v.people(n) {
            ensure!(p.iter().map(|x| *x as u128).sum::<u128>() == n as u128, "people add up");
        }
        let a: Vec<u64> = v.tiers().iter().map(|_| c.random.u64()).collect();
        if let Ok(g) = v.gaps(&a) {
            for g in g {
                let _ = g.difference();
            }
        }
    });
    json!(out, Quadrants, |v, c| {
        let cost = ratio(&mut c.random);
        let value = Money::from_minor(c.random.i128(), v.currency()).unwrap_or(v.value());
        if let Ok(p) = v.place(cost, value) {
            let _ = (p.to_string(), v.reason(cost, value));
        }
        if let Ok(table) = v.table([("a", cost, value)]) {
            let _ = table.to_string();
        }
    });
    json!(out, ContentMatrix, |v, c| {
        let _ = v.all();
        for p in v.platforms() {
            let _ = (v.pieces_of_platform(p), v.achievement(p, &quantity(&mut c.random).into()));
            for k in v.kinds() {
                let _ = (v.pieces(k, p), v.pieces_of_content(k));
            }
        }
        let _ = v.to_string();
        if let Ok(d) = v.drift() {
            for x in d {
                if let Ok(y) = x.difference() {
                    use_ratio(y, &mut c.random)
                }
            }
        }
    });
    json!(out, ContentMatrixDraft);
    json!(out, ActionTable, |v, c| {
        use_table(v.table(), &mut c.random);
        let card = Scorecard::draft().check();
        if let Ok(card) = card {
            let f = channel_facts("kol", &card, &card, None);
            if let Ok(facts) = v.table().facts(f)
                && let Ok((action, decision)) = v.decide(&facts)
            {
                let _ = (action.to_string(), decision.to_string());
            }
        }
    });
    json!(out, Action);
    json!(out, ChannelFigure);
    json!(out, Metric);
    json!(out, Quadrant);
}

pub fn use_card(x: &marketloop::channel::Scorecard, r: &mut Random) {
    use marketloop::channel::*;
    for m in Metric::ALL {
        if let Ok(y) = x.metric(m) {
            use_ratio(y, r)
        }
        if let Ok(q) = x.show(m, (r.scale(), *r.pick(&ROUNDINGS))) {
            round_trip(&q)
        }
    }
    for f in ChannelFigure::ALL {
        round_trip(&x.explain(f));
        round_trip(&x.figure_range(f));
    }
    if let Ok(p) = x.plus(x) {
        round_trip(&p);
        let _ = Scorecard::total([&p, x]).is_ok();
    }
    let _ = x.to_string();
    let change = change_from_baseline(Count::new(r.u64()), Count::new(r.u64()));
    let _ = channel_facts("kol", x, x, change.ok()).len();
}
