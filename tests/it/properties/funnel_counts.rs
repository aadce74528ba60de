//! Laws of funnels of counts, of cohorts and of patterns.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the figures of these tests are small"
)]

use marketloop::decompose::{DecompositionMethod, Effect};
use marketloop::funnel::{
    BottleneckRule, CohortRules, Events, Funnel, FunnelError, InactivityRules, Pattern, Retention,
    explain_segments, repurchase, retention,
};
use marketloop::quantity::{Count, Ratio, Rounding};
use marketloop::time::{Duration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn counts(steps: usize) -> impl Strategy<Value = Vec<u64>> {
    let count = prop_oneof![0_u64..20, 0_u64..1_000_000, 0_u64..1 << 50];
    vec(count, steps).prop_map(|mut counts| {
        counts.sort_unstable_by(|left, right| right.cmp(left));
        counts
    })
}

fn funnel(counts: &[u64]) -> Funnel {
    Funnel::new(counts.iter().enumerate().map(|(step, count)| (step.to_string(), *count))).unwrap()
}

/// Counts of at least 1, so that every step has a rate.
fn positive(steps: usize) -> impl Strategy<Value = Funnel> {
    counts(steps).prop_map(|counts| funnel(&counts.iter().map(|count| count + 1).collect::<Vec<_>>()))
}

fn ratio(part: u64, whole: u64) -> Ratio {
    Ratio::new(part.into(), whole.into()).unwrap()
}

const METHODS: [DecompositionMethod; 3] =
    [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential];

proptest! {
    #[test]
    fn rates_multiply_to_the_end_to_end_rate(funnel in (2_usize..6).prop_flat_map(positive)) {
        let mut product = Ratio::ONE;
        prop_assert_eq!(funnel.rates().unwrap().len(), funnel.steps().len() - 1);
        for ((step, _), rate) in funnel.steps().skip(1).zip(funnel.rates().unwrap()) {
            prop_assert_eq!(funnel.rate(step).unwrap(), rate);
            product = product.times(rate).unwrap();
            prop_assert_eq!(product, funnel.cumulative_rate(step).unwrap());
            prop_assert_eq!(rate.plus(funnel.drop_rate(step).unwrap()).unwrap(), Ratio::ONE);
        }
        prop_assert_eq!(product, funnel.end_to_end_rate().unwrap());
    }

    #[test]
    fn shares_of_loss_sum_to_one(counts in (2_usize..6).prop_flat_map(counts)) {
        let own = funnel(&counts);
        let shares: Result<Vec<Ratio>, FunnelError> = own.steps().skip(1).map(|(step, _)| own.share_of_loss(step)).collect();
        match shares {
            Ok(shares) => {
                let sum = shares.iter().try_fold(Ratio::ZERO, |sum, share| sum.plus(*share));
                prop_assert_eq!(sum.unwrap(), Ratio::ONE);
            }
            Err(error) => {
                prop_assert!(matches!(error, FunnelError::Undefined { .. }), "{}", error);
                prop_assert_eq!(own.entered(), own.completed());
            }
        }
    }

    #[test]
    fn contributions_sum_to_the_change(
        (before, after) in (2_usize..6).prop_flat_map(|steps| (positive(steps), positive(steps))), scale in 0_u32..15,
    ) {
        let change = after.end_to_end_rate().unwrap().minus(before.end_to_end_rate().unwrap()).unwrap();
        let change = change.round((scale, Rounding::HalfEven)).unwrap();
        for method in METHODS {
            let why = before.compare(&after, method, (scale, Rounding::HalfEven)).unwrap();
            prop_assert_eq!(why.parts().iter().map(|part| part.value).sum::<Decimal>(), change, "{}", method);
            prop_assert_eq!(why.total(), change);
        }
    }

    #[test]
    fn swapped_funnels_swap_the_sign_of_shapley(
        (before, after) in (2_usize..6).prop_flat_map(|steps| (positive(steps), positive(steps))),
    ) {
        let parts = |a: &Funnel, b: &Funnel| a.compare(b, DecompositionMethod::Shapley, (12, Rounding::HalfEven)).unwrap();
        let (there, back) = (parts(&before, &after), parts(&after, &before));
        prop_assert_eq!([there.parts().len(), back.parts().len()], [before.steps().len() - 1; 2]);
        for (there, back) in there.parts().iter().zip(back.parts()) {
            let (there, back) = (there.value, back.value);
            // Each is rounded on its own, by one unit of the last place.
            prop_assert!((there + back).abs() <= Decimal::new(2, 12), "{there} {back}");
        }
    }

    #[test]
    fn rate_and_mix_of_segments_sum_to_the_change(
        segments in vec((2_usize..3).prop_flat_map(|steps| (positive(steps), positive(steps))), 1..5),
    ) {
        let rows: Vec<(usize, Funnel, Funnel)> =
            segments.into_iter().enumerate().map(|(key, (before, after))| (key, before, after)).collect();
        let why = explain_segments(&rows, (9, Rounding::HalfEven)).unwrap();
        let sum = |funnel: fn(&(usize, Funnel, Funnel)) -> &Funnel| {
            let all = rows.iter().map(funnel);
            let part: u64 = all.clone().map(|own| own.completed().value()).sum();
            ratio(part, all.map(|own| own.entered().value()).sum())
        };
        let change = sum(|row| &row.2).minus(sum(|row| &row.1)).unwrap().round((9, Rounding::HalfEven)).unwrap();
        prop_assert_eq!(why.of_effect(Effect::Rate).unwrap() + why.of_effect(Effect::Mix).unwrap(), change);
        prop_assert_eq!(why.total(), change);
    }

    #[test]
    fn a_rate_set_to_itself_changes_nothing(
        funnel in (2_usize..6).prop_flat_map(positive), step in 1_usize..6, part in 0_u64..=10,
    ) {
        let rates = funnel.steps().len() - 1;
        let step = (step % rates + 1).min(rates).to_string();
        let rate = funnel.rate(&step).unwrap();
        let same = funnel.what_if(&step, rate).unwrap();
        prop_assert_eq!(same.gain().unwrap(), Ratio::ZERO);
        prop_assert_eq!(&same.rounded(Rounding::HalfEven).unwrap(), &funnel);
        // Another rate grows everything behind it by one factor.
        let other = ratio(part, 10);
        let counts = funnel.what_if(&step, other).unwrap();
        let factor = other.divided_by(rate).unwrap();
        let first = funnel.index_of(&step).unwrap();
        prop_assert_eq!(counts.steps().len(), funnel.steps().len());
        for (index, ((_, new), (_, old))) in counts.steps().iter().zip(funnel.steps()).enumerate() {
            let old = Ratio::from(old.to_decimal());
            let expected = if index < first { old } else { old.times(factor).unwrap() };
            prop_assert_eq!(*new, expected);
        }
    }

    /// D6: going forward by exact rates, each count reaches the target, and one less does not.
    #[test]
    fn what_is_needed_reaches_the_target_and_no_less_does(
        funnel in (2_usize..6).prop_flat_map(positive), target in 0_u64..1_000,
    ) {
        let (name, last) = funnel.steps().next_back().unwrap();
        let needed = match funnel.needed_for(name, Count::new(target)) {
            Ok(needed) => needed,
            // Rates down to 2^-50 may ask for more than can be counted.
            Err(error) => {
                let most = u128::from(target) * u128::from(funnel.entered().value());
                prop_assert!(matches!(error, FunnelError::Quantity(_)));
                prop_assert!(most.div_ceil(u128::from(last.value())) > u128::from(u64::MAX));
                return Ok(());
            }
        };
        prop_assert_eq!(needed.completed().value(), target);
        prop_assert_eq!(needed.steps().len(), funnel.steps().len());
        for ((_, own), (_, step)) in needed.steps().zip(funnel.steps()) {
            let reaches = |count: u64| {
                let brought = u128::from(count) * u128::from(last.value());
                brought >= u128::from(target) * u128::from(step.value())
            };
            prop_assert!(reaches(own.value()));
            prop_assert!(own.value().checked_sub(1).is_none_or(|fewer| !reaches(fewer)));
        }
    }

    #[test]
    fn the_bottleneck_has_the_extreme_figure(
        funnel in (2_usize..6).prop_flat_map(positive), benchmark in vec(0_u64..=20, 5),
    ) {
        let benchmarks: Vec<Ratio> =
            benchmark.iter().take(funnel.steps().len() - 1).map(|part| ratio(*part, 20)).collect();
        let lowest = funnel.bottleneck(&BottleneckRule::LowestRate).unwrap();
        let rates = funnel.rates().unwrap();
        prop_assert_eq!(lowest.figure(), *rates.iter().min().unwrap());
        let place = funnel.index_of(lowest.step()).unwrap() - 1;
        prop_assert!(rates[..place].iter().all(|rate| *rate > rates[place]));
        let short = rates.iter().zip(&benchmarks).map(|(rate, own)| own.minus(*rate).unwrap()).max().unwrap();
        match funnel.bottleneck(&BottleneckRule::WorstAgainst(benchmarks.clone())) {
            Ok(worst) => prop_assert_eq!(worst.figure(), short),
            Err(error) => {
                prop_assert_eq!(error, FunnelError::NoBottleneck);
                prop_assert!(short <= Ratio::ZERO);
            }
        }
        let gains = funnel.steps().skip(1).zip(&benchmarks).map(|((step, _), rate)| {
            funnel.what_if(step, *rate).unwrap().gain().unwrap()
        });
        let most = gains.max().unwrap();
        match funnel.bottleneck(&BottleneckRule::LargestGain(benchmarks)) {
            Ok(best) => prop_assert_eq!(best.figure(), most),
            Err(error) => {
                prop_assert_eq!(error, FunnelError::NoBottleneck);
                prop_assert!(most <= Ratio::ZERO);
            }
        }
    }
}

/// The first match in the order of its rows, by trying all.
fn search(
    place: usize,
    from: usize,
    chain: &mut Vec<usize>,
    elements: usize,
    rows: usize,
    ok: &dyn Fn(usize, Option<usize>, usize) -> bool,
) -> bool {
    if place == elements {
        return true;
    }
    for at in from..rows {
        if ok(place, chain.last().copied(), at) {
            chain.push(at);
            if search(place + 1, at + 1, chain, elements, rows, ok) {
                return true;
            }
            chain.pop();
        }
    }
    false
}

/// Rows of users: period and mask.
fn users() -> impl Strategy<Value = Vec<Vec<(i64, u32)>>> {
    let rows = vec((-4_i64..10, 0_u32..4), 0..8).prop_map(|mut rows| {
        rows.sort_by_key(|(time, _)| *time);
        rows
    });
    vec(rows, 1..7)
}

type Columns = (Vec<u64>, Vec<i64>, Vec<u32>);

fn columns(users: &[Vec<(i64, u32)>], keep: impl Fn(usize) -> bool) -> Columns {
    let own = users.iter().enumerate().filter(|(user, _)| keep(*user));
    let rows = own.flat_map(|(user, rows)| rows.iter().map(move |(time, mask)| (user as u64, *time, *mask)));
    let rows: Vec<(u64, i64, u32)> = rows.collect();
    (
        rows.iter().map(|row| row.0).collect(),
        rows.iter().map(|row| row.1).collect(),
        rows.iter().map(|row| row.2).collect(),
    )
}

fn borrowed((users, times, masks): &Columns) -> Events<'_> {
    Events::new(users, times, masks).unwrap()
}

proptest! {
    #[test]
    fn cohorts_are_those_of_a_count_by_hand(users in users(), period in 1_u64..4) {
        let last = 9_i64.div_euclid(period as i64);
        let rules = CohortRules::new(last)
            .with_period(Duration::from_seconds(period)).unwrap()
            .with_bracket(1, 3).unwrap()
            .with_bracket(0, 0).unwrap();
        let all = columns(&users, |_| true);
        let matrix = rules.cohorts(&borrowed(&all)).unwrap();
        let number = |time: i64| time.div_euclid(period as i64);
        // E6: moments decide who returned, periods only when.
        let moment = |rows: &Vec<(i64, u32)>| rows.iter().find(|row| row.1 & 1 == 1).map(|row| row.0);
        let start = |rows: &Vec<(i64, u32)>| moment(rows).map(number);
        for (cohort, size) in matrix.cohorts() {
            let members: Vec<&Vec<(i64, u32)>> = users.iter().filter(|rows| start(rows) == Some(cohort)).collect();
            prop_assert_eq!(size.value(), members.len() as u64);
            let retained = |wanted: &dyn Fn(u64) -> bool| {
                let is = |rows: &&&Vec<(i64, u32)>| rows.iter().any(|(time, mask)| {
                    mask & 2 == 2 && Some(*time) >= moment(rows) && wanted(number(*time).abs_diff(cohort))
                });
                members.iter().filter(is).count() as u64
            };
            let check = |retention, expected: u64, until: u64| {
                let cell = matrix.cell(cohort, retention).unwrap().known();
                let known = cohort + until as i64 <= last;
                prop_assert_eq!(cell.map(|cell| cell.retained().value()), known.then_some(expected));
                prop_assert!(cell.is_none_or(|cell| cell.rate().is_ok()));
                Ok(())
            };
            for k in 0..16 {
                check(Retention::On(k), retained(&|own| own == k), k)?;
                check(Retention::OnOrAfter(k), retained(&|own| own >= k), k)?;
            }
            check(Retention::Bracket(0), retained(&|own| (1..=3).contains(&own)), 3)?;
            check(Retention::Bracket(1), retained(&|own| own == 0), 0)?;
        }
        let users_of_cohorts: u64 = matrix.cohorts().map(|(_, size)| size.value()).sum();
        prop_assert_eq!(users_of_cohorts, users.iter().filter(|rows| start(rows).is_some()).count() as u64);
    }

    #[test]
    fn merge_of_cohorts_by_user_is_the_whole(users in users(), shards in vec(0_usize..3, 7)) {
        let rules = CohortRules::new(9).with_bracket(1, 7).unwrap();
        let (silent, dormant) = (Duration::from_seconds(3), Duration::from_seconds(30));
        let inactivity = InactivityRules::new(silent, dormant).unwrap();
        let now = Timestamp::from_unix(12).unwrap();
        let part = |shard: usize| columns(&users, |user| shards[user] == shard);
        let (parts, whole) = ([part(0), part(1), part(2)], columns(&users, |_| true));
        macro_rules! merged {
            ($state:expr) => {{
                let state = $state;
                let [a, b, c] = parts.each_ref().map(|part| state(&borrowed(part)).unwrap());
                let all = state(&borrowed(&whole)).unwrap();
                prop_assert_eq!(&a.merge(&b).unwrap().merge(&c).unwrap(), &all);
                prop_assert_eq!(&c.merge(&b.merge(&a).unwrap()).unwrap(), &all);
                let wire = serde_json::to_string(&all).unwrap();
                let read = serde_json::from_str(&wire).unwrap();
                prop_assert_eq!(&all, &read);
            }};
        }
        merged!(|events: &Events<'_>| rules.cohorts(events));
        merged!(|events: &Events<'_>| inactivity.count(events, now));
        merged!(|events: &Events<'_>| repurchase(events));
    }

    #[test]
    fn conditions_count_with_the_first_only(users in users()) {
        let all = columns(&users, |_| true);
        let found = retention(&borrowed(&all)).unwrap();
        prop_assert_eq!(found.len(), users.iter().filter(|rows| !rows.is_empty()).count());
        for (user, met) in found {
            let rows = &users[user as usize];
            for bit in 0..2 {
                let has = |bit: u32| rows.iter().any(|(_, mask)| mask >> bit & 1 == 1);
                prop_assert_eq!(met >> bit & 1 == 1, has(0) && has(bit));
            }
        }
    }

    #[test]
    fn patterns_are_found_where_a_search_finds_them(
        rows in vec((0_i64..12, 0_u32..8), 0..9),
        elements in vec((0_usize..7, 0_usize..4, 0_u64..5), 1..4),
    ) {
        let gaps = ["", ".*", "(?t<=", "(?t<", "(?t>=", "(?t>", "(?t=="];
        let written = elements.iter().enumerate().map(|(place, (gap, condition, time))| {
            let condition = if *condition == 0 { ".".to_owned() } else { format!("(?{condition})") };
            match gap {
                _ if place == 0 => condition,
                0 | 1 => format!("{}{condition}", gaps[*gap]),
                _ => format!("{}{time}){condition}", gaps[*gap]),
            }
        });
        let text: String = written.collect();
        let pattern: Pattern = text.parse().unwrap();
        let mut rows = rows;
        // E1: rows of one time stand in the order of their masks, however they are given.
        rows.sort_unstable();
        let kept: Vec<(i64, u32)> = rows.iter().copied().filter(|(_, mask)| *mask != 0).collect();
        let fits = |place: usize, at: usize| elements[place].1 == 0 || kept[at].1 >> (elements[place].1 - 1) & 1 == 1;
        let gap_fits = |place: usize, before: usize, at: usize| {
            let (passed, (gap, _, time)) = (kept[at].0.abs_diff(kept[before].0), elements[place]);
            match gap {
                0 => at == before + 1,
                1 => true,
                2 => passed <= time,
                3 => passed < time,
                4 => passed >= time,
                5 => passed > time,
                _ => passed == time,
            }
        };
        let ok = |place: usize, before: Option<usize>, at: usize| {
            fits(place, at) && before.is_none_or(|before| gap_fits(place, before, at))
        };
        let (mut expected, mut from) = (0, 0);
        loop {
            let mut chain = Vec::new();
            if !search(0, from, &mut chain, elements.len(), kept.len(), &ok) {
                break;
            }
            expected += 1;
            from = chain.last().unwrap() + 1;
        }
        let mut moved = rows;
        moved.sort_by_key(|(time, mask)| (*time, std::cmp::Reverse(*mask)));
        let given = columns(&[moved], |_| true);
        let found = pattern.count(&borrowed(&given)).unwrap();
        prop_assert_eq!(found.first().map_or(0, |(_, count)| *count), expected, "{}", text);
        let is_match = pattern.matches(&borrowed(&given)).unwrap();
        prop_assert_eq!(is_match.first().is_some_and(|(_, found)| *found), expected > 0);
    }
}
