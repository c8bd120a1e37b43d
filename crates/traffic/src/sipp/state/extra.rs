//! What few calls have.

use gannet_scenario::sipp::model::TransactionId;

use super::Challenge;

/// What few calls have: made when the first of it is stored.
#[derive(Debug, Default)]
pub(in crate::sipp) struct Extra {
    /// `[routes]` without the name.
    pub(in crate::sipp) routes: Vec<u8>,
    /// `[next_url]`.
    pub(in crate::sipp) next_url: Vec<u8>,
    /// What `[authentication]` answers.
    pub(in crate::sipp) challenge: Challenge,
    /// SDES of audio and video, first and second line (RFC 4568).
    pub(in crate::sipp) crypto: Option<Box<[CryptoSlot; 4]>>,
    transactions: Vec<Begun>,
}

/// A crypto line of the call's own SDP.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::sipp) struct CryptoSlot {
    /// Octets of master key and salt that were drawn; none before.
    pub(in crate::sipp) key: Option<[u8; KEY_OCTETS]>,
}

/// Master key and salt of the suites of RFC 4568 6.2: 128 and 112 bits.
pub(in crate::sipp) const KEY_OCTETS: usize = 30;

/// A transaction that a request began.
#[derive(Debug, Default)]
struct Begun {
    branch: Vec<u8>,
    step: usize,
    is_used: bool,
}

impl Extra {
    pub(super) fn clear(&mut self) {
        self.routes.clear();
        self.next_url.clear();
        self.challenge.clear();
        if let Some(crypto) = &mut self.crypto {
            **crypto = Default::default();
        }
        for begun in &mut self.transactions {
            begun.is_used = false;
        }
    }

    pub(super) fn start_transaction(&mut self, id: TransactionId, branch: &[u8], step: usize) {
        if self.transactions.len() <= id.index() {
            self.transactions
                .resize_with(id.index() + 1, Begun::default);
        }
        let begun = &mut self.transactions[id.index()];
        begun.branch.clear();
        begun.branch.extend_from_slice(branch);
        begun.step = step;
        begun.is_used = true;
    }

    pub(super) fn transaction(&self, id: TransactionId) -> Option<(&[u8], usize)> {
        let begun = self.transactions.get(id.index())?;
        begun.is_used.then_some((&begun.branch[..], begun.step))
    }
}
