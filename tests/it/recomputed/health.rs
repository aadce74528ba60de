//! The report of the example `health`, worked out again.
