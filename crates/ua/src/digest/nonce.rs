//! Nonces that their server recognises without remembering them (RFC 7616 5.4).

use std::time::{Duration, Instant};

use super::Hash;

/// Digits of the time of issue, of the serial number and of the keyed hash.
const TIME_DIGITS: usize = 12;
const SERIAL_DIGITS: usize = 8;
const TAG_DIGITS: usize = 32;

/// Makes and recognises nonces: time of issue and serial number in the clear, and a keyed hash
/// over them. Nonces sort in the order of their issue.
#[derive(Debug, Clone)]
pub(super) struct NonceMint {
    secret: String,
    realm: String,
    epoch: Instant,
    serial: u32,
}

/// What a nonce is to its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NonceState {
    Fresh,
    Expired,
    /// Not made by this mint.
    Foreign,
}

impl NonceMint {
    pub(super) fn new(realm: &str, epoch: Instant, rng: &mut fastrand::Rng) -> Self {
        Self {
            secret: format!("{:032x}{:032x}", rng.u128(..), rng.u128(..)),
            realm: realm.to_owned(),
            epoch,
            serial: 0,
        }
    }

    pub(super) fn issue(&mut self, now: Instant) -> String {
        self.serial = self.serial.wrapping_add(1);
        let body = format!(
            "{:0TIME_DIGITS$x}{:0SERIAL_DIGITS$x}",
            self.age_of_mint(now),
            self.serial
        );
        let tag = self.tag(&body);
        body + &tag
    }

    pub(super) fn state(&self, now: Instant, nonce: &str, lifetime: Duration) -> NonceState {
        const BODY_DIGITS: usize = TIME_DIGITS + SERIAL_DIGITS;
        if nonce.len() != BODY_DIGITS + TAG_DIGITS || !nonce.is_ascii() {
            return NonceState::Foreign;
        }
        let (body, tag) = nonce.split_at(BODY_DIGITS);
        if tag != self.tag(body) {
            return NonceState::Foreign;
        }
        if self.has_expired(now, nonce, lifetime) {
            NonceState::Expired
        } else {
            NonceState::Fresh
        }
    }

    /// Whether a nonce that this mint has made is too old.
    pub(super) fn has_expired(&self, now: Instant, own: &str, lifetime: Duration) -> bool {
        let issued = own.get(..TIME_DIGITS);
        let issued = issued.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let age = self.age_of_mint(now).saturating_sub(issued.unwrap_or(0));
        Duration::from_millis(age) > lifetime
    }

    fn age_of_mint(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.epoch).as_millis() as u64
    }

    /// A prefix-keyed hash is safe here: SHA-512/256 does not reveal its whole state, so it
    /// cannot be extended.
    fn tag(&self, body: &str) -> String {
        let mut tag = Hash::Sha512_256.hex_joined(&[
            self.secret.as_bytes(),
            body.as_bytes(),
            self.realm.as_bytes(),
        ]);
        tag.truncate(TAG_DIGITS);
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Some instant to count from.
    #[expect(
        clippy::disallowed_methods,
        reason = "an Instant comes from nowhere else"
    )]
    fn epoch() -> Instant {
        Instant::now()
    }

    #[test]
    fn own_nonces_are_fresh_until_their_lifetime_is_over() {
        let epoch = epoch();
        let mut mint = NonceMint::new("r", epoch, &mut fastrand::Rng::with_seed(1));
        let lifetime = Duration::from_mins(1);
        let nonce = mint.issue(epoch + Duration::from_secs(5));
        let at = |secs| mint.state(epoch + Duration::from_secs(secs), &nonce, lifetime);
        assert_eq!(at(5), NonceState::Fresh);
        assert_eq!(at(65), NonceState::Fresh);
        assert_eq!(at(66), NonceState::Expired);
    }

    #[test]
    fn any_changed_digit_makes_a_nonce_foreign() {
        let epoch = epoch();
        let mut mint = NonceMint::new("r", epoch, &mut fastrand::Rng::with_seed(1));
        let nonce = mint.issue(epoch);
        for index in 0..nonce.len() {
            let mut changed = nonce.clone().into_bytes();
            changed[index] = if changed[index] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).unwrap();
            let state = mint.state(epoch, &changed, Duration::from_mins(1));
            assert_eq!(state, NonceState::Foreign, "digit {index}");
        }
        let other = NonceMint::new("r", epoch, &mut fastrand::Rng::with_seed(2));
        assert_eq!(
            other.state(epoch, &nonce, Duration::MAX),
            NonceState::Foreign
        );
    }

    #[test]
    fn nonces_of_one_moment_differ_and_sort_by_issue() {
        let epoch = epoch();
        let mut mint = NonceMint::new("r", epoch, &mut fastrand::Rng::with_seed(1));
        let nonces: Vec<String> = (0..20)
            .map(|i| mint.issue(epoch + Duration::from_millis(i / 4)))
            .collect();
        assert!(nonces.is_sorted_by(|a, b| a < b));
    }
}
