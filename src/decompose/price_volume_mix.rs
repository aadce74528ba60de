//! Why the revenue of a range of products changed: volume, price, mix, new and lost products.

use super::DecomposeError;
use super::contributions::{ContributionMethod, Contributions, Effect, SegmentEffect};
use super::fraction::{Fraction, apportion, sum};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Unit, add, multiply, subtract};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The quantity and the price of a product in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Sale {
    quantity: Decimal,
    price: Decimal,
}

wire_fields!(Sale { quantity: own, price: own });

impl Sale {
    fn revenue(sale: Option<Self>) -> Result<Decimal, DecomposeError> {
        Ok(sale.map_or(Ok(Decimal::ZERO), |Self { quantity, price }| multiply(quantity, price))?)
    }
}

/// The sales of a product in two periods: a row of [`price_volume_mix`]. In a period for which nothing is stated
/// the product was not on sale: it is new, or it is gone.
///
/// # Examples
/// ```
/// use marketloop::decompose::ProductSales;
/// use rust_decimal::dec;
///
/// let json = r#"{"key": "pot", "before": {"quantity": "200", "price": "5"}, "after": null}"#;
/// let gone: ProductSales<String> = serde_json::from_str(json)?;
/// assert_eq!(gone, ProductSales::new("pot".to_string()).sold_before(200, 5));
/// assert_eq!((gone.before(), gone.after()), (Some((dec!(200), dec!(5))), None));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProductSales<K> {
    key: K,
    before: Option<Sale>,
    after: Option<Sale>,
}

wire_fields!(ProductSales<K> { key, before, after });

impl<K> ProductSales<K> {
    /// A product that was not on sale in either period, yet.
    #[must_use]
    pub const fn new(key: K) -> Self {
        Self { key, before: None, after: None }
    }

    /// States that `quantity` units were sold at `price` each in the period before.
    #[must_use]
    pub fn sold_before(mut self, quantity: impl Into<Decimal>, price: impl Into<Decimal>) -> Self {
        self.before = Some(Sale { quantity: quantity.into(), price: price.into() });
        self
    }

    /// States that `quantity` units were sold at `price` each in the period after.
    #[must_use]
    pub fn sold_after(mut self, quantity: impl Into<Decimal>, price: impl Into<Decimal>) -> Self {
        self.after = Some(Sale { quantity: quantity.into(), price: price.into() });
        self
    }

    /// The name of the product.
    #[must_use]
    pub const fn key(&self) -> &K {
        &self.key
    }

    /// The quantity and the price before; `None` where the product was not on sale.
    #[must_use]
    pub fn before(&self) -> Option<(Decimal, Decimal)> {
        self.before.map(|Sale { quantity, price }| (quantity, price))
    }

    /// The quantity and the price after; `None` where the product was not on sale.
    #[must_use]
    pub fn after(&self) -> Option<(Decimal, Decimal)> {
        self.after.map(|Sale { quantity, price }| (quantity, price))
    }

    /// The revenue before, 0 where the product was not on sale.
    ///
    /// # Errors
    /// [`DecomposeError::Quantity`] beyond 28 digits.
    pub fn revenue_before(&self) -> Result<Decimal, DecomposeError> {
        Sale::revenue(self.before)
    }

    /// The revenue after, 0 where the product was not on sale.
    ///
    /// # Errors
    /// [`DecomposeError::Quantity`] beyond 28 digits.
    pub fn revenue_after(&self) -> Result<Decimal, DecomposeError> {
        Sale::revenue(self.after)
    }
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
/// use marketloop::decompose::{Effect, ProductSales, price_volume_mix};
/// use rust_decimal::dec;
///
/// let rows = [
///     ProductSales::new("tea").sold_before(100, 10).sold_after(120, 11),
///     ProductSales::new("pot").sold_before(200, 5),
///     ProductSales::new("cup").sold_after(80, 12),
/// ];
/// let why = price_volume_mix(&rows, 2)?;
/// let of = |effect| why.of_effect(effect);
/// assert_eq!((of(Effect::Volume)?, of(Effect::Price)?), (dec!(-666.67), dec!(120)));
/// assert_eq!((of(Effect::Mix)?, of(Effect::New)?, of(Effect::Lost)?), (dec!(66.67), dec!(426.67), dec!(333.33)));
/// assert_eq!((why.total(), why.of_segment(&"tea")?), (dec!(280), dec!(320)));
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
#[doc(alias = "PVM")]
pub fn price_volume_mix<K: Clone>(
    rows: &[ProductSales<K>],
    scale: u32,
) -> Result<Contributions<SegmentEffect<K>>, DecomposeError> {
    if rows.is_empty() {
        return Err(DecomposeError::Empty { what: "rows" });
    }
    let before = total(rows.iter().map(ProductSales::revenue_before))?;
    let after = total(rows.iter().map(ProductSales::revenue_after))?;
    // The average price stays a fraction: rounded here, no row would add up below.
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

fn total(
    mut revenues: impl Iterator<Item = Result<Decimal, DecomposeError>>,
) -> Result<Decimal, DecomposeError> {
    revenues.try_fold(Decimal::ZERO, |sum, revenue| Ok(add(sum, revenue?)?))
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
        // New and lost products have volume at the average price; what their own price differs by is told apart.
        (None, Some((q1, p1))) => [q1.times(average), none(), none(), q1.times(&p1.minus(average)), none()],
        (Some((q0, p0)), None) => {
            let gone = q0.negated();
            [gone.times(average), none(), none(), none(), gone.times(&p0.minus(average))]
        }
        (None, None) => [none(), none(), none(), none(), none()],
    }
}
