//! The exact sum of the terms of a step: decimals in 128 bits, then fractions, in 128 bits, in 1,024, in long integers.

use super::ball::Ball;
use super::fault::NumberFault;
use super::fraction::Fraction;
use super::long::Long;
use super::narrow::{Narrow, POWERS};
use super::number::{LIMIT, Number, narrow_sum};
use super::operands::{NoFigure, Operand, Values};
use crate::quantity::from_parts;
use alloc::vec::Vec;
use core::cmp::Ordering;
use num_bigint::BigInt;
use rust_decimal::Decimal;

/// The constant and the weighted operands of a sum.
pub(super) struct Terms<'a> {
    pub(super) values: Values<'a>,
    pub(super) operands: &'a [u32],
    pub(super) constant: Decimal,
    pub(super) weights: &'a [Decimal],
}

impl Terms<'_> {
    /// The weight of an operand: without weights all are 1.
    #[expect(clippy::indexing_slicing, reason = "a weighted sum has a weight for each operand")]
    fn weight(&self, index: usize) -> Decimal {
        if self.weights.is_empty() { Decimal::ONE } else { self.weights[index] }
    }

    /// The sum where all terms are decimals and 128 bits hold them, as nearly always: in one pass, at the finest scale so far.
    /// What is not known is left to [`sum`](Self::sum) to tell.
    #[inline]
    pub(super) fn decimals(&self) -> Option<Narrow> {
        let (mut sum, mut scale) = (self.constant.mantissa(), self.constant.scale());
        let mut add = |term: i128, own: u32| {
            // The comparison has told which scale is larger: the difference does not wrap.
            (sum, scale) = match own.cmp(&scale) {
                Ordering::Equal => (sum.checked_add(term)?, scale),
                Ordering::Less => {
                    (sum.checked_add(multiplied(term, power(scale.wrapping_sub(own))?)?)?, scale)
                }
                Ordering::Greater => {
                    (multiplied(sum, power(own.wrapping_sub(scale))?)?.checked_add(term)?, own)
                }
            };
            Some(())
        };
        if self.weights.is_empty() {
            for operand in self.operands {
                let value = self.values.decimal(*operand)?;
                add(value.mantissa(), value.scale())?;
            }
        } else {
            for (operand, weight) in self.operands.iter().zip(self.weights) {
                let value = self.values.decimal(*operand)?;
                let term = multiplied(value.mantissa(), weight.mantissa())?;
                add(term, value.scale().saturating_add(weight.scale()))?;
            }
        }
        Some(Narrow::of_decimal(sum, scale))
    }

    /// The decimals first, as one number of the finest scale; then the fractions, those over one denominator
    /// together in `groups`, which keeps its memory from sum to sum.
    pub(super) fn sum(&self, groups: &mut Vec<(i128, u128)>) -> Result<Number, NoFigure> {
        let weight = |index: usize| {
            let weight = self.weight(index);
            (weight.mantissa(), weight.scale())
        };
        let mut scale = self.constant.scale();
        let mut fractions = false;
        for (index, operand) in self.operands.iter().enumerate() {
            match self.values.known(*operand)? {
                Operand::Decimal(value) => scale = scale.max(value.scale().saturating_add(weight(index).1)),
                Operand::Other(_) => fractions = true,
            }
        }
        let at_scale = |mantissa: i128, own: u32| {
            let places = scale.checked_sub(own)?;
            if places == 0 { Some(mantissa) } else { multiplied(mantissa, *POWERS.get(places as usize)?) }
        };
        let mut decimals = at_scale(self.constant.mantissa(), self.constant.scale());
        groups.clear();
        let mut longs: Vec<Long> = Vec::new();
        let mut held = true;
        for (index, operand) in self.operands.iter().enumerate() {
            let (factor, more) = weight(index);
            match self.values.known(*operand)? {
                Operand::Decimal(value) => {
                    let term = multiplied(value.mantissa(), factor);
                    let term = term.and_then(|term| at_scale(term, value.scale().saturating_add(more)));
                    decimals = decimals.zip(term).and_then(|(sum, term)| sum.checked_add(term));
                }
                Operand::Other(number) => {
                    if held && gathered(groups, number, (factor, more)).is_none() {
                        let term = weighted(number, (factor, more));
                        held = term.is_some();
                        longs.extend(term);
                    }
                }
            }
        }
        let Some(decimals) = decimals.filter(|_| held) else { return self.wide() };
        if !fractions && let Some(sum) = from_parts(decimals < 0, decimals.unsigned_abs(), scale) {
            return Ok(Number::Decimal(sum));
        }
        let Some(power) = POWERS.get(scale as usize).map(|power| power.unsigned_abs()) else {
            return self.wide();
        };
        if decimals != 0 || groups.is_empty() {
            groups.push((decimals, power));
        }
        // As many together as 128 bits hold, then as 1,024 bits do: long integers cost some ten times as much.
        let mut sums: Vec<(i128, u128)> = Vec::new();
        let mut sum: Option<(i128, u128)> = None;
        for group in groups.iter().copied() {
            sum = Some(match sum {
                None => group,
                Some(sum) => narrow_sum(sum, group).unwrap_or_else(|| {
                    sums.push(sum);
                    group
                }),
            });
        }
        let last = sum.unwrap_or((0, 1));
        if sums.is_empty() && longs.is_empty() {
            return Ok(Number::of_parts(last.0, last.1));
        }
        longs.extend(sums.into_iter().map(Long::of));
        let sum = longs.iter().try_fold(Long::of(last), |sum, term| sum.plus(term));
        if let Some(sum) = sum {
            return Ok(Number::of_long(sum));
        }
        longs.push(Long::of(last));
        Ok(added(longs.iter().map(Long::fraction).collect())?)
    }

    /// The sum in long integers, or in balls where a term is one.
    #[expect(clippy::arithmetic_side_effects, reason = "long integers grow, they do not overflow")]
    fn wide(&self) -> Result<Number, NoFigure> {
        let mut fractions: Vec<Fraction> = Vec::with_capacity(self.operands.len());
        let mut balls: Option<Number> = None;
        fractions.extend(Number::Decimal(self.constant).fraction().filter(|_| !self.constant.is_zero()));
        for (index, operand) in self.operands.iter().enumerate() {
            let number = self.values.number(*operand)?;
            let weight = self.weight(index);
            if let Some(mut fraction) = number.fraction() {
                if weight != Decimal::ONE {
                    fraction.numerator *= BigInt::from(weight.mantissa());
                    fraction.denominator *= BigInt::from(10_u8).pow(weight.scale());
                }
                // A short look back, as in `gathered`: the search stays linear in the terms.
                match fractions.iter_mut().rev().take(4).find(|f| f.denominator == fraction.denominator) {
                    Some(same) => same.numerator += fraction.numerator,
                    None => fractions.push(fraction),
                }
                continue;
            }
            let term = number.times(&Number::Decimal(weight))?;
            balls = Some(match balls {
                Some(sum) => sum.plus(&term)?,
                None => term,
            });
        }
        let exact = added(fractions)?;
        Ok(match balls {
            Some(balls) => exact.plus(&balls)?,
            None => exact,
        })
    }
}

#[inline]
fn power(places: u32) -> Option<i128> {
    POWERS.get(places as usize).copied()
}

/// The product in 128 bits; of two single words it is one multiplication, and always fits.
#[inline]
fn multiplied(left: i128, right: i128) -> Option<i128> {
    match (i64::try_from(left), i64::try_from(right)) {
        (Ok(left), Ok(right)) => Some(i128::from(left).wrapping_mul(right.into())),
        _ => left.checked_mul(right),
    }
}

/// Adds a fraction to the one of its denominator; `None` where 128 bits do not hold it.
fn gathered(groups: &mut Vec<(i128, u128)>, number: &Number, (factor, scale): (i128, u32)) -> Option<()> {
    let (numerator, denominator) = number.narrow()?;
    let numerator = numerator.checked_mul(factor)?;
    let denominator = denominator.checked_mul(POWERS.get(scale as usize)?.unsigned_abs())?;
    // Of very many denominators the last ones are looked at: the search stays linear in the terms.
    match groups.iter_mut().rev().take(16).find(|(_, known)| *known == denominator) {
        Some((sum, _)) => *sum = sum.checked_add(numerator)?,
        None => groups.push((numerator, denominator)),
    }
    Some(())
}

/// A term in 1,024 bits.
fn weighted(number: &Number, (factor, scale): (i128, u32)) -> Option<Long> {
    let weight = Long::of((factor, POWERS.get(scale as usize)?.unsigned_abs()));
    number.long()?.times(&weight)
}

/// Halves are added, and halves of these: the fractions grow evenly, which costs less than adding them to one
/// that grows.
fn added(mut fractions: Vec<Fraction>) -> Result<Number, NumberFault> {
    // What is longer than the limit anyway is added as digits with a bound.
    let bits: u64 = fractions.iter().map(|fraction| fraction.denominator.bits()).sum();
    if bits > LIMIT {
        let mut balls = fractions.iter().map(|Fraction { numerator, denominator }| {
            Number::Ball(Ball::of_fraction(numerator, denominator.magnitude()).boxed())
        });
        let first = balls.next().unwrap_or(Number::ZERO);
        return balls.try_fold(first, |sum, ball| sum.plus(&ball));
    }
    while fractions.len() > 1 {
        let mut halves = Vec::with_capacity(fractions.len().div_ceil(2));
        let mut rest = fractions.into_iter();
        while let Some(left) = rest.next() {
            halves.push(match rest.next() {
                Some(right) => left.plus(&right),
                None => left,
            });
        }
        fractions = halves;
    }
    Ok(match fractions.pop() {
        Some(Fraction { numerator, denominator }) => Number::of_fraction(numerator, denominator),
        None => Number::ZERO,
    })
}
