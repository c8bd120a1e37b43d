//! Bad input: what and where, exit code 255, nothing sent.

use std::net::{TcpListener, UdpSocket};

use crate::harness::{CALLER, Conf, Ended, Folder, Peer, caller_with};

/// A client that would call a peer, and what is wrong with its files.
struct Case {
    peer: Peer,
    folder: Folder,
}

impl Case {
    fn new() -> Self {
        Self::with(|conf| conf, CALLER)
    }

    fn with(conf: impl FnOnce(Conf) -> Conf, scenario: &str) -> Self {
        let peer = Peer::at(0);
        let conf = conf(Conf::client(peer.port()).calls(1, 100));
        let folder = Folder::new().with("a", &conf, scenario);
        Self { peer, folder }
    }

    fn replaced(self, file: &str, old: &str, new: &str) -> Self {
        self.folder.replace(file, old, new);
        self
    }

    fn written(self, file: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.folder.write(file, bytes);
        self
    }

    /// It says all these parts, and nothing is sent.
    #[track_caller]
    fn is_refused(&self, parts: &[&str]) -> Ended {
        self.is_refused_with("", parts)
    }

    #[track_caller]
    fn is_refused_with(&self, more: &str, parts: &[&str]) -> Ended {
        let ended = self.folder.run("a", more).wait();
        ended.expect(255, parts);
        self.peer.expect_nothing();
        ended
    }
}

#[test]
fn without_anything_wrong_the_call_is_made() {
    let case = Case::new();
    let _client = case.folder.run("a", "");
    assert!(case.peer.receive().0.starts_with("INVITE "));
}

#[test]
fn a_truncated_configuration() {
    let whole = Conf::client(9).text();
    for end in [whole.len() - 4, whole.len() / 2, 60, 0] {
        let lines = whole[..end].lines().count().max(1);
        let case = Case::new().written("config/a.xml", &whole[..end]);
        let ended = case.is_refused(&["error", "../config/a.xml:"]);
        let place = format!("../config/a.xml:{lines}:");
        assert!(ended.err.contains(&place), "no {place} in {}", ended.err);
    }
}

/// Where a text stands in a file, as `../FILE:LINE:COLUMN`.
fn place(folder: &Folder, file: &str, needle: &str) -> String {
    let text = folder.read(file);
    let before = &text[..text.find(needle).unwrap()];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    format!("../{file}:{line}:{column}")
}

#[test]
fn what_is_not_known_is_named_with_its_place_and_a_neighbour() {
    let cases = [
        (
            "config/sip.xml",
            "expr=\"^From: (.*)$\"",
            "expr=\"^From: (.*$\"",
            "(.*$",
            "this expression does not compile: `(` without `)`",
        ),
        (
            "config/a.xml",
            "entity=\"channel\"",
            "entity=\"chanel\"",
            "chanel",
            "channel",
        ),
        (
            "scenario/a.xml",
            "<stop-timer></stop-timer>",
            "<stop-timr></stop-timr>",
            "stop-timr",
            "stop-timer",
        ),
        (
            "scenario/a.xml",
            "<send channel=\"one\">",
            "<send channel=\"onee\">",
            "onee",
            "one",
        ),
        (
            "scenario/a.xml",
            "entity=\"call-id\"",
            "entity=\"cal-id\"",
            "cal-id",
            "call-id",
        ),
        (
            "config/a.xml",
            "name=\"call-rate\"",
            "name=\"call-rat\"",
            "call-rat",
            "call-rate",
        ),
        (
            "config/a.xml",
            "value=\"100\"",
            "value=\"fast\"",
            "fast",
            "`call-rate` takes a number",
        ),
        (
            "config/a.xml",
            "dest=127.0.0.1:",
            "dest=127.0.0.1.5:",
            "127.0.0.1.5",
            "this is neither an address nor a host name",
        ),
        (
            "scenario/a.xml",
            "INVITE sip:",
            "INVIET sip:",
            "INVIET",
            "INVITE",
        ),
    ];
    for (file, old, new, at, message) in cases {
        names(file, (old, new), at, message);
    }
}

/// After the replacement the file is refused, with the place of `at`, and with a message or a
/// neighbouring name.
#[track_caller]
fn names(file: &str, (old, new): (&str, &str), at: &str, message: &str) {
    let case = Case::new().replaced(file, old, new);
    let place = place(&case.folder, file, at);
    let ended = case.is_refused(&["error", &place, message, "; nothing was sent"]);
    let has_hint = message.contains(' ') || ended.err.contains("did you mean");
    assert!(has_hint, "no hint in {}", ended.err);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let case = Case::new()
        .replaced("config/a.xml", "entity=\"channel\"", "entity=\"chanel\"")
        .replaced("config/a.xml", "call-rate", "call-rat")
        .replaced("config/sip.xml", "^Subject: (.*)$", "^Subject: (.*$")
        .replaced(
            "scenario/a.xml",
            "<stop-timer></stop-timer>",
            "<stop></stop>",
        )
        .replaced("scenario/a.xml", "entity=\"call-id\"", "entity=\"cal-id\"");
    case.is_refused(&[
        "chanel",
        "call-rat",
        "^Subject: (.*$",
        "<stop>",
        "cal-id",
        "7 errors; nothing was sent",
    ]);
}

#[test]
fn external_data_with_a_wrong_row() {
    let field = "<restore-from-external field=\"0\" entity=\"subject\"></restore-from-external>";
    let case = Case::with(
        |conf| conf.param("external-data-file", "data.csv"),
        &caller_with("BEFORE", field),
    );
    let case = case.written(
        "run/data.csv",
        "\"string\" ; \"number\" ;\n\"a\" ; \"1\" ;\n# a comment\n\"b\" ;\n\"c\" ; \"x\" ;\n",
    );
    case.is_refused(&["data.csv:4:", "data.csv:5:"]);

    let case = case.written("run/data.csv", "\"string\" ; \"text\" ;\n\"a\" ; \"1\" ;\n");
    case.is_refused(&["data.csv:1:13", "text"]);
    let case = case.written("run/data.csv", "");
    case.is_refused(&["data.csv"]);
    std::fs::remove_file(case.folder.path("run/data.csv")).unwrap();
    case.is_refused(&["external data file data.csv cannot be read: No such file"]);
}

#[test]
fn missing_files_are_all_named() {
    let case = Case::new();
    let arguments = "-conf ../config/b.xml -dico ../config/c.xml -dico nowhere/d.xml \
                     -scen ../scenario -log ../logs/a.log";
    let ended = case.folder.play("a", arguments).wait();
    ended.expect(
        255,
        &[
            "configuration ../config/b.xml cannot be read: No such file",
            "dictionary ../config/c.xml cannot be read: No such file",
            "dictionary nowhere/d.xml cannot be read: No such file",
            "scenario ../scenario cannot be read: Is a directory",
        ],
    );
    case.peer.expect_nothing();
}

#[test]
fn binary_garbage_in_every_file() {
    let mut random = fastrand::Rng::with_seed(3);
    let garbage: Vec<u8> = (0..20_000).map(|_| random.u8(..)).collect();
    for file in ["config/a.xml", "config/sip.xml", "scenario/a.xml"] {
        let case = Case::new().written(file, &garbage);
        let place = format!("../{file}:1:");
        let ended = case.is_refused(&["error", &place]);
        assert!(
            ended.err.len() < 100_000,
            "{file}: {} bytes",
            ended.err.len()
        );
    }
    let case = Case::with(|conf| conf.param("external-data-file", "data.csv"), CALLER);
    let case = case.written("run/data.csv", &garbage);
    case.is_refused(&["error", "data.csv:1:"]);
}

#[test]
fn a_port_in_use() {
    let holder = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap();
    let case = Case::with(
        |conf| {
            conf.channel(
                "two",
                &format!("open-args=\"mode=server;source={address}\""),
            )
        },
        CALLER,
    );
    case.is_refused(&[
        "channel \"two\" cannot be opened",
        &format!("{address}"),
        "address already in use",
    ]);
    let log = case.folder.log("a");
    assert!(log.contains("|E|channel \"two\" cannot be opened"), "{log}");

    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap();
    let folder = Folder::new().with(
        "a",
        &Conf::of(&format!("mode=server;source={address}")).tcp(),
        CALLER,
    );
    folder.run("a", "").wait().expect(
        255,
        &["channel \"one\" cannot be opened", "address already in use"],
    );
    let case = Case::new();
    let control = format!("-ctrl {address}");
    case.is_refused_with(&control, &[&address.to_string(), "in use"]);
}

#[test]
fn files_that_cannot_be_written() {
    let case = Case::new();
    case.is_refused_with(
        "-log nowhere/a.log",
        &["log file nowhere/a", "No such file"],
    );
    case.is_refused_with("-rsptimelog nowhere/r.csv", &["nowhere/r", "No such file"]);
    for (file, what, more) in [
        ("log-stat-file", "statistics file", "log-stat-period"),
        (
            "log-protocol-stat-file",
            "protocol statistics file",
            "log-protocol-stat-period",
        ),
        ("data-log-file", "data log file", "data-log-period"),
    ] {
        let case = Case::with(
            |conf| {
                conf.param(file, "nowhere/a.csv")
                    .param(more, 1)
                    .param("log-protocol-stat-name", "all")
                    .param("display-protocol-stat", true)
            },
            CALLER,
        );
        case.is_refused(&[what, "nowhere/a", "No such file"]);
    }
}

#[test]
fn a_host_name_without_an_address() {
    let case = Case::with(
        |conf| conf.channel("two", "open-args=\"mode=client;dest=nobody.invalid:5060\""),
        CALLER,
    );
    case.is_refused(&["channel \"two\": the name \"nobody.invalid\" has no address"]);
}

#[test]
fn an_address_of_another_machine() {
    let case = Case::with(
        |conf| conf.channel("two", "open-args=\"mode=server;source=192.0.2.1:5060\""),
        CALLER,
    );
    case.is_refused(&["channel \"two\" cannot be opened", "192.0.2.1:5060"]);
}
