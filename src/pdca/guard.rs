//! What has to hold before something may happen.

use super::{CommandKind, CycleId, FindingId, Phase};
use crate::error::ErrorKind;
use crate::quantity::{Money, QuantityError};
use crate::target::TargetError;
use crate::time::{NaiveDate, Period, TimeError};
use alloc::string::String;
use core::fmt;

/// A condition that blocks a command now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Guard {
    /// The cycle is in another state.
    #[error("{command} is not for a cycle that is {phase}")]
    Phase {
        /// The kind of command.
        command: CommandKind,
        /// Where the cycle stands.
        phase: Phase,
    },
    /// The cycle continues another one already.
    #[error("the cycle continues {parent} already")]
    Inherits {
        /// The cycle that it continues.
        parent: CycleId,
    },
    /// A cycle cannot continue itself.
    #[error("a cycle cannot continue itself")]
    OwnParent,
    /// There is nothing provisional to confirm.
    #[error("the cycle continues no cycle provisionally")]
    NothingProvisional,
    /// The cycle before is not confirmed yet.
    #[error("{parent} is not confirmed yet")]
    ParentNotConfirmed {
        /// The cycle that this one continues.
        parent: CycleId,
    },
    /// A seed of another cycle.
    #[error("the seed is of {found}, the cycle continues {expected}")]
    OtherParent {
        /// The cycle that this one continues.
        expected: CycleId,
        /// The cycle that the seed is of.
        found: CycleId,
    },
    /// Periods that do not increase.
    #[error("{period} does not come after {parent}, the period of the cycle before")]
    PeriodNotAfter {
        /// The parent's period.
        parent: Period,
        /// The plan's period.
        period: Period,
    },
    /// A new plan for another period.
    #[error("the plan is for {found}, the cycle for {expected}")]
    OtherPeriod {
        /// The cycle's period.
        expected: Period,
        /// The new plan's.
        found: Period,
    },
    /// A role that has not signed the plan as it stands.
    #[error("{role} has not signed")]
    NotSigned {
        /// The role.
        role: String,
    },
    /// A role that need not sign.
    #[error("{role} is none of those who sign")]
    NotASignatory {
        /// The role.
        role: String,
    },
    /// A role that has signed.
    #[error("{role} has signed already")]
    SignedAlready {
        /// The role.
        role: String,
    },
    /// All have signed the plan as it stands.
    #[error("all have signed already")]
    AllSigned,
    /// A target without an actual value and without a reason for having none.
    #[error("target {target} has neither an actual value nor a reason for having none")]
    NoActual {
        /// The target's name.
        target: String,
    },
    /// A target that was missed, without a finding that states its value.
    #[error("target {target} was missed, and no finding says why")]
    MissedWithoutFinding {
        /// The target's name.
        target: String,
    },
    /// There is no such target.
    #[error("there is no target {target}")]
    NoSuchTarget {
        /// The name.
        target: String,
    },
    /// A value whose unit is not the target's, or that has no attainment.
    #[error("target {target}: {error}")]
    Target {
        /// The target's name.
        target: String,
        /// Why.
        error: TargetError,
    },
    /// A finding whose target or actual value differs from the cycle's.
    #[error("the finding on {target} has another target or actual value than the cycle")]
    FindingDiffers {
        /// The target's name.
        target: String,
    },
    /// There is no such line.
    #[error("there is no line {line}")]
    NoSuchLine {
        /// The line.
        line: String,
    },
    /// An amount that is not above 0, or below it where 0 is an answer.
    #[error("{amount} of line {line} is not above 0")]
    NotPositive {
        /// The line.
        line: String,
        /// The amount.
        amount: Money,
    },
    /// No line has money left.
    #[error("no line has money left")]
    NothingLeft,
    /// More than is left on a line.
    #[error("line {line} has {left} left, {amount} is {over} too much")]
    AboveLeft {
        /// The line.
        line: String,
        /// What is left.
        left: Money,
        /// What was asked for.
        amount: Money,
        /// By how much that is too much.
        over: Money,
    },
    /// A new plan that gives a line less than was spent.
    #[error("line {line} would have {amount}, {spent} were spent")]
    BelowSpent {
        /// The line.
        line: String,
        /// What the new plan gives it.
        amount: Money,
        /// What was spent.
        spent: Money,
    },
    /// Released money that differs from what is reassigned and returned.
    #[error("{released} are released, {used} are reassigned or returned")]
    Unbalanced {
        /// What the lines give up.
        released: Money,
        /// What is reassigned and returned.
        used: Money,
    },
    /// Money that is neither spent nor released.
    #[error("{left} are neither spent nor released")]
    MoneyLeft {
        /// How much.
        left: Money,
    },
    /// Amounts of different currencies, or beyond the range of money.
    #[error(transparent)]
    Money(QuantityError),
    /// No tasks are planned.
    #[error("no tasks are planned")]
    NoTasks,
    /// There is no such task.
    #[error("there is no task {task}")]
    NoSuchTask {
        /// The task's id.
        task: String,
    },
    /// Contradictory progress.
    #[error("task {task}: done without a start, finished before it, or all done without a finish")]
    Progress {
        /// The task's id.
        task: String,
    },
    /// There is no such finding.
    #[error("there is no finding {number}")]
    NoSuchFinding {
        /// The number, from 1.
        number: u32,
    },
    /// A finding without a decision.
    #[error("finding {number} is undecided")]
    Undecided {
        /// The number, from 1.
        number: u32,
    },
    /// Every finding has a decision.
    #[error("no finding is undecided")]
    NothingUndecided,
    /// A finding that was decided before.
    #[error("finding {number} is decided already")]
    DecidedAlready {
        /// The number, from 1.
        number: u32,
    },
    /// No countermeasure is open.
    #[error("no countermeasure is open")]
    NoOpenCountermeasure,
    /// There is no such open countermeasure.
    #[error("no countermeasure for finding {finding} is open")]
    NoSuchCountermeasure {
        /// The finding.
        finding: FindingId,
    },
    /// A record that is dated before the one behind it.
    #[error("it is dated {on}, before {last}, the date of the record behind it")]
    RunsBack {
        /// Its date.
        on: NaiveDate,
        /// The date of the record behind it.
        last: NaiveDate,
    },
    /// A fact that is dated after the day on which it is recorded.
    #[error("{fact} on {date} lies after {on}, the day on which it is recorded")]
    NotYet {
        /// The fact.
        fact: String,
        /// Its date.
        date: NaiveDate,
        /// The date of the record.
        on: NaiveDate,
    },
    /// A date that no log can hold.
    #[error(transparent)]
    Date(TimeError),
    /// A required text is empty.
    #[error("{what} is empty")]
    NoText {
        /// What.
        what: &'static str,
    },
    /// A derived value in an event that differs from what the cycle implies.
    #[error("{what} does not follow from the cycle")]
    Forged {
        /// What.
        what: &'static str,
    },
}

crate::error::fault!(Guard);

impl Guard {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::NotPositive { .. } | Self::AboveLeft { .. } | Self::BelowSpent { .. } => {
                ErrorKind::OutOfRange
            }
            Self::Unbalanced { .. }
            | Self::OtherParent { .. }
            | Self::OtherPeriod { .. }
            | Self::FindingDiffers { .. }
            | Self::Forged { .. } => ErrorKind::Mismatch,
            Self::Money(error) => error.kind(),
            Self::Date(error) => error.kind(),
            Self::Target { error, .. } => error.kind(),
            Self::NoText { .. } => ErrorKind::Empty,
            _ => ErrorKind::Conflict,
        }
    }
}

/// Guards behind one another.
pub(super) struct Listed<'a>(pub(super) &'a [Guard]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, guard) in self.0.iter().enumerate() {
            write!(f, "{}{guard}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}
