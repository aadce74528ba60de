//! Chains whose unseen contexts back off to shorter ones, so that any journey has a likelihood.

use super::columns::float;
use super::contexts::KeyTable;
use super::transition::{MAX_ORDER, index};
use super::{AttributionError, Channels, PathTable};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// What may follow a context, and what a context may consist of: channels by their numbers, and these.
const CONVERSION: u32 = 1 << 18;
const NULL: u32 = CONVERSION + 1;
const START: u32 = CONVERSION + 2;

/// A chain of some order that gives every journey a probability above 0: contexts back off to shorter ones.
///
/// A journey is a row of steps: each touch, and the end in a conversion or in nothing. A context is the last
/// touches before a step, or the start of the journey with all touches so far where these are fewer than the
/// order.
///
/// # Formula
/// With `c(h, x)` how often step `x` followed context `h`, `c(h)` how often any did, `d(h)` how many different
/// ones did, and `h'` the context without its first touch:
/// `P(x | h) = (c(h, x) + d(h) P(x | h')) / (c(h) + d(h))` (I. H. Witten, T. C. Bell, 1991). A context that never
/// came up, or came up as often as `h'` and so tells nothing new, has the probabilities of `h'`; the empty one backs off to the same probability for each step: all
/// channels of both tables, conversion and null.
#[derive(Debug)]
pub(super) struct SmoothedChain<'a> {
    order: usize,
    channels: &'a Channels,
    /// Longer contexts by (context, the touch before it).
    contexts: KeyTable,
    /// Cells by (context, step).
    steps: KeyTable,
    counts: Vec<u64>,
    /// How often each context came up, and how many different steps followed it.
    seen: Vec<(u64, u64)>,
}

impl<'a> SmoothedChain<'a> {
    /// The counts of all contexts of up to `order` touches.
    #[expect(clippy::indexing_slicing, reason = "a place of a touch of the path, or its end")]
    #[expect(clippy::arithmetic_side_effects, reason = "all journeys have 63 bits: checked with each row")]
    pub(super) fn new(paths: &'a PathTable, order: usize) -> Result<Self, AttributionError> {
        if !(1..=MAX_ORDER).contains(&order) {
            return Err(AttributionError::Order { order, max: MAX_ORDER });
        }
        if paths.is_empty() {
            return Err(AttributionError::NoPaths);
        }
        let (contexts, steps) = (KeyTable::new(), KeyTable::new());
        let (counts, seen) = (Vec::new(), alloc::vec![(0, 0)]);
        let mut chain = Self { order, channels: paths.channels(), contexts, steps, counts, seen };
        let beyond = AttributionError::Overflow { what: "the number of contexts or steps" };
        // Asked before anything is counted, so that the counts add up without a check.
        transitions(paths).ok_or_else(|| beyond.clone())?;
        let mut path = Vec::new();
        for row in paths.rows() {
            path.clear();
            path.extend(row.path.iter().map(|touch| number(touch.index())));
            let journeys = row.outcome.conversions + row.outcome.nulls;
            let ends = [(CONVERSION, row.outcome.conversions), (NULL, row.outcome.nulls)];
            let touches = path.iter().enumerate().map(|(at, touch)| (at, *touch, journeys));
            let steps = touches.chain(ends.into_iter().map(|(end, weight)| (path.len(), end, weight)));
            for (at, step, weight) in steps.filter(|(.., weight)| *weight > 0) {
                chain.count(&path[..at], step, weight).ok_or_else(|| beyond.clone())?;
            }
        }
        Ok(chain)
    }

    /// Counts a step after all its contexts.
    fn count(&mut self, history: &[u32], step: u32, weight: u64) -> Option<()> {
        let mut context = 0;
        self.count_after(context, step, weight)?;
        for before in before(history).take(self.order) {
            let known = self.contexts.id(key(context, before))?;
            context = known.checked_add(1)?;
            if index(context) == self.seen.len() {
                self.seen.push((0, 0));
            }
            self.count_after(context, step, weight)?;
        }
        Some(())
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a context is made before it is counted; cells are numbered as they come"
    )]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "all steps of all journeys have 63 bits: checked before the first is counted"
    )]
    fn count_after(&mut self, context: u32, step: u32, weight: u64) -> Option<()> {
        let cell = index(self.steps.id(key(context, step))?);
        // All steps of all journeys fit 63 bits: checked before the first of them is counted.
        let (all, different) = &mut self.seen[index(context)];
        *all += weight;
        if cell == self.counts.len() {
            self.counts.push(0);
            *different += 1;
        }
        self.counts[cell] += weight;
        Some(())
    }

    /// Calls `each` with the order and the probability of `step` for each order from 1.
    #[expect(clippy::arithmetic_side_effects, reason = "ids were given out below the last of 32 bits")]
    fn probabilities(&self, history: &[u32], step: u32, even: f64, mut each: impl FnMut(usize, f64)) {
        let mut context = Some(0);
        let mut probability = self.backed_off(0, step, even);
        let mut before = before(history);
        for order in 0..self.order {
            // A journey that has begun not long ago has no longer context.
            if let Some(touch) = before.next() {
                let shorter = context;
                let longer = context.and_then(|context| self.contexts.get(key(context, touch)));
                // Number 0 is the empty context, which no key leads to.
                context = longer.map(|id| id + 1);
                let often = |context: Option<u32>| self.seen.get(index(context?)).map(|(all, _)| *all);
                // A longer context that was met as often as the shorter one tells nothing more.
                if let Some(context) = context.filter(|_| often(context) < often(shorter)) {
                    probability = self.backed_off(context, step, probability);
                }
            }
            each(order, probability);
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "contexts and cells are asked by numbers that were given out"
    )]
    fn backed_off(&self, context: u32, step: u32, shorter: f64) -> f64 {
        let (all, different) = self.seen[index(context)];
        // A step that never followed the context has no cell: its count is 0.
        let count = self.steps.get(key(context, step)).map_or(0, |cell| self.counts[index(cell)]);
        // Each different step seen stands for one that was not, whose part the shorter context shares out.
        (float(count) + float(different) * shorter) / (float(all) + float(different))
    }

    /// How the chain sees the journeys of another table.
    #[expect(clippy::arithmetic_side_effects, reason = "two dictionaries of 16 bits and two ends")]
    pub(super) fn reader(&'a self, paths: &PathTable) -> Reader<'a> {
        let mut all: BTreeMap<&str, u32> = self.channels.names().zip(0..).collect();
        let numbers = paths.channels().names().map(|name| {
            let next = number(all.len());
            // A channel that the fit has not seen gets a number as well, and with it the even chance.
            *all.entry(name).or_insert(next)
        });
        let numbers: Vec<u32> = numbers.collect();
        // And two ends.
        let even = 1.0 / f64::from(number(all.len()) + 2);
        Reader { chain: self, numbers, even, path: Vec::new() }
    }
}

/// Reads the journeys of another table.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    chain: &'a SmoothedChain<'a>,
    numbers: Vec<u32>,
    even: f64,
    path: Vec<u32>,
}

impl Reader<'_> {
    #[expect(clippy::indexing_slicing, reason = "every touch of the table has a channel of its dictionary")]
    fn read(&mut self, path: &[super::ChannelId]) {
        self.path.clear();
        self.path.extend(path.iter().map(|touch| self.numbers[touch.index()]));
    }

    /// The logarithm of the probability of a path with a conversion and with nothing behind it, by each order
    /// from 1.
    #[expect(clippy::indexing_slicing, reason = "a place of a touch of the path; a place for each order")]
    pub(super) fn log_likelihoods(&mut self, path: &[super::ChannelId], found: &mut Vec<[f64; 2]>) {
        self.read(path);
        found.clear();
        found.resize(self.chain.order, [0.0; 2]);
        let mut add = |history: &[u32], step, with_conversion: bool, with_null: bool| {
            self.chain.probabilities(history, step, self.even, |order, probability| {
                let log = libm::log(probability);
                let [conversion, null] = &mut found[order];
                *conversion += if with_conversion { log } else { 0.0 };
                *null += if with_null { log } else { 0.0 };
            });
        };
        for (at, step) in self.path.iter().enumerate() {
            add(&self.path[..at], *step, true, true);
        }
        add(&self.path, CONVERSION, true, false);
        add(&self.path, NULL, false, true);
    }

    /// The probability that a journey that ended after this path converted, by one order (from 1).
    #[expect(clippy::arithmetic_side_effects, reason = "an order is at most 255")]
    pub(super) fn conversion(&mut self, path: &[super::ChannelId], order: usize) -> f64 {
        self.read(path);
        let ends = [CONVERSION, NULL].map(|end| {
            let mut found = 0.0;
            self.chain.probabilities(&self.path, end, self.even, |at, probability| {
                if at + 1 == order {
                    found = probability;
                }
            });
            found
        });
        let [conversion, null] = ends;
        conversion / (conversion + null)
    }
}

/// How many steps all journeys have together, each with its end; `None` beyond 2^63 - 1.
pub(super) fn transitions(paths: &PathTable) -> Option<u64> {
    let sum = paths.rows().try_fold(0_u64, |sum, row| {
        let steps = u64::try_from(row.path.len()).ok()?.checked_add(1)?;
        let journeys = row.outcome.conversions.checked_add(row.outcome.nulls)?;
        sum.checked_add(journeys.checked_mul(steps)?)
    });
    sum.filter(|sum| i64::try_from(*sum).is_ok())
}

/// The touches before a step from the last to the first, then the start.
fn before(history: &[u32]) -> impl Iterator<Item = u32> + '_ {
    history.iter().rev().copied().chain([START])
}

/// A number below 2^17: of two dictionaries of 16 bits each.
#[expect(clippy::cast_possible_truncation, reason = "17 bits")]
fn number(index: usize) -> u32 {
    debug_assert!(index <= 1 << 17, "two dictionaries of 65,535 channels at most");
    index as u32
}

fn key(context: u32, step: u32) -> u64 {
    (u64::from(context) << 20) | u64::from(step)
}
