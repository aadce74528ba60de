//! A campaign in three cities of ten: nobody was assigned by chance, so that three methods answer beside one another.

use super::Refusal;
use marketloop::experiment::{DifferenceInDifferences, SyntheticControl, TimeBasedRegression};
use marketloop::figure::{Evidence, Section, Source, Table};
use marketloop::stats::{Alternative, EffectEstimate, mean};
use serde::Deserialize;

/// Weeks before the campaign.
const BEFORE: usize = 16;
const LEVEL: f64 = 0.9;

/// Sales of a city in a week, in thousands of yuan, and what the campaign cost there.
#[derive(Deserialize)]
pub(crate) struct Row {
    city: String,
    week: u32,
    sales: f64,
    campaign: f64,
}

/// A city's sales by week.
struct City<'r> {
    name: &'r str,
    sales: Vec<f64>,
    campaign: f64,
}

fn cities(rows: &[Row]) -> Vec<City<'_>> {
    let by_city = rows.chunk_by(|one, next| one.city == next.city);
    let city = |rows: &'_ [Row]| {
        let mut weeks: Vec<(u32, f64)> = rows.iter().map(|row| (row.week, row.sales)).collect();
        weeks.sort_by_key(|(week, _)| *week);
        (weeks.into_iter().map(|(_, sales)| sales).collect(), rows.iter().map(|row| row.campaign).sum())
    };
    by_city
        .filter_map(|rows| {
            let (sales, campaign) = city(rows);
            Some(City { name: &rows.first()?.city, sales, campaign })
        })
        .collect()
}

/// The sums of these cities by week.
fn together<'a>(cities: impl Iterator<Item = &'a [f64]>) -> Vec<f64> {
    let mut sum: Vec<f64> = Vec::new();
    for sales in cities {
        sum.resize(sales.len(), 0.0);
        for (sum, sales) in sum.iter_mut().zip(sales) {
            *sum += sales;
        }
    }
    sum
}

/// The mean of the weeks before the campaign.
fn level(sales: &[f64]) -> f64 {
    let before = sales.get(..BEFORE).unwrap_or(sales);
    mean(before).unwrap_or(1.0)
}

/// Sales as multiples of the level before the campaign.
fn indexed(sales: &[f64]) -> Vec<f64> {
    let level = level(sales);
    sales.iter().map(|sales| sales / level).collect()
}

pub(crate) fn section(rows: &[Row]) -> Result<Section, Refusal> {
    let source =
        Source::illustration("experiment_geo.csv", "sales and campaign by city and week, from a generator");
    let cities = cities(rows);
    let (treated, control): (Vec<&City<'_>>, Vec<&City<'_>>) =
        cities.iter().partition(|city| city.campaign > 0.0);
    let series = |cities: &[&City<'_>]| cities.iter().map(|city| city.sales.clone()).collect::<Vec<_>>();
    let (treated_sales, control_sales) = (series(&treated), series(&control));
    let cost: f64 = treated.iter().map(|city| city.campaign).sum();

    let differences = DifferenceInDifferences::of(&treated_sales, &control_sales, BEFORE)?;
    let all = together(treated_sales.iter().map(Vec::as_slice));
    let others = together(control_sales.iter().map(Vec::as_slice));
    let regression = TimeBasedRegression::of(&others, &all, BEFORE)?;
    // Cities of different sizes by their own level: a mix of the others can meet the three in the middle.
    let size = level(&all);
    let donors: Vec<Vec<f64>> = control_sales.iter().map(|sales| indexed(sales)).collect();
    let synthetic = SyntheticControl::of(&indexed(&all), &donors, BEFORE)?;
    let placebos = SyntheticControl::placebos(&donors, BEFORE)?;
    let by_synthetic = synthetic.increment_estimate(&placebos)?.times(size)?;
    let increments = [
        ("difference in differences", differences.increment()?),
        ("time-based regression", regression.cumulative().clone()),
        ("synthetic control", by_synthetic),
    ];
    let mut table = Table::new("method");
    let mut returns = Vec::new();
    for (method, increment) in &increments {
        let per = increment.per(cost)?.get()?;
        let shown = |value: f64| format!("{value:.2}");
        table.push(*method, "increment, 1,000 CNY", shown(increment.value()).as_str());
        for (effect, what) in [(increment, "increment"), (&per, "return")] {
            if let Some(range) = effect.interval(LEVEL)?.known() {
                table.push(*method, format!("{what}, 90 %"), format!("{range:.2}").as_str());
            }
        }
        let p = increment.p_value(Alternative::Larger).get()?;
        let p = if p < 0.0001 { "below 0.0001".to_string() } else { format!("{p:.4}") };
        table.push(*method, "p of no increment", p.as_str());
        returns.push(format!("{:.2} yuan by {method}", per.value()));
    }
    let p = synthetic.p_placebo(&placebos).get()?;
    let weights = synthetic.weights().clone().get()?;
    let mix: Vec<String> = control
        .iter()
        .zip(&weights)
        .filter(|(_, weight)| **weight > 0.0)
        .map(|(city, weight)| format!("{} {:.0} %", city.name, weight * 100.0))
        .collect();
    let slope: Option<EffectEstimate> = differences.slope_difference().clone().known();
    let slope =
        slope.map(|slope| slope.p_value(Alternative::TwoSided)).and_then(marketloop::figure::Figure::known);
    let alike = slope.map_or_else(String::new, |p| {
        format!("Before the campaign the two groups moved alike: p of different slopes {p:.2}.")
    });
    Ok(Section::new("What did the campaign in three cities add?")
        .answer(format!("Each yuan of the {cost:.0} thousand spent brought sales of {}.", returns.join(", ")))
        .answer(format!(
            "The synthetic control is a mix of {}; with {} placebos no p is below {:.3}, and it is {p:.3}.",
            mix.join(", "),
            placebos.len(),
            1.0 / f64::from(u32::try_from(placebos.len().saturating_add(1))?)
        ))
        .answer(alike)
        .evidence(Evidence::new(
            "Increment of all three cities together, and return on the campaign",
            table,
            [&source],
        ))
        .evidence(
            Evidence::new(
                "Difference in differences: sales per city and week, in 1,000 CNY",
                differences.table(),
                [&source],
            )
            .with_decimals(3),
        ))
}
