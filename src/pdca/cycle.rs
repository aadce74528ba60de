//! The state of a cycle: what its events add up to.

use super::handled::{CarriedOut, Handled};
use super::{
    CommandId, CycleId, CyclePlan, DecidedFinding, Event, EventRecord, FindingDecision, FindingId, Phase,
    Seed, Stage,
};
use crate::error::Problems;
use crate::figure::Figure;
use crate::plan::{PlanError, Progress, WorkPlan};
use crate::quantity::{Money, QuantityError};
use crate::target::ActualValue;
use crate::time::NaiveDate;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// The state of a PDCA cycle (plan, do, check, act) after the events of its log.
///
/// Only [`evolve`](super::evolve) changes it, and only by events that [`decide`](super::decide) would have answered
/// with. It is serialised but never read back: store its log, and [`replay`](super::replay) that.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "PDCA")]
#[doc(alias = "闭环")]
pub struct Cycle {
    id: CycleId,
    version: u64,
    phase: Phase,
    /// What the parent handed on, and the day on which that came in: a provisional seed stays beside the confirmed one,
    /// as the evenings before knew no other.
    pub(super) handed: Vec<(NaiveDate, Seed)>,
    /// Whether the parent was not closed yet when that was handed on.
    is_provisional: bool,
    /// What a closed cycle hands on.
    pub(super) handed_on: Option<Box<Seed>>,
    cancel_reason: Option<String>,
    plan: Option<CyclePlan>,
    baseline: Option<CyclePlan>,
    // By role, who signed: one person may sign for several.
    signed: BTreeMap<String, String>,
    /// How many have yet to sign the plan; 0 without a plan.
    unsigned: usize,
    spent: BTreeMap<String, Money>,
    pub(super) released: BTreeMap<String, Money>,
    reassigned: BTreeMap<String, Money>,
    pub(super) returned: Option<Money>,
    progress: BTreeMap<String, Progress>,
    actuals: BTreeMap<String, Figure<ActualValue>>,
    findings: Vec<DecidedFinding>,
    /// How many findings are not decided yet.
    undecided: usize,
    /// The findings whose measures are not done yet, those that it inherited too.
    open: BTreeSet<FindingId>,
    /// The day on which each accepted finding of its own was decided, by its number.
    pub(super) accepted_on: BTreeMap<u32, NaiveDate>,
    pub(super) done_measures: BTreeMap<FindingId, NaiveDate>,
    postponements: Vec<EventRecord>,
    amendments: Vec<EventRecord>,
    /// The index of the last amendment of each target, by name.
    amended: BTreeMap<String, usize>,
    // By the stage's number in its enum.
    done_on: [Option<NaiveDate>; 4],
    started_on: Option<NaiveDate>,
    cancelled_on: Option<NaiveDate>,
    last_recorded_on: Option<NaiveDate>,
    handled: Handled,
}

impl Cycle {
    /// A cycle in which nothing has happened yet, in version 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{Cycle, CycleId, Phase};
    ///
    /// let cycle = Cycle::new(CycleId::new("2026-Q3")?);
    /// assert_eq!((cycle.phase(), cycle.version()), (Phase::Draft, 0));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn new(id: CycleId) -> Self {
        Self {
            id,
            version: 0,
            phase: Phase::Draft,
            handed: Vec::new(),
            is_provisional: false,
            handed_on: None,
            cancel_reason: None,
            plan: None,
            baseline: None,
            signed: BTreeMap::new(),
            unsigned: 0,
            spent: BTreeMap::new(),
            released: BTreeMap::new(),
            reassigned: BTreeMap::new(),
            returned: None,
            progress: BTreeMap::new(),
            actuals: BTreeMap::new(),
            findings: Vec::new(),
            undecided: 0,
            open: BTreeSet::new(),
            accepted_on: BTreeMap::new(),
            done_measures: BTreeMap::new(),
            postponements: Vec::new(),
            amendments: Vec::new(),
            amended: BTreeMap::new(),
            done_on: [None; 4],
            started_on: None,
            cancelled_on: None,
            last_recorded_on: None,
            handled: Handled::new(),
        }
    }

    /// The id of the cycle.
    #[must_use]
    pub const fn id(&self) -> &CycleId {
        &self.id
    }

    /// The number of events so far.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The state of the cycle.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// The seed of the parent cycle; `None` if the cycle continues no other.
    #[must_use]
    pub const fn inherited(&self) -> Option<&Seed> {
        match self.handed.as_slice().last() {
            Some((_, seed)) => Some(seed),
            None => None,
        }
    }

    /// Whether the seed of the parent is provisional: the parent was not closed when it was handed on, and has not been
    /// confirmed since.
    #[must_use]
    pub const fn is_provisional(&self) -> bool {
        self.is_provisional
    }

    /// The current plan.
    #[must_use]
    pub const fn plan(&self) -> Option<&CyclePlan> {
        self.plan.as_ref()
    }

    /// The plan as it was when all had signed for the first time.
    #[must_use]
    pub const fn baseline(&self) -> Option<&CyclePlan> {
        self.baseline.as_ref()
    }

    /// Who signed the current plan, by role.
    #[must_use]
    pub const fn signed(&self) -> &BTreeMap<String, String> {
        &self.signed
    }

    /// The money spent, by line.
    #[must_use]
    pub const fn spent(&self) -> &BTreeMap<String, Money> {
        &self.spent
    }

    /// What each line gave up, by line: released to the next cycle, or returned.
    #[must_use]
    pub const fn released(&self) -> &BTreeMap<String, Money> {
        &self.released
    }

    /// What went back to whoever granted it; `None` if nothing was released.
    #[must_use]
    pub const fn returned(&self) -> Option<Money> {
        self.returned
    }

    /// The money reassigned to the next cycle, by its lines.
    #[must_use]
    pub const fn reassigned(&self) -> &BTreeMap<String, Money> {
        &self.reassigned
    }

    /// The progress of the tasks, by id.
    #[must_use]
    pub const fn progress(&self) -> &BTreeMap<String, Progress> {
        &self.progress
    }

    /// The actual values of the targets, by name.
    #[must_use]
    pub const fn actuals(&self) -> &BTreeMap<String, Figure<ActualValue>> {
        &self.actuals
    }

    /// The findings in order.
    #[must_use]
    pub fn findings(&self) -> &[DecidedFinding] {
        &self.findings
    }

    /// The records that postponed the due date of a stage ([`Event::Postponed`]), in order.
    #[must_use]
    pub fn postponements(&self) -> &[EventRecord] {
        &self.postponements
    }

    /// The records that corrected a result since the cycle was closed ([`Event::Amended`]), in order.
    #[must_use]
    pub fn amendments(&self) -> &[EventRecord] {
        &self.amendments
    }

    /// The day on which a stage was done: Plan when its last signature came, Check when Act began, Act when the cycle
    /// was closed. Do is done on the last day of the period or when Check begins, whichever is first, but not before
    /// the work begins. It is `None` until Check begins, as a cycle knows no date but those of its records:
    /// [`status`](super::status) also tells the end of the period.
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
    /// // The plan is not signed yet; its one signatory signs on the next day.
    /// # use marketloop::pdca::Stage;
    /// assert_eq!(quarter.cycle().done_on(Stage::Plan), None);
    /// let context = Context { command: CommandId::new("sign")?, expected: 1, by: "Wu".into(), on: date(2026, 7, 2)? };
    /// quarter.handle(&Command::SignOff { role: "director".into() }, &context)?;
    /// assert_eq!(quarter.cycle().done_on(Stage::Plan), Some(date(2026, 7, 2)?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a place for each of the four stages")]
    pub const fn done_on(&self, stage: Stage) -> Option<NaiveDate> {
        self.done_on[stage as usize]
    }

    /// The day on which a stage was done, as far as it is known on the evening of `date`.
    pub(super) fn done_by(&self, stage: Stage, date: NaiveDate) -> Option<NaiveDate> {
        // The end of the period is no record: the calendar tells it, also before Check begins.
        let over = || if stage == Stage::Do { self.work_over() } else { None };
        self.done_on(stage).or_else(over).filter(|on| *on <= date)
    }

    /// The day on which the work ends unless Check begins before: the last of the period, or that on which work began
    /// if it began later. `None` of work that was not begun, or was cancelled by then.
    fn work_over(&self) -> Option<NaiveDate> {
        let over = self.plan.as_ref()?.period().end().max(self.started_on?);
        self.cancelled_on.is_none_or(|cancelled| over < cancelled).then_some(over)
    }

    /// The day on which the cycle was cancelled.
    #[must_use]
    pub const fn cancelled_on(&self) -> Option<NaiveDate> {
        self.cancelled_on
    }

    /// Why the cycle was cancelled.
    #[must_use]
    pub fn cancel_reason(&self) -> Option<&str> {
        self.cancel_reason.as_deref()
    }

    /// The date of the last record, before which no other may be dated; `None` of a cycle without records.
    #[must_use]
    pub const fn last_recorded_on(&self) -> Option<NaiveDate> {
        self.last_recorded_on
    }

    /// Whether a command with this id was carried out.
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
    /// // A quarter that was planned by the command `plan`.
    /// assert!(quarter.cycle().has_handled(&CommandId::new("plan")?));
    /// assert!(!quarter.cycle().has_handled(&CommandId::new("start")?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn has_handled(&self, command: &CommandId) -> bool {
        self.handled.contains(command)
    }

    /// The roles that have yet to sign the plan.
    pub fn unsigned(&self) -> impl Iterator<Item = &str> {
        let roles = self.plan.iter().flat_map(CyclePlan::signatories);
        roles.map(String::as_str).filter(|role| !self.signed.contains_key(*role))
    }

    /// Whether all who have to sign the plan did; `true` without a plan.
    pub(super) const fn is_signed(&self) -> bool {
        self.unsigned == 0
    }

    /// Whether a finding is not decided yet.
    pub(super) const fn has_undecided(&self) -> bool {
        self.undecided > 0
    }

    /// Whether a measure is not done yet.
    pub(super) fn has_open_measures(&self) -> bool {
        !self.open.is_empty()
    }

    /// Whether the measure for this finding is among those that are not done yet.
    pub(super) fn is_open(&self, finding: &FindingId) -> bool {
        self.open.contains(finding)
    }

    /// What was reached of a target, as last amended.
    pub(super) fn last_actual(&self, target: &str) -> Option<&Figure<ActualValue>> {
        #[expect(clippy::indexing_slicing, reason = "where the amendment was put; none is taken away")]
        match self.amended.get(target).map(|index| &self.amendments[*index].event) {
            Some(Event::Amended { actual, .. }) => Some(actual),
            _ => self.actuals.get(target),
        }
    }

    /// The planned tasks with their progress; `None` if none are planned.
    ///
    /// # Errors
    /// None after admitted events; the progress is checked like any other.
    pub fn work(&self) -> Result<Option<WorkPlan>, Problems<PlanError>> {
        let Some(work) = self.plan.as_ref().and_then(CyclePlan::work) else { return Ok(None) };
        // Of the tasks that are planned now: a new plan may have dropped one on which progress was reported.
        let reported = work.tasks().iter().filter_map(|task| {
            let progress = self.progress.get(&task.id)?;
            Some((task.id.as_str(), *progress))
        });
        work.clone().with_progress(reported).map(Some)
    }

    /// The sequence number of the next record.
    #[expect(clippy::arithmetic_side_effects, reason = "one for each record: 2^64 of them fit in no memory")]
    pub(super) const fn next(&self) -> u64 {
        self.version + 1
    }

    /// What was carried out under this id.
    pub(super) fn handled(&self, command: &CommandId) -> Option<CarriedOut<'_>> {
        self.handled.get(command)
    }

    /// Notes that the command of this id led to this event, the next one; `false` where it was carried out before.
    pub(super) fn handle(&mut self, command: &CommandId, event: &Event) -> bool {
        self.handled.insert(command, self.next(), event)
    }

    /// Takes in an event that was admitted, of a command that was noted.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "guards keep the counts: who signs had not signed, and findings fit in memory"
    )]
    pub(super) fn apply(&mut self, record: &EventRecord) {
        self.version = self.next();
        let on = record.on;
        self.last_recorded_on = Some(on);
        // Nothing fails from here on: the guards held, and half an event must not stay behind.
        match &record.event {
            Event::Inherited { seed, provisional } => {
                self.inherit(seed, *provisional, on);
            }
            Event::Planned(plan) => {
                self.plan = Some(CyclePlan::clone(plan));
                // Nobody can have signed before: only a draft takes its first plan.
                self.unsigned = plan.signatories().len();
                self.phase = Phase::Planned;
            }
            Event::SignedOff { role } => {
                self.signed.insert(role.clone(), record.by.clone());
                // A guard keeps out who need not sign, and who did.
                self.unsigned -= 1;
                if self.is_signed() && self.baseline.is_none() {
                    self.baseline.clone_from(&self.plan);
                    self.done(Stage::Plan, on);
                }
            }
            Event::Started => {
                self.phase = Phase::Doing;
                self.started_on = Some(on);
                // The last who had not signed may no longer have to.
                if self.baseline.is_none() {
                    self.baseline.clone_from(&self.plan);
                    self.done(Stage::Plan, on);
                }
            }
            Event::Spent { line, amount, .. } => add(&mut self.spent, line, *amount),
            Event::Progressed { task, progress } => {
                set(&mut self.progress, task, progress);
            }
            Event::ActualRecorded { target, actual } => {
                set(&mut self.actuals, target, actual);
            }
            Event::Replanned { plan, voids_sign_off, .. } => self.replan(plan, *voids_sign_off),
            Event::CheckBegun => {
                self.phase = Phase::Checking;
                // A check that begins late does not make the work late: Do ends with the period.
                let over = self.work_over().map_or(on, |over| on.min(over));
                self.done(Stage::Do, over);
            }
            Event::Found(finding) => {
                self.findings.push(DecidedFinding { finding: (**finding).clone(), decision: None });
                self.undecided += 1;
            }
            Event::ActBegun => {
                self.phase = Phase::Acting;
                self.done(Stage::Check, on);
            }
            Event::Decided { finding, decision } => self.decide(*finding, decision, on),
            Event::CountermeasureDone { finding } => {
                self.done_measures.insert(finding.clone(), on);
                self.open.remove(finding);
            }
            Event::Released { from, reassigned, returned } => {
                // By the lines of this cycle, then by those of the next: they need not share a name.
                for (line, amount) in from {
                    add(&mut self.released, line, *amount);
                }
                for (line, amount) in reassigned {
                    add(&mut self.reassigned, line, *amount);
                }
                self.give_back(*returned);
            }
            Event::Closed { seed } => {
                self.phase = Phase::Closed;
                self.handed_on = Some(seed.clone());
                self.done(Stage::Act, on);
            }
            Event::Amended { target, .. } => {
                // The value of the check stays in `actuals`: the seed was made from it.
                set(&mut self.amended, target, &self.amendments.len());
                self.amendments.push(record.clone());
            }
            Event::Cancelled { reason, returned } => {
                if let Some(returned) = returned {
                    self.give_back(*returned);
                }
                self.phase = Phase::Cancelled;
                self.cancel_reason = Some(reason.clone());
                self.cancelled_on = Some(on);
            }
            Event::Postponed { .. } => self.postponements.push(record.clone()),
            Event::ParentConfirmed { seed, amended } => {
                self.inherit(seed, false, on);
                // Once results are checked, the plan is not signed again.
                if *amended && matches!(self.phase(), Phase::Draft | Phase::Planned | Phase::Doing) {
                    self.signed.clear();
                    self.unsigned = self.unsigned().count();
                }
            }
        }
    }

    /// Drops actual values and progress whose targets and tasks the new plan does not have.
    fn replan(&mut self, plan: &CyclePlan, voids_sign_off: bool) {
        self.plan = Some(plan.clone());
        // A value that the new target cannot read has to be recorded again, or the check would judge nothing.
        self.actuals.retain(|name, actual| {
            let target = plan.targets().get(name);
            target.is_some_and(|target| {
                actual.as_ref().known().is_none_or(|value| value.value_in(target.unit()).is_ok())
            })
        });
        self.progress.retain(|id, _| plan.work().is_some_and(|work| work.task(id).is_some()));
        if voids_sign_off {
            self.signed.clear();
        }
        // Counted anew: the plan may name other signatories while the old signatures hold.
        self.unsigned = self.unsigned().count();
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a guard asks for a finding that was not decided before"
    )]
    fn decide(&mut self, number: u32, decision: &FindingDecision, on: NaiveDate) {
        let found = index(number).and_then(|index| self.findings.get_mut(index));
        debug_assert!(found.is_some(), "a guard asks for the finding");
        let Some(found) = found else { return };
        found.decision = Some(decision.clone());
        self.undecided -= 1;
        let id = FindingId { cycle: self.id.clone(), number };
        if accepted(found).is_some() {
            self.accepted_on.insert(number, on);
            // An inherited seed is data from outside and may name this very finding as a measure, done by now.
            if !self.done_measures.contains_key(&id) {
                self.open.insert(id);
            }
        }
    }

    fn inherit(&mut self, seed: &Seed, provisional: bool, on: NaiveDate) {
        self.handed.push((on, seed.clone()));
        self.is_provisional = provisional;
        // Worked out anew: a confirmed seed may lack measures that the provisional one had.
        let own = self.accepted_on.keys().map(|number| FindingId { cycle: self.id.clone(), number: *number });
        let inherited = seed.open_measures.iter().map(|open| open.finding.clone());
        self.open = own.chain(inherited).filter(|id| !self.done_measures.contains_key(id)).collect();
    }

    #[expect(clippy::indexing_slicing, reason = "a place for each of the four stages")]
    const fn done(&mut self, stage: Stage, on: NaiveDate) {
        self.done_on[stage as usize] = Some(on);
    }

    fn give_back(&mut self, amount: Money) {
        self.returned = match self.returned {
            Some(before) => Some(within(before.plus(amount), before)),
            None => Some(amount),
        };
    }
}

/// The index of what is counted from 1.
pub(super) fn index(number: u32) -> Option<usize> {
    usize::try_from(number.checked_sub(1)?).ok()
}

/// What is done about a finding that was accepted, who answers for it, and until when.
pub(super) fn accepted(decided: &DecidedFinding) -> Option<(&str, &str, NaiveDate)> {
    match &decided.decision {
        Some(FindingDecision::Accepted { measure, owner, due }) => Some((measure, owner, *due)),
        _ => None,
    }
}

/// Sets what is known under a name, which is only written down the first time.
fn set<V: Clone>(known: &mut BTreeMap<String, V>, name: &str, value: &V) {
    match known.get_mut(name) {
        Some(known) => known.clone_from(value),
        None => {
            known.insert(name.into(), value.clone());
        }
    }
}

/// Adds to an amount of a line.
fn add(amounts: &mut BTreeMap<String, Money>, line: &str, amount: Money) {
    match amounts.get_mut(line) {
        Some(sum) => *sum = within(sum.plus(amount), *sum),
        None => {
            amounts.insert(line.into(), amount);
        }
    }
}

/// The sum of amounts of one currency that are parts of a plan's total, and so never leaves the range of money.
fn within(sum: Result<Money, QuantityError>, before: Money) -> Money {
    // Guards keep what is spent, released and returned within the lines, in the currency of the plan.
    debug_assert!(sum.is_ok(), "{sum:?}");
    sum.unwrap_or(before)
}

#[cfg(test)]
mod tests {
    use super::super::{Command, CommandId, Context, Journal, StageTable};
    use super::*;
    use crate::budget::Allocation;
    use crate::budget::{Cap, Divide, Limit, Reserve};
    use crate::time::date;
    use alloc::boxed::Box;
    use alloc::string::ToString;

    fn yuan(amount: &str) -> Money {
        Money::parse(&alloc::format!("{amount} CNY")).unwrap()
    }

    /// D3: the rules are checked against what a cycle's lines hold after a replan and after a release, of the total as
    /// it is now; without a plan there is nothing to check.
    #[test]
    fn a_cycle_checks_the_rules_after_every_change() {
        let rules = Allocation::draft(yuan("1000"))
            .rule("contingency", Reserve::percent(8))
            .rule("pilots", Cap::line("live", Limit::percent(10)))
            .rule("mix", Divide::by_percents([("search", 90), ("live", 10)]))
            .check()
            .unwrap();
        let mut journal = Journal::new(CycleId::new("2026-Q3").unwrap());
        assert_eq!(journal.cycle().check_rules(&rules).unwrap(), None);
        let tell = |journal: &mut Journal, command: Command| {
            let expected = journal.cycle().version();
            let command_id = CommandId::new(alloc::format!("{expected}")).unwrap();
            let on = date(2026, 7, 1).unwrap();
            let context = Context { command: command_id, expected, by: "Lin".into(), on };
            journal.handle(&command, &context).unwrap();
        };
        let plan = |total: &str, lines: &[(&str, &str)]| {
            let stages = StageTable::quarterly().unwrap();
            let draft =
                CyclePlan::draft("2026-Q3".parse().unwrap(), yuan(total), stages).signed_by("director");
            let draft = draft.target("conversion", "at least 2 %".parse().unwrap());
            let draft = lines.iter().fold(draft, |draft, (name, amount)| draft.line(*name, yuan(amount)));
            Box::new(draft.check().unwrap())
        };
        let check = |journal: &Journal| journal.cycle().check_rules(&rules).unwrap().unwrap();
        let lines: Vec<(&str, String)> =
            rules.leaves().map(|line| (line.name(), line.amount().amount().to_string())).collect();
        let lines: Vec<(&str, &str)> = lines.iter().map(|(name, amount)| (*name, amount.as_str())).collect();
        tell(&mut journal, Command::Plan(plan("1000", &lines)));
        assert!(check(&journal).is_kept() && check(&journal).bounds().len() == 2);
        tell(&mut journal, Command::SignOff { role: "director".into() });
        tell(&mut journal, Command::Start);

        // 250 more go to the pilot and a new line: the base is the new total, the reserve is what it was.
        let more = [("contingency", "80"), ("search", "828"), ("live", "192"), ("podcast", "150")];
        let reason = "handed on".into();
        tell(&mut journal, Command::Replan { plan: plan("1250", &more), reason });
        let changed = check(&journal);
        let broken: Vec<String> = changed.broken().map(ToString::to_string).collect();
        assert_eq!(
            broken,
            ["contingency: 6.4% of 1,250.00 CNY, set to 8%", "pilots: 15.36% of 1,250.00 CNY, at most 10%"]
        );
        assert_eq!(changed.outside(), ["podcast"]);

        // What is released no longer counts for its line; the base is still the plan's total.
        tell(&mut journal, Command::SignOff { role: "director".into() });
        let unmeasured = Figure::missing("no tracking");
        tell(&mut journal, Command::RecordActual { target: "conversion".into(), actual: unmeasured });
        tell(&mut journal, Command::BeginCheck);
        let target = "at least 2 %".parse().unwrap();
        let found = crate::review::Finding::unmeasured("conversion", target, "no tracking").unwrap();
        tell(&mut journal, Command::RecordFinding(Box::new(found)));
        tell(&mut journal, Command::BeginAct);
        let from = [("live".into(), yuan("100"))].into();
        tell(&mut journal, Command::Release { from, reassigned: BTreeMap::new(), returned: yuan("100") });
        let broken: Vec<String> = check(&journal).broken().map(ToString::to_string).collect();
        assert_eq!(broken, ["contingency: 6.4% of 1,250.00 CNY, set to 8%"]);
        let pilots = check(&journal).bounds().iter().find(|bound| bound.rule == "pilots").cloned().unwrap();
        assert_eq!(
            (pilots.amount, pilots.cap, pilots.base),
            (yuan("92"), Some(yuan("125")), Some(yuan("1250")))
        );
    }
}
