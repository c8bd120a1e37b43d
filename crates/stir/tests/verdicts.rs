//! Each way in which a signed call can be wrong ends in its own verdict.

use gannet_sip::Uri;
use gannet_stir::{
    Attestation, Authority, CallFacts, CertificateOrder, Chain, Fault, Fetched, Outcome, SignOrder,
    Signer, SigningKey, TnAuthList, TnEntry, Unavailable, Verdict, Verifier,
};

const NOW: u64 = 1_800_000_000;
const X5U: &str = "https://certificates.example/709j.pem";
const ORIGID: &str = "123e4567-e89b-12d3-a456-426655440000";

fn uri(text: &str) -> Uri {
    Uri::parse(text).expect("a URI")
}

fn order(entries: &[TnEntry]) -> CertificateOrder {
    CertificateOrder {
        name: "SHAKEN 709J".into(),
        tn_auth_list: TnAuthList {
            entries: entries.to_vec(),
        },
        domains: vec!["atlanta.example".into()],
        not_before: NOW - 86_400,
        not_after: NOW + 86_400,
    }
}

fn spc() -> Vec<TnEntry> {
    vec![TnEntry::Spc("709J".into())]
}

/// An authority, a signer with a certificate of it, and what a verifier fetches.
struct World {
    authority: Authority,
    signer: Signer,
    fetched: Result<Fetched, Unavailable>,
    facts: CallFacts,
}

impl World {
    fn new(order: &CertificateOrder) -> Self {
        let key = || SigningKey::generate().expect("randomness");
        let ca = CertificateOrder {
            name: "Test authority".into(),
            ..order.clone()
        };
        let ca = CertificateOrder {
            not_before: NOW - 10 * 86_400,
            not_after: NOW + 10 * 86_400,
            ..ca
        };
        let authority = Authority::new(&ca, &key()).expect("an authority");
        let signer = Signer {
            key: key(),
            x5u: X5U.into(),
        };
        let pem = authority.issue(order, &signer.key).expect("a certificate");
        let mut world = Self {
            authority,
            signer,
            fetched: Err(Unavailable {
                what: String::new(),
            }),
            facts: CallFacts {
                from: uri("sip:+12155551212@atlanta.example;user=phone"),
                asserted: Vec::new(),
                to: uri("sip:+12155550131@biloxi.example;user=phone"),
                target: uri("sip:+12155550131@biloxi.example;user=phone"),
                date: None,
                priorities: Vec::new(),
            },
        };
        world.fetch(&pem);
        world
    }

    fn fetch(&mut self, pem: &str) {
        self.fetched = Ok(Fetched {
            content_type: Some("application/pem-certificate-chain".into()),
            octets: pem.into(),
        });
    }

    fn sign(&self, order: &SignOrder) -> String {
        let parties = (&self.facts.from, &self.facts.to);
        let fields = self.signer.fields(order, parties, NOW).expect("randomness");
        fields.into_iter().next_back().expect("Identity").1
    }

    fn judge(&self, identities: &[String]) -> Outcome {
        let anchors = Chain::read(self.authority.pem().as_bytes()).expect("a certificate");
        let source = |asked: &str| {
            assert_eq!(asked, X5U);
            self.fetched.clone()
        };
        Verifier::new(anchors.certificates).verify(&self.facts, identities, &source, NOW)
    }

    fn verdict_with(&self, fault: Fault) -> Verdict {
        let mut order = SignOrder::shaken(Attestation::A, ORIGID);
        order.faults.push(fault);
        self.judge(&[self.sign(&order)]).verdict
    }
}

fn shaken() -> SignOrder {
    SignOrder::shaken(Attestation::A, ORIGID)
}

#[test]
fn a_signed_call_is_valid_in_each_form() {
    let mut world = World::new(&order(&spc()));
    let outcome = world.judge(&[world.sign(&shaken())]);
    assert_eq!(outcome.verdict, Verdict::Valid, "{}", outcome.explain());
    assert_eq!(outcome.attestation(), Some(Attestation::A));
    let base = SignOrder::default();
    assert_eq!(world.judge(&[world.sign(&base)]).verdict, Verdict::Valid);
    let compact = SignOrder {
        compact: true,
        ..SignOrder::default()
    };
    let identity = world.sign(&compact);
    assert!(identity.starts_with(".."), "{identity}");
    assert_eq!(
        world.judge(std::slice::from_ref(&identity)).verdict,
        Verdict::NoDate
    );
    world.facts.date = Some(NOW);
    assert_eq!(world.judge(&[identity]).verdict, Verdict::Valid);
}

#[test]
fn each_fault_of_a_signer_has_its_verdict() {
    let world = World::new(&order(&spc()));
    for (fault, verdict) in [
        (Fault::StaleDate, Verdict::StaleDate),
        (Fault::WrongDestination, Verdict::WrongDestination),
        (Fault::WrongOrig, Verdict::WrongOrig),
        (Fault::BadSignature, Verdict::BadSignature),
        (Fault::NoCertificateUri, Verdict::NoCertificateUri),
        (Fault::Huge, Verdict::TooLarge),
        (Fault::UnknownAlgorithm, Verdict::UnknownAlgorithm),
        (Fault::UnknownExtension, Verdict::UnknownExtension),
    ] {
        assert_eq!(world.verdict_with(fault), verdict, "{fault:?}");
    }
    assert_eq!(world.judge(&[]).verdict, Verdict::NoIdentity);
    assert_eq!(world.judge(&["x".into()]).verdict, Verdict::Malformed);
}

#[test]
fn a_token_of_another_call_fits_none() {
    let mut world = World::new(&order(&spc()));
    let identity = world.sign(&shaken());
    world.facts.to = uri("sip:+12155550132@biloxi.example");
    world.facts.target = world.facts.to.clone();
    let judged = world.judge(std::slice::from_ref(&identity));
    assert_eq!(judged.verdict, Verdict::WrongDestination);
    assert_eq!(
        judged.explain(),
        "wrong-destination: the token is for another one called: a replay; dest is 12155550131, \
         To is sip:+12155550132@biloxi.example"
    );
    world.facts.from = uri("sip:+12155551213@atlanta.example");
    assert_eq!(world.judge(&[identity]).verdict, Verdict::CutAndPaste);
}

#[test]
fn certificates_are_fetched_read_and_trusted_or_not() {
    let mut world = World::new(&order(&spc()));
    let identity = [world.sign(&shaken())];
    let good = world.fetched.clone().expect("a certificate");
    let other = World::new(&order(&spc()));
    let own_key = order(&spc()).self_made(&world.signer.key).expect("one");
    let foreign = other.authority.issue(&order(&spc()), &world.signer.key);
    let times = |from: u64, to: u64| CertificateOrder {
        not_before: from,
        not_after: to,
        ..order(&spc())
    };
    let issue = |order: &CertificateOrder| {
        let pem = world.authority.issue(order, &world.signer.key);
        pem.expect("a certificate")
    };
    let expired = issue(&times(NOW - 7_200, NOW - 3_600));
    let early = issue(&times(NOW + 3_600, NOW + 7_200));
    let nobody = issue(&order(&[]));
    let others = issue(&order(&[TnEntry::One("12155551213".into())]));
    let wrong_list = issue(&order(&[TnEntry::One("+1".into())]));
    let range = issue(&order(&[TnEntry::Range {
        start: "12155551200".into(),
        count: 100,
    }]));
    for (pem, verdict) in [
        (own_key, Verdict::SelfMadeCertificate),
        (foreign.expect("a certificate"), Verdict::UnknownIssuer),
        (expired, Verdict::ExpiredCertificate),
        (early, Verdict::CertificateNotYetValid),
        (nobody, Verdict::NoScope),
        (others, Verdict::WrongScope),
        (wrong_list, Verdict::UnreadableCertificate),
        (range, Verdict::Valid),
        ("<html>".into(), Verdict::UnreadableCertificate),
    ] {
        world.fetch(&pem);
        let outcome = world.judge(&identity);
        assert_eq!(outcome.verdict, verdict, "{}", outcome.explain());
    }
    // Another signer's certificate of the same authority.
    let else_key = SigningKey::generate().expect("randomness");
    let pem = world.authority.issue(&order(&spc()), &else_key);
    world.fetch(&pem.expect("a certificate"));
    assert_eq!(world.judge(&identity).verdict, Verdict::BadSignature);
    world.fetched = Ok(Fetched {
        content_type: Some("text/html".into()),
        ..good
    });
    assert_eq!(world.judge(&identity).verdict, Verdict::WrongContentType);
    let what = "404 Not Found".into();
    world.fetched = Err(Unavailable { what });
    assert_eq!(
        world.judge(&identity).verdict,
        Verdict::CertificateUnavailable
    );
}

#[test]
fn callers_by_uri_are_spoken_for_by_domain() {
    let mut world = World::new(&order(&spc()));
    world.facts.from = uri("sip:alice@atlanta.example");
    assert_eq!(
        world.judge(&[world.sign(&shaken())]).verdict,
        Verdict::Valid
    );
    world.facts.from = uri("sip:alice@chicago.example");
    assert_eq!(
        world.judge(&[world.sign(&shaken())]).verdict,
        Verdict::WrongScope
    );
}

#[test]
fn several_tokens_hold_if_one_does_and_none_contradicts_it() {
    let world = World::new(&order(&spc()));
    let with = |fault: Fault| {
        let mut order = shaken();
        order.faults.push(fault);
        world.sign(&order)
    };
    let good = world.sign(&shaken());
    let bad = with(Fault::BadSignature);
    let unknown = with(Fault::UnknownExtension);
    let other = world.sign(&SignOrder::shaken(Attestation::C, ORIGID));
    let verdict = |all: &[&String]| {
        let all: Vec<String> = all.iter().map(|one| (*one).clone()).collect();
        world.judge(&all).verdict
    };
    assert_eq!(verdict(&[&bad, &good]), Verdict::Valid);
    assert_eq!(verdict(&[&unknown, &bad]), Verdict::BadSignature);
    assert_eq!(verdict(&[&good, &other]), Verdict::SeveralDiffer);
    assert_eq!(verdict(&[&good, &good]), Verdict::Valid);
}

#[test]
fn a_diverted_call_leads_back_to_its_first_token() {
    let mut world = World::new(&order(&spc()));
    let first = world.sign(&shaken());
    let old = world.facts.to.clone();
    let new = uri("sip:+12155550140@biloxi.example");
    world.facts.to = new.clone();
    world.facts.target = new;
    let div = SignOrder {
        ppt: Some("div".into()),
        diverted_from: Some(old),
        ..SignOrder::default()
    };
    let div = world.sign(&div);
    let both = world.judge(&[first.clone(), div.clone()]);
    assert_eq!(both.verdict, Verdict::Valid, "{}", both.explain());
    assert!(both.tokens.iter().all(|one| one.verdict == Verdict::Valid));
    assert_eq!(world.judge(&[first]).verdict, Verdict::WrongDestination);
    assert_eq!(world.judge(&[div]).verdict, Verdict::BrokenDiversion);
}

#[test]
fn priorities_are_those_that_were_signed() {
    let mut world = World::new(&order(&spc()));
    let rph = SignOrder {
        ppt: Some("rph".into()),
        priorities: vec!["ets.0".into()],
        ..SignOrder::default()
    };
    let identity = [world.sign(&rph)];
    world.facts.priorities = vec!["ets.0".into()];
    assert_eq!(world.judge(&identity).verdict, Verdict::Valid);
    world.facts.priorities = vec!["wps.0".into()];
    assert_eq!(world.judge(&identity).verdict, Verdict::WrongPriority);
}

#[test]
fn extensions_have_their_claims_and_no_compact_form() {
    let world = World::new(&order(&spc()));
    for ppt in ["shaken", "div", "rph"] {
        let bare = SignOrder {
            ppt: Some(ppt.into()),
            ..SignOrder::default()
        };
        let verdict = world.judge(&[world.sign(&bare)]).verdict;
        assert_eq!(verdict, Verdict::MissingClaim, "{ppt}");
        let compact = SignOrder {
            compact: true,
            ..bare
        };
        let verdict = world.judge(&[world.sign(&compact)]).verdict;
        assert_eq!(verdict, Verdict::CompactExtension, "{ppt}");
    }
}

#[test]
fn what_stands_outside_is_what_stands_inside() {
    let world = World::new(&order(&spc()));
    let good = world.sign(&shaken());
    for (from, to) in [
        ("709j.pem>", "709k.pem>"),
        ("alg=ES256", "alg=RS256"),
        ("ppt=shaken", "ppt=div"),
    ] {
        let wrong = good.replace(from, to);
        assert_ne!(wrong, good);
        assert_eq!(
            world.judge(&[wrong]).verdict,
            Verdict::Contradiction,
            "{to}"
        );
    }
    let bare = good.replace(";alg=ES256;ppt=shaken", "");
    assert_eq!(world.judge(&[bare]).verdict, Verdict::Valid);
}
