//! The seeded journeys of the golden file `attribution_generator.json`, in integers only.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the figures of these tests are small"
)]

use marketloop::attribution::{ChannelId, Channels, Outcome, PathTable};
use marketloop::quantity::Currency;
use serde_json::Value;

/// The seeded generator with the weights of one number of channels.
pub(crate) struct Generator {
    seed: u64,
    channels: u64,
    /// The length by `r % 1000`, and the channel by `b`.
    lengths: Vec<u8>,
    popularity: Vec<u8>,
    effect: Vec<u64>,
    base: u64,
}

/// One journey: channels and minutes before its end, and the cents if it converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Journey {
    pub(crate) touches: Vec<u64>,
    pub(crate) minutes: Vec<u32>,
    pub(crate) cents: Option<i64>,
}

pub(crate) fn mixed(seed: u64, n: u64) -> u64 {
    let mut x = seed.wrapping_add((n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

impl Generator {
    /// The generator that `file` describes, for `channels` channels.
    pub(crate) fn read(file: &Value, seed: u64, channels: u64) -> Self {
        let list = |value: &Value| value.as_array().unwrap().iter().map(|w| w.as_u64().unwrap()).collect();
        let table = |value: &Value| -> Vec<u8> {
            let weights: Vec<u64> = list(value);
            let places = (0..).zip(weights).flat_map(|(place, weight)| vec![place; weight as usize]);
            places.collect()
        };
        let key = channels.to_string();
        Self {
            seed,
            channels,
            lengths: table(&file["LEN_W"]),
            popularity: table(&file["POP"][&key]),
            effect: list(&file["EFFECT"][&key]),
            base: file["BASE"][&key].as_u64().unwrap(),
        }
    }

    pub(crate) fn journey(&self, number: u64) -> Journey {
        let draw = |k: u64| mixed(self.seed, 64 * number + k) >> 32;
        let length = usize::from(self.lengths[(draw(0) % 1000) as usize]) + 1;
        let mut touches = Vec::with_capacity(length);
        for k in (1..).take(length) {
            let random = draw(k);
            let (a, b) = (random % 1000, random / 1000 % 1000);
            let popular = u64::from(self.popularity[b as usize]);
            touches.push(match touches.last() {
                Some(before) if a < 150 => *before,
                Some(before) if a < 450 => (popular + 7 * before) % self.channels,
                _ => popular,
            });
        }
        let (mut seen, mut effect) = (0_u64, 0);
        for touch in &touches {
            if seen & (1 << touch) == 0 {
                effect += self.effect[*touch as usize];
            }
            seen |= 1 << touch;
        }
        let converted = draw(13) % 100_000 < self.base + effect;
        let mut minutes = vec![0; length];
        let mut before = 0;
        for (i, slot) in minutes.iter_mut().enumerate().rev() {
            let most = if i + 1 < length { 10_080 } else { 1_440 };
            before += (draw(20 + i as u64) % most) as u32;
            *slot = before;
        }
        let cents = converted.then(|| (1000 + draw(14) % 49_001) as i64);
        Journey { touches, minutes, cents }
    }

    /// The first `n` journeys.
    pub(crate) fn journeys(&self, n: u64) -> impl Iterator<Item = Journey> + '_ {
        (0..n).map(|number| self.journey(number))
    }
}

impl Journey {
    pub(crate) fn checksum(&self) -> u64 {
        let touches: u64 = (1..).zip(&self.touches).map(|(i, channel): (u64, _)| i * (channel + 1)).sum();
        touches + self.cents.map_or(0, |cents| 31 + cents as u64)
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.cents.map_or(Outcome::null(), Outcome::converted)
    }
}

/// The journeys as a table with times, one row each.
pub(crate) fn table(names: &[String], journeys: impl IntoIterator<Item = Journey>) -> PathTable {
    let channels = Channels::new(names.iter().cloned()).unwrap();
    let ids: Vec<ChannelId> = channels.ids().collect();
    let mut builder = PathTable::builder(Currency::CNY).with_channels(&channels).unwrap();
    let (mut path, mut seconds) = (Vec::new(), Vec::new());
    for journey in journeys {
        path.clear();
        path.extend(journey.touches.iter().map(|touch| ids[*touch as usize]));
        seconds.clear();
        seconds.extend(journey.minutes.iter().map(|minutes| minutes * 60));
        builder.push_timed(&path, &seconds, journey.outcome()).unwrap();
    }
    builder.build()
}
