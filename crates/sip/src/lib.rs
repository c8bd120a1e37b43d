//! gannet-sip
