//! The messages of a user.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use crate::media::length_of;
use crate::snapshot::VoicemailView;

/// One message.
#[derive(Debug, Clone)]
pub(crate) struct Voicemail {
    /// Number within the mailbox, never used again.
    pub(crate) id: u64,
    pub(crate) from: String,
    pub(crate) received_at: SystemTime,
    pub(crate) samples: Arc<[i16]>,
    pub(crate) heard: bool,
    pub(crate) file: Option<PathBuf>,
}

/// Messages, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    messages: Vec<Voicemail>,
    last: u64,
}

impl Mailbox {
    /// Adds a message and gives its number.
    pub(crate) fn add(&mut self, from: &str, samples: Vec<i16>) -> u64 {
        self.last += 1;
        self.messages.push(Voicemail {
            id: self.last,
            from: from.to_owned(),
            received_at: SystemTime::now(),
            samples: samples.into(),
            heard: false,
            file: None,
        });
        self.last
    }

    /// Marks a message as heard. True if it was not before.
    pub(crate) fn mark_heard(&mut self, id: u64) -> bool {
        let message = self.messages.iter_mut().find(|m| m.id == id);
        message.is_some_and(|message| !std::mem::replace(&mut message.heard, true))
    }

    /// The audio of a message.
    pub(crate) fn samples(&self, id: u64) -> Option<&[i16]> {
        let message = self.messages.iter().find(|m| m.id == id)?;
        Some(&message.samples)
    }

    /// Takes a message out.
    pub(crate) fn remove(&mut self, id: u64) -> Option<Voicemail> {
        let at = self.messages.iter().position(|m| m.id == id)?;
        Some(self.messages.remove(at))
    }

    /// Notes where a message was written.
    pub(crate) fn set_file(&mut self, id: u64, file: PathBuf) {
        if let Some(message) = self.messages.iter_mut().find(|m| m.id == id) {
            message.file = Some(file);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Numbers of new and of old messages.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let old = self.messages.iter().filter(|m| m.heard).count();
        (self.messages.len() - old, old)
    }

    /// New messages first.
    pub(crate) fn playing_order(&self) -> impl Iterator<Item = &Voicemail> {
        let of = |heard| self.messages.iter().filter(move |m| m.heard == heard);
        of(false).chain(of(true))
    }

    pub(crate) fn views(&self) -> Vec<VoicemailView> {
        let view = |message: &Voicemail| VoicemailView {
            from: message.from.clone(),
            received_at: message.received_at,
            length: length_of(&message.samples),
            heard: message.heard,
            samples: message.samples.clone(),
            file: message.file.clone(),
        };
        self.messages.iter().map(view).collect()
    }
}
