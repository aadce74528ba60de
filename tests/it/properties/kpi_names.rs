//! Names that look like something else, of every role: a tree that is built reads its own text, and rows are read as written.

use marketloop::error::Problems;
use marketloop::kpi::{Formula, KpiError, KpiTree, NodeDraft, Panel, PanelRow};
use marketloop::laws;
use marketloop::time::Period;
use rust_decimal::{Decimal, dec};
use std::collections::BTreeMap;

/// Words of the grammar, words of tables and explanations, marks in ASCII and as Chinese texts have them, blanks, what nobody
/// sees.
const NAMES: [&str; 88] = [
    "sum",
    "if",
    "in",
    "not",
    "and",
    "year",
    "lag",
    "min",
    "max",
    "mean",
    "share",
    "count",
    "abs",
    "clamp",
    "missing_as",
    "undefined_as",
    "growth",
    "to_date",
    "rolling_sum",
    "total",
    "new",
    "lost",
    "new: x",
    "period",
    "quarter",
    "owner",
    "ratio",
    "lower",
    "true",
    "null",
    "NaN",
    "，",
    "、",
    "（",
    "）",
    "（a）",
    "《书》",
    "：",
    "渠道：一",
    "a，b",
    "a、b",
    "a b",
    " a",
    "a ",
    "\u{3000}a",
    "\"",
    "\"q\"",
    "'",
    "1st",
    "1",
    "1e5",
    "１",
    "-",
    "a-b",
    "--",
    "{",
    "}",
    "{a}",
    "[",
    "]",
    "[a]",
    "［x］",
    "｛",
    "｝",
    "【",
    "=",
    "a=b",
    "＝",
    "#",
    ";",
    "；",
    "a.b",
    ".",
    "a.",
    ".a",
    "*",
    "a.*",
    "in paid",
    "not in",
    "a in b",
    "a not",
    "｀",
    "🙂",
    "👩‍👩‍👧",
    "e\u{301}",
    "\u{301}",
    "\u{3164}",
    "\u{3164}a",
];

/// Names that no text can hold, or that nobody sees at all.
const UNREADABLE: [&str; 10] =
    ["", " ", "\u{3000}", "\u{200B}", "`", "a`b", "a\nb", "\t", "a\u{0}", "\u{1b}[0m"];

/// What a name stands for.
const ROLES: [&str; 5] = ["root", "leaf", "dimension", "group", "member"];

/// Plain names but for one.
fn named(role: &str, name: &str) -> [String; 5] {
    ROLES.map(|own| if own == role { name.into() } else { format!("the {own}") })
}

#[expect(clippy::arithmetic_side_effects, reason = "formulas are joined, nothing is computed")]
fn built([root, leaf, dimension, group, member]: &[String; 5]) -> Result<KpiTree, Problems<KpiError>> {
    let filters = [
        format!("`{dimension}`"),
        format!("`{dimension}` in `{group}`"),
        format!("`{dimension}` not in {{`{member}`, other}}"),
    ];
    let parts = filters.map(|filter| Formula::node(leaf).sum_over([filter]).missing_as(Decimal::ZERO));
    KpiTree::new([
        NodeDraft::computed(
            root,
            Formula::sum(parts) + Formula::node(leaf).max_over([format!("`{dimension}`")]),
        ),
        NodeDraft::leaf(leaf).with_unit("CNY".parse().unwrap()),
        NodeDraft::group(group, [member.as_str(), "other"]),
    ])
}

fn months() -> [Period; 2] {
    ["2026-11", "2026-12"].map(|month| month.parse().unwrap())
}

/// Rows of two members in two months, of which the hostile one comes later.
fn rows([_, leaf, dimension, _, member]: &[String; 5]) -> [PanelRow; 3] {
    let [before, after] = months();
    let row = |month, member: &str, value| {
        PanelRow::new(month).with_member(dimension, member).with_value(leaf, value)
    };
    [row(before, "other", dec!(5)), row(after, "other", dec!(7)), row(after, member, dec!(11))]
}

/// The rows as a table of texts.
fn csv_of(names: &[String; 5]) -> Vec<u8> {
    let [_, leaf, dimension, _, member] = names;
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["period", dimension, leaf]).unwrap();
    for record in [["2026-11", "other", "5"], ["2026-12", "other", "7"], ["2026-12", member, "11"]] {
        table.write_record(record).unwrap();
    }
    table.into_inner().unwrap()
}

/// The rows of a table, cell by cell.
fn from_csv(table: &[u8]) -> Vec<PanelRow> {
    let mut read = csv::Reader::from_reader(table);
    let records = read.deserialize::<BTreeMap<String, String>>().map(|cells| {
        let mut cells = cells.unwrap();
        let row = PanelRow::new(cells.remove("period").unwrap().parse().unwrap());
        cells.iter().fold(row, |row, (name, text)| row.with_text(name, text))
    });
    records.collect()
}

#[test]
fn what_is_built_of_any_name_reads_its_own_text() {
    let long = "很长的名字 ".repeat(2_000) + "x";
    let mut accepted = 0;
    for name in NAMES.into_iter().chain(UNREADABLE).chain([long.as_str()]) {
        for role in ROLES {
            match built(&named(role, name)) {
                Ok(tree) => {
                    accepted += 1;
                    let told = |error| panic!("{role} {name:?}: {error}");
                    laws::reads_its_own_text(&tree).unwrap_or_else(told);
                    laws::reads_back_what_it_writes(&tree).unwrap_or_else(told);
                    let part = tree.subtree(&named(role, name)[0]).unwrap();
                    assert_eq!(part.to_string(), tree.to_string(), "{role} {name:?}");
                }
                // What is between backquotes cannot hold one: such a filter is another text, and refused as such.
                Err(_) if name.contains('`') => {}
                Err(problems) => {
                    for problem in &problems {
                        assert!(
                            matches!(problem.error, KpiError::NotAName { .. }),
                            "{role} {name:?}: {problems}"
                        );
                    }
                    let is_lawful = UNREADABLE.contains(&name) || (role == "dimension");
                    assert!(is_lawful, "{role} {name:?}: {problems}");
                }
            }
        }
    }
    assert!(accepted > 400, "{accepted}");
}

#[test]
fn rows_of_any_name_are_read_as_written() {
    let mut explained = 0;
    // Of members every name counts: they stand in data, not in formulas.
    let members = NAMES.into_iter().chain(UNREADABLE).map(|name| ("member", name));
    let others = ["leaf", "dimension", "root"].into_iter().flat_map(|role| NAMES.map(|name| (role, name)));
    for (role, name) in members.chain(others) {
        let names = named(role, name);
        let plain = named("none", "");
        // A member of the data need not be one of a group.
        let Ok(tree) = built(if role == "member" { &plain } else { &names }) else { continue };
        let [root, _, dimension, ..] = &names;
        let rows = rows(&names);
        let panel = match Panel::new(&tree, [dimension.as_str()], rows.clone()) {
            Ok(panel) => panel,
            Err(problems) => {
                let is_name =
                    problems.iter().all(|problem| matches!(problem.error, KpiError::NotAName { .. }));
                let is_lawful = name == "period" || (role == "member" && name.trim().is_empty());
                assert!(is_name && is_lawful, "{role} {name:?}: {problems}");
                continue;
            }
        };
        let json = serde_json::to_string(&rows).unwrap();
        assert_eq!(serde_json::from_str::<Vec<PanelRow>>(&json).unwrap(), rows, "{role} {name:?}");
        assert_eq!(from_csv(&csv_of(&names)), rows, "{role} {name:?}");
        let again = Panel::new(&tree, [dimension.as_str()], panel.rows()).unwrap();
        assert_eq!(again, panel, "{role} {name:?}");
        let [before, after] = months();
        let values = tree.evaluate_panel(&panel).unwrap();
        let series: Vec<Decimal> = values
            .series(root, [])
            .unwrap()
            .map(|(_, value)| value.known().unwrap().to_decimal().unwrap())
            .collect();
        let why = tree
            .explain_panel(&panel, before, after)
            .unwrap_or_else(|error| panic!("{role} {name:?}: {error}"));
        assert_eq!(why.total(), series[1] - series[0], "{role} {name:?}");
        laws::explanation_closes(why.total(), why.parts()).unwrap();
        let new = why.of(&names[1], &names[4]).map(|part| part.value);
        assert!(new.is_some_and(|value| value != Decimal::ZERO), "{role} {name:?}: {why}");
        explained += 1;
    }
    assert!(explained > 300, "{explained}");
}
