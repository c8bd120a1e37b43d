//! What peers send, mutilated: a verdict each time, never a panic.

use gannet_sip::Uri;
use gannet_stir::{
    Authority, CallFacts, CertificateOrder, Chain, Fetched, SignOrder, Signer, SigningKey,
    TnAuthList, TnEntry, Unavailable, Verdict, Verifier,
};

const NOW: u64 = 1_800_000_000;
const ROUNDS: usize = 3_000;
const SEED: u64 = 0x57_1b;

fn mutilated(rng: &mut fastrand::Rng, octets: &[u8]) -> Vec<u8> {
    let mut out = octets.to_vec();
    for _ in 0..rng.usize(1..4) {
        let at = rng.usize(..out.len().max(1));
        match rng.u8(..4) {
            0 if !out.is_empty() => out[at] = rng.u8(..),
            1 if !out.is_empty() => drop(out.remove(at)),
            2 => out.truncate(at),
            _ => out.insert(at.min(out.len()), rng.u8(..)),
        }
    }
    out
}

#[test]
fn mutilated_tokens_and_certificates_have_a_verdict() {
    let key = || SigningKey::generate().expect("randomness");
    let order = CertificateOrder {
        name: "SHAKEN 709J".into(),
        tn_auth_list: TnAuthList {
            entries: vec![TnEntry::One("12155551212".into())],
        },
        domains: vec!["atlanta.example".into()],
        not_before: NOW - 1,
        not_after: NOW + 1,
    };
    let authority = Authority::new(&order, &key()).expect("an authority");
    let x5u = "https://certificates.example/709j.pem".into();
    let signer = Signer { key: key(), x5u };
    let pem = authority.issue(&order, &signer.key).expect("a certificate");
    let chain = Chain::read(pem.as_bytes()).expect("a certificate");
    let der = chain.signer().der().to_vec();
    let uri = |text: &str| Uri::parse(text).expect("a URI");
    let from = uri("sip:+12155551212@atlanta.example");
    let to = uri("sip:+12155550131@biloxi.example");
    let facts = CallFacts {
        from: from.clone(),
        asserted: Vec::new(),
        target: to.clone(),
        to: to.clone(),
        date: None,
        priorities: Vec::new(),
    };
    let identity = signer.identity(&SignOrder::default(), (&from, &to), NOW);
    let identity = identity.expect("randomness");
    let anchors = Chain::read(authority.pem().as_bytes()).expect("a certificate");
    let verifier = Verifier::new(anchors.certificates);
    let mut rng = fastrand::Rng::with_seed(SEED);
    for round in 0..ROUNDS {
        let token = mutilated(&mut rng, identity.as_bytes());
        let token = String::from_utf8_lossy(&token).into_owned();
        let body = mutilated(&mut rng, if round % 2 == 0 { pem.as_bytes() } else { &der });
        let give = |octets: Vec<u8>| {
            move |_: &str| -> Result<Fetched, Unavailable> {
                Ok(Fetched {
                    content_type: None,
                    octets: octets.clone(),
                })
            }
        };
        let good = give(pem.clone().into_bytes());
        let changed = verifier.verify(&facts, std::slice::from_ref(&token), &good, NOW);
        // Blanks, and letters of parameters that compare without case, change nothing.
        if changed.verdict == Verdict::Valid {
            let plain = |text: &str| -> String {
                let token = text.split(';').next().unwrap_or_default();
                token.split_ascii_whitespace().collect()
            };
            assert_eq!(
                plain(&token),
                plain(&identity),
                "seed {SEED}, round {round}"
            );
        }
        verifier.verify(&facts, std::slice::from_ref(&identity), &give(body), NOW);
    }
}
