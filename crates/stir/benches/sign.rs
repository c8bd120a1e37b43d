//! What a signed call costs: making its Identity, and judging one with its certificate.
//!
//! `cargo bench -p gannet-stir`

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gannet_sip::Uri;
use gannet_stir::{
    Attestation, Authority, CallFacts, CertificateOrder, Chain, Fetched, SignOrder, Signer,
    SigningKey, TnAuthList, TnEntry, Unavailable, Verdict, Verifier,
};

const NOW: u64 = 1_800_000_000;

fn sign(criterion: &mut Criterion) {
    let key = || SigningKey::generate().expect("randomness");
    let order = CertificateOrder {
        name: "SHAKEN 709J".into(),
        tn_auth_list: TnAuthList {
            entries: vec![TnEntry::Spc("709J".into())],
        },
        domains: Vec::new(),
        not_before: NOW - 1,
        not_after: NOW + 1,
    };
    let authority = Authority::new(&order, &key()).expect("an authority");
    let signer = Signer {
        key: key(),
        x5u: "https://certificates.example/709j.pem".into(),
    };
    let pem = authority.issue(&order, &signer.key).expect("a certificate");
    let uri = |text: &str| Uri::parse(text).expect("a URI");
    let from = uri("sip:+12155551212@atlanta.example;user=phone");
    let to = uri("sip:+12155550131@biloxi.example;user=phone");
    let shaken = SignOrder::shaken(Attestation::A, "123e4567-e89b-12d3-a456-426655440000");
    let identity = || {
        signer
            .identity(&shaken, (&from, &to), NOW)
            .expect("randomness")
    };
    criterion.bench_function("sign", |bencher| bencher.iter(|| black_box(identity())));

    let facts = CallFacts {
        from: from.clone(),
        asserted: Vec::new(),
        to: to.clone(),
        target: to.clone(),
        date: Some(NOW),
        priorities: Vec::new(),
    };
    let anchors = Chain::read(authority.pem().as_bytes()).expect("a certificate");
    let verifier = Verifier::new(anchors.certificates);
    let source = |_: &str| -> Result<Fetched, Unavailable> {
        Ok(Fetched {
            content_type: None,
            octets: pem.clone().into_bytes(),
        })
    };
    let identities = [identity()];
    let verify = || verifier.verify(&facts, &identities, &source, NOW).verdict;
    assert_eq!(verify(), Verdict::Valid);
    criterion.bench_function("verify", |bencher| bencher.iter(|| black_box(verify())));
}

criterion_group!(benches, sign);
criterion_main!(benches);
