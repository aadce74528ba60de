//! A cycle with the log that it is made of.

use super::decide::{list, take_in};
use super::{Command, CommandId, Context, Cycle, CycleId, Guard, Recorded, Rejection, decide};
use crate::error::ErrorKind;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A record that does not fit the cycle that the records before it make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayError {
    /// The record's sequence number as it states it; 0 where there is no record.
    pub sequence: u64,
    /// What does not fit.
    pub fault: ReplayFault,
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplayFault {
    /// There is no record.
    Empty,
    /// A record of another cycle.
    OtherCycle {
        /// The cycle of the records before it.
        expected: CycleId,
        /// Its own.
        found: CycleId,
    },
    /// A record that is missing, stands twice or came out of order.
    Sequence {
        /// The number that comes next.
        expected: u64,
    },
    /// A command that was recorded before.
    Repeated {
        /// Its id.
        command: CommandId,
    },
    /// An event that the cycle does not admit.
    Unmet(Vec<Guard>),
}

impl ReplayError {
    /// The sort of the fault.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &self.fault {
            ReplayFault::Empty => ErrorKind::Empty,
            ReplayFault::OtherCycle { .. } => ErrorKind::Mismatch,
            ReplayFault::Sequence { .. } | ReplayFault::Repeated { .. } => ErrorKind::Conflict,
            ReplayFault::Unmet(guards) => guards.first().map_or(ErrorKind::Conflict, Guard::kind),
        }
    }
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sequence = self.sequence;
        match &self.fault {
            ReplayFault::Empty => f.write_str("a log has at least one record"),
            ReplayFault::OtherCycle { expected, found } => {
                write!(f, "record {sequence} is of {found}, the log of {expected}")
            }
            ReplayFault::Sequence { expected } => {
                write!(f, "record {sequence} stands where record {expected} has to")
            }
            ReplayFault::Repeated { command } => {
                write!(f, "record {sequence} is of command {command}, which was carried out before")
            }
            ReplayFault::Unmet(guards) => {
                write!(f, "record {sequence}: ")?;
                list(guards, f)
            }
        }
    }
}

impl core::error::Error for ReplayError {}

/// The cycle that a log makes.
///
/// # Errors
/// [`ReplayError`] at the first record that is of another cycle, out of sequence, of a command that was carried out
/// before, or of an event that the cycle does not admit.
pub fn replay<'a>(records: impl IntoIterator<Item = &'a Recorded>) -> Result<Cycle, ReplayError> {
    let mut records = records.into_iter().peekable();
    let Some(first) = records.peek() else {
        return Err(ReplayError { sequence: 0, fault: ReplayFault::Empty });
    };
    let mut cycle = Cycle::new(first.cycle.clone());
    for record in records {
        take_in(&mut cycle, record)?;
    }
    Ok(cycle)
}

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
/// let plan = CyclePlan::draft("2026-Q3".parse()?, Money::parse("50000 CNY")?, StageTable::consistent()?)
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
#[serde(try_from = "Vec<Recorded>", into = "Vec<Recorded>")]
pub struct Journal {
    cycle: Cycle,
    records: Vec<Recorded>,
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
    pub fn of(records: Vec<Recorded>) -> Result<Self, ReplayError> {
        Ok(Self { cycle: replay(&records)?, records })
    }

    /// The cycle as it stands.
    #[must_use]
    pub const fn cycle(&self) -> &Cycle {
        &self.cycle
    }

    /// All that happened, in order.
    #[must_use]
    pub fn records(&self) -> &[Recorded] {
        &self.records
    }

    /// Carries out a command and returns what it led to: nothing where it was carried out before under its id.
    ///
    /// # Errors
    /// Those of [`decide`]; then nothing has changed.
    pub fn handle(&mut self, command: &Command, context: &Context) -> Result<&[Recorded], Rejection> {
        let events = decide(&self.cycle, command, context)?;
        let before = self.records.len();
        for event in events {
            let record = Recorded {
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

impl TryFrom<Vec<Recorded>> for Journal {
    type Error = ReplayError;

    fn try_from(records: Vec<Recorded>) -> Result<Self, Self::Error> {
        Self::of(records)
    }
}

impl From<Journal> for Vec<Recorded> {
    fn from(journal: Journal) -> Self {
        journal.records
    }
}
