//! What is being sent, in places that are used again.

use std::collections::HashMap;

use gannet_net::load::PortId;
use gannet_traffic::TimerId;

use super::inbox::StreamId;
use super::outgoing::Outgoing;
use super::phases::Phase;

/// Something that is being sent.
#[derive(Debug)]
pub(super) struct Playing {
    pub(super) id: StreamId,
    pub(super) outgoing: Outgoing,
    /// The time of its next packet, unless it is paused.
    pub(super) timer: Option<TimerId>,
    pub(super) phase: Option<Phase>,
    /// The socket of a stream, which has only one.
    pub(super) port: Option<PortId>,
}

/// What is being sent: by place for the timer, by name for those who give orders.
#[derive(Debug, Default)]
pub(super) struct Streams {
    places: Vec<Option<Playing>>,
    free: Vec<u32>,
    by_id: HashMap<StreamId, u32>,
}

impl Streams {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn insert(&mut self, playing: Playing) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            self.places.len() as u32 - 1
        });
        self.by_id.insert(playing.id, place);
        self.places[place as usize] = Some(playing);
        place
    }

    pub(super) fn place(&self, id: StreamId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn at(&mut self, place: u32) -> Option<&mut Playing> {
        self.places.get_mut(place as usize)?.as_mut()
    }

    pub(super) fn get(&mut self, id: StreamId) -> Option<&mut Playing> {
        self.at(self.place(id)?)
    }

    pub(super) fn remove(&mut self, id: StreamId) -> Option<Playing> {
        let place = self.by_id.remove(&id)?;
        self.free.push(place);
        self.places[place as usize].take()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Playing> {
        self.places.iter().flatten()
    }
}
