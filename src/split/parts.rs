//! The lines of a bounded split as they are asked for, and the parts as they come out.

use super::{Split, SplitError};
use crate::figure::{Cell, FromWire, Table, ToWire};
use crate::quantity::wire::{WireDecimal, serialize_fields};
use crate::quantity::words::words;
use crate::quantity::{Money, Ratio};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A line of a bounded split: its weight, and the minimum and maximum that it may receive; or a group of such lines.
///
/// Bounds are whole units in [`bounded`](super::bounded), money in [`Money::split_bounded`], fractions of units in
/// [`nested`](super::nested). They are magnitudes: for a negative total they hold for the mirrored amounts.
///
/// # Examples
/// ```
/// use marketloop::quantity::Money;
/// use marketloop::split::Bounded;
///
/// let json = r#"{"weight": 40, "cap": "350000 CNY"}"#;
/// let line: Bounded<Money> = serde_json::from_str(json)?;
/// assert_eq!(line, Bounded::new(40).with_cap(Money::parse("350000 CNY").unwrap()));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bounded<A = i128> {
    /// The index of the line or group to which it belongs, lower than its own; `None` where it belongs to the total.
    pub parent: Option<usize>,
    /// The weight, 0 or more: a line of weight 0 stays at its floor, and lines below it divide what it gets on a
    /// scale of their own. `None` for a group, which is what its members add up to, on the scale of its surroundings
    /// as long as its bounds allow it.
    pub weight: Option<Decimal>,
    /// The reserve of a group on top of its members: this ratio, 0 or more, of what they add up to.
    pub reserve: Option<Ratio>,
    /// The minimum amount; `None` is 0.
    pub floor: Option<A>,
    /// The maximum amount; `None` is no limit but the total.
    pub cap: Option<A>,
}

impl<A: Copy> Bounded<A> {
    /// A line of this weight, directly below the total and without bounds.
    #[must_use]
    pub fn new(weight: impl Into<Decimal>) -> Self {
        Self { weight: Some(weight.into()), ..Self::group() }
    }

    /// A group directly below the total, without bounds.
    ///
    /// # Examples
    /// ```
    /// use marketloop::split::{Bounded, bounded};
    ///
    /// // Two tests share at most 10 of 100.
    /// let tests = [Bounded::group().with_cap(10), Bounded::new(1).below(1), Bounded::new(1).below(1)];
    /// let split = bounded(100, &[&[Bounded::new(2)][..], &tests].concat())?;
    /// assert_eq!(split.amounts().collect::<Vec<_>>(), [90, 10, 5, 5]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn group() -> Self {
        Self { parent: None, weight: None, reserve: None, floor: None, cap: None }
    }

    /// Puts the line below the line or group at `parent`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::split::{Bounded, bounded};
    ///
    /// // 60:20:20, the last two at most 30 together.
    /// let pilots = [Bounded::group().with_cap(30), Bounded::new(20).below(1), Bounded::new(20).below(1)];
    /// let split = bounded(100, &[&[Bounded::new(60)][..], &pilots].concat())?;
    /// assert_eq!(split.amounts().collect::<Vec<_>>(), [70, 30, 15, 15]);
    /// # Ok::<(), marketloop::split::SplitError>(())
    /// ```
    #[must_use]
    pub const fn below(self, parent: usize) -> Self {
        Self { parent: Some(parent), ..self }
    }

    /// Sets the reserve of a group on top of its members: this ratio of what they add up to.
    ///
    /// # Examples
    /// ```
    /// use marketloop::split::{Bounded, bounded};
    ///
    /// let group = Bounded::group().with_reserve("1/10".parse()?);
    /// let split = bounded(110, &[group, Bounded::new(3).below(0), Bounded::new(1).below(0)])?;
    /// assert_eq!(split.amounts().collect::<Vec<_>>(), [110, 75, 25]);
    /// assert_eq!(split.parts()[0].reserve().map(|reserve| reserve.0), Some(10));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_reserve(self, reserve: Ratio) -> Self {
        Self { reserve: Some(reserve), ..self }
    }

    /// Sets the minimum amount of the line.
    ///
    /// # Examples
    /// ```
    /// use marketloop::split::{Bounded, bounded};
    ///
    /// let lines = [Bounded::new(90), Bounded::new(10).with_floor(20)];
    /// let split = bounded(100, &lines)?;
    /// assert_eq!(split.amounts().collect::<Vec<_>>(), [80, 20]);
    /// assert!(split.parts()[1].is_at_floor());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_floor(self, floor: A) -> Self {
        Self { floor: Some(floor), ..self }
    }

    /// Sets the maximum amount of the line.
    ///
    /// # Examples
    /// ```
    /// use marketloop::split::{Bounded, bounded};
    ///
    /// let split = bounded(100, &[Bounded::new(60).with_cap(40), Bounded::new(20), Bounded::new(20)])?;
    /// assert_eq!(split.amounts().collect::<Vec<_>>(), [40, 30, 30]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_cap(self, cap: A) -> Self {
        Self { cap: Some(cap), ..self }
    }

    /// Whether it is a line directly below the total: then no curve of a group is needed.
    pub(super) const fn is_flat(&self) -> bool {
        self.parent.is_none() && self.weight.is_some() && self.reserve.is_none()
    }

    /// The same line with its bounds in other terms.
    pub(super) fn mapped<B>(
        self,
        mut bound: impl FnMut(A) -> Result<B, SplitError>,
    ) -> Result<Bounded<B>, SplitError> {
        let Self { parent, weight, reserve, floor, cap } = self;
        let (floor, cap) = (floor.map(&mut bound).transpose()?, cap.map(&mut bound).transpose()?);
        Ok(Bounded { parent, weight, reserve, floor, cap })
    }
}

/// An amount in the crate's own form on the wire.
struct OnWire<A>(A);

impl<A: ToWire> Serialize for OnWire<&A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl<'de, A: FromWire> Deserialize<'de> for OnWire<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        A::read(deserializer).map(Self)
    }
}

#[derive(Deserialize)]
#[serde(rename = "Bounded", deny_unknown_fields, bound(deserialize = "OnWire<A>: Deserialize<'de>"))]
struct LineIn<A> {
    #[serde(default)]
    parent: Option<usize>,
    #[serde(default)]
    weight: Option<WireDecimal>,
    #[serde(default)]
    reserve: Option<Ratio>,
    #[serde(default)]
    floor: Option<OnWire<A>>,
    #[serde(default)]
    cap: Option<OnWire<A>>,
}

struct LineOut<A> {
    parent: Option<usize>,
    weight: Option<WireDecimal>,
    reserve: Option<Ratio>,
    floor: Option<A>,
    cap: Option<A>,
}

serialize_fields!(LineOut<A> {
    parent: optional,
    weight: optional,
    reserve: optional,
    floor: optional,
    cap: optional
});

impl<A: ToWire> Serialize for Bounded<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        LineOut {
            parent: self.parent,
            weight: self.weight.map(WireDecimal),
            reserve: self.reserve,
            floor: self.floor.as_ref().map(OnWire),
            cap: self.cap.as_ref().map(OnWire),
        }
        .serialize(serializer)
    }
}

impl<'de, A: FromWire> Deserialize<'de> for Bounded<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let LineIn { parent, weight, reserve, floor, cap } = LineIn::<A>::deserialize(deserializer)?;
        let (floor, cap) = (floor.map(|floor| floor.0), cap.map(|cap| cap.0));
        Ok(Self { parent, weight: weight.map(|weight| weight.0), reserve, floor, cap })
    }
}

/// What set the amount of a part, as on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SetBy {
    /// Its weight.
    Weight,
    /// Its floor: the weight alone gives less.
    Floor,
    /// Its cap: the weight alone gives more.
    Cap,
}

words!(SetBy, "bound that set a part": Weight = "weight", Floor = "floor", Cap = "cap");

impl SetBy {
    const fn name(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Floor => "floor",
            Self::Cap => "cap",
        }
    }
}

/// A part of a bounded split: its amount, what set it, and of a group its scale and reserve.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BoundedPart<K = usize, A = i128> {
    /// The key of the line; its index where lines have no keys.
    pub key: K,
    /// The amount; of a group the sum of its members and its reserve.
    pub amount: A,
    pub(crate) set_by: SetBy,
    /// The amount before it was made whole, of money in the currency's main unit; `None` where its lowest terms need
    /// more than 128 bits.
    pub exact: Option<Ratio>,
    // Flat splits have none of it, and their parts stay small.
    pub(super) below: Option<Box<Below<A>>>,
}

/// What a part with parts below it has besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Below<A> {
    /// Whether it is itself below another part.
    pub(super) is_member: bool,
    pub(super) scale: Option<Ratio>,
    pub(super) reserve: Option<(A, Ratio)>,
}

impl<K, A> BoundedPart<K, A> {
    pub(super) const fn flat(key: K, amount: A, set_by: SetBy, exact: Option<Ratio>) -> Self {
        Self { key, amount, set_by, exact, below: None }
    }

    /// Whether its floor set the amount: the weight alone gives less.
    #[must_use]
    pub fn is_at_floor(&self) -> bool {
        self.set_by == SetBy::Floor
    }

    /// Whether its cap set the amount: the weight alone gives more.
    ///
    /// # Examples
    /// ```
    /// use marketloop::split::{Bounded, bounded};
    ///
    /// let split = bounded(100, &[Bounded::new(60).with_cap(50), Bounded::new(40)])?;
    /// assert!(split.parts()[0].is_at_cap());
    /// assert!(!split.parts()[1].is_at_cap() && !split.parts()[1].is_at_floor()); // by its weight
    /// # Ok::<(), marketloop::split::SplitError>(())
    /// ```
    #[must_use]
    pub fn is_at_cap(&self) -> bool {
        self.set_by == SetBy::Cap
    }

    /// The scale t of the parts below it: a group has the scale of its parent unless its bounds hold it. `None`
    /// in a split without groups, and where its lowest terms need more than 128 bits.
    #[must_use]
    pub fn scale(&self) -> Option<Ratio> {
        self.below.as_ref()?.scale
    }

    /// The reserve of a group that has one, and the same before it was made whole.
    #[must_use]
    pub fn reserve(&self) -> Option<&(A, Ratio)> {
        self.below.as_ref()?.reserve.as_ref()
    }
}

/// The parts of a bounded split, which add up to its total, and the scale that made them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundedSplit<K = usize, A = i128> {
    pub(super) parts: Vec<BoundedPart<K, A>>,
    pub(super) total: A,
    pub(super) scale: Option<Ratio>,
}

impl<K, A> BoundedSplit<K, A> {
    /// The part of `key`, or `None` when the split has no such key.
    #[must_use]
    pub fn get<Q: ?Sized + PartialEq>(&self, key: &Q) -> Option<&BoundedPart<K, A>>
    where
        K: Borrow<Q>,
    {
        self.parts.iter().find(|part| part.key.borrow() == key)
    }

    /// The parts in the order of the lines. Those directly below the total add up to it.
    #[must_use]
    pub fn parts(&self) -> &[BoundedPart<K, A>] {
        &self.parts
    }

    /// The amounts alone, in the order of the lines.
    pub fn amounts(&self) -> impl ExactSizeIterator<Item = A>
    where
        A: Copy,
    {
        self.parts.iter().map(|part| part.amount)
    }

    /// The total that was split.
    #[must_use]
    pub const fn total(&self) -> &A {
        &self.total
    }

    /// The one number t with part = clamp(t * weight, floor, cap) for every line directly below the total, before the
    /// parts are made whole and of money in the currency's main unit; the largest of several. `None` where its lowest
    /// terms need more than 128 bits.
    #[must_use]
    pub const fn scale(&self) -> Option<Ratio> {
        self.scale
    }

    /// The parts with their exact amounts and what set them.
    #[must_use]
    pub fn table(&self) -> Table
    where
        K: fmt::Display,
        A: Copy + Into<Cell>,
    {
        // `exact` beside the amount: what rounding did to a part can be read from the table.
        let mut table = Table::new("part");
        for part in &self.parts {
            let amount: Cell = part.amount.into();
            // What is exact is in the main unit of the amount.
            let exact = part.exact.map(|exact| Cell { unit: amount.unit.clone(), ..exact.into() });
            table.push(&part.key, "amount", amount);
            table.push(&part.key, "exact", exact);
            table.push(&part.key, "set by", part.set_by.name());
        }
        table
    }
}

impl<K> BoundedSplit<K, Money> {
    /// The keys and amounts alone; of a split with groups those directly below the total.
    #[must_use]
    pub fn into_split(self) -> Split<K> {
        // Members are part of their group's amount.
        let is_outer =
            |part: &BoundedPart<K, Money>| part.below.as_ref().is_none_or(|below| !below.is_member);
        let parts = self.parts.into_iter().filter(is_outer).map(|part| (part.key, part.amount));
        Split::of_parts(parts.collect(), self.total)
    }
}

impl<K: fmt::Display, A: Copy + Into<Cell>> fmt::Display for BoundedSplit<K, A> {
    /// The [table](BoundedSplit::table) as text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

struct PartOut<K, A> {
    key: K,
    amount: A,
    set_by: SetBy,
    exact: Option<Ratio>,
    scale: Option<Ratio>,
    reserve: Option<A>,
}

serialize_fields!(PartOut<K, A> {
    key,
    amount,
    set_by,
    exact: optional,
    scale: optional,
    reserve: optional
});

impl<K: Serialize, A: ToWire> Serialize for BoundedPart<K, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PartOut {
            key: &self.key,
            amount: OnWire(&self.amount),
            set_by: self.set_by,
            exact: self.exact,
            scale: self.scale(),
            reserve: self.reserve().map(|(amount, _)| OnWire(amount)),
        }
        .serialize(serializer)
    }
}

struct SplitOut<K, A> {
    total: A,
    scale: Option<Ratio>,
    parts: K,
}

serialize_fields!(SplitOut<K, A> { total, scale: optional, parts });

impl<K: Serialize, A: ToWire> Serialize for BoundedSplit<K, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SplitOut { total: OnWire(&self.total), scale: self.scale, parts: &self.parts }.serialize(serializer)
    }
}
