//! Fisher's exact test of a table of two rows and two columns.

use super::{StatsError, float};

/// The most trials in all: the sums run over some 40 standard deviations of the table's count.
const MOST_TRIALS: f64 = 1e10;

/// The probabilities of what is at most, at least, and as unlikely as the observed count of the second row, for the
/// margins of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exact {
    pub(super) lower: f64,
    pub(super) upper: f64,
    pub(super) as_unlikely: f64,
}

/// The hypergeometric probabilities as weights relative to the mode's, from the mode outward until they vanish: no
/// factorial of a large count loses the digits of a small probability.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "counts of at most 10^10, and k within the margins' range"
)]
pub(super) fn exact((x1, n1): (u64, u64), (x2, n2): (u64, u64)) -> Result<Exact, StatsError> {
    let trials = float(n1) + float(n2);
    if trials > MOST_TRIALS {
        return Err(StatsError::OutOfRange {
            name: "trials",
            value: trials,
            range: "at most 10^10 trials in all for the exact test",
        });
    }
    let successes = x1 + x2;
    let (least, most) = (successes.saturating_sub(n1), successes.min(n2));
    // The weight of k + 1 over that of k.
    let ratio = |k: u64| {
        let others = float(n1 - successes.min(n1)) + float(k) - float(successes.saturating_sub(n1));
        float(successes - k) * float(n2 - k) / (float(k + 1) * (others + 1.0))
    };
    let mode = (u128::from(successes + 1) * u128::from(n2 + 1) / u128::from(n1 + n2 + 2))
        .try_into()
        .unwrap_or(most)
        .clamp(least, most);
    let walk = |visit: &mut dyn FnMut(u64, f64)| {
        let mut weight = 1.0;
        visit(mode, weight);
        for k in mode..most {
            weight *= ratio(k);
            if weight <= 0.0 {
                break;
            }
            visit(k + 1, weight);
        }
        weight = 1.0;
        for k in (least..mode).rev() {
            weight /= ratio(k);
            if weight <= 0.0 {
                break;
            }
            visit(k, weight);
        }
    };
    let mut observed = 0.0;
    walk(&mut |k, weight| {
        if k == x2 {
            observed = weight;
        }
    });
    // Equal probabilities that were reached from both sides differ by rounding.
    let limit = observed * (1.0 + 1e-7);
    let (mut all, mut lower, mut upper, mut as_unlikely) = (0.0, 0.0, 0.0, 0.0);
    walk(&mut |k, weight| {
        all += weight;
        if k <= x2 {
            lower += weight;
        }
        if k >= x2 {
            upper += weight;
        }
        if weight <= limit {
            as_unlikely += weight;
        }
    });
    let share = |sum: f64| (sum / all).min(1.0);
    Ok(Exact { lower: share(lower), upper: share(upper), as_unlikely: share(as_unlikely) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lady_tasting_tea() {
        // Fisher (1935): three of four cups right, of eight: 17/70 one-sided, 34/70 two-sided.
        let found = exact((1, 4), (3, 4)).unwrap();
        assert!((found.upper - 17.0 / 70.0).abs() < 1e-15 && (found.as_unlikely - 34.0 / 70.0).abs() < 1e-15);
        assert!((found.lower - 69.0 / 70.0).abs() < 1e-15);
    }

    #[test]
    fn the_ends_are_answers_or_errors() {
        let none = exact((0, 5), (0, 9)).unwrap();
        assert!(none.as_unlikely >= 1.0 && none.lower >= 1.0 && none.upper >= 1.0);
        let far = exact((0, 100_000_000), (50_000_000, 100_000_000)).unwrap();
        assert!(far.as_unlikely <= 0.0 && far.upper <= 0.0 && far.lower >= 1.0);
        assert!(exact((1, u64::MAX), (1, u64::MAX)).is_err());
    }
}
