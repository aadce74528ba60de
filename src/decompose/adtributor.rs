//! Which elements of a dimension explain that an actual missed its forecast: explanatory power and surprise.
//!
//! The definitions follow the reference data of the tests. Their source, R. Bhagwan and others (Adtributor:
//! Revenue Debugging in Advertising Systems, 2014), is provisional: it was not read against them.

use super::DecomposeError;
use super::fraction::{Fraction, sum};
use super::mix_rate::Segment;
use crate::figure::{Cell, Table};
use crate::quantity::wire::wire_fields;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// An element of a dimension (a channel, a region) with its forecast and its actual.
///
/// ```
/// # use marketloop::decompose::Element;
/// let json = r#"{"key":"x","forecast":"50","actual":"24"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Element<String>>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Element<K> {
    /// The name of the element.
    pub key: K,
    /// What was forecast.
    pub forecast: Decimal,
    /// What happened.
    pub actual: Decimal,
}

wire_fields!(Element<K> { key, forecast: own, actual: own });

/// What one element contributed to the miss, and how surprising its share is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ElementAttribution<K> {
    /// The name of the element.
    pub key: K,
    /// What the element moved: of a measure its actual less its forecast, of a ratio the raw effect.
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    pub effect: f64,
    /// The share of the whole miss that the element explains; all add up to 1, and some may be negative.
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    pub explanatory_power: f64,
    /// How much the element's share of the whole changed, from 0.
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    pub surprise: f64,
}

/// The elements of a dimension with the part of the miss that each explains: all of them in the order given, or those
/// that [`rank_dimensions`](super::rank_dimensions) chose, the most surprising first.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution<K> {
    elements: Vec<ElementAttribution<K>>,
}

impl<K> Attribution<K> {
    pub(super) const fn of(elements: Vec<ElementAttribution<K>>) -> Self {
        Self { elements }
    }

    /// The elements in their order.
    #[must_use]
    pub fn elements(&self) -> &[ElementAttribution<K>] {
        &self.elements
    }

    /// The elements in their order, one by one.
    pub fn iter(&self) -> core::slice::Iter<'_, ElementAttribution<K>> {
        self.elements.iter()
    }

    /// The share of the miss that the elements explain together: 1, up to rounding, where no element of the dimension is
    /// left out.
    #[must_use]
    pub fn explanatory_power(&self) -> f64 {
        // From 0.0: the empty sum of floats is -0.0.
        self.elements.iter().fold(0.0, |sum, element| sum + element.explanatory_power)
    }

    /// The sum of the elements' surprise: by how much their shares of the whole changed.
    #[must_use]
    pub fn surprise(&self) -> f64 {
        self.elements.iter().fold(0.0, |sum, element| sum + element.surprise)
    }

    /// A row for each element: its effect, its explanatory power and its surprise.
    #[must_use]
    pub fn table(&self) -> Table
    where
        K: fmt::Display,
    {
        let mut table = Table::new("element");
        for ElementAttribution { key, effect, explanatory_power, surprise } in &self.elements {
            table.push(key, "effect", Cell::new(effect, "1"));
            table.push(key, "explanatory power", Cell::new(explanatory_power, "1"));
            table.push(key, "surprise", Cell::new(surprise, "1"));
        }
        table
    }
}

impl<K: fmt::Display> fmt::Display for Attribution<K> {
    /// The [table](Attribution::table) as text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl<'a, K> IntoIterator for &'a Attribution<K> {
    type Item = &'a ElementAttribution<K>;
    type IntoIter = core::slice::Iter<'a, ElementAttribution<K>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[derive(Serialize)]
struct AttributionOut<'a, K> {
    elements: &'a [ElementAttribution<K>],
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    explanatory_power: f64,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    surprise: f64,
}

impl<K: Serialize> Serialize for Attribution<K> {
    /// The elements, and what they explain and how much they surprise together.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (explanatory_power, surprise) = (self.explanatory_power(), self.surprise());
        AttributionOut { elements: &self.elements, explanatory_power, surprise }.serialize(serializer)
    }
}

/// The explanatory power and the surprise of each element of a measure.
///
/// # Formula
/// With the forecasts `F_i` and actuals `A_i` of the elements and their sums `F` and `A`:
/// `power_i = (A_i - F_i) / (A - F)`; `surprise_i = (p ln(2p / (p+q)) + q ln(2q / (p+q))) / 2` with the
/// shares `p = F_i / F` and `q = A_i / A` (the Jensen-Shannon divergence, element by element).
///
/// # Errors
/// [`DecomposeError::Empty`]; [`DecomposeError::Negative`]; [`DecomposeError::NoWhole`] where the forecasts
/// or the actuals add up to zero, or where the actual is as forecast.
///
/// # Examples
/// ```
/// use marketloop::decompose::{Element, adtributor};
/// use rust_decimal::dec;
///
/// let why = adtributor(&[
///     Element { key: "search", forecast: dec!(50), actual: dec!(24) },
///     Element { key: "social", forecast: dec!(50), actual: dec!(46) },
/// ])?;
/// assert!((why.elements()[0].explanatory_power - 26.0 / 30.0).abs() < 1e-15);
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
pub fn adtributor<K: Clone>(elements: &[Element<K>]) -> Result<Attribution<K>, DecomposeError> {
    let measure = Measure::of(elements.iter().map(|element| (element.forecast, element.actual)))?;
    let effects: Vec<Fraction> = measure.rows.iter().map(|(f, a)| a.minus(f)).collect();
    measure.surprises().and_then(|surprises| attribution(elements, |e| e.key.clone(), &effects, surprises))
}

/// The explanatory power and the surprise of each element of a ratio of two measures: of each segment the forecast
/// before, and the actual after.
///
/// # Formula
/// With numerators 1 and denominators 2: `raw_i = ((A1_i - F1_i) F2 - (A2_i - F2_i) F1) / (F2 (F2 + A2_i -
/// F2_i))`, what the ratio would have moved had only element `i` moved; `power_i = raw_i / sum of raw`;
/// the surprise is the sum of those of the two measures.
///
/// # Errors
/// As [`adtributor`]; [`DecomposeError::NoWhole`] also where an element alone takes the denominator to zero.
///
/// # Examples
/// ```
/// use marketloop::decompose::{Segment, adtributor_derived};
///
/// // Revenue by clicks: forecast and actual of each region.
/// let rows = [
///     Segment::new("us", (600, 3000), (420, 2950)),
///     Segment::new("eu", (300, 2000), (310, 2100)),
/// ];
/// let why = adtributor_derived(&rows)?;
/// assert!((why.explanatory_power() - 1.0).abs() < 1e-15);
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
pub fn adtributor_derived<K: Clone>(elements: &[Segment<K>]) -> Result<Attribution<K>, DecomposeError> {
    let numerator = Measure::of(elements.iter().map(|e| (e.numerator_before, e.numerator_after)))?;
    let denominator = Measure::of(elements.iter().map(|e| (e.denominator_before, e.denominator_after)))?;
    let effects = numerator
        .rows
        .iter()
        .zip(&denominator.rows)
        .map(|((f1, a1), (f2, a2))| {
            let moved = a2.minus(f2);
            let above = a1.minus(f1).times(&denominator.forecast).minus(&moved.times(&numerator.forecast));
            above.over(&denominator.forecast.times(&denominator.forecast.plus(&moved)))
        })
        .collect::<Option<Vec<_>>>()
        .ok_or(DecomposeError::NoWhole { what: "denominator" })?;
    let surprises = numerator.surprises()?.into_iter().zip(denominator.surprises()?);
    let surprises = surprises.map(|(of_numerator, of_denominator)| of_numerator + of_denominator).collect();
    attribution(elements, |element| element.key.clone(), &effects, surprises)
}

fn attribution<E, K>(
    elements: &[E],
    key: impl Fn(&E) -> K,
    effects: &[Fraction],
    surprises: Vec<f64>,
) -> Result<Attribution<K>, DecomposeError> {
    let change = sum(effects);
    let elements = elements
        .iter()
        .zip(effects)
        .zip(surprises)
        .map(|((element, effect), surprise)| {
            let power = effect.over(&change).ok_or(DecomposeError::NoWhole { what: "change" })?;
            let key = key(element);
            Ok(ElementAttribution {
                key,
                effect: effect.to_f64(),
                explanatory_power: power.to_f64(),
                surprise,
            })
        })
        .collect::<Result<_, DecomposeError>>()?;
    Ok(Attribution { elements })
}

/// The forecast and actual of each element, and their sums.
struct Measure {
    rows: Vec<(Fraction, Fraction)>,
    forecast: Fraction,
    actual: Fraction,
}

impl Measure {
    fn of(rows: impl Iterator<Item = (Decimal, Decimal)>) -> Result<Self, DecomposeError> {
        let rows = rows
            .enumerate()
            .map(|(index, (forecast, actual))| {
                match [forecast, actual].into_iter().find(|v| *v < Decimal::ZERO) {
                    Some(value) => Err(DecomposeError::Negative { index, value }),
                    None => Ok((Fraction::from(forecast), Fraction::from(actual))),
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        if rows.is_empty() {
            return Err(DecomposeError::Empty { what: "rows" });
        }
        let forecast = sum(rows.iter().map(|row| &row.0));
        let actual = sum(rows.iter().map(|row| &row.1));
        Ok(Self { rows, forecast, actual })
    }

    fn surprises(&self) -> Result<Vec<f64>, DecomposeError> {
        let share = |part: &Fraction, whole: &Fraction, what| {
            part.over(whole).ok_or(DecomposeError::NoWhole { what })
        };
        self.rows
            .iter()
            .map(|(forecast, actual)| {
                let p = share(forecast, &self.forecast, "forecast")?;
                Ok(surprise(&p, &share(actual, &self.actual, "actual")?))
            })
            .collect()
    }
}

/// `(p ln(2p / (p+q)) + q ln(2q / (p+q))) / 2`.
///
/// With `m = (p+q)/2` and `d = (p-q)/(p+q)` this is `m/2 ((1+d) ln(1+d) + (1-d) ln(1-d))`, for small `d` the
/// series `m/2 (d^2 + d^4/6 + d^6/15 + …)` with the terms `d^2k / (k (2k-1))`: nothing cancels.
fn surprise(p: &Fraction, q: &Fraction) -> f64 {
    let both = p.plus(q);
    // An element without a share at either point has none of the surprise, too: then there is nothing to divide by.
    let part = |value: &Fraction| value.over(&both).map_or(0.0, |part| part.to_f64());
    let d = part(&p.minus(q));
    let middle = both.halved().to_f64();
    let divergence = if d.abs() <= 0.3 {
        let (mut power, mut sum, mut k) = (1.0, 0.0, 0.0);
        // 0.3^40 is 1e-21.
        for _ in 0..20 {
            k += 1.0;
            power *= d * d;
            sum += power / (k * (2.0 * k - 1.0));
        }
        sum
    } else {
        let term = |x: f64| if x > 0.0 { x * libm::log(x) } else { 0.0 };
        term(2.0 * part(p)) + term(2.0 * part(q))
    };
    middle / 2.0 * divergence
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn run(rows: &[(Decimal, Decimal)]) -> Result<Attribution<usize>, DecomposeError> {
        let element = |(key, (forecast, actual)): (usize, &(Decimal, Decimal))| Element {
            key,
            forecast: *forecast,
            actual: *actual,
        };
        adtributor(&rows.iter().enumerate().map(element).collect::<Vec<_>>())
    }

    #[test]
    fn elements_that_come_or_go_have_a_surprise() {
        let why = run(&[(dec!(1), dec!(0)), (dec!(0), dec!(2)), (dec!(0), dec!(0))]).unwrap();
        let half_ln_two = 2.0_f64.ln() / 2.0;
        assert!((why.elements()[0].surprise - half_ln_two).abs() < 1e-16);
        assert!((why.elements()[1].surprise - half_ln_two).abs() < 1e-16);
        assert!(why.elements()[2].surprise.abs() < 1e-300);
        assert!((why.surprise() - 2.0_f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn what_has_no_share_is_refused() {
        assert!(run(&[]).is_err());
        assert!(run(&[(dec!(0), dec!(1))]).is_err() && run(&[(dec!(1), dec!(0))]).is_err());
        assert!(run(&[(dec!(1), dec!(1))]).is_err());
        assert!(run(&[(dec!(-1), dec!(1)), (dec!(3), dec!(1))]).is_err());
        assert!(run(&[(Decimal::MAX, dec!(1)), (dec!(1), Decimal::MAX), (dec!(1), dec!(2))]).is_ok());
    }
}
