//! What a cycle sets out to do: targets, money in lines, stages, signatures, tasks.

use super::{PdcaError, StageTable};
use crate::budget::{Allocation, BudgetError, Line, RuleCheck};
use crate::error::{Lookup, Path, Problems};
use crate::plan::{WorkPlan, WorkPlanDraft};
use crate::quantity::Money;
use crate::quantity::wire::wire_fields;
use crate::target::Target;
use crate::time::Period;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A draft of a cycle's plan: [`CyclePlan::draft`] begins it, [`check`](Self::check) makes the plan of it.
///
/// A plan that is replaced becomes a draft again, and keeps what the new one does not change.
///
/// # Examples
/// ```
/// use marketloop::pdca::{CyclePlan, CyclePlanDraft, StageTable};
/// use marketloop::quantity::Money;
///
/// let yuan = |amount| Money::parse(amount);
/// let plan = CyclePlan::draft("2026-Q3".parse()?, yuan("50000 CNY")?, StageTable::quarterly()?)
///     .signed_by("director")
///     .target("repurchase rate", "at least 25 %".parse()?)
///     .line("search", yuan("50000 CNY")?)
///     .check()?;
/// // 10,000 less, and a part of the rest goes to another line.
/// let lines = [("search", yuan("30000 CNY")?), ("content", yuan("10000 CNY")?)];
/// let less = CyclePlanDraft::from(plan).with_total(yuan("40000 CNY")?).with_lines(lines).check()?;
/// assert_eq!((less.lines().len(), less.signatories()), (2, &["director".to_string()][..]));
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::pdca::CyclePlanDraft;
/// let json = r#"{
///   "period": "2026-Q3",
///   "signatories": ["director"],
///   "targets": {"conversion": "at least 2 %", "orders": "at least 500 order"},
///   "total": {"amount": "100.00", "currency": "CNY"},
///   "lines": {
///     "search": {"amount": "60.00", "currency": "CNY"},
///     "social": {"amount": "40.00", "currency": "CNY"}
///   },
///   "stages": [
///     {
///       "stage": "plan",
///       "task": "quarter's goals and resources",
///       "deliverable": "letter of goal responsibility",
///       "owner": "marketing director",
///       "due": "10 days after period start"
///     },
///     {
///       "stage": "do",
///       "task": "tools, campaigns, tracking",
///       "deliverable": "weekly report and dashboard",
///       "owner": "digital operations",
///       "due": "every Friday"
///     },
///     {
///       "stage": "check",
///       "task": "attainment and bottlenecks",
///       "deliverable": "health report and list of improvements",
///       "owner": "internal audit",
///       "due": "30 days after period end"
///     },
///     {
///       "stage": "act",
///       "task": "optimisation and reinvestment",
///       "deliverable": "iteration plan and training list",
///       "owner": "marketing committee",
///       "due": "45 days after period end"
///     }
///   ],
///   "work": {
///     "title": "work",
///     "start": "2026-07-01",
///     "tasks": [
///       {
///         "id": "brief",
///         "name": "brief",
///         "acceptance": "done",
///         "raci": {"responsible": ["team"], "accountable": ["director"]},
///         "workdays": 3,
///         "progress": {"done": "0"}
///       }
///     ]
///   }
/// }"#;
/// let read: CyclePlanDraft = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<CyclePlanDraft>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CyclePlanDraft {
    period: Period,
    signatories: Vec<String>,
    targets: BTreeMap<String, Target>,
    total: Money,
    lines: BTreeMap<String, Money>,
    stages: StageTable,
    work: Option<WorkPlanDraft>,
}

wire_fields!(CyclePlanDraft { period, signatories, targets: map, total, lines: map, stages, work: optional });

impl CyclePlanDraft {
    /// Adds a role that has to sign the plan before the work starts.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{CyclePlan, StageTable};
    /// use marketloop::quantity::Money;
    ///
    /// let money = Money::parse("50000 CNY")?;
    /// let draft = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    ///     .target("repurchase rate", "at least 25 %".parse()?)
    ///     .line("search", money);
    /// assert_eq!(draft.clone().check().unwrap_err().to_string(), "signatories: nobody has to sign the plan");
    /// assert_eq!(draft.signed_by("director").check()?.signatories(), ["director"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn signed_by(mut self, role: impl Into<String>) -> Self {
        self.signatories.push(role.into());
        self
    }

    /// Adds a target, in place of one of the same name.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{CyclePlan, StageTable};
    /// use marketloop::quantity::Money;
    ///
    /// let money = Money::parse("50000 CNY")?;
    /// let draft = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    ///     .signed_by("director")
    ///     .line("search", money);
    /// assert_eq!(draft.clone().check().unwrap_err().to_string(), "targets: a plan has at least one target");
    /// assert!(draft.target("repurchase rate", "at least 25 %".parse()?).check().is_ok());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn target(mut self, name: impl Into<String>, target: Target) -> Self {
        self.targets.insert(name.into(), target);
        self
    }

    /// Adds a line of the budget, in place of one of the same name. The lines add up to the total.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{CyclePlan, StageTable};
    /// use marketloop::quantity::Money;
    ///
    /// let money = Money::parse("50000 CNY")?;
    /// let draft = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    ///     .signed_by("director")
    ///     .target("repurchase rate", "at least 25 %".parse()?);
    /// assert!(draft.clone().line("search", Money::parse("49999 CNY")?).check().is_err()); // one is left over
    /// assert!(draft.line("search", money).check().is_ok());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn line(mut self, name: impl Into<String>, amount: Money) -> Self {
        self.lines.insert(name.into(), amount);
        self
    }

    /// Replaces the total.
    #[must_use]
    pub fn with_total(self, total: Money) -> Self {
        Self { total, ..self }
    }

    /// Replaces all lines of the budget.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{CyclePlan, StageTable};
    /// use marketloop::quantity::Money;
    ///
    /// let money = Money::parse("50000 CNY")?;
    /// let draft = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    ///     .signed_by("director")
    ///     .target("repurchase rate", "at least 25 %".parse()?)
    ///     .line("radio", money);
    /// let plan = draft.with_lines([("search", money)]).check()?;
    /// assert!(!plan.lines().contains_key("radio"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_lines(self, lines: impl IntoIterator<Item = (impl Into<String>, Money)>) -> Self {
        Self { lines: lines.into_iter().map(|(name, amount)| (name.into(), amount)).collect(), ..self }
    }

    /// Replaces the stage table: what each stage owes, and until when.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{CyclePlan, Stage, StageTable};
    /// use marketloop::quantity::Money;
    ///
    /// let draft = CyclePlan::draft("2026-Q3".parse()?, Money::parse("0 CNY")?, StageTable::quarterly()?)
    ///     .signed_by("director")
    ///     .target("repurchase rate", "at least 25 %".parse()?);
    /// let plan = draft.with_stages(StageTable::quarterly()?.with_owner(Stage::Check, "finance")).check()?;
    /// assert_eq!(plan.stages().owner(Stage::Check), "finance");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_stages(self, stages: StageTable) -> Self {
        Self { stages, ..self }
    }

    /// Plans the tasks of the cycle.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{CyclePlan, StageTable};
    /// use marketloop::plan::{Raci, Task, WorkPlan};
    /// use marketloop::quantity::Money;
    /// use marketloop::time::date;
    ///
    /// let film = Task::new("film", "film", 5, Raci::new("studio", "director"));
    /// let plan = CyclePlan::draft("2026-Q3".parse()?, Money::parse("0 CNY")?, StageTable::quarterly()?)
    ///     .signed_by("director")
    ///     .target("repurchase rate", "at least 25 %".parse()?)
    ///     .with_work(WorkPlan::draft("content", date(2026, 7, 1)?).task(film))
    ///     .check()?;
    /// assert_eq!(plan.work().map(|work| work.tasks().len()), Some(1));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_work(self, work: WorkPlanDraft) -> Self {
        Self { work: Some(work), ..self }
    }

    /// The checked plan.
    ///
    /// # Errors
    /// All problems at once, each at its place: [`PdcaError::NoSignatory`], [`PdcaError::NoTarget`],
    /// [`PdcaError::NoText`], [`PdcaError::SignsTwice`], [`PdcaError::NegativeLine`],
    /// [`PdcaError::LinesDiffer`] with the difference, [`PdcaError::Quantity`] for mixed currencies, and those of
    /// the tasks.
    pub fn check(mut self) -> Result<CyclePlan, Problems<PdcaError>> {
        let mut problems = Problems::new();
        let at = |name: &str| Path::root().field(name);
        if self.signatories.is_empty() {
            problems.push(at("signatories"), PdcaError::NoSignatory);
        }
        let repeats = Lookup::of(&self.signatories).repeats();
        let mut repeats = repeats.into_iter().map(|(_, again)| again).peekable();
        for (index, role) in self.signatories.iter().enumerate() {
            let is_repeated = repeats.next_if_eq(&index).is_some();
            let path = at("signatories").index(index);
            // An empty role twice is two empty roles: that they are alike is no news.
            if role.trim().is_empty() {
                problems.push(path, PdcaError::NoText { what: "a signatory" });
            } else if is_repeated {
                problems.push(path, PdcaError::SignsTwice { role: role.clone() });
            }
        }
        if self.targets.is_empty() {
            problems.push(at("targets"), PdcaError::NoTarget);
        }
        let names = [("targets", "a target's name", self.targets.keys().collect::<Vec<_>>())];
        let lines = [("lines", "a line's name", self.lines.keys().collect::<Vec<_>>())];
        for (field, what, names) in names.iter().chain(&lines) {
            // One problem at the map: a path with an empty key would point nowhere.
            if names.iter().any(|name| name.trim().is_empty()) {
                problems.push(at(field), PdcaError::NoText { what });
            }
        }
        for (name, amount) in self.lines.iter().filter(|(_, amount)| amount.is_negative()) {
            let error = PdcaError::NegativeLine { line: name.clone(), amount: *amount };
            problems.push(at("lines").key(name), error);
        }
        if self.total.is_negative() {
            let error = PdcaError::NegativeLine { line: "total".into(), amount: self.total };
            problems.push(at("total"), error);
        }
        let sum = Money::sum(self.lines.values().copied(), self.total.currency());
        if let Some(sum) = problems.take(&at("lines"), sum)
            && sum != self.total
        {
            let error = match sum.minus(self.total) {
                Ok(difference) => PdcaError::LinesDiffer { sum, total: self.total, difference },
                Err(error) => error.into(),
            };
            problems.push(at("lines"), error);
        }
        // The tasks are kept as the plan that they make: the draft, which keeps the rest, would else hold them twice.
        let work = self.work.take().map(|work| problems.take_all(&at("work"), work.check()));
        let mut by_role: Vec<usize> = (0..self.signatories.len()).collect();
        #[expect(clippy::indexing_slicing, reason = "the places of the signatories")]
        by_role.sort_unstable_by_key(|index| &self.signatories[*index]);
        problems.into_result(CyclePlan { draft: self, work: work.flatten(), by_role })
    }
}

/// A cycle's plan: targets, money in lines that add up to its total, stages, signatories and tasks.
///
/// # Examples
/// ```
/// use marketloop::pdca::{CyclePlan, StageTable};
/// use marketloop::quantity::Money;
///
/// let yuan = |amount: &str| Money::parse(amount);
/// let plan = CyclePlan::draft("2026-Q3".parse()?, yuan("50000 CNY")?, StageTable::quarterly()?)
///     .signed_by("marketing director")
///     .target("repurchase rate", "at least 25 %".parse()?)
///     .line("search", yuan("30000 CNY")?)
///     .line("content", yuan("25000 CNY")?);
/// assert_eq!(
///     plan.check().unwrap_err().to_string(),
///     "lines: the lines add up to 55,000.00 CNY, 5,000.00 CNY from the total of 50,000.00 CNY"
/// );
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::pdca::CyclePlan;
/// let json = r#"{
///   "period": "2026-Q3",
///   "signatories": ["director"],
///   "targets": {"conversion": "at least 2 %", "orders": "at least 500 order"},
///   "total": {"amount": "100.00", "currency": "CNY"},
///   "lines": {
///     "search": {"amount": "60.00", "currency": "CNY"},
///     "social": {"amount": "40.00", "currency": "CNY"}
///   },
///   "stages": [
///     {
///       "stage": "plan",
///       "task": "quarter's goals and resources",
///       "deliverable": "letter of goal responsibility",
///       "owner": "marketing director",
///       "due": "10 days after period start"
///     },
///     {
///       "stage": "do",
///       "task": "tools, campaigns, tracking",
///       "deliverable": "weekly report and dashboard",
///       "owner": "digital operations",
///       "due": "every Friday"
///     },
///     {
///       "stage": "check",
///       "task": "attainment and bottlenecks",
///       "deliverable": "health report and list of improvements",
///       "owner": "internal audit",
///       "due": "30 days after period end"
///     },
///     {
///       "stage": "act",
///       "task": "optimisation and reinvestment",
///       "deliverable": "iteration plan and training list",
///       "owner": "marketing committee",
///       "due": "45 days after period end"
///     }
///   ],
///   "work": {
///     "title": "work",
///     "start": "2026-07-01",
///     "tasks": [
///       {
///         "id": "brief",
///         "name": "brief",
///         "acceptance": "done",
///         "raci": {"responsible": ["team"], "accountable": ["director"]},
///         "workdays": 3,
///         "progress": {"done": "0"}
///       }
///     ]
///   }
/// }"#;
/// let read: CyclePlan = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<CyclePlan>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "CyclePlanDraft", into = "CyclePlanDraft")]
pub struct CyclePlan {
    /// Without the tasks.
    draft: CyclePlanDraft,
    work: Option<WorkPlan>,
    /// The indexes of those who sign, in the order of their roles: each signature asks for one.
    by_role: Vec<usize>,
}

impl CyclePlan {
    /// Begins the draft of a plan for `period`, whose lines add up to `total`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{CyclePlan, StageTable};
    /// use marketloop::quantity::Money;
    ///
    /// let money = Money::parse("50000 CNY")?;
    /// let draft = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?);
    /// // All that is missing is told at once.
    /// assert_eq!(draft.check().unwrap_err().iter().count(), 3);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn draft(period: Period, total: Money, stages: StageTable) -> CyclePlanDraft {
        CyclePlanDraft {
            period,
            signatories: Vec::new(),
            targets: BTreeMap::new(),
            total,
            lines: BTreeMap::new(),
            stages,
            work: None,
        }
    }

    /// The period.
    #[must_use]
    pub const fn period(&self) -> &Period {
        &self.draft.period
    }

    /// The roles that have to sign the plan.
    #[must_use]
    pub fn signatories(&self) -> &[String] {
        &self.draft.signatories
    }

    /// Whether this role has to sign.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{CyclePlan, StageTable};
    /// use marketloop::quantity::Money;
    ///
    /// let money = Money::parse("50000 CNY")?;
    /// let draft = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    ///     .signed_by("director")
    ///     .target("repurchase rate", "at least 25 %".parse()?)
    ///     .line("search", money);
    /// let plan = draft.check()?;
    /// assert!(plan.is_signatory("director") && !plan.is_signatory("finance"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "the places of the signatories, who never change")]
    pub fn is_signatory(&self, role: &str) -> bool {
        self.by_role.binary_search_by(|index| self.draft.signatories[*index].as_str().cmp(role)).is_ok()
    }

    /// The targets by name.
    #[must_use]
    pub const fn targets(&self) -> &BTreeMap<String, Target> {
        &self.draft.targets
    }

    /// The money granted for the period.
    #[must_use]
    pub const fn total(&self) -> Money {
        self.draft.total
    }

    /// The parts of the total, by line.
    #[must_use]
    pub const fn lines(&self) -> &BTreeMap<String, Money> {
        &self.draft.lines
    }

    /// Checks the rules of a budget allocation against the lines of this plan, such as after a replan or a carry-over.
    /// Percentages of the total are of the plan's total. A line that the plan lacks holds nothing.
    ///
    /// # Errors
    /// Those of [`Allocation::check_rules`].
    pub fn check_rules(&self, rules: &Allocation) -> Result<RuleCheck, Problems<BudgetError>> {
        self.check_amounts(rules, |_, amount| amount)
    }

    /// The rules against these lines, each with the amount that `now` makes of its planned one.
    pub(super) fn check_amounts(
        &self,
        rules: &Allocation,
        now: impl Fn(&str, Money) -> Money,
    ) -> Result<RuleCheck, Problems<BudgetError>> {
        let held = self.draft.lines.iter().map(|(name, amount)| (name.as_str(), now(name, *amount)));
        // A line that a replan dropped holds nothing: a rule about it is checked, not skipped.
        let gone = rules.leaves().map(Line::name).filter(|name| !self.draft.lines.contains_key(*name));
        let gone = gone.map(|name| (name, Money::zero(self.total().currency())));
        let amounts: Vec<(&str, Money)> = held.chain(gone).collect();
        rules.check_rules(amounts, self.total())
    }

    /// What each stage owes, and until when.
    #[must_use]
    pub const fn stages(&self) -> &StageTable {
        &self.draft.stages
    }

    /// The tasks, where they are planned.
    #[must_use]
    pub const fn work(&self) -> Option<&WorkPlan> {
        self.work.as_ref()
    }
}

impl TryFrom<CyclePlanDraft> for CyclePlan {
    type Error = Problems<PdcaError>;

    fn try_from(draft: CyclePlanDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<CyclePlan> for CyclePlanDraft {
    fn from(plan: CyclePlan) -> Self {
        Self { work: plan.work.map(Into::into), ..plan.draft }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Raci, Task};
    use crate::time::date;
    use alloc::string::ToString;

    fn yuan(amount: &str) -> Money {
        Money::parse(&alloc::format!("{amount} CNY")).unwrap()
    }

    fn draft() -> CyclePlanDraft {
        CyclePlan::draft("2026-Q3".parse().unwrap(), yuan("100"), StageTable::quarterly().unwrap())
            .signed_by("director")
            .target("conversion", "at least 2 %".parse().unwrap())
            .line("search", yuan("60"))
            .line("social", yuan("40"))
    }

    fn refusal(draft: CyclePlanDraft) -> String {
        draft.check().unwrap_err().to_string()
    }

    #[test]
    fn a_plan_gives_back_what_it_was_made_of() {
        let work = WorkPlan::draft("work", date(2026, 7, 1).unwrap());
        let work = work.task(Task::new("brief", "brief", 3, Raci::new("team", "director")));
        let draft = draft().with_work(work);
        let plan = draft.clone().check().unwrap();
        assert_eq!(plan.work().unwrap().tasks().len(), 1);
        assert_eq!((plan.total(), plan.signatories()), (yuan("100"), &["director".to_string()][..]));
        assert_eq!(plan.period().to_string(), "2026-Q3");
        assert_eq!(CyclePlanDraft::from(plan), draft);
    }

    /// L3: 100,000 who sign.
    #[test]
    fn a_role_that_signs_twice_is_found_among_many() {
        let many = (0..100_000).fold(draft(), |draft, n| draft.signed_by(alloc::format!("role {n}")));
        assert_eq!(many.clone().check().unwrap().signatories().len(), 100_001);
        assert_eq!(
            refusal(many.signed_by("role 7")),
            "signatories[100001]: role 7 stands twice among those who sign"
        );
    }

    #[test]
    fn a_plan_of_no_money_needs_no_line() {
        let mut draft = draft();
        draft.total = yuan("0");
        draft.lines.clear();
        assert!(draft.check().is_ok());
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_and_where() {
        let mut empty = draft();
        empty.signatories.clear();
        empty.targets.clear();
        empty.lines.clear();
        assert_eq!(
            refusal(empty),
            "3 problems\n  signatories: nobody has to sign the plan\n  targets: a plan has at least one target\n  \
             lines: the lines add up to 0.00 CNY, -100.00 CNY from the total of 100.00 CNY"
        );
        let names = draft()
            .signed_by(" ")
            .signed_by("director")
            .target("", "at least 1".parse().unwrap())
            .line(" ", yuan("0"));
        assert_eq!(
            refusal(names),
            "4 problems\n  signatories[1]: a signatory is empty\n  \
             signatories[2]: director stands twice among those who sign\n  targets: a target's name is empty\n  \
             lines: a line's name is empty"
        );
    }

    /// D3: a replan and a carry-over are checked against the rules of the budget.
    #[test]
    fn a_plan_is_checked_against_the_rules_of_its_budget() {
        use crate::budget::{Cap, Divide, Limit};
        let rules = Allocation::draft(yuan("100"))
            .rule("most", Cap::line("search", Limit::percent(60)))
            .rule("main", Divide::by_percents([("search", 60), ("social", 40)]))
            .check()
            .unwrap();
        let plan = |search: &str, social: &str| {
            let mut draft = draft();
            draft.lines = [("search".to_string(), yuan(search)), ("social".to_string(), yuan(social))].into();
            draft.check().unwrap()
        };
        assert!(plan("60", "40").check_rules(&rules).unwrap().is_kept());
        let check = plan("61.90", "38.10").check_rules(&rules).unwrap();
        let broken: Vec<String> = check.broken().map(ToString::to_string).collect();
        assert_eq!(broken, ["most: 61.9% of 100.00 CNY, at most 60%"]);
        assert!(check.into_result().is_err());
    }

    #[test]
    fn lines_are_of_one_currency_not_below_0_and_add_up() {
        assert_eq!(
            refusal(draft().line("social", yuan("40.01"))),
            "lines: the lines add up to 100.01 CNY, 0.01 CNY from the total of 100.00 CNY"
        );
        assert_eq!(
            refusal(draft().line("search", yuan("140")).line("social", yuan("-40"))),
            "lines.social: social of -40.00 CNY is below 0"
        );
        let mut below = draft().line("search", yuan("-1"));
        below.lines.remove("social");
        below.total = yuan("-1");
        assert_eq!(
            refusal(below),
            "2 problems\n  lines.search: search of -1.00 CNY is below 0\n  total: total of -1.00 CNY is below 0"
        );
        assert_eq!(
            refusal(draft().line("social", Money::parse("40 USD").unwrap())),
            "lines: CNY and USD are different currencies"
        );
    }

    #[test]
    fn what_is_wrong_with_the_tasks_stands_below_work() {
        let work = WorkPlan::draft("work", date(2026, 7, 1).unwrap());
        assert_eq!(refusal(draft().with_work(work.clone())), "work.tasks: a plan needs at least one task");
        let task = || Task::new("brief", "brief", 3, Raci::new("team", "director"));
        assert_eq!(
            refusal(draft().with_work(work.task(task()).task(task()))),
            "work.tasks[1].id: `brief` stands twice"
        );
    }
}
