//! Keys and commands, through a pseudo-terminal (SIPP.md 1.22).

use nix::sys::signal::Signal;

use crate::harness::{Folder, Pty, free_port, until};

#[test]
fn keys_change_the_rate_and_end_the_run() {
    let folder = Folder::new();
    let at = free_port();
    let mut callee = folder
        .run("callee", &format!("-sn uas -i 127.0.0.1 -p {at}"))
        .listening(at);
    let terminal = Pty::open();
    let arguments = format!("-sn uac -i 127.0.0.1 -r 20 -f 1 -trace_stat 127.0.0.1:{at}");
    let mut caller = folder.run_on(&terminal, "caller", &arguments);
    terminal.until_shows("20");
    terminal.press("+*");
    terminal.until_shows("31");
    terminal.press("2");
    terminal.until_shows("Statistics Screen");
    terminal.press("cset rate 5\n");
    terminal.press("1");
    terminal.until_shows("Scenario Screen");
    terminal.press("q");
    assert_eq!(caller.wait().code, Some(0), "{}", terminal.shown());
    callee.signal(Signal::SIGTERM);
    callee.wait();
    let statistics = folder.one("uac_", "_.csv");
    let last = statistics.lines().last().unwrap();
    let target: f64 = last.split(';').nth(5).unwrap().parse().unwrap();
    assert!((target - 5.0).abs() < 1e-6, "{last}");
}

#[test]
fn screens_are_written_on_a_signal() {
    let folder = Folder::new();
    let port = free_port();
    let arguments = format!("-sn uas -i 127.0.0.1 -p {port} -nostdin -screen_file s.log");
    let mut idle = folder.run("idle", &arguments).listening(port);
    idle.signal(Signal::SIGUSR2);
    until("the screens", || {
        let text = std::fs::read_to_string(folder.path("s.log")).unwrap_or_default();
        text.contains("Statistics Screen").then_some(())
    });
    idle.signal(Signal::SIGUSR1);
    idle.wait().expect(0, &[]);
}
