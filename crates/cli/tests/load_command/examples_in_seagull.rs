//! The examples with `gannet seagull`.

use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};

use crate::process::{Running, examples, start};

/// Ports that nobody gets who asks for any: below the range of the system.
static NEXT: AtomicU16 = AtomicU16::new(17_000);

/// Ports that the examples name, each with a free one in its place.
const PORTS: [&str; 4] = ["5060", "5061", "5062", "5063"];

fn free_ports() -> [String; 4] {
    PORTS.map(|_| {
        loop {
            let port = NEXT.fetch_add(1, Ordering::Relaxed);
            let is_free = UdpSocket::bind(("127.0.0.1", port)).is_ok()
                && TcpListener::bind(("127.0.0.1", port)).is_ok();
            if is_free {
                return port.to_string();
            }
        }
    })
}

/// Copies an example's files, with other ports, an end after five calls, and no screen.
fn copied(folder: &Path, ports: &[String; 4], names: &[&str]) {
    for name in names {
        let mut text = std::fs::read_to_string(examples().join(name)).unwrap();
        for (from, to) in PORTS.iter().zip(ports) {
            text = text.replace(from, to);
        }
        text = text.replace(
            "name=\"display-period\" value=\"1\"",
            "name=\"number-calls\" value=\"5\"",
        );
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn seagull(folder: &Path, conf: &str, scenario: &str) -> Running {
    let path = |name: &str| folder.join(name).display().to_string();
    start(&[
        "seagull",
        "-conf",
        &path(conf),
        "-dico",
        "sip.xml",
        "-scen",
        &path(scenario),
        // No more than a pipe holds that is read later.
        "-llevel",
        "E",
    ])
}

/// Plays the sides, the one that calls last; each ends with exit code 0.
fn play(sides: &[(&str, &str)], others: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<&str> = sides
        .iter()
        .flat_map(|(conf, scen)| [*conf, *scen])
        .collect();
    copied(folder.path(), &free_ports(), &[&names[..], others].concat());
    let mut running = Vec::new();
    for (conf, scenario) in sides {
        let mut side = seagull(folder.path(), conf, scenario);
        side.wait_for("channel [");
        running.push(side);
    }
    for side in running {
        side.end().expect(0, &["5 successful, 0 failed"]);
    }
}

#[test]
fn basic() {
    play(
        &[
            ("basic/server.conf.xml", "basic/server.scen.xml"),
            ("basic/client.conf.xml", "basic/client.scen.xml"),
        ],
        &[],
    );
}

#[test]
fn data_from_beside_the_configuration() {
    play(
        &[
            ("basic/server.conf.xml", "basic/server.scen.xml"),
            ("data/client.conf.xml", "data/client.scen.xml"),
        ],
        &["data/callers.csv"],
    );
}

#[test]
fn correlation() {
    play(
        &[
            ("basic/server.conf.xml", "basic/server.scen.xml"),
            ("correlation/middle.conf.xml", "correlation/middle.scen.xml"),
            ("correlation/caller.conf.xml", "correlation/caller.scen.xml"),
        ],
        &[],
    );
}

#[test]
fn robust() {
    play(
        &[
            ("robust/server.conf.xml", "robust/server.scen.xml"),
            ("robust/client.conf.xml", "robust/client.scen.xml"),
        ],
        &[],
    );
}
