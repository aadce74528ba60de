//! The closed loop of marketing planning: goal, KPI tree, budget, channels, funnel and attribution, health,
//! review, and the next plan.
#![no_std]

#[cfg(test)]
extern crate std;

extern crate alloc;

pub mod error;
pub mod progress;
pub mod quantity;
pub mod rules;
pub mod split;
#[cfg(feature = "proptest")]
pub mod strategies;
pub mod target;
pub mod time;

mod umbrella;

pub use umbrella::Error;
