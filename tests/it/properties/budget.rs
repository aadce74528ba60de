//! Laws of allocation by rules, and a plain search through every allocation of small budgets.

use marketloop::budget::{
    Allocation, AllocationDraft, Amount, AmountCause, BudgetError, Cap, Divide, Floor, Limit, Line, Quota,
    Reserve, Rule,
};
use marketloop::quantity::{Currency, Money, Ratio};
use marketloop::split::SplitError;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

fn fen(minor: i128) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn line(index: usize) -> String {
    format!("l{index}")
}

/// Contiguous groups of `count` lines that hold each other or share nothing.
fn groups(count: usize) -> impl Strategy<Value = Vec<(usize, usize)>> {
    vec((0..count, 0..count), 0..5).prop_map(|cuts| {
        let mut kept: Vec<(usize, usize)> = Vec::new();
        for (a, b) in cuts {
            let (from, to) = (a.min(b), a.max(b) + 1);
            let fits = |(f, t): &(usize, usize)| {
                to <= *f || *t <= from || (*f <= from && to <= *t) || (from <= *f && *t <= to)
            };
            if to - from > 1 && kept.iter().all(fits) {
                kept.push((from, to));
            }
        }
        kept
    })
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (0_i128..60_000).prop_map(|minor| Limit::Stated(fen(minor))),
        (0_i64..700).prop_map(|per_mille| Limit::PercentOfTotal(Decimal::new(per_mille, 1))),
    ]
}

/// Rules over lines `l0`, `l1` and so on that one rule divides, with amounts before it, parts and a reserve.
fn rules() -> impl Strategy<Value = AllocationDraft> {
    let weights = vec(prop_oneof![1 => Just(0_u32), 6 => 1_u32..50], 2..9);
    (0_i128..100_000, weights, vec(0_i64..250, 0..3), any::<bool>())
        .prop_flat_map(|(total, weights, takes, keeps)| {
            let count = weights.len();
            let bounds = vec((0..count, limit(), any::<bool>()), 0..5);
            let group_limits = groups(count).prop_flat_map(|groups| {
                let size = groups.len();
                (Just(groups), vec((limit(), any::<bool>()), size))
            });
            let parts = prop::option::of((0..count, vec(1_u32..9, 1..4), 0_i128..2_000));
            let uplift = prop::option::of((0..count, 0_i64..60));
            (Just((total, weights, takes, keeps)), bounds, group_limits, parts, uplift)
        })
        .prop_map(|((total, mut weights, takes, keeps), bounds, (groups, limits), parts, uplift)| {
            weights[0] = weights[0].max(1);
            let mut draft = Allocation::draft(fen(total));
            for (index, per_mille) in takes.into_iter().enumerate() {
                let percent = Decimal::new(per_mille, 1);
                let take = if index == 1 {
                    Rule::take(format!("t{index}"), Amount::percent_of_rest(percent))
                } else {
                    Rule::take(format!("t{index}"), Amount::percent(percent))
                };
                draft = draft.rule(format!("take {index}"), take);
            }
            let scores = weights.iter().enumerate().map(|(index, weight)| (line(index), *weight));
            draft = draft.rule("main", Divide::by_scores(scores));
            for (index, (own, limit, is_floor)) in bounds.into_iter().enumerate() {
                draft = if is_floor {
                    draft.rule(format!("floor {index}"), Floor::line(line(own), limit))
                } else {
                    draft.rule(format!("cap {index}"), Cap::line(line(own), limit))
                };
            }
            let grouped =
                groups.iter().any(|(from, to)| uplift.is_some_and(|(own, _)| (*from..*to).contains(&own)));
            for (index, ((from, to), (limit, is_floor))) in groups.into_iter().zip(limits).enumerate() {
                let lines = (from..to).map(line);
                draft = if is_floor {
                    draft.rule(format!("group floor {index}"), Floor::group(lines, limit))
                } else {
                    draft.rule(format!("group cap {index}"), Cap::group(lines, limit))
                };
            }
            if let Some((own, weights, floor)) = parts {
                let scores = weights.iter().enumerate().map(|(index, weight)| (format!("p{index}"), *weight));
                draft = draft.rule("parts", Divide::by_scores(scores).within(line(own)));
                draft = draft.rule("part floor", Floor::line(format!("{}/p0", line(own)), fen(floor)));
            }
            if let Some((own, percent)) = uplift.filter(|_| !grouped) {
                draft = draft.rule("elastic", Reserve::uplift(percent, [line(own)]));
            }
            if keeps { draft.rule("keep", Rule::keep("kept")) } else { draft }
        })
}

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

fn sum(amounts: impl IntoIterator<Item = Money>) -> Money {
    Money::sum(amounts, Currency::CNY).unwrap()
}

/// The bound in minor units, rounded outwards where it has a fraction.
fn outwards(limit: Limit, total: Money, is_floor: bool) -> i128 {
    match limit {
        Limit::Stated(amount) => amount.minor(),
        Limit::PercentOfTotal(percent) => {
            let product = total.minor() * percent.mantissa();
            let whole = 100 * 10_i128.pow(percent.scale());
            if is_floor { product.div_euclid(whole) } else { -(-product).div_euclid(whole) }
        }
    }
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
    fn allocation_sums_to_total(draft in rules()) {
        let total = draft.total();
        if let Some(allocation) = allocated(draft) {
            prop_assert_eq!(sum(allocation.leaves().map(Line::amount)), total);
            prop_assert!(allocation.lines().iter().all(|line| !line.amount().is_negative()));
            for line in allocation.lines().iter().filter(|line| line.has_parts()) {
                let parts = allocation.parts_of(line.name()).map(Line::amount);
                prop_assert_eq!(sum(parts), line.amount());
            }
            let budget = allocation.to_budget("same").unwrap();
            prop_assert_eq!(budget.lines().len(), allocation.leaves().count());
        }
    }

    #[test]
    fn reasons_replay_to_the_amount(draft in rules()) {
        let ids: BTreeSet<String> = draft.rules().map(|(id, _)| id.to_owned()).collect();
        if let Some(allocation) = allocated(draft) {
            for line in allocation.lines() {
                let steps: Vec<_> = line.why().steps().collect();
                prop_assert_eq!(*line.why().value(), Ratio::from(line.amount().amount()));
                let mut before = Ratio::ZERO;
                for (index, step) in steps.iter().enumerate() {
                    let change = step.value.minus(before).unwrap();
                    before = step.value;
                    match step.cause {
                        AmountCause::Floor(_) => prop_assert!(change > Ratio::ZERO, "{}", line),
                        AmountCause::Cap(_) => prop_assert!(change.is_negative(), "{}", line),
                        AmountCause::Rounding => {
                            prop_assert_eq!(index + 1, steps.len());
                            let size = if change.is_negative() { change.negated() } else { change };
                            prop_assert!(size < "1/100".parse().unwrap(), "{}", line);
                        }
                        AmountCause::Set(_) | AmountCause::NoReturn(_) => prop_assert_eq!(index, 0),
                        _ => {}
                    }
                    let known = step.cause.rule().map(|rule| ids.contains(rule));
                    prop_assert_eq!(known, (step.cause != AmountCause::Rounding).then_some(true));
                }
            }
        }
    }

    #[test]
    fn bounds_hold(draft in rules()) {
        if let Some(allocation) = allocated(draft) {
            let total = allocation.total();
            for (id, rule) in allocation.rules() {
                let Some((lines, limit, is_floor)) = bounds_of(rule) else { continue };
                let sum = sum(lines.iter().map(|line| allocation[line.as_str()].amount())).minor();
                let bound = outwards(limit, total, is_floor);
                prop_assert!(if is_floor { sum >= bound } else { sum <= bound }, "{id}: {sum} {bound}");
            }
        }
    }

    #[test]
    fn a_reserve_is_the_uplift_of_what_it_protects(draft in rules()) {
        let elastic = draft.rules().find_map(|(_, rule)| match rule {
            Rule::Reserve(reserve) => {
                reserve.protects().map(|(percent, protects)| (percent, protects[0].clone()))
            }
            _ => None,
        });
        if let (Some((percent, protects)), Some(allocation)) = (elastic, allocated(draft)) {
            let ratio = Ratio::new(percent, Decimal::ONE_HUNDRED).unwrap();
            let base = exact(&allocation, &protects);
            prop_assert_eq!(exact(&allocation, "elastic"), base.times(ratio).unwrap());
        }
    }

    #[test]
    fn order_of_floors_and_caps_does_not_matter(
        (draft, keys) in rules().prop_flat_map(|draft| {
            let count = draft.rules().count();
            (Just(draft), vec(any::<u32>(), count))
        }),
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
    fn lines_that_nothing_holds_are_in_proportion(draft in rules()) {
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

/// A bound of a small budget in whole units: the lines, the bound, whether it is a floor, and its rule.
#[derive(Debug, Clone)]
struct Ask {
    rule: String,
    lines: Vec<usize>,
    least: Option<i128>,
    most: Option<i128>,
}

const TAKEN: usize = 2;
const DIVIDED: usize = 3;

/// Small budgets of two taken and three divided lines, all bounds whole.
fn small() -> impl Strategy<Value = (AllocationDraft, Vec<Ask>)> {
    let bound = || (0_i128..8, any::<bool>());
    let lines = vec((0..TAKEN + DIVIDED, bound()), 0..5);
    let groups = groups(DIVIDED).prop_flat_map(|groups| {
        let size = groups.len();
        (Just(groups), vec((0_i128..10, any::<bool>()), size))
    });
    (0_i128..11, vec(0_i128..5, TAKEN), lines, groups).prop_map(|(total, taken, lines, (groups, limits))| {
        let name = |index: usize| if index < TAKEN { format!("t{index}") } else { line(index - TAKEN) };
        let mut draft = Allocation::draft(fen(total));
        let mut asks = Vec::new();
        for (index, amount) in taken.into_iter().enumerate() {
            let rule = format!("take {index}");
            draft = draft.rule(rule.clone(), Rule::take(name(index), fen(amount)));
            asks.push(Ask { rule, lines: vec![index], least: Some(amount), most: Some(amount) });
        }
        draft = draft.rule("main", Divide::by_scores((0..DIVIDED).map(|index| (line(index), 1))));
        let single = lines.into_iter().map(|(line, bound)| (vec![line], bound));
        let grouped = groups.into_iter().zip(limits);
        let grouped = grouped.map(|((from, to), bound)| ((from + TAKEN..to + TAKEN).collect(), bound));
        for (index, (lines, (minor, is_floor))) in single.chain(grouped).enumerate() {
            let lines: Vec<usize> = lines;
            let rule = format!("bound {index}");
            let names: Vec<String> = lines.iter().map(|line| name(*line)).collect();
            draft = if is_floor {
                draft.rule(rule.clone(), Floor::group(names, fen(minor)))
            } else {
                draft.rule(rule.clone(), Cap::group(names, fen(minor)))
            };
            let (least, most) = if is_floor { (Some(minor), None) } else { (None, Some(minor)) };
            asks.push(Ask { rule, lines, least, most });
        }
        (draft, asks)
    })
}

/// Whether any whole amounts of the lines add up to the total and meet every ask: each one is looked at.
fn any_allocation(total: i128, asks: &[Ask]) -> bool {
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
    fill(0, total, &mut [0; TAKEN + DIVIDED], asks)
}

/// Any rules at all over a few names, most of them wrong.
fn any_rules() -> impl Strategy<Value = AllocationDraft> {
    let name = || prop::sample::select(vec!["a", "b", "c", "a/b", "a/c", "", "d"]).prop_map(String::from);
    let decimal = || {
        let parts = (any::<i64>(), any::<u32>(), 0_u32..28);
        let wide = parts.prop_map(|(high, low, scale)| {
            Decimal::from_i128_with_scale((i128::from(high) << 31) + i128::from(low), scale)
        });
        prop_oneof![4 => (0_i64..1_000).prop_map(|value| Decimal::new(value, 1)), 1 => wide]
    };
    let percent = || (0_i64..80).prop_map(Decimal::from);
    let minor = || prop_oneof![30 => 0_i128..10_000, 1 => -(1_i128 << 95)..1 << 95];
    let money = move || {
        (minor(), any::<u8>()).prop_map(|(minor, odd)| {
            let currency = if odd == 0 { Currency::JPY } else { Currency::CNY };
            Money::from_minor(minor, currency).unwrap()
        })
    };
    let amount = move || {
        prop_oneof![
            money().prop_map(Amount::Stated),
            percent().prop_map(Amount::PercentOfTotal),
            percent().prop_map(Amount::PercentOfRest),
        ]
    };
    let limit =
        move || prop_oneof![money().prop_map(Limit::Stated), percent().prop_map(Limit::PercentOfTotal)];
    let id = || (0_u8..4).prop_map(|id| id.to_string());
    let parts = move || vec((name(), decimal()), 1..3);
    let names = move || vec(name(), 1..3);
    let rule = prop_oneof![
        (name(), amount()).prop_map(|(line, amount)| Rule::take(line, amount)),
        (decimal(), names()).prop_map(|(percent, lines)| Reserve::uplift(percent, lines).into()),
        (parts(), prop::option::of(name()), prop::option::of(amount())).prop_map(
            |(parts, within, amount)| {
                let divide = Divide::by_scores(parts);
                let divide = within.into_iter().fold(divide, Divide::within);
                amount.into_iter().fold(divide, Divide::of).into()
            }
        ),
        parts().prop_map(|parts| Divide::by_roi(parts).into()),
        parts().prop_map(|parts| Divide::by_percents(parts).into()),
        name().prop_map(Rule::keep),
        (names(), limit()).prop_map(|(lines, limit)| Floor::group(lines, limit).into()),
        (names(), limit()).prop_map(|(lines, limit)| Cap::each(lines, limit).into()),
        (id(), percent()).prop_map(|(of, remains)| Rule::remains(of, remains)),
        (name(), names(), decimal())
            .prop_map(|(of, lines, percent)| { Quota::of(of).group(percent, lines).into() }),
    ];
    (money(), vec(rule, 0..4), any::<bool>()).prop_map(|(total, rules, is_whole)| {
        let main = Rule::from(Divide::by_scores([("a", 1), ("d", 2)]));
        let rules = rules.into_iter().chain(is_whole.then_some(main)).enumerate();
        rules.fold(Allocation::draft(total), |draft, (id, rule)| draft.rule(id.to_string(), rule))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_rules_make_an_allocation_panic(draft in any_rules()) {
        let total = draft.total();
        match draft.check() {
            Ok(allocation) => {
                let leaves = allocation.leaves().map(Line::amount);
                prop_assert_eq!(Money::sum(leaves, total.currency()), Ok(total));
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
    fn infeasible_exactly_when_floors_or_caps_say_so((draft, asks) in small()) {
        let total = draft.total().minor();
        prop_assert_eq!(allocated(draft).is_some(), any_allocation(total, &asks), "{:?}", asks);
    }

    #[test]
    fn the_conflicting_set_is_irreducible_and_smallest((draft, asks) in small()) {
        let total = draft.total().minor();
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
            any_allocation(total, &asks)
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
            if is_short && any_allocation(total, &caps) {
                let asks: Vec<Ask> =
                    asks.iter().filter(|ask| chosen.contains(ask.rule.as_str())).cloned().collect();
                return !any_allocation(total, &asks);
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
