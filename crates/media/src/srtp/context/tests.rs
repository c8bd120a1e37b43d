use super::super::source::SOURCES_MAX;
use super::super::suite::Suite;
use super::*;

fn octets(text: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hex");
    (0..text.len()).step_by(2).map(pair).collect()
}

/// The key of RFC 3711 B.3, or as many octets of it, again and again, as the suite wants.
fn master(suite: Suite) -> MasterKey {
    let known = octets("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6");
    let octets: Vec<u8> = known
        .iter()
        .copied()
        .cycle()
        .take(suite.master_octets())
        .collect();
    MasterKey::new(suite, &octets).expect("as many as it wants")
}

fn packet(sequence: u16) -> Vec<u8> {
    let mut packet = octets("800f0000decafbadcafebabe");
    packet[2..4].copy_from_slice(&sequence.to_be_bytes());
    packet.extend([0xab; 16]);
    packet
}

fn context(protection: Protection) -> SrtpContext {
    SrtpContext::new(protection, &master(protection.suite))
}

/// The packet with which implementations of SRTP are checked, under the key of RFC 3711 B.3.
#[test]
fn a_packet_is_protected_as_by_others() {
    let mut packet = packet(0x1234);
    context(Protection::of(Suite::AesCm80))
        .protect(&mut packet)
        .expect("RTP");
    let expected = "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb";
    assert_eq!(packet, octets(expected));
}

/// The same with AES-GCM.
#[test]
fn a_packet_is_sealed_as_by_others() {
    let key = octets("000102030405060708090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaab");
    let key = MasterKey::new(Suite::Aes128Gcm, &key).expect("28 octets");
    let mut packet = packet(0x1234);
    let mut context = SrtpContext::new(Protection::of(Suite::Aes128Gcm), &key);
    context.protect(&mut packet).expect("RTP");
    let expected = "800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06e\
                    d2976826f796b201df3131a127e8a392";
    assert_eq!(packet, octets(expected));
}

#[test]
fn each_protection_can_be_taken_off() {
    for suite in Suite::ALL {
        let plain = Protection::of(suite);
        let weaker = |encrypts, tag_octets| Protection {
            encrypts: encrypts && plain.encrypts,
            tag_octets,
            ..plain
        };
        // Cipher and tag of AES-GCM are one.
        let (first, second) = if suite.is_aead() {
            (plain, plain)
        } else {
            (weaker(false, plain.tag_octets), weaker(true, 0))
        };
        for protection in [
            plain,
            first,
            second,
            Protection {
                identifier: Some((7, 1)),
                ..plain
            },
            Protection {
                identifier: Some((7, 6)),
                ..plain
            },
        ] {
            let (mut sends, mut takes) = (context(protection), context(protection));
            let mut secured = packet(9);
            sends.protect(&mut secured).expect("RTP");
            let identifier = protection.identifier.map_or(0, |(_, octets)| octets);
            assert_eq!(secured.len(), 28 + identifier + protection.tag_octets);
            assert_eq!(secured[12..28] != [0xab; 16], protection.encrypts);
            if identifier > 0 {
                let before = if suite.is_aead() { GCM_TAG_OCTETS } else { 0 };
                let identifier_ends = 28 + before + identifier;
                assert_eq!(secured[identifier_ends - 1], 7);
            }
            takes.unprotect(&mut secured).expect("authentic");
            assert_eq!(secured, packet(9), "{protection:?}");
        }
    }
}

#[test]
fn other_keys_and_changed_packets_are_noticed() {
    let protection = Protection::of(Suite::AesCm32);
    let mut secured = packet(9);
    context(protection).protect(&mut secured).expect("RTP");
    let mut other = master(Suite::AesCm32).octets().to_vec();
    other[29] ^= 1;
    let other = MasterKey::new(Suite::AesCm32, &other).expect("30 octets");
    let mut other = SrtpContext::new(protection, &other);
    let kept = secured.clone();
    assert_eq!(other.unprotect(&mut secured), Err(SrtpError::NotAuthentic));
    assert_eq!(secured, kept);
    for at in 1..secured.len() {
        let mut changed = secured.clone();
        changed[at] ^= 0x40;
        assert!(context(protection).unprotect(&mut changed).is_err(), "{at}");
    }
    let longer = Protection::of(Suite::AesCm80);
    assert!(context(longer).unprotect(&mut secured).is_err());
}

#[test]
fn numbers_go_on_when_they_begin_anew() {
    let protection = Protection::of(Suite::AesCm80);
    let (mut sends, mut takes) = (context(protection), context(protection));
    let mut secured: Vec<Vec<u8>> = (0..140_000_u32)
        .filter(|number| number % 1_000 == 500 || number % SEQUENCES as u32 > 65_530)
        .map(|number| {
            let mut one = packet(number as u16);
            sends.protect(&mut one).expect("RTP");
            one
        })
        .collect();
    assert_eq!(sends.sources.list[0].highest, 139_500);
    // Some come late, also over the begin.
    for at in (0..secured.len() - 3).step_by(7) {
        secured.swap(at, at + 3);
    }
    for one in &mut secured {
        takes.unprotect(one).expect("authentic");
        assert_eq!(one[12..], [0xab; 16]);
    }
    assert_eq!(takes.sources.list[0].highest, 139_500);
}

#[test]
fn a_late_packet_before_the_first_number_is_of_no_round() {
    let protection = Protection::of(Suite::AesCm80);
    let mut takes = context(protection);
    let mut secured = packet(2);
    context(protection).protect(&mut secured).expect("RTP");
    takes.unprotect(&mut secured).expect("authentic");
    let mut early = packet(65_535);
    context(protection).protect(&mut early).expect("RTP");
    takes.unprotect(&mut early).expect("authentic");
}

#[test]
fn sources_have_numbers_of_their_own() {
    let protection = Protection::of(Suite::Null80);
    let (mut sends, mut takes) = (context(protection), context(protection));
    for ssrc in 0..40_u32 {
        for sequence in [65_535, 0] {
            let mut one = packet(sequence);
            one[8..12].copy_from_slice(&ssrc.to_be_bytes());
            sends.protect(&mut one).expect("RTP");
            takes.unprotect(&mut one).expect("authentic");
        }
    }
    assert_eq!(takes.sources.list.len(), SOURCES_MAX);
}

#[test]
fn extensions_are_not_encrypted_and_cut_packets_are_refused() {
    let protection = Protection::of(Suite::AesCm80);
    let mut long = octets("910800010000000200000003000000040000000100000005");
    let head = long.len();
    long.extend(b"payload");
    let plain = long.clone();
    context(protection).protect(&mut long).expect("RTP");
    assert_eq!(long[..head], plain[..head]);
    assert_ne!(long[head..head + 7], plain[head..]);
    context(protection).unprotect(&mut long).expect("authentic");
    assert_eq!(long, plain);
    for length in 0..head {
        let mut cut = plain[..length].to_vec();
        assert_eq!(context(protection).protect(&mut cut), Err(SrtpError::NoRtp));
    }
    let mut short = plain.clone();
    assert_eq!(
        context(protection).unprotect(&mut short),
        Err(SrtpError::NoRtp)
    );
    short[0] = 0x40;
    assert!(context(protection).unprotect(&mut short).is_err());
}

#[test]
fn what_comes_twice_is_taken_once_and_told_from_what_is_forged() {
    for suite in [Suite::AesCm80, Suite::Aes256Gcm] {
        let protection = Protection::of(suite);
        let (mut sends, mut takes) = (context(protection), context(protection));
        let mut secured = packet(9);
        sends.protect(&mut secured).expect("RTP");
        let (mut again, mut forged) = (secured.clone(), secured.clone());
        takes.unprotect_once(&mut secured).expect("authentic");
        assert_eq!(takes.unprotect_once(&mut again), Err(SrtpError::Replayed));
        forged[20] ^= 1;
        let taken = takes.unprotect_once(&mut forged);
        assert_eq!(taken, Err(SrtpError::NotAuthentic));
    }
}

/// Under a new key the rounds go on (RFC 3711 3.3.1); who begins them anew is understood too.
#[test]
fn rounds_outlive_a_key() {
    let protection = Protection::of(Suite::AesCm80);
    let (mut old_sends, mut old_takes) = (context(protection), context(protection));
    for sequence in [65_535, 0] {
        let mut one = packet(sequence);
        old_sends.protect(&mut one).expect("RTP");
        old_takes.unprotect_once(&mut one).expect("authentic");
    }
    let key = MasterKey::random(Suite::AesCm80, &mut fastrand::Rng::with_seed(3));
    let follows = |before: &SrtpContext| SrtpContext::following(protection, &key, before);
    let (mut sends, mut takes) = (follows(&old_sends), follows(&old_takes));
    let mut one = packet(1);
    sends.protect(&mut one).expect("RTP");
    assert_eq!(sends.sources.list[0].highest, SEQUENCES + 1);
    takes.unprotect_once(&mut one).expect("authentic");

    let (mut anew, mut takes) = (SrtpContext::new(protection, &key), follows(&old_takes));
    for sequence in [1, 2] {
        let mut one = packet(sequence);
        anew.protect(&mut one).expect("RTP");
        takes.unprotect_once(&mut one).expect("authentic");
    }
    assert_eq!(takes.sources.list[0].highest, 2);
}
