//! Laws of decision tables.

use core::ops::{Bound, RangeBounds as _};
use marketloop::decision::{
    CellTest, CellValue, DecisionDraft, DecisionTable, Fact, HitPolicy, Region, TestedCell,
};
use marketloop::laws;
use marketloop::quantity::Ratio;
use marketloop::strategies::decision_tables;
use marketloop::time::Duration;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// The same columns and rules under another policy.
fn under(policy: HitPolicy, table: &DecisionTable) -> DecisionTable {
    let draft = table.inputs().iter().cloned().fold(DecisionTable::draft(policy), DecisionDraft::input);
    let draft = table.outputs().iter().cloned().fold(draft, DecisionDraft::output);
    table.rules().fold(draft, |draft, (when, then)| draft.rule(when, then.iter().cloned())).check().unwrap()
}

/// The meaning of a test, written down once more without any compilation.
fn holds(test: &CellTest, fact: &Fact<'_>) -> bool {
    let value = match *fact {
        Fact::Number(number) => CellValue::Number(number),
        Fact::Text(word) => CellValue::from(word),
        Fact::Truth(truth) => CellValue::Truth(truth),
        Fact::Date(date) => CellValue::Date(date),
        Fact::Duration(duration) => CellValue::Duration(duration),
        Fact::List(list) => return holds_of_a_list(&test.to_string(), list),
        _ => {
            let shown = test.to_string();
            return shown == "-" || shown == "missing" || shown.starts_with("missing, ");
        }
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

/// The same of a list, from the text of the test: its texts have neither brackets nor `contains` in them.
fn holds_of_a_list(test: &str, list: &[&str]) -> bool {
    if let Some(others) = test.strip_prefix("missing, ") {
        return holds_of_a_list(others, list);
    }
    if let Some(inner) = test.strip_prefix("not(").and_then(|rest| rest.strip_suffix(")")) {
        return !holds_of_a_list(inner, list);
    }
    match test {
        "-" | "given" => return true,
        "missing" => return false,
        _ => {}
    }
    test.split("contains ").filter(|part| !part.is_empty()).any(|alternative| {
        alternative.split(" and ").all(|part| {
            let named = NAMED.iter().filter(|name| part.contains(&Fact::Text(name).to_string())).count();
            let mut distinct: Vec<&str> = list.to_vec();
            distinct.sort_unstable();
            distinct.dedup();
            let found = distinct
                .iter()
                .filter(|it| part.contains(&Fact::Text(it).to_string()) && NAMED.contains(it))
                .count();
            match part.split(' ').next() {
                Some("any") => found > 0,
                Some("none") => found == 0,
                _ => found == named,
            }
        })
    })
}

/// The texts that cells of the strategies name.
const NAMED: [&str; 3] = ["kol", "paid", "own, \"ed\""];

fn inside(region: &Region, facts: &[Fact<'_>]) -> bool {
    region.columns().zip(facts).all(|((_, test), fact)| holds(test, fact))
}

fn matching(table: &DecisionTable, facts: &[Fact<'_>]) -> Vec<usize> {
    let all = |tests: &[CellTest]| tests.iter().zip(facts).all(|(test, fact)| holds(test, fact));
    table.rules().enumerate().filter(|(_, (tests, _))| all(tests)).map(|(index, _)| index).collect()
}

proptest! {
    #[test]
    fn compiled_matching_is_that_of_the_cells((table, points) in decision_tables().with_rules(1..12).with_facts(1..20)) {
        for facts in &points {
            let found: Vec<usize> = table.matches(facts).unwrap().collect();
            prop_assert_eq!(&found, &matching(&table, facts));
            laws::matches_are_those_of_the_cells(&table, facts, found)?;
        }
    }

    #[test]
    fn more_than_64_rules_match_alike((table, points) in decision_tables().with_rules(1..200).with_facts(1)) {
        let found: Vec<usize> = table.matches(&points[0]).unwrap().collect();
        prop_assert_eq!(found, matching(&table, &points[0]));
    }

    #[test]
    fn first_is_the_first_of_collect((table, points) in decision_tables().with_rules(1..10).with_facts(1)) {
        let (first, collect) = (under(HitPolicy::First, &table), under(HitPolicy::Collect, &table));
        let (first, collect) = (first.decide(&points[0]).unwrap(), collect.decide(&points[0]).unwrap());
        prop_assert_eq!(collect.answering(), collect.matched());
        prop_assert_eq!(first.answering().first(), collect.matched().first());
        prop_assert_eq!((first.answering().len() > 1, first.number()), (false, None));
    }

    #[test]
    fn every_policy_is_a_reading_of_the_same_matches((given, points) in decision_tables().with_rules(1..8).with_facts(1)) {
        let facts = &points[0];
        let all = matching(&given, facts);
        let outputs: Vec<u32> =
            given.rules().map(|(_, then)| then[0].as_number().unwrap().try_into().unwrap()).collect();
        let points: Vec<u32> = all.iter().map(|rule| outputs[*rule]).collect();
        let ranking = given.outputs()[0].ranking();
        let place = |rule: &usize| ranking.iter().position(|ranked| *ranked == outputs[*rule].into());
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
            let table = under(policy, &given);
            let answer = table.decide(facts).map(|decision| (decision.answering().to_vec(), decision.number()));
            prop_assert_eq!(answer.map_err(|error| error.rules().to_vec()), expected, "{}", policy);
        }
    }

    #[test]
    fn report_finds_no_gap_where_every_point_matches((table, points) in decision_tables().with_rules(1..8).with_facts(30)) {
        let report = table.report(10_000_000);
        prop_assert!(report.is_complete());
        for facts in &points {
            laws::gaps_and_overlaps_are_what_points_say(&table, &report, facts)?;
            let matched = matching(&table, facts);
            // A point lies in a gap exactly if no rule matches it, and then in one gap only.
            let gaps = report.gaps().iter().filter(|gap| inside(gap, facts)).count();
            prop_assert_eq!(gaps, usize::from(matched.is_empty()), "{:?}: {}", facts, report);
            for overlap in report.overlaps() {
                let both = overlap.rules().iter().all(|rule| matched.contains(rule));
                prop_assert_eq!(overlap.rules().len(), 2);
                prop_assert_eq!(inside(overlap, facts), both, "{:?}: {}", facts, overlap);
            }
            let pairs = matched.len() * matched.len().saturating_sub(1) / 2;
            let listed = report.overlaps().iter().filter(|overlap| inside(overlap, facts)).count();
            prop_assert_eq!(pairs, listed);
        }
    }

    #[test]
    fn a_report_that_ran_out_says_so((table, _) in decision_tables().with_rules(1..8), limit in 0_u64..400) {
        let (short, full) = (table.report(limit), table.report(10_000_000));
        prop_assert!(short.work() <= limit);
        prop_assert_eq!(short.is_complete(), full.work() <= limit);
        prop_assert!(short.gaps().iter().all(|gap| full.gaps().contains(gap)));
        prop_assert!(short.overlaps().iter().all(|overlap| full.overlaps().contains(overlap)));
    }

    #[test]
    fn reasons_agree_with_the_matches(
        (table, points) in decision_tables().with_rules(1..8).with_facts(1).with_policy(HitPolicy::Collect),
    ) {
        let facts = &points[0];
        let decision = table.decide(facts).unwrap();
        let failing = |rule: usize| {
            let why = decision.why(rule).unwrap();
            why.steps().filter(|step| !step.cause.holds).count()
        };
        for rule in 0..table.rules().len() {
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
                prop_assert!(!cell.holds && edge.kind() == cell.fact.kind());
                let Fact::Number(edge) = edge else {
                    // Days and seconds are counted: the nearest is one that passes, and none between it and the fact.
                    prop_assert!(holds(cell.test, &edge));
                    let between = match (edge, cell.fact) {
                        (Fact::Date(edge), Fact::Date(fact)) => {
                            let later = edge.max(fact);
                            edge.min(fact).iter_days().skip(1).take_while(|day| *day < later).map(Fact::from).collect()
                        }
                        (Fact::Duration(edge), Fact::Duration(fact)) => {
                            let toward = if edge > fact { edge.seconds() - 1 } else { edge.seconds() + 1 };
                            vec![Duration::from_seconds(toward).into()]
                        }
                        other => panic!("{other:?}"),
                    };
                    prop_assert!(between.iter().all(|fact| *fact == edge || !holds(cell.test, fact)));
                    continue;
                };
                // On an included edge the cell holds; on an excluded one it holds right beyond.
                let little = Decimal::new(1, 9);
                let beyond = [Decimal::ZERO, little, -little].map(|step| holds(cell.test, &(edge + step).into()));
                prop_assert!(beyond.contains(&true));
            }
        }
        // N11: the nearest miss has the fewest failing cells, then the least distance, then stands first.
        let missed = (0..table.rules().len()).filter(|rule| failing(*rule) > 0);
        let expected = missed.min_by_key(|rule| (failing(*rule), *decision.why(*rule).unwrap().value(), *rule));
        prop_assert_eq!(decision.nearest_miss(), expected);
        laws::nearest_miss_has_the_fewest_failing_cells(&table, facts, decision.nearest_miss())?;
    }

    #[test]
    fn a_table_survives_the_wire((table, _) in decision_tables().with_rules(1..8)) {
        laws::reads_back_what_it_writes(&table)?;
    }

    #[test]
    fn no_text_makes_a_cell_panic(text in "([-+0-9.<>=\\[\\](), \"\\\\nottruefals是-]|missing|given|not\\(|contains |any|all|none| and |2026-07-01| days|\"a\"){0,24}") {
        if let Ok(test) = text.parse::<CellTest>() {
            prop_assert_eq!(test.to_string().parse::<CellTest>().unwrap(), test);
        }
        if let Ok(value) = text.parse::<CellValue>() {
            prop_assert_eq!(value.to_string().parse::<CellValue>().unwrap(), value);
        }
    }
}
