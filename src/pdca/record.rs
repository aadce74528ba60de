//! An event with its envelope, on the wire and of every schema that was ever written.
//!
//! | schema | what differs from the one after it |
//! | --- | --- |
//! | 1 | money is spent on the day on which it was recorded: `spent` has no `on` |
//! | 2 | the one that is written |

use super::wire::Actuals;
use super::{CommandId, CycleId, CyclePlan, Event, FindingDecision, FindingId, PdcaError, Seed, Stage};
use crate::figure::Figure;
use crate::plan::Progress;
use crate::quantity::Money;
use crate::quantity::wire::{wire_fields, wire_variants};
use crate::review::Finding;
use crate::target::ActualValue;
use crate::time::NaiveDate;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The schema that is written.
// 2 since a spend says when it happened; an older one takes the day of its record.
pub const SCHEMA: u32 = 2;

/// One line of a cycle's log: an event with its cycle and number, the command that led to it, who sent that, and when.
///
/// ```
/// # use marketloop::pdca::EventRecord;
/// let json = r#"{
///   "schema": 2,
///   "cycle": "2026-Q3",
///   "sequence": 7,
///   "command": "c-7",
///   "by": "Lin",
///   "on": "2026-07-08",
///   "event": "check_begun"
/// }"#;
/// let read: EventRecord = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<EventRecord>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Envelope", into = "Envelope")]
pub struct EventRecord {
    /// The cycle.
    pub cycle: CycleId,
    /// Which of its events it is, from 1.
    pub sequence: u64,
    /// The command that led to it.
    pub command: CommandId,
    /// Who sent that.
    pub by: String,
    /// The day, not before that of the record behind it.
    pub on: NaiveDate,
    /// What happened.
    pub event: Event,
}

/// A record of any schema.
struct Envelope {
    schema: u32,
    cycle: CycleId,
    sequence: u64,
    command: CommandId,
    by: String,
    on: NaiveDate,
    event: AnyEvent,
}

wire_fields!(Envelope { schema, cycle, sequence: own, command, by, on: own, event });

/// An event of any schema: fields that a schema lacks are optional here, and filled in or refused by its number.
///
/// The names are those of stored logs: they stay when those of [`Event`] change.
enum AnyEvent {
    Inherited { seed: Box<Seed>, provisional: bool },
    Planned(Box<CyclePlan>),
    SignedOff { role: String },
    Started,
    Spent(Spent),
    Progressed { task: String, progress: Progress },
    // This name, `MeasureDone` and `DueWaived` differ from those of `Event`: stored logs have them.
    Measured { target: String, actual: Figure<ActualValue> },
    Replanned { plan: Box<CyclePlan>, reason: String, voids_sign_off: bool },
    CheckBegun,
    Found(Box<Finding>),
    ActBegun,
    Decided { finding: u32, decision: FindingDecision },
    MeasureDone { finding: FindingId },
    Released { from: BTreeMap<String, Money>, reassigned: BTreeMap<String, Money>, returned: Money },
    Closed { seed: Box<Seed> },
    Amended { target: String, actual: Figure<ActualValue>, reason: String },
    Cancelled(Cancelled),
    DueWaived { stage: Stage, until: NaiveDate, reason: String },
    ParentConfirmed { seed: Box<Seed>, amended: bool },
}

wire_variants!(AnyEvent {
    "inherited" => Inherited { seed, provisional },
    "planned" => Planned(_),
    "signed_off" => SignedOff { role },
    "started" => Started,
    "spent" => Spent(_),
    "progressed" => Progressed { task, progress },
    "measured" => Measured { target, actual: with(Actuals) },
    "replanned" => Replanned { plan, reason, voids_sign_off },
    "check_begun" => CheckBegun,
    "found" => Found(_),
    "act_begun" => ActBegun,
    "decided" => Decided { finding, decision },
    "measure_done" => MeasureDone { finding },
    "released" => Released { from: map, reassigned: optional(map), returned },
    "closed" => Closed { seed },
    "amended" => Amended { target, actual: with(Actuals), reason },
    "cancelled" => Cancelled(_),
    "due_waived" => DueWaived { stage, until: own, reason },
    "parent_confirmed" => ParentConfirmed { seed, amended },
});

struct Spent {
    line: String,
    amount: Money,
    on: Option<NaiveDate>,
}

wire_fields!(Spent { line, amount, on: optional(own) });

struct Cancelled {
    reason: String,
    returned: Option<Money>,
}

wire_fields!(Cancelled { reason, returned: optional });

impl TryFrom<Envelope> for EventRecord {
    type Error = PdcaError;

    fn try_from(envelope: Envelope) -> Result<Self, Self::Error> {
        let Envelope { schema, cycle, sequence, command, by, on, event } = envelope;
        let event = upcast(schema, event, Some(on))?;
        Ok(Self { cycle, sequence, command, by, on, event })
    }
}

impl<'de> Deserialize<'de> for Event {
    /// An event without its record is of the newest schema.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        upcast(SCHEMA, AnyEvent::deserialize(deserializer)?, None).map_err(D::Error::custom)
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A clone for each event written: a borrowed twin of every variant would be one more list to keep.
        AnyEvent::from(self.clone()).serialize(serializer)
    }
}

/// The event as the newest schema has it.
fn upcast(schema: u32, event: AnyEvent, recorded_on: Option<NaiveDate>) -> Result<Event, PdcaError> {
    if !(1..=SCHEMA).contains(&schema) {
        return Err(PdcaError::UnknownSchema { schema, newest: SCHEMA });
    }
    Ok(match event {
        AnyEvent::Spent(Spent { line, amount, on }) => {
            let on = match (schema, on) {
                // The nearest to a date that an old spend has.
                (1, None) => recorded_on,
                // Refused, not read: a record says by its schema which fields it may have.
                (1, Some(_)) => return Err(PdcaError::NotOfSchema { field: "spent.on", schema }),
                (_, on) => on,
            };
            let on = on.ok_or(PdcaError::MissingField { field: "spent.on", schema })?;
            Event::Spent { line, amount, on }
        }
        AnyEvent::Inherited { seed, provisional } => Event::Inherited { seed, provisional },
        AnyEvent::Planned(plan) => Event::Planned(plan),
        AnyEvent::SignedOff { role } => Event::SignedOff { role },
        AnyEvent::Started => Event::Started,
        AnyEvent::Progressed { task, progress } => Event::Progressed { task, progress },
        AnyEvent::Measured { target, actual } => Event::ActualRecorded { target, actual },
        AnyEvent::Replanned { plan, reason, voids_sign_off } => {
            Event::Replanned { plan, reason, voids_sign_off }
        }
        AnyEvent::CheckBegun => Event::CheckBegun,
        AnyEvent::Found(finding) => Event::Found(finding),
        AnyEvent::ActBegun => Event::ActBegun,
        AnyEvent::Decided { finding, decision } => Event::Decided { finding, decision },
        AnyEvent::MeasureDone { finding } => Event::CountermeasureDone { finding },
        AnyEvent::Released { from, reassigned, returned } => Event::Released { from, reassigned, returned },
        AnyEvent::Closed { seed } => Event::Closed { seed },
        AnyEvent::Amended { target, actual, reason } => Event::Amended { target, actual, reason },
        AnyEvent::Cancelled(Cancelled { reason, returned }) => Event::Cancelled { reason, returned },
        AnyEvent::DueWaived { stage, until, reason } => Event::Postponed { stage, until, reason },
        AnyEvent::ParentConfirmed { seed, amended } => Event::ParentConfirmed { seed, amended },
    })
}

impl From<EventRecord> for Envelope {
    fn from(record: EventRecord) -> Self {
        let EventRecord { cycle, sequence, command, by, on, event } = record;
        Self { schema: SCHEMA, cycle, sequence, command, by, on, event: event.into() }
    }
}

impl From<Event> for AnyEvent {
    fn from(event: Event) -> Self {
        match event {
            Event::Inherited { seed, provisional } => Self::Inherited { seed, provisional },
            Event::Planned(plan) => Self::Planned(plan),
            Event::SignedOff { role } => Self::SignedOff { role },
            Event::Started => Self::Started,
            Event::Spent { line, amount, on } => Self::Spent(Spent { line, amount, on: Some(on) }),
            Event::Progressed { task, progress } => Self::Progressed { task, progress },
            Event::ActualRecorded { target, actual } => Self::Measured { target, actual },
            Event::Replanned { plan, reason, voids_sign_off } => {
                Self::Replanned { plan, reason, voids_sign_off }
            }
            Event::CheckBegun => Self::CheckBegun,
            Event::Found(finding) => Self::Found(finding),
            Event::ActBegun => Self::ActBegun,
            Event::Decided { finding, decision } => Self::Decided { finding, decision },
            Event::CountermeasureDone { finding } => Self::MeasureDone { finding },
            Event::Released { from, reassigned, returned } => Self::Released { from, reassigned, returned },
            Event::Closed { seed } => Self::Closed { seed },
            Event::Amended { target, actual, reason } => Self::Amended { target, actual, reason },
            Event::Cancelled { reason, returned } => Self::Cancelled(Cancelled { reason, returned }),
            Event::Postponed { stage, until, reason } => Self::DueWaived { stage, until, reason },
            Event::ParentConfirmed { seed, amended } => Self::ParentConfirmed { seed, amended },
        }
    }
}
