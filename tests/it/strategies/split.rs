//! The strategies of splits.

use super::{Sample, accepted, each_form_is_refused, read};
use marketloop::laws;
use marketloop::quantity::{Mix, Money, Ratio};
use marketloop::split::{Apportionment, Bounded, Split, bounded, nested};
use marketloop::strategies::{self, almost_valid, mixes, money};
use proptest::prelude::*;

#[test]
fn totals() {
    let totals = Sample { name: "totals", strategy: strategies::totals(), of: "digits" };
    totals.is_valid_and_often_an_edge(
        |total| total.unsigned_abs().to_string().len(),
        |total| {
            [0, 1, u64::MAX.into()].contains(&total.unsigned_abs())
                || total.unsigned_abs() >= i128::MAX as u128
        },
        |_| Ok(()),
    );
    totals.shrinks_to(|total| *total > 1_000, "1001");
}

#[test]
fn bounded_splits() {
    let splits = Sample { name: "bounded_splits", strategy: strategies::bounded_splits(), of: "lines" };
    splits.is_valid_and_often_an_edge(
        |(_, lines)| lines.len(),
        |(total, lines)| {
            let mut weights: Vec<_> = lines.iter().filter_map(|line| line.weight).collect();
            weights.sort_unstable();
            let without_choice =
                |bounds: &[Option<i128>]| bounds.iter().copied().sum::<Option<i128>>() == Some(total.abs());
            lines.len() == 1
                || *total == 0
                || weights[0].is_zero()
                || weights.windows(2).any(|pair| pair[0] == pair[1])
                || without_choice(&lines.iter().map(|line| Some(line.floor.unwrap_or(0))).collect::<Vec<_>>())
                || without_choice(&lines.iter().map(|line| line.cap).collect::<Vec<_>>())
        },
        |(total, lines)| accepted(bounded(*total, lines)),
    );
    splits.shrinks_to(
        |(total, lines)| bounded(*total, lines).unwrap().parts().iter().any(marketloop::split::BoundedPart::is_at_cap),
        "(1, [Bounded { parent: None, weight: Some(1), reserve: None, floor: None, cap: None }, Bounded { parent: None, weight: Some(1), reserve: None, floor: None, cap: Some(0) }])",
    );
}

#[test]
fn bounded_splits_that_cannot_be() {
    let any = strategies::bounded_splits().with_lines(0..3).with_infeasible();
    let refused = Sample { name: "bounded_splits", strategy: any, of: "lines" };
    refused.shrinks_to(
        |(total, lines)| bounded(*total, lines).is_err(),
        "(0, [Bounded { parent: None, weight: Some(0), reserve: None, floor: Some(1), cap: None }])",
    );
}

#[test]
fn nested_splits() {
    let splits = Sample { name: "nested_splits", strategy: strategies::nested_splits(), of: "parts" };
    splits.is_valid_and_often_an_edge(
        |(_, parts)| parts.len(),
        |(total, parts)| {
            let is_parent = |index: usize| parts.iter().any(|part| part.parent == Some(index));
            parts.len() == 1
                || *total == 0
                || parts.iter().any(|part| part.weight.is_some_and(|weight| weight.is_zero()))
                || parts.iter().any(|part| part.floor.is_some() && part.floor == part.cap)
                || parts.iter().enumerate().any(|(index, part)| part.weight.is_none() && !is_parent(index))
        },
        |(total, parts)| accepted(nested(*total, parts)),
    );
    splits.shrinks_to(
        |(total, parts)| {
            nested(*total, parts)
                .unwrap()
                .parts()
                .iter()
                .any(|part| part.reserve().is_some_and(|kept| kept.0 > 0))
        },
        "(4, [Bounded { parent: None, weight: None, reserve: Some(Ratio(1)), floor: None, cap: None }, Bounded { parent: Some(0), weight: Some(0), reserve: None, floor: Some(Ratio(2)), cap: None }])",
    );
}

#[test]
fn nested_splits_that_cannot_be() {
    let any = strategies::nested_splits().with_parts(0..3).with_infeasible();
    let refused = Sample { name: "nested_splits", strategy: any, of: "parts" };
    refused.shrinks_to(
        |(total, parts)| nested(*total, parts).is_err(),
        "(0, [Bounded { parent: None, weight: Some(0), reserve: None, floor: Some(Ratio(1)), cap: None }])",
    );
}

/// Splits and lines are read without a draft: a value of another form is refused at its place.
#[test]
fn other_forms_of_splits_are_refused() {
    let splits = (money(), mixes()).prop_map(|(year, mix): (Money, Mix<String>)| year.split(&mix).unwrap());
    let lines = || strategies::bounded_splits().prop_map(|(_, lines)| lines);
    let parts = || strategies::nested_splits().prop_map(|(_, parts)| parts);
    proptest!(ProptestConfig::with_cases(512), |(
        split in almost_valid(splits),
        lines in almost_valid(lines()),
        parts in almost_valid(parts()),
        weights in almost_valid(strategies::weights(1..9)),
        method in almost_valid(Just(Apportionment::SainteLague)),
    )| {
        laws::refuses_form(&split, read::<Split<String>>(split.json()))?;
        laws::refuses_form(&lines, read::<Vec<Bounded>>(lines.json()))?;
        laws::refuses_form(&parts, read::<Vec<Bounded<Ratio>>>(parts.json()))?;
        laws::refuses_form(&weights, read::<marketloop::split::Weights>(weights.json()))?;
        laws::refuses_form(&method, read::<Apportionment>(method.json()))?;
    });
}

#[test]
fn money_splits() {
    let strategy = strategies::money_splits();
    let splits = Sample { name: "money_splits", strategy: strategy.clone(), of: "parts" };
    splits.is_valid_and_often_an_edge(
        Split::len,
        |split| split.len() == 1 || split.iter().any(|(_, part)| part.amount().is_zero()),
        |split| {
            laws::splits_add_up(&split.total(), split.iter().map(|(_, part)| part))?;
            laws::reads_back_what_it_writes(split)
        },
    );
    splits.shrinks_to_text(
        |split| split.iter().filter(|(_, part)| !part.amount().is_zero()).count() > 1,
        |split| serde_json::to_string(split).unwrap(),
        r#"{"total":{"amount":"0.02","currency":"CNY"},"parts":[["line 1",{"amount":"0.00","currency":"CNY"}],["line 2",{"amount":"0.01","currency":"CNY"}],["line 3",{"amount":"0.01","currency":"CNY"}]]}"#,
    );
    each_form_is_refused::<Split<String>>(almost_valid(strategy));
}
