//! From records to the cycle that they make.

use super::admission::{sent, standing, stated};
use super::{Cycle, EventRecord, PdcaError};

/// The cycle that a log makes.
///
/// # Errors
/// [`PdcaError`] at the first record that is of another cycle, out of sequence, of a command that was carried out
/// before, or of an event that the cycle does not admit.
pub fn replay<'a>(records: impl IntoIterator<Item = &'a EventRecord>) -> Result<Cycle, PdcaError> {
    let mut records = records.into_iter().peekable();
    let Some(first) = records.peek() else {
        return Err(PdcaError::NoRecords);
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
/// [`PdcaError`] where the record is of another cycle, out of sequence, or of an event that the cycle does not
/// admit.
pub fn evolve(mut cycle: Cycle, record: &EventRecord) -> Result<Cycle, PdcaError> {
    take_in(&mut cycle, record)?;
    Ok(cycle)
}

/// Takes a record in. After an error the cycle is no longer of use: the command of the record is noted.
fn take_in(cycle: &mut Cycle, record: &EventRecord) -> Result<(), PdcaError> {
    let sequence = record.sequence;
    if record.cycle != *cycle.id() {
        let (expected, found) = (cycle.id().clone(), record.cycle.clone());
        return Err(PdcaError::OtherCycle { sequence, expected, found });
    }
    let next = cycle.version().saturating_add(1);
    if record.sequence != next {
        return Err(PdcaError::OutOfSequence { sequence, expected: next });
    }
    if !cycle.handle(&record.command, &record.event) {
        return Err(PdcaError::RepeatedCommand { sequence, command: record.command.clone() });
    }
    let mut guards = standing(cycle, record.event.kind());
    sent(cycle, &record.by, record.on, &mut guards);
    stated(cycle, &record.event, record.on, &mut guards);
    if !guards.is_empty() {
        return Err(PdcaError::Inadmissible { sequence, guards });
    }
    cycle.apply(record);
    Ok(())
}
