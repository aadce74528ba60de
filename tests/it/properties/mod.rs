//! Laws.

mod progress;
mod rules;
