//! What stands between the user agent of a phone and its sockets while the phone misbehaves on
//! purpose: messages that are not heard, and messages that leave late, twice or again. No I/O.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use gannet_net::{Impairment, SocketImpairment};
use gannet_sip::{Message, Method};
use gannet_ua::{Target, Timers};

use crate::misbehaviour::MessageMatch;

/// Messages of which it is known that they were sent before; the oldest are forgotten.
const SENT_MAX: usize = 4096;
/// Messages that wait at once; what comes on top leaves at once.
const WAITING_MAX: usize = 65_536;

/// What becomes of a message that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hearing {
    Heard,
    Ignored,
    Lost,
}

/// How often a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copies {
    /// Twice at once; retransmissions of the user agent leave as they are.
    Double,
    /// So often again; retransmissions of the user agent do not leave.
    Retransmit(u32),
}

/// A message on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Departure {
    pub(crate) target: Target,
    pub(crate) message: Message,
}

/// The rules in force, which outlive a reboot.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    /// Datagrams that are left of each; `None`: all.
    pub(crate) ignored: Vec<(MessageMatch, Option<u64>)>,
    pub(crate) delays: Vec<(MessageMatch, Duration)>,
    pub(crate) copies: Vec<(MessageMatch, Copies)>,
    pub(crate) loss: Option<SocketImpairment>,
    /// What the media of calls from now on suffer, if not what is configured.
    pub(crate) media_loss: Option<Impairment>,
}

/// Input: [`Filter::hear`], [`Filter::send`]. Output: [`Filter::poll`] until it is empty, after each
/// `send` and at [`Filter::next_deadline`].
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) rules: Rules,
    waiting: BTreeMap<(Instant, u64), Departure>,
    last: u64,
    sent: HashSet<u64>,
    sent_order: VecDeque<u64>,
}

impl Filter {
    /// Whether what is sent leaves as it is, at once.
    pub(crate) fn passes_all(&self) -> bool {
        self.rules.delays.is_empty() && self.rules.copies.is_empty()
    }

    /// Judges a message that came over UDP, or not.
    pub(crate) fn hear(&mut self, message: &Message, datagram: bool) -> Hearing {
        if datagram && self.loses_received() {
            return Hearing::Lost;
        }
        let mut rules = self.rules.ignored.iter_mut();
        let Some((_, left)) = rules.find(|(what, _)| what.fits(message)) else {
            return Hearing::Heard;
        };
        if let Some(left) = left {
            *left = left.saturating_sub(1);
        }
        self.rules.ignored.retain(|(_, left)| *left != Some(0));
        Hearing::Ignored
    }

    /// Whether the next datagram in is lost.
    pub(crate) fn loses_received(&mut self) -> bool {
        let loss = self.rules.loss.as_mut();
        loss.is_some_and(SocketImpairment::drops_received)
    }

    /// Whether the next datagram out is lost.
    pub(crate) fn loses_sent(&mut self) -> bool {
        let loss = self.rules.loss.as_mut();
        loss.is_some_and(SocketImpairment::drops_sent)
    }

    /// Takes a message of the user agent.
    pub(crate) fn send(&mut self, now: Instant, timers: Timers, target: Target, message: Message) {
        let leaves = now + newest(&self.rules.delays, &message).unwrap_or_default();
        let Some(copies) = newest(&self.rules.copies, &message) else {
            return self.put(leaves, target, message);
        };
        match (copies, self.is_first(target, &message)) {
            (Copies::Double, true) => {
                self.put(leaves, target, message.clone());
                self.put(leaves, target, message);
            }
            (Copies::Double, false) => self.put(leaves, target, message),
            (Copies::Retransmit(times), true) => {
                for offset in offsets(&message, timers, times) {
                    self.put(leaves + offset, target, message.clone());
                }
            }
            (Copies::Retransmit(_), false) => {}
        }
    }

    fn put(&mut self, at: Instant, target: Target, message: Message) {
        // Whoever waits longest goes first, before there are too many.
        let at = match self.waiting.first_key_value() {
            Some(((first, _), _)) if self.waiting.len() >= WAITING_MAX => (*first).min(at),
            _ => at,
        };
        self.last += 1;
        let departure = Departure { target, message };
        self.waiting.insert((at, self.last), departure);
    }

    /// Whether these octets go there for the first time.
    fn is_first(&mut self, target: Target, message: &Message) -> bool {
        let mut hasher = DefaultHasher::new();
        target.address.hash(&mut hasher);
        message.bytes().hash(&mut hasher);
        let print = hasher.finish();
        if !self.sent.insert(print) {
            return false;
        }
        self.sent_order.push_back(print);
        if self.sent_order.len() > SENT_MAX
            && let Some(oldest) = self.sent_order.pop_front()
        {
            self.sent.remove(&oldest);
        }
        true
    }

    /// The next message that leaves now.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<Departure> {
        let entry = self.waiting.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }

    /// When the next message leaves.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.waiting.first_key_value().map(|((at, _), _)| *at)
    }

    /// Forgets what waits.
    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
        self.sent.clear();
        self.sent_order.clear();
    }
}

/// What the newest of the rules for a message says.
fn newest<T: Copy>(rules: &[(MessageMatch, T)], message: &Message) -> Option<T> {
    let fitting = rules.iter().rev().find(|(what, _)| what.fits(message));
    fitting.map(|(_, says)| *says)
}

/// When a message and its repetitions leave, counted from the first.
fn offsets(message: &Message, timers: Timers, times: u32) -> impl Iterator<Item = Duration> {
    let invite = message.is_request() && message.method() == Some(Method::Invite);
    let interval_max = if invite { Duration::MAX } else { timers.t2 };
    let mut interval = timers.t1;
    let mut offset = Duration::ZERO;
    let again = (0..times).map(move |_| {
        offset = offset.saturating_add(interval);
        interval = interval.saturating_mul(2).min(interval_max);
        offset
    });
    std::iter::once(Duration::ZERO).chain(again)
}

#[cfg(test)]
mod tests {
    use gannet_sip::Transport;

    use super::*;

    fn message(text: &str) -> Message {
        Message::parse(text.replace('\n', "\r\n").into_bytes())
    }

    fn invite() -> Message {
        message("INVITE sip:bob@b SIP/2.0\nCSeq: 1 INVITE\n\n")
    }

    fn bye() -> Message {
        message("BYE sip:bob@b SIP/2.0\nCSeq: 2 BYE\n\n")
    }

    fn of(method: Method) -> MessageMatch {
        MessageMatch::new(method.to_string(), move |message| {
            message.method().as_ref() == Some(&method)
        })
    }

    fn peer() -> Target {
        Target::new(Transport::Udp, ([127, 0, 0, 1], 5060).into())
    }

    /// What leaves, each with its milliseconds from the beginning.
    fn departures(filter: &mut Filter, start: Instant) -> Vec<(u128, String)> {
        let mut left = Vec::new();
        while let Some(at) = filter.next_deadline() {
            while let Some(departure) = filter.poll(at) {
                let title = departure.message.title();
                left.push((at.duration_since(start).as_millis(), title));
            }
        }
        left
    }

    fn times(filter: &mut Filter, start: Instant) -> Vec<u128> {
        let left = departures(filter, start).into_iter();
        left.map(|(at, _)| at).collect()
    }

    #[test]
    fn so_many_are_not_heard_and_the_next_is() {
        let mut filter = Filter::default();
        let ignored = [(of(Method::Invite), Some(2)), (of(Method::Invite), Some(1))];
        filter.rules.ignored.extend(ignored);
        let heard: Vec<_> = (0..5).map(|_| filter.hear(&invite(), true)).collect();
        let (ignored, heard_all) = (Hearing::Ignored, Hearing::Heard);
        assert_eq!(heard, [ignored, ignored, ignored, heard_all, heard_all]);
        assert_eq!(filter.hear(&bye(), true), Hearing::Heard);
        filter.rules.ignored.push((of(Method::Bye), None));
        assert!((0..9).all(|_| filter.hear(&bye(), false) == Hearing::Ignored));
    }

    #[test]
    fn late_messages_are_overtaken() {
        let (mut filter, start) = (Filter::default(), Instant::now());
        let by = Duration::from_secs(2);
        filter.rules.delays.push((of(Method::Invite), by));
        filter.send(start, Timers::default(), peer(), invite());
        filter.send(start, Timers::default(), peer(), bye());
        let expected = [(0, "BYE".to_owned()), (2000, "INVITE".to_owned())];
        assert_eq!(departures(&mut filter, start), expected);
    }

    #[test]
    fn the_newest_rule_counts() {
        let (mut filter, start) = (Filter::default(), Instant::now());
        for seconds in [2, 1] {
            let by = Duration::from_secs(seconds);
            filter.rules.delays.push((of(Method::Invite), by));
        }
        filter
            .rules
            .copies
            .push((of(Method::Invite), Copies::Double));
        filter
            .rules
            .copies
            .push((of(Method::Invite), Copies::Retransmit(0)));
        filter.send(start, Timers::default(), peer(), invite());
        assert_eq!(times(&mut filter, start), [1000]);
    }

    #[test]
    fn a_double_is_of_the_first_only() {
        let (mut filter, start) = (Filter::default(), Instant::now());
        filter.rules.copies.push((of(Method::Bye), Copies::Double));
        filter.send(start, Timers::default(), peer(), bye());
        let later = start + Duration::from_millis(500);
        filter.send(later, Timers::default(), peer(), bye());
        assert_eq!(times(&mut filter, start), [0, 0, 500]);
    }

    #[test]
    fn repetitions_double_their_distance_and_replace_those_of_the_user_agent() {
        let (mut filter, start) = (Filter::default(), Instant::now());
        let copies = Copies::Retransmit(5);
        filter.rules.copies.push((of(Method::Invite), copies));
        filter.rules.copies.push((of(Method::Bye), copies));
        for sent in [invite(), invite(), bye()] {
            filter.send(start, Timers::default(), peer(), sent);
        }
        let left = departures(&mut filter, start);
        let of = |title: &str| -> Vec<_> {
            let fitting = left.iter().filter(|(_, found)| found == title);
            fitting.map(|(at, _)| *at).collect()
        };
        assert_eq!(of("INVITE"), [0, 500, 1500, 3500, 7500, 15_500]);
        assert_eq!(of("BYE"), [0, 500, 1500, 3500, 7500, 11_500], "T2");
    }

    #[test]
    fn loss_is_of_datagrams_and_repeats_with_its_seed() {
        let lost = |seed, datagram| {
            let mut filter = Filter::default();
            let network = Impairment::loss(0.3, seed);
            let socket = network.for_socket(&"Alice".into(), gannet_events::WireKind::Sip);
            filter.rules.loss = Some(socket);
            let heard = (0..200).map(move |_| filter.hear(&bye(), datagram));
            heard.map(|it| it == Hearing::Lost).collect::<Vec<_>>()
        };
        assert_eq!(lost(7, true), lost(7, true));
        assert_ne!(lost(7, true), lost(8, true));
        assert!(lost(7, true).contains(&true));
        assert!(!lost(7, false).contains(&true));
    }
}
