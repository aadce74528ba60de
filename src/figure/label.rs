//! A caller's name where it could be taken for something else: in quotes.

use alloc::borrow::Cow;

/// The row of what the rows of callers add up to.
pub(crate) const TOTAL: &str = "total";

/// The name, in quotes where it `misleads`, is empty or begins with a quote.
///
/// What begins with a quote is quoted whether it misleads or not: so no two names have one label.
pub(crate) fn label(name: &str, misleads: bool) -> Cow<'_, str> {
    if misleads || name.is_empty() || name.starts_with('"') {
        Cow::Owned(alloc::format!("{name:?}"))
    } else {
        Cow::Borrowed(name)
    }
}

/// The name of a row or column beside rows or columns of the table's `own`, such as `total`.
pub(crate) fn beside<'n>(name: &'n str, own: &[&str]) -> Cow<'n, str> {
    label(name, own.contains(&name))
}

/// Names of rows for things of which several may bear one name: the second `reach` is `reach (2)`.
#[cfg(any(feature = "channel", feature = "goal", feature = "review"))]
pub(crate) fn distinct<'n>(
    names: impl IntoIterator<Item = &'n str>,
) -> alloc::vec::Vec<alloc::string::String> {
    let mut used = alloc::collections::BTreeSet::new();
    let mut counts = alloc::collections::BTreeMap::new();
    let one = |name: &'n str| {
        let count = counts.entry(name).or_insert(0_u64);
        loop {
            // As many as there are names: they fit memory.
            *count = count.saturating_add(1);
            let own = if *count == 1 { name.into() } else { alloc::format!("{name} ({count})") };
            // Somebody else may be called `reach (2)`.
            if used.insert(own.clone()) {
                break own;
            }
        }
    };
    names.into_iter().map(one).collect()
}

/// Whether a text in which the separator stands behind or before the name would not show where the name ends.
#[cfg(any(feature = "attribution", feature = "channel", feature = "health"))]
pub(crate) fn blurs(name: &str, separator: &str) -> bool {
    // The separator without its blanks at an end would shift it: `a >` and `b` would be `a` and `> b`.
    let core = separator.trim();
    name.contains(separator) || name.starts_with(core) || name.ends_with(core)
}

/// The names in one text, such as `feed > search`, of which no two lists have the same.
#[cfg(any(feature = "attribution", feature = "channel"))]
pub(crate) fn joint_label<'n>(
    names: impl IntoIterator<Item = &'n str>,
    separator: &str,
) -> alloc::string::String {
    let labels: alloc::vec::Vec<_> =
        names.into_iter().map(|name| label(name, blurs(name, separator))).collect();
    labels.join(separator)
}
