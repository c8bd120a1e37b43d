//! Any text as a URI, a name-addr, a Via and a CSeq: nothing panics, what is printed reads as the
//! same again, and equality is reflexive and symmetric.

#![no_main]

use gannet_sip::{CSeq, NameAddr, Params, Uri, Via};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (first, second) = text.split_once('\n').unwrap_or((text, "sip:a@b"));
    if let Ok(uri) = Uri::parse(first) {
        assert!(uri.is_equivalent(&uri), "{uri} is not itself");
        let printed = uri.to_string();
        let again = Uri::parse(&printed).map(|again| again.to_string());
        assert_eq!(again.as_deref(), Ok(printed.as_str()));
        let _ = (uri.socket_addr(), uri.transport(), uri.is_loose_router());
        let _ = (uri.user_decoded(), uri.to_aor().to_string());
        if let Ok(other) = Uri::parse(second) {
            assert_eq!(uri.is_equivalent(&other), other.is_equivalent(&uri));
        }
    }
    if let Ok(via) = Via::parse(first) {
        let printed = via.to_string();
        let again = Via::parse(&printed).map(|again| again.to_string());
        assert_eq!(again.as_deref(), Ok(printed.as_str()));
        let _ = (
            via.response_address(),
            via.sent_by(),
            via.has_rfc3261_branch(),
        );
    }
    if let Ok(address) = NameAddr::parse("To", first) {
        let _ = (address.to_string(), address.display_name(), address.tag());
    }
    let params = Params::parse(first);
    assert_eq!(Params::parse(&params.to_string()), params);
    let _ = CSeq::parse(first).map(|cseq| assert_eq!(CSeq::parse(&cseq.to_string()), Ok(cseq)));
});
