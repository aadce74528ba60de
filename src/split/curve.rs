//! The amount of a part as a function of the scale t: non-decreasing and piecewise linear.

use crate::quantity::natural::Natural;
use alloc::vec::Vec;

/// A fraction of two natural numbers, the second above zero.
pub(super) type Fraction<N> = (N, N);

/// A straight piece `fixed + slope * t`.
#[derive(Clone)]
pub(super) struct Piece<N> {
    pub(super) fixed: N,
    pub(super) slope: N,
}

/// A value of t at which one part goes over from a piece to the next.
#[derive(Clone)]
struct Break<N> {
    at: Fraction<N>,
    from: Piece<N>,
    to: Piece<N>,
}

/// What a part receives at each t: its value at 0, where it is constant, and its breaks by t.
#[derive(Clone)]
pub(super) struct Curve<N> {
    start: N,
    breaks: Vec<Break<N>>,
}

impl<N: Natural> Curve<N> {
    /// `clamp(weight * t, floor, cap)`; without a cap it grows for ever.
    pub(super) fn of_weight(weight: &N, floor: &N, cap: Option<&N>) -> Option<Self> {
        let zero = N::from_u128(0)?;
        let constant = |fixed: &N| Piece { fixed: fixed.clone(), slope: zero.clone() };
        let growing = || Piece { fixed: zero.clone(), slope: weight.clone() };
        // A part without weight never leaves its floor: it has no break.
        let mut breaks = Vec::new();
        if !weight.is_zero() {
            let at = (floor.clone(), weight.clone());
            breaks.push(Break { at, from: constant(floor), to: growing() });
            if let Some(cap) = cap {
                let at = (cap.clone(), weight.clone());
                breaks.push(Break { at, from: growing(), to: constant(cap) });
            }
        }
        Some(Self { start: floor.clone(), breaks })
    }

    /// The sum of several curves.
    pub(super) fn sum(curves: Vec<Self>) -> Option<Self> {
        let mut start = N::from_u128(0)?;
        let mut breaks = Vec::with_capacity(curves.iter().map(|curve| curve.breaks.len()).sum());
        for curve in curves {
            start = start.plus(&curve.start)?;
            breaks.extend(curve.breaks);
        }
        // The largest product that a comparison of two breaks can need.
        if let (Some(numerator), Some(denominator)) =
            (breaks.iter().map(|b| &b.at.0).max(), breaks.iter().map(|b| &b.at.1).max())
        {
            numerator.times(denominator)?;
        }
        // Stable: where a part's floor and cap meet, its breaks stay in their order.
        breaks.sort_by(|a, b| a.at.0.times(&b.at.1).cmp(&b.at.0.times(&a.at.1)));
        Some(Self { start, breaks })
    }

    /// The curve times `numerator / denominator`, which has to leave whole numbers.
    pub(super) fn scaled(self, (numerator, denominator): &Fraction<N>) -> Option<Self> {
        let scaled = |value: &N| {
            let (whole, rest) = value.times(numerator)?.div_rem(denominator)?;
            rest.is_zero().then_some(whole)
        };
        let piece =
            |piece: &Piece<N>| Some(Piece { fixed: scaled(&piece.fixed)?, slope: scaled(&piece.slope)? });
        let breaks = self.breaks.into_iter().map(|Break { at, from, to }| {
            let (from, to) = (piece(&from)?, piece(&to)?);
            Some(Break { at, from, to })
        });
        Some(Self { breaks: breaks.collect::<Option<_>>()?, start: scaled(&self.start)? })
    }

    /// The curve kept within bounds.
    pub(super) fn clamped(&self, floor: &N, cap: Option<&N>) -> Option<Self> {
        let one = N::from_u128(1)?;
        let constant = |fixed: &N| Some(Piece { fixed: fixed.clone(), slope: N::from_u128(0)? });
        // Three runs: constant at the floor, the own breaks between, constant at the cap. A bound on a flat stretch needs
        // no break of its own, since the curve does not pass it there.
        let mut breaks = Vec::with_capacity(self.breaks.len());
        let mut next = 0;
        let mut start = self.start.clone();
        if start < *floor {
            start = floor.clone();
            let piece;
            (next, piece) = self.up_to(&(floor.clone(), one.clone()))?;
            if !piece.slope.is_zero() {
                let at = (floor.minus(&piece.fixed)?, piece.slope.clone());
                breaks.push(Break { at, from: constant(floor)?, to: piece });
            }
        }
        let mut end = self.breaks.len();
        let mut last = None;
        if let Some(cap) = cap {
            let piece;
            (end, piece) = self.up_to(&(cap.clone(), one))?;
            if !piece.slope.is_zero() {
                let at = (cap.minus(&piece.fixed)?, piece.slope.clone());
                last = Some(Break { at, from: piece, to: constant(cap)? });
            }
        }
        breaks.extend(self.breaks.get(next..end).into_iter().flatten().cloned());
        breaks.extend(last);
        Some(Self { start, breaks })
    }

    /// The largest t at which the curve gives `amount`, which it reaches.
    pub(super) fn scale_of(&self, amount: &Fraction<N>) -> Option<Fraction<N>> {
        let (next, piece) = self.up_to(amount)?;
        // On a flat stretch every scale from the last break on gives the amount: the break's own is told.
        if piece.slope.is_zero() {
            let last = next.checked_sub(1).and_then(|last| self.breaks.get(last));
            return last
                .map_or_else(|| Some((N::from_u128(0)?, N::from_u128(1)?)), |last| Some(last.at.clone()));
        }
        let (numerator, denominator) = amount;
        let rest = numerator.minus(&piece.fixed.times(denominator)?)?;
        Some((rest, piece.slope.times(denominator)?))
    }

    /// The amount at this t.
    pub(super) fn at(&self, (numerator, denominator): &Fraction<N>) -> Option<Fraction<N>> {
        let mut piece = Piece { fixed: self.start.clone(), slope: N::from_u128(0)? };
        for Break { at, from, to } in &self.breaks {
            if at.0.times(denominator)? > numerator.times(&at.1)? {
                break;
            }
            piece = piece.replaced(from, to)?;
        }
        let fixed = piece.fixed.times(denominator)?;
        Some((fixed.plus(&piece.slope.times(numerator)?)?, denominator.clone()))
    }

    /// The number of breaks at which the curve gives at most `amount`, and the piece behind them.
    fn up_to(&self, (numerator, denominator): &Fraction<N>) -> Option<(usize, Piece<N>)> {
        let mut piece = Piece { fixed: self.start.clone(), slope: N::from_u128(0)? };
        for (index, Break { at, from, to }) in self.breaks.iter().enumerate() {
            // fixed + slope * at <= amount, over the common denominator.
            let here = piece.fixed.times(&at.1)?.plus(&piece.slope.times(&at.0)?)?;
            if here.times(denominator)? > numerator.times(&at.1)? {
                return Some((index, piece));
            }
            piece = piece.replaced(from, to)?;
        }
        Some((self.breaks.len(), piece))
    }
}

impl<N: Natural> Piece<N> {
    /// The piece after one of its parts went over from a piece to another.
    fn replaced(&self, from: &Self, to: &Self) -> Option<Self> {
        Some(Self {
            fixed: self.fixed.minus(&from.fixed)?.plus(&to.fixed)?,
            slope: self.slope.minus(&from.slope)?.plus(&to.slope)?,
        })
    }
}
