//! The messages of a phone: everything sent and received, in order.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use gannet_events::Direction;
use gannet_sip::Message;
use gannet_ua::Target;
use tokio::sync::watch;

use crate::misbehaviour::IgnoredMessage;

/// Messages that are kept; the oldest go first.
const ENTRIES_MAX: usize = 65_536;

/// One message.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// Number within the phone, from 0, without gaps.
    pub seq: u64,
    /// When it was sent or received.
    pub at: Instant,
    /// Sent or received by this phone.
    pub direction: Direction,
    /// The other end.
    pub peer: Target,
    /// The message.
    pub message: Message,
    /// True if the same bytes crossed in the same direction before: a retransmission.
    pub repeated: bool,
}

/// The messages of one phone; clones share them.
#[derive(Debug, Clone)]
pub struct MessageLog {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    entries: Mutex<Entries>,
    next_seq: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Entries {
    list: VecDeque<Arc<LogEntry>>,
    seen: HashSet<u64>,
    next_seq: u64,
    ignored: VecDeque<Arc<IgnoredMessage>>,
}

impl MessageLog {
    pub(crate) fn new() -> Self {
        let shared = Shared {
            entries: Mutex::default(),
            next_seq: watch::Sender::new(0),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The number that the next message will get: a cursor for [`Self::wait_for`].
    pub fn next_seq(&self) -> u64 {
        *self.shared.next_seq.borrow()
    }

    /// All kept messages from this number on.
    pub fn since(&self, seq: u64) -> Vec<Arc<LogEntry>> {
        let entries = self.lock();
        let first = entries.list.front().map_or(0, |entry| entry.seq);
        // Numbers have no gaps, so the place follows from the number.
        let behind = usize::try_from(seq.saturating_sub(first)).unwrap_or(usize::MAX);
        entries.list.iter().skip(behind).cloned().collect()
    }

    /// All kept messages.
    pub fn all(&self) -> Vec<Arc<LogEntry>> {
        self.since(0)
    }

    /// The messages that came and of which the phone took no notice on purpose, oldest first: they
    /// have no number, and count as not received everywhere else.
    pub fn ignored(&self) -> Vec<Arc<IgnoredMessage>> {
        self.lock().ignored.iter().cloned().collect()
    }

    pub(crate) fn record_ignored(&self, at: Instant, peer: Target, message: Message) {
        let mut entries = self.lock();
        if entries.ignored.len() == ENTRIES_MAX {
            entries.ignored.pop_front();
        }
        let ignored = IgnoredMessage { at, peer, message };
        entries.ignored.push_back(Arc::new(ignored));
    }

    /// The first message from number `from_seq` on that fits, waiting for it until `deadline`.
    /// `None` if the time is over or the phone is gone.
    pub async fn wait_for(
        &self,
        from_seq: u64,
        deadline: Instant,
        mut fits: impl FnMut(&LogEntry) -> bool,
    ) -> Option<Arc<LogEntry>> {
        let mut changes = self.shared.next_seq.subscribe();
        let mut seq = from_seq;
        loop {
            changes.borrow_and_update();
            for entry in self.since(seq) {
                seq = entry.seq + 1;
                if fits(&entry) {
                    return Some(entry);
                }
            }
            let change = tokio::time::timeout_at(deadline.into(), changes.changed()).await;
            if !matches!(change, Ok(Ok(()))) {
                return None;
            }
        }
    }

    pub(crate) fn record(&self, at: Instant, direction: Direction, peer: Target, message: Message) {
        let mut entries = self.lock();
        let seq = entries.next_seq;
        entries.next_seq += 1;
        let repeated = !entries.seen.insert(fingerprint(direction, &message));
        let entry = LogEntry {
            seq,
            at,
            direction,
            peer,
            message,
            repeated,
        };
        if entries.list.len() == ENTRIES_MAX
            && let Some(oldest) = entries.list.pop_front()
        {
            entries
                .seen
                .remove(&fingerprint(oldest.direction, &oldest.message));
        }
        entries.list.push_back(Arc::new(entry));
        drop(entries);
        self.shared.next_seq.send_replace(seq + 1);
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        // Nothing that holds the lock can leave the list half changed.
        self.shared
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn fingerprint(direction: Direction, message: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    direction.hash(&mut hasher);
    message.bytes().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gannet_sip::{Method, Transport};

    use super::*;

    fn record(log: &MessageLog, text: &'static str) {
        let peer = Target::new(Transport::Udp, ([127, 0, 0, 1], 5060).into());
        log.record(
            Instant::now(),
            Direction::Received,
            peer,
            Message::parse(text.as_bytes()),
        );
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    #[tokio::test]
    async fn waiting_sees_old_and_new_messages_once() {
        let log = MessageLog::new();
        record(&log, "BYE sip:a SIP/2.0\r\n\r\n");
        let is_bye = |entry: &LogEntry| entry.message.method() == Some(Method::Bye);
        let first = log.wait_for(0, soon(), is_bye).await.expect("there");
        let writer = log.clone();
        let (second, ()) = tokio::join!(log.wait_for(first.seq + 1, soon(), is_bye), async move {
            record(&writer, "OPTIONS sip:a SIP/2.0\r\n\r\n");
            record(&writer, "BYE sip:a SIP/2.0\r\n\r\n");
        });
        let second = second.expect("came");
        assert_eq!(
            (second.seq, second.repeated, first.repeated),
            (2, true, false)
        );
        assert_eq!(
            (log.next_seq(), log.since(2).len(), log.all().len()),
            (3, 1, 3)
        );
    }

    #[tokio::test]
    async fn waiting_ends_at_its_deadline() {
        let log = MessageLog::new();
        assert!(log.wait_for(0, Instant::now(), |_| true).await.is_none());
    }
}
