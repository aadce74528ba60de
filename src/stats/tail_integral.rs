//! The tail of a density with large parameters, by Gauss-Legendre panels from the given point outward.
//!
//! Continued fractions need about `sqrt(parameter)` steps; a tail of a smooth bell needs the same few
//! panels however narrow the bell is.

/// Positive nodes and weights of the Gauss-Legendre rule of 16 points (Gauss, 1814).
pub(super) const NODES: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_59),
    (0.458_016_777_657_227_4, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_87),
    (0.865_631_202_387_831_7, 0.095_158_511_682_492_78),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_894),
    (0.989_400_934_991_65, 0.027_152_459_411_754_095),
];

/// More panels than any tail needs: each takes the integrand down by about `e^2`, and `e^-800` is zero.
const PANELS: u32 = 400;

/// The integral of `density` from `start` to `end`, which decreases all the way; `slope` is the decline of
/// its logarithm at `start`.
///
/// `end` may lie before or after `start`; the answer is not negative.
pub(super) fn tail_integral(start: f64, end: f64, slope: f64, density: impl Fn(f64) -> f64) -> f64 {
    let width = 2.0 / (1.0 + slope.abs());
    let direction = if end < start { -1.0 } else { 1.0 };
    let length = (end - start).abs();
    let (mut sum, mut from) = (0.0, 0.0);
    for _ in 0..PANELS {
        let to = length.min(from + width);
        let panel = panel(from, to, |distance| density(start + direction * distance));
        sum += panel;
        from = to;
        // The density falls from panel to panel: what lies beyond changes no bit of the sum either.
        if to >= length || panel <= sum * 1e-18 {
            break;
        }
    }
    sum
}

/// The integral of `density` over one panel.
pub(super) fn panel(from: f64, to: f64, density: impl Fn(f64) -> f64) -> f64 {
    let (middle, half) = (f64::midpoint(from, to), (to - from) / 2.0);
    let at = |offset: f64| density(middle + half * offset);
    half * NODES.iter().map(|(node, weight)| weight * (at(-node) + at(*node))).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_bell_is_half() {
        let bell = |u: f64| libm::exp(-u * u / 2.0) / libm::sqrt(2.0 * core::f64::consts::PI);
        assert!((tail_integral(0.0, f64::MAX, 0.0, bell) - 0.5).abs() < 1e-15);
        assert!((tail_integral(0.0, -50.0, 0.0, bell) - 0.5).abs() < 1e-15);
        let far = tail_integral(10.0, 1e3, 10.0, bell);
        assert!((far / 7.619_853_024_160_527e-24 - 1.0).abs() < 1e-14, "{far}");
        assert!(tail_integral(1.0, 1.0, 1.0, bell).abs() < 1e-300);
    }
}
