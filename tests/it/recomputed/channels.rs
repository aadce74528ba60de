//! The report of the example `channels`, worked out again.
