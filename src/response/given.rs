//! The parameters of a draft, while what it describes takes them.

use super::ResponseError;

pub(super) struct Given<T, const N: usize> {
    pub(super) kind: &'static str,
    pub(super) slots: [(&'static str, Option<T>); N],
}

impl<T, const N: usize> Given<T, N> {
    /// Takes out the parameter `name`.
    pub(super) fn take(&mut self, name: &'static str) -> Result<T, ResponseError> {
        let slot = self.slots.iter_mut().find(|slot| slot.0 == name);
        let missing = ResponseError::MissingParameter { kind: self.kind, name };
        slot.and_then(|slot| slot.1.take()).ok_or(missing)
    }

    /// Whether every parameter was taken.
    pub(super) fn nothing_left(&self) -> Result<(), ResponseError> {
        let left = self.slots.iter().find(|slot| slot.1.is_some());
        left.map_or(Ok(()), |(name, _)| Err(ResponseError::SuperfluousParameter { kind: self.kind, name }))
    }
}
