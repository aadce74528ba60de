//! PDCA cycles (plan, do, check, act): plans and signatures, spend and results, findings and countermeasures, due dates
//! and where they conflict. Every change is a record in a log.
//!
//! ```
//! use marketloop::pdca::StageTable;
//! use marketloop::time::{WorkCalendar, date};
//!
//! let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
//! // As the documents have it, Check may end a month after Act has to be done.
//! let conflicts = StageTable::documents()?.conflicts(&"2026-Q3".parse()?, &calendar)?;
//! assert_eq!(conflicts[0].to_string(), "act is due 2026-09-30, 30 days before check (2026-10-30)");
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! A [`Cycle`] goes through the states draft, planned, doing, checking, acting and closed. [`decide`] answers a
//! [`Command`] with events, or refuses it with every guard that is not met ([`PdcaError::Unmet`]); [`evolve`] takes an event in, [`replay`]
//! a whole log, and [`Journal`] does both. [`allowed`] lists the guards that block each kind of command now.
//! Nothing derived is ever entered: [`status`] works out from a date what is overdue or late.
//!
//! A closed cycle hands a [`Seed`] on to the next: open countermeasures, targets with their actual values, released
//! money, findings. As the next period does not wait for the last one's Act, a cycle may begin with a provisional
//! seed, which is confirmed or amended later. A [`Lineage`] follows each finding: its countermeasure, and its target in
//! later cycles.
//!
//! | from | command | to | what has to hold |
//! | --- | --- | --- | --- |
//! | draft | inherit | draft | not inherited yet, not from itself |
//! | draft | plan | planned | its period comes after the parent's |
//! | planned, doing | sign off | | a role of the plan that has not signed |
//! | planned | start | doing | all have signed |
//! | doing, checking | record spend, report progress, record actual | | the line has it; the task or target exists; the unit fits |
//! | planned, doing | replan | | the same period and currency; no line below what was spent. Other targets or another total void signatures |
//! | doing | begin check | checking | all have signed; every target has an actual value, or the reason for none |
//! | checking | record finding | | says of a target what the cycle does |
//! | checking | begin act | acting | every missed target has a finding |
//! | acting | decide finding | | accepted with measure, owner and date, or rejected with a reason |
//! | acting | release | | what lines give up = what is reassigned + what is returned |
//! | acting | close | closed | all decided, no money left, the parent confirmed |
//! | closed | amend | closed | a reason; nothing before it changes |
//! | any but the last two | cancel | cancelled | a reason; what is left goes back |
//! | planned to acting | postpone, complete countermeasure | | a reason; the countermeasure is open |
//! | any but the last two | confirm parent | | a provisional seed of that parent |
//!
//! | case | answer |
//! | --- | --- |
//! | a stage whose last due date lies before that of an earlier stage | both dates are kept; [`StageTable::conflicts`] says by how many days |
//! | a stage without a row, or with two | [`PdcaError::StageRows`] |
//! | a deadline that cannot be computed | [`PdcaError::Time`] at the stage's path |
//! | a deadline that recurs | its dates are those of reports; the stage is over with the period |
//! | two commands on one version | the first wins, the second gets [`PdcaError::Version`] |
//! | a command sent again under its id | no event, whatever has happened since |
//! | another command under an id that is used | [`PdcaError::IdUsed`] |
//! | a record dated before the one behind it, a fact dated after its record | refused, live and on replay |
//! | a date outside the years 1 to 9999 | refused |
//! | a record that is missing, doubled, of another cycle or forged | [`PdcaError`] with its sequence number |
//! | a record of a newer schema | [`PdcaError::UnknownSchema`] |
//! | a countermeasure that was followed by a better figure | [`TargetVerdict`] says so; that it was the cause is not said |

mod admission;
mod command;
mod cycle;
mod cycle_plan;
mod decide;
mod event;
mod evidence;
mod facts;
mod fault;
mod guard;
mod handled;
mod handover;
mod id;
mod journal;
mod lineage;
mod money;
mod record;
mod replay;
mod seed;
mod stage;
mod standing;
mod state;
mod status;
mod story;
mod task_standing;
mod wire;

pub use command::{Command, CommandKind, Context};
pub use cycle::Cycle;
pub use cycle_plan::{CyclePlan, CyclePlanDraft};
pub use decide::decide;
pub use event::Event;
pub use evidence::PlanVersion;
pub use id::{CommandId, CycleId, FindingId};
pub use journal::Journal;
pub use lineage::Lineage;
pub use record::{EventRecord, SCHEMA};
pub use replay::{evolve, replay};
pub use seed::{Countermeasure, DecidedFinding, FindingDecision, Seed, TargetOutcome};
pub use stage::{Stage, StageTable};
pub use standing::allowed;
pub use state::Phase;
pub use status::{CycleStatus, status};
pub use story::{FindingStory, TargetVerdict};
pub use task_standing::TaskStanding;

use crate::error::Counted;
use crate::plan::PlanError;
use crate::quantity::{Money, QuantityError};
use crate::target::TargetError;
use crate::time::{NaiveDate, Period, TimeError};
use alloc::string::String;
use alloc::vec::Vec;

/// Why a stage table, a schedule or a cycle could not be made, or a command was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PdcaError {
    /// A stage table without a row for a stage, or with more than one.
    #[error("{stage} has {rows} rows, each stage has one")]
    StageRows {
        /// The stage.
        stage: Stage,
        /// How many rows it has.
        rows: usize,
    },
    /// A stage that is due before one that it follows.
    #[error("{stage} is due {due}, {} before {waits_for} ({waits_for_due})", Counted(.days, "day"))]
    DueBefore {
        /// The stage that comes later in the cycle.
        stage: Stage,
        /// Its last due date.
        due: NaiveDate,
        /// The stage that it follows.
        waits_for: Stage,
        /// That stage's last due date.
        waits_for_due: NaiveDate,
        /// By how many days it is due too early.
        days: u32,
    },
    /// A deadline was refused or has no date.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// An amount was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// The tasks were refused, or have no dates.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// An empty text where one is required.
    #[error("{what} is empty")]
    NoText {
        /// What the text is.
        what: &'static str,
    },
    /// A plan without signatories.
    #[error("nobody has to sign the plan")]
    NoSignatory,
    /// A role that stands twice among the signatories.
    #[error("{role} stands twice among those who sign")]
    SignsTwice {
        /// The role.
        role: String,
    },
    /// A plan without a target.
    #[error("a plan has at least one target")]
    NoTarget,
    /// An amount below 0.
    #[error("{line} of {amount} is below 0")]
    NegativeLine {
        /// The line.
        line: String,
        /// The amount.
        amount: Money,
    },
    /// Lines that do not add up to the total.
    #[error("the lines add up to {sum}, {difference} from the total of {total}")]
    LinesDiffer {
        /// The sum of the lines.
        sum: Money,
        /// The total.
        total: Money,
        /// The sum less the total.
        difference: Money,
    },
    /// The question needs a plan, and the cycle has none.
    #[error("the cycle has no plan")]
    NoPlan,
    /// A record of a schema that this version does not know.
    #[error("schema {schema} is not known, the newest is {newest}")]
    UnknownSchema {
        /// The schema.
        schema: u32,
        /// The newest that is known.
        newest: u32,
    },
    /// A field that came with a later schema.
    #[error("schema {schema} has no `{field}`")]
    NotOfSchema {
        /// The field.
        field: &'static str,
        /// The schema.
        schema: u32,
    },
    /// A field that the record's schema requires and the record lacks.
    #[error("`{field}` is missing, schema {schema} has it")]
    MissingField {
        /// The field.
        field: &'static str,
        /// The schema.
        schema: u32,
    },
    /// A command for another version of the cycle: somebody else was first.
    #[error("the cycle is in version {found}, the command was meant for {expected}")]
    Version {
        /// The version that the sender saw.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        expected: u64,
        /// The cycle's version.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        found: u64,
    },
    /// A command id that already belongs to another command.
    #[error(
        "command {command} is the {} of record {sequence}, and now says {}{}",
        recorded.spoken(), if recorded == sent { "another " } else { "" }, sent.spoken()
    )]
    IdUsed {
        /// The id.
        command: CommandId,
        /// The sequence number of the record of the command that was carried out.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        sequence: u64,
        /// The kind of that command.
        recorded: CommandKind,
        /// The kind of this command.
        sent: CommandKind,
    },
    /// A command that guards block.
    #[error("{} was refused: {}", command.spoken(), guard::Listed(guards))]
    Unmet {
        /// The kind of command.
        command: CommandKind,
        /// All guards that block it; at least one.
        guards: Vec<PdcaError>,
    },
    /// A log without a record.
    #[error("a log has at least one record")]
    NoRecords,
    /// A record of another cycle than those before it.
    #[error("record {sequence} is of {found}, the log of {expected}")]
    OtherCycle {
        /// The record's sequence number as it states it.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        sequence: u64,
        /// The cycle of the records before it.
        expected: CycleId,
        /// Its own.
        found: CycleId,
    },
    /// A record that is missing, stands twice or came out of order.
    #[error("record {sequence} stands where record {expected} has to")]
    OutOfSequence {
        /// The record's sequence number as it states it.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        sequence: u64,
        /// The number that comes next.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        expected: u64,
    },
    /// A record of a command that was carried out before.
    #[error("record {sequence} is of command {command}, which was carried out before")]
    RepeatedCommand {
        /// The record's sequence number.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        sequence: u64,
        /// The command's id.
        command: CommandId,
    },
    /// A record of an event that the cycle does not admit.
    #[error("record {sequence}: {}", guard::Listed(guards))]
    Inadmissible {
        /// The record's sequence number.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        sequence: u64,
        /// The conditions that do not hold, at least one.
        guards: Vec<PdcaError>,
    },
    /// A lineage without a cycle.
    #[error("a lineage has at least one cycle")]
    NoCycles,
    /// A cycle without a plan, and so without a period.
    #[error("{cycle} has no plan")]
    CycleWithoutPlan {
        /// The cycle.
        cycle: CycleId,
    },
    /// A cycle that does not continue the one before it.
    #[error("{cycle} does not continue {before}")]
    NotContinued {
        /// The cycle.
        cycle: CycleId,
        /// The cycle before it.
        before: CycleId,
    },
    /// A confirmed seed of a cycle that is not closed yet.
    #[error("{cycle} is confirmed by {before}, which is not closed")]
    ParentOpen {
        /// The cycle.
        cycle: CycleId,
        /// The cycle before it.
        before: CycleId,
    },
    /// A confirmed seed that differs from the one that the closed cycle before hands on.
    #[error("{cycle} continues another seed than the one that {before} hands on")]
    OtherSeed {
        /// The cycle.
        cycle: CycleId,
        /// The cycle before it.
        before: CycleId,
    },
    /// A period that does not start after the end of the one before.
    #[error("{period} does not come after {before}, the period of the cycle before")]
    PeriodNotAfter {
        /// The cycle.
        cycle: CycleId,
        /// Its period.
        period: Period,
        /// The period before it.
        before: Period,
    },
    /// There is no such finding in the line.
    #[error("there is no finding {finding}")]
    NoSuchFinding {
        /// The finding.
        finding: FindingId,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] crate::error::UnknownWord),
    // The guards: what has to hold before something may happen, told by `Unmet` and `Inadmissible`.
    /// The cycle is in another state.
    #[error("{} is not for a cycle that is {phase}", command.spoken())]
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
    /// An amount that has to be above 0. Only money that is returned may be 0.
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
    /// A derived value in an event that differs from what the cycle implies.
    #[error("{what} does not follow from the cycle")]
    Forged {
        /// What.
        what: &'static str,
    },
}

crate::error::fault!(PdcaError);
