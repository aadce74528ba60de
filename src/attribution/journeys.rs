//! From events to journeys: touches and conversions of users, divided by stated rules.

use super::{AttributionError, ChannelId, Channels, Outcome, PathTable, PathTableBuilder};
use crate::quantity::Currency;
use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::num::NonZeroUsize;
use serde::{Deserialize, Serialize};

/// One touch of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TouchEvent {
    /// The number of the user.
    pub user: u64,
    /// When it was, in seconds from any one moment.
    pub time: i64,
    /// The channel.
    pub channel: ChannelId,
}

/// One conversion of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversionEvent {
    /// The number of the user.
    pub user: u64,
    /// When it was, in seconds from the same moment as the touches.
    pub time: i64,
    /// What it was worth, in minor units.
    pub value: i64,
}

/// Which touches the journey of a conversion may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Closing {
    /// Those since the user's conversion before it: each touch stands in one journey at most.
    #[default]
    SinceLast,
    /// All within the lookback, even if a conversion before it had them already.
    Overlapping,
}

/// A change of a journey's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Transform {
    /// Of touches of one channel in a row the last remains.
    CollapseRepeats,
    /// Of all touches of one channel the first remains.
    FirstOccurrence,
    /// The last touches remain, at most so many.
    LastTouches(NonZeroUsize),
    /// The touches of the channel with this number go, unless there are no others.
    DropUnlessAlone(#[serde(with = "number")] ChannelId),
}

/// A channel by its number on the wire.
mod number {
    use super::ChannelId;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub(super) fn serialize<S: Serializer>(id: &ChannelId, serializer: S) -> Result<S::Ok, S::Error> {
        id.index().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ChannelId, D::Error> {
        Ok(ChannelId::of(u16::deserialize(deserializer)?))
    }
}

/// How touches and conversions become journeys.
///
/// The order is fixed: sessions, closing, lookback by time, the transforms as they are listed, lookback by
/// number of touches. At one instant a touch comes before a conversion, touches come in the order of their
/// channels' numbers, and conversions in the order of their values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JourneyRules {
    /// A session ends at a conversion, and before a touch more than so many seconds after the touch before it.
    /// In a session each channel counts once, by its first touch.
    pub session_gap: Option<u32>,
    /// What a conversion closes.
    pub closing: Closing,
    /// Touches more than so many seconds before the end of the journey do not count.
    pub lookback: Option<u32>,
    /// Changes of the path, one after the other.
    pub transforms: Vec<Transform>,
    /// At most so many touches, the last ones, count.
    pub most_touches: Option<NonZeroUsize>,
    /// The end of the time that was observed: the journey of a user who has not converted since ends here, and
    /// touches behind it are not looked at. Without it such a journey ends at its last touch.
    pub observed_until: Option<i64>,
}

/// What became of all touches and conversions.
///
/// `touches + repeated = kept + in_session + before_lookback + transformed + beyond_most + after_end`, and the
/// conversions given are `converted + unattributed + conversions_after_end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct JourneyReport {
    /// The touches that were given.
    pub touches: u64,
    /// The touches that stand in a journey; under [`Closing::Overlapping`] once for each journey.
    pub kept: u64,
    /// Touches that are one with another in a session.
    pub in_session: u64,
    /// Touches that a journey left out as too long before its end.
    pub before_lookback: u64,
    /// Touches that the transforms of a journey took out.
    pub transformed: u64,
    /// Touches that a journey left out as more than the most.
    pub beyond_most: u64,
    /// Touches behind the end of what was observed.
    pub after_end: u64,
    /// Conversions behind it.
    pub conversions_after_end: u64,
    /// Touches that stood in one more journey each ([`Closing::Overlapping`]).
    pub repeated: u64,
    /// The journeys that ended in a conversion.
    pub converted: u64,
    /// The journeys that did not.
    pub nulls: u64,
    /// Conversions without a touch: they are in no path.
    pub unattributed: u64,
    /// What those were worth, in minor units.
    pub unattributed_value: i128,
    /// Users whose touches without a conversion were all out of the lookback: their null journey has no path.
    pub empty_nulls: u64,
}

/// The journeys of all users, and what became of each event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journeys {
    /// One row for each journey, with times, in the order of the users' numbers and of time.
    pub paths: PathTable,
    /// What became of all touches and conversions.
    pub report: JourneyReport,
}

impl JourneyRules {
    /// The rules that leave every touch in the journey it stands in.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a lookback of so many seconds.
    #[must_use]
    pub fn with_lookback(self, seconds: u32) -> Self {
        Self { lookback: Some(seconds), ..self }
    }

    /// The same with at most so many touches in a journey.
    #[must_use]
    pub fn with_most_touches(self, touches: NonZeroUsize) -> Self {
        Self { most_touches: Some(touches), ..self }
    }

    /// The same with sessions that end after a gap of more than so many seconds.
    #[must_use]
    pub fn with_session_gap(self, seconds: u32) -> Self {
        Self { session_gap: Some(seconds), ..self }
    }

    /// The same with this closing.
    #[must_use]
    pub fn with_closing(self, closing: Closing) -> Self {
        Self { closing, ..self }
    }

    /// The same with one more transform behind the others.
    #[must_use]
    pub fn with_transform(mut self, transform: Transform) -> Self {
        self.transforms.push(transform);
        self
    }

    /// The same with the end of what was observed.
    #[must_use]
    pub fn observed_until(self, time: i64) -> Self {
        Self { observed_until: Some(time), ..self }
    }

    /// The journeys of these events, which may come in any order: those that do not stand by user and time are
    /// sorted in a copy.
    ///
    /// A user's touches behind the last conversion are one null journey.
    ///
    /// # Errors
    /// [`AttributionError::UnknownId`] and [`AttributionError::NegativeValue`] with the index of the event as
    /// its row; [`AttributionError::Span`] for a journey of 2^32 seconds or more;
    /// [`AttributionError::TooMuch`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, ConversionEvent, JourneyRules, TouchEvent};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut channels = Channels::default();
    /// let (sem, email) = (channels.intern("SEM")?, channels.intern("Email")?);
    /// let touches = [
    ///     TouchEvent { user: 7, time: 0, channel: sem },
    ///     TouchEvent { user: 7, time: 3_600, channel: email },
    ///     TouchEvent { user: 8, time: 60, channel: sem },
    /// ];
    /// let conversions = [ConversionEvent { user: 7, time: 7_200, value: 99_00 }];
    /// let rules = JourneyRules::new().with_lookback(30 * 86_400);
    /// let journeys = rules.journeys(&channels, Currency::CNY, &touches, &conversions)?;
    /// assert_eq!((journeys.report.converted, journeys.report.nulls), (1, 1));
    /// let first = journeys.paths.row(0).unwrap();
    /// assert_eq!(first.path, [sem, email]);
    /// assert_eq!(first.seconds_before_end, Some(&[7_200, 3_600][..]));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn journeys(
        &self,
        channels: &Channels,
        currency: Currency,
        touches: &[TouchEvent],
        conversions: &[ConversionEvent],
    ) -> Result<Journeys, AttributionError> {
        let count = channels.len();
        if let Some((row, touch)) = touches.iter().enumerate().find(|(_, t)| t.channel.index() >= count) {
            return Err(AttributionError::UnknownId { row, id: touch.channel.index(), count });
        }
        if let Some((row, event)) = conversions.iter().enumerate().find(|(_, event)| event.value < 0) {
            return Err(AttributionError::NegativeValue { row, value: event.value });
        }
        let (all_touches, all_conversions) = (sorted(touches), sorted(conversions));
        let builder = PathTable::builder(currency).with_channels(channels)?;
        let mut walk = Walk {
            rules: self,
            builder,
            report: JourneyReport::default(),
            path: Vec::new(),
            seconds: Vec::new(),
            seen: alloc::vec![0; channels.len()],
            stamp: 0,
            journey: Vec::new(),
        };
        walk.report.touches = length(all_touches.len());
        let (mut touches, mut conversions) = (&*all_touches, &*all_conversions);
        loop {
            let next = match (touches.first(), conversions.first()) {
                (None, None) => break,
                (Some(touch), None) => touch.user,
                (None, Some(conversion)) => conversion.user,
                (Some(touch), Some(conversion)) => touch.user.min(conversion.user),
            };
            let own = touches.partition_point(|touch| touch.user <= next);
            let closed = conversions.partition_point(|conversion| conversion.user <= next);
            let (users, rest) = touches.split_at_checked(own).unwrap_or((touches, &[]));
            let (ends, others) = conversions.split_at_checked(closed).unwrap_or((conversions, &[]));
            (touches, conversions) = (rest, others);
            walk.user(users, ends)?;
        }
        Ok(Journeys { paths: walk.builder.build(), report: walk.report })
    }
}

/// One pass over the sorted events.
struct Walk<'a> {
    rules: &'a JourneyRules,
    builder: PathTableBuilder,
    report: JourneyReport,
    path: Vec<ChannelId>,
    seconds: Vec<u32>,
    /// The journey in which each channel was seen last, by its stamp.
    seen: Vec<u64>,
    stamp: u64,
    journey: Vec<TouchEvent>,
}

impl Walk<'_> {
    fn user(
        &mut self,
        touches: &[TouchEvent],
        conversions: &[ConversionEvent],
    ) -> Result<(), AttributionError> {
        let end = self.rules.observed_until.unwrap_or(i64::MAX);
        let observed = touches.partition_point(|touch| touch.time <= end);
        let ended = conversions.partition_point(|conversion| conversion.time <= end);
        add(&mut self.report.after_end, touches.len().saturating_sub(observed));
        add(&mut self.report.conversions_after_end, conversions.len().saturating_sub(ended));
        let (observed, ended) = (touches.get(..observed), conversions.get(..ended));
        let (touches, conversions) = (observed.unwrap_or_default(), ended.unwrap_or_default());
        let opening = self.rules.session_gap.map(|gap| self.sessions(gap, touches, conversions));
        let touches = opening.as_deref().unwrap_or(touches);
        let (mut from, mut had) = (0_usize, 0_usize);
        for conversion in conversions {
            let to = touches.partition_point(|touch| touch.time <= conversion.time);
            let journey = touches.get(from..to).unwrap_or_default();
            // Those that a journey before this one has looked at already.
            add(&mut self.report.repeated, had.saturating_sub(from));
            had = to;
            if self.rules.closing == Closing::SinceLast {
                from = to;
            }
            if self.push(journey, conversion.time, Outcome::converted(conversion.value))? {
                add(&mut self.report.converted, 1);
            } else {
                add(&mut self.report.unattributed, 1);
                let value = self.report.unattributed_value;
                self.report.unattributed_value = value.saturating_add(conversion.value.into());
            }
        }
        let open = touches.get(had..).unwrap_or_default();
        if let Some(last) = open.last() {
            let end = self.rules.observed_until.unwrap_or(last.time);
            let pushed = self.push(open, end, Outcome::null())?;
            add(if pushed { &mut self.report.nulls } else { &mut self.report.empty_nulls }, 1);
        }
        Ok(())
    }

    /// The first touch of each channel in each session.
    fn sessions(
        &mut self,
        gap: u32,
        touches: &[TouchEvent],
        conversions: &[ConversionEvent],
    ) -> Vec<TouchEvent> {
        let mut opening: Vec<TouchEvent> = Vec::with_capacity(touches.len());
        let mut ends = conversions.iter().map(|conversion| conversion.time).peekable();
        self.stamp = self.stamp.saturating_add(1);
        let mut before = None;
        for touch in touches {
            let mut ended = before.is_some_and(|time: i64| touch.time.abs_diff(time) > gap.into());
            before = Some(touch.time);
            while ends.next_if(|end| *end < touch.time).is_some() {
                ended = true;
            }
            if ended {
                self.stamp = self.stamp.saturating_add(1);
            }
            if self.is_new(touch.channel) {
                opening.push(*touch);
            } else {
                add(&mut self.report.in_session, 1);
            }
        }
        opening
    }

    /// Whether the channel was not seen since the stamp changed.
    fn is_new(&mut self, channel: ChannelId) -> bool {
        let stamp = self.stamp;
        self.seen.get_mut(channel.index()).is_some_and(|seen| core::mem::replace(seen, stamp) != stamp)
    }

    /// Adds one journey; whether a touch of it remains.
    fn push(&mut self, touches: &[TouchEvent], end: i64, outcome: Outcome) -> Result<bool, AttributionError> {
        let in_time = match self.rules.lookback {
            Some(lookback) => touches.partition_point(|touch| end.abs_diff(touch.time) > lookback.into()),
            None => 0,
        };
        add(&mut self.report.before_lookback, in_time);
        let mut journey = core::mem::take(&mut self.journey);
        journey.clear();
        journey.extend_from_slice(touches.get(in_time..).unwrap_or_default());
        let given = journey.len();
        for transform in &self.rules.transforms {
            self.transform(*transform, &mut journey);
        }
        add(&mut self.report.transformed, given.saturating_sub(journey.len()));
        if let Some(most) = self.rules.most_touches {
            let beyond = journey.len().saturating_sub(most.get());
            journey.drain(..beyond);
            add(&mut self.report.beyond_most, beyond);
        }
        add(&mut self.report.kept, journey.len());
        self.path.clear();
        self.seconds.clear();
        for touch in &journey {
            let span = end.abs_diff(touch.time);
            let user = touch.user;
            self.path.push(touch.channel);
            self.seconds.push(u32::try_from(span).map_err(|_| AttributionError::Span { user, span })?);
        }
        self.journey = journey;
        if self.path.is_empty() {
            return Ok(false);
        }
        self.builder.push_timed(&self.path, &self.seconds, outcome)?;
        Ok(true)
    }

    fn transform(&mut self, transform: Transform, journey: &mut Vec<TouchEvent>) {
        match transform {
            Transform::CollapseRepeats => {
                // The later of two stays: what is kept is overwritten by its repeat.
                journey.dedup_by(|later, kept| {
                    let repeats = later.channel == kept.channel;
                    if repeats {
                        *kept = *later;
                    }
                    repeats
                });
            }
            Transform::FirstOccurrence => {
                self.stamp = self.stamp.saturating_add(1);
                journey.retain(|touch| self.is_new(touch.channel));
            }
            Transform::LastTouches(most) => {
                journey.drain(..journey.len().saturating_sub(most.get()));
            }
            Transform::DropUnlessAlone(channel) => {
                if journey.iter().any(|touch| touch.channel != channel) {
                    journey.retain(|touch| touch.channel != channel);
                }
            }
        }
    }
}

/// The events in their order, without a copy where they have it.
fn sorted<T: Copy + Ord>(events: &[T]) -> Cow<'_, [T]> {
    if events.is_sorted() {
        return Cow::Borrowed(events);
    }
    let mut sorted = events.to_vec();
    sorted.sort_unstable();
    Cow::Owned(sorted)
}

fn add(count: &mut u64, more: usize) {
    *count = count.saturating_add(length(more));
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
