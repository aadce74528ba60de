//! The check of a question, and the question as it is written down.

use super::model::Model;
use super::problem::{StatedGroup, StatedLine, same};
use super::{Aim, Limits, Optimisation, OptimiseError};
use crate::error::Problems;
use crate::quantity::Money;
use crate::quantity::wire::serialize_fields;
use crate::response::{Curve, ResponseCurve};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl<C: ResponseCurve> Optimisation<C> {
    /// Checks the question and returns it. A target may still turn out to be out of reach when it is solved.
    ///
    /// # Errors
    /// Faults of names, bounds, groups and curves, all at once; [`solve`](Self::solve) checks the same.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let yuan = |text: &str| Money::parse(&format!("{text} CNY"));
    /// let twice = Optimisation::maximise_response(yuan("10")?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, yuan("9")?..)
    ///     .line("SEM", Power::new(1.0, 0.5)?, ..=yuan("-1")?);
    /// assert_eq!(twice.check().unwrap_err().len(), 2);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn check(self) -> Result<Self, Problems<OptimiseError>> {
        Model::of(&self)?;
        Ok(self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineWire {
    name: String,
    curve: Curve,
    #[serde(default)]
    floor: Option<Money>,
    #[serde(default)]
    cap: Option<Money>,
}

serialize_fields!(LineWire { name, curve, floor: optional, cap: optional });

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupWire {
    name: String,
    members: Vec<String>,
    #[serde(default)]
    floor: Option<Money>,
    #[serde(default)]
    cap: Option<Money>,
}

serialize_fields!(GroupWire { name, members, floor: optional, cap: optional });

#[derive(Deserialize)]
#[serde(rename = "Optimisation", deny_unknown_fields)]
struct Wire {
    aim: Aim,
    lines: Vec<LineWire>,
    #[serde(default)]
    groups: Vec<GroupWire>,
    #[serde(default)]
    limits: Limits,
}

serialize_fields!(Wire { aim, lines, groups: optional, limits });

impl Serialize for Optimisation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let line = |line: &StatedLine<Curve>| LineWire {
            name: line.name.clone(),
            curve: line.curve.clone(),
            floor: line.floor,
            cap: line.cap,
        };
        let group = |group: &StatedGroup| GroupWire {
            name: group.name.clone(),
            members: group.members.clone(),
            floor: group.floor,
            cap: group.cap,
        };
        let (lines, groups) =
            (self.lines.iter().map(line).collect(), self.groups.iter().map(group).collect());
        Wire { aim: self.aim, lines, groups, limits: self.limits }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Optimisation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire { aim, lines, groups, limits } = Wire::deserialize(deserializer)?;
        let mut question = Self::start(aim, same).with_limits(limits);
        let line = |LineWire { name, curve, floor, cap }| StatedLine { name, curve, floor, cap };
        let group = |GroupWire { name, members, floor, cap }| StatedGroup { name, members, floor, cap };
        question.lines = lines.into_iter().map(line).collect();
        question.groups = groups.into_iter().map(group).collect();
        question.check().map_err(serde::de::Error::custom)
    }
}
