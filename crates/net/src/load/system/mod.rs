//! The system calls that move many datagrams at once, behind safe types.
//!
//! Everything unsafe of the crate is in this folder: structures with pointers are filled and handed
//! to the kernel here, and nowhere else.

#![expect(
    unsafe_code,
    reason = "recvmmsg and sendmmsg take structures of pointers; no crate has a form of them that \
              neither allocates per call nor forces one control message on all datagrams"
)]

mod block;
mod name;
mod options;
mod receive;
mod send;
mod short_turns;

pub(super) use name::Name;
pub(super) use options::{
    enlarge_buffers, kernel_drops, note_arrivals, offers_segmentation, send_sctp_at_once,
};
pub(super) use receive::ReceiveSlab;
pub(super) use send::{SendBatch, SendHeaders};
pub use short_turns::prefer_short_turns;
