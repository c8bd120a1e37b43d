//! SIPp as watcher and as publisher at gannet's own server, by the scenarios of the peers that pass at
//! Kamailio too.

use std::time::Duration;

use gannet_ua::digest::AuthTarget;

use crate::harness::{Ports, Program, Server, SippRun, Site};

const SUBSCRIBED_LIMIT: Duration = Duration::from_secs(15);

#[test]
fn sipp_watches_what_sipp_publishes() {
    let Some((site, server)) = open("sipp_watches_what_sipp_publishes") else {
        return;
    };
    let watcher = play(&site, &server, "sub_presence.xml", "alice", "-s carol");
    server.wait_for_watcher("presence", "carol", SUBSCRIBED_LIMIT);
    let publisher = play(&site, &server, "publish_presence.xml", "carol", "");
    publisher.wait().assert_all_passed(1);
    watcher.wait().assert_all_passed(1);
}

#[test]
fn sipp_watches_the_dialogs_of_sipp() {
    let Some((site, server)) = open("sipp_watches_the_dialogs_of_sipp") else {
        return;
    };
    let watcher = play(&site, &server, "sub_dialog.xml", "alice", "-s dave");
    server.wait_for_watcher("dialog", "dave", SUBSCRIBED_LIMIT);
    let caller = play(&site, &server, "uac.xml", "dave", "-s echo -d 300");
    caller.wait().assert_all_passed(1);
    watcher.wait().assert_all_passed(1);
}

#[test]
fn sipp_watches_its_own_registrations() {
    let Some((site, server)) = open("sipp_watches_its_own_registrations") else {
        return;
    };
    let watcher = play(&site, &server, "sub_reg.xml", "erin", "-s erin");
    server.wait_for_watcher("reg", "erin", SUBSCRIBED_LIMIT);
    let keys = "-key cport 25103 -key exp 300";
    let phone = play(&site, &server, "register.xml", "erin", keys);
    phone.wait().assert_all_passed(1);
    watcher.wait().assert_all_passed(1);
}

/// A server that challenges these requests as Kamailio does.
fn open(name: &str) -> Option<(Site, Server)> {
    let site = Site::open(name, &["sipp"])?;
    let server = Server::embedded(|config| config.subscribe_challenge = AuthTarget::Proxy);
    Some((site, server))
}

/// Plays a scenario of the peers once, as this user.
fn play(site: &Site, server: &Server, scenario: &str, user: &str, more: &str) -> SippRun {
    let file = site.peer(&format!("kamailio/sipp/{scenario}"));
    let words = format!(
        "-sf {} -m 1 -key user {user} -au {user} -ap {user}pw {more} {}",
        file.display(),
        server.address()
    );
    Program::Sipp.start(site, &Ports::free(), &words)
}
