//! Calls that a user does not take, or may not make (RFC 5359 2.13, 2.14).

use gannet_ua::endpoint::Reply;

use super::place::{Place, refusal};
use super::state::Server;
use crate::error::PbxError;
use crate::user::Screening;

/// What whoever calls a barred number is told.
pub(super) const BARRED: &str = "Outgoing Call Barred";

impl Server {
    /// From now on a user takes no calls from somebody, or may not call a number.
    pub(super) fn screen(
        &mut self,
        name: &str,
        screening: Screening,
        other: &str,
    ) -> Result<(), PbxError> {
        let user = self.directory.member_mut(name)?.user.name.clone();
        self.screened.insert((user, screening, other.to_owned()));
        self.changed();
        Ok(())
    }

    /// How a call is refused that is on its way to a place.
    pub(super) fn screened_out(&self, number: u64, place: &Place) -> Option<Reply> {
        let call = self.calls.get(&number)?;
        let caller = call.first.who.name();
        let callee = match place {
            Place::User(name) | Place::Agent(name) | Place::Page(name) => Some(name.as_str()),
            _ => None,
        };
        if callee.is_some_and(|name| self.is_barred(caller, name)) {
            return Some(refusal(403, BARRED));
        }
        let refused = callee.is_some_and(|user| self.screens(user, Screening::Incoming, caller));
        refused.then(|| refusal(403, "Call Screened"))
    }

    /// Whether somebody may not call a number, whatever that leads to.
    pub(super) fn is_barred(&self, caller: &str, number: &str) -> bool {
        self.screens(caller, Screening::Outgoing, number)
    }

    fn screens(&self, user: &str, screening: Screening, other: &str) -> bool {
        let entry = (user.to_owned(), screening, other.to_owned());
        self.screened.contains(&entry)
    }
}
