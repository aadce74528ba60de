//! A compiled column: for each atom of its partition, the set of rules whose cell holds there.
//!
//! A rule set is a row of 64-bit words, so that the rules that match are the words of each column's atom,
//! combined by "and": no cell is evaluated at decision time.

use super::partition::Partition;
use super::parts::Rule;
use super::{DecisionError, Fact, TableColumn};
use crate::error::{Path, Problems};
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
            let partition = Partition::new(input.kind, tests().chain([&input.allowed]));
            total = total.saturating_add(partition.atoms().saturating_mul(words));
            if total > MAX_WORDS {
                problems.push(Path::root(), DecisionError::TooLarge { words: total, limit: MAX_WORDS });
                return columns;
            }
            let allowed = partition.set_of(&input.allowed);
            let some_allowed = allowed.contains(&true);
            if !some_allowed {
                let path = Path::root().field("inputs").index(index).field("allowed");
                problems.push(path, DecisionError::NeverHolds { cell: input.allowed.to_string() });
            }
            let mut masks = vec![0_u64; partition.atoms().saturating_mul(words)];
            for (rule, test) in tests().enumerate() {
                let set = partition.set_of(test);
                if some_allowed && !set.iter().zip(&allowed).any(|(holds, allowed)| *holds && *allowed) {
                    let path = Path::root().field("rules").index(rule).field("when").index(index);
                    problems.push(path, DecisionError::NeverHolds { cell: test.to_string() });
                }
                for (mask, _) in masks.chunks_exact_mut(words).zip(set).filter(|(_, holds)| *holds) {
                    if let Some(word) = mask.get_mut(rule >> 6) {
                        *word |= bit(rule);
                    }
                }
            }
            let needed = tests().any(|test| !test.is_any());
            columns.push(Self { partition, allowed, needed, words, masks });
        }
        columns
    }

    /// The rules whose cell holds in `atom`.
    pub(super) fn rules_in(&self, atom: usize) -> &[u64] {
        let start = atom.saturating_mul(self.words);
        self.masks.get(start..start.saturating_add(self.words)).unwrap_or_default()
    }

    /// Word `word` of the rules whose cell holds in `atom`.
    fn word_in(&self, atom: usize, word: usize) -> u64 {
        self.masks.get(atom.saturating_mul(self.words).saturating_add(word)).copied().unwrap_or(0)
    }

    /// Which atoms the cell of `rule` holds in.
    pub(super) fn atoms_of(&self, rule: usize) -> impl Iterator<Item = bool> + '_ {
        self.masks.chunks_exact(self.words).map(move |mask| holds(mask, rule))
    }

    /// Word `word` of the rules whose cell holds for `fact`, `None` where the fact is not admitted.
    #[inline]
    pub(super) fn matching(&self, fact: &Fact<'_>, word: usize) -> Option<u64> {
        let atom = match self.partition.locate(fact) {
            Some(atom) => atom,
            // Nobody tests the column: its cells hold everywhere, so also in the first atom.
            None if !self.needed && matches!(fact, Fact::Missing) => return Some(self.word_in(0, word)),
            None => return None,
        };
        (self.allowed.get(atom) == Some(&true)).then(|| self.word_in(atom, word))
    }

    /// Why [`matching`](Self::matching) did not admit `fact`.
    #[cold]
    pub(super) fn refusal(input: &TableColumn, fact: &Fact<'_>) -> DecisionError {
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
pub(super) fn holds(mask: &[u64], rule: usize) -> bool {
    mask.get(rule >> 6).is_some_and(|word| word & bit(rule) != 0)
}
