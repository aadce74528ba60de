//! Removal effects of chains of any order: all states that contain the channel go together.
//!
//! A removed channel costs what would have come of the journeys at the moment they first reach it. With
//! `h_c(t)` the probability that `t` is the first state of a journey that contains channel `c`, and `b_t` the
//! probability of a conversion from `t` on:
//!
//! `P(convert) - P(convert without c) = sum over t of h_c(t) b_t`
//!
//! which has no subtraction in it. `h_c` is the flow of journeys pushed from state to state through those
//! without `c`. What is still under way after a sweep is known (it is never negative), and can bring at most
//! itself times `b`: the sweeps end when that is below 1e-16 of what was found. A chain that ends too slowly for
//! that is solved by elimination.

use super::AttributionError;
use super::columns::{float, float_value};
use super::elimination::{self, Rewards};
use super::transition::{MarkovChain, index};
use super::work::Work;
use alloc::vec::Vec;

/// What is to be expected from a state on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outlook {
    pub(super) conversion: f64,
    pub(super) value: f64,
    pub(super) steps: f64,
}

/// What the removal of a channel takes, and the probability that a journey reaches it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Loss {
    pub(super) conversion: f64,
    pub(super) value: f64,
    pub(super) visit: f64,
}

/// Channels that are pushed together: one cache line per state.
const LANES: usize = 8;
/// The rewards that one sweep from below finds.
const REWARDS: usize = 4;
/// What may be left under way, relative to what was found, and in all where nothing was found.
const LEFT: f64 = 1e-16;
const LEFT_OF_NOTHING: f64 = 1e-20;
/// After so many sweeps elimination is the shorter way.
const MOST_SWEEPS: usize = 3000;

/// The steps to other states as shares of what leaves a state.
struct Flow {
    offsets: Vec<usize>,
    steps: Vec<(u32, f64)>,
    exits: Vec<f64>,
}

impl Flow {
    fn new(chain: &MarkovChain) -> Self {
        let mut flow = Self { offsets: alloc::vec![0], steps: Vec::new(), exits: Vec::new() };
        for state in 0..chain.states() {
            let exits = float(chain.exits(state));
            let others = chain.steps(state).filter(|(target, _)| index(*target) != state);
            flow.steps.extend(others.map(|(target, weight)| (target, float(weight) / exits)));
            flow.offsets.push(flow.steps.len());
            flow.exits.push(exits);
        }
        flow
    }

    /// What one sweep looks at.
    #[expect(clippy::arithmetic_side_effects, reason = "lengths of two lists in memory")]
    fn size(&self) -> usize {
        self.steps.len() + self.exits.len()
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "one more offset than states, ascending to the number of steps"
    )]
    #[expect(clippy::arithmetic_side_effects, reason = "one more offset than states")]
    fn steps(&self, state: usize) -> &[(u32, f64)] {
        &self.steps[self.offsets[state]..self.offsets[state + 1]]
    }
}

impl MarkovChain {
    /// The probability of a conversion from each state on.
    ///
    /// # Errors
    /// [`AttributionError::Overflow`] where a probability is too small for a float; [`AttributionError::TooLarge`] where
    /// more than 2^35 multiplications are needed.
    pub fn conversion_probabilities(&self) -> Result<Vec<f64>, AttributionError> {
        let outlooks = outlook(self)?;
        // Rounding can carry a certain conversion past 1.
        Ok(outlooks.into_iter().map(|outlook| outlook.conversion.min(1.0)).collect())
    }

    /// The number of touches still expected from each state on, the state's own last touch included.
    ///
    /// # Errors
    /// [`AttributionError::Overflow`] where a number is beyond a float; [`AttributionError::TooLarge`] where more than
    /// 2^35 multiplications are needed.
    pub fn expected_steps(&self) -> Result<Vec<f64>, AttributionError> {
        Ok(outlook(self)?.into_iter().map(|outlook| outlook.steps).collect())
    }
}

/// What is to be expected from each state on.
fn outlook(chain: &MarkovChain) -> Result<Vec<Outlook>, AttributionError> {
    let flow = Flow::new(chain);
    outlook_along(chain, &flow, MOST_SWEEPS, &mut Work::default())
}

fn outlook_along(
    chain: &MarkovChain,
    flow: &Flow,
    most_sweeps: usize,
    work: &mut Work,
) -> Result<Vec<Outlook>, AttributionError> {
    let collected = |state: usize| {
        let value = float_value(chain.value(state));
        [chain.ends(state), float(chain.conversions(state)), value, float(chain.visits(state))]
    };
    let solved = match swept(flow, &collected, most_sweeps, work)? {
        Some(solved) => solved,
        // Journeys that hardly ever end would take sweeps without end: these chains are eliminated.
        None => {
            elimination::solve(chain.graph(|_| true), (0..chain.states()).map(collected).collect(), work)?
        }
    };
    Ok(solved.into_iter().map(|[_, conversion, value, steps]| Outlook { conversion, value, steps }).collect())
}

/// The expected rewards by sweeps from below.
///
/// The first of each four is the share that is still under way, `g`. What is missing of a reward is `g` times at
/// most the largest reward, and that is at most the largest found over `1 - max g`.
#[expect(clippy::indexing_slicing, reason = "steps lead to states, and each has what was found for it")]
fn swept(
    flow: &Flow,
    collected: &impl Fn(usize) -> Rewards,
    most_sweeps: usize,
    work: &mut Work,
) -> Result<Option<Vec<Rewards>>, AttributionError> {
    let own: Vec<Rewards> = flow
        .exits
        .iter()
        .enumerate()
        .map(|(state, exits)| {
            let [_, conversion, value, steps] = collected(state);
            [0.0, conversion / exits, value / exits, steps / exits]
        })
        .collect();
    let mut found: Vec<Rewards> = alloc::vec![[1.0, 0.0, 0.0, 0.0]; own.len()];
    for _ in 0..most_sweeps {
        work.add(flow.size(), REWARDS)?;
        for (state, own) in own.iter().enumerate().rev() {
            let mut sum = *own;
            for (target, share) in flow.steps(state) {
                // From the last state to the first: what a sweep found already counts in it.
                let onward = found[index(*target)];
                sum.iter_mut().zip(onward).for_each(|(sum, reward)| *sum += share * reward);
            }
            found[state] = sum;
        }
        let most = found.iter().fold([0.0_f64; 4], |most, found| {
            let mut larger = most;
            larger.iter_mut().zip(found).for_each(|(larger, found)| *larger = larger.max(*found));
            larger
        });
        let [under_way, bounds @ ..] = most;
        let settled = |found: &Rewards| {
            let [under_way, rewards @ ..] = *found;
            rewards
                .into_iter()
                .zip(bounds)
                .all(|(reward, bound)| under_way * bound <= LEFT * reward || under_way <= LEFT_OF_NOTHING)
        };
        // Half is far above what the bound itself needs.
        if under_way <= 0.5 && found.iter().all(settled) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// What the removal of each channel takes, by rank.
pub(super) fn losses(chain: &MarkovChain, work: &mut Work) -> Result<Vec<Loss>, AttributionError> {
    losses_within(chain, MOST_SWEEPS, work)
}

#[expect(clippy::indexing_slicing, reason = "the ranks of a chain are those of its channels")]
fn losses_within(
    chain: &MarkovChain,
    most_sweeps: usize,
    work: &mut Work,
) -> Result<Vec<Loss>, AttributionError> {
    let flow = Flow::new(chain);
    // Each channel takes a sweep at least: what is hopeless is refused before any.
    Work::default().add(flow.size(), chain.channels().len())?;
    let outlooks = outlook_along(chain, &flow, most_sweeps, work)?;
    let mut seen = alloc::vec![false; chain.channels().len()];
    for channel in (0..chain.states()).flat_map(|state| chain.gram(state)) {
        seen[usize::from(*channel)] = true;
    }
    let present: Vec<u16> =
        (0..=u16::MAX).zip(&seen).filter(|(_, seen)| **seen).map(|(channel, _)| channel).collect();
    let mut losses = alloc::vec![Loss::default(); chain.channels().len()];
    // Several channels at a time: a sweep reads all steps of the chain once for all of them.
    for block in present.chunks(LANES) {
        let pushed = pushed(chain, &flow, &outlooks, block, most_sweeps, work)?;
        for (lane, channel) in block.iter().enumerate() {
            let loss = match pushed.as_ref().and_then(|losses| losses.get(lane)) {
                Some(loss) => *loss,
                None => eliminated(chain, &outlooks, *channel, work)?,
            };
            losses[usize::from(*channel)] = loss;
        }
    }
    Ok(losses)
}

/// The losses of up to [`LANES`] channels by pushing the journeys forward until too few are left to matter.
#[expect(
    clippy::indexing_slicing,
    reason = "steps lead to states, and a lane is that of a channel of the block"
)]
fn pushed(
    chain: &MarkovChain,
    flow: &Flow,
    outlooks: &[Outlook],
    block: &[u16],
    most_sweeps: usize,
    work: &mut Work,
) -> Result<Option<[Loss; LANES]>, AttributionError> {
    let journeys = float(chain.totals.journeys);
    let mut losses = [Loss::default(); LANES];
    let mut under_way = alloc::vec![[0.0_f64; LANES]; chain.states()];
    // The lane of the channel that a state ends with: a step can only bring its own last touch.
    let mut last_lane = Vec::with_capacity(chain.states());
    for ((state, mass), outlook) in (0..chain.states()).zip(&mut under_way).zip(outlooks) {
        let touches = chain.gram(state);
        let last = touches.last().copied();
        last_lane.push(block.iter().position(|channel| Some(*channel) == last));
        let start = float(chain.starts(state)) / journeys;
        for ((channel, mass), loss) in block.iter().zip(mass).zip(&mut losses) {
            if touches.contains(channel) {
                loss.add(start, outlook);
            } else {
                *mass = start;
            }
        }
    }
    for _ in 0..most_sweeps {
        work.add(flow.size(), LANES)?;
        for state in 0..chain.states() {
            let mass = core::mem::take(&mut under_way[state]);
            if mass.iter().all(|mass| *mass <= 0.0) {
                continue;
            }
            for (target, share) in flow.steps(state) {
                let target = index(*target);
                let waiting = &mut under_way[target];
                waiting.iter_mut().zip(mass).for_each(|(waiting, mass)| *waiting += share * mass);
                if let Some(lane) = last_lane[target] {
                    // What reaches the channel is lost there and goes no further.
                    let arrived = core::mem::take(&mut waiting[lane]);
                    losses[lane].add(arrived, &outlooks[target]);
                }
            }
        }
        let mut left = [Loss::default(); LANES];
        for (mass, outlook) in under_way.iter().zip(outlooks) {
            left.iter_mut().zip(mass).for_each(|(left, mass)| left.add(*mass, outlook));
        }
        if left.iter().zip(&losses).all(|(left, found)| left.is_nothing_to(found)) {
            return Ok(Some(losses));
        }
    }
    Ok(None)
}

impl Loss {
    fn add(&mut self, mass: f64, outlook: &Outlook) {
        self.conversion += mass * outlook.conversion;
        self.value += mass * outlook.value;
        self.visit += mass;
    }

    /// Whether all that is left could not change what was found.
    fn is_nothing_to(&self, found: &Self) -> bool {
        let parts =
            [(self.conversion, found.conversion), (self.value, found.value), (self.visit, found.visit)];
        parts.into_iter().all(|(left, found)| left <= LEFT * found) || self.visit <= LEFT_OF_NOTHING
    }
}

/// The loss of one channel by elimination of all states without it.
#[expect(clippy::indexing_slicing, reason = "steps lead to states, and each has an outlook")]
fn eliminated(
    chain: &MarkovChain,
    outlooks: &[Outlook],
    channel: u16,
    work: &mut Work,
) -> Result<Loss, AttributionError> {
    let kept: Vec<bool> = (0..chain.states()).map(|state| !chain.gram(state).contains(&channel)).collect();
    let is_kept = |state: usize| kept[state];
    let rewards = (0..chain.states()).map(|state| {
        let mut reward = [chain.ends(state), 0.0, 0.0, 0.0];
        for (target, weight) in chain.steps(state).filter(|(target, _)| !is_kept(index(*target))) {
            let outlook = outlooks[index(target)];
            let weight = float(weight);
            let brought = [weight, weight * outlook.conversion, weight * outlook.value, weight];
            reward.iter_mut().zip(brought).for_each(|(sum, part)| *sum += part);
        }
        // A removed state is not asked; this keeps its pivot from being 0.
        if is_kept(state) { reward } else { [1.0, 0.0, 0.0, 0.0] }
    });
    let solved = elimination::solve(chain.graph(is_kept), rewards.collect(), work)?;
    let journeys = float(chain.totals.journeys);
    let mut loss = Loss::default();
    for (state, ([_, conversion, value, visit], outlook)) in solved.into_iter().zip(outlooks).enumerate() {
        let start = float(chain.starts(state)) / journeys;
        if is_kept(state) {
            loss.conversion += start * conversion;
            loss.value += start * value;
            loss.visit += start * visit;
        } else {
            loss.add(start, outlook);
        }
    }
    Ok(loss)
}
