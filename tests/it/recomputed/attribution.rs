//! The report of the example `attribution`, worked out again: journeys from the rows of the file by their rules, every
//! model by its definition, the chain by plain elimination.

use super::{Checked, Fraction, every_figure_has_its_unit_and_source, every_question_is_answered};
use crate::example;
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 1_440;

/// A journey: its touches with their minutes before the end, and the cents of its conversion.
struct Journey {
    path: Vec<usize>,
    before: Vec<i64>,
    cents: Option<i64>,
}

/// What the file says, and what became of its touches.
#[derive(Default)]
struct File {
    names: Vec<String>,
    costs: BTreeMap<usize, i64>,
    journeys: Vec<Journey>,
    days: BTreeSet<i64>,
    users: usize,
    touches: usize,
    direct: usize,
    in_session: usize,
    before_lookback: usize,
    transformed: usize,
}

fn cents(text: &str) -> i64 {
    let (yuan, cents) = text.split_once('.').unwrap_or((text, "0"));
    yuan.parse::<i64>().unwrap() * 100 + format!("{cents:0<2}").parse::<i64>().unwrap()
}

fn read(text: &str) -> File {
    let mut file = File::default();
    // Of a user: minute, touches before conversions, the channel's name, channel or cents.
    let mut users: BTreeMap<u64, Vec<(i64, bool, String, i64)>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let row: Vec<&str> = line.split(',').collect();
        let (user, minute) = (row[1].parse().unwrap(), row[2].parse().unwrap());
        file.days.insert(minute / DAY);
        let is_touch = row[0] == "touch";
        let number = if is_touch {
            let known = file.names.iter().position(|name| name == row[3]);
            let channel = known.unwrap_or_else(|| {
                file.names.push(row[3].into());
                file.names.len() - 1
            });
            file.touches += 1;
            file.direct += usize::from(row[3] == "Direct");
            if !row[4].is_empty() {
                *file.costs.entry(channel).or_default() += cents(row[4]);
            }
            i64::try_from(channel).unwrap()
        } else {
            cents(row[4])
        };
        users.entry(user).or_default().push((minute, !is_touch, row[3].into(), number));
    }
    file.users = users.len();
    for mut rows in users.into_values() {
        rows.sort();
        let mut open: Vec<(i64, usize)> = Vec::new();
        for (minute, converts, _, number) in rows {
            if converts {
                file.close(std::mem::take(&mut open), minute, Some(number));
            } else {
                open.push((minute, usize::try_from(number).unwrap()));
            }
        }
        if let Some((last, _)) = open.last().copied() {
            file.close(open, last, None);
        }
    }
    file
}

impl File {
    fn close(&mut self, touches: Vec<(i64, usize)>, end: i64, cents: Option<i64>) {
        // Sessions: a pause of more than 30 minutes ends one; of each channel its last touch stays.
        let mut session = 0;
        let mut numbered = Vec::new();
        for (place, (minute, channel)) in touches.iter().enumerate() {
            session += usize::from(place > 0 && minute - touches[place - 1].0 > 30);
            numbered.push((session, *minute, *channel));
        }
        let later = |place: usize| {
            let (session, _, channel) = numbered[place];
            numbered[place + 1..].iter().any(|own| (own.0, own.2) == (session, channel))
        };
        let kept: Vec<(i64, usize)> =
            (0..numbered.len()).filter(|place| !later(*place)).map(|place| touches[place]).collect();
        self.in_session += touches.len() - kept.len();
        let recent: Vec<_> = kept.iter().copied().filter(|own| end - own.0 <= 30 * DAY).collect();
        self.before_lookback += kept.len() - recent.len();
        let direct = self.names.iter().position(|name| name == "Direct");
        let mut path: Vec<_> = recent.iter().copied().filter(|own| Some(own.1) != direct).collect();
        if path.is_empty() {
            path.clone_from(&recent);
        }
        let mut collapsed: Vec<(i64, usize)> = Vec::new();
        for own in path {
            if collapsed.last().is_some_and(|last| last.1 == own.1) {
                collapsed.pop();
            }
            collapsed.push(own);
        }
        self.transformed += recent.len() - collapsed.len();
        assert!(!collapsed.is_empty());
        let before = collapsed.iter().map(|own| end - own.0).collect();
        let path = collapsed.into_iter().map(|own| own.1).collect();
        self.journeys.push(Journey { path, before, cents });
    }

    fn converted(&self) -> impl Iterator<Item = (&Journey, i64)> {
        self.journeys.iter().filter_map(|own| Some((own, own.cents?)))
    }

    fn whole(&self) -> Vec<Fraction> {
        vec![Fraction::whole(0); self.names.len()]
    }

    /// Conversions and cents of each channel, by the shares of the touches of a journey.
    fn credit(&self, shares: impl Fn(&Journey) -> Vec<Fraction>) -> [Vec<Fraction>; 2] {
        let [mut conversions, mut values] = [self.whole(), self.whole()];
        for (journey, cents) in self.converted() {
            for (touch, share) in journey.path.iter().zip(shares(journey)) {
                conversions[*touch] = conversions[*touch].plus(share);
                values[*touch] = values[*touch].plus(share.times(Fraction::whole(cents.into())));
            }
        }
        [conversions, values]
    }

    /// Journeys that took exactly this path: those that converted, and all.
    fn taken(&self, path: &[usize]) -> Fraction {
        let all: Vec<_> = self.journeys.iter().filter(|own| own.path == path).collect();
        let converted = all.iter().filter(|own| own.cents.is_some()).count();
        Fraction::new(i128::try_from(converted).unwrap(), i128::try_from(all.len().max(1)).unwrap())
    }

    fn leave_one_out(&self, journey: &Journey) -> Vec<Fraction> {
        let own = self.taken(&journey.path);
        let mut weights: Vec<Fraction> = (0..journey.path.len())
            .map(|touch| {
                let mut without = journey.path.clone();
                without.remove(touch);
                let loss = own.minus(self.taken(&without));
                if loss.n > 0 { loss } else { Fraction::whole(0) }
            })
            .collect();
        let sum = Fraction::sum(weights.iter().copied());
        if sum.n == 0 {
            *weights.last_mut().unwrap() = Fraction::whole(1);
            return weights;
        }
        weights.into_iter().map(|weight| weight.over(sum)).collect()
    }

    fn time_decay(&self) -> Vec<f64> {
        let mut credits = vec![0.0; self.names.len()];
        for (journey, _) in self.converted() {
            let weight = |before: &i64| 0.5_f64.powf(float(*before) / float(7 * DAY));
            let sum: f64 = journey.before.iter().map(weight).sum();
            for (touch, before) in journey.path.iter().zip(&journey.before) {
                credits[*touch] += weight(before) / sum;
            }
        }
        credits
    }

    /// The solution of `x = fixed + P x` over the channels, with row 0 the start, where the rows of `gone` are 0.
    fn solved(&self, fixed: &[f64], gone: &[usize]) -> f64 {
        let size = self.names.len() + 1;
        let mut rows = vec![vec![0.0; size + 1]; size];
        for journey in &self.journeys {
            let states: Vec<usize> =
                std::iter::once(0).chain(journey.path.iter().map(|own| own + 1)).collect();
            states.windows(2).for_each(|pair| rows[pair[0]][pair[1]] -= 1.0);
        }
        for (state, row) in rows.iter_mut().enumerate() {
            let visits = if state == 0 { float(self.journeys.len()) } else { self.visits(state - 1) };
            let is_gone = gone.contains(&state);
            row.iter_mut().for_each(|cell| *cell = if is_gone { 0.0 } else { *cell / visits.max(1.0) });
            row[state] += 1.0;
            row[size] = fixed[state];
        }
        for pivot in 0..size {
            let own = rows[pivot].clone();
            for (place, row) in rows.iter_mut().enumerate().filter(|(place, _)| *place != pivot) {
                assert!(place < size && own[pivot].abs() > 1e-12);
                let factor = row[pivot] / own[pivot];
                row.iter_mut().zip(&own).for_each(|(cell, other)| *cell -= factor * other);
            }
        }
        rows[0][size] / rows[0][0]
    }

    fn visits(&self, channel: usize) -> f64 {
        float(self.journeys.iter().flat_map(|own| &own.path).filter(|own| **own == channel).count())
    }

    /// For each channel: reached by, removal effect on conversions, on value, and both credits.
    fn removal(&self) -> Vec<[f64; 5]> {
        let size = self.names.len() + 1;
        let ends = |worth: &dyn Fn(&Journey) -> f64, gone: usize| {
            let mut fixed = vec![0.0; size];
            for journey in &self.journeys {
                let last = journey.path.last().unwrap();
                fixed[last + 1] += worth(journey) / self.visits(*last);
            }
            if gone > 0 {
                fixed[gone] = 0.0;
            }
            self.solved(&fixed, &[gone].map(|own| if own == 0 { usize::MAX } else { own }))
        };
        let counts = |own: &Journey| float(usize::from(own.cents.is_some()));
        let values = |own: &Journey| float(own.cents.unwrap_or(0));
        let effect = |worth: &dyn Fn(&Journey) -> f64, state| 1.0 - ends(worth, state) / ends(worth, 0);
        let mut all: Vec<[f64; 5]> = (1..size)
            .map(|state| {
                let mut reached = vec![0.0; size];
                reached[state] = 1.0;
                [self.solved(&reached, &[state]), effect(&counts, state), effect(&values, state), 0.0, 0.0]
            })
            .collect();
        for (from, to, total) in [(1, 3, float(self.converted().count())), (2, 4, float(self.revenue()))] {
            let sum: f64 = all.iter().map(|own| own[from]).sum();
            all.iter_mut().for_each(|own| own[to] = own[from] / sum * total);
        }
        all
    }

    fn revenue(&self) -> i64 {
        self.converted().map(|own| own.1).sum()
    }
}

#[allow(clippy::cast_precision_loss, reason = "small counts")]
fn float(count: impl TryInto<i64>) -> f64 {
    count.try_into().ok().unwrap() as f64
}

fn quotient(fraction: Fraction) -> f64 {
    float(i64::try_from(fraction.n).unwrap()) / float(i64::try_from(fraction.d).unwrap())
}

/// Whole parts of `total` in proportion to the weights: largest remainder, ties to the smaller name.
fn divided(weights: &[f64], total: i64, names: &[&String]) -> Vec<i64> {
    let sum: f64 = weights.iter().sum();
    let exact: Vec<f64> = weights.iter().map(|weight| weight / sum * float(total)).collect();
    // A part that is whole but for the last digits of its float is whole.
    #[allow(clippy::cast_possible_truncation, reason = "small amounts")]
    let mut parts: Vec<i64> = exact.iter().map(|part| (part + 1e-7).floor() as i64).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let rest = |place: &usize, parts: &[i64]| exact[*place] - float(parts[*place]);
    order.sort_by(|a, b| rest(b, &parts).total_cmp(&rest(a, &parts)).then(names[*a].cmp(names[*b])));
    let missing = total - parts.iter().sum::<i64>();
    order.iter().take(usize::try_from(missing).unwrap()).for_each(|place| parts[*place] += 1);
    parts
}

/// A cell is this estimate, to nine digits behind the point.
fn near(checked: &mut Checked, at: [&str; 3], expected: f64, unit: &str) {
    let (value, found) = checked.cell(at[0], at[1], at[2]);
    let value: f64 = value.unwrap().parse().unwrap();
    assert!((value - expected).abs() < 1e-9, "{at:?}: {value} and {expected}");
    assert_eq!(found, unit, "{at:?}");
}

#[test]
fn the_report_is_worked_out_again() {
    let text = std::fs::read_to_string(example::data("attribution.csv")).unwrap();
    let report = example::attribution::report(&text).unwrap();
    every_figure_has_its_unit_and_source(&report);
    every_question_is_answered(&report);
    let mut checked = Checked::new(&report);
    let file = read(&text);
    let whole = |count: usize| Fraction::whole(i128::try_from(count).unwrap());
    let yuan = |cents: i64| Fraction::new(cents.into(), 100);
    let (converted, revenue) = (file.converted().count(), file.revenue());

    let events = "From events to journeys";
    let kept = file.journeys.iter().map(|own| own.path.len()).sum();
    for (row, count, unit) in [
        ("users", file.users, "user"),
        ("touches given", file.touches, "touch"),
        ("touches in a journey", kept, "touch"),
        ("touches dropped within a session", file.in_session, "touch"),
        ("touches dropped before the lookback", file.before_lookback, "touch"),
        ("touches dropped by the transforms", file.transformed, "touch"),
        ("touches dropped beyond the maximum", 0, "touch"),
        ("touches after the observed time", 0, "touch"),
        ("touches in a further journey", 0, "touch"),
        ("journeys that converted", converted, "journey"),
        ("journeys that did not", file.journeys.len() - converted, "journey"),
        ("users without a touch in the lookback", 0, "user"),
        ("conversions after the observed time", 0, "conversion"),
        ("conversions without a touch", 0, "conversion"),
        ("touches of `Direct`", file.direct, "touch"),
    ] {
        checked.number(events, row, "count", whole(count), unit);
    }
    checked.number(events, "journeys that converted", "value", yuan(revenue), "CNY");
    checked.number(events, "conversions without a touch", "value", yuan(0), "CNY");
    // 12 June is the 72nd day behind 1 April, 30 September the 182nd.
    assert_eq!((file.days.first(), file.days.last()), (Some(&72), Some(&182)));
    checked.text(events, "first event on", "count", "2026-06-12", "");
    checked.text(events, "last event on", "count", "2026-09-30", "");

    // Every model by its definition.
    let zeros = |own: &Journey| vec![Fraction::whole(0); own.path.len()];
    let last = |own: &Journey| {
        let mut shares = zeros(own);
        *shares.last_mut().unwrap() = Fraction::whole(1);
        shares
    };
    let first = |own: &Journey| {
        let mut shares = zeros(own);
        shares[0] = Fraction::whole(1);
        shares
    };
    let linear = |own: &Journey| vec![Fraction::whole(1).over(whole(own.path.len())); own.path.len()];
    let position = |own: &Journey| match own.path.len() {
        1 => vec![Fraction::whole(1)],
        2 => vec![Fraction::new(1, 2); 2],
        touches => {
            let mut shares = vec![Fraction::new(1, 5).over(whole(touches - 2)); touches];
            (shares[0], shares[touches - 1]) = (Fraction::new(2, 5), Fraction::new(2, 5));
            shares
        }
    };
    // Each conversion to the distinct channels of its journey alike.
    let shapley = |own: &Journey| {
        let distinct: BTreeSet<usize> = own.path.iter().copied().collect();
        let is_first = |place: usize| !own.path[..place].contains(&own.path[place]);
        let share = |place| {
            if is_first(place) { Fraction::whole(1).over(whole(distinct.len())) } else { Fraction::whole(0) }
        };
        (0..own.path.len()).map(share).collect::<Vec<_>>()
    };
    let floats =
        |credit: [Vec<Fraction>; 2]| credit[0].iter().map(|own| quotient(*own)).collect::<Vec<f64>>();
    let removal = file.removal();
    let by_chain: Vec<f64> = removal.iter().map(|own| own[3]).collect();
    let models = [
        ("last touch", floats(file.credit(last))),
        ("first touch", floats(file.credit(first))),
        ("linear", floats(file.credit(linear))),
        ("position-based 40/20/40", floats(file.credit(position))),
        ("time decay, half-life 168 hours", file.time_decay()),
        ("Markov chain of order 1", by_chain.clone()),
        ("Shapley value", floats(file.credit(shapley))),
        ("leave-one-out", floats(file.credit(|own| file.leave_one_out(own)))),
    ];
    for (model, credits) in &models {
        for (name, credit) in file.names.iter().zip(credits) {
            near(&mut checked, ["Conversions by model", name, model], *credit, "conversion");
        }
        checked.number("Conversions by model", "total", model, whole(converted), "conversion");
        for (other, others) in &models {
            let apart: f64 = credits.iter().zip(others).map(|(a, b)| (a - b).abs()).sum();
            let percent = 100.0 * apart / 2.0 / float(converted);
            near(&mut checked, ["Credit at another channel", model, other], percent, "%");
        }
    }

    let (effects, chain) = ("Removal effects", "Conversions by the chain");
    let names: Vec<&String> = file.names.iter().collect();
    let values: Vec<f64> = removal.iter().map(|own| own[4]).collect();
    let amounts = divided(&values, revenue, &names);
    for (place, name) in file.names.iter().enumerate() {
        let own = removal[place];
        near(&mut checked, [effects, name, "journeys that reach it"], 100.0 * own[0], "%");
        near(&mut checked, [effects, name, "removal effect on conversions"], 100.0 * own[1], "%");
        near(&mut checked, [effects, name, "removal effect on value"], 100.0 * own[2], "%");
        near(&mut checked, [effects, name, "credited conversions"], own[3], "conversion");
        checked.number(effects, name, "credited value", yuan(amounts[place]), "CNY");
        // The range is drawn: it holds the figure, whichever the draws.
        near(&mut checked, [chain, name, "conversions"], own[3], "conversion");
        let [low, high] =
            ["from", "to"].map(|end| checked.cell(chain, name, end).0.unwrap().parse::<f64>().unwrap());
        assert!(low <= own[3] && own[3] <= high && high - low < float(converted), "{name}: {low} {high}");
    }
    checked.number(effects, "total", "credited conversions", whole(converted), "conversion");
    checked.number(effects, "total", "credited value", yuan(revenue), "CNY");

    // Every fourth journey of those that convert, and of those that do not.
    let held_out = [converted / 4, (file.journeys.len() - converted) / 4];
    for order in ["1", "2", "3", "4"] {
        let table = "Orders of the chain";
        checked.number(table, order, "held-out journeys", whole(held_out[0] + held_out[1]), "journey");
        checked.number(table, order, "of them converted", whole(held_out[0]), "journey");
        let auc: f64 = checked.cell(table, order, "AUC").0.unwrap().parse().unwrap();
        // An AUC is a part of the pairs of one that converted and one that did not; ties are half.
        let pairs = 2.0 * auc * float(held_out[0]) * float(held_out[1]);
        assert!((0.0..=1.0).contains(&auc) && (pairs - pairs.round()).abs() < 1e-6, "{auc}");
    }

    paths(&mut checked, &file);
    let by_last = file.credit(last);
    let counts = by_last[0].iter().map(|own| i64::try_from(own.n).unwrap() * 10_000).collect();
    let earned = by_last[1].iter().map(|own| i64::try_from(own.n).unwrap()).collect();
    returns(&mut checked, &file, "Return by the last touch", counts, earned);
    let counts = divided(&by_chain, i64::try_from(converted).unwrap() * 10_000, &names);
    returns(&mut checked, &file, "Return by the chain", counts, amounts);
    moves(&mut checked, &file, &models[0].1, &models[6].1);

    let told: String =
        checked.rows.iter().filter(|row| row.table == "answer").filter_map(|row| row.value.clone()).collect();
    let best =
        |credits: &[f64]| (0..credits.len()).max_by(|a, b| credits[*a].total_cmp(&credits[*b])).unwrap();
    let (most, of_chain) = (best(&models[0].1), best(&by_chain));
    for sentence in [
        format!(
            "{} journeys of {} users, 2026-06-12..2026-09-30, of which {converted} converted",
            file.journeys.len(),
            file.users
        ),
        format!("by the last touch: {}, {:.0} of {converted}", file.names[most], models[0].1[most]),
        format!("{}, {:.2}. Ranges", file.names[of_chain], by_chain[of_chain]),
        format!(
            "Most without {}: {:.1}% of the conversions",
            file.names[of_chain],
            100.0 * removal[of_chain][1]
        ),
        "worse than a guess".to_string(),
        "no budget should be moved".to_string(),
    ] {
        assert!(told.contains(&sentence), "{sentence}");
    }
    // A log-likelihood comes from a chain with smoothed probabilities: a float fit.
    checked.all_seen(&[("Orders of the chain", "log-likelihood of a step")]);
}

/// The paths that brought most, grouped and ranked again.
fn paths(checked: &mut Checked, file: &File) {
    let mut all: BTreeMap<Vec<&String>, (i128, i128, i64)> = BTreeMap::new();
    for journey in &file.journeys {
        let own = all.entry(journey.path.iter().map(|own| &file.names[*own]).collect()).or_default();
        *own = (own.0 + 1, own.1 + i128::from(journey.cents.is_some()), own.2 + journey.cents.unwrap_or(0));
    }
    for (title, by_value) in [("Paths by conversions", false), ("Paths by revenue", true)] {
        let mut ranked: Vec<_> = all.iter().collect();
        let key = |own: &(i128, i128, i64)| {
            if by_value { (i128::from(own.2), own.1) } else { (own.1, own.2.into()) }
        };
        ranked.sort_by(|a, b| key(b.1).cmp(&key(a.1)).then(a.0.cmp(b.0)));
        let mut shown: Vec<String> = Vec::new();
        for row in checked.rows.iter().filter(|row| row.table == title) {
            if !shown.contains(&row.name) {
                shown.push(row.name.clone());
            }
        }
        let names: Vec<String> = ranked
            .iter()
            .take(6)
            .map(|own| own.0.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" > "))
            .collect();
        assert_eq!(shown, names, "{title}");
        for (name, (_, (journeys, conversions, cents))) in names.iter().zip(ranked) {
            checked.number(title, name, "journeys", Fraction::whole(*journeys), "journey");
            checked.number(title, name, "conversions", Fraction::whole(*conversions), "conversion");
            let rate = Fraction::new(*conversions, *journeys).percent();
            checked.number(title, name, "conversion rate", rate, "%");
            checked.number(title, name, "value", Fraction::new((*cents).into(), 100), "CNY");
        }
    }
}

/// A table of returns; conversions in ten-thousandths, values in cents.
fn returns(checked: &mut Checked, file: &File, title: &str, counts: Vec<i64>, earned: Vec<i64>) {
    let mut row = |name: &str, count: i64, earned: i64, cost: Option<i64>| {
        let count = Fraction::new(count.into(), 10_000);
        checked.number(title, name, "conversions", count, "conversion");
        checked.number(title, name, "value (revenue)", Fraction::new(earned.into(), 100), "CNY");
        let Some(cost) = cost else { return };
        let paid = Fraction::new(cost.into(), 100);
        checked.number(title, name, "cost", paid, "CNY");
        checked.number(title, name, "cost per conversion", paid.over(count), "CNY/conversion");
        let earned = Fraction::new(earned.into(), 100);
        checked.number(title, name, "return on ad spend (revenue)", earned.over(paid), "CNY/CNY");
    };
    let (mut all, mut known) = ([0; 2], [0; 3]);
    for (place, name) in file.names.iter().enumerate() {
        let cost = file.costs.get(&place).copied();
        row(name, counts[place], earned[place], cost);
        all = [all[0] + counts[place], all[1] + earned[place]];
        if let Some(cost) = cost {
            known = [known[0] + counts[place], known[1] + earned[place], known[2] + cost];
        }
    }
    // Two channels have no price: their total has none.
    assert!(file.costs.len() < file.names.len());
    row("total", all[0], all[1], None);
    row("channels with a cost", known[0], known[1], Some(known[2]));
    for column in ["cost", "cost per conversion", "return on ad spend (revenue)"] {
        assert_eq!(checked.cell(title, "total", column).0, None);
    }
}

/// What the budget would be by last touch and by the Shapley value, over the channels with a price.
fn moves(checked: &mut Checked, file: &File, last: &[f64], shapley: &[f64]) {
    const CENTS: i64 = 40_000_000;
    let title = "Paid media by credit";
    let paid: Vec<usize> = (0..file.names.len()).filter(|place| file.costs.contains_key(place)).collect();
    let names: Vec<&String> = paid.iter().map(|place| &file.names[*place]).collect();
    let all: Vec<&String> = file.names.iter().collect();
    let by = |credits: &[f64]| {
        // Weights of six decimals that add up, then money to the cent.
        let millionths = divided(credits, i64::try_from(file.converted().count()).unwrap() * 1_000_000, &all);
        let weights: Vec<f64> = paid.iter().map(|place| float(millionths[*place])).collect();
        divided(&weights, CENTS, &names)
    };
    let (before, after) = (by(last), by(shapley));
    let mut moved = 0;
    for (place, name) in names.iter().enumerate() {
        let (old, new) = (before[place], after[place]);
        moved += (new - old).max(0);
        for (column, cents) in [("by last touch", old), ("by Shapley value", new), ("would move", new - old)]
        {
            checked.number(title, name, column, Fraction::new(cents.into(), 100), "CNY");
        }
    }
    for (column, cents) in [("by last touch", CENTS), ("by Shapley value", CENTS), ("would move", 0)] {
        checked.number(title, "sum", column, Fraction::new(cents.into(), 100), "CNY");
    }
    let text = Fraction::new(moved.into(), 100).rounded(2);
    let sentence = checked.rows.iter().filter(|row| row.table == "answer");
    let found = sentence.filter_map(|row| row.value.clone()).any(|own| own.replace(',', "").contains(&text));
    assert!(found, "{text}");
}
