//! The report of the example `kpi_tree`, worked out again.
