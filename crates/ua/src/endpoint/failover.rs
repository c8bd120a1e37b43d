//! Another server where one does not answer (RFC 3263 4.3).

use std::time::Instant;

use gannet_sip::{HeaderName, MessageBuilder, Method};

use super::client::Purpose;
use super::core::Endpoint;
use super::happening::{Outcome, RequestId};
use crate::digest::{AuthAttempt, HeaderField};
use crate::target::Target;

impl Endpoint {
    /// Where a request goes first that is for `outbound`: to the first of the servers, unless it is
    /// inside a dialog.
    pub(crate) fn first_server(&self, builder: &MessageBuilder, target: Target) -> Target {
        let config = &self.config;
        let is_outside = builder
            .text(HeaderName::To)
            .is_some_and(|to| !to.contains(";tag="));
        match config.before_outbound.first() {
            Some(first) if is_outside && config.outbound == Some(target) => *first,
            _ => target,
        }
    }

    /// Sends a request outside a dialog, which a server did not answer, to the next one: the same with
    /// another branch. False if there is none.
    pub(crate) fn fail_over(&mut self, now: Instant, id: RequestId, outcome: &Outcome) -> bool {
        let down = match outcome {
            Outcome::Timeout | Outcome::TransportFailed => true,
            Outcome::Response(response) => response.status() == Some(503),
        };
        let Some(request) = self.requests.get(&id).filter(|_| down) else {
            return false;
        };
        let (purpose, message) = (request.purpose, &request.message);
        let outside = message.to_tag().is_none();
        let unwanted = matches!(purpose, Purpose::Invite(call) if self.is_given_up(call));
        let Some(next) = self
            .server_after(request.target)
            .filter(|_| outside && !unwanted)
        else {
            return false;
        };
        let method = message.method().unwrap_or(Method::Options);
        let mut builder = MessageBuilder::from_message(message);
        builder.remove(HeaderName::Via);
        let fields = self.credentials_at(id, &mut builder, next);
        let message = self.finish_request(method, builder, &fields, next);
        self.resend(now, id, message, next);
        self.note_server(purpose, next);
        true
    }

    /// Credentials that one server asked for are not shown to the next one; it may have asked for
    /// some itself, earlier. Those that the user wrote by hand stay.
    fn credentials_at(
        &mut self,
        id: RequestId,
        builder: &mut MessageBuilder,
        server: Target,
    ) -> Vec<HeaderField> {
        let Some(request) = self.requests.get_mut(&id) else {
            return Vec::new();
        };
        if request.attempt.has_credentials() {
            builder.remove(HeaderName::Authorization);
            builder.remove(HeaderName::ProxyAuthorization);
        }
        request.attempt = AuthAttempt::to(server.address);
        self.credentials_for(id, builder)
    }

    fn server_after(&self, server: Target) -> Option<Target> {
        let servers = &self.config.before_outbound;
        let at = servers.iter().position(|known| *known == server)?;
        servers.get(at + 1).copied().or(self.config.outbound)
    }

    /// What the request has begun goes on with the server that has it now.
    fn note_server(&mut self, purpose: Purpose, server: Target) {
        match purpose {
            Purpose::Invite(call) => {
                if let Some(entry) = self.calls.get_mut(&call) {
                    entry.peer = server;
                }
            }
            Purpose::Subscribe(id) | Purpose::Refer(id) => {
                if let Some(subscription) = self.subscriptions.get_mut(&id) {
                    subscription.peer = Some(server);
                }
            }
            _ => {}
        }
    }
}
