//! How a change is explained.

use super::{KpiError, KpiTree, NodeId};
use crate::decompose::DecompositionMethod;
use crate::quantity::Rounding;
use crate::quantity::wire::serialize_fields;
use alloc::collections::BTreeMap;
use alloc::string::String;
use serde::Deserialize;

/// Options of an explanation: the method, the decimals and the rounding.
///
/// # Examples
/// ```
/// use marketloop::decompose::DecompositionMethod;
/// use marketloop::kpi::ExplainOptions;
///
/// let read: ExplainOptions = serde_json::from_str(r#"{"method":"shapley","scale":2,"of_nodes":{"cpa":"sequential"}}"#)?;
/// let built = ExplainOptions::default()
///     .with_method(DecompositionMethod::Shapley)
///     .with_scale(2)
///     .with_method_of("cpa", DecompositionMethod::Sequential);
/// assert_eq!(read, built);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExplainOptions {
    rounding: Rounding,
    pub(super) method: DecompositionMethod,
    pub(super) scale: Option<u32>,
    #[serde(deserialize_with = "crate::quantity::wire::map::deserialize")]
    of_nodes: BTreeMap<String, DecompositionMethod>,
}

serialize_fields!(ExplainOptions { rounding, method, scale: optional, of_nodes: optional });

impl Default for ExplainOptions {
    /// The log mean, half to even, with twelve decimals: more where the change has more, fewer where 28 digits do not
    /// hold them.
    fn default() -> Self {
        Self {
            rounding: Rounding::HalfEven,
            method: DecompositionMethod::LogMean,
            scale: None,
            of_nodes: BTreeMap::new(),
        }
    }
}

impl ExplainOptions {
    /// Divides products and quotients by `method`.
    #[must_use]
    pub fn with_method(mut self, method: DecompositionMethod) -> Self {
        self.method = method;
        self
    }

    /// Divides the products and quotients of this one node's formula by `method`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::{ContributionMethod, DecompositionMethod};
    /// use marketloop::kpi::{ExplainOptions, KpiTree};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales = visitors * value\n value = revenue / orders\n visitors, revenue, orders")?;
    /// let before = tree.inputs([("visitors", dec!(10)), ("revenue", dec!(60)), ("orders", dec!(3))])?;
    /// let after = tree.inputs([("visitors", dec!(12)), ("revenue", dec!(80)), ("orders", dec!(4))])?;
    /// let options = ExplainOptions::default().with_method_of("value", DecompositionMethod::Sequential);
    /// let why = tree.explain_with(&before, &after, &options)?;
    /// assert_eq!(why.divided_by("sales"), Some(ContributionMethod::LogMean));
    /// assert_eq!(why.divided_by("value"), Some(ContributionMethod::Sequential));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_method_of(mut self, node: impl Into<String>, method: DecompositionMethod) -> Self {
        self.of_nodes.insert(node.into(), method);
        self
    }

    /// Sets the decimals of the contributions; the change is rounded once to them.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{ExplainOptions, KpiTree};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales = visitors * value\n visitors, value")?;
    /// let before = tree.inputs([("visitors", dec!(10)), ("value", dec!(2))])?;
    /// let after = tree.inputs([("visitors", dec!(13)), ("value", dec!(3))])?;
    /// let cents = tree.explain_with(&before, &after, &ExplainOptions::default().with_scale(2))?;
    /// // Rounded parts still add up to the change of 19.
    /// assert_eq!(cents.leaves().get(&"visitors".into()), Some(dec!(7.46)));
    /// assert_eq!(cents.leaves().get(&"value".into()), Some(dec!(11.54)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_scale(mut self, scale: u32) -> Self {
        self.scale = Some(scale);
        self
    }

    /// Rounds the change by the named `rounding`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{ExplainOptions, KpiTree};
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("rate = orders / 3\n orders")?;
    /// let (before, after) = (tree.inputs([("orders", dec!(1))])?, tree.inputs([("orders", dec!(3))])?);
    /// let options = ExplainOptions::default().with_scale(1).with_rounding(Rounding::Floor);
    /// assert_eq!(tree.explain_with(&before, &after, &options)?.total(), dec!(0.6)); // 2/3, rounded once
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_rounding(mut self, rounding: Rounding) -> Self {
        self.rounding = rounding;
        self
    }

    pub(super) const fn rounding(&self) -> Rounding {
        self.rounding
    }

    /// The methods of single nodes by their place in a tree.
    pub(super) fn methods_in(
        &self,
        tree: &KpiTree,
    ) -> Result<BTreeMap<NodeId, DecompositionMethod>, KpiError> {
        self.of_nodes.iter().map(|(id, method)| Ok((tree.named(id)?, *method))).collect()
    }
}
