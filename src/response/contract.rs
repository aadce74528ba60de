//! Checks whether a curve keeps the contract of [`ResponseCurve`].

use super::{ResponseCurve, ResponseError};
use alloc::vec::Vec;

/// The difference of two figures of a curve that counts as rounding, relative to the greatest response.
const ROUNDING: f64 = 1e-9;

/// Checks a curve against the contract of [`ResponseCurve`] at `spends` and returns every fault found. Give it some
/// dozens of spends over the range that will be asked; the work grows with the cube of their number.
///
/// The solvers of this crate prove their results from the curve's own answers. They refuse a curve that contradicts
/// itself where they look, but a curve that is wrong about its best spend elsewhere makes a wrong proof.
///
/// # Examples
/// ```
/// use marketloop::response::{ResponseError, Hill, ResponseCurve, check_curve};
///
/// /// The mean of two S-curves: convex, concave, convex, concave.
/// struct Mean([Hill; 2]);
/// impl ResponseCurve for Mean {
///     fn value(&self, spend: f64) -> f64 { self.0.iter().map(|one| 0.5 * one.value(spend)).sum() }
///     fn marginal(&self, spend: f64) -> f64 { self.0.iter().map(|one| 0.5 * one.marginal(spend)).sum() }
///     fn inflection(&self) -> f64 { self.0[0].inflection().max(self.0[1].inflection()) }
///     // True, but the provided `best_spend` is not for such a curve.
///     fn has_one_inflection(&self) -> bool { false }
/// }
/// let mean = Mean([Hill::new(90.0, 10.0, 3.0)?, Hill::new(110.0, 160.0, 5.0)?]);
/// let spends = || (0..=40).map(|step| f64::from(step) * 5.0);
/// assert!(check_curve(&mean, spends()).iter().any(|fault| matches!(fault, ResponseError::NotBest { .. })));
/// assert_eq!(check_curve(&mean.0[0], spends()), []);
/// # Ok::<(), marketloop::response::ResponseError>(())
/// ```
pub fn check_curve<C: ResponseCurve + ?Sized>(
    curve: &C,
    spends: impl IntoIterator<Item = f64>,
) -> Vec<ResponseError> {
    let mut spends: Vec<f64> =
        spends.into_iter().filter(|spend| spend.is_finite() && *spend >= 0.0).collect();
    spends.sort_by(f64::total_cmp);
    spends.dedup();
    let mut faults = Vec::new();
    for &spend in &spends {
        if !curve.value(spend).is_finite() {
            faults.push(ResponseError::NotFinite { spend });
        } else if curve.marginal(spend).is_nan() || curve.marginal(spend) < 0.0 {
            faults.push(ResponseError::NegativeMarginal { spend });
        }
    }
    // A value that is no number would pass every comparison below.
    if faults.is_empty() {
        // Rounding goes with the largest response: a small difference of two large ones has no more digits.
        let size = spends.iter().map(|spend| curve.value(*spend).abs()).fold(0.0, f64::max);
        shape(curve, &spends, ROUNDING * size, &mut faults);
        inverse(curve, &spends, &mut faults);
        best(curve, &spends, ROUNDING * size, &mut faults);
    }
    faults
}

/// Neighbours, two and three at a time.
fn shape<C: ResponseCurve + ?Sized>(curve: &C, spends: &[f64], off: f64, faults: &mut Vec<ResponseError>) {
    let bend = curve.inflection();
    let pairs = || spends.iter().copied().zip(spends.iter().copied().skip(1));
    for (from, to) in pairs() {
        let difference = curve.value(to) - curve.value(from);
        let (width, rise) = (to - from, curve.rise(from, to - from));
        if difference < -off {
            faults.push(ResponseError::CurveFalls { from, to });
        } else if rise.is_nan() || (rise - difference).abs() > off {
            faults.push(ResponseError::RiseDiffers { from, width, rise, difference });
        }
    }
    if !curve.has_one_inflection() {
        return;
    }
    for ((from, middle), (_, to)) in pairs().zip(pairs().skip(1)) {
        // How far the middle lies above the chord.
        let part = (middle - from) / (to - from);
        let chord = curve.value(from) + part * (curve.value(to) - curve.value(from));
        let above = curve.value(middle) - chord;
        if to <= bend && above > off || from >= bend && above < -off {
            faults.push(ResponseError::OtherBend { from, to });
        }
    }
}

fn inverse<C: ResponseCurve + ?Sized>(curve: &C, spends: &[f64], faults: &mut Vec<ResponseError>) {
    // From the inflection on: before it a slope occurs twice, and the later spend is asked for.
    for &spend in spends.iter().filter(|spend| **spend >= curve.inflection()) {
        let marginal = curve.marginal(spend);
        // Below the normal floats a slope has too few digits to find its spend by.
        if !(marginal > 0.0 && marginal.is_normal()) {
            continue;
        }
        // A hair less steep, so that rounding of a straight piece does not matter.
        let claimed = curve.inverse_marginal(marginal * (1.0 - ROUNDING));
        if claimed.is_nan() || claimed < spend * (1.0 - 1e-6) {
            faults.push(ResponseError::InverseMarginal { marginal, spend, claimed });
        }
    }
}

/// The best spend of the whole range and of its halves, at the slopes of the chords from the first spend and between
/// neighbours: there the best one changes.
fn best<C: ResponseCurve + ?Sized>(curve: &C, spends: &[f64], off: f64, faults: &mut Vec<ResponseError>) {
    let (Some(&first), Some(&last)) = (spends.first(), spends.last()) else { return };
    let middle = spends.get(spends.len() / 2).copied().unwrap_or(first);
    let slope = |from: f64, to: f64| (curve.value(to) - curve.value(from)) / (to - from);
    // The slopes of chords are the prices at which the best of these spends changes.
    let from_first = spends.iter().skip(1).map(|spend| slope(first, *spend));
    let neighbours = spends.iter().zip(spends.iter().skip(1)).map(|(from, to)| slope(*from, *to));
    for price in from_first.chain(neighbours).filter(|price| price.is_finite() && *price >= 0.0) {
        for (from, to) in [(first, last), (first, middle), (middle, last)] {
            let claimed = curve.best_spend(price, from, to);
            if !(from..=to).contains(&claimed) {
                faults.push(ResponseError::BestOutside { price, from, to, claimed });
                continue;
            }
            let worth = |spend: f64| curve.value(spend) - price * spend;
            let most = worth(claimed) + off + ROUNDING * price * to;
            let mut others = spends.iter().copied().filter(|spend| (from..=to).contains(spend));
            if let Some(better) = others.find(|spend| worth(*spend) > most) {
                faults.push(ResponseError::NotBest { price, from, to, claimed, better });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::{Adbudg, Hill, Logarithmic, Logistic, PiecewiseLinear, Power};

    /// Figures of a curve that can be wrong one at a time.
    struct Wrong {
        which: u8,
        right: Hill,
    }

    impl ResponseCurve for Wrong {
        fn value(&self, spend: f64) -> f64 {
            match self.which {
                0 if spend > 50.0 => f64::NAN,
                1 if spend > 50.0 => self.right.value(50.0) - 10.0,
                _ => self.right.value(spend),
            }
        }
        fn marginal(&self, spend: f64) -> f64 {
            if self.which == 2 { -1.0 } else { self.right.marginal(spend) }
        }
        fn rise(&self, from: f64, width: f64) -> f64 {
            if self.which == 3 { 0.0 } else { self.right.rise(from, width) }
        }
        fn inflection(&self) -> f64 {
            if self.which == 4 { 0.0 } else { self.right.inflection() }
        }
        fn inverse_marginal(&self, marginal: f64) -> f64 {
            if self.which == 5 { 0.0 } else { self.right.inverse_marginal(marginal) }
        }
        fn best_spend(&self, price: f64, from: f64, to: f64) -> f64 {
            match self.which {
                6 => to + 1.0,
                7 => from,
                _ => self.right.best_spend(price, from, to),
            }
        }
    }

    /// N5: each promise of the contract has a fault that tells it broken.
    #[test]
    fn every_broken_promise_is_told() {
        let spends = || (0..=30).map(|step| f64::from(step) * 4.0);
        let told =
            |which| check_curve(&Wrong { which, right: Hill::new(90.0, 40.0, 3.0).unwrap() }, spends());
        let kinds: [fn(&ResponseError) -> bool; 8] = [
            |fault| matches!(fault, ResponseError::NotFinite { .. }),
            |fault| matches!(fault, ResponseError::CurveFalls { .. }),
            |fault| matches!(fault, ResponseError::NegativeMarginal { .. }),
            |fault| matches!(fault, ResponseError::RiseDiffers { .. }),
            |fault| matches!(fault, ResponseError::OtherBend { .. }),
            |fault| matches!(fault, ResponseError::InverseMarginal { .. }),
            |fault| matches!(fault, ResponseError::BestOutside { .. }),
            |fault| matches!(fault, ResponseError::NotBest { .. }),
        ];
        for (which, is) in (0..).zip(kinds) {
            let faults = told(which);
            assert!(faults.iter().any(is), "{which}: {faults:?}");
            assert!(faults.iter().all(|fault| !alloc::format!("{fault}").is_empty()));
        }
        assert_eq!(told(8), []);
    }

    /// N5: the crate's own curves keep the contract; a Hill curve of a shape a hair above 1 lost its slopes far from the peak.
    #[test]
    fn curves_of_the_crate_keep_the_contract() {
        let mut curves: Vec<crate::response::Curve> = Vec::from([
            Logarithmic::new(80.0, 15.0).unwrap().into(),
            Power::new(6.0, 0.45).unwrap().into(),
            Power::new(6.0, 1.0).unwrap().into(),
            Adbudg::new(90.0, 10.0, 4.0, 1e6).unwrap().into(),
            PiecewiseLinear::new([(0.0, 0.0), (20.0, 0.0), (21.0, 9.0), (60.0, 9.0), (60.5, 40.0)])
                .unwrap()
                .into(),
        ]);
        for shape in [0.5, 0.999, 1.0, 1.0001, 1.005, 1.02, 1.1, 1.5, 3.0, 8.0, 60.0] {
            curves.push(Hill::new(90.0, 12.0, shape).unwrap().into());
        }
        for rate in [1e-3, 0.1, 1.0, 60.0, 1e10] {
            curves.push(Logistic::new(90.0, 40.0, rate).unwrap().into());
        }
        for curve in curves {
            let spends = (0..=60).map(|step| f64::from(step) * 1.7);
            assert_eq!(check_curve(&curve, spends), [], "{curve:?}");
        }
    }
}
