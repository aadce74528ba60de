//! A test as it ran: the plan, every look with its sums, and what was decided; replayed whenever it is read.

use super::decision::{ExperimentAction, ExperimentDecision};
use super::reading::Course;
use super::{ExperimentError, ExperimentMetric, ExperimentSums, ExperimentTest};
use crate::error::{Path, Problems};
use crate::figure::{Cell, Table};
use crate::quantity::wire::wire_fields;
use alloc::vec::Vec;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A test as it ran: what was planned, the sums of each look, and what was decided. Written down, it keeps the sums and
/// the actions, and whoever reads it decides again: a record whose actions do not follow from its sums is refused.
///
/// Sums of a look count all units from the start on. A test ends with its first decision but to go on.
///
/// # Examples
/// ```
/// use marketloop::experiment::{ExperimentMetric, ExperimentRecord, ExperimentTest, Monitoring, Units};
/// use marketloop::time::date;
///
/// let test = ExperimentTest::draft("page", ["old", "new"], ExperimentMetric::proportion("bought"), 10_000)
///     .with_monitoring(Monitoring::AlwaysValid)
///     .check()?;
/// let mut record = test.begin(date(2026, 8, 3)?);
/// let arms: Vec<u32> = (0..2_000).map(|unit| unit % 2).collect();
/// let bought: Vec<i64> = (0..2_000).map(|unit| i64::from(unit % 20 < 2)).collect();
/// let sums = record.test().sums(&Units::new(&arms).with_column("bought", &bought)?)?;
/// record.look(date(2026, 8, 4)?, sums)?;
///
/// // Somebody else comes to the same decision.
/// let text = serde_json::to_string(&record)?;
/// assert_eq!(serde_json::from_str::<ExperimentRecord>(&text)?, record);
/// let claimed = text.replace(r#""action":"go_on""#, r#""action":{"ship":{"arm":"new"}}"#);
/// let refused = serde_json::from_str::<ExperimentRecord>(&claimed).unwrap_err().to_string();
/// assert!(refused.starts_with("looks[0].action: the record says ship new, its sums say go on"), "{refused}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct ExperimentRecord {
    test: ExperimentTest,
    start: NaiveDate,
    looks: Vec<(ExperimentSums, ExperimentDecision)>,
    /// Made again from the looks: monitoring after the last of them; none before the first.
    course: Option<Course>,
}

impl PartialEq for ExperimentRecord {
    fn eq(&self, other: &Self) -> bool {
        self.test == other.test && self.start == other.start && self.looks == other.looks
    }
}

/// A look on the wire.
#[derive(Clone)]
struct Look {
    date: NaiveDate,
    sums: ExperimentSums,
    action: Option<ExperimentAction>,
}

wire_fields!(Look { date: own, sums, action: optional });

/// The record on the wire, not replayed yet.
struct Wire {
    test: ExperimentTest,
    start: NaiveDate,
    looks: Vec<Look>,
}

wire_fields!("ExperimentRecord", Wire { test, start: own, looks });

impl TryFrom<Wire> for ExperimentRecord {
    type Error = Problems<ExperimentError>;

    fn try_from(Wire { test, start, looks }: Wire) -> Result<Self, Self::Error> {
        let (mut problems, path) = (Problems::new(), Path::root().field("looks"));
        let mut record = Self::new(test, start);
        for (index, Look { date, sums, action }) in looks.into_iter().enumerate() {
            let path = path.index(index);
            let replayed = record.look(date, sums).map(|decision| decision.action().clone());
            let Some(replayed) = problems.take(&path, replayed) else { break };
            if let Some(recorded) = action.filter(|recorded| *recorded != replayed) {
                problems.push(path.field("action"), ExperimentError::OtherAction { recorded, replayed });
            }
        }
        problems.into_result(record)
    }
}

impl From<ExperimentRecord> for Wire {
    fn from(record: ExperimentRecord) -> Self {
        let looks = record.looks.into_iter().map(|(sums, decision)| Look {
            date: decision.reading().date,
            sums,
            action: Some(decision.action().clone()),
        });
        Self { test: record.test, start: record.start, looks: looks.collect() }
    }
}

impl ExperimentTest {
    /// The record of the test from its first day on.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentTest};
    /// use marketloop::time::date;
    ///
    /// let test = ExperimentTest::draft("page", ["old", "new"], ExperimentMetric::proportion("bought"), 9_000).check()?;
    /// assert_eq!(test.begin(date(2026, 8, 3)?).decisions().len(), 0);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn begin(self, start: NaiveDate) -> ExperimentRecord {
        ExperimentRecord::new(self, start)
    }
}

impl ExperimentRecord {
    const fn new(test: ExperimentTest, start: NaiveDate) -> Self {
        Self { test, start, looks: Vec::new(), course: None }
    }

    /// Adds a look: the sums of all units from the start to the end of this day; and decides.
    ///
    /// # Errors
    /// [`ExperimentError::Over`] once the test has ended; [`ExperimentError::DateOrder`] for a day that is not after the look
    /// before, or before the start; [`ExperimentError::OtherExperiment`] for sums without the test's arms or metrics;
    /// [`ExperimentError::FewerUnits`] where an arm lost units; [`ExperimentError::Stats`]. A look that is refused leaves the
    /// record as it was.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentTest, Units};
    /// use marketloop::time::date;
    ///
    /// let test = ExperimentTest::draft("page", ["old", "new"], ExperimentMetric::proportion("bought"), 10_000).check()?;
    /// let mut record = test.begin(date(2026, 8, 3)?);
    /// let sums = record.test().sums(&Units::new(&[0, 1]).with_column("bought", &[0, 1])?)?;
    /// let early = record.look(date(2026, 8, 2)?, sums).unwrap_err();
    /// assert_eq!(early.to_string(), "a look on 2026-08-02 is before 2026-08-03");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn look(
        &mut self,
        date: NaiveDate,
        sums: ExperimentSums,
    ) -> Result<&ExperimentDecision, ExperimentError> {
        let last = self.looks.last();
        if let Some((_, decision)) = last.filter(|(_, decision)| decision.is_final()) {
            return Err(ExperimentError::Over { date: decision.reading().date });
        }
        let earliest = last.map_or(Some(self.start), |(_, decision)| decision.reading().date.succ_opt());
        if let Some(earliest) = earliest.filter(|earliest| date < *earliest) {
            return Err(ExperimentError::DateOrder { date, earliest });
        }
        self.check(&sums)?;
        if let Some((before, _)) = last {
            for arm in self.test.arms() {
                let (before, now) = (before.units(arm)?, sums.units(arm)?);
                if now < before {
                    return Err(ExperimentError::FewerUnits { arm: arm.clone(), before, now });
                }
            }
        }
        let mut course = match &self.course {
            Some(course) => course.clone(),
            None => Course::of(&self.test)?,
        };
        let days = u32::try_from(date.signed_duration_since(self.start).num_days());
        let day =
            days.map_err(|_| ExperimentError::DateOrder { date, earliest: self.start })?.saturating_add(1);
        let reading = course.look(&self.test, date, day, &sums)?;
        let decision = ExperimentDecision::of(&self.test, &sums, self.start, course.next_fraction(), reading);
        self.course = Some(course);
        self.looks.push((sums, decision));
        self.looks.last().map(|(_, decision)| decision).ok_or(ExperimentError::NoMetrics)
    }

    /// Sums of the test's arms, with its goal and its guardrails.
    fn check(&self, sums: &ExperimentSums) -> Result<(), ExperimentError> {
        let guardrails = self.test.guardrails().iter().map(super::Guardrail::metric);
        let mut needed = core::iter::once(self.test.goal()).chain(guardrails);
        let is_there = |metric: &ExperimentMetric| sums.metrics().contains(metric);
        if sums.arms() == self.test.arms() && needed.all(is_there) {
            Ok(())
        } else {
            Err(ExperimentError::OtherExperiment)
        }
    }

    /// The test as planned.
    #[must_use]
    pub const fn test(&self) -> &ExperimentTest {
        &self.test
    }

    /// The first day.
    #[must_use]
    pub const fn start(&self) -> NaiveDate {
        self.start
    }

    /// What was decided at each look, in the order of the looks.
    #[must_use]
    pub fn decisions(&self) -> impl ExactSizeIterator<Item = &ExperimentDecision> + DoubleEndedIterator + '_ {
        self.looks.iter().map(|(_, decision)| decision)
    }

    /// The last decision.
    #[must_use]
    pub fn last(&self) -> Option<&ExperimentDecision> {
        self.looks.last().map(|(_, decision)| decision)
    }

    /// The sums of the last look.
    #[must_use]
    pub fn sums(&self) -> Option<&ExperimentSums> {
        self.looks.last().map(|(sums, _)| sums)
    }

    /// A row for each look: units, the difference of each new arm with its interval, what one look would have said, and
    /// what was decided.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("look");
        for decision in self.decisions() {
            let reading = decision.reading();
            let row = alloc::format!("{}", reading.date);
            table.push(row.clone(), "units", Cell::new(reading.total_units(), "unit"));
            for own in reading.readings.iter().filter(|own| own.is_goal) {
                own.push(&mut table, &row, reading.readings.iter().filter(|own| own.is_goal).count() > 1);
            }
            table.push(row, "action", Cell::new(decision.action(), ""));
        }
        table
    }
}
