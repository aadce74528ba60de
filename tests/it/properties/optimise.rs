//! Laws of optimal budgets.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a test's amounts are small"
)]

use marketloop::laws;
use marketloop::optimise::{Aim, Binding, Limits, Optimisation, OptimiseError};
use marketloop::quantity::{Currency, Money};
use marketloop::response::{Curve, Power, ResponseCurve};
use marketloop::strategies::{Optimisations, curves, optimisations};
use proptest::prelude::*;

const UNITS: f64 = 100.0;

fn cny(minor: i128) -> Money {
    Money::from_minor(minor, Currency::new("CNY").unwrap()).unwrap()
}

fn main_units(money: Money) -> f64 {
    money.minor() as f64 / UNITS
}

/// Lines with curves and bounds such that a budget of `budget` minor units fits them.
#[derive(Debug, Clone)]
struct Case {
    budget: i128,
    lines: Vec<(Curve, i128, i128)>,
}

impl Case {
    fn of(question: &Optimisation) -> Self {
        let Aim::Response { budget } = question.aim() else { unreachable!("a budget is asked for") };
        let budget = budget.minor();
        let bounds = question.bounds().map(|(_, floor, cap)| {
            (floor.map_or(0, |floor| floor.minor()), cap.map_or(budget, |cap| cap.minor()))
        });
        let lines =
            question.curves().zip(bounds).map(|((_, curve), (floor, cap))| (curve.clone(), floor, cap));
        Self { budget, lines: lines.collect() }
    }

    fn question(&self) -> Optimisation {
        // A cap of the whole budget is none.
        let budget = Optimisation::maximise_response(cny(self.budget));
        self.lines.iter().enumerate().fold(budget, |question, (index, (curve, floor, cap))| {
            let name = format!("l{index}");
            if *cap == self.budget {
                question.line(name, curve.clone(), cny(*floor)..)
            } else {
                question.line(name, curve.clone(), cny(*floor)..=cny(*cap))
            }
        })
    }

    fn asked(&self, question: Optimisation) -> Optimisation {
        self.lines.iter().enumerate().fold(question, |question, (index, (curve, floor, cap))| {
            question.line(format!("l{index}"), curve.clone(), cny(*floor)..=cny(*cap))
        })
    }

    fn response(&self, amounts: &[i128]) -> f64 {
        self.lines.iter().zip(amounts).map(|((curve, ..), amount)| curve.value(*amount as f64 / UNITS)).sum()
    }
}

fn cases(questions: Optimisations) -> impl Strategy<Value = Case> {
    questions.prop_map(|question| Case::of(&question))
}

fn any_case() -> impl Strategy<Value = Case> {
    cases(optimisations())
}

fn concave_case() -> impl Strategy<Value = Case> {
    cases(optimisations().with_lines(1..9).with_curves(curves().concave()))
}

proptest! {
    #[test]
    fn optimum_spends_exactly_the_budget_within_all_bounds(question in optimisations().with_groups()) {
        let best = question.solve().unwrap();
        laws::optimum_keeps_its_bounds(&question, &best)?;
        prop_assert!(best.verify(&question).is_ok());
    }

    #[test]
    fn marginal_returns_meet_at_the_multiplier(case in concave_case()) {
        let best = case.question().solve().unwrap();
        let price = best.multiplier().get().unwrap();
        prop_assert_eq!(best.lines().len(), case.lines.len());
        for (line, (curve, ..)) in best.lines().iter().zip(&case.lines) {
            let slope = curve.marginal(line.exact());
            match line.binding() {
                Binding::Free if line.exact() >= main_units(cny(case.budget)) => prop_assert!(slope >= price * (1.0 - 1e-9)),
                Binding::Free => prop_assert!((slope - price).abs() <= 1e-8 * price.max(1e-12), "{} against {}", slope, price),
                Binding::Cap => prop_assert!(slope >= price * (1.0 - 1e-9)),
                _ => prop_assert!(slope <= price * (1.0 + 1e-9)),
            }
        }
        prop_assert!(best.gap() <= 1e-12, "gap {:e}", best.gap());
        prop_assert_eq!(best.nodes(), 1);
    }

    #[test]
    fn every_multiplier_gives_a_bound(case in any_case(), factor in -3.0..3.0_f64) {
        let question = case.question();
        let best = question.solve().unwrap();
        prop_assert!(best.bound() >= best.response());
        prop_assert!(best.gap() <= 1e-9, "gap {:e} after {} nodes", best.gap(), best.nodes());
        let other = best.multiplier().get().unwrap() * 10_f64.powf(factor);
        let bound = question.bound_at(other).unwrap();
        prop_assert!(bound >= best.response() * (1.0 - 1e-13), "{} at {}", bound, other);
    }

    #[test]
    fn no_amounts_beat_the_bound(case in any_case(), shares in prop::collection::vec(0.0..1.0_f64, 7)) {
        let best = case.question().solve().unwrap();
        // Floors first, then what is left by random shares up to the caps.
        let mut amounts: Vec<i128> = case.lines.iter().map(|(_, floor, _)| *floor).collect();
        let mut rest = case.budget - amounts.iter().sum::<i128>();
        for round in 0..2 {
            for ((amount, (_, _, cap)), share) in amounts.iter_mut().zip(&case.lines).zip(&shares) {
                let wanted = if round == 0 { (rest as f64 * share) as i128 } else { rest };
                let more = wanted.min(cap - *amount).min(rest);
                *amount += more;
                rest -= more;
            }
        }
        prop_assert_eq!(rest, 0);
        laws::bound_is_not_beaten(&case.question(), &best, amounts.into_iter().map(cny))?;
    }

    #[test]
    fn whole_units_are_the_best_of_all_whole_units(
        lines in prop::collection::vec(curves().smooth().around(0.1), 1..4),
        budget in 0..14_i128,
        cap in 1..15_i128,
    ) {
        let cap = cap.max(budget);
        let case = Case { budget, lines: lines.into_iter().map(|curve| (curve, 0, cap)).collect() };
        let best = case.question().solve().unwrap();
        let mut most = f64::NEG_INFINITY;
        let count = case.lines.len();
        for code in 0..(budget + 1).pow(count as u32) {
            let amounts: Vec<i128> = (0..count).map(|line| code / (budget + 1).pow(line as u32) % (budget + 1)).collect();
            if amounts.iter().sum::<i128>() == budget {
                most = most.max(case.response(&amounts));
            }
        }
        prop_assert!(best.bound() >= most * (1.0 - 1e-13), "{} is less than {}", best.bound(), most);
        prop_assert!(best.response() >= most * (1.0 - 1e-9), "{} is less than {}", best.response(), most);
    }

    #[test]
    fn optimum_does_not_depend_on_the_order_of_lines(case in any_case(), turn in 0..7_usize) {
        let best = case.question().solve().unwrap();
        let mut turned = case.clone();
        let by = turn % turned.lines.len();
        turned.lines.rotate_left(by);
        turned.lines.reverse();
        let other = turned.question().solve().unwrap();
        let off = (best.response() - other.response()).abs() / best.response().max(f64::MIN_POSITIVE);
        prop_assert!(off <= 1e-9, "{} and {}", best.response(), other.response());
    }

    #[test]
    fn scaling_the_response_changes_no_amount(case in concave_case(), power in -6..7_i32) {
        let scale = 10_f64.powi(power);
        let scaled = case.lines.iter().enumerate().fold(
            Optimisation::<Scaled>::draft(Aim::Response { budget: cny(case.budget) }),
            |question, (index, (curve, floor, cap))| {
                question.line(format!("l{index}"), Scaled { curve: curve.clone(), response: scale, money: 1.0 }, cny(*floor)..=cny(*cap))
            },
        );
        let (best, other) = (case.question().solve().unwrap(), scaled.solve().unwrap());
        prop_assert_eq!(best.lines().len(), other.lines().len());
        for (left, right) in best.lines().iter().zip(other.lines()) {
            // A tie of two lines for one minor unit may fall the other way by rounding.
            prop_assert!((left.amount().minor() - right.amount().minor()).abs() <= 1, "{} and {}", left, right);
        }
        let off = (best.response() * scale - other.response()).abs();
        prop_assert!(off <= 1e-11 * other.response().abs());
    }

    #[test]
    fn scaling_the_money_changes_no_share(case in any_case()) {
        let scale = 1_000_000;
        let scaled = case.lines.iter().enumerate().fold(
            Optimisation::<Scaled>::draft(Aim::Response { budget: cny(case.budget * scale) }),
            |question, (index, (curve, floor, cap))| {
                let curve = Scaled { curve: curve.clone(), response: 1.0, money: scale as f64 };
                question.line(format!("l{index}"), curve, cny(*floor * scale)..=cny(*cap * scale))
            },
        );
        let (best, other) = (case.question().solve().unwrap(), scaled.solve().unwrap());
        prop_assert_eq!(other.spend(), cny(case.budget * scale));
        // A million times finer units lose nothing, the coarse ones a little.
        let off = (best.bound() - other.bound()).abs() / best.bound().max(f64::MIN_POSITIVE);
        prop_assert!(off <= 1e-5, "{} and {}", best.bound(), other.bound());
        prop_assert!(other.gap() <= 1e-9, "gap {:e}", other.gap());
    }

    #[test]
    fn more_budget_never_gives_less_response(case in any_case(), more in 0.0..1.0_f64) {
        let best = case.question().solve().unwrap();
        let most: i128 = case.lines.iter().map(|(.., cap)| cap).sum();
        let mut richer = case.clone();
        richer.budget += ((most - case.budget) as f64 * more) as i128;
        let richer = richer.question().solve().unwrap();
        prop_assert!(richer.response() >= best.response() * (1.0 - 1e-9));
    }

    #[test]
    fn infeasible_exactly_when_floors_or_caps_say_so(case in any_case(), factor in 0.0..3.0_f64) {
        let floors: i128 = case.lines.iter().map(|(_, floor, _)| floor).sum();
        let caps: i128 = case.lines.iter().map(|(.., cap)| cap).sum();
        let mut asked = case.clone();
        asked.budget = (case.budget as f64 * factor) as i128;
        match asked.question().solve() {
            Ok(best) => {
                prop_assert!((floors..=caps).contains(&asked.budget));
                prop_assert_eq!(best.spend(), cny(asked.budget));
            }
            Err(problems) => {
                prop_assert_eq!(problems.len(), 1);
                match &problems.iter().next().unwrap().error {
                    OptimiseError::FloorsAbove { over, .. } => prop_assert_eq!(over.minor(), floors - asked.budget),
                    OptimiseError::CapsBelow { short, .. } => prop_assert_eq!(short.minor(), asked.budget - caps),
                    other => prop_assert!(false, "{}", other),
                }
            }
        }
    }

    #[test]
    fn floors_above_the_budget_and_caps_below_it_are_told(question in optimisations().infeasible()) {
        let problems = question.solve().unwrap_err();
        prop_assert_eq!(problems.len(), 1);
        let told = &problems.iter().next().unwrap().error;
        prop_assert!(matches!(told, OptimiseError::FloorsAbove { .. } | OptimiseError::CapsBelow { .. }), "{}", told);
    }

    #[test]
    fn nested_groups_keep_their_bounds(case in cases(optimisations().with_lines(3..7)), low in 0.0..1.0_f64, high in 0.0..1.0_f64, tastes in prop::collection::vec(0.1..10.0_f64, 7)) {
        let (left, right) = (&case.lines[0], &case.lines[1]);
        let (floors, caps) = (left.1 + right.1, (left.2 + right.2).min(case.budget));
        let between = |part: f64| floors + ((caps - floors) as f64 * part) as i128;
        let (low, high) = (between(low.min(high)), between(low.max(high)));
        let others: i128 = case.lines[2..].iter().map(|line| line.2).sum();
        let least: i128 = case.lines[2..].iter().map(|line| line.1).sum();
        prop_assume!(high + others >= case.budget && low + least <= case.budget);
        // A second group around the first, which binds now and then.
        let outer = (high + case.lines[2].1).max(case.budget * 3 / 4).max(case.budget - others + case.lines[2].2);
        let grouped = |case: &Case| {
            case.question()
                .group("inner", ["l0", "l1"], cny(low)..=cny(high))
                .group("outer", ["inner", "l2"], ..=cny(outer))
        };
        let question = grouped(&case);
        let best = question.solve().unwrap();
        let inner = best.lines()[0].amount().minor() + best.lines()[1].amount().minor();
        prop_assert!((low..=high).contains(&inner));
        prop_assert_eq!(best.group("inner").unwrap().amount(), cny(inner));
        prop_assert!(best.verify(&question).is_ok());
        prop_assert!(best.response() <= case.question().solve().unwrap().bound() * (1.0 + 1e-12));
        prop_assert!(question.bound_at(best.multiplier().get().unwrap()).unwrap() >= best.response() * (1.0 - 1e-13));
        prop_assert!(best.gap() <= 1e-9, "gap {:e} after {} nodes", best.gap(), best.nodes());
        // The optimum of other curves within the same bounds is no better.
        let mut other = case.clone();
        for ((curve, ..), taste) in other.lines.iter_mut().zip(tastes) {
            *curve = Power::new(taste, 0.5).unwrap().into();
        }
        let amounts: Vec<i128> =
            grouped(&other).solve().unwrap().lines().iter().map(|line| line.amount().minor()).collect();
        prop_assert!(case.response(&amounts) <= best.bound() * (1.0 + 1e-13));
    }

    #[test]
    fn the_least_budget_for_a_response_buys_it(case in any_case(), part in 0.05..0.99_f64) {
        let most = case.asked(Optimisation::maximise_response(cny(case.lines.iter().map(|(.., cap)| cap).sum()))).solve().unwrap();
        let least = case.response(&case.lines.iter().map(|(_, floor, _)| *floor).collect::<Vec<_>>());
        let target = least + part * (most.response() - least);
        let question = case.asked(Optimisation::minimise_budget(target, cny(0).currency()));
        let best = question.solve().unwrap();
        prop_assert!(best.response() >= target);
        prop_assert!(best.verify(&question).is_ok());
        prop_assert!(best.bound() <= main_units(best.spend()));
        // The same money, spent for response, brings no less than the target and a minor unit's worth more at most.
        let back = case.asked(Optimisation::maximise_response(best.spend())).solve().unwrap();
        prop_assert!(back.response() >= target * (1.0 - 1e-9));
        if best.spend().minor() > 0 {
            let poorer = case.asked(Optimisation::maximise_response(cny(best.spend().minor() * 99 / 100)));
            if let Ok(poorer) = poorer.solve() {
                prop_assert!(poorer.response() <= target * (1.0 + 1e-9) , "{} for 99 % of {}", poorer.response(), best.spend());
            }
        }
    }

    #[test]
    fn at_the_work_limit_the_gap_is_told(case in cases(optimisations().with_lines(3..7).with_curves(curves().s_shaped()))) {
        let question = case.question().with_limits(Limits::default().with_nodes(1));
        let first = question.solve().unwrap();
        prop_assert_eq!(first.nodes(), 1);
        prop_assert_eq!(first.spend(), cny(case.budget));
        prop_assert!(first.verify(&question).is_ok());
        let best = case.question().solve().unwrap();
        prop_assert!(first.response() <= best.bound() * (1.0 + 1e-13));
        prop_assert!(first.bound() >= best.response() * (1.0 - 1e-13));
        prop_assert!(first.gap() >= 1.0 - first.response() / best.response() - 1e-12);
    }
}

/// A curve in other units of response and money: a type of the caller's.
#[derive(Debug, Clone)]
struct Scaled {
    curve: Curve,
    response: f64,
    money: f64,
}

impl ResponseCurve for Scaled {
    fn value(&self, spend: f64) -> f64 {
        self.response * self.curve.value(spend / self.money)
    }

    fn marginal(&self, spend: f64) -> f64 {
        self.response / self.money * self.curve.marginal(spend / self.money)
    }

    fn inflection(&self) -> f64 {
        self.money * self.curve.inflection()
    }

    fn has_one_inflection(&self) -> bool {
        self.curve.has_one_inflection()
    }

    fn rise(&self, from: f64, width: f64) -> f64 {
        self.response * self.curve.rise(from / self.money, width / self.money)
    }

    fn best_spend(&self, price: f64, from: f64, to: f64) -> f64 {
        let price = price * self.money / self.response;
        (self.money * self.curve.best_spend(price, from / self.money, to / self.money)).clamp(from, to)
    }

    fn inverse_marginal(&self, marginal: f64) -> f64 {
        self.money * self.curve.inverse_marginal(marginal * self.money / self.response)
    }
}
