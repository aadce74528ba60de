//! Laws of exports whose metrics were rounded (N3): no true export is refused, what is called known is true, and
//! every range is the tightest.

use super::sweep::runs;
use crate::strategies::runner;
use marketloop::channel::{ChannelFigure, Metric, Scorecard, ScorecardDraft};
use marketloop::figure::Figure;
use marketloop::laws;
use marketloop::quantity::{Currency, Money, Quantity, Rounding, Unit};
use marketloop::strategies::scorecard_drafts;
use proptest::strategy::{Strategy, ValueTree};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

/// The whole numbers of an export: counts, and minor units.
type Truth = [u64; 8];

const PATH: [ChannelFigure; 4] = [
    ChannelFigure::Impressions,
    ChannelFigure::Clicks,
    ChannelFigure::Conversions,
    ChannelFigure::NewCustomers,
];

fn of(truth: &Truth, figure: ChannelFigure) -> u64 {
    truth[figure as usize]
}

/// A metric as an export shows it: whole units of its last decimal.
#[derive(Debug, Clone, Copy)]
struct Shown {
    metric: Metric,
    units: i128,
}

/// Units of the last decimal, in the metric's own unit, per quotient in ones and minor units: (multiplier,
/// divisor), for `decimals`.
fn factor(metric: Metric, decimals: u32, currency: Currency) -> (i128, i128) {
    let power = |exponent| 10_i128.pow(exponent);
    match metric {
        Metric::ClickThroughRate | Metric::EngagementRate | Metric::ConversionRate | Metric::NetReturn => {
            (power(decimals + 2), 1)
        }
        Metric::ReturnOnAdSpend => (power(decimals), 1),
        Metric::CostPerMille => (power(decimals + 3), power(currency.digits())),
        _ => (power(decimals), power(currency.digits())),
    }
}

/// numerator * factor - units * denominator, doubled, and the denominator: within half a unit where the first
/// is at most the second in size.
fn apart(shown: Shown, top: i128, bottom: i128, decimals: u32, currency: Currency) -> (i128, i128) {
    let (times, over) = factor(shown.metric, decimals, currency);
    let top = if shown.metric == Metric::NetReturn { top - bottom } else { top };
    (2 * (top * times - shown.units * bottom * over), bottom * over)
}

/// Whether an export of these two figures can show the metric so, by any way of rounding halves.
fn agrees(shown: Shown, top: u64, bottom: u64, decimals: u32, currency: Currency) -> bool {
    if bottom == 0 {
        let least = if shown.metric == Metric::NetReturn { -10_i128.pow(decimals + 2) } else { 0 };
        return top == 0 && shown.units == least;
    }
    let (apart, unit) = apart(shown, top.into(), bottom.into(), decimals, currency);
    apart.abs() <= unit
}

struct Export {
    truth: Truth,
    figures: Vec<ChannelFigure>,
    metrics: Vec<Shown>,
    decimals: u32,
    currency: Currency,
    draft: ScorecardDraft,
}

/// The name of a figure or a metric on the wire.
fn word(of: &impl Serialize) -> String {
    serde_json::to_value(of).unwrap().as_str().unwrap().to_owned()
}

/// The number of a metric as an export shows it, in units of the last decimal.
fn shown(value: &Value, decimals: u32) -> i128 {
    // A quantity has its value beside its unit; a return stands as `1:3.2`, a net one as `220%`.
    let text = value.get("value").unwrap_or(value).as_str().unwrap();
    let mut number: Decimal = text.strip_prefix("1:").unwrap_or(text).trim_end_matches('%').parse().unwrap();
    number.rescale(decimals);
    number.mantissa()
}

impl Export {
    /// An export as its scorecard and its draft say it.
    fn of(truth: &Scorecard, draft: ScorecardDraft) -> Self {
        let json = serde_json::to_value(&draft).unwrap();
        let told = |field: &str| json.get(field);
        let decimals = told("metrics_rounded_to").and_then(Value::as_u64).unwrap();
        let decimals = u32::try_from(decimals).unwrap();
        let money = |money: Figure<Money>| u64::try_from(money.get().unwrap().minor()).unwrap();
        let counts = [
            truth.impressions(),
            truth.engagements(),
            truth.clicks(),
            truth.visitors(),
            truth.conversions(),
            truth.new_customers(),
        ];
        let counts = counts.map(|count| count.get().unwrap().value()).into_iter();
        let amounts = [money(truth.spend()), money(truth.revenue())];
        let numbers: Vec<u64> = counts.chain(amounts).collect();
        let figures = ChannelFigure::ALL.into_iter().filter(|figure| told(&word(figure)).is_some()).collect();
        let metrics = Metric::ALL
            .into_iter()
            .filter_map(|metric| Some(Shown { metric, units: shown(told(&word(&metric))?, decimals) }));
        Self {
            truth: numbers.try_into().unwrap(),
            figures,
            metrics: metrics.collect(),
            decimals,
            currency: truth.spend().get().unwrap().currency(),
            draft,
        }
    }

    fn involved(&self) -> Vec<ChannelFigure> {
        let tied = |figure: &ChannelFigure| {
            let ends =
                |shown: &Shown| [shown.metric.numerator(), shown.metric.denominator()].contains(figure);
            self.figures.contains(figure) || self.metrics.iter().any(ends)
        };
        ChannelFigure::ALL.into_iter().filter(tied).collect()
    }

    /// The lowest and the highest value of each figure over all whole numbers up to `limit` that agree.
    fn enumerated(&self, limit: u64) -> [Option<(u64, u64)>; 8] {
        let mut found = [None; 8];
        self.extend(&self.involved(), &mut [None; 8], limit, &mut found);
        found
    }

    fn extend(
        &self,
        rest: &[ChannelFigure],
        chosen: &mut [Option<u64>; 8],
        limit: u64,
        found: &mut [Option<(u64, u64)>; 8],
    ) {
        let Some((figure, rest)) = rest.split_first() else {
            for (found, chosen) in found.iter_mut().zip(chosen) {
                let Some(value) = *chosen else { continue };
                let (low, high) = found.unwrap_or((value, value));
                *found = Some((low.min(value), high.max(value)));
            }
            return;
        };
        let own = of(&self.truth, *figure);
        let values = if self.figures.contains(figure) { own..=own } else { 0..=limit };
        for value in values {
            chosen[*figure as usize] = Some(value);
            let path: Vec<u64> = PATH.iter().filter_map(|step| chosen[*step as usize]).collect();
            let ties = self.metrics.iter().all(|shown| {
                let ends =
                    [shown.metric.numerator(), shown.metric.denominator()].map(|end| chosen[end as usize]);
                let [Some(top), Some(bottom)] = ends else { return true };
                agrees(*shown, top, bottom, self.decimals, self.currency)
            });
            if ties && path.is_sorted_by(|outer, inner| outer >= inner) {
                self.extend(rest, chosen, limit, found);
            }
        }
        chosen[*figure as usize] = None;
    }
}

/// The lowest and the highest whole number of an answer.
fn ends(card: &Scorecard, figure: ChannelFigure, currency: Currency) -> Option<(u128, u128)> {
    let range = card.figure_range(figure).known()?;
    let whole = |value: &Quantity| -> u128 {
        let scale = if *value.unit() == Unit::ONE { 0 } else { currency.digits() };
        (value.value() * Decimal::from(10_u64.pow(scale))).try_into().unwrap()
    };
    let (low, high) = range.into_ends();
    Some((whole(&low), whole(&high)))
}

/// N3: an export that is true is never refused; a figure called known is the true one, a range contains it.
#[test]
fn no_true_export_is_refused_and_no_known_figure_is_false() {
    let exports = scorecard_drafts().with_rounded_metrics(0..=2);
    let mut runner = runner(100_000);
    let (mut known, mut ranged, mut unknown) = (0_u32, 0_u32, 0_u32);
    for run in 0..runs(100_000) {
        let (truth, draft) = exports.new_tree(&mut runner).unwrap().current();
        let export = Export::of(&truth, draft);
        let card = export.draft.clone().check().unwrap_or_else(|refused| {
            panic!("run {run}: {:?} {:?} {}: {refused}", export.truth, export.metrics, export.decimals)
        });
        laws::told_figures_are_true(&truth, |figure| card.figure(figure).known())
            .unwrap_or_else(|broken| panic!("run {run}: {broken}"));
        for figure in ChannelFigure::ALL {
            let truth = u128::from(of(&export.truth, figure));
            match (card.figure(figure), ends(&card, figure, export.currency)) {
                (Figure::Known(_), Some((value, high))) => {
                    assert_eq!((value, high), (truth, truth), "run {run}: {figure}");
                    known += u32::from(!export.figures.contains(&figure));
                }
                (_, Some((low, high))) => {
                    assert!(
                        low < high && (low..=high).contains(&truth),
                        "run {run}: {figure} {low} to {high}"
                    );
                    ranged += 1;
                }
                _ => unknown += 1,
            }
        }
        for metric in Metric::ALL {
            let (top, bottom) =
                (of(&export.truth, metric.numerator()), of(&export.truth, metric.denominator()));
            let Ok(range) = card.metric_range(metric) else { continue };
            let scale = |figure: ChannelFigure, whole| {
                Decimal::from_i128_with_scale(
                    whole,
                    if figure.is_money() { export.currency.digits() } else { 0 },
                )
            };
            if bottom > 0 {
                let top = i128::from(top) - if metric == Metric::NetReturn { bottom.into() } else { 0 };
                let (top, bottom) =
                    (scale(metric.numerator(), top), scale(metric.denominator(), bottom.into()));
                let exact = marketloop::quantity::Ratio::new(top, bottom).unwrap();
                assert!(range.contains(&exact), "run {run}: {metric} {exact} outside {range}");
                let _ = card.show(metric, (export.decimals, Rounding::HalfEven));
            }
        }
    }
    println!("known beyond the given {known}, ranges {ranged}, unknown {unknown}");
    assert!(known > 1_000 && ranged > 1_000);
}

/// N3: ranges are the tightest, found by trying every value of every figure.
#[test]
fn ranges_are_the_tightest_that_enumeration_finds() {
    let exports = scorecard_drafts().with_rounded_metrics(0..=2).with_figures_up_to(20);
    let mut runner = runner(100_000);
    let (limit, wanted) = (40, runs(1_000));
    let (mut cases, mut figures, mut wider, mut singles) = (0, 0, 0, 0);
    while cases < wanted {
        let (truth, draft) = exports.new_tree(&mut runner).unwrap().current();
        let export = Export::of(&truth, draft);
        let involved = export.involved();
        if export.metrics.len() < 2 || involved.len() > 6 || involved.len() - export.figures.len() > 3 {
            continue;
        }
        let card = export.draft.clone().check().unwrap();
        let answers: Vec<_> = involved.iter().map(|figure| ends(&card, *figure, export.currency)).collect();
        // Where a figure has no highest value, or one beyond the limit, not every value can be tried.
        if answers.iter().any(|ends| ends.is_none_or(|(_, high)| high > limit.into())) {
            continue;
        }
        let single = answers.iter().all(|ends| ends.is_some_and(|(low, high)| low == high));
        singles += u32::from(single);
        // Of four cases without a range one is looked at.
        if single && singles % 4 > 0 {
            continue;
        }
        let found = export.enumerated(limit);
        for (figure, ends) in involved.iter().zip(&answers) {
            let found = found[*figure as usize].map(|(low, high)| (low.into(), high.into()));
            assert_eq!(*ends, found, "{figure}: {:?} {:?}", export.truth, export.draft);
            wider += u32::from(ends.is_some_and(|(low, high)| low < high));
            figures += 1;
        }
        cases += 1;
    }
    println!("{cases} cases, {figures} figures, {wider} with more than one value");
    assert!(wider > wanted / 2);
}
