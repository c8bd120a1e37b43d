//! Descriptions for tests.

use std::net::SocketAddr;

use gannet_media::offer_answer::LocalMedia;
use gannet_sdp::SessionDescription;

/// A socket address.
pub(crate) fn address(text: &str) -> SocketAddr {
    text.parse().expect("valid address")
}

/// Our side of a first description.
pub(crate) fn local() -> LocalMedia {
    LocalMedia::new(address("192.0.2.1:4000"), "100", 1)
}

/// A description with these lines after `t=`, and `c=` of 192.0.2.9.
pub(crate) fn remote(media: &str) -> SessionDescription {
    let head = "v=0\r\no=- 5 7 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n";
    let text = format!("{head}{}\r\n", media.replace('\n', "\r\n"));
    SessionDescription::parse(text.as_bytes())
}
