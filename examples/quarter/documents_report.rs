//! The report on the documents' own plan: what it asks, what it costs, and where it contradicts itself.

use super::{Quarter, Refusal};
use marketloop::budget::Budget;
use marketloop::figure::{Cell, Evidence, Figure, Report, Section, Source, Table};
use marketloop::goal::GoalStatement;
use marketloop::pdca::Stage;
use marketloop::quantity::{Money, Quantity, Ratio, Rounding, Unit};
use marketloop::target::{ActualValue, LowerRule, Target};
use rust_decimal::Decimal;

/// Where the budgets stand, in the order of the file.
const BUDGETS: [&str; 3] = ["D0 section 3", "D1 section 2", "D3 template 1"];

/// Where figures are asked for: the documents and the field of the file.
const PLACES: [(&str, &str, &str); 5] = [
    ("standing goals (D0)", "D0 section 1", "standing_goals"),
    ("key results (D3)", "D3 section 2", "goal.key_results"),
    ("review (D3)", "D3 review table", "review"),
    ("health matrix (D1)", "D1 section 5", "health"),
    ("resources (D3)", "D3 template 1", "resources"),
];

/// Decimals of a cost that does not end.
pub(super) const DECIMALS: (u32, Rounding) = (4, Rounding::HalfEven);

pub(super) type Answered = Result<Section, Refusal>;

/// A metric, where it is asked for, its figure and the words.
type Asked = (String, &'static str, Quantity, String);

/// What stands at a place of the documents.
const DOCUMENTS: [(&str, &str); 10] = [
    ("D0 section 1", "goals of the year, of each quarter and each month"),
    ("D0 section 3", "budget of the year"),
    ("D1 section 2", "budget of the event"),
    ("D1 section 3.3", "channel table, without a period"),
    ("D1 section 5", "health matrix: targets, sources, review"),
    ("D1 section 7", "stages with owners and deadlines, as written"),
    ("D3 section 2", "goal of the quarter, key results, strategy mix"),
    ("D3 template 1", "resources: money, people, period, what they are expected to bring"),
    ("D3 task table", "tasks with dates, states and needs"),
    ("D3 review table", "targets, actual values, causes, measures"),
];

/// What stands in a field of the file.
const CONTENTS: [(&str, &str); 15] = [
    ("period", "the quarter"),
    ("calendar", "workdays and public holidays"),
    ("goal", "goal by month"),
    ("goal.key_results", "targets of the key results"),
    ("standing_goals", "goals that are asked again in each period"),
    ("strategy", "strategy mix"),
    ("budgets", "the budgets in lines"),
    ("resources", "people, period and expectation of each line"),
    ("channels", "counts, cost per acquisition and return of each channel"),
    ("review", "findings"),
    ("health", "indicators with their targets"),
    ("stages", "stages with owners and deadlines"),
    ("tasks", "tasks with dates, states and needs"),
    ("health.actual", "values of the indicators"),
    ("health.bands", "thresholds of the lights"),
];

/// A place of the documents and what stands there.
pub(super) fn document(place: &str) -> Source {
    let content = DOCUMENTS.iter().find(|(known, _)| *known == place);
    Source::new(format!("the documents, {place}"), content.map_or("", |own| own.1))
}

pub(super) fn percent(ratio: Ratio) -> String {
    ratio.to_percent().replace('%', " %")
}

/// A quantity as people read it: money with its cents, things in the plural.
pub(super) fn people(quantity: &Quantity) -> String {
    Money::try_from(quantity).map_or_else(|_| plural(format!("{quantity:#}")), |money| money.to_string())
}

/// `500 customers` for `500 customer`; what ends with a currency, a sign or a fraction stays.
pub(super) fn plural(text: String) -> String {
    let is_thing =
        |word: &str| word.chars().all(|letter| letter.is_ascii_lowercase()) && !word.ends_with('s');
    let is_one = text.starts_with("1 ");
    match text.rsplit(' ').next().filter(|word| is_thing(word) && !is_one) {
        Some(_) => text + "s",
        None => text,
    }
}

/// A target without the rule by which its attainment is worked out.
pub(super) fn aim(target: &Target) -> String {
    let text = format!("{target:#}");
    plural(text.split(", ").next().unwrap_or_default().to_owned())
}

/// A sentence that begins with a name.
pub(super) fn sentence(text: impl AsRef<str>) -> String {
    let mut letters = text.as_ref().chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `one, two and three`.
pub(super) fn list(words: impl IntoIterator<Item = String>) -> String {
    let words: Vec<String> = words.into_iter().collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => "none".into(),
    }
}

/// A count with its word.
pub(super) fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// The contradictions of the documents, each of which somebody has to decide.
pub(super) struct Open {
    table: Table,
    sources: Vec<(String, Vec<Source>)>,
    /// The one with the most money at stake.
    most: Option<(String, Money)>,
}

impl Open {
    /// Two figures that do not go together, by how much, and what is at stake.
    pub(super) fn add<'s>(
        &mut self,
        name: String,
        figures: [Cell; 3],
        at_stake: Option<Money>,
        sources: impl IntoIterator<Item = &'s Source>,
    ) {
        for (column, cell) in ["one figure", "the other", "apart"].into_iter().zip(figures) {
            self.table.push(&name, column, cell);
        }
        if let Some(money) = at_stake {
            self.table.push(&name, "at stake", money);
            if self.most.as_ref().is_none_or(|(_, most)| most.amount() < money.amount()) {
                self.most = Some((name.clone(), money));
            }
        }
        self.sources.push((name, sources.into_iter().cloned().collect()));
    }

    /// The first page: what has to be decided, by whom and until when.
    fn section(self, quarter: &Quarter) -> Answered {
        let count = self.table.names().len();
        let dates = quarter.stages.due_dates(&quarter.period, &quarter.calendar)?;
        let due = dates.get(&Stage::Plan).and_then(|all| all.last());
        let stages = [document("D1 section 7"), quarter.field("stages")];
        let section = Section::new("What has to be decided before the plan is signed?");
        if count == 0 {
            return Ok(section.answer("Nothing: the documents do not contradict each other."));
        }
        let section = section.answer(format!(
            "{} of the documents, each with its figures below; what is at stake overlaps and is not added up.",
            counted(count, "contradiction")
        ));
        let section = match due {
            Some(due) => section.answer(format!(
                "They belong in the {} of the {}, due on {}.",
                quarter.stages.deliverable(Stage::Plan),
                quarter.stages.owner(Stage::Plan),
                due.date()
            )),
            None => section,
        };
        let section = match self.most {
            Some((name, money)) => {
                section.answer(format!("The most money is at stake here: {name}, {money}."))
            }
            None => section,
        };
        let evidence = Evidence::new("What the documents contradict", self.table, &stages);
        Ok(section.evidence(
            self.sources.into_iter().fold(evidence, |evidence, (name, sources)| evidence.row(name, &sources)),
        ))
    }
}

impl Quarter {
    /// A field of the file and what stands there; marked where the file says that it is made up.
    pub(super) fn field(&self, name: &str) -> Source {
        let place = format!("{}: {name}", self.file);
        let made_up = match name {
            "health.actual" => self.illustrations.actual.as_ref(),
            "health.bands" => self.illustrations.bands.as_ref(),
            _ => None,
        };
        let content = CONTENTS.iter().find(|(known, _)| *known == name).map_or("", |own| own.1);
        match made_up {
            Some(reason) => Source::illustration(place, reason.clone()),
            None => Source::new(place, content),
        }
    }

    /// The sources of what is asked for at one of the [`PLACES`].
    fn places(&self, name: &str) -> Vec<Source> {
        let known = PLACES.iter().filter(|(place, ..)| *place == name);
        known.flat_map(|(_, place, field)| [document(place), self.field(field)]).collect()
    }

    /// Places of the documents and fields of the file.
    pub(super) fn sources(&self, places: &[&str], fields: &[&str]) -> Vec<Source> {
        let places = places.iter().map(|place| document(place));
        places.chain(fields.iter().map(|name| self.field(name))).collect()
    }

    /// The key result that sets a maximum for a cost in this unit.
    pub(super) fn most(&self, unit: &Unit) -> Option<(&Target, Decimal)> {
        let mut targets = self.goal.key_results().iter().filter_map(|result| result.target.as_ref());
        targets.find_map(|target| Some((target, target.max()?)).filter(|_| target.unit() == unit))
    }

    pub(super) fn report(&self) -> Result<Report, Refusal> {
        let title = format!("{}, {}: the documents' own plan", self.title, self.period);
        let mut open = Open { table: Table::new("contradiction"), sources: Vec::new(), most: None };
        let sections = [
            self.goals(),
            self.other_goals(&mut open)?,
            self.new_customers(&mut open)?,
            self.budgets(&mut open)?,
            self.expected(&mut open)?,
            self.channels()?,
            self.reviewed()?,
            self.lights(),
            self.stages(&mut open)?,
            self.work(&mut open)?,
        ];
        let report = Report::new(title).section(open.section(self)?);
        Ok(sections.into_iter().fold(report, Report::section))
    }

    fn goals(&self) -> Section {
        let goal = &self.goal;
        let months = goal.parts().iter().map(|(month, part)| format!("{} in {month}", people(part)));
        let stated = document("D3 section 2");
        let results = goal.key_results();
        let key: Vec<String> = results.iter().filter_map(key_result).collect();
        let bare =
            results.iter().filter(|result| result.owner.is_none() && result.baseline.is_none()).count();
        let inverse = |target: &Target| target.lower_rule() == Some(LowerRule::Inverse);
        let inverse = results.iter().filter(|result| result.target.as_ref().is_some_and(inverse));
        let inverse: Vec<String> = inverse.map(|result| result.metric.clone()).collect();
        let inverse = (!inverse.is_empty()).then(|| {
            format!(
                "Less is better for {}: the attainment is the target over the actual value (inverse).",
                list(inverse)
            )
        });
        Section::new(format!("What is to be reached in {}, and by when?", goal.period()))
            .answer(format!(
                "{} of {} are to be reached in {}: {}.",
                people(goal.total()),
                goal.metric(),
                goal.period(),
                list(months)
            ))
            .answer(format!("{} say whether it is reached well: {}.", counted(key.len(), "key result"), list(key)))
            .answer(format!(
                "{} neither an owner nor a value to start from in the documents: each needs both before the quarter starts.",
                if bare == results.len() { "They have".to_owned() } else { format!("{bare} of them have") }
            ))
            .answers(inverse)
            .evidence(Evidence::new("Goal by month", goal.table(), [&stated, &self.field("goal")]))
            .evidence(Evidence::new(
                "Key results",
                GoalStatement::table(results),
                [&stated, &self.field("goal.key_results")],
            ))
    }

    /// Every figure that is asked of a metric or expected of it: the metric, where, its figure, the text.
    fn asked(&self) -> Vec<Asked> {
        let mut all = Vec::new();
        let mut ask = |metric: &str, place: &'static str, target: &Target, when: &str| {
            if let Some(value) = target.min().or_else(|| target.max()) {
                let figure = Quantity::new(value, target.unit().clone());
                all.push((metric.to_owned(), place, figure, format!("{}{when}", aim(target))));
            }
        };
        for standing in &self.standing {
            ask(
                &standing.metric,
                "standing goals (D0)",
                &standing.target,
                &format!(" each {}", standing.each),
            );
        }
        for result in self.goal.key_results() {
            if let (Some(target), Some(period)) = (&result.target, result.period) {
                ask(&result.metric, "key results (D3)", target, &format!(" in {period}"));
            }
        }
        for finding in &self.review {
            ask(finding.metric(), "review (D3)", finding.target(), "");
        }
        for reading in self.health.readings() {
            ask(&reading.indicator().name, "health matrix (D1)", &reading.indicator().target, "");
        }
        for resource in &self.resources {
            for (metric, expected) in &resource.expects {
                let text = format!("{} expected of {}", people(expected), resource.name);
                all.push((metric.clone(), "resources (D3)", expected.clone(), text));
            }
        }
        all
    }

    fn other_goals(&self, open: &mut Open) -> Answered {
        let mut goals = Table::new("metric");
        for standing in &self.standing {
            goals.push(&standing.metric, "each", standing.each.as_str());
            goals.push(&standing.metric, "target", format!("{:#}", standing.target));
            if standing.metric.starts_with("growth of ") {
                goals.push(&standing.metric, "compared with", Figure::<&str>::missing("base of comparison"));
            }
        }
        let asked = self.asked();
        let own = self.places("standing goals (D0)");
        let mut several = Table::new("metric");
        let mut differing = Vec::new();
        for (index, (metric, here, first, text)) in asked.iter().enumerate() {
            let same = |other: &&Asked| other.0 == *metric;
            if asked.iter().take(index).any(|other| same(&other)) || asked.iter().filter(same).count() < 2 {
                continue;
            }
            for (_, place, _, text) in asked.iter().filter(same) {
                several.push(metric, *place, text.as_str());
            }
            if let Some(other) = asked.iter().filter(same).find(|other| other.2 != *first) {
                differing.push(format!(
                    "The {metric} is to be {text} by the {}, {} by the {}.",
                    here, other.3, other.1
                ));
                let apart = other.2.minus(first)?;
                open.add(
                    format!("{metric}: which target holds"),
                    [Cell::from(first), Cell::from(&other.2), Cell::from(&apart)],
                    None,
                    self.places(here).iter().chain(&self.places(other.1)),
                );
            }
        }
        Ok(Section::new("Do the goals of the other documents agree with it?")
            .answer(format!(
                "{} metrics have more than one figure, and {} of them differ: which one holds is not said and has to be \
                 decided.",
                several.names().len(),
                differing.len()
            ))
            .answers(differing)
            .answer(
                "The growth goals state no base: neither the period that they are compared with nor, of a rate, whether % \
                 or percentage points are meant.",
            )
            .evidence(Evidence::new("Goals of the year, each quarter and each month", goals, &own))
            .evidence(PLACES.iter().fold(
                Evidence::new("Metrics with several figures", several, &own),
                |evidence, (place, ..)| evidence.column(*place, &self.places(place)),
            )))
    }

    /// The budget that has the lines of the strategy.
    pub(super) fn spent_by_strategy(&self) -> Result<&Budget, Refusal> {
        let has_all =
            |budget: &&Budget| self.strategy.mix.iter().all(|(name, _)| budget.lines().get(name).is_some());
        Ok(self.budgets.iter().find(has_all).ok_or("no budget has all lines of the strategy")?)
    }

    /// The least share that the strategy's goal asks for.
    pub(super) fn share_asked(&self) -> Result<Ratio, Refusal> {
        let results = self.goal.key_results().iter();
        let target =
            results.filter(|result| result.metric == self.strategy.goal).find_map(|own| own.target.as_ref());
        let target = target.ok_or("the strategy's goal is no key result")?;
        let value = target.min().ok_or("the strategy's goal has no minimum")?;
        Ok(ActualValue::new(value, target.unit().clone()).value_in(&Unit::ONE)?)
    }

    fn new_customers(&self, open: &mut Open) -> Answered {
        let (budget, asked) = (self.spent_by_strategy()?, self.share_asked()?);
        let of_mix = [document("D3 section 2"), self.field("strategy")];
        let of_money = [document("D3 template 1"), self.field("budgets")];
        let mut table = Table::new("line");
        let mut apart = Vec::new();
        for (name, share) in self.strategy.mix.iter() {
            let line = &budget.lines()[name];
            let (mix, money) = (Ratio::from(share.value()), budget.share(line).get()?);
            let more = money.minus(mix)?;
            table.push(name, "of the goal", mix.percent_cell());
            table.push(name, "of all buyers", mix.times(asked)?.percent_cell());
            table.push(name, "money", line.amount());
            table.push(name, "of the money", money.percent_cell());
            table.push(name, "money less goal", &points(more)?);
            if !more.is_zero() {
                let (by, word) = if more.is_negative() { (more.negated(), "less") } else { (more, "more") };
                let by = by.to_points();
                apart.push(sentence(format!("{name} has {by} {word} of the money than of the goal.")));
                let moved = Ratio::from(budget.total().amount()).times(if more.is_negative() {
                    more.negated()
                } else {
                    more
                })?;
                let moved =
                    Money::rounded(moved.round(DECIMALS)?, budget.total().currency(), Rounding::HalfEven)?;
                open.add(
                    format!("{name}: its part of the money beside that of the goal"),
                    [money.percent_cell(), mix.percent_cell(), Cell::from(&points(more)?)],
                    Some(moved),
                    of_mix.iter().chain(&of_money),
                );
            }
        }
        table.push_sums("sum", &["of the goal", "of all buyers", "money", "of the money", "money less goal"]);
        let shares = |column: &str| -> String {
            let names =
                self.strategy.mix.iter().filter_map(|(name, _)| table.get(name, column)?.value.clone());
            names.collect::<Vec<_>>().join("/")
        };
        let section = Section::new("Who is to bring the new customers, and does the money follow?")
            .answer(format!(
                "The strategy mix is {} ({}) of the goal: {} at least {}. The money is {}: the two differ, and the documents do \
                 not say why.",
                shares("of the goal"),
                list(self.strategy.mix.iter().map(|(name, _)| name.clone())),
                self.strategy.goal,
                percent(asked),
                shares("of the money")
            ))
            .answers(apart);
        Ok(section.evidence(
            Evidence::new("Strategy mix beside the budget", table, of_mix.iter().chain(&of_money))
                .column("of the goal", &of_mix)
                .column("of all buyers", of_mix.iter().chain([&self.field("goal.key_results")]))
                .column("money", &of_money)
                .column("of the money", &of_money),
        ))
    }

    fn budgets(&self, open: &mut Open) -> Answered {
        let largest = self.budgets.iter().max_by_key(|budget| budget.total().amount()).ok_or("no budget")?;
        let mut table = Table::new("budget");
        let sources = BUDGETS.map(|place| [document(place), self.field("budgets")]);
        let quarter = Money::rounded(
            Ratio::from(largest.total().amount())
                .divided_by(Ratio::from(Decimal::from(4)))?
                .round(DECIMALS)?,
            largest.total().currency(),
            Rounding::HalfEven,
        )?;
        let (mut parts, mut above) = (Vec::new(), Vec::new());
        for budget in &self.budgets {
            let share = Ratio::new(budget.total().amount(), largest.total().amount())?;
            let over = budget.total().minus(quarter)?;
            table.push(budget.name(), "total", budget.total());
            table.push(budget.name(), "of the largest", share.percent_cell());
            table.push(budget.name(), "less an even quarter of the largest", over);
            table.push(budget.name(), "lines", Cell::new(budget.lines().len(), "line"));
            if budget.name() != largest.name() {
                parts.push(format!(
                    "the {} ({}) are {} of it",
                    budget.total(),
                    budget.name(),
                    percent(share)
                ));
                if !over.is_negative() && !over.is_zero() {
                    above.push(format!("the {} are {over} more", budget.total()));
                    open.add(
                        format!("{}: of which budget it is paid", budget.name()),
                        [budget.total().into(), quarter.into(), over.into()],
                        Some(over),
                        sources.iter().flatten(),
                    );
                }
            }
        }
        let reserves =
            self.budgets.iter().flat_map(|budget| budget.lines().iter().map(move |line| (budget, line)));
        let reserves = reserves.filter(|(_, line)| line.is_reserve());
        let reserves = reserves
            .map(|(budget, line)| format!("{} of the {} ({})", line.amount(), budget.name(), line.name()));
        let section = Section::new("How do the budgets relate?")
            .answer(format!(
                "The {} stand in {} documents, and none states that one is part of another: nothing is added up here.",
                counted(self.budgets.len(), "budget"),
                self.budgets.len()
            ))
            .answer(format!("The largest is {} ({}); {}.", largest.total(), largest.name(), list(parts)))
            .answer(format!(
                "An even quarter of the largest would be {quarter}: {}. Before money is released somebody has to say of which \
                 budget it is paid.",
                list(above)
            ))
            .answer(format!("Held back for its purpose only: {}.", list(reserves)));
        let all = sources.iter().flatten();
        let section = section.evidence(Evidence::new("Budgets side by side", table, all));
        let budgets = self.budgets.iter().zip(&sources);
        Ok(budgets.fold(section, |section, (budget, sources)| {
            section.evidence(Evidence::new(format!("Budget: {}", budget.name()), budget.table(), sources))
        }))
    }
}

/// A key result as a part of a sentence.
fn key_result(result: &GoalStatement) -> Option<String> {
    Some(format!("{} {} in {}", result.metric, aim(result.target.as_ref()?), result.period?))
}

/// A difference of two shares in percentage points.
fn points(difference: Ratio) -> Result<ActualValue, Refusal> {
    Ok(ActualValue::new(difference.times(Ratio::from(Decimal::ONE_HUNDRED))?, Unit::PERCENTAGE_POINTS))
}
