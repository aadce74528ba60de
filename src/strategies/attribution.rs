//! Channels, paths, models of attribution and what channels cost.

use super::{strategy, texts};
use crate::attribution::{AttributionModel, ChannelId, Channels, Costs, Outcome, PathTable};
use crate::quantity::{Currency, Money};
use crate::time::Duration;
use alloc::string::String;
use alloc::vec::Vec;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;
use proptest::{option, prop_oneof};
use rust_decimal::Decimal;

/// Names whose order is not that of their bytes, with blanks, separators and brackets among them.
const CHANNELS: [&str; 8] = ["SEM", "Direct", "KOL", "Email", "微信", "google / cpc", "(start)", "(null)"];

/// The most channels that a table is numbered for: one number is kept free.
const MOST_CHANNELS: usize = ChannelId::LIMIT;

/// So many different channels, in the order of the pool turned by `turn` places.
pub(super) fn channels(count: usize, turn: usize) -> Option<Channels> {
    let name = |place: usize| match CHANNELS.get(place) {
        Some(name) => String::from(*name),
        None => alloc::format!("channel {place}"),
    };
    let places = (0..count).cycle().skip(turn).take(count);
    Channels::new(places.map(name)).ok()
}

/// The number of channels that a range of sizes allows.
fn count_of(channels: &SizeRange) -> impl Strategy<Value = usize> + use<> {
    let (least, most) = channels.start_end_incl();
    least.clamp(1, MOST_CHANNELS)..=most.clamp(1, MOST_CHANNELS)
}

/// Path tables of 0 to 8 timed paths of 1 to 6 touches each, in CNY.
///
/// Paths repeat, a channel can stand in a path twice, touches of one path can be of one time, and the dictionary can have
/// a channel that no path has. Tables of one number of channels have the same names under different numbers.
///
/// Mean size 4.1 rows; 30 % are edges: no row or one, no conversion, a channel without a touch.
///
/// # Examples
/// ```
/// use marketloop::attribution::AttributionModel;
/// use marketloop::laws;
/// use marketloop::strategies::path_tables;
/// use proptest::prelude::*;
///
/// proptest!(|(paths in path_tables())| {
///     laws::credits_conserve(&AttributionModel::Linear, &paths)?;
/// });
/// ```
pub fn path_tables() -> PathTables {
    PathTables {
        rows: (0..=8).into(),
        touches: (1..=6).into(),
        channels: (1..=6).into(),
        most_journeys: None,
        converts: false,
        null_channel: false,
        currency: Currency::CNY,
    }
}

/// How path tables are made; see [`path_tables`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct PathTables {
    rows: SizeRange,
    touches: SizeRange,
    channels: SizeRange,
    most_journeys: Option<u16>,
    converts: bool,
    null_channel: bool,
    currency: Currency,
}

/// What a touch says before it has a channel: the lower half of the number picks one, the upper half says how many
/// seconds come before the next touch. One number and not two: a table has many touches.
fn read(touch: u32) -> (usize, u32) {
    let rest = touch >> 16;
    let gap = match rest & 3 {
        0 => 0,
        1 | 2 => rest.checked_rem(3_600).unwrap_or(0),
        // Up to four days.
        _ => rest.saturating_mul(5),
    };
    (usize::try_from(touch & 0xFFFF).unwrap_or(0), gap)
}

impl PathTables {
    /// Tables of so many rows.
    pub fn with_rows(mut self, rows: impl Into<SizeRange>) -> Self {
        self.rows = rows.into();
        self
    }

    /// Paths of so many touches; none counts as one.
    pub fn with_touches(mut self, touches: impl Into<SizeRange>) -> Self {
        self.touches = touches.into();
        self
    }

    /// Dictionaries of so many channels; none counts as one.
    pub fn with_channels(mut self, channels: impl Into<SizeRange>) -> Self {
        self.channels = channels.into();
        self
    }

    /// Rows of at most so many conversions and so many journeys that do not convert, in place of up to 2^40 of each.
    pub fn with_most_journeys(mut self, most: u16) -> Self {
        self.most_journeys = Some(most.max(1));
        self
    }

    /// Tables with at least one conversion, and so at least one row: removal effects need it.
    pub fn with_conversions(mut self) -> Self {
        self.converts = true;
        self
    }

    /// The last channel of the dictionary stands in no path that converts: a null player of games.
    pub fn with_null_channel(mut self) -> Self {
        self.null_channel = true;
        self
    }

    /// Values in this currency.
    pub fn with_currency(mut self, currency: Currency) -> Self {
        self.currency = currency;
        self
    }

    fn cases(&self) -> impl Strategy<Value = PathTable> + use<> {
        let options = self.clone();
        let path = vec(any::<u32>(), self.touches.clone());
        let row = (path, self.outcomes());
        (count_of(&self.channels), 0_usize..8, vec(row, self.rows.clone()))
            .prop_filter_map("a table of paths", move |(count, turn, rows)| options.table(count, turn, rows))
    }

    /// Conversions, nulls and value, which may not fit each other yet.
    fn outcomes(&self) -> BoxedStrategy<(u64, u64, i64)> {
        match self.most_journeys {
            Some(most) => {
                let most = u64::from(most);
                let value = || 0_i64..10_000;
                prop_oneof![2 => (0..=most, 0..=most, value()), 1 => (Just(0), 1..=most, Just(0))].boxed()
            }
            None => prop_oneof![
                2 => (Just(0), Just(1), Just(0)),
                3 => (Just(1), Just(0), 0_i64..1_000_000),
                2 => (0_u64..30, 0_u64..30, 0_i64..10_000),
                1 => (1_u64..1 << 40, 0_u64..1 << 40, 0_i64..1 << 50),
            ]
            .boxed(),
        }
    }

    fn table(&self, count: usize, turn: usize, rows: Vec<(Vec<u32>, (u64, u64, i64))>) -> Option<PathTable> {
        let count = if self.null_channel { count.max(2) } else { count };
        let channels = channels(count, turn)?;
        let converting = if self.null_channel { count.checked_sub(1)? } else { count };
        let mut builder = PathTable::builder(self.currency).with_channels(&channels).ok()?;
        let mut rows = rows;
        if self.converts && rows.is_empty() {
            rows.push((Vec::new(), (1, 0, 0)));
        }
        for (index, (mut path, (conversions, nulls, value))) in rows.into_iter().enumerate() {
            let conversions = if self.converts && index == 0 { conversions.max(1) } else { conversions };
            let outcome = match conversions {
                // A row has a journey, and a value stands on conversions.
                0 => Outcome { conversions, nulls: nulls.max(1), value: 0 },
                _ => Outcome { conversions, nulls, value },
            };
            if path.is_empty() {
                path.push(0);
            }
            let own = if conversions > 0 { converting } else { count };
            let path: Vec<(usize, u32)> = path.into_iter().map(read).collect();
            let ids = path.iter().map(|(pick, _)| channels.at(pick.checked_rem(own)?));
            let ids: Vec<ChannelId> = ids.collect::<Option<_>>()?;
            let mut before_end = 0_u32;
            let mut seconds: Vec<u32> = path
                .iter()
                .rev()
                .map(|(_, gap)| {
                    before_end = before_end.saturating_add(*gap);
                    before_end
                })
                .collect();
            seconds.reverse();
            builder.push_timed(&ids, &seconds, outcome).ok()?;
        }
        Some(builder.build())
    }
}

strategy!(PathTables => PathTable);

/// Names of channels as their door asks for them: everyday ones, and any text without control characters.
///
/// Mean size 4.7 characters; 20 % are edges: one character, a blank at an end, a character that no keyboard has.
///
/// # Examples
/// ```
/// use marketloop::attribution::Channels;
/// use marketloop::strategies::channel_names;
/// use proptest::prelude::*;
///
/// proptest!(|(name in channel_names())| prop_assert_eq!(Channels::new([name]).unwrap().len(), 1));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn channel_names() -> impl Strategy<Value = String> + Clone {
    // What names of channels are put together with, in place of the marks of a grammar.
    const PIECES: [&str; 12] = ["a", "B", "微信", "0", " / ", "/", ">", "&", "#", "%", ".", "`"];
    prop_oneof![
        2 => select(&CHANNELS[..]).prop_map(String::from),
        1 => vec(select(&PIECES[..]), 1..6).prop_map(|pieces| pieces.concat()),
        2 => texts(),
    ]
}

/// Models of attribution of every kind, with parameters up to the ends of their ranges.
///
/// Mean size 15.4 characters; 16 % are edges: a share of 0, shares of 1 together, a half-life of a second, a ratio of 1,
/// an order of 1.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::{attribution_models, path_tables};
/// use proptest::prelude::*;
///
/// proptest!(|(model in attribution_models(), paths in path_tables())| {
///     laws::untouched_channels_get_nothing(&model, &paths)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn attribution_models() -> impl Strategy<Value = AttributionModel> + Clone {
    let plain = [
        AttributionModel::LastTouch,
        AttributionModel::FirstTouch,
        AttributionModel::Linear,
        AttributionModel::Participation,
        AttributionModel::LeaveOneTouchOut,
        AttributionModel::Shapley,
    ];
    let hundredths = |part: u32| Decimal::new(part.into(), 2);
    let half_life = prop_oneof![3 => Just(1_u64), 4 => 1_u64..10_000_000, 1 => 1..=u64::MAX];
    let ratio = prop_oneof![1 => Just(100_u32), 2 => 1_u32..=100];
    let order = prop_oneof![1 => Just(1_u8), 2 => 1_u8..=4, 1 => 1..=u8::MAX];
    let first = prop_oneof![1 => Just(0_u32), 4 => 0_u32..=100];
    let middle = prop_oneof![1 => Just(0_u32), 4 => 0_u32..=100];
    prop_oneof![
        6 => select(Vec::from(plain)),
        2 => channel_names().prop_map(AttributionModel::LastNonDirect),
        1 => (first, middle).prop_map(move |(first, middle)| AttributionModel::PositionBased {
            first: hundredths(first),
            // What the middle leaves of what the first leaves: in all at most 1.
            last: hundredths(100_u32.saturating_sub(first).saturating_sub(middle)),
        }),
        1 => half_life.prop_map(|seconds| AttributionModel::TimeDecay(Duration::from_seconds(seconds))),
        1 => ratio.prop_map(move |ratio| AttributionModel::PositionDecay(hundredths(ratio))),
        1 => order.prop_map(AttributionModel::Markov),
    ]
}

/// What up to 6 channels cost, in CNY; a channel can be free, and one can have no known cost.
///
/// Mean size 2.0 channels; 63 % are edges: no channel, one, a cost of 0.
///
/// # Examples
/// ```
/// use marketloop::attribution::Costs;
/// use marketloop::laws;
/// use marketloop::strategies::channel_costs;
/// use proptest::prelude::*;
///
/// proptest!(|(july in channel_costs(), august in channel_costs())| {
///     laws::merge_is_commutative(|a: Costs, b: Costs| a.merge(&b).unwrap(), &july, &august)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn channel_costs() -> impl Strategy<Value = Costs> + Clone {
    let cents = prop_oneof![1 => Just(0_i64), 6 => 0_i64..100_000_000];
    vec(option::weighted(0.7, cents), 0..=6).prop_filter_map("costs", |cents| {
        let money = |cents: i64| Money::from_minor(cents.into(), Currency::CNY).ok();
        let known = CHANNELS.iter().zip(cents).filter_map(|(name, cents)| Some((*name, money(cents?)?)));
        Costs::new(Currency::CNY, known).ok()
    })
}
