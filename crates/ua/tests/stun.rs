//! STUN Binding messages (RFC 8489), among them the test vectors of RFC 5769.

use gannet_ua::{StunError, StunMessage, StunTransaction, is_stun};

const ID: StunTransaction = StunTransaction(*b"0123456789ab");

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let pair = |pair: &[char]| {
        let text: String = pair.iter().collect();
        u8::from_str_radix(&text, 16).expect("hexadecimal")
    };
    digits.chunks(2).map(pair).collect()
}

#[test]
fn the_sample_responses_of_rfc_5769_are_read() {
    let rest = "8028 0004 c07d4c96";
    let integrity = "0008 0014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7";
    let v4 = format!(
        "0101 003c 2112a442 b7e7a701bc34d686fa87dfae 8022 000b 7465737420766563746f7220 \
         0020 0008 0001a147e112a643 {integrity} {rest}"
    );
    let integrity = "0008 0014 a382954e4be67bf11784c97c8292c275bfe3ed41";
    let v6 = format!(
        "0101 0048 2112a442 b7e7a701bc34d686fa87dfae 8022 000b 7465737420766563746f7220 \
         0020 0014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9 {integrity} {rest}"
    );
    for (text, seen) in [
        (v4, "192.0.2.1:32853"),
        (v6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853"),
    ] {
        let message = StunMessage::parse(&hex(&text)).expect("whole");
        let StunMessage::Success { mapped, .. } = message else {
            panic!("{message:?}");
        };
        assert_eq!(mapped, Some(seen.parse().expect("an address")));
    }
}

#[test]
fn what_is_built_is_read_again() {
    let messages = [
        StunMessage::request(ID),
        StunMessage::Success {
            transaction: ID,
            mapped: Some(([192, 0, 2, 7], 5062).into()),
        },
        StunMessage::Success {
            transaction: ID,
            mapped: Some("[2001:db8::9]:5060".parse().expect("an address")),
        },
        StunMessage::Success {
            transaction: ID,
            mapped: None,
        },
        StunMessage::Failure {
            transaction: ID,
            code: 420,
            unknown: vec![0x7001, 0x7002, 0x7003],
        },
    ];
    for message in messages {
        let bytes = message.build();
        assert!(is_stun(&bytes));
        assert_eq!(StunMessage::parse(&bytes), Ok(message));
    }
}

#[test]
fn requests_get_their_address_or_what_is_not_understood() {
    let source = ([192, 0, 2, 7], 5062).into();
    let answer = StunMessage::request(ID).answer(source).expect("an answer");
    assert_eq!(
        answer,
        StunMessage::Success {
            transaction: ID,
            mapped: Some(source)
        }
    );
    assert_eq!(answer.answer(source), None);
    // Type 0x7001 must be understood, 0x8022 (SOFTWARE) need not.
    let strange =
        hex("0001 0010 2112a442 303132333435363738396162 7001 0001 ff000000 8022 0002 61620000");
    let request = StunMessage::parse(&strange).expect("whole");
    let Some(StunMessage::Failure { code, unknown, .. }) = request.answer(source) else {
        panic!("{request:?}");
    };
    assert_eq!((code, unknown), (420, vec![0x7001]));
}

#[test]
fn servers_of_rfc_3489_say_the_address_openly() {
    let old = hex("0101 000c 2112a442 303132333435363738396162 0001 0008 0001 13c4 c0000207");
    assert_eq!(
        StunMessage::parse(&old),
        Ok(StunMessage::Success {
            transaction: ID,
            mapped: Some(([192, 0, 2, 7], 5060).into())
        })
    );
}

#[test]
fn other_octets_are_told_from_stun() {
    let request = StunMessage::request(ID).build();
    for cut in 0..request.len() {
        assert_eq!(
            StunMessage::parse(&request[..cut]),
            Err(StunError::NotStun),
            "{cut}"
        );
    }
    assert!(!is_stun(b"OPTIONS sip:a SIP/2.0\r\n"));
    assert!(!is_stun(&[0; 20]), "no cookie");
    let mut long = request.to_vec();
    long.extend([0; 4]);
    assert_eq!(
        StunMessage::parse(&long),
        Err(StunError::Length {
            announced: 20,
            found: 24
        })
    );
    let cut = hex("0101 0004 2112a442 303132333435363738396162 0020 0008");
    assert_eq!(
        StunMessage::parse(&cut),
        Err(StunError::Attribute { kind: 0x0020 })
    );
    let indication = hex("0011 0000 2112a442 303132333435363738396162");
    assert_eq!(
        StunMessage::parse(&indication),
        Err(StunError::Type { kind: 0x0011 })
    );
}
