//! Budgets that explain themselves: the documents' budgets, rules with reasons, a review that moves money, the
//! cut list, tracking, response curves, and an optimum that a local optimiser misses.
//!
//! `cargo run --example budget` reads `examples/data/budget.json`; another file may follow behind `--`. Every
//! part is checked while it is read: a broken file is refused with the path of its first fault.

use marketloop::budget::{
    Allocation, Budget, BudgetDraft, CostKind, Cuts, Reallocation, Tracking, TrueReturn,
};
use marketloop::figure::Figure;
use marketloop::optimise::Optimisation;
use marketloop::progress::{EarnedValue, Estimate, Pacing};
use marketloop::quantity::{Money, Quantity, Ratio, Revenue, Rounding, Unit};
use marketloop::response::{Adstock, Family, Observations, ResponseCurve, best_of};
use marketloop::target::Favour;
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
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
    let mut out = format!("{}\n\n", file.title);
    budgets(&mut out, &file.budgets, file.what_if)?;
    rules(&mut out, &file.ruled)?;
    review(&mut out, &file.review)?;
    cuts(&mut out, &file.cuts)?;
    tracking(&mut out, &file.tracking)?;
    within("pacing", pace(&mut out, &file.pacing))?;
    within("earned_value", value(&mut out, &file.earned_value))?;
    within("true_return", returns(&mut out, &file.true_return))?;
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

/// The stated budgets with what set each line, and a change that does not add up.
fn budgets(out: &mut String, budgets: &[Budget], what_if: Vec<BudgetDraft>) -> Result<(), Refusal> {
    writeln!(out, "1. Budgets as stated\n")?;
    for budget in budgets {
        writeln!(out, "{}: {}", budget.name(), budget.total())?;
        let rows = budget.lines().iter().map(|line| {
            let share = budget.share(line).known().map_or_else(|| "-".into(), |share| share.to_percent());
            let purpose = line.purpose().unwrap_or_default();
            let only = if line.is_reserve() { "reserve, only " } else { "" };
            format!("{}\t{}\t{share}\t{}\t{only}{purpose}", line.name(), line.amount(), line.explain())
        });
        table(out, "line\t>amount\t>share\tset by\tfor", rows)?;
    }
    for draft in what_if {
        writeln!(out, "What if: {}?", draft.name())?;
        match draft.check() {
            Ok(budget) => writeln!(out, "  possible: the lines add up to {}\n", budget.total())?,
            Err(refusal) => writeln!(out, "  refused: {refusal}\n")?,
        }
    }
    Ok(())
}

/// Budgets by rules: every line with the steps that made its amount.
fn rules(out: &mut String, ruled: &[Ruled]) -> Result<(), Refusal> {
    writeln!(out, "2. Budgets by rules\n")?;
    for Ruled { name, remark, plan } in ruled {
        writeln!(out, "{name}: {}\n{remark}", plan.total())?;
        let rows = plan.leaves().map(|line| {
            let purpose = line.purpose().unwrap_or_default();
            format!("{}\t{}\t{}\t{purpose}", line.name(), line.amount(), line.explain())
        });
        table(out, "line\t>amount\thow it came about\treserved for", rows)?;
    }
    Ok(())
}

/// Who releases money and by which rule, who gets it, and that nothing is lost on the way.
fn review(out: &mut String, review: &Reallocation) -> Result<(), Refusal> {
    writeln!(out, "3. The review moves money\n")?;
    let rows = review.lines().iter().map(|line| {
        let why = line.decided_by().unwrap_or("");
        let kept = if line.is_held_back() { "; what is spent or under contract stays" } else { "" };
        let (name, old, released) = (line.name(), line.old(), line.released());
        format!("{name}\t{old}\t{released}\t{}\t{}\t{why}{kept}", line.received(), line.new_amount())
    });
    table(out, "line\t>before\t>released\t>received\t>after\treleases because", rows)?;
    let moves = review.moves().iter();
    let rows = moves.map(|step| format!("{}\t{}\t{}\t{}", step.from, step.to, step.amount, step.why));
    table(out, "from\tto\t>amount\twhy", rows)?;
    let (released, reassigned, returned) = (review.released(), review.reassigned(), review.returned());
    writeln!(out, "  {released} released = {reassigned} reassigned + {returned} returned\n")?;
    Ok(())
}

/// What goes first when the budget shrinks, and what stays.
fn cuts(out: &mut String, cuts: &Cuts) -> Result<(), Refusal> {
    writeln!(out, "4. {} of {} have to go: what goes first\n", cuts.amount(), cuts.total())?;
    writeln!(out, "Priority 1 goes first, each line down to what is under contract.")?;
    let rows = cuts.cuts().iter().zip(1..).map(|(cut, turn)| {
        let (line, from, goes, left) = (cut.line(), cut.from(), cut.amount(), cut.to());
        format!("{turn}\t{line}\t{from}\t{goes}\t{left}\t{}", cut.explain())
    });
    table(out, ">turn\tline\t>from\t>goes\t>left\twhy", rows)?;
    for line in cuts.to_budget("left")?.lines() {
        let why = if line.is_reserve() { "a reserve is kept" } else { "its turn does not come" };
        if !cuts.cuts().iter().any(|cut| cut.line() == line.name()) {
            writeln!(out, "  {} is not cut: {why}.", line.name())?;
        }
    }
    writeln!(out)?;
    Ok(())
}

/// Plan against actual, line by line.
fn tracking(out: &mut String, tracking: &Tracking) -> Result<(), Refusal> {
    writeln!(out, "5. While it runs\n\nPlan against actual")?;
    let lines = tracking.lines().iter().map(|line| (line.name(), line));
    let rows = lines.chain([("sum", tracking.total())]).map(|(name, figures)| {
        let (plan, actual, committed) = (figures.plan(), figures.actual(), figures.committed());
        let (available, variance) = (figures.available(), figures.forecast_variance());
        let side = match figures.forecast_favour() {
            Favour::Favourable => "favourable",
            Favour::Neutral => "on plan",
            Favour::Adverse => "adverse",
        };
        format!("{name}\t{plan}\t{actual}\t{committed}\t{available}\t{variance} ({side})")
    });
    table(out, "line\t>plan\t>actual\t>committed\t>available\t>forecast off plan", rows)
}

/// Whether the money goes as planned, and the rest split anew.
fn pace(out: &mut String, pacing: &Paced) -> Result<(), Refusal> {
    let standing = pacing.plan.after(pacing.elapsed, pacing.spent, pacing.committed)?;
    let projected = standing.projected_total().get()?.round(2, Rounding::HalfEven)?;
    let projected = Money::new(projected, pacing.spent.currency())?;
    let rest: Vec<String> = standing.repaced().get()?.iter().map(ToString::to_string).collect();
    writeln!(out, "Pacing of {} after period {}", pacing.plan.total(), pacing.elapsed)?;
    let rows = [
        format!("expected\t{}\tthe plan of the periods so far", standing.expected_to_date()),
        format!("spent\t{}\tpaid, with {} committed besides", pacing.spent, pacing.committed),
        format!(
            "index\t{}\tspent over expected: above 100% too fast",
            standing.pacing_index().get()?.to_percent()
        ),
        format!("projected\t{projected}\tthe total at this pace"),
        format!("still free\t{}\tneither spent nor committed", standing.remaining().get()?),
        format!("paced anew\t{}\twhat is free, by the weights of the periods left", rest.join(" + ")),
    ];
    table(out, "figure\t>value\tmeaning", rows)
}

/// A ratio with two decimals.
fn near(ratio: Ratio) -> Result<String, Refusal> {
    Ok(format!("{:#}", Quantity::new(ratio.round(2, Rounding::HalfEven)?, Unit::ONE)))
}

/// Earned value: what the work done was worth, and where that leads.
fn value(out: &mut String, earned: &EarnedValue<Money>) -> Result<(), Refusal> {
    let (cost, schedule) =
        (earned.cost_performance_index().get()?, earned.schedule_performance_index().get()?);
    let end = earned.estimate_at_completion(Estimate::CostPerformance).get()?;
    writeln!(out, "Earned value of a budget of {}", near(earned.budget_at_completion().amount().into())?)?;
    let rows = [
        format!("CPI\t{}\tbelow 1 the work costs more than planned", near(cost)?),
        format!("SPI\t{}\tbelow 1 less is done than planned", near(schedule)?),
        format!("EAC\t{}\tthe cost at the end, going on like this", near(end)?),
        format!(
            "TCPI\t{}\tthe CPI that the rest needs",
            near(earned.to_complete_performance_index().get()?)?
        ),
    ];
    table(out, "figure\t>value\tmeaning", rows)
}

/// The true return of the money: what media report, and what each further return and cost makes of it.
fn returns(out: &mut String, campaign: &TrueReturn<Revenue>) -> Result<(), Refusal> {
    writeln!(out, "True return, counted in revenue")?;
    let reported = near(campaign.media_return().get()?.ratio())?;
    let (direct, media) = (campaign.direct_returns(), campaign.costs_of(CostKind::Media)?);
    let mut rows = vec![format!("as media report it\t1:{reported}\t{direct} over {media}")];
    let why = campaign.why().get()?;
    for (before, step) in why.steps().zip(why.steps().skip(1)) {
        let effect = if step.value < before.value { "a cost" } else { "a return" };
        rows.push(format!("with {}\t1:{}\t{effect} counted", step.cause, near(step.value.ratio())?));
    }
    let (returns, costs, net) =
        (campaign.returns(), campaign.costs(), campaign.net_return().get()?.to_percent());
    let all = near(campaign.return_ratio().get()?.ratio())?;
    rows.push(format!("true\t1:{all}\t{returns} over {costs}, {net} net"));
    table(out, "return\t>ratio\twhy", rows)
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
    let fits = [("spend of the week alone", alone.best()), ("with carry-over (adstock)", carried.best())];
    let rows = fits.map(|(to, fit)| {
        let parameters = fit.parameters().iter().map(|parameter| match parameter.standard_error {
            Figure::Known(error) => format!("{} {:.2} (±{error:.2})", parameter.name, parameter.value),
            _ => format!("{} {:.2} (not told)", parameter.name, parameter.value),
        });
        let parameters = parameters.collect::<Vec<_>>().join(", ");
        let off = whole(fit.root_mean_square());
        format!("{to}\t{}\t{:.4}\t{off}\t{parameters}", fit.family(), fit.r_squared())
    });
    table(out, "fit to\tbest family\t>R squared\t>typically off by\tparameters (standard error)", rows)?;
    let curve = carried.best().curve();
    let weeks = weeks.points.iter().zip(&working).zip(1..);
    let rows = weeks.map(|(((spend, profit), working), week)| {
        let [spend, working, profit, fit] = [*spend, *working, *profit, curve.value(*working)].map(whole);
        format!("{week}\t{spend}\t{working}\t{profit}\t{fit}")
    });
    table(out, ">week\t>spend\t>at work\t>profit\t>curve", rows)?;
    let [steepest, enough] = [curve.inflection(), curve.inverse_marginal(1.0)].map(whole);
    writeln!(out, "  Up to {steepest} in every week each further yuan brings more than the one before,")?;
    writeln!(out, "  above {enough} it brings back less than itself.\n")?;
    Ok(())
}

/// The global optimum beside what a local optimiser found, with the proof.
fn optimum(out: &mut String, Contest { question, local }: &Contest) -> Result<(), Refusal> {
    let best = question.solve()?;
    if let Some(name) = local.keys().find(|name| best.line(name).is_none()) {
        return Err(format!("there is no line `{name}`").into());
    }
    let (spend, response) = (best.spend(), best.response());
    writeln!(out, "7. The best use of {spend} where curves are S-shaped\n")?;
    let (mut reached, mut rows) = (0.0, Vec::new());
    for ((name, curve), ours) in question.curves().zip(best.lines()) {
        let theirs = local.get(name).copied().unwrap_or(Money::zero(spend.currency()));
        let at = theirs.amount().to_f64().ok_or("the amount is no number")?;
        let (value, marginal) = (curve.value(at), curve.marginal(at));
        reached += value;
        let local = format!("{name}\t{theirs}\t{}\t{marginal:.2}", whole(value));
        let (brings, next) = (whole(ours.response()), ours.marginal_return());
        rows.push(format!("{local}\t{}\t{brings}\t{next:.2}\t{}", ours.amount(), ours.binding()));
    }
    let sum = Money::sum(local.values().copied(), spend.currency())?;
    rows.push(format!("sum\t{sum}\t{}\t\t{spend}\t{}\t\t", whole(reached), whole(response)));
    table(out, "line\t>local\t>brings\t>next yuan\t>global\t>brings\t>next yuan\theld by", rows)?;
    let (lost, boxes) = (100.0 * (response - reached) / response, best.nodes());
    writeln!(
        out,
        "  A local optimiser loses {lost:.1} %: it stops where the next yuan brings the same in every line"
    )?;
    writeln!(
        out,
        "  with money; a curve that starts slowly brings nothing there: its later rise is not seen."
    )?;
    let (price, first, bound) = (best.multiplier(), question.bound_at(best.multiplier())?, best.bound());
    let [gap, again] = [best.gap(), best.verify(question)?].map(|gap| 100.0 * gap);
    writeln!(out, "  No allocation brings more than {first:.2}, by the price of {price:.4} per yuan alone,")?;
    writeln!(
        out,
        "  none more than {bound:.2}, by the {boxes} boxes of the search: here are {response:.2},"
    )?;
    writeln!(out, "  a gap of {gap:.7} %; the proof worked out again says {again:.7} %.\n")?;
    Ok(())
}

/// A number without decimals, in groups of three digits.
fn whole(value: f64) -> String {
    let shown = |value: Decimal| format!("{:#}", Quantity::new(value.round(), Unit::ONE));
    Decimal::from_f64(value).map_or_else(|| value.to_string(), shown)
}

/// Aligned columns of rows with tabs; a title behind `>` stands over a column of figures.
fn table(out: &mut String, titles: &str, rows: impl IntoIterator<Item = String>) -> Result<(), Refusal> {
    let rows: Vec<String> = [titles.replace('>', "")].into_iter().chain(rows).collect();
    let columns = titles.split('\t').enumerate().map(|(column, title)| {
        let cells = rows.iter().filter_map(|row| row.split('\t').nth(column));
        (title.starts_with('>'), cells.map(|cell| cell.chars().count()).max().unwrap_or(0))
    });
    let columns: Vec<(bool, usize)> = columns.collect();
    for (index, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (cell, (is_right, width)) in row.split('\t').zip(&columns) {
            match is_right {
                true => write!(line, "  {cell:>width$}")?,
                false => write!(line, "  {cell:<width$}")?,
            }
        }
        writeln!(out, "{}", line.trim_end())?;
        if index == 0 {
            let rule: Vec<String> = columns.iter().map(|(_, width)| "-".repeat(*width)).collect();
            writeln!(out, "  {}", rule.join("  "))?;
        }
    }
    writeln!(out)?;
    Ok(())
}
