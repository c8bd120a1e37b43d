//! What a client does with challenges.

use gannet_ua::digest::{
    Algorithm, AlgorithmOrder, AuthAttempt, AuthOutcome, AuthParam, AuthTarget, AuthenticationInfo,
    Authorization, ClientAuth, Credentials, InfoRefusal, Qop,
};

use crate::bench::{Bench, REGISTER, answer, name_of};

#[test]
fn nonce_count_begins_at_one_for_each_nonce() {
    let mut client = ClientAuth::default();
    client.add_credentials(None, Credentials::password("bob", "zanzibar"));
    let rng = &mut fastrand::Rng::with_seed(1);
    for nonce in ["one", "two"] {
        let challenge = format!(r#"Digest realm="r", nonce="{nonce}", qop="auth""#);
        assert_eq!(
            answer(&mut client, &[&challenge], &REGISTER).nc.unwrap(),
            "00000001"
        );
        for nc in ["00000002", "00000003"] {
            let fields = client.authorize(&mut AuthAttempt::default(), &REGISTER, rng);
            let credentials = Authorization::parse(&fields[0].value).unwrap();
            assert_eq!(credentials.nonce, nonce);
            assert_eq!(credentials.nc.unwrap(), nc);
        }
        assert_eq!(
            client.cached_nonce(AuthTarget::Origin, "r"),
            Some((nonce, 3))
        );
    }
}

#[test]
fn faults_on_purpose_reach_the_wire() {
    type Turn = fn(&mut ClientAuth);
    let param = |name: &str, value: &str| AuthParam {
        name: name.to_owned(),
        value: value.to_owned(),
        quoted: true,
    };
    let table: [(Turn, &str, &str); 4] = [
        (
            |c| c.knobs_mut().wrong_response = true,
            "wrong",
            "response is ",
        ),
        (
            |c| c.knobs_mut().omit = vec!["cnonce".to_owned()],
            "malformed",
            "without cnonce",
        ),
        (
            |c| c.knobs_mut().nonce_count = Some(0),
            "malformed",
            "nc \"00000000\"",
        ),
        (|c| c.policy_mut().qop = vec![Qop::AuthInt], "missing", ""),
    ];
    for (turn, expected, text) in table {
        let mut bench = Bench::sip();
        turn(&mut bench.client);
        let (_, found, given_up) = bench.play(&REGISTER);
        assert!(given_up.is_some());
        assert_eq!(name_of(found.last().unwrap()), expected);
        let refusal = found.last().unwrap().as_ref().unwrap_err().to_string();
        assert!(refusal.contains(text), "{refusal}");
    }
    let mut bench = Bench::sip();
    bench.client.knobs_mut().replace = vec![param("algorithm", "SHA-256"), param("x", "y")];
    let (_, found, _) = bench.play(&REGISTER);
    assert_eq!(
        found[1].as_ref().unwrap_err().to_string(),
        "algorithm SHA-256 was not offered"
    );
}

#[test]
fn topmost_supported_challenge_wins_unless_the_client_orders() {
    // RFC 8760 2.4
    let offered = [
        r#"Digest realm="r", nonce="n", qop="auth", algorithm=SHA-3"#,
        r#"Digest realm="r", nonce="n", qop="auth-conf", algorithm=SHA-512-256"#,
        r#"Digest realm="r", nonce="n", qop="auth", algorithm=sha-256"#,
        r#"Digest realm="r", nonce="n", qop="auth", algorithm=MD5"#,
    ];
    let mut client = ClientAuth::default();
    client.add_credentials(Some("r"), Credentials::password("bob", "zanzibar"));
    let chosen = answer(&mut client, &offered, &REGISTER);
    assert_eq!(
        chosen.algorithm.as_deref(),
        Some("sha-256"),
        "as the server wrote it"
    );

    client.policy_mut().algorithms = vec![Algorithm::Md5, Algorithm::Sha256];
    assert_eq!(
        answer(&mut client, &offered, &REGISTER).algorithm(),
        Some(Algorithm::Sha256)
    );
    client.policy_mut().order = AlgorithmOrder::Client;
    assert_eq!(
        answer(&mut client, &offered, &REGISTER).algorithm(),
        Some(Algorithm::Md5)
    );
}

#[test]
fn repetition_answers_proxy_and_server_together() {
    // RFC 3261 22.3: a 407 first, then a 401 to the request that satisfied the proxy.
    let mut client = ClientAuth::default();
    client.add_credentials(Some("p"), Credentials::password("bob", "one"));
    client.add_credentials(Some("s"), Credentials::password("robert", "two"));
    let (attempt, rng) = (
        &mut AuthAttempt::default(),
        &mut fastrand::Rng::with_seed(1),
    );
    let mut send = |challenges: &[(AuthTarget, &str)]| match client
        .challenged(attempt, challenges, &REGISTER, rng)
    {
        AuthOutcome::Retry(fields) => fields
            .iter()
            .map(|field| {
                let credentials = Authorization::parse(&field.value).unwrap();
                format!(
                    "{} {} {}",
                    field.name,
                    credentials.username,
                    credentials.nc.unwrap()
                )
            })
            .collect::<Vec<_>>(),
        AuthOutcome::GiveUp(reason) => vec![reason.to_string()],
    };
    let proxy = (
        AuthTarget::Proxy,
        r#"Digest realm="p", nonce="1", qop="auth""#,
    );
    let server = (
        AuthTarget::Origin,
        r#"Digest realm="s", nonce="2", qop="auth""#,
    );
    assert_eq!(send(&[proxy]), ["Proxy-Authorization bob 00000001"]);
    assert_eq!(
        send(&[server]),
        [
            "Proxy-Authorization bob 00000002",
            "Authorization robert 00000001"
        ]
    );
    assert_eq!(
        send(&[server]),
        ["credentials of \"robert\" for realm \"s\" were rejected"]
    );
}

#[test]
fn client_says_why_it_gives_up() {
    let table: [(&[&str], &str); 5] = [
        (&[], "the response has no challenge"),
        (
            &["Basic realm=r"],
            "no usable challenge: expected scheme Digest, found Basic",
        ),
        (
            &["Digest realm=other, nonce=n"],
            "no credentials for realm \"other\"",
        ),
        (
            &[
                "Digest realm=r, nonce=n, algorithm=X",
                "Digest realm=r, nonce=n, qop=auth-conf",
            ],
            "no supported challenge for realm \"r\", offered: X without qop; MD5 with qop auth-conf",
        ),
        (
            &["Digest realm=r"],
            "no usable challenge: Digest challenge without nonce",
        ),
    ];
    for (challenges, expected) in table {
        let mut client = ClientAuth::default();
        client.add_credentials(Some("r"), Credentials::password("bob", "zanzibar"));
        let fields: Vec<_> = challenges
            .iter()
            .map(|value| (AuthTarget::Origin, *value))
            .collect();
        let rng = &mut fastrand::Rng::with_seed(1);
        match client.challenged(&mut AuthAttempt::default(), &fields, &REGISTER, rng) {
            AuthOutcome::GiveUp(reason) => assert_eq!(reason.to_string(), expected),
            AuthOutcome::Retry(fields) => panic!("{fields:?}"),
        }
    }
}

#[test]
fn endless_stale_challenges_end() {
    let mut client = ClientAuth::default();
    client.add_credentials(None, Credentials::password("bob", "zanzibar"));
    let (mut attempt, rng) = (AuthAttempt::default(), &mut fastrand::Rng::with_seed(1));
    let mut outcomes = (0..9).map(|n| {
        let challenge = format!("Digest realm=r, nonce={n}, stale=true");
        client.challenged(
            &mut attempt,
            &[(AuthTarget::Origin, &challenge)],
            &REGISTER,
            rng,
        )
    });
    let retries = outcomes
        .by_ref()
        .take_while(|outcome| matches!(outcome, AuthOutcome::Retry(_)))
        .count();
    assert_eq!(retries, 4, "the first answer and three stale nonces");
}

#[test]
fn forgotten_nonce_without_stale_is_answered_once() {
    let mut client = ClientAuth::default();
    client.add_credentials(None, Credentials::password("bob", "zanzibar"));
    answer(&mut client, &["Digest realm=r, nonce=1"], &REGISTER);
    let (mut attempt, rng) = (AuthAttempt::default(), &mut fastrand::Rng::with_seed(1));
    assert_eq!(client.authorize(&mut attempt, &REGISTER, rng).len(), 1);
    let mut meet = |challenge| {
        let fields = [(AuthTarget::Origin, challenge)];
        let outcome = client.challenged(&mut attempt, &fields, &REGISTER, rng);
        matches!(outcome, AuthOutcome::Retry(_))
    };
    assert!(meet("Digest realm=r, nonce=2"));
    assert!(!meet("Digest realm=r, nonce=3"));
}

#[test]
fn client_without_preemption_waits_for_each_challenge() {
    let mut bench = Bench::sip();
    bench.client.policy_mut().preemptive = false;
    for _ in 0..2 {
        assert_eq!(bench.names(&REGISTER), ["missing", "accepted"]);
    }
}

#[test]
fn wrong_server_proof_is_refused() {
    let mut bench = Bench::sip();
    let (attempt, found, _) = bench.play(&REGISTER);
    let right = found[1].as_ref().unwrap().authentication_info(b"");
    let table = [
        (
            "rspauth",
            AuthenticationInfo {
                rspauth: Some("00".to_owned()),
                ..right.clone()
            },
        ),
        (
            "nc",
            AuthenticationInfo {
                nc: Some("00000009".to_owned()),
                ..right.clone()
            },
        ),
        (
            "cnonce",
            AuthenticationInfo {
                cnonce: Some("x".to_owned()),
                ..right.clone()
            },
        ),
    ];
    for (wrong, info) in table {
        let error = bench
            .client
            .informed(&attempt, AuthTarget::Origin, &info.to_string(), b"")
            .unwrap_err();
        assert!(
            matches!(error, InfoRefusal::Differs { name, .. } if name == wrong),
            "{error}"
        );
    }
    let error = bench
        .client
        .informed(&attempt, AuthTarget::Proxy, &right.to_string(), b"");
    assert!(matches!(error.unwrap_err(), InfoRefusal::NotAsked { .. }));
}
