//! T4: whatever has both a text and a reader of texts reads its own text, of every type there is.

use marketloop::agile::ExperimentVerdict;
use marketloop::alert::{AlertChange, AlertRule};
use marketloop::attribution::{AttributionModel, Closing, RankBy};
use marketloop::budget::{CostKind, ForecastBasis, OverspendLimit, ReservePolicy, WeightBasis};
use marketloop::channel::{Action, ChannelFigure, Metric, Quadrant};
use marketloop::decision::{CellTest, CellValue, HitPolicy, ValueKind};
use marketloop::decompose::{ContributionMethod, DecompositionMethod, Effect};
use marketloop::experiment::{DurationStep, LimitState};
use marketloop::funnel::{Activity, Matching, Pattern, Retention, SegmentTouch, Voids, WindowFunnelModes};
use marketloop::goal::{GrowthReading, RatioSpread};
use marketloop::health::{Aggregation, MissingPolicy, Normaliser, Ties};
use marketloop::kpi::{KpiTree, NodeDraft, NodeKind, TargetLevel};
use marketloop::optimise::{Binding, Stop};
use marketloop::pdca::{CommandKind, Phase, Stage, TargetVerdict};
use marketloop::plan::{EarningRule, Relation, TaskState};
use marketloop::quantity::{Count, Currency, Money, Profit, Quantity, Ratio, Return, Rounding, Share, Unit};
use marketloop::ranking::{Combination, Normalisation, RandomIndex, Topsis};
use marketloop::response::Family;
use marketloop::risk::Rating;
use marketloop::split::Apportionment;
use marketloop::stats::{
    Alternative, BestArmVerdict, Correction, CutTies, DifferenceMethod, IntervalMethod, LiftMethod,
    MatchingBounds, MeanTest, QuantileMethod, RateFormula, RateLiftMethod, RateTest, SpendingSides,
    SpreadMethod,
};
use marketloop::strategies;
use marketloop::target::{ActualValue, Better, Favour, Light, LowerRule, Target};
use marketloop::time::{
    Anchor, Deadline, Duration, Grain, OffsetUnit, Period, RetailCalendar, Roll, TimeUnit, Timestamp,
    WeekMask, YearEnd,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::path::Path;
use std::str::FromStr;

/// Every currency there is: the codes of three letters that the door lets in.
fn currencies() -> Vec<Currency> {
    let letters = || b'A'..=b'Z';
    let codes = letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])));
    codes.filter_map(|code| Currency::new(std::str::from_utf8(&code).unwrap()).ok()).collect()
}

/// Everyday units and odd ones.
macro_rules! any_units {
    () => {
        prop_oneof![strategies::units(), strategies::odd_units()]
    };
}

/// Any of a closed set of choices.
fn one_of<T: Clone + Debug + 'static>(choices: impl Into<Vec<T>>) -> impl Strategy<Value = T> {
    prop::sample::select(choices.into())
}

fn reads_back<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(values: impl Strategy<Value = T>) {
    let law = |value: T| {
        let text = value.to_string();
        match text.parse::<T>() {
            Ok(read) => prop_assert_eq!(&read, &value, "{:?}", text),
            Err(error) => prop_assert!(false, "{:?}: {:?}", text, error),
        }
        prop_assert_eq!(text.parse::<T>().unwrap().to_string(), text);
        Ok(())
    };
    let cases = if std::env::var_os("MARKETLOOP_FULL").is_some() { 50_000 } else { 1_000 };
    let config =
        Config { failure_persistence: None, max_local_rejects: u32::MAX, ..Config::with_cases(cases) };
    let runner = TestRunner::new(config);
    if let Err(error) = { runner }.run(&values, law) {
        panic!("{}: {error}", std::any::type_name::<T>());
    }
}

/// The choices of a closed set, each with its word, as the error of a word that is none lists them.
fn choices<T>() -> Vec<(String, T)>
where
    T: FromStr<Err: Debug + Serialize>,
{
    let refused = "no such word".parse::<T>().err().unwrap();
    let error = serde_json::to_value(&refused).unwrap();
    let known = error["unknown_word"]["known"].as_array().unwrap();
    known
        .iter()
        .map(|word| (word.as_str().unwrap().into(), word.as_str().unwrap().parse().unwrap()))
        .collect()
}

/// A word is what stands on the wire, and there is read exactly so; a person may write it with blanks and capitals.
fn are_words<T>()
where
    T: FromStr<Err: Debug + Serialize> + Debug + PartialEq + Serialize + DeserializeOwned,
{
    let all = choices::<T>();
    assert!(all.len() > 1, "{all:?}");
    for (word, choice) in all {
        let wire = format!("\"{word}\"");
        assert_eq!(serde_json::to_string(&choice).unwrap(), wire);
        assert_eq!(serde_json::from_str::<T>(&wire).unwrap(), choice);
        assert_eq!(word.replace('_', " ").to_uppercase().parse::<T>().unwrap(), choice);
        assert!(serde_json::from_str::<T>(&wire.to_uppercase()).is_err(), "{wire}");
    }
}

/// The types with a reader of texts: those of a closed set of words, and the others with the values that are written
/// and read.
macro_rules! texts {
    (words: $($word:ident)*; $($name:ident $(<$of:ident>)?: $values:expr,)*) => {
        const TEXTS: &[&str] = &[$(stringify!($word),)* $(stringify!($name)),*];

        #[test]
        fn every_type_with_a_reader_reads_its_own_text() {
            $(reads_back::<$word>(one_of(choices().into_iter().map(|(_, choice)| choice).collect::<Vec<_>>()));)*
            $(reads_back::<$name $(<$of>)?>($values);)*
        }

        #[test]
        fn a_word_stands_on_the_wire_and_a_person_may_write_it_in_capitals() {
            $(are_words::<$word>();)*
        }
    };
}

texts! {
    words: ExperimentVerdict DurationStep LimitState AlertChange ReservePolicy WeightBasis OverspendLimit ForecastBasis CostKind Action ChannelFigure Metric Quadrant HitPolicy ValueKind ContributionMethod DecompositionMethod Effect Activity SegmentTouch Voids GrowthReading RatioSpread Ties MissingPolicy NodeKind TargetLevel Binding Stop CommandKind TargetVerdict Stage Phase EarningRule TaskState Rounding Normalisation Topsis Rating Apportionment IntervalMethod DifferenceMethod QuantileMethod BestArmVerdict CutTies SpreadMethod SpendingSides RateFormula Alternative Correction MatchingBounds LiftMethod MeanTest RateLiftMethod RateTest Favour Light LowerRule Better Grain TimeUnit OffsetUnit Anchor Roll YearEnd;
    Combination: prop_oneof![
        one_of([Combination::Product, Combination::GeometricMean]),
        (0.0..=1.0_f64).prop_map(Combination::Linear),
    ],
    RandomIndex: prop_oneof![
        one_of([RandomIndex::SAATY, RandomIndex::DONEGAN_DODD]),
        prop::collection::btree_map(3..50_usize, 0.01..2.0_f64, 1..9)
            .prop_map(|entries| RandomIndex::new(entries).unwrap()),
    ],
    Matching: strategies::matchings(),
    Relation: (any::<i32>(), 0_usize..4).prop_map(|(lag, kind)| {
        let kinds = [
            Relation::FinishToStart(lag),
            Relation::StartToStart(lag),
            Relation::FinishToFinish(lag),
            Relation::StartToFinish(lag),
        ];
        kinds[kind]
    }),
    Retention: prop_oneof![
        any::<u64>().prop_map(Retention::On),
        any::<u64>().prop_map(Retention::OnOrAfter),
        any::<usize>().prop_map(Retention::Bracket),
    ],
    Aggregation: strategies::aggregations(),
    Combination: prop_oneof![
        (0.0..=1.0).prop_map(Combination::Linear),
        Just(Combination::Product),
        Just(Combination::GeometricMean),
    ],
    RandomIndex: prop_oneof![
        Just(RandomIndex::SAATY),
        Just(RandomIndex::DONEGAN_DODD),
        (1e-9..1e9).prop_map(|index| RandomIndex::new([(3, index), (5, 1.0)]).unwrap()),
    ],
    AlertRule: strategies::alert_rules(),
    AttributionModel: strategies::attribution_models(),
    Closing: one_of([Closing::SinceLast, Closing::Overlapping]),
    Family: one_of(Family::ALL),
    Normaliser: strategies::normalisers(),
    RankBy: one_of([RankBy::Conversions, RankBy::Value]),
    ActualValue: (strategies::ratios(), any_units!()).prop_map(|(value, unit)| ActualValue::new(value, unit)),
    Count: any::<u64>().prop_map(Count::new),
    Currency: prop::sample::select(currencies()),
    Deadline: strategies::deadlines(),
    Duration: any::<u64>().prop_map(Duration::from_seconds),
    KpiTree: strategies::trees().with_quotients().with_traits().with_odd_names(),
    Money: strategies::money(),
    Pattern: strategies::event_patterns(),
    Period: strategies::periods(),
    RetailCalendar: strategies::retail_calendars(),
    Quantity: (strategies::decimals(), any_units!()).prop_map(|(value, unit)| Quantity::new(value, unit)),
    Ratio: strategies::ratios(),
    Return<Profit>: strategies::ratios().prop_map(Return::<Profit>::new),
    Share: strategies::shares(),
    Target: prop_oneof![strategies::targets(), strategies::targets().with_odd_units()],
    CellTest: strategies::cell_tests(),
    Timestamp: (-62_135_596_800_i64..253_402_300_800).prop_map(|at| Timestamp::from_unix(at).unwrap()),
    Unit: any_units!(),
    CellValue: strategies::cell_values(),
    WeekMask: strategies::week_masks(),
    WindowFunnelModes: strategies::window_funnel_modes(),
}

/// The public types of a module's sources that read texts.
fn readers(sources: &[String]) -> Vec<String> {
    let named = |line: &str, word: &str| -> Option<String> {
        let (_, name) = line.split_once(word)?;
        let name = name.split(|c: char| !(c.is_alphanumeric() || c == '_')).next();
        name.map(String::from)
    };
    let code = |source: &String| source.split("#[cfg(test)]\nmod ").next().unwrap_or_default().to_string();
    let code: Vec<String> = sources.iter().map(code).collect();
    let lines = || code.iter().flat_map(|code| code.lines());
    let public = |name: &String| {
        let declares = |line: &str, word: &str| {
            line.trim_start().starts_with(word) && named(line, word).as_ref() == Some(name)
        };
        lines().any(|line| declares(line, "pub struct ") || declares(line, "pub enum "))
    };
    let implemented =
        lines().filter(|line| line.starts_with("impl")).filter_map(|line| named(line, "FromStr for "));
    // A reader that a macro writes.
    let words = lines().filter(|line| line.starts_with("words!(")).filter_map(|line| named(line, "words!("));
    implemented.chain(words).filter(|name| !name.is_empty()).filter(public).collect()
}

/// The sources of a module: a file, or all files of a folder.
fn sources(path: &Path) -> Vec<String> {
    if path.is_dir() {
        std::fs::read_dir(path).unwrap().flat_map(|entry| sources(&entry.unwrap().path())).collect()
    } else {
        vec![std::fs::read_to_string(path).unwrap()]
    }
}

/// T4: a new type with a reader of texts stands in the list above, and is written and read there.
#[test]
fn no_reader_of_texts_is_left_out() {
    let modules = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let found: BTreeSet<String> =
        modules.flat_map(|module| readers(&sources(&module.unwrap().path()))).collect();
    let listed: BTreeSet<String> = TEXTS.iter().copied().map(String::from).collect();
    assert_eq!(found, listed, "types that read texts, and those listed");
    // A reader that another macro than `words!` writes would not be seen here.
    let src = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let writers = src.iter().filter(|source| source.contains("FromStr for $")).count();
    assert_eq!(writers, 1, "macros that write readers of texts");
    let read = |sources: &[&str]| readers(&sources.iter().copied().map(String::from).collect::<Vec<_>>());
    assert_eq!(read(&["pub struct A;", "impl FromStr for A {"]), ["A"]);
    let tested = "pub enum A {}\nimpl core::str::FromStr for A {\n#[cfg(test)]\nmod tests {\npub struct B;\nimpl FromStr for B {";
    assert_eq!(read(&[tested]), ["A"]);
    assert_eq!(read(&["pub enum A {}\nwords!(A, \"a\", B:\n    C = \"c\");"]), ["A"]);
    assert_eq!(read(&["macro_rules! a {\n        pub enum A {}\n}\nimpl FromStr for A {"]), ["A"]);
    assert_eq!(read(&["pub struct A<T>;\nimpl<T> FromStr for A<T> {"]), ["A"]);
    assert!(
        read(&["pub(crate) struct A;\nstruct B;\nimpl FromStr for A {\nimpl FromStr for B {"]).is_empty()
    );
}

/// T4: every currency that the door lets in is read.
#[test]
fn every_currency_is_read() {
    let currencies = currencies();
    assert!(currencies.len() > 150, "{}", currencies.len());
    for currency in currencies {
        assert_eq!(currency.to_string().parse::<Currency>().unwrap(), currency);
    }
}

/// T4: a name that no text could hold is refused at the door.
#[test]
fn names_that_have_no_text_are_refused() {
    let built = |draft: NodeDraft| KpiTree::new([draft]);
    for name in ["", "`", "a`b", "a\nb", "a\rb", "\u{85}", "\0"] {
        assert!(built(NodeDraft::leaf(name)).is_err(), "{name:?}");
    }
    for owner in ["", " ", "a ", "\u{3000}a", "a,b", "a，b", "{a", "a｝", "a\nb"] {
        assert!(built(NodeDraft::leaf("a").with_owner(owner)).is_err(), "{owner:?}");
    }
}
