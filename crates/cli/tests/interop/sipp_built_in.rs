//! SIPp's built-in pairs: `gannet sipp` in either role against SIPp, with its own texts (`-sn`) and
//! with those that SIPp prints (`-sd`), unchanged.

use std::os::unix::fs::symlink;
use std::time::Duration;

use crate::harness::{Counted, Ports, Process, Program, SippRun, Site};

/// Calls of each run.
pub(crate) const CALLS: u64 = 100;
/// Calls a second; with a dozen of pairs at the same time.
const RATE: u64 = 25;

/// How often a pair may be disturbed: a machine that stands still for half a second makes the
/// scenarios send again, after which SIPp fails calls, with SIPp on the other side too.
const ATTEMPTS: usize = 3;
const PRINT_LIMIT: Duration = Duration::from_secs(10);

#[test]
fn uac_and_regexp_call_uas() {
    let Some(site) = Site::open("uac_and_regexp_call_uas", &["sipp"]) else {
        return;
    };
    let [callee, caller] = ["uas", "uac"].map(|name| printed(&site, name));
    let regexp = printed(&site, "regexp");
    let sides = [
        Pair::of(Program::Sipp, "-sn uas", "-sn uac"),
        Pair::of(Program::Gannet, "-sn uas", "-sn uac"),
        Pair::of(Program::Sipp, "-sn uas", &caller),
        Pair::of(Program::Gannet, &callee, "-sn uac"),
        Pair::of(Program::Sipp, "-sn uas -t t1", "-sn uac -t t1"),
        Pair::of(Program::Gannet, "-sn uas -t t1", "-sn uac -t t1"),
        Pair::of(Program::Sipp, "-sn uas", "-sn regexp"),
        Pair::of(Program::Gannet, "-sn uas", "-sn regexp"),
        Pair::of(Program::Sipp, "-sn uas", &regexp),
    ];
    pass(&site, &sides);
}

#[test]
fn branches_and_captures() {
    let Some(site) = Site::open("branches_and_captures", &["sipp"]) else {
        return;
    };
    let [callee, caller] = ["branchs", "branchc"].map(|name| printed(&site, name));
    let captures = printed(&site, "uac_pcap");
    symlink("/usr/share/sip-tester", site.file("pcap")).expect("the folder is empty");
    let sides = [
        Pair::of(Program::Sipp, "-sn branchs", "-sn branchc"),
        Pair::of(Program::Gannet, "-sn branchs", "-sn branchc"),
        Pair::of(Program::Sipp, "-sn branchs", &caller),
        Pair::of(Program::Gannet, &callee, "-sn branchc"),
        // Each call has media ports of its own: four hundred of them.
        Pair::of(Program::Sipp, "-sn uas", "-sn uac_pcap -mp 9000"),
        Pair::of(Program::Gannet, "-sn uas", "-sn uac_pcap -mp 9500"),
        Pair::of(Program::Sipp, "-sn uas", &format!("{captures} -mp 10000")),
    ];
    let callers = pass(&site, &sides);
    for caller in [&callers[4], &callers[6]] {
        let text = caller.to_string();
        let is_sent = text.contains("RTP packets") && !text.contains("  0 RTP packets (0 kB) sent");
        assert!(is_sent, "{text}");
    }
}

/// A callee, its program, and a caller, which the other program plays.
struct Pair {
    program: Program,
    callee: String,
    caller: String,
}

impl Pair {
    fn of(program: Program, callee: &str, caller: &str) -> Self {
        Self {
            program,
            callee: callee.to_owned(),
            caller: caller.to_owned(),
        }
    }
}

/// A file with the text that SIPp prints for a built-in scenario.
pub(crate) fn printed(site: &Site, name: &str) -> String {
    let file = site.file(&format!("{name}.xml"));
    let finished = Process::run("sipp", &file, PRINT_LIMIT, |command| {
        command.args(["-sd", name]);
    });
    assert_eq!(finished.code, Some(99), "{}", finished.output);
    format!("-sf {}", file.display())
}

/// Plays until nothing was sent again, but not more often than [`ATTEMPTS`].
pub(crate) fn undisturbed(mut play: impl FnMut() -> Vec<Counted>) -> Vec<Counted> {
    for _ in 1..ATTEMPTS {
        let counted = play();
        let calm = |side: &Counted| side.totals().retransmissions == 0;
        if counted.iter().all(calm) {
            return counted;
        }
    }
    play()
}

/// All pairs at the same time; every call of both sides is good. Gives the callers.
fn pass(site: &Site, pairs: &[Pair]) -> Vec<Counted> {
    let mut counted = undisturbed(|| play(site, pairs));
    let callers = counted.split_off(pairs.len());
    for (callee, pair) in counted.iter().zip(pairs) {
        if pair.program == Program::Sipp && pair.callee.ends_with("t1") {
            // When the caller closes the connection, SIPp counts the calls as failed that wait
            // after their BYE; with SIPp on the other side too.
            let totals = callee.totals();
            assert_eq!(totals.created, CALLS, "{callee}");
            assert_eq!(totals.successful + totals.failed, CALLS, "{callee}");
        } else {
            callee.assert_all_passed(CALLS);
        }
    }
    for caller in &callers {
        caller.assert_all_passed(CALLS);
    }
    callers
}

/// What the callees counted, then the callers.
fn play(site: &Site, pairs: &[Pair]) -> Vec<Counted> {
    let ports: Vec<Ports> = pairs.iter().map(|_| Ports::free()).collect();
    let callees: Vec<_> = pairs
        .iter()
        .zip(&ports)
        .map(|(pair, ports)| {
            let words = format!("{} -m {CALLS}", pair.callee);
            pair.program.start(site, ports, &words)
        })
        .collect();
    let mut running = Vec::new();
    for (callee, ports) in callees.into_iter().zip(&ports) {
        running.push(callee.listening(ports.nth(0)));
    }
    for (pair, ports) in pairs.iter().zip(&ports) {
        let at = ports.nth(0);
        let words = format!(
            "{} -m {CALLS} -r {RATE} -l {CALLS} 127.0.0.1:{at}",
            pair.caller
        );
        running.push(pair.program.other().start(site, &Ports::free(), &words));
    }
    running.into_iter().map(SippRun::wait).collect()
}
