//! Laws of decision tables.

use core::ops::{Bound, RangeBounds as _};
use marketloop::decision::{
    CellTest, CellValue, DecisionTable, Fact, HitPolicy, Region, TableColumn, TestedCell,
};
use marketloop::quantity::Ratio;
use proptest::prelude::*;
use rust_decimal::Decimal;

const NAMES: [&str; 3] = ["kol", "paid", "own, \"ed\""];
const OTHERS: [&str; 2] = ["other", ""];

fn edge() -> impl Strategy<Value = Decimal> + Clone {
    (-3_i64..4, 0_u32..2).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

/// Test of numbers that some number passes.
fn number_test() -> impl Strategy<Value = CellTest> {
    let ends = (edge(), edge()).prop_map(|(a, b)| if a < b { (a, b) } else { (b, a + Decimal::ONE) });
    prop_oneof![
        Just(CellTest::any()),
        edge().prop_map(CellTest::below),
        edge().prop_map(CellTest::at_most),
        edge().prop_map(CellTest::above),
        edge().prop_map(CellTest::at_least),
        edge().prop_map(CellTest::is),
        edge().prop_map(|edge| CellTest::not(CellTest::is(edge))),
        ends.clone().prop_map(|(a, b)| CellTest::interval(a..b)),
        ends.clone().prop_map(|(a, b)| CellTest::interval(a..=b)),
        ends.clone()
            .prop_map(|(a, b)| CellTest::not(CellTest::interval((Bound::Excluded(a), Bound::Excluded(b))))),
        (ends, edge()).prop_map(|((a, b), c)| {
            CellTest::interval((Bound::Excluded(a), Bound::Included(b))).with_interval(c..=c)
        }),
    ]
}

fn text_test() -> impl Strategy<Value = CellTest> {
    let some = prop::sample::subsequence(NAMES.to_vec(), 1..=3);
    prop_oneof![
        Just(CellTest::any()),
        some.clone().prop_map(CellTest::one_of),
        some.prop_map(|names| CellTest::not(CellTest::one_of(names))),
    ]
}

fn truth_test() -> impl Strategy<Value = CellTest> {
    prop_oneof![
        Just(CellTest::any()),
        any::<bool>().prop_map(CellTest::is),
        any::<bool>().prop_map(|b| CellTest::not(CellTest::is(b)))
    ]
}

type Row = ([CellTest; 4], u32);

fn rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
    let row = (number_test(), text_test(), truth_test(), number_test(), 0_u32..4);
    prop::collection::vec(row.prop_map(|(a, b, c, d, out)| ([a, b, c, d], out)), 1..most)
}

fn table(policy: HitPolicy, rows: &[Row]) -> DecisionTable {
    let draft = DecisionTable::draft(policy)
        .input(TableColumn::number("roi"))
        .input(TableColumn::text("kind"))
        .input(TableColumn::truth("live"))
        .input(TableColumn::number("share"))
        .output(TableColumn::number("points").ranked([2, 0, 3, 1]));
    rows.iter().fold(draft, |draft, (tests, out)| draft.rule(tests.clone(), [*out])).check().unwrap()
}

type Point = (Decimal, &'static str, bool, Decimal);

fn point() -> impl Strategy<Value = Point> {
    let number = || (-50_i64..60, 1_u32..4).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    let name = prop::sample::select([NAMES.as_slice(), &OTHERS].concat());
    (prop_oneof![edge(), number()], name, any::<bool>(), prop_oneof![edge(), number()])
}

fn facts(point: &Point) -> [Fact<'static>; 4] {
    [point.0.into(), point.1.into(), point.2.into(), point.3.into()]
}

/// The meaning of a test, written down once more without any compilation.
fn holds(test: &CellTest, fact: &Fact<'_>) -> bool {
    let value = match *fact {
        Fact::Number(number) => CellValue::Number(number),
        Fact::Text(word) => CellValue::from(word),
        Fact::Truth(truth) => CellValue::Truth(truth),
        Fact::Missing => return test.is_any(),
    };
    // Values of one kind are ordered; an interval without an upper end holds no text.
    let of_kind = |end: Bound<&CellValue>| match end {
        Bound::Included(end) | Bound::Excluded(end) => Some(end.kind()),
        Bound::Unbounded => None,
    };
    let named = test.alternatives().any(|ends| {
        let kind = of_kind(ends.0.as_ref()).or(of_kind(ends.1.as_ref()));
        kind == fact.kind() && ends.contains(&value)
    });
    named != test.is_negated()
}

fn inside(region: &Region, facts: &[Fact<'_>]) -> bool {
    region.columns().zip(facts).all(|((_, test), fact)| holds(test, fact))
}

fn matching(rows: &[Row], facts: &[Fact<'_>]) -> Vec<usize> {
    let all = |tests: &[CellTest; 4]| tests.iter().zip(facts).all(|(test, fact)| holds(test, fact));
    rows.iter().enumerate().filter(|(_, (tests, _))| all(tests)).map(|(index, _)| index).collect()
}

proptest! {
    #[test]
    fn compiled_matching_is_that_of_the_cells(rows in rows(12), points in prop::collection::vec(point(), 1..20)) {
        let table = table(HitPolicy::Collect, &rows);
        for point in &points {
            let facts = facts(point);
            let found: Vec<usize> = table.matches(&facts).unwrap().collect();
            prop_assert_eq!(found, matching(&rows, &facts));
        }
    }

    #[test]
    fn more_than_64_rules_match_alike(rows in rows(200), point in point()) {
        let facts = facts(&point);
        let table = table(HitPolicy::Collect, &rows);
        prop_assert_eq!(table.matches(&facts).unwrap().collect::<Vec<_>>(), matching(&rows, &facts));
    }

    #[test]
    fn first_is_the_first_of_collect(rows in rows(10), point in point()) {
        let facts = facts(&point);
        let (first, collect) = (table(HitPolicy::First, &rows), table(HitPolicy::Collect, &rows));
        let (first, collect) = (first.decide(&facts).unwrap(), collect.decide(&facts).unwrap());
        prop_assert_eq!(collect.answering(), collect.matched());
        prop_assert_eq!(first.answering().first(), collect.matched().first());
        prop_assert_eq!((first.answering().len() > 1, first.number()), (false, None));
    }

    #[test]
    fn every_policy_is_a_reading_of_the_same_matches(rows in rows(8), point in point()) {
        let facts = facts(&point);
        let all = matching(&rows, &facts);
        let points: Vec<u32> = all.iter().map(|rule| rows[*rule].1).collect();
        let place = |rule: &usize| [2, 0, 3, 1].iter().position(|ranked| *ranked == rows[*rule].1);
        let mut ranked = all.clone();
        ranked.sort_by_key(place);
        let number = |value: Option<u32>| (Vec::new(), value.map(Decimal::from));
        let list = |rules: &[usize]| (rules.to_vec(), None);
        let one = |rule: Option<&usize>| (rule.into_iter().copied().collect(), None);
        for (policy, expected) in [
            (HitPolicy::First, Ok(one(all.first()))),
            (HitPolicy::Priority, Ok(one(ranked.first()))),
            (HitPolicy::RuleOrder, Ok(list(&all))),
            (HitPolicy::OutputOrder, Ok(list(&ranked))),
            (HitPolicy::CollectSum, Ok(number((!all.is_empty()).then(|| points.iter().sum())))),
            (HitPolicy::CollectMin, Ok(number(points.iter().min().copied()))),
            (HitPolicy::CollectMax, Ok(number(points.iter().max().copied()))),
            (HitPolicy::CollectCount, Ok(number(u32::try_from(all.len()).ok()))),
            (HitPolicy::Unique, if all.len() > 1 { Err(all.clone()) } else { Ok(one(all.first())) }),
            (HitPolicy::Any, if points.windows(2).any(|pair| pair[0] != pair[1]) { Err(all.clone()) } else { Ok(one(all.first())) }),
        ] {
            let table = table(policy, &rows);
            let answer = table.decide(&facts).map(|decision| (decision.answering().to_vec(), decision.number()));
            prop_assert_eq!(answer.map_err(|error| error.rules().to_vec()), expected, "{}", policy);
        }
    }

    #[test]
    fn report_finds_no_gap_where_every_point_matches(rows in rows(8), points in prop::collection::vec(point(), 30)) {
        let table = table(HitPolicy::Collect, &rows);
        let report = table.report(10_000_000);
        prop_assert!(report.is_complete());
        for point in &points {
            let facts = facts(point);
            let matched = matching(&rows, &facts);
            // A point lies in a gap exactly if no rule matches it, and then in one gap only.
            let gaps = report.gaps().iter().filter(|gap| inside(gap, &facts)).count();
            prop_assert_eq!(gaps, usize::from(matched.is_empty()), "{:?}: {}", point, report);
            for overlap in report.overlaps() {
                let both = overlap.rules().iter().all(|rule| matched.contains(rule));
                prop_assert_eq!(overlap.rules().len(), 2);
                prop_assert_eq!(inside(overlap, &facts), both, "{:?}: {}", point, overlap);
            }
            let pairs = matched.len() * matched.len().saturating_sub(1) / 2;
            let listed = report.overlaps().iter().filter(|overlap| inside(overlap, &facts)).count();
            prop_assert_eq!(pairs, listed);
        }
    }

    #[test]
    fn a_report_that_ran_out_says_so(rows in rows(8), limit in 0_u64..400) {
        let table = table(HitPolicy::Collect, &rows);
        let (short, full) = (table.report(limit), table.report(10_000_000));
        prop_assert!(short.work() <= limit);
        prop_assert_eq!(short.is_complete(), full.work() <= limit);
        prop_assert!(short.gaps().iter().all(|gap| full.gaps().contains(gap)));
        prop_assert!(short.overlaps().iter().all(|overlap| full.overlaps().contains(overlap)));
    }

    #[test]
    fn reasons_agree_with_the_matches(rows in rows(8), point in point()) {
        let facts = facts(&point);
        let table = table(HitPolicy::Collect, &rows);
        let decision = table.decide(&facts).unwrap();
        let failing = |rule: usize| {
            let why = decision.why(rule).unwrap();
            why.steps().filter(|step| !step.cause.holds).count()
        };
        for rule in 0..rows.len() {
            let why = decision.why(rule).unwrap();
            prop_assert_eq!(failing(rule) == 0, decision.matched().contains(&rule));
            // On an excluded edge the distance is 0, and yet the rule misses.
            prop_assert!(failing(rule) > 0 || why.value().is_zero());
            let sum = |before: Option<&Ratio>, cell: &TestedCell<'_>| {
                before.map_or(Ok(cell.distance), |before| before.plus(cell.distance)).unwrap()
            };
            prop_assert!(why.replay(sum).is_ok());
            for cell in why.steps().map(|step| step.cause) {
                prop_assert_eq!(cell.holds, holds(cell.test, &cell.fact));
                prop_assert_eq!(cell.holds, cell.test.holds(&cell.fact));
                let Some(edge) = cell.edge else { continue };
                // On an included edge the cell holds; on an excluded one it holds right beyond.
                prop_assert!(matches!(cell.fact, Fact::Number(_)) && !cell.holds);
                let little = Decimal::new(1, 9);
                let beyond = [Decimal::ZERO, little, -little].map(|step| holds(cell.test, &(edge + step).into()));
                prop_assert!(beyond.contains(&true));
            }
        }
        // N11: the nearest miss has the fewest failing cells, then the least distance, then stands first.
        let missed = (0..rows.len()).filter(|rule| failing(*rule) > 0);
        let expected = missed.min_by_key(|rule| (failing(*rule), *decision.why(*rule).unwrap().value(), *rule));
        prop_assert_eq!(decision.nearest_miss(), expected);
    }

    #[test]
    fn a_table_survives_the_wire(rows in rows(8)) {
        let table = table(HitPolicy::OutputOrder, &rows);
        let json = serde_json::to_string(&table).unwrap();
        prop_assert_eq!(serde_json::from_str::<DecisionTable>(&json).unwrap(), table);
    }

    #[test]
    fn no_text_makes_a_cell_panic(text in "[-+0-9.<>=\\[\\](), \"\\\\nottruefals是-]{0,24}") {
        if let Ok(test) = text.parse::<CellTest>() {
            prop_assert_eq!(test.to_string().parse::<CellTest>().unwrap(), test);
        }
        if let Ok(value) = text.parse::<CellValue>() {
            prop_assert_eq!(value.to_string().parse::<CellValue>().unwrap(), value);
        }
    }
}
