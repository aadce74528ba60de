//! The chain of a table of paths: its states, and how often each follows another.

use super::columns::{Columns, float};
use super::contexts::Contexts;
use super::{AttributionError, ChannelId, Channels, PathTable, Totals};
use crate::figure::{Cell, Table, joint_label};
use crate::quantity::wire::serialize_fields;
use alloc::vec::Vec;
use core::fmt;
use serde::{Serialize, Serializer};

/// The highest order of a chain.
pub(super) const MAX_ORDER: usize = 255;

/// The Markov chain of order `k` of a table of paths, in whole counts (absorbing: journeys end).
///
/// A state is the last `k` touches of a journey, or all its touches where it has fewer; a journey starts in the
/// state of its first `k` touches and ends in a conversion or in nothing. States stand in the order of their
/// touches' names, so that the chain does not depend on the order of the rows or of the dictionary.
///
/// # Examples
/// ```
/// use marketloop::attribution::{MarkovChain, Outcome, PathTable};
/// use marketloop::quantity::Currency;
///
/// // A > B converts 2 of 3 times, B never.
/// let mut paths = PathTable::builder(Currency::CNY);
/// paths.push_text("A > B", ">", Outcome { conversions: 2, nulls: 1, value: 30 })?;
/// paths.push_text("B", ">", Outcome::null())?;
/// let chain = MarkovChain::new(&paths.build(), 1)?;
/// assert_eq!(chain.states(), 2);
/// assert_eq!(chain.transitions().collect::<Vec<_>>(), [(0, 1, 3)]);
/// assert_eq!((chain.conversions(1), chain.nulls(1)), (2, 2));
/// assert_eq!(chain.conversion_probabilities()?, [0.5, 0.5]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkovChain {
    pub(super) order: usize,
    pub(super) channels: Channels,
    /// The channels in the order of their names.
    pub(super) ids: Vec<ChannelId>,
    /// The touches of all states, and where those of each state begin.
    grams: Vec<u16>,
    gram_offsets: Vec<usize>,
    pub(super) starts: Vec<u64>,
    pub(super) conversions: Vec<u64>,
    pub(super) nulls: Vec<u64>,
    pub(super) values: Vec<i64>,
    /// Where the steps of each state begin; targets ascend within a state.
    step_offsets: Vec<usize>,
    targets: Vec<u32>,
    weights: Vec<u64>,
    pub(super) totals: Totals,
    pub(super) total_value: i64,
}

impl MarkovChain {
    /// Counts the chain of this order from a table of paths.
    ///
    /// # Errors
    /// [`AttributionError::Order`] for an order outside 1..=255; [`AttributionError::NoPaths`];
    /// [`AttributionError::Overflow`] for more than 2^32 - 1 states or steps, or 2^64 - 1 touches.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{MarkovChain, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut paths = PathTable::builder(Currency::CNY);
    /// paths.push_text("SEM > Email", ">", Outcome { conversions: 2, nulls: 1, value: 30 })?;
    /// paths.push_text("Email", ">", Outcome { conversions: 0, nulls: 4, value: 0 })?;
    /// let paths = paths.build();
    /// // Order 1 knows Email; order 2 also knows what came before it.
    /// assert_eq!(MarkovChain::new(&paths, 1)?.states(), 2);
    /// let chain = MarkovChain::new(&paths, 2)?;
    /// let states: Vec<_> = (0..chain.states()).map(|state| chain.touches(state).count()).collect();
    /// assert_eq!(states, [1, 2]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(paths: &PathTable, order: usize) -> Result<Self, AttributionError> {
        let columns = Columns::new(paths);
        let contexts = contexts(&columns, order)?;
        let totals = columns.totals();
        if totals.journeys == 0 {
            return Err(AttributionError::NoPaths);
        }
        let chain = Self {
            order,
            channels: paths.channels().clone(),
            ids: columns.ids().to_vec(),
            grams: Vec::new(),
            gram_offsets: Vec::new(),
            starts: Vec::new(),
            conversions: Vec::new(),
            nulls: Vec::new(),
            values: Vec::new(),
            step_offsets: Vec::new(),
            targets: Vec::new(),
            weights: Vec::new(),
            totals: paths.totals(),
            total_value: totals.value,
        };
        Ok(chain.filled(&contexts))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "contexts and steps lead to contexts; a context that was visited has its rank"
    )]
    fn filled(mut self, contexts: &Contexts) -> Self {
        let whole = |node: u32| contexts.is_whole(&contexts.nodes[index(node)]);
        let mut visited: Vec<bool> = contexts.nodes.iter().map(|context| context.starts > 0).collect();
        let mut steps: Vec<(u32, u32, u64)> = Vec::new();
        for (from, _, step) in contexts.all_steps().filter(|(from, _, step)| step.weight > 0 && whole(*from))
        {
            visited[index(step.target)] = true;
            steps.push((from, step.target, step.weight));
        }
        // The visited contexts, in the order of their touches.
        let (mut touches, mut spans) = (Vec::new(), Vec::new());
        for (node, _) in visited.iter().enumerate().filter(|(_, visited)| **visited) {
            let from = touches.len();
            let mut context = &contexts.nodes[node];
            // A context knows its last touch and the one without it: read from the end, and turned round.
            while context.length > 0 {
                touches.push(context.last);
                context = &contexts.nodes[index(context.parent)];
            }
            touches[from..].reverse();
            spans.push((node, from..touches.len()));
        }
        spans.sort_unstable_by(|a, b| touches[a.1.clone()].cmp(&touches[b.1.clone()]));
        let mut rank = alloc::vec![0_u32; contexts.nodes.len()];
        self.gram_offsets.push(0);
        // No more states than contexts, whose numbers have 32 bits.
        for (state, (node, span)) in (0_u32..).zip(spans) {
            rank[node] = state;
            self.grams.extend_from_slice(&touches[span]);
            self.gram_offsets.push(self.grams.len());
            let context = &contexts.nodes[node];
            self.starts.push(context.starts);
            self.conversions.push(context.conversions);
            self.nulls.push(context.nulls);
            self.values.push(context.value);
        }
        for (from, target, _) in &mut steps {
            (*from, *target) = (rank[index(*from)], rank[index(*target)]);
        }
        steps.sort_unstable();
        self.step_offsets.push(0);
        for state in 0..self.starts.len() {
            let written = self.targets.len();
            for (_, target, weight) in steps[written..].iter().take_while(|(from, ..)| index(*from) == state)
            {
                self.targets.push(*target);
                self.weights.push(*weight);
            }
            self.step_offsets.push(self.targets.len());
        }
        debug_assert_eq!(self.targets.len(), steps.len(), "every step begins at a state");
        self
    }

    /// The order of the chain.
    #[must_use]
    pub const fn order(&self) -> usize {
        self.order
    }

    /// The channels of the table, seen or not.
    #[must_use]
    pub const fn channels(&self) -> &Channels {
        &self.channels
    }

    /// The number of states.
    #[must_use]
    pub const fn states(&self) -> usize {
        self.starts.len()
    }

    /// The touches of a state, first to last; empty for a state that the chain does not have.
    pub fn touches(&self, state: usize) -> impl Iterator<Item = ChannelId> + '_ {
        let ranks = self.state(state).unwrap_or_default();
        ranks.iter().filter_map(|rank| self.ids.get(usize::from(*rank)).copied())
    }

    /// The names of a state's touches, first to last.
    fn names(&self, state: usize) -> impl Iterator<Item = &str> {
        self.touches(state).filter_map(|touch| self.channels.name(touch))
    }

    /// A row for each state, a column for each state to which it leads: how often.
    #[must_use]
    pub fn table(&self) -> Table {
        let name = |state: usize| joint_label(self.names(state), " > ");
        let mut table = Table::new("state");
        for state in 0..self.states() {
            for (column, journeys) in [
                ("starts", self.starts(state)),
                ("conversions", self.conversions(state)),
                ("nulls", self.nulls(state)),
            ] {
                table.push(name(state), column, Cell::new(journeys, "journey"));
            }
        }
        for (from, to, count) in self.transitions() {
            table.push(name(from), alloc::format!("to {}", name(to)), Cell::new(count, "transition"));
        }
        table
    }

    /// The touches of a state of the chain by the ranks of their channels.
    #[expect(
        clippy::indexing_slicing,
        reason = "one more offset than states, ascending to the number of touches"
    )]
    #[expect(clippy::arithmetic_side_effects, reason = "one more offset than states")]
    pub(super) fn gram(&self, state: usize) -> &[u16] {
        &self.grams[self.gram_offsets[state]..self.gram_offsets[state + 1]]
    }

    /// As [`gram`](Self::gram), of a state that the chain may not have.
    fn state(&self, state: usize) -> Option<&[u16]> {
        let (from, to) = span(&self.gram_offsets, state)?;
        self.grams.get(from..to)
    }

    /// How many journeys start in a state; 0 in one that the chain does not have.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{MarkovChain, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut paths = PathTable::builder(Currency::CNY);
    /// paths.push_text("SEM > Email", ">", Outcome { conversions: 2, nulls: 1, value: 30 })?;
    /// paths.push_text("Email", ">", Outcome { conversions: 0, nulls: 4, value: 0 })?;
    /// let chain = MarkovChain::new(&paths.build(), 1)?;
    /// // States stand in the order of the names: Email, SEM.
    /// assert_eq!((chain.starts(0), chain.visits(0)), (4, 7));
    /// assert_eq!((chain.starts(1), chain.visits(1)), (3, 3));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn starts(&self, state: usize) -> u64 {
        // A caller may ask for any number: no journey was ever in a state that is not there, and 0 is the count.
        self.starts.get(state).copied().unwrap_or_default()
    }

    /// How many journeys convert right after a state; 0 after one that the chain does not have.
    #[must_use]
    pub fn conversions(&self, state: usize) -> u64 {
        self.conversions.get(state).copied().unwrap_or_default()
    }

    /// The value of the conversions right after a state, in minor units; 0 for one that the chain does not have.
    #[must_use]
    pub fn value(&self, state: usize) -> i64 {
        self.values.get(state).copied().unwrap_or_default()
    }

    /// How many journeys end without conversion right after a state; 0 after one that the chain does not have.
    #[must_use]
    pub fn nulls(&self, state: usize) -> u64 {
        self.nulls.get(state).copied().unwrap_or_default()
    }

    /// The steps between states: from, to, how often; in the order of the states.
    pub fn transitions(&self) -> impl Iterator<Item = (usize, usize, u64)> + '_ {
        (0..self.states())
            .flat_map(|from| self.steps(from).map(move |(target, weight)| (from, index(target), weight)))
    }

    /// The steps between states as probabilities: from, to, the share of the state's visits.
    pub fn transition_probabilities(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        self.transitions().map(|(from, to, weight)| (from, to, float(weight) / float(self.visits(from))))
    }

    /// How often a state was visited; 0 for one that the chain does not have.
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "all touches of all journeys fit: checked when they were counted"
    )]
    pub fn visits(&self, state: usize) -> u64 {
        self.exits(state) + self.loops(state)
    }

    /// The probability that a journey converts.
    #[must_use]
    pub fn conversion_rate(&self) -> f64 {
        float(self.totals.conversions) / float(self.totals.journeys)
    }

    /// The expected number of visits of each state in one journey.
    ///
    /// Every visit of the data is a start or a step, so that the counts balance, and the chain's expectation is
    /// the mean of the data: `visits / journeys`.
    #[must_use]
    pub fn expected_visits(&self) -> Vec<f64> {
        let journeys = float(self.totals.journeys);
        (0..self.states()).map(|state| float(self.visits(state)) / journeys).collect()
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "offsets ascend to the number of steps; each has a target and a weight"
    )]
    pub(super) fn steps(&self, state: usize) -> impl Iterator<Item = (u32, u64)> + '_ {
        // A caller may ask for a state that the chain does not have: it has no steps.
        let (from, to) = span(&self.step_offsets, state).unwrap_or((0, 0));
        self.targets[from..to].iter().copied().zip(self.weights[from..to].iter().copied())
    }

    /// How often a state was left for another one or for the end.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "all touches of all journeys fit: checked when they were counted"
    )]
    pub(super) fn exits(&self, state: usize) -> u64 {
        // All touches of all journeys fit: checked when the contexts were counted.
        let others = self.steps(state).filter(|(target, _)| index(*target) != state);
        let left: u64 = others.map(|(_, weight)| weight).sum();
        left + self.conversions(state) + self.nulls(state)
    }

    fn loops(&self, state: usize) -> u64 {
        self.steps(state).find(|(target, _)| index(*target) == state).map_or(0, |(_, weight)| weight)
    }

    /// How many journeys end right after a state.
    #[expect(clippy::arithmetic_side_effects, reason = "all journeys fit: checked with the table")]
    pub(super) fn ends(&self, state: usize) -> f64 {
        float(self.conversions(state) + self.nulls(state))
    }

    /// The steps from each kept state to other kept states.
    pub(super) fn graph(&self, kept: impl Fn(usize) -> bool) -> Vec<Vec<(u32, f64)>> {
        let steps = |state: usize| {
            let others =
                self.steps(state).filter(|(target, _)| index(*target) != state && kept(index(*target)));
            others.map(|(target, weight)| (target, float(weight))).collect()
        };
        (0..self.states()).map(|state| if kept(state) { steps(state) } else { Vec::new() }).collect()
    }
}

/// A state as it is written.
struct StateWire<'a> {
    touches: Vec<&'a str>,
    starts: u64,
    conversions: u64,
    nulls: u64,
    value_in_minor_units: i64,
}

serialize_fields!(StateWire<'a> {
    touches,
    starts: own,
    conversions: own,
    nulls: own,
    value_in_minor_units,
});

/// The steps from one state to another.
struct StepWire {
    from: usize,
    to: usize,
    count: u64,
}

serialize_fields!(StepWire { from, to, count: own });

#[derive(Serialize)]
#[serde(rename = "MarkovChain")]
struct ChainWire<'a> {
    order: usize,
    states: Vec<StateWire<'a>>,
    steps: Vec<StepWire>,
}

impl Serialize for MarkovChain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let state = |state: usize| StateWire {
            touches: self.names(state).collect(),
            starts: self.starts(state),
            conversions: self.conversions(state),
            nulls: self.nulls(state),
            value_in_minor_units: self.value(state),
        };
        let states = (0..self.states()).map(state).collect();
        let steps = self.transitions().map(|(from, to, count)| StepWire { from, to, count }).collect();
        ChainWire { order: self.order, states, steps }.serialize(serializer)
    }
}

impl fmt::Display for MarkovChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// An order of a chain: 1 to 255.
pub(super) fn checked_order(order: usize) -> Result<u8, AttributionError> {
    let small = u8::try_from(order).ok().filter(|order| *order > 0);
    small.ok_or(AttributionError::Order { order, max: MAX_ORDER })
}

/// The counts of contexts of an order that can be counted.
pub(super) fn contexts(columns: &Columns<'_>, order: usize) -> Result<Contexts, AttributionError> {
    Contexts::count(columns, checked_order(order)?.into())
        .ok_or(AttributionError::Overflow { what: "the number of contexts" })
}

pub(super) const fn index(state: u32) -> usize {
    state as usize
}

fn span(offsets: &[usize], state: usize) -> Option<(usize, usize)> {
    Some((*offsets.get(state)?, *offsets.get(state.checked_add(1)?)?))
}
