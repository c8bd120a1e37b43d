//! The documents that a phone writes about itself.

use gannet_sip::Uri;
use gannet_ua::bodies::{
    Activity, Basic, DialogDirection, DialogEntry, DialogInfo, DialogStage, Note, Participant,
    Person, Presence, Tuple,
};

use crate::call::{CallDirection, CallRecord, CallState};

/// What people choose on their phones, and the activity that it is (RFC 4480 3.2). What has no
/// activity of its own is `other`, with the words as its text.
const ACTIVITIES: [(&str, &str); 8] = [
    ("Busy", "busy"),
    ("Away", "away"),
    ("Not Available", "away"),
    ("Do Not Disturb", "busy"),
    ("On Holiday", "holiday"),
    ("On Vacation", "vacation"),
    ("On The Phone", "on-the-phone"),
    ("In A Meeting", "meeting"),
];

/// The presence of somebody who says `words`: a tuple that is always open, a person with the
/// activity that the words stand for, and the words as a note of both. `Available` is no activity.
pub fn presence_document(entity: &Uri, words: &str) -> Presence {
    let note = Note::new(words);
    let known = ACTIVITIES
        .iter()
        .find(|(said, _)| said.eq_ignore_ascii_case(words));
    let activities = match known {
        Some((_, name)) => vec![Activity::new(*name)],
        None if words.eq_ignore_ascii_case("Available") => Vec::new(),
        None => vec![Activity::other(words)],
    };
    Presence {
        tuples: vec![Tuple {
            id: "phone".to_owned(),
            basic: Some(Basic::Open),
            notes: vec![note.clone()],
            ..Tuple::default()
        }],
        persons: vec![Person {
            id: "person".to_owned(),
            activities,
            notes: vec![note],
            ..Person::default()
        }],
        ..Presence::new(entity.to_string())
    }
}

/// The calls that a phone tells those who watch its dialogs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ToldCalls(Vec<DialogEntry>);

impl ToldCalls {
    /// Of these calls: those that are open, and those that have ended but were told as open before.
    pub(crate) fn of<'a>(calls: impl Iterator<Item = &'a CallRecord>, before: &Self) -> Self {
        let told = |id: &str| {
            let mut open = before.0.iter();
            open.any(|dialog| dialog.id == id && dialog.stage != DialogStage::Terminated)
        };
        let entries = calls.map(entry);
        let shown =
            |dialog: &DialogEntry| dialog.stage != DialogStage::Terminated || told(&dialog.id);
        Self(entries.filter(shown).collect())
    }

    /// Those that have not ended.
    pub(crate) fn open(&self) -> Self {
        let open = |dialog: &&DialogEntry| dialog.stage != DialogStage::Terminated;
        Self(self.0.iter().filter(open).cloned().collect())
    }

    /// Whether the phone is in a call.
    pub(crate) fn is_talking(&self) -> bool {
        let mut dialogs = self.0.iter();
        dialogs.any(|dialog| dialog.stage == DialogStage::Confirmed)
    }
}

/// The calls as a document that tells all of them.
pub(crate) fn dialog_document(entity: &Uri, version: u32, calls: &ToldCalls) -> DialogInfo {
    DialogInfo {
        version,
        full: true,
        entity: entity.to_string(),
        dialogs: calls.0.clone(),
        others: Vec::new(),
    }
}

fn entry(call: &CallRecord) -> DialogEntry {
    let stage = match call.state {
        CallState::Calling => DialogStage::Trying,
        CallState::Ringing | CallState::Incoming => DialogStage::Early,
        CallState::Answered => DialogStage::Confirmed,
        CallState::Ended(_) => DialogStage::Terminated,
    };
    DialogEntry {
        call_id: Some(call.sip_call_id.clone()),
        direction: Some(match call.direction {
            CallDirection::Outgoing => DialogDirection::Initiator,
            CallDirection::Incoming => DialogDirection::Recipient,
        }),
        remote: Some(Participant::new(call.remote.uri.to_string())),
        ..DialogEntry::new(call.handle.0.to_string(), stage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(words: &str) -> Presence {
        let uri = Uri::parse("sip:alice@biloxi.test").expect("a URI");
        let written = presence_document(&uri, words).to_xml();
        Presence::parse(written.as_bytes()).expect("our own")
    }

    #[test]
    fn words_become_activities_and_notes() {
        let table = [
            ("Away", Some("away"), None),
            ("do not disturb", Some("busy"), None),
            ("On Vacation", Some("vacation"), None),
            ("After Hours", Some("other"), Some("After Hours")),
            ("a < b & \"c\"", Some("other"), Some("a < b & \"c\"")),
            ("Available", None, None),
        ];
        for (words, activity, text) in table {
            let presence = document(words);
            assert_eq!(presence.entity, "sip:alice@biloxi.test");
            assert_eq!(presence.basic(), Some(Basic::Open), "{words}");
            assert!(presence.all_notes().all(|note| note.text == words));
            assert_eq!(presence.all_notes().count(), 2);
            let first = presence.activities().next();
            assert_eq!(first.map(|it| it.name.as_str()), activity, "{words}");
            assert_eq!(first.and_then(|it| it.text.as_deref()), text, "{words}");
        }
    }
}
