//! Examples of a caller and a callee.

use crate::ports::free_port;
use crate::run::sipp;

const CALLS: u32 = 5;

/// The caller calls the callee; every call of both is good.
#[track_caller]
fn play(callee: &str, caller: &str) {
    let (at, from) = (free_port(), free_port());
    let callee = sipp(at, &format!("{callee} -m {CALLS}")).listening(at);
    let caller = format!("{caller} -m {CALLS} -r 20 127.0.0.1:{at}");
    sipp(from, &caller).ends_with(CALLS);
    callee.ends_with(CALLS);
}

/// `uas.xml` and `uac.xml` of a folder.
#[track_caller]
fn pair(folder: &str) {
    play(
        &format!("-sf {folder}/uas.xml"),
        &format!("-sf {folder}/uac.xml"),
    );
}

#[test]
fn basic() {
    pair("basic");
}

#[test]
fn basic_over_tcp() {
    play("-sf basic/uas.xml -t t1", "-sf basic/uac.xml -t t1 -d 50");
    play("-sf basic/uas.xml -t t1", "-sf basic/uac.xml -t tn -d 50");
}

#[test]
fn register() {
    play(
        "-sf register/uas.xml -inf register/passwords.csv -infindex passwords.csv 0",
        "-sf register/uac.xml -inf register/users.csv",
    );
}

#[test]
fn hold() {
    pair("hold");
}

#[test]
fn refer() {
    pair("refer");
}

#[test]
fn subscribe() {
    pair("subscribe");
}

#[test]
fn prack() {
    pair("prack");
}

#[test]
fn busy() {
    pair("busy");
}

#[test]
fn lossy() {
    pair("lossy");
}

#[test]
fn users() {
    play(
        "-sf basic/uas.xml",
        "-sf users/uac.xml -users 3 -inf users/users.csv",
    );
}

#[test]
fn dtmf() {
    pair("dtmf");
}

#[test]
fn audio() {
    pair("audio");
}

#[test]
fn srtp() {
    pair("srtp");
}

#[test]
fn audio_that_does_not_come_back_ends_in_253() {
    let (at, from) = (free_port(), free_port());
    let callee = sipp(at, "-sf basic/uas.xml -m 1").listening(at);
    let caller = format!("-sf audio/uac.xml -m 1 127.0.0.1:{at}");
    sipp(from, &caller).ends(253, &[]);
    callee.ends_with(1);
}
