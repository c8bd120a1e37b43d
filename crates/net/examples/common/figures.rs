//! What a run cost.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use super::args::{Args, Role};

/// Processor time and memory of this process so far.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    user: Duration,
    system: Duration,
    peak_kib: u64,
}

impl Usage {
    #[expect(
        unsafe_code,
        reason = "getrusage has no safe form in the standard library"
    )]
    pub(crate) fn now() -> Self {
        // SAFETY: all zeros is a valid `rusage`, and the call writes no more than one.
        let usage = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
            usage
        };
        let time = |time: libc::timeval| {
            Duration::new(time.tv_sec as u64, 0) + Duration::from_micros(time.tv_usec as u64)
        };
        Self {
            user: time(usage.ru_utime),
            system: time(usage.ru_stime),
            peak_kib: peak_kib().unwrap_or(usage.ru_maxrss as u64),
        }
    }
}

/// The largest resident size since this program began; `ru_maxrss` also counts what the program that
/// started it had.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// The figures of one run.
pub(crate) struct Figures {
    program: &'static str,
    role: &'static str,
    segmentation: bool,
    flows: bool,
    calls: u64,
    /// Calls that began and did not end.
    lost: u64,
    elapsed: Duration,
    before: Usage,
    after: Usage,
    /// System calls that sent and that received.
    system_calls: (u64, u64),
}

impl Figures {
    /// The figures of a run that ends now: calls done and lost, calls of the system that sent and
    /// that received.
    pub(crate) fn new(
        program: &'static str,
        args: &Args,
        before: Usage,
        elapsed: Duration,
        (calls, lost): (u64, u64),
        system_calls: (u64, u64),
    ) -> Self {
        let is_client = args.role == Role::Client;
        Self {
            program,
            role: if is_client { "client" } else { "server" },
            segmentation: args.segmentation,
            flows: args.flows,
            calls,
            lost,
            elapsed,
            before,
            after: Usage::now(),
            system_calls,
        }
    }

    /// One line of JSON.
    pub(crate) fn to_json(&self) -> String {
        let user = self.after.user.saturating_sub(self.before.user);
        let system = self.after.system.saturating_sub(self.before.system);
        let processor = (user + system).as_secs_f64();
        let calls = self.calls as f64;
        format!(
            "{{\"program\":\"{}\",\"role\":\"{}\",\"segmentation\":{},\"flows\":{},\"calls\":{},\"lost\":{},\
             \"seconds\":{:.3},\"calls_per_second\":{:.0},\"cpu_seconds\":{processor:.3},\
             \"user_seconds\":{:.3},\"system_seconds\":{:.3},\"cpu_us_per_call\":{:.3},\
             \"peak_rss_kib\":{},\"send_system_calls\":{},\"receive_system_calls\":{}}}",
            self.program,
            self.role,
            self.segmentation,
            self.flows,
            self.calls,
            self.lost,
            self.elapsed.as_secs_f64(),
            calls / self.elapsed.as_secs_f64(),
            user.as_secs_f64(),
            system.as_secs_f64(),
            processor * 1e6 / calls.max(1.0),
            self.after.peak_kib,
            self.system_calls.0,
            self.system_calls.1,
        )
    }
}

/// Says where a server listens, before anybody calls it.
pub(crate) fn announce(address: SocketAddr) {
    println!("{{\"listening\":\"{address}\"}}");
}

/// Prints the figures of a run, or why there are none.
pub(crate) fn report(outcome: Result<Figures, String>) -> ExitCode {
    match outcome {
        Ok(figures) => {
            println!("{}", figures.to_json());
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
