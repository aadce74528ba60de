//! Two years of channels by month: one formula for all of them, what moved the year, by channel and lever, and since when.

use super::Refusal;
use marketloop::decompose::{Contribution, Contributions, Drivers, Effect};
use marketloop::figure::{Cell, Evidence, Section, Source, Table};
use marketloop::kpi::{
    ExplainOptions, KpiError, KpiTree, Panel, PanelChain, PanelEvaluation, PanelExplanation, PanelRow,
};
use marketloop::quantity::{Currency, Money, Ratio, Rounding, Share};
use marketloop::time::Period;

/// One formula for all channels, whichever the rows name.
const TREE: &str = "
    annual   [CNY] = rolling_sum(sales, 12)
    sales    [CNY] = sum[channel](visits * cvr * aov)
    growth   [%]   = growth(sales, year)
    so_far   [CNY] = to_date(sales, year)
    share    [%]   = share[channel](visits * cvr * aov)
    returned       = sales / sum[channel](spend)
    visits [visit], cvr [order/visit], aov [CNY/order], spend [CNY]";

const FORMULA: &str = "One formula holds for all channels: sales = sum[channel](visits * cvr * aov).";
const NO_GAPS: &str = "Between the first and the last month of each channel no row and no value is missing.";
const SAME_MONTH: &str = "Each month is compared with the same month of the year before. A channel that was not there then is new with all that it has, one that is not there now is lost with all that it had.";
const LEVERS: &str = "Levers are visits, the conversion rate (cvr) and the value of an order (aov); the parts add up to the cent.";
const TWO_WAYS: &str = "The column of a month is what the twelve months up to it bring more than the twelve up to the month before: for a channel the month against that of the year before. `direct` compares the months of two years: read it for how much. `chained` adds up the columns: read it with them for since when; a channel is new there with its first month alone, in every column whose twelve months take that in, and grows from then on.";
const NOT_THERE: &str =
    "Shares are of the channels that are there; one without a row has none, and is not 0.";
const NEXT_YUAN: &str =
    "These are average returns. What the next yuan brings is known only from a response curve.";
const COMPANY: &str = "The company by month";
const MEMBERS: &str = "Change of the year by channel";
const LEAVES: &str = "Change of the year by lever";
const PARTS: &str = "Change of the year by channel and lever";
const MEMBERS_SINCE: &str = "Channels by month";
const LEAVES_SINCE: &str = "Levers by month";
const SHARES: &str = "Shares of sales by month";
const RETURNS: &str = "Own returns of the channels, and the mix of the money";
const COLUMNS: [(&str, &str, &str); 4] = [
    ("sales", "sales", "CNY"),
    ("growth", "growth on the year before", "%"),
    ("so_far", "year to date", "CNY"),
    ("returned", "return on ad spend (revenue)", "CNY/CNY"),
];
const CENTS: (u32, Rounding) = (2, Rounding::HalfEven);

/// What the rows say, and the change of the last twelve months.
struct Months<'m> {
    tree: &'m KpiTree,
    panel: &'m Panel,
    values: PanelEvaluation<'m>,
    why: PanelChain,
    before: Period,
    after: Period,
    source: Source,
}

/// The sections on the rows of a table: period, channel, visits, cvr, aov, spend.
pub(crate) fn sections(table: &str) -> Result<Vec<Section>, Refusal> {
    let rows = csv::Reader::from_reader(table.as_bytes())
        .into_deserialize()
        .collect::<Result<Vec<PanelRow>, _>>()?;
    let tree = &KpiTree::parse(TREE)?;
    let panel = &Panel::new(tree, ["channel"], rows)?;
    let last = panel.periods().iter().rev();
    let (after, before) =
        last.clone().next().zip(last.clone().nth(12)).ok_or("a year before needs 24 months")?;

    let values = tree.evaluate_panel(panel)?;
    let to_the_cent = ExplainOptions::default().with_scale(2);
    let why = tree.explain_panel_chain_with(panel, *before, *after, &to_the_cent)?;

    let content = "visits, conversion rate, value of an order and spend by channel and month";
    let source = Source::illustration("kpi_tree.csv", content);
    let months = Months { tree, panel, values, why, before: *before, after: *after, source };
    Ok(vec![months.company()?, months.moved()?, months.since()?, months.shares()?, months.returns()?])
}

impl Months<'_> {
    fn company(&self) -> Result<Section, Refusal> {
        let mut table = Table::new("month");
        for (node, column, unit) in COLUMNS {
            for (month, value) in self.values.series(node, [])? {
                table.push(month, column, Cell::from(value).with_unit(unit));
            }
        }
        let (now, then) = (self.annual(self.after)?, self.annual(self.before)?);
        let more = now.minus(then)?;
        let growth = Ratio::new(more.amount(), then.amount())?.to_percent();
        let answer = format!(
            "The twelve months up to {} bring {now}, {more:+} on the twelve before: a change of {growth}.",
            self.after
        );
        let above = self.why.by_period().iter().filter(|month| month.value.is_sign_positive()).count();
        let of = self.why.steps().len();
        let above = format!("{above} of the {of} months are above the same month of the year before.");
        let evidence = Evidence::new(COMPANY, table, [&self.source]).with_decimals(2);
        let section =
            Section::new("How do sales stand against the year before?").answers([FORMULA, &answer, &above]);
        Ok(section.answers(self.came_and_went()?).answers(self.gaps()).evidence(evidence))
    }

    fn moved(&self) -> Result<Section, Refusal> {
        let direct = self.why.direct();
        let (members, leaves, parts) = (direct.by_member()?, direct.by_leaf()?, direct.over_periods()?);
        let most = Share::percent(80)?;
        let section = Section::new("What moved the year, by channel and by lever?")
            .answer(format!("By channel: {}.", carried(&members.drivers(most)?)?))
            .answer(format!("By lever: {}.", carried(&leaves.drivers(most)?)?))
            .answer(format!("By lever of a channel: {}.", carried(&parts.parts().drivers(most)?)?))
            .answers([SAME_MONTH, LEVERS]);
        let tables = [(MEMBERS, members.table()), (LEAVES, leaves.table()), (PARTS, parts.table())];
        let evidence = tables.into_iter().map(|(title, table)| Evidence::new(title, table, [&self.source]));
        Ok(evidence.fold(section, Section::evidence))
    }

    fn since(&self) -> Result<Section, Refusal> {
        let mut months = self.why.by_period().by_size();
        let ends = months.next().zip(months.last()).ok_or("no months")?;
        let told = |part: &Contribution<Period>| {
            Ok::<_, Refusal>(format!("{:+} in {}", Money::try_from(&part.quantity())?, part.key))
        };
        let channels = self.turns(PanelExplanation::by_member)?;
        let levers = self.turns(PanelExplanation::by_leaf)?;
        let section = Section::new("Since when?")
            .answer(format!("The year moved most by {} and least by {}.", told(ends.0)?, told(ends.1)?))
            .answer(format!("Channels: {channels}."))
            .answer(format!("Levers: {levers}."))
            .answer(TWO_WAYS);
        let channels = Evidence::new(MEMBERS_SINCE, self.why.members_over_time()?, [&self.source]);
        let levers = Evidence::new(LEAVES_SINCE, self.why.leaves_over_time()?, [&self.source]);
        Ok(section.evidence(channels.with_decimals(0)).evidence(levers.with_decimals(0)))
    }

    fn shares(&self) -> Result<Section, Refusal> {
        let mut table = Table::new("month");
        let mut told = Vec::new();
        for channel in self.channels() {
            let of = |month| self.values.value("share", month, [("channel", channel)]);
            for (month, share) in self.values.series("share", [("channel", channel)])?.skip(12) {
                table.push(month, channel.to_string(), Cell::from(share).with_unit("%"));
            }
            let told_at = |month| {
                Ok::<_, KpiError>(of(month)?.known().map_or("none".into(), |share| format!("{share:.1} %")))
            };
            told.push(format!("{channel} {} ({})", told_at(self.after)?, told_at(self.before)?));
        }
        let answer = format!("In {} (and in {}): {}.", self.after, self.before, told.join(", "));
        let evidence = Evidence::new(SHARES, table, [&self.source]).with_decimals(1);
        Ok(Section::new("Which share of sales has each channel?")
            .answers([&answer, NOT_THERE])
            .evidence(evidence))
    }

    fn returns(&self) -> Result<Section, Refusal> {
        let why =
            self.tree.explain_panel_mix(self.panel, "returned", "channel", self.before, self.after, CENTS)?;
        let of = |month| Ok::<_, Refusal>(self.values.value("returned", month, [])?.get()?);
        let answer = format!(
            "The return on ad spend is 1:{:.2} in {} and was 1:{:.2} in {}.",
            of(self.after)?,
            self.after,
            of(self.before)?,
            self.before
        );
        let (own, mix) = (why.of_effect(Effect::Rate)?, why.of_effect(Effect::Mix)?);
        let parts = format!(
            "Of the change of {:+} the channels' own returns bring {own:+}, the mix of the money {mix:+}.",
            why.total()
        );
        let section = Section::new("Does the money bring more than a year before?")
            .answers([&answer, &parts, NEXT_YUAN]);
        Ok(section.evidence(Evidence::new(RETURNS, why.table(), [&self.source])))
    }

    /// Of each part of a pivot the month from which on it has had one sign.
    fn turns(
        &self,
        pivot: impl Fn(&PanelExplanation) -> Result<Contributions<String>, KpiError>,
    ) -> Result<String, Refusal> {
        let steps = self.why.steps().iter().map(|(month, step)| Ok((*month, pivot(step)?)));
        let steps = steps.collect::<Result<Vec<_>, KpiError>>()?;
        let all = pivot(self.why.direct())?;
        let told = all.by_size().filter_map(|part| {
            let months =
                || steps.iter().rev().filter_map(|(month, step)| Some((month, step.get(&part.key)?)));
            let is_less = months().next()?.1.is_sign_negative();
            let since = months().take_while(|month| month.1.is_sign_negative() == is_less).last()?.0;
            let since = if steps.first()?.0 == *since { "all year".into() } else { format!("since {since}") };
            Some(format!("{} {} {since}", part.key, if is_less { "less" } else { "more" }))
        });
        Ok(told.collect::<Vec<_>>().join(", "))
    }

    /// A sentence on each channel that is not there from the first month to the last.
    fn came_and_went(&self) -> Result<Vec<String>, Refusal> {
        let mut told = Vec::new();
        for channel in self.channels() {
            let months = self.values.series("share", [("channel", channel)])?;
            let there: Vec<Period> = months.filter(|month| month.1.is_known()).map(|month| month.0).collect();
            let Some(ends) = there.first().zip(there.last()) else { continue };
            if self.panel.periods().first().zip(self.panel.periods().last()) != Some(ends) {
                told.push(format!("{channel} has rows from {} to {} alone: the company's sales are those of the channels that are there.", ends.0, ends.1));
            }
        }
        Ok(told)
    }

    /// What the rows lack.
    fn gaps(&self) -> Vec<String> {
        let gaps: Vec<String> = self.panel.gaps().map(|gap| format!("{gap}.")).collect();
        if gaps.is_empty() { vec![NO_GAPS.into()] } else { gaps }
    }

    fn channels(&self) -> impl Iterator<Item = &str> {
        self.panel.members("channel").unwrap_or_default().iter().map(String::as_str)
    }

    /// The sales of the twelve months up to this one.
    fn annual(&self, month: Period) -> Result<Money, Refusal> {
        let amount = self.values.value("annual", month, [])?.rounded(CENTS).get()?;
        Ok(Money::new(amount, Currency::CNY)?)
    }
}

/// `SEM 600.00 CNY, live 300.00 CNY carry 102% of it; against it stand mail -20.00 CNY`.
fn carried(drivers: &Drivers<String>) -> Result<String, Refusal> {
    let list = |parts: &[Contribution<String>]| {
        let part =
            |own: &Contribution<String>| Ok(format!("{} {}", own.key, Money::try_from(&own.quantity())?));
        Ok::<_, Refusal>(parts.iter().map(part).collect::<Result<Vec<_>, Refusal>>()?.join(", "))
    };
    let carried = format!("{} carry {} of it", list(&drivers.drivers)?, drivers.share.to_percent());
    let against = list(&drivers.against)?;
    Ok(if against.is_empty() { carried } else { format!("{carried}; against it stand {against}") })
}
