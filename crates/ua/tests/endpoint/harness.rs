//! What all the tables need.

use std::time::{Duration, Instant};

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{Census, EndCause, Happening};

pub(crate) fn bench() -> Bench {
    Bench::new(start())
}

/// One that takes subscriptions.
pub(crate) fn notifier() -> Bench {
    let mut bench = bench();
    bench.endpoint.config_mut().allow.push(Method::Subscribe);
    bench
}

/// One that knows reliable provisional responses.
pub(crate) fn reliable() -> Bench {
    let mut bench = bench();
    let config = bench.endpoint.config_mut();
    config.allow.push(Method::Prack);
    config.supported.push("100rel".to_owned());
    bench
}

pub(crate) fn start() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "the base of the virtual clock")]
    Instant::now()
}

pub(crate) const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub(crate) const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The value of a field, empty if there is none.
pub(crate) fn text(message: &Message, name: HeaderName) -> String {
    message.text(name).unwrap_or_default().into_owned()
}

pub(crate) fn branch(message: &Message) -> String {
    let via = message.via().expect("a Via");
    via.branch().unwrap_or_default().to_owned()
}

pub(crate) fn cseq(message: &Message) -> u32 {
    message.cseq().expect("a CSeq").number
}

/// The causes of the calls that ended since the last time.
pub(crate) fn ends(bench: &mut Bench) -> Vec<EndCause> {
    bench
        .happenings()
        .into_iter()
        .filter_map(|happening| match happening {
            Happening::CallEnded { cause, .. } => Some(cause),
            _ => None,
        })
        .collect()
}

/// Lets every timer run out; nothing is left then.
pub(crate) fn assert_drains(bench: &mut Bench) {
    bench.pass(s(200));
    assert_eq!(bench.endpoint.census(), Census::default());
    assert_eq!(bench.endpoint.next_deadline(), None);
}
