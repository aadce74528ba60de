//! From records to the cycle that they make.

use super::admission::{sent, stated};
use super::standing::standing;
use super::{Cycle, EventRecord, PdcaError};

/// Replays a log and returns the cycle that it makes.
///
/// # Errors
/// [`PdcaError`] at the first record that is of another cycle, out of sequence, of a command that was carried out
/// before, or of an event that the cycle does not admit.
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
/// let cycle = marketloop::pdca::replay(quarter.records())?;
/// assert_eq!(&cycle, quarter.cycle());
/// # Ok::<(), marketloop::Error>(())
/// ```
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

/// Applies one record to a cycle and returns the cycle after it.
///
/// # Errors
/// [`PdcaError`] where the record is of another cycle, out of sequence, or of an event that the cycle does not
/// admit.
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
/// use marketloop::pdca::{Cycle, evolve};
///
/// let cycle = evolve(Cycle::new(CycleId::new("2026-Q3")?), &quarter.records()[0])?;
/// assert_eq!(&cycle, quarter.cycle());
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn evolve(mut cycle: Cycle, record: &EventRecord) -> Result<Cycle, PdcaError> {
    // By value: after an error the cycle is of no use, and nobody can keep it by mistake.
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
    let next = cycle.next();
    if record.sequence != next {
        return Err(PdcaError::OutOfSequence { sequence, expected: next });
    }
    // Before the guards: a command that stands twice would be told as whatever its second event now violates.
    if !cycle.handle(&record.command, &record.event) {
        return Err(PdcaError::RepeatedCommand { sequence, command: record.command.clone() });
    }
    // The same guards in the same order as for a command: a log from outside makes no cycle that commands could not,
    // and is refused with the words that the command would have heard.
    let mut guards = standing(cycle, record.event.kind());
    sent(cycle, &record.by, record.on, &mut guards);
    stated(cycle, &record.event, record.on, &mut guards);
    if !guards.is_empty() {
        return Err(PdcaError::Inadmissible { sequence, guards });
    }
    cycle.apply(record);
    Ok(())
}
