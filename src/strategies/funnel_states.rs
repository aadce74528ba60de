//! What funnels, cohorts and times are counted into: states that merge, and the scenario of a funnel.

use super::funnel::{LAST_TIME, step};
use super::{funnel_counts, funnel_events, funnel_rules, funnels};
use crate::funnel::{
    ActivityCounts, Breakdown, CohortMatrix, CohortRules, ConversionTimes, Durations, FunnelScenario,
    Retained,
};
use crate::quantity::Ratio;
use crate::time::Duration;
use alloc::string::String;
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::Index;

/// How many users there are of one kind: often none.
fn users() -> impl Strategy<Value = u64> + Clone {
    prop_oneof![2 => Just(0_u64), 3 => 0_u64..20, 1 => 0_u64..1 << 50]
}

/// How long the steps of a funnel of three took, by any rules, so that any of them merge.
///
/// Mean size 1.4 times; 63 % are edges: nobody got beyond the first step, a time of 0.
///
/// # Examples
/// ```
/// use marketloop::funnel::ConversionTimes;
/// use marketloop::laws;
/// use marketloop::strategies::conversion_times;
/// use proptest::prelude::*;
///
/// proptest!(|(a in conversion_times(), b in conversion_times(), c in conversion_times())| {
///     laws::merge_is_associative(|a: ConversionTimes, b: ConversionTimes| a.merge(&b).unwrap(), &a, &b, &c)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn conversion_times() -> impl Strategy<Value = ConversionTimes> + Clone {
    (funnel_rules().with_steps(3), funnel_events())
        .prop_filter_map("times", |(rules, events)| rules.conversion_times(&events).ok())
}

/// Up to eight times of a step, of seconds and of years, many of them the same.
///
/// Mean size 4.1 times; 36 % are edges: no time, one, a time of 0, all the same.
///
/// # Examples
/// ```
/// use marketloop::funnel::Durations;
/// use marketloop::laws;
/// use marketloop::strategies::step_durations;
/// use proptest::prelude::*;
///
/// proptest!(|(north in step_durations(), south in step_durations())| {
///     laws::merge_is_commutative(|a: Durations, b: Durations| a.merge(&b), &north, &south)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn step_durations() -> impl Strategy<Value = Durations> + Clone {
    let seconds = prop_oneof![4 => 0_u64..10, 3 => 0_u64..100_000, 1 => 0_u64..1 << 32];
    vec(seconds, 0..=8).prop_map(Durations::from)
}

/// Cohorts of a few users and how many of them came back, all by the same rules with two brackets that overlap, so that any
/// of them merge.
///
/// Mean size 1.4 cohorts; 62 % are edges: no cohort, one, nobody who came back.
///
/// # Examples
/// ```
/// use marketloop::funnel::CohortMatrix;
/// use marketloop::laws;
/// use marketloop::strategies::cohort_matrices;
/// use proptest::prelude::*;
///
/// proptest!(|(a in cohort_matrices(), b in cohort_matrices(), c in cohort_matrices())| {
///     laws::merge_is_associative(|a: CohortMatrix, b: CohortMatrix| a.merge(&b).unwrap(), &a, &b, &c)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn cohort_matrices() -> impl Strategy<Value = CohortMatrix> + Clone {
    funnel_events().with_conditions(2).prop_filter_map("a matrix", |events| {
        let rules = CohortRules::new(LAST_TIME).with_period(Duration::from_seconds(2)).ok()?;
        rules.with_bracket(1, 2).ok()?.with_bracket(2, 5).ok()?.cohorts(&events).ok()
    })
}

/// The counts of a funnel of three steps for up to four values of a property, so that any of them merge.
///
/// Mean size 2.4 segments; 23 % are edges: no segment, one, a segment without users.
///
/// # Examples
/// ```
/// use marketloop::funnel::Breakdown;
/// use marketloop::laws;
/// use marketloop::strategies::breakdowns;
/// use proptest::prelude::*;
///
/// proptest!(|(a in breakdowns(), b in breakdowns(), c in breakdowns())| {
///     laws::merge_is_associative(|a: Breakdown, b: Breakdown| a.merge(&b).unwrap(), &a, &b, &c)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn breakdowns() -> impl Strategy<Value = Breakdown> + Clone {
    const VALUES: [&str; 4] = ["search", "social", "", "微信"];
    vec(option::weighted(0.6, funnel_counts()), VALUES.len()).prop_filter_map("a breakdown", |counts| {
        let segments = VALUES.into_iter().zip(counts);
        let segments: Vec<_> =
            segments.filter_map(|(value, counts)| Some((String::from(value), counts?))).collect();
        Breakdown::try_from(segments).ok()
    })
}

/// How many users are active, silent and dormant, up to 2^50 of each, so that any of them merge.
///
/// Mean size 2.0 activities with users; 32 % are edges: nobody at all, nobody active.
///
/// # Examples
/// ```
/// use marketloop::funnel::ActivityCounts;
/// use marketloop::laws;
/// use marketloop::strategies::activity_counts;
/// use proptest::prelude::*;
///
/// proptest!(|(north in activity_counts(), south in activity_counts())| {
///     laws::merge_is_commutative(|a: ActivityCounts, b: ActivityCounts| a.merge(&b).unwrap(), &north, &south)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn activity_counts() -> impl Strategy<Value = ActivityCounts> + Clone {
    (users(), users(), users()).prop_map(|(active, silent, dormant)| ActivityCounts {
        active,
        silent,
        dormant,
    })
}

/// Groups of up to 2^51 users and how many of them came back, so that any of them merge.
///
/// Mean size 5.7 digits of the users; 56 % are edges: nobody in the group, nobody who came back, all of them.
///
/// # Examples
/// ```
/// use marketloop::strategies::retained;
/// use proptest::prelude::*;
///
/// proptest!(|(group in retained())| {
///     if let (Ok(rate), Ok(churn)) = (group.rate(), group.churn_rate()) {
///         prop_assert_eq!(rate.plus(churn).unwrap().to_percent(), "100%");
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn retained() -> impl Strategy<Value = Retained> + Clone {
    (users(), users())
        .prop_filter_map("a group", |(back, away)| Retained::new(back.saturating_add(away), back).ok())
}

/// Funnels of 2 to 5 steps with the rate of one step changed to a percentage: to 0, to 100, or between.
///
/// Mean size 3.5 steps; 54 % are edges: two steps, nobody at the last, nobody lost at one.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::quantity::Rounding;
/// use marketloop::strategies::funnel_scenarios;
/// use proptest::prelude::*;
///
/// proptest!(|(scenario in funnel_scenarios())| {
///     let whole = scenario.rounded(Rounding::HalfEven).unwrap();
///     laws::counts_never_rise(whole.steps().map(|(_, count)| count.value()))?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn funnel_scenarios() -> impl Strategy<Value = FunnelScenario> + Clone {
    // In hundredths: with counts up to 2^50 their products stay within 128 bits.
    let percent = prop_oneof![1 => Just(0_u128), 1 => Just(100), 6 => 0_u128..=100];
    (funnels().with_rates(), percent, any::<Index>()).prop_filter_map(
        "a scenario",
        |(funnel, percent, place)| {
            // The first step has no rate.
            let behind = place.index(funnel.steps().len().saturating_sub(1)).saturating_add(1);
            funnel.what_if(&step(behind), Ratio::of_integers(false, percent, 100)?).ok()
        },
    )
}
