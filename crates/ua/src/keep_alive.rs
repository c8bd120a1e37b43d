//! Keep-alives of a flow (RFC 5626 4.4): when one is due, and whether its answer comes.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::stun::StunTransaction;

/// How long a pong is waited for (RFC 5626 4.4.1).
const PONG_WAIT: Duration = Duration::from_secs(10);
/// First wait before a STUN request is repeated (RFC 8489 6.2.1).
const STUN_RTO: Duration = Duration::from_millis(500);
/// How often a STUN request is sent (RFC 8489 6.2.1, Rc).
const STUN_SENDS_MAX: u32 = 7;
/// What the wait after the last one is a multiple of (RFC 8489 6.2.1, Rm).
const STUN_LAST_WAIT: u32 = 16;
/// Seconds between keep-alives over datagrams and over connections where the server names no
/// Flow-Timer (RFC 5626 4.4.1, 4.4.2).
const DATAGRAM_INTERVAL: (u64, u64) = (24_000, 29_000);
const STREAM_INTERVAL: (u64, u64) = (95_000, 120_000);

/// What keeps a flow alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KeepAliveKind {
    /// Nothing.
    #[default]
    None,
    /// What RFC 5626 3.5 says: CRLF pairs over connections, STUN over datagrams.
    ByTransport,
    /// CRLF CRLF. Over datagrams nobody answers it.
    Crlf,
    /// STUN Binding requests; over connections CRLF pairs, since STUN has no place there.
    Stun,
    /// OPTIONS to the registrar; any response counts.
    Options,
    /// NOTIFY with `Event: keep-alive`, as some devices send it; any response counts.
    Notify,
    /// A datagram without octets, which nobody answers; over connections CRLF pairs.
    ZeroBytes,
}

/// What happens when keep-alives stay unanswered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnLoss {
    /// The flow has failed: a new one is formed (RFC 5626 4.5).
    #[default]
    NewFlow,
    /// It goes on as if nothing had been.
    Nothing,
}

/// How a flow is kept alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeepAlivePolicy {
    /// By what.
    pub kind: KeepAliveKind,
    /// The time between two; `None`: what the server's Flow-Timer or RFC 5626 4.4 says. A shorter
    /// Flow-Timer wins.
    pub interval: Option<Duration>,
    /// How long an answer is waited for; `None`: 10 s for a pong, 39.5 s with repetitions for STUN.
    pub answer_wait: Option<Duration>,
    /// What happens without an answer.
    pub on_loss: OnLoss,
}

/// What is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probe {
    Ping,
    Stun(StunTransaction),
    Options,
    Notify,
    Nothing,
}

/// What a deadline brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    Send(Probe),
    /// No answer came.
    Lost,
}

/// What an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Alive,
    /// The other side sees another address than before: the binding in a NAT is a new one
    /// (RFC 5626 4.4.2).
    Moved,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    probe: Probe,
    until: Instant,
    /// When it is sent once more, and the wait after that.
    again: Option<(Instant, Duration)>,
}

/// The keep-alives of one flow. Starts with [`KeepAlive::start`]; then [`KeepAlive::handle_timeout`] at
/// [`KeepAlive::next_deadline`], and what comes in by [`KeepAlive::pong`] and [`KeepAlive::stun`].
#[derive(Debug)]
pub(crate) struct KeepAlive {
    reliable: bool,
    /// The bounds between which intervals are drawn, milliseconds.
    interval: Option<(u64, u64)>,
    next_at: Option<Instant>,
    waiting: Option<Waiting>,
    mapped: Option<SocketAddr>,
    /// Answers since the start.
    pub(crate) answers: u64,
}

impl KeepAlive {
    pub(crate) const fn new() -> Self {
        Self {
            reliable: false,
            interval: None,
            next_at: None,
            waiting: None,
            mapped: None,
            answers: 0,
        }
    }

    /// The flow is there, or was confirmed: keep-alives go on at the pace that was told.
    pub(crate) fn start(
        &mut self,
        now: Instant,
        policy: &KeepAlivePolicy,
        reliable: bool,
        flow_timer: Option<Duration>,
        rng: &mut fastrand::Rng,
    ) {
        if policy.kind == KeepAliveKind::None {
            return;
        }
        self.reliable = reliable;
        self.interval = Some(interval(policy, reliable, flow_timer));
        let next = now + self.draw(rng);
        self.next_at = Some(self.next_at.map_or(next, |planned| planned.min(next)));
    }

    /// The flow is gone.
    pub(crate) fn stop(&mut self) {
        *self = Self::new();
    }

    pub(crate) const fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// The address that the other side saw last.
    pub(crate) const fn mapped(&self) -> Option<SocketAddr> {
        self.mapped
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let again = |waiting: &Waiting| waiting.again.map_or(waiting.until, |(at, _)| at);
        match &self.waiting {
            Some(waiting) => Some(again(waiting).min(waiting.until)),
            None => self.next_at,
        }
    }

    pub(crate) fn handle_timeout(
        &mut self,
        now: Instant,
        policy: &KeepAlivePolicy,
        rng: &mut fastrand::Rng,
    ) -> Option<Due> {
        if let Some(waiting) = &mut self.waiting {
            if waiting.until <= now {
                self.waiting = None;
                self.next_at = Some(now + self.draw(rng));
                return Some(Due::Lost);
            }
            let (at, wait) = waiting.again.filter(|(at, _)| *at <= now)?;
            waiting.again = Some((at + wait, wait * 2));
            return Some(Due::Send(waiting.probe));
        }
        self.next_at.filter(|at| *at <= now)?;
        let probe = self.probe(policy, rng);
        self.next_at = Some(now + self.draw(rng));
        self.waiting = self.expected(now, policy, probe);
        Some(Due::Send(probe))
    }

    /// A pong, or the response to a request that served as keep-alive.
    pub(crate) fn pong(&mut self) -> Option<Answer> {
        let waited = self
            .waiting
            .take_if(|waiting| !matches!(waiting.probe, Probe::Stun(_)));
        waited.map(|_| self.answered())
    }

    /// A STUN response; `None` if it answers nothing that was asked.
    pub(crate) fn stun(
        &mut self,
        transaction: StunTransaction,
        mapped: Option<SocketAddr>,
    ) -> Option<Answer> {
        self.waiting
            .take_if(|waiting| waiting.probe == Probe::Stun(transaction))?;
        let before = self.mapped;
        self.mapped = mapped.or(before);
        let alive = self.answered();
        match (before, mapped) {
            (Some(before), Some(after)) if before != after => Some(Answer::Moved),
            _ => Some(alive),
        }
    }

    fn answered(&mut self) -> Answer {
        self.answers += 1;
        Answer::Alive
    }

    fn probe(&self, policy: &KeepAlivePolicy, rng: &mut fastrand::Rng) -> Probe {
        match policy.kind {
            KeepAliveKind::Options => Probe::Options,
            KeepAliveKind::Notify => Probe::Notify,
            KeepAliveKind::ZeroBytes if !self.reliable => Probe::Nothing,
            KeepAliveKind::Stun | KeepAliveKind::ByTransport if !self.reliable => {
                Probe::Stun(StunTransaction::random(rng))
            }
            KeepAliveKind::None
            | KeepAliveKind::Crlf
            | KeepAliveKind::Stun
            | KeepAliveKind::ByTransport
            | KeepAliveKind::ZeroBytes => Probe::Ping,
        }
    }

    /// What is waited for after a probe, if anybody answers it.
    fn expected(&self, now: Instant, policy: &KeepAlivePolicy, probe: Probe) -> Option<Waiting> {
        let (wait, again) = match probe {
            Probe::Stun(_) => (stun_wait(), Some((now + STUN_RTO, STUN_RTO * 2))),
            Probe::Ping if self.reliable => (PONG_WAIT, None),
            Probe::Ping | Probe::Nothing => return None,
            // Their transactions have an end of their own; this one is for shorter waits.
            Probe::Options | Probe::Notify => (policy.answer_wait?, None),
        };
        Some(Waiting {
            probe,
            until: now + policy.answer_wait.unwrap_or(wait),
            again,
        })
    }

    fn draw(&self, rng: &mut fastrand::Rng) -> Duration {
        let (from, to) = self.interval.unwrap_or(DATAGRAM_INTERVAL);
        Duration::from_millis(rng.u64(from..=to))
    }
}

/// How long a STUN request is waited for in all (RFC 8489 6.2.1).
fn stun_wait() -> Duration {
    STUN_RTO * (2_u32.pow(STUN_SENDS_MAX - 1) - 1) + STUN_RTO * STUN_LAST_WAIT
}

fn interval(policy: &KeepAlivePolicy, reliable: bool, flow_timer: Option<Duration>) -> (u64, u64) {
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
    // At random between 80 and 100 percent of what the server says (RFC 5626 4.4).
    let told = flow_timer.map(|time| (millis(time * 4 / 5), millis(time)));
    match (policy.interval.map(millis), told) {
        (Some(own), Some((from, _))) if own >= from => told.unwrap_or((own, own)),
        (Some(own), _) => (own, own),
        (None, Some(told)) => told,
        (None, None) if reliable => STREAM_INTERVAL,
        (None, None) => DATAGRAM_INTERVAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    fn policy(kind: KeepAliveKind) -> KeepAlivePolicy {
        KeepAlivePolicy {
            kind,
            ..KeepAlivePolicy::default()
        }
    }

    fn started(policy: &KeepAlivePolicy, reliable: bool) -> (KeepAlive, Instant, fastrand::Rng) {
        let (now, mut rng) = (Instant::now(), fastrand::Rng::with_seed(7));
        let mut machine = KeepAlive::new();
        machine.start(now, policy, reliable, None, &mut rng);
        (machine, now, rng)
    }

    #[test]
    fn intervals_are_those_of_the_rfc_unless_told_otherwise() {
        let plain = policy(KeepAliveKind::ByTransport);
        let own = KeepAlivePolicy {
            interval: Some(S * 15),
            ..plain
        };
        let table = [
            (plain, true, None, (95_000, 120_000)),
            (plain, false, None, (24_000, 29_000)),
            (plain, true, Some(S * 50), (40_000, 50_000)),
            (own, false, None, (15_000, 15_000)),
            (own, true, Some(S * 50), (15_000, 15_000)),
            (own, true, Some(S * 10), (8_000, 10_000)),
        ];
        for (policy, reliable, flow_timer, expected) in table {
            assert_eq!(interval(&policy, reliable, flow_timer), expected);
        }
    }

    #[test]
    fn a_ping_without_pong_for_ten_seconds_is_lost() {
        let policy = policy(KeepAliveKind::ByTransport);
        let (mut machine, start, mut rng) = started(&policy, true);
        let first = machine.next_deadline().expect("planned");
        assert!((S * 95..=S * 120).contains(&(first - start)));
        let due = machine.handle_timeout(first, &policy, &mut rng);
        assert_eq!(due, Some(Due::Send(Probe::Ping)));
        assert_eq!(machine.pong(), Some(Answer::Alive));
        assert_eq!(machine.pong(), None, "nobody asked");
        let second = machine.next_deadline().expect("planned");
        machine.handle_timeout(second, &policy, &mut rng);
        let end = machine.next_deadline().expect("waited for");
        assert_eq!(end - second, PONG_WAIT);
        assert_eq!(
            machine.handle_timeout(end, &policy, &mut rng),
            Some(Due::Lost)
        );
    }

    #[test]
    fn stun_is_repeated_and_lost_after_its_last_wait() {
        let policy = policy(KeepAliveKind::Stun);
        let (mut machine, _, mut rng) = started(&policy, false);
        let begun = machine.next_deadline().expect("planned");
        let mut sent = Vec::new();
        let lost = loop {
            let at = machine.next_deadline().expect("a deadline");
            match machine.handle_timeout(at, &policy, &mut rng) {
                Some(Due::Send(Probe::Stun(_))) => sent.push((at - begun).as_millis()),
                Some(Due::Lost) => break at - begun,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(sent, [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
        assert_eq!(lost.as_millis(), 39_500);
    }

    #[test]
    fn another_mapped_address_is_another_flow() {
        let policy = policy(KeepAliveKind::Stun);
        let (mut machine, _, mut rng) = started(&policy, false);
        let mut ask = |machine: &mut KeepAlive| {
            let at = machine.next_deadline().expect("planned");
            match machine.handle_timeout(at, &policy, &mut rng) {
                Some(Due::Send(Probe::Stun(id))) => id,
                other => panic!("{other:?}"),
            }
        };
        let seen = |port| Some(SocketAddr::from(([192, 0, 2, 1], port)));
        let id = ask(&mut machine);
        assert_eq!(machine.stun(StunTransaction([0; 12]), seen(1)), None);
        assert_eq!(machine.stun(id, seen(1)), Some(Answer::Alive));
        let id = ask(&mut machine);
        assert_eq!(machine.stun(id, seen(1)), Some(Answer::Alive));
        let id = ask(&mut machine);
        assert_eq!(machine.stun(id, seen(2)), Some(Answer::Moved));
        assert_eq!(machine.answers, 3);
    }

    #[test]
    fn what_nobody_answers_is_not_waited_for() {
        for kind in [KeepAliveKind::Crlf, KeepAliveKind::ZeroBytes] {
            let policy = policy(kind);
            let (mut machine, _, mut rng) = started(&policy, false);
            for _ in 0..3 {
                let at = machine.next_deadline().expect("planned");
                let due = machine.handle_timeout(at, &policy, &mut rng);
                assert!(matches!(due, Some(Due::Send(_))), "{due:?}");
            }
            assert!(!machine.is_waiting());
        }
    }
}
