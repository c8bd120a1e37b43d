//! Waits that end on time: `epoll_wait` counts whole milliseconds, a timer descriptor nanoseconds.

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

/// Waits longer than this may end up to a millisecond late.
const FINE_WAIT_MAX: Duration = Duration::from_millis(500);
const MILLISECOND_NANOS: u32 = 1_000_000;

/// Ends waits that are no whole milliseconds.
#[derive(Debug)]
pub(super) struct WaitTimer(TimerFd);

impl WaitTimer {
    pub(super) fn new(registry: &Registry, token: Token) -> io::Result<Self> {
        let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
        let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
        let descriptor = timer.as_fd().as_raw_fd();
        registry.register(&mut SourceFd(&descriptor), token, Interest::READABLE)?;
        Ok(Self(timer))
    }

    /// Sets the timer if the wait needs it. It is not read when it fires: setting it again makes it
    /// new. One that fires after its wait ended by other means ends one wait for nothing.
    pub(super) fn arm(&self, wait: Option<Duration>) {
        if let Some(wait) = wait
            && wait <= FINE_WAIT_MAX
            && !wait.subsec_nanos().is_multiple_of(MILLISECOND_NANOS)
        {
            let once = Expiration::OneShot(TimeSpec::from(wait));
            // Without the timer the wait ends up to a millisecond late.
            let _ = self.0.set(once, TimerSetTimeFlags::empty());
        }
    }
}
