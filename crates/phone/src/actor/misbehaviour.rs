//! Doing wrong on purpose: the filter between the user agent and the sockets, and answers by rule.

use std::sync::Arc;
use std::time::Instant;

use gannet_events::{Direction, WireKind, WireRecord};
use gannet_net::{Impairment, wallclock_of};
use gannet_sip::{Message, Transport};
use gannet_ua::Target;
use gannet_ua::endpoint::FixedReply;

use super::core::Actor;
use super::filter::{Copies, Hearing, Rules};
use crate::misbehaviour::Misbehaviour;

/// What a phone that takes the name of another one takes over from it.
#[derive(Debug, Clone, Default)]
pub struct Habits {
    rules: Rules,
    answers: Vec<FixedReply>,
}

impl Actor {
    pub(crate) fn misbehave(&mut self, how: Misbehaviour) {
        let rules = &mut self.filter.rules;
        match how {
            Misbehaviour::Ignore { what, times } => rules.ignored.push((what, times)),
            Misbehaviour::Delay { what, by } => rules.delays.push((what, by)),
            Misbehaviour::Double { what } => rules.copies.push((what, Copies::Double)),
            Misbehaviour::Retransmit { what, times } => {
                rules.copies.push((what, Copies::Retransmit(times)));
            }
            Misbehaviour::Lose { probability, seed } => {
                let owner = Arc::from(self.config.name.as_str());
                let network = Impairment::loss(probability, seed);
                let loses = !network.is_none();
                rules.loss = loses.then(|| network.for_socket(&owner, WireKind::Sip));
            }
            Misbehaviour::LoseMedia { probability, seed } => {
                rules.media_loss = Some(Impairment::loss(probability, seed));
            }
        }
    }

    /// Answers every request of a method by this rule from now on.
    pub(crate) fn answer_by_rule(&mut self, rule: FixedReply) {
        self.endpoint.answer_by_rule(rule);
    }

    /// Ends all misbehaviour. What is on its way goes on.
    pub(crate) fn behave(&mut self) {
        self.filter.rules = Rules::default();
        self.endpoint.take_rules();
        self.sends_prack = true;
    }

    /// What the phone does wrong now.
    pub(crate) fn habits(&mut self) -> Habits {
        let answers = self.endpoint.take_rules();
        for rule in &answers {
            self.endpoint.answer_by_rule(rule.clone());
        }
        Habits {
            rules: self.filter.rules.clone(),
            answers,
        }
    }

    pub(crate) fn take_habits(&mut self, habits: Habits) {
        self.filter.rules = habits.rules;
        for rule in habits.answers {
            self.endpoint.answer_by_rule(rule);
        }
    }

    /// Whether a message that came reaches the user agent; notes it if not.
    pub(super) fn hears(&mut self, at: Instant, source: Target, message: &Message) -> bool {
        let datagram = source.transport == Transport::Udp;
        let (capture, name) = (&self.config.capture, &self.config.name);
        match self.filter.hear(message, datagram) {
            Hearing::Heard => return true,
            Hearing::Ignored => {
                capture.mark_ignored(name, source.address, at);
                self.log.record_ignored(at, source, message.clone());
            }
            Hearing::Lost => capture.mark_dropped(name, source.address, at),
        }
        false
    }

    /// Sends what is due of what the filter holds.
    pub(super) fn send_due(&mut self, now: Instant) {
        while let Some(departure) = self.filter.poll(now) {
            self.put_on_wire(departure.target, departure.message);
        }
    }

    /// Notes a datagram that is lost on its way out, and says so.
    pub(super) fn loses(&mut self, target: Target, message: &Message) -> bool {
        let lost = target.transport == Transport::Udp && self.filter.loses_sent();
        if lost {
            self.config.capture.record(WireRecord {
                at: wallclock_of(Instant::now()),
                direction: Direction::Sent,
                kind: WireKind::Sip,
                transport: target.transport.as_str(),
                local: self.local,
                remote: target.address,
                owner: Arc::from(self.config.name.as_str()),
                bytes: message.bytes().clone(),
                dropped: true,
                ignored: false,
            });
        }
        lost
    }
}
