//! Globally routable user agent URIs (RFC 5627): minting them, and who is behind one.

use std::collections::{BTreeMap, VecDeque};

use gannet_sip::Uri;

use super::state::Server;

/// Temporary GRUUs of one instance that are good at the same time; the oldest end first.
const TEMPORARY_MAX: usize = 64;
/// How the user part of a temporary GRUU begins.
const TEMPORARY_PREFIX: &str = "tgruu.";

/// Who is behind a GRUU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The user.
    pub(crate) user: String,
    /// The value of `gr` for the instance.
    pub(crate) gr: String,
}

/// The temporary GRUUs that are good.
#[derive(Debug, Default)]
pub(crate) struct TemporaryGruus {
    by_token: BTreeMap<String, Owner>,
    by_owner: BTreeMap<(String, String), Granted>,
}

#[derive(Debug, Default)]
struct Granted {
    /// The Call-ID of the registration: with another one all earlier GRUUs end (RFC 5627 5.1).
    call_id: String,
    tokens: VecDeque<String>,
}

impl TemporaryGruus {
    /// One more for an instance that registers. The earlier ones stay good.
    fn mint(&mut self, owner: Owner, call_id: &str, rng: &mut fastrand::Rng) {
        let key = (owner.user.clone(), owner.gr.clone());
        let granted = self.by_owner.entry(key).or_default();
        if granted.call_id != call_id {
            call_id.clone_into(&mut granted.call_id);
            for old in granted.tokens.drain(..) {
                self.by_token.remove(&old);
            }
        }
        let token = format!("{TEMPORARY_PREFIX}{:032x}", rng.u128(..));
        self.by_token.insert(token.clone(), owner);
        granted.tokens.push_back(token);
        if granted.tokens.len() > TEMPORARY_MAX
            && let Some(old) = granted.tokens.pop_front()
        {
            self.by_token.remove(&old);
        }
    }

    fn newest(&self, owner: &Owner) -> Option<&str> {
        let key = (owner.user.clone(), owner.gr.clone());
        Some(self.by_owner.get(&key)?.tokens.back()?)
    }

    /// The instance is not registered any more (RFC 5627 5.3).
    fn forget(&mut self, owner: &Owner) {
        let key = (owner.user.clone(), owner.gr.clone());
        for old in self.by_owner.remove(&key).unwrap_or_default().tokens {
            self.by_token.remove(&old);
        }
    }
}

impl Server {
    /// A new temporary GRUU for an instance that registers.
    pub(super) fn mint_gruu(&mut self, user: &str, instance: &str, call_id: &str) {
        let owner = owner(user, instance);
        self.gruus.mint(owner, call_id, &mut self.rng);
    }

    /// The parameters of a Contact value that tell an instance its GRUUs (RFC 5627 5.2).
    pub(super) fn gruu_params(&self, user: &str, instance: &str) -> String {
        let owner = owner(user, instance);
        let mut public = Uri::sip(Some(user), &self.config.domain, None);
        public.params.set("gr", owner.gr.as_str());
        let mut params = format!(";pub-gruu=\"{public}\"");
        if let Some(token) = self.gruus.newest(&owner) {
            let mut temporary = Uri::sip(Some(token), &self.config.domain, None);
            temporary.params.set_flag("gr");
            params = format!("{params};temp-gruu=\"{temporary}\"");
        }
        params
    }

    /// The last binding of an instance is gone, and with it its temporary GRUUs.
    pub(super) fn forget_gruus(&mut self, user: &str, instance: &str) {
        self.gruus.forget(&owner(user, instance));
    }

    /// Who is behind a URI of ours, if it is a GRUU: `None` too if nobody is.
    pub(super) fn gruu_owner(&self, uri: &Uri) -> Option<Owner> {
        if !self.config.registrar.gruu || !uri.params.has("gr") {
            return None;
        }
        let name = uri.user_decoded()?;
        match uri.params.get("gr") {
            Some(gr) => Some(Owner {
                user: self.directory.find(&name)?.user.name.clone(),
                gr: gr.to_owned(),
            }),
            None => self.gruus.by_token.get(&name).cloned(),
        }
    }
}

fn owner(user: &str, instance: &str) -> Owner {
    Owner {
        user: user.to_owned(),
        gr: gr_of(instance),
    }
}

/// The value of `gr` for an instance: its URN as it is, with everything escaped that may not stand in a
/// URI parameter (RFC 3261 25.1 paramchar).
pub(super) fn gr_of(instance: &str) -> String {
    let urn = instance.trim_start_matches('<').trim_end_matches('>');
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.!~*'()[]/:&+$".contains(&octet);
    urn.bytes().fold(String::new(), |mut out, octet| {
        if plain(octet) {
            out.push(char::from(octet));
        } else {
            let digit = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
            out.extend(['%', digit(octet >> 4), digit(octet & 0xf)]);
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_gruus_end_with_the_call_id_and_with_the_registration() {
        let mut rng = fastrand::Rng::with_seed(1);
        let mut gruus = TemporaryGruus::default();
        let phone = owner("alice", "<urn:uuid:1>");
        let mut minted = Vec::new();
        for _ in 0..2 {
            gruus.mint(phone.clone(), "c", &mut rng);
            minted.push(gruus.newest(&phone).expect("minted").to_owned());
        }
        assert_ne!(minted[0], minted[1]);
        assert!(
            minted
                .iter()
                .all(|token| gruus.by_token.get(token) == Some(&phone))
        );
        gruus.mint(phone.clone(), "d", &mut rng);
        assert!(
            minted
                .iter()
                .all(|token| !gruus.by_token.contains_key(token))
        );
        gruus.forget(&phone);
        assert_eq!((gruus.by_token.len(), gruus.newest(&phone)), (0, None));
        for _ in 0..=TEMPORARY_MAX {
            gruus.mint(phone.clone(), "e", &mut rng);
        }
        assert_eq!(gruus.by_token.len(), TEMPORARY_MAX);
    }

    #[test]
    fn instances_become_parameters() {
        let uuid = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
        assert_eq!(gr_of(&format!("<{uuid}>")), uuid);
        assert_eq!(gr_of("<urn:x:a;b=c>"), "urn:x:a%3Bb%3Dc");
    }
}
