//! The line from 0 to 1 cut into parts: who has which part of all units.

use super::ExperimentError;
use crate::error::{Path, Problems};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Share, add, subtract};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// A part on the wire.
pub(super) struct Part {
    share: Share,
    of: Option<String>,
}

wire_fields!(Part { share, of: optional });

impl From<Part> for (Option<String>, Share) {
    fn from(Part { share, of }: Part) -> Self {
        (of, share)
    }
}

/// Parts end to end from 0, each with its owner or free. What lies behind the last is free too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Line {
    // None has a share of 0; together at most 1.
    parts: Vec<(Option<String>, Share)>,
    /// The owners in the order in which they first stand.
    names: Vec<String>,
    /// Of each part, by the index of its owner.
    owners: Vec<Option<u32>>,
    /// Of each part the first place behind it, as far as there is one.
    ends: Vec<u64>,
}

impl Line {
    /// The line of these parts, all problems at once.
    pub(super) fn of(
        what: &'static str,
        path: &Path,
        parts: Vec<(Option<String>, Share)>,
        problems: &mut Problems<ExperimentError>,
    ) -> Self {
        let (mut known, mut names) = (BTreeMap::new(), Vec::new());
        let (mut owners, mut ends) = (Vec::with_capacity(parts.len()), Vec::new());
        let mut sum = Decimal::ZERO;
        for (index, (owner, share)) in parts.iter().enumerate() {
            if owner.as_ref().is_some_and(|name| name.trim().is_empty()) {
                problems.push(path.index(index), ExperimentError::EmptyName { what });
            }
            if *share == Share::ZERO {
                let name = owner.clone().unwrap_or_default();
                problems.push(path.index(index), ExperimentError::NoPart { what, name });
            }
            let owner = owner.as_ref().map(|name| {
                *known.entry(name.as_str()).or_insert_with(|| {
                    let index = u32::try_from(names.len()).unwrap_or(u32::MAX);
                    names.push(name.clone());
                    index
                })
            });
            owners.push(owner);
            // Up to 1 a sum of shares has no more decimals than they have, and beyond it is only told.
            sum = add(sum, share.value()).unwrap_or(Decimal::MAX);
            ends.extend(end(sum));
        }
        if sum > Decimal::ONE {
            problems.push(path.clone(), ExperimentError::SharesAboveOne { over: over(sum) });
        }
        Self { parts, names, owners, ends }
    }

    /// The line of parts that were made of a valid one's.
    pub(super) fn of_valid(what: &'static str, parts: Vec<(Option<String>, Share)>) -> Self {
        let mut problems = Problems::new();
        let made = Self::of(what, &Path::root(), parts, &mut problems);
        debug_assert!(problems.is_empty(), "{problems}");
        made
    }

    pub(super) fn parts(&self) -> Vec<Part> {
        self.parts.iter().map(|(of, share)| Part { share: *share, of: of.clone() }).collect()
    }

    /// The owner of each part that has one.
    pub(super) fn owned(&self) -> impl Iterator<Item = &String> {
        self.parts.iter().filter_map(|(owner, _)| owner.as_ref())
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// What has no owner.
    pub(super) fn free(&self) -> Share {
        self.sum(|owner| owner.is_some()).complement()
    }

    /// What a name has.
    pub(super) fn share(&self, name: &str) -> Share {
        self.sum(|owner| owner.is_some_and(|own| own == name))
    }

    fn sum(&self, counts: impl Fn(Option<&String>) -> bool) -> Share {
        let own = self.parts.iter().filter(|(owner, _)| counts(owner.as_ref()));
        let sum = own.fold(Decimal::ZERO, |sum, (_, share)| add(sum, share.value()).unwrap_or(sum));
        Share::new(sum).unwrap_or(Share::ONE)
    }

    /// The owner of a place.
    pub(super) fn owner(&self, place: u64) -> Option<u32> {
        let part = self.ends.partition_point(|end| *end <= place);
        self.owners.get(part).copied().flatten()
    }

    /// The parts after `name` took `share` more of what is free, the first free parts first.
    pub(super) fn taken(
        &self,
        name: &str,
        share: Share,
    ) -> Result<Vec<(Option<String>, Share)>, ExperimentError> {
        let (mut left, mut parts) = (share, Vec::with_capacity(self.parts.len().saturating_add(2)));
        for (owner, share) in &self.parts {
            if owner.is_some() || left == Share::ZERO {
                parts.push((owner.clone(), *share));
                continue;
            }
            let taken = left.min(*share);
            parts.push((Some(name.to_string()), taken));
            left = minus(left, taken);
            if taken < *share {
                parts.push((None, minus(*share, taken)));
            }
        }
        let behind = self.parts.iter().fold(Share::ONE, |rest, (_, share)| minus(rest, *share));
        if left > behind {
            return Err(ExperimentError::SharesAboveOne { over: minus(left, behind).value() });
        }
        if left > Share::ZERO {
            parts.push((Some(name.to_string()), left));
        }
        // Neighbours of one owner are one part: what grew step by step is what grew at once.
        let mut merged: Vec<(Option<String>, Share)> = Vec::with_capacity(parts.len());
        for (owner, share) in parts {
            match merged.last_mut() {
                Some((last, sum)) if *last == owner => *sum = plus(*sum, share),
                _ => merged.push((owner, share)),
            }
        }
        Ok(merged)
    }

    /// The parts after those of `name` became free.
    pub(super) fn freed(&self, name: &str) -> Vec<(Option<String>, Share)> {
        let mut parts: Vec<(Option<String>, Share)> = Vec::with_capacity(self.parts.len());
        for (owner, share) in &self.parts {
            let owner = owner.clone().filter(|own| own != name);
            match parts.last_mut() {
                Some((None, free)) if owner.is_none() => *free = plus(*free, *share),
                _ => parts.push((owner, *share)),
            }
        }
        if parts.last().is_some_and(|(owner, _)| owner.is_none()) {
            parts.pop();
        }
        parts
    }
}

/// The difference of shares, 0 where it would be below.
pub(super) fn minus(left: Share, right: Share) -> Share {
    // Of numbers in 0..=1 with at most 28 decimals the difference is exact.
    subtract(left.value(), right.value()).and_then(Share::new).unwrap_or(Share::ZERO)
}

/// The sum of two parts of one line, which is at most 1.
fn plus(left: Share, right: Share) -> Share {
    add(left.value(), right.value()).and_then(Share::new).unwrap_or(Share::ONE)
}

fn over(sum: Decimal) -> Decimal {
    subtract(sum, Decimal::ONE).unwrap_or(sum)
}

/// The first of 2^64 places that is not below `share`: its part of 2^64, rounded up. None where it is behind the last.
///
/// By long division in binary: a product of a share's 28 digits and 2^64 has more than 128 bits.
#[expect(clippy::arithmetic_side_effects, reason = "the rest stays below 10^28, twice it below 2^95")]
fn end(share: Decimal) -> Option<u64> {
    let whole = 10_u128.checked_pow(share.scale())?;
    let mut rest = share.mantissa().unsigned_abs();
    if rest >= whole {
        return None;
    }
    let mut places = 0_u64;
    for _ in 0..u64::BITS {
        rest *= 2;
        places <<= 1;
        if rest >= whole {
            rest -= whole;
            places |= 1;
        }
    }
    if rest == 0 { Some(places) } else { places.checked_add(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn ends_are_rounded_up_to_whole_places() {
        assert_eq!(end(dec!(0.5)), Some(1 << 63));
        assert_eq!(end(dec!(0.25)), Some(1 << 62));
        // A third of 2^64 is 6148914691236517205.33.
        assert_eq!(end(dec!(0.3333333333333333333333333333)), Some(6_148_914_691_236_517_206));
        assert_eq!(end(dec!(0.0000000000000000000000000001)), Some(1));
        assert_eq!(end(Decimal::ZERO), Some(0));
        assert_eq!(end(Decimal::ONE), None);
        assert_eq!(end(dec!(0.9999999999999999999999999999)), None);
    }
}
