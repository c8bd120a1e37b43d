//! What a service plays, and what happens when.

use std::time::Duration;

use gannet_media::Source;

use super::mailbox::Mailbox;
use crate::media::{goodbye, greeting, length_of, melody, message_separator, no_messages, silence};

/// How long the server goes on after the last sound, so that its end is heard.
const TAIL: Duration = Duration::from_millis(300);

/// The course of a service.
#[derive(Debug)]
pub(crate) struct Programme {
    /// What is played.
    pub(crate) source: Source,
    /// Record for so long at most once it has been played.
    pub(crate) record: Option<Duration>,
    /// When the server hangs up, from the start.
    pub(crate) length: Option<Duration>,
    /// Messages and when they have been played to their end, from the start; earliest first.
    pub(crate) heard: Vec<(Duration, u64)>,
}

impl Programme {
    /// Sends back what comes in.
    pub(crate) fn echo() -> Self {
        Self::endless(Source::Echo)
    }

    /// Plays a melody again and again.
    pub(crate) fn music() -> Self {
        Self::endless(Source::repeated(melody()))
    }

    /// Says that something was set.
    pub(crate) fn confirmation() -> Self {
        let samples = message_separator();
        Self {
            length: Some(length_of(&samples) + TAIL),
            source: Source::once(samples),
            record: None,
            heard: Vec::new(),
        }
    }

    /// Greets, then records.
    pub(crate) fn voicemail(recording_max: Duration) -> Self {
        let greeting = greeting();
        Self {
            length: Some(length_of(&greeting) + recording_max + TAIL),
            source: Source::once(greeting),
            record: Some(recording_max),
            heard: Vec::new(),
        }
    }

    /// Plays the messages, new ones first, oldest first; then hangs up.
    pub(crate) fn mailbox(mailbox: &Mailbox) -> Self {
        let mut samples = silence(Duration::from_millis(300));
        let mut heard = Vec::new();
        for message in mailbox.playing_order() {
            samples.extend(message_separator());
            samples.extend_from_slice(&message.samples);
            heard.push((length_of(&samples), message.id));
            samples.extend(silence(Duration::from_millis(200)));
        }
        samples.extend(if heard.is_empty() {
            no_messages()
        } else {
            goodbye()
        });
        Self {
            length: Some(length_of(&samples) + TAIL),
            source: Source::once(samples),
            record: None,
            heard,
        }
    }

    fn endless(source: Source) -> Self {
        Self {
            source,
            record: None,
            length: None,
            heard: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_heard_when_they_have_been_played() {
        let mut mailbox = Mailbox::default();
        let second = vec![1; 8000];
        let first_id = mailbox.add("bob", second.clone());
        let other_id = mailbox.add("bob", second);
        mailbox.mark_heard(first_id);
        let programme = Programme::mailbox(&mailbox);
        let ids: Vec<_> = programme.heard.iter().map(|(_, id)| *id).collect();
        assert_eq!(ids, [other_id, first_id]);
        // 0.3 s silence, 0.62 s pips, 1 s message, 0.2 s silence.
        assert_eq!(programme.heard[0].0, Duration::from_millis(1920));
        assert_eq!(programme.heard[1].0, Duration::from_millis(3740));
        assert!(programme.length > Some(programme.heard[1].0));
    }

    #[test]
    fn an_empty_mailbox_says_so_and_ends() {
        let programme = Programme::mailbox(&Mailbox::default());
        assert!(programme.heard.is_empty());
        assert!(
            programme
                .length
                .is_some_and(|length| length < Duration::from_secs(3))
        );
    }
}
