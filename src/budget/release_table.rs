//! Decision tables that say how much a line releases at a review.

use super::BudgetError;
use crate::decision::{CellTest, CellValue, DecisionTable, HitPolicy, TableColumn, ValueKind};
use crate::error::{Path, Problems};
use crate::quantity::Share;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A decision table that says which percentage of its amount a line releases, and why. Its outputs are the number
/// `release_percent` (0 to 100) and the text `reason`; its inputs are the caller's. Where no rule matches, a line
/// releases nothing.
///
/// # Examples
/// ```
/// use marketloop::budget::ReleaseTable;
/// use marketloop::decision::{HitPolicy, TableColumn, DecisionTable, CellValue};
/// use rust_decimal::dec;
///
/// let table = DecisionTable::draft(HitPolicy::First)
///     .input(TableColumn::number("roi"))
///     .output(TableColumn::number("release_percent"))
///     .output(TableColumn::text("reason"))
///     .rule(["< 2"], [CellValue::from(dec!(100)), CellValue::from("ROI under 1:2")])
///     .check()?;
/// let table = ReleaseTable::new(table)?;
/// assert_eq!(table.table().rules().len(), 1);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::budget::ReleaseTable;
/// let json = r#"{
///   "hit_policy": "first",
///   "inputs": [{"name": "roi", "kind": "number"}],
///   "outputs": [{"name": "release_percent", "kind": "number"}, {"name": "reason", "kind": "text"}],
///   "rules": [{"when": ["< 2"], "then": ["100", "\"ROI under 1:2\""]}]
/// }"#;
/// let read: ReleaseTable = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<ReleaseTable>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "DecisionTable", into = "DecisionTable")]
pub struct ReleaseTable(DecisionTable);

/// The answer of a table for a line.
pub(super) struct Verdict {
    pub(super) rule: usize,
    pub(super) percent: Decimal,
    /// The table's reason, and which rule matched and how.
    pub(super) reason: String,
    pub(super) decided_by: String,
}

impl ReleaseTable {
    /// The name of the output with the percentage of its amount that a line releases.
    pub const PERCENT: &'static str = "release_percent";
    /// The name of the output with the reason.
    pub const REASON: &'static str = "reason";

    /// The release table of a decision table that has the two outputs.
    ///
    /// # Errors
    /// [`BudgetError::NotAReleaseTable`] for a missing output or a hit policy that gives no single rule;
    /// [`BudgetError::Quantity`] for a percentage outside 0 to 100.
    pub fn new(table: DecisionTable) -> Result<Self, BudgetError> {
        let needs = |needed| BudgetError::NotAReleaseTable { needed };
        // Rules that answer together would release the same money twice.
        if !matches!(
            table.policy(),
            HitPolicy::First | HitPolicy::Unique | HitPolicy::Any | HitPolicy::Priority
        ) {
            return Err(needs("a hit policy of one rule: first, unique, any or priority"));
        }
        let output = |name: &str, kind| {
            table.outputs().iter().position(|output| output.name() == name && output.kind() == kind)
        };
        let percent = output(Self::PERCENT, ValueKind::Number);
        let percent = percent.ok_or_else(|| needs("an output of numbers `release_percent`"))?;
        output(Self::REASON, ValueKind::Text).ok_or_else(|| needs("an output of texts `reason`"))?;
        for (_, outputs) in table.rules() {
            let stated = outputs.get(percent).and_then(CellValue::as_number);
            let stated = stated.ok_or_else(|| needs("a number in every `release_percent`"))?;
            // With the table, not when a line is judged: more than all of a line can never be released.
            Share::percent(stated)?;
        }
        Ok(Self(table))
    }

    /// The plan documents' two rules: a KOL whose ROI is under 1:2 is replaced, a channel whose activity is over
    /// 20 % under its baseline is dropped; either releases all it can.
    ///
    /// | input | |
    /// | --- | --- |
    /// | `kind` | a text, `"kol"` for accounts of opinion leaders |
    /// | `roi` | returns over costs, 3.2 for 1:3.2 |
    /// | `activity` | activity over its baseline, 0.79 for 21 % under it |
    ///
    /// # Errors
    /// None in practice: the table is a constant.
    ///
    /// # Examples
    /// See [`Reallocation`](super::Reallocation).
    #[doc(alias = "KOL")]
    #[doc(alias = "关键意见领袖")]
    pub fn kol_and_activity() -> Result<Self, Problems<BudgetError>> {
        let all = || CellValue::from(Decimal::ONE_HUNDRED);
        let table = DecisionTable::draft(HitPolicy::First)
            .input(TableColumn::text("kind"))
            .input(TableColumn::number("roi"))
            .input(TableColumn::number("activity"))
            .output(TableColumn::number(Self::PERCENT))
            .output(TableColumn::text(Self::REASON))
            .rule(
                [CellTest::is("kol"), CellTest::below(Decimal::TWO), CellTest::any()],
                [all(), CellValue::from("KOL ROI under 1:2, replaced")],
            )
            .rule(
                [CellTest::any(), CellTest::any(), CellTest::below(Decimal::new(8, 1))],
                [all(), CellValue::from("activity over 20 % under the baseline, dropped")],
            )
            .check();
        let mut problems = Problems::new();
        let table = problems.take_all(&Path::root(), table);
        let table = table.and_then(|table| problems.take(&Path::root(), Self::new(table)));
        problems.finish(table)
    }

    /// The decision table.
    #[must_use]
    pub const fn table(&self) -> &DecisionTable {
        &self.0
    }

    /// The answer of the table for a line with these facts; `None` where no rule matches.
    pub(super) fn judge(&self, facts: &BTreeMap<String, CellValue>) -> Result<Option<Verdict>, BudgetError> {
        let named: Vec<_> = facts.iter().map(|(name, value)| (name.as_str(), value.into())).collect();
        let facts = self.0.facts(named)?;
        let decision = self.0.decide(&facts)?;
        // The hit policies that are let in answer with one rule or with none.
        let &[rule] = decision.answering() else { return Ok(None) };
        // The columns are of these kinds: a table that lacks a value all the same must not release nothing in silence.
        let lacks = |needed| BudgetError::NotAReleaseTable { needed };
        let percent = decision.output(Self::PERCENT).and_then(CellValue::as_number);
        let percent = percent.ok_or_else(|| lacks("a number in every `release_percent`"))?;
        let reason = decision.output(Self::REASON).and_then(CellValue::as_text);
        let reason = reason.ok_or_else(|| lacks("a text in every `reason`"))?.into();
        let decided_by = decision.explain(rule).ok_or_else(|| lacks("the rule that answers"))?;
        Ok(Some(Verdict { rule, percent, reason, decided_by }))
    }
}

impl TryFrom<DecisionTable> for ReleaseTable {
    type Error = BudgetError;

    fn try_from(table: DecisionTable) -> Result<Self, Self::Error> {
        Self::new(table)
    }
}

impl From<ReleaseTable> for DecisionTable {
    fn from(table: ReleaseTable) -> Self {
        table.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::DecisionError;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn table(
        policy: HitPolicy,
        outputs: [TableColumn; 2],
        values: [CellValue; 2],
    ) -> Result<ReleaseTable, BudgetError> {
        let [first, second] = outputs;
        let draft =
            DecisionTable::draft(policy).input(TableColumn::number("roi")).output(first).output(second);
        ReleaseTable::new(draft.rule(["< 2"], values).check().unwrap())
    }

    #[test]
    fn a_table_without_percent_or_reason_is_none() {
        let (percent, reason) = (|| TableColumn::number("release_percent"), || TableColumn::text("reason"));
        let values = || [CellValue::from(dec!(100)), CellValue::from("low")];
        assert!(table(HitPolicy::Unique, [percent(), reason()], values()).is_ok());
        for (refused, message) in [
            (
                table(HitPolicy::Collect, [percent(), reason()], values()),
                "a release table needs a hit policy of one rule: first, unique, any or priority",
            ),
            (
                table(HitPolicy::First, [TableColumn::number("percent"), reason()], values()),
                "a release table needs an output of numbers `release_percent`",
            ),
            (
                table(HitPolicy::First, [percent(), TableColumn::text("why")], values()),
                "a release table needs an output of texts `reason`",
            ),
            (
                table(
                    HitPolicy::First,
                    [percent(), reason()],
                    [CellValue::from(dec!(100.5)), CellValue::from("x")],
                ),
                "share 1.005 is outside 0..=1",
            ),
        ] {
            assert_eq!(refused.unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn the_documents_rules_have_strict_edges() {
        let table = ReleaseTable::kol_and_activity().unwrap();
        let judge = |kind: &str, roi: Decimal, activity: Decimal| {
            let facts = [("kind", CellValue::from(kind)), ("roi", roi.into()), ("activity", activity.into())];
            let facts = facts.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
            table.judge(&facts).unwrap().map(|verdict| verdict.rule)
        };
        assert_eq!(judge("kol", dec!(1.99), dec!(1)), Some(0));
        assert_eq!(judge("kol", dec!(2), dec!(1)), None);
        assert_eq!(judge("channel", dec!(1), dec!(0.8)), None);
        assert_eq!(judge("channel", dec!(9), dec!(0.799)), Some(1));
        assert_eq!(judge("kol", dec!(1), dec!(0.5)), Some(0));
        let missing = table.judge(&BTreeMap::new()).err();
        let missing =
            missing.map(|error| matches!(error, BudgetError::Decision(DecisionError::MissingInput { .. })));
        assert_eq!(missing, Some(true));
    }
}
