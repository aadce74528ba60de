//! The health of the marketing over three months: the bulletin of lights with what is stale, weights from
//! judgements, what moved the score, an alert look by look with the answers due, findings in order of priority,
//! one of them on a page, and the risks.
//!
//! `cargo run --example health` reads `examples/data/health.json`; another file may follow behind `--`. The
//! matrix is the documents'; its values, and everything behind them, are an illustration.

use marketloop::alert::{Alert, AlertChange, AlertState};
use marketloop::figure::{Figure, Table};
use marketloop::health::{Assessment, Matrix, Reading};
use marketloop::quantity::{Money, Quantity, Rounding};
use marketloop::ranking::{PairwiseComparisons, RandomIndex};
use marketloop::review::{A3Report, Finding, by_priority, fishbone};
use marketloop::risk::{RankedRisk, Risk, RiskMatrix, RiskRegister};
use marketloop::target::ActualValue;
use marketloop::time::{NaiveDate, Timestamp};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::fmt::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/health.json");
    let path = std::env::args().nth(1).unwrap_or_else(|| default.into());
    match std::fs::read_to_string(&path).map_err(Refusal::from).and_then(|text| report(&text)) {
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
type Written = Result<(), Refusal>;

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quarter {
    title: String,
    launched_on: NaiveDate,
    today: NaiveDate,
    baseline: Vec<(String, String, ActualValue, NaiveDate)>,
    months: Vec<Month>,
    importance: Importance,
    alert: Alert,
    samples: Vec<(Timestamp, Option<Quantity>)>,
    findings: Vec<Finding>,
    largest_impact: Money,
    risks: Vec<Risk>,
}

/// The values that were measured at the end of a month.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Month {
    on: NaiveDate,
    values: Vec<(String, String, ActualValue)>,
}

/// How much more important one dimension is than another.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Importance {
    items: Vec<String>,
    judgements: Vec<(String, String, f64)>,
}

/// The report on the text of a file.
pub(crate) fn report(text: &str) -> Result<String, Refusal> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let quarter: Quarter = serde_path_to_error::deserialize(&mut reader)?;
    let months = quarter.matrices()?;
    let assessments = months.iter().map(Matrix::assess).collect::<Result<Vec<_>, _>>()?;
    let mut out = format!("{}\n\n", quarter.title);
    quarter.bulletin(&mut out, &assessments)?;
    quarter.freshness(&mut out, &months)?;
    quarter.weights(&mut out)?;
    scores(&mut out, &assessments)?;
    quarter.alert(&mut out)?;
    quarter.findings(&mut out)?;
    quarter.risks(&mut out)?;
    Ok(out)
}

impl Quarter {
    /// The matrix at the end of each month: what was not measured again keeps its value and its day.
    fn matrices(&self) -> Result<Vec<Matrix>, Refusal> {
        let mut matrix = Matrix::marketing()?.launched_on(self.launched_on)?;
        for (index, (dimension, name, value, on)) in self.baseline.iter().enumerate() {
            let based = matrix.with_baseline(dimension, name, value.clone(), *on);
            matrix = based.map_err(|error| format!("baseline[{index}]: {error}"))?;
        }
        let mut months = Vec::new();
        for (index, month) in self.months.iter().enumerate() {
            for (dimension, indicator, value) in &month.values {
                let measured = matrix.measured(dimension, indicator, value.clone(), month.on);
                matrix = measured.map_err(|error| format!("months[{index}]: {error}"))?;
            }
            months.push(matrix.clone());
        }
        Ok(months)
    }

    fn bulletin(&self, out: &mut String, assessments: &[Assessment<'_>]) -> Written {
        writeln!(out, "1. The bulletin: green from the target on, yellow from 80 % of it on\n")?;
        let mut table = Table::new("indicator");
        for (month, assessment) in self.months.iter().zip(assessments) {
            for reading in assessment.readings() {
                let name = reading.name();
                let value = reading.indicator().actual.as_ref();
                table.push(&name, month.on.to_string(), value);
                table.push(&name, format!("light {}", month.on.format("%b")), reading.light());
            }
        }
        writeln!(out, "{table}")?;
        let last = assessments.last().ok_or("there are no months")?;
        for reading in last.readings().filter(Reading::needs_action) {
            writeln!(out, "Below target at the end, a task force: {}", reading.indicator().name)?;
        }
        writeln!(out)?;
        writeln!(out, "{}", last.summary(last.oldest().get()?)?)?;
        Ok(())
    }

    fn freshness(&self, out: &mut String, months: &[Matrix]) -> Written {
        writeln!(out, "2. What is older than its review cycle on {}, and the baselines\n", self.today)?;
        let Some(last) = months.last() else { return Ok(()) };
        for (reading, freshness) in last.stale(self.today)? {
            writeln!(out, "  {}: {freshness}", reading.indicator().name)?;
        }
        for (reading, state) in last.baselines(self.today)? {
            if !state.is_in_time() {
                writeln!(out, "  baseline of {}: {state}", reading.indicator().name)?;
            }
        }
        writeln!(out)?;
        Ok(())
    }

    fn weights(&self, out: &mut String) -> Written {
        writeln!(out, "3. How much the dimensions matter: weights from judgements (AHP)\n")?;
        let mut comparisons = PairwiseComparisons::new(self.importance.items.iter().cloned())?;
        for (item, over, value) in &self.importance.judgements {
            comparisons = comparisons.judge(item, over, *value)?;
        }
        let priorities = comparisons.priorities()?;
        writeln!(out, "{priorities}")?;
        let ratio = priorities.consistency_ratio(&RandomIndex::SAATY)?;
        writeln!(out, "  consistency ratio {ratio:.4} (Saaty's table; up to 0.1 is taken as consistent)")?;
        if let Figure::Known(judgement) = priorities.most_inconsistent() {
            writeln!(out, "  furthest from the weights: {judgement}")?;
        }
        writeln!(out)?;
        Ok(())
    }

    fn alert(&self, out: &mut String) -> Written {
        writeln!(out, "5. The alert `{}`: {}\n", self.alert.id, self.alert.metric)?;
        let mut state = AlertState::default();
        for (at, sample) in &self.samples {
            let value = sample.as_ref().map(Quantity::value);
            let step = self.alert.rule.step(state, *at, value)?;
            state = step.state();
            for change in step.changes() {
                let seen = sample.as_ref().map_or_else(|| "no data".into(), ToString::to_string);
                writeln!(out, "  {at} {seen}: {change}")?;
                if change == AlertChange::Fired {
                    for (todo, due) in self.alert.response.due(*at)? {
                        writeln!(out, "    {} by {due}: {}", self.alert.response.responsible(), todo.action)?;
                    }
                }
            }
        }
        writeln!(out)?;
        Ok(())
    }

    fn findings(&self, out: &mut String) -> Written {
        writeln!(out, "6. Findings, the most pressing first\n")?;
        let order = by_priority(&self.findings)?;
        for priority in &order {
            writeln!(out, "  {priority}")?;
        }
        let causes = self.findings.iter().flat_map(Finding::causes);
        writeln!(out, "\n  Causes by branch")?;
        for (branch, causes) in fishbone(causes) {
            for cause in causes {
                writeln!(out, "  {branch}: {cause}")?;
            }
        }
        if let Some(first) = order.first() {
            writeln!(out, "\n{}", A3Report::of(first.finding(), "third quarter 2026"))?;
        }
        Ok(())
    }

    fn risks(&self, out: &mut String) -> Written {
        writeln!(out, "7. Risks by a matrix that cannot rank them the wrong way round\n")?;
        let matrix = RiskMatrix::five_by_five(self.largest_impact.amount())?;
        let register = RiskRegister::new(matrix, [self.alert.clone()], self.risks.clone())?;
        writeln!(out, "{}", RankedRisk::table(&register.ranked(Decimal::TWO, Rounding::HalfEven)?))?;
        writeln!(out, "  All that are estimated together: {}.", register.expected_loss(Rounding::HalfEven)?)?;
        for risk in register.announced_by(&self.alert.id) {
            writeln!(out, "  The alert `{}` announces: {}.", self.alert.id, risk.id)?;
        }
        Ok(())
    }
}

/// The score of each month, and what moved it.
fn scores(out: &mut String, assessments: &[Assessment<'_>]) -> Written {
    writeln!(out, "4. The score, all indicators alike, and what moved it\n")?;
    let mut before: Option<&Assessment<'_>> = None;
    for (number, assessment) in (1..).zip(assessments) {
        writeln!(out, "  month {number}: {}, {}", assessment.score(), assessment.light())?;
        if let Some(before) = before {
            let both = assessment.like_for_like(before)?;
            for name in both.started().iter().chain(both.stopped()) {
                writeln!(out, "    not compared: {name}")?;
            }
            let why = both.change((4, Rounding::HalfEven))?;
            for part in why.by_size().filter(|part| !part.value.is_zero()) {
                writeln!(out, "    {:+}  {}", part.value, part.key.indicator)?;
            }
            writeln!(out, "    {:+}  together ({})", why.total(), why.method())?;
        }
        before = Some(assessment);
    }
    if let Some(last) = assessments.last() {
        writeln!(out, "\n{last}")?;
    }
    Ok(())
}
