//! The open connections.

use mio::Token;

use super::connection::Connection;

/// The most connections at once. One more closes that which was silent longest.
pub const CONNECTIONS_MAX: usize = 32;

/// Open connections by token.
#[derive(Debug, Default)]
pub(super) struct Slots {
    connections: [Option<Slot>; CONNECTIONS_MAX],
    turn: u64,
}

#[derive(Debug)]
struct Slot {
    connection: Connection,
    /// The turn in which something last happened; no clock is needed for that.
    last_turn: u64,
}

impl Slots {
    /// Finds a place, if need be by closing the connection that was silent longest.
    pub(super) fn free(&mut self) -> Token {
        let last_turn = |slot: &Option<Slot>| slot.as_ref().map(|slot| slot.last_turn);
        let index = self
            .connections
            .iter()
            .enumerate()
            .min_by_key(|(_, slot)| last_turn(slot))
            .map_or(0, |(index, _)| index);
        self.connections[index] = None;
        Token(index)
    }

    pub(super) fn insert(&mut self, token: Token, connection: Connection) {
        self.turn += 1;
        self.connections[token.0] = Some(Slot {
            connection,
            last_turn: self.turn,
        });
    }

    /// The connection, which is now the one that was heard last.
    pub(super) fn get_mut(&mut self, token: Token) -> Option<&mut Connection> {
        self.turn += 1;
        let turn = self.turn;
        let slot = self.connections.get_mut(token.0)?.as_mut()?;
        slot.last_turn = turn;
        Some(&mut slot.connection)
    }

    pub(super) fn close(&mut self, token: Token) {
        if let Some(slot) = self.connections.get_mut(token.0) {
            *slot = None;
        }
    }
}
