//! The closed loop of marketing planning: goal, KPI tree, budget, channels, funnel and attribution, health,
//! review, and the next plan.
#![no_std]

#[cfg(test)]
extern crate std;

extern crate alloc;

pub mod decompose;
pub mod error;
pub mod quantity;
pub mod stats;
