//! A program without the standard library that uses a wide part of `marketloop`.
//!
//! If any dependency brought std in, this would not build: std has a panic handler of its own, and there may
//! be only one.
#![no_std]

extern crate alloc;

use alloc::string::{String, ToString};
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::fmt;
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicUsize, Ordering};
use marketloop::decision::{CellTest, DecisionTable, HitPolicy, TableColumn};
use marketloop::quantity::{Count, Mix, Money, Ratio, Rounding, Share};
use marketloop::split::{Apportionment, Bounded, Weights, bounded};
use marketloop::target::{ActualValue, Bands, Target, Threshold};
use marketloop::time::{Deadline, Grain, Period, WorkCalendar, date};
use serde::de::value::{Error as DeError, StrDeserializer};
use serde::{Deserialize, Serialize};

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

const ARENA: usize = 1 << 20;

/// Hands out pieces of one arena and takes nothing back.
struct Bump {
    arena: UnsafeCell<[u8; ARENA]>,
    used: AtomicUsize,
}

// SAFETY: pieces of the arena are handed out once each, by an atomic step.
unsafe impl Sync for Bump {}

// SAFETY: a piece lies within the arena, is aligned as asked and overlaps no other.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let base = self.arena.get().cast::<u8>();
        let start = |used: usize| {
            let address = base as usize + used;
            used + (address.next_multiple_of(layout.align()) - address)
        };
        let step = |used: usize| Some(start(used) + layout.size()).filter(|end| *end <= ARENA);
        match self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step) {
            // SAFETY: the step has checked that the piece ends within the arena.
            Ok(used) => unsafe { base.add(start(used)) },
            Err(_) => core::ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Bump = Bump { arena: UnsafeCell::new([0; ARENA]), used: AtomicUsize::new(0) };

/// A value as its serializer writes it: serde has a serializer for a formatter.
struct Written<'a, T>(&'a T);

impl<T: Serialize> fmt::Display for Written<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}

fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    T::deserialize(StrDeserializer::<DeError>::new(text)).ok()
}

fn money() -> Option<usize> {
    let year: Money = read("1,000,000.00 CNY")?;
    let mix = Mix::from_percents([("SEM", 40), ("social", 30), ("content", 20), ("video", 10)]).ok()?;
    let plan = year.split(&mix).ok()?;
    let wide = Weights::new([u64::MAX, 7, u64::MAX]).ok()?.split(i128::MAX, Apportionment::SainteLague);
    let lines = [Bounded::new(2).with_cap(3), Bounded::new(1).with_floor(4)];
    let within = bounded(10_i128.pow(3), &[lines[1], Bounded::new(5)]).ok()?;
    let uplift = year.times(Share::percent(30).ok()?.value(), Rounding::HalfEven);
    let text = plan.to_string() + &uplift.ok()?.to_string();
    Some(text.len() + wide.len() + within.parts().len())
}

fn dates() -> Option<usize> {
    let q3: Period = read("2026-Q3")?;
    let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1).ok()?, date(2026, 12, 31).ok()?).ok()?;
    let due: Deadline = read("10 workdays after period start, rolled forward")?;
    let text = due.due(&q3, &calendar).ok()?.to_string() + &Written(&q3).to_string();
    Some(text.len() + q3.divide(Grain::Week).ok()?.len())
}

fn targets() -> Option<usize> {
    let target: Target = read("at most 80 CNY/customer, inverse")?;
    let actual: ActualValue = "100 CNY/customer".parse().ok()?;
    let attainment = target.attainment_of(&actual).ok()?;
    let bands = Bands::lights(
        Threshold::at_or_above(Share::percent(80).ok()?.value()),
        Threshold::at_or_above(Ratio::ONE),
    )
    .ok()?;
    let ratio: Ratio = read("24/25")?;
    let text = [attainment.to_string(), bands.classify(ratio).to_string(), Written(&ratio).to_string()];
    Some(text.concat().len() + Count::new(5).to_string().len())
}

fn decides() -> Option<usize> {
    let table = DecisionTable::draft(HitPolicy::First)
        .input(TableColumn::text("kind"))
        .input(TableColumn::number("roi"))
        .output(TableColumn::text("action"))
        .rule([CellTest::is("kol"), CellTest::below(2)], ["replace"])
        .rule([CellTest::any(), CellTest::at_least(4)], ["boost"])
        .check()
        .ok()?;
    let facts = table.facts([("kind", "kol".into()), ("roi", 1.into())]).ok()?;
    let text: String = table.decide(&facts).ok()?.to_string() + &table.report(1_000).to_string();
    Some(text.len())
}

/// The number of characters that all of it printed, or 0 where a step was refused.
#[unsafe(no_mangle)]
pub extern "C" fn marketloop_link() -> usize {
    let parts = [money(), dates(), targets(), decides()];
    parts.into_iter().try_fold(0_usize, |sum, part| sum.checked_add(part?)).unwrap_or(0)
}
