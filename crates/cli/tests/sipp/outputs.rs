//! Files that a run writes (SIPP.md 1.20, 1.21).

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{Folder, answer, free_port, until};

const ALL: &str = "-trace_stat -trace_msg -trace_shortmsg -trace_counts -trace_rtt \
                   -trace_error_codes -trace_logs -trace_screen -trace_calldebug -trace_err -rtt_freq 1";

#[test]
fn each_trace_has_its_file_and_form() {
    let folder = Folder::new();
    let at = free_port();
    let mut callee = folder
        .run("callee", &format!("-sn uas -i 127.0.0.1 -p {at} -m 3"))
        .listening(at);
    let mut caller = folder.run(
        "caller",
        &format!("-sn uac -i 127.0.0.1 -m 3 {ALL} 127.0.0.1:{at}"),
    );
    let pid = caller.id();
    caller.wait().all_successful(3);
    callee.wait().all_successful(3);
    let file = |ending: &str| folder.read(&format!("uac_{pid}_{ending}"));
    let statistics = file(".csv");
    assert!(statistics.starts_with("StartTime;LastResetTime;CurrentTime;"));
    let columns: Vec<usize> = statistics
        .lines()
        .map(|line| line.matches(';').count())
        .collect();
    assert!(columns.len() >= 4 && columns.iter().all(|count| *count == columns[0]));
    // Two lines end it, as with SIPp: the second one says of its period zero.
    let rows: Vec<Vec<&str>> = statistics
        .lines()
        .map(|line| line.split(';').collect())
        .collect();
    let at = |name| rows[0].iter().position(|column| *column == name).unwrap();
    let good = ["SuccessfulCall(P)", "SuccessfulCall(C)"].map(at);
    let last: Vec<[&str; 2]> = rows[rows.len() - 2..]
        .iter()
        .map(|row| good.map(|at| row[at]))
        .collect();
    assert_eq!(last, [["3", "3"], ["0", "3"]]);
    assert!(file("messages.log").contains("UDP message sent ["));
    assert_eq!(file("shortmessages.log").lines().count(), 18);
    assert!(file("counts.csv").starts_with("CurrentTime;ElapsedTime;"));
    assert_eq!(file("rtt.csv").lines().count(), 4);
    assert!(file("screen.log").contains("Scenario Screen"));
    file("error_codes.csv");
    assert_eq!(file("calldebug.log"), "");
    for ending in ["logs.log", "errors.log"] {
        let path = folder.path(&format!("uac_{pid}_{ending}"));
        assert!(!path.exists(), "nothing was wrong, but {ending} is there");
    }
}

#[test]
fn failed_calls_are_told_in_the_words_that_scripts_look_for() {
    let folder = Folder::new();
    let busy = format!(
        "<scenario name=\"busy\"><recv request=\"INVITE\"/>{}<recv request=\"ACK\"/></scenario>",
        answer("486 Busy Here")
    );
    std::fs::write(folder.path("busy.xml"), busy).unwrap();
    let at = free_port();
    let callee = folder
        .run("callee", &format!("-sf busy.xml -i 127.0.0.1 -p {at} -m 1"))
        .listening(at);
    let mut caller = folder.run(
        "caller",
        &format!(
            "-sn uac -i 127.0.0.1 -m 1 -cid_str c%u -trace_err -trace_calldebug 127.0.0.1:{at}"
        ),
    );
    let pid = caller.id();
    drop((caller.wait(), callee));
    let errors = folder.read(&format!("uac_{pid}_errors.log"));
    assert!(
        errors.starts_with("The following events occurred:\n"),
        "{errors}"
    );
    let wanted = ": Aborting call on unexpected message for Call-Id 'c1': while expecting '100' \
                  (index 1), received 'SIP/2.0 486 Busy Here\r\n";
    assert!(errors.contains(wanted), "{errors}");
    let history = folder.read(&format!("uac_{pid}_calldebug.log"));
    for line in [
        "Starting call c1\n",
        "Sending UDP message for call c1 (index 0):\nINVITE ",
        "byte incoming message for call-ID c1:\nSIP/2.0 486 Busy Here\r\n",
        "Aborting call c1 (index 1).\n",
        "ACK ",
    ] {
        assert!(history.contains(line), "no {line:?} in {history}");
    }
}

#[test]
fn files_stand_beside_the_scenario() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("scenarios")).unwrap();
    let text = gannet_scenario::sipp::builtin::builtin("uas").unwrap().text;
    std::fs::write(folder.path("scenarios/mine.xml"), text).unwrap();
    let mut idle = folder.run(
        "idle",
        "-sf scenarios/mine.xml -i 127.0.0.1 -timeout 100ms -trace_stat",
    );
    let pid = idle.id();
    idle.wait().expect(97, &[]);
    folder.read(&format!("scenarios/mine_{pid}_.csv"));
}

#[test]
fn a_run_goes_on_in_the_background() {
    let folder = Folder::new();
    let port = free_port();
    let arguments = format!("-bg -sn uas -i 127.0.0.1 -p {port} -trace_stat");
    let ended = folder.run("parent", &arguments).wait();
    ended.expect(99, &["PID=["]);
    let pid = ended.out.split(['[', ']']).nth(1).unwrap().parse().unwrap();
    let name = format!("uas_{pid}_.csv");
    until("the run in the background", || {
        let text = std::fs::read_to_string(folder.path(&name)).unwrap_or_default();
        (text.lines().count() > 1).then_some(())
    });
    kill(Pid::from_raw(pid), Signal::SIGTERM).unwrap();
    until("its end", || {
        std::net::UdpSocket::bind(("127.0.0.1", port)).ok()
    });
}
