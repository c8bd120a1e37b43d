//! The background, and the binary by Seagull's name.

use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{
    CALLEE, CALLER, Conf, Folder, Peer, Player, Pty, Statistics, binary, free_port, options, until,
};

/// A process that no test is the parent of. Dropping it ends it.
struct Orphan(Pid);

impl Orphan {
    fn signal(&self, signal: Signal) {
        // It may have ended.
        let _ = kill(self.0, signal);
    }

    /// It has ended: its number may become that of another process.
    fn has_ended(self) {
        std::mem::forget(self);
    }
}

impl Drop for Orphan {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
    }
}

/// What `sh` does with a line, in the folder's `run`.
fn shell(folder: &Folder, name: &str, line: &str) -> Player {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    Player::spawn(folder, name, command, None)
}

#[test]
fn a_run_in_the_background_outlives_its_shell() {
    let port = free_port();
    let folder = Folder::new()
        .with("client", &Conf::client(port).calls(3, 100), CALLER)
        .with(
            "server",
            &Conf::server(port).statistics("server").screens(),
            CALLEE,
        );
    let line = format!("{} seagull {} -bg", binary().display(), options("server"));
    let mut shell = shell(&folder, "server", &line);
    let ended = shell.wait();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let pid = ended
        .out
        .split_once("PID=[")
        .and_then(|(_, rest)| rest.split_once(']'))
        .and_then(|(pid, _)| pid.parse().ok())
        .unwrap_or_else(|| panic!("{ended:?}"));
    let pid = Pid::from_raw(pid);
    let orphan = Orphan(pid);
    until("the server in the background", || {
        let names = folder.names("logs");
        let name = names.iter().find(|name| name.starts_with("server-stat."))?;
        (folder.read(&format!("logs/{name}")).lines().count() > 1).then_some(())
    });
    folder.run("client", "").wait().expect(0, &["3 successful"]);
    orphan.signal(Signal::SIGUSR1);
    until("the server's last line", || {
        folder.log("server").contains("STOP").then_some(())
    });
    orphan.has_ended();
    assert_eq!(
        Statistics::read(&folder.log("server-stat")).last("TrafficSuccessfulCall(C)"),
        3
    );
    assert!(folder.log("server").contains(&format!("PID [{pid}]")));
}

#[test]
fn bad_files_are_told_before_the_background() {
    let folder = Folder::new().with("a", &Conf::client(9), CALLER);
    folder.write("scenario/a.xml", "<scenario>");
    let ended = folder.run("a", "-bg").wait();
    ended.expect(255, &["../scenario/a.xml:1:"]);
    assert!(!ended.out.contains("PID"), "{ended:?}");
}

#[test]
fn called_seagull_the_binary_is_seagull() {
    let port = free_port();
    let folder = Folder::new()
        .with("client", &Conf::client(port).calls(2, 100), CALLER)
        .with("server", &Conf::server(port).statistics("server"), CALLEE);
    std::os::unix::fs::symlink(binary(), folder.path("run/seagull")).unwrap();
    let _server = folder.run("server", "").ready();
    let mut client = shell(
        &folder,
        "client",
        &format!("./seagull {}", options("client")),
    );
    client.wait().expect(0, &["2 successful"]);
    shell(&folder, "help", "./seagull -help")
        .wait()
        .expect(0, &["usage: gannet seagull"]);
    shell(&folder, "wrong", "./seagull -x")
        .wait()
        .expect(255, &["unknown option -x"]);
    let background = shell(
        &folder,
        "background",
        &format!("./seagull {} -bg", options("client")),
    );
    drop(background);
}

/// A shell's background job that changes the settings of its terminal would be stopped.
#[test]
fn a_background_job_of_a_shell_leaves_the_terminal_alone() {
    let peer = Peer::at(0);
    let conf = Conf::client(peer.port()).param("call-rate", 1).screens();
    let folder = Folder::new().with("client", &conf, CALLER);
    let gannet = binary();
    // With job control and a terminal that controls it, as people have it.
    let line = format!(
        "{} seagull {} & wait $!; echo ended $? >&2",
        gannet.display(),
        options("client")
    );
    let mut command = Command::new("setsid");
    command.args(["--ctty", "--wait", "sh", "-mc", &line]);
    let terminal = Pty::open();
    let before = terminal.settings();
    let mut shell = Player::spawn_in(&folder, "shell", command, &terminal);
    // It plays.
    let (invite, _) = peer.receive();
    assert!(invite.starts_with("INVITE "));
    assert_eq!(terminal.settings().local_flags, before.local_flags);
    let log = until("its log", || {
        Some(folder.log("client")).filter(|log| log.contains("PID ["))
    });
    let pid = log
        .split_once("PID [")
        .unwrap()
        .1
        .split(']')
        .next()
        .unwrap();
    let orphan = Orphan(Pid::from_raw(pid.parse().unwrap()));
    until("the end", || {
        // Two signals that come together are one.
        orphan.signal(Signal::SIGUSR1);
        shell.err().contains("ended ").then_some(())
    });
    orphan.has_ended();
    assert!(shell.err().contains("ended 0"), "{}", shell.err());
    shell.wait();
}
