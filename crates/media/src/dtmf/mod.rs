//! DTMF outside of RTP.

mod info;

pub use info::{InfoKey, info_body, plain_info_body, read_info_key};
