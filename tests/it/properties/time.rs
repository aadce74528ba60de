//! Laws of periods, work calendars and deadlines.

use core::fmt::{Debug, Display};
use core::str::FromStr;
use marketloop::strategies::{
    days, deadlines, fiscal_calendars, periods, retail_calendars, week_masks, work_calendars,
};
use marketloop::time::{
    Anchor, Deadline, Grain, NaiveDate, Period, Roll, TimeError, WeekMask, WorkCalendar, add_months,
    every_months,
};
use proptest::prelude::*;

const GRAINS: [Grain; 5] = [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::HalfYear];

fn reads_back<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(value: &T) -> Result<(), TestCaseError> {
    let text = value.to_string();
    prop_assert_eq!(
        &text.parse::<T>().unwrap_or_else(|error| panic!("{text}: {error:?}")),
        value,
        "{}",
        text
    );
    Ok(())
}

/// A calendar with a day of its horizon.
fn calendar_and_day() -> impl Strategy<Value = (WorkCalendar, NaiveDate)> {
    (work_calendars(), any::<prop::sample::Index>()).prop_map(|(calendar, index)| {
        let days: Vec<NaiveDate> = horizon(&calendar).collect();
        let day = days[index.index(days.len())];
        (calendar, day)
    })
}

fn horizon(calendar: &WorkCalendar) -> impl Iterator<Item = NaiveDate> {
    let last = calendar.last();
    calendar.first().iter_days().take_while(move |date| *date <= last)
}

/// Whether the lists of the calendar make `date` a workday, without its bits.
fn works(calendar: &WorkCalendar, date: NaiveDate) -> bool {
    use chrono::Datelike;
    calendar.makeup_workdays().contains(&date)
        || (calendar.week().contains(date.weekday()) && !calendar.holidays().contains(&date))
}

fn period_in(calendar: &WorkCalendar) -> Period {
    Period::month_of(calendar.first()).unwrap()
}

proptest! {
    #[test]
    fn periods_partition_the_line(period in periods()) {
        if let Ok(next) = period.next() {
            prop_assert_eq!(next.start(), period.next_start().unwrap());
            prop_assert_eq!((next.months(), next.fiscal(), next.retail()), (period.months(), period.fiscal(), period.retail()));
            prop_assert_eq!(next.is_custom(), period.is_custom());
            prop_assert_eq!(next.previous(), Ok(period));
        }
        if let Ok(previous) = period.previous() {
            prop_assert_eq!(previous.next_start(), Ok(period.start()));
            prop_assert_eq!(previous.next(), Ok(period));
        }
        prop_assert_eq!(period.start().iter_days().take_while(|day| *day <= period.end()).count(), period.days() as usize);
    }

    #[test]
    fn parts_cover_their_period_without_gaps(period in periods()) {
        for grain in GRAINS {
            match period.divide(grain) {
                Err(TimeError::NotDivisible { .. }) => {}
                Err(error) => prop_assert!(false, "{} by {}: {}", period, grain, error),
                Ok(parts) => {
                    prop_assert_eq!(parts[0].start(), period.start());
                    prop_assert_eq!(parts[parts.len() - 1].end(), period.end());
                    for pair in parts.windows(2) {
                        prop_assert_eq!(pair[0].next_start(), Ok(pair[1].start()));
                    }
                    for part in &parts {
                        prop_assert!(period.covers(part) && part.days() < 200);
                        reads_back(part)?;
                    }
                }
            }
        }
    }

    #[test]
    fn a_day_lies_in_the_parts_that_are_named_after_it(fiscal in fiscal_calendars(), day in days()) {
        for part in [fiscal.quarter_of(day), fiscal.half_year_of(day), fiscal.year_of(day)].into_iter().flatten() {
            prop_assert!(part.contains(day));
            prop_assert_eq!(fiscal.label_of(part.start()), fiscal.label_of(day));
        }
        if let Ok(year) = fiscal.year_of(day) {
            prop_assert_eq!(fiscal.year(fiscal.label_of(day)), Ok(year));
            let mut quarters = (1..=4).map(|quarter| fiscal.quarter(fiscal.label_of(day), quarter).unwrap());
            prop_assert_eq!(quarters.next().unwrap().start(), year.start());
            prop_assert_eq!(quarters.next_back().unwrap().end(), year.end());
        }
    }

    #[test]
    fn the_parts_of_a_retail_year_are_whole_weeks_and_hold_each_other(retail in retail_calendars(), day in days()) {
        let parts = [retail.week_of(day), retail.month_of(day), retail.quarter_of(day), retail.half_year_of(day), retail.year_of(day)];
        for pair in parts.windows(2) {
            let [Ok(part), Ok(whole)] = pair else { continue };
            prop_assert!(whole.covers(part), "{} in {}", part, whole);
        }
        for part in parts.into_iter().flatten() {
            prop_assert!(part.contains(day) && part.days() % 7 == 0);
            prop_assert_eq!(retail.label_of(part.start()), retail.label_of(day));
            prop_assert_eq!(retail.label_of(part.end()), retail.label_of(day));
            reads_back(&part)?;
        }
        if let Ok(year) = retail.year_of(day) {
            let label = retail.label_of(day).unwrap();
            prop_assert_eq!(retail.year(label), Ok(year));
            let weeks = retail.weeks_in_year(label).unwrap();
            prop_assert_eq!(year.days(), weeks * 7);
            prop_assert!(weeks == 52 || weeks == 53);
            prop_assert_eq!(year.divide(Grain::Week).unwrap(), (1..=weeks).map(|week| retail.week(label, week).unwrap()).collect::<Vec<_>>());
            prop_assert_eq!(year.divide(Grain::Month).unwrap(), (1..=12).map(|month| retail.month(label, month).unwrap()).collect::<Vec<_>>());
            prop_assert!(retail.week(label, weeks + 1).is_err());
        }
    }

    #[test]
    fn parse_of_display_is_identity(period in periods(), deadline in deadlines(), mask in week_masks(), fiscal in fiscal_calendars(), retail in retail_calendars(), calendar in work_calendars()) {
        reads_back(&period)?;
        reads_back(&retail)?;
        reads_back(&deadline)?;
        reads_back(&mask)?;
        let json = serde_json::to_string(&(period, deadline, mask, (fiscal, retail), &calendar)).unwrap();
        let read: (Period, Deadline, WeekMask, (marketloop::time::FiscalCalendar, marketloop::time::RetailCalendar), WorkCalendar) = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read, (period, deadline, mask, (fiscal, retail), calendar));
    }

    #[test]
    fn months_clamp_and_come_back(day in days(), months in -600_i32..600) {
        use chrono::Datelike;
        if let Ok(moved) = add_months(day, months) {
            prop_assert!(moved.day() <= day.day());
            let back = add_months(moved, -months).unwrap();
            prop_assert!(back <= day && day.signed_duration_since(back).num_days() <= 3);
            if moved.day() == day.day() {
                prop_assert_eq!(back, day);
            }
            if months > 0 {
                prop_assert_eq!(every_months(day, months.unsigned_abs()).next(), Some(moved));
            }
        }
    }

    #[test]
    fn the_bits_say_what_the_lists_say((calendar, day) in calendar_and_day()) {
        prop_assert_eq!(calendar.is_workday(day), Ok(works(&calendar, day)));
        let following = horizon(&calendar).find(|date| *date >= day && works(&calendar, *date));
        prop_assert_eq!(calendar.following(day).ok(), following);
        let preceding = horizon(&calendar).filter(|date| *date <= day && works(&calendar, *date)).last();
        prop_assert_eq!(calendar.preceding(day).ok(), preceding);
        let count = horizon(&calendar).filter(|date| *date < day && works(&calendar, *date)).count();
        prop_assert_eq!(calendar.count_workdays(calendar.first(), day).unwrap(), i64::try_from(count).unwrap());
    }

    #[test]
    fn roll_is_idempotent((calendar, day) in calendar_and_day(), period in periods()) {
        for period in [period, Period::month_of(day).unwrap(), period_in(&calendar)] {
            for roll in [WorkCalendar::modified_following, WorkCalendar::modified_preceding] {
                if let Ok(rolled) = roll(&calendar, day, &period) {
                    prop_assert_eq!(roll(&calendar, rolled, &period), Ok(rolled));
                    prop_assert_eq!(calendar.is_workday(rolled), Ok(true));
                    prop_assert_eq!(period.contains(day), period.contains(day) && period.contains(rolled));
                }
            }
        }
        for roll in [WorkCalendar::following, WorkCalendar::preceding] {
            if let Ok(rolled) = roll(&calendar, day) {
                prop_assert_eq!(roll(&calendar, rolled), Ok(rolled));
                prop_assert_eq!(calendar.is_workday(rolled), Ok(true));
            }
        }
    }

    #[test]
    fn adding_and_subtracting_workdays_returns((calendar, day) in calendar_and_day(), workdays in -300_i32..300) {
        if calendar.is_workday(day) == Ok(true) && let Ok(moved) = calendar.add_workdays(day, workdays) {
            prop_assert_eq!(calendar.add_workdays(moved, -workdays), Ok(day));
            prop_assert_eq!(calendar.count_workdays(day, moved), Ok(workdays.into()));
        }
    }

    #[test]
    fn workday_count_is_additive((calendar, a) in calendar_and_day(), b in 0_i64..400, c in 0_i64..400) {
        let later = |days| calendar.first() + chrono::TimeDelta::days(days);
        let (b, c) = (later(b), later(c));
        if let (Ok(ab), Ok(bc)) = (calendar.count_workdays(a, b), calendar.count_workdays(b, c)) {
            prop_assert_eq!(calendar.count_workdays(a, c), Ok(ab + bc));
            prop_assert_eq!(calendar.count_workdays(b, a), Ok(-ab));
        }
    }

    #[test]
    fn due_dates_end_with_their_last_step((calendar, day) in calendar_and_day(), deadline in deadlines(), far in periods()) {
        for period in [Period::month_of(day).unwrap(), Period::week_of(day).unwrap(), far] {
            let Ok(dates) = deadline.due_dates(&period, &calendar) else { continue };
            prop_assert!(deadline.is_recurring() || dates.len() <= 1);
            for due in &dates {
                prop_assert_eq!(*due.why().value(), due.date());
                let rolls = !matches!(deadline.roll(), Roll::None);
                prop_assert!(!rolls || calendar.is_workday(due.date()) == Ok(true), "{}", due);
                prop_assert!(!deadline.is_recurring() || period.contains(due.before_roll()), "{}", due);
                prop_assert!(due.to_string().starts_with(&due.date().to_string()));
            }
            prop_assert!(dates.windows(2).all(|pair| pair[0].date() <= pair[1].date()));
            prop_assert_eq!(deadline.due(&period, &calendar).ok(), dates.last().cloned());
        }
    }

    #[test]
    fn strictly_before_is_before((calendar, day) in calendar_and_day(), roll in 0_usize..6) {
        let rolls = [Roll::None, Roll::Following, Roll::Preceding, Roll::ModifiedFollowing, Roll::ModifiedPreceding, Roll::Skip];
        let period = Period::month_of(day).unwrap();
        for (anchor, date) in [
            (Anchor::PeriodStart, period.start()),
            (Anchor::PeriodEnd, period.end()),
            (Anchor::NextPeriodStart, period.next_start().unwrap()),
        ] {
            if let Ok(due) = Deadline::before(anchor).with_roll(rolls[roll]).due(&period, &calendar) {
                prop_assert!(due.date() < date, "{}", due);
            }
        }
    }

    #[test]
    fn beyond_the_horizon_nothing_is_said((calendar, day) in calendar_and_day(), workdays in any::<i32>(), far in days()) {
        if far < calendar.first() || far > calendar.last() {
            let refused = |result: Result<NaiveDate, TimeError>| matches!(result, Err(TimeError::OutOfHorizon { .. } | TimeError::DateOutOfRange { .. }));
            prop_assert!(calendar.is_workday(far).is_err());
            prop_assert!(refused(calendar.following(far)) && refused(calendar.preceding(far)));
            prop_assert!(refused(calendar.add_workdays(far, workdays)));
        }
        if let Ok(moved) = calendar.add_workdays(day, workdays) {
            prop_assert!(calendar.first() <= moved && moved <= calendar.last());
        }
    }

    #[test]
    fn no_text_makes_a_time_panic(text in prop_oneof!["\\PC{0,40}", "[-/0-9QHWFYfrombystaend ]{0,30}", "(every |within |before |on )?[0-9]{0,5} ?(days?|workdays?|weeks?|months?|Friday)?( after| before| from)? (period (start|end)|next period start)(, (start day counted|rolled (forward|backward)))?"]) {
        if let Ok(period) = text.parse::<Period>() {
            reads_back(&period)?;
            prop_assert!(!period.is_custom() || text.contains('/'));
        }
        if let Ok(deadline) = text.parse::<Deadline>() {
            reads_back(&deadline)?;
        }
        if let Ok(mask) = text.parse::<WeekMask>() {
            reads_back(&mask)?;
        }
    }
}
