//! Laws.

mod decompose;
mod stats;
