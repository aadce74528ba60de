//! The documents' own plan: a file of their figures, read with all its faults, and the report on it.

use super::{Refusal, Table, reached, show};
use marketloop::Error;
use marketloop::budget::{Budget, BudgetDraft};
use marketloop::channel::{ChannelError, Metric, Scorecard};
use marketloop::error::{ErrorKind, Fault, Path, Problems};
use marketloop::figure::Figure;
use marketloop::goal::{Cascade, CascadeDraft};
use marketloop::health::{Matrix, MatrixDraft};
use marketloop::pdca::{PdcaError, Stage, StageTable};
use marketloop::quantity::{Count, Currency, Money, Quantity, Ratio, Return, Revenue, Rounding};
use marketloop::review::{Finding, FindingDraft};
use marketloop::time::{Due, Period, WorkCalendar};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// What the file is answered with.
pub(crate) type Answer = String;

/// The report on the file, or all its faults.
pub(super) fn run(path: &str) -> Result<Answer, Refusal> {
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    Quarter::read(&file)?.report()
}

/// A channel as the file states it: cost per acquisition and return, from which spend and revenue follow.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelRow {
    name: String,
    impressions: Count,
    clicks: Count,
    conversions: Count,
    cost_per_acquisition: Money,
    return_on_ad_spend: Return<Revenue>,
    advice: String,
}

struct Channel {
    name: String,
    card: Scorecard,
    advice: String,
}

/// The metrics of the documents' channel table, and those that follow from it.
const METRICS: [Metric; 7] = [
    Metric::ClickThroughRate,
    Metric::ConversionRate,
    Metric::CostPerMille,
    Metric::CostPerClick,
    Metric::CostPerAcquisition,
    Metric::AverageOrderValue,
    Metric::ReturnOnAdSpend,
];

/// What stands at the top of the file.
const FIELDS: [&str; 9] =
    ["title", "period", "calendar", "goal", "budgets", "channels", "review", "health", "stages"];

struct Quarter {
    title: String,
    calendar: WorkCalendar,
    goal: Cascade,
    budgets: Vec<Budget>,
    channels: Vec<Channel>,
    all_channels: Scorecard,
    review: Vec<Finding>,
    health: Matrix,
    schedule: Schedule,
    notes: Vec<String>,
}

/// The stages of the quarter with their due dates.
struct Schedule {
    period: Period,
    table: StageTable,
    dates: BTreeMap<Stage, Vec<Due>>,
    conflicts: Vec<PdcaError>,
}

/// What can be wrong with the file: its form, or what it says.
#[derive(Debug)]
enum ReadFault {
    Form(serde_json::Error),
    Content(Error),
    /// What only the file as a whole shows.
    Whole(String),
}

impl fmt::Display for ReadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(error) => write!(f, "{error}"),
            Self::Content(error) => write!(f, "{error}"),
            Self::Whole(text) => f.write_str(text),
        }
    }
}

impl<E: Into<Error>> From<E> for ReadFault {
    fn from(error: E) -> Self {
        Self::Content(error.into())
    }
}

impl Fault for ReadFault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Form(_) => ErrorKind::Syntax,
            Self::Content(error) => error.kind(),
            Self::Whole(_) => ErrorKind::Conflict,
        }
    }
}

/// Reads parts of the file and notes every fault with its path.
struct Reader<'a> {
    file: &'a Value,
    problems: Problems<ReadFault>,
}

impl Reader<'_> {
    /// The value of type `T` at a field of the file.
    fn field<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let path = Path::root().field(name);
        if let Some(value) = self.file.get(name) {
            return self.value(value.clone(), &path);
        }
        self.problems.push(path, ReadFault::Whole("it is missing".into()));
        None
    }

    /// Fields that nothing reads, and two elements of a list with one name.
    fn whole(&mut self) {
        for (name, value) in self.file.as_object().into_iter().flatten() {
            let path = Path::root().field(name);
            if !FIELDS.contains(&name.as_str()) && name != "notes" {
                self.problems.push(path.clone(), ReadFault::Whole("the file has no such field".into()));
            }
            let mut seen = std::collections::BTreeSet::new();
            for (index, element) in value.as_array().into_iter().flatten().enumerate() {
                if let Some(name) = element.get("name").and_then(Value::as_str)
                    && !seen.insert(name)
                {
                    let fault = ReadFault::Whole(format!("`{name}` stands twice"));
                    self.problems.push(path.index(index).field("name"), fault);
                }
            }
        }
    }

    /// Each element of a list of the file, read and then checked.
    fn each<D: DeserializeOwned, T>(
        &mut self,
        name: &str,
        check: impl Fn(D) -> Result<T, Problems<ReadFault>>,
    ) -> Vec<T> {
        let path = Path::root().field(name);
        let Some(list) = self.field::<Vec<Value>>(name) else { return Vec::new() };
        let mut checked = Vec::new();
        for (index, value) in list.into_iter().enumerate() {
            let path = path.index(index);
            let draft = self.value(value, &path);
            checked.extend(draft.and_then(|draft| self.problems.take_all(&path, check(draft))));
        }
        checked
    }

    fn value<T: DeserializeOwned>(&mut self, value: Value, path: &Path) -> Option<T> {
        match serde_path_to_error::deserialize(value) {
            Ok(value) => Some(value),
            Err(error) => {
                let inner = error.path().to_string();
                let path = if inner == "." { path.clone() } else { Path::root().field(&inner).within(path) };
                self.problems.push(path, ReadFault::Form(error.into_inner()));
                None
            }
        }
    }
}

/// All problems of a checked draft as faults.
fn faults<T, E: Into<Error>>(result: Result<T, Problems<E>>) -> Result<T, Problems<ReadFault>> {
    result.map_err(|problems| {
        let mut all = Problems::new();
        for problem in problems {
            all.push(problem.path, ReadFault::Content(problem.error.into()));
        }
        all
    })
}

impl Quarter {
    fn read(file: &Value) -> Result<Self, Problems<ReadFault>> {
        let mut reader = Reader { file, problems: Problems::new() };
        let at = |name: &str| Path::root().field(name);
        reader.whole();
        let title = reader.field::<String>("title");
        let period = reader.field::<Period>("period");
        let calendar = reader.field::<WorkCalendar>("calendar");
        let goal = reader.field::<CascadeDraft>("goal");
        let goal = goal.and_then(|draft| reader.problems.take_all(&at("goal"), draft.check()));
        if let (Some(period), Some(goal)) = (period, &goal)
            && *goal.period() != period
        {
            let fault = ReadFault::Whole(format!("{} is not the quarter {period}", goal.period()));
            reader.problems.push(at("goal").field("period"), fault);
        }
        let budgets = reader.each("budgets", |draft: BudgetDraft| faults(draft.check()));
        let channels = reader.each("channels", |row: ChannelRow| faults(row.channel()));
        let all = Scorecard::total(channels.iter().map(|channel| &channel.card));
        let all_channels = reader.problems.take(&at("channels"), all);
        let review = reader.each("review", |draft: FindingDraft| faults(draft.check()));
        let health = reader.field::<MatrixDraft>("health");
        let health = health.and_then(|draft| reader.problems.take_all(&at("health"), draft.check()));
        let table = reader.field::<StageTable>("stages");
        let schedule = match (table, period, &calendar) {
            (Some(table), Some(period), Some(calendar)) => {
                let schedule = table.due_dates(&period, calendar).and_then(|dates| {
                    let conflicts = table.conflicts(&period, calendar)?;
                    Ok(Schedule { period, table, dates, conflicts })
                });
                reader.problems.take_all(&at("stages"), schedule)
            }
            _ => None,
        };
        let notes = if file.get("notes").is_some() { reader.field("notes") } else { Some(Vec::new()) };
        let quarter = (|| {
            Some(Self {
                title: title?,
                calendar: calendar?,
                goal: goal?,
                budgets,
                channels,
                all_channels: all_channels?,
                review,
                health: health?,
                schedule: schedule?,
                notes: notes?,
            })
        })();
        reader.problems.finish(quarter)
    }

    fn report(&self) -> Result<String, Refusal> {
        let mut out = String::new();
        writeln!(out, "{}, {}\n", self.title, self.schedule.period)?;
        self.goal(&mut out)?;
        self.budgets(&mut out)?;
        self.channels(&mut out)?;
        self.review(&mut out)?;
        self.health(&mut out)?;
        self.stages(&mut out)?;
        for note in &self.notes {
            writeln!(out, "Note: {note}")?;
        }
        Ok(out)
    }

    fn goal(&self, out: &mut String) -> Result<(), Refusal> {
        let goal = &self.goal;
        writeln!(out, "1. Goal: {} of {} in {}\n", goal.metric(), show(goal.total()), goal.period())?;
        let mut table = Table::new("<month >target >share >cumulative");
        for ((period, part), sum) in goal.parts().iter().zip(goal.cumulative()?) {
            let share = Ratio::new(part.value(), goal.total().value())
                .map_or_else(|_| "-".into(), |share| share.to_percent());
            table.row([period.to_string(), show(part), share, show(&sum)]);
        }
        table.write(out)?;
        let mut table = Table::new("<key result <due in <target");
        for result in goal.key_results() {
            // A checked cascade has key results with a target and a period.
            let due = result.period.map_or_else(String::new, |period| period.to_string());
            let target = result.target.as_ref().map_or_else(String::new, |target| format!("{target:#}"));
            table.row([result.metric.clone(), due, target]);
        }
        table.write(out)
    }

    fn budgets(&self, out: &mut String) -> Result<(), Refusal> {
        writeln!(out, "2. Budgets\n")?;
        for budget in &self.budgets {
            writeln!(out, "{}: {}", budget.name(), budget.total())?;
            let mut table = Table::new("<line >amount >share <set by <for");
            for line in budget.lines() {
                let share = budget.share(line).known().map_or_else(|| "-".into(), |share| share.to_percent());
                let purpose = line.purpose().unwrap_or("").to_string();
                let purpose = if line.is_reserve() { format!("reserve: {purpose}") } else { purpose };
                table.row([line.name().into(), line.amount().to_string(), share, line.explain(), purpose]);
            }
            let lines = budget.lines().iter().map(marketloop::budget::Line::amount);
            let sum = Money::sum(lines, budget.total().currency())?;
            table.row(["sum".into(), sum.to_string(), String::new(), String::new(), String::new()]);
            table.write(out)?;
        }
        Ok(())
    }

    fn channels(&self, out: &mut String) -> Result<(), Refusal> {
        writeln!(out, "3. Channels (totals are sums over sums)\n")?;
        let currency = self.all_channels.spend().known().map_or(Currency::CNY, |spend| spend.currency());
        let mut head = String::from("<channel >impressions >clicks >conversions >spend >revenue");
        for metric in METRICS {
            let unit = metric.unit(currency)?;
            let unit = if unit.is_dimensionless() { String::new() } else { format!(", {unit}") };
            write!(head, " >{}{unit}", metric.abbreviation())?;
        }
        let mut table = Table::new(&format!("{head} <advice"));
        let mut row = |name: &str, card: &Scorecard, advice: &str| -> Result<(), Refusal> {
            let unknown = || String::from("not known");
            let counts = [card.impressions(), card.clicks(), card.conversions()];
            let amounts = [card.spend(), card.revenue()];
            let mut cells = vec![name.to_string()];
            cells
                .extend(counts.map(|count| count.known().map_or_else(unknown, |count| format!("{count:#}"))));
            cells.extend(
                amounts.map(|amount| amount.known().map_or_else(unknown, |amount| amount.to_string())),
            );
            for metric in METRICS {
                let value = card.show(metric, (4, Rounding::HalfEven));
                cells.push(value.map_or_else(|why| why.to_string(), |value| figure(metric, &value)));
            }
            cells.push(advice.to_string());
            table.row(cells);
            Ok(())
        };
        for Channel { name, card, advice } in &self.channels {
            row(name, card, advice)?;
        }
        row("all", &self.all_channels, "")?;
        table.write(out)
    }

    fn review(&self, out: &mut String) -> Result<(), Refusal> {
        writeln!(out, "4. Review\n")?;
        let mut table = Table::new("<metric <target >actual >attainment <cause <measure <again on");
        for finding in &self.review {
            let attainment = finding.achievement().map_or_else(|why| why.to_string(), |a| a.to_string());
            table.row([
                finding.metric().into(),
                format!("{:#}", finding.target()),
                finding.actual().known().map_or_else(String::new, |actual| reached(actual)),
                attainment,
                finding.causes().first().map_or_else(|| "not known yet".into(), ToString::to_string),
                finding.measure().unwrap_or("none").into(),
                finding.review_on().map_or_else(String::new, |date| date.to_string()),
            ]);
        }
        table.write(out)
    }

    fn health(&self, out: &mut String) -> Result<(), Refusal> {
        writeln!(out, "5. Health: {} indicators measured\n", self.health.coverage())?;
        let mut table = Table::new("<dimension <indicator <target >actual >attainment <light <review every");
        for reading in self.health.readings() {
            let indicator = reading.indicator();
            let attainment = match indicator.attainment() {
                Ok(Figure::Missing(_)) => String::from("not measured"),
                Ok(attainment) => attainment.to_string(),
                Err(why) => why.to_string(),
            };
            let light = reading.light().known().map_or_else(|| "-".into(), |light| light.to_string());
            let action = if reading.needs_action() { ", task force" } else { "" };
            table.row([
                reading.dimension().into(),
                indicator.name.clone(),
                format!("{:#}", indicator.target),
                indicator.actual.as_ref().map_or_else(String::new, |actual| format!("{actual:#}")),
                attainment,
                format!("{light}{action}"),
                indicator.review.to_string(),
            ]);
        }
        table.write(out)?;
        let edges = self.health.bands().edges().iter();
        let edges = edges.map(|(threshold, light)| {
            let from = if threshold.is_included() { "from" } else { "above" };
            format!("{light} {from} {}", threshold.at().to_percent())
        });
        let edges: Vec<String> = edges.collect();
        let lowest = self.health.bands().lowest();
        writeln!(
            out,
            "Lights by attainment of the target: {}, {lowest} below.
",
            edges.join(", ")
        )?;
        Ok(())
    }

    fn stages(&self, out: &mut String) -> Result<(), Refusal> {
        writeln!(out, "6. Cycle {}\n", self.schedule.period)?;
        let mut table = Table::new("<stage <deliverable <owner <due >dates <last due <how it came about");
        let Schedule { table: rows, dates, .. } = &self.schedule;
        for (stage, all) in dates {
            let Some(last) = all.last() else { continue };
            let steps: Vec<String> =
                last.why().steps().map(|step| format!("{} {}", step.cause, step.value)).collect();
            let free = all.iter().filter(|due| self.calendar.is_workday(due.date()) == Ok(false)).count();
            let day_off = if self.calendar.is_workday(last.date()) == Ok(false) { ", a day off" } else { "" };
            let dates = match (all.len(), free) {
                (1, _) => "1".into(),
                (all, 0) => all.to_string(),
                (all, free) => format!("{all}, {free} on days off"),
            };
            table.row([
                stage.to_string(),
                rows.deliverable(*stage).into(),
                rows.owner(*stage).into(),
                rows.due(*stage).to_string(),
                dates,
                format!("{}{day_off}", last.date()),
                steps.join("; "),
            ]);
        }
        table.write(out)?;
        for conflict in &self.schedule.conflicts {
            writeln!(out, "Conflict: {conflict}.\n")?;
        }
        Ok(())
    }
}

impl ChannelRow {
    fn channel(self) -> Result<Channel, Problems<ChannelError>> {
        let Self { name, impressions, clicks, conversions, cost_per_acquisition, return_on_ad_spend, advice } =
            self;
        let card = Scorecard::draft()
            .with_impressions(impressions.value())
            .with_clicks(clicks.value())
            .with_conversions(conversions.value())
            .with_cost_per_acquisition(cost_per_acquisition.into())
            .with_return_on_ad_spend(return_on_ad_spend)
            .check()?;
        Ok(Channel { name, card, advice })
    }
}

/// A metric's value; its unit stands in the head of the column but for the percent sign and the 1 : n.
fn figure(metric: Metric, value: &Quantity) -> String {
    match metric {
        Metric::ReturnOnAdSpend => format!("1:{}", value.value()),
        Metric::ClickThroughRate | Metric::ConversionRate => format!("{}%", value.value()),
        _ => value.value().to_string(),
    }
}
