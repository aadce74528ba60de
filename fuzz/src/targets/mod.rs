//! What is fuzzed: a target reads a value, or draws one, and uses it as a caller could.

mod attribution;
mod budget;
mod channel;
mod experiment;
mod foundation;
mod functions;
mod funnel;
mod health;
mod kpi;
mod optimise;
mod pdca;
mod plan;
mod review;
mod texts;

pub use foundation::*;

pub use crate::findings::found;
pub use crate::laws::{round_trip, round_trip_text};
pub use crate::random::Random;
pub use crate::values::*;
pub use crate::{Probe, Session, Source, ensure, finite, json};
pub use marketloop::quantity::*;
pub use marketloop::time::*;
pub use rust_decimal::Decimal;

/// Every estimate is finite.
pub fn all_finite(all: &[f64], what: &str) {
    for x in all {
        ensure!(x.is_finite(), "{what} {x}");
    }
}

pub fn all() -> Vec<Probe> {
    let mut all = Vec::new();
    foundation::register(&mut all);
    kpi::register(&mut all);
    budget::register(&mut all);
    optimise::register(&mut all);
    channel::register(&mut all);
    experiment::register(&mut all);
    funnel::register(&mut all);
    attribution::register(&mut all);
    health::register(&mut all);
    plan::register(&mut all);
    review::register(&mut all);
    pdca::register(&mut all);
    texts::register(&mut all);
    functions::register(&mut all);
    all
}
