//! The evidence behind a quarter: why it came so, what was found, where the money goes, and the log.

use super::Refusal;
use super::credit::Credit;
use super::report::{Page, Sources, attained, off, percent};
use super::two_quarters::Quarter;
use marketloop::decompose::Contribution;
use marketloop::figure::{Cell, Evidence, Figure, Section, Table};
use marketloop::funnel::BottleneckRule;
use marketloop::health::Matrix;
use marketloop::pdca::{CyclePlan, Event, EventRecord, FindingDecision, FindingId, Lineage, PlanVersion};
use marketloop::quantity::{Money, Ratio};
use marketloop::target::Achievement;
use std::collections::BTreeMap;

impl Page<'_> {
    pub(super) fn matrix(&self) -> Result<Matrix, Refusal> {
        let mut matrix = self.all.file.health.clone();
        for (dimension, indicator, value) in &self.quarter.indicators {
            let measured = matrix.measured(dimension, indicator, value.clone(), self.quarter.days.check);
            matrix = measured.map_err(|error| format!("indicators of {}: {error}", self.quarter.cycle))?;
        }
        Ok(matrix)
    }

    /// Why sales are not as planned, where users leave, and which lights are on.
    pub(super) fn reasons(&self) -> Result<Section, Refusal> {
        let Sources { plan, sales, values, targets, funnel, lights, .. } = &self.sources;
        let why = self.all.explained(self.quarter, self.cycle)?;
        let total = Money::new(why.total(), self.currency())?;
        let mut parts = Table::new("driver");
        for part in why.by_size() {
            parts.push(
                &part.key,
                "contribution",
                Cell::new(format!("{:.2}", part.value), self.currency().to_string()),
            );
            parts.push(&part.key, "method", part.method.to_string());
            parts.push(&part.key, "what it is", in_words(&part.key));
        }
        parts.push_sums("sum", &["contribution"]);
        // The largest of those that point where sales went: a driver that pulls the other way explains no shortfall.
        let with =
            |part: &&Contribution<String>| part.value.is_sign_negative() == why.total().is_sign_negative();
        let largest =
            why.by_size().find(with).or_else(|| why.by_size().next()).ok_or("the tree has no leaf")?;
        let matrix = self.matrix()?;
        let assessment = matrix.assess()?;
        let mut section = Section::new(self.title("why are sales not as planned, and where does it hurt?"))
            .answer(format!(
                "Sales are {}; the largest contribution is that of the {}: {}.",
                off(total, "the drivers' plan")?,
                in_words(&largest.key),
                Money::new(largest.value, self.currency())?
            ))
            .evidence(Evidence::new(
                self.title("contributions to the change of sales"),
                parts,
                [plan, sales],
            ));
        let (curves, expected, came) = self.against_curves()?;
        section = section
            .answer(format!(
                "At what was really spent the curves expect {expected}; the channels brought {}.",
                off(came.minus(expected)?, "that")?
            ))
            .evidence(Evidence::new(
                self.title("sales against the curves at what was spent"),
                curves,
                [&self.sources.curves, sales, &self.sources.log],
            ));
        if let Some(steps) = &self.quarter.steps {
            let held = steps.bottleneck(&BottleneckRule::LowestRate)?;
            section = section
                .answer(format!(
                    "In a sample of its own, whose rates are not the shop's, users are held up at {held}."
                ))
                .evidence(Evidence::new(
                    self.title("funnel of a sample of users who first came in July and August"),
                    steps.table_in("user"),
                    [funnel],
                ));
        }
        if let (Figure::Known(score), Figure::Known(light)) = (assessment.score(), assessment.light()) {
            let worst = assessment.worst().known().map_or_else(String::new, |worst| {
                format!("; the worst light is {} at {}", worst.light(), worst.indicator().name)
            });
            section = section.answer(format!(
                "Health is {score:.1}, {light}: {} indicators measured{worst}.",
                assessment.coverage()
            ));
        }
        Ok(section
            .evidence(
                Evidence::new(
                    self.title("health, indicator by indicator"),
                    matrix.table(),
                    [values, targets],
                )
                .column("target", [targets])
                .column("review every", [targets])
                .column("source", [targets]),
            )
            .evidence(Evidence::new(
                self.title("health, scores"),
                assessment.table(),
                [values, targets, lights],
            )))
    }

    /// What each channel's curve expects of what was really spent, what it brought, and both in all.
    fn against_curves(&self) -> Result<(Table, Money, Money), Refusal> {
        let channels = &self.all.file.channels;
        let spent =
            |line: &str| self.cycle.spent().get(line).copied().unwrap_or(Money::zero(self.currency()));
        let lines = channels.iter().map(|own| (own.line.as_str(), spent(&own.line)));
        let at = self.quarter.curves.lines_at(lines)?;
        let mut table = Table::new("channel");
        let zero = Money::zero(self.currency());
        let mut sums = (zero, zero);
        for channel in channels {
            let line = at.iter().find(|line| line.name() == channel.line).ok_or("a line without a curve")?;
            let expected = self.about(line.response())?;
            let came = self.all.sales.of(&self.quarter.period, Some(&channel.name))?.revenue;
            table.push(&channel.name, "spent", spent(&channel.line));
            table.push(&channel.name, "expected by its curve", expected);
            table.push(&channel.name, "sales", came);
            table.push(&channel.name, "difference", came.minus(expected)?);
            sums = (sums.0.plus(expected)?, sums.1.plus(came)?);
        }
        table.push_sums("total", &["spent", "expected by its curve", "sales", "difference"]);
        Ok((table, sums.0, sums.1))
    }

    /// What was found, what explains it, and what was decided.
    pub(super) fn findings(&self) -> Result<Section, Refusal> {
        let Sources { log, sales, plan, .. } = &self.sources;
        let mut found = Table::new("finding");
        let mut linked = Table::new("finding and driver");
        let (mut accepted, mut declined) = (0_usize, 0_usize);
        for (own, number) in self.cycle.findings().iter().zip(1_u32..) {
            let id = FindingId { cycle: self.cycle.id().clone(), number };
            let finding = &own.finding;
            found.push(&id, "target", finding.metric());
            found.push(&id, "to reach", format!("{:#}", finding.target()));
            found.push(&id, "actual", finding.actual());
            let gap = finding.gap().map_or_else(|why| Cell::default().because(why), |gap| Cell::from(&gap));
            found.push(&id, "gap", gap);
            let rest = match finding.unexplained_share() {
                Ok(Figure::Known(rest)) => percent(rest)?,
                Ok(_) => Cell::new("cause not quantified", ""),
                Err(why) => Cell::default().because(why),
            };
            found.push(&id, "not explained by drivers", rest);
            let causes: Vec<String> = finding.causes().iter().map(ToString::to_string).collect();
            found.push(
                &id,
                "cause",
                if causes.is_empty() { "nobody knows yet".into() } else { causes.join("; ") },
            );
            for part in finding.explained_by() {
                linked.push(format!("{id} {}", part.key), "contribution", Cell::from(&part.quantity()));
            }
            match &own.decision {
                Some(FindingDecision::Accepted { measure, owner, due }) => {
                    accepted = accepted.saturating_add(1);
                    found.push(&id, "decided", measure.as_str());
                    found.push(&id, "owner", owner.as_str());
                    found.push(&id, "until", *due);
                }
                Some(FindingDecision::Rejected(reason)) => {
                    declined = declined.saturating_add(1);
                    found.push(&id, "decided", format!("no measure: {reason}"));
                }
                None => found.push(&id, "decided", Cell::default().because("undecided")),
            }
        }
        if !linked.names().is_empty() {
            let unit = self.currency().to_string();
            let sum = linked.cells().filter(|cell| cell.2.unit == unit).count();
            if sum == linked.names().len() {
                linked.push_sums("sum", &["contribution"]);
            }
        }
        let inherited = self.cycle.inherited().map_or(0, |seed| seed.open_measures.len());
        let mut section = Section::new(self.title("what was found, and what is done about it?"))
            .answer(format!(
                "{} findings: {accepted} answered by a measure, {declined} declined with a reason; {inherited} open measures came from the quarter before.",
                self.cycle.findings().len()
            ))
            .evidence(Evidence::new(self.title("findings"), found, [log]));
        if !linked.names().is_empty() {
            section = section.evidence(Evidence::new(
                self.title("contributions that explain the findings, by driver"),
                linked,
                [log, plan, sales],
            ));
        }
        Ok(section)
    }

    /// Where the money that was not spent goes.
    pub(super) fn money(&self) -> Result<Section, Refusal> {
        let Sources { plan, curves, log, journeys, next: of_next, documents, margin, .. } = &self.sources;
        let carried = Money::sum(self.over.moved.values().copied(), self.currency())?;
        let granted = self.plan.total();
        let people = &self.all.file.people;
        let to = &self.all.file.granted_by;
        let release = self.released();
        let by = release.map_or_else(
            || "nothing was left".to_owned(),
            |record| {
                let role =
                    people.iter().find(|(_, person)| **person == record.by).map(|(role, _)| role.as_str());
                let role = role.unwrap_or("no role");
                format!("released by {} ({role}) on {}, record {}", record.by, record.on, record.sequence)
            },
        );
        let person = people.get(to).map_or("nobody", String::as_str);
        let parts = self.cycle.money()?.get()?;
        let mut identity = Table::new("part");
        for part in parts.parts() {
            identity.push(part.key, "amount", Money::new(part.value, self.currency())?);
        }
        identity.push("granted", "amount", granted);
        let mut left = Table::new("line");
        for (line, amount) in &self.over.from {
            left.push(line, "not spent", *amount);
        }
        left.push_sums("sum", &["not spent"]);
        let mut section = Section::new(self.title("where does the money go that was not spent?"))
            .answer(format!(
                "{} were not spent: {carried} go to the next quarter, {} back to {to} ({person}); {by}.",
                self.over.left, self.over.returned
            ))
            .answer(format!("Why so much and no more: {}.", self.over.why))
            .evidence(Evidence::new(self.title("what each line has left"), left, [log]))
            .evidence(Evidence::new(self.title("the money adds up"), identity, [log, plan]));
        if let Some(next) = self.next {
            let credit = self.quarter.paths.as_ref().map(Credit::of).transpose()?;
            if let Some(credit) = &credit {
                section = section.answer(credit.verdict(self.all.file.least_auc));
            }
            let (moves, after) = self.moved(next, credit.as_ref())?;
            let check = after.check_rules(&next.allocation)?;
            let broken: Vec<String> = check.broken().map(ToString::to_string).collect();
            section = section
                .answer(match broken.as_slice() {
                    [] => format!(
                        "The {} bounds of {}'s rules, checked again with the money that came on top, all hold; its mix is that of its own plan, and is left by what moves.",
                        check.bounds().len(),
                        next.cycle
                    ),
                    broken => format!("Rules of {} that no longer hold: {}.", next.cycle, broken.join("; ")),
                })
                .evidence(
                    Evidence::new(
                        self.title(&format!("what moves into {}, and what the next yuan brings there", next.cycle)),
                        moves,
                        [of_next, curves],
                    )
                    .column("credit (Markov chain of order 1)", [journeys])
                    .column("credit from, 90 %", [journeys])
                    .column("credit to, 90 %", [journeys])
                    .column("marginal return (gross margin)", [of_next, curves, margin])
                    .column("moved", [log]),
                )
                .evidence(Evidence::new(
                    self.title("rules of the next plan, checked again"),
                    check.table(),
                    [documents, of_next, log],
                ));
            if let Some(credit) = credit {
                section = section.evidence(Evidence::new(
                    self.title("quality of the credit"),
                    credit.quality(),
                    [journeys],
                ));
            }
        }
        Ok(section)
    }

    /// Line by line what the next yuan brings in the next quarter, the credit beside it, and what is moved; and the plan
    /// after it.
    pub(super) fn moved(
        &self,
        next: &Quarter,
        credit: Option<&Credit>,
    ) -> Result<(Table, CyclePlan), Refusal> {
        let at = next.curves.lines_at(next.own_media())?;
        let margin = Ratio::from(self.all.file.gross_margin.value()).to_f64();
        let mut table = Table::new("line");
        let mut lines: BTreeMap<String, Money> = BTreeMap::new();
        let mut total = next.allocation.total();
        for line in next.allocation.leaves() {
            let name = line.name();
            let moved = self.over.moved.get(name).copied().unwrap_or(Money::zero(self.currency()));
            table.push(name, "own plan", line.amount());
            if let Some(own) = at.iter().find(|own| own.name() == name) {
                let marginal = own.marginal_return().get()?;
                table.push(name, "marginal return (revenue)", Cell::new(format!("{marginal:.4}"), "CNY/CNY"));
                table.push(
                    name,
                    "marginal return (gross margin)",
                    Cell::new(format!("{:.4}", marginal * margin), "CNY/CNY"),
                );
            } else {
                let unknown = || Cell::default().because("no curve: nothing is known of the next yuan");
                table.push(name, "marginal return (revenue)", unknown());
                table.push(name, "marginal return (gross margin)", unknown());
            }
            if let Some(credit) = credit {
                credit.cells(&mut table, name);
            }
            table.push(name, "moved", moved);
            let sum = line.amount().plus(moved)?;
            table.push(name, "new plan", sum);
            total = total.plus(moved)?;
            lines.insert(name.to_owned(), sum);
        }
        table.push_sums("sum", &["own plan", "moved", "new plan"]);
        let after =
            next.plan_draft(self.plan.targets().clone())?.with_total(total).with_lines(lines).check()?;
        Ok((table, after))
    }
}

/// What became of each finding and of its target afterwards.
pub(super) fn afterwards(lineage: &Lineage<'_>, pages: &[Page<'_>; 2]) -> Result<Section, Refusal> {
    let after = lineage.findings().filter_map(|story| story.after().map(|(_, after)| after.achievement()));
    let after: Vec<Figure<Achievement>> = after.filter(Figure::is_known).collect();
    let met = after.iter().filter(|own| own.as_ref().known().is_some_and(Achievement::is_met)).count();
    let [first, second] = pages;
    let seed = first.cycle.seed().ok_or("there is no seed")?;
    let mut changes = String::new();
    if let Some(EventRecord { event: Event::Inherited { seed: before, .. }, on, .. }) =
        second.journal.records().first()
    {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        let table = before.changes(&seed);
        for name in table.names() {
            let kind = match name.split([' ', ':']).next().unwrap_or_default() {
                "finding" => "findings decided",
                "released" => "lines of money handed on",
                other => other,
            };
            *kinds.entry(kind).or_default() = kinds.get(kind).copied().unwrap_or_default().saturating_add(1);
        }
        let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind}: {count}")).collect();
        changes = format!(
            "{} was planned on {on} from provisional findings; until {} was closed these changed, by kind: {}.",
            second.cycle.id(),
            first.cycle.id(),
            if kinds.is_empty() { "none".into() } else { kinds.join(", ") }
        );
    }
    let mut table = Table::new("finding");
    for story in lineage.findings() {
        let id = story.id.to_string();
        table.push(&id, "target", story.finding.metric());
        table.push(&id, "measure", story.done_on.as_ref().map(|on| format!("done on {on}")));
        table.push(&id, "before", attained(&story.found())?);
        let after = story.after();
        let none = || Cell::default().because("no later quarter measured it");
        table.push(
            &id,
            "afterwards",
            after.map_or_else(|| Ok(none()), |(_, after)| attained(&after.achievement()))?,
        );
        table.push(&id, "target then", format!("{:#}", story.finding.target()));
        table.push(
            &id,
            "target afterwards",
            after.map_or_else(none, |(_, after)| Cell::new(format!("{:#}", after.target), "")),
        );
        table.push(&id, "on", after.map_or_else(none, |(period, _)| Cell::from(period.end())));
        table.push(&id, "verdict", story.verdict.as_ref().map(std::string::ToString::to_string));
    }
    Ok(Section::new("What became of the findings?")
        .answer(format!(
            "{} of {} findings were measured again in the quarter after, and {met} of their targets were met then; that does not show what the cause was.",
            after.len(),
            lineage.findings().count()
        ))
        .answer(changes)
        .evidence(Evidence::new("Findings and their targets afterwards", table, pages.iter().map(|page| &page.sources.log))))
}

/// That the logs bring all of it back: versions of the plans with their signatures, and every record.
pub(super) fn log(pages: &[Page<'_>; 2]) -> Section {
    let mut section = Section::new("Can the log be trusted?");
    for page in pages {
        let records = page.journal.records();
        let versions = page.journal.plan_versions();
        let day =
            |record: Option<&EventRecord>| record.map_or_else(String::new, |record| record.on.to_string());
        let open = page.closed.open_tasks().count();
        section = section.answer(format!(
            "{}: {} records from {} to {}, in order; {} of the plan, {}; {}.",
            page.cycle.id(),
            records.len(),
            day(records.first()),
            day(records.last()),
            match versions.len() {
                1 => "1 version".to_owned(),
                count => format!("{count} versions"),
            },
            if versions.iter().all(|version| version.unsigned.is_empty()) {
                "all signed"
            } else {
                "not all signed"
            },
            match open {
                0 => "closed with no open task".to_owned(),
                1 => "closed with 1 open task".to_owned(),
                open => format!("closed with {open} open tasks"),
            }
        ));
    }
    section = section.answer("Whoever replays it comes to this report; a record that commands could not have made is refused with its number.");
    for page in pages {
        section = section
            .evidence(Evidence::new(
                page.title("versions of the plan"),
                PlanVersion::table(&page.journal.plan_versions()),
                [&page.sources.log],
            ))
            .evidence(Evidence::new(page.title("records"), page.journal.table(), [&page.sources.log]));
    }
    section
}

/// A leaf of the drivers in words: `social_cvr` is the conversion rate of social.
fn in_words(leaf: &str) -> String {
    let Some((channel, what)) = leaf.rsplit_once('_') else { return leaf.into() };
    let what = match what {
        "clicks" => "clicks",
        "cvr" => "conversion rate",
        "aov" => "average order value",
        _ => return leaf.into(),
    };
    format!("{what} of {channel}")
}
