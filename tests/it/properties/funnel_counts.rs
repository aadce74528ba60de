//! Laws of funnels of counts, of cohorts and of patterns.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the figures of these tests are small"
)]

use marketloop::decompose::{DecompositionMethod, Effect};
use marketloop::funnel::{
    ActivityCounts, BottleneckRule, CohortMatrix, Events, Funnel, FunnelCounts, FunnelError, Pattern,
    Retained, Retention, explain_segments, repurchase, retention,
};
use marketloop::laws;
use marketloop::quantity::{Count, Ratio, Rounding};
use marketloop::strategies::{self, FunnelEvents};
use marketloop::time::{Duration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Two funnels of the same steps whose rates exist, and that lose somebody or not.
fn pairs() -> impl Strategy<Value = (Funnel, Funnel)> {
    (2_usize..6).prop_flat_map(|steps| {
        let of = || strategies::funnels().with_steps(steps).with_rates();
        (of(), of())
    })
}

fn two_steps() -> impl Strategy<Value = (Funnel, Funnel)> {
    let of = || strategies::funnels().with_steps(2).with_rates();
    (of(), of())
}

fn ratio(part: u64, whole: u64) -> Ratio {
    Ratio::new(part.into(), whole.into()).unwrap()
}

const METHODS: [DecompositionMethod; 3] =
    [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential];

proptest! {
    #[test]
    fn rates_multiply_to_the_end_to_end_rate(funnel in strategies::funnels().with_rates()) {
        let mut product = Ratio::ONE;
        prop_assert_eq!(funnel.rates().unwrap().len(), funnel.steps().len() - 1);
        for ((step, _), rate) in funnel.steps().skip(1).zip(funnel.rates().unwrap()) {
            prop_assert_eq!(funnel.rate(step).unwrap(), rate);
            product = product.times(rate).unwrap();
            prop_assert_eq!(product, funnel.cumulative_rate(step).unwrap());
            prop_assert_eq!(rate.plus(funnel.drop_rate(step).unwrap()).unwrap(), Ratio::ONE);
        }
        prop_assert_eq!(product, funnel.end_to_end_rate().unwrap());
        laws::rates_multiply(&funnel.rates().unwrap(), funnel.end_to_end_rate().unwrap())?;
    }

    #[test]
    fn shares_of_loss_sum_to_one(own in strategies::funnels()) {
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
        (before, after) in pairs(), scale in 0_u32..15,
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
        (before, after) in pairs(),
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
        segments in vec(two_steps(), 1..5),
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
        funnel in strategies::funnels().with_rates(), step in 1_usize..6, part in 0_u64..=10,
    ) {
        let rates = funnel.steps().len() - 1;
        let (step, _) = funnel.steps().nth((step % rates + 1).min(rates)).unwrap();
        let rate = funnel.rate(step).unwrap();
        let same = funnel.what_if(step, rate).unwrap();
        prop_assert_eq!(same.gain().unwrap(), Ratio::ZERO);
        prop_assert_eq!(&same.rounded(Rounding::HalfEven).unwrap(), &funnel);
        // Another rate grows everything behind it by one factor.
        let other = ratio(part, 10);
        let counts = funnel.what_if(step, other).unwrap();
        let factor = other.divided_by(rate).unwrap();
        let first = funnel.index_of(step).unwrap();
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
        funnel in strategies::funnels().with_rates(), target in 0_u64..1_000,
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
        laws::needed_is_the_least(&funnel, &needed, Count::new(target))?;
        prop_assert_eq!(needed.completed().value(), target);
        prop_assert_eq!(needed.steps().len(), funnel.steps().len());
    }

    #[test]
    fn the_bottleneck_has_the_extreme_figure(
        funnel in strategies::funnels().with_rates(), benchmark in vec(0_u64..=20, 5),
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

/// Events of users who begin and return.
fn events() -> FunnelEvents {
    strategies::funnel_events().with_users(1..7).with_conditions(2)
}

/// The rows of each user with one: time and mask.
fn users(events: &Events<'_>) -> BTreeMap<u64, Vec<(i64, u32)>> {
    let mut users: BTreeMap<u64, Vec<(i64, u32)>> = BTreeMap::new();
    for ((user, time), mask) in events.users().iter().zip(events.times()).zip(events.masks()) {
        users.entry(*user).or_default().push((*time, *mask));
    }
    users
}

proptest! {
    #[test]
    fn cohorts_are_those_of_a_count_by_hand(events in events(), rules in strategies::cohort_rules()) {
        let users: Vec<Vec<(i64, u32)>> = users(&events).into_values().collect();
        let (last, period) = (rules.last(), rules.period().map_or(1, Duration::seconds));
        let rules = rules.with_bracket(1, 3).unwrap().with_bracket(0, 0).unwrap();
        let matrix = rules.cohorts(&events).unwrap();
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
            for (bracket, (from, to)) in rules.brackets().iter().enumerate() {
                check(Retention::Bracket(bracket), retained(&|own| (*from..=*to).contains(&own)), *to)?;
            }
            let known = |k| matrix.cell(cohort, Retention::OnOrAfter(k)).unwrap().known();
            let on_or_after = (0..20).map_while(known).map(|cell| cell.retained().value());
            laws::retention_never_rises(size.value(), on_or_after)?;
        }
        let users_of_cohorts: u64 = matrix.cohorts().map(|(_, size)| size.value()).sum();
        prop_assert_eq!(users_of_cohorts, users.iter().filter(|rows| start(rows).is_some()).count() as u64);
    }

    #[test]
    fn merge_of_cohorts_by_user_is_the_whole(
        events in events(),
        rules in strategies::cohort_rules(),
        inactivity in strategies::inactivity_rules(),
        now in 0_i64..16,
    ) {
        let now = Timestamp::from_unix(now).unwrap();
        let cohorts = |events: &Events<'_>| rules.cohorts(events).unwrap();
        laws::shards_merge_to_the_whole(cohorts, |a: CohortMatrix, b| a.merge(&b).unwrap(), &events)?;
        laws::reads_back_what_it_writes(&cohorts(&events))?;
        let active = |events: &Events<'_>| inactivity.count(events, now).unwrap();
        laws::shards_merge_to_the_whole(active, |a: ActivityCounts, b| a.merge(&b).unwrap(), &events)?;
        laws::reads_back_what_it_writes(&active(&events))?;
        let buyers = |events: &Events<'_>| repurchase(events).unwrap();
        laws::shards_merge_to_the_whole(buyers, |a: Retained, b| a.merge(&b).unwrap(), &events)?;
        laws::reads_back_what_it_writes(&buyers(&events))?;
    }

    #[test]
    fn merge_of_counts_is_associative_and_commutative(
        a in strategies::funnel_counts(), b in strategies::funnel_counts(), c in strategies::funnel_counts(),
    ) {
        let merge = |a: FunnelCounts, b: FunnelCounts| a.merge(&b).unwrap();
        laws::merge_is_associative(merge, &a, &b, &c)?;
        laws::merge_is_commutative(merge, &a, &b)?;
        laws::counts_never_rise(a.funnel().steps().map(|(_, count)| count.value()))?;
    }

    #[test]
    fn conditions_count_with_the_first_only(events in events()) {
        let users = users(&events);
        let found = retention(&events).unwrap();
        prop_assert_eq!(found.len(), users.len());
        for (user, met) in found {
            let rows = &users[&user];
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
        let times: Vec<i64> = moved.iter().map(|(time, _)| *time).collect();
        let masks: Vec<u32> = moved.iter().map(|(_, mask)| *mask).collect();
        let given = Events::new(vec![1; moved.len()], times, masks).unwrap();
        let found = pattern.count(&given).unwrap();
        prop_assert_eq!(found.first().map_or(0, |(_, count)| *count), expected, "{}", text);
        let is_match = pattern.matches(&given).unwrap();
        prop_assert_eq!(is_match.first().is_some_and(|(_, found)| *found), expected > 0);
    }
}
