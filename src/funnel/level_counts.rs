//! How many users reached which level: the partial state of a funnel of events.

use super::counts::{Step, check_names};
use super::{Funnel, FunnelError};
use crate::error::{Path, Problems, excerpt};
use crate::figure::{Cell, Table};
use crate::quantity::Count;
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// How many users are at each level: at 0 those who matched no step, at `i` those whose furthest step is the `i`th.
///
/// Shards, each with all rows of its users, are counted on their own and merged in any order.
///
/// # Examples
/// ```
/// use marketloop::funnel::FunnelCounts;
///
/// let counts = FunnelCounts::new(["visit", "cart", "order"], [10, 60, 30, 10])?;
/// let both = counts.merge(&FunnelCounts::new(["visit", "cart", "order"], [0, 5, 0, 1])?)?;
/// assert_eq!(both.levels(), [10, 65, 30, 11]);
/// assert_eq!(both.funnel().entered().value(), 106);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::funnel::FunnelCounts;
/// let json = r#"{"steps":["visit","order"],"levels":[3,2,1]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<FunnelCounts>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct FunnelCounts {
    steps: Vec<String>,
    levels: Vec<u64>,
}

/// The counts on the wire, not checked yet.
struct Wire {
    steps: Vec<String>,
    levels: Vec<u64>,
}

wire_fields!("FunnelCounts", Wire { steps, levels: own });

fn total(levels: &[u64]) -> Result<u64, FunnelError> {
    levels.iter().try_fold(0_u64, |sum, users| sum.checked_add(*users)).ok_or(FunnelError::TooManyUsers)
}

impl FunnelCounts {
    /// The counts of these steps: the number of users at each level from 0, one more than there are steps.
    ///
    /// # Errors
    /// All problems at once: [`FunnelError::TooFewSteps`], [`FunnelError::EmptyName`],
    /// [`FunnelError::DuplicateStep`], [`FunnelError::LevelCount`], [`FunnelError::TooManyUsers`].
    pub fn new<N: Into<String>>(
        steps: impl IntoIterator<Item = N>,
        levels: impl IntoIterator<Item = u64>,
    ) -> Result<Self, Problems<FunnelError>> {
        let steps = steps.into_iter().map(Into::into).collect();
        Self::check(steps, levels.into_iter().collect())
    }

    #[expect(clippy::arithmetic_side_effects, reason = "one more than a list in memory has")]
    fn check(steps: Vec<String>, levels: Vec<u64>) -> Result<Self, Problems<FunnelError>> {
        let mut problems = Problems::new();
        check_names(&steps.iter().map(String::as_str), Path::clone, &mut problems);
        let path = Path::root().field("levels");
        let (expected, actual) = (steps.len() + 1, levels.len());
        if expected != actual {
            problems.push(path.clone(), FunnelError::LevelCount { expected, actual });
        }
        problems.take(&path, total(&levels));
        problems.into_result(Self { steps, levels })
    }

    /// Counts without users, of steps that were checked before.
    #[expect(clippy::arithmetic_side_effects, reason = "at most 32 steps")]
    pub(super) fn none(steps: Vec<String>) -> Self {
        let levels = alloc::vec![0; steps.len() + 1];
        Self { steps, levels }
    }

    /// Adds a user. There are no more users than rows in memory, whose number fits.
    #[expect(
        clippy::indexing_slicing,
        reason = "a level is at most the number of steps, and there is one more of them"
    )]
    #[expect(clippy::arithmetic_side_effects, reason = "no more users than rows in memory")]
    pub(super) fn add(&mut self, level: u32) {
        self.levels[level as usize] += 1;
    }

    /// The names of the steps.
    #[must_use]
    pub fn steps(&self) -> &[String] {
        &self.steps
    }

    /// How many users are at each level, from 0.
    #[must_use]
    pub fn levels(&self) -> &[u64] {
        &self.levels
    }

    /// How many users there are.
    #[must_use]
    pub fn users(&self) -> u64 {
        // Their sum was checked when the counts were made.
        self.levels.iter().sum()
    }

    /// The funnel whose counts are the users who reached each step or a later one.
    ///
    /// A user who skipped an optional step and reached a later one counts at the skipped step, too, so that the counts
    /// do not rise. [`chains`](super::FunnelRules::chains) tells who matched it.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "the sum of all levels was checked")]
    pub fn funnel(&self) -> Funnel {
        let mut reached = 0_u64;
        let mut steps: Vec<Step> = Vec::with_capacity(self.steps.len());
        for (name, users) in self.steps.iter().rev().zip(self.levels.iter().rev()) {
            // All users together fit: checked when the counts were made.
            reached += *users;
            steps.push(Step { name: name.clone(), count: Count::new(reached) });
        }
        steps.reverse();
        Funnel::checked(steps)
    }

    /// The counts of the users of both. No user may be in both.
    ///
    /// # Errors
    /// [`FunnelError::OtherSteps`]; [`FunnelError::TooManyUsers`] above 2^64 - 1.
    pub fn merge(&self, other: &Self) -> Result<Self, FunnelError> {
        if self.steps != other.steps {
            return Err(FunnelError::OtherSteps { left: self.steps.clone(), right: other.steps.clone() });
        }
        let sums = self.levels.iter().zip(&other.levels).map(|(left, right)| left.checked_add(*right));
        let levels: Vec<u64> = sums.collect::<Option<_>>().ok_or(FunnelError::TooManyUsers)?;
        total(&levels)?;
        Ok(Self { steps: self.steps.clone(), levels })
    }
}

impl TryFrom<Wire> for FunnelCounts {
    type Error = Problems<FunnelError>;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        Self::check(wire.steps, wire.levels)
    }
}

impl From<FunnelCounts> for Wire {
    fn from(counts: FunnelCounts) -> Self {
        Self { steps: counts.steps, levels: counts.levels }
    }
}

/// Which row decides the segment of a user: `first` or `last`.
///
/// # Examples
/// ```
/// use marketloop::funnel::SegmentTouch;
///
/// assert_eq!("first".parse(), Ok(SegmentTouch::First));
/// assert_eq!(SegmentTouch::Last.to_string(), "last");
/// ```
///
/// ```
/// # use marketloop::funnel::SegmentTouch;
/// assert_eq!(serde_json::from_str::<SegmentTouch>(r#""first""#)?, SegmentTouch::First);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SegmentTouch {
    /// The first row that matches a step. Of rows of one time it is the first in their
    /// [sequence](super::Events::with_sequence), without one the row whose value comes first by name (numbers by
    /// size), so that neither the order of rows nor the numbering of a dictionary matters.
    First,
    /// The last row that matches a step. Of rows of one time the last in the same order.
    Last,
}

words!(SegmentTouch, "touch", FunnelError: First = "first", Last = "last");

/// The counts of a funnel for each value of a property.
///
/// It holds the names of the values, not their numbers: breakdowns counted with different dictionaries merge, and a
/// stored one can be read without any. On the wire a list of pairs of a value and its counts.
///
/// ```
/// # use marketloop::funnel::Breakdown;
/// let json = r#"[
///   ["search", {"steps": ["visit", "order"], "levels": [0, 0, 1]}],
///   ["social", {"steps": ["visit", "order"], "levels": [0, 1, 0]}]
/// ]"#;
/// let read: Breakdown = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Breakdown>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<(String, FunnelCounts)>", into = "Vec<(String, FunnelCounts)>")]
pub struct Breakdown {
    segments: BTreeMap<String, FunnelCounts>,
}

impl Breakdown {
    /// The counts of the segment of this value.
    #[must_use]
    pub fn get(&self, value: &str) -> Option<&FunnelCounts> {
        self.segments.get(value)
    }

    /// The values with their counts, in the order of their names.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &FunnelCounts)> + '_ {
        self.segments.iter().map(|(value, counts)| (value.as_str(), counts))
    }

    /// The segments that `after` has too, each with its funnel here and there, as [`explain_segments`](super::explain_segments)
    /// takes them.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules, Property, SegmentTouch, explain_segments};
    /// use marketloop::quantity::Rounding;
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::new(["visit", "order"], Duration::from_days(1))?;
    /// let channel = Property::new("channel", ["search", "social"])?;
    /// let by_channel = |masks: [u32; 4]| {
    ///     let events = Events::new(&[1, 1, 2, 2], &[0, 60, 0, 60], masks.to_vec())?;
    ///     rules.count_by(&events.with_property(&channel, &[0, 0, 1, 1])?, "channel", SegmentTouch::First)
    /// };
    /// let (june, july) = (by_channel([1, 2, 1, 0])?, by_channel([1, 2, 1, 2])?);
    /// let why = explain_segments(&june.beside(&july), (2, Rounding::HalfEven))?;
    /// assert_eq!(why.of_segment(&"social")?.to_string(), "0.50");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn beside<'s>(&'s self, after: &Self) -> Vec<(&'s str, Funnel, Funnel)> {
        let pair =
            |(value, own): (&'s str, &FunnelCounts)| Some((value, own.funnel(), after.get(value)?.funnel()));
        self.iter().filter_map(pair).collect()
    }

    /// A row for each segment: the counts of the steps.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("segment");
        for (value, counts) in self.iter() {
            for (step, count) in counts.funnel().steps() {
                table.push(value, String::from(step), Cell::new(count, "user"));
            }
        }
        table
    }

    /// The counts of the users of both, by segment. No user may be in both.
    ///
    /// # Errors
    /// As of [`FunnelCounts::merge`].
    pub fn merge(&self, other: &Self) -> Result<Self, FunnelError> {
        let mut merged = self.clone();
        for (value, counts) in &other.segments {
            let sum = match merged.segments.get(value) {
                Some(own) => own.merge(counts)?,
                None => counts.clone(),
            };
            merged.segments.insert(value.clone(), sum);
        }
        // Segments of one side alone were not compared when they were taken over.
        merged.same_steps()?;
        Ok(merged)
    }

    fn same_steps(&self) -> Result<(), FunnelError> {
        let mut segments = self.segments.values();
        let Some(first) = segments.next() else { return Ok(()) };
        match segments.find(|counts| counts.steps != first.steps) {
            None => Ok(()),
            Some(other) => {
                Err(FunnelError::OtherSteps { left: first.steps.clone(), right: other.steps.clone() })
            }
        }
    }

    /// The breakdown of these segments, each of another value and all of the same steps.
    pub(super) fn of(segments: impl IntoIterator<Item = (String, FunnelCounts)>) -> Self {
        Self { segments: segments.into_iter().collect() }
    }
}

impl fmt::Display for Breakdown {
    /// The [table](Breakdown::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl TryFrom<Vec<(String, FunnelCounts)>> for Breakdown {
    type Error = FunnelError;

    fn try_from(list: Vec<(String, FunnelCounts)>) -> Result<Self, Self::Error> {
        let mut segments = BTreeMap::new();
        for (value, counts) in list {
            if segments.contains_key(&value) {
                return Err(FunnelError::DuplicateSegment { value: excerpt(&value) });
            }
            segments.insert(value, counts);
        }
        let breakdown = Self { segments };
        breakdown.same_steps()?;
        Ok(breakdown)
    }
}

impl From<Breakdown> for Vec<(String, FunnelCounts)> {
    fn from(breakdown: Breakdown) -> Self {
        breakdown.segments.into_iter().collect()
    }
}
