//! The report of the example `funnel`, worked out again: levels by hand from the rows of the file, rates as fractions.

use super::{Checked, Fraction, every_figure_has_its_unit_and_source, every_question_is_answered};
use crate::example;
use std::collections::{BTreeMap, BTreeSet};

const STEPS: [&str; 4] = ["impression", "click", "registration", "payment"];
const CHANNELS: [&str; 3] = ["search", "social", "short video"];
const DAY: i64 = 1_440;
const JULY: i64 = 31 * DAY;
const END: i64 = 62 * DAY;

/// Minute, channel, event.
type Rows<'t> = Vec<(i64, &'t str, &'t str)>;

fn whole(count: usize) -> Fraction {
    Fraction::whole(i128::try_from(count).unwrap())
}

fn share(part: usize, of: usize) -> Fraction {
    whole(part).over(whole(of))
}

/// The deepest chain of a user within seven days of its first step: of several the one that ends first, then the one that
/// starts last. With it the channel of the first impression from which one of that depth starts.
fn chain<'t>(rows: &Rows<'t>) -> (Vec<i64>, Option<&'t str>) {
    let mut best: (Vec<i64>, Option<&str>) = (Vec::new(), None);
    for (start, channel, _) in rows.iter().filter(|row| row.2 == STEPS[0]) {
        let mut minutes = vec![*start];
        for step in &STEPS[1..] {
            let next = rows.iter().filter(|row| row.2 == *step && row.0 >= *minutes.last().unwrap());
            let Some(next) = next.map(|row| row.0).min().filter(|next| next - start <= 7 * DAY) else {
                break;
            };
            minutes.push(next);
        }
        let end = |own: &Vec<i64>| own.last().copied();
        if minutes.len() > best.0.len() {
            best = (minutes, Some(channel));
        } else if minutes.len() == best.0.len() && end(&minutes) <= end(&best.0) {
            best.0 = minutes;
        }
    }
    best
}

fn counts<'u>(users: impl Iterator<Item = &'u Rows<'u>> + Clone) -> [usize; 4] {
    [1, 2, 3, 4].map(|level| users.clone().filter(|rows| chain(rows).0.len() >= level).count())
}

fn rates(counts: [usize; 4]) -> [Fraction; 3] {
    [1, 2, 3].map(|step| share(counts[step], counts[step - 1]))
}

#[test]
fn the_report_is_worked_out_again() {
    let text = std::fs::read_to_string(example::data("funnel.csv")).unwrap();
    let report = example::funnel::report(&text).unwrap();
    every_figure_has_its_unit_and_source(&report);
    every_question_is_answered(&report);
    let mut checked = Checked::new(&report);
    let mut users: BTreeMap<u64, Rows<'_>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let row: Vec<&str> = line.split(',').collect();
        users.entry(row[0].parse().unwrap()).or_default().push((row[1].parse().unwrap(), row[2], row[3]));
    }
    users.values_mut().for_each(|rows| rows.sort_by_key(|row| row.0));
    let (july, august): (Vec<_>, Vec<_>) = users.values().partition(|rows| rows[0].0 < JULY);
    let all: Vec<_> = users.values().collect();

    for (name, own) in [("July", &july), ("August", &august), ("both", &all)] {
        let minutes: Vec<i64> = own.iter().flat_map(|rows| rows.iter().map(|row| row.0)).collect();
        checked.number("Samples", name, "users", whole(own.len()), "user");
        checked.number("Samples", name, "events", whole(minutes.len()), "event");
        for (column, minute) in [("first on", minutes.iter().min()), ("last on", minutes.iter().max())] {
            let day = minute.unwrap() / DAY;
            let (month, day) = if day < 31 { (7, day + 1) } else { (8, day - 30) };
            checked.text("Samples", name, column, &format!("2026-{month:02}-{day:02}"), "");
        }
    }

    let (before, after) = (counts(july.iter().copied()), counts(august.iter().copied()));
    for (title, own) in [("July", before), ("August", after)] {
        for (place, step) in STEPS.iter().enumerate() {
            checked.number(title, step, "count", whole(own[place]), "user");
            if place > 0 {
                checked.number(title, step, "rate", share(own[place], own[place - 1]).percent(), "%");
                checked.number(title, step, "lost", whole(own[place - 1] - own[place]), "user");
            }
        }
    }
    bottlenecks(&mut checked, before, after);
    months(&mut checked, before, after);
    contributions(&mut checked, before, after, [&july, &august]);
    times(&mut checked, &all);
    cohorts(&mut checked, &all);
    activity(&mut checked, &all);

    let late = august.iter().filter(|rows| rows[0].0 >= END - 7 * DAY).count();
    let gain = share(after[2] * before[3], before[2]).minus(whole(after[3]));
    let needed = (100 * after[0]).div_ceil(after[3]);
    let told: String =
        checked.rows.iter().filter(|row| row.table == "answer").filter_map(|row| row.value.clone()).collect();
    for sentence in [
        format!("{late} of August came in its last 7 days"),
        format!("{} more would have; 100 payments take {needed} impressions", gain.rounded(1)),
        "its rate is not distinguishable from that of click".into(),
        "is not told from chance".into(),
    ] {
        assert!(told.contains(&sentence), "{sentence}");
    }
    // Nothing is left out: of the ends of an interval that it holds the difference, and 0 where nothing is told apart; of
    // contributions by logarithms that they add up.
    checked.all_seen(&[]);
}

/// `(difference, p value)` of two counted rates.
#[allow(clippy::cast_precision_loss, reason = "small counts")]
fn told_apart((x1, n1): (usize, usize), (x2, n2): (usize, usize)) -> (f64, f64) {
    let [x1, n1, x2, n2] = [x1, n1, x2, n2].map(|count| count as f64);
    let both = (x1 + x2) / (n1 + n2);
    let z = (x2 / n2 - x1 / n1) / (both * (1.0 - both) * (1.0 / n1 + 1.0 / n2)).sqrt();
    // The two tails of the normal distribution, by Simpson's rule.
    let (end, steps) = (z.abs(), 2_000);
    let height = |x: f64| (-x * x / 2.0).exp();
    let inner: f64 = (0..=steps)
        .map(|step| {
            let weight = if step == 0 || step == steps {
                1.0
            } else if step % 2 == 1 {
                4.0
            } else {
                2.0
            };
            weight * height(end * f64::from(step) / f64::from(steps))
        })
        .sum();
    let half = inner * end / f64::from(steps) / 3.0 / std::f64::consts::TAU.sqrt();
    (x2 / n2 - x1 / n1, 1.0 - 2.0 * half)
}

/// The columns of a difference of two rates.
fn difference(checked: &mut Checked, table: &str, row: &str, first: (usize, usize), second: (usize, usize)) {
    let exact = share(second.0, second.1).minus(share(first.0, first.1)).percent();
    checked.number(table, row, "difference", exact, "percentage points");
    let (points, p) = told_apart(first, second);
    let shown: f64 = checked.cell(table, row, "p value").0.unwrap().parse().unwrap();
    assert!((shown - p).abs() < 5.1e-5, "{table} / {row}: {shown} and {p}");
    let [low, high] = ["95 % from", "to"].map(|end| {
        let (value, unit) = checked.cell(table, row, end);
        assert_eq!(unit, "percentage points");
        value.unwrap().parse::<f64>().unwrap()
    });
    assert!(low < 100.0 * points && 100.0 * points < high, "{low} {points} {high}");
    // A score interval holds 0 where the test tells nothing apart, but for a hair between the two.
    let (told, _) = checked.cell(table, row, "distinguishable");
    assert_eq!(told.as_deref(), Some(if p <= 0.05 { "yes" } else { "no" }));
    assert_eq!(p <= 0.05, low > 0.0 || high < 0.0, "{table} / {row}");
}

fn bottlenecks(checked: &mut Checked, before: [usize; 4], after: [usize; 4]) {
    let table = "Bottlenecks of August";
    let (usual, own) = (rates(before), rates(after));
    let lost: Vec<Fraction> = (1..4).map(|step| whole(after[step - 1] - after[step])).collect();
    let short: Vec<Fraction> = (0..3).map(|step| usual[step].minus(own[step])).collect();
    let gains: Vec<Fraction> = (0..3)
        .map(|step| whole(after[3]).times(usual[step].over(own[step]).minus(Fraction::whole(1))))
        .collect();
    let negated: Vec<Fraction> = own.iter().map(|rate| Fraction::whole(0).minus(*rate)).collect();
    for (rule, figures, shown, unit) in [
        ("the lowest rate", &negated, own.map(Fraction::percent).to_vec(), "%"),
        ("the largest drop", &lost, lost.clone(), "user"),
        ("the largest gain", &gains, gains.clone(), "user"),
        (
            "the furthest below its benchmark",
            &short,
            short.iter().map(|own| own.percent()).collect(),
            "percentage points",
        ),
    ] {
        let mut order = [0, 1, 2];
        // The sign of a difference orders fractions.
        order.sort_by(|a, b| figures[*b].minus(figures[*a]).n.cmp(&0));
        let [step, beside, _] = order;
        checked.text(table, rule, "step", STEPS[step + 1], "");
        checked.text(table, rule, "step beside", STEPS[beside + 1], "");
        checked.number(table, rule, "decided by", shown[step], unit);
        checked.number(table, rule, "rate", own[step].percent(), "%");
        checked.number(table, rule, "rate beside", own[beside].percent(), "%");
        let counted = |step: usize| (after[step + 1], after[step]);
        difference(checked, table, rule, counted(step), counted(beside));
    }
}

fn months(checked: &mut Checked, before: [usize; 4], after: [usize; 4]) {
    let table = "July and August";
    let mut rows: Vec<(&str, (usize, usize), (usize, usize))> = (1..4)
        .map(|step| (STEPS[step], (before[step], before[step - 1]), (after[step], after[step - 1])))
        .collect();
    rows.push(("from end to end", (before[3], before[0]), (after[3], after[0])));
    for (row, first, second) in rows {
        checked.number(table, row, "July", share(first.0, first.1).percent(), "%");
        checked.number(table, row, "August", share(second.0, second.1).percent(), "%");
        difference(checked, table, row, first, second);
    }
}

fn contributions(checked: &mut Checked, before: [usize; 4], after: [usize; 4], months: [&Vec<&Rows<'_>>; 2]) {
    let table = "Contributions by step and method";
    let points = |own: &Option<String>| Fraction::parse(own.as_deref().unwrap());
    let total = share(after[3], after[0]).minus(share(before[3], before[0])).percent();
    let unit = "percentage points";
    let (old, new) = (rates(before), rates(after));
    let product = |rates: [Fraction; 3]| rates.into_iter().fold(Fraction::whole(1), Fraction::times);
    let third = |own: Fraction| own.over(Fraction::whole(6));
    for method in ["log-mean", "Shapley", "sequential"] {
        checked.number(table, "total", method, total, unit);
        let mut sum = Fraction::whole(0);
        for step in 0..3 {
            let name = STEPS[step + 1];
            // Rates before the step are new, those behind it old.
            let with = |changed: &[usize]| {
                product([0, 1, 2].map(|own| if changed.contains(&own) { new[own] } else { old[own] }))
            };
            let others: Vec<usize> = (0..3).filter(|own| *own != step).collect();
            let gain = |changed: &[usize]| {
                let more: Vec<usize> = changed.iter().copied().chain([step]).collect();
                with(&more).minus(with(changed))
            };
            let exact = match method {
                "sequential" => gain(&(0..step).collect::<Vec<_>>()),
                // Each order of three steps: alone first or last twice, in between once each.
                _ => third(Fraction::sum([
                    gain(&[]),
                    gain(&[]),
                    gain(&others[..1]),
                    gain(&others[1..]),
                    gain(&others),
                    gain(&others),
                ])),
            };
            let (value, found) = checked.cell(table, name, method);
            assert_eq!(found, unit);
            sum = sum.plus(points(&value));
            // Parts are rounded so that they add up: by less than a unit of the last digit.
            let off = points(&value).minus(exact.percent());
            if method != "log-mean" {
                assert!(off.n.abs() * 10_000 <= off.d, "{name} {method}: {off:?}");
            }
        }
        assert_eq!(sum, points(&checked.cell(table, "total", method).0), "{method}");
    }

    let table = "Contributions by channel";
    // Users by the channel of their impression: who entered and who paid.
    let by = |month: &Vec<&Rows<'_>>, channel: &str| {
        let own: Vec<usize> = month
            .iter()
            .map(|rows| chain(rows))
            .filter(|own| own.1 == Some(channel))
            .map(|own| own.0.len())
            .collect();
        (own.iter().filter(|level| **level == 4).count(), own.len())
    };
    checked.number(table, "total", "contribution", total, unit);
    let mut sum = Fraction::whole(0);
    for channel in CHANNELS {
        let [(paid, entered), (paid_after, entered_after)] = months.map(|month| by(month, channel));
        let (rate, rate_after) = (share(paid, entered), share(paid_after, entered_after));
        let (mix, mix_after) = (share(entered, before[0]), share(entered_after, after[0]));
        // Kitagawa: each against the mean of the other before and after.
        let mean = |one: Fraction, other: Fraction| one.plus(other).over(Fraction::whole(2));
        let overall = mean(share(before[3], before[0]), share(after[3], after[0]));
        for (effect, exact) in [
            ("rate", mean(mix, mix_after).times(rate_after.minus(rate))),
            ("mix", mix_after.minus(mix).times(mean(rate, rate_after).minus(overall))),
        ] {
            let (value, _) = checked.cell(table, &format!("{channel} {effect}"), "contribution");
            sum = sum.plus(points(&value));
            let off = points(&value).minus(exact.percent());
            assert!(
                off.n.abs() * 10_000 <= off.d,
                "{channel} {effect}: {off:?} {value:?} {}",
                exact.percent().rounded(6)
            );
        }
    }
    assert_eq!(sum, points(&checked.cell(table, "total", "contribution").0));
}

fn times(checked: &mut Checked, all: &[&Rows<'_>]) {
    let table = "Time since the step before";
    let chains: Vec<Vec<i64>> = all.iter().map(|rows| chain(rows).0).collect();
    let mut rows: Vec<(&str, Vec<i64>)> = (1..4)
        .map(|step| {
            let own = chains.iter().filter(|own| own.len() > step);
            (STEPS[step], own.map(|own| own[step] - own[step - 1]).collect())
        })
        .collect();
    rows.push((
        "from end to end",
        chains.iter().filter(|own| own.len() == 4).map(|own| own[3] - own[0]).collect(),
    ));
    for (row, mut minutes) in rows {
        minutes.sort_unstable();
        checked.number(table, row, "users", whole(minutes.len()), "user");
        for (column, p) in [("median", Fraction::new(1, 2)), ("90 % within", Fraction::new(9, 10))] {
            // The median-unbiased quantile: at place n p + p / 3 + 1 / 3, counted from 1, between its neighbours.
            let place =
                p.times(whole(minutes.len())).plus(p.over(Fraction::whole(3))).plus(Fraction::new(1, 3));
            let below = usize::try_from(place.n / place.d).unwrap();
            let rest = place.minus(whole(below));
            let [low, high] = [minutes[below - 1], minutes[below]].map(|own| Fraction::new(own.into(), 60));
            let exact = low.plus(rest.times(high.minus(low)));
            let (value, unit) = checked.cell(table, row, column);
            assert_eq!(unit, "hour");
            // Halves are rounded as floats: within half a tenth.
            let off = Fraction::parse(&value.unwrap()).minus(exact);
            assert!(off.n.abs() * 20 <= off.d, "{row} {column}: {off:?}");
        }
    }
}

fn cohorts(checked: &mut Checked, all: &[&Rows<'_>]) {
    let table = "Active by week since the registration";
    let week = |minute: i64| minute / (7 * DAY);
    // Until the end of the eighth week; a cohort is the week of the first registration.
    let mut cohorts: BTreeMap<i64, Vec<BTreeSet<i64>>> = BTreeMap::new();
    for rows in all {
        let seen: Vec<_> = rows.iter().filter(|row| row.0 < 56 * DAY).collect();
        let Some(first) = seen.iter().filter(|row| row.2 == "registration").map(|row| week(row.0)).min()
        else {
            continue;
        };
        let active = seen.iter().filter(|row| row.2 != "impression").map(|row| week(row.0) - first);
        cohorts.entry(first).or_default().push(active.filter(|own| *own >= 0).collect());
    }
    let mut overall = (0, 0);
    for (cohort, users) in &cohorts {
        checked.number(table, &cohort.to_string(), "users", whole(users.len()), "user");
        for period in 0..=5 {
            let active = users.iter().filter(|own| own.contains(&period)).count();
            let name = format!("on {period}");
            if cohort + period > 7 {
                assert_eq!(checked.cell(table, &cohort.to_string(), &name).0, None);
                continue;
            }
            if period == 1 {
                overall = (overall.0 + active, overall.1 + users.len());
            }
            checked.number(table, &cohort.to_string(), &name, share(active, users.len()).percent(), "%");
        }
    }
    let sentence = format!("Of {} registered users {} came back", overall.1, overall.0);
    assert!(
        checked.rows.iter().any(|row| row.value.as_deref().is_some_and(|own| own.starts_with(&sentence))),
        "{sentence}"
    );
}

fn activity(checked: &mut Checked, all: &[&Rows<'_>]) {
    let ages: Vec<i64> = all.iter().map(|rows| END - rows.last().unwrap().0).collect();
    let table = "Activity at the end of August";
    let within = |from: i64, to: i64| whole(ages.iter().filter(|own| (from..to).contains(*own)).count());
    checked.number(table, "active", "users", within(0, 3 * DAY), "user");
    checked.number(table, "silent", "users", within(3 * DAY, 30 * DAY), "user");
    checked.number(table, "dormant", "users", within(30 * DAY, i64::MAX), "user");
    checked.number(table, "total", "users", whole(all.len()), "user");

    let table = "Buyers of July and August";
    let payments: Vec<usize> = all
        .iter()
        .map(|rows| rows.iter().filter(|row| row.2 == "payment").count())
        .filter(|own| *own > 0)
        .collect();
    let again = payments.iter().filter(|own| **own > 1).count();
    checked.number(table, "all", "users", whole(payments.len()), "user");
    checked.number(table, "all", "retained", whole(again), "user");
    checked.number(table, "all", "rate", share(again, payments.len()).percent(), "%");

    let table = "Users that two channels both reached";
    for (one, other) in [("search", "short video"), ("search", "social"), ("short video", "social")] {
        let reached = |rows: &Rows<'_>, channel: &str| rows.iter().any(|row| row.1 == channel);
        let both = all.iter().filter(|rows| reached(rows, one) && reached(rows, other)).count();
        let either = all.iter().filter(|rows| reached(rows, one) || reached(rows, other)).count();
        let row = format!("{one} + {other}");
        checked.number(table, &row, "both", whole(both), "user");
        checked.number(table, &row, "either", whole(either), "user");
        checked.number(table, &row, "Jaccard", share(both, either).percent(), "%");
    }
}
