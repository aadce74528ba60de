//! The text forms of periods, retail calendars and deadlines, both ways.

use super::deadline::{Anchor, Counting, Deadline, DeadlineRule, OffsetUnit, Roll, Side};
use super::fiscal::YearLabel;
use super::period::PeriodKind;
use super::retail::{PATTERNS, RetailPart};
use super::{FiscalCalendar, Period, RetailCalendar, TimeError, YearEnd, date};
use crate::error::{Counted, excerpt};
use crate::quantity::display::write_whole;
use crate::quantity::grammar::{count, list_items, plain};
use crate::quantity::wire::text_on_the_wire;
use crate::quantity::words::{Word, of_word, words};
use alloc::format;
use alloc::string::{String, ToString};
use chrono::{Datelike, Weekday};
use core::fmt;
use core::str::FromStr;

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_whole(f, &period_text(self))
    }
}

fn period_text(period: &Period) -> String {
    let start = period.start();
    let part = |fiscal: FiscalCalendar, part: &str, months: u32| {
        #[expect(clippy::arithmetic_side_effects, reason = "a month of the year by 3, 6 or 12")]
        let index = fiscal.month_index(start) / months + 1;
        let index = if part.is_empty() { String::new() } else { format!("-{part}{index}") };
        let label = fiscal.label_of(start);
        if fiscal == FiscalCalendar::CALENDAR_YEAR {
            return format!("{label:04}{index}");
        }
        let by = if fiscal.is_named_by_end() { "end" } else { "start" };
        format!("FY{label:04}{index} from {:02} by {by}", fiscal.start_month())
    };
    match period.kind() {
        PeriodKind::Day => format!("{start}"),
        PeriodKind::Week => format!("{:04}-W{:02}", start.iso_week().year(), start.iso_week().week()),
        PeriodKind::Month => format!("{:04}-{:02}", start.year(), start.month()),
        PeriodKind::Quarter(fiscal) => part(fiscal, "Q", 3),
        PeriodKind::HalfYear(fiscal) => part(fiscal, "H", 6),
        PeriodKind::Year(fiscal) => part(fiscal, "", 12),
        PeriodKind::Custom => format!("{start}/{}", period.end()),
        PeriodKind::Retail(part, calendar) => match calendar.number_of(part, start) {
            Ok((label, number)) => format!("FY{label:04}{} {calendar}", retail_part_text(part, number)),
            // No day of a period lies outside the years in which every day has its retail year.
            Err(_) => format!("{start}/{}", period.end()),
        },
    }
}

fn retail_part_text(part: RetailPart, number: u32) -> String {
    match part {
        RetailPart::Week => format!("-W{number:02}"),
        RetailPart::Month => format!("-M{number:02}"),
        RetailPart::Quarter => format!("-Q{number}"),
        RetailPart::HalfYear => format!("-H{number}"),
        RetailPart::Year => String::new(),
    }
}

impl FromStr for Period {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| TimeError::NotAPeriod { text: excerpt(text), reason };
        let text = &*plain(text);
        if let Some((start, end)) = text.split_once('/') {
            let day = |text| {
                parse_date(text)
                    .and_then(|(year, month, day)| date(year, month, day).ok())
                    .ok_or_else(|| refuse("an end is not a date such as 2026-07-15"))
            };
            return Self::custom(day(start)?, day(end)?);
        }
        let Some(fiscal) = text.strip_prefix("FY") else {
            return parse_period(text, FiscalCalendar::CALENDAR_YEAR)
                .unwrap_or_else(|| Err(refuse("it has no known form")));
        };
        // The weeks of its months, `4-5-4`, tell a retail year from one that is counted in months.
        if let Some((name, rule)) = fiscal.split_once(' ').filter(|(_, rule)| is_retail(rule)) {
            let calendar = retail_calendar(rule).map_err(refuse)?;
            return retail_period(name, calendar).unwrap_or_else(|| Err(refuse("it has no known form")));
        }
        let (name, rule) = fiscal
            .split_once(" from ")
            .ok_or_else(|| refuse("a fiscal year needs `from` and its start month"))?;
        let (month, label) =
            rule.split_once(" by ").ok_or_else(|| refuse("a fiscal year needs `by start` or `by end`"))?;
        let label =
            year_label(label).ok_or_else(|| refuse("a fiscal year is named `by start` or `by end`"))?;
        let month = digits(month, 2).ok_or_else(|| refuse("a start month has two digits"))?;
        let parsed = parse_period(name, FiscalCalendar::new(month, label)?);
        match parsed.unwrap_or_else(|| Err(refuse("it has no known form")))? {
            period if period.kind().months() >= 3 => Ok(period),
            _ => Err(refuse("only quarters, half-years and years are fiscal")),
        }
    }
}

/// The period of a plain name such as `2026-Q3`; `None` where the form is unknown.
fn parse_period(name: &str, fiscal: FiscalCalendar) -> Option<Result<Period, TimeError>> {
    let (year, part) = year_and_part(name)?;
    let Some(part) = part else { return Some(fiscal.year(year)) };
    if let Some(quarter) = part.strip_prefix('Q') {
        return Some(fiscal.quarter(year, digits(quarter, 1)?));
    }
    if let Some(half) = part.strip_prefix('H') {
        return Some(fiscal.half_year(year, digits(half, 1)?));
    }
    if let Some(week) = part.strip_prefix('W') {
        return Some(Period::week(year, digits(week, 2)?));
    }
    match part.split_once('-') {
        None => Some(Period::month(year, digits(part, 2)?)),
        Some((month, day)) => Some(date(year, digits(month, 2)?, digits(day, 2)?).and_then(Period::day)),
    }
}

/// The year of a name such as `2026-Q3`, and what stands behind it.
fn year_and_part(name: &str) -> Option<(i32, Option<&str>)> {
    let (year, part) = match name.split_once('-') {
        Some((year, part)) => (year, Some(part)),
        None => (name, None),
    };
    // The first quarters of a fiscal year named by its end may lie in 9999.
    let named = digits(year, 4).or_else(|| digits(year, 5).filter(|year| *year == 10_000))?;
    Some((i32::try_from(named).ok()?, part))
}

/// Whether what stands behind the name of a year begins with the weeks of its months.
fn is_retail(rule: &str) -> bool {
    rule.split(' ').next().is_some_and(|weeks| weeks.contains('-'))
}

/// The period of a name such as `2026-M07` in a retail calendar; `None` where the form is unknown.
fn retail_period(name: &str, calendar: RetailCalendar) -> Option<Result<Period, TimeError>> {
    let (year, part) = year_and_part(name)?;
    let Some(part) = part else { return Some(calendar.year(year)) };
    let (kind, number) = part.split_at_checked(1)?;
    Some(match kind {
        "W" => calendar.week(year, digits(number, 2)?),
        "M" => calendar.month(year, digits(number, 2)?),
        "Q" => calendar.quarter(year, digits(number, 1)?),
        "H" => calendar.half_year(year, digits(number, 1)?),
        _ => return None,
    })
}

impl fmt::Display for RetailCalendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third] = self.month_weeks();
        let (weekday, month) = (weekday_name(self.end_weekday()), self.end_month());
        let end = match self.year_end() {
            YearEnd::Last => format!("last {weekday} of {month:02}"),
            YearEnd::Nearest => format!("{weekday} nearest {month:02}"),
        };
        let by = if self.is_named_by_end() { "end" } else { "start" };
        write_whole(f, &format!("{first}-{second}-{third} to {end} by {by}"))
    }
}

impl FromStr for RetailCalendar {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| TimeError::NotARetailCalendar { text: excerpt(text), reason };
        retail_calendar(&plain(text)).map_err(refuse)
    }
}

fn retail_calendar(text: &str) -> Result<RetailCalendar, &'static str> {
    const FORM: &str = "a retail year ends `to last Saturday of 09` or `to Saturday nearest 01`";
    let (weeks, rest) = text.split_once(" to ").ok_or(FORM)?;
    let is_meant = |pattern: &&[u32; 3]| {
        let [first, second, third] = pattern;
        weeks == format!("{first}-{second}-{third}")
    };
    let weeks = PATTERNS.iter().find(is_meant).ok_or("months have 4-4-5, 4-5-4 or 5-4-4 weeks")?;
    let (end, label) = rest.split_once(" by ").ok_or("a retail year needs `by start` or `by end`")?;
    let label = year_label(label).ok_or("a retail year is named `by start` or `by end`")?;
    let (year_end, (weekday, month)) = match end.strip_prefix("last ") {
        Some(end) => (YearEnd::Last, end.split_once(" of ").ok_or(FORM)?),
        None => (YearEnd::Nearest, end.split_once(" nearest ").ok_or(FORM)?),
    };
    let (weekday, _) = WEEKDAYS.iter().find(|(_, name)| *name == weekday).ok_or("a weekday is unknown")?;
    let month = digits(month, 2).ok_or("an end month has two digits")?;
    RetailCalendar::new(year_end, *weekday, month, *weeks, label).map_err(|_| "an end month is 01 to 12")
}

fn year_label(word: &str) -> Option<YearLabel> {
    match word {
        "start" => Some(YearLabel::ByStart),
        "end" => Some(YearLabel::ByEnd),
        _ => None,
    }
}

/// Year, month and day of a text of the form `2026-07-15`, which may be no day of the calendar.
pub(crate) fn parse_date(text: &str) -> Option<(i32, u32, u32)> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    Some((i32::try_from(digits(year, 4)?).ok()?, digits(month, 2)?, digits(day, 2)?))
}

/// The number of exactly `length` decimal digits.
fn digits(text: &str, length: usize) -> Option<u32> {
    let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

words!(OffsetUnit, "unit of an offset", TimeError:
    Day = "day", Workday = "workday", Week = "week", Month = "month");

words!(Anchor, "anchor of a deadline", TimeError:
    PeriodStart = "period start", PeriodEnd = "period end", NextPeriodStart = "next period start");

words!(Roll, "roll of a date", TimeError:
    None = "not rolled",
    Following = "rolled forward",
    Preceding = "rolled backward",
    ModifiedFollowing = "rolled forward within the period",
    ModifiedPreceding = "rolled backward within the period",
    Skip = "skipped on days off",
);

impl OffsetUnit {
    fn parse(name: &str) -> Option<Self> {
        of_word(name.strip_suffix('s').unwrap_or(name))
    }

    /// `1 day`, `2 days`.
    pub(crate) fn counted(self, count: u32) -> String {
        Counted(count, self).to_string()
    }
}

const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "Monday"),
    (Weekday::Tue, "Tuesday"),
    (Weekday::Wed, "Wednesday"),
    (Weekday::Thu, "Thursday"),
    (Weekday::Fri, "Friday"),
    (Weekday::Sat, "Saturday"),
    (Weekday::Sun, "Sunday"),
];

fn weekday_name(weekday: Weekday) -> &'static str {
    WEEKDAYS.iter().find(|(day, _)| *day == weekday).map_or("", |(_, name)| name)
}

const COUNTED: &str = "start day counted";
const NOT_COUNTED: &str = "start day not counted";

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_whole(f, &deadline_text(self))
    }
}

fn deadline_text(deadline: &Deadline) -> String {
    let mut counted = Counting::AnchorExcluded;
    let mut text = match deadline.rule() {
        DeadlineRule::Offset { count: 0, unit: OffsetUnit::Day, side: Side::After, anchor, .. } => {
            format!("on {anchor}")
        }
        DeadlineRule::Offset { count, unit, side, anchor, counting } => {
            counted = counting;
            let side = if side == Side::After { "after" } else { "before" };
            format!("{} {side} {anchor}", unit.counted(count))
        }
        DeadlineRule::StrictlyBefore(anchor) => format!("before {anchor}"),
        DeadlineRule::EveryWeekday(weekday) => {
            format!("every {}", weekday_name(weekday))
        }
        DeadlineRule::Every { count, unit, anchor, counting } => {
            counted = counting;
            match count {
                1 => format!("every {unit} from {anchor}"),
                _ => format!("every {} from {anchor}", unit.counted(count)),
            }
        }
    };
    if counted == Counting::AnchorIncluded {
        text.push_str(", ");
        text.push_str(COUNTED);
    }
    if deadline.roll() != Roll::None {
        text.push_str(", ");
        text.push_str(deadline.roll().word());
    }
    text
}

impl FromStr for Deadline {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| TimeError::NotADeadline { text: excerpt(text), reason };
        let text = plain(text);
        let mut clauses = list_items(&text).into_iter();
        // Nothing between commas is no rule either: an empty text is refused as one of no known form.
        let rule = clauses.next().unwrap_or_default();
        let rule = parse_rule(rule.strip_prefix("within ").unwrap_or(rule)).map_err(refuse)?;
        let mut counting = None;
        let mut roll = None;
        for clause in clauses {
            let known = match clause {
                COUNTED => counting.replace(Counting::AnchorIncluded).is_none(),
                NOT_COUNTED => counting.replace(Counting::AnchorExcluded).is_none(),
                _ => {
                    let named: Roll = of_word(clause).ok_or_else(|| refuse("an addition is unknown"))?;
                    roll.replace(named).is_none()
                }
            };
            if !known {
                return Err(refuse("an addition stands twice"));
            }
        }
        let counts = matches!(rule, DeadlineRule::Offset { .. } | DeadlineRule::Every { .. });
        if counting.is_some() && !counts {
            return Err(refuse("there is no start day to count"));
        }
        // What is not said is the default: not rolled, the start day not counted.
        let deadline = Self::new(rule)?.with_roll(roll.unwrap_or_default());
        deadline.with_counting(counting.unwrap_or_default())
    }
}

const COUNTED_FORM: &str = "a count has the form `10 days after period start` or `10 days before period end`";

fn parse_rule(text: &str) -> Result<DeadlineRule, &'static str> {
    let counting = Counting::AnchorExcluded;
    if let Some(anchor) = text.strip_prefix("on ") {
        let (unit, side, anchor) = (OffsetUnit::Day, Side::After, parse_anchor(anchor)?);
        return Ok(DeadlineRule::Offset { count: 0, unit, side, anchor, counting });
    }
    if let Some(anchor) = text.strip_prefix("before ") {
        return Ok(DeadlineRule::StrictlyBefore(parse_anchor(anchor)?));
    }
    if let Some(every) = text.strip_prefix("every ") {
        if let Some((weekday, _)) = WEEKDAYS.iter().find(|(_, name)| *name == every) {
            return Ok(DeadlineRule::EveryWeekday(*weekday));
        }
        let (step, anchor) =
            every.split_once(" from ").ok_or("`every` needs a weekday, or a step and `from`")?;
        let (count, unit) = match step.split_once(' ') {
            Some((count, unit)) => (parse_count(count)?, unit),
            None => (1, step),
        };
        let unit = OffsetUnit::parse(unit).ok_or("a unit is not day, workday, week or month")?;
        return Ok(DeadlineRule::Every { count, unit, anchor: parse_anchor(anchor)?, counting });
    }
    // `Friday` or `each Friday` is nearer to a rule that recurs than to a count: the error says what it lacks.
    let is_recurring = |word: &str| {
        let known = core::iter::once("every").chain(WEEKDAYS.iter().map(|(_, name)| *name));
        known.into_iter().any(|name| name.eq_ignore_ascii_case(word))
    };
    if text.split(' ').any(is_recurring) {
        return Err("a weekday rule starts with `every`, as in `every Friday`");
    }
    let (count, rest) = text.split_once(' ').ok_or("it has no known form")?;
    let count = parse_count(count)?;
    let (unit, rest) = rest.split_once(' ').ok_or(COUNTED_FORM)?;
    let unit = OffsetUnit::parse(unit).ok_or("a unit is not day, workday, week or month")?;
    let (side, anchor) = match rest.split_once(' ') {
        Some(("after", anchor)) => (Side::After, anchor),
        Some(("before", anchor)) => (Side::Before, anchor),
        _ => return Err(COUNTED_FORM),
    };
    Ok(DeadlineRule::Offset { count, unit, side, anchor: parse_anchor(anchor)?, counting })
}

fn parse_count(text: &str) -> Result<u32, &'static str> {
    let count = count(text).and_then(|count| u32::try_from(count).ok());
    count.filter(|count| *count < 1_000_000_000).ok_or("a count is not a whole number below a billion")
}

fn parse_anchor(text: &str) -> Result<Anchor, &'static str> {
    of_word(text).ok_or("an anchor is not period start, period end or next period start")
}

text_on_the_wire!(RetailCalendar, "a retail calendar such as `4-4-5 to last Saturday of 09 by end`");
text_on_the_wire!(Deadline, "a deadline such as `10 days after period start`");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_read_back() {
        for text in [
            "2026",
            "0001",
            "9999",
            "2026-Q3",
            "2026-H2",
            "2026-07",
            "2026-W27",
            "2020-W53",
            "2026-07-01",
            "2026-07-15/2026-08-15",
            "FY2026-Q1 from 04 by start",
            "FY2027 from 10 by end",
            "FY2026-H2 from 07 by end",
            "FY0000-Q4 from 04 by start",
            "FY0001-Q4 from 04 by end",
            "FY10000-Q1 from 04 by end",
            "FY2026 4-5-4 to Saturday nearest 01 by start",
            "FY2026-H2 4-4-5 to last Saturday of 09 by end",
            "FY2026-Q4 5-4-4 to Friday nearest 12 by start",
            "FY2026-M07 4-5-4 to Saturday nearest 01 by start",
            "FY2023-W53 4-5-4 to Saturday nearest 01 by start",
            "FY0000-W52 4-5-4 to Saturday nearest 01 by start",
            "FY10000-W12 4-4-5 to last Saturday of 09 by end",
        ] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        assert_eq!("２０２６－Ｑ３".parse::<Period>().unwrap().to_string(), "2026-Q3");
        assert_eq!("FY2026-Q1 from 01 by end".parse::<Period>().unwrap().to_string(), "2026-Q1");
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for bad in [
            "",
            "26",
            "2026-",
            "2026-Q5",
            "2026-Q0",
            "2026-q1",
            "2026-13",
            "2026-7",
            "2026-W54",
            "2026-02-30",
            "20260701",
            "FY2026",
            "FY2026 from 4 by start",
            "FY2026 from 04",
            "FY2026 from 13 by start",
            "FY2026-07 from 04 by start",
            "FY0000-Q3 from 04 by start",
            "FY10000-Q4 from 04 by end",
            "FY10001-Q1 from 04 by end",
            "10000",
            "2026-07-15/2026-07-14",
            "2026-07-15/",
            "0000",
            "-2026",
            "FY2026 4-5-4",
            "FY2026-M13 4-5-4 to Saturday nearest 01 by start",
            "FY2026-M7 4-5-4 to Saturday nearest 01 by start",
            "FY2026-07 4-5-4 to Saturday nearest 01 by start",
            "FY2026-W53 4-5-4 to Saturday nearest 01 by start",
            "FY2026-W00 4-5-4 to Saturday nearest 01 by start",
            "FY2026-Q5 4-5-4 to Saturday nearest 01 by start",
            "FY2026- 4-5-4 to Saturday nearest 01 by start",
            "FY2026-\u{20ac}1 4-5-4 to Saturday nearest 01 by start",
            "2026-M07 4-5-4 to Saturday nearest 01 by start",
            "FY0000-W01 4-5-4 to Saturday nearest 01 by start",
            "FY10000 4-4-5 to last Saturday of 09 by end",
            "2026-M07",
            "+026",
        ] {
            assert!(bad.parse::<Period>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_retail_calendar_is_refused_with_its_reason() {
        for (bad, expected) in [
            ("", "a retail year ends"),
            ("4-5-4", "a retail year ends"),
            ("4-5-4 to 31 January by start", "a retail year ends"),
            ("4-5-4 to Saturday of 01 by start", "a retail year ends"),
            ("4-4-4 to last Saturday of 09 by end", "months have 4-4-5, 4-5-4 or 5-4-4 weeks"),
            ("04-4-5 to last Saturday of 09 by end", "months have"),
            ("4-4-5 to last Saturday of 09", "a retail year needs `by start` or `by end`"),
            ("4-4-5 to last Saturday of 09 by luck", "a retail year is named `by start` or `by end`"),
            ("4-4-5 to last saturday of 09 by end", "a weekday is unknown"),
            ("4-4-5 to last Saturday of 9 by end", "an end month has two digits"),
            ("4-4-5 to last Saturday of 13 by end", "an end month is 01 to 12"),
            ("4-4-5 to last Saturday of 00 by end", "an end month is 01 to 12"),
        ] {
            match bad.parse::<RetailCalendar>() {
                Err(TimeError::NotARetailCalendar { reason, .. }) => {
                    assert!(reason.starts_with(expected), "{bad}: {reason}");
                }
                other => panic!("{bad}: {other:?}"),
            }
            // The same reason where the calendar stands in a period.
            let period = format!("FY2026-M01 {bad}").parse::<Period>();
            if bad.contains('-') {
                assert!(period.unwrap_err().to_string().contains(expected), "{bad}");
            }
        }
        let loose = "４－４－５  to last Sunday of 12 by end".parse::<RetailCalendar>().unwrap();
        assert_eq!(loose.to_string(), "4-4-5 to last Sunday of 12 by start");
    }

    #[test]
    fn deadlines_read_back() {
        for text in [
            "10 days after period start",
            "1 day after period start, start day counted",
            "10 workdays before next period start, start day counted, rolled backward",
            "on period end, rolled forward",
            "0 days before period end",
            "before next period start, rolled backward within the period",
            "every Friday, skipped on days off",
            "every month from period start",
            "every 2 weeks from period start, start day counted, rolled forward within the period",
        ] {
            assert_eq!(Deadline::parse(text).unwrap().to_string(), text);
        }
        let loose = Deadline::parse("within 10 days after period start ,start day not counted").unwrap();
        assert_eq!(loose.to_string(), "10 days after period start");
    }

    #[test]
    fn what_is_no_deadline_is_refused() {
        for bad in [
            "",
            "soon",
            "10 days",
            "10 days after",
            "10 days after tomorrow",
            "-1 days after period start",
            "10000 days after period start",
            "0 days after period start, start day counted",
            "every 0 days from period start",
            "every Fryday",
            "before next period start, start day counted",
            "on period end, rolled",
            "on period end, rolled forward, rolled forward",
            "99999999999 days after period start",
        ] {
            assert!(Deadline::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_was_meant_is_hinted() {
        let reason = |text: &str| match Deadline::parse(text) {
            Err(TimeError::NotADeadline { reason, .. }) => reason,
            other => panic!("{other:?}"),
        };
        for weekday in ["Every Friday", "Friday", "EVERY friday", "each Friday"] {
            assert_eq!(reason(weekday), "a weekday rule starts with `every`, as in `every Friday`");
        }
        for form in ["10 days of period start", "10 days", "10 days after"] {
            assert_eq!(reason(form), COUNTED_FORM, "{form}");
        }
        assert_eq!(reason("soon"), "it has no known form");
    }
}
