//! Wire.

mod kpi;
mod progress;
mod rules;
