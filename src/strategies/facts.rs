//! Money, shares, dates and the other facts of floors 0 and 1.

use super::strategy;
use crate::quantity::{Count, Currency, Mix, Money, Quantity, Ratio, Share, Unit};
use crate::split::Weights;
use crate::time::{
    Anchor, Counting, Deadline, DeadlineRule, Duration, FiscalCalendar, NaiveDate, OffsetUnit, Period,
    RetailCalendar, Roll, Side, Timestamp, WeekMask, Weekday, WorkCalendar, YearEnd, date,
};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::{Range, RangeInclusive};
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;

const MAX_MANTISSA: i128 = (1 << 96) - 1;

/// Decimals of every size and scale, the ends and zero among them.
///
/// Mean size 16.7 characters; 26 % are edges: 0, the greatest and the least, one unit of the last decimal.
///
/// # Examples
/// ```
/// use marketloop::quantity::subtract;
/// use marketloop::strategies::decimals;
/// use proptest::prelude::*;
///
/// proptest!(|(value in decimals())| prop_assert!(subtract(value, value).unwrap().is_zero()));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn decimals() -> impl Strategy<Value = Decimal> + Clone {
    // The scale before the mantissa, so that it shrinks first and what remains is a short number.
    let everyday = (0_u32..5, -10_000_000_i128..10_000_000).prop_map(|(scale, mantissa)| (mantissa, scale));
    let any_size = (0_u32..96, any::<i128>(), 0_u32..=28)
        .prop_map(|(bits, mantissa, scale)| (mantissa.checked_shr(bits).unwrap_or(0), scale));
    let ends = (select(&[-MAX_MANTISSA, -1, 0, 1, MAX_MANTISSA][..]), select(&[0_u32, 1, 27, 28][..]));
    prop_oneof![4 => everyday, 3 => any_size, 1 => ends].prop_map(|(mantissa, scale)| {
        let mantissa = mantissa.clamp(-MAX_MANTISSA, MAX_MANTISSA);
        Decimal::try_from_i128_with_scale(mantissa, scale).unwrap_or_default()
    })
}

/// Decimals whose digits lie in this range, with up to five of them behind the point: `1..=999_999` for amounts above 0.
///
/// Mean size 5.3 characters; 13 % are edges: both ends of the range, 0 where it lies within.
///
/// # Examples
/// ```
/// use marketloop::strategies::small_decimals;
/// use proptest::prelude::*;
/// use rust_decimal::Decimal;
///
/// proptest!(|(value in small_decimals(-3..=3))| prop_assert!(value.abs() <= Decimal::from(3)));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn small_decimals(digits: RangeInclusive<i64>) -> impl Strategy<Value = Decimal> + Clone {
    let ends = [*digits.start(), 0.clamp(*digits.start(), *digits.end()), *digits.end()];
    let digits = prop_oneof![8 => digits, 1 => select(Vec::from(ends))];
    (digits, 0_u32..6).prop_map(|(digits, places)| Decimal::new(digits, places))
}

/// Currencies with 0, 2, 3 and 4 decimals.
///
/// Mean size 3.0 characters; 47 % are edges: no decimals, more than two.
///
/// # Examples
/// ```
/// use marketloop::strategies::currencies;
/// use proptest::prelude::*;
///
/// proptest!(|(currency in currencies())| prop_assert!(currency.digits() <= 4));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn currencies() -> impl Strategy<Value = Currency> + Clone {
    select(&["CNY", "USD", "EUR", "JPY", "KWD", "CLF"][..])
        .prop_map(|code| Currency::new(code).unwrap_or(Currency::CNY))
}

/// Amounts of either sign in any currency, up to the largest.
///
/// Mean size 23.9 characters; 14 % are edges: 0, one minor unit, the greatest and the least.
///
/// # Examples
/// ```
/// use marketloop::strategies::money;
/// use proptest::prelude::*;
///
/// proptest!(|(amount in money())| prop_assert_eq!(amount.negated().negated(), amount));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn money() -> impl Strategy<Value = Money> + Clone {
    let minor = prop_oneof![
        4 => -100_000_000_i128..100_000_000,
        2 => -MAX_MANTISSA..=MAX_MANTISSA,
        1 => select(&[-MAX_MANTISSA, -1, 0, 1, MAX_MANTISSA][..]),
    ];
    (minor, currencies())
        .prop_map(|(minor, currency)| Money::from_minor(minor, currency).unwrap_or(Money::zero(currency)))
}

/// Shares in 0..=1, both ends among them.
///
/// Mean size 5.9 characters; 14 % are edges: 0, 1.
///
/// # Examples
/// ```
/// use marketloop::strategies::shares;
/// use proptest::prelude::*;
///
/// proptest!(|(share in shares())| prop_assert_eq!(share.complement().complement(), share));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn shares() -> impl Strategy<Value = Share> + Clone {
    const FINEST: i128 = 10_i128.pow(28);
    let percents = (0_i128..=100).prop_map(|percent| (percent, 2));
    let basis_points = (0_i128..=10_000).prop_map(|points| (points, 4));
    let finest = (0_i128..=FINEST).prop_map(|units| (units, 28));
    let ends = select(&[(0_i128, 0_u32), (1, 0)][..]);
    prop_oneof![6 => percents, 5 => basis_points, 1 => finest, 2 => ends].prop_map(|(mantissa, scale)| {
        let value = Decimal::try_from_i128_with_scale(mantissa, scale).unwrap_or_default();
        Share::new(value).unwrap_or_default()
    })
}

/// Mixes of 1 to 12 named entries, in hundredths of a percent.
///
/// Mean size 6.3 entries; 54 % are edges: one entry, an entry of 0 %, two of the same share.
///
/// # Examples
/// ```
/// use marketloop::strategies::{mixes, money};
/// use proptest::prelude::*;
///
/// proptest!(|(year in money(), mix in mixes().with_entries(2..4))| {
///     prop_assert_eq!(year.split(&mix).unwrap().len(), mix.len());
/// });
/// ```
pub fn mixes() -> Mixes {
    Mixes { entries: (1..=12).into() }
}

/// How mixes are made; see [`mixes`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Mixes {
    entries: SizeRange,
}

impl Mixes {
    /// Mixes of so many entries; none counts as one.
    pub fn with_entries(mut self, entries: impl Into<SizeRange>) -> Self {
        self.entries = entries.into();
        self
    }

    fn cases(&self) -> impl Strategy<Value = Mix<String>> + use<> {
        let points = prop_oneof![1 => Just(0_u32), 1 => Just(2_500), 8 => 0_u32..=10_000];
        vec(points, self.entries.clone()).prop_filter_map("a mix", |mut cuts| {
            // The distances between sorted cuts of 0..=10,000 add up to 10,000.
            cuts.pop();
            cuts.sort_unstable();
            cuts.push(10_000);
            let mut before = 0;
            let shares = cuts.into_iter().zip(1_u32..).map(|(cut, number)| {
                let points = cut.saturating_sub(before);
                before = cut;
                (alloc::format!("line {number}"), Decimal::new(points.into(), 2))
            });
            Mix::from_percents(shares.collect::<Vec<_>>()).ok()
        })
    }
}

strategy!(Mixes => Mix<String>);

/// Counts of every size, the largest among them.
///
/// Mean size 10.9 characters; 13 % are edges: 0, 1, the largest.
///
/// # Examples
/// ```
/// use marketloop::quantity::Count;
/// use marketloop::strategies::counts;
/// use proptest::prelude::*;
///
/// proptest!(|(count in counts())| prop_assert_eq!(count.plus(Count::ZERO), Ok(count)));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn counts() -> impl Strategy<Value = Count> + Clone {
    prop_oneof![4 => 0_u64..10_000_000, 2 => any::<u64>(), 1 => select(&[0, 1, u64::MAX][..])]
        .prop_map(Count::new)
}

/// Ratios of either sign, from everyday ones to those of 128 bits.
///
/// Mean size 19.2 characters; 17 % are edges: 0, 1, whole numbers.
///
/// # Examples
/// ```
/// use marketloop::strategies::ratios;
/// use proptest::prelude::*;
///
/// proptest!(|(ratio in ratios())| prop_assert_eq!(ratio.negated().negated(), ratio));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn ratios() -> impl Strategy<Value = Ratio> + Clone {
    let whole = (any::<bool>(), 0_u128..100, Just(1_u128));
    let everyday = (any::<bool>(), 0_u128..10_000, 1_u128..10_000);
    let large = (any::<bool>(), any::<u128>(), 1..=u128::MAX);
    prop_oneof![1 => whole, 4 => everyday, 1 => large].prop_map(|(negative, numerator, denominator)| {
        Ratio::of_integers(negative, numerator, denominator).unwrap_or(Ratio::ZERO)
    })
}

/// Units of up to four dimensions, with a power of ten.
///
/// Mean size 11.0 characters; 25 % are edges: no unit at all, a power of ten alone.
///
/// # Examples
/// ```
/// use marketloop::quantity::Unit;
/// use marketloop::strategies::units;
/// use proptest::prelude::*;
///
/// proptest!(|(unit in units())| prop_assert_eq!(unit.per(&unit), Ok(Unit::ONE)));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn units() -> impl Strategy<Value = Unit> + Clone {
    let name = select(&["CNY", "order", "visitor", "click", "impression", "客户", "m2", "_x-y.z"][..]);
    let factor = prop_oneof![
        8 => (name, -3_i8..=3).prop_map(|(name, exponent)| (Unit::base(name), exponent)),
        1 => (Just("10"), -6_i8..=6).prop_map(|(ten, exponent)| (ten.parse(), exponent)),
    ];
    vec(factor, 0..5).prop_map(|factors| {
        let one = Unit::ONE;
        let mut unit = Unit::ONE;
        for (factor, exponent) in factors {
            for _ in 0..exponent.unsigned_abs() {
                let factor = factor.as_ref().unwrap_or(&one);
                let next = if exponent > 0 { unit.times(factor) } else { unit.per(factor) };
                unit = next.unwrap_or_default();
            }
        }
        unit
    })
}

/// Quantities: any decimal in any unit.
///
/// Mean size 28.3 characters; 22 % are edges: 0, no unit.
///
/// # Examples
/// ```
/// use marketloop::strategies::quantities;
/// use proptest::prelude::*;
///
/// proptest!(|(quantity in quantities())| {
///     prop_assert!(quantity.minus(&quantity).unwrap().value().is_zero());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn quantities() -> impl Strategy<Value = Quantity> + Clone {
    (decimals(), units()).prop_map(|(value, unit)| Quantity::new(value, unit))
}

/// Days of the years 1 to 9999, most of them in 1990 to 2060.
///
/// Mean size 10.0 characters; 17 % are edges: the first or last of a month, the years 1 and 9999.
///
/// # Examples
/// ```
/// use marketloop::strategies::days;
/// use proptest::prelude::*;
///
/// proptest!(|(day in days())| prop_assert!(day.to_string().len() == 10));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn days() -> impl Strategy<Value = NaiveDate> + Clone {
    let year = prop_oneof![8 => 1990_i32..2060, 2 => 1_i32..=9999, 1 => select(&[1, 9999][..])];
    (year, 1_u32..=12, 1_u32..=31).prop_filter_map("a date", |(year, month, day)| {
        // A day beyond the month's end is its last.
        (0..4_u32).find_map(|less| date(year, month, day.saturating_sub(less)).ok())
    })
}

/// Instants on such [`days`], half of them at midnight or a second before it.
///
/// Mean size 20.0 characters; 51 % are edges: midnight, a second before it.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::timestamps;
/// use proptest::prelude::*;
///
/// proptest!(|(instant in timestamps())| laws::reads_its_own_text(&instant)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn timestamps() -> impl Strategy<Value = Timestamp> + Clone {
    let second = prop_oneof![1 => Just(0_u32), 1 => Just(86_399), 2 => 0_u32..86_400];
    (days(), second).prop_filter_map("an instant", |(day, second)| Timestamp::at(day, second).ok())
}

/// Durations of every size, from none to the longest.
///
/// Mean size 14.9 characters; 13 % are edges: none, a second, a day, the longest.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::durations;
/// use proptest::prelude::*;
///
/// proptest!(|(duration in durations())| laws::reads_its_own_text(&duration)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn durations() -> impl Strategy<Value = Duration> + Clone {
    let seconds = prop_oneof![
        4 => 0_u64..1_000_000,
        2 => (0_u64..10_000).prop_map(|days| days.saturating_mul(86_400)),
        1 => any::<u64>(),
        1 => select(&[0, 1, 86_400, u64::MAX][..]),
    ];
    seconds.prop_map(Duration::from_seconds)
}

/// Fiscal calendars of every start month and label.
///
/// Mean size 35.4 characters; 19 % are edges: the calendar year, a year that starts in December.
///
/// # Examples
/// ```
/// use marketloop::strategies::fiscal_calendars;
/// use proptest::prelude::*;
///
/// proptest!(|(fiscal in fiscal_calendars())| prop_assert!(fiscal.year(2026).unwrap().days() >= 365));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn fiscal_calendars() -> impl Strategy<Value = FiscalCalendar> + Clone {
    (1_u32..=12, proptest::bool::ANY).prop_map(|(month, by_end)| {
        let named = if by_end { FiscalCalendar::named_by_end } else { FiscalCalendar::named_by_start };
        named(month).unwrap_or(FiscalCalendar::CALENDAR_YEAR)
    })
}

/// Retail calendars of every end, weekday, pattern and label.
///
/// Mean size 35.4 characters; 21 % are edges: a year that ends with December.
///
/// # Examples
/// ```
/// use marketloop::strategies::retail_calendars;
/// use proptest::prelude::*;
///
/// proptest!(|(retail in retail_calendars())| prop_assert!([52, 53].contains(&retail.weeks_in_year(2026).unwrap())));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn retail_calendars() -> impl Strategy<Value = RetailCalendar> + Clone {
    let weekday = (0_u8..7).prop_map(|day| Weekday::try_from(day).unwrap_or(Weekday::Sun));
    let year_end = select(&[YearEnd::Last, YearEnd::Nearest][..]);
    let weeks = select(&[[4, 4, 5], [4, 5, 4], [5, 4, 4]][..]);
    let month = prop_oneof![6 => 1_u32..=12, 1 => Just(12)];
    (year_end, weekday, month, weeks, proptest::bool::ANY).prop_map(|(end, weekday, month, weeks, by_end)| {
        let named = if by_end { RetailCalendar::named_by_end } else { RetailCalendar::named_by_start };
        named(end, weekday, month, weeks).unwrap_or(RetailCalendar::US_RETAIL)
    })
}

/// Periods of every kind in the years 1 to 9999.
///
/// Mean size 19.8 characters; 13 % are edges: one day, a day at the end of its month.
///
/// # Examples
/// ```
/// use marketloop::strategies::periods;
/// use proptest::prelude::*;
///
/// proptest!(|(period in periods())| prop_assert!(period.contains(period.start()) && period.days() >= 1));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn periods() -> impl Strategy<Value = Period> + Clone {
    (days(), fiscal_calendars(), 0_i64..500, 0_u8..8, retail_calendars()).prop_filter_map(
        "a period",
        |(day, fiscal, days, kind, retail)| {
            let period = match kind {
                0 => Period::day(day),
                1 => Period::week_of(day),
                2 => Period::month_of(day),
                3 => fiscal.quarter_of(day),
                4 => fiscal.half_year_of(day),
                5 => fiscal.year_of(day),
                6 => crate::time::add_days(day, days).and_then(|end| Period::custom(day, end)),
                _ => match days.rem_euclid(5) {
                    0 => retail.week_of(day),
                    1 => retail.month_of(day),
                    2 => retail.quarter_of(day),
                    3 => retail.half_year_of(day),
                    _ => retail.year_of(day),
                },
            };
            // What would reach beyond the year 9999 is its day.
            period.or_else(|_| Period::day(day)).ok()
        },
    )
}

/// Week masks, the one without a workday among them.
///
/// Mean size 7.0 characters; 15 % are edges: no workday, every day.
///
/// # Examples
/// ```
/// use marketloop::strategies::week_masks;
/// use proptest::prelude::*;
///
/// proptest!(|(mask in week_masks())| prop_assert_eq!(mask.to_string().len(), 7));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn week_masks() -> impl Strategy<Value = WeekMask> + Clone {
    let days: Vec<Weekday> =
        core::iter::successors(Some(Weekday::Mon), |day| Some(day.succ())).take(7).collect();
    let some = proptest::sample::subsequence(days, 0..=7).prop_map(WeekMask::new);
    prop_oneof![1 => Just(WeekMask::MONDAY_TO_FRIDAY), 2 => some]
}

/// Work calendars of up to 400 days from a day of 2020 to 2030, with holidays and make-up workdays.
///
/// Mean size 208.5 characters; 42 % are edges: one day, no workday in the week, a last day that is a holiday.
///
/// # Examples
/// ```
/// use marketloop::strategies::work_calendars;
/// use proptest::prelude::*;
///
/// proptest!(|(calendar in work_calendars())| prop_assert!(calendar.is_workday(calendar.first()).is_ok()));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn work_calendars() -> impl Strategy<Value = WorkCalendar> + Clone {
    let first = (2020_i32..=2030, 1_u32..=12, 1_u32..=28);
    let dates = || vec(0_i64..400, 0..20);
    (first, 0_i64..400, week_masks(), dates(), dates()).prop_filter_map(
        "a calendar",
        |((year, month, day), days, week, holidays, makeup)| {
            let first = date(year, month, day).ok()?;
            let last = crate::time::add_days(first, days).ok()?;
            let within = |days: &[i64]| -> Vec<NaiveDate> {
                let dates = days.iter().filter_map(|days| crate::time::add_days(first, *days).ok());
                dates.filter(|date| *date <= last).collect()
            };
            let holidays = within(&holidays);
            let mut makeup = within(&makeup);
            makeup.retain(|date| !holidays.contains(date));
            WorkCalendar::new(first, last, week, holidays, makeup).ok()
        },
    )
}

/// Deadlines of every rule and roll.
///
/// Mean size 54.8 characters; 16 % are edges: a count of 0, 1 or 9999.
///
/// # Examples
/// ```
/// use marketloop::strategies::deadlines;
/// use marketloop::time::Deadline;
/// use proptest::prelude::*;
///
/// proptest!(|(deadline in deadlines())| {
///     prop_assert_eq!(Deadline::parse(&deadline.to_string()), Ok(deadline));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn deadlines() -> impl Strategy<Value = Deadline> + Clone {
    let anchor = || select(&[Anchor::PeriodStart, Anchor::PeriodEnd, Anchor::NextPeriodStart][..]);
    let unit_of = || select(&[OffsetUnit::Day, OffsetUnit::Workday, OffsetUnit::Week, OffsetUnit::Month][..]);
    let counting = || select(&[Counting::AnchorExcluded, Counting::AnchorIncluded][..]);
    let times = || prop_oneof![8 => 0_u32..40, 1 => 0_u32..=9999, 2 => select(&[0_u32, 1, 9999][..])];
    let side = select(&[Side::After, Side::Before][..]);
    let rule = prop_oneof![
        4 => (times(), unit_of(), side, anchor(), counting()).prop_map(|(count, unit, side, anchor, counting)| {
            // Where the anchor is day 1 there is no day 0.
            let count = if counting == Counting::AnchorIncluded { count.max(1) } else { count };
            DeadlineRule::Offset { count, unit, side, anchor, counting }
        }),
        1 => anchor().prop_map(DeadlineRule::StrictlyBefore),
        1 => (0_u8..7).prop_map(|day| DeadlineRule::EveryWeekday(Weekday::try_from(day).unwrap_or(Weekday::Fri))),
        2 => (times(), unit_of(), anchor(), counting()).prop_map(|(count, unit, anchor, counting)| {
            DeadlineRule::Every { count: count.max(1), unit, anchor, counting }
        }),
    ];
    let rolls = [
        Roll::None,
        Roll::Following,
        Roll::Preceding,
        Roll::ModifiedFollowing,
        Roll::ModifiedPreceding,
        Roll::Skip,
    ];
    let roll = select(Vec::from(rolls));
    (rule, roll).prop_filter_map("a deadline", |(rule, roll)| Some(Deadline::new(rule).ok()?.with_roll(roll)))
}

/// Weights for a split, as many as `count` says: whole and decimal ones, with zeros among them, wide and small.
///
/// Mean size 83.1 characters; 15 % are edges: one weight, all but the first 0.
///
/// # Examples
/// ```
/// use marketloop::split::Apportionment;
/// use marketloop::strategies::weights;
/// use proptest::prelude::*;
///
/// proptest!(|(weights in weights(1..20), total in -1_000_i128..1_000)| {
///     prop_assert_eq!(weights.split(total, Apportionment::SainteLague).iter().sum::<i128>(), total);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn weights(count: Range<usize>) -> impl Strategy<Value = Weights> + Clone {
    weight_numbers(count).prop_filter_map("weights", |mut numbers| {
        // All zero divides nothing.
        if let Some(first) = numbers.first_mut().filter(|first| first.is_zero()) {
            *first = Decimal::ONE;
        }
        Weights::new(numbers).ok()
    })
}

/// The numbers of [`weights`] as they are given: none is negative, all may be zero.
///
/// Mean size 73.4 characters; 15 % are edges: all 0, one weight.
///
/// # Examples
/// ```
/// use marketloop::strategies::weight_numbers;
/// use proptest::prelude::*;
///
/// proptest!(|(numbers in weight_numbers(1..20))| prop_assert!(!numbers[0].is_sign_negative()));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn weight_numbers(count: Range<usize>) -> impl Strategy<Value = Vec<Decimal>> + Clone {
    // Few different ones, so that two are often the same.
    let small = prop_oneof![1 => Just(0_u32), 2 => 1_u32..5, 3 => 1_u32..200].prop_map(Decimal::from);
    let small_decimals =
        (0_i64..1_000_000, 0_u32..6).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    let any_size = decimals().prop_map(|value| value.abs());
    let nothing = vec(Just(Decimal::ZERO), count.clone());
    prop_oneof![
        1 => nothing,
        5 => vec(small, count.clone()),
        3 => vec(small_decimals, count.clone()),
        2 => vec(any_size, count),
    ]
}
