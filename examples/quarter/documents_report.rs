//! The report on the documents' own plan: what it asks, what it costs, and where it contradicts itself.

use super::{APPROVAL, Channel, Quarter, Refusal, Resource, TaskRow};
use marketloop::budget::Budget;
use marketloop::channel::{Metric, Scorecard};
use marketloop::figure::{Cell, Evidence, Figure, Report, Section, Source, Table};
use marketloop::goal::GoalStatement;
use marketloop::pdca::{PdcaError, Stage};
use marketloop::plan::{Change, DatedPlan, TaskState};
use marketloop::quantity::{Money, Quantity, Ratio, Return, Revenue, Rounding, Unit};
use marketloop::review::Finding;
use marketloop::target::{ActualValue, Light, LowerRule, Target};
use marketloop::time::{NaiveDate, Period};
use rust_decimal::Decimal;

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

/// Where the budgets stand, in the order of the file.
const BUDGETS: [&str; 3] = ["D0 section 3", "D1 section 2", "D3 template 1"];

/// Decimals of a cost that does not end.
const DECIMALS: (u32, Rounding) = (4, Rounding::HalfEven);

type Answered = Result<Section, Refusal>;

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
fn document(place: &str) -> Source {
    let content = DOCUMENTS.iter().find(|(known, _)| *known == place);
    Source::new(format!("the documents, {place}"), content.map_or("", |own| own.1))
}

fn percent(ratio: Ratio) -> String {
    ratio.to_percent().replace('%', " %")
}

/// A quantity as people read it: money with its cents, things in the plural.
fn people(quantity: &Quantity) -> String {
    Money::try_from(quantity).map_or_else(|_| plural(format!("{quantity:#}")), |money| money.to_string())
}

/// `500 customers` for `500 customer`; what ends with a currency, a sign or a fraction stays.
fn plural(text: String) -> String {
    let is_thing =
        |word: &str| word.chars().all(|letter| letter.is_ascii_lowercase()) && !word.ends_with('s');
    let is_one = text.starts_with("1 ");
    match text.rsplit(' ').next().filter(|word| is_thing(word) && !is_one) {
        Some(_) => text + "s",
        None => text,
    }
}

/// A target without the rule by which its attainment is worked out.
fn aim(target: &Target) -> String {
    let text = format!("{target:#}");
    plural(text.split(", ").next().unwrap_or_default().to_owned())
}

/// A sentence that begins with a name.
fn sentence(text: String) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `one, two and three`.
fn list(words: impl IntoIterator<Item = String>) -> String {
    let words: Vec<String> = words.into_iter().collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => "none".into(),
    }
}

/// A count with its word.
fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

impl Quarter {
    /// A field of the file and what stands there; marked where the file says that it is made up.
    fn field(&self, name: &str) -> Source {
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

    /// The key result that sets a maximum for a cost in this unit.
    fn most(&self, unit: &Unit) -> Option<(&Target, Decimal)> {
        let mut targets = self.goal.key_results().iter().filter_map(|result| result.target.as_ref());
        targets.find_map(|target| Some((target, target.max()?)).filter(|_| target.unit() == unit))
    }

    pub(super) fn report(&self) -> Result<Report, Refusal> {
        let title = format!("{}, {}: the documents' own plan", self.title, self.period);
        Ok(Report::new(title)
            .section(self.goals()?)
            .section(self.other_goals())
            .section(self.new_customers()?)
            .section(self.budgets()?)
            .section(self.expected()?)
            .section(self.channels()?)
            .section(self.reviewed()?)
            .section(self.lights())
            .section(self.stages()?)
            .section(self.work()?))
    }

    fn goals(&self) -> Answered {
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
        Ok(Section::new(format!("What is to be reached in {}, and by when?", goal.period()))
            .answer(format!(
                "{} of {} are to be reached in {}: {}.",
                people(goal.total()),
                goal.metric(),
                goal.period(),
                list(months)
            ))
            .answer(format!("{} say whether it is reached well: {}.", counted(key.len(), "key result"), list(key)))
            .answer(format!(
                "{bare} of them have neither an owner nor a value to start from in the documents: each needs both before \
                 the quarter starts."
            ))
            .answers(inverse)
            .evidence(Evidence::new("Goal by month", goal.table(), [&stated, &self.field("goal")]))
            .evidence(Evidence::new(
                "Key results",
                GoalStatement::table(results),
                [&stated, &self.field("goal.key_results")],
            )))
    }

    /// Every figure that is asked of a metric or expected of it: the metric, where, its number in its own unit, the text.
    fn asked(&self) -> Vec<(String, &'static str, Ratio, String)> {
        let mut all = Vec::new();
        let mut ask = |metric: &str, place: &'static str, target: &Target, when: &str| {
            if let Some(value) = target.min().or_else(|| target.max()) {
                all.push((metric.to_owned(), place, value.into(), format!("{}{when}", aim(target))));
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
                all.push((metric.clone(), "resources (D3)", expected.value().into(), text));
            }
        }
        all
    }

    fn other_goals(&self) -> Section {
        let mut goals = Table::new("metric");
        for standing in &self.standing {
            goals.push(&standing.metric, "each", standing.each.as_str());
            goals.push(&standing.metric, "target", format!("{:#}", standing.target));
            if standing.metric.starts_with("growth of ") {
                goals.push(&standing.metric, "compared with", Figure::<&str>::missing("base of comparison"));
            }
        }
        let asked = self.asked();
        let mut several = Table::new("metric");
        let mut differing = Vec::new();
        for (index, (metric, _, first, text)) in asked.iter().enumerate() {
            let same = |other: &&(String, &'static str, Ratio, String)| other.0 == *metric;
            if asked.iter().take(index).any(|other| same(&other)) || asked.iter().filter(same).count() < 2 {
                continue;
            }
            for (_, place, _, text) in asked.iter().filter(same) {
                several.push(metric, *place, text.as_str());
            }
            if let Some(other) = asked.iter().filter(same).find(|other| other.2 != *first) {
                differing.push(format!(
                    "The {metric} is to be {text} by the {}, {} by the {}.",
                    asked[index].1, other.3, other.1
                ));
            }
        }
        let own = [document("D0 section 1"), self.field("standing_goals")];
        let documents = ["D3 section 2", "D3 template 1", "D3 review table", "D1 section 5"].map(document);
        let fields = ["goal.key_results", "resources", "review", "health"].map(|name| self.field(name));
        Section::new("Do the goals of the other documents agree with it?")
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
            .evidence(Evidence::new(
                "Metrics with several figures",
                several,
                documents.iter().chain(&fields).chain(&own),
            ))
    }

    /// The budget that has the lines of the strategy.
    fn spent_by_strategy(&self) -> Result<&Budget, Refusal> {
        let has_all =
            |budget: &&Budget| self.strategy.mix.iter().all(|(name, _)| budget.lines().get(name).is_some());
        Ok(self.budgets.iter().find(has_all).ok_or("no budget has all lines of the strategy")?)
    }

    /// The least share that the strategy's goal asks for.
    fn share_asked(&self) -> Result<Ratio, Refusal> {
        let results = self.goal.key_results().iter();
        let target =
            results.filter(|result| result.metric == self.strategy.goal).find_map(|own| own.target.as_ref());
        let target = target.ok_or("the strategy's goal is no key result")?;
        let value = target.min().ok_or("the strategy's goal has no minimum")?;
        Ok(ActualValue::new(value, target.unit().clone()).value_in(&Unit::ONE)?)
    }

    fn new_customers(&self) -> Answered {
        let (budget, asked) = (self.spent_by_strategy()?, self.share_asked()?);
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
        let mix = [document("D3 section 2"), self.field("strategy")];
        let money = [document("D3 template 1"), self.field("budgets")];
        Ok(section.evidence(
            Evidence::new("Strategy mix beside the budget", table, mix.iter().chain(&money))
                .column("of the goal", &mix)
                .column("of all buyers", mix.iter().chain([&self.field("goal.key_results")]))
                .column("money", &money)
                .column("of the money", &money),
        ))
    }

    fn budgets(&self) -> Answered {
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

    fn expected(&self) -> Answered {
        let (budget, asked) = (self.spent_by_strategy()?, self.share_asked()?);
        let mut table = Table::new("line");
        let mut sentences = Vec::new();
        for own in &self.resources {
            let line = budget.lines().get(&own.name).ok_or("a resource without money")?;
            table.push(&own.name, "money", line.amount());
            table.push(&own.name, "persons", Cell::new(own.people.value(), "person"));
            table.push(&own.name, "from", own.period.start());
            table.push(&own.name, "to", own.period.end());
            table.push(&own.name, "days", Cell::new(own.period.days(), "day"));
        }
        for own in &self.resources {
            for (metric, expected) in &own.expects {
                table.push(&own.name, metric.clone(), expected);
                sentences.extend(self.cost(own, expected, &mut table, budget)?);
            }
        }
        table.push_sums("sum", &["money", "persons"]);
        let is_rate = |value: &Quantity| value.unit().same_dimensions(&Unit::ONE);
        let rates = self.resources.iter().filter(|own| own.expects.values().all(is_rate));
        let rates: Vec<String> = rates.map(|own| own.name.clone()).collect();
        if !rates.is_empty() {
            sentences.push(format!(
                "No number of results is stated for {}: rates alone say no cost.",
                list(rates)
            ));
        }
        let resources = [document("D3 template 1")];
        let files = [self.field("budgets"), self.field("resources")];
        let goal = self.field("goal");
        let d1 = [document("D1 section 3.3"), self.field("channels")];
        let mut section = Section::new("Do the expected results pay for themselves within the targets?")
            .answers(sentences)
            .evidence(
                Evidence::new(
                    "Resources and what they are expected to bring",
                    table,
                    resources.iter().chain(&files),
                )
                .column("over the target", resources.iter().chain(&files).chain([&goal])),
            );
        let returns = self.needed_return(budget, &mut section)?;
        let sources = || resources.iter().chain(&files).chain([&goal]);
        section = section.evidence(Evidence::new(
            "What the goal would need of the money",
            returns,
            sources().chain(&d1),
        ));
        if let Some(chain) = self.chain(budget, asked, &mut section)? {
            let mix = self.field("strategy");
            section = section.evidence(
                Evidence::new(
                    "If the expected customers are their line's part of the mix",
                    chain,
                    sources().chain([&mix]),
                )
                .with_decimals(2),
            );
        }
        Ok(section)
    }

    /// What one of the results would cost, and a sentence where the key results set a maximum for it.
    fn cost(
        &self,
        own: &Resource,
        expected: &Quantity,
        table: &mut Table,
        budget: &Budget,
    ) -> Result<Option<String>, Refusal> {
        if expected.unit().same_dimensions(&Unit::ONE) {
            return Ok(None);
        }
        let money = budget.lines()[own.name.as_str()].amount();
        let thing = expected.unit().to_string();
        let cost = Quantity::from(money).per(expected, (8, Rounding::HalfEven))?;
        if thing == "impression" {
            table.push(
                &own.name,
                "CPM",
                &cost.to(&format!("{}/1000 impression", money.currency()).parse()?)?,
            );
            return Ok(None);
        }
        table.push(&own.name, "cost per result", &cost);
        let Some((target, most)) = self.most(cost.unit()) else { return Ok(None) };
        let over = cost.minus(&Quantity::new(most, target.unit().clone()))?;
        table.push(&own.name, "over the target", &over);
        let attained = target.attainment(cost.value())?;
        Ok(Some(format!(
            "{}. {}: {money} for {} are {}, where the key result asks for {}, of which this attains {}.",
            if attained.is_met() { "Yes" } else { "No" },
            sentence(own.name.clone()),
            people(expected),
            people(&cost),
            aim(target),
            percent(attained.ratio())
        )))
    }

    /// The return that the goal needs of the budget's money, beside those of the channel table.
    fn needed_return(&self, budget: &Budget, section: &mut Section) -> Result<Table, Refusal> {
        const RETURN: &str = "return on ad spend (revenue)";
        let (money, goal) = (budget.total(), Money::try_from(self.goal.total())?);
        let currency = format!("{0}/{0}", money.currency());
        let mut table = Table::new("money at the return of");
        let needed = Ratio::new(goal.amount(), money.amount())?;
        let mut push = |name: &str, value: Ratio| -> Result<(Money, Money), Refusal> {
            let sales = value.times(money.amount().into())?.round((2, Rounding::HalfEven))?;
            let sales = Money::new(sales, money.currency())?;
            let missing = goal.minus(sales)?;
            table.push(name, RETURN, Cell::new(value.round(DECIMALS)?, currency.clone()));
            table.push(name, "sales", sales);
            table.push(name, "short of the goal", missing);
            Ok((sales, missing))
        };
        push("the goal", needed)?;
        let all = self.all_channels.metric(Metric::ReturnOnAdSpend)?;
        let (sales, missing) = push("all channels of D1", all)?;
        for Channel { name, card, .. } in &self.channels {
            push(&format!("{name} (D1)"), card.metric(Metric::ReturnOnAdSpend)?)?;
        }
        let sentence = format!(
            "If {money} had to bring the {goal} alone, each CNY would have to return {} CNY of revenue; the channels of D1 \
             return {:.4}, at which it brings {sales}, {missing} short.",
            needed.round(DECIMALS)?.normalize(),
            all
        );
        *section = std::mem::take(section).answer(sentence);
        Ok(table)
    }

    /// What follows if the customers that a line is expected to bring are its part of the strategy mix.
    fn chain(&self, budget: &Budget, asked: Ratio, section: &mut Section) -> Result<Option<Table>, Refusal> {
        let mut expected =
            self.resources.iter().flat_map(|own| own.expects.values().map(move |value| (own, value)));
        let customer = |unit: &Unit| unit.to_string() == "customer";
        let Some((own, count)) = expected.find(|(_, value)| customer(value.unit())) else { return Ok(None) };
        let share = self.strategy.mix.share(own.name.as_str()).ok_or("a resource outside the mix")?;
        let new = Ratio::from(count.value()).divided_by(share.value().into())?;
        let buyers = new.divided_by(asked)?;
        let goal = Ratio::from(self.goal.total().value());
        let each = goal.divided_by(buyers)?;
        let cost = Ratio::from(budget.total().amount()).divided_by(new)?;
        let per = format!("{}/customer", budget.total().currency());
        let mut table = Table::new("figure");
        let mut push = |name: &str, value: Ratio, unit: &str| -> Result<String, Refusal> {
            let value = ActualValue::new(value, unit.parse()?);
            table.push(name, "value", &value);
            Ok(format!("{value:#}"))
        };
        push("new customers", new, "customer")?;
        push("buyers", buyers, "customer")?;
        let each = push("sales per buyer", each, &per)?;
        let cost = push("money per new customer", cost, &per)?;
        let order = self.all_channels.show(Metric::AverageOrderValue, DECIMALS)?;
        let sentence = format!(
            "If the {} of {} are its {} of the new customers, all lines bring {:#} of them at {cost} each, and the goal needs \
             {each} of sales from each buyer (an order of D1 is worth {order:#}).",
            people(count),
            own.name,
            percent(Ratio::from(share.value())),
            Quantity::new(new.round((0, Rounding::HalfEven))?, Unit::ONE)
        );
        *section = std::mem::take(section).answer(sentence);
        Ok(Some(table))
    }

    fn channels(&self) -> Answered {
        let cards = self.channels.iter().map(|channel| (channel.name.as_str(), &channel.card));
        let mut table = Scorecard::side_by_side(cards, &METRICS)?;
        let asked = self.share_asked()?;
        let new = "CPA if the new customers are the goal's share";
        let cost = |card: &Scorecard| -> Result<ActualValue, Refusal> {
            let cost = card.metric(Metric::CostPerAcquisition)?.divided_by(asked)?;
            Ok(ActualValue::new(cost, "CNY/customer".parse()?))
        };
        for Channel { name, card, .. } in &self.channels {
            table.push(name, new, &cost(card)?);
        }
        table.push("all", new, &cost(&self.all_channels)?);
        for Channel { name, advice, .. } in &self.channels {
            table.push(name, "advice", advice.as_str());
        }
        let returns = |channel: &&Channel| channel.card.metric(Metric::ReturnOnAdSpend).ok();
        let best = self.channels.iter().max_by_key(returns).ok_or("no channels")?;
        let least = self.channels.iter().min_by_key(returns).ok_or("no channels")?;
        let shown = |card: &Scorecard| -> Result<String, Refusal> {
            let value = card.show(Metric::ReturnOnAdSpend, DECIMALS)?;
            Ok(Return::<Revenue>::new(value.value().into()).to_string())
        };
        let all = &self.all_channels;
        let most = self.most(cost(all)?.unit()).map(|(target, _)| aim(target));
        let limit = most.map_or_else(String::new, |most| format!(", where a key result asks for {most}"));
        let section = Section::new("What do the channels bring, and which most?")
            .answer(format!(
                "{} brought {} of revenue for {}: a return on ad spend of {} (revenue), the highest of {} ({}), the lowest of {} ({}).",
                all.conversions().map(|count| format!("{count:#} conversions")),
                all.revenue(),
                all.spend(),
                shown(all)?,
                best.name,
                shown(&best.card)?,
                least.name,
                shown(&least.card)?
            ))
            .answer(format!(
                "A conversion cost {:#}; how many were new customers is not stated. If they were {}, one cost {:#}{limit}.",
                all.show(Metric::CostPerAcquisition, DECIMALS)?,
                percent(asked),
                cost(all)?
            ))
            .answer("The documents state no period for this table: it says what is better, and not in how long.");
        let sources = [document("D1 section 3.3"), self.field("channels")];
        let key = self.field("goal.key_results");
        Ok(section.evidence(
            Evidence::new("Channels, totals as sums over sums", table, &sources)
                .column(new, sources.iter().chain([&key])),
        ))
    }

    fn reviewed(&self) -> Answered {
        let missed = self.review.iter().filter(|finding| finding.is_met().is_ok_and(|met| !met));
        let mut sentences = Vec::new();
        for finding in missed {
            let gap = finding.gap()?;
            sentences.push(sentence(format!(
                "{}: {} of {} reached, {} attained, {} short. Cause: {}. Measure: {}, looked at again on {}.",
                finding.metric(),
                plural(format!("{:#}", finding.actual())),
                aim(finding.target()),
                finding.attainment().map(|attainment| percent(attainment.ratio())),
                plural(format!("{:#}", ActualValue::new(gap.value().negated(), gap.unit().clone()))),
                list(finding.causes().iter().map(ToString::to_string)),
                finding.measure().unwrap_or("none"),
                finding.review_on().map_or_else(|| "no day".into(), |date| date.to_string())
            )));
        }
        let nobody = self.review.iter().filter(|finding| finding.owner().is_none()).count();
        let sources = [document("D3 review table"), self.field("review")];
        Ok(Section::new("Which targets were missed, why, and what is done?")
            .answers(sentences)
            .answer(format!("{} have no owner in the documents.", counted(nobody, "measure")))
            .evidence(Evidence::new("Review", Finding::table(&self.review), &sources)))
    }

    fn lights(&self) -> Section {
        let readings = || self.health.readings();
        let of = |light: Light| {
            list(
                readings()
                    .filter(|one| one.light().known() == Some(light))
                    .map(|one| one.indicator().name.clone()),
            )
        };
        let acting = readings().filter(|reading| reading.needs_action()).count();
        let missing = readings().filter(|reading| reading.indicator().actual.is_none());
        let missing = list(missing.map(|reading| reading.indicator().name.clone()));
        let mut edges = Table::new("light");
        for (threshold, light) in self.health.bands().edges() {
            edges.push(light, "attainment from", threshold.at().percent_cell());
        }
        let stated = document("D1 section 5");
        let targets = self.field("health");
        let [values, bands] = ["health.actual", "health.bands"].map(|name| self.field(name));
        let made_up = [&values, &bands].into_iter().filter(|source| source.is_illustration);
        let made_up: Vec<String> = made_up.map(|source| source.content.to_string()).collect();
        let made_up = (!made_up.is_empty())
            .then(|| format!("Made up, and no finding as long as they are: {}.", made_up.join("; ")));
        let lights = [&stated, &targets, &values, &bands];
        let table = Evidence::new("Health matrix", self.health.table(), [&stated, &targets])
            .column("actual", [&values])
            .column("attainment", [&stated, &targets, &values])
            .column("light", lights)
            .column("task force", [&stated, &targets, &values])
            .with_decimals(2);
        Section::new("Which health targets are met?")
            .answer(format!("Red: {}. Yellow: {}. Green: {}.", of(Light::Red), of(Light::Yellow), of(Light::Green)))
            .answer(format!(
                "{} of {} indicators are measured (without a value: {missing}); {acting} miss their target, and by the documents each \
                 starts a small task force.",
                self.health.coverage().lit,
                self.health.coverage().all
            ))
            .answers(made_up)
            .evidence(table)
            .evidence(Evidence::new("Thresholds of the lights", edges, [&bands]))
    }

    fn stages(&self) -> Answered {
        let dates = self.stages.due_dates(&self.period, &self.calendar)?;
        let mut section = Section::new("Can the cycle be closed as the stages are due?");
        for conflict in &self.conflicts {
            section = match conflict {
                PdcaError::DueBefore { stage, due, waits_for, waits_for_due, days } => section.answer(format!(
                    "No: {stage} is due on {due} ({}), {waits_for} on {waits_for_due} ({}), so that {stage} comes {days} days \
                     before what it follows.",
                    self.stages.due(*stage),
                    self.stages.due(*waits_for)
                )),
                other => section.answer(other),
            };
        }
        let section = match self.conflicts.as_slice() {
            [] => section.answer("Yes: no stage is due before the one that it follows."),
            _ => section.answer(
                "The documents do not resolve it: either the check ends on provisional figures, or the next quarter starts before the act.",
            ),
        };
        let off = |date: NaiveDate| self.calendar.is_workday(date) == Ok(false);
        let weekly = dates.get(&Stage::Do).map_or(&[][..], Vec::as_slice);
        let weekly_off = weekly.iter().filter(|due| off(due.date()));
        let weekly_off = weekly_off.map(|due| due.date().to_string()).collect::<Vec<_>>();
        let once = dates.iter().filter(|(_, all)| all.len() == 1);
        let once = once
            .filter(|(_, all)| all.iter().any(|due| off(due.date())))
            .map(|(stage, all)| format!("{stage} ({})", list(all.iter().map(|due| due.date().to_string()))));
        let section = section.answer(format!(
            "{} are due ({}), {} of them on a day off: {}. Due on a day off as well: {}.",
            counted(weekly.len(), "weekly report"),
            self.stages.due(Stage::Do),
            weekly_off.len(),
            list(weekly_off),
            list(once)
        ));
        let sources =
            [document("D1 section 7"), self.field("stages"), self.field("period"), self.field("calendar")];
        let table = self.stages.table(&self.period, &self.calendar)?;
        Ok(section.evidence(Evidence::new("Stages and due dates", table, &sources)))
    }

    fn work(&self) -> Answered {
        let dated = self.plan.dated(&self.calendar)?;
        let mut table = Table::new("task");
        for (row, task) in self.tasks.iter().zip(self.plan.tasks()) {
            table.push(&row.name, "from", row.period.start());
            table.push(&row.name, "to", row.period.end());
            table.push(&row.name, "workdays", Cell::new(task.workdays, "workday"));
            table.push(&row.name, "state", row.state.to_string());
            table.push(&row.name, "needs", list(row.needs.iter().map(|need| need.deliverable.clone())));
            table.push(&row.name, "makes", list(row.makes.clone()));
        }
        let fits = dated.missed().next().is_none();
        let floats = dated.tasks().iter().filter_map(|task| task.total_float().known());
        let paths = dated.critical_paths(10).into_iter().map(|path| path.join(" then "));
        let done =
            self.tasks.iter().filter(|row| row.state == TaskState::Done).map(|row| row.period.end()).max();
        let running =
            self.tasks.iter().filter(|row| row.state == TaskState::InProgress).map(|row| row.period.end());
        let off =
            self.tasks.iter().filter(|row| self.calendar.is_workday(row.period.start()) == Ok(false)).count();
        let mut section = Section::new("Do the tasks fit together?").answer(format!(
            "{}, with {} of float: {}. {off} of {} are dated from a day off and begin on the next workday.",
            if fits { "As dated they do" } else { "They do not" },
            counted(usize::try_from(floats.min().unwrap_or(0)).unwrap_or(0), "workday"),
            list(paths),
            counted(self.tasks.len(), "task")
        ));
        if let (Some(done), Some(running)) = (done, running.min()) {
            section = section.answer(format!(
                "The states have no day in the documents (together they fit one from {done} to {running}), and the roles no \
                 persons."
            ));
        }
        let stated = [document("D3 task table"), self.field("tasks"), self.field("calendar")];
        let section = section
            .evidence(Evidence::new("Tasks as stated", table, &stated))
            .evidence(Evidence::new("Earliest and latest dates", dated.table(), &stated));
        let nodes = self
            .tasks
            .iter()
            .try_fold(section, |section, row| self.by_key_node(&dated, row, section, &stated))?;
        self.by_approval(&dated, nodes, &stated)
    }

    /// What happens if a task ends only on its key node.
    fn by_key_node(
        &self,
        dated: &DatedPlan<'_>,
        row: &TaskRow,
        section: Section,
        stated: &[Source; 3],
    ) -> Answered {
        let Some(node) = row.key_node.map(|node| node.end()).filter(|node| *node > row.period.end()) else {
            return Ok(section);
        };
        let after = |day: NaiveDate| Period::day(day).and_then(|day| day.next_start());
        let longer = self.calendar.count_workdays(row.period.next_start()?, after(node)?)?;
        let longer = u32::try_from(longer)?;
        let impact = dated.what_if([(row.name.as_str(), Change::Longer(longer))])?;
        Ok(section
            .answer(format!(
                "{} end on {}, but the key node is {node}: if they take until then, {} longer, {}.",
                row.name,
                row.period.end(),
                counted(longer as usize, "workday"),
                broken(impact.broken.iter().filter(|(name, _)| *name != row.name))
            ))
            .evidence(Evidence::new(
                format!("If {} end on their key node", row.name),
                impact.table(),
                stated,
            )))
    }

    /// What happens if what needs the approval waits for the stage Plan.
    fn by_approval(&self, dated: &DatedPlan<'_>, section: Section, stated: &[Source; 3]) -> Answered {
        let dates = self.stages.due_dates(&self.period, &self.calendar)?;
        let Some(due) = dates.get(&Stage::Plan).and_then(|all| all.last()) else { return Ok(section) };
        let morning = Period::day(due.date())?.next_start()?;
        let mut changes = Vec::new();
        for row in self.tasks.iter().filter(|row| row.needs.iter().any(|need| need.deliverable == APPROVAL)) {
            let start = dated[row.name.as_str()].start().unwrap_or(row.period.start());
            let wait = u32::try_from(self.calendar.count_workdays(start, morning)?.max(0))?;
            changes.push((row, wait));
        }
        if changes.iter().all(|(_, wait)| *wait == 0) {
            return Ok(section);
        }
        let impact =
            dated.what_if(changes.iter().map(|(row, wait)| (row.name.as_str(), Change::Delay(*wait))))?;
        let late = changes.iter().filter(|(_, wait)| *wait > 0);
        let late = late.map(|(row, wait)| {
            let stated = format!("needs the {APPROVAL} and is dated from {}", row.period.start());
            format!(
                "{} {stated}, {} before the plan is due ({})",
                row.name,
                counted(*wait as usize, "workday"),
                due.date()
            )
        });
        let stages = [document("D1 section 7"), self.field("stages")];
        Ok(section
            .answer(sentence(format!("{}: if it waits for that, {}.", list(late), broken(&impact.broken))))
            .evidence(Evidence::new(
                format!("If the {APPROVAL} comes with the stage plan"),
                impact.table(),
                stated.iter().chain(&stages),
            )))
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

/// Which tasks miss their last day.
fn broken<'i>(tasks: impl IntoIterator<Item = &'i (String, NaiveDate)>) -> String {
    let missed = tasks.into_iter().map(|(name, by)| format!("{name} misses its last day {by}"));
    let missed: Vec<String> = missed.collect();
    if missed.is_empty() { "no other task misses its last day".into() } else { list(missed) }
}
