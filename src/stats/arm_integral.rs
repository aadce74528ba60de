//! Which of several independent estimates is the largest: all arms over the same Gauss-Legendre panels.
//!
//! A distribution function at each node would cost more than the integral. The panels integrate the densities, and the
//! polynomial through the nodes of a panel also gives the part up to each node: one density per arm and node.

use super::StatsError;
use super::tail_integral::NODES;
use alloc::vec;
use alloc::vec::Vec;

const POINTS: usize = 16;
/// What is farther below the peak of a density than `e^-90` is no part of it.
pub(super) const DEPTH: f64 = 90.0;
/// The most by which the logarithm of a density changes within a panel, about.
const FALL: f64 = 8.0;
/// The most of the panel's width in standard deviations, squared.
const BEND: f64 = 4.0;
/// How much more a panel may have of both at its far end, which is looked at once its width is known.
const SLACK: f64 = 1.3;

/// A point of the line on which the arms lie.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Where it is on the line of integration.
    pub(super) t: f64,
    /// The value there, and 1 less it where it is a rate.
    pub(super) x: f64,
    pub(super) y: f64,
    /// By how much the value changes with `t`.
    pub(super) stretch: f64,
}

/// What is known of an arm, as a density over the line of integration whose logarithm is concave.
pub(super) trait Posterior {
    fn place(t: f64) -> Place;
    fn density(&self, place: &Place) -> f64;
    /// The derivative of the logarithm of the density.
    fn slope(&self, place: &Place) -> f64;
    /// The largest second derivative of it between two places, without its sign.
    fn bend(&self, from: &Place, to: &Place) -> f64;
    /// The ends of what counts.
    fn support(&self) -> (f64, f64);
    /// The probability below a place.
    fn below(&self, place: &Place) -> Result<f64, StatsError>;
}

/// The probability of each arm to be the largest, and how much the `leader` is expected to fall short of the largest.
pub(super) struct Largest {
    pub(super) probabilities: Vec<f64>,
    pub(super) loss: f64,
}

/// The nodes and weights of the rule, and for each node the weights of the integral from -1 up to it.
pub(super) struct Rule {
    pub(super) nodes: [(f64, f64); POINTS],
    pub(super) up_to: [[f64; POINTS]; POINTS],
}

/// The Legendre polynomials of degree 0 to 16 at `x`, by their three-term recurrence.
fn legendre(x: f64) -> [f64; POINTS + 1] {
    let (mut before, mut here, mut degree) = (0.0, 1.0, 0.0);
    core::array::from_fn(|_| {
        let value = here;
        let next = ((2.0 * degree + 1.0) * x * here - degree * before) / (degree + 1.0);
        (before, here) = (here, next);
        degree += 1.0;
        value
    })
}

/// The integrals of the first 16 Legendre polynomials from -1 to `x`, each times its degree doubled and 1.
fn legendre_integrals(x: f64) -> [f64; POINTS] {
    let values = legendre(x);
    let mut integrals = [x + 1.0; POINTS];
    for (integral, around) in integrals.iter_mut().skip(1).zip(values.windows(3)) {
        if let [before, _, after] = around {
            *integral = after - before;
        }
    }
    integrals
}

impl Rule {
    pub(super) fn new() -> Self {
        let mut nodes = [(0.0, 0.0); POINTS];
        let all = NODES.iter().rev().map(|(node, weight)| (-node, *weight)).chain(NODES);
        for (node, known) in nodes.iter_mut().zip(all) {
            *node = known;
        }
        let up_to = nodes.map(|(end, _)| {
            let integrals = legendre_integrals(end);
            // The polynomial that is 1 at a node and 0 at the others, written in Legendre polynomials.
            nodes.map(|(node, weight)| {
                let values = legendre(node);
                weight / 2.0 * values.iter().zip(&integrals).map(|(value, part)| value * part).sum::<f64>()
            })
        });
        Self { nodes, up_to }
    }
}

/// An arm on a panel: its density at the nodes, its probability there and in all later panels.
pub(super) struct Member {
    pub(super) arm: usize,
    pub(super) density: [f64; POINTS],
    pub(super) mass: f64,
    later: f64,
}

pub(super) struct Panel {
    pub(super) half: f64,
    pub(super) places: [Place; POINTS],
    pub(super) members: Vec<Member>,
    /// Some arm lies wholly beyond it.
    waits: bool,
}

/// The arms over panels in ascending order, from a low end of some of them to the highest end of all.
pub(super) fn panels<P: Posterior>(
    arms: &[P],
    supports: &[(f64, f64)],
    start: f64,
    rule: &Rule,
) -> Result<Vec<Panel>, StatsError> {
    let end = supports.iter().fold(start, |end, support| end.max(support.1));
    let mut from = P::place(start);
    let mut panels = Vec::new();
    while from.t < end {
        let mut limit = end;
        let mut active = Vec::new();
        for ((at, arm), (low, high)) in arms.iter().enumerate().zip(supports) {
            if *low > from.t {
                limit = limit.min(*low);
            } else if *high > from.t {
                limit = limit.min(*high);
                active.push((at, arm));
            }
        }
        let room = limit - from.t;
        let mut width = active.iter().fold(room, |width, (_, arm)| {
            width.min(FALL / arm.slope(&from).abs()).min(libm::sqrt(BEND / arm.bend(&from, &from)))
        });
        let to = loop {
            let to = P::place(if width >= room { limit } else { from.t + width });
            let smooth = active.iter().all(|(_, arm)| {
                width * arm.slope(&to).abs() <= SLACK * FALL
                    && width * width * arm.bend(&from, &to) <= SLACK * BEND
            });
            if smooth || to.t <= from.t {
                break to;
            }
            width *= 0.75;
        };
        // The scales of the arms are bounded against each other, so that a panel is wider than the last digit of `t`.
        if to.t <= from.t {
            return Err(StatsError::NoConvergence { function: "the probability to be best", iterations: 0 });
        }
        let (middle, half) = (f64::midpoint(from.t, to.t), (to.t - from.t) / 2.0);
        let places = rule.nodes.map(|(node, _)| P::place(middle + half * node));
        let members = active.into_iter().map(|(arm, posterior)| {
            let density = places.each_ref().map(|place| posterior.density(place));
            let sum: f64 = density.iter().zip(&rule.nodes).map(|(value, (_, weight))| value * weight).sum();
            Member { arm, density, mass: half * sum, later: 0.0 }
        });
        let waits = supports.iter().any(|(low, _)| *low > from.t);
        panels.push(Panel { half, places, members: members.collect(), waits });
        from = to;
    }
    Ok(panels)
}

/// Which of the `arms` is the largest; `leader` is the number of the arm with the largest mean.
#[expect(
    clippy::indexing_slicing,
    reason = "a member's number is that of its arm; every list has one place for each"
)]
pub(super) fn largest<P: Posterior>(arms: &[P], leader: usize) -> Result<Largest, StatsError> {
    let rule = Rule::new();
    let supports: Vec<(f64, f64)> = arms.iter().map(Posterior::support).collect();
    let start = supports[leader].0;
    let mut panels = panels(arms, &supports, start, &rule)?;
    let mut later = vec![0.0; arms.len()];
    for member in panels.iter_mut().rev().flat_map(|panel| &mut panel.members) {
        member.later = later[member.arm];
        later[member.arm] += member.mass;
    }
    let first = P::place(start);
    let below = arms.iter().zip(&supports).map(|(arm, (low, high))| {
        if *low > start {
            Ok(0.0)
        } else if *high <= start {
            Ok(1.0)
        } else {
            arm.below(&first)
        }
    });
    let mut below = below.collect::<Result<Vec<f64>, StatsError>>()?;
    let (mut probabilities, mut loss) = (vec![0.0; arms.len()], 0.0);
    let (mut lowers, mut befores) = (Vec::new(), Vec::new());
    for Panel { half, places, members, waits } in &panels {
        let each = places.iter().zip(&rule.nodes).zip(&rule.up_to).enumerate();
        for (node, ((place, (_, weight)), up_to)) in each {
            lowers.clear();
            befores.clear();
            // The leader is below with certainty where it is no member: the panels begin at its low end.
            let (mut leader_below, mut other_above, mut product) = (1.0, 0.0, 1.0);
            for member in members {
                let part: f64 =
                    up_to.iter().zip(&member.density).map(|(weight, density)| weight * density).sum();
                let part = (half * part).clamp(0.0, member.mass);
                let upper = member.later + (member.mass - part);
                // Of the two the smaller has its digits.
                let lower = if upper < 0.5 { 1.0 - upper } else { below[member.arm] + part };
                if member.arm == leader {
                    leader_below = lower;
                } else {
                    // 1 - (1 - u) (1 - v) = u + (1 - u) v: small ones keep their digits.
                    other_above += (1.0 - other_above) * upper;
                }
                befores.push(product);
                product *= lower;
                lowers.push(lower);
            }
            if *waits {
                other_above = 1.0;
            }
            loss += half * weight * leader_below * other_above * place.stretch;
            if *waits {
                continue;
            }
            let mut after = 1.0;
            for ((member, before), lower) in members.iter().zip(&befores).zip(&lowers).rev() {
                probabilities[member.arm] += half * weight * member.density[node] * before * after;
                after *= lower;
            }
        }
        for member in members {
            below[member.arm] += member.mass;
        }
    }
    let sum: f64 = probabilities.iter().sum();
    if (sum - 1.0).abs() > 1e-8 || !loss.is_finite() {
        return Err(StatsError::NoConvergence { function: "the probability to be best", iterations: 1 });
    }
    for probability in &mut probabilities {
        *probability /= sum;
    }
    Ok(Largest { probabilities, loss })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polynomial_is_integrated_up_to_each_node() {
        let rule = Rule::new();
        for ((end, _), up_to) in rule.nodes.iter().zip(&rule.up_to) {
            let found: f64 =
                up_to.iter().zip(&rule.nodes).map(|(weight, (node, _))| weight * node.powi(7)).sum();
            assert!((found - (end.powi(8) - 1.0) / 8.0).abs() < 1e-15, "{end}: {found}");
        }
    }
}
