//! Registrations of a Seagull scenario, with a digest.

use std::time::Duration;

use crate::harness::{GannetPbx, Seagull, Server, ServerKind, Site, Transport};

const REGISTERED_LIMIT: Duration = Duration::from_secs(5);
const USER: &str = "bob";
const PASSWORD: &str = "bobpw";

#[test]
fn kamailio_takes_a_registration_with_md5() {
    let name = "kamailio_takes_a_registration_with_md5";
    let Some(site) = Site::open(name, ServerKind::Kamailio.programs()) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Kamailio);
    for transport in [Transport::Udp, Transport::Tcp] {
        let client = client(&site, transport, PASSWORD, server.port());
        let contact = format!("sip:gannet@127.0.0.1:{}", client.port());
        client.start().assert_all_passed(1);
        let found = server.wait_for_contact(USER, REGISTERED_LIMIT);
        assert!(found.starts_with(&contact), "{found}, not {contact}");
    }
}

#[test]
fn kamailio_takes_a_registration_with_sha256() {
    let name = "kamailio_takes_a_registration_with_sha256";
    let Some(site) = Site::open(name, ServerKind::Kamailio.programs()) else {
        return;
    };
    let server = Server::kamailio(&site, &["ALG_SHA256"]);
    let client = client(&site, Transport::Udp, PASSWORD, server.port());
    client.start().assert_all_passed(1);
    server.wait_for_contact(USER, REGISTERED_LIMIT);
}

#[test]
fn a_wrong_password_is_refused() {
    let Some(site) = Site::open(
        "a_wrong_password_is_refused",
        ServerKind::Kamailio.programs(),
    ) else {
        return;
    };
    for kind in [ServerKind::Kamailio, ServerKind::Embedded] {
        let server = Server::start(&site, kind);
        let client = client(&site, Transport::Udp, "bobpw-not", server.port());
        let log = client.start().assert_failed();
        assert!(
            log.contains("401") || log.contains("403"),
            "{kind:?}: {log}"
        );
    }
}

/// It offers SHA-256 first and MD5 last (RFC 8760 2.3).
#[test]
fn gannet_pbx_takes_a_registration_with_each_of_its_challenges() {
    let name = "gannet_pbx_takes_a_registration_with_each_of_its_challenges";
    let Some(site) = Site::open(name, &[]) else {
        return;
    };
    let pbx = GannetPbx::start(&site, USER, PASSWORD);
    client(&site, Transport::Udp, PASSWORD, pbx.port())
        .start()
        .assert_all_passed(1);
    client(&site, Transport::Tcp, PASSWORD, pbx.port())
        .replacing("entity=\"challenge\"", "entity=\"last-challenge\"")
        .start()
        .assert_all_passed(1);
}

fn client<'a>(site: &'a Site, transport: Transport, password: &str, registrar: u16) -> Seagull<'a> {
    // Kamailio knows itself by its address; the embedded server takes every host for its own.
    let uri = format!("sip:127.0.0.1:{registrar}");
    let client = Seagull::client(site, transport, "register", (&uri, registrar));
    let contact = client.port().to_string();
    client
        .config("contact-port", &contact)
        .data(&[USER, password, &uri])
}
