//! A phone as the steps of a scenario see it.

use std::sync::atomic::{AtomicU64, Ordering};

use gannet_phone::Phone;

/// Who a phone is at its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// User part of the address-of-record.
    pub user: String,
    /// Its domain.
    pub domain: String,
    /// User name of the credentials.
    pub auth_user: String,
    /// The password, if there is one.
    pub password: Option<String>,
    /// The name of the server.
    pub server: String,
}

impl Account {
    /// The address-of-record.
    pub fn aor(&self) -> String {
        format!("sip:{}@{}", self.user, self.domain)
    }
}

/// A phone of the scenario, and how far its messages have been looked at.
#[derive(Debug)]
pub struct Actor {
    /// The phone.
    pub phone: Phone,
    account: Account,
    cursor: AtomicU64,
}

impl Actor {
    pub(super) fn new(phone: Phone, account: Account) -> Self {
        Self {
            phone,
            account,
            cursor: AtomicU64::new(0),
        }
    }

    /// The name that the feature gives it.
    pub fn name(&self) -> &str {
        self.phone.name()
    }

    /// Who it is at its server.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The number of the first message that no step has consumed.
    pub fn cursor(&self) -> u64 {
        self.cursor.load(Ordering::Relaxed)
    }

    /// Consumes the messages before number `seq`; never gives any back.
    pub fn consume_to(&self, seq: u64) {
        self.cursor.fetch_max(seq, Ordering::Relaxed);
    }
}
