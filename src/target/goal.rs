//! What is to be reached: at least, at most, or within a range, in a unit.

use super::{ActualValue, Attainment, Favour, TargetError, Variance};
use crate::error::excerpt;
use crate::quantity::display::{within, write_whole};
use crate::quantity::grammar::{Fault, folded, number, strip_words, trim, trim_start};
use crate::quantity::wire::text_on_the_wire;
use crate::quantity::words::words;
use crate::quantity::{Quantity, Ratio, Unit};
use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;

/// How attainment falls where less is better. There is no default: the two disagree.
///
/// ```
/// # use marketloop::target::LowerRule;
/// assert_eq!(serde_json::from_str::<LowerRule>(r#""inverse""#)?, LowerRule::Inverse);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LowerRule {
    /// target / actual: twice the target is an attainment of one half.
    Inverse,
    /// 2 - actual / target: twice the target is an attainment of nothing.
    Linear,
}

words!(LowerRule, "rule for lower targets", TargetError: Inverse = "inverse", Linear = "linear");

/// The direction of a target with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Goal {
    /// More is better.
    AtLeast(Decimal),
    /// Less is better.
    AtMost(Decimal, LowerRule),
    /// Neither too little nor too much: both ends are within.
    Between {
        /// The low end.
        low: Decimal,
        /// The high end, not below the low end.
        high: Decimal,
        /// How attainment falls above the high end.
        above: LowerRule,
    },
}

/// What is to be reached, in a unit: at least a value, at most one, or between two.
///
/// As text, and on the wire: `at least 25 %`, `at most 80 CNY/customer, inverse`,
/// `between 40 and 60 %, linear`.
///
/// # Examples
/// ```
/// use marketloop::target::{LowerRule, Target};
/// use rust_decimal::dec;
///
/// let cost = Target::at_most(dec!(80), LowerRule::Inverse, "CNY/customer".parse()?);
/// assert_eq!(cost.to_string(), "at most 80 CNY/customer, inverse");
/// assert_eq!(cost.attainment(dec!(100))?.to_string(), "80%");
///
/// // An actual value in another scale of the unit is converted, another unit is refused.
/// let share: Target = "at least 25 %".parse()?;
/// assert_eq!(share.attainment_of(&"0.27".parse()?)?.to_string(), "108%");
/// assert!(share.attainment_of(&"27 CNY".parse()?).is_err());
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::target::Target;
/// let json = r#""at most 80 CNY/customer, inverse""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Target>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[doc(alias("目标", "KPI"))]
pub struct Target {
    goal: Goal,
    unit: Unit,
}

impl Target {
    /// The target of at least `value` in `unit`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::Target;
    /// use rust_decimal::dec;
    ///
    /// let engagement = Target::at_least(dec!(5), "%".parse()?);
    /// assert_eq!(engagement.to_string(), "at least 5 %");
    /// assert_eq!((engagement.min(), engagement.max()), (Some(dec!(5)), None));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn at_least(value: Decimal, unit: Unit) -> Self {
        Self { goal: Goal::AtLeast(value.normalize()), unit }
    }

    /// The target of at most `value` in `unit`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::{LowerRule, Target};
    /// use marketloop::quantity::Unit;
    /// use rust_decimal::dec;
    ///
    /// // A cost of 100 against at most 80, by the two rules.
    /// let cost = |rule| Target::at_most(dec!(80), rule, Unit::ONE).attainment(dec!(100));
    /// assert_eq!(cost(LowerRule::Inverse)?.to_string(), "80%"); // 80 / 100
    /// assert_eq!(cost(LowerRule::Linear)?.to_string(), "75%"); // 2 - 100 / 80
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn at_most(value: Decimal, rule: LowerRule, unit: Unit) -> Self {
        Self { goal: Goal::AtMost(value.normalize(), rule), unit }
    }

    /// The target of a value from `low` to `high`, both within, in `unit`.
    ///
    /// # Errors
    /// [`TargetError::RangeReversed`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::{LowerRule, Target};
    /// use rust_decimal::dec;
    ///
    /// let own = Target::between(dec!(40), dec!(60), LowerRule::Linear, "%".parse()?)?;
    /// assert!(own.is_met(dec!(60)) && !own.is_met(dec!(61)));
    /// assert_eq!(own.attainment(dec!(30))?.to_string(), "75%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn between(low: Decimal, high: Decimal, above: LowerRule, unit: Unit) -> Result<Self, TargetError> {
        if low > high {
            return Err(TargetError::RangeReversed { low, high });
        }
        Ok(Self { goal: Goal::Between { low: low.normalize(), high: high.normalize(), above }, unit })
    }

    /// The direction with its value, in terms of [`unit`](Self::unit).
    pub(crate) const fn goal(&self) -> Goal {
        self.goal
    }

    /// The minimum value that meets the target, in terms of [`unit`](Self::unit); `None` where less is better.
    #[must_use]
    pub const fn min(&self) -> Option<Decimal> {
        match self.goal {
            Goal::AtLeast(value) | Goal::Between { low: value, .. } => Some(value),
            Goal::AtMost(..) => None,
        }
    }

    /// The maximum value that meets the target, in terms of [`unit`](Self::unit); `None` where more is better.
    #[must_use]
    pub const fn max(&self) -> Option<Decimal> {
        match self.goal {
            Goal::AtMost(value, _) | Goal::Between { high: value, .. } => Some(value),
            Goal::AtLeast(_) => None,
        }
    }

    /// How attainment falls above [`max`](Self::max); `None` where more is better.
    #[must_use]
    pub const fn lower_rule(&self) -> Option<LowerRule> {
        match self.goal {
            Goal::AtMost(_, rule) | Goal::Between { above: rule, .. } => Some(rule),
            Goal::AtLeast(_) => None,
        }
    }

    /// The unit.
    #[must_use]
    pub const fn unit(&self) -> &Unit {
        &self.unit
    }

    /// How far `actual`, in the target's unit, attains the target: 1 is all of it.
    ///
    /// The actual value is a decimal or an exact fraction, such as a KPI tree implies.
    ///
    /// # Errors
    /// [`TargetError::ZeroTarget`], [`TargetError::NegativeTarget`], [`TargetError::ActualNotPositive`] where
    /// the attainment is undefined; [`TargetError::Quantity`] where its lowest terms need more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::Target;
    /// use rust_decimal::dec;
    ///
    /// let impressions: Target = "at least 5000000 impression".parse()?;
    /// assert_eq!(impressions.attainment(dec!(4800000))?.to_string(), "96%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn attainment(&self, actual: impl Into<Ratio>) -> Result<Attainment, TargetError> {
        let actual = actual.into();
        let ratio = match self.goal {
            Goal::AtLeast(target) => at_least(actual, target)?,
            Goal::AtMost(target, rule) => at_most(actual, target, rule)?,
            // A range is two targets, and only the end that is missed has a say.
            Goal::Between { low, .. } if actual < low.into() => at_least(actual, low)?,
            Goal::Between { high, above, .. } if actual > high.into() => at_most(actual, high, above)?,
            Goal::Between { .. } => Ratio::ONE,
        };
        Ok(Attainment::new(ratio))
    }

    /// How far an actual value with a unit attains the target; the units may differ by a power of ten.
    ///
    /// # Errors
    /// [`TargetError::Quantity`] when the units differ, or those of [`attainment`](Self::attainment).
    pub fn attainment_of(&self, actual: &ActualValue) -> Result<Attainment, TargetError> {
        self.attainment(actual.value_in(&self.unit)?)
    }

    /// Whether `actual`, in the target's unit, reaches the target.
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::Target;
    /// use rust_decimal::dec;
    ///
    /// let cost: Target = "at most 80 CNY/customer, inverse".parse()?;
    /// assert!(cost.is_met(dec!(80)) && !cost.is_met(dec!(80.01)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn is_met(&self, actual: impl Into<Ratio>) -> bool {
        let actual = actual.into();
        match self.goal {
            Goal::AtLeast(target) => actual >= target.into(),
            Goal::AtMost(target, _) => actual <= target.into(),
            Goal::Between { low, high, .. } => actual >= low.into() && actual <= high.into(),
        }
    }

    /// `actual`, in the target's unit, less the target; for a range less its nearer end, and zero within the range.
    ///
    /// # Errors
    /// [`TargetError::Quantity`] when the lowest terms of the difference need more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::{Favour, Target};
    /// use rust_decimal::dec;
    ///
    /// let cost: Target = "at most 80 CNY/customer, inverse".parse()?;
    /// let variance = cost.variance(dec!(100))?;
    /// assert_eq!((variance.absolute(), variance.favour()), (dec!(20).into(), Favour::Adverse));
    /// assert_eq!(variance.relative()?.to_percent(), "25%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn variance(&self, actual: impl Into<Ratio>) -> Result<Variance, TargetError> {
        let actual = actual.into();
        let (reference, better) = match self.goal {
            Goal::AtLeast(target) => (target.into(), Favour::Favourable),
            Goal::AtMost(target, _) => (target.into(), Favour::Adverse),
            Goal::Between { low, .. } if actual < low.into() => (low.into(), Favour::Favourable),
            Goal::Between { high, .. } if actual > high.into() => (high.into(), Favour::Adverse),
            Goal::Between { .. } => (actual, Favour::Neutral),
        };
        let absolute = actual.minus(reference)?;
        Ok(Variance::new(absolute, reference, better))
    }
}

fn at_least(actual: Ratio, target: Decimal) -> Result<Ratio, TargetError> {
    positive(actual, target)?;
    Ok(actual.divided_by(target.into())?)
}

fn at_most(actual: Ratio, target: Decimal, rule: LowerRule) -> Result<Ratio, TargetError> {
    match rule {
        // The linear rule divides by the target, the inverse one by the actual value: each refuses its own zero.
        LowerRule::Linear => {
            positive(actual, target)?;
            let two = Ratio::from(Decimal::TWO);
            Ok(two.minus(actual.divided_by(target.into())?)?)
        }
        LowerRule::Inverse if target.is_sign_negative() && !target.is_zero() => {
            Err(TargetError::NegativeTarget { actual: Box::new(actual), target })
        }
        LowerRule::Inverse if actual <= Ratio::ZERO => {
            Err(TargetError::ActualNotPositive { actual: Box::new(actual), target })
        }
        LowerRule::Inverse => Ok(Ratio::from(target).divided_by(actual)?),
    }
}

fn positive(actual: Ratio, target: Decimal) -> Result<(), TargetError> {
    if target.is_zero() {
        Err(TargetError::ZeroTarget { actual: Box::new(actual) })
    } else if target.is_sign_negative() {
        Err(TargetError::NegativeTarget { actual: Box::new(actual), target })
    } else {
        Ok(())
    }
}

impl fmt::Display for Target {
    /// `at least 5000000 impression`; with `{:#}` the number in groups, `5,000,000`; a precision is a number of
    /// decimals, half to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quantity = |value| within(f, &Quantity::new(value, self.unit.clone()));
        let text = match self.goal {
            Goal::AtLeast(value) => alloc::format!("at least {}", quantity(value)),
            Goal::AtMost(value, rule) => alloc::format!("at most {}, {rule}", quantity(value)),
            Goal::Between { low, high, above } => {
                let low = within(f, &Quantity::new(low, Unit::ONE));
                alloc::format!("between {low} and {}, {above}", quantity(high))
            }
        };
        write_whole(f, &text)
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| TargetError::NotATarget { text: excerpt(text), reason };
        let whole = trim(text);
        // No rule follows `at least`: where more is better, attainment has one formula.
        if let Some(value) = strip_words(whole, "at least") {
            let value: Quantity = value.parse()?;
            return Ok(Self::at_least(value.value(), value.unit().clone()));
        }
        let (at_most, between) = (strip_words(whole, "at most"), strip_words(whole, "between"));
        let Some(goal) = at_most.or(between) else {
            return Err(refuse("it starts with none of at least, at most, between"));
        };
        // Split at the last comma: the rule has no comma, a unit may.
        let parts = goal.rfind(|c| folded(c) == ',').map(|at| goal.split_at(at));
        let (value, rule) =
            parts.ok_or_else(|| refuse("where less is better it names `inverse` or `linear`"))?;
        let rule = match trim(rule.trim_start_matches(|c| folded(c) == ',')) {
            "inverse" => LowerRule::Inverse,
            "linear" => LowerRule::Linear,
            // A comma within the number, `at most 1,000`, and no rule behind it: say what is missing, not what it is not.
            number if number.starts_with(|c| folded(c).is_ascii_digit()) => {
                return Err(refuse("where less is better it names `inverse` or `linear`"));
            }
            _ => return Err(refuse("a rule is neither inverse nor linear")),
        };
        if at_most.is_some() {
            let value: Quantity = value.parse()?;
            return Ok(Self::at_most(value.value(), rule, value.unit().clone()));
        }
        let form = || refuse("a range has the form `between 40 and 60 %, linear`");
        let (low, rest) = number(value).map_err(|fault| match fault {
            Fault::NoNumber => form(),
            unclear @ Fault::Unclear { .. } => unclear.of(value).into(),
        })?;
        let low = low.value(0)?;
        let high: Quantity = strip_words(trim_start(rest), "and").ok_or_else(form)?.parse()?;
        Self::between(low, high.value(), rule, high.unit().clone())
    }
}

text_on_the_wire!(Target, "a target such as `at least 25 %`");

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn target(text: &str) -> Target {
        text.parse().unwrap()
    }

    #[test]
    fn targets_read_back() {
        for text in [
            "at least 25 %",
            "at least -3.5",
            "at most 80 CNY/customer, inverse",
            "at most 0.05 1/1000, linear",
            "between 40 and 60 %, linear",
            "between -1 and 1, inverse",
        ] {
            let text = text.replace("1/1000", "‰");
            assert_eq!(target(&text).to_string(), text);
        }
        for bad in [
            "",
            "25 %",
            "at least",
            "at least x",
            "at most 5",
            "at most 5, cubic",
            "between 6 and 4, linear",
            "between 4, linear",
        ] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_was_meant_is_hinted() {
        let reason = |text: &str| match text.parse::<Target>() {
            Err(TargetError::NotATarget { reason, .. }) => reason,
            other => panic!("{other:?}"),
        };
        for start in ["At least 5", "5 CNY", "At most 5, linear", ""] {
            assert_eq!(reason(start), "it starts with none of at least, at most, between", "{start}");
        }
        assert_eq!(reason("at most 5"), "where less is better it names `inverse` or `linear`");
        assert_eq!(reason("between 4, linear"), "a range has the form `between 40 and 60 %, linear`");
    }

    #[test]
    fn a_range_is_attained_within_and_at_both_ends() {
        let range = target("between 40 and 60 %, linear");
        for inside in [dec!(40), dec!(50), dec!(60)] {
            assert_eq!(range.attainment(inside).unwrap().to_string(), "100%");
            assert_eq!(range.variance(inside).unwrap().favour(), Favour::Neutral);
        }
        assert_eq!(range.attainment(dec!(30)).unwrap().to_string(), "75%");
        assert_eq!(range.attainment(dec!(75)).unwrap().to_string(), "75%");
        assert_eq!(range.variance(dec!(75)).unwrap().absolute(), dec!(15).into());
        assert_eq!(range.variance(dec!(75)).unwrap().favour(), Favour::Adverse);
        assert_eq!(range.variance(dec!(30)).unwrap().favour(), Favour::Adverse);
        assert!(!range.is_met(dec!(60.01)) && range.is_met(dec!(60)));
    }

    #[test]
    fn what_is_undefined_says_why() {
        let why = |text: &str, actual| target(text).attainment(actual).unwrap_err();
        assert!(matches!(why("at least 0", dec!(5)), TargetError::ZeroTarget { .. }));
        assert!(matches!(why("at least -2", dec!(5)), TargetError::NegativeTarget { .. }));
        assert!(matches!(why("at most 5, inverse", dec!(0)), TargetError::ActualNotPositive { .. }));
        assert!(matches!(why("at most 5, inverse", dec!(-1)), TargetError::ActualNotPositive { .. }));
        assert!(matches!(why("at most 0, linear", dec!(1)), TargetError::ZeroTarget { .. }));
        assert_eq!(why("at least 0", dec!(5)).kind(), crate::error::ErrorKind::Undefined);
    }
}
