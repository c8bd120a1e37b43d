//! What a call received and how it answered, to recognise and answer retransmissions.

/// The most received messages that a call remembers.
const EXCHANGES_MAX: usize = 8;

/// The last received messages of a call, each with what was sent because of it.
#[derive(Debug, Default)]
pub(super) struct History {
    exchanges: Vec<Exchange>,
    /// How many of them are of this call: places are used again with their memory.
    used: usize,
    /// The one that the next new message replaces, once all are used.
    oldest: usize,
    /// The one whose answers are being sent.
    current: Option<usize>,
}

/// A received message and its answer.
#[derive(Debug, Default)]
struct Exchange {
    hash: u64,
    is_response: bool,
    /// What is sent when the message comes again: for a request the last response (RFC 3261
    /// 17.2.1, 17.2.2), for a response the ACK (RFC 3261 13.2.2.4).
    answer: Vec<u8>,
}

impl History {
    /// Forgets everything, for the next call.
    pub(super) fn clear(&mut self) {
        self.used = 0;
        self.oldest = 0;
        self.current = None;
    }

    /// The answer to a message that came before; empty if it had none.
    pub(super) fn answer_to(&self, hash: u64) -> Option<&[u8]> {
        self.exchanges[..self.used]
            .iter()
            .find(|exchange| exchange.hash == hash)
            .map(|exchange| exchange.answer.as_slice())
    }

    /// Notes a message that the call took.
    pub(super) fn received(&mut self, hash: u64, is_response: bool) {
        let at = if self.used < EXCHANGES_MAX {
            if self.exchanges.len() == self.used {
                self.exchanges.push(Exchange::default());
            }
            self.used += 1;
            self.used - 1
        } else {
            let at = self.oldest;
            self.oldest = (at + 1) % EXCHANGES_MAX;
            at
        };
        let exchange = &mut self.exchanges[at];
        exchange.hash = hash;
        exchange.is_response = is_response;
        exchange.answer.clear();
        self.current = Some(at);
    }

    /// Notes a message that was sent after the one received last.
    pub(super) fn sent(&mut self, parts: &[&[u8]]) {
        let Some(exchange) = self.current.and_then(|at| self.exchanges.get_mut(at)) else {
            return;
        };
        let first = parts.first().copied().unwrap_or_default();
        let answers = if exchange.is_response {
            exchange.answer.is_empty() && first.starts_with(b"ACK ")
        } else {
            first.starts_with(b"SIP/2.0 ")
        };
        if answers {
            exchange.answer.clear();
            for part in parts {
                exchange.answer.extend_from_slice(part);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_again_by_its_last_response() {
        let mut history = History::default();
        history.received(1, false);
        history.sent(&[b"SIP/2.0 180 Ringing\r\n", b"\r\n"]);
        history.sent(&[b"SIP/2.0 200 OK\r\n", b"\r\n"]);
        assert_eq!(history.answer_to(1), Some(&b"SIP/2.0 200 OK\r\n\r\n"[..]));
        assert_eq!(history.answer_to(2), None);
    }

    #[test]
    fn a_response_is_answered_again_by_the_ack_only() {
        let mut history = History::default();
        history.received(1, true);
        history.sent(&[b"ACK sip:a SIP/2.0\r\n"]);
        history.sent(&[b"BYE sip:a SIP/2.0\r\n"]);
        assert_eq!(history.answer_to(1), Some(&b"ACK sip:a SIP/2.0\r\n"[..]));
        history.received(2, true);
        history.sent(&[b"BYE sip:a SIP/2.0\r\n"]);
        assert_eq!(history.answer_to(2), Some(&b""[..]));
    }

    #[test]
    fn only_the_last_messages_are_remembered_and_the_next_call_begins_with_none() {
        let mut history = History::default();
        for hash in 0..20 {
            history.received(hash, false);
        }
        assert_eq!(history.answer_to(11), None);
        assert!((12..20).all(|hash| history.answer_to(hash).is_some()));
        history.clear();
        assert_eq!(history.answer_to(19), None);
    }
}
