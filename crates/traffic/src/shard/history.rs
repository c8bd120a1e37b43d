//! What a call received and how it answered, to recognise and answer retransmissions.

use super::cseq::CSeq;

/// The most received messages that a call remembers.
const EXCHANGES_MAX: usize = 8;

/// What kind of message was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    #[default]
    Request,
    Provisional,
    Final,
}

/// The last received messages of a call, each with what was sent because of it.
#[derive(Debug, Default)]
pub(super) struct History {
    exchanges: Vec<Exchange>,
    /// How many of them are of this call: places are used again with their memory.
    used: usize,
    /// The one received last.
    newest: usize,
}

/// A received message and its answer.
#[derive(Debug, Default)]
struct Exchange {
    hash: u64,
    kind: Kind,
    cseq: Option<CSeq>,
    /// What is sent when the message comes again: for a request the last response (RFC 3261
    /// 17.2.1, 17.2.2), for a final response the ACK (RFC 3261 13.2.2.4, 17.1.1.2).
    answer: Vec<u8>,
}

impl History {
    /// Forgets everything, for the next call.
    pub(super) fn clear(&mut self) {
        self.used = 0;
        self.newest = 0;
    }

    /// The answer to a message that came before; empty if it had none.
    pub(super) fn answer_to(&self, hash: u64) -> Option<&[u8]> {
        self.exchanges[..self.used]
            .iter()
            .find(|exchange| exchange.hash == hash)
            .map(|exchange| exchange.answer.as_slice())
    }

    /// Notes a message that the call took.
    pub(super) fn received(&mut self, hash: u64, kind: Kind, cseq: Option<CSeq>) {
        let at = if self.used < EXCHANGES_MAX {
            if self.exchanges.len() == self.used {
                self.exchanges.push(Exchange::default());
            }
            self.used += 1;
            self.used - 1
        } else {
            (self.newest + 1) % EXCHANGES_MAX
        };
        let exchange = &mut self.exchanges[at];
        exchange.hash = hash;
        exchange.kind = kind;
        exchange.cseq = cseq;
        exchange.answer.clear();
        self.newest = at;
    }

    /// Notes a message that was sent. It answers the message of the same transaction; if its CSeq
    /// fits to none, the one received last.
    pub(super) fn sent(&mut self, parts: &[&[u8]]) {
        let header = parts.first().copied().unwrap_or_default();
        let is_response = header.starts_with(b"SIP/2.0 ");
        if self.used == 0 || !is_response && !header.starts_with(b"ACK ") {
            return;
        }
        let cseq = CSeq::of(header);
        let wanted = if is_response {
            Kind::Request
        } else {
            Kind::Final
        };
        let belongs = |exchange: &Exchange| match (exchange.cseq, cseq) {
            _ if exchange.kind != wanted => false,
            (Some(theirs), Some(ours)) if is_response => theirs == ours,
            // The ACK has the number of the INVITE (RFC 3261 13.2.2.4).
            (Some(theirs), Some(ours)) => theirs.is_invite() && theirs.number == ours.number,
            _ => false,
        };
        let from_newest = (0..self.used).map(|back| (self.newest + self.used - back) % self.used);
        let found = from_newest
            .map(|at| (at, &self.exchanges[at]))
            .find(|(_, exchange)| belongs(exchange))
            .map(|(at, _)| at);
        let exchange = &mut self.exchanges[found.unwrap_or(self.newest)];
        if exchange.kind == wanted && (is_response || exchange.answer.is_empty()) {
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

    fn cseq(text: &str) -> Option<CSeq> {
        CSeq::of(format!("CSeq: {text}").as_bytes())
    }

    #[test]
    fn a_request_is_answered_again_by_its_last_response() {
        let mut history = History::default();
        history.received(1, Kind::Request, None);
        history.sent(&[b"SIP/2.0 180 Ringing\r\n", b"\r\n"]);
        history.sent(&[b"SIP/2.0 200 OK\r\n", b"\r\n"]);
        assert_eq!(history.answer_to(1), Some(&b"SIP/2.0 200 OK\r\n\r\n"[..]));
        assert_eq!(history.answer_to(2), None);
    }

    #[test]
    fn a_response_is_answered_again_by_the_ack_only() {
        let mut history = History::default();
        history.received(9, Kind::Provisional, None);
        history.sent(&[b"ACK sip:no SIP/2.0\r\n"]);
        assert_eq!(history.answer_to(9), Some(&b""[..]));
        history.received(1, Kind::Final, None);
        history.sent(&[b"ACK sip:a SIP/2.0\r\n"]);
        history.sent(&[b"BYE sip:a SIP/2.0\r\n"]);
        assert_eq!(history.answer_to(1), Some(&b"ACK sip:a SIP/2.0\r\n"[..]));
        history.received(2, Kind::Final, None);
        history.sent(&[b"BYE sip:a SIP/2.0\r\n"]);
        assert_eq!(history.answer_to(2), Some(&b""[..]));
    }

    #[test]
    fn answers_go_to_the_transaction_that_they_belong_to() {
        let mut history = History::default();
        history.received(1, Kind::Request, cseq("1 INVITE"));
        history.sent(&[b"SIP/2.0 183 P\r\nCSeq: 1 INVITE\r\n"]);
        history.received(2, Kind::Request, cseq("2 PRACK"));
        history.sent(&[b"SIP/2.0 200 P\r\nCSeq: 2 PRACK\r\n"]);
        history.sent(&[b"SIP/2.0 200 I\r\nCSeq: 1 INVITE\r\n"]);
        let answer = |history: &History, hash: u64| {
            let answer = history.answer_to(hash).unwrap_or_default().to_vec();
            String::from_utf8(answer).expect("made of text")
        };
        assert!(answer(&history, 1).starts_with("SIP/2.0 200 I"));
        assert!(answer(&history, 2).starts_with("SIP/2.0 200 P"));

        history.received(3, Kind::Final, cseq("7 INVITE"));
        history.received(4, Kind::Provisional, cseq("7 INVITE"));
        history.received(5, Kind::Final, cseq("8 INFO"));
        history.sent(&[b"ACK sip:a SIP/2.0\r\nCSeq: 7 ACK\r\n"]);
        assert!(answer(&history, 3).starts_with("ACK"));
        assert_eq!(answer(&history, 4), "");
        assert_eq!(answer(&history, 5), "");
    }

    #[test]
    fn only_the_last_messages_are_remembered_and_the_next_call_begins_with_none() {
        let mut history = History::default();
        for hash in 0..20 {
            history.received(hash, Kind::Request, None);
        }
        assert_eq!(history.answer_to(11), None);
        assert!((12..20).all(|hash| history.answer_to(hash).is_some()));
        history.sent(&[b"SIP/2.0 200 OK\r\n"]);
        assert_eq!(history.answer_to(18), Some(&b""[..]));
        assert_eq!(history.answer_to(19), Some(&b"SIP/2.0 200 OK\r\n"[..]));
        history.clear();
        assert_eq!(history.answer_to(19), None);
    }
}
