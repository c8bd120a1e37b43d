//! Requests that are answered by rule, whatever they are about: how a test makes a user agent fail.

use std::time::Instant;

use gannet_sip::{Message, Method};

use super::command::Reply;
use super::core::Endpoint;
use crate::target::Target;
use crate::transaction::TransactionId;

/// What every request of a method is answered with, inside and outside of dialogs.
#[derive(Debug, Clone)]
pub struct FixedReply {
    /// The method. No ACK: it has no response.
    pub method: Method,
    /// A final response. A 2xx makes no dialog and no call.
    pub reply: Reply,
    /// How many requests get it, retransmissions not counted; `None`: all.
    pub times: Option<u64>,
}

impl Endpoint {
    /// Answers every request of a method with this response from now on, before anything else is
    /// looked at: it changes no call, subscription or transaction of others. An earlier rule for the
    /// same method comes first until it is used up.
    pub fn answer_by_rule(&mut self, rule: FixedReply) {
        self.fixed_replies.push(rule);
    }

    /// Ends all rules of [`Self::answer_by_rule`] and gives what is left of them.
    pub fn take_rules(&mut self) -> Vec<FixedReply> {
        std::mem::take(&mut self.fixed_replies)
    }

    /// Answers a request if there is a rule for it. False if there is none.
    pub(crate) fn answered_by_rule(
        &mut self,
        now: Instant,
        id: TransactionId,
        message: &Message,
        source: Target,
    ) -> bool {
        let method = message.method();
        let mut rules = self.fixed_replies.iter();
        let Some(at) = rules.position(|rule| Some(&rule.method) == method.as_ref()) else {
            return false;
        };
        let rule = &mut self.fixed_replies[at];
        let reply = rule.reply.clone();
        if let Some(left) = &mut rule.times {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.fixed_replies.remove(at);
            }
        }
        self.reply(now, id, (message, source), reply, None);
        true
    }
}
