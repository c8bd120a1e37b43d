//! What handles ask for.

use std::time::Instant;

use gannet_ua::endpoint::Reply;

use super::call::{Call, Stage};
use super::directory::Member;
use super::opening::option_tags;
use super::state::Server;
use crate::command::Command;
use crate::error::PbxError;
use crate::snapshot::{
    CallState, CallView, MailboxView, PbxSnapshot, RegistrationView, SubscriptionView,
};
use crate::user::PbxUser;

impl Server {
    /// Carries out a command. Whoever asked may be gone by now.
    pub(crate) fn handle_command(&mut self, now: Instant, command: Command) {
        match command {
            Command::AddUser(user, answer) => {
                let _ = answer.send(self.add_user(user));
            }
            Command::PutUser(user, answer) => {
                let _ = answer.send(self.put_user(user));
            }
            Command::RemoveUser(name, answer) => {
                let _ = answer.send(self.remove_user(now, &name));
            }
            Command::SetDnd(name, dnd, answer) => {
                let done = self.set(&name, |member| member.dnd = dnd);
                self.presence_changed(now, &name);
                let _ = answer.send(done);
            }
            Command::SetForward(name, forward, answer) => {
                let _ = answer.send(self.set(&name, |member| member.forward = forward));
            }
            Command::SetRegistrar(features, answer) => {
                self.config.registrar = features;
                self.endpoint.config_mut().supported = option_tags(&self.config);
                let _ = answer.send(Ok(()));
            }
            Command::SetTrust(trust, answer) => {
                self.config.trust = trust;
                let _ = answer.send(Ok(()));
            }
            Command::SetStir(stir, answer) => {
                self.config.stir = *stir;
                let _ = answer.send(Ok(()));
            }
            Command::SetKeepsTexts(keeps, answer) => {
                self.set_keeps_texts(keeps);
                let _ = answer.send(Ok(()));
            }
            Command::ForwardOne(name, when, (to, after), answer) => {
                let _ = answer.send(self.set(&name, |member| {
                    let forward = &mut member.forward;
                    forward.set(when, to);
                    forward.no_answer = after.or(forward.no_answer);
                }));
            }
            Command::Screen(name, screening, other, answer) => {
                let _ = answer.send(self.screen(&name, screening, &other));
            }
            Command::Snapshot(answer) => {
                let _ = answer.send(self.snapshot(now));
            }
            Command::Channels(answer) => {
                let _ = answer.send(self.channels());
            }
            Command::SendInfo(channel, body, answer) => {
                self.send_info(now, &channel, body, answer);
            }
            Command::Stop => self.stop(now),
        }
        self.drain(now);
    }

    /// Adds a user with an empty mailbox.
    pub(super) fn add_user(&mut self, user: PbxUser) -> Result<(), PbxError> {
        let (name, voicemail) = (user.name.clone(), user.voicemail);
        self.directory.add(user)?;
        if voicemail {
            self.mailboxes.entry(name).or_default();
        }
        self.changed();
        Ok(())
    }

    /// Adds a user, or changes what was said of them; what they set stays.
    fn put_user(&mut self, user: PbxUser) -> Result<(), PbxError> {
        let (name, voicemail) = (user.name.clone(), user.voicemail);
        self.directory.put(user)?;
        if voicemail {
            self.mailboxes.entry(name).or_default();
        }
        self.changed();
        Ok(())
    }

    fn remove_user(&mut self, now: Instant, name: &str) -> Result<(), PbxError> {
        self.directory.remove(name)?;
        let aor = self.aor(name);
        self.location.remove_aor(&aor);
        self.drain_location(now);
        self.publications.remove_resource(name);
        self.end_watching(now, name);
        self.mailboxes.remove(name);
        self.kept_texts.remove(name);
        self.changed();
        Ok(())
    }

    fn set(&mut self, name: &str, change: impl FnOnce(&mut Member)) -> Result<(), PbxError> {
        change(self.directory.member_mut(name)?);
        self.changed();
        Ok(())
    }

    /// Ends all calls; new ones are refused from here on.
    fn stop(&mut self, now: Instant) {
        self.stopping = true;
        let numbers: Vec<u64> = self.calls.keys().copied().collect();
        for number in numbers {
            let Some(call) = self.calls.get(&number) else {
                continue;
            };
            let leg = call.first.leg;
            match &call.stage {
                Stage::Ringing(_) => {
                    self.call_off(now, number, &[]);
                    self.refuse(now, number, Reply::new(503));
                }
                Stage::Talking { .. } => {
                    let second = call.second.as_ref().map(|party| party.leg);
                    self.endpoint.hang_up(now, leg);
                    if let Some(second) = second {
                        self.endpoint.hang_up(now, second);
                    }
                }
                Stage::Joining(_) => self.join_failed(now, number, Reply::new(503)),
                Stage::Serving(_) | Stage::Ending => self.endpoint.hang_up(now, leg),
            }
        }
    }

    /// Whether everything has ended after [`Command::Stop`].
    pub(crate) fn is_done(&self) -> bool {
        self.stopping && self.calls.is_empty() && self.writes.is_empty()
    }

    fn snapshot(&self, now: Instant) -> PbxSnapshot {
        let mut snapshot = PbxSnapshot {
            calls: self.calls.iter().map(|(n, call)| view(*n, call)).collect(),
            counters: self.counters,
            ..PbxSnapshot::default()
        };
        for member in self.directory.iter() {
            let user = &member.user.name;
            for binding in self.location.bindings(now, &self.aor(user)) {
                snapshot.registrations.push(RegistrationView {
                    user: user.clone(),
                    contact: binding.contact.clone(),
                    expires_in: binding.expires_at.saturating_duration_since(now),
                    source: binding.source.received,
                });
            }
            if let Some(mailbox) = self.mailboxes.get(user).filter(|_| member.user.voicemail) {
                snapshot.mailboxes.push(MailboxView {
                    user: user.clone(),
                    messages: mailbox.views(),
                });
            }
        }
        let subscriptions = self.endpoint.notices().filter_map(|view| {
            let watch = self.watchers.get(view.id)?;
            Some(SubscriptionView {
                package: watch.package.name,
                user: watch.resource.clone(),
                watcher: watch.watcher.clone(),
                contact: view.dialog.remote_target.to_string(),
                expires_in: view.ends_at.saturating_duration_since(now),
            })
        });
        snapshot.subscriptions = subscriptions.collect();
        snapshot.subscriptions.sort_by(|a, b| a.user.cmp(&b.user));
        snapshot
    }
}

fn view(number: u64, call: &Call) -> CallView {
    let state = match &call.stage {
        Stage::Ringing(_) => CallState::Ringing,
        Stage::Talking { .. } => CallState::Talking,
        Stage::Serving(serving) => CallState::Service(serving.service),
        Stage::Joining(_) => CallState::Joining,
        Stage::Ending => CallState::Ending,
    };
    CallView {
        number,
        caller: call.first.who.name().to_owned(),
        called: call.dialled.clone(),
        callee: call.callee.clone(),
        state,
        caller_call_id: call.asked.call_id.clone(),
        transport: call.first.transport,
    }
}
