//! Laws.

mod progress;
mod rules;

// The strategies of the floors below come with the feature, as users have them.
#[cfg(feature = "proptest")]
mod quantity;
#[cfg(feature = "proptest")]
mod split;
#[cfg(feature = "proptest")]
mod target;
#[cfg(feature = "proptest")]
mod time;
