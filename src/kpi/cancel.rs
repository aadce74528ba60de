//! Common factors of nested products: `impressions * (orders / impressions)` is `orders`.
//!
//! A product is written out over the products that it uses, down to sums and leaves, each with its exponent.
//! Where exponents meet and become smaller, the step is computed from what is left: the fraction stays as short
//! as its value needs. The divisors that vanish are still asked whether they are zero, where they stand.

use super::graph::{Graph, Operation, Reduced, Step};
use crate::quantity::multiply;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// A product written out over more factors than these is used as it is.
const FACTORS: u32 = 32;

/// Slots that a product may have while it is written out: what cancels makes it shorter again.
const WRITTEN_OUT: usize = 64;

/// A product as powers of slots, in ascending order of the slots, with its constants; the powers are [`FACTORS`] at most
/// together.
struct Powers {
    of: Vec<(u32, i32)>,
    factor: Decimal,
    divisor: Decimal,
}

/// The steps whose factors cancel across products, by their index.
#[expect(clippy::arithmetic_side_effects, reason = "a power is within ±32 and a sign ±1")]
pub(super) fn cancelled(graph: &Graph) -> BTreeMap<u32, Reduced> {
    let mut found = BTreeMap::new();
    if graph.steps.iter().all(|step| step.denominators == 0) {
        return found;
    }
    let mut written_out: Vec<Option<Powers>> = Vec::with_capacity(graph.steps.len());
    for (index, step) in (0_u32..).zip(&graph.steps) {
        let (powers, cancels) = match powers(graph, index, step, &written_out) {
            Some((powers, cancels)) => (Some(powers), cancels),
            None => (None, false),
        };
        if cancels && let Some(powers) = &powers {
            let side = |sign: i32| {
                // A power of the other sign stands on the other side.
                let times = |power: i32| (power * sign).max(0).unsigned_abs() as usize;
                let repeated =
                    powers.of.iter().map(|(slot, power)| core::iter::repeat_n(*slot, times(*power)));
                repeated.flatten().collect()
            };
            let (factor, divisor) = (powers.factor, powers.divisor);
            found.insert(index, Reduced { above: side(1), below: side(-1), factor, divisor });
        }
        written_out.push(powers);
    }
    found
}

/// The powers of a product or of another name for one slot, and whether factors cancel; `None` for what is
/// neither, or too long.
#[expect(
    clippy::indexing_slicing,
    reason = "a factor for each step; operands have lower slots: they are written out"
)]
#[expect(clippy::arithmetic_side_effects, reason = "at most 64 powers of a sum within ±32 each")]
fn powers(graph: &Graph, index: u32, step: &Step, written_out: &[Option<Powers>]) -> Option<(Powers, bool)> {
    let renames = step.operation == Operation::Sum && step.count == 1;
    if step.operation != Operation::Product && !renames {
        return None;
    }
    let own = graph.factors[index as usize];
    let (mut factor, mut divisor) = (own.factor, own.divisor);
    let mut of: Vec<(u32, i32)> = Vec::new();
    let (above, below) = graph.fraction(step);
    for (operands, sign) in [(above, 1_i32), (below, -1)] {
        for slot in operands {
            // Only a slot past the leaves is that of a step.
            let nested =
                (*slot as usize).checked_sub(graph.inputs).and_then(|step| written_out[step].as_ref());
            match nested {
                Some(nested) if !nested.factor.is_zero() && !nested.divisor.is_zero() => {
                    let (up, down) = if sign > 0 {
                        (nested.factor, nested.divisor)
                    } else {
                        (nested.divisor, nested.factor)
                    };
                    factor = multiply(factor, up).ok()?;
                    divisor = multiply(divisor, down).ok()?;
                    of.extend(nested.of.iter().map(|(slot, power)| (*slot, power * sign)));
                }
                _ => of.push((*slot, sign)),
            }
            if of.len() > WRITTEN_OUT {
                return None;
            }
        }
    }
    let total: u32 = of.iter().map(|(_, power)| power.unsigned_abs()).sum();
    of.sort_unstable_by_key(|(slot, _)| *slot);
    of.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 += later.1;
        }
        same
    });
    of.retain(|(_, power)| *power != 0);
    let left: u32 = of.iter().map(|(_, power)| power.unsigned_abs()).sum();
    if left > FACTORS {
        return None;
    }
    Some((Powers { of, factor, divisor }, left < total))
}
