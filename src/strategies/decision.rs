//! Cells, decision tables and the facts that they are asked.

use super::almost_valid::{Spoil, one_of, spoilt};
use super::{AlmostValid, decimals, strategy, texts};
use crate::decision::{CellTest, CellValue, DecisionTable, Fact, HitPolicy, TableColumn};
use crate::error::{ErrorKind, Path};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Bound;
use proptest::bool;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::{Index, select, subsequence};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Values of cells: any number, any text, a truth.
///
/// Mean size 5.0 characters; 27 % are edges: a number of 0, an empty text, a truth.
///
/// # Examples
/// ```
/// use marketloop::laws::reads_its_own_text;
/// use marketloop::strategies::cell_values;
/// use proptest::prelude::*;
///
/// proptest!(|(value in cell_values())| reads_its_own_text(&value)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn cell_values() -> impl Strategy<Value = CellValue> + Clone {
    prop_oneof![
        decimals().prop_map(CellValue::Number),
        texts().prop_map(CellValue::Text),
        any::<String>().prop_map(CellValue::Text),
        any::<bool>().prop_map(CellValue::Truth),
    ]
}

/// Cells of every form: any value, up to three values and intervals of any kind and in any order, and none of them. Not
/// every one holds for some value.
///
/// Mean size 1.2 alternatives; 68 % are edges: no alternative, an interval whose ends are equal or turned.
///
/// # Examples
/// ```
/// use marketloop::laws::reads_its_own_text;
/// use marketloop::strategies::cell_tests;
/// use proptest::prelude::*;
///
/// proptest!(|(cell in cell_tests())| reads_its_own_text(&cell)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn cell_tests() -> impl Strategy<Value = CellTest> + Clone {
    let interval = (decimals(), decimals(), 0..9_u8).prop_map(|(low, high, kind)| match kind {
        0 => (Bound::Unbounded, Bound::Excluded(low)),
        1 => (Bound::Unbounded, Bound::Included(low)),
        2 => (Bound::Excluded(low), Bound::Unbounded),
        3 => (Bound::Included(low), Bound::Unbounded),
        4 => (Bound::Included(low), Bound::Included(high)),
        5 => (Bound::Excluded(low), Bound::Excluded(high)),
        6 => (Bound::Included(low), Bound::Excluded(high)),
        7 => (Bound::Excluded(low), Bound::Included(low)),
        _ => (Bound::Excluded(low), Bound::Included(high)),
    });
    let choice = prop_oneof![cell_values().prop_map(Ok), interval.prop_map(Err)];
    let named = |test: CellTest, choice| match choice {
        Ok(value) => test.with_value(value),
        Err(range) => test.with_interval(range),
    };
    let listed = move |choices: Vec<_>| choices.into_iter().fold(CellTest::not(CellTest::any()), named);
    let test = prop_oneof![1 => Just(CellTest::any()), 3 => vec(choice, 0..4).prop_map(listed)];
    (test, 0..4_u8).prop_map(|(test, times)| (0..times).fold(test, |test, _| CellTest::not(test)))
}

/// The texts that the cells of a table name, and those that none names.
const NAMED: [&str; 3] = ["kol", "paid", "own, \"ed\""];
const OTHERS: [&str; 2] = ["other", ""];

/// The columns of a table, in the order in which it takes them.
const COLUMNS: [&str; 4] = ["roi", "kind", "live", "share"];

/// The outputs, from the most to the least important.
const RANKED: [u32; 4] = [2, 0, 3, 1];

/// Ends of intervals and the facts upon them: few, so that they meet.
fn edges() -> impl Strategy<Value = Decimal> + Clone {
    (-3_i64..4, 0_u32..2).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

/// Tests of numbers that some number passes.
fn number_tests() -> impl Strategy<Value = CellTest> + Clone {
    let ends = (edges(), edges()).prop_map(|(a, b)| match a.cmp(&b) {
        core::cmp::Ordering::Less => (a, b),
        core::cmp::Ordering::Greater => (b, a),
        core::cmp::Ordering::Equal => (a, Decimal::TEN),
    });
    prop_oneof![
        Just(CellTest::any()),
        edges().prop_map(CellTest::below),
        edges().prop_map(CellTest::at_most),
        edges().prop_map(CellTest::above),
        edges().prop_map(CellTest::at_least),
        edges().prop_map(CellTest::is),
        edges().prop_map(|edge| CellTest::not(CellTest::is(edge))),
        ends.clone().prop_map(|(a, b)| CellTest::interval(a..b)),
        ends.clone().prop_map(|(a, b)| CellTest::interval(a..=b)),
        ends.clone().prop_map(|(a, b)| {
            CellTest::not(CellTest::interval((Bound::Excluded(a), Bound::Excluded(b))))
        }),
        (ends, edges()).prop_map(|((a, b), c)| {
            CellTest::interval((Bound::Excluded(a), Bound::Included(b))).with_interval(c..=c)
        }),
    ]
}

fn text_tests() -> impl Strategy<Value = CellTest> + Clone {
    let some = subsequence(NAMED.to_vec(), 1..=3);
    prop_oneof![
        Just(CellTest::any()),
        some.clone().prop_map(CellTest::one_of),
        some.prop_map(|names| CellTest::not(CellTest::one_of(names))),
    ]
}

fn truth_tests() -> impl Strategy<Value = CellTest> + Clone {
    prop_oneof![
        Just(CellTest::any()),
        any::<bool>().prop_map(CellTest::is),
        any::<bool>().prop_map(|truth| CellTest::not(CellTest::is(truth))),
    ]
}

/// A fact of each column, on the edges of the cells and beside them.
fn rows_of_facts() -> impl Strategy<Value = [Fact<'static>; 4]> + Clone {
    let beside = (-50_i64..60, 1_u32..4).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    let number = prop_oneof![edges(), beside];
    let text = select([NAMED.as_slice(), &OTHERS].concat());
    (number.clone(), text, any::<bool>(), number)
        .prop_map(|(roi, kind, live, share)| [roi.into(), kind.into(), live.into(), share.into()])
}

/// Decision tables of 1 to 8 rules with facts to ask them: columns of numbers, texts and truths, cells of every form
/// that meet at few edges, any hit policy, and one output of numbers that is ranked.
///
/// Mean size 4.5 rules; 34 % are edges: one rule, no facts, a rule of empty cells, two rules of the same cells.
///
/// # Examples
/// ```
/// use marketloop::decision::HitPolicy;
/// use marketloop::strategies::decision_tables;
/// use proptest::prelude::*;
///
/// proptest!(|((table, facts) in decision_tables().with_policy(HitPolicy::First))| {
///     for facts in &facts {
///         let decision = table.decide(facts).unwrap();
///         prop_assert_eq!(decision.answering().first(), decision.matched().first());
///     }
/// });
/// ```
pub fn decision_tables() -> DecisionTables {
    DecisionTables {
        rules: (1..=8).into(),
        facts: (0..=8).into(),
        policy: None,
        catch_all: false,
        missing: false,
    }
}

/// How decision tables are made; see [`decision_tables`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct DecisionTables {
    rules: SizeRange,
    facts: SizeRange,
    policy: Option<HitPolicy>,
    catch_all: bool,
    missing: bool,
}

impl DecisionTables {
    /// Tables of so many rules; none counts as one.
    pub fn with_rules(mut self, rules: impl Into<SizeRange>) -> Self {
        self.rules = rules.into();
        self
    }

    /// So many rows of facts beside each table.
    pub fn with_facts(mut self, facts: impl Into<SizeRange>) -> Self {
        self.facts = facts.into();
        self
    }

    /// Tables of this hit policy alone.
    pub fn with_policy(mut self, policy: HitPolicy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Tables without a gap: the last rule has empty cells.
    pub fn with_catch_all(mut self) -> Self {
        self.catch_all = true;
        self
    }

    /// Some facts are missing; a table that tests them refuses to answer.
    pub fn with_missing(mut self) -> Self {
        self.missing = true;
        self
    }

    /// JSON of tables with one fault that [`DecisionDraft::check`](crate::decision::DecisionDraft::check) has to tell.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::DecisionDraft;
    /// use marketloop::laws::refuses;
    /// use marketloop::strategies::decision_tables;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|(case in decision_tables().almost_valid())| {
    ///     refuses(&case, serde_json::from_str::<DecisionDraft>(case.json()).unwrap().check())?;
    /// });
    /// ```
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.cases().prop_map(|(table, _)| table), &SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = (DecisionTable, Vec<Vec<Fact<'static>>>)> + use<> {
        let policies = [
            HitPolicy::First,
            HitPolicy::Unique,
            HitPolicy::Any,
            HitPolicy::Priority,
            HitPolicy::RuleOrder,
            HitPolicy::OutputOrder,
            HitPolicy::Collect,
            HitPolicy::CollectSum,
            HitPolicy::CollectMin,
            HitPolicy::CollectMax,
            HitPolicy::CollectCount,
        ];
        let policy = select(self.policy.map_or_else(|| policies.to_vec(), |policy| vec![policy]));
        let cells = (number_tests(), text_tests(), truth_tests(), number_tests());
        let rule = cells.prop_map(|(roi, kind, live, share)| [roi, kind, live, share]);
        let rules = vec((rule, select(&[0_u32, 1, 2, 3][..])), self.rules.clone());
        // A fact that is missing shrinks to one that is known.
        let absent = bool::weighted(if self.missing { 0.2 } else { 0.0 });
        let row = (rows_of_facts(), [absent, absent, absent, absent]);
        let width = (1_usize..=4, any::<bool>());
        let catch_all = self.catch_all;
        (width, policy, rules, vec(row, self.facts.clone())).prop_filter_map(
            "a decision table",
            move |((inputs, allowing), policy, mut rules, facts)| {
                let everything = || [(); 4].map(|()| CellTest::any());
                if rules.is_empty() {
                    rules.push((everything(), 0));
                }
                if let Some(last) = rules.last_mut().filter(|_| catch_all) {
                    last.0 = everything();
                }
                let draft = columns(inputs, allowing).into_iter().fold(
                    DecisionTable::draft(policy).output(TableColumn::number("points").ranked(RANKED)),
                    crate::decision::DecisionDraft::input,
                );
                let draft = rules.into_iter().fold(draft, |draft, (cells, points)| {
                    draft.rule(cells.into_iter().take(inputs), [points])
                });
                let facts = facts.into_iter().map(|(row, absent)| {
                    let told = row.into_iter().zip(absent).take(inputs);
                    told.map(|(fact, absent)| if absent { Fact::Missing } else { fact }).collect()
                });
                Some((draft.check().ok()?, facts.collect()))
            },
        )
    }
}

/// The first so many columns, with or without the values that they allow: all facts are among them, and each cell holds
/// for some of them.
fn columns(count: usize, allowing: bool) -> Vec<TableColumn> {
    let wide = || CellTest::interval(Decimal::new(-100, 0)..=Decimal::ONE_HUNDRED);
    let column = |name: &&str| match (*name, allowing) {
        ("kind", false) => TableColumn::text("kind"),
        ("kind", true) => {
            TableColumn::text("kind").allowing(CellTest::one_of(NAMED.into_iter().chain(OTHERS)))
        }
        ("live", _) => TableColumn::truth("live"),
        (name, false) => TableColumn::number(name),
        (name, true) => TableColumn::number(name).allowing(wide()),
    };
    COLUMNS.iter().take(count).map(column).collect()
}

strategy!(DecisionTables => (DecisionTable, Vec<Vec<Fact<'static>>>));

const SPOILS: [Spoil; 9] = [
    Spoil {
        fault: "an input that is named as the first",
        kind: ErrorKind::Duplicate,
        at: |json, place| {
            let inputs = json.get_mut("inputs")?.as_array_mut()?;
            let first = inputs.first()?.get("name")?.clone();
            let (later, step) = one_of(inputs.get_mut(1..)?, place)?;
            later["name"] = first;
            Some(Path::root().field("inputs").index(step.checked_add(1)?))
        },
    },
    Spoil {
        fault: "an input with a ranking",
        kind: ErrorKind::Conflict,
        at: |json, place| {
            let (input, index) = one_of(json.get_mut("inputs")?.as_array_mut()?, place)?;
            input["ranking"] = json!(["1"]);
            Some(Path::root().field("inputs").index(index).field("ranking"))
        },
    },
    Spoil {
        fault: "a value that is ranked twice",
        kind: ErrorKind::Duplicate,
        at: |json, _| {
            let ranking = json.pointer_mut("/outputs/0/ranking")?.as_array_mut()?;
            let (first, count) = (ranking.first()?.clone(), ranking.len());
            ranking.push(first);
            Some(Path::root().field("outputs").index(0).field("ranking").index(count))
        },
    },
    Spoil {
        fault: "no rules",
        kind: ErrorKind::Empty,
        at: |json, _| {
            *json.get_mut("rules")? = json!([]);
            Some(Path::root().field("rules"))
        },
    },
    Spoil {
        fault: "a cell of another kind than its column",
        kind: ErrorKind::Mismatch,
        at: |json, place| {
            let (cell, column, path) = one_cell(json, place)?;
            *cell = if column == 1 { json!("2") } else { json!("\"two\"") };
            Some(path)
        },
    },
    Spoil {
        fault: "a cell that is no test",
        kind: ErrorKind::Syntax,
        at: |json, place| {
            let (cell, _, path) = one_cell(json, place)?;
            *cell = json!("< two");
            Some(path)
        },
    },
    Spoil {
        fault: "a cell that holds for nothing",
        kind: ErrorKind::Conflict,
        at: |json, place| {
            let (cell, _, path) = one_cell(json, place)?;
            *cell = json!("not(-)");
            Some(path)
        },
    },
    Spoil {
        fault: "a cell too many",
        kind: ErrorKind::Mismatch,
        at: |json, place| {
            let (rule, index) = one_of(json.get_mut("rules")?.as_array_mut()?, place)?;
            rule.get_mut("when")?.as_array_mut()?.push(json!("-"));
            Some(Path::root().field("rules").index(index).field("when"))
        },
    },
    Spoil {
        fault: "an output without a rank",
        kind: ErrorKind::OutOfRange,
        at: |json, place| {
            let (rule, index) = one_of(json.get_mut("rules")?.as_array_mut()?, place)?;
            *rule.pointer_mut("/then/0")? = json!("9");
            Some(Path::root().field("rules").index(index).field("then").index(0))
        },
    },
];

/// One cell of a table, with its column and its path.
fn one_cell(json: &mut Value, place: Index) -> Option<(&mut Value, usize, Path)> {
    let (rule, row) = one_of(json.get_mut("rules")?.as_array_mut()?, place)?;
    let (cell, column) = one_of(rule.get_mut("when")?.as_array_mut()?, place)?;
    Some((cell, column, Path::root().field("rules").index(row).field("when").index(column)))
}
