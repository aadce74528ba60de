//! The table: its columns, its rules, and the one way in which both typed and serialised tables are made.

use super::column::Column;
use super::parts::Rule;
use super::unary_test::Choice;
use super::{CellTest, CellValue, DecisionError, HitPolicy, TableColumn, ValueKind};
use crate::error::{Path, Problems};
use crate::quantity::wire::wire_fields;
use crate::time::in_range;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Bound;

/// A table that is being written; [`check`](Self::check) tells all that is wrong with it.
///
/// Its JSON is that of the [table](super::DecisionTable), unchecked.
///
/// ```
/// # use marketloop::decision::DecisionDraft;
/// let json = r#"{
///   "hit_policy": "collect_sum",
///   "inputs": [{"name": "roi", "kind": "number"}],
///   "outputs": [{"name": "points", "kind": "number"}],
///   "rules": [{"when": [">= 2"], "then": ["3"]}, {"when": ["> 4"], "then": ["2"]}]
/// }"#;
/// let read: DecisionDraft = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<DecisionDraft>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[must_use]
pub struct DecisionDraft {
    hit_policy: HitPolicy,
    inputs: Vec<TableColumn>,
    outputs: Vec<TableColumn>,
    rules: Vec<RuleDraft>,
}

wire_fields!(DecisionDraft { hit_policy, inputs, outputs, rules });

/// The cells stay text until the table is checked, so that all faults are reported at once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct RuleDraft {
    when: Vec<String>,
    then: Vec<CellValue>,
}

wire_fields!(RuleDraft { when, then });

impl DecisionDraft {
    /// Adds an input column.
    pub fn input(mut self, column: TableColumn) -> Self {
        self.inputs.push(column);
        self
    }

    /// Adds an output column.
    pub fn output(mut self, column: TableColumn) -> Self {
        self.outputs.push(column);
        self
    }

    /// Adds a rule: a cell per input, as [`CellTest`] or as its text, and a value per output, in their order.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{CellTest, DecisionTable, HitPolicy, TableColumn};
    /// use rust_decimal::dec;
    ///
    /// let draft = DecisionTable::draft(HitPolicy::First).input(TableColumn::number("roi"));
    /// let draft = draft.output(TableColumn::text("action"));
    /// assert_eq!(draft.clone().rule(["< 2"], ["stop"]), draft.rule([CellTest::below(dec!(2))], ["stop"]));
    /// ```
    pub fn rule(
        mut self,
        cells: impl IntoIterator<Item = impl ToString>,
        outputs: impl IntoIterator<Item = impl Into<CellValue>>,
    ) -> Self {
        // A typed test is its text: one form for callers and files, and the check reads it back exactly.
        let when = cells.into_iter().map(|cell| cell.to_string()).collect();
        self.rules.push(RuleDraft { when, then: outputs.into_iter().map(Into::into).collect() });
        self
    }

    /// The table, compiled for evaluation.
    ///
    /// # Errors
    /// Everything that is wrong with the draft, each with its path (`rules[2].when[0]`, `outputs[0]`).
    pub fn check(self) -> Result<DecisionTable, Problems<DecisionError>> {
        let mut problems = Problems::new();
        self.check_columns(&mut problems);
        let places: Vec<BTreeMap<&CellValue, usize>> = self.outputs.iter().map(TableColumn::places).collect();
        let mut rules = Vec::with_capacity(self.rules.len());
        for (index, RuleDraft { when, then }) in self.rules.into_iter().enumerate() {
            let path = Path::root().field("rules").index(index);
            let tests = checked_tests(&self.inputs, &when, &path, &mut problems);
            let rank = checked_rank(&self.outputs, &places, &then, &path, &mut problems);
            rules.push(Rule { tests, outputs: then, rank });
        }
        if !problems.is_empty() {
            return problems.finish(None);
        }
        // Only of checked rules: the compiler takes it that every row has a test for each input.
        let columns = Column::compile(&self.inputs, &rules, &mut problems);
        let asks_for_missing = columns.iter().any(Column::asks_for_missing);
        problems.into_result(DecisionTable {
            policy: self.hit_policy,
            inputs: self.inputs,
            outputs: self.outputs,
            rules,
            columns,
            asks_for_missing,
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
        for (field, columns) in [("inputs", &self.inputs), ("outputs", &self.outputs)] {
            for (index, column) in columns.iter().enumerate() {
                let path = root.field(field).index(index).field("allowed");
                let _fits = problems.take(&path, fits(column, &column.allowed));
            }
        }
        // A column is one type on both sides; a ranking would be read and never asked on this one.
        for (index, input) in self.inputs.iter().enumerate() {
            if !input.ranking.is_empty() {
                problems.push(root.field("inputs").index(index).field("ranking"), DecisionError::RankedInput);
            }
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
        // One ranked output is enough: those without a ranking have no say in the order.
        if self.hit_policy.needs_ranking() && self.outputs.iter().all(|output| output.ranking.is_empty()) {
            problems.push(root.field("outputs"), DecisionError::NoRanking { policy: self.hit_policy });
        }
        let one_number = matches!(self.outputs.as_slice(), [TableColumn { kind: ValueKind::Number, .. }]);
        if self.hit_policy.needs_one_number() && !one_number {
            problems.push(root.field("outputs"), DecisionError::NotOneNumber { policy: self.hit_policy });
        }
    }
}

fn checked_tests(
    inputs: &[TableColumn],
    cells: &[String],
    path: &Path,
    problems: &mut Problems<DecisionError>,
) -> Vec<CellTest> {
    if cells.len() != inputs.len() {
        let error = DecisionError::lengths("cell", cells.len(), "input", inputs.len());
        problems.push(path.field("when"), error);
    }
    // The cells that are there are checked all the same, so that one missing cell hides no other fault.
    let mut tests = Vec::with_capacity(inputs.len());
    let when = path.field("when");
    for (index, (input, cell)) in inputs.iter().zip(cells).enumerate() {
        let test = cell.parse().and_then(|test: CellTest| fits(input, &test).map(|()| test));
        tests.extend(problems.take(&when.index(index), test));
    }
    tests
}

fn checked_rank(
    outputs: &[TableColumn],
    places: &[BTreeMap<&CellValue, usize>],
    values: &[CellValue],
    path: &Path,
    problems: &mut Problems<DecisionError>,
) -> Vec<usize> {
    if values.len() != outputs.len() {
        let error = DecisionError::lengths("value", values.len(), "output", outputs.len());
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

fn fits(column: &TableColumn, test: &CellTest) -> Result<(), DecisionError> {
    for (lower, upper) in test.choices().iter().filter_map(Choice::ends) {
        for end in [lower, upper] {
            if let Bound::Included(value) | Bound::Excluded(value) = end {
                is_writable(value)?;
            }
        }
    }
    match test.choices().iter().find(|choice| choice.kind() != column.kind) {
        Some(choice) => Err(DecisionError::CellKind {
            cell: choice.to_string(),
            expected: column.kind,
            actual: choice.kind(),
        }),
        None => Ok(()),
    }
}

/// A date of another year has no text that reads back.
fn is_writable(value: &CellValue) -> Result<(), DecisionError> {
    value.as_date().map_or(Ok(()), |date| in_range(date).map(drop).map_err(Into::into))
}

fn value_fits(output: &TableColumn, value: &CellValue) -> Result<(), DecisionError> {
    is_writable(value)?;
    if value.kind() != output.kind {
        let (cell, actual) = (value.to_string(), value.kind());
        return Err(DecisionError::CellKind { cell, expected: output.kind, actual });
    }
    if !output.allowed.holds(&value.into()) {
        let allowed = output.allowed.to_string();
        return Err(DecisionError::OutputNotAllowed { value: value.clone(), allowed });
    }
    Ok(())
}

/// A decision table, checked and compiled.
///
/// # Examples
/// ```
/// use marketloop::decision::{HitPolicy, TableColumn, DecisionTable, CellValue};
/// use rust_decimal::dec;
///
/// let table = DecisionTable::draft(HitPolicy::First)
///     .input(TableColumn::text("kind"))
///     .input(TableColumn::number("roi"))
///     .output(TableColumn::text("action"))
///     .rule([r#""kol""#, "< 2"], ["replace"])
///     .rule(["-", "[2..4)"], ["keep"])
///     .check()?;
///
/// let facts = table.facts([("kind", "kol".into()), ("roi", dec!(1.9999).into())])?;
/// let decision = table.decide(&facts)?;
/// assert_eq!(decision.output("action"), Some(&CellValue::from("replace")));
/// assert_eq!(
///     decision.nearest_miss().and_then(|rule| decision.explain(rule)),
///     Some("rule 1 misses: roi 1.9999 is not [2..4), 0.0001 below the edge 2".into())
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Its JSON holds cells and values as the text that a person would write:
/// ```
/// use marketloop::decision::DecisionTable;
///
/// let table: DecisionTable = serde_json::from_str(r#"{
///     "hit_policy": "first",
///     "inputs": [{"name": "kind", "kind": "text"}, {"name": "roi", "kind": "number", "allowed": ">= 0"}],
///     "outputs": [{"name": "action", "kind": "text"}],
///     "rules": [{"when": ["\"kol\"", "< 2"], "then": ["\"replace\""]}]
/// }"#)?;
/// assert_eq!(table.rules().len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "DecisionDraft", into = "DecisionDraft")]
#[doc(alias("DMN", "决策表"))]
pub struct DecisionTable {
    pub(super) policy: HitPolicy,
    pub(super) inputs: Vec<TableColumn>,
    pub(super) outputs: Vec<TableColumn>,
    pub(super) rules: Vec<Rule>,
    pub(super) columns: Vec<Column>,
    /// Whether missing facts are a value in one of the columns.
    pub(super) asks_for_missing: bool,
}

impl PartialEq for DecisionTable {
    fn eq(&self, other: &Self) -> bool {
        // The compiled columns follow from the rest.
        (self.policy, &self.inputs, &self.outputs, &self.rules)
            == (other.policy, &other.inputs, &other.outputs, &other.rules)
    }
}

impl Eq for DecisionTable {}

impl TryFrom<DecisionDraft> for DecisionTable {
    type Error = Problems<DecisionError>;

    fn try_from(draft: DecisionDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<DecisionTable> for DecisionDraft {
    fn from(table: DecisionTable) -> Self {
        // As text, like every draft: what is read back compiles to the same columns.
        let rule = |rule: Rule| RuleDraft {
            when: rule.tests.iter().map(ToString::to_string).collect(),
            then: rule.outputs,
        };
        Self {
            hit_policy: table.policy,
            inputs: table.inputs,
            outputs: table.outputs,
            rules: table.rules.into_iter().map(rule).collect(),
        }
    }
}

impl DecisionTable {
    /// A draft of a table without columns and rules.
    pub const fn draft(hit_policy: HitPolicy) -> DecisionDraft {
        DecisionDraft { hit_policy, inputs: Vec::new(), outputs: Vec::new(), rules: Vec::new() }
    }

    /// What the table answers when several rules match.
    #[must_use]
    pub const fn policy(&self) -> HitPolicy {
        self.policy
    }

    /// The input columns in their order.
    #[must_use]
    pub fn inputs(&self) -> &[TableColumn] {
        &self.inputs
    }

    /// The output columns in their order.
    #[must_use]
    pub fn outputs(&self) -> &[TableColumn] {
        &self.outputs
    }

    /// The rules in their order: the tests in the order of the inputs, the values in the order of the outputs.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{DecisionTable, HitPolicy, TableColumn};
    ///
    /// let draft = DecisionTable::draft(HitPolicy::First).input(TableColumn::number("roi"));
    /// let table = draft.output(TableColumn::text("action")).rule(["< 2"], ["stop"]).check()?;
    /// for (when, then) in table.rules() {
    ///     assert_eq!((when[0].to_string(), then[0].as_text()), ("< 2".into(), Some("stop")));
    /// }
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn rules(&self) -> impl ExactSizeIterator<Item = (&[CellTest], &[CellValue])> {
        self.rules.iter().map(|rule| (rule.tests.as_slice(), rule.outputs.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec;
    use rust_decimal::Decimal;

    fn draft(policy: HitPolicy) -> DecisionDraft {
        DecisionTable::draft(policy).input(TableColumn::text("kind")).input(TableColumn::number("roi"))
    }

    #[test]
    fn all_problems_of_a_table_come_at_once() {
        let problems = draft(HitPolicy::First)
            .input(TableColumn::truth("kind").allowing(CellTest::is("yes")))
            .output(TableColumn::text("action").ranked(["keep", "keep"]))
            .rule(["\"kol\"", "\"low\"", "-"], ["keep"])
            .rule(["kol", "(2..2)", "-"], ["drop"])
            .rule(["-", "-"], Vec::<CellValue>::new())
            .check()
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
             rules[2].then: 0 values for 1 output"
        );
    }

    #[test]
    fn cells_are_of_the_kind_of_their_column() {
        use crate::time::NaiveDate;
        let refused = |column: TableColumn, cell: &str| {
            let draft =
                DecisionTable::draft(HitPolicy::First).input(column).output(TableColumn::truth("stop"));
            draft.rule([cell], [true]).check().map_or_else(|problems| problems.to_string(), |_| "fine".into())
        };
        for (column, cell, told) in [
            (TableColumn::date("x"), "< 2", "`< 2` is about a number, the column holds a date"),
            (
                TableColumn::number("x"),
                "< 2 days",
                "`< 48 hours` is about a duration, the column holds a number",
            ),
            (
                TableColumn::duration("x"),
                "[2026-07-01..2026-07-02]",
                "is about a date, the column holds a duration",
            ),
            (TableColumn::list("x"), "\"kol\"", "`\"kol\"` is about a text, the column holds a list"),
            (TableColumn::text("x"), "contains \"kol\"", "is about a list, the column holds a text"),
            (
                TableColumn::list("x"),
                "contains \"a\", \"b\"",
                "`\"b\"` is about a text, the column holds a list",
            ),
            (TableColumn::date("x"), "(2026-07-01..2026-07-02)", "holds for no allowed value"),
            (TableColumn::date("x"), "< 0001-01-01", "holds for no allowed value"),
            (TableColumn::duration("x"), "< 0 seconds", "holds for no allowed value"),
            (TableColumn::list("x"), "contains \"a\" and none (\"a\")", "holds for no allowed value"),
            (TableColumn::list("x"), "contains any ()", "holds for no allowed value"),
            (TableColumn::truth("x"), "not(missing, true, false)", "holds for no allowed value"),
            (TableColumn::truth("x").allowing(CellTest::given()), "missing", "holds for no allowed value"),
            (TableColumn::truth("x").allowing(CellTest::missing()), "-", "holds for no allowed value"),
            (
                TableColumn::date("x").allowing(CellTest::below(NaiveDate::MAX)),
                "-",
                "is outside the years 1 to 9999",
            ),
        ] {
            let refusal = refused(column, cell);
            assert!(refusal.ends_with(told), "{cell}: {refusal}");
        }
        for cell in ["missing", "given", "missing, 2026-07-01", "-"] {
            assert_eq!(refused(TableColumn::date("x"), cell), "fine");
        }
        let outputs = |column: TableColumn, value: CellValue| {
            let draft = DecisionTable::draft(HitPolicy::First).input(TableColumn::number("x")).output(column);
            draft.rule(["-"], [value]).check().map_or_else(|problems| problems.to_string(), |_| "fine".into())
        };
        assert_eq!(outputs(TableColumn::date("y"), NaiveDate::default().into()), "fine");
        assert!(
            outputs(TableColumn::date("y"), NaiveDate::MAX.into()).ends_with("outside the years 1 to 9999")
        );
        assert!(
            outputs(TableColumn::list("y"), "kol".into())
                .ends_with("is about a text, the column holds a list")
        );
    }

    #[test]
    fn a_cell_that_never_holds_is_refused() {
        let refused = |cell: &str, allowed: CellTest| {
            DecisionTable::draft(HitPolicy::First)
                .input(TableColumn::number("roi").allowing(allowed))
                .output(TableColumn::truth("stop"))
                .rule([cell], [true])
                .check()
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
        let build = |policy: HitPolicy, outputs: Vec<TableColumn>| {
            let values: Vec<CellValue> = outputs.iter().map(|_| 1.into()).collect();
            let draft = outputs.into_iter().fold(draft(policy), DecisionDraft::output);
            draft.rule(["-", "-"], values).check().map(drop).map_err(|problems| problems.to_string())
        };
        let (one, two) =
            (|| vec![TableColumn::number("a")], || vec![TableColumn::number("a"), TableColumn::number("b")]);
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
        let draft = draft(HitPolicy::First).output(TableColumn::number("points"));
        let draft =
            (0..rules).fold(draft, |draft, rule| draft.rule(["-".to_string(), format!("< {rule}")], [rule]));
        let problems = draft.check().unwrap_err();
        assert!(problems.iter().any(|problem| matches!(problem.error, DecisionError::TooLarge { .. })));
    }
}
