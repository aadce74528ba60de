//! How a KPI tree grows from plain numbers, level by level: whatever the numbers are, its units are consistent.

use crate::kpi::{Formula, NodeDraft, NodeKind};
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
    /// Which function over time the formula uses; 0 is none.
    pub(super) over: u8,
    /// Which aggregate over members the formula uses; 0 is none.
    pub(super) aggregate: u8,
    /// How many periods a function goes back, and which members an aggregate takes.
    pub(super) reach: u8,
}

impl Gene {
    pub(super) const FORMS_WITHOUT_QUOTIENTS: u8 = 8;
    pub(super) const FORMS: u8 = 12;
    pub(super) const CONDITIONS: u8 = 8;
    pub(super) const OVERS: u8 = 10;
    pub(super) const AGGREGATES: u8 = 7;
    pub(super) const REACHES: u8 = 8;
}

/// The names of nodes, and those of units, dimensions, members and groups.
#[derive(Debug, Clone)]
pub(super) enum Names {
    /// Letters; money, orders, visitors and clicks; channels and cities.
    Plain,
    Odd {
        /// Of nodes, members and groups.
        names: Vec<String>,
        units: Vec<Unit>,
        dimensions: Vec<String>,
    },
}

/// How many dimensions a tree has, each with one group.
pub(super) const DIMENSIONS: usize = 2;

impl Names {
    /// The name of one of the dimensions.
    pub(super) fn dimension(&self, dimension: usize) -> String {
        match self {
            Self::Plain => (if dimension == 0 { "channel" } else { "city" }).into(),
            Self::Odd { dimensions, .. } => {
                let name = dimensions.iter().cycle().nth(dimension).cloned().unwrap_or_default();
                numbered(name, dimension)
            }
        }
    }

    /// The members of a dimension.
    pub(super) fn members(&self, dimension: usize) -> Vec<String> {
        match self {
            Self::Plain if dimension == 0 => ["SEM", "Social", "email"].map(String::from).into(),
            Self::Plain => ["Beijing", "Shanghai"].map(String::from).into(),
            Self::Odd { names, .. } => {
                let name = |place: usize| names.iter().cycle().nth(place).cloned().unwrap_or_default();
                let count = if dimension == 0 { 3 } else { 2 };
                (0..count).map(|place| numbered(name(place), place)).collect()
            }
        }
    }

    /// The name of the group of a dimension's first members.
    fn group(&self, dimension: usize) -> String {
        match self {
            Self::Plain => (if dimension == 0 { "paid" } else { "north" }).into(),
            Self::Odd { names, .. } => {
                format!("{}g{dimension}", names.iter().cycle().nth(dimension).cloned().unwrap_or_default())
            }
        }
    }

    /// All but the last of a dimension's members.
    fn grouped(&self, dimension: usize) -> Vec<String> {
        let mut members = self.members(dimension);
        members.pop();
        members
    }

    /// What an aggregate takes together, each as it stands between its brackets, and the groups among it.
    fn selections(&self, reach: u8, takes_filters: bool) -> (Vec<String>, Option<usize>) {
        let name = |dimension: usize| format!("`{}`", self.dimension(dimension));
        let group = |dimension: usize| format!("`{}`", self.group(dimension));
        let listed = |dimension: usize, count: usize| {
            let members: Vec<String> =
                self.members(dimension).into_iter().take(count).map(|member| format!("`{member}`")).collect();
            format!("{{{}}}", members.join(", "))
        };
        match if takes_filters { reach } else { reach % 3 } {
            0 => (alloc::vec![name(0)], None),
            1 => (alloc::vec![name(1)], None),
            2 => (alloc::vec![name(0), name(1)], None),
            3 => (alloc::vec![format!("{} in {}", name(0), group(0))], Some(0)),
            4 => (alloc::vec![format!("{} not in {}", name(0), listed(0, 1))], None),
            5 => (alloc::vec![name(0), format!("{} in {}", name(1), listed(1, 1))], None),
            6 => (alloc::vec![format!("{} not in {}", name(1), group(1))], Some(1)),
            _ => (alloc::vec![format!("{} in {}", name(0), listed(0, 2)), name(1)], None),
        }
    }

    fn node(&self, index: usize, taken: &BTreeSet<String>) -> String {
        let name = match self {
            Self::Plain => ('a'..='z').nth(index).map_or_else(String::new, String::from),
            Self::Odd { names, .. } => names.iter().cycle().nth(index).cloned().unwrap_or_default(),
        };
        // Two of one name, and no letter left: the number tells them apart.
        let mut name = if name.is_empty() || taken.contains(&name) { format!("{name}{index}") } else { name };
        while taken.contains(&name) {
            name.push('_');
        }
        name
    }

    fn base(&self, base: usize) -> Option<Unit> {
        match self {
            Self::Plain => Unit::base(["CNY", "order", "visitor", "click"].get(base)?).ok(),
            Self::Odd { units, .. } => units.get(base).cloned(),
        }
    }
}

/// The name with its number behind it; the first has none, but where that could be another's, or the name is blank.
fn numbered(name: String, number: usize) -> String {
    let bare = number == 0 && !name.trim().is_empty() && !name.ends_with(|c: char| c.is_ascii_digit());
    if bare { name } else { format!("{name}{number}") }
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
    /// Its values are added up over periods or members, so that it has to be a flow.
    adds: bool,
}

struct Growing<'g> {
    names: &'g Names,
    nodes: Vec<Grown>,
    taken: BTreeSet<String>,
    /// The groups that a formula filters by.
    groups: BTreeSet<usize>,
}

/// The rows of a tree.
pub(super) struct Rows {
    /// The nodes, the roots first, each with whether its kind is settled.
    pub(super) nodes: Vec<(NodeDraft, bool)>,
    pub(super) groups: Vec<NodeDraft>,
}

/// The rows of a tree with as many levels of formulas as there are levels of genes, the roots first; `None` for genes
/// without a number of their own, which are not made.
pub(super) fn grown(levels: &[Vec<Gene>], roots: &[usize], names: &Names) -> Option<Rows> {
    // A row of a panel has one field of a name, and so have dimensions and groups names of their own.
    let taken = (0..DIMENSIONS).flat_map(|of| [names.dimension(of), names.group(of)]).collect();
    let mut growing = Growing { names, nodes: Vec::new(), taken, groups: BTreeSet::new() };
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
    let mut nodes = Vec::new();
    // Nodes are numbered level by level: a formula uses higher numbers only, and so there is no cycle.
    let mut index = 0;
    while let Some(node) = growing.nodes.get(index) {
        let (level, stem, dimension, adds) = (node.level, node.stem, node.dimension, node.adds);
        let name = node.name.clone();
        let gene = levels.get(level).and_then(|genes| genes.iter().cycle().nth(index));
        let is_full = growing.nodes.len() >= MOST_NODES;
        let unit = dimension.unit(names)?;
        let mut is_leaf = true;
        let draft = match gene {
            Some(gene) if stem || (gene.grows && !is_full) => {
                let formula = growing.conditioned(index, gene)?;
                let formula = growing.aggregated(index, gene, formula)?;
                let formula = growing.over_time(index, gene, formula)?;
                is_leaf = false;
                let draft = NodeDraft::computed(name, formula);
                if gene.declares == 0 { draft.with_unit(unit) } else { draft }
            }
            _ => {
                // Read in another power of ten, and converted where it is added.
                let scaled = gene.is_some_and(|gene| gene.declares == 1);
                let unit = if scaled { thousand()?.times(&unit).ok()? } else { unit };
                NodeDraft::leaf(name).with_unit(unit)
            }
        };
        // A unit with a denominator, or a quotient, would make it a ratio.
        let usual = !adds || (is_leaf && dimension.below.is_none());
        nodes.push((if usual { draft } else { draft.with_kind(NodeKind::Flow) }, adds));
        index = index.checked_add(1)?;
    }
    let group = |of: &usize| NodeDraft::group(names.group(*of), names.grouped(*of));
    Some(Rows { nodes, groups: growing.groups.iter().map(group).collect() })
}

fn thousand() -> Option<Unit> {
    "1000".parse().ok()
}

impl<'g> Growing<'g> {
    /// A new node, and its name.
    fn push(&mut self, parent: Option<&str>, level: usize, dimension: Dimension, stem: bool) -> String {
        let own = self.names.node(self.nodes.len(), &self.taken);
        // A child's name has one word behind its parent's.
        let name = parent.map_or_else(|| own.clone(), |parent| format!("{parent}.{}", own.replace('.', "_")));
        self.taken.insert(name.clone());
        self.nodes.push(Grown { name: name.clone(), level, dimension, stem, adds: false });
        name
    }

    /// The formula of a node within its condition.
    fn conditioned(&mut self, node: usize, gene: &Gene) -> Option<Formula> {
        let formula = self.formula(node, gene)?;
        let constant = Decimal::new(gene.constant, 1);
        let (mut operands, dimension) = self.more_operands(node, gene)?;
        let unit = dimension.unit(operands.growing.names)?;
        let bound = Formula::quantity(Quantity::new(constant, unit));
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

    /// The formula with an aggregate over members: of the whole, or of one more node.
    #[expect(clippy::arithmetic_side_effects, reason = "formulas are joined, nothing is computed")]
    fn aggregated(&mut self, node: usize, gene: &Gene, formula: Formula) -> Option<Formula> {
        let Gene { aggregate, reach, .. } = *gene;
        if aggregate == 0 {
            return Some(formula);
        }
        let (of, group) = self.names.selections(reach, aggregate != 2);
        self.groups.extend(group);
        let (mut operands, dimension) = self.more_operands(node, gene)?;
        let is_whole = gene.declares % 2 == 1;
        Some(match aggregate {
            1 if is_whole => (formula + operands.one(dimension)).sum_over(of),
            1 => formula + operands.adding(dimension).sum_over(of),
            2 => formula * operands.adding(dimension).share_over(of),
            3 if is_whole => formula.mean_over(of),
            3 => formula - operands.one(dimension).mean_over(of),
            4 if is_whole => formula.min_over(of),
            4 => formula - operands.one(dimension).min_over(of),
            5 if is_whole => formula.max_over(of),
            5 => operands.one(dimension).max_over(of) + formula,
            _ => formula * operands.one(dimension).count_over(of),
        })
    }

    /// The formula with a function over time: of the whole, or of one more node.
    #[expect(clippy::arithmetic_side_effects, reason = "formulas are joined, nothing is computed")]
    fn over_time(&mut self, node: usize, gene: &Gene, formula: Formula) -> Option<Formula> {
        if gene.over == 0 {
            return Some(formula);
        }
        let periods = u32::from(gene.reach) % 3 + 1;
        let (mut operands, dimension) = self.more_operands(node, gene)?;
        let is_whole = gene.declares % 2 == 1;
        Some(match gene.over {
            1 if is_whole => formula.lag(periods),
            1 => formula - operands.one(dimension).lag(periods),
            2 => formula + operands.one(dimension).lag_year(),
            3 if is_whole => (formula + operands.one(dimension)).rolling_sum(periods),
            3 => formula + operands.adding(dimension).rolling_sum(periods),
            4 if is_whole => formula.rolling_mean(periods),
            4 => formula - operands.one(dimension).rolling_mean(periods),
            5 if is_whole => (formula - operands.one(dimension)).year_to_date(),
            5 => formula + operands.adding(dimension).year_to_date(),
            6 => formula - operands.adding(dimension).quarter_to_date(),
            7 => formula * operands.one(dimension).growth(periods),
            8 => formula * operands.one(dimension).growth_on_year(),
            _ => operands.one(dimension).lag(periods).missing_as(formula),
        })
    }

    /// Where further operands of a node's formula come from, and the dimension that they have.
    fn more_operands(&mut self, node: usize, gene: &Gene) -> Option<(Operands<'_, 'g>, Dimension)> {
        let (level, dimension) = self.nodes.get(node).map(|grown| (grown.level, grown.dimension))?;
        let Gene { shares, picks, .. } = *gene;
        let level = level.checked_add(1)?;
        Some((Operands { level, stem: false, shares, picks, number: 0, growing: self }, dimension))
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
        Formula::from(self.name_of_one(dimension))
    }

    /// One operand whose values are added up over periods or members.
    fn adding(&mut self, dimension: Dimension) -> Formula {
        let name = self.name_of_one(dimension);
        for node in self.growing.nodes.iter_mut().filter(|node| node.name == name) {
            node.adds = true;
        }
        Formula::from(name)
    }

    fn name_of_one(&mut self, dimension: Dimension) -> String {
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
            return node.name.clone();
        }
        self.growing.push(None, self.level, dimension, stem)
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
