//! Patterns of conditions in the order of time, in the notation of `ClickHouse`'s `sequenceMatch`.

use super::{Events, FunnelError};
use crate::error::{TooLarge, excerpt, within};
use crate::quantity::grammar::plain;
use crate::quantity::wire::text_on_the_wire;
use crate::time::TimeUnit;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// A pattern of conditions in the order of time, such as "a cart, and within 60 seconds an order".
///
/// | text | what it stands for |
/// | --- | --- |
/// | `(?1)` | a row that meets condition 1, which is bit 0 of its mask |
/// | `.` | any row |
/// | `.*` | any number of rows, also none |
/// | `(?t<=60)`, with `<`, `<=`, `>`, `>=`, `==` | any number of rows, with at most 60 seconds (less than, more than …) from the row before to the row after |
///
/// Rows that meet no condition are ignored: `(?1)(?2)` matches two rows that have only such rows between them. Rows of
/// one time are taken in the order of their [sequence](Events::with_sequence), then of their masks, a row of condition
/// 1 before one of condition 2: the order of the columns does not matter. A `.*` at the end of a pattern matches no row.
///
/// Of several matches the one with the earliest first row is taken, then the one with the earliest second row, and so
/// on. Finding it takes time proportional to the elements of the pattern times the rows of a user, and a bit of memory
/// for each pair of both.
///
/// # Examples
/// ```
/// use marketloop::funnel::{Events, Pattern};
///
/// let pattern: Pattern = "(?1)(?t<=60)(?2)".parse()?;
/// let events = Events::new(&[1, 1, 1, 2, 2], &[0, 30, 60, 0, 61], &[0b01, 0b01, 0b10, 0b01, 0b10])?;
/// assert_eq!(pattern.count(&events)?, [(1, 1), (2, 0)]);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::funnel::Pattern;
/// let json = r#""(?1)(?t<=60)(?2).*""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Pattern>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    elements: Vec<Element>,
    /// Whether `.*` stands at the end: it is printed again, and matches nothing.
    open_end: bool,
}

/// A row of the pattern and what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Element {
    gap: Gap,
    /// The number of the condition from 0; `None` is met by any row.
    condition: Option<u32>,
}

/// What may stand between two rows of the pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Gap {
    Nothing,
    Anything,
    Time(Relation, u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Relation {
    Less,
    AtMost,
    More,
    AtLeast,
    Exactly,
}

const RELATIONS: [(&str, Relation); 5] = [
    // The longer sign first: `<` is how `<=` begins.
    ("<=", Relation::AtMost),
    ("<", Relation::Less),
    (">=", Relation::AtLeast),
    (">", Relation::More),
    ("==", Relation::Exactly),
];

impl Pattern {
    /// The number of the highest condition in the pattern, counted from 1; 0 where it has none.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "a condition is below 32")]
    pub fn conditions(&self) -> u32 {
        let numbers = self.elements.iter().filter_map(|element| element.condition);
        // A condition is below 32: checked when the text was read.
        numbers.max().map_or(0, |highest| highest + 1)
    }

    /// Whether the pattern occurs, for each user of these rows.
    ///
    /// # Errors
    /// [`FunnelError::NotSorted`]; [`FunnelError::TooLarge`] where the elements of the pattern times the rows of a
    /// user are more than 2^30.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, Pattern};
    ///
    /// // A cart (condition 1), anything, then a help page (condition 2).
    /// let pattern: Pattern = "(?1).*(?2)".parse()?;
    /// let events = Events::new(&[1, 1, 2], &[0, 30, 0], &[0b01, 0b10, 0b01])?;
    /// assert_eq!(pattern.matches(&events)?, [(1, true), (2, false)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn matches(&self, events: &Events<'_>) -> Result<Vec<(u64, bool)>, FunnelError> {
        Ok(self.each_user(events, 1)?.into_iter().map(|(user, found)| (user, found > 0)).collect())
    }

    /// How often the pattern occurs, for each user of these rows; matches do not overlap.
    ///
    /// # Errors
    /// As of [`matches`](Self::matches).
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, Pattern};
    ///
    /// let quick: Pattern = "(?1)(?t<=60)(?2)".parse()?;
    /// let events = Events::new(&[1, 1, 1, 1], &[0, 30, 100, 170], &[0b01, 0b10, 0b01, 0b10])?;
    /// assert_eq!(quick.count(&events)?, [(1, 1)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn count(&self, events: &Events<'_>) -> Result<Vec<(u64, u64)>, FunnelError> {
        self.each_user(events, u64::MAX)
    }

    fn each_user(&self, events: &Events<'_>, most: u64) -> Result<Vec<(u64, u64)>, FunnelError> {
        let mut users = Vec::new();
        let (mut rows, mut too_large, mut ordered) = (Finder::new(events.unit()), None, Vec::new());
        events.each_user(|user| {
            let own = user.times.iter().copied().zip(user.places()).zip(user.masks.iter().copied());
            ordered.clear();
            ordered
                .extend(own.filter(|(_, mask)| *mask != 0).map(|((time, place), mask)| (time, place, mask)));
            ordered.sort_unstable();
            rows.rows.clear();
            rows.rows.extend(ordered.iter().map(|(time, _, mask)| (*time, *mask)));
            match rows.count(&self.elements, most) {
                Ok(found) => users.push((user.user, found)),
                // The pass over users has no early end: it still checks the order of the rows after this one.
                Err(error) => too_large = too_large.or(Some(error)),
            }
        })?;
        too_large.map_or(Ok(users), |error| Err(error.into()))
    }
}

/// The maximum of the rows of a user times the elements of a pattern: 128 MiB of bits.
const MOST_CELLS: u64 = 1 << 30;

/// The rows of one user, and for each element of the pattern where it can stand.
struct Finder {
    per_second: u128,
    rows: Vec<(i64, u32)>,
    /// For each element a bit for each row at which it can stand with all after it behind. The next such row, which
    /// is what is asked for, would be 64 times as large: 16,000 elements over 16,000 rows take 32 MB.
    stands: Vec<u64>,
    /// How many words the bits of an element take.
    words: usize,
    /// While an element is worked out: the next row, from each row on, at which the element behind can stand, and the
    /// same of its own; the number of rows where there is none.
    next: Vec<usize>,
    own_next: Vec<usize>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "rows are below their count, places below that of the elements; `next` has one entry more than rows"
)]
impl Finder {
    fn new(unit: TimeUnit) -> Self {
        let per_second = unit.per_second().into();
        let (rows, next) = (Vec::new(), Vec::new());
        Self { per_second, rows, stands: Vec::new(), words: 0, own_next: next.clone(), next }
    }

    #[expect(clippy::arithmetic_side_effects, reason = "no more matches than rows")]
    fn count(&mut self, elements: &[Element], most: u64) -> Result<u64, TooLarge> {
        self.prepare(elements)?;
        let (mut found, mut from) = (0_u64, 0_usize);
        while found < most {
            let Some(end) = self.end_of_match(elements, from) else { break };
            // A match has a row at least, and the next one begins behind it: no more matches than rows.
            found += 1;
            from = end + 1;
        }
        Ok(found)
    }

    /// Works out from the last element to the first where each can stand.
    #[expect(clippy::arithmetic_side_effects, reason = "fewer cells than 2^30: checked before")]
    fn prepare(&mut self, elements: &[Element]) -> Result<(), TooLarge> {
        let count = self.rows.len();
        let cells = elements.len().checked_mul(count).and_then(|cells| u64::try_from(cells).ok());
        within("rows of a user times elements of a pattern", cells, MOST_CELLS)?;
        self.words = count.div_ceil(64);
        let mut stands = core::mem::take(&mut self.stands);
        stands.clear();
        // At most a word for each cell, of which there are no more than 2^30; mostly a bit.
        stands.resize(self.words * elements.len(), 0_u64);
        let (mut next, mut own_next) = (core::mem::take(&mut self.next), core::mem::take(&mut self.own_next));
        for own in [&mut next, &mut own_next] {
            own.clear();
            own.resize(count + 1, count);
        }
        for (place, element) in elements.iter().enumerate().rev() {
            let gap = elements.get(place + 1).map(|behind| behind.gap);
            let start = place * self.words;
            let mut nearest = count;
            for row in (0..count).rev() {
                let behind = |from: usize| Some(next[from]).filter(|found| *found < count);
                if self.meets(element, row) && gap.is_none_or(|gap| self.follower(gap, row, behind).is_some())
                {
                    nearest = row;
                    stands[start + row / 64] |= bit(row);
                }
                own_next[row] = nearest;
            }
            core::mem::swap(&mut next, &mut own_next);
        }
        (self.stands, self.next, self.own_next) = (stands, next, own_next);
        Ok(())
    }

    fn meets(&self, element: &Element, row: usize) -> bool {
        let (_, mask) = self.rows[row];
        element.condition.is_none_or(|condition| super::row_matching::has(mask, condition))
    }

    /// The first row from this one on at which the element at `place` can stand.
    #[expect(clippy::arithmetic_side_effects, reason = "places of bits that are in memory")]
    fn next_standing(&self, place: usize, from: usize) -> Option<usize> {
        let start = place * self.words;
        let words = &self.stands[start..start + self.words];
        let first = from / 64;
        let mut ahead = words.iter().enumerate().skip(first).map(|(at, word)| {
            // Of the first word the bits below `from` do not count.
            let below = if at == first { bit(from).wrapping_sub(1) } else { 0 };
            (at, word & !below)
        });
        let (at, word) = ahead.find(|(_, word)| *word != 0)?;
        Some(at * 64 + word.trailing_zeros() as usize)
    }

    /// The first row after `row` at which the element behind this gap can stand, by `next` from any row on.
    #[expect(clippy::arithmetic_side_effects, reason = "a row of the user; 64 bits times 30")]
    fn follower(&self, gap: Gap, row: usize, next: impl Fn(usize) -> Option<usize>) -> Option<usize> {
        let (behind, (now, _)) = (row + 1, self.rows[row]);
        match gap {
            Gap::Nothing => next(behind).filter(|found| *found == behind),
            Gap::Anything => next(behind),
            Gap::Time(relation, time) => {
                // In 128 bits: of times that say more seconds than 64 bits have ticks, `<` and `==` differ.
                let (passed, time) =
                    (|at: i64| u128::from(at.abs_diff(now)), u128::from(time) * self.per_second);
                let enough = |at: i64| match relation {
                    Relation::Less | Relation::AtMost => true,
                    Relation::More => passed(at) > time,
                    Relation::AtLeast | Relation::Exactly => passed(at) >= time,
                };
                let not_too_much = |at: i64| match relation {
                    Relation::Less => passed(at) < time,
                    Relation::AtMost | Relation::Exactly => passed(at) <= time,
                    Relation::More | Relation::AtLeast => true,
                };
                // What passes grows from row to row: the rows of enough time are a tail.
                let first = behind + self.rows[behind..].partition_point(|(at, _)| !enough(*at));
                next(first).filter(|found| not_too_much(self.rows[*found].0))
            }
        }
    }

    /// The last row of the first match that begins at `from` or later.
    fn end_of_match(&self, elements: &[Element], from: usize) -> Option<usize> {
        let mut row = self.next_standing(0, from)?;
        for (place, element) in elements.iter().enumerate().skip(1) {
            row = self.follower(element.gap, row, |from| self.next_standing(place, from))?;
        }
        Some(row)
    }
}

/// The bit of a row in its word.
const fn bit(row: usize) -> u64 {
    1 << (row % 64)
}

impl fmt::Display for Pattern {
    #[expect(clippy::arithmetic_side_effects, reason = "a condition is below 32")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for element in &self.elements {
            match element.gap {
                Gap::Nothing => {}
                Gap::Anything => f.write_str(".*")?,
                Gap::Time(relation, time) => {
                    let sign = RELATIONS.iter().find(|(_, own)| *own == relation);
                    write!(f, "(?t{}{time})", sign.map_or("==", |(sign, _)| sign))?;
                }
            }
            match element.condition {
                None => f.write_str(".")?,
                Some(condition) => write!(f, "(?{})", condition + 1)?,
            }
        }
        if self.open_end { f.write_str(".*") } else { Ok(()) }
    }
}

impl FromStr for Pattern {
    type Err = FunnelError;

    #[expect(clippy::arithmetic_side_effects, reason = "the rest is the end of the text")]
    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let text = &*plain(given);
        let fault = |rest: &str, reason: &'static str| FunnelError::Pattern {
            pattern: excerpt(given),
            // The rest is the text's end.
            position: text.len() - rest.len(),
            reason,
        };
        let (mut elements, mut gap, mut rest) = (Vec::new(), Gap::Nothing, text);
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix(".*") {
                match gap {
                    Gap::Time(..) => return Err(fault(rest, "a time and `.*` stand side by side")),
                    Gap::Nothing | Gap::Anything => gap = Gap::Anything,
                }
                rest = after;
            } else if let Some(after) = rest.strip_prefix('.') {
                elements.push(Element { gap, condition: None });
                (gap, rest) = (Gap::Nothing, after);
            } else if let Some(after) = rest.strip_prefix("(?t") {
                let sign = RELATIONS.iter().find(|(sign, _)| after.starts_with(sign));
                let (sign, relation) = sign.ok_or_else(|| fault(rest, "a time needs <, <=, >, >= or =="))?;
                let read = after.strip_prefix(sign).and_then(number);
                let (time, after) = read.ok_or_else(|| fault(rest, "a time needs a whole number and `)`"))?;
                match gap {
                    _ if elements.is_empty() => return Err(fault(rest, "a time needs a row before it")),
                    Gap::Nothing => gap = Gap::Time(*relation, time),
                    Gap::Anything => return Err(fault(rest, "a time and `.*` stand side by side")),
                    Gap::Time(..) => return Err(fault(rest, "two times stand side by side")),
                }
                rest = after;
            } else if let Some(after) = rest.strip_prefix("(?") {
                let (condition, after) =
                    number(after).ok_or_else(|| fault(rest, "a condition is a whole number and `)`"))?;
                let condition = u32::try_from(condition).ok().and_then(|own| own.checked_sub(1));
                let condition = condition.filter(|own| *own < u32::BITS);
                let condition = condition.ok_or_else(|| fault(rest, "a condition is outside 1..=32"))?;
                elements.push(Element { gap, condition: Some(condition) });
                (gap, rest) = (Gap::Nothing, after);
            } else {
                return Err(fault(rest, "expected `(?`, `.` or `.*`"));
            }
        }
        if elements.is_empty() {
            return Err(fault(rest, "it has no row"));
        }
        match gap {
            Gap::Time(..) => Err(fault(rest, "a time needs a row after it")),
            Gap::Nothing | Gap::Anything => Ok(Self { elements, open_end: gap == Gap::Anything }),
        }
    }
}

/// The whole number at the start, and what follows its `)`.
fn number(text: &str) -> Option<(u64, &str)> {
    let (digits, rest) = text.split_once(')')?;
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole { digits.parse().ok().map(|number| (number, rest)) } else { None }
}

text_on_the_wire!(Pattern, "a pattern such as `(?1)(?t<=60)(?2)`");

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn count(pattern: &str, rows: &[(i64, u32)]) -> u64 {
        let pattern: Pattern = pattern.parse().unwrap();
        assert_eq!(pattern.to_string().parse(), Ok(pattern.clone()));
        let (times, masks): (Vec<i64>, Vec<u32>) = rows.iter().copied().unzip();
        let users = alloc::vec![5; rows.len()];
        let events = Events::new(&users, &times, &masks).unwrap();
        pattern.count(&events).unwrap().first().map_or(0, |(_, count)| *count)
    }

    #[test]
    fn times_are_between_the_rows_beside_them() {
        let rows = [(0, 1), (5, 2), (10, 1), (10, 2), (15, 2)];
        for (pattern, expected) in [
            ("(?1)(?2)", 2),
            ("(?1).(?1)", 1),
            ("(?1)(?t==5)(?2)", 2),
            ("(?1)(?t>5)(?2)", 1),
            ("(?1)(?t>=15)(?2)", 1),
            ("(?1)(?t<5)(?2)", 1),
            ("(?1)(?t<=4)(?2)", 1),
            ("(?1)(?t<0)(?2)", 0),
            ("(?2)(?2).*", 1),
            ("(?1).*(?2).*(?2)", 1),
            (".", 5),
            ("..", 2),
            ("(?3)", 0),
            ("(?32)", 0),
        ] {
            assert_eq!(count(pattern, &rows), expected, "{pattern}");
        }
    }

    /// L1: 16,000 elements over 16,000 rows took 1.96 GiB. Now they are 256,000,000 bits, and what would be more
    /// than 2^30 is refused before it is made.
    #[test]
    fn a_long_pattern_takes_a_bit_for_each_element_and_row() {
        let mut rows = Finder { rows: alloc::vec![(0, 1); 1_600], ..Finder::new(TimeUnit::Seconds) };
        let element = Element { gap: Gap::Anything, condition: Some(0) };
        assert_eq!(rows.count(&alloc::vec![element; 1_600], u64::MAX), Ok(1));
        assert_eq!(rows.stands.len(), 1_600 * 25);
        let mut rows = Finder { rows: alloc::vec![(0, 1); 1 << 15], ..Finder::new(TimeUnit::Seconds) };
        let refused = rows.count(&alloc::vec![element; (1 << 15) + 1], 1).unwrap_err();
        assert_eq!(
            (refused.count, refused.limit, rows.stands.capacity()),
            ((1 << 30) + (1 << 15), 1 << 30, 0)
        );
    }

    #[test]
    fn times_are_seconds_under_every_unit() {
        let found = |pattern: &str, unit| {
            let events = Events::new(&[1, 1], &[0, i64::MAX], &[1, 2]).unwrap().with_unit(unit);
            pattern.parse::<Pattern>().unwrap().count(&events).unwrap()[0].1
        };
        let seconds = i64::MAX;
        assert_eq!(found(&alloc::format!("(?1)(?t=={seconds})(?2)"), TimeUnit::Seconds), 1);
        assert_eq!(found(&alloc::format!("(?1)(?t=={seconds})(?2)"), TimeUnit::Milliseconds), 0);
        assert_eq!(found("(?1)(?t<=9223372036854775)(?2)", TimeUnit::Milliseconds), 0);
        assert_eq!(found("(?1)(?t<9223372036854776)(?2)", TimeUnit::Milliseconds), 1);
        assert_eq!(found("(?1)(?t<18446744073709551615)(?2)", TimeUnit::Nanoseconds), 1);
    }

    /// E1: rows of one time stand by their sequence or their conditions, not as they were read.
    #[test]
    fn rows_of_one_time_do_not_stand_as_they_were_read() {
        for rows in [[(0, 1), (0, 2), (5, 4)], [(0, 2), (0, 1), (5, 4)]] {
            assert_eq!(count("(?1)(?2)(?3)", &rows), 1, "{rows:?}");
            assert_eq!(count("(?2)(?1)(?3)", &rows), 0, "{rows:?}");
        }
        for (masks, sequence) in [([1, 2], [9, 3]), ([2, 1], [3, 9])] {
            let events = Events::new(&[5, 5], &[0, 0], &masks).unwrap().with_sequence(&sequence).unwrap();
            let matches = |pattern: &str| pattern.parse::<Pattern>().unwrap().matches(&events).unwrap();
            assert_eq!(
                (matches("(?2)(?1)"), matches("(?1)(?2)")),
                (alloc::vec![(5, true)], alloc::vec![(5, false)])
            );
        }
    }

    #[test]
    fn rows_of_no_condition_do_not_exist() {
        assert_eq!(count("(?1)(?2)", &[(0, 1), (1, 0), (2, 2)]), 1);
        assert_eq!(count(".", &[(1, 0)]), 0);
        assert_eq!(count("(?1)", &[]), 0);
    }

    #[test]
    fn what_is_no_pattern_is_refused_at_its_place() {
        for (pattern, position) in [
            ("", 0),
            (".*", 2),
            ("(?0)", 0),
            ("(?33)", 0),
            ("(?1", 0),
            ("(?1)x", 4),
            ("(?1)(?t60)(?2)", 4),
            ("(?1)(?t<=)(?2)", 4),
            ("(?1)(?t<=+6)(?2)", 4),
            ("(?1)(?t<=99999999999999999999)(?2)", 4),
            ("(?t<=6)(?2)", 0),
            (".*(?t<=6)(?2)", 2),
            ("(?1)(?t<=6)", 11),
            ("(?1)(?t<=6)(?t>2)(?2)", 11),
            ("(?1)(?t<=6).*(?2)", 11),
            ("(?1).*(?t<=6)(?2)", 6),
        ] {
            match pattern.parse::<Pattern>() {
                Err(FunnelError::Pattern { position: found, .. }) => assert_eq!(found, position, "{pattern}"),
                other => panic!("{pattern}: {other:?}"),
            }
        }
    }
}
