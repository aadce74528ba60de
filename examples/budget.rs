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

fn main() -> ExitCode {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/budget.json");
    let path = std::env::args().nth(1).unwrap_or_else(|| default.into());
    match std::fs::read_to_string(&path).map_err(Refusal::from).and_then(|text| report(&text)) {
        Ok(report) => {
            #[expect(clippy::print_stdout, reason = "the report is what the example is for")]
            {
                print!("{report}");
            }
            ExitCode::SUCCESS
        }
        Err(refusal) => {
            eprintln!("{path} was refused\n{refusal}");
            ExitCode::FAILURE
        }
    }
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
    within("earned_value", value(&mut out, &file.earned_value))?;
    writeln!(out, "True return\n{:.2}", file.true_return)?;
    within("true_return", steps(&mut out, &file.true_return))?;
    within("weeks", curve(&mut out, &file.weeks))?;
    within("contest", optimum(&mut out, &file.contest))?;
    for note in &file.notes {
        writeln!(out, "Note: {note}")?;
    }
    Ok(out)
}

/// What only a question to the checked parts of the file shows, with the path of the part.
fn within(path: &str, section: Result<(), Refusal>) -> Result<(), Refusal> {
    section.map_err(|refusal| format!("{path}: {refusal}").into())
}

/// Whether the money goes as planned, and the rest split anew.
fn pace(out: &mut String, pacing: &Paced) -> Result<(), Refusal> {
    let standing = pacing.plan.after(pacing.elapsed, pacing.spent, pacing.committed)?;
    let rest: Vec<String> = standing.repaced().get()?.iter().map(ToString::to_string).collect();
    writeln!(out, "Pacing of {} after period {}\n{standing:.2}", pacing.plan.total(), pacing.elapsed)?;
    writeln!(out, "What is free, by the weights of the periods left: {}\n", rest.join(" + "))?;
    Ok(())
}

/// Earned value: what the work done was worth, and where that leads.
fn value(out: &mut String, earned: &EarnedValue<Money>) -> Result<(), Refusal> {
    let cost = earned.cost_performance_index().get()?;
    writeln!(out, "Earned value\n{earned:.2}\nA yuan spent earned {cost:.2} of the plan.\n")?;
    Ok(())
}

/// What media report, and what each further return and cost makes of it.
fn steps(out: &mut String, campaign: &TrueReturn<Revenue>) -> Result<(), Refusal> {
    let why = campaign.why().get()?;
    for step in why.steps() {
        writeln!(out, "{}: 1:{:.2}", step.cause, step.value.ratio())?;
    }
    writeln!(out)?;
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
    for (((spend, profit), working), week) in weeks.points.iter().zip(&working).zip(1..) {
        let cells = [("spend", *spend), ("at work", *working), ("profit", *profit)];
        for (column, value) in cells.into_iter().chain([("curve", curve.value(*working))]) {
            table.push(week, column, value);
        }
    }
    let (steepest, enough) = (curve.inflection(), curve.inverse_marginal(1.0));
    writeln!(out, "{table:.0}\nUp to {steepest:.0} in a week each yuan brings more than the one before,")?;
    writeln!(out, "above {enough:.0} it brings back less than itself.\n")?;
    Ok(())
}

/// The global optimum beside what a local optimiser found, with the proof.
fn optimum(out: &mut String, Contest { question, local }: &Contest) -> Result<(), Refusal> {
    let best = question.solve()?;
    if let Some(name) = local.keys().find(|name| best.line(name).is_none()) {
        return Err(format!("there is no line `{name}`").into());
    }
    let (spend, response) = (best.spend(), best.response());
    writeln!(out, "7. The best use of {spend} where curves are S-shaped\n\n{:.2}", best.table())?;
    let (mut reached, mut table) = (0.0, Table::new("local optimiser"));
    for (name, curve) in question.curves() {
        let amount = local.get(name).copied().unwrap_or(Money::zero(spend.currency()));
        let at = amount.amount().to_f64().ok_or("the amount is no number")?;
        reached += curve.value(at);
        table.push(name, "spend", amount);
        table.push(name, "response", curve.value(at));
        table.push(name, "marginal return", curve.marginal(at));
    }
    let (lost, boxes) = (100.0 * (response - reached) / response, best.nodes());
    writeln!(
        out,
        "{table:.2}\nIt loses {lost:.1} %: it stops where the next yuan brings the same in every line"
    )?;
    writeln!(
        out,
        "with money; a curve that starts slowly brings nothing there: its later rise is not seen."
    )?;
    let (price, first, bound) = (best.multiplier(), question.bound_at(best.multiplier())?, best.bound());
    let [gap, again] = [best.gap(), best.verify(question)?].map(|gap| 100.0 * gap);
    writeln!(out, "No allocation brings more than {first:.2}, by the price of {price:.4} per yuan alone,")?;
    writeln!(out, "none more than {bound:.2}, by the {boxes} boxes of the search: here are {response:.2},")?;
    writeln!(out, "a gap of {gap:.7} %; the proof worked out again says {again:.7} %.\n")?;
    Ok(())
}
