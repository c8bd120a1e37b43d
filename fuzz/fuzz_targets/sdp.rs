//! Any bytes as a session description: nothing panics and every byte is given back.

#![no_main]

use gannet_sdp::SessionDescription;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let session = SessionDescription::parse(bytes);
    assert_eq!(session.to_bytes(), bytes);
    for problem in session.problems() {
        assert!(
            problem
                .line
                .is_none_or(|line| line >= 1 && line <= session.lines().len())
        );
        let _ = format!("{problem:?}");
    }
    let _ = (
        session.origin(),
        session.session_name(),
        session.connection(),
    );
    let _ = (
        session.direction(),
        session.attributes().count(),
        session.audio().is_some(),
    );
    for media in session.media() {
        let _ = (
            media.line(),
            media.connection(),
            media.direction(),
            media.ptime(),
        );
        let _ = (
            media.rtp_address(),
            media.rtcp_address(),
            media.maxptime(),
            media.rtcp_mux(),
        );
        let _ = (media.rtpmaps().count(), media.attributes().count());
        for payload_type in 0..=u8::MAX {
            let _ = (media.rtpmap(payload_type), media.fmtp(payload_type));
        }
    }
});
