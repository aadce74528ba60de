//! The report of the example `attribution`, worked out again.
