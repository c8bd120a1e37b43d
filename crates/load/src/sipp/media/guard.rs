//! What protects the packets of a socket.

use gannet_media::srtp::SrtpContext;

/// What protects the packets of a socket, in one direction.
#[derive(Debug, Default)]
pub(super) enum Guard {
    /// Nothing does: RTP.
    #[default]
    Open,
    /// SRTP.
    Srtp(Box<SrtpContext>),
    /// SRTP with keys that are not known: nothing passes.
    Shut,
}

impl Guard {
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }

    /// Protects a packet that is about to be sent; false if it must not be.
    pub(super) fn protect(&mut self, packet: &mut Vec<u8>) -> bool {
        match self {
            Self::Open => true,
            Self::Srtp(context) => context.protect(packet).is_ok(),
            Self::Shut => false,
        }
    }

    /// Takes the protection off a packet that has come; false if it is not authentic.
    pub(super) fn unprotect(&mut self, packet: &mut Vec<u8>) -> bool {
        match self {
            Self::Open => true,
            Self::Srtp(context) => context.unprotect(packet).is_ok(),
            Self::Shut => false,
        }
    }
}
