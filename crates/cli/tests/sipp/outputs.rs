//! Files that a run writes (SIPP.md 1.20, 1.21).

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{Folder, free_port, until};

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
    assert!(columns.len() >= 3 && columns.iter().all(|count| *count == columns[0]));
    assert!(file("messages.log").contains("UDP message sent ["));
    assert_eq!(file("shortmessages.log").lines().count(), 18);
    assert!(file("counts.csv").starts_with("CurrentTime;ElapsedTime;"));
    assert_eq!(file("rtt.csv").lines().count(), 4);
    assert!(file("screen.log").contains("Scenario Screen"));
    for ending in ["error_codes.csv", "logs.log", "calldebug.log", "errors.log"] {
        file(ending);
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
