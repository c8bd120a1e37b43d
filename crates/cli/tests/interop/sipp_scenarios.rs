//! What else is played with SIPp or through Kamailio: requests outside of calls, and examples of
//! `scenarios/sipp`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::harness::{Counted, Ports, Program, Server, ServerKind, SippRun, Site};
use crate::sipp_built_in::{CALLS, printed, undisturbed};

const REGISTERED_LIMIT: Duration = Duration::from_secs(20);

/// A caller in calls answers OPTIONS of the other program by `ooc_default`, SIPp's text or our own.
#[test]
fn requests_outside_of_calls() {
    let Some(site) = Site::open("requests_outside_of_calls", &["sipp"]) else {
        return;
    };
    let text = printed(&site, "ooc_default").replace("-sf", "-oocsf");
    // That answer has no Allow.
    let asks = fs::read_to_string(example("options/ask.xml")).expect("it is there");
    site.write("ask.xml", &asks.replace(" check_it=\"true\"", ""));
    let counted = undisturbed(|| {
        let asked = [
            (Program::Gannet, "-oocsn ooc_default"),
            (Program::Gannet, text.as_str()),
            (Program::Sipp, "-oocsn ooc_default"),
        ];
        let asked = asked.map(|(program, answer)| ask(&site, program, answer));
        asked.into_iter().flat_map(answered).collect()
    });
    for side in counted {
        let calls = side.totals().created;
        side.assert_all_passed(calls);
    }
}

/// The callee, the caller that is asked, and the other program, which asks it.
fn ask(site: &Site, program: Program, answer: &str) -> [SippRun; 3] {
    let [at, calling, asking] = [(); 3].map(|()| Ports::free());
    let callee = program.other().start(site, &at, "-sn uas");
    let callee = callee.listening(at.nth(0));
    let words = format!("-sn uac {answer} -r 5 -d 200 127.0.0.1:{}", at.nth(0));
    let caller = program.start(site, &calling, &words);
    let caller = caller.listening(calling.nth(0));
    let questions = format!("-sf ask.xml -m {CALLS} -r 50 127.0.0.1:{}", calling.nth(0));
    [
        callee,
        caller,
        program.other().start(site, &asking, &questions),
    ]
}

/// The caller and the callee go on until all was asked.
fn answered([callee, caller, asker]: [SippRun; 3]) -> [Counted; 3] {
    let asker = asker.wait();
    assert_eq!(asker.totals().successful, CALLS, "{asker}");
    caller.end_gracefully();
    let caller = caller.wait();
    callee.end_gracefully();
    [asker, caller, callee.wait()]
}

/// Registers with Kamailio and is called through it, in one process; the caller is asked for
/// credentials, and the route set leads through Kamailio.
#[test]
fn answering_behind_kamailio() {
    let Some(site) = Site::open("answering_behind_kamailio", ServerKind::Kamailio.programs())
    else {
        return;
    };
    let kamailio = Server::start(&site, ServerKind::Kamailio);
    let server = kamailio.address();
    for file in ["users.csv", "callers.csv"] {
        let text = fs::read_to_string(example(&format!("answering/{file}"))).expect("it is there");
        let text = text.replace("example.org", "kam.test");
        let users = [
            ("alice", "wonder-1"),
            ("bob", "wonder-2"),
            ("carol", "wonder-3"),
        ];
        let text = users.iter().fold(text, |text, (user, password)| {
            text.replace(password, &format!("{user}pw"))
        });
        site.write(file, &text);
    }
    let phones = format!(
        "-sf {} -rxsf {} -inf users.csv -users 2 -d 1000 -auth_uri kam.test {server}",
        example("answering/register.xml"),
        example("answering/answer.xml"),
    );
    let phones = Program::Gannet.start(&site, &Ports::free(), &phones);
    kamailio.wait_for_contact("bob", REGISTERED_LIMIT);
    let caller = format!(
        "-sf {} -inf callers.csv -auth_uri bob@kam.test -s bob -m 20 -r 20 {server}",
        example("answering/call.xml")
    );
    let caller = Program::Gannet.start(&site, &Ports::free(), &caller).wait();
    assert_eq!(caller.totals().successful, 20, "{caller}");
    phones.end_gracefully();
    let phones = phones.wait();
    assert_eq!(phones.totals().failed, 0, "{phones}");
}

/// A file of the examples.
fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/sipp");
    folder.join(name).display().to_string()
}
