//! Wrong budgets.

use super::caught;
use marketloop::budget::{
    Allocation, AllocationDraft, Amount, CutLine, Line, ReallocatedLine, Reallocation, ReallocationDraft,
    Reserve, ReservePolicy, Rule, Shrink, SpendVariance, TrackedLine, Tracking, TrackingDraft,
};
use marketloop::laws::{self, Broken};
use marketloop::quantity::{Money, Ratio, Rounding, Share};
use marketloop::strategies::{allocations, cut_lines, line_spends, reallocations, trackings};
use rust_decimal::Decimal;

fn checked(draft: &AllocationDraft) -> Allocation {
    draft.clone().check().unwrap()
}

/// A law of the amounts of an allocation.
type Law = fn(&Allocation, &dyn Fn(&Line) -> Money) -> Result<(), Broken>;

/// The law holds of the amounts of an allocation, and is broken by other ones.
fn caught_in_amounts(fault: &str, law: Law, wrong: impl Fn(&Allocation, &Line) -> Money) {
    caught(
        fault,
        allocations(),
        |draft| law(&checked(draft), &Line::amount),
        |draft| {
            let allocation = checked(draft);
            law(&allocation, &|line| wrong(&allocation, line))
        },
    );
}

fn adds_up(allocation: &Allocation, amount: &dyn Fn(&Line) -> Money) -> Result<(), Broken> {
    laws::allocation_adds_up(allocation, amount)
}

fn keeps_bounds(allocation: &Allocation, amount: &dyn Fn(&Line) -> Money) -> Result<(), Broken> {
    laws::allocation_keeps_its_bounds(allocation, amount)
}

fn rounded(line: &Line, rounding: Rounding) -> Money {
    let currency = line.amount().currency();
    Money::new(line.exact().round((currency.digits(), rounding)).unwrap(), currency).unwrap()
}

fn percent_of(percent: Decimal, amount: Money) -> Money {
    amount.times(percent * Decimal::new(1, 2), Rounding::HalfEven).unwrap()
}

#[test]
fn each_line_rounded_for_itself() {
    caught_in_amounts("each line of a budget rounded for itself", adds_up, |_, line| {
        rounded(line, Rounding::HalfEven)
    });
}

#[test]
fn a_cap_checked_before_rounding() {
    caught_in_amounts(
        "lines rounded up after the cap of their group was checked",
        keeps_bounds,
        |_, line| rounded(line, Rounding::Ceiling),
    );
}

#[test]
fn a_floor_checked_before_rounding() {
    caught_in_amounts(
        "lines rounded down after the floor of their group was checked",
        keeps_bounds,
        |_, line| rounded(line, Rounding::Floor),
    );
}

#[test]
fn a_percentage_of_the_rest_taken_of_the_total() {
    caught_in_amounts("a percentage of the rest taken of the total", adds_up, |allocation, line| {
        let percent = allocation.rules().find_map(|(_, rule)| match rule {
            Rule::Take { line: own, amount: Amount::PercentOfRest(percent) } if own == line.name() => {
                Some(*percent)
            }
            _ => None,
        });
        percent.map_or(line.amount(), |percent| percent_of(percent, allocation.total()))
    });
}

/// The percentage of the elastic reserve, and the line that it protects.
fn uplift(allocation: &Allocation) -> Option<(Decimal, String)> {
    allocation.rules().find_map(|(_, rule)| match rule {
        Rule::Reserve(reserve) => {
            Reserve::protects(reserve).map(|(percent, lines)| (percent, lines[0].clone()))
        }
        _ => None,
    })
}

#[test]
fn a_reserve_counted_twice() {
    caught_in_amounts(
        "a reserve counted in what it protects, too",
        adds_up,
        |allocation, line| match uplift(allocation) {
            Some((_, protected)) if protected == line.name() => {
                line.amount().plus(allocation["elastic"].amount()).unwrap()
            }
            _ => line.amount(),
        },
    );
}

#[test]
fn a_reserve_of_the_sum() {
    let law = |draft: &AllocationDraft, reserve: fn(Ratio, Ratio, Ratio) -> Ratio| {
        let allocation = checked(draft);
        let Some((percent, protected)) = uplift(&allocation) else { return Ok(()) };
        let (base, own) = (allocation[protected.as_str()].exact(), allocation["elastic"].exact());
        let ratio = Ratio::new(percent, Decimal::ONE_HUNDRED).unwrap();
        laws::reserve_is_its_uplift(percent, base, reserve(ratio, base, own))
    };
    caught(
        "a reserve as a percentage of what it protects and itself",
        allocations(),
        |draft| law(draft, |_, _, own| own),
        |draft| law(draft, |ratio, base, own| ratio.times(base.plus(own).unwrap()).unwrap()),
    );
}

fn tracked(draft: &TrackingDraft) -> Tracking {
    draft.clone().check().unwrap()
}

#[test]
fn what_is_committed_still_available() {
    caught(
        "what is committed counted as available",
        trackings(),
        |draft| laws::tracking_closes(&tracked(draft), TrackedLine::available, TrackedLine::variance),
        |draft| {
            let free = |line: &TrackedLine| line.plan().minus(line.actual()).unwrap();
            laws::tracking_closes(&tracked(draft), free, TrackedLine::variance)
        },
    );
}

#[test]
fn a_variance_of_the_other_sign() {
    caught(
        "plan less actual as the variance",
        trackings(),
        |draft| laws::tracking_closes(&tracked(draft), TrackedLine::available, TrackedLine::variance),
        |draft| {
            laws::tracking_closes(&tracked(draft), TrackedLine::available, |line| line.variance().negated())
        },
    );
}

/// The releases of a review under the law, disturbed from what the rule asked, what is free, and what was released.
fn releases(
    draft: &ReallocationDraft,
    released: impl Fn(Money, Decimal, Money) -> Money,
) -> Result<(), Broken> {
    let json = serde_json::to_value(draft).unwrap();
    let rounding: Rounding = serde_json::from_value(json["rounding"].clone()).unwrap();
    let positions: Vec<marketloop::budget::Position> =
        serde_json::from_value(json["positions"].clone()).unwrap();
    let review = draft.clone().check().unwrap();
    for (position, line) in positions.iter().zip(review.lines()) {
        if let Some(percent) = line.percent() {
            let given = released(position.amount, percent, line.released());
            laws::release_follows_its_rule(position, percent, rounding, given)?;
        }
    }
    Ok(())
}

#[test]
fn a_release_rounded_up() {
    caught(
        "the share of a release rounded up whatever the review says",
        reallocations(),
        |draft| releases(draft, |_, _, right| right),
        |draft| {
            releases(draft, |amount, percent, right| {
                let up = amount.times(percent * Decimal::new(1, 2), Rounding::Ceiling).unwrap();
                // A line that is held back stays so.
                if up.minor() - right.minor() == 1 { up } else { right }
            })
        },
    );
}

#[test]
fn locked_money_released() {
    caught(
        "a release that does not ask what is locked",
        reallocations(),
        |draft| releases(draft, |_, _, right| right),
        |draft| {
            releases(draft, |amount, percent, right| {
                let asked = percent_of(percent, amount);
                if right < asked { asked } else { right }
            })
        },
    );
}

#[test]
fn a_return_that_is_lost() {
    let review = |draft: &ReallocationDraft| -> Reallocation { draft.clone().check().unwrap() };
    caught(
        "what is returned to a line of the review lost",
        reallocations(),
        |draft| laws::review_conserves_money(&review(draft), ReallocatedLine::new_amount),
        |draft| {
            let review = review(draft);
            let returned = |name: &str| {
                let own = review.moves().iter().filter(|step| step.is_return && step.to.name() == name);
                Money::sum(own.map(|step| step.amount), review.released().currency()).unwrap()
            };
            laws::review_conserves_money(&review, |line| {
                line.new_amount().minus(returned(line.name())).unwrap()
            })
        },
    );
}

/// The amounts after a cut of a half in proportion, as the crate makes it where it can.
fn halved(lines: &[CutLine]) -> Option<(Money, Vec<Money>)> {
    let half = Shrink::ByShare { share: Share::percent(50).unwrap(), rounding: Rounding::Floor };
    let cuts = marketloop::budget::Cuts::draft(lines.iter().cloned(), half).in_proportion().check().ok()?;
    let left = cuts.to_budget("left").unwrap();
    Some((cuts.amount(), left.lines().iter().map(Line::amount).collect()))
}

#[test]
fn a_cut_that_asks_no_floor() {
    caught(
        "the same percentage cut of every line, whatever has to stay",
        cut_lines(1..8),
        |lines| {
            halved(lines)
                .map_or(Ok(()), |(_, left)| laws::cuts_keep_floors(lines, ReservePolicy::Kept, &left))
        },
        |lines| {
            let left: Vec<Money> = lines.iter().map(|line| percent_of(50.into(), line.amount)).collect();
            laws::cuts_keep_floors(lines, ReservePolicy::Kept, &left)
        },
    );
}

#[test]
fn a_cut_rounded_for_each_line() {
    caught(
        "half of each line cut, each rounded for itself",
        cut_lines(1..8),
        |lines| halved(lines).map_or(Ok(()), |(cut, left)| laws::cuts_add_up(lines, cut, &left)),
        |lines| {
            let Some((cut, _)) = halved(lines) else { return Ok(()) };
            let left: Vec<Money> = lines
                .iter()
                .map(|line| line.amount.minus(percent_of(50.into(), line.amount)).unwrap())
                .collect();
            laws::cuts_add_up(lines, cut, &left)
        },
    );
}

#[test]
fn a_price_without_its_sign_and_a_mix_counted_as_price() {
    let known = |figure: marketloop::figure::Figure<Ratio>| figure.get().unwrap_or(Ratio::ZERO);
    let law = |lines: &[marketloop::budget::LineSpend], price: &dyn Fn(&SpendVariance) -> Ratio| {
        let all = SpendVariance::of(lines.to_vec()).unwrap();
        if all.mix().is_undefined() {
            return Ok(());
        }
        for line in all.lines() {
            laws::variances_add_up(line.total(), [price(line), known(line.volume()), known(line.mix())])?;
        }
        Ok(())
    };
    caught(
        "the price variance without the sign of a cheaper line",
        line_spends(1..6),
        |lines| law(lines, &|line| line.price()),
        |lines| {
            law(lines, &|line| if line.price().is_negative() { line.price().negated() } else { line.price() })
        },
    );
    caught(
        "the mix counted as a price",
        line_spends(1..6),
        |lines| law(lines, &|line| line.price()),
        // What was paid beyond the plan less the volume counts the mix as a price.
        |lines| law(lines, &|line| line.total().minus(known(line.volume())).unwrap()),
    );
}
