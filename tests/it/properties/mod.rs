//! Laws, named by what they state.

mod decompose;
mod progress;
mod rules;
mod stats;
