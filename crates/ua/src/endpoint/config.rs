//! What an endpoint is told at its start.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use gannet_sip::{MessageBuilder, Method, Transport};

use crate::identifiers::{Identifiers, RandomIdentifiers};
use crate::session_timer::SessionPolicy;
use crate::target::Target;
use crate::timers::{OwnTimers, Timers};

/// Calls at once unless told otherwise.
const CALLS_MAX: usize = 100_000;
/// Transactions at once unless told otherwise.
const TRANSACTIONS_MAX: usize = 500_000;

/// Settings of an [`Endpoint`](super::Endpoint).
#[derive(Clone)]
pub struct EndpointConfig {
    /// T1, T2, T4.
    pub timers: Timers,
    /// Times that do not follow from them.
    pub own_timers: OwnTimers,
    /// The address written into Via: where this endpoint is reached.
    pub local: SocketAddr,
    /// Ask for `rport` in Via (RFC 3581 3).
    pub rport: bool,
    /// Methods that are understood; others get 405 with this list (RFC 3261 8.2.1).
    pub allow: Vec<Method>,
    /// Option tags that are understood; others in Require get 420 (RFC 3261 8.2.2.3).
    pub supported: Vec<String>,
    /// Ask for reliable provisional responses by `Require: 100rel`, send them reliably to everybody
    /// who can take them so, and refuse callers who cannot with 421 (RFC 3262 3 and 4). `supported`
    /// must have `100rel`: with it alone it is the caller who says what is sent reliably.
    pub require_100rel: bool,
    /// A 2xx does not wait for the PRACK of a description, against RFC 3262 3.
    pub success_before_prack: bool,
    /// CANCEL does not wait for a provisional response, against RFC 3261 9.1.
    pub cancel_at_once: bool,
    /// By how much CSeq numbers grow in dialogs and from one REGISTER to the next, at least 1. A
    /// request that is sent again after a challenge has the next number.
    pub cseq_step: u32,
    /// Every PRACK is sent by the user, by [`Endpoint::prack`](super::Endpoint::prack); otherwise
    /// only one that must carry an answer.
    pub prack_by_user: bool,
    /// Addresses of host names, asked before `outbound`. Names compare in lower case.
    pub hosts: BTreeMap<String, SocketAddr>,
    /// Where requests go whose next hop is a name that `hosts` does not know, and all requests
    /// outside dialogs if `outbound_always` is set.
    pub outbound: Option<Target>,
    /// Servers that are asked before `outbound`, in this order, with every request outside a dialog
    /// that is for it. One that does not answer, or answers 503, is passed over (RFC 3263 4.3).
    pub before_outbound: Vec<Target>,
    /// Send every request outside a dialog to `outbound`, whatever its URI says: an outbound proxy
    /// (RFC 3261 8.1.2).
    pub outbound_always: bool,
    /// Route values for initial requests other than REGISTER, as the registrar gave them in
    /// Service-Route (RFC 3608 6.1). Requests with routes of their own keep those.
    pub service_route: Vec<String>,
    /// The transport for next hops that do not name one.
    pub transport: Transport,
    /// Session timers (RFC 4028); `None` for an endpoint that knows nothing of them. A call that
    /// begins without has none later.
    pub session: Option<SessionPolicy>,
    /// How Call-IDs, tags and branches look.
    pub identifiers: Arc<dyn Identifiers>,
    /// Gives messages the look of a device; sees each message last before it is written.
    pub dress: Option<Arc<dyn Dress>>,
    /// Calls at once, those included that ended within the last 64*T1; further INVITEs get 503.
    pub calls_max: usize,
    /// Transactions at once; further requests are dropped. One of a call is remembered for 64*T1.
    pub transactions_max: usize,
    /// This is a server between phones: Replaces may name a dialog from the side of the phone at its
    /// other end, which knows no other.
    pub between_phones: bool,
    /// Seed of all randomness.
    pub seed: u64,
}

impl EndpointConfig {
    /// The defaults of RFC 3261 for an endpoint at this address.
    pub fn new(local: SocketAddr, seed: u64) -> Self {
        Self {
            timers: Timers::default(),
            own_timers: OwnTimers::default(),
            local,
            rport: true,
            allow: vec![
                Method::Invite,
                Method::Ack,
                Method::Bye,
                Method::Cancel,
                Method::Options,
                Method::Notify,
                Method::Info,
                Method::Update,
                Method::Message,
            ],
            supported: Vec::new(),
            require_100rel: false,
            success_before_prack: false,
            cancel_at_once: false,
            cseq_step: 1,
            prack_by_user: false,
            hosts: BTreeMap::new(),
            outbound: None,
            before_outbound: Vec::new(),
            outbound_always: false,
            service_route: Vec::new(),
            transport: Transport::Udp,
            session: None,
            identifiers: Arc::new(RandomIdentifiers),
            dress: None,
            calls_max: CALLS_MAX,
            transactions_max: TRANSACTIONS_MAX,
            between_phones: false,
            seed,
        }
    }
}

impl EndpointConfig {
    /// CSeq numbers that are left out before a request of its own accord.
    pub(crate) const fn cseq_gap(&self) -> u32 {
        self.cseq_step.saturating_sub(1)
    }

    /// The same where such a request went out before; none before the first.
    pub(crate) const fn cseq_gap_after(&self, earlier: bool) -> u32 {
        if earlier { self.cseq_gap() } else { 0 }
    }

    /// True if the extension is understood.
    pub(crate) fn supports(&self, tag: &str) -> bool {
        self.supported
            .iter()
            .any(|known| known.eq_ignore_ascii_case(tag))
    }
}

impl fmt::Debug for EndpointConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointConfig")
            .field("local", &self.local)
            .field("outbound", &self.outbound)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

/// What is being dressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageKind {
    /// The method of the request, or of the request that is answered.
    pub method: Method,
    /// The status code of a response, `None` for a request.
    pub code: Option<u16>,
    /// True inside a dialog.
    pub in_dialog: bool,
}

/// Gives outgoing messages the look of a device model: header order, compact names, extra fields.
pub trait Dress: Send + Sync {
    /// Changes the message in place. Via, CSeq, Call-ID, tags and routes must keep their meaning.
    fn dress(&self, message: &mut MessageBuilder, kind: &MessageKind);
}
