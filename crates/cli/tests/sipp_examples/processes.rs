//! Examples of more than two processes.

use std::fs;

use crate::ports::free_port;
use crate::run::{gannet, sipp};
use crate::until::until;

#[test]
fn answering_while_registered() {
    let [server, at, from] = [(); 3].map(|()| free_port());
    let words = "pbx --users answering/users.toml --domain example.org --bind";
    let registrar = gannet(&format!("{words} 127.0.0.1:{server}")).listening(server);
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("messages.log");
    let phones = format!(
        "-sf answering/register.xml -rxsf answering/answer.xml -inf answering/users.csv -users 2 \
         -d 500 -auth_uri example.org 127.0.0.1:{server} -trace_shortmsg -shortmessage_file {}",
        log.display()
    );
    let phones = sipp(at, &phones);
    until("both registrations", || {
        let text = fs::read_to_string(&log).unwrap_or_default();
        (text.matches("SIP/2.0 200").count() >= 2).then_some(())
    });
    let caller = format!(
        "-sf answering/call.xml -inf answering/callers.csv -auth_uri bob@example.org -s bob \
         127.0.0.1:{server} -m 5"
    );
    sipp(from, &caller).ends_with(5);
    phones.end_gracefully();
    phones.ends(0, &["  Failed call            |        0 "]);
    registrar.interrupt();
    registrar.ends(0, &["5 calls (5 answered by a phone", ", 0 refused"]);
}

#[test]
fn third_party() {
    let [link, a, b, leg_a, leg_b] = [(); 5].map(|()| free_port());
    let callee = |port| sipp(port, "-sf basic/uas.xml -m 5").listening(port);
    let (callee_a, callee_b) = (callee(a), callee(b));
    let controller = |name: &str, callee: u16| {
        format!("-sf third-party/{name}.xml -3pcc 127.0.0.1:{link} 127.0.0.1:{callee} -m 5")
    };
    let second = sipp(leg_b, &controller("controller-b", b)).listening(link);
    sipp(leg_a, &controller("controller-a", a)).ends_with(5);
    for side in [second, callee_a, callee_b] {
        side.ends_with(5);
    }
}

#[test]
fn options_to_a_caller() {
    let [at, calling, asking] = [(); 3].map(|()| free_port());
    let callee = sipp(at, "-sf basic/uas.xml").listening(at);
    let words = format!("-sf basic/uac.xml -oocsf options/answer.xml -d 100 -r 5 127.0.0.1:{at}");
    let caller = sipp(calling, &words).listening(calling);
    sipp(
        asking,
        &format!("-sf options/ask.xml -m 5 -r 20 127.0.0.1:{calling}"),
    )
    .ends_with(5);
    for side in [caller, callee] {
        side.end_gracefully();
        side.ends(0, &["  Failed call            |        0 "]);
    }
}
