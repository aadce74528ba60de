//! A cycle with the log that it is made of.

use super::{Command, Context, Cycle, CycleId, EventRecord, PdcaError, decide, replay};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A cycle and its log, which grows by commands and never changes.
///
/// On the wire it is the list of its records.
///
/// # Examples
/// ```
/// use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, Phase, StageTable};
/// use marketloop::quantity::Money;
/// use marketloop::time::date;
///
/// let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
/// let by = |command: &str, expected| -> Result<Context, marketloop::Error> {
///     Ok(Context { command: CommandId::new(command)?, expected, by: "Lin".into(), on: date(2026, 7, 1)? })
/// };
/// let plan = CyclePlan::draft("2026-Q3".parse()?, Money::parse("50000 CNY")?, StageTable::quarterly()?)
///     .signed_by("marketing director")
///     .target("repurchase rate", "at least 25 %".parse()?)
///     .line("search", Money::parse("50000 CNY")?)
///     .check()?;
/// quarter.handle(&Command::Plan(Box::new(plan)), &by("plan", 0)?)?;
///
/// // Nobody has signed yet; and a command that was carried out changes nothing when it comes again.
/// let refused = quarter.handle(&Command::Start, &by("start", 1)?).unwrap_err();
/// assert_eq!(refused.to_string(), "start was refused: marketing director has not signed");
/// quarter.handle(&Command::SignOff { role: "marketing director".into() }, &by("sign", 1)?)?;
/// quarter.handle(&Command::SignOff { role: "marketing director".into() }, &by("sign", 1)?)?;
/// quarter.handle(&Command::Start, &by("start", 2)?)?;
/// assert_eq!((quarter.cycle().phase(), quarter.cycle().version()), (Phase::Doing, 3));
///
/// assert_eq!(marketloop::pdca::replay(quarter.records())?, *quarter.cycle());
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<EventRecord>", into = "Vec<EventRecord>")]
pub struct Journal {
    cycle: Cycle,
    records: Vec<EventRecord>,
}

impl Journal {
    /// The journal of a cycle in which nothing has happened yet.
    #[must_use]
    pub const fn new(id: CycleId) -> Self {
        Self { cycle: Cycle::new(id), records: Vec::new() }
    }

    /// The journal of these records.
    ///
    /// # Errors
    /// Those of [`replay`].
    ///
    /// # Examples
    /// ```
    /// # use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, StageTable};
    /// # use marketloop::quantity::Money;
    /// # use marketloop::time::date;
    /// # let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
    /// # let money = Money::parse("50000 CNY")?;
    /// # let plan = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    /// #     .signed_by("director")
    /// #     .target("repurchase rate", "at least 25 %".parse()?)
    /// #     .line("search", money)
    /// #     .check()?;
    /// # let context = Context { command: CommandId::new("plan")?, expected: 0, by: "Lin".into(), on: date(2026, 7, 1)? };
    /// # quarter.handle(&Command::Plan(Box::new(plan)), &context)?;
    /// // A stored log makes the same journal again.
    /// let records = quarter.records().to_vec();
    /// assert_eq!(Journal::of(records)?, quarter);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn of(records: Vec<EventRecord>) -> Result<Self, PdcaError> {
        // Replayed before they are kept: no journal holds records that make no cycle.
        Ok(Self { cycle: replay(&records)?, records })
    }

    /// The cycle as it stands.
    #[must_use]
    pub const fn cycle(&self) -> &Cycle {
        &self.cycle
    }

    /// All that happened, in order.
    #[must_use]
    pub fn records(&self) -> &[EventRecord] {
        &self.records
    }

    /// Carries out a command and returns what it led to: nothing where it was carried out before under its id.
    ///
    /// # Errors
    /// Those of [`decide`]; then nothing has changed.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, StageTable};
    /// # use marketloop::quantity::Money;
    /// # use marketloop::time::date;
    /// # let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
    /// # let money = Money::parse("50000 CNY")?;
    /// # let plan = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    /// #     .signed_by("director")
    /// #     .target("repurchase rate", "at least 25 %".parse()?)
    /// #     .line("search", money)
    /// #     .check()?;
    /// # let context = Context { command: CommandId::new("plan")?, expected: 0, by: "Lin".into(), on: date(2026, 7, 1)? };
    /// # quarter.handle(&Command::Plan(Box::new(plan)), &context)?;
    /// // The same command again, as after a broken connection, changes nothing.
    /// let plan = quarter.cycle().plan().cloned().unwrap();
    /// assert!(quarter.handle(&Command::Plan(Box::new(plan)), &context)?.is_empty());
    /// // Somebody who saw an older version is told so.
    /// let late = Context { command: CommandId::new("start")?, ..context };
    /// assert_eq!(
    ///     quarter.handle(&Command::Start, &late).unwrap_err().to_string(),
    ///     "the cycle is in version 1, the command was meant for 0"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn handle(&mut self, command: &Command, context: &Context) -> Result<&[EventRecord], PdcaError> {
        let events = decide(&self.cycle, command, context)?;
        let before = self.records.len();
        // The events were decided against this very cycle, so that `evolve`, which would ask all guards again, is not
        // needed to take them in.
        for event in events {
            let record = EventRecord {
                cycle: self.cycle.id().clone(),
                sequence: self.cycle.version().saturating_add(1),
                command: context.command.clone(),
                by: context.by.clone(),
                on: context.on,
                event,
            };
            self.cycle.handle(&record.command, &record.event);
            self.cycle.apply(&record);
            self.records.push(record);
        }
        Ok(self.records.get(before..).unwrap_or_default())
    }
}

impl TryFrom<Vec<EventRecord>> for Journal {
    type Error = PdcaError;

    fn try_from(records: Vec<EventRecord>) -> Result<Self, Self::Error> {
        Self::of(records)
    }
}

impl From<Journal> for Vec<EventRecord> {
    fn from(journal: Journal) -> Self {
        journal.records
    }
}
