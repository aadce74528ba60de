//! The action for a channel by a decision table, with the reason and the nearest miss.

use super::{ChannelError, Metric, Scorecard};
use crate::decision::{
    CellTest, CellValue, Decision, DecisionError, DecisionTable, Fact, HitPolicy, TableColumn, TestedCell,
    ValueKind,
};
use crate::error::{Path, Problems};
use crate::figure::{Cause, Cell, Figure, Table, from_wire};
use crate::quantity::words::{of_word, unknown, words};
use crate::quantity::{Count, Ratio, Rounding};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An action for a channel: `keep`, `boost`, `cut`, `replace` or `drop`.
///
/// # Examples
/// ```
/// use marketloop::channel::Action;
///
/// assert_eq!("Boost".parse(), Ok(Action::Boost));
/// assert_eq!("sell".parse::<Action>().unwrap_err().to_string(), "`sell` is no action: keep, boost, cut, replace, drop");
/// ```
///
/// ```
/// # use marketloop::channel::Action;
/// assert_eq!(serde_json::from_str::<Action>(r#""boost""#)?, Action::Boost);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Keep its budget.
    Keep,
    /// Raise its budget.
    Boost,
    /// Lower its budget.
    Cut,
    /// Replace it by another one.
    Replace,
    /// Give it up; its budget moves to channels of high retention.
    Drop,
}

words!(Action, "action", ChannelError:
    Keep = "keep",
    Boost = "boost",
    Cut = "cut",
    Replace = "replace",
    Drop = "drop",
);

impl Action {
    /// All actions.
    pub const ALL: [Self; 5] = [Self::Keep, Self::Boost, Self::Cut, Self::Replace, Self::Drop];
}

from_wire!(Action);

/// A decision table whose output `action` is one of [`Action`]'s words.
///
/// # Examples
/// ```
/// use marketloop::channel::{Action, ActionTable, change_from_baseline};
/// use marketloop::quantity::{Count, Rounding};
/// use rust_decimal::dec;
///
/// let table = ActionTable::documents()?;
/// assert!(table.table().report(10_000).is_complete());
/// let activity = change_from_baseline(Count::new(750), Count::new(1_000))?; // a quarter under the baseline
/// let facts = table.table().facts([
///     ("kind", "channel".into()),
///     ("return_on_ad_spend", dec!(3.2).into()),
///     ("return_index", dec!(0.77).into()),
///     ("cost_index", dec!(1.26).into()),
///     ("activity_change", activity.round((4, Rounding::HalfEven))?.into()),
/// ])?;
/// let (action, decision) = table.decide(&facts)?;
/// assert_eq!(action.get()?, Action::Drop);
/// assert!(!decision.to_string().is_empty());
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::channel::ActionTable;
/// let json = r#"{
///   "hit_policy": "first",
///   "inputs": [
///     {"name": "kind", "kind": "text"},
///     {"name": "return_on_ad_spend", "kind": "number"},
///     {"name": "activity_change", "kind": "number"},
///     {"name": "return_index", "kind": "number"},
///     {"name": "cost_index", "kind": "number"}
///   ],
///   "outputs": [{"name": "action", "kind": "text"}],
///   "rules": [
///     {"when": ["\"kol\"", "< 2", "-", "-", "-"], "then": ["\"replace\""]},
///     {"when": ["-", "-", "< -0.2", "-", "-"], "then": ["\"drop\""]},
///     {"when": ["-", "-", "-", ">= 1", "<= 1"], "then": ["\"boost\""]},
///     {"when": ["-", "-", "-", "< 0.9", "> 1.1"], "then": ["\"cut\""]},
///     {"when": ["-", "-", "-", "-", "-"], "then": ["\"keep\""]}
///   ]
/// }"#;
/// let read: ActionTable = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<ActionTable>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "DecisionTable", into = "DecisionTable")]
pub struct ActionTable {
    table: DecisionTable,
}

impl ActionTable {
    /// An action table of a decision table that answers with actions.
    ///
    /// # Errors
    /// All problems at once: [`ChannelError::NoActionOutput`] without a text output named `action`;
    /// [`ChannelError::SeveralAnswers`] for a hit policy that may answer with several rules or with a number;
    /// [`ChannelError::UnknownWord`] at each rule whose output is no action.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{Action, ActionTable};
    /// use marketloop::decision::{CellTest, DecisionTable, HitPolicy, TableColumn};
    /// use rust_decimal::dec;
    ///
    /// let rules = |word| {
    ///     let table = DecisionTable::draft(HitPolicy::First).input(TableColumn::number("return_on_ad_spend"));
    ///     let table = table.output(TableColumn::text("action")).rule([CellTest::below(dec!(2))], ["cut"]);
    ///     table.rule([CellTest::any()], [word]).check()
    /// };
    /// assert!(ActionTable::new(rules("keep")?).is_ok());
    /// // A word that is no action is found when the table is made, not when a channel meets its rule.
    /// let refused = ActionTable::new(rules("sell")?).unwrap_err().to_string();
    /// assert!(refused.starts_with("rules[1].then[0]: `sell` is no action"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(table: DecisionTable) -> Result<Self, Problems<ChannelError>> {
        let mut problems = Problems::new();
        // A table that collects its hits may answer with several actions, and nothing here could choose.
        let single = matches!(
            table.policy(),
            HitPolicy::Unique | HitPolicy::Any | HitPolicy::First | HitPolicy::Priority
        );
        if !single {
            problems.push(
                Path::root().field("hit_policy"),
                ChannelError::SeveralAnswers { policy: table.policy() },
            );
        }
        let output = |output: &TableColumn| output.name() == OUTPUT && output.kind() == ValueKind::Text;
        match table.outputs().iter().position(output) {
            None => problems.push(Path::root().field("outputs"), ChannelError::NoActionOutput),
            Some(index) => {
                for (rule, (_, outputs)) in table.rules().enumerate() {
                    // A checked table has a value for each output of each rule, of the output's kind.
                    #[expect(clippy::indexing_slicing, reason = "a rule has a value for each output")]
                    let value = &outputs[index];
                    let word = value.as_text();
                    debug_assert!(word.is_some(), "a text output has a text in every rule");
                    if word.and_then(of_word::<Action>).is_none() {
                        // Told as it stands: an empty word in its place would be a fault that nobody wrote.
                        let word = word.map_or_else(|| value.to_string(), String::from);
                        let error = ChannelError::from(unknown::<Action>(&word));
                        problems
                            .push(Path::root().field("rules").index(rule).field("then").index(index), error);
                    }
                }
            }
        }
        problems.into_result(Self { table })
    }

    /// The rules of the planning documents, first match first: an influencer (`kind` is `kol`) with a return under 1:2
    /// is replaced; activity over 20 % under the baseline is dropped; a return at or above that of all channels at a
    /// cost not above theirs is boosted; a lower return at a higher cost is cut; all others are kept. The documents do
    /// not say how much lower and higher: the preset takes more than 10 % for both. [`channel_facts`] gives the facts.
    ///
    /// # Errors
    /// None; the table is checked like any other.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::ActionTable;
    ///
    /// let table = ActionTable::documents()?;
    /// assert_eq!(table.table().rules().count(), 5);
    /// assert!(table.table().report(10_000).is_complete()); // every channel meets a rule
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn documents() -> Result<Self, Problems<DecisionError>> {
        let number = |places: i64| Decimal::new(places, 1);
        let (any, one) = (CellTest::any, Decimal::ONE);
        let table = DecisionTable::draft(HitPolicy::First)
            .input(TableColumn::text("kind"))
            .input(TableColumn::number("return_on_ad_spend"))
            .input(TableColumn::number("activity_change"))
            .input(TableColumn::number("return_index"))
            .input(TableColumn::number("cost_index"))
            .output(TableColumn::text(OUTPUT))
            // The first hit counts: a creator that does not pay is replaced before its activity is looked at.
            .rule([CellTest::is("kol"), CellTest::below(number(20)), any(), any(), any()], ["replace"])
            .rule([any(), any(), CellTest::below(number(-2)), any(), any()], ["drop"])
            .rule([any(), any(), any(), CellTest::at_least(one), CellTest::at_most(one)], ["boost"])
            .rule([any(), any(), any(), CellTest::below(number(9)), CellTest::above(number(11))], ["cut"])
            // Last and without a test, so that every channel has an answer.
            .rule([any(), any(), any(), any(), any()], ["keep"])
            .check()?;
        // Every word above is an action, and the policy is single.
        Ok(Self { table })
    }

    /// The decision table: its facts by name, its gaps and overlaps.
    #[must_use]
    pub const fn table(&self) -> &DecisionTable {
        &self.table
    }

    /// The action for these facts (one per column), and the decision behind it: the rule, the reason of each cell, the
    /// nearest miss. Where no rule matches, the action is undefined.
    ///
    /// # Errors
    /// Those of [`DecisionTable::decide`]: a missing input that a rule tests is an error, never a silent non-match.
    pub fn decide<'a>(
        &'a self,
        facts: &'a [Fact<'a>],
    ) -> Result<(Figure<Action>, Decision<'a>), DecisionError> {
        let decision = self.table.decide(facts)?;
        let word = decision.output(OUTPUT).and_then(CellValue::as_text);
        let action = match word.and_then(of_word::<Action>) {
            Some(action) => Figure::Known(action),
            None => Figure::undefined(OUTPUT, Cause::None("rule that matches".into())),
        };
        Ok((action, decision))
    }
}

impl ActionTable {
    /// A row for each rule, counted from 1: what it asks for, and its action.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::ActionTable;
    ///
    /// let rules = ActionTable::documents()?.rules_table();
    /// assert_eq!(rules.get("rule 2 of 5", "if").unwrap().value.as_deref(), Some("activity change < -0.2"));
    /// assert_eq!(rules.get("rule 5 of 5", "if").unwrap().value.as_deref(), Some("no other rule matches"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn rules_table(&self) -> Table {
        let mut table = Table::new("rule");
        let rules = self.table.rules().len();
        for ((tests, outputs), place) in self.table.rules().zip(1_usize..) {
            let tested = self.table.inputs().iter().zip(tests).filter(|(_, test)| **test != CellTest::any());
            let words: Vec<String> = tested
                .map(|(input, test)| alloc::format!("{} {test}", input.name().replace('_', " ")))
                .collect();
            let name = alloc::format!("rule {place} of {rules}");
            table.push(&name, "if", if words.is_empty() { NO_OTHER.into() } else { words.join("; ") });
            let action = outputs.iter().zip(self.table.outputs()).find(|(_, output)| output.name() == OUTPUT);
            table.push(&name, OUTPUT, action.and_then(|(action, _)| action.as_text()).map(String::from));
        }
        table
    }

    /// A row for each channel, given by name, kind, card and the [change of its activity](change_from_baseline): the
    /// action, the rule that answers (counted from 1), and the facts that decided it. `all` is the total of all channels.
    ///
    /// For the facts of [`documents`](Self::documents). Numbers are rounded to 4 decimals, but where that would
    /// hide on which side of its edge one lies.
    ///
    /// # Errors
    /// Those of [`decide`](Self::decide).
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{ActionTable, Scorecard};
    ///
    /// let card = |spend: &str, revenue: &str| {
    ///     let draft = Scorecard::draft().with_conversions(100).with_spend(spend.parse()?);
    ///     draft.with_revenue(revenue.parse()?).check().map_err(marketloop::Error::from)
    /// };
    /// let (video, search) = (card("3500 CNY", "16800 CNY")?, card("5000 CNY", "16000 CNY")?);
    /// let all = Scorecard::total([&video, &search])?;
    /// let steady = Some("0.02".parse()?);
    /// let rows = [("video", "channel", &video, steady), ("search", "channel", &search, steady)];
    /// assert_eq!(
    ///     ActionTable::documents()?.decisions(rows, &all)?.to_string(),
    ///     "channel  action  rule         why\n\
    ///      video    boost   rule 3 of 5  return index 1.2439 >= 1; cost index 0.8235 <= 1\n\
    ///      search   cut     rule 4 of 5  return index 0.8293 < 0.9; cost index 1.1765 > 1.1\n"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decisions<'c, K: fmt::Display>(
        &self,
        channels: impl IntoIterator<Item = (K, &'c str, &'c Scorecard, Option<Ratio>)>,
        all: &Scorecard,
    ) -> Result<Table, DecisionError> {
        let mut table = Table::new("channel");
        let rules = self.table.rules().len();
        for (name, kind, card, activity) in channels {
            let facts = self.table.facts(channel_facts(kind, card, all, activity))?;
            let (action, decision) = self.decide(&facts)?;
            table.push(&name, OUTPUT, action.map(|action| action.to_string()));
            let Some(rule) = decision.answering().first() else { continue };
            let why = decision.why(*rule).map(|why| {
                let tested = why.steps().map(|step| &step.cause);
                let tested: Vec<String> =
                    tested.filter(|cell| *cell.test != CellTest::any()).map(told).collect();
                if tested.is_empty() { NO_OTHER.into() } else { tested.join("; ") }
            });
            // A rule's place among the rules, not a number that is counted with.
            #[expect(clippy::arithmetic_side_effects, reason = "an index of a list is below its length")]
            let place = alloc::format!("rule {} of {rules}", rule + 1);
            table.push(&name, "rule", Cell::from(place).because(why.unwrap_or_default()));
        }
        Ok(table)
    }
}

/// A tested cell in words: `return index 0.8293 < 0.9`.
fn told(cell: &TestedCell<'_>) -> String {
    let input = cell.input.replace('_', " ");
    let Fact::Number(number) = cell.fact else {
        return alloc::format!("{input} {} {}", cell.fact, cell.test);
    };
    let short = number.round_dp(4);
    // Rounded onto an edge, it would be told as one that is "below" itself.
    let hides = alloc::format!("{}", cell.test).split(' ').any(|word| word.parse() == Ok(short));
    let shown = if hides { number } else { short };
    alloc::format!("{input} {} {}", shown.normalize(), cell.test)
}

/// What a rule without a test asks for.
const NO_OTHER: &str = "no other rule matches";

/// The name of the output.
const OUTPUT: &str = "action";

impl TryFrom<DecisionTable> for ActionTable {
    type Error = Problems<ChannelError>;

    fn try_from(table: DecisionTable) -> Result<Self, Self::Error> {
        Self::new(table)
    }
}

impl From<ActionTable> for DecisionTable {
    fn from(actions: ActionTable) -> Self {
        actions.table
    }
}

/// The change from a baseline: -1/5 where the activity is 20 % under it.
///
/// # Formula
/// actual / baseline - 1.
///
/// # Errors
/// [`ChannelError::ZeroBaseline`] where the baseline is 0: it was measured, but no change is a share of it.
///
/// # Examples
/// ```
/// use marketloop::channel::change_from_baseline;
/// use marketloop::quantity::Count;
///
/// assert_eq!(change_from_baseline(Count::new(800), Count::new(1_000))?, "-1/5".parse()?);
/// // What began at nothing has no change in per cent.
/// assert!(change_from_baseline(Count::new(800), Count::ZERO).is_err());
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn change_from_baseline(actual: Count, baseline: Count) -> Result<Ratio, ChannelError> {
    // No rate is chosen for a baseline of 0: 0 would hide the growth, and any other would invent its size.
    if baseline == Count::ZERO {
        return Err(ChannelError::ZeroBaseline { actual });
    }
    Ok(Ratio::new(actual.to_decimal(), baseline.to_decimal())?.minus(Ratio::ONE)?)
}

/// The facts of a channel for [`ActionTable::documents`], by the names of its columns.
///
/// `card` is a channel of this kind (`kol` for an influencer), `all` the total of all channels, `activity_change` the
/// [change of its activity](change_from_baseline). Facts that the scorecards do not have are missing. Ratios are
/// rounded half-even to 12 decimals.
///
/// # Formula
/// return index = ROAS / ROAS of all; cost index = CPA / CPA of all.
///
/// # Examples
/// ```
/// use marketloop::channel::{Action, ActionTable, Scorecard, channel_facts, change_from_baseline};
/// use marketloop::quantity::Count;
///
/// let card = |spend: &str, revenue: &str| -> Result<Scorecard, marketloop::Error> {
///     let draft = Scorecard::draft().with_conversions(100).with_spend(spend.parse()?);
///     Ok(draft.with_revenue(revenue.parse()?).check()?)
/// };
/// let (video, search) = (card("3500 CNY", "16800 CNY")?, card("5000 CNY", "16000 CNY")?);
/// let all = Scorecard::total([&video, &search])?;
/// let activity = change_from_baseline(Count::new(1_020), Count::new(1_000))?;
/// let actions = ActionTable::documents()?;
/// let facts = actions.table().facts(channel_facts("channel", &video, &all, Some(activity)))?;
/// assert_eq!(actions.decide(&facts)?.0.get()?, Action::Boost);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[must_use]
pub fn channel_facts<'a>(
    kind: &'a str,
    card: &Scorecard,
    all: &Scorecard,
    activity_change: Option<Ratio>,
) -> [(&'static str, Fact<'a>); 5] {
    // What cannot be divided is a missing fact, not an error: what it means is for the table to say.
    let index = |metric| card.metric(metric).ok()?.divided_by(all.metric(metric).ok()?).ok();
    let number = |value: Option<Ratio>| value.and_then(rounded).map_or(Fact::Missing, Fact::Number);
    [
        ("kind", Fact::Text(kind)),
        ("return_on_ad_spend", number(card.metric(Metric::ReturnOnAdSpend).ok())),
        ("activity_change", number(activity_change)),
        ("return_index", number(index(Metric::ReturnOnAdSpend))),
        ("cost_index", number(index(Metric::CostPerAcquisition))),
    ]
}

fn rounded(ratio: Ratio) -> Option<Decimal> {
    // The table compares decimals, and a ratio need not end: 12 places are finer than any threshold set.
    ratio.round((12, Rounding::HalfEven)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(conversions: u64, spend: &str, revenue: &str) -> Scorecard {
        let draft = Scorecard::draft().with_conversions(conversions);
        draft.with_spend(spend.parse().unwrap()).with_revenue(revenue.parse().unwrap()).check().unwrap()
    }

    #[test]
    fn the_documents_channels_get_their_actions() {
        let cards = [
            ("channel", card(200, "10000 CNY", "32000 CNY"), 1_000, Action::Cut),
            ("channel", card(300, "12000 CNY", "49200 CNY"), 1_000, Action::Keep),
            ("channel", card(450, "15750 CNY", "75600 CNY"), 800, Action::Boost),
            ("channel", card(450, "15750 CNY", "75600 CNY"), 799, Action::Drop),
            ("kol", card(450, "15750 CNY", "31499 CNY"), 1_000, Action::Replace),
        ];
        let table = ActionTable::documents().unwrap();
        let all = Scorecard::total(cards.iter().take(3).map(|(_, card, ..)| card)).unwrap();
        for (kind, card, activity, action) in &cards {
            let change = change_from_baseline(Count::new(*activity), Count::new(1_000)).unwrap();
            let facts = table.table().facts(channel_facts(kind, card, &all, Some(change))).unwrap();
            let (found, decision) = table.decide(&facts).unwrap();
            assert_eq!(found, Figure::Known(*action), "{decision}");
        }
    }

    #[test]
    fn a_missing_fact_is_an_error() {
        let table = ActionTable::documents().unwrap();
        let card = card(200, "10000 CNY", "32000 CNY");
        let facts = table.table().facts(channel_facts("channel", &card, &card, None)).unwrap();
        assert!(matches!(table.decide(&facts), Err(DecisionError::MissingInput { .. })));
    }

    /// N2: a change from a measured 0 is undefined, which is told with what was reached; it is not missing, and no fact
    /// is left out for it.
    #[test]
    fn a_change_from_zero_is_undefined_and_not_missing() {
        let card = card(200, "10000 CNY", "32000 CNY");
        for (actual, baseline) in (0..4).flat_map(|actual| (0..4).map(move |baseline| (actual, baseline))) {
            let [actual, baseline] = [actual, baseline].map(Count::new);
            let change = change_from_baseline(actual, baseline);
            if baseline == Count::ZERO {
                let error = ChannelError::ZeroBaseline { actual };
                assert_eq!(error.kind(), crate::error::ErrorKind::Undefined);
                assert_eq!(change, Err(error));
            } else {
                let facts = channel_facts("channel", &card, &card, change.clone().ok());
                let back = change.unwrap().plus(Ratio::ONE).unwrap().times(baseline.to_decimal().into());
                assert_eq!(back.unwrap(), actual.to_decimal().into());
                assert!(facts.iter().all(|(_, fact)| !matches!(fact, Fact::Missing)));
            }
        }
    }

    #[test]
    fn a_table_that_does_not_answer_with_actions_is_refused() {
        let table = |policy, output: TableColumn, word: &'static str| {
            let draft = DecisionTable::draft(policy).input(TableColumn::number("x")).output(output);
            ActionTable::new(draft.rule([CellTest::any()], [word]).check().unwrap())
                .map_err(|error| error.to_string())
        };
        assert!(table(HitPolicy::First, TableColumn::text("action"), "boost").is_ok());
        let refused = table(HitPolicy::Collect, TableColumn::text("action"), "sell").unwrap_err();
        assert!(
            refused.contains("hit_policy: ") && refused.contains("rules[0].then[0]: `sell` is no action"),
            "{refused}"
        );
        assert!(
            table(HitPolicy::First, TableColumn::text("deed"), "boost").unwrap_err().starts_with("outputs: ")
        );
    }
}
