//! Path tables, journeys and credit.
use super::*;
use std::num::NonZeroUsize;

pub fn register(out: &mut Vec<Probe>) {
    use marketloop::attribution::*;
    json!(out, Channels, |v, c| {
        let mut w = v.clone();
        let _ = (
            w.intern("new"),
            w.merge(&v).is_ok(),
            v.sorted().1.len(),
            v.rolled_up(" > ", c.random.below(3)).is_ok(),
            v.path_text(&v.ids().collect::<Vec<_>>(), ">"),
            v.at(usize::MAX),
        );
    });
    json!(out, PathTable, |v, c| use_paths(&v, &mut c.random));
    json!(out, JourneyRules, |v, c| {
        let names = Channels::new(["a", "b", "c"]).unwrap();
        let ids: Vec<ChannelId> = names.ids().collect();
        let wild = c.random.one_in(3);
        let t = |r: &mut Random| if wild { r.i64() } else { r.below(1000) as i64 };
        let mut a: Vec<TouchEvent> = (0..c.random.below(20))
            .map(|_| {
                let touch = TouchEvent::new(c.random.below(4) as u64, t(&mut c.random), *c.random.pick(&ids));
                touch.with_sequence(if wild { c.random.u32() } else { c.random.below(2) as u32 })
            })
            .collect();
        let mut b: Vec<ConversionEvent> = (0..c.random.below(6))
            .map(|_| ConversionEvent {
                user: c.random.below(4) as u64,
                time: t(&mut c.random),
                value: if wild { c.random.i64() } else { c.random.below(100) as i64 },
            })
            .collect();
        if c.random.one_in(2) {
            a.sort_by_key(|x| (x.user, x.time));
            b.sort();
        }
        if let Ok(j) = v.journeys(&names, Currency::CNY, &a, &b) {
            a.reverse();
            b.reverse();
            let turned = v.journeys(&names, Currency::CNY, &a, &b).map(|j| (j.paths, j.report));
            ensure!(turned.is_ok_and(|t| t.0 == j.paths && t.1 == j.report), "the order of rows decides");
            round_trip(&j.report);
            use_paths(&j.paths, &mut c.random)
        }
    });
    json!(out, JourneyReport);
    json!(out, Closing);
    json!(out, Transform);
    json!(out, Outcome);
    json!(out, Costs, |v, _c| {
        let _ = (v.iter().len(), v.get("SEM"), v.currency());
        let _ = v.merge(&v).map(|m| round_trip(&m));
    });
    json!(out, AttributionModel);
    json!(out, TouchEvent);
    json!(out, ConversionEvent);
    json!(out, Journeys);
}

pub fn use_paths(v: &marketloop::attribution::PathTable, r: &mut Random) {
    use marketloop::attribution::*;
    round_trip(&v.aggregated());
    let _ = (v.touches(), v.totals(), v.has_times());
    if let Ok(m) = v.merge(v) {
        round_trip(&m)
    }
    if let Ok(m) = v.rolled_up("/", r.below(3)) {
        round_trip(&m)
    }
    let w: Vec<u64> = v.rows().map(|_| r.u64()).collect();
    if let Ok(m) = v.weighted(&w) {
        round_trip(&m)
    }
    for by in [RankBy::Conversions, RankBy::Value] {
        let _ = v.top_paths(by, r.below(5)).is_ok();
    }
    let weighed = |paths: &PathTable, weight: f64| {
        Credits::by_weights(paths, |_, row, weights| {
            weights.extend(row.path.iter().map(|_| weight));
            Ok(())
        })
    };
    let mut models: Vec<(&str, Box<dyn Fn(&PathTable) -> Result<Credits, AttributionError>>)> = vec![
        ("custom", Box::new(|p| weighed(p, 1e300))),
        ("customnan", Box::new(|p| weighed(p, f64::NAN))),
        ("custom0", Box::new(|p| weighed(p, 0.0))),
        ("w", Box::new(|p| Credits::w_shaped(p, |_, _| Some(usize::MAX)))),
        ("w1", Box::new(|p| Credits::w_shaped(p, |_, _| Some(1)))),
    ];
    for name in [
        "first_touch",
        "last_touch",
        "linear",
        "participation",
        "last_non_direct(SEM)",
        "position_based(0.4,0.4)",
        "position_based(0.6,0.2)",
        "position_based(0,0)",
        "time_decay(7 seconds)",
        "time_decay(18446744073709551615 seconds)",
        "position_decay(0.5)",
        "position_decay(0.0000000000000000000000000001)",
        "shapley",
        "leave_one_touch_out",
        "markov(1)",
        "markov(2)",
        "markov(255)",
    ] {
        let model: AttributionModel = name.parse().unwrap();
        round_trip(&model);
        models.push((name, Box::new(move |p| model.credit(p))));
    }
    for model in [
        AttributionModel::PositionDecay(r.decimal()),
        AttributionModel::PositionBased { first: r.decimal(), last: r.decimal() },
        AttributionModel::Markov(0),
    ] {
        let _ = model.credit(v).is_ok();
        let _ = model.touch_credits(v, 0).is_ok();
    }
    let mut all = Vec::new();
    for (name, m) in &models {
        if let Ok(c) = m(v) {
            all_finite(c.conversions(), name);
            all_finite(c.values(), name);
            ensure!(c.conversions().iter().all(|x| *x >= 0.0), "{name} below 0");
            let d = r.scale();
            if c.is_conserving() {
                if let Ok(e) = c.conversions_exact(d) {
                    if let Some(s) = add_all(e.iter().copied()) {
                        ensure!(
                            s == Decimal::from(c.totals().conversions),
                            "{name} gives away {s} of {}",
                            c.totals().conversions
                        );
                    }
                }
                if let Ok(e) = c.values_exact() {
                    ensure!(
                        Money::sum(e.iter().copied(), v.currency()).ok().map(|m| m.minor())
                            == Some(c.totals().value.minor()),
                        "{name} values add up"
                    );
                }
            } else {
                let _ = (c.conversions_exact(d).is_ok(), c.values_exact().is_ok());
            }
            if let Ok(w) = c.conversion_weights(d) {
                let _ = w.len();
            }
            let _ = c.value_weights().is_ok();
            if let Ok(k) = c.calibrated([("SEM", r.decimal())], d) {
                let _ = k.len();
            }
            if let Ok(cost) = Costs::new(
                v.currency(),
                v.channels()
                    .names()
                    .map(|n| (n.to_string(), Money::from_minor(r.below(1000) as i128, v.currency()).unwrap()))
                    .collect::<Vec<_>>(),
            ) {
                let _ = c.returns(&cost, d).map(|x| format!("{x:?}"));
            }
            all.push((*name, c));
        }
    }
    if let Ok(k) = ModelComparison::new(all) {
        let n: Vec<String> = k.models().map(String::from).collect();
        for a in &n {
            for x in k.shares(a).unwrap_or(&[]) {
                finite!(*x)
            }
            let _ = k.ranks(a);
            for b in n.iter().take(3) {
                if let Some(x) = k.total_variation(a, b) {
                    finite!(x)
                }
                let _ = k.rank_differences(a, b);
            }
        }
    }
    if let Ok(x) = path_removal(v) {
        all_finite(&x, "path removal")
    }
    if let Ok(x) = shapley_ordered(v) {
        for c in v.channels().ids() {
            all_finite(x.positions(c), "ordered")
        }
        all_finite(&x.conversions(), "ordered")
    }
    if let Ok(x) = shapley_conversion_rate(v) {
        all_finite(&x, "shapley rate")
    }
    for order in [1, 2, r.below(300)] {
        if let Ok(m) = MarkovChain::new(v, order) {
            finite!(m.conversion_rate());
            all_finite(&m.expected_visits(), "visits");
            if let Ok(x) = m.conversion_probabilities() {
                all_finite(&x, "probabilities")
            }
            if let Ok(x) = m.expected_steps() {
                all_finite(&x, "steps")
            }
            for (_, _, p) in m.transition_probabilities() {
                finite!(p)
            }
            if let Ok(e) = m.removal_effects() {
                all_finite(e.conversions(), "effects");
                all_finite(e.visit_probabilities(), "visit");
                all_finite(e.credited_conversions(), "credited");
                all_finite(e.credited_values(), "credited values");
            }
            let _ = (m.starts(usize::MAX), m.visits(0), m.touches(0).count());
        }
    }
    if let Ok((a, b)) = v.split_every(1 + r.below(4) as u64) {
        if let Ok(o) = OrderSelection::new(&a, &b, 1 + r.below(3)) {
            let _ = format!("{:?} {:?} {:?}", o.scores().count(), o.by_likelihood(), o.by_auc());
        }
    }
    let _ = v.split_every(0).is_ok();
    if let Ok(c) = resampled(&AttributionModel::Linear, v, [w.clone(), w]) {
        let _ = intervals(&c, r.f64()).is_ok();
        if let Ok(x) = intervals(&c, 0.9) {
            let _ = format!("{x:?}");
        }
    }
    for i in 0..v.len().min(3) {
        let _ = (AttributionModel::Linear.touch_credits(v, i).is_ok(), v.row(i).is_some());
    }
    let _ = NonZeroUsize::MIN;
}
