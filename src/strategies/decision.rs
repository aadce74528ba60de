//! Cells, decision tables and the facts that they are asked.

use super::almost_valid::{Spoil, one_of, spoilt};
use super::{AlmostValid, days, decimals, durations, strategy, texts};
use crate::decision::{CellTest, CellValue, DecisionTable, Fact, HitPolicy, OrderedValue, TableColumn};
use crate::error::{ErrorKind, Path};
use crate::time::{Duration, NaiveDate, date};
use alloc::format;
use alloc::string::{String, ToString};
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

/// Values of cells: any number, any text, a truth, any day, any duration.
///
/// Mean size 3.2 characters; 18 % are edges: a number of 0, an empty text, a truth, the first or last day, no time.
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
        days().prop_map(CellValue::Date),
        durations().prop_map(CellValue::Duration),
    ]
}

/// Cells of every form: any value, up to three values, intervals and contents of lists of any kind and in any order, and
/// none of them; with and without missing facts. Not every one holds for some value.
///
/// Mean size 0.9 alternatives; 53 % are edges: no alternative, an interval whose ends are turned.
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
    let choice = prop_oneof![
        4 => cell_values().prop_map(Named::Value),
        3 => (decimals(), decimals(), 0..9_u8).prop_map(|(low, high, form)| Named::Numbers(ends(low, high, form))),
        1 => (days(), days(), 0..9_u8).prop_map(|(low, high, form)| Named::Dates(ends(low, high, form))),
        1 => (durations(), durations(), 0..9_u8)
            .prop_map(|(low, high, form)| Named::Durations(ends(low, high, form))),
    ];
    let listed =
        |choices: Vec<Named>| choices.into_iter().fold(CellTest::not(CellTest::any()), Named::added_to);
    let test = prop_oneof![
        2 => Just(CellTest::any()),
        5 => vec(choice, 0..4).prop_map(listed),
        1 => vec(contents(), 1..4).prop_filter_map("contents", |all| all.join(", ").parse().ok()),
    ];
    (test, 0..4_u8, 0..8_u8).prop_map(|(test, times, missing)| {
        let test = if missing == 1 { test.or_missing() } else { test };
        (0..times).fold(test, |test, _| CellTest::not(test))
    })
}

/// What a cell names.
#[derive(Debug, Clone)]
enum Named {
    Value(CellValue),
    Numbers((Bound<Decimal>, Bound<Decimal>)),
    Dates((Bound<NaiveDate>, Bound<NaiveDate>)),
    Durations((Bound<Duration>, Bound<Duration>)),
}

impl Named {
    fn added_to(test: CellTest, choice: Self) -> CellTest {
        match choice {
            Self::Value(value) => test.with_value(value),
            Self::Numbers(range) => test.with_interval(range),
            Self::Dates(range) => test.with_interval(range),
            Self::Durations(range) => test.with_interval(range),
        }
    }
}

/// The ends of an interval of each form, equal and turned ones among them.
fn ends<V: Copy>(low: V, high: V, form: u8) -> (Bound<V>, Bound<V>) {
    match form {
        0 => (Bound::Unbounded, Bound::Excluded(low)),
        1 => (Bound::Unbounded, Bound::Included(low)),
        2 => (Bound::Excluded(low), Bound::Unbounded),
        3 => (Bound::Included(low), Bound::Unbounded),
        4 => (Bound::Included(low), Bound::Included(high)),
        5 => (Bound::Excluded(low), Bound::Excluded(high)),
        6 => (Bound::Included(low), Bound::Excluded(high)),
        7 => (Bound::Excluded(low), Bound::Included(low)),
        _ => (Bound::Excluded(low), Bound::Included(high)),
    }
}

/// What a list has to contain, as text: one to three parts of any texts.
fn contents() -> impl Strategy<Value = String> + Clone {
    let words = select(&["any", "all", "none"][..]);
    let part = (words, vec(texts(), 0..4)).prop_map(|(word, names)| {
        let names: Vec<String> = names.into_iter().map(|name| CellValue::Text(name).to_string()).collect();
        format!("{word} ({})", names.join(", "))
    });
    vec(part, 1..4).prop_map(|parts| format!("contains {}", parts.join(" and ")))
}

/// The texts that the cells of a table name, and those that none names.
const NAMED: [&str; 3] = ["kol", "paid", "own, \"ed\""];
const OTHERS: [&str; 2] = ["other", ""];

/// The columns of a table, in the order in which it takes some of them.
const COLUMNS: [&str; 7] = ["roi", "kind", "live", "share", "day", "wait", "tags"];

/// The outputs, from the most to the least important.
const RANKED: [u32; 4] = [2, 0, 3, 1];

/// Lists of texts that cells name, and of others.
const LISTS: [&[&str]; 8] = [
    &[],
    &["kol"],
    &["other"],
    &["paid", "kol"],
    &["own, \"ed\"", "paid"],
    &["kol", "own, \"ed\"", "kol"],
    &["own, \"ed\"", "other", "paid", "kol"],
    &["paid", ""],
];

/// Ends of intervals and the facts upon them: few, so that they meet.
fn edges() -> impl Strategy<Value = Decimal> + Clone {
    (-3_i64..4, 0_u32..2).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

/// Later than each day of a cell.
const LATE: NaiveDate = match NaiveDate::from_ymd_opt(2030, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Some days of the turn of a month.
fn some_days(days: core::ops::Range<i32>) -> impl Strategy<Value = NaiveDate> + Clone {
    days.prop_filter_map("a day", |day| NaiveDate::from_num_days_from_ce_opt(739_790_i32.checked_add(day)?))
}

fn some_hours(hours: core::ops::Range<u32>) -> impl Strategy<Value = Duration> + Clone {
    hours.prop_map(Duration::from_hours)
}

/// Tests of values with an order that some value passes; `most` is more than each of the edges.
fn ordered_tests<V: OrderedValue + Ord + core::fmt::Debug + 'static>(
    edges: impl Strategy<Value = V> + Clone + 'static,
    most: V,
) -> impl Strategy<Value = CellTest> + Clone {
    let ends = (edges.clone(), edges.clone()).prop_map(move |(a, b)| match a.cmp(&b) {
        core::cmp::Ordering::Less => (a, b),
        core::cmp::Ordering::Greater => (b, a),
        core::cmp::Ordering::Equal => (a, most),
    });
    prop_oneof![
        Just(CellTest::any()),
        edges.clone().prop_map(CellTest::below),
        edges.clone().prop_map(CellTest::at_most),
        edges.clone().prop_map(CellTest::above),
        edges.clone().prop_map(CellTest::at_least),
        edges.clone().prop_map(CellTest::is),
        edges.clone().prop_map(|edge| CellTest::not(CellTest::is(edge))),
        ends.clone().prop_map(|(a, b)| CellTest::interval(a..b)),
        ends.clone().prop_map(|(a, b)| CellTest::interval(a..=b)),
        ends.clone().prop_map(|(a, b)| {
            CellTest::not(CellTest::interval((Bound::Excluded(a), Bound::Excluded(b))))
        }),
        (ends, edges).prop_map(|((a, b), c)| {
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

fn list_tests() -> impl Strategy<Value = CellTest> + Clone {
    let some = subsequence(NAMED.to_vec(), 1..=3);
    let text = r#"contains "kol" and none ("paid"), contains all ("paid", "own, \"ed\"")"#;
    prop_oneof![
        Just(CellTest::any()),
        select(&NAMED[..]).prop_map(CellTest::contains),
        some.clone().prop_map(CellTest::contains_any),
        some.clone().prop_map(CellTest::contains_all),
        some.clone().prop_map(CellTest::contains_none),
        some.prop_map(|names| CellTest::not(CellTest::contains_all(names))),
        Just(text).prop_filter_map("contents", |text| text.parse().ok()),
    ]
}

/// Cells of which some ask for missing facts, and all hold for something.
fn some_ask_for_missing(
    tests: impl Strategy<Value = CellTest> + Clone + 'static,
) -> impl Strategy<Value = CellTest> + Clone {
    (tests, 0..20_u8).prop_map(|(test, form)| match form {
        16 => test.or_missing(),
        17 if !test.is_any() => CellTest::not(test.or_missing()),
        18 => CellTest::missing(),
        19 => CellTest::given(),
        _ => test,
    })
}

/// A cell of each column.
fn rows_of_cells() -> impl Strategy<Value = [CellTest; 7]> + Clone {
    let numbers = || some_ask_for_missing(ordered_tests(edges(), Decimal::TEN));
    let days = some_ask_for_missing(ordered_tests(some_days(0..5), LATE));
    let hours = some_ask_for_missing(ordered_tests(some_hours(1..6), Duration::from_hours(100)));
    let cells = (
        numbers(),
        some_ask_for_missing(text_tests()),
        some_ask_for_missing(truth_tests()),
        numbers(),
        days,
        hours,
        some_ask_for_missing(list_tests()),
    );
    cells.prop_map(|(roi, kind, live, share, day, wait, tags)| [roi, kind, live, share, day, wait, tags])
}

/// A fact of each column, on the edges of the cells and beside them.
fn rows_of_facts() -> impl Strategy<Value = [Fact<'static>; 7]> + Clone {
    let beside = (-50_i64..60, 1_u32..4).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    let number = prop_oneof![edges(), beside];
    let text = select([NAMED.as_slice(), &OTHERS].concat());
    let wait = prop_oneof![some_hours(0..8), (0..30_000_u64).prop_map(Duration::from_seconds)];
    (number.clone(), text, any::<bool>(), number, some_days(-2..8), wait, select(&LISTS[..])).prop_map(
        |(roi, kind, live, share, day, wait, tags)| {
            [roi.into(), kind.into(), live.into(), share.into(), day.into(), wait.into(), tags.into()]
        },
    )
}

/// Decision tables of 1 to 8 rules with facts to ask them: up to four columns of numbers, texts, truths, days, durations and
/// lists, cells of every form that meet at few edges, any hit policy, and one output of numbers that is ranked. Where
/// the table answers without a fact, it may be missing.
///
/// Mean size 4.5 rules; 36 % are edges: one rule, no facts, a rule of empty cells, two rules of the same cells.
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
        let rules = vec((rows_of_cells(), select(&[0_u32, 1, 2, 3][..])), self.rules.clone());
        // A fact that is missing shrinks to one that is known.
        let absent = bool::weighted(0.2);
        let row = (rows_of_facts(), [absent; 7]);
        let width = (subsequence((0..COLUMNS.len()).collect::<Vec<_>>(), 1..=4), any::<bool>());
        let (catch_all, missing) = (self.catch_all, self.missing);
        (width, policy, rules, vec(row, self.facts.clone())).prop_filter_map(
            "a decision table",
            move |((inputs, allowing), policy, mut rules, facts)| {
                let everything = || [(); 7].map(|()| CellTest::any());
                if rules.is_empty() {
                    rules.push((everything(), 0));
                }
                if let Some(last) = rules.last_mut().filter(|_| catch_all) {
                    last.0 = everything();
                }
                let draft = inputs.iter().filter_map(|input| column(COLUMNS.get(*input)?, allowing)).fold(
                    DecisionTable::draft(policy).output(TableColumn::number("points").ranked(RANKED)),
                    crate::decision::DecisionDraft::input,
                );
                let draft = rules.into_iter().fold(draft, |draft, (cells, points)| {
                    draft.rule(inputs.iter().filter_map(|input| cells.get(*input)), [points])
                });
                let table = draft.check().ok()?;
                let facts = facts.into_iter().map(|(row, absent)| {
                    let told = || inputs.iter().filter_map(|input| row.get(*input).zip(absent.get(*input)));
                    let known = || told().map(|(fact, _)| *fact).collect::<Vec<_>>();
                    let some: Vec<_> =
                        told().map(|(fact, absent)| if *absent { Fact::Missing } else { *fact }).collect();
                    if missing || table.matches(&some).is_ok() { some } else { known() }
                });
                let facts = facts.collect();
                Some((table, facts))
            },
        )
    }
}

/// A column with or without the values that it allows: all facts are among them, and each cell holds for some of them.
fn column(name: &str, allowing: bool) -> Option<TableColumn> {
    let column = match name {
        "kind" => TableColumn::text(name),
        "live" => TableColumn::truth(name),
        "day" => TableColumn::date(name),
        "wait" => TableColumn::duration(name),
        "tags" => TableColumn::list(name),
        _ => TableColumn::number(name),
    };
    let allowed = match name {
        "kind" => CellTest::one_of(NAMED.into_iter().chain(OTHERS)),
        "roi" | "share" => CellTest::interval(Decimal::new(-100, 0)..=Decimal::ONE_HUNDRED),
        "day" => CellTest::interval(date(2020, 1, 1).ok()?..date(2040, 1, 1).ok()?),
        "wait" => CellTest::at_most(Duration::from_days(30)),
        _ => CellTest::any(),
    };
    Some(if allowing { column.allowing(allowed) } else { column })
}

strategy!(DecisionTables => (DecisionTable, Vec<Vec<Fact<'static>>>));

const SPOILS: [Spoil; 11] = [
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
            let (_, column, _) = one_cell(json, place)?;
            let is_number = *json.get("inputs")?.get(column)?.get("kind")? == "number";
            let (cell, _, path) = one_cell(json, place)?;
            *cell = if is_number { json!("2026-07-01") } else { json!("2") };
            Some(path)
        },
    },
    Spoil {
        fault: "a day that the calendar lacks",
        kind: ErrorKind::Syntax,
        at: |json, place| {
            let (cell, _, path) = one_cell(json, place)?;
            *cell = json!("< 2026-02-29");
            Some(path)
        },
    },
    Spoil {
        fault: "a text of a list without quotes",
        kind: ErrorKind::Syntax,
        at: |json, place| {
            let (cell, _, path) = one_cell(json, place)?;
            *cell = json!("contains kol");
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
