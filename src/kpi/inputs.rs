//! The values of a tree's leaves.

use super::name::checked;
use super::node::NodeId;
use super::tree::LeafNames;
use super::{KpiError, KpiTree};
use crate::error::{Path, Problems, repeated};
use crate::quantity::Quantity;
use crate::quantity::wire::WireDecimal;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value for each leaf of one tree; what was not given is missing.
///
/// # Examples
/// ```
/// use marketloop::kpi::KpiTree;
/// use rust_decimal::dec;
///
/// let tree = KpiTree::parse("cvr [%] = orders / visits\n orders [order], visits [order]")?;
/// let mut plan = tree.inputs([("orders", dec!(30))])?;
/// assert_eq!(tree.evaluate(&plan)?.root().to_string(), "missing: visits");
/// plan.set(&tree, "visits", dec!(1000))?;
/// assert_eq!(tree.evaluate(&plan)?.known("cvr")?, dec!(3));
/// assert!(tree.inputs([("cvr", dec!(3))]).is_err());
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// On the wire a map from the names of the leaves to their values, without what is missing. Inputs that are read
/// belong to no tree yet: every tree that has all of their leaves takes them, and others refuse them.
///
/// ```
/// use marketloop::kpi::{Inputs, KpiTree};
/// use rust_decimal::dec;
///
/// let week: Inputs = serde_json::from_str(r#"{"visits": 1400, "orders": "53"}"#)?;
/// let tree = KpiTree::parse("cvr = orders / visits\n orders, visits")?;
/// assert_eq!(week, tree.inputs([("orders", dec!(53)), ("visits", dec!(1400))])?);
/// assert_eq!(tree.evaluate(&week)?.root().to_string(), "53/1400");
/// assert!(KpiTree::parse("calls")?.evaluate(&week).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Inputs {
    values: Leaves,
    names: LeafNames,
}

/// The values of the leaves in the order of their slots, shared by the inputs and what was evaluated for them: they are
/// copied where inputs change that are still in use.
pub(super) type Leaves = Arc<Vec<Option<Decimal>>>;

impl KpiTree {
    /// The inputs with these values, each in the unit of its leaf.
    ///
    /// # Errors
    /// All problems at once, each at its name: [`KpiError::UnknownName`], [`KpiError::NotALeaf`],
    /// [`KpiError::GivenTwice`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cpa = spend / orders\n spend, orders")?;
    /// let now = tree.inputs([("spend", dec!(90)), ("orders", dec!(3))])?;
    /// assert_eq!(tree.evaluate(&now)?.root().to_string(), "30");
    /// let refused = tree.inputs([("spent", dec!(90)), ("cpa", dec!(30))]).unwrap_err();
    /// assert_eq!(refused.to_string(), "2 problems\n  spent: `spent` is not declared\n  cpa: `cpa` has a formula: a value can only be given for a leaf");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn inputs<'n>(
        &self,
        values: impl IntoIterator<Item = (&'n str, Decimal)>,
    ) -> Result<Inputs, Problems<KpiError>> {
        let mut inputs = self.no_inputs();
        let mut problems = Problems::new();
        for (id, value) in values {
            problems.take(&Path::root().field(id), inputs.give(self, id, value));
        }
        problems.into_result(inputs)
    }

    /// The inputs with these quantities, converted to the units of their leaves.
    ///
    /// # Errors
    /// As [`inputs`](Self::inputs), and [`KpiError::Quantity`] naming both units where they differ.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    ///
    /// let tree = KpiTree::parse("reach [1000 user] = users\n users [1000 user]")?;
    /// let now = tree.inputs_in_units([("users", "2500 user".parse()?)])?;
    /// assert_eq!(tree.evaluate(&now)?.root().to_string(), "2.5");
    /// assert!(tree.inputs_in_units([("users", "2500 CNY".parse()?)]).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn inputs_in_units<'n>(
        &self,
        values: impl IntoIterator<Item = (&'n str, Quantity)>,
    ) -> Result<Inputs, Problems<KpiError>> {
        let mut inputs = self.no_inputs();
        let mut problems = Problems::new();
        for (id, quantity) in values {
            let path = Path::root().field(id);
            let Some(node) = problems.take(&path, self.named(id)) else { continue };
            let Some(leaf) = self.node(node) else { continue };
            if let Some(quantity) = problems.take(&path, quantity.to(leaf.unit())) {
                problems.take(&path, inputs.give_node(self, node, quantity.value()));
            }
        }
        problems.into_result(inputs)
    }

    /// Inputs without any value: every leaf is missing.
    #[must_use]
    pub fn no_inputs(&self) -> Inputs {
        let values = Arc::new(alloc::vec![None; self.graph().inputs]);
        Inputs { values, names: Arc::clone(self.leaf_names()) }
    }

    /// Refuses a list that names a leaf more than once.
    pub(super) fn each_once<'n>(&self, leaves: impl IntoIterator<Item = &'n NodeId>) -> Result<(), KpiError> {
        let leaves: Vec<&NodeId> = leaves.into_iter().collect();
        match repeated(leaves.iter().copied()) {
            Some((_, place)) => Err(KpiError::GivenTwice {
                id: leaves.get(place).map_or_else(String::new, |leaf| self.id_of(**leaf)),
            }),
            None => Ok(()),
        }
    }

    /// The values of the leaves in the order of their slots, if they can be this tree's.
    pub(super) fn checked(&self, inputs: &Inputs) -> Result<Leaves, KpiError> {
        let own = self.leaf_names();
        // Inputs that this tree made share its list of names: one comparison of addresses, and no copy.
        if Arc::ptr_eq(&inputs.names, own) || inputs.names == *own {
            return Ok(Arc::clone(&inputs.values));
        }
        // Of another tree: matched by name, and refused where a name is no leaf here, never dropped.
        let mut values = alloc::vec![None; self.graph().inputs];
        for (name, value) in inputs.known() {
            let leaf = self.find(name).ok_or(KpiError::OtherTree)?;
            let slot = self.input(leaf).map_err(|_| KpiError::OtherTree)?;
            *values.get_mut(slot).ok_or(KpiError::OtherTree)? = Some(value);
        }
        Ok(Arc::new(values))
    }
}

impl Inputs {
    /// Gives the leaf of this name a value, in its unit.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`], [`KpiError::NotALeaf`], [`KpiError::OtherTree`].
    pub fn set(&mut self, tree: &KpiTree, id: &str, value: Decimal) -> Result<(), KpiError> {
        self.set_node(tree, tree.named(id)?, value)
    }

    /// Gives a leaf a value, in its unit.
    ///
    /// # Errors
    /// [`KpiError::NotALeaf`], [`KpiError::OtherTree`].
    pub fn set_node(&mut self, tree: &KpiTree, leaf: NodeId, value: Decimal) -> Result<(), KpiError> {
        *self.entry(tree, leaf)? = Some(value);
        Ok(())
    }

    /// Removes the value of a leaf.
    ///
    /// # Errors
    /// [`KpiError::NotALeaf`], [`KpiError::OtherTree`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("visits")?;
    /// let mut now = tree.inputs([("visits", dec!(90))])?;
    /// now.clear(&tree, tree.root())?;
    /// assert_eq!(tree.evaluate(&now)?.root().to_string(), "missing: visits"); // which is not 0
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn clear(&mut self, tree: &KpiTree, leaf: NodeId) -> Result<(), KpiError> {
        *self.entry(tree, leaf)? = None;
        Ok(())
    }

    /// The value of a leaf; `None` where it is missing or the node is no leaf.
    #[must_use]
    pub fn value(&self, tree: &KpiTree, leaf: NodeId) -> Option<Decimal> {
        let slot = tree.input(leaf).ok()?;
        if Arc::ptr_eq(&self.names, tree.leaf_names()) {
            return self.values.get(slot).copied().flatten();
        }
        let name = tree.node(leaf)?.id();
        self.known().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The values of the leaves that another tree has: those of a [subtree](KpiTree::subtree) among those of the whole.
    ///
    /// # Errors
    /// [`KpiError::NotALeaf`] where the tree computes a node of which a value is given here.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("profit = sales - spend\n sales = orders * value\n spend, orders, value")?;
    /// let july = tree.inputs([("orders", dec!(20)), ("value", dec!(150)), ("spend", dec!(900))])?;
    /// let sales = tree.subtree("sales")?;
    /// assert!(sales.evaluate(&july).is_err()); // it has no spend
    /// assert_eq!(sales.evaluate(&july.restricted_to(&sales)?)?.root().to_string(), "3000");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn restricted_to(&self, tree: &KpiTree) -> Result<Self, KpiError> {
        let mut inputs = tree.no_inputs();
        for (name, value) in self.known() {
            if let Some(leaf) = tree.find(name) {
                inputs.set_node(tree, leaf, value)?;
            }
        }
        Ok(inputs)
    }

    /// The values that are given, with the names of their leaves.
    fn known(&self) -> impl Iterator<Item = (&str, Decimal)> {
        self.names.iter().zip(self.values.iter()).filter_map(|(name, value)| Some((&**name, (*value)?)))
    }

    fn by_name(&self) -> BTreeMap<&str, Decimal> {
        self.known().collect()
    }

    /// Sets a leaf that must not have a value yet.
    fn give(&mut self, tree: &KpiTree, id: &str, value: Decimal) -> Result<(), KpiError> {
        self.give_node(tree, tree.named(id)?, value)
    }

    fn give_node(&mut self, tree: &KpiTree, leaf: NodeId, value: Decimal) -> Result<(), KpiError> {
        let entry = self.entry(tree, leaf)?;
        if entry.is_some() {
            return Err(KpiError::GivenTwice { id: tree.id_of(leaf) });
        }
        *entry = Some(value);
        Ok(())
    }

    /// The values by the slots of `tree`, to change them.
    pub(super) fn leaves_mut(&mut self, tree: &KpiTree) -> Result<&mut [Option<Decimal>], KpiError> {
        if !Arc::ptr_eq(&self.names, tree.leaf_names()) {
            // Moved to the slots of this tree once: what is set afterwards needs no names.
            self.values = tree.checked(self)?;
            self.names = Arc::clone(tree.leaf_names());
        }
        Ok(Arc::make_mut(&mut self.values).as_mut_slice())
    }

    fn entry(&mut self, tree: &KpiTree, leaf: NodeId) -> Result<&mut Option<Decimal>, KpiError> {
        let slot = tree.input(leaf)?;
        self.leaves_mut(tree)?.get_mut(slot).ok_or(KpiError::OtherTree)
    }
}

impl PartialEq for Inputs {
    /// Equal where the same leaves have the same values, in whatever order the trees have them.
    fn eq(&self, other: &Self) -> bool {
        if Arc::ptr_eq(&self.names, &other.names) {
            return self.values == other.values;
        }
        self.by_name() == other.by_name()
    }
}

impl Eq for Inputs {}

impl Hash for Inputs {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // As equality does: equal inputs of two trees must have one hash.
        self.by_name().hash(state);
    }
}

impl Serialize for Inputs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // By name: binary formats ask for the length first, and two equal inputs have one text.
        serializer.collect_map(self.by_name().iter().map(|(name, value)| (name, WireDecimal(*value))))
    }
}

impl<'de> Deserialize<'de> for Inputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given: BTreeMap<String, WireDecimal> = crate::quantity::wire::map::deserialize(deserializer)?;
        let mut names: Vec<Arc<str>> = Vec::with_capacity(given.len());
        let mut values = Vec::with_capacity(given.len());
        for (name, value) in given {
            checked(&name).map_err(D::Error::custom)?;
            names.push(name.into());
            values.push(Some(value.0));
        }
        Ok(Self { values: Arc::new(values), names: Arc::new(names) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    /// N10.
    #[test]
    fn a_leaf_given_twice_is_told_at_the_leaf() {
        let tree = KpiTree::parse("r = a + b\n a, b").unwrap();
        let twice = [("a", dec!(1)), ("a", dec!(100)), ("b", dec!(1)), ("b", dec!(1))];
        let refused = tree.inputs(twice).unwrap_err().to_string();
        assert_eq!(refused, "2 problems\n  a: `a` is given twice\n  b: `b` is given twice");
        let quantities = twice.map(|(id, value)| (id, Quantity::new(value, crate::quantity::Unit::ONE)));
        assert_eq!(tree.inputs_in_units(quantities).unwrap_err().len(), 2);
        // To set a value again is to replace it.
        let mut inputs = tree.inputs([("a", dec!(1)), ("b", dec!(1))]).unwrap();
        inputs.set(&tree, "a", dec!(2)).unwrap();
        assert_eq!(inputs.value(&tree, tree.find("a").unwrap()), Some(dec!(2)));
        let samples = [1.0, 2.0];
        let a = tree.find("a").unwrap();
        let drawn = tree.uncertainty(&inputs, &[(a, &samples), (a, &samples)]);
        assert!(matches!(drawn, Err(KpiError::GivenTwice { .. })));
    }
}
