//! Wire.

mod progress;
mod rules;
