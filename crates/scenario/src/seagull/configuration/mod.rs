//! Configuration files: how a run is connected, and how it goes.
//!
//! A `<configuration>` holds `<define entity=".." ..>` elements: transports, channels, traffic
//! parameters ([`TrafficParams`] lists them all) and configuration parameters. Seagull ignores an
//! entity that it does not know; here that is an error, as it can only be a slip.

mod arguments;
mod checks;
mod endpoint;
mod open_args;
mod read;
mod traffic;
mod traffic_table;
mod transport;

pub use endpoint::endpoint;
pub use open_args::open_args;
pub use read::{ChannelConfig, Configuration, TransportConfig};
pub use traffic::{
    CheckBehaviour, CheckLevel, DataSelect, ProtocolStatNames, TrafficModel, TrafficParams,
};
