//! How many users or journeys channels share.

use super::ChannelError;
use super::concentration::unique;
use super::gap::percent;
use super::pair::{Pair, quotient};
use crate::error::within;
use crate::figure::{Cell, Table, joint_label};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Ratio, Share};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The users or journeys that channels share, pair by pair: users that both reach, or journeys with both.
///
/// A partial state: [`merge`](Self::merge) is associative and commutative where each user, or journey, is
/// counted in one shard.
///
/// # Examples
/// ```
/// use marketloop::channel::CoOccurrence;
/// use marketloop::quantity::Ratio;
///
/// // Rows of (user, channel), in any order: 1 and 2 saw both, 3 only the search ad.
/// let reach = CoOccurrence::from_rows(["search", "social"], [(1, 0), (2, 1), (2, 0), (1, 1), (1, 1), (3, 0)])?;
/// assert_eq!(reach.jaccard(&"search", &"social")?, "2/3".parse()?);
/// assert_eq!(reach.containment(&"social", &"search")?, Ratio::ONE); // whoever saw social saw search too
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::channel::CoOccurrence;
/// let json = r#"{"channels":["a","b"],"all":2,"counts":[[2,1],[1]]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<CoOccurrence<String>>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire<K>", into = "Wire<K>")]
#[serde(bound(serialize = "K: Serialize + Clone", deserialize = "K: Deserialize<'de> + Ord"))]
pub struct CoOccurrence<K> {
    /// In ascending order, so that merging in any order gives the same state.
    channels: Vec<K>,
    all: u64,
    /// The counts of pairs with `left <= right`, row by row; on the diagonal those of one channel.
    counts: Vec<u64>,
}

/// The counts on the wire, not checked yet.
struct Wire<K> {
    /// The channels in ascending order.
    channels: Vec<K>,
    /// How many users, or journeys, there are.
    all: u64,
    /// For each channel the counts with itself and with each channel after it.
    counts: Vec<Vec<u64>>,
}

wire_fields!("CoOccurrence", Wire<K> { channels, all: own, counts: own });

/// The maximum number of pairs whose counts are kept: 64 MiB, the pairs of 4,095 channels.
const MAX_PAIRS: u64 = 1 << 23;

impl<K: Ord> CoOccurrence<K> {
    /// Empty counts to [`merge`](Self::merge) into. One count is kept for each channel and each pair of channels.
    ///
    /// # Errors
    /// [`ChannelError::NoChannels`]; [`ChannelError::DuplicateChannel`]; [`ChannelError::TooLarge`] for more than
    /// 4,095 channels, whose pairs would be more than 2^23.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::CoOccurrence;
    ///
    /// // The state of a shard that saw nothing: merged into another, it changes nothing.
    /// let none = CoOccurrence::new(["feed", "search"])?;
    /// let some = CoOccurrence::from_rows(["feed", "search"], [(1, 0), (1, 1)])?;
    /// assert_eq!(none.merge(some.clone())?, some);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(channels: impl IntoIterator<Item = K>) -> Result<Self, ChannelError> {
        let mut channels: Vec<K> = channels.into_iter().collect();
        if channels.is_empty() {
            return Err(ChannelError::NoChannels);
        }
        unique(channels.iter())?;
        let pairs = within("counts of channels and their pairs", triangle(channels.len()), MAX_PAIRS)?;
        // The order of the input does not matter then: channels are found by bisection, and states compare.
        channels.sort();
        let counts = alloc::vec![0; pairs];
        Ok(Self { channels, all: 0, counts })
    }

    /// The counts over rows of (user, index of a channel in `channels`), in any order; a repeated row counts once.
    ///
    /// # Errors
    /// Those of [`new`](Self::new); [`ChannelError::ChannelIndex`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::CoOccurrence;
    ///
    /// // User 7 saw channel 0 twice and counts once.
    /// let reach = CoOccurrence::from_rows(["feed", "search"], [(7, 0), (8, 1), (7, 0), (7, 1)])?;
    /// assert_eq!((reach.all(), reach.both(&"feed", &"search")?), (2, 1));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn from_rows(
        channels: impl IntoIterator<Item = K>,
        rows: impl IntoIterator<Item = (u64, usize)>,
    ) -> Result<Self, ChannelError> {
        let (mut counts, place) = Self::with_places(channels)?;
        let mut sorted = Vec::new();
        for (row, (user, index)) in rows.into_iter().enumerate() {
            let known = place.get(index).copied();
            sorted
                .push((user, known.ok_or(ChannelError::ChannelIndex { row, index, channels: place.len() })?));
        }
        // Sorted in place of a set for each user: one buffer, and the repeated rows of a user fall together.
        sorted.sort_unstable();
        sorted.dedup();
        let mut set = Vec::with_capacity(place.len());
        for rows in sorted.chunk_by(|left, right| left.0 == right.0) {
            set.clear();
            set.extend(rows.iter().map(|(_, channel)| *channel));
            counts.count(&set, 1)?;
        }
        Ok(counts)
    }

    /// The counts over sets of channels, each given by their indexes in `channels` and how often it occurs: the paths
    /// of converting journeys, for example. A channel that is in a set twice counts once.
    ///
    /// # Errors
    /// Those of [`new`](Self::new); [`ChannelError::ChannelIndex`]; [`ChannelError::TooMany`] beyond 64 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::CoOccurrence;
    ///
    /// // 8 converting journeys saw both channels, 2 only the first, 5 neither.
    /// let paths = CoOccurrence::from_sets(["feed", "search"], [(&[0, 1][..], 8), (&[0], 2), (&[], 5)])?;
    /// assert_eq!((paths.all(), paths.count_of(&"feed")?), (15, 10));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn from_sets<S: AsRef<[usize]>>(
        channels: impl IntoIterator<Item = K>,
        sets: impl IntoIterator<Item = (S, u64)>,
    ) -> Result<Self, ChannelError> {
        let (mut counts, place) = Self::with_places(channels)?;
        let mut set = Vec::with_capacity(place.len());
        for (row, (members, times)) in sets.into_iter().enumerate() {
            set.clear();
            for &index in members.as_ref() {
                let known = place.get(index).copied();
                set.push(known.ok_or(ChannelError::ChannelIndex { row, index, channels: place.len() })?);
            }
            set.sort_unstable();
            set.dedup();
            counts.count(&set, times)?;
        }
        Ok(counts)
    }

    /// Empty counts, and the place of each given channel in ascending order.
    fn with_places(channels: impl IntoIterator<Item = K>) -> Result<(Self, Vec<usize>), ChannelError> {
        let mut given: Vec<(K, usize)> = channels.into_iter().zip(0..).collect();
        given.sort();
        // Rows name channels by their place in what was given, the counts stand by the sorted names.
        let mut place = alloc::vec![0; given.len()];
        for (sorted, (_, index)) in given.iter().enumerate() {
            #[expect(clippy::indexing_slicing, reason = "the indexes are a permutation of those of `place`")]
            {
                place[*index] = sorted;
            }
        }
        Ok((Self::new(given.into_iter().map(|(channel, _)| channel))?, place))
    }

    /// The counts of both together.
    ///
    /// # Errors
    /// [`ChannelError::TooMany`] beyond 64 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::CoOccurrence;
    ///
    /// // Each user stands in one shard; a shard need not have met every channel.
    /// let east = CoOccurrence::from_rows(["feed", "search"], [(1, 0), (1, 1)])?;
    /// let west = CoOccurrence::from_rows(["search", "video"], [(2, 0), (3, 1)])?;
    /// let all = east.merge(west)?;
    /// assert_eq!((all.all(), all.count_of(&"search")?), (3, 2));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::needless_pass_by_value, reason = "a fold over shards hands them over")]
    pub fn merge(self, other: Self) -> Result<Self, ChannelError>
    where
        K: Clone,
    {
        // Shards need not have seen the same channels: one that a shard lacks adds nothing to its pairs.
        let mut channels: Vec<K> = self.channels.iter().chain(&other.channels).cloned().collect();
        channels.sort();
        channels.dedup();
        let mut sum = Self::new(channels)?;
        for part in [&self, &other] {
            sum.all = sum.all.checked_add(part.all).ok_or(ChannelError::TooMany)?;
            // Both lists ascend, and the sum's holds all of the part's: each place is found behind the one before it.
            let mut places: Vec<usize> = Vec::with_capacity(part.channels.len());
            for (place, channel) in sum.channels.iter().enumerate() {
                if part.channels.get(places.len()) == Some(channel) {
                    places.push(place);
                }
            }
            debug_assert_eq!(places.len(), part.channels.len());
            for (left, &new_left) in places.iter().enumerate() {
                for (right, &new_right) in places.iter().enumerate().skip(left) {
                    sum.add(new_left, new_right, part.at(left, right))?;
                }
            }
        }
        Ok(sum)
    }

    /// The number of users, or journeys, of a channel.
    ///
    /// # Errors
    /// [`ChannelError::UnknownChannel`].
    pub fn count_of(&self, channel: &K) -> Result<u64, ChannelError> {
        let place = self.find(channel)?;
        Ok(self.at(place, place))
    }

    /// The number of users, or journeys, that both channels have.
    ///
    /// # Errors
    /// [`ChannelError::UnknownChannel`].
    pub fn both(&self, left: &K, right: &K) -> Result<u64, ChannelError> {
        Ok(self.pair(left, right)?.both)
    }

    /// The number of users, or journeys, that at least one of the channels has.
    ///
    /// # Errors
    /// [`ChannelError::UnknownChannel`].
    pub fn either(&self, left: &K, right: &K) -> Result<u64, ChannelError> {
        Ok(self.pair(left, right)?.either())
    }

    /// The overlap of two channels: both / either, from 0 (nothing shared) to 1 (the same).
    ///
    /// # Formula
    /// J = |A and B| / |A or B| (Jaccard, 1912).
    ///
    /// # Errors
    /// [`ChannelError::UnknownChannel`]; [`ChannelError::EmptyPair`] where neither has any.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::CoOccurrence;
    ///
    /// let reach = CoOccurrence::from_sets(["feed", "search"], [(&[0][..], 60), (&[1], 30), (&[0, 1], 10)])?;
    /// // 10 of the 100 people that either reaches are paid for twice.
    /// assert_eq!(reach.jaccard(&"feed", &"search")?.to_percent(), "10%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn jaccard(&self, left: &K, right: &K) -> Result<Ratio, ChannelError> {
        self.pair(left, right)?.jaccard()
    }

    /// The share of the users, or journeys, of `channel` that `other` has, too.
    ///
    /// # Errors
    /// [`ChannelError::UnknownChannel`]; [`ChannelError::EmptyPair`] where `channel` has none.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::CoOccurrence;
    ///
    /// let reach = CoOccurrence::from_sets(["feed", "search"], [(&[0][..], 60), (&[1], 30), (&[0, 1], 10)])?;
    /// // A quarter of the people of search would still be reached without it.
    /// assert_eq!(reach.containment(&"search", &"feed")?.to_percent(), "25%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn containment(&self, channel: &K, other: &K) -> Result<Ratio, ChannelError> {
        let pair = self.pair(channel, other)?;
        quotient(pair.both, pair.left)
    }

    /// The lift: how many times as often two channels occur together as by chance. 1 is chance.
    ///
    /// # Formula
    /// both * all / (left * right).
    ///
    /// # Errors
    /// [`ChannelError::UnknownChannel`]; [`ChannelError::EmptyPair`] where one of them has none;
    /// [`ChannelError::Quantity`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::CoOccurrence;
    ///
    /// let paths = CoOccurrence::from_sets(["feed", "search"], [(&[0, 1][..], 6), (&[0], 2), (&[1], 1), (&[], 3)])?;
    /// // 6 of 12 journeys have both, where 8/12 * 7/12 would by chance.
    /// assert_eq!(paths.lift(&"feed", &"search")?, "9/7".parse()?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn lift(&self, left: &K, right: &K) -> Result<Ratio, ChannelError> {
        let Pair { left, right, both, all } = self.pair(left, right)?;
        if left == 0 || right == 0 {
            return Err(ChannelError::EmptyPair);
        }
        // Two quotients, as the product of both counts does not fit 64 bits.
        Ok(quotient(both, left)?.times(quotient(all, right)?)?)
    }

    /// The phi correlation of two channels, from -1 (never together) to 1 (always together), as a float.
    ///
    /// # Formula
    /// phi = (n11 n00 - n10 n01) / sqrt(left (all - left) right (all - right)) (Yule, 1912).
    ///
    /// # Errors
    /// [`ChannelError::UnknownChannel`]; [`ChannelError::EmptyPair`] where one of them has none or all.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::CoOccurrence;
    ///
    /// let never = CoOccurrence::from_sets(["feed", "search"], [(&[0][..], 5), (&[1], 5)])?;
    /// assert!((never.correlation(&"feed", &"search")? + 1.0).abs() < 1e-15);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn correlation(&self, left: &K, right: &K) -> Result<f64, ChannelError> {
        self.pair(left, right)?.correlation()
    }

    /// How well two channels complement each other, from 0 to 1: they reach different people (these counts, of users), and
    /// stand on the same converting paths (`paths`, counts of journeys).
    ///
    /// The documents name the ingredients, user overlap and path correlation, but no formula; this one is the crate's.
    ///
    /// # Formula
    /// w (1 - J of the users) + (1 - w) J of the paths, with Jaccard's J and the weight w of the users.
    ///
    /// # Errors
    /// [`ChannelError::UnknownChannel`]; [`ChannelError::EmptyPair`]; [`ChannelError::Quantity`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::CoOccurrence;
    /// use marketloop::quantity::Share;
    ///
    /// let users = CoOccurrence::from_sets(["feed", "search"], [(&[0][..], 60), (&[1], 30), (&[0, 1], 10)])?;
    /// let paths = CoOccurrence::from_sets(["feed", "search"], [(&[0, 1][..], 8), (&[1], 2)])?;
    /// let index = users.complementarity(&paths, &"feed", &"search", Share::percent(50)?)?;
    /// assert_eq!(index.to_percent(), "85%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn complementarity(
        &self,
        paths: &Self,
        left: &K,
        right: &K,
        weight_of_users: Share,
    ) -> Result<Ratio, ChannelError> {
        let apart = Ratio::ONE.minus(self.jaccard(left, right)?)?;
        let together = paths.jaccard(left, right)?;
        let apart = apart.times(Ratio::from(weight_of_users.value()))?;
        Ok(apart.plus(together.times(Ratio::from(weight_of_users.complement().value()))?)?)
    }

    fn find(&self, channel: &K) -> Result<usize, ChannelError> {
        self.channels.binary_search(channel).map_err(|_| ChannelError::UnknownChannel)
    }

    fn pair(&self, left: &K, right: &K) -> Result<Pair, ChannelError> {
        Ok(self.pair_at(self.find(left)?, self.find(right)?))
    }
}

impl<K> CoOccurrence<K> {
    /// The channels in ascending order.
    #[must_use]
    pub fn channels(&self) -> &[K] {
        &self.channels
    }

    /// The number of users, or journeys, that were counted.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.all
    }

    /// The two channels that share most: the pair of the highest Jaccard index, and the index; of several the first.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::CoOccurrence;
    ///
    /// let reached = [(1, 0), (1, 1), (2, 0), (2, 1), (3, 2), (3, 1)];
    /// let reach = CoOccurrence::from_rows(["feed", "search", "email"], reached)?;
    /// let (one, other, index) = reach.closest().unwrap();
    /// assert_eq!((*one, *other, index.to_string().as_str()), ("feed", "search", "2/3"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn closest(&self) -> Option<(&K, &K, Ratio)> {
        let pairs = self.channels.iter().enumerate().flat_map(|(left, one)| {
            self.channels.iter().enumerate().skip(left.saturating_add(1)).filter_map(move |(right, other)| {
                Some((one, other, self.pair_at(left, right).jaccard().ok()?))
            })
        });
        // Strictly more: of pairs that share alike the first stays.
        pairs.reduce(|most, pair| if pair.2 > most.2 { pair } else { most })
    }

    /// A row for each pair of channels: the users, or journeys, that both or either have, and the Jaccard index.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::CoOccurrence;
    ///
    /// let reach = CoOccurrence::from_sets(["feed", "search"], [(&[0][..], 60), (&[1], 30), (&[0, 1], 10)])?;
    /// assert_eq!(
    ///     reach.table().to_string(),
    ///     "channels       both  either  Jaccard %\n\
    ///      feed + search    10     100         10\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table
    where
        K: fmt::Display,
    {
        self.table_in("1")
    }

    /// The [table](Self::table) with its counts in what the sets are: `user`, `journey`.
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "at most 4,095 channels, and counts of which each is within those it is taken from"
    )]
    pub fn table_in(&self, unit: &'static str) -> Table
    where
        K: fmt::Display,
    {
        let mut table = Table::new("channels");
        let names: Vec<String> = self.channels.iter().map(ToString::to_string).collect();
        for (left, one) in names.iter().enumerate() {
            for (right, other) in names.iter().enumerate().skip(left + 1) {
                let (name, pair) = (joint_label([one.as_str(), other], " + "), self.pair_at(left, right));
                table.push(&name, "both", Cell::new(pair.both, unit));
                table.push(&name, "either", Cell::new(pair.either(), unit));
                table.push(&name, "Jaccard", percent(pair.jaccard()));
            }
        }
        table
    }

    /// The counts of the pair of channels at these places.
    fn pair_at(&self, left: usize, right: usize) -> Pair {
        Pair {
            left: self.at(left, left),
            right: self.at(right, right),
            // Only one half is kept: a pair has one place, whichever of its channels is named first.
            both: self.at(left.min(right), left.max(right)),
            all: self.all,
        }
    }

    /// Counts a set of channels, ascending and without repeats, `times` times.
    fn count(&mut self, set: &[usize], times: u64) -> Result<(), ChannelError> {
        self.all = self.all.checked_add(times).ok_or(ChannelError::TooMany)?;
        for (at, left) in set.iter().enumerate() {
            for right in set.iter().skip(at) {
                self.add(*left, *right, times)?;
            }
        }
        Ok(())
    }

    /// The place of the pair `left <= right` in the counts.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "at most 4,095 channels, and counts of which each is within those it is taken from"
    )]
    fn place(&self, left: usize, right: usize) -> usize {
        debug_assert!(left <= right && right < self.channels.len(), "no pair {left}, {right}");
        let channels = self.channels.len();
        // Row by row, each one shorter: as many counts as the channels have pairs, less those of the rows left.
        // Of at most 4,095 channels (`MAX_PAIRS`): no product is beyond 2^25.
        let before = left * (2 * channels - left + 1) / 2;
        before + (right - left)
    }

    #[expect(clippy::indexing_slicing, reason = "left <= right < channels, which have a place each")]
    fn at(&self, left: usize, right: usize) -> u64 {
        self.counts[self.place(left, right)]
    }

    #[expect(clippy::indexing_slicing, reason = "left <= right < channels, which have a place each")]
    fn add(&mut self, left: usize, right: usize, times: u64) -> Result<(), ChannelError> {
        let place = self.place(left, right);
        self.counts[place] = self.counts[place].checked_add(times).ok_or(ChannelError::TooMany)?;
        Ok(())
    }
}

/// The number of pairs `left <= right` of this number of channels; `None` beyond 64 bits.
fn triangle(channels: usize) -> Option<u64> {
    let channels = u64::try_from(channels).ok()?;
    Some(channels.checked_mul(channels.checked_add(1)?)? / 2)
}

impl<K: Ord> TryFrom<Wire<K>> for CoOccurrence<K> {
    type Error = ChannelError;

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "at most 4,095 channels, and counts of which each is within those it is taken from"
    )]
    fn try_from(wire: Wire<K>) -> Result<Self, Self::Error> {
        let Wire { channels, all, counts } = wire;
        // Sorting them here would leave the counts at their old places.
        if channels.windows(2).any(|pair| matches!(pair, [left, right] if left >= right)) {
            return Err(ChannelError::NotAscending);
        }
        let lengths = counts.iter().map(Vec::len);
        if !lengths.eq((1..=channels.len()).rev()) {
            return Err(ChannelError::CountShape { channels: channels.len() });
        }
        let state = Self { all, counts: counts.into_iter().flatten().collect(), ..Self::new(channels)? };
        // Pairs only: whether three channels fit together would take counts of three, which are not kept.
        for left in 0..state.channels.len() {
            for right in left..state.channels.len() {
                let (one, two, both) = (state.at(left, left), state.at(right, right), state.at(left, right));
                // In 128 bits: the sum of two counts of 64 bits, before it is known that they are within all.
                // The smaller of both and one, so that a count that is refused next does not wrap first.
                let either = u128::from(one) + u128::from(two) - u128::from(both.min(one));
                if both > one.min(two) || (left != right && either > all.into()) || one > all {
                    return Err(ChannelError::ImpossibleCounts { left, right });
                }
            }
        }
        Ok(state)
    }
}

impl<K: Clone> From<CoOccurrence<K>> for Wire<K> {
    fn from(state: CoOccurrence<K>) -> Self {
        let size = state.channels.len();
        let row = |left| (left..size).map(|right| state.at(left, right)).collect();
        Self { all: state.all, counts: (0..size).map(row).collect(), channels: state.channels.clone() }
    }
}

impl<K: fmt::Display> fmt::Display for CoOccurrence<K> {
    /// The [table](CoOccurrence::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Products of counts of 64 bits need 128, of which a signed number has one less.
    #[test]
    fn the_greatest_counts_have_a_correlation() {
        let (one, nine, half) = (u64::MAX / 10, u64::MAX / 10 * 9, u64::MAX / 2);
        let always = CoOccurrence::from_sets(["a", "b"], [(&[0, 1][..], nine), (&[][..], one)]).unwrap();
        let together = always.correlation(&"a", &"b").unwrap();
        assert!((together - 1.0).abs() < 1e-15, "{together}");
        let never = CoOccurrence::from_sets(["a", "b"], [(&[0][..], half), (&[1][..], half)]).unwrap();
        let apart = never.correlation(&"a", &"b").unwrap();
        assert!((apart + 1.0).abs() < 1e-15, "{apart}");
    }

    #[test]
    fn a_pair_has_its_measures() {
        let sets = [(&[0, 1, 0][..], 6), (&[0][..], 2), (&[1][..], 1), (&[][..], 3), (&[2][..], 0)];
        let counts = CoOccurrence::from_sets(["b", "a", "c"], sets).unwrap();
        let (b, a, c) = (&"b", &"a", &"c");
        assert_eq!((counts.count_of(b), counts.count_of(a)), (Ok(8), Ok(7)));
        assert_eq!((counts.both(b, a), counts.either(b, a)), (Ok(6), Ok(9)));
        assert_eq!(counts.jaccard(b, a), Ok("2/3".parse().unwrap()));
        assert_eq!(counts.containment(b, a), Ok("3/4".parse().unwrap()));
        assert_eq!(counts.containment(a, b), Ok("6/7".parse().unwrap()));
        assert_eq!(counts.lift(b, a), Ok("9/7".parse().unwrap()));
        // (6 * 3 - 2 * 1) / sqrt(8 * 4 * 7 * 5)
        assert!((counts.correlation(b, a).unwrap() - 16.0 / libm::sqrt(1120.0)).abs() < 1e-15);
        assert_eq!(counts.jaccard(a, a), Ok(Ratio::ONE));
        assert_eq!(counts.containment(c, a), Err(ChannelError::EmptyPair));
        assert_eq!(counts.lift(a, c), Err(ChannelError::EmptyPair));
        assert_eq!(counts.correlation(a, c), Err(ChannelError::EmptyPair));
        assert_eq!(counts.jaccard(c, c), Err(ChannelError::EmptyPair));
        assert_eq!(counts.jaccard(a, &"d"), Err(ChannelError::UnknownChannel));
    }

    #[test]
    fn bad_rows_and_counts_are_refused() {
        use alloc::string::ToString;
        assert_eq!(
            CoOccurrence::from_rows(["a"], [(1, 0), (2, 1)]),
            Err(ChannelError::ChannelIndex { row: 1, index: 1, channels: 1 })
        );
        let twice = CoOccurrence::from_sets(["a"], [([0], u64::MAX), ([0], 1)]);
        assert_eq!(twice, Err(ChannelError::TooMany));
        assert!(CoOccurrence::<&str>::new([]).is_err());
        let read =
            |json: &str| serde_json::from_str::<CoOccurrence<u8>>(json).map_err(|error| error.to_string());
        assert!(read(r#"{"channels":[1,2],"all":5,"counts":[[3,2],[2]]}"#).is_ok());
        for bad in [
            r#"{"channels":[2,1],"all":5,"counts":[[3,2],[2]]}"#,
            r#"{"channels":[1,2],"all":5,"counts":[[3,2]]}"#,
            r#"{"channels":[1,2],"all":5,"counts":[[3,4],[4]]}"#,
            r#"{"channels":[1,2],"all":5,"counts":[[3,0],[4]]}"#,
            r#"{"channels":[1],"all":5,"counts":[[6]]}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
