//! The store: paths of touches in columns, with their conversions, nulls and value.

use super::outcome::{Outcome, Totals};
use super::recent_names::RecentNames;
use super::{AttributionError, ChannelId, Channels};
use crate::quantity::{Currency, Money};
use alloc::vec::Vec;
use core::ops::Range;

/// One row of a [`PathTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// The channels touched, first to last; never empty.
    pub path: &'a [ChannelId],
    /// How many seconds each touch lies before the end of the journey, if the table has times.
    pub seconds_before_end: Option<&'a [u32]>,
    /// What came of it.
    pub outcome: Outcome,
}

/// Paths of touches with their conversions, nulls and value, one row for a path or for a single journey.
///
/// Every path has a touch and every row a journey; a value is of 0 or more and stands on conversions. Journeys
/// and touches together number less than 2^32 rows and touches, and the journeys and the value (in minor
/// units) at most 2^63 - 1 each.
///
/// # Examples
/// ```
/// use marketloop::attribution::{Outcome, PathTable};
/// use marketloop::quantity::Currency;
///
/// let mut builder = PathTable::builder(Currency::CNY);
/// builder.push_text("SEM > Email", ">", Outcome { conversions: 2, nulls: 8, value: 90_00 })?;
/// builder.push_text("Email", ">", Outcome { conversions: 1, nulls: 4, value: 10_00 })?;
/// let paths = builder.build();
/// assert_eq!(paths.totals().journeys, 15);
/// assert_eq!(paths.totals().value.to_string(), "100.00 CNY");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::attribution::PathTable;
/// let json = r#"{
///   "currency": "CNY",
///   "channels": ["SEM", "微信"],
///   "rows": [{"path": [0, 1, 0], "conversions": 2, "nulls": 3, "value": 150}]
/// }"#;
/// let read: PathTable = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<PathTable>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "转化路径")]
pub struct PathTable {
    channels: Channels,
    currency: Currency,
    /// The end of each row's touches.
    ends: Vec<u32>,
    touches: Vec<ChannelId>,
    seconds: Option<Vec<u32>>,
    conversions: Vec<u64>,
    nulls: Vec<u64>,
    values: Vec<i64>,
    all: Outcome,
}

impl PathTable {
    /// A builder for a table of paths whose values are in `currency`.
    #[must_use]
    pub fn builder(currency: Currency) -> PathTableBuilder {
        PathTableBuilder {
            table: Self {
                channels: Channels::default(),
                currency,
                ends: Vec::new(),
                touches: Vec::new(),
                seconds: None,
                conversions: Vec::new(),
                nulls: Vec::new(),
                values: Vec::new(),
                all: Outcome::default(),
            },
            recent: RecentNames::default(),
            path: Vec::new(),
        }
    }

    /// The dictionary of the channels.
    #[must_use]
    pub const fn channels(&self) -> &Channels {
        &self.channels
    }

    /// The currency of the values.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many touches all rows have together, each row counted once.
    #[must_use]
    pub const fn touches(&self) -> usize {
        self.touches.len()
    }

    /// Whether the touches have times.
    #[must_use]
    pub const fn has_times(&self) -> bool {
        self.seconds.is_some()
    }

    /// What all rows add up to.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "all journeys have 63 bits: checked with each row")]
    pub fn totals(&self) -> Totals {
        let Outcome { conversions, nulls, value } = self.all;
        // 63 bits are always money, and both counts together have as many: checked with each row.
        let worth = Money::from_minor(value.into(), self.currency);
        debug_assert!(worth.is_ok(), "{value} minor units are no money");
        let worth = worth.unwrap_or(Money::zero(self.currency));
        Totals { conversions, nulls, journeys: conversions + nulls, value: worth }
    }

    /// The row at this index, or `None` beyond the last.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome::null())?;
    /// let paths = builder.build();
    /// let row = paths.row(0).unwrap();
    /// assert_eq!((paths.channels().path_text(row.path, " > "), row.outcome.nulls), ("SEM > Email".into(), 1));
    /// assert!(paths.row(1).is_none());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn row(&self, row: usize) -> Option<Row<'_>> {
        (row < self.len()).then(|| self.at(row))
    }

    /// The row at an index that this table gave out.
    #[expect(clippy::indexing_slicing, reason = "a row has its counts")]
    pub(super) fn at(&self, row: usize) -> Row<'_> {
        Row {
            path: self.path_at(row),
            seconds_before_end: self.times_at(row),
            outcome: Outcome {
                conversions: self.conversions[row],
                nulls: self.nulls[row],
                value: self.values[row],
            },
        }
    }

    #[expect(clippy::indexing_slicing, reason = "a row has an end")]
    #[expect(clippy::arithmetic_side_effects, reason = "of the first row nothing is taken off")]
    fn span(&self, row: usize) -> Range<usize> {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        start..self.ends[row] as usize
    }

    /// The touches of the row at an index that this table gave out.
    #[expect(clippy::indexing_slicing, reason = "the ends ascend to the number of touches")]
    pub(super) fn path_at(&self, row: usize) -> &[ChannelId] {
        &self.touches[self.span(row)]
    }

    /// The times of that row's touches, in a timed table.
    #[expect(clippy::indexing_slicing, reason = "a touch of a timed table has its time")]
    pub(super) fn times_at(&self, row: usize) -> Option<&[u32]> {
        self.seconds.as_ref().map(|seconds| &seconds[self.span(row)])
    }

    /// What all rows add up to, with the value in minor units.
    pub(super) const fn sums(&self) -> Outcome {
        self.all
    }

    /// All rows in their order.
    #[expect(clippy::indexing_slicing, reason = "the ends ascend to the number of touches, and of times")]
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> + Clone + '_ {
        let mut start = 0_usize;
        let outcomes = self.conversions.iter().zip(&self.nulls).zip(&self.values);
        self.ends.iter().zip(outcomes).map(move |(end, ((conversions, nulls), value))| {
            let span = start..*end as usize;
            start = span.end;
            Row {
                path: &self.touches[span.clone()],
                seconds_before_end: self.seconds.as_ref().map(|seconds| &seconds[span]),
                outcome: Outcome { conversions: *conversions, nulls: *nulls, value: *value },
            }
        })
    }

    /// The indexes of the rows that convert: of the others only the count of conversions is read.
    pub(super) fn converting(&self) -> Vec<u32> {
        (0_u32..).zip(&self.conversions).filter(|(_, count)| **count > 0).map(|(index, _)| index).collect()
    }

    /// The same rows without the times of the touches.
    #[must_use]
    pub fn without_times(self) -> Self {
        Self { seconds: None, ..self }
    }

    /// Merges channels whose names share the first `levels` segments, split at `separator`: keywords to campaigns,
    /// campaigns to channels ([`Channels::rolled_up`]).
    ///
    /// # Errors
    /// As of [`Channels::rolled_up`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_names(["SEM / brand / shoes", "Email"], Outcome::converted(100_00))?;
    /// builder.push_names(["SEM / generic"], Outcome::converted(50_00))?;
    /// let channels = builder.build().rolled_up(" / ", 1)?;
    /// assert_eq!(channels.channels().names().collect::<Vec<_>>(), ["SEM", "Email"]);
    /// assert_eq!(AttributionModel::Linear.credit(&channels)?.conversions(), [1.5, 0.5]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::indexing_slicing, reason = "each channel of the dictionary has a place in the new one")]
    pub fn rolled_up(&self, separator: &str, levels: usize) -> Result<Self, AttributionError> {
        let (channels, remap) = self.channels.rolled_up(separator, levels)?;
        let mut table = self.clone();
        table.channels = channels;
        for touch in &mut table.touches {
            *touch = remap[touch.index()];
        }
        Ok(table)
    }

    /// A table of these channels for the same rows in another order or form, empty yet.
    pub(super) fn without_rows(&self, channels: Channels) -> Self {
        let empty = Self::builder(self.currency).table;
        Self { channels, seconds: self.seconds.as_ref().map(|_| Vec::new()), all: self.all, ..empty }
    }

    /// Adds a row that was checked before; no more rows and touches than before.
    pub(super) fn append(&mut self, row: Row<'_>) {
        self.touches.extend_from_slice(row.path);
        if let (Some(seconds), Some(given)) = (&mut self.seconds, row.seconds_before_end) {
            seconds.extend_from_slice(given);
        }
        // Less than 2^32 touches: checked with each row.
        #[expect(clippy::cast_possible_truncation, reason = "32 bits")]
        self.ends.push(self.touches.len() as u32);
        self.conversions.push(row.outcome.conversions);
        self.nulls.push(row.outcome.nulls);
        self.values.push(row.outcome.value);
    }
}

/// Fills a [`PathTable`], checking each row as it comes. A refused row leaves no trace except its channel names.
#[derive(Debug, Clone)]
pub struct PathTableBuilder {
    table: PathTable,
    recent: RecentNames,
    /// The row that is being read, so that no row allocates.
    path: Vec<ChannelId>,
}

impl PathTableBuilder {
    const MAX: u64 = i64::MAX as u64;

    /// Starts with the dictionary of these channels, so that rows can be pushed by number.
    ///
    /// # Errors
    /// [`AttributionError::TooManyChannels`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let channels = Channels::new(["SEM", "Email"])?;
    /// let mut builder = PathTable::builder(Currency::CNY).with_channels(&channels)?;
    /// builder.push(&[channels.at(1).unwrap()], Outcome::null())?;
    /// // A channel without a touch stays in the table, and is credited 0.
    /// assert_eq!(builder.build().channels(), &channels);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_channels(mut self, channels: &Channels) -> Result<Self, AttributionError> {
        self.table.channels.merge(channels)?;
        Ok(self)
    }

    /// The number of the channel `name`, for [`push`](Self::push). A new name is added.
    ///
    /// # Errors
    /// As of [`Channels::intern`].
    pub fn channel(&mut self, name: &str) -> Result<ChannelId, AttributionError> {
        self.table.channels.intern(name)
    }

    /// Adds a row: a path of channel numbers and its outcome.
    ///
    /// # Errors
    /// [`AttributionError::EmptyPath`], [`AttributionError::UnknownId`], [`AttributionError::NoJourneys`],
    /// [`AttributionError::NegativeValue`], [`AttributionError::ValueWithoutConversion`],
    /// [`AttributionError::MissingTimes`] in a table with times, [`AttributionError::TooMuch`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionError, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// let (sem, email) = (builder.channel("SEM")?, builder.channel("Email")?);
    /// builder.push(&[sem, email], Outcome { conversions: 2, nulls: 8, value: 90_00 })?;
    /// assert_eq!(builder.push(&[], Outcome::null()), Err(AttributionError::EmptyPath { row: 1 }));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn push(&mut self, path: &[ChannelId], outcome: Outcome) -> Result<(), AttributionError> {
        self.push_row(&Row { path, seconds_before_end: None, outcome })
    }

    /// Adds a row with the time of each touch, in seconds before the end of the journey: first to last, descending.
    ///
    /// # Errors
    /// As of [`Self::push`]; [`AttributionError::TimeCount`], [`AttributionError::TimesNotDescending`],
    /// [`AttributionError::UnexpectedTimes`] in a table without times.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    /// use marketloop::time::Duration;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// let (sem, email) = (builder.channel("SEM")?, builder.channel("Email")?);
    /// // SEM a day before the order, Email at the order.
    /// builder.push_timed(&[sem, email], &[86_400, 0], Outcome::converted(90_00))?;
    /// let decay = AttributionModel::TimeDecay(Duration::from_days(1)).credit(&builder.build())?;
    /// assert!((decay.conversions()[0] - 1.0 / 3.0).abs() < 1e-15);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn push_timed(
        &mut self,
        path: &[ChannelId],
        seconds_before_end: &[u32],
        outcome: Outcome,
    ) -> Result<(), AttributionError> {
        self.push_row(&Row { path, seconds_before_end: Some(seconds_before_end), outcome })
    }

    /// Adds a row whose path is a list of channel names.
    ///
    /// # Errors
    /// As of [`Self::push`]; [`AttributionError::EmptyTouch`], [`AttributionError::TooManyChannels`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// // A name may hold what a text would be split at.
    /// builder.push_names(["SEM > brand", "Email"], Outcome::null())?;
    /// assert_eq!(builder.build().touches(), 2);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn push_names<'a>(
        &mut self,
        path: impl IntoIterator<Item = &'a str>,
        outcome: Outcome,
    ) -> Result<(), AttributionError> {
        let mut ids = core::mem::take(&mut self.path);
        ids.clear();
        let pushed = self.read_names(path, &mut ids).and_then(|()| self.push(&ids, outcome));
        self.path = ids;
        pushed
    }

    fn read_names<'a>(
        &mut self,
        path: impl IntoIterator<Item = &'a str>,
        ids: &mut Vec<ChannelId>,
    ) -> Result<(), AttributionError> {
        let row = self.table.len();
        for (touch, name) in path.into_iter().enumerate() {
            if name.is_empty() {
                return Err(AttributionError::EmptyTouch { row, touch });
            }
            ids.push(self.recent.intern(&mut self.table.channels, name)?);
        }
        Ok(())
    }

    /// Adds a row whose path is a text of channel names, split at `separator`. Blanks around a name are dropped.
    ///
    /// # Errors
    /// As of [`Self::push_names`]; [`AttributionError::EmptySeparator`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM|Email | SEM", "|", Outcome::null())?;
    /// let paths = builder.build();
    /// assert_eq!((paths.touches(), paths.channels().len()), (3, 2));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn push_text(
        &mut self,
        path: &str,
        separator: &str,
        outcome: Outcome,
    ) -> Result<(), AttributionError> {
        if separator.is_empty() {
            return Err(AttributionError::EmptySeparator);
        }
        let row = self.table.len();
        if path.trim().is_empty() {
            return Err(AttributionError::EmptyPath { row });
        }
        self.push_names(path.split(separator).map(str::trim), outcome)
    }

    /// Adds the rows of another table.
    ///
    /// # Errors
    /// As of [`PathTable::merge`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut july = PathTable::builder(Currency::CNY);
    /// july.push_text("SEM > Email", ">", Outcome::converted(90_00))?;
    /// let july = july.build();
    /// let mut summer = PathTable::builder(Currency::CNY);
    /// summer.push_text("KOL", ">", Outcome::null())?;
    /// summer.add(&july)?;
    /// assert_eq!((summer.build().totals().journeys, july.len()), (2, 1));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(
        clippy::indexing_slicing,
        reason = "each channel of the other table has a place in this one's dictionary"
    )]
    pub fn add(&mut self, other: &PathTable) -> Result<(), AttributionError> {
        if self.table.currency != other.currency {
            let (left, right) = (self.table.currency, other.currency);
            return Err(AttributionError::CurrencyMismatch { left, right });
        }
        let remap = self.table.channels.merge(&other.channels)?;
        let mut path = Vec::new();
        for row in other.rows() {
            path.clear();
            path.extend(row.path.iter().map(|id| remap[id.index()]));
            self.push_row(&Row { path: &path, ..row })?;
        }
        Ok(())
    }

    pub(super) fn push_row(&mut self, given: &Row<'_>) -> Result<(), AttributionError> {
        let row = self.table.len();
        let Outcome { conversions, nulls, value } = given.outcome;
        if given.path.is_empty() {
            return Err(AttributionError::EmptyPath { row });
        }
        let count = self.table.channels.len();
        if let Some(id) = given.path.iter().find(|id| id.index() >= count) {
            return Err(AttributionError::UnknownId { row, id: id.index(), count });
        }
        if conversions == 0 && nulls == 0 {
            return Err(AttributionError::NoJourneys { row });
        }
        if value < 0 {
            return Err(AttributionError::NegativeValue { row, value });
        }
        // A value without a conversion could be credited to nobody.
        if value > 0 && conversions == 0 {
            return Err(AttributionError::ValueWithoutConversion { row, value });
        }
        self.check_times(given)?;
        let too_much = |what, limit| AttributionError::TooMuch { row, what, limit };
        let touches = self.table.touches.len().checked_add(given.path.len());
        if touches.and_then(|touches| u32::try_from(touches).ok()).is_none() {
            return Err(too_much("touches", u32::MAX.into()));
        }
        // Conversions and nulls together have 63 bits, so that sums over any part of the rows need no check.
        let all = self.table.all;
        let sums = all.conversions.checked_add(conversions).zip(all.nulls.checked_add(nulls));
        let journeys = sums.and_then(|(conversions, nulls)| conversions.checked_add(nulls));
        let Some((conversions, nulls)) = sums.filter(|_| journeys.is_some_and(|sum| sum <= Self::MAX)) else {
            return Err(too_much("journeys", Self::MAX));
        };
        let value = all.value.checked_add(value).ok_or_else(|| too_much("values", Self::MAX))?;
        // When nothing is refused any more: a row is taken whole or not at all.
        self.table.all = Outcome { conversions, nulls, value };
        if given.seconds_before_end.is_some() && self.table.seconds.is_none() {
            self.table.seconds = Some(Vec::new());
        }
        self.table.append(*given);
        Ok(())
    }

    /// Room for so many touches with times, at most what the table holds.
    pub(super) fn reserve_timed(&mut self, touches: usize) {
        let most = touches.min(u32::MAX as usize);
        self.table.touches.reserve_exact(most);
        self.table.seconds.get_or_insert_default().reserve_exact(most);
    }

    fn check_times(&self, given: &Row<'_>) -> Result<(), AttributionError> {
        let row = self.table.len();
        // A column of times has an entry for each touch, or there is no such column.
        let Some(seconds) = given.seconds_before_end else {
            return if self.table.seconds.is_some() {
                Err(AttributionError::MissingTimes { row })
            } else {
                Ok(())
            };
        };
        if self.table.seconds.is_none() && row > 0 {
            return Err(AttributionError::UnexpectedTimes { row });
        }
        if seconds.len() != given.path.len() {
            let (expected, actual) = (given.path.len(), seconds.len());
            return Err(AttributionError::TimeCount { row, expected, actual });
        }
        let later = seconds.iter().zip(seconds.iter().skip(1)).zip(1..);
        match later.into_iter().find(|((before, after), _)| before < after) {
            Some((_, touch)) => Err(AttributionError::TimesNotDescending { row, touch }),
            None => Ok(()),
        }
    }

    /// The table.
    #[must_use]
    pub fn build(mut self) -> PathTable {
        if self.table.is_empty() {
            self.table.seconds = None;
        }
        self.table
    }
}
