//! How touches and conversions become journeys: rules that name channels, as they are stored.

use super::AttributionError;
use crate::error::Counted;
use crate::quantity::wire::{serialize_fields, wire_variants};
use crate::quantity::words::words;
use crate::time::{Duration, TimeUnit, Timestamp};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroUsize;
use serde::Deserialize;

/// Which touches the journey of a conversion may hold; as text, and on the wire, `since_last` or `overlapping`.
///
/// Conversions of one user at one time, such as two orders of one checkout, have the same touches under both.
///
/// ```
/// # use marketloop::attribution::Closing;
/// assert_eq!(serde_json::from_str::<Closing>(r#""since_last""#)?, Closing::SinceLast);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Closing {
    /// Those since the user's earlier conversion: each touch stands in the journeys of one time at most.
    #[default]
    SinceLast,
    /// All within the lookback, even if a conversion before it had them already.
    Overlapping,
}

/// Which touches of a session stay.
///
/// | rule | A > B > A in one session, B > Direct in the next |
/// | --- | --- |
/// | [`First`](Self::First) | A > B |
/// | [`Last`](Self::Last) | A > Direct |
/// | [`FirstNonDirect`](Self::FirstNonDirect) | A > B |
/// | [`LastOfEachChannel`](Self::LastOfEachChannel) | B > A > B > Direct |
/// | [`All`](Self::All) | A > B > A > B > Direct |
///
/// ```
/// # use marketloop::attribution::SessionTouch;
/// let json = r#"{"first_non_direct":"Direct"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<SessionTouch>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SessionTouch {
    /// The first touch: what opened the session.
    First,
    /// The last touch. The default, because dividing into sessions then never changes who touched last.
    #[default]
    Last,
    /// The first touch of another channel than this one, the direct one; of a session without such a touch the
    /// first.
    FirstNonDirect(String),
    /// Of each channel the last touch.
    LastOfEachChannel,
    /// Every touch.
    All,
}

wire_variants!(SessionTouch {
    "first" => First,
    "last" => Last,
    "first_non_direct" => FirstNonDirect(_),
    "last_of_each_channel" => LastOfEachChannel,
    "all" => All,
});

/// A change of a journey's path.
///
/// ```
/// # use marketloop::attribution::Transform;
/// let json = r#"{"drop_unless_alone":"Direct"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Transform>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transform {
    /// Keeps the last of consecutive touches of one channel.
    CollapseRepeats,
    /// Keeps the first touch of each channel.
    FirstOccurrence,
    /// Keeps at most this many touches, the last ones.
    LastTouches(NonZeroUsize),
    /// Drops the touches of the named channel, unless there are no others.
    DropUnlessAlone(String),
}

wire_variants!(Transform {
    "collapse_repeats" => CollapseRepeats,
    "first_occurrence" => FirstOccurrence,
    "last_touches" => LastTouches(_),
    "drop_unless_alone" => DropUnlessAlone(_),
});

/// How touches and conversions become journeys.
///
/// The steps, in this order: sessions, closing, lookback by time, the transforms as they are listed, lookback
/// by number of touches. At one time a touch comes before a conversion. Touches of one time stand in the order
/// of their [sequence](super::TouchEvent::sequence), then of their channels' names, so that neither the order of
/// rows nor the numbering of a dictionary matters.
///
/// Channels are named, not numbered: stored rules mean the same with every dictionary. What a rule names and no
/// touch has is told in [`JourneyReport::unseen_channels`](super::JourneyReport::unseen_channels).
///
/// # Examples
/// ```
/// use marketloop::attribution::{JourneyRules, SessionTouch};
/// use marketloop::time::Duration;
///
/// let rules = JourneyRules::without_direct("Direct")
///     .with_sessions(Duration::from_minutes(30), SessionTouch::Last)
///     .with_lookback(Duration::from_days(30));
/// assert_eq!(
///     rules.to_string(),
///     "sessions of gaps up to 30 minutes keep the last touch; since the last conversion; \
///      lookback 720 hours; drop `Direct` unless alone, then collapse repeats"
/// );
/// ```
///
/// ```
/// use marketloop::attribution::{JourneyRules, SessionTouch};
/// use marketloop::time::Duration;
///
/// let json = r#"{"session_gap":"30 minutes","session_touch":"last","lookback":"30 days"}"#;
/// let rules = JourneyRules::new()
///     .with_sessions(Duration::from_minutes(30), SessionTouch::Last)
///     .with_lookback(Duration::from_days(30));
/// assert_eq!(serde_json::from_str::<JourneyRules>(json)?, rules);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JourneyRules {
    /// The unit of the events' times.
    pub unit: TimeUnit,
    /// A session ends at a conversion, and before a touch more than this long after the touch before it. Without a
    /// gap there are no sessions.
    pub session_gap: Option<Duration>,
    /// Which touches of a session stay, where there are sessions.
    pub session_touch: SessionTouch,
    /// What a conversion closes.
    pub closing: Closing,
    /// Touches more than this long before the end of the journey do not count.
    pub lookback: Option<Duration>,
    /// Changes of the path, one after the other.
    pub transforms: Vec<Transform>,
    /// At most so many touches, the last ones, count.
    pub max_touches: Option<NonZeroUsize>,
    /// The end of the time that was observed: the journey of a user who has not converted since ends here, and
    /// touches behind it are not looked at. Without it such a journey ends at its last touch.
    pub observed_until: Option<Timestamp>,
}

serialize_fields!(JourneyRules {
    unit,
    session_gap: optional,
    session_touch,
    closing,
    lookback: optional,
    transforms,
    max_touches: optional,
    observed_until: optional,
});

impl JourneyRules {
    /// Rules that keep every touch: no sessions, no lookback window, no transforms.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Rules that drop the touches of the direct channel unless there are no others, then collapse repeats. In this
    /// order A > Direct > A becomes A; the other order would leave A > A.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, ConversionEvent, JourneyRules, TouchEvent};
    /// use marketloop::quantity::Currency;
    ///
    /// let channels = Channels::new(["SEM", "Direct"])?;
    /// let [a, b] = [0, 1].map(|place| channels.at(place).unwrap());
    /// let touches = [TouchEvent::new(7, 0, a), TouchEvent::new(7, 60, b), TouchEvent::new(7, 120, a)];
    /// let orders = [ConversionEvent { user: 7, time: 180, value: 99_00 }];
    /// let rules = JourneyRules::without_direct("Direct");
    /// let journeys = rules.journeys(&channels, Currency::CNY, &touches, &orders)?;
    /// assert_eq!(journeys.paths.row(0).unwrap().path, [a]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn without_direct(direct: impl Into<String>) -> Self {
        Self::new()
            .with_transform(Transform::DropUnlessAlone(direct.into()))
            .with_transform(Transform::CollapseRepeats)
    }

    /// Reads the events' times in this unit instead of seconds.
    #[must_use]
    pub fn with_unit(self, unit: TimeUnit) -> Self {
        Self { unit, ..self }
    }

    /// Ignores touches more than `lookback` before the journey's end (the lookback window).
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, ConversionEvent, JourneyRules, TouchEvent};
    /// use marketloop::quantity::Currency;
    /// use marketloop::time::Duration;
    ///
    /// let channels = Channels::new(["SEM", "Email"])?;
    /// let [a, b] = [0, 1].map(|place| channels.at(place).unwrap());
    /// let touches = [TouchEvent::new(7, 0, a), TouchEvent::new(7, 86400, b)];
    /// let orders = [ConversionEvent { user: 7, time: 90000, value: 99_00 }];
    /// let rules = JourneyRules::new().with_lookback(Duration::from_hours(24));
    /// let journeys = rules.journeys(&channels, Currency::CNY, &touches, &orders)?;
    /// assert_eq!(journeys.paths.row(0).unwrap().path, [b]);
    /// // What was left out is counted.
    /// assert_eq!(journeys.report.before_lookback, 1);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[doc(alias = "attribution_window")]
    #[doc(alias = "回溯期")]
    pub fn with_lookback(self, lookback: Duration) -> Self {
        Self { lookback: Some(lookback), ..self }
    }

    /// Keeps at most so many touches of a journey, the last ones.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, ConversionEvent, JourneyRules, TouchEvent};
    /// use marketloop::quantity::Currency;
    ///
    /// let channels = Channels::new(["SEM", "Email"])?;
    /// let [a, b] = [0, 1].map(|place| channels.at(place).unwrap());
    /// let touches = [TouchEvent::new(7, 0, a), TouchEvent::new(7, 60, b), TouchEvent::new(7, 120, b)];
    /// let orders = [ConversionEvent { user: 7, time: 180, value: 99_00 }];
    /// let rules = JourneyRules::new().with_max_touches(2.try_into().unwrap());
    /// let journeys = rules.journeys(&channels, Currency::CNY, &touches, &orders)?;
    /// assert_eq!(journeys.paths.row(0).unwrap().path, [b, b]);
    /// assert_eq!(journeys.report.beyond_max, 1);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_max_touches(self, touches: NonZeroUsize) -> Self {
        Self { max_touches: Some(touches), ..self }
    }

    /// Divides touches into sessions, which end after a pause longer than `gap`, and keeps the touches that `keep`
    /// selects.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, ConversionEvent, JourneyRules, SessionTouch, TouchEvent};
    /// use marketloop::quantity::Currency;
    /// use marketloop::time::Duration;
    ///
    /// let channels = Channels::new(["SEM", "Email"])?;
    /// let [a, b] = [0, 1].map(|place| channels.at(place).unwrap());
    /// let touches = [TouchEvent::new(7, 0, a), TouchEvent::new(7, 60, b), TouchEvent::new(7, 7200, a)];
    /// let orders = [ConversionEvent { user: 7, time: 7260, value: 99_00 }];
    /// let rules = JourneyRules::new().with_sessions(Duration::from_minutes(30), SessionTouch::Last);
    /// let journeys = rules.journeys(&channels, Currency::CNY, &touches, &orders)?;
    /// // The first session is SEM then Email and keeps Email; the second is SEM.
    /// assert_eq!(journeys.paths.row(0).unwrap().path, [b, a]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_sessions(self, gap: Duration, keep: SessionTouch) -> Self {
        Self { session_gap: Some(gap), session_touch: keep, ..self }
    }

    /// Sets which touches count for a conversion: those since the last conversion, or all.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, Closing, ConversionEvent, JourneyRules, TouchEvent};
    /// use marketloop::quantity::Currency;
    ///
    /// let channels = Channels::new(["SEM", "Email"])?;
    /// let [a, b] = [0, 1].map(|place| channels.at(place).unwrap());
    /// let touches = [TouchEvent::new(7, 0, a), TouchEvent::new(7, 120, b)];
    /// let orders = [60, 180].map(|time| ConversionEvent { user: 7, time, value: 99_00 });
    /// let path = |rules: JourneyRules| {
    ///     rules.journeys(&channels, Currency::CNY, &touches, &orders).map(|of| of.paths.row(1).unwrap().path.to_vec())
    /// };
    /// // The second order: what came after the first one, or all touches before it.
    /// assert_eq!(path(JourneyRules::new())?, [b]);
    /// assert_eq!(path(JourneyRules::new().with_closing(Closing::Overlapping))?, [a, b]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_closing(self, closing: Closing) -> Self {
        Self { closing, ..self }
    }

    /// Adds a transform of the paths, applied after those added before.
    #[must_use]
    pub fn with_transform(mut self, transform: Transform) -> Self {
        self.transforms.push(transform);
        self
    }

    /// Sets the end of the observed time: a user who has not converted by then is a null journey that ends here.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, JourneyRules, TouchEvent};
    /// use marketloop::quantity::Currency;
    ///
    /// let channels = Channels::new(["SEM", "Email"])?;
    /// let [a, b] = [0, 1].map(|place| channels.at(place).unwrap());
    /// let touches = [TouchEvent::new(7, 0, a), TouchEvent::new(7, 60, b)];
    /// let orders = [];
    /// let rules = JourneyRules::new().with_observed_until("1970-01-01T00:01:40Z".parse()?);
    /// let journeys = rules.journeys(&channels, Currency::CNY, &touches, &orders)?;
    /// // No conversion until second 100: the touches lie that long before the end.
    /// assert_eq!(journeys.paths.row(0).unwrap().seconds_before_end, Some(&[100, 40][..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_observed_until(self, time: Timestamp) -> Self {
        Self { observed_until: Some(time), ..self }
    }

    /// The names of the channels of which the rules speak, each once.
    pub(super) fn names(&self) -> Vec<&str> {
        let direct = match &self.session_touch {
            SessionTouch::FirstNonDirect(direct) => Some(direct.as_str()),
            _ => None,
        };
        let dropped = self.transforms.iter().filter_map(|transform| match transform {
            Transform::DropUnlessAlone(channel) => Some(channel.as_str()),
            _ => None,
        });
        let mut names: Vec<&str> = direct.into_iter().chain(dropped).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

words!(Closing, "closing of journeys", AttributionError: SinceLast = "since_last", Overlapping = "overlapping");

impl fmt::Display for SessionTouch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("the first touch"),
            Self::Last => f.write_str("the last touch"),
            Self::FirstNonDirect(direct) => write!(f, "the first touch but `{direct}`"),
            Self::LastOfEachChannel => f.write_str("the last touch of each channel"),
            Self::All => f.write_str("every touch"),
        }
    }
}

impl fmt::Display for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CollapseRepeats => f.write_str("collapse repeats"),
            Self::FirstOccurrence => f.write_str("keep each channel's first touch"),
            Self::LastTouches(most) => write!(f, "keep the last {most}"),
            Self::DropUnlessAlone(channel) => write!(f, "drop `{channel}` unless alone"),
        }
    }
}

impl fmt::Display for JourneyRules {
    /// The steps in the order in which they are taken.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(gap) = self.session_gap {
            write!(f, "sessions of gaps up to {gap} keep {}; ", self.session_touch)?;
        }
        f.write_str(match self.closing {
            Closing::SinceLast => "since the last conversion",
            Closing::Overlapping => "overlapping conversions",
        })?;
        if let Some(lookback) = self.lookback {
            write!(f, "; lookback {lookback}")?;
        }
        for (index, transform) in self.transforms.iter().enumerate() {
            write!(f, "{}{transform}", if index == 0 { "; " } else { ", then " })?;
        }
        if let Some(most) = self.max_touches {
            write!(f, "; at most {}", Counted(most, "touch"))?;
        }
        self.observed_until.map_or(Ok(()), |until| write!(f, "; observed until {until}"))
    }
}
