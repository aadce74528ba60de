//! The questions of the health report, each with its answer and evidence.

use super::{Answer, Quarter};
use marketloop::alert::{Alert, AlertChange, AlertState};
use marketloop::figure::{Evidence, Figure, Section, Source, Table};
use marketloop::health::{Assessment, Matrix, Punctuality, Reading};
use marketloop::quantity::{Quantity, Rounding};
use marketloop::ranking::{Priorities, RandomIndex};
use marketloop::review::{A3Report, Finding, Priority, by_priority};
use marketloop::risk::{RankedRisk, RiskMatrix, RiskRegister};
use rust_decimal::Decimal;

const HOW: &str = "How healthy is the marketing, and what needs a task force?";
const LIGHTS: &str = "Values and lights; green from the target on, yellow from 80 % of it on";
const ALIKE: &str = "All indicators of a dimension count alike, and so do the dimensions.";
const LATE: &str = "What is out of date, and which baseline was late?";
const WEIGHTS: &str = "How much would each dimension matter by pairwise judgements?";
const WEIGHTED: &str = "Weights by the principal eigenvector (AHP), and by geometric means";
const ALERT: &str = "Did the alert fire, and who has to answer by when?";
const FIRST: &str = "Which finding comes first, and why?";
const RISKS: &str = "Which risks need a response, and what is it worth?";

impl Quarter {
    pub(super) fn bulletin(&self, assessments: &[Assessment<'_>], sources: &[Source; 2]) -> Answer {
        let mut table = Table::new("indicator");
        for (month, assessment) in self.months.iter().zip(assessments) {
            table.push_column(month.on.format("%b").to_string(), &assessment.table(), "value");
            table.push_column(month.on.format("light %b").to_string(), &assessment.table(), "light");
        }
        let (last, before) = (assessments.last().ok_or("no months")?, self.months.iter().rev().nth(1));
        // What was measured on or before the month before is carried over.
        let start = before.map_or(self.launched_on, |before| before.on).succ_opt().ok_or("no day after")?;
        let (score, light) = (last.score().get()?, last.light().get()?);
        let of = format!(
            "The score is {score}, {light}: {} indicators are measured, {} carried over.",
            last.coverage(),
            last.carried_over(start).count()
        );
        let worst =
            format!("The worst is {}, {}.", last.worst().get()?.name(), last.worst().get()?.light().get()?);
        let names: Vec<_> =
            last.readings().filter(Reading::needs_action).map(|own| own.name().to_string()).collect();
        let section = Section::new(HOW).answer(of).answer(ALIKE).answer(worst);
        let section = section.answer(format!("Below target, a task force each: {}.", names.join(", ")));
        let section = section.evidence(Evidence::new(LIGHTS, table, sources));
        let targets = Evidence::new("Against the targets, at the end", last.matrix().table(), sources);
        let targets = ["target", "review every", "source"]
            .into_iter()
            .fold(targets, |own, column| own.column(column, &sources[..1]));
        Ok(section.evidence(targets).evidence(Evidence::new(
            "What stands beside the score",
            last.summary(start)?,
            sources,
        )))
    }

    pub(super) fn late(&self, months: &[Matrix], sources: &[Source; 2]) -> Answer {
        let last = months.last().ok_or("no months")?;
        let stale = last.stale(self.today)?;
        let baselines = last.baselines(self.today)?.into_iter().filter(|own| !own.1.is_in_time());
        let baselines: Vec<(Reading<'_>, Punctuality)> = baselines.collect();
        let table = |states: &[(Reading<'_>, Punctuality)]| {
            Punctuality::table(states.iter().map(|own| (own.0.name(), own.1)))
        };
        let answer = format!("On {} values are due of {} indicators.", self.today, stale.len());
        let late = format!(
            "{} baselines did not come within a month of {}: no growth is measured from them.",
            baselines.len(),
            self.launched_on
        );
        let section = Section::new(LATE).answer(answer).answer(late);
        let section =
            section.evidence(Evidence::new("Values older than their review cycle", table(&stale), sources));
        Ok(section.evidence(Evidence::new("Baselines that were late", table(&baselines), sources)))
    }

    pub(super) fn weights(&self) -> Answer {
        let own = Source::illustration("health.json: importance", "judgements of pairs, 1 to 9");
        let priorities = self.importance.priorities()?;
        let ratio = priorities.consistency_ratio(&RandomIndex::SAATY)?;
        let answer =
            format!("The consistency ratio is {ratio:.4} (Saaty's table; up to 0.1 is taken as consistent).");
        let worst = format!(
            "Furthest from the weights: {}. The score does not use them yet.",
            priorities.most_inconsistent().get()?
        );
        let section = Section::new(WEIGHTS).answer(answer).answer(worst);
        Ok(section.evidence(Evidence::new(WEIGHTED, Priorities::table(&priorities), [&own]).with_decimals(4)))
    }

    pub(super) fn moves(&self, assessments: &[Assessment<'_>], sources: &[Source; 2]) -> Answer {
        let mut section = Section::new("What moved the score from month to month, like for like?");
        let mut tables = Vec::new();
        for (pair, month) in assessments.windows(2).zip(self.months.iter().skip(1)) {
            let [before, now] = pair else { continue };
            let (both, month) = (now.like_for_like(before)?, month.on.format("%B"));
            let why = both.change((4, Rounding::HalfEven))?.in_percent()?;
            let largest = why.by_size().next().ok_or("no parts")?;
            let (old, new) = (before.score().get()?, now.score().get()?);
            section = section.answer(format!(
                "{month}: from {old} to {new}, most by {} with {:#}.",
                largest.key,
                largest.quantity()
            ));
            tables.push(Evidence::new(format!("Scores before and in {month}"), both.table(), sources));
            tables.push(Evidence::new(
                format!("Contributions to the change in {month}"),
                why.table(),
                sources,
            ));
        }
        Ok(tables.into_iter().fold(section, Section::evidence))
    }

    pub(super) fn alert(&self) -> Answer {
        let Alert { id, metric, rule, response, .. } = &self.alert;
        let (mut state, mut looks, mut due) =
            (AlertState::default(), Table::new("time"), Table::new("answer"));
        let mut section = Section::new(ALERT).answer(format!("`{id}` looks at {metric}, {rule}."));
        for (at, sample) in &self.samples {
            let step = rule.step(state, *at, sample.as_ref().map(Quantity::value))?;
            state = step.state();
            looks.push(at, "value", sample.as_ref().map_or_else(|| Figure::missing("value"), Figure::Known));
            looks.push(
                at,
                "change",
                step.changes().map(|own| own.to_string()).collect::<Vec<_>>().join(", "),
            );
            for (todo, by) in step
                .changes()
                .find(|own| *own == AlertChange::Fired)
                .map_or(Ok(Vec::new()), |_| response.due(*at))?
            {
                due.push(&todo.action, "responsible", response.responsible());
                due.push(&todo.action, "due", by.to_string());
                section = section.answer(format!(
                    "It fired at {at}: {} has to {} by {by}.",
                    response.responsible(),
                    todo.action
                ));
            }
        }
        let own = Source::illustration("health.json: alert, samples", "a rule, and visitors hour by hour");
        Ok(section.evidence(Evidence::new("Looks", looks, [&own])).evidence(Evidence::new(
            "Answers due",
            due,
            [&own],
        )))
    }

    pub(super) fn findings(&self) -> Answer {
        let own = Source::illustration("health.json: findings", "findings with causes, measures and owners");
        let order = by_priority(&self.findings)?;
        let first = order.first().ok_or("no findings")?;
        let page = A3Report::of(first.finding(), self.title.as_str());
        let answer = format!(
            "{}: {}; {}, by {}, looked at again on {}.",
            page.title, page.current_condition, page.countermeasures, page.owner, page.follow_up
        );
        let section = Section::new(FIRST).answer(answer).evidence(Evidence::new(
            "Priorities",
            Priority::table(&order),
            [&own],
        ));
        let section = section.evidence(Evidence::new("Findings", Finding::table(&self.findings), [&own]));
        Ok(section.evidence(Evidence::new("The first one on a page", page.table(), [&own])))
    }

    pub(super) fn risks(&self) -> Answer {
        let own =
            Source::illustration("health.json: risks, largest_impact", "estimates by three points (PERT)");
        let matrix = RiskMatrix::five_by_five(self.largest_impact.amount())?;
        let register = RiskRegister::new(matrix, [self.alert.clone()], self.risks.clone())?;
        let ranked = register.ranked(Decimal::TWO, Rounding::HalfEven)?;
        let answers =
            ranked.iter().map(|one| format!("{} is {}: {}.", one.risk.id, one.rating, one.advice()));
        let section = Section::new(RISKS).answers(answers);
        let told =
            register.announced_by(&self.alert.id).map(|risk| risk.id.as_str()).collect::<Vec<_>>().join(", ");
        let section = section.answer(format!("The alert `{}` announces {told}.", self.alert.id));
        Ok(section.evidence(Evidence::new(
            "Risks by rating and expected loss",
            RankedRisk::table(&ranked),
            [&own],
        )))
    }
}
