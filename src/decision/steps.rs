//! Values that are counted in steps, days of the calendar and seconds of a duration, cut where a cell begins or ends.
//!
//! Between two steps lies nothing: `<= 2026-07-01` and `>= 2026-07-02` meet, and no atom is empty.

use super::{CellValue, Fact};
use crate::time::{Duration, NaiveDate, in_range};
use alloc::vec::Vec;
use chrono::Datelike;
use core::ops::Bound;
use rust_decimal::Decimal;

/// The days of the years 1 to 9999, counted from 1.
const LAST_DAY: u64 = 3_652_059;

/// What takes the place of the range of a column of dates with a single one: a year.
const YEAR: u64 = 365;

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepUnit {
    Day,
    Second,
}

impl StepUnit {
    const fn first(self) -> u64 {
        match self {
            Self::Day => 1,
            Self::Second => 0,
        }
    }

    const fn last(self) -> u64 {
        match self {
            Self::Day => LAST_DAY,
            Self::Second => u64::MAX,
        }
    }

    /// The number of the step; `None` of another kind of value, and of a day that no table has.
    pub(super) fn of_fact(self, fact: &Fact<'_>) -> Option<u64> {
        match (self, fact) {
            (Self::Day, Fact::Date(date)) => u64::try_from(in_range(*date).ok()?.num_days_from_ce()).ok(),
            (Self::Second, Fact::Duration(duration)) => Some(duration.seconds()),
            _ => None,
        }
    }

    fn of_value(self, value: &CellValue) -> Option<u64> {
        self.of_fact(&value.into())
    }

    fn value(self, step: u64) -> CellValue {
        match self {
            Self::Second => CellValue::Duration(Duration::from_seconds(step)),
            Self::Day => {
                let day = i32::try_from(step).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
                debug_assert!(day.is_some(), "a step that is no day");
                CellValue::Date(day.unwrap_or_default())
            }
        }
    }

    /// The first and the last step between two ends, `None` where there is none.
    fn between(self, (lower, upper): (Bound<&CellValue>, Bound<&CellValue>)) -> Option<(u64, u64)> {
        let first = match lower {
            Bound::Included(value) => self.of_value(value)?,
            Bound::Excluded(value) => self.of_value(value)?.checked_add(1)?,
            Bound::Unbounded => self.first(),
        };
        let last = match upper {
            Bound::Included(value) => self.of_value(value)?,
            Bound::Excluded(value) => self.of_value(value)?.checked_sub(1)?,
            Bound::Unbounded => self.last(),
        };
        // `< 0001-01-01` ends before the first day.
        (first <= last && first <= self.last() && last >= self.first()).then_some((first, last))
    }
}

/// The atoms of a column of steps.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    unit: StepUnit,
    /// The first step of each atom, ascending; the first of all is the first step there is.
    starts: Vec<u64>,
    /// The least and the greatest step that a cell names.
    named: Option<(u64, u64)>,
}

impl Steps {
    pub(super) fn new<'a>(
        unit: StepUnit,
        choices: impl Iterator<Item = (Bound<&'a CellValue>, Bound<&'a CellValue>)>,
    ) -> Self {
        let mut starts = alloc::vec![unit.first()];
        let mut named: Option<(u64, u64)> = None;
        for ends in choices {
            for end in [ends.0, ends.1] {
                let (Bound::Included(value) | Bound::Excluded(value)) = end else { continue };
                let Some(step) = unit.of_value(value) else { continue };
                named = Some(named.map_or((step, step), |(least, most)| (least.min(step), most.max(step))));
            }
            if let Some((first, last)) = unit.between(ends) {
                starts.push(first);
                // Behind the last step of all stands no atom.
                starts.extend(last.checked_add(1).filter(|start| *start <= unit.last()));
            }
        }
        starts.sort_unstable();
        starts.dedup();
        Self { unit, starts, named }
    }

    pub(super) fn atoms(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn locate(&self, fact: &Fact<'_>) -> Option<usize> {
        self.unit.of_fact(fact).and_then(|step| self.atom(step))
    }

    /// Few starts are counted faster than searched.
    fn atom(&self, step: u64) -> Option<usize> {
        let not_above = if self.starts.len() > 16 {
            self.starts.partition_point(|start| *start <= step)
        } else {
            self.starts.iter().filter(|start| **start <= step).count()
        };
        // The first atom begins with the first step, so that one at least is not above.
        not_above.checked_sub(1)
    }

    /// The first atom between two ends and the one behind the last; equal where there is none.
    pub(super) fn atoms_between(&self, ends: (Bound<&CellValue>, Bound<&CellValue>)) -> (usize, usize) {
        let atoms = self
            .unit
            .between(ends)
            .and_then(|(first, last)| Some((self.atom(first)?, self.atom(last)?.checked_add(1)?)));
        atoms.unwrap_or((0, 0))
    }

    /// The first and the last step of an atom.
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "an atom has a start, and the start of the next lies above it"
    )]
    fn extent(&self, atom: usize) -> (u64, u64) {
        let last = self.starts.get(atom + 1).map_or(self.unit.last(), |next| next - 1);
        (self.starts[atom], last)
    }

    /// What stands from the first step of one atom to the last of another: the ends, unbounded where the column ends.
    pub(super) fn ends(&self, from: usize, to: usize) -> (Bound<CellValue>, Bound<CellValue>) {
        let (first, last) = (self.extent(from).0, self.extent(to).1);
        let end = |step: u64| Bound::Included(self.unit.value(step));
        match (first == self.unit.first(), last == self.unit.last()) {
            // One step is told as itself, also at an end.
            _ if first == last => (end(first), end(last)),
            (true, true) => (Bound::Unbounded, Bound::Unbounded),
            (true, false) => (Bound::Unbounded, end(last)),
            (false, true) => (end(first), Bound::Unbounded),
            (false, false) => (end(first), end(last)),
        }
    }

    /// The nearest value that `set` holds for, the earlier of two; how many steps away it is, and how many there are
    /// from the least value that a cell names to the greatest.
    pub(super) fn nearest(&self, fact: &Fact<'_>, set: &[bool]) -> Option<(CellValue, Decimal, Decimal)> {
        let step = self.unit.of_fact(fact)?;
        let atom = self.atom(step)?;
        let below = set.iter().enumerate().take(atom).rev().find(|(_, member)| **member);
        let above = set.iter().enumerate().skip(atom).skip(1).find(|(_, member)| **member);
        let near = [below.map(|(atom, _)| self.extent(atom).1), above.map(|(atom, _)| self.extent(atom).0)];
        let nearest = near.into_iter().flatten().min_by_key(|near| near.abs_diff(step))?;
        let span = match self.named {
            Some((least, most)) if least < most => least.abs_diff(most),
            // The magnitude of a single duration says how long is long; that of a date, how old the calendar is.
            Some((only, _)) if self.unit == StepUnit::Second && only > 0 => only,
            _ if self.unit == StepUnit::Day => YEAR,
            _ => 1,
        };
        Some((self.unit.value(nearest), nearest.abs_diff(step).into(), span.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;

    fn days(ends: &[(Bound<CellValue>, Bound<CellValue>)]) -> Steps {
        Steps::new(StepUnit::Day, ends.iter().map(|(lower, upper)| (lower.as_ref(), upper.as_ref())))
    }

    #[test]
    fn days_are_counted_to_the_ends_of_the_calendar() {
        let day = |year, month, day| CellValue::from(date(year, month, day).unwrap());
        assert_eq!(StepUnit::Day.of_value(&day(9999, 12, 31)), Some(LAST_DAY));
        assert_eq!(StepUnit::Day.of_value(&day(1, 1, 1)), Some(1));
        assert_eq!(StepUnit::Day.of_fact(&Fact::Date(NaiveDate::MAX)), None);
        let first = (Bound::Unbounded, Bound::Excluded(day(1, 1, 1)));
        let last = (Bound::Excluded(day(9999, 12, 31)), Bound::Unbounded);
        let steps = days(&[first.clone(), last.clone()]);
        assert_eq!(steps.atoms(), 1);
        for (lower, upper) in [first, last] {
            assert_eq!(steps.atoms_between((lower.as_ref(), upper.as_ref())), (0, 0));
        }
    }

    #[test]
    fn cells_that_meet_leave_no_atom_between_them() {
        let day = |day| CellValue::from(date(2026, 7, day).unwrap());
        let to = (Bound::Unbounded, Bound::Included(day(1)));
        let from = (Bound::Included(day(2)), Bound::Unbounded);
        assert_eq!(days(&[to.clone(), from.clone()]).atoms(), 2);
        assert_eq!(days(&[to, (Bound::Excluded(day(2)), Bound::Unbounded)]).atoms(), 3);
        let seconds = |count| CellValue::from(Duration::from_seconds(count));
        let all = (Bound::Included(&seconds(0)), Bound::Included(&seconds(u64::MAX)));
        let steps = Steps::new(StepUnit::Second, [all].into_iter());
        assert_eq!((steps.atoms(), steps.atoms_between(all)), (1, (0, 1)));
    }
}
