//! What defines a device model.

use std::net::SocketAddr;
use std::time::Duration;

use gannet_media::offer_answer::MediaCapabilities;
use gannet_sip::{Method, Transport};
use gannet_ua::digest::ClientPolicy;
use gannet_ua::{KeepAlivePolicy, OwnTimers, Reaction, Refusals, Timers};

use super::calls::{
    ConferenceStyle, DtmfStyle, EventStyle, FeatureNumbers, GlareStyle, HoldForm, OutgoingStyle,
    RtpStyle, TransferStyle,
};
use super::header_order::HeaderOrder;
use super::incoming::IncomingStyle;
use super::lines::LineStyle;
use super::pattern::Pattern;
use super::quirks::Quirks;
pub use super::styles::{SessionStyle, TextStyle};
use super::template::Template;
use super::ways::{NatStyle, TransportStyle};

/// A device model, made by [`super::ProfileLibrary::load`]; [`Profile::with_override`] changes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The name under which it was loaded.
    pub name: String,
    /// Who made it.
    pub identity: Identity,
    /// Form of its messages.
    pub messages: MessageStyle,
    /// Form of its addresses.
    pub addresses: AddressStyle,
    /// Form of its identifiers.
    pub identifiers: IdentifierStyle,
    /// What it says it can do.
    pub lists: Lists,
    /// How it registers.
    pub registration: RegistrationStyle,
    /// How it keeps its way to the server open.
    pub keep_alive: KeepAlivePolicy,
    /// What it does about address translation.
    pub nat: NatStyle,
    /// Which ways its requests take.
    pub transport: TransportStyle,
    /// How it answers challenges.
    pub digest: ClientPolicy,
    /// What it does with calls that come in.
    pub incoming: IncomingStyle,
    /// How it makes calls.
    pub outgoing: OutgoingStyle,
    /// How it takes and sends provisional responses.
    pub reliability: ReliabilityStyle,
    /// How it puts others on hold.
    pub hold: HoldForm,
    /// How it hands calls on, and what it does when others want that of it.
    pub transfer: TransferStyle,
    /// Where the calls of a conference meet.
    pub conference: ConferenceStyle,
    /// The numbers by which it parks and takes calls.
    pub numbers: FeatureNumbers,
    /// How it sends DTMF keys.
    pub dtmf: DtmfStyle,
    /// Its RTP.
    pub rtp: RtpStyle,
    /// Its codecs and the layout of its SDP.
    pub sdp: MediaCapabilities,
    /// How its session descriptions are numbered.
    pub session_numbers: SessionNumbers,
    /// How it learns of waiting messages.
    pub mwi: MwiStyle,
    /// What it does when it is told to.
    pub events: EventStyle,
    /// What it does about session timers (RFC 4028).
    pub session: SessionStyle,
    /// Which texts it takes (RFC 3428).
    pub texts: TextStyle,
    /// T1, T2, T4.
    pub timers: Timers,
    /// Times that do not follow from them.
    pub own_timers: OwnTimers,
    /// How long it waits after both sides have offered at once.
    pub glare: GlareStyle,
    /// What it does wrong on purpose.
    pub quirks: Quirks,
}

impl Profile {
    /// What the device makes of 100rel, however the profile says so.
    pub fn reliable(&self) -> Reliable {
        match self.reliability.provisional {
            Reliable::Off if self.lists_100rel() => Reliable::Supported,
            other => other,
        }
    }

    fn lists_100rel(&self) -> bool {
        self.lists.supported.iter().any(|tag| tag == "100rel")
    }

    /// The lists with what follows from other settings.
    pub fn effective_lists(&self) -> Lists {
        let mut lists = self.lists.clone();
        if self.reliable() != Reliable::Off {
            if !self.lists_100rel() {
                lists.supported.push("100rel".to_owned());
            }
            if !lists.allow.contains(&Method::Prack) {
                lists.allow.push(Method::Prack);
            }
        }
        lists
    }
}

/// Who made a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Model name.
    pub model: String,
    /// Maker.
    pub vendor: String,
    /// Firmware version.
    pub firmware: String,
    /// Its MAC address; without one each phone gets its own, locally administered.
    pub mac: Option<[u8; 6]>,
    /// User-Agent.
    pub user_agent: Template,
    /// Which field carries it in responses.
    pub in_responses: ResponseIdentity,
    /// More header fields of requests.
    pub headers: Vec<(String, Template)>,
}

/// The field that names the device in responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResponseIdentity {
    /// User-Agent, as most phones do.
    UserAgent,
    /// Server (RFC 3261 20.35).
    Server,
    /// None.
    None,
}

/// Form of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageStyle {
    /// Order of header fields.
    pub order: HeaderOrder,
    /// Which names are written in compact form (RFC 3261 7.3.3).
    pub compact: CompactNames,
    /// Form of its header lines.
    pub lines: LineStyle,
    /// Ask for `rport` (RFC 3581).
    pub rport: bool,
    /// Write messages as devices of RFC 2543 do: no tags, branches without the magic cookie, strict
    /// routing, hold by 0.0.0.0.
    pub rfc2543: bool,
}

/// Which header field names are written in compact form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompactNames {
    /// None.
    None,
    /// All that have one.
    All,
    /// These.
    Only(Vec<gannet_sip::HeaderName>),
}

/// Form of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressStyle {
    /// From and To carry the server's port, as some devices do against RFC 3261 19.1.1.
    pub port_shown: bool,
    /// `user=phone` in Request-URI and To of calls to numbers (RFC 3261 19.1.1).
    pub user_phone: bool,
    /// `transport=udp` in Contact too; for TCP the parameter is always there.
    pub contact_transport: bool,
    /// Display names stand in quotes even where tokens would do.
    pub quoted_display_name: bool,
    /// Where Request-URIs of the server's domain have `transport`.
    pub uri_transport: UriTransport,
    /// Contact of calls has the display name.
    pub contact_display_name: bool,
    /// The server's address stands in place of the domain.
    pub host_is_address: bool,
}

/// Where Request-URIs have `transport` (RFC 3261 19.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UriTransport {
    /// Nowhere.
    None,
    /// In REGISTER.
    Register,
    /// In all requests to the phone's own domain.
    All,
}

/// Form of identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierStyle {
    /// Call-ID.
    pub call_id: Pattern,
    /// Tags.
    pub tag: Pattern,
    /// Branches, after the magic cookie.
    pub branch: Pattern,
    /// Lowest first CSeq number.
    pub cseq_min: u32,
    /// Highest first CSeq number.
    pub cseq_max: u32,
    /// By how much CSeq numbers grow.
    pub cseq_step: u32,
    /// Those of RFC 2543: no tags, and branches without the magic cookie.
    pub rfc2543: bool,
}

/// Lists of abilities, and the methods whose requests and 2xx carry them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists {
    /// Allow: the methods that are understood.
    pub allow: Vec<gannet_sip::Method>,
    /// Where Allow is written.
    pub allow_on: Vec<gannet_sip::Method>,
    /// Supported.
    pub supported: Vec<String>,
    /// Where Supported is written.
    pub supported_on: Vec<gannet_sip::Method>,
    /// Allow-Events.
    pub allow_events: Vec<String>,
    /// Where Allow-Events is written.
    pub allow_events_on: Vec<gannet_sip::Method>,
    /// Accept.
    pub accept: Vec<String>,
    /// Where Accept is written.
    pub accept_on: Vec<gannet_sip::Method>,
    /// Where the methods of Allow are written as the `methods` parameter of Contact (RFC 3840 10).
    pub methods_on: Vec<gannet_sip::Method>,
    /// Accept-Encoding.
    pub accept_encoding: Vec<String>,
    /// Where Accept-Encoding is written.
    pub accept_encoding_on: Vec<gannet_sip::Method>,
    /// Require: what others are required to know.
    pub require: Vec<String>,
    /// The requests in which Require is written.
    pub require_on: Vec<gannet_sip::Method>,
    /// Recv-Info: the INFO packages that are taken; `None` if the device does not know of packages
    /// (RFC 6086 5.2.3).
    pub recv_info: Option<Vec<String>>,
}

/// How a device registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationStyle {
    /// The asked lifetime.
    pub expires: Duration,
    /// The lifetime is a Contact parameter instead of an Expires field.
    pub expires_in_contact: bool,
    /// How long before the end it is refreshed.
    pub refresh_before: Duration,
    /// Wait before the next try after a failure; `None`: no next try.
    pub retry_after: Option<Duration>,
    /// What is removed before the first registration.
    pub boot_removal: BootRemoval,
    /// More parameters of Contact.
    pub contact_parameters: Vec<(String, String)>,
    /// Take over the address that `received` and `rport` show.
    pub follow_received: bool,
    /// Form of `+sip.instance` (RFC 5626 4.1).
    pub instance: InstanceStyle,
    /// It is refreshed when so many percent of the lifetime are over, instead of a fixed time before
    /// its end.
    pub refresh_percent: Option<u32>,
    /// The `q` parameter of Contact (RFC 3261 20.10).
    pub q: Option<String>,
    /// Failures in a row after which it gives up; `None`: never.
    pub tries_max: Option<u32>,
    /// How waits after failures grow.
    pub backoff: BackoffKind,
    /// The base of RFC 5626's waits while no flow works.
    pub backoff_base: Duration,
    /// The base of RFC 5626's waits while another flow works.
    pub backoff_base_alive: Duration,
    /// The longest wait.
    pub backoff_max: Duration,
    /// What certain refusals lead to.
    pub reactions: Vec<(Refusals, Reaction)>,
    /// The flows of RFC 5626, in the order of their numbers; none: registers without them.
    pub flows: Vec<FlowStyle>,
    /// Which GRUU stands in Contact (RFC 5627).
    pub gruu: GruuUse,
    /// Requests outside dialogs take the routes of Service-Route (RFC 3608).
    pub service_route: bool,
}

/// What a device removes when it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BootRemoval {
    /// Nothing.
    Nothing,
    /// All contacts, by `*` (RFC 3261 10.2.2).
    All,
    /// Its own contact.
    Own,
}

/// How waits after failed registrations grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BackoffKind {
    /// Not at all.
    Constant,
    /// By the same time each.
    Linear,
    /// They double, with a random share, as RFC 5626 4.5 has it.
    Outbound,
}

/// One flow of RFC 5626.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FlowStyle {
    /// What it goes over: UDP, or a TCP connection of its own.
    pub transport: Transport,
    /// Where it leads; `None`: to the phone's server.
    pub address: Option<SocketAddr>,
}

/// Which GRUU a phone asks for and uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GruuUse {
    /// None.
    Off,
    /// The public one; the temporary one in anonymous calls.
    Public,
    /// The temporary one.
    Temporary,
}

/// Form of `+sip.instance`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InstanceStyle {
    /// None.
    None,
    /// A UUID that ends with the MAC address.
    Mac,
    /// A random UUID, the same as long as the phone lives.
    Random,
}

/// How the session descriptions of a device are numbered (RFC 8866 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionNumbers {
    /// Session id, digits; `None`: random ones.
    pub id: Option<String>,
    /// First version; `None`: the session id.
    pub version: Option<u64>,
}

/// How a device takes and sends provisional responses (RFC 3262).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReliabilityStyle {
    /// Whether they may be sent reliably.
    pub provisional: Reliable,
    /// Its PRACK for an answer carries a new offer (RFC 3262 5).
    pub prack_offer: bool,
}

/// What a device makes of 100rel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reliable {
    /// It does not know it: PRACK is not in Allow.
    Off,
    /// It lists it in Supported and sends reliably to callers that require it.
    Supported,
    /// It requires it of others and sends reliably to all who can; callers who cannot get 421.
    Required,
}

/// How a device learns of waiting messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MwiStyle {
    /// Subscribe to message-summary once registered.
    pub subscribes: bool,
    /// The asked lifetime of that subscription.
    pub expires: Duration,
}
