//! How many cases of a heavy sweep run.

/// A tenth of `all` by default, all with `MARKETLOOP_FULL=1`.
#[allow(dead_code, reason = "without the domains nothing is swept")]
pub(crate) fn runs(all: u32) -> u32 {
    if std::env::var("MARKETLOOP_FULL").is_ok_and(|full| full == "1") { all } else { all / 10 }
}
