//! The arrows between crates: a crate depends on lower layers only, and in the world layer on the
//! neighbours that are named here. ARCHITECTURE.md draws the same table.

use super::manifest::{self, Dependency, Kind};
use crate::finding::Finding;
use crate::tree::TextFile;

const CHECK: &str = "layers";

struct Room {
    name: &'static str,
    layer: u8,
    /// Crates of the same layer that it may use.
    neighbours: &'static [&'static str],
}

const fn room(name: &'static str, layer: u8, neighbours: &'static [&'static str]) -> Room {
    Room {
        name,
        layer,
        neighbours,
    }
}

const ROOMS: &[Room] = &[
    room("sip", 0, &[]),
    room("sdp", 0, &[]),
    room("rtp", 0, &[]),
    room("events", 0, &[]),
    room("diag", 0, &[]),
    room("ere", 0, &[]),
    room("ua", 1, &[]),
    room("media", 1, &[]),
    room("stir", 1, &[]),
    room("gherkin", 2, &[]),
    room("scenario", 2, &[]),
    room("traffic", 3, &[]),
    room("net", 4, &[]),
    room("phone", 4, &["net"]),
    room("esl", 4, &[]),
    room("pbx", 4, &["net", "esl"]),
    room("steps", 4, &["phone", "pbx", "net", "esl"]),
    room("report", 4, &[]),
    room("tui", 4, &[]),
    room("control", 4, &[]),
    room("load", 4, &["net", "report", "tui", "control"]),
    room("cli", 5, &[]),
    // A bench for the state machines: layers 0 and 1, nothing that touches the world.
    room(SIM, 2, &[]),
];

/// The crate that only tests may use.
const SIM: &str = "sim";

/// The highest layer that has no socket, file, thread, clock or randomness of its own.
const PURE_LAYER_MAX: u8 = 3;

/// Crates whose purpose is what the pure layers must not have.
const IMPURE: &[&str] = &[
    "async-nats",
    "axum",
    "crossbeam-channel",
    "getrandom",
    "hickory-resolver",
    "libc",
    "mio",
    "nix",
    "rand",
    "reqwest",
    "rustix",
    "socket2",
    "sqlx",
    "tokio",
    "tokio-rustls",
    "tokio-tungstenite",
    "tokio-util",
];

/// Rooms of the pure layers that may have one of them all the same.
const EXCEPTIONS: &[(&str, &str)] = &[
    // `regcomp` and `regexec` turn memory into memory and touch nothing else; only they give what
    // Seagull's and SIPp's expressions mean.
    ("ere", "libc"),
];

/// Whether the crate in folder `crates/<name>` belongs to the layers without a world.
pub(super) fn is_pure(name: &str) -> bool {
    find(name).is_some_and(|room| room.layer <= PURE_LAYER_MAX && room.name != SIM)
}

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let Some(name) = crate_of(&file.path) else {
            continue;
        };
        let Some(room) = find(name) else {
            let message = format!("crate `{name}` has no layer: add it to ROOMS in xtask");
            findings.push(Finding::new(CHECK, &file.path, 1, message));
            continue;
        };
        for dependency in manifest::dependencies(&file.text) {
            if let Some(message) = fault(room, &dependency) {
                findings.push(Finding::new(CHECK, &file.path, dependency.line, message));
            }
        }
    }
    findings
}

/// The crate whose manifest `path` is.
fn crate_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    (!name.contains('/')).then_some(name)
}

fn find(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

fn fault(room: &Room, dependency: &Dependency) -> Option<String> {
    let (from, dev) = (room.name, dependency.kind == Kind::Dev);
    let Some(to) = dependency.name.strip_prefix("gannet-") else {
        let to = dependency.name.as_str();
        let excepted = EXCEPTIONS.contains(&(from, to));
        let impure = is_pure(from) && !dev && IMPURE.contains(&to) && !excepted;
        return impure.then(|| {
            format!(
                "`{from}` (layer {}) has no world of its own, so not `{to}`",
                room.layer
            )
        });
    };
    let Some(target) = find(to) else {
        return Some(format!(
            "`gannet-{to}` has no layer: add it to ROOMS in xtask"
        ));
    };
    let allowed = if dev {
        // Tests may reach for a neighbour or the bench, never upwards.
        to == SIM || target.layer <= room.layer
    } else if to == SIM {
        false
    } else if from == SIM {
        target.layer <= 1
    } else {
        target.layer < room.layer || room.neighbours.contains(&to)
    };
    (!allowed).then(|| {
        format!(
            "`{from}` (layer {}) must not depend on `{to}` (layer {})",
            room.layer, target.layer
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(name: &str, manifest: &str) -> Vec<usize> {
        let file = TextFile::new(&format!("crates/{name}/Cargo.toml"), manifest);
        check(&[file]).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn arrows_point_down_or_to_a_named_neighbour() {
        let cases = [
            ("ua", "gannet-sip", true),
            ("sip", "gannet-ua", false),
            ("sdp", "gannet-sip", false),
            ("media", "gannet-ua", false),
            ("gherkin", "gannet-diag", true),
            ("phone", "gannet-net", true),
            ("net", "gannet-phone", false),
            ("phone", "gannet-pbx", false),
            ("steps", "gannet-pbx", true),
            ("report", "gannet-net", false),
            ("cli", "gannet-steps", true),
            ("sim", "gannet-ua", true),
            ("sim", "gannet-net", false),
            ("sim", "gannet-gherkin", false),
            ("phone", "gannet-sim", false),
            ("sip", "gannet-unheard", false),
            ("ua", "tokio", false),
            ("net", "tokio", true),
            ("ua", "bytes", true),
            ("ua", "libc", false),
            ("ere", "libc", true),
            ("ere", "tokio", false),
        ];
        for (from, to, allowed) in cases {
            let found = findings(from, &format!("[dependencies]\n{to}.workspace = true\n"));
            assert_eq!(found.is_empty(), allowed, "{from} on {to}");
        }
    }

    #[test]
    fn tests_may_use_the_bench_and_neighbours() {
        let cases = [
            ("ua", "gannet-sim", true),
            ("phone", "gannet-pbx", true),
            ("ua", "tokio", true),
            ("ua", "gannet-net", false),
        ];
        for (from, to, allowed) in cases {
            let found = findings(
                from,
                &format!("[dev-dependencies]\n{to}.workspace = true\n"),
            );
            assert_eq!(found.is_empty(), allowed, "{from} on {to}");
        }
    }

    #[test]
    fn a_crate_without_a_layer_is_named() {
        assert_eq!(findings("annex", "[dependencies]\n"), [1]);
    }
}
