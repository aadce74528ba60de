//! A column cut into its atoms: the finest pieces between which no cell of the column distinguishes.
//!
//! The edges `2` and `4` cut the number line into five atoms: below 2, 2 itself, between, 4 itself, above 4.
//! Named texts are an atom each, and every other text is one more; true and false are two. Of lists each choice of
//! the named texts is one, and where a cell asks for missing facts, they are the last. A cell is then a set of atoms,
//! and both matching and the static report work on these finite sets, exactly.

use super::contents::{Contents, covering};
use super::steps::{StepUnit, Steps};
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

/// The most texts that the cells of a column of lists may name for it to have atoms: they are two to this power.
const MAX_NAMES: usize = 12;

/// The atoms of one column, numbered from 0 in their order.
#[derive(Debug, Clone)]
pub(super) struct Partition {
    values: Values,
    /// Whether the last atom is that of missing facts.
    on_missing: bool,
}

#[derive(Debug, Clone)]
enum Values {
    Number(Edges),
    /// The named texts, sorted; all others are the last atom.
    Text(Vec<String>),
    Truth,
    Steps(Steps),
    /// The named texts, sorted; of the lists that contain the same of them, their bits are the atom.
    List(Vec<String>),
    /// Lists with more than [`MAX_NAMES`] texts: without atoms.
    Lists,
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
    pub(super) fn new<'a, T: Iterator<Item = &'a CellTest>>(kind: ValueKind, tests: impl Fn() -> T) -> Self {
        let choices = || tests().flat_map(CellTest::choices);
        let values = match kind {
            ValueKind::Number => {
                let mut numbers = Vec::new();
                for (lower, upper) in choices().filter_map(Choice::ends) {
                    for end in [lower, upper] {
                        if let Bound::Included(value) | Bound::Excluded(value) = end {
                            numbers.extend(value.as_number());
                        }
                    }
                }
                Values::Number(Edges::new(numbers))
            }
            ValueKind::Text => Values::Text(sorted(choices().filter_map(|choice| match choice {
                Choice::Is(CellValue::Text(text)) => Some(text),
                _ => None,
            }))),
            ValueKind::Truth => Values::Truth,
            ValueKind::Date => Values::Steps(Steps::new(StepUnit::Day, choices().filter_map(Choice::ends))),
            ValueKind::Duration => {
                Values::Steps(Steps::new(StepUnit::Second, choices().filter_map(Choice::ends)))
            }
            ValueKind::List => {
                let contents = choices().filter_map(|choice| match choice {
                    Choice::Contains(contents) => Some(contents),
                    _ => None,
                });
                let names = sorted(contents.flat_map(Contents::names));
                if names.len() <= MAX_NAMES { Values::List(names) } else { Values::Lists }
            }
        };
        Self { values, on_missing: tests().any(|test| test.on_missing().is_some()) }
    }

    /// Whether every fact of the column lies in an atom: otherwise its cells are asked one by one.
    pub(super) const fn is_atomic(&self) -> bool {
        !matches!(self.values, Values::Lists)
    }

    /// Whether missing facts are a value of their own, for a cell asks for them.
    pub(super) const fn asks_for_missing(&self) -> bool {
        self.on_missing
    }

    /// How many atoms of values there are, at least one but for columns that have no atoms.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "edges, starts and texts in memory are fewer than half of all numbers, those of lists at most 12"
    )]
    fn values(&self) -> usize {
        match &self.values {
            Values::Number(edges) => 2 * edges.edges.len() + 1,
            Values::Text(texts) => texts.len() + 1,
            Values::Truth => 2,
            Values::Steps(steps) => steps.atoms(),
            Values::List(names) => 1 << names.len(),
            Values::Lists => 0,
        }
    }

    /// How many atoms there are.
    #[expect(clippy::arithmetic_side_effects, reason = "one more than the atoms of values")]
    pub(super) fn atoms(&self) -> usize {
        self.values() + usize::from(self.on_missing && self.is_atomic())
    }

    /// The atom in which `fact` lies, `None` where it is missing and no cell asks for that, or of another kind.
    #[inline]
    pub(super) fn locate(&self, fact: &Fact<'_>) -> Option<usize> {
        match (&self.values, fact) {
            (Values::Number(edges), Fact::Number(number)) => Some(edges.locate(*number)),
            (Values::Text(texts), Fact::Text(text)) => Some(position(texts, text).unwrap_or(texts.len())),
            (Values::Truth, Fact::Truth(truth)) => Some(usize::from(*truth)),
            _ => self.locate_others(fact),
        }
    }

    /// [`locate`](Self::locate) of all but the plainest facts: apart, so that those stay short enough to stand in line.
    #[inline(never)]
    fn locate_others(&self, fact: &Fact<'_>) -> Option<usize> {
        match (&self.values, fact) {
            (Values::Steps(steps), Fact::Date(_) | Fact::Duration(_)) => steps.locate(fact),
            (Values::List(names), Fact::List(list)) => Some(list.iter().fold(0, |atom, text| {
                // At most 12 names: the bit of each is one of an index.
                atom | position(names, text).map_or(0, |name| 1 << name)
            })),
            (Values::Lists, _) => None,
            (_, Fact::Missing) if self.on_missing => Some(self.values()),
            _ => None,
        }
    }

    /// The atoms that a choice of a test of this column admits; none where it is of another kind.
    #[expect(clippy::arithmetic_side_effects, reason = "behind an atom stands at most the number of all")]
    fn atoms_of(&self, choice: &Choice) -> Range<usize> {
        let one = |atom: usize| atom..atom + 1;
        match (&self.values, choice) {
            (Values::Number(edges), Choice::Within(lower, upper)) => {
                let edge = |value: &CellValue| value.as_number().map(|edge| edges.locate(edge));
                // An end of another kind, which the check refuses, admits nothing.
                let from = match lower {
                    Bound::Included(value) => edge(value),
                    Bound::Excluded(value) => edge(value).map(|atom| atom + 1),
                    Bound::Unbounded => Some(0),
                };
                let to = match upper {
                    Bound::Included(value) => edge(value).map(|atom| atom + 1),
                    Bound::Excluded(value) => edge(value),
                    Bound::Unbounded => Some(self.values()),
                };
                let (from, to) = from.zip(to).unwrap_or((0, 0));
                // `[3..2]` reads, and holds nowhere: the check tells of it, so that here it is an empty range.
                from..to.max(from)
            }
            (Values::Steps(steps), choice) => {
                let (from, to) = choice.ends().map_or((0, 0), |ends| steps.atoms_between(ends));
                from..to
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
            if let (Values::List(names), Choice::Contains(contents)) = (&self.values, choice) {
                for (list, flag) in set.iter_mut().enumerate().take(self.values()) {
                    let contains =
                        |text: &str| position(names, text).is_some_and(|name| list >> name & 1 == 1);
                    if contents.holds(&contains) {
                        *flag = !test.is_negated();
                    }
                }
            } else {
                set[self.atoms_of(choice)].fill(!test.is_negated());
            }
        }
        if let (true, Some(last)) = (self.on_missing, set.last_mut()) {
            *last = test.holds(&Fact::Missing);
        }
        set
    }

    /// Which atoms the column allows: a missing fact is no value, so that only a test that asks for it says no.
    pub(super) fn allowed_by(&self, allowed: &CellTest) -> Vec<bool> {
        let mut set = self.set_of(allowed);
        if let (true, Some(last)) = (self.on_missing, set.last_mut()) {
            *last = allowed.on_missing().unwrap_or(true);
        }
        set
    }

    /// Whether a value is among these atoms.
    pub(super) fn has_value(&self, set: &[bool]) -> bool {
        set.iter().take(self.values()).any(|member| *member)
    }

    /// The test that holds for exactly these atoms of the `allowed` ones.
    pub(super) fn test_of(&self, set: &[bool], allowed: &[bool]) -> CellTest {
        if set == allowed {
            return CellTest::any();
        }
        let (values, on_missing) = set.split_at(self.values().min(set.len()));
        if on_missing == [true] {
            // Without a value it is `missing`; with all of them the set would be all that is allowed, and without any.
            let test = self.test_of_values(values);
            return if values.contains(&true) { test.or_missing() } else { CellTest::missing() };
        }
        if values == allowed.split_at(values.len().min(allowed.len())).0 {
            return CellTest::given();
        }
        self.test_of_values(values)
    }

    fn test_of_values(&self, set: &[bool]) -> CellTest {
        let listed = |wanted: bool, values: &mut dyn Iterator<Item = CellValue>| {
            let named = set.iter().zip(values).filter(|(member, _)| **member == wanted);
            CellTest::one_of(named.map(|(_, value)| value).collect::<Vec<_>>())
        };
        match &self.values {
            Values::Number(edges) => CellTest::of(
                runs(set).map(|(from, to)| interval(edges.lower_end(from), edges.upper_end(to))).collect(),
            ),
            Values::Steps(steps) => CellTest::of(
                runs(set)
                    .map(|(from, to)| steps.ends(from, to))
                    .map(|(lower, upper)| interval(lower, upper))
                    .collect(),
            ),
            Values::Truth => listed(true, &mut [CellValue::Truth(false), CellValue::Truth(true)].into_iter()),
            Values::Text(texts) => {
                let mut values = texts.iter().map(|text| CellValue::Text(text.clone()));
                // With the other texts in the set only "none of these" can say it.
                if set.get(texts.len()) == Some(&true) {
                    CellTest::not(listed(false, &mut values))
                } else {
                    listed(true, &mut values)
                }
            }
            Values::List(names) => {
                CellTest::of(covering(names, set).into_iter().map(Choice::Contains).collect())
            }
            Values::Lists => CellTest::any(),
        }
    }

    /// The nearest value that `set` holds for or ends at (of two equally near ones the lower), how far `fact` is from it,
    /// and what a distance in the column is measured by. Only values that have an order are near.
    ///
    /// The yardstick is what lies from the least edge to the greatest: of a single edge its magnitude, and 1 of an edge
    /// at 0; of a single date a year.
    pub(super) fn nearest(&self, fact: &Fact<'_>, set: &[bool]) -> Option<(CellValue, Decimal, Decimal)> {
        let (values, _) = set.split_at(self.values().min(set.len()));
        match (&self.values, fact) {
            (Values::Number(edges), Fact::Number(number)) => {
                let toward = edges.toward(*number, values).into_iter().flatten();
                let nearest = toward.min_by_key(|edge| apart(*edge, *number))?;
                Some((CellValue::Number(nearest), apart(nearest, *number), edges.span()?))
            }
            (Values::Steps(steps), _) => steps.nearest(fact, values),
            _ => None,
        }
    }

    /// How many texts the cells of a column of lists name, 1 at least: what a distance in it is measured by.
    pub(super) fn names(&self) -> usize {
        match &self.values {
            Values::List(names) => names.len().max(1),
            _ => 1,
        }
    }
}

/// How far the edge is away, for ordering: the largest decimal where the difference does not fit.
fn apart(edge: Decimal, number: Decimal) -> Decimal {
    edge.checked_sub(number).map_or(Decimal::MAX, |distance| distance.abs())
}

/// Each of the texts once, sorted.
fn sorted<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.cloned().collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// The place of a text in a sorted list of them.
fn position(texts: &[String], text: &str) -> Option<usize> {
    // Few names are compared one by one: their lengths settle most of it.
    if texts.len() > 16 {
        texts.binary_search_by(|name| name.as_str().cmp(text)).ok()
    } else {
        texts.iter().position(|name| name == text)
    }
}

/// Neighbouring members of a set joined: the first and the last of each run.
fn runs(set: &[bool]) -> impl Iterator<Item = (usize, usize)> {
    let mut run: Option<(usize, usize)> = None;
    // One more that is not in the set ends a run that goes on to the last.
    set.iter().chain([&false]).enumerate().filter_map(move |(atom, member)| {
        let from = run.map(|(from, _)| from);
        if *member {
            run = Some((from.unwrap_or(atom), atom));
            None
        } else {
            run.take()
        }
    })
}

/// The values between two ends; one value where both are the same.
fn interval(lower: Bound<CellValue>, upper: Bound<CellValue>) -> Choice {
    match (lower, upper) {
        (Bound::Included(only), Bound::Included(other)) if only == other => Choice::Is(only),
        (lower, upper) => Choice::Within(lower, upper),
    }
}

impl Edges {
    /// From the least edge to the greatest: of a single edge its magnitude, and 1 of an edge at 0.
    fn span(&self) -> Option<Decimal> {
        let (least, greatest) = (*self.edges.first()?, *self.edges.last()?);
        // Beyond 28 digits rounded: a yardstick, not a result.
        let span = if least == greatest { Some(least.abs()) } else { greatest.checked_sub(least) };
        span.filter(|span| !span.is_zero()).or(Some(Decimal::ONE))
    }

    /// The edges next to `number` beyond which `set` holds: below it and above it.
    fn toward(&self, number: Decimal, set: &[bool]) -> [Option<Decimal>; 2] {
        let atom = self.locate(number);
        // The nearest atoms of the set, not its ends: between them lies what the fact has to cross.
        let below = set.iter().enumerate().take(atom).rev().find(|(_, member)| **member);
        let above = set.iter().enumerate().skip(atom).skip(1).find(|(_, member)| **member);
        let edge = |end: Bound<CellValue>| match end {
            Bound::Included(at) | Bound::Excluded(at) => at.as_number(),
            Bound::Unbounded => None,
        };
        [
            below.and_then(|(atom, _)| edge(self.upper_end(atom))),
            above.and_then(|(atom, _)| edge(self.lower_end(atom))),
        ]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "atom 2i + 1 is edge i and atom 2i + 2 lies above it: every atom but 0 has one"
    )]
    fn lower_end(&self, atom: usize) -> Bound<CellValue> {
        let Some(below) = atom.checked_sub(1) else { return Bound::Unbounded };
        let edge = CellValue::Number(self.edges[below >> 1]);
        if atom & 1 == 1 { Bound::Included(edge) } else { Bound::Excluded(edge) }
    }

    fn upper_end(&self, atom: usize) -> Bound<CellValue> {
        // Above the last edge there is none.
        let edge = self.edges.get(atom >> 1).map(|edge| CellValue::Number(*edge));
        edge.map_or(Bound::Unbounded, |edge| {
            if atom & 1 == 1 { Bound::Included(edge) } else { Bound::Excluded(edge) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
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
        let partition = Partition::new(ValueKind::Number, || tests.iter());
        let allowed = vec![true; partition.atoms()];
        for test in ["< 2", "not([4..6])", "not(7)", "(2..4), 7", "-", ">= 9", "< 2, 2"] {
            let set = partition.set_of(&test.parse().unwrap());
            let back = partition.test_of(&set, &allowed);
            assert_eq!(partition.set_of(&back), set, "{test} as {back}");
        }
        for (kind, cells) in [
            (ValueKind::Date, &["< 2026-07-01", "[2026-07-05..2026-08-01)", "missing", "> 9999-12-30"][..]),
            (ValueKind::Duration, &["0 seconds", "< 3 days, [4 days..5 days]", "missing, 90 minutes"]),
            (ValueKind::Text, &["\"a\", \"b\"", "given", "\"c\""]),
            (ValueKind::Truth, &["true", "missing"]),
            (ValueKind::List, &["contains any (\"a\", \"b\")", "contains \"c\" and none (\"a\")", "missing"]),
        ] {
            let tests: Vec<CellTest> = cells.iter().map(|text| text.parse().unwrap()).collect();
            let partition = Partition::new(kind, || tests.iter());
            let allowed = vec![true; partition.atoms()];
            // Every set of atoms, and not only those of cells.
            for bits in 0..1_u32 << partition.atoms().min(12) {
                let set: Vec<bool> = (0..partition.atoms()).map(|atom| bits >> atom & 1 == 1).collect();
                let back = partition.test_of(&set, &allowed);
                assert_eq!(partition.set_of(&back), set, "{set:?} as {back}");
                assert_eq!(back.to_string().parse(), Ok(back));
            }
        }
        assert_eq!(edges(&[]).locate(dec!(5)), 0);
    }
}
