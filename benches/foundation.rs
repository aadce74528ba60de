//! The foundation's hot paths: splitting money, and asking a calendar.
//!
//! Splitting 10 parts by largest remainder takes one division for the reciprocal of the sum, then 10 products of
//! 64 bits with their corrections, at most 5 scans of 10 words for the units that are left over (together about
//! 400 instructions), and one allocation for the parts, which costs as much again with its release. That is the
//! floor for a result on the heap. Wider totals, weights or more than 16 parts take the general path: one
//! division each, of 64 bits, of 128, or of big integers. `rusty-money` is measured in the same run with its
//! usual result type, `Vec<Money>` from `Vec<u32>` shares; it divides 128-bit numbers.
//!
//! A calendar holds one bit per day (46 bytes a year), so a look-up is a subtraction, one load and a shift;
//! what is left is turning a date into a day number. Times are per single call in both groups.

use divan::{Bencher, black_box};
use marketloop::quantity::{Currency, Mix, Money};
use marketloop::split::{Apportionment, Bounded, Weights};
use marketloop::time::{NaiveDate, WorkCalendar, date};

const SHARES: [u32; 10] = [19, 17, 15, 13, 11, 9, 7, 5, 3, 1];
const MINOR: i64 = 100_000_001;

fn main() {
    divan::main();
}

mod split_10_shares {
    use super::{Apportionment, Bencher, Bounded, Currency, MINOR, Mix, Money, SHARES, Weights, black_box};

    fn year() -> Money {
        Money::from_minor(MINOR.into(), Currency::CNY).unwrap_or(Money::zero(Currency::CNY))
    }

    /// From raw shares to `Vec<Money>`, like the peer: weights are checked on each call.
    #[divan::bench(sample_size = 100)]
    fn marketloop_from_shares(bencher: Bencher<'_, '_>) {
        let year = year();
        bencher.bench(|| {
            let weights = Weights::new(black_box(SHARES)).ok()?;
            Some(black_box(year).split_weighted(&weights, Apportionment::LargestRemainder))
        });
    }

    /// From a mix with names to named parts.
    #[divan::bench(sample_size = 100)]
    fn marketloop_by_mix(bencher: Bencher<'_, '_>) {
        const NAMES: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        let year = year();
        let mix = Mix::from_percents(NAMES.into_iter().zip(SHARES));
        bencher.bench(|| black_box(year).split(black_box(mix.as_ref().ok()?)).ok());
    }

    /// With weights that were checked before.
    #[divan::bench(sample_size = 100)]
    fn marketloop_checked_weights(bencher: Bencher<'_, '_>) {
        let year = year();
        let weights = Weights::new(SHARES);
        bencher.bench(|| {
            Some(
                black_box(year)
                    .split_weighted(black_box(weights.as_ref().ok()?), Apportionment::LargestRemainder),
            )
        });
    }

    /// The divisor method, which needs a heap.
    #[divan::bench(sample_size = 100)]
    fn marketloop_sainte_lague(bencher: Bencher<'_, '_>) {
        let year = year();
        let weights = Weights::new(SHARES);
        bencher.bench(|| {
            Some(
                black_box(year).split_weighted(black_box(weights.as_ref().ok()?), Apportionment::SainteLague),
            )
        });
    }

    /// With a floor and a cap.
    #[divan::bench(sample_size = 100)]
    fn marketloop_bounded(bencher: Bencher<'_, '_>) {
        let year = year();
        let money = |minor| Money::from_minor(minor, Currency::CNY).ok();
        let mut lines = SHARES.map(Bounded::new);
        lines[0].cap = money(10_000_000);
        lines[9].floor = money(5_000_000);
        bencher.bench(|| black_box(year).split_bounded(black_box(lines).into_iter().enumerate()).ok());
    }

    /// The peer.
    #[divan::bench(sample_size = 100)]
    fn rusty_money_allocate(bencher: Bencher<'_, '_>) {
        let year = rusty_money::Money::from_minor(MINOR, rusty_money::iso::CNY);
        bencher.bench(|| black_box(&year).allocate(black_box(SHARES).to_vec()).ok());
    }
}

mod calendar {
    use super::{Bencher, NaiveDate, WorkCalendar, black_box, date};

    fn four_years() -> Option<(WorkCalendar, Vec<NaiveDate>)> {
        let (first, last) = (date(2023, 1, 1).ok()?, date(2026, 12, 31).ok()?);
        let dates = first.iter_days().take_while(|date| *date <= last).collect();
        Some((WorkCalendar::monday_to_friday(first, last).ok()?, dates))
    }

    /// 1,461 days asked one by one; divide by 1,461 for one call.
    #[divan::bench]
    fn is_workday_1461_days(bencher: Bencher<'_, '_>) {
        let Some((calendar, dates)) = four_years() else { return };
        bencher.counter(divan::counter::ItemsCount::new(dates.len())).bench(|| {
            dates.iter().filter(|date| black_box(&calendar).is_workday(black_box(**date)) == Ok(true)).count()
        });
    }

    /// The workday 10 workdays on, from each of 1,400 days.
    #[divan::bench]
    fn add_10_workdays_1400_days(bencher: Bencher<'_, '_>) {
        let Some((calendar, dates)) = four_years() else { return };
        let dates = dates.get(..1400).unwrap_or_default();
        bencher.counter(divan::counter::ItemsCount::new(dates.len())).bench(|| {
            dates
                .iter()
                .filter(|date| black_box(&calendar).add_workdays(black_box(**date), 10).is_ok())
                .count()
        });
    }
}
