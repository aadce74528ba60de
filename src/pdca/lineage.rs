//! A line of cycles, each continuing the one before: what became of a finding, and of its target afterwards.

use super::{Actual, Cycle, CycleId, FindingDecision, FindingId, PdcaError, Phase};
use crate::error::Lookup;
use crate::review::Finding;
use crate::target::{Achievement, ActualValue, Target};
use crate::time::NaiveDate;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

/// Cycles of which each continues the one before, with periods that increase.
///
/// The last may still be provisional: planned from findings of a cycle that was not closed yet.
///
/// # Examples
/// ```
/// use marketloop::pdca::{
///     Actual, Command, CommandId, Context, CycleId, CyclePlan, FindingId, Journal, Lineage, StageTable, TargetVerdict,
/// };
/// use marketloop::quantity::Money;
/// use marketloop::review::Finding;
/// use marketloop::time::date;
///
/// let tell = |journal: &mut Journal, commands: Vec<Command>| -> Result<(), marketloop::Error> {
///     for command in commands {
///         let expected = journal.cycle().version();
///         let id = CommandId::new(format!("{expected}"))?;
///         let context = Context { command: id, expected, by: "Lin".into(), on: date(2026, 10, 9)? };
///         journal.handle(&command, &context)?;
///     }
///     Ok(())
/// };
/// // A quarter up to the check of its one target.
/// let checked = |period: &str, reached: &str| -> Result<Vec<Command>, marketloop::Error> {
///     let plan = CyclePlan::draft(period.parse()?, Money::parse("0 CNY")?, StageTable::quarterly()?)
///         .signed_by("director")
///         .target("conversion", "at least 4 %".parse()?)
///         .check()?;
///     let actual = Actual::Measured(reached.parse()?);
///     Ok(vec![
///         Command::Plan(Box::new(plan)),
///         Command::SignOff { role: "director".into() },
///         Command::Start,
///         Command::Measure { target: "conversion".into(), actual },
///         Command::BeginCheck,
///     ])
/// };
/// let mut q3 = Journal::new(CycleId::new("2026-Q3")?);
/// tell(&mut q3, checked("2026-Q3", "3 %")?)?;
/// let missed = Finding::new("conversion", "at least 4 %".parse()?, "3 %".parse()?)?;
/// tell(&mut q3, vec![Command::Find(Box::new(missed))])?;
///
/// let mut q4 = Journal::new(CycleId::new("2026-Q4")?);
/// if let Some(seed) = q3.cycle().seed() {
///     tell(&mut q4, vec![Command::Inherit { seed: Box::new(seed), provisional: true }])?;
/// }
/// tell(&mut q4, checked("2026-Q4", "4.2 %")?)?;
///
/// let lineage = Lineage::new([q3.cycle(), q4.cycle()])?;
/// let effect = lineage.effect(&FindingId { cycle: q3.cycle().id().clone(), number: 1 })?;
/// assert_eq!(effect.verdict, TargetVerdict::MetAfterwards);
/// // Nobody decided on a measure: the target was met without one.
/// assert_eq!(
///     effect.to_string(),
///     "target met afterwards: 4.2 % against at least 4 % (105%) on 2026-12-31; no measure"
/// );
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Lineage<'a> {
    cycles: Vec<&'a Cycle>,
    /// Where each cycle stands, by id.
    places: Lookup<'a, CycleId>,
}

/// What became of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingStory<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// What was decided; `None` where nothing was yet.
    pub decision: Option<&'a FindingDecision>,
    /// The measure's fate.
    pub measure: MeasureFate,
    /// The target of the finding's metric in its own cycle and in each that came after, in order.
    pub targets: Vec<TargetInCycle<'a>>,
}

/// What became of a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeasureFate {
    /// There is none: the finding was rejected, or nothing is decided.
    None,
    /// It is open, and the last cycle carries it on, or will when what it began with is confirmed.
    Open,
    /// It was done in this cycle.
    DoneIn(CycleId),
    /// It is open, and no cycle carries it on: the last one was cancelled.
    Dropped,
}

/// A target in one cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetInCycle<'a> {
    /// The cycle.
    pub cycle: &'a CycleId,
    /// What was to be reached.
    pub target: &'a Target,
    /// What was reached, as last amended; `None` where nobody said yet.
    pub actual: Option<&'a Actual>,
}

impl TargetInCycle<'_> {
    /// What the value says of the target: its attainment or, where that is undefined, whether the target is met;
    /// `None` where nothing was measured.
    #[must_use]
    pub fn achievement(&self) -> Option<Achievement> {
        self.target.achievement_of(self.actual?.measured()?).ok()
    }
}

/// What was reached of a finding's target in one cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached<'a> {
    /// The cycle.
    pub cycle: &'a CycleId,
    /// The last day of its period, for which the value stands.
    pub on: NaiveDate,
    /// What was to be reached: it may differ from cycle to cycle.
    pub target: &'a Target,
    /// What was reached.
    pub actual: &'a ActualValue,
    /// What the one says of the other.
    pub achievement: Achievement,
}

impl fmt::Display for Reached<'_> {
    /// `3 % against at least 4 % (75%) on 2026-09-30`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { on, target, actual, achievement, .. } = self;
        write!(f, "{actual:#} against {target:#} ({achievement}) on {on}")
    }
}

/// When a measure was done beside the period in which its target was reached or missed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MeasureTiming {
    /// There is no measure.
    NoMeasure,
    /// It was not done, or no later period has a value.
    NotDone,
    /// It was done before the later period began: all of that period came after it.
    Before {
        /// The day.
        on: NaiveDate,
    },
    /// It was done within the later period: only its last `days` came after it.
    Within {
        /// The day.
        on: NaiveDate,
        /// The days from it to the period's end.
        days: u32,
    },
    /// It was done after the later period: that period says nothing about it.
    After {
        /// The day.
        on: NaiveDate,
    },
}

impl fmt::Display for MeasureTiming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMeasure => f.pad("no measure"),
            Self::NotDone => f.pad("measure not done"),
            Self::Before { on } => write!(f, "measure done {on}, before the period"),
            Self::Within { on, days } => write!(f, "measure done {on}, {days} d before the period's end"),
            Self::After { on } => write!(f, "measure done {on}, after the period"),
        }
    }
}

/// What came after a finding: its target before and afterwards, and when its measure was done.
///
/// That the one followed the other does not prove that it came from it: nothing here says that a measure worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect<'a> {
    /// The finding's own cycle; `None` where that cycle has no such target.
    pub before: Option<Reached<'a>>,
    /// What the finding itself says of its target, with a later amendment where there is one.
    pub found: Achievement,
    /// The first later cycle with a value for the target.
    pub after: Option<Reached<'a>>,
    /// When the measure was done, beside the period of `after`.
    pub measure: MeasureTiming,
    /// What the two values say.
    pub verdict: TargetVerdict,
}

impl fmt::Display for Effect<'_> {
    /// `target met afterwards: 4.2 % against at least 4 % (105%) on 2026-12-31; measure not done`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.verdict)?;
        if let Some(after) = &self.after {
            write!(f, ": {after}")?;
        }
        write!(f, "; {}", self.measure)
    }
}

/// What the values before and after a finding say of its target. It is a comparison, not a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TargetVerdict {
    /// The target was missed before and is met afterwards.
    MetAfterwards,
    /// It was met before and is met afterwards.
    StillMet,
    /// It was missed both times, and came nearer.
    Better,
    /// It was missed both times, by as much.
    Unchanged,
    /// It was met before and is missed afterwards, or was missed both times and is farther away.
    Worse,
    /// One of them is not known, or both were missed without an attainment against different targets.
    Unknown,
}

impl fmt::Display for TargetVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::MetAfterwards => "target met afterwards",
            Self::StillMet => "still met",
            Self::Better => "better, still missed",
            Self::Unchanged => "unchanged, still missed",
            Self::Worse => "worse",
            Self::Unknown => "not known",
        })
    }
}

impl TargetVerdict {
    /// What two values say, each beside its target.
    fn of(before: &Achievement, then: (&Target, &ActualValue), after: &Reached<'_>) -> Self {
        let now = &after.achievement;
        match (before.is_met(), now.is_met()) {
            (false, true) => return Self::MetAfterwards,
            (true, true) => return Self::StillMet,
            (true, false) => return Self::Worse,
            (false, false) => {}
        }
        let order = match (before.attainment(), now.attainment()) {
            (Some(before), Some(now)) => Some(now.ratio().cmp(&before.ratio())),
            // Without attainments the distances from one and the same target still compare.
            _ if then.0 == after.target => {
                let miss = |actual: &ActualValue| {
                    let actual = actual.value_in(after.target.unit()).ok()?;
                    let distance = after.target.variance(actual).ok()?.absolute();
                    Some(if distance.is_negative() { distance.negated() } else { distance })
                };
                miss(then.1).zip(miss(after.actual)).map(|(then, now)| then.cmp(&now))
            }
            _ => None,
        };
        match order {
            Some(Ordering::Greater) => Self::Better,
            Some(Ordering::Equal) => Self::Unchanged,
            Some(Ordering::Less) => Self::Worse,
            None => Self::Unknown,
        }
    }
}

impl<'a> Lineage<'a> {
    /// The line of these cycles, the oldest first.
    ///
    /// # Errors
    /// [`PdcaError::NoCycles`], [`PdcaError::CycleWithoutPlan`], [`PdcaError::NotContinued`],
    /// [`PdcaError::OtherSeed`] where a confirmed seed is not the one that the closed cycle hands on,
    /// [`PdcaError::PeriodNotAfter`].
    pub fn new(cycles: impl IntoIterator<Item = &'a Cycle>) -> Result<Self, PdcaError> {
        let cycles: Vec<&Cycle> = cycles.into_iter().collect();
        if cycles.is_empty() {
            return Err(PdcaError::NoCycles);
        }
        let period = |cycle: &Cycle| match cycle.plan() {
            Some(plan) => Ok(*plan.period()),
            None => Err(PdcaError::CycleWithoutPlan { cycle: cycle.id().clone() }),
        };
        for (before, cycle) in cycles.iter().zip(cycles.iter().skip(1)) {
            let ids = || (cycle.id().clone(), before.id().clone());
            let inherited = cycle.inherited().filter(|own| own.seed.cycle == *before.id());
            let Some(inherited) = inherited else {
                let (cycle, before) = ids();
                return Err(PdcaError::NotContinued { cycle, before });
            };
            if !inherited.provisional && before.seed().as_ref() != Some(&inherited.seed) {
                let (cycle, before) = ids();
                return Err(PdcaError::OtherSeed { cycle, before });
            }
            let (before, own) = (period(before)?, period(cycle)?);
            if own.start() <= before.end() {
                return Err(PdcaError::PeriodNotAfter { cycle: cycle.id().clone(), period: own, before });
            }
        }
        if let Some(first) = cycles.first() {
            period(first)?;
        }
        let places = Lookup::of(cycles.iter().map(|cycle| cycle.id()));
        Ok(Self { cycles, places })
    }

    /// The cycles, the oldest first.
    #[must_use]
    pub fn cycles(&self) -> &[&'a Cycle] {
        &self.cycles
    }

    /// What became of a finding.
    ///
    /// # Errors
    /// [`PdcaError::NoSuchFinding`].
    pub fn finding(&self, id: &FindingId) -> Result<FindingStory<'a>, PdcaError> {
        let missing = || PdcaError::NoSuchFinding { finding: id.clone() };
        let from = self.places.position(&id.cycle).ok_or_else(missing)?;
        let cycle = self.cycles.get(from).ok_or_else(missing)?;
        let index = super::cycle::index(id.number).ok_or_else(missing)?;
        let decided = cycle.findings().get(index).ok_or_else(missing)?;
        let later = self.cycles.iter().skip(from);
        let targets = later.filter_map(|cycle| {
            let metric = decided.finding.metric();
            let target = cycle.plan()?.targets().get(metric)?;
            Some(TargetInCycle { cycle: cycle.id(), target, actual: cycle.last_actual(metric) })
        });
        Ok(FindingStory {
            finding: &decided.finding,
            decision: decided.decision.as_ref(),
            measure: self.fate(from, id, super::cycle::accepted(decided).is_some()),
            targets: targets.collect(),
        })
    }

    fn fate(&self, from: usize, id: &FindingId, accepted: bool) -> MeasureFate {
        if !accepted {
            return MeasureFate::None;
        }
        for cycle in self.cycles.iter().skip(from) {
            if cycle.has_done(id) {
                return MeasureFate::DoneIn(cycle.id().clone());
            }
        }
        let carries = |cycle: &Cycle| cycle.is_open(id);
        let provisional = |cycle: &Cycle| cycle.inherited().is_some_and(|own| own.provisional);
        // A provisional cycle may not know of the measure yet: the one before it carries it on until it is confirmed.
        let mut back = self.cycles.iter().skip(from).rev();
        let mut next = back.next().filter(|last| last.phase() != Phase::Cancelled);
        let mut open = false;
        while let Some(cycle) = next {
            open = carries(cycle);
            next = if open || !provisional(cycle) { None } else { back.next() };
        }
        if open { MeasureFate::Open } else { MeasureFate::Dropped }
    }

    /// What came after a finding: its target in its own cycle and in the first later one that measured it, with
    /// dates, values and targets, and when its measure was done. No cause is claimed.
    ///
    /// # Errors
    /// [`PdcaError::NoSuchFinding`].
    pub fn effect(&self, id: &FindingId) -> Result<Effect<'a>, PdcaError> {
        let story = self.finding(id)?;
        let (in_own, later): (Vec<_>, Vec<_>) =
            story.targets.into_iter().partition(|one| *one.cycle == id.cycle);
        let before = in_own.into_iter().find_map(|one| self.reached(&one));
        let after = later.into_iter().find_map(|one| self.reached(&one));
        let finding = story.finding;
        // The units of a finding were checked with it.
        let missing = |_| PdcaError::NoSuchFinding { finding: id.clone() };
        let own = finding.achievement().map_err(missing)?;
        let found = before.as_ref().map_or(own, |before| before.achievement.clone());
        let then = before
            .as_ref()
            .map_or((finding.target(), finding.actual()), |before| (before.target, before.actual));
        let verdict =
            after.as_ref().map_or(TargetVerdict::Unknown, |after| TargetVerdict::of(&found, then, after));
        let measure = self.timing(id, &story.measure, after.as_ref());
        Ok(Effect { before, found, after, measure, verdict })
    }

    fn reached(&self, one: &TargetInCycle<'a>) -> Option<Reached<'a>> {
        let cycle = self.cycles.get(self.places.position(one.cycle)?)?;
        let on = cycle.plan()?.period().end();
        let (target, actual) = (one.target, one.actual?.measured()?);
        Some(Reached { cycle: one.cycle, on, target, actual, achievement: one.achievement()? })
    }

    fn timing(&self, id: &FindingId, fate: &MeasureFate, after: Option<&Reached<'_>>) -> MeasureTiming {
        if *fate == MeasureFate::None {
            return MeasureTiming::NoMeasure;
        }
        let done = self.cycles.iter().find_map(|cycle| cycle.measure_done_on(id));
        let later = after.and_then(|after| self.cycles.get(self.places.position(after.cycle)?));
        let (Some(on), Some(period)) = (done, later.and_then(|cycle| Some(*cycle.plan()?.period()))) else {
            return MeasureTiming::NotDone;
        };
        if on < period.start() {
            return MeasureTiming::Before { on };
        }
        match u32::try_from(period.end().signed_duration_since(on).num_days()) {
            Ok(days) => MeasureTiming::Within { on, days },
            Err(_) => MeasureTiming::After { on },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Amendment, Command, CommandId, CommandKind, Context, Countermeasure, CyclePlan, Guard, Journal,
        Release, Seed, StageTable, allowed,
    };
    use super::*;
    use crate::quantity::Money;
    use crate::time::date;
    use alloc::boxed::Box;
    use alloc::format;
    use alloc::string::{String, ToString};

    fn id(text: &str) -> CycleId {
        CycleId::new(text).unwrap()
    }

    fn finding(cycle: &str, number: u32) -> FindingId {
        FindingId { cycle: id(cycle), number }
    }

    #[expect(clippy::needless_pass_by_value, reason = "a command is made to be told")]
    fn tell(journal: &mut Journal, command: Command) {
        let version = journal.cycle().version();
        let context = Context {
            command: CommandId::new(format!("{version}")).unwrap(),
            expected: version,
            by: "Lin".into(),
            on: date(2026, 7, 1).unwrap(),
        };
        journal.handle(&command, &context).unwrap();
    }

    fn sign(journal: &mut Journal) {
        tell(journal, Command::SignOff { role: "director".into() });
    }

    /// A cycle that has begun to work, for this target of `conversion`.
    fn doing(period: &str, parent: Option<(Seed, bool)>, target: &str) -> Journal {
        let mut journal = Journal::new(id(period));
        if let Some((seed, provisional)) = parent {
            tell(&mut journal, Command::Inherit { seed: Box::new(seed), provisional });
        }
        let plan = CyclePlan::draft(
            period.parse().unwrap(),
            Money::parse("9 CNY").unwrap(),
            StageTable::quarterly().unwrap(),
        )
        .signed_by("director")
        .target("conversion", target.parse().unwrap())
        .line("search", Money::parse("9 CNY").unwrap());
        tell(&mut journal, Command::Plan(Box::new(plan.check().unwrap())));
        sign(&mut journal);
        tell(&mut journal, Command::Start);
        journal
    }

    /// The same with what was reached, and a finding that it was not enough; it acts.
    fn acting(period: &str, parent: Option<(Seed, bool)>, target: &str, actual: Option<&str>) -> Journal {
        let mut journal = doing(period, parent, target);
        let reached = actual.map_or(Actual::Unmeasured("no tracking".into()), |actual| {
            Actual::Measured(actual.parse().unwrap())
        });
        tell(&mut journal, Command::Measure { target: "conversion".into(), actual: reached });
        tell(&mut journal, Command::BeginCheck);
        if let Some(actual) = actual {
            let found = Finding::new("conversion", target.parse().unwrap(), actual.parse().unwrap()).unwrap();
            tell(&mut journal, Command::Find(Box::new(found)));
        }
        tell(&mut journal, Command::BeginAct);
        journal
    }

    fn accepted() -> FindingDecision {
        let (measure, owner) = ("narrow the audience".into(), "Lin".into());
        FindingDecision::Accepted(Countermeasure { measure, owner, due: date(2026, 8, 1).unwrap() })
    }

    fn decide(journal: &mut Journal, decision: FindingDecision) {
        tell(journal, Command::Decide { finding: 1, decision });
    }

    fn close(journal: &mut Journal) {
        let nine = Money::parse("9 CNY").unwrap();
        let release = Release {
            from: [("search".into(), nine)].into(),
            reassigned: [("search".into(), nine)].into(),
            returned: Money::zero(nine.currency()),
        };
        tell(journal, Command::Release(release));
        tell(journal, Command::Close);
    }

    /// A closed first cycle of 1 of 2 %, with an accepted measure.
    fn first() -> Journal {
        let mut first = acting("2026-Q1", None, "at least 2 %", Some("1 %"));
        decide(&mut first, accepted());
        close(&mut first);
        first
    }

    fn second(first: &Journal, target: &str, actual: Option<&str>) -> Journal {
        acting("2026-Q2", Some((first.cycle().seed().unwrap(), false)), target, actual)
    }

    fn fate(cycles: &[&Journal], of: &FindingId) -> MeasureFate {
        Lineage::new(cycles.iter().map(|journal| journal.cycle())).unwrap().finding(of).unwrap().measure
    }

    fn effect(cycles: &[&Journal], of: &FindingId) -> (String, String, TargetVerdict) {
        let lineage = Lineage::new(cycles.iter().map(|journal| journal.cycle())).unwrap();
        let Effect { found, after, verdict, .. } = lineage.effect(of).unwrap();
        (found.to_string(), after.map_or("none".into(), |after| after.achievement.to_string()), verdict)
    }

    #[test]
    fn a_finding_is_followed_through_two_cycles() {
        let first = first();
        let mut second = second(&first, "at least 2 %", Some("1.8 %"));
        let of = finding("2026-Q1", 1);
        {
            let lineage = Lineage::new([first.cycle(), second.cycle()]).unwrap();
            assert_eq!(lineage.cycles().len(), 2);
            let story = lineage.finding(&of).unwrap();
            assert_eq!((story.finding.metric(), story.decision), ("conversion", Some(&accepted())));
            assert_eq!(story.measure, MeasureFate::Open);
            let attained =
                story.targets.iter().map(|one| format!("{} {}", one.cycle, one.achievement().unwrap()));
            assert_eq!(attained.collect::<Vec<_>>(), ["2026-Q1 50%", "2026-Q2 90%"]);
        }
        tell(&mut second, Command::CompleteMeasure { finding: of.clone() });
        assert_eq!(fate(&[&first, &second], &of), MeasureFate::DoneIn(id("2026-Q2")));
        // Of the second one's own finding nothing is decided yet, then it is rejected.
        let own = finding("2026-Q2", 1);
        assert_eq!(fate(&[&first, &second], &own), MeasureFate::None);
        decide(&mut second, FindingDecision::Rejected("good enough".into()));
        assert_eq!(fate(&[&first, &second], &own), MeasureFate::None);
    }

    #[test]
    fn a_measure_is_carried_through_a_third_cycle_or_dropped_with_it() {
        let first = first();
        let mut second = second(&first, "at least 2 %", Some("2 %"));
        decide(&mut second, FindingDecision::Rejected("met".into()));
        close(&mut second);
        let parent = (second.cycle().seed().unwrap(), false);
        let mut third = doing("2026-Q3", Some(parent), "at least 2 %");
        let of = finding("2026-Q1", 1);
        assert_eq!(fate(&[&first, &second, &third], &of), MeasureFate::Open);
        let mut cancelled = third.clone();
        tell(&mut cancelled, Command::Cancel { reason: "withdrawn".into() });
        assert_eq!(fate(&[&first, &second, &cancelled], &of), MeasureFate::Dropped);
        tell(&mut third, Command::CompleteMeasure { finding: of.clone() });
        assert_eq!(fate(&[&first, &second, &third], &of), MeasureFate::DoneIn(id("2026-Q3")));
    }

    #[test]
    fn what_the_target_did_afterwards() {
        let first = first();
        let of = finding("2026-Q1", 1);
        let with = |target: &str, actual| effect(&[&first, &second(&first, target, actual)], &of);
        let expected = |before: &str, after: &str, verdict| (before.into(), after.into(), verdict);
        assert_eq!(
            with("at least 2 %", Some("2.2 %")),
            expected("50%", "110%", TargetVerdict::MetAfterwards)
        );
        assert_eq!(with("at least 2 %", Some("1.8 %")), expected("50%", "90%", TargetVerdict::Better));
        // More was reached, of a target that is higher as well.
        assert_eq!(with("at least 4 %", Some("2 %")), expected("50%", "50%", TargetVerdict::Unchanged));
        assert_eq!(with("at least 2 %", Some("0.5 %")), expected("50%", "25%", TargetVerdict::Worse));
        assert_eq!(with("at least 2 %", None), expected("50%", "none", TargetVerdict::Unknown));
        assert_eq!(effect(&[&first], &of), expected("50%", "none", TargetVerdict::Unknown));
        // A cycle that does not know is passed over.
        let mut unknown = second(&first, "at least 2 %", None);
        close(&mut unknown);
        let third =
            acting("2026-Q3", Some((unknown.cycle().seed().unwrap(), false)), "at least 2 %", Some("2 %"));
        assert_eq!(
            effect(&[&first, &unknown, &third], &of),
            expected("50%", "100%", TargetVerdict::MetAfterwards)
        );
    }

    /// D8: beside a target that is met afterwards stands when the measure was done, and that the target was moved.
    #[test]
    fn a_target_met_afterwards_claims_no_cause() {
        let first = first();
        let of = finding("2026-Q1", 1);
        let told = |journal: &Journal| {
            let lineage = Lineage::new([first.cycle(), journal.cycle()]).unwrap();
            lineage.effect(&of).unwrap().to_string()
        };
        let mut second = second(&first, "at least 1.5 %", Some("1.6 %"));
        let met = "target met afterwards: 1.6 % against at least 1.5 % (106.67%) on 2026-06-30";
        assert_eq!(told(&second), format!("{met}; measure not done"));
        let lineage = Lineage::new([first.cycle(), second.cycle()]).unwrap();
        let before = lineage.effect(&of).unwrap().before.unwrap().to_string();
        assert_eq!(before, "1 % against at least 2 % (50%) on 2026-03-31");
        // Told on 1 July, a day after the period: the period says nothing about it.
        tell(&mut second, Command::CompleteMeasure { finding: of.clone() });
        assert_eq!(told(&second), format!("{met}; measure done 2026-07-01, after the period"));
        let timings = [
            (
                MeasureTiming::Before { on: date(2026, 3, 31).unwrap() },
                "measure done 2026-03-31, before the period",
            ),
            (
                MeasureTiming::Within { on: date(2026, 6, 9).unwrap(), days: 21 },
                "measure done 2026-06-09, 21 d before the period's end",
            ),
        ];
        for (timing, text) in timings {
            assert_eq!(timing.to_string(), text);
        }
        let rejected = {
            let mut first = acting("2026-Q1", None, "at least 2 %", Some("1 %"));
            decide(&mut first, FindingDecision::Rejected("good enough".into()));
            close(&mut first);
            first
        };
        let later = self::second(&rejected, "at least 2 %", Some("2 %"));
        let lineage = Lineage::new([rejected.cycle(), later.cycle()]).unwrap();
        assert!(lineage.effect(&of).unwrap().to_string().ends_with("; no measure"));
    }

    /// N2: what has no attainment still came nearer, fell back, or was met.
    #[test]
    fn targets_of_zero_are_compared_by_their_distance() {
        let zero = "at most 0 %, linear";
        let first = acting("2026-Q1", None, zero, Some("9 %"));
        let seed = first.cycle().seed().unwrap();
        let of = finding("2026-Q1", 1);
        let with = |target: &str, actual: &str| {
            let second = acting("2026-Q2", Some((seed.clone(), true)), target, Some(actual));
            effect(&[&first, &second], &of)
        };
        let expected = |after: &str, verdict| ("missed".into(), after.into(), verdict);
        assert_eq!(with(zero, "4 %"), expected("missed", TargetVerdict::Better));
        assert_eq!(with(zero, "9 %"), expected("missed", TargetVerdict::Unchanged));
        assert_eq!(with(zero, "10 %"), expected("missed", TargetVerdict::Worse));
        assert_eq!(with(zero, "0 %"), expected("met", TargetVerdict::MetAfterwards));
        assert_eq!(with("at most 3 %, linear", "4 %"), expected("66.67%", TargetVerdict::Unknown));
    }

    #[test]
    fn the_last_amendment_counts() {
        let mut first = first();
        for actual in ["1.9 %", "1.5 %"] {
            let actual = Actual::Measured(actual.parse().unwrap());
            let (target, reason) = ("conversion".into(), "late orders".into());
            tell(&mut first, Command::Amend(Amendment { target, actual, reason }));
        }
        let second = second(&first, "at least 2 %", Some("1.4 %"));
        let expected = ("75%".into(), "70%".into(), TargetVerdict::Worse);
        assert_eq!(effect(&[&first, &second], &finding("2026-Q1", 1)), expected);
    }

    #[test]
    fn a_finding_on_no_target_of_its_cycle_is_compared_with_the_first_later_one() {
        let mut first = doing("2026-Q1", None, "at least 2 %");
        let actual = Actual::Measured("2 %".parse().unwrap());
        tell(&mut first, Command::Measure { target: "conversion".into(), actual });
        tell(&mut first, Command::BeginCheck);
        let found =
            Finding::new("repurchase", "at least 4 %".parse().unwrap(), "1 %".parse().unwrap()).unwrap();
        tell(&mut first, Command::Find(Box::new(found)));
        tell(&mut first, Command::BeginAct);
        decide(&mut first, accepted());
        close(&mut first);
        let mut second = Journal::new(id("2026-Q2"));
        let seed = Box::new(first.cycle().seed().unwrap());
        tell(&mut second, Command::Inherit { seed, provisional: false });
        let money = Money::parse("9 CNY").unwrap();
        let plan = CyclePlan::draft("2026-Q2".parse().unwrap(), money, StageTable::quarterly().unwrap())
            .signed_by("director")
            .target("repurchase", "at least 4 %".parse().unwrap())
            .line("search", money);
        tell(&mut second, Command::Plan(Box::new(plan.check().unwrap())));
        sign(&mut second);
        tell(&mut second, Command::Start);
        let actual = Actual::Measured("3 %".parse().unwrap());
        tell(&mut second, Command::Measure { target: "repurchase".into(), actual });
        let expected = ("25%".into(), "75%".into(), TargetVerdict::Better);
        assert_eq!(effect(&[&first, &second], &finding("2026-Q1", 1)), expected);
    }

    #[test]
    fn a_provisional_cycle_is_confirmed_and_its_signatures_void_where_the_seed_differs() {
        let mut first = acting("2026-Q1", None, "at least 2 %", Some("1 %"));
        let provisional = (first.cycle().seed().unwrap(), true);
        let mut second = doing("2026-Q2", Some(provisional), "at least 2 %");
        assert!(second.cycle().open_measures().is_empty());
        decide(&mut first, accepted());
        // The second one does not know of the measure yet: the first carries it on.
        let of = finding("2026-Q1", 1);
        assert_eq!(fate(&[&first, &second], &of), MeasureFate::Open);
        close(&mut first);
        assert_eq!(fate(&[&first, &second], &of), MeasureFate::Open);
        let seed = first.cycle().seed().unwrap();
        assert_eq!(second.cycle().inherited().unwrap().seed.changes(&seed).len(), 2);
        tell(&mut second, Command::ConfirmParent { seed: Box::new(seed) });
        assert!(second.cycle().signed().is_empty());
        assert!(!second.cycle().inherited().unwrap().provisional);
        let check =
            allowed(second.cycle()).into_iter().find(|one| one.command == CommandKind::BeginCheck).unwrap();
        assert!(check.unmet.contains(&Guard::NotSigned { role: "director".into() }));
        assert_eq!(fate(&[&first, &second], &of), MeasureFate::Open);
        // A seed that is the same voids nothing.
        let first = self::first();
        let mut second = doing("2026-Q2", Some((first.cycle().seed().unwrap(), true)), "at least 2 %");
        tell(&mut second, Command::ConfirmParent { seed: Box::new(first.cycle().seed().unwrap()) });
        assert_eq!(second.cycle().signed().len(), 1);
    }

    #[test]
    fn a_provisional_cycle_that_was_cancelled_carries_nothing_on() {
        let mut first = acting("2026-Q1", None, "at least 2 %", Some("1 %"));
        let mut second = doing("2026-Q2", Some((first.cycle().seed().unwrap(), true)), "at least 2 %");
        decide(&mut first, accepted());
        tell(&mut second, Command::Cancel { reason: "withdrawn".into() });
        assert_eq!(fate(&[&first, &second], &finding("2026-Q1", 1)), MeasureFate::Dropped);
    }

    #[test]
    fn cycles_that_make_no_line_are_refused() {
        let refused = |cycles: &[&Journal]| {
            let error = Lineage::new(cycles.iter().map(|journal| journal.cycle())).unwrap_err();
            format!("{error} ({})", error.kind())
        };
        assert_eq!(refused(&[]), "a lineage has at least one cycle (empty)");
        assert_eq!(refused(&[&Journal::new(id("2026-Q1"))]), "2026-Q1 has no plan (undefined)");
        let first = first();
        let seed = || first.cycle().seed().unwrap();
        let mut unplanned = Journal::new(id("2026-Q2"));
        tell(&mut unplanned, Command::Inherit { seed: Box::new(seed()), provisional: true });
        assert_eq!(refused(&[&first, &unplanned]), "2026-Q2 has no plan (undefined)");
        let alone = doing("2026-Q2", None, "at least 2 %");
        assert_eq!(refused(&[&first, &alone]), "2026-Q2 does not continue 2026-Q1 (mismatch)");
        let other = Seed { findings: Vec::new(), ..seed() };
        let other = doing("2026-Q2", Some((other, false)), "at least 2 %");
        assert_eq!(
            refused(&[&first, &other]),
            "2026-Q2 continues another seed than the one that 2026-Q1 hands on (mismatch)"
        );
        // A provisional seed may state an earlier period than the cycle has.
        let early = Seed { period: "2025-Q4".parse().unwrap(), ..seed() };
        let overlapping = doing("2026-03-31/2026-06-30", Some((early, true)), "at least 2 %");
        assert_eq!(
            refused(&[&first, &overlapping]),
            "2026-03-31/2026-06-30 of 2026-03-31/2026-06-30 does not come after 2026-Q1 (conflict)"
        );
        let lineage = Lineage::new([first.cycle()]).unwrap();
        for missing in [finding("2026-Q1", 0), finding("2026-Q1", 2), finding("2026-Q2", 1)] {
            let error = lineage.finding(&missing).unwrap_err();
            assert_eq!(error.to_string(), format!("there is no finding {missing}"));
            assert_eq!(lineage.effect(&missing), Err(error));
        }
    }
}
