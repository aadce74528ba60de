//! Wrong funnels.
#![allow(clippy::cast_possible_truncation, reason = "a mask has 32 bits")]

use super::caught;
use marketloop::funnel::{
    CohortMatrix, Events, Funnel, FunnelCounts, FunnelRules, FunnelRulesDraft, Matching, Retention,
};
use marketloop::laws::{self, Broken};
use marketloop::quantity::{Count, Ratio, Rounding};
use marketloop::strategies::{cohort_rules, funnel_events, funnel_rules, funnels};
use marketloop::time::Duration;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Case = (FunnelRules, Events<'static>);

/// Levels by other rules, held against these.
fn levels_by(
    change: impl Fn(&FunnelRules, FunnelRulesDraft) -> FunnelRulesDraft,
) -> impl Fn(&Case) -> Result<(), Broken> {
    move |(rules, events)| {
        let other = change(rules, rules.clone().into()).check().unwrap();
        laws::levels_are_the_deepest(rules, events, &other.levels(events).unwrap())
    }
}

fn cases() -> impl Strategy<Value = Case> {
    (funnel_rules(), funnel_events())
}

/// A second less, as `<` takes the whole seconds of these events where `<=` is meant.
fn less(time: Duration) -> Duration {
    Duration::from_seconds(time.seconds().saturating_sub(1))
}

#[test]
fn a_step_at_the_end_of_the_window_is_left_out() {
    caught(
        "`<` for `<=` of the window",
        cases(),
        levels_by(|_, draft| draft),
        levels_by(|rules, draft| {
            rules.window().map(less).into_iter().fold(draft, FunnelRulesDraft::with_window)
        }),
    );
}

#[test]
fn a_step_at_the_end_of_its_maximum_time_is_left_out() {
    caught(
        "`<` for `<=` of the maximum time of a step",
        cases(),
        levels_by(|_, draft| draft),
        levels_by(|rules, draft| {
            rules.steps().fold(draft, |draft, step| match rules.step_within(step).unwrap() {
                Some(within) => draft.with_step_within(step, less(within)),
                None => draft,
            })
        }),
    );
}

#[test]
fn rows_of_one_time_count_as_increasing() {
    caught(
        "`<=` for `<` of strictly increasing times",
        cases(),
        levels_by(|_, draft| draft),
        levels_by(|rules, draft| match rules.matching() {
            Matching::StrictlyIncreasing => draft.with_matching(Matching::Longest),
            _ => draft,
        }),
    );
}

#[test]
fn one_row_is_two_steps_where_it_may_be_one() {
    caught(
        "a row is used twice",
        cases(),
        levels_by(|_, draft| draft),
        levels_by(|rules, draft| match rules.matching() {
            Matching::UseOnce => draft.with_matching(Matching::Longest),
            _ => draft,
        }),
    );
}

/// A chain that takes the first row that fits, user by user, and remembers no other.
fn greedy(rules: &FunnelRules, events: &Events<'_>) -> Vec<(u64, u32)> {
    let window = rules.window().map_or(u64::MAX, Duration::seconds);
    let mut users: BTreeMap<u64, (u32, i64)> = BTreeMap::new();
    for ((user, time), mask) in events.users().iter().zip(events.times()).zip(events.masks()) {
        let (level, start) = users.entry(*user).or_insert((0, *time));
        if *level == 0 {
            *start = *time;
        }
        if mask >> *level & 1 == 1
            && time.abs_diff(*start) <= window
            && (*level as usize) < rules.steps().len()
        {
            *level += 1;
        }
    }
    users.into_iter().map(|(user, (level, _))| (user, level)).collect()
}

fn plain(steps: usize) -> FunnelRules {
    FunnelRules::new(["visit", "view", "cart", "order"].into_iter().take(steps), Duration::from_seconds(5))
        .unwrap()
}

#[test]
fn rows_of_one_time_are_taken_in_their_order() {
    caught(
        "rows of one time are taken in their order",
        funnel_events(),
        |events| laws::ties_change_no_level(|events| plain(3).levels(events).unwrap(), events),
        |events| laws::ties_change_no_level(|events| greedy(&plain(3), events), events),
    );
}

#[test]
fn only_the_first_start_is_remembered() {
    caught(
        "only the first start of a chain is remembered",
        funnel_events(),
        |events| laws::levels_are_the_deepest(&plain(3), events, &plain(3).levels(events).unwrap()),
        |events| laws::levels_are_the_deepest(&plain(3), events, &greedy(&plain(3), events)),
    );
}

#[test]
fn a_user_counts_again_when_the_first_step_repeats() {
    caught(
        "a user counts again when the first step repeats",
        cases(),
        |(rules, events)| laws::every_user_counts_once(events, &rules.count(events).unwrap()),
        |(rules, events)| {
            // A session begins at each first step, and each session is counted as a user.
            let mut sessions = Vec::new();
            for (user, mask) in events.users().iter().zip(events.masks()) {
                let before = sessions.last().map_or(0, |session| session % 1_000);
                let own = if mask & 1 == 1 { before + 1 } else { before };
                sessions.push(user * 1_000 + own);
            }
            let plain = FunnelRules::new(rules.steps(), Duration::from_seconds(9)).unwrap();
            let by_session = Events::new(sessions, events.times().to_vec(), events.masks().to_vec()).unwrap();
            laws::every_user_counts_once(events, &plain.count(&by_session).unwrap())
        },
    );
}

#[test]
fn users_count_at_a_step_without_the_steps_before_it() {
    let wrong = |events: &Events<'_>| {
        let of = |step: u32| {
            let rows = events.users().iter().zip(events.masks());
            rows.filter(|(_, mask)| *mask >> step & 1 == 1).map(|(user, _)| *user).collect::<BTreeSet<u64>>()
        };
        (0..4).map(move |step| of(step).len() as u64).collect::<Vec<_>>()
    };
    caught(
        "users count at a step without the steps before it",
        funnel_events(),
        |events| {
            let counts = plain(4).count(events).unwrap();
            laws::counts_never_rise(counts.funnel().steps().map(|(_, count)| count.value()))
        },
        |events| laws::counts_never_rise(wrong(events)),
    );
}

#[test]
fn the_overall_rate_is_the_mean_of_the_steps() {
    caught(
        "the rate from end to end is the mean of the steps",
        funnels().with_rates(),
        |funnel| laws::rates_multiply(&funnel.rates().unwrap(), funnel.end_to_end_rate().unwrap()),
        |funnel| {
            let rates = funnel.rates().unwrap();
            let sum = rates.iter().try_fold(Ratio::ZERO, |sum, rate| sum.plus(*rate));
            let count = Ratio::new(rates.len().into(), 1.into()).unwrap();
            // Sums of fractions can be beyond 128 bits.
            sum.and_then(|sum| sum.divided_by(count))
                .map_or(Ok(()), |mean| laws::rates_multiply(&rates, mean))
        },
    );
}

#[test]
fn rates_are_rounded_before_they_are_multiplied() {
    caught(
        "rates are rounded to basis points before they are multiplied",
        funnels().with_rates(),
        |funnel| laws::rates_multiply(&funnel.rates().unwrap(), funnel.end_to_end_rate().unwrap()),
        |funnel| {
            let rates = funnel.rates().unwrap();
            let rounded = rates.iter().map(|rate| Ratio::from(rate.round((4, Rounding::HalfEven)).unwrap()));
            laws::rates_multiply(&rounded.collect::<Vec<_>>(), funnel.end_to_end_rate().unwrap())
        },
    );
}

#[test]
fn rates_are_per_those_who_entered() {
    caught(
        "rates are per those who entered, not per those of the step before",
        funnels().with_rates(),
        |funnel| laws::rates_multiply(&funnel.rates().unwrap(), funnel.end_to_end_rate().unwrap()),
        |funnel| {
            let rates: Vec<Ratio> =
                funnel.steps().skip(1).map(|(step, _)| funnel.cumulative_rate(step).unwrap()).collect();
            laws::rates_multiply(&rates, funnel.end_to_end_rate().unwrap())
        },
    );
}

#[test]
fn what_is_needed_is_rounded_up_at_every_step() {
    let wrong = |funnel: &Funnel, target: Count| {
        let mut count = target.value();
        let mut needed = Vec::new();
        let steps: Vec<(&str, Count)> = funnel.steps().collect();
        for pair in steps.windows(2).rev() {
            needed.push((pair[1].0, count));
            // From a count that was itself rounded up.
            let product = u128::from(count) * u128::from(pair[0].1.value());
            count = u64::try_from(product.div_ceil(pair[1].1.value().into())).ok()?;
        }
        needed.push((steps[0].0, count));
        needed.reverse();
        Funnel::new(needed).ok()
    };
    let held = |funnel: &Funnel, needed: Option<Funnel>, target: Count| {
        needed.map_or(Ok(()), |needed| laws::needed_is_the_least(funnel, &needed, target))
    };
    caught(
        "what is needed is rounded up at every step",
        (funnels().with_rates(), (0_u64..1_000).prop_map(Count::new)),
        |(funnel, target)| {
            let last = funnel.steps().next_back().unwrap().0;
            held(funnel, funnel.needed_for(last, *target).ok(), *target)
        },
        |(funnel, target)| held(funnel, wrong(funnel, *target), *target),
    );
}

#[test]
fn shards_are_merged_by_the_larger_count() {
    let count = |events: &Events<'_>| plain(3).count(events).unwrap();
    caught(
        "shards are merged by the larger count, not by the sum",
        funnel_events(),
        |events| laws::shards_merge_to_the_whole(count, |a: FunnelCounts, b| a.merge(&b).unwrap(), events),
        |events| {
            let wrong = |a: FunnelCounts, b: FunnelCounts| {
                let levels = a.levels().iter().zip(b.levels()).map(|(one, other)| *one.max(other));
                FunnelCounts::new(a.steps().to_vec(), levels).unwrap()
            };
            laws::shards_merge_to_the_whole(count, wrong, events)
        },
    );
}

#[test]
fn the_rate_of_all_is_the_mean_of_the_shards() {
    let rate = |events: &Events<'_>| {
        plain(2)
            .count(events)
            .unwrap()
            .funnel()
            .end_to_end_rate()
            .ok()
            .map(|rate| (rate.to_f64() * 1e9).round())
    };
    caught(
        "the rate of all is the mean of the rates of the shards",
        funnel_events(),
        |events| {
            let counts = |events: &Events<'_>| plain(2).count(events).unwrap();
            laws::shards_merge_to_the_whole(counts, |a: FunnelCounts, b| a.merge(&b).unwrap(), events)
        },
        |events| {
            let mean = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => Some(f64::midpoint(a, b).round()),
                (one, other) => one.or(other),
            };
            laws::shards_merge_to_the_whole(rate, mean, events)
        },
    );
}

#[test]
fn a_user_of_several_periods_is_retained_several_times() {
    let held = |matrix: &CohortMatrix, of: &dyn Fn(i64, u64) -> Option<u64>| {
        matrix.cohorts().try_for_each(|(cohort, size)| {
            laws::retention_never_rises(size.value(), (0..20).map_while(|period| of(cohort, period)))
        })
    };
    caught(
        "who is active in several periods is retained several times",
        (cohort_rules(), funnel_events().with_conditions(2)),
        |(rules, events)| {
            let matrix = rules.cohorts(events).unwrap();
            let of = |cohort, period| {
                let cell = matrix.cell(cohort, Retention::OnOrAfter(period)).unwrap();
                cell.known().map(|cell| cell.retained().value())
            };
            held(&matrix, &of)
        },
        |(rules, events)| {
            let matrix = rules.cohorts(events).unwrap();
            // The sum of the active users of each period, where it is the sum of the last active ones.
            let of = |cohort, period: u64| {
                let on = |period| matrix.cell(cohort, Retention::On(period)).unwrap().known();
                let all = (period..40).map_while(on).map(|cell| cell.retained().value());
                Some(all.sum())
            };
            held(&matrix, &of)
        },
    );
}

#[test]
fn an_exclusion_at_the_time_of_its_bound_breaks_the_chain() {
    // The event is moved by a second into the stretch that it only touches.
    caught(
        "`<=` for `<` of an exclusion's bounds",
        cases(),
        levels_by(|_, draft| draft),
        |(rules, events)| {
            let steps = rules.steps().len() as u32;
            let exclusions = (1_u32 << rules.exclusions().len()) - 1;
            // Twice the times, so that there is a place between two seconds.
            let time = |time: &i64, mask: &u32| 2 * time + i64::from(mask >> steps & exclusions > 0);
            let times: Vec<i64> =
                events.times().iter().zip(events.masks()).map(|(at, mask)| time(at, mask)).collect();
            let masks = events.masks().to_vec();
            let Ok(mut moved) = Events::new(events.users().to_vec(), times, masks) else { return Ok(()) };
            if rules.held_constant().is_some() {
                return Ok(());
            }
            moved.sort();
            let double = |time: Duration| Duration::from_seconds(2 * time.seconds() + 1);
            let draft = FunnelRulesDraft::from(rules.clone());
            let draft = rules.window().map(double).into_iter().fold(draft, FunnelRulesDraft::with_window);
            let draft = rules.steps().fold(draft, |draft, step| match rules.step_within(step).unwrap() {
                Some(within) => draft.with_step_within(step, double(within)),
                None => draft,
            });
            laws::levels_are_the_deepest(rules, events, &draft.check().unwrap().levels(&moved).unwrap())
        },
    );
}
