//! Values of a tree beside those of its plan.

use super::{Evaluation, KpiError, NodeId};
use crate::figure::{Cause, Cell, Figure, Table};
use crate::quantity::{Count, Ratio, Rounding};
use crate::target::{Bands, Better, Light};
use alloc::vec::Vec;

impl Evaluation<'_> {
    /// The part of its plan that a node attains, exactly: 1 is all of it. The plan's tree may be another one that has the
    /// node.
    ///
    /// # Formula
    /// actual / plan; plan / actual where less is better. Undefined where the divisor is not above 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cost [CNY/order] {lower} = spend / orders\n spend [CNY], orders [order]")?;
    /// let plan = tree.evaluate(&tree.inputs([("spend", dec!(8000)), ("orders", dec!(200))])?)?;
    /// let july = tree.evaluate(&tree.inputs([("spend", dec!(8000)), ("orders", dec!(150))])?)?;
    /// assert_eq!(july.attainment(&plan, tree.find("orders").unwrap()).to_string(), "3/4");
    /// assert_eq!(july.attainment(&plan, tree.root()).to_string(), "3/4"); // 40 against 53.33 an order
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[doc(alias = "达成率")]
    pub fn attainment(&self, plan: &Evaluation<'_>, node: NodeId) -> Figure<Ratio> {
        let Some(own) = self.tree().node(node) else { return Figure::missing("node") };
        let actual = self.value(node).and_then(|actual| actual.ratio());
        let planned = plan.tree().find(own.id()).map_or_else(
            || Figure::missing(alloc::format!("plan of {}", own.id())),
            |node| plan.value(node).and_then(|planned| planned.ratio()),
        );
        let lower = own.better() == Some(Better::Lower);
        actual.zip(planned).and_then(|(actual, planned)| {
            let (above, below, what) =
                if lower { (planned, actual, "actual value") } else { (actual, planned, "plan") };
            if below <= Ratio::ZERO {
                return Figure::undefined("attainment", Cause::NotPositive(what.into()));
            }
            let part = above.divided_by(below);
            part.map_or_else(|_| Figure::undefined("attainment", Cause::OutOfRange), Figure::Known)
        })
    }

    /// A row for each node: plan, actual value, the attainment and its light, and who answers for the node, which is the
    /// owner of what uses it where it has none.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use marketloop::target::{Bands, Threshold};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales [CNY] {owner Li Na} = search + social")?;
    /// let plan = tree.evaluate(&tree.inputs([("search", dec!(400)), ("social", dec!(600))])?)?;
    /// let july = tree.evaluate(&tree.inputs([("search", dec!(500)), ("social", dec!(430))])?)?;
    /// let lights = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    /// assert_eq!(
    ///     july.beside_plan(&plan, &lights).to_string(),
    ///     "node    plan CNY  actual CNY  attainment %  light   owner\n\
    ///      sales       1000         930            93  yellow  Li Na\n\
    ///      search       400         500           125  green   Li Na\n\
    ///      social       600         430         71.67  red     Li Na\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn beside_plan(&self, plan: &Evaluation<'_>, lights: &Bands<Light>) -> Table {
        let mut table = Table::new("node");
        plan.push_values(&mut table, "plan");
        self.push_values(&mut table, "actual");
        let tree = self.tree();
        let mut owners: Vec<Option<Option<&str>>> = alloc::vec![None; tree.nodes().len()];
        // The first root comes off the stack first.
        let mut open: Vec<_> = tree.roots().rev().map(|root| (root, None)).collect();
        while let Some((node, above)) = open.pop() {
            let own = tree.node(node).and_then(|own| own.owner()).or(above);
            let Some(place) = owners.get_mut(node.index()) else { continue };
            // A node that several use is the first owner's on the way; it is gone through once with one, once without.
            if place.is_none() || (*place == Some(None) && own.is_some()) {
                *place = Some(own);
                open.extend(tree.children(node).into_iter().map(|child| (child, own)));
            }
        }
        for (node, own) in tree.nodes() {
            let attained = self.attainment(plan, node);
            let percent =
                attained.clone().map(|part| Cell::new(part.to_percent().trim_end_matches('%'), "%"));
            table.push(own.id(), "attainment", percent);
            table.push(own.id(), "light", attained.map(|part| *lights.classify(part)));
            let owner = owners.get(node.index()).copied().flatten().flatten();
            table.push(own.id(), "owner", owner.map_or_else(|| Figure::missing("owner"), Figure::Known));
        }
        table
    }

    /// The value of a node that counts, such as the orders of a sample.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`]; [`KpiError::NoValue`]; [`KpiError::NotInRange`] for what is no whole number from 0 on.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("orders = clicks * rate\n clicks, rate")?;
    /// let july = tree.evaluate(&tree.inputs([("clicks", dec!(5000)), ("rate", dec!(0.04))])?)?;
    /// assert_eq!(july.count("orders")?, 200);
    /// assert!(july.count("rate").is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn count(&self, id: &str) -> Result<u64, KpiError> {
        let value = self.rounded(id, (6, Rounding::HalfEven))?;
        let whole = self.ratio(id)?.denominator() == 1;
        let count = Count::try_from(value).ok().filter(|_| whole);
        count
            .map(Count::value)
            .ok_or(KpiError::NotInRange { what: "count", required: "a whole number from 0 on" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::KpiTree;
    use crate::target::Threshold;
    use alloc::string::String;
    use rust_decimal::dec;

    #[test]
    fn what_has_no_attainment_and_no_owner_says_why() {
        let tree = KpiTree::parse("y = a + b\n a = c * d\n b {owner B} = d * e\n c, d, e").unwrap();
        let values = [("c", dec!(1)), ("d", dec!(2)), ("e", dec!(3))];
        let now = tree.evaluate(&tree.inputs(values).unwrap()).unwrap().clone();
        let none = tree.evaluate(&tree.inputs([("c", dec!(0)), ("d", dec!(4))]).unwrap()).unwrap();
        let lights =
            Bands::lights(Threshold::at_or_above(dec!(0.5)), Threshold::at_or_above(dec!(1))).unwrap();
        let table = now.beside_plan(&none, &lights);
        let cell = |row: &str, column| table.get(row, column).unwrap().clone();
        assert_eq!(cell("c", "attainment").why, "undefined: plan is not above zero");
        assert_eq!(cell("e", "light").why, "missing: e");
        assert_eq!(cell("d", "light").value.as_deref(), Some("yellow"));
        // The root and what only ownerless nodes use are nobody's.
        let owners: Vec<_> =
            ["y", "a", "b", "c", "d", "e"].iter().map(|row| cell(row, "owner").value).collect();
        let of_b = || Some(String::from("B"));
        assert_eq!(owners, [None, None, of_b(), None, of_b(), of_b()]);
        let other = KpiTree::parse("p").unwrap();
        let other = other.evaluate(&other.inputs([("p", dec!(1))]).unwrap()).unwrap();
        assert_eq!(now.attainment(&other, tree.root()), Figure::missing("plan of y"));
        assert!(now.count("y").is_ok() && now.count("z").is_err());
    }
}
