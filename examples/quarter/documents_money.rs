//! The documents' money beside what it is expected to bring.

use super::report::{Answered, DECIMALS, Open, aim, document, list, people, percent, sentence};
use super::{Channel, Quarter, Refusal, Resource};
use marketloop::budget::Budget;
use marketloop::channel::{Metric, Scorecard};
use marketloop::figure::{Cell, Evidence, Section, Table};
use marketloop::quantity::{Money, Quantity, Ratio, Return, Revenue, Rounding, Unit};
use marketloop::target::ActualValue;

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

impl Quarter {
    pub(super) fn expected(&self, open: &mut Open) -> Answered {
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
                sentences.extend(self.cost((own, expected), &mut table, budget, open)?);
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
        let goal = [document("D3 section 2"), self.field("goal")];
        let d1 = [document("D1 section 3.3"), self.field("channels")];
        let mut section = Section::new("Do the expected results pay for themselves within the targets?")
            .answers(sentences)
            .evidence(
                Evidence::new(
                    "Resources and what they are expected to bring",
                    table,
                    resources.iter().chain(&files),
                )
                .column(
                    "over the target",
                    resources
                        .iter()
                        .chain(&files)
                        .chain([&document("D3 section 2"), &self.field("goal.key_results")]),
                ),
            );
        let returns = self.needed_return(budget, &mut section, open)?;
        let sources = || resources.iter().chain(&files).chain(&goal);
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
        (own, expected): (&Resource, &Quantity),
        table: &mut Table,
        budget: &Budget,
        open: &mut Open,
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
        if !attained.is_met() {
            let at_stake = over.times(expected)?;
            open.add(
                format!("{}: what one {thing} costs beside the key result", own.name),
                [Cell::from(&cost), Cell::new(most, target.unit().to_string()), Cell::from(&over)],
                Some(Money::try_from(&at_stake)?),
                &self.sources(
                    &["D3 template 1", "D3 section 2"],
                    &["budgets", "resources", "goal.key_results"],
                ),
            );
        }
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
    fn needed_return(
        &self,
        budget: &Budget,
        section: &mut Section,
        open: &mut Open,
    ) -> Result<Table, Refusal> {
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
        if !missing.is_negative() && !missing.is_zero() {
            let cell = |value: Ratio| Ok::<_, Refusal>(Cell::new(value.round(DECIMALS)?, currency.clone()));
            open.add(
                format!("{}: the return that the goal needs beside that of D1", budget.name()),
                [cell(needed)?, cell(all)?, cell(needed.minus(all)?)?],
                Some(missing),
                &self.sources(
                    &["D3 template 1", "D3 section 2", "D1 section 3.3"],
                    &["budgets", "goal", "channels"],
                ),
            );
        }
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

    pub(super) fn channels(&self) -> Answered {
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
            .answer("The documents state no period for this table: it says which channel brings more for its money, and not how long that took.");
        let sources = [document("D1 section 3.3"), self.field("channels")];
        let key = self.field("goal.key_results");
        Ok(section.evidence(
            Evidence::new("Channels, totals as sums over sums", table, &sources)
                .column(new, sources.iter().chain([&key])),
        ))
    }
}
