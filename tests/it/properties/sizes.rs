//! Doors that take lists of names, at the size at which a scan per name would be ten billion steps (L3). Nothing is
//! timed: with a scan these take minutes.

use marketloop::attribution::{MarkovChain, Outcome, PathTable};
use marketloop::budget::{
    Allocation, Budget, Cap, CutLine, Cuts, Divide, Floor, Limit, LineSpending, Shrink, Tracking,
};
use marketloop::channel::{ChannelError, CoOccurrence, Concentration, ContentMatrix};
use marketloop::decision::{CellValue, DecisionTable, Fact, HitPolicy, TableColumn};
use marketloop::decompose::{DecompositionMethod, explain_product, shapley_contributions};
use marketloop::error::{ErrorKind, TooLarge};
use marketloop::funnel::Funnel;
use marketloop::goal::Cascade;
use marketloop::quantity::{Currency, Mix, Money, Rounding, Share};
use marketloop::ranking::{
    CriteriaWeights, DecisionMatrix, Normalisation, RankingError, rank_reversals, weighted_sum,
};
use marketloop::risk::{Rating, RiskMatrix};
use marketloop::target::Better;
use marketloop::time::Period;
use rust_decimal::Decimal;

const MANY: u32 = 100_000;

fn names() -> impl Iterator<Item = String> {
    (0..MANY).map(|number| format!("line {number}"))
}

fn yuan(amount: u32) -> Money {
    Money::new(amount.into(), Currency::CNY).unwrap()
}

/// L3: lines and rules of a budget.
#[test]
fn a_budget_of_many_lines_is_divided_and_checked() {
    let parts = names().map(|name| (name, 1));
    let plan = Allocation::draft(yuan(MANY))
        .rule("most", Cap::each(names(), Limit::percent(50)))
        .rule("main", Divide::by_scores(parts))
        .check()
        .unwrap();
    assert_eq!(plan.lines().len(), MANY as usize);
    let amounts: Vec<(&str, Money)> = plan.leaves().map(|line| (line.name(), line.amount())).collect();
    assert!(plan.check_rules(amounts, plan.total()).unwrap().is_kept());
    assert_eq!(plan.to_budget("year").unwrap().lines().len(), MANY as usize);
}

/// L3: lines of a stated budget, their spending, their cuts.
#[test]
fn many_lines_are_tracked_and_cut() {
    let draft = Budget::draft("year", yuan(2 * MANY));
    let draft = names().fold(draft, |draft, name| draft.amount(name, yuan(2)));
    assert!(draft.check().is_ok());
    let tracking = names().fold(Tracking::draft(), |draft, name| {
        draft.line(name.clone(), yuan(2)).spending(LineSpending::new(name).with_actual(yuan(1)))
    });
    assert!(tracking.check().is_ok());
    let cuts = Cuts::draft(names().map(|name| CutLine::new(name, yuan(2), 1)), Shrink::To(yuan(MANY)));
    assert_eq!(cuts.check().unwrap().amount(), yuan(MANY));
}

/// L3: mixes, shares of channels, kinds of content.
#[test]
fn mixes_and_channels_of_many_names_are_compared() {
    let share = Share::new(Decimal::new(1, 5)).unwrap();
    let mix = Mix::new(names().map(|name| (name, share))).unwrap();
    assert_eq!(mix.drift(&mix).count(), MANY as usize);
    assert!(Concentration::new(names().map(|name| (name, 1))).is_ok());
    let draft = ContentMatrix::draft().with_mix(mix);
    let draft = draft.platform("site", "reads", "at least 1 %".parse().unwrap());
    let draft = names().fold(draft, |draft, name| draft.content(name, [1]));
    assert!(draft.check().is_ok());
}

/// L3: columns of a decision table, and facts by their names.
#[test]
fn a_table_of_many_columns_finds_facts_by_name() {
    let columns = 10_000;
    let mut draft = DecisionTable::draft(HitPolicy::First).output(TableColumn::number("y"));
    for name in names().take(columns) {
        draft = draft.input(TableColumn::number(&name));
    }
    let table = draft.rule(vec!["-"; columns], [CellValue::from(Decimal::ONE)]).check().unwrap();
    let named: Vec<String> = names().take(columns).collect();
    let facts = named.iter().map(|name| (name.as_str(), Fact::Number(Decimal::ONE)));
    assert_eq!(table.facts(facts).unwrap().len(), columns);
}

/// L2: what would be the product of a caller's list with itself is counted before it is made.
#[test]
fn pairs_of_many_channels_are_refused_by_their_number() {
    let refused = CoOccurrence::new(0..MANY).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Limit);
    assert!(matches!(refused, ChannelError::TooLarge(_)));
    assert_eq!(refused.to_string(), "5000050000 counts of channels and their pairs, at most 8388608");
    assert!(CoOccurrence::new(0..4_095).is_ok() && CoOccurrence::new(0..4_096).is_err());
}

/// L3: rules that cannot hold together are told without a look at all lines for each rule.
#[test]
fn the_smallest_conflict_of_many_rules_is_found() {
    let budget = |total: u32| {
        let all =
            Allocation::draft(yuan(total)).rule("main", Divide::by_scores(names().map(|name| (name, 1))));
        names().fold(all, |budget, name| budget.rule(format!("least of {name}"), Floor::line(name, yuan(2))))
    };
    // One yuan is missing, so that every rule is part of the conflict.
    let refused = budget(2 * MANY - 1).check().unwrap_err().to_string();
    assert!(refused.contains("least of line 0") && refused.contains("1.00 CNY over"), "{refused}");
    // Of the caps each alone forbids what one floor asks.
    let capped = (0..MANY).fold(budget(2 * MANY), |budget, cap| {
        budget.rule(format!("cap {cap}"), Cap::line("line 7", yuan(1)))
    });
    let refused = capped.check().unwrap_err().to_string();
    assert!(refused.contains("least of line 7") && refused.contains("cap "), "{refused}");
}

/// L3: a chain in which channels have few neighbours is solved, one of many channels and steps is refused by the work it
/// would take, before any of it.
#[test]
fn removal_effects_of_many_channels_are_found_or_refused() {
    let table = |channels: u32, rows: u32, next: fn(u32, u32) -> u32| {
        let mut paths = PathTable::builder(Currency::CNY);
        for row in 0..rows {
            let touches = [row % channels, next(row, channels), next(row + 1, channels)];
            let touches = touches.map(|channel| format!("c{channel}"));
            let outcome = Outcome { conversions: 1, nulls: 3, value: 10 };
            paths.push_names(touches.iter().map(String::as_str), outcome).unwrap();
        }
        paths.build()
    };
    let ring = table(20_000, 40_000, |row, channels| (row + 1 + row / channels) % channels);
    let effects = MarkovChain::new(&ring, 1).unwrap().removal_effects().unwrap();
    assert!(effects.conversions().iter().all(|effect| *effect > 0.0));
    let tangle = |row: u32, channels: u32| row.wrapping_mul(2_654_435_761).rotate_left(11) % channels;
    let tangled = table(65_000, 390_000, tangle);
    let refused = MarkovChain::new(&tangled, 2).unwrap().removal_effects().err().unwrap();
    assert_eq!(refused.kind(), ErrorKind::Limit, "{refused}");
    assert!(refused.to_string().contains("multiplications for one chain, at most 34359738368"), "{refused}");
}

/// L3: channels that fail with others, steps of a funnel, places in a ranking.
#[test]
fn dependences_steps_and_rankings_of_many_names_are_checked() {
    let channels: Vec<String> = names().collect();
    let mut shares = Concentration::new(channels.iter().map(|name| (name.as_str(), 1))).unwrap();
    for pair in channels.windows(2) {
        shares = shares.with_dependence(&pair[1].as_str(), &pair[0].as_str(), Share::ONE).unwrap();
    }
    assert_eq!(shares.failures(Share::percent(99).unwrap()).unwrap().len(), 0);
    assert_eq!(shares.failures(Share::ONE).unwrap().len(), channels.len());

    let steps = || names().map(|name| (name, 1));
    assert!(Funnel::new(steps()).is_ok());
    let twice = Funnel::new(steps().chain([("line 5".to_owned(), 1)])).unwrap_err();
    assert_eq!(twice.to_string(), "steps[100000].name: the step `line 5` stands twice");

    let ranking = names().map(CellValue::from);
    let draft = DecisionTable::draft(HitPolicy::Priority)
        .input(TableColumn::number("x"))
        .output(TableColumn::text("y").ranked(ranking));
    let table =
        names().fold(draft, |draft, name| draft.rule(["-"], [CellValue::from(name)])).check().unwrap();
    assert_eq!(table.rules().len(), channels.len());
}

/// L2: what is made of a number alone, or for each pair of a list, is counted before it is made.
#[test]
fn numbers_and_pairs_beyond_a_limit_are_refused() {
    let refused = yuan(1).split_evenly(usize::MAX).unwrap_err();
    assert_eq!(
        (refused.kind(), refused.to_string().ends_with("parts, at most 4194304")),
        (ErrorKind::Limit, true)
    );
    assert!(yuan(1).split_evenly(0).is_err());
    let refused = CriteriaWeights::equal(usize::MAX).unwrap_err();
    assert!(matches!(refused, RankingError::TooLarge(TooLarge { limit: 100_000, .. })));

    let alternatives = DecisionMatrix::new([Better::Higher], (0..MANY).map(|row| [f64::from(row)])).unwrap();
    let one = CriteriaWeights::equal(1).unwrap();
    let rank = |matrix: &DecisionMatrix| weighted_sum(matrix, &one, Normalisation::Max);
    let refused = rank_reversals(&alternatives, rank).unwrap_err();
    assert!(
        matches!(refused, RankingError::TooLarge(TooLarge { count: 100_000, limit: 256, .. })),
        "{refused}"
    );

    let factors = vec![1.0; MANY as usize];
    let refused = shapley_contributions(&factors, &factors).unwrap_err();
    assert_eq!(refused.to_string(), "100000 factors by the Shapley value, at most 4096");
    let factors = vec![Decimal::ONE; MANY as usize];
    for (method, most) in [
        (DecompositionMethod::Shapley, 256),
        (DecompositionMethod::Sequential, 4_096),
        (DecompositionMethod::LogMean, 4_096),
    ] {
        let refused = |count: usize| {
            let some = &factors[..count];
            explain_product(some, some, method, (0, Rounding::HalfEven))
                .map(|_| ())
                .map_err(|error| error.kind())
        };
        assert_eq!((refused(most), refused(most + 1)), (Ok(()), Err(ErrorKind::Limit)), "{method:?}");
    }
}

/// L2: stated parts of a cascade, and levels of a risk matrix.
#[test]
fn parts_of_a_cascade_are_counted_and_levels_are_named_apart() {
    let day = |number: u32| {
        let day = chrono_day(number);
        (Period::custom(day, day).unwrap(), "1 user".parse().unwrap())
    };
    let cascade = |days: u32| {
        let (first, last) = (day(0).0, day(days - 1).0);
        let whole = Period::custom(first.start(), last.end()).unwrap();
        Cascade::explicit("m", whole, format!("{days} user").parse().unwrap(), (0..days).map(day))
    };
    assert_eq!(cascade(MANY).unwrap().parts().len(), MANY as usize);
    let refused = cascade(MANY + 1).unwrap_err().to_string();
    assert_eq!(refused, "parts: 100001 parts of a cascade, at most 100000");

    let level = |number: u32| (format!("level {number}"), Decimal::from(number + 1));
    let any = [("any".to_string(), Decimal::ONE)];
    let matrix = RiskMatrix::new(any, (0..MANY).map(level), [vec![Rating::Tolerable; MANY as usize]]);
    assert!(matrix.is_ok());
}

fn chrono_day(number: u32) -> marketloop::time::NaiveDate {
    marketloop::time::NaiveDate::default() + chrono::Days::new(number.into())
}
