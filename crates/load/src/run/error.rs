//! What keeps a run from starting or going on.

use gannet_net::NetError;
use thiserror::Error;

/// What keeps a run from starting or going on.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A channel cannot be opened.
    #[error("channel \"{channel}\" cannot be opened")]
    Channel {
        /// The channel's name.
        channel: String,
        /// Why.
        #[source]
        source: NetError,
    },
    /// A host name has no address.
    #[error("channel \"{channel}\": the name \"{name}\" has no address: {why}")]
    Name {
        /// The channel's name.
        channel: String,
        /// The host name.
        name: String,
        /// What the system says.
        why: String,
    },
    /// The peer of a channel does not accept the connection.
    #[error("channel \"{channel}\": no connection to {peer}: {why}")]
    Connect {
        /// The channel's name.
        channel: String,
        /// The peer.
        peer: std::net::SocketAddr,
        /// What the system says.
        why: String,
    },
    /// The scenario cannot be divided among several shards.
    #[error("the scenario cannot be divided among {shards} shards: {why}")]
    NotDivisible {
        /// How many were asked for.
        shards: u32,
        /// Why not.
        why: String,
    },
    /// Sockets or threads are refused by the system.
    #[error("shard {shard} cannot work")]
    Shard {
        /// Its number, from 0.
        shard: u32,
        /// Why.
        #[source]
        source: NetError,
    },
    /// The system gives no thread.
    #[error("no thread for shard {shard}: {why}")]
    Thread {
        /// Its number, from 0.
        shard: u32,
        /// What the system says.
        why: String,
    },
    /// A shard's thread ended by a fault of the program.
    #[error("shard {shard} broke down; this is a fault of gannet")]
    Broken {
        /// Its number, from 0.
        shard: u32,
    },
}
