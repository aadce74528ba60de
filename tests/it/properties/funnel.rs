//! Laws of funnels of events: brute force, witnesses, shards.
#![allow(clippy::cast_possible_truncation, reason = "the figures of these tests are small")]

use marketloop::funnel::{
    Events, FunnelRules, FunnelRulesDraft, Matching, Pattern, Property, SegmentTouch, Voids,
    WindowFunnelModes,
};
use marketloop::time::Duration;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// A row: time, the steps and exclusions that it matches, the value of a property.
type Row = (i64, u32, u32);

/// Few times, so that many rows share one; the order of the columns is that of times alone.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    // Rows of many bits are chains of their own; of those of one bit a chain needs several.
    let many = vec((-3_i64..9, 0_u32..64, 0_u32..2), 0..8);
    let one = vec((-3_i64..9, (0_u32..6).prop_map(|bit| 1 << bit), 0_u32..2), 8..20);
    // The steps in their order, some missing, with events of exclusions between them.
    let place = (proptest::bool::weighted(0.8), 0_usize..6, 0_i64..3, 0_i64..3);
    let walk = vec(place, 4).prop_map(|places| {
        let (mut rows, mut time) = (Vec::new(), -3);
        for (step, (kept, excluded, before, after)) in places.into_iter().enumerate() {
            time += before;
            rows.extend([8, 16, 32, 48].get(excluded).map(|mask| (time, *mask, 0)));
            time += after;
            rows.extend(kept.then_some((time, 1 << step, 0)));
        }
        rows
    });
    prop_oneof![1 => many, 1 => one, 2 => walk].prop_map(|mut rows| {
        rows.sort_by_key(|(time, ..)| *time);
        rows
    })
}

fn matching() -> impl Strategy<Value = Matching> {
    select(vec![Matching::Longest, Matching::StrictlyIncreasing, Matching::UseOnce])
}

/// Rules of two to four steps and at most two exclusions, of every kind that the exact matchings have.
fn rules() -> impl Strategy<Value = FunnelRules> {
    let step = (proptest::bool::weighted(0.3), proptest::option::weighted(0.3, 0_u64..6));
    let exclusion = (0_usize..12, 0_usize..12, select(vec![Voids::LaterSteps, Voids::Conversions]));
    let window = proptest::option::weighted(0.8, 0_u64..10);
    (
        vec(step, 2..=4),
        vec(exclusion, 0..=2),
        window,
        matching(),
        proptest::option::weighted(0.2, Just("value".to_owned())),
    )
        .prop_map(|(steps, exclusions, window, matching, held)| {
            let names: Vec<String> = (0..steps.len()).map(|step| step.to_string()).collect();
            let mut draft = FunnelRules::draft(&names).with_matching(matching);
            let mut required = vec![&names[0]];
            for (name, (optional, within)) in names.iter().zip(steps).skip(1) {
                draft =
                    within.iter().fold(draft, |draft, within| draft.with_step_within(name, seconds(*within)));
                if optional {
                    draft = draft.with_optional_step(name);
                } else {
                    required.push(name);
                }
            }
            draft = window.iter().fold(draft, |draft, window| draft.with_window(seconds(*window)));
            draft = held.into_iter().fold(draft, FunnelRulesDraft::with_held_constant);
            // Only required steps bound an exclusion. Drawing any and rejecting the rest left hardly one.
            for (after, length, voids) in exclusions {
                let Some(last) = required.len().checked_sub(1).filter(|last| *last > 0) else { break };
                let after = after % last;
                let before = after + 1 + length % (last - after);
                draft = draft.exclusion(["x"], required[after], required[before], voids);
            }
            draft.check().unwrap()
        })
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_seconds(seconds)
}

/// The same rules with this reading of every exclusion.
fn with_voids(rules: &FunnelRules, voids: Voids) -> FunnelRules {
    let mut json = serde_json::to_value(rules).unwrap();
    for exclusion in json.get_mut("exclusions").into_iter().flat_map(|all| all.as_array_mut().unwrap()) {
        exclusion["voids"] = serde_json::to_value(voids).unwrap();
    }
    let changed: FunnelRules = serde_json::from_value(json).unwrap();
    assert!(changed.exclusions().all(|(_, _, _, own)| own == voids));
    assert_eq!(changed.exclusions().len(), rules.exclusions().len());
    changed
}

/// Whether these rows as these steps are a chain: the contract, written down once more.
fn is_chain(rules: &FunnelRules, rows: &[Row], chain: &[(usize, usize)]) -> bool {
    let time = |place: usize| rows[chain[place].1].0;
    let far = |from: i64, to: i64| to.abs_diff(from);
    for (place, (step, row)) in chain.iter().enumerate() {
        if rows[*row].1 >> step & 1 == 0 {
            return false;
        }
        let skipped = match place.checked_sub(1) {
            None => 0..*step,
            Some(before) => chain[before].0 + 1..*step,
        };
        if skipped.start > *step
            || skipped.into_iter().any(|step| !rules.is_optional(&step.to_string()).unwrap())
        {
            return false;
        }
        let Some(before) = place.checked_sub(1) else { continue };
        let rises = match rules.matching() {
            Matching::StrictlyIncreasing => time(before) < time(place),
            _ => time(before) <= time(place),
        };
        let within = rules.step_within(&step.to_string()).unwrap();
        let in_time = within.is_none_or(|within| far(time(before), time(place)) <= within.seconds());
        let once =
            rules.matching() != Matching::UseOnce || chain[..place].iter().all(|(_, earlier)| earlier != row);
        if !(rises && in_time && once) {
            return false;
        }
    }
    let Some(last) = chain.len().checked_sub(1) else { return true };
    if rules.window().is_some_and(|window| far(time(0), time(last)) > window.seconds()) {
        return false;
    }
    if rules.held_constant().is_some() && chain.iter().any(|(_, row)| rows[*row].2 != rows[chain[0].1].2) {
        return false;
    }
    // The exclusions' bits follow those of the steps.
    (rules.steps().len()..).zip(rules.exclusions()).all(|(bit, (_, after, before, voids))| {
        let (after, before): (usize, usize) = (after.parse().unwrap(), before.parse().unwrap());
        let Some(start) = chain.iter().position(|(step, _)| *step == after) else { return true };
        let end = chain.iter().rposition(|(step, _)| *step <= before).unwrap();
        if voids == Voids::Conversions && chain[end].0 != before {
            return true;
        }
        !rows.iter().any(|(at, mask, value)| {
            let own = rules.held_constant().is_none() || *value == rows[chain[0].1].2;
            own && mask >> bit & 1 == 1 && time(start) < *at && *at < time(end)
        })
    })
}

/// The deepest step of all chains there are.
fn deepest(rules: &FunnelRules, rows: &[Row], chain: &mut Vec<(usize, usize)>) -> usize {
    let start = chain.last().map_or(0, |(step, _)| step + 1);
    let mut level = start;
    for step in start..rules.steps().len() {
        for row in 0..rows.len() {
            chain.push((step, row));
            if is_chain(rules, rows, chain) {
                level = level.max(deepest(rules, rows, chain));
            }
            chain.pop();
        }
    }
    level
}

struct Columns {
    users: Vec<u64>,
    times: Vec<i64>,
    masks: Vec<u32>,
    values: Vec<u32>,
    property: Property,
}

impl Columns {
    fn of<'a>(rows: impl IntoIterator<Item = (u64, &'a Row)>) -> Self {
        let property = Property::numbers("value").unwrap();
        let mut columns = Self { users: vec![], times: vec![], masks: vec![], values: vec![], property };
        for (user, (time, mask, value)) in rows {
            columns.users.push(user);
            columns.times.push(*time);
            columns.masks.push(*mask);
            columns.values.push(*value);
        }
        columns
    }

    fn borrowed(&self) -> Events<'_> {
        let columns = Events::new(&self.users, &self.times, &self.masks).unwrap();
        columns.with_property(&self.property, &self.values).unwrap()
    }
}

/// The level of one user of these rows.
fn level(rules: &FunnelRules, rows: &[Row]) -> u32 {
    let columns = Columns::of(rows.iter().map(|row| (1, row)));
    rules.levels(&columns.borrowed()).unwrap().first().map_or(0, |(_, level)| *level)
}

/// Rules of plain steps with the modes of the database.
fn modes_rules(steps: usize, window: u64, modes: WindowFunnelModes) -> FunnelRules {
    let draft = FunnelRules::draft((0..steps).map(|step| step.to_string())).with_window(seconds(window));
    draft.with_matching(Matching::WindowFunnel(modes)).check().unwrap()
}

fn modes() -> impl Strategy<Value = WindowFunnelModes> {
    const NAMES: [&str; 5] =
        ["strict_order", "allow_reentry", "strict_deduplication", "strict_once", "strict_increase"];
    proptest::sample::subsequence(&NAMES[..], 0..=5).prop_filter_map("reentry needs order", |names| {
        if names.is_empty() { "default".parse().ok() } else { names.join("+").parse().ok() }
    })
}

/// The database's procedure, with every chain kept where rows are used once.
fn procedure(steps: usize, window: u64, modes: WindowFunnelModes, rows: &[Row]) -> usize {
    let mut entries: Vec<(i64, usize, usize)> = Vec::new();
    for (number, (time, mask, _)) in rows.iter().enumerate() {
        let own: Vec<usize> = (0..steps).filter(|step| mask >> step & 1 == 1).map(|step| step + 1).collect();
        if own.is_empty() && modes.strict_order() {
            entries.push((*time, 0, number));
        }
        entries.extend(own.into_iter().map(|step| (*time, step, number)));
    }
    entries.sort_unstable();
    // For each step its chains: the first time, the last time, the rows.
    let mut chains: Vec<Vec<(i64, i64, Vec<usize>)>> = vec![Vec::new(); steps];
    let level =
        |chains: &[Vec<(i64, i64, Vec<usize>)>]| chains.iter().take_while(|own| !own.is_empty()).count();
    for (time, step, row) in entries {
        let entered = !chains[0].is_empty();
        let Some(step) = step.checked_sub(1) else {
            if entered {
                break;
            }
            continue;
        };
        let mut next = Vec::new();
        if step == 0 {
            next.push((time, time, vec![row]));
        } else if modes.strict_deduplication() && !chains[step].is_empty() {
            break;
        } else if chains[step - 1].is_empty() {
            if modes.strict_order() && entered && !modes.allow_reentry() {
                break;
            }
            continue;
        } else {
            for (first, last, used) in &chains[step - 1] {
                let once = !modes.strict_once() || !used.contains(&row);
                let later = !modes.strict_increase() || *last < time;
                if time.abs_diff(*first) <= window && later && once {
                    let used = used.iter().copied().chain([row]).collect();
                    next.push((*first, time, used));
                }
            }
        }
        if !modes.strict_once() && !next.is_empty() {
            chains[step].clear();
        }
        chains[step].extend(next);
    }
    level(&chains)
}

/// E6, N15: what is drawn tells both readings of an exclusion apart, or the laws on them say nothing.
#[test]
fn the_events_drawn_tell_the_readings_of_an_exclusion_apart() {
    let mut runner = TestRunner::deterministic();
    let (rules, rows) = (rules(), rows());
    let differ = |_: &u32| {
        let (rules, rows) =
            (rules.new_tree(&mut runner).unwrap().current(), rows.new_tree(&mut runner).unwrap().current());
        let [later_steps, conversions] =
            [Voids::LaterSteps, Voids::Conversions].map(|voids| level(&with_voids(&rules, voids), &rows));
        later_steps != conversions
    };
    let apart = (0..2_048).filter(differ).count();
    println!("the readings differ in {apart} of 2048 draws");
    assert!(apart >= 20, "{apart}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// E6: under both readings of an exclusion up to a step that a user never reaches.
    #[test]
    fn level_is_that_of_the_longest_chain(rules in rules(), rows in rows()) {
        prop_assert_eq!(level(&rules, &rows) as usize, deepest(&rules, &rows, &mut Vec::new()));
    }

    /// E6: what voids every later step voids conversions, too.
    #[test]
    fn an_exclusion_of_conversions_only_never_lowers_a_level(rules in rules(), rows in rows()) {
        let loose = level(&with_voids(&rules, Voids::Conversions), &rows);
        prop_assert!(level(&rules, &rows) <= loose);
        prop_assert!(level(&with_voids(&rules, Voids::LaterSteps), &rows) <= level(&rules, &rows));
    }

    #[test]
    fn chains_are_valid_and_of_the_level(rules in rules(), rows in rows()) {
        let columns = Columns::of(rows.iter().map(|row| (1, row)));
        let chains = rules.chains(&columns.borrowed()).unwrap();
        // N15: each user with a row has a chain, if an empty one.
        prop_assert_eq!(chains.len(), usize::from(!rows.is_empty()));
        for (user, chain) in chains {
            let chain: Vec<(usize, usize)> = chain.iter().map(|(step, row)| (*step as usize, *row)).collect();
            prop_assert!(is_chain(&rules, &rows, &chain), "{chain:?}");
            prop_assert_eq!((user, chain.last().map_or(0, |(step, _)| step + 1)), (1, level(&rules, &rows) as usize));
        }
    }

    #[test]
    fn modes_of_the_database_follow_its_procedure(
        rows in rows(), steps in 2_usize..=5, window in 0_u64..10, modes in modes(),
    ) {
        let rules = modes_rules(steps, window, modes);
        prop_assert_eq!(level(&rules, &rows) as usize, procedure(steps, window, modes, &rows), "{}", modes);
    }

    #[test]
    fn chains_of_every_mode_are_in_time(
        rows in rows(), steps in 2_usize..=5, window in 0_u64..10, modes in modes(),
    ) {
        let rules = modes_rules(steps, window, modes);
        let loose = if modes.strict_increase() {
            Matching::StrictlyIncreasing
        } else if modes.strict_once() {
            Matching::UseOnce
        } else {
            Matching::Longest
        };
        let loose = FunnelRulesDraft::from(rules.clone()).with_matching(loose).check().unwrap();
        let columns = Columns::of(rows.iter().map(|row| (1, row)));
        let chains = rules.chains(&columns.borrowed()).unwrap();
        // N15: each user with a row has a chain, if an empty one.
        prop_assert_eq!(chains.len(), usize::from(!rows.is_empty()));
        for (_, chain) in chains {
            let chain: Vec<(usize, usize)> = chain.iter().map(|(step, row)| (*step as usize, *row)).collect();
            prop_assert_eq!(chain.len(), level(&rules, &rows) as usize);
            prop_assert!(is_chain(&loose, &rows, &chain), "{chain:?}");
        }
    }

    #[test]
    fn a_longer_window_never_lowers_an_exact_level(rules in rules(), rows in rows(), more in 0_u64..5) {
        let draft = FunnelRulesDraft::from(rules.clone());
        let longer = rules.window().map(|window| seconds(window.seconds() + more));
        let draft = longer.into_iter().fold(draft, FunnelRulesDraft::with_window);
        prop_assert!(level(&rules, &rows) <= level(&draft.check().unwrap(), &rows));
    }

    #[test]
    fn a_longer_window_never_lowers_a_level_without_deduplication(
        rows in rows(), steps in 2_usize..=5, window in 0_u64..10, more in 0_u64..5, modes in modes().prop_filter("without it", |modes| !modes.strict_deduplication()),
    ) {
        let short = level(&modes_rules(steps, window, modes), &rows);
        prop_assert!(short <= level(&modes_rules(steps, window + more, modes), &rows), "{}", modes);
    }

    #[test]
    fn the_order_of_rows_of_one_time_changes_no_level(
        rules in rules(), modes in modes(), rows in rows(), seed in any::<u64>(),
    ) {
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|(time, mask, value)| (*time, seed.rotate_left(mask * 7 + value)));
        prop_assert_eq!(level(&rules, &rows), level(&rules, &shuffled));
        if !(modes.strict_once() && modes.strict_deduplication() && !modes.strict_increase()) {
            let rules = modes_rules(3, 4, modes);
            prop_assert_eq!(level(&rules, &rows), level(&rules, &shuffled), "{}", modes);
        }
    }

    #[test]
    fn merge_of_shards_by_user_is_the_whole(
        rules in rules(), users in vec(rows(), 1..6), shards in vec(0_usize..3, 6),
    ) {
        let columns = |shard: Option<usize>| {
            let own = (0_u64..).zip(&users).filter(|(user, _)| {
                shard.is_none_or(|shard| shards[*user as usize] == shard)
            });
            Columns::of(own.flat_map(|(user, rows)| rows.iter().map(move |row| (user, row))))
        };
        let whole = columns(None);
        let parts: Vec<Columns> = (0..3).map(|shard| columns(Some(shard))).collect();
        let counts: Vec<_> = parts.iter().map(|part| rules.count(&part.borrowed()).unwrap()).collect();
        let all = rules.count(&whole.borrowed()).unwrap();
        let [a, b, c] = [&counts[0], &counts[1], &counts[2]];
        prop_assert_eq!(&a.merge(b).unwrap().merge(c).unwrap(), &all);
        prop_assert_eq!(&c.merge(&b.merge(a).unwrap()).unwrap(), &all);
        for touch in [SegmentTouch::First, SegmentTouch::Last] {
            let by = |part: &Columns| rules.count_by(&part.borrowed(), "value", touch).unwrap();
            let [a, b, c] = [by(&parts[0]), by(&parts[1]), by(&parts[2])];
            let all = by(&whole);
            prop_assert_eq!(&a.merge(&b).unwrap().merge(&c).unwrap(), &all);
            prop_assert_eq!(&c.merge(&b.merge(&a).unwrap()).unwrap(), &all);
            let users: u64 = all.iter().map(|(_, counts)| counts.users()).sum();
            prop_assert_eq!(users, rules.count(&whole.borrowed()).unwrap().users());
        }
        let times = |part: &Columns| rules.conversion_times(&part.borrowed()).unwrap();
        let merged = times(&parts[2]).merge(&times(&parts[0])).unwrap().merge(&times(&parts[1])).unwrap();
        prop_assert_eq!(merged, times(&whole));
    }

    /// E6: neither the numbers of a held property nor the order of rows of one time change what is shown.
    #[test]
    fn chains_and_times_do_not_depend_on_numbers(
        rules in rules(), matching in matching(), rows in rows(), seed: u64,
    ) {
        let draft = FunnelRulesDraft::from(rules).with_held_constant("value").with_matching(matching);
        let rules = draft.check().unwrap();
        let of = |rows: &[Row]| Columns::of(rows.iter().map(|row| (1, row)));
        let shown = |columns: &Columns| {
            let columns = columns.borrowed();
            (rules.chains(&columns).unwrap(), rules.conversion_times(&columns).unwrap())
        };
        let own = shown(&of(&rows));
        let renumbered: Vec<Row> = rows.iter().map(|(time, mask, value)| (*time, *mask, u32::MAX - value)).collect();
        prop_assert_eq!(&shown(&of(&renumbered)), &own);
        let mut moved = rows.clone();
        moved.sort_by_key(|(time, mask, value)| {
            (*time, (u64::from(*mask) << 32 | u64::from(*value)).wrapping_mul(seed | 1))
        });
        prop_assert_eq!(&shown(&of(&moved)).1, &own.1);
    }

    /// E4: rules and breakdowns that were stored mean the same under another dictionary: other numbers of the values,
    /// other properties before.
    #[test]
    fn stored_rules_and_breakdowns_mean_the_same_under_another_dictionary(
        rules in rules(), rows in rows(), held: bool, last: bool,
    ) {
        let mut json = serde_json::to_value(rules).unwrap();
        json["held_constant"] = if held { "channel".into() } else { serde_json::Value::Null };
        let rules: FunnelRules = serde_json::from_str(&json.to_string()).unwrap();
        let touch = if last { SegmentTouch::Last } else { SegmentTouch::First };
        let own = Columns::of(rows.iter().map(|row| (1, row)));
        let bare = Events::new(&own.users, &own.times, &own.masks).unwrap();
        let channel = Property::new("channel", ["search", "social"]).unwrap();
        let columns = bare.clone().with_property(&channel, &own.values).unwrap();
        // In another program "social" is 0, "search" 2, and a property of the device comes first.
        let other = Property::new("channel", ["social", "e-mail", "search"]).unwrap();
        let renumbered: Vec<u32> = own.values.iter().map(|value| 2 - 2 * value).collect();
        let device = Property::numbers("device").unwrap();
        let elsewhere = bare.with_property(&device, &own.masks).unwrap().with_property(&other, &renumbered).unwrap();
        prop_assert_eq!(rules.levels(&columns).unwrap(), rules.levels(&elsewhere).unwrap());
        prop_assert_eq!(rules.chains(&columns).unwrap(), rules.chains(&elsewhere).unwrap());
        let by = |events: &Events<'_>| rules.count_by(events, "channel", touch).unwrap();
        prop_assert_eq!(by(&columns), by(&elsewhere));
        let (there, users) = (by(&elsewhere), u64::from(!rows.is_empty()));
        prop_assert_eq!(there.iter().map(|(_, counts)| counts.users()).sum::<u64>(), users);
        prop_assert!(there.iter().all(|(value, _)| ["search", "social"].contains(&value)));
        let both = by(&columns).merge(&there).unwrap();
        prop_assert_eq!(both.iter().map(|(_, counts)| counts.users()).sum::<u64>(), 2 * users);
    }

    /// E1: neither the order of rows of one time nor the numbers of the values decide on a segment or a pattern.
    #[test]
    fn segments_and_patterns_do_not_depend_on_rows_or_numbers(
        rules in rules(), rows in rows(), places in proptest::option::of(vec(0_u32..3, 20)), seed: u64,
    ) {
        let words = ["b", "", "a"];
        let numbered = |order: [usize; 3], moved: bool| {
            let mut rows: Vec<(Row, u32)> = rows.iter().copied().zip(places.clone().unwrap_or_else(|| vec![0; 20])).collect();
            if moved {
                let mixed = |row: &Row, place: u32| {
                    (u64::from(row.1) << 40 | u64::from(row.2) << 8 | u64::from(place)).wrapping_mul(seed | 1)
                };
                rows.sort_by_key(|(row, place)| (row.0, mixed(row, *place)));
            }
            let property = Property::new("word", order.map(|word| words[word])).unwrap();
            let own = Columns::of(rows.iter().map(|(row, _)| (1, row)));
            let place: Vec<u32> = rows.iter().map(|(_, place)| *place).collect();
            // Three words, so that a middle one can be first neither way.
            let word = |row: &Row| words[(row.2 + row.1) as usize % 3];
            let numbers: Vec<u32> = rows.iter().map(|(row, _)| property.number(word(row)).unwrap()).collect();
            let events = Events::new(&own.users, &own.times, &own.masks).unwrap();
            let events = events.with_property(&property, &numbers).unwrap();
            let events = if places.is_some() { events.with_sequence(&place).unwrap() } else { events };
            let draft = FunnelRulesDraft::from(rules.clone());
            let held = rules.held_constant().map(|_| "word");
            let rules = held.into_iter().fold(draft, FunnelRulesDraft::with_held_constant).check().unwrap();
            let patterns = ["(?1)(?2)", "(?2)(?1)", "(?1).*(?3)(?2)", "(?3).(?1)"];
            let found = patterns.map(|pattern| pattern.parse::<Pattern>().unwrap().count(&events).unwrap());
            (
                rules.count_by(&events, "word", SegmentTouch::First).unwrap(),
                rules.count_by(&events, "word", SegmentTouch::Last).unwrap(),
                found,
            )
        };
        let own = numbered([0, 1, 2], false);
        prop_assert_eq!(&numbered([2, 0, 1], false), &own);
        prop_assert_eq!(&numbered([0, 1, 2], true), &own);
        prop_assert_eq!(&numbered([1, 2, 0], true), &own);
    }

    #[test]
    fn the_counting_kernel_is_the_general_way(rows in rows(), matching in matching(), window in 0_u64..10) {
        // A time within which a step has to come that never runs out leaves the plain rules as they are.
        let draft = FunnelRules::draft((0..4).map(|step| step.to_string()));
        let plain = draft.with_window(seconds(window)).with_matching(matching);
        let general = plain.clone().with_step_within("2", seconds(1_000));
        prop_assert_eq!(level(&plain.check().unwrap(), &rows), level(&general.check().unwrap(), &rows));
    }

    #[test]
    fn sorting_first_gives_the_counts_of_sorted_rows(
        rules in rules(), users in vec((0_u64..4, -3_i64..9, 0_u32..32, 0_u32..2), 0..20),
    ) {
        let mut owned = Events::new(
            users.iter().map(|row| row.0).collect::<Vec<_>>(),
            users.iter().map(|row| row.1).collect::<Vec<_>>(),
            users.iter().map(|row| row.2).collect::<Vec<_>>(),
        ).unwrap();
        let values: Vec<u32> = users.iter().map(|row| row.3).collect();
        owned = owned.with_property(Property::numbers("value").unwrap(), values).unwrap();
        owned.sort();
        let mut expected = users.clone();
        expected.sort_unstable();
        let rows: Vec<(u64, Row)> = expected.into_iter().map(|(user, time, mask, value)| (user, (time, mask, value))).collect();
        let columns = Columns::of(rows.iter().map(|(user, row)| (*user, row)));
        prop_assert_eq!(rules.levels(&owned).unwrap(), rules.levels(&columns.borrowed()).unwrap());
    }
}
