//! What a server finds out, with a client on the other side.

use std::time::Duration;

use gannet_ua::digest::{
    Algorithm, AuthAttempt, AuthTarget, Challenge, Credentials, DigestServer, GiveUp, Hash,
    HeaderField, Qop, Refusal, RequestFacts, ServerPolicy, ServerProof, WrongReason,
};

use crate::bench::{Bench, REGISTER, Users, answer, name_of};

#[test]
fn every_algorithm_and_qop_passes_between_client_and_server() {
    let request = RequestFacts {
        body: b"v=0\r\n",
        ..REGISTER
    };
    for algorithm in Algorithm::ALL {
        for qop in [vec![], vec![Qop::Auth], vec![Qop::AuthInt]] {
            for (userhash, next_nonce) in [(false, false), (true, false), (false, true)] {
                let case = format!("{algorithm} {qop:?} {userhash} {next_nonce}");
                let mut bench = Bench::new(ServerPolicy {
                    algorithms: vec![algorithm],
                    qop: qop.clone(),
                    userhash,
                    next_nonce,
                    opaque: Some("o".to_owned()),
                    ..ServerPolicy::new("biloxi.com")
                });
                for round in 0..3_u32 {
                    let (attempt, found, _) = bench.play(&request);
                    assert_eq!(
                        found.len(),
                        if round == 0 { 2 } else { 1 },
                        "{case}: {found:?}"
                    );
                    let accepted = found.last().unwrap().as_ref().unwrap();
                    assert_eq!(accepted.username, "bob", "{case}");
                    let count = if next_nonce { 1 } else { round + 1 };
                    assert_eq!(
                        accepted.nonce_count,
                        (!qop.is_empty()).then_some(count),
                        "{case}"
                    );
                    let info = accepted.authentication_info(b"body").to_string();
                    let outcome =
                        bench
                            .client
                            .informed(&attempt, AuthTarget::Origin, &info, b"body");
                    let outcome = outcome.unwrap_or_else(|error| panic!("{case}: {error}"));
                    assert_eq!(outcome.proof, ServerProof::Verified, "{case}");
                    assert_eq!(outcome.next_nonce, next_nonce, "{case}");
                }
            }
        }
    }
}

#[test]
fn stored_hashes_serve_their_own_algorithms_only() {
    let ha1 = gannet_ua::digest::user_key(Hash::Sha256, "bob", "biloxi.com", "zanzibar");
    let credentials = Credentials::ha1("bob", Hash::Sha256, &ha1);
    let mut bench = Bench::new(ServerPolicy {
        algorithms: vec![Algorithm::Md5, Algorithm::Sha256Sess],
        ..ServerPolicy::new("biloxi.com")
    });
    bench.users = Users(vec![("bob", credentials.secret.clone())]);
    // The client's password serves MD5, but the server cannot check that.
    let (_, found, _) = bench.play(&REGISTER);
    let reason = WrongReason::NoSecretFor {
        algorithm: Algorithm::Md5,
    };
    assert_eq!(found[1].as_ref().unwrap_err(), &Refusal::Wrong(reason));

    bench.client.add_credentials(None, credentials);
    let (_, found, _) = bench.play(&REGISTER);
    assert_eq!(found[1].as_ref().unwrap().algorithm, Algorithm::Sha256Sess);
}

#[test]
fn session_key_stays_bound_to_the_first_nonces() {
    // RFC 7616 3.4.2, with a client that changes its cnonce and follows nextnonce.
    let mut bench = Bench::new(ServerPolicy {
        algorithms: vec![Algorithm::Sha256Sess],
        next_nonce: true,
        ..ServerPolicy::new("biloxi.com")
    });
    bench.client.knobs_mut().cnonce = Some("first".to_owned());
    let (attempt, found, _) = bench.play(&REGISTER);
    let info = found[1]
        .as_ref()
        .unwrap()
        .authentication_info(b"")
        .to_string();

    bench.client.knobs_mut().cnonce = Some("second".to_owned());
    assert_eq!(bench.names(&REGISTER), ["accepted"], "same nonce");

    bench
        .client
        .informed(&attempt, AuthTarget::Origin, &info, b"")
        .unwrap();
    bench.client.knobs_mut().cnonce = Some("third".to_owned());
    assert_eq!(bench.names(&REGISTER), ["accepted"], "next nonce");
}

#[test]
fn old_nonce_is_stale_and_the_client_goes_on_without_asking() {
    let mut bench = Bench::sip();
    assert_eq!(bench.names(&REGISTER), ["missing", "accepted"]);
    bench.now += Duration::from_mins(5);
    assert_eq!(bench.names(&REGISTER), ["accepted"]);
    bench.now += Duration::from_secs(1);
    assert_eq!(bench.names(&REGISTER), ["stale", "accepted"]);
}

#[test]
fn nonce_of_an_earlier_server_is_stale() {
    let mut bench = Bench::sip();
    bench.names(&REGISTER);
    bench.server = DigestServer::new(ServerPolicy::new("biloxi.com"), bench.now, &mut bench.rng);
    assert_eq!(bench.names(&REGISTER), ["stale", "accepted"]);
}

#[test]
fn wrong_secret_is_never_called_stale() {
    let mut bench = Bench::sip();
    bench
        .client
        .add_credentials(None, Credentials::password("bob", "wrong"));
    assert_eq!(bench.names(&REGISTER), ["missing", "wrong", "given up"]);
    bench
        .client
        .add_credentials(None, Credentials::password("carol", "zanzibar"));
    let (_, found, given_up) = bench.play(&REGISTER);
    assert_eq!(name_of(&found[1]), "unknown");
    let reason = GiveUp::Rejected {
        realm: "biloxi.com".to_owned(),
        username: "carol".to_owned(),
    };
    assert_eq!(given_up, Some(reason));
}

#[test]
fn replayed_credentials_are_found_out() {
    let mut bench = Bench::sip();
    bench.names(&REGISTER);
    let rng = &mut bench.rng.clone();
    let fields = bench
        .client
        .authorize(&mut AuthAttempt::default(), &REGISTER, rng);
    assert!(bench.judge(&fields, &REGISTER).is_ok());
    let again = bench.judge(&fields, &REGISTER);
    assert_eq!(again.unwrap_err(), Refusal::Replay { count: 2 });
}

#[test]
fn fixed_nonce_count_is_a_replay_that_a_new_nonce_heals() {
    let mut bench = Bench::sip();
    bench.client.knobs_mut().nonce_count = Some(1);
    assert_eq!(bench.names(&REGISTER), ["missing", "accepted"]);
    assert_eq!(bench.names(&REGISTER), ["replay", "accepted"]);
}

#[test]
fn table_of_nonces_is_bounded_and_what_it_forgot_is_stale() {
    let mut bench = Bench::new(ServerPolicy {
        nonces_max: 8,
        ..ServerPolicy::new("biloxi.com")
    });
    bench.names(&REGISTER);
    let rng = &mut bench.rng.clone();
    let old = bench
        .client
        .authorize(&mut AuthAttempt::default(), &REGISTER, rng);
    for _ in 0..20 {
        bench.client.forget_sessions();
        assert_eq!(bench.names(&REGISTER), ["missing", "accepted"]);
    }
    assert_eq!(bench.server.nonces_in_use(), 8);
    assert_eq!(bench.judge(&old, &REGISTER).unwrap_err(), Refusal::Stale);
    bench.now += Duration::from_hours(1);
    bench.names(&REGISTER);
    assert_eq!(
        bench.server.nonces_in_use(),
        1,
        "expired nonces are dropped"
    );
}

#[test]
fn server_offers_its_algorithms_in_order_with_one_nonce() {
    let mut bench = Bench::new(ServerPolicy {
        algorithms: vec![Algorithm::Sha512_256, Algorithm::Sha256, Algorithm::Md5],
        qop: vec![Qop::Auth, Qop::AuthInt],
        charset_utf8: true,
        ..ServerPolicy::new("biloxi.com")
    });
    let fields = bench.server.challenge(bench.now, AuthTarget::Proxy, true);
    let challenges: Vec<_> = fields
        .iter()
        .map(|field| {
            assert_eq!(field.name, "Proxy-Authenticate");
            Challenge::parse(&field.value).unwrap()
        })
        .collect();
    let names: Vec<_> = challenges.iter().map(|c| c.algorithm().unwrap()).collect();
    assert_eq!(
        names,
        [Algorithm::Sha512_256, Algorithm::Sha256, Algorithm::Md5]
    );
    assert!(
        challenges
            .iter()
            .all(|c| c.stale && c.nonce == challenges[0].nonce)
    );
    assert!(challenges[0].offers(Qop::Auth) && challenges[0].offers(Qop::AuthInt));
    assert_eq!(challenges[0].charset.as_deref(), Some("UTF-8"));
}

#[test]
fn body_is_protected_by_auth_int_only() {
    for (qop, expected) in [(Qop::Auth, "accepted"), (Qop::AuthInt, "wrong")] {
        let mut bench = Bench::new(ServerPolicy {
            qop: vec![qop],
            ..ServerPolicy::new("biloxi.com")
        });
        bench.names(&REGISTER);
        let rng = &mut bench.rng.clone();
        let fields = bench
            .client
            .authorize(&mut AuthAttempt::default(), &REGISTER, rng);
        let changed = RequestFacts {
            body: b"changed",
            ..REGISTER
        };
        assert_eq!(name_of(&bench.judge(&fields, &changed)), expected);
    }
}

#[test]
fn clients_of_rfc_2069_are_let_in_unless_qop_is_demanded() {
    for (accept_without_qop, expected) in [(true, "accepted"), (false, "wrong")] {
        let policy = ServerPolicy {
            accept_without_qop,
            ..ServerPolicy::new("biloxi.com")
        };
        let mut bench = Bench::new(policy);
        let field = &bench.server.challenge(bench.now, AuthTarget::Origin, false)[0];
        let mut challenge = Challenge::parse(&field.value).unwrap();
        challenge.qop = None;
        let credentials = answer(&mut bench.client, &[&challenge.to_string()], &REGISTER);
        assert_eq!((&credentials.qop, &credentials.cnonce), (&None, &None));
        let field = HeaderField {
            name: "Authorization",
            value: credentials.to_string(),
        };
        assert_eq!(name_of(&bench.judge(&[field], &REGISTER)), expected);
    }
}

#[test]
fn credentials_for_other_realms_are_passed_over() {
    let mut bench = Bench::sip();
    let field = |value: &str| HeaderField {
        name: "Authorization",
        value: value.to_owned(),
    };
    let fields = [
        field("NoOneKnowsThisScheme opaque-data=here"),
        field("Digest username=bob, realm=elsewhere, nonce=n, uri=u, response=r"),
    ];
    assert_eq!(name_of(&bench.judge(&fields, &REGISTER)), "missing");
    let fields = [field("Digest username=\"bob")];
    assert_eq!(name_of(&bench.judge(&fields, &REGISTER)), "malformed");
}
