//! A tree as a diagram in text: Mermaid and Graphviz, with values, lights and contributions.

use super::evaluation::replaced;
use super::{Evaluation, Explanation, KpiTree, NodeId};
use crate::decompose::Contribution;
use crate::quantity::{Precision, Quantity};
use crate::target::Light;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// A diagram of a tree: its nodes with values, contributions and lights.
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, Picture};
/// use marketloop::quantity::Rounding;
/// use marketloop::target::Light;
/// use rust_decimal::dec;
///
/// let tree = KpiTree::parse("orders [order] = visits * rate\n visits [visit], rate [order/visit]")?;
/// let inputs = tree.inputs([("visits", dec!(5000)), ("rate", dec!(0.04))])?;
/// let evaluation = tree.evaluate(&inputs)?;
/// let picture = Picture::of(&tree)
///     .with_values(&evaluation, (2, Rounding::HalfEven))
///     .with_light(tree.root(), Light::Green);
/// assert_eq!(picture.to_mermaid(), r##"flowchart TD
///   n0["orders<br/>200 order"]:::green
///   n1["visits<br/>5,000 visit"]
///   n2["rate<br/>0.04 order/visit"]
///   n0 --> n1
///   n0 --> n2
///   classDef red fill:#f8d7da,stroke:#b02a37,color:#000
///   classDef yellow fill:#fff3cd,stroke:#997404,color:#000
///   classDef green fill:#d1e7dd,stroke:#146c43,color:#000
/// "##);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Picture<'t> {
    tree: &'t KpiTree,
    lines: Vec<Vec<String>>,
    lights: Vec<Option<Light>>,
}

impl<'t> Picture<'t> {
    /// A diagram of a tree with the names of its nodes.
    #[must_use]
    pub fn of(tree: &'t KpiTree) -> Self {
        let names: Vec<Vec<String>> = tree.nodes().map(|(_, node)| alloc::vec![node.id().into()]).collect();
        Self { tree, lights: alloc::vec![None; names.len()], lines: names }
    }

    /// Adds the value of each node, rounded to `precision`, or why it has none; and for which states it stands.
    #[must_use]
    pub fn with_values(self, evaluation: &Evaluation<'_>, precision: impl Into<Precision>) -> Self {
        let Precision { scale, rounding } = precision.into();
        let valued = self.noted(|tree, node| {
            let unit = tree.node(node)?.unit();
            let value = evaluation.value(node).rounded((scale, rounding));
            let known = |value: Decimal| format!("{:#}", Quantity::new(value.normalize(), unit.clone()));
            Some(value.map(known).to_string())
        });
        valued.noted(|_, node| replaced(&evaluation.stand_ins(node)))
    }

    /// Adds the contribution of each node to the change of the root.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Picture};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("visits = search + social\n search, social")?;
    /// let before = tree.inputs([("search", dec!(1)), ("social", dec!(5))])?;
    /// let after = tree.inputs([("search", dec!(4)), ("social", dec!(3))])?;
    /// let picture = Picture::of(&tree).with_contributions(&tree.explain(&before, &after)?).to_dot();
    /// assert!(picture.contains(r#"n1 [label="search\n+3"];"#), "{picture}");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_contributions(self, explanation: &Explanation) -> Self {
        let parts = explanation.inner().chain(explanation.leaves());
        let parts: BTreeMap<&str, &Contribution<String>> =
            parts.map(|part| (part.key.as_str(), part)).collect();
        self.noted(|tree, node| {
            let part = parts.get(tree.node(node)?.id())?;
            let sign = if part.value.is_sign_negative() { "" } else { "+" };
            Some(format!("{sign}{:#}", part.quantity()))
        })
    }

    /// Colours one node by the light of its attainment.
    #[must_use]
    pub fn with_light(mut self, node: NodeId, light: Light) -> Self {
        // The node of another, larger tree has no place in this picture.
        if let Some(slot) = self.lights.get_mut(node.index()) {
            *slot = Some(light);
        }
        self
    }

    fn noted(mut self, note: impl Fn(&KpiTree, NodeId) -> Option<String>) -> Self {
        for ((node, _), lines) in self.tree.nodes().zip(&mut self.lines) {
            lines.extend(note(self.tree, node));
        }
        self
    }

    /// The picture as a flowchart in the language of Mermaid.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let nodes = self.lines.iter().zip(&self.lights).enumerate().map(|(index, (lines, light))| {
            let label: Vec<String> = lines.iter().map(|line| mermaid(line)).collect();
            let class = light.map_or_else(String::new, |light| format!(":::{light}"));
            // A number as the id: names hold any character.
            format!("  n{index}[\"{}\"]{class}", label.join("<br/>"))
        });
        let edges = self.edges().map(|(from, to)| format!("  n{from} --> n{to}"));
        let lit = self.lights.iter().any(Option::is_some);
        let classes = COLOURS.into_iter().filter(|_| lit).map(|(light, fill, stroke)| {
            format!("  classDef {light} fill:{fill},stroke:{stroke},color:#000")
        });
        document(["flowchart TD".into()].into_iter().chain(nodes).chain(edges).chain(classes))
    }

    /// The picture as a directed graph in the language of Graphviz.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let nodes = self.lines.iter().zip(&self.lights).enumerate().map(|(index, (lines, light))| {
            let label: Vec<String> = lines.iter().map(|line| dot(line)).collect();
            let colour = light.and_then(|light| COLOURS.into_iter().find(|(other, ..)| *other == light));
            let colour = colour.map_or_else(String::new, |(_, fill, stroke)| {
                format!(", style=\"rounded,filled\", fillcolor=\"{fill}\", color=\"{stroke}\"")
            });
            format!("  n{index} [label=\"{}\"{colour}];", label.join("\\n"))
        });
        let edges = self.edges().map(|(from, to)| format!("  n{from} -> n{to};"));
        let head = ["digraph kpi {".into(), "  node [shape=box, style=rounded];".into()];
        document(head.into_iter().chain(nodes).chain(edges).chain(["}".into()]))
    }

    fn edges(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.tree.nodes().flat_map(|(node, _)| {
            let children = self.tree.children(node).into_iter();
            children.map(move |child| (node.index(), child.index()))
        })
    }
}

/// A node in the wire form of a picture.
#[derive(Serialize)]
struct Drawn<'a> {
    lines: &'a [String],
    light: Option<Light>,
    children: Vec<usize>,
}

impl Serialize for Picture<'_> {
    /// A list of `{"lines", "light", "children"}`, for programs that draw the tree themselves: children are indexes
    /// into the list.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nodes = self.tree.nodes().zip(self.lines.iter().zip(&self.lights));
        serializer.collect_seq(nodes.map(|((node, _), (lines, light))| Drawn {
            lines,
            light: *light,
            children: self.tree.children(node).into_iter().map(NodeId::index).collect(),
        }))
    }
}

/// Lines, each with its end.
fn document(lines: impl Iterator<Item = String>) -> String {
    lines.fold(String::new(), |mut text, line| {
        text.push_str(&line);
        text.push('\n');
        text
    })
}

/// The lights with their fill and stroke.
const COLOURS: [(Light, &str, &str); 3] = [
    (Light::Red, "#f8d7da", "#b02a37"),
    (Light::Yellow, "#fff3cd", "#997404"),
    (Light::Green, "#d1e7dd", "#146c43"),
];

/// A label's text with what Mermaid would take for markup replaced by its entity codes.
fn mermaid(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => safe.push_str("#quot;"),
            '#' => safe.push_str("#35;"),
            '<' => safe.push_str("#lt;"),
            '>' => safe.push_str("#gt;"),
            // Else an entity in a name would be read as the character that it stands for.
            '&' => safe.push_str("#amp;"),
            '\n' | '\r' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// A label's text with quotes and backslashes escaped for Graphviz.
fn dot(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                safe.push('\\');
                safe.push(c);
            }
            '\n' | '\r' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Rounding;
    use rust_decimal::dec;

    #[test]
    fn names_cannot_break_the_picture() {
        assert_eq!(mermaid("a\"]; b<#&>\n"), "a#quot;]; b#lt;#35;#amp;#gt; ");
        assert_eq!(dot("a\"\\\n"), "a\\\"\\\\ ");
    }

    #[test]
    fn a_missing_value_is_told_in_its_node() {
        let tree =
            KpiTree::parse("r [order/visit] = orders / visits\n orders [order], visits [visit]").unwrap();
        let inputs = tree.inputs([("orders", dec!(3))]).unwrap();
        let evaluation = tree.evaluate(&inputs).unwrap();
        let dot = Picture::of(&tree)
            .with_values(&evaluation, (2, Rounding::HalfEven))
            .with_light(tree.root(), Light::Red)
            .to_dot();
        assert!(
            dot.contains(
                "n0 [label=\"r\\nmissing: visits\", style=\"rounded,filled\", fillcolor=\"#f8d7da\""
            ),
            "{dot}"
        );
        assert!(dot.contains("  n0 -> n1;\n  n0 -> n2;\n"), "{dot}");
    }

    /// What moved a rate is told in percentage points, here as in the explanation itself.
    #[test]
    fn a_part_of_a_rates_change_is_in_percentage_points() {
        let tree = KpiTree::parse("kept [%] = 1 - bounce\nbounce [%]").unwrap();
        let bounce = |percent: Decimal| tree.inputs([("bounce", percent)]).unwrap();
        let why = tree.explain(&bounce(Decimal::from(40)), &bounce(Decimal::from(35))).unwrap();
        let text = Picture::of(&tree).with_contributions(&why).to_mermaid();
        assert!(text.contains("+5 percentage points"), "{text}");
    }

    #[test]
    fn contributions_carry_their_sign() {
        let tree = KpiTree::parse("s [1] = a + b").unwrap();
        let before = tree.inputs([("a", dec!(1)), ("b", dec!(5))]).unwrap();
        let after = tree.inputs([("a", dec!(4)), ("b", dec!(3))]).unwrap();
        let why = tree.explain(&before, &after).unwrap();
        let picture = Picture::of(&tree).with_contributions(&why).to_mermaid();
        assert!(picture.contains("n1[\"a<br/>+3\"]") && picture.contains("n2[\"b<br/>-2\"]"), "{picture}");
        assert!(!picture.contains("classDef"), "{picture}");
    }
}
