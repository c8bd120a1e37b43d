//! Texts that came by MESSAGE (RFC 3428).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use crate::call::{CallHandle, RemoteParty};

/// Texts that are kept; the oldest go first.
const TEXTS_MAX: usize = 1024;

/// One text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextMessage {
    /// Number within the phone, from 0, without gaps.
    pub number: u64,
    /// Who sent it: From.
    pub from: RemoteParty,
    /// The text; octets that are no UTF-8 are replaced.
    pub text: String,
    /// The Call-ID of its MESSAGE.
    pub sip_call_id: String,
    /// The call inside which it came, if any.
    pub call: Option<CallHandle>,
    /// When it came.
    pub at: Instant,
}

/// The texts that a phone has received, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Inbox {
    texts: VecDeque<Arc<TextMessage>>,
    next: u64,
    expired: u64,
}

impl Inbox {
    pub(crate) const fn new() -> Self {
        Self {
            texts: VecDeque::new(),
            next: 0,
            expired: 0,
        }
    }

    /// The kept texts from this number on.
    pub fn since(&self, number: u64) -> impl Iterator<Item = &Arc<TextMessage>> {
        self.texts.iter().filter(move |text| text.number >= number)
    }

    /// The number that the next text will get.
    pub const fn next_number(&self) -> u64 {
        self.next
    }

    /// How many texts came whose time was over (RFC 3428 4): they are not shown.
    pub const fn expired(&self) -> u64 {
        self.expired
    }

    pub(crate) const fn count_expired(&mut self) {
        self.expired += 1;
    }

    /// Adds a text and numbers it.
    pub(crate) fn add(&mut self, mut text: TextMessage) {
        text.number = self.next;
        self.next += 1;
        if self.texts.len() == TEXTS_MAX {
            self.texts.pop_front();
        }
        self.texts.push_back(Arc::new(text));
    }
}

#[cfg(test)]
mod tests {
    use gannet_sip::Uri;

    use super::*;

    #[test]
    fn the_oldest_texts_go_and_numbers_stay() {
        let mut inbox = Inbox::new();
        for count in 0..=TEXTS_MAX {
            inbox.add(TextMessage {
                number: 0,
                from: RemoteParty {
                    display_name: None,
                    uri: Uri::sip(Some("bob"), "biloxi.com", None),
                },
                text: count.to_string(),
                sip_call_id: String::new(),
                call: None,
                at: Instant::now(),
            });
        }
        let first = inbox.since(0).next().expect("kept");
        assert_eq!((first.number, first.text.as_str()), (1, "1"));
        assert_eq!(inbox.since(1024).count(), 1);
        assert_eq!(inbox.next_number(), 1025);
    }
}
