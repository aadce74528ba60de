//! Optimal budgets of whole minor units against every division that there is.
//!
//! Budgets of at most some hundred units: the best division of each sum, by dynamic programming over the tree of groups, is
//! exact. The curves are the hard ones: dead zones, steps, S-curves up to near steps, ADBUDG, in groups with floors and caps.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test's amounts are small"
)]

use marketloop::optimise::{Aim, Optimisation, Optimum, Stop};
use marketloop::quantity::{Currency, Money};
use marketloop::response::{
    Adbudg, Curve, Exponential, Hill, Logarithmic, Logistic, MichaelisMenten, PiecewiseLinear, Power,
    ResponseCurve,
};

/// A seeded generator (Steele, Lea and Flood 2014: `SplitMix`).
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn within(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * ((self.word() >> 11) as f64 / (1_u64 << 53) as f64)
    }

    /// Evenly over the orders of magnitude.
    fn spread(&mut self, least: f64, most: f64) -> f64 {
        self.within(least.ln(), most.ln()).exp()
    }

    fn whole(&mut self, least: i128, most: i128) -> i128 {
        least + i128::from(self.word() >> 1) % (most - least + 1)
    }

    fn chance(&mut self, part: f64) -> bool {
        self.within(0.0, 1.0) < part
    }
}

#[derive(Debug, Clone)]
struct Line {
    curve: Curve,
    floor: i128,
    cap: i128,
}

/// A group of lines (by index) and of groups before it.
#[derive(Debug, Clone)]
struct Group {
    lines: Vec<usize>,
    groups: Vec<usize>,
    floor: i128,
    cap: i128,
}

#[derive(Debug, Clone)]
struct Question {
    budget: i128,
    lines: Vec<Line>,
    groups: Vec<Group>,
}

/// Which curves a question has.
#[derive(Clone, Copy)]
enum Theme {
    Any,
    /// Every line is flat up to beyond an even share.
    Dead,
    /// Logistic, up to near steps.
    Steep,
    /// Hill and ADBUDG.
    Smooth,
}

fn steps(random: &mut Random, budget: f64) -> Curve {
    let (mut at, mut high) = (0.0, 0.0);
    let mut points = vec![(0.0, 0.0)];
    for _ in 0..random.whole(1, 4) {
        let rise = random.spread(1.0, 100.0);
        let wide = random.spread(0.01, 1.0);
        at += random.within(0.02, 0.6) * budget;
        points.push((at, high));
        points.push((at + wide, high + rise));
        (at, high) = (at + wide, high + rise);
    }
    if random.chance(0.5) {
        let steep = if random.chance(0.3) { 0.0 } else { random.within(0.0, 60.0) };
        points.push((at + budget, high + steep));
    }
    PiecewiseLinear::new(points).unwrap().into()
}

/// Straight pieces of any shape.
fn pieces(random: &mut Random, budget: f64) -> Curve {
    let (mut at, mut high) = (0.0, 0.0);
    let mut points = vec![(0.0, 0.0)];
    for _ in 0..random.whole(1, 6) {
        let wide = random.within(0.02, 0.5) * budget;
        let steep = if random.chance(0.3) { 0.0 } else { random.spread(0.01, 3.0) };
        (at, high) = (at + wide, high + wide * steep);
        points.push((at, high));
    }
    PiecewiseLinear::new(points).unwrap().into()
}

fn curve(random: &mut Random, theme: Theme, budget: f64) -> Curve {
    let a = random.spread(5.0, 200.0);
    let k = random.within(0.02, 1.2) * budget;
    let kind = match theme {
        Theme::Any => random.whole(0, 11),
        Theme::Dead => 11,
        Theme::Steep => 3,
        Theme::Smooth => random.whole(6, 8),
    };
    match kind {
        0 | 1 => steps(random, budget),
        2 => pieces(random, budget),
        3..=5 => Logistic::new(a, k, random.spread(0.02, 60.0)).unwrap().into(),
        6 | 7 => Hill::new(a, k, random.within(0.5, 8.0)).unwrap().into(),
        8 => {
            let shape = random.within(0.5, 8.0);
            Adbudg::new(a * 1.5, a * random.within(0.0, 1.0), shape, k.powf(shape)).unwrap().into()
        }
        9 => Logarithmic::new(a, k).unwrap().into(),
        10 => match random.whole(0, 2) {
            0 => Power::new(a / 10.0, random.within(0.2, 1.0)).unwrap().into(),
            1 => MichaelisMenten::new(a, k).unwrap().into(),
            _ => Exponential::new(a, k).unwrap().into(),
        },
        _ => {
            // A dead zone far beyond an even share, then a step.
            let at = random.within(0.2, 0.7) * budget + 0.01;
            let top = a * random.within(0.6, 3.0);
            PiecewiseLinear::new([(0.0, 0.0), (at - 0.01, 0.0), (at, a), (budget + 1.0, a + top)])
                .unwrap()
                .into()
        }
    }
}

impl Question {
    /// One that has an answer.
    fn random(random: &mut Random) -> Self {
        loop {
            let budget = random.whole(20, 160);
            let most = if random.chance(0.25) { 20 } else { 9 };
            let count = random.whole(2, most) as usize;
            let share = budget / count as i128;
            let theme = *[Theme::Any, Theme::Any, Theme::Any, Theme::Dead, Theme::Steep, Theme::Smooth]
                .get(random.whole(0, 5) as usize)
                .unwrap();
            let lines: Vec<Line> = (0..count)
                .map(|_| {
                    let curve = curve(random, theme, budget as f64);
                    let floor = if random.chance(0.2) { random.whole(0, share) } else { 0 };
                    let cap = if random.chance(0.4) { random.whole(floor.max(1), budget) } else { budget };
                    Line { curve, floor, cap }
                })
                .collect();
            let mut groups: Vec<Group> = Vec::new();
            let mut next = 0;
            while random.chance(0.6) && next + 2 <= count {
                let size = (random.whole(2, 4) as usize).min(count - next);
                let members: Vec<usize> = (next..next + size).collect();
                next += size;
                let floors: i128 = members.iter().map(|line| lines[*line].floor).sum();
                let cap = if random.chance(0.8) { random.whole(floors, budget.max(floors)) } else { budget };
                let floor = if random.chance(0.3) { random.whole(0, cap / 2) } else { 0 };
                groups.push(Group { lines: members, groups: Vec::new(), floor, cap });
            }
            if groups.len() >= 2 && random.chance(0.3) {
                let cap = random.whole(budget / 3, budget);
                groups.push(Group { lines: Vec::new(), groups: vec![0, 1], floor: 0, cap });
            }
            let question = Self { budget, lines, groups };
            if question.best()[budget as usize].is_finite() {
                return question;
            }
        }
    }

    fn asked(&self) -> Optimisation {
        self.with(Optimisation::maximise_response(jpy(self.budget)), jpy)
    }

    fn with(&self, question: Optimisation, money: impl Fn(i128) -> Money) -> Optimisation {
        let lines = self.lines.iter().enumerate().fold(question, |question, (index, line)| {
            let name = format!("l{index}");
            // No cap is another question than one of the budget.
            if line.cap == self.budget {
                question.line(name, line.curve.clone(), money(line.floor)..)
            } else {
                question.line(name, line.curve.clone(), money(line.floor)..=money(line.cap))
            }
        });
        self.groups.iter().enumerate().fold(lines, |question, (index, group)| {
            let members = group.lines.iter().map(|line| format!("l{line}"));
            let members = members.chain(group.groups.iter().map(|group| format!("g{group}")));
            question.group(format!("g{index}"), members, money(group.floor)..=money(group.cap))
        })
    }

    /// The names of what is in no group.
    fn free(&self) -> Vec<String> {
        let lines =
            (0..self.lines.len()).filter(|line| !self.groups.iter().any(|group| group.lines.contains(line)));
        let groups = (0..self.groups.len())
            .filter(|index| !self.groups.iter().any(|group| group.groups.contains(index)));
        lines.map(|line| format!("l{line}")).chain(groups.map(|group| format!("g{group}"))).collect()
    }

    /// The greatest response of each sum of 0 to the budget, minus infinity where there is none.
    fn best(&self) -> Vec<f64> {
        let size = self.budget as usize + 1;
        let line = |index: usize| -> Vec<f64> {
            let Line { curve, floor, cap } = &self.lines[index];
            let value = |units: i128| {
                if (*floor..=*cap).contains(&units) { curve.value(units as f64) } else { f64::NEG_INFINITY }
            };
            (0..size as i128).map(value).collect()
        };
        let nothing = || {
            let mut nothing = vec![f64::NEG_INFINITY; size];
            nothing[0] = 0.0;
            nothing
        };
        let mut free: Vec<bool> = vec![true; self.lines.len()];
        let mut tables: Vec<Option<Vec<f64>>> = Vec::new();
        for group in &self.groups {
            let mut sum = nothing();
            for &member in &group.lines {
                free[member] = false;
                sum = together(&sum, &line(member));
            }
            for &member in &group.groups {
                sum = together(&sum, &tables[member].take().unwrap());
            }
            for (units, response) in sum.iter_mut().enumerate() {
                if !(group.floor..=group.cap).contains(&(units as i128)) {
                    *response = f64::NEG_INFINITY;
                }
            }
            tables.push(Some(sum));
        }
        let mut whole = nothing();
        for (index, _) in free.iter().enumerate().filter(|(_, free)| **free) {
            whole = together(&whole, &line(index));
        }
        for table in tables.into_iter().flatten() {
            whole = together(&whole, &table);
        }
        whole
    }
}

/// The best of two parts for each sum of both.
fn together(left: &[f64], right: &[f64]) -> Vec<f64> {
    let mut both = vec![f64::NEG_INFINITY; left.len()];
    for (units, first) in left.iter().enumerate().filter(|(_, first)| first.is_finite()) {
        for (second, best) in right.iter().zip(&mut both[units..]) {
            *best = best.max(first + second);
        }
    }
    both
}

fn jpy(units: i128) -> Money {
    Money::from_minor(units, Currency::new("JPY").unwrap()).unwrap()
}

/// What the answers to `count` questions show.
struct Tally {
    open: usize,
    most_nodes: usize,
    nodes: usize,
    worst_gap: f64,
}

/// N4, L4: with dead zones, steps, S-curves, caps and groups every optimum is within its gap of the best division of all,
/// at least 99 % are proven to 1e-9 and the others say why not, and no question of at most 20 lines takes more than 2,000
/// nodes.
#[test]
fn optimum_is_within_its_gap_of_the_best_of_all_divisions() {
    let count = if std::env::var_os("MARKETLOOP_FULL").is_some() { 10_000 } else { 1_000 };
    let mut tally = Tally { open: 0, most_nodes: 0, nodes: 0, worst_gap: 0.0 };
    for seed in 1..=count {
        let question = Question::random(&mut Random(seed));
        let best = question.best()[question.budget as usize];
        let asked = question.asked();
        let found = asked.solve().unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        check(&found, &asked, seed);
        let (bound, response, gap) = (found.bound(), found.response(), found.gap());
        assert_eq!(found.spend(), jpy(question.budget), "seed {seed}");
        assert!(bound >= best * (1.0 - 1e-12), "seed {seed}: the bound {bound} is below {best}");
        assert!(response >= best * (1.0 - gap - 1e-12), "seed {seed}: {response} of {best}, gap {gap:e}");
        tally.open += usize::from(gap > 1e-9);
        tally.most_nodes = tally.most_nodes.max(found.nodes());
        tally.nodes += found.nodes();
        tally.worst_gap = tally.worst_gap.max(gap);
    }
    let Tally { open, most_nodes, nodes, worst_gap } = tally;
    println!(
        "{count} questions: {open} open, gap at most {worst_gap:e}, {nodes} nodes, at most {most_nodes}"
    );
    assert!(open * 100 <= count as usize, "{open} of {count} open");
}

/// L4: no question of up to 20 lines takes more than 2,000 nodes, also where an amount is a hundred units: dead zones,
/// steps, S-curves, caps and groups.
#[test]
fn no_question_of_up_to_20_lines_takes_more_than_2000_nodes() {
    let count = if std::env::var_os("MARKETLOOP_FULL").is_some() { 10_000 } else { 1_000 };
    let cny = |units: i128| Money::from_minor(100 * units, Currency::CNY).unwrap();
    let (mut asked_of, mut most_nodes, mut open) = (0, 0, 0);
    for seed in 1..=count {
        let mut random = Random(seed + (1 << 32));
        let question = Question::random(&mut random);
        let asked = question.with(Optimisation::maximise_response(cny(question.budget)), cny);
        let found = asked.solve().unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        check(&found, &asked, seed);
        asked_of = asked_of.max(question.lines.len());
        most_nodes = most_nodes.max(found.nodes());
        open += usize::from(found.gap() > 1e-9);
    }
    println!("{count} questions of up to {asked_of} lines: {open} open, at most {most_nodes} nodes");
    assert_eq!(asked_of, 20);
    assert!(open * 100 <= count as usize, "{open} of {count} open");
}

/// L4: steps of even width never add up to an odd budget, which no bound can see: the search stops when a thousand nodes
/// have not narrowed the gap, and tells that.
#[test]
fn a_search_that_gains_nothing_stops_and_says_so() {
    let steps = (0..20).map(|line| 2 * (40 + 3 * line)).map(|width| Line {
        curve: PiecewiseLinear::new([(0.0, 0.0), (width as f64 - 0.01, 0.0), (width as f64, width as f64)])
            .unwrap()
            .into(),
        floor: 0,
        cap: width,
    });
    let question = Question { budget: 1_001, lines: steps.collect(), groups: Vec::new() };
    let asked = question.asked();
    let found = asked.solve().unwrap();
    check(&found, &asked, 0);
    assert_eq!(found.stop(), Stop::NoProgress, "{found}");
    assert!(found.nodes() > 1_000 && found.gap() > 1e-9, "{found}");
    let best = question.best()[1_001];
    assert!(found.bound() >= best && found.response() >= best * (1.0 - found.gap() - 1e-12));
}

fn check(found: &Optimum, asked: &Optimisation, seed: u64) {
    let gap = found.verify(asked).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    assert!((gap - found.gap()).abs() <= 1e-12, "seed {seed}: {gap:e} is not {:e}", found.gap());
    assert!(found.nodes() <= 2_000, "seed {seed}: {} nodes", found.nodes());
    assert!(
        found.gap() <= 1e-9 || found.stop() != Stop::Proven || !matches!(asked.aim(), Aim::Response { .. }),
        "seed {seed}"
    );
}

/// N4: the same where money is spent up to a marginal return.
#[test]
fn spend_up_to_a_marginal_return_is_within_its_gap_of_the_best_of_all_divisions() {
    let count = if std::env::var_os("MARKETLOOP_FULL").is_some() { 3_000 } else { 300 };
    let currency = Currency::new("JPY").unwrap();
    let mut most_nodes = 0;
    for seed in 1..=count {
        let mut random = Random(seed);
        let question = Question::random(&mut random);
        let table = question.best();
        // No cap is above the budget of the table, which then is the most there is to spend.
        let price = random.spread(0.01, 10.0);
        let asked = question.with(Optimisation::until_marginal_return(price, currency), jpy).group(
            "all",
            question.free(),
            ..=jpy(question.budget),
        );
        let most = table.iter().enumerate().map(|(spend, response)| response - price * spend as f64);
        let most = most.fold(f64::NEG_INFINITY, f64::max);
        let found = asked.solve().unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        check(&found, &asked, seed);
        let worth = found.response() - price * found.spend().minor() as f64;
        let size = most.abs().max(found.response());
        assert!(
            found.bound() >= most - 1e-12 * size,
            "seed {seed}: the bound {} is below {most}",
            found.bound()
        );
        assert!(
            worth >= most - (found.gap() + 1e-12) * size,
            "seed {seed}: {worth} of {most}, gap {:e}",
            found.gap()
        );
        most_nodes = most_nodes.max(found.nodes());
    }
    println!("{count} questions of a marginal return: at most {most_nodes} nodes");
}

/// N4: the least budget is the first sum whose best division reaches the target, and a target is out of reach only where
/// no division reaches it.
#[test]
fn least_budget_is_the_first_sum_whose_best_division_reaches_the_target() {
    let count = if std::env::var_os("MARKETLOOP_FULL").is_some() { 3_000 } else { 300 };
    let currency = Currency::new("JPY").unwrap();
    let (mut most_nodes, mut unreachable, mut open) = (0, 0, 0);
    for seed in 1..=count {
        let mut random = Random(seed);
        let question = Question::random(&mut random);
        let table = question.best();
        let most = table.iter().copied().fold(0.0, f64::max);
        let target = most * random.within(0.02, 1.03);
        let asked = question.with(Optimisation::minimise_budget(target, currency), jpy).group(
            "all",
            question.free(),
            ..=jpy(question.budget),
        );
        let first = table.iter().position(|response| *response >= target);
        let (Some(first), found) = (first, asked.solve()) else {
            let error = asked.solve().expect_err("no division reaches the target").to_string();
            assert!(error.contains("out of reach"), "seed {seed}: {error}");
            unreachable += 1;
            continue;
        };
        let found = found.unwrap_or_else(|error| panic!("seed {seed}: {error}, {target} of {most}"));
        check(&found, &asked, seed);
        let spend = found.spend().minor();
        assert!(found.response() >= target, "seed {seed}: {} is below {target}", found.response());
        assert!(found.bound() <= first as f64, "seed {seed}: the bound {} is above {first}", found.bound());
        assert!(spend >= first as i128, "seed {seed}: {spend} is below {first}");
        let gap = (spend as f64 - found.bound()) / (spend as f64).max(1.0);
        assert!((gap - found.gap()).abs() <= 1e-12, "seed {seed}: {gap:e} is not {:e}", found.gap());
        if found.stop() == Stop::Proven {
            assert_eq!(spend, first as i128, "seed {seed}");
        }
        open += usize::from(found.stop() != Stop::Proven);
        most_nodes = most_nodes.max(found.nodes());
    }
    println!("{count} least budgets: {unreachable} out of reach, {open} open, at most {most_nodes} nodes");
    assert!(open * 100 <= count as usize, "{open} of {count} open");
}
