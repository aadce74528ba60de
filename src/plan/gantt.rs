//! A plan as the text of a Gantt chart.

use super::{DatedPlan, DatedTask};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

/// The Mermaid text of a plan.
pub(super) fn chart(dated: &DatedPlan<'_>) -> String {
    let mut out = String::from("gantt\n");
    // Writing to a text does not fail.
    let _ = writeln!(out, "    title {}", plain(dated.plan().title()));
    out.push_str("    dateFormat YYYY-MM-DD\n    inclusiveEndDates\n");
    let mut phases: Vec<&str> = Vec::new();
    for task in dated.tasks() {
        if !phases.contains(&task.task().phase.as_str()) {
            phases.push(&task.task().phase);
        }
    }
    for phase in phases {
        let _ = writeln!(out, "    section {}", if phase.is_empty() { "plan".into() } else { plain(phase) });
        for (index, task) in dated.tasks().iter().enumerate().filter(|(_, task)| task.task().phase == phase) {
            let _ = writeln!(out, "    {} :{}", plain(&task.task().name), row(index, task));
        }
    }
    out
}

fn row(index: usize, dated: &DatedTask<'_>) -> String {
    let mut tags = String::new();
    let progress = &dated.task().progress;
    if dated.is_critical() {
        tags.push_str("crit, ");
    }
    if progress.finished.is_some() {
        tags.push_str("done, ");
    } else if progress.started.is_some() {
        tags.push_str("active, ");
    }
    match dated.start() {
        Some(start) => alloc::format!("{tags}t{index}, {start}, {}", dated.finish()),
        None => alloc::format!("{tags}milestone, t{index}, {0}, {0}", dated.finish()),
    }
}

/// A text without the signs that end a name in the chart.
fn plain(text: &str) -> String {
    let sign = |c: char| if matches!(c, ':' | ';' | '#' | '\n' | '\r' | '%') { ' ' } else { c };
    let text: String = text.chars().map(sign).collect();
    if text.trim().is_empty() { "unnamed".into() } else { text.trim().into() }
}
