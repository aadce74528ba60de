//! Budgets that explain themselves: the documents' budgets, rules with reasons, a review that moves money, the
//! cut list, tracking, response curves, and an optimum that a local optimiser misses.
//!
//! `cargo run --example budget` reads `examples/data/budget.json`; another file may follow behind `--`. Every
//! part is checked while it is read: a broken file is refused with the path of its first fault. The report is the
//! tables that the results print.

use marketloop::budget::{Allocation, Budget, BudgetDraft, Cuts, Reallocation, Tracking, TrueReturn};
use marketloop::figure::Table;
use marketloop::optimise::Optimisation;
use marketloop::progress::{EarnedValue, Pacing};
use marketloop::quantity::{Money, Revenue};
use marketloop::response::{Adstock, Family, Observations, ResponseCurve, best_of};
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::ExitCode;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/budget.json");

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    budgets: Vec<Budget>,
    what_if: Vec<BudgetDraft>,
    ruled: Vec<Ruled>,
    review: Reallocation,
    cuts: Cuts,
    tracking: Tracking,
    pacing: Paced,
    earned_value: EarnedValue<Money>,
    true_return: TrueReturn<Revenue>,
    weeks: Weeks,
    contest: Contest,
    notes: Vec<String>,
}

/// A total in lines by rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ruled {
    name: String,
    remark: String,
    plan: Allocation,
}

/// How far the money is after some of its periods.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paced {
    plan: Pacing<Money>,
    elapsed: usize,
    spent: Money,
    committed: Money,
}

/// A channel's weeks, and how long a spend works.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Weeks {
    channel: String,
    adstock: Adstock,
    /// Spend and profit of each week.
    points: Vec<(f64, f64)>,
}

/// A question to the optimiser, and what a local one answered; lines that it does not name got nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Contest {
    question: Optimisation,
    local: BTreeMap<String, Money>,
}

#[expect(clippy::print_stdout, reason = "the report is what the example is for")]
fn main() -> ExitCode {
    let path = std::env::args().nth(1).unwrap_or_else(|| DATA.into());
    let report = std::fs::read_to_string(&path).map_err(Refusal::from).and_then(|text| report(&text));
    match &report {
        Ok(report) => print!("{report}"),
        Err(refusal) => eprintln!("{path} was refused\n{refusal}"),
    }
    ExitCode::from(u8::from(report.is_err()))
}

type Refusal = Box<dyn std::error::Error>;

/// The report on the text of a file.
pub(crate) fn report(text: &str) -> Result<String, Refusal> {
    let file: File = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text))?;
    let mut out = format!("{}\n\n1. Budgets as stated\n\n", file.title);
    for budget in &file.budgets {
        writeln!(out, "{}: {}\n{budget}", budget.name(), budget.total())?;
    }
    for draft in file.what_if {
        writeln!(out, "What if: {}?", draft.name())?;
        match draft.check() {
            Ok(budget) => writeln!(out, "possible: the lines add up to {}\n", budget.total())?,
            Err(refusal) => writeln!(out, "refused: {refusal}\n")?,
        }
    }
    writeln!(out, "2. Budgets by rules\n")?;
    for Ruled { name, remark, plan } in &file.ruled {
        writeln!(out, "{name}: {}\n{remark}\n{plan}", plan.total())?;
    }
    writeln!(out, "3. The review moves money\n\n{}", file.review)?;
    for step in file.review.moves() {
        writeln!(out, "{step}")?;
    }
    writeln!(out, "\n4. What goes first when the budget shrinks\n\n{}", file.cuts)?;
    writeln!(out, "5. While it runs\n\nPlan against actual\n{}", file.tracking)?;
    within("pacing", pace(&mut out, &file.pacing))?;
    let cost = within("earned_value", file.earned_value.cost_performance_index().get())?;
    writeln!(out, "Earned value\n{:.2}\nA yuan spent earned {cost:.2} of the plan.\n", file.earned_value)?;
    writeln!(out, "True return\n{:.2}", file.true_return)?;
    let why = within("true_return", file.true_return.why().get())?;
    writeln!(out, "{why:.2}\n")?;
    within("weeks", curve(&mut out, &file.weeks))?;
    within("contest", optimum(&mut out, &file.contest))?;
    for note in &file.notes {
        writeln!(out, "Note: {note}")?;
    }
    Ok(out)
}

/// A fault that only a question to the checked parts of the file shows, with the path of the part.
fn within<T, E: Into<Refusal>>(path: &str, answer: Result<T, E>) -> Result<T, Refusal> {
    answer.map_err(|refusal| format!("{path}: {}", refusal.into()).into())
}

/// Whether the money goes as planned, and the rest split anew.
fn pace(out: &mut String, pacing: &Paced) -> Result<(), Refusal> {
    let standing = pacing.plan.after(pacing.elapsed, pacing.spent, pacing.committed)?;
    let rest: Vec<String> = standing.repaced().get()?.iter().map(ToString::to_string).collect();
    writeln!(out, "Pacing of {} after period {}\n{standing:.2}", pacing.plan.total(), pacing.elapsed)?;
    writeln!(out, "What is free, by the weights of the periods left: {}\n", rest.join(" + "))?;
    Ok(())
}

/// The curve that the weeks show, with and without what earlier weeks left.
fn curve(out: &mut String, weeks: &Weeks) -> Result<(), Refusal> {
    writeln!(out, "6. What {} answers to spend\n", weeks.channel)?;
    let (spends, profits): (Vec<f64>, Vec<f64>) = weeks.points.iter().copied().unzip();
    let working = weeks.adstock.apply(&spends)?;
    let best = |spends: &[f64]| {
        let points = spends.iter().copied().zip(profits.iter().copied());
        best_of(Family::ALL.iter().copied(), &Observations::new(points)?)
    };
    let (alone, carried) = (best(&spends)?, best(&working)?);
    writeln!(out, "Best fit to the spend of the week alone\n{:.2}", alone.best())?;
    writeln!(out, "Best fit with carry-over (adstock)\n{:.2}", carried.best())?;
    let curve = carried.best().curve();
    let mut table = Table::new("week");
    for ((spend, profit), (working, week)) in weeks.points.iter().zip(working.iter().zip(1..)) {
        table.push(week, "spend", *spend);
        table.push(week, "at work", *working);
        table.push(week, "profit", *profit);
        table.push(week, "curve", curve.value(*working));
    }
    writeln!(out, "{table:.0}\nUp to {:.0} a week each yuan brings more than the last,", curve.inflection())?;
    writeln!(out, "above {:.0} it brings back less than itself.\n", curve.inverse_marginal(1.0))?;
    Ok(())
}

/// The global optimum beside what a local optimiser found, with the proof.
fn optimum(out: &mut String, Contest { question, local }: &Contest) -> Result<(), Refusal> {
    let best = question.solve()?;
    let reached = question.response_of(local.iter().map(|(name, amount)| (name.as_str(), *amount)))?;
    writeln!(out, "7. The best use of {} where curves are S-shaped\n\n{:.2}", best.spend(), best.table())?;
    let (response, mut table) = (best.response(), Table::new("local optimiser"));
    for (name, curve) in question.curves() {
        let amount = local.get(name).copied().unwrap_or(Money::zero(best.spend().currency()));
        let at = amount.amount().to_f64().ok_or("the amount is no number")?;
        table.push(name, "spend", amount);
        table.push(name, "response", curve.value(at));
        table.push(name, "marginal return", curve.marginal(at));
    }
    let lost = 100.0 * (response - reached) / response;
    writeln!(out, "{table:.2}\nIt loses {lost:.1} %: it stops where the next yuan brings the same in each")?;
    writeln!(out, "line with money, and does not see that a curve which starts slowly rises later.")?;
    let (bound, gap) = (best.bound(), 100.0 * best.verify(question)?);
    writeln!(
        out,
        "No allocation brings more than {bound:.2}, by {} boxes of the search: here",
        best.nodes()
    )?;
    writeln!(out, "are {response:.2}; the proof, worked out again, leaves a gap of {gap:.7} %.\n")?;
    Ok(())
}
