//! A question as it is written down.

use super::model::Model;
use super::problem::{StatedGroup, StatedLine, same};
use super::{Aim, Limits, Optimisation, OptimiseError};
use crate::error::Problems;
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Currency, Money};
use crate::response::Curve;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A line as it is written down: `{"name":"SEM","curve":{"kind":"log","a":"60000","k":"10000"},"cap":"30000 CNY"}`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptimiseLine {
    /// The name, unique among lines and groups.
    pub name: String,
    /// How the outcome answers to spend.
    pub curve: Curve,
    /// The least amount.
    #[serde(default)]
    pub floor: Option<Money>,
    /// The greatest amount.
    #[serde(default)]
    pub cap: Option<Money>,
}

serialize_fields!(OptimiseLine { name, curve, floor: optional, cap: optional });

/// A group as it is written down.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptimiseGroup {
    /// The name, unique among lines and groups.
    pub name: String,
    /// The names of its lines and groups.
    pub members: Vec<String>,
    /// The least sum.
    #[serde(default)]
    pub floor: Option<Money>,
    /// The greatest sum.
    #[serde(default)]
    pub cap: Option<Money>,
}

serialize_fields!(OptimiseGroup { name, members, floor: optional, cap: optional });

/// A question as it is written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptimiseDraft {
    /// What is asked.
    pub aim: Aim,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The lines in order.
    pub lines: Vec<OptimiseLine>,
    /// The groups.
    #[serde(default)]
    pub groups: Vec<OptimiseGroup>,
    /// How much work may be done.
    #[serde(default)]
    pub limits: Limits,
}

serialize_fields!(OptimiseDraft { aim, currency, lines, groups: optional, limits });

impl OptimiseDraft {
    /// The question, after it was checked: it can be answered, though a target may prove out of reach.
    ///
    /// # Errors
    /// As [`Optimisation::solve`], all at once.
    pub fn check(self) -> Result<Optimisation, Problems<OptimiseError>> {
        let Self { aim, currency, lines, groups, limits } = self;
        let mut question = Optimisation::start(aim, currency, same).with_limits(limits);
        question.lines = lines
            .into_iter()
            .map(|OptimiseLine { name, curve, floor, cap }| StatedLine { name, curve, floor, cap })
            .collect();
        question.groups = groups
            .into_iter()
            .map(|OptimiseGroup { name, members, floor, cap }| StatedGroup { name, members, floor, cap })
            .collect();
        Model::of(&question)?;
        Ok(question)
    }
}

impl From<&Optimisation> for OptimiseDraft {
    fn from(question: &Optimisation) -> Self {
        let line = |line: &StatedLine<Curve>| OptimiseLine {
            name: line.name.clone(),
            curve: line.curve.clone(),
            floor: line.floor,
            cap: line.cap,
        };
        let group = |group: &StatedGroup| OptimiseGroup {
            name: group.name.clone(),
            members: group.members.clone(),
            floor: group.floor,
            cap: group.cap,
        };
        Self {
            aim: question.aim,
            currency: question.currency,
            lines: question.lines.iter().map(line).collect(),
            groups: question.groups.iter().map(group).collect(),
            limits: question.limits,
        }
    }
}

impl Serialize for Optimisation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        OptimiseDraft::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Optimisation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OptimiseDraft::deserialize(deserializer)?.check().map_err(serde::de::Error::custom)
    }
}
