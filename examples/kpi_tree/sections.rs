//! The questions to the tree of the campaign, each with its answer and evidence.

use super::{Answer, Refusal, Study};
use marketloop::decompose::Contribution;
use marketloop::figure::{Cell, Evidence, Section, Source};
use marketloop::kpi::{Branch, Branches, Evaluation, ExplainOptions, LeafGoal};
use marketloop::quantity::{Money, Rounding, Unit};
use marketloop::target::{Bands, SampleVerdict, Target, Threshold};
use rust_decimal::dec;

const DIGITS: &str = "a rate of more than 28 digits";
const METHOD: &str =
    "Products are divided by the logarithmic mean, sums by their weights; the parts add up to the cent.";
const AVERAGE: &str =
    "These are average returns; the marginal return of more money is known only from a response curve.";
const NO_COST: &str = "What one per cent costs at each lever is not known here: an elasticity is no return.";
const TEST_FIRST: &str = "Where the sample does not tell, a test with more clicks comes before a decision.";
const EACH: &str = "Contributions of the leaves, and of each node with what stands below it";
const SAMPLES: &str = "Orders of clicks: rate and its interval at 95 % (Wilson)";
const ALONE: &str = "Each leaf alone, all others as they are";
const BRANCHES: &str = "Which branch brings what, and at what cost?";
const CHANGES: &str = "Values under each change";
/// The root of the tree.
const ROOT: &str = "sales";

/// The sales of an evaluation.
fn sales(values: &Evaluation<'_>) -> Result<Money, Refusal> {
    Ok(Money::try_from(&values.quantity(ROOT, (2, Rounding::HalfEven))?)?)
}

impl Study<'_> {
    pub(super) fn attainment(&self) -> Answer {
        let (plan, actual) = (sales(&self.planned)?, sales(&self.reached)?);
        let lights = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
        let table = self.reached.beside_plan(&self.planned, &lights);
        let below = |cell: &(_, &str, &Cell)| cell.1 == "light" && cell.2.value.as_deref() != Some("green");
        let below = table.cells().filter(below).map(|cell| cell.0).collect::<Vec<_>>().join(", ");
        let part = self.reached.attainment(&self.planned, self.tree.root()).get()?.to_percent();
        let answer = format!("Sales are {actual}, {part} of the {plan} planned: {:+}.", actual.minus(plan)?);
        let owners = format!("Below the plan are {below}: their owners answer for it.");
        let evidence = Evidence::new("Plan and actual; yellow from 80 % of the plan on", table, self.all);
        let tree = Source::new("kpi_tree.json: tree", "how sales come about, and who owns what");
        let evidence =
            evidence.column("plan", [self.all[0]]).column("actual", self.actual).column("owner", [&tree]);
        Ok(Section::new("Did sales reach the plan?").answers([answer, owners]).evidence(evidence))
    }

    pub(super) fn causes(&self) -> Answer {
        let options = ExplainOptions::default().with_scale(2);
        let why = self.tree.explain_with(&self.file.plan, &self.file.actual, &options)?;
        let part = |own: &Contribution<_>| Ok(format!("{} {}", own.key, Money::try_from(&own.quantity())?));
        let largest = why.by_size().take(3).map(part).collect::<Result<Vec<_>, Refusal>>()?.join(", ");
        let section = Section::new("What moved sales from the plan, and by which method?");
        let section = section.answer(format!("The largest contributions are {largest}.")).answer(METHOD);
        Ok(section.evidence(Evidence::new(EACH, why.table(), self.all).with_decimals(2)))
    }

    pub(super) fn branches(&self) -> Answer {
        let of = |(name, _): &(String, String)| {
            let branch = Branch::new(name).with_revenue(&self.reached, &format!("{name}_sales"))?;
            let branch = branch.with_orders(&self.spent, &format!("{name}_orders"))?;
            branch.with_spend(&self.spent, &format!("{name}_spend"))
        };
        let branches = Branches::new(self.file.advice.iter().map(of).collect::<Result<Vec<_>, _>>()?)?;
        let mut table = branches.table();
        for (name, advice) in &self.file.advice {
            table.push(name, "advice of the documents", advice.as_str());
        }
        let told = |own: &Branch| format!("{} {:.2}", own.name, own.return_on_ad_spend());
        let order: Vec<String> = branches.by_return().chain([branches.total()]).map(told).collect();
        let order = format!("The return on ad spend (revenue) is: {}.", order.join(", "));
        let evidence = Evidence::new("Revenue, orders and spend by branch", table, self.actual);
        let section = Section::new(BRANCHES).answer(order).answer(AVERAGE);
        Ok(section.evidence(evidence.with_decimals(2)))
    }

    pub(super) fn samples(&self) -> Answer {
        let of = |(name, _): &(String, String)| {
            let rate = self.planned.rounded(&format!("{name}_cvr"), (6, Rounding::HalfEven))?;
            let orders = self.spent.count(&format!("{name}_orders"))?;
            let clicks = self.reached.count(&format!("{name}_clicks"))?;
            let target = Target::at_least(rate.checked_mul(dec!(100)).ok_or(DIGITS)?, Unit::PERCENT);
            Ok::<_, Refusal>((name.clone(), target.judged_by_sample(orders, clicks, 0.95)?))
        };
        let verdicts = self.file.advice.iter().map(of).collect::<Result<Vec<_>, _>>()?;
        let table = SampleVerdict::table(verdicts.iter().map(|(name, own)| (name, own)));
        let evidence = Evidence::new(SAMPLES, table, self.actual);
        let section = Section::new("Are the conversion rates below the plan by more than chance?");
        let section = section.answers(verdicts.iter().map(|(name, own)| format!("{name}: {own}.")));
        Ok(section.answer(TEST_FIRST).evidence(evidence.column("verdict", self.all)))
    }

    pub(super) fn levers(&self) -> Answer {
        let moves = self.tree.sensitivities(&self.file.actual)?;
        let order = moves.by_elasticity();
        let (_, most) = order.first().ok_or("the tree has no leaf")?;
        let same = order.iter().filter(|own| most.abs() - own.1.abs() < 1e-9);
        let names = same.filter_map(|own| Some(self.tree.node(own.0)?.id())).collect::<Vec<_>>().join(" or ");
        let answer = format!("One per cent more of {names} moves sales most of all leaves: by {most:.2} %.");
        let evidence = Evidence::new("Gradient and elasticity by node", moves.table(), self.actual);
        let section = Section::new("Which lever moves sales most?").answer(answer).answer(NO_COST);
        Ok(section.evidence(evidence.with_decimals(2)))
    }

    pub(super) fn what_if(&self) -> Answer {
        let compared = self.tree.compare(&self.file.actual, &self.file.what_if)?;
        let now = sales(&self.reached)?;
        let by = |own: (&str, &_)| Ok(format!("If {}: {:+}.", own.0, sales(own.1)?.minus(now)?));
        let changes = compared.scenarios().map(by).collect::<Result<Vec<_>, Refusal>>()?;
        let set = Source::illustration("kpi_tree.json: what_if", "leaves that are set otherwise");
        let evidence = Evidence::new(CHANGES, compared.table(), [&set, self.all[1], self.all[2]]);
        let section = Section::new("By how much would sales change if one thing were otherwise?");
        Ok(section.answers(changes).evidence(evidence.column("base", self.actual)))
    }

    pub(super) fn needed(&self) -> Answer {
        let goals = self.tree.goal_seek_each(&self.file.actual, self.planned.known(ROOT)?.to_f64())?;
        let least = goals.first().ok_or("the tree has no leaf")?;
        let (leaf, by) = (&least.leaf, least.change.clone().get()? * 100.0);
        let short = sales(&self.planned)?.minus(sales(&self.reached)?)?;
        let answer =
            format!("{short:+} to just the plan; the smallest change for it is {by:+.2} % of {leaf}.");
        let evidence = Evidence::new(ALONE, LeafGoal::table(&goals), self.all);
        let section = Section::new("How far are sales from just the plan, leaf by leaf?");
        Ok(section.answer(answer).evidence(evidence.column("actual", self.actual)))
    }
}
