//! Laws, named by what they state.

#[cfg(all(feature = "agile", feature = "proptest"))]
mod agile;
#[cfg(all(feature = "alert", feature = "proptest"))]
mod alert;
mod arms;
#[cfg(feature = "proptest")]
mod arms_and_tests;
#[cfg(all(feature = "attribution", feature = "budget", feature = "proptest"))]
mod attribution;
#[cfg(all(feature = "attribution", feature = "proptest"))]
mod attribution_game;
#[cfg(all(feature = "attribution", feature = "proptest"))]
mod attribution_orders;
#[cfg(all(feature = "budget", feature = "proptest"))]
mod budget;
#[cfg(all(feature = "budget", feature = "proptest"))]
mod budget_change;
#[cfg(all(feature = "goal", feature = "kpi", feature = "proptest"))]
mod cascade;
#[cfg(all(feature = "channel", feature = "proptest"))]
mod channel;
#[cfg(all(feature = "channel", feature = "proptest"))]
mod channel_rounded;
mod coverage;
#[cfg(feature = "pdca")]
mod cycle_sizes;
#[cfg(feature = "proptest")]
mod decision;
#[cfg(feature = "proptest")]
mod decompose;
mod draws;
#[cfg(all(feature = "experiment", feature = "proptest"))]
mod experiment;
#[cfg(all(feature = "experiment", feature = "proptest"))]
mod experiment_assignment;
#[cfg(feature = "experiment")]
mod experiment_causal;
#[cfg(all(feature = "experiment", feature = "proptest"))]
mod experiment_health;
#[cfg(all(feature = "experiment", feature = "proptest"))]
mod experiment_plan;
#[cfg(feature = "experiment")]
mod experiment_test;
#[cfg(all(feature = "funnel", feature = "proptest"))]
mod funnel;
#[cfg(all(feature = "funnel", feature = "proptest"))]
mod funnel_counts;
#[cfg(all(feature = "health", feature = "kpi", feature = "proptest"))]
mod health;
#[cfg(all(feature = "channel", feature = "health"))]
mod hostile_floats;
#[cfg(all(feature = "attribution", feature = "proptest"))]
mod journeys;
#[cfg(all(feature = "kpi", feature = "proptest"))]
mod kpi;
#[cfg(all(feature = "kpi", feature = "proptest"))]
mod kpi_conditions;
#[cfg(all(feature = "kpi", feature = "proptest"))]
mod kpi_dimensions;
#[cfg(all(feature = "kpi", feature = "proptest"))]
mod kpi_everything;
#[cfg(feature = "kpi")]
mod kpi_exact;
#[cfg(all(feature = "kpi", feature = "proptest"))]
mod kpi_names;
#[cfg(all(feature = "kpi", feature = "proptest"))]
mod kpi_panel;
#[cfg(all(feature = "kpi", feature = "proptest"))]
mod kpi_roll_up;
#[cfg(all(feature = "kpi", feature = "proptest"))]
mod kpi_targets;
#[cfg(all(feature = "optimise", feature = "proptest"))]
mod optimise;
#[cfg(feature = "optimise")]
mod optimise_exhaustive;
#[cfg(all(feature = "pdca", feature = "proptest"))]
mod pdca;
#[cfg(all(feature = "plan", feature = "proptest"))]
mod plan;
#[cfg(feature = "proptest")]
mod progress;
#[cfg(feature = "proptest")]
mod ranking;
#[cfg(feature = "proptest")]
mod response;
mod response_extremes;
#[cfg(all(feature = "proptest", feature = "review"))]
mod review;
#[cfg(all(feature = "proptest", feature = "risk"))]
mod risk;
mod shrinkage;
#[cfg(all(
    feature = "attribution",
    feature = "budget",
    feature = "channel",
    feature = "funnel",
    feature = "goal",
    feature = "health",
    feature = "risk"
))]
mod sizes;
#[cfg(feature = "proptest")]
mod stats;
mod sweep;
#[cfg(all(feature = "health", feature = "pdca"))]
mod unrounded;

// The strategies of the floors below come with the feature, as users have them.
#[cfg(feature = "proptest")]
mod nested;
#[cfg(feature = "proptest")]
mod quantity;
#[cfg(feature = "proptest")]
#[cfg(all(feature = "channel", feature = "experiment", feature = "funnel", feature = "kpi"))]
mod round_trip;
#[cfg(feature = "proptest")]
mod sequential;
#[cfg(feature = "proptest")]
mod split;
#[cfg(feature = "proptest")]
mod target;
#[cfg(feature = "proptest")]
#[cfg(all(feature = "channel", feature = "funnel", feature = "kpi"))]
mod text;
#[cfg(feature = "proptest")]
mod time;
