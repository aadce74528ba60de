//! Why the revenue of a range of products changed: volume, price, mix, new and lost products.

use super::DecomposeError;
use super::fraction::{Fraction, apportion, sum};
use crate::quantity::{add, multiply, subtract};
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

/// What one product contributed to the change of the revenue, in money.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProductEffect<K> {
    /// The name of the product.
    pub key: K,
    /// More or fewer units, at the average price before.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub volume: Decimal,
    /// The change of the price of a continuing product, on the units after.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub price: Decimal,
    /// More or fewer units of a continuing product that is dearer or cheaper than the average before.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub mix: Decimal,
    /// The price of a new product against the average before.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub new: Decimal,
    /// The price of a product that is gone against the average before.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub lost: Decimal,
}

impl<K> ProductEffect<K> {
    fn effects(&self) -> [Decimal; 5] {
        [self.volume, self.price, self.mix, self.new, self.lost]
    }

    /// The whole contribution of the product: its revenue after less its revenue before, up to one unit of
    /// the last place for each effect.
    ///
    /// # Errors
    /// [`DecomposeError::Quantity`] where the sum needs more than 28 digits.
    pub fn total(&self) -> Result<Decimal, DecomposeError> {
        total_of(self.effects())
    }
}

/// Why revenue changed: five effects whose sum is the change, and the same for each product.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PriceVolumeMix<K> {
    before: Decimal,
    after: Decimal,
    whole: ProductEffect<()>,
    products: Vec<ProductEffect<K>>,
}

impl<K> PriceVolumeMix<K> {
    /// The revenue before.
    #[must_use]
    pub const fn revenue_before(&self) -> Decimal {
        self.before
    }

    /// The revenue after.
    #[must_use]
    pub const fn revenue_after(&self) -> Decimal {
        self.after
    }

    /// What more or fewer units did, at the average price before.
    #[must_use]
    pub const fn volume(&self) -> Decimal {
        self.whole.volume
    }

    /// What the prices of continuing products did.
    #[must_use]
    pub const fn price(&self) -> Decimal {
        self.whole.price
    }

    /// What the shift among continuing products did.
    #[must_use]
    pub const fn mix(&self) -> Decimal {
        self.whole.mix
    }

    /// What the prices of new products did against the average before.
    #[must_use]
    pub const fn new_products(&self) -> Decimal {
        self.whole.new
    }

    /// What the prices of products that are gone did against the average before.
    #[must_use]
    pub const fn lost_products(&self) -> Decimal {
        self.whole.lost
    }

    /// The effects of each product, in the order of the rows.
    #[must_use]
    pub fn products(&self) -> &[ProductEffect<K>] {
        &self.products
    }

    /// The change of the revenue: the sum of the five effects.
    ///
    /// # Errors
    /// [`DecomposeError::Quantity`] where the difference needs more than 28 digits.
    pub fn total(&self) -> Result<Decimal, DecomposeError> {
        Ok(subtract(self.after, self.before)?)
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
/// use marketloop::decompose::{ProductSales, Sale, price_volume_mix};
/// use rust_decimal::{Decimal, dec};
///
/// let sale = |quantity, price| Some(Sale { quantity, price });
/// let rows = [
///     ProductSales { key: "tea", before: sale(dec!(100), dec!(10)), after: sale(dec!(120), dec!(11)) },
///     ProductSales { key: "pot", before: sale(dec!(200), dec!(5)), after: None },
///     ProductSales { key: "cup", before: None, after: sale(dec!(80), dec!(12)) },
/// ];
/// let why = price_volume_mix(&rows, 2)?;
/// assert_eq!((why.volume(), why.price(), why.mix()), (dec!(-666.67), dec!(120), dec!(66.67)));
/// assert_eq!((why.new_products(), why.lost_products()), (dec!(426.67), dec!(333.33)));
/// assert_eq!(why.total()?, dec!(280));
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
pub fn price_volume_mix<K: Clone>(
    rows: &[ProductSales<K>],
    scale: u32,
) -> Result<PriceVolumeMix<K>, DecomposeError> {
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
    let rounded = apportion(&cells, subtract(after, before)?, scale)?;
    let products: Vec<ProductEffect<K>> = rows
        .iter()
        .zip(rounded.chunks(5))
        .filter_map(|(row, cells)| <[Decimal; 5]>::try_from(cells).ok().map(|cells| (row, cells)))
        .map(|(row, [volume, price, mix, new, lost])| ProductEffect {
            key: row.key.clone(),
            volume,
            price,
            mix,
            new,
            lost,
        })
        .collect();
    let column =
        |pick: fn(&ProductEffect<K>) -> Decimal| total_of(products.iter().map(pick).collect::<Vec<_>>());
    let whole = ProductEffect {
        key: (),
        volume: column(|effect| effect.volume)?,
        price: column(|effect| effect.price)?,
        mix: column(|effect| effect.mix)?,
        new: column(|effect| effect.new)?,
        lost: column(|effect| effect.lost)?,
    };
    Ok(PriceVolumeMix { before, after, whole, products })
}

fn revenue(sales: impl Iterator<Item = Option<Sale>>) -> Result<Decimal, DecomposeError> {
    sales
        .flatten()
        .try_fold(Decimal::ZERO, |sum, Sale { quantity, price }| Ok(add(sum, multiply(quantity, price)?)?))
}

fn total_of(parts: impl IntoIterator<Item = Decimal>) -> Result<Decimal, DecomposeError> {
    parts.into_iter().try_fold(Decimal::ZERO, |sum, part| Ok(add(sum, part)?))
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
