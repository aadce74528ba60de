//! Sizes that are counted before anything of that size is made.

use super::{ErrorKind, fault};

/// A result would be larger than its limit allows.
///
/// A small document can ask for a large result: every day of 9,999 years, every pair of 100,000 names. The size is
/// counted before anything is made, and refused with this error when it is above the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("{count}{} {what}, at most {limit}", if *count == u64::MAX { " or more" } else { "" })]
#[non_exhaustive]
pub struct TooLarge {
    /// What was counted, in the plural: `due dates`.
    pub what: &'static str,
    /// How many there would be; `u64::MAX` also stands for more than that.
    #[serde(serialize_with = "whole")]
    pub count: u64,
    /// How many are allowed.
    #[serde(serialize_with = "whole")]
    pub limit: u64,
}

impl TooLarge {
    /// The kind of the fault: [`ErrorKind::Limit`].
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        ErrorKind::Limit
    }
}

fault!(TooLarge);

/// A string in formats for people where TOML has no such whole number, as all of the crate writes them: what stands
/// on this floor cannot use `quantity::wire`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn whole<S: serde::Serializer>(count: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() && i64::try_from(*count).is_err() {
        serializer.collect_str(count)
    } else {
        serializer.serialize_u64(*count)
    }
}

/// `count` as a size, when it is at most `limit`; `None` stands for a count beyond every number.
///
/// # Errors
/// [`TooLarge`] naming `what`, with both numbers.
pub(crate) fn within(what: &'static str, count: Option<u64>, limit: u64) -> Result<usize, TooLarge> {
    // A count that overflowed while it was counted is larger than every limit.
    let count = count.unwrap_or(u64::MAX);
    // On a machine of 32 bits a count within the limit may still be no size: it is refused in the same way.
    usize::try_from(count).ok().filter(|_| count <= limit).ok_or(TooLarge { what, count, limit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn the_limit_itself_is_allowed() {
        assert_eq!(within("parts", Some(10), 10), Ok(10));
        assert_eq!(within("parts", Some(11), 10).unwrap_err().to_string(), "11 parts, at most 10");
        let endless = within("parts", None, 10).unwrap_err().to_string();
        assert_eq!(endless, "18446744073709551615 or more parts, at most 10");
    }
}
