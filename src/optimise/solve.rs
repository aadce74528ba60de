//! Solves a question: the optimum, and the bound at any multiplier.

use super::branch_and_bound::{Searched, search};
use super::certificate::dual;
use super::demand::{Bracket, Demand};
use super::model::{Model, Target};
use super::{Optimisation, OptimiseError, Optimum, Stop, least_budget};
use crate::error::{Path, Problems};
use crate::response::ResponseCurve;

impl<C: ResponseCurve> Optimisation<C> {
    /// The optimal amounts in whole minor units, with their bound and its proof.
    ///
    /// Concave curves: water-filling, every line up to the same marginal response (the multiplier), the bounds
    /// of lines and groups kept; the whole minor units are the optimum among all whole minor units (Fox 1966).
    /// Other curves: branch and bound on upper concave envelopes, to the *global* optimum within the gap of
    /// [`Limits`](super::Limits); where the search ends before that, [`Optimum::stop`] says why. For the least budget, budgets in
    /// whole minor units are tried by bisection: the proof shows that the budget before the answer is short.
    ///
    /// # Errors
    /// All faults of the question at once, each with its path (`lines[2].cap`); [`OptimiseError::FloorsAbove`] and
    /// [`OptimiseError::CapsBelow`] when the bounds leave no amounts, [`OptimiseError::Unreachable`] when no amounts
    /// reach the target, [`OptimiseError::Undecided`] when the limits leave that open, [`OptimiseError::NotACurve`]
    /// when a curve of the caller's gives a response that is no number, [`OptimiseError::NotBest`] and
    /// [`OptimiseError::BoundBelow`] when curves contradict what they call their best, [`OptimiseError::NoBound`]
    /// when the bound is no finite number.
    pub fn solve(&self) -> Result<Optimum, Problems<OptimiseError>> {
        let model = Model::of(self)?;
        solve(&model, self)
    }

    /// An upper bound of the response of *any* amounts within the bounds, from a multiplier alone (Everett
    /// 1963): `D(m) = Σ max over x of (f(x) - m x) + m B`, the multipliers of groups at their best. Every
    /// `m >= 0` gives a bound; at the optimum's multiplier it is the least. For the aim of the least budget it is a
    /// lower bound of the budget, `(target - Σ max (f(x) - m x)) / m`; for a marginal return, the bound of
    /// response less `m` times spend.
    ///
    /// # Errors
    /// As [`solve`](Self::solve), and [`OptimiseError::Multiplier`] for one that is no number or below 0 (0 too
    /// for the least budget), [`OptimiseError::NoBound`] for one so great that the bound is no finite number.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let question = Optimisation::maximise_response(Money::parse("100 CNY")?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .line("video", Power::new(1.0, 0.5)?, ..);
    /// let best = question.solve()?;
    /// // Any price bounds the response from above; the multiplier's bound is the closest.
    /// assert!(question.bound_at(0.2)? > best.response());
    /// let multiplier = best.multiplier().get()?;
    /// assert!((question.bound_at(multiplier)? - best.response()).abs() < 1e-9);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn bound_at(&self, multiplier: f64) -> Result<f64, Problems<OptimiseError>> {
        let model = Model::of(self)?;
        bound_at(&model, multiplier)
    }
}

/// The optimum of a checked question.
fn solve<C: ResponseCurve>(
    model: &Model<'_, C>,
    question: &Optimisation<C>,
) -> Result<Optimum, Problems<OptimiseError>> {
    let Searched { best, tree, multipliers, stop } = search(model, question.limits);
    let answer = match (model.target, best) {
        (Target::Response(target), best) => {
            // Dead zones leave a gap in the dual, which is no proof of the budget: they go on to be bisected.
            let is_done = stop == Stop::Proven && !model.is_kinked;
            match best {
                Some(best) if is_done => Ok((best, tree, stop)),
                best => least_budget::search(model, target, question.limits, best, tree),
            }
        }
        (_, Some(best)) => Ok((best, tree, stop)),
        (Target::Spend(target) | Target::Price(target), None) => Err(OptimiseError::Undecided { target }),
    };
    match answer {
        Ok((best, tree, stop)) => {
            Optimum::of(model, question, &best.spends, &best.amounts, &multipliers, (tree, stop))
        }
        Err(error) => {
            let mut problems = Problems::new();
            problems.push(Path::root().field("aim"), error);
            Err(problems)
        }
    }
}

/// The bound that one multiplier proves.
fn bound_at<C: ResponseCurve>(model: &Model<'_, C>, multiplier: f64) -> Result<f64, Problems<OptimiseError>> {
    let is_price = multiplier.is_finite()
        // At a price of 0 any response is bought for nothing, and no budget is bounded.
        && (multiplier > 0.0 || multiplier >= 0.0 && !matches!(model.target, Target::Response(_)));
    if !is_price {
        let mut problems = Problems::new();
        problems.push(Path::root(), OptimiseError::Multiplier { multiplier });
        return Err(problems);
    }
    let mut demand = Demand::new(model);
    let whole = model.whole();
    let spend = demand.totals(whole, multiplier).spend;
    demand.assign(whole, spend, Bracket { low: multiplier, high: multiplier });
    let bound = dual(&mut demand).bound;
    if bound.is_finite() {
        return Ok(bound);
    }
    let mut problems = Problems::new();
    problems.push(Path::root(), OptimiseError::NoBound { multiplier });
    Err(problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::optimise::{Aim, Binding, Limits, Stop};
    use crate::quantity::{Currency, Money};
    use crate::response::{Curve, Hill, HyperbolicTangent, Logarithmic, Logistic, PiecewiseLinear, Power};
    use alloc::boxed::Box;
    use alloc::format;
    use alloc::string::ToString;
    use core::cell::Cell;

    fn yuan(text: &str) -> Money {
        Money::parse(&format!("{text} CNY")).unwrap()
    }

    fn root(a: f64) -> Power {
        Power::new(a, 0.5).unwrap()
    }

    #[test]
    fn all_faults_of_a_question_are_told_with_their_paths() {
        let faulty = Optimisation::maximise_response(yuan("-5"))
            .line("a", root(1.0), yuan("3")..=yuan("2"))
            .line("a", root(1.0), Money::parse("1 JPY").unwrap()..)
            .line("b", root(1.0), yuan("-1")..)
            .group("g", ["a", "a", "nobody"], ..)
            .group("in", ["out"], ..)
            .group("out", ["in"], ..=yuan("-1"));
        assert_eq!(
            faulty.solve().unwrap_err().to_string(),
            "10 problems\n  lines[0]: the floor 3.00 CNY is above the cap 2.00 CNY\n  \
             lines[1].floor: JPY and CNY are different currencies\n  \
             lines[2].floor: the amount -1.00 CNY is below 0\n  \
             groups[2].cap: the amount -1.00 CNY is below 0\n  \
             aim: the amount -5.00 CNY is below 0\n  \
             lines[1].name: `a` is the name of another line or group already\n  \
             groups[0].members[1]: `a` is a member of group `g` already\n  \
             groups[0].members[2]: `nobody` is neither a line nor a group\n  \
             groups[1]: group `in` contains itself\n  groups[2]: group `out` contains itself"
        );
        let empty = Optimisation::maximise_response(yuan("5")).solve().unwrap_err();
        assert_eq!(empty.to_string(), "lines: an optimum needs at least one line");
        for wrong in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
            let asked =
                Optimisation::until_marginal_return(wrong, yuan("1").currency()).line("a", root(1.0), ..);
            assert_eq!(asked.solve().unwrap_err().iter().next().unwrap().error.kind(), ErrorKind::OutOfRange);
        }
        let asked = Optimisation::minimise_budget(f64::NAN, yuan("1").currency()).line("a", root(1.0), ..);
        assert!(asked.solve().is_err());
    }

    #[test]
    fn bounds_that_leave_no_amounts_say_how_much_is_missing() {
        let over = Optimisation::maximise_response(yuan("10"))
            .line("a", root(1.0), yuan("6")..)
            .line("b", root(1.0), yuan("5")..)
            .group("g", ["a"], ..=yuan("5.50"));
        assert_eq!(
            over.solve().unwrap_err().to_string(),
            "2 problems\n  groups[0]: the floors take 6.00 CNY: 0.50 CNY over the bounds of group `g`\n  \
             lines: the floors take 10.50 CNY: 0.50 CNY over the budget"
        );
        let short = Optimisation::maximise_response(yuan("10")).line("a", root(1.0), ..yuan("4")).line(
            "b",
            root(1.0),
            ..=yuan("5"),
        );
        assert_eq!(
            short.solve().unwrap_err().to_string(),
            "lines: the caps take 8.99 CNY at most: 1.01 CNY short of the budget"
        );
        let far =
            Optimisation::minimise_budget(100.0, yuan("1").currency()).line("a", root(1.0), ..=yuan("100"));
        assert_eq!(
            far.solve().unwrap_err().to_string(),
            "aim: a response of 100 is out of reach: all caps together bring 10"
        );
    }

    #[test]
    fn a_single_node_tries_both_ends_of_a_jump() {
        let hill = |half: f64| Hill::new(100.0, half, 4.0).unwrap();
        // Whoever moves another line than the one in its jump loses 9, 3 and 6 % here.
        let asked =
            [("15", [10.0, 12.0, 5.0], 20.0), ("16", [5.0, 12.0, 1.0], 1.0), ("30", [9.0, 10.0, 11.0], 1.0)];
        for (budget, halves, size) in asked {
            let [one, other, third] = halves.map(hill);
            let question = Optimisation::maximise_response(yuan(budget))
                .line("one", one, ..)
                .line("other", other, ..)
                .line("third", third, ..)
                .line("concave", root(size), ..);
            let (best, at_once) =
                (question.solve(), question.with_limits(Limits::default().with_nodes(1)).solve());
            let (best, at_once) = (best.unwrap(), at_once.unwrap());
            assert!(best.nodes() > 1 && at_once.nodes() == 1, "{budget} CNY: {best}");
            assert!((at_once.response() / best.response() - 1.0).abs() < 1e-12, "{at_once} for {best}");
        }
    }

    #[test]
    fn edges_have_answers() {
        let nothing = Optimisation::maximise_response(yuan("0")).line("a", root(1.0), ..).solve().unwrap();
        assert!(nothing.spend().is_zero() && nothing.response() <= 0.0 && nothing.gap() <= 0.0);
        let forced = Optimisation::maximise_response(yuan("7"))
            .line("a", root(1.0), yuan("7")..=yuan("7"))
            .solve()
            .unwrap();
        assert_eq!((forced["a"].amount(), forced["a"].binding()), (yuan("7"), Binding::Floor));
        // A target that the floors reach already costs the floors.
        let reached =
            Optimisation::minimise_budget(-5.0, yuan("1").currency()).line("a", root(1.0), yuan("3")..);
        assert_eq!(reached.solve().unwrap().spend(), yuan("3"));
        let told = reached.solve().unwrap();
        assert!(told.to_string().ends_with("3.00 CNY for a response of 1.73; gap at most 0.0e0"), "{told}");
        let table = told.table().to_string();
        let reason = "undefined: there is no need for money beyond the floors";
        assert!(table.lines().last().unwrap().contains(reason), "{table}");
        // A power of spend rises endlessly at 0.
        let none = Optimisation::maximise_response(yuan("0")).line("a", root(1.0), ..).solve().unwrap();
        let told = none["a"].to_string();
        assert_eq!(told, "a: 0.00 CNY for a response of 0.00 (not worth a first unit)");
        // The greatest budget that money holds, and units of it that a float cannot count.
        let most = Money::from_minor((1 << 96) - 1, yuan("1").currency()).unwrap();
        let vast = Optimisation::maximise_response(most)
            .line("a", root(1.0), ..)
            .line("b", root(2.0), ..)
            .solve()
            .unwrap();
        assert_eq!(vast.spend(), most);
        // A curve that saturates at once: what is left is spent all the same.
        let flat = Logarithmic::new(1.0, 1e-90).unwrap();
        let flat = Optimisation::maximise_response(yuan("100"))
            .line("a", flat, ..)
            .line("b", root(1.0), ..)
            .solve()
            .unwrap();
        assert_eq!(flat.spend(), yuan("100"));
    }

    /// What a unit of money is worth where none is needed beyond the floors does not exist, be they those of lines or of
    /// groups.
    #[test]
    fn floors_that_reach_a_target_leave_no_multiplier() {
        let asked = |target: f64| {
            Optimisation::minimise_budget(target, Currency::CNY)
                .line("a", root(1.0), ..)
                .line("b", root(2.0), ..)
                .line("c", root(1.0), yuan("4")..)
                .group("both", ["a", "b"], yuan("50")..)
        };
        // The group's 50 bring sqrt(10) + 2 sqrt(40) = 15.81, the line's 4 bring 2.
        for (target, multiplier) in [(-5.0, None), (1.0, None), (17.8, None), (20.0, Some(0.25))] {
            let question = asked(target);
            let best = question.solve().unwrap();
            assert_eq!(best.multiplier().is_known(), multiplier.is_some(), "{target}: {best}");
            assert!(best.verify(&question).is_ok() && best.stop() == Stop::Proven, "{target}: {best}");
            if multiplier.is_none() {
                assert_eq!(best.spend(), yuan("54"), "{target}");
                assert_eq!((best["a"].amount(), best["b"].amount()), (yuan("10"), yuan("40")), "{target}");
                assert!((best["a"].exact() - 10.0).abs() < 1e-9, "{target}: {}", best["a"].exact());
                let both = best.group("both").unwrap();
                assert_eq!(both.binding(), Binding::Floor, "{target}");
                let inside = both.multiplier().known().unwrap();
                assert!((inside - 0.5 / 10_f64.sqrt()).abs() < 1e-9, "{target}: {inside}");
            }
        }
    }

    /// The price at which a search of floors ends, times a great floor, would be infinite: the bound of the root was 0.
    #[test]
    fn floors_of_great_amounts_that_reach_a_target_have_a_bound() {
        let most = Money::from_minor((1 << 95) - 1, yuan("1").currency()).unwrap();
        let question = Optimisation::minimise_budget(1.0, Currency::CNY)
            .line("a", root(1e24), ..)
            .line("b", root(2e24), ..)
            .group("both", ["a", "b"], most..);
        let best = question.solve().unwrap();
        let root = super::search(&Model::of(&question).unwrap(), question.limits).tree.noted();
        assert!(root.is_some_and(|(bound, _)| bound > 0.999 * 2_f64.powi(95) / 100.0), "{root:?}");
        assert_eq!((best.spend(), best.stop()), (most, Stop::Proven));
        assert!(best.multiplier().is_undefined() && best.verify(&question).is_ok(), "{best}");
    }

    #[test]
    fn curves_of_the_callers_that_are_none_are_refused() {
        struct Broken;
        impl ResponseCurve for Broken {
            fn value(&self, spend: f64) -> f64 {
                1.0 / spend
            }
            fn marginal(&self, _: f64) -> f64 {
                f64::NAN
            }
            fn inflection(&self) -> f64 {
                0.0
            }
        }
        let aim = Aim::Response { budget: yuan("5") };
        let asked = Optimisation::<Box<dyn ResponseCurve>>::draft(aim);
        let asked = asked.line("a", Box::new(Broken) as Box<dyn ResponseCurve>, ..);
        assert!(asked.solve().unwrap_err().to_string().starts_with("lines[0].curve: the curve gives"));
    }

    /// N4: lines that stay flat up to beyond an even share of the budget.
    #[test]
    fn dead_zones_beyond_an_even_share_are_proven_in_tens_of_nodes() {
        let step = |at: f64, there: f64, end: f64| {
            PiecewiseLinear::new([(0.0, 0.0), (at - 0.01, 0.0), (at, there), (250.0, end)]).unwrap()
        };
        let broken = Optimisation::maximise_response(yuan("250"))
            .line("a", step(80.0, 40.0, 80.0), ..)
            .line("b", step(120.0, 41.0, 64.0), ..)
            .line("c", step(90.0, 27.0, 49.0), ..)
            .line("d", step(70.0, 22.0, 45.0), ..);
        let best = broken.solve().unwrap();
        assert_eq!((best["a"].amount(), best["b"].amount()), (yuan("130"), yuan("120")));
        let logistic = |a: f64, m: f64| Logistic::new(a, m, 40.0).unwrap();
        let smooth = Optimisation::maximise_response(yuan("250"))
            .line("a", logistic(80.0, 80.0), ..)
            .line("b", logistic(64.0, 120.0), ..)
            .line("c", logistic(49.0, 140.0), ..)
            .line("d", logistic(45.0, 150.0), ..);
        for question in [broken, smooth] {
            let best = question.solve().unwrap();
            assert!(
                best.gap() <= 1e-12 && best.nodes() <= 50,
                "{} nodes, gap {:e}",
                best.nodes(),
                best.gap()
            );
            assert_eq!(best.stop(), Stop::Proven);
            let least = (1..1000).map(|price| question.bound_at(f64::from(price) * 0.001).unwrap());
            let least = least.fold(f64::INFINITY, f64::min);
            let root = question.clone().with_limits(Limits::default().with_nodes(1)).solve().unwrap();
            assert!(root.bound() <= least * (1.0 + 1e-12), "{} is above {least}", root.bound());
        }
    }

    /// L4: a near step whose spend is ten digits long, against a line without a cap.
    #[test]
    fn a_near_step_and_a_flat_line_take_no_time() {
        let question = Optimisation::minimise_budget(0.803_817_999_561_855_7, Currency::new("JPY").unwrap())
            .line("l1", HyperbolicTangent::new(4.562_106_735_890_288e-10, 1e16).unwrap(), jpy("173")..)
            .line(
                "l2",
                Logistic::new(7.069_339_947_398_544, 6_003_863_653.879_26, 9_907_512_884.675_768).unwrap(),
                ..,
            );
        let best = question.solve().unwrap();
        assert_eq!(best.spend(), jpy("6003863827"));
        assert_eq!(best.stop(), Stop::Proven);
        assert!(best.nodes() <= 500, "{} nodes", best.nodes());
        assert!(best.verify(&question).is_ok());
    }

    fn jpy(text: &str) -> Money {
        Money::parse(&format!("{text} JPY")).unwrap()
    }

    /// L4: 40 S-shaped lines in 10 capped groups.
    #[test]
    fn many_lines_in_capped_groups_are_proven_or_stop_with_a_reason() {
        let lines = (0..40_u8).fold(Optimisation::maximise_response(yuan("1000000")), |question, line| {
            let turn = f64::from(line);
            let k = 20_000.0 + 180_000.0 * (turn * 0.618 - (turn * 0.618).floor());
            let a = 5_000.0 + 195_000.0 * (turn * 0.414 - (turn * 0.414).floor());
            let shape = 1.5 + 4.5 * (turn * 0.732 - (turn * 0.732).floor());
            let curve: Curve = if line % 2 == 0 {
                Hill::new(a, k, shape).unwrap().into()
            } else {
                Logistic::new(a, k, shape * 3.0 / k).unwrap().into()
            };
            question.line(format!("l{line}"), curve, ..)
        });
        let question = (0..10_u32).fold(lines, |question, group| {
            let members = (0..4).map(|member| format!("l{}", group * 4 + member));
            question.group(format!("g{group}"), members, ..=yuan(&format!("{}", 75_000 + 12_000 * group)))
        });
        let best = question.solve().unwrap();
        assert!(best.nodes() <= 2_001, "{} nodes", best.nodes());
        assert_eq!(best.gap() <= 1e-9, best.stop() == Stop::Proven, "{best}");
        assert!(best.verify(&question).is_ok());
    }

    /// A curve of the caller's over others of the crate, with a few ways to be wrong.
    struct Mean {
        curves: [Hill; 3],
        furthest: Cell<f64>,
    }

    impl Mean {
        fn of(k: [f64; 3]) -> Self {
            let hill = |a: f64, k: f64, s: f64| Hill::new(a, k, s).unwrap();
            let curves = [hill(90.0, k[0], 3.0), hill(110.0, k[1], 4.0), hill(100.0, k[2], 5.0)];
            Self { curves, furthest: Cell::new(0.0) }
        }
    }

    impl ResponseCurve for Mean {
        fn value(&self, spend: f64) -> f64 {
            self.curves.iter().map(|curve| curve.value(spend)).sum::<f64>() / 3.0
        }
        fn marginal(&self, spend: f64) -> f64 {
            self.curves.iter().map(|curve| curve.marginal(spend)).sum::<f64>() / 3.0
        }
        fn inflection(&self) -> f64 {
            self.curves.iter().map(ResponseCurve::inflection).fold(0.0, f64::max)
        }
        fn has_one_inflection(&self) -> bool {
            false
        }
        fn inverse_marginal(&self, marginal: f64) -> f64 {
            self.curves.iter().map(|curve| curve.inverse_marginal(marginal)).sum()
        }
        fn best_spend(&self, price: f64, from: f64, to: f64) -> f64 {
            self.furthest.set(self.furthest.get().max(to));
            crate::response::Curve::from(self.curves[0]).best_spend(price, from, to)
        }
    }

    /// N5: a curve that is wrong about its best proves nothing, in `solve` and in `verify`.
    #[test]
    fn a_curve_that_is_wrong_about_its_best_is_refused() {
        let aim = Aim::Response { budget: yuan("80") };
        let asked = Optimisation::<Mean>::draft(aim).line("one", Mean::of([10.0, 45.0, 160.0]), ..).line(
            "two",
            Mean::of([12.0, 30.0, 140.0]),
            ..,
        );
        let refused = asked.solve().unwrap_err();
        let is_told = |problems: &Problems<OptimiseError>| {
            let told = |error: &OptimiseError| {
                matches!(error, OptimiseError::NotBest { .. } | OptimiseError::BoundBelow { .. })
            };
            problems.iter().all(|problem| told(&problem.error))
        };
        assert!(is_told(&refused), "{refused}");
        assert_eq!(refused.iter().next().unwrap().error.kind(), ErrorKind::Mismatch);
        // No line was asked about more than the budget.
        for line in &asked.lines {
            assert!(line.curve.furthest.get() <= 80.0, "{}", line.curve.furthest.get());
        }
        // The same amounts of right curves are no proof for wrong ones.
        let right = |k: f64| Hill::new(90.0, k, 3.0).unwrap();
        let best = Optimisation::maximise_response(yuan("80")).line("one", right(10.0), ..).line(
            "two",
            right(12.0),
            ..,
        );
        let best = best.solve().unwrap();
        assert!(best.verify(&asked).is_err());
    }

    /// N7: what is no finite number is an error.
    #[test]
    fn a_bound_without_a_finite_number_is_an_error() {
        let asked = Optimisation::maximise_response(yuan("50000"))
            .line("a", Logarithmic::new(7.0, 10_000.0).unwrap(), ..)
            .line("b", Hill::new(90_000.0, 14_000.0, 2.5).unwrap(), ..);
        for multiplier in [0.0, f64::from_bits(1), 1e-308, 1e-100, 1.0, 1e100, 1e300, 1e308, f64::MAX] {
            match asked.bound_at(multiplier) {
                Ok(bound) => assert!(bound.is_finite(), "{bound} at {multiplier}"),
                Err(problems) => {
                    let error = &problems.iter().next().unwrap().error;
                    assert_eq!(*error, OptimiseError::NoBound { multiplier });
                    assert_eq!(error.kind(), ErrorKind::Overflow);
                }
            }
        }
        assert!(asked.bound_at(1e308).is_err());
        for at_least in [f64::from_bits(1), 1e-308, 1e308, f64::MAX] {
            let asked = Optimisation::until_marginal_return(at_least, yuan("1").currency())
                .line("a", Logarithmic::new(7.0, 10_000.0).unwrap(), yuan("5")..=yuan("70"))
                .line("b", Hill::new(90_000.0, 14_000.0, 2.5).unwrap(), ..=yuan("70"));
            if let Ok(best) = asked.solve() {
                // Asked for as it is, a price beyond every slope is known: only a target's is none.
                let multiplier = best.multiplier().known().unwrap();
                let figures = [best.bound(), best.gap(), best.response(), multiplier, best.exact_response()];
                assert!(figures.iter().all(|figure| figure.is_finite()), "{at_least}: {figures:?}");
            }
        }
    }

    #[test]
    fn an_optimum_is_held_against_its_own_question_only() {
        let asked = |a: f64, budget: &str| {
            Optimisation::maximise_response(yuan(budget))
                .line("a", Hill::new(a, 20.0, 3.0).unwrap(), ..)
                .line("b", Hill::new(70.0, 30.0, 2.0).unwrap(), ..=yuan("40"))
        };
        let best = asked(100.0, "60").solve().unwrap();
        assert!(best.verify(&asked(100.0, "60")).is_ok());
        let grouped = |name: &str| asked(100.0, "60").group(name, ["a"], ..);
        let others = [
            asked(101.0, "60"),
            asked(100.0, "61"),
            asked(100.0, "60").line("c", root(1.0), ..),
            grouped("g"),
        ];
        assert!(grouped("g").solve().unwrap().verify(&grouped("h")).is_err());
        for other in others {
            let refused = best.verify(&other).unwrap_err();
            assert!(matches!(refused.iter().next().unwrap().error, OptimiseError::NotProven { .. }));
        }
        // Any amounts can be held against the curves, and none beat the bound.
        let own = best.lines().iter().map(|line| (line.name(), line.amount()));
        let same = asked(100.0, "60").response_of(own).unwrap();
        assert!((same - best.response()).abs() <= 1e-12 * same);
        let other = asked(100.0, "60").response_of([("a", yuan("30")), ("b", yuan("30"))]).unwrap();
        assert!(other <= best.bound());
        let wrong = asked(100.0, "60").response_of([("c", yuan("1")), ("a", yuan("-1"))]).unwrap_err();
        let expected =
            "2 problems\n  [0]: `c` is neither a line nor a group\n  [1]: the amount -1.00 CNY is below 0";
        assert_eq!(wrong.to_string(), expected);
        assert!(asked(100.0, "60").bound_at(-1.0).is_err());
        assert!(asked(100.0, "60").bound_at(f64::NAN).is_err());
    }

    #[test]
    fn lines_that_are_the_same_are_not_permuted() {
        // Without an order among them, 20 lines of one S-shaped curve have thousands of equal boxes.
        let asked = (0..20).fold(Optimisation::maximise_response(yuan("1000000")), |asked, line| {
            asked.line(format!("l{line}"), Hill::new(1e5, 1.3e5, 3.0).unwrap(), ..)
        });
        let best = asked.solve().unwrap();
        assert!(best.gap() <= 1e-9 && best.nodes() < 50, "{} nodes, gap {:e}", best.nodes(), best.gap());
    }
}
