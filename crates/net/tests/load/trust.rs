//! Certificates that are looked at.

use gannet_net::load::{CloseReason, TlsClient, TlsSettings};

use crate::certificates::{Authority, Pair};
use crate::end::{End, until};

/// What the client of these settings says of a server of those, and the server of the client:
/// nothing while they get on.
fn outcome(server: &TlsSettings, client: &TlsSettings) -> (Option<String>, Option<String>) {
    let (mut there, mut here) = (End::new(), End::new());
    let (_, address) = there.listen_tls(server);
    let context = TlsClient::new(client).expect("good settings");
    let port = here.connect_tls(address, &context);
    here.ports.send(port, None, &[b"x"]);
    let done = |there: &End, here: &End| {
        let accepted = there.accepted();
        there.received == b"x"
            || (here.closed(port).is_some()
                && accepted.is_some_and(|port| there.closed(port).is_some()))
    };
    until("an outcome", [&mut there, &mut here], done);
    let accepted = there.accepted().expect("accepted");
    (
        there.closed(accepted).map(text_of),
        here.closed(port).map(text_of),
    )
}

fn text_of(reason: &CloseReason) -> String {
    std::error::Error::source(reason).map_or_else(|| reason.to_string(), ToString::to_string)
}

fn trusting(authorities: &[u8]) -> TlsSettings {
    TlsSettings {
        authorities: Some(authorities.to_vec()),
        ..TlsSettings::default()
    }
}

#[test]
fn servers_are_taken_or_refused_by_their_certificates() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let good = ours.issue("sip.example", 11);
    let revoked = ours.issue("sip.example", 12);
    let list = ours.revoke(&[&revoked]);
    let trusting_ours = trusting(&ours.certificate());
    let with_list = TlsSettings {
        revocations: Some(list),
        ..trusting_ours.clone()
    };
    let named = |name: &str| TlsSettings {
        server_name: Some(name.to_owned()),
        check_name: true,
        ..trusting_ours.clone()
    };
    let unlisted = TlsSettings {
        revocations: Some(theirs.revoke(&[])),
        ..trusting_ours.clone()
    };
    let expired = ours.issue_expired("sip.example", 13);
    let stranger = theirs.issue("sip.example", 14);
    let cases = [
        (&good, &trusting_ours, ""),
        (&good, &named("sip.example"), ""),
        (&good, &with_list, ""),
        (&stranger, &TlsSettings::default(), ""),
        (&expired, &TlsSettings::default(), ""),
        (&stranger, &trusting_ours, "none of the given CAs"),
        (&expired, &trusting_ours, "expired"),
        (&revoked, &with_list, "it is revoked"),
        (&good, &unlisted, "no CRL says"),
        (&good, &named("other.example"), "not valid for name"),
    ];
    for (server, client, expected) in cases {
        let (there, here) = outcome(&server.settings(), client);
        let here = here.unwrap_or_default();
        assert_eq!(here.is_empty(), expected.is_empty(), "{here}");
        assert!(here.contains(expected), "{here}");
        // The server hears why.
        let there = there.unwrap_or_default();
        assert_eq!(
            there.contains("refuses: alert"),
            !expected.is_empty(),
            "{there}"
        );
    }
}

#[test]
fn clients_show_their_certificates_when_they_are_asked() {
    let ours = Authority::new();
    let server = TlsSettings {
        authorities: Some(ours.certificate()),
        ..ours.issue("sip.example", 21).settings()
    };
    let good = ours.issue("phone.example", 22).settings();
    let stranger = Pair::self_signed("phone.example").settings();
    let cases = [
        (&good, ""),
        (&TlsSettings::default(), "shows no certificate"),
        (&stranger, "of none of the given CAs"),
    ];
    for (client, expected) in cases {
        let (there, here) = outcome(&server, client);
        let there = there.unwrap_or_default();
        assert_eq!(there.is_empty(), expected.is_empty(), "{there}");
        assert!(there.contains(expected), "{there}");
        assert_eq!(here.is_some(), !expected.is_empty());
    }
}

#[test]
fn one_self_signed_certificate_may_serve_everybody() {
    let pair = Pair::self_signed("sip.example");
    let settings = TlsSettings {
        authorities: Some(pair.certificate.clone().into_bytes()),
        ..pair.settings()
    };
    assert_eq!(outcome(&settings, &settings), (None, None));
    let other = Pair::self_signed("sip.example");
    let (_, here) = outcome(&other.settings(), &settings);
    assert!(here.is_some_and(|text| text.contains("none of the given CAs")));
}
