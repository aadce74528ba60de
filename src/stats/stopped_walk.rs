//! A Brownian motion that is looked at now and then and stops outside of a region: its density at each look, by recursive
//! integration (P. Armitage, C. K. `McPherson` and B. C. Rowe, 1969).
//!
//! The density at a look is that of the look before, cut to where the test went on, and smeared by the normal step in
//! between. It is kept as masses at the nodes of Gauss-Legendre panels, some eight standard deviations of the smearing
//! wide: within them the integrand is entire, and 16 points leave about 1e-10. Only the motion without drift is
//! integrated: under a drift `d` the mass at `s` is `exp(d s - d^2 t / 2)` times as large (R. H. Cameron and W. T. Martin,
//! 1944), so that any power costs one sum.

use super::tail_integral::NODES;
use alloc::vec::Vec;

/// The width of a panel in standard deviations of the smearing.
const PANEL: f64 = 8.0;
/// How far from its maximum, in standard deviations, a normal factor is above the rounding of the sum.
const WINDOW: f64 = 9.0;
const ROOT_TWO_PI: f64 = 2.506_628_274_631_000_7;

/// The part of the motion that has not stopped before a look.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    information: f64,
    nodes: Vec<f64>,
    masses: Vec<f64>,
    /// The masses at `s` and `-s` are equal.
    is_symmetric: bool,
}

/// The probability that the motion is beyond a point at a look, and its density there, per standard error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beyond {
    pub(super) probability: f64,
    pub(super) density: f64,
}

impl Walk {
    /// Before the first look: all of it at 0.
    pub(super) fn start() -> Self {
        Self { information: 0.0, nodes: [0.0].into(), masses: [1.0].into(), is_symmetric: true }
    }

    /// Above `z` standard errors when there is so much `information`, under a drift.
    pub(super) fn above(&self, information: f64, z: f64, drift: f64) -> Beyond {
        self.beyond(information, z, drift, 1.0)
    }

    /// Below `z` standard errors.
    pub(super) fn below(&self, information: f64, z: f64, drift: f64) -> Beyond {
        self.beyond(information, z, drift, -1.0)
    }

    fn beyond(&self, information: f64, z: f64, drift: f64, side: f64) -> Beyond {
        let step = information - self.information;
        let (deviation, root) = (libm::sqrt(step), libm::sqrt(information));
        let start = z * root - drift * step;
        let (mut probability, mut density) = (0.0, 0.0);
        for (node, mass) in self.nodes.iter().zip(&self.masses) {
            let tilt = drift * (node - drift * self.information / 2.0);
            let tilted = if drift.abs() > 0.0 { mass * libm::exp(tilt) } else { *mass };
            let x = side * (start - node) / deviation;
            probability += tilted * 0.5 * libm::erfc(x * core::f64::consts::FRAC_1_SQRT_2);
            density += tilted * libm::exp(-x * x / 2.0);
        }
        Beyond { probability, density: density * (root / deviation / ROOT_TWO_PI) }
    }

    /// After a look at `information` that goes on within `regions`, in ascending order and symmetric about 0 where
    /// `is_symmetric`; the next look comes `next_step` of information later.
    pub(super) fn after(
        &self,
        information: f64,
        regions: &[(f64, f64)],
        is_symmetric: bool,
        next_step: f64,
    ) -> Self {
        let step = information - self.information;
        let width = PANEL / libm::sqrt(1.0 / step + 1.0 / next_step);
        let (mut nodes, mut masses) = (Vec::new(), Vec::new());
        for (low, high) in regions {
            let count = libm::ceil((high - low) / width).max(1.0);
            let half = (high - low) / count / 2.0;
            let mut panel = 0.0;
            while panel < count {
                let middle = low + half * (2.0 * panel + 1.0);
                for (node, weight) in NODES.iter().rev() {
                    nodes.push(middle - half * node);
                    masses.push(half * weight);
                }
                for (node, weight) in &NODES {
                    nodes.push(middle + half * node);
                    masses.push(half * weight);
                }
                panel += 1.0;
            }
        }
        let is_symmetric = is_symmetric && self.is_symmetric;
        let mirrored = if is_symmetric { nodes.len() / 2 } else { 0 };
        for (node, mass) in nodes.iter().zip(&mut masses).skip(mirrored) {
            *mass *= self.density(information, step, *node);
        }
        if let (true, Some((left, right))) = (is_symmetric, masses.split_at_mut_checked(mirrored)) {
            for (left, right) in left.iter_mut().zip(right.iter().rev()) {
                *left = *right;
            }
        }
        Self { information, nodes, masses, is_symmetric }
    }

    /// The density of the motion at `s`, without drift.
    fn density(&self, information: f64, step: f64, s: f64) -> f64 {
        let (Some(first), Some(last)) = (self.nodes.first(), self.nodes.last()) else { return 0.0 };
        // Most of what arrives at s comes from where the straight way from 0 passed, or from the nearest point to it.
        let passed = self.information / information;
        let centre = (s * passed).max(*first).min(*last);
        let reach = WINDOW * libm::sqrt(step * passed);
        let from = self.nodes.partition_point(|node| *node < centre - reach);
        let nodes = self.nodes.iter().zip(&self.masses).skip(from);
        let scale = -0.5 / step;
        let mut sum = 0.0;
        for (node, mass) in nodes.take_while(|(node, _)| **node <= centre + reach) {
            let way = s - node;
            sum += mass * libm::exp(way * way * scale);
        }
        sum / (libm::sqrt(step) * ROOT_TWO_PI)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_that_never_stops_is_normal() {
        for times in [[0.2, 0.4, 1.0], [0.01, 0.011, 1.0], [0.5, 0.99, 1.0]] {
            let first = Walk::start().after(times[0], &region(times[0]), true, times[1] - times[0]);
            let second = first.after(times[1], &region(times[1]), true, times[2] - times[1]);
            for z in [-3.0, 0.0, 1.0, 5.0, 8.0] {
                for drift in [0.0, 2.0, -1.0] {
                    let expected = crate::stats::normal::cdf(drift - z);
                    let found = second.above(1.0, z, drift).probability;
                    assert!(
                        (found / expected - 1.0).abs() < 1e-8,
                        "{times:?} {z} {drift}: {found} {expected}"
                    );
                    let below = second.below(1.0, z, drift).probability;
                    assert!((found + below - 1.0).abs() < 1e-10);
                }
            }
        }
    }

    fn region(information: f64) -> [(f64, f64); 1] {
        let reach = 12.0 * libm::sqrt(information);
        [(-reach, reach)]
    }
}
