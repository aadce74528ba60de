//! The report on two quarters, from their logs and the file: every stage with its reasons.

use super::two_quarters::{Loop, Quarter};
use super::{Refusal, Table, reached, show};
use marketloop::attribution::{AttributionModel, PathTable};
use marketloop::budget::{Allocation, Cap, Divide, Limit};
use marketloop::figure::Figure;
use marketloop::funnel::BottleneckRule;
use marketloop::kpi::ExplainOptions;
use marketloop::pdca::{Cycle, CyclePlan, EventRecord, FindingDecision, Journal, Lineage, Stage, status};
use marketloop::quantity::{Money, Quantity, Ratio, Rounding};
use marketloop::review::by_priority;
use marketloop::target::Achievement;
use marketloop::time::NaiveDate;
use rust_decimal::Decimal;
use std::fmt::Write;

type Written = Result<(), Refusal>;

/// Money divided by the credit of a Markov chain among these lines. A pilot has no journeys yet: it is weighed like
/// the average channel, and all pilots together are capped.
pub(super) fn by_credit(
    paths: &PathTable,
    lines: &[&str],
    pilots: Option<&(u32, Vec<String>)>,
    money: Money,
) -> Result<Allocation, Refusal> {
    let credit = AttributionModel::Markov(1).credit(paths)?.conversion_weights(6)?;
    let mut weights: Vec<(String, Decimal)> =
        credit.into_iter().filter(|(channel, _)| lines.contains(&channel.as_str())).collect();
    let sum: Decimal = weights.iter().map(|(_, weight)| weight).sum();
    let average = sum.checked_div(Decimal::from(weights.len())).ok_or("no line has credit")?.round_dp(6);
    let mut budget = Allocation::draft(money);
    if let Some((percent, pilots)) = pilots {
        weights.extend(pilots.iter().map(|pilot| (pilot.clone(), average)));
        budget = budget.rule("credit", Divide::by_scores(weights));
        budget = budget.rule("pilots", Cap::group(pilots.clone(), Limit::percent(*percent)));
    } else {
        budget = budget.rule("credit", Divide::by_scores(weights));
    }
    Ok(budget.check()?)
}

impl Loop {
    /// The report that these logs bring back.
    pub(super) fn report(&self, journals: &[Journal; 2]) -> Result<String, Refusal> {
        let mut out = format!("{}\n\n", self.file.title);
        let ([first, second], [q3, q4]) = (journals, &self.file.quarters);
        let lineage = Lineage::new([first.cycle(), second.cycle()])?;
        self.plan(&mut out, q3, first.cycle())?;
        self.doing(&mut out, q3, first.cycle())?;
        self.check(&mut out, q3, first.cycle())?;
        self.acted(&mut out, q3, first.cycle())?;
        self.seeded(&mut out, q4, first.cycle(), second)?;
        self.doing(&mut out, q4, second.cycle())?;
        self.check(&mut out, q4, second.cycle())?;
        self.acted(&mut out, q4, second.cycle())?;
        findings(&mut out, &lineage)?;
        log(&mut out, journals)?;
        for note in &self.file.notes {
            writeln!(out, "Note: {note}")?;
        }
        Ok(out)
    }

    /// The plan with what set each figure.
    fn plan(&self, out: &mut String, quarter: &Quarter, cycle: &Cycle) -> Written {
        let plan = cycle.plan().ok_or("there is no plan")?;
        writeln!(out, "{} · Plan\n", cycle.id())?;
        targets_planned(out, plan)?;
        let [planned, _] = self.inputs(quarter)?;
        writeln!(out, "  The tree of figures plans {}:\n\n{}\n", reached(&self.root(&planned)?), self.tree)?;
        writeln!(out, "  Rates that follow from the same figures:\n\n{}\n", self.rates)?;
        let mut table = Table::new("<line >amount <how it came about <only for");
        for line in quarter.allocation.leaves() {
            let purpose = line.purpose().unwrap_or_default();
            table.row([line.name().into(), line.amount().to_string(), line.explain(), purpose.into()]);
        }
        table.row(["sum".into(), plan.total().to_string(), String::new(), String::new()]);
        table.write(out)?;
        if let Some(question) = &quarter.curves {
            let best = question.solve()?;
            let gap = 100.0 * best.verify(question)?;
            writeln!(out, "  What response curves would do with {} of it:\n", best.spend())?;
            let mut table = Table::new("<line >by rules >by curves >the next one brings <held by");
            for line in best.lines() {
                let ruled = quarter.allocation.get(line.name());
                table.row([
                    line.name().into(),
                    ruled.map_or_else(|| "-".into(), |line| line.amount().to_string()),
                    line.amount().to_string(),
                    format!("{:.2} {}", line.marginal_return().get()?, line.amount().currency()),
                    line.binding().to_string(),
                ]);
            }
            table.write(out)?;
            // Rounded up, so that what is printed is a bound too and no 0 that nobody can prove.
            let most = (1e6 * gap).ceil().max(1.0) / 1e6;
            writeln!(out, "  Proven: any other division brings at most {most:.6} % more.\n")?;
        }
        self.tasks(out, cycle)
    }

    fn tasks(&self, out: &mut String, cycle: &Cycle) -> Written {
        let Some(work) = cycle.plan().and_then(CyclePlan::work) else { return Ok(()) };
        let dated = work.dated(&self.file.calendar)?;
        let mut table = Table::new("<task <accountable <start <finish >float <waits for");
        for task in dated.tasks() {
            let waits: Vec<&str> =
                task.task().needs.iter().map(|(deliverable, _)| deliverable.as_str()).collect();
            let float =
                if task.is_critical() { "critical".into() } else { format!("{} d", task.total_float()) };
            table.row([
                task.task().name.clone(),
                task.task().raci.accountable.join(", "),
                task.start().map_or_else(String::new, |start| start.to_string()),
                task.finish().to_string(),
                float,
                waits.join(", "),
            ]);
        }
        table.write(out)?;
        let signed: Vec<String> = cycle.signed().iter().map(|(role, by)| format!("{role} ({by})")).collect();
        writeln!(out, "  Signed: {}.\n", signed.join(", "))?;
        Ok(())
    }

    /// What was spent and done, and which stages are in time.
    fn doing(&self, out: &mut String, quarter: &Quarter, cycle: &Cycle) -> Written {
        writeln!(out, "{} · Do\n", cycle.id())?;
        let plan = cycle.plan().ok_or("there is no plan")?;
        let mut table = Table::new("<line >planned >spent >of plan");
        for (line, amount) in plan.lines() {
            let spent = cycle.spent().get(line).copied().unwrap_or(Money::zero(amount.currency()));
            let share = match Ratio::new(spent.amount(), amount.amount()) {
                Ok(share) => percent(share, 1)?,
                Err(_) => "-".into(),
            };
            table.row([line.clone(), amount.to_string(), spent.to_string(), share]);
        }
        table.write(out)?;
        let days = &quarter.days;
        for day in [days.check, days.close] {
            self.standing(out, cycle, day)?;
        }
        writeln!(out)?;
        Ok(())
    }

    fn standing(&self, out: &mut String, cycle: &Cycle, day: NaiveDate) -> Written {
        let status = status(cycle, day, &self.file.calendar)?;
        let stage = |stage| format!("{stage} {} (due {})", status.state(stage), status.due(stage).value());
        writeln!(out, "  On {day}: {}.", Stage::ALL.map(stage).join("; "))?;
        if let Some(tasks) = status.tasks {
            let done = percent(tasks.done, 0)?;
            writeln!(out, "    tasks {}: {done} of the work done, {} delayed", tasks.state, tasks.delayed)?;
        }
        Ok(())
    }

    /// Targets against what was reached; why the root moved, which channels brought orders, where users leave,
    /// which lights are on, and what was found.
    fn check(&self, out: &mut String, quarter: &Quarter, cycle: &Cycle) -> Written {
        writeln!(out, "{} · Check\n", cycle.id())?;
        let plan = cycle.plan().ok_or("there is no plan")?;
        let mut table = Table::new("<target <to reach >reached >attainment");
        for (name, target) in plan.targets() {
            let actual = cycle.actuals().get(name);
            let reached = match actual {
                Some(Figure::Known(value)) => reached(value),
                Some(other) => other.to_string(),
                None => "-".into(),
            };
            let attainment = match actual.and_then(|actual| actual.as_ref().known()) {
                Some(value) => attained(&target.achievement_of(value)?)?,
                None => "-".into(),
            };
            table.row([name.clone(), format!("{target:#}"), reached, attainment]);
        }
        table.write(out)?;
        self.explained(out, quarter)?;
        attribution(out, quarter)?;
        funnel(out, quarter)?;
        self.lights(out, quarter)?;
        let findings: Vec<_> = cycle.findings().iter().map(|own| own.finding.clone()).collect();
        let mut table = Table::new("<finding >attainment >gap >unexplained <causes");
        for priority in by_priority(&findings)? {
            let finding = priority.finding();
            let causes: Vec<String> = finding.causes().iter().map(ToString::to_string).collect();
            table.row([
                finding.metric().into(),
                attained(&finding.achievement()?)?,
                reached(&finding.gap()?),
                match finding.unexplained_share()? {
                    Figure::Known(share) => percent(share, 0)?,
                    _ => "not quantified".into(),
                },
                if causes.is_empty() { "nobody knows yet".into() } else { causes.join("; ") },
            ]);
        }
        table.write(out)
    }

    fn explained(&self, out: &mut String, quarter: &Quarter) -> Written {
        let [planned, actual] = self.inputs(quarter)?;
        let why = self.tree.explain_with(&planned, &actual, &ExplainOptions::default().with_scale(2))?;
        let unit = self.tree.node(self.tree.root()).ok_or("the tree has no root")?.unit().clone();
        let in_unit = |value| show(&Quantity::new(value, unit.clone()));
        let (from, to) = (reached(&self.root(&planned)?), reached(&self.root(&actual)?));
        writeln!(out, "  From {from} to {to}: {}, and why\n", in_unit(why.total()))?;
        let mut table = Table::new("<figure >moved the root by <through");
        for part in why.by_size() {
            table.row([part.key.clone(), in_unit(part.value), part.method.to_string()]);
        }
        let sum = why.leaves().into_iter().map(|part| part.value).sum();
        table.row(["sum".into(), in_unit(sum), String::new()]);
        table.write(out)
    }

    fn lights(&self, out: &mut String, quarter: &Quarter) -> Written {
        let mut matrix = self.file.health.clone();
        for (dimension, indicator, value) in &quarter.indicators {
            let measured = matrix.measured(dimension, indicator, value.clone(), quarter.days.check);
            matrix = measured.map_err(|error| format!("indicators of {}: {error}", quarter.cycle))?;
        }
        let assessment = matrix.assess()?;
        let mut table = Table::new("<indicator <target >actual <light");
        for reading in matrix.readings() {
            let indicator = reading.indicator();
            table.row([
                indicator.name.clone(),
                format!("{:#}", indicator.target),
                indicator.actual.as_ref().map_or_else(|| "-".into(), |actual| format!("{actual:#}")),
                reading.light().known().map_or_else(|| "-".into(), |light| light.to_string()),
            ]);
        }
        table.write(out)?;
        if let Figure::Known(score) = assessment.score() {
            let score = percent(score.ratio().ok_or("the score is no exact ratio")?, 1)?;
            let light = assessment.light().to_string();
            let weight = percent(assessment.covered_weight()?, 0)?;
            writeln!(
                out,
                "  Health as a whole: {score}, {light}; measured {}, {weight} of the weight.",
                assessment.coverage()
            )?;
            if let Figure::Known(worst) = assessment.worst() {
                writeln!(out, "  Worst light: {}, {}.", worst.light(), worst.indicator().name)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    /// What was decided, and where the money went.
    fn acted(&self, out: &mut String, quarter: &Quarter, cycle: &Cycle) -> Written {
        writeln!(out, "{} · Act\n", cycle.id())?;
        let mut table = Table::new("<finding <decision <owner <until");
        for own in cycle.findings() {
            let metric = own.finding.metric().to_owned();
            match &own.decision {
                Some(FindingDecision::Accepted { measure, owner, due }) => {
                    table.row([metric, measure.clone(), owner.clone(), due.to_string()]);
                }
                Some(FindingDecision::Rejected(reason)) => {
                    table.row([metric, format!("none: {reason}"), String::new(), String::new()]);
                }
                None => table.row([metric, "undecided".into(), String::new(), String::new()]),
            }
        }
        table.write(out)?;
        let money = cycle.money()?.get()?;
        let plan = cycle.plan().ok_or("there is no plan")?;
        let currency = plan.total().currency();
        let divided = Money::sum(cycle.reassigned().values().copied(), currency)?;
        if let Some(divided) = self.divided(quarter, divided)? {
            writeln!(out, "  {} go to the next quarter, by credit:\n", divided.total())?;
            let mut table = Table::new("<line >amount <how it came about");
            for line in divided.leaves() {
                table.row([line.name().into(), line.amount().to_string(), line.explain()]);
            }
            table.write(out)?;
        }
        let parts: Vec<String> = money
            .parts()
            .iter()
            .map(|part| Ok(format!("{} {}", Money::new(part.value, currency)?, part.key)))
            .collect::<Result<_, Refusal>>()?;
        writeln!(out, "  {} granted = {}\n", plan.total(), parts.join(" + "))?;
        Ok(())
    }

    /// The next quarter's plan, from what the first one hands on.
    fn seeded(&self, out: &mut String, quarter: &Quarter, parent: &Cycle, journal: &Journal) -> Written {
        let cycle = journal.cycle();
        writeln!(out, "{} · Plan, from what {} hands on\n", cycle.id(), parent.id())?;
        let (seed, first) = (parent.seed().ok_or("there is no seed")?, journal.records().first());
        if let Some(EventRecord {
            event: marketloop::pdca::Event::Inherited { seed: before, .. }, on, ..
        }) = first
        {
            let changes = before.changes(&seed).names().len();
            writeln!(
                out,
                "  Planned on {on} from provisional findings; {changes} of them changed until {} was closed.",
                parent.id()
            )?;
        }
        let open = &seed.open_measures;
        writeln!(out, "  Measures carried on: {}", open.len())?;
        for open in open {
            writeln!(out, "    {}: {}, {}, until {}", open.finding, open.measure, open.owner, open.due)?;
        }
        writeln!(out)?;
        let plan = cycle.plan().ok_or("there is no plan")?;
        targets_planned(out, plan)?;
        let mut table = Table::new("<line >of its own >handed on >amount");
        for (line, amount) in plan.lines() {
            let handed = seed.released.get(line).copied().unwrap_or(Money::zero(amount.currency()));
            let cells = [amount.minus(handed)?, handed, *amount].map(|money| money.to_string());
            table.row([line.clone()].into_iter().chain(cells));
        }
        table.row(["sum".into(), String::new(), String::new(), plan.total().to_string()]);
        table.write(out)?;
        rules_now(out, plan, &quarter.allocation)?;
        self.tasks(out, cycle)
    }
}

/// The rules by which the quarter's own money was divided, against the lines with what was handed on: each bound with
/// its base and what the lines hold of it.
fn rules_now(out: &mut String, plan: &CyclePlan, rules: &Allocation) -> Written {
    let check = plan.check_rules(rules)?;
    let broken = check.broken().count();
    let verdict = if broken == 0 { "all are kept".into() } else { format!("{broken} no longer hold") };
    writeln!(out, "  The budget's rules after the carry-over, of {} in all: {verdict}\n", plan.total())?;
    let mut table = Table::new("<rule <lines <asks for >of >in money >held >share <kept");
    for bound in check.bounds() {
        let (side, limit) = match (bound.floor, bound.cap) {
            (Some(floor), None) => ("at least", floor),
            (None, Some(cap)) => ("at most", cap),
            (Some(set), Some(_)) => ("exactly", set),
            (None, None) => continue,
        };
        let of = |amount: Money| match bound.base {
            Some(base) => percent(Ratio::new(amount.amount(), base.amount())?, 2),
            None => Ok(amount.to_string()),
        };
        table.row([
            bound.rule.clone(),
            bound.lines.join(", "),
            format!("{side} {}", of(limit)?),
            bound.base.map_or_else(|| "-".into(), |base| base.to_string()),
            limit.to_string(),
            bound.amount.to_string(),
            of(bound.amount)?,
            if bound.is_kept { "yes" } else { "no" }.into(),
        ]);
    }
    table.write(out)
}

/// The orders of each channel by three models.
fn attribution(out: &mut String, quarter: &Quarter) -> Written {
    let Some(paths) = &quarter.paths else { return Ok(()) };
    let models: [(&str, AttributionModel); 3] = [
        ("last", AttributionModel::LastTouch),
        ("first", AttributionModel::FirstTouch),
        ("Markov", AttributionModel::Markov(1)),
    ];
    let orders = paths.totals().conversions;
    writeln!(out, "  Which channels brought orders: a sample of journeys with {orders} of them\n")?;
    let mut table = Table::new("<orders of a channel >last touch >first touch >Markov");
    let mut columns = Vec::new();
    for (_, model) in models {
        columns.push(model.credit(paths)?.conversions_exact(2)?);
    }
    let names = paths.channels().names();
    for (channel, name) in names.enumerate() {
        let mut row = vec![name.to_string()];
        row.extend(columns.iter().filter_map(|column| column.get(channel)).map(|own| format!("{own:.2}")));
        table.row(row);
    }
    let mut row = vec!["sum".to_string()];
    row.extend(columns.iter().map(|column| format!("{:.2}", column.iter().sum::<Decimal>())));
    table.row(row);
    table.write(out)
}

/// Where users leave.
fn funnel(out: &mut String, quarter: &Quarter) -> Written {
    let Some(funnel) = &quarter.steps else { return Ok(()) };
    writeln!(out, "  Where users leave: a sample of {} of them\n", funnel.entered())?;
    let mut table = Table::new("<step >users >of the step before >lost");
    table.row(["impression".into(), funnel.entered().to_string(), String::new(), String::new()]);
    for (step, count) in funnel.steps().skip(1) {
        table.row([
            step.into(),
            count.to_string(),
            percent(funnel.rate(step)?, 1)?,
            funnel.drop_off(step)?.to_string(),
        ]);
    }
    table.write(out)?;
    writeln!(out, "  Held up: {}.\n", funnel.bottleneck(&BottleneckRule::LowestRate)?)?;
    Ok(())
}

/// A ratio in percent with so many decimals.
fn percent(ratio: Ratio, decimals: u32) -> Result<String, Refusal> {
    let hundred = Ratio::from(Decimal::ONE_HUNDRED);
    Ok(format!("{}%", ratio.times(hundred)?.round((decimals, Rounding::HalfEven))?))
}

/// The attainment, or whether the target was met where there is none.
fn attained(found: &Achievement) -> Result<String, Refusal> {
    found.attainment().map_or_else(|| Ok(found.to_string()), |attainment| percent(attainment.ratio(), 1))
}

fn targets_planned(out: &mut String, plan: &CyclePlan) -> Written {
    let mut table = Table::new("<target <to reach");
    for (name, target) in plan.targets() {
        table.row([name.clone(), format!("{target:#}")]);
    }
    table.write(out)
}

/// What became of each finding and of its target afterwards.
fn findings(out: &mut String, lineage: &Lineage<'_>) -> Written {
    writeln!(out, "What became of the findings\n")?;
    let mut table = Table::new(
        "<finding <metric <measure >before >afterwards <target then <target afterwards <on <verdict",
    );
    let cells = lineage.table();
    for story in lineage.findings() {
        let id = story.id.to_string();
        let done = match cells.get(&id, "countermeasure").and_then(|cell| cell.value.clone()) {
            Some(open) if open == "open" => "open, carried on".into(),
            other => other.unwrap_or_default(),
        };
        let after = story.after();
        table.row([
            id,
            story.finding.metric().into(),
            done,
            attained(&story.found().get()?)?,
            match after {
                Some((_, after)) => attained(&after.achievement().get()?)?,
                None => "-".into(),
            },
            format!("{:#}", story.finding.target()),
            after.map_or_else(|| "-".into(), |(_, after)| format!("{:#}", after.target)),
            after.map_or_else(|| "-".into(), |(period, _)| period.end().to_string()),
            story.verdict.as_ref().known().map_or_else(|| "not known".into(), ToString::to_string),
        ]);
    }
    table.write(out)
}

/// How much happened, and that the logs bring all of it back.
fn log(out: &mut String, journals: &[Journal; 2]) -> Written {
    writeln!(out, "The log\n")?;
    let mut table = Table::new("<cycle <state >events <first <last");
    for journal in journals {
        let day =
            |record: Option<&EventRecord>| record.map_or_else(String::new, |record| record.on.to_string());
        table.row([
            journal.cycle().id().to_string(),
            journal.cycle().phase().to_string(),
            journal.records().len().to_string(),
            day(journal.records().first()),
            day(journal.records().last()),
        ]);
    }
    table.write(out)
}
