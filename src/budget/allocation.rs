//! An allocation: rules that turn a total into lines, and the lines with what set each.

use super::allocated_lines::lines;
use super::outline::Outline;
use super::rule::Rule;
use super::tree::Tree;
use super::{AllocationDraft, Budget, BudgetDraft, BudgetError, Line, Lines};
use crate::error::{Path, Problems};
use crate::figure::{TOTAL, Table, beside};
use crate::quantity::{Money, Ratio};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Index;
use serde::{Deserialize, Serialize};

/// A total in lines that add up to it to the last minor unit, each with the steps that set it.
///
/// On the wire it is its [`AllocationDraft`]; reading it follows the rules again. The result is written by its
/// [`lines`](Self::lines): names, amounts and the steps of each.
///
/// ```
/// # use marketloop::budget::Allocation;
/// let json = r#"{
///   "total": {"amount": "1000000.00", "currency": "CNY"},
///   "rules": [
///     {
///       "id": "contingency",
///       "rule": {
///         "reserve": {
///           "size": {"amount": {"percent_of_total": "10"}},
///           "purpose": "only for unforeseeable costs",
///           "release": {"unforeseeable": {"causes": ["technical failure"]}}
///         }
///       }
///     },
///     {
///       "id": "agency",
///       "rule": {
///         "take": {"line": "agency", "amount": {"stated": {"amount": "50000.00", "currency": "CNY"}}}
///       }
///     },
///     {
///       "id": "events",
///       "rule": {
///         "divide": {
///           "amount": {"percent_of_rest": "12.5"},
///           "by": "score",
///           "parts": [{"line": "fair", "weight": "2"}, {"line": "salon", "weight": "1"}]
///         }
///       }
///     },
///     {
///       "id": "main",
///       "rule": {
///         "divide": {
///           "by": "percent",
///           "parts": [
///             {"line": "SEM", "weight": "40"},
///             {"line": "social", "weight": "40"},
///             {"line": "live", "weight": "20"}
///           ]
///         }
///       }
///     },
///     {
///       "id": "words",
///       "rule": {
///         "divide": {
///           "within": "SEM",
///           "by": "return_on_investment",
///           "parts": [{"line": "brand", "weight": "3.2"}, {"line": "generic", "weight": "-0.5"}]
///         }
///       }
///     },
///     {
///       "id": "peak",
///       "rule": {
///         "reserve": {
///           "line": "CPM peak",
///           "size": {"uplift": {"percent": "30", "protects": ["social"]}},
///           "release": {"uplift": {"metric": "CPM", "percent": "30", "season": "November"}}
///         }
///       }
///     },
///     {
///       "id": "pilots",
///       "rule": {"cap": {"lines": {"group": ["live", "SEM"]}, "amount": {"percent_of_total": "45"}}}
///     },
///     {
///       "id": "least",
///       "rule": {
///         "floor": {
///           "lines": {"each": ["live"]},
///           "amount": {"stated": {"amount": "10000.00", "currency": "CNY"}}
///         }
///       }
///     },
///     {"id": "one fails", "rule": {"concentration": {"of": "main", "remains": "50"}}},
///     {
///       "id": "quota",
///       "rule": {
///         "quota": {
///           "of": "events",
///           "groups": [{"percent": "60", "lines": ["fair"]}, {"percent": "40", "lines": ["salon"]}]
///         }
///       }
///     },
///     {"id": "keep", "rule": {"keep": {"line": "unallocated"}}}
///   ]
/// }"#;
/// let read: Allocation = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Allocation>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AllocationDraft", into = "AllocationDraft")]
#[doc(alias = "分配")]
pub struct Allocation {
    pub(super) draft: AllocationDraft,
    lines: Lines,
}

impl Allocation {
    /// A draft of this total, without rules.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Cap, Divide, Limit, Reserve};
    /// use marketloop::quantity::{Mix, Money};
    ///
    /// let mix = Mix::from_percents([("video", 50), ("search", 30), ("live", 10), ("podcast", 10)])?;
    /// let budget = Allocation::draft(Money::parse("100000 CNY")?)
    ///     .rule("contingency", Reserve::percent(10).with_purpose("only for unforeseeable costs"))
    ///     .rule("pilots", Cap::group(["live", "podcast"], Limit::percent(10)))
    ///     .rule("main", Divide::by_mix(&mix))
    ///     .check()?;
    /// assert_eq!(budget["podcast"].explain(), "main set 9,000; pilots capped to 5,000");
    /// assert_eq!(budget["video"].explain(), "main set 45,000; main shifted to 50,000");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn draft(total: Money) -> AllocationDraft {
        AllocationDraft { total, rules: Vec::new() }
    }

    /// The total, which the lines without parts add up to.
    #[must_use]
    pub const fn total(&self) -> Money {
        self.draft.total
    }

    /// The rules in order, each with its id.
    pub fn rules(&self) -> impl Iterator<Item = (&str, &Rule)> {
        self.draft.rules()
    }

    /// The lines in the order of the rules that set them, including those with parts.
    #[must_use]
    pub const fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The lines without parts: they add up to the total.
    pub fn leaves(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| !line.has_parts)
    }

    /// The parts of the line of this name: they add up to it.
    pub fn parts_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.parent() == Some(name))
    }

    /// The line of this name, or `None`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Line> {
        self.lines.get(name)
    }

    /// A row for each line with its amount, the rules that made it, its share of the total and its purpose, and a row
    /// for the total, which lines with parts are not counted in twice.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide};
    /// use marketloop::quantity::Money;
    ///
    /// let mix = Divide::by_percents([("SEM", 60), ("social", 40)]);
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?).rule("mix", mix).check()?;
    /// assert_eq!(
    ///     plan.table().to_string(),
    ///     "line    amount CNY  share %  why\n\
    ///      SEM         600.00       60  mix set 600\n\
    ///      social      400.00       40  mix set 400\n\
    ///      total      1000.00      100\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let (mut table, total) = (self.lines.table_beside(&[TOTAL]), self.total());
        for line in &self.lines {
            let share = Ratio::new(line.amount.amount(), total.amount()).ok();
            table.push(beside(line.name(), &[TOTAL]), "share", share.map(|share| share.percent_cell()));
        }
        table.push(TOTAL, "amount", total);
        if !total.is_zero() {
            table.push(TOTAL, "share", Ratio::ONE.percent_cell());
        }
        table
    }

    /// The lines without parts as a budget of stated amounts.
    ///
    /// # Errors
    /// Those of [`BudgetDraft::check`]; an allocation has none of them.
    pub fn to_budget(&self, name: impl Into<String>) -> Result<Budget, Problems<BudgetError>> {
        let draft = Budget::draft(name, self.total());
        self.leaves().fold(draft, BudgetDraft::line_as_it_stands).check()
    }
}

impl Index<&str> for Allocation {
    type Output = Line;

    /// The line of this name.
    ///
    /// # Panics
    /// When there is no such line, as the maps of the standard library; [`Allocation::get`] does not panic.
    #[expect(clippy::panic, reason = "the contract of Index, as for the maps of the standard library")]
    fn index(&self, name: &str) -> &Line {
        self.get(name).unwrap_or_else(|| panic!("the allocation has no line {name:?}"))
    }
}

impl fmt::Display for Allocation {
    /// The [`table`](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl AllocationDraft {
    /// The lines that the rules make of the total, by the algorithm of the [module](super).
    ///
    /// # Errors
    /// All problems of the rules at once, each with its path: `rules[2].rule.take.amount`, `rules[0].rule.divide.parts[1].line`. Of rules
    /// without a problem of their own: [`BudgetError::Unallocated`] and [`BudgetError::Infeasible`] at `rules`; a
    /// [`BudgetError::Split`] or [`BudgetError::Quantity`] where an exact amount needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Amount, Divide, Floor, Limit, Rule};
    /// use marketloop::quantity::Money;
    ///
    /// let refused = Allocation::draft(Money::parse("50000 CNY")?)
    ///     .rule("fixed", Rule::take("agency", Amount::percent(50)))
    ///     .rule("main", Divide::by_percents([("search", 60), ("social", 40)]))
    ///     .rule("floor", Floor::line("search", Limit::percent(60)))
    ///     .check();
    /// assert_eq!(
    ///     refused.unwrap_err().to_string(),
    ///     "rules: rules `fixed`, `floor` cannot hold together: 5,000.00 CNY over"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn check(self) -> Result<Allocation, Problems<BudgetError>> {
        let outline = Outline::new(&self)?;
        let mut tree = Tree::new(&outline)?;
        let mut problems = Problems::new();
        let lines = lines(&outline, &mut tree);
        match problems.take(&Path::root().field("rules"), lines) {
            Some(lines) => problems.into_result(Allocation { draft: self, lines: Lines(lines) }),
            None => problems.finish(None),
        }
    }
}

impl TryFrom<AllocationDraft> for Allocation {
    type Error = Problems<BudgetError>;

    fn try_from(draft: AllocationDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<Allocation> for AllocationDraft {
    fn from(allocation: Allocation) -> Self {
        allocation.draft
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Amount, Cap, Divide, Floor, Limit, Quota, ReleaseCondition, Reserve};
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    fn yuan(text: &str) -> Money {
        Money::parse(&alloc::format!("{text} CNY")).unwrap()
    }

    fn amounts(allocation: &Allocation) -> Vec<(&str, String)> {
        allocation
            .lines()
            .iter()
            .map(|line| (line.name(), line.amount().amount().normalize().to_string()))
            .collect()
    }

    fn assert_amounts(allocation: &Allocation, expected: &[(&str, &str)]) {
        let expected: Vec<(&str, String)> =
            expected.iter().map(|(name, amount)| (*name, (*amount).to_string())).collect();
        assert_eq!(amounts(allocation), expected);
        let leaves = allocation.leaves().map(Line::amount);
        assert_eq!(Money::sum(leaves, allocation.total().currency()).unwrap(), allocation.total());
        for line in allocation.lines() {
            assert_eq!(line.why().value().to_decimal(), Some(line.amount().amount().normalize()), "{line}");
            if line.has_parts() {
                let parts = allocation.parts_of(line.name()).map(Line::amount);
                assert_eq!(Money::sum(parts, line.amount().currency()).unwrap(), line.amount());
            }
        }
    }

    fn refusal(draft: AllocationDraft) -> String {
        draft.check().unwrap_err().to_string()
    }

    #[test]
    fn the_year_by_its_mix() {
        let mix = [("SEM", 40), ("social", 30), ("content", 20), ("short video", 10)];
        let year = Allocation::draft(yuan("1000000")).rule("mix", Divide::by_percents(mix)).check().unwrap();
        let expected =
            [("SEM", "400000"), ("social", "300000"), ("content", "200000"), ("short video", "100000")];
        assert_amounts(&year, &expected);
        assert_eq!(year["SEM"].to_string(), "SEM 400,000.00 CNY: mix set 400,000");
        assert_eq!(year.to_budget("year").unwrap().lines()["SEM"].amount(), yuan("400000"));
    }

    #[test]
    fn the_event_with_its_contingency() {
        let causes =
            vec!["technical failure".into(), "content changes".into(), "last-minute material".into()];
        let contingency = Reserve::percent(10)
            .with_purpose("only for unforeseeable costs")
            .with_release(ReleaseCondition::Unforeseeable { causes });
        let event = |tools: i64| {
            Allocation::draft(yuan("50000"))
                .rule("production", Rule::take("content production", Amount::percent(40)))
                .rule("tools", Rule::take("tool testing", Amount::percent(tools)))
                .rule("speakers", Rule::take("invited speakers", Amount::percent(20)))
                .rule("contingency", contingency.clone())
        };
        let planned = event(30).check().unwrap();
        let expected = [
            ("content production", "20000"),
            ("tool testing", "15000"),
            ("invited speakers", "10000"),
            ("contingency", "5000"),
        ];
        assert_amounts(&planned, &expected);
        assert!(planned["contingency"].is_reserve() && !planned["tool testing"].is_reserve());
        assert!(matches!(
            planned["contingency"].release(),
            Some(ReleaseCondition::Unforeseeable { causes }) if causes.len() == 3
        ));
        // For conversion tool testing may rise to 40 %: 110 % in all.
        assert_eq!(
            refusal(event(40)),
            "rules: rules `production`, `tools`, `speakers`, `contingency` cannot hold together: 5,000.00 CNY over"
        );
        assert_eq!(refusal(event(20)), "rules: the rules leave 5,000.00 CNY of the total without a line");
        // A mix of what the contingency leaves bends instead.
        let conversion = Allocation::draft(yuan("50000"))
            .rule("contingency", contingency)
            .rule("tools", Rule::take("tool testing", Amount::percent(40)))
            .rule("rest", Divide::by_scores([("content production", 40), ("invited speakers", 20)]))
            .check()
            .unwrap();
        let expected = [
            ("contingency", "5000"),
            ("tool testing", "20000"),
            ("content production", "16666.67"),
            ("invited speakers", "8333.33"),
        ];
        assert_amounts(&conversion, &expected);
        assert_eq!(conversion["content production"].explain(), "rest set ~16,666.6667; rounding ~+0.0033");
    }

    #[test]
    fn own_and_partner_channels_keep_their_quota() {
        let reach = Allocation::draft(yuan("1000"))
            .rule("score", Divide::by_scores([("site", 1), ("app", 1), ("media", 5), ("kol", 1)]))
            .rule("quota", Quota::of("score").group(60, ["site", "app"]).group(40, ["media", "kol"]))
            .check()
            .unwrap();
        assert_amounts(&reach, &[("site", "300"), ("app", "300"), ("media", "333.33"), ("kol", "66.67")]);
        assert_eq!(reach["app"].explain(), "score set 125; quota fixed to 300");
        assert_eq!(reach["kol"].explain(), "score set 125; quota fixed to ~66.6667; rounding ~+0.0033");
        let lone = Allocation::draft(yuan("1000"))
            .rule("mix", Divide::by_percents([("own", 50), ("partner", 50)]))
            .rule("quota", Quota::of("mix").group(60, ["own"]).group(40, ["partner"]))
            .check()
            .unwrap();
        assert_amounts(&lone, &[("own", "600"), ("partner", "400")]);
    }

    #[test]
    fn resources_are_stated_and_the_rule_of_five_three_two_divides() {
        let resources = Allocation::draft(yuan("400000"))
            .rule("KOC", Rule::take("Xiaohongshu KOC", yuan("120000")))
            .rule("feed", Rule::take("Douyin feed", yuan("200000")))
            .rule("referral", Rule::take("referral", Amount::percent_of_rest(100)))
            .check()
            .unwrap();
        let expected = [("Xiaohongshu KOC", "120000"), ("Douyin feed", "200000"), ("referral", "80000")];
        assert_amounts(&resources, &expected);
        let business = Allocation::draft(yuan("0.05"))
            .rule(
                "5-3-2",
                Divide::by_percents([("LinkedIn and trade media", 50), ("fairs", 30), ("search", 20)]),
            )
            .check()
            .unwrap();
        assert_amounts(
            &business,
            &[("LinkedIn and trade media", "0.03"), ("fairs", "0.01"), ("search", "0.01")],
        );
    }

    #[test]
    fn an_elastic_reserve_is_the_uplift_of_what_it_protects() {
        let season =
            ReleaseCondition::Uplift { metric: "CPM".into(), percent: 30.into(), season: "November".into() };
        let elastic = |protects: &[&str]| {
            Reserve::uplift(30, protects.iter().copied()).with_line("peak").with_release(season.clone())
        };
        // Of weights: 40 * 1.3 + 60 = 112 parts.
        let draft = Allocation::draft(yuan("1120"))
            .rule("main", Divide::by_percents([("search", 40), ("social", 60)]))
            .rule("elastic", elastic(&["search"]));
        let weighted = draft.clone().check().unwrap();
        assert_amounts(&weighted, &[("search", "400"), ("social", "600"), ("peak", "120")]);
        // Also where a cap holds what is protected.
        let capped = draft.rule("cap", Cap::line("search", yuan("200"))).check().unwrap();
        assert_amounts(&capped, &[("search", "200"), ("social", "860"), ("peak", "60")]);
        // Of an amount that is set before it.
        let stated = Allocation::draft(yuan("1000"))
            .rule("search", Rule::take("search", yuan("400")))
            .rule("elastic", elastic(&["search"]))
            .rule("main", Divide::by_percents([("social", 100)]))
            .check()
            .unwrap();
        assert_amounts(&stated, &[("search", "400"), ("peak", "120"), ("social", "480")]);
        // Within a line.
        let inside = Allocation::draft(yuan("230"))
            .rule("main", Divide::by_percents([("search", 100)]))
            .rule("words", Divide::by_scores([("brand", 1), ("generic", 1)]).within("search"))
            .rule("elastic", elastic(&["search/generic"]))
            .check()
            .unwrap();
        let expected =
            [("search", "230"), ("search/brand", "100"), ("search/generic", "100"), ("search/peak", "30")];
        assert_amounts(&inside, &expected);
        let both = Allocation::draft(yuan("1000"))
            .rule("fixed", Rule::take("agency", yuan("400")))
            .rule("main", Divide::by_percents([("social", 100)]))
            .rule("elastic", elastic(&["agency", "social"]));
        assert_eq!(
            refusal(both),
            "rules[2].rule.reserve.size.uplift.protects[1]: line `social` is neither set before the reserve nor a part of the same \
             division as the other lines"
        );
    }

    #[test]
    fn the_largest_channel_may_fail() {
        let draft = |remains: i64| {
            Allocation::draft(yuan("1000"))
                .rule("score", Divide::by_roi([("a", 7), ("b", 2), ("c", 1), ("d", -1)]))
                .rule("redundancy", Rule::remains("score", remains))
        };
        let safe = draft(60).check().unwrap();
        assert_amounts(&safe, &[("a", "400"), ("b", "400"), ("c", "200"), ("d", "0")]);
        assert_eq!(safe["b"].explain(), "score set 200; score shifted to 400");
        assert_eq!(safe["d"].explain(), "score set 0, its return is not above 0");
        // Three channels cannot leave 70 % each time.
        assert_eq!(refusal(draft(70)), "rules: rule `redundancy` cannot hold: 100.00 CNY short");
        let kept = draft(70).rule("keep", Rule::keep("unallocated")).check().unwrap();
        assert_amounts(
            &kept,
            &[("a", "300"), ("b", "300"), ("c", "300"), ("d", "0"), ("unallocated", "100")],
        );
    }

    #[test]
    fn a_line_is_divided_further() {
        let programme = Allocation::draft(yuan("1000"))
            .rule("launch", Rule::take("launch", yuan("100")))
            .rule("channels", Divide::by_percents([("search", 60), ("social", 40)]).of(yuan("900")))
            .rule("campaigns", Divide::by_scores([("brand", 2), ("generic", 1)]).within("search"))
            .rule("words", Divide::by_scores([("x", 1), ("y", 1), ("z", 1)]).within("search/generic"))
            .rule("least", Floor::line("search/generic/z", yuan("200")))
            .rule("most", Cap::line("search/brand", yuan("300")))
            .check()
            .unwrap();
        let expected = [
            ("launch", "100"),
            ("search", "540"),
            ("social", "360"),
            ("search/brand", "300"),
            ("search/generic", "240"),
            ("search/generic/x", "20"),
            ("search/generic/y", "20"),
            ("search/generic/z", "200"),
        ];
        assert_amounts(&programme, &expected);
        assert_eq!(programme["search/generic"].explain(), "campaigns set 180; campaigns shifted to 240");
        assert_eq!(programme["search/generic/z"].explain(), "words set 80; least raised to 200");
        assert_eq!(programme["search/generic/x"].explain(), "words set 80; words shifted to 20");
    }

    #[test]
    fn a_floor_that_is_shifted_below_is_told_in_order() {
        let lines = Allocation::draft(yuan("100"))
            .rule("main", Divide::by_scores([("a", 50), ("b", 30), ("c", 20)]))
            .rule("c floor", Floor::line("c", yuan("60")))
            .rule("b floor", Floor::line("b", yuan("25")))
            .check()
            .unwrap();
        assert_amounts(&lines, &[("a", "15"), ("b", "25"), ("c", "60")]);
        assert_eq!(lines["b"].explain(), "main set 30; main shifted to 9; b floor raised to 25");
    }

    #[test]
    fn all_problems_are_told_with_their_paths() {
        let jpy = Money::parse("5 JPY").unwrap();
        let draft = Allocation::draft(yuan("100"))
            .rule("a", Rule::take("x", yuan("-1")))
            .rule("a", Rule::take("x", jpy))
            .rule("p", Rule::take("y\tz", Amount::percent(120)))
            .rule("main", Divide::by_percents([("s", 60), ("t", 50), ("s", 0)]))
            .rule("score", Divide::by_scores([("u", -1)]).within("nowhere"))
            .rule("cap", Cap::group(["s", "s", "q"], Limit::percent(-3)))
            .rule("floor", Floor::group(["s", "x"], yuan("1")))
            .rule("late", Rule::take("late", yuan("1")))
            .rule("limit", Rule::remains("cap", 60))
            .rule("", Rule::keep(""));
        assert_eq!(
            refusal(draft),
            "18 problems\n  rules[1].id: `a` is the id of rule 0 already\n  \
             rules[1].rule.take.line: line `x` is set by rule `a` already\n  \
             rules[2].rule.take.line: `y\\tz` is no name: it is empty or has a control character\n  \
             rules[3].rule.divide.parts[2].line: line `s` is set by rule `main` already\n  \
             rules[3].rule.divide.parts: shares add up to 110%, 10 percentage points over\n  \
             rules[4].rule.divide.parts[0].weight: -1 is below 0\n  \
             rules[4].rule.divide.parts: no weight of 1 is above 0\n  \
             rules[9].id: `` is no name: it is empty or has a control character\n  \
             rules[9].rule.keep.line: `` is no name: it is empty or has a control character\n  \
             rules[4].rule.divide.within: no rule sets the line `nowhere`\n  \
             rules[7].rule.take.amount: rule `main` takes all that is left before it\n  \
             rules[0].rule.take.amount: -1.00 is below 0\n  \
             rules[1].rule.take.amount: JPY and CNY are different currencies\n  \
             rules[2].rule.take.amount: share 1.2 is outside 0..=1\n  \
             rules[5].rule.cap.amount: share -0.03 is outside 0..=1\n  \
             rules[5].rule.cap.lines.group[1]: line `s` is named twice\n  \
             rules[5].rule.cap.lines.group[2]: no rule sets the line `q`\n  \
             rules[8].rule.concentration.of: `cap` is no rule that divides a part of the total"
        );
        assert_eq!(
            refusal(Allocation::draft(yuan("-1"))),
            "2 problems\n  total: the total -1.00 CNY is below 0\n  rules: an allocation needs at least one rule"
        );
    }

    #[test]
    fn groups_hold_each_other_or_share_nothing() {
        let main = Divide::by_scores([("a", 1), ("b", 1), ("c", 1)]);
        let draft =
            Allocation::draft(yuan("100")).rule("fixed", Rule::take("f", yuan("10"))).rule("main", main);
        let overlap = draft
            .clone()
            .rule("one", Cap::group(["a", "b"], yuan("50")))
            .rule("two", Floor::group(["b", "c"], yuan("50")));
        assert_eq!(
            refusal(overlap),
            "rules[3]: the group shares a part of its lines with rule `one`, and neither holds the other"
        );
        // Lines of the total stand beside those of the rule that divides the rest.
        let beside = draft.clone().rule("one", Cap::group(["f", "a"], yuan("20"))).check().unwrap();
        assert_amounts(&beside, &[("f", "10"), ("a", "10"), ("b", "40"), ("c", "40")]);
        let parts = Divide::by_scores([("x", 1)]).within("a");
        let levels = draft.clone().rule("parts", parts).rule("g", Cap::group(["a/x", "b"], yuan("1")));
        assert_eq!(
            refusal(levels),
            "rules[3].rule.cap.lines.group: the lines `a/x` and `b` do not stand side by side"
        );
        let elastic = draft.rule("e", Reserve::uplift(50, ["a", "b"]));
        assert_eq!(
            refusal(elastic.clone().rule("g", Cap::group(["e", "a"], yuan("1")))),
            "rules[3]: line `e` is an elastic reserve: bound the lines that it protects"
        );
        assert_eq!(
            refusal(elastic.clone().rule("g", Cap::line("e", yuan("1")))),
            "rules[3].rule.cap.lines.each: line `e` is an elastic reserve: bound the lines that it protects"
        );
        let whole = elastic.rule("g", Cap::group(["e", "a", "b"], yuan("30"))).check().unwrap();
        assert_amounts(&whole, &[("f", "10"), ("a", "10"), ("b", "10"), ("c", "60"), ("e", "10")]);
    }

    #[test]
    fn the_smallest_conflict_is_told() {
        let draft = Allocation::draft(yuan("100"))
            .rule("fixed", Rule::take("f", yuan("10")))
            .rule("main", Divide::by_scores([("a", 1), ("b", 1), ("c", 0)]));
        let refused = |draft: &AllocationDraft| refusal(draft.clone());
        let caps = draft.clone().rule("a", Cap::line("a", yuan("30"))).rule("b", Cap::line("b", yuan("40")));
        assert_eq!(refused(&caps), "rules: rules `a`, `b` cannot hold together: 20.00 CNY short");
        let line =
            draft.clone().rule("least", Floor::line("f", yuan("12"))).rule("x", Floor::line("a", yuan("5")));
        assert_eq!(refused(&line), "rules: rules `fixed`, `least` cannot hold together: 2.00 CNY over");
        // The floor alone is above the total, whatever the cap says.
        let alone = draft
            .clone()
            .rule("most", Cap::line("a", yuan("50")))
            .rule("least", Floor::line("a", yuan("120")));
        assert_eq!(refused(&alone), "rules: rule `least` cannot hold: 30.00 CNY over");
        let group = Allocation::draft(yuan("100"))
            .rule("main", Divide::by_scores([("a", 1), ("b", 1), ("c", 1)]))
            .rule("pilots", Cap::group(["a", "b"], Limit::percent(40)))
            .rule("a", Floor::line("a", yuan("25")))
            .rule("b", Floor::line("b", yuan("20")));
        assert_eq!(refused(&group), "rules: rules `pilots`, `a`, `b` cannot hold together: 5.00 CNY over");
        // Nothing lifts a line without a weight.
        let weightless = draft.rule("g", Floor::line("c", yuan("10"))).check().unwrap();
        assert_eq!(weightless["c"].explain(), "main set 0; g raised to 10");
        let many = (0..30).fold(Allocation::draft(yuan("100")), |draft, index| {
            draft.rule(alloc::format!("t{index}"), Rule::take(alloc::format!("l{index}"), Amount::percent(4)))
        });
        let text = refused(&many);
        assert!(text.ends_with("cannot hold together: 20.00 CNY over"), "{text}");
        // 26 of them: twenty by name, the rest by their number (L6).
        assert_eq!(text.matches('`').count(), 2 * 20, "{text}");
        assert!(text.contains(", and 6 more cannot"), "{text}");
    }

    #[test]
    fn what_stands_twice_or_nowhere_is_refused() {
        let main = || Divide::by_scores([("a", 1), ("b", 1)]);
        let draft = || Allocation::draft(yuan("100")).rule("main", main());
        let within = |line: &str| Divide::by_scores([("x", 1)]).within(line);
        for (draft, expected) in [
            (
                draft().rule("one", within("a")).rule("two", Divide::by_scores([("y", 1)]).within("a")),
                "rules[2].rule.divide.within: line `a` is divided by rule `one` already",
            ),
            (
                draft().rule("one", Rule::keep("k")).rule("two", Rule::keep("l")),
                "rules[2].rule.keep: rule `one` keeps what is left over already",
            ),
            (
                draft().rule("one", within("a").of(Amount::percent_of_rest(10))),
                "rules[1].rule.divide.within: the parts of a line divide what it has: no amount can be stated",
            ),
            (
                draft().rule("quota", Quota::of("main").group(100, ["a"])),
                "rules[1].rule.quota.groups: line `b` of the rule is not in exactly one group of the quota",
            ),
            (
                draft().rule("one", within("a")).rule("quota", Quota::of("one").group(100, ["a/x"])),
                "rules[2].rule.quota.of: `one` is no rule that divides a part of the total",
            ),
            (
                draft().rule("long", Divide::by_scores([("y".repeat(999), 1)]).within("a")),
                "rules[1].rule.divide.parts[0].line: a name of 1001 bytes is longer than 1000",
            ),
            (
                draft().rule("cap", Cap::each(Vec::<String>::new(), yuan("1"))),
                "rules[1].rule.cap.lines.each: at least one line is needed",
            ),
            (
                Allocation::draft(yuan("100")).rule("none", Divide::by_scores(Vec::<(String, i64)>::new())),
                "rules[0].rule.divide.parts: at least one line is needed",
            ),
            (
                Allocation::draft(yuan("100")).rule("lost", Divide::by_roi([("a", -1), ("b", 0)])),
                "rules[0].rule.divide.parts: no weight of 2 is above 0",
            ),
        ] {
            assert_eq!(refusal(draft), expected);
        }
    }

    #[test]
    fn a_reserve_may_stand_in_a_quota_and_on_a_reserve() {
        let draft = Allocation::draft(yuan("1000"))
            .rule("main", Divide::by_scores([("a", 1), ("b", 1), ("c", 3)]))
            .rule("peak", Reserve::uplift(50, ["a"]));
        let outside = draft.clone().rule("quota", Quota::of("main").group(60, ["a", "b"]).group(40, ["c"]));
        assert_eq!(
            refusal(outside),
            "rules[1]: the group shares a part of its lines with rule `quota`, and neither holds the other"
        );
        let inside =
            draft.clone().rule("quota", Quota::of("main").group(60, ["a", "b", "peak"]).group(40, ["c"]));
        let expected = [("a", "240"), ("b", "240"), ("c", "400"), ("peak", "120")];
        assert_amounts(&inside.check().unwrap(), &expected);
        let twice = draft.rule("second", Reserve::uplift(100, ["a", "peak"]));
        // a, half of it, and as much again: 3 parts, of 3 + 1 + 3.
        let twice = twice.rule("limit", Cap::group(["a", "peak", "second"], yuan("300"))).check().unwrap();
        assert_amounts(
            &twice,
            &[("a", "100"), ("b", "175"), ("c", "525"), ("peak", "50"), ("second", "150")],
        );
        assert_eq!(twice["b"].why().steps().next().unwrap().value, "1000/7".parse().unwrap());
    }

    #[test]
    fn the_tightest_of_several_limits_binds() {
        let limits = Allocation::draft(yuan("100"))
            .rule("main", Divide::by_scores([("a", 8), ("b", 1), ("c", 1)]))
            .rule("loose", Rule::remains("main", 40))
            .rule("tight", Rule::remains("main", 50))
            .rule("cap", Cap::line("a", Limit::percent(55)))
            .check()
            .unwrap();
        assert_amounts(&limits, &[("a", "50"), ("b", "25"), ("c", "25")]);
        assert_eq!(limits["a"].explain(), "main set 80; tight capped to 50");
    }

    #[test]
    fn nothing_is_divided_too() {
        let nothing = Allocation::draft(yuan("0"))
            .rule("reserve", Reserve::percent(10))
            .rule("main", Divide::by_percents([("a", 50), ("b", 50)]))
            .rule("cap", Cap::line("a", Limit::percent(10)))
            .check()
            .unwrap();
        assert_amounts(&nothing, &[("reserve", "0"), ("a", "0"), ("b", "0")]);
        assert_eq!(nothing["a"].explain(), "main set 0");
    }

    #[test]
    fn the_errors_are_small() {
        assert!(size_of::<BudgetError>() <= 112 && size_of::<BudgetError>() <= 112);
    }
}
