//! What a phone is started with.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use gannet_media::Mark;
use gannet_net::{Capture, Impairment, MediaScheduler};
use gannet_sip::Transport;
use gannet_ua::{Target, Timers};

use crate::profile::Profile;

/// What a phone is started with.
#[derive(Debug, Clone)]
pub struct PhoneConfig {
    /// Name in reports, and owner of its sockets in the capture.
    pub name: String,
    /// The device model.
    pub profile: Arc<Profile>,
    /// User part of the address of record.
    pub user: String,
    /// Host part of the address of record: a name or an address, with a port where the registrar
    /// wants one in its URI.
    pub domain: String,
    /// Display name in From.
    pub display_name: Option<String>,
    /// Credentials for challenges of any realm.
    pub auth: Option<AuthUser>,
    /// The server. Without one the phone calls others directly by URI.
    pub server: Option<Server>,
    /// The transport for requests to the server and to URIs that name none; UDP or TCP. The phone
    /// is reached over both.
    pub transport: Transport,
    /// The address of its sockets. A wildcard needs a server, towards which the own address is
    /// found.
    pub bind_ip: IpAddr,
    /// Whether the port is open for TCP too where the phone talks over UDP.
    pub listen_tcp: bool,
    /// The SIP port; 0 takes a free one.
    pub sip_port: u16,
    /// The ports for RTP and RTCP; `None` takes free ones.
    pub rtp_ports: Option<RangeInclusive<u16>>,
    /// Addresses of host names, in lower case.
    pub hosts: BTreeMap<String, SocketAddr>,
    /// What the phone plays unless told otherwise.
    pub mark: Mark,
    /// Where its packets are recorded.
    pub capture: Capture,
    /// What its datagrams suffer.
    pub impairment: Impairment,
    /// The threads for media; `None` takes those that the process shares.
    pub scheduler: Option<MediaScheduler>,
    /// How much of the newest sound a call keeps, to be compared with files: 16 kB a second from the
    /// first packet on. Zero keeps nothing.
    pub sound_kept: Duration,
    /// T1, T2, T4 instead of those of the profile.
    pub timers: Option<Timers>,
    /// Seed of all its randomness, mixed with its name.
    pub seed: u64,
}

/// What sentences and programs may look back on unless they say otherwise.
const SOUND_KEPT: Duration = Duration::from_secs(20);

/// Credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthUser {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
}

impl std::fmt::Debug for AuthUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthUser")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// The server of a phone: registrar, and where names lead that `hosts` does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server {
    /// Its address.
    pub address: SocketAddr,
    /// All requests outside dialogs go there, whatever their URI says (RFC 3261 8.1.2).
    pub outbound_proxy: bool,
}

impl PhoneConfig {
    /// A phone on the IPv4 loopback without server and credentials, with its name as user.
    pub fn new(name: &str, profile: Arc<Profile>) -> Self {
        Self {
            name: name.to_owned(),
            profile,
            user: name.to_lowercase().replace(char::is_whitespace, "-"),
            domain: Ipv4Addr::LOCALHOST.to_string(),
            display_name: Some(name.to_owned()),
            auth: None,
            server: None,
            transport: Transport::Udp,
            bind_ip: Ipv4Addr::LOCALHOST.into(),
            listen_tcp: true,
            sip_port: 0,
            rtp_ports: None,
            hosts: BTreeMap::new(),
            mark: Mark::nth(0),
            capture: Capture::new(),
            impairment: Impairment::none(),
            scheduler: None,
            sound_kept: SOUND_KEPT,
            timers: None,
            seed: 0,
        }
    }

    pub(crate) fn server_target(&self) -> Option<Target> {
        self.server
            .map(|server| Target::new(self.transport, server.address))
    }
}
