//! The events of a quarter as files have them: touches and conversions, and steps of a funnel.

use super::Refusal;
use marketloop::attribution::{Channels, ConversionEvent, JourneyRules, Journeys, TouchEvent};
use marketloop::funnel::{Events, Funnel, FunnelRules};
use marketloop::quantity::{Currency, Money};
use marketloop::time::{Duration, Timestamp};
use rust_decimal::Decimal;

/// The lines of a text behind its titles, in fields, each with its number.
fn rows<'a>(text: &'a str, titles: &'a str) -> Result<impl Iterator<Item = (usize, Vec<&'a str>)>, Refusal> {
    let mut lines = text.lines().zip(1..);
    if lines.next().is_none_or(|(line, _)| line != titles) {
        return Err(format!("line 1: the titles are not `{titles}`").into());
    }
    Ok(lines.map(|(line, number)| (number, line.split(',').collect())))
}

/// The minutes of the touches begin here.
const START: &str = "2026-04-01T00:00:00Z";

/// The journeys of `event,user,minute,channel,amount`: touches of the 30 days before a conversion, Direct only
/// where it is alone.
pub(super) fn journeys(text: &str, currency: Currency) -> Result<Journeys, Refusal> {
    let mut channels = Channels::default();
    let (mut touches, mut conversions) = (Vec::new(), Vec::new());
    for (number, fields) in rows(text, "event,user,minute,channel,amount")? {
        let refuse = |what: String| Refusal::from(format!("line {number}: {what}"));
        let [event, user, minute, channel, amount] = fields[..] else {
            return Err(refuse(format!("{} fields instead of 5", fields.len())));
        };
        let user = user.parse::<u64>().map_err(|error| refuse(format!("`{user}`: {error}")))?;
        let minute = minute.parse::<u32>().map_err(|error| refuse(format!("`{minute}`: {error}")))?;
        let time = START.parse::<Timestamp>()?.plus(Duration::from_minutes(minute))?.unix();
        match event {
            "touch" => {
                let channel = channels.intern(channel).map_err(|error| refuse(error.to_string()))?;
                touches.push(TouchEvent::new(user, time, channel));
            }
            "conversion" => {
                let amount =
                    amount.parse::<Decimal>().map_err(|error| refuse(format!("`{amount}`: {error}")))?;
                let value = Money::new(amount, currency).map_err(|error| refuse(error.to_string()))?;
                conversions.push(ConversionEvent { user, time, value: i64::try_from(value.minor())? });
            }
            other => return Err(refuse(format!("`{other}` is neither touch nor conversion"))),
        }
    }
    let rules = JourneyRules::without_direct("Direct").with_lookback(Duration::from_days(30));
    Ok(rules.journeys(&channels, currency, &touches, &conversions)?)
}

/// The funnel of `user,minute,channel,event`, each step within a week of the one before.
pub(super) fn funnel(text: &str) -> Result<Funnel, Refusal> {
    let rules = FunnelRules::new(["impression", "click", "registration", "payment"], Duration::from_days(7))?;
    let (mut users, mut times, mut masks) = (Vec::new(), Vec::new(), Vec::new());
    for (number, fields) in rows(text, "user,minute,channel,event")? {
        let refuse = |what: String| Refusal::from(format!("line {number}: {what}"));
        let [user, minute, _, event] = fields[..] else {
            return Err(refuse(format!("{} fields instead of 4", fields.len())));
        };
        users.push(user.parse::<u64>().map_err(|error| refuse(format!("`{user}`: {error}")))?);
        let minute = minute.parse::<i32>().map_err(|error| refuse(format!("`{minute}`: {error}")))?;
        #[expect(clippy::arithmetic_side_effects, reason = "a minute of 32 bits has its second in 64")]
        times.push(60 * i64::from(minute));
        masks.push(rules.mask(event));
    }
    let mut events = Events::new(users, times, masks)?;
    events.sort();
    Ok(rules.count(&events)?.funnel())
}
