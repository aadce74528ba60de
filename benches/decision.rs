//! Decision tables: the six-rule channel table asked with forty-eight sets of facts.
//!
//! One evaluation of the five columns takes 70 to 150 ns, by how busy the machine is. What limits it is finding the atom
//! of each fact: splitting a decimal into mantissa and scale, one 64-bit division where the fact has more
//! decimals than the column's edges, and comparing the text with up to four names. The rules themselves cost
//! one "and" per column and 64 rules. Beyond 64 bits of mantissa, decimals are compared, at some 10 ns each.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use divan::{Bencher, black_box};
use marketloop::decision::{DecisionTable, Fact, HitPolicy, TableColumn};
use rust_decimal::dec;

fn main() {
    divan::main();
}

fn table(policy: HitPolicy) -> DecisionTable {
    DecisionTable::draft(policy)
        .input(TableColumn::text("kind"))
        .input(TableColumn::number("roi"))
        .input(TableColumn::number("activity_ratio"))
        .input(TableColumn::number("dormant_days"))
        .input(TableColumn::number("pilot_share"))
        .output(TableColumn::text("action"))
        .rule([r#""kol""#, "< 2", "", "", ""], ["replace"])
        .rule(["", "", "< 0.8", "", ""], ["drop"])
        .rule(["", "", "", ">= 30", ""], ["reactivate"])
        .rule([r#""pilot""#, "", "", "", "> 0.1"], ["cap"])
        .rule(["", ">= 4", ">= 1.1", "", ""], ["boost"])
        .rule([r#""owned", "paid", "kol", "pilot""#, "[2..4)", "[0.8..1.1)", "< 30", ""], ["keep"])
        .check()
        .unwrap_or_else(|problems| unreachable!("{problems}"))
}

/// Forty-eight sets of facts around the edges of the table.
fn facts() -> Vec<[Fact<'static>; 5]> {
    let kinds = ["kol", "owned", "paid", "pilot", "other"];
    let rois = [dec!(0), dec!(1.9999), dec!(2), dec!(3.5), dec!(3.999), dec!(4), dec!(5)];
    let ratios = [dec!(0), dec!(0.79), dec!(0.7999), dec!(0.8), dec!(1), dec!(1.09), dec!(1.1), dec!(1.5)];
    let days = [dec!(0), dec!(29), dec!(30), dec!(31)];
    let shares = [dec!(0), dec!(0.1), dec!(0.1000001), dec!(0.2)];
    kinds
        .iter()
        .cycle()
        .zip(rois.iter().cycle())
        .zip(ratios.iter().cycle())
        .zip(days.iter().cycle())
        .zip(shares.iter().cycle().skip(1).step_by(3))
        .take(48)
        .map(|((((kind, roi), ratio), days), share)| {
            [Fact::from(*kind), (*roi).into(), (*ratio).into(), (*days).into(), (*share).into()]
        })
        .collect()
}

/// One evaluation per item: divide the time by 48.
#[divan::bench]
fn first_match_of_48(bencher: Bencher<'_, '_>) {
    let (table, facts) = (table(HitPolicy::First), facts());
    bencher.counter(divan::counter::ItemsCount::new(facts.len())).bench(|| {
        let first = |facts: &[Fact<'_>]| black_box(&table).matches(facts).map(|mut all| all.next());
        black_box(&facts).iter().filter(|facts| matches!(first(facts.as_slice()), Ok(Some(_)))).count()
    });
}

#[divan::bench]
fn all_matches_of_48(bencher: Bencher<'_, '_>) {
    let (table, facts) = (table(HitPolicy::Collect), facts());
    bencher.counter(divan::counter::ItemsCount::new(facts.len())).bench(|| {
        let count = |facts: &[Fact<'_>]| black_box(&table).matches(facts).map_or(0, Iterator::count);
        black_box(&facts).iter().map(|facts| count(facts.as_slice())).sum::<usize>()
    });
}

#[divan::bench]
fn decide_of_48(bencher: Bencher<'_, '_>) {
    let (table, facts) = (table(HitPolicy::First), facts());
    bencher.counter(divan::counter::ItemsCount::new(facts.len())).bench(|| {
        let matched = |facts: &[Fact<'_>]| {
            black_box(&table).decide(facts).map_or(0, |decision| decision.matched().len())
        };
        black_box(&facts).iter().map(|facts| matched(facts.as_slice())).sum::<usize>()
    });
}

#[divan::bench]
fn build(bencher: Bencher<'_, '_>) {
    bencher.bench(|| table(black_box(HitPolicy::First)));
}

#[divan::bench]
fn report(bencher: Bencher<'_, '_>) {
    let table = table(HitPolicy::First);
    bencher.bench(|| black_box(&table).report(1_000_000));
}
