//! KPI trees with their inputs, formulas and overlays.

use super::almost_valid::{AlmostValid, Spoil, spoilt};
use super::kpi_growing::{DIMENSIONS, Gene, MOST_NODES, Names, grown};
use super::kpi_panel::Filling;
use super::{strategy, texts};
use crate::error::{ErrorKind, Path};
use crate::kpi::{Formula, Inputs, KpiTree, NodeDraft, NodeKind, Overlay, Panel};
use crate::quantity::{Quantity, Unit};
use crate::target::Better;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use proptest::collection::{SizeRange, btree_map, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::{Index, select};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// KPI trees of up to four levels of formulas: sums, differences and products of consistent units, with nodes that several
/// formulas use.
///
/// Mean size 8.4 nodes; 37 % are edges: one node, a node that is used twice.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::trees;
/// use proptest::prelude::*;
///
/// proptest!(|(tree in trees())| laws::reads_its_own_text(&tree)?);
///
/// // With quotients, and the values of two months, of which some are missing.
/// proptest!(|((tree, before, after) in trees().with_depth(1..4).with_quotients().with_missing().with_change())| {
///     if let Ok(why) = tree.explain(&before, &after) {
///         laws::explanation_closes(why.total(), why.leaves())?;
///     }
/// });
/// ```
pub fn trees() -> Trees {
    Trees {
        depth: (0..=4).into(),
        roots: 1..=1,
        digits: 0..=100_000,
        quotients: false,
        conditions: false,
        time: false,
        members: false,
        missing: false,
        traits: false,
        odd: false,
    }
}

/// How KPI trees are made; see [`trees`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a test turns on by its name")]
pub struct Trees {
    depth: SizeRange,
    roots: RangeInclusive<usize>,
    digits: RangeInclusive<i64>,
    quotients: bool,
    conditions: bool,
    time: bool,
    members: bool,
    missing: bool,
    traits: bool,
    odd: bool,
}

impl Trees {
    /// Trees of so many levels of formulas; 0 is a leaf alone.
    pub fn with_depth(mut self, depth: impl Into<SizeRange>) -> Self {
        self.depth = depth.into();
        self
    }

    /// Trees of so many roots, which share nodes now and then; of a leaf alone there is one.
    ///
    /// # Examples
    /// ```
    /// use marketloop::strategies::trees;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|(tree in trees().with_depth(1..4).with_roots(2..=3))| {
    ///     prop_assert!((2..=3).contains(&tree.roots().count()));
    /// });
    /// ```
    pub fn with_roots(mut self, roots: RangeInclusive<usize>) -> Self {
        self.roots = roots;
        self
    }

    /// Quotients too: of two nodes, of a part and its whole, of values that may be 0.
    pub fn with_quotients(mut self) -> Self {
        self.quotients = true;
        self
    }

    /// Conditions too: comparisons, the least and the greatest, and values that stand for a state.
    pub fn with_conditions(mut self) -> Self {
        self.conditions = true;
        self
    }

    /// Functions over time too: values of periods before, rolling and to-date sums and means, growth.
    ///
    /// # Examples
    /// ```
    /// use marketloop::laws;
    /// use marketloop::strategies::trees;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|(tree in trees().with_time().with_quotients())| laws::reads_its_own_text(&tree)?);
    /// ```
    pub fn with_time(mut self) -> Self {
        self.time = true;
        self
    }

    /// Aggregates over the members of two dimensions too, `channel` of `SEM`, `Social` and `email`, `city` of `Beijing` and
    /// `Shanghai`: sums, shares, means, the least, the greatest and counts, some of the members of a group or a list.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use marketloop::strategies::trees;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|(tree in trees().with_members())| {
    ///     for (group, _) in tree.groups() {
    ///         prop_assert!(["paid", "north"].contains(&group));
    ///     }
    /// });
    /// ```
    pub fn with_members(mut self) -> Self {
        self.members = true;
        self
    }

    /// Some leaves have no value in the inputs.
    pub fn with_missing(mut self) -> Self {
        self.missing = true;
        self
    }

    /// Values whose digits lie in this range, with up to two of them behind the point: `-3..=3` makes 2, -0.3 and 0.01.
    pub fn with_digits(mut self, digits: RangeInclusive<i64>) -> Self {
        self.digits = digits;
        self
    }

    /// Nodes declare a kind, a direction and an owner.
    pub fn with_traits(mut self) -> Self {
        self.traits = true;
        self
    }

    /// Names, owners and units that are hard to read: marks of the grammar, keywords, blanks of every width.
    pub fn with_odd_names(mut self) -> Self {
        self.odd = true;
        self
    }

    /// The trees with values of their leaves.
    #[must_use = "a strategy does nothing by itself"]
    pub fn with_inputs(self) -> impl Strategy<Value = (KpiTree, Inputs)> + Clone {
        self.with_change().prop_map(|(tree, inputs, _)| (tree, inputs))
    }

    /// The trees with values of their leaves before and after; some did not change.
    #[must_use = "a strategy does nothing by itself"]
    pub fn with_change(self) -> impl Strategy<Value = (KpiTree, Inputs, Inputs)> + Clone {
        let (value, given) = (self.values(), self.given());
        let change = prop_oneof![3 => Just(true), 1 => Just(false)];
        // A few values, over and over: ties come by themselves, and a case shrinks in few steps.
        let values = vec(((value.clone(), given.clone()), (value, given), change), 1..=8);
        (self, values).prop_filter_map("inputs", |(tree, values)| {
            let (mut before, mut after) = (tree.no_inputs(), tree.no_inputs());
            for ((leaf, _), (first, second, changes)) in tree.leaves().zip(values.iter().cycle()) {
                let (old, there) = first;
                let (new, still) = if *changes { second } else { first };
                if *there {
                    before.set_node(&tree, leaf, *old).ok()?;
                }
                if *still {
                    after.set_node(&tree, leaf, *new).ok()?;
                }
            }
            Some((tree, before, after))
        })
    }

    /// The trees with a panel of their leaves: one to five months, quarters or weeks; leaves by any of the two dimensions or
    /// none; members that start, stop or have a gap, and now and then a period without rows.
    ///
    /// # Examples
    /// ```
    /// use marketloop::laws;
    /// use marketloop::strategies::trees;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|((tree, panel) in trees().with_time().with_members().with_missing().with_panel())| {
    ///     let values = tree.evaluate_panel(&panel).unwrap();
    ///     for (_, node) in tree.nodes() {
    ///         prop_assert!(values.dimensions(node.id()).unwrap().len() <= 2);
    ///     }
    /// });
    /// ```
    #[must_use = "a strategy does nothing by itself"]
    pub fn with_panel(self) -> impl Strategy<Value = (KpiTree, Panel)> + Clone {
        let filling = (
            (0..Filling::KINDS, 1_usize..=5, vec(0..Filling::LAYOUTS, 1..5)),
            (
                vec((0_usize..3, 0_usize..3, 0_usize..4), 1..6),
                prop_oneof![5 => Just(0_usize), 1 => 1_usize..4],
            ),
            vec((self.values(), self.given()), 1..=12),
        );
        let filling = filling.prop_map(|((kind, periods, layouts), (spans, silent), values)| Filling {
            kind,
            periods,
            layouts,
            spans,
            silent,
            values,
        });
        (self.named_rows(), filling).prop_filter_map("a panel", |((drafts, names), filling)| {
            let tree = KpiTree::new(drafts).ok()?;
            let dimensions: Vec<String> = (0..DIMENSIONS).map(|of| names.dimension(of)).collect();
            let rows = filling.rows(&tree, &names)?;
            let panel = Panel::new(&tree, dimensions.iter().map(String::as_str), rows).ok()?;
            Some((tree, panel))
        })
    }

    /// The values of leaves.
    fn values(&self) -> impl Strategy<Value = Decimal> + Clone + use<> {
        let (lowest, highest) = (*self.digits.start(), *self.digits.end());
        let digits = prop_oneof![
            8 => self.digits.clone(),
            1 => Just(0_i64.clamp(lowest, highest)),
            1 => Just(highest),
        ];
        (digits, 0_u32..3).prop_map(|(digits, places)| Decimal::new(digits, places))
    }

    /// Whether a leaf has its value.
    fn given(&self) -> impl Strategy<Value = bool> + Clone + use<> {
        if self.missing { prop_oneof![7 => Just(true), 1 => Just(false)].boxed() } else { Just(true).boxed() }
    }

    /// The JSON of the rows of a tree with one fault, as [`KpiTree::new`] tells it: a node declared twice, an unknown
    /// name, a cycle, a stray node, a unit that differs, a name that is none, no rows.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, NodeDraft};
    /// use marketloop::laws;
    /// use marketloop::strategies::trees;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|(case in trees().almost_valid())| {
    ///     let rows: Vec<NodeDraft> = serde_json::from_str(case.json()).unwrap();
    ///     laws::refuses(&case, KpiTree::new(rows))?;
    /// });
    /// ```
    #[must_use = "a strategy does nothing by itself"]
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.drafts(), &SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = KpiTree> + use<> {
        self.drafts().prop_filter_map("a tree", |drafts| KpiTree::new(drafts).ok())
    }

    /// The rows, the root first.
    fn drafts(&self) -> impl Strategy<Value = Vec<NodeDraft>> + use<> {
        self.named_rows().prop_map(|(drafts, _)| drafts)
    }

    /// The rows, and the names of their members.
    fn named_rows(&self) -> impl Strategy<Value = (Vec<NodeDraft>, Names)> + Clone + use<> {
        let forms = if self.quotients { Gene::FORMS } else { Gene::FORMS_WITHOUT_QUOTIENTS };
        let of = |is_asked: bool, count: u8| if is_asked { (0..count).boxed() } else { Just(0).boxed() };
        let reach = of(self.time || self.members, Gene::REACHES);
        let more = (
            of(self.conditions, Gene::CONDITIONS),
            of(self.time, Gene::OVERS),
            of(self.members, Gene::AGGREGATES),
            reach,
        );
        let gene = (0..forms, 1_usize..=4, any::<bool>(), 0_usize..12, any::<bool>(), 0_u8..8, -20_i64..=20);
        let gene = (gene, more).prop_map(
            |(
                (form, operands, shares, picks, grows, declares, constant),
                (condition, over, aggregate, reach),
            )| Gene {
                form,
                operands,
                shares,
                picks,
                grows,
                declares,
                constant,
                condition,
                over,
                aggregate,
                reach,
            },
        );
        let levels = vec(vec(gene, 1..4), self.depth.clone());
        let root = 0_usize..4;
        let more = match (self.roots.start().saturating_sub(1), self.roots.end().saturating_sub(1)) {
            (_, 0) => Just(Vec::new()).boxed(),
            (low, high) => vec(0_usize..4, low..=high).boxed(),
        };
        let names = if self.odd { odd_names().boxed() } else { Just(Names::Plain).boxed() };
        let traits =
            if self.traits { vec(some_traits(self.odd), 1..6).boxed() } else { Just(Vec::new()).boxed() };
        (levels, root, names, traits, more).prop_filter_map(
            "a tree",
            |(levels, root, names, traits, more)| {
                let roots: Vec<usize> = core::iter::once(root).chain(more).collect();
                let rows = grown(&levels, &roots, &names)?;
                let traits = traits.iter().map(Some).cycle().chain(core::iter::repeat(None));
                let with = |((draft, is_settled), traits): ((NodeDraft, bool), Option<&Traits>)| {
                    traits.map_or(draft.clone(), |traits| traits.declared(draft, is_settled))
                };
                let nodes = rows.nodes.into_iter().zip(traits).map(with);
                let drafts = nodes.chain(rows.groups).collect();
                Some((drafts, names))
            },
        )
    }
}

strategy!(Trees => KpiTree);

/// What a node may declare besides its unit and its formula.
#[derive(Debug, Clone)]
struct Traits {
    kind: Option<NodeKind>,
    better: Option<Better>,
    owner: Option<String>,
}

impl Traits {
    fn declared(&self, draft: NodeDraft, is_settled: bool) -> NodeDraft {
        let draft = self.kind.into_iter().filter(|_| !is_settled).fold(draft, NodeDraft::with_kind);
        self.owner.iter().fold(draft.with_better(self.better), NodeDraft::with_owner)
    }
}

fn some_traits(odd: bool) -> impl Strategy<Value = Traits> {
    let kinds = [
        NodeKind::Flow,
        NodeKind::Stock,
        NodeKind::OpeningStock,
        NodeKind::AverageStock,
        NodeKind::Ratio,
        NodeKind::Growth,
        NodeKind::Unique,
    ];
    let kind = prop_oneof![1 => Just(None), 1 => select(Vec::from(kinds)).prop_map(Some)];
    let better = select(&[Some(Better::Higher), Some(Better::Lower), None][..]);
    let name = if odd {
        texts().prop_map(|text| owner(&text)).boxed()
    } else {
        select(&["Li Na", "growth"][..]).prop_map(String::from).boxed()
    };
    let owner = prop_oneof![1 => Just(None), 1 => name.prop_map(Some)];
    (kind, better, owner).prop_map(|(kind, better, owner)| Traits { kind, better, owner })
}

/// Names that their door lets in: the text without the marks that part names, and not blank at its ends.
fn odd_names() -> impl Strategy<Value = Names> {
    let names = vec(texts().prop_map(|text| text.replace(is_no_name, "_")), 1..MOST_NODES);
    let unit = texts().prop_filter_map("a unit", |text| {
        // What holds no name of a unit holds one behind a letter.
        let text = text.replace(|c: char| c.is_whitespace() || "*/^%‰[]()=+\"'".contains(c), "");
        Unit::base(&text).or_else(|_| Unit::base("odd")).ok()
    });
    (names, vec(unit, 4)).prop_map(|(names, units)| {
        let dimensions = names.iter().rev().map(|name| dimension(name)).collect();
        Names::Odd { names, units, dimensions }
    })
}

/// The name of a dimension of which the text is made: without what parts dimensions, and with a letter at each end where it
/// is blank there.
fn dimension(text: &str) -> String {
    let text = text.replace(|c: char| ",，﹐[]［］【】｀".contains(c), "_");
    let by = Formula::node("b").mean_over([format!("`{text}`")]);
    let named = KpiTree::new([NodeDraft::computed("a", by), NodeDraft::leaf("b")]).is_ok();
    // A letter alone is for nodes.
    if named && text.chars().nth(1).is_some() { text } else { format!("d{text}d") }
}

fn is_no_name(c: char) -> bool {
    c == '`' || c.is_control()
}

/// The name of an owner of which the text is made: without what parts the traits, and with a letter at each end where it is
/// blank there.
fn owner(text: &str) -> String {
    let text = text.replace(|c: char| "{}｛｝,，".contains(c) || is_no_name(c), "_");
    let named = KpiTree::new([NodeDraft::leaf("a").with_owner(&*text)]).is_ok();
    if named { text } else { format!("o{text}o") }
}

const SPOILS: [Spoil; 8] = [
    Spoil { fault: "a node declared twice", kind: ErrorKind::Duplicate, at: declared_twice },
    Spoil { fault: "an unknown name", kind: ErrorKind::NotFound, at: unknown_name },
    Spoil { fault: "a root that depends on itself", kind: ErrorKind::Conflict, at: cycle },
    Spoil { fault: "a node that nothing uses", kind: ErrorKind::Conflict, at: stray },
    Spoil { fault: "a unit that its formula does not give", kind: ErrorKind::Mismatch, at: other_unit },
    Spoil { fault: "a name with a backquote", kind: ErrorKind::Syntax, at: no_name },
    Spoil { fault: "an owner with a comma", kind: ErrorKind::Syntax, at: no_owner },
    Spoil { fault: "no rows", kind: ErrorKind::Empty, at: no_rows },
];

/// One of the nodes among the rows of a JSON.
fn row(rows: &mut Value, place: Index) -> Option<&mut Value> {
    let rows = rows.as_array_mut()?;
    let nodes = rows.iter().filter(|row| row.get("members").is_none()).count();
    // Groups stand behind the nodes.
    rows.get_mut(place.index(nodes))
}

fn root(rows: &mut Value) -> Option<&mut Value> {
    rows.get_mut(0)
}

/// The path of a row: the name of its node.
fn named(row: &Value) -> Option<Path> {
    Some(Path::root().field(row.get("id")?.as_str()?))
}

fn declared_twice(rows: &mut Value, place: Index) -> Option<Path> {
    let again = row(rows, place)?.clone();
    let path = named(&again)?;
    rows.as_array_mut()?.push(again);
    Some(path)
}

/// Puts more behind the root's formula.
fn extended(rows: &mut Value, more: &str) -> Option<Path> {
    let root = root(rows)?;
    let formula = format!("({}) {more}", root.get("formula")?.as_str()?);
    *root.get_mut("formula")? = formula.into();
    named(root)
}

fn unknown_name(rows: &mut Value, _: Index) -> Option<Path> {
    // A factor: a term would be taken for a leaf.
    extended(rows, "* nowhere")
}

fn cycle(rows: &mut Value, _: Index) -> Option<Path> {
    let id = root(rows)?.get("id")?.as_str()?.to_string();
    extended(rows, &format!("+ `{id}`"))
}

fn stray(rows: &mut Value, _: Index) -> Option<Path> {
    rows.as_array_mut()?.push(json!({"id": "stray"}));
    Some(Path::root().field("stray"))
}

fn other_unit(rows: &mut Value, _: Index) -> Option<Path> {
    let root = root(rows)?;
    root.get("formula")?;
    root.as_object_mut()?.insert("unit".into(), "furlong".into());
    named(root)
}

fn no_name(rows: &mut Value, _: Index) -> Option<Path> {
    let root = root(rows)?;
    *root.get_mut("id")? = "a`b".into();
    named(root)
}

fn no_owner(rows: &mut Value, place: Index) -> Option<Path> {
    let row = row(rows, place)?;
    row.as_object_mut()?.insert("owner".into(), "Li, Na".into());
    named(row)
}

fn no_rows(rows: &mut Value, _: Index) -> Option<Path> {
    rows.as_array_mut()?.clear();
    Some(Path::root())
}

/// Formulas over the named nodes, of all operations, nested up to five deep: a minus in any position, numbers with and
/// without a unit.
///
/// Mean size 2.7 operands; 27 % are edges: one operand, a number 0.
///
/// # Examples
/// ```
/// use marketloop::kpi::Formula;
/// use marketloop::strategies::formulas;
/// use proptest::prelude::*;
///
/// proptest!(|(formula in formulas(&["a", "b", "渠道１"]))| {
///     prop_assert_eq!(Formula::parse(&formula.text().unwrap()), Ok(formula));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
#[expect(clippy::arithmetic_side_effects, reason = "formulas are joined, nothing is computed")]
pub fn formulas(names: &[&str]) -> impl Strategy<Value = Formula> + Clone + use<> {
    let names: Vec<String> = names.iter().copied().map(String::from).collect();
    let number = (-9_i64..10, 0_u32..3).prop_map(|(units, scale)| Decimal::new(units, scale));
    let leaf = prop_oneof![
        3 => select(names).prop_map(Formula::from),
        1 => number.clone().prop_map(Formula::constant),
        1 => number.prop_map(|value| Formula::quantity(Quantity::new(value, Unit::PERCENT))),
    ];
    leaf.prop_recursive(5, 24, 3, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            2 => inner.clone().prop_map(|formula| -formula),
            1 => pair.clone().prop_map(|(left, right)| left + right),
            1 => pair.clone().prop_map(|(left, right)| left - right),
            1 => pair.clone().prop_map(|(left, right)| left * right),
            1 => pair.prop_map(|(left, right)| left / right),
            1 => vec(inner.clone(), 1..4).prop_map(Formula::sum),
            1 => vec(inner, 1..4).prop_map(Formula::product),
        ]
    })
}

/// Overlays named x, y or z that set up to three of the leaves a to d to 0 or 1: two of them often agree, and often not.
///
/// Mean size 1.3 leaves; 23 % are edges: no leaf.
///
/// # Examples
/// ```
/// use marketloop::strategies::overlays;
/// use proptest::prelude::*;
///
/// proptest!(|(one in overlays(), other in overlays())| {
///     prop_assert_eq!(one.merge(&other).ok(), other.merge(&one).ok());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn overlays() -> impl Strategy<Value = Overlay> + Clone {
    let leaf = select(&["a", "b", "c", "d"][..]);
    (select(&["x", "y", "z"][..]), btree_map(leaf, 0_i64..2, 0..4)).prop_map(|(name, set)| {
        set.into_iter().fold(Overlay::new(name), |overlay, (leaf, value)| overlay.with(leaf, value))
    })
}
