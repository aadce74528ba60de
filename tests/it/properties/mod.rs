//! Laws, named by what they state.

mod agile;
mod attribution;
mod attribution_game;
mod attribution_orders;
mod budget;
mod budget_change;
mod cascade;
mod channel;
mod channel_rounded;
mod cycle_sizes;
mod decision;
mod decompose;
mod funnel;
mod funnel_counts;
mod health;
mod hostile_floats;
mod journeys;
mod kpi;
mod kpi_exact;
mod nested;
mod optimise;
mod optimise_exhaustive;
mod pdca;
mod plan;
mod progress;
mod response;
mod response_extremes;
mod review;
mod sizes;
mod stats;
mod sweep;
mod unrounded;

// The strategies of the floors below come with the feature, as users have them.
#[cfg(feature = "proptest")]
mod quantity;
#[cfg(feature = "proptest")]
mod round_trip;
#[cfg(feature = "proptest")]
mod split;
#[cfg(feature = "proptest")]
mod target;
#[cfg(feature = "proptest")]
mod text;
#[cfg(feature = "proptest")]
mod time;
