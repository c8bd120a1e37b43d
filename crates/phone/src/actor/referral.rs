//! Calls that others ask this phone to make: REFER as transferee (RFC 3515 2.4), and who is told what
//! became of them.

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, Method, Scheme, Uri};
use gannet_ua::endpoint::{CallId, NoticeId, Reply};
use gannet_ua::transaction::TransactionId;
use gannet_ua::{
    EventPackage, Grant, Identifiers, News, ReferReport, ReferTo, Sipfrag, StateKind,
    SubscriptionState, Target, TerminationReason,
};

use super::core::Actor;
use crate::call::{CallEnd, CallEndCause, CallHandle};
use crate::destination::{CallOptions, Destination};
use crate::error::PhoneError;
use crate::profile::TransferPolicy;

/// How long a referrer is told what becomes of a REFER, unless the end comes before.
const TOLD_FOR: Duration = Duration::from_mins(3);
/// REFERs that are remembered; the oldest go first.
const REFERRALS_KEPT_MAX: usize = 64;
/// The URI parameter by which a referrer names its REFER when it subscribes by itself.
const TOKEN: &str = "refer";

/// A REFER that the phone has accepted.
pub(super) struct Referral {
    to: ReferTo,
    /// What the call that follows carries beside its own fields.
    carried: Vec<(String, String)>,
    /// It goes straight to the address of the URI, as the REFER came.
    straight: bool,
    notice: Option<NoticeId>,
    /// What stands for it in Refer-Events-At.
    token: Option<String>,
    /// It waits for the user.
    asks: bool,
    /// The call that follows.
    follow: Option<CallHandle>,
    /// What was told last.
    status: Sipfrag,
}

impl Referral {
    fn news(&self) -> News {
        let state = if self.status.is_final() {
            SubscriptionState::terminated(TerminationReason::NoResource)
        } else if self.asks {
            SubscriptionState::new(StateKind::Pending)
        } else {
            SubscriptionState::active()
        };
        News::new(state).body(self.status.body())
    }
}

/// Whether a request is a SUBSCRIBE to what becomes of a REFER.
pub(super) fn is_refer_subscribe(message: &Message) -> bool {
    message.method() == Some(Method::Subscribe)
        && EventPackage::of(message).is_ok_and(|event| event.name == "refer")
}

impl Actor {
    /// Somebody asks for a call.
    pub(super) fn handle_refer(
        &mut self,
        now: Instant,
        request: TransactionId,
        call: Option<CallId>,
        message: &Message,
    ) {
        let style = self.config.profile.transfer;
        let refused = |code| Err(Reply::new(code));
        let asked = match (ReferTo::of(message), ReferReport::asked_by(message)) {
            _ if matches!(style.accept, TransferPolicy::Refuse(_)) => match style.accept {
                TransferPolicy::Refuse(code) => refused(code),
                _ => refused(603),
            },
            (Err(error), _) => Err(bad_request(&error.to_string())),
            (_, None) => Err(bad_request("nosub and explicitsub exclude each other")),
            (Ok(to), _) if !matches!(to.uri.scheme, Scheme::Sip | Scheme::Sips | Scheme::Tel) => {
                refused(416)
            }
            // A phone makes calls for others, nothing else.
            (Ok(to), _) if to.method != Method::Invite => refused(603),
            (Ok(to), Some(report)) => Ok((to, report)),
        };
        let (to, report) = match asked {
            Ok(asked) => asked,
            Err(reply) => return self.endpoint.respond(now, request, reply),
        };
        let source = match call {
            Some(call) => self.endpoint.peer(call),
            None => self.endpoint.source_of(request),
        };
        let mut grant = Grant::new(TOLD_FOR, self.addresses.contact());
        grant.code = style.accept_code;
        let mut token = None;
        if report == ReferReport::Explicit {
            // 200 says that no subscription was made (RFC 7614).
            grant.code = 200;
            let (at, word) = self.events_at();
            let field = ("Refer-Events-At".to_owned(), format!("<{at}>"));
            grant.headers.push(field);
            token = Some(word);
        }
        let straight = self.goes_around_server(source) && self.is_elsewhere(&to.uri);
        let carried = to.carried(message);
        let Ok(notice) = self.endpoint.accept_refer(now, request, grant) else {
            return;
        };
        self.transfers.referrals.push(Referral {
            to,
            carried,
            straight,
            notice,
            token,
            asks: style.accept == TransferPolicy::Ask,
            follow: None,
            status: Sipfrag::new(100),
        });
        if self.transfers.referrals.len() > REFERRALS_KEPT_MAX {
            self.transfers.referrals.remove(0);
        }
        let index = self.transfers.referrals.len() - 1;
        self.tell(now, index);
        if style.accept == TransferPolicy::Ask {
            self.show_waiting();
        } else {
            self.follow(now, index);
        }
    }

    /// Where a referrer subscribes to one REFER, and what names that REFER there.
    fn events_at(&mut self) -> (Uri, String) {
        let token = self.identifiers().tag(&mut self.rng);
        let mut uri = self.addresses.contact().uri;
        uri.params.set(TOKEN, token.as_str());
        (uri, token)
    }

    /// Whether messages to and from there do not pass the phone's server.
    pub(super) fn goes_around_server(&self, peer: Option<Target>) -> bool {
        match (self.addresses.server(), peer) {
            (Some(server), Some(peer)) => server.address != peer.address,
            _ => false,
        }
    }

    /// Whether a URI names an address that is not the phone's own domain, which may be written without
    /// its port.
    fn is_elsewhere(&self, uri: &Uri) -> bool {
        let own = self.addresses.domain();
        let server_port = self.addresses.server().map(|server| server.address.port());
        let own_port = own.port.or(server_port);
        let of_own_domain = uri.host == own.host && (uri.port.is_none() || uri.port == own_port);
        uri.socket_addr().is_some() && !of_own_domain
    }

    /// The address that a URI names.
    pub(super) fn straight(&self, uri: &Uri) -> Result<Target, PhoneError> {
        let transport = uri.transport().unwrap_or(self.config.transport);
        let address = uri.socket_addr().filter(|_| self.is_elsewhere(uri));
        let target = address.map(|address| Target::new(transport, address));
        target.ok_or_else(|| PhoneError::BadDestination {
            phone: self.config.name.clone(),
            text: uri.to_string(),
            reason: "what is to be reached without the server needs an address in its URI"
                .to_owned(),
        })
    }

    /// Makes the call.
    fn follow(&mut self, now: Instant, index: usize) {
        let Some(referral) = self.transfers.referrals.get_mut(index) else {
            return;
        };
        referral.asks = false;
        let destination = Destination::Uri(referral.to.uri.clone());
        let options = CallOptions {
            headers: referral.carried.clone(),
            straight: referral.straight,
            ..CallOptions::default()
        };
        match self.start_call(now, &destination, &options) {
            Ok(call) => {
                if let Some(referral) = self.transfers.referrals.get_mut(index) {
                    referral.follow = Some(call);
                }
                self.show_call(call, |record| record.referred = true);
            }
            Err(_) => self.tell_status(now, index, Sipfrag::new(503)),
        }
    }

    fn tell(&mut self, now: Instant, index: usize) {
        let Some(referral) = self.transfers.referrals.get(index) else {
            return;
        };
        if let Some(notice) = referral.notice {
            let news = referral.news();
            self.endpoint.notify(now, notice, news);
        }
    }

    fn tell_status(&mut self, now: Instant, index: usize, status: Sipfrag) {
        let Some(referral) = self.transfers.referrals.get_mut(index) else {
            return;
        };
        if referral.status == status || referral.status.is_final() {
            return;
        }
        referral.status = status;
        self.tell(now, index);
    }

    /// A call that was asked for got a response.
    pub(super) fn tell_referrer(
        &mut self,
        now: Instant,
        call: CallHandle,
        status: Option<Sipfrag>,
    ) {
        let mut referrals = self.transfers.referrals.iter();
        let index = referrals.position(|referral| referral.follow == Some(call));
        if let (Some(index), Some(status)) = (index, status) {
            self.tell_status(now, index, status);
        }
    }

    /// A call is over: if it was asked for and never answered, that is what there is to tell.
    pub(super) fn follow_ended(&mut self, now: Instant, call: CallHandle, end: &CallEnd) {
        let code = end.code.unwrap_or(match end.cause {
            CallEndCause::LocalCancel | CallEndCause::LocalHangUp => 487,
            CallEndCause::NoCommonMedia => 488,
            _ => 503,
        });
        let mut status = Sipfrag::new(code);
        if let (Some(_), Some(reason)) = (end.code, &end.reason) {
            status.reason.clone_from(reason);
        }
        self.tell_referrer(now, call, Some(status));
    }

    /// Lets the oldest REFER that waits for the user go on, or refuses it after all
    /// (RFC 3515 2.4.5).
    pub(crate) fn decide_referral(
        &mut self,
        now: Instant,
        refusal: Option<u16>,
    ) -> Result<(), PhoneError> {
        self.require_power()?;
        let mut referrals = self.transfers.referrals.iter();
        let Some(index) = referrals.position(|referral| referral.asks) else {
            return Err(PhoneError::Misuse {
                phone: self.config.name.clone(),
                problem: "no transfer waits for a decision: those do that come in while the \
                          profile's transfer.accept is \"ask\""
                    .to_owned(),
            });
        };
        match refusal {
            Some(code) => {
                if let Some(referral) = self.transfers.referrals.get_mut(index) {
                    referral.asks = false;
                }
                self.tell_status(now, index, Sipfrag::new(code));
            }
            None => self.follow(now, index),
        }
        self.show_waiting();
        Ok(())
    }

    fn show_waiting(&self) {
        let referrals = self.transfers.referrals.iter();
        let waiting = referrals.filter(|referral| referral.asks).count();
        self.show(|state| state.transfers_waiting = waiting);
    }

    /// A referrer subscribes to its REFER (RFC 7614), or goes on with the subscription that came
    /// with it.
    pub(super) fn handle_refer_subscribe(
        &mut self,
        now: Instant,
        request: TransactionId,
        notice: Option<NoticeId>,
        message: &Message,
    ) {
        if self.by_hand {
            return self.leave_open(request);
        }
        let uri = message.request_uri().ok();
        let token = uri.as_ref().and_then(|uri| uri.params.get(TOKEN));
        let mut referrals = self.transfers.referrals.iter();
        let index = referrals.position(|referral| match notice {
            Some(notice) => referral.notice == Some(notice),
            None => token.is_some() && referral.token.as_deref() == token,
        });
        let Some(index) = index else {
            return self.endpoint.respond(now, request, Reply::new(404));
        };
        let asked = message.number(HeaderName::Expires).ok();
        let asked = asked.map_or(TOLD_FOR, |seconds| Duration::from_secs(seconds.into()));
        let contact = self.addresses.contact();
        let grant = Grant::new(asked.min(TOLD_FOR), contact);
        let Ok(notice) = self.endpoint.grant(now, request, grant) else {
            return;
        };
        let Some(referral) = self.transfers.referrals.get_mut(index) else {
            return;
        };
        let mut news = referral.news();
        if asked.is_zero() {
            if !news.state.is_terminated() {
                news.state = SubscriptionState::terminated(TerminationReason::Timeout);
            }
        } else {
            referral.notice = Some(notice);
        }
        self.endpoint.notify(now, notice, news);
    }
}

fn bad_request(reason: &str) -> Reply {
    Reply {
        reason: Some(reason.to_owned()),
        ..Reply::new(400)
    }
}
