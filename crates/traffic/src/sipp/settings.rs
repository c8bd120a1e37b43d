//! How a player plays a scenario.

use std::net::{IpAddr, SocketAddr};

use super::{Levels, Protocol};
use crate::PacerSettings;

/// How a player plays a scenario. Times are nanoseconds unless the name says otherwise.
#[derive(Debug, Clone)]
pub struct Settings {
    /// When calls begin (`-r`, `-rp`).
    pub pacing: PacerSettings,
    /// The first call of a rate begins when its time between calls has passed, as in SIPp; else at once.
    pub waits_first: bool,
    /// The most calls that are open at once (`-l`); `None`: three times rate and duration.
    pub calls_max: Option<u64>,
    /// The run ends after that many calls (`-m`).
    pub calls_wanted: Option<u64>,
    /// That many users, each with one call at a time (`-users`).
    pub users: Option<u64>,
    /// What keywords print.
    pub facts: Facts,
    /// The protocol of the first letter of `-t`.
    pub protocol: Protocol,
    /// Whose sockets are.
    pub sockets: Sockets,
    /// Where a client sends (`-rsa` or the peer); servers answer where a call's first message came
    /// from.
    pub send_to: Option<SocketAddr>,
    /// What is done without the scenario.
    pub behaviours: Behaviours,
    /// Retransmission.
    pub retransmission: Retransmission,
    /// `-d`: length of a pause that has none, in milliseconds.
    pub pause_ms: u64,
    /// `-recv_timeout`.
    pub receive_timeout_ns: Option<u64>,
    /// `-send_timeout`.
    pub send_timeout_ns: Option<u64>,
    /// `-deadcall_wait`: how long calls are known after their end.
    pub dead_call_ns: u64,
    /// `-pause_msg_ign`: messages that come in a pause are dropped.
    pub ignores_messages_in_pause: bool,
    /// `-callid_slash_ign`: `///` in a Call-ID is nothing special.
    pub keeps_slashes: bool,
    /// `-lost`: percent of messages that are dropped.
    pub lost_percent: f64,
    /// `-base_cseq`.
    pub base_cseq: u32,
    /// How Call-IDs are made.
    pub call_ids: CallIds,
    /// `-dynamicStart`, `-dynamicMax`, `-dynamicStep`.
    pub dynamic_id: DynamicId,
    /// `-reconnect_close`, `-max_reconnect`, `-reconnect_sleep`.
    pub reconnect: Reconnect,
    /// `-tdmmap`.
    pub tdm_map: Option<TdmMap>,
    /// Which turns are counted as late.
    pub watchdog: Watchdog,
    /// SIPp's surprising readings where they matter (`docs/sipp.md` lists them).
    pub strictness: Strictness,
    /// What the logs take.
    pub levels: Levels,
    /// `-rtt_freq` and the like are the world's; everything drawn at random begins here.
    pub seed: u64,
}

/// From when on a turn that comes late is counted. Nothing else comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watchdog {
    /// `-watchdog_minor_threshold`.
    pub minor_ns: u64,
    /// `-watchdog_major_threshold`: it is a major one.
    pub major_ns: u64,
}

impl Default for Watchdog {
    fn default() -> Self {
        Self {
            minor_ns: 500_000_000,
            major_ns: 3_000_000_000,
        }
    }
}

/// What keywords print that is the same for all calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// `-s`.
    pub service: String,
    /// The peer as the command line writes it; empty without one.
    pub remote_host: String,
    /// The peer.
    pub remote: Option<SocketAddr>,
    /// `-i`, or what was found.
    pub local_ip: IpAddr,
    /// The port of the first socket.
    pub local_port: u16,
    /// `-mi`, or the own address.
    pub media_ip: IpAddr,
    /// `-mp`.
    pub media_port: u16,
    /// Process id.
    pub pid: u32,
    /// `-au`, or the service.
    pub auth_user: String,
    /// `-ap`.
    pub auth_password: String,
    /// `-auth_uri`.
    pub auth_uri: Option<String>,
    /// `[sipp_version]`.
    pub version: String,
    /// `-ip_field`: the column with source addresses, for `-t ui`.
    pub ip_field: usize,
}

/// Whose sockets are: the second letter of `-t`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sockets {
    /// One for all calls (`1`).
    #[default]
    Shared,
    /// One for each call (`n`).
    PerCall,
    /// One for each source address (`i`).
    PerAddress,
}

/// What is done without the scenario: `-default_behaviors` and `-aa`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behaviours {
    /// `bye`: calls that end early are ended with BYE or CANCEL, and a BYE or CANCEL of the peer is
    /// answered.
    pub bye: bool,
    /// `abortunexp`: an unexpected message ends the call.
    pub abort_unexpected: bool,
    /// `pingreply`.
    pub ping_reply: bool,
    /// `cseq`: the CSeq of an ACK must be that of the INVITE.
    pub check_cseq: bool,
    /// `-aa`.
    pub auto_answer: bool,
}

/// Retransmission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retransmission {
    /// Not with `-nr`.
    pub enabled: bool,
    /// `-max_retrans`.
    pub max: u32,
    /// `-max_invite_retrans`.
    pub max_invite: u32,
    /// `-max_non_invite_retrans`.
    pub max_non_invite: u32,
    /// `-T2`.
    pub t2_ns: u64,
    /// `-rtcheck full`: the whole text tells a retransmission; else the main header fields.
    pub compares_all: bool,
}

/// How Call-IDs are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallIds {
    /// `-cid_str`: `%u` call, `%p` process, `%s` address, `%r` random, `%%`.
    Pattern(String),
    /// `-cid_type uuid`.
    Uuid,
    /// `-cid_type uuid-compact`.
    UuidCompact,
    /// `-cid_type random`.
    Random,
    /// `-cid_type timestamp`.
    Timestamp,
}

/// The values of `[dynamic_id]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DynamicId {
    /// First.
    pub start: u64,
    /// After it the first again.
    pub max: u64,
    /// Step.
    pub step: u64,
}

/// What happens when a connection is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reconnect {
    /// How often it is made again; `None`: without limit.
    pub max: Option<u32>,
    /// Calls on it end.
    pub closes_calls: bool,
    /// How long to wait before.
    pub wait_ns: u64,
}

/// The circuits of `-tdmmap`: first to last of each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TdmMap {
    /// `{a-b}`.
    pub first: (u32, u32),
    /// `{c}`.
    pub fixed: u32,
    /// `{d-e}`.
    pub second: (u32, u32),
    /// `{f-g}`.
    pub third: (u32, u32),
}

/// Where SIPp surprises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Strictness {
    /// Answers of a server go where RFC 3261 18.2.2 says, and requests of a dialog along its route
    /// set (RFC 3261 12.2.1.1), and not always to the same address.
    pub routes_by_rfc: bool,
    /// `init` consumes no line of injection files.
    pub init_takes_no_line: bool,
}
