//! Where a session description wants media.

use std::net::{IpAddr, SocketAddr};

use gannet_scenario::sipp::model::MediaKind;

/// The addresses that a session description names (RFC 8866 5.7, 5.14), by kind of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::sipp) struct MediaAddresses {
    /// `m=audio`.
    pub(in crate::sipp) audio: Option<SocketAddr>,
    /// `m=video`.
    pub(in crate::sipp) video: Option<SocketAddr>,
    /// `m=image`.
    pub(in crate::sipp) image: Option<SocketAddr>,
}

impl MediaAddresses {
    /// Those in a body. Lines of other parts of a multipart body are passed over: they do not look
    /// like those of a description.
    pub(in crate::sipp) fn of(body: &[u8]) -> Self {
        let mut found = Self::default();
        let mut session: Option<IpAddr> = None;
        let mut open: Option<(MediaKind, u16)> = None;
        for line in body.split(|byte| *byte == b'\n') {
            if let Some(rest) = line.strip_prefix(b"c=") {
                let address = connection(rest);
                match open {
                    Some((kind, port)) => found.put(kind, address, port),
                    None => session = session.or(address),
                }
            } else if let Some(rest) = line.strip_prefix(b"m=") {
                open = media(rest);
                if let Some((kind, port)) = open {
                    found.put(kind, session, port);
                }
            }
        }
        found
    }

    /// All, with their kinds.
    pub(in crate::sipp) fn each(self) -> impl Iterator<Item = (MediaKind, SocketAddr)> {
        [
            (MediaKind::Audio, self.audio),
            (MediaKind::Video, self.video),
            (MediaKind::Image, self.image),
        ]
        .into_iter()
        .filter_map(|(kind, address)| Some((kind, address?)))
    }

    fn put(&mut self, kind: MediaKind, address: Option<IpAddr>, port: u16) {
        let place = match kind {
            MediaKind::Audio => &mut self.audio,
            MediaKind::Video => &mut self.video,
            MediaKind::Image => &mut self.image,
        };
        if let Some(address) = address {
            *place = Some(SocketAddr::new(address, port));
        }
    }
}

/// `IN IP4 192.0.2.1/127`.
fn connection(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let address = text.split_ascii_whitespace().nth(2)?;
    let address = address.split('/').next()?;
    address.parse().ok()
}

/// `audio 49170/2 RTP/AVP 0`.
fn media(text: &[u8]) -> Option<(MediaKind, u16)> {
    let text = std::str::from_utf8(text).ok()?;
    let mut words = text.split_ascii_whitespace();
    let kind = match words.next()? {
        "audio" => MediaKind::Audio,
        "video" => MediaKind::Video,
        "image" => MediaKind::Image,
        _ => return None,
    };
    let port = words.next()?.split('/').next()?.parse().ok()?;
    Some((kind, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_session_hold_until_a_medium_has_its_own() {
        let body = b"v=0\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n\
            m=video 6002/2 RTP/AVP 96\r\nc=IN IP6 2001:db8::1\r\nm=image 0 udptl t38\r\nm=text 1 x y\r\nc=IN IP4 192.0.2.9\r\n";
        let found = MediaAddresses::of(body);
        assert_eq!(found.audio, "192.0.2.1:6000".parse().ok());
        assert_eq!(found.video, "[2001:db8::1]:6002".parse().ok());
        assert_eq!(found.image, "192.0.2.1:0".parse().ok());
        assert_eq!(found.each().count(), 3);
    }

    #[test]
    fn multipart_bodies_and_nonsense_are_taken_as_they_are() {
        let body = b"--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 192.0.2.1/16\nm=audio 7000 RTP/AVP 0\r\n--x\r\n\r\nc: no\r\n--x--\r\n";
        assert_eq!(
            MediaAddresses::of(body).audio,
            "192.0.2.1:7000".parse().ok()
        );
        for body in [
            "",
            "c=",
            "m=",
            "m=audio",
            "m=audio x",
            "m=audio 99999999 x",
            "c=IN IP4 x\nm=audio 5 x",
            "m=audio 5 x\nc=IN IP4 \u{e9}",
        ] {
            assert_eq!(
                MediaAddresses::of(body.as_bytes()),
                MediaAddresses::default()
            );
        }
    }
}
