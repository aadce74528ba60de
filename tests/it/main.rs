//! The integration tests, one binary: golden reference numbers, laws as properties, the wire format, and
//! the floors of the house.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it ran"
)]

mod circles;
#[cfg(all(
    feature = "agile",
    feature = "attribution",
    feature = "channel",
    feature = "funnel",
    feature = "goal",
    feature = "health",
    feature = "optimise",
    feature = "pdca"
))]
mod example;
#[cfg(feature = "experiment")]
mod example_experiment;
mod examples_on_verbs;
mod golden;
mod house;
#[cfg(feature = "proptest")]
mod planted;
mod properties;
#[cfg(all(
    feature = "agile",
    feature = "attribution",
    feature = "channel",
    feature = "funnel",
    feature = "goal",
    feature = "health",
    feature = "optimise",
    feature = "pdca"
))]
mod recomputed;
#[cfg(feature = "proptest")]
mod strategies;
#[cfg(all(
    feature = "attribution",
    feature = "budget",
    feature = "channel",
    feature = "funnel",
    feature = "health",
    feature = "kpi",
    feature = "optimise",
    feature = "plan"
))]
mod table_names;
mod vocabulary;
mod wire;
