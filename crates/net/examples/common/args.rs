//! Arguments of the load examples.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use super::exchange::ECHO_KINDS;

const LOOPBACK: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));
const HELP: &str = "\
server --bind ADDRESS [options]    answers; ends after --calls, or 1 s after the last datagram
client --to ADDRESS   [options]    calls, from --bind (default: any port of 127.0.0.1 or ::1)

  --rate N            calls a second (client; default: as fast as it goes)
  --seconds S         for how long calls begin (client; default 5)
  --calls N           for how many calls
  --in-flight N       calls open at once at most (client; default 256)
  --sizes A,B,C,D,E,F octets of the six datagrams (default 391,266,438,301,312,274)
  --segmentation      UDP_SEGMENT and UDP_GRO
  --flows             ports_call: keep the order of each call's datagrams only
";

/// Which end of the exchange.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Client,
    Server,
}

pub(crate) struct Args {
    pub(crate) role: Role,
    /// Our own address.
    pub(crate) bind: SocketAddr,
    /// Where the client calls.
    pub(crate) to: SocketAddr,
    pub(crate) rate: Option<f64>,
    pub(crate) length: Option<Duration>,
    pub(crate) calls_max: Option<u64>,
    pub(crate) in_flight_max: usize,
    pub(crate) sizes: [usize; ECHO_KINDS],
    pub(crate) segmentation: bool,
    pub(crate) flows: bool,
}

impl Args {
    /// Reads the command line; an unusable one is told with the help.
    pub(crate) fn read() -> Result<Self, String> {
        Self::parse(std::env::args().skip(1)).map_err(|fault| format!("{fault}\n\n{HELP}"))
    }

    /// The longest of the six.
    pub(crate) fn datagram_bytes_max(&self) -> usize {
        self.sizes.into_iter().max().unwrap_or(0)
    }

    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let role = match words.next().as_deref() {
            Some("server") => Role::Server,
            Some("client") => Role::Client,
            _ => return Err("the first word is `server` or `client`".to_owned()),
        };
        let mut args = Self {
            role,
            bind: LOOPBACK,
            to: LOOPBACK,
            rate: None,
            length: None,
            calls_max: None,
            in_flight_max: 256,
            sizes: [391, 266, 438, 301, 312, 274],
            segmentation: false,
            flows: false,
        };
        while let Some(option) = words.next() {
            if option == "--segmentation" {
                args.segmentation = true;
                continue;
            }
            if option == "--flows" {
                args.flows = true;
                continue;
            }
            let value = words
                .next()
                .ok_or_else(|| format!("{option} needs a value"))?;
            args.set(&option, &value)
                .ok_or_else(|| format!("cannot use {option} {value}"))?;
        }
        if role == Role::Client && args.to.port() == 0 {
            return Err("the client needs --to ADDRESS".to_owned());
        }
        if args.to.is_ipv6() && args.bind == LOOPBACK {
            args.bind = (Ipv6Addr::LOCALHOST, 0).into();
        }
        if args.length.is_none() && args.calls_max.is_none() && role == Role::Client {
            args.length = Some(Duration::from_secs(5));
        }
        Ok(args)
    }

    fn set(&mut self, option: &str, value: &str) -> Option<()> {
        match option {
            "--bind" => self.bind = value.parse().ok()?,
            "--to" => self.to = value.parse().ok()?,
            "--rate" => self.rate = Some(value.parse().ok().filter(|&rate| rate > 0.0)?),
            "--seconds" => {
                let seconds = value.parse().ok()?;
                self.length = Some(Duration::try_from_secs_f64(seconds).ok()?);
            }
            "--calls" => self.calls_max = Some(value.parse().ok()?),
            "--in-flight" => self.in_flight_max = value.parse().ok().filter(|&calls| calls > 0)?,
            "--sizes" => {
                let sizes: Option<Vec<usize>> =
                    value.split(',').map(|size| size.parse().ok()).collect();
                self.sizes = sizes?.try_into().ok()?;
            }
            _ => return None,
        }
        Some(())
    }
}
