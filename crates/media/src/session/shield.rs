//! What protects the packets of a session, and what is told of those that are not as agreed.

use std::time::{Duration, Instant};

use gannet_rtp::RtpPacket;

use super::config::{RtpSessionConfig, SrtpFault};
use super::report::SrtpReport;
use super::tag_watch::TagWatch;
use crate::codec::Codec;
use crate::offer_answer::Security;
use crate::srtp::{CryptoLine, MasterKey, SrtpContext, SrtpError, Suite};

/// Packets under a key that was agreed on before are taken for so long: they were on their way when
/// the key changed, or come from another fork.
const FORMER_KEY_KEPT: Duration = Duration::from_secs(2);
/// Keys of the other side that are remembered: those of its forks, and former ones.
const KEYS_MAX: usize = 8;

/// Protects and takes off the protection, as the last agreement says.
#[derive(Debug, Default)]
pub(super) struct Shield {
    security: Security,
    sends: Option<(CryptoLine, SrtpContext)>,
    /// The agreed one, then former ones.
    takes: Vec<Taking>,
    watch: TagWatch,
    counts: SrtpReport,
    fault: Option<SrtpFault>,
    failure: Option<String>,
}

/// What a datagram holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Rtp,
    Rtcp,
}

/// A key of the other side.
#[derive(Debug)]
struct Taking {
    line: CryptoLine,
    context: SrtpContext,
    /// The end of a former one.
    until: Option<Instant>,
    packets: u64,
}

impl Shield {
    pub(super) fn new(config: &RtpSessionConfig, now: Instant) -> Self {
        let mut shield = Self {
            fault: config.srtp_fault,
            ..Self::default()
        };
        shield.apply(&config.negotiated.security, now);
        if shield.is_open() && config.srtp_fault == Some(SrtpFault::SendsProtected) {
            let line = CryptoLine::new(1, Suite::AesCm80, unknown_key(Suite::AesCm80));
            shield.send_with(&line);
        }
        shield
    }

    /// Goes on under a new agreement. A key that stays goes on where it was.
    pub(super) fn apply(&mut self, security: &Security, now: Instant) {
        if self.security == *security {
            return;
        }
        self.watch = TagWatch::default();
        match security {
            Security::None => {
                self.sends = None;
                self.takes.clear();
            }
            Security::Sdes { local, remote } => self.install(local, remote, now),
            // Another association gives other keys; former ones are taken until it does.
            Security::Dtls(_) => self.sends = None,
        }
        self.security = security.clone();
    }

    /// A handshake has given keys.
    pub(super) fn install(&mut self, local: &CryptoLine, remote: &CryptoLine, now: Instant) {
        match self.fault {
            Some(SrtpFault::SendsPlain) => {}
            Some(SrtpFault::OtherKey) => {
                let suite = local.suite;
                self.send_with(&CryptoLine::new(local.tag, suite, unknown_key(suite)));
            }
            Some(SrtpFault::SendsProtected) | None => self.send_with(local),
        }
        self.take_with(remote, now);
    }

    /// A handshake has failed: there will be no keys.
    pub(super) fn give_up(&mut self, why: String) {
        self.failure = Some(why);
    }

    /// Why a handshake failed, if one did.
    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    fn send_with(&mut self, line: &CryptoLine) {
        let same = |(before, _): &(CryptoLine, SrtpContext)| is_same_key(before, line);
        if self.sends.as_ref().is_some_and(same) {
            return;
        }
        let context = match &self.sends {
            Some((_, before)) => line.context_after(before),
            None => line.context(),
        };
        self.sends = Some((line.clone(), context));
    }

    fn take_with(&mut self, line: &CryptoLine, now: Instant) {
        let known = self.takes.iter();
        let known = known
            .map(|it| &it.line)
            .position(|it| is_same_key(it, line));
        let taking = match (known, self.takes.first()) {
            (Some(at), _) => self.takes.remove(at),
            (None, before) => Taking {
                line: line.clone(),
                context: before
                    .map_or_else(|| line.context(), |it| line.context_after(&it.context)),
                until: None,
                packets: 0,
            },
        };
        for former in &mut self.takes {
            former.until.get_or_insert(now + FORMER_KEY_KEPT);
        }
        self.takes.insert(0, taking);
        self.takes[0].until = None;
        self.takes.truncate(KEYS_MAX);
    }

    /// Whether datagrams are as they are agreed to be without any doing.
    pub(super) fn is_open(&self) -> bool {
        !self.security.is_srtp()
    }

    /// Protects a packet of ours; false if it must not be sent.
    pub(super) fn protect(&mut self, content: Content, packet: &mut Vec<u8>) -> bool {
        let Some((_, context)) = &mut self.sends else {
            // While a handshake goes on nothing is sent.
            return self.is_open() || self.fault == Some(SrtpFault::SendsPlain);
        };
        let protected = match content {
            Content::Rtp => context.protect(packet),
            Content::Rtcp => context.protect_control(packet),
        };
        protected.is_ok()
    }

    /// Takes the protection off a packet that has come; false if it is not what was agreed on.
    pub(super) fn unprotect(
        &mut self,
        now: Instant,
        content: Content,
        codecs: &[(u8, Codec)],
        packet: &mut Vec<u8>,
    ) -> bool {
        if self.takes.is_empty() {
            // The handshake goes on: what comes before its end says nothing.
            return false;
        }
        for taking in &mut self.takes {
            if taking.until.is_some_and(|until| until <= now) {
                continue;
            }
            let taken = match content {
                Content::Rtp => taking.context.unprotect_once(packet),
                Content::Rtcp => taking.context.unprotect_control(packet),
            };
            match taken {
                Ok(()) => {
                    taking.packets += u64::from(content == Content::Rtp);
                    let over = taking.line.lifetime.is_some_and(|it| taking.packets > it);
                    self.counts.outlived += u64::from(over);
                    return true;
                }
                Err(SrtpError::Replayed) => {
                    self.counts.replayed += 1;
                    return false;
                }
                Err(_) => {}
            }
        }
        self.counts.not_authentic += 1;
        if content == Content::Rtp {
            self.watch.see(packet, codecs);
        }
        false
    }

    /// Looks at a packet that is to be plain RTP.
    pub(super) fn watch_plain(&mut self, packet: &RtpPacket<'_>, codecs: &[(u8, Codec)]) {
        self.watch.see_packet(packet, codecs);
    }

    pub(super) fn report(&self) -> SrtpReport {
        let mut report = self.counts;
        if self.is_open() {
            report.protected = self.watch.tagged();
        } else {
            report.plain = self.watch.plain();
        }
        report.sends = self.sends.as_ref().map(|(line, _)| line.suite);
        report.takes = self.takes.first().map(|it| it.line.suite);
        report
    }
}

/// A key that is in no description.
fn unknown_key(suite: Suite) -> MasterKey {
    MasterKey::random(suite, &mut fastrand::Rng::with_seed(0xbad))
}

/// The same numbers go on.
fn is_same_key(one: &CryptoLine, other: &CryptoLine) -> bool {
    (one.protection, &one.master) == (other.protection, &other.master)
}
