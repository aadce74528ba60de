//! The table on the wire: cells and values as the text that a person would write.

use super::{
    CellDraft, CellTest, CellValue, DecisionError, DecisionTable, Draft, HitPolicy, Input, Output, ValueKind,
};
use crate::error::Problems;
use crate::quantity::wire::serialize_fields;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableReader {
    hit_policy: HitPolicy,
    inputs: Vec<InputWire>,
    outputs: Vec<OutputWire>,
    rules: Vec<RuleReader>,
}

#[derive(Serialize)]
struct TableWriter {
    hit_policy: HitPolicy,
    inputs: Vec<InputWire>,
    outputs: Vec<OutputWire>,
    rules: Vec<RuleWriter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InputWire {
    name: String,
    kind: ValueKind,
    #[serde(default = "CellTest::any")]
    allowed: CellTest,
}

serialize_fields!(InputWire { name, kind, allowed: unless(CellTest::is_any) });

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutputWire {
    name: String,
    kind: ValueKind,
    #[serde(default)]
    ranking: Vec<CellValue>,
}

serialize_fields!(OutputWire { name, kind, ranking: optional });

/// The cells stay text until the table is built, so that all faults are reported at once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleReader {
    when: Vec<String>,
    then: Vec<CellValue>,
}

#[derive(Serialize)]
struct RuleWriter {
    when: Vec<CellTest>,
    then: Vec<CellValue>,
}

impl Serialize for DecisionTable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        TableWriter::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DecisionTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(TableReader::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl TryFrom<TableReader> for DecisionTable {
    type Error = Problems<DecisionError>;

    fn try_from(wire: TableReader) -> Result<Self, Self::Error> {
        let input = |wire: InputWire| Input { name: wire.name, kind: wire.kind, allowed: wire.allowed };
        let output = |wire: OutputWire| Output { name: wire.name, kind: wire.kind, ranking: wire.ranking };
        let rule = |wire: RuleReader| (wire.when.into_iter().map(CellDraft::Text).collect(), wire.then);
        Draft {
            policy: wire.hit_policy,
            inputs: wire.inputs.into_iter().map(input).collect(),
            outputs: wire.outputs.into_iter().map(output).collect(),
            rules: wire.rules.into_iter().map(rule).collect(),
        }
        .build()
    }
}

impl From<DecisionTable> for TableWriter {
    fn from(table: DecisionTable) -> Self {
        let input = |input: Input| InputWire { name: input.name, kind: input.kind, allowed: input.allowed };
        let output =
            |output: Output| OutputWire { name: output.name, kind: output.kind, ranking: output.ranking };
        Self {
            hit_policy: table.policy,
            inputs: table.inputs.into_iter().map(input).collect(),
            outputs: table.outputs.into_iter().map(output).collect(),
            rules: table
                .rules
                .into_iter()
                .map(|rule| RuleWriter { when: rule.tests, then: rule.outputs })
                .collect(),
        }
    }
}
