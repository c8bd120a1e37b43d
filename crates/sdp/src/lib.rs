//! gannet-sdp
