//! From rows to levels: one pass over the columns.

use super::chain::{Path, Search};
use super::events::UserRows;
use super::level_counts::{Breakdown, FunnelCounts, SegmentTouch};
use super::plain::{self, Plain};
use super::properties::Ranks;
use super::window_funnel::WindowFunnel;
use super::window_funnel_once::WindowFunnelOnce;
use super::{Events, FunnelError, FunnelRules, Matching};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

impl FunnelRules {
    /// How many users of these rows are at each level. Every user who has a row is counted.
    ///
    /// # Errors
    /// [`FunnelError::NotSorted`]; [`FunnelError::UnknownProperty`] where the columns lack the property that the
    /// rules hold constant.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules};
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::new(["visit", "cart", "order"], Duration::from_seconds(100))?;
    /// let (users, times) = ([1, 1, 1, 2, 3], [0, 40, 100, 7, 9]);
    /// let events = Events::new(&users, &times, &[0b001, 0b010, 0b100, 0b001, 0b100])?;
    /// assert_eq!(rules.count(&events)?.levels(), [1, 1, 0, 1]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn count(&self, events: &Events<'_>) -> Result<FunnelCounts, FunnelError> {
        let mut counts = FunnelCounts::none(self.names());
        self.each_level(events, |_, level| counts.add(level))?;
        Ok(counts)
    }

    /// The level of each user of these rows, in their order.
    ///
    /// # Errors
    /// As of [`count`](Self::count).
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules};
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::new(["visit", "order"], Duration::from_minutes(30))?;
    /// let events = Events::new(&[1, 1, 2, 3], &[0, 60, 5, 9], &[0b01, 0b10, 0b01, 0b10])?;
    /// // User 3 has an order and no visit: no step in the order of the funnel.
    /// assert_eq!(rules.levels(&events)?, [(1, 2), (2, 1), (3, 0)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn levels(&self, events: &Events<'_>) -> Result<Vec<(u64, u32)>, FunnelError> {
        let mut levels = Vec::new();
        self.each_level(events, |user, level| levels.push((user.user, level)))?;
        Ok(levels)
    }

    /// The counts of each segment: users are grouped by the value of a property at their first or last row that
    /// matches a step, or, where none does, at their first or last row. [`SegmentTouch`] says which of several rows
    /// of one time is the first.
    ///
    /// # Errors
    /// As of [`count`](Self::count); [`FunnelError::UnknownProperty`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules, Property, SegmentTouch};
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::new(["visit", "order"], Duration::from_seconds(100))?;
    /// let mut channel = Property::new("channel", ["search"])?;
    /// let channels = ["search", "social", "social"].map(|name| channel.intern(name)).into_iter().collect::<Result<Vec<_>, _>>()?;
    /// let events = Events::new(&[1, 1, 2], &[0, 40, 7], &[0b01, 0b10, 0b01])?;
    /// let events = events.with_property(&channel, &channels)?;
    /// let by_first = rules.count_by(&events, "channel", SegmentTouch::First)?;
    /// assert_eq!(by_first.get("search").map(|counts| counts.levels().to_vec()), Some(vec![0, 0, 1]));
    /// assert_eq!(by_first.get("social").map(|counts| counts.levels().to_vec()), Some(vec![0, 1, 0]));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn count_by(
        &self,
        events: &Events<'_>,
        property: &str,
        touch: SegmentTouch,
    ) -> Result<Breakdown, FunnelError> {
        let (property, values) = events.property(property)?;
        let (names, ranks) = (self.names(), property.ranks());
        let mut by_number: BTreeMap<u32, FunnelCounts> = BTreeMap::new();
        let steps = self.step_mask();
        #[expect(clippy::indexing_slicing, reason = "the column of a property has a value for each row")]
        self.each_level(events, |user, level| {
            let own = &values[user.rows.clone()];
            if let Some(value) = segment(user, own, steps, touch, &ranks) {
                by_number.entry(value).or_insert_with(|| FunnelCounts::none(names.clone())).add(level);
            }
        })?;
        // Every number has a value: checked when the property was added. A segment must not be lost in silence.
        debug_assert!(
            by_number.keys().all(|number| property.value(*number).is_some()),
            "a number without value"
        );
        let by_value =
            by_number.into_iter().filter_map(|(number, counts)| Some((property.value(number)?, counts)));
        Ok(Breakdown::of(by_value.map(|(value, counts)| (value.into_owned(), counts))))
    }

    /// A bit for each step: there are 2 to 32.
    #[expect(clippy::arithmetic_side_effects, reason = "there are 2 to 32 steps")]
    const fn step_mask(&self) -> u32 {
        // A funnel has two steps or more: the shift is below the width.
        u32::MAX >> (u32::BITS - self.count_of_steps())
    }

    fn each_level(
        &self,
        events: &Events<'_>,
        mut act: impl FnMut(&UserRows<'_>, u32),
    ) -> Result<(), FunnelError> {
        let plain = match self.exact_matching() {
            Some(Matching::Longest) => Some(Plain::Longest),
            Some(Matching::StrictlyIncreasing) => Some(Plain::Increasing),
            Some(Matching::UseOnce) => Some(Plain::Once),
            _ => None,
        };
        let plain = plain.filter(|_| self.is_plain() && self.held_constant().is_none());
        let mut finder: Finder<'_, ()> = Finder::new(self, events)?;
        let (steps, window) = (self.count_of_steps(), window(self, events));
        let Some(plain) = plain else {
            return events.each_user(|user| {
                let (level, ()) = finder.find(&user);
                act(&user, level);
            });
        };
        let mut count = |plain: Plain| {
            events.each_user(|user| {
                let level = plain::level(plain, user.times, user.masks, steps, window);
                // What the short kernel cannot tell is left to the full search.
                let level = level.unwrap_or_else(|| finder.find(&user).0);
                act(&user, level);
            })
        };
        // Each kernel is compiled on its own.
        match plain {
            Plain::Longest => count(Plain::Longest),
            Plain::Increasing => count(Plain::Increasing),
            Plain::Once => count(Plain::Once),
        }
    }

    /// The exact matching of these rules, where there is one.
    fn exact_matching(&self) -> Option<Matching> {
        match self.matching() {
            Matching::WindowFunnel(modes) => modes.exact(),
            exact => Some(exact),
        }
    }
}

/// The window in the unit of the events' times; without one, longer than any span of times.
pub(super) fn window(rules: &FunnelRules, events: &Events<'_>) -> u64 {
    rules.window().map_or(u64::MAX, |window| events.unit().limit(window))
}

/// The value of the property at the row that decides.
///
/// Neither the order of rows nor the numbering of values decides: rows of one time and place go by the ranks.
fn segment(
    user: &UserRows<'_>,
    values: &[u32],
    steps: u32,
    touch: SegmentTouch,
    ranks: &Ranks,
) -> Option<u32> {
    let rows = || user.times.iter().zip(user.places()).zip(values).zip(user.masks);
    // By the rank of the value, not its number: dictionaries of the same values give the same segments.
    let key = |((time, place), value): ((&i64, u32), &u32)| ((*time, place, ranks.of(*value)), *value);
    let own = || rows().filter(|(_, mask)| **mask & steps != 0).map(|(row, _)| key(row));
    let all = || rows().map(|(row, _)| key(row));
    // A user who met no step still belongs to a segment, so that the segments add up to all users.
    let row = match touch {
        SegmentTouch::First => own().min().or_else(|| all().min()),
        SegmentTouch::Last => own().max().or_else(|| all().max()),
    };
    row.map(|(_, value)| value)
}

/// Finds the level and the chain of one user after the other.
pub(super) struct Finder<'a, P> {
    way: Way<P>,
    held: Option<&'a [u32]>,
    stream: Stream,
}

enum Way<P> {
    Exact(Box<Search<P>>),
    WindowFunnel(WindowFunnel<P>),
    Once(WindowFunnelOnce<P>),
}

impl<P: Path> Way<P> {
    fn find(&mut self, times: &[i64], masks: &[u32]) -> (u32, P) {
        match self {
            Self::Exact(search) => search.find(times, masks),
            Self::WindowFunnel(chains) => chains.find(times, masks),
            Self::Once(chains) => chains.find(times, masks),
        }
    }
}

/// The rows of one value of the property that is held constant.
#[derive(Default)]
struct Stream {
    order: Vec<(u32, usize)>,
    times: Vec<i64>,
    masks: Vec<u32>,
    rows: Vec<usize>,
}

impl<'a, P: Path> Finder<'a, P> {
    pub(super) fn new(rules: &FunnelRules, events: &'a Events<'_>) -> Result<Self, FunnelError> {
        let held = rules.held_constant().map(|property| events.property(property)).transpose()?;
        let held = held.map(|(_, values)| values);
        let (steps, window) = (rules.steps().len(), window(rules, events));
        let way = match (rules.exact_matching(), rules.matching()) {
            (None, Matching::WindowFunnel(modes)) if modes.strict_once() => {
                Way::Once(WindowFunnelOnce::new(modes, steps, window))
            }
            (None, Matching::WindowFunnel(modes)) => {
                Way::WindowFunnel(WindowFunnel::new(modes, steps, window))
            }
            (exact, own) => Way::Exact(Box::new(Search::new(rules, exact.unwrap_or(own), events.unit()))),
        };
        Ok(Self { way, held, stream: Stream::default() })
    }

    /// The level of this user and a chain that reaches it, its rows counted within the user's.
    ///
    /// Where a property is held constant, the rows of each of its values are a stream of their own, and the
    /// deepest of them counts. Which of several deepest chains is shown, times say and not the values: values
    /// are numbers of a dictionary, and another dictionary must not change a time to convert.
    #[expect(
        clippy::indexing_slicing,
        reason = "the column of a property has a value for each row; the numbers of a stream are rows of the user"
    )]
    pub(super) fn find(&mut self, user: &UserRows<'_>) -> (u32, P) {
        let Some(held) = self.held else { return self.way.find(user.times, user.masks) };
        let values = &held[user.rows.clone()];
        let stream = &mut self.stream;
        stream.order.clear();
        stream.order.extend(values.iter().copied().zip(0..));
        // The pairs of value and row are all different, so that an unstable sort keeps the rows of a value in their order.
        stream.order.sort_unstable();
        let mut best: (u32, P) = (0, P::default());
        for own in stream.order.chunk_by(|(left, _), (right, _)| left == right) {
            stream.rows.clear();
            stream.rows.extend(own.iter().map(|(_, row)| *row));
            stream.times.clear();
            stream.times.extend(stream.rows.iter().map(|row| user.times[*row]));
            stream.masks.clear();
            stream.masks.extend(stream.rows.iter().map(|row| user.masks[*row]));
            let (level, path) = self.way.find(&stream.times, &stream.masks);
            if level == 0 || level < best.0 {
                continue;
            }
            let path = path.within(&stream.rows);
            if level > best.0 || path.is_before(&best.1, user.times) {
                best = (level, path);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Property, Voids};
    use super::*;
    use crate::time::{Duration, TimeUnit};
    use alloc::string::ToString;

    fn rules() -> FunnelRules {
        FunnelRules::new(["a", "b"], Duration::from_seconds(10)).unwrap()
    }

    #[test]
    fn the_row_that_decides_matches_a_step_where_one_does() {
        // User 1: no step, then two rows of one time, then no step. User 2: no step at all.
        let (users, times) = ([1, 1, 1, 1, 2, 2], [0, 1, 1, 2, 0, 5]);
        let events = Events::new(&users, &times, &[0, 1, 2, 4, 0, 4]).unwrap();
        let number = Property::numbers("number").unwrap();
        let events = events.with_property(&number, &[50, 7, 6, 51, 8, 9]).unwrap();
        let by = |touch| {
            let by = rules().count_by(&events, "number", touch).unwrap();
            by.iter()
                .map(|(value, counts)| (value.parse().unwrap(), counts.levels().to_vec()))
                .collect::<Vec<_>>()
        };
        let (low, high) = (alloc::vec![1, 0, 0], alloc::vec![0, 0, 1]);
        assert_eq!(by(SegmentTouch::First), [(6, high.clone()), (8, low.clone())]);
        assert_eq!(by(SegmentTouch::Last), [(7, high), (9, low)]);
        let unknown = rules().count_by(&events, "1", SegmentTouch::First);
        let error =
            FunnelError::UnknownProperty { property: "1".into(), known: alloc::vec!["number".into()] };
        assert_eq!(error.to_string(), "there is no property `1` (there is `number`)");
        assert_eq!(unknown, Err(error));
    }

    #[test]
    fn columns_that_do_not_fit_are_refused() {
        let count = |users: &[u64], times: &[i64]| {
            let masks = alloc::vec![1; users.len()];
            rules().count(&Events::new(users, times, &masks)?)
        };
        assert_eq!(
            count(&[1, 1], &[0]),
            Err(FunnelError::ColumnLength { column: "times", expected: 2, actual: 1 })
        );
        assert_eq!(count(&[1, 2, 1], &[0, 0, 0]), Err(FunnelError::NotSorted { row: 2 }));
        assert_eq!(count(&[1, 1, 1], &[0, 5, 4]), Err(FunnelError::NotSorted { row: 2 }));
        assert_eq!(count(&[], &[]).unwrap().levels(), [0, 0, 0]);
        let extreme = count(&[1, 1, u64::MAX], &[i64::MIN, i64::MAX, i64::MIN]).unwrap();
        assert_eq!(extreme.levels(), [0, 2, 0]);
        let held = FunnelRules::draft(["a", "b"]).with_held_constant("product").check().unwrap();
        let events = Events::new(&[1], &[0], &[1]).unwrap();
        let error = FunnelError::UnknownProperty { property: "product".into(), known: Vec::new() };
        assert_eq!(error.to_string(), "there is no property `product` (there is none)");
        assert_eq!(held.levels(&events), Err(error));
        let product = Property::new("product", ["shoe"]).unwrap();
        assert_eq!(
            events.clone().with_property(&product, &[]).map(|_| ()),
            Err(FunnelError::ColumnLength { column: "property", expected: 1, actual: 0 })
        );
        assert_eq!(
            events.clone().with_property(&product, &[1]).map(|_| ()),
            Err(FunnelError::ValueNumber { property: "product".into(), row: 0, number: 1, count: 1 })
        );
        let events = events.with_property(&product, &[0]).unwrap();
        assert_eq!(
            events.clone().with_property(&product, &[0]).map(|_| ()),
            Err(FunnelError::DuplicateProperty { property: "product".into() })
        );
        assert!(events.with_sequence(&[]).is_err());
    }

    #[test]
    fn the_boundary_of_the_window_is_inside() {
        let (users, masks) = ([1, 1], [1, 2]);
        for (gap, level) in [(10, 2), (11, 1), (0, 2)] {
            let times = [-5, gap - 5];
            let events = Events::new(&users, &times, &masks).unwrap();
            assert_eq!(rules().levels(&events).unwrap(), [(1, level)], "{gap}");
        }
        // The longest time there is.
        let events = Events::new(&users, &[i64::MIN, i64::MAX], &masks).unwrap();
        let most = FunnelRules::new(["a", "b"], Duration::from_seconds(u64::MAX)).unwrap();
        for unit in [TimeUnit::Seconds, TimeUnit::Nanoseconds] {
            assert_eq!(most.levels(&events.clone().with_unit(unit)).unwrap(), [(1, 2)], "{unit}");
        }
    }

    #[test]
    fn windows_are_taken_at_the_precision_of_the_times() {
        for (gap, level) in [(10_000, 2), (10_001, 1)] {
            let events = Events::new(&[1, 1], alloc::vec![0, gap], &[1, 2]).unwrap();
            let events = events.with_unit(TimeUnit::Milliseconds);
            assert_eq!(rules().levels(&events).unwrap(), [(1, level)], "{gap}");
            let within = FunnelRules::draft(["a", "b"]).with_step_within("b", Duration::from_seconds(10));
            assert_eq!(within.check().unwrap().levels(&events).unwrap(), [(1, level)], "{gap}");
        }
    }

    /// E6: the table of [`Voids`], and two exclusions of different ends.
    #[test]
    fn an_exclusion_up_to_a_step_never_reached_has_two_readings() {
        let level = |own: &[(&str, &str, &str, Voids)], events: &[&str]| {
            let mut draft = FunnelRules::draft(["a", "b", "c", "d"]);
            for (event, after, before, voids) in own {
                draft = draft.exclusion([*event], after, before, *voids);
            }
            let rules = draft.check().unwrap();
            let masks: Vec<u32> = events.iter().map(|event| rules.mask(event)).collect();
            let times: Vec<i64> = (0..).take(masks.len()).collect();
            let users = alloc::vec![1; masks.len()];
            let columns = Events::new(&users, &times, &masks).unwrap();
            let level = rules.levels(&columns).unwrap()[0].1;
            let chains = rules.chains(&columns).unwrap();
            assert_eq!(
                chains[0].1.iter().map(|(step, _)| *step).collect::<Vec<_>>(),
                (0..level).collect::<Vec<_>>()
            );
            level
        };
        for (events, later_steps, conversions) in [
            ("a x", 1, 1),
            ("a x b", 1, 2),
            ("a x b c", 1, 2),
            ("a b x c", 2, 2),
            ("a x a b c", 3, 3),
            ("a b c x d", 4, 4),
            ("a x b c d", 1, 2),
        ] {
            let events: Vec<&str> = events.split(' ').collect();
            let of = |voids| level(&[("x", "a", "c", voids)], &events);
            assert_eq!(
                (of(Voids::LaterSteps), of(Voids::Conversions)),
                (later_steps, conversions),
                "{events:?}"
            );
        }
        // `x` voids who reaches c, `y` who reaches d.
        let two = |voids| [("x", "a", "c", Voids::Conversions), ("y", "b", "d", voids)];
        for (events, conversions, later_steps) in
            [("a x b y c d", 2, 2), ("a b y c d", 3, 2), ("a x b c d a b y c d", 3, 2), ("a b c d", 4, 4)]
        {
            let events: Vec<&str> = events.split(' ').collect();
            assert_eq!(level(&two(Voids::Conversions), &events), conversions, "{events:?}");
            assert_eq!(level(&two(Voids::LaterSteps), &events), later_steps, "{events:?}");
        }
    }

    #[test]
    fn a_later_row_of_a_step_hides_chains_from_the_database_only() {
        // The second `a` takes the place of the first, and then `b` of the same time is not later.
        let (users, times, masks) = ([1, 1, 1], [0, 5, 5], [1, 1, 2]);
        let events = Events::new(&users, &times, &masks).unwrap();
        let level = |matching| {
            let draft = FunnelRules::draft(["a", "b"]).with_window(Duration::from_seconds(10));
            draft.with_matching(matching).check().unwrap().levels(&events).unwrap()
        };
        assert_eq!(level(Matching::StrictlyIncreasing), [(1, 2)]);
        assert_eq!(level(Matching::WindowFunnel("strict_increase".parse().unwrap())), [(1, 1)]);
    }
}
