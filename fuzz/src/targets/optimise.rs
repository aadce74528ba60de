//! Questions to the optimiser.
use super::*;

pub fn register(out: &mut Vec<Probe>) {
    use marketloop::optimise::*;
    json!(out, Optimisation, |v, c| {
        if let Ok(q) = v.with_limits(Limits::default().with_nodes(300)).check() {
            round_trip_text(&q);
            match q.solve() {
                Ok(o) => {
                    finite!(o.response());
                    finite!(o.exact_response());
                    if let Some(x) = o.multiplier().known() {
                        finite!(x);
                    }
                    ensure!(!o.bound().is_nan(), "bound");
                    ensure!(!o.gap().is_nan() && o.gap() >= 0.0, "gap {}", o.gap());
                    for l in o.lines() {
                        finite!(l.exact());
                        finite!(l.response());
                        if let Some(x) = l.marginal_return().known() {
                            finite!(x);
                        }
                        let _ = l.to_string();
                    }
                    for g in o.groups() {
                        if let Some(x) = g.multiplier().known() {
                            finite!(x);
                        }
                    }
                    let _ = o.to_string();
                    ensure!(
                        Money::sum(o.lines().iter().map(|l| l.amount()), o.spend().currency()).ok()
                            == Some(o.spend()),
                        "spend adds up"
                    );
                    if let Ok(g) = o.verify(&q) {
                        ensure!(!g.is_nan(), "verify {g}");
                    }
                    if let Ok(x) = q.response_of(o.lines().iter().map(|l| (l.name(), l.amount()))) {
                        finite!(x)
                    }
                }
                Err(e) => {
                    let _ = e.to_string();
                }
            }
            if let Ok(x) = q.bound_at(c.random.f64()) {
                ensure!(!x.is_nan(), "bound_at {x}");
            }
        }
    });
    json!(out, Aim);
    json!(out, Limits);
}
