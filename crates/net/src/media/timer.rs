//! The timer that ends the sleep of a media thread at the earliest deadline.
//!
//! On Linux it is a timer descriptor: `epoll_wait` counts whole milliseconds, a timer descriptor
//! nanoseconds. Elsewhere the poll's own time-out serves.

#[cfg(target_os = "linux")]
pub(super) use linux::DeadlineTimer;
#[cfg(not(target_os = "linux"))]
pub(super) use other::DeadlineTimer;

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::fd::{AsFd, AsRawFd};
    use std::time::{Duration, Instant};

    use mio::unix::SourceFd;
    use mio::{Interest, Registry, Token};
    use nix::sys::time::TimeSpec;
    use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

    /// Wakes the poll at one deadline.
    #[derive(Debug)]
    pub(in super::super) struct DeadlineTimer {
        timer: TimerFd,
        armed: Option<Instant>,
    }

    impl DeadlineTimer {
        pub(in super::super) fn new(registry: &Registry, token: Token) -> io::Result<Self> {
            let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
            let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
            let descriptor = timer.as_fd().as_raw_fd();
            registry.register(&mut SourceFd(&descriptor), token, Interest::READABLE)?;
            Ok(Self { timer, armed: None })
        }

        /// Sets the timer. The result is the time-out to give to the poll: zero when the deadline
        /// has passed, none when the timer or an event ends the sleep.
        pub(in super::super) fn arm(
            &mut self,
            deadline: Option<Instant>,
            now: Instant,
        ) -> Option<Duration> {
            let Some(deadline) = deadline else {
                // A timer that still runs wakes the thread once for nothing.
                return None;
            };
            if deadline <= now {
                return Some(Duration::ZERO);
            }
            if self.armed != Some(deadline) {
                let wait = Expiration::OneShot(TimeSpec::from(deadline - now));
                if self.timer.set(wait, TimerSetTimeFlags::empty()).is_err() {
                    return Some(deadline - now);
                }
                self.armed = Some(deadline);
            }
            None
        }

        /// To be called when the timer's token was polled.
        pub(in super::super) fn fired(&mut self) {
            self.armed = None;
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod other {
    use std::io;
    use std::time::{Duration, Instant};

    use mio::{Registry, Token};

    /// Gives the poll its time-out.
    #[derive(Debug)]
    pub(in super::super) struct DeadlineTimer;

    impl DeadlineTimer {
        pub(in super::super) fn new(_registry: &Registry, _token: Token) -> io::Result<Self> {
            Ok(Self)
        }

        pub(in super::super) fn arm(
            &mut self,
            deadline: Option<Instant>,
            now: Instant,
        ) -> Option<Duration> {
            deadline.map(|deadline| deadline.saturating_duration_since(now))
        }

        pub(in super::super) fn fired(&mut self) {}
    }
}
