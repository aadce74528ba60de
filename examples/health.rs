//! The health of the marketing over three months: the bulletin of lights with what is stale, weights from
//! judgements, what moved the score, an alert look by look with the answers due, findings in order of priority,
//! one of them on a page, and the risks.
//!
//! `cargo run --example health` reads `examples/data/health.json`; another file may follow behind `--`. The
//! matrix is the documents'; its values, and everything behind them, are an illustration.

use marketloop::alert::{Alert, AlertChange, AlertState};
use marketloop::figure::Table;
use marketloop::health::{Assessment, Matrix, Reading};
use marketloop::quantity::{Money, Quantity, Rounding};
use marketloop::ranking::{PairwiseComparisons, RandomIndex};
use marketloop::review::{A3Report, Finding, Priority, by_priority, fishbone};
use marketloop::risk::{RankedRisk, Risk, RiskMatrix, RiskRegister};
use marketloop::target::ActualValue;
use marketloop::time::{NaiveDate, Timestamp};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::fmt::Write;
use std::process::ExitCode;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/health.json");

#[expect(clippy::print_stdout, reason = "the report is what the example is for")]
fn main() -> ExitCode {
    let path = std::env::args().nth(1).unwrap_or_else(|| DATA.into());
    let report = std::fs::read_to_string(&path).map_err(Refusal::from).and_then(|text| report(&text));
    match &report {
        Ok(report) => print!("{report}"),
        Err(refusal) => eprintln!("{path} was refused\n{refusal}"),
    }
    ExitCode::from(u8::from(report.is_err()))
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
    importance: PairwiseComparisons,
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

/// The report on the text of a file.
pub(crate) fn report(text: &str) -> Result<String, Refusal> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let quarter: Quarter = serde_path_to_error::deserialize(&mut reader)?;
    let months = quarter.matrices()?;
    let assessments = months.iter().map(Matrix::assess).collect::<Result<Vec<_>, _>>()?;
    let mut out = format!("{}\n\n", quarter.title);
    quarter.bulletin(&mut out, &assessments)?;
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
        for (index, (dimension, indicator, value, on)) in self.baseline.iter().enumerate() {
            let based = matrix.with_baseline(dimension, indicator, value.clone(), *on);
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

    /// The lights month by month, what needs action and what is out of date, and weights for the dimensions.
    fn bulletin(&self, out: &mut String, assessments: &[Assessment<'_>]) -> Written {
        writeln!(out, "1. The bulletin: green from the target on, yellow from 80 % of it on\n")?;
        let mut table = Table::new("indicator");
        for (month, assessment) in self.months.iter().zip(assessments) {
            table.push_column(month.on.format("%b").to_string(), &assessment.table(), "value");
            table.push_column(month.on.format("light %b").to_string(), &assessment.table(), "light");
        }
        let last = assessments.last().ok_or("there are no months")?;
        writeln!(out, "{table}\n{}", last.summary(last.oldest().get()?)?)?;
        for reading in last.readings().filter(Reading::needs_action) {
            writeln!(out, "  below target at the end, a task force: {}", reading.indicator().name)?;
        }
        writeln!(out, "\n2. What is older than its review cycle on {}, and late baselines\n", self.today)?;
        for (reading, freshness) in last.matrix().stale(self.today)? {
            writeln!(out, "  {}: {freshness}", reading.indicator().name)?;
        }
        for (reading, state) in last.matrix().baselines(self.today)?.iter().filter(|own| !own.1.is_in_time())
        {
            writeln!(out, "  baseline of {}: {state}", reading.indicator().name)?;
        }
        let priorities = self.importance.priorities()?;
        let (ratio, worst) =
            (priorities.consistency_ratio(&RandomIndex::SAATY)?, priorities.most_inconsistent());
        writeln!(
            out,
            "\n3. How much the dimensions matter: weights from judgements (AHP)\n\n{priorities:.4}"
        )?;
        writeln!(out, "  consistency ratio {ratio:.4} (Saaty's table; up to 0.1 is taken as consistent)")?;
        writeln!(out, "  furthest from the weights: {worst}\n")?;
        Ok(())
    }

    fn alert(&self, out: &mut String) -> Written {
        let Alert { id, metric, rule, response, .. } = &self.alert;
        writeln!(out, "5. The alert `{id}`: {metric}\n")?;
        let mut state = AlertState::default();
        for (at, sample) in &self.samples {
            let step = rule.step(state, *at, sample.as_ref().map(Quantity::value))?;
            state = step.state();
            for change in step.changes() {
                writeln!(out, "  {at}: {change}")?;
                if change == AlertChange::Fired {
                    for (todo, due) in response.due(*at)? {
                        writeln!(out, "    {} by {due}: {}", response.responsible(), todo.action)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn findings(&self, out: &mut String) -> Written {
        let order = by_priority(&self.findings)?;
        writeln!(out, "\n6. Findings, the most pressing first\n\n{}", Priority::table(&order))?;
        for (branch, causes) in fishbone(self.findings.iter().flat_map(Finding::causes)) {
            for cause in causes {
                writeln!(out, "  {branch}: {cause}")?;
            }
        }
        let first = order.first().ok_or("there are no findings")?;
        writeln!(out, "\n{}", A3Report::of(first.finding(), "third quarter 2026"))?;
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
    for (number, pair) in (2..).zip(assessments.windows(2)) {
        let [before, now] = pair else { continue };
        let both = now.like_for_like(before)?;
        writeln!(out, "Month {number}: from {} to {}, {}", before.score(), now.score(), now.light())?;
        writeln!(out, "{both}\n{}", both.change((4, Rounding::HalfEven))?)?;
    }
    Ok(())
}
