//! A compiled column: for each atom of its partition, the set of rules whose cell holds there.
//!
//! A rule set is a row of 64-bit words, so that the rules that match are the words of each column's atom,
//! combined by "and": no cell is evaluated at decision time.

use super::partition::Partition;
use super::parts::Rule;
use super::{CellTest, DecisionError, Fact, TableColumn, ValueKind};
use crate::error::{Path, Problems};
use crate::time::in_range;
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

/// The most 64-bit words of rule sets that a table may compile to, 8 MiB: a quadratic blow-up of a table
/// from outside is refused.
pub(super) const MAX_WORDS: usize = 1 << 20;

#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) partition: Partition,
    /// Which atoms are allowed.
    pub(super) allowed: Vec<bool>,
    /// Whether a rule tests this column: then its fact must not be missing.
    pub(super) needed: bool,
    /// How many words a rule set has.
    pub(super) words: usize,
    /// The rule sets of the atoms, one after the other.
    masks: Vec<u64>,
    /// Of a column in which cells ask for missing facts: the rules whose cell does not, though it tests the column.
    undecided: Vec<u64>,
    /// What is asked of a column without atoms.
    asked: Option<Box<Asked>>,
}

/// The cells of a column of lists that name too many texts for atoms, in the order of the rules, and what it allows.
#[derive(Debug, Clone)]
struct Asked {
    cells: Vec<CellTest>,
    allowed: CellTest,
}

impl Asked {
    /// Word `word` of the rules whose cell holds for `fact`, `None` where it is not allowed.
    fn matching(&self, fact: &Fact<'_>, word: usize) -> Option<u64> {
        if !self.allowed.holds(fact) && (self.allowed.on_missing().is_some() || *fact != Fact::Missing) {
            return None;
        }
        let cells = self.cells.chunks(64).nth(word).unwrap_or_default();
        let held = cells.iter().enumerate().filter(|(_, cell)| cell.holds(fact));
        Some(held.fold(0, |rules, (rule, _)| rules | bit(rule)))
    }
}

impl Column {
    /// The columns of a table of checked rules.
    pub(super) fn compile(
        inputs: &[TableColumn],
        rules: &[Rule],
        problems: &mut Problems<DecisionError>,
    ) -> Vec<Self> {
        let words = rules.len().div_ceil(64);
        let mut columns = Vec::with_capacity(inputs.len());
        let mut total = 0_usize;
        for (index, input) in inputs.iter().enumerate() {
            let tests = || rules.iter().filter_map(|rule| rule.tests.get(index));
            let partition = Partition::new(input.kind, || tests().chain([&input.allowed]));
            // Saturated: beyond `usize` is beyond the limit too, and below it no later product overflows.
            total = total.saturating_add(partition.atoms().saturating_mul(words));
            if total > MAX_WORDS {
                problems.push(Path::root(), DecisionError::TooLarge { words: total, limit: MAX_WORDS });
                return columns;
            }
            let allowed = partition.allowed_by(&input.allowed);
            // Where nothing is allowed that is told once, of the column, and not again of each cell. What has no atoms is
            // not looked through.
            let some_allowed = !partition.is_atomic() || partition.has_value(&allowed);
            if !some_allowed {
                let path = Path::root().field("inputs").index(index).field("allowed");
                problems.push(path, DecisionError::NeverHolds { cell: input.allowed.to_string() });
            }
            #[expect(clippy::arithmetic_side_effects, reason = "the limit above holds")]
            let mut masks = vec![0_u64; partition.atoms() * words];
            for (rule, test) in tests().enumerate() {
                let set = partition.set_of(test);
                if partition.is_atomic()
                    && some_allowed
                    && !set.iter().zip(&allowed).any(|(holds, allowed)| *holds && *allowed)
                {
                    let path = Path::root().field("rules").index(rule).field("when").index(index);
                    problems.push(path, DecisionError::NeverHolds { cell: test.to_string() });
                }
                for (mask, _) in masks.chunks_exact_mut(words).zip(set).filter(|(_, holds)| *holds) {
                    insert(mask, rule);
                }
            }
            let needed = tests().any(|test| !test.is_any());
            let mut undecided = Vec::new();
            if partition.asks_for_missing() {
                undecided = vec![0_u64; words];
                for (rule, test) in tests().enumerate() {
                    if !test.is_any() && test.on_missing().is_none() {
                        insert(&mut undecided, rule);
                    }
                }
            }
            let asked = (!partition.is_atomic())
                .then(|| Asked { cells: tests().cloned().collect(), allowed: input.allowed.clone() })
                .map(Box::new);
            columns.push(Self { partition, allowed, needed, words, masks, undecided, asked });
        }
        columns
    }

    /// The rules whose cell holds in `atom`.
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "`masks` has `words` words for each atom, at most `MAX_WORDS` in all"
    )]
    pub(super) fn rules_in(&self, atom: usize) -> &[u64] {
        &self.masks[atom * self.words..(atom + 1) * self.words]
    }

    /// Word `word` of the rules whose cell holds in `atom`.
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "`masks` has `words` words for each atom, at most `MAX_WORDS` in all"
    )]
    fn word_in(&self, atom: usize, word: usize) -> u64 {
        debug_assert!(word < self.words, "another atom's word");
        self.masks[atom * self.words + word]
    }

    /// Which atoms the cell of `rule` holds in.
    pub(super) fn atoms_of(&self, rule: usize) -> impl Iterator<Item = bool> + '_ {
        self.masks.chunks_exact(self.words).map(move |mask| holds(mask, rule))
    }

    /// Whether a report can go through the values of the column.
    pub(super) const fn is_atomic(&self) -> bool {
        self.asked.is_none()
    }

    /// Whether missing facts are a value of this column.
    pub(super) const fn asks_for_missing(&self) -> bool {
        !self.undecided.is_empty()
    }

    /// Word `word` of the rules whose cell tests a missing fact without asking whether it is missing.
    pub(super) fn undecided(&self, word: usize) -> u64 {
        self.undecided.get(word).copied().unwrap_or(0)
    }

    /// Word `word` of the rules whose cell holds for `fact`, `None` where the fact is not admitted.
    #[inline]
    #[expect(
        clippy::indexing_slicing,
        reason = "`allowed` has a flag for each atom, and a partition locates in its atoms"
    )]
    pub(super) fn matching(&self, fact: &Fact<'_>, word: usize) -> Option<u64> {
        let Some(atom) = self.partition.locate(fact) else { return self.without_atom(fact, word) };
        self.allowed[atom].then(|| self.word_in(atom, word))
    }

    /// [`matching`](Self::matching) of a fact that lies in no atom.
    #[inline(never)]
    fn without_atom(&self, fact: &Fact<'_>, word: usize) -> Option<u64> {
        match (&self.asked, fact) {
            // Nobody tests the column: its cells hold everywhere, so also in the first atom.
            (None, Fact::Missing) if !self.needed => Some(self.word_in(0, word)),
            (Some(asked), Fact::Missing) if !self.needed || self.asks_for_missing() => {
                asked.matching(fact, word)
            }
            (Some(asked), Fact::List(_)) => asked.matching(fact, word),
            _ => None,
        }
    }

    /// Why [`matching`](Self::matching) did not admit `fact`.
    #[cold]
    pub(super) fn refusal(input: &TableColumn, fact: &Fact<'_>) -> DecisionError {
        // In the order in which `matching` refuses: there is no value, it is of another kind, it is not allowed.
        if let Fact::Date(date) = fact
            && let Err(error) = in_range(*date)
            && input.kind == ValueKind::Date
        {
            return error.into();
        }
        match fact.kind() {
            None => DecisionError::MissingInput { input: input.name.clone() },
            Some(kind) if kind != input.kind => {
                DecisionError::FactKind { input: input.name.clone(), expected: input.kind, actual: kind }
            }
            Some(_) => DecisionError::NotAllowed {
                input: input.name.clone(),
                fact: fact.to_string(),
                allowed: input.allowed.to_string(),
            },
        }
    }
}

/// The bit of a rule within its word.
pub(super) const fn bit(rule: usize) -> u64 {
    1 << (rule & 63)
}

/// Whether `rule` is in the set.
#[expect(clippy::indexing_slicing, reason = "a rule set has a bit for each rule of the table")]
pub(super) fn holds(mask: &[u64], rule: usize) -> bool {
    mask[rule >> 6] & bit(rule) != 0
}

/// Puts `rule` into the set.
#[expect(clippy::indexing_slicing, reason = "a rule set has a bit for each rule of the table")]
pub(super) fn insert(mask: &mut [u64], rule: usize) {
    mask[rule >> 6] |= bit(rule);
}
