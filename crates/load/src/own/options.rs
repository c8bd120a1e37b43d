//! What a person asks for beside the files.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use gannet_report::seagull::Levels;
use gannet_scenario::model::Endpoint;
use gannet_scenario::seagull::configuration::{TrafficModel, endpoint};

use super::quantities::{parse_rate, parse_time};
use crate::seagull::Beyond;
use crate::watch::WatchOptions;

/// How long a call waits for a message if neither the configuration nor an option says it.
pub const CALL_TIMEOUT: Duration = Duration::from_mins(5);

/// What a person asks for beside the files. What is set goes before the configuration.
#[derive(Debug, Clone)]
pub struct Options {
    /// New calls per second.
    pub rate: Option<f64>,
    /// The rate climbs, or sinks, to another one.
    pub ramp: Option<Ramp>,
    /// When calls begin.
    pub model: Option<TrafficModel>,
    /// The run ends after that many calls.
    pub calls: Option<u64>,
    /// No new calls after this time.
    pub duration: Option<Duration>,
    /// How long open calls are waited for after the duration or after a stop.
    pub grace: Duration,
    /// The most calls that are open at once.
    pub open_max: Option<u64>,
    /// How long a call waits for a message; zero: for ever.
    pub timeout: Option<Duration>,
    /// Threads that play calls.
    pub shards: u32,
    /// What Seagull cannot do.
    pub beyond: Beyond,
    /// Own addresses of channels.
    pub sources: Vec<ChannelAddress>,
    /// Peers of channels.
    pub dests: Vec<ChannelAddress>,
    /// A file for the log.
    pub log: Option<PathBuf>,
    /// What is logged.
    pub log_levels: Levels,
    /// A file for a line of figures each second.
    pub stat: Option<PathBuf>,
    /// Where to listen for remote control.
    pub control: Option<SocketAddr>,
    /// Folder, conditions and web page.
    pub watch: WatchOptions,
}

/// A rate that changes in a straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ramp {
    /// Where it ends, in calls per second.
    pub to: f64,
    /// How long it takes.
    pub over: Duration,
}

impl FromStr for Ramp {
    type Err = &'static str;

    /// Reads `1000/30s`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once('/')
            .and_then(|(to, over)| {
                Some(Self {
                    to: parse_rate(to).ok()?,
                    over: parse_time(over).ok()?,
                })
            })
            .ok_or("expected a rate and a time, for example 1000/30s")
    }
}

/// An address for a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelAddress {
    /// The channel's name; nothing if there is only one.
    pub channel: Option<String>,
    /// The address.
    pub address: Endpoint,
}

impl FromStr for ChannelAddress {
    type Err = String;

    /// Reads `channel-1=127.0.0.1:5060`, or the address alone.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (channel, address) = match text.split_once('=') {
            Some((channel, address)) => (Some(channel.to_owned()), address),
            None => (None, text),
        };
        let address = endpoint(address).map_err(|why| {
            format!("{why}; expected CHANNEL=ADDRESS:PORT, for example channel-1=127.0.0.1:5060")
        })?;
        Ok(Self { channel, address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_is_a_rate_and_a_time() {
        let ramp = Ramp {
            to: 1000.0,
            over: Duration::from_secs(30),
        };
        assert_eq!("1000/30s".parse(), Ok(ramp));
        assert_eq!("1k/30".parse(), Ok(ramp));
        for wrong in ["1000", "1000/", "/30s", "1000/30s/2", "a/b"] {
            assert!(wrong.parse::<Ramp>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_may_name_its_channel() {
        let at = |channel: Option<&str>, address: &str| ChannelAddress {
            channel: channel.map(str::to_owned),
            address: Endpoint::Address(address.parse().expect("an address")),
        };
        for (text, expected) in [
            ("out=127.0.0.1:5060", at(Some("out"), "127.0.0.1:5060")),
            ("[::1]:5060", at(None, "[::1]:5060")),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        let error = "out=127.0.0.1"
            .parse::<ChannelAddress>()
            .expect_err("no port");
        assert!(error.starts_with("the port is missing"), "{error}");
    }
}
