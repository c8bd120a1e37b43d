//! Voicemail retrieval: what a caller hears and does at the own mailbox.
//!
//! The messages are played one after the other, new ones first, then the server says goodbye and
//! hangs up. Keys change the course at any time: 1 plays from the first message, 4 goes back one, 5
//! repeats, 6 goes on to the next, 7 deletes and goes on, 0 or # ends. A user with a PIN types it
//! first, ended by #.

use std::time::{Duration, Instant};

use gannet_media::{Source, read_info_key};
use gannet_sip::Message;
use gannet_ua::endpoint::Reply;

use super::pending::Deadline;
use super::state::Server;
use crate::event::PbxEvent;
use crate::media::{
    KeyReader, goodbye, length_of, lock_port, message_separator, no_messages, pin_prompt,
    pin_refused, silence,
};
use crate::snapshot::Service;

/// A caller at the mailbox.
#[derive(Debug)]
pub(crate) struct Retrieval {
    user: String,
    at: Step,
    keys: KeyReader,
    /// The message that is being played.
    playing: Option<u64>,
}

#[derive(Debug)]
enum Step {
    /// The PIN is asked for: what was typed so far, and how often it was wrong.
    Pin { typed: String, wrong: u32 },
    /// Messages are played: their numbers, and which comes next or is being played.
    Messages { order: Vec<u64>, place: usize },
    /// Nothing more will be said.
    Leaving,
}

impl Server {
    /// Begins at the mailbox once there are media.
    pub(super) fn begin_retrieval(&mut self, number: u64) {
        let serving = self.calls.get_mut(&number).and_then(|c| c.serving_mut());
        let Some(serving) = serving.filter(|serving| serving.service == Service::Mailbox) else {
            return;
        };
        let Some(user) = serving.mailbox.clone() else {
            return;
        };
        let has_pin = self.pin_of(&user).is_some();
        let retrieval = Retrieval {
            at: Step::Pin {
                typed: String::new(),
                wrong: 0,
            },
            user,
            keys: KeyReader::default(),
            playing: None,
        };
        self.retrievals.insert(number, retrieval);
        let now = Instant::now();
        self.timetable.set(Deadline::Keys(number), now + LOOK_AGAIN);
        if has_pin {
            self.say(number, &[silence(LEAD), pin_prompt()]);
        } else {
            self.play_from_first(number);
        }
    }

    /// The caller is gone.
    pub(super) fn end_retrieval(&mut self, number: u64) {
        self.stop_message(number);
        self.timetable.cancel(Deadline::Keys(number));
        self.retrievals.remove(&number);
    }

    /// Looks for keys in the audio of a caller at the mailbox.
    pub(super) fn look_for_keys(&mut self, now: Instant, number: u64) {
        let serving = self.calls.get_mut(&number).and_then(|c| c.serving_mut());
        let port = serving.and_then(|serving| serving.port.clone());
        let (Some(port), Some(retrieval)) = (port, self.retrievals.get_mut(&number)) else {
            return;
        };
        let keys = retrieval.keys.fresh(lock_port(&port).session_mut());
        self.timetable.set(Deadline::Keys(number), now + LOOK_AGAIN);
        for key in keys {
            self.key_pressed(now, number, key);
        }
    }

    /// An INFO in a call that the server has answered: a key, or nothing to it.
    pub(super) fn info_in_service(&mut self, number: u64, info: &Message) -> Reply {
        if let Some(pressed) = read_info_key(&info.content_type(), info.body()) {
            self.key_pressed(Instant::now(), number, pressed.key);
        }
        Reply::new(200)
    }

    fn key_pressed(&mut self, now: Instant, number: u64, key: char) {
        let Some(retrieval) = self.retrievals.get_mut(&number) else {
            return;
        };
        match &mut retrieval.at {
            Step::Pin { typed, .. } => match key {
                '#' => self.pin_typed(number),
                '*' => typed.clear(),
                _ if typed.len() < PIN_KEYS_MAX => typed.push(key),
                _ => {}
            },
            Step::Messages { place, .. } => {
                let here = *place;
                match key {
                    '1' => self.play_from_first(number),
                    '4' => self.play(number, here.saturating_sub(1)),
                    '5' => self.play(number, here),
                    '6' => self.play(number, here + 1),
                    '7' => self.delete(now, number),
                    '0' | '#' => self.say_goodbye(number),
                    _ => {}
                }
            }
            Step::Leaving => {}
        }
    }

    fn pin_of(&self, user: &str) -> Option<String> {
        self.directory.find(user)?.user.pin.clone()
    }

    fn pin_typed(&mut self, number: u64) {
        let Some(user) = self.retrievals.get(&number).map(|r| r.user.clone()) else {
            return;
        };
        let pin = self.pin_of(&user);
        let Some(Step::Pin { typed, wrong }) = self.retrievals.get_mut(&number).map(|r| &mut r.at)
        else {
            return;
        };
        if pin.as_ref() == Some(typed) {
            return self.play_from_first(number);
        }
        typed.clear();
        *wrong += 1;
        if *wrong < PIN_TRIES {
            self.say(number, &[pin_refused(), pin_prompt()]);
        } else {
            self.leave(number, &[pin_refused(), goodbye()]);
        }
    }

    fn play_from_first(&mut self, number: u64) {
        let Some(retrieval) = self.retrievals.get_mut(&number) else {
            return;
        };
        let mailbox = self.mailboxes.entry(retrieval.user.clone()).or_default();
        let order = mailbox.playing_order().map(|message| message.id).collect();
        retrieval.at = Step::Messages { order, place: 0 };
        self.play(number, 0);
    }

    /// Plays the message at a place, or says goodbye behind the last one.
    fn play(&mut self, number: u64, wanted: usize) {
        self.stop_message(number);
        let Some(retrieval) = self.retrievals.get_mut(&number) else {
            return;
        };
        let Step::Messages { order, place } = &mut retrieval.at else {
            return;
        };
        if order.is_empty() {
            return self.leave(number, &[silence(LEAD), no_messages()]);
        }
        *place = wanted.min(order.len());
        let Some(id) = order.get(*place).copied() else {
            return self.say_goodbye(number);
        };
        let mailbox = self.mailboxes.entry(retrieval.user.clone()).or_default();
        let Some(samples) = mailbox.samples(id) else {
            // Another phone of the user has deleted it meanwhile.
            order.remove(*place);
            let place = *place;
            return self.play(number, place);
        };
        let message = samples.to_vec();
        retrieval.playing = Some(id);
        let heard = self.say(number, &[silence(LEAD), message_separator(), message]);
        self.timetable.set(Deadline::Heard(number, id), heard);
    }

    /// A message was played to its end.
    pub(super) fn message_heard(&mut self, now: Instant, number: u64, message: u64) {
        let Some(retrieval) = self.retrievals.get_mut(&number) else {
            return;
        };
        retrieval.playing = None;
        let user = retrieval.user.clone();
        let next = match &retrieval.at {
            Step::Messages { place, .. } => Some(place + 1),
            Step::Pin { .. } | Step::Leaving => None,
        };
        let mailbox = self.mailboxes.entry(user.clone()).or_default();
        if mailbox.mark_heard(message) {
            self.tell_mailbox(now, &user);
        }
        if let Some(next) = next {
            self.play(number, next);
        }
    }

    /// Deletes the message that is being played and goes on. Its WAV file stays where it is.
    fn delete(&mut self, now: Instant, number: u64) {
        self.stop_message(number);
        let Some(retrieval) = self.retrievals.get_mut(&number) else {
            return;
        };
        let user = retrieval.user.clone();
        let Step::Messages { order, place } = &mut retrieval.at else {
            return;
        };
        if *place >= order.len() {
            return;
        }
        let (id, next) = (order.remove(*place), *place);
        let empty = order.is_empty();
        let mailbox = self.mailboxes.entry(user.clone()).or_default();
        if let Some(message) = mailbox.remove(id) {
            let from = message.from;
            self.tell_mailbox(now, &user);
            self.emit(PbxEvent::VoicemailDeleted { user, from });
        }
        if empty {
            self.say_goodbye(number);
        } else {
            self.play(number, next);
        }
    }

    fn say_goodbye(&mut self, number: u64) {
        self.leave(number, &[silence(LEAD), goodbye()]);
    }

    /// Says something, then hangs up.
    fn leave(&mut self, number: u64, sounds: &[Vec<i16>]) {
        self.stop_message(number);
        if let Some(retrieval) = self.retrievals.get_mut(&number) {
            retrieval.at = Step::Leaving;
        }
        let end = self.say(number, sounds);
        self.timetable.set(Deadline::ServiceEnd(number), end + TAIL);
    }

    fn stop_message(&mut self, number: u64) {
        let retrieval = self.retrievals.get_mut(&number);
        if let Some(message) = retrieval.and_then(|retrieval| retrieval.playing.take()) {
            self.timetable.cancel(Deadline::Heard(number, message));
        }
    }

    /// Plays sounds to the caller in place of what is being played. Gives the time of their end.
    fn say(&mut self, number: u64, sounds: &[Vec<i16>]) -> Instant {
        let samples = sounds.concat();
        let start = Instant::now();
        let end = start + length_of(&samples);
        let serving = self.calls.get_mut(&number).and_then(|c| c.serving_mut());
        if let Some(serving) = serving
            && let Some(port) = &serving.port
        {
            lock_port(port)
                .session_mut()
                .set_source(Source::once(samples), start);
            serving.socket.wake();
        }
        end
    }
}

/// How often keys are looked for: the length of what is listened to at once.
const LOOK_AGAIN: Duration = Duration::from_millis(40);
/// Before each sound, so that its begin is heard.
const LEAD: Duration = Duration::from_millis(200);
/// How long the server goes on after the last sound, so that its end is heard.
const TAIL: Duration = Duration::from_millis(300);
/// Wrong PINs before the server hangs up.
const PIN_TRIES: u32 = 3;
/// The longest PIN that can be typed.
const PIN_KEYS_MAX: usize = 16;
