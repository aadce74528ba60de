//! The periods of a panel, and where each looks back to.

use super::Panel;
use super::function::{Shift, Span};
use crate::time::{FiscalCalendar, Period, add_months};
use alloc::vec::Vec;
use chrono::{Datelike, NaiveDate};

/// The periods, and where each looks back to.
pub(super) struct Axis<'p> {
    pub(super) periods: &'p [Period],
    /// The same period of the year before, where the panel has it.
    year_before: Vec<Option<usize>>,
}

impl<'p> Axis<'p> {
    pub(super) fn new(panel: &'p Panel) -> Self {
        let periods = panel.periods.as_slice();
        let place = |start: NaiveDate| periods.binary_search_by(|period| period.start().cmp(&start)).ok();
        let before = |period: &Period| place(year_before(period)?);
        Self { periods, year_before: periods.iter().map(before).collect() }
    }

    /// The period that a shift looks back to; `None` before the first.
    pub(super) fn back(&self, period: usize, shift: Shift) -> Option<usize> {
        match shift {
            Shift::Periods(count) => period.checked_sub(count as usize),
            Shift::Year => self.year_before.get(period).copied().flatten(),
        }
    }

    /// The first period of the span in which a period lies, `Ok(None)` where that is before the first of all.
    pub(super) fn since(&self, period: usize, span: Span) -> Result<Option<usize>, Period> {
        let Some(own) = self.periods.get(period) else { return Ok(None) };
        let start = start_of(own, span).ok_or(*own)?;
        let first = self.periods.partition_point(|period| period.start() < start);
        // The span begins with a period of the panel, or before it.
        Ok(self.periods.get(first).filter(|period| period.start() == start).map(|_| first))
    }
}

/// The first day of the same period a year before; `None` where that year has none, or the period is of no year.
fn year_before(period: &Period) -> Option<NaiveDate> {
    let start = period.start();
    if period.retail().is_some() {
        return period.retail_year_before().map(|before| before.start());
    }
    match period.months() {
        0 if period.is_custom() => None,
        // The same week of the ISO year before, which may have no 53rd; the same day, which may be no 29 February.
        0 if period.days() == 7 => {
            let week = start.iso_week();
            NaiveDate::from_isoywd_opt(week.year().checked_sub(1)?, week.week(), chrono::Weekday::Mon)
        }
        0 => start.with_year(start.year().checked_sub(1)?),
        _ => add_months(start, -12).ok(),
    }
}

/// The first day of the span in which a period lies; `None` where the period reaches beyond it.
fn start_of(period: &Period, span: Span) -> Option<NaiveDate> {
    let start = period.start();
    let whole = match period.retail() {
        Some(retail) => match span {
            Span::Week => retail.week_of(start),
            Span::Month => retail.month_of(start),
            Span::Quarter => retail.quarter_of(start),
            Span::HalfYear => retail.half_year_of(start),
            Span::Year => retail.year_of(start),
        },
        None => return start_by_months(period, span),
    };
    let whole = whole.ok()?;
    whole.covers(period).then(|| whole.start())
}

/// The same of a period that is of no retail year.
fn start_by_months(period: &Period, span: Span) -> Option<NaiveDate> {
    let (start, fiscal) = (period.start(), period.fiscal().unwrap_or(FiscalCalendar::CALENDAR_YEAR));
    let is_week = period.months() == 0 && period.days() == 7 && !period.is_custom();
    let whole = match span {
        Span::Week => Period::week_of(start),
        Span::Month => Period::month_of(start),
        Span::Quarter => fiscal.quarter_of(start),
        Span::HalfYear => fiscal.half_year_of(start),
        // A year of weeks begins with its first week.
        Span::Year if is_week => {
            return NaiveDate::from_isoywd_opt(start.iso_week().year(), 1, chrono::Weekday::Mon);
        }
        Span::Year => fiscal.year_of(start),
    };
    let whole = whole.ok()?;
    whole.covers(period).then(|| whole.start())
}
