//! Credits are parts of what there was to credit, and do not depend on how it was written down.

use super::{Broken, hold};
use crate::attribution::{
    AttributionError, ChannelId, Channels, ConversionEvent, Credits, Journeys, Model, PathTable, Row,
    TouchEvent,
};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// How far two figures may be apart in parts of the whole: what a million sums of floats lose.
const NEAR: f64 = 1e-9;

fn near(one: f64, other: f64, whole: f64) -> bool {
    // Of infinite figures the difference is none, or within any share of them.
    one.is_finite() && other.is_finite() && (one - other).abs() <= NEAR * whole.abs().max(1.0)
}

/// The whole that figures are parts of, as floats: conversions, and the value in minor units.
fn wholes(paths: &PathTable) -> [f64; 2] {
    let totals = paths.totals();
    // Rounding to 53 bits is far below what the laws tolerate.
    #[expect(clippy::cast_precision_loss, reason = "a whole to compare estimates with")]
    [totals.conversions as f64, totals.value.minor() as f64]
}

/// Conversions and value of each channel by its name.
fn by_name(credits: &Credits) -> BTreeMap<&str, [f64; 2]> {
    let figures = credits.conversions().iter().zip(credits.values());
    credits.channels().names().zip(figures).map(|(name, (one, other))| (name, [*one, *other])).collect()
}

/// A table in a form that a person reads: its paths with what came of them.
fn written(paths: &PathTable) -> String {
    let row = |row: Row<'_>| {
        let path = paths.channels().path_text(row.path, " > ");
        format!("{path}: {}/{}/{}", row.outcome.conversions, row.outcome.nulls, row.outcome.value)
    };
    paths.rows().map(row).collect::<Vec<_>>().join(", ")
}

/// The credits of a table, in which every channel of it has one.
fn credited(law: &'static str, model: &(impl Model + ?Sized), paths: &PathTable) -> Result<Credits, Broken> {
    let credits = model
        .credit(paths)
        .map_err(|error| Broken::new(law, format_args!("refused: {error}; of [{}]", written(paths))))?;
    let absent = paths.channels().names().find(|name| credits.channels().id(name).is_none());
    match absent {
        None => Ok(credits),
        Some(name) => Err(Broken::new(law, format_args!("`{name}` has no credit; of [{}]", written(paths)))),
    }
}

/// [`credited`]; `None` where the model refuses a table without conversions: a share of nothing does not exist, and
/// removal effects refuse it.
fn credited_if_any(
    law: &'static str,
    model: &(impl Model + ?Sized),
    paths: &PathTable,
) -> Result<Option<Credits>, Broken> {
    if paths.totals().conversions == 0 && model.credit(paths).is_err() {
        return Ok(None);
    }
    credited(law, model, paths).map(Some)
}

/// The same rows under a dictionary of these names, in the order that is given.
fn rebuilt<'a, N: Into<String>>(
    law: &'static str,
    paths: &PathTable,
    names: impl IntoIterator<Item = N>,
    rows: impl IntoIterator<Item = Row<'a>>,
) -> Result<PathTable, Broken> {
    let build = || {
        let channels = Channels::new(names)?;
        let mut builder = PathTable::builder(paths.currency()).with_channels(&channels)?;
        for row in rows {
            let name = |id: &ChannelId| paths.channels().name(*id).and_then(|name| channels.id(name));
            let path: Vec<ChannelId> = row.path.iter().filter_map(name).collect();
            match row.seconds_before_end {
                Some(seconds) => builder.push_timed(&path, seconds, row.outcome)?,
                None => builder.push(&path, row.outcome)?,
            }
        }
        Ok(builder.build())
    };
    build()
        .map_err(|error: AttributionError| Broken::new(law, format_args!("the rows are no table: {error}")))
}

/// The credits of all channels add up to the conversions and the value of the table: as estimates, and as exact parts
/// to the last unit.
///
/// `model` is anything that credits paths: a model of the library or your own, or a closure that gives credits which
/// are there already. What refuses a table without conversions keeps the law.
///
/// # Errors
/// [`Broken`], with what the credits add up to, the total and the paths.
///
/// # Examples
/// ```
/// use marketloop::attribution::{Credits, PathTable};
/// use marketloop::laws::credits_conserve;
/// use marketloop::strategies::{attribution_models, path_tables};
/// use proptest::prelude::*;
///
/// proptest!(|(paths in path_tables().with_conversions())| {
///     let half = |paths: &PathTable| {
///         let one = paths.totals().conversions as f64 / (2 * paths.channels().len()) as f64;
///         Credits::new(paths, vec![one; paths.channels().len()], vec![0.0; paths.channels().len()])
///     };
///     prop_assert!(credits_conserve(&half, &paths).is_err());
/// });
/// ```
pub fn credits_conserve(model: &(impl Model + ?Sized), paths: &PathTable) -> Result<(), Broken> {
    const LAW: &str = "credits_conserve";
    let totals = paths.totals();
    let Some(credits) = credited_if_any(LAW, model, paths)? else { return Ok(()) };
    hold(LAW, credits.is_conserving(), || "by their own word the credits do not add up".to_string())?;
    for (what, figures, total) in [
        ("conversions", credits.conversions(), wholes(paths)[0]),
        ("values", credits.values(), wholes(paths)[1]),
    ] {
        let sum: f64 = figures.iter().sum();
        hold(LAW, near(sum, total, total), || {
            format!("the {what} {figures:?} add up to {sum}, not to {total}; of [{}]", written(paths))
        })?;
    }
    let exact = || {
        let conversions = credits.conversions_exact(2)?;
        Ok((conversions, credits.values_exact()?))
    };
    let (conversions, values) = exact().map_err(|error: AttributionError| Broken::new(LAW, error))?;
    let sum: Decimal = conversions.iter().sum();
    hold(LAW, sum == Decimal::from(totals.conversions), || {
        format!("the exact parts {conversions:?} add up to {sum}, not to {}", totals.conversions)
    })?;
    super::splits_add_up(&totals.value, &values).map_err(|broken| Broken::new(LAW, broken.values()))
}

/// Credits belong to names: the order of the rows, their aggregation and the numbering of the channels change none.
///
/// What refuses a table without conversions keeps the law, if it does so in every form.
///
/// # Errors
/// [`Broken`], with both credits of a channel and the paths, or with what has no credit.
///
/// # Examples
/// ```
/// use marketloop::laws::credits_ignore_order;
/// use marketloop::strategies::{attribution_models, path_tables};
/// use proptest::prelude::*;
///
/// proptest!(|(model in attribution_models(), paths in path_tables().with_conversions())| {
///     credits_ignore_order(&model, &paths)?;
/// });
/// ```
pub fn credits_ignore_order(model: &(impl Model + ?Sized), paths: &PathTable) -> Result<(), Broken> {
    const LAW: &str = "credits_ignore_order";
    let names: Vec<&str> = paths.channels().names().collect();
    let rows: Vec<Row<'_>> = paths.rows().collect();
    let backwards = rebuilt(LAW, paths, names.into_iter().rev(), rows.into_iter().rev())?;
    let forms =
        [("in the reverse order of rows and channels", backwards), ("aggregated", paths.aggregated())];
    let own = credited_if_any(LAW, model, paths)?;
    for (form, other) in forms {
        match (&own, credited_if_any(LAW, model, &other)?) {
            (Some(own), Some(other)) => same_credits(LAW, own, &other, paths, form)?,
            (own, other) => hold(LAW, own.is_none() == other.is_none(), || {
                format!("refused only one way round, {form}; of [{}]", written(paths))
            })?,
        }
    }
    Ok(())
}

fn same_credits(
    law: &'static str,
    own: &Credits,
    other: &Credits,
    paths: &PathTable,
    form: &str,
) -> Result<(), Broken> {
    let wholes = wholes(paths);
    let others = by_name(other);
    for (name, figures) in by_name(own) {
        let found = others.get(name).copied().unwrap_or([f64::NAN; 2]);
        let same =
            figures.iter().zip(found).zip(wholes).all(|((one, other), whole)| near(*one, other, whole));
        hold(law, same, || {
            format!("`{name}` has {figures:?}, and {form} {found:?}; of [{}]", written(paths))
        })?;
    }
    Ok(())
}

/// A channel that no path has gets nothing, and takes nothing from the others.
///
/// What refuses a table without conversions keeps the law, if it does so beside such a channel, too.
///
/// # Errors
/// [`Broken`], with what it got, with the channel whose credit changed, or with one that has no credit.
///
/// # Examples
/// ```
/// use marketloop::attribution::{Credits, PathTable};
/// use marketloop::laws::untouched_channels_get_nothing;
/// use marketloop::strategies::path_tables;
/// use proptest::prelude::*;
///
/// // Equal parts for all channels of the dictionary.
/// let equal = |paths: &PathTable| {
///     let count = paths.channels().len() as f64;
///     let part = paths.totals().conversions as f64 / count;
///     Credits::new(paths, paths.channels().names().map(|_| part).collect(), vec![0.0; count as usize])
/// };
/// proptest!(|(paths in path_tables().with_conversions())| {
///     prop_assert!(untouched_channels_get_nothing(&equal, &paths).is_err());
/// });
/// ```
pub fn untouched_channels_get_nothing(
    model: &(impl Model + ?Sized),
    paths: &PathTable,
) -> Result<(), Broken> {
    const LAW: &str = "untouched_channels_get_nothing";
    let names = || paths.channels().names().map(String::from);
    // A name that is not there yet: longer than any of them.
    let nobody = names().fold(String::from("nobody"), |all, name| format!("{all} {name}"));
    let with_nobody = rebuilt(LAW, paths, names().chain([nobody.clone()]), paths.rows())?;
    let own = credited_if_any(LAW, model, paths)?;
    let (own, credits) = match (own, credited_if_any(LAW, model, &with_nobody)?) {
        (Some(own), Some(credits)) => (own, credits),
        (None, None) => return Ok(()),
        _ => return Err(Broken::new(LAW, "a channel without a touch decides whether there are credits")),
    };
    let got = by_name(&credits).get(nobody.as_str()).copied().unwrap_or([f64::NAN; 2]);
    let nothing = got.iter().all(|figure| figure.abs() <= 0.0);
    hold(LAW, nothing, || format!("a channel without a touch got {got:?}; of [{}]", written(paths)))?;
    same_credits(LAW, &own, &credits, paths, "beside a channel without a touch")
}

/// A channel that stands in no path that converts gets nothing: a null player of the game.
///
/// A Markov chain of a low order does not keep this law: it can lead from such a channel to a conversion by way of
/// another one.
///
/// # Errors
/// [`Broken`], with the channel, what it got and the paths; also where a channel has no credit.
///
/// # Examples
/// ```
/// use marketloop::attribution::AttributionModel;
/// use marketloop::laws::null_channels_get_nothing;
/// use marketloop::strategies::path_tables;
/// use proptest::prelude::*;
///
/// proptest!(|(paths in path_tables().with_null_channel())| {
///     null_channels_get_nothing(&AttributionModel::Shapley, &paths)?;
/// });
/// ```
pub fn null_channels_get_nothing(model: &(impl Model + ?Sized), paths: &PathTable) -> Result<(), Broken> {
    const LAW: &str = "null_channels_get_nothing";
    let credits = credited(LAW, model, paths)?;
    let credits = by_name(&credits);
    let converting = || paths.rows().filter(|row| row.outcome.conversions > 0);
    for channel in paths.channels().ids().filter(|id| converting().all(|row| !row.path.contains(id))) {
        let name = paths.channels().name(channel).unwrap_or_default();
        let got = credits.get(name).copied().unwrap_or([f64::NAN; 2]);
        let nothing = got.iter().all(|figure| figure.abs() <= 0.0);
        hold(LAW, nothing, || {
            format!("`{name}`, in no path that converts, got {got:?}; of [{}]", written(paths))
        })?;
    }
    Ok(())
}

/// The credits of two tables together are the sums of the credits of each: paths are divided one by one.
///
/// Rules over touches and the Shapley value keep this law. Removal effects do not, as they ask all journeys at once.
///
/// # Errors
/// [`Broken`], with both figures of a channel.
///
/// # Examples
/// ```
/// use marketloop::attribution::AttributionModel;
/// use marketloop::laws::credits_of_parts_add_up;
/// use marketloop::strategies::path_tables;
/// use proptest::prelude::*;
///
/// proptest!(|(july in path_tables(), august in path_tables())| {
///     credits_of_parts_add_up(&AttributionModel::U_SHAPED, &july, &august)?;
/// });
/// ```
pub fn credits_of_parts_add_up(
    model: &(impl Model + ?Sized),
    one: &PathTable,
    other: &PathTable,
) -> Result<(), Broken> {
    const LAW: &str = "credits_of_parts_add_up";
    let both = one.merge(other).map_err(|error| Broken::new(LAW, format_args!("not merged: {error}")))?;
    let all = credited(LAW, model, &both)?;
    let parts = [credited(LAW, model, one)?, credited(LAW, model, other)?];
    let parts = parts.each_ref().map(by_name);
    for (name, figures) in by_name(&all) {
        for ((figure, whole), place) in figures.into_iter().zip(wholes(&both)).zip(0_usize..) {
            // A channel that only one of the tables has: each has a credit for all of its own.
            let own = parts.iter().filter_map(|part| part.get(name)?.get(place));
            let sum: f64 = own.sum();
            hold(LAW, near(figure, sum, whole), || {
                let (one, other) = (written(one), written(other));
                format!("`{name}` has {figure} of both, and {sum} of [{one}] and of [{other}] together")
            })?;
        }
    }
    Ok(())
}

/// What a rule gives the first touches of paths, its mirror image gives the last touches of the reversed paths.
///
/// # Errors
/// [`Broken`], with both figures of a channel and the paths.
///
/// # Examples
/// ```
/// use marketloop::attribution::AttributionModel;
/// use marketloop::laws::reversed_paths_swap_first_and_last;
/// use marketloop::strategies::path_tables;
/// use proptest::prelude::*;
///
/// proptest!(|(paths in path_tables())| {
///     let (first, last) = (AttributionModel::FirstTouch, AttributionModel::LastTouch);
///     reversed_paths_swap_first_and_last(&first, &last, &paths)?;
/// });
/// ```
pub fn reversed_paths_swap_first_and_last(
    first: &(impl Model + ?Sized),
    last: &(impl Model + ?Sized),
    paths: &PathTable,
) -> Result<(), Broken> {
    const LAW: &str = "reversed_paths_swap_first_and_last";
    let turned: Vec<(Vec<ChannelId>, _)> =
        paths.rows().map(|row| (row.path.iter().rev().copied().collect(), row.outcome)).collect();
    // Times fall towards the end: reversed they would rise.
    let rows = turned.iter().map(|(path, outcome)| Row { path, seconds_before_end: None, outcome: *outcome });
    let reversed = rebuilt(LAW, paths, paths.channels().names(), rows)?;
    let (own, other) = (credited(LAW, first, paths)?, credited(LAW, last, &reversed)?);
    same_credits(LAW, &own, &other, paths, "by the other rule over the reversed paths")
}

/// No touch gets less than one before it in its path, as models of decay have it: what is nearer to the end weighs more.
///
/// `shares` gives the share of each touch of the row at an index, first to last.
///
/// # Errors
/// [`Broken`], with the shares of the path; also where a touch has none.
///
/// # Examples
/// ```
/// use marketloop::attribution::AttributionModel;
/// use marketloop::laws::later_touches_get_no_less;
/// use marketloop::strategies::path_tables;
/// use marketloop::time::Duration;
/// use proptest::prelude::*;
///
/// let decay = AttributionModel::TimeDecay(Duration::from_hours(1));
/// proptest!(|(paths in path_tables())| {
///     later_touches_get_no_less(&paths, |paths, row| Ok(decay.touch_credits(paths, row)?.shares))?;
/// });
/// ```
pub fn later_touches_get_no_less(
    paths: &PathTable,
    shares: impl Fn(&PathTable, usize) -> Result<Vec<f64>, AttributionError>,
) -> Result<(), Broken> {
    const LAW: &str = "later_touches_get_no_less";
    for (index, row) in paths.rows().enumerate() {
        let own = shares(paths, index).map_err(|error| Broken::new(LAW, format_args!("refused: {error}")))?;
        let rises = own.iter().all(|share| share.is_finite())
            && own.iter().zip(own.iter().skip(1)).all(|(one, next)| *next >= *one - NEAR);
        hold(LAW, rises && own.len() == row.path.len(), || {
            let path = paths.channels().path_text(row.path, " > ");
            format!("{path} at {:?} seconds before its end: {own:?}", row.seconds_before_end)
        })?;
    }
    Ok(())
}

/// The parts of the players of a game add up to what all of them win more than none (efficiency): `worth` is given a
/// coalition as a bit for each player.
///
/// # Errors
/// [`Broken`], with the parts, their sum and the worth; also of a game without a player.
///
/// # Examples
/// ```
/// use marketloop::attribution::shapley_value;
/// use marketloop::laws::parts_of_a_game_add_up;
/// use proptest::prelude::*;
///
/// proptest!(|(worths in proptest::collection::vec(-9.0..9.0_f64, 8))| {
///     let worth = |coalition: u32| worths[coalition as usize];
///     parts_of_a_game_add_up(&shapley_value(3, worth).unwrap(), worth)?;
/// });
/// ```
pub fn parts_of_a_game_add_up(parts: &[f64], worth: impl Fn(u32) -> f64) -> Result<(), Broken> {
    const LAW: &str = "parts_of_a_game_add_up";
    hold(LAW, !parts.is_empty(), || "no player has a part".to_string())?;
    let players = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    let all = 1_u32.checked_shl(players).map_or(u32::MAX, |next| next.wrapping_sub(1));
    let (sum, won) = (parts.iter().sum::<f64>(), worth(all) - worth(0));
    let whole = parts.iter().fold(won.abs(), |most, part| most.max(part.abs()));
    hold(LAW, near(sum, won, whole), || format!("the parts {parts:?} add up to {sum}, and {won} is won"))
}

/// Every touch and every conversion is in a journey, or is counted among what was left out: the report is a full account.
///
/// # Errors
/// [`Broken`], with both sides of the account that does not balance.
///
/// # Examples
/// ```
/// use marketloop::laws::no_event_is_lost;
/// use marketloop::quantity::Currency;
/// use marketloop::strategies::journey_events;
/// use proptest::prelude::*;
///
/// proptest!(|((rules, channels, touches, conversions) in journey_events())| {
///     let mut journeys = rules.journeys(&channels, Currency::CNY, &touches, &conversions).unwrap();
///     no_event_is_lost(&journeys, &touches, &conversions)?;
///     journeys.report.repeated += 1;
///     prop_assert!(no_event_is_lost(&journeys, &touches, &conversions).is_err());
/// });
/// ```
pub fn no_event_is_lost(
    journeys: &Journeys,
    touches: &[TouchEvent],
    conversions: &[ConversionEvent],
) -> Result<(), Broken> {
    const LAW: &str = "no_event_is_lost";
    let sum = |counts: &[u64]| counts.iter().map(|count| i128::from(*count)).sum::<i128>();
    let (report, totals) = (&journeys.report, journeys.paths.totals());
    let given = |length: usize| i128::try_from(length).unwrap_or(i128::MAX);
    let left_out =
        [report.in_session, report.before_lookback, report.transformed, report.beyond_max, report.after_end];
    let accounts = [
        ("the touches given", given(touches.len()), sum(&[report.touches])),
        (
            "touches, with those that stand in one more journey",
            sum(&[report.touches, report.repeated]),
            sum(&[report.kept]).saturating_add(sum(&left_out)),
        ),
        ("the touches kept", given(journeys.paths.touches()), sum(&[report.kept])),
        (
            "the conversions given",
            given(conversions.len()),
            sum(&[report.converted, report.unattributed, report.conversions_after_end]),
        ),
        ("journeys that converted", sum(&[totals.conversions]), sum(&[report.converted])),
        ("journeys that did not", sum(&[totals.nulls]), sum(&[report.nulls])),
    ];
    accounts.into_iter().try_for_each(|(what, one, other)| {
        hold(LAW, one == other, || format!("{what}: {one}, and in the account {other}; {report:?}"))
    })
}

/// Journeys belong to names: neither the order of touches and conversions in their lists nor the numbering of the
/// channels changes a path, and no event is lost.
///
/// # Errors
/// [`Broken`], with the paths both ways round, or with the account that does not balance.
///
/// # Examples
/// ```
/// use marketloop::laws::journeys_ignore_order;
/// use marketloop::quantity::Currency;
/// use marketloop::strategies::journey_events;
/// use proptest::prelude::*;
///
/// proptest!(|((rules, channels, touches, conversions) in journey_events())| {
///     let build = |channels: &_, touches: &[_], conversions: &[_]| {
///         rules.journeys(channels, Currency::CNY, touches, conversions)
///     };
///     journeys_ignore_order(build, &channels, &touches, &conversions)?;
/// });
/// ```
pub fn journeys_ignore_order(
    build: impl Fn(&Channels, &[TouchEvent], &[ConversionEvent]) -> Result<Journeys, AttributionError>,
    channels: &Channels,
    touches: &[TouchEvent],
    conversions: &[ConversionEvent],
) -> Result<(), Broken> {
    const LAW: &str = "journeys_ignore_order";
    let refused = |error: AttributionError| Broken::new(LAW, format_args!("refused: {error}"));
    let own = build(channels, touches, conversions).map_err(refused)?;
    // Of journeys without a path every order is the same.
    no_event_is_lost(&own, touches, conversions).map_err(|broken| Broken::new(LAW, broken.values()))?;
    let names: Vec<&str> = channels.names().collect();
    let turned = Channels::new(names.into_iter().rev()).map_err(refused)?;
    let other_id = |id: ChannelId| channels.name(id).and_then(|name| turned.id(name)).unwrap_or(id);
    let moved: Vec<TouchEvent> =
        touches.iter().rev().map(|touch| TouchEvent { channel: other_id(touch.channel), ..*touch }).collect();
    let orders: Vec<ConversionEvent> = conversions.iter().rev().copied().collect();
    let other = build(&turned, &moved, &orders).map_err(refused)?;
    let (one, two) = (plain(&own.paths), plain(&other.paths));
    hold(LAW, one == two, || format!("{one:?}, and of rows and channels in the reverse order {two:?}"))?;
    hold(LAW, own.report == other.report, || format!("{:?} and {:?}", own.report, other.report))
}

/// The rows of a table by the names of their channels, in an order of their own.
fn plain(paths: &PathTable) -> Vec<(String, Option<Vec<u32>>, [i128; 3])> {
    let mut rows: Vec<_> = paths
        .rows()
        .map(|row| {
            let outcome =
                [row.outcome.conversions.into(), row.outcome.nulls.into(), row.outcome.value.into()];
            let path = paths.channels().path_text(row.path, " > ");
            (path, row.seconds_before_end.map(Vec::from), outcome)
        })
        .collect();
    rows.sort();
    rows
}
