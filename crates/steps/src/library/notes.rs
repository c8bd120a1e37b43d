//! What the sentences of one scenario remember for each other.

use std::collections::{BTreeMap, BTreeSet};

use super::ask::Answer;
use super::dtmf::Taken;
use super::event_socket::EventSocket;
use super::playing::Recording;
use crate::PhoneSetup;
use gannet_events::Failure;
use gannet_phone::{CallHandle, PendingRequest, WatchHandle};

/// One scenario's notes.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// Phones whose registration a sentence has taken in hand, or that are registered already.
    pub(super) manual: BTreeSet<String>,
    /// How phones were started.
    pub(super) setups: BTreeMap<String, PhoneSetup>,
    /// The call that was made last: caller and handle.
    pub(super) last_call: Option<(String, CallHandle)>,
    /// Whom that call was for.
    pub(super) last_callee: Option<String>,
    /// Calls by the name that a sentence gave them.
    pub(super) named_calls: BTreeMap<String, (String, CallHandle)>,
    /// The transfer that was asked for last: by whom, and its number.
    pub(super) last_transfer: Option<(String, u64)>,
    /// The request that message-level sentences build, and whose it is.
    pub(super) pending: Option<(String, PendingRequest)>,
    /// The final response to the request that a phone sent last, by phone.
    pub(super) answers: BTreeMap<String, Answer>,
    /// The phone that sent a text last.
    pub(super) last_writer: Option<String>,
    /// The number of the first text that no sentence has consumed, by phone.
    pub(super) texts: BTreeMap<String, u64>,
    /// Up to where sentences have consumed DTMF keys, by phone and call.
    pub(super) keys: BTreeMap<(String, CallHandle), Taken>,
    /// Up to when sentences have found files in what was heard, by phone and call.
    pub(super) heard_files: BTreeMap<(String, CallHandle), std::time::Instant>,
    /// How many refreshes of a session sentences have consumed, by phone and call.
    pub(super) refreshes: BTreeMap<(String, CallHandle), u32>,
    /// The extensions of the embedded registrar, if a sentence has changed them.
    pub(super) registrar: Option<gannet_pbx::RegistrarFeatures>,
    /// The subscription that a sentence began last, by phone.
    pub(super) watches: BTreeMap<String, WatchHandle>,
    /// The event package that a sentence published last, by phone.
    pub(super) published: BTreeMap<String, String>,
    /// The digest `uri` of SUBSCRIBE where it is not the Request-URI, by phone.
    pub(super) auth_uris: BTreeMap<String, String>,
    /// The phones of `extensions .. register`, in order.
    pub(super) crowd: Vec<String>,
    /// The phone that parked a call last, and when.
    pub(super) parked: Option<(String, std::time::Instant)>,
    /// Recordings that go on, by phone.
    pub(super) recordings: BTreeMap<String, Recording>,
    /// What phones were told to do wrong, by phone: failures tell it, since it may explain them.
    pub(super) on_purpose: BTreeMap<String, Vec<String>>,
    /// What signed calls need, once a sentence needs it.
    pub(crate) stir_kit: Option<std::sync::Arc<crate::world::StirKit>>,
    /// How calls are signed, by phone.
    pub(super) signing: BTreeMap<String, Vec<super::signed::Plan>>,
    /// How the embedded server signs and verifies, if a sentence has changed it.
    pub(super) server_stir: Option<crate::config::PbxStirSettings>,
    /// The event socket that the scenario has opened.
    pub(super) event_socket: Option<EventSocket>,
}

impl Notes {
    /// Those of a scenario whose server signs or verifies from the start.
    pub(crate) fn with_kit(kit: Option<std::sync::Arc<crate::world::StirKit>>) -> Self {
        Self {
            stir_kit: kit,
            ..Self::default()
        }
    }

    /// Takes over what a sentence has noted on a copy. What both have noted is the copy's.
    pub(crate) fn absorb(&mut self, copy: Self, before: &Self) {
        self.manual.extend(copy.manual);
        self.setups.extend(copy.setups);
        self.named_calls.extend(copy.named_calls);
        self.answers.extend(copy.answers);
        self.texts.extend(copy.texts);
        self.keys.extend(copy.keys);
        self.heard_files.extend(copy.heard_files);
        self.refreshes.extend(copy.refreshes);
        self.signing.extend(copy.signing);
        if copy.stir_kit.is_some() {
            self.stir_kit = copy.stir_kit;
        }
        if copy.server_stir != before.server_stir {
            self.server_stir = copy.server_stir;
        }
        let ended = |phone: &String| {
            before.recordings.contains_key(phone) && !copy.recordings.contains_key(phone)
        };
        self.recordings.retain(|phone, _| !ended(phone));
        self.recordings.extend(copy.recordings);
        if copy.on_purpose != before.on_purpose {
            self.on_purpose = copy.on_purpose;
        }
        if copy.last_call != before.last_call {
            self.last_call = copy.last_call;
            self.last_callee = copy.last_callee;
        }
        if copy.registrar != before.registrar {
            self.registrar = copy.registrar;
        }
        if copy.last_writer != before.last_writer {
            self.last_writer = copy.last_writer;
        }
    }

    /// Tells with a failure what phones were told to do wrong.
    pub(crate) fn explain(&self, failure: Failure) -> Failure {
        let told = self.on_purpose.values().flatten();
        told.fold(failure, |failure, deed| {
            failure.detail(format!("on purpose: {deed}"))
        })
    }

    /// Writes the recordings that no sentence has ended. Gives what went wrong.
    pub(crate) fn write_recordings(&self) -> Vec<String> {
        let written = self.recordings.values().map(Recording::write);
        written.filter_map(Result::err).collect()
    }
}
