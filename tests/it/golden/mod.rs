//! Reference numbers: every file of the golden directory whose name begins with a topic's name.

#[cfg(feature = "attribution")]
mod attribution;
#[cfg(feature = "attribution")]
mod attribution_game;
#[cfg(feature = "attribution")]
pub(crate) mod attribution_generator;
#[cfg(feature = "budget")]
mod budget_allocation;
mod budget_curves;
#[cfg(feature = "optimise")]
mod budget_optimise;
#[cfg(feature = "budget")]
mod budget_variance;
mod experiment_bandit;
#[cfg(feature = "experiment")]
mod experiment_did;
mod experiment_metrics;
mod experiment_multiple;
mod experiment_power;
mod experiment_sequential;
mod experiment_srm;
mod funnel_ab_bayes;
mod funnel_ab_sequential;
mod funnel_ab_tests;
mod funnel_gb_sequential;
mod funnel_gbstats;
#[cfg(feature = "funnel")]
mod funnel_retention;
#[cfg(feature = "funnel")]
mod funnel_stats;
#[cfg(feature = "funnel")]
mod funnel_time_to_convert;
#[cfg(feature = "funnel")]
mod funnel_window_funnel;
#[cfg(feature = "goal")]
mod kpi_health_decomposition_and_targets;
#[cfg(feature = "health")]
mod kpi_health_matrix;
mod kpi_health_mcdm;
#[cfg(feature = "kpi")]
mod kpi_health_sensitivity;
#[cfg(feature = "kpi")]
mod kpi_health_tree_attribution;
#[cfg(feature = "kpi")]
mod kpi_health_tree_workload;
#[cfg(feature = "kpi")]
mod kpi_panel;
#[cfg(feature = "kpi")]
mod kpi_tree;
#[cfg(feature = "alert")]
mod pdca_alerts;
#[cfg(feature = "plan")]
mod pdca_cpm;
mod pdca_decision_table;
mod pdca_evm;
mod split;
mod target;
mod time;

use serde_json::Value;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The environment variable that names another directory of golden files.
const DIRECTORY: &str = "MARKETLOOP_GOLDEN";

/// The topics that have a test; [`files`] gives no others.
const TESTED: [&str; 36] = [
    "attribution_",
    "budget_bounded_split",
    "budget_concave",
    "budget_curves",
    "budget_s_shaped",
    "budget_split",
    "budget_variance",
    "experiment_did",
    "experiment_bandit",
    "experiment_metrics",
    "experiment_multiple",
    "experiment_power",
    "experiment_sequential",
    "experiment_srm",
    "funnel_ab_tests",
    "funnel_gbstats",
    "funnel_retention",
    "funnel_stats",
    "funnel_time_to_convert",
    "funnel_window_funnel",
    "kpi_health_decomposition_and_targets",
    "kpi_health_matrix",
    "kpi_health_mcdm",
    "kpi_health_sensitivity",
    "kpi_health_tree_attribution",
    "kpi_health_tree_workload",
    "kpi_panel",
    "pdca_alerts",
    "pdca_attainment",
    "pdca_cn_workdays",
    "pdca_cpm",
    "pdca_deadlines",
    "pdca_decision_table",
    "pdca_evm",
    "pdca_month_clamp",
    "pdca_periods",
];

/// The topics whose numbers are there before the domain is: a new file belongs to one of these, or has a test.
const TO_COME: [&str; 9] = [
    "audience_",
    "bid_",
    "calendar_recurrence",
    "forecast_",
    "funnel_rfm",
    "lead_score",
    "loyalty_",
    "media_mix_",
    "segments_",
];

/// One golden file: its name and content.
pub(crate) struct Golden {
    pub(crate) file: String,
    pub(crate) json: Value,
}

/// The files of `topic`: in the directory of `MARKETLOOP_GOLDEN`, else in `tests/golden`.
///
/// Without the variable a topic without a file fails; with it, it is skipped and says so.
pub(crate) fn files(topic: &str) -> Vec<Golden> {
    assert!(TESTED.contains(&topic), "{topic} is not among the tested topics");
    let mut paths = directory();
    paths.retain(|path| name(path).starts_with(topic));
    if paths.is_empty() {
        assert!(env::var_os(DIRECTORY).is_some(), "no golden file for {topic}");
        println!("{topic}: skipped, no file in the directory of {DIRECTORY}");
    }
    paths.iter().map(|path| read(path)).collect()
}

/// All golden files, by name.
fn directory() -> Vec<PathBuf> {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let directory = env::var_os(DIRECTORY).map_or_else(own, PathBuf::from);
    let mut paths: Vec<PathBuf> = fs::read_dir(&directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn golden_files_have_a_test_or_are_told_to_wait_for_one() {
    let begins = |file: &str, topics: &[&str]| topics.iter().any(|topic| file.starts_with(topic));
    for path in directory() {
        let file = name(&path);
        if !begins(&file, &TESTED) {
            let known = begins(&file, &TO_COME) || env::var_os(DIRECTORY).is_some();
            assert!(known, "{file}: no test and no topic to come");
            println!("{file}: no test yet, its domain is to come");
        }
    }
}

/// The project's own copy of a golden file.
pub(crate) fn own_copy(file: &str) -> Golden {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file))
}

fn read(path: &Path) -> Golden {
    let text = fs::read_to_string(path).unwrap();
    let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Golden { file: name(path), json }
}

impl Golden {
    /// The list under `key`, or none where this file lacks the block.
    pub(crate) fn list(&self, key: &str) -> &[Value] {
        self.json.get(key).map_or(&[], |list| list.as_array().unwrap())
    }

    /// Says how many cases of this file were checked. The project's own files have every block; another
    /// file may lack one.
    pub(crate) fn checked(&self, cases: usize) {
        println!("{}: {cases} cases checked", self.file);
        assert!(cases > 0 || env::var_os(DIRECTORY).is_some(), "{}: no case was checked", self.file);
    }
}

/// The text under `key`.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text under {key} in {value}"))
}
