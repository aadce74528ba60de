//! The report on two quarters, from their logs and the file: each question, its answer, the evidence.

use super::Refusal;
use super::carry_over::CarryOver;
use super::evidence::{afterwards, log};
use super::two_quarters::{Loop, Quarter};
use marketloop::figure::{Cell, Evidence, Figure, Report, Section, Source, Table};
use marketloop::goal::CascadeProgress;
use marketloop::optimise::Improvement;
use marketloop::pdca::{
    Cycle, CyclePlan, CycleStatus, Event, EventRecord, FindingDecision, FindingId, Journal, Lineage, Stage,
    TaskStanding, status,
};
use marketloop::quantity::{Money, Quantity, Ratio, Rounding};
use marketloop::target::{LowerRule, SampleVerdict, Target};
use marketloop::time::Period;
use rust_decimal::Decimal;

/// Where the figures of a quarter come from.
pub(super) struct Sources {
    /// Goals and targets that the documents state, and the rules of the budget.
    pub(super) documents: Source,
    /// When stages are due.
    pub(super) stages: Source,
    /// The goal by month: the documents' in their own quarter.
    pub(super) goal: Source,
    pub(super) margin: Source,
    pub(super) lights: Source,
    /// What this file decides: totals, pilots, drivers, curves, days.
    pub(super) plan: Source,
    pub(super) curves: Source,
    pub(super) sales: Source,
    pub(super) log: Source,
    pub(super) calendar: Source,
    /// When Act is due.
    pub(super) act: Source,
    pub(super) values: Source,
    pub(super) targets: Source,
    pub(super) journeys: Source,
    pub(super) funnel: Source,
    pub(super) next: Source,
}

impl Sources {
    fn of(file: &Loop, index: usize, journal: &Journal) -> Self {
        let at = |field: &str| format!("two_quarters.json: quarters[{index}].{field}");
        let cycle = journal.cycle().id();
        let records = journal.records().len();
        Self {
            documents: Source::new(
                "the documents: D0 section 3, D1, D3 section 2",
                "mix 40/30/20/10; pilots of at most 10 %; key results (cost of a customer for July, repurchase for August)",
            ),
            stages: Source::new("the documents: D1 section 7", "when Plan and Check are due"),
            goal: match index {
                0 => Source::new("the documents: D3 section 2", "the goal of the quarter, by month"),
                _ => Source::illustration(at("cascade"), "the goal of the quarter, by month"),
            },
            margin: Source::illustration(
                "two_quarters.json: gross_margin, least_auc, step",
                "gross margin of sales, when credit counts",
            ),
            lights: Source::illustration(
                "two_quarters.json: health.bands",
                "from which attainment a light is yellow",
            ),
            plan: Source::illustration(
                at("allocation, tree_plan, targets, work"),
                "totals, pilots, drivers, tasks",
            ),
            curves: Source::illustration(at("curves"), "what each line brings for what is spent on it"),
            sales: Source::illustration(
                file.file.sales.clone(),
                "clicks, orders, revenue and new customers by month",
            ),
            log: Source::illustration(
                format!("log of {cycle}"),
                format!("{records} records, see the last section"),
            ),
            act: Source::illustration(
                "StageTable::quarterly",
                "Do ends with the period; Act 45 days after it: as the documents have it, Act is due before Check is",
            ),
            calendar: Source::new("two_quarters.json: calendar", "workdays, from the published holidays"),
            values: Source::illustration(at("indicators, actuals"), "what was measured"),
            targets: Source::new("the documents: D1 section 5", "targets of the health matrix"),
            journeys: Source::illustration("attribution.csv", "touches and conversions of 300 users"),
            funnel: Source::illustration("funnel.csv", "steps of 600 users"),
            next: Source::illustration(
                "two_quarters.json: quarters[1]",
                "plan and curves of the next quarter",
            ),
        }
    }
}

/// One quarter with all that is known of it.
pub(super) struct Page<'a> {
    pub(super) all: &'a Loop,
    pub(super) quarter: &'a Quarter,
    pub(super) journal: &'a Journal,
    pub(super) cycle: &'a Cycle,
    pub(super) plan: &'a CyclePlan,
    pub(super) sources: Sources,
    /// How it stands on the day on which it was checked, and on the day on which it was closed.
    pub(super) checked: CycleStatus,
    pub(super) closed: CycleStatus,
    pub(super) over: CarryOver,
    pub(super) next: Option<&'a Quarter>,
}

impl Loop {
    /// The report that these logs bring back.
    pub(super) fn report(&self, journals: &[Journal; 2]) -> Result<Report, Refusal> {
        let [first, second] = &self.file.quarters;
        let pages =
            [self.page(0, first, &journals[0], Some(second))?, self.page(1, second, &journals[1], None)?];
        let mut report = Report::new(self.file.title.clone());
        for page in &pages {
            for section in
                [page.first()?, page.plan()?, page.work()?, page.reasons()?, page.findings()?, page.money()?]
            {
                report = report.section(section);
            }
        }
        let lineage = Lineage::new(journals.iter().map(Journal::cycle))?;
        Ok(report.section(afterwards(&lineage, &pages)?).section(log(&pages)))
    }

    fn page<'a>(
        &'a self,
        index: usize,
        quarter: &'a Quarter,
        journal: &'a Journal,
        next: Option<&'a Quarter>,
    ) -> Result<Page<'a>, Refusal> {
        let cycle = journal.cycle();
        let on = |day| status(cycle, day, &self.file.calendar);
        Ok(Page {
            all: self,
            quarter,
            journal,
            cycle,
            plan: cycle.plan().ok_or("there is no plan")?,
            sources: Sources::of(self, index, journal),
            checked: on(quarter.days.check)?,
            closed: on(quarter.days.close)?,
            over: CarryOver::of(&self.file, cycle, next)?,
            next,
        })
    }
}

impl Page<'_> {
    pub(super) fn title(&self, what: &str) -> String {
        format!("{}: {what}", self.cycle.id())
    }

    pub(super) fn currency(&self) -> marketloop::quantity::Currency {
        self.plan.total().currency()
    }

    fn spent(&self) -> Result<Money, Refusal> {
        Ok(Money::sum(self.cycle.spent().values().copied(), self.currency())?)
    }

    /// A finding's number in the log, by its target.
    fn finding_of(&self, target: &str) -> Option<FindingId> {
        let own = self.cycle.findings().iter().zip(1_u32..).find(|(own, _)| own.finding.metric() == target);
        own.map(|(_, number)| FindingId { cycle: self.cycle.id().clone(), number })
    }

    /// Sales so far, month by month, against the cascade.
    fn progress(&self, through: usize) -> Result<CascadeProgress, Refusal> {
        let months = self.all.sales.months(&self.quarter.period);
        let sold = months.iter().take(through).map(|month| {
            Ok((*month, Figure::Known(Quantity::from(self.all.sales.of(month, None)?.revenue))))
        });
        let sold: Vec<(Period, Figure<Quantity>)> = sold.collect::<Result<_, Refusal>>()?;
        Ok(self.quarter.cascade.against(sold)?)
    }

    /// The first page: targets, months, what is late, what is missing, what has to be decided.
    fn first(&self) -> Result<Section, Refusal> {
        let Sources { documents, plan, sales, log, calendar, values, goal, .. } = &self.sources;
        let (spent, all) = (self.spent()?, self.all.sales.of(&self.quarter.period, None)?);
        let progress = self.progress(usize::MAX)?;
        let (met, known, of) = self.counted()?;
        let roas = per(all.revenue, Ratio::from(spent.amount()))?;
        let mut section = Section::new(self.title("did it reach its targets, and what has to be decided?"))
            .answer(format!("{}.", begun(&progress.to_string())))
            .answer(format!(
                "{spent} of {} were spent: 1:{:.2} in revenue for all of it, {}; {met} of {known} measured targets are met, {} of {of} could not be measured.",
                self.plan.total(),
                roas,
                self.cost_per_order(spent, all.orders)?,
                of.saturating_sub(known),
            ));
        let inverse = |target: &Target| target.lower_rule() == Some(LowerRule::Inverse);
        let lower: Vec<&str> =
            self.plan.targets().iter().filter(|own| inverse(own.1)).map(|own| own.0.as_str()).collect();
        if !lower.is_empty() {
            section = section.answer(format!(
                "Less is better for {}: its attainment is the target over the actual value (inverse).",
                lower.join(", ")
            ));
        }
        let late: Vec<&TaskStanding> = self.closed.late_tasks().collect();
        section = section.answer(match late.as_slice() {
            [] => "No task is late.".to_owned(),
            late => {
                let told = late.iter().map(|task| {
                    format!(
                        "{} ({}), {} {}",
                        task.name,
                        task.accountable.join(", "),
                        task.status.late,
                        days(task.status.late)
                    )
                });
                format!("Late: {}.", told.collect::<Vec<_>>().join("; "))
            }
        });
        let decisions = self.decisions()?;
        let wanted = decisions.names().len();
        let taken =
            decisions.cells().filter(|(_, column, cell)| *column == "taken" && cell.value.is_some()).count();
        section = section.answer(format!(
            "{wanted} decisions {} wanted, and {taken} of them {} taken in the log; the table says what is at stake.",
            if wanted == 1 { "was" } else { "were" },
            if taken == 1 { "is" } else { "are" },
        ));
        section = section.answer("Spend stands in the month in which it was booked: returns by month follow the bookings, only their total does not.");
        let mut late_table = TaskStanding::table(late.iter().copied());
        if late.is_empty() {
            late_table.push("none", "state", "nothing is late");
        }
        Ok(section
            .evidence(
                Evidence::new(self.title("targets"), self.targets()?, [log, values])
                    .column("to reach", [plan])
                    .cell("customer acquisition cost", "to reach", [documents])
                    .cell("repurchase rate", "to reach", [documents])
                    .cell("share of new customers", "to reach", [documents])
                    .cell("online sales", "to reach", [goal]),
            )
            .evidence(
                Evidence::new(self.title("month by month against the goal"), progress.table(), [sales, goal])
                    .column("target", [goal])
                    .column("target to date", [goal]),
            )
            .evidence(Evidence::new(
                self.title("rates judged by their samples, 95 %"),
                self.judged()?,
                [sales, documents, plan],
            ))
            .evidence(Evidence::new(self.title("sales and spend by month"), self.months()?, [sales, log]))
            .evidence(Evidence::new(
                self.title("what was left to do after each month"),
                self.pace()?,
                [sales, goal],
            ))
            .evidence(Evidence::new(self.title("late tasks at the close"), late_table, [log, plan, calendar]))
            .evidence(Evidence::new(self.title("values that are missing"), self.missing(), [log, values]))
            .evidence(Evidence::new(self.title("decisions that are wanted"), decisions, [log, sales, plan])))
    }

    /// How many targets are met, are measured, and are there.
    fn counted(&self) -> Result<(usize, usize, usize), Refusal> {
        let (mut met, mut known) = (0_usize, 0_usize);
        for (name, target) in self.plan.targets() {
            if let Some(Figure::Known(actual)) = self.cycle.actuals().get(name) {
                known = known.saturating_add(1);
                met = met.saturating_add(usize::from(target.achievement_of(actual)?.is_met()));
            }
        }
        Ok((met, known, self.plan.targets().len()))
    }

    fn cost_per_order(&self, spent: Money, orders: u64) -> Result<String, Refusal> {
        if orders == 0 {
            return Ok("there is no order".into());
        }
        Ok(format!("{} of spend an order", self.money_of(per(spent, Ratio::from(Decimal::from(orders)))?)?))
    }

    /// An amount in whole cents, half to even.
    fn money_of(&self, amount: Ratio) -> Result<Money, Refusal> {
        Ok(Money::new(amount.round((2, Rounding::HalfEven))?, self.currency())?)
    }

    /// An estimate in whole cents.
    pub(super) fn about(&self, estimate: f64) -> Result<Money, Refusal> {
        Ok(Money::new(cents(estimate)?, self.currency())?)
    }

    /// The targets on rates of a sample: whether it decides them.
    fn judged(&self) -> Result<Table, Refusal> {
        let all = self.all.sales.of(&self.quarter.period, None)?;
        let mut verdicts = Vec::new();
        for (name, target) in self.plan.targets() {
            let node = self.all.file.implied.get(name).map(String::as_str);
            let counted = match (node, all.new_customers) {
                (Some("conversion_rate"), _) => Some((all.orders, all.clicks)),
                (Some("share_of_new_customers"), Some(new)) => Some((new, all.orders)),
                _ => None,
            };
            if let Some((successes, trials)) = counted.filter(|counted| counted.1 > 0) {
                verdicts.push((name.as_str(), target.judged_by_sample(successes, trials, 0.95)?));
            }
        }
        Ok(SampleVerdict::table(verdicts.iter().map(|(name, verdict)| (*name, verdict))))
    }

    fn targets(&self) -> Result<Table, Refusal> {
        let mut table = Table::new("target");
        for (name, target) in self.plan.targets() {
            table.push(name, "to reach", format!("{target:#}"));
            let actual = self.cycle.actuals().get(name).cloned();
            let actual = actual.unwrap_or_else(|| Figure::missing(name.clone()));
            table.push(name, "actual", actual.as_ref());
            match actual {
                Figure::Known(actual) => {
                    let found = target.achievement_of(&actual)?;
                    let attained = found.attainment().map(|own| percent(own.ratio())).transpose()?;
                    table.push(
                        name,
                        "attainment",
                        attained.unwrap_or_else(|| Cell::default().because(&found)),
                    );
                    table.push(name, "met", found.is_met());
                }
                unknown => table.push(name, "attainment", unknown.map(|_| "")),
            }
            let node = self.all.file.implied.get(name).map_or("measured by itself", String::as_str);
            table.push(name, "node of the tree", node);
            let finding = self.finding_of(name).map_or_else(|| "none needed".into(), |id| id.to_string());
            table.push(name, "finding", finding);
        }
        Ok(table)
    }

    /// Sales, spend, return and cost of a new customer by month; the total is sums over sums.
    fn months(&self) -> Result<Table, Refusal> {
        let mut table = Table::new("month");
        let mut row = |name: String, period: &Period| -> Result<(), Refusal> {
            let sold = self.all.sales.of(period, None)?;
            let spent = self.spent_in(period)?;
            table.push(&name, "sales", sold.revenue);
            table.push(&name, "orders", Cell::new(sold.orders, "order"));
            table.push(&name, "spend", spent);
            let roas = if spent.is_zero() {
                Cell::default().because("nothing was spent")
            } else {
                rounded(per(sold.revenue, Ratio::from(spent.amount()))?, 4)?.with_unit("CNY/CNY")
            };
            table.push(&name, "return on ad spend (revenue)", roas);
            let over = |count: Option<u64>, what: &str| -> Result<Cell, Refusal> {
                Ok(match count {
                    None => Cell::default().because(format!("{what} are not known")),
                    Some(0) => Cell::default().because(format!("there are no {what}")),
                    Some(count) => rounded(per(spent, Ratio::from(Decimal::from(count)))?, 4)?,
                })
            };
            let cell = over(Some(sold.orders), "orders")?;
            table.push(&name, "cost per order", cell.with_unit("CNY/order"));
            let cell = over(sold.new_customers, "new customers")?;
            table.push(&name, "customer acquisition cost", cell.with_unit("CNY/customer"));
            Ok(())
        };
        for month in self.all.sales.months(&self.quarter.period) {
            row(month.to_string(), &month)?;
        }
        row("total".into(), &self.quarter.period)?;
        Ok(table)
    }

    fn spent_in(&self, period: &Period) -> Result<Money, Refusal> {
        let spent = self.journal.records().iter().filter_map(|record| match &record.event {
            Event::Spent { amount, on, .. } if period.contains(*on) => Some(*amount),
            _ => None,
        });
        Ok(Money::sum(spent, self.currency())?)
    }

    /// What was attained, missing and needed at the end of each month.
    fn pace(&self) -> Result<Table, Refusal> {
        let mut table = Table::new("after");
        for (through, month) in (1..).zip(self.all.sales.months(&self.quarter.period)) {
            let progress = self.progress(through)?;
            table.push(month, "attained", progress.attained().as_ref().map(Cell::from));
            table.push(month, "missing to go", progress.to_go().as_ref().map(Cell::from));
            let pace = match progress.needed_pace() {
                Figure::Known(pace) => percent(*pace)?,
                other => Cell::from(other.as_ref().map(|_| "")),
            };
            table.push(month, "needed pace of what is planned", pace);
        }
        Ok(table)
    }

    fn missing(&self) -> Table {
        let mut table = Table::new("value");
        for (name, actual) in self.cycle.actuals() {
            if !actual.is_known() {
                table.push(name, "why", actual.as_ref().map(|_| "").to_string());
                let finding = self.finding_of(name).map_or_else(|| "none".into(), |id| id.to_string());
                table.push(name, "finding", finding);
            }
        }
        for (leaf, why) in &self.quarter.missing {
            table.push(leaf, "why", format!("missing: {why}"));
            table.push(leaf, "finding", "see the targets that follow from it");
        }
        for reading in self.matrix().iter().flat_map(|matrix| matrix.readings().collect::<Vec<_>>()) {
            if reading.indicator().actual.is_none() {
                table.push(&reading.indicator().name, "why", "missing: not measured");
                table.push(
                    &reading.indicator().name,
                    "finding",
                    "none: an indicator, no target of the quarter",
                );
            }
        }
        if table.names().is_empty() {
            table.push("none", "why", "all targets and indicators are measured");
        }
        table
    }

    /// What has to be decided, what is at stake until it is, and what the log says of it.
    fn decisions(&self) -> Result<Table, Refusal> {
        let mut table = Table::new("decision");
        let release = self.released();
        let taken = release.map_or_else(
            || Cell::default().because("nothing was released"),
            |record| Cell::new(format!("{}, record {}", record.on, record.sequence), ""),
        );
        if let Some(next) = self.next {
            let better = next.curves.improve(next.own_media(), &next.curves.solve()?)?;
            let name = format!("divide {} by marginal return", next.cycle);
            table.push(&name, "amount", better.moved()?);
            table.push(
                &name,
                "because",
                "in its own plan the last yuan does not bring the same in every line",
            );
            let gain = Cell::from(self.about(better.gain())?);
            table.push(
                &name,
                "at stake",
                gain.because("sales at the same budget, by the curves, before any carry-over"),
            );
            table.push(&name, "taken", Cell::default().because("no record takes it"));
            let carried = Money::sum(self.over.moved.values().copied(), self.currency())?;
            let name = format!("carry over to {}", next.cycle);
            table.push(&name, "amount", carried);
            table.push(&name, "because", self.over.why.clone());
            let goal = next.cascade.total().value();
            if let (Some(expected), false) = (self.over.expected, carried.is_zero()) {
                let short =
                    goal.checked_sub(cents(expected)?).ok_or("a difference of more than 28 digits")?;
                let short = Cell::new(format!("{short:.2}"), self.currency().to_string());
                table.push(&name, "at stake", short.because("short of the goal, by the curves"));
            }
            table.push(&name, "taken", taken.clone());
        }
        if !self.over.returned.is_zero() {
            let name = format!("return to {}", self.all.file.granted_by);
            table.push(&name, "amount", self.over.returned);
            table.push(&name, "because", "nothing that is planned needs it");
            table.push(&name, "at stake", Cell::from(self.over.returned).because("lies idle until then"));
            table.push(&name, "taken", taken);
        }
        for (own, number) in self.cycle.findings().iter().zip(1_u32..) {
            if let Some(FindingDecision::Accepted { measure, owner, due }) = &own.decision {
                let name = format!("{}#{number}: {measure}", self.cycle.id());
                table.push(&name, "amount", Cell::default().because("no money is asked for"));
                table.push(
                    &name,
                    "because",
                    format!(
                        "{} {}; {owner}, until {due}",
                        own.finding.metric(),
                        if own.finding.actual().is_known() { "was missed" } else { "is not measured" }
                    ),
                );
                table.push(&name, "at stake", self.cost_of(&own.finding)?);
                let record = self.journal.records().iter().find(
                    |record| matches!(&record.event, Event::Decided { finding, .. } if *finding == number),
                );
                let taken = record.map(|record| format!("{}, record {}", record.on, record.sequence));
                table.push(&name, "taken", taken.unwrap_or_default());
            }
        }
        Ok(table)
    }

    /// The record by which money was released.
    pub(super) fn released(&self) -> Option<&EventRecord> {
        self.journal.records().iter().rev().find(|record| matches!(record.event, Event::Released { .. }))
    }

    /// What a finding that stays costs a quarter like this one.
    fn cost_of(&self, finding: &marketloop::review::Finding) -> Result<Cell, Refusal> {
        let all = self.all.sales.of(&self.quarter.period, None)?;
        if !finding.actual().is_known() {
            return Ok(Cell::from(self.spent()?).because("spent without knowing"));
        }
        let gap = finding.gap()?;
        let implied = self.all.file.implied.get(finding.metric()).map(String::as_str);
        if implied == Some("conversion_rate") && all.orders > 0 {
            // So many orders less at as many clicks, each of the average value.
            let orders = gap.value().times(Ratio::new(all.clicks.into(), Decimal::ONE_HUNDRED)?)?;
            let value = per(all.revenue, Ratio::from(Decimal::from(all.orders)))?;
            let cell = rounded(orders.times(value)?.negated(), 2)?;
            return Ok(cell.with_unit("CNY").because("of sales, at as many clicks and this order value"));
        }
        Ok(Cell::default().because(format!("{gap:#} again")))
    }

    /// The plan's division beside the optimum of the same money.
    pub(super) fn improvement(&self) -> Result<Improvement, Refusal> {
        let best = self.quarter.curves.solve()?;
        Ok(self.quarter.curves.improve(self.quarter.own_media(), &best)?)
    }

    /// What was planned, by which rules, and what the same money would bring elsewhere.
    fn plan(&self) -> Result<Section, Refusal> {
        let Sources { documents, plan, curves, log, .. } = &self.sources;
        let better = self.improvement()?;
        let apart = self.reconciled()?;
        let first = self.cycle.baseline().unwrap_or(self.plan);
        let check = first.check_rules(&self.quarter.allocation)?;
        let broken: Vec<String> = check.broken().map(ToString::to_string).collect();
        let rules = match broken.as_slice() {
            [] => "every rule of the budget holds".to_owned(),
            broken => format!("broken: {}", broken.join("; ")),
        };
        let ids: Vec<String> = self.quarter.allocation.rules().map(|(id, _)| format!("`{id}`")).collect();
        let mut lines = Table::new("line");
        for line in self.quarter.allocation.leaves() {
            lines.push(line.name(), "amount", line.amount());
            lines.push(
                line.name(),
                "share",
                percent(Ratio::new(line.amount().amount(), first.total().amount())?)?,
            );
            lines.push(line.name(), "set by", line.explain());
            lines.push(line.name(), "only for", line.purpose().unwrap_or("anything in the line"));
        }
        lines.push_sums("sum", &["amount", "share"]);
        let [planned, _] = self.all.inputs(self.quarter, self.cycle)?;
        Ok(Section::new(self.title("what was planned, and would the same money bring more elsewhere?"))
            .answer(format!(
                "{} (version 1 of {} of the plan) by the rules {}; {rules}.",
                first.total(),
                self.journal.plan_versions().len(),
                ids.join(", ")
            ))
            .answer(format!(
                "With the same {} the curves bring {} of sales as planned and {} at the optimum: {} more by moving {}.",
                better.spend_before(),
                self.about(better.response_before())?,
                self.about(better.response())?,
                self.about(better.gain())?,
                better.moved()?
            ))
            .answer(format!(
                "The drivers' plan and the curves do not agree: by the curves the same spend brings {}{}.",
                less(Money::new(apart.1, self.currency())?, "the drivers' plan")?,
                Self::share_in_words(apart.1, apart.2)?,
            ))
            .evidence(
                Evidence::new(self.title("lines of the plan"), lines, [plan])
                    .column("set by", [documents, plan]),
            )
            .evidence(Evidence::new(self.title("rules of the plan"), check.table(), [documents, plan, log]))
            .evidence(Evidence::new(self.title("the plan beside the optimum"), better.table(), [plan, curves]).with_decimals(2))
            .evidence(Evidence::new(self.title("drivers' plan against the curves"), apart.0, [plan, curves]))
            .evidence(Evidence::new(
                self.title("drivers as planned"),
                self.all.drivers.evaluate(&planned)?.table(),
                [plan],
            )))
    }

    /// A difference as a share of a plan, in words.
    fn share_in_words(difference: Decimal, of: Decimal) -> Result<String, Refusal> {
        let Ok(share) = Ratio::new(difference.abs(), of) else { return Ok(String::new()) };
        let share = share.times(Ratio::from(Decimal::ONE_HUNDRED))?;
        Ok(format!(" ({} %)", share.round((2, Rounding::HalfEven))?))
    }

    /// Each channel's sales by the plan of its drivers and by its curve at the planned spend; how far the sums are apart,
    /// and the sum of the drivers.
    fn reconciled(&self) -> Result<(Table, Decimal, Decimal), Refusal> {
        let [planned, _] = self.all.inputs(self.quarter, self.cycle)?;
        let tree = self.all.drivers.evaluate(&planned)?;
        let at = self.quarter.curves.lines_at(self.quarter.own_media())?;
        let mut table = Table::new("channel");
        let mut sums = [Decimal::ZERO; 2];
        let mut row = |name: &str, drivers: Decimal, curve: Decimal| -> Result<(), Refusal> {
            table.push(name, "by its drivers", Cell::new(format!("{drivers:.2}"), "CNY"));
            table.push(name, "by its curve", Cell::new(format!("{curve:.2}"), "CNY"));
            let difference = curve.checked_sub(drivers).ok_or("a difference of more than 28 digits")?;
            table.push(name, "difference", Cell::new(format!("{difference:.2}"), "CNY"));
            let share = match Ratio::new(difference, drivers) {
                Ok(share) => percent(share)?,
                Err(_) => Cell::default().because("the drivers plan no sales"),
            };
            table.push(name, "of the drivers' plan", share);
            Ok(())
        };
        for channel in &self.all.file.channels {
            let node = format!("{}_sales", channel.name);
            let drivers = tree.rounded(&node, (2, Rounding::HalfEven))?;
            let line = at.iter().find(|line| line.name() == channel.line);
            let curve = line.ok_or_else(|| format!("the line {} has no curve", channel.line))?.response();
            let curve = cents(curve)?;
            row(&channel.name, drivers, curve)?;
            for (sum, more) in sums.iter_mut().zip([drivers, curve]) {
                *sum = sum.checked_add(more).ok_or("a sum of more than 28 digits")?;
            }
        }
        let [drivers, curve] = sums;
        row("total", drivers, curve)?;
        Ok((table, curve.checked_sub(drivers).ok_or("a difference of more than 28 digits")?, drivers))
    }

    /// What was spent and done.
    fn work(&self) -> Result<Section, Refusal> {
        let Sources { plan, sales, log, calendar, act, stages: stages_of, .. } = &self.sources;
        let spent = self.spent()?;
        let branches = self.all.branches(self.quarter, self.cycle)?;
        let mut lines = Table::new("line");
        for (line, amount) in self.plan.lines() {
            let spent = self.cycle.spent().get(line).copied().unwrap_or(Money::zero(self.currency()));
            lines.push(line, "planned", *amount);
            lines.push(line, "spent", spent);
            lines.push(line, "not spent", amount.minus(spent)?);
            let share = Ratio::new(spent.amount(), amount.amount());
            lines.push(
                line,
                "spent of plan",
                match share {
                    Ok(share) => percent(share)?,
                    Err(_) => Cell::default().because("nothing was planned"),
                },
            );
        }
        lines.push_sums("sum", &["planned", "spent", "not spent"]);
        let best = branches.iter().filter_map(|own| Some((own.return_on_ad_spend().known()?.ratio(), own)));
        let best = best.max_by_key(|(ratio, _)| *ratio).ok_or("no channel has a return")?;
        let days = &self.quarter.days;
        let mut stages = Table::new("stage");
        for (day, on) in [(days.check, &self.checked), (days.close, &self.closed)] {
            for stage in Stage::ALL {
                stages.push(stage, "due", *on.due(stage).value());
                stages.push(stage, format!("state on {day}"), on.state(stage));
            }
        }
        let dated = self.plan.work().map(|work| work.dated(&self.all.file.calendar)).transpose()?;
        let open: Vec<String> = self
            .closed
            .open_tasks()
            .map(|task| format!("{} ({}), {}", task.name, task.accountable.join(", "), task.status))
            .collect();
        let mut section =
            Section::new(self.title("what was spent, what did it bring, and is the work done?"))
                .answer(format!(
                    "{spent} of {} were spent; {} brought most for its money: {:.2} in revenue.",
                    self.plan.total(),
                    best.1.name,
                    best.1.return_on_ad_spend()
                ))
                .answer(match open.as_slice() {
                    [] => format!("It was closed on {} with no open task.", days.close),
                    open => format!("It was closed on {} with open work: {}.", days.close, open.join("; ")),
                })
                .evidence(
                    Evidence::new(self.title("spend by line"), lines, [log]).column("planned", [plan, log]),
                )
                .evidence(Evidence::new(
                    self.title("channels, blended totals"),
                    branches.table(),
                    [sales, log],
                ))
                .evidence(
                    Evidence::new(self.title("stages"), stages, [log])
                        .column("due", [stages_of, calendar])
                        .cell("do", "due", [act])
                        .cell("act", "due", [act]),
                )
                .evidence(Evidence::new(
                    self.title("tasks at the close"),
                    TaskStanding::table(&self.closed.each_task),
                    [log, plan, calendar],
                ));
        if let Some(dated) = dated {
            section = section.evidence(Evidence::new(
                self.title("dates of the tasks"),
                dated.table(),
                [plan, calendar],
            ));
        }
        Ok(section)
    }
}

fn days(count: i64) -> &'static str {
    if count == 1 { "workday" } else { "workdays" }
}

pub(super) fn per(amount: Money, by: Ratio) -> Result<Ratio, Refusal> {
    Ok(Ratio::from(amount.amount()).divided_by(by)?)
}

/// A number with so many decimals, half to even.
pub(super) fn rounded(ratio: Ratio, decimals: u32) -> Result<Cell, Refusal> {
    let places = usize::try_from(decimals)?;
    Ok(Cell::new(format!("{:.places$}", ratio.round((decimals, Rounding::HalfEven))?), "1"))
}

/// A share in percent with two decimals, half to even.
pub(super) fn percent(ratio: Ratio) -> Result<Cell, Refusal> {
    let hundred = Ratio::from(Decimal::ONE_HUNDRED);
    Ok(rounded(ratio.times(hundred)?, 2)?.with_unit("%"))
}

/// The attainment, or whether the target was met where there is none.
pub(super) fn attained(found: &Figure<marketloop::target::Achievement>) -> Result<Cell, Refusal> {
    match found {
        Figure::Known(found) => match found.attainment() {
            Some(attainment) => percent(attainment.ratio()),
            None => Ok(Cell::default().because(found)),
        },
        other => Ok(Cell::from(other.as_ref().map(|_| ""))),
    }
}

/// An estimate in whole cents.
pub(super) fn cents(estimate: f64) -> Result<Decimal, Refusal> {
    Ok(Decimal::try_from(estimate).map_err(|error| error.to_string())?.round_dp(2))
}

/// How far an amount lies above or below something.
pub(super) fn off(difference: Money, from: &str) -> Result<String, Refusal> {
    let zero = Money::zero(difference.currency());
    Ok(match difference.minor().signum() {
        0 => format!("as {from} says"),
        1 => format!("{difference} above {from}"),
        _ => format!("{} below {from}", zero.minus(difference)?),
    })
}

/// A difference in words that stand before its share: `10.00 CNY less than the plan`.
fn less(difference: Money, than: &str) -> Result<String, Refusal> {
    let told = off(difference, than)?;
    Ok(told.replace(" below ", " less than ").replace(" above ", " more than "))
}

/// A text as a sentence begins.
fn begun(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
