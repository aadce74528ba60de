//! Rows of events in columns.

use super::funnel::{HELD, LAST_TIME, seeds};
use super::strategy;
use crate::funnel::{Events, Property};
use alloc::vec::Vec;
use proptest::bool::weighted;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy};
use proptest::prop_oneof;
use proptest::strategy::BoxedStrategy;

/// A row of a user: its time, the conditions that it matches, the number of its product.
type Row = (i64, u32, u32);

/// Events of 1 to 3 users in the order that counting needs, with two properties: `product`, of numbers, and `channel`,
/// of words.
///
/// A user has few rows of many conditions, many rows of one condition, or walks along the steps in their order, with
/// gaps and detours; the times are seconds from -3 to 13, and many rows share one. Masks have 6 bits: four steps and
/// two exclusions, as [`funnel_rules`](super::funnel_rules) have at most.
///
/// Mean size 13.8 rows; 27 % are edges: no row, one, a row without a condition, all rows of one time.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::{funnel_events, funnel_rules};
/// use proptest::prelude::*;
///
/// proptest!(|(rules in funnel_rules(), events in funnel_events().with_users(1))| {
///     laws::levels_are_the_deepest(&rules, &events, &rules.levels(&events).unwrap())?;
/// });
/// ```
pub fn funnel_events() -> FunnelEvents {
    FunnelEvents { users: (1..=3).into(), conditions: 6, in_order: true, sequence: false }
}

/// How events of funnels are made; see [`funnel_events`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct FunnelEvents {
    users: SizeRange,
    conditions: u32,
    in_order: bool,
    sequence: bool,
}

impl FunnelEvents {
    /// Events of so many users, some of whom have no row.
    pub fn with_users(mut self, users: impl Into<SizeRange>) -> Self {
        self.users = users.into();
        self
    }

    /// Masks of so many bits, 1 to 32: those of the steps, then those of the exclusions.
    pub fn with_conditions(mut self, conditions: u32) -> Self {
        self.conditions = conditions.clamp(1, 32);
        self
    }

    /// Rows in any order, as a log may have them: [`Events::sort`] brings them into theirs.
    pub fn with_rows_in_any_order(mut self) -> Self {
        self.in_order = false;
        self
    }

    /// With the places of rows of one time, as a source that knows them gives them.
    pub fn with_sequence(mut self) -> Self {
        self.sequence = true;
        self
    }

    fn cases(&self) -> impl Strategy<Value = Events<'static>> + use<> {
        let options = self.clone();
        // In one of twelve cases all rows are of one time.
        (vec(self.rows(), self.users.clone()), seeds(), 0_u8..12).prop_filter_map(
            "events",
            move |(mut users, seed, together)| {
                if together == 11 {
                    users.iter_mut().flatten().for_each(|(time, ..)| *time = 0);
                }
                options.columns(users, seed)
            },
        )
    }

    /// The rows of one user. Those of many bits are chains of their own; of those of one bit a chain needs several.
    fn rows(&self) -> BoxedStrategy<Vec<Row>> {
        let bits = self.conditions;
        let every = 1_u64.checked_shl(bits).unwrap_or(u64::MAX).saturating_sub(1);
        let every = u32::try_from(every).unwrap_or(u32::MAX);
        let bit = |place: u32| 1_u32.checked_shl(place).unwrap_or(0);
        let mask = prop_oneof![1 => Just(0), 7 => 0..=every];
        let many = vec((-3_i64..9, mask, 0_u32..2), 0..8);
        let one = vec((-3_i64..9, (0..bits).prop_map(bit), 0_u32..2), 8..20);
        // The steps in their order, some missing, with events of the last conditions between them.
        let ends = [bit(bits.saturating_sub(3)), bit(bits.saturating_sub(2)), bit(bits.saturating_sub(1))];
        let both = bit(bits.saturating_sub(1)) | bit(bits.saturating_sub(2));
        let place = (weighted(0.8), 0_usize..6, 0_i64..3, 0_i64..3);
        let walk = vec(place, 4).prop_map(move |places| {
            let (mut rows, mut time) = (Vec::new(), -3_i64);
            for ((kept, detour, before, after), step) in places.into_iter().zip(0_u32..bits) {
                time = time.saturating_add(before);
                rows.extend(ends.iter().chain([&both]).nth(detour).map(|mask| (time, *mask, 0)));
                time = time.saturating_add(after);
                rows.extend(kept.then_some((time, bit(step), 0)));
            }
            rows
        });
        let sorted = |mut rows: Vec<Row>| {
            rows.sort_by_key(|(time, ..)| *time);
            rows
        };
        prop_oneof![1 => many, 1 => one, 2 => walk].prop_map(sorted).boxed()
    }

    fn columns(&self, users: Vec<Vec<Row>>, seed: u64) -> Option<Events<'static>> {
        let numbered = (1_u64..).zip(users);
        let mut rows: Vec<(u64, Row)> =
            numbered.flat_map(|(user, rows)| rows.into_iter().map(move |row| (user, row))).collect();
        debug_assert!(
            rows.iter().all(|(_, (time, ..))| *time <= LAST_TIME),
            "cohorts are observed until then"
        );
        if !self.in_order {
            let mut mixed: Vec<_> = rows.into_iter().zip(0_u64..).collect();
            mixed.sort_by_key(|(_, place)| scrambled(*place, seed));
            rows = mixed.into_iter().map(|(row, _)| row).collect();
        }
        // Any value serves for the words: that of the mask and the product is another one than either.
        let word = |(_, (_, mask, product)): &(u64, Row)| mask.saturating_add(*product).checked_rem(3);
        let channel = Property::new("channel", ["social", "", "search"]).ok()?;
        let channels: Vec<u32> = rows.iter().map(word).collect::<Option<_>>()?;
        let products: Vec<u32> = rows.iter().map(|(_, (.., product))| *product).collect();
        let events = Events::new(
            rows.iter().map(|(user, _)| *user).collect::<Vec<_>>(),
            rows.iter().map(|(_, (time, ..))| *time).collect::<Vec<_>>(),
            rows.iter().map(|(_, (_, mask, _))| *mask).collect::<Vec<_>>(),
        );
        let events = events.ok()?.with_property(Property::numbers(HELD).ok()?, products).ok()?;
        let events = events.with_property(channel, channels).ok()?;
        if !self.sequence {
            return Some(events);
        }
        let place = |row: u64| u32::try_from(scrambled(row, seed).checked_rem(3)?).ok();
        let places: Vec<u32> = (0_u64..).take(rows.len()).map(place).collect::<Option<_>>()?;
        events.with_sequence(places).ok()
    }
}

/// A number that says nothing of its row; the row's own under a seed of 0.
fn scrambled(row: u64, seed: u64) -> u64 {
    if seed == 0 {
        return row;
    }
    let mixed = row.wrapping_add(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 7
}

strategy!(FunnelEvents => Events<'static>);
