//! The original on the other side, in both roles. Needs `GANNET_INTEROP=1` and `sipp`.

use std::io::Write;

use crate::harness::{Folder, Program, free_port};

/// A pair of scenarios over a transport, once with either program in either role.
#[track_caller]
fn plays_with_the_original(callee: &str, caller: &str, transport: &str, calls: u64) {
    if std::env::var_os("GANNET_INTEROP").is_none() {
        // Past the test harness, which keeps what a test that passes has printed.
        let _ = writeln!(std::io::stderr(), "skipped: GANNET_INTEROP is not set");
        return;
    }
    for (first, second) in [
        (Program::Sipp, Program::Gannet),
        (Program::Gannet, Program::Sipp),
    ] {
        let folder = Folder::new();
        let (at, from) = (free_port(), free_port());
        let common = format!("-t {transport} -i 127.0.0.1 -m {calls} -nostdin");
        let mut callee = folder
            .play(first, "callee", &format!("-sn {callee} -p {at} {common}"))
            .listening(at);
        let caller = format!("-sn {caller} -p {from} {common} -r 50 -l 1000 127.0.0.1:{at}");
        folder
            .play(second, "caller", &caller)
            .wait()
            .all_successful(calls);
        let ended = callee.wait();
        if first == Program::Sipp && transport == "t1" {
            // It counts the call as failed that waits after its BYE when the connection is closed,
            // with SIPp on the other side too.
            assert!(
                ended.figure("Successful call") + 1 >= calls,
                "{}",
                ended.out
            );
        } else {
            ended.all_successful(calls);
        }
    }
}

#[test]
fn uac_and_uas_over_udp() {
    plays_with_the_original("uas", "uac", "u1", 100);
}

#[test]
fn uac_and_uas_over_tcp() {
    plays_with_the_original("uas", "uac", "t1", 100);
}

#[test]
fn regexp_and_uas() {
    plays_with_the_original("uas", "regexp", "u1", 100);
}

#[test]
fn branchc_and_branchs() {
    plays_with_the_original("branchs", "branchc", "u1", 100);
}
