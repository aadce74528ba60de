//! Shapley values of channels: closed forms where the game is a sum over paths, enumeration where it is not.

use super::columns::{Columns, float, float_value, in_dictionary_order};
use super::contexts::KeyTable;
use super::{AttributionError, ChannelId, Channels, Credits, PathTable};
use crate::figure::{Cell, Table};
use alloc::vec::Vec;
use core::fmt;
use serde::{Serialize, Serializer};

/// The maximum number of players whose coalitions are enumerated: 2^20 values, 24 MiB.
pub const MAX_PLAYERS: usize = 20;

/// The credit of each channel; of no conversions 0.
pub(super) fn simplified_credits(paths: &PathTable) -> Result<Credits, AttributionError> {
    let columns = Columns::new(paths);
    let (conversions, values) = simplified(&columns)?;
    let conversions = in_dictionary_order(columns.ids(), conversions);
    let values = in_dictionary_order(columns.ids(), values);
    Credits::new(paths, conversions, values)
}

/// The conversions and value of each channel by rank.
#[expect(clippy::indexing_slicing, reason = "a key begins with the rank of a channel")]
fn simplified(columns: &Columns<'_>) -> Result<(Vec<f64>, Vec<f64>), AttributionError> {
    let beyond = AttributionError::Overflow { what: "the number of channel sets" };
    // Counts are summed per (channel, set size) and divided once: one rounding for each size, none for each row.
    let mut sums = Sums::default();
    let mut distinct = Distinct::new(columns.channels());
    for row in columns.rows().filter(|row| row.conversions > 0) {
        let channels = distinct.of(row.path.iter().map(|touch| columns.number(*touch)));
        let size = u32::try_from(channels.len()).ok();
        for channel in channels {
            let key = size.map(|size| (u64::from(*channel) << 32) | u64::from(size));
            key.and_then(|key| sums.add(key, row.conversions, row.value)).ok_or_else(|| beyond.clone())?;
        }
    }
    let mut conversion_credits = alloc::vec![0.0; columns.channels()];
    let mut value_credits = conversion_credits.clone();
    // By key: sums of floats then come out alike, in whatever order rows and shards came.
    for (key, conversions, value) in sums.sorted() {
        let size = float(key & u64::from(u32::MAX));
        let channel = (key >> 32) as usize;
        conversion_credits[channel] += float(conversions) / size;
        value_credits[channel] += float_value(value) / size;
    }
    Ok((conversion_credits, value_credits))
}

/// Conversions credited to each channel at each position of a path.
#[derive(Debug, Clone, PartialEq)]
pub struct PositionCredits {
    channels: Channels,
    positions: Vec<Vec<f64>>,
}

impl PositionCredits {
    /// The channels, in the order of the figures.
    #[must_use]
    pub const fn channels(&self) -> &Channels {
        &self.channels
    }

    /// The conversions of a channel by position, up to the last position at which it has any.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Outcome, PathTable, shapley_ordered};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email > SEM", ">", Outcome::converted(100_00))?;
    /// let credits = shapley_ordered(&builder.build())?;
    /// let sem = credits.channels().id("SEM").unwrap();
    /// // Half of the conversion, in equal parts at the first and at the third touch.
    /// assert_eq!(credits.positions(sem), [0.25, 0.0, 0.25]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn positions(&self, channel: ChannelId) -> &[f64] {
        self.positions.get(channel.index()).map_or(&[], Vec::as_slice)
    }

    /// The conversions of each channel at all positions: those of
    /// [`AttributionModel::Shapley`](super::AttributionModel::Shapley).
    #[must_use]
    pub fn conversions(&self) -> Vec<f64> {
        self.positions.iter().map(|positions| positions.iter().sum()).collect()
    }

    /// A row for each channel, a column for each position, counted from 1.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("channel");
        for (name, positions) in self.channels.names().zip(&self.positions) {
            for (position, conversions) in (1_usize..).zip(positions) {
                table.push(name, alloc::format!("at {position}"), Cell::new(conversions, "conversion"));
            }
        }
        table
    }
}

impl fmt::Display for PositionCredits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[derive(Serialize)]
struct ChannelPositions<'a> {
    channel: &'a str,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    conversions: Vec<f64>,
}

impl Serialize for PositionCredits {
    /// A list of `{"channel": …, "conversions": […]}`, the conversions by position.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.channels.names().zip(&self.positions);
        serializer.collect_seq(
            all.map(|(channel, conversions)| ChannelPositions { channel, conversions: conversions.clone() }),
        )
    }
}

/// The credit of each channel at each position by the ordered Shapley value.
///
/// # Formula
/// The touch at position `t` of a path, of channel `c`, gets
/// `conversions / (number of distinct channels * occurrences of c in the path)` (K. Zhao et al., 2018).
///
/// # Errors
/// [`AttributionError::Overflow`] for paths of 2^24 touches or more.
#[expect(
    clippy::indexing_slicing,
    reason = "ranks are below the number of channels, cells numbered as they come"
)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a path has less than 2^24 touches: checked with each row"
)]
pub fn shapley_ordered(paths: &PathTable) -> Result<PositionCredits, AttributionError> {
    let columns = Columns::new(paths);
    let beyond = AttributionError::Overflow { what: "the number of positions" };
    // One table of divisors for each channel and position: (channel, position) -> cell, (cell, divisor) -> sum.
    let mut cells = KeyTable::new();
    let mut sums = Sums::default();
    let mut distinct = Distinct::new(columns.channels());
    let mut occurrences = alloc::vec![0_u32; columns.channels()];
    let mut places: Vec<(u32, u16, u32)> = Vec::new();
    for row in columns.rows().filter(|row| row.conversions > 0) {
        if row.path.len() >= 1 << 24 {
            return Err(beyond);
        }
        for touch in row.path {
            occurrences[usize::from(columns.number(*touch))] += 1;
        }
        let channels = distinct.of(row.path.iter().map(|touch| columns.number(*touch)));
        // Channels of one dictionary: at most 65,535.
        let size = channels.len() as u64;
        for (position, touch) in (0_u32..).zip(row.path) {
            let channel = columns.number(*touch);
            let count = occurrences[usize::from(channel)];
            // At most 2^16 channels times 2^24 touches, whose product is at most (2^24)^2 / 4.
            let divisor = size * u64::from(count);
            let cell =
                cells.id((u64::from(channel) << 32) | u64::from(position)).ok_or_else(|| beyond.clone())?;
            if usize::try_from(cell).is_ok_and(|cell| cell == places.len()) {
                places.push((cell, channel, position));
            }
            // Beyond 32 bits only for paths of about 2^17 touches, half of them of one channel.
            let divisor = u32::try_from(divisor).map_err(|_| beyond.clone())?;
            let key = (u64::from(cell) << 32) | u64::from(divisor);
            sums.add(key, row.conversions, 0).ok_or_else(|| beyond.clone())?;
        }
        for channel in channels {
            // Only what this row touched is cleared: a row costs its length, not the number of channels.
            occurrences[usize::from(*channel)] = 0;
        }
    }
    let mut credits = alloc::vec![0.0; places.len()];
    for (key, conversions, _) in sums.sorted() {
        credits[(key >> 32) as usize] += float(conversions) / float(key & u64::from(u32::MAX));
    }
    let mut channels: Vec<Vec<f64>> = alloc::vec![Vec::new(); columns.channels()];
    for ((_, channel, position), credit) in places.into_iter().zip(credits) {
        let (position, positions) = (position as usize, &mut channels[usize::from(channel)]);
        if positions.len() <= position {
            positions.resize(position + 1, 0.0);
        }
        positions[position] = credit;
    }
    let positions = in_dictionary_order(columns.ids(), channels);
    Ok(PositionCredits { channels: paths.channels().clone(), positions })
}

/// How much each channel adds to the conversion rate: the Shapley value of the game "conversion rate of the
/// journeys that need no other channels than these". Parts can be negative; they add up to the rate.
///
/// # Formula
/// `v(S) = conversions / journeys over the paths whose channels are in S`, 0 where there is none, and
/// `phi_c = sum over S without c of |S|! (n-1-|S|)! / n! * (v(S with c) - v(S))` (L. S. Shapley, 1953).
///
/// # Errors
/// [`AttributionError::TooManyPlayers`] when paths have more than [`MAX_PLAYERS`] channels together.
#[expect(
    clippy::indexing_slicing,
    reason = "a channel has a place, a coalition counts, a player a part; coalitions have a bit for each player"
)]
#[expect(clippy::arithmetic_side_effects, reason = "all journeys of a table have 63 bits together")]
pub fn shapley_conversion_rate(paths: &PathTable) -> Result<Vec<f64>, AttributionError> {
    let columns = Columns::new(paths);
    // Channels without a touch are no players: each further one would double the coalitions.
    let mut player_of: Vec<Option<u32>> = alloc::vec![None; columns.channels()];
    for row in columns.rows().filter(|row| row.journeys() > 0) {
        for touch in row.path {
            player_of[usize::from(columns.number(*touch))] = Some(0);
        }
    }
    let players: Vec<&mut u32> = player_of.iter_mut().flatten().collect();
    let count = players.len();
    checked_players(count)?;
    (0..).zip(players).for_each(|(index, player)| *player = index);
    let mut counts = alloc::vec![(0_u64, 0_u64); 1 << count];
    for row in columns.rows() {
        let set = row.path.iter().fold(0_usize, |set, touch| {
            let player = player_of[usize::from(columns.number(*touch))];
            player.map_or(set, |player| set | (1 << player))
        });
        let (conversions, journeys) = &mut counts[set];
        *conversions += row.conversions;
        *journeys += row.journeys();
    }
    // Sums over all subsets, a player at a time.
    // 2^n * n additions; a loop over the subsets of every coalition would take 3^n.
    for player in 0..count {
        for block in counts.chunks_exact_mut(2 << player) {
            let (without, with) = block.split_at_mut(1 << player);
            for ((conversions, journeys), (fewer, fewer_journeys)) in with.iter_mut().zip(without) {
                *conversions += *fewer;
                *journeys += *fewer_journeys;
            }
        }
    }
    let rate = |(conversions, journeys): (u64, u64)| match journeys {
        // A coalition that no journey met has converted nobody.
        0 => 0.0,
        _ => float(conversions) / float(journeys),
    };
    let values: Vec<f64> = counts.into_iter().map(rate).collect();
    let parts = enumerated(&values, count);
    let part = |player: Option<u32>| {
        // A channel without a touch is no player, and adds nothing.
        player.map_or(0.0, |player| parts[player as usize])
    };
    Ok(in_dictionary_order(columns.ids(), player_of.into_iter().map(part).collect()))
}

/// The Shapley value of each player of a game. `value` is called once for each coalition, a bit for each player.
/// The parts add up to the value of all players less that of none.
///
/// # Formula
/// `phi_i = sum over S without i of |S|! (n-1-|S|)! / n! * (v(S with i) - v(S))` (L. S. Shapley, 1953); `2^n`
/// values and `n 2^n` additions.
///
/// # Errors
/// [`AttributionError::TooManyPlayers`] above [`MAX_PLAYERS`]; [`AttributionError::CoalitionValue`] for a value
/// that is NaN or infinite; [`AttributionError::Overflow`] where a part is beyond a float.
///
/// # Examples
/// ```
/// use marketloop::attribution::shapley_value;
///
/// // Two left gloves and a right one: a pair is worth 1.
/// let pairs = |coalition: u32| f64::from(u8::from(coalition & 0b100 != 0 && coalition & 0b011 != 0));
/// let parts = shapley_value(3, pairs)?;
/// assert!((parts[0] - 1.0 / 6.0).abs() < 1e-15 && (parts[2] - 4.0 / 6.0).abs() < 1e-15);
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn shapley_value(
    players: usize,
    mut value: impl FnMut(u32) -> f64,
) -> Result<Vec<f64>, AttributionError> {
    checked_players(players)?;
    let mut values = Vec::with_capacity(1 << players);
    for coalition in 0..1_u32 << players {
        let value = value(coalition);
        if !value.is_finite() {
            return Err(AttributionError::CoalitionValue { coalition, value });
        }
        values.push(value);
    }
    let parts = enumerated(&values, players);
    // Differences of finite values may still be more than a float holds.
    if parts.iter().all(|part| part.is_finite()) {
        Ok(parts)
    } else {
        Err(AttributionError::Overflow { what: "a Shapley value" })
    }
}

const fn checked_players(players: usize) -> Result<(), AttributionError> {
    if players > MAX_PLAYERS {
        return Err(AttributionError::TooManyPlayers { players, max: MAX_PLAYERS });
    }
    Ok(())
}

/// The Shapley values of a game given by its `2^players` values.
#[expect(
    clippy::indexing_slicing,
    reason = "a coalition of the others has fewer members than there are players"
)]
#[expect(clippy::arithmetic_side_effects, reason = "bits of a coalition of at most MAX_PLAYERS")]
fn enumerated(values: &[f64], players: usize) -> Vec<f64> {
    // 1 / (n * binomial(n - 1, k)) for each size k of the others.
    let mut weights = Vec::with_capacity(players);
    let n = (0..players).fold(0.0, |n, _| n + 1.0);
    let (mut choices, mut size) = (1.0, 0.0);
    for _ in 0..players {
        weights.push(1.0 / (n * choices));
        size += 1.0;
        choices = choices * (n - size) / size;
    }
    let part = |player: usize| {
        // Summed by size first: a weight is multiplied once for each size, not for each coalition.
        let mut by_size = alloc::vec![0.0; players];
        for (block, values) in (0_usize..).zip(values.chunks_exact(2 << player)) {
            let (without, with) = values.split_at(1 << player);
            let above = block.count_ones();
            for (below, (without, with)) in (0_usize..).zip(without.iter().zip(with)) {
                // The others of the coalition: the player itself stands between the bits below and above.
                by_size[(below.count_ones() + above) as usize] += with - without;
            }
        }
        by_size.iter().zip(&weights).map(|(sum, weight)| sum * weight).sum()
    };
    (0..players).map(part).collect()
}

/// Sums of counts by key.
#[derive(Debug)]
struct Sums {
    table: KeyTable,
    sums: Vec<(u64, i64)>,
}

impl Default for Sums {
    fn default() -> Self {
        Self { table: KeyTable::new(), sums: Vec::new() }
    }
}

impl Sums {
    /// Adds counts whose sums over all rows fit; `None` where there are more keys than can be numbered.
    #[expect(clippy::indexing_slicing, reason = "a number that the table gave out has its sums")]
    #[expect(clippy::arithmetic_side_effects, reason = "sums over all rows fit: checked with each row")]
    fn add(&mut self, key: u64, conversions: u64, value: i64) -> Option<()> {
        let id = self.table.id(key)? as usize;
        if id == self.sums.len() {
            self.sums.push((0, 0));
        }
        // Numbered as they come: a new key has the place behind the last.
        let (all_conversions, all_value) = &mut self.sums[id];
        *all_conversions += conversions;
        *all_value += value;
        Some(())
    }

    /// The sums in the order of their keys, so that nothing depends on the order of the rows.
    #[expect(clippy::indexing_slicing, reason = "a number that the table gave out has its sums")]
    fn sorted(&self) -> Vec<(u64, u64, i64)> {
        let entry = |(key, id): (u64, u32)| {
            let (conversions, value) = self.sums[id as usize];
            (key, conversions, value)
        };
        let mut sorted: Vec<_> = self.table.entries().map(entry).collect();
        sorted.sort_unstable();
        sorted
    }
}

/// The distinct channels of a path, in the order of their first touch.
#[derive(Debug)]
struct Distinct {
    seen: Vec<bool>,
    channels: Vec<u16>,
}

impl Distinct {
    fn new(channels: usize) -> Self {
        Self { seen: alloc::vec![false; channels], channels: Vec::new() }
    }

    #[expect(clippy::indexing_slicing, reason = "every rank is below the number of channels")]
    fn of(&mut self, path: impl Iterator<Item = u16>) -> &[u16] {
        // Only what the row before left is cleared: a row costs its length.
        for channel in self.channels.drain(..) {
            self.seen[usize::from(channel)] = false;
        }
        for channel in path {
            if !core::mem::replace(&mut self.seen[usize::from(channel)], true) {
                self.channels.push(channel);
            }
        }
        &self.channels
    }
}
