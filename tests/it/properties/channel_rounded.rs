//! Laws of exports whose metrics were rounded (N3): no true export is refused, what is called known is true, and
//! every range is the tightest.

use super::sweep::{Draws, runs};
use marketloop::channel::{ChannelFigure, Metric, Scorecard, ScorecardDraft};
use marketloop::figure::Figure;
use marketloop::quantity::{Currency, Money, Quantity, Rounding, Unit};
use rust_decimal::Decimal;

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

/// The metric of a true export, halves rounded up or to even; of no denominator 0, as exports show it.
fn show(truth: &Truth, metric: Metric, decimals: u32, currency: Currency, up: bool) -> Option<Shown> {
    let (top, bottom) =
        (i128::from(of(truth, metric.numerator())), i128::from(of(truth, metric.denominator())));
    if bottom == 0 {
        return (top == 0 && metric != Metric::NetReturn).then_some(Shown { metric, units: 0 });
    }
    let (times, over) = factor(metric, decimals, currency);
    let top = if metric == Metric::NetReturn { top - bottom } else { top } * times;
    let (whole, rest) = (top.div_euclid(bottom * over), top.rem_euclid(bottom * over) * 2);
    let above = rest > bottom * over || (rest == bottom * over && (up || whole % 2 != 0));
    Some(Shown { metric, units: whole + i128::from(above) })
}

fn give(draft: ScorecardDraft, shown: Shown, decimals: u32, currency: Currency) -> ScorecardDraft {
    let value = Decimal::from_i128_with_scale(shown.units, decimals);
    draft.with_metric(shown.metric, Quantity::new(value, shown.metric.unit(currency).unwrap())).unwrap()
}

fn given(draft: ScorecardDraft, figure: ChannelFigure, value: u64, currency: Currency) -> ScorecardDraft {
    let quantity = if figure.is_money() {
        Money::from_minor(value.into(), currency).unwrap().into()
    } else {
        Quantity::new(value.into(), Unit::ONE)
    };
    draft.with_figure(figure, &quantity).unwrap()
}

struct Export {
    truth: Truth,
    figures: Vec<ChannelFigure>,
    metrics: Vec<Shown>,
    decimals: u32,
    currency: Currency,
}

impl Export {
    /// Random figures of up to `most`, of which about a third is given, and about half of the metrics.
    fn random(draws: &mut Draws, most: u64) -> Self {
        let currency = if draws.below(2) == 0 { Currency::CNY } else { Currency::new("JPY").unwrap() };
        let mut truth = [0_u64; 8];
        for figure in ChannelFigure::ALL {
            let size = draws.magnitude(most);
            truth[figure as usize] = draws.below(size + 1);
        }
        for (outer, inner) in PATH.iter().zip(&PATH[1..]) {
            truth[*inner as usize] = draws.below(of(&truth, *outer) + 1);
            // Some exports convert every click.
            if draws.below(8) == 0 {
                truth[*inner as usize] = of(&truth, *outer);
            }
        }
        let decimals = u32::try_from(draws.below(3)).unwrap();
        let (figures, metrics) = (draws.below(256) & draws.below(256), draws.below(1 << 11));
        let figures = ChannelFigure::ALL.into_iter().filter(|figure| figures >> (*figure as u32) & 1 == 1);
        let figures = figures.collect();
        let up = draws.below(2) == 0;
        let metrics = Metric::ALL.into_iter().filter(|metric| metrics >> (*metric as u32) & 1 == 1);
        let metrics = metrics.filter_map(|metric| show(&truth, metric, decimals, currency, up)).collect();
        Self { truth, figures, metrics, decimals, currency }
    }

    fn draft(&self) -> ScorecardDraft {
        let mut draft = Scorecard::draft().with_metrics_rounded_to(self.decimals);
        for figure in &self.figures {
            draft = given(draft, *figure, of(&self.truth, *figure), self.currency);
        }
        for shown in &self.metrics {
            draft = give(draft, *shown, self.decimals, self.currency);
        }
        draft
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
    let mut draws = Draws::new(3);
    let (mut known, mut ranged, mut unknown) = (0_u32, 0_u32, 0_u32);
    for run in 0..runs(100_000) {
        let export = Export::random(&mut draws, 1_000_000_000_000);
        let card = export.draft().check().unwrap_or_else(|refused| {
            panic!("run {run}: {:?} {:?} {}: {refused}", export.truth, export.metrics, export.decimals)
        });
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
    let mut draws = Draws::new(14);
    let (limit, wanted) = (40, runs(1_000));
    let (mut cases, mut figures, mut wider) = (0, 0, 0);
    while cases < wanted {
        let export = Export::random(&mut draws, 20);
        let involved = export.involved();
        if export.metrics.len() < 2 || involved.len() > 6 || involved.len() - export.figures.len() > 3 {
            continue;
        }
        let card = export.draft().check().unwrap();
        let answers: Vec<_> = involved.iter().map(|figure| ends(&card, *figure, export.currency)).collect();
        // Where a figure has no highest value, or one beyond the limit, not every value can be tried.
        if answers.iter().any(|ends| ends.is_none_or(|(_, high)| high > limit.into())) {
            continue;
        }
        let single = answers.iter().all(|ends| ends.is_some_and(|(low, high)| low == high));
        if single && draws.below(4) > 0 {
            continue;
        }
        let found = export.enumerated(limit);
        for (figure, ends) in involved.iter().zip(&answers) {
            let found = found[*figure as usize].map(|(low, high)| (low.into(), high.into()));
            assert_eq!(*ends, found, "{figure}: {:?} {:?}", export.truth, export.draft());
            wider += u32::from(ends.is_some_and(|(low, high)| low < high));
            figures += 1;
        }
        cases += 1;
    }
    println!("{cases} cases, {figures} figures, {wider} with more than one value");
    assert!(wider > wanted / 2);
}
