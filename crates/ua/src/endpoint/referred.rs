//! REFER of others: being asked for a request (RFC 3515 2.4).

use std::time::Instant;

use super::command::Reply;
use super::core::{Endpoint, SendError};
use super::happening::NoticeId;
use crate::event::EventPackage;
use crate::notice::Grant;
use crate::refer::{REFER, ReferReport};
use crate::transaction::TransactionId;

impl Endpoint {
    /// Accepts a REFER that came as [`Happening::Request`](super::Happening::Request). Gives the subscription that is told of its
    /// fate by [`notify`](Self::notify) with [`Sipfrag`](crate::Sipfrag)s, the first one at once (RFC 3515 2.4.4);
    /// `None` if the REFER wants none, or wants it in a dialog of its own. Then the grant's header
    /// fields say where, in Refer-Events-At (RFC 7614).
    ///
    /// # Errors
    /// If the request or its dialog is gone.
    pub fn accept_refer(
        &mut self,
        now: Instant,
        request: TransactionId,
        mut grant: Grant,
    ) -> Result<Option<NoticeId>, SendError> {
        let incoming = self.incoming.get(&request).ok_or(SendError::NoDialog)?;
        let refer = incoming.message.clone();
        let report = ReferReport::asked_by(&refer).unwrap_or_default();
        let understood = |tag: &str| {
            let supported = &self.config.supported;
            supported
                .iter()
                .any(|known| known.eq_ignore_ascii_case(tag))
        };
        let silent = match report {
            ReferReport::Implicit => false,
            // Whoever does not know the field subscribes the other side all the same (RFC 4488 4).
            ReferReport::Unwanted => understood("norefersub"),
            ReferReport::Never | ReferReport::Explicit => true,
        };
        if !silent {
            let number = refer.cseq().map_or(0, |cseq| cseq.number);
            let event = EventPackage::new(REFER).with_id(number.to_string());
            return self.grant_event(now, request, grant, Some(event)).map(Some);
        }
        let incoming = self.incoming.remove(&request).ok_or(SendError::NoDialog)?;
        if let Some(call) = incoming.call.and_then(|call| self.calls.get_mut(&call)) {
            call.close(request);
        }
        if report == ReferReport::Unwanted {
            grant
                .headers
                .push(("Refer-Sub".to_owned(), "false".to_owned()));
        }
        let mut reply = Reply::new(grant.code);
        reply.headers = grant.headers;
        let (contact, source) = (Some(grant.contact.to_string()), incoming.source);
        self.reply_with_tag(
            now,
            request,
            (&refer, source),
            reply,
            contact,
            &incoming.tag,
        );
        Ok(None)
    }
}
