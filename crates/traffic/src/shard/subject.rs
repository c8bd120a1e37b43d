//! The message that actions work on.

use gannet_scenario::model::{MessageId, Place};

/// The message that actions work on.
pub(super) struct Subject<'a> {
    pub(super) header: Part<'a>,
    pub(super) body: Part<'a>,
    /// Its type; `None` if the dictionary does not know it.
    pub(super) message: Option<MessageId>,
}

/// A part of a message.
pub(super) enum Part<'a> {
    /// As it was received; nothing can be written to it.
    Received(&'a [u8]),
    /// The call's own copy.
    Own(&'a mut Vec<u8>),
}

impl Part<'_> {
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Received(bytes) => bytes,
            Self::Own(bytes) => bytes,
        }
    }
}

impl<'a> Subject<'a> {
    #[inline]
    pub(super) fn place(&self, place: Place) -> &[u8] {
        match place {
            Place::Header => self.header.bytes(),
            Place::Body => self.body.bytes(),
        }
    }

    /// The part to write to; `None` if it is not the call's own.
    #[inline]
    pub(super) fn own(&mut self, place: Place) -> Option<&mut Vec<u8>> {
        let part = match place {
            Place::Header => &mut self.header,
            Place::Body => &mut self.body,
        };
        match part {
            Part::Received(_) => None,
            Part::Own(bytes) => Some(bytes),
        }
    }

    pub(super) fn received(header: &'a [u8], body: &'a [u8], message: Option<MessageId>) -> Self {
        Self {
            header: Part::Received(header),
            body: Part::Received(body),
            message,
        }
    }
}
