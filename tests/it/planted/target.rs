//! Wrong attainments and classes.

use super::caught;
use marketloop::laws::{
    Broken, better_attains_more, classes_rise, edge_belongs_to_its_side, hysteresis_never_adds_switches,
    met_exactly_at_one,
};
use marketloop::quantity::{Ratio, Rounding};
use marketloop::strategies::{bands, small_decimals, targets};
use marketloop::target::{Bands, Target};
use proptest::collection::vec;
use proptest::strategy::Strategy;
use rust_decimal::Decimal;

fn attained(target: &Target, actual: Ratio) -> Option<Ratio> {
    target.attainment(actual).ok().map(|attainment| attainment.ratio())
}

#[test]
fn a_target_of_which_lower_is_better_inverted() {
    let inverted = |target: &Target, actual: Ratio| match (target.min(), target.max()) {
        (None, Some(most)) => actual.divided_by(most.into()).ok(),
        _ => attained(target, actual),
    };
    let met = |target: &Target, actual: Ratio, attainment: Option<Ratio>| {
        attainment.map_or(Ok(()), |attainment| met_exactly_at_one(target, actual, attainment))
    };
    caught(
        "a target of which lower is better, inverted",
        targets().with_actuals(),
        |(target, actual)| met(target, *actual, attained(target, *actual)),
        |(target, actual)| met(target, *actual, inverted(target, *actual)),
    );
    let value = || small_decimals(1..=999_999);
    let compared = |target: &Target, [a, b]: [Decimal; 2], of: &dyn Fn(&Target, Ratio) -> Option<Ratio>| {
        better_attains_more(target, |actual| of(target, actual), a.into(), b.into())
    };
    caught(
        "less of what lower is better attains less",
        (targets().with_digits(1..=999_999), value(), value()),
        |(target, a, b)| compared(target, [*a, *b], &attained),
        |(target, a, b)| compared(target, [*a, *b], &inverted),
    );
}

#[test]
fn an_attainment_rounded_before_it_is_judged() {
    let met = |target: &Target, actual: Ratio, round: bool| {
        let Some(exact) = attained(target, actual) else { return Ok(()) };
        let rounded = exact.round((2, Rounding::HalfEven)).map_or(exact, Ratio::from);
        met_exactly_at_one(target, actual, if round { rounded } else { exact })
    };
    caught(
        "an attainment rounded before it is judged",
        targets().with_actuals(),
        |(target, actual)| met(target, *actual, false),
        |(target, actual)| met(target, *actual, true),
    );
}

/// The class of a value, where `is_beyond` says whether it passes an edge, whatever the edge's side.
fn class_of(bands: &Bands<usize>, is_beyond: impl Fn(Ratio) -> bool) -> usize {
    let edge = bands.edges().iter().rev().find(|(threshold, _)| is_beyond(threshold.at()));
    edge.map_or(*bands.lowest(), |(_, class)| *class)
}

fn sides(bands: &Bands<usize>) -> Result<(), Broken> {
    edge_belongs_to_its_side(bands, |value| *bands.classify(value))
}

#[test]
fn an_edge_on_the_other_side() {
    caught("`>` for `>=` at an edge", bands(), sides, |bands| {
        edge_belongs_to_its_side(bands, |value| class_of(bands, |edge| value > edge))
    });
    caught("`>=` for `>` at an edge", bands(), sides, |bands| {
        edge_belongs_to_its_side(bands, |value| class_of(bands, |edge| value >= edge))
    });
}

#[test]
fn the_lowest_edge_that_is_passed() {
    let hundredths = || (-250_i64..350).prop_map(|value| Ratio::from(Decimal::new(value, 2)));
    caught(
        "edges compared from below, the last one not at all",
        (bands(), hundredths(), hundredths()),
        |(bands, a, b)| classes_rise(|value| *bands.classify(value), *a, *b),
        |(bands, a, b)| {
            // The first edge that is not passed decides, and behind the last one there is none.
            let class = |value: Ratio| {
                let mut class = *bands.lowest();
                for (threshold, above) in bands.edges() {
                    if !threshold.is_passed_by(value) {
                        return class;
                    }
                    class = *above;
                }
                *bands.lowest()
            };
            classes_rise(class, *a, *b)
        },
    );
}

#[test]
fn a_margin_with_the_wrong_sign() {
    let values = vec((-250_i64..350).prop_map(|value| Ratio::from(Decimal::new(value, 2))), 1..30);
    caught(
        "a margin that moves edges towards the class before",
        (bands(), values),
        |(bands, values)| {
            let after = |before: &usize, value| *bands.classify_after(before, value);
            hysteresis_never_adds_switches(bands, after, values)
        },
        |(bands, values)| {
            let after = |before: &usize, value: Ratio| {
                let mut class = *bands.lowest();
                for (threshold, above) in bands.edges() {
                    // Those below the class before would have to be moved down, not up.
                    let margin = bands.hysteresis();
                    let margin = if above <= before { margin } else { margin.negated() };
                    if value.plus(margin.negated()).is_ok_and(|value| threshold.is_passed_by(value)) {
                        class = *above;
                    }
                }
                class
            };
            hysteresis_never_adds_switches(bands, after, values)
        },
    );
}
