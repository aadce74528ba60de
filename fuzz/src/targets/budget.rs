//! Allocations, reallocations, cuts, tracking and returns.
use super::*;

pub fn register(out: &mut Vec<Probe>) {
    use marketloop::budget::*;
    use marketloop::quantity::{Profit, Revenue};
    json!(out, AllocationDraft, |v, _c| if let Ok(a) = v.check() {
        use_allocation(&a)
    });
    json!(out, Allocation, |v, _c| use_allocation(&v));
    json!(out, Rule);
    json!(out, Reserve);
    json!(out, Divide);
    json!(out, Quota);
    json!(out, AmountCause);
    json!(out, Amount);
    json!(out, Limit);
    json!(out, Budget, |v, c| {
        for l in v.lines().iter() {
            let _ = (l.explain(), l.purpose().is_some());
            use_ratio(l.exact(), &mut c.random);
            if let Some(x) = v.share(l).known() {
                use_ratio(x, &mut c.random)
            }
        }
        let mut t = Tracking::of(&v);
        for l in v.lines().iter() {
            let m = |r: &mut Random| {
                Money::from_minor(
                    if r.one_in(5) { r.i128() } else { r.below(100000) as i128 },
                    v.total().currency(),
                )
                .unwrap_or(l.amount())
            };
            t = t.spending(
                LineSpending::new(l.name())
                    .with_actual(m(&mut c.random))
                    .with_committed(m(&mut c.random))
                    .with_forecast(m(&mut c.random)),
            );
        }
        if let Ok(t) = t.check() {
            use_tracking(&t, &mut c.random);
            round_trip(&t)
        }
        let mut cut: Vec<CutLine> = v.lines().iter().map(|l| CutLine::of(l, c.random.u32())).collect();
        if let Some(x) = cut.first_mut() {
            *x = x.clone().with_floor(money(&mut c.random)).with_marginal_return(c.random.decimal())
        }
        let m = money(&mut c.random);
        for s in [
            Shrink::To(m),
            Shrink::By(m),
            Shrink::ByShare { share: share(&mut c.random), rounding: *c.random.pick(&ROUNDINGS) },
        ] {
            if let Ok(x) = Cuts::draft(cut.clone(), s).check() {
                round_trip(&x);
                let _ = x.to_string();
            }
        }
    });
    json!(out, BudgetDraft);
    json!(out, Cuts, |v, _c| {
        let _ = (v.to_string(), v.total(), v.to_budget("x").map(|b| b.lines().len()));
        for x in v.cuts() {
            let _ = (x.to_string(), x.explain());
        }
    });
    json!(out, CutsDraft, |v, _c| if let Ok(x) = v.check() {
        round_trip(&x);
        let _ = x.to_string();
    });
    json!(out, Reallocation, |v, _c| {
        let _ = (v.to_string(), v.replayed().is_ok());
        ensure!(
            v.replayed().is_err() || v.replayed().ok().map(|x| x.len()) == Some(v.lines().len()),
            "replayed"
        );
    });
    json!(out, ReallocationDraft, |v, _c| if let Ok(x) = v.check() {
        round_trip(&x);
        let _ = (x.to_string(), x.replayed());
        for m in x.moves() {
            let _ = m.to_string();
        }
    });
    json!(out, ReleaseTable, |v, c| use_table(v.table(), &mut c.random));
    json!(out, Tracking, |v, c| use_tracking(&v, &mut c.random));
    json!(out, TrackingDraft, |v, c| if let Ok(t) = v.check() {
        use_tracking(&t, &mut c.random)
    });
    json!(out, TrueReturn<Revenue>, |v, c| {
        use_return(&v, &mut c.random);
        if let Ok(p) = v.to_profit(share(&mut c.random), *c.random.pick(&ROUNDINGS)) {
            use_return(&p, &mut c.random);
            round_trip(&p)
        }
    });
    json!(out, TrueReturn<Profit>, |v, c| use_return(&v, &mut c.random));
    json!(out, TrueReturnDraft<Revenue>);
    json!(out, marketloop::progress::Pacing<Money>, |v, c| {
        let _ = v.cumulative();
        let m = |r: &mut Random| {
            Money::from_minor(
                if r.one_in(5) { r.i128() } else { r.below(100000) as i128 },
                v.total().currency(),
            )
            .unwrap_or(*v.total())
        };
        ensure!(
            Money::sum(v.plan().iter().copied(), v.total().currency()).ok() == Some(*v.total()),
            "paced adds up"
        );
        for n in 0..v.plan().len().min(20) + 2 {
            if let Ok(s) = v.after(n, m(&mut c.random), m(&mut c.random)) {
                for x in [s.pacing_index(), s.projected_total()] {
                    if let Some(x) = x.known() {
                        use_ratio(x, &mut c.random)
                    }
                }
                if let Some(x) = s.repaced().known() {
                    ensure!(
                        x.is_empty()
                            || Money::sum(x.iter().copied(), v.total().currency()).ok()
                                == s.remaining().known(),
                        "repaced adds up {x:?} {}",
                        s.remaining()
                    );
                }
                let _ = s.against_cap(c.random.decimal()).map(|x| x.will_be_exceeded().is_known());
            }
        }
    });
    json!(out, FlexibleBudget, |v, c| {
        if let Ok(x) = v.flexed(c.random.decimal()) {
            use_ratio(x, &mut c.random)
        }
        if let Ok(x) = v.against(c.random.decimal(), c.random.decimal()) {
            for y in
                [Some(x.planned()), Some(x.flexed()), x.volume().known(), Some(x.price()), Some(x.total())]
            {
                if let Some(y) = y {
                    use_ratio(y, &mut c.random)
                }
            }
            if let Some(Ok(sum)) = x.volume().known().map(|volume| volume.plus(x.price())) {
                ensure!(sum == x.total(), "flex adds up");
            }
        }
    });
    json!(out, Vec<LineSpend>, |v, c| if let Ok(x) = SpendVariance::of(v) {
        let _ = x.to_string();
        for y in [Some(x.price()), x.volume().known(), x.mix().known(), Some(x.total())] {
            if let Some(y) = y {
                use_ratio(y, &mut c.random)
            }
        }
        for l in x.lines() {
            let _ = (l.to_string(), l.volume(), l.mix());
        }
        if let (Some(a), Some(b)) = (x.volume().known(), x.mix().known())
            && let Ok(s) = x.price().plus(a).and_then(|s| s.plus(b))
        {
            ensure!(s == x.total(), "spend variance adds up");
        }
    });
    json!(out, Position);
    json!(out, Move);
    json!(out, LineSpending);
    json!(out, CutLine);
}

pub fn use_allocation(a: &marketloop::budget::Allocation) {
    round_trip(a);
    let cur = a.total().currency();
    ensure!(
        Money::sum(a.leaves().map(|l| l.amount()), cur).ok() == Some(a.total()),
        "leaves add up to {}",
        a.total()
    );
    for l in a.lines() {
        let _ = (l.to_string(), l.purpose().is_some(), l.release().map(|r| r.to_string()));
        ensure!(!l.amount().is_negative() || a.total().is_negative(), "a line below 0: {l}");
        let end = marketloop::quantity::Ratio::from(l.amount().amount());
        ensure!(*l.why().value() == end, "the steps end at {} and not at {}", l.why().value(), l.amount());
        if l.has_parts() {
            ensure!(
                Money::sum(a.parts_of(l.name()).map(|p| p.amount()), cur).ok() == Some(l.amount()),
                "parts add up"
            );
        }
    }
    if let Ok(b) = a.to_budget("x") {
        round_trip(&b)
    }
}

pub fn use_tracking(t: &marketloop::budget::Tracking, r: &mut Random) {
    for l in t.lines() {
        let _ = (l.variance().to_string(), l.forecast_favour(), l.cap(r.decimal()), l.available());
        if let Some(x) = l.share_spent().known() {
            use_ratio(x, r)
        }
        let _ = t.line(l.name()).is_ok();
    }
    let percent = r.decimal();
    let _ = (t.over_now(percent).is_ok(), t.over_at_the_end(percent).is_ok(), t.total().is_over_now(percent));
    if let Some(x) = t.total().share_spent().known() {
        use_ratio(x, r)
    }
}

pub fn use_return<B: marketloop::quantity::Basis>(v: &marketloop::budget::TrueReturn<B>, r: &mut Random) {
    let _ = (
        v.direct_returns(),
        v.indirect_returns(),
        v.costs(),
        v.return_parts().map(|parts| parts.total()),
        v.cost_parts().map(|parts| parts.total()),
        v.costs_of(marketloop::budget::CostKind::Media),
    );
    if let Some(x) = v.net_return().known() {
        use_ratio(x, r)
    }
    for x in [v.return_ratio().known(), v.media_return().known()].into_iter().flatten() {
        use_ratio(x.ratio(), r)
    }
    if let Some(x) = v.why().known() {
        for s in x.steps() {
            use_ratio(s.value.ratio(), r)
        }
    }
}
