//! The same screens by SIPp itself.
//!
//! Needs `GANNET_INTEROP=1` and SIPp; without them it says so and does nothing.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{env, io};

use gannet_events::sipp::{Figures, Layout};
use gannet_events::traffic::Phase;
use gannet_tui::sipp::{Beside, Moment, final_screens};

use crate::support::{snapshot, state, uac, uas};

/// What SIPp is told so that it ends without a call.
const OPTIONS: [&str; 7] = ["-i", "127.0.0.1", "-r", "0", "-timeout", "1", "-nostdin"];

#[test]
fn steps_and_calls_are_arranged_as_by_sipp() {
    if env::var_os("GANNET_INTEROP").is_none() {
        let mut stderr = io::stderr();
        writeln!(stderr, "skipped: GANNET_INTEROP is not set").expect("stderr is open");
        return;
    }
    let rows: [(&[&str], Arc<Layout>); 2] = [
        (&["-sn", "uac", "127.0.0.1:9"], uac()),
        (&["-sn", "uas"], uas()),
    ];
    for (arguments, layout) in rows {
        let theirs = lines(&sipp(arguments));
        assert!(theirs.len() > 25, "{theirs:?}");
        assert_eq!(lines(&gannet(layout)), theirs);
    }
}

fn sipp(arguments: &[&str]) -> String {
    let ran = Command::new("sipp")
        .args(arguments)
        .args(OPTIONS)
        .stdin(Stdio::null())
        .output()
        .expect("GANNET_INTEROP is set, but sipp is not installed");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

fn gannet(layout: Arc<Layout>) -> String {
    let mut now = snapshot(&layout, 1_000);
    now.figures = Figures::new(&layout);
    now.phase = Phase::Ended;
    let moment = Moment {
        now: &now,
        earlier: Some(&now),
        beside: &Beside::default(),
    };
    final_screens(&state(layout), moment)
}

/// The lines that scripts look at, from the counts of the steps on, each digit as 9.
fn lines(text: &str) -> Vec<String> {
    let shape = |letter: char| if letter.is_ascii_digit() { '9' } else { letter };
    text.lines()
        .skip_while(|line| !line.contains("Messages  Retrans"))
        .filter(|line| !line.contains("Test Terminated"))
        .map(|line| line.trim_end().chars().map(shape).collect())
        .collect()
}
