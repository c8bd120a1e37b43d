//! Keeping a recording as a message.

use std::path::{Path, PathBuf};
use std::time::Instant;

use gannet_media::write_wav;

use super::state::Server;
use crate::event::PbxEvent;
use crate::media::length_of;

/// A WAV file that was written, or not.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) user: String,
    pub(crate) message: u64,
    pub(crate) file: PathBuf,
    pub(crate) result: std::io::Result<()>,
}

impl Server {
    /// Puts a recording into a mailbox, if it is long enough and there is room.
    pub(super) fn store(&mut self, now: Instant, user: &str, from: &str, samples: Vec<i16>) {
        let length = length_of(&samples);
        let room = self.config.limits.messages_per_mailbox_max;
        let known = self.directory.find(user).is_some();
        let mailbox = self.mailboxes.entry(user.to_owned()).or_default();
        let unwanted = if length < self.config.voicemail.recording_min {
            Some("too short")
        } else if mailbox.len() >= room {
            Some("the mailbox is full")
        } else if !known {
            Some("the user was removed")
        } else {
            None
        };
        if let Some(why) = unwanted {
            self.counters.voicemails_discarded += 1;
            let user = user.to_owned();
            return self.emit(PbxEvent::VoicemailDiscarded { user, length, why });
        }
        let wav = self
            .config
            .voicemail
            .directory
            .as_ref()
            .map(|directory| (directory.clone(), write_wav(&samples)));
        let message = mailbox.add(from, samples);
        self.counters.voicemails_stored += 1;
        if let Some((directory, wav)) = wav {
            self.write(user, message, &directory, wav);
        }
        self.emit(PbxEvent::VoicemailStored {
            user: user.to_owned(),
            from: from.to_owned(),
            length,
        });
        self.tell_mailbox(now, user);
    }

    /// Writes a file aside, so that calls go on meanwhile.
    fn write(&mut self, user: &str, message: u64, directory: &Path, wav: Vec<u8>) {
        let folder = directory.join(file_name(user));
        let at = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
        let name = format!("{}-{message}.wav", at.format("%Y%m%dT%H%M%SZ"));
        let user = user.to_owned();
        self.writes.spawn_blocking(move || {
            let file = folder.join(name);
            let result = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, wav));
            Written {
                user,
                message,
                file,
                result,
            }
        });
    }

    /// A file was written, or could not be.
    pub(super) fn handle_written(&mut self, written: Written) {
        let Written {
            user,
            message,
            file,
            result,
        } = written;
        match result {
            Ok(()) => {
                if let Some(mailbox) = self.mailboxes.get_mut(&user) {
                    mailbox.set_file(message, file);
                }
                self.changed();
            }
            Err(error) => self.emit(PbxEvent::Trouble {
                what: format!("cannot write {}: {error}", file.display()),
            }),
        }
    }
}

/// A user name as the name of a folder: nothing that leads elsewhere.
fn file_name(user: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || "-_+".contains(c) {
            c
        } else {
            '_'
        }
    };
    user.chars().map(safe).collect()
}
