//! Touches and conversions of users, and the rules by which they become journeys.

use super::attribution::channels;
use super::strategy;
use crate::attribution::{
    Channels, Closing, ConversionEvent, JourneyRules, Journeys, SessionTouch, TouchEvent, Transform,
};
use crate::quantity::Currency;
use crate::time::{Duration, TimeUnit, Timestamp};
use alloc::string::String;
use alloc::vec::Vec;
use core::num::NonZeroUsize;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy};
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;
use proptest::{option, prop_oneof};

/// Rules for journeys: with or without sessions, lookback, transforms, a maximum of touches and an end of the observed
/// time, each of a few seconds, as the events of [`journey_events`] are. One of the channels that they may name is none.
///
/// Mean size 2.0 transforms; 21 % are edges: a gap or a lookback of 0, no rule at all.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::journey_rules;
/// use proptest::prelude::*;
///
/// proptest!(|(rules in journey_rules())| laws::reads_back_what_it_writes(&rules)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn journey_rules() -> impl Strategy<Value = JourneyRules> + Clone {
    let unit =
        select(&[TimeUnit::Seconds, TimeUnit::Seconds, TimeUnit::Milliseconds, TimeUnit::Microseconds][..]);
    let gap = prop_oneof![1 => Just(0_u64), 4 => 0_u64..12];
    let lookback = prop_oneof![1 => Just(0_u64), 4 => 0_u64..40];
    let times = (option::of(gap), option::of(lookback), option::of(0_i64..70));
    let closing = select(&[Closing::SinceLast, Closing::Overlapping][..]);
    // A transform is a number: its kind, and then the channel or the touches that it says.
    let transforms = vec(0_u8..24, 0..5);
    (unit, times, 0_u8..7, closing, transforms, option::of(1_usize..5)).prop_map(
        |(unit, (gap, lookback, until), keep, closing, transforms, most)| JourneyRules {
            unit,
            session_gap: gap.map(Duration::from_seconds),
            session_touch: session_touch(keep),
            closing,
            lookback: lookback.map(Duration::from_seconds),
            transforms: transforms.into_iter().map(transform).collect(),
            max_touches: most.and_then(NonZeroUsize::new),
            observed_until: until.and_then(|until| Timestamp::from_unix(until).ok()),
        },
    )
}

/// A channel that rules may name: of the events of these strategies, the last one of none.
fn named(pick: u8) -> String {
    String::from(match pick {
        0 => "Direct",
        1 => "SEM",
        _ => "nowhere",
    })
}

fn session_touch(kind: u8) -> SessionTouch {
    match kind {
        0 => SessionTouch::Last,
        1 => SessionTouch::First,
        2 => SessionTouch::All,
        3 => SessionTouch::LastOfEachChannel,
        other => SessionTouch::FirstNonDirect(named(other.saturating_sub(4))),
    }
}

fn transform(number: u8) -> Transform {
    let rest = number >> 2;
    match number & 3 {
        0 => Transform::CollapseRepeats,
        1 => Transform::FirstOccurrence,
        2 => Transform::LastTouches(NonZeroUsize::MIN.saturating_add(rest.into())),
        _ => Transform::DropUnlessAlone(named(rest >> 1)),
    }
}

/// Events of 1 to 3 users, up to 24 touches and up to 6 conversions, in no order; with the rules by which they become
/// journeys and the dictionary of their channels.
///
/// The times are in the unit of the rules, within a minute of 1970-01-01T00:00:00Z. Many are the same: of touches, of
/// conversions and of both. In units finer than a second some lie between seconds.
///
/// Mean size 15.0 events; 49 % are edges: no touch, no conversion, a touch at the time of a conversion of its user.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::quantity::Currency;
/// use marketloop::strategies::journey_events;
/// use proptest::prelude::*;
///
/// proptest!(|((rules, channels, touches, conversions) in journey_events())| {
///     let journeys = rules.journeys(&channels, Currency::CNY, &touches, &conversions).unwrap();
///     laws::no_event_is_lost(&journeys, &touches, &conversions)?;
/// });
/// ```
pub fn journey_events() -> JourneyEvents {
    JourneyEvents {
        rules: None,
        users: (1..=3).into(),
        touches: (0..=24).into(),
        conversions: (0..=6).into(),
        channels: (1..=5).into(),
    }
}

/// How events of journeys are made; see [`journey_events`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct JourneyEvents {
    rules: Option<JourneyRules>,
    users: SizeRange,
    touches: SizeRange,
    conversions: SizeRange,
    channels: SizeRange,
}

/// What decides how the numbers of events are read.
#[derive(Debug, Clone, Copy)]
struct Scale {
    users: u64,
    /// How many different times there are, in whole seconds: few, so that many events are of one time.
    moments: u64,
    sequences: u64,
    channels: u64,
    per_second: u64,
}

impl JourneyEvents {
    /// Always these rules, and times in their unit.
    pub fn with_rules(mut self, rules: JourneyRules) -> Self {
        self.rules = Some(rules);
        self
    }

    /// Events of so many users; none counts as one.
    pub fn with_users(mut self, users: impl Into<SizeRange>) -> Self {
        self.users = users.into();
        self
    }

    /// So many touches.
    pub fn with_touches(mut self, touches: impl Into<SizeRange>) -> Self {
        self.touches = touches.into();
        self
    }

    /// So many conversions.
    pub fn with_conversions(mut self, conversions: impl Into<SizeRange>) -> Self {
        self.conversions = conversions.into();
        self
    }

    /// So many channels; none counts as one.
    pub fn with_channels(mut self, channels: impl Into<SizeRange>) -> Self {
        self.channels = channels.into();
        self
    }

    fn cases(
        &self,
    ) -> impl Strategy<Value = (JourneyRules, Channels, Vec<TouchEvent>, Vec<ConversionEvent>)> + use<> {
        let rules: BoxedStrategy<JourneyRules> = match &self.rules {
            Some(rules) => Just(rules.clone()).boxed(),
            None => journey_rules().boxed(),
        };
        let size = |range: &SizeRange, most: usize| {
            let (low, high) = range.start_end_incl();
            low.clamp(1, most)..=high.clamp(1, most)
        };
        let scale = (size(&self.users, 1_000), 1_u64..=60, 1_u64..=3, size(&self.channels, 1_000));
        // An event is one number, read digit by digit: a case has many events, and shrinks soon.
        let event = || 0_u32..1 << 24;
        let touches = vec(event(), self.touches.clone());
        let conversions = vec(event(), self.conversions.clone());
        (rules, scale, touches, conversions).prop_filter_map(
            "channels",
            |(rules, (users, moments, sequences, count), touches, conversions)| {
                let channels = channels(count, 0)?;
                let scale = Scale {
                    users: u64::try_from(users).ok()?,
                    moments,
                    sequences,
                    channels: u64::try_from(count).ok()?,
                    per_second: rules.unit.per_second(),
                };
                let touches = touches.into_iter().map(|number| scale.touch(number, &channels));
                let touches = touches.collect::<Option<_>>()?;
                let conversions = conversions.into_iter().map(|number| scale.conversion(number));
                let conversions = conversions.collect::<Option<_>>()?;
                Some((rules, channels, touches, conversions))
            },
        )
    }
}

strategy!(JourneyEvents => (JourneyRules, Channels, Vec<TouchEvent>, Vec<ConversionEvent>));

/// Journeys of such [`journey_events`] by any rules, in CNY, with the report of what became of each event; any of them
/// merge.
///
/// Mean size 2.9 journeys; 59 % are edges: no journey, one, a conversion without a touch.
///
/// # Examples
/// ```
/// use marketloop::attribution::Journeys;
/// use marketloop::laws;
/// use marketloop::strategies::journeys;
/// use proptest::prelude::*;
///
/// proptest!(|(a in journeys(), b in journeys(), c in journeys())| {
///     laws::merge_is_associative(|a: Journeys, b: Journeys| a.merge(&b).unwrap(), &a, &b, &c)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn journeys() -> impl Strategy<Value = Journeys> + Clone {
    journey_events().prop_filter_map("journeys", |(rules, channels, touches, conversions)| {
        rules.journeys(&channels, Currency::CNY, &touches, &conversions).ok()
    })
}

/// Takes the last digit of a number to this base.
fn digit(rest: &mut u64, base: u64) -> Option<u64> {
    let digit = rest.checked_rem(base)?;
    *rest = rest.checked_div(base)?;
    Some(digit)
}

impl Scale {
    fn touch(self, number: u32, channels: &Channels) -> Option<TouchEvent> {
        let mut rest = number.into();
        let second = digit(&mut rest, self.moments)?;
        let channel = digit(&mut rest, self.channels)?;
        let user = digit(&mut rest, self.users)?;
        let sequence = digit(&mut rest, self.sequences)?;
        let channel = channels.at(usize::try_from(channel).ok()?)?;
        let touch = TouchEvent::new(user, self.time(second, rest)?, channel);
        Some(touch.with_sequence(u32::try_from(sequence).ok()?))
    }

    fn conversion(self, number: u32) -> Option<ConversionEvent> {
        let mut rest = number.into();
        let second = digit(&mut rest, self.moments)?;
        let value = digit(&mut rest, 4)?;
        let user = digit(&mut rest, self.users)?;
        Some(ConversionEvent { user, time: self.time(second, rest)?, value: i64::try_from(value).ok()? })
    }

    /// A time in the unit: half of the times at a whole second, the others anywhere in it.
    fn time(self, second: u64, rest: u64) -> Option<i64> {
        let between = if rest & 1 == 0 { 0 } else { rest.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 8 };
        let between = between.checked_rem(self.per_second)?;
        i64::try_from(second.checked_mul(self.per_second)?.checked_add(between)?).ok()
    }
}
