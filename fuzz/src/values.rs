//! Random values of the models: dates, money, calendars, columns of events.
use crate::random::*;
use marketloop::quantity::*;
use marketloop::time::*;
use rust_decimal::Decimal;

pub const ROUNDINGS: [Rounding; 7] = [
    Rounding::HalfEven,
    Rounding::HalfAwayFromZero,
    Rounding::HalfTowardZero,
    Rounding::AwayFromZero,
    Rounding::TowardZero,
    Rounding::Ceiling,
    Rounding::Floor,
];

pub const METHODS: [marketloop::split::Apportionment; 6] = {
    use marketloop::split::Apportionment::*;
    [LargestRemainder, SainteLague, FirstInOrder, LastInOrder, LargestWeight, Cumulative]
};

pub fn day(r: &mut Random) -> NaiveDate {
    match r.below(5) {
        0 => *r.pick(&[
            NaiveDate::MIN,
            NaiveDate::MAX,
            date(1, 1, 1).unwrap(),
            date(9999, 12, 31).unwrap(),
            date(2024, 2, 29).unwrap(),
        ]),
        1 => NaiveDate::from_num_days_from_ce_opt((r.next() % 3_700_000) as i32).unwrap(),
        _ => NaiveDate::from_num_days_from_ce_opt(739_430 + (r.next() % 800) as i32).unwrap(),
    }
}

pub fn period(r: &mut Random) -> Period {
    for _ in 0..5 {
        let p = match r.below(3) {
            0 => Period::custom(day(r), day(r)).ok(),
            _ => r.pick(TEXTS).parse().ok(),
        };
        if let Some(p) = p {
            return p;
        }
    }
    "2026-Q3".parse().unwrap()
}

pub fn calendar(r: &mut Random) -> WorkCalendar {
    let (a, b) = (day(r), day(r));
    let week = if r.one_in(3) {
        WeekMask::new(
            (0..7u8)
                .filter(|_| r.one_in(2))
                .map(|d| chrono::Weekday::try_from(d).unwrap())
                .collect::<Vec<_>>(),
        )
    } else {
        WeekMask::MONDAY_TO_FRIDAY
    };
    let free: Vec<_> = (0..r.below(5)).map(|_| day(r)).collect();
    WorkCalendar::new(a.min(b), a.max(b), week, free, [])
        .or_else(|_| WorkCalendar::new(a.min(b), a.max(b), week, [], []))
        .unwrap_or_else(|_| {
            WorkCalendar::monday_to_friday(date(2026, 1, 1).unwrap(), date(2027, 6, 30).unwrap()).unwrap()
        })
}

pub fn ratio(r: &mut Random) -> Ratio {
    for _ in 0..4 {
        if let Ok(x) = Ratio::new(r.decimal(), r.decimal()) {
            return x;
        }
    }
    Ratio::new(Decimal::ONE, Decimal::TWO).unwrap()
}

pub fn money(r: &mut Random) -> Money {
    let cur: Currency = r.pick(&["CNY", "CNY", "CNY", "CNY", "JPY", "BHD", "CLF"]).parse().unwrap();
    for _ in 0..4 {
        let m = match r.below(3) {
            0 => Money::from_minor(r.i128(), cur),
            1 => Money::rounded(r.decimal(), cur, *r.pick(&ROUNDINGS)),
            _ => Money::from_minor(r.below(100_000) as i128, cur),
        };
        if let Ok(m) = m {
            return m;
        }
    }
    Money::zero(cur)
}

pub fn share(r: &mut Random) -> Share {
    Share::new(match r.below(3) {
        0 => *r.pick(&[Decimal::ZERO, Decimal::ONE, Decimal::from_parts(1, 0, 0, false, 28)]),
        _ => Decimal::new(r.below(101) as i64, 2),
    })
    .unwrap()
}

pub fn quantity(r: &mut Random) -> Quantity {
    let unit: Unit = r.pick(&["%", "CNY", "CNY/order", "1", "CNY/1000 impression", "order"]).parse().unwrap();
    Quantity::new(r.decimal(), unit)
}

pub fn add_all(all: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    all.into_iter().try_fold(Decimal::ZERO, |a, b| add(a, b).ok())
}
