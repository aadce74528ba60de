//! Which kinds of command a cycle is open to: the guards that hold whatever a command says.

use super::{CommandKind, Cycle, CyclePlan, DecidedFinding, PdcaError, Phase};
use crate::error::Lookup;
use crate::quantity::Ratio;
use crate::review::Finding;
use crate::target::Target;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// The kinds of command, each with the guards that block it now. A kind without guards is free: a command of it with
/// fitting content goes through.
///
/// # Examples
/// ```
/// use marketloop::pdca::{CommandKind, Cycle, CycleId, allowed};
///
/// let kinds = allowed(&Cycle::new(CycleId::new("2026-Q3")?));
/// let free: Vec<CommandKind> =
///     kinds.iter().filter(|(_, guards)| guards.is_empty()).map(|(kind, _)| *kind).collect();
/// assert_eq!(free, [CommandKind::Inherit, CommandKind::Plan, CommandKind::Cancel]);
/// assert_eq!(kinds[&CommandKind::Start][0].to_string(), "start is not for a cycle that is draft");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[must_use]
pub fn allowed(cycle: &Cycle) -> BTreeMap<CommandKind, Vec<PdcaError>> {
    CommandKind::ALL.into_iter().map(|kind| (kind, standing(cycle, kind))).collect()
}

/// The phases in which a kind of command is heard.
const fn phases(command: CommandKind) -> &'static [Phase] {
    use Phase::{Acting, Checking, Closed, Doing, Draft, Planned};
    match command {
        // No wildcard: a new kind has to say when it is heard, or it does not compile.
        CommandKind::Inherit | CommandKind::Plan => &[Draft],
        CommandKind::SignOff | CommandKind::Replan => &[Planned, Doing],
        CommandKind::Start => &[Planned],
        CommandKind::RecordSpend | CommandKind::ReportProgress | CommandKind::RecordActual => {
            &[Doing, Checking]
        }
        CommandKind::BeginCheck => &[Doing],
        CommandKind::RecordFinding | CommandKind::BeginAct => &[Checking],
        CommandKind::DecideFinding | CommandKind::Release | CommandKind::Close => &[Acting],
        CommandKind::CompleteCountermeasure | CommandKind::Postpone => &[Planned, Doing, Checking, Acting],
        CommandKind::Amend => &[Closed],
        CommandKind::Cancel | CommandKind::ConfirmParent => &[Draft, Planned, Doing, Checking, Acting],
    }
}

/// The guards that block a kind of command, whatever it says.
pub(super) fn standing(cycle: &Cycle, command: CommandKind) -> Vec<PdcaError> {
    let mut unmet = Vec::new();
    let phase = cycle.phase();
    // In the wrong phase, the other guards would only tell what follows from that.
    if !phases(command).contains(&phase) {
        unmet.push(PdcaError::Phase { command, phase });
        return unmet;
    }
    let unsigned = || cycle.unsigned().map(|role| PdcaError::NotSigned { role: role.into() });
    // The seed stays after it was confirmed: the flag alone says whether its parent is still waited for.
    let provisional = cycle.inherited().filter(|_| cycle.is_provisional());
    let unconfirmed = || provisional.map(|seed| PdcaError::ParentNotConfirmed { parent: seed.cycle.clone() });
    match command {
        CommandKind::Inherit => {
            unmet.extend(cycle.inherited().map(|seed| PdcaError::Inherits { parent: seed.cycle.clone() }));
        }
        // Counted as events come in: a walk over all roles at each signature would be quadratic in them.
        CommandKind::SignOff if cycle.is_signed() => unmet.push(PdcaError::AllSigned),
        CommandKind::Start => unmet.extend(unsigned()),
        CommandKind::RecordSpend if !has_left(cycle) => unmet.push(PdcaError::NothingLeft),
        CommandKind::ReportProgress if cycle.plan().and_then(CyclePlan::work).is_none() => {
            unmet.push(PdcaError::NoTasks);
        }
        CommandKind::BeginCheck => {
            unmet.extend(unsigned());
            unmet.extend(without_actual(cycle).map(|target| PdcaError::NoActual { target: target.clone() }));
        }
        CommandKind::BeginAct => unmet.extend(unexplained_misses(cycle)),
        CommandKind::DecideFinding if !cycle.has_undecided() => unmet.push(PdcaError::NothingUndecided),
        CommandKind::CompleteCountermeasure if !cycle.has_open_measures() => {
            unmet.push(PdcaError::NoOpenCountermeasure);
        }
        CommandKind::Close => {
            // Each by its number, not how many: who closes has to know which are left to decide.
            let undecided = (1_u32..).zip(cycle.findings()).filter(|(_, decided)| decided.decision.is_none());
            unmet.extend(undecided.map(|(number, _)| PdcaError::Undecided { number }));
            match cycle.balance() {
                // A seed carries released money only: what is merely left would be lost between two cycles.
                Ok(Some(money)) if !money.left.is_zero() => {
                    unmet.push(PdcaError::MoneyLeft { left: money.left });
                }
                Ok(_) => {}
                Err(error) => unmet.push(PdcaError::Quantity(error)),
            }
            unmet.extend(unconfirmed());
        }
        CommandKind::ConfirmParent if provisional.is_none() => unmet.push(PdcaError::NothingProvisional),
        _ => {}
    }
    unmet
}

/// Whether a line has money left.
fn has_left(cycle: &Cycle) -> bool {
    let lines = cycle.plan().into_iter().flat_map(|plan| plan.lines().keys());
    // Not 0 is above 0: the guards of spend, release and replan keep every line from going below.
    lines.filter_map(|line| cycle.left(line)).any(|left| !left.is_zero())
}

fn without_actual(cycle: &Cycle) -> impl Iterator<Item = &String> {
    let targets = cycle.plan().into_iter().flat_map(|plan| plan.targets().keys());
    targets.filter(|name| !cycle.actuals().contains_key(*name))
}

/// The targets that were missed and that no finding is about.
fn unexplained_misses(cycle: &Cycle) -> Vec<PdcaError> {
    let Some(targets) = cycle.plan().map(CyclePlan::targets) else { return Vec::new() };
    // In the target's unit on both sides, so that one value written in two units is found.
    let stated = |finding: &Finding, target: &Target| finding.actual().known()?.value_in(target.unit()).ok();
    let stated: Vec<(&str, Ratio)> = cycle
        .findings()
        .iter()
        .filter_map(|DecidedFinding { finding, .. }| {
            let name = finding.metric();
            Some((name, stated(finding, targets.get(name)?)?))
        })
        .collect();
    // One look-up for all targets: a scan for each would cost targets times findings.
    let stated = Lookup::of(&stated);
    let missed = targets.iter().filter_map(|(name, target)| {
        // A missing or undefined value misses nothing: its reason was asked for when it was recorded. A finding may say
        // so (`Finding::unmeasured`); it is not asked for, as logs from before it have none.
        let value = cycle.actuals().get(name)?.as_ref().known()?.value_in(target.unit()).ok()?;
        // A finding from before the value was measured again says nothing of it.
        let found = stated.position(&(name.as_str(), value)).is_some();
        (!found && !target.is_met(value)).then(|| PdcaError::MissedWithoutFinding { target: name.clone() })
    });
    missed.collect()
}
