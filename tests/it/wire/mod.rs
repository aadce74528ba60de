//! The wire format: pinned JSON of each public type, and what it refuses.

mod domains;
mod progress;
mod rules;
