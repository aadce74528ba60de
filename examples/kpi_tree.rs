//! Why sales moved: a KPI tree of the documents' channels, explained to its leaves and asked backwards.
//!
//! `cargo run --example kpi_tree` reads `examples/data/kpi_tree.json`; another file may follow behind `--`.

use marketloop::figure::Figure;
use marketloop::kpi::{
    Evaluation, Exact, ExplainOptions, Inputs, KpiError, KpiTree, Lever, Overlay, Picture, Seek,
};
use marketloop::quantity::{Money, Quantity, Ratio, Rounding};
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

fn main() -> ExitCode {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/kpi_tree.json");
    let path = std::env::args().nth(1).unwrap_or_else(|| default.into());
    match run(&path) {
        Ok(report) => {
            #[expect(clippy::print_stdout, reason = "the report is what the example is for")]
            {
                print!("{report}");
            }
            ExitCode::SUCCESS
        }
        Err(refusal) => {
            eprintln!("{path} was refused\n{refusal}");
            ExitCode::FAILURE
        }
    }
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

/// A number in groups of three digits, money with its cents.
fn show(quantity: &Quantity) -> String {
    Money::try_from(quantity).map_or_else(|_| format!("{quantity:#}"), |money| money.to_string())
}

/// Why the root moved, the largest cause first; the causes add up to the change.
fn causes(out: &mut String, tree: &KpiTree, plan: &Inputs, actual: &Inputs) -> Result<(), Refusal> {
    let (before, after) = (tree.evaluate(plan)?, tree.evaluate(actual)?);
    let why = tree.explain_with(plan, actual, &to_the_cent())?;
    let root = tree.node(tree.root()).ok_or("the tree has no root")?;
    let in_unit = |value| Quantity::new(value, root.unit().clone());
    let cents = |evaluation: &Evaluation<'_>| evaluation.quantity(root.id(), 2, Rounding::HalfEven);
    let (planned, reached) = (cents(&before)?, cents(&after)?);
    let (from, to, change) = (show(&planned), show(&reached), show(&in_unit(why.total())));
    writeln!(out, "1. Why {} moved from {from} to {to}: {change}\n", root.id())?;
    for part in why.by_size() {
        let share =
            Ratio::new(part.value, why.total()).map_or_else(|_| "-".into(), |share| share.to_percent());
        let contribution = show(&in_unit(part.value));
        writeln!(out, "  {:<14}{contribution:>18}{share:>10} of the change, {}", part.key, part.method)?;
    }
    let sum = why.leaves().into_iter().map(|part| part.value).sum();
    writeln!(out, "  {:<14}{:>18}\n", "sum", show(&in_unit(sum)))?;
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
    writeln!(out, "2. Levers\n\n  one percent more of a leaf raises the root by")?;
    let sensitivities = tree.sensitivities(actual)?;
    for (node, elasticity) in sensitivities.by_elasticity().into_iter().take(3) {
        let id = tree.node(node).map_or("", |node| node.id());
        writeln!(out, "  {id:<14}{elasticity:>9.3} %")?;
    }
    let root = tree.node(tree.root()).ok_or("the tree has no root")?;
    let in_unit = |value| Quantity::new(value, root.unit().clone());
    writeln!(out)?;
    for row in tree.compare(actual, what_if)?.of(tree.root()) {
        let cents = |value: &Figure<Exact>| value.rounded(2, Rounding::HalfEven).known();
        if let (Some(value), Some(change)) = (cents(&row.value), cents(&row.change)) {
            writeln!(
                out,
                "  {}: {} {}, a change of {}",
                row.name,
                root.id(),
                show(&in_unit(value)),
                show(&in_unit(change))
            )?;
        }
    }

    let planned = tree.evaluate(plan)?.known(root.id())?.to_f64();
    let (_, node) = tree.leaves().next().ok_or("the tree has no leaf")?;
    let (id, unit) = (node.id(), node.unit());
    let answer = match tree.goal_seek(actual, &Lever::leaf(id), planned)? {
        Seek::Found { at } => format!("{id} at {at:.2} {unit}"),
        Seek::Unreachable { limit, at } => {
            format!("not through {id}: at most {limit:.2} {}, with {at:.2} {unit}", root.unit())
        }
        Seek::OutOfDomain { at, .. } => format!("not through {id}: it would have to be {at:.2} {unit}"),
        other => format!("{other:?}"),
    };
    writeln!(out, "  just the planned {}: {answer}\n", root.id())?;
    Ok(())
}

/// The tree with values, contributions and the lights of attainment against the plan.
fn picture(out: &mut String, tree: &KpiTree, plan: &Inputs, actual: &Inputs) -> Result<(), Refusal> {
    let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    let (planned, reached) = (tree.evaluate(plan)?, tree.evaluate(actual)?);
    let why = tree.explain_with(plan, actual, &to_the_cent())?;
    let mut picture = Picture::of(tree).with_values(&reached, 4, Rounding::HalfEven).with_contributions(&why);
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
