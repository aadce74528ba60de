//! A log is its cycle, and the money of a cycle goes somewhere.

use super::{Broken, hold};
use crate::pdca::{Cycle, Event, EventRecord, Journal, PdcaError};
use crate::quantity::Money;
use crate::time::NaiveDate;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A log replays to the cycle that it is the log of, in the version of its last record; `replay` is the function from
/// records to their cycle.
///
/// A journal without a record is no log, and says nothing.
///
/// # Errors
/// [`Broken`], with the number of records, and what the replay answers.
///
/// # Examples
/// ```
/// use marketloop::laws::log_replays_to_its_cycle;
/// use marketloop::pdca::replay;
/// use marketloop::strategies::journals;
/// use proptest::prelude::*;
///
/// proptest!(|((journal, _) in journals().with_commands(0..30))| {
///     log_replays_to_its_cycle(&journal, |records| replay(records))?;
/// });
/// ```
pub fn log_replays_to_its_cycle(
    journal: &Journal,
    replay: impl Fn(&[EventRecord]) -> Result<Cycle, PdcaError>,
) -> Result<(), Broken> {
    const LAW: &str = "log_replays_to_its_cycle";
    let records = journal.records();
    if records.is_empty() {
        return Ok(());
    }
    let count = records.len();
    match replay(records) {
        Ok(cycle) => {
            let version = u64::try_from(count) == Ok(cycle.version());
            hold(LAW, version && cycle == *journal.cycle(), || {
                format!("{count} records replay to {cycle:?}, and their cycle is {:?}", journal.cycle())
            })
        }
        Err(error) => Err(Broken::new(LAW, format_args!("{count} records are refused: {error}"))),
    }
}

/// The money of a cycle is conserved: its parts (what was spent, is left, was reassigned or returned) add up to the plan's
/// total, and none is below 0.
///
/// # Errors
/// [`Broken`], with the parts and the total.
///
/// # Examples
/// ```
/// use marketloop::figure::Figure;
/// use marketloop::laws::money_is_conserved;
/// use marketloop::quantity::Money;
/// use marketloop::strategies::journals;
/// use proptest::prelude::*;
///
/// proptest!(|((journal, _) in journals().with_commands(0..30))| {
///     let cycle = journal.cycle();
///     if let (Some(plan), Figure::Known(money)) = (cycle.plan(), cycle.money().unwrap()) {
///         let part = |value| Money::new(value, plan.total().currency()).unwrap();
///         let parts: Vec<_> = money.parts().iter().map(|one| (one.key, part(one.value))).collect();
///         money_is_conserved(&plan.total(), &parts)?;
///     }
/// });
/// ```
pub fn money_is_conserved(total: &Money, parts: &[(&str, Money)]) -> Result<(), Broken> {
    let sum = Money::sum(parts.iter().map(|(_, part)| *part), total.currency());
    let below = parts.iter().any(|(_, part)| part.is_negative());
    hold("money_is_conserved", sum == Ok(*total) && !below, || {
        let parts: Vec<String> = parts.iter().map(|(name, part)| format!("{part} {name}")).collect();
        format!("[{}] of {total}", parts.join(", "))
    })
}

/// The dates of records never run back, and no record tells of a day after its own: money is spent, and tasks begin and
/// end, by the day on which that is recorded. Whether a record is lacking is for [`log_replays_to_its_cycle`].
///
/// # Errors
/// [`Broken`], with the record and the date that it contradicts.
///
/// # Examples
/// ```
/// use marketloop::laws::records_never_run_back;
/// use marketloop::strategies::journals;
/// use proptest::prelude::*;
///
/// proptest!(|((journal, _) in journals().with_commands(0..30))| {
///     records_never_run_back(journal.records())?;
/// });
/// ```
pub fn records_never_run_back(records: &[EventRecord]) -> Result<(), Broken> {
    const LAW: &str = "records_never_run_back";
    let mut last: Option<NaiveDate> = None;
    for record in records {
        let (sequence, on) = (record.sequence, record.on);
        let back = last.filter(|last| *last > on);
        hold(LAW, back.is_none(), || format!("record {sequence} of {on} comes after one of {back:?}"))?;
        let facts = match &record.event {
            Event::Spent { on, .. } => [Some(*on), None],
            Event::Progressed { progress, .. } => [progress.started, progress.finished],
            _ => [None, None],
        };
        for fact in facts.into_iter().flatten() {
            hold(LAW, fact <= on, || format!("record {sequence} of {on} tells of {fact}"))?;
        }
        last = Some(on);
    }
    Ok(())
}
