//! Many scenarios at once, and calls over a network that loses packets.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the memory of a run is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const RUN_LIMIT: Duration = Duration::from_mins(5);

#[test]
fn a_hundred_calls_survive_the_loss_of_a_fifth_of_all_datagrams() {
    let scenario = "\
    Given Alice uses Squirrel350 phone
    And Bob uses Chipmunk5000 phone
    When Alice calls Bob
    Then Bob answers the phone
    And Alice is connected to Bob
    When Bob hangs up the phone
    Then Alice receives BYE
";
    // Every wait lasts as long as retransmissions go on (RFC 3261 17.1.2.2, timer F), and some
    // sentences wait for two transactions. So does the server: one call in a hundred and fifty runs loses
    // the first six INVITEs to Bob, which are all that go out in 20 s.
    let config =
        "[timeouts]\nsignalling = \"40 s\"\nstep = \"90 s\"\n\n[pbx]\nno_answer = \"40 s\"\n";
    let seed = 20_261_121;
    let loss = ["--loss", "0.2", "--loss-seed", &seed.to_string()];
    let run = Run::of(100, scenario, config, &loss);
    run.assert_all_passed(100);
    run.tell(&format!("100 calls with 20 % loss, seed {seed}"));
}

#[test]
fn two_hundred_calls_of_two_seconds_run_at_once() {
    let scenario = "\
    Given Alice uses Squirrel350 phone
    And Bob uses Chipmunk5000 phone
    When Alice calls Bob
    Then Bob answers the phone
    And Alice and Bob talk for 2 seconds
    When Bob hangs up the phone
    Then Alice receives BYE
";
    let run = Run::of(200, scenario, "", &[]);
    run.assert_all_passed(200);
    run.tell("200 calls of 2 seconds");
}

/// A run that has ended.
struct Run {
    code: Option<i32>,
    console: String,
    time: Duration,
    memory_max_kib: u64,
}

/// One load at a time: each wants the whole machine.
static MACHINE: Mutex<()> = Mutex::new(());

impl Run {
    /// Runs a feature with so many copies of a scenario.
    fn of(scenarios: usize, steps: &str, config: &str, options: &[&str]) -> Self {
        let _machine = MACHINE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let mut feature = String::from("Feature: Many calls\n");
        for number in 1..=scenarios {
            write!(feature, "\n  Scenario: call {number}\n{steps}").unwrap();
        }
        let file = folder.path().join("many.feature");
        let toml = folder.path().join("gannet.toml");
        let console = folder.path().join("console");
        fs::write(&file, feature).unwrap();
        fs::write(&toml, config).unwrap();
        let output = fs::File::create(&console).unwrap();
        let started = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_gannet"))
            .arg("test")
            .arg(&file)
            .arg("--config")
            .arg(&toml)
            .args(options)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let (code, memory_max_kib) = watch(&mut child);
        Self {
            code,
            time: started.elapsed(),
            memory_max_kib,
            console: fs::read_to_string(&console).unwrap(),
        }
    }

    fn assert_all_passed(&self, scenarios: usize) {
        assert_eq!(self.code, Some(0), "{}", self.console);
        let passed = format!("{scenarios} passed");
        assert!(self.console.contains(&passed), "{}", self.console);
    }

    /// Shown by `cargo test -- --nocapture`.
    #[expect(
        clippy::print_stderr,
        reason = "the figures are what a reader of the test wants"
    )]
    fn tell(&self, what: &str) {
        eprintln!(
            "{what}: {:.1} s, {:.1} MiB at most",
            self.time.as_secs_f64(),
            self.memory_max_kib as f64 / 1024.0
        );
    }
}

/// Waits for the end of a process, which is killed after [`RUN_LIMIT`]; gives its exit code and its
/// largest resident memory.
fn watch(child: &mut Child) -> (Option<i32>, u64) {
    let status_file = format!("/proc/{}/status", child.id());
    let end = Instant::now() + RUN_LIMIT;
    let mut memory_max_kib = 0;
    loop {
        memory_max_kib = memory_max_kib.max(high_water_kib(Path::new(&status_file)));
        if let Some(status) = child.try_wait().unwrap() {
            return (status.code(), memory_max_kib);
        }
        if Instant::now() >= end {
            child.kill().unwrap();
            child.wait().unwrap();
            return (None, memory_max_kib);
        }
        // tidy(sleep): the pace of looking at another process
        std::thread::sleep(LOOK_EVERY);
    }
}

/// The line `VmHWM:   12345 kB`; 0 where the system has no such file.
fn high_water_kib(status: &Path) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let digits = line.and_then(|rest| rest.split_whitespace().next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
