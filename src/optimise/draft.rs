//! The check of a question, and the question as it is written down.

use super::measure::Measure;
use super::model::Model;
use super::problem::{StatedGroup, StatedLine, same};
use super::{Aim, Limits, Optimisation, OptimiseError};
use crate::error::Problems;
use crate::quantity::wire::wire_fields;
use crate::quantity::{Money, Unit};
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

struct LineWire {
    name: String,
    curve: Curve,
    floor: Option<Money>,
    cap: Option<Money>,
}

wire_fields!(LineWire { name, curve, floor: optional, cap: optional });

struct GroupWire {
    name: String,
    members: Vec<String>,
    floor: Option<Money>,
    cap: Option<Money>,
}

wire_fields!(GroupWire { name, members, floor: optional, cap: optional });

struct Wire {
    aim: Aim,
    lines: Vec<LineWire>,
    groups: Vec<GroupWire>,
    limits: Limits,
    response: String,
    response_unit: Unit,
}

fn is_one(unit: &Unit) -> bool {
    *unit == Unit::ONE
}

wire_fields!(
    "Optimisation",
    Wire {
        aim,
        lines,
        groups: optional,
        limits: default,
        response: optional,
        response_unit: unless(is_one, Unit::default),
    }
);

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
        let Measure { name: response, unit: response_unit } = self.measure.clone();
        Wire { aim: self.aim, lines, groups, limits: self.limits, response, response_unit }
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Optimisation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire { aim, lines, groups, limits, response, response_unit } = Wire::deserialize(deserializer)?;
        let mut question = Self::start(aim, same).with_limits(limits).with_response(response, response_unit);
        let line = |LineWire { name, curve, floor, cap }| StatedLine { name, curve, floor, cap };
        let group = |GroupWire { name, members, floor, cap }| StatedGroup { name, members, floor, cap };
        question.lines = lines.into_iter().map(line).collect();
        question.groups = groups.into_iter().map(group).collect();
        question.check().map_err(serde::de::Error::custom)
    }
}
