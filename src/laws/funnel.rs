//! Counts of funnels fall, rates multiply, users count once, and the deepest chain is found.

use super::{Broken, hold};
use crate::funnel::{Events, Funnel, FunnelCounts, FunnelError, FunnelRules, Matching, Voids};
use crate::quantity::{Count, Ratio};
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Debug;

/// No step of a funnel has more than the step before it. A funnel has at least one step.
///
/// # Errors
/// [`Broken`], with the counts.
///
/// # Examples
/// ```
/// use marketloop::laws::counts_never_rise;
///
/// assert!(counts_never_rise([120, 30, 30, 2]).is_ok());
/// assert_eq!(counts_never_rise([120, 30, 31]).unwrap_err().to_string(), "counts_never_rise: 31 follows 30 in [120, 30, 31]");
/// ```
pub fn counts_never_rise(counts: impl IntoIterator<Item = u64>) -> Result<(), Broken> {
    let counts: Vec<u64> = counts.into_iter().collect();
    hold("counts_never_rise", !counts.is_empty(), || "no step has a count".to_string())?;
    counts.iter().zip(counts.iter().skip(1)).try_for_each(|(before, count)| {
        hold("counts_never_rise", count <= before, || format!("{count} follows {before} in {counts:?}"))
    })
}

/// The rates of the steps multiply to the rate from end to end, exactly. No rates, as of a funnel of one step, multiply
/// to 1.
///
/// # Errors
/// [`Broken`], with the rates, their product and the rate from end to end.
///
/// # Examples
/// ```
/// use marketloop::laws::rates_multiply;
/// use marketloop::strategies::funnels;
/// use proptest::prelude::*;
///
/// proptest!(|(funnel in funnels().with_rates())| {
///     rates_multiply(&funnel.rates().unwrap(), funnel.end_to_end_rate().unwrap())?;
/// });
/// ```
pub fn rates_multiply(rates: &[Ratio], overall: Ratio) -> Result<(), Broken> {
    const LAW: &str = "rates_multiply";
    let written = || rates.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let product = rates.iter().try_fold(Ratio::ONE, |product, rate| product.times(*rate));
    let product = product
        .map_err(|error| Broken::new(LAW, format_args!("[{}] do not multiply: {error}", written())))?;
    hold(LAW, product == overall, || format!("[{}] multiply to {product}, not to {overall}", written()))
}

/// By the rates of a funnel every count of `needed` brings the target to its last step, and one less does not. The steps
/// of `needed` are the first ones of the funnel, up to that of the target.
///
/// # Errors
/// [`Broken`], with the step and what its count brings; also where a step has no count.
///
/// # Examples
/// ```
/// use marketloop::laws::needed_is_the_least;
/// use marketloop::quantity::Count;
/// use marketloop::strategies::funnels;
/// use proptest::prelude::*;
///
/// proptest!(|(funnel in funnels().with_rates(), target in (0_u64..1_000).prop_map(Count::new))| {
///     let (last, _) = funnel.steps().next_back().unwrap();
///     if let Ok(needed) = funnel.needed_for(last, target) {
///         needed_is_the_least(&funnel, &needed, target)?;
///     }
/// });
/// ```
pub fn needed_is_the_least(funnel: &Funnel, needed: &Funnel, target: Count) -> Result<(), Broken> {
    const LAW: &str = "needed_is_the_least";
    let refused = |error: FunnelError| Broken::new(LAW, error);
    let Some((last, _)) = needed.steps().next_back() else {
        return Err(Broken::new(LAW, "no step has a count"));
    };
    // Up to that of the target, no step of the funnel is left out.
    let due: Vec<&str> = funnel.steps().map(|(name, _)| name).take(needed.steps().count()).collect();
    let found: Vec<&str> = needed.steps().map(|(name, _)| name).collect();
    hold(LAW, due == found, || format!("the steps {found:?} have a count, and those due are {due:?}"))?;
    let last = funnel.count(last).map_err(refused)?;
    for (name, count) in needed.steps() {
        let step = funnel.count(name).map_err(refused)?;
        let wide = |count: Count| u128::from(count.value());
        // count * last / step >= target, without a quotient; the product of two counts has at most 128 bits.
        let reaches =
            |count: u128| count.saturating_mul(wide(last)) >= wide(target).saturating_mul(wide(step));
        let no_less_does = wide(count).checked_sub(1).is_none_or(|fewer| !reaches(fewer));
        hold(LAW, reaches(wide(count)) && no_less_does, || {
            format!("{count} at `{name}`, where {last} of {step} reach the end, for {target}")
        })?;
    }
    Ok(())
}

/// Every user with a row counts at one level, once.
///
/// # Errors
/// [`Broken`], with the users of the rows and of the counts.
///
/// # Examples
/// ```
/// use marketloop::funnel::FunnelCounts;
/// use marketloop::laws::every_user_counts_once;
/// use marketloop::strategies::{funnel_events, funnel_rules};
/// use proptest::prelude::*;
///
/// proptest!(|(rules in funnel_rules(), events in funnel_events())| {
///     every_user_counts_once(&events, &rules.count(&events).unwrap())?;
/// });
/// ```
pub fn every_user_counts_once(events: &Events<'_>, counts: &FunnelCounts) -> Result<(), Broken> {
    let users: BTreeSet<u64> = events.users().iter().copied().collect();
    hold("every_user_counts_once", u64::try_from(users.len()) == Ok(counts.users()), || {
        format!("{} of {} users are counted: {:?}", counts.users(), users.len(), counts.levels())
    })
}

/// What is counted in shards, each with all rows of its users, and merged in any order is what is counted at once.
///
/// The law compares what `count` and `merge` answer, of whatever type: whether all of it is there is for laws such as
/// [`every_user_counts_once`].
///
/// # Errors
/// [`Broken`], with what was counted at once, and what was merged.
///
/// # Examples
/// ```
/// use marketloop::funnel::{Events, FunnelCounts};
/// use marketloop::laws::shards_merge_to_the_whole;
/// use marketloop::strategies::{funnel_events, funnel_rules};
/// use proptest::prelude::*;
///
/// proptest!(|(rules in funnel_rules(), events in funnel_events())| {
///     let count = |events: &Events<'_>| rules.count(events).unwrap();
///     shards_merge_to_the_whole(count, |a: FunnelCounts, b: FunnelCounts| a.merge(&b).unwrap(), &events)?;
/// });
/// ```
pub fn shards_merge_to_the_whole<T: Clone + PartialEq + Debug>(
    count: impl Fn(&Events<'_>) -> T,
    merge: impl Fn(T, T) -> T,
    events: &Events<'_>,
) -> Result<(), Broken> {
    const LAW: &str = "shards_merge_to_the_whole";
    let users: BTreeSet<u64> = events.users().iter().copied().collect();
    let place: BTreeMap<u64, u8> = users.into_iter().zip([0_u8, 1, 2].into_iter().cycle()).collect();
    let shard = |number: u8| {
        let rows: Vec<usize> = (0..)
            .zip(events.users())
            .filter(|(_, user)| place.get(user) == Some(&number))
            .map(|(row, _)| row)
            .collect();
        count(&events.at(&rows))
    };
    let (whole, [a, b, c]) = (count(events), [0, 1, 2].map(shard));
    let merged = merge(merge(a.clone(), b.clone()), c.clone());
    hold(LAW, merged == whole, || format!("{whole:?} at once, and {merged:?} of {a:?}, {b:?} and {c:?}"))?;
    let merged = merge(c.clone(), merge(b.clone(), a.clone()));
    hold(LAW, merged == whole, || format!("{whole:?} at once, and {merged:?} of {c:?}, {b:?} and {a:?}"))
}

/// Rows of one user and time have no order: taken the other way round they change no level.
///
/// Under `windowFunnel` with `strict_once` and `strict_deduplication`, without `strict_increase`, they do.
///
/// # Errors
/// [`Broken`], with the levels both ways round; also where a user with a row has none.
///
/// # Examples
/// ```
/// use marketloop::laws::ties_change_no_level;
/// use marketloop::strategies::{funnel_events, funnel_rules};
/// use proptest::prelude::*;
///
/// proptest!(|(rules in funnel_rules(), events in funnel_events())| {
///     ties_change_no_level(|events| rules.levels(events).unwrap(), &events)?;
/// });
/// ```
pub fn ties_change_no_level(
    levels: impl Fn(&Events<'_>) -> Vec<(u64, u32)>,
    events: &Events<'_>,
) -> Result<(), Broken> {
    let rows = events.users().iter().zip(events.times());
    let mut turned: Vec<(usize, (&u64, &i64))> = (0..).zip(rows).collect();
    turned.reverse();
    // Stable: those of one user and time stay in the reverse order.
    turned.sort_by_key(|(_, row)| *row);
    let turned: Vec<usize> = turned.into_iter().map(|(row, _)| row).collect();
    let (one, other) = (levels(events), levels(&events.at(&turned)));
    let users: BTreeSet<u64> = events.users().iter().copied().collect();
    let found: BTreeSet<u64> = one.iter().map(|(user, _)| *user).collect();
    hold("ties_change_no_level", users == found, || {
        format!("the users {users:?} have rows, and those with a level are {found:?}")
    })?;
    hold("ties_change_no_level", one == other, || {
        format!("{one:?}, and with rows of one time the other way round {other:?}; of {}", written(events))
    })
}

/// Of a group no more come back in a period or later than in an earlier one or later, and never more than there are.
///
/// Periods that are not over have no count, and a young group has none at all: no counts do not rise.
///
/// # Errors
/// [`Broken`], with the counts.
///
/// # Examples
/// ```
/// use marketloop::funnel::{CohortMatrix, Retention};
/// use marketloop::laws::retention_never_rises;
/// use marketloop::strategies::{cohort_rules, funnel_events};
/// use proptest::prelude::*;
///
/// proptest!(|(rules in cohort_rules(), events in funnel_events().with_conditions(2))| {
///     let matrix = rules.cohorts(&events).unwrap();
///     for (cohort, size) in matrix.cohorts() {
///         let known = |k| matrix.cell(cohort, Retention::OnOrAfter(k)).unwrap().known();
///         retention_never_rises(size.value(), (0..20).map_while(known).map(|cell| cell.retained().value()))?;
///     }
/// });
/// ```
pub fn retention_never_rises(size: u64, on_or_after: impl IntoIterator<Item = u64>) -> Result<(), Broken> {
    let counts: Vec<u64> = [size].into_iter().chain(on_or_after).collect();
    let pairs = counts.iter().zip(counts.iter().skip(1));
    let falls = pairs.clone().all(|(before, count)| count <= before);
    hold("retention_never_rises", falls, || format!("of {size} came back, from each period on: {counts:?}"))
}

/// A row as the laws read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    /// Its place in the columns.
    row: usize,
    time: i64,
    mask: u32,
    /// The number of the property that is held constant; 0 without one.
    held: u32,
}

/// A chain as it is shown: pairs of a step, from 0, and its row.
type Shown = [(u32, usize)];

fn written(events: &Events<'_>) -> String {
    let rows = events.users().iter().zip(events.times()).zip(events.masks());
    let row = |((user, time), mask): ((&u64, &i64), &u32)| format!("{user} at {time}: {mask:06b}");
    rows.map(row).collect::<Vec<_>>().join(", ")
}

/// The rows of each user.
fn by_user(rules: &FunnelRules, events: &Events<'_>) -> Result<BTreeMap<u64, Vec<Seen>>, FunnelError> {
    let held = match rules.held_constant() {
        Some(property) => events.property(property)?.1.to_owned(),
        None => alloc::vec![0; events.len()],
    };
    let mut users: BTreeMap<u64, Vec<Seen>> = BTreeMap::new();
    let rows = events.times().iter().zip(events.masks()).zip(held).zip(0_usize..);
    for (user, (((time, mask), held), row)) in events.users().iter().zip(rows) {
        users.entry(*user).or_default().push(Seen { row, time: *time, mask: *mask, held });
    }
    Ok(users)
}

/// What rules say, by the numbers of steps and in the unit of the events.
struct Contract {
    matching: Matching,
    holds: bool,
    window: Option<u64>,
    steps: Vec<StepContract>,
    /// The bit of each exclusion, the steps after and before which it counts, and what it voids.
    exclusions: Vec<(u32, usize, usize, Voids)>,
}

struct StepContract {
    optional: bool,
    within: Option<u64>,
}

impl Contract {
    fn new(rules: &FunnelRules, events: &Events<'_>) -> Result<Self, FunnelError> {
        let unit = events.unit();
        let step = |name: &str| {
            let within = rules.step_within(name)?.map(|time| unit.limit(time));
            Ok(StepContract { optional: rules.is_optional(name)?, within })
        };
        let steps = rules.steps().map(step).collect::<Result<Vec<_>, FunnelError>>()?;
        let number = |name: &str| rules.steps().position(|own| own == name).unwrap_or(usize::MAX);
        let bits = u32::try_from(steps.len()).unwrap_or(u32::MAX)..;
        let exclusions = bits.zip(rules.exclusions());
        let exclusions =
            exclusions.map(|(bit, (_, after, before, voids))| (bit, number(after), number(before), voids));
        Ok(Self {
            matching: rules.matching(),
            holds: rules.held_constant().is_some(),
            window: rules.window().map(|window| unit.limit(window)),
            exclusions: exclusions.collect(),
            steps,
        })
    }

    /// Whether these rows of a user as these steps are a chain.
    fn allows(&self, rows: &[Seen], chain: &[(usize, Seen)]) -> bool {
        let mut before: Option<&(usize, Seen)> = None;
        for link in chain {
            if !self.follows(before, link) {
                return false;
            }
            before = Some(link);
        }
        let (Some((_, first)), Some((_, last))) = (chain.first(), chain.last()) else { return true };
        let once = self.matching != Matching::UseOnce || {
            let used: BTreeSet<usize> = chain.iter().map(|(_, seen)| seen.row).collect();
            used.len() == chain.len()
        };
        once && self.window.is_none_or(|window| last.time.abs_diff(first.time) <= window)
            && chain.iter().all(|(_, seen)| seen.held == first.held)
            && self.exclusions.iter().all(|exclusion| self.spares(*exclusion, rows, chain))
    }

    /// Whether a step may come behind the one before it, or begin a chain.
    fn follows(&self, before: Option<&(usize, Seen)>, (step, seen): &(usize, Seen)) -> bool {
        let from = match before {
            None => 0,
            Some((before, _)) if before < step => before.saturating_add(1),
            Some(_) => return false,
        };
        let Some(skipped) = self.steps.get(from..*step) else { return false };
        let matches =
            u32::try_from(*step).ok().and_then(|bit| seen.mask.checked_shr(bit)).unwrap_or(0) & 1 == 1;
        let in_time = before.is_none_or(|(_, before)| {
            let rises = match self.matching {
                Matching::StrictlyIncreasing => before.time < seen.time,
                _ => before.time <= seen.time,
            };
            let within = self.steps.get(*step).and_then(|step| step.within);
            rises && within.is_none_or(|within| before.time.abs_diff(seen.time) <= within)
        });
        matches && in_time && skipped.iter().all(|step| step.optional)
    }

    /// Whether an exclusion leaves the chain whole.
    fn spares(
        &self,
        (bit, after, before, voids): (u32, usize, usize, Voids),
        rows: &[Seen],
        chain: &[(usize, Seen)],
    ) -> bool {
        let start = chain.iter().find(|(step, _)| *step == after);
        let end = chain.iter().rev().find(|(step, _)| *step <= before);
        let (Some((_, start)), Some((reached, end))) = (start, end) else { return true };
        if voids == Voids::Conversions && *reached != before {
            return true;
        }
        let hits = |own: &Seen| {
            let same = !self.holds || own.held == start.held;
            same && own.mask.checked_shr(bit).unwrap_or(0) & 1 == 1
                && start.time < own.time
                && own.time < end.time
        };
        !rows.iter().any(hits)
    }

    /// The deepest step of all chains there are, by trying all.
    fn deepest(&self, rows: &[Seen], chain: &mut Vec<(usize, Seen)>) -> usize {
        let start = chain.last().map_or(0, |(step, _)| step.saturating_add(1));
        let mut level = start;
        for step in start..self.steps.len() {
            for seen in rows {
                chain.push((step, *seen));
                if self.allows(rows, chain) {
                    level = level.max(self.deepest(rows, chain));
                }
                chain.pop();
            }
        }
        level
    }
}

/// The level of each user is that of the deepest chain there is, found by trying all: for cases of few rows.
///
/// `levels` are those of the [`FunnelRules`], or of an engine of your own that has to agree with them. Under the modes
/// of `windowFunnel` a level can be lower, as the database misses chains.
///
/// # Errors
/// [`Broken`], with the level, the deepest one and the rows.
///
/// # Examples
/// ```
/// use marketloop::laws::levels_are_the_deepest;
/// use marketloop::strategies::{funnel_events, funnel_rules};
/// use proptest::prelude::*;
///
/// proptest!(|(rules in funnel_rules().with_steps(2..=3), events in funnel_events().with_users(1))| {
///     levels_are_the_deepest(&rules, &events, &rules.levels(&events).unwrap())?;
/// });
/// ```
pub fn levels_are_the_deepest(
    rules: &FunnelRules,
    events: &Events<'_>,
    levels: &[(u64, u32)],
) -> Result<(), Broken> {
    const LAW: &str = "levels_are_the_deepest";
    let refused = |error: FunnelError| Broken::new(LAW, error);
    let (users, contract) =
        (by_user(rules, events).map_err(refused)?, Contract::new(rules, events).map_err(refused)?);
    let found: BTreeMap<u64, u32> = levels.iter().copied().collect();
    hold(LAW, levels.len() == users.len() && found.len() == users.len(), || {
        format!("levels of {} users, and rows of {}", levels.len(), users.len())
    })?;
    for (user, rows) in users {
        let deepest = contract.deepest(&rows, &mut Vec::new());
        let level = found.get(&user).copied().unwrap_or(u32::MAX);
        hold(LAW, usize::try_from(level) == Ok(deepest), || {
            let exclusions = rules.exclusions().len();
            format!(
                "user {user} is at {level}, and a chain reaches {deepest}; {rules}, {}, window {:?}, {exclusions} exclusions, of {}",
                rules.matching(),
                rules.window().map(|window| window.to_string()),
                written(events)
            )
        })?;
    }
    Ok(())
}

/// Each chain keeps what the rules say: the order of the steps, window and maximum times, the matching, the property
/// that is held constant, and the exclusions.
///
/// The chains may be those of some users. A chain is empty where no row of its user is a first step; whether it is the
/// deepest is for [`levels_are_the_deepest`].
///
/// # Errors
/// [`Broken`], with the user, the chain and the rows; also where there are rows and no chain.
///
/// # Examples
/// ```
/// use marketloop::laws::chains_keep_the_rules;
/// use marketloop::strategies::{funnel_events, funnel_rules};
/// use proptest::prelude::*;
///
/// proptest!(|(rules in funnel_rules(), events in funnel_events())| {
///     for (user, chain) in rules.chains(&events).unwrap() {
///         chains_keep_the_rules(&rules, &events, [(user, chain.as_slice())])?;
///     }
/// });
/// ```
pub fn chains_keep_the_rules<'c>(
    rules: &FunnelRules,
    events: &Events<'_>,
    chains: impl IntoIterator<Item = (u64, &'c Shown)>,
) -> Result<(), Broken> {
    const LAW: &str = "chains_keep_the_rules";
    let refused = |error: FunnelError| Broken::new(LAW, error);
    let (users, contract) =
        (by_user(rules, events).map_err(refused)?, Contract::new(rules, events).map_err(refused)?);
    let mut chains = chains.into_iter().peekable();
    hold(LAW, users.is_empty() || chains.peek().is_some(), || {
        format!("there is no chain; {rules}, of {}", written(events))
    })?;
    for (user, chain) in chains {
        let Some(rows) = users.get(&user) else {
            return Err(Broken::new(LAW, format_args!("user {user} has no row, and the chain {chain:?}")));
        };
        let link = |(step, row): &(u32, usize)| {
            Some((usize::try_from(*step).ok()?, *rows.iter().find(|seen| seen.row == *row)?))
        };
        // A row of another user is no row of the chain.
        let links: Option<Vec<(usize, Seen)>> = chain.iter().map(link).collect();
        let starts =
            |seen: &Seen| (0..contract.steps.len()).any(|step| contract.allows(rows, &[(step, *seen)]));
        let owed = chain.is_empty() && rows.iter().any(starts);
        hold(LAW, !owed, || {
            format!("user {user} has no chain, and a row that begins one; {rules}, of {}", written(events))
        })?;
        hold(LAW, links.is_some_and(|links| contract.allows(rows, &links)), || {
            format!("user {user}: {chain:?} of {}; {rules}, {}", written(events), rules.matching())
        })?;
    }
    Ok(())
}
