//! Flows of phones (RFC 5626) and the paths to them (RFC 3327): what a REGISTER asks for, where requests
//! go, and when a flow is gone.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, NameAddr, Scheme, Transport, Uri};
use gannet_ua::Target;
use gannet_ua::endpoint::Reply;
use gannet_ua::registrar::{Binding, RequestedContact};

use super::call::Contact;
use super::gruu::gr_of;
use super::pending::Deadline;
use super::place::refusal;
use super::state::Server;

/// What a REGISTER asks for beside its bindings.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    /// Its contacts are flows.
    outbound: bool,
    /// The phone understands GRUUs.
    pub(crate) gruu: bool,
    /// The Path values, topmost first.
    pub(crate) path: Vec<String>,
}

impl Server {
    /// What a REGISTER asks for. Contacts that are no flows after all lose their `reg-id`
    /// (RFC 5626 6).
    pub(super) fn wishes(&self, message: &Message, contacts: &mut [RequestedContact]) -> Wishes {
        let features = &self.config.registrar;
        let outbound = self.asks_for_flows(message, contacts);
        let path: Vec<_> = message
            .values(HeaderName::Path)
            .filter(|_| features.path)
            .map(str::to_owned)
            .collect();
        for contact in contacts {
            if let RequestedContact::Address { reg_id, .. } = contact
                && !outbound
            {
                *reg_id = None;
            }
        }
        Wishes {
            outbound,
            gruu: features.gruu && supports(message, "gruu"),
            path,
        }
    }

    /// Flows need a first hop that keeps them (RFC 5626 6): without one nothing is worth looking at.
    pub(super) fn check_first_hop(
        &self,
        message: &Message,
        contacts: &[RequestedContact],
    ) -> Result<(), Reply> {
        if self.asks_for_flows(message, contacts) && !first_hop_takes_part(message) {
            return Err(refusal(439, "First Hop Lacks Outbound Support"));
        }
        Ok(())
    }

    fn asks_for_flows(&self, message: &Message, contacts: &[RequestedContact]) -> bool {
        let numbered = contacts.iter().any(is_flow);
        self.config.registrar.outbound && numbered && supports(message, "outbound")
    }

    /// What the 200 says about them.
    pub(super) fn grant_wishes(&self, mut reply: Reply, wishes: &Wishes) -> Reply {
        let features = &self.config.registrar;
        if wishes.outbound {
            reply = reply.header("Require", "outbound");
            if let Some(timer) = features.flow_timer {
                reply = reply.header("Flow-Timer", timer.as_secs().to_string());
            }
        }
        if !wishes.path.is_empty() {
            reply = reply.header("Path", wishes.path.join(", "));
        }
        if features.service_route {
            let mut route = Uri::at(None, self.local);
            route.params.set_flag("lr");
            reply = reply.header("Service-Route", format!("<{route}>"));
        }
        reply
    }

    /// Where the phones of a user are reached, by preference; only one phone if the Request-URI is its
    /// GRUU (RFC 5627 6.1).
    pub(super) fn contacts_called(
        &self,
        now: Instant,
        name: &str,
        uri: Option<&Uri>,
    ) -> Vec<Vec<Contact>> {
        let owner = uri.and_then(|uri| self.gruu_owner(uri));
        let wanted = owner.filter(|owner| owner.user == name);
        let is_wanted = |binding: &&Binding| {
            wanted.as_ref().is_none_or(|owner| {
                let instance = binding.instance_id.as_deref();
                instance.is_some_and(|instance| gr_of(instance) == owner.gr)
            })
        };
        let aor = self.aor(name);
        let mut groups = Vec::new();
        for group in self.location.target_groups(now, &aor) {
            let contacts: Vec<_> = group
                .into_iter()
                .filter(is_wanted)
                .filter_map(|binding| self.contact_with_flows(now, &aor, binding))
                .collect();
            if !contacts.is_empty() {
                groups.push(contacts);
            }
        }
        groups
    }

    /// A contact with the other flows of the same phone, to be tried when it fails (RFC 5626 7).
    fn contact_with_flows(&self, now: Instant, aor: &str, binding: &Binding) -> Option<Contact> {
        let others = match (&binding.instance_id, binding.reg_id) {
            (Some(instance), Some(_)) => self.location.flows(now, aor, instance),
            _ => Vec::new(),
        };
        let others = others
            .into_iter()
            .filter(|other| other.reg_id != binding.reg_id)
            .filter_map(contact_of)
            .collect();
        Some(Contact {
            others,
            ..contact_of(binding)?
        })
    }

    /// A connection is gone, and the flows over it (RFC 5626 6).
    pub(super) fn handle_closed(&mut self, now: Instant, connection: u64) {
        self.location.remove_flow(connection);
        self.heard
            .retain(|(_, number), _| *number != Some(connection));
        self.drain_location(now);
    }

    /// Something came from there.
    pub(super) fn hear(&mut self, now: Instant, remote: SocketAddr, connection: Option<u64>) {
        let Some(silence) = self.silence_max() else {
            return;
        };
        if self.heard.is_empty() {
            self.timetable.set(Deadline::SilentFlows, now + silence / 4);
        }
        self.heard.insert((remote, connection), now);
    }

    /// How long a flow may be silent.
    fn silence_max(&self) -> Option<Duration> {
        self.config.registrar.flow_timer.map(|timer| timer * 3 / 2)
    }

    /// Drops the flows over which nothing came for too long: their phones are not there any more, or
    /// something on the way has forgotten them (RFC 5626 4.4).
    pub(super) fn drop_silent_flows(&mut self, now: Instant) {
        let Some(silence) = self.silence_max() else {
            return;
        };
        self.heard.retain(|_, at| now - *at < silence);
        let heard = &self.heard;
        self.location.remove_flows(|binding| {
            binding
                .source
                .received
                .is_some_and(|from| !heard.contains_key(&(from, binding.source.flow)))
        });
        self.drain_location(now);
        if !self.heard.is_empty() {
            self.timetable.set(Deadline::SilentFlows, now + silence / 4);
        }
    }
}

fn supports(message: &Message, tag: &str) -> bool {
    let listed = |name| {
        message
            .values(name)
            .any(|own| own.eq_ignore_ascii_case(tag))
    };
    listed(HeaderName::Supported) || listed(HeaderName::Require)
}

fn is_flow(contact: &RequestedContact) -> bool {
    matches!(
        contact,
        RequestedContact::Address {
            instance_id: Some(_),
            reg_id: Some(_),
            ..
        }
    )
}

/// Whether the REGISTER came from the phone itself, or its first hop has said that it keeps the flow:
/// the last Path value is that hop's, and has `ob` (RFC 5626 6).
fn first_hop_takes_part(message: &Message) -> bool {
    if message.values(HeaderName::Via).count() < 2 {
        return true;
    }
    let first_hop = message.values(HeaderName::Path).last();
    first_hop
        .and_then(|text| NameAddr::parse("Path", text).ok())
        .is_some_and(|path| path.uri.params.has("ob"))
}

/// Where a binding is reached. By its Path, if it has one (RFC 3327 5.3). A flow is the way that its
/// REGISTER came, whatever the contact says (RFC 5626 7). Else at the literal address of the URI, or
/// where the REGISTER came from if the URI has a name; a connection is used as long as it is open, since
/// a phone behind it may not listen elsewhere. Contacts of other schemes are no phones.
pub(super) fn contact_of(binding: &Binding) -> Option<Contact> {
    let uri = Uri::parse(&binding.contact).ok()?;
    if uri.scheme != Scheme::Sip {
        return None;
    }
    let source = binding.source;
    let came_by = match source.flow {
        Some(_) => Transport::Tcp,
        None => Transport::Udp,
    };
    let target = if let Some(first) = binding.path.first() {
        let hop = NameAddr::parse("Path", first).ok()?.uri;
        let transport = hop.transport().unwrap_or(Transport::Udp);
        Target {
            transport,
            address: hop.socket_addr()?,
            connection: source.flow.filter(|_| transport == Transport::Tcp),
        }
    } else if binding.reg_id.is_some() {
        Target {
            transport: came_by,
            address: source.received?,
            connection: source.flow,
        }
    } else {
        let transport = uri.transport().unwrap_or(came_by);
        Target {
            transport,
            address: uri.socket_addr().or(source.received)?,
            connection: source.flow.filter(|_| transport == Transport::Tcp),
        }
    };
    Some(Contact {
        uri,
        target,
        routes: binding.path.clone(),
        others: Vec::new(),
    })
}
