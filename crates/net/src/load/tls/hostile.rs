//! What sessions make of octets that are cut anywhere, or wrong.

use std::net::{IpAddr, Ipv4Addr};

use super::contexts::{TlsClient, TlsServer};
use super::session::{Intake, Session};
use super::settings::{TlsSettings, TlsVersions};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Both ends of a connection, and the octets on their way to each.
struct Line {
    ends: [Session; 2],
    wires: [Vec<u8>; 2],
    heard: [Vec<u8>; 2],
}

fn contexts(versions: TlsVersions) -> (TlsClient, TlsServer) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    let pem = made.cert.pem().into_bytes();
    let settings = TlsSettings {
        authorities: Some(pem.clone()),
        certificates: pem,
        key: made.signing_key.serialize_pem().into_bytes(),
        versions,
        ..TlsSettings::default()
    };
    (
        TlsClient::new(&settings).expect("good settings"),
        TlsServer::new(&settings).expect("good settings"),
    )
}

impl Line {
    fn new(contexts: &(TlsClient, TlsServer)) -> Self {
        let mut client = Session::client(&contexts.0, HERE).expect("a session");
        let server = Session::server(&contexts.1).expect("a session");
        client.begin().expect("begun");
        Self {
            ends: [client, server],
            wires: [Vec::new(), Vec::new()],
            heard: [Vec::new(), Vec::new()],
        }
    }

    /// Puts what waits at both ends on the wire; says whether there was something.
    fn carry(&mut self) -> bool {
        for (at, end) in self.ends.iter_mut().enumerate() {
            let waiting = end.waiting().len();
            self.wires[1 - at].extend_from_slice(end.waiting());
            end.advance(waiting);
        }
        self.wires.iter().any(|wire| !wire.is_empty())
    }

    /// Hands one end the next octets; says whether it goes on.
    fn hand(&mut self, at: usize, length: usize) -> bool {
        let mut buffer = vec![0; 65_536];
        let held = self.ends[at].put_rest(&mut buffer);
        let next: Vec<u8> = self.wires[at].drain(..length).collect();
        buffer[held..held + length].copy_from_slice(&next);
        let heard = &mut self.heard[at];
        let octets = &mut buffer[..held + length];
        let taken = self.ends[at].take_in(octets, &mut |bytes| heard.extend_from_slice(bytes));
        matches!(taken, Ok(Intake::Open))
    }

    fn say(&mut self, at: usize, plain: &[u8]) {
        let mut room = Vec::new();
        let (_, length) = self.ends[at].seal(plain, &mut room).expect("agreed on");
        self.ends[at].keep(&room[..length]);
    }
}

#[test]
fn records_may_be_cut_anywhere() {
    for versions in [TlsVersions::Only12, TlsVersions::Only13] {
        let contexts = contexts(versions);
        for seed in 0..20 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut line = Line::new(&contexts);
            let (mut said, message) = (false, vec![b'm'; 20_000]);
            while line.carry() {
                for at in [0, 1] {
                    let waiting = line.wires[at].len();
                    if waiting > 0 {
                        let most = if seed == 0 { 1 } else { waiting.min(3000) };
                        let length = random.usize(1..=most);
                        assert!(line.hand(at, length), "seed {seed}");
                    }
                }
                if !said && line.ends.iter().all(|end| !end.is_handshaking()) {
                    said = true;
                    line.say(0, &message);
                    line.say(1, &message);
                }
            }
            assert!(
                line.heard.iter().all(|heard| *heard == message),
                "seed {seed}"
            );
            line.ends[0].seal_end();
            line.ends[0].seal_end();
            assert!(line.carry());
            let length = line.wires[1].len();
            assert!(!line.hand(1, length), "the end is told");
        }
    }
}

#[test]
fn wrong_octets_end_their_connection_and_nothing_else() {
    for versions in [TlsVersions::Only12, TlsVersions::Only13] {
        let contexts = contexts(versions);
        let mut failures = 0;
        for seed in 0..400 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut line = Line::new(&contexts);
            let mut said = false;
            let mut goes_on = true;
            while goes_on && line.carry() {
                for at in [0, 1] {
                    let wire = &mut line.wires[at];
                    if wire.is_empty() || !goes_on {
                        continue;
                    }
                    match random.u8(0..8) {
                        0 => {
                            let place = random.usize(..wire.len());
                            wire[place] ^= 1 << random.u8(0..8);
                        }
                        1 => wire.insert(random.usize(..wire.len()), random.u8(..)),
                        2 => {
                            let again = wire.clone();
                            wire.extend(again);
                        }
                        _ => {}
                    }
                    let length = random.usize(1..=line.wires[at].len());
                    goes_on = line.hand(at, length);
                }
                if !said && line.ends.iter().all(|end| !end.is_handshaking()) {
                    said = true;
                    line.say(0, b"message");
                    line.say(1, b"message");
                }
            }
            failures += u32::from(!goes_on);
            // An end that has failed still says so, once.
            line.carry();
            line.ends.iter_mut().for_each(Session::seal_end);
        }
        assert!(failures > 100, "{failures}");
    }
}

#[test]
fn noise_is_no_handshake() {
    let contexts = contexts(TlsVersions::Any);
    for seed in 0..500 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut line = Line::new(&contexts);
        let at = usize::from(random.bool());
        let mut noise: Vec<u8> = (0..random.usize(6..2000)).map(|_| random.u8(..)).collect();
        if random.bool() {
            // The head of a record of its length.
            let length = (noise.len() - 5) as u16;
            noise[..3].copy_from_slice(&[random.u8(20..24), 3, random.u8(1..4)]);
            noise[3..5].copy_from_slice(&length.to_be_bytes());
        }
        let length = noise.len();
        line.wires[at] = noise;
        line.hand(at, length);
        assert!(line.ends[at].is_handshaking());
        assert!(line.heard[at].is_empty());
    }
}
