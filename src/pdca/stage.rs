//! The stage table and the due dates it means in a period.

use super::PdcaError;
use crate::error::{Path, Problems};
use crate::figure::{Cell, Figure, Table};
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;
use crate::time::{Deadline, Due, NaiveDate, Period, TimeError, WorkCalendar};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A stage of the PDCA cycle (Shewhart, 1939; Deming, 1986).
///
/// # Examples
/// ```
/// use marketloop::pdca::Stage;
///
/// assert_eq!("check".parse::<Stage>()?, Stage::Check);
/// assert_eq!("study".parse::<Stage>().unwrap_err().to_string(), "`study` is no stage: plan, do, check, act");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::pdca::Stage;
/// assert_eq!(serde_json::from_str::<Stage>(r#""check""#)?, Stage::Check);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(alias = "PDCA")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Goals and resources are set.
    Plan,
    /// The work is done and tracked.
    Do,
    /// Results are compared with the goals.
    Check,
    /// What was learnt changes the next plan.
    Act,
}

words!(Stage, "stage", PdcaError: Plan = "plan", Do = "do", Check = "check", Act = "act");

impl Stage {
    /// The stages in order.
    pub const ALL: [Self; 4] = [Self::Plan, Self::Do, Self::Check, Self::Act];
}

/// What a stage owes: its task, what it delivers, who owns it, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct StageRow {
    stage: Stage,
    task: String,
    deliverable: String,
    owner: String,
    due: Deadline,
}

wire_fields!(StageRow { stage, task, deliverable, owner, due });

/// What each stage owes: its task, deliverable, owner and due date. Every stage has exactly one row.
///
/// # Examples
/// ```
/// use marketloop::pdca::{Stage, StageTable};
///
/// let table = StageTable::quarterly()?.with_owner(Stage::Check, "finance").with_due(Stage::Act, "60 days after period end".parse()?);
/// assert_eq!((table.owner(Stage::Check), table.due(Stage::Act).to_string().as_str()), ("finance", "60 days after period end"));
/// let json = serde_json::to_string(&table).unwrap_or_default();
/// assert!(json.starts_with(r#"[{"stage":"plan","task":"quarter's goals and resources","deliverable":"#));
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<StageRow>", into = "Vec<StageRow>")]
pub struct StageTable {
    /// One for each stage, in the order in which they were read: paths of faults count them.
    rows: Vec<StageRow>,
}

impl StageTable {
    /// The table of the planning documents, with its conflict: Check is due up to 30 days after the period,
    /// Act before the next period starts.
    ///
    /// # Errors
    /// None; the table is checked like any other.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{Stage, StageTable};
    ///
    /// // As the documents have it, Act is due before Check may be over.
    /// let table = StageTable::documents()?;
    /// assert_eq!(table.due(Stage::Act).to_string(), "before next period start");
    /// assert_eq!(table.due(Stage::Check).to_string(), "30 days after period end");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn documents() -> Result<Self, Problems<PdcaError>> {
        Self::preset("before next period start")
    }

    /// The table of the planning documents with an Act that can follow its Check: it is due 45 days after the
    /// period. The next period is then planned from provisional findings, and confirmed when this one is closed.
    ///
    /// # Errors
    /// None; the table is checked like any other.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::StageTable;
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
    /// assert!(StageTable::quarterly()?.conflicts(&"2026-Q3".parse()?, &calendar)?.is_empty());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn quarterly() -> Result<Self, Problems<PdcaError>> {
        Self::preset("45 days after period end")
    }

    fn preset(act: &str) -> Result<Self, Problems<PdcaError>> {
        let mut problems = Problems::new();
        let rows = [
            (
                Stage::Plan,
                "quarter's goals and resources",
                "letter of goal responsibility",
                "marketing director",
                "10 days after period start",
            ),
            (
                Stage::Do,
                "tools, campaigns, tracking",
                "weekly report and dashboard",
                "digital operations",
                "every Friday",
            ),
            (
                Stage::Check,
                "attainment and bottlenecks",
                "health report and list of improvements",
                "internal audit",
                "30 days after period end",
            ),
            (
                Stage::Act,
                "optimisation and reinvestment",
                "iteration plan and training list",
                "marketing committee",
                act,
            ),
        ];
        // Through the door that all tables use: no rule about a table is assumed of a preset.
        let rows = rows.into_iter().filter_map(|(stage, task, deliverable, owner, due)| {
            let due = problems.take(&Path::root(), Deadline::parse(due))?;
            let [task, deliverable, owner] = [task, deliverable, owner].map(String::from);
            Some(StageRow { stage, task, deliverable, owner, due })
        });
        let rows: Vec<StageRow> = rows.collect();
        problems.into_result(())?;
        Self::try_from(rows)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "every stage has a row: the door checks it, and no method takes one away"
    )]
    fn row(&self, stage: Stage) -> &StageRow {
        &self.rows[self.place(stage)]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "every stage has a row: the door checks it, and no method takes one away"
    )]
    fn row_mut(&mut self, stage: Stage) -> &mut StageRow {
        let place = self.place(stage);
        &mut self.rows[place]
    }

    fn place(&self, stage: Stage) -> usize {
        // Four rows: a scan is cheaper than a map.
        let place = self.rows.iter().take_while(|row| row.stage != stage).count();
        debug_assert!(place < self.rows.len(), "{stage} has no row");
        place
    }

    /// The core task of a stage.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{Stage, StageTable};
    ///
    /// assert_eq!(StageTable::quarterly()?.task(Stage::Check), "attainment and bottlenecks");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn task(&self, stage: Stage) -> &str {
        &self.row(stage).task
    }

    /// What a stage delivers.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{Stage, StageTable};
    ///
    /// assert_eq!(StageTable::quarterly()?.deliverable(Stage::Plan), "letter of goal responsibility");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn deliverable(&self, stage: Stage) -> &str {
        &self.row(stage).deliverable
    }

    /// The owner of a stage, who answers for it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{Stage, StageTable};
    ///
    /// assert_eq!(StageTable::quarterly()?.owner(Stage::Check), "internal audit");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn owner(&self, stage: Stage) -> &str {
        &self.row(stage).owner
    }

    /// The deadline of a stage, in terms of the period.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{Stage, StageTable};
    ///
    /// assert!(StageTable::quarterly()?.due(Stage::Do).is_recurring()); // every Friday
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn due(&self, stage: Stage) -> &Deadline {
        &self.row(stage).due
    }

    /// Replaces the core task of a stage.
    #[must_use]
    pub fn with_task(mut self, stage: Stage, task: impl Into<String>) -> Self {
        self.row_mut(stage).task = task.into();
        self
    }

    /// Replaces the deliverable of a stage.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{Stage, StageTable};
    ///
    /// let table = StageTable::quarterly()?.with_deliverable(Stage::Do, "daily dashboard");
    /// assert_eq!(table.deliverable(Stage::Do), "daily dashboard");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_deliverable(mut self, stage: Stage, deliverable: impl Into<String>) -> Self {
        self.row_mut(stage).deliverable = deliverable.into();
        self
    }

    /// Replaces the owner of a stage.
    #[must_use]
    pub fn with_owner(mut self, stage: Stage, owner: impl Into<String>) -> Self {
        self.row_mut(stage).owner = owner.into();
        self
    }

    /// Replaces the deadline of a stage.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{Stage, StageTable};
    ///
    /// let later = StageTable::quarterly()?.with_due(Stage::Act, "60 days after period end".parse()?);
    /// assert_eq!(later.due(Stage::Act).to_string(), "60 days after period end");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_due(mut self, stage: Stage, due: Deadline) -> Self {
        self.row_mut(stage).due = due;
        self
    }

    /// All due dates of each stage in `period`, in order; several if its deadline recurs. The last one is that of the
    /// stage.
    ///
    /// # Errors
    /// The problems of all rows at once, each at the row as it was given (`[2].due`): [`PdcaError::Time`], of a
    /// deadline with more than [`Deadline::MAX_DATES`] dates too.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{Stage, StageTable};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
    /// let due = StageTable::quarterly()?.due_dates(&"2026-Q3".parse()?, &calendar)?;
    /// // The weekly report of Do is due on thirteen Fridays.
    /// assert_eq!(due[&Stage::Do].len(), 13);
    /// assert_eq!(due[&Stage::Check][0].date(), date(2026, 10, 30)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn due_dates(
        &self,
        period: &Period,
        calendar: &WorkCalendar,
    ) -> Result<BTreeMap<Stage, Vec<Due>>, Problems<PdcaError>> {
        let mut problems = Problems::new();
        let mut stages = BTreeMap::new();
        for (index, row) in self.rows.iter().enumerate() {
            let path = Path::root().index(index).field("due");
            let Some(all) = problems.take(&path, row.due.due_dates(period, calendar)) else { continue };
            // A recurring deadline may miss a short period altogether, and the stage would never end.
            if all.is_empty() {
                problems.push(path, TimeError::NoDate { deadline: row.due, period: *period });
            }
            stages.insert(row.stage, all);
        }
        problems.into_result(stages)
    }

    /// A row for each stage with its task, deliverable, owner and deadline, how many dates that means in `period`, how many
    /// of them fall on days off, and the last one with the steps that made it.
    ///
    /// # Errors
    /// Those of [`due_dates`](Self::due_dates).
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::StageTable;
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
    /// let table = StageTable::quarterly()?.table(&"2026-Q3".parse()?, &calendar)?;
    /// let cell = |stage, column| table.get(stage, column).and_then(|cell| cell.value.as_deref());
    /// assert_eq!((cell("do", "dates"), cell("do", "last due")), (Some("13"), Some("2026-09-25")));
    /// assert_eq!((cell("plan", "last due"), cell("plan", "dates on days off")), (Some("2026-07-11"), Some("1")));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn table(&self, period: &Period, calendar: &WorkCalendar) -> Result<Table, Problems<PdcaError>> {
        let dates = self.due_dates(period, calendar)?;
        let mut table = Table::new("stage");
        for stage in Stage::ALL {
            let row = self.row(stage);
            table.push(stage, "task", row.task.as_str());
            table.push(stage, "deliverable", row.deliverable.as_str());
            table.push(stage, "owner", row.owner.as_str());
            table.push(stage, "due", row.due.to_string());
            let all = dates.get(&stage).map_or(&[][..], Vec::as_slice);
            table.push(stage, "dates", Cell::new(all.len(), "date"));
            let is_off = |due: &Due| calendar.is_workday(due.date()).map(|workday| !workday);
            // A date that the calendar does not cover may be either.
            let off: Result<Vec<bool>, _> = all.iter().map(is_off).collect();
            let off = off.map(|off| Cell::new(off.into_iter().filter(|off| *off).count(), "date"));
            table.push(
                stage,
                "dates on days off",
                off.map_or_else(|why| Figure::missing(why.to_string()), Figure::Known),
            );
            if let Some(last) = all.last() {
                table.push(stage, "last due", Cell::from(last.date()).because(last.why()));
            }
        }
        Ok(table)
    }

    /// All pairs of stages of which the later one is due before the earlier one: a [`PdcaError::DueBefore`] each, to be
    /// shown, or to be refused.
    ///
    /// # Errors
    /// The problems of all rows at once, as of [`due_dates`](Self::due_dates).
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::StageTable;
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
    /// let quarter = "2026-Q3".parse()?;
    /// assert_eq!(StageTable::quarterly()?.conflicts(&quarter, &calendar)?, []);
    /// let conflicts = StageTable::documents()?.conflicts(&quarter, &calendar)?;
    /// assert_eq!(conflicts[0].to_string(), "act is due 2026-09-30, 30 days before check (2026-10-30)");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn conflicts(
        &self,
        period: &Period,
        calendar: &WorkCalendar,
    ) -> Result<Vec<PdcaError>, Problems<PdcaError>> {
        let last = self.last_dates(period, calendar)?;
        let mut conflicts = Vec::new();
        for (index, (stage, _, later)) in last.iter().enumerate() {
            // Against all earlier stages, not the one before alone: each conflict is told with its own days.
            for (waits_for, _, earlier) in last.iter().take(index) {
                let (due, waits_for_due) = (later.date(), earlier.date());
                if due < waits_for_due {
                    conflicts.push(PdcaError::DueBefore {
                        stage: *stage,
                        due,
                        waits_for: *waits_for,
                        waits_for_due,
                        days: days_after(due, waits_for_due),
                    });
                }
            }
        }
        Ok(conflicts)
    }

    /// The last due date of each stage in `period`, in the order of the stages, and whether its deadline recurs; no
    /// other date is made.
    pub(super) fn last_dates(
        &self,
        period: &Period,
        calendar: &WorkCalendar,
    ) -> Result<Vec<(Stage, bool, Due)>, Problems<PdcaError>> {
        let mut problems = Problems::new();
        let mut stages = Vec::with_capacity(self.rows.len());
        for (index, row) in self.rows.iter().enumerate() {
            let path = Path::root().index(index).field("due");
            let due = problems.take(&path, row.due.due(period, calendar));
            stages.extend(due.map(|due| (row.stage, row.due.is_recurring(), due)));
        }
        // Rows keep the order in which they were read, as paths of faults count them; answers are in that of stages.
        stages.sort_by_key(|(stage, ..)| *stage);
        problems.into_result(stages)
    }
}

/// The days by which a day comes after another, 0 where it does not.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not below 0; all days there are fit"
)]
pub(super) fn days_after(due: NaiveDate, date: NaiveDate) -> u32 {
    date.signed_duration_since(due).num_days().max(0) as u32
}

impl TryFrom<Vec<StageRow>> for StageTable {
    type Error = Problems<PdcaError>;

    fn try_from(rows: Vec<StageRow>) -> Result<Self, Self::Error> {
        let mut problems = Problems::new();
        for stage in Stage::ALL {
            let count = rows.iter().filter(|row| row.stage == stage).count();
            if count != 1 {
                problems.push(Path::root(), PdcaError::StageRows { stage, rows: count });
            }
        }
        problems.into_result(Self { rows })
    }
}

impl From<StageTable> for Vec<StageRow> {
    fn from(table: StageTable) -> Self {
        table.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;

    fn calendar() -> WorkCalendar {
        WorkCalendar::monday_to_friday(date(2026, 1, 1).unwrap(), date(2026, 12, 31).unwrap()).unwrap()
    }

    #[test]
    fn every_stage_has_its_dates_and_the_conflict_is_told() {
        let (table, period) = (StageTable::documents().unwrap(), "2026-Q3".parse().unwrap());
        let due = table.due_dates(&period, &calendar()).unwrap();
        let last: Vec<_> = due.values().map(|dates| dates.last().unwrap().date().to_string()).collect();
        assert_eq!(last, ["2026-07-11", "2026-09-25", "2026-10-30", "2026-09-30"]);
        assert_eq!(due[&Stage::Do].len(), 13);
        let conflicts = table.conflicts(&period, &calendar()).unwrap();
        let [PdcaError::DueBefore { stage, waits_for, days, .. }] = conflicts[..] else {
            panic!("one conflict")
        };
        assert_eq!((stage, waits_for, days), (Stage::Act, Stage::Check, 30));
    }

    #[test]
    fn each_stage_has_one_row() {
        let mut rows = StageTable::documents().unwrap().rows;
        rows[0].stage = Stage::Do;
        let refused = StageTable::try_from(rows).unwrap_err().to_string();
        assert_eq!(
            refused,
            "2 problems\n  .: plan has 0 rows, each stage has one\n  .: do has 2 rows, each stage has one"
        );
    }

    #[test]
    fn a_deadline_beyond_the_calendar_is_told_at_its_row() {
        let mut table = StageTable::documents()
            .unwrap()
            .with_due(Stage::Check, "30 workdays after period end".parse().unwrap())
            .with_due(Stage::Do, "every Sunday, skipped on days off".parse().unwrap());
        table.rows.reverse();
        let refused = table.due_dates(&"2026-Q4".parse().unwrap(), &calendar()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "2 problems\n  [1].due: 2027-01-01 is outside the calendar's horizon 2026-01-01 to 2026-12-31\n  \
             [2].due: `every Sunday, skipped on days off` has no date in 2026-Q4"
        );
        let mut backward = StageTable::documents().unwrap();
        backward.rows.reverse();
        let dates = backward.last_dates(&"2026-Q3".parse().unwrap(), &calendar()).unwrap();
        assert_eq!(dates[0].0, Stage::Plan);
    }

    #[test]
    fn a_row_is_changed_by_its_stage() {
        let mut table = StageTable::quarterly().unwrap();
        table.rows.reverse();
        let table = table
            .with_task(Stage::Do, "t")
            .with_deliverable(Stage::Do, "d")
            .with_owner(Stage::Do, "o")
            .with_due(Stage::Do, "1 day after period end".parse().unwrap());
        assert_eq!((table.task(Stage::Do), table.deliverable(Stage::Do)), ("t", "d"));
        assert_eq!((table.owner(Stage::Do), table.due(Stage::Do).is_recurring()), ("o", false));
        assert_eq!(table.owner(Stage::Plan), "marketing director");
    }

    /// L1: 584 bytes ask for every day of 9,999 years, four times.
    #[test]
    fn a_table_of_all_days_of_all_years_is_refused_before_it_is_made() {
        let daily = "every day from period start, start day counted".parse().unwrap();
        let table = StageTable::documents().unwrap();
        let table = Stage::ALL.into_iter().fold(table, |table, stage| table.with_due(stage, daily));
        let all = Period::custom(date(1, 1, 1).unwrap(), date(9999, 12, 31).unwrap()).unwrap();
        let calendar = WorkCalendar::monday_to_friday(all.start(), all.end()).unwrap();
        let refused = table.due_dates(&all, &calendar).unwrap_err();
        assert_eq!(refused.len(), 4);
        assert!(refused.to_string().contains("[0].due: 3652059 due dates, at most 40000"), "{refused}");
        let last = table.last_dates(&all, &calendar).unwrap();
        assert_eq!(last.len(), 4);
        assert!(last.iter().all(|(.., due)| due.date() == all.end()));
    }
}
