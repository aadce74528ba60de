//! A line of cycles, each continuing the one before: the story of each finding, and of its target afterwards.

use super::story::outcome_of;
use super::{
    Cycle, CycleId, DecidedFinding, FindingDecision, FindingId, FindingStory, PdcaError, Phase,
    TargetOutcome, TargetVerdict,
};
use crate::error::Lookup;
use crate::figure::{Cause, Cell, Figure, Table};
use crate::time::{NaiveDate, Period};
use alloc::vec::Vec;
use core::fmt;
use serde::{Serialize, Serializer};

/// Cycles of which each continues the one before, with periods that increase.
///
/// The last may still be provisional: planned from findings of a cycle that was not closed yet.
///
/// # Examples
/// ```
/// use marketloop::figure::Figure;
/// use marketloop::pdca::{
///     Command, CommandId, Context, CycleId, CyclePlan, FindingId, Journal, Lineage, StageTable, TargetVerdict,
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
///     let actual = Figure::Known(reached.parse()?);
///     Ok(vec![
///         Command::Plan(Box::new(plan)),
///         Command::SignOff { role: "director".into() },
///         Command::Start,
///         Command::RecordActual { target: "conversion".into(), actual },
///         Command::BeginCheck,
///     ])
/// };
/// let mut q3 = Journal::new(CycleId::new("2026-Q3")?);
/// tell(&mut q3, checked("2026-Q3", "3 %")?)?;
/// let missed = Finding::new("conversion", "at least 4 %".parse()?, "3 %".parse()?)?;
/// tell(&mut q3, vec![Command::RecordFinding(Box::new(missed))])?;
///
/// let mut q4 = Journal::new(CycleId::new("2026-Q4")?);
/// if let Some(seed) = q3.cycle().seed() {
///     tell(&mut q4, vec![Command::Inherit { seed: Box::new(seed), provisional: true }])?;
/// }
/// tell(&mut q4, checked("2026-Q4", "4.2 %")?)?;
///
/// let lineage = Lineage::new([q3.cycle(), q4.cycle()])?;
/// let story = lineage.finding(&FindingId { cycle: q3.cycle().id().clone(), number: 1 })?;
/// assert_eq!(story.verdict, Figure::Known(TargetVerdict::MetAfterwards));
/// // Nobody decided on a countermeasure: the target was met without one.
/// assert_eq!(
///     story.to_string(),
///     "target met afterwards: 4.2 % against at least 4 % (105%) on 2026-12-31; countermeasure: none"
/// );
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Lineage<'a> {
    cycles: Vec<&'a Cycle>,
    /// The period of each cycle's plan.
    periods: Vec<Period>,
    /// Where each cycle stands, by id.
    places: Lookup<'a, CycleId>,
}

impl Serialize for Lineage<'_> {
    /// The stories of all findings.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.findings().collect::<Vec<_>>())
    }
}

impl<'a> Lineage<'a> {
    /// The line of these cycles, the oldest first.
    ///
    /// # Errors
    /// [`PdcaError::NoCycles`], [`PdcaError::CycleWithoutPlan`], [`PdcaError::NotContinued`],
    /// [`PdcaError::ParentOpen`] where a seed is confirmed of a cycle that is not closed, [`PdcaError::OtherSeed`]
    /// where a confirmed seed is not the one that the closed cycle hands on,
    /// [`PdcaError::PeriodNotAfter`].
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
    /// use marketloop::pdca::Lineage;
    ///
    /// assert_eq!(Lineage::new([quarter.cycle()])?.cycles().len(), 1);
    /// // A quarter that continues nothing cannot follow it.
    /// let other = Lineage::new([quarter.cycle(), quarter.cycle()]);
    /// assert_eq!(other.unwrap_err().to_string(), "2026-Q3 does not continue 2026-Q3");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(cycles: impl IntoIterator<Item = &'a Cycle>) -> Result<Self, PdcaError> {
        let cycles: Vec<&Cycle> = cycles.into_iter().collect();
        let Some(first) = cycles.first() else { return Err(PdcaError::NoCycles) };
        let period = |cycle: &Cycle| match cycle.plan() {
            Some(plan) => Ok(*plan.period()),
            None => Err(PdcaError::CycleWithoutPlan { cycle: cycle.id().clone() }),
        };
        let mut periods = Vec::with_capacity(cycles.len());
        let mut period_before = period(first)?;
        periods.push(period_before);
        for (before, cycle) in cycles.iter().zip(cycles.iter().skip(1)) {
            let ids = || (cycle.id().clone(), before.id().clone());
            let Some(seed) = cycle.inherited().filter(|seed| seed.cycle == *before.id()) else {
                let (cycle, before) = ids();
                return Err(PdcaError::NotContinued { cycle, before });
            };
            // What an open cycle hands on may still change: until it is closed nothing of it can be confirmed.
            if !cycle.is_provisional() && before.phase() != Phase::Closed {
                let (cycle, before) = ids();
                return Err(PdcaError::ParentOpen { cycle, before });
            }
            // A provisional seed may lag behind its parent by now: only a confirmed one has to be its own.
            if !cycle.is_provisional() && before.seed().as_ref() != Some(seed) {
                let (cycle, before) = ids();
                return Err(PdcaError::OtherSeed { cycle, before });
            }
            let own = period(cycle)?;
            // A story keeps its targets by period: two cycles of one period would hide each other.
            if own.start() <= period_before.end() {
                let cycle = cycle.id().clone();
                return Err(PdcaError::PeriodNotAfter { cycle, period: own, before: period_before });
            }
            periods.push(own);
            period_before = own;
        }
        let places = Lookup::of(cycles.iter().map(|cycle| cycle.id()));
        Ok(Self { cycles, periods, places })
    }

    /// The cycles, the oldest first.
    #[must_use]
    pub fn cycles(&self) -> &[&'a Cycle] {
        &self.cycles
    }

    /// The story of a finding: the decision on it, its countermeasure, and its target in its own cycle and in each
    /// later one. No cause is claimed.
    ///
    /// # Errors
    /// [`PdcaError::NoSuchFinding`].
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
    /// use marketloop::pdca::{FindingId, Lineage};
    ///
    /// let lineage = Lineage::new([quarter.cycle()])?;
    /// let first = FindingId { cycle: quarter.cycle().id().clone(), number: 1 };
    /// assert_eq!(lineage.finding(&first).unwrap_err().to_string(), "there is no finding 2026-Q3#1");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn finding(&self, id: &FindingId) -> Result<FindingStory<'a>, PdcaError> {
        let missing = || PdcaError::NoSuchFinding { finding: id.clone() };
        let from = self.places.position(&id.cycle).ok_or_else(missing)?;
        #[expect(clippy::indexing_slicing, reason = "the look-up is of these cycles")]
        let decided =
            super::cycle::index(id.number).and_then(|index| self.cycles[from].findings().get(index));
        Ok(self.story(from, id.number, decided.ok_or_else(missing)?))
    }

    /// The stories of all findings, those of the oldest cycle first.
    pub fn findings(&self) -> impl Iterator<Item = FindingStory<'a>> + '_ {
        self.cycles.iter().enumerate().flat_map(move |(from, cycle)| {
            (1..).zip(cycle.findings()).map(move |(number, decided)| self.story(from, number, decided))
        })
    }

    /// A row for each finding: its metric and decision, its countermeasure, its target before and afterwards, and what
    /// both say.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("finding");
        for story in self.findings() {
            let id = &story.id;
            table.push(id, "metric", story.finding.metric());
            let decision = story.decision.map(|decision| Cell::new(decision, ""));
            table.push(id, "decision", decision.unwrap_or_else(|| Cell::default().because("undecided")));
            table.push(id, "countermeasure", story.timing());
            table.push(id, "before", Cell::new(story.found(), ""));
            table.push(
                id,
                "afterwards",
                story.after().map(|(_, outcome)| Cell::new(outcome.achievement(), "")),
            );
            table.push(id, "verdict", story.verdict.as_ref().map(|verdict| Cell::new(verdict, "")));
        }
        table
    }

    /// The story of a finding of the cycle at this index.
    #[expect(clippy::indexing_slicing, reason = "the index is of a cycle, and each has a period")]
    fn story(&self, from: usize, number: u32, decided: &'a DecidedFinding) -> FindingStory<'a> {
        let id = FindingId { cycle: self.cycles[from].id().clone(), number };
        let metric = decided.finding.metric();
        let later = self.cycles.iter().zip(&self.periods).skip(from).filter_map(|(cycle, period)| {
            // A later plan may have no such target any more.
            let target = cycle.plan()?.targets().get(metric)?.clone();
            Some((*period, TargetOutcome { target, actual: cycle.last_actual(metric).cloned() }))
        });
        let (day, within) = self.done(from, &id, decided);
        let mut story = FindingStory {
            id,
            finding: &decided.finding,
            decision: decided.decision.as_ref(),
            done_on: day,
            done_in: within,
            period: self.periods[from],
            targets: later.collect(),
            verdict: Figure::missing("a later value of the target"),
        };
        let own = || outcome_of(story.finding);
        let verdict = story.after().map(|(_, after)| match story.before() {
            Some(before) => TargetVerdict::of(before, after),
            None => TargetVerdict::of(&own(), after),
        });
        if let Some(verdict) = verdict {
            story.verdict = verdict;
        }
        story
    }

    /// When and in which cycle the countermeasure of a finding was done.
    fn done(
        &self,
        from: usize,
        id: &FindingId,
        decided: &DecidedFinding,
    ) -> (Figure<NaiveDate>, Option<&'a CycleId>) {
        let none = |cause| Figure::undefined("day on which the countermeasure is done", cause);
        match decided.decision {
            None => return (Figure::missing("decision"), None),
            Some(FindingDecision::Rejected(_)) => return (none(Cause::None("countermeasure".into())), None),
            Some(FindingDecision::Accepted { .. }) => {}
        }
        for cycle in self.cycles.iter().skip(from) {
            // A measure may be done in any later cycle: each carries on what is open.
            if let Some(on) = cycle.measure_done_on(id) {
                return (Figure::Known(on), Some(cycle.id()));
            }
        }
        // A provisional cycle may not know of the measure yet: the one before it carries it on until it is confirmed.
        let mut back = self.cycles.iter().skip(from).rev();
        let mut next = back.next().filter(|last| last.phase() != Phase::Cancelled);
        let mut open = false;
        while let Some(cycle) = next {
            open = cycle.is_open(id);
            next = if open || !cycle.is_provisional() { None } else { back.next() };
        }
        let end = "end of the countermeasure";
        (if open { Figure::missing(end) } else { none(Cause::NotReached(end.into())) }, None)
    }
}

impl fmt::Display for Lineage<'_> {
    /// The [`table`](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Command, CommandId, CommandKind, Context, CyclePlan, Journal, Seed, StageTable, allowed,
    };
    use super::*;
    use crate::quantity::Money;
    use crate::review::Finding;
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
        let reached =
            actual.map_or(Figure::missing("no tracking"), |actual| Figure::Known(actual.parse().unwrap()));
        tell(&mut journal, Command::RecordActual { target: "conversion".into(), actual: reached });
        tell(&mut journal, Command::BeginCheck);
        let target = target.parse().unwrap();
        let found = match actual {
            Some(actual) => Finding::new("conversion", target, actual.parse().unwrap()),
            None => Finding::unmeasured("conversion", target, "no tracking"),
        };
        tell(&mut journal, Command::RecordFinding(Box::new(found.unwrap())));
        tell(&mut journal, Command::BeginAct);
        if actual.is_none() {
            decide(&mut journal, FindingDecision::Rejected("tracking comes with the new shop".into()));
        }
        journal
    }

    fn accepted() -> FindingDecision {
        let (measure, owner) = ("narrow the audience".into(), "Lin".into());
        FindingDecision::Accepted { measure, owner, due: date(2026, 8, 1).unwrap() }
    }

    fn decide(journal: &mut Journal, decision: FindingDecision) {
        tell(journal, Command::DecideFinding { finding: 1, decision });
    }

    fn close(journal: &mut Journal) {
        let nine = Money::parse("9 CNY").unwrap();
        let release = Command::Release {
            from: [("search".into(), nine)].into(),
            reassigned: [("search".into(), nine)].into(),
            returned: Money::zero(nine.currency()),
        };
        tell(journal, release);
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

    /// `open`, `dropped`, `none`, or the cycle in which it was done.
    fn fate(cycles: &[&Journal], of: &FindingId) -> String {
        let lineage = Lineage::new(cycles.iter().map(|journal| journal.cycle())).unwrap();
        let story = lineage.finding(of).unwrap();
        assert_eq!(story.done_in.is_some(), story.done_on.is_known());
        story.done_in.map_or_else(|| story.timing(), ToString::to_string)
    }

    fn effect(cycles: &[&Journal], of: &FindingId) -> (String, String, Figure<TargetVerdict>) {
        let lineage = Lineage::new(cycles.iter().map(|journal| journal.cycle())).unwrap();
        let story = lineage.finding(of).unwrap();
        let after = story.after().map_or("none".into(), |(_, after)| after.achievement().to_string());
        (story.found().to_string(), after, story.verdict.clone())
    }

    /// What is expected where no later cycle has a value.
    fn unknown() -> Figure<TargetVerdict> {
        Figure::missing("a later value of the target")
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
            assert_eq!((story.timing().as_str(), story.days_after()), ("open", None));
            let attained =
                story.targets.iter().map(|(period, one)| format!("{period} {}", one.achievement()));
            assert_eq!(attained.collect::<Vec<_>>(), ["2026-Q1 50%", "2026-Q2 90%"]);
        }
        tell(&mut second, Command::CompleteCountermeasure { finding: of.clone() });
        assert_eq!(fate(&[&first, &second], &of), "2026-Q2");
        // Of the second one's own finding nothing is decided yet, then it is rejected.
        let own = finding("2026-Q2", 1);
        assert_eq!(fate(&[&first, &second], &own), "none");
        decide(&mut second, FindingDecision::Rejected("good enough".into()));
        assert_eq!(fate(&[&first, &second], &own), "none");
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
        assert_eq!(fate(&[&first, &second, &third], &of), "open");
        let mut cancelled = third.clone();
        tell(&mut cancelled, Command::Cancel { reason: "withdrawn".into() });
        assert_eq!(fate(&[&first, &second, &cancelled], &of), "dropped");
        tell(&mut third, Command::CompleteCountermeasure { finding: of.clone() });
        assert_eq!(fate(&[&first, &second, &third], &of), "2026-Q3");
    }

    #[test]
    fn what_the_target_did_afterwards() {
        let first = first();
        let of = finding("2026-Q1", 1);
        let with = |target: &str, actual| effect(&[&first, &second(&first, target, actual)], &of);
        let expected =
            |before: &str, after: &str, verdict| (before.into(), after.into(), Figure::Known(verdict));
        assert_eq!(
            with("at least 2 %", Some("2.2 %")),
            expected("50%", "110%", TargetVerdict::MetAfterwards)
        );
        assert_eq!(with("at least 2 %", Some("1.8 %")), expected("50%", "90%", TargetVerdict::Better));
        // More was reached, of a target that is higher as well.
        assert_eq!(with("at least 4 %", Some("2 %")), expected("50%", "50%", TargetVerdict::Unchanged));
        assert_eq!(with("at least 2 %", Some("0.5 %")), expected("50%", "25%", TargetVerdict::Worse));
        assert_eq!(with("at least 2 %", None), ("50%".into(), "none".into(), unknown()));
        assert_eq!(effect(&[&first], &of), ("50%".into(), "none".into(), unknown()));
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
            lineage.finding(&of).unwrap().to_string()
        };
        let mut second = second(&first, "at least 1.5 %", Some("1.6 %"));
        let met = "target met afterwards: 1.6 % against at least 1.5 % (106.67%) on 2026-06-30";
        assert_eq!(told(&second), format!("{met}; countermeasure: open"));
        let lineage = Lineage::new([first.cycle(), second.cycle()]).unwrap();
        let story = lineage.finding(&of).unwrap();
        assert_eq!(story.before().unwrap().to_string(), "1 % against at least 2 % (50%)");
        assert!(lineage.to_string().contains("target met afterwards"), "{lineage}");
        // Told on 1 July, a day after the period: the period says nothing about it.
        tell(&mut second, Command::CompleteCountermeasure { finding: of.clone() });
        assert_eq!(told(&second), format!("{met}; countermeasure: done 2026-07-01, after the period"));
        let lineage = Lineage::new([first.cycle(), second.cycle()]).unwrap();
        let mut story = lineage.finding(&of).unwrap();
        assert_eq!(story.days_after(), Some(0));
        let timings = [
            (date(2026, 3, 31), "done 2026-03-31, before the period", 91),
            (date(2026, 6, 9), "done 2026-06-09, 21 d before the period's end", 21),
            (date(2026, 6, 30), "done 2026-06-30, 0 d before the period's end", 0),
        ];
        for (on, text, days) in timings {
            story.done_on = Figure::Known(on.unwrap());
            assert_eq!((story.timing().as_str(), story.days_after()), (text, Some(days)));
        }
        let rejected = {
            let mut first = acting("2026-Q1", None, "at least 2 %", Some("1 %"));
            decide(&mut first, FindingDecision::Rejected("good enough".into()));
            close(&mut first);
            first
        };
        let later = self::second(&rejected, "at least 2 %", Some("2 %"));
        let lineage = Lineage::new([rejected.cycle(), later.cycle()]).unwrap();
        assert!(lineage.finding(&of).unwrap().to_string().ends_with("; countermeasure: none"));
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
        let expected = |after: &str, verdict| ("missed".into(), after.into(), Figure::Known(verdict));
        assert_eq!(with(zero, "4 %"), expected("missed", TargetVerdict::Better));
        assert_eq!(with(zero, "9 %"), expected("missed", TargetVerdict::Unchanged));
        assert_eq!(with(zero, "10 %"), expected("missed", TargetVerdict::Worse));
        assert_eq!(with(zero, "0 %"), expected("met", TargetVerdict::MetAfterwards));
        let (_, after, verdict) = with("at most 3 %, linear", "4 %");
        assert_eq!((after.as_str(), verdict.is_undefined()), ("66.67%", true));
    }

    #[test]
    fn the_last_amendment_counts() {
        let mut first = first();
        for actual in ["1.9 %", "1.5 %"] {
            let actual = Figure::Known(actual.parse().unwrap());
            let (target, reason) = ("conversion".into(), "late orders".into());
            tell(&mut first, Command::Amend { target, actual, reason });
        }
        let second = second(&first, "at least 2 %", Some("1.4 %"));
        let expected = ("75%".into(), "70%".into(), Figure::Known(TargetVerdict::Worse));
        assert_eq!(effect(&[&first, &second], &finding("2026-Q1", 1)), expected);
    }

    #[test]
    fn a_finding_on_no_target_of_its_cycle_is_compared_with_the_first_later_one() {
        let mut first = doing("2026-Q1", None, "at least 2 %");
        let actual = Figure::Known("2 %".parse().unwrap());
        tell(&mut first, Command::RecordActual { target: "conversion".into(), actual });
        tell(&mut first, Command::BeginCheck);
        let found =
            Finding::new("repurchase", "at least 4 %".parse().unwrap(), "1 %".parse().unwrap()).unwrap();
        tell(&mut first, Command::RecordFinding(Box::new(found)));
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
        let actual = Figure::Known("3 %".parse().unwrap());
        tell(&mut second, Command::RecordActual { target: "repurchase".into(), actual });
        let expected = ("25%".into(), "75%".into(), Figure::Known(TargetVerdict::Better));
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
        assert_eq!(fate(&[&first, &second], &of), "open");
        close(&mut first);
        assert_eq!(fate(&[&first, &second], &of), "open");
        let seed = first.cycle().seed().unwrap();
        assert_eq!(second.cycle().inherited().unwrap().changes(&seed).names().len(), 2);
        tell(&mut second, Command::ConfirmParent { seed: Box::new(seed) });
        assert!(second.cycle().signed().is_empty());
        assert!(!second.cycle().is_provisional());
        let check = &allowed(second.cycle())[&CommandKind::BeginCheck];
        assert!(check.contains(&PdcaError::NotSigned { role: "director".into() }));
        assert_eq!(fate(&[&first, &second], &of), "open");
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
        assert_eq!(fate(&[&first, &second], &finding("2026-Q1", 1)), "dropped");
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
        // The seed is the one of today, and may be another one tomorrow.
        let open = acting("2026-Q1", None, "at least 2 %", Some("1 %"));
        let hasty = doing("2026-Q2", Some((open.cycle().seed().unwrap(), false)), "at least 2 %");
        assert_eq!(
            refused(&[&open, &hasty]),
            "2026-Q2 is confirmed by 2026-Q1, which is not closed (mismatch)"
        );
        // A provisional seed may state an earlier period than the cycle has.
        let early = Seed { period: "2025-Q4".parse().unwrap(), ..seed() };
        let overlapping = doing("2026-03-31/2026-06-30", Some((early, true)), "at least 2 %");
        assert_eq!(
            refused(&[&first, &overlapping]),
            "2026-03-31/2026-06-30 does not come after 2026-Q1, the period of the cycle before (conflict)"
        );
        let lineage = Lineage::new([first.cycle()]).unwrap();
        for missing in [finding("2026-Q1", 0), finding("2026-Q1", 2), finding("2026-Q2", 1)] {
            let error = lineage.finding(&missing).unwrap_err();
            assert_eq!(error.to_string(), format!("there is no finding {missing}"));
        }
    }
}
