//! Phones for tests, and the check that all of them send right messages.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::Direction;
use gannet_media::{Mark, Sound};
use gannet_phone::{CallHandle, Destination, Phone, PhoneConfig, ProfileLibrary};
use gannet_sip::{Carrier, Transport};

pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

pub(crate) fn config(name: &str, profile: &str, mark: usize) -> PhoneConfig {
    let profile = ProfileLibrary::shipped()
        .load(profile)
        .expect("a shipped profile");
    let mut config = PhoneConfig::new(name, profile);
    config.mark = Mark::nth(mark);
    config.seed = 7;
    config
}

pub(crate) async fn phone(name: &str, profile: &str, mark: usize) -> Phone {
    Phone::start(config(name, profile, mark))
        .await
        .expect("a phone")
}

/// Alice and Bob at an address of this machine, `None` if the machine has no such address.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) async fn pair(ip: IpAddr, transport: Transport) -> Option<(Phone, Phone)> {
    if std::net::UdpSocket::bind((ip, 0)).is_err() {
        eprintln!("skipped: no {ip} here");
        return None;
    }
    let at = |name, profile, mark| {
        let mut config = config(name, profile, mark);
        config.bind_ip = ip;
        config.transport = transport;
        config.domain = gannet_sip::host_text(ip);
        Phone::start(config)
    };
    let alice = at("Alice", "Squirrel350", 1).await.expect("a phone");
    let bob = at("Bob", "Chipmunk5000", 2).await.expect("a phone");
    Some((alice, bob))
}

pub(crate) async fn loopback_pair() -> (Phone, Phone) {
    (
        phone("Alice", "Squirrel350", 1).await,
        phone("Bob", "Chipmunk5000", 2).await,
    )
}

/// Calls by IP address; gives both ends of the call.
pub(crate) async fn ring(from: &Phone, to: &Phone) -> (CallHandle, CallHandle) {
    let call = from
        .call(&direct(to), gannet_phone::CallOptions::default())
        .await
        .expect("a call");
    let incoming = to.wait_incoming(None, soon()).await.expect("it comes in");
    (call, incoming)
}

pub(crate) fn direct(to: &Phone) -> Destination {
    Destination::Uri(to.contact().clone())
}

/// Waits until one phone heard the other for a while.
pub(crate) async fn hears(phone: &Phone, call: CallHandle, other: &Phone) {
    let media = phone.media(call).expect("media");
    let (sound, a_while) = (Sound::Mark(other.mark()), Duration::from_millis(400));
    let heard = media
        .wait_heard(sound, a_while, media_start(&media), soon())
        .await;
    assert!(
        heard.is_ok(),
        "{} hears {}: {heard:?}",
        phone.name(),
        other.name()
    );
}

fn media_start(media: &gannet_phone::CallMedia) -> Instant {
    media
        .ask(|session| session.listener().start())
        .unwrap_or_else(Instant::now)
}

/// Every message that the phones sent is right by RFC 3261, every description by RFC 8866.
pub(crate) fn assert_valid(phones: &[&Phone]) {
    for phone in phones {
        for entry in phone.log().all() {
            if entry.direction != Direction::Sent {
                continue;
            }
            let carrier = match entry.peer.transport {
                Transport::Udp => Carrier::Datagram,
                _ => Carrier::Stream,
            };
            let text = String::from_utf8_lossy(entry.message.bytes()).into_owned();
            let deviations = gannet_sip::check_on(&entry.message, carrier);
            assert!(
                deviations.is_empty(),
                "{}: {deviations:#?}\n{text}",
                phone.name()
            );
            if entry.message.content_type() == "application/sdp" {
                let description = gannet_sdp::SessionDescription::parse(entry.message.body());
                let problems = description.problems();
                assert!(
                    problems.is_empty(),
                    "{}: {problems:#?}\n{text}",
                    phone.name()
                );
            }
        }
    }
}

/// How many messages with this title crossed, repetitions left out.
pub(crate) fn count(phone: &Phone, direction: Direction, title: &str) -> usize {
    let fits = |entry: &Arc<gannet_phone::LogEntry>| {
        entry.direction == direction && !entry.repeated && entry.message.title() == title
    };
    phone.log().all().into_iter().filter(fits).count()
}
