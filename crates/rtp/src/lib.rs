//! gannet-rtp
