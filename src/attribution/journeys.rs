//! From events to journeys: touches and conversions of users, divided by stated rules.

use super::events::{ByUser, Event};
use super::journey_report::sum;
use super::journey_rules::{Closing, JourneyRules, SessionTouch, Transform};
use super::{
    AttributionError, ChannelId, Channels, ConversionEvent, JourneyReport, Journeys, Outcome, PathTable,
    PathTableBuilder, TouchEvent,
};
use crate::quantity::Currency;
use crate::time::{Duration, Timestamp};
use alloc::vec::Vec;
use core::num::{NonZeroU64, NonZeroUsize};

impl JourneyRules {
    /// The journeys of these events, which may come in any order: those that do not stand by user and time are
    /// sorted by their indices.
    ///
    /// A user's touches behind the last conversion are one null journey. The table holds whole seconds, rounded
    /// down; gaps, lookback and order are taken at the full precision of the times.
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
    /// use marketloop::time::Duration;
    ///
    /// let mut channels = Channels::default();
    /// let (sem, email) = (channels.intern("SEM")?, channels.intern("Email")?);
    /// let touches = [
    ///     TouchEvent::new(7, 0, sem),
    ///     TouchEvent::new(7, 3_600, email),
    ///     TouchEvent::new(8, 60, sem),
    /// ];
    /// let conversions = [ConversionEvent { user: 7, time: 7_200, value: 99_00 }];
    /// let rules = JourneyRules::new().with_lookback(Duration::from_days(30));
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
        // Asked once for all rows, so that the walk can index by channel.
        if let Some((row, touch)) = touches.iter().enumerate().find(|(_, t)| t.channel.index() >= count) {
            return Err(AttributionError::UnknownId { row, id: touch.channel.index(), count });
        }
        if let Some((row, event)) = conversions.iter().enumerate().find(|(_, event)| event.value < 0) {
            return Err(AttributionError::NegativeValue { row, value: event.value });
        }
        let times = || touches.iter().map(|own| own.time).chain(conversions.iter().map(|own| own.time));
        let ranks = channels.ranks();
        let mut all_touches = ByUser::new(touches, &ranks)?;
        let mut all_conversions = ByUser::new(conversions, &ranks)?;
        let mut builder = PathTable::builder(currency).with_channels(channels)?;
        builder.reserve_timed(touches.len());
        let mut walk = Walk {
            rules: Compiled::new(self, channels),
            builder,
            report: JourneyReport {
                touches: length(touches.len()),
                first_event: self.instant(times().min()),
                last_event: self.instant(times().max()),
                ..JourneyReport::default()
            },
            path: Vec::new(),
            seconds: Vec::new(),
            seen: alloc::vec![0; channels.len()],
            stamp: 0,
            journey: Vec::new(),
            session_touches: Vec::new(),
        };
        // A name without a touch is reported with 0: a rule with a misspelt channel shows itself.
        for name in self.names() {
            let id = channels.id(name);
            let own = id.map_or(0, |id| touches.iter().filter(|touch| touch.channel == id).count());
            walk.report.of_named_channels.insert(name.into(), length(own));
        }
        loop {
            // Both are sorted by user: each user comes once, with touches, with conversions or with both.
            let user = match (all_touches.user(), all_conversions.user()) {
                (None, None) => break,
                (Some(user), None) | (None, Some(user)) => user,
                (Some(one), Some(other)) => one.min(other),
            };
            walk.report.users = sum(walk.report.users, 1)?;
            walk.user(all_touches.take(user), all_conversions.take(user))?;
        }
        Ok(Journeys { paths: walk.builder.build(), report: walk.report })
    }

    /// The date of a time in the unit of the rules.
    fn instant(&self, time: Option<i64>) -> Option<Timestamp> {
        let seconds = time?.div_euclid(i64::try_from(self.unit.per_second()).ok()?);
        Timestamp::from_unix(seconds).ok()
    }
}

/// The rules for one dictionary and unit.
struct Compiled {
    per_second: NonZeroU64,
    sessions: Option<(u64, Keep)>,
    overlapping: bool,
    lookback: Option<u64>,
    transforms: Vec<Change>,
    max_touches: usize,
    observed_until: Option<i64>,
}

/// A [`SessionTouch`] by number; a name that no channel has is `None`.
#[derive(Clone, Copy)]
enum Keep {
    First,
    Last,
    FirstBut(Option<ChannelId>),
    LastOfEach,
    All,
}

/// A [`Transform`] by number. One that names no channel of the dictionary changes nothing, and is left out.
#[derive(Clone, Copy)]
enum Change {
    CollapseRepeats,
    FirstOccurrence,
    LastTouches(usize),
    DropUnlessAlone(ChannelId),
}

impl Compiled {
    fn new(rules: &JourneyRules, channels: &Channels) -> Self {
        // Non-zero, so that the division by it needs no check.
        let per_second = NonZeroU64::new(rules.unit.per_second()).unwrap_or(NonZeroU64::MIN);
        let units = |time: Duration| rules.unit.limit(time);
        let keep = |keep: &SessionTouch| match keep {
            SessionTouch::First => Keep::First,
            SessionTouch::Last => Keep::Last,
            SessionTouch::FirstNonDirect(direct) => Keep::FirstBut(channels.id(direct)),
            SessionTouch::LastOfEachChannel => Keep::LastOfEach,
            SessionTouch::All => Keep::All,
        };
        let change = |transform: &Transform| match transform {
            Transform::CollapseRepeats => Some(Change::CollapseRepeats),
            Transform::FirstOccurrence => Some(Change::FirstOccurrence),
            Transform::LastTouches(most) => Some(Change::LastTouches(most.get())),
            // A channel that the dictionary lacks has no touch to be dropped.
            Transform::DropUnlessAlone(channel) => channels.id(channel).map(Change::DropUnlessAlone),
        };
        Self {
            per_second,
            sessions: rules.session_gap.map(|gap| (units(gap), keep(&rules.session_touch))),
            overlapping: rules.closing == Closing::Overlapping,
            lookback: rules.lookback.map(units),
            transforms: rules.transforms.iter().filter_map(change).collect(),
            max_touches: rules.max_touches.map_or(usize::MAX, NonZeroUsize::get),
            observed_until: rules.observed_until.map(|until| rules.unit.bound(until)),
        }
    }
}

/// One pass over the sorted events.
struct Walk {
    rules: Compiled,
    builder: PathTableBuilder,
    report: JourneyReport,
    path: Vec<ChannelId>,
    seconds: Vec<u32>,
    /// Where each channel was seen last: the stamp of the journey or session.
    seen: Vec<u64>,
    stamp: u64,
    journey: Vec<TouchEvent>,
    /// What stays of the sessions of one user.
    session_touches: Vec<TouchEvent>,
}

impl Walk {
    #[expect(clippy::arithmetic_side_effects, reason = "what stays of sessions are some of the touches")]
    fn user(
        &mut self,
        touches: &[TouchEvent],
        conversions: &[ConversionEvent],
    ) -> Result<(), AttributionError> {
        let end = self.rules.observed_until.unwrap_or(i64::MAX);
        let (touches, late) = split_after(touches, end);
        let (conversions, late_conversions) = split_after(conversions, end);
        add(&mut self.report.after_end, late.len())?;
        add(&mut self.report.conversions_after_end, late_conversions.len())?;
        let Some((gap, keep)) = self.rules.sessions else { return self.divide(touches, conversions) };
        // Taken out and put back: its room is used again for the next user while the walk is borrowed.
        let mut kept = core::mem::take(&mut self.session_touches);
        kept.clear();
        self.sessions(gap, keep, touches, conversions, &mut kept);
        // What stays of a session are touches of it.
        add(&mut self.report.in_session, touches.len() - kept.len())?;
        let divided = self.divide(&kept, conversions);
        self.session_touches = kept;
        divided
    }

    /// The journeys of one user.
    #[expect(
        clippy::indexing_slicing,
        reason = "places of a partition of the touches, in the order of the conversions"
    )]
    #[expect(clippy::arithmetic_side_effects, reason = "places that ascend")]
    fn divide(
        &mut self,
        touches: &[TouchEvent],
        conversions: &[ConversionEvent],
    ) -> Result<(), AttributionError> {
        // Touches up to `had` have been looked at; a journey has those between `from` and its end.
        let (mut from, mut had) = (0_usize, 0_usize);
        let mut time = None;
        for conversion in conversions {
            // Conversions of one time have the same touches.
            if !self.rules.overlapping && time.is_some_and(|time| time < conversion.time) {
                from = had;
            }
            time = Some(conversion.time);
            let to = touches.partition_point(|touch| touch.time <= conversion.time);
            // Conversions ascend in time: `from` was the `to` of an earlier one.
            debug_assert!(from <= had && had <= to, "conversions out of order");
            let journey = &touches[from..to];
            add(&mut self.report.repeated, had - from)?;
            had = to;
            if self.push(journey, conversion.time, Outcome::converted(conversion.value))? {
                add(&mut self.report.converted, 1)?;
            } else {
                add(&mut self.report.unattributed, 1)?;
                let value = self.report.unattributed_value.checked_add(conversion.value.into());
                self.report.unattributed_value =
                    value.ok_or(AttributionError::Overflow { what: "the unattributed value" })?;
            }
        }
        let open = &touches[had..];
        if let Some(last) = open.last() {
            // Without an end of observation nothing is known of an open journey beyond its last touch.
            let end = self.rules.observed_until.unwrap_or(last.time);
            let pushed = self.push(open, end, Outcome::null())?;
            add(if pushed { &mut self.report.nulls } else { &mut self.report.empty_nulls }, 1)?;
        }
        Ok(())
    }

    /// What stays of the sessions of one user.
    #[expect(clippy::indexing_slicing, reason = "the list only grew since its length was taken")]
    #[expect(clippy::arithmetic_side_effects, reason = "one more for each session: fewer than touches")]
    fn sessions(
        &mut self,
        gap: u64,
        keep: Keep,
        touches: &[TouchEvent],
        conversions: &[ConversionEvent],
        kept: &mut Vec<TouchEvent>,
    ) {
        let mut ends = conversions.iter().map(|conversion| conversion.time).peekable();
        let same_session = |before: &TouchEvent, touch: &TouchEvent| {
            let mut ended = touch.time.abs_diff(before.time) > gap;
            while ends.next_if(|end| *end < touch.time).is_some_and(|end| {
                // One that came before the first touch of all ended nothing.
                ended |= end >= before.time;
                true
            }) {}
            !ended
        };
        for session in touches.chunk_by(same_session) {
            match keep {
                Keep::First => kept.extend(session.first()),
                Keep::Last => kept.extend(session.last()),
                Keep::FirstBut(direct) => {
                    let other = session.iter().find(|touch| Some(touch.channel) != direct);
                    kept.extend(other.or(session.first()));
                }
                Keep::LastOfEach => {
                    let start = kept.len();
                    // One more for each session or journey: 64 bits outlast every count of events.
                    self.stamp += 1;
                    kept.extend(session.iter().rev().filter(|touch| self.is_new(touch.channel)));
                    kept[start..].reverse();
                }
                Keep::All => kept.extend_from_slice(session),
            }
        }
    }

    /// Whether the channel was not seen since the stamp changed.
    #[expect(clippy::indexing_slicing, reason = "every channel was found in the dictionary before the walk")]
    fn is_new(&mut self, channel: ChannelId) -> bool {
        // A stamp in place of a flag: nothing has to be cleared between journeys.
        core::mem::replace(&mut self.seen[channel.index()], self.stamp) != self.stamp
    }

    /// Adds one journey; whether a touch of it remains.
    #[expect(
        clippy::indexing_slicing,
        reason = "a place of a partition of the touches; an index below the count of transforms"
    )]
    #[expect(clippy::arithmetic_side_effects, reason = "transforms only leave touches out")]
    fn push(&mut self, touches: &[TouchEvent], end: i64, outcome: Outcome) -> Result<bool, AttributionError> {
        let in_time = match self.rules.lookback {
            Some(lookback) => touches.partition_point(|touch| end.abs_diff(touch.time) > lookback),
            None => 0,
        };
        add(&mut self.report.before_lookback, in_time)?;
        let touches = &touches[in_time..];
        if self.rules.transforms.is_empty() {
            return self.push_last(touches, end, outcome);
        }
        let mut journey = core::mem::take(&mut self.journey);
        journey.clear();
        journey.extend_from_slice(touches);
        for at in 0..self.rules.transforms.len() {
            // A copy: the walk is changed by the transform.
            let change = self.rules.transforms[at];
            self.transform(change, &mut journey);
        }
        // Transforms only leave touches out.
        add(&mut self.report.transformed, touches.len() - journey.len())?;
        let pushed = self.push_last(&journey, end, outcome);
        self.journey = journey;
        pushed
    }

    /// Adds the last touches, as many as may count.
    #[expect(clippy::indexing_slicing, reason = "a length less something is a place of the list")]
    fn push_last(
        &mut self,
        touches: &[TouchEvent],
        end: i64,
        outcome: Outcome,
    ) -> Result<bool, AttributionError> {
        // Fewer touches than the maximum leave none out: 0 is the answer of that case, not a fall-back.
        let first = touches.len().saturating_sub(self.rules.max_touches);
        let touches = &touches[first..];
        add(&mut self.report.beyond_max, first)?;
        add(&mut self.report.kept, touches.len())?;
        if touches.is_empty() {
            return Ok(false);
        }
        let per_second = self.rules.per_second;
        self.path.clear();
        self.path.extend(touches.iter().map(|touch| touch.channel));
        self.seconds.clear();
        let mut beyond = None;
        self.seconds.extend(touches.iter().map(|touch| {
            let age = end.abs_diff(touch.time);
            // Seconds are the usual case, and a division costs more than all else here.
            let span = if per_second == NonZeroU64::MIN { age } else { age / per_second };
            // The first is told, as for any other refused row.
            u32::try_from(span).unwrap_or_else(|_| {
                beyond.get_or_insert(AttributionError::Span { user: touch.user, span });
                u32::MAX
            })
        }));
        if let Some(error) = beyond {
            return Err(error);
        }
        self.builder.push_timed(&self.path, &self.seconds, outcome)?;
        Ok(true)
    }

    #[expect(clippy::arithmetic_side_effects, reason = "one more for each journey: fewer than events")]
    fn transform(&mut self, change: Change, journey: &mut Vec<TouchEvent>) {
        match change {
            Change::CollapseRepeats => {
                // The later of two stays: what is kept is overwritten by its repeat.
                journey.dedup_by(|later, kept| {
                    let repeats = later.channel == kept.channel;
                    if repeats {
                        *kept = *later;
                    }
                    repeats
                });
            }
            Change::FirstOccurrence => {
                self.stamp += 1;
                journey.retain(|touch| self.is_new(touch.channel));
            }
            Change::LastTouches(most) => {
                // As with the maximum of touches: of fewer none is left out.
                journey.drain(..journey.len().saturating_sub(most));
            }
            Change::DropUnlessAlone(channel) => {
                if journey.iter().any(|touch| touch.channel != channel) {
                    journey.retain(|touch| touch.channel != channel);
                }
            }
        }
    }
}

/// The events up to and with `end`, and those after it.
fn split_after<T: Event>(events: &[T], end: i64) -> (&[T], &[T]) {
    // A partition point is a place of the list or its end: the split has both parts.
    events.split_at(events.partition_point(|event| event.time() <= end))
}

fn add(count: &mut u64, more: usize) -> Result<(), AttributionError> {
    *count = sum(*count, length(more))?;
    Ok(())
}

const fn length(length: usize) -> u64 {
    // No target has lengths of more than 64 bits.
    length as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{TimeUnit, Timestamp};
    use alloc::string::{String, ToString};

    const CHANNELS: [&str; 4] = ["A", "B", "C", "Direct"];

    fn touch(user: u64, time: i64, channel: u16) -> TouchEvent {
        TouchEvent::new(user, time, ChannelId::of(channel))
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_seconds(seconds)
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
        let rules = JourneyRules::new().with_transform(Transform::DropUnlessAlone("Direct".into()));
        assert_eq!(one(&rules, &[3, 0, 3]).0, ["A [10] =5"]);
        assert_eq!(one(&rules, &[3, 3]).0, ["Direct>Direct [10, 0] =5"]);
        // A name that no channel has drops nothing, and the report says so (E4).
        let rules = JourneyRules::new().with_transform(Transform::DropUnlessAlone("(direct)".into()));
        let (shown, report) = one(&rules, &[3, 0]);
        assert_eq!(shown, ["Direct>A [10, 0] =5"]);
        assert_eq!(report.unseen_channels().collect::<Vec<_>>(), ["(direct)"]);
    }

    /// D5: the order is the caller's, and the usual one collapses last.
    #[test]
    fn transforms_follow_one_another() {
        let drop = || Transform::DropUnlessAlone("Direct".into());
        let collapse = Transform::CollapseRepeats;
        let first = JourneyRules::new().with_transform(drop()).with_transform(collapse.clone());
        assert_eq!(one(&first, &[0, 3, 0]).0, ["A [0] =5"]);
        assert_eq!(first, JourneyRules::without_direct("Direct"));
        assert_eq!(
            first.to_string(),
            "since the last conversion; drop `Direct` unless alone, then collapse repeats"
        );
        let second = JourneyRules::new().with_transform(collapse).with_transform(drop());
        assert_eq!(one(&second, &[0, 3, 0]).0, ["A>A [20, 0] =5"]);
        assert_eq!(
            second.to_string(),
            "since the last conversion; collapse repeats, then drop `Direct` unless alone"
        );
    }

    #[test]
    fn a_touch_as_old_as_the_lookback_counts() {
        let (shown, report) = one(&JourneyRules::new().with_lookback(seconds(20)), &[0, 1, 2, 0]);
        assert_eq!((shown, report.before_lookback), (alloc::vec!["B>C>A [20, 10, 0] =5".into()], 1));
        let (shown, _) = one(&JourneyRules::new().with_lookback(seconds(0)), &[0, 1]);
        assert_eq!(shown, ["B [0] =5"]);
    }

    #[test]
    fn steps_are_counted_after_the_transforms() {
        let rules = JourneyRules::new()
            .with_max_touches(NonZeroUsize::new(2).unwrap())
            .with_transform(Transform::CollapseRepeats);
        let (shown, report) = one(&rules, &[0, 1, 2, 2]);
        assert_eq!(shown, ["B>C [20, 0] =5"]);
        assert_eq!((report.transformed, report.beyond_max), (1, 1));
    }

    fn sessions(gap: u64, keep: SessionTouch) -> JourneyRules {
        JourneyRules::new().with_sessions(seconds(gap), keep)
    }

    #[test]
    fn a_session_ends_after_more_than_the_gap() {
        // The gap is between any two touches, also those of one channel.
        let (shown, report) = one(&sessions(10, SessionTouch::LastOfEachChannel), &[0, 1, 0, 1, 0]);
        assert_eq!((shown, report.in_session), (alloc::vec!["B>A [10, 0] =5".into()], 3));
        let (shown, report) = one(&sessions(9, SessionTouch::LastOfEachChannel), &[0, 0]);
        assert_eq!((shown, report.in_session), (alloc::vec!["A>A [10, 0] =5".into()], 0));
    }

    /// E3: the rule of a session is said.
    #[test]
    fn the_rule_says_which_touch_stands_for_a_session() {
        let direct = || SessionTouch::FirstNonDirect("Direct".into());
        for (keep, path, expected) in [
            (SessionTouch::First, &[0, 1, 0][..], "A [20] =5"),
            (SessionTouch::Last, &[0, 1, 0], "A [0] =5"),
            (SessionTouch::LastOfEachChannel, &[0, 1, 0], "B>A [10, 0] =5"),
            (SessionTouch::All, &[0, 1, 0], "A>B>A [20, 10, 0] =5"),
            (direct(), &[3, 1, 0], "B [10] =5"),
            (direct(), &[3, 3], "Direct [10] =5"),
            (SessionTouch::FirstNonDirect("none".into()), &[3, 1], "Direct [10] =5"),
        ] {
            let (shown, report) = one(&sessions(10, keep.clone()), path);
            assert_eq!(shown, [expected], "{keep}");
            assert_eq!(report.kept + report.in_session, report.touches, "{keep}");
        }
        assert_eq!(SessionTouch::default(), SessionTouch::Last);
    }

    #[test]
    fn a_conversion_ends_a_session() {
        let rules = sessions(100, SessionTouch::First);
        let touches = [touch(1, 0, 0), touch(1, 5, 0), touch(1, 6, 0)];
        let both = journeys(&rules, &touches, &[conversion(1, 5, 7), conversion(1, 9, 8)]);
        // At one instant the touch is before the conversion, and so in its session.
        assert_eq!(shown(&both), ["A [5] =7", "A [3] =8"]);
        assert_eq!(both.report.in_session, 1);
        // One before all touches ends nothing.
        let early = journeys(&rules, &touches, &[conversion(1, -1, 7), conversion(1, 9, 8)]);
        assert_eq!(shown(&early), ["A [9] =8"]);
    }

    /// E1: times finer than a second.
    #[test]
    fn times_are_in_the_unit_of_the_rules() {
        let touches = [touch(1, 5_999, 1), touch(1, 6_000, 0), touch(1, 1_000, 2)];
        let rules = JourneyRules::new().with_unit(TimeUnit::Milliseconds).with_lookback(seconds(2));
        let found = journeys(&rules, &touches, &[conversion(1, 8_000, 7)]);
        // The touch at 5,999 is 2,001 ms old; what the table holds is whole seconds.
        assert_eq!(shown(&found), ["A [2] =7"]);
        let found = journeys(&rules.with_lookback(seconds(3)), &touches, &[conversion(1, 7_999, 7)]);
        assert_eq!(shown(&found), ["B>A [2, 1] =7"]);
        let micro = JourneyRules::new().with_unit(TimeUnit::Microseconds);
        let far = [touch(1, 0, 0)];
        let found = journeys(&micro, &far, &[conversion(1, 90 * 86_400_000_000, 7)]);
        assert_eq!(shown(&found), ["A [7776000] =7"]);
    }

    /// E2: two orders of one time came of the same touches.
    #[test]
    fn conversions_of_one_time_have_the_same_touches() {
        let touches = [touch(1, 0, 0), touch(1, 3, 1)];
        let ends = [conversion(1, 5, 50), conversion(1, 5, 5), conversion(1, 6, 1)];
        let found = journeys(&JourneyRules::new(), &touches, &ends);
        assert_eq!(shown(&found), ["A>B [5, 2] =5", "A>B [5, 2] =50"]);
        let report = &found.report;
        assert_eq!((report.kept, report.repeated, report.unattributed_value), (4, 2, 1));
    }

    #[test]
    fn each_touch_stands_in_one_journey_or_in_all() {
        let touches = [touch(1, 0, 0), touch(1, 10, 1), touch(1, 30, 2)];
        let ends = [conversion(1, 20, 7), conversion(1, 40, 8)];
        let alone = journeys(&JourneyRules::new(), &touches, &ends);
        assert_eq!(shown(&alone), ["A>B [20, 10] =7", "C [10] =8"]);
        let rules = JourneyRules::new().with_closing(Closing::Overlapping).with_lookback(seconds(30));
        let overlapping = journeys(&rules, &touches, &ends);
        assert_eq!(shown(&overlapping), ["A>B [20, 10] =7", "B>C [30, 10] =8"]);
        assert_eq!((overlapping.report.repeated, overlapping.report.before_lookback), (2, 1));
    }

    #[test]
    fn who_does_not_convert_is_a_null_journey() {
        let touches = [touch(1, 0, 0), touch(2, 5, 1), touch(2, 50, 2), touch(3, 1, 0)];
        let found =
            journeys(&JourneyRules::new().with_lookback(seconds(40)), &touches, &[conversion(1, 9, 7)]);
        // It ends with its last touch, and the lookback counts from there.
        assert_eq!(shown(&found), ["A [9] =7", "C [0] =", "A [0] ="]);
        assert_eq!((found.report.nulls, found.report.before_lookback), (2, 1));
        // What was observed ends later: the one touch of user 3 is too early.
        let rules = JourneyRules::new().with_lookback(seconds(40));
        let rules = rules.with_observed_until(Timestamp::from_unix(60).unwrap());
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

    /// E1: neither the order of rows nor the numbering of channels decides who is last.
    #[test]
    fn ties_in_time_have_an_order() {
        let names = ["C", "A", "B", "Direct"];
        let channels = Channels::new(names).unwrap();
        let touches = [touch(1, 5, 0), touch(1, 5, 2), touch(1, 5, 1), touch(2, 5, 0)];
        let ends = [conversion(1, 5, 9)];
        let of = |touches: &[TouchEvent]| {
            shown(&JourneyRules::new().journeys(&channels, Currency::CNY, touches, &ends).unwrap())
        };
        // By the channels' names, before the conversion of that time.
        assert_eq!(of(&touches), ["A>B>C [0, 0, 0] =9", "C [0] ="]);
        let mut back = touches;
        back.reverse();
        assert_eq!(of(&back), of(&touches));
        // A sequence goes before the names.
        let numbered = [0, 1, 2].map(|at| touches[at].with_sequence(u32::try_from(at).unwrap()));
        assert_eq!(of(&numbered), ["C>B>A [0, 0, 0] =9"]);
    }

    #[test]
    fn times_at_the_ends_of_the_range_are_told() {
        let channels = Channels::new(CHANNELS).unwrap();
        let rules = JourneyRules::new();
        let far = [touch(4, i64::MIN, 0)];
        let end = [conversion(4, i64::MAX, i64::MAX)];
        let error = rules.journeys(&channels, Currency::CNY, &far, &end).unwrap_err();
        assert_eq!(error, AttributionError::Span { user: 4, span: u64::MAX });
        let short = rules.clone().with_lookback(seconds(u32::MAX.into()));
        let found = journeys(&short, &far, &end);
        assert_eq!((found.report.before_lookback, found.report.unattributed_value), (1, i64::MAX.into()));
        let gap = journeys(
            &sessions(u64::MAX, SessionTouch::Last),
            &[touch(1, i64::MIN, 0), touch(1, i64::MAX, 0)],
            &[],
        );
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
