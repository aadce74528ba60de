//! The documents' review, health matrix, stages and tasks.

use super::report::{Answered, Open, aim, counted, document, list, percent, plural, sentence};
use super::{APPROVAL, Quarter, TaskRow};
use marketloop::figure::{Cell, Evidence, Section, Source, Table};
use marketloop::pdca::{PdcaError, Stage};
use marketloop::plan::{Change, DatedPlan, TaskState};
use marketloop::review::Finding;
use marketloop::target::{ActualValue, Light};
use marketloop::time::{NaiveDate, Period};

impl Quarter {
    pub(super) fn reviewed(&self) -> Answered {
        let missed = self.review.iter().filter(|finding| finding.is_met().is_ok_and(|met| !met));
        let mut sentences = Vec::new();
        for finding in missed {
            if finding.actual().known().is_none() {
                sentences.push(sentence(format!("{}: {}.", finding.metric(), finding.attainment())));
                continue;
            }
            let gap = finding.gap()?;
            sentences.push(sentence(format!(
                "{}: {} of {} reached, {} attained, {} short. Cause: {}. Measure: {}, looked at again on {}.",
                finding.metric(),
                plural(format!("{:#}", finding.actual())),
                aim(finding.target()),
                finding.attainment().map(|attainment| percent(attainment.ratio())),
                plural(format!("{:#}", ActualValue::new(gap.value().negated(), gap.unit().clone()))),
                list(finding.causes().iter().map(ToString::to_string)),
                finding.measure().unwrap_or("none"),
                finding.review_on().map_or_else(|| "no day".into(), |date| date.to_string())
            )));
        }
        let nobody = self.review.iter().filter(|finding| finding.owner().is_none()).count();
        let sources = [document("D3 review table"), self.field("review")];
        Ok(Section::new("Which targets were missed, why, and what is done?")
            .answers(sentences)
            .answer(format!(
                "{} have no owner in the documents, which state no period of the values either.",
                counted(nobody, "measure")
            ))
            .evidence(Evidence::new("Review", Finding::table(&self.review), &sources)))
    }

    pub(super) fn lights(&self) -> Section {
        let readings = || self.health.readings();
        let of = |light: Light| {
            list(
                readings()
                    .filter(|one| one.light().known() == Some(light))
                    .map(|one| one.indicator().name.clone()),
            )
        };
        let acting = readings().filter(marketloop::health::Reading::needs_action).count();
        let missing = readings().filter(|reading| reading.indicator().actual.is_none());
        let missing = list(missing.map(|reading| reading.indicator().name.clone()));
        let mut edges = Table::new("light");
        for (threshold, light) in self.health.bands().edges() {
            edges.push(light, "attainment from", threshold.at().percent_cell());
        }
        let stated = document("D1 section 5");
        let targets = self.field("health");
        let [values, bands] = ["health.actual", "health.bands"].map(|name| self.field(name));
        let made_up = [&values, &bands].into_iter().filter(|source| source.is_illustration);
        let made_up: Vec<String> = made_up.map(|source| source.content.to_string()).collect();
        let made_up = (!made_up.is_empty())
            .then(|| format!("Made up, and no finding as long as they are: {}.", made_up.join("; ")));
        let lights = [&stated, &targets, &values, &bands];
        let table = Evidence::new("Health matrix", self.health.table(), [&stated, &targets])
            .column("actual", [&values])
            .column("attainment", [&stated, &targets, &values])
            .column("light", lights)
            .column("task force", [&stated, &targets, &values])
            .with_decimals(2);
        Section::new("Which health targets are met?")
            .answer(format!("Red: {}. Yellow: {}. Green: {}.", of(Light::Red), of(Light::Yellow), of(Light::Green)))
            .answer(format!(
                "{} of {} indicators are measured (without a value: {missing}); {acting} miss their target, and by the documents each \
                 starts a small task force.",
                self.health.coverage().lit,
                self.health.coverage().all
            ))
            .answers(made_up)
            .evidence(table)
            .evidence(Evidence::new("Thresholds of the lights", edges, [&bands]))
    }

    pub(super) fn stages(&self, open: &mut Open) -> Answered {
        let dates = self.stages.due_dates(&self.period, &self.calendar)?;
        let mut section = Section::new("Can the cycle be closed as the stages are due?");
        for conflict in &self.conflicts {
            let PdcaError::DueBefore { stage, due, waits_for, waits_for_due, days } = conflict else {
                section = section.answer(conflict);
                continue;
            };
            section = section.answer(format!(
                "No: {stage} is due on {due} ({}), {waits_for} on {waits_for_due} ({}), so that {stage} comes {days} days before \
                 what it follows.",
                self.stages.due(*stage),
                self.stages.due(*waits_for)
            ));
            open.add(
                format!("{stage} is due before {waits_for}"),
                [(*due).into(), (*waits_for_due).into(), Cell::new(days, "day")],
                None,
                &self.sources(&["D1 section 7"], &["stages", "period"]),
            );
        }
        let section = match self.conflicts.as_slice() {
            [] => section.answer("Yes: no stage is due before the one that it follows."),
            _ => section.answer(
                "The documents do not resolve it: either the check ends on provisional figures, or the next quarter starts before the act.",
            ),
        };
        let off = |date: NaiveDate| self.calendar.is_workday(date) == Ok(false);
        let weekly = dates.get(&Stage::Do).map_or(&[][..], Vec::as_slice);
        let weekly_off = weekly.iter().filter(|due| off(due.date()));
        let weekly_off = weekly_off.map(|due| due.date().to_string()).collect::<Vec<_>>();
        let once = dates.iter().filter(|(_, all)| all.len() == 1);
        let once = once
            .filter(|(_, all)| all.iter().any(|due| off(due.date())))
            .map(|(stage, all)| format!("{stage} ({})", list(all.iter().map(|due| due.date().to_string()))));
        let section = section.answer(format!(
            "{} are due ({}), {} of them on a day off: {}. Due on a day off as well: {}.",
            counted(weekly.len(), "weekly report"),
            self.stages.due(Stage::Do),
            weekly_off.len(),
            list(weekly_off),
            list(once)
        ));
        let sources =
            [document("D1 section 7"), self.field("stages"), self.field("period"), self.field("calendar")];
        let table = self.stages.table(&self.period, &self.calendar)?;
        Ok(section.evidence(Evidence::new("Stages and due dates", table, &sources)))
    }

    pub(super) fn work(&self, open: &mut Open) -> Answered {
        let dated = self.plan.dated(&self.calendar)?;
        let mut table = Table::new("task");
        for (row, task) in self.tasks.iter().zip(self.plan.tasks()) {
            table.push(&row.name, "from", row.period.start());
            table.push(&row.name, "to", row.period.end());
            table.push(&row.name, "workdays", Cell::new(task.workdays, "workday"));
            table.push(&row.name, "state", row.state.to_string());
            table.push(&row.name, "needs", list(row.needs.iter().map(|need| need.deliverable.clone())));
            table.push(&row.name, "makes", list(row.makes.clone()));
        }
        let fits = dated.missed().next().is_none();
        let floats = dated.tasks().iter().filter_map(|task| task.total_float().known());
        let paths = dated.critical_paths(10).into_iter().map(|path| path.join(" then "));
        let done =
            self.tasks.iter().filter(|row| row.state == TaskState::Done).map(|row| row.period.end()).max();
        let running =
            self.tasks.iter().filter(|row| row.state == TaskState::InProgress).map(|row| row.period.end());
        let off =
            self.tasks.iter().filter(|row| self.calendar.is_workday(row.period.start()) == Ok(false)).count();
        let mut section = Section::new("Do the tasks fit together?").answer(format!(
            "{}, with {} of float: {}. {off} of {} are dated from a day off and begin on the next workday.",
            if fits { "As dated they fit" } else { "As dated they do not fit" },
            counted(usize::try_from(floats.min().unwrap_or(0)).unwrap_or(0), "workday"),
            list(paths),
            counted(self.tasks.len(), "task")
        ));
        if let (Some(done), Some(running)) = (done, running.min()) {
            section = section.answer(format!(
                "The states have no day in the documents (together they fit one from {done} to {running}), and the roles no \
                 persons."
            ));
        }
        let stated = [document("D3 task table"), self.field("tasks"), self.field("calendar")];
        let section = section
            .evidence(Evidence::new("Tasks as stated", table, &stated))
            .evidence(Evidence::new("Earliest and latest dates", dated.table(), &stated));
        let nodes = self
            .tasks
            .iter()
            .try_fold(section, |section, row| self.by_key_node(&dated, row, section, (&stated, open)))?;
        self.by_approval(&dated, nodes, (&stated, open))
    }

    /// What happens if a task ends only on its key node.
    fn by_key_node(
        &self,
        dated: &DatedPlan<'_>,
        row: &TaskRow,
        section: Section,
        (stated, open): (&[Source; 3], &mut Open),
    ) -> Answered {
        let Some(node) = row.key_node.map(|node| node.end()).filter(|node| *node > row.period.end()) else {
            return Ok(section);
        };
        let after = |day: NaiveDate| Period::day(day).and_then(|day| day.next_start());
        let longer = self.calendar.count_workdays(row.period.next_start()?, after(node)?)?;
        let longer = u32::try_from(longer)?;
        let impact = dated.what_if([(row.name.as_str(), Change::Longer(longer))])?;
        open.add(
            format!("{}: last day beside the key node", row.name),
            [row.period.end().into(), node.into(), Cell::new(longer, "workday")],
            None,
            stated,
        );
        Ok(section
            .answer(format!(
                "{} end on {}, but the key node is {node}: if they take until then, {} longer, {}.",
                row.name,
                row.period.end(),
                counted(longer as usize, "workday"),
                broken(impact.broken.iter().filter(|(name, _)| *name != row.name))
            ))
            .evidence(Evidence::new(
                format!("If {} end on their key node", row.name),
                impact.table(),
                stated,
            )))
    }

    /// What happens if what needs the approval waits for the stage Plan.
    fn by_approval(
        &self,
        dated: &DatedPlan<'_>,
        section: Section,
        (stated, open): (&[Source; 3], &mut Open),
    ) -> Answered {
        let all_due = self.stages.due_dates(&self.period, &self.calendar)?;
        let Some(due) = all_due.get(&Stage::Plan).and_then(|all| all.last()) else { return Ok(section) };
        let morning = Period::day(due.date())?.next_start()?;
        let mut changes = Vec::new();
        for row in self.tasks.iter().filter(|row| row.needs.iter().any(|need| need.deliverable == APPROVAL)) {
            let start = dated[row.name.as_str()].start().unwrap_or(row.period.start());
            let wait = u32::try_from(self.calendar.count_workdays(start, morning)?.max(0))?;
            changes.push((row, wait));
        }
        if changes.iter().all(|(_, wait)| *wait == 0) {
            return Ok(section);
        }
        let impact =
            dated.what_if(changes.iter().map(|(row, wait)| (row.name.as_str(), Change::Delay(*wait))))?;
        let late = changes.iter().filter(|(_, wait)| *wait > 0);
        let late = late.map(|(row, wait)| {
            let stated = format!("needs the {APPROVAL} and is dated from {}", row.period.start());
            format!(
                "{} {stated}, {} before the plan is due ({})",
                row.name,
                counted(*wait as usize, "workday"),
                due.date()
            )
        });
        let stages = [document("D1 section 7"), self.field("stages")];
        for (row, wait) in changes.iter().filter(|(_, wait)| *wait > 0) {
            open.add(
                format!("{}: first day beside the {APPROVAL}", row.name),
                [row.period.start().into(), due.date().into(), Cell::new(wait, "workday")],
                None,
                stated.iter().chain(&stages),
            );
        }
        Ok(section
            .answer(sentence(format!("{}: if it waits for that, {}.", list(late), broken(&impact.broken))))
            .evidence(Evidence::new(
                format!("If the {APPROVAL} comes with the stage plan"),
                impact.table(),
                stated.iter().chain(&stages),
            )))
    }
}

/// Which tasks miss their last day.
fn broken<'i>(tasks: impl IntoIterator<Item = &'i (String, NaiveDate)>) -> String {
    let missed = tasks.into_iter().map(|(name, by)| format!("{name} misses its last day {by}"));
    let missed: Vec<String> = missed.collect();
    if missed.is_empty() { "no other task misses its last day".into() } else { list(missed) }
}
