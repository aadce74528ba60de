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
//! | floor | modules |
//! | --- | --- |
//! | the cycle | [`pdca`] |
//! | the review, short cycles | [`review`], [`agile`] |
//! | domains | [`kpi`], [`budget`], [`optimise`], [`channel`], [`funnel`], [`attribution`], [`health`], [`plan`] |
//! | shared math | [`split`], [`decompose`], [`target`], [`progress`], [`decision`], [`stats`], [`response`] |
//! | facts | [`quantity`], [`time`], [`error`] |
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
extern crate std;

extern crate alloc;

pub mod agile;
pub mod attribution;
pub mod budget;
pub mod channel;
pub mod decision;
pub mod decompose;
pub mod error;
pub mod funnel;
pub mod health;
pub mod kpi;
pub mod optimise;
pub mod pdca;
pub mod plan;
pub mod progress;
pub mod quantity;
pub mod response;
pub mod review;
pub mod split;
pub mod stats;
#[cfg(feature = "proptest")]
pub mod strategies;
pub mod target;
pub mod time;

mod any_error;

pub use any_error::{Error, ErrorList};

/// The README's examples, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
