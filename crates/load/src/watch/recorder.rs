//! The messages of calls, until it is known whether they failed.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use foldhash::fast::RandomState;
use gannet_report::load::{ExampleMessage, FailureExample};

use super::Examples;

/// Calls that are followed at once. More open calls are not followed: those that fail again and
/// again are met among these too.
const CALLS_MAX: usize = 1_024;
/// Calls that are taken of those that begin in a second: at the highest rates a few of a hundred, so
/// that following them costs next to nothing.
const BEGINS_PER_S_MAX: usize = 500;
/// Octets that are kept of a call.
const CALL_BYTES_MAX: usize = 32 << 10;
/// Messages that are kept of a call.
const CALL_MESSAGES_MAX: usize = 100;

/// Follows some calls. What it keeps of a call is used again for the next one, so that it allocates
/// nothing once it is warm.
#[derive(Debug)]
pub(crate) struct Recorder {
    hasher: RandomState,
    /// By the hash of the Call-ID.
    open: HashMap<u64, Followed, BuildHasherDefault<Same>>,
    /// When the second began in which so many calls were taken.
    second: SystemTime,
    begun: usize,
    free: Vec<Followed>,
    examples: Examples,
    own: String,
    peer: String,
}

/// A hash is a hash already.
#[derive(Debug, Default)]
struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[derive(Debug, Default)]
struct Followed {
    bytes: Vec<u8>,
    messages: Vec<Kept>,
    left_out: u64,
    failed: Option<(String, SystemTime)>,
}

#[derive(Debug)]
struct Kept {
    at: SystemTime,
    sent: bool,
    transport: &'static str,
    end: usize,
}

impl Recorder {
    /// For a run at an address, with a peer if there is one.
    pub(crate) fn new(examples: Examples, own: String, peer: Option<String>) -> Self {
        Self {
            hasher: RandomState::default(),
            open: HashMap::default(),
            second: UNIX_EPOCH,
            begun: 0,
            free: Vec::new(),
            examples,
            own,
            peer: peer.unwrap_or_else(|| "peer".to_owned()),
        }
    }

    /// A call begins: it is followed if there is room, and if not too many have begun lately.
    pub(crate) fn begun(&mut self, call_id: &[u8]) {
        if self.examples.is_full() || self.open.len() >= CALLS_MAX {
            return;
        }
        let key = self.hasher.hash_one(call_id);
        if self.open.contains_key(&key) {
            return;
        }
        let now = SystemTime::now();
        let since = now.duration_since(self.second).unwrap_or_default();
        if since >= Duration::from_secs(1) {
            self.second = now;
            self.begun = 0;
        }
        if self.begun >= BEGINS_PER_S_MAX {
            return;
        }
        self.begun += 1;
        self.open.insert(key, self.free.pop().unwrap_or_default());
    }

    /// A call sent or received a message.
    #[inline]
    pub(crate) fn message(
        &mut self,
        call_id: &[u8],
        sent: bool,
        transport: &'static str,
        message: &[u8],
    ) {
        if self.open.is_empty() {
            return;
        }
        let key = self.hasher.hash_one(call_id);
        let Some(call) = self.open.get_mut(&key) else {
            return;
        };
        let is_full = call.messages.len() >= CALL_MESSAGES_MAX
            || call.bytes.len() + message.len() > CALL_BYTES_MAX;
        if is_full {
            call.left_out += 1;
            return;
        }
        call.bytes.extend_from_slice(message);
        call.messages.push(Kept {
            at: SystemTime::now(),
            sent,
            transport,
            end: call.bytes.len(),
        });
    }

    /// A call failed; `place` says where. What it still sends is kept too.
    pub(crate) fn failed(&mut self, call_id: &[u8], place: impl FnOnce() -> String) {
        let key = self.hasher.hash_one(call_id);
        if let Some(call) = self.open.get_mut(&key) {
            call.failed
                .get_or_insert_with(|| (place(), SystemTime::now()));
        }
    }

    /// A call is over.
    pub(crate) fn ended(&mut self, call_id: &[u8]) {
        let key = self.hasher.hash_one(call_id);
        let Some(mut call) = self.open.remove(&key) else {
            return;
        };
        if let Some((place, at)) = call.failed.take()
            && self.examples.wants(&place)
        {
            let example = self.example(call_id, place, at, &call);
            self.examples.keep(example);
        }
        self.give_back(call);
    }

    fn give_back(&mut self, mut call: Followed) {
        call.bytes.clear();
        call.messages.clear();
        call.left_out = 0;
        call.failed = None;
        self.free.push(call);
    }

    fn example(
        &self,
        call_id: &[u8],
        place: String,
        at: SystemTime,
        call: &Followed,
    ) -> FailureExample {
        let mut start = 0;
        let messages = call.messages.iter().map(|kept| {
            let bytes = &call.bytes[start..kept.end];
            start = kept.end;
            ExampleMessage {
                at_us: micros(kept.at),
                sent: kept.sent,
                transport: kept.transport.to_owned(),
                text: String::from_utf8_lossy(bytes).into_owned(),
            }
        });
        FailureExample {
            call_id: String::from_utf8_lossy(call_id).into_owned(),
            own: self.own.clone(),
            peer: self.peer.clone(),
            place,
            at_ms: micros(at) / 1_000,
            messages: messages.collect(),
            left_out: call.left_out,
        }
    }
}

fn micros(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failures_of_a_place_are_kept_with_all_their_messages() {
        let examples = Examples::default();
        let mut recorder = Recorder::new(examples.clone(), "here".into(), None);
        for number in 0..10 {
            let call_id = format!("call-{number}");
            recorder.begun(call_id.as_bytes());
            recorder.message(call_id.as_bytes(), true, "UDP", b"INVITE");
            recorder.message(call_id.as_bytes(), false, "UDP", b"503");
            if number % 2 == 1 {
                recorder.failed(call_id.as_bytes(), || "step 2".to_owned());
            }
            recorder.message(call_id.as_bytes(), true, "UDP", b"ACK");
            recorder.ended(call_id.as_bytes());
        }
        let kept = examples.after(0);
        let ids: Vec<_> = kept.iter().map(|example| &*example.call_id).collect();
        assert_eq!(ids, ["call-1", "call-3", "call-5"]);
        let texts: Vec<_> = kept[2].messages.iter().map(|it| &*it.text).collect();
        assert_eq!(texts, ["INVITE", "503", "ACK"]);
        assert!(recorder.open.is_empty());
        assert_eq!(recorder.free.len(), 1);
    }

    #[test]
    fn calls_and_messages_are_bounded() {
        let examples = Examples::default();
        let mut recorder = Recorder::new(examples.clone(), "here".into(), None);
        for number in 0..BEGINS_PER_S_MAX + 5 {
            recorder.begun(&number.to_be_bytes());
            recorder.message(&number.to_be_bytes(), true, "UDP", b"x");
        }
        assert!(recorder.open.len() >= BEGINS_PER_S_MAX);
        for number in 0..2 * CALLS_MAX {
            recorder.begun = 0;
            recorder.begun(&number.to_be_bytes());
        }
        assert_eq!(recorder.open.len(), CALLS_MAX);
        // One that was not there at its beginning is not followed from its middle on.
        recorder.message(b"other", true, "UDP", b"ACK");
        assert_eq!(recorder.open.len(), CALLS_MAX);
        let first = 0_usize.to_be_bytes();
        recorder.begun = 0;
        recorder.ended(&first);
        recorder.begun(&first);
        for _ in 0..200 {
            recorder.message(&first, true, "UDP", &[b'y'; 1_000]);
        }
        recorder.failed(&first, || "step".to_owned());
        recorder.ended(&first);
        let kept = examples.after(0);
        assert_eq!(kept[0].messages.len(), 32);
        assert_eq!(kept[0].left_out, 168);
    }
}
