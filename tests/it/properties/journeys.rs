//! Journeys against a second builder, slow and plain, on random events; and what may not change them.

use marketloop::attribution::{
    AttributionModel, Channels, Closing, ConversionEvent, JourneyRules, Journeys, Outcome, PathTable,
    SessionTouch, TouchEvent, Transform,
};
use marketloop::quantity::Currency;
use marketloop::time::{Duration, TimeUnit, Timestamp};
use std::num::NonZeroUsize;

/// 100,000 sets of events where all are asked for, a tenth otherwise.
fn sets() -> u64 {
    if std::env::var_os("MARKETLOOP_FULL").is_some() { 100_000 } else { 10_000 }
}

/// Names whose order is not that of any dictionary below, with a separator and blanks in them.
const NAMES: [&str; 5] = ["SEM", "Direct", "微信", "google / cpc", "Email"];

/// `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// A number of `0..below`.
    fn below(&mut self, below: usize) -> usize {
        usize::try_from(self.next() % below as u64).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
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

struct Case {
    rules: JourneyRules,
    touches: Vec<NamedTouch>,
    conversions: Vec<ConversionEvent>,
}

impl Case {
    fn random(seed: u64) -> Self {
        let mut random = Random(seed);
        let unit = match random.below(4) {
            0 => TimeUnit::Milliseconds,
            1 => TimeUnit::Microseconds,
            _ => TimeUnit::Seconds,
        };
        let step = i64::try_from(unit.per_second()).unwrap();
        let (users, names) = (1 + random.below(3), 1 + random.below(NAMES.len()));
        // Few times, so that many tie; in finer units also times between the seconds.
        let times = 1 + random.below(60);
        let time = |random: &mut Random| {
            let whole = i64::try_from(random.below(times)).unwrap() * step;
            whole + if random.below(2) == 0 { 0 } else { i64::try_from(random.next() >> 2).unwrap() % step }
        };
        let (touch_count, conversion_count, sequences) =
            (random.below(25), random.below(7), 1 + random.below(3));
        let touches = (0..touch_count)
            .map(|_| NamedTouch {
                user: random.below(users) as u64,
                time: time(&mut random),
                sequence: u32::try_from(random.below(sequences)).unwrap(),
                name: NAMES[random.below(names)],
            })
            .collect();
        let conversions = (0..conversion_count)
            .map(|_| ConversionEvent {
                user: random.below(users) as u64,
                time: time(&mut random),
                value: i64::try_from(random.below(4)).unwrap(),
            })
            .collect();
        let maybe = |random: &mut Random, below: usize| {
            if random.below(2) == 0 { None } else { Some(random.below(below)) }
        };
        let channel = |random: &mut Random| ["Direct", "SEM", "nowhere"][random.below(3)].to_owned();
        let keep = match random.below(5) {
            0 => SessionTouch::First,
            1 => SessionTouch::Last,
            2 => SessionTouch::FirstNonDirect(channel(&mut random)),
            3 => SessionTouch::LastOfEachChannel,
            _ => SessionTouch::All,
        };
        let mut transforms = Vec::new();
        for _ in 0..random.below(5) {
            transforms.push(match random.below(4) {
                0 => Transform::CollapseRepeats,
                1 => Transform::FirstOccurrence,
                2 => Transform::LastTouches(NonZeroUsize::new(1 + random.below(6)).unwrap()),
                _ => Transform::DropUnlessAlone(channel(&mut random)),
            });
        }
        let rules = JourneyRules {
            unit,
            session_gap: maybe(&mut random, 12).map(|gap| Duration::from_seconds(gap as u64)),
            session_touch: keep,
            closing: if random.below(2) == 0 { Closing::SinceLast } else { Closing::Overlapping },
            lookback: maybe(&mut random, 40).map(|lookback| Duration::from_seconds(lookback as u64)),
            transforms,
            max_touches: maybe(&mut random, 5).and_then(NonZeroUsize::new),
            observed_until: maybe(&mut random, 70)
                .map(|until| Timestamp::from_unix(i64::try_from(until).unwrap()).unwrap()),
        };
        Self { rules, touches, conversions }
    }

    /// By the library, of a dictionary of these names.
    fn journeys(&self, names: &[&'static str]) -> Journeys {
        let channels = Channels::new(names.iter().copied()).unwrap();
        let touches: Vec<TouchEvent> = self
            .touches
            .iter()
            .map(|touch| {
                let id = channels.id(touch.name).unwrap();
                TouchEvent::new(touch.user, touch.time, id).with_sequence(touch.sequence)
            })
            .collect();
        self.rules.journeys(&channels, Currency::CNY, &touches, &self.conversions).unwrap()
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
    for seed in 0..sets() {
        let case = Case::random(seed);
        let journeys = case.journeys(&NAMES);
        let expected: Vec<_> = case
            .by_hand()
            .into_iter()
            .map(|(_, path, value)| (path, value.map_or(Outcome::null(), Outcome::converted)))
            .collect();
        assert_eq!(plain(&journeys.paths), expected, "seed {seed}: {}", case.rules);
    }
    println!("{} sets of events agree with the builder by hand", sets());
}

/// E1: not one bit depends on the order of rows, on the numbers of channels, or on the shards.
#[test]
fn rows_numbers_and_shards_change_no_bit() {
    for seed in 0..sets() {
        let case = Case::random(seed);
        let journeys = case.journeys(&NAMES);
        let credits = |own: &Journeys| AttributionModel::LastTouch.credit(&own.paths.aggregated()).unwrap();
        let mut random = Random(!seed);
        let mut other = Case {
            rules: case.rules.clone(),
            touches: case.touches.clone(),
            conversions: case.conversions.clone(),
        };
        random.shuffle(&mut other.touches);
        random.shuffle(&mut other.conversions);
        assert_eq!(other.journeys(&NAMES), journeys, "seed {seed}: rows");
        let mut names = NAMES;
        random.shuffle(&mut names);
        let renumbered = other.journeys(&names);
        assert_eq!(plain(&renumbered.paths), plain(&journeys.paths), "seed {seed}: numbers");
        assert_eq!(renumbered.report, journeys.report, "seed {seed}: numbers");
        assert_eq!(credits(&renumbered), credits(&journeys), "seed {seed}: numbers");
        let mut shards = (0..3_u64).map(|shard| {
            let mut part = Case { rules: case.rules.clone(), touches: Vec::new(), conversions: Vec::new() };
            part.touches.extend(other.touches.iter().filter(|touch| touch.user % 3 == shard).cloned());
            part.conversions.extend(other.conversions.iter().filter(|own| own.user % 3 == shard));
            random.shuffle(&mut names);
            part.journeys(&names)
        });
        let first = shards.next().unwrap();
        let merged = shards.fold(first, |merged, shard| shard.merge(&merged).unwrap());
        assert_eq!(merged.report, journeys.report, "seed {seed}: shards");
        if !journeys.paths.is_empty() {
            assert_eq!(merged.paths, journeys.paths.aggregated(), "seed {seed}: shards");
        }
        // What is stored is what was meant.
        let json = serde_json::to_string(&case.rules).unwrap();
        assert_eq!(serde_json::from_str::<JourneyRules>(&json).unwrap(), case.rules, "{json}");
    }
    println!("{} sets of events changed by nothing", sets());
}

#[test]
fn no_event_is_lost_on_the_way_to_journeys() {
    for seed in 0..sets() {
        let case = Case::random(seed);
        let journeys = case.journeys(&NAMES);
        let report = &journeys.report;
        assert_eq!(
            report.touches + report.repeated,
            report.kept
                + report.in_session
                + report.before_lookback
                + report.transformed
                + report.beyond_max
                + report.after_end
        );
        assert_eq!(
            case.conversions.len() as u64,
            report.converted + report.unattributed + report.conversions_after_end
        );
        let totals = journeys.paths.totals();
        assert_eq!((totals.conversions, totals.nulls), (report.converted, report.nulls));
        assert_eq!(journeys.paths.touches() as u64, report.kept);
        let until = case.until();
        let observed = case.conversions.iter().filter(|event| until.is_none_or(|until| event.time <= until));
        let value: i128 = observed.map(|event| i128::from(event.value)).sum();
        assert_eq!(totals.value.minor() + report.unattributed_value, value);
        // E4: a name that no touch has is told.
        let named = |name: &str| case.touches.iter().filter(|touch| touch.name == name).count() as u64;
        for (name, touches) in &report.of_named_channels {
            assert_eq!(*touches, named(name), "seed {seed}");
        }
        let unseen: Vec<&str> = report.unseen_channels().collect();
        let json = serde_json::to_string(&case.rules).unwrap();
        assert_eq!(unseen.contains(&"nowhere"), json.contains("nowhere"), "seed {seed}");
    }
}

/// E3: sessions that keep their last touch leave the last touch of all where it was.
#[test]
fn sessions_that_keep_the_last_touch_do_not_change_who_was_last() {
    for seed in 0..sets() {
        let case = Case::random(seed);
        for keep in [SessionTouch::Last, SessionTouch::LastOfEachChannel, SessionTouch::All] {
            let gap = Duration::from_seconds(seed % 20);
            let with = |rules: JourneyRules| Case {
                rules,
                touches: case.touches.clone(),
                conversions: case.conversions.clone(),
            };
            let plain_rules = JourneyRules::new().with_unit(case.rules.unit);
            let without = with(plain_rules.clone()).journeys(&NAMES);
            let sessions = with(plain_rules.with_sessions(gap, keep)).journeys(&NAMES);
            assert_eq!(
                AttributionModel::LastTouch.credit(&sessions.paths).unwrap(),
                AttributionModel::LastTouch.credit(&without.paths).unwrap(),
                "seed {seed}"
            );
        }
    }
}
