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
                if let Ok(p) = v.pair(a, b) {
                    for x in [p.jaccard(), p.containment_of_left(), p.containment_of_right(), p.lift()] {
                        if let Ok(x) = x {
                            use_ratio(x, &mut c.random)
                        }
                    }
                    if let Ok(x) = p.correlation() {
                        finite!(x);
                        ensure!((-1.0..=1.0).contains(&x), "correlation {x}");
                    }
                    let _ = (p.either(), complementarity(p, p, share(&mut c.random)));
                }
            }
        }
        if let Ok(m) = v.clone().merge(v) {
            round_trip(&m)
        }
    });
    json!(out, Concentration<String>);
    json!(out, FigureValue);
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
        if let Ok(p) = v.place(
            ratio(&mut c.random),
            Money::from_minor(c.random.i128(), v.currency()).unwrap_or(v.value()),
        ) {
            let _ = p.to_string();
            if let Ok(x) = p.value_per_cost() {
                use_ratio(x, &mut c.random)
            }
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
        if let Ok(q) = x.show(m, r.scale(), *r.pick(&ROUNDINGS)) {
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
