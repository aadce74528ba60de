//! What nearly every program uses: `use marketloop::prelude::*;`.
//!
//! ```
//! use marketloop::prelude::*;
//!
//! let year = Money::parse("100万 CNY")?;
//! let mix = Mix::from_percents([("SEM", 40), ("social", 60)])?;
//! assert_eq!(year.split(&mix)?["SEM"].to_string(), "400,000.00 CNY");
//! assert!("at least 4 %".parse::<Target>()?.is_met(dec!(4.2)));
//! # Ok::<(), Error>(())
//! ```

pub use crate::any_error::Error;
pub use crate::dec;
pub use crate::error::{ErrorKind, Fault, Path, Problem, Problems};
pub use crate::quantity::{Count, Currency, Mix, Money, Precision, Quantity, Ratio, Rounding, Share, Unit};
pub use crate::target::{ActualValue, Attainment, Bands, Better, Light, Target, Threshold};
pub use crate::time::{Deadline, Duration, Period, Timestamp, WorkCalendar, date};
pub use rust_decimal::Decimal;
