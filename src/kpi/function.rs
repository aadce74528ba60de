//! The functions of formulas: comparisons and conditions, where a state becomes a value, and values of other periods.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Below,
    AtMost,
    Above,
    AtLeast,
    Equal,
    Unequal,
}

impl Comparison {
    /// All of them with the mark that the reader of texts gives them and as they are written.
    pub(super) const ALL: [(Self, char, &'static str); 6] = [
        (Self::Below, '<', "<"),
        (Self::AtMost, '≤', "<="),
        (Self::Above, '>', ">"),
        (Self::AtLeast, '≥', ">="),
        (Self::Equal, '=', "="),
        (Self::Unequal, '≠', "!="),
    ];

    /// How it is written.
    pub(super) fn text(self) -> &'static str {
        Self::ALL.iter().find(|(own, ..)| *own == self).map_or("", |(_, _, text)| text)
    }

    /// Whether it holds of a value that stands so to the other.
    pub(super) const fn holds(self, order: core::cmp::Ordering) -> bool {
        match self {
            Self::Below => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Above => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
        }
    }
}

/// How far back a period lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    /// By so many periods, at least one.
    Periods(u32),
    /// The same period of the year before.
    Year,
}

/// The part of the calendar that a period stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Week,
    Month,
    Quarter,
    HalfYear,
    Year,
}

impl Span {
    pub(super) const ALL: [(Self, &'static str); 5] = [
        (Self::Week, "week"),
        (Self::Month, "month"),
        (Self::Quarter, "quarter"),
        (Self::HalfYear, "half_year"),
        (Self::Year, "year"),
    ];

    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(own, _)| *own == self).map_or("", |(_, name)| name)
    }
}

/// The most periods that a function goes back.
pub(super) const MOST_PERIODS: u32 = 1_000_000;

/// What takes values of other periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OverTime {
    Lag(Shift),
    RollingSum(u32),
    RollingMean(u32),
    ToDate(Span),
    Growth(Shift),
}

impl OverTime {
    /// The form of it that stands by this name; its second argument is read after.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "lag" => Self::Lag(Shift::Year),
            "rolling_sum" => Self::RollingSum(1),
            "rolling_mean" => Self::RollingMean(1),
            "to_date" => Self::ToDate(Span::Year),
            "growth" => Self::Growth(Shift::Year),
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Lag(_) => "lag",
            Self::RollingSum(_) => "rolling_sum",
            Self::RollingMean(_) => "rolling_mean",
            Self::ToDate(_) => "to_date",
            Self::Growth(_) => "growth",
        }
    }

    /// What its second argument may be.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Lag(_) | Self::Growth(_) => "a number of periods from 1 to 1000000, or `year`",
            Self::RollingSum(_) | Self::RollingMean(_) => "a number of periods from 1 to 1000000",
            Self::ToDate(_) => "`week`, `month`, `quarter`, `half_year` or `year`",
        }
    }

    /// The form with this second argument; `None` where it takes none such.
    pub(super) fn with(self, argument: &str) -> Option<Self> {
        let periods = || argument.parse::<u32>().ok().filter(|count| (1..=MOST_PERIODS).contains(count));
        let shift = || if argument == "year" { Some(Shift::Year) } else { periods().map(Shift::Periods) };
        Some(match self {
            Self::Lag(_) => Self::Lag(shift()?),
            Self::Growth(_) => Self::Growth(shift()?),
            Self::RollingSum(_) => Self::RollingSum(periods()?),
            Self::RollingMean(_) => Self::RollingMean(periods()?),
            Self::ToDate(_) => {
                Self::ToDate(Span::ALL.iter().find(|(_, name)| *name == argument).map(|(span, _)| *span)?)
            }
        })
    }

    /// The second argument as it is written.
    pub(super) fn argument(self) -> String {
        match self {
            Self::Lag(Shift::Year) | Self::Growth(Shift::Year) => "year".to_owned(),
            Self::Lag(Shift::Periods(count))
            | Self::Growth(Shift::Periods(count))
            | Self::RollingSum(count)
            | Self::RollingMean(count) => count.to_string(),
            Self::ToDate(span) => span.name().to_owned(),
        }
    }

    /// How many periods it goes back or spans, where it says a number.
    pub(super) const fn periods(self) -> Option<u32> {
        match self {
            Self::Lag(Shift::Periods(count))
            | Self::Growth(Shift::Periods(count))
            | Self::RollingSum(count)
            | Self::RollingMean(count) => Some(count),
            Self::Lag(Shift::Year) | Self::Growth(Shift::Year) | Self::ToDate(_) => None,
        }
    }

    /// Whether it is the value of the period itself.
    pub(super) const fn is_own(self) -> bool {
        matches!(self, Self::RollingSum(1) | Self::RollingMean(1))
    }

    /// Whether it adds up values of several periods.
    pub(super) const fn adds(self) -> bool {
        matches!(self, Self::RollingSum(_) | Self::ToDate(_))
    }
}

/// What is made of the values of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    Sum,
    /// The value over its sum: a step of the sum and a quotient.
    Share,
    Mean,
    Minimum,
    Maximum,
    Count,
}

impl Aggregate {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Sum, "sum"),
        (Self::Share, "share"),
        (Self::Mean, "mean"),
        (Self::Minimum, "min"),
        (Self::Maximum, "max"),
        (Self::Count, "count"),
    ];

    /// The aggregate of this name; `None` for what is none.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own)| *own == name).map(|(aggregate, _)| *aggregate)
    }

    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(own, _)| *own == self).map_or("", |(_, name)| name)
    }

    /// Whether it adds up values, which not every kind allows.
    pub(super) const fn adds(self) -> bool {
        matches!(self, Self::Sum | Self::Share)
    }
}

/// A function of a formula. In a formula its arguments stand before it, as many as it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    /// 1 where the comparison holds of the two, else 0.
    Compare(Comparison),
    /// The second where the first is not 0, else the third.
    If,
    /// The least of as many as stated.
    Minimum(usize),
    /// The greatest of as many as stated.
    Maximum(usize),
    /// The value without its sign.
    Absolute,
    /// The first, at most the third, at least the second.
    Clamp,
    /// The first; where it is missing the second.
    MissingAs,
    /// The first; where it is undefined the second.
    UndefinedAs,
    /// The value of other periods.
    Over(OverTime),
}

impl Function {
    /// The function of this name; `None` for what is none. That of many arguments is told their number when it is read.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "if" => Self::If,
            "min" => Self::Minimum(0),
            "max" => Self::Maximum(0),
            "abs" => Self::Absolute,
            "clamp" => Self::Clamp,
            "missing_as" => Self::MissingAs,
            "undefined_as" => Self::UndefinedAs,
            _ => return None,
        })
    }

    /// The name; a comparison has its sign.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Compare(comparison) => comparison.text(),
            Self::If => "if",
            Self::Minimum(_) => "min",
            Self::Maximum(_) => "max",
            Self::Absolute => "abs",
            Self::Clamp => "clamp",
            Self::MissingAs => "missing_as",
            Self::UndefinedAs => "undefined_as",
            Self::Over(over) => over.name(),
        }
    }

    /// How many arguments it takes.
    pub(super) const fn arity(self) -> usize {
        match self {
            Self::Absolute | Self::Over(_) => 1,
            Self::Compare(_) | Self::MissingAs | Self::UndefinedAs => 2,
            Self::If | Self::Clamp => 3,
            Self::Minimum(count) | Self::Maximum(count) => count,
        }
    }

    /// The function of `count` arguments; `None` where it does not take as many.
    pub(super) const fn of(self, count: usize) -> Option<Self> {
        match self {
            Self::Minimum(_) if count > 0 => Some(Self::Minimum(count)),
            Self::Maximum(_) if count > 0 => Some(Self::Maximum(count)),
            Self::Minimum(_) | Self::Maximum(_) => None,
            other if other.arity() == count => Some(other),
            _ => None,
        }
    }
}
