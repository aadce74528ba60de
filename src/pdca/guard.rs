//! How guards that block a command are told together.

use super::PdcaError;
use core::fmt;

/// Guards behind one another.
pub(super) struct Listed<'a>(pub(super) &'a [PdcaError]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, guard) in self.0.iter().enumerate() {
            write!(f, "{}{guard}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}
