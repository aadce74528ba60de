//! A column cut into its atoms: the finest pieces between which no cell of the column distinguishes.
//!
//! The edges `2` and `4` cut the number line into five atoms: below 2, 2 itself, between, 4 itself, above 4.
//! Named texts are an atom each, and every other text is one more; true and false are two. A cell is then a
//! set of atoms, and both matching and the static report work on these finite sets, exactly.

use super::unary_test::Choice;
use super::{CellTest, CellValue, Fact, ValueKind};
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::ops::{Bound, Range};
use rust_decimal::Decimal;

/// 10^0 to 10^18, the powers of ten of an `i64`.
const POWERS: [i64; 19] = {
    let mut powers = [1_i64; 19];
    let mut index = 1;
    while index < powers.len() {
        #[expect(clippy::indexing_slicing, reason = "computed at compile time")]
        {
            powers[index] = powers[index - 1] * 10;
            index += 1;
        }
    }
    powers
};

/// The atoms of one column, numbered from 0 in their order.
#[derive(Debug, Clone)]
pub(super) enum Partition {
    Number(Edges),
    /// The named texts, sorted; all others are the last atom.
    Text(Vec<String>),
    Truth,
}

/// The sorted edges of a number column. Edge `i` is atom `2i + 1`; what lies below it and above the previous
/// one is atom `2i`.
#[derive(Debug, Clone)]
pub(super) struct Edges {
    edges: Vec<Decimal>,
    /// The edges as integers of one scale, where they fit: comparing them costs a tenth of comparing decimals.
    integers: Option<(u32, Vec<i64>)>,
}

impl Edges {
    fn new(mut edges: Vec<Decimal>) -> Self {
        // An edge takes 16 bytes: twice their number and 1 is an index, so that no number of an atom overflows.
        edges.sort_unstable();
        edges.dedup();
        // Of normalised edges: `2.00` beside `2` would need two more digits for nothing. Without edges any scale will do.
        let scale = edges.iter().map(|edge| edge.normalize().scale()).max().unwrap_or(0);
        let integers = edges
            .iter()
            .map(|edge| {
                let edge = edge.normalize();
                let factor = power(scale.checked_sub(edge.scale())?)?;
                i64::try_from(edge.mantissa()).ok()?.checked_mul(factor)
            })
            .collect::<Option<Vec<i64>>>();
        Self { edges, integers: integers.map(|integers| (scale, integers)) }
    }

    fn locate(&self, number: Decimal) -> usize {
        self.locate_integer(number).unwrap_or_else(|| atom_of(self.edges.binary_search(&number)))
    }

    /// `None` where the number or an edge does not fit 64 bits: then decimals are compared.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the number of an atom is at most twice that of the edges"
    )]
    fn locate_integer(&self, number: Decimal) -> Option<usize> {
        let (scale, integers) = self.integers.as_ref()?;
        let mantissa = i64::try_from(number.mantissa()).ok()?;
        if let Some(finer) = number.scale().checked_sub(*scale) {
            let factor = power(finer)?;
            let whole = mantissa.div_euclid(factor);
            if mantissa.rem_euclid(factor) == 0 {
                return Some(search(integers, whole));
            }
            // Strictly between `whole` and the next integer, so between two edges.
            let below = integers.iter().filter(|edge| **edge <= whole).count();
            Some(2 * below)
        } else {
            let coarser = scale.checked_sub(number.scale())?;
            Some(search(integers, mantissa.checked_mul(power(coarser)?)?))
        }
    }
}

/// The atom of `value`: few edges are counted faster than searched.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the number of an atom is at most twice that of the edges"
)]
fn search(edges: &[i64], value: i64) -> usize {
    if edges.len() > 16 {
        return atom_of(edges.binary_search(&value));
    }
    edges.iter().fold(0, |atom, edge| match edge.cmp(&value) {
        Ordering::Less => atom + 2,
        Ordering::Equal => atom + 1,
        Ordering::Greater => atom,
    })
}

fn power(exponent: u32) -> Option<i64> {
    POWERS.get(usize::try_from(exponent).ok()?).copied()
}

/// The atom of an edge found at an index, or of the place where it would stand.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the number of an atom is at most twice that of the edges"
)]
const fn atom_of(found: Result<usize, usize>) -> usize {
    match found {
        Ok(index) => 2 * index + 1,
        Err(index) => 2 * index,
    }
}

impl Partition {
    /// The partition of a column of `kind` by everything that its tests name.
    pub(super) fn new<'a>(kind: ValueKind, tests: impl Iterator<Item = &'a CellTest>) -> Self {
        let mut numbers = Vec::new();
        let mut names = Vec::new();
        for choice in tests.flat_map(CellTest::choices) {
            match choice {
                Choice::Is(CellValue::Number(number)) => numbers.push(*number),
                Choice::Is(CellValue::Text(text)) => names.push(text.clone()),
                Choice::Is(CellValue::Truth(_)) => {}
                Choice::Within(lower, upper) => {
                    for bound in [lower, upper] {
                        if let Bound::Included(edge) | Bound::Excluded(edge) = bound {
                            numbers.push(*edge);
                        }
                    }
                }
            }
        }
        match kind {
            ValueKind::Number => Self::Number(Edges::new(numbers)),
            ValueKind::Text => {
                names.sort_unstable();
                names.dedup();
                Self::Text(names)
            }
            ValueKind::Truth => Self::Truth,
        }
    }

    /// How many atoms there are, at least one.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "edges and texts in memory are fewer than half of all numbers"
    )]
    pub(super) fn atoms(&self) -> usize {
        match self {
            Self::Number(edges) => 2 * edges.edges.len() + 1,
            Self::Text(texts) => texts.len() + 1,
            Self::Truth => 2,
        }
    }

    /// The atom in which `fact` lies, `None` where it is missing or of another kind.
    pub(super) fn locate(&self, fact: &Fact<'_>) -> Option<usize> {
        match (self, fact) {
            (Self::Number(edges), Fact::Number(number)) => Some(edges.locate(*number)),
            (Self::Text(texts), Fact::Text(text)) => {
                // Few names are compared one by one: their lengths settle most of it.
                let position = if texts.len() > 16 {
                    texts.binary_search_by(|name| name.as_str().cmp(text)).ok()
                } else {
                    texts.iter().position(|name| name == text)
                };
                Some(position.unwrap_or(texts.len()))
            }
            (Self::Truth, Fact::Truth(truth)) => Some(usize::from(*truth)),
            _ => None,
        }
    }

    /// The atoms that a choice of a test of this column admits; none where it is of another kind.
    #[expect(clippy::arithmetic_side_effects, reason = "behind an atom stands at most the number of all")]
    fn atoms_of(&self, choice: &Choice) -> Range<usize> {
        let one = |atom: usize| atom..atom + 1;
        match (self, choice) {
            (Self::Number(edges), Choice::Within(lower, upper)) => {
                let from = match lower {
                    Bound::Included(edge) => edges.locate(*edge),
                    Bound::Excluded(edge) => edges.locate(*edge) + 1,
                    Bound::Unbounded => 0,
                };
                let to = match upper {
                    Bound::Included(edge) => edges.locate(*edge) + 1,
                    Bound::Excluded(edge) => edges.locate(*edge),
                    Bound::Unbounded => self.atoms(),
                };
                // `[3..2]` reads, and holds nowhere: the check tells of it, so that here it is an empty range.
                from..to.max(from)
            }
            (_, Choice::Is(value)) => self.locate(&value.into()).map_or(0..0, one),
            _ => 0..0,
        }
    }

    /// Which atoms `test` holds for, one flag per atom.
    #[expect(
        clippy::indexing_slicing,
        reason = "the atoms of a choice are atoms of the partition, whose number `set` has"
    )]
    pub(super) fn set_of(&self, test: &CellTest) -> Vec<bool> {
        let mut set = alloc::vec![test.is_negated(); self.atoms()];
        for choice in test.choices() {
            set[self.atoms_of(choice)].fill(!test.is_negated());
        }
        set
    }

    /// The test that holds for exactly these atoms of the `allowed` ones.
    pub(super) fn test_of(&self, set: &[bool], allowed: &[bool]) -> CellTest {
        if set == allowed {
            return CellTest::any();
        }
        let listed = |wanted: bool, values: &mut dyn Iterator<Item = CellValue>| {
            let named = set.iter().zip(values).filter(|(member, _)| **member == wanted);
            CellTest::one_of(named.map(|(_, value)| value).collect::<Vec<_>>())
        };
        match self {
            Self::Number(edges) => CellTest::of(edges.runs(set)),
            Self::Truth => listed(true, &mut [CellValue::Truth(false), CellValue::Truth(true)].into_iter()),
            Self::Text(texts) => {
                let mut values = texts.iter().map(|text| CellValue::Text(text.clone()));
                // With the other texts in the set only "none of these" can say it.
                if set.get(texts.len()) == Some(&true) {
                    CellTest::not(listed(false, &mut values))
                } else {
                    listed(true, &mut values)
                }
            }
        }
    }

    /// From the least edge to the greatest, what a distance in the column is measured by: of a single edge its
    /// magnitude, and 1 of an edge at 0. `None` for columns that are not about numbers.
    pub(super) fn span(&self) -> Option<Decimal> {
        let Self::Number(edges) = self else { return None };
        let (least, greatest) = (*edges.edges.first()?, *edges.edges.last()?);
        // Beyond 28 digits rounded: a yardstick, not a result.
        let span = if least == greatest { Some(least.abs()) } else { greatest.checked_sub(least) };
        span.filter(|span| !span.is_zero()).or(Some(Decimal::ONE))
    }

    /// The edges next to `fact` beyond which `set` holds: below it and above it. Only numbers have edges.
    pub(super) fn edges_toward(&self, fact: &Fact<'_>, set: &[bool]) -> [Option<Bound<Decimal>>; 2] {
        let (Self::Number(edges), Some(atom)) = (self, self.locate(fact)) else {
            return [None, None];
        };
        // The nearest atoms of the set, not its ends: between them lies what the fact has to cross.
        let below = set.iter().enumerate().take(atom).rev().find(|(_, member)| **member);
        let above = set.iter().enumerate().skip(atom).skip(1).find(|(_, member)| **member);
        [below.map(|(atom, _)| edges.upper_end(atom)), above.map(|(atom, _)| edges.lower_end(atom))]
    }
}

impl Edges {
    #[expect(
        clippy::indexing_slicing,
        reason = "atom 2i + 1 is edge i and atom 2i + 2 lies above it: every atom but 0 has one"
    )]
    fn lower_end(&self, atom: usize) -> Bound<Decimal> {
        let Some(below) = atom.checked_sub(1) else { return Bound::Unbounded };
        let edge = self.edges[below >> 1];
        if atom & 1 == 1 { Bound::Included(edge) } else { Bound::Excluded(edge) }
    }

    fn upper_end(&self, atom: usize) -> Bound<Decimal> {
        // Above the last edge there is none.
        let edge = self.edges.get(atom >> 1);
        edge.map_or(Bound::Unbounded, |edge| {
            if atom & 1 == 1 { Bound::Included(*edge) } else { Bound::Excluded(*edge) }
        })
    }

    /// Neighbouring atoms of the set joined to points and intervals.
    fn runs(&self, set: &[bool]) -> Vec<Choice> {
        let mut runs = Vec::new();
        let mut run: Option<(usize, usize)> = None;
        // One more that is not in the set ends a run that goes on to the last atom.
        for (atom, member) in set.iter().chain([&false]).enumerate() {
            match (run, member) {
                (None, true) => run = Some((atom, atom)),
                (Some((from, _)), true) => run = Some((from, atom)),
                (Some((from, to)), false) => {
                    run = None;
                    let (lower, upper) = (self.lower_end(from), self.upper_end(to));
                    runs.push(match (from == to, lower) {
                        (true, Bound::Included(point)) => Choice::Is(CellValue::Number(point)),
                        _ => Choice::Within(lower, upper),
                    });
                }
                (None, false) => {}
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use rust_decimal::dec;

    fn edges(edges: &[Decimal]) -> Edges {
        Edges::new(edges.to_vec())
    }

    #[test]
    fn integers_and_decimals_find_the_same_atom() {
        let far = Decimal::MAX;
        let tiny = Decimal::from_i128_with_scale(1, 28);
        let plain = edges(&[dec!(-1.5), dec!(0), dec!(0.80), dec!(2)]);
        assert!(plain.integers.is_some());
        let wide = edges(&[dec!(-1.5), dec!(0), dec!(0.8), dec!(2), far]);
        assert!(wide.integers.is_none());
        for number in [
            dec!(-9),
            dec!(-1.5),
            dec!(-1.49999),
            dec!(-0.00001),
            dec!(0),
            dec!(0.000),
            dec!(0.8),
            dec!(0.8000),
            dec!(1.9999),
            dec!(2),
            dec!(2.0000000001),
            tiny,
            -tiny,
            far - Decimal::ONE,
            -far,
            dec!(9223372036854775807),
        ] {
            assert_eq!(plain.locate(number), wide.locate(number), "{number}");
            assert_eq!(plain.locate(number), atom_of(plain.edges.binary_search(&number)), "{number}");
        }
    }

    #[test]
    fn a_set_reads_as_a_test_and_back() {
        let tests = ["< 2", "[4..6]", "7", "> 9"].map(|text| text.parse::<CellTest>().unwrap());
        let partition = Partition::new(ValueKind::Number, tests.iter());
        let allowed = vec![true; partition.atoms()];
        for test in ["< 2", "not([4..6])", "not(7)", "(2..4), 7", "-", ">= 9", "< 2, 2"] {
            let set = partition.set_of(&test.parse().unwrap());
            let back = partition.test_of(&set, &allowed);
            assert_eq!(partition.set_of(&back), set, "{test} as {back}");
        }
        assert_eq!(edges(&[]).locate(dec!(5)), 0);
    }
}
