//! From events to journeys: touches and conversions of users, divided by stated rules.

use super::events::ByUser;
use super::{
    AttributionError, ChannelId, Channels, ConversionEvent, Outcome, PathTable, PathTableBuilder, TouchEvent,
};
use crate::quantity::Currency;
use alloc::vec::Vec;
use core::num::NonZeroUsize;
use serde::{Deserialize, Serialize};

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
    /// sorted by their indices.
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
        let (mut all_touches, mut all_conversions) = (ByUser::new(touches)?, ByUser::new(conversions)?);
        let mut builder = PathTable::builder(currency).with_channels(channels)?;
        builder.reserve_timed(touches.len());
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
        walk.report.touches = length(touches.len());
        loop {
            let next = match (all_touches.first(), all_conversions.first()) {
                (None, None) => break,
                (Some(touch), None) => touch.user,
                (None, Some(conversion)) => conversion.user,
                (Some(touch), Some(conversion)) => touch.user.min(conversion.user),
            };
            let touches = all_touches.take_while(|touch| touch.user <= next);
            walk.user(touches, all_conversions.take_while(|conversion| conversion.user <= next))?;
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

fn add(count: &mut u64, more: usize) {
    *count = count.saturating_add(length(more));
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    const CHANNELS: [&str; 4] = ["A", "B", "C", "Direct"];

    fn touch(user: u64, time: i64, channel: u16) -> TouchEvent {
        TouchEvent { user, time, channel: ChannelId::of(channel) }
    }

    fn conversion(user: u64, time: i64, value: i64) -> ConversionEvent {
        ConversionEvent { user, time, value }
    }

    fn journeys(rules: &JourneyRules, touches: &[TouchEvent], ends: &[ConversionEvent]) -> Journeys {
        let channels = Channels::new(CHANNELS).unwrap();
        rules.journeys(&channels, Currency::CNY, touches, ends).unwrap()
    }

    /// Each journey as its path, the seconds of its touches, and `=` with its value or nothing.
    fn shown(journeys: &Journeys) -> Vec<String> {
        let row = |row: crate::attribution::Row<'_>| {
            let names = journeys.paths.channels().path_text(row.path, ">");
            let end = if row.outcome.conversions > 0 {
                alloc::format!("{}", row.outcome.value)
            } else {
                String::new()
            };
            alloc::format!("{names} {:?} ={end}", row.seconds_before_end.unwrap())
        };
        journeys.paths.rows().map(row).collect()
    }

    /// One user's channels, a touch each 10 seconds from 0, and a conversion worth 5 right at the last.
    fn one(rules: &JourneyRules, path: &[u16]) -> (Vec<String>, JourneyReport) {
        let times = (0_i64..).step_by(10);
        let touches: Vec<TouchEvent> =
            times.zip(path).map(|(time, channel)| touch(1, time, *channel)).collect();
        let end = touches.last().unwrap().time;
        let journeys = journeys(rules, &touches, &[conversion(1, end, 5)]);
        (shown(&journeys), journeys.report)
    }

    #[test]
    fn without_rules_every_touch_stays() {
        let (shown, report) = one(&JourneyRules::new(), &[0, 1, 1, 3]);
        assert_eq!(shown, ["A>B>B>Direct [30, 20, 10, 0] =5"]);
        assert_eq!((report.touches, report.kept, report.converted, report.nulls), (4, 4, 1, 0));
    }

    #[test]
    fn of_repeats_the_last_stays() {
        let rules = JourneyRules::new().with_transform(Transform::CollapseRepeats);
        let (shown, report) = one(&rules, &[0, 0, 1, 0, 0, 0]);
        assert_eq!((shown, report.transformed), (alloc::vec!["A>B>A [40, 30, 0] =5".into()], 3));
    }

    #[test]
    fn of_each_channel_the_first_touch_stays() {
        let rules = JourneyRules::new().with_transform(Transform::FirstOccurrence);
        let (shown, report) = one(&rules, &[0, 1, 0, 2, 1]);
        assert_eq!((shown, report.transformed), (alloc::vec!["A>B>C [40, 30, 10] =5".into()], 2));
    }

    #[test]
    fn the_last_touches_stay() {
        let last = |most| Transform::LastTouches(NonZeroUsize::new(most).unwrap());
        let rules = JourneyRules::new().with_transform(last(2));
        let (shown, report) = one(&rules, &[0, 1, 2]);
        assert_eq!((shown, report.transformed), (alloc::vec!["B>C [10, 0] =5".into()], 1));
        let rules = JourneyRules::new().with_transform(last(usize::MAX));
        assert_eq!(one(&rules, &[0, 1, 2]).1.transformed, 0);
    }

    #[test]
    fn direct_goes_unless_it_is_alone() {
        let rules = JourneyRules::new().with_transform(Transform::DropUnlessAlone(ChannelId::of(3)));
        assert_eq!(one(&rules, &[3, 0, 3]).0, ["A [10] =5"]);
        assert_eq!(one(&rules, &[3, 3]).0, ["Direct>Direct [10, 0] =5"]);
        // A number that no channel has drops nothing.
        let rules = JourneyRules::new().with_transform(Transform::DropUnlessAlone(ChannelId::of(9)));
        assert_eq!(one(&rules, &[3, 0]).0, ["Direct>A [10, 0] =5"]);
    }

    #[test]
    fn transforms_follow_one_another() {
        let drop = Transform::DropUnlessAlone(ChannelId::of(3));
        let collapse = Transform::CollapseRepeats;
        let first = JourneyRules::new().with_transform(drop).with_transform(collapse);
        assert_eq!(one(&first, &[0, 3, 0]).0, ["A [0] =5"]);
        let second = JourneyRules::new().with_transform(collapse).with_transform(drop);
        assert_eq!(one(&second, &[0, 3, 0]).0, ["A>A [20, 0] =5"]);
    }

    #[test]
    fn a_touch_as_old_as_the_lookback_counts() {
        let (shown, report) = one(&JourneyRules::new().with_lookback(20), &[0, 1, 2, 0]);
        assert_eq!((shown, report.before_lookback), (alloc::vec!["B>C>A [20, 10, 0] =5".into()], 1));
        let (shown, _) = one(&JourneyRules::new().with_lookback(0), &[0, 1]);
        assert_eq!(shown, ["B [0] =5"]);
    }

    #[test]
    fn steps_are_counted_after_the_transforms() {
        let rules = JourneyRules::new()
            .with_most_touches(NonZeroUsize::new(2).unwrap())
            .with_transform(Transform::CollapseRepeats);
        let (shown, report) = one(&rules, &[0, 1, 2, 2]);
        assert_eq!(shown, ["B>C [20, 0] =5"]);
        assert_eq!((report.transformed, report.beyond_most), (1, 1));
    }

    #[test]
    fn a_session_ends_after_more_than_the_gap() {
        // The gap is between any two touches, also those of one channel.
        let (shown, report) = one(&JourneyRules::new().with_session_gap(10), &[0, 1, 0, 1, 0]);
        assert_eq!((shown, report.in_session), (alloc::vec!["A>B [40, 30] =5".into()], 3));
        let (shown, report) = one(&JourneyRules::new().with_session_gap(9), &[0, 0]);
        assert_eq!((shown, report.in_session), (alloc::vec!["A>A [10, 0] =5".into()], 0));
    }

    #[test]
    fn a_conversion_ends_a_session() {
        let rules = JourneyRules::new().with_session_gap(100);
        let touches = [touch(1, 0, 0), touch(1, 5, 0), touch(1, 6, 0)];
        let both = journeys(&rules, &touches, &[conversion(1, 5, 7), conversion(1, 9, 8)]);
        // At one instant the touch is before the conversion, and so in its session.
        assert_eq!(shown(&both), ["A [5] =7", "A [3] =8"]);
        assert_eq!(both.report.in_session, 1);
    }

    #[test]
    fn each_touch_stands_in_one_journey_or_in_all() {
        let touches = [touch(1, 0, 0), touch(1, 10, 1), touch(1, 30, 2)];
        let ends = [conversion(1, 20, 7), conversion(1, 40, 8)];
        let alone = journeys(&JourneyRules::new(), &touches, &ends);
        assert_eq!(shown(&alone), ["A>B [20, 10] =7", "C [10] =8"]);
        let rules = JourneyRules::new().with_closing(Closing::Overlapping).with_lookback(30);
        let overlapping = journeys(&rules, &touches, &ends);
        assert_eq!(shown(&overlapping), ["A>B [20, 10] =7", "B>C [30, 10] =8"]);
        assert_eq!((overlapping.report.repeated, overlapping.report.before_lookback), (2, 1));
    }

    #[test]
    fn who_does_not_convert_is_a_null_journey() {
        let touches = [touch(1, 0, 0), touch(2, 5, 1), touch(2, 50, 2), touch(3, 1, 0)];
        let found = journeys(&JourneyRules::new().with_lookback(40), &touches, &[conversion(1, 9, 7)]);
        // It ends with its last touch, and the lookback counts from there.
        assert_eq!(shown(&found), ["A [9] =7", "C [0] =", "A [0] ="]);
        assert_eq!((found.report.nulls, found.report.before_lookback), (2, 1));
        // What was observed ends later: the one touch of user 3 is too early.
        let rules = JourneyRules::new().with_lookback(40).observed_until(60);
        let observed = journeys(&rules, &touches, &[conversion(1, 9, 7), conversion(1, 61, 7)]);
        assert_eq!(shown(&observed), ["A [9] =7", "C [10] ="]);
        assert_eq!((observed.report.empty_nulls, observed.report.conversions_after_end), (1, 1));
        // Touches behind a user's last conversion are a journey of their own.
        let later = journeys(&JourneyRules::new(), &[touch(1, 0, 0), touch(1, 9, 1)], &[conversion(1, 5, 7)]);
        assert_eq!(shown(&later), ["A [5] =7", "B [0] ="]);
    }

    #[test]
    fn a_conversion_without_a_touch_is_told() {
        let found =
            journeys(&JourneyRules::new(), &[touch(1, 9, 0)], &[conversion(1, 5, 7), conversion(2, 5, 8)]);
        assert_eq!(shown(&found), ["A [0] ="]);
        assert_eq!((found.report.unattributed, found.report.unattributed_value), (2, 15));
        let none = journeys(&JourneyRules::new(), &[], &[]);
        assert_eq!((none.paths.len(), none.paths.has_times()), (0, false));
    }

    #[test]
    fn ties_in_time_have_an_order() {
        let touches = [touch(1, 5, 2), touch(1, 5, 0), touch(1, 5, 1)];
        let ends = [conversion(1, 5, 9), conversion(1, 5, 3)];
        // Touches by their channels' numbers, before conversions; of those the lower value has the journey.
        let tied = journeys(&JourneyRules::new(), &touches, &ends);
        assert_eq!(shown(&tied), ["A>B>C [0, 0, 0] =3"]);
        assert_eq!(tied.report.unattributed_value, 9);
    }

    #[test]
    fn times_at_the_ends_of_the_range_are_told() {
        let channels = Channels::new(CHANNELS).unwrap();
        let rules = JourneyRules::new();
        let far = [touch(4, i64::MIN, 0)];
        let end = [conversion(4, i64::MAX, i64::MAX)];
        let error = rules.journeys(&channels, Currency::CNY, &far, &end).unwrap_err();
        assert_eq!(error, AttributionError::Span { user: 4, span: u64::MAX });
        let short = rules.clone().with_lookback(u32::MAX);
        let found = journeys(&short, &far, &end);
        assert_eq!((found.report.before_lookback, found.report.unattributed_value), (1, i64::MAX.into()));
        let gap =
            journeys(&rules.with_session_gap(u32::MAX), &[touch(1, i64::MAX, 0), touch(1, i64::MAX, 0)], &[]);
        assert_eq!(shown(&gap), ["A [0] ="]);
        let unknown = [touch(1, 0, 4)];
        let error = JourneyRules::new().journeys(&channels, Currency::CNY, &unknown, &[]).unwrap_err();
        assert_eq!(error, AttributionError::UnknownId { row: 0, id: 4, count: 4 });
        let negative = [conversion(1, 0, -1)];
        let error = JourneyRules::new().journeys(&channels, Currency::CNY, &[], &negative).unwrap_err();
        assert_eq!(error, AttributionError::NegativeValue { row: 0, value: -1 });
        // Values beyond what a table holds.
        let rich = [conversion(1, 0, i64::MAX), conversion(2, 0, 1)];
        let touches = [touch(1, 0, 0), touch(2, 0, 0)];
        let error = JourneyRules::new().journeys(&channels, Currency::CNY, &touches, &rich).unwrap_err();
        assert!(matches!(error, AttributionError::TooMuch { what: "values", .. }));
    }
}
