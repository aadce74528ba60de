//! How a KPI tree grows from plain numbers, level by level: whatever the numbers are, its units are consistent.

use crate::kpi::{Formula, NodeDraft};
use crate::quantity::{Quantity, Unit};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// From this number on nodes are leaves.
pub(super) const MOST_NODES: usize = 14;

/// The numbers that say what becomes of a node. Smaller ones make a simpler node, and `false` a leaf.
#[derive(Debug, Clone)]
pub(super) struct Gene {
    pub(super) form: u8,
    pub(super) operands: usize,
    /// Every second operand is a node that is there already.
    pub(super) shares: bool,
    /// Which of those nodes; the units between factors.
    pub(super) picks: usize,
    pub(super) grows: bool,
    /// Whether a formula's unit is declared, and whether a leaf's has a power of ten.
    pub(super) declares: u8,
    pub(super) constant: i64,
    /// Which condition stands around the formula; 0 is none.
    pub(super) condition: u8,
}

impl Gene {
    pub(super) const FORMS_WITHOUT_QUOTIENTS: u8 = 8;
    pub(super) const FORMS: u8 = 12;
    pub(super) const CONDITIONS: u8 = 8;
}

/// The names of nodes, and those of units.
#[derive(Debug, Clone)]
pub(super) enum Names {
    /// Letters; money, orders, visitors and clicks.
    Plain,
    Odd {
        names: Vec<String>,
        units: Vec<Unit>,
    },
}

impl Names {
    fn node(&self, index: usize, taken: &BTreeSet<String>) -> String {
        let name = match self {
            Self::Plain => ('a'..='z').nth(index).map_or_else(String::new, String::from),
            Self::Odd { names, .. } => names.iter().cycle().nth(index).cloned().unwrap_or_default(),
        };
        // Two of one name, and no letter left: the number tells them apart.
        if name.is_empty() || taken.contains(&name) { format!("{name}{index}") } else { name }
    }

    fn base(&self, base: usize) -> Option<Unit> {
        match self {
            Self::Plain => Unit::base(["CNY", "order", "visitor", "click"].get(base)?).ok(),
            Self::Odd { units, .. } => units.get(base).cloned(),
        }
    }
}

/// A unit of two bases at most: one above the line, one below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Dimension {
    above: Option<usize>,
    below: Option<usize>,
}

impl Dimension {
    fn new(above: Option<usize>, below: Option<usize>) -> Self {
        if above == below { Self { above: None, below: None } } else { Self { above, below } }
    }

    fn unit(self, names: &Names) -> Option<Unit> {
        let base = |base: Option<usize>| base.map_or(Some(Unit::ONE), |base| names.base(base));
        base(self.above)?.per(&base(self.below)?).ok()
    }
}

struct Grown {
    name: String,
    level: usize,
    dimension: Dimension,
    /// The first of its level, by which the tree is as deep as asked for.
    stem: bool,
}

struct Growing<'g> {
    names: &'g Names,
    nodes: Vec<Grown>,
    taken: BTreeSet<String>,
}

/// The rows of a tree with as many levels of formulas as there are levels of genes, the roots first; `None` for genes
/// without a number of their own, which are not made.
pub(super) fn grown(levels: &[Vec<Gene>], roots: &[usize], names: &Names) -> Option<Vec<NodeDraft>> {
    let mut growing = Growing { names, nodes: Vec::new(), taken: BTreeSet::new() };
    // Without formulas the root is a leaf, and a second one a leaf that nothing uses.
    let count = if levels.is_empty() { 1 } else { roots.len() };
    for root in roots.iter().take(count) {
        let dimension = match root {
            0 => Dimension::new(Some(0), None),
            1 => Dimension::new(Some(0), Some(1)),
            2 => Dimension::new(Some(2), None),
            _ => Dimension::new(None, None),
        };
        growing.push(None, 0, dimension, true);
    }
    let mut drafts = Vec::new();
    // Nodes are numbered level by level: a formula uses higher numbers only, and so there is no cycle.
    let mut index = 0;
    while let Some(node) = growing.nodes.get(index) {
        let (level, stem, dimension) = (node.level, node.stem, node.dimension);
        let name = node.name.clone();
        let gene = levels.get(level).and_then(|genes| genes.iter().cycle().nth(index));
        let is_full = growing.nodes.len() >= MOST_NODES;
        let unit = dimension.unit(names)?;
        drafts.push(match gene {
            Some(gene) if stem || (gene.grows && !is_full) => {
                let formula = growing.conditioned(index, gene)?;
                let draft = NodeDraft::computed(name, formula);
                if gene.declares == 0 { draft.with_unit(unit) } else { draft }
            }
            _ => {
                // Read in another power of ten, and converted where it is added.
                let scaled = gene.is_some_and(|gene| gene.declares == 1);
                let unit = if scaled { thousand()?.times(&unit).ok()? } else { unit };
                NodeDraft::leaf(name).with_unit(unit)
            }
        });
        index = index.checked_add(1)?;
    }
    Some(drafts)
}

fn thousand() -> Option<Unit> {
    "1000".parse().ok()
}

impl Growing<'_> {
    /// A new node, and its name.
    fn push(&mut self, parent: Option<&str>, level: usize, dimension: Dimension, stem: bool) -> String {
        let own = self.names.node(self.nodes.len(), &self.taken);
        // A child's name has one word behind its parent's.
        let name = parent.map_or_else(|| own.clone(), |parent| format!("{parent}.{}", own.replace('.', "_")));
        self.taken.insert(name.clone());
        self.nodes.push(Grown { name: name.clone(), level, dimension, stem });
        name
    }

    /// The formula of a node within its condition.
    fn conditioned(&mut self, node: usize, gene: &Gene) -> Option<Formula> {
        let formula = self.formula(node, gene)?;
        let (level, dimension) = self.nodes.get(node).map(|grown| (grown.level, grown.dimension))?;
        let level = level.checked_add(1)?;
        let constant = Decimal::new(gene.constant, 1);
        let bound = Formula::quantity(Quantity::new(constant, dimension.unit(self.names)?));
        let Gene { shares, picks, .. } = *gene;
        let mut operands = Operands { level, stem: false, shares, picks, number: 0, growing: self };
        Some(match gene.condition {
            1 => Formula::if_else(operands.one(dimension).at_least(bound), formula, operands.one(dimension)),
            2 => Formula::max_of([formula, operands.one(dimension)]),
            3 => Formula::min_of([operands.one(dimension), formula, bound]),
            4 => formula.missing_as(bound),
            5 => formula.undefined_as(Formula::constant(Decimal::ZERO)),
            6 => formula.abs(),
            7 => {
                let branch = operands.one(dimension);
                Formula::if_else(formula.clone().below(branch.clone()), branch, formula)
            }
            _ => formula,
        })
    }

    /// The formula of a node, and the nodes that it uses.
    #[expect(clippy::arithmetic_side_effects, reason = "formulas are joined, nothing is computed")]
    fn formula(&mut self, node: usize, gene: &Gene) -> Option<Formula> {
        let grown = self.nodes.get(node)?;
        let mut operands = Operands {
            level: grown.level.checked_add(1)?,
            stem: grown.stem,
            shares: gene.shares,
            picks: gene.picks,
            number: 0,
            growing: self,
        };
        let dimension = operands.growing.nodes.get(node)?.dimension;
        let Dimension { above, below } = dimension;
        let constant = Decimal::new(gene.constant, 1);
        let number = |growing: &Growing<'_>| {
            Some(Formula::quantity(Quantity::new(constant, dimension.unit(growing.names)?)))
        };
        let count = gene.operands;
        Some(match gene.form {
            1 => Formula::product(operands.chain(dimension, count)),
            2 => operands.one(dimension) - Formula::sum(operands.alike(dimension, count)),
            3 => Formula::sum(operands.alike(dimension, count)) + number(operands.growing)?,
            4 => {
                let first = Formula::constant(Decimal::new(15, 1)) * operands.one(dimension);
                first - Formula::sum(operands.alike(dimension, count)) / Formula::constant(Decimal::from(7))
            }
            5 => {
                let sum = Formula::sum(operands.alike(dimension, count));
                let rates = operands.alike(Dimension::new(None, None), count);
                sum * (Formula::product(rates) + Formula::constant(Decimal::ONE))
            }
            6 => -(Formula::sum(operands.alike(dimension, count)) - operands.one(dimension)),
            7 => {
                let parent = self.nodes.get(node)?.name.clone();
                let level = self.nodes.get(node)?.level.checked_add(1)?;
                let stem = self.nodes.get(node)?.stem;
                for child in 0..count {
                    self.push(Some(&parent), level, dimension, stem && child == 0);
                }
                Formula::sum_of_children(&parent)
            }
            // A rate: what stands above the line by the sum of what stands below it.
            8 | 9 if below.is_some() => {
                let whole = Dimension::new(below, None);
                operands.one(Dimension::new(above, None)) / Formula::sum(operands.alike(whole, count))
            }
            // A share of a value: the part is in the whole.
            8..=10 => {
                let of = Dimension::new(Some(operands.base(count)), None);
                let value = operands.one(dimension);
                let part = operands.one(of);
                let rest = operands.alike(of, count);
                value * (part.clone() / Formula::sum([part].into_iter().chain(rest)))
            }
            // A rate of which a factor cancels.
            11 => {
                let of = Dimension::new(Some(operands.base(count)), below);
                let factor = operands.one(of);
                factor.clone() * (operands.one(dimension) / factor)
            }
            _ => Formula::sum(operands.alike(dimension, count)),
        })
    }
}

/// Where the operands of one formula come from.
struct Operands<'o, 'g> {
    growing: &'o mut Growing<'g>,
    level: usize,
    /// The first operand carries the tree on to its depth.
    stem: bool,
    shares: bool,
    picks: usize,
    /// How many operands there are.
    number: usize,
}

impl Operands<'_, '_> {
    /// One operand: a node of this unit that is there already, or a new one.
    fn one(&mut self, dimension: Dimension) -> Formula {
        let stem = core::mem::take(&mut self.stem);
        let number = self.number;
        self.number = number.saturating_add(1);
        let fits = |node: &&Grown| node.level >= self.level && node.dimension == dimension;
        let there: Vec<&Grown> = self.growing.nodes.iter().filter(fits).collect();
        if self.shares
            && !stem
            && number.is_multiple_of(2)
            && let Some(place) = self.picks.saturating_add(number).checked_rem(there.len())
            && let Some(node) = there.get(place)
        {
            return Formula::node(&node.name);
        }
        Formula::from(self.growing.push(None, self.level, dimension, stem))
    }

    fn alike(&mut self, dimension: Dimension, count: usize) -> Vec<Formula> {
        (0..count).map(|_| self.one(dimension)).collect()
    }

    /// Factors from the base below the line to the one above it: visitors, orders per visitor, money per order.
    fn chain(&mut self, Dimension { above, below }: Dimension, count: usize) -> Vec<Formula> {
        let mut from = below;
        let factors = (1..=count).map(|factor| {
            let to = if factor == count { above } else { Some(self.base(factor)) };
            let operand = self.one(Dimension::new(to, from));
            from = to;
            operand
        });
        factors.collect()
    }

    /// One of the four bases.
    fn base(&self, turn: usize) -> usize {
        const BASES: [usize; 7] = [2, 1, 3, 0, 2, 1, 3];
        BASES.iter().cycle().nth(self.picks.saturating_add(turn).saturating_sub(1)).copied().unwrap_or(0)
    }
}
