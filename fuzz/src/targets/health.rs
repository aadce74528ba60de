//! Matrices, decision matrices and judgements.
use super::*;

pub fn register(out: &mut Vec<Probe>) {
    use marketloop::health::*;
    use marketloop::ranking::*;
    use marketloop::target::Light;
    json!(out, Matrix, |v, c| use_matrix(&v, &mut c.random));
    json!(out, MatrixDraft);
    json!(out, Normaliser, |v, c| {
        for _ in 0..4 {
            if let Ok(s) = Ratio::new(c.random.decimal(), c.random.decimal()).map(Score::from)
                && let Ok(x) = v.score(s)
            {
                finite!(x.to_f64());
                let _ = (
                    x.to_string(),
                    x.round((c.random.scale(), Rounding::HalfEven)),
                    x.at_edge(),
                    x.is_zero(),
                );
            }
            if let Some(s) = Score::estimate(c.random.f64()).known()
                && let Ok(x) = v.score(s)
            {
                finite!(x.to_f64());
            }
            for t in ["at least 25 %", "at most 3, inverse", "between 1 and 2, linear"] {
                if let Ok(x) = v.score_against(&t.parse().unwrap(), c.random.decimal()) {
                    finite!(x.to_f64());
                    ensure!(v.can_be_negative() || !x.is_negative(), "below 0 {v}");
                }
            }
        }
        let _ = (v.to_string(), v.needs_target());
    });
    json!(out, Aggregation, |v, c| {
        let p: Vec<(Decimal, Score)> = (0..c.random.below(6))
            .map(|_| {
                (
                    c.random.decimal(),
                    if c.random.one_in(2) {
                        Score::estimate(c.random.f64()).known().unwrap_or(Score::from(ratio(&mut c.random)))
                    } else {
                        Score::from(ratio(&mut c.random))
                    },
                )
            })
            .collect();
        if let Ok(x) = v.aggregate(&p) {
            finite!(x.to_f64());
        }
        let _ = (v.to_string(), v.takes_negative());
    });
    json!(out, Scoring);
    json!(out, MissingPolicy);
    json!(out, ValueColumn);
    json!(out, Ties);
    json!(out, marketloop::target::Better);
    json!(out, Combination);
    json!(out, RandomIndex);
    json!(out, Topsis);
    json!(out, Normalisation);
    json!(out, Indicator, |v, c| {
        let _ = (
            v.freshness(day(&mut c.random)).map(|f| f.to_string()),
            v.baseline_state(day(&mut c.random), day(&mut c.random)).to_string(),
            v.attainment().is_ok(),
        );
    });
    json!(out, Dimension);
    json!(out, marketloop::target::Baseline);
    json!(out, CriteriaWeights, |v, c| {
        all_finite(v.values(), "weights");
        let _ = v
            .shares(c.random.scale())
            .map(|s| ensure!(add_all(s.iter().map(|x| x.value())) == Some(Decimal::ONE), "shares add up"));
        for k in [
            Combination::Linear(c.random.f64()),
            Combination::Linear(c.random.unit()),
            Combination::Product,
            Combination::GeometricMean,
        ] {
            if let Ok(x) = v.combined(&v, k) {
                all_finite(x.values(), "combined");
                round_trip(&x)
            }
        }
    });
    json!(out, DecisionMatrix, |v, c| use_decision(&v, &mut c.random));
    json!(out, PairwiseComparisons, |v, c| {
        if let Ok(p) = v.priorities() {
            all_finite(p.weights().values(), "priorities");
            finite!(p.principal_eigenvalue());
            finite!(p.consistency_index());
            if let Ok(w) = p.geometric_mean_weights() {
                all_finite(w.values(), "geometric")
            }
            if let Some(x) = p.geometric_consistency_index().known() {
                finite!(x)
            }
            if let Some(j) = p.most_inconsistent().known() {
                let _ = j.to_string();
            }
            if let Ok(t) = RandomIndex::new([(3, 0.58), (4, 0.9)])
                && let Ok(x) = p.consistency_ratio(&t)
            {
                finite!(x)
            }
        }
        let items = v.items().to_vec();
        if items.len() > 1
            && let Ok(w) = v.judge(&items[0], &items[1], c.random.f64())
        {
            round_trip(&w)
        }
    });
    let _ = Light::Red;
}

pub fn use_decision(v: &marketloop::ranking::DecisionMatrix, r: &mut Random) {
    use marketloop::ranking::*;
    let n = v.directions().len();
    let mut ws = vec![];
    for w in [
        entropy_weights(v),
        deviation_weights(v),
        gini_weights(v),
        removal_weights(v),
        critic_weights(&v.with_direction(marketloop::target::Better::Higher)),
        critic_weights(v),
        CriteriaWeights::equal(n),
        CriteriaWeights::given((0..n).map(|_| r.pos()).collect::<Vec<_>>()),
    ] {
        if let Ok(w) = w {
            all_finite(w.values(), "criteria weights");
            round_trip(&w);
            ws.push(w)
        }
    }
    let norms = [
        Normalisation::MinMax,
        Normalisation::Max,
        Normalisation::Sum,
        Normalisation::Vector,
        Normalisation::Logarithmic,
        Normalisation::Linear,
        Normalisation::Nonlinear,
        Normalisation::EnhancedAccuracy,
        Normalisation::ZavadskasTurskis,
    ];
    for k in norms {
        for c in 0..n {
            if let Ok(x) = k.column(v, c) {
                all_finite(&x, &format!("{k:?}"))
            }
        }
    }
    for w in ws.iter() {
        for t in [Topsis::MinMax, Topsis::VectorInverted, Topsis::VectorSwappedIdeals] {
            if let Ok(x) = t.scores(v, w) {
                all_finite(x.scores(), "topsis");
                let _ = x.order();
            }
        }
        for k in norms {
            if let Ok(x) = weighted_sum(v, w, k) {
                all_finite(x.scores(), "wsm")
            }
            if let Ok(x) = weighted_product(v, w, k) {
                all_finite(x.scores(), "wpm")
            }
            if let Ok(x) = best_holds_between(v, w, k, r.below(n + 1)) {
                finite!(x.low());
                finite!(x.high());
            }
        }
        if let Ok(x) = weighted_sum_product(v, w, r.f64()) {
            all_finite(x.scores(), "waspas")
        }
        if let Ok(x) = weighted_sum_product(v, w, 0.5) {
            all_finite(x.scores(), "waspas")
        }
        for p in [0.5, r.f64()] {
            if let Ok(x) = vikor(v, w, p) {
                all_finite(&x, "vikor")
            }
        }
        let _ = rank_reversals(v, |m| Topsis::MinMax.scores(m, w)).is_ok();
    }
    if let Some(x) = v.without(0) {
        round_trip(&x)
    }
    let _ = (v.without(usize::MAX).is_none(), v.column(usize::MAX).is_none(), v.alternatives());
}

pub fn use_matrix(v: &marketloop::health::Matrix, r: &mut Random) {
    use marketloop::health::*;
    use marketloop::target::Light;
    for x in v.readings() {
        let _ = (x.score().map(|s| s.to_f64()), x.light(), x.light_after(Light::Red), x.needs_action());
        for l in [Light::Green, Light::Yellow, Light::Red] {
            let _ = x.needed_for(l).map(|n| format!("{n:?}"));
        }
    }
    use_ratio(v.coverage().ratio(), r);
    let mut cols = vec![];
    for _ in v.readings() {
        if let Ok(c) = ValueColumn::of(r.below(5) as u32, (0..4).map(|_| r.i64())) {
            cols.push(c)
        }
    }
    if let Ok(s) = v.score_columns(&cols) {
        for e in 0..5 {
            if let Some(x) = s.score(e).known() {
                finite!(x)
            }
            let _ = (s.score_light(e), s.light(0, e), s.covered(e));
        }
    }
    let _ = (v.stale(day(r)).is_ok(), v.baselines(day(r)).is_ok(), v.launch());
    if let Ok(a) = v.assess() {
        if let Some(s) = a.score().known() {
            finite!(s.to_f64());
            let _ = (s.to_string(), a.light(), a.light_after(Light::Yellow));
        }
        for d in a.dimensions() {
            if let Some(s) = d.score().known() {
                finite!(s.to_f64())
            }
            let _ = (d.raw(), d.light(), a.weight_interval(d.name()).map(|x| x.to_string()));
        }
        let sc = r.scale();
        if let Ok(c) = a.contributions((sc, *r.pick(&ROUNDINGS))) {
            if let Some(s) = add_all(c.parts().iter().map(|p| p.value)) {
                ensure!(s == c.total(), "health contributions add up {s} {}", c.total());
            }
            let _ = c.by_size().len();
        }
        if let Ok(c) = a.change_since(&a, (sc, *r.pick(&ROUNDINGS))) {
            ensure!(c.total().is_zero(), "no change");
        }
        for l in [Light::Green, Light::Yellow] {
            if let Ok(e) = a.least_effort(l, |_, _| ratio(&mut Random(7))) {
                let _ = format!("{e:?}");
            }
        }
        let _ = (a.stands_on_edge(), a.coverage().to_string(), a.readings().count(), a.to_string());
    }
}
