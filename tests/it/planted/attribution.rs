//! Wrong credits and journeys.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the figures of these tests are estimates, their lists short"
)]

use super::caught;
use marketloop::attribution::{
    AttributionError, AttributionModel, ChannelId, Channels, ConversionEvent, Costs, Credits, JourneyRules,
    Journeys, MarkovChain, PathTable, Row, TouchEvent, shapley_value,
};
use marketloop::laws;
use marketloop::quantity::{Currency, Money};
use marketloop::strategies::{channel_costs, journey_events, path_tables};
use marketloop::time::Duration;

/// A model by its own weights, as a user writes one.
fn weighed(weigh: impl Fn(&Row<'_>) -> Vec<f64>) -> impl Fn(&PathTable) -> Result<Credits, AttributionError> {
    move |paths| {
        Credits::by_weights(paths, |_, row, weights| {
            weights.extend(weigh(row));
            Ok(())
        })
    }
}

/// A model that adds to the channels by hand what each row has: shares that nobody normalises.
fn shared(shares: impl Fn(&Row<'_>) -> Vec<f64>) -> impl Fn(&PathTable) -> Result<Credits, AttributionError> {
    move |paths| {
        let mut figures = vec![[0.0, 0.0]; paths.channels().len()];
        for row in paths.rows() {
            for (channel, share) in row.path.iter().zip(shares(&row)) {
                figures[channel.index()][0] += share * row.outcome.conversions as f64;
                figures[channel.index()][1] += share * row.outcome.value as f64;
            }
        }
        let column = |at: usize| figures.iter().map(|own| own[at]).collect();
        Credits::new(paths, column(0), column(1))
    }
}

/// One for the touches that are asked for, and nothing for the others.
fn only(row: &Row<'_>, chosen: impl Fn(usize) -> bool) -> Vec<f64> {
    (0..row.path.len()).map(|at| f64::from(u8::from(chosen(at)))).collect()
}

#[test]
fn the_last_touch_is_taken_of_the_first() {
    let wrong = weighed(|row| only(row, |at| at == 0));
    caught(
        "the last touch is taken of the first",
        path_tables(),
        |paths| {
            let (first, last) = (AttributionModel::FirstTouch, AttributionModel::LastTouch);
            laws::reversed_paths_swap_first_and_last(&first, &last, paths)
        },
        |paths| laws::reversed_paths_swap_first_and_last(&AttributionModel::FirstTouch, &wrong, paths),
    );
}

#[test]
fn the_half_life_of_a_decay_has_the_wrong_sign() {
    let decay = |hours: i32, paths: &PathTable, row: usize| {
        let seconds = paths.row(row).unwrap().seconds_before_end.unwrap();
        let weights: Vec<f64> =
            seconds.iter().map(|own| (f64::from(hours) * f64::from(*own) / 3_600.0).exp2()).collect();
        let sum: f64 = weights.iter().sum();
        Ok(weights.into_iter().map(|weight| weight / sum).collect())
    };
    caught(
        "the half-life of a decay has the wrong sign",
        path_tables(),
        |paths| {
            let model = AttributionModel::TimeDecay(Duration::from_hours(1));
            laws::later_touches_get_no_less(paths, |paths, row| Ok(model.touch_credits(paths, row)?.shares))
        },
        // 2^(+t / half-life) for 2^(-t / half-life): the oldest touch weighs most.
        |paths| laws::later_touches_get_no_less(paths, |paths, row| decay(1, paths, row)),
    );
}

#[test]
fn a_short_path_loses_the_middle_share_of_a_position_based_model() {
    let wrong = shared(|row| {
        let last = row.path.len() - 1;
        (0..=last)
            .map(|at| match at {
                0 if last == 0 => 0.4 + 0.4,
                0 => 0.4,
                _ if at == last => 0.4,
                _ => 0.2 / (last as f64 - 1.0),
            })
            .collect()
    });
    caught(
        "a path of one touch or two loses the share of the middle",
        path_tables(),
        |paths| laws::credits_conserve(&AttributionModel::U_SHAPED, paths),
        |paths| laws::credits_conserve(&wrong, paths),
    );
}

#[test]
fn removal_effects_are_not_normalised() {
    let wrong = |paths: &PathTable| {
        let effects = MarkovChain::new(paths, 1)?.removal_effects()?;
        let totals = paths.totals();
        let conversions = effects.conversions().iter().map(|own| own * totals.conversions as f64);
        let values = effects.conversions().iter().map(|own| own * totals.value.minor() as f64);
        Credits::new(paths, conversions.collect(), values.collect())
    };
    caught(
        "removal effects are not normalised",
        path_tables(),
        |paths| laws::credits_conserve(&AttributionModel::Markov(1), paths),
        |paths| laws::credits_conserve(&wrong, paths),
    );
}

#[test]
fn a_player_who_stands_in_a_path_twice_is_paid_twice() {
    // One part of the number of different channels for each touch, not for each channel.
    let wrong = shared(|row| {
        let mut players: Vec<ChannelId> = row.path.to_vec();
        players.sort_unstable();
        players.dedup();
        vec![1.0 / players.len() as f64; row.path.len()]
    });
    caught(
        "a player who stands in a path twice is paid twice",
        path_tables(),
        |paths| laws::credits_conserve(&AttributionModel::Shapley, paths),
        |paths| laws::credits_conserve(&wrong, paths),
    );
}

#[test]
fn a_coalition_is_counted_twice() {
    // The weights of a Shapley value of three players, |S|! (2 - |S|)! / 3!.
    let by_hand = |worth: &dyn Fn(u32) -> f64, coalitions: std::ops::RangeInclusive<u32>| {
        let weight = |size: u32| [2.0, 1.0, 2.0][size as usize] / 6.0;
        let part = |player: u32| {
            let others = coalitions.clone().map(|own| own % 8).filter(|own| own >> player & 1 == 0);
            let gain = |own: u32| weight(own.count_ones()) * (worth(own | 1 << player) - worth(own));
            others.map(gain).sum::<f64>()
        };
        (0..3).map(part).collect::<Vec<f64>>()
    };
    caught(
        "the empty coalition is counted twice",
        proptest::collection::vec(0.0..100.0_f64, 8),
        |worths| {
            let worth = |coalition: u32| worths[coalition as usize];
            let right = shapley_value(3, worth).unwrap();
            let own = by_hand(&worth, 0..=7);
            assert!(right.iter().zip(own).all(|(one, other)| (one - other).abs() < 1e-9));
            laws::parts_of_a_game_add_up(&right, worth)
        },
        |worths| {
            let worth = |coalition: u32| worths[coalition as usize];
            // An end that is included: coalition 8 is coalition 0 once more.
            laws::parts_of_a_game_add_up(&by_hand(&worth, 0..=8), worth)
        },
    );
}

#[test]
fn conversions_are_rounded_channel_by_channel() {
    let wrong = |paths: &PathTable| {
        let own = AttributionModel::Linear.credit(paths)?;
        let rounded = own.conversions().iter().map(|credit| credit.round()).collect();
        Credits::new(paths, rounded, own.values().to_vec())
    };
    caught(
        "conversions are rounded channel by channel",
        path_tables(),
        |paths| laws::credits_conserve(&AttributionModel::Linear, paths),
        |paths| laws::credits_conserve(&wrong, paths),
    );
}

#[test]
fn journeys_of_the_direct_channel_alone_get_no_credit() {
    caught(
        "journeys of the direct channel alone get no credit",
        path_tables(),
        |paths| laws::credits_conserve(&AttributionModel::LastNonDirect("Direct".into()), paths),
        |paths| {
            let direct = paths.channels().id("Direct");
            let wrong = shared(|row| {
                let last = row.path.iter().rposition(|touch| Some(*touch) != direct);
                only(row, |at| Some(at) == last)
            });
            laws::credits_conserve(&wrong, paths)
        },
    );
}

#[test]
fn journeys_that_do_not_convert_share_the_credit() {
    // Conversions in proportion to the journeys of a path, not to its conversions: the sum is right.
    let wrong = |paths: &PathTable| {
        let mut journeys = vec![0.0; paths.channels().len()];
        for row in paths.rows() {
            for touch in row.path {
                let own = (row.outcome.conversions + row.outcome.nulls) as f64;
                journeys[touch.index()] += own / row.path.len() as f64;
            }
        }
        let totals = paths.totals();
        let parts = |whole: f64| journeys.iter().map(|own| own / totals.journeys as f64 * whole).collect();
        Credits::new(paths, parts(totals.conversions as f64), parts(totals.value.minor() as f64))
    };
    caught(
        "journeys that do not convert share the credit",
        path_tables().with_conversions(),
        |paths| {
            laws::null_channels_get_nothing(&AttributionModel::Linear, paths)?;
            laws::credits_conserve(&wrong, paths)
        },
        |paths| laws::null_channels_get_nothing(&wrong, paths),
    );
}

/// The channel with the most touches of a path.
fn most_touches(
    paths: &PathTable,
    wins: impl Fn(ChannelId, ChannelId) -> bool,
) -> Result<Credits, AttributionError> {
    weighed(|row| {
        let count = |channel: ChannelId| row.path.iter().filter(|touch| **touch == channel).count();
        let better = |one: ChannelId, other: ChannelId| {
            count(one) > count(other) || count(one) == count(other) && wins(one, other)
        };
        let winner =
            row.path.iter().copied().reduce(|one, other| if better(other, one) { other } else { one });
        only(row, |at| Some(row.path[at]) == winner)
    })(paths)
}

#[test]
fn a_tie_goes_to_the_channel_of_the_lower_number() {
    caught(
        "a tie goes to the channel of the lower number",
        path_tables(),
        |paths| {
            let right = |paths: &PathTable| {
                let name = |id: ChannelId| paths.channels().name(id);
                most_touches(paths, |one, other| name(one) < name(other))
            };
            laws::credits_ignore_order(&right, paths)
        },
        |paths| {
            laws::credits_ignore_order(
                &|paths: &PathTable| most_touches(paths, |one, other| one < other),
                paths,
            )
        },
    );
}

#[test]
fn a_later_row_of_a_path_replaces_an_earlier_one() {
    // A map of paths, filled by `insert` where the outcomes of equal paths have to be added.
    let wrong = |paths: &PathTable| {
        let rows: std::collections::BTreeMap<_, _> = paths.rows().map(|row| (row.path, row)).collect();
        let mut builder = PathTable::builder(paths.currency()).with_channels(paths.channels())?;
        rows.values().try_for_each(|row| builder.push(row.path, row.outcome))?;
        AttributionModel::LastTouch.credit(&builder.build())
    };
    caught(
        "a later row of a path replaces an earlier one",
        path_tables(),
        |paths| laws::credits_ignore_order(&AttributionModel::LastTouch, paths),
        |paths| laws::credits_ignore_order(&wrong, paths),
    );
}

#[test]
fn every_channel_of_the_dictionary_has_a_part_of_direct_traffic() {
    // The direct channel's credit is spread over all channels there are.
    let wrong = |paths: &PathTable| {
        let own = AttributionModel::Linear.credit(paths)?;
        let count = own.channels().len() as f64;
        let spread = |figures: &[f64]| {
            let direct = own.channels().id("Direct").map_or(0.0, |id| figures[id.index()]);
            let rest = own.channels().names().zip(figures);
            rest.map(|(name, own)| if name == "Direct" { direct / count } else { own + direct / count })
                .collect()
        };
        Credits::new(paths, spread(own.conversions()), spread(own.values()))
    };
    caught(
        "every channel of the dictionary has a part of direct traffic",
        path_tables(),
        |paths| laws::untouched_channels_get_nothing(&AttributionModel::Linear, paths),
        |paths| laws::untouched_channels_get_nothing(&wrong, paths),
    );
}

#[test]
fn credits_are_a_share_of_the_touches_of_all_rows() {
    // Touches counted over the table, and all conversions divided by them: a busy month takes from a quiet one.
    let wrong = |paths: &PathTable| {
        let mut touches = vec![0.0; paths.channels().len()];
        paths.rows().flat_map(|row| row.path).for_each(|touch| touches[touch.index()] += 1.0);
        let all: f64 = touches.iter().sum::<f64>().max(1.0);
        let totals = paths.totals();
        let parts = |whole: f64| touches.iter().map(|own| own / all * whole).collect();
        Credits::new(paths, parts(totals.conversions as f64), parts(totals.value.minor() as f64))
    };
    caught(
        "credits are a share of the touches of all rows",
        (path_tables(), path_tables()),
        |(july, august)| laws::credits_of_parts_add_up(&AttributionModel::Linear, july, august),
        |(july, august)| laws::credits_of_parts_add_up(&wrong, july, august),
    );
}

/// Journeys of events that another hand has brought into an order first, each at a time of its own place.
fn sorted_before(
    rules: &JourneyRules,
    channels: &Channels,
    touches: &[TouchEvent],
    conversions: &[ConversionEvent],
    key: impl Fn(&TouchEvent) -> u32,
) -> Result<Journeys, AttributionError> {
    let placed: Vec<TouchEvent> = touches.iter().map(|touch| touch.with_sequence(key(touch))).collect();
    rules.journeys(channels, Currency::CNY, &placed, conversions)
}

#[test]
fn touches_of_one_time_stand_in_the_order_of_their_numbers() {
    caught(
        "touches of one time stand in the order of their channels' numbers",
        journey_events(),
        |(rules, channels, touches, conversions)| {
            let right = |channels: &Channels, touches: &[TouchEvent], conversions: &[ConversionEvent]| {
                rules.journeys(channels, Currency::CNY, touches, conversions)
            };
            laws::journeys_ignore_order(right, channels, touches, conversions)
        },
        |(rules, channels, touches, conversions)| {
            let wrong = |channels: &Channels, touches: &[TouchEvent], conversions: &[ConversionEvent]| {
                sorted_before(rules, channels, touches, conversions, |touch| touch.channel.index() as u32)
            };
            laws::journeys_ignore_order(wrong, channels, touches, conversions)
        },
    );
}

#[test]
fn touches_of_one_time_stand_in_the_order_of_their_rows() {
    caught(
        "touches of one time stand in the order of their rows",
        journey_events(),
        |(rules, channels, touches, conversions)| {
            let journeys = rules.journeys(channels, Currency::CNY, touches, conversions).unwrap();
            laws::no_event_is_lost(&journeys, touches, conversions)
        },
        |(rules, channels, touches, conversions)| {
            let wrong = |channels: &Channels, touches: &[TouchEvent], conversions: &[ConversionEvent]| {
                let place = |touch: &TouchEvent| touches.iter().position(|own| own == touch).unwrap() as u32;
                sorted_before(rules, channels, touches, conversions, place)
            };
            laws::journeys_ignore_order(wrong, channels, touches, conversions)
        },
    );
}

#[test]
fn a_touch_that_two_conversions_share_is_counted_once() {
    caught(
        "a touch that two conversions of one time share is counted once",
        journey_events(),
        |(rules, channels, touches, conversions)| {
            let journeys = rules.journeys(channels, Currency::CNY, touches, conversions).unwrap();
            laws::no_event_is_lost(&journeys, touches, conversions)
        },
        |(rules, channels, touches, conversions)| {
            let mut journeys = rules.journeys(channels, Currency::CNY, touches, conversions).unwrap();
            journeys.report.kept -= journeys.report.repeated.min(journeys.report.kept);
            laws::no_event_is_lost(&journeys, touches, conversions)
        },
    );
}

#[test]
fn a_later_price_replaces_an_earlier_one() {
    caught(
        "a later price replaces an earlier one",
        (channel_costs(), channel_costs()),
        |(july, august)| laws::merge_is_commutative(|a: Costs, b: Costs| a.merge(&b).unwrap(), july, august),
        |(july, august)| {
            let wrong = |a: Costs, b: Costs| {
                let own: Vec<(String, Money)> = a.iter().map(|(name, cost)| (name.into(), cost)).collect();
                let kept = own.into_iter().filter(|(name, _)| b.get(name).is_none());
                let later = b.iter().map(|(name, cost)| (name.to_owned(), cost));
                Costs::new(Currency::CNY, kept.chain(later)).unwrap()
            };
            laws::merge_is_commutative(wrong, july, august)
        },
    );
}
