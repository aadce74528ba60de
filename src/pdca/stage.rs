//! The stage table and the due dates it means in a period.

use super::PdcaError;
use crate::error::{Path, Problems};
use crate::time::{Deadline, Due, NaiveDate, Period, TimeError, WorkCalendar};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A stage of the cycle (Shewhart, 1939; Deming, 1986).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

impl Stage {
    /// The stages in order.
    pub const ALL: [Self; 4] = [Self::Plan, Self::Do, Self::Check, Self::Act];
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Plan => "plan",
            Self::Do => "do",
            Self::Check => "check",
            Self::Act => "act",
        })
    }
}

/// What a stage owes: its task, what it delivers, who owns it, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageRow {
    /// The stage.
    pub stage: Stage,
    /// The core task.
    pub task: String,
    /// What is delivered.
    pub deliverable: String,
    /// Who answers for it.
    pub owner: String,
    /// Until when, in terms of the period.
    pub due: Deadline,
}

/// One row for each stage, in any order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<StageRow>", into = "Vec<StageRow>")]
pub struct StageTable {
    rows: Vec<StageRow>,
}

impl StageTable {
    /// The table of these rows.
    ///
    /// # Errors
    /// All stages without a row or with several, at once.
    pub fn new(rows: impl IntoIterator<Item = StageRow>) -> Result<Self, Problems<PdcaError>> {
        let rows: Vec<StageRow> = rows.into_iter().collect();
        let mut problems = Problems::new();
        for stage in Stage::ALL {
            let count = rows.iter().filter(|row| row.stage == stage).count();
            if count != 1 {
                problems.push(Path::root(), PdcaError::StageRows { stage, rows: count });
            }
        }
        problems.into_result(Self { rows })
    }

    /// The table of the planning documents, with its conflict: Check is due up to 30 days after the period,
    /// Act before the next period starts.
    ///
    /// # Errors
    /// None; the table is checked like any other.
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
    /// let schedule = StageTable::quarterly()?.schedule(&"2026-Q3".parse()?, &calendar)?;
    /// assert_eq!(schedule.conflicts().len(), 0);
    /// // As the documents have it, Act may be due before Check.
    /// let schedule = StageTable::documents()?.schedule(&"2026-Q3".parse()?, &calendar)?;
    /// assert_eq!(schedule.conflicts().len(), 1);
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
        let rows = rows.into_iter().filter_map(|(stage, task, deliverable, owner, due)| {
            let due = problems.take(&Path::root(), Deadline::parse(due))?;
            let [task, deliverable, owner] = [task, deliverable, owner].map(String::from);
            Some(StageRow { stage, task, deliverable, owner, due })
        });
        let rows: Vec<StageRow> = rows.collect();
        problems.into_result(())?;
        Self::new(rows)
    }

    /// The rows as they were given.
    #[must_use]
    pub fn rows(&self) -> &[StageRow] {
        &self.rows
    }

    /// All due dates of the table in `period`.
    ///
    /// # Errors
    /// The problems of all rows at once, each at the row as it was given (`[2].due`): [`PdcaError::Time`], of a
    /// deadline with more than [`Deadline::MOST_DATES`] dates too.
    pub fn schedule(
        &self,
        period: &Period,
        calendar: &WorkCalendar,
    ) -> Result<StageSchedule, Problems<PdcaError>> {
        let mut problems = Problems::new();
        let mut stages = Vec::with_capacity(self.rows.len());
        for (index, row) in self.rows.iter().enumerate() {
            let path = Path::root().index(index).field("due");
            let Some(all) = problems.take(&path, row.due.due_dates(period, calendar)) else { continue };
            match all.last().cloned() {
                Some(last) => stages.push(ScheduledStage { row: row.clone(), all, last }),
                None => {
                    problems.push(path, TimeError::NoDate { deadline: row.due, period: *period });
                }
            }
        }
        stages.sort_by_key(|stage| stage.row.stage);
        problems.into_result(StageSchedule { period: *period, stages })
    }
}

impl StageTable {
    /// The last due date of each row in `period`, in the order of the stages; no other date is made.
    pub(super) fn last_dates(
        &self,
        period: &Period,
        calendar: &WorkCalendar,
    ) -> Result<Vec<(&StageRow, Due)>, Problems<PdcaError>> {
        let mut problems = Problems::new();
        let mut stages = Vec::with_capacity(self.rows.len());
        for (index, row) in self.rows.iter().enumerate() {
            let path = Path::root().index(index).field("due");
            stages.extend(problems.take(&path, row.due.due(period, calendar)).map(|due| (row, due)));
        }
        stages.sort_by_key(|(row, _)| row.stage);
        problems.into_result(stages)
    }
}

impl TryFrom<Vec<StageRow>> for StageTable {
    type Error = Problems<PdcaError>;

    fn try_from(rows: Vec<StageRow>) -> Result<Self, Self::Error> {
        Self::new(rows)
    }
}

impl From<StageTable> for Vec<StageRow> {
    fn from(table: StageTable) -> Self {
        table.rows
    }
}

/// The due dates of a stage table in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageSchedule {
    period: Period,
    stages: Vec<ScheduledStage>,
}

/// A stage with its due dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledStage {
    row: StageRow,
    all: Vec<Due>,
    last: Due,
}

impl ScheduledStage {
    /// The row of the table.
    #[must_use]
    pub const fn row(&self) -> &StageRow {
        &self.row
    }

    /// All due dates in order; several where the deadline recurs.
    #[must_use]
    pub fn all(&self) -> &[Due] {
        &self.all
    }

    /// The last due date, by which the stage is done.
    #[must_use]
    pub const fn last(&self) -> &Due {
        &self.last
    }
}

impl StageSchedule {
    /// The period.
    #[must_use]
    pub const fn period(&self) -> &Period {
        &self.period
    }

    /// The stages in the order of the cycle.
    #[must_use]
    pub fn stages(&self) -> &[ScheduledStage] {
        &self.stages
    }

    /// All pairs of stages of which the later one is due before the earlier one, with the days between.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        for (index, later) in self.stages.iter().enumerate() {
            for earlier in self.stages.iter().take(index) {
                let (due, waits_for_due) = (later.last.date(), earlier.last.date());
                if due < waits_for_due {
                    let days = waits_for_due.signed_duration_since(due).num_days();
                    conflicts.push(Conflict {
                        stage: later.row.stage,
                        due,
                        waits_for: earlier.row.stage,
                        waits_for_due,
                        days: u32::try_from(days).unwrap_or(u32::MAX),
                    });
                }
            }
        }
        conflicts
    }
}

/// A stage that is due before one it follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// The stage that comes later in the cycle.
    pub stage: Stage,
    /// Its last due date.
    pub due: NaiveDate,
    /// The stage it follows.
    pub waits_for: Stage,
    /// That stage's last due date.
    pub waits_for_due: NaiveDate,
    /// By how many days it is due too early.
    pub days: u32,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stage, due, waits_for, waits_for_due, days } = self;
        let plural = if *days == 1 { "" } else { "s" };
        write!(f, "{stage} is due {due}, {days} day{plural} before {waits_for} ({waits_for_due})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;
    use alloc::string::ToString;

    fn calendar() -> WorkCalendar {
        WorkCalendar::monday_to_friday(date(2026, 1, 1).unwrap(), date(2026, 12, 31).unwrap()).unwrap()
    }

    #[test]
    fn every_stage_has_its_dates_and_the_conflict_is_told() {
        let schedule =
            StageTable::documents().unwrap().schedule(&"2026-Q3".parse().unwrap(), &calendar()).unwrap();
        let last: Vec<_> = schedule.stages().iter().map(|stage| stage.last().date().to_string()).collect();
        assert_eq!(last, ["2026-07-11", "2026-09-25", "2026-10-30", "2026-09-30"]);
        assert_eq!(schedule.stages()[1].all().len(), 13);
        let [conflict] = schedule.conflicts()[..] else { panic!("one conflict") };
        assert_eq!((conflict.stage, conflict.waits_for, conflict.days), (Stage::Act, Stage::Check, 30));
    }

    #[test]
    fn each_stage_has_one_row() {
        let mut rows: Vec<StageRow> = StageTable::documents().unwrap().into();
        rows[0].stage = Stage::Do;
        let refused = StageTable::new(rows).unwrap_err().to_string();
        assert_eq!(
            refused,
            "2 problems\n  .: plan has 0 rows, each stage has one\n  .: do has 2 rows, each stage has one"
        );
    }

    #[test]
    fn a_deadline_beyond_the_calendar_is_told_at_its_row() {
        let mut rows: Vec<StageRow> = StageTable::documents().unwrap().into();
        rows[2].due = "30 workdays after period end".parse().unwrap();
        rows[1].due = "every Sunday, skipped on days off".parse().unwrap();
        rows.reverse();
        let table = StageTable::new(rows).unwrap();
        let refused = table.schedule(&"2026-Q4".parse().unwrap(), &calendar()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "2 problems\n  [1].due: 2027-01-01 is outside the calendar's horizon 2026-01-01 to 2026-12-31\n  \
             [2].due: `every Sunday, skipped on days off` has no date in 2026-Q4"
        );
        let backward = StageTable::new(table_rows_reversed()).unwrap();
        let schedule = backward.schedule(&"2026-Q3".parse().unwrap(), &calendar()).unwrap();
        assert_eq!(schedule.stages()[0].row().stage, Stage::Plan);
    }

    fn table_rows_reversed() -> Vec<StageRow> {
        let mut rows: Vec<StageRow> = StageTable::documents().unwrap().into();
        rows.reverse();
        rows
    }

    /// L1: 584 bytes ask for every day of 9,999 years, four times.
    #[test]
    fn a_table_of_all_days_of_all_years_is_refused_before_it_is_made() {
        let daily = "every day from period start, start day counted";
        let rows = StageTable::documents().unwrap().rows().to_vec();
        let rows = rows.into_iter().map(|row| StageRow { due: daily.parse().unwrap(), ..row });
        let table = StageTable::new(rows).unwrap();
        let all = Period::custom(date(1, 1, 1).unwrap(), date(9999, 12, 31).unwrap()).unwrap();
        let calendar = WorkCalendar::monday_to_friday(all.start(), all.end()).unwrap();
        let refused = table.schedule(&all, &calendar).unwrap_err();
        assert_eq!(refused.len(), 4);
        assert!(refused.to_string().contains("[0].due: 3652059 due dates, at most 40000"), "{refused}");
        let last = table.last_dates(&all, &calendar).unwrap();
        assert_eq!(last.len(), 4);
        assert!(last.iter().all(|(_, due)| due.date() == all.end()));
    }
}
