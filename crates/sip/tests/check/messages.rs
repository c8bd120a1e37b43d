//! Good messages, and the form of the cases that break them.

use gannet_sip::Rule;

pub(crate) const INVITE: &str = "INVITE sip:bob@biloxi.example SIP/2.0\r\n\
    Via: SIP/2.0/UDP pc33.atlanta.example:5066;branch=z9hG4bK776as;rport\r\n\
    Max-Forwards: 70\r\n\
    From: \"Alice\" <sip:alice@atlanta.example>;tag=1928301774\r\n\
    To: Bob <sip:bob@biloxi.example>\r\n\
    Call-ID: a84b4c76e66710@pc33.atlanta.example\r\n\
    CSeq: 314159 INVITE\r\n\
    Contact: <sip:alice@pc33.atlanta.example>;expires=60;q=0.5\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 4\r\n\
    \r\nv=0\n";

pub(crate) const RESPONSE: &str = "SIP/2.0 200 OK\r\n\
    Via: SIP/2.0/TCP pc33.atlanta.example;branch=z9hG4bK776as;received=192.0.2.1\r\n\
    From: Alice <sip:alice@atlanta.example>;tag=1928301774\r\n\
    To: Bob <sip:bob@biloxi.example>;tag=8321234356\r\n\
    Call-ID: a84b4c76e66710\r\n\
    CSeq: 314159 INVITE\r\n\
    Contact: <sip:bob@192.0.2.4>\r\n\
    Content-Length: 0\r\n\
    \r\n";

pub(crate) const REGISTER: &str = "REGISTER sip:biloxi.example SIP/2.0\r\n\
    Via: SIP/2.0/UDP [2001:db8::9]:5070;branch=z9hG4bKnashds7\r\n\
    Max-Forwards: 70\r\n\
    From: sip:bob@biloxi.example;tag=456248\r\n\
    To: sip:bob@biloxi.example\r\n\
    Call-ID: 843817637684230@998sdasdh09\r\n\
    CSeq: 1826 REGISTER\r\n\
    Contact: *\r\n\
    Expires: 0\r\n\
    \r\n";

/// A good message, what is replaced in it by what, and the deviations that follow.
pub(crate) type Case = (&'static str, &'static str, &'static str, &'static [Rule]);
