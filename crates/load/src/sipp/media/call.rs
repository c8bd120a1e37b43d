//! What the traffic thread knows of the media of a call.

use std::net::SocketAddr;

use gannet_scenario::sipp::model::MediaKind;

use super::figures::index;
use super::inbox::StreamId;
use super::keys::Keys;
use super::sockets::OwnPair;

/// The media of a call.
#[derive(Debug, Default)]
pub(super) struct CallMedia {
    /// Where the peer wants them.
    remote: [Option<SocketAddr>; 3],
    /// Ports that the own description has named, with their sockets leased.
    local: [Option<u16>; 3],
    /// Sockets leased besides.
    pub(super) leased: Vec<u16>,
    /// Ports of its own, for audio and video.
    pairs: [Option<OwnPair>; 3],
    /// A capture or keys. Each replaces the one before.
    pub(super) datagrams: Option<(MediaKind, StreamId)>,
    /// Streams of audio and video.
    streams: [Option<StreamId>; 3],
    /// Keys of SRTP, if a description was told.
    keys: [Option<Box<Keys>>; 3],
}

impl CallMedia {
    pub(super) fn remote(&self, kind: MediaKind) -> Option<SocketAddr> {
        self.remote[index(kind)]
    }

    /// Notes where the peer wants media; gives what is to be sent elsewhere from now on.
    pub(super) fn set_remote(
        &mut self,
        kind: MediaKind,
        address: SocketAddr,
    ) -> impl Iterator<Item = StreamId> + use<> {
        let wanted = (address.port() != 0 && !address.ip().is_unspecified()).then_some(address);
        let changed = self.remote[index(kind)] != wanted;
        self.remote[index(kind)] = wanted;
        let datagrams = self.datagrams.filter(|(of, _)| *of == kind);
        let stream = self.streams[index(kind)];
        datagrams
            .map(|(_, id)| id)
            .into_iter()
            .chain(stream)
            .filter(move |_| changed)
    }

    pub(super) fn local(&self, kind: MediaKind) -> Option<u16> {
        self.local[index(kind)]
    }

    /// Notes a port of the own description; gives the one before.
    pub(super) fn set_local(&mut self, kind: MediaKind, port: u16) -> Option<u16> {
        self.local[index(kind)].replace(port)
    }

    pub(super) fn pair(&self, kind: MediaKind) -> Option<OwnPair> {
        self.pairs[index(kind)]
    }

    pub(super) fn set_pair(&mut self, kind: MediaKind, pair: OwnPair) {
        self.pairs[index(kind)] = Some(pair);
    }

    /// Notes a stream; gives the one that it replaces.
    pub(super) fn set_stream(&mut self, kind: MediaKind, id: StreamId) -> Option<StreamId> {
        self.streams[index(kind)].replace(id)
    }

    /// The keys of a medium, if a description has told of it.
    pub(super) fn keys(&mut self, kind: MediaKind) -> Option<&mut Keys> {
        self.keys[index(kind)].as_deref_mut()
    }

    /// The same, for a description.
    pub(super) fn keys_mut(&mut self, kind: MediaKind) -> &mut Keys {
        self.keys[index(kind)].get_or_insert_default()
    }

    /// Streams of a kind, or all.
    pub(super) fn streams(&self, kind: Option<MediaKind>) -> impl Iterator<Item = StreamId> {
        let of_kind = move |at: usize| kind.is_none_or(|kind| index(kind) == at);
        let streams = self.streams.iter().enumerate();
        streams.filter_map(move |(at, id)| id.filter(|_| of_kind(at)))
    }

    /// All ports whose sockets are leased.
    pub(super) fn leases(&self) -> impl Iterator<Item = u16> {
        self.local.iter().flatten().chain(&self.leased).copied()
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = OwnPair> {
        self.pairs.iter().flatten().copied()
    }
}
