//! Facts, dates, and the mathematics that domains share.
use super::*;

pub fn use_ratio(x: Ratio, r: &mut Random) {
    let s = x.to_string();
    match s.parse::<Ratio>() {
        Ok(y) => ensure!(y == x, "ratio text {s}"),
        Err(_) => found("ratio text does not read".into()),
    }
    finite!(x.to_f64());
    let _ = (x.to_percent(), x.to_decimal(), x.negated(), x.is_negative());
    let sc = r.scale();
    for m in ROUNDINGS {
        if let Ok(d) = x.round((sc, m)) {
            ensure!(d.scale() <= 28, "scale");
        }
    }
    let y = ratio(r);
    let _ = (x.times(y), x.divided_by(y));
    if let Ok(z) = x.plus(y)
        && let Ok(back) = z.minus(y)
    {
        ensure!(back == x, "ratio plus minus")
    }
    ensure!(x.cmp(&y) == y.cmp(&x).reverse(), "order of ratios");
}

pub fn use_money(m: Money, r: &mut Random) {
    let s = m.to_string();
    match Money::parse(&s) {
        Ok(y) => ensure!(y == m, "money text {s}"),
        Err(_) => found(format!("money text does not read")),
    }
    let o = money(r);
    if let Ok(z) = m.plus(o) {
        ensure!(z.minus(o).ok() == Some(m), "plus minus")
    }
    let _ = (
        m.minus(o),
        m.negated(),
        m.times(r.decimal(), *r.pick(&ROUNDINGS)),
        m.amount(),
        m.minor(),
        m.is_zero(),
        m.same_currency(o),
        Money::sum([m, o, m], m.currency()),
    );
    ensure!(Money::from_minor(m.minor(), m.currency()).ok() == Some(m), "minor");
    let n = r.below(60);
    if let Ok(parts) = m.split_evenly(n) {
        ensure!(parts.len() == n, "parts");
        ensure!(Money::sum(parts.iter().copied(), m.currency()).ok() == Some(m), "evenly adds up");
    }
    let w: Vec<Decimal> = (0..1 + r.below(24)).map(|_| r.decimal().abs()).collect();
    if let Ok(ws) = marketloop::split::Weights::new(w.iter().copied()) {
        for method in METHODS {
            let parts = m.split_weighted(&ws, method);
            ensure!(
                Money::sum(parts.iter().copied(), m.currency()).ok() == Some(m),
                "weighted adds up {method:?}"
            );
            for (p, w) in parts.iter().zip(&w) {
                if w.is_zero() {
                    ensure!(p.is_zero(), "weight 0 gets {p} by {method:?}");
                }
            }
            if let Ok(s) = m.split_by(w.iter().copied().enumerate(), method) {
                ensure!(
                    Money::sum(s.iter().map(|(_, m)| *m), m.currency()).ok() == Some(m),
                    "split_by adds up"
                );
                round_trip(&s);
            }
        }
        let t = r.i128();
        for method in METHODS {
            let parts = ws.split(t, method);
            ensure!(
                parts.iter().try_fold(0i128, |a, b| a.checked_add(*b)) == Some(t),
                "integers add up {method:?} {t}"
            );
            let _ = marketloop::split::integers(t, w.iter().copied(), method);
            let keys: Vec<u32> = (0..w.len()).map(|_| r.below(3) as u32).collect();
            if let Ok(p) = ws.split_with_ties(t, method, &keys) {
                ensure!(p.iter().try_fold(0i128, |a, b| a.checked_add(*b)) == Some(t), "ties add up");
            }
        }
        for i in 0..w.len() + 1 {
            if let Some(q) = ws.quota(t, i) {
                use_ratio(q, r)
            }
        }
    }
    let lines: Vec<_> = (0..1 + r.below(6))
        .map(|i| {
            let mut b = marketloop::split::Bounded::new(r.decimal().abs());
            if r.one_in(3) {
                b = b.with_floor(money(r))
            }
            if r.one_in(3) {
                b = b.with_cap(money(r))
            }
            (i, b)
        })
        .collect();
    if let Ok(b) = m.split_bounded(lines) {
        ensure!(
            Money::sum(b.parts().iter().map(|p| p.amount), m.currency()).ok() == Some(m),
            "bounded adds up"
        );
        if let Some(s) = b.scale() {
            use_ratio(s, r)
        }
        let _ = format!("{b:?}");
        round_trip(&b.into_split());
    }
    let lines: Vec<_> = (0..1 + r.below(6))
        .map(|_| {
            let mut b = marketloop::split::Bounded::new(r.decimal().abs());
            if r.one_in(3) {
                b = b.with_floor(r.i128())
            }
            if r.one_in(3) {
                b = b.with_cap(r.i128())
            }
            b
        })
        .collect();
    let t = r.i128();
    if let Ok(b) = marketloop::split::bounded(t, &lines) {
        ensure!(b.amounts().try_fold(0i128, |a, b| a.checked_add(b)) == Some(t), "bounded i128 adds up");
    }
    let parts: Vec<_> = (0..1 + r.below(7))
        .map(|i| {
            use marketloop::split::*;
            let mut n = match r.below(5) {
                0 => Bounded::group(),
                1 => Bounded::group().with_reserve(ratio(r)),
                _ => Bounded::new(r.decimal().abs()),
            };
            if r.one_in(2) {
                n = n.below(r.below(i + 2))
            }
            if r.one_in(4) {
                n = n.with_floor(ratio(r))
            }
            if r.one_in(4) {
                n = n.with_cap(ratio(r))
            }
            n
        })
        .collect();
    if let Ok(x) = marketloop::split::nested(t, &parts) {
        let _ = format!("{x:?}");
    }
}

pub fn register(out: &mut Vec<Probe>) {
    json!(out, Money, |v, c| use_money(v, &mut c.random));
    json!(out, Currency);
    json!(out, Share, |v, _c| {
        let _ = (v.complement(), v.to_string());
    });
    json!(out, Count, |v, c| {
        let o = Count::new(c.random.u64());
        let _ = (v.plus(o), v.minus(o), v.to_decimal());
    });
    json!(out, Ratio, |v, c| {
        let _ = v;
        use_ratio(v, &mut c.random)
    });
    json!(out, Unit, |v, c| {
        let s = v.to_string();
        ensure!(s.parse::<Unit>().ok().as_ref() == Some(&v), "unit text {s}");
        let o: Unit = c
            .random
            .pick(&["CNY", "1", "CNY/1000 impression", "order", "1000000000 x/y"])
            .parse()
            .unwrap_or(Unit::ONE);
        if let Ok(x) = v.times(&o) {
            round_trip(&x);
            let _ = x.per(&v);
        }
        if let Ok(x) = v.per(&o) {
            round_trip(&x);
        }
        let mut x = v.clone();
        for _ in 0..10 {
            match x.times(&x) {
                Ok(y) => {
                    round_trip(&y);
                    x = y
                }
                Err(_) => break,
            }
        }
        round_trip(&v.coherent());
        let _ = (v.is_dimensionless(), v.has_denominator(), v.power_of_ten(), v.same_dimensions(&o));
    });
    json!(out, Quantity, |v, c| {
        let s = v.to_string();
        ensure!(s.parse::<Quantity>().ok().as_ref() == Some(&v), "quantity text {s}");
        let o = quantity(&mut c.random);
        let (sc, ro) = (c.random.scale(), *c.random.pick(&ROUNDINGS));
        if let Ok(x) = v.plus(&o) {
            round_trip(&x);
        }
        if let Ok(x) = v.times(&o) {
            round_trip(&x);
        }
        if let Ok(x) = v.per(&o, (sc, ro)) {
            round_trip(&x);
        }
        if let Ok(x) = v.to(o.unit()) {
            round_trip(&x);
        }
        let _ = v.minus(&o);
    });
    json!(out, Mix<String>, |v, c| {
        let m = money(&mut c.random);
        for method in METHODS {
            if let Ok(s) = m.split_with(&v, method) {
                ensure!(Money::sum(s.iter().map(|(_, m)| *m), m.currency()).ok() == Some(m), "mix adds up");
                round_trip(&s);
            }
        }
        ensure!(v.iter().map(|(_, s)| s.value()).sum::<Decimal>() == Decimal::ONE, "mix is 1");
        let _ = (v.largest(), v.len(), v.without("a"), v.share("SEM"), v.drift(&v).count());
    });
    json!(out, Rounding);
    json!(out, marketloop::split::Split<String>, |v, _c| {
        let _ = (v.total(), v.len(), v.get("own"));
    });
    json!(out, marketloop::split::Apportionment);

    // time
    json!(out, Period, |v, c| use_period(&v, &mut c.random));
    json!(out, FiscalCalendar, |v, c| {
        let y = c.random.i32();
        for p in [
            v.year(y),
            v.half_year(y, c.random.u32()),
            v.quarter(y, c.random.u32()),
            v.year(2026),
            v.year_of(day(&mut c.random)),
            v.half_year_of(day(&mut c.random)),
            v.quarter_of(day(&mut c.random)),
            v.quarter(9999, 4),
            v.quarter(1, 1),
        ] {
            if let Ok(p) = p {
                use_period(&p, &mut c.random)
            }
        }
        let _ = v.label_of(day(&mut c.random));
    });
    json!(out, Grain, |v, c| {
        let _ = v.after(day(&mut c.random));
    });
    json!(out, WeekMask);
    json!(out, WorkCalendar, |v, c| use_calendar(&v, &mut c.random));
    json!(out, Deadline, |v, c| use_deadline(&v, &mut c.random));
    json!(out, Timestamp, |v, c| {
        let d = Duration::from_seconds(c.random.u64());
        let s = v.to_string();
        ensure!(s.parse::<Timestamp>().ok() == Some(v), "timestamp text {s}");
        let _ = (
            v.plus(d),
            v.unix(),
            v.date(),
            v.since(Timestamp::from_unix(c.random.i64()).unwrap_or(v)),
            Timestamp::at(day(&mut c.random), c.random.u32()),
        );
        if let Ok(x) = Timestamp::from_unix(c.random.i64()) {
            round_trip(&x);
            ensure!(x.to_string().parse::<Timestamp>().ok() == Some(x), "timestamp text {x}");
        }
    });
    json!(out, Duration, |v, c| {
        let s = v.to_string();
        ensure!(s.parse::<Duration>().ok() == Some(v), "duration text {s}");
        for x in [
            Duration::from_seconds(c.random.u64()),
            Duration::from_minutes(c.random.u32()),
            Duration::from_hours(c.random.u32()),
        ] {
            round_trip(&x);
            let s = x.to_string();
            ensure!(s.parse::<Duration>().ok() == Some(x), "duration text {s}");
        }
    });

    // target
    {
        use marketloop::target::*;
        json!(out, Target, |v, c| use_target(&v, &mut c.random));
        json!(out, Attainment, |v, c| {
            let _ = v.round((c.random.scale(), Rounding::HalfEven));
            use_ratio(v.ratio(), &mut c.random);
            let _ = (v.is_met(), v.to_string());
        });
        json!(out, Bands<Light>, |v, c| {
            let x = ratio(&mut c.random);
            let l = *v.classify(x);
            for p in [Light::Red, Light::Yellow, Light::Green] {
                let _ = v.classify_after(&p, x);
            }
            ensure!(*v.classify_after(&l, x) == l, "the class of a value holds itself");
            if let Ok(b) = v.clone().with_hysteresis(c.random.decimal()) {
                round_trip(&b);
                for (threshold, _) in b.edges() {
                    let _ = b.classify(threshold.at());
                }
            }
            if let Ok(b) = v.clone().rising() {
                round_trip(&b)
            }
        });
        json!(out, Threshold);
        json!(out, Light);
        json!(out, LowerRule);
        json!(out, Favour);
    }
    // progress
    {
        use marketloop::progress::*;
        json!(out, Profile, |v, c| {
            let n = if c.random.one_in(10) { c.random.u64() as usize } else { c.random.below(40) };
            if let Ok(w) = v.weights(n) {
                ensure!(w.len() == n, "n weights");
            }
        });
        json!(out, Pacing<Quantity>, |v, c| {
            let _ = (v.cumulative(), v.to_string());
            let n = c.random.below(v.plan().len() + 2);
            let q = |d: Decimal| Quantity::new(d, v.total().unit().clone());
            if let Ok(s) = v.after(n, q(c.random.decimal()), q(c.random.decimal())) {
                for x in [s.pacing_index(), s.projected_total()] {
                    if let Some(x) = x.known() {
                        use_ratio(x, &mut c.random)
                    }
                }
                let _ = (s.remaining(), s.expected_to_date(), s.repaced(), s.to_string());
                if let Ok(x) = s.against_cap(c.random.decimal()) {
                    let _ = (x.cap(), x.is_exceeded(), x.will_be_exceeded(), x.to_string());
                }
            }
        });
        json!(out, EarnedValue<Money>, |v, c| {
            for e in [
                Estimate::CostPerformance,
                Estimate::AsPlanned,
                Estimate::CostAndSchedule,
                Estimate::BottomUp(*v.planned_value()),
            ] {
                for x in [
                    v.estimate_at_completion(e),
                    v.estimate_to_complete(e),
                    v.variance_at_completion(e),
                    v.to_complete_performance_index_for(e),
                ] {
                    if let Some(x) = x.known() {
                        use_ratio(x, &mut c.random)
                    }
                }
            }
            let _ = v.to_string();
            if let Ok(x) = v.with_committed(*v.actual_cost()) {
                round_trip(&x)
            }
        });
        json!(out, PlannedValueCurve<Quantity>, |v, c| {
            let _ = (v.budget_at_completion(), v.planned_duration());
            if let Ok(x) = v.planned_value_at(c.random.decimal()) {
                use_ratio(x, &mut c.random)
            }
            let ev = Quantity::new(c.random.decimal(), v.budget_at_completion().unit().clone());
            if let Ok(e) = v.earned_schedule(&ev, c.random.decimal()) {
                use_ratio(e.earned(), &mut c.random);
                for x in [e.variance(), e.performance_index(), e.duration_at_completion()] {
                    if let Some(x) = x.known() {
                        use_ratio(x, &mut c.random)
                    }
                }
            }
        });
    }
    // rules
    {
        use marketloop::decision::*;
        json!(out, DecisionTable, |v, c| use_table(&v, &mut c.random));
        json!(out, CellTest, |v, _c| {
            let s = v.to_string();
            ensure!(s.parse::<CellTest>().ok().as_ref() == Some(&v), "test text {s}");
            let n = CellTest::not(v.clone());
            let s = n.to_string();
            ensure!(s.parse::<CellTest>().ok().as_ref() == Some(&n), "test text {s}");
        });
        json!(out, CellValue, |v, _c| {
            let s = v.to_string();
            ensure!(s.parse::<CellValue>().ok().as_ref() == Some(&v), "value text {s}");
        });
        json!(out, HitPolicy);
        json!(out, ValueKind);
    }
    // stats, decompose
    {
        use marketloop::stats::*;
        json!(out, Moments, |v, c| {
            let o = Moments::of((0..c.random.below(5)).map(|_| c.random.i64()).collect::<Vec<_>>());
            if let Ok(o) = o {
                round_trip(&o);
                if let Ok(m) = v.merge(o) {
                    round_trip(&m);
                    if let Ok(x) = m.variance() {
                        finite!(x);
                        ensure!(x >= 0.0, "variance {x}")
                    }
                }
            }
            if let Ok(x) = v.mean() {
                finite!(x)
            }
            if let Ok(x) = v.variance() {
                finite!(x);
                ensure!(x >= 0.0, "variance {x}")
            }
        });
        json!(out, marketloop::figure::Interval<f64>, |v, c| {
            finite!(v.low());
            finite!(v.high());
            finite!(v.width());
            let _ = v.contains(&c.random.f64());
        });
        json!(out, IntervalMethod);
        json!(out, QuantileMethod);
        use marketloop::decompose::*;
        json!(out, Element<String>);
        json!(out, Segment<String>);
        json!(out, SegmentEffect<String>);
        json!(out, Contributions<String>);
        json!(out, ProductSales<String>);
        json!(out, DecompositionMethod);
        json!(out, Vec<Segment<String>>, |v, c| if let Ok(m) =
            mix_rate(&v, (c.random.scale(), *c.random.pick(&ROUNDINGS)))
        {
            ensure!(add_all(m.parts().iter().map(|p| p.value)) == Some(m.total()), "mix and rate add up");
        });
        json!(out, Vec<ProductSales<String>>, |v, c| if let Ok(m) = price_volume_mix(&v, c.random.scale()) {
            if let Some(s) = add_all(m.parts().iter().map(|p| p.value)) {
                ensure!(s == m.total(), "pvm adds up");
            }
            let _ = (m.of_effect(Effect::Mix), m.table().csv());
        });
        json!(out, Vec<Element<String>>, |v, _c| if let Ok(a) = adtributor(&v) {
            finite!(a.surprise());
            for e in a.elements() {
                let _ = format!("{e:?}");
            }
            let _ = rank_dimensions([("x", a.clone()), ("y", a)], RankOptions::default());
        });
    }
    // response
    {
        use marketloop::response::*;
        json!(out, Curve, |v, c| use_curve(&v, &mut c.random));
        json!(out, Adstock, |v, c| {
            for w in v.weights() {
                finite!(*w)
            }
            finite!(v.long_run_multiplier());
            finite!(v.mean_lag());
            let s: Vec<f64> = (0..c.random.below(30)).map(|_| c.random.pos()).collect();
            if let Ok(x) = v.apply(&s) {
                for y in x {
                    finite!(y)
                }
            }
            let mut o = v.carry_over();
            for x in s {
                if let Ok(y) = o.advance(x) {
                    finite!(y)
                }
            }
            for x in o.outstanding() {
                finite!(x)
            }
            round_trip(&o);
        });
        json!(out, CarryOver, |v, c| {
            let mut v = v;
            for _ in 0..3 {
                if let Ok(y) = v.advance(c.random.pos()) {
                    finite!(y)
                }
            }
            for x in v.outstanding() {
                finite!(x)
            }
            round_trip(&v);
        });
        json!(out, Kernel);
        json!(out, Observations);
    }
}

pub fn use_period(p: &Period, r: &mut Random) {
    let s = p.to_string();
    ensure!(s.parse::<Period>().ok() == Some(*p), "period text {s}");
    round_trip(p);
    let _ = (p.next_start(), p.days(), p.months(), p.fiscal(), p.contains(day(r)));
    if let Ok(n) = p.next() {
        ensure!(n.start() > p.end(), "next");
        if !n.is_custom()
            && let Ok(b) = n.previous()
        {
            ensure!(b == *p, "next and back {s}")
        }
        let s = n.to_string();
        ensure!(s.parse::<Period>().ok() == Some(n), "period text {s}");
    }
    if let Ok(n) = p.previous() {
        ensure!(n.end() < p.start(), "previous");
        let s = n.to_string();
        ensure!(s.parse::<Period>().ok() == Some(n), "period text {s}");
    }
    for g in [Grain::Week, Grain::Month, Grain::Quarter, Grain::HalfYear, Grain::Day] {
        if p.days() > 4000 && !r.one_in(200) {
            continue;
        }
        if let Ok(parts) = p.divide(g) {
            ensure!(
                parts.first().map(|x| x.start()) == Some(p.start())
                    && parts.last().map(|x| x.end()) == Some(p.end()),
                "parts cover {s} by {g}"
            );
            ensure!(parts.windows(2).all(|w| w[0].next_start().ok() == Some(w[1].start())), "parts adjoin");
            for q in parts.iter().take(40) {
                let t = q.to_string();
                ensure!(t.parse::<Period>().ok() == Some(*q), "part's text {t}");
            }
        }
    }
}

pub fn use_calendar(v: &WorkCalendar, r: &mut Random) {
    let d = day(r);
    let span = v.last().signed_duration_since(v.first()).num_days() as usize;
    let inside = v.first() + chrono::TimeDelta::days(r.below(span + 1) as i64);
    for d in [d, inside, v.first(), v.last()] {
        let n = r.u32();
        let p = period(r);
        let _ = (
            v.is_workday(d),
            v.following(d),
            v.preceding(d),
            v.modified_following(d, &p),
            v.modified_preceding(d, &p),
            v.add_workdays(d, r.i32()),
            v.workday_from(d, n),
            v.workday_until(d, n),
            v.count_workdays(d, day(r)),
        );
        if let Ok(w) = v.following(d) {
            ensure!(v.is_workday(w) == Ok(true) && w >= d, "following");
        }
        if let Ok(w) = v.preceding(d) {
            ensure!(v.is_workday(w) == Ok(true) && w <= d, "preceding");
        }
    }
}

pub fn use_deadline(v: &Deadline, r: &mut Random) {
    let s = v.to_string();
    ensure!(s.parse::<Deadline>().ok().as_ref() == Some(v), "deadline text {s}");
    let (p, c) = (period(r), calendar(r));
    let due = v.due(&p, &c);
    if p.days() < 5000 || r.one_in(500) {
        if let Ok(all) = v.due_dates(&p, &c) {
            for d in all.iter().take(20) {
                let _ = (d.to_string(), d.before_roll());
            }
            if let Ok(d) = &due {
                ensure!(
                    all.iter().map(|x| x.date()).max() == Some(d.date()),
                    "due is the last of due_dates {s} {p}"
                );
            }
        }
    }
    for roll in [
        Roll::None,
        Roll::Following,
        Roll::Preceding,
        Roll::ModifiedFollowing,
        Roll::ModifiedPreceding,
        Roll::Skip,
    ] {
        let x = v.clone().with_roll(roll);
        let s = x.to_string();
        ensure!(s.parse::<Deadline>().ok().as_ref() == Some(&x), "deadline text {s}");
        let _ = x.due(&p, &c);
    }
    if let Ok(x) = v.clone().with_start_day_counted() {
        let s = x.to_string();
        ensure!(s.parse::<Deadline>().ok().as_ref() == Some(&x), "deadline text {s}");
    }
}

pub fn use_target(v: &marketloop::target::Target, r: &mut Random) {
    let s = v.to_string();
    ensure!(s.parse::<marketloop::target::Target>().ok().as_ref() == Some(v), "target text {s}");
    let d = r.decimal();
    if let Ok(a) = v.attainment(d) {
        use_ratio(a.ratio(), r);
        let _ = (a.to_string(), a.round((r.scale(), Rounding::HalfEven)));
        ensure!(a.is_met() == v.is_met(d), "met {s} {d}");
    }
    let _ = v.attainment_of(&marketloop::target::ActualValue::new(d, v.unit().clone()));
    if let Ok(x) = v.variance(d) {
        let _ = (x.absolute(), x.relative(), x.favour());
    }
}

pub fn use_curve(v: &marketloop::response::Curve, r: &mut Random) {
    use marketloop::response::*;
    let k = format!("{v:?}").chars().take_while(|c| c.is_alphabetic()).collect::<String>();
    for _ in 0..4 {
        let x = r.pos();
        ensure!(v.value(x).is_finite(), "{k} value({x}) = {}", v.value(x));
        ensure!(!v.marginal(x).is_nan(), "{k} marginal({x}) = {}", v.marginal(x));
        let m = r.pos();
        ensure!(!v.inverse_marginal(m).is_nan(), "{k} inverse_marginal({m})");
        ensure!(!v.inverse_marginal_near(m, x).is_nan(), "{k} inverse_marginal_near({m},{x})");
        let (a, b) = (r.pos(), r.pos());
        ensure!(!v.best_spend(m, a.min(b), a.max(b)).is_nan(), "{k} best_spend({m},{a},{b})");
        ensure!(!v.rise(a, b).is_nan(), "{k} rise({a},{b})");
    }
    let _ = (v.inflection(), v.has_one_inflection(), v.family());
    let s: Vec<f64> = (0..5).map(|_| r.pos()).collect();
    if let Ok(k) = Kernel::geometric(0.5)
        && let Ok(a) = Adstock::new(k, 3)
        && let Ok(y) = responses(v, &a, &s)
    {
        for x in y {
            finite!(x)
        }
    }
}

pub fn use_table(v: &marketloop::decision::DecisionTable, r: &mut Random) {
    use marketloop::decision::*;
    let texts: Vec<String> = (0..8).map(|_| r.text()).collect();
    let list: Vec<&str> = texts.iter().map(String::as_str).chain(["kol", "koc", "a"]).collect();
    for _ in 0..3 {
        let facts: Vec<Fact<'_>> = v
            .inputs()
            .iter()
            .enumerate()
            .map(|(i, x)| match (r.below(6), x.kind()) {
                (0, _) => Fact::Missing,
                (1, _) => Fact::Truth(true),
                (_, ValueKind::Number) => Fact::Number(r.decimal()),
                (_, ValueKind::Text) => Fact::Text(&texts[i % 8]),
                (_, ValueKind::Date) => {
                    marketloop::time::NaiveDate::from_num_days_from_ce_opt(r.i32()).unwrap_or_default().into()
                }
                (_, ValueKind::Duration) => marketloop::time::Duration::from_seconds(r.u64()).into(),
                (_, ValueKind::List) => Fact::List(&list[r.below(list.len())..]),
                _ => Fact::Truth(r.one_in(2)),
            })
            .collect();
        match v.decide(&facts) {
            Ok(d) => {
                let _ = (
                    d.to_string(),
                    d.number(),
                    d.matched().len(),
                    d.answering().len(),
                    d.outputs().count(),
                    d.output("action"),
                    d.nearest_miss().and_then(|x| d.explain(x)),
                );
                for x in 0..v.rules().len() {
                    let _ = (d.explain(x), d.why(x).map(|w| w.steps().count()));
                }
                let _ = d.why(usize::MAX).is_none();
            }
            Err(e) => {
                let _ = (e.to_string(), e.rules().len());
            }
        }
        let _ = v.matches(&facts).is_ok();
    }
    let rep = v.report(5000);
    let _ = (rep.to_string(), rep.work(), rep.is_complete());
    for g in rep.gaps() {
        let _ = g.to_string();
    }
    for o in rep.overlaps() {
        let _ = (o.to_string(), o.rules().len(), o.agrees());
    }
}
