//! Why a rule matched or not: a reason per cell, and the rule that came nearest.

use super::{Answer, CellTest, Decision, DecisionError, Fact};
use crate::quantity::{Ratio, Rounding, subtract};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Bound;
use rust_decimal::Decimal;

/// The edge beyond which a failing number would have passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellEdge {
    at: Decimal,
    included: bool,
    distance: Option<Decimal>,
}

impl CellEdge {
    /// Where the edge lies.
    #[must_use]
    pub const fn at(&self) -> Decimal {
        self.at
    }

    /// Whether the edge itself would have passed: in `>= 2` it does, in `> 2` it does not.
    #[must_use]
    pub const fn is_included(&self) -> bool {
        self.included
    }

    /// The edge minus the fact: positive where the fact lies below, 0 where it stands on an excluded edge;
    /// `None` where the difference needs more than 28 digits.
    #[must_use]
    pub const fn distance(&self) -> Option<Decimal> {
        self.distance
    }

    fn of(bound: Bound<Decimal>, fact: Decimal) -> Option<Self> {
        let (at, included) = match bound {
            Bound::Included(at) => (at, true),
            Bound::Excluded(at) => (at, false),
            Bound::Unbounded => return None,
        };
        Some(Self { at, included, distance: subtract(at, fact).ok() })
    }

    /// How far away the edge is, for ordering: rounded where the exact distance does not fit.
    fn rough(&self, fact: Decimal) -> Decimal {
        self.at.checked_sub(fact).map_or(Decimal::MAX, |distance| distance.abs())
    }
}

/// One cell of a rule: what was tested, what came in, and whether it held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellReason<'a> {
    input: &'a str,
    test: &'a CellTest,
    fact: Fact<'a>,
    holds: bool,
    edge: Option<CellEdge>,
    distance: Ratio,
}

impl<'a> CellReason<'a> {
    /// The name of the input.
    #[must_use]
    pub const fn input(&self) -> &'a str {
        self.input
    }

    /// The test of the cell.
    #[must_use]
    pub const fn test(&self) -> &'a CellTest {
        self.test
    }

    /// The fact that was tested.
    #[must_use]
    pub const fn fact(&self) -> Fact<'a> {
        self.fact
    }

    /// Whether the test held.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.holds
    }

    /// The nearest edge beyond which a number that failed would have passed (of two equally near ones the
    /// lower); `None` where the cell held or is not about a number.
    #[must_use]
    pub const fn edge(&self) -> Option<CellEdge> {
        self.edge
    }
}

impl CellReason<'_> {
    /// How far the fact is from passing, 0 where it does.
    ///
    /// # Formula
    /// Of a number `abs(edge - fact) / (greatest - least edge of the column)` (J. C. Gower, 1971), and 1 where no
    /// number passes; of a single edge its magnitude takes the place of the range. Of any other value that
    /// differs 1.
    #[must_use]
    pub const fn distance(&self) -> Ratio {
        self.distance
    }
}

impl fmt::Display for CellReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { input, test, fact, holds, edge, .. } = self;
        let relation = match (*holds, test.is_negated()) {
            (true, _) => "is",
            (false, false) => "is not",
            // Not `is not not(..)`.
            (false, true) => "is excluded by",
        };
        write!(f, "{input} {fact} {relation} {test}")?;
        match edge.and_then(|edge| Some((edge.at.normalize(), edge.distance?.normalize()))) {
            None => Ok(()),
            Some((at, distance)) if distance.is_zero() => write!(f, ", on the excluded edge {at}"),
            Some((at, distance)) => {
                let side = if distance.is_sign_negative() { "above" } else { "below" };
                write!(f, ", {} {side} the edge {at}", distance.abs())
            }
        }
    }
}

/// One rule with a reason per cell that tests something.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleReason<'a> {
    rule: usize,
    cells: Vec<CellReason<'a>>,
}

impl<'a> RuleReason<'a> {
    /// The index of the rule.
    #[must_use]
    pub const fn rule(&self) -> usize {
        self.rule
    }

    /// The reasons of all cells, in the order of the columns; cells that hold for any value are left out.
    #[must_use]
    pub fn cells(&self) -> &[CellReason<'a>] {
        &self.cells
    }

    /// The cells that failed; none where the rule matches.
    pub fn failing(&self) -> impl Iterator<Item = &CellReason<'a>> {
        self.cells.iter().filter(|cell| !cell.holds)
    }

    /// Whether every cell held.
    #[must_use]
    pub fn matches(&self) -> bool {
        self.failing().next().is_none()
    }

    /// How far the rule is from matching: the sum of its cells' [distances](CellReason::distance), to 12 decimals
    /// where a sum needs more than 128 bits; 0 where it matches.
    #[must_use]
    pub fn distance(&self) -> Ratio {
        self.cells.iter().fold(Ratio::ZERO, |sum, cell| plus(sum, cell.distance))
    }

    /// The edge that the only failing cell missed; `None` where another number of cells failed.
    #[must_use]
    pub fn edge(&self) -> Option<CellEdge> {
        let mut failing = self.failing();
        let (only, None) = (failing.next()?, failing.next()) else { return None };
        only.edge
    }
}

impl fmt::Display for RuleReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let matches = self.matches();
        write!(f, "rule {} {}", self.rule, if matches { "matches" } else { "misses" })?;
        let shown = self.cells.iter().filter(|cell| matches || !cell.holds);
        for (index, cell) in shown.enumerate() {
            write!(f, "{} {cell}", if index == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl<'a> Decision<'a> {
    /// Why the rule at `index` matched or not; `None` where there is no such rule.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{HitPolicy, Input, Output, DecisionTable};
    /// use rust_decimal::dec;
    ///
    /// let table = DecisionTable::draft(HitPolicy::First)
    ///     .input(Input::text("kind"))
    ///     .input(Input::number("share"))
    ///     .output(Output::text("action"))
    ///     .rule([r#""pilot""#, "> 0.1"], ["cap"])
    ///     .build()?;
    /// let facts = ["pilot".into(), dec!(0.1).into()];
    /// let decision = table.decide(&facts)?;
    /// assert_eq!(
    ///     decision.reason(0).map(|reason| reason.to_string()),
    ///     Some("rule 0 misses: share 0.1 is not > 0.1, on the excluded edge 0.1".into())
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn reason(&self, index: usize) -> Option<RuleReason<'a>> {
        let rule = self.table.rules.get(index)?;
        let columns = self.table.inputs.iter().zip(&self.table.columns);
        let cells = columns
            .zip(rule.tests.iter().zip(self.facts))
            .filter(|(_, (test, _))| !test.is_any())
            .map(|((input, column), (test, fact))| {
                let atoms: Vec<bool> = column.atoms_of(index).collect();
                let atom = column.partition.locate(fact);
                let holds = atom.and_then(|atom| atoms.get(atom)) == Some(&true);
                let edge: Option<CellEdge> = match fact {
                    Fact::Number(number) if !holds => {
                        // What is not allowed is no way to pass.
                        let set: Vec<bool> =
                            atoms.iter().zip(&column.allowed).map(|(a, b)| *a && *b).collect();
                        let edges = column.partition.edges_toward(fact, &set);
                        let edges =
                            edges.into_iter().flatten().filter_map(|bound| CellEdge::of(bound, *number));
                        edges.min_by_key(|edge| edge.rough(*number))
                    }
                    _ => None,
                };
                let distance = match (fact, edge, column.partition.span()) {
                    _ if holds => Ratio::ZERO,
                    (Fact::Number(number), Some(edge), Some(span)) => over(edge.rough(*number), span),
                    _ => Ratio::ONE,
                };
                CellReason { input: input.name(), test, fact: *fact, holds, edge, distance }
            })
            .collect();
        Some(RuleReason { rule: index, cells })
    }

    /// The reasons of all rules, in the order of the table.
    pub fn reasons(&self) -> impl Iterator<Item = RuleReason<'a>> + '_ {
        (0..self.table.rules.len()).filter_map(|index| self.reason(index))
    }

    /// The rule that came nearest without matching: the one with the fewest failing cells, of several the one
    /// with the least [distance](RuleReason::distance), of several the first; `None` where every rule matches.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Ratio;
    /// use marketloop::decision::{HitPolicy, Input, Output, DecisionTable};
    /// use rust_decimal::dec;
    ///
    /// let table = DecisionTable::draft(HitPolicy::First)
    ///     .input(Input::number("roi"))
    ///     .output(Output::text("action"))
    ///     .rule(["[0..1)"], ["stop"])
    ///     .rule(["[2..3)"], ["keep"])
    ///     .rule(["> 3.5"], ["boost"])
    ///     .build()?;
    /// let facts = [dec!(3.49).into()];
    /// let miss = table.decide(&facts)?.nearest_miss().ok_or("no rule matches")?;
    /// assert_eq!(miss.to_string(), "rule 2 misses: roi 3.49 is not > 3.5, 0.01 below the edge 3.5");
    /// // Of the 3.5 between the least and the greatest edge.
    /// assert_eq!(miss.distance(), "1/350".parse::<Ratio>()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn nearest_miss(&self) -> Option<RuleReason<'a>> {
        let missed = self.reasons().filter(|reason| !reason.matches());
        missed.min_by_key(|reason| (reason.failing().count(), reason.distance()))
    }
}

/// The quotient, to 28 digits where the exact one needs more than 128 bits.
fn over(distance: Decimal, span: Decimal) -> Ratio {
    let rounded = |_| distance.checked_div(span).unwrap_or(Decimal::MAX).into();
    Ratio::new(distance, span).unwrap_or_else(rounded)
}

/// The sum, to 12 decimals where the exact one needs more than 128 bits.
fn plus(left: Ratio, right: Ratio) -> Ratio {
    left.plus(right).unwrap_or_else(|_| {
        let short = |ratio: Ratio| ratio.round(12, Rounding::HalfEven).unwrap_or(Decimal::MAX);
        short(left).checked_add(short(right)).unwrap_or(Decimal::MAX).into()
    })
}

impl fmt::Display for Decision<'_> {
    /// The answer and the reasons of the rules that matched; where none did, the nearest miss.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.answer() {
            Answer::NoMatch => f.write_str("no rule matches")?,
            Answer::Number(number) => write!(f, "{} {}", self.table.policy, number.normalize())?,
            Answer::Count(count) => write!(f, "{count} rules match")?,
            Answer::Rule(_) | Answer::Rules(_) => {
                for (index, rule) in self.answering().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", then " })?;
                    for (index, (output, value)) in self.table.outputs.iter().zip(rule.outputs()).enumerate()
                    {
                        write!(f, "{}{} {value}", if index == 0 { "" } else { ", " }, output.name())?;
                    }
                }
            }
        }
        let shown = self.matched().iter().filter_map(|index| self.reason(*index));
        let nearest = if self.matched().is_empty() { self.nearest_miss() } else { None };
        shown.chain(nearest).try_for_each(|reason| write!(f, "\n  {reason}"))
    }
}

impl DecisionError {
    /// The indexes of the rules that an error of a hit policy names, none for other errors.
    #[must_use]
    pub fn rules(&self) -> &[usize] {
        match self {
            Self::SeveralMatches { rules } | Self::ConflictingOutputs { rules } => rules,
            _ => &[],
        }
    }
}
