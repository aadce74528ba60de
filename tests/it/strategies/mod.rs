//! The strategies themselves: what they make is valid, often an edge, and shrinks to a case that a person can read.

#[cfg(feature = "agile")]
mod agile;
#[cfg(feature = "alert")]
mod alert;
#[cfg(all(feature = "attribution", feature = "budget", feature = "optimise"))]
mod all;
mod arms;
#[cfg(feature = "attribution")]
mod attribution;
#[cfg(feature = "budget")]
mod budget;
#[cfg(feature = "channel")]
mod channel;
mod decision;
mod decompose;
#[cfg(feature = "experiment")]
mod experiment;
mod facts;
mod figure;
#[cfg(all(feature = "attribution", feature = "funnel"))]
mod funnel;
#[cfg(feature = "funnel")]
mod funnel_states;
#[cfg(feature = "goal")]
mod goal;
#[cfg(feature = "health")]
mod health;
mod json;
#[cfg(feature = "kpi")]
mod kpi;
#[cfg(feature = "optimise")]
mod optimise;
#[cfg(feature = "pdca")]
mod pdca;
#[cfg(feature = "plan")]
mod plan;
mod progress;
mod ranking;
mod response;
#[cfg(feature = "review")]
mod review;
#[cfg(feature = "risk")]
mod risk;
mod sequential;
mod split;
mod stats;
mod target;
mod texts;

use marketloop::laws::{Broken, refuses_form};
use marketloop::strategies::AlmostValid;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::path::Path;

/// How many values the figures in the docs are measured on.
const MEASURED: u32 = 1_000;

/// A runner that always draws the same, and lets a strategy reject one value in a hundred.
pub(crate) fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        max_local_rejects: cases / 100 + 1,
        max_global_rejects: 0,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// So many values of a strategy, always the same.
pub(crate) fn drawn<S: Strategy>(strategy: &S, count: u32) -> Vec<S::Value> {
    let mut runner = runner(count);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// A strategy under test: its name as a function, and the noun of its sizes.
pub(crate) struct Sample<S> {
    pub(crate) name: &'static str,
    pub(crate) strategy: S,
    /// What a size counts: `entries`.
    pub(crate) of: &'static str,
}

impl<S: Strategy> Sample<S> {
    /// Draws values (a tenth of 10,000, or all), which have to be valid, and holds the mean size and the share of edges
    /// against the line of the docs: `/// Mean size 6.5 entries; 24 % are edges: one entry, …`.
    pub(crate) fn is_valid_and_often_an_edge(
        &self,
        size: impl Fn(&S::Value) -> usize,
        is_edge: impl Fn(&S::Value) -> bool,
        valid: impl Fn(&S::Value) -> Result<(), Broken>,
    ) {
        let all = if std::env::var_os("MARKETLOOP_FULL").is_some() { 10_000 } else { MEASURED };
        let mut runner = runner(all);
        let (mut sizes, mut edges) = (0_u32, 0_u32);
        for drawn in 0..all {
            let value = self.strategy.new_tree(&mut runner).unwrap().current();
            if let Err(broken) = valid(&value) {
                panic!("{}, value {drawn}: {broken}", self.name);
            }
            if drawn < MEASURED {
                sizes += u32::try_from(size(&value)).unwrap();
                edges += u32::from(is_edge(&value));
            }
        }
        let mean = f64::from(sizes) / f64::from(MEASURED);
        let percent = (f64::from(edges) / f64::from(MEASURED) * 100.0).floor();
        assert!(percent >= 10.0, "{}: {percent} % are edges", self.name);
        let said = format!("/// Mean size {mean:.1} {}; {percent} % are edges: ", self.of);
        assert!(doc_of(self.name).contains(&said), "the doc of `{}` has to say: {said}…", self.name);
    }

    /// Draws 1,000 values that a law holds of: those of options beside the defaults, of which the doc has no figures.
    pub(crate) fn all_hold(&self, law: impl Fn(&S::Value) -> Result<(), Broken>) {
        let mut runner = runner(MEASURED);
        for drawn in 0..MEASURED {
            if let Err(broken) = law(&self.strategy.new_tree(&mut runner).unwrap().current()) {
                panic!("{}, value {drawn}: {broken}", self.name);
            }
        }
    }

    /// Looks for a value that `fails`, lets it shrink, and compares what remains with a text.
    pub(crate) fn shrinks_to(&self, fails: impl Fn(&S::Value) -> bool, pinned: &str)
    where
        S::Value: Debug,
    {
        self.shrinks_to_text(fails, |value| format!("{value:?}"), pinned);
    }

    /// [`shrinks_to`](Self::shrinks_to), of a value that prints itself better than its fields do.
    pub(crate) fn shrinks_to_text(
        &self,
        fails: impl Fn(&S::Value) -> bool,
        text: impl Fn(&S::Value) -> String,
        pinned: &str,
    ) {
        const STEPS: u32 = 1_000;
        let mut runner = runner(512);
        let mut tree = (0..512)
            .map(|_| self.strategy.new_tree(&mut runner).unwrap())
            .find(|tree| fails(&tree.current()))
            .unwrap_or_else(|| panic!("{}: nothing of 512 values fails", self.name));
        let mut least = text(&tree.current());
        let mut steps = 0;
        let mut moved = tree.simplify();
        while moved {
            steps += 1;
            assert!(steps <= STEPS, "{}: still shrinking after {STEPS} steps, at {least}", self.name);
            let value = tree.current();
            moved = if fails(&value) {
                least = text(&value);
                tree.simplify()
            } else {
                tree.complicate()
            };
        }
        assert_eq!(least, pinned, "{}, after {steps} steps", self.name);
    }
}

/// Draws 512 faulty documents, each of which has to be refused as `refused` says, and all `faults` of which come up.
pub(crate) fn each_fault_is_refused(
    cases: impl Strategy<Value = AlmostValid>,
    faults: usize,
    refused: impl Fn(&AlmostValid) -> Result<(), Broken>,
) {
    let mut runner = runner(512);
    let mut drawn = BTreeMap::new();
    for _ in 0..512 {
        let case = cases.new_tree(&mut runner).unwrap().current();
        *drawn.entry(case.fault()).or_insert(0) += 1;
        if let Err(broken) = refused(&case) {
            panic!("{broken}");
        }
    }
    assert_eq!(drawn.len(), faults, "{drawn:?}");
}

/// What is made goes through its door.
pub(crate) fn accepted<T, E: Display>(answer: Result<T, E>) -> Result<(), Broken> {
    answer.map(|_| ()).map_err(|error| Broken::new("what is made is valid", error))
}

/// Reads JSON; of a refusal its place.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    let mut reader = serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| error.path().to_string())
}

/// Draws 512 documents with a value of another form, each of which the reader of a type has to refuse at its place.
pub(crate) fn each_form_is_refused<T: DeserializeOwned + Debug>(cases: impl Strategy<Value = AlmostValid>) {
    each_fault_is_refused(cases, 1, |case| refuses_form(case, read::<T>(case.json())));
}

/// Tests that the readers of types refuse [other forms](each_form_is_refused) of what strategies make.
macro_rules! refuse_other_forms {
    ($($test:ident: $type:ty = $values:expr;)*) => {
        $(
            #[test]
            fn $test() {
                super::each_form_is_refused::<$type>(marketloop::strategies::almost_valid($values));
            }
        )*
    };
}
pub(crate) use refuse_other_forms;

/// The doc comment of a function of `strategies`.
fn doc_of(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/strategies");
    let declared = [format!("pub fn {name}("), format!("pub fn {name}<")];
    for entry in std::fs::read_dir(folder).unwrap() {
        let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        if let Some((before, _)) = declared.iter().find_map(|declared| source.split_once(declared)) {
            let lines: Vec<&str> = before
                .lines()
                .rev()
                .take_while(|line| line.starts_with("///") || line.starts_with("#["))
                .collect();
            return lines.into_iter().rev().collect::<Vec<_>>().join("\n");
        }
    }
    panic!("no strategy `{name}`");
}
