//! What became of all touches and conversions.

use super::{AttributionError, PathTable};
use crate::figure::{Cell, Figure, Interval, Table};
use crate::quantity::Money;
use crate::quantity::wire::wire_fields;
use crate::time::Timestamp;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use chrono::NaiveDate;
use core::fmt;

/// A full account of the events: every touch and conversion is counted once, kept or left out.
///
/// `touches + repeated = kept + in_session + before_lookback + transformed + beyond_max + after_end`, and the
/// conversions given are `converted + unattributed + conversions_after_end`.
///
/// ```
/// # use marketloop::attribution::JourneyReport;
/// let json = r#"{
///   "touches": 4,
///   "kept": 3,
///   "in_session": 0,
///   "before_lookback": 0,
///   "transformed": 0,
///   "beyond_max": 0,
///   "after_end": 0,
///   "conversions_after_end": 0,
///   "repeated": 0,
///   "converted": 0,
///   "nulls": 0,
///   "unattributed": 0,
///   "unattributed_value": "0",
///   "empty_nulls": 0,
///   "of_named_channels": {"Direct": 2}
/// }"#;
/// let read: JourneyReport = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<JourneyReport>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct JourneyReport {
    /// When the first touch or conversion was; `None` without any, and of a time that no date has.
    pub first_event: Option<Timestamp>,
    /// When the last one was.
    pub last_event: Option<Timestamp>,
    /// How many users there are.
    pub users: u64,
    /// The touches that were given.
    pub touches: u64,
    /// The touches that stand in a journey, once for each journey in which they do.
    pub kept: u64,
    /// Touches left out because another touch of their session was kept.
    pub in_session: u64,
    /// Touches left out because they came before the lookback window.
    pub before_lookback: u64,
    /// Touches left out by the transforms.
    pub transformed: u64,
    /// Touches left out by the maximum number of touches.
    pub beyond_max: u64,
    /// Touches after the end of the observed time.
    pub after_end: u64,
    /// Conversions after the end of the observed time.
    pub conversions_after_end: u64,
    /// Touches that stood in one more journey each: of conversions of one time, and under
    /// [`Closing::Overlapping`](super::Closing::Overlapping).
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
    /// How many touches there were of each channel that the rules name.
    pub of_named_channels: BTreeMap<String, u64>,
}

wire_fields!(JourneyReport {
    first_event: optional,
    last_event: optional,
    users: default(own),
    touches: default(own),
    kept: default(own),
    in_session: default(own),
    before_lookback: default(own),
    transformed: default(own),
    beyond_max: default(own),
    after_end: default(own),
    conversions_after_end: default(own),
    repeated: default(own),
    converted: default(own),
    nulls: default(own),
    unattributed: default(own),
    unattributed_value: default(own),
    empty_nulls: default(own),
    of_named_channels: default(own),
});

impl JourneyReport {
    /// The channels that the rules name and no touch has: those rules changed nothing. A misspelt name shows
    /// here.
    pub fn unseen_channels(&self) -> impl Iterator<Item = &str> + '_ {
        self.of_named_channels.iter().filter(|(_, touches)| **touches == 0).map(|(name, _)| name.as_str())
    }

    /// The first and the last day of the events.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, JourneyRules, TouchEvent};
    /// use marketloop::quantity::Currency;
    ///
    /// let channels = Channels::new(["SEM"])?;
    /// let touches = [0, 86_400].map(|time| TouchEvent::new(7, time, channels.at(0).unwrap()));
    /// let journeys = JourneyRules::new().journeys(&channels, Currency::CNY, &touches, &[])?;
    /// assert_eq!(journeys.report.period().get()?.to_string(), "1970-01-01..1970-01-02");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn period(&self) -> Figure<Interval<NaiveDate>> {
        let ends = self.first_event.zip(self.last_event);
        let days = ends.and_then(|(first, last)| Interval::new(first.date(), last.date()).ok());
        days.map_or_else(|| Figure::missing("events"), Figure::Known)
    }

    /// A row for each count, and one for each channel that the rules name. What conversions were worth is in the table of the
    /// [`Journeys`], which know the currency.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("events");
        for (name, time) in [("first event on", self.first_event), ("last event on", self.last_event)] {
            let day =
                time.map_or_else(|| Figure::missing("events"), |time| Figure::Known(time.date().to_string()));
            table.push(name, "count", day);
        }
        for (name, count, unit) in [
            ("users", self.users, "user"),
            ("touches given", self.touches, "touch"),
            ("touches in a journey", self.kept, "touch"),
            ("touches dropped within a session", self.in_session, "touch"),
            ("touches dropped before the lookback", self.before_lookback, "touch"),
            ("touches dropped by the transforms", self.transformed, "touch"),
            ("touches dropped beyond the maximum", self.beyond_max, "touch"),
            ("touches after the observed time", self.after_end, "touch"),
            ("touches in a further journey", self.repeated, "touch"),
            ("journeys that converted", self.converted, "journey"),
            ("journeys that did not", self.nulls, "journey"),
            ("users without a touch in the lookback", self.empty_nulls, "user"),
            ("conversions after the observed time", self.conversions_after_end, "conversion"),
            (WITHOUT_TOUCH, self.unattributed, "conversion"),
        ] {
            table.push(name, "count", Cell::new(count, unit));
        }
        for (channel, touches) in &self.of_named_channels {
            let cell = Cell::new(touches, "touch");
            let cell =
                if *touches == 0 { cell.because("the rules name it, and no touch has it") } else { cell };
            table.push(format_args!("touches of `{channel}`"), "count", cell);
        }
        table
    }

    /// The sum of two reports on different users.
    ///
    /// # Errors
    /// [`AttributionError::Overflow`] where a count needs more than 64 bits, or the value more than 128: reports may come
    /// from elsewhere.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::JourneyReport;
    ///
    /// let shard = JourneyReport { touches: 5, kept: 3, in_session: 2, converted: 1, ..JourneyReport::default() };
    /// let both = shard.merge(&shard)?;
    /// assert_eq!((both.touches, both.kept, both.in_session, both.converted), (10, 6, 4, 2));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn merge(&self, other: &Self) -> Result<Self, AttributionError> {
        let mut of_named_channels = self.of_named_channels.clone();
        for (name, touches) in &other.of_named_channels {
            let all = of_named_channels.entry(name.clone()).or_default();
            *all = sum(*all, *touches)?;
        }
        let value = self.unattributed_value.checked_add(other.unattributed_value);
        // `None` is less than any time: the later of two is the larger, the earlier the smaller of those there are.
        let first_event = self.first_event.into_iter().chain(other.first_event).min();
        Ok(Self {
            first_event,
            last_event: self.last_event.max(other.last_event),
            users: sum(self.users, other.users)?,
            touches: sum(self.touches, other.touches)?,
            kept: sum(self.kept, other.kept)?,
            in_session: sum(self.in_session, other.in_session)?,
            before_lookback: sum(self.before_lookback, other.before_lookback)?,
            transformed: sum(self.transformed, other.transformed)?,
            beyond_max: sum(self.beyond_max, other.beyond_max)?,
            after_end: sum(self.after_end, other.after_end)?,
            conversions_after_end: sum(self.conversions_after_end, other.conversions_after_end)?,
            repeated: sum(self.repeated, other.repeated)?,
            converted: sum(self.converted, other.converted)?,
            nulls: sum(self.nulls, other.nulls)?,
            unattributed: sum(self.unattributed, other.unattributed)?,
            unattributed_value: value.ok_or(AttributionError::Overflow { what: "the unattributed value" })?,
            empty_nulls: sum(self.empty_nulls, other.empty_nulls)?,
            of_named_channels,
        })
    }
}

impl fmt::Display for JourneyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// The sum of two counts of events.
pub(super) fn sum(count: u64, more: u64) -> Result<u64, AttributionError> {
    count.checked_add(more).ok_or(AttributionError::Overflow { what: "a count of events" })
}

/// The journeys of all users, and what became of each event.
///
/// ```
/// # use marketloop::attribution::Journeys;
/// let json = r#"{
///   "paths": {
///     "currency": "CNY",
///     "channels": ["SEM"],
///     "rows": [{"path": [0], "seconds_before_end": [60], "conversions": 1, "nulls": 0, "value": 99}]
///   },
///   "report": {
///     "touches": 1,
///     "kept": 1,
///     "in_session": 0,
///     "before_lookback": 0,
///     "transformed": 0,
///     "beyond_max": 0,
///     "after_end": 0,
///     "conversions_after_end": 0,
///     "repeated": 0,
///     "converted": 1,
///     "nulls": 0,
///     "unattributed": 0,
///     "unattributed_value": "0",
///     "empty_nulls": 0,
///     "of_named_channels": {}
///   }
/// }"#;
/// let read: Journeys = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Journeys>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journeys {
    /// One row for each journey, with times, in the order of the users' numbers and of time.
    pub paths: PathTable,
    /// What became of all touches and conversions.
    pub report: JourneyReport,
}

wire_fields!(Journeys { paths, report });

/// The row of conversions that no model credits.
const WITHOUT_TOUCH: &str = "conversions without a touch";

impl Journeys {
    /// The table of the [report](JourneyReport::table), with what the conversions were worth: those in journeys, and those
    /// without a touch, which no model credits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, ConversionEvent, JourneyRules, TouchEvent};
    /// use marketloop::quantity::Currency;
    ///
    /// let channels = Channels::new(["SEM"])?;
    /// let touches = [TouchEvent::new(7, 0, channels.at(0).unwrap())];
    /// let orders = [7, 8].map(|user| ConversionEvent { user, time: 60, value: 99_00 });
    /// let journeys = JourneyRules::new().journeys(&channels, Currency::CNY, &touches, &orders)?;
    /// let table = journeys.table();
    /// let value = |row| table.get(row, "value").map(|cell| format!("{} {}", cell.value.clone().unwrap(), cell.unit));
    /// assert_eq!(value("journeys that converted").as_deref(), Some("99.00 CNY"));
    /// assert_eq!(value("conversions without a touch").as_deref(), Some("99.00 CNY"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = self.report.table();
        table.push("journeys that converted", "value", self.paths.totals().value);
        let without = Money::from_minor(self.report.unattributed_value, self.paths.currency());
        let without = without.map_or_else(|error| Cell::default().because(error), Cell::from);
        table.push(WITHOUT_TOUCH, "value", without);
        table
    }

    /// The journeys of both, of different users, by the same rules: the paths in their
    /// [canonical form](PathTable::aggregated), so that neither the sharding nor the dictionaries change a bit.
    ///
    /// # Errors
    /// As of [`PathTable::merge`] and [`JourneyReport::merge`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Channels, ConversionEvent, JourneyRules, TouchEvent};
    /// use marketloop::quantity::Currency;
    ///
    /// let rules = JourneyRules::without_direct("Direct");
    /// let shard = |user, names: [&str; 2]| {
    ///     // Each shard numbers the channels as they come.
    ///     let channels = Channels::new(names)?;
    ///     let touches: Vec<_> = channels.ids().map(|channel| TouchEvent::new(user, 0, channel)).collect();
    ///     let order = ConversionEvent { user, time: 60, value: 5_00 };
    ///     rules.journeys(&channels, Currency::CNY, &touches, &[order])
    /// };
    /// let both = shard(1, ["SEM", "Email"])?.merge(&shard(2, ["Email", "SEM"])?)?;
    /// assert_eq!((both.paths.len(), both.report.converted), (1, 2));
    /// assert_eq!(both.report.unseen_channels().collect::<Vec<_>>(), ["Direct"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn merge(&self, other: &Self) -> Result<Self, AttributionError> {
        Ok(Self { paths: self.paths.merge(&other.paths)?, report: self.report.merge(&other.report)? })
    }
}

impl fmt::Display for Journeys {
    /// The [table](Journeys::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_beyond_their_type_are_told() {
        let most = JourneyReport { touches: u64::MAX, ..JourneyReport::default() };
        let one = JourneyReport { touches: 1, ..JourneyReport::default() };
        assert_eq!(most.merge(&JourneyReport::default()), Ok(most.clone()));
        assert_eq!(most.merge(&one), Err(AttributionError::Overflow { what: "a count of events" }));
        let named = JourneyReport {
            of_named_channels: [("Direct".into(), u64::MAX)].into(),
            unattributed_value: i128::MAX,
            ..JourneyReport::default()
        };
        assert!(named.merge(&named).is_err());
        let value = JourneyReport { unattributed_value: 1, ..JourneyReport::default() };
        let refused = named.merge(&value).unwrap_err();
        assert_eq!(refused, AttributionError::Overflow { what: "the unattributed value" });
    }
}
