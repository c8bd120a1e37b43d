//! RFCs of which no server or phone at hand plays the other side: SIPp does, by the scenarios of
//! `interop/rfc`.

use std::path::Path;
use std::time::Duration;

use crate::harness::{FeatureRun, Server, Sipp, Site, Transport};

const RUN_LIMIT: Duration = Duration::from_mins(1);
const REGISTERED_LIMIT: Duration = Duration::from_secs(15);

/// Scenarios that stand where the server should be: the registration is a call of SIPp's, too.
#[test]
fn sipp_is_registrar_and_notifier() {
    let Some(site) = Site::open("sipp_is_registrar_and_notifier", &["sipp"]) else {
        return;
    };
    for name in ["3608-service-route", "5839-conditional", "7621-gruu-events"] {
        let sipp = play(&site, &ours(name), &["-m", "2"]);
        let toml = format!(
            "default_server = \"sipp\"\n\n[server.sipp]\naddress = \"127.0.0.1:{}\"\n\
             probe = false\n\n[user.Alice]\nuser = \"alice\"\n",
            sipp.port()
        );
        run(&site, name, &toml);
        sipp.assert_success();
    }
}

/// Scenarios that are called past the server.
#[test]
fn sipp_is_referred() {
    let Some(site) = Site::open("sipp_is_referred", &["sipp"]) else {
        return;
    };
    let server = Server::embedded(|_| {});
    for (name, calls) in [
        ("4488-norefersub", "1"),
        ("7614-explicit-subscriptions", "2"),
    ] {
        let sipp = play(&site, &ours(name), &["-m", calls]);
        let toml = format!(
            "{}\n[variables]\nsipp = \"127.0.0.1:{}\"\n",
            server.gannet_toml(),
            sipp.port()
        );
        run(&site, name, &toml);
        sipp.assert_success();
    }
}

/// Scenarios that are Bob of the embedded server.
#[test]
fn sipp_is_called_through_the_embedded_server() {
    let name = "sipp_is_called_through_the_embedded_server";
    let Some(site) = Site::open(name, &["sipp"]) else {
        return;
    };
    let server = Server::embedded(|_| {});
    let prack = repository_file("scenarios/sipp/prack/uas.xml");
    for (name, scenario) in [
        ("3323-privacy", ours("3323-privacy")),
        ("3262-callee", prack),
    ] {
        let sipp = play(&site, &scenario, &["-m", "1"]);
        let bob = server.account("bob");
        Sipp::register(&site, Transport::Udp, &bob, sipp.port());
        run(&site, name, &server.gannet_toml());
        sipp.assert_success();
    }
}

#[test]
fn sipp_registers_over_an_edge_and_is_called_there() {
    let name = "sipp_registers_over_an_edge_and_is_called_there";
    let Some(site) = Site::open(name, &["sipp"]) else {
        return;
    };
    let server = Server::embedded(|_| {});
    let edge = play(&site, &ours("3327-edge"), &["-m", "1"]);
    let bob = server.account("bob");
    let port = edge.port().to_string();
    let scenario = ours("3327-register");
    let arguments = [
        "-sf",
        &scenario,
        &bob.server,
        "-m",
        "1",
        "-key",
        "user",
        &bob.user,
        "-key",
        "edge",
        &port,
        "-au",
        &bob.user,
        "-ap",
        &bob.password,
        "-auth_uri",
        &bob.domain,
    ];
    Sipp::start(&site, Transport::Udp, &arguments).assert_success();
    run(&site, "3327-path", &server.gannet_toml());
    edge.assert_success();
}

/// SIPp begins: straight to the phone, or through the server.
#[test]
fn sipp_notifies_unasked_and_calls_with_prack() {
    let name = "sipp_notifies_unasked_and_calls_with_prack";
    let Some(site) = Site::open(name, &["sipp"]) else {
        return;
    };
    let server = Server::embedded(|_| {});
    for (name, straight) in [("3265-unasked", true), ("3262-caller", false)] {
        let alice = feature(&site, name, &server.gannet_toml()).start();
        let contact = server.wait_for_contact("alice", REGISTERED_LIMIT);
        let target = if straight {
            let after_user = contact.split_once('@').map_or(&*contact, |(_, rest)| rest);
            after_user
                .split([';', '>', '?'])
                .next()
                .unwrap_or_default()
                .to_owned()
        } else {
            server.address()
        };
        let sipp = call(&site, &ours(name), &target);
        alice.wait(RUN_LIMIT).assert_passed();
        sipp.assert_success();
        assert!(!server.has_contact("alice"), "{name}: Alice is still bound");
    }
}

#[test]
fn texts_pass_both_ways_between_sipp_and_phones() {
    let name = "texts_pass_both_ways_between_sipp_and_phones";
    let Some(site) = Site::open(name, &["sipp"]) else {
        return;
    };
    let server = Server::embedded(|_| {});
    let receiver = play(&site, &ours("3428-receiver"), &["-m", "1"]);
    Sipp::register(
        &site,
        Transport::Udp,
        &server.account("bob"),
        receiver.port(),
    );
    let toml = server.gannet_toml();
    let run = feature(&site, "3428-message", &toml);
    run.with("--name", "^to Bob").run(RUN_LIMIT).assert_passed();
    receiver.assert_success();

    let run = feature(&site, "3428-message", &toml);
    let alice = run.with("--name", "^to Alice").start();
    server.wait_for_contact("alice", REGISTERED_LIMIT);
    let sender = call(&site, &ours("3428-sender"), &server.address());
    alice.wait(RUN_LIMIT).assert_passed();
    sender.assert_success();
}

#[test]
fn sipp_publishes_and_watches_at_the_embedded_server() {
    let name = "sipp_publishes_and_watches_at_the_embedded_server";
    let Some(site) = Site::open(name, &["sipp"]) else {
        return;
    };
    let server = Server::embedded(|_| {});
    let toml = server.gannet_toml();
    let run = feature(&site, "3903-presence", &toml);
    let watcher = run.with("--name", "^Bob watches").start();
    server.wait_for_watcher("presence", "carol", REGISTERED_LIMIT);
    act(&site, &server, "3903-publisher", "carol", "carol").assert_success();
    watcher.wait(RUN_LIMIT).assert_passed();

    for (name, scenario, package) in [
        ("3903-presence", "3856-watcher", "presence"),
        ("4235-lamps", "4235-watcher", "dialog"),
    ] {
        let sipp = act(&site, &server, scenario, "dave", "alice");
        server.wait_for_watcher(package, "alice", REGISTERED_LIMIT);
        let run = feature(&site, name, &toml);
        let run = run.with("--name", "^Alice").run(RUN_LIMIT);
        run.assert_passed();
        sipp.assert_success();
    }
}

/// Has SIPp act as `user` of the server, on the state of another one or its own.
fn act(site: &Site, server: &Server, scenario: &str, user: &str, whose: &str) -> Sipp {
    let account = server.account(user);
    let arguments = [
        "-sf",
        &ours(scenario),
        &account.server,
        "-m",
        "1",
        "-s",
        whose,
        "-key",
        "user",
        &account.user,
        "-au",
        &account.user,
        "-ap",
        &account.password,
        // The digest names the Request-URI.
        "-auth_uri",
        &format!("{whose}@{}", account.domain),
    ];
    Sipp::start(site, Transport::Udp, &arguments)
}

/// Has SIPp send something to Alice.
fn call(site: &Site, scenario: &str, target: &str) -> Sipp {
    let arguments = ["-sf", scenario, "-m", "1", "-s", "alice", target];
    Sipp::start(site, Transport::Udp, &arguments)
}

/// Has SIPp wait for others.
fn play(site: &Site, scenario: &str, arguments: &[&str]) -> Sipp {
    let arguments = [&["-sf", scenario], arguments].concat();
    let sipp = Sipp::start(site, Transport::Udp, &arguments);
    sipp.wait_until_ready();
    sipp
}

fn run(site: &Site, name: &str, toml: &str) {
    feature(site, name, toml).run(RUN_LIMIT).assert_passed();
}

fn feature<'a>(site: &'a Site, name: &str, toml: &str) -> FeatureRun<'a> {
    let path = Site::interop(&format!("rfc/{name}.feature"));
    FeatureRun::of_file(site, name, path).with_config(toml)
}

fn ours(name: &str) -> String {
    let path = Site::interop(&format!("rfc/{name}.xml"));
    path.to_string_lossy().into_owned()
}

fn repository_file(name: &str) -> String {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    repository.join(name).display().to_string()
}
