//! The wire form of periods, calendars and deadlines, byte for byte.

use super::{pinned, refused};
use marketloop::time::{
    Anchor, Deadline, Due, Duration, FiscalCalendar, Grain, OffsetUnit, Period, RetailCalendar, Roll,
    TimeUnit, Timestamp, WeekMask, Weekday, WorkCalendar, YearEnd, date,
};

#[test]
fn every_form_is_pinned() {
    let april = FiscalCalendar::named_by_end(4).unwrap();
    let day = |day| date(2026, 5, day).unwrap();
    pinned(&april, r#"{"start_month":4,"label":"by_end"}"#);
    let july = FiscalCalendar::named_by_start(7).unwrap();
    pinned(&july, r#"{"start_month":7,"label":"by_start"}"#);
    pinned(&Period::day(day(1)).unwrap(), r#""2026-05-01""#);
    pinned(&Period::week(2026, 27).unwrap(), r#""2026-W27""#);
    pinned(&Period::month(2026, 5).unwrap(), r#""2026-05""#);
    pinned(&FiscalCalendar::CALENDAR_YEAR.quarter(2026, 3).unwrap(), r#""2026-Q3""#);
    pinned(&april.half_year(2027, 2).unwrap(), r#""FY2027-H2 from 04 by end""#);
    pinned(&april.year(2027).unwrap(), r#""FY2027 from 04 by end""#);
    let us = RetailCalendar::US_RETAIL;
    pinned(&us, r#""4-5-4 to Saturday nearest 01 by start""#);
    let maker = RetailCalendar::named_by_end(YearEnd::Last, Weekday::Sat, 9, [4, 4, 5]).unwrap();
    pinned(&maker, r#""4-4-5 to last Saturday of 09 by end""#);
    let december = RetailCalendar::named_by_end(YearEnd::Nearest, Weekday::Sun, 12, [5, 4, 4]).unwrap();
    pinned(&december, r#""5-4-4 to Sunday nearest 12 by start""#);
    pinned(&[YearEnd::Last, YearEnd::Nearest], r#"["last","nearest"]"#);
    pinned(&us.week(2023, 53).unwrap(), r#""FY2023-W53 4-5-4 to Saturday nearest 01 by start""#);
    pinned(&us.month(2026, 2).unwrap(), r#""FY2026-M02 4-5-4 to Saturday nearest 01 by start""#);
    pinned(&maker.quarter(2026, 1).unwrap(), r#""FY2026-Q1 4-4-5 to last Saturday of 09 by end""#);
    pinned(&maker.half_year(2026, 2).unwrap(), r#""FY2026-H2 4-4-5 to last Saturday of 09 by end""#);
    pinned(&december.year(2026).unwrap(), r#""FY2026 5-4-4 to Sunday nearest 12 by start""#);
    pinned(&Period::custom(day(2), day(20)).unwrap(), r#""2026-05-02/2026-05-20""#);
    pinned(
        &[Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::HalfYear],
        r#"["day","week","month","quarter","half_year"]"#,
    );
    pinned(&Duration::from_minutes(90), r#""90 minutes""#);
    pinned(&Duration::from_seconds(u64::MAX), r#""18446744073709551615 seconds""#);
    pinned(&Timestamp::from_unix(90).unwrap(), r#""1970-01-01T00:01:30Z""#);
    let units = [TimeUnit::Seconds, TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds];
    pinned(&units, r#"["seconds","milliseconds","microseconds","nanoseconds"]"#);
    refused::<TimeUnit>(r#""days""#, "unknown variant `days`, expected one of `seconds`, `milliseconds`");
    pinned(&WeekMask::MONDAY_TO_FRIDAY, r#""1111100""#);
    let may =
        WorkCalendar::new(day(1), day(31), WeekMask::MONDAY_TO_FRIDAY, [day(5), day(4)], [day(9)]).unwrap();
    pinned(
        &may,
        r#"{"first":"2026-05-01","last":"2026-05-31","week":"1111100","holidays":["2026-05-04","2026-05-05"],"makeup_workdays":["2026-05-09"]}"#,
    );
    let plain: WorkCalendar = serde_json::from_str(r#"{"first":"2026-05-01","last":"2026-05-31"}"#).unwrap();
    assert_eq!(plain, WorkCalendar::monday_to_friday(day(1), day(31)).unwrap());
    pinned(
        &[Anchor::PeriodStart, Anchor::PeriodEnd, Anchor::NextPeriodStart],
        r#"["period start","period end","next period start"]"#,
    );
    pinned(
        &[OffsetUnit::Day, OffsetUnit::Workday, OffsetUnit::Week, OffsetUnit::Month],
        r#"["day","workday","week","month"]"#,
    );
    pinned(
        &[
            Roll::None,
            Roll::Following,
            Roll::Preceding,
            Roll::ModifiedFollowing,
            Roll::ModifiedPreceding,
            Roll::Skip,
        ],
        r#"["not rolled","rolled forward","rolled backward","rolled forward within the period","rolled backward within the period","skipped on days off"]"#,
    );
    let due = Deadline::parse("2 days after period start, rolled forward").unwrap();
    pinned::<Due>(
        &due.due(&Period::month(2026, 5).unwrap(), &may).unwrap(),
        r#"[{"cause":{"anchored":"period start"},"value":"2026-05-01"},{"cause":{"moved":{"count":2,"unit":"day","backward":false,"start_day_counted":false}},"value":"2026-05-03"},{"cause":{"rolled":{"backward":false,"days_off":3}},"value":"2026-05-06"}]"#,
    );
    let deadline =
        Deadline::parse("10 workdays after period start, start day counted, rolled forward").unwrap();
    pinned(&deadline, r#""10 workdays after period start, start day counted, rolled forward""#);
}

#[test]
fn bad_values_fail_with_the_constructors_error() {
    let day = |month, day| date(2026, month, day).unwrap();
    refused::<FiscalCalendar>(
        r#"{"start_month":13,"label":"by_end"}"#,
        &FiscalCalendar::named_by_end(13).unwrap_err(),
    );
    let calendar = |text: &str| text.parse::<RetailCalendar>().unwrap_err();
    for bad in ["4-4-4 to last Saturday of 09 by end", "4-4-5 to last Saturday of 13 by end", "monthly"] {
        refused::<RetailCalendar>(&format!("{bad:?}"), &calendar(bad));
    }
    refused::<YearEnd>(r#""first""#, &"unknown variant `first`, expected `last` or `nearest`");
    let us = RetailCalendar::US_RETAIL;
    refused::<Period>(
        r#""FY2026-W53 4-5-4 to Saturday nearest 01 by start""#,
        &us.week(2026, 53).unwrap_err(),
    );
    refused::<Period>(r#""2026-Q5""#, &FiscalCalendar::CALENDAR_YEAR.quarter(2026, 5).unwrap_err());
    refused::<Period>(r#""2026-W54""#, &Period::week(2026, 54).unwrap_err());
    refused::<Period>(r#""2026-05-02/2026-05-01""#, &Period::custom(day(5, 2), day(5, 1)).unwrap_err());
    refused::<WeekMask>(r#""11111""#, &"11111".parse::<WeekMask>().unwrap_err());
    refused::<Deadline>(r#""soon""#, &Deadline::parse("soon").unwrap_err());
    refused::<Deadline>(
        r#""10000 days after period end""#,
        &Deadline::parse("10000 days after period end").unwrap_err(),
    );
    let twice = [day(5, 4), day(6, 1)];
    refused::<WorkCalendar>(
        r#"{"first":"2026-05-01","last":"2026-05-31","holidays":["2026-05-04","2026-06-01"],"makeup_workdays":["2026-05-04"]}"#,
        &WorkCalendar::new(day(5, 1), day(5, 31), WeekMask::MONDAY_TO_FRIDAY, twice, [day(5, 4)])
            .unwrap_err(),
    );
    refused::<Grain>(r#""year""#, &"unknown variant `year`");
}
