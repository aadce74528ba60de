//! The cycle of plan, do, check and act: which stage owes what, when it is due, and where due dates conflict.
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
mod facts;
mod fault;
mod guard;
mod handled;
mod id;
mod journal;
mod lineage;
mod money;
mod record;
mod replay;
mod seed;
mod stage;
mod state;
mod status;
mod wire;

pub use admission::allowed;
pub use command::{Command, CommandKind, Context};
pub use cycle::Cycle;
pub use cycle_plan::{CyclePlan, CyclePlanDraft};
pub use decide::decide;
pub use event::Event;
pub use fault::PdcaError;
pub use id::{CommandId, CycleId, FindingId};
pub use journal::Journal;
pub use lineage::{FindingStory, Lineage, TargetVerdict};
pub use record::{EventRecord, SCHEMA};
pub use replay::{evolve, replay};
pub use seed::{Countermeasure, DecidedFinding, FindingDecision, Seed, TargetOutcome};
pub use stage::{Stage, StageTable};
pub use state::Phase;
pub use status::{CycleStatus, status};
