//! From records to the cycle that they make.

use super::admission::{sent, standing, stated};
use super::guard::list;
use super::{CommandId, Cycle, CycleId, EventRecord, Guard};
use crate::error::ErrorKind;
use alloc::vec::Vec;
use core::fmt;

/// A record that does not fit the cycle that the records before it make.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReplayError {
    /// The record's sequence number as it states it; 0 where there is no record.
    #[serde(serialize_with = "crate::quantity::wire::whole::serialize")]
    pub sequence: u64,
    /// What does not fit.
    pub fault: ReplayFault,
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
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
        #[serde(serialize_with = "crate::quantity::wire::whole::serialize")]
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

crate::error::fault!(ReplayError);

impl ReplayError {
    /// The kind of the fault.
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
pub fn replay<'a>(records: impl IntoIterator<Item = &'a EventRecord>) -> Result<Cycle, ReplayError> {
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

/// The cycle after a recorded event.
///
/// # Errors
/// [`ReplayError`] where the record is of another cycle, out of sequence, or of an event that the cycle does not
/// admit.
pub fn evolve(mut cycle: Cycle, record: &EventRecord) -> Result<Cycle, ReplayError> {
    take_in(&mut cycle, record)?;
    Ok(cycle)
}

/// Takes a record in. After an error the cycle is no longer of use: the command of the record is noted.
fn take_in(cycle: &mut Cycle, record: &EventRecord) -> Result<(), ReplayError> {
    let refused = |fault| Err(ReplayError { sequence: record.sequence, fault });
    if record.cycle != *cycle.id() {
        return refused(ReplayFault::OtherCycle {
            expected: cycle.id().clone(),
            found: record.cycle.clone(),
        });
    }
    let next = cycle.version().saturating_add(1);
    if record.sequence != next {
        return refused(ReplayFault::Sequence { expected: next });
    }
    if !cycle.handle(&record.command, &record.event) {
        return refused(ReplayFault::Repeated { command: record.command.clone() });
    }
    let mut guards = standing(cycle, record.event.kind());
    sent(cycle, &record.by, record.on, &mut guards);
    stated(cycle, &record.event, record.on, &mut guards);
    if !guards.is_empty() {
        return refused(ReplayFault::Unmet(guards));
    }
    cycle.apply(record);
    Ok(())
}
