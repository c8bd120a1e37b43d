//! Several notifiers for one SUBSCRIBE, as there are behind a proxy that forks it (RFC 6665 4.1.4).

use super::core::Endpoint;
use super::happening::NoticeId;
use super::usage::Usage;
use crate::notice::Notice;

impl Endpoint {
    /// One more notifier for the SUBSCRIBE that began this subscription: with a tag of its own, and so
    /// in a dialog and a subscription of its own. Its state is owed, by [`notify`](Self::notify).
    /// `None` if the subscription is over.
    pub fn fork_notice(&mut self, notice: NoticeId) -> Option<NoticeId> {
        let entry = self.notices.get(&notice).filter(|entry| !entry.ending)?;
        let (event, contact) = (entry.event.clone(), entry.contact.clone());
        let (home, ends_at) = (entry.home, entry.ends_at);
        let peer = self.homes.get(home)?.peer;
        let tag = self.config.identifiers.tag(&mut self.rng);
        let dialog = self.dialog_at(home)?.forked(tag);
        self.last_other += 1;
        let id = NoticeId(self.last_other);
        let home = self.homes.open(dialog, peer, Usage::Notifier(id));
        let fork = Notice {
            event,
            home,
            contact,
            ends_at,
            request: None,
            told: None,
            waiting: None,
            retry_at: None,
            ending: false,
        };
        self.notices.insert(id, Box::new(fork));
        self.file_notice(id);
        Some(id)
    }
}
