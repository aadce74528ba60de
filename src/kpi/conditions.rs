//! Formulas that compare and choose, and where a state becomes a value.

use super::formula::{Formula, Token};
use super::function::{Comparison, Function};
use alloc::vec::Vec;

impl Formula {
    /// The value of `then` where the condition is not 0, else that of `otherwise`; only the one taken counts.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Figure;
    /// use marketloop::kpi::{Formula, KpiTree};
    /// use rust_decimal::dec;
    ///
    /// let good = Formula::if_else(Formula::node("roas").at_least(dec!(3)), "revenue", dec!(0));
    /// assert_eq!(good.text()?, "if(roas >= 3, revenue, 0)");
    /// let tree = KpiTree::parse("good = if(roas >= 3, revenue, 0)\n roas = revenue / spend\n revenue, spend")?;
    /// let month = tree.inputs([("revenue", dec!(900)), ("spend", dec!(200))])?;
    /// assert_eq!(tree.evaluate(&month)?.known("good")?, dec!(900));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn if_else(condition: impl Into<Self>, then: impl Into<Self>, otherwise: impl Into<Self>) -> Self {
        Self::call(Function::If, [condition.into(), then.into(), otherwise.into()])
    }

    /// The least of these; missing where one of them is, else undefined where one is.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let paid = Formula::min_of([Formula::node("spend"), Formula::node("budget")]);
    /// assert_eq!(paid.text()?, "min(spend, budget)");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn min_of<F: Into<Self>>(values: impl IntoIterator<Item = F>) -> Self {
        let values: Vec<Self> = values.into_iter().map(Into::into).collect();
        Self::call(Function::Minimum(values.len()), values)
    }

    /// The greatest of these; missing where one of them is, else undefined where one is.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let left = Formula::max_of([Formula::node("budget") - Formula::node("spend"), Formula::constant(0)]);
    /// assert_eq!(left.text()?, "max(budget - spend, 0)");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn max_of<F: Into<Self>>(values: impl IntoIterator<Item = F>) -> Self {
        let values: Vec<Self> = values.into_iter().map(Into::into).collect();
        Self::call(Function::Maximum(values.len()), values)
    }

    /// The value without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self::call(Function::Absolute, [self])
    }

    /// The value, at most `high` and at least `low`: `max(min(x, high), low)`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    /// use rust_decimal::dec;
    ///
    /// let score = Formula::node("attainment").clamp(dec!(0), dec!(1.2));
    /// assert_eq!(score.text()?, "clamp(attainment, 0, 1.2)");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn clamp(self, low: impl Into<Self>, high: impl Into<Self>) -> Self {
        Self::call(Function::Clamp, [self, low.into(), high.into()])
    }

    /// The value; where it is missing, `value`. One of the two places where a state becomes a value.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("spend [CNY] = search + missing_as(social, 0)\n search [CNY], social [CNY]")?;
    /// let month = tree.inputs([("search", dec!(900))])?;
    /// assert_eq!(tree.evaluate(&month)?.known("spend")?, dec!(900));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn missing_as(self, value: impl Into<Self>) -> Self {
        Self::call(Function::MissingAs, [self, value.into()])
    }

    /// The value; where it is undefined, as a quotient by zero is, `value`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let cpa = (Formula::node("spend") / Formula::node("orders")).undefined_as("target_cpa");
    /// assert_eq!(cpa.text()?, "undefined_as(spend / orders, target_cpa)");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn undefined_as(self, value: impl Into<Self>) -> Self {
        Self::call(Function::UndefinedAs, [self, value.into()])
    }

    /// 1 where this is below the other, else 0.
    #[must_use]
    pub fn below(self, other: impl Into<Self>) -> Self {
        self.compared(Comparison::Below, other)
    }

    /// 1 where this is at most the other, else 0.
    #[must_use]
    pub fn at_most(self, other: impl Into<Self>) -> Self {
        self.compared(Comparison::AtMost, other)
    }

    /// 1 where this is above the other, else 0.
    #[must_use]
    pub fn above(self, other: impl Into<Self>) -> Self {
        self.compared(Comparison::Above, other)
    }

    /// 1 where this is at least the other, else 0.
    #[must_use]
    pub fn at_least(self, other: impl Into<Self>) -> Self {
        self.compared(Comparison::AtLeast, other)
    }

    /// 1 where this equals the other, else 0.
    #[must_use]
    pub fn equal_to(self, other: impl Into<Self>) -> Self {
        self.compared(Comparison::Equal, other)
    }

    /// 1 where this differs from the other, else 0.
    #[must_use]
    pub fn unequal_to(self, other: impl Into<Self>) -> Self {
        self.compared(Comparison::Unequal, other)
    }

    fn compared(self, comparison: Comparison, other: impl Into<Self>) -> Self {
        Self::call(Function::Compare(comparison), [self, other.into()])
    }

    pub(super) fn call(function: Function, arguments: impl IntoIterator<Item = Self>) -> Self {
        let mut tokens = Vec::new();
        for argument in arguments {
            tokens.extend_from_slice(argument.tokens());
        }
        tokens.push(Token::Call(function));
        Self::of_tokens(tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::{KpiError, KpiTree};
    use alloc::string::{String, ToString};
    use rust_decimal::{Decimal, dec};

    fn refused(text: &str) -> String {
        KpiTree::parse(text).unwrap_err().to_string()
    }

    fn root(text: &str, inputs: &[(&str, Decimal)]) -> String {
        let tree = KpiTree::parse(text).unwrap();
        let inputs = tree.inputs(inputs.iter().copied()).unwrap();
        let exact = tree.evaluate(&inputs).unwrap().root();
        let mut columns = tree.columns(2).unwrap();
        columns.set_inputs(1, &inputs).unwrap();
        columns.evaluate();
        let estimate = columns.root(1);
        match exact.as_ref().known() {
            Some(exact) => {
                assert!((exact.to_f64() - estimate.as_ref().known().unwrap()).abs() < 1e-12, "{text}");
            }
            None => assert_eq!(exact.to_string(), estimate.to_string(), "{text}"),
        }
        // One column, and one that is computed again, as many together.
        let mut one = tree.columns(1).unwrap();
        one.evaluate();
        one.set_inputs(0, &inputs).unwrap();
        one.update();
        assert_eq!(one.root(0).to_string(), estimate.to_string(), "{text}");
        exact.to_string()
    }

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "if(roas >= 3, revenue, 0)",
            "max(net, 0, -spend)",
            "min(a + 1, -(b / c)) * visits",
            "missing_as(a, undefined_as(b / c, 0 [CNY]))",
            "(a < b) + (a <= b) - (a > b) * (a = b)",
            "if((a = b), (c != d), abs(clamp(x, 0, 1)))",
            "(a + b = c)",
        ] {
            let formula = Formula::parse(text).unwrap();
            let written = formula.text().unwrap();
            assert_eq!(Formula::parse(&written).unwrap(), formula, "{text}: {written}");
        }
        let full_width = Formula::parse("if（a ＞= b， a ≤ 2， a ≠ b）").unwrap();
        assert_eq!(full_width.text().unwrap(), "if(a >= b, a <= 2, a != b)");
        assert_eq!(Formula::parse("(a < b)").unwrap(), Formula::node("a").below("b"));
        assert_eq!(Formula::node("a").below("b").text().unwrap(), "(a < b)");
        assert_eq!(Formula::min_of(["a", "b"]).text().unwrap(), "min(a, b)");
        assert_eq!(Formula::min_of([""; 0]).text(), Ok("min()".into()));
        // A name without arguments is a node of this name.
        let named = KpiTree::parse("if = min * max\n min, max").unwrap();
        assert_eq!(KpiTree::parse(&named.to_string()).unwrap(), named);
    }

    #[test]
    fn faults_of_functions_are_told() {
        assert!(refused("r = if(a, b)\n a, b").contains("`if` takes 3 arguments, 2 are given"));
        assert!(refused("r = abs(a, b)\n a, b").contains("`abs` takes 1 argument, 2 are given"));
        assert!(refused("r = a < b\n a, b").contains("expected an operator or the end of the line"));
        assert!(refused("r = (a < b < c)\n a, b, c").contains("expected an operator or `)`"));
        assert!(
            refused("r = (a ! b)\n a, b").contains("expected a name, a number or an operator, found `!`")
        );
        // A slip of a unit in any branch, and of the condition.
        let units = "\n a [CNY], b [order], c";
        for formula in ["if(c, a, b)", "min(a, b)", "max(a, a, b)", "missing_as(a, b)", "undefined_as(a, 1)"]
        {
            assert!(
                refused(&alloc::format!("r = {formula}{units}")).contains("units differ where"),
                "{formula}"
            );
        }
        assert!(refused("r = clamp(a, 0, b)\n a [CNY], b [order]").contains("CNY"));
        assert!(refused("r = (a < b)\n a [CNY], b [order]").contains("units differ where compared"));
        let condition = refused("r = if(a, 1, 2)\n a [CNY]");
        assert!(condition.contains("units differ where taken as a condition: CNY and 1"), "{condition}");
        // A bare 0 is in any unit, and hundredths are compared as what they are.
        let tree = KpiTree::parse("r = if(c >= 0.5, a, 0)\n a [CNY], c [%]").unwrap();
        assert_eq!(tree.node(tree.root()).unwrap().unit().to_string(), "CNY");
        let inputs = tree.inputs([("a", dec!(7)), ("c", dec!(49))]).unwrap();
        assert_eq!(tree.evaluate(&inputs).unwrap().known("r").unwrap(), dec!(0));
    }

    #[test]
    fn states_become_values_only_where_the_text_says_so() {
        let none: &[(&str, Decimal)] = &[];
        let leaves = "\n a, b";
        let of = |formula: &str, inputs: &[(&str, Decimal)]| {
            root(&alloc::format!("r = {formula}{leaves}"), inputs)
        };
        let (zero, six) = (("b", dec!(0)), ("a", dec!(6)));
        assert_eq!(of("missing_as(a, 3) * missing_as(b, 2)", none), "6");
        assert_eq!(of("missing_as(a / b, 3)", &[six, zero]), "undefined: b is zero");
        assert_eq!(of("undefined_as(a / b, 3)", &[six, zero]), "3");
        assert_eq!(of("undefined_as(a / b, 3)", &[zero]), "missing: a");
        assert_eq!(of("undefined_as(missing_as(a / b, 1), 0)", &[zero]), "1");
        assert_eq!(of("undefined_as(missing_as(a / b, 1), 0)", &[six, zero]), "0");
        // Missing wins over undefined, whichever stands first.
        assert_eq!(of("b / b + a", &[zero]), "missing: a");
        assert_eq!(of("min(b / b, a)", &[zero]), "missing: a");
        assert_eq!(of("(b / b < a)", &[zero]), "missing: a");
        assert_eq!(of("a / b", &[zero]), "missing: a");
        // The branch that is not taken does not count; the condition does.
        assert_eq!(of("if(b = 0, 1, a / b)", &[six, zero]), "1");
        assert_eq!(of("if(b = 0, 1, a)", &[zero]), "1");
        assert_eq!(of("if(b = 0, a, 1)", &[zero]), "missing: a");
        assert_eq!(of("if(a / b, 1, 2)", &[six, zero]), "undefined: b is zero");
        assert_eq!(of("clamp(a, 7, 9) + abs(b - a) + max(a, b, 1 / 3)", &[six, ("b", dec!(8))]), "17");
    }

    #[test]
    fn what_a_value_stands_for_is_said() {
        let tree = KpiTree::parse(
            "r = if(a > 5, missing_as(b, undefined_as(c / d, 1)), missing_as(e, 2))\n a, b, c, d, e",
        )
        .unwrap();
        let told = |a: Decimal| {
            let inputs = tree.inputs([("a", a), ("c", dec!(1)), ("d", dec!(0))]).unwrap();
            let values = tree.evaluate(&inputs).unwrap();
            let picture =
                crate::kpi::Picture::of(&tree).with_values(&values, (2, crate::quantity::Rounding::HalfEven));
            let reasons: Vec<String> =
                values.stand_ins(tree.root()).iter().map(ToString::to_string).collect();
            assert!(picture.to_dot().contains(&alloc::format!("replaced: {}", reasons.join("; "))));
            reasons
        };
        assert_eq!(told(dec!(6)), ["b is missing", "r is undefined: d is zero"]);
        assert_eq!(told(dec!(5)), ["e is missing"]);
    }

    #[test]
    fn a_switch_is_a_contribution_of_its_own() {
        let tree = KpiTree::parse("r = if(a >= 10, a * b, c)\n a, b, c").unwrap();
        let low = tree.inputs([("a", dec!(8)), ("b", dec!(2)), ("c", dec!(5))]).unwrap();
        let high = tree.inputs([("a", dec!(12)), ("b", dec!(3)), ("c", dec!(7))]).unwrap();
        let there = tree.explain(&low, &high).unwrap();
        // From 5 to 36: half of what each branch moved by, 10 and 1, and the mean of what the switch brings, 11 and 29.
        let part = |why: &crate::kpi::Explanation, key: &str| {
            why.leaves().parts().iter().find(|part| part.key == key).map(|part| part.value)
        };
        assert_eq!(there.total(), dec!(31));
        assert_eq!(part(&there, "switch of `r`"), Some(dec!(20)));
        assert_eq!(part(&there, "c"), Some(dec!(1)));
        let back = tree.explain(&high, &low).unwrap();
        assert_eq!((back.total(), part(&back, "switch of `r`")), (dec!(-31), Some(dec!(-20))));
        // Without a switch there is none, and what is not taken need not exist.
        let quotient = KpiTree::parse("r = if(b = 0, 0, a / b) + max(a, b) + abs(c)\n a, b, c").unwrap();
        let at =
            |a: Decimal, b: Decimal, c: Decimal| quotient.inputs([("a", a), ("b", b), ("c", c)]).unwrap();
        let zero = at(dec!(6), dec!(0), dec!(-2));
        for other in
            [at(dec!(3), dec!(2), dec!(5)), at(dec!(3), dec!(9), dec!(-1)), at(dec!(7), dec!(0), dec!(2))]
        {
            for (one, two) in [(&zero, &other), (&other, &zero)] {
                let why = quotient.explain(one, two).unwrap();
                let sum: Decimal = why.leaves().parts().iter().map(|part| part.value).sum();
                assert_eq!(sum, why.total());
            }
        }
        let why = quotient.explain(&zero, &at(dec!(7), dec!(0), dec!(2))).unwrap();
        assert!(why.leaves().parts().iter().all(|part| !part.key.contains("switch")), "{why}");
    }

    #[test]
    fn slopes_follow_the_branch_taken() {
        let tree = KpiTree::parse("r = if(b = 0, 0, a / b) + max(a, c) + abs(c)\n a, b, c").unwrap();
        let now = tree.inputs([("a", dec!(6)), ("b", dec!(0)), ("c", dec!(-2))]).unwrap();
        let slopes = tree.sensitivities(&now).unwrap();
        let of = |id: &str| slopes.gradient(tree.find(id).unwrap());
        assert!((of("a") - 1.0).abs() < 1e-12 && of("b").abs() < 1e-12 && (of("c") + 1.0).abs() < 1e-12);
        // At a kink there is no slope.
        let kink = KpiTree::parse("r = abs(c)\n c").unwrap();
        let at_zero = kink.inputs([("c", dec!(0))]).unwrap();
        assert!(matches!(kink.sensitivities(&at_zero), Err(KpiError::Range { .. })));
    }
}
