//! Big and deep inputs, each at sizes n and 2 n: time and memory must not grow out of proportion.
use crate::memory::{NOW, PEAK};
use crate::random::Random;
use marketloop::quantity::*;
use marketloop::time::*;
use rust_decimal::{Decimal, dec};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

type Case = (&'static str, usize, fn(usize) -> String);
fn m(n: u64) -> Money {
    Money::from_minor(n as i128, Currency::CNY).unwrap()
}
fn many(n: usize, f: impl Fn(usize) -> String) -> String {
    (0..n).map(f).collect::<Vec<_>>().join(",")
}
fn ok<T, E: ToString>(x: Result<T, E>) -> String {
    match x {
        Ok(_) => "ok".into(),
        Err(e) => {
            let s = e.to_string();
            format!(
                "refused ({} bytes): {}",
                s.len(),
                s.chars().take(70).collect::<String>().replace('\n', " ")
            )
        }
    }
}
fn read<T: serde::de::DeserializeOwned>(s: &str) -> String {
    format!("{} B of JSON, {}", s.len(), ok(serde_json::from_str::<T>(s)))
}
fn cal() -> WorkCalendar {
    WorkCalendar::monday_to_friday(date(1, 1, 1).unwrap(), date(9999, 12, 31).unwrap()).unwrap()
}
fn all_time() -> Period {
    "0001-01-01/9999-12-31".parse().unwrap()
}

/// A cycle that has begun, with `n` spends on its one line; `id` names each command.
fn journal_with_spends(n: usize, id: impl Fn(usize) -> String) -> marketloop::pdca::Journal {
    use marketloop::pdca::*;
    let mut j = Journal::new(CycleId::new("x").unwrap());
    let p = CyclePlan::draft("2026-Q3".parse().unwrap(), m(10_000_000), StageTable::quarterly().unwrap())
        .signed_by("d")
        .line("search", m(10_000_000))
        .target("t", "at least 2 %".parse().unwrap())
        .check()
        .unwrap();
    let on = date(2026, 7, 1).unwrap();
    let begin = [Command::Plan(Box::new(p)), Command::SignOff { role: "d".into() }, Command::Start];
    let spends = (0..n).map(|_| Command::RecordSpend { line: "search".into(), amount: m(1), on });
    for (k, c) in begin.into_iter().chain(spends).enumerate() {
        let command = CommandId::new(id(k + 1)).unwrap();
        let expected = j.cycle().version();
        let on = date(2026, 7, 2).unwrap();
        j.handle(&c, &Context { command, expected, by: "L".into(), on }).unwrap();
    }
    j
}

pub const CASES: &[Case] = &[
    ("kpi_parentheses", 10_000, |n| {
        ok(marketloop::kpi::KpiTree::parse(&format!("y = {}a{}\na", "(".repeat(n), ")".repeat(n))))
    }),
    ("kpi_minus_chain", 100_000, |n| {
        ok(marketloop::kpi::KpiTree::parse(&format!("y = {}a\na", "-".repeat(n))))
    }),
    ("kpi_minus_parentheses", 10_000, |n| {
        ok(marketloop::kpi::KpiTree::parse(&format!("y = {}a{}\na", "-(".repeat(n), ")".repeat(n))))
    }),
    ("kpi_sum_of_sums", 10_000, |n| {
        ok(marketloop::kpi::KpiTree::parse(&format!("y = {}a{}\na", "sum(".repeat(n), ")".repeat(n))))
    }),
    ("kpi_children_again", 1_000, |n| {
        ok(marketloop::kpi::KpiTree::parse(&format!(
            "y = {}\n{}",
            vec!["sum(p.*)"; n].join(" + "),
            (0..n).map(|i| format!("p.n{i}")).collect::<Vec<_>>().join(", ")
        )))
    }),
    ("kpi_deep_nodes", 20_000, |n| {
        let t = (0..n).map(|i| format!("a{i} = a{} + b{i}\nb{i}", i + 1)).collect::<Vec<_>>().join("\n")
            + &format!("\na{n}");
        let tree = match marketloop::kpi::KpiTree::parse(&t) {
            Ok(t) => t,
            Err(e) => return e.to_string().chars().take(100).collect(),
        };
        let all: Vec<(String, Decimal)> =
            tree.leaves().map(|(_, n)| (n.id().to_string(), dec!(1.5))).collect();
        let a = tree.inputs(all.iter().map(|(n, d)| (n.as_str(), *d))).unwrap();
        let b = tree.inputs(all.iter().map(|(n, _)| (n.as_str(), dec!(2)))).unwrap();
        format!(
            "{} {} {} {}",
            ok(tree.evaluate(&a)),
            ok(tree.explain(&a, &b)),
            ok(tree.sensitivities(&a)),
            tree.to_string().len()
        )
    }),
    ("kpi_deep_products", 2_000, |n| {
        let t = (0..n).map(|i| format!("a{i} = a{} * b{i}\nb{i}", i + 1)).collect::<Vec<_>>().join("\n")
            + &format!("\na{n}");
        let tree = marketloop::kpi::KpiTree::parse(&t).unwrap();
        let all: Vec<(String, Decimal)> = tree.leaves().map(|(_, n)| (n.id().to_string(), dec!(1))).collect();
        let a = tree.inputs(all.iter().map(|(n, d)| (n.as_str(), *d))).unwrap();
        let b = tree.inputs(all.iter().map(|(n, _)| (n.as_str(), dec!(1.001)))).unwrap();
        format!("{} {} {}", ok(tree.evaluate(&a)), ok(tree.explain(&a, &b)), ok(tree.sensitivities(&a)))
    }),
    ("kpi_wide_product_shapley", 500, |n| {
        let t = format!(
            "y = {}\n{}",
            (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(" * "),
            (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(", ")
        );
        let tree = marketloop::kpi::KpiTree::parse(&t).unwrap();
        let all: Vec<(String, Decimal)> = tree.leaves().map(|(_, n)| (n.id().to_string(), dec!(1))).collect();
        let a = tree.inputs(all.iter().map(|(n, d)| (n.as_str(), *d))).unwrap();
        let b = tree.inputs(all.iter().map(|(n, _)| (n.as_str(), dec!(1.001)))).unwrap();
        let o = marketloop::kpi::ExplainOptions::default()
            .with_method(marketloop::decompose::DecompositionMethod::Shapley);
        ok(tree.explain_with(&a, &b, &o))
    }),
    ("kpi_garbage", 500_000, |n| ok(marketloop::kpi::KpiTree::parse(&"?".repeat(n)))),
    ("kpi_garbage_lines", 200_000, |n| ok(marketloop::kpi::KpiTree::parse(&"3 = 4\n".repeat(n)))),
    ("kpi_unknown_names", 50_000, |n| {
        ok(marketloop::kpi::KpiTree::parse(&format!(
            "y = {}",
            (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(" + ")
        )))
    }),
    ("kpi_same_names", 50_000, |n| {
        ok(marketloop::kpi::KpiTree::parse(&format!("y = 1\n{}", "a\n".repeat(n))))
    }),
    ("kpi_ring", 20_000, |n| {
        ok(marketloop::kpi::KpiTree::parse(
            &(0..n).map(|i| format!("a{i} = a{}", (i + 1) % n)).collect::<Vec<_>>().join("\n"),
        ))
    }),
    ("kpi_units", 3_000, |n| {
        ok(marketloop::kpi::KpiTree::parse(&format!(
            "y = {}\n{}",
            (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(" * "),
            (0..n).map(|i| format!("a{i} [u{}]", i % 60)).collect::<Vec<_>>().join("\n")
        )))
    }),
    ("kpi_formula_text_right", 2_000, |n| {
        use marketloop::kpi::Formula;
        let mut f = Formula::node("a");
        for _ in 0..n {
            f = Formula::node("b") + f;
        }
        ok(f.text())
    }),
    ("kpi_formula_negations", 100_000, |n| {
        use marketloop::kpi::Formula;
        let mut f = Formula::node("a");
        for _ in 0..n {
            f = -f;
        }
        ok(f.text())
    }),
    ("kpi_shapley_of_leaves", 16, |n| {
        let n = n.min(40);
        let t = format!(
            "y = {}\n{}",
            (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(" * "),
            (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(", ")
        );
        let tree = marketloop::kpi::KpiTree::parse(&t).unwrap();
        let names: Vec<String> = (0..n).map(|i| format!("a{i}")).collect();
        let a = tree.inputs(names.iter().map(|x| (x.as_str(), dec!(1)))).unwrap();
        let b = tree.inputs(names.iter().map(|x| (x.as_str(), dec!(1.1)))).unwrap();
        ok(tree.shapley_of_leaves(&a, &b))
    }),
    ("kpi_straight_line", 1_000_000, |n| {
        let tree = marketloop::kpi::KpiTree::parse("y = a * b\na, b").unwrap();
        let a = tree.inputs([("a", dec!(1)), ("b", dec!(2))]).unwrap();
        let b = tree.inputs([("a", dec!(3)), ("b", dec!(2))]).unwrap();
        format!("{} {}", ok(tree.straight_line(&a, &b, n)), ok(tree.straight_line(&a, &b, usize::MAX)))
    }),
    ("kpi_columns_wide", 1, |_| {
        let tree = marketloop::kpi::KpiTree::parse("y = a * b\na, b").unwrap();
        format!("{} {}", ok(tree.columns(usize::MAX)), ok(tree.columns(usize::MAX / 64)))
    }),
    ("explain_product_log_mean", 100_000, |n| {
        ok(marketloop::decompose::explain_product(
            &vec![dec!(1); n],
            &vec![dec!(1.0); n],
            marketloop::decompose::DecompositionMethod::LogMean,
            (2, Rounding::HalfEven),
        ))
    }),
    ("explain_product_shapley", 400, |n| {
        ok(marketloop::decompose::explain_product(
            &vec![dec!(1); n],
            &[vec![dec!(2)], vec![dec!(1); n - 1]].concat(),
            marketloop::decompose::DecompositionMethod::Shapley,
            (2, Rounding::HalfEven),
        ))
    }),
    ("shapley_contributions", 1_000, |n| {
        ok(marketloop::decompose::shapley_contributions(&vec![1.0; n], &vec![1.001; n]))
    }),
    ("close", 200_000, |n| ok(marketloop::decompose::close(&vec![1.0; n], dec!(1000), 2))),
    ("mix_rate", 20_000, |n| {
        let s: Vec<_> = (0..n)
            .map(|i| marketloop::decompose::Segment {
                key: i,
                numerator_before: dec!(1),
                denominator_before: dec!(3),
                numerator_after: dec!(2),
                denominator_after: Decimal::from(7 + i % 100),
            })
            .collect();
        ok(marketloop::decompose::mix_rate(&s, (4, Rounding::HalfEven)))
    }),
    ("test_not_not", 10_000, |n| {
        ok(format!("{}1{}", "not(".repeat(n), ")".repeat(n)).parse::<marketloop::decision::CellTest>())
    }),
    ("test_choices", 50_000, |n| ok(many(n, |i| i.to_string()).parse::<marketloop::decision::CellTest>())),
    ("table_rules", 2_000, |n| {
        let s = format!(
            r#"{{"hit_policy":"first","inputs":[{{"name":"a","kind":"number"}},{{"name":"b","kind":"number"}}],"outputs":[{{"name":"o","kind":"text"}}],"rules":[{}]}}"#,
            many(n, |i| format!(r#"{{"when":["[{i}..{}]","> {i}"],"then":["\"x\""]}}"#, i + 3))
        );
        read::<marketloop::decision::DecisionTable>(&s)
    }),
    ("table_overlap", 2_000, |n| {
        let s = format!(
            r#"{{"hit_policy":"unique","inputs":[{{"name":"a","kind":"number"}}],"outputs":[{{"name":"o","kind":"text"}}],"rules":[{}]}}"#,
            many(n, |i| format!(r#"{{"when":["> {i}"],"then":["\"x\""]}}"#))
        );
        read::<marketloop::decision::DecisionTable>(&s)
    }),
    ("table_columns", 200, |n| {
        let s = format!(
            r#"{{"hit_policy":"first","inputs":[{}],"outputs":[{{"name":"o","kind":"text"}}],"rules":[{}]}}"#,
            many(n, |i| format!(r#"{{"name":"a{i}","kind":"number"}}"#)),
            many(n, |i| format!(
                r#"{{"when":[{}],"then":["\"x\""]}}"#,
                many(n, |k| format!("\"> {}\"", (i * 7 + k) % 50))
            ))
        );
        match serde_json::from_str::<marketloop::decision::DecisionTable>(&s) {
            Ok(t) => format!("{}", t.report(100_000).work()),
            Err(e) => e.to_string(),
        }
    }),
    ("calendar_9999_years", 1, |_| {
        let c = cal();
        format!("{:?}", c.count_workdays(c.first(), c.last()))
    }),
    ("period_days_9999_years", 1, |_| ok(all_time().divide(Grain::Day).map(|x| x.len()))),
    ("due_dates_9999_years", 1, |_| {
        let d: Deadline = "every Friday".parse().unwrap();
        format!("{:?}", d.due_dates(&all_time(), &cal()).map(|x| x.len()).ok())
    }),
    ("due_last_9999_years", 1, |_| {
        let d: Deadline = "every Friday".parse().unwrap();
        ok(d.due(&all_time(), &cal()))
    }),
    ("stage_table_9999_years", 1, |_| {
        let row = |s: &str| {
            format!(r#"{{"stage":"{s}","task":"t","deliverable":"d","owner":"o","due":"every Friday"}}"#)
        };
        let t: marketloop::pdca::StageTable =
            serde_json::from_str(&format!("[{}]", ["plan", "do", "check", "act"].map(row).join(",")))
                .unwrap();
        ok(t.due_dates(&all_time(), &cal()))
    }),
    ("cascade_days_9999_years", 1, |_| {
        ok(marketloop::goal::Cascade::even("m", all_time(), "1000000 CNY".parse().unwrap(), Grain::Day, 2))
    }),
    ("sprints_9999_years", 1, |_| {
        let s = marketloop::agile::Sprints::of_weeks(1, all_time()).unwrap();
        format!("{} {}", s.count(), s.iter().count())
    }),
    ("split_evenly_huge", 1, |_| {
        format!(
            "{} {} {}",
            ok(m(1).split_evenly(usize::MAX)),
            ok(m(1).split_evenly(1 << 40)),
            ok(m(1).split_evenly(0))
        )
    }),
    ("growth_huge", 1, |_| {
        let g = marketloop::goal::Growth::percent(dec!(30)).unwrap();
        format!(
            "{} {} {}",
            ok(g.stock_compounding(dec!(1), u32::MAX)),
            ok(g.stock_linear(dec!(1), u32::MAX)),
            ok(g.stock_with_churn(dec!(1), u32::MAX, dec!(0.1)))
        )
    }),
    ("adstock_lags", 1, |_| {
        read::<marketloop::response::Adstock>(
            r#"{"kernel":"geometric","alpha":0.5,"lags":18446744073709551615,"normalisation":"raw"}"#,
        ) + &ok(marketloop::response::Kernel::geometric(0.5).unwrap().weights(usize::MAX))
            + &ok(marketloop::response::Kernel::geometric(0.5).unwrap().weights(100_000_000))
    }),
    ("profile_weights", 1, |_| ok(marketloop::progress::Profile::even().weights(usize::MAX))),
    ("paced_periods", 10_000, |n| {
        ok(marketloop::progress::Pacing::new(m(1_000_000), &marketloop::progress::Profile::even(), n))
    }),
    ("every_months", 1, |_| format!("{}", every_months(date(1, 1, 1).unwrap(), 1).count())),
    ("optimise_groups_deep", 2_000, |n| {
        use marketloop::optimise::*;
        use marketloop::response::*;
        let mut q = Optimisation::maximise_response(m(100_000))
            .line("l", Logarithmic::new(100.0, 10.0).unwrap(), ..)
            .line("k", Logarithmic::new(100.0, 20.0).unwrap(), ..);
        let mut last = "l".to_string();
        for i in 0..n {
            let g = format!("g{i}");
            q = q.group(g.clone(), [last], ..m(50_000));
            last = g
        }
        ok(q.solve())
    }),
    ("optimise_lines", 1_000, |n| {
        use marketloop::optimise::*;
        use marketloop::response::*;
        let mut q = Optimisation::maximise_response(m(1_000_000));
        for i in 0..n {
            q = q.line(
                format!("l{i}"),
                Hill::new(100.0 + i as f64, 500.0 + (i % 37) as f64, 2.5).unwrap(),
                ..,
            );
        }
        ok(q.solve().map(|o| o.nodes()))
    }),
    ("optimise_nodes_max", 1, |_| {
        use marketloop::optimise::*;
        use marketloop::response::*;
        let mut q = Optimisation::maximise_response(m(1_000_000))
            .with_limits(Limits::default().with_nodes(usize::MAX).with_gap(0.0).unwrap());
        for i in 0..30 {
            q = q.line(format!("l{i}"), Hill::new(100.0, 500.0, 2.5).unwrap(), ..);
        }
        match q.solve() {
            Ok(o) => format!("nodes {} gap {}", o.nodes(), o.gap()),
            Err(e) => e.to_string(),
        }
    }),
    ("nested_chain", 20_000, |n| {
        use marketloop::split::*;
        let parts: Vec<_> = (0..n)
            .map(|i| {
                if i + 1 == n {
                    Bounded::new(1).below(i - 1)
                } else if i == 0 {
                    Bounded::group()
                } else {
                    Bounded::group().below(i - 1)
                }
            })
            .collect();
        ok(nested(1_000_000, &parts))
    }),
    ("nested_wide_limits", 2_000, |n| {
        use marketloop::split::*;
        let parts: Vec<_> = (0..n)
            .map(|i| {
                Bounded::new(Decimal::from(1 + i % 91))
                    .with_cap(Ratio::new(Decimal::from(900 + i), dec!(7)).unwrap())
            })
            .collect();
        ok(nested(1_000_000, &parts))
    }),
    ("bounded_wide", 50_000, |n| {
        use marketloop::split::*;
        let parts: Vec<_> = (0..n)
            .map(|i| {
                Bounded::new(Decimal::new(1 + i as i64, 3))
                    .with_floor(i as i128 % 7)
                    .with_cap(1000 + i as i128)
            })
            .collect();
        ok(bounded(1_000_000_000, &parts))
    }),
    ("weights_28_digits", 20_000, |n| {
        let w: Vec<Decimal> =
            (0..n).map(|i| Decimal::from_parts(i as u32 + 1, 77, 99, false, (i % 29) as u32)).collect();
        format!(
            "{}",
            marketloop::split::Weights::new(w)
                .map(|w| marketloop::split::Apportionment::LargestRemainder as u8 as usize
                    + w.split(i128::MAX, marketloop::split::Apportionment::SainteLague).len())
                .unwrap_or(0)
        )
    }),
    ("split_json", 20_000, |n| {
        let s = format!(
            r#"{{"total":"{}.00 CNY","parts":[{}]}}"#,
            n,
            many(n, |i| format!(r#"["k{i}","1 CNY"]"#))
        );
        read::<marketloop::split::Split<String>>(&s)
    }),
    ("mix_json", 10_000, |n| {
        let s = format!("[{}]", many(n, |i| format!(r#"["k{i}","0.0001"]"#)));
        read::<Mix<String>>(&s)
    }),
    ("budget_lines_json", 10_000, |n| {
        let s = format!(
            r#"{{"name":"x","total":"{n} CNY","lines":[{}]}}"#,
            many(n, |i| format!(r#"{{"name":"l{i}","amount":"1 CNY"}}"#))
        );
        read::<marketloop::budget::Budget>(&s)
    }),
    ("budget_rules", 1_000, |n| {
        use marketloop::budget::*;
        let mut b = Allocation::draft(m(100_000_000));
        b = b.rule("main", Divide::by_scores((0..n).map(|i| (format!("l{i}"), 1 + i as i64 % 9))));
        for i in 0..n {
            b = b.rule(
                format!("cap{i}"),
                Cap::line(format!("l{i}"), Limit::Stated(m(90_000 + i as u64 * 100))),
            );
        }
        ok(b.check())
    }),
    ("budget_within_chain", 200, |n| {
        use marketloop::budget::*;
        let mut b = Allocation::draft(m(100_000_000)).rule("main", Divide::by_percents([("a", 100)]));
        let mut name = "a".to_string();
        for i in 0..n {
            b = b.rule(format!("r{i}"), Divide::by_percents([("a", 100)]).within(name.clone()));
            name += "/a";
        }
        ok(b.check())
    }),
    ("cuts_lines", 20_000, |n| {
        use marketloop::budget::*;
        ok(Cuts::draft(
            (0..n).map(|i| CutLine::new(format!("l{i}"), m(100), (i % 7) as u32)),
            Shrink::By(m(500)),
        )
        .check())
    }),
    ("tracking_lines", 10_000, |n| {
        use marketloop::budget::*;
        let mut b = Budget::draft("x", m(100 * n as u64));
        for i in 0..n {
            b = b.amount(format!("l{i}"), m(100));
        }
        let b = b.check().unwrap();
        let mut t = Tracking::of(&b);
        for i in 0..n {
            t = t.spending(LineSpending::new(format!("l{i}")).with_actual(m(50)));
        }
        ok(t.check())
    }),
    ("work_plan_chain", 10_000, |n| {
        let s = format!(
            r#"{{"title":"t","start":"2026-07-01","tasks":[{}]}}"#,
            many(n, |i| format!(
                r#"{{"id":"t{i}","name":"n","acceptance":"a","raci":{{"responsible":["r"],"accountable":["a"]}},"workdays":1,"makes":["d{i}"],"needs":[{}],"progress":{{"done":"0"}}}}"#,
                if i > 0 {
                    format!(r#"{{"deliverable":"d{}","relation":"FS"}}"#, i - 1)
                } else {
                    String::new()
                }
            ))
        );
        match serde_json::from_str::<marketloop::plan::WorkPlan>(&s) {
            Ok(p) => {
                let c = cal();
                match p.dated(&c) {
                    Ok(d) => format!("{} {}", d.finish(), d.critical_paths(3).len()),
                    Err(e) => e.to_string().chars().take(80).collect(),
                }
            }
            Err(e) => e.to_string().chars().take(100).collect(),
        }
    }),
    ("work_plan_ring", 10_000, |n| {
        let s = format!(
            r#"{{"title":"t","start":"2026-07-01","tasks":[{}]}}"#,
            many(n, |i| format!(
                r#"{{"id":"t{i}","name":"n","acceptance":"a","raci":{{"responsible":["r"],"accountable":["a"]}},"workdays":1,"makes":["d{i}"],"needs":[{{"deliverable":"d{}","relation":"FS"}}],"progress":{{"done":"0"}}}}"#,
                (i + 1) % n
            ))
        );
        read::<marketloop::plan::WorkPlan>(&s)
    }),
    ("gantt_long_task", 1, |_| {
        use marketloop::plan::*;
        let p = WorkPlan::draft("t", date(1, 1, 1).unwrap())
            .task(Task::new("a", "a", 2_600_000, Raci::new("r", "a")))
            .task(Task::new("b", "b", 1, Raci::new("r", "a")))
            .check()
            .unwrap();
        let c = cal();
        match p.dated(&c) {
            Ok(d) => format!("gantt of {} bytes", d.gantt().len()),
            Err(e) => e.to_string(),
        }
    }),
    ("network_lattice_paths", 40, |n| {
        use marketloop::plan::*;
        let mut rel = vec![];
        for l in 0..n as u32 {
            for a in 0..2 {
                for b in 0..2 {
                    rel.push((2 * l + a, 2 * l + 2 + b, Relation::FinishToStart(0)));
                }
            }
        }
        let net = Network::new(&vec![1; 2 * n + 2], &rel).unwrap();
        let s = net.schedule();
        let c = s.critical_paths(1000);
        format!("{} {}", s.critical_path_count(), c.len())
    }),
    ("network_extremes", 100_000, |n| {
        use marketloop::plan::*;
        let rel: Vec<_> = (1..n as u32)
            .map(|i| (i - 1, i, Relation::StartToFinish(if i % 2 == 0 { i32::MIN } else { i32::MAX })))
            .collect();
        match Network::new(&vec![u32::MAX; n], &rel) {
            Ok(x) => {
                let s = x.schedule_within(&vec![i64::MAX; n], &vec![Some(i64::MIN); n]);
                format!("{} {:?} {:?}", s.finish(), s.total_float(0), s.free_float(5))
            }
            Err(e) => e.to_string(),
        }
    }),
    ("co_occurrence_channels", 5_000, |n| ok(marketloop::channel::CoOccurrence::new(0..n))),
    ("co_occurrence_100k", 1, |_| ok(marketloop::channel::CoOccurrence::new(0..100_000))),
    ("board_cards", 20_000, |n| {
        read::<marketloop::agile::Board>(&format!(
            r#"[{{"name":"a","cards":[{}]}},{{"name":"b"}}]"#,
            many(n, |i| format!("\"c{i}\""))
        ))
    }),
    ("board_add", 20_000, |n| {
        let mut b = marketloop::agile::Board::tasks();
        for i in 0..n {
            b.add(format!("c{i}")).unwrap();
        }
        format!("{}", b.cards())
    }),
    ("experiment_log", 5_000, |n| {
        use marketloop::agile::*;
        let mut l = ExperimentLog::new();
        for i in 0..n {
            l.start(Experiment {
                id: format!("e{i}"),
                because: "b".into(),
                we_believe: "w".into(),
                metric: "m".into(),
                expected_change: "1 %".parse().unwrap(),
                cost_cap: m(1000),
                begins: date(2026, 1, 1).unwrap(),
                ends: date(2026, 2, 1).unwrap(),
            })
            .unwrap();
            l.spend(&format!("e{i}"), date(2026, 1, 2).unwrap(), m(1)).unwrap();
        }
        let s = serde_json::to_string(&l).unwrap();
        read::<ExperimentLog>(&s)
    }),
    ("sprint_commitments", 20_000, |n| {
        read::<marketloop::agile::SprintPlan>(&format!(
            r#"{{"sprints":{{"period":"2026-Q3","weeks":2,"begins_on":"Mon"}},"people":3,"commitments":[{}]}}"#,
            many(n, |i| format!(r#"{{"id":"t{i}","sprint":1,"workdays":4}}"#))
        ))
    }),
    ("journal_events", 20_000, |n| {
        let s = serde_json::to_string(&journal_with_spends(n, |k| format!("c{k}"))).unwrap();
        read::<marketloop::pdca::Journal>(&s)
    }),
    ("journal_chosen_ids", 20_000, |n| {
        let j = journal_with_spends(n, |k| "\u{0}".repeat(k % 300) + &k.to_string());
        format!("{}", j.records().len())
    }),
    ("journal_findings", 5_000, |n| {
        use marketloop::pdca::*;
        let mut j = Journal::new(CycleId::new("x").unwrap());
        let p = CyclePlan::draft("2026-Q3".parse().unwrap(), m(10_000_000), StageTable::quarterly().unwrap())
            .signed_by("d")
            .line("search", m(10_000_000))
            .target("conv", "at least 2 %".parse().unwrap())
            .check()
            .unwrap();
        let mut k = 0;
        let mut tell = |j: &mut Journal, c: Command| {
            k += 1;
            j.handle(
                &c,
                &Context {
                    command: CommandId::new(format!("c{k}")).unwrap(),
                    expected: j.cycle().version(),
                    by: "L".into(),
                    on: date(2026, 12, 2).unwrap(),
                },
            )
            .map(|_| ())
            .map_err(|e| e.to_string())
        };
        tell(&mut j, Command::Plan(Box::new(p))).unwrap();
        tell(&mut j, Command::SignOff { role: "d".into() }).unwrap();
        tell(&mut j, Command::Start).unwrap();
        tell(
            &mut j,
            Command::RecordActual {
                target: "conv".into(),
                actual: marketloop::figure::Figure::Known("1 %".parse().unwrap()),
            },
        )
        .unwrap();
        tell(&mut j, Command::BeginCheck).unwrap();
        for _ in 0..n {
            if let Err(e) = tell(
                &mut j,
                Command::RecordFinding(Box::new(
                    marketloop::review::Finding::new(
                        "conv",
                        "at least 2 %".parse().unwrap(),
                        "1 %".parse().unwrap(),
                    )
                    .unwrap(),
                )),
            ) {
                return e;
            }
        }
        let s = serde_json::to_string(&j).unwrap();
        read::<Journal>(&s)
    }),
    ("cycle_plan_lines", 10_000, |n| {
        use marketloop::pdca::*;
        let mut d =
            CyclePlan::draft("2026-Q3".parse().unwrap(), m(n as u64), StageTable::quarterly().unwrap())
                .signed_by("d")
                .target("t", "at least 2 %".parse().unwrap());
        for i in 0..n {
            d = d.line(format!("l{i}"), m(1)).signed_by(format!("s{i}"))
        }
        ok(d.check())
    }),
    ("lineage", 2_000, |n| {
        use marketloop::pdca::*;
        let cs: Vec<Cycle> = (0..n).map(|i| Cycle::new(CycleId::new(format!("c{i}")).unwrap())).collect();
        ok(Lineage::new(&cs))
    }),
    ("finding_causes", 50_000, |n| {
        read::<marketloop::review::Finding>(&format!(
            r#"{{"metric":"c","target":"at least 2 %","actual":"1.5 %","causes":[{}]}}"#,
            many(n, |i| format!(r#"{{"whys":["w{i}"]}}"#))
        ))
    }),
    ("cause_whys", 100_000, |n| {
        read::<marketloop::review::ProblemCause>(&format!(
            r#"{{"whys":[{}]}}"#,
            many(n, |i| format!("\"w{i}\""))
        ))
    }),
    ("risk_register", 3_000, |n| {
        let pts = r#"{"low":"1 CNY","likely":"2 CNY","high":"4 CNY"}"#;
        let s = format!(
            r#"{{"matrix":{{"probability":[{{"name":"p","up_to":"1"}}],"impact":[{{"name":"i","up_to":"100"}}],"ratings":[["acceptable"]]}},"alerts":[{}],"risks":[{}]}}"#,
            many(n, |i| format!(
                r#"{{"id":"a{i}","metric":"r","rule":"below 80","response":{{"responsible":"s","steps":[{{"action":"x","within":"15 minutes"}}]}}}}"#
            )),
            many(n, |i| format!(
                r#"{{"id":"r{i}","event":"e","probability_level":"p","impact_level":"i","responsible":"o","probability":"0.2","impact":{pts},"triggers":["a{}"],"responses":[]}}"#,
                n - 1 - i
            ))
        );
        read::<marketloop::risk::RiskRegister>(&s)
    }),
    ("risk_matrix_levels", 1_000, |n| {
        let mut s = format!(
            r#"{{"probability":[{}],"impact":[{{"name":"i","up_to":"100"}}],"ratings":["#,
            many(n, |i| format!(
                r#"{{"name":"p{i}","up_to":"{}"}}"#,
                Decimal::from(i + 1) / Decimal::from(n)
            ))
        );
        s += &many(n, |_| r#"["acceptable"]"#.into());
        s += "]}";
        read::<marketloop::risk::RiskMatrix>(&s)
    }),
    ("health_matrix", 10_000, |n| {
        let s = format!(
            r#"{{"bands":{{"lowest":"red","edges":[{{"threshold":{{"at":"4/5","side":"above"}},"class":"yellow"}},{{"threshold":{{"at":"1","side":"above"}},"class":"green"}}],"hysteresis":"0"}},"dimensions":[{{"name":"d","indicators":[{}]}}]}}"#,
            many(n, |i| format!(
                r#"{{"name":"i{i}","target":"at least {} %","review":"month","actual":"0.{} %"}}"#,
                1 + i % 97,
                1 + i % 89
            ))
        );
        match serde_json::from_str::<marketloop::health::Matrix>(&s) {
            Ok(x) => match x.assess() {
                Ok(a) => format!(
                    "{} {}",
                    ok(a.contributions((2, Rounding::HalfEven))),
                    ok(a.least_effort(marketloop::target::Light::Green, |_, _| "1".parse().unwrap()))
                ),
                Err(e) => e.to_string(),
            },
            Err(e) => e.to_string(),
        }
    }),
    ("bands_edges", 20_000, |n| {
        read::<marketloop::target::Bands<u32>>(&format!(
            r#"{{"lowest":0,"edges":[{}],"hysteresis":"0"}}"#,
            many(n, |i| format!(r#"{{"threshold":{{"at":"{}","side":"above"}},"class":{}}}"#, i + 1, i + 1))
        ))
    }),
    ("ahp_items", 100, |n| {
        let s = format!(
            r#"{{"items":[{}],"judgements":[{}]}}"#,
            many(n, |i| format!("\"i{i}\"")),
            many(n - 1, |i| format!(
                r#"{{"item":"i{i}","over":"i{}","value":{}}}"#,
                i + 1,
                1.0 + (i % 5) as f64
            ))
        );
        match serde_json::from_str::<marketloop::ranking::PairwiseComparisons>(&s) {
            Ok(p) => ok(p.priorities().map(|p| p.most_inconsistent().is_known())),
            Err(e) => e.to_string(),
        }
    }),
    ("decision_matrix", 1_000, |n| {
        use marketloop::ranking::*;
        let d = DecisionMatrix::new(
            [marketloop::target::Better::Higher; 10],
            (0..n)
                .map(|i| (0..10).map(|k| 1.0 + ((i * 7919 + k * 104729) % 1000) as f64).collect::<Vec<_>>()),
        )
        .unwrap();
        format!(
            "{} {} {} {} {}",
            ok(entropy_weights(&d)),
            ok(gini_weights(&d)),
            ok(removal_weights(&d)),
            ok(critic_weights(&d)),
            ok(rank_reversals(&d, |m| Topsis::MinMax.scores(m, &CriteriaWeights::equal(10).unwrap())))
        )
    }),
    ("pattern_backtracking", 2_000, |n| {
        let p: marketloop::funnel::Pattern =
            ".*(?1).*(?1).*(?1).*(?1).*(?1).*(?1).*(?1).*(?1).*(?2)".parse().unwrap();
        let (u, t, k): (Vec<u64>, Vec<i64>, Vec<u32>) = (vec![1; n], (0..n as i64).collect(), vec![1; n]);
        let e = marketloop::funnel::Events::new(&u, &t, &k).unwrap();
        format!("{} {}", ok(p.matches(&e)), ok(p.count(&e)))
    }),
    ("pattern_times", 2_000, |n| {
        let p: marketloop::funnel::Pattern = "(?1)(?t<=5).*(?1)(?t>=3).*(?1)(?t==2).*(?1).*(?t<9)(?2)"
            .parse()
            .unwrap_or_else(|_| "(?1)(?t<=5)(?1)(?t>=3)(?2)".parse().unwrap());
        let (u, t, k): (Vec<u64>, Vec<i64>, Vec<u32>) = (vec![1; n], (0..n as i64).collect(), vec![1; n]);
        let e = marketloop::funnel::Events::new(&u, &t, &k).unwrap();
        format!("{} {}", ok(p.matches(&e)), ok(p.count(&e)))
    }),
    ("pattern_long", 20_000, |n| {
        ok("(?1).*".repeat(n).parse::<marketloop::funnel::Pattern>().map(|p| {
            let (u, t, k) = ([1u64; 100], core::array::from_fn::<i64, 100, _>(|i| i as i64), [1u32; 100]);
            let e = marketloop::funnel::Events::new(&u, &t, &k).unwrap();
            p.matches(&e).is_ok()
        }))
    }),
    ("funnel_all_masks", 20_000, |n| {
        use marketloop::funnel::*;
        let (u, t, k): (Vec<u64>, Vec<i64>, Vec<u32>) =
            (vec![1; n], (0..n as i64).map(|i| i / 3).collect(), vec![u32::MAX; n]);
        let e = Events::new(&u, &t, &k).unwrap();
        let mut out = String::new();
        let modes = [
            "default",
            "strict_order",
            "strict_deduplication",
            "strict_once",
            "strict_increase",
            "strict_order+allow_reentry",
            "strict_order+strict_deduplication+strict_once+strict_increase",
        ];
        let mut all: Vec<Matching> = vec![Matching::Longest, Matching::StrictlyIncreasing, Matching::UseOnce];
        all.extend(modes.iter().filter_map(|m| m.parse().ok()).map(Matching::WindowFunnel));
        for m in all {
            let window = marketloop::time::Duration::from_seconds(1_000_000);
            let d = FunnelRules::draft((0..30).map(|i| format!("s{i}"))).with_window(window).with_matching(m);
            if let Ok(r) = d.check() {
                let a = Instant::now();
                let x = format!("{} {}", ok(r.count(&e)), ok(r.chains(&e)));
                out += &format!("{m:?} {} ms {}; ", a.elapsed().as_millis(), x.len());
            }
        }
        out
    }),
    ("funnel_optional_steps", 16, |n| {
        use marketloop::funnel::*;
        let n = n.min(30);
        let (u, t, k): (Vec<u64>, Vec<i64>, Vec<u32>) =
            (vec![1; 2000], (0..2000).collect(), (0..2000).map(|i| 1u32 << (i % 7)).collect());
        let e = Events::new(&u, &t, &k).unwrap();
        let optional: Vec<String> = (0..n).map(|i| format!("s{i}")).collect();
        let steps = ["first"].into_iter().chain(optional.iter().map(String::as_str)).chain(["last"]);
        let window = marketloop::time::Duration::from_seconds(1000);
        let d = FunnelRules::draft(steps).with_window(window).with_matching(Matching::UseOnce);
        let d = optional.iter().fold(d, |d, step| d.with_optional_step(step));
        match d.check() {
            Ok(r) => format!("{} {}", ok(r.count(&e)), ok(r.chains(&e))),
            Err(e) => e.to_string(),
        }
    }),
    ("cohort_brackets", 1, |_| {
        use marketloop::funnel::*;
        let r = CohortRules::new(i64::MAX).with_bracket(0, u64::MAX);
        match r {
            Ok(r) => {
                let e = Events::new(&[1, 1], &[i64::MIN, i64::MAX], &[3, 3]).unwrap();
                match r.cohorts(&e) {
                    Ok(c) => format!(
                        "{:?} {:?}",
                        ok(c.overall(Retention::OnOrAfter(0))),
                        ok(c.overall(Retention::On(u64::MAX)))
                    ),
                    Err(e) => e.to_string(),
                }
            }
            Err(e) => e.to_string(),
        }
    }),
    ("cohorts_many", 50_000, |n| {
        use marketloop::funnel::*;
        let u: Vec<u64> = (0..n as u64).flat_map(|i| [i, i]).collect();
        let t: Vec<i64> = (0..n as i64).flat_map(|i| [i * 1000, i * 1000 + i]).collect();
        let k: Vec<u32> = vec![3; 2 * n];
        let e = Events::new(&u, &t, &k).unwrap();
        match CohortRules::new(i64::MAX - 1).cohorts(&e) {
            Ok(c) => {
                let s = serde_json::to_string(&c).unwrap();
                format!("{} {}", ok(c.overall(Retention::On(3))), read::<CohortMatrix>(&s))
            }
            Err(e) => e.to_string(),
        }
    }),
    ("journeys_overlapping", 2_000, |n| {
        use marketloop::attribution::*;
        let ch = Channels::new(["a"]).unwrap();
        let id = ch.ids().next().unwrap();
        let t: Vec<_> = (0..n).map(|i| TouchEvent::new(1, i as i64, id)).collect();
        let c: Vec<_> =
            (0..n).map(|i| ConversionEvent { user: 1, time: n as i64 + i as i64, value: 1 }).collect();
        let r = JourneyRules::new().with_closing(Closing::Overlapping);
        ok(r.journeys(&ch, Currency::CNY, &t, &c).map(|j| j.paths.touches()))
    }),
    ("attribution_channels", 300, |n| {
        use marketloop::attribution::*;
        let mut b = PathTable::builder(Currency::CNY);
        for i in 0..n * 3 {
            b.push_names(
                [
                    format!("c{}", i % n).as_str(),
                    format!("c{}", (i * 7 + 1) % n).as_str(),
                    format!("c{}", (i * 31 + 5) % n).as_str(),
                ],
                Outcome { conversions: 1, nulls: 3, value: 10 },
            )
            .unwrap();
        }
        let p = b.build();
        let mut out = String::new();
        for (k, f) in [
            ("markov1", Box::new(|| ok(AttributionModel::Markov(1).credit(&p))) as Box<dyn Fn() -> String>),
            ("markov2", Box::new(|| ok(AttributionModel::Markov(2).credit(&p)))),
            ("shapley", Box::new(|| ok(AttributionModel::Shapley.credit(&p)))),
            ("leave", Box::new(|| ok(AttributionModel::LeaveOneTouchOut.credit(&p)))),
            ("removal", Box::new(|| ok(path_removal(&p)))),
            ("linear", Box::new(|| ok(AttributionModel::Linear.credit(&p)))),
        ] {
            let a = Instant::now();
            let x = f();
            out += &format!("{k} {} ms {x}; ", a.elapsed().as_millis());
        }
        out
    }),
    ("attribution_long_path", 2_000, |n| {
        use marketloop::attribution::*;
        let mut b = PathTable::builder(Currency::CNY);
        let names: Vec<String> = (0..n).map(|i| format!("c{}", (i * i + 7) % 50)).collect();
        b.push_names(names.iter().map(String::as_str), Outcome { conversions: 1, nulls: 3, value: 10 })
            .unwrap();
        let p = b.build();
        let mut out = String::new();
        for (k, f) in [
            ("markov1", Box::new(|| ok(AttributionModel::Markov(1).credit(&p))) as Box<dyn Fn() -> String>),
            ("markov3", Box::new(|| ok(AttributionModel::Markov(3).credit(&p)))),
            ("markov255", Box::new(|| ok(AttributionModel::Markov(255).credit(&p)))),
            ("shapley", Box::new(|| ok(AttributionModel::Shapley.credit(&p)))),
            ("ordered", Box::new(|| ok(shapley_ordered(&p)))),
            ("leave", Box::new(|| ok(AttributionModel::LeaveOneTouchOut.credit(&p)))),
            ("decay", Box::new(|| ok(AttributionModel::PositionDecay(Decimal::new(5, 1)).credit(&p)))),
            ("order", Box::new(|| ok(OrderSelection::new(&p, &p, 20)))),
            ("steps", Box::new(|| ok(MarkovChain::new(&p, 3).unwrap().expected_steps()))),
        ] {
            let a = Instant::now();
            let x = f();
            out += &format!("{k} {} ms {x}; ", a.elapsed().as_millis());
        }
        out
    }),
    ("attribution_sticky", 1, |_| {
        use marketloop::attribution::*;
        let mut b = PathTable::builder(Currency::CNY);
        let names: Vec<&str> = (0..60_000).map(|i| if i % 2 == 0 { "a" } else { "b" }).collect();
        b.push_names(names, Outcome { conversions: 0, nulls: 1, value: 0 }).unwrap();
        b.push_names(["a"], Outcome { conversions: 1, nulls: 0, value: 10 }).unwrap();
        let p = b.build();
        format!(
            "{} {} {}",
            ok(AttributionModel::Markov(1).credit(&p)),
            ok(AttributionModel::Markov(2).credit(&p)),
            ok(MarkovChain::new(&p, 2).unwrap().expected_steps())
        )
    }),
    ("channels_names", 60_000, |n| {
        read::<marketloop::attribution::PathTable>(&format!(
            r#"{{"currency":"CNY","channels":[{}],"rows":[{{"path":[0],"conversions":1}}]}}"#,
            many(n.min(65_000), |i| format!("\"c{i}\""))
        ))
    }),
    ("shapley_value_20", 20, |n| ok(marketloop::attribution::shapley_value(n.min(20), |s| s as f64))),
    ("moments", 100_000, |n| {
        ok(marketloop::stats::Moments::of((0..n).map(|i| if i % 2 == 0 { i64::MAX } else { i64::MIN })))
    }),
    ("quantile_beta_extremes", 200, |n| {
        let mut r = Random(5);
        let mut slow = 0;
        for _ in 0..n {
            let (a, b, p) = (r.pos(), r.pos(), r.unit());
            let t = Instant::now();
            let _ = marketloop::stats::beta_quantile(a, b, p).map(|x| assert!(x.is_finite()));
            let _ = marketloop::stats::beta_cdf(a, b, p);
            let _ = marketloop::stats::gamma_cdf(a, b);
            let _ = marketloop::stats::student_quantile(p, a);
            slow = slow.max(t.elapsed().as_millis());
        }
        format!("slowest {slow} ms")
    }),
    ("fit_many", 5_000, |n| {
        use marketloop::response::*;
        let o = Observations::new((0..n).map(|i| (i as f64, 100.0 * (1.0 - (-(i as f64) / 900.0).exp()))))
            .unwrap();
        ok(best_of(Family::ALL.iter().copied(), &o))
    }),
    ("piecewise", 50_000, |n| {
        use marketloop::response::*;
        let c = PiecewiseLinear::new((0..n.min(100_000)).map(|i| (i as f64, (i as f64).sqrt()))).unwrap();
        let mut s = 0.0;
        for i in 0..1000 {
            s +=
                c.inverse_marginal(1.0 / (1.0 + i as f64)) + c.value(i as f64) + c.best_spend(0.01, 0.0, 1e5);
        }
        format!("{s}")
    }),
    ("ratio_long_text", 1_000_000, |n| ok(format!("1/{}", "9".repeat(n)).parse::<Ratio>())),
    ("money_long_text", 1_000_000, |n| {
        format!(
            "{} {} {}",
            ok(Money::parse(&format!("{} CNY", "9".repeat(n)))),
            ok(Money::parse(&format!("0.{} CNY", "0".repeat(n)))),
            ok(Money::parse(&"x".repeat(n)))
        )
    }),
    ("unit_long_text", 500_000, |n| {
        format!(
            "{} {} {}",
            ok("a*".repeat(n).parse::<Unit>()),
            ok("a/".repeat(n).parse::<Unit>()),
            ok(format!("{} x", "1".repeat(n)).parse::<Unit>())
        )
    }),
    ("deadline_long_text", 500_000, |n| {
        format!(
            "{} {}",
            ok("every ".repeat(n).parse::<Deadline>()),
            ok(format!("{} days after period start", "0".repeat(n)).parse::<Deadline>())
        )
    }),
    ("period_long_text", 500_000, |n| {
        format!("{} {}", ok("2026-".repeat(n).parse::<Period>()), ok("é".repeat(n).parse::<Period>()))
    }),
    ("content_matrix", 2_000, |n| {
        read::<marketloop::channel::ContentMatrix>(&format!(
            r#"{{"platforms":[{}],"contents":[{}]}}"#,
            many(n, |i| format!(r#"{{"name":"p{i}","core_kpi":"k","target":"at least 1 %"}}"#)),
            many(3, |i| format!(r#"{{"name":"c{i}","pieces":[{}]}}"#, many(n, |_| "1".into())))
        ))
    }),
    ("json_depth", 100_000, |n| {
        let s = format!("{}1{}", "[".repeat(n), "]".repeat(n));
        read::<marketloop::budget::Budget>(&s)
    }),
    ("baseline_points", 100_000, |n| {
        read::<marketloop::progress::PlannedValueCurve<marketloop::quantity::Count>>(&format!(
            "[{}]",
            many(n, |i| format!("[{i},{i}]"))
        ))
    }),
    ("overlay_names", 100_000, |n| {
        read::<marketloop::kpi::Overlay>(&format!(
            r#"{{"names":["x"],"set":{{{}}}}}"#,
            many(n, |i| format!(r#""n{i}":"1""#))
        ))
    }),
    ("problems_many", 50_000, |n| {
        read::<marketloop::budget::Budget>(&format!(
            r#"{{"name":"","total":"1 CNY","lines":[{}]}}"#,
            many(n, |_| r#"{"name":"","percent":"-5"}"#.into())
        ))
    }),
    ("reallocation", 1_000, |n| {
        use marketloop::budget::*;
        let t = ReleaseTable::kol_and_activity().unwrap();
        let mut d = Reallocation::draft(t, Rounding::HalfEven, Place::Owner("o".into()));
        for i in 0..n {
            d = d
                .position(
                    Position::new(format!("l{i}"), m(10_000))
                        .with_fact("kind", "kol")
                        .with_fact("roi", dec!(1)),
                )
                .recipient(format!("r{i}"), 1);
        }
        ok(d.check())
    }),
    ("gantt_phases", 4_000, |n| {
        use marketloop::plan::*;
        let mut d = WorkPlan::draft("t", date(2026, 7, 1).unwrap());
        for i in 0..n {
            d = d.task(Task::new(format!("t{i}"), "n", 1, Raci::new("r", "a")).with_phase(format!("p{i}")));
        }
        let p = d.check().unwrap();
        let c = cal();
        match p.dated(&c) {
            Ok(d) => format!("gantt of {} bytes", d.gantt().len()),
            Err(e) => e.to_string(),
        }
    }),
    ("pattern_long_rows", 3_000, |n| {
        ok("(?1).*".repeat(n).parse::<marketloop::funnel::Pattern>().map(|p| {
            let (u, t, k): (Vec<u64>, Vec<i64>, Vec<u32>) = (vec![1; n], (0..n as i64).collect(), vec![1; n]);
            let e = marketloop::funnel::Events::new(&u, &t, &k).unwrap();
            p.matches(&e).is_ok()
        }))
    }),
    ("table_choices", 5_000, |n| {
        let s = format!(
            r#"{{"hit_policy":"first","inputs":[{{"name":"a","kind":"number"}}],"outputs":[{{"name":"o","kind":"text"}}],"rules":[{{"when":["{}"],"then":["\"x\""]}}]}}"#,
            many(n, |i| i.to_string())
        );
        read::<marketloop::decision::DecisionTable>(&s)
    }),
    ("table_text_choices", 5_000, |n| {
        let s = format!(
            r#"{{"hit_policy":"first","inputs":[{{"name":"a","kind":"text"}}],"outputs":[{{"name":"o","kind":"text"}}],"rules":[{{"when":["{}"],"then":["\"x\""]}}]}}"#,
            many(n, |i| format!("\\\"k{i}\\\""))
        );
        read::<marketloop::decision::DecisionTable>(&s)
    }),
    ("table_decide_all_reasons", 2_000, |n| {
        let s = format!(
            r#"{{"hit_policy":"first","inputs":[{{"name":"a","kind":"number"}}],"outputs":[{{"name":"o","kind":"text"}}],"rules":[{}]}}"#,
            many(n, |i| format!(r#"{{"when":["> {i}"],"then":["\"x\""]}}"#))
        );
        let t: marketloop::decision::DecisionTable = serde_json::from_str(&s).unwrap();
        let f = [marketloop::decision::Fact::Number(dec!(-1))];
        let d = t.decide(&f).unwrap();
        format!("{}", d.to_string().len())
    }),
    ("what_if_chain", 5_000, |n| {
        use marketloop::plan::*;
        let mut d = WorkPlan::draft("t", date(2026, 7, 1).unwrap());
        for i in 0..n {
            let mut t = Task::new(format!("t{i}"), "n", 1, Raci::new("r", "a")).making(format!("d{i}"));
            if i > 0 {
                t = t.needing(format!("d{}", i - 1))
            }
            d = d.task(t)
        }
        let p = d.check().unwrap();
        let c = cal();
        let x = p.dated(&c).unwrap();
        let names: Vec<String> = (0..n).map(|i| format!("t{i}")).collect();
        ok(x.what_if(names.iter().map(|s| (s.as_str(), Change::Longer(1)))).map(|i| i.delay()))
    }),
    ("status_and_slips", 5_000, |n| {
        use marketloop::plan::*;
        let mut d = WorkPlan::draft("t", date(2026, 7, 1).unwrap());
        for i in 0..n {
            d = d.task(Task::new(format!("t{i}"), "n", 1, Raci::new("r", "a")).with_reminder(3))
        }
        let p = d.check().unwrap();
        let c = cal();
        let x = p.dated(&c).unwrap();
        let b = x.baseline(date(2026, 7, 1).unwrap()).unwrap();
        format!(
            "{} {} {}",
            ok(x.slips(&b)),
            ok(x.status(date(2026, 8, 1).unwrap(), Some(&b))),
            x.reminders(date(1, 1, 1).unwrap(), date(9999, 12, 31).unwrap()).len()
        )
    }),
    ("reminders_many", 50_000, |n| {
        use marketloop::plan::*;
        let mut t = Task::new("t", "n", 1, Raci::new("r", "a"));
        for i in 0..n {
            t = t.with_reminder(i as u32)
        }
        ok(WorkPlan::draft("t", date(2026, 7, 1).unwrap()).task(t).check())
    }),
    ("seed_changes", 3_000, |n| {
        use marketloop::pdca::*;
        let s = |k: usize| -> Seed {
            serde_json::from_str(&format!(r#"{{"cycle":"a","period":"2026-Q2","open_measures":[],"targets":{{}},"released":{{}},"findings":[{}]}}"#, many(n, |i| format!(r#"{{"finding":{{"metric":"m{}","target":"at least 2 %","actual":"1.5 %"}}}}"#, i + k)))).unwrap()
        };
        format!("{}", s(0).changes(&s(n)).names().len())
    }),
    ("concentration_failures", 1_000, |n| {
        use marketloop::channel::*;
        let c = Concentration::new((0..n).map(|i| (i, Decimal::from(1 + i % 7)))).unwrap();
        ok(c.failures(Share::percent(80).unwrap()))
    }),
    ("concentration_dependence", 300, |n| {
        use marketloop::channel::*;
        let mut c = Concentration::new((0..n).map(|i| (i, Decimal::from(1 + i % 7)))).unwrap();
        for i in 1..n {
            c = match c.with_dependence(&i, &(i - 1), Share::percent(50).unwrap()) {
                Ok(c) => c,
                Err(e) => return e.to_string(),
            }
        }
        ok(c.failures(Share::percent(80).unwrap()))
    }),
    ("weight_intervals", 200, |n| {
        use marketloop::health::*;
        let s = format!(
            r#"{{"bands":{{"lowest":"red","edges":[{{"threshold":{{"at":"4/5","side":"above"}},"class":"yellow"}},{{"threshold":{{"at":"1","side":"above"}},"class":"green"}}],"hysteresis":"0"}},"dimensions":[{}]}}"#,
            many(n, |i| format!(
                r#"{{"name":"d{i}","indicators":[{{"name":"i","target":"at least {} %","review":"month","actual":"1 %"}}]}}"#,
                1 + i % 3
            ))
        );
        let m: Matrix = serde_json::from_str(&s).unwrap();
        let a = m.assess().unwrap();
        let names: Vec<String> = a.dimensions().iter().map(|d| d.name().to_string()).collect();
        names.iter().map(|x| a.weight_interval(x).is_ok() as usize).sum::<usize>().to_string()
    }),
    ("percentile_sample", 20_000, |n| {
        use marketloop::health::*;
        match Normaliser::percentile(
            marketloop::target::Better::Higher,
            Ties::Mean,
            (0..n).map(|i| Decimal::from(i % 1000)),
        ) {
            Ok(x) => {
                let s = serde_json::to_string(&x).unwrap();
                read::<Normaliser>(&s)
            }
            Err(e) => e.to_string(),
        }
    }),
    ("a3_long", 50_000, |n| {
        use marketloop::review::*;
        let mut f = Finding::new("c", "at least 2 %".parse().unwrap(), "1 %".parse().unwrap()).unwrap();
        for i in 0..n {
            f = match f.with_cause(ProblemCause::new(format!("w{i}")).unwrap()) {
                Ok(f) => f,
                Err(e) => return e.to_string(),
            }
        }
        format!("{} {}", A3Report::of(&f, "b").to_string().len(), fishbone(f.causes()).len())
    }),
    ("with_cause_one_by_one", 2_000, |n| {
        use marketloop::review::*;
        let mut f = Finding::new("c", "at least 2 %".parse().unwrap(), "1 %".parse().unwrap()).unwrap();
        for i in 0..n {
            f = f
                .with_cause(
                    ProblemCause::new(format!("w{i}")).unwrap().with_explains("0.0001 %".parse().unwrap()),
                )
                .unwrap()
        }
        ok(f.unexplained())
    }),
    ("journeys_sessions", 100_000, |n| {
        use marketloop::attribution::*;
        let ch = Channels::new(["a", "b"]).unwrap();
        let ids: Vec<_> = ch.ids().collect();
        let t: Vec<_> = (0..n).map(|i| TouchEvent::new(1, i as i64, ids[i % 2])).collect();
        let c = [ConversionEvent { user: 1, time: n as i64, value: 1 }];
        let r = JourneyRules::new()
            .with_sessions(Duration::from_seconds(10), SessionTouch::All)
            .with_transform(Transform::CollapseRepeats)
            .with_transform(Transform::LastTouches(3.try_into().unwrap()));
        ok(r.journeys(&ch, Currency::CNY, &t, &c).map(|j| j.paths.touches()))
    }),
    ("moves_reallocation_json", 500, |n| {
        use marketloop::budget::*;
        let t = ReleaseTable::kol_and_activity().unwrap();
        let mut d = Reallocation::draft(t, Rounding::HalfEven, Place::Owner("o".into()));
        for i in 0..n {
            d = d
                .position(
                    Position::new(format!("l{i}"), m(10_000))
                        .with_fact("kind", "kol")
                        .with_fact("roi", dec!(1)),
                )
                .recipient(format!("r{i}"), 1);
        }
        match d.check() {
            Ok(x) => {
                let s = serde_json::to_string(&x).unwrap();
                format!("{} {} moves", read::<Reallocation>(&s), x.moves().len())
            }
            Err(e) => e.to_string().chars().take(200).collect(),
        }
    }),
    ("kpi_columns_deep", 5_000, |n| {
        let t = (0..n).map(|i| format!("a{i} = a{} + b{i}\nb{i}", i + 1)).collect::<Vec<_>>().join("\n")
            + &format!("\na{n}");
        let tree = marketloop::kpi::KpiTree::parse(&t).unwrap();
        let mut c = tree.columns(2).unwrap();
        let leaves: Vec<_> = tree.leaves().map(|x| x.0).collect();
        for l in &leaves {
            c.set(*l, 0, 1.0).unwrap();
            c.set(*l, 1, 2.0).unwrap();
        }
        c.evaluate();
        for l in leaves.iter().take(100) {
            c.set(*l, 0, 3.0).unwrap();
            c.update();
        }
        ok(c.contributions(0, 1, marketloop::decompose::DecompositionMethod::LogMean))
    }),
    ("kpi_picture_and_children", 5_000, |n| {
        let t = format!(
            "y = {}\n{}",
            (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(" + "),
            (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(", ")
        );
        let tree = marketloop::kpi::KpiTree::parse(&t).unwrap();
        format!(
            "{} {}",
            marketloop::kpi::Picture::of(&tree).to_mermaid().len(),
            tree.nodes().map(|(i, _)| tree.children(i).len()).sum::<usize>()
        )
    }),
    ("kpi_roll_up", 2_000, |n| {
        let tree = marketloop::kpi::KpiTree::parse("y = a * b\na, b {ratio}").unwrap();
        let i = tree.inputs([("a", dec!(1)), ("b", dec!(2))]).unwrap();
        ok(tree.roll_up(&vec![i; n]))
    }),
    ("kpi_compare_overlays", 2_000, |n| {
        let t = format!(
            "y = {}\n{}",
            (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(" + "),
            (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(", ")
        );
        let tree = marketloop::kpi::KpiTree::parse(&t).unwrap();
        let names: Vec<String> = (0..n).map(|i| format!("a{i}")).collect();
        let a = tree.inputs(names.iter().map(|x| (x.as_str(), dec!(1)))).unwrap();
        let o: Vec<_> =
            names.iter().map(|x| marketloop::kpi::Overlay::new(x.clone()).with(x.clone(), dec!(2))).collect();
        ok(tree.compare(&a, &o))
    }),
];

/// Memory of a case may grow from n to 2 n by this factor at most, once it matters.
const GROWTH: usize = 3;
const MATTERS: usize = 64 << 20;
/// No case may take more, whatever its size.
const MOST_MEMORY: usize = 1 << 30;
const MOST_SECONDS: u64 = 30;

/// Runs the case of this name, or `all`; tells whether time and memory stayed in proportion.
pub fn run(which: &str) -> bool {
    let mut held = true;
    for (name, n, case) in CASES.iter().filter(|case| which == "all" || case.0 == which) {
        let mut last = None;
        let sizes = if *n == 1 { vec![1] } else { vec![*n, 2 * *n] };
        for size in sizes {
            let (seconds, peak, said) = measured(*case, size);
            let said: String = said.chars().take(160).collect();
            println!("{name} {size}: {seconds:.2} s, {} MiB, {said}", peak >> 20);
            let grows = last.is_some_and(|last: usize| peak > MATTERS && peak > last.saturating_mul(GROWTH));
            if said == "PANIC" || grows || peak > MOST_MEMORY || seconds > MOST_SECONDS as f64 {
                println!("FOUND {name}");
                held = false;
                break;
            }
            last = Some(peak);
        }
    }
    held
}

fn measured(case: fn(usize) -> String, size: usize) -> (f64, usize, String) {
    let before = NOW.load(Relaxed);
    PEAK.store(before, Relaxed);
    let start = Instant::now();
    // A thread with the stack that other threads have.
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || case(size)).unwrap();
    let said = thread.join().unwrap_or_else(|_| "PANIC".into());
    (start.elapsed().as_secs_f64(), PEAK.load(Relaxed).saturating_sub(before), said)
}
