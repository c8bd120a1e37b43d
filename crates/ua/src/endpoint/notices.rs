//! Subscriptions of others: SUBSCRIBE and NOTIFY as a notifier (RFC 6665 4.2).

use std::time::Instant;

use gannet_sip::{HeaderName, Message, Method, NameAddr};

use super::client::Purpose;
use super::command::Reply;
use super::core::{Endpoint, SendError, add_headers};
use super::happening::{Happening, NoticeId, Outcome};
use super::incoming::Incoming;
use super::usage::{HomeId, Usage};
use crate::dialog::{Dialog, DialogState};
use crate::event::{EventPackage, SubscriptionState, TerminationReason, ends_subscription};
use crate::notice::{Grant, News, Notice, NoticeChange, NoticeView};
use crate::target::Target;
use crate::transaction::TransactionId;

impl Endpoint {
    /// Accepts a SUBSCRIBE that came as [`Happening::Request`]: it makes a subscription, prolongs
    /// one or ends one. The state is owed then, by [`notify`](Self::notify) with a terminated state
    /// if the lifetime is zero. A SUBSCRIBE whose dialog is gone is answered 481.
    pub fn grant(
        &mut self,
        now: Instant,
        request: TransactionId,
        grant: Grant,
    ) -> Result<NoticeId, SendError> {
        self.grant_event(now, request, grant, None)
    }

    /// The same for a request that subscribes without naming what to: REFER.
    pub(crate) fn grant_event(
        &mut self,
        now: Instant,
        request: TransactionId,
        grant: Grant,
        event: Option<EventPackage>,
    ) -> Result<NoticeId, SendError> {
        let is_subscribe = event.is_none();
        let incoming = self.incoming.remove(&request).ok_or(SendError::NoDialog)?;
        if let Some(call) = incoming.call.and_then(|call| self.calls.get_mut(&call)) {
            call.close(request);
        }
        let (message, source) = (incoming.message.clone(), incoming.source);
        let known = match incoming.notice {
            Some(id) => Some(id).filter(|id| self.notice(*id).is_some()),
            None => event
                .or_else(|| EventPackage::of(&message).ok())
                .and_then(|event| {
                    let contact = grant.contact.clone();
                    self.open_notice(now, &incoming, event, contact)
                }),
        };
        let Some((id, notice)) = known.and_then(|id| Some((id, self.notices.get_mut(&id)?))) else {
            let tag = incoming.tag;
            self.reply_with_tag(
                now,
                request,
                (&message, source),
                Reply::new(481),
                None,
                &tag,
            );
            return Err(SendError::NoDialog);
        };
        notice.ends_at = now + grant.expires;
        notice.contact = grant.contact.clone();
        let home = notice.home;
        if let Some(dialog) = self.dialog_at_mut(home) {
            dialog.refresh_target(&message);
        }
        let mut reply = Reply::new(grant.code);
        if is_subscribe {
            let expires = grant.expires.as_secs().to_string();
            reply = reply.header(HeaderName::Expires.as_str(), expires);
        }
        reply.headers.extend(grant.headers);
        let contact = Some(grant.contact.to_string());
        self.reply_with_tag(
            now,
            request,
            (&message, source),
            reply,
            contact,
            &incoming.tag,
        );
        if grant.code == 204 && grant.expires.is_zero() {
            self.end_untold(id);
        }
        self.file_notice(id);
        Ok(id)
    }

    /// Tells a subscriber the state. One NOTIFY at a time is on its way in a dialog, so that none
    /// overtakes another; what waits is replaced by what comes later. A terminated state is the
    /// last: nothing is sent after it.
    pub fn notify(&mut self, now: Instant, notice: NoticeId, news: News) {
        let Some(entry) = self.notices.get_mut(&notice).filter(|entry| !entry.ending) else {
            return;
        };
        entry.ending = news.state.is_terminated();
        entry.waiting = Some(news);
        if entry.ending {
            entry.retry_at = None;
        }
        let home = entry.home;
        self.file_notice(notice);
        self.tell_next(now, home);
    }

    /// The subscriptions of others, without those whose end is being told.
    pub fn notices(&self) -> impl Iterator<Item = NoticeView<'_>> {
        self.notices.keys().filter_map(|id| self.notice(*id))
    }

    /// One of them.
    pub fn notice(&self, id: NoticeId) -> Option<NoticeView<'_>> {
        let notice = self.notices.get(&id).filter(|notice| !notice.ending)?;
        Some(NoticeView {
            id,
            event: &notice.event,
            dialog: self.dialog_at(notice.home)?,
            ends_at: notice.ends_at,
            target: self.target_at(notice.home).ok()?,
        })
    }

    /// A new subscription: in the dialog that its request makes, or beside what lives in a known
    /// one already (RFC 6665 4.5.2). `None` if that dialog is gone.
    fn open_notice(
        &mut self,
        now: Instant,
        incoming: &Incoming,
        event: EventPackage,
        contact: NameAddr,
    ) -> Option<NoticeId> {
        self.last_other += 1;
        let id = NoticeId(self.last_other);
        let usage = Usage::Notifier(id);
        let message = &incoming.message;
        let home = match message.to_tag() {
            None => {
                let state = DialogState::Confirmed;
                let dialog = Dialog::from_request(message, &incoming.tag, state).ok()?;
                self.homes.open(dialog, incoming.source, usage)
            }
            Some(tag) => {
                let known = self.homes.of_request(message, &tag).map(|(home, _)| home);
                if let Some(home) = known {
                    self.homes.join(home, usage);
                    home
                } else {
                    let remote_tag = message.from_tag().unwrap_or_default();
                    self.settle_in_call(incoming.call?, &remote_tag, usage)?
                }
            }
        };
        let notice = Notice {
            event,
            home,
            contact,
            ends_at: now,
            request: None,
            told: None,
            waiting: None,
            retry_at: None,
            ending: false,
        };
        self.notices.insert(id, Box::new(notice));
        Some(id)
    }

    /// A SUBSCRIBE inside the dialog of subscriptions; true if it was taken. One of them is meant if
    /// package and `id` are the same, else it asks for one more (RFC 6665 8.2.1).
    pub(crate) fn handle_subscribe(
        &mut self,
        now: Instant,
        id: TransactionId,
        message: &Message,
        source: Target,
        local_tag: &str,
    ) -> bool {
        let Some((home, found)) = self.homes.of_request(message, local_tag) else {
            return false;
        };
        let call = found.call();
        let event = EventPackage::of(message).ok();
        let notice = event.and_then(|event| self.notice_at(home, &event));
        let Some(dialog) = self.dialog_at_mut(home) else {
            return false;
        };
        let number = message.cseq().map_or(0, |cseq| cseq.number);
        let refusal = if !dialog.accept_cseq(number) {
            // Older than a request already seen (RFC 3261 12.2.2).
            Some(500)
        } else if notice.is_some_and(|notice| self.notice(notice).is_none()) {
            // Its end is being told.
            Some(481)
        } else {
            None
        };
        match refusal {
            Some(code) => {
                self.reply(now, id, (message, source), Reply::new(code), None);
            }
            None => self.hand_over(id, (call, notice), message.clone(), source),
        }
        true
    }

    fn notice_at(&self, home: HomeId, event: &EventPackage) -> Option<NoticeId> {
        let mut usages = self.homes.get(home)?.usages.iter();
        usages.find_map(|usage| match usage {
            Usage::Notifier(id) => {
                let notice = self.notices.get(id)?;
                notice.event.is_same(event).then_some(*id)
            }
            Usage::Subscriber(_) => None,
        })
    }

    /// Sends the next NOTIFY of a dialog, if none is on its way.
    fn tell_next(&mut self, now: Instant, home: HomeId) {
        let Some(found) = self.homes.get(home) else {
            return;
        };
        let mut next = None;
        for usage in &found.usages {
            let Usage::Notifier(id) = usage else {
                continue;
            };
            match self.notices.get(id) {
                Some(notice) if notice.request.is_some() => return,
                Some(notice) if notice.may_tell(now) && next.is_none() => next = Some(*id),
                _ => {}
            }
        }
        if let Some(id) = next {
            // Whoever was told last waits longest.
            self.homes.join(home, Usage::Notifier(id));
            self.send_notify(now, id);
        }
    }

    fn send_notify(&mut self, now: Instant, id: NoticeId) {
        let Some(notice) = self.notices.get_mut(&id) else {
            return;
        };
        let Some(news) = notice.waiting.take() else {
            return;
        };
        notice.told = Some(news.clone());
        let mut state = news.state;
        if !state.is_terminated() && state.expires.is_none() {
            state.expires = Some(notice.time_left(now));
        }
        let (home, contact) = (notice.home, notice.contact.to_string());
        let event = notice.event.to_string();
        let Ok((mut notify, target)) = self.request_at(home, &Method::Notify) else {
            return self.lose_notice(now, id, Outcome::TransportFailed.code());
        };
        notify.push(HeaderName::Event, event);
        notify.push(HeaderName::SubscriptionState, state.to_string());
        notify.push(HeaderName::Contact, contact);
        if let Some(etag) = news.etag {
            notify.push(HeaderName::SipEtag, etag);
        }
        add_headers(&mut notify, news.headers);
        if let Some(body) = news.body {
            notify.set_body(&body.content_type, body.bytes);
        }
        let sent = self.launch(now, Method::Notify, notify, target, Purpose::Notify(id));
        if let Some(notice) = self.notices.get_mut(&id) {
            notice.request = Some(sent);
        }
    }

    /// A NOTIFY of ours is answered, or nobody answers it.
    pub(crate) fn notify_done(&mut self, now: Instant, id: NoticeId, outcome: &Outcome) {
        let Some(notice) = self.notices.get_mut(&id) else {
            return;
        };
        notice.request = None;
        let told = notice.told.take();
        let over = notice.ending && notice.waiting.is_none();
        let home = notice.home;
        let code = outcome.code();
        // Silence counts like a refusal that ends it (RFC 6665 4.2.2).
        if outcome.response().is_none() || code == 408 || ends_subscription(code) {
            return self.lose_notice(now, id, code);
        }
        let change = if let Some(response) = outcome.response().filter(|_| code < 300) {
            if let Some(dialog) = self.dialog_at_mut(home) {
                dialog.refresh_target(response);
            }
            NoticeChange::Delivered
        } else {
            notice.put_off(now, outcome, told);
            NoticeChange::Refused { code }
        };
        self.report_notice(id, change);
        if over {
            self.forget_notice(id);
        } else {
            self.file_notice(id);
        }
        self.tell_next(now, home);
    }

    /// A subscription ends without a last NOTIFY (RFC 5839 6.3); one that is on its way may come to
    /// its end.
    fn end_untold(&mut self, id: NoticeId) {
        let Some(notice) = self.notices.get_mut(&id) else {
            return;
        };
        notice.ending = true;
        notice.waiting = None;
        if notice.request.is_none() {
            self.forget_notice(id);
        }
    }

    fn lose_notice(&mut self, now: Instant, id: NoticeId, code: u16) {
        let home = self.notices.get(&id).map(|notice| notice.home);
        self.report_notice(id, NoticeChange::Lost { code });
        self.forget_notice(id);
        if let Some(home) = home {
            self.tell_next(now, home);
        }
    }

    pub(crate) fn handle_notice_timeouts(&mut self, now: Instant) {
        for id in self.notice_agenda.due(now) {
            let Some(notice) = self.notices.get_mut(&id) else {
                self.notice_agenda.set(id, None);
                continue;
            };
            notice.retry_at = None;
            if now < notice.ends_at {
                let home = notice.home;
                self.file_notice(id);
                self.tell_next(now, home);
                continue;
            }
            let end = SubscriptionState::terminated(TerminationReason::Timeout);
            let news = match notice.waiting.take() {
                Some(waiting) => News {
                    state: end,
                    ..waiting
                },
                None => News::new(end),
            };
            self.report_notice(id, NoticeChange::Expired);
            self.notify(now, id, news);
        }
    }

    /// Puts the end of a subscription on the agenda, or the instant when its state is told again.
    pub(crate) fn file_notice(&mut self, id: NoticeId) {
        let notice = self.notices.get(&id).filter(|notice| !notice.ending);
        let deadline = notice.map(|notice| {
            let retry_at = notice.retry_at.unwrap_or(notice.ends_at);
            retry_at.min(notice.ends_at)
        });
        self.notice_agenda.set(id, deadline);
    }

    fn forget_notice(&mut self, id: NoticeId) {
        self.notice_agenda.set(id, None);
        if let Some(notice) = self.notices.remove(&id) {
            self.homes.leave(notice.home, Usage::Notifier(id));
            self.report_notice(id, NoticeChange::Ended);
        }
    }

    fn report_notice(&mut self, notice: NoticeId, change: NoticeChange) {
        self.happen(Happening::Notice { notice, change });
    }
}
