//! Laws of budgets under way: what is tracked, paced, moved and cut adds up.

use core::cmp::Reverse;
use marketloop::budget::{
    BudgetError, Cut, CutLine, Cuts, CutsDraft, Line, LineSpend, LineSpending, OverspendLimit, Place,
    Position, ReallocatedLine, Reallocation, ReallocationDraft, ReleaseTable, ReservePolicy, Shrink,
    SpendVariance, TrackedLine, Tracking, TrueReturn,
};
use marketloop::decision::{CellValue, DecisionTable, HitPolicy, TableColumn};
use marketloop::figure::Figure;
use marketloop::laws;
use marketloop::progress::{Pacing, Profile};
use marketloop::quantity::{Currency, Money, Profit, Ratio, Rounding, Share};
use marketloop::strategies::{
    cut_lines, flexible_budgets, line_spends, reallocations, trackings, true_returns,
};
use proptest::array::uniform3;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

fn yuan(minor: i128) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn sum(amounts: impl IntoIterator<Item = Money>) -> i128 {
    amounts.into_iter().map(|amount| amount.minor()).sum()
}

/// The numbers of a JSON object: `price` and `quantity`, as text.
fn numbers<const N: usize>(json: &Value, names: [&str; N]) -> [Decimal; N] {
    names.map(|name| json[name].as_str().unwrap().parse().unwrap())
}

/// Planned and actual price and quantity of a line.
fn planned_and_actual(line: &LineSpend) -> [[Decimal; 2]; 2] {
    let json = serde_json::to_value(line).unwrap();
    ["planned", "actual"].map(|side| numbers(&json[side], ["price", "quantity"]))
}

fn add(left: Ratio, right: Ratio) -> Ratio {
    left.plus(right).unwrap()
}

/// A line that may receive money, as the JSON of a review has it.
#[derive(Debug, Deserialize)]
struct Recipient {
    line: String,
    weight: String,
    cap: Option<Money>,
}

/// Money from outside, as the JSON of a review has it.
#[derive(Debug, Deserialize)]
struct Added {
    amount: Money,
    overspending_percent: String,
    guard: OverspendLimit,
}

/// What a review is made of, as its JSON has it.
#[derive(Debug, Deserialize)]
struct Review {
    positions: Vec<Position>,
    release: ReleaseTable,
    rounding: Rounding,
    #[serde(default)]
    recipients: Vec<Recipient>,
    return_to: Place,
    added: Option<Added>,
}

impl Review {
    fn of(draft: &ReallocationDraft) -> Self {
        serde_json::from_value(serde_json::to_value(draft).unwrap()).unwrap()
    }

    /// The first rule of the table that an ROI is below, and the percentage that it releases.
    fn rule(&self, roi: Decimal) -> Option<(usize, Decimal)> {
        let table = serde_json::to_value(&self.release).unwrap();
        let rules = table["rules"].as_array().unwrap().iter().map(|rule| {
            let below = rule["when"][0].as_str().unwrap().strip_prefix("< ").unwrap().parse().unwrap();
            (roi < below, rule["then"][0].as_str().unwrap().parse().unwrap())
        });
        rules.enumerate().find(|(_, (holds, _))| *holds).map(|(index, (_, percent))| (index, percent))
    }
}

const RESERVES: [ReservePolicy; 4] =
    [ReservePolicy::Kept, ReservePolicy::First, ReservePolicy::Last, ReservePolicy::ByPriority];

fn with_policy(draft: CutsDraft, (reserves, in_proportion): (ReservePolicy, bool)) -> CutsDraft {
    let draft = draft.with_reserves(reserves);
    if in_proportion { draft.in_proportion() } else { draft }
}

/// What the lines hold after cuts.
fn left_by(cuts: &Cuts) -> Vec<Money> {
    cuts.to_budget("left").unwrap().lines().iter().map(Line::amount).collect()
}

/// What of a line has to stay under a policy.
fn kept(line: &CutLine, reserves: ReservePolicy) -> i128 {
    if line.reserve && reserves == ReservePolicy::Kept {
        return line.amount.minor();
    }
    line.floor.map_or(0, |floor| floor.minor())
}

fn left_of(standing: &marketloop::progress::Standing<Money>) -> i128 {
    standing.remaining().get().unwrap().minor()
}

proptest! {
    #[test]
    fn price_volume_and_mix_add_up(spends in line_spends(1..6)) {
        let variance = SpendVariance::of(spends.clone()).unwrap();
        let lines: Vec<_> = spends.iter().map(planned_and_actual).collect();
        let spent = |side: usize| {
            let each = lines.iter().map(|line| line[side][0] * line[side][1]);
            Ratio::from(each.sum::<Decimal>())
        };
        let change = spent(1).minus(spent(0)).unwrap();
        prop_assert_eq!(variance.total(), change);
        prop_assert_eq!(add(variance.flexed(), variance.price()), variance.actual());
        if lines.iter().all(|[planned, _]| planned[1].is_zero()) {
            prop_assert!(variance.mix().is_undefined());
            return Ok(());
        }
        for variance in variance.lines().iter().chain([&variance]) {
            let (volume, mix) = (variance.volume().get().unwrap(), variance.mix().get().unwrap());
            laws::variances_add_up(variance.total(), [variance.price(), volume, mix])?;
        }
        laws::variances_add_up(change, variance.lines().iter().map(SpendVariance::total))?;
    }

    #[test]
    fn at_equal_planned_prices_the_mix_does_nothing(spends in line_spends(1..6), price in 0_i64..100_000) {
        let price = Decimal::new(price, 2);
        let lines = (0..).zip(&spends).map(|(index, line)| {
            let [[_, planned], actual] = planned_and_actual(line);
            LineSpend::new(format!("{index}"), (price, planned), actual.into())
        });
        if let Figure::Known(mix) = SpendVariance::of(lines).unwrap().mix() {
            prop_assert!(mix.is_zero());
        }
    }

    #[test]
    fn volume_and_spending_variance_add_up(
        budget in flexible_budgets(),
        (units, amount) in ((0_i64..100_000, 0_u32..4), (0_i64..100_000, 0_u32..4)),
    ) {
        let (actual_units, actual) = (Decimal::new(units.0, units.1), Decimal::new(amount.0, amount.1));
        let [planned] = numbers(&serde_json::to_value(budget).unwrap(), ["planned_units"]);
        let variance = budget.against(actual_units, actual).unwrap();
        prop_assert_eq!(add(variance.volume().get().unwrap(), variance.price()), variance.total());
        prop_assert_eq!(add(variance.planned(), variance.total()), Ratio::from(actual));
        prop_assert_eq!(variance.planned(), budget.flexed(planned).unwrap());
        prop_assert_eq!(variance.mix(), Figure::Known(Ratio::ZERO));
        let on_plan = budget.against(planned, actual).unwrap();
        prop_assert!(on_plan.volume().get().unwrap().is_zero());
    }

    #[test]
    fn available_plus_spent_plus_committed_is_plan(draft in trackings()) {
        let tracking = draft.check().unwrap();
        laws::tracking_closes(&tracking, TrackedLine::available, TrackedLine::variance)?;
        let all = tracking.lines().iter().chain([tracking.total()]);
        for figures in all {
            prop_assert_eq!(
                figures.forecast_variance().minor() + figures.plan().minor(),
                figures.forecast().minor()
            );
            prop_assert!(figures.forecast() >= figures.actual());
        }
        let over = |pick: fn(&TrackedLine) -> Money| {
            sum(tracking.lines().iter().map(pick))
        };
        prop_assert_eq!(over(TrackedLine::plan), tracking.total().plan().minor());
        prop_assert_eq!(over(TrackedLine::forecast), tracking.total().forecast().minor());
        // What is over a cap now is over it at the end.
        let at_the_end = tracking.over_at_the_end(5.into()).unwrap();
        let at_the_end: Vec<&str> = at_the_end.into_iter().map(TrackedLine::name).collect();
        let now = tracking.over_now(5.into()).unwrap();
        prop_assert!(now.iter().all(|line| at_the_end.contains(&line.name())));
    }

    #[test]
    fn repaced_rest_sums_to_what_is_left(
        total in 0_i128..1_000_000_000,
        weights in vec(0_i64..50, 1..14),
        elapsed in 0_usize..14,
        spent in 0_i128..1_000_000_000,
        committed in 0_i128..1_000_000,
    ) {
        prop_assume!(weights.iter().any(|weight| *weight > 0));
        let elapsed = elapsed % (weights.len() + 1);
        let own: Vec<Decimal> = weights.iter().copied().map(Decimal::from).collect();
        let paced = Pacing::new(yuan(total), &Profile::custom(own).unwrap(), weights.len()).unwrap();
        prop_assert_eq!(sum(paced.plan().iter().copied()), total);
        let standing = paced.after(elapsed, yuan(spent), yuan(committed)).unwrap();
        prop_assert_eq!(standing.expected_to_date().minor(), sum(paced.plan()[..elapsed].iter().copied()));
        prop_assert_eq!(left_of(&standing), total - spent - committed);
        let left = weights[elapsed..].iter().any(|weight| *weight > 0) && left_of(&standing) >= 0;
        match standing.repaced() {
            Figure::Known(rest) => {
                prop_assert!(left);
                prop_assert_eq!(rest.len(), weights.len() - elapsed);
                prop_assert_eq!(sum(rest.iter().copied()), left_of(&standing));
                prop_assert!(rest.iter().zip(&weights[elapsed..]).all(|(part, w)| *w > 0 || part.is_zero()));
            }
            none => prop_assert!(!left, "{none:?}"),
        }
    }

    #[test]
    fn spending_as_planned_repaces_to_the_plan(total in 0_i128..1_000_000_000, periods in 1_usize..14) {
        let paced = Pacing::new(yuan(total), &Profile::even(), periods).unwrap();
        for elapsed in 0..periods {
            let spent = yuan(sum(paced.plan()[..elapsed].iter().copied()));
            let standing = paced.after(elapsed, spent, yuan(0)).unwrap();
            prop_assert_eq!(standing.repaced().get().unwrap(), &paced.plan()[elapsed..]);
        }
    }

    #[test]
    fn the_steps_of_a_return_add_up_and_profit_is_below_revenue(
        draft in true_returns(),
        margin in 0_i64..=100,
    ) {
        let json = serde_json::to_value(&draft).unwrap();
        let of_kind = |list: &str, kind: &str| {
            json[list].as_array().unwrap().iter().filter(|part| part["kind"] == kind).count()
        };
        let (indirect, others) = (of_kind("returns", "indirect"), json["costs"].as_array().unwrap().len() - of_kind("costs", "media"));
        let revenue = draft.check().unwrap();
        let (ads, whole) = (revenue.media_return().get().unwrap(), revenue.return_ratio().get().unwrap());
        let why = revenue.why().get().unwrap();
        prop_assert_eq!(why.steps().count(), 1 + indirect + others);
        prop_assert_eq!(why.steps().next().unwrap().value, ads);
        prop_assert_eq!(*why.value(), whole);
        prop_assert_eq!(add(revenue.net_return().get().unwrap(), Ratio::ONE), whole.ratio());
        let profit: TrueReturn<Profit> =
            revenue.to_profit(Share::percent(margin).unwrap(), Rounding::Floor).unwrap();
        prop_assert_eq!(profit.costs(), revenue.costs());
        prop_assert!(profit.returns() <= revenue.returns());
        if margin == 100 {
            prop_assert_eq!(profit.returns(), revenue.returns());
        }
    }

    #[test]
    fn released_equals_reassigned_plus_returned(draft in reallocations()) {
        let (review, done) = (Review::of(&draft), draft.check().unwrap());
        laws::review_conserves_money(&done, ReallocatedLine::new_amount)?;
        let (released, added) = (done.released().minor(), done.added().minor());
        prop_assert_eq!(released + added, done.reassigned().minor() + done.returned().minor());
        let offered = review.added.map_or(0, |added| added.amount.minor());
        prop_assert_eq!(added + done.not_let_in().minor(), offered);
        // Nothing is let in while released money is sent back.
        prop_assert!(added == 0 || done.returned().is_zero());
        let of_kind = |is_return| {
            sum(done.moves().iter().filter(|step| step.is_return == is_return).map(|step| step.amount))
        };
        prop_assert_eq!(of_kind(false), done.reassigned().minor());
        prop_assert_eq!(of_kind(true), done.returned().minor());
        prop_assert!(done.moves().iter().all(|step| step.amount.minor() > 0));
        prop_assert_eq!(sum(done.releases().map(ReallocatedLine::released)), released);
        let new: Vec<Money> = done.lines().iter().map(ReallocatedLine::new_amount).collect();
        prop_assert_eq!(done.replayed().unwrap(), new.clone());
    }

    #[test]
    fn locked_amounts_caps_and_the_guard_are_kept(draft in reallocations()) {
        let (review, done) = (Review::of(&draft), draft.check().unwrap());
        let lines: BTreeMap<&str, _> = done.lines().iter().map(|line| (line.name(), line)).collect();
        for position in &review.positions {
            let line = lines[position.line.as_str()];
            prop_assert!(line.new_amount().minor() >= position.locked.map_or(0, |locked| locked.minor()));
            prop_assert_eq!(line.old(), position.amount);
        }
        let is_return = |name: &str| matches!(&review.return_to, Place::Line(line) if line == name);
        for Recipient { line, weight, cap } in &review.recipients {
            let line = lines[line.as_str()];
            if is_return(line.name()) || line.received().is_zero() {
                continue;
            }
            // A line that is told to give nothing is a place for money all the same.
            prop_assert!(line.percent().is_none_or(|percent| percent.is_zero()) && weight != "0");
            if let Some(cap) = cap {
                prop_assert!(line.new_amount() <= *cap);
            }
            if let Some(Added { overspending_percent, guard: OverspendLimit::EachLine, .. }) = &review.added {
                let percent: Decimal = overspending_percent.parse().unwrap();
                let most = Decimal::from(line.old().minor()) * (percent + Decimal::ONE_HUNDRED);
                prop_assert!(Decimal::from(line.new_amount().minor()) * Decimal::ONE_HUNDRED <= most);
            }
        }
        if let Some(added) = review.added {
            let percent: Decimal = added.overspending_percent.parse().unwrap();
            let old = Decimal::from(sum(done.lines().iter().map(ReallocatedLine::old)));
            let new = Decimal::from(sum(done.lines().iter().map(ReallocatedLine::new_amount)));
            prop_assert!(new * Decimal::ONE_HUNDRED <= old * (percent + Decimal::ONE_HUNDRED));
        }
    }

    #[test]
    fn what_a_line_releases_is_what_its_rule_says(draft in reallocations()) {
        let (review, done) = (Review::of(&draft), draft.check().unwrap());
        let mut releases = done.releases();
        for position in &review.positions {
            let roi = position.facts["roi"].as_number().unwrap();
            let kept = matches!(&review.return_to, Place::Line(line) if *line == position.line);
            let Some((rule, percent)) = review.rule(roi).filter(|_| !kept) else { continue };
            let release = releases.next().unwrap();
            prop_assert_eq!(release.name(), &position.line);
            prop_assert_eq!(release.rule(), Some(rule));
            prop_assert_eq!(release.percent(), Some(percent));
            let requested = position.amount.times(percent * Decimal::new(1, 2), review.rounding).unwrap();
            prop_assert_eq!(release.requested(), Some(requested));
            laws::release_follows_its_rule(position, percent, review.rounding, release.released())?;
        }
        prop_assert!(releases.next().is_none());
    }

    #[test]
    fn the_order_of_positions_does_not_matter(draft in reallocations(), turn in 0_usize..6) {
        let sorted = |draft: &ReallocationDraft| {
            let done = draft.clone().check().unwrap();
            let lines = done.lines().iter();
            let mut lines: Vec<(String, Money)> =
                lines.map(|line| (line.name().to_owned(), line.new_amount())).collect();
            lines.sort_by(|(a, _), (b, _)| a.cmp(b));
            (lines, done.returned(), done.added())
        };
        let mut json = serde_json::to_value(&draft).unwrap();
        let positions = json["positions"].as_array_mut().unwrap();
        let middle = turn % positions.len();
        positions.rotate_left(middle);
        let turned = serde_json::from_value(json).unwrap();
        prop_assert_eq!(sorted(&turned), sorted(&draft));
    }

    #[test]
    fn cuts_sum_to_the_shortfall(lines in cut_lines(1..8), by in 0_i128..40_000, policy in (select(&RESERVES[..]), any::<bool>())) {
        let (reserves, _) = policy;
        let total = sum(lines.iter().map(|line| line.amount));
        let cuttable: i128 = lines.iter().map(|line| line.amount.minor() - kept(line, reserves)).sum();
        let by = by % (total + 1);
        let draft = Cuts::draft(lines.clone(), Shrink::By(yuan(by)));
        match with_policy(draft, policy).check() {
            Ok(cuts) => {
                prop_assert!(by <= cuttable);
                prop_assert_eq!(cuts.amount().minor(), by);
                prop_assert_eq!(sum(cuts.cuts().iter().map(Cut::amount)), by);
                laws::cuts_add_up(&lines, cuts.amount(), &left_by(&cuts))?;
                prop_assert_eq!(cuts.left().minor(), total - by);
                for cut in cuts.cuts() {
                    prop_assert_eq!(cut.from().minor() - cut.to().minor(), cut.amount().minor());
                    prop_assert!(cut.amount().minor() > 0);
                }
            }
            Err(problems) => {
                prop_assert!(by > cuttable);
                let binding: Vec<String> = lines
                    .iter()
                    .filter(|line| kept(line, reserves) > 0)
                    .map(|line| line.name.clone())
                    .collect();
                let expected = BudgetError::FloorsStopCut { short_by: yuan(by - cuttable), lines: binding };
                prop_assert_eq!(&problems.iter().next().unwrap().error, &expected);
                prop_assert_eq!(problems.len(), 1);
            }
        }
    }

    #[test]
    fn floors_are_kept(lines in cut_lines(1..8), by in 0_i128..40_000, policy in (select(&RESERVES[..]), any::<bool>())) {
        let (reserves, _) = policy;
        let draft = Cuts::draft(lines.clone(), Shrink::By(yuan(by)));
        let Ok(cuts) = with_policy(draft, policy).check() else { return Ok(()) };
        laws::cuts_keep_floors(&lines, reserves, &left_by(&cuts))?;
    }

    #[test]
    fn what_goes_first_goes_as_far_as_it_can(lines in cut_lines(1..8), by in 0_i128..40_000, policy in (select(&RESERVES[..]), any::<bool>())) {
        let (reserves, in_proportion) = policy;
        let draft = Cuts::draft(lines.clone(), Shrink::By(yuan(by)));
        let Ok(cuts) = with_policy(draft, policy).check() else { return Ok(()) };
        let turn = |line: &CutLine| match reserves {
            ReservePolicy::First if line.reserve => 0,
            ReservePolicy::Last if line.reserve => 2,
            _ => 1,
        };
        let key = |line: &CutLine| {
            let size = Reverse(line.amount.minor() - kept(line, reserves));
            let unknown = line.marginal_return.is_none();
            let finer = (unknown, line.marginal_return, size);
            let finer = (!in_proportion).then_some(finer);
            (turn(line), line.priority, finer)
        };
        let new: Vec<i128> = left_by(&cuts).iter().map(Money::minor).collect();
        prop_assert_eq!(lines.len(), new.len());
        for (earlier, earlier_new) in lines.iter().zip(&new) {
            prop_assert_eq!(lines.len(), new.len());
            for (later, later_new) in lines.iter().zip(&new) {
                // A line is touched only after all lines before it gave all they can.
                if key(earlier) < key(later) && *later_new < later.amount.minor() {
                    prop_assert_eq!(*earlier_new, kept(earlier, reserves));
                }
            }
        }
        let by_name: BTreeMap<&str, &CutLine> = lines.iter().map(|line| (line.name.as_str(), line)).collect();
        let keys: Vec<_> = cuts.cuts().iter().map(|cut| key(by_name[cut.line()])).collect();
        prop_assert!(keys.is_sorted());
    }

    #[test]
    fn the_order_of_lines_with_different_keys_does_not_matter(lines in cut_lines(1..8), by in 0_i128..40_000) {
        // Different priorities leave no tie.
        let mut lines = lines;
        for (priority, line) in (0..).zip(&mut lines) {
            line.priority = priority;
        }
        let names = |lines: Vec<CutLine>| {
            Cuts::draft(lines, Shrink::By(yuan(by))).check().map(|cuts| cuts.cuts().to_vec()).ok()
        };
        let mut reversed = lines.clone();
        reversed.reverse();
        prop_assert_eq!(names(reversed), names(lines));
    }
}

/// The most that money holds, in minor units.
const MOST: i128 = (1 << 96) - 1;

proptest! {
    #[test]
    fn the_ends_of_money_are_added_up_or_refused(
        ends in vec(uniform3(select(&[0, 1, 2, MOST / 2, MOST - 1, MOST][..])), 1..4),
        number in select(vec![Decimal::ZERO, Decimal::new(1, 28), Decimal::ONE, Decimal::MAX]),
        policy in (select(&RESERVES[..]), any::<bool>()),
    ) {
        let amounts: Vec<(Money, Money, Money)> = ends.into_iter().map(|ends| ends.map(yuan).into()).collect();
        let names = || (0..).map(|index| format!("{index}"));
        let lines = names().zip(&amounts).map(|(name, (amount, floor, _))| {
            CutLine::new(name, *amount, 1).with_floor(*floor).with_marginal_return(number)
        });
        for shrink in [Shrink::By(amounts[0].2), Shrink::To(amounts[0].2)] {
            let draft = Cuts::draft(lines.clone(), shrink);
            if let Ok(cuts) = with_policy(draft, policy).check() {
                prop_assert_eq!(sum(cuts.cuts().iter().map(Cut::amount)), cuts.amount().minor());
            }
        }
        let mut draft = Tracking::draft();
        for (name, (plan, actual, committed)) in names().zip(&amounts) {
            let spending = LineSpending::new(name.clone()).with_actual(*actual).with_committed(*committed);
            draft = draft.line(name, *plan).spending(spending);
        }
        if let Ok(tracking) = draft.check() {
            let total = tracking.total();
            let gone = total.actual().minor() + total.committed().minor();
            prop_assert_eq!(total.available().minor() + gone, total.plan().minor());
            let _ = tracking.over_at_the_end(number);
        }
        let rule = [CellValue::Number(Decimal::ONE_HUNDRED), CellValue::from("all")];
        let table = DecisionTable::draft(HitPolicy::First)
            .input(TableColumn::number("roi"))
            .output(TableColumn::number("release_percent"))
            .output(TableColumn::text("reason"))
            .rule(["< 2"], rule);
        let table = ReleaseTable::new(table.check().unwrap()).unwrap();
        let mut review = Reallocation::draft(table, Rounding::Ceiling, Place::Owner("owner".into()));
        review = review.with_added("board", amounts[0].2, number, OverspendLimit::Total);
        for (name, (amount, _, cap)) in names().zip(&amounts) {
            let position = Position::new(&name, *amount).with_fact("roi", Decimal::ONE);
            review = review.position(position).recipient_up_to(format!("new {name}"), number, *cap);
        }
        if let Ok(done) = review.check() {
            let moved = done.reassigned().minor() + done.returned().minor();
            prop_assert_eq!(done.released().minor() + done.added().minor(), moved);
        }
        let paced = Pacing::new(amounts[0].0, &Profile::even(), 7).unwrap();
        if let Ok(standing) = paced.after(3, amounts[0].1, amounts[0].2)
            && let Figure::Known(rest) = standing.repaced()
        {
            prop_assert_eq!(sum(rest), left_of(&standing));
        }
        let (most, least) = ((Decimal::MAX, number), (number, Decimal::MAX));
        if let Ok(variance) = SpendVariance::of([LineSpend::new("a", most, least)])
            && let (Figure::Known(volume), Figure::Known(mix)) = (variance.volume(), variance.mix())
        {
            prop_assert_eq!(add(add(variance.price(), volume), mix), variance.total());
        }
    }
}

/// Shares of a priority that is cut in proportion: no line is cut by over a cent more than its part, unless a floor
/// of another line passes its part on.
#[test]
fn a_proportional_cut_without_floors_is_the_split_by_amount() {
    let lines = [33_333, 50_001, 7].map(yuan);
    let named = lines.iter().enumerate().map(|(index, amount)| CutLine::new(format!("{index}"), *amount, 1));
    let half = Shrink::ByShare { share: Share::percent(50).unwrap(), rounding: Rounding::Floor };
    let cuts = Cuts::draft(named, half).in_proportion().check().unwrap();
    let parts = cuts.amount().split_by(
        lines.iter().enumerate().map(|(index, amount)| (index, amount.amount())),
        marketloop::split::Apportionment::LargestRemainder,
    );
    let parts: Vec<Money> = parts.unwrap().iter().map(|(_, part)| *part).collect();
    let left = left_by(&cuts);
    let cut: Vec<Money> = lines.iter().zip(&left).map(|(old, new)| old.minus(*new).unwrap()).collect();
    assert_eq!(cut, parts);
}
