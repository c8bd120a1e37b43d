//! What calls mean for those who watch a user's dialogs (RFC 4235).

use std::time::Instant;

use gannet_ua::EventPackage;
use gannet_ua::bodies::{
    DIALOG_INFO_CONTENT_TYPE, DialogDirection, DialogEntry, DialogEvent, DialogInfo, DialogStage,
    Participant,
};
use gannet_ua::endpoint::{Body, CallId};

use super::call::{Call, Stage};
use super::identity::Caller;
use super::packages::{Extent, Package};
use super::presence::any_user;
use super::state::Server;
use super::watchers::Watch;
use crate::dialogs::DIALOG_PACKAGE;

/// The dialogs of any user, for any user. After a full document come changes, unless the
/// configuration wants all of them full.
pub(super) const PACKAGE: Package = Package {
    name: DIALOG_PACKAGE,
    content_type: DIALOG_INFO_CONTENT_TYPE,
    admit: any_user,
    body,
    numbered: true,
};

fn body(server: &Server, _: Instant, watch: &Watch, extent: Extent) -> Body {
    let full = extent == Extent::Full || server.config.dialog_info_full;
    let wanted = |dialog: &&DialogEntry| is_wanted(&watch.event, dialog);
    let mut info = DialogInfo::new(server.aor(&watch.resource));
    info.version = watch.version;
    info.full = full;
    if full {
        let dialogs = server.dialogs.of(&watch.resource).filter(wanted);
        info.dialogs.extend(dialogs.cloned());
        // Those that are over are named once, so that the end can be seen.
        let over = watch.changed.values();
        let over = over.filter(|dialog| dialog.stage == DialogStage::Terminated);
        info.dialogs.extend(over.filter(wanted).cloned());
    } else {
        info.dialogs
            .extend(watch.changed.values().filter(wanted).cloned());
    }
    Body {
        content_type: DIALOG_INFO_CONTENT_TYPE.to_owned(),
        bytes: info.to_xml().into(),
    }
}

/// Whether a subscription to one dialog means this one (RFC 4235 3.2).
fn is_wanted(event: &EventPackage, dialog: &DialogEntry) -> bool {
    let fits = |name: &str, value: &Option<String>| {
        let asked = event.params.get(name);
        asked.is_none_or(|asked| value.as_deref() == Some(asked.trim_matches('"')))
    };
    // The tags are those that the subscriber would see as sender and receiver of the INVITE.
    let (from, to) = match dialog.direction {
        Some(DialogDirection::Recipient) => (&dialog.remote_tag, &dialog.local_tag),
        _ => (&dialog.local_tag, &dialog.remote_tag),
    };
    fits("call-id", &dialog.call_id) && fits("from-tag", from) && fits("to-tag", to)
}

impl Server {
    /// Whatever happened to a call: those who watch its parties are told what is different now.
    pub(super) fn call_changed(&mut self, now: Instant, number: u64) {
        let parties = self.parties_of(number);
        let refused = self.calls.get(&number).and_then(|call| call.refused);
        let ended = |dialog: &mut DialogEntry| {
            if let Some(code) = refused {
                let cancelled = code == 487;
                dialog.code = Some(code).filter(|_| !cancelled);
                dialog.event = Some(if cancelled {
                    DialogEvent::Cancelled
                } else {
                    DialogEvent::Rejected
                });
            }
        };
        for change in self.dialogs.set(number, parties, ended) {
            for id in self.watchers.of(DIALOG_PACKAGE, &change.user) {
                if let Some(watch) = self.watchers.get_mut(id) {
                    let changed = change.dialogs.iter();
                    watch
                        .changed
                        .extend(changed.map(|dialog| (dialog.id.clone(), dialog.clone())));
                }
            }
            self.tell_watchers(now, DIALOG_PACKAGE, &change.user);
            if change.talking_changed {
                self.presence_changed(now, &change.user);
            }
        }
    }

    /// The users who take part in a call, each with the dialog as it is on their side; none if it
    /// is over.
    fn parties_of(&self, number: u64) -> Vec<(String, DialogEntry)> {
        let Some(call) = self.calls.get(&number) else {
            return Vec::new();
        };
        let (stage, callee_leg) = match &call.stage {
            Stage::Ringing(fork) => {
                let rings = fork.open.values().any(|branch| branch.rang);
                let stage = if rings {
                    DialogStage::Early
                } else {
                    DialogStage::Trying
                };
                let only = fork.open.keys().next().filter(|_| fork.open.len() == 1);
                (stage, only.copied())
            }
            Stage::Talking { .. } | Stage::Joining(_) => {
                let second = call.second.as_ref().map(|party| party.leg);
                (DialogStage::Confirmed, second)
            }
            Stage::Serving(_) => (DialogStage::Confirmed, None),
            Stage::Ending => return Vec::new(),
        };
        let caller_side = caller_side(call);
        let callee_side = Participant::new(self.aor(&call.callee));
        let mut parties = Vec::new();
        if let Some(user) = call.first.who.user() {
            let mut dialog = DialogEntry::new(format!("{number}-caller"), stage);
            dialog.direction = Some(DialogDirection::Initiator);
            self.name_dialog(&mut dialog, Some(call.first.leg));
            dialog.local = Some(Participant::new(self.aor(user)));
            dialog.remote = Some(callee_side.clone());
            parties.push((user.to_owned(), dialog));
        }
        let is_user = self.directory.find(&call.callee).is_some();
        if is_user && !matches!(call.stage, Stage::Serving(_)) {
            let mut dialog = DialogEntry::new(format!("{number}-callee"), stage);
            dialog.direction = Some(DialogDirection::Recipient);
            self.name_dialog(&mut dialog, callee_leg);
            dialog.local = Some(callee_side);
            dialog.remote = Some(self.shown_caller(call, caller_side));
            parties.push((call.callee.clone(), dialog));
        }
        parties
    }

    /// Call-ID and tags, as the phone at the other end of a leg has them.
    fn name_dialog(&self, dialog: &mut DialogEntry, leg: Option<CallId>) {
        let Some(leg) = leg else {
            return;
        };
        dialog.call_id = self.endpoint.sip_call_id(leg).map(str::to_owned);
        dialog.remote_tag = self.endpoint.local_tag(leg).map(str::to_owned);
        let known = self.endpoint.dialog(leg);
        dialog.local_tag = known
            .map(|dialog| dialog.remote_tag.clone())
            .filter(|tag| !tag.is_empty());
    }

    /// The caller as the watchers of the callee may see them.
    fn shown_caller(&self, call: &Call, foreign: Participant) -> Participant {
        if call.asked.privacy.hides_caller() {
            // RFC 3323 4.1.1.3.
            return Participant::new("sip:anonymous@anonymous.invalid");
        }
        match &call.first.who {
            Caller::User(user) => Participant {
                display: self
                    .directory
                    .find(user)
                    .and_then(|m| m.user.display_name.clone()),
                ..Participant::new(self.aor(user))
            },
            Caller::Foreign(_) => foreign,
        }
    }
}

fn caller_side(call: &Call) -> Participant {
    Participant::new(call.first.who.name())
}
