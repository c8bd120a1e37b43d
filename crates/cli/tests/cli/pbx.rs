//! `gannet pbx`.

use crate::bench::Bench;

#[test]
fn a_bad_users_file_shows_its_faults() {
    let bench = Bench::new().with("users.toml", "[[users]]\nname = \"a\"\npasword = \"x\"\n");
    let run = bench.run("pbx --bind 127.0.0.1:0 --users users.toml");
    run.expect(2, &["users.toml:3:1", "`password`"]);
    let run = bench.run("pbx --users other.toml");
    run.expect(2, &["cannot read the users file `other.toml`"]);
}

#[test]
fn a_folder_that_recordings_cannot_go_to_is_told_before_anybody_calls() {
    let bench = Bench::new().with("file", "");
    let run = bench.run("pbx --bind 127.0.0.1:0 --recordings file");
    run.expect(3, &["cannot write recordings to `file`"]);
}

#[test]
fn an_event_socket_that_cannot_be_had_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let run = Bench::new().run(&format!("pbx --bind 127.0.0.1:0 --event-socket {address}"));
    run.expect(3, &[&format!("cannot open an event socket at {address}")]);
}

#[test]
fn what_can_be_switched_off_is_listed_and_nothing_else_is_taken() {
    let bench = Bench::new();
    let switches = [
        "pickup",
        "100rel",
        "session-timers",
        "voicemail",
        "presence",
        "dialog",
    ];
    bench.run("pbx --help").expect(0, &switches);
    let run = bench.run("pbx --bind 127.0.0.1:0 --without parc");
    run.expect(2, &["'parc'", "park", "session-timers", "presence"]);
}
