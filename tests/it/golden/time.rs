//! Periods, workdays, month arithmetic and deadlines against pandas, numpy, dateutil and the official
//! workdays of China's mainland.

use super::{Golden, files, text};
use marketloop::time::{
    Deadline, FiscalCalendar, Grain, NaiveDate, Period, TimeError, WeekMask, WorkCalendar, add_months, date,
    every_months,
};
use serde_json::Value;

fn day(value: &Value, key: &str) -> NaiveDate {
    text(value, key).parse().unwrap()
}

fn integer(value: &Value, key: &str) -> i64 {
    value[key].as_i64().unwrap_or_else(|| panic!("no integer under {key} in {value}"))
}

fn dates(value: &Value) -> Vec<NaiveDate> {
    value.as_array().unwrap().iter().map(|date| date.as_str().unwrap().parse().unwrap()).collect()
}

/// The work calendar that a golden file of workdays lists.
fn work_calendar(golden: &Golden) -> WorkCalendar {
    let years = golden.json["calendar"].as_object().unwrap();
    let year = |text: &String| text.parse::<i32>().unwrap();
    let all = |key: &str| years.values().flat_map(|lists| dates(&lists[key])).collect::<Vec<_>>();
    let first = date(years.keys().map(year).min().unwrap(), 1, 1).unwrap();
    let last = date(years.keys().map(year).max().unwrap(), 12, 31).unwrap();
    let (holidays, makeup) = (all("weekday_holidays"), all("weekend_makeup_workdays"));
    WorkCalendar::new(first, last, WeekMask::MONDAY_TO_FRIDAY, holidays, makeup).unwrap()
}

/// The calendar of mainland China: from the directory of the golden files, else from the project's copy.
pub(super) fn china() -> WorkCalendar {
    match files("pdca_cn_workdays").first() {
        Some(golden) => work_calendar(golden),
        None => work_calendar(&super::own_copy("pdca_cn_workdays.json")),
    }
}

#[test]
fn pdca_periods() {
    for golden in files("pdca_periods") {
        let rows = golden.list("rows");
        for row in rows {
            let on = day(row, "date");
            let start_month = u32::try_from(integer(row, "fy_start_month")).unwrap();
            let span = |period: Period| (period.start(), period.end());
            let by_start = FiscalCalendar::named_by_start(start_month).unwrap();
            let by_end = FiscalCalendar::named_by_end(start_month).unwrap();
            for (fiscal, key) in [(by_start, "fy_start_year"), (by_end, "fy_end_year")] {
                let year = i32::try_from(integer(row, key)).unwrap();
                assert_eq!(fiscal.label_of(on), year, "{row}");
                let whole = fiscal.year_of(on).unwrap();
                assert_eq!(span(whole), (day(row, "fy_start"), day(row, "fy_end")));
                assert_eq!(fiscal.year(year).unwrap(), whole);
                let quarter = fiscal.quarter_of(on).unwrap();
                assert_eq!(span(quarter), (day(row, "q_start"), day(row, "q_end")));
                assert_eq!(i64::from(quarter.days()), integer(row, "q_days"));
                let index = u32::try_from(integer(row, "quarter")).unwrap();
                assert_eq!(fiscal.quarter(year, index).unwrap(), quarter);
                let half = fiscal.half_year_of(on).unwrap();
                assert_eq!(span(half), (day(row, "h_start"), day(row, "h_end")));
                let index = u32::try_from(integer(row, "half")).unwrap();
                assert_eq!(fiscal.half_year(year, index).unwrap(), half);
                assert_eq!(half.divide(Grain::Quarter).unwrap().len(), 2);
                for period in [whole, quarter, half] {
                    assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
                }
            }
            assert_eq!(span(Period::month_of(on).unwrap()), (day(row, "m_start"), day(row, "m_end")));
            let week = Period::week_of(on).unwrap();
            assert_eq!(span(week), (day(row, "w_start"), day(row, "w_end")));
            let (year, index) = (integer(row, "iso_year"), integer(row, "iso_week"));
            assert_eq!(Period::week(year.try_into().unwrap(), index.try_into().unwrap()).unwrap(), week);
            let weekday = on.signed_duration_since(week.start()).num_days() + 1;
            assert_eq!(weekday, integer(row, "iso_weekday"));
        }
        golden.checked(rows.len());
    }
}

#[test]
fn pdca_month_clamp() {
    for golden in files("pdca_month_clamp") {
        let rows = golden.list("rows");
        for row in rows {
            let months = i32::try_from(integer(row, "months")).unwrap();
            assert_eq!(add_months(day(row, "date"), months).unwrap(), day(row, "result"), "{row}");
        }
        let recurrences = golden.list("recurrence");
        for row in recurrences {
            let anchor = day(row, "anchor");
            let series = dates(&row["series"]);
            assert_eq!(every_months(anchor, 1).take(series.len()).collect::<Vec<_>>(), series);
            let mut chained = anchor;
            for expected in dates(&row["chained"]) {
                chained = add_months(chained, 1).unwrap();
                assert_eq!(chained, expected);
            }
            // The same dates as a recurring deadline.
            let period = Period::custom(anchor, *series.last().unwrap()).unwrap();
            let due = Deadline::parse("every month from period start").unwrap();
            let due = due.due_dates(&period, &china()).unwrap();
            assert_eq!(due.iter().map(marketloop::time::Due::date).collect::<Vec<_>>(), series);
        }
        golden.checked(rows.len() + recurrences.len());
    }
}

#[test]
fn pdca_cn_workdays() {
    for golden in files("pdca_cn_workdays") {
        let calendar = work_calendar(&golden);
        let rows = golden.list("rows");
        for row in rows {
            let on = day(row, "date");
            assert_eq!(calendar.is_workday(on).unwrap(), row["is_workday"].as_bool().unwrap(), "{row}");
            let month = Period::month_of(on).unwrap();
            let offset = calendar.add_workdays(on, i32::try_from(integer(row, "n")).unwrap());
            for (key, result) in [
                ("following", calendar.following(on)),
                ("preceding", calendar.preceding(on)),
                ("modified_following", calendar.modified_following(on, &month)),
                ("modified_preceding", calendar.modified_preceding(on, &month)),
                ("offset_roll_forward", offset),
            ] {
                if row[key].is_null() {
                    assert!(
                        matches!(result, Err(TimeError::OutOfHorizon { .. })),
                        "{key} of {row}: {result:?}"
                    );
                } else {
                    assert_eq!(result.unwrap(), day(row, key), "{key} of {row}");
                }
            }
        }
        let counts = golden.list("counts");
        for row in counts {
            let workdays = calendar.count_workdays(day(row, "from"), day(row, "to")).unwrap();
            assert_eq!(workdays, integer(row, "workdays_half_open"), "{row}");
        }
        let months = golden.json.get("workdays_per_month").and_then(Value::as_object);
        for (month, workdays) in months.into_iter().flatten() {
            let month: Period = month.parse().unwrap();
            let counted = calendar.count_workdays(month.start(), month.next_start().unwrap()).unwrap();
            assert_eq!(counted, workdays.as_i64().unwrap(), "{month}");
        }
        golden.checked(rows.len() + counts.len() + months.map_or(0, serde_json::Map::len));
    }
}

#[test]
fn pdca_deadlines() {
    let china = china();
    for golden in files("pdca_deadlines") {
        let rows = golden.list("rows");
        for row in rows {
            check_deadlines(row, &china);
        }
        golden.checked(rows.len());
    }
}

fn check_deadlines(row: &Value, china: &WorkCalendar) {
    let start_month = u32::try_from(integer(row, "fy_start_month")).unwrap();
    let fiscal = FiscalCalendar::named_by_start(start_month).unwrap();
    let year = i32::try_from(integer(row, "fy_start_year")).unwrap();
    let index = u32::try_from(integer(row, "index")).unwrap();
    let period = match text(row, "kind") {
        "month" => Period::month(year, index),
        "quarter" => fiscal.quarter(year, index),
        "half_year" => fiscal.half_year(year, index),
        "year" => fiscal.year(year),
        other => panic!("unknown kind {other}"),
    }
    .unwrap();
    assert_eq!(period.start(), day(row, "start"), "{row}");
    assert_eq!(period.end(), day(row, "end"), "{row}");
    assert_eq!(period.next_start().unwrap(), day(row, "next_start"), "{row}");
    assert_eq!(period.months() == 1, text(row, "kind") == "month");

    let due = |deadline: &str| Deadline::parse(deadline).unwrap().due(&period, china).map(|due| due.date());
    let all = |deadline: &str| -> Result<Vec<NaiveDate>, TimeError> {
        let due = Deadline::parse(deadline).unwrap().due_dates(&period, china)?;
        Ok(due.iter().map(marketloop::time::Due::date).collect())
    };
    let plain = [
        ("plan_within10_exclusive", "within 10 days after period start"),
        ("plan_within10_inclusive", "within 10 days after period start, start day counted"),
        ("check_within30_after_end", "within 30 days after period end"),
        ("act_before_next_start", "before next period start"),
    ];
    for (key, deadline) in plain {
        assert_eq!(due(deadline).unwrap(), day(row, key), "{key} of {row}");
    }
    let act_is_first =
        due("before next period start").unwrap() < due("within 30 days after period end").unwrap();
    assert_eq!(act_is_first, row["act_deadline_precedes_check_deadline"].as_bool().unwrap());
    let fridays = all("every Friday").unwrap();
    assert_eq!(i64::try_from(fridays.len()).unwrap(), integer(row, "n_fridays"), "{row}");
    assert_eq!((fridays[0], *fridays.last().unwrap()), (day(row, "first_friday"), day(row, "last_friday")));
    if let Some(listed) = row.get("fridays") {
        assert_eq!(fridays, dates(listed));
    }

    let on_calendar = [
        ("plan_within10_exclusive_following", "within 10 days after period start, rolled forward"),
        (
            "plan_within10_inclusive_following",
            "within 10 days after period start, start day counted, rolled forward",
        ),
        ("plan_10th_workday_including_start", "10 workdays after period start, start day counted"),
        ("plan_10th_workday_after_start", "10 workdays after period start"),
        ("check_within30_following", "within 30 days after period end, rolled forward"),
        ("check_30th_workday_after_end", "30 workdays after period end"),
        ("act_last_workday_before_next_start", "before next period start, rolled backward"),
    ];
    let Some(cn) = row.get("cn") else {
        // Not published: at least the latest of them needs days beyond the horizon, and says so.
        let beyond = on_calendar
            .iter()
            .filter(|(_, deadline)| matches!(due(deadline), Err(TimeError::OutOfHorizon { .. })));
        assert!(beyond.count() > 0, "{row}");
        return;
    };
    for (key, deadline) in on_calendar {
        assert_eq!(due(deadline).unwrap(), day(cn, key), "{key} of {row}");
    }
    assert_eq!(due("1 workday before next period start"), due("before next period start, rolled backward"));
    let nonworking = dates(&cn["fridays_nonworking"]);
    let skipped = all("every Friday, skipped on days off").unwrap();
    let working: Vec<NaiveDate> =
        fridays.iter().copied().filter(|friday| !nonworking.contains(friday)).collect();
    assert_eq!(skipped, working, "{row}");
    for (key, deadline) in [
        ("weekly_due_preceding", "every Friday, rolled backward"),
        ("weekly_due_following", "every Friday, rolled forward"),
    ] {
        let rolled = all(deadline).unwrap();
        let moved: Vec<NaiveDate> = fridays
            .iter()
            .zip(&rolled)
            .filter(|(friday, _)| nonworking.contains(friday))
            .map(|(_, due)| *due)
            .collect();
        assert_eq!(moved, dates(&cn[key]), "{key} of {row}");
    }
}
