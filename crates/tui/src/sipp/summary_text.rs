//! The form that people read.

use std::fmt;
use std::time::Duration;

use gannet_events::sipp::Failure;

use super::{Cause, Summary, TimerSummary};
use crate::words::{count, counted, duration, microseconds, per_second};

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed_s.max(0.0);
        let rate = if seconds > 0.0 {
            self.calls as f64 / seconds
        } else {
            0.0
        };
        writeln!(
            formatter,
            "{}: {} in {}, {} calls/s",
            self.scenario,
            counted(self.calls, "call"),
            duration(Duration::from_secs_f64(seconds)),
            per_second(rate)
        )?;
        let open = match self.open {
            0 => String::new(),
            open => format!(", {} still open", count(open)),
        };
        writeln!(
            formatter,
            "  {} successful, {} failed{open}, at most {} open at once",
            count(self.successful),
            count(self.failed),
            count(self.open_max)
        )?;
        writeln!(
            formatter,
            "  {} sent, {} received, {}",
            counted(self.messages_sent, "message"),
            count(self.messages_received),
            counted(self.retransmissions, "retransmission")
        )?;
        if let Some(saturation) = &self.saturation {
            writeln!(formatter, "{saturation}")?;
        }
        causes(formatter, &self.causes)?;
        if !self.beside.is_empty() {
            writeln!(formatter, "Beside the calls:")?;
        }
        for one in &self.beside {
            writeln!(formatter, "  {} × {}", count(one.count), one.what)?;
        }
        self.timers
            .iter()
            .try_for_each(|times| timer(formatter, times))
    }
}

fn causes(formatter: &mut fmt::Formatter<'_>, causes: &[Cause]) -> fmt::Result {
    if !causes.is_empty() {
        writeln!(formatter, "Why calls failed:")?;
    }
    for cause in causes {
        writeln!(
            formatter,
            "  {} × {} ({})",
            count(cause.count),
            why(cause.failure),
            cause.failure.column()
        )?;
        for place in &cause.at {
            writeln!(formatter, "    {} at {}", count(place.count), place.what)?;
        }
    }
    Ok(())
}

fn timer(formatter: &mut fmt::Formatter<'_>, times: &TimerSummary) -> fmt::Result {
    writeln!(
        formatter,
        "{} of {}: mean {}, p50 {}, p99 {}, p99.9 {}, max {}",
        times.name,
        counted(times.count, "measure"),
        microseconds(times.mean_us),
        microseconds(times.p50_us),
        microseconds(times.p99_us),
        microseconds(times.p99_9_us),
        microseconds(times.max_us)
    )
}

fn why(failure: Failure) -> &'static str {
    match failure {
        Failure::CannotSendMessage => "a message could not be sent",
        Failure::MaxUdpRetrans => "nothing came, however often a message was sent again",
        Failure::TcpConnect => "no connection could be made",
        Failure::TcpClosed => "the other side closed the connection",
        Failure::UnexpectedMessage => "another message came than the scenario waits for",
        Failure::CallRejected => "the call was given up, by the scenario or by the end of the run",
        Failure::CmdNotSent => "a twin command could not be sent",
        Failure::RegexpDoesntMatch => "an expression did not match",
        Failure::RegexpShouldntMatch => "an expression matched that must not",
        Failure::RegexpHdrNotFound => "the header field of an expression was not there",
        Failure::OutboundCongestion => "there was no socket or no room for the call",
        Failure::TimeoutOnRecv => "nothing came in time",
        Failure::TimeoutOnSend => "the connection did not take a message in time",
        Failure::TestDoesntMatch => "a test did not hold",
        Failure::TestShouldntMatch => "a test held that must not",
        Failure::StrcmpDoesntMatch => "two texts differ",
        Failure::StrcmpShouldntMatch => "two texts are equal and must not be",
    }
}
