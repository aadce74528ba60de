//! The rows and columns of tables: two different things never share one, whatever callers call theirs.

use super::house::{before_tests, sources};
use marketloop::attribution::{
    AttributionModel, ChannelReturn, Costs, MarkovChain, Outcome, PathTable, RankBy, TopPath,
};
use marketloop::budget::{
    Budget, CostKind, CutLine, Cuts, LineSpend, Place, Position, Reallocation, ReleaseTable, Shrink,
    SpendVariance, Tracking, TrueReturn,
};
use marketloop::channel::{CoOccurrence, ContentMatrix, Scorecard};
use marketloop::decompose::{ContributionMethod, Contributions};
use marketloop::figure::Table;
use marketloop::funnel::{Events, FunnelRules};
use marketloop::goal::GoalStatement;
use marketloop::health::{IndicatorName, Matrix};
use marketloop::kpi::{KpiTree, Overlay};
use marketloop::optimise::Optimisation;
use marketloop::plan::{Change, Raci, Task, WorkPlan};
use marketloop::quantity::{Currency, Money, Revenue, Rounding, Unit};
use marketloop::response::Power;
use marketloop::review::Finding;
use marketloop::time::{Duration, WorkCalendar, date};
use rust_decimal::{Decimal, dec};
use std::collections::BTreeSet;
use std::path::Path;

fn yuan(text: &str) -> Money {
    Money::parse(&format!("{text} CNY")).unwrap()
}

/// Names that read as `own`, as `own` in quotes, and so on; and one that reads as itself.
fn like(own: &[&str]) -> Vec<String> {
    let mut names = vec!["plain".to_owned()];
    for name in own {
        names.push((*name).to_owned());
        names.push(format!("{name:?}"));
        names.push(format!("{:?}", format!("{name:?}")));
    }
    names
}

/// Every name has a row of its own beside the rows of the table, which keep theirs.
fn holds(what: &str, own: &[&str], table: impl Fn(&[String]) -> Table) {
    let names = like(own);
    each_has_its_own(what, own, names.len(), table(&names).names());
}

fn each_has_its_own(what: &str, own: &[&str], count: usize, found: &[impl AsRef<str>]) {
    let found: Vec<&str> = found.iter().map(AsRef::as_ref).collect();
    assert_eq!(found.len(), count + own.len(), "{what}: {found:?}");
    for own in own.iter().chain(&["plain"]) {
        assert!(found.contains(own), "{what}: no `{own}` among {found:?}");
    }
}

#[test]
fn a_line_of_a_budget_is_not_taken_for_the_total() {
    holds("Tracking", &["total"], |names| {
        let draft = names.iter().fold(Tracking::draft(), |draft, name| draft.line(name, yuan("1")));
        draft.check().unwrap().table()
    });
    holds("Cuts", &["total"], |names| {
        let lines = names.iter().map(|name| CutLine::new(name.as_str(), yuan("1"), 1));
        Cuts::draft(lines, Shrink::By(yuan("1"))).check().unwrap().table()
    });
    holds("Budget", &["total"], |names| {
        let count = u32::try_from(names.len()).unwrap();
        let draft = Budget::draft("b", yuan(&count.to_string()));
        names.iter().fold(draft, |draft, name| draft.amount(name, yuan("1"))).check().unwrap().table()
    });
    holds("SpendVariance", &["total"], |names| {
        let spent = (dec!(1), dec!(1));
        SpendVariance::of(names.iter().map(|name| LineSpend::new(name.as_str(), spent, spent)))
            .unwrap()
            .table()
    });
    holds("TrueReturn", &["direct on media", "all on all"], |names| {
        let draft = names.iter().enumerate().fold(TrueReturn::<Revenue>::draft(), |draft, (index, name)| {
            if index % 2 == 0 {
                draft.direct(name, yuan("1"))
            } else {
                draft.cost(CostKind::Media, name, yuan("1"))
            }
        });
        draft.check().unwrap().table()
    });
}

#[test]
fn a_channel_is_not_taken_for_all_and_namesakes_have_rows_of_their_own() {
    let card = Scorecard::draft().with_clicks(1).check().unwrap();
    holds("Scorecard", &["all"], |names| {
        Scorecard::side_by_side(names.iter().map(|name| (name.as_str(), &card)), &[]).unwrap()
    });
    let names = ["reach", "reach", "reach (2)", "reach"];
    let target = || "at least 1 %".parse::<marketloop::target::Target>().unwrap();
    let finding = |name: &str| Finding::new(name, target(), "2 %".parse().unwrap()).unwrap();
    let goal = |name: &str| GoalStatement { metric: name.into(), ..GoalStatement::default() };
    let tables = [
        Finding::table(&names.map(finding)),
        GoalStatement::table(&names.map(goal)),
        Scorecard::side_by_side(names.map(|name| (name, &card)), &[]).unwrap(),
    ];
    for table in tables {
        assert_eq!(table.names()[..4], ["reach", "reach (2)", "reach (2) (2)", "reach (3)"], "{table}");
    }
}

#[test]
fn an_owner_of_money_is_not_taken_for_a_line() {
    holds("Reallocation", &["board", "total"], |names| {
        let owner = Place::Owner("board".into());
        let release = ReleaseTable::kol_and_activity().unwrap();
        let mut draft = Reallocation::draft(release, Rounding::Floor, owner);
        for name in names {
            let position = Position::new(name.as_str(), yuan("100")).with_fact("kind", "kol");
            draft = draft.position(position.with_fact("roi", dec!(1)).with_fact("activity", dec!(1)));
        }
        let table = draft.check().unwrap().table();
        // The owner is who yields here: lines are what the table is of.
        let owner = table.get("\"board\"", "received").unwrap();
        assert_eq!(owner.value.as_deref(), Some("700.00"));
        table
    });
}

#[test]
fn a_part_is_not_taken_for_the_total() {
    holds("Contributions", &["total"], |names| {
        let total = Decimal::from(names.len());
        let parts = names.iter().map(|name| (name.clone(), dec!(1)));
        Contributions::new(total, &Unit::ONE, parts, ContributionMethod::Given).unwrap().table()
    });
    let tree = KpiTree::parse("sales = total * 2\n total = plain + b\n plain, b").unwrap();
    let inputs = |b| tree.inputs([("plain", dec!(1)), ("b", b)]).unwrap();
    let explained = tree.explain(&inputs(dec!(1)), &inputs(dec!(4))).unwrap().table();
    each_has_its_own("Explanation", &["total"], 4, explained.names());
    assert_eq!(explained.get("total", "contribution by node"), None);
}

#[test]
fn a_line_is_not_taken_for_a_group_or_for_all() {
    holds("Optimum", &["total"], |names| {
        let question = Optimisation::maximise_response(yuan("100"));
        let curve = || Power::new(2.0, 0.5).unwrap();
        let question =
            names.iter().fold(question, |question, name| question.line(name.as_str(), curve(), ..));
        question.solve().unwrap().table()
    });
    holds("Optimum", &["total", "paid (group)"], |names| {
        let question = Optimisation::maximise_response(yuan("100"));
        let curve = || Power::new(2.0, 0.5).unwrap();
        let question =
            names.iter().fold(question, |question, name| question.line(name.as_str(), curve(), ..));
        question.group("paid", ["plain"], ..=yuan("5")).solve().unwrap().table()
    });
}

#[test]
fn a_step_is_not_taken_for_the_whole_funnel_nor_a_task_for_the_plan() {
    holds("ConversionTimes", &["from end to end"], |names| {
        let steps = std::iter::once("visit").chain(names.iter().map(String::as_str));
        let rules = FunnelRules::new(steps, Duration::from_days(1)).unwrap();
        let (times, masks): (Vec<i64>, Vec<u32>) = (0..5).map(|at| (at, 1 << at)).unzip();
        let events = Events::new(&[7; 5], &times, &masks).unwrap();
        rules.conversion_times(&events).unwrap().table()
    });
    holds("Impact", &["plan"], |names| {
        let mut draft = WorkPlan::draft("p", date(2026, 7, 1).unwrap());
        for name in names {
            draft = draft.task(Task::new(name.as_str(), "content", 3, Raci::new("a", "b")));
        }
        let plan = draft.check().unwrap();
        let calendar =
            WorkCalendar::monday_to_friday(date(2026, 7, 1).unwrap(), date(2026, 12, 31).unwrap()).unwrap();
        let dated = plan.dated(&calendar).unwrap();
        dated.what_if(names.iter().map(|name| (name.as_str(), Change::Longer(2)))).unwrap().table()
    });
}

#[test]
fn a_column_of_a_caller_is_not_taken_for_one_of_the_table() {
    let names = like(&["all"]);
    let target = "at least 1 %".parse::<marketloop::target::Target>().unwrap();
    let draft = names
        .iter()
        .fold(ContentMatrix::draft(), |draft, name| draft.platform(name.as_str(), "reach", target.clone()));
    let matrix = draft.content("benefits", [1, 2, 3, 4]).check().unwrap().table();
    each_has_its_own("ContentMatrix", &["all"], 4, matrix.columns());

    let names = like(&["base"]);
    let tree = KpiTree::parse("sales = visitors * 2\n visitors").unwrap();
    let now = tree.inputs([("visitors", dec!(100))]).unwrap();
    let overlays: Vec<Overlay> =
        names.iter().map(|name| Overlay::new(name.as_str()).with("visitors", 1)).collect();
    let compared = tree.compare(&now, &overlays).unwrap().table();
    each_has_its_own("OverlayComparison", &["base"], 4, compared.columns());
    assert_eq!(compared.get("visitors", "base").unwrap().value.as_deref(), Some("100"));
    // Two scenarios of one name would be one column, alone or made of others.
    let [more, dearer] = ["more", "dearer"].map(|name| Overlay::new(name).with("visitors", 1));
    let both = more.merge(&dearer).unwrap();
    for twice in [[&more, &more], [&both, &Overlay::new("dearer + more")]] {
        let refused = tree.compare(&now, &twice.map(Clone::clone)).unwrap_err().to_string();
        assert_eq!(refused, format!("[1]: `{}` is given twice", twice[0].name()));
    }
}

/// Names that hold the separator or begin or end like it, alone and in quotes.
fn around(separator: &str) -> Vec<String> {
    let core = separator.trim();
    let mut names: Vec<String> = ["a", "b", "ab", "a ", " b"].map(str::to_owned).into();
    names.push(format!("a{core}b")); // without blanks it separates nothing
    for joined in [format!("a{separator}b"), format!("a {core}"), format!("{core} b"), core.to_owned()] {
        names.push(format!("{joined:?}"));
        names.push(joined);
    }
    // `a + b` with `c`, and `a` with `b + c`.
    names.extend([format!("b{separator}c"), "c".to_owned()]);
    names
}

#[test]
fn two_pairs_of_channels_do_not_share_a_row() {
    let names = around(" + ");
    let sets: Vec<(Vec<usize>, u64)> = (0..names.len()).map(|index| (vec![index], 1)).collect();
    let sets = sets.iter().map(|(set, count)| (&set[..], *count));
    let table = CoOccurrence::from_sets(names.clone(), sets).unwrap().table();
    assert_eq!(table.names().len(), names.len() * (names.len() - 1) / 2, "{table}");
    assert!(table.get("a + b", "both").is_some() && table.get("a + a+b", "both").is_some(), "{table}");
}

#[test]
fn a_channel_is_not_taken_for_the_total_of_its_credits() {
    let paths = |names: &[String]| {
        let mut builder = PathTable::builder(Currency::CNY);
        for name in names {
            builder.push_names([name.as_str()], Outcome::converted(100)).unwrap();
        }
        builder.build()
    };
    holds("Credits", &["total"], |names| AttributionModel::LastTouch.credit(&paths(names)).unwrap().table());
    holds("RemovalEffects", &["total"], |names| {
        MarkovChain::new(&paths(names), 1).unwrap().removal_effects().unwrap().table()
    });
    holds("ChannelReturn", &["total", "channels with a cost"], |names| {
        let costs = Costs::new(Currency::CNY, [(names[0].as_str(), yuan("1"))]).unwrap();
        let credits = AttributionModel::LastTouch.credit(&paths(names)).unwrap();
        ChannelReturn::table::<Revenue>(&credits.returns(&costs, 0).unwrap())
    });
}

#[test]
fn two_paths_and_two_states_do_not_share_a_row() {
    let names = around(" > ");
    let mut builder = PathTable::builder(Currency::CNY);
    for one in &names {
        builder.push_names([one.as_str()], Outcome::converted(1)).unwrap();
        for other in &names {
            builder.push_names([one.as_str(), other], Outcome::converted(1)).unwrap();
        }
    }
    let paths = builder.build();
    let count = names.len() * (names.len() + 1);
    let top = paths.top_paths(RankBy::Value, count).unwrap();
    let table = TopPath::table(&top, &paths);
    assert_eq!(table.names().len(), count, "{table}");
    assert!(table.get("a > a>b", "journeys").is_some(), "{table}");

    let chain = MarkovChain::new(&paths, 2).unwrap();
    let table = chain.table();
    assert_eq!(table.names().len(), chain.states(), "{table}");
    // A column for each state that others lead to.
    let chain = MarkovChain::new(&paths, 1).unwrap();
    let columns = chain.table().columns().len();
    assert_eq!(columns, names.len() + ["starts", "conversions", "nulls"].len());
}

#[test]
fn indicators_dimensions_and_the_whole_have_rows_of_their_own() {
    let names = around(" / ");
    let mut rows = BTreeSet::new();
    for dimension in &names {
        for indicator in &names {
            let name = IndicatorName { dimension: dimension.clone(), indicator: indicator.clone() };
            assert!(rows.insert(name.to_string()), "{name}");
        }
    }
    let table = Matrix::marketing().unwrap().assess().unwrap().table();
    assert!(table.get("(whole)", "score").is_some());
}

#[test]
fn a_segment_is_not_taken_for_the_whole() {
    use marketloop::experiment::{ExperimentMetric, ExperimentSums, SegmentEffects, Units};
    holds("SegmentEffects", &["whole"], |names| {
        let count = u32::try_from(names.len()).unwrap();
        let units = Units::new((0..2 * count).map(|unit| unit % 2).collect::<Vec<_>>())
            .with_column("y", vec![1; 2 * names.len()])
            .and_then(|units| {
                units.with_segments(
                    "part",
                    names.to_vec(),
                    (0..2 * count).map(|unit| unit / 2).collect::<Vec<_>>(),
                )
            })
            .unwrap();
        let sums = ExperimentSums::by(["old", "new"], [ExperimentMetric::mean("y")], &units, "part").unwrap();
        SegmentEffects::of(&sums, "y", "new").unwrap().table()
    });
}

/// Tables that add rows of their own beside others and need no quotes, each with the reason.
const CLEAR: [(&str, &str); 13] = [
    ("budget/rule_check.rs", "bounds have numbers"),
    ("decision/report.rs", "gaps and rules have numbers"),
    ("experiment/difference_in_differences.rs", "all names are the table's"),
    ("goal/cascade_progress.rs", "periods have numbers"),
    ("health/assessment.rs", "the label of a dimension quotes what begins with a bracket"),
    ("health/effort.rs", "an indicator has its dimension before it"),
    ("health/summary.rs", "an indicator has its dimension before it"),
    ("pdca/status.rs", "a finding has its cycle and number"),
    ("progress/pacing.rs", "periods have numbers"),
    ("progress/profile.rs", "periods have numbers"),
    ("progress/standing.rs", "all names are the table's"),
    ("response/fit_report.rs", "parameters are named by the family"),
    ("review/a3.rs", "causes have numbers"),
];

#[test]
fn a_table_with_rows_of_its_own_quotes_or_says_why_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut open = BTreeSet::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let file = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        let lines = before_tests(&source).lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = lines.collect::<Vec<_>>().join("\n");
        for (at, _) in code.match_indices(" Table::new(") {
            // The rest of the function that makes the table.
            let body = code[at..].split("\n    }\n").next().unwrap();
            let pushed: Vec<&str> =
                body.split("push(").skip(1).filter_map(|rest| rest.trim_start().get(..2)).collect();
            let is_own = |start: &&str| {
                start.starts_with('"') || start.chars().all(|letter| letter.is_ascii_uppercase())
            };
            let (own, others): (Vec<&str>, Vec<&str>) = pushed.into_iter().partition(is_own);
            let quotes = ["beside(", "label("].iter().any(|call| body.contains(call));
            if !own.is_empty() && !others.is_empty() && !quotes {
                open.insert(file.clone());
            }
        }
    }
    let clear: BTreeSet<String> = CLEAR.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(open, clear);
}
