//! Patterns of conditions in the order of time, in the notation of `ClickHouse`'s `sequenceMatch`.

use super::{EventColumns, FunnelError};
use crate::error::excerpt;
use crate::quantity::grammar::plain;
use crate::quantity::wire::text_on_the_wire;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// A pattern of conditions.
///
/// | text | what it stands for |
/// | --- | --- |
/// | `(?1)` | a row that meets condition 1, which is bit 0 of its mask |
/// | `.` | any row |
/// | `.*` | any number of rows, also none |
/// | `(?t<=60)`, with `<`, `<=`, `>`, `>=`, `==` | any number of rows, and so much time from the row before to the row after |
///
/// Rows that meet no condition do not exist for a pattern: `(?1)(?2)` are neighbours among the others. Rows of one
/// time stay in the order of the columns. What stands at the end after the last row is left out of a match.
///
/// A match is the one whose first row comes first, then whose second does, and so on.
///
/// # Examples
/// ```
/// use marketloop::funnel::{EventColumns, Pattern};
///
/// let pattern: Pattern = "(?1)(?t<=60)(?2)".parse()?;
/// let events = EventColumns::new(&[1, 1, 1, 2, 2], &[0, 30, 60, 0, 61], &[0b01, 0b01, 0b10, 0b01, 0b10])?;
/// assert_eq!(pattern.count(&events)?, [(1, 1), (2, 0)]);
/// # Ok::<(), marketloop::Error>(())
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
    ("<=", Relation::AtMost),
    ("<", Relation::Less),
    (">=", Relation::AtLeast),
    (">", Relation::More),
    ("==", Relation::Exactly),
];

impl Pattern {
    /// How many conditions the pattern speaks of: one more than the highest bit.
    #[must_use]
    pub fn conditions(&self) -> u32 {
        let numbers = self.elements.iter().filter_map(|element| element.condition);
        numbers.max().map_or(0, |highest| highest.saturating_add(1))
    }

    /// For each user of these rows whether the pattern occurs.
    ///
    /// # Errors
    /// [`FunnelError::NotSorted`].
    pub fn matches(&self, events: &EventColumns<'_>) -> Result<Vec<(u64, bool)>, FunnelError> {
        Ok(self.each_user(events, 1)?.into_iter().map(|(user, found)| (user, found > 0)).collect())
    }

    /// For each user of these rows how often the pattern occurs, one match after the end of the other.
    ///
    /// # Errors
    /// [`FunnelError::NotSorted`].
    pub fn count(&self, events: &EventColumns<'_>) -> Result<Vec<(u64, u64)>, FunnelError> {
        self.each_user(events, u64::MAX)
    }

    fn each_user(&self, events: &EventColumns<'_>, most: u64) -> Result<Vec<(u64, u64)>, FunnelError> {
        let mut users = Vec::new();
        let mut rows = Rows::default();
        events.each_user(|user| {
            let own = user.times.iter().copied().zip(user.masks.iter().copied());
            rows.rows.clear();
            rows.rows.extend(own.filter(|(_, mask)| *mask != 0));
            users.push((user.user, rows.count(&self.elements, most)));
        })?;
        Ok(users)
    }
}

/// The rows of one user, and for each element of the pattern where the rest of the pattern can go on.
#[derive(Default)]
struct Rows {
    rows: Vec<(i64, u32)>,
    /// For each element and row the next row, from that one on, at which the element can stand with all after it
    /// behind; the number of rows where there is none.
    next: Vec<Vec<usize>>,
}

impl Rows {
    fn count(&mut self, elements: &[Element], most: u64) -> u64 {
        self.prepare(elements);
        let (mut found, mut from) = (0_u64, 0_usize);
        while found < most {
            let Some(end) = self.end_of_match(elements, from) else { break };
            found = found.saturating_add(1);
            from = end.saturating_add(1);
        }
        found
    }

    /// Works out from the last element to the first where each can stand.
    fn prepare(&mut self, elements: &[Element]) {
        let count = self.rows.len();
        self.next.resize_with(elements.len(), Vec::new);
        for (place, element) in elements.iter().enumerate().rev() {
            let mut next = core::mem::take(self.next.get_mut(place).unwrap_or(&mut Vec::new()));
            next.clear();
            next.resize(count.saturating_add(1), count);
            let mut nearest = count;
            for row in (0..count).rev() {
                if self.meets(element, row) && self.goes_on(elements, place, row) {
                    nearest = row;
                }
                if let Some(own) = next.get_mut(row) {
                    *own = nearest;
                }
            }
            if let Some(own) = self.next.get_mut(place) {
                *own = next;
            }
        }
    }

    fn meets(&self, element: &Element, row: usize) -> bool {
        let Some((_, mask)) = self.rows.get(row) else { return false };
        element.condition.is_none_or(|condition| super::row_matching::has(*mask, condition))
    }

    fn goes_on(&self, elements: &[Element], place: usize, row: usize) -> bool {
        let after = place.saturating_add(1);
        elements.get(after).is_none_or(|element| self.follower(element.gap, after, row).is_some())
    }

    /// The first row after `row` at which the element at `place` can stand, behind this gap.
    fn follower(&self, gap: Gap, place: usize, row: usize) -> Option<usize> {
        let next = |from: usize| {
            let found = self.next.get(place)?.get(from).copied()?;
            (found < self.rows.len()).then_some(found)
        };
        let behind = row.saturating_add(1);
        let (now, _) = *self.rows.get(row)?;
        match gap {
            Gap::Nothing => next(behind).filter(|found| *found == behind),
            Gap::Anything => next(behind),
            Gap::Time(relation, time) => {
                let passed = |at: i64| at.abs_diff(now);
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
                let later = self.rows.get(behind..)?;
                let first = behind.saturating_add(later.partition_point(|(at, _)| !enough(*at)));
                next(first).filter(|found| self.rows.get(*found).is_some_and(|(at, _)| not_too_much(*at)))
            }
        }
    }

    /// The last row of the first match that begins at `from` or later.
    fn end_of_match(&self, elements: &[Element], from: usize) -> Option<usize> {
        let first = *self.next.first()?.get(from)?;
        let mut row = (first < self.rows.len()).then_some(first)?;
        for (place, element) in elements.iter().enumerate().skip(1) {
            row = self.follower(element.gap, place, row)?;
        }
        Some(row)
    }
}

impl fmt::Display for Pattern {
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
                Some(condition) => write!(f, "(?{})", condition.saturating_add(1))?,
            }
        }
        if self.open_end { f.write_str(".*") } else { Ok(()) }
    }
}

impl FromStr for Pattern {
    type Err = FunnelError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let text = &*plain(given);
        let fault = |rest: &str, reason: &'static str| FunnelError::Pattern {
            pattern: excerpt(given),
            position: text.len().saturating_sub(rest.len()),
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
                let (time, after) = number(after.get(sign.len()..).unwrap_or_default())
                    .ok_or_else(|| fault(rest, "a time needs a whole number and `)`"))?;
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
        let events = EventColumns::new(&users, &times, &masks).unwrap();
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
