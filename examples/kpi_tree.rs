//! Why sales moved: a KPI tree of the documents' channels, explained to its leaves and asked backwards.
//!
//! `cargo run --example kpi_tree` reads `examples/data/kpi_tree.json`; another file may follow behind `--`.

use marketloop::kpi::{ExplainOptions, Inputs, KpiError, KpiTree, Overlay, Picture};
use marketloop::quantity::{Quantity, Rounding};
use marketloop::target::{Bands, Threshold};
use rust_decimal::dec;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::ExitCode;

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    tree: Vec<String>,
    plan: BTreeMap<String, Quantity>,
    actual: BTreeMap<String, Quantity>,
    what_if: Vec<Overlay>,
    notes: Vec<String>,
}

#[expect(clippy::print_stdout, reason = "the report is what the example is for")]
fn main() -> ExitCode {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/kpi_tree.json");
    let path = std::env::args().nth(1).unwrap_or_else(|| default.into());
    let report = run(&path);
    match &report {
        Ok(report) => print!("{report}"),
        Err(refusal) => eprintln!("{path} was refused\n{refusal}"),
    }
    ExitCode::from(u8::from(report.is_err()))
}

type Refusal = Box<dyn std::error::Error>;

/// The report on the file.
pub(crate) fn run(path: &str) -> Result<String, Refusal> {
    let text = std::fs::read_to_string(path)?;
    let file: File = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(&text))?;
    let tree = KpiTree::parse(&file.tree.join("\n"))?;
    let values = |values: &BTreeMap<String, Quantity>| {
        tree.inputs_in_units(values.iter().map(|(id, value)| (id.as_str(), value.clone())))
    };
    let (plan, actual) = (values(&file.plan)?, values(&file.actual)?);
    let mut out = format!("{}\n\n{tree}\n\n", file.title);
    causes(&mut out, &tree, &plan, &actual)?;
    levers(&mut out, &tree, &plan, &actual, &file.what_if)?;
    picture(&mut out, &tree, &plan, &actual)?;
    for note in &file.notes {
        writeln!(out, "Note: {note}")?;
    }
    Ok(out)
}

/// Contributions in whole minor units.
fn to_the_cent() -> ExplainOptions {
    ExplainOptions::default().with_scale(2)
}

/// Why the root moved: what each leaf did to it, to the cent, and what ran through the nodes between.
fn causes(out: &mut String, tree: &KpiTree, plan: &Inputs, actual: &Inputs) -> Result<(), Refusal> {
    let root = tree.node(tree.root()).map_or("", |root| root.id());
    let (before, after) = (tree.evaluate(plan)?, tree.evaluate(actual)?);
    let cents = |rounded: Quantity| format!("{rounded:#}");
    let from = cents(before.quantity(root, (2, Rounding::HalfEven))?);
    let to = cents(after.quantity(root, (2, Rounding::HalfEven))?);
    let why = tree.explain_with(plan, actual, &to_the_cent())?;
    writeln!(out, "1. Why {root} moved from {from} to {to}; the largest causes\n")?;
    for part in why.by_size().take(3) {
        writeln!(out, "  {part}")?;
    }
    writeln!(out, "\n{why}")?;
    Ok(())
}

/// What moves the root most, what a change would do, and where a leaf would have to stand.
fn levers(
    out: &mut String,
    tree: &KpiTree,
    plan: &Inputs,
    actual: &Inputs,
    what_if: &[Overlay],
) -> Result<(), Refusal> {
    writeln!(out, "2. Levers: by how much the root moves with each node\n\n{}", tree.sensitivities(actual)?)?;
    writeln!(out, "What if\n\n{}", tree.compare(actual, what_if)?)?;
    let root = tree.node(tree.root()).ok_or("the tree has no root")?;
    let planned = tree.evaluate(plan)?.known(root.id())?.to_f64();
    let (_, leaf) = tree.leaves().next().ok_or("the tree has no leaf")?;
    let (id, unit) = (leaf.id(), leaf.unit());
    let answer = match tree.goal_seek(actual, id, 0.0.., planned) {
        Ok(at) => format!("{id} at {at:.2} {unit}"),
        Err(short @ (KpiError::TargetOutOfRange { .. } | KpiError::TargetUnreachable { .. })) => {
            format!("not by {id}: {short}")
        }
        Err(other) => return Err(other.into()),
    };
    writeln!(out, "Just the planned {}: {answer}\n", root.id())?;
    Ok(())
}

/// The tree with values, contributions and the lights of attainment against the plan.
fn picture(out: &mut String, tree: &KpiTree, plan: &Inputs, actual: &Inputs) -> Result<(), Refusal> {
    let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    let (planned, reached) = (tree.evaluate(plan)?, tree.evaluate(actual)?);
    let why = tree.explain_with(plan, actual, &to_the_cent())?;
    let mut picture =
        Picture::of(tree).with_values(&reached, (4, Rounding::HalfEven)).with_contributions(&why);
    for (id, node) in tree.nodes() {
        // Exact fractions: a rate that just reaches its plan does not miss it by a rounding.
        let attainment = |id: &str| Ok::<_, KpiError>(reached.ratio(id)?.divided_by(planned.ratio(id)?)?);
        if let Ok(attainment) = attainment(node.id()) {
            picture = picture.with_light(id, *bands.classify(attainment));
        }
    }
    writeln!(
        out,
        "3. The tree for Mermaid, lights against the plan (yellow from 80% of it)\n\n{}",
        picture.to_mermaid()
    )?;
    Ok(())
}
