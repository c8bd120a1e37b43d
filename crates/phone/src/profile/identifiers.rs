//! Identifiers of a device model.

use std::net::SocketAddr;

use gannet_sip::BRANCH_COOKIE;
use gannet_ua::Identifiers;

use super::model::IdentifierStyle;

/// Makes identifiers in the style of a profile.
#[derive(Debug)]
pub(crate) struct ProfileIdentifiers(pub(crate) IdentifierStyle);

impl Identifiers for ProfileIdentifiers {
    fn call_id(&self, rng: &mut fastrand::Rng, local: SocketAddr) -> String {
        self.0.call_id.make(rng, Some(local.ip()))
    }

    fn tag(&self, rng: &mut fastrand::Rng) -> String {
        if self.0.rfc2543 {
            return String::new();
        }
        self.0.tag.make(rng, None)
    }

    fn branch(&self, rng: &mut fastrand::Rng) -> String {
        let branch = self.0.branch.make(rng, None);
        if self.0.rfc2543 {
            return branch;
        }
        format!("{BRANCH_COOKIE}{branch}")
    }

    fn first_cseq(&self, rng: &mut fastrand::Rng) -> u32 {
        rng.u32(self.0.cseq_min..=self.0.cseq_max)
    }
}
