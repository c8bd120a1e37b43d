//! How much an endpoint keeps.

use super::core::Endpoint;

/// Sizes of an endpoint's tables. All are zero once everything has ended and the timers ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Census {
    /// Transactions, client and server.
    pub transactions: usize,
    /// Calls, those included that have just ended.
    pub calls: usize,
    /// Requests of ours without a final response.
    pub requests: usize,
    /// Requests of others that wait for [`Endpoint::respond`].
    pub incoming: usize,
    /// Registrations, unregistered ones included until they are abandoned.
    pub registrations: usize,
    /// Subscriptions that have not ended.
    pub subscriptions: usize,
    /// Subscriptions of others, those included whose end is being told.
    pub notices: usize,
    /// Publications that have not ended.
    pub publications: usize,
    /// Dialogs that subscriptions of both kinds live in.
    pub homes: usize,
}

impl Endpoint {
    /// How much is kept at present.
    pub fn census(&self) -> Census {
        Census {
            transactions: self.transactions.len(),
            calls: self.calls.len(),
            requests: self.requests.len(),
            incoming: self.incoming.len(),
            registrations: self.registrations.len(),
            subscriptions: self.subscriptions.len(),
            notices: self.notices.len(),
            publications: self.publications.len(),
            homes: self.homes.len(),
        }
    }

    /// How many calls are remembered, those that have just ended included.
    pub fn calls_len(&self) -> usize {
        self.calls.len()
    }
}
