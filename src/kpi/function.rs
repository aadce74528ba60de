//! The functions of formulas: comparisons and conditions, and where a state becomes a value.

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
        }
    }

    /// How many arguments it takes.
    pub(super) const fn arity(self) -> usize {
        match self {
            Self::Absolute => 1,
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
