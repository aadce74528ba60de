//! The report on the documents' own plan, worked out again.
