//! Keys from a handshake: in offers and answers (RFC 5763), and on the way of the media (RFC 5764).

#[expect(dead_code, reason = "the bench is made for the other tests too")]
mod bench;
mod text;

use std::time::{Duration, Instant};

use bench::{Bench, LEFT, RIGHT, ms, secs};
use gannet_media::judge::{FaultLimits, MediaFault, media_faults};
use gannet_media::offer_answer::{
    DtlsTerms, Fingerprint, Keying, Keyring, LocalDtls, LocalMedia, MediaCapabilities,
    OfferAnswerError, OfferForm, Security, SrtpPolicy, SrtpStyle, apply_answer, build_answer,
    build_offer, build_reoffer,
};
use gannet_media::srtp::{CryptoLine, MasterKey, Suite};
use gannet_media::{Codec, HandshakeState, KeyHandshake, Mark, Sound, Source};
use text::{local, remote};

fn fingerprint(octet: u8) -> Fingerprint {
    Fingerprint {
        hash: "sha-256".to_owned(),
        octets: vec![octet; 32],
    }
}

fn side(seed: u8) -> LocalMedia {
    let mut rng = fastrand::Rng::with_seed(u64::from(seed));
    LocalMedia {
        dtls: Some(LocalDtls {
            fingerprint: fingerprint(seed),
            is_client: None,
        }),
        ..local().with_keys(Keyring::random(&mut rng))
    }
}

fn device(policy: SrtpPolicy, form: OfferForm) -> MediaCapabilities {
    MediaCapabilities {
        srtp: SrtpStyle {
            policy,
            form,
            keying: Keying::Dtls,
            ..SrtpStyle::default()
        },
        ..MediaCapabilities::default()
    }
}

fn terms(is_client: bool, octet: u8) -> Security {
    Security::Dtls(Box::new(DtlsTerms {
        is_client,
        fingerprints: vec![fingerprint(octet)],
    }))
}

#[test]
fn the_answerer_begins_and_both_know_the_certificate_of_the_other() {
    for form in [
        OfferForm::Profile,
        OfferForm::Attribute,
        OfferForm::TwoLines,
    ] {
        let caller = device(SrtpPolicy::Required, form);
        let offer = build_offer(&caller, &side(1));
        let text = offer.to_string();
        let profile = form != OfferForm::Attribute;
        assert_eq!(
            text.contains("m=audio 4000 UDP/TLS/RTP/SAVP "),
            profile,
            "{text}"
        );
        assert!(
            text.contains("a=setup:actpass\r\na=fingerprint:sha-256 01:01:"),
            "{text}"
        );
        let callee = device(SrtpPolicy::Accepted, OfferForm::Profile);
        let answer = build_answer(&offer, &callee, &side(2)).expect("agreed");
        assert_eq!(answer.negotiated.security, terms(true, 1));
        assert!(answer.negotiated.rtcp_mux);
        let text = answer.description.to_string();
        assert!(
            text.contains("a=setup:active\r\na=fingerprint:sha-256 02:02:"),
            "{text}"
        );
        let applied = apply_answer(&offer, &caller, &answer.description).expect("agreed");
        assert_eq!(applied.security, terms(false, 2));
        assert!(applied.rtcp_mux);
        // Who began stays who began, whoever offers next.
        let mut again = side(1);
        if let Some(dtls) = &mut again.dtls {
            dtls.is_client = Some(false);
        }
        let later = build_reoffer(&answer.description, &callee, &side(2));
        let answer = build_answer(&later, &caller, &again).expect("agreed");
        assert_eq!(answer.negotiated.security, terms(false, 2));
    }
}

#[test]
fn roles_and_fingerprints_of_others_are_read() {
    let caps = device(SrtpPolicy::Accepted, OfferForm::Profile);
    let print = fingerprint(9);
    let of = |lines: &str| {
        let offer = remote(&format!("m=audio 5000 UDP/TLS/RTP/SAVPF 0\n{lines}"));
        build_answer(&offer, &caps, &side(2)).map(|answer| answer.negotiated.security)
    };
    assert_eq!(
        of(&format!("a=fingerprint:{print}\na=setup:active")),
        Ok(terms(false, 9))
    );
    assert_eq!(
        of(&format!("a=fingerprint:{print}\na=setup:passive")),
        Ok(terms(true, 9))
    );
    let setup = "holdconn".to_owned();
    assert_eq!(
        of(&format!("a=fingerprint:{print}\na=setup:holdconn")),
        Err(OfferAnswerError::BadSetup { setup })
    );
    assert_eq!(of("a=setup:actpass"), Err(OfferAnswerError::NoFingerprint));
    // At the session, as browsers write it.
    let head = format!(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\na=fingerprint:{print}\r\n"
    );
    let offer = format!("{head}m=audio 5000 UDP/TLS/RTP/SAVP 0\r\na=setup:actpass\r\n");
    let offer = gannet_sdp::SessionDescription::parse(offer.as_bytes());
    let answer = build_answer(&offer, &caps, &side(2)).expect("agreed");
    assert_eq!(answer.negotiated.security, terms(true, 9));
    let off = MediaCapabilities::default();
    assert!(matches!(
        build_answer(&offer, &off, &side(2)),
        Err(OfferAnswerError::NoAudio { .. })
    ));
}

/// Says hello again and again until the other side does.
#[derive(Debug)]
struct Hello {
    end: usize,
    next: Instant,
    heard: bool,
    answers: bool,
    fails: bool,
}

impl KeyHandshake for Hello {
    fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) {
        assert_eq!(datagram[1..], *b"hello");
        self.answers |= !self.heard;
        self.heard = true;
        self.next = now;
    }

    fn poll_transmit(&mut self, now: Instant, out: &mut Vec<u8>) -> bool {
        if !self.answers && (self.heard || self.next > now) {
            return false;
        }
        self.answers = false;
        self.next = now + ms(100);
        out.clear();
        out.extend_from_slice(b"\x16hello");
        true
    }

    fn next_deadline(&self) -> Option<Instant> {
        (!self.heard || self.answers).then_some(self.next)
    }

    fn state(&self) -> HandshakeState {
        let line = |end: usize| {
            let mut rng = fastrand::Rng::with_seed(end as u64);
            let key = MasterKey::random(Suite::AesCm80, &mut rng);
            Box::new(CryptoLine::new(0, Suite::AesCm80, key))
        };
        match (self.fails, self.heard) {
            (true, _) => HandshakeState::Failed("no".to_owned()),
            (false, false) => HandshakeState::Running,
            (false, true) => HandshakeState::Done {
                local: line(self.end),
                remote: line(1 - self.end),
            },
        }
    }
}

fn shaking(fails: bool) -> Bench {
    let mut bench = Bench::with(
        |end, config| {
            config.negotiated.security = terms(end == LEFT, end as u8);
            config.negotiated.rtcp_mux = true;
            config.rtcp_interval = Some(ms(500));
        },
        Codec::Pcmu,
    );
    for end in [LEFT, RIGHT] {
        let start = bench.start;
        bench.ends[end].set_source(Source::Mark(Mark::nth(end)), start);
        let hello = Hello {
            end,
            next: start,
            heard: false,
            answers: false,
            fails: fails && end == RIGHT,
        };
        bench.ends[end].begin_handshake(Box::new(hello), start);
    }
    bench
}

fn heard(bench: &Bench, end: usize) -> Duration {
    let mark = Sound::Mark(Mark::nth(1 - end));
    bench.ends[end]
        .listener()
        .heard(mark, bench.start, bench.now)
        .covered
}

#[test]
fn media_begins_when_the_handshake_is_over() {
    let mut bench = shaking(false);
    bench.run(secs(3));
    for end in [LEFT, RIGHT] {
        assert!(heard(&bench, end) > ms(2500), "{:?}", heard(&bench, end));
        let report = bench.ends[end].report();
        assert_eq!(report.srtp.sends, Some(Suite::AesCm80));
        assert_eq!(report.srtp.not_authentic, 0);
        assert!(report.rtcp_received > 2, "{report:?}");
    }
}

#[test]
fn a_handshake_that_fails_is_told_and_nothing_is_heard() {
    let mut bench = shaking(true);
    bench.run(secs(2));
    assert!(heard(&bench, RIGHT).is_zero() && heard(&bench, LEFT).is_zero());
    let limits = FaultLimits::default();
    let faults = media_faults(&bench.ends[RIGHT], bench.start, bench.now, &limits);
    let names: Vec<_> = faults.iter().map(MediaFault::name).collect();
    assert!(names.contains(&"DTLS handshake failed"), "{names:?}");
}
