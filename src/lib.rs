//! The closed loop of marketing planning: goal, KPI tree, budget, channels, funnel and attribution, health,
//! review, and the next plan.
//!
//! ```
//! use marketloop::quantity::{Mix, Money};
//!
//! let year = Money::parse("1000000 CNY")?;
//! let mix = Mix::from_percents([("SEM", 40), ("social", 30), ("content", 20), ("short video", 10)])?;
//! assert_eq!(year.split(&mix)?["SEM"].to_string(), "400,000.00 CNY");
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! Facts are exact decimals and come back with their reasons; what cannot be had is a typed error; nothing
//! here reads a file, a clock or a random number. Each module has an error enum of its own and a table of its
//! edge cases; [`Error`] unites them for callers that use several modules behind one `?`.
//!
//! # Where to start
//!
//! | you have | you want | begin with |
//! | --- | --- | --- |
//! | an amount and percentages | parts that add up | [`quantity::Money::split`] |
//! | a total and rules | budget lines with reasons | [`budget::Allocation::draft`] |
//! | a budget that runs | whether the money goes as planned | [`progress::Pacing`], [`budget::Tracking`] |
//! | spend and outcome by week | how the outcome answers to spend | [`response::best_of`] |
//! | response curves | the best budget, with a proof | [`optimise::Optimisation`] |
//! | clicks, costs, conversions | the metrics and figures that they imply | [`channel::Scorecard`] |
//! | touches and conversions | credit for each channel | [`attribution::JourneyRules`], [`attribution::AttributionModel`] |
//! | counts or events by step | rates, bottlenecks, cohorts | [`funnel::Funnel`], [`funnel::FunnelRules`] |
//! | formulas between figures | why the top figure moved | [`kpi::KpiTree`] |
//! | a goal for a quarter | goals for its months | [`goal::Cascade`] |
//! | indicators with targets | a score, lights, what moved | [`health::Matrix`] |
//! | tasks that wait for each other | dates, the critical path | [`plan::WorkPlan`] |
//! | a quarter from plan to review | a log that can be audited | [`pdca::Journal`] |
//!
//! A result prints itself: its `table()` is a [`figure::Table`], as text, Markdown, CSV or rows of JSON. Every input reads
//! its JSON through the same check as the constructors. [`prelude`] has what nearly every program uses, [`glossary`] the
//! abbreviations and the Chinese terms; the programs in `examples/` are whole reports.
//!
//! # Modules
//!
//! | floor | modules |
//! | --- | --- |
//! | the cycle | [`pdca`] |
//! | the review, short cycles | [`review`], [`risk`], [`agile`] |
//! | domains | [`kpi`], [`goal`], [`budget`], [`optimise`], [`channel`], [`funnel`], [`attribution`], [`health`], [`plan`], [`experiment`], [`alert`] |
//! | shared math | [`split`], [`stats`], [`decompose`], [`target`], [`progress`], [`decision`], [`ranking`], [`response`] |
//! | facts | [`figure`], [`quantity`], [`time`], [`error`] |
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
// What domains share is used by those that are there; with all of them nothing unused is let pass.
#![cfg_attr(
    not(all(
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
    )),
    allow(dead_code, unused_imports, unused_macros)
)]

#[cfg(test)]
extern crate std;

extern crate alloc;

#[cfg(feature = "agile")]
pub mod agile;
#[cfg(feature = "alert")]
pub mod alert;
#[cfg(feature = "attribution")]
pub mod attribution;
#[cfg(feature = "budget")]
pub mod budget;
#[cfg(feature = "channel")]
pub mod channel;
pub mod decision;
pub mod decompose;
pub mod error;
#[cfg(feature = "experiment")]
pub mod experiment;
pub mod figure;
#[cfg(feature = "funnel")]
pub mod funnel;
pub mod glossary;
#[cfg(feature = "goal")]
pub mod goal;
#[cfg(all(feature = "proptest", feature = "attribution", feature = "budget", feature = "optimise"))]
pub mod guide;
#[cfg(feature = "health")]
pub mod health;
#[cfg(feature = "kpi")]
pub mod kpi;
#[cfg(feature = "proptest")]
pub mod laws;
#[cfg(feature = "optimise")]
pub mod optimise;
#[cfg(feature = "pdca")]
pub mod pdca;
#[cfg(feature = "plan")]
pub mod plan;
pub mod prelude;
pub mod progress;
pub mod quantity;
pub mod ranking;
pub mod response;
#[cfg(feature = "review")]
pub mod review;
#[cfg(feature = "risk")]
pub mod risk;
pub mod split;
pub mod stats;
#[cfg(feature = "proptest")]
pub mod strategies;
pub mod target;
pub mod time;

mod any_error;

pub use any_error::Error;
pub use rust_decimal;

/// The README's examples, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
