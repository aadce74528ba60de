//! Asking a table: which rules match, and what the hit policy makes of them.

use super::column::Column;
use super::{CellValue, DecisionError, DecisionTable, Fact, HitPolicy, TableColumn};
use crate::error::Lookup;
use crate::quantity::add;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The columns up to which names are compared one by one.
const FEW_INPUTS: usize = 16;

/// The matching rules' indexes in ascending order; going through them allocates nothing.
#[derive(Debug, Clone)]
struct Matches<'a> {
    table: &'a DecisionTable,
    facts: &'a [Fact<'a>],
    word: usize,
    bits: u64,
}

impl Iterator for Matches<'_> {
    type Item = usize;

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a word and a bit of it that is set are the index of a rule"
    )]
    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            if self.word + 1 >= self.table.words() {
                return None;
            }
            self.word += 1;
            // Never `None`: the facts were admitted when the iterator was made, whatever the word.
            self.bits = self.table.matching(self.facts, self.word)?;
        }
        let lowest = self.bits.trailing_zeros() as usize;
        // A subtraction carries through the zeros below the lowest bit: what both have in common is the rest.
        self.bits &= self.bits.wrapping_sub(1);
        Some(self.word * 64 + lowest)
    }
}

impl core::iter::FusedIterator for Matches<'_> {}

/// What a table answers; rules are indexes from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    /// No rule matches.
    NoMatch,
    /// One rule's outputs: unique, any, first, priority.
    Rule(usize),
    /// The outputs of these rules in this order: rule order, output order, collect.
    Rules(Vec<usize>),
    /// The sum, minimum or maximum of the matching rules' output, or how many match.
    Number(Decimal),
}

/// The answer of a table to some facts: the rules whose outputs it is, or a number, with the reasons.
///
/// # Examples
/// ```
/// use marketloop::decision::{DecisionTable, HitPolicy, TableColumn};
/// use rust_decimal::dec;
///
/// let points = DecisionTable::draft(HitPolicy::CollectSum)
///     .input(TableColumn::number("roi"))
///     .output(TableColumn::number("points"))
///     .rule([">= 2"], [3])
///     .rule([">= 4"], [2])
///     .check()?;
/// let facts = [dec!(4.5).into()];
/// let decision = points.decide(&facts)?;
/// assert_eq!((decision.matched(), decision.number()), ([0, 1].as_slice(), Some(dec!(5))));
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<'a> {
    pub(super) table: &'a DecisionTable,
    pub(super) facts: &'a [Fact<'a>],
    matched: Vec<usize>,
    answer: Answer,
}

impl<'a> Decision<'a> {
    /// The indexes of all rules that match, in the order of the table, whatever the policy made of them.
    #[must_use]
    pub fn matched(&self) -> &[usize] {
        &self.matched
    }

    /// The indexes of the rules whose outputs are the answer, in the answer's order; none where no rule matches or
    /// the answer is a number.
    #[must_use]
    pub fn answering(&self) -> &[usize] {
        match &self.answer {
            Answer::Rule(index) => core::slice::from_ref(index),
            Answer::Rules(indexes) => indexes,
            Answer::NoMatch | Answer::Number(_) => &[],
        }
    }

    /// The sum, the minimum, the maximum or the count under the hit policies that collect one; `None` under others
    /// and where no rule matches, of which the count is 0.
    #[must_use]
    pub const fn number(&self) -> Option<Decimal> {
        match self.answer {
            Answer::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The outputs of the answering rules: for each its values in the order of the output columns.
    pub fn outputs(&self) -> impl Iterator<Item = &'a [CellValue]> {
        self.answering().iter().map(|index| self.table.outputs_of(*index))
    }

    /// The value of the output `name` where exactly one rule answers.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{CellValue, DecisionTable, HitPolicy, TableColumn};
    /// use rust_decimal::dec;
    ///
    /// let draft = DecisionTable::draft(HitPolicy::First).input(TableColumn::number("roi"));
    /// let table = draft.output(TableColumn::text("action")).rule(["< 2"], ["replace"]).check()?;
    /// let facts = [dec!(1).into()];
    /// assert_eq!(table.decide(&facts)?.output("action"), Some(&CellValue::from("replace")));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn output(&self, name: &str) -> Option<&'a CellValue> {
        let mut answering = self.outputs();
        let (only, None) = (answering.next()?, answering.next()) else { return None };
        let index = self.table.outputs.iter().position(|output| output.name() == name)?;
        only.get(index)
    }
}

impl DecisionTable {
    /// The facts in the order of the columns, from named ones; what is not named is [`Fact::Missing`].
    ///
    /// # Errors
    /// [`DecisionError::UnknownInput`], [`DecisionError::DuplicateName`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{DecisionTable, HitPolicy, TableColumn};
    /// use rust_decimal::dec;
    ///
    /// let table = DecisionTable::draft(HitPolicy::First)
    ///     .input(TableColumn::number("roi"))
    ///     .input(TableColumn::text("kind"))
    ///     .output(TableColumn::text("action"))
    ///     .rule(["< 2", r#""kol""#], ["replace"])
    ///     .check()?;
    /// // In any order: the names say where each belongs.
    /// let facts = table.facts([("kind", "kol".into()), ("roi", dec!(1.5).into())])?;
    /// assert_eq!(table.decide(&facts)?.matched(), [0]);
    /// assert!(table.facts([("rio", dec!(1.5).into())]).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn facts<'f, 'n>(
        &self,
        named: impl IntoIterator<Item = (&'n str, Fact<'f>)>,
    ) -> Result<Vec<Fact<'f>>, DecisionError> {
        // `None` until it is named: a fact that is named twice must not silently win or lose.
        let mut facts = vec![None; self.inputs.len()];
        // Few names are found faster one by one than by what sorting them costs.
        let many =
            (self.inputs.len() > FEW_INPUTS).then(|| Lookup::of(self.inputs.iter().map(TableColumn::name)));
        for (name, fact) in named {
            let index = match &many {
                Some(many) => many.position(name),
                None => self.inputs.iter().position(|input| input.name() == name),
            };
            let slot = index.and_then(|index| facts.get_mut(index));
            match slot {
                Some(slot @ None) => *slot = Some(fact),
                Some(Some(_)) => return Err(DecisionError::DuplicateName { name: name.to_string() }),
                None => return Err(DecisionError::UnknownInput { name: name.to_string() }),
            }
        }
        Ok(facts.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// The indexes of the rules that match `facts` (one per column, in their order), whatever the hit policy.
    ///
    /// This is the fast path: nothing is allocated.
    ///
    /// # Errors
    /// [`DecisionError::LengthMismatch`]; [`DecisionError::MissingInput`] where a rule tests a column whose fact is
    /// missing, even if another column decides, and no cell of the column asks for [missing](super::CellTest::missing)
    /// facts; as well where cells do, but no rule matches and one would if it were not for a cell that does not;
    /// [`DecisionError::FactKind`]; [`DecisionError::NotAllowed`]; [`DecisionError::Time`] of a day outside the years 1 to
    /// 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{HitPolicy, TableColumn, DecisionTable};
    /// use rust_decimal::dec;
    ///
    /// let table = DecisionTable::draft(HitPolicy::Collect)
    ///     .input(TableColumn::number("dormant_days"))
    ///     .output(TableColumn::text("action"))
    ///     .rule([">= 30"], ["reactivate"])
    ///     .rule([">= 90"], ["let go"])
    ///     .check()?;
    /// assert_eq!(table.matches(&[dec!(45).into()])?.collect::<Vec<_>>(), [0]);
    /// assert_eq!(table.matches(&[dec!(90).into()])?.collect::<Vec<_>>(), [0, 1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn matches<'a>(
        &'a self,
        facts: &'a [Fact<'a>],
    ) -> Result<impl Iterator<Item = usize> + Clone + use<'a>, DecisionError> {
        if facts.len() != self.columns.len() {
            return Err(DecisionError::lengths("fact", facts.len(), "input", self.columns.len()));
        }
        // Whether a fact is admitted does not depend on the word: asked for the first, it is known for all.
        match self.matching(facts, 0) {
            Some(bits) => {
                if self.asks_for_missing {
                    self.check_missing(facts)?;
                }
                Ok(Matches { table: self, facts, word: 0, bits })
            }
            None => Err(self.refusal(facts)),
        }
    }

    /// Refuses a missing fact where no rule matches, and one would perhaps if the fact were known: no silent non-match.
    fn check_missing(&self, facts: &[Fact<'_>]) -> Result<(), DecisionError> {
        if !facts.contains(&Fact::Missing) {
            return Ok(());
        }
        let mut kept_away = None;
        for word in 0..self.words() {
            if self.matching(facts, word).is_some_and(|bits| bits != 0) {
                return Ok(());
            }
            // What every column lets pass or leaves undecided: its rules are those that the missing facts keep away.
            let mut bits = u64::MAX;
            for (column, fact) in self.columns.iter().zip(facts) {
                let undecided = if *fact == Fact::Missing { column.undecided(word) } else { 0 };
                bits &= column.matching(fact, word).unwrap_or(0) | undecided;
            }
            if bits != 0 && kept_away.is_none() {
                let first = bits & bits.wrapping_neg();
                let columns = self.columns.iter().zip(facts).zip(&self.inputs);
                kept_away = columns
                    .filter(|((_, fact), _)| **fact == Fact::Missing)
                    .find(|((column, _), _)| column.undecided(word) & first != 0)
                    .map(|(_, input)| input.name().to_string());
            }
        }
        kept_away.map_or(Ok(()), |input| Err(DecisionError::MissingInput { input }))
    }

    /// The answer to `facts` (one per column, in their order) under the table's hit policy.
    ///
    /// That no rule matches is an answer, no error.
    ///
    /// In a column in which a cell (or what the column allows) asks for [missing](super::CellTest::missing) facts,
    /// missing is a value of its own: the cells that ask for it say whether it passes, `-` lets it pass, and the others do
    /// not. So a rule for it may stand anywhere in the table. Where then no rule matches, and a cell that does not ask for
    /// it kept a rule away, there is no answer: what that rule says is not known.
    ///
    /// # Errors
    /// Those of [`matches`](Self::matches); [`DecisionError::SeveralMatches`] under [`HitPolicy::Unique`];
    /// [`DecisionError::ConflictingOutputs`] under [`HitPolicy::Any`]; [`DecisionError::Quantity`] where a sum needs
    /// more than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{DecisionTable, HitPolicy, TableColumn};
    /// use rust_decimal::dec;
    ///
    /// let draft = DecisionTable::draft(HitPolicy::Unique).input(TableColumn::number("roi"));
    /// let table = draft.output(TableColumn::text("action")).rule(["< 2"], ["replace"]).check()?;
    /// assert_eq!(table.decide(&[dec!(1).into()])?.matched(), [0]);
    /// assert!(table.decide(&[dec!(3).into()])?.matched().is_empty()); // an answer, too
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn decide<'a>(&'a self, facts: &'a [Fact<'a>]) -> Result<Decision<'a>, DecisionError> {
        // All matches, also where the first is the answer: a decision tells what else would have matched.
        let matched: Vec<usize> = self.matches(facts)?.collect();
        let answer = self.answer(&matched)?;
        Ok(Decision { table: self, facts, matched, answer })
    }

    /// The outputs of a rule that matched.
    #[expect(
        clippy::indexing_slicing,
        reason = "a set of matching rules has bits for the rules of the table only"
    )]
    pub(super) fn outputs_of(&self, index: usize) -> &[CellValue] {
        &self.rules[index].outputs
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a set of matching rules has bits for the rules of the table only"
    )]
    fn answer(&self, matched: &[usize]) -> Result<Answer, DecisionError> {
        let Some((&first, others)) = matched.split_first() else {
            // A count of none is 0; the others have no value then, as in DMN.
            return Ok(match self.policy {
                HitPolicy::CollectCount => Answer::Number(Decimal::ZERO),
                _ => Answer::NoMatch,
            });
        };
        let rank = |index: &usize| self.rules[*index].rank.as_slice();
        // The check let these policies pass with one output only, a number.
        let numbers = || matched.iter().filter_map(|index| self.rules[*index].outputs.first()?.as_number());
        Ok(match self.policy {
            HitPolicy::First => Answer::Rule(first),
            HitPolicy::Unique if others.is_empty() => Answer::Rule(first),
            HitPolicy::Unique => return Err(DecisionError::SeveralMatches { rules: matched.to_vec() }),
            HitPolicy::Any => {
                if others.iter().any(|other| self.outputs_of(*other) != self.outputs_of(first)) {
                    return Err(DecisionError::ConflictingOutputs { rules: matched.to_vec() });
                }
                Answer::Rule(first)
            }
            HitPolicy::Priority => {
                // Only a smaller rank takes the place: ties stay with the earlier rule.
                let smaller =
                    |best: usize, other: &usize| if rank(other) < rank(&best) { *other } else { best };
                Answer::Rule(others.iter().fold(first, smaller))
            }
            HitPolicy::RuleOrder | HitPolicy::Collect => Answer::Rules(matched.to_vec()),
            HitPolicy::OutputOrder => {
                let mut rules = matched.to_vec();
                // Stable: ties stay in the order of the table.
                rules.sort_by_key(|index| rank(index));
                Answer::Rules(rules)
            }
            HitPolicy::CollectSum => Answer::Number(numbers().try_fold(Decimal::ZERO, add)?),
            HitPolicy::CollectMin => numbers().min().map_or(Answer::NoMatch, Answer::Number),
            HitPolicy::CollectMax => numbers().max().map_or(Answer::NoMatch, Answer::Number),
            HitPolicy::CollectCount => Answer::Number(matched.len().into()),
        })
    }

    /// How many words a rule set has.
    pub(super) fn words(&self) -> usize {
        self.rules.len().div_ceil(64)
    }

    /// Word `word` of the set of matching rules, `None` where a fact is not admitted.
    #[inline]
    fn matching(&self, facts: &[Fact<'_>], word: usize) -> Option<u64> {
        // Every column is asked, also after the set is empty: a missing fact is an error in any case.
        let mut bits = u64::MAX;
        for (column, fact) in self.columns.iter().zip(facts) {
            bits &= column.matching(fact, word)?;
        }
        Some(bits)
    }

    #[cold]
    fn refusal(&self, facts: &[Fact<'_>]) -> DecisionError {
        let refused = self.columns.iter().zip(&self.inputs).zip(facts).find_map(|((column, input), fact)| {
            column.matching(fact, 0).is_none().then(|| Column::refusal(input, fact))
        });
        // One of them was refused, or nobody would have asked; their number is told if not.
        refused.unwrap_or_else(|| DecisionError::lengths("fact", facts.len(), "input", self.columns.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CellTest, TableColumn};
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn a_missing_fact_is_answered_where_a_rule_asks_for_it() {
        let table = DecisionTable::draft(HitPolicy::First)
            .input(TableColumn::text("kind"))
            .input(TableColumn::number("roi"))
            .output(TableColumn::text("action"))
            .rule([r#""kol""#, "< 2"], ["stop"])
            .rule([r#""kol""#, "missing"], ["measure"])
            .rule([r#""paid""#, "missing, >= 4"], ["boost"])
            .rule([r#""tv""#, "given"], ["keep"])
            .rule([r#""owned""#, "-"], ["keep"])
            .rule([r#""press""#, "not(missing, 0)"], ["keep"])
            .rule([r#""event""#, ">= 1"], ["keep"])
            .check()
            .unwrap();
        let asked = |kind: &str, roi: Fact<'_>| {
            let facts = [kind.into(), roi];
            table
                .decide(&facts)
                .map(|decision| decision.matched().to_vec())
                .map_err(|error| error.to_string())
        };
        // Wherever the rule for it stands, also behind one that does not ask.
        assert_eq!(asked("kol", Fact::Missing), Ok(vec![1]));
        assert_eq!(asked("kol", 1.into()), Ok(vec![0]));
        assert_eq!(asked("paid", Fact::Missing), Ok(vec![2]));
        assert_eq!(asked("owned", Fact::Missing), Ok(vec![4]));
        // What asks for it and says no has decided.
        assert_eq!(asked("tv", Fact::Missing), Ok(vec![]));
        assert_eq!(asked("press", Fact::Missing), Ok(vec![]));
        assert_eq!(asked("press", 0.into()), Ok(vec![]));
        assert_eq!(asked("press", 1.into()), Ok(vec![5]));
        // What does not ask for it has not: no silent non-match.
        assert_eq!(asked("event", Fact::Missing), Err("the input `roi` is missing".into()));
        // A column in which no cell asks for it is as ever.
        let facts = [Fact::Missing, 1.into()];
        assert!(
            matches!(table.decide(&facts), Err(DecisionError::MissingInput { input }) if input == "kind")
        );
    }

    #[test]
    fn missing_rules_beyond_the_first_64_are_found() {
        let draft = DecisionTable::draft(HitPolicy::Collect).input(TableColumn::number("x"));
        let mut draft = draft.output(TableColumn::number("y"));
        for rule in 0..70 {
            draft = draft.rule([alloc::format!("< {rule}")], [rule]);
        }
        let table = draft.rule(["missing"], [70]).check().unwrap();
        assert_eq!(table.decide(&[Fact::Missing]).unwrap().matched(), [70]);
    }

    #[test]
    fn what_a_column_allows_says_whether_a_fact_may_be_missing() {
        let asked = |allowed: &str, cell: &str, fact: Fact<'_>| {
            let column = TableColumn::number("x").allowing(allowed.parse().unwrap());
            let draft = DecisionTable::draft(HitPolicy::First).input(column).output(TableColumn::truth("y"));
            let table = draft.rule([cell], [true]).check().unwrap();
            let facts = [fact];
            table.decide(&facts).map(|decision| decision.matched().len()).map_err(|error| error.to_string())
        };
        let missing = || Err("the input `x` is missing".to_string());
        assert_eq!(asked("given", "-", Fact::Missing), missing());
        assert_eq!(asked(">= 0", "-", Fact::Missing), Ok(1));
        assert_eq!(asked(">= 0", "missing", Fact::Missing), Ok(1));
        assert_eq!(asked("missing, >= 0", "given", Fact::Missing), Ok(0));
        assert_eq!(asked("missing, >= 0", "< 1", Fact::Missing), missing());
        assert_eq!(
            asked("missing, >= 0", "missing", Fact::from(-1)),
            Err("the input `x` is -1, allowed is missing, >= 0".into())
        );
    }

    #[test]
    fn a_day_outside_the_calendar_is_refused() {
        let draft = DecisionTable::draft(HitPolicy::First).input(TableColumn::date("x"));
        let table = draft.output(TableColumn::truth("y")).rule(["> 2026-07-01"], [true]).check().unwrap();
        let facts = [crate::time::NaiveDate::MAX.into()];
        assert!(matches!(table.decide(&facts), Err(DecisionError::Time(_))));
        assert!(matches!(table.decide(&[true.into()]), Err(DecisionError::FactKind { .. })));
        let last = crate::time::date(9999, 12, 31).unwrap();
        assert_eq!(table.decide(&[last.into()]).unwrap().matched(), [0]);
    }

    #[test]
    fn a_column_of_many_texts_is_asked_cell_by_cell() {
        let names: Vec<_> = (0..40).map(|name| alloc::format!("t{name}")).collect();
        let draft = DecisionTable::draft(HitPolicy::Collect).input(TableColumn::list("tags"));
        let mut draft = draft.input(TableColumn::number("x")).output(TableColumn::number("y"));
        for (rule, name) in (0..).zip(names.iter().cycle().take(100)) {
            draft = draft.rule([CellTest::contains(name.as_str()), CellTest::any()], [rule]);
        }
        let table = draft.clone().check().unwrap();
        let asked = |table: &DecisionTable, fact: Fact<'_>| {
            let facts = [fact, Fact::Missing];
            table.decide(&facts).map(|decision| decision.matched().to_vec())
        };
        assert_eq!(asked(&table, Fact::from(&["t3", "other", "t39"])).unwrap(), [3, 39, 43, 79, 83]);
        assert!(asked(&table, Fact::List(&[])).unwrap().is_empty());
        assert!(matches!(asked(&table, Fact::Missing), Err(DecisionError::MissingInput { .. })));
        assert!(matches!(asked(&table, "t3".into()), Err(DecisionError::FactKind { .. })));
        let report = table.report(u64::MAX);
        assert!(!report.is_complete() && report.gaps().is_empty());
        let aware = draft.rule([CellTest::missing(), CellTest::any()], [100]).check().unwrap();
        assert_eq!(asked(&aware, Fact::Missing).unwrap(), [100]);
    }

    #[test]
    fn facts_are_refused_with_their_input() {
        let table = DecisionTable::draft(HitPolicy::First)
            .input(TableColumn::number("roi").allowing(CellTest::at_least(dec!(0))))
            .input(TableColumn::text("note"))
            .output(TableColumn::truth("stop"))
            .rule(["< 1", "-"], [true])
            .check()
            .unwrap();
        let refused = |facts: &[Fact<'_>]| table.decide(facts).unwrap_err().to_string();
        assert_eq!(refused(&[]), "0 facts for 2 inputs");
        assert_eq!(refused(&[Fact::Missing, "".into()]), "the input `roi` is missing");
        assert_eq!(refused(&["1".into(), "".into()]), "the input `roi` is a text, the column holds a number");
        assert_eq!(refused(&[dec!(-1).into(), "".into()]), "the input `roi` is -1, allowed is >= 0");
        assert_eq!(
            refused(&[dec!(1).into(), true.into()]),
            "the input `note` is a truth, the column holds a text"
        );
        // Nobody asks for the note.
        let facts = table.facts([("roi", dec!(0.5).into())]).unwrap();
        assert_eq!(table.decide(&facts).unwrap().answering(), [0]);
        assert!(table.facts([("cost", Fact::Missing)]).is_err());
        assert!(table.facts([("roi", 1.into()), ("roi", 2.into())]).is_err());
    }

    #[test]
    fn a_sum_beyond_28_digits_is_an_error() {
        let table = DecisionTable::draft(HitPolicy::CollectSum)
            .input(TableColumn::number("x"))
            .output(TableColumn::number("y"))
            .rule(["-"], [Decimal::MAX])
            .rule(["-"], [dec!(0.1)])
            .check()
            .unwrap();
        assert!(matches!(table.decide(&[Fact::Missing]), Err(DecisionError::Quantity(_))));
    }
}
