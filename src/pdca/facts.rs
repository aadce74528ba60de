//! A cycle on the wire.

use super::wire::Actual;
use super::{Countermeasure, Cycle, CycleId, CyclePlan, DecidedFinding, EventRecord, Phase, Seed, Stage};
use crate::plan::Progress;
use crate::quantity::Money;
use crate::quantity::wire::serialize_fields;
use crate::time::NaiveDate;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Serialize, Serializer};

/// A cycle as it is written: its facts, without what only makes look-ups short.
struct Facts<'a> {
    id: &'a CycleId,
    version: u64,
    phase: Phase,
    inherited: Option<&'a Seed>,
    is_provisional: bool,
    plan: Option<&'a CyclePlan>,
    baseline: Option<&'a CyclePlan>,
    signed: &'a BTreeMap<String, String>,
    spent: &'a BTreeMap<String, Money>,
    released: &'a BTreeMap<String, Money>,
    reassigned: &'a BTreeMap<String, Money>,
    returned: Option<Money>,
    progress: &'a BTreeMap<String, Progress>,
    actuals: BTreeMap<&'a str, Actual<'a>>,
    findings: &'a [DecidedFinding],
    open_measures: Vec<Countermeasure>,
    postponements: &'a [EventRecord],
    amendments: &'a [EventRecord],
    done_on: BTreeMap<Stage, NaiveDate>,
    cancelled_on: Option<NaiveDate>,
    cancel_reason: Option<&'a str>,
    last_recorded_on: Option<NaiveDate>,
}

serialize_fields!(Facts<'a> {
    id,
    version: own,
    phase,
    inherited: optional,
    is_provisional: optional,
    plan: optional,
    baseline: optional,
    signed: optional,
    spent: optional,
    released: optional,
    reassigned: optional,
    returned: optional,
    progress: optional,
    actuals: optional,
    findings: optional,
    open_measures: optional,
    postponements: optional,
    amendments: optional,
    done_on: optional,
    cancelled_on: optional,
    cancel_reason: optional,
    last_recorded_on: optional,
});

impl Serialize for Cycle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Facts {
            id: self.id(),
            version: self.version(),
            phase: self.phase(),
            inherited: self.inherited(),
            is_provisional: self.is_provisional(),
            plan: self.plan(),
            baseline: self.baseline(),
            signed: self.signed(),
            spent: self.spent(),
            released: &self.released,
            reassigned: self.reassigned(),
            returned: self.returned,
            progress: self.progress(),
            // By the stored form of logs, not by that of figures: a reader knows one form of an actual value.
            actuals: self.actuals().iter().map(|(name, actual)| (name.as_str(), actual.into())).collect(),
            findings: self.findings(),
            open_measures: self.open_measures(),
            postponements: self.postponements(),
            amendments: self.amendments(),
            // A map instead of the array: a stage that is not done is left out.
            done_on: Stage::ALL.into_iter().filter_map(|stage| Some((stage, self.done_on(stage)?))).collect(),
            cancelled_on: self.cancelled_on(),
            cancel_reason: self.cancel_reason(),
            last_recorded_on: self.last_recorded_on(),
        }
        .serialize(serializer)
    }
}
