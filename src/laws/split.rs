//! What is divided adds up again.

use super::{Broken, hold};
use crate::quantity::Money;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// The parts of an amount add up to it, to the last minor unit.
///
/// # Errors
/// [`Broken`], with the parts, their sum and the amount.
///
/// # Examples
/// ```
/// use marketloop::laws::splits_add_up;
/// use marketloop::split::Apportionment;
/// use marketloop::strategies::{money, weights};
/// use proptest::prelude::*;
///
/// proptest!(|(year in money(), weights in weights(1..12))| {
///     splits_add_up(&year, &year.split_weighted(&weights, Apportionment::LargestRemainder))?;
/// });
/// ```
pub fn splits_add_up<'a>(total: &Money, parts: impl IntoIterator<Item = &'a Money>) -> Result<(), Broken> {
    const LAW: &str = "splits_add_up";
    let parts: Vec<Money> = parts.into_iter().copied().collect();
    let written = || parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match Money::sum(parts.iter().copied(), total.currency()) {
        Ok(sum) => {
            hold(LAW, sum == *total, || format!("the parts [{}] add up to {sum}, not to {total}", written()))
        }
        Err(error) => Err(Broken::new(LAW, format_args!("the parts [{}] do not add up: {error}", written()))),
    }
}
