//! What a table is made of: its hit policy and its columns.

use super::{CellTest, CellValue, DecisionError, ValueKind};
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// What a decision is when several rules match, as in DMN.
///
/// ```
/// # use marketloop::decision::HitPolicy;
/// assert_eq!(serde_json::from_str::<HitPolicy>(r#""output_order""#)?, HitPolicy::OutputOrder);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(alias = "命中策略")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HitPolicy {
    /// At most one rule may match; two are an error that names them.
    Unique,
    /// Several may match if all their outputs agree; else an error that names them.
    Any,
    /// The first matching rule in the order of the table.
    First,
    /// The matching rule whose outputs stand first in the outputs' ranking; ties to the earlier rule.
    Priority,
    /// All matching rules in the order of the table.
    RuleOrder,
    /// All matching rules in the order of the outputs' ranking; ties in the order of the table.
    OutputOrder,
    /// All matching rules in the order of the table, as a list without meaning in its order.
    Collect,
    /// The sum of the matching rules' only output.
    CollectSum,
    /// The least of the matching rules' only output.
    CollectMin,
    /// The greatest of the matching rules' only output.
    CollectMax,
    /// How many rules match; 0 where none does.
    CollectCount,
}

words!(HitPolicy, "hit policy", DecisionError:
    Unique = "unique",
    Any = "any",
    First = "first",
    Priority = "priority",
    RuleOrder = "rule_order" / "rule order",
    OutputOrder = "output_order" / "output order",
    Collect = "collect",
    CollectSum = "collect_sum" / "collect sum",
    CollectMin = "collect_min" / "collect min",
    CollectMax = "collect_max" / "collect max",
    CollectCount = "collect_count" / "collect count",
);

impl HitPolicy {
    pub(super) const fn needs_one_number(self) -> bool {
        matches!(self, Self::CollectSum | Self::CollectMin | Self::CollectMax)
    }

    pub(super) const fn needs_ranking(self) -> bool {
        matches!(self, Self::Priority | Self::OutputOrder)
    }
}

/// A column of a table, for inputs or for outputs: its name and which values it holds.
///
/// # Examples
/// ```
/// use marketloop::decision::{CellTest, TableColumn};
/// use rust_decimal::dec;
///
/// let roi = TableColumn::number("roi").allowing(CellTest::at_least(dec!(0)));
/// assert_eq!(serde_json::from_str::<TableColumn>(r#"{"name": "roi", "kind": "number", "allowed": ">= 0"}"#)?, roi);
/// let action = TableColumn::text("action").ranked(["drop", "keep"]);
/// assert_eq!(
///     serde_json::to_string(&action)?,
///     r#"{"name":"action","kind":"text","ranking":["\"drop\"","\"keep\""]}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TableColumn {
    pub(super) name: String,
    pub(super) kind: ValueKind,
    pub(super) allowed: CellTest,
    pub(super) ranking: Vec<CellValue>,
}

wire_fields!(TableColumn { name, kind, allowed: unless(CellTest::is_any, CellTest::any), ranking: optional });

impl TableColumn {
    /// A column of values of `kind`.
    #[must_use]
    pub fn new(name: &str, kind: ValueKind) -> Self {
        Self { name: name.into(), kind, allowed: CellTest::any(), ranking: Vec::new() }
    }

    /// A column of decimal numbers.
    #[must_use]
    pub fn number(name: &str) -> Self {
        Self::new(name, ValueKind::Number)
    }

    /// A column of texts.
    #[must_use]
    pub fn text(name: &str) -> Self {
        Self::new(name, ValueKind::Text)
    }

    /// A column of true and false.
    #[must_use]
    pub fn truth(name: &str) -> Self {
        Self::new(name, ValueKind::Truth)
    }

    /// A column of days.
    #[must_use]
    pub fn date(name: &str) -> Self {
        Self::new(name, ValueKind::Date)
    }

    /// A column of durations.
    #[must_use]
    pub fn duration(name: &str) -> Self {
        Self::new(name, ValueKind::Duration)
    }

    /// A column of lists of texts, for inputs only.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{CellTest, DecisionTable, Fact, HitPolicy, TableColumn};
    ///
    /// let draft = DecisionTable::draft(HitPolicy::First).input(TableColumn::list("tags"));
    /// let draft = draft.output(TableColumn::text("action")).rule([CellTest::contains("kol")], ["brief"]);
    /// let table = draft.check()?;
    /// let facts = [Fact::from(&["koc", "beauty"])];
    /// assert_eq!(
    ///     table.decide(&facts)?.explain(0).as_deref(),
    ///     Some(r#"rule 0 misses: tags ["koc", "beauty"] fails contains "kol", "kol" is lacking"#)
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn list(name: &str) -> Self {
        Self::new(name, ValueKind::List)
    }

    /// Allows only the values that pass: others are refused as facts and as outputs, and a report looks for no gaps
    /// among them. Missing facts are no values, and are let in or refused by the cells; a test that names them
    /// (`given`, `missing, >= 0`) says so for all rules.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{CellTest, DecisionTable, HitPolicy, TableColumn};
    /// use rust_decimal::dec;
    ///
    /// let percent = TableColumn::number("percent").allowing(CellTest::interval(dec!(0)..=dec!(100)));
    /// let draft = DecisionTable::draft(HitPolicy::First).input(TableColumn::text("kind")).output(percent);
    /// assert_eq!(
    ///     draft.rule(["-"], [120]).check().unwrap_err().to_string(),
    ///     "rules[0].then[0]: the value 120 is not allowed, allowed is [0..100]"
    /// );
    /// ```
    #[must_use]
    pub fn allowing(self, allowed: CellTest) -> Self {
        Self { allowed, ..self }
    }

    /// Ranks the values of an output from the most to the least important: what [`HitPolicy::Priority`] and
    /// [`HitPolicy::OutputOrder`] go by. With a ranking, every rule's value has to stand in it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{CellValue, DecisionTable, HitPolicy, TableColumn};
    /// use rust_decimal::dec;
    ///
    /// let draft = DecisionTable::draft(HitPolicy::Priority).input(TableColumn::number("roi"));
    /// let draft = draft.output(TableColumn::text("action").ranked(["drop", "keep"]));
    /// let table = draft.rule(["-"], ["keep"]).rule(["< 2"], ["drop"]).check()?;
    /// let facts = [dec!(1).into()];
    /// // Both rules match; to drop is the more important.
    /// assert_eq!(table.decide(&facts)?.output("action"), Some(&CellValue::from("drop")));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn ranked(self, ranking: impl IntoIterator<Item = impl Into<CellValue>>) -> Self {
        Self { ranking: ranking.into_iter().map(Into::into).collect(), ..self }
    }

    /// The name of the column.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind of its values.
    #[must_use]
    pub const fn kind(&self) -> ValueKind {
        self.kind
    }

    /// The test that its values pass.
    #[must_use]
    pub const fn allowed(&self) -> &CellTest {
        &self.allowed
    }

    /// The values from the most to the least important; empty where they are not ranked.
    #[must_use]
    pub fn ranking(&self) -> &[CellValue] {
        &self.ranking
    }

    /// The place of each ranked value.
    pub(super) fn places(&self) -> BTreeMap<&CellValue, usize> {
        // A map, not a scan: each rule looks up its value, and both lists come from outside.
        self.ranking.iter().zip(0..).collect()
    }
}

/// One row of a table: a test per input and a value per output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) tests: Vec<CellTest>,
    pub(super) outputs: Vec<CellValue>,
    /// The places of the outputs in their rankings.
    pub(super) rank: Vec<usize>,
}
