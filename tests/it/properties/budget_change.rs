//! Laws of budgets under way: what is tracked, paced, moved and cut adds up.

use core::cmp::Reverse;
use marketloop::budget::{
    BudgetError, CostKind, Cut, CutLine, Cuts, CutsDraft, FlexibleBudget, Line, LineSpend, LineSpending,
    OverspendLimit, Place, Position, ReallocatedLine, Reallocation, ReallocationDraft, ReleaseTable,
    ReservePolicy, Shrink, SpendVariance, TrackedLine, Tracking, TrueReturn,
};
use marketloop::decision::{CellValue, DecisionTable, HitPolicy, TableColumn};
use marketloop::figure::Figure;
use marketloop::progress::{Pacing, Profile};
use marketloop::quantity::{Currency, Money, Profit, Ratio, Revenue, Rounding, Share};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

fn yuan(minor: i128) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap()
}

fn sum(amounts: impl IntoIterator<Item = Money>) -> i128 {
    amounts.into_iter().map(|amount| amount.minor()).sum()
}

fn small() -> impl Strategy<Value = Decimal> {
    (0_i64..100_000, 0_u32..4).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

/// Planned and actual price and quantity of lines.
type Spends = Vec<[(Decimal, Decimal); 2]>;

fn spends() -> impl Strategy<Value = Spends> {
    let spend = || (small(), small());
    vec([spend(), spend()], 1..6)
}

fn variance(lines: &Spends) -> SpendVariance {
    let named = lines.iter().enumerate();
    let lines = named.map(|(index, [planned, actual])| LineSpend::new(format!("{index}"), *planned, *actual));
    SpendVariance::of(lines).unwrap()
}

fn add(left: Ratio, right: Ratio) -> Ratio {
    left.plus(right).unwrap()
}

/// ROI below 2 releases all, below 4 a third.
fn table() -> ReleaseTable {
    let outputs = |percent: &str| [CellValue::Number(percent.parse().unwrap()), CellValue::from(percent)];
    let table = DecisionTable::draft(HitPolicy::First)
        .input(TableColumn::number("roi"))
        .output(TableColumn::number("release_percent"))
        .output(TableColumn::text("reason"))
        .rule(["< 2"], outputs("100"))
        .rule(["< 4"], outputs("33.3"));
    ReleaseTable::new(table.check().unwrap()).unwrap()
}

/// What a review is made of: lines, who receives by which weight up to which cap, and perhaps added money.
#[derive(Debug, Clone)]
struct Review {
    positions: Vec<Position>,
    rounding: Rounding,
    recipients: Vec<(String, Decimal, Option<Money>)>,
    return_to: Place,
    added: Option<(Money, Decimal, OverspendLimit)>,
}

impl Review {
    fn draft(&self) -> ReallocationDraft {
        let draft = Reallocation::draft(table(), self.rounding, self.return_to.clone());
        let draft = self.positions.iter().cloned().fold(draft, ReallocationDraft::position);
        let draft = self.recipients.iter().fold(draft, |draft, (line, weight, cap)| match cap {
            Some(cap) => draft.recipient_up_to(line, *weight, *cap),
            None => draft.recipient(line, *weight),
        });
        match self.added {
            Some((amount, percent, limit)) => draft.with_added("board", amount, percent, limit),
            None => draft,
        }
    }

    fn check(&self) -> Reallocation {
        self.draft().check().unwrap()
    }
}

/// Lines with names, amounts, locked parts and ROI; recipients among them and new ones; perhaps added money.
fn reviews() -> impl Strategy<Value = Review> {
    let position = (0_i128..100_000, 0_u32..=100, 0_i64..8);
    let recipient = (0_i64..5, option::of(0_i128..150_000));
    let added = option::of((
        0_i128..100_000,
        0_i64..60,
        select(&[OverspendLimit::Total, OverspendLimit::EachLine][..]),
    ));
    let to = any::<bool>();
    let rounding = select(&[Rounding::Floor, Rounding::Ceiling, Rounding::HalfEven][..]);
    (vec(position, 1..6), vec(recipient, 0..8), added, to, rounding).prop_map(
        |(positions, recipients, added, to_line, rounding)| {
            let positions = positions.into_iter().enumerate().map(|(index, (minor, locked, roi))| {
                let position =
                    Position::new(format!("{index}"), yuan(minor)).with_fact("roi", Decimal::from(roi));
                // A third of the lines has nothing locked.
                let locked = if locked < 34 { 0 } else { minor * i128::from(locked) / 100 };
                if locked == 0 { position } else { position.with_locked(yuan(locked)) }
            });
            let recipients = recipients.into_iter().enumerate();
            let recipients =
                recipients.map(|(index, (weight, cap))| (format!("{index}"), weight.into(), cap.map(yuan)));
            Review {
                positions: positions.collect(),
                rounding,
                recipients: recipients.collect(),
                return_to: if to_line { Place::Line("0".into()) } else { Place::Owner("owner".into()) },
                added: added.map(|(minor, percent, limit)| (yuan(minor), percent.into(), limit)),
            }
        },
    )
}

fn cut_lines() -> impl Strategy<Value = Vec<CutLine>> {
    let line = (0_i128..10_000, 0_u32..3, 0_i128..=100, option::of(-2_i64..3), prop::bool::weighted(0.2));
    vec(line, 1..8).prop_map(|lines| {
        let lines =
            lines.into_iter().enumerate().map(|(index, (minor, priority, floor, marginal, reserve))| {
                // Half of the lines have no floor.
                let floor = if floor < 50 { 0 } else { minor * (floor - 50) / 50 };
                CutLine {
                    floor: (floor > 0).then(|| yuan(floor)),
                    marginal_return: marginal.map(Decimal::from),
                    reserve,
                    ..CutLine::new(format!("{index}"), yuan(minor), priority)
                }
            });
        lines.collect()
    })
}

/// What happens to reserves, and whether the lines of one priority are cut in proportion.
fn policies() -> impl Strategy<Value = (ReservePolicy, bool)> {
    let reserves =
        [ReservePolicy::Kept, ReservePolicy::First, ReservePolicy::Last, ReservePolicy::ByPriority];
    (select(reserves.to_vec()), any::<bool>())
}

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
    fn price_volume_and_mix_add_up(lines in spends()) {
        let variance = variance(&lines);
        let spent = |side: usize| {
            let each = lines.iter().map(|line| line[side].0 * line[side].1);
            Ratio::from(each.sum::<Decimal>())
        };
        let change = spent(1).minus(spent(0)).unwrap();
        prop_assert_eq!(variance.total(), change);
        prop_assert_eq!(add(variance.flexed(), variance.price()), variance.actual());
        if lines.iter().all(|[planned, _]| planned.1.is_zero()) {
            prop_assert!(variance.mix().is_undefined());
            return Ok(());
        }
        let parts = add(add(variance.price(), variance.volume().get().unwrap()), variance.mix().get().unwrap());
        prop_assert_eq!(parts, change);
        let mut over_lines = Ratio::ZERO;
        for line in variance.lines() {
            let parts = add(add(line.price(), line.volume().get().unwrap()), line.mix().get().unwrap());
            prop_assert_eq!(parts, line.total());
            over_lines = add(over_lines, parts);
        }
        prop_assert_eq!(over_lines, change);
    }

    #[test]
    fn at_equal_planned_prices_the_mix_does_nothing(lines in spends(), price in small()) {
        let mut lines = lines;
        for [planned, _] in &mut lines {
            planned.0 = price;
        }
        if let Figure::Known(mix) = variance(&lines).mix() {
            prop_assert!(mix.is_zero());
        }
    }

    #[test]
    fn volume_and_spending_variance_add_up(
        (fixed, rate, planned, actual_units, actual) in (small(), small(), small(), small(), small())
    ) {
        let third = Ratio::new(rate, Decimal::from(3)).unwrap();
        let budget = FlexibleBudget::new(fixed, third, planned).unwrap();
        let variance = budget.against(actual_units, actual).unwrap();
        prop_assert_eq!(add(variance.volume().get().unwrap(), variance.price()), variance.total());
        prop_assert_eq!(add(variance.planned(), variance.total()), Ratio::from(actual));
        prop_assert_eq!(variance.planned(), budget.flexed(planned).unwrap());
        prop_assert_eq!(variance.mix(), Figure::Known(Ratio::ZERO));
        let on_plan = budget.against(planned, actual).unwrap();
        prop_assert!(on_plan.volume().get().unwrap().is_zero());
    }

    #[test]
    fn available_plus_spent_plus_committed_is_plan(
        lines in vec((0_i128..10_000, option::of((0_i128..10_000, 0_i128..10_000, option::of(0_i128..9_000)))), 1..6),
        nothing_more in any::<bool>(),
    ) {
        let mut draft = Tracking::draft();
        if nothing_more {
            draft = draft.nothing_more_is_ordered();
        }
        for (index, (plan, _)) in lines.iter().enumerate() {
            draft = draft.line(format!("{index}"), yuan(*plan));
        }
        for (index, (_, spending)) in lines.iter().enumerate().rev() {
            let Some((actual, committed, beyond)) = spending else { continue };
            let spending = LineSpending::new(format!("{index}")).with_actual(yuan(*actual));
            let spending = spending.with_committed(yuan(*committed));
            let forecast = beyond.map(|beyond| yuan(actual + beyond));
            draft = draft.spending(LineSpending { forecast, ..spending });
        }
        let tracking = draft.check().unwrap();
        let all = tracking.lines().iter().chain([tracking.total()]);
        for figures in all {
            let gone = figures.actual().minor() + figures.committed().minor();
            prop_assert_eq!(figures.available().minor() + gone, figures.plan().minor());
            prop_assert_eq!(figures.variance().minor() + figures.plan().minor(), figures.actual().minor());
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
        prop_assert_eq!(over(TrackedLine::available), tracking.total().available().minor());
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
        direct in vec(0_i128..1_000_000, 1..4),
        indirect in vec((0_i64..200, 0_i128..1_000_000), 0..4),
        media in 1_i128..100_000,
        others in vec((select(&[CostKind::Labour, CostKind::Production, CostKind::Other][..]), 0_i128..100_000), 0..4),
        margin in 0_i64..=100,
    ) {
        let mut draft = TrueReturn::<Revenue>::draft().cost(CostKind::Media, "media", yuan(media));
        for (index, minor) in direct.iter().enumerate() {
            draft = draft.direct(format!("direct {index}"), yuan(*minor));
        }
        for (index, (percent, of)) in indirect.iter().enumerate() {
            draft = draft.uplift(format!("indirect {index}"), (*percent).into(), yuan(*of), Rounding::HalfEven);
        }
        for (index, (kind, minor)) in others.iter().enumerate() {
            draft = draft.cost(*kind, format!("cost {index}"), yuan(*minor));
        }
        let revenue = draft.check().unwrap();
        let (ads, whole) = (revenue.media_return().get().unwrap(), revenue.return_ratio().get().unwrap());
        let why = revenue.why().get().unwrap();
        prop_assert_eq!(why.steps().count(), 1 + indirect.len() + others.len());
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
    fn released_equals_reassigned_plus_returned(review in reviews()) {
        let done = review.check();
        let (released, added) = (done.released().minor(), done.added().minor());
        prop_assert_eq!(released + added, done.reassigned().minor() + done.returned().minor());
        let offered = review.added.map_or(0, |(amount, ..)| amount.minor());
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
        let old = sum(done.lines().iter().map(ReallocatedLine::old));
        let outside = if matches!(review.return_to, Place::Owner(_)) { done.returned().minor() } else { 0 };
        prop_assert_eq!(old + added, sum(new) + outside);
    }

    #[test]
    fn locked_amounts_caps_and_the_guard_are_kept(review in reviews()) {
        let done = review.check();
        let lines: BTreeMap<&str, _> = done.lines().iter().map(|line| (line.name(), line)).collect();
        for position in &review.positions {
            let line = lines[position.line.as_str()];
            prop_assert!(line.new_amount().minor() >= position.locked.map_or(0, |locked| locked.minor()));
            prop_assert_eq!(line.old(), position.amount);
        }
        let is_return = |name: &str| matches!(&review.return_to, Place::Line(line) if line == name);
        for (recipient, weight, cap) in &review.recipients {
            let line = lines[recipient.as_str()];
            if is_return(line.name()) || line.received().is_zero() {
                continue;
            }
            prop_assert!(line.rule().is_none() && !weight.is_zero());
            if let Some(cap) = cap {
                prop_assert!(line.new_amount() <= *cap);
            }
            if let Some((_, percent, OverspendLimit::EachLine)) = review.added {
                let most = Decimal::from(line.old().minor()) * (percent + Decimal::ONE_HUNDRED);
                prop_assert!(Decimal::from(line.new_amount().minor()) * Decimal::ONE_HUNDRED <= most);
            }
        }
        if let Some((_, percent, _)) = review.added {
            let old = Decimal::from(sum(done.lines().iter().map(ReallocatedLine::old)));
            let new = Decimal::from(sum(done.lines().iter().map(ReallocatedLine::new_amount)));
            prop_assert!(new * Decimal::ONE_HUNDRED <= old * (percent + Decimal::ONE_HUNDRED));
        }
    }

    #[test]
    fn what_a_line_releases_is_what_its_rule_says(review in reviews()) {
        let done = review.check();
        let mut releases = done.releases();
        for position in &review.positions {
            let roi = position.facts["roi"].as_number().unwrap();
            let kept = matches!(&review.return_to, Place::Line(line) if *line == position.line);
            if kept || roi >= Decimal::from(4) {
                continue;
            }
            let release = releases.next().unwrap();
            prop_assert_eq!(release.name(), &position.line);
            let rule = usize::from(roi >= Decimal::TWO);
            prop_assert_eq!(release.rule(), Some(rule));
            let share = if rule == 0 { Decimal::ONE } else { Decimal::new(333, 3) };
            let requested = position.amount.times(share, review.rounding).unwrap();
            prop_assert_eq!(release.requested(), Some(requested));
            let free = position.amount.minor() - position.locked.map_or(0, |locked| locked.minor());
            prop_assert_eq!(release.released().minor(), requested.minor().min(free));
        }
        prop_assert!(releases.next().is_none());
    }

    #[test]
    fn the_order_of_positions_does_not_matter(review in reviews(), turn in 0_usize..6) {
        let sorted = |review: &Review| {
            let done = review.check();
            let lines = done.lines().iter();
            let mut lines: Vec<(String, Money)> =
                lines.map(|line| (line.name().to_owned(), line.new_amount())).collect();
            lines.sort_by(|(a, _), (b, _)| a.cmp(b));
            (lines, done.returned(), done.added())
        };
        let mut turned = review.clone();
        let middle = turn % turned.positions.len();
        turned.positions.rotate_left(middle);
        prop_assert_eq!(sorted(&turned), sorted(&review));
    }

    #[test]
    fn cuts_sum_to_the_shortfall(lines in cut_lines(), by in 0_i128..40_000, policy in policies()) {
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
                prop_assert_eq!(sum(left_by(&cuts)), total - by);
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
    fn floors_are_kept(lines in cut_lines(), by in 0_i128..40_000, policy in policies()) {
        let (reserves, _) = policy;
        let draft = Cuts::draft(lines.clone(), Shrink::By(yuan(by)));
        let Ok(cuts) = with_policy(draft, policy).check() else { return Ok(()) };
        let left = left_by(&cuts);
        prop_assert_eq!(lines.len(), left.len());
        for (line, new) in lines.iter().zip(left) {
            let new = new.minor();
            prop_assert!(kept(line, reserves) <= new && new <= line.amount.minor());
        }
    }

    #[test]
    fn what_goes_first_goes_as_far_as_it_can(lines in cut_lines(), by in 0_i128..40_000, policy in policies()) {
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
    fn the_order_of_lines_with_different_keys_does_not_matter(lines in cut_lines(), by in 0_i128..40_000) {
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

/// Amounts at the ends of what money holds.
fn extreme() -> impl Strategy<Value = Money> {
    const MOST: i128 = (1 << 96) - 1;
    select(&[0, 1, 2, MOST / 2, MOST - 1, MOST][..]).prop_map(yuan)
}

proptest! {
    #[test]
    fn the_ends_of_money_are_added_up_or_refused(
        amounts in vec((extreme(), extreme(), extreme()), 1..4),
        number in select(vec![Decimal::ZERO, Decimal::new(1, 28), Decimal::ONE, Decimal::MAX]),
        policy in policies(),
    ) {
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
        let mut review = Review {
            positions: Vec::new(),
            rounding: Rounding::Ceiling,
            recipients: Vec::new(),
            return_to: Place::Owner("owner".into()),
            added: Some((amounts[0].2, number, OverspendLimit::Total)),
        };
        for (name, (amount, _, cap)) in names().zip(&amounts) {
            review.positions.push(Position::new(&name, *amount).with_fact("roi", Decimal::ONE));
            review.recipients.push((format!("new {name}"), number, Some(*cap)));
        }
        if let Ok(done) = review.draft().check() {
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
