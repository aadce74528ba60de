//! The report on two quarters, worked out again.
