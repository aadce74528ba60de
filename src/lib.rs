//! The closed loop of marketing planning: goal, KPI tree, budget, channels, funnel and attribution, health,
//! review, and the next plan.
#![no_std]

#[cfg(test)]
extern crate std;

extern crate alloc;

pub mod budget;
pub mod channel;
pub mod decompose;
pub mod error;
pub mod health;
pub mod kpi;
pub mod pdca;
pub mod progress;
pub mod quantity;
pub mod review;
pub mod rules;
pub mod split;
pub mod stats;
pub mod target;
pub mod time;

mod umbrella;

pub use umbrella::Error;
