//! The report of the example `budget`, worked out again.
