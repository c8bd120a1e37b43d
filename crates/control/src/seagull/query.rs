//! All URIs there are.

use std::time::Duration;

use gannet_events::traffic::Command;

use super::request::Request;
use super::uri::{after, arguments, number};
use crate::Order;

/// The longest ramp.
const RAMP_MAX_S: u64 = 365 * 24 * 3600;

/// What a request asks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Query {
    /// `/seagull/command/…`
    Order(Order),
    /// `/seagull/counters/all`
    Counters,
    /// `/seagull/data/view`: which tables there are.
    View,
    /// `/seagull/data/…structure`: the titles of a table.
    Structure(Table),
    /// `/seagull/data/…data`: the cells of a table.
    Data(Table),
}

/// A query with the number of its table.
type MakeQuery = fn(u64) -> Query;

/// A table of figures, as on the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Calls and messages.
    Traffic,
    /// Response times.
    Timer,
    /// The messages of the dictionary with that number.
    Protocol(u64),
    /// The steps of the section with that number.
    Scenario(u64),
}

impl Query {
    /// What the request asks; nothing if there is no such thing.
    pub fn of(request: &Request) -> Option<Self> {
        if !request.is_http_1_1 {
            return None;
        }
        let rest = after(&request.uri, "seagull")?;
        match request.method.as_str() {
            "GET" => {
                if let Some(rest) = after(rest, "counters") {
                    return arguments(rest, "all").map(|_| Self::Counters);
                }
                match after(rest, "command") {
                    Some(rest) => order(rest).map(Self::Order),
                    None => after(rest, "data").and_then(data),
                }
            }
            "PUT" => after(rest, "command").and_then(order).map(Self::Order),
            _ => None,
        }
    }
}

fn order(rest: &str) -> Option<Order> {
    if let Some(arguments) = arguments(rest, "rate") {
        let rate = number(arguments, "value")?;
        return Some(Order::Traffic(Command::SetRate(rate as f64)));
    }
    if let Some(arguments) = arguments(rest, "ramp") {
        let to = number(arguments, "value")? as f64;
        let seconds = number(arguments, "duration")?.min(RAMP_MAX_S);
        let over = Duration::from_secs(seconds);
        return Some(Order::Traffic(Command::Ramp { to, over }));
    }
    if let Some(arguments) = arguments(rest, "scale") {
        let scale = number(arguments, "value")?;
        return Some(Order::Traffic(Command::SetScale(scale as f64)));
    }
    let plain = [
        ("stop", Order::Traffic(Command::Stop)),
        ("pause", Order::Traffic(Command::PauseOrResume)),
        ("burst", Order::Traffic(Command::Burst)),
        ("increase", Order::Traffic(Command::RateUp)),
        ("decrease", Order::Traffic(Command::RateDown)),
        ("resetcumul", Order::Traffic(Command::ResetCumulative)),
        ("percent", Order::TogglePercent),
        ("forceinit", Order::Traffic(Command::ForceInit)),
    ];
    plain
        .into_iter()
        .find(|(name, _)| arguments(rest, name).is_some())
        .map(|(_, order)| order)
}

fn data(rest: &str) -> Option<Query> {
    let plain = [
        ("view", Query::View),
        ("trafficstructure", Query::Structure(Table::Traffic)),
        ("trafficdata", Query::Data(Table::Traffic)),
        ("timerstructure", Query::Structure(Table::Timer)),
        ("timerdata", Query::Data(Table::Timer)),
    ];
    if let Some((_, query)) = plain
        .into_iter()
        .find(|(name, _)| arguments(rest, name).is_some())
    {
        return Some(query);
    }
    let numbered: [(&str, MakeQuery); 4] = [
        ("protocolstructure", |index| {
            Query::Structure(Table::Protocol(index))
        }),
        ("protocoldata", |index| Query::Data(Table::Protocol(index))),
        ("scenariostructure", |index| {
            Query::Structure(Table::Scenario(index))
        }),
        ("scenariodata", |index| Query::Data(Table::Scenario(index))),
    ];
    numbered.into_iter().find_map(|(name, make)| {
        let index = number(arguments(rest, name)?, "value")?;
        Some(make(index))
    })
}
