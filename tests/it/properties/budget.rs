//! Laws of allocation by rules, and a plain search through every allocation of small budgets.

use marketloop::budget::{
    Allocation, AllocationDraft, Amount, AmountCause, BudgetError, Cap, Divide, Floor, Limit, Line, Reserve,
    Rule,
};
use marketloop::laws;
use marketloop::quantity::{Currency, Money, Ratio};
use marketloop::split::SplitError;
use marketloop::strategies::{Allocations, allocations, wild_allocations};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// The allocation; `None` where the rules cannot hold. Any other refusal is a fault.
fn allocated(draft: AllocationDraft) -> Option<Allocation> {
    match draft.check() {
        Ok(allocation) => Some(allocation),
        Err(problems) => {
            let infeasible =
                problems.iter().all(|problem| matches!(problem.error, BudgetError::Infeasible { .. }));
            assert!(infeasible, "{problems}");
            None
        }
    }
}

fn exact(allocation: &Allocation, line: &str) -> Ratio {
    allocation[line].exact()
}

fn bounds_of(rule: &Rule) -> Option<(&[String], Limit, bool)> {
    use marketloop::budget::Scope::{Each, Group};
    match rule {
        Rule::Floor(Floor { lines: Each(lines) | Group(lines), amount }) => Some((lines, *amount, true)),
        Rule::Cap(Cap { lines: Each(lines) | Group(lines), amount }) => Some((lines, *amount, false)),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn allocation_sums_to_total(draft in allocations().with_infeasible()) {
        let total = draft.total();
        if let Some(allocation) = allocated(draft) {
            prop_assert_eq!(allocation.total(), total);
            laws::allocation_adds_up(&allocation, Line::amount)?;
            let budget = allocation.to_budget("same").unwrap();
            prop_assert_eq!(budget.lines().len(), allocation.leaves().count());
        }
    }

    #[test]
    fn reasons_replay_to_the_amount(draft in allocations().with_infeasible()) {
        let ids: BTreeSet<String> = draft.rules().map(|(id, _)| id.to_owned()).collect();
        if let Some(allocation) = allocated(draft) {
            for line in allocation.lines() {
                laws::amount_is_explained(line.why(), line.amount())?;
                for step in line.why().steps() {
                    let known = step.cause.rule().map(|rule| ids.contains(rule));
                    prop_assert_eq!(known, (step.cause != AmountCause::Rounding).then_some(true));
                }
            }
        }
    }

    #[test]
    fn bounds_hold(draft in allocations().with_infeasible()) {
        if let Some(allocation) = allocated(draft) {
            laws::allocation_keeps_its_bounds(&allocation, Line::amount)?;
        }
    }

    #[test]
    fn a_reserve_is_the_uplift_of_what_it_protects(draft in allocations().with_infeasible()) {
        let elastic = draft.rules().find_map(|(_, rule)| match rule {
            Rule::Reserve(reserve) => {
                reserve.protects().map(|(percent, protects)| (percent, protects[0].clone()))
            }
            _ => None,
        });
        if let (Some((percent, protects)), Some(allocation)) = (elastic, allocated(draft)) {
            laws::reserve_is_its_uplift(percent, exact(&allocation, &protects), exact(&allocation, "elastic"))?;
        }
    }

    #[test]
    fn order_of_floors_and_caps_does_not_matter(
        draft in allocations().with_infeasible(),
        keys in vec(any::<u32>(), 16),
    ) {
        // Amounts keep their order, bounds go anywhere.
        let (bounds, takes): (Vec<_>, Vec<_>) =
            draft.rules().partition(|(_, rule)| bounds_of(rule).is_some());
        let mut shuffled = takes;
        for (bound, key) in bounds.into_iter().zip(keys) {
            let place = usize::try_from(key).unwrap() % (shuffled.len() + 1);
            shuffled.insert(place, bound);
        }
        let other = Allocation::draft(draft.total());
        let other = shuffled.into_iter().fold(other, |draft, (id, rule)| draft.rule(id, rule.clone()));
        match (allocated(draft), allocated(other)) {
            (Some(one), Some(other)) => {
                for line in one.lines() {
                    prop_assert_eq!(exact(&one, line.name()), exact(&other, line.name()));
                }
            }
            (one, other) => prop_assert!(one.is_none() && other.is_none()),
        }
    }

    #[test]
    fn lines_that_nothing_holds_are_in_proportion(draft in allocations().with_infeasible()) {
        // Without groups there is one scale: a line that no bound of its own holds has t times its weight.
        if let Some(allocation) = allocated(draft) {
            let grouped = allocation.rules().filter_map(|(_, rule)| bounds_of(rule)).any(|b| b.0.len() > 1);
            let Some(Rule::Divide(main)) =
                allocation.rules().find(|(id, _)| *id == "main").map(|(_, rule)| rule)
            else { unreachable!() };
            if grouped {
                return Ok(());
            }
            let mut scales = BTreeSet::new();
            for (line, weight) in main.parts() {
                let steps = allocation[line].why().steps();
                let mut steps = steps;
                let held = steps.any(|step| matches!(step.cause, AmountCause::Floor(_) | AmountCause::Cap(_)));
                if !held && !weight.is_zero() {
                    let exact = exact(&allocation, line);
                    scales.insert(exact.divided_by(weight.into()).unwrap());
                }
            }
            prop_assert!(scales.len() <= 1, "{scales:?}");
        }
    }
}

/// A rule of a small budget in whole units: the lines, and the bounds of their sum.
#[derive(Debug, Clone)]
struct Ask {
    rule: String,
    lines: Vec<usize>,
    least: Option<i128>,
    most: Option<i128>,
}

/// Small budgets of taken and three divided lines, all bounds whole.
fn small() -> Allocations {
    allocations().with_lines(3).with_total(0..=10).with_plain_rules()
}

/// What the rules of a small budget ask of its lines, and how many lines there are.
fn asks(draft: &AllocationDraft) -> (Vec<Ask>, usize) {
    let mut names: Vec<&str> = Vec::new();
    for (_, rule) in draft.rules() {
        match rule {
            Rule::Take { line, .. } => names.push(line),
            Rule::Divide(main) => names.extend(main.parts().map(|(line, _)| line)),
            _ => {}
        }
    }
    let place = |line: &String| names.iter().position(|name| name == line).unwrap();
    let ask = |(id, rule): (&str, &Rule)| {
        let (lines, least, most) = match rule {
            Rule::Take { line, amount: Amount::Stated(amount) } => {
                (vec![place(line)], Some(amount.minor()), Some(amount.minor()))
            }
            Rule::Divide(_) => return None,
            other => match bounds_of(other) {
                Some((lines, Limit::Stated(bound), is_floor)) => {
                    let (bound, lines) = (Some(bound.minor()), lines.iter().map(place).collect());
                    if is_floor { (lines, bound, None) } else { (lines, None, bound) }
                }
                _ => panic!("{other:?}"),
            },
        };
        Some(Ask { rule: id.to_owned(), lines, least, most })
    };
    (draft.rules().filter_map(ask).collect(), names.len())
}

/// Whether any whole amounts of the lines add up to the total and meet every ask: each one is looked at.
fn any_allocation(total: i128, lines: usize, asks: &[Ask]) -> bool {
    fn fill(line: usize, left: i128, amounts: &mut [i128], asks: &[Ask]) -> bool {
        if line + 1 == amounts.len() {
            amounts[line] = left;
            return asks.iter().all(|ask| {
                let sum: i128 = ask.lines.iter().map(|line| amounts[*line]).sum();
                ask.least.is_none_or(|least| sum >= least) && ask.most.is_none_or(|most| sum <= most)
            });
        }
        (0..=left).any(|amount| {
            amounts[line] = amount;
            fill(line + 1, left - amount, amounts, asks)
        })
    }
    fill(0, total, &mut vec![0; lines], asks)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_rules_make_an_allocation_panic(draft in wild_allocations()) {
        let total = draft.total();
        match draft.check() {
            Ok(allocation) => {
                prop_assert_eq!(allocation.total(), total);
                laws::allocation_adds_up(&allocation, Line::amount)?;
                for line in allocation.lines() {
                    prop_assert_eq!(*line.why().value(), Ratio::from(line.amount().amount()));
                }
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty() && !problems.to_string().is_empty());
                // A conflict of the split itself is found before it, and told with its rules.
                let split = |error: &BudgetError| matches!(error, BudgetError::Split(SplitError::NestedReach { .. }));
                prop_assert!(!problems.iter().any(|problem| split(&problem.error)), "{}", problems);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn infeasible_exactly_when_floors_or_caps_say_so(draft in small().with_infeasible()) {
        let (total, (asks, lines)) = (draft.total().minor(), asks(&draft));
        prop_assert_eq!(allocated(draft).is_some(), any_allocation(total, lines, &asks), "{:?}", asks);
    }

    #[test]
    fn the_conflicting_set_is_irreducible_and_smallest(draft in small().with_infeasible()) {
        let (total, (asks, lines)) = (draft.total().minor(), asks(&draft));
        let Err(problems) = draft.check() else { return Ok(()) };
        let first = problems.into_iter().next().unwrap().error;
        let BudgetError::Infeasible { rules, off } = first else { panic!("{first}") };
        // Where the total has no place, amounts stay and caps on them do not count: the caps alone are the matter.
        let is_short = off.is_negative();
        let can = |rules: &BTreeSet<&str>| {
            let asks: Vec<Ask> = asks
                .iter()
                .filter(|ask| rules.contains(ask.rule.as_str()) || (is_short && ask.rule.starts_with("take")))
                .cloned()
                .collect();
            any_allocation(total, lines, &asks)
        };
        let set: BTreeSet<&str> = rules.iter().map(String::as_str).collect();
        prop_assert!(!set.is_empty() && !can(&set), "{:?} of {:?}", rules, asks);
        for rule in &rules {
            let mut without = set.clone();
            without.remove(rule.as_str());
            prop_assert!(can(&without), "{:?} without {} of {:?}", rules, rule, asks);
        }
        // No smaller set of any rules is in conflict. Where the total has no place, amounts are no members of the
        // set: floors that need more than the amounts leave are another conflict, of more rules, and count as one.
        let smaller = |chosen: &BTreeSet<&str>| {
            let caps: Vec<Ask> = asks
                .iter()
                .filter(|ask| chosen.contains(ask.rule.as_str()) || ask.rule.starts_with("take"))
                .map(|ask| if ask.rule.starts_with("take") { ask.clone() } else { Ask { least: None, ..ask.clone() } })
                .collect();
            if is_short && any_allocation(total, lines, &caps) {
                let asks: Vec<Ask> =
                    asks.iter().filter(|ask| chosen.contains(ask.rule.as_str())).cloned().collect();
                return !any_allocation(total, lines, &asks);
            }
            !can(chosen)
        };
        let all: Vec<&str> = asks.iter().map(|ask| ask.rule.as_str()).collect();
        for subset in 0_u32..1 << all.len() {
            if usize::try_from(subset.count_ones()).unwrap() < rules.len() {
                let chosen = all.iter().enumerate().filter(|(index, _)| subset >> index & 1 == 1);
                let chosen: BTreeSet<&str> = chosen.map(|(_, rule)| *rule).collect();
                prop_assert!(!smaller(&chosen), "{:?} is smaller than {:?} of {:?}", chosen, rules, asks);
            }
        }
    }
}

/// Found by a drawn draft: the sum of the weights overflows, so that the line has no place, and another rule divides it.
#[test]
fn what_stands_within_a_refused_line_makes_no_panic() {
    let fen = |minor| Money::from_minor(minor, Currency::CNY).unwrap();
    let fine: Decimal = "0.000000000000000000001".parse().unwrap();
    let wide = Decimal::from(1_361_129_467_680_736_334_u64);
    let draft = Allocation::draft(fen(0))
        .rule("inner", Divide::by_scores([("a", Decimal::ONE)]).within("a/c"))
        .rule("outer", Divide::by_roi([("a", wide), ("a/c", fine)]));
    let problems = draft.check().unwrap_err();
    assert_eq!(problems.len(), 1, "{problems}");
    // A reserve on top of a group that crosses another one, and is divided.
    let draft = Allocation::draft(fen(1_000))
        .rule("main", Divide::by_scores([("a", 1), ("b", 1), ("c", 1)]))
        .rule("one", Reserve::uplift(10, ["a", "b"]))
        .rule("other", Reserve::uplift(10, ["b", "c"]))
        .rule("inner", Divide::by_scores([("x", 1)]).within("other"));
    let problems = draft.check().unwrap_err();
    assert!(
        problems.iter().any(|problem| matches!(problem.error, BudgetError::Overlap { .. })),
        "{problems}"
    );
}
