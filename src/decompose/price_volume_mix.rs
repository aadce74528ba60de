//! Why the revenue of a range of products changed: volume, price, mix, new and lost products.

use super::DecomposeError;
use super::contributions::{ContributionMethod, Contributions, Effect, SegmentEffect};
use super::fraction::{Fraction, apportion, sum};
use crate::quantity::{Unit, add, multiply, subtract};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What was sold of a product in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sale {
    /// How many units.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub quantity: Decimal,
    /// The price of a unit.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub price: Decimal,
}

/// A product in two periods; `None` where it was not on sale.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductSales<K> {
    /// The name of the product.
    pub key: K,
    /// What was sold before.
    pub before: Option<Sale>,
    /// What was sold after.
    pub after: Option<Sale>,
}

/// The change of the revenue of `rows` by volume, price, mix, new and lost products, as decimals of `scale`.
///
/// # Formula
/// With quantities `q`, prices `p`, 0 before and 1 after, and the average price `P = R0 / Q0` before:
///
/// | effect | of | formula |
/// | --- | --- | --- |
/// | volume | every product | `(q1 - q0) P` |
/// | price | continuing products | `q1 (p1 - p0)` |
/// | mix | continuing products | `(q1 - q0) (p0 - P)` |
/// | new | new products | `q1 (p1 - P)` |
/// | lost | products that are gone | `-q0 (p0 - P)` |
///
/// All effects of all products are exact fractions and are rounded together, by largest remainder, so that
/// every row, every column and the whole add up.
///
/// # Errors
/// [`DecomposeError::Empty`]; [`DecomposeError::NoWhole`] where nothing was sold before;
/// [`DecomposeError::FinerThanScale`] where the change has more decimals than `scale`;
/// [`DecomposeError::Quantity`] and [`DecomposeError::Overflow`] beyond 28 digits.
///
/// # Examples
/// ```
/// use marketloop::decompose::{Effect, ProductSales, Sale, price_volume_mix};
/// use rust_decimal::{Decimal, dec};
///
/// let sale = |quantity, price| Some(Sale { quantity, price });
/// let rows = [
///     ProductSales { key: "tea", before: sale(dec!(100), dec!(10)), after: sale(dec!(120), dec!(11)) },
///     ProductSales { key: "pot", before: sale(dec!(200), dec!(5)), after: None },
///     ProductSales { key: "cup", before: None, after: sale(dec!(80), dec!(12)) },
/// ];
/// let why = price_volume_mix(&rows, 2)?;
/// let of = |effect| why.of_effect(effect);
/// assert_eq!((of(Effect::Volume)?, of(Effect::Price)?), (dec!(-666.67), dec!(120)));
/// assert_eq!((of(Effect::Mix)?, of(Effect::New)?, of(Effect::Lost)?), (dec!(66.67), dec!(426.67), dec!(333.33)));
/// assert_eq!((why.total(), why.of_segment(&"tea")?), (dec!(280), dec!(320)));
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
pub fn price_volume_mix<K: Clone>(
    rows: &[ProductSales<K>],
    scale: u32,
) -> Result<Contributions<SegmentEffect<K>>, DecomposeError> {
    if rows.is_empty() {
        return Err(DecomposeError::Empty { what: "rows" });
    }
    let (before, after) =
        (revenue(rows.iter().map(|row| row.before))?, revenue(rows.iter().map(|row| row.after))?);
    let quantity =
        sum(&rows.iter().filter_map(|row| row.before).map(|s| s.quantity.into()).collect::<Vec<_>>());
    let average =
        Fraction::from(before).over(&quantity).ok_or(DecomposeError::NoWhole { what: "quantity before" })?;
    let cells: Vec<Fraction> = rows.iter().flat_map(|row| effects(row, &average)).collect();
    let change = subtract(after, before)?;
    let rounded = apportion(&cells, change, scale)?;
    // A row's effects stand side by side, in this order, as `effects` makes them.
    let keys = rows.iter().flat_map(|row| {
        [Effect::Volume, Effect::Price, Effect::Mix, Effect::New, Effect::Lost]
            .map(|effect| SegmentEffect { segment: row.key.clone(), effect })
    });
    Contributions::new(change, &Unit::ONE, keys.zip(rounded), ContributionMethod::Weights)
}

fn revenue(sales: impl Iterator<Item = Option<Sale>>) -> Result<Decimal, DecomposeError> {
    sales
        .flatten()
        .try_fold(Decimal::ZERO, |sum, Sale { quantity, price }| Ok(add(sum, multiply(quantity, price)?)?))
}

/// Volume, price, mix, new, lost.
fn effects<K>(row: &ProductSales<K>, average: &Fraction) -> [Fraction; 5] {
    let none = Fraction::zero;
    let parts = |sale: Sale| (Fraction::from(sale.quantity), Fraction::from(sale.price));
    match (row.before.map(parts), row.after.map(parts)) {
        (Some((q0, p0)), Some((q1, p1))) => {
            let more = q1.minus(&q0);
            let price = q1.times(&p1.minus(&p0));
            [more.times(average), price, more.times(&p0.minus(average)), none(), none()]
        }
        (None, Some((q1, p1))) => [q1.times(average), none(), none(), q1.times(&p1.minus(average)), none()],
        (Some((q0, p0)), None) => {
            let gone = q0.negated();
            [gone.times(average), none(), none(), none(), gone.times(&p0.minus(average))]
        }
        (None, None) => [none(), none(), none(), none(), none()],
    }
}
