//! Journeys against a second builder, slow and plain, on random events; and what may not change them.

use marketloop::attribution::{
    AttributionModel, Channels, Closing, ConversionEvent, JourneyRules, Journeys, Outcome, PathTable,
    SessionTouch, TouchEvent, Transform,
};
use marketloop::laws;
use marketloop::quantity::Currency;
use marketloop::strategies;
use marketloop::time::Duration;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// 100,000 sets of events where all are asked for, a tenth otherwise.
fn sets() -> u32 {
    if std::env::var_os("MARKETLOOP_FULL").is_some() { 100_000 } else { 10_000 }
}

/// Holds a law against so many sets of events.
fn for_each(law: impl Fn(Case) -> Result<(), TestCaseError>) {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(sets()) };
    // A number is drawn along for what a law shuffles.
    let cases = (strategies::journey_events(), any::<u64>());
    // The default generator costs more than the cases that are made of it.
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::XorShift));
    if let Err(error) = runner.run(&cases, |(events, seed)| law(Case::new(events, seed))) {
        panic!("{error}");
    }
}

/// The channels of the events: a touch has its name without a copy.
const NAMES: [&str; 5] = ["SEM", "Direct", "KOL", "Email", "微信"];

fn known(name: &str) -> &'static str {
    NAMES.into_iter().find(|known| *known == name).unwrap()
}

/// An order of things that a seed decides.
fn shuffle<T>(items: &mut Vec<T>, seed: u64) {
    let mixed = |place: u64| {
        (place ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(27).wrapping_mul(seed | 1)
    };
    let mut placed: Vec<(u64, T)> = (1..).map(mixed).zip(items.drain(..)).collect();
    placed.sort_by_key(|(key, _)| *key);
    items.extend(placed.into_iter().map(|(_, item)| item));
}

/// A touch by the name of its channel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct NamedTouch {
    user: u64,
    time: i64,
    sequence: u32,
    name: &'static str,
}

/// A journey as anyone may write it down: who, names with whole seconds before the end, and the value of a
/// conversion.
type PlainJourney = (u64, Vec<(&'static str, u32)>, Option<i64>);

#[derive(Clone)]
struct Case {
    rules: JourneyRules,
    /// The channels in the order of their numbers.
    names: Vec<&'static str>,
    touches: Vec<NamedTouch>,
    conversions: Vec<ConversionEvent>,
    seed: u64,
}

impl Case {
    fn new(
        (rules, channels, touches, conversions): (
            JourneyRules,
            Channels,
            Vec<TouchEvent>,
            Vec<ConversionEvent>,
        ),
        seed: u64,
    ) -> Self {
        let by_name = |touch: &TouchEvent| NamedTouch {
            user: touch.user,
            time: touch.time,
            sequence: touch.sequence,
            name: known(channels.name(touch.channel).unwrap()),
        };
        let names = channels.names().map(known).collect();
        Self { rules, names, touches: touches.iter().map(by_name).collect(), conversions, seed }
    }

    /// The touches by the numbers of these channels.
    fn numbered(&self, channels: &Channels) -> Vec<TouchEvent> {
        let number = |touch: &NamedTouch| {
            let id = channels.id(touch.name).unwrap();
            TouchEvent::new(touch.user, touch.time, id).with_sequence(touch.sequence)
        };
        self.touches.iter().map(number).collect()
    }

    /// By the library, of a dictionary of these names.
    fn journeys(&self) -> Journeys {
        let channels = Channels::new(self.names.iter().copied()).unwrap();
        self.rules.journeys(&channels, Currency::CNY, &self.numbered(&channels), &self.conversions).unwrap()
    }

    /// By hand: each rule as its sentence says it, one after the other, over whole lists.
    fn by_hand(&self) -> Vec<PlainJourney> {
        let rules = &self.rules;
        let mut users: Vec<u64> = self.touches.iter().map(|touch| touch.user).collect();
        users.extend(self.conversions.iter().map(|conversion| conversion.user));
        users.sort_unstable();
        users.dedup();
        let mut all = Vec::new();
        for user in users {
            let until = self.until();
            let observed = |time: i64| until.is_none_or(|until| time <= until);
            let mut touches: Vec<&NamedTouch> =
                self.touches.iter().filter(|touch| touch.user == user && observed(touch.time)).collect();
            touches.sort_by_key(|touch| (touch.time, touch.sequence, touch.name));
            let mut ends: Vec<ConversionEvent> = self
                .conversions
                .iter()
                .copied()
                .filter(|conversion| conversion.user == user && observed(conversion.time))
                .collect();
            ends.sort_by_key(|conversion| (conversion.time, conversion.value));
            let touches = self.sessions_by_hand(&touches, &ends);
            for end in &ends {
                let since = match rules.closing {
                    Closing::SinceLast => ends.iter().map(|e| e.time).filter(|t| *t < end.time).max(),
                    _ => None,
                };
                let own = touches.iter().copied().filter(|touch| touch.time <= end.time);
                let own = own.filter(|touch| since.is_none_or(|since| touch.time > since)).collect();
                all.extend(self.path_by_hand(own, end.time).map(|path| (user, path, Some(end.value))));
            }
            let last = ends.last().map(|end| end.time);
            let open: Vec<&NamedTouch> =
                touches.into_iter().filter(|touch| last.is_none_or(|last| touch.time > last)).collect();
            if let Some(end) = open.last().map(|touch| until.unwrap_or(touch.time)) {
                all.extend(self.path_by_hand(open, end).map(|path| (user, path, None)));
            }
        }
        all
    }

    /// The last time in units that was observed.
    fn until(&self) -> Option<i64> {
        let step = i64::try_from(self.rules.unit.per_second()).unwrap();
        self.rules.observed_until.map(|until| until.unix() * step)
    }

    fn in_units(&self, time: Duration) -> i128 {
        i128::from(time.seconds()) * i128::from(self.rules.unit.per_second())
    }

    fn sessions_by_hand<'a>(
        &self,
        touches: &[&'a NamedTouch],
        ends: &[ConversionEvent],
    ) -> Vec<&'a NamedTouch> {
        let (Some(gap), keep) = (self.rules.session_gap, &self.rules.session_touch) else {
            return touches.to_vec();
        };
        let mut sessions: Vec<Vec<&NamedTouch>> = Vec::new();
        for touch in touches {
            let joins = sessions.last().and_then(|session| session.last()).is_some_and(|before| {
                let close = i128::from(touch.time) - i128::from(before.time) <= self.in_units(gap);
                close && !ends.iter().any(|end| before.time <= end.time && end.time < touch.time)
            });
            if joins {
                sessions.last_mut().unwrap().push(touch);
            } else {
                sessions.push(vec![touch]);
            }
        }
        let kept = sessions.into_iter().map(|session| match keep {
            SessionTouch::First => vec![session[0]],
            SessionTouch::Last => vec![session[session.len() - 1]],
            SessionTouch::FirstNonDirect(direct) => {
                vec![*session.iter().find(|touch| touch.name != direct).unwrap_or(&session[0])]
            }
            SessionTouch::LastOfEachChannel => (0..session.len())
                .filter(|at| session[at + 1..].iter().all(|later| later.name != session[*at].name))
                .map(|at| session[at])
                .collect(),
            _ => session,
        });
        kept.collect::<Vec<_>>().concat()
    }

    fn path_by_hand(&self, mut own: Vec<&NamedTouch>, end: i64) -> Option<Vec<(&'static str, u32)>> {
        let age = |touch: &NamedTouch| i128::from(end) - i128::from(touch.time);
        if let Some(lookback) = self.rules.lookback {
            own.retain(|touch| age(touch) <= self.in_units(lookback));
        }
        for transform in &self.rules.transforms {
            own = match transform {
                Transform::CollapseRepeats => (0..own.len())
                    .filter(|at| own.get(at + 1).is_none_or(|next| next.name != own[*at].name))
                    .map(|at| own[at])
                    .collect(),
                Transform::FirstOccurrence => (0..own.len())
                    .filter(|at| own[..*at].iter().all(|earlier| earlier.name != own[*at].name))
                    .map(|at| own[at])
                    .collect(),
                Transform::LastTouches(most) => own[own.len().saturating_sub(most.get())..].to_vec(),
                Transform::DropUnlessAlone(name) => {
                    let others: Vec<&NamedTouch> =
                        own.iter().copied().filter(|touch| touch.name != name).collect();
                    if others.is_empty() { own } else { others }
                }
                other => panic!("a transform without a meaning here: {other}"),
            };
        }
        if let Some(most) = self.rules.max_touches {
            own = own[own.len().saturating_sub(most.get())..].to_vec();
        }
        let second = i128::from(self.rules.unit.per_second());
        let path = own.iter().map(|touch| (touch.name, u32::try_from(age(touch) / second).unwrap()));
        Some(path.collect()).filter(|path: &Vec<_>| !path.is_empty())
    }
}

/// The rows of a table by their names.
fn plain(paths: &PathTable) -> Vec<(Vec<(&str, u32)>, Outcome)> {
    let rows = paths.rows().map(|row| {
        let names = row.path.iter().map(|id| paths.channels().name(*id).unwrap());
        (names.zip(row.seconds_before_end.unwrap().iter().copied()).collect(), row.outcome)
    });
    rows.collect()
}

/// E1 to E4, D5: all rules on, against the builder by hand.
#[test]
fn journeys_are_those_of_a_builder_by_hand() {
    for_each(|case| {
        let journeys = case.journeys();
        let expected: Vec<_> = case
            .by_hand()
            .into_iter()
            .map(|(_, path, value)| (path, value.map_or(Outcome::null(), Outcome::converted)))
            .collect();
        prop_assert_eq!(plain(&journeys.paths), expected, "{}", case.rules);
        Ok(())
    });
    println!("{} sets of events agree with the builder by hand", sets());
}

/// E1: not one bit depends on the order of rows, on the numbers of channels, or on the shards.
#[test]
fn rows_numbers_and_shards_change_no_bit() {
    for_each(|case| {
        let journeys = case.journeys();
        let credits = |own: &Journeys| AttributionModel::LastTouch.credit(&own.paths.aggregated()).unwrap();
        let mut other = case.clone();
        shuffle(&mut other.touches, case.seed);
        shuffle(&mut other.conversions, !case.seed);
        prop_assert_eq!(&other.journeys(), &journeys, "rows");
        shuffle(&mut other.names, case.seed);
        let renumbered = other.journeys();
        prop_assert_eq!(plain(&renumbered.paths), plain(&journeys.paths), "numbers");
        prop_assert_eq!(&renumbered.report, &journeys.report, "numbers");
        prop_assert_eq!(credits(&renumbered), credits(&journeys), "numbers");
        let mut shards = (0..3_u64).map(|shard| {
            let mut part = other.clone();
            part.touches.retain(|touch| touch.user % 3 == shard);
            part.conversions.retain(|own| own.user % 3 == shard);
            shuffle(&mut part.names, case.seed.rotate_left(9 + 8 * u32::try_from(shard).unwrap()));
            part.journeys()
        });
        let first = shards.next().unwrap();
        let merged = shards.fold(first, |merged, shard| shard.merge(&merged).unwrap());
        prop_assert_eq!(&merged.report, &journeys.report, "shards");
        if !journeys.paths.is_empty() {
            prop_assert_eq!(merged.paths, journeys.paths.aggregated(), "shards");
        }
        // What is stored is what was meant.
        let json = serde_json::to_string(&case.rules).unwrap();
        prop_assert_eq!(serde_json::from_str::<JourneyRules>(&json).unwrap(), case.rules, "{}", json);
        Ok(())
    });
    println!("{} sets of events changed by nothing", sets());
}

#[test]
fn no_event_is_lost_on_the_way_to_journeys() {
    for_each(|case| {
        let channels = Channels::new(case.names.iter().copied()).unwrap();
        let touches = case.numbered(&channels);
        let journeys = case.rules.journeys(&channels, Currency::CNY, &touches, &case.conversions).unwrap();
        laws::no_event_is_lost(&journeys, &touches, &case.conversions)?;
        let (report, totals) = (&journeys.report, journeys.paths.totals());
        let until = case.until();
        let observed = case.conversions.iter().filter(|event| until.is_none_or(|until| event.time <= until));
        let value: i128 = observed.map(|event| i128::from(event.value)).sum();
        prop_assert_eq!(totals.value.minor() + report.unattributed_value, value);
        // E4: a name that no touch has is told.
        let named = |name: &str| case.touches.iter().filter(|touch| touch.name == name).count() as u64;
        for (name, touches) in &report.of_named_channels {
            prop_assert_eq!(*touches, named(name));
        }
        let unseen: Vec<&str> = report.unseen_channels().collect();
        let json = serde_json::to_string(&case.rules).unwrap();
        prop_assert_eq!(unseen.contains(&"nowhere"), json.contains("nowhere"));
        Ok(())
    });
}

/// E3: sessions that keep their last touch leave the last touch of all where it was.
#[test]
fn sessions_that_keep_the_last_touch_do_not_change_who_was_last() {
    for_each(|case| {
        let with = |rules: JourneyRules| Case { rules, ..case.clone() }.journeys();
        let plain_rules = JourneyRules::new().with_unit(case.rules.unit);
        let last = |own: &Journeys| AttributionModel::LastTouch.credit(&own.paths).unwrap();
        let without = last(&with(plain_rules.clone()));
        for keep in [SessionTouch::Last, SessionTouch::LastOfEachChannel, SessionTouch::All] {
            let gap = Duration::from_seconds(case.seed % 20);
            prop_assert_eq!(&last(&with(plain_rules.clone().with_sessions(gap, keep))), &without);
        }
        Ok(())
    });
}
