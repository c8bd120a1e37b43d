//! What the registrar does beside binding contacts, and whose word about identities counts.

use std::time::Duration;

/// Extensions of the registrar; each can be switched off, as servers without it behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegistrarFeatures {
    /// Several flows of one phone (RFC 5626 6): `Require: outbound` in the 200, requests go down the
    /// flow that was registered, the next flow is tried when one fails.
    pub outbound: bool,
    /// The Flow-Timer of the 200 (RFC 5626 4.4): flows over which nothing comes for one and a half
    /// times as long are dropped. `None`: none is named, and silence does no harm.
    pub flow_timer: Option<Duration>,
    /// Globally routable URIs, public and temporary (RFC 5627).
    pub gruu: bool,
    /// Path is kept, returned, and used as Route (RFC 3327 5.3).
    pub path: bool,
    /// The 200 has a Service-Route that leads back here (RFC 3608 6.3).
    pub service_route: bool,
}

impl Default for RegistrarFeatures {
    fn default() -> Self {
        Self {
            outbound: true,
            flow_timer: None,
            gruu: true,
            path: true,
            service_route: false,
        }
    }
}

impl RegistrarFeatures {
    /// The option tags that may stand in Require (RFC 3261 8.2.2.3).
    pub(crate) fn option_tags(&self) -> Vec<String> {
        let tags = [
            ("outbound", self.outbound),
            ("gruu", self.gruu),
            ("path", self.path),
        ];
        let on = tags.into_iter().filter(|(_, on)| *on);
        on.map(|(tag, _)| tag.to_owned()).collect()
    }
}

/// Who belongs to the trust domain of RFC 3325 beside the server itself: its Spec(T).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrustDomain {
    /// Nobody: what phones assert is removed, and who asks for `Privacy: id` is not told to any of
    /// them (RFC 3325 5, 7).
    #[default]
    Server,
    /// The phones too: what they assert is passed on, and they are told also what must not leave the
    /// trust domain.
    Phones,
}
