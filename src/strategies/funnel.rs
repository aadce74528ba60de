//! Funnels of counts, rules for funnels of events, and the rules of cohorts and of inactivity.

use super::almost_valid::{AlmostValid, Spoil, spoilt};
use super::strategy;
use crate::error::{ErrorKind, Path};
use crate::funnel::{
    CohortRules, Funnel, FunnelCounts, FunnelRules, FunnelRulesDraft, InactivityRules, Matching, Pattern,
    Property, Voids, WindowFunnelModes,
};
use crate::time::Duration;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::sample::{Index, select, subsequence};
use proptest::{bool, option, prop_oneof};
use serde_json::{Value, json};

/// The steps of a shop, first to last.
const STEPS: [&str; 6] = ["visit", "view", "cart", "order", "payment", "review"];

/// The property that rules of these strategies hold constant, and that [`funnel_events`](super::funnel_events) have.
pub(super) const HELD: &str = "product";

/// The last time of the events of [`funnel_events`](super::funnel_events): -3, and four steps with gaps of at most 4.
pub(super) const LAST_TIME: i64 = 13;

pub(super) fn step(place: usize) -> String {
    match STEPS.get(place) {
        Some(name) => String::from(*name),
        None => alloc::format!("step {place}"),
    }
}

/// Funnels of 2 to 5 steps, from a handful of people to 2^50. Funnels of one number of steps have the same names.
///
/// Mean size 3.5 steps; 45 % are edges: a last step of 0, two steps of the same count.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::funnels;
/// use proptest::prelude::*;
///
/// proptest!(|(funnel in funnels().with_rates())| {
///     laws::rates_multiply(&funnel.rates().unwrap(), funnel.end_to_end_rate().unwrap())?;
/// });
/// ```
pub fn funnels() -> Funnels {
    Funnels { steps: (2..=5).into(), least: 0 }
}

/// How funnels are made; see [`funnels`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Funnels {
    steps: SizeRange,
    least: u64,
}

impl Funnels {
    /// Funnels of so many steps; fewer than two count as two.
    pub fn with_steps(mut self, steps: impl Into<SizeRange>) -> Self {
        self.steps = steps.into();
        self
    }

    /// Funnels whose last step has somebody, so that every step has a rate and none is 0.
    pub fn with_rates(mut self) -> Self {
        self.least = 1;
        self
    }

    fn cases(&self) -> impl Strategy<Value = Funnel> + use<> {
        let count =
            || prop_oneof![1 => Just(0_u64), 3 => 0_u64..20, 3 => 0_u64..1_000_000, 2 => 0_u64..1 << 50];
        let (low, high) = self.steps.start_end_incl();
        let (least, sizes) = (self.least, low.saturating_sub(2)..=high.saturating_sub(2));
        // Two counts stand apart, so that no size makes less than a funnel.
        (vec(count(), 2), vec(count(), sizes), 0_u8..8).prop_filter_map(
            "a funnel",
            move |(ends, others, tie)| {
                let mut counts: Vec<u64> =
                    ends.into_iter().chain(others).map(|count| count.max(least)).collect();
                counts.sort_unstable_by(|one, other| other.cmp(one));
                // In one of eight the last step loses nobody.
                let before = counts.iter().rev().nth(1).copied();
                if let (7, Some(before), Some(last)) = (tie, before, counts.last_mut()) {
                    *last = before;
                }
                Funnel::new(counts.into_iter().enumerate().map(|(place, count)| (step(place), count))).ok()
            },
        )
    }
}

strategy!(Funnels => Funnel);

/// Rules for funnels of events of 2 to 4 steps: optional steps, maximum times, up to two exclusions, a window or none,
/// the exact matchings, at times a property that is held constant. Their times are a few seconds, as those of
/// [`funnel_events`](super::funnel_events) are.
///
/// A draft of them is `FunnelRulesDraft::from(rules)`.
///
/// Mean size 3.9 conditions; 47 % are edges: two steps, a window or a maximum time of 0.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::{funnel_events, funnel_rules};
/// use proptest::prelude::*;
///
/// proptest!(|(rules in funnel_rules(), events in funnel_events())| {
///     laws::every_user_counts_once(&events, &rules.count(&events).unwrap())?;
/// });
/// ```
pub fn funnel_rules() -> FunnelRuleSets {
    FunnelRuleSets { steps: (2..=4).into(), modes: false }
}

/// How rules for funnels are made; see [`funnel_rules`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct FunnelRuleSets {
    steps: SizeRange,
    modes: bool,
}

/// A step before it has a name: whether it is optional, and its maximum time.
type RawStep = (bool, Option<u64>);

/// An exclusion before its steps are known: two numbers that pick them, and what it voids.
type RawExclusion = (usize, usize, Voids);

impl FunnelRuleSets {
    /// Rules of so many steps, 2 to 30.
    pub fn with_steps(mut self, steps: impl Into<SizeRange>) -> Self {
        self.steps = steps.into();
        self
    }

    /// Rules that follow `windowFunnel` in any of its modes: a window, and nothing that the database does not have.
    pub fn with_modes(mut self) -> Self {
        self.modes = true;
        self
    }

    /// The JSON of a draft with one fault, such as a step named twice, and what its check has to tell.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::FunnelRulesDraft;
    /// use marketloop::laws;
    /// use marketloop::strategies::funnel_rules;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|(case in funnel_rules().almost_valid())| {
    ///     laws::refuses(&case, serde_json::from_str::<FunnelRulesDraft>(case.json()).unwrap().check())?;
    /// });
    /// ```
    #[must_use = "a strategy does nothing by itself"]
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone(), &SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = FunnelRules> + use<> {
        let (low, high) = self.steps.start_end_incl();
        let steps =
            vec((bool::weighted(0.3), option::weighted(0.3, 0_u64..6)), low.clamp(2, 30)..=high.clamp(2, 30));
        let exclusion = (0_usize..12, 0_usize..12, select(&[Voids::LaterSteps, Voids::Conversions][..]));
        let exclusions = vec(exclusion, 0..=2);
        let window = option::weighted(0.8, 0_u64..10);
        let matching = if self.modes {
            window_funnel_modes().prop_map(Matching::WindowFunnel).boxed()
        } else {
            select(&EXACT[..]).boxed()
        };
        let modes = self.modes;
        (steps, exclusions, window, matching, bool::weighted(0.2)).prop_filter_map(
            "rules",
            move |(steps, exclusions, window, matching, held)| {
                let names: Vec<String> = (0..steps.len()).map(step).collect();
                let draft = FunnelRules::draft(&names).with_matching(matching);
                let draft = if modes { draft } else { exact(draft, &names, &steps, &exclusions) };
                let window = if modes { Some(window.unwrap_or(10)) } else { window };
                let draft =
                    window.into_iter().map(Duration::from_seconds).fold(draft, FunnelRulesDraft::with_window);
                let draft = if held { draft.with_held_constant(HELD) } else { draft };
                draft.check().ok()
            },
        )
    }
}

strategy!(FunnelRuleSets => FunnelRules);

/// Adds what only the exact matchings have.
fn exact(
    mut draft: FunnelRulesDraft,
    names: &[String],
    steps: &[RawStep],
    exclusions: &[RawExclusion],
) -> FunnelRulesDraft {
    let mut required: Vec<&String> = names.iter().take(1).collect();
    for (name, (optional, within)) in names.iter().zip(steps).skip(1) {
        if let Some(within) = within {
            draft = draft.with_step_within(name, Duration::from_seconds(*within));
        }
        if *optional {
            draft = draft.with_optional_step(name);
        } else {
            required.push(name);
        }
    }
    for ((after, length, voids), event) in exclusions.iter().zip(["refund", "complaint"]) {
        // Only required steps bound an exclusion, and one comes behind the other.
        let Some(after) = after.checked_rem(required.len().saturating_sub(1)) else { break };
        let behind = required.get(after.saturating_add(1)..).unwrap_or_default();
        let before = length.checked_rem(behind.len()).and_then(|place| behind.get(place));
        if let (Some(after), Some(before)) = (required.get(after), before) {
            draft = draft.exclusion([event], after, before, *voids);
        }
    }
    draft
}

const EXACT: [Matching; 3] = [Matching::Longest, Matching::StrictlyIncreasing, Matching::UseOnce];

/// Every matching: the exact ones, and the database's in all modes.
///
/// Mean size 30.8 characters; 19 % are edges: no mode, all modes.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::matchings;
/// use proptest::prelude::*;
///
/// proptest!(|(matching in matchings())| laws::reads_its_own_text(&matching)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn matchings() -> impl Strategy<Value = Matching> + Clone {
    prop_oneof![
        1 => select(&EXACT[..]),
        1 => window_funnel_modes().prop_map(Matching::WindowFunnel),
    ]
}

/// Patterns of events over the conditions 1 to 3, of one to six elements: conditions, any row, any rows, rows within a time.
///
/// Mean size 18.5 characters; 19 % are edges: one element, a time of 0.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::event_patterns;
/// use proptest::prelude::*;
///
/// proptest!(|(pattern in event_patterns())| laws::reads_its_own_text(&pattern)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn event_patterns() -> impl Strategy<Value = Pattern> + Clone {
    let seconds = prop_oneof![1 => Just(0_u32), 3 => 0_u32..100, 1 => 0_u32..1_000_000_000];
    let compare = select(&["<", "<=", ">", ">=", "=="][..]);
    let element = (0_u8..6, 1_u8..=3, 1_u8..=3, compare, seconds).prop_map(
        |(kind, condition, next, compare, seconds)| match kind {
            0..=2 => format!("(?{condition})"),
            3 => ".".to_string(),
            4 => ".*".to_string(),
            // A time is one between two rows.
            _ => format!("(?{condition})(?t{compare}{seconds})(?{next})"),
        },
    );
    vec(element, 1..=6).prop_filter_map("a pattern", |mut elements| {
        // Any rows alone are no row.
        if elements.iter().all(|element| element == ".*") {
            elements.push("(?1)".to_string());
        }
        elements.concat().parse().ok()
    })
}

/// Modes of `windowFunnel`: none, all and every set between that goes together.
///
/// Mean size 2.3 modes; 36 % are edges: none, all.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::window_funnel_modes;
/// use proptest::prelude::*;
///
/// proptest!(|(modes in window_funnel_modes())| laws::reads_its_own_text(&modes)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn window_funnel_modes() -> impl Strategy<Value = WindowFunnelModes> + Clone {
    const NAMES: [&str; 5] =
        ["strict_order", "strict_deduplication", "strict_once", "strict_increase", "allow_reentry"];
    subsequence(&NAMES[..], 0..=5).prop_filter_map("modes", |mut names| {
        // Re-entry changes strict order, and is nothing without it.
        if names.last() == NAMES.last() && names.first() != NAMES.first() {
            names.pop();
        }
        if names.is_empty() { "default".parse().ok() } else { names.join("+").parse().ok() }
    })
}

/// How many users reached each level of a funnel of three steps, so that any of them merge.
///
/// Mean size 2.6 levels with users; 36 % are edges: nobody, nobody at the last step.
///
/// # Examples
/// ```
/// use marketloop::funnel::FunnelCounts;
/// use marketloop::laws;
/// use marketloop::strategies::funnel_counts;
/// use proptest::prelude::*;
///
/// proptest!(|(a in funnel_counts(), b in funnel_counts(), c in funnel_counts())| {
///     laws::merge_is_associative(|a: FunnelCounts, b: FunnelCounts| a.merge(&b).unwrap(), &a, &b, &c)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn funnel_counts() -> impl Strategy<Value = FunnelCounts> + Clone {
    let users = prop_oneof![2 => Just(0_u64), 3 => 0_u64..20, 1 => 0_u64..1 << 50];
    vec(users, 4).prop_filter_map("counts", |levels| FunnelCounts::new((0..3).map(step), levels).ok())
}

/// Rules for cohorts with up to three brackets, of periods of 1 to 3 seconds or of times that are their own periods,
/// observed as long as the events of [`funnel_events`](super::funnel_events) or longer.
///
/// Mean size 1.5 brackets; 73 % are edges: no bracket, a bracket of one period.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::{cohort_rules, funnel_events};
/// use proptest::prelude::*;
///
/// proptest!(|(rules in cohort_rules(), events in funnel_events().with_conditions(2))| {
///     let matrix = rules.cohorts(&events).unwrap();
///     laws::reads_back_what_it_writes(&matrix)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn cohort_rules() -> impl Strategy<Value = CohortRules> + Clone {
    let bracket = (0_u64..4, prop_oneof![1 => Just(0_u64), 2 => 0_u64..6]);
    (option::weighted(0.7, 1_u64..4), 0_i64..4, vec(bracket, 0..=3)).prop_filter_map(
        "rules",
        |(period, more, brackets)| {
            let length = period.map_or(Some(1), |period| i64::try_from(period).ok())?;
            let last = LAST_TIME.checked_div_euclid(length)?.checked_add(more)?;
            let rules = CohortRules::new(last);
            let rules = match period {
                Some(period) => rules.with_period(Duration::from_seconds(period)).ok()?,
                None => rules,
            };
            brackets.into_iter().try_fold(rules, |rules, (from, length)| {
                rules.with_bracket(from, from.saturating_add(length)).ok()
            })
        },
    )
}

/// Times without interaction after which a user is silent and then dormant: a few seconds, as between the events of
/// [`funnel_events`](super::funnel_events), or days.
///
/// Mean size 56.1 characters; 28 % are edges: silent after a second, dormant a second after that.
///
/// # Examples
/// ```
/// use marketloop::strategies::inactivity_rules;
/// use proptest::prelude::*;
///
/// proptest!(|(rules in inactivity_rules())| prop_assert!(rules.silent_after() < rules.dormant_after()));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn inactivity_rules() -> impl Strategy<Value = InactivityRules> + Clone {
    let times = prop_oneof![
        4 => (1_u64..6, 1_u64..6),
        1 => (1_u32..60, 1_u32..60).prop_map(|(silent, more)| {
            (Duration::from_days(silent).seconds(), Duration::from_days(more).seconds())
        }),
    ];
    times.prop_filter_map("rules", |(silent, more)| {
        let dormant = Duration::from_seconds(silent.saturating_add(more));
        InactivityRules::new(Duration::from_seconds(silent), dormant).ok()
    })
}

/// Properties of events: of up to five words, the empty one among them, or of numbers.
///
/// Mean size 2.0 words; 66 % are edges: numbers, no word, an empty word.
///
/// # Examples
/// ```
/// use marketloop::strategies::event_properties;
/// use proptest::prelude::*;
///
/// proptest!(|(mut property in event_properties())| {
///     let seven = property.intern("7").unwrap();
///     prop_assert_eq!(property.number("7"), Some(seven));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn event_properties() -> impl Strategy<Value = Property> + Clone {
    const WORDS: [&str; 6] = ["search", "social", "", "e-mail", "微信", "7"];
    let words =
        (subsequence(&WORDS[..], 0..=5), 0_usize..5).prop_filter_map("a property", |(mut words, turn)| {
            // Their numbers are not in the order of the list.
            let turn = turn.checked_rem(words.len()).unwrap_or(0);
            words.rotate_left(turn);
            Property::new("channel", words).ok()
        });
    prop_oneof![
        4 => words,
        1 => Just(()).prop_filter_map("a property", |()| Property::numbers(HELD).ok()),
    ]
}

const SPOILS: [Spoil; 12] = [
    Spoil { fault: "a step named twice", kind: ErrorKind::Duplicate, at: named_twice },
    Spoil { fault: "a step without a name", kind: ErrorKind::Empty, at: nameless },
    Spoil { fault: "a single step", kind: ErrorKind::Empty, at: single },
    Spoil { fault: "more steps than a mask has bits", kind: ErrorKind::Limit, at: too_many },
    Spoil { fault: "an option of a step that is not there", kind: ErrorKind::NotFound, at: option_of_none },
    Spoil { fault: "an optional first step", kind: ErrorKind::Conflict, at: optional_first },
    Spoil { fault: "a maximum time of the first step", kind: ErrorKind::Undefined, at: timed_first },
    Spoil { fault: "an exclusion up to an unknown step", kind: ErrorKind::NotFound, at: unknown_bound },
    Spoil { fault: "an exclusion without events", kind: ErrorKind::Empty, at: no_events },
    Spoil { fault: "an exclusion that ends where it begins", kind: ErrorKind::Conflict, at: empty_stretch },
    Spoil { fault: "an exclusion under modes of a database", kind: ErrorKind::Conflict, at: exact_only },
    Spoil { fault: "a property without a name", kind: ErrorKind::Empty, at: nameless_property },
];

fn steps(json: &mut Value) -> Option<&mut Vec<Value>> {
    json.get_mut("steps")?.as_array_mut()
}

/// Whether the rules follow the database, which has neither options of steps nor exclusions.
fn has_modes(json: &Value) -> bool {
    json.get("matching").and_then(Value::as_str).is_some_and(|matching| matching.starts_with("window_funnel"))
}

/// Appends a step of this name.
fn appended(json: &mut Value, name: &str) -> Option<Path> {
    let steps = steps(json)?;
    let at = Path::root().field("steps").index(steps.len()).field("name");
    steps.push(json!({ "name": name }));
    Some(at)
}

fn named_twice(json: &mut Value, place: Index) -> Option<Path> {
    let all = steps(json)?;
    let name = all.get(place.index(all.len()))?.get("name")?.as_str()?.to_string();
    appended(json, &name)
}

fn nameless(json: &mut Value, _: Index) -> Option<Path> {
    appended(json, "")
}

fn single(json: &mut Value, _: Index) -> Option<Path> {
    steps(json)?.truncate(1);
    json.as_object_mut()?.remove("exclusions");
    Some(Path::root().field("steps"))
}

fn too_many(json: &mut Value, _: Index) -> Option<Path> {
    for number in steps(json)?.len()..33 {
        appended(json, &alloc::format!("more {number}"))?;
    }
    // Of steps and exclusions together: of no one step.
    Some(Path::root())
}

fn option_of_none(json: &mut Value, _: Index) -> Option<Path> {
    json.as_object_mut()?.insert("unknown_steps".into(), json!(["nowhere"]));
    Some(Path::root().field("steps"))
}

/// Gives the first step an option.
fn first_with(json: &mut Value, field: &str, value: Value) -> Option<Path> {
    if has_modes(json) {
        return None;
    }
    steps(json)?.first_mut()?.as_object_mut()?.insert(field.into(), value);
    Some(Path::root().field("steps").index(0).field(field))
}

fn optional_first(json: &mut Value, _: Index) -> Option<Path> {
    // As a bound of an exclusion it would be told there, too.
    json.as_object_mut()?.remove("exclusions");
    first_with(json, "optional", json!(true))
}

fn timed_first(json: &mut Value, _: Index) -> Option<Path> {
    first_with(json, "within", json!("5 seconds"))
}

/// One of the exclusions, or a new one from the first step to the first required one behind it, and its place.
fn exclusion(json: &mut Value, place: Index) -> Option<(&mut Value, Path)> {
    let names: Vec<String> = steps(json)?
        .iter()
        .filter(|step| step.get("optional") != Some(&json!(true)))
        .filter_map(|step| Some(step.get("name")?.as_str()?.to_string()))
        .collect();
    let all = json.as_object_mut()?.entry("exclusions").or_insert_with(|| json!([])).as_array_mut()?;
    if all.is_empty() {
        let (after, before) = (names.first()?, names.get(1)?);
        all.push(json!({ "events": ["refund"], "after": after, "before": before }));
    }
    let index = place.index(all.len());
    Some((all.get_mut(index)?, Path::root().field("exclusions").index(index)))
}

/// Changes a field of an exclusion of rules that can have some.
fn exclusion_with(
    json: &mut Value,
    place: Index,
    field: &str,
    value: impl FnOnce(&Value) -> Option<Value>,
) -> Option<Path> {
    if has_modes(json) {
        return None;
    }
    let (own, path) = exclusion(json, place)?;
    let value = value(own)?;
    own.as_object_mut()?.insert(field.into(), value);
    Some(path)
}

fn unknown_bound(json: &mut Value, place: Index) -> Option<Path> {
    Some(exclusion_with(json, place, "before", |_| Some(json!("nowhere")))?.field("before"))
}

fn no_events(json: &mut Value, place: Index) -> Option<Path> {
    Some(exclusion_with(json, place, "events", |_| Some(json!([])))?.field("events"))
}

fn empty_stretch(json: &mut Value, place: Index) -> Option<Path> {
    exclusion_with(json, place, "before", |own| own.get("after").cloned())
}

fn exact_only(json: &mut Value, place: Index) -> Option<Path> {
    for step in steps(json)? {
        let step = step.as_object_mut()?;
        step.remove("optional");
        step.remove("within");
    }
    exclusion(json, place)?;
    json.as_object_mut()?.insert("matching".into(), json!("window_funnel(strict_order)"));
    Some(Path::root().field("exclusions"))
}

fn nameless_property(json: &mut Value, _: Index) -> Option<Path> {
    json.as_object_mut()?.insert("held_constant".into(), json!(""));
    Some(Path::root().field("held_constant"))
}

/// A number that decides on the order of rows, or on their places.
pub(super) fn seeds() -> impl Strategy<Value = u64> + Clone {
    prop_oneof![1 => Just(0_u64), 3 => any::<u64>()]
}
