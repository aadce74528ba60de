//! The figures of budgets that need not exist.

use crate::figure::{Cause, Undefined};
use alloc::borrow::Cow;

const fn undefined(figure: &'static str, cause: Cause) -> Undefined {
    Undefined { figure: Cow::Borrowed(figure), cause }
}

/// Volume and mix need a planned mix of quantities.
pub(super) const VOLUME_AND_MIX: Undefined =
    undefined("volume and mix", Cause::None(Cow::Borrowed("planned quantity")));
/// Spent over planned.
pub(super) const SHARE_SPENT: Undefined = undefined("share spent", Cause::Zero(Cow::Borrowed("plan")));
