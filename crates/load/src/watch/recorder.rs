//! The messages of calls, until it is known whether they failed.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use gannet_report::load::{ExampleMessage, FailureExample};

use super::Examples;

/// Calls that are followed at once. More open calls are not followed: those that fail again and
/// again are met among these too.
const CALLS_MAX: usize = 1_024;
/// Octets that are kept of a call.
const CALL_BYTES_MAX: usize = 32 << 10;
/// Messages that are kept of a call.
const CALL_MESSAGES_MAX: usize = 100;

/// Follows some calls. What it keeps of a call is used again for the next one, so that it allocates
/// nothing once it is warm.
#[derive(Debug)]
pub(crate) struct Recorder {
    hasher: RandomState,
    open: HashMap<u64, Followed>,
    free: Vec<Followed>,
    examples: Examples,
    own: String,
    peer: String,
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
            hasher: RandomState::new(),
            open: HashMap::with_capacity(CALLS_MAX),
            free: Vec::new(),
            examples,
            own,
            peer: peer.unwrap_or_else(|| "peer".to_owned()),
        }
    }

    /// A call sent or received a message. A call that is not followed yet is from now on, if it
    /// begins and there is room.
    pub(crate) fn message(
        &mut self,
        call_id: &[u8],
        sent: bool,
        transport: &'static str,
        message: &[u8],
    ) {
        if self.examples.is_full() {
            return;
        }
        let key = self.hasher.hash_one(call_id);
        let is_room = self.open.len() < CALLS_MAX;
        let call = match self.open.entry(key) {
            std::collections::hash_map::Entry::Occupied(found) => found.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) if is_room => {
                place.insert(self.free.pop().unwrap_or_default())
            }
            std::collections::hash_map::Entry::Vacant(_) => return,
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
        call.bytes.clear();
        call.messages.clear();
        call.left_out = 0;
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
        for number in 0..CALLS_MAX + 5 {
            recorder.message(&number.to_be_bytes(), true, "UDP", b"x");
        }
        assert_eq!(recorder.open.len(), CALLS_MAX);
        let first = 0_usize.to_be_bytes();
        for _ in 0..200 {
            recorder.message(&first, true, "UDP", &[b'y'; 1_000]);
        }
        recorder.failed(&first, || "step".to_owned());
        recorder.ended(&first);
        let kept = examples.after(0);
        assert_eq!(kept[0].messages.len(), 33);
        assert_eq!(kept[0].left_out, 168);
    }
}
