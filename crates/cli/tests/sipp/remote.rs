//! Remote control by datagrams (SIPP.md 1.22).

use std::net::UdpSocket;

use nix::sys::signal::Signal;

use crate::harness::{Folder, free_port, until};

#[test]
fn datagrams_are_keys_and_commands() {
    let folder = Folder::new();
    let (at, control) = (free_port(), free_port());
    let mut callee = folder
        .run("callee", &format!("-sn uas -i 127.0.0.1 -p {at}"))
        .listening(at);
    let arguments = format!(
        "-sn uac -i 127.0.0.1 -r 10 -cp {control} -trace_stat -stf s.csv -fd 1 \
         -trace_err -error_file e.log 127.0.0.1:{at}"
    );
    let mut caller = folder.run("caller", &arguments).listening(control);
    let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let tell = |text: &str| {
        socket
            .send_to(text.as_bytes(), ("127.0.0.1", control))
            .unwrap()
    };
    tell("cset rate 33");
    let target = || -> Option<f64> {
        let text = std::fs::read_to_string(folder.path("s.csv")).ok()?;
        text.lines().last()?.split(';').nth(5)?.parse().ok()
    };
    until("the new rate", || {
        target().filter(|rate| (rate - 33.0).abs() < 1e-6)
    });
    tell("+");
    until("one more", || {
        target().filter(|rate| (rate - 34.0).abs() < 1e-6)
    });
    tell("cdump tasks");
    tell("cdump variables");
    until("what is dumped", || {
        let text = std::fs::read_to_string(folder.path("e.log")).ok()?;
        (text.contains(" open calls: ") && text.contains("no global variables")).then_some(())
    });
    tell("q");
    caller.wait().expect(0, &[]);
    callee.signal(Signal::SIGTERM);
    callee.wait();
}
