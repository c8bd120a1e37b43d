//! Must fail within seconds: shows that the fuzzer finds what it is meant to find. It panics on the
//! first input that reads as a response with status 486, for which the corpus has no seed.

#![no_main]

use gannet_sip::Message;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let message = Message::parse(bytes.to_vec());
    assert_ne!(message.status(), Some(486), "the canary sings");
});
