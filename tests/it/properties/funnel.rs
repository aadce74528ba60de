//! Laws of funnels of events: brute force, witnesses, shards.
#![allow(clippy::cast_possible_truncation, reason = "the figures of these tests are small")]

use marketloop::funnel::{
    Breakdown, ConversionTimes, Events, FunnelCounts, FunnelRules, FunnelRulesDraft, Matching, Pattern,
    Property, SegmentTouch, Voids, WindowFunnelModes,
};
use marketloop::laws;
use marketloop::strategies::{self, FunnelEvents};
use marketloop::time::Duration;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// A row: time, the steps and exclusions that it matches, the number of its product.
type Row = (i64, u32, u32);

/// The events of one user.
fn one() -> FunnelEvents {
    strategies::funnel_events().with_users(1)
}

fn rows_of(events: &Events<'_>) -> Vec<Row> {
    let products = events.property("product").unwrap().1;
    let rows = events.times().iter().zip(events.masks()).zip(products);
    rows.map(|((time, mask), product)| (*time, *mask, *product)).collect()
}

/// The events of one user with these rows.
fn events(rows: &[Row]) -> Events<'static> {
    let column = |of: fn(&Row) -> u32| rows.iter().map(of).collect::<Vec<u32>>();
    let times: Vec<i64> = rows.iter().map(|(time, ..)| *time).collect();
    let events = Events::new(vec![1; rows.len()], times, column(|row| row.1)).unwrap();
    events.with_property(Property::numbers("product").unwrap(), column(|row| row.2)).unwrap()
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

/// The level of the only user of these events.
fn level(rules: &FunnelRules, events: &Events<'_>) -> u32 {
    rules.levels(events).unwrap().first().map_or(0, |(_, level)| *level)
}

/// The same rules with a window that is so many seconds longer.
fn longer(rules: &FunnelRules, more: u64) -> FunnelRules {
    let window = rules.window().map(|window| seconds(window.seconds() + more));
    window.into_iter().fold(rules.clone().into(), FunnelRulesDraft::with_window).check().unwrap()
}

fn modes_of(rules: &FunnelRules) -> WindowFunnelModes {
    let Matching::WindowFunnel(modes) = rules.matching() else { panic!("{}", rules.matching()) };
    modes
}

/// The database's procedure, with every chain kept where rows are used once.
fn procedure(rules: &FunnelRules, rows: &[Row]) -> usize {
    let (steps, modes, window) = (rules.steps().len(), modes_of(rules), rules.window().unwrap().seconds());
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
    let (rules, events) = (strategies::funnel_rules(), one());
    let differ = |_: &u32| {
        let rules = rules.new_tree(&mut runner).unwrap().current();
        let events = events.new_tree(&mut runner).unwrap().current();
        let [later_steps, conversions] =
            [Voids::LaterSteps, Voids::Conversions].map(|voids| level(&with_voids(&rules, voids), &events));
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
    fn level_is_that_of_the_longest_chain(rules in strategies::funnel_rules(), events in one()) {
        laws::levels_are_the_deepest(&rules, &events, &rules.levels(&events).unwrap())?;
    }

    /// E6: what voids every later step voids conversions, too.
    #[test]
    fn an_exclusion_of_conversions_only_never_lowers_a_level(rules in strategies::funnel_rules(), events in one()) {
        let loose = level(&with_voids(&rules, Voids::Conversions), &events);
        prop_assert!(level(&rules, &events) <= loose);
        prop_assert!(level(&with_voids(&rules, Voids::LaterSteps), &events) <= level(&rules, &events));
    }

    #[test]
    fn chains_are_valid_and_of_the_level(rules in strategies::funnel_rules(), events in one()) {
        let chains = rules.chains(&events).unwrap();
        // N15: each user with a row has a chain, if an empty one.
        prop_assert_eq!(chains.len(), usize::from(!events.is_empty()));
        for (user, chain) in chains {
            laws::chains_keep_the_rules(&rules, &events, [(user, chain.as_slice())])?;
            prop_assert_eq!((user, chain.last().map_or(0, |(step, _)| step + 1)), (1, level(&rules, &events)));
        }
    }

    #[test]
    fn modes_of_the_database_follow_its_procedure(
        events in one(), rules in strategies::funnel_rules().with_steps(2..=5).with_modes(),
    ) {
        // The procedure knows no property that a chain holds constant.
        let rules = FunnelRules::draft(rules.steps())
            .with_window(rules.window().unwrap())
            .with_matching(rules.matching())
            .check()
            .unwrap();
        prop_assert_eq!(level(&rules, &events) as usize, procedure(&rules, &rows_of(&events)), "{}", rules.matching());
    }

    #[test]
    fn chains_of_every_mode_are_in_time(
        events in one(), rules in strategies::funnel_rules().with_steps(2..=5).with_modes(),
    ) {
        let modes = modes_of(&rules);
        let loose = if modes.strict_increase() {
            Matching::StrictlyIncreasing
        } else if modes.strict_once() {
            Matching::UseOnce
        } else {
            Matching::Longest
        };
        let loose = FunnelRulesDraft::from(rules.clone()).with_matching(loose).check().unwrap();
        let chains = rules.chains(&events).unwrap();
        // N15: each user with a row has a chain, if an empty one.
        prop_assert_eq!(chains.len(), usize::from(!events.is_empty()));
        for (user, chain) in chains {
            prop_assert_eq!(chain.len(), level(&rules, &events) as usize);
            laws::chains_keep_the_rules(&loose, &events, [(user, chain.as_slice())])?;
        }
    }

    #[test]
    fn a_longer_window_never_lowers_an_exact_level(
        rules in strategies::funnel_rules(), events in one(), more in 0_u64..5,
    ) {
        prop_assert!(level(&rules, &events) <= level(&longer(&rules, more), &events));
    }

    #[test]
    fn a_longer_window_never_lowers_a_level_without_deduplication(
        events in one(),
        rules in strategies::funnel_rules().with_steps(2..=5).with_modes().prop_filter("without it", |rules| {
            !modes_of(rules).strict_deduplication()
        }),
        more in 0_u64..5,
    ) {
        prop_assert!(level(&rules, &events) <= level(&longer(&rules, more), &events), "{}", rules.matching());
    }

    #[test]
    fn the_order_of_rows_of_one_time_changes_no_level(
        rules in strategies::funnel_rules(),
        database in strategies::funnel_rules().with_steps(3).with_modes(),
        events in one(),
        seed in any::<u64>(),
    ) {
        let rows = rows_of(&events);
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|(time, mask, value)| (*time, seed.rotate_left(mask * 7 + value)));
        let shuffled = self::events(&shuffled);
        prop_assert_eq!(level(&rules, &events), level(&rules, &shuffled));
        laws::ties_change_no_level(|events| rules.levels(events).unwrap(), &events)?;
        let modes = modes_of(&database);
        if !(modes.strict_once() && modes.strict_deduplication() && !modes.strict_increase()) {
            prop_assert_eq!(level(&database, &events), level(&database, &shuffled), "{}", modes);
            laws::ties_change_no_level(|events| database.levels(events).unwrap(), &events)?;
        }
    }

    #[test]
    fn merge_of_shards_by_user_is_the_whole(
        rules in strategies::funnel_rules(), events in strategies::funnel_events().with_users(1..6),
    ) {
        let count = |events: &Events<'_>| rules.count(events).unwrap();
        laws::every_user_counts_once(&events, &count(&events))?;
        laws::shards_merge_to_the_whole(count, |a: FunnelCounts, b| a.merge(&b).unwrap(), &events)?;
        for property in ["product", "channel"] {
            for touch in [SegmentTouch::First, SegmentTouch::Last] {
                let by = |events: &Events<'_>| rules.count_by(events, property, touch).unwrap();
                laws::shards_merge_to_the_whole(by, |a: Breakdown, b| a.merge(&b).unwrap(), &events)?;
                let users: u64 = by(&events).iter().map(|(_, counts)| counts.users()).sum();
                prop_assert_eq!(users, count(&events).users());
            }
        }
        let times = |events: &Events<'_>| rules.conversion_times(events).unwrap();
        laws::shards_merge_to_the_whole(times, |a: ConversionTimes, b| a.merge(&b).unwrap(), &events)?;
    }

    /// E6: neither the numbers of a held property nor the order of rows of one time change what is shown.
    #[test]
    fn chains_and_times_do_not_depend_on_numbers(
        rules in strategies::funnel_rules(), events in one(), seed: u64,
    ) {
        let draft = FunnelRulesDraft::from(rules).with_held_constant("product");
        let (rules, rows) = (draft.check().unwrap(), rows_of(&events));
        let shown = |rows: &[Row]| {
            let events = self::events(rows);
            (rules.chains(&events).unwrap(), rules.conversion_times(&events).unwrap())
        };
        let own = shown(&rows);
        let renumbered: Vec<Row> = rows.iter().map(|(time, mask, value)| (*time, *mask, u32::MAX - value)).collect();
        prop_assert_eq!(&shown(&renumbered), &own);
        let mut moved = rows.clone();
        moved.sort_by_key(|(time, mask, value)| {
            (*time, (u64::from(*mask) << 32 | u64::from(*value)).wrapping_mul(seed | 1))
        });
        prop_assert_eq!(&shown(&moved).1, &own.1);
    }

    /// E4: rules and breakdowns that were stored mean the same under another dictionary: other numbers of the values,
    /// other properties before.
    #[test]
    fn stored_rules_and_breakdowns_mean_the_same_under_another_dictionary(
        rules in strategies::funnel_rules(), events in one(), held: bool, last: bool,
    ) {
        let rows = rows_of(&events);
        let mut json = serde_json::to_value(rules).unwrap();
        json["held_constant"] = if held { "channel".into() } else { serde_json::Value::Null };
        let rules: FunnelRules = serde_json::from_str(&json.to_string()).unwrap();
        let touch = if last { SegmentTouch::Last } else { SegmentTouch::First };
        let values: Vec<u32> = rows.iter().map(|(.., value)| *value).collect();
        let bare = Events::new(events.users(), events.times(), events.masks()).unwrap();
        let channel = Property::new("channel", ["search", "social"]).unwrap();
        let columns = bare.clone().with_property(&channel, &values).unwrap();
        // In another program "social" is 0, "search" 2, and a property of the device comes first.
        let other = Property::new("channel", ["social", "e-mail", "search"]).unwrap();
        let renumbered: Vec<u32> = values.iter().map(|value| 2 - 2 * value).collect();
        let device = Property::numbers("device").unwrap();
        let elsewhere = bare.with_property(&device, events.masks()).unwrap().with_property(&other, &renumbered).unwrap();
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
        rules in strategies::funnel_rules(), events in one(), places in proptest::option::of(vec(0_u32..3, 20)), seed: u64,
    ) {
        let rows = rows_of(&events);
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
            let own = self::events(&rows.iter().map(|(row, _)| *row).collect::<Vec<_>>());
            let place: Vec<u32> = rows.iter().map(|(_, place)| *place).collect();
            // Three words, so that a middle one can be first neither way.
            let word = |row: &Row| words[(row.2 + row.1) as usize % 3];
            let numbers: Vec<u32> = rows.iter().map(|(row, _)| property.number(word(row)).unwrap()).collect();
            let events = Events::new(own.users(), own.times(), own.masks()).unwrap();
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
    fn the_counting_kernel_is_the_general_way(events in one(), rules in strategies::funnel_rules(), window in 0_u64..10) {
        // A time within which a step has to come that never runs out leaves the plain rules as they are.
        let draft = FunnelRules::draft((0..4).map(|step| step.to_string()));
        let plain = draft.with_window(seconds(window)).with_matching(rules.matching());
        let general = plain.clone().with_step_within("2", seconds(1_000));
        prop_assert_eq!(level(&plain.check().unwrap(), &events), level(&general.check().unwrap(), &events));
    }

    #[test]
    fn sorting_first_gives_the_counts_of_sorted_rows(
        rules in strategies::funnel_rules(),
        events in strategies::funnel_events().with_users(1..5).with_rows_in_any_order(),
    ) {
        let mut sorted = events.clone();
        sorted.sort();
        // By hand: each user alone, in the order of times.
        let mut by_hand = Vec::new();
        for user in 1..5 {
            let whose = rows_of(&events).into_iter().zip(events.users()).filter(|(_, own)| **own == user);
            let mut own: Vec<Row> = whose.map(|(row, _)| row).collect();
            own.sort_unstable();
            if !own.is_empty() {
                by_hand.push((user, level(&rules, &self::events(&own))));
            }
        }
        prop_assert_eq!(rules.levels(&sorted).unwrap(), by_hand);
    }
}
