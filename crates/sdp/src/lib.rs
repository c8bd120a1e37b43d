//! Session descriptions (RFC 8866): read them without losing a byte, look at
//! them through typed views, and build any text, also a wrong one.
//!
//! [`SessionDescription`] keeps every line of the input in its order with its
//! line end, so `to_bytes` gives back what was received. Reading never fails:
//! [`SessionDescription::problems`] lists the deviations from RFC 8866 with
//! their line numbers. Typed views ([`Origin`], [`Connection`], [`MediaLine`],
//! [`RtpMap`], …) are parsed on demand and are `None` where the line is absent
//! or malformed.
//!
//! ```
//! use gannet_sdp::{Direction, SessionDescription};
//!
//! let text = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
//!     m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\n";
//! let sdp = SessionDescription::parse(text);
//! assert!(sdp.problems().is_empty());
//! assert_eq!(sdp.to_bytes(), text);
//! let audio = sdp.media_at(0).expect("there is one m= line");
//! assert_eq!(audio.direction(), Direction::SendOnly);
//! assert_eq!(audio.rtp_address(), Some("192.0.2.1:4000".parse().unwrap()));
//! ```

mod attribute;
mod build;
mod check;
mod description;
mod line;
mod media;
mod media_line_view;
mod rtpmap_view;
mod value;

pub use attribute::{Attribute, Direction, Fmtp, RtcpAddress, RtpMap};
pub use build::SessionBuilder;
pub use check::{Problem, ProblemKind};
pub use description::SessionDescription;
pub use line::{Line, LineEnd};
pub use media::MediaDescription;
pub use media_line_view::MediaLineView;
pub use rtpmap_view::RtpMapView;
pub use value::{AddressType, Connection, MediaLine, Origin};
