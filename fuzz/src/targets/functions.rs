//! Functions that take plain values: extreme numbers instead of documents.
use super::kpi::{use_cascade, use_tree};
use super::*;

fn add_target(out: &mut Vec<Probe>, name: &str, run: fn(&mut Session, &str)) {
    out.push(Probe { name: format!("api {name}"), source: Source::Seed, run });
}
fn floats(r: &mut Random, most: usize) -> Vec<f64> {
    let n = r.below(most);
    let tame = r.one_in(2);
    (0..n).map(|_| if tame { r.unit() * 100.0 + 0.01 } else { r.f64() }).collect()
}
fn decimals(r: &mut Random, most: usize) -> Vec<Decimal> {
    let n = r.below(most);
    let tame = r.one_in(2);
    (0..n).map(|_| if tame { Decimal::new(1 + r.below(5000) as i64, 2) } else { r.decimal() }).collect()
}
fn finite_or_error(x: Result<f64, impl std::fmt::Display>, what: &str) {
    match x {
        Ok(x) => ensure!(x.is_finite(), "{what} = {x}"),
        Err(e) => {
            let _ = e.to_string();
        }
    }
}

pub fn register(out: &mut Vec<Probe>) {
    add_target(out, "exact", |c, _| {
        let r = &mut c.random;
        let (a, b) = (r.decimal(), r.decimal());
        let (s, m) = (r.scale(), *r.pick(&ROUNDINGS));
        if let Ok(x) = add(a, b) {
            ensure!(subtract(x, b).is_err() || subtract(x, b).ok() == Some(a), "add subtract {a} {b}");
            c.accepted += 1;
        }
        if let Ok(x) = multiply(a, b)
            && !b.is_zero()
            && let Ok(q) = divide(x, b, (28, Rounding::HalfEven))
        {
            ensure!(q == a, "multiply divide {a} {b} {q}");
        }
        let _ = divide(a, b, (s, m));
        let x = round(a, (s, m));
        ensure!(x.scale() <= s.min(28), "rounded scale");
        let _ = Share::of(a, b, (s, m));
        let _ = Share::percent(a);
        let _ = Money::new(a, Currency::CNY);
        if let Ok(x) = Money::rounded(a, r.pick(&["CNY", "JPY", "BHD", "CLF"]).parse().unwrap(), m) {
            round_trip(&x)
        }
        if let Ok(x) = Money::from_minor(r.i128(), Currency::CNY) {
            use_money(x, r)
        }
        if let Ok(x) = Ratio::new(a, b) {
            use_ratio(x, r)
        }
        let q = quantity(r);
        let p = quantity(r);
        if let Ok(x) = q.per(&p, (s, m)) {
            round_trip(&x)
        }
        if let Ok(x) = q.times(&p) {
            round_trip(&x)
        }
        let _ = Mix::new((0..r.below(5)).map(|i| (i, share(r))).collect::<Vec<_>>());
        let _ = Mix::from_percents((0..r.below(5)).map(|i| (i, r.decimal())).collect::<Vec<_>>());
    });
    add_target(out, "money and splits", |c, _| {
        let m = money(&mut c.random);
        c.accepted += 1;
        use_money(m, &mut c.random)
    });
    add_target(out, "stats", |c, _| {
        use marketloop::stats::*;
        let r = &mut c.random;
        let (a, b, x, p) = (r.f64(), r.f64(), r.f64(), r.unit());
        finite_or_error(beta_cdf(a, b, x), "beta_cdf");
        finite_or_error(beta_survival(a, b, p), "beta_survival");
        finite_or_error(beta_quantile(a, b, p), "beta_quantile");
        finite_or_error(beta_quantile(a.abs(), b.abs(), r.f64()), "beta_quantile");
        finite_or_error(chi_squared_cdf(x, a), "chi");
        finite_or_error(chi_squared_survival(x, a), "chi");
        finite_or_error(gamma_cdf(a, x), "gamma");
        finite_or_error(gamma_survival(a, x), "gamma");
        finite_or_error(normal_cdf(x), "normal_cdf");
        finite_or_error(normal_density(x), "density");
        finite_or_error(normal_quantile(p), "nq");
        finite_or_error(normal_quantile(r.f64()), "nq");
        finite_or_error(ln_gamma(a), "ln_gamma");
        finite_or_error(ln_beta(a, b), "ln_beta");
        finite_or_error(student_cdf(x, a), "student");
        finite_or_error(student_quantile(p, a), "student_quantile");
        finite_or_error(student_quantile(p, a.abs()), "student_quantile");
        if let Ok(y) = beta_cdf(a, b, x) {
            ensure!((0.0..=1.0).contains(&y), "beta_cdf({a},{b},{x}) {y}");
            c.accepted += 1;
        }
        if let Ok(y) = student_cdf(x, a) {
            ensure!((0.0..=1.0).contains(&y), "student_cdf({x},{a}) {y}");
        }
        if let Ok(y) = gamma_cdf(a, x) {
            ensure!((0.0..=1.0).contains(&y), "gamma_cdf {y}");
        }
        let f = floats(r, 12);
        finite_or_error(mean(&f), "mean");
        finite_or_error(variance(&f), "variance");
        for m in QuantileMethod::ALL {
            finite_or_error(sample_quantile(&f, p, m), "quantile");
            finite_or_error(sorted_quantile(&f, r.f64(), m), "sorted_quantile");
        }
        let n = r.u64();
        for m in IntervalMethod::ALL {
            for l in [0.95, p, x] {
                if let Ok(i) = interval(r.u64().min(n), n, l, m) {
                    finite!(i.low());
                    finite!(i.high());
                    ensure!(0.0 <= i.low() && i.low() <= i.high() && i.high() <= 1.0, "interval {m:?}");
                    round_trip(&i)
                }
            }
        }
        if let Ok(m) = Moments::of((0..r.below(6)).map(|_| r.i64()).collect::<Vec<_>>()) {
            round_trip(&m);
            finite_or_error(m.mean(), "moments");
            finite_or_error(m.variance(), "moments");
        }
        let _ = marketloop::figure::Interval::new(a, b);
    });
    add_target(out, "decompose", |c, _| {
        use marketloop::decompose::*;
        let r = &mut c.random;
        let a = decimals(r, 7);
        let mut b = decimals(r, 7);
        if r.one_in(2) {
            b = a.iter().map(|_| r.positive()).collect()
        }
        let (s, ro) = (r.scale(), *r.pick(&ROUNDINGS));
        for m in [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential]
        {
            if let Ok(x) = explain_product(&a, &b, m, (s, ro)) {
                c.accepted += 1;
                if let Some(t) = add_all(x.parts().iter().map(|p| p.value)) {
                    ensure!(t == x.total(), "explain_product adds up {m:?}");
                }
                let _ = x.by_size();
            }
            let (p, q): (Vec<Ratio>, Vec<Ratio>) =
                (a.iter().map(|_| ratio(r)).collect(), a.iter().map(|_| ratio(r)).collect());
            if let Ok(x) = explain_ratios(&p, &q, m, (s, ro)) {
                if let Some(t) = add_all(x.parts().iter().map(|p| p.value)) {
                    ensure!(t == x.total(), "explain_ratios adds up {m:?}");
                }
            }
        }
        let (f, g) = (floats(r, 8), floats(r, 8));
        finite_or_error(log_mean(r.f64(), r.f64()), "log_mean");
        let g2: Vec<f64> = f.iter().map(|_| r.f64()).collect();
        for o in [&g, &g2] {
            for (k, x) in [
                ("log_mean_contributions", log_mean_contributions(&f, o)),
                ("shapley_contributions", shapley_contributions(&f, o)),
                ("sequential_contributions", sequential_contributions(&f, o)),
            ] {
                if let Ok(x) = x {
                    for y in x {
                        ensure!(y.is_finite(), "{k} {y}");
                    }
                }
            }
        }
        let t = r.decimal();
        if let Ok(x) = close(&f, t, s) {
            if let Some(u) = add_all(x.iter().copied()) {
                ensure!(u == t, "close adds up {u} {t}");
            }
        }
        let parts: Vec<Ratio> = (0..r.below(5)).map(|_| ratio(r)).collect();
        if let Ok(x) = close_exact(&parts, t, s) {
            if let Some(u) = add_all(x.iter().copied()) {
                ensure!(u == t, "close_exact adds up {u} {t}");
            }
        }
        let el: Vec<_> =
            (0..r.below(6)).map(|i| Element { key: i, forecast: r.decimal(), actual: r.decimal() }).collect();
        if let Ok(x) = adtributor(&el) {
            finite!(x.surprise());
            let _ = format!("{x:?}");
            if let Ok(o) = RankOptions::default().with_min_element_power(r.f64()) {
                let _ = rank_dimensions([(1, x)], o.with_max_elements(r.below(3)));
            }
        }
        let el: Vec<_> = (0..r.below(6))
            .map(|i| Segment::new(i, (r.decimal(), r.decimal()), (r.decimal(), r.decimal())))
            .collect();
        if let Ok(x) = adtributor_derived(&el) {
            finite!(x.surprise());
        }
    });
    add_target(out, "curves and fits", |c, _| {
        use marketloop::response::*;
        let r = &mut c.random;
        let (a, b, d, e) = (r.f64(), r.f64(), r.f64(), r.f64());
        let curves: Vec<Curve> = [
            Logarithmic::new(a, b).map(Curve::from),
            Power::new(a, b).map(Curve::from),
            MichaelisMenten::new(a, b).map(Curve::from),
            Exponential::new(a, b).map(Curve::from),
            HyperbolicTangent::new(a, b).map(Curve::from),
            Hill::new(a, b, d).map(Curve::from),
            Logistic::new(a, b, d).map(Curve::from),
            Adbudg::new(a, b, d, e).map(Curve::from),
            PiecewiseLinear::new({
                let mut p: Vec<(f64, f64)> = (0..r.below(5)).map(|_| (r.pos(), r.f64())).collect();
                p.sort_by(|x, y| x.0.total_cmp(&y.0));
                p
            })
            .map(Curve::from),
        ]
        .into_iter()
        .flatten()
        .collect();
        for k in curves {
            c.accepted += 1;
            round_trip(&k);
            use_curve(&k, r)
        }
        let tame = r.one_in(2);
        let pts: Vec<(f64, f64)> = (0..r.below(12))
            .map(|i| if tame { (i as f64 * (1.0 + r.unit()), r.unit() * 100.0) } else { (r.pos(), r.f64()) })
            .collect();
        if r.one_in(4)
            && let Ok(mut o) = Observations::new(pts.clone())
        {
            if r.one_in(2) {
                o = o
                    .with_weights(pts.iter().map(|_| r.pos()).collect::<Vec<_>>())
                    .unwrap_or(Observations::new(pts.clone()).unwrap())
            }
            for f in Family::ALL {
                if let Ok(x) = fit(*f, &o) {
                    finite!(x.residual_squares());
                    finite!(x.r_squared());
                    finite!(x.root_mean_square());
                    if let Ok(y) = x.aicc() {
                        finite!(y)
                    }
                    for p in x.parameters() {
                        let t = format!("{p:?}");
                        ensure!(!t.contains("NaN") && !t.contains("inf"), "parameter {f:?} {t}");
                    }
                    round_trip(x.curve());
                    let _ = (x.minimum().to_string(), x.to_string());
                }
            }
            if let Ok(x) = best_of(Family::ALL.iter().copied(), &o) {
                let _ = (x.best().family(), x.fits().count(), x.refused().len());
            }
        }
        let n = if r.one_in(20) { r.u64() as usize } else { r.below(40) };
        for k in [
            Kernel::geometric(a),
            Kernel::delayed(a, b),
            Kernel::binomial(a),
            Kernel::weibull_cdf(a, b),
            Kernel::weibull_pdf(a, b),
            Kernel::geometric(r.unit()),
            Kernel::weibull_pdf(r.pos(), r.pos()),
            Kernel::custom(floats(r, 6)),
        ] {
            if let Ok(k) = k {
                if let Ok(w) = k.weights(n) {
                    for x in w {
                        finite!(x)
                    }
                }
                if let Ok(s) = Adstock::new(k.clone(), n) {
                    for s in [s.clone(), s.normalised()] {
                        if n < 1000 {
                            round_trip(&s)
                        }
                        finite!(s.mean_lag());
                        finite!(s.long_run_multiplier());
                        if let Ok(y) = s.apply(&floats(r, 10)) {
                            for x in y {
                                finite!(x)
                            }
                        }
                    }
                }
            }
        }
    });
    add_target(out, "growth and cascades", |c, _| {
        use marketloop::goal::*;
        use marketloop::kpi::{NodeKind, roll_up};
        let r = &mut c.random;
        let g = match r.below(2) {
            0 => Growth::new(r.decimal()),
            _ => Growth::percent(Decimal::new(r.below(300) as i64 - 120, 0)),
        };
        if let Ok(g) = g {
            let n = r.below(30) as u32;
            let b = r.positive();
            let last = decimals(r, 8);
            for p in [
                g.stock_compounding(b, n),
                g.stock_linear(b, n),
                g.stock_seasonal(b, &last),
                g.stock_with_churn(b, n, r.decimal()),
                g.stock_with_churn(b, n, Decimal::new(r.below(100) as i64, 2)),
                g.flow_same_rate(&last),
                g.flow_steady_from_last(&last),
                g.flow_seasonal_trend(&last),
            ] {
                if let Ok(p) = p {
                    c.accepted += 1;
                    for x in p.levels() {
                        ensure!(x.is_finite(), "{:?} level {x}", p.reading());
                    }
                    ensure!(p.step().is_finite(), "{:?} step {}", p.reading(), p.step());
                    for x in p.rates().into_iter().filter_map(|x| x.known()) {
                        ensure!(x.is_finite(), "{:?} rate {x}", p.reading());
                    }
                    if let Some(x) = p.exit_growth().known() {
                        ensure!(x.is_finite(), "{:?} exit {x}", p.reading());
                    }
                    let _ = (p.to_string(), p.goal());
                    if let Ok(d) = p.rounded(r.scale()) {
                        let _ = d.len();
                    }
                }
            }
        }
        let p = period(r);
        if p.days() < 3000 {
            let g = *r.pick(&[Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::HalfYear]);
            let q = quantity(r);
            if let Ok(x) = Cascade::even("m", p, q.clone(), g, r.scale()) {
                round_trip(&x);
                use_cascade(&x, r);
                ensure!(
                    add_all(x.parts().iter().map(|p| p.1.value())) == Some(x.total().value()),
                    "even adds up"
                );
            }
            if let Ok(n) = p.divide(g) {
                let w: Vec<Decimal> =
                    n.iter().map(|_| if r.one_in(3) { r.decimal() } else { r.positive() }).collect();
                if let Ok(x) = Cascade::weighted("m", p, q.clone(), g, w, r.scale()) {
                    round_trip(&x);
                    ensure!(
                        add_all(x.parts().iter().map(|p| p.1.value())) == Some(x.total().value()),
                        "weighted adds up"
                    );
                }
                let h: Vec<Quantity> =
                    n.iter().map(|_| Quantity::new(r.decimal(), q.unit().clone())).collect();
                if let Ok(x) = Cascade::from_history("m", p, q, g, &h, r.scale()) {
                    round_trip(&x)
                }
            }
        }
        for k in [
            NodeKind::Flow,
            NodeKind::Stock,
            NodeKind::OpeningStock,
            NodeKind::AverageStock,
            NodeKind::Ratio,
            NodeKind::Growth,
            NodeKind::Unique,
        ] {
            let _ = roll_up(k, &decimals(r, 5));
        }
    });
    add_target(out, "formulas", |c, _| {
        use marketloop::kpi::*;
        let r = &mut c.random;
        fn formula(r: &mut Random, d: usize) -> Formula {
            if d == 0 || r.one_in(4) {
                return match r.below(3) {
                    0 => Formula::constant(r.decimal()),
                    1 => Formula::quantity(quantity(r)),
                    _ => {
                        let names: [&str; 6] = ["a", "b", "c.x", "d e", "sum", "`"];
                        Formula::node(names[r.below(6)])
                    }
                };
            }
            let (x, y) = (formula(r, d - 1), formula(r, d - 1));
            match r.below(8) {
                0 => x + y,
                1 => x - y,
                2 => x * y,
                3 => x / y,
                4 => -x,
                5 => Formula::sum([x, y]),
                6 => Formula::product([x, y]),
                _ => Formula::sum_of_children("c"),
            }
        }
        let d = 1 + r.below(5);
        let f = formula(r, d);
        let _ = f.text();
        let mut b = vec![NodeDraft::computed("y", f)];
        for n in ["a", "b", "c.x", "c.y", "d e", "sum"] {
            let mut l = NodeDraft::leaf(n);
            if r.one_in(4) {
                l = l.with_unit(r.pick(&["CNY", "%", "1000 x"]).parse().unwrap())
            }
            b.push(l)
        }
        if r.one_in(2) {
            let g = formula(r, 2);
            b.push(NodeDraft::computed("z", Formula::node("y") + g))
        }
        match KpiTree::new(b) {
            Ok(t) => {
                c.accepted += 1;
                use_tree(&t, r);
                round_trip(&t)
            }
            Err(e) => {
                let _ = e.to_string();
            }
        }
    });
    add_target(out, "networks", |c, _| {
        use marketloop::plan::*;
        let r = &mut c.random;
        let n = r.below(10);
        let d: Vec<u32> = (0..n).map(|_| r.u32()).collect();
        let rel: Vec<(u32, u32, Relation)> = (0..r.below(14))
            .map(|_| {
                let (a, b) = (r.below(n + 1) as u32, r.below(n + 1) as u32);
                let (a, b) = if r.one_in(6) { (a, b) } else { (a.min(b), a.max(b)) };
                let kind = *r.pick(&[
                    Relation::FinishToStart(0),
                    Relation::StartToStart(0),
                    Relation::FinishToFinish(0),
                    Relation::StartToFinish(0),
                ]);
                (a, b, kind.with_lag(r.i32()))
            })
            .collect();
        if let Ok(x) = Network::new(&d, &rel) {
            c.accepted += 1;
            let nb: Vec<i64> = (0..r.below(n + 2)).map(|_| r.i64()).collect();
            let fb: Vec<Option<i64>> =
                (0..r.below(n + 2)).map(|_| if r.one_in(2) { Some(r.i64()) } else { None }).collect();
            for s in [x.schedule(), x.schedule_within(&nb, &fb)] {
                let _ = (s.finish(), s.driving_relations().len(), s.critical_paths(r.below(9)).len());
                for i in 0..n + 1 {
                    let _ = (
                        s.early_start(i),
                        s.early_finish(i),
                        s.late_start(i),
                        s.late_finish(i),
                        s.total_float(i),
                        s.free_float(i),
                        s.is_critical(i),
                    );
                }
                let _ = s.critical().count();
            }
        }
    });
    add_target(out, "time", |c, _| {
        let r = &mut c.random;
        let d = day(r);
        let _ = (
            add_months(d, r.i32()),
            every_months(d, r.u32()).take(5).count(),
            date(r.i32(), r.u32(), r.u32()),
        );
        for p in [
            Period::day(d),
            Period::week_of(d),
            Period::month_of(d),
            Period::week(r.i32(), r.u32()),
            Period::month(r.i32(), r.u32()),
            Period::custom(d, day(r)),
            Period::week(9999, 52),
            Period::week(1, 1),
        ] {
            if let Ok(p) = p {
                c.accepted += 1;
                use_period(&p, r)
            }
        }
        for named in [FiscalCalendar::named_by_start, FiscalCalendar::named_by_end] {
            if let Ok(f) = named(r.below(14) as u32) {
                for p in [
                    f.year_of(d),
                    f.half_year_of(d),
                    f.quarter_of(d),
                    f.year(r.i32()),
                    f.quarter(r.i32(), r.below(6) as u32),
                ] {
                    if let Ok(p) = p {
                        use_period(&p, r)
                    }
                }
                let _ = f.label_of(d);
            }
        }
        let k = calendar(r);
        use_calendar(&k, r);
        if k.holidays().len() < 10 {
            round_trip(&k)
        }
        for a in [Anchor::PeriodStart, Anchor::PeriodEnd, Anchor::NextPeriodStart] {
            for u in [OffsetUnit::Day, OffsetUnit::Workday, OffsetUnit::Week, OffsetUnit::Month] {
                let count = r.u32();
                for x in [
                    Deadline::offset(count as i32, u, a),
                    Deadline::every_units(count, u, a).and_then(Deadline::with_start_day_counted),
                    Deadline::offset(-((count % 10_000) as i32), u, a)
                        .and_then(Deadline::with_start_day_counted),
                ] {
                    if let Ok(x) = x {
                        use_deadline(&x, r);
                        round_trip(&x)
                    }
                }
            }
            use_deadline(&Deadline::before(a), r);
        }
        use_deadline(&Deadline::every(chrono::Weekday::Fri), r);
        let _ = (
            Timestamp::from_unix(r.i64()).map(|t| t.to_string()),
            Timestamp::at(d, r.u32()).map(|t| t.unix()),
        );
    });
    add_target(out, "channels and funnels", |c, _| {
        use marketloop::channel::*;
        use marketloop::funnel::*;
        let r = &mut c.random;
        if let Ok(mut x) = Concentration::new((0..r.below(6)).map(|i| (i, r.decimal())).collect::<Vec<_>>()) {
            c.accepted += 1;
            for _ in 0..r.below(4) {
                if let Ok(y) = x.clone().with_dependence(&r.below(6), &r.below(6), share(r)) {
                    x = y
                }
            }
            use_ratio(x.index(), r);
            for y in [x.effective_channels(), x.normalised_index(), x.remaining_without(&0)] {
                if let Ok(y) = y {
                    use_ratio(y, r)
                }
            }
            if let Ok(f) = x.failures(share(r)) {
                for y in f {
                    let _ = y.difference();
                }
            }
        }
        let _ = change_from_baseline(Count::new(r.u64()), Count::new(r.u64()));
        let n = r.below(5) + 1;
        if let Ok(o) = CoOccurrence::from_sets(
            0..n,
            (0..r.below(6))
                .map(|_| ((0..r.below(4)).map(|_| r.below(n + 1)).collect::<Vec<_>>(), r.u64()))
                .collect::<Vec<_>>(),
        ) {
            round_trip(&o);
            for a in 0..n {
                for b in 0..n {
                    let _ = (
                        o.jaccard(&a, &b),
                        o.lift(&a, &b),
                        o.correlation(&a, &b).map(|x| ensure!(x.is_finite(), "correlation")),
                        o.either(&a, &b),
                    );
                }
            }
        }
        if let Ok(o) = CoOccurrence::from_rows(
            0..n,
            (0..r.below(10)).map(|_| (r.u64(), r.below(n + 1))).collect::<Vec<_>>(),
        ) {
            round_trip(&o)
        }
        let (u, t, k, p) = super::funnel::events(r);
        if let Ok(mut e) = Events::new(u, t, k).and_then(|e| e.with_property(Property::numbers("value")?, p))
        {
            e.sort();
            let _ = (retention(&e).is_ok(), repurchase(&e).is_ok());
        }
    });
    add_target(out, "health numbers", |c, _| {
        use marketloop::health::*;
        use marketloop::ranking::*;
        let r = &mut c.random;
        let (n, k) = (r.below(6), r.below(5));
        let tame = r.one_in(2);
        let rows: Vec<Vec<f64>> = (0..n)
            .map(|_| (0..k).map(|_| if tame { 1.0 + r.below(9) as f64 } else { r.f64() }).collect())
            .collect();
        if let Ok(d) = DecisionMatrix::new(
            (0..k)
                .map(|_| {
                    if r.one_in(2) {
                        marketloop::target::Better::Higher
                    } else {
                        marketloop::target::Better::Lower
                    }
                })
                .collect::<Vec<_>>(),
            &rows,
        ) {
            c.accepted += 1;
            round_trip(&d);
            super::health::use_decision(&d, r)
        }
        let s = decimals(r, 6);
        let (a, b) = (r.decimal(), r.decimal());
        for x in [
            Normaliser::goalposts(a, b),
            Normaliser::min_max(marketloop::target::Better::Higher, a, b),
            Normaliser::min_max_of(marketloop::target::Better::Lower, &s),
            Normaliser::standard_score(marketloop::target::Better::Higher, a, b),
            Normaliser::percentile(marketloop::target::Better::Lower, Ties::Mean, s.clone()),
            Normaliser::logistic(a, b),
            Normaliser::piecewise_linear(s.iter().map(|x| (*x, r.decimal())).collect::<Vec<_>>()),
        ] {
            if let Ok(x) = x {
                round_trip(&x);
                let t: marketloop::target::Target = r
                    .pick(&["at least 25 %", "at most 3, inverse", "between 1 and 2, linear", "at least 0"])
                    .parse()
                    .unwrap();
                if let Ok(y) = x.score_against(&t, r.decimal()) {
                    finite!(y.to_f64());
                    let _ = (y.to_string(), y.round((r.scale(), Rounding::Floor)));
                }
            }
        }
        let m = r.below(5) + 1;
        let rows: Vec<Vec<Option<f64>>> = (0..m)
            .map(|_| (0..m).map(|_| if r.one_in(3) { None } else { Some(r.pos()) }).collect())
            .collect();
        if let Ok(p) = PairwiseComparisons::from_matrix((0..m).map(|i| i.to_string()), &rows) {
            let _ = p.priorities().map(|p| p.consistency_index());
        }
        let _ = (
            ValueColumn::new(r.u32()).is_ok(),
            RandomIndex::new([(r.below(5), r.f64()), (r.below(9), r.f64())]).is_ok(),
        );
        let sc = Score::estimate(r.f64());
        if let Some(s) = sc.known() {
            let _ = (
                s.to_string(),
                s.round((r.scale(), Rounding::HalfEven)),
                s.at_edge(),
                s.compare(&Score::from(ratio(r))),
            );
        }
    });
    add_target(out, "optimise", |c, _| {
        use marketloop::optimise::*;
        use marketloop::response::*;
        let r = &mut c.random;
        let cur = *r.pick(&[Currency::CNY, Currency::JPY]);
        let m = |r: &mut Random| {
            Money::from_minor(if r.one_in(6) { r.i128() } else { r.below(1_000_000) as i128 }, cur)
                .unwrap_or(Money::zero(cur))
        };
        let mut q = match r.below(3) {
            0 => Optimisation::minimise_budget(r.f64(), cur),
            1 => Optimisation::until_marginal_return(r.f64(), cur),
            _ => Optimisation::maximise_response(m(r)),
        }
        .with_limits(Limits::default().with_nodes(r.below(200)));
        for i in 0..r.below(5) {
            let (a, b, d, e) = (r.pos(), r.pos(), r.pos(), r.pos());
            let k: Option<Curve> = match r.below(9) {
                0 => Logarithmic::new(a, b).ok().map(Into::into),
                1 => Power::new(a, r.unit()).ok().map(Into::into),
                2 => MichaelisMenten::new(a, b).ok().map(Into::into),
                3 => Exponential::new(a, b).ok().map(Into::into),
                4 => HyperbolicTangent::new(a, b).ok().map(Into::into),
                5 => Hill::new(a, b, d).ok().map(Into::into),
                6 => Logistic::new(a, b, d).ok().map(Into::into),
                7 => Adbudg::new(a, b, d, e).ok().map(Into::into),
                _ => {
                    let mut p: Vec<(f64, f64)> = (0..1 + r.below(5)).map(|_| (r.pos(), r.pos())).collect();
                    p.sort_by(|x, y| x.0.total_cmp(&y.0));
                    PiecewiseLinear::new(p).ok().map(Into::into)
                }
            };
            if let Some(k) = k {
                let (lo, hi) = (m(r), m(r));
                q = match r.below(3) {
                    0 => q.line(format!("l{i}"), k, ..),
                    1 => q.line(format!("l{i}"), k, lo..),
                    _ => q.line(format!("l{i}"), k, ..=hi),
                }
            }
        }
        if r.one_in(2) {
            q = q.group("g", ["l0", "l1"], m(r)..)
        }
        match q.solve() {
            Ok(o) => {
                c.accepted += 1;
                finite!(o.response());
                finite!(o.exact_response());
                if let Some(x) = o.multiplier().known() {
                    finite!(x);
                }
                ensure!(!o.gap().is_nan() && o.gap() >= 0.0, "gap {}", o.gap());
                ensure!(!o.bound().is_nan(), "bound");
                for l in o.lines() {
                    finite!(l.exact());
                    finite!(l.response());
                    let _ = l.marginal_return().to_string();
                }
                let _ = o.to_string();
                match o.verify(&q) {
                    Ok(g) => ensure!(!g.is_nan(), "verify {g}"),
                    Err(e) => found(format!(
                        "verify refuses its own optimum: {}",
                        e.to_string().chars().take(80).collect::<String>()
                    )),
                }
            }
            Err(e) => {
                let _ = e.to_string();
            }
        }
    });
}
