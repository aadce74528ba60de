//! Laws, named by what they state.

mod decompose;
mod kpi;
mod progress;
mod rules;
mod stats;
