//! Changes and what they are made of: factors, segments, sales of products, elements, contributions.

use super::{small_decimals, strategy, units};
use crate::decompose::{ContributionMethod, Contributions, Element, ProductSales, Segment};
use crate::quantity::add;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use proptest::collection::{SizeRange, vec};
use proptest::option;
use proptest::prelude::{Just, Strategy};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;

/// The factors of a product before and after: 1 to 4, none below 0, of which some enter from 0 and some do not change.
///
/// Mean size 2.5 factors; 76 % are edges: one factor, a factor of 0, one that did not change.
///
/// # Examples
/// ```
/// use marketloop::decompose::{DecompositionMethod, explain_product};
/// use marketloop::laws;
/// use marketloop::quantity::Rounding;
/// use marketloop::strategies::changes;
/// use proptest::prelude::*;
///
/// proptest!(|((before, after) in changes().with_factors(2..=3))| {
///     let why = explain_product(&before, &after, DecompositionMethod::LogMean, (2, Rounding::HalfEven)).unwrap();
///     laws::explanation_closes(why.total(), &why)?;
/// });
/// ```
pub fn changes() -> Changes {
    Changes { factors: (1..=4).into(), digits: 0..=1_000_000 }
}

/// How changes are made; see [`changes`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Changes {
    factors: SizeRange,
    digits: RangeInclusive<i64>,
}

impl Changes {
    /// Products of so many factors.
    pub fn with_factors(mut self, factors: impl Into<SizeRange>) -> Self {
        self.factors = factors.into();
        self
    }

    /// Factors whose digits lie in this range, with up to five of them behind the point: `-1000..=1000` for factors that
    /// change their sign.
    pub fn with_digits(mut self, digits: RangeInclusive<i64>) -> Self {
        self.digits = digits;
        self
    }

    fn cases(&self) -> impl Strategy<Value = (Vec<Decimal>, Vec<Decimal>)> + use<> {
        let factor = small_decimals(self.digits.clone());
        let moves = prop_oneof![4 => Just(true), 1 => Just(false)];
        let factor = (factor.clone(), factor, moves)
            .prop_map(|(before, after, moves)| (before, if moves { after } else { before }));
        vec(factor, self.factors.clone()).prop_map(|factors| factors.into_iter().unzip())
    }
}

strategy!(Changes => (Vec<Decimal>, Vec<Decimal>));

/// Whole numbers below 5,000; often 0, 1 or the number before.
fn counts_of_rows() -> impl Strategy<Value = Option<u16>> + Clone {
    prop_oneof![
        6 => (1..5_000_u16).prop_map(Some),
        1 => Just(Some(0)),
        1 => Just(Some(1)),
        1 => Just(None),
    ]
}

/// Names of rows: `row 1`, `row 2`.
fn name(number: u32) -> String {
    format!("row {number}")
}

/// Segments of a rate, 1 to 7 of them: some are new, some gone, some did not change.
///
/// Mean size 4.1 rows; 84 % are edges: one segment, one that is new or gone, one whose rate is 0.
///
/// # Examples
/// ```
/// use marketloop::decompose::mix_rate;
/// use marketloop::laws;
/// use marketloop::quantity::Rounding;
/// use marketloop::strategies::segments;
/// use proptest::prelude::*;
///
/// proptest!(|(rows in segments())| {
///     let why = mix_rate(&rows, (6, Rounding::HalfEven)).unwrap();
///     laws::explanation_closes(why.total(), &why)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn segments() -> impl Strategy<Value = Vec<Segment<String>>> + Clone {
    let count = counts_of_rows;
    vec([count(), count(), count(), count()], 1..8).prop_map(|rows| {
        let segment = |([part, whole, later, later_whole], number): ([Option<u16>; 4], u32)| {
            // The first segment has a denominator at both times, so that there is a whole.
            let least = u16::from(number == 1);
            let old = whole.unwrap_or(7).max(least);
            let new = later_whole.map_or(old, |new| new.max(least));
            let of = |part: u16, whole: u16| if whole == 0 { 0 } else { part };
            let part = part.unwrap_or(3);
            Segment::new(name(number), (of(part, old), old), (of(later.unwrap_or(part), new), new))
        };
        rows.into_iter().zip(1..).map(segment).collect()
    })
}

/// A quantity, and a price in cents; `None` is the price that comes often.
type Sale = (i64, Option<i64>);

/// Sales of 1 to 7 products before and after: some are new, some gone, some sold at the same price.
///
/// Mean size 4.0 rows; 91 % are edges: one product, one that is new or gone, one of which none was sold.
///
/// # Examples
/// ```
/// use marketloop::decompose::price_volume_mix;
/// use marketloop::laws;
/// use marketloop::strategies::product_sales;
/// use proptest::prelude::*;
///
/// proptest!(|(rows in product_sales())| {
///     let why = price_volume_mix(&rows, 2).unwrap();
///     laws::explanation_closes(why.total(), &why)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn product_sales() -> impl Strategy<Value = Vec<ProductSales<String>>> + Clone {
    let quantity = prop_oneof![6 => 0..10_000_i64, 1 => Just(0)];
    let sale = || option::weighted(0.8, (quantity.clone(), option::weighted(0.8, 0..100_000_i64)));
    vec((sale(), sale()), 1..8).prop_map(|rows| {
        let product = |((before, after), number): ((Option<Sale>, Option<Sale>), u32)| {
            // Something of the first was sold before, so that there is an average price.
            let before = if number == 1 { before.or(Some((1, None))) } else { before };
            let price = |cents: Option<i64>| Decimal::new(cents.unwrap_or(1_000), 2);
            let mut product = ProductSales::new(name(number));
            if let Some((quantity, cents)) = before {
                product =
                    product.sold_before(if number == 1 { quantity.max(1) } else { quantity }, price(cents));
            }
            if let Some((quantity, cents)) = after {
                product = product.sold_after(quantity, price(cents));
            }
            product
        };
        rows.into_iter().zip(1..).map(product).collect()
    })
}

/// The elements of a dimension with forecast and actual, 1 to 11 of them, whose sums differ.
///
/// Mean size 6.1 rows; 77 % are edges: one element, one of 0, one that came as forecast.
///
/// # Examples
/// ```
/// use marketloop::decompose::adtributor;
/// use marketloop::laws;
/// use marketloop::strategies::elements;
/// use proptest::prelude::*;
///
/// proptest!(|(elements in elements())| laws::explanatory_powers_add_up(&adtributor(&elements).unwrap())?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn elements() -> impl Strategy<Value = Vec<Element<String>>> + Clone {
    let count = counts_of_rows;
    vec((count(), count()), 1..12).prop_map(|rows| {
        let mut rows: Vec<(u32, u32)> = rows
            .into_iter()
            .map(|(forecast, actual)| {
                let forecast = u32::from(forecast.unwrap_or(5));
                (forecast, actual.map_or(forecast, u32::from))
            })
            .collect();
        // There is a forecast, something came, and not just as much as was forecast.
        let (forecast, actual) = rows.iter().fold((0_u64, 0_u64), |(forecast, actual), row| {
            (forecast.saturating_add(row.0.into()), actual.saturating_add(row.1.into()))
        });
        if let Some(first) = rows.first_mut() {
            first.0 = first.0.saturating_add(u32::from(forecast == 0));
            let same = actual == forecast.saturating_add(u64::from(forecast == 0));
            first.1 = first.1.saturating_add(u32::from(actual == 0)).saturating_add(u32::from(same));
            first.1 = first.1.saturating_add(u32::from(actual == 0 && forecast <= 1));
        }
        let element = |((forecast, actual), number): ((u32, u32), u32)| Element {
            key: name(number),
            forecast: forecast.into(),
            actual: actual.into(),
        };
        rows.into_iter().zip(1..).map(element).collect()
    })
}

/// Contributions of up to 6 parts of either sign, by any methods, in any unit, which add up.
///
/// Mean size 3.1 parts; 22 % are edges: no part, a part of 0.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::contributions;
/// use proptest::prelude::*;
///
/// proptest!(|(why in contributions())| {
///     laws::explanation_closes(why.total(), &why)?;
///     laws::reads_back_what_it_writes(&why)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn contributions() -> impl Strategy<Value = Contributions<String>> + Clone {
    let methods = [
        ContributionMethod::Given,
        ContributionMethod::Weights,
        ContributionMethod::Euler,
        ContributionMethod::LogMean,
        ContributionMethod::Shapley,
        ContributionMethod::Sequential,
    ];
    let part = (small_decimals(-100_000..=100_000), select(Vec::from(methods)));
    (vec(part, 0..7), units()).prop_filter_map("contributions", |(parts, unit)| {
        let total = parts.iter().try_fold(Decimal::ZERO, |sum, (value, _)| add(sum, *value)).ok()?;
        let parts = parts.into_iter().zip(1..).map(|((value, method), number)| (name(number), value, method));
        Contributions::by_method(total, &unit, parts).ok()
    })
}
