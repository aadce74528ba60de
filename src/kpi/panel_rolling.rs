//! Exact sums over windows of periods: the new period is added and the oldest taken away, however long the window.

use super::absence::Absence;
use super::narrow::{Narrow, POWERS};
use super::number::Number;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// What a window of periods makes.
pub(super) enum Window {
    /// All its values are decimals, and this is their sum.
    Sum(Number),
    /// It has no sum because of this period: the first one missing, else the first one undefined.
    Absent(usize),
    /// It holds fractions, or more digits than 128 bits: its values are added up one by one.
    Other,
}

/// The windows of `count` periods that end at each period; `None` where one begins before the first period.
#[expect(
    clippy::indexing_slicing,
    reason = "a decimal has a scale of at most 28, and a window's places are the row's"
)]
#[expect(clippy::arithmetic_side_effects, reason = "counts and places of a row of at most 40,000 periods")]
pub(super) fn windows(row: &[Result<Number, Absence>], count: usize) -> Vec<Option<Window>> {
    let decimal = |state: &Result<Number, Absence>| match state {
        Ok(Number::Decimal(value)) => Some(*value),
        _ => None,
    };
    let scale = row.iter().filter_map(decimal).map(|value| value.scale()).max().unwrap_or(0);
    let at_scale = |value: Decimal| value.mantissa().checked_mul(POWERS[(scale - value.scale()) as usize]);
    // The sum at the scale of the whole row; once 128 bits do not hold it, it is not known any more.
    let mut sum = Some(0_i128);
    let mut scales = [0_u32; Decimal::MAX_SCALE as usize + 1];
    let mut fractions = 0_u32;
    let (mut missing, mut undefined) = (VecDeque::new(), VecDeque::new());
    let mut windows = Vec::with_capacity(row.len());
    for (period, state) in row.iter().enumerate() {
        match state {
            Ok(Number::Decimal(value)) => {
                sum = sum.zip(at_scale(*value)).and_then(|(sum, value)| sum.checked_add(value));
                scales[value.scale() as usize] += 1;
            }
            Ok(_) => fractions += 1,
            Err(absence) if absence.is_missing() => missing.push_back(period),
            Err(_) => undefined.push_back(period),
        }
        if let Some(oldest) = period.checked_sub(count) {
            match &row[oldest] {
                Ok(Number::Decimal(value)) => {
                    sum = sum.zip(at_scale(*value)).and_then(|(sum, value)| sum.checked_sub(value));
                    scales[value.scale() as usize] -= 1;
                }
                Ok(_) => fractions -= 1,
                Err(absence) if absence.is_missing() => {
                    missing.pop_front();
                }
                Err(_) => {
                    undefined.pop_front();
                }
            }
        }
        if period + 1 < count {
            windows.push(None);
            continue;
        }
        // At the finest scale of the window's own values, as they would be added up one by one.
        let finest = (0..=scale).rev().find(|scale| scales[*scale as usize] > 0).unwrap_or(0);
        let total = || {
            let total = sum.filter(|_| fractions == 0)?.checked_div(POWERS[(scale - finest) as usize])?;
            Narrow::of_decimal(total, finest).number()
        };
        windows.push(Some(match missing.front().or(undefined.front()) {
            Some(absent) => Window::Absent(*absent),
            None => total().map_or(Window::Other, Window::Sum),
        }));
    }
    windows
}
