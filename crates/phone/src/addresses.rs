//! The addresses of a phone in the style of its profile.

use std::net::SocketAddr;

use gannet_sip::{NameAddr, Transport, Uri, UriError, host_text};
use gannet_ua::Target;

use crate::config::PhoneConfig;
use crate::destination::Destination;
use crate::profile::{AddressStyle, InstanceStyle, UriTransport, mac_digits};

/// Who the phone is and how it writes addresses.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    style: AddressStyle,
    user: String,
    domain: Uri,
    /// The port to show where the style shows one and the domain has none.
    server_port: Option<u16>,
    server: Option<Target>,
    display_name: Option<String>,
    local: SocketAddr,
    transport: Transport,
    /// An address that stands in Contact instead of the phone's own, as a static NAT needs it.
    outside: Option<SocketAddr>,
    /// The GRUU that stands in Contact (RFC 5627 4.4).
    gruu: Option<Uri>,
    /// The one of anonymous calls.
    temporary_gruu: Option<Uri>,
    /// `ob` in Contact: requests in dialogs shall come over the same flow (RFC 5626 4.3).
    asks_for_flow: bool,
}

impl Addresses {
    pub(crate) fn new(config: &PhoneConfig, local: SocketAddr) -> Result<Self, UriError> {
        let style = config.profile.addresses;
        let mut domain = Uri::parse(&format!("sip:{}", config.domain))?;
        if let Some(server) = config.server.filter(|_| style.host_is_address) {
            domain = Uri::sip(None, &host_text(server.address.ip()), None);
        }
        Ok(Self {
            style,
            user: escaped(&config.user),
            domain,
            server_port: config.server.map(|server| server.address.port()),
            server: config.server_target(),
            display_name: config.display_name.clone(),
            local,
            transport: config.transport,
            outside: config
                .profile
                .nat
                .contact
                .map(|(ip, port)| SocketAddr::new(ip, port.unwrap_or(local.port()))),
            gruu: None,
            temporary_gruu: None,
            asks_for_flow: false,
        })
    }

    /// The registrar's URI (RFC 3261 10.2: no user part).
    pub(crate) fn registrar(&self) -> Uri {
        let mut uri = self.domain.clone();
        if self.style.uri_transport != UriTransport::None {
            uri.params.set("transport", self.transport.as_param());
        }
        uri
    }

    /// The server as a host, without user part and parameters.
    pub(crate) fn domain(&self) -> Uri {
        self.domain.clone()
    }

    /// The address of record as it stands in From and To.
    pub(crate) fn aor(&self) -> Uri {
        self.shown(&self.user)
    }

    fn shown(&self, user: &str) -> Uri {
        let mut uri = self.domain.clone();
        uri.user = Some(user.to_owned());
        uri.port = if self.style.port_shown {
            uri.port.or(self.server_port)
        } else {
            None
        };
        uri
    }

    /// From, without tag.
    pub(crate) fn from(&self) -> NameAddr {
        self.named(NameAddr::new(self.aor()), self.display_name.as_deref())
    }

    /// From of an anonymous call (RFC 3323 4.1.1.3).
    pub(crate) fn anonymous(&self) -> NameAddr {
        let uri = Uri::sip(Some("anonymous"), "anonymous.invalid", None);
        self.named(NameAddr::new(uri), Some("Anonymous"))
    }

    fn named(&self, mut address: NameAddr, name: Option<&str>) -> NameAddr {
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return address;
        };
        let token = |c: char| c.is_ascii_alphanumeric() || "-.!%*_+`'~ ".contains(c);
        if self.style.quoted_display_name || !name.chars().all(token) {
            return address.with_display(name);
        }
        address.display = Some(name.to_owned());
        address
    }

    /// Where this phone itself is reached: for REGISTER.
    pub(crate) fn own_contact(&self, transport: Transport) -> NameAddr {
        let mut uri = Uri::at(Some(&self.user), self.outside.unwrap_or(self.local));
        if transport != Transport::Udp || self.style.contact_transport {
            uri.params.set("transport", transport.as_param());
        }
        NameAddr::new(uri)
    }

    /// Where requests in dialogs reach it: by its GRUU if it has one.
    pub(crate) fn contact(&self) -> NameAddr {
        self.contact_by(self.gruu.as_ref())
    }

    /// The same for a call; an anonymous one does not say who it is, as far as the registrar has granted
    /// that.
    pub(crate) fn contact_of_call(&self, anonymous: bool) -> NameAddr {
        let temporary = self.temporary_gruu.as_ref().filter(|_| anonymous);
        let mut contact = self.contact_by(temporary.or(self.gruu.as_ref()));
        contact.display = contact.display.filter(|_| !anonymous);
        contact
    }

    fn contact_by(&self, gruu: Option<&Uri>) -> NameAddr {
        let mut contact = match gruu {
            Some(gruu) => NameAddr::new(gruu.clone()),
            None => self.own_contact(self.transport),
        };
        if self.asks_for_flow {
            contact.uri.params.set_flag("ob");
        }
        if self.style.contact_display_name {
            return self.named(contact, self.display_name.as_deref());
        }
        contact
    }

    /// The GRUUs to use from now on: in Contact, and in that of anonymous calls.
    pub(crate) fn present(&mut self, gruu: Option<Uri>, temporary: Option<Uri>) {
        self.gruu = gruu;
        self.temporary_gruu = temporary;
    }

    /// Whether requests in dialogs are asked for over the same flow.
    pub(crate) const fn ask_for_flow(&mut self, wanted: bool) {
        self.asks_for_flow = wanted;
    }

    /// Where requests for the server go from now on.
    pub(crate) const fn send_to(&mut self, server: Option<Target>) {
        self.server = server;
    }

    /// Request-URI, To, and the address to send to where it is not that of the URI.
    pub(crate) fn callee(&self, destination: &Destination) -> (Uri, NameAddr, Option<Target>) {
        match destination {
            Destination::Uri(uri) => (uri.clone(), NameAddr::new(in_to(uri)), None),
            Destination::User(user) => {
                let user = escaped(user);
                let mut uri = self.domain.clone();
                uri.user = Some(user.clone());
                let mut to = self.shown(&user);
                if self.style.user_phone && is_number(&user) {
                    uri.params.set("user", "phone");
                    to.params.set("user", "phone");
                }
                if self.style.uri_transport == UriTransport::All {
                    uri.params.set("transport", self.transport.as_param());
                }
                (uri, NameAddr::new(to), self.server)
            }
        }
    }

    pub(crate) const fn server(&self) -> Option<Target> {
        self.server
    }
}

/// `+sip.instance` with its quotes (RFC 5626 4.1).
pub(crate) fn instance(style: InstanceStyle, mac: [u8; 6], seed: u64) -> Option<String> {
    let uuid = match style {
        InstanceStyle::None => return None,
        InstanceStyle::Mac => format!("00000000-0000-1000-8000-{}", mac_digits(mac)),
        InstanceStyle::Random => {
            let bits = fastrand::Rng::with_seed(seed).u128(..);
            // Version 4, variant 1 (RFC 9562 5.4).
            let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
            let hex = format!("{bits:032x}");
            format!(
                "{}-{}-{}-{}-{}",
                &hex[..8],
                &hex[8..12],
                &hex[12..16],
                &hex[16..20],
                &hex[20..]
            )
        }
    };
    Some(format!("\"<urn:uuid:{uuid}>\""))
}

/// To may have neither port nor these parameters and header fields (RFC 3261 19.1.1).
fn in_to(uri: &Uri) -> Uri {
    let mut to = uri.clone();
    to.port = None;
    to.headers.clear();
    for name in ["transport", "maddr", "ttl", "lr", "method"] {
        to.params.remove(name);
    }
    to
}

fn is_number(user: &str) -> bool {
    let digits = user.strip_prefix('+').unwrap_or(user);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A user part with everything escaped that may not stand there (RFC 3261 25.1).
fn escaped(user: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/%".contains(&byte);
    user.bytes().fold(String::new(), |mut out, byte| {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            let digit = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
            out.extend(['%', digit(byte >> 4), digit(byte & 0xf)]);
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::Server;
    use crate::profile::ProfileLibrary;

    fn addresses(profile: &str, port_shown: bool) -> Addresses {
        let profile = ProfileLibrary::shipped().load(profile).expect("shipped");
        let profile = profile
            .with_override("port-shown", &port_shown.to_string())
            .expect("a setting");
        let mut config = PhoneConfig::new("Alice Smith", Arc::new(profile));
        config.domain = "biloxi.test".to_owned();
        config.server = Some(Server {
            address: ([10, 0, 0, 1], 5070).into(),
            outbound_proxy: false,
        });
        Addresses::new(&config, ([10, 0, 0, 9], 5062).into()).expect("valid")
    }

    #[test]
    fn profiles_write_addresses_their_own_way() {
        let squirrel = addresses("Squirrel350", false);
        assert_eq!(
            squirrel.from().to_string(),
            "\"Alice Smith\" <sip:alice-smith@biloxi.test>"
        );
        assert_eq!(
            squirrel.contact().to_string(),
            "<sip:alice-smith@10.0.0.9:5062>"
        );
        let chipmunk = addresses("Chipmunk5000", true);
        assert_eq!(
            chipmunk.from().to_string(),
            "Alice Smith <sip:alice-smith@biloxi.test:5070>"
        );
        assert_eq!(
            chipmunk.contact().to_string(),
            "<sip:alice-smith@10.0.0.9:5062;transport=udp>"
        );
    }

    #[test]
    fn users_are_called_at_the_server() {
        let chipmunk = addresses("Chipmunk5000", true);
        let (uri, to, target) = chipmunk.callee(&Destination::User("1001".into()));
        assert_eq!(uri.to_string(), "sip:1001@biloxi.test;user=phone");
        assert_eq!(to.to_string(), "<sip:1001@biloxi.test:5070;user=phone>");
        assert_eq!(target, chipmunk.server());
        let (uri, ..) = chipmunk.callee(&Destination::User("*7#x y".into()));
        assert_eq!(uri.to_string(), "sip:*7%23x%20y@biloxi.test");
    }

    #[test]
    fn instances_are_urns() {
        let mac = [2, 0, 0, 0, 0, 1];
        let made = |style| instance(style, mac, 7);
        assert_eq!(made(InstanceStyle::None), None);
        let of_mac = "\"<urn:uuid:00000000-0000-1000-8000-020000000001>\"";
        assert_eq!(made(InstanceStyle::Mac).as_deref(), Some(of_mac));
        let random = made(InstanceStyle::Random).expect("one");
        assert_eq!((random.len(), &random[25..26]), (of_mac.len(), "4"));
        assert_ne!(Some(random), instance(InstanceStyle::Random, mac, 8));
    }
}
