//! The report of the example `funnel`, worked out again.
