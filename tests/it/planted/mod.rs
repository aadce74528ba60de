//! Planted faults: a wrong variant of a formula is caught by a law within 512 cases of a strategy's defaults, and the
//! right one is not.

#[cfg(all(
    feature = "agile",
    feature = "alert",
    feature = "attribution",
    feature = "budget",
    feature = "channel",
    feature = "experiment",
    feature = "funnel",
    feature = "goal",
    feature = "health",
    feature = "kpi",
    feature = "optimise",
    feature = "pdca",
    feature = "plan",
    feature = "review",
    feature = "risk"
))]
mod absent;
#[cfg(feature = "agile")]
mod agile;
#[cfg(feature = "alert")]
mod alert;
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
#[cfg(feature = "experiment")]
mod experiment_causal;
#[cfg(feature = "funnel")]
mod funnel;
#[cfg(feature = "goal")]
mod goal;
#[cfg(feature = "health")]
mod health;
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

use crate::strategies::runner;
use marketloop::laws::Broken;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

/// How many cases a wrong variant may live.
const CASES: u32 = 512;

/// The law holds of the right variant in all cases, and is broken by the wrong one in some.
pub(crate) fn caught<S: Strategy>(
    fault: &str,
    strategy: S,
    right: impl Fn(&S::Value) -> Result<(), Broken>,
    wrong: impl Fn(&S::Value) -> Result<(), Broken>,
) {
    let mut runner = runner(CASES);
    let mut first = None;
    for case in 1..=CASES {
        let value = strategy.new_tree(&mut runner).unwrap().current();
        if let Err(broken) = right(&value) {
            panic!("{fault}: the right variant is refused in case {case}: {broken}");
        }
        if first.is_none()
            && let Err(broken) = wrong(&value)
        {
            first = Some((case, broken));
        }
    }
    let (case, broken) = first.unwrap_or_else(|| panic!("{fault}: nothing was caught in {CASES} cases"));
    println!("{fault}: case {case}: {}", broken.to_string().chars().take(200).collect::<String>());
}
