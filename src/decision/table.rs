//! The table: its columns, its rules, and the one way in which both typed and serialised tables are made.

use super::column::Column;
use super::{CellDraft, CellTest, CellValue, DecisionError, HitPolicy, Input, Output, TableRule, ValueKind};
use crate::error::{Path, Problems};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString;
use alloc::vec::Vec;

/// A table that is being written; [`build`](Self::build) checks all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Draft {
    pub(super) policy: HitPolicy,
    pub(super) inputs: Vec<Input>,
    pub(super) outputs: Vec<Output>,
    pub(super) rules: Vec<(Vec<CellDraft>, Vec<CellValue>)>,
}

impl Draft {
    /// Adds an input column.
    pub fn input(mut self, input: Input) -> Self {
        self.inputs.push(input);
        self
    }

    /// Adds an output column.
    pub fn output(mut self, output: Output) -> Self {
        self.outputs.push(output);
        self
    }

    /// Adds a rule: a cell per input and a value per output, in their order.
    pub fn rule(
        mut self,
        cells: impl IntoIterator<Item = impl Into<CellDraft>>,
        outputs: impl IntoIterator<Item = impl Into<CellValue>>,
    ) -> Self {
        let cells = cells.into_iter().map(Into::into).collect();
        self.rules.push((cells, outputs.into_iter().map(Into::into).collect()));
        self
    }

    /// The table, compiled for evaluation.
    ///
    /// # Errors
    /// Everything that is wrong with the draft, each with its path (`rules[2].when[0]`, `outputs[0]`).
    pub fn build(self) -> Result<DecisionTable, Problems<DecisionError>> {
        let mut problems = Problems::new();
        self.check_columns(&mut problems);
        let places: Vec<BTreeMap<&CellValue, usize>> = self.outputs.iter().map(Output::places).collect();
        let mut rules = Vec::with_capacity(self.rules.len());
        for (index, (cells, values)) in self.rules.into_iter().enumerate() {
            let path = Path::root().field("rules").index(index);
            let tests = checked_tests(&self.inputs, cells, &path, &mut problems);
            let rank = checked_rank(&self.outputs, &places, &values, &path, &mut problems);
            rules.push(TableRule { tests, outputs: values, rank });
        }
        if !problems.is_empty() {
            return problems.finish(None);
        }
        let columns = Column::compile(&self.inputs, &rules, &mut problems);
        problems.into_result(DecisionTable {
            policy: self.policy,
            inputs: self.inputs,
            outputs: self.outputs,
            rules,
            columns,
        })
    }

    fn check_columns(&self, problems: &mut Problems<DecisionError>) {
        let root = Path::root();
        for (field, count) in
            [("inputs", self.inputs.len()), ("outputs", self.outputs.len()), ("rules", self.rules.len())]
        {
            if count == 0 {
                problems.push(root.field(field), DecisionError::Empty { what: field });
            }
        }
        let inputs = self.inputs.iter().enumerate().map(|(index, input)| ("inputs", index, &input.name));
        let outputs = self.outputs.iter().enumerate().map(|(index, output)| ("outputs", index, &output.name));
        let mut seen = BTreeSet::new();
        for (field, index, name) in inputs.chain(outputs) {
            if !seen.insert(name) {
                problems.push(
                    root.field(field).index(index),
                    DecisionError::DuplicateName { name: name.clone() },
                );
            }
        }
        for (index, input) in self.inputs.iter().enumerate() {
            let path = root.field("inputs").index(index).field("allowed");
            let _fits = problems.take(&path, fits(input, &input.allowed));
        }
        for (index, output) in self.outputs.iter().enumerate() {
            let path = root.field("outputs").index(index).field("ranking");
            let mut seen = BTreeSet::new();
            for (place, value) in output.ranking.iter().enumerate() {
                let _fits = problems.take(&path.index(place), value_fits(output, value));
                if !seen.insert(value) {
                    problems.push(path.index(place), DecisionError::DuplicateRank { value: value.clone() });
                }
            }
        }
        if self.policy.needs_ranking() && self.outputs.iter().all(|output| output.ranking.is_empty()) {
            problems.push(root.field("outputs"), DecisionError::NoRanking { policy: self.policy });
        }
        let one_number = matches!(self.outputs.as_slice(), [Output { kind: ValueKind::Number, .. }]);
        if self.policy.needs_one_number() && !one_number {
            problems.push(root.field("outputs"), DecisionError::NotOneNumber { policy: self.policy });
        }
    }
}

fn checked_tests(
    inputs: &[Input],
    cells: Vec<CellDraft>,
    path: &Path,
    problems: &mut Problems<DecisionError>,
) -> Vec<CellTest> {
    if cells.len() != inputs.len() {
        let error = DecisionError::CellCount { expected: inputs.len(), actual: cells.len() };
        problems.push(path.field("when"), error);
    }
    let mut tests = Vec::with_capacity(inputs.len());
    let when = path.field("when");
    for (index, (input, cell)) in inputs.iter().zip(cells).enumerate() {
        let test = match cell {
            CellDraft::Typed(test) => Ok(test),
            CellDraft::Text(text) => text.parse(),
        };
        let test = test.and_then(|test: CellTest| fits(input, &test).map(|()| test));
        tests.extend(problems.take(&when.index(index), test));
    }
    tests
}

fn checked_rank(
    outputs: &[Output],
    places: &[BTreeMap<&CellValue, usize>],
    values: &[CellValue],
    path: &Path,
    problems: &mut Problems<DecisionError>,
) -> Vec<usize> {
    if values.len() != outputs.len() {
        let error = DecisionError::OutputCount { expected: outputs.len(), actual: values.len() };
        problems.push(path.field("then"), error);
    }
    let mut rank = Vec::new();
    let then = path.field("then");
    for (index, ((output, places), value)) in outputs.iter().zip(places).zip(values).enumerate() {
        let path = then.index(index);
        let fits = problems.take(&path, value_fits(output, value));
        if fits.is_some() && !output.ranking.is_empty() {
            let place = places.get(value).copied();
            rank.extend(
                problems.take(&path, place.ok_or_else(|| DecisionError::NotRanked { value: value.clone() })),
            );
        }
    }
    rank
}

fn fits(input: &Input, test: &CellTest) -> Result<(), DecisionError> {
    match test.choices().iter().find(|choice| choice.kind() != input.kind) {
        Some(choice) => Err(DecisionError::CellKind {
            cell: choice.to_string(),
            expected: input.kind,
            actual: choice.kind(),
        }),
        None => Ok(()),
    }
}

fn value_fits(output: &Output, value: &CellValue) -> Result<(), DecisionError> {
    if value.kind() == output.kind {
        return Ok(());
    }
    Err(DecisionError::CellKind { cell: value.to_string(), expected: output.kind, actual: value.kind() })
}

/// A decision table, checked and compiled.
///
/// # Examples
/// ```
/// use marketloop::decision::{HitPolicy, Input, Output, DecisionTable, CellValue};
/// use rust_decimal::dec;
///
/// let table = DecisionTable::draft(HitPolicy::First)
///     .input(Input::text("kind"))
///     .input(Input::number("roi"))
///     .output(Output::text("action"))
///     .rule([r#""kol""#, "< 2"], ["replace"])
///     .rule(["-", "[2..4)"], ["keep"])
///     .build()?;
///
/// let facts = table.facts([("kind", "kol".into()), ("roi", dec!(1.9999).into())])?;
/// let decision = table.decide(&facts)?;
/// assert_eq!(decision.output("action"), Some(&CellValue::from("replace")));
/// assert_eq!(
///     decision.nearest_miss().map(|miss| miss.to_string()),
///     Some("rule 1 misses: roi 1.9999 is not [2..4), 0.0001 below the edge 2".into())
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct DecisionTable {
    pub(super) policy: HitPolicy,
    pub(super) inputs: Vec<Input>,
    pub(super) outputs: Vec<Output>,
    pub(super) rules: Vec<TableRule>,
    pub(super) columns: Vec<Column>,
}

impl PartialEq for DecisionTable {
    fn eq(&self, other: &Self) -> bool {
        // The compiled columns follow from the rest.
        (self.policy, &self.inputs, &self.outputs, &self.rules)
            == (other.policy, &other.inputs, &other.outputs, &other.rules)
    }
}

impl Eq for DecisionTable {}

impl DecisionTable {
    /// A draft of a table without columns and rules.
    pub const fn draft(policy: HitPolicy) -> Draft {
        Draft { policy, inputs: Vec::new(), outputs: Vec::new(), rules: Vec::new() }
    }

    /// What the table answers when several rules match.
    #[must_use]
    pub const fn policy(&self) -> HitPolicy {
        self.policy
    }

    /// The input columns in their order.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The output columns in their order.
    #[must_use]
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// The rules in their order.
    #[must_use]
    pub fn rules(&self) -> &[TableRule] {
        &self.rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec;
    use rust_decimal::Decimal;

    fn draft(policy: HitPolicy) -> Draft {
        DecisionTable::draft(policy).input(Input::text("kind")).input(Input::number("roi"))
    }

    #[test]
    fn all_problems_of_a_table_come_at_once() {
        let problems = draft(HitPolicy::First)
            .input(Input::truth("kind").allowing(CellTest::is("yes")))
            .output(Output::text("action").ranked(["keep", "keep"]))
            .rule(["\"kol\"", "\"low\"", "-"], ["keep"])
            .rule(["kol", "(2..2)", "-"], ["drop"])
            .rule(["-", "-"], Vec::<CellValue>::new())
            .build()
            .unwrap_err();
        assert_eq!(
            problems.to_string(),
            "8 problems\n  \
             inputs[2]: the name `kind` stands twice\n  \
             inputs[2].allowed: `\"yes\"` is about a text, the column holds a truth\n  \
             outputs[0].ranking[1]: the value \"keep\" is ranked twice\n  \
             rules[0].when[1]: `\"low\"` is about a text, the column holds a number\n  \
             rules[1].when[0]: `kol` is not understood: a number, a text in quotes, `true` or `false` expected at byte 0\n  \
             rules[1].then[0]: the value \"drop\" is not in the ranking of its output\n  \
             rules[2].when: 2 cells for 3 inputs\n  \
             rules[2].then: 0 values for 1 outputs"
        );
    }

    #[test]
    fn a_cell_that_never_holds_is_refused() {
        let refused = |cell: &str, allowed: CellTest| {
            DecisionTable::draft(HitPolicy::First)
                .input(Input::number("roi").allowing(allowed))
                .output(Output::truth("stop"))
                .rule([cell], [true])
                .build()
                .map_or_else(|problems| problems.to_string(), |_| "fine".into())
        };
        for cell in ["(2..2)", "[3..2]", "not(< 2, >= 2)"] {
            let refusal = refused(cell, CellTest::any());
            assert!(refusal.ends_with("holds for no allowed value"), "{cell}: {refusal}");
        }
        assert_eq!(
            refused("< 0", CellTest::at_least(Decimal::ZERO)),
            "rules[0].when[0]: `< 0` holds for no allowed value"
        );
        assert_eq!(refused("[2..2]", CellTest::any()), "fine");
        assert!(refused("-", CellTest::not(CellTest::any())).starts_with("inputs[0].allowed"));
    }

    #[test]
    fn a_policy_needs_its_outputs() {
        let build = |policy: HitPolicy, outputs: Vec<Output>| {
            let values: Vec<CellValue> = outputs.iter().map(|_| 1.into()).collect();
            let draft = outputs.into_iter().fold(draft(policy), Draft::output);
            draft.rule(["-", "-"], values).build().map(drop).map_err(|problems| problems.to_string())
        };
        let (one, two) = (|| vec![Output::number("a")], || vec![Output::number("a"), Output::number("b")]);
        assert!(build(HitPolicy::CollectSum, one()).is_ok() && build(HitPolicy::CollectCount, two()).is_ok());
        assert_eq!(
            build(HitPolicy::CollectSum, two()),
            Err("outputs: the hit policy collect sum needs exactly one output, of numbers".into())
        );
        assert_eq!(
            build(HitPolicy::Priority, one()),
            Err("outputs: the hit policy priority needs an output with a ranking".into())
        );
        assert_eq!(
            build(HitPolicy::First, vec![]),
            Err("outputs: a table needs at least one entry in outputs".into())
        );
    }

    #[test]
    fn a_table_that_would_blow_up_is_refused() {
        let rules = 6_000;
        let draft = draft(HitPolicy::First).output(Output::number("points"));
        let draft =
            (0..rules).fold(draft, |draft, rule| draft.rule(["-".into(), format!("< {rule}")], [rule]));
        let problems = draft.build().unwrap_err();
        assert!(problems.iter().any(|problem| matches!(problem.error, DecisionError::TooLarge { .. })));
    }
}
