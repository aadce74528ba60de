//! The path table on the wire: one object for each row, its touches as numbers of the list of channels.

use super::{AttributionError, ChannelId, Channels, Outcome, PathTable, PathTableBuilder, Row};
use crate::error::{Path, Problems};
use crate::quantity::wire::{Signed, Unsigned, deserialize_fields, serialize_fields};
use crate::quantity::{Currency, QuantityError};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

struct PathTableReader {
    currency: Currency,
    channels: Vec<String>,
    rows: Vec<RowReader>,
}

deserialize_fields!(PathTableReader { currency, channels, rows });

/// The counts are decimals here so that `-1` and `0.5` are refused with their row.
struct RowReader {
    path: Vec<u16>,
    seconds_before_end: Option<Vec<u32>>,
    conversions: Decimal,
    nulls: Decimal,
    value: Decimal,
}

deserialize_fields!(RowReader {
    path,
    seconds_before_end: default,
    conversions: default(with(Unsigned)),
    nulls: default(with(Unsigned)),
    value: default(with(Signed))
});

#[derive(Serialize)]
struct PathTableWriter<'a> {
    currency: Currency,
    channels: &'a Channels,
    rows: Vec<RowWriter>,
}

struct RowWriter {
    path: Vec<ChannelId>,
    seconds_before_end: Option<Vec<u32>>,
    conversions: u64,
    nulls: u64,
    value: i64,
}

serialize_fields!(RowWriter { path, seconds_before_end: optional, conversions: own, nulls: own, value });

impl PathTableReader {
    fn check(self) -> Result<PathTable, Problems<AttributionError>> {
        let mut problems = Problems::new();
        let channels = problems.take(&Path::root().field("channels"), Channels::new(self.channels));
        let Some(channels) = channels else { return Err(problems) };
        let at = Path::root().field("rows");
        let builder = PathTable::builder(self.currency).with_channels(&channels);
        let Some(mut builder) = problems.take(&at, builder) else { return Err(problems) };
        for (index, row) in self.rows.into_iter().enumerate() {
            problems.take(&at.index(index), row.push_to(&mut builder, index, &channels));
        }
        problems.into_result(builder.build())
    }
}

impl RowReader {
    fn push_to(
        self,
        builder: &mut PathTableBuilder,
        row: usize,
        channels: &Channels,
    ) -> Result<(), AttributionError> {
        let outcome = Outcome {
            conversions: count(self.conversions, row)?,
            nulls: count(self.nulls, row)?,
            value: value(self.value, row)?,
        };
        let unknown = |id: u16| AttributionError::UnknownId { row, id: id.into(), count: channels.len() };
        let id = |id: u16| channels.at(id.into()).ok_or_else(|| unknown(id));
        let path: Vec<ChannelId> = self.path.into_iter().map(id).collect::<Result<_, _>>()?;
        match self.seconds_before_end {
            Some(seconds) => builder.push_timed(&path, &seconds, outcome),
            None => builder.push(&path, outcome),
        }
        // Rows before this one that were refused are not counted by the builder.
        .map_err(|error| error.at_row(row))
    }
}

fn count(value: Decimal, row: usize) -> Result<u64, AttributionError> {
    let wrong = || AttributionError::Count { row, error: Box::new(QuantityError::CountOutOfRange { value }) };
    if value.is_integer() { u64::try_from(value).map_err(|_| wrong()) } else { Err(wrong()) }
}

fn value(value: Decimal, row: usize) -> Result<i64, AttributionError> {
    let wrong = || AttributionError::MinorUnits { row, value };
    if value.is_integer() { i64::try_from(value).map_err(|_| wrong()) } else { Err(wrong()) }
}

impl<'de> Deserialize<'de> for PathTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PathTableReader::deserialize(deserializer)?.check().map_err(serde::de::Error::custom)
    }
}

impl From<Row<'_>> for RowWriter {
    fn from(row: Row<'_>) -> Self {
        Self {
            path: row.path.to_vec(),
            seconds_before_end: row.seconds_before_end.map(Vec::from),
            conversions: row.outcome.conversions,
            nulls: row.outcome.nulls,
            value: row.outcome.value,
        }
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RowWriter::from(*self).serialize(serializer)
    }
}

impl Serialize for PathTable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (channels, rows) = (self.channels(), self.rows().map(RowWriter::from).collect());
        PathTableWriter { currency: self.currency(), channels, rows }.serialize(serializer)
    }
}
